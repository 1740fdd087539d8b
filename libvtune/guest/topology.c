/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets, dies, clusters, cores and threads that the guest sees: nothing but what the
 * host gives it indeed. */
#include "guest.h"

#include <stdlib.h>

#include "../base/arch.h"

/* The core of each dedicated vCPU, else -1. */
static void find_cores(const struct vtune_plan *plan, const struct vtune__topology *topology,
		       int *cores)
{
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		const struct vtune__plan_vcpu *it = &plan->vcpus[i];

		cores[i] = it->dedicated ? topology->core_of_cpu[vtune__set_first(&it->cpus)] : -1;
	}
}

/* The set that a vCPU cannot leave, else -1. */
static void find_parts(const struct vtune_plan *plan, const struct vtune__set *sets,
		       unsigned int nsets, int *parts)
{
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		const struct vtune__set *cpus = &plan->vcpus[i].cpus;
		unsigned int first = (unsigned int)vtune__set_first(cpus);

		parts[i] = -1;
		for (unsigned int set = 0; set < nsets && parts[i] < 0; set++)
			if (vtune__set_has(&sets[set], first) &&
			    vtune__set_is_subset(cpus, &sets[set]))
				parts[i] = (int)set;
	}
}

/* Does each run of so many vCPUs stay in one part? */
static bool are_runs(const struct vtune_plan *plan, const int *parts, unsigned int run)
{
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (parts[i] < 0 || parts[i] != parts[i / run * run])
			return false;
	return true;
}

/* How many vCPUs from the first on have one part? */
static unsigned int first_run(const struct vtune_plan *plan, const int *parts)
{
	unsigned int run = 1;

	while (run < plan->nvcpus && parts[run] == parts[0])
		run++;
	return run;
}

static unsigned int find_threads(const struct vtune_plan *plan, const int *cores,
				 const struct vtune__arch *arch)
{
	for (unsigned int t = first_run(plan, cores); t > 1; t--) {
		if (arch && (t > arch->max_threads || (arch->even_threads && (t & (t - 1)) != 0)))
			continue;
		if (plan->nvcpus % t == 0 && are_runs(plan, cores, t))
			return t;
	}
	return 1;
}

/* Are the cells runs of vCPUs of one size, that whole cores make up? Then each is
 * a socket of the guest. */
static bool are_sockets(const struct vtune_plan *plan)
{
	unsigned int size = plan->nvcpus / plan->ncells;

	if (plan->nvcpus % plan->ncells != 0 || size % plan->guest.threads != 0)
		return false;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (plan->vcpus[i].cell != i / size)
			return false;
	return true;
}

/* Are the parts of the runs from one vCPU to another all different? */
static bool are_distinct(const int *parts, unsigned int from, unsigned int to, unsigned int run)
{
	for (unsigned int i = from; i < to; i += run)
		for (unsigned int j = i + run; j < to; j += run)
			if (parts[i] == parts[j])
				return false;
	return true;
}

/* In how many parts is each block of so many vCPUs: runs of one size, of whole cores, that
 * have different parts? 1 where they are not. */
static unsigned int split_blocks(const struct vtune_plan *plan, const int *parts,
				 unsigned int nparts, unsigned int block)
{
	unsigned int run = first_run(plan, parts);

	if (run >= block || block % run != 0 || run % plan->guest.threads != 0 ||
	    block / run > nparts || !are_runs(plan, parts, run))
		return 1;
	for (unsigned int from = 0; from < plan->nvcpus; from += block)
		if (!are_distinct(parts, from, from + block, run))
			return 1;
	return block / run;
}

static void find_all(struct vtune_plan *plan, const struct vtune_host *host, int *parts)
{
	const struct vtune__topology *topology = host->topology;
	const struct vtune__arch *arch = vtune__arch_find(topology->processor.arch);
	unsigned int block;

	find_cores(plan, topology, parts);
	plan->guest.dies = plan->guest.clusters = 1;
	plan->guest.threads = find_threads(plan, parts, arch);
	plan->guest.sockets = are_sockets(plan) ? plan->ncells : 1;
	block = plan->nvcpus / plan->guest.sockets;
	if (arch && arch->has_dies && topology->ndies > 1) {
		find_parts(plan, topology->dies, topology->ndies, parts);
		plan->guest.dies = split_blocks(plan, parts, topology->ndies, block);
		block /= plan->guest.dies;
	}
	if (arch && arch->has_clusters && topology->nclusters > 1 &&
	    vtune__target_has(host, VTUNE__FEATURE_CLUSTERS)) {
		find_parts(plan, topology->clusters, topology->nclusters, parts);
		plan->guest.clusters = split_blocks(plan, parts, topology->nclusters, block);
		block /= plan->guest.clusters;
	}
	plan->guest.cores = block / plan->guest.threads;
}

int vtune__guest_topology(struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err)
{
	int *parts = vtune__alloc(plan->nvcpus, sizeof(*parts), err);

	(void)spec;
	if (!parts)
		return -1;
	find_all(plan, host, parts);
	free(parts);
	return 0;
}
