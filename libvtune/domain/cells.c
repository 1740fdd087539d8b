/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../base/arch.h"
#include "../base/xml.h"

static const char *const cell_order[] = { "cell", NULL };

/* libvirt takes 10 for the way to oneself, and 11 to 254 for others (255 is
 * "unreachable"). A host may say otherwise: some have more than 10 locally, so
 * that the value is scaled by it, and some call two nodes equally near. */
static unsigned int guest_distance(const struct vtune_plan *plan, unsigned int from,
				   unsigned int to)
{
	uint64_t own = plan->distances[from * plan->ncells + from];
	uint64_t value = plan->distances[from * plan->ncells + to];

	if (from == to)
		return 10;
	if (own > 10)
		value = (value * 10 + own / 2) / own;
	return value < 11 ? 11 : value > 254 ? 254 : (unsigned int)value;
}

static int lay_distances(struct _xmlNode *cell, const struct vtune_plan *plan, unsigned int from,
			 const struct vtune__set *ids, struct vtune_error **err)
{
	static const char *const order[] = { "distances", "sibling", NULL };
	struct vtune__xml_list siblings VTUNE__CLEANUP(vtune__xml_list_free) = {
		.parent = vtune__xml_child(cell, "distances"),
		.name = "sibling",
		.key = "id",
		.order = order,
	};

	if (plan->ncells == 1 || !plan->distances) {
		if (siblings.parent)
			vtune__xml_remove(siblings.parent);
		return 0;
	}
	siblings.parent = vtune__xml_ensure(cell, "distances", order, err);
	if (!siblings.parent || vtune__xml_list_keep(&siblings, ids, err) < 0)
		return -1;
	for (unsigned int to = 0; to < plan->ncells; to++) {
		struct _xmlNode *sibling = vtune__xml_list_at(&siblings, to, err);

		if (!sibling ||
		    vtune__xml_set_uint(sibling, "value", guest_distance(plan, from, to), err) < 0)
			return -1;
	}
	return 0;
}

static int lay_cell(struct _xmlNode *cell, const struct vtune_plan *plan, unsigned int id,
		    const struct vtune__set *ids, struct vtune_error **err)
{
	if (vtune__xml_set_of(cell, "cpus", &plan->cells[id].vcpus, err) < 0 ||
	    vtune__domain_set_size(cell, "memory", plan->cells[id].memory_kib, err) < 0)
		return -1;
	return lay_distances(cell, plan, id, ids, err);
}

/* Without ids libvirt numbers the cells in the order they stand in. */
static int number_cells(struct _xmlNode *numa, struct vtune_error **err)
{
	struct _xmlNode *cell = vtune__xml_child(numa, "cell");

	for (unsigned int i = 0; cell; i++, cell = vtune__xml_next(cell, "cell")) {
		if (!vtune__xml_peek(cell, "id") && vtune__xml_set_uint(cell, "id", i, err) < 0)
			return -1;
	}
	return 0;
}

/* Latency and bandwidth between cells of which one is gone. */
static void remove_links(struct _xmlNode *numa, const struct vtune_plan *plan)
{
	struct _xmlNode *list = vtune__xml_child(numa, "interconnects");
	struct _xmlNode *link = list ? vtune__xml_child(list, NULL) : NULL;
	struct _xmlNode *next;

	for (; link; link = next) {
		uint64_t initiator, target;

		next = vtune__xml_next(link, NULL);
		if ((vtune__xml_peek_uint(link, "initiator", &initiator) &&
		     initiator >= plan->ncells) ||
		    (vtune__xml_peek_uint(link, "target", &target) && target >= plan->ncells))
			vtune__xml_remove(link);
	}
	vtune__xml_remove_empty(list);
}

/* On architectures that have none, the domain would not start with them. */
bool vtune__domain_has_cells(struct _xmlNode *domain, const struct vtune_plan *plan)
{
	const struct vtune__arch *arch = vtune__domain_arch(domain, plan);

	return !arch || arch->has_numa;
}

static int remove_cells(struct _xmlNode *cpu)
{
	struct _xmlNode *numa = vtune__xml_child(cpu, "numa");

	if (numa)
		vtune__xml_remove(numa);
	return 0;
}

static int lay_all(struct _xmlNode *cpu, const struct vtune_plan *plan, struct vtune_error **err)
{
	static const char *const order[] = { "model",	    "vendor",  "topology", "cache",
					     "maxphysaddr", "feature", "numa",	   NULL };
	struct vtune__set ids VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *numa = vtune__xml_ensure(cpu, "numa", order, err);
	struct vtune__xml_list cells VTUNE__CLEANUP(vtune__xml_list_free) = {
		.parent = numa, .name = "cell", .key = "id", .order = cell_order
	};

	if (!numa || vtune__domain_first(&ids, plan->ncells, err) < 0 ||
	    number_cells(numa, err) < 0 || vtune__xml_list_keep(&cells, &ids, err) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->ncells; i++) {
		struct _xmlNode *cell = vtune__xml_list_at(&cells, i, err);

		if (!cell || lay_cell(cell, plan, i, &ids, err) < 0)
			return -1;
	}
	remove_links(numa, plan);
	return 0;
}

int vtune__domain_lay_cells(struct _xmlNode *domain, struct _xmlNode *cpu,
			    const struct vtune_plan *plan, struct vtune_error **err)
{
	return vtune__domain_has_cells(domain, plan) ? lay_all(cpu, plan, err) : remove_cells(cpu);
}
