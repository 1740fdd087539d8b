/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is the memory shared out as it should be, and is it there? */
#include "validate.h"

static int check_page_size(const struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const struct vtune_spec *spec = check->spec;
	uint64_t page = plan->cells[0].page_kib;

	for (unsigned int cell = 1; cell < plan->ncells; cell++) {
		if (plan->cells[cell].page_kib != page)
			return vtune__check_fail(check, "cells", (int)cell, "page_kib",
						 "all cells use one page size");
	}
	if (plan->huge ? vtune__topology_page_size(check->topology, page) < 0
		       : page != check->topology->page_kib)
		return vtune__check_fail(check, "cells", 0, "page_kib",
					 "the host has no %s pages of %llu KiB",
					 plan->huge ? "huge" : "ordinary",
					 (unsigned long long)page);
	if ((spec->hugepages == VTUNE__PAGES_NONE && plan->huge) ||
	    (spec->hugepages == VTUNE__PAGES_ANY && !plan->huge) ||
	    (spec->hugepages == VTUNE__PAGES_SIZE && page != spec->page_kib))
		return vtune__check_fail(check, "cells", 0, "page_kib",
					 "pages of %llu KiB are not what the spec asks for",
					 (unsigned long long)page);
	return 0;
}

/* How many pages hold that much memory: ordinary ones as many as it takes, huge
 * ones only if it is a multiple of them (else 0). */
static uint64_t pages_of(const struct vtune__check *check, uint64_t kib)
{
	uint64_t page = check->plan->cells[0].page_kib;

	if (check->plan->huge && kib % page)
		return 0;
	return kib / page + (kib % page != 0);
}

/* floor(all * some / vcpus), without the product that might not fit. */
static uint64_t share_of(uint64_t all, uint64_t some, uint64_t vcpus)
{
	return all / vcpus * some + all % vcpus * some / vcpus;
}

static uint64_t vcpu_share(const struct vtune__check *check, uint64_t all, unsigned int cell)
{
	return share_of(all, vtune__set_count(&check->plan->cells[cell].vcpus), check->spec->vcpus);
}

static int check_sum(const struct vtune__check *check, unsigned int cell, uint64_t pages)
{
	const struct vtune__plan_cell *it = &check->plan->cells[cell];
	uint64_t kib = pages * it->page_kib;

	if (!pages)
		return vtune__check_fail(check, "cells", (int)cell, "page_kib",
					 "pages of %llu KiB do not suit the memory of the cell",
					 (unsigned long long)it->page_kib);
	if (it->memory_kib != kib)
		return vtune__check_fail(check, "cells", (int)cell, "memory_kib",
					 "the cell has %llu KiB, its share is %llu KiB",
					 (unsigned long long)it->memory_kib,
					 (unsigned long long)kib);
	return 0;
}

/* The memory of the cells one by one: as stated, or by their vCPUs, the pages
 * left over one each to the first cells. */
static int check_sums(const struct vtune__check *check)
{
	const struct vtune_spec *spec = check->spec;
	unsigned int ncells = check->plan->ncells;
	bool stated = spec->cells_kind == VTUNE__CELLS_EXPLICIT && spec->cells[0].memory_kib;
	uint64_t all = pages_of(check, spec->memory_kib), left = all, pages;

	for (unsigned int cell = 0; cell < ncells; cell++)
		left -= vcpu_share(check, all, cell);
	for (unsigned int cell = 0; cell < ncells; cell++) {
		if (stated)
			pages = pages_of(check, spec->cells[cell].memory_kib);
		else
			pages = vcpu_share(check, all, cell) + (cell < left);
		if (check_sum(check, cell, pages) < 0)
			return -1;
	}
	return 0;
}

/* May the node give memory to the cell? */
static int check_source(const struct vtune__check *check, unsigned int cell, unsigned int node)
{
	const struct vtune__node *it = &check->topology->nodes[node];

	if (!vtune__check_allows(check, node))
		return vtune__check_fail(check, "cells", (int)cell, "memory",
					 "node %u is not among the nodes of the spec", it->id);
	if (it->kind != VTUNE__DRAM && node != check->cell_node[cell] && !check->spec->has_nodes)
		return vtune__check_fail(check, "cells", (int)cell, "memory",
					 "node %u has %s memory, and the spec does not name it",
					 it->id, vtune__memory_kind_names[it->kind]);
	return 0;
}

/* The parts of one cell: on nodes in order, in whole pages, together the cell's. */
static int check_parts(struct vtune__check *check, unsigned int cell)
{
	const struct vtune__plan_cell *it = &check->plan->cells[cell];
	uint64_t left = it->memory_kib;
	int last = -1, node;

	for (unsigned int i = 0; i < it->nmemory; i++) {
		uint64_t kib = it->memory[i].size_kib;

		node = vtune__topology_node(check->topology, it->memory[i].node);
		if (node <= last)
			return vtune__check_fail(check, "cells", (int)cell, "memory",
						 node < 0 ? "the host has no node %u"
							  : "node %u is not in order",
						 it->memory[i].node);
		if (check_source(check, cell, (unsigned int)node) < 0)
			return -1;
		if (!kib || kib % it->page_kib)
			return vtune__check_fail(check, "cells", (int)cell, "memory",
						 "%llu KiB on node %u are not whole pages",
						 (unsigned long long)kib, it->memory[i].node);
		if (kib > left)
			return vtune__check_fail(check, "cells", (int)cell, "memory",
						 "the parts are more than the cell has");
		left -= kib;
		check->memory_kib[node] += kib;
		last = node;
	}
	if (left)
		return vtune__check_fail(check, "cells", (int)cell, "memory",
					 "the parts are %llu KiB less than the cell has",
					 (unsigned long long)left);
	return 0;
}

/* Whole on its own node; on one other only if that has no memory at all. */
static int check_strict(const struct vtune__check *check, unsigned int cell)
{
	const struct vtune__plan_cell *it = &check->plan->cells[cell];
	const struct vtune__node *own = &check->topology->nodes[check->cell_node[cell]];

	if (it->nmemory == 1 && (it->memory[0].node == own->id || !own->memory_kib))
		return 0;
	return vtune__check_fail(check, "cells", (int)cell, "memory",
				 "mode %s wants all of it on %s",
				 vtune__memory_mode_names[check->spec->mode],
				 own->memory_kib ? "the cell's own node" : "one node");
}

static bool is_interleaved(const struct vtune__check *check, unsigned int node)
{
	if (!check->topology->nodes[node].memory_kib)
		return false;
	return check->spec->has_nodes ? vtune__check_allows(check, node)
				      : check->is_cell_node[node];
}

/* Equal whole pages on each of the nodes, the remainder to the lowest ids. */
static int check_interleave(const struct vtune__check *check, unsigned int cell,
			    unsigned int sources)
{
	const struct vtune__plan_cell *it = &check->plan->cells[cell];
	uint64_t pages = it->memory_kib / it->page_kib;
	unsigned int rank = 0, part = 0;

	for (unsigned int node = 0; node < check->topology->nnodes; node++) {
		uint64_t kib;

		if (!is_interleaved(check, node))
			continue;
		kib = (pages / sources + (rank++ < pages % sources)) * it->page_kib;
		if (!kib)
			break;
		if (part >= it->nmemory ||
		    it->memory[part].node != check->topology->nodes[node].id ||
		    it->memory[part].size_kib != kib)
			return vtune__check_fail(check, "cells", (int)cell, "memory",
						 "interleaved, %llu KiB are on node %u",
						 (unsigned long long)kib,
						 check->topology->nodes[node].id);
		part++;
	}
	if (part != it->nmemory)
		return vtune__check_fail(check, "cells", (int)cell, "memory",
					 "interleaved, it is on %u nodes", part);
	return 0;
}

static int check_mode(const struct vtune__check *check)
{
	enum vtune__memory_mode mode = check->spec->mode;
	unsigned int sources = 0;

	for (unsigned int node = 0; node < check->topology->nnodes; node++)
		sources += is_interleaved(check, node);
	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		if (mode == VTUNE__INTERLEAVE) {
			if (check_interleave(check, cell, sources) < 0)
				return -1;
		} else if (mode != VTUNE__PREFERRED && check_strict(check, cell) < 0) {
			return -1;
		}
	}
	return 0;
}

static int check_capacity(const struct vtune__check *check)
{
	const struct vtune__topology *topology = check->topology;
	uint64_t page = check->plan->cells[0].page_kib;
	int size = vtune__topology_page_size(topology, page);

	for (unsigned int node = 0; node < topology->nnodes; node++) {
		uint64_t need = check->memory_kib[node] / page, have;

		if (check->plan->huge)
			have = check->room->free_pages[node * topology->npage_sizes + (size_t)size];
		else
			have = check->room->free_kib[node] / page;
		if (need > have)
			return vtune__check_fail(check, "cells", -1, NULL,
						 "node %u has %llu free pages of %llu KiB, "
						 "the cells take %llu",
						 topology->nodes[node].id, (unsigned long long)have,
						 (unsigned long long)page,
						 (unsigned long long)need);
	}
	return 0;
}

int vtune__check_memory(struct vtune__check *check)
{
	if (check_page_size(check) < 0 || check_sums(check) < 0)
		return -1;
	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		if (check_parts(check, cell) < 0)
			return -1;
	}
	if (check_mode(check) < 0)
		return -1;
	return check_capacity(check);
}
