/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "solve.h"

/* Half a second, more or less. */
#define WORK_LIMIT UINT64_C(500000)

unsigned int vtune__answer_page_sizes(const struct vtune__scene *scene, uint64_t *sizes)
{
	const struct vtune__topology *topology = scene->topology;
	enum vtune__hugepages wish = scene->spec->hugepages;
	unsigned int count = 0;

	if (wish == VTUNE__PAGES_SIZE)
		sizes[count++] = scene->spec->page_kib;
	if (wish == VTUNE__PAGES_AUTO || wish == VTUNE__PAGES_ANY)
		for (unsigned int i = topology->npage_sizes; i-- > 0;)
			sizes[count++] = topology->page_sizes[i];
	if (wish == VTUNE__PAGES_AUTO || wish == VTUNE__PAGES_NONE)
		sizes[count++] = 0;
	if (count == 0 && (scene->lift & VTUNE__LIFT_PAGES))
		sizes[count++] = topology->page_kib; /* any size, where the host has none */
	return count;
}

int vtune__answer_try(struct vtune__answer *answer, struct vtune__search *search,
		      const struct vtune__scene *scene, unsigned int ncells, uint64_t page_kib)
{
	bool huge = page_kib > 0;
	struct vtune__trial trial;
	int built;

	built = vtune__trial_build(&trial, scene, ncells,
				   huge ? page_kib : scene->topology->page_kib, huge);
	if (built <= 0)
		return built;
	search->beat = answer->fits ? &answer->layout.cost : NULL;
	search->bound = (struct vtune__cost){ .remote = INT64_MAX };
	if (vtune__search_run(search, &trial) < 0)
		return -1;
	if (vtune__cost_compare(&search->bound, &answer->bound) < 0)
		answer->bound = search->bound;
	if (!search->found)
		return 0;
	answer->fits = true;
	answer->trial = trial;
	answer->layout = search->best;
	return 0;
}

static int try_sizes(struct vtune__answer *answer, struct vtune__search *search,
		     const struct vtune__scene *scene, unsigned int ncells)
{
	uint64_t *sizes =
		vtune__arena_take(scene->arena, scene->topology->npage_sizes + 2, sizeof(*sizes));
	unsigned int nsizes = sizes ? vtune__answer_page_sizes(scene, sizes) : 0;

	for (unsigned int i = 0; i < nsizes && !(search->aim != VTUNE__BEST && answer->fits); i++)
		if (vtune__answer_try(answer, search, scene, ncells, sizes[i]) < 0)
			return -1;
	return sizes ? 0 : -1;
}

static int find(struct vtune__answer *answer, struct vtune__search *search,
		const struct vtune__scene *scene)
{
	const struct vtune_spec *spec = scene->spec;
	bool several = spec->cells_kind == VTUNE__CELLS_AUTO;
	unsigned int first = several ? 1 : spec->cell_count;
	unsigned int last = several ? spec->vcpus : spec->cell_count;

	if (several && last > scene->nnodes)
		last = scene->nnodes;
	for (unsigned int ncells = first; ncells <= last && !answer->fits; ncells++)
		if (try_sizes(answer, search, scene, ncells) < 0)
			return -1;
	if (!(scene->lift & VTUNE__LIFT_NODES) || first <= scene->cpu_nodes)
		return 0;
	/* With more cells than nodes, to lift that is to have fewer cells. */
	last = spec->cells_kind == VTUNE__CELLS_EXPLICIT ? 1 : spec->cell_count;
	for (unsigned int ncells = 1; ncells <= last && !answer->fits; ncells++)
		if (try_sizes(answer, search, scene, ncells) < 0)
			return -1;
	return 0;
}

int vtune__answer_find(struct vtune__answer *answer, const struct vtune__scene *scene,
		       uint64_t limit, enum vtune__aim aim, struct vtune_error **err)
{
	struct vtune__arena scratch = { 0 };
	struct vtune__search search = { .arena = &scratch,
					.aim = aim,
					.limit = limit ? limit : WORK_LIMIT };
	int result;

	memset(answer, 0, sizeof(*answer));
	answer->bound.remote = INT64_MAX;
	result = find(answer, &search, scene);
	vtune__arena_free(&scratch);
	if (result < 0)
		return vtune__fail_memory(err);
	answer->complete = !search.stopped && !search.incomplete;
	answer->stopped = search.stopped;
	answer->steps = search.steps;
	if (!answer->fits && !answer->complete)
		return vtune__fail(err, VTUNE_ERR_LIMIT, NULL,
				   "the work limit was reached before any placement of \"%s\" "
				   "was found; a larger limit may find one",
				   scene->spec->name);
	return 0;
}

static int place(struct vtune_plan *plan, const struct vtune__scene *scene, uint64_t limit,
		 bool reasons, struct vtune_error **err)
{
	struct vtune__answer answer;

	if (vtune__answer_find(&answer, scene, limit, VTUNE__BEST, err) < 0)
		return -1;
	if (!answer.fits && !reasons)
		return 0;
	if (!answer.fits)
		return vtune__plan_add_reasons(plan, scene, err) < 0 ||
				       vtune__plan_add_advice(plan, scene, err) < 0
			       ? -1
			       : 0;
	if (vtune__plan_fill(plan, &answer, err) < 0)
		return -1;
	return vtune__plan_add_warnings(plan, &answer, err);
}

int vtune__plan_must_hold(const struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err)
{
	struct vtune_error *wrong = NULL;
	int result;

	if (!plan->fits || vtune__plan_check(plan, host, spec, &wrong) == 0)
		return 0;
	result = vtune__fail(err, VTUNE_ERR_INTERNAL, vtune_error_get_where(wrong),
			     "the plan for \"%s\" does not hold: %s", spec->name,
			     vtune_error_get_message(wrong));
	vtune_error_free(wrong);
	return result;
}

static int place_in_room(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, const struct vtune__room *room,
			 const struct vtune_options *options, bool reasons,
			 struct vtune_error **err)
{
	struct vtune__arena arena = { 0 };
	struct vtune__scene scene;
	int result;

	if (vtune__scene_build(&scene, host, spec, room, &arena) < 0)
		result = vtune__fail_memory(err);
	else
		result = place(plan, &scene, options ? options->work_limit : 0, reasons, err);
	vtune__arena_free(&arena);
	return result < 0 ? -1 : vtune__plan_must_hold(plan, host, spec, err);
}

struct vtune_plan *vtune__place(const struct vtune_host *host, const struct vtune_spec *spec,
				const struct vtune_options *options, bool reasons,
				struct vtune_error **err)
{
	const struct vtune__room *room = &host->room;
	struct vtune__room own = { 0 };
	struct vtune_plan *plan;
	int result;

	if (vtune__host_has_allocation(host, spec->name)) {
		if (vtune__room_for(host, spec->name, &own, err) < 0)
			return NULL;
		room = &own;
	}
	plan = vtune__plan_new(spec->name, err);
	result = plan ? place_in_room(plan, host, spec, room, options, reasons, err) : -1;
	vtune__room_free(&own);
	if (result < 0) {
		vtune_plan_free(plan);
		return NULL;
	}
	return plan;
}

VTUNE_EXPORT struct vtune_plan *vtune_place(const struct vtune_host *host,
					    const struct vtune_spec *spec,
					    const struct vtune_options *options,
					    struct vtune_error **err)
{
	if (!host || !spec) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return vtune__place(host, spec, options, true, err);
}
