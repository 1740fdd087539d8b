/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One after another in another order: often all that it takes is to let the VM that
 * does not fit choose first. */
#include <stdlib.h>
#include <string.h>

#include "together.h"

struct order {
	struct vtune__team *team;
	struct vtune__arena arena;
	struct vtune__way *ways; /* by VM */
	unsigned int *vms;	 /* in the order in which they choose */
	struct vtune_error **err;
};

int vtune__team_solo(struct vtune__team *team, struct vtune__solo *solo, unsigned int vm,
		     const struct vtune_host *host, bool any, struct vtune__arena *arena,
		     struct vtune_error **err)
{
	struct vtune_error *own = NULL;
	int result;

	if (vtune__scene_build(&solo->scene, host, team->specs[vm], &host->room, arena) < 0)
		return vtune__fail_memory(err);
	result = vtune__answer_find(&solo->answer, &solo->scene, team->left ? team->left : 1, any,
				    &own);
	vtune__team_spend(team, solo->answer.steps);
	if (result == 0)
		return 0;
	if (vtune_error_get_code(own) != VTUNE_ERR_LIMIT)
		result = vtune__fail_memory(err);
	else
		result = 0; /* it does not fit, as far as is known */
	vtune_error_free(own);
	return result;
}

/* The host with the plan on it, in place of *host. */
static int go_on(struct vtune_host **host, const struct vtune_plan *plan, struct vtune_error **err)
{
	struct vtune_host *after = vtune_host_with_plan(*host, plan, err);

	if (!after)
		return -1;
	vtune_host_free(*host);
	*host = after;
	return 0;
}

/* 1: placed, and *host is the host with it; 0; -1. */
static int choose(struct order *o, unsigned int vm, struct vtune_host **host)
{
	struct vtune__arena scratch = { 0 };
	struct vtune_plan *plan = NULL;
	struct vtune__solo solo;
	int result = vtune__team_solo(o->team, &solo, vm, *host, false, &scratch, o->err);

	if (result == 0 && solo.answer.fits) {
		plan = vtune__plan_new(o->team->specs[vm]->name, o->err);
		result = plan ? vtune__plan_fill(plan, &solo.answer, o->err) : -1;
		if (result == 0)
			result = go_on(host, plan, o->err);
		if (result == 0 &&
		    vtune__way_of_answer(&o->ways[vm], &solo.answer, plan, &o->arena) < 0)
			result = vtune__fail_memory(o->err);
		result = result < 0 ? -1 : 1;
	}
	vtune_plan_free(plan);
	vtune__arena_free(&scratch);
	return result;
}

/* The plan of a way on the host that those before it leave; NULL also when it does
 * not hold there: then *holds is false. */
static struct vtune_plan *plan_again(struct order *o, unsigned int vm,
				     const struct vtune_host *host, bool *holds)
{
	const struct vtune_spec *spec = o->team->specs[vm];
	struct vtune__arena arena = { 0 };
	struct vtune__scene scene;
	struct vtune_plan *plan = NULL;

	if (vtune__scene_build(&scene, host, spec, &host->room, &arena) < 0)
		vtune__fail_memory(o->err);
	else
		plan = vtune__way_plan(&o->ways[vm], &scene, o->err);
	*holds = !plan || vtune__plan_check(plan, host, spec, NULL) == 0;
	if (plan && !*holds) {
		vtune_plan_free(plan);
		plan = NULL;
	}
	vtune__arena_free(&arena);
	return plan;
}

/* All have chosen: make the plans in the order that counts. 1, 0 or -1. */
static int make_plans(struct order *o)
{
	struct vtune_host *host = vtune__host_copy(o->team->host, NULL, o->err);
	struct vtune_plan **plans = o->team->plans;
	unsigned int done = 0;
	bool holds = true;
	int result = host ? 0 : -1;

	while (result == 0 && done < o->team->count) {
		plans[done] = plan_again(o, done, host, &holds);
		if (!plans[done])
			break;
		result = go_on(&host, plans[done], o->err);
		done++;
	}
	vtune_host_free(host);
	if (result == 0 && done == o->team->count)
		return 1;
	while (done > 0) {
		vtune_plan_free(plans[--done]);
		plans[done] = NULL;
	}
	return result < 0 || holds ? -1 : 0;
}

/* 1, 0 or -1. */
static int try_order(struct order *o)
{
	struct vtune_host *host = vtune__host_copy(o->team->host, NULL, o->err);
	int result = host ? 1 : -1;

	for (unsigned int i = 0; i < o->team->count && result > 0 && o->team->left > 0; i++)
		result = choose(o, o->vms[i], &host);
	vtune_host_free(host);
	if (result > 0)
		result = o->team->left > 0 ? make_plans(o) : 0;
	vtune__arena_free(&o->arena);
	o->arena = (struct vtune__arena){ 0 };
	return result;
}

int vtune__team_promote(struct vtune__team *team, struct vtune_error **err)
{
	struct order o = { .team = team, .err = err };
	unsigned int count = team->count;
	int result = 0;

	o.ways = vtune__alloc(count, sizeof(*o.ways), err);
	o.vms = vtune__alloc(count, sizeof(*o.vms), err);
	if (!o.ways || !o.vms)
		result = -1;
	/* The last VM before the one at that place. */
	for (unsigned int place = 0; place + 1 < count && result == 0 && team->left > 0; place++) {
		for (unsigned int i = 0; i < count; i++)
			o.vms[i] = i < place ? i : i == place ? count - 1 : i - 1;
		result = try_order(&o);
	}
	free(o.ways);
	free(o.vms);
	return result < 0 ? -1 : 0;
}
