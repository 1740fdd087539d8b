/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways of one VM in one layout of nodes and pages: the helpers are put on nodes, and
 * CPUs are chosen, in every manner. */
#include <string.h>

#include "devices.h"
#include "finish.h"
#include "together.h"

/* Choices that are listed for one node. */
#define MOST_CHOICES 4096

/* Choices of CPUs for a node, or for one like it. */
struct vtune__listed {
	struct vtune__listed *next;
	unsigned int dedicated, helpers;
	int limit;
	bool used, alone;
	struct vtune__choices choices;
};

/* What a node takes part with: helpers up to a state, and one choice of CPUs. */
struct vtune__stop {
	unsigned int to;
	const struct vtune__choices *choices;
	unsigned int at;
	int64_t helpers; /* cost 4 of the helpers so far */
	vtune__fine fine;
	vtune__fine least; /* of the nodes after this one */
	bool bare;	   /* no cell and no memory here */
};

/* Could a way with that cost, or one that costs no less, still be of use? */
static bool may_win(struct vtune__lister *l, const struct vtune__cost *cost)
{
	struct vtune__ways *ways = l->ways;
	const struct vtune__trial *trial = l->search.trial;

	if (!ways->best)
		return true;
	vtune__joint_copy(&l->sum, ways->base, ways->nvms);
	vtune__joint_add_cost(&l->sum, trial->ncells, cost, trial->huge ? trial->page_kib : 0,
			      ways->vm);
	return vtune__joint_compare(&l->sum, ways->best, ways->nvms) < 0;
}

/* ---- choices of CPUs ---- */

static bool ask_of(struct vtune__lister *l, const struct vtune__node_share *share,
		   unsigned int count, struct vtune__cpu_ask *ask)
{
	struct vtune__layout *layout = &l->search.current;

	layout->helpers[share->node] = count;
	layout->ncommon = 0; /* the groups' own bounds will do */
	if (!vtune__layout_ask(layout, l->search.trial, share->node, NULL, ask))
		return false;
	ask->arena = &l->scratch;
	return true;
}

/* alone: no other node adds to the cost. */
static const struct vtune__choices *list_choices(struct vtune__lister *l,
						 const struct vtune__cpu_ask *ask, bool alone)
{
	struct vtune__listed **first = &l->kept[l->scene->sites[ask->node].twin], *kept = *first;
	struct vtune__mark mark = vtune__arena_mark(&l->scratch);

	while (kept &&
	       (kept->dedicated != ask->dedicated || kept->helpers != ask->helpers ||
		kept->limit != ask->limit || kept->used != ask->used || kept->alone != alone))
		kept = kept->next;
	if (kept)
		return &kept->choices;
	kept = vtune__arena_take(l->ways->arena, 1, sizeof(*kept));
	if (!kept)
		return NULL;
	*kept = (struct vtune__listed){ .next = *first,
					.dedicated = ask->dedicated,
					.helpers = ask->helpers,
					.limit = ask->limit,
					.used = ask->used,
					.alone = alone };
	*first = kept;
	if (vtune__cpus_list(ask, l->alike ? 1 : MOST_CHOICES, alone ? l->slack : VTUNE__FINE_NONE,
			     l->ways->arena, &kept->choices) < 0)
		return NULL;
	vtune__arena_reset(&l->scratch, mark);
	vtune__search_work(&l->search, 1 + kept->choices.count / 4);
	l->ways->incomplete |= kept->choices.cut && !l->alike;
	l->ways->incomplete |= kept->choices.cut && kept->choices.count == 0;
	return &kept->choices;
}

/* ---- helpers and CPUs, node by node ---- */

static unsigned int state_before(const struct vtune__lister *l, unsigned int share)
{
	return share > 0 ? l->stops[share - 1].to : 0;
}

/* Of nodes that are alike, and carry nothing else, the first gets the most helpers. */
static bool is_redundant(const struct vtune__lister *l, const struct vtune__finish *f,
			 unsigned int share, unsigned int count)
{
	unsigned int twin = l->scene->sites[f->shares[share].node].twin;

	if (!l->stops[share].bare || f->nkinds != 1)
		return false;
	for (unsigned int i = share; i-- > 0;)
		if (l->stops[i].bare && l->scene->sites[f->shares[i].node].twin == twin)
			return count > l->stops[i].to - state_before(l, i);
	return false;
}

/* What it costs at least with the nodes up to this one as they are. */
static bool stop_may_win(struct vtune__lister *l, const struct vtune__finish *f, unsigned int share)
{
	const struct vtune__stop *stop = &l->stops[share];
	struct vtune__cost cost = l->search.current.cost;

	cost.helpers += stop->helpers;
	if (share + 1 < f->nshares)
		cost.helpers += f->trial->most_helpers * l->scene->nearest;
	cost.fine = stop->least;
	for (unsigned int i = 0; i <= share; i++)
		cost.fine += l->stops[i].fine;
	return may_win(l, &cost);
}

/* Go on to the next number of helpers that the node could get. */
static bool next_state(struct vtune__lister *l, struct vtune__finish *f, unsigned int share)
{
	struct vtune__stop *stop = &l->stops[share];
	unsigned int before = state_before(l, share), node = f->shares[share].node;
	bool last = share + 1 == f->nshares;

	for (stop->to++; stop->to < f->states; stop->to++) {
		struct vtune__cpu_ask ask;
		unsigned int count;
		int64_t cost;

		if ((last && stop->to + 1 < f->states) ||
		    !vtune__finish_step(f, before, stop->to, &count, &cost, node) ||
		    is_redundant(l, f, share, count))
			continue;
		stop->choices = ask_of(l, &f->shares[share], count + f->shares[share].fixed, &ask)
					? list_choices(l, &ask, f->nshares == 1)
					: &l->none;
		stop->at = 0;
		stop->helpers = cost + (share > 0 ? l->stops[share - 1].helpers : 0);
		if (!stop->choices)
			return false;
		if (stop->choices->count > 0)
			return true;
	}
	return false;
}

/* The next choice for the node. */
static bool advance(struct vtune__lister *l, struct vtune__finish *f, unsigned int share)
{
	struct vtune__stop *stop = &l->stops[share];

	for (;;) {
		bool more = stop->choices && stop->at < stop->choices->count;

		if (!more && !next_state(l, f, share))
			return false;
		stop->fine = stop->choices->list[stop->at++].fine;
		vtune__search_work(&l->search, 1);
		if (stop_may_win(l, f, share) || l->search.stopped)
			return true;
		stop->at = stop->choices->count; /* the rest of them cost more */
	}
}

static void begin(struct vtune__lister *l, unsigned int share)
{
	struct vtune__stop *stop = &l->stops[share];

	stop->choices = NULL;
	stop->to = state_before(l, share) - 1;
}

static int add_way(struct vtune__ways *ways, struct vtune__way *way, unsigned int *room)
{
	if (ways->count == *room) {
		unsigned int more = *room ? 2 * *room : 16;
		struct vtune__way **list = vtune__arena_take(ways->arena, more, sizeof(*list));

		if (!list)
			return -1;
		if (ways->count > 0)
			memcpy(list, ways->list, ways->count * sizeof(*list));
		ways->list = list;
		*room = more;
	}
	way->number = ways->count;
	ways->list[ways->count++] = way;
	return 0;
}

static bool same_devices(const struct vtune__lister *l, const struct vtune__way *a,
			 const struct vtune__way *b)
{
	const struct vtune__pools *pools = l->scene->pools;
	unsigned int count = 0;

	if (!a->devices || !b->devices)
		return a->devices == b->devices;
	for (unsigned int p = 0; p < pools->count; p++)
		count += pools->list[p].count;
	return memcmp(a->devices, b->devices, count * sizeof(*a->devices)) == 0;
}

/* Limits on memory may come to the same in the end. */
static bool is_there(const struct vtune__lister *l, const struct vtune__way *way)
{
	const struct vtune__trial *trial = l->search.trial;
	size_t pages = (size_t)trial->ncells * l->scene->nnodes * sizeof(*way->layout.pages);
	size_t nodes = trial->ncells * sizeof(*way->layout.nodes);
	size_t choices = l->scene->nnodes * sizeof(*way->choices);

	if (l->scene->spec->mode != VTUNE__PREFERRED)
		return false;
	for (unsigned int i = l->first; i < l->ways->count; i++) {
		const struct vtune__way *other = l->ways->list[i];

		if (memcmp(way->layout.pages, other->layout.pages, pages) == 0 &&
		    memcmp(way->layout.nodes, other->layout.nodes, nodes) == 0 &&
		    memcmp(way->choices, other->choices, choices) == 0 &&
		    same_devices(l, way, other) &&
		    way->layout.emulator_node == other->layout.emulator_node &&
		    memcmp(way->layout.io_nodes, other->layout.io_nodes,
			   trial->pinned_io * sizeof(*way->layout.io_nodes)) == 0)
			return true;
	}
	return false;
}

static void keep_way(struct vtune__lister *l, struct vtune__finish *f)
{
	const struct vtune__trial *trial = l->search.trial;
	struct vtune__way *way = vtune__arena_take(l->ways->arena, 1, sizeof(*way));
	struct vtune__layout *layout = &l->search.current;

	if (!way)
		return;
	way->choices = vtune__arena_take(l->ways->arena, l->scene->nnodes, sizeof(*way->choices));
	if (!way->choices)
		return;
	way->devices = l->devices;
	way->ncells = trial->ncells;
	way->page_kib = trial->huge ? trial->page_kib : 0;
	layout->emulator_node = -1;
	for (unsigned int n = 0; n < l->scene->nnodes; n++)
		layout->helpers[n] = 0;
	for (unsigned int i = f->nshares; i-- > 0;) {
		const struct vtune__stop *stop = &l->stops[i];
		unsigned int node = f->shares[i].node, count;
		int64_t cost;

		vtune__finish_step(f, state_before(l, i), stop->to, &count, &cost, node);
		layout->helpers[node] = count + f->shares[i].fixed;
		vtune__finish_give(f, state_before(l, i), stop->to, node);
		way->choices[node] = stop->choices == &l->none ? NULL
							       : &stop->choices->list[stop->at - 1];
	}
	if (vtune__layout_dup(&way->layout, layout, trial, l->ways->arena) < 0 || is_there(l, way))
		return;
	way->layout.cost.helpers += l->stops[f->nshares - 1].helpers;
	way->layout.cost.fine = 0;
	for (unsigned int i = 0; i < f->nshares; i++)
		way->layout.cost.fine += l->stops[i].fine;
	if (add_way(l->ways, way, &l->room) < 0)
		return;
	vtune__search_work(&l->search, 1 + (uint64_t)trial->ncells * l->scene->nnodes / 64);
}

static bool prepare(struct vtune__lister *l, struct vtune__finish *f)
{
	vtune__fine least = 0;

	l->stops = vtune__arena_take(&l->scratch, f->nshares, sizeof(*l->stops));
	if (!l->stops)
		return false;
	for (unsigned int i = f->nshares; i-- > 0;) {
		const struct vtune__node_share *share = &f->shares[i];
		const struct vtune__table *table =
			vtune__trial_table(f->trial, share->cell, share->node);
		vtune__fine best = VTUNE__FINE_NONE;

		if (!table)
			return false;
		l->stops[i].least = least;
		l->stops[i].bare =
			share->cell < 0 &&
			!vtune__layout_has_memory(&l->search.current, f->trial, share->node);
		for (unsigned int y = 0; y <= f->trial->most_helpers; y++)
			if (table->best[y] < best)
				best = table->best[y];
		if (best >= VTUNE__FINE_NONE)
			return false;
		least += best;
	}
	return true;
}

static void walk(struct vtune__lister *l, struct vtune__finish *f)
{
	unsigned int share = 0;

	begin(l, 0);
	while (!l->search.stopped && !l->scratch.failed && !l->ways->arena->failed) {
		if (!advance(l, f, share)) {
			if (share-- == 0)
				return;
		} else if (share + 1 < f->nshares) {
			begin(l, ++share);
		} else {
			keep_way(l, f);
		}
	}
}

/* With each choice of devices that makes a difference, all the rest. */
static void walk_all(struct vtune__lister *l, struct vtune__finish *f)
{
	struct vtune__draws draws = { .count = 1 };
	bool *cells;

	l->devices = NULL;
	if (!l->draws) {
		walk(l, f);
		return;
	}
	cells = vtune__arena_take(&l->scratch, l->scene->nnodes, sizeof(*cells));
	for (unsigned int g = 0; g < f->trial->ncells && cells; g++)
		cells[l->search.current.nodes[g]] = true;
	/* The ways keep them. */
	if (!cells ||
	    vtune__draws_list(l->ways, l->scene, cells, &l->scratch, l->ways->arena, &draws) < 0)
		return;
	vtune__search_work(&l->search, draws.count);
	l->ways->incomplete |= draws.cut;
	for (unsigned int i = 0; i < draws.count && !l->search.stopped; i++) {
		l->devices = f->devices = draws.list[i].devices;
		vtune__finish_costs(f);
		walk(l, f);
	}
	l->devices = f->devices = NULL;
}

void vtune__lister_each(struct vtune__search *search)
{
	struct vtune__lister *l = search->data;
	struct vtune__mark mark = vtune__arena_mark(search->arena);
	struct vtune__finish f = { .search = search, .trial = search->trial, .scene = l->scene };

	vtune__finish_find_doubtful(&f);
	for (f.kept = 0; f.kept < 1U << f.ndoubtful && !search->stopped; f.kept++) {
		f.nshares = 0;
		f.merged = false;
		vtune__finish_costs(&f);
		if (vtune__finish_shares(&f) && f.nshares > 0 && prepare(l, &f))
			walk_all(l, &f);
		vtune__arena_reset(search->arena, mark);
	}
}
