/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

/* What the cells and vCPUs before this one have; nothing may be there twice. */
struct taken {
	struct vtune__set vcpus, nodes, cpus;
};

static void free_taken(struct taken *taken)
{
	vtune__set_free(&taken->vcpus);
	vtune__set_free(&taken->nodes);
	vtune__set_free(&taken->cpus);
}

static int need_id(const struct vtune__json *at, unsigned int id, struct vtune_error **err)
{
	unsigned int value;

	return vtune__plan_need_number(at, "id", id, id, &value, err);
}

/* Fails at the key. */
static int fail_key(const struct vtune__json *at, const char *key, struct vtune_error **err,
		    const char *message)
{
	struct vtune__json child;

	return vtune__json_get(at, key, &child) ? vtune__json_fail(&child, err, "%s", message) : -1;
}

/* ---- cells ---- */

static int read_part(const struct vtune__json *at, struct vtune__plan_cell *cell, unsigned int i,
		     struct vtune_error **err)
{
	static const char *const keys[] = { "node", "size_kib", NULL };
	struct vtune__plan_memory *part = &cell->memory[i];

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__plan_need_number(at, "node", 0, VTUNE__MAX_NODE, &part->node, err) < 0 ||
	    vtune__plan_need_size(at, "size_kib", &part->size_kib, err) < 0)
		return -1;
	if (i > 0 && part->node <= part[-1].node)
		return fail_key(at, "node", err,
				"The nodes of a cell's memory must be in ascending order");
	if (part->size_kib % cell->page_kib != 0)
		return fail_key(at, "size_kib", err, "Here must be whole pages of the cell");
	return 0;
}

/* The sum cannot overflow: the first part that is too large ends it. */
static int read_memory(const struct vtune__json *at, struct vtune__plan_cell *cell,
		       struct vtune_error **err)
{
	uint64_t left = cell->memory_kib;
	struct vtune__json list, part;

	cell->memory = vtune__plan_need_list(at, "memory", 1, VTUNE__MAX_NODE + 1,
					     sizeof(*cell->memory), &list, &cell->nmemory, err);
	if (!cell->memory)
		return -1;
	for (unsigned int i = 0; i < cell->nmemory; i++) {
		vtune__json_element(&list, i, &part);
		if (read_part(&part, cell, i, err) < 0)
			return -1;
		if (cell->memory[i].size_kib > left)
			return vtune__json_fail(&list, err,
						"This is more together than the cell's memory_kib");
		left -= cell->memory[i].size_kib;
	}
	if (left > 0)
		return vtune__json_fail(&list, err,
					"This is less together than the cell's memory_kib");
	return 0;
}

static int read_cell(const struct vtune__json *at, struct vtune_plan *plan, unsigned int i,
		     struct taken *taken, struct vtune_error **err)
{
	static const char *const keys[] = { "id",	"vcpus",  "node", "memory_kib",
					    "page_kib", "memory", NULL };
	struct vtune__plan_cell *cell = &plan->cells[i];

	if (vtune__json_object(at, keys, err) < 0 || need_id(at, i, err) < 0 ||
	    vtune__plan_need_set(at, "vcpus", VTUNE__MAX_VCPUS - 1, &cell->vcpus, err) < 0 ||
	    vtune__plan_need_number(at, "node", 0, VTUNE__MAX_NODE, &cell->node, err) < 0 ||
	    vtune__plan_need_size(at, "memory_kib", &cell->memory_kib, err) < 0 ||
	    vtune__plan_need_size(at, "page_kib", &cell->page_kib, err) < 0)
		return -1;
	if (vtune__set_intersects(&taken->vcpus, &cell->vcpus))
		return fail_key(at, "vcpus", err, "One of these vCPUs is in an earlier cell, too");
	if (vtune__set_has(&taken->nodes, cell->node))
		return fail_key(at, "node", err,
				"This is the node of an earlier cell; each must have its own");
	if (cell->page_kib != plan->cells[0].page_kib)
		return fail_key(at, "page_kib", err, "All cells must have pages of one size");
	if (vtune__set_or(&taken->vcpus, &cell->vcpus) < 0 ||
	    vtune__set_add(&taken->nodes, cell->node) < 0)
		return vtune__fail_memory(err);
	return read_memory(at, cell, err);
}

static int read_cells(const struct vtune__json *root, struct vtune_plan *plan, struct taken *taken,
		      struct vtune_error **err)
{
	struct vtune__json list, at;

	plan->cells = vtune__plan_need_list(root, "cells", 1, VTUNE__MAX_VCPUS,
					    sizeof(*plan->cells), &list, &plan->ncells, err);
	if (!plan->cells)
		return -1;
	for (unsigned int i = 0; i < plan->ncells; i++) {
		vtune__json_element(&list, i, &at);
		if (read_cell(&at, plan, i, taken, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- vCPUs ---- */

/* Shared CPUs are never held, so the CPUs of a vCPU tell whether it is dedicated. */
static int read_cpus(const struct vtune__json *at, struct vtune_plan *plan,
		     struct vtune__plan_vcpu *vcpu, struct taken *taken, struct vtune_error **err)
{
	if (vtune__plan_need_set(at, "cpus", VTUNE__MAX_CPU, &vcpu->cpus, err) < 0)
		return -1;
	if (!vtune__set_intersects(&vcpu->cpus, &plan->held))
		return 0;
	if (vtune__set_count(&vcpu->cpus) > 1)
		return fail_key(at, "cpus", err,
				"Here must be one CPU of held_cpus, or CPUs none "
				"of which is in held_cpus");
	if (vtune__set_intersects(&vcpu->cpus, &taken->cpus))
		return fail_key(at, "cpus", err, "This CPU is that of an earlier vCPU");
	vcpu->dedicated = true;
	return vtune__set_or(&taken->cpus, &vcpu->cpus) < 0 ? vtune__fail_memory(err) : 0;
}

static int read_vcpu(const struct vtune__json *at, struct vtune_plan *plan, unsigned int i,
		     struct taken *taken, struct vtune_error **err)
{
	static const char *const keys[] = { "id", "cpus", "cell", NULL };
	struct vtune__plan_vcpu *vcpu = &plan->vcpus[i];

	if (vtune__json_object(at, keys, err) < 0 || need_id(at, i, err) < 0 ||
	    read_cpus(at, plan, vcpu, taken, err) < 0 ||
	    vtune__plan_need_number(at, "cell", 0, plan->ncells - 1, &vcpu->cell, err) < 0)
		return -1;
	if (!vtune__set_has(&plan->cells[vcpu->cell].vcpus, i))
		return fail_key(at, "cell", err, "That cell does not have this vCPU");
	return 0;
}

/* Each vCPU is in the cell it names, and no cell has more than these: then the
 * cells share out the vCPUs. */
static int read_vcpus(const struct vtune__json *root, struct vtune_plan *plan, struct taken *taken,
		      struct vtune_error **err)
{
	struct vtune__json list, at;
	int beyond;

	plan->vcpus = vtune__plan_need_list(root, "vcpus", 1, VTUNE__MAX_VCPUS,
					    sizeof(*plan->vcpus), &list, &plan->nvcpus, err);
	if (!plan->vcpus)
		return -1;
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		vtune__json_element(&list, i, &at);
		if (read_vcpu(&at, plan, i, taken, err) < 0)
			return -1;
	}
	beyond = vtune__set_next(&taken->vcpus, plan->nvcpus);
	if (beyond >= 0)
		return vtune__json_fail(&list, err, "vCPU %d of the cells is missing here", beyond);
	return 0;
}

int vtune__plan_read_cells(const struct vtune__json *root, struct vtune_plan *plan,
			   struct vtune_error **err)
{
	struct taken taken VTUNE__CLEANUP(free_taken) = { 0 };

	if (read_cells(root, plan, &taken, err) < 0)
		return -1;
	return read_vcpus(root, plan, &taken, err);
}
