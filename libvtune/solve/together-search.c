/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Branch and bound over the VMs in their order. */
#include <stdlib.h>
#include <string.h>

#include "together.h"

/* A VM on the host as the ways of those before it leave it. */
struct level {
	struct vtune__arena arena;
	struct vtune_host *host;   /* of the first one the team's, else its own */
	struct vtune__solo *solos; /* of this VM, and those after it */
	struct vtune__joint cost;  /* of those before it */
	struct vtune__joint base;  /* likewise, and of those after it at the least */
	struct vtune__way **ways;
	unsigned int count, next;
	const struct vtune__way *way; /* that was taken */
};

struct search {
	struct vtune__team *team;
	struct level *levels;
	unsigned int depth;
	struct vtune__arena arena;
	struct vtune__seen *seen;
	struct vtune__joint best; /* of team->plans */
	bool any, found;
	bool stopped, incomplete;
	struct vtune_error **err;
};

void vtune__team_spend(struct vtune__team *team, uint64_t steps)
{
	team->left -= steps < team->left ? steps : team->left;
}

static struct level *level_at(struct search *s)
{
	return &s->levels[s->depth];
}

static void spend(struct search *s, uint64_t steps)
{
	vtune__team_spend(s->team, steps);
	s->stopped |= s->team->left == 0;
}

/* ---- entering a level ---- */

/* 1: all that are left can be placed, each by itself; 0; -1. */
static int find_solos(struct search *s)
{
	struct level *level = level_at(s);
	unsigned int nsolos = s->team->count - s->depth;

	level->solos = vtune__arena_take(&level->arena, nsolos, sizeof(*level->solos));
	if (!level->solos)
		return vtune__fail_memory(s->err);
	for (unsigned int i = 0; i < nsolos; i++) {
		struct vtune__solo *solo = &level->solos[i];

		if (vtune__team_solo(s->team, solo, s->depth + i, level->host, s->any,
				     &level->arena, s->err) < 0)
			return -1;
		spend(s, 2 + s->team->host->topology->ncpus / 32);
		s->incomplete |= !solo->answer.complete && (!s->any || !solo->answer.fits);
		if (i == 0 && s->depth > 0 &&
		    vtune__seen_before(s->seen, &solo->scene, s->depth, &level->cost,
				       s->team->count))
			return 0;
		if (!solo->answer.fits || s->stopped)
			return 0;
	}
	return !vtune__solos_exceed(level->solos, nsolos);
}

static int new_joint(struct vtune__joint *joint, const struct vtune__joint *from, unsigned int nvms,
		     struct vtune__arena *arena)
{
	joint->page_kib = vtune__arena_take(arena, nvms, sizeof(*joint->page_kib));
	if (!joint->page_kib)
		return -1;
	if (from)
		vtune__joint_copy(joint, from, nvms);
	return 0;
}

/* What the VMs before this one cost, and at least those after it. */
static int set_base(struct search *s)
{
	struct level *level = level_at(s);
	unsigned int nvms = s->team->count;
	int64_t taken = vtune__solo_most_held(&level->solos[0]);

	if (new_joint(&level->base, &level->cost, nvms, &level->arena) < 0)
		return -1;
	for (unsigned int i = 1; i < nvms - s->depth; i++) {
		taken += vtune__solo_most_held(&level->solos[i]);
		vtune__joint_add_bound(&level->base, &level->solos[i], taken, s->depth + i);
	}
	return 0;
}

/* Can all from this VM on make it better than the best, as far as is known? */
static int may_win(struct search *s)
{
	struct level *level = level_at(s);
	const struct vtune__solo *solo = &level->solos[0];
	struct vtune__joint least = { 0 };

	if (new_joint(&least, &level->base, s->team->count, &level->arena) < 0)
		return -1;
	vtune__joint_add_bound(&least, solo, vtune__solo_most_held(solo), s->depth);
	return vtune__joint_compare(&least, &s->best, s->team->count) < 0;
}

/* ---- the last level ---- */

static void free_plans(struct vtune_plan **plans, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		vtune_plan_free(plans[i]);
}

static struct vtune_plan *plan_of(struct search *s, unsigned int vm)
{
	struct level *level = &s->levels[vm];
	struct vtune__solo *solo = &level->solos[0];
	struct vtune_plan *plan;

	if (level->way)
		plan = vtune__way_plan(level->way, &solo->scene, s->err);
	else
		plan = vtune__plan_new(s->team->specs[vm]->name, s->err);
	if (plan && !level->way &&
	    (vtune__plan_fill(plan, &solo->answer, s->err) < 0 ||
	     vtune__plan_add_warnings(plan, &solo->answer, s->err) < 0)) {
		vtune_plan_free(plan);
		return NULL;
	}
	if (plan && vtune__plan_must_hold(plan, level->host, s->team->specs[vm], s->err) < 0) {
		vtune_plan_free(plan);
		return NULL;
	}
	return plan;
}

/* The plans of the ways that were taken, in place of the best ones if they are better. */
static int keep_plans(struct search *s)
{
	unsigned int count = s->team->count;
	struct level *level = level_at(s);
	struct vtune_plan **plans = vtune__arena_take(&level->arena, count, sizeof(*plans));
	struct vtune__joint sum = { 0 };
	bool better;

	if (!plans || new_joint(&sum, NULL, count, &level->arena) < 0)
		return vtune__fail_memory(s->err);
	for (unsigned int i = 0; i < count; i++) {
		plans[i] = plan_of(s, i);
		if (!plans[i]) {
			free_plans(plans, i);
			return -1;
		}
		vtune__joint_add_plan(&sum, plans[i], i);
	}
	/* Cache groups over many nodes may cost more than was thought. */
	better = s->any || vtune__joint_compare(&sum, &s->best, count) < 0;
	free_plans(better ? s->team->plans : plans, count);
	if (better)
		memcpy(s->team->plans, plans, count * sizeof(*plans));
	if (better)
		vtune__joint_copy(&s->best, &sum, count);
	s->found |= better;
	s->incomplete |= !better;
	return 0;
}

/* The last VM goes where it is best off. */
static int try_last(struct search *s)
{
	struct level *level = level_at(s);
	const struct vtune__answer *answer = &level->solos[0].answer;
	struct vtune__joint sum = { 0 };

	level->way = NULL;
	if (new_joint(&sum, &level->cost, s->team->count, &level->arena) < 0)
		return vtune__fail_memory(s->err);
	vtune__joint_add_cost(&sum, answer->trial.ncells, &answer->layout.cost,
			      answer->trial.huge ? answer->trial.page_kib : 0, s->depth);
	if (!s->any && vtune__joint_compare(&sum, &s->best, s->team->count) >= 0)
		return 0;
	return keep_plans(s);
}

/* ---- from level to level ---- */

static int list_ways(struct search *s)
{
	struct level *level = level_at(s);
	struct vtune__ways ways = { .solos = level->solos,
				    .nsolos = s->team->count - s->depth,
				    .arena = &level->arena,
				    .vm = s->depth,
				    .nvms = s->team->count,
				    .limit = s->team->left };

	if (!s->any) {
		ways.base = &level->base;
		ways.best = &s->best;
	}
	if (vtune__ways_list(&ways) < 0)
		return vtune__fail_memory(s->err);
	spend(s, ways.steps);
	s->stopped |= ways.stopped;
	s->incomplete |= ways.incomplete;
	level->ways = ways.list;
	level->count = ways.count;
	return 0;
}

/* The host and the costs before it are set. */
static int enter(struct search *s)
{
	struct level *level = level_at(s);
	int possible;

	level->count = level->next = 0;
	possible = find_solos(s);
	if (possible <= 0)
		return possible;
	if (s->depth + 1 == s->team->count)
		return try_last(s);
	if (!s->any) {
		possible = set_base(s) < 0 ? -1 : may_win(s);
		if (possible <= 0)
			return possible < 0 ? vtune__fail_memory(s->err) : 0;
	}
	return list_ways(s);
}

static void leave(struct search *s)
{
	struct level *level = level_at(s);

	if (s->depth > 0)
		vtune_host_free(level->host);
	vtune__arena_free(&level->arena);
	*level = (struct level){ 0 };
}

/* Has the way become too costly since it was listed? */
static bool is_too_late(struct search *s, const struct vtune__way *way)
{
	struct level *level = level_at(s);
	struct vtune__mark mark = vtune__arena_mark(&level->arena);
	struct vtune__joint sum = { 0 };
	bool late = false;

	if (!s->any && new_joint(&sum, &level->base, s->team->count, &level->arena) == 0) {
		vtune__joint_add_cost(&sum, way->ncells, &way->layout.cost, way->page_kib,
				      s->depth);
		late = vtune__joint_compare(&sum, &s->best, s->team->count) >= 0;
	}
	vtune__arena_reset(&level->arena, mark);
	return late;
}

/* Take the next way, and go on to the VM after this one. */
static int take_way(struct search *s)
{
	struct level *level = level_at(s), *after = level + 1;
	const struct vtune__way *way = level->ways[level->next++];
	struct vtune_plan *plan;
	int result = -1;

	if (is_too_late(s, way))
		return 0;
	spend(s, 8 + s->team->host->topology->ncpus / 32);
	level->way = way;
	plan = vtune__way_plan(way, &level->solos[0].scene, s->err);
	if (!plan)
		return -1;
	after->host = vtune_host_with_plan(level->host, plan, s->err);
	if (after->host) {
		s->depth++;
		result = new_joint(&after->cost, &level->cost, s->team->count, &after->arena);
		if (result < 0)
			vtune__fail_memory(s->err);
		else if (!s->any)
			vtune__joint_add_plan(&after->cost, plan, s->depth - 1);
	}
	vtune_plan_free(plan);
	return result < 0 ? -1 : enter(s);
}

static int walk(struct search *s)
{
	if (enter(s) < 0)
		return -1;
	for (;;) {
		struct level *level = level_at(s);

		if (s->stopped || (s->any && s->found))
			return 0;
		if (level->next < level->count) {
			if (take_way(s) < 0)
				return -1;
		} else if (s->depth == 0) {
			return 0;
		} else {
			leave(s);
			s->depth--;
		}
	}
}

/* Is any device to be chosen? */
static bool has_choice(const struct vtune__team *team)
{
	for (unsigned int i = 0; i < team->count; i++)
		for (unsigned int k = 0; k < vtune__spec_wish_count(team->specs[i]); k++)
			if (!vtune__spec_wish(team->specs[i], k)->id)
				return true;
	return false;
}

static int begin(struct search *s)
{
	struct vtune__team *team = s->team;

	s->levels = vtune__arena_take(&s->arena, team->count, sizeof(*s->levels));
	s->seen = vtune__seen_new(&s->arena, has_choice(team));
	if (!s->levels || !s->seen || new_joint(&s->best, NULL, team->count, &s->arena) < 0)
		return vtune__fail_memory(s->err);
	s->any = !team->plans[0];
	for (unsigned int i = 0; i < team->count && !s->any; i++)
		vtune__joint_add_plan(&s->best, team->plans[i], i);
	s->levels[0].host = (struct vtune_host *)team->host; /* only read */
	if (new_joint(&s->levels[0].cost, NULL, team->count, &s->levels[0].arena) < 0)
		return vtune__fail_memory(s->err);
	return 0;
}

static void finish(struct search *s)
{
	for (; s->levels && s->depth > 0; s->depth--)
		leave(s);
	if (s->levels)
		leave(s);
	vtune__arena_free(&s->arena);
}

int vtune__team_check(struct vtune__team *team, struct vtune_error **err)
{
	struct search s = { .team = team, .err = err };
	int result = begin(&s);

	if (result == 0)
		result = find_solos(&s);
	finish(&s);
	team->proven = result == 0 && !s.stopped && !s.incomplete;
	return result < 0 ? -1 : 0;
}

int vtune__team_search(struct vtune__team *team, struct vtune_error **err)
{
	struct search s = { .team = team, .err = err };
	int result = begin(&s);

	if (result == 0)
		result = walk(&s);
	finish(&s);
	team->proven = !s.stopped && !s.incomplete;
	return result;
}
