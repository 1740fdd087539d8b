/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The eight costs, worked out from the plan alone. */
#include <stdlib.h>

#include "validate.h"

/* How much farther it is from one node to the other than to itself. */
static int64_t extra(const struct vtune__topology *topology, unsigned int from, unsigned int to,
		     unsigned int self)
{
	return (int64_t)vtune__distance(topology, from, to) -
	       (int64_t)vtune__distance(topology, self, self);
}

static int cost_remote(const struct vtune__check *check, int64_t *cost)
{
	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		const struct vtune__plan_cell *it = &check->plan->cells[cell];
		unsigned int own = check->cell_node[cell];

		for (unsigned int i = 0; i < it->nmemory; i++) {
			int node = vtune__topology_node(check->topology, it->memory[i].node);
			int64_t more = extra(check->topology, own, (unsigned int)node, own);

			if (__builtin_mul_overflow(more, it->memory[i].size_kib, &more) ||
			    __builtin_add_overflow(*cost, more, cost))
				return vtune__check_fail(check, "cost", -1, "remote",
							 "it is too large to count");
		}
	}
	return 0;
}

static int64_t cost_spread(const struct vtune__check *check)
{
	unsigned int ncells = check->plan->ncells;
	int64_t cost = 0;

	for (unsigned int g = 0; g < ncells; g++) {
		for (unsigned int h = g + 1; h < ncells; h++)
			cost += vtune__distance(check->topology, check->cell_node[g],
						check->cell_node[h]);
	}
	return cost;
}

static int64_t device_cost(const struct vtune__check *check, const struct vtune__device *device)
{
	unsigned int node = (unsigned int)device->node;
	int64_t least = INT64_MAX, more;

	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		more = extra(check->topology, node, check->cell_node[cell], node);
		least = more < least ? more : least;
	}
	return least;
}

static int64_t cost_devices(const struct vtune__check *check)
{
	const struct vtune__plan_device *it = check->plan->devices;
	int64_t cost = 0;

	for (unsigned int i = 0; i < vtune__spec_wish_count(check->spec); i++) {
		const struct vtune__hostdev_spec *wish = vtune__spec_wish(check->spec, i);

		for (unsigned int k = 0; k < wish->count; k++, it++) {
			const struct vtune__device *device =
				vtune__topology_device(check->topology, it->id);

			if (device->node >= 0 && wish->affinity != VTUNE__AFFINITY_NONE)
				cost += device_cost(check, device);
		}
	}
	return cost;
}

/* From the nodes of the CPUs to one anchor, at the least. */
static int64_t anchor_cost(const struct vtune__check *check, const struct vtune__set *cpus,
			   unsigned int anchor)
{
	const struct vtune__topology *topology = check->topology;
	int64_t least = INT64_MAX, more;

	for (unsigned int node = 0; node < topology->nnodes; node++) {
		if (!vtune__set_intersects(cpus, &topology->nodes[node].cpus))
			continue;
		more = extra(topology, node, anchor, anchor);
		least = more < least ? more : least;
	}
	return least;
}

static int64_t helper_cost(const struct vtune__check *check, const struct vtune__set *cpus)
{
	int64_t least = INT64_MAX, more;

	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		more = anchor_cost(check, cpus, check->cell_node[cell]);
		least = more < least ? more : least;
	}
	return least;
}

/* The anchor of each I/O thread: the node of its first disk whose device's node is
 * known, or -1. */
static void find_anchors(const struct vtune__check *check, int *anchors)
{
	const struct vtune_spec *spec = check->spec;

	for (unsigned int i = 0; i < check->plan->niothreads; i++)
		anchors[i] = -1;
	for (unsigned int disk = 0; disk < spec->ndisks; disk++) {
		const char *source = spec->disks[disk].source;
		const bool *serves = &check->serves[(size_t)disk * check->plan->niothreads];
		const struct vtune__device *device;

		device = source[0] ? vtune__topology_device(check->topology, source) : NULL;
		if (!device)
			continue;
		for (unsigned int i = 0; i < check->plan->niothreads; i++)
			if (serves[i] && anchors[i] < 0)
				anchors[i] = device->node;
	}
}

static int cost_helpers(const struct vtune__check *check, int64_t *cost)
{
	const struct vtune_plan *plan = check->plan;
	int *anchors = vtune__alloc(plan->niothreads, sizeof(*anchors), check->err);

	if (!anchors)
		return -1;
	find_anchors(check, anchors);
	*cost = helper_cost(check, &plan->emulator);
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		const struct vtune__set *cpus = &plan->iothreads[i].cpus;

		*cost += anchors[i] < 0 ? helper_cost(check, cpus)
					: anchor_cost(check, cpus, (unsigned int)anchors[i]);
	}
	free(anchors);
	return 0;
}

static int64_t cost_caches(const struct vtune__check *check, unsigned int *seen)
{
	const struct vtune_plan *plan = check->plan;
	int64_t cost = 0;

	for (unsigned int cell = 0; cell < plan->ncells; cell++) {
		VTUNE__SET_FOREACH(vcpu, &plan->cells[cell].vcpus) {
			int cpu = vtune__set_first(&plan->vcpus[vcpu].cpus), group;

			if (!plan->vcpus[vcpu].dedicated)
				continue;
			group = check->topology->group_of_cpu[cpu];
			cost += seen[group] != cell + 1;
			seen[group] = cell + 1;
		}
	}
	return cost;
}

/* What a core that this VM holds threads of costs. */
static int64_t core_cost(const struct vtune__check *check, const struct vtune__set *core)
{
	bool partly = false, useful = false, other = false;

	VTUNE__SET_FOREACH(thread, core) {
		if (vtune__set_has(&check->topology->offline, (unsigned int)thread) ||
		    vtune__set_has(&check->held, (unsigned int)thread))
			continue;
		partly = true;
		useful |= vtune__set_has(&check->room->dedicated, (unsigned int)thread);
		other |= vtune__set_has(&check->room->held, (unsigned int)thread);
	}
	if (check->spec->strategy == VTUNE__PACK)
		return partly && useful;
	return partly + (partly && other);
}

static int64_t cost_split_cores(const struct vtune__check *check, unsigned int *seen)
{
	const struct vtune__topology *topology = check->topology;
	int64_t cost = check->idle;

	VTUNE__SET_FOREACH(cpu, &check->held) {
		int core = topology->core_of_cpu[cpu];

		if (!seen[core])
			cost += core_cost(check, &topology->cores[core]);
		seen[core] = 1;
	}
	return cost;
}

/* CPUs still free on the nodes and in the cache groups that the VM uses. */
static int cost_leftover(const struct vtune__check *check, bool *used, bool *touched,
			 struct vtune__plan_cost *cost)
{
	struct vtune__set left VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune__topology *topology = check->topology;
	int64_t sign = check->spec->strategy == VTUNE__PACK ? 1 : -1;

	for (unsigned int cell = 0; cell < check->plan->ncells; cell++)
		used[check->cell_node[cell]] = true;
	VTUNE__SET_FOREACH(cpu, &check->isolated)
		used[topology->node_of_cpu[cpu]] = true;
	VTUNE__SET_FOREACH(cpu, &check->held)
		touched[topology->group_of_cpu[cpu]] = true;
	if (vtune__set_copy(&left, &check->room->dedicated) < 0)
		return vtune__fail_memory(check->err);
	vtune__set_andnot(&left, &check->held);
	VTUNE__SET_FOREACH(cpu, &left) {
		cost->leftover += used[topology->node_of_cpu[cpu]] ? sign : 0;
		cost->leftover_caches += touched[topology->group_of_cpu[cpu]] ? sign : 0;
	}
	return 0;
}

static int compare(const struct vtune__check *check, const struct vtune__plan_cost *cost)
{
	const struct vtune__plan_cost *said = &check->plan->cost;
	const struct {
		const char *name;
		int64_t said, found;
	} parts[] = {
		{ "remote", said->remote, cost->remote },
		{ "spread", said->spread, cost->spread },
		{ "devices", said->devices, cost->devices },
		{ "helpers", said->helpers, cost->helpers },
		{ "caches", said->caches, cost->caches },
		{ "split_cores", said->split_cores, cost->split_cores },
		{ "leftover", said->leftover, cost->leftover },
		{ "leftover_caches", said->leftover_caches, cost->leftover_caches },
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(parts); i++) {
		if (parts[i].said != parts[i].found)
			return vtune__check_fail(check, "cost", -1, parts[i].name,
						 "the plan says %lld, it is %lld",
						 (long long)parts[i].said,
						 (long long)parts[i].found);
	}
	return 0;
}

int vtune__check_cost(struct vtune__check *check)
{
	const struct vtune__topology *topology = check->topology;
	struct vtune__plan_cost cost = { 0 };
	unsigned int *groups = vtune__alloc(topology->ngroups, sizeof(*groups), check->err);
	unsigned int *cores = vtune__alloc(topology->ncores, sizeof(*cores), check->err);
	bool *used = vtune__alloc(topology->nnodes, sizeof(*used), check->err);
	bool *touched = vtune__alloc(topology->ngroups, sizeof(*touched), check->err);
	int result = -1;

	if (groups && cores && used && touched && cost_remote(check, &cost.remote) == 0 &&
	    cost_helpers(check, &cost.helpers) == 0 &&
	    cost_leftover(check, used, touched, &cost) == 0) {
		cost.spread = cost_spread(check);
		cost.devices = cost_devices(check);
		cost.caches = cost_caches(check, groups);
		cost.split_cores = cost_split_cores(check, cores);
		result = compare(check, &cost);
	}
	free(groups);
	free(cores);
	free(used);
	free(touched);
	return result;
}
