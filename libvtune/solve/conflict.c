/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a VM does not fit: constraints are lifted one after another as long as it
 * still does not fit; those that cannot be lifted are the reasons. Without any
 * one of them the rest can hold. */
#include "devices.h"

/* Of each of some ten searches: the whole call stays bounded. */
#define WORK_LIMIT 20000

int vtune__solve_without(const struct vtune__scene *from, unsigned int lift, enum vtune__aim aim,
			 struct vtune__scene *scene, struct vtune__answer *answer, bool *fits,
			 struct vtune_error **err)
{
	struct vtune_error *limit = NULL;
	int result = -1;

	if (vtune__scene_lift(scene, from, scene->arena, lift) < 0)
		vtune__fail_memory(&limit);
	else
		result = vtune__answer_find(answer, scene, WORK_LIMIT, aim, &limit);
	*fits = result < 0 || answer->fits;
	if (vtune_error_get_code(limit) == VTUNE_ERR_LIMIT)
		result = 0; /* not known: keep the constraint */
	else if (result < 0)
		vtune__fail_memory(err);
	vtune_error_free(limit);
	return result;
}

/* What the spec does not ask for cannot be in the way. */
static bool is_asked(const struct vtune__scene *scene, unsigned int what)
{
	const struct vtune_spec *spec = scene->spec;
	unsigned int ncells = spec->cells_kind == VTUNE__CELLS_AUTO ? 1 : spec->cell_count;

	switch (what) {
	case VTUNE__LIFT_START:
		return spec->hugepages != VTUNE__PAGES_NONE;
	case VTUNE__LIFT_HELPERS:
		return spec->emulator == VTUNE__EMULATOR_ISOLATE ||
		       (spec->iothreads == VTUNE__IOTHREADS_ISOLATE && spec->iothread_count > 0);
	case VTUNE__LIFT_DISTANCE:
		return spec->max_distance > 0;
	case VTUNE__LIFT_DEVICES:
		return scene->devices_missing || scene->nrequired > 0 ||
		       (scene->pools && scene->pools->required);
	case VTUNE__LIFT_THREADS:
		return spec->threads != VTUNE__PREFER;
	case VTUNE__LIFT_NODES:
		return spec->has_nodes || ncells > scene->cpu_nodes;
	default:
		return true;
	}
}

/* The last ones asked for are the likeliest to stay, so the plainest come last. */
int vtune__conflict_find(const struct vtune__scene *scene, unsigned int *lifted,
			 struct vtune_error **err)
{
	static const unsigned int order[] = {
		VTUNE__LIFT_START,   VTUNE__LIFT_HELPERS, VTUNE__LIFT_DISTANCE, VTUNE__LIFT_DEVICES,
		VTUNE__LIFT_THREADS, VTUNE__LIFT_NODES,	  VTUNE__LIFT_SHARED,	VTUNE__LIFT_PAGES,
		VTUNE__LIFT_MEMORY,  VTUNE__LIFT_CPUS,
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(order); i++) {
		struct vtune__arena arena = { 0 };
		struct vtune__scene without = { .arena = &arena };
		struct vtune__answer answer;
		bool fits = false;
		int result = 0;

		if (is_asked(scene, order[i]))
			result = vtune__solve_without(scene, *lifted | order[i], VTUNE__VERDICT,
						      &without, &answer, &fits, err);
		vtune__arena_free(&arena);
		if (result < 0)
			return -1;
		if (!fits)
			*lifted |= order[i];
	}
	return 0;
}
