/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that can be plugged in later: up to how much, and whether there is room. */
#include <inttypes.h>
#include <string.h>

#include "guest.h"

#include "../base/arch.h"

/* What is left to the VM on the node once it has what the plan gives it. */
static uint64_t left_on(const struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune__room *room, int node)
{
	const struct vtune__topology *topology = host->topology;
	uint64_t left = room->free_kib[node], taken = 0;

	if (plan->huge) {
		int size = vtune__topology_page_size(topology, plan->cells[0].page_kib);
		size_t pool = (size_t)node * topology->npage_sizes + (size_t)size;

		left = size < 0 ? 0 : room->free_pages[pool] * plan->cells[0].page_kib;
	}
	for (unsigned int g = 0; g < plan->ncells; g++)
		for (unsigned int i = 0; i < plan->cells[g].nmemory; i++)
			if (plan->cells[g].memory[i].node == topology->nodes[node].id)
				taken += plan->cells[g].memory[i].size_kib;
	return left > taken ? left - taken : 0;
}

static int find_nodes(const struct vtune_plan *plan, struct vtune__set *nodes,
		      struct vtune_error **err)
{
	for (unsigned int g = 0; g < plan->ncells; g++)
		for (unsigned int i = 0; i < plan->cells[g].nmemory; i++)
			if (vtune__set_add(nodes, plan->cells[g].memory[i].node) < 0)
				return vtune__fail_memory(err);
	return 0;
}

static int warn_room(struct vtune_plan *plan, const struct vtune_host *host,
		     const struct vtune__room *room, uint64_t more, struct vtune_error **err)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	char *where VTUNE__CLEANUP(vtune__free_string) = NULL;
	uint64_t left = 0;

	if (find_nodes(plan, &nodes, err) < 0)
		return -1;
	VTUNE__SET_FOREACH(id, &nodes) {
		int node = vtune__topology_node(host->topology, (unsigned int)id);

		if (node >= 0)
			left += left_on(plan, host, room, node);
	}
	if (left >= more)
		return 0;
	where = vtune__set_print(&nodes);
	if (!where)
		return vtune__fail_memory(err);
	return vtune__plan_warn(plan, err, "hotplug_room",
				"%" PRIu64
				" KiB can be plugged in, and on node%s %s of the VM %" PRIu64
				" KiB%s are free for it now",
				more, vtune__set_count(&nodes) == 1 ? "" : "s", where, left,
				plan->huge ? " of its pages" : "");
}

/* libvirt and QEMU want whole pages. */
static int choose_maximum(struct vtune_plan *plan, const struct vtune_spec *spec,
			  struct vtune_error **err)
{
	uint64_t asked = spec->backing.max_memory_kib, page = plan->cells[0].page_kib;
	uint64_t rest = asked % page;

	plan->backing.max_memory_kib = rest ? asked + page - rest : asked;
	plan->backing.slots = spec->backing.slots;
	if (!rest || !plan->huge)
		return 0;
	return vtune__plan_warn(plan, err, "hotplug_rounded",
				"the most memory that the VM can have is rounded up from %" PRIu64
				" to %" PRIu64 " KiB, whole pages of %" PRIu64 " KiB",
				asked, plan->backing.max_memory_kib, page);
}

/* libvirt refuses a domain without guest cells that memory is to be plugged into. */
static bool has_cells(const struct vtune_host *host)
{
	const struct vtune__arch *arch = vtune__arch_find(host->topology->processor.arch);

	return !arch || arch->has_numa;
}

int vtune__guest_hotplug(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, struct vtune_error **err)
{
	struct vtune__room room VTUNE__CLEANUP(vtune__room_free) = { 0 };
	uint64_t now = 0;

	if (!spec->backing.max_memory_kib)
		return 0;
	if (!has_cells(host))
		return vtune__plan_warn(plan, err, "hotplug_cells",
					"memory is plugged into a guest cell, and a guest of the "
					"architecture %s has none; \"hotplug\" is left out",
					host->topology->processor.arch);
	for (unsigned int g = 0; g < plan->ncells; g++)
		now += plan->cells[g].memory_kib;
	if (choose_maximum(plan, spec, err) < 0)
		return -1;
	/* Rounding the memory up may have made it as much. */
	if (plan->backing.max_memory_kib <= now) {
		plan->backing.max_memory_kib = 0;
		return vtune__plan_warn(plan, err, "hotplug_rounded",
					"in whole pages the VM has %" PRIu64
					" KiB of memory, so that no room for more is left in "
					"\"hotplug\"; it is left out",
					now);
	}
	if (vtune__room_for(host, spec->name, &room, err) < 0)
		return -1;
	return warn_room(plan, host, &room, plan->backing.max_memory_kib - now, err);
}
