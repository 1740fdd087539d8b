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

static int check_guest_topology(const struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;
	const unsigned int parts[] = { plan->guest.sockets, plan->guest.dies, plan->guest.cores,
				       plan->guest.threads };
	uint64_t product = 1;

	/* Bounded at each step, so that it cannot wrap. */
	for (unsigned int i = 0; i < VTUNE__COUNT(parts) && product <= plan->nvcpus; i++)
		product *= parts[i];
	if (product != plan->nvcpus)
		return vtune__check_fail(check, "guest_topology", -1, NULL,
					 "it does not multiply out to %u vCPUs", plan->nvcpus);
	return plan->guest.threads > 1 ? check_guest_threads(check) : 0;
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
