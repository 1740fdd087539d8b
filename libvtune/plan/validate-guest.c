/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest sees: its CPU topology, its distances and its devices. */
#include <string.h>

#include "validate.h"

/* Does each run of that many vCPUs sit on one core? */
static int check_guest_threads(const struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const int *core_of_cpu = check->topology->core_of_cpu;
	int core = -1;

	for (unsigned int vcpu = 0; vcpu < plan->nvcpus; vcpu++) {
		if (vcpu % plan->guest.threads == 0)
			core = core_of_cpu[vtune__set_first(&plan->vcpus[vcpu].cpus)];
		VTUNE__SET_FOREACH(cpu, &plan->vcpus[vcpu].cpus) {
			if (core_of_cpu[cpu] != core)
				return vtune__check_fail(check, "guest_topology", -1, "threads",
							 "vCPU %u does not share a core with "
							 "those before it",
							 vcpu);
		}
	}
	return 0;
}

/* Where a run of vCPUs must be: one of the host's sets that has all of their CPUs. */
static int find_part(const struct vtune__check *check, const struct vtune__set *sets,
		     unsigned int nsets, unsigned int from, unsigned int run)
{
	const struct vtune_plan *plan = check->plan;

	for (unsigned int set = 0; set < nsets; set++) {
		unsigned int vcpu = from;

		while (vcpu < from + run &&
		       vtune__set_is_subset(&plan->vcpus[vcpu].cpus, &sets[set]))
			vcpu++;
		if (vcpu == from + run)
			return (int)set;
	}
	return -1;
}

/* Is each run of that many vCPUs in a set of its own, within blocks of that many? */
static int check_parts(const struct vtune__check *check, const char *key,
		       const struct vtune__set *sets, unsigned int nsets, unsigned int block,
		       unsigned int run)
{
	struct vtune__set seen VTUNE__CLEANUP(vtune__set_free) = { 0 };

	for (unsigned int from = 0; from < check->plan->nvcpus; from += run) {
		int part = find_part(check, sets, nsets, from, run);

		if (from % block == 0)
			vtune__set_clear(&seen);
		if (part < 0)
			return vtune__check_fail(check, "guest_topology", -1, key,
						 "vCPUs %u to %u are not in one of the host's %s",
						 from, from + run - 1, key);
		if (vtune__set_has(&seen, (unsigned int)part))
			return vtune__check_fail(check, "guest_topology", -1, key,
						 "vCPU %u is in one of the host's %s with vCPUs "
						 "before it",
						 from, key);
		if (vtune__set_add(&seen, (unsigned int)part) < 0)
			return vtune__fail_memory(check->err);
	}
	return 0;
}

static int check_dies(const struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const struct vtune__topology *host = check->topology;
	unsigned int socket = plan->nvcpus / plan->guest.sockets;
	unsigned int die = socket / plan->guest.dies, cluster = die / plan->guest.clusters;

	if (plan->guest.dies > 1 &&
	    check_parts(check, "dies", host->dies, host->ndies, socket, die) < 0)
		return -1;
	return plan->guest.clusters > 1 ? check_parts(check, "clusters", host->clusters,
						      host->nclusters, die, cluster)
					: 0;
}

static int check_guest_topology(const struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const unsigned int parts[] = { plan->guest.sockets, plan->guest.dies, plan->guest.clusters,
				       plan->guest.cores, plan->guest.threads };
	uint64_t product = 1;

	/* Bounded at each step, so that it cannot wrap. */
	for (unsigned int i = 0; i < VTUNE__COUNT(parts) && product <= plan->nvcpus; i++)
		product *= parts[i];
	if (product != plan->nvcpus)
		return vtune__check_fail(check, "guest_topology", -1, NULL,
					 "it does not multiply out to %u vCPUs", plan->nvcpus);
	if (plan->guest.threads > 1 && check_guest_threads(check) < 0)
		return -1;
	return check_dies(check);
}

static int check_guest_distances(const struct vtune__check *check)
{
	unsigned int ncells = check->plan->ncells;
	const unsigned int *guest = check->plan->distances;

	for (unsigned int from = 0; guest && from < ncells; from++) {
		for (unsigned int to = 0; to < ncells; to++) {
			unsigned int distance = vtune__distance(
				check->topology, check->cell_node[from], check->cell_node[to]);

			if (guest[from * ncells + to] != distance)
				return vtune__check_fail(check, "domain", -1, "distances",
							 "from cell %u to cell %u it is %u", from,
							 to, distance);
		}
	}
	return 0;
}

/* Is it passed through to another VM? */
static int check_device_free(const struct vtune__check *check, int index,
			     const struct vtune__device *device)
{
	const struct vtune_host *host = check->host;

	for (unsigned int i = 0; i < host->nallocations; i++) {
		const struct vtune__allocation *other = &host->allocations[i];

		if (!other->ndevices || strcmp(other->vm, check->spec->name) == 0)
			continue;
		for (unsigned int j = 0; j < other->ndevices; j++) {
			if (vtune__topology_device(host->topology, other->devices[j]) == device)
				return vtune__check_fail(check, "devices", index, "id",
							 "VM \"%.100s\" has this device",
							 other->vm);
		}
	}
	return 0;
}

/* The distance to the nearest cell, by index, or one that is as near. */
static int check_device_cell(const struct vtune__check *check, int index, unsigned int node)
{
	const struct vtune__plan_device *it = &check->plan->devices[index];
	unsigned int distance, nearest = 0;

	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		distance = vtune__distance(check->topology, node, check->cell_node[cell]);
		if (cell == 0 || distance < nearest)
			nearest = distance;
	}
	if (it->cell < 0 || (unsigned int)it->cell >= check->plan->ncells ||
	    vtune__distance(check->topology, node, check->cell_node[it->cell]) != nearest)
		return vtune__check_fail(check, "devices", index, "cell",
					 "this is not the cell nearest to the device");
	if (it->distance != nearest)
		return vtune__check_fail(check, "devices", index, "distance",
					 "the nearest cell is %u away", nearest);
	return 0;
}

static int check_device(const struct vtune__check *check, int index)
{
	const struct vtune__hostdev_spec *wanted = &check->spec->hostdevs[index];
	const struct vtune__plan_device *it = &check->plan->devices[index];
	const struct vtune__topology *topology = check->topology;
	const struct vtune__device *device = vtune__topology_device(topology, wanted->id);
	bool required = wanted->affinity == VTUNE__AFFINITY_REQUIRE;
	int id;

	if (!device || vtune__topology_device(topology, it->id) != device)
		return vtune__check_fail(check, "devices", index, "id",
					 "the spec asks for device \"%.100s\" here, and it must be "
					 "one of the host's",
					 wanted->id);
	id = device->node < 0 ? -1 : (int)topology->nodes[device->node].id;
	if (it->node != id)
		return vtune__check_fail(check, "devices", index, "node",
					 "the device is on node %d (-1: unknown)", id);
	if (check_device_free(check, index, device) < 0)
		return -1;
	if (device->node >= 0) {
		if (required && !check->is_cell_node[device->node])
			return vtune__check_fail(check, "devices", index, "node",
						 "the spec requires a cell on the device's node");
		return check_device_cell(check, index, (unsigned int)device->node);
	}
	if (required && topology->nnodes > 1)
		return vtune__check_fail(check, "devices", index, "node",
					 "the spec requires a cell on the device's node, which is "
					 "not known");
	if (it->cell >= 0)
		return vtune__check_fail(check, "devices", index, "cell",
					 "no cell is near to a device whose node is not known");
	return 0;
}

int vtune__check_guest(struct vtune__check *check)
{
	if (check_guest_topology(check) < 0 || check_guest_distances(check) < 0)
		return -1;
	if (check->plan->ndevices != check->spec->nhostdevs)
		return vtune__check_fail(check, "devices", -1, NULL,
					 "the plan lists %u devices, the spec %u",
					 check->plan->ndevices, check->spec->nhostdevs);
	for (unsigned int i = 0; i < check->plan->ndevices; i++) {
		if (check_device(check, (int)i) < 0)
			return -1;
	}
	return 0;
}
