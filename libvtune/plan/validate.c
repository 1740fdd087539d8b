/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate.h"

int vtune__check_fail(const struct vtune__check *check, const char *list, int index,
		      const char *key, const char *format, ...)
{
	char where[128], number[16] = "", message[512];
	va_list args;

	if (index >= 0)
		snprintf(number, sizeof(number), "/%d", index);
	snprintf(where, sizeof(where), "/%s%s%s%s", list, number, key ? "/" : "", key ? key : "");
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return vtune__fail(check->err, VTUNE_ERR_NOT_VALID, where, "%s", message);
}

bool vtune__check_allows(const struct vtune__check *check, unsigned int node)
{
	const struct vtune_spec *spec = check->spec;

	return !spec->has_nodes || vtune__set_has(&spec->nodes, check->topology->nodes[node].id);
}

static bool are_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Of the CPU: what the spec says is in the plan, which may have more. */
static int check_cpu_copies(const struct vtune__check *check)
{
	const struct vtune__plan_cpu *cpu = &check->plan->cpu;
	const struct vtune__cpu_spec *spec = &check->spec->cpu;

	if (!are_same(cpu->model, spec->model))
		return vtune__check_fail(check, "cpu", -1, "model",
					 "the CPU model is not that of the spec");
	if (spec->machine && !are_same(cpu->machine, spec->machine))
		return vtune__check_fail(check, "cpu", -1, "machine",
					 "the machine is not \"%.100s\" as in the spec",
					 spec->machine);
	for (unsigned int i = 0; i < spec->features.count; i++) {
		const struct vtune__cpu_feature *wanted = &spec->features.list[i], *there;

		there = vtune__cpu_features_find(&cpu->features, wanted->name);
		if (!there || there->policy != wanted->policy)
			return vtune__check_fail(check, "cpu", -1, "features",
						 "the feature %.100s is not \"%s\" as in the spec",
						 wanted->name,
						 vtune__feature_policy_names[wanted->policy]);
	}
	return 0;
}

/* What the plan copies from the spec for the XML. */
static int check_copies(const struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const struct vtune_spec *spec = check->spec;

	if (strcmp(plan->vm, spec->name) != 0)
		return vtune__check_fail(check, "vm", -1, NULL,
					 "the plan is for VM \"%.100s\", the spec for \"%.100s\"",
					 plan->vm, spec->name);
	if (!plan->fits)
		return vtune__check_fail(check, "fits", -1, NULL,
					 "the plan says that the VM does not fit, "
					 "so it places nothing that could be checked");
	if (plan->memory_mode != spec->mode)
		return vtune__check_fail(check, "domain", -1, "memory_mode",
					 "the memory mode is not \"%s\" as in the spec",
					 vtune__memory_mode_names[spec->mode]);
	if (plan->threads != spec->threads)
		return vtune__check_fail(check, "domain", -1, "threads",
					 "the thread policy is not \"%s\" as in the spec",
					 vtune__threads_names[spec->threads]);
	if (plan->has_cpu_mode != spec->has_cpu_mode ||
	    (spec->has_cpu_mode && plan->cpu_mode != spec->cpu_mode))
		return vtune__check_fail(check, "cpu", -1, "mode",
					 "the CPU mode is not that of the spec");
	if (check_cpu_copies(check) < 0)
		return -1;
	if (plan->shares != spec->shares)
		return vtune__check_fail(check, "domain", -1, "shares",
					 "the CPU shares are %u, the spec has %u", plan->shares,
					 spec->shares);
	return 0;
}

static int check_cell_node(struct vtune__check *check, unsigned int cell)
{
	unsigned int id = check->plan->cells[cell].node;
	int node = vtune__topology_node(check->topology, id);

	if (node < 0)
		return vtune__check_fail(check, "cells", (int)cell, "node",
					 "the host has no node %u", id);
	if (!vtune__check_allows(check, (unsigned int)node))
		return vtune__check_fail(check, "cells", (int)cell, "node",
					 "node %u is not among the nodes of the spec", id);
	if (check->is_cell_node[node])
		return vtune__check_fail(check, "cells", (int)cell, "node",
					 "node %u carries another cell already", id);
	check->is_cell_node[node] = true;
	check->cell_node[cell] = (unsigned int)node;
	return 0;
}

static bool is_run(const struct vtune__set *set, unsigned int first, unsigned int length)
{
	return vtune__set_count(set) == length && vtune__set_first(set) == (int)first &&
	       vtune__set_next(set, first + length) < 0;
}

static int check_cell_vcpus(const struct vtune__check *check, unsigned int cell)
{
	const struct vtune_plan *plan = check->plan;
	const struct vtune_spec *spec = check->spec;
	const struct vtune__set *vcpus = &plan->cells[cell].vcpus;
	unsigned int length = spec->vcpus / plan->ncells;
	unsigned int larger = spec->vcpus % plan->ncells;
	unsigned int first = cell * length + (cell < larger ? cell : larger);

	if (spec->cells_kind == VTUNE__CELLS_EXPLICIT) {
		if (!vtune__set_equal(vcpus, &spec->cells[cell].vcpus))
			return vtune__check_fail(check, "cells", (int)cell, "vcpus",
						 "these are not the vCPUs that the spec gives "
						 "the cell");
	} else if (!is_run(vcpus, first, length + (cell < larger))) {
		return vtune__check_fail(check, "cells", (int)cell, "vcpus",
					 "of %u vCPUs in %u cells this cell has %u to %u",
					 spec->vcpus, plan->ncells, first,
					 first + length + (cell < larger) - 1);
	}
	VTUNE__SET_FOREACH(vcpu, vcpus) {
		if (plan->vcpus[vcpu].cell != cell)
			return vtune__check_fail(check, "vcpus", vcpu, "cell",
						 "vCPU %d is among the vCPUs of cell %u", vcpu,
						 cell);
	}
	return 0;
}

static int check_cells(struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const struct vtune_spec *spec = check->spec;

	if (plan->nvcpus != spec->vcpus)
		return vtune__check_fail(check, "vcpus", -1, NULL,
					 "the plan has %u vCPUs, the spec %u", plan->nvcpus,
					 spec->vcpus);
	if (plan->ncells < 1 || plan->ncells > spec->vcpus)
		return vtune__check_fail(check, "cells", -1, NULL,
					 "%u cells cannot share out %u vCPUs", plan->ncells,
					 spec->vcpus);
	if (spec->cells_kind != VTUNE__CELLS_AUTO && plan->ncells != spec->cell_count)
		return vtune__check_fail(check, "cells", -1, NULL,
					 "the plan has %u cells, the spec %u", plan->ncells,
					 spec->cell_count);
	for (unsigned int cell = 0; cell < plan->ncells; cell++) {
		if (check_cell_node(check, cell) < 0 || check_cell_vcpus(check, cell) < 0)
			return -1;
	}
	return 0;
}

static int check_distance(const struct vtune__check *check, unsigned int from, unsigned int to)
{
	const struct vtune__topology *topology = check->topology;
	unsigned int distance = vtune__distance(topology, from, to);

	if (distance <= check->spec->max_distance)
		return 0;
	return vtune__check_fail(check, "cells", -1, NULL,
				 "node %u is %u from node %u, the spec allows %u at most",
				 topology->nodes[to].id, distance, topology->nodes[from].id,
				 check->spec->max_distance);
}

/* Between any two different nodes of cells or memory, both ways. */
static int check_max_distance(const struct vtune__check *check)
{
	unsigned int nnodes = check->topology->nnodes;

	if (!check->spec->max_distance)
		return 0;
	for (unsigned int from = 0; from < nnodes; from++) {
		if (!check->is_cell_node[from] && !check->memory_kib[from])
			continue;
		for (unsigned int to = 0; to < nnodes; to++) {
			if (to == from || (!check->is_cell_node[to] && !check->memory_kib[to]))
				continue;
			if (check_distance(check, from, to) < 0)
				return -1;
		}
	}
	return 0;
}

static int run(struct vtune__check *check)
{
	if (check_copies(check) < 0 || check_cells(check) < 0)
		return -1;
	if (vtune__check_memory(check) < 0 || check_max_distance(check) < 0)
		return -1;
	if (vtune__check_isolated(check) < 0 || vtune__check_cpus(check) < 0)
		return -1;
	if (vtune__check_helpers(check) < 0 || vtune__check_guest(check) < 0 ||
	    vtune__check_schedule(check) < 0)
		return -1;
	return vtune__check_interfaces(check) < 0 ? -1 : vtune__check_cost(check);
}

static int start(struct vtune__check *check)
{
	unsigned int nnodes = check->topology->nnodes;

	check->cell_node = vtune__alloc(check->plan->ncells, sizeof(*check->cell_node), check->err);
	check->is_cell_node = vtune__alloc(nnodes, sizeof(*check->is_cell_node), check->err);
	check->memory_kib = vtune__alloc(nnodes, sizeof(*check->memory_kib), check->err);
	if (!check->cell_node || !check->is_cell_node || !check->memory_kib)
		return -1;
	check->room = &check->host->room;
	if (!vtune__host_has_allocation(check->host, check->spec->name))
		return 0;
	check->room = &check->own_room;
	return vtune__room_for(check->host, check->spec->name, &check->own_room, check->err);
}

static void end(struct vtune__check *check)
{
	free(check->cell_node);
	free(check->is_cell_node);
	free(check->memory_kib);
	free(check->serves);
	vtune__room_free(&check->own_room);
	vtune__set_free(&check->dedicated);
	vtune__set_free(&check->floating);
	vtune__set_free(&check->isolated);
	vtune__set_free(&check->held);
	vtune__set_free(&check->shared);
}

int vtune__plan_check(const struct vtune_plan *plan, const struct vtune_host *host,
		      const struct vtune_spec *spec, struct vtune_error **err)
{
	struct vtune__check check = {
		.plan = plan, .host = host, .spec = spec, .topology = host->topology, .err = err
	};
	int result;

	result = start(&check);
	if (result == 0)
		result = run(&check);
	end(&check);
	return result;
}

VTUNE_EXPORT
int vtune_plan_validate(const struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune_spec *spec, struct vtune_error **err)
{
	if (!plan || !host || !spec)
		return vtune__fail_null(err, __func__);
	return vtune__plan_check(plan, host, spec, err);
}
