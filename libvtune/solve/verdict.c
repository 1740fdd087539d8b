/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Most refusals, and most of what they are explained with, are but a question of
 * which cell can be on which node. */
#include "devices.h"

bool vtune__is_matching(const struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	const struct vtune__scene *scene = trial->scene;
	enum vtune__memory_mode mode = scene->spec->mode;

	if ((mode != VTUNE__STRICT && mode != VTUNE__RESTRICTIVE) || trial->most_helpers > 0 ||
	    scene->nrequired > 0 || (scene->pools && scene->pools->required))
		return false;
	if (trial->ncells > 1 && scene->spec->max_distance > 0 &&
	    !(scene->lift & VTUNE__LIFT_DISTANCE))
		return false;
	/* With memory on the node itself there is no more to share out. */
	for (unsigned int n = 0; n < scene->nnodes; n++)
		if (!vtune__has_memory(trial, n) && vtune__pairs_any(pairs, trial, n))
			return false;
	return true;
}

int vtune__match_all(struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	size_t count = (size_t)trial->ncells * trial->scene->nnodes;
	struct vtune__matching matching = { 0 };
	int possible = vtune__pairs_make_sure(pairs, trial);
	bool alike = true;

	for (unsigned int g = 0; g < trial->ncells; g++)
		alike &= trial->cells[g].like == 0;
	/* Cells that are all alike have been counted. */
	if (possible <= 0 || alike)
		return possible;
	if (vtune__matching_init(&matching, trial->scene->arena, trial->ncells,
				 trial->scene->nnodes) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		matching.weights[i].possible = pairs->at[i].possible;
	return vtune__matching_solve(&matching);
}
