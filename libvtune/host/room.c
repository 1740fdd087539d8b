/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the VMs on a host leave for one more. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

/* Ratios like 1.1 have no exact double: 1.1 * 10 may come out below 11. */
#define EPSILON 1e-9

void vtune__room_free(struct vtune__room *room)
{
	vtune__set_free(&room->dedicated);
	vtune__set_free(&room->shared);
	vtune__set_free(&room->held);
	free(room->free_kib);
	free(room->free_pages);
	free(room->shared_vcpus);
	*room = (struct vtune__room){ 0 };
}

bool vtune__host_has_allocation(const struct vtune_host *host, const char *vm)
{
	for (unsigned int i = 0; i < host->nallocations; i++)
		if (strcmp(host->allocations[i].vm, vm) == 0)
			return true;
	return false;
}

bool vtune__overcommit_holds(double overcommit, unsigned int vcpus, unsigned int cpus)
{
	return (double)vcpus <= overcommit * (double)cpus + EPSILON;
}

static uint64_t add_up_to(uint64_t value, uint64_t more, uint64_t limit)
{
	return value >= limit || more >= limit - value ? limit : value + more;
}

static uint64_t take_down_to_zero(uint64_t value, uint64_t less)
{
	return value > less ? value - less : 0;
}

void vtune__allocation_move_memory(const struct vtune__allocation *allocation,
				   const struct vtune__topology *topology, bool give,
				   uint64_t *free_kib, uint64_t *free_pages)
{
	for (unsigned int i = 0; i < allocation->nmemory; i++) {
		const struct vtune__memory_held *memory = &allocation->memory[i];
		uint64_t *figure = &free_kib[memory->node];
		uint64_t amount = memory->size_kib, limit;

		limit = topology->nodes[memory->node].memory_kib;
		if (memory->page_kib != topology->page_kib) {
			size_t pool = (size_t)memory->node * topology->npage_sizes +
				      (size_t)vtune__topology_page_size(topology, memory->page_kib);

			figure = &free_pages[pool];
			limit = topology->pool_total[pool];
			amount = memory->size_kib / memory->page_kib +
				 (memory->size_kib % memory->page_kib != 0);
		}
		*figure = give ? add_up_to(*figure, amount, limit)
			       : take_down_to_zero(*figure, amount);
	}
}

static int add_cpus(const struct vtune_host *host, struct vtune__room *room)
{
	const struct vtune__topology *topology = host->topology;

	if (vtune__set_copy(&room->dedicated, &topology->cpus) < 0)
		return -1;
	vtune__set_andnot(&room->dedicated, &topology->offline);
	vtune__set_andnot(&room->dedicated, &room->held);
	if (vtune__set_copy(&room->shared, &room->dedicated) < 0)
		return -1;

	vtune__set_andnot(&room->dedicated, &host->reserved);
	if (host->has_shared) {
		vtune__set_andnot(&room->dedicated, &host->shared);
		vtune__set_and(&room->shared, &host->shared);
	} else {
		vtune__set_andnot(&room->shared, &host->reserved);
		vtune__set_andnot(&room->shared, &topology->isolated);
	}
	return 0;
}

static int add_allocation(const struct vtune_host *host, const struct vtune__allocation *allocation,
			  bool own, struct vtune__room *room)
{
	/* Figures that include it need what others hold taken off; figures that
	 * do not need what it holds itself put back. */
	if (host->free_includes_allocations != own)
		vtune__allocation_move_memory(allocation, host->topology, own, room->free_kib,
					      room->free_pages);
	if (own)
		return 0;
	for (unsigned int i = 0; i < allocation->nshared; i++) {
		unsigned int *vcpus = &room->shared_vcpus[allocation->shared[i].node];

		if (__builtin_add_overflow(*vcpus, allocation->shared[i].vcpus, vcpus))
			*vcpus = UINT32_MAX;
	}
	return vtune__set_or(&room->held, &allocation->cpus);
}

static int new_figures(const struct vtune_host *host, const uint64_t *free_kib,
		       const uint64_t *free_pages, struct vtune__room *room,
		       struct vtune_error **err)
{
	size_t nnodes = host->topology->nnodes, npools = nnodes * host->topology->npage_sizes;

	room->free_kib = vtune__alloc(nnodes, sizeof(uint64_t), err);
	room->free_pages = vtune__alloc(npools, sizeof(uint64_t), err);
	room->shared_vcpus = vtune__alloc(nnodes, sizeof(unsigned int), err);
	if (!room->free_kib || !room->free_pages || !room->shared_vcpus)
		return -1;
	memcpy(room->free_kib, free_kib, nnodes * sizeof(uint64_t));
	memcpy(room->free_pages, free_pages, npools * sizeof(uint64_t));
	return 0;
}

static int copy_room(const struct vtune_host *host, struct vtune__room *room,
		     struct vtune_error **err)
{
	const struct vtune__room *from = &host->room;

	if (new_figures(host, from->free_kib, from->free_pages, room, err) < 0)
		return -1;
	memcpy(room->shared_vcpus, from->shared_vcpus,
	       host->topology->nnodes * sizeof(*from->shared_vcpus));
	if (vtune__set_copy(&room->dedicated, &from->dedicated) < 0 ||
	    vtune__set_copy(&room->shared, &from->shared) < 0 ||
	    vtune__set_copy(&room->held, &from->held) < 0)
		return vtune__fail_memory(err);
	return 0;
}

static int make_room(const struct vtune_host *host, const char *vm, struct vtune__room *room,
		     struct vtune_error **err)
{
	if (new_figures(host, host->free_kib, host->free_pages, room, err) < 0)
		return -1;
	for (unsigned int i = 0; i < host->nallocations; i++) {
		const struct vtune__allocation *allocation = &host->allocations[i];
		bool own = vm && strcmp(allocation->vm, vm) == 0;

		if (add_allocation(host, allocation, own, room) < 0)
			return vtune__fail_memory(err);
	}
	if (vtune__host_add_clashes(host, vm, &room->held) < 0 || add_cpus(host, room) < 0)
		return vtune__fail_memory(err);
	return 0;
}

int vtune__room_for(const struct vtune_host *host, const char *vm, struct vtune__room *room,
		    struct vtune_error **err)
{
	bool is_new = !vm || !vtune__host_has_allocation(host, vm);
	int rc;

	*room = (struct vtune__room){ 0 };
	rc = is_new ? copy_room(host, room, err) : make_room(host, vm, room, err);
	if (rc < 0)
		vtune__room_free(room);
	return rc;
}

int vtune__host_make_room(struct vtune_host *host, struct vtune_error **err)
{
	return make_room(host, NULL, &host->room, err);
}
