/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

/* 10 is the distance of a node to itself (ACPI SLIT); no two nodes are nearer. */
#define MIN_DISTANCE 10
#define MAX_DISTANCE 65535

static int fail_overlap(const struct vtune__json *at, const struct vtune_spec *spec,
			unsigned int cell, struct vtune_error **err)
{
	unsigned int other = 0;
	int vcpu;

	while (!vtune__set_intersects(&spec->cells[other].vcpus, &spec->cells[cell].vcpus))
		other++;
	vcpu = vtune__set_first(&spec->cells[cell].vcpus);
	while (!vtune__set_has(&spec->cells[other].vcpus, (unsigned int)vcpu))
		vcpu = vtune__set_next(&spec->cells[cell].vcpus, (unsigned int)vcpu + 1);
	return vtune__json_fail(
		at, err, "vCPU %d is also in cell %u; each vCPU must be in one cell", vcpu, other);
}

/* seen: the vCPUs of the cells before this one. */
static int read_cell(const struct vtune__json *at, struct vtune_spec *spec, unsigned int i,
		     struct vtune__set *seen, struct vtune_error **err)
{
	static const char *const keys[] = { "vcpus", "memory", NULL };
	struct vtune__cell_spec *cell = &spec->cells[i];
	struct vtune__json child;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "vcpus", &child, err) < 0 ||
	    vtune__spec_read_vcpus(&child, spec, &cell->vcpus, err) < 0)
		return -1;
	if (vtune__set_intersects(seen, &cell->vcpus))
		return fail_overlap(&child, spec, i, err);
	if (vtune__set_or(seen, &cell->vcpus) < 0)
		return vtune__fail_memory(err);

	if (!vtune__json_get(at, "memory", &child))
		return 0;
	if (vtune__json_size(&child, &cell->memory_kib, err) < 0)
		return -1;
	if (cell->memory_kib == 0 || cell->memory_kib > spec->memory_kib)
		return vtune__json_fail(&child, err,
					"A cell must have some of the VM's memory, and not more");
	return 0;
}

/* No sum overflows: the first cell that goes above the VM's memory ends it. */
static int check_cell_memory(const struct vtune__json *cells, const struct vtune_spec *spec,
			     struct vtune_error **err)
{
	bool first_has = spec->cells[0].memory_kib != 0;
	uint64_t sum = 0;
	char all[32];

	for (unsigned int i = 0; i < spec->cell_count; i++) {
		if ((spec->cells[i].memory_kib != 0) != first_has)
			return vtune__json_fail(cells, err,
						"Only some cells say their memory; "
						"either all cells must, or none");
		if (sum <= spec->memory_kib)
			sum += spec->cells[i].memory_kib;
	}
	if (!first_has || sum == spec->memory_kib)
		return 0;
	vtune__size_print(spec->memory_kib, all);
	return vtune__json_fail(cells, err,
				"The cells have %s memory together than the VM's %s; "
				"the sum must be the same",
				sum < spec->memory_kib ? "less" : "more", all);
}

static int check_cell_vcpus(const struct vtune__json *cells, const struct vtune_spec *spec,
			    const struct vtune__set *seen, struct vtune_error **err)
{
	for (unsigned int vcpu = 0; vcpu < spec->vcpus; vcpu++)
		if (!vtune__set_has(seen, vcpu))
			return vtune__json_fail(cells, err,
						"vCPU %u is in no cell; each vCPU must "
						"be in one",
						vcpu);
	return 0;
}

static int read_cell_list(const struct vtune__json *cells, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	struct vtune__set seen VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__json at;
	unsigned int length;

	if (vtune__json_array(cells, &length, err) < 0)
		return -1;
	if (length == 0 || length > spec->vcpus)
		return vtune__json_fail(cells, err,
					"Here must be at least one cell, and at most as "
					"many as vCPUs (%u); there are %u",
					spec->vcpus, length);
	spec->cells = vtune__alloc(length, sizeof(*spec->cells), err);
	if (!spec->cells)
		return -1;
	spec->cells_kind = VTUNE__CELLS_EXPLICIT;
	spec->cell_count = length;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(cells, i, &at);
		if (read_cell(&at, spec, i, &seen, err) < 0)
			return -1;
	}
	if (check_cell_vcpus(cells, spec, &seen, err) < 0)
		return -1;
	return check_cell_memory(cells, spec, err);
}

static int read_cells(const struct vtune__json *numa, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	struct vtune__json at;

	if (!vtune__json_get(numa, "cells", &at))
		return 0;
	if (vtune__json_is_array(&at))
		return read_cell_list(&at, spec, err);
	if (vtune__json_is_number(&at)) {
		if (vtune__json_uint32(&at, 1, VTUNE__MAX_VCPUS, &spec->cell_count, err) < 0)
			return -1;
		if (spec->cell_count > spec->vcpus)
			return vtune__json_fail(&at, err,
						"There can be at most as many cells as "
						"vCPUs, and the VM has %u",
						spec->vcpus);
		spec->cells_kind = VTUNE__CELLS_COUNT;
		return 0;
	}
	if (!vtune__spec_is_auto(&at))
		return vtune__json_fail(
			&at, err, "Here must be \"auto\", a number of cells, or a list of cells");
	return 0;
}

static int read_nodes(const struct vtune__json *numa, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	struct vtune__json at;

	if (!vtune__json_get(numa, "nodes", &at))
		return 0;
	spec->has_nodes = true;
	if (vtune__json_set(&at, VTUNE__MAX_NODE, &spec->nodes, err) < 0)
		return -1;
	if (vtune__set_is_empty(&spec->nodes))
		return vtune__json_fail(&at, err,
					"Here must be at least one host node, like \"0\"; "
					"without this key all nodes may be used");
	return 0;
}

int vtune__spec_read_numa(const struct vtune__json *root, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "cells", "mode", "nodes", "max_distance", NULL };
	int mode = VTUNE__STRICT;
	struct vtune__json numa, at;

	if (!vtune__json_get(root, "numa", &numa))
		return 0;
	if (vtune__json_object(&numa, keys, err) < 0 || read_cells(&numa, spec, err) < 0 ||
	    vtune__spec_read_word(&numa, "mode", vtune__memory_mode_names, &mode, err) < 0 ||
	    read_nodes(&numa, spec, err) < 0)
		return -1;
	spec->mode = (enum vtune__memory_mode)mode;
	if (vtune__json_get(&numa, "max_distance", &at))
		return vtune__json_uint32(&at, MIN_DISTANCE, MAX_DISTANCE, &spec->max_distance,
					  err);
	return 0;
}
