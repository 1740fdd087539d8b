/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "solve.h"

/* The emulator's own CPU on a node that is sure to get memory. */
static unsigned int least_helpers(const struct vtune__trial *trial, unsigned int node)
{
	enum vtune__memory_mode mode = trial->scene->spec->mode;
	bool home = mode == VTUNE__STRICT || mode == VTUNE__RESTRICTIVE;

	return trial->emulator_each && home && vtune__has_memory(trial, node);
}

static int pair_build(struct vtune__pair *pair, const struct vtune__trial *trial, unsigned int cell,
		      unsigned int node)
{
	const struct vtune__site *site = &trial->scene->sites[node];
	unsigned int least = least_helpers(trial, node);
	const struct vtune__table *table;

	if (!site->allowed || (!site->has_cpus && trial->scene->any_cpus))
		return 0;
	if (!vtune__memory_bound(trial, cell, node, &pair->remote))
		return 0;
	table = vtune__trial_table(trial, (int)cell, node);
	if (!table)
		return -1;
	pair->fine = VTUNE__FINE_NONE;
	for (unsigned int y = least; y <= trial->most_helpers; y++)
		if (table->best[y] < pair->fine)
			pair->fine = table->best[y];
	if (pair->fine == VTUNE__FINE_NONE)
		return 0;
	pair->possible = true;
	pair->helpers = table->most - least;
	return 0;
}

static int pairs_of_cell(struct vtune__pairs *pairs, const struct vtune__trial *trial,
			 unsigned int cell)
{
	unsigned int nnodes = trial->scene->nnodes, like = trial->cells[cell].like;
	bool any = false;

	for (unsigned int n = 0; n < nnodes; n++) {
		struct vtune__pair *pair = &pairs->at[(size_t)cell * nnodes + n];

		if (like != cell)
			*pair = pairs->at[(size_t)like * nnodes + n];
		else if (pair_build(pair, trial, cell, n) < 0)
			return -1;
		any |= pair->possible;
	}
	return any;
}

static int bare_build(struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	const struct vtune__scene *scene = trial->scene;

	pairs->bare = vtune__arena_take(scene->arena, scene->nnodes, sizeof(*pairs->bare));
	if (!pairs->bare)
		return -1;
	for (unsigned int n = 0; n < scene->nnodes && trial->most_helpers > 0; n++) {
		const struct vtune__table *table;

		if (!scene->sites[n].allowed)
			continue;
		table = vtune__trial_table(trial, -1, n);
		if (!table)
			return -1;
		pairs->bare[n] = table->most;
		for (unsigned int y = 1; y <= table->most; y++)
			if (table->best[y] < pairs->bare_fine)
				pairs->bare_fine = table->best[y];
	}
	pairs->bare_fine *= trial->most_helpers + (trial->emulator_each ? scene->nnodes : 0);
	return 0;
}

static int64_t helpers_bound(const struct vtune__trial *trial)
{
	const struct vtune__scene *scene = trial->scene;
	int64_t sum = scene->nearest;

	for (unsigned int i = 0; i < scene->spec->iothread_count; i++) {
		int64_t least = scene->nearest;

		for (unsigned int n = 0; n < scene->nnodes && scene->anchors[i] >= 0; n++) {
			unsigned int a = (unsigned int)scene->anchors[i];
			int64_t far = (int64_t)vtune__distance(scene->topology, n, a) -
				      (int64_t)vtune__distance(scene->topology, a, a);

			if (n == 0 || far < least)
				least = far;
		}
		sum += least;
	}
	return sum;
}

int vtune__pairs_build(struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	*pairs = (struct vtune__pairs){ 0 };
	pairs->flexible = trial->pinned_io + trial->emulator_anywhere;
	pairs->at = vtune__arena_take(trial->scene->arena,
				      (size_t)trial->ncells * trial->scene->nnodes,
				      sizeof(*pairs->at));
	if (!pairs->at)
		return -1;
	for (unsigned int g = 0; g < trial->ncells; g++) {
		int any = pairs_of_cell(pairs, trial, g);

		if (any <= 0)
			return any;
	}
	pairs->helpers = helpers_bound(trial);
	return bare_build(pairs, trial) < 0 ? -1 : 1;
}
