/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../spec/spec.h"

static int fail_cell(struct vtune_error **err, enum vtune_error_code code, unsigned int cell,
		     const char *what)
{
	return vtune__fail(err, code, "/domain/cpu/numa", "The guest's NUMA cell %u %s", cell,
			   what);
}

/* ---- how much ---- */

/* All cells say their memory, as libvirt demands, or none. */
static int sum_cells(const struct vtune__pins *pins, uint64_t *sum, struct vtune_error **err)
{
	*sum = 0;
	for (unsigned int i = 0; i < pins->ncells; i++) {
		if (!pins->cells[i].memory_kib != !pins->cells[0].memory_kib)
			return fail_cell(err, VTUNE_ERR_DOCUMENT, pins->cells[0].memory_kib ? i : 0,
					 "has no memory, and others have; each must have some");
		*sum += pins->cells[i].memory_kib;
	}
	return 0;
}

/* What is plugged in stays as it is beside the plan, see sum_memory() in memory.c. */
static uint64_t without_modules(const struct vtune__pins *pins)
{
	uint64_t modules = 0;

	for (unsigned int i = 0; i < pins->ncells; i++)
		modules += pins->cells[i].modules_kib;
	return pins->memory_kib > modules ? pins->memory_kib - modules : 0;
}

static int take_amount(struct vtune_spec *spec, const struct vtune__pins *pins,
		       struct vtune_error **err)
{
	if (sum_cells(pins, &spec->memory_kib, err) < 0)
		return -1;
	if (spec->memory_kib == 0)
		spec->memory_kib = without_modules(pins);
	if (spec->memory_kib == 0)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, "/domain/memory",
				   "The domain must have memory, in <memory> or in the cells of "
				   "<cpu><numa>");
	if (spec->memory_kib > VTUNE__MAX_KIB)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, "/domain/cpu/numa",
				   "The memory of the guest's NUMA cells is too much together");
	return 0;
}

/* ---- cells ---- */

static int take_cell(struct vtune_spec *spec, const struct vtune__pins *pins, unsigned int i,
		     struct vtune__set *seen, struct vtune_error **err)
{
	const struct vtune__pinned_cell *cell = &pins->cells[i];

	if (vtune__set_is_empty(&cell->vcpus))
		return fail_cell(err, VTUNE_ERR_UNSUPPORTED, i,
				 "has no vCPUs; only cells that have some can be placed");
	if (vtune__set_intersects(seen, &cell->vcpus))
		return fail_cell(err, VTUNE_ERR_DOCUMENT, i,
				 "has a vCPU that is in another cell, too");
	if (vtune__set_or(seen, &cell->vcpus) < 0 ||
	    vtune__set_copy(&spec->cells[i].vcpus, &cell->vcpus) < 0)
		return vtune__fail_memory(err);
	spec->cells[i].memory_kib = cell->memory_kib;
	return 0;
}

/* The guest keeps the cells that it sees now. Where it sees none, the planner decides. */
static int take_cells(struct vtune_spec *spec, const struct vtune__pins *pins,
		      struct vtune_error **err)
{
	struct vtune__set seen VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (!pins->listed)
		return 0;
	spec->cell_count = pins->ncells;
	spec->cells_kind = VTUNE__CELLS_COUNT;
	if (pins->ncells == 1)
		return 0;
	spec->cells_kind = VTUNE__CELLS_EXPLICIT;
	spec->cells = vtune__alloc(pins->ncells, sizeof(*spec->cells), err);
	if (!spec->cells)
		return -1;
	for (unsigned int i = 0; i < pins->ncells; i++) {
		if (take_cell(spec, pins, i, &seen, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- pages and nodes ---- */

/* A spec has one kind of pages for all cells; where the domain has several, the planner
 * chooses among those that are as much like it as can be said. */
static void take_pages(struct vtune_spec *spec, const struct vtune__pins *pins)
{
	const struct vtune__pinned_cell *first = &pins->cells[0];
	unsigned int huge = 0, same = 0;

	for (unsigned int i = 0; i < pins->ncells; i++) {
		const struct vtune__pinned_cell *cell = &pins->cells[i];

		huge += cell->page_kib || cell->default_page;
		same += cell->page_kib == first->page_kib;
	}
	if (huge == 0) {
		spec->hugepages = VTUNE__PAGES_NONE;
	} else if (huge < pins->ncells) {
		spec->hugepages = VTUNE__PAGES_AUTO;
	} else if (same < pins->ncells || !first->page_kib ||
		   (first->page_kib & (first->page_kib - 1))) {
		spec->hugepages = VTUNE__PAGES_ANY;
	} else {
		spec->hugepages = VTUNE__PAGES_SIZE;
		spec->page_kib = first->page_kib;
	}
}

static void take_mode(struct vtune_spec *spec, const struct vtune__pins *pins)
{
	int mode = pins->cells[0].mode;

	for (unsigned int i = 1; i < pins->ncells; i++) {
		if (pins->cells[i].mode != mode)
			mode = pins->mode;
	}
	spec->mode = mode < 0 ? VTUNE__STRICT : (enum vtune__memory_mode)mode;
}

/* Memory that is interleaved over more nodes than there are cells was meant for these:
 * without them it would be on the cells' own. With every other mode the nodes are what
 * is to be decided anew. */
static int take_nodes(struct vtune_spec *spec, const struct vtune__pins *pins,
		      struct vtune_error **err)
{
	if (spec->mode != VTUNE__INTERLEAVE || vtune__set_count(&pins->nodes) <= pins->ncells)
		return 0;
	spec->has_nodes = true;
	return vtune__set_copy(&spec->nodes, &pins->nodes) < 0 ? vtune__fail_memory(err) : 0;
}

int vtune__spec_of_memory(struct vtune_spec *spec, const struct vtune__pins *pins,
			  struct vtune_error **err)
{
	take_pages(spec, pins);
	take_mode(spec, pins);
	if (take_amount(spec, pins, err) < 0 || take_cells(spec, pins, err) < 0)
		return -1;
	return take_nodes(spec, pins, err);
}
