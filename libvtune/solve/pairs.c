/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "solve.h"

static struct vtune__pair *pair_at(const struct vtune__pairs *pairs,
				   const struct vtune__trial *trial, unsigned int cell,
				   unsigned int node)
{
	return &pairs->at[(size_t)cell * trial->scene->nnodes + node];
}

/* The emulator's own CPU on a node that is sure to get memory. */
static unsigned int least_helpers(const struct vtune__trial *trial, unsigned int node)
{
	enum vtune__memory_mode mode = trial->scene->spec->mode;
	bool home = mode == VTUNE__STRICT || mode == VTUNE__RESTRICTIVE;

	return trial->emulator_each && home && vtune__has_memory(trial, node);
}

static void pair_begin(struct vtune__pair *pair, const struct vtune__trial *trial,
		       unsigned int cell, unsigned int node)
{
	const struct vtune__site *site = &trial->scene->sites[node];
	enum vtune__may may;

	if (!site->allowed || (!site->has_cpus && trial->scene->cpu_nodes > 0))
		return;
	may = vtune__trial_may(trial, cell, node, least_helpers(trial, node));
	pair->sure = may == VTUNE__CAN;
	pair->possible = may != VTUNE__CANNOT &&
			 vtune__memory_bound(trial, cell, node, &pair->remote);
}

static int pair_build(struct vtune__pair *pair, const struct vtune__trial *trial, unsigned int cell,
		      unsigned int node)
{
	const struct vtune__table *table = vtune__trial_table(trial, (int)cell, node);
	unsigned int least = least_helpers(trial, node);

	if (!table)
		return -1;
	pair->fine = VTUNE__FINE_NONE;
	for (unsigned int y = least; y <= trial->most_helpers; y++)
		if (table->best[y] < pair->fine)
			pair->fine = table->best[y];
	pair->possible = pair->fine != VTUNE__FINE_NONE;
	pair->sure = true;
	if (pair->possible)
		pair->helpers = table->most - least;
	return 0;
}

/* Build the pairs of one cell that are possible; or only those that are not sure. */
static int pairs_of_cell(struct vtune__pairs *pairs, const struct vtune__trial *trial,
			 unsigned int cell, bool all)
{
	unsigned int like = trial->cells[cell].like;
	bool any = false;

	for (unsigned int n = 0; n < trial->scene->nnodes; n++) {
		struct vtune__pair *pair = pair_at(pairs, trial, cell, n);

		if (like != cell)
			*pair = *pair_at(pairs, trial, like, n);
		else if (pair->possible && (all || !pair->sure) &&
			 pair_build(pair, trial, cell, n) < 0)
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

/* Does each kind of cells have as many nodes as there are cells of it, and do all? */
static bool have_nodes(const struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	unsigned int nodes = 0;

	for (unsigned int like = 0; like < trial->ncells; like++) {
		unsigned int cells = 0, here = 0;

		if (trial->cells[like].like != like)
			continue;
		for (unsigned int g = like; g < trial->ncells; g++)
			cells += trial->cells[g].like == like;
		for (unsigned int n = 0; n < trial->scene->nnodes; n++)
			here += pair_at(pairs, trial, like, n)->possible;
		if (here < cells)
			return false;
	}
	for (unsigned int n = 0; n < trial->scene->nnodes; n++)
		nodes += vtune__pairs_any(pairs, trial, n);
	return nodes >= trial->ncells;
}

bool vtune__pairs_any(const struct vtune__pairs *pairs, const struct vtune__trial *trial,
		      unsigned int node)
{
	for (unsigned int g = 0; g < trial->ncells; g++)
		if (trial->cells[g].like == g && pair_at(pairs, trial, g, node)->possible)
			return true;
	return false;
}

int vtune__pairs_begin(struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	unsigned int nnodes = trial->scene->nnodes;

	*pairs = (struct vtune__pairs){ .flexible = trial->pinned_io + trial->emulator_anywhere };
	pairs->at = vtune__arena_take(trial->scene->arena, (size_t)trial->ncells * nnodes,
				      sizeof(*pairs->at));
	if (!pairs->at)
		return -1;
	for (unsigned int g = 0; g < trial->ncells; g++)
		for (unsigned int n = 0; n < nnodes && trial->cells[g].like == g; n++)
			pair_begin(pair_at(pairs, trial, g, n), trial, g, n);
	return have_nodes(pairs, trial) ? vtune__memory_fits_somewhere(pairs, trial) : 0;
}

static int pairs_finish(struct vtune__pairs *pairs, const struct vtune__trial *trial, bool all)
{
	for (unsigned int g = 0; g < trial->ncells; g++) {
		int any = pairs_of_cell(pairs, trial, g, all);

		if (any <= 0)
			return any;
	}
	return have_nodes(pairs, trial);
}

int vtune__pairs_make_sure(struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	return pairs_finish(pairs, trial, false);
}

int vtune__pairs_build(struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	int possible = pairs_finish(pairs, trial, true);

	if (possible <= 0)
		return possible;
	pairs->helpers = helpers_bound(trial);
	return bare_build(pairs, trial) < 0 ? -1 : 1;
}
