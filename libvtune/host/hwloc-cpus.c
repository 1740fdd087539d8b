/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which CPU is on which node. */
#include <stdlib.h>

#include "hwloc-reading.h"

/* What is compared when several nodes are local to the same CPUs. */
struct claim {
	unsigned int node; /* place in the draft */
	unsigned int id;
	bool is_special, is_empty;
	int ncpus;
};

static void free_claims(struct claim **claims)
{
	free(*claims);
}

static int compare_claims(const void *first, const void *second)
{
	const struct claim *a = first, *b = second;

	if (a->is_special != b->is_special)
		return a->is_special ? 1 : -1;
	if (a->ncpus != b->ncpus)
		return a->ncpus < b->ncpus ? -1 : 1;
	if (a->is_empty != b->is_empty)
		return a->is_empty ? 1 : -1;
	return a->id < b->id ? -1 : 1;
}

static int place_cpu(struct vtune__reading *reading, unsigned int cpu, unsigned int node)
{
	if (cpu >= reading->ncpus || vtune__hwloc_node_of_cpu(reading, cpu) >= 0)
		return 0;
	reading->node_of_cpu[cpu] = (int)node;
	if (vtune__set_add(&reading->draft->nodes[node].cpus, cpu) < 0)
		return vtune__fail_memory(reading->err);
	return 0;
}

/* hwloc gives a node that has no CPUs those of the node beside it. The kernel has
 * them on one node: ordinary memory before special, the nearer before the one for
 * more CPUs, one that has memory before an empty one, then the lower number. */
static int share_out_cpus(struct vtune__reading *reading)
{
	VTUNE__CLEANUP(free_claims) struct claim *claims = NULL;
	const struct vtune__draft *draft = reading->draft;
	unsigned int i;

	claims = vtune__alloc(draft->nnodes, sizeof(*claims), reading->err);
	if (!claims)
		return -1;
	for (i = 0; i < draft->nnodes; i++) {
		claims[i].node = i;
		claims[i].id = draft->nodes[i].id;
		claims[i].is_special = draft->nodes[i].kind != VTUNE__DRAM;
		claims[i].is_empty = draft->nodes[i].memory_kib == 0;
		claims[i].ncpus =
			hwloc_bitmap_weight(vtune__hwloc_node(reading, i)->complete_cpuset);
	}
	qsort(claims, draft->nnodes, sizeof(*claims), compare_claims);
	for (i = 0; i < draft->nnodes; i++) {
		hwloc_obj_t object = vtune__hwloc_node(reading, claims[i].node);

		VTUNE__HWLOC_FOREACH(cpu, object->complete_cpuset) {
			if (place_cpu(reading, (unsigned int)cpu, claims[i].node) < 0)
				return -1;
		}
	}
	return 0;
}

/* hwloc still knows the core of some CPUs that are off. */
static int place_siblings(struct vtune__reading *reading)
{
	hwloc_obj_t core = NULL;

	while ((core = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_CORE, core))) {
		int node = -1;
		bool has_lost = false;

		VTUNE__HWLOC_FOREACH(cpu, core->complete_cpuset) {
			int own = vtune__hwloc_node_of_cpu(reading, (unsigned int)cpu);

			if (own < 0)
				has_lost = true;
			else if (node < 0)
				node = own;
		}
		if (node < 0 || !has_lost)
			continue;
		VTUNE__HWLOC_FOREACH(cpu, core->complete_cpuset) {
			if (place_cpu(reading, (unsigned int)cpu, (unsigned int)node) < 0)
				return -1;
		}
	}
	return 0;
}

static unsigned int first_node(hwloc_obj_t part)
{
	return (unsigned int)hwloc_bitmap_first(part->nodeset);
}

/* CPUs that are local to no node at all go to the first one of the smallest part
 * of the machine that has any. */
static int place_strays(struct vtune__reading *reading)
{
	hwloc_obj_t cpu = NULL, part;
	int node;

	while ((cpu = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_PU, cpu))) {
		if (vtune__hwloc_node_of_cpu(reading, cpu->os_index) >= 0)
			continue;
		for (part = cpu; part && hwloc_bitmap_iszero(part->nodeset); part = part->parent)
			;
		node = part ? vtune__hwloc_find_node(reading, first_node(part)) : -1;
		if (place_cpu(reading, cpu->os_index, node < 0 ? 0 : (unsigned int)node) < 0)
			return -1;
	}
	return 0;
}

/* CPUs that are off, or not allowed to us. All that is known of some is that the
 * machine has them; without a node they are of no use to anybody. */
static int read_offline(struct vtune__reading *reading, hwloc_const_cpuset_t all, bool are_all)
{
	hwloc_const_cpuset_t allowed = hwloc_topology_get_allowed_cpuset(reading->topology);

	if (are_all && hwloc_bitmap_isincluded(all, allowed))
		return 0;
	VTUNE__HWLOC_FOREACH(bit, all) {
		unsigned int cpu = (unsigned int)bit;

		if (vtune__hwloc_node_of_cpu(reading, cpu) < 0)
			reading->has_lost_cpus = true;
		else if (!hwloc_bitmap_isset(allowed, cpu) &&
			 vtune__set_add(&reading->draft->offline, cpu) < 0)
			return vtune__fail_memory(reading->err);
	}
	return 0;
}

/* Note which CPUs are on a node now; are all? */
static int note_placed(struct vtune__reading *reading, hwloc_const_cpuset_t all, bool *are_all)
{
	const struct vtune__set *placed = &reading->placed;

	for (unsigned int i = 0; i < reading->draft->nnodes; i++)
		if (vtune__set_or(&reading->placed, &reading->draft->nodes[i].cpus) < 0)
			return vtune__fail_memory(reading->err);
	*are_all = true;
	for (unsigned int i = 0; i <= (reading->ncpus - 1) / 64; i++)
		if (vtune__hwloc_word(all, i) & ~(i < placed->nwords ? placed->words[i] : 0))
			*are_all = false;
	return 0;
}

int vtune__hwloc_read_cpus(struct vtune__reading *reading)
{
	hwloc_const_cpuset_t all = hwloc_topology_get_complete_cpuset(reading->topology);
	int last = hwloc_bitmap_last(all);
	unsigned int cpu;
	bool are_all;

	if (last < 0 || last > VTUNE__MAX_CPU)
		return vtune__fail(reading->err, VTUNE_ERR_DOCUMENT, NULL,
				   "the hwloc topology has no CPU, or one with a number above %u",
				   VTUNE__MAX_CPU);
	reading->ncpus = (unsigned int)last + 1;
	reading->node_of_cpu =
		vtune__alloc(reading->ncpus, sizeof(*reading->node_of_cpu), reading->err);
	if (!reading->node_of_cpu)
		return -1;
	for (cpu = 0; cpu < reading->ncpus; cpu++)
		reading->node_of_cpu[cpu] = -1;
	if (share_out_cpus(reading) < 0 || note_placed(reading, all, &are_all) < 0)
		return -1;
	if (!are_all && (place_siblings(reading) < 0 || place_strays(reading) < 0 ||
			 note_placed(reading, all, &are_all) < 0))
		return -1;
	return read_offline(reading, all, are_all);
}
