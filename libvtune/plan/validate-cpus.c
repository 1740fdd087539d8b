/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does every vCPU run where it may, and does the VM hold what it must? */
#include <stdlib.h>

#include "validate.h"

static int check_dedicated(struct vtune__check *check, unsigned int vcpu)
{
	const struct vtune__topology *topology = check->topology;
	const struct vtune__set *cpus = &check->plan->vcpus[vcpu].cpus;
	unsigned int node = check->cell_node[check->plan->vcpus[vcpu].cell];
	int cpu = vtune__set_first(cpus);

	if (cpu < 0 || vtune__set_next(cpus, (unsigned int)cpu + 1) >= 0)
		return vtune__check_fail(check, "vcpus", (int)vcpu, "cpus",
					 "a dedicated vCPU runs on one CPU");
	if (!vtune__set_has(&check->room->dedicated, (unsigned int)cpu))
		return vtune__check_fail(check, "vcpus", (int)vcpu, "cpus",
					 "CPU %d is not there to be given to a VM", cpu);
	if (topology->node_of_cpu[cpu] != (int)node)
		return vtune__check_fail(check, "vcpus", (int)vcpu, "cpus",
					 "CPU %d is not on node %u, where the cell is", cpu,
					 topology->nodes[node].id);
	if (vtune__set_has(&check->dedicated, (unsigned int)cpu))
		return vtune__check_fail(check, "vcpus", (int)vcpu, "cpus",
					 "CPU %d carries another vCPU already", cpu);
	if (vtune__set_add(&check->dedicated, (unsigned int)cpu) < 0)
		return vtune__fail_memory(check->err);
	return 0;
}

static int check_all_dedicated(struct vtune__check *check)
{
	for (unsigned int vcpu = 0; vcpu < check->plan->nvcpus; vcpu++) {
		bool wanted = vtune__set_has(&check->spec->dedicated, vcpu);

		if (check->plan->vcpus[vcpu].dedicated != wanted)
			return vtune__check_fail(check, "vcpus", (int)vcpu, NULL,
						 "the spec has this vCPU %s",
						 wanted ? "dedicated" : "shared");
		if (wanted && check_dedicated(check, vcpu) < 0)
			return -1;
	}
	if (vtune__set_intersects(&check->dedicated, &check->isolated))
		return vtune__check_fail(check, "vcpus", -1, NULL,
					 "a vCPU is on the CPU of an isolated helper");
	return 0;
}

/* A core that carries a dedicated vCPU, with threads require or isolate: all of
 * it is this VM's, and what is left over is held idle. */
static int check_core(struct vtune__check *check, const struct vtune__set *core)
{
	bool isolate = check->spec->threads == VTUNE__ISOLATE;
	const struct vtune__topology *topology = check->topology;

	if (isolate && vtune__set_count_and(core, &check->dedicated) > 1)
		return vtune__check_fail(check, "vcpus", -1, NULL,
					 "the core of CPU %d carries more than one vCPU",
					 vtune__set_first(core));
	VTUNE__SET_FOREACH(thread, core) {
		if (vtune__set_has(&topology->offline, (unsigned int)thread) ||
		    vtune__set_has(&check->dedicated, (unsigned int)thread))
			continue;
		if (!vtune__set_has(&check->room->dedicated, (unsigned int)thread))
			return vtune__check_fail(check, "vcpus", -1, NULL,
						 "CPU %d, which is not free, shares its core "
						 "with a vCPU",
						 thread);
		if (vtune__set_has(&check->isolated, (unsigned int)thread)) {
			if (isolate)
				return vtune__check_fail(check, "vcpus", -1, NULL,
							 "CPU %d of a helper shares its core "
							 "with a vCPU",
							 thread);
			continue;
		}
		check->idle++;
		if (vtune__set_add(&check->held, (unsigned int)thread) < 0)
			return vtune__fail_memory(check->err);
	}
	return 0;
}

static int check_cores(struct vtune__check *check)
{
	const struct vtune__topology *topology = check->topology;
	bool *seen;

	if (check->spec->threads == VTUNE__PREFER)
		return 0;
	seen = vtune__alloc(topology->ncores, sizeof(*seen), check->err);
	if (!seen)
		return -1;
	VTUNE__SET_FOREACH(cpu, &check->dedicated) {
		int core = topology->core_of_cpu[cpu];

		if (!seen[core] && check_core(check, &topology->cores[core]) < 0) {
			free(seen);
			return -1;
		}
		seen[core] = true;
	}
	free(seen);
	return 0;
}

static int check_held(struct vtune__check *check)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (vtune__set_or(&check->held, &check->dedicated) < 0 ||
	    vtune__set_or(&check->held, &check->isolated) < 0)
		return vtune__fail_memory(check->err);
	if (vtune__set_equal(&check->held, &check->plan->held))
		return 0;
	text = vtune__set_print(&check->held);
	if (!text)
		return vtune__fail_memory(check->err);
	return vtune__check_fail(check, "held_cpus", -1, NULL, "what the VM holds is \"%s\"", text);
}

/* A cell's shared vCPUs float on all shared CPUs of its node. */
static int check_cell_shared(struct vtune__check *check, unsigned int cell, struct vtune__set *pool)
{
	const struct vtune_plan *plan = check->plan;
	unsigned int node = check->cell_node[cell];
	bool known = false;

	VTUNE__SET_FOREACH(vcpu, &plan->cells[cell].vcpus) {
		if (plan->vcpus[vcpu].dedicated)
			continue;
		if (!known) {
			if (vtune__set_copy(pool, &check->shared) < 0)
				return vtune__fail_memory(check->err);
			vtune__set_and(pool, &check->topology->nodes[node].cpus);
			known = true;
			if (vtune__set_or(&check->floating, pool) < 0)
				return vtune__fail_memory(check->err);
		}
		if (vtune__set_is_empty(pool) || !vtune__set_equal(&plan->vcpus[vcpu].cpus, pool))
			return vtune__check_fail(check, "vcpus", vcpu, "cpus",
						 "a shared vCPU runs on all shared CPUs of "
						 "node %u, where its cell is",
						 check->topology->nodes[node].id);
	}
	return 0;
}

static int check_shared(struct vtune__check *check)
{
	struct vtune__set pool VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__set_copy(&check->shared, &check->room->shared) < 0 ||
	    vtune__set_copy(&check->floating, &check->dedicated) < 0)
		return vtune__fail_memory(check->err);
	vtune__set_andnot(&check->shared, &check->held);
	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		if (check_cell_shared(check, cell, &pool) < 0)
			return -1;
	}
	return 0;
}

static int check_node_overcommit(const struct vtune__check *check, unsigned int node,
				 unsigned int own)
{
	const struct vtune__node *it = &check->topology->nodes[node];
	unsigned int left = vtune__set_count_and(&check->shared, &it->cpus);
	unsigned int all;

	if (__builtin_add_overflow(check->room->shared_vcpus[node], own, &all))
		all = UINT32_MAX;
	if (own > left)
		return vtune__check_fail(check, "vcpus", -1, NULL,
					 "%u shared vCPUs on node %u have %u shared CPUs", own,
					 it->id, left);
	if (!vtune__overcommit_holds(check->host->overcommit, all, left))
		return vtune__check_fail(check, "vcpus", -1, NULL,
					 "%u shared vCPUs of all VMs on the %u shared CPUs of "
					 "node %u are more than the overcommit allows",
					 all, left, it->id);
	return 0;
}

/* Holds on every node where this VM puts shared vCPUs or takes shared CPUs away. */
static int check_overcommit(const struct vtune__check *check)
{
	struct vtune__set taken VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune_plan *plan = check->plan;
	const struct vtune__topology *topology = check->topology;
	unsigned int *own;
	int result = 0;

	if (vtune__set_copy(&taken, &check->held) < 0)
		return vtune__fail_memory(check->err);
	vtune__set_and(&taken, &check->room->shared);
	own = vtune__alloc(topology->nnodes, sizeof(*own), check->err);
	if (!own)
		return -1;
	for (unsigned int vcpu = 0; vcpu < plan->nvcpus; vcpu++)
		own[check->cell_node[plan->vcpus[vcpu].cell]] += !plan->vcpus[vcpu].dedicated;
	for (unsigned int node = 0; node < topology->nnodes && result == 0; node++) {
		if (own[node] || vtune__set_intersects(&taken, &topology->nodes[node].cpus))
			result = check_node_overcommit(check, node, own[node]);
	}
	free(own);
	return result;
}

int vtune__check_cpus(struct vtune__check *check)
{
	if (check_all_dedicated(check) < 0 || check_cores(check) < 0)
		return -1;
	if (check_held(check) < 0 || check_shared(check) < 0)
		return -1;
	return check_overcommit(check);
}
