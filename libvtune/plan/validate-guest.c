/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest sees: its CPU topology and its distances. */
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

int vtune__check_guest(struct vtune__check *check)
{
	if (check_guest_topology(check) < 0 || check_guest_distances(check) < 0)
		return -1;
	return vtune__check_devices(check);
}
