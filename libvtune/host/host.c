/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checked host: a topology, and what of it is free and held. */
#include "host.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

VTUNE_EXPORT void vtune_host_free(struct vtune_host *host)
{
	if (!host)
		return;
	for (unsigned int i = 0; i < host->nallocations; i++)
		vtune__allocation_free(&host->allocations[i]);
	free(host->allocations);
	vtune__warnings_free(host->warnings);
	free(host->free_kib);
	free(host->free_pages);
	vtune__set_free(&host->reserved);
	vtune__set_free(&host->shared);
	vtune__room_free(&host->room);
	vtune__topology_free(host->topology);
	free(host);
}

VTUNE_EXPORT const char *vtune_host_get_name(const struct vtune_host *host)
{
	return host ? host->topology->name : "";
}

VTUNE_EXPORT const char *vtune_host_get_warning(const struct vtune_host *host, unsigned int index)
{
	if (!host || !host->warnings || index >= host->warnings->count)
		return NULL;
	return host->warnings->list[index].text;
}

/* ---- free memory ---- */

static void set_free(struct vtune_host *host, const struct vtune__draft_node *node)
{
	const struct vtune__topology *topology = host->topology;
	size_t index = (size_t)vtune__topology_node(topology, node->id);
	uint64_t pools = 0;

	for (unsigned int i = 0; i < node->npages; i++) {
		const struct vtune__draft_pages *pages = &node->pages[i];
		size_t size = (size_t)vtune__topology_page_size(topology, pages->size_kib);

		host->free_pages[index * topology->npage_sizes + size] =
			pages->has_free ? pages->free : pages->total;
		pools += pages->total * pages->size_kib; /* at most memory_kib: checked */
	}
	host->free_kib[index] = node->has_free ? node->free_kib : node->memory_kib - pools;
}

static int take_free(struct vtune_host *host, const struct vtune__draft *draft,
		     struct vtune_error **err)
{
	size_t nnodes = host->topology->nnodes, npools = nnodes * host->topology->npage_sizes;

	host->free_includes_allocations = draft->free_includes_allocations;
	host->free_kib = vtune__alloc(nnodes, sizeof(uint64_t), err);
	host->free_pages = vtune__alloc(npools, sizeof(uint64_t), err);
	if (!host->free_kib || !host->free_pages)
		return -1;
	for (unsigned int i = 0; i < draft->nnodes; i++)
		set_free(host, &draft->nodes[i]);
	return 0;
}

/* ---- allocations ---- */

static int copy_shared(struct vtune__allocation *to, const struct vtune__topology *topology,
		       const struct vtune__draft *draft, unsigned int i, struct vtune_error **err)
{
	const struct vtune__allocation *from = &draft->allocations[i];
	char rest[48];

	to->shared = vtune__alloc(from->nshared, sizeof(*to->shared), err);
	if (!to->shared)
		return -1;
	for (unsigned int j = 0; j < from->nshared; j++) {
		const struct vtune__shared_held *shared = &from->shared[j];
		int node = vtune__topology_node(topology, shared->node);

		snprintf(rest, sizeof(rest), "/shared_vcpus/%u", shared->node);
		if (node < 0)
			return vtune__draft_fail(err, "allocations", i, rest,
						 "\"%s\" has vCPUs on node %u, which this host "
						 "does not have",
						 to->vm, shared->node);
		if (shared->vcpus > VTUNE__MAX_SHARED_VCPUS)
			return vtune__draft_fail(err, "allocations", i, rest,
						 "\"%s\" cannot have more than %u vCPUs", to->vm,
						 VTUNE__MAX_SHARED_VCPUS);
		to->shared[to->nshared++] = (struct vtune__shared_held){
			.node = (unsigned int)node,
			.vcpus = shared->vcpus,
		};
	}
	return 0;
}

static int check_memory(const struct vtune__topology *topology, const char *vm, unsigned int i,
			unsigned int j, const struct vtune__memory_held *memory,
			struct vtune_error **err)
{
	int node = vtune__topology_node(topology, memory->node);
	int size = vtune__topology_page_size(topology, memory->page_kib);
	char rest[48];

	if (node < 0) {
		snprintf(rest, sizeof(rest), "/memory/%u/node", j);
		return vtune__draft_fail(err, "allocations", i, rest,
					 "\"%s\" has memory on node %u, which this host does not "
					 "have",
					 vm, memory->node);
	}
	if (memory->size_kib > VTUNE__MAX_KIB) {
		snprintf(rest, sizeof(rest), "/memory/%u/size_kib", j);
		return vtune__draft_fail(err, "allocations", i, rest,
					 "\"%s\" cannot have more than 4 EiB of memory", vm);
	}
	if (memory->page_kib == topology->page_kib)
		return 0;
	if (size < 0 ||
	    topology->pool_total[(size_t)node * topology->npage_sizes + (size_t)size] == 0) {
		snprintf(rest, sizeof(rest), "/memory/%u/page_kib", j);
		return vtune__draft_fail(err, "allocations", i, rest,
					 "\"%s\" has memory in pages of %" PRIu64 " KiB, of which "
					 "node %u has none",
					 vm, memory->page_kib, memory->node);
	}
	return 0;
}

static int copy_memory(struct vtune__allocation *to, const struct vtune__topology *topology,
		       const struct vtune__draft *draft, unsigned int i, struct vtune_error **err)
{
	const struct vtune__allocation *from = &draft->allocations[i];

	to->memory = vtune__alloc(from->nmemory, sizeof(*to->memory), err);
	if (!to->memory)
		return -1;
	for (unsigned int j = 0; j < from->nmemory; j++) {
		struct vtune__memory_held memory = from->memory[j];

		if (memory.page_kib == 0)
			memory.page_kib = topology->page_kib;
		if (check_memory(topology, to->vm, i, j, &memory, err) < 0)
			return -1;
		memory.node = (unsigned int)vtune__topology_node(topology, memory.node);
		to->memory[to->nmemory++] = memory;
	}
	return 0;
}

static int copy_device_ids(struct vtune__allocation *to, const struct vtune__allocation *from,
			   struct vtune_error **err)
{
	to->devices = vtune__alloc(from->ndevices, sizeof(*to->devices), err);
	if (!to->devices)
		return -1;
	for (; to->ndevices < from->ndevices; to->ndevices++) {
		to->devices[to->ndevices] = vtune__strdup(from->devices[to->ndevices], err);
		if (!to->devices[to->ndevices])
			return -1;
	}
	return 0;
}

/* held: the CPUs of the allocations so far. */
static int take_allocation(struct vtune_host *host, const struct vtune__draft *draft,
			   unsigned int i, struct vtune__set *held, struct vtune_error **err)
{
	const struct vtune__allocation *from = &draft->allocations[i];
	struct vtune__allocation *to = &host->allocations[host->nallocations];
	char where[48];

	if (!from->vm || !from->vm[0])
		return vtune__draft_fail(err, "allocations", i, "/vm",
					 "An allocation must name its VM");
	if (vtune__set_intersects(&from->cpus, held)) {
		VTUNE__SET_FOREACH(cpu, &from->cpus)
			if (vtune__set_has(held, (unsigned int)cpu))
				return vtune__draft_fail(err, "allocations", i, "/cpus",
							 "\"%s\" holds CPU %d, and so does another "
							 "allocation",
							 from->vm, cpu);
	}
	to->references = vtune__alloc(1, sizeof(*to->references), err);
	if (!to->references)
		return -1;
	*to->references = 1;
	host->nallocations++;
	to->vm = vtune__strdup(from->vm, err);
	snprintf(where, sizeof(where), "/allocations/%u/cpus", i);
	if (!to->vm ||
	    vtune__topology_copy_cpus(host->topology, &to->cpus, &from->cpus, where, err) < 0)
		return -1;
	if (vtune__set_or(held, &to->cpus) < 0)
		return vtune__fail_memory(err);
	if (copy_shared(to, host->topology, draft, i, err) < 0 ||
	    copy_memory(to, host->topology, draft, i, err) < 0)
		return -1;
	return copy_device_ids(to, from, err);
}

int vtune__host_take_allocations(struct vtune_host *host, const struct vtune__draft *draft,
				 struct vtune_error **err)
{
	struct vtune__set held VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__allocation *room;

	room = vtune__alloc(draft->nallocations, sizeof(*room), err);
	if (!room)
		return -1;
	for (unsigned int i = 0; i < host->nallocations; i++)
		vtune__allocation_free(&host->allocations[i]);
	free(host->allocations);
	host->allocations = room;
	host->nallocations = 0;
	for (unsigned int i = 0; i < draft->nallocations; i++)
		if (take_allocation(host, draft, i, &held, err) < 0)
			return -1;
	return 0;
}

/* ---- the whole ---- */

int vtune__host_take_overcommit(struct vtune_host *host, double overcommit,
				struct vtune_error **err)
{
	if (!isfinite(overcommit) || overcommit <= 0)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, "/overcommit",
				   "The overcommit must be a number above 0, like 1 or 4.5");
	host->overcommit = overcommit;
	return 0;
}

struct vtune_host *vtune__host_build(const struct vtune__draft *draft, struct vtune_error **err)
{
	struct vtune_host *host = vtune__alloc(1, sizeof(*host), err);
	double overcommit = draft->overcommit == 0 ? VTUNE__OVERCOMMIT : draft->overcommit;

	if (!host)
		return NULL;
	host->topology = vtune__topology_build(draft, err);
	if (!host->topology || take_free(host, draft, err) < 0)
		goto fail;
	if (vtune__topology_copy_cpus(host->topology, &host->reserved, &draft->reserved,
				      "/reserved_cpus", err) < 0 ||
	    vtune__topology_copy_cpus(host->topology, &host->shared, &draft->shared, "/shared_cpus",
				      err) < 0)
		goto fail;
	host->has_shared = draft->has_shared;
	if (vtune__host_take_overcommit(host, overcommit, err) < 0 ||
	    vtune__host_take_allocations(host, draft, err) < 0 ||
	    vtune__host_take_warnings(host, draft, err) < 0 || vtune__host_make_room(host, err) < 0)
		goto fail;
	return host;

fail:
	vtune_host_free(host);
	return NULL;
}
