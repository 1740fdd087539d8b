/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A copy of a host with other VMs on it. */
#include "host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/json.h"
#include "../plan/plan.h"

static int copy_allocations(struct vtune_host *to, const struct vtune_host *from,
			    const char *without, struct vtune_error **err)
{
	/* One more, for the plan. */
	to->allocations =
		vtune__alloc((size_t)from->nallocations + 1, sizeof(*to->allocations), err);
	if (!to->allocations)
		return -1;
	for (unsigned int i = 0; i < from->nallocations; i++) {
		const struct vtune__allocation *allocation = &from->allocations[i];

		if (!without || strcmp(allocation->vm, without) != 0) {
			__atomic_add_fetch(allocation->references, 1, __ATOMIC_RELAXED);
			to->allocations[to->nallocations++] = *allocation;
		} else if (!to->free_includes_allocations) {
			vtune__allocation_move_memory(allocation, to->topology, true, to->free_kib,
						      to->free_pages);
		}
	}
	return 0;
}

/* All but the room. */
static struct vtune_host *copy_without_room(const struct vtune_host *host, const char *without,
					    struct vtune_error **err)
{
	size_t nnodes = host->topology->nnodes, npools = nnodes * host->topology->npage_sizes;
	struct vtune_host *copy = vtune__alloc(1, sizeof(*copy), err);

	if (!copy)
		return NULL;
	__atomic_add_fetch(&host->topology->references, 1, __ATOMIC_RELAXED);
	copy->topology = host->topology;
	copy->has_shared = host->has_shared;
	copy->overcommit = host->overcommit;
	copy->free_includes_allocations = host->free_includes_allocations;
	if (vtune__set_copy(&copy->reserved, &host->reserved) < 0 ||
	    vtune__set_copy(&copy->shared, &host->shared) < 0) {
		vtune__fail_memory(err);
		goto fail;
	}
	copy->free_kib = vtune__alloc(nnodes, sizeof(uint64_t), err);
	copy->free_pages = vtune__alloc(npools, sizeof(uint64_t), err);
	if (!copy->free_kib || !copy->free_pages)
		goto fail;
	memcpy(copy->free_kib, host->free_kib, nnodes * sizeof(uint64_t));
	memcpy(copy->free_pages, host->free_pages, npools * sizeof(uint64_t));
	if (copy_allocations(copy, host, without, err) < 0 ||
	    vtune__host_copy_warnings(copy, host, without, err) < 0)
		goto fail;
	return copy;

fail:
	vtune_host_free(copy);
	return NULL;
}

struct vtune_host *vtune__host_copy(const struct vtune_host *host, const char *without,
				    struct vtune_error **err)
{
	struct vtune_host *copy = copy_without_room(host, without, err);

	if (copy && vtune__host_make_room(copy, err) < 0) {
		vtune_host_free(copy);
		return NULL;
	}
	return copy;
}

VTUNE_EXPORT struct vtune_host *vtune_host_without(const struct vtune_host *host, const char *vm,
						   struct vtune_error **err)
{
	if (!host || !vm) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return vtune__host_copy(host, vm, err);
}

/* ---- with other state ---- */

static int take_cpus(const struct vtune_host *host, struct vtune__set *to,
		     const struct vtune__set *from, const char *where, struct vtune_error **err)
{
	vtune__set_clear(to);
	return vtune__topology_copy_cpus(host->topology, to, from, where, err);
}

static int take_state(struct vtune_host *host, const struct vtune__json *root,
		      const struct vtune__draft *draft, struct vtune_error **err)
{
	struct vtune__json key;
	bool has_allocations;

	if (vtune__json_get(root, "reserved_cpus", &key) &&
	    take_cpus(host, &host->reserved, &draft->reserved, "/reserved_cpus", err) < 0)
		return -1;
	if (draft->has_shared) {
		host->has_shared = true;
		if (take_cpus(host, &host->shared, &draft->shared, "/shared_cpus", err) < 0)
			return -1;
	}
	if (vtune__json_get(root, "overcommit", &key) &&
	    vtune__host_take_overcommit(host, draft->overcommit, err) < 0)
		return -1;
	has_allocations = vtune__json_get(root, "allocations", &key);
	if (has_allocations && vtune__host_take_allocations(host, draft, err) < 0)
		return -1;
	if ((has_allocations || vtune__json_get(root, "reserved_cpus", &key)) &&
	    vtune__host_renew_warnings(host, !has_allocations, err) < 0)
		return -1;
	return vtune__host_make_room(host, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_with_state(const struct vtune_host *host,
						      const char *json, struct vtune_error **err)
{
	static const char *const keys[] = { "version",	  "reserved_cpus", "shared_cpus",
					    "overcommit", "allocations",   NULL };
	struct vtune__draft draft VTUNE__CLEANUP(vtune__draft_free) = { 0 };
	struct vtune__json root VTUNE__CLEANUP(vtune__json_close) = { 0 };
	struct vtune__json version;
	struct vtune_host *copy;

	if (!host || !json) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__json_open(json, &root, err) < 0 || vtune__json_object(&root, keys, err) < 0 ||
	    (vtune__json_get(&root, "version", &version) && vtune__json_version(&root, err) < 0) ||
	    vtune__host_read_state(&root, &draft, err) < 0)
		return NULL;
	copy = copy_without_room(host, NULL, err);
	if (copy && take_state(copy, &root, &draft, err) < 0) {
		vtune_host_free(copy);
		return NULL;
	}
	return copy;
}

/* ---- with a plan ---- */

static int fail_plan(struct vtune_error **err, const struct vtune_plan *plan, const char *where,
		     const char *format, ...) VTUNE__PRINTF(4, 5);

static int fail_plan(struct vtune_error **err, const struct vtune_plan *plan, const char *where,
		     const char *format, ...)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	if (text.failed)
		return vtune__fail_memory(err);
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, where,
			   "The plan for \"%s\" does not hold on this host: %s", plan->vm,
			   text.data);
}

static int hold_cpus(struct vtune_host *host, const struct vtune_plan *plan,
		     struct vtune_error **err)
{
	struct vtune__room *room = &host->room;

	if (!vtune__set_is_subset(&plan->held, &room->dedicated)) {
		VTUNE__SET_FOREACH(cpu, &plan->held)
			if (!vtune__set_has(&room->dedicated, (unsigned int)cpu))
				return fail_plan(err, plan, "/held_cpus", "CPU %d is %s", cpu,
						 vtune__set_has(&room->held, (unsigned int)cpu)
							 ? "held by another VM"
							 : "not one that a VM may hold");
	}
	if (vtune__set_or(&room->held, &plan->held) < 0)
		return vtune__fail_memory(err);
	vtune__set_andnot(&room->dedicated, &plan->held);
	vtune__set_andnot(&room->shared, &plan->held);
	return 0;
}

/* The host has all nodes of the plan; those of its dedicated vCPUs its CPUs tell. */
static int check_nodes(const struct vtune_host *host, const struct vtune_plan *plan,
		       struct vtune_error **err)
{
	const struct vtune__topology *topology = host->topology;
	char where[64];

	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		unsigned int cell = plan->vcpus[i].cell;

		if (plan->vcpus[i].dedicated || cell >= plan->ncells ||
		    vtune__topology_node(topology, plan->cells[cell].node) >= 0)
			continue;
		snprintf(where, sizeof(where), "/cells/%u/node", cell);
		return fail_plan(err, plan, where, "the host has no node %u",
				 plan->cells[cell].node);
	}
	for (unsigned int i = 0; i < plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &plan->cells[i];

		for (unsigned int j = 0; j < cell->nmemory; j++) {
			if (vtune__topology_node(topology, cell->memory[j].node) >= 0)
				continue;
			snprintf(where, sizeof(where), "/cells/%u/memory/%u", i, j);
			return fail_plan(err, plan, where, "the host has no node %u",
					 cell->memory[j].node);
		}
	}
	return 0;
}

static void hold_shared_vcpus(struct vtune_host *host, struct vtune__allocation *allocation)
{
	for (unsigned int i = 0; i < allocation->nshared; i++) {
		struct vtune__shared_held *shared = &allocation->shared[i];
		unsigned int *vcpus;

		shared->node = (unsigned int)vtune__topology_node(host->topology, shared->node);
		vcpus = &host->room.shared_vcpus[shared->node];
		if (__builtin_add_overflow(*vcpus, shared->vcpus, vcpus))
			*vcpus = UINT32_MAX;
	}
}

static int check_free(const struct vtune_host *host, const struct vtune_plan *plan,
		      const struct vtune__memory_held *memory, struct vtune_error **err)
{
	const struct vtune__topology *topology = host->topology;
	unsigned int id = topology->nodes[memory->node].id;
	uint64_t have, need = memory->size_kib;
	int size;

	if (memory->page_kib == topology->page_kib) {
		have = host->room.free_kib[memory->node];
		if (need <= have)
			return 0;
		return fail_plan(err, plan, "/cells",
				 "it needs %" PRIu64 " KiB on node %u, where %" PRIu64
				 " KiB are free",
				 need, id, have);
	}
	size = vtune__topology_page_size(topology, memory->page_kib);
	if (size < 0)
		return fail_plan(err, plan, "/cells", "the host has no pages of %" PRIu64 " KiB",
				 memory->page_kib);
	need = need / memory->page_kib + (need % memory->page_kib != 0);
	have = host->room.free_pages[(size_t)memory->node * topology->npage_sizes + (size_t)size];
	if (need <= have)
		return 0;
	return fail_plan(err, plan, "/cells",
			 "it needs %" PRIu64 " pages of %" PRIu64 " KiB on node %u, where %" PRIu64
			 " are free",
			 need, memory->page_kib, id, have);
}

static int hold_memory(struct vtune_host *host, struct vtune__allocation *allocation,
		       const struct vtune_plan *plan, struct vtune_error **err)
{
	for (unsigned int i = 0; i < allocation->nmemory; i++) {
		struct vtune__memory_held *memory = &allocation->memory[i];

		memory->node = (unsigned int)vtune__topology_node(host->topology, memory->node);
		if (check_free(host, plan, memory, err) < 0)
			return -1;
	}
	vtune__allocation_move_memory(allocation, host->topology, false, host->room.free_kib,
				      host->room.free_pages);
	if (!host->free_includes_allocations)
		vtune__allocation_move_memory(allocation, host->topology, false, host->free_kib,
					      host->free_pages);
	return 0;
}

/* The room is there already, that of a VM with the plan's name; what the plan
 * holds is taken from it, which is much less than to work it out again. */
static int hold_plan(struct vtune_host *host, const struct vtune_plan *plan,
		     struct vtune_error **err)
{
	struct vtune__allocation *allocation = &host->allocations[host->nallocations];

	allocation->references = vtune__alloc(1, sizeof(*allocation->references), err);
	if (!allocation->references)
		return -1;
	*allocation->references = 1;
	host->nallocations++;
	if (hold_cpus(host, plan, err) < 0 || check_nodes(host, plan, err) < 0 ||
	    vtune__allocation_of_plan(allocation, plan, plan->vm, err) < 0)
		return -1;
	hold_shared_vcpus(host, allocation);
	return hold_memory(host, allocation, plan, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_with_plan(const struct vtune_host *host,
						     const struct vtune_plan *plan,
						     struct vtune_error **err)
{
	struct vtune_host *copy;

	if (!host || !plan) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (!plan->fits) {
		vtune__fail(err, VTUNE_ERR_NOT_VALID, "/fits",
			    "The plan for \"%s\" says that it does not fit, so nothing can be held",
			    plan->vm);
		return NULL;
	}
	copy = copy_without_room(host, plan->vm, err);
	if (copy && (vtune__room_for(host, plan->vm, &copy->room, err) < 0 ||
		     hold_plan(copy, plan, err) < 0)) {
		vtune_host_free(copy);
		return NULL;
	}
	return copy;
}
