/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All ways of one VM: every number of cells, page size, and layout of nodes and pages
 * that the usual search lists. together-list.c does the rest. */
#include <stdlib.h>
#include <string.h>

#include "together.h"

static bool with_policy(const struct vtune_spec *spec)
{
	return spec->threads != VTUNE__PREFER && !vtune__set_is_empty(&spec->dedicated);
}

/* Does it not matter to any VM which CPUs of a node are taken? */
static bool cpus_alike(const struct vtune__ways *ways)
{
	const struct vtune__scene *scene = &ways->solos[0].scene;

	if (ways->best)
		return false;
	for (unsigned int i = 0; i < ways->nsolos; i++)
		if (with_policy(ways->solos[i].scene.spec))
			return false;
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		const struct vtune__site *site = &scene->sites[n];

		if (!scene->host->has_shared && site->apart > 0 && site->apart < site->dedicated)
			return false;
	}
	return true;
}

/* What is left of the best for this VM: costs 1 to 4 may not be above it. */
static bool set_beat(struct vtune__lister *l, unsigned int ncells)
{
	const struct vtune__ways *ways = l->ways;
	const int64_t *best, *base;
	int64_t cells;

	l->search.beat = NULL;
	if (!ways->best)
		return true;
	best = ways->best->term;
	base = ways->base->term;
	cells = ways->best->cells - ways->base->cells;
	if (ncells != cells)
		return ncells < cells;
	l->beat = (struct vtune__cost){ .remote = best[0] - base[0],
					.spread = 2 * (best[1] - base[1]),
					.devices = best[2] - base[2],
					.helpers = best[3] - base[3] + 1 };
	l->search.beat = &l->beat;
	return true;
}

static int run_search(void *data)
{
	struct vtune__lister *l = data;
	struct vtune__mark mark = vtune__arena_mark(&l->work);
	int result = l->search.stopped ? 0 : vtune__search_run(&l->search, l->search.trial);

	vtune__arena_reset(&l->work, mark);
	return result;
}

static int list_with(struct vtune__lister *l, unsigned int ncells, uint64_t page_kib)
{
	bool huge = page_kib > 0;
	struct vtune__trial trial;
	int built;

	if (!set_beat(l, ncells))
		return 0;
	built = vtune__trial_build(&trial, l->scene, ncells,
				   huge ? page_kib : l->scene->topology->page_kib, huge);
	if (built <= 0)
		return built;
	l->search.trial = &trial;
	l->first = l->ways->count;
	if (l->scene->spec->mode != VTUNE__PREFERRED)
		return run_search(l);
	return vtune__preferred_limits(l->ways, &trial, &l->search.incomplete, run_search, l);
}

static int list_all(struct vtune__lister *l)
{
	const struct vtune_spec *spec = l->scene->spec;
	bool several = spec->cells_kind == VTUNE__CELLS_AUTO;
	unsigned int first = several ? 1 : spec->cell_count;
	unsigned int last = several ? spec->vcpus : spec->cell_count, nsizes;
	uint64_t *sizes = vtune__arena_take(l->ways->arena, l->scene->topology->npage_sizes + 2,
					    sizeof(*sizes));

	if (!sizes)
		return -1;
	nsizes = vtune__answer_page_sizes(l->scene, sizes);
	if (last > l->scene->nnodes)
		last = l->scene->nnodes;
	for (unsigned int ncells = first; ncells <= last; ncells++)
		for (unsigned int i = 0; i < nsizes && !l->search.stopped; i++)
			if (list_with(l, ncells, sizes[i]) < 0)
				return -1;
	return 0;
}

static int compare_ways(const void *a, const void *b)
{
	const struct vtune__way *x = *(struct vtune__way *const *)a;
	const struct vtune__way *y = *(struct vtune__way *const *)b;
	int order;

	if (x->ncells != y->ncells)
		return x->ncells < y->ncells ? -1 : 1;
	order = vtune__cost_compare_coarse(&x->layout.cost, &y->layout.cost);
	if (order != 0)
		return order;
	if (x->page_kib != y->page_kib)
		return x->page_kib > y->page_kib ? -1 : 1;
	order = vtune__cost_compare(&x->layout.cost, &y->layout.cost);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* Nodes are alike only when they are to all VMs that are still to come. */
static void join_twins(const struct vtune__ways *ways, struct vtune__site *sites,
		       unsigned int nnodes)
{
	const struct vtune__solo *solos = ways->solos;
	bool interleaved = false;

	for (unsigned int i = 1; i < ways->nsolos; i++)
		interleaved |= solos[i].scene.spec->mode == VTUNE__INTERLEAVE;
	for (unsigned int n = nnodes; n-- > 0;) {
		unsigned int twin = 0;

		for (; twin < n; twin++) {
			bool alike = !interleaved;

			for (unsigned int i = 0; i < ways->nsolos && alike; i++)
				alike = solos[i].scene.sites[n].twin ==
					solos[i].scene.sites[twin].twin;
			if (alike)
				break;
		}
		sites[n].twin = twin;
	}
}

static int list(struct vtune__lister *l, struct vtune__scene *scene)
{
	struct vtune__ways *ways = l->ways;
	unsigned int nnodes = scene->nnodes;

	/* Another scene of the VM: nodes are less alike in it. */
	scene->arena = &l->work;
	scene->sites = vtune__arena_take(&l->work, nnodes, sizeof(*scene->sites));
	l->kept = vtune__arena_take(ways->arena, nnodes, sizeof(struct vtune__listed *));
	l->sum.page_kib = vtune__arena_take(ways->arena, ways->nvms, sizeof(uint64_t));
	if (!scene->sites || !l->kept || !l->sum.page_kib)
		return -1;
	memcpy(scene->sites, ways->solos[0].scene.sites, nnodes * sizeof(*scene->sites));
	join_twins(ways, scene->sites, nnodes);
	l->alike = cpus_alike(ways);
	l->draws = vtune__draws_matter(ways);
	l->slack = VTUNE__FINE_NONE;
	if (ways->best)
		l->slack = vtune__joint_slack(ways->best, ways->base, &ways->solos[0], ways->vm,
					      ways->nvms);
	l->search = (struct vtune__search){
		.arena = &l->scratch, .limit = ways->limit, .each = vtune__lister_each, .data = l
	};
	return list_all(l);
}

int vtune__ways_list(struct vtune__ways *ways)
{
	struct vtune__scene scene = ways->solos[0].scene;
	struct vtune__lister l = { .ways = ways, .scene = &scene };
	int result;

	l.none = (struct vtune__choices){ .list = &l.nothing, .count = 1 };
	result = list(&l, &scene);
	vtune__arena_free(&l.scratch);
	vtune__arena_free(&l.work);
	ways->steps = l.search.steps;
	ways->stopped = l.search.stopped;
	ways->incomplete |= l.search.incomplete;
	if (result < 0 || ways->arena->failed || l.scratch.failed || l.work.failed)
		return -1;
	if (ways->count > 1)
		qsort(ways->list, ways->count, sizeof(struct vtune__way *), compare_ways);
	return 0;
}
