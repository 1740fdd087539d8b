/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Costs 5 to 8, from the CPUs themselves. */
#include "solve.h"

/* The dedicated vCPUs of each cell touch so many cache groups. */
static int64_t count_caches(const struct vtune_plan *plan, const struct vtune__scene *scene,
			    unsigned int *seen)
{
	int64_t count = 0;

	for (unsigned int i = 0; i < scene->topology->ngroups; i++)
		seen[i] = 0;
	/* A cell's node has no other cell, but a group may lie on several nodes. */
	for (unsigned int g = 0; g < plan->ncells; g++) {
		VTUNE__SET_FOREACH(vcpu, &plan->cells[g].vcpus) {
			const struct vtune__plan_vcpu *it = &plan->vcpus[vcpu];
			int group;

			if (!it->dedicated)
				continue;
			group = scene->topology->group_of_cpu[vtune__set_first(&it->cpus)];
			count += seen[group] != g + 1;
			seen[group] = g + 1;
		}
	}
	return count;
}

/* Cost 6 of a core of which so many threads are held. */
static int64_t split_of(const struct vtune__scene *scene, const struct vtune__core *core,
			unsigned int held)
{
	if (held == 0 || held == core->size)
		return 0;
	if (scene->sign > 0)
		return held < core->free;
	return core->other ? 2 : 1;
}

static bool is_used(const struct vtune_plan *plan, const struct vtune__answer *answer,
		    unsigned int node)
{
	const struct vtune__topology *topology = answer->trial.scene->topology;

	for (unsigned int g = 0; g < plan->ncells; g++)
		if (answer->layout.nodes[g] == node)
			return true;
	return vtune__set_intersects(&plan->held, &topology->nodes[node].cpus);
}

static int64_t count_idle(const struct vtune_plan *plan, const struct vtune__set *helpers)
{
	int64_t idle = vtune__set_count(&plan->held);

	idle -= vtune__set_count(helpers);
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		idle -= plan->vcpus[i].dedicated;
	return idle;
}

vtune__fine vtune__plan_fine_cost(const struct vtune_plan *plan, const struct vtune__answer *answer,
				  const struct vtune__set *helpers)
{
	const struct vtune__scene *scene = answer->trial.scene;
	int64_t held = vtune__set_count(&plan->held), nodes = -held, groups = -held, caches;
	int64_t split = count_idle(plan, helpers);
	unsigned int *seen =
		vtune__arena_take(scene->arena, scene->topology->ngroups, sizeof(*seen));
	unsigned int *held_of =
		vtune__arena_take(scene->arena, scene->topology->ncores, sizeof(*held_of));

	if (!seen || !held_of)
		return VTUNE__FINE_NONE;
	caches = count_caches(plan, scene, seen);
	for (unsigned int i = 0; i < scene->topology->ngroups; i++)
		seen[i] = 0;
	VTUNE__SET_FOREACH(cpu, &plan->held) {
		int group = scene->topology->group_of_cpu[cpu];

		held_of[scene->topology->core_of_cpu[cpu]]++;
		groups += seen[group] ? 0 : scene->group_free[group];
		seen[group] = 1;
	}
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		const struct vtune__site *site = &scene->sites[n];

		if (!is_used(plan, answer, n))
			continue;
		nodes += site->dedicated;
		for (unsigned int i = 0; i < site->ncores; i++)
			split += split_of(scene, &site->cores[i], held_of[site->cores[i].index]);
	}
	return vtune__fine_pack(caches, split, scene->sign * nodes, scene->sign * groups);
}
