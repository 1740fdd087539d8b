/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

static const char *const order[] = { "memory", "memnode", NULL };

/* With "preferred" the kernel looks at one node only, the lowest of the set, and
 * goes on to the nearest ones when it is full. The plan filled the nodes in that
 * order too: from the cell's own node on, if that has memory. */
static unsigned int preferred_node(const struct vtune__plan_cell *cell)
{
	const struct vtune__plan_memory *most = &cell->memory[0];

	for (unsigned int i = 0; i < cell->nmemory; i++) {
		if (cell->memory[i].node == cell->node)
			return cell->node;
		if (cell->memory[i].size_kib > most->size_kib)
			most = &cell->memory[i];
	}
	return most->node;
}

int vtune__domain_add_nodes(const struct vtune_plan *plan, const struct vtune__plan_cell *cell,
			    struct vtune__set *nodes, struct vtune_error **err)
{
	if (plan->memory_mode == VTUNE__PREFERRED) {
		if (vtune__set_add(nodes, preferred_node(cell)) < 0)
			return vtune__fail_memory(err);
		return 0;
	}
	for (unsigned int i = 0; i < cell->nmemory; i++) {
		if (vtune__set_add(nodes, cell->memory[i].node) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

static int lay_memory(struct _xmlNode *numatune, const struct vtune_plan *plan, const char *mode,
		      struct vtune_error **err)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *memory = vtune__xml_ensure(numatune, "memory", order, err);
	const char *placement = memory ? vtune__xml_peek(memory, "placement") : NULL;
	unsigned int ncells = plan->ncells;

	if (!memory)
		return -1;
	/* For the memory of QEMU itself. Several preferred nodes are an error to a
	 * libvirt that was built with an older libnuma. */
	if (plan->memory_mode == VTUNE__PREFERRED)
		ncells = 1;
	for (unsigned int i = 0; i < ncells; i++) {
		if (vtune__domain_add_nodes(plan, &plan->cells[i], &nodes, err) < 0)
			return -1;
	}
	if (placement && strcmp(placement, "static") != 0)
		vtune__xml_unset(memory, "placement");
	if (vtune__xml_set(memory, "mode", mode, err) < 0)
		return -1;
	return vtune__xml_set_of(memory, "nodeset", &nodes, err);
}

/* None on an architecture whose guests have no cells. */
static int lay_memnodes(struct _xmlNode *domain, struct _xmlNode *numatune,
			const struct vtune_plan *plan, const char *mode, struct vtune_error **err)
{
	unsigned int ncells = vtune__domain_has_cells(domain, plan) ? plan->ncells : 0;
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__set cells VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__xml_list memnodes VTUNE__CLEANUP(vtune__xml_list_free) = {
		.parent = numatune, .name = "memnode", .key = "cellid", .order = order
	};

	if (vtune__domain_first(&cells, ncells, err) < 0 ||
	    vtune__xml_list_keep(&memnodes, &cells, err) < 0)
		return -1;
	for (unsigned int i = 0; i < ncells; i++) {
		struct _xmlNode *memnode = vtune__xml_list_at(&memnodes, i, err);

		vtune__set_clear(&nodes);
		if (!memnode || vtune__xml_set(memnode, "mode", mode, err) < 0 ||
		    vtune__domain_add_nodes(plan, &plan->cells[i], &nodes, err) < 0 ||
		    vtune__xml_set_of(memnode, "nodeset", &nodes, err) < 0)
			return -1;
	}
	return 0;
}

int vtune__domain_lay_nodes(struct _xmlNode *domain, const struct vtune_plan *plan, bool by_cell,
			    struct vtune_error **err)
{
	struct _xmlNode *numatune = vtune__domain_ensure(domain, "numatune", err);
	const char *mode = vtune__memory_mode_names[plan->memory_mode];

	if (!numatune || lay_memory(numatune, plan, mode, err) < 0)
		return -1;
	return by_cell ? lay_memnodes(domain, numatune, plan, mode, err) : 0;
}

int vtune__domain_lay_numatune(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err)
{
	return vtune__domain_lay_nodes(domain, plan, true, err);
}
