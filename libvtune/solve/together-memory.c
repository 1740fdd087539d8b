/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* With the mode preferred memory could be split in more ways than can be tried. But of
 * two splits that leave the VMs after this one what they need, the cheaper one is
 * better: so all it takes is to try what they could need on each node. */
#include <stdlib.h>

#include "together.h"

/* Different amounts that others could need of a node, and sets of limits. */
#define MOST_AMOUNTS 256
#define MOST_SETS 4096

struct limits {
	const struct vtune__ways *ways;
	struct vtune__trial *trial;
	struct vtune__arena arena;
	uint64_t amounts[MOST_AMOUNTS]; /* pages that the others could take of a node */
	unsigned int namounts;
	uint64_t need, others; /* pages of this VM, and of all others at most */
	uint64_t unit;	       /* divides all the figures */
	bool rivals;	       /* another one has this mode: any amount */
	bool cut;	       /* not all of them are here */
	uint64_t **options;    /* by node: the limits to try */
	unsigned int *noptions;
};

static uint64_t divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void add_amount(struct limits *l, uint64_t amount)
{
	for (unsigned int i = 0; i < l->namounts; i++)
		if (l->amounts[i] == amount)
			return;
	if (l->namounts == MOST_AMOUNTS)
		l->cut = true;
	else
		l->amounts[l->namounts++] = amount;
}

/* What one cell, on top of the amounts up to before, could take. */
static void add_cell(struct limits *l, const struct vtune__scene *scene, uint64_t pages)
{
	unsigned int before = l->namounts;
	bool interleaved = scene->spec->mode == VTUNE__INTERLEAVE;

	for (unsigned int i = 0; i < before; i++)
		add_amount(l, l->amounts[i] + pages);
	for (unsigned int ways = 2; interleaved && ways <= scene->nnodes; ways++) {
		for (unsigned int i = 0; i < before; i++) {
			add_amount(l, l->amounts[i] + pages / ways);
			add_amount(l, l->amounts[i] + pages / ways + 1);
		}
	}
}

static int add_cells(struct limits *l, struct vtune__scene *scene, unsigned int ncells,
		     uint64_t *total)
{
	struct vtune__trial trial;
	int built = vtune__trial_build(&trial, scene, ncells, l->trial->page_kib, l->trial->huge);

	if (built <= 0)
		return built;
	*total = 0;
	for (unsigned int g = 0; g < ncells; g++) {
		*total += trial.cells[g].pages;
		l->unit = divisor(l->unit, trial.cells[g].pages);
		if (scene->spec->mode != VTUNE__PREFERRED)
			add_cell(l, scene, trial.cells[g].pages);
	}
	l->rivals |= scene->spec->mode == VTUNE__PREFERRED;
	return 0;
}

static bool uses_pages(const struct vtune_spec *spec, const struct vtune__trial *trial)
{
	switch (spec->hugepages) {
	case VTUNE__PAGES_AUTO:
		return true;
	case VTUNE__PAGES_NONE:
		return !trial->huge;
	case VTUNE__PAGES_ANY:
		return trial->huge;
	case VTUNE__PAGES_SIZE:
		break;
	}
	return trial->huge && spec->page_kib == trial->page_kib;
}

static int add_vm(struct limits *l, const struct vtune__solo *solo)
{
	const struct vtune_spec *spec = solo->scene.spec;
	struct vtune__scene scene = solo->scene;
	bool several = spec->cells_kind == VTUNE__CELLS_AUTO;
	unsigned int first = several ? 1 : spec->cell_count;
	unsigned int last = several ? spec->vcpus : spec->cell_count;
	uint64_t most = 0, total = 0;

	if (!uses_pages(spec, l->trial))
		return 0;
	scene.arena = &l->arena;
	if (last > scene.nnodes)
		last = scene.nnodes;
	for (unsigned int ncells = first; ncells <= last; ncells++) {
		if (add_cells(l, &scene, ncells, &total) < 0)
			return -1;
		if (total > most)
			most = total;
	}
	if (__builtin_add_overflow(l->others, most, &l->others))
		l->others = UINT64_MAX / 2;
	return 0;
}

/* May limits on this node make a difference? */
static bool is_contested(const struct limits *l, unsigned int node)
{
	const struct vtune__site *site = &l->trial->scene->sites[node];
	uint64_t free = l->trial->free_pages[node];

	return site->allowed && free > 0 && l->others > 0 && free < l->need + l->others;
}

static void add_option(struct limits *l, unsigned int node, uint64_t limit)
{
	if (limit > l->need)
		limit = l->need;
	for (unsigned int i = 0; i < l->noptions[node]; i++)
		if (l->options[node][i] == limit)
			return;
	l->options[node][l->noptions[node]++] = limit;
}

static int list_options(struct limits *l, unsigned int node)
{
	uint64_t free = l->trial->free_pages[node];
	uint64_t most = free < l->need ? free : l->need;
	uint64_t steps = l->rivals ? most / l->unit + 1 : 0;
	bool all = l->rivals && steps <= MOST_SETS;

	l->options[node] = vtune__arena_take(&l->arena, MOST_AMOUNTS + (all ? steps : 0) + 1,
					     sizeof(**l->options));
	if (!l->options[node])
		return -1;
	if (!is_contested(l, node)) {
		l->options[node][l->noptions[node]++] = free;
		return 0;
	}
	for (unsigned int i = 0; i < l->namounts; i++)
		if (l->amounts[i] <= free)
			add_option(l, node, free - l->amounts[i]);
	for (uint64_t i = 0; i < steps && all; i++)
		add_option(l, node, i * l->unit);
	l->cut |= l->rivals && !all;
	return 0;
}

/* Only what lies in whole units is found when any amount may be. */
static void check_units(struct limits *l)
{
	const struct vtune__scene *scene = l->trial->scene;

	if (l->rivals && l->unit > 1 &&
	    (l->trial->huge || scene->anchored || scene->spec->max_distance > 0))
		l->cut = true;
}

static int list_sets(struct limits *l)
{
	unsigned int nnodes = l->trial->scene->nnodes;
	uint64_t sets = 1;

	for (unsigned int g = 0; g < l->trial->ncells; g++) {
		l->need += l->trial->cells[g].pages;
		l->unit = divisor(l->unit, l->trial->cells[g].pages);
	}
	for (unsigned int n = 0; n < nnodes; n++)
		l->unit = divisor(l->unit, l->trial->free_pages[n]);
	l->amounts[l->namounts++] = 0;
	for (unsigned int i = 1; i < l->ways->nsolos; i++)
		if (add_vm(l, &l->ways->solos[i]) < 0)
			return -1;
	l->options = vtune__arena_take(&l->arena, nnodes, sizeof(*l->options));
	l->noptions = vtune__arena_take(&l->arena, nnodes, sizeof(*l->noptions));
	if (!l->options || !l->noptions)
		return -1;
	for (unsigned int n = 0; n < nnodes; n++) {
		if (list_options(l, n) < 0)
			return -1;
		if (sets <= MOST_SETS)
			sets *= l->noptions[n];
		if (l->noptions[n] > 1)
			check_units(l);
	}
	if (sets <= MOST_SETS)
		return 0;
	l->cut = true;
	for (unsigned int n = 0; n < nnodes; n++) {
		l->options[n][0] = l->trial->free_pages[n];
		l->noptions[n] = 1;
	}
	return 0;
}

/* Try all sets of one option for each node. */
static int try_sets(struct limits *l, int (*each)(void *data), void *data)
{
	unsigned int nnodes = l->trial->scene->nnodes, n = 0;
	unsigned int *at = vtune__arena_take(&l->arena, nnodes, sizeof(*at));

	if (!at)
		return -1;
	while (n < nnodes) {
		for (n = 0; n < nnodes; n++)
			l->trial->free_pages[n] = l->options[n][at[n]];
		if (each(data) < 0)
			return -1;
		for (n = 0; n < nnodes && ++at[n] == l->noptions[n]; n++)
			at[n] = 0;
	}
	return 0;
}

int vtune__preferred_limits(const struct vtune__ways *ways, struct vtune__trial *trial,
			    bool *incomplete, int (*each)(void *data), void *data)
{
	struct limits l = { .ways = ways, .trial = trial };
	int result = list_sets(&l) < 0 ? -1 : try_sets(&l, each, data);

	vtune__arena_free(&l.arena);
	*incomplete |= l.cut;
	return result;
}
