/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One way to place a VM: from an answer, and to a plan. */
#include <string.h>

#include "finish.h"
#include "together.h"

/* ---- from an answer ---- */

int vtune__layout_dup(struct vtune__layout *to, const struct vtune__layout *from,
		      const struct vtune__trial *trial, struct vtune__arena *arena)
{
	unsigned int nnodes = trial->scene->nnodes;

	to->nodes = vtune__arena_take(arena, trial->ncells, sizeof(*to->nodes));
	to->pages = vtune__arena_take(arena, (size_t)trial->ncells * nnodes, sizeof(*to->pages));
	to->helpers = vtune__arena_take(arena, nnodes, sizeof(*to->helpers));
	to->keeps = vtune__arena_take(arena, nnodes, sizeof(*to->keeps));
	to->touched = vtune__arena_take(arena, nnodes, sizeof(*to->touched));
	to->io_nodes = vtune__arena_take(arena, trial->pinned_io, sizeof(*to->io_nodes));
	if (arena->failed)
		return -1;
	vtune__layout_copy(to, from, trial);
	return 0;
}

/* The next helper's CPU on a node, in the order in which a plan takes them. */
static void pick_helper(struct vtune__pick *pick, const struct vtune__set *cpus,
			const struct vtune__set *node)
{
	VTUNE__SET_FOREACH(cpu, cpus)
		if (vtune__set_has(node, (unsigned int)cpu))
			pick->cpus[pick->vcpus + pick->helpers++] = (unsigned int)cpu;
}

static bool is_picked(const struct vtune__pick *pick, unsigned int cpu)
{
	for (unsigned int i = 0; i < pick->vcpus + pick->helpers + pick->idle; i++)
		if (pick->cpus[i] == cpu)
			return true;
	return false;
}

static int pick_node(struct vtune__pick *pick, const struct vtune__answer *answer,
		     const struct vtune_plan *plan, unsigned int node, struct vtune__arena *arena)
{
	const struct vtune__trial *trial = &answer->trial;
	const struct vtune__set *cpus = &trial->scene->topology->nodes[node].cpus;
	int cell = vtune__layout_cell(&answer->layout, trial, node);

	pick->cpus = vtune__arena_take(arena, vtune__set_count_and(&plan->held, cpus),
				       sizeof(*pick->cpus));
	if (!pick->cpus)
		return -1;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (cell >= 0 && plan->vcpus[i].cell == (unsigned int)cell &&
		    plan->vcpus[i].dedicated)
			pick->cpus[pick->vcpus++] =
				(unsigned int)vtune__set_first(&plan->vcpus[i].cpus);
	if (trial->emulator_each || trial->emulator_anywhere)
		pick_helper(pick, &plan->emulator, cpus);
	for (unsigned int i = 0; i < trial->pinned_io; i++)
		pick_helper(pick, &plan->iothreads[i].cpus, cpus);
	VTUNE__SET_FOREACH(cpu, &plan->held)
		if (vtune__set_has(cpus, (unsigned int)cpu) && !is_picked(pick, (unsigned int)cpu))
			pick->cpus[pick->vcpus + pick->helpers + pick->idle++] = (unsigned int)cpu;
	return 0;
}

int vtune__way_of_answer(struct vtune__way *way, const struct vtune__answer *answer,
			 const struct vtune_plan *plan, struct vtune__arena *arena)
{
	const struct vtune__trial *trial = &answer->trial;
	unsigned int nnodes = trial->scene->nnodes;

	*way = (struct vtune__way){ .ncells = trial->ncells,
				    .page_kib = trial->huge ? trial->page_kib : 0 };
	way->picks = vtune__arena_take(arena, nnodes, sizeof(*way->picks));
	if (!way->picks || vtune__layout_dup(&way->layout, &answer->layout, trial, arena) < 0)
		return -1;
	for (unsigned int n = 0; n < nnodes; n++)
		if (pick_node(&way->picks[n], answer, plan, n, arena) < 0)
			return -1;
	return 0;
}

/* ---- to a plan ---- */

/* The threads of a core that can be had, those outside the shared pool first: the VMs
 * after this one may need what is in it. */
static void take_threads(const struct vtune__scene *scene, const struct vtune__core *core,
			 unsigned int *to, unsigned int count)
{
	const struct vtune__set *threads = &scene->topology->cores[core->index];

	for (int inside = 0; inside < 2; inside++) {
		VTUNE__SET_FOREACH(cpu, threads) {
			if (count == 0 ||
			    !vtune__set_has(&scene->room->dedicated, (unsigned int)cpu) ||
			    vtune__set_has(&scene->room->shared, (unsigned int)cpu) !=
				    (inside == 1))
				continue;
			*to++ = (unsigned int)cpu;
			count--;
		}
	}
}

static int pick_choice(struct vtune__pick *pick, const struct vtune__choice *choice,
		       const struct vtune__scene *scene, unsigned int node)
{
	const struct vtune__core *cores = scene->sites[node].cores;
	unsigned int *threads =
		vtune__arena_take(scene->arena, scene->sites[node].dedicated, sizeof(*threads));
	unsigned int helper, idle;

	pick->cpus =
		vtune__arena_take(scene->arena, scene->sites[node].dedicated, sizeof(*pick->cpus));
	if (!threads || !pick->cpus)
		return -1;
	for (unsigned int i = 0; i < choice->ncores; i++) {
		pick->vcpus += choice->cores[i].vcpus;
		pick->helpers += choice->cores[i].helpers;
		pick->idle += choice->cores[i].idle;
	}
	helper = pick->vcpus;
	idle = helper + pick->helpers;
	for (unsigned int i = 0, vcpu = 0; i < choice->ncores; i++) {
		const struct vtune__core_use *use = &choice->cores[i];
		const unsigned int *next = threads;

		take_threads(scene, &cores[use->place], threads,
			     use->vcpus + use->helpers + use->idle);
		for (unsigned int k = 0; k < use->vcpus; k++)
			pick->cpus[vcpu++] = *next++;
		for (unsigned int k = 0; k < use->helpers; k++)
			pick->cpus[helper++] = *next++;
		for (unsigned int k = 0; k < use->idle; k++)
			pick->cpus[idle++] = *next++;
	}
	return 0;
}

static struct vtune__pick *picks_of(const struct vtune__way *way, const struct vtune__scene *scene)
{
	static const struct vtune__choice nothing = { 0 };
	struct vtune__pick *picks;

	if (way->picks)
		return way->picks;
	picks = vtune__arena_take(scene->arena, scene->nnodes, sizeof(*picks));
	for (unsigned int n = 0; picks && n < scene->nnodes; n++) {
		const struct vtune__choice *choice = way->choices[n];

		if (pick_choice(&picks[n], choice ? choice : &nothing, scene, n) < 0)
			return NULL;
	}
	return picks;
}

/* How many CPUs the picks leave of the shared pool of a node. */
static unsigned int pool_left(const struct vtune__scene *scene, const struct vtune__pick *pick,
			      unsigned int node)
{
	unsigned int left = scene->sites[node].pool;

	for (unsigned int i = 0; i < pick->vcpus + pick->helpers + pick->idle; i++)
		left -= vtune__set_has(&scene->room->shared, pick->cpus[i]);
	return left;
}

/* Costs 1 to 4. */
static int work_out_cost(struct vtune__answer *answer)
{
	const struct vtune__scene *scene = answer->trial.scene;
	struct vtune__search search = { .trial = &answer->trial,
					.arena = scene->arena,
					.current = answer->layout };
	struct vtune__finish f = { .search = &search,
				   .trial = &answer->trial,
				   .scene = scene,
				   .devices = scene->pools ? answer->devices : NULL };
	struct vtune__cost *cost = &search.current.cost;

	vtune__finish_find_doubtful(&f);
	for (unsigned int i = 0; i < f.ndoubtful; i++)
		if (pool_left(scene, &answer->picks[f.doubtful[i]], f.doubtful[i]) > 0)
			f.kept |= 1U << i;
	vtune__finish_costs(&f);
	if (answer->trial.emulator_anywhere)
		cost->helpers +=
			vtune__anchor_cost(&f, (unsigned int)answer->layout.emulator_node, -1);
	for (unsigned int i = 0; i < answer->trial.pinned_io; i++)
		cost->helpers +=
			vtune__anchor_cost(&f, answer->layout.io_nodes[i], scene->anchors[i]);
	answer->layout.cost = *cost;
	return scene->arena->failed ? -1 : 0;
}

/* The answer that the way is, in this scene. */
static int way_answer(const struct vtune__way *way, const struct vtune__scene *scene,
		      struct vtune__answer *answer)
{
	bool huge = way->page_kib > 0;

	*answer = (struct vtune__answer){ .fits = true, .complete = true };
	if (vtune__trial_build(&answer->trial, scene, way->ncells,
			       huge ? way->page_kib : scene->topology->page_kib, huge) <= 0)
		return -1;
	answer->layout = way->layout;
	answer->devices = way->devices;
	answer->picks = picks_of(way, scene);
	return answer->picks ? work_out_cost(answer) : -1;
}

struct vtune_plan *vtune__way_plan(const struct vtune__way *way, struct vtune__scene *scene,
				   struct vtune_error **err)
{
	struct vtune_plan *plan = vtune__plan_new(scene->spec->name, err);
	struct vtune__answer answer;

	if (!plan)
		return NULL;
	if (way_answer(way, scene, &answer) < 0)
		vtune__fail_memory(err);
	else if (vtune__plan_fill(plan, &answer, err) == 0 &&
		 vtune__plan_add_warnings(plan, &answer, err) == 0)
		return plan;
	vtune_plan_free(plan);
	return NULL;
}
