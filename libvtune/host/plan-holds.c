/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan holds once it is carried out. */
#include "host.h"

#include <stdio.h>

#include "../plan/plan.h"

static int hold_shared_vcpu(struct vtune__allocation *allocation, const struct vtune_plan *plan,
			    unsigned int i, struct vtune_error **err)
{
	unsigned int cell = plan->vcpus[i].cell, j = 0;
	char where[48];

	if (cell >= plan->ncells) {
		snprintf(where, sizeof(where), "/vcpus/%u/cell", i);
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, where,
				   "The plan for \"%s\" is not sound: vCPU %u is in cell %u, which "
				   "it does not have",
				   plan->vm, i, cell);
	}
	while (j < allocation->nshared && allocation->shared[j].node != plan->cells[cell].node)
		j++;
	if (j == allocation->nshared) /* room for one of each cell */
		allocation->shared[allocation->nshared++].node = plan->cells[cell].node;
	allocation->shared[j].vcpus++;
	return 0;
}

static int hold_shared_vcpus(struct vtune__allocation *allocation, const struct vtune_plan *plan,
			     struct vtune_error **err)
{
	allocation->shared = vtune__alloc(plan->ncells, sizeof(*allocation->shared), err);
	if (!allocation->shared)
		return -1;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (!plan->vcpus[i].dedicated && hold_shared_vcpu(allocation, plan, i, err) < 0)
			return -1;
	return 0;
}

/* The memory of cell i, together with what other cells have on the same node in
 * pages of the same size. */
static int hold_cell(struct vtune__allocation *allocation, const struct vtune_plan *plan,
		     unsigned int i, struct vtune_error **err)
{
	const struct vtune__plan_cell *cell = &plan->cells[i];
	char where[64];

	for (unsigned int j = 0; j < cell->nmemory; j++) {
		const struct vtune__plan_memory *memory = &cell->memory[j];
		struct vtune__memory_held *held = allocation->memory;
		struct vtune__memory_held *end = held + allocation->nmemory;

		while (held < end &&
		       (held->node != memory->node || held->page_kib != cell->page_kib))
			held++;
		if (held == end) {
			allocation->nmemory++;
			held->node = memory->node;
			held->page_kib = cell->page_kib;
		}
		if (memory->size_kib > VTUNE__MAX_KIB - held->size_kib) {
			snprintf(where, sizeof(where), "/cells/%u/memory/%u", i, j);
			return vtune__fail(
				err, VTUNE_ERR_NOT_VALID, where,
				"The plan for \"%s\" is not sound: its memory on node %u "
				"is too large",
				plan->vm, memory->node);
		}
		held->size_kib += memory->size_kib;
	}
	return 0;
}

static int hold_memory(struct vtune__allocation *allocation, const struct vtune_plan *plan,
		       struct vtune_error **err)
{
	size_t count = 0;

	for (unsigned int i = 0; i < plan->ncells; i++)
		count += plan->cells[i].nmemory;
	allocation->memory = vtune__alloc(count, sizeof(*allocation->memory), err);
	if (!allocation->memory)
		return -1;
	for (unsigned int i = 0; i < plan->ncells; i++)
		if (hold_cell(allocation, plan, i, err) < 0)
			return -1;
	return 0;
}

static int hold_devices(struct vtune__allocation *allocation, const struct vtune_plan *plan,
			struct vtune_error **err)
{
	allocation->devices = vtune__alloc(plan->ndevices, sizeof(*allocation->devices), err);
	if (!allocation->devices)
		return -1;
	for (unsigned int i = 0; i < plan->ndevices; i++) {
		allocation->devices[i] = vtune__strdup(plan->devices[i].id, err);
		if (!allocation->devices[i])
			return -1;
		allocation->ndevices++;
	}
	return 0;
}

int vtune__allocation_of_plan(struct vtune__allocation *allocation, const struct vtune_plan *plan,
			      const char *vm, struct vtune_error **err)
{
	allocation->vm = vtune__strdup(vm, err);
	if (!allocation->vm)
		return -1;
	if (vtune__set_copy(&allocation->cpus, &plan->held) < 0)
		return vtune__fail_memory(err);
	if (hold_shared_vcpus(allocation, plan, err) < 0 || hold_memory(allocation, plan, err) < 0)
		return -1;
	return hold_devices(allocation, plan, err);
}
