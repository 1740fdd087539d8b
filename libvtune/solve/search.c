/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Branch and bound: cells in their order, each to a node. What is left at each
 * step is bounded by an assignment problem, in which distances between cells that
 * have no node yet count with the least they can be. */
#include "devices.h"

/* The terms of a weight in the matching. */
enum { COVERED, REMOTE, SPREAD, FINE, UNASKED };

struct option {
	unsigned int node;
	struct vtune__cost bound;
};

struct frame {
	struct option *options; /* best first */
	unsigned int count, next;
};

struct descent {
	struct vtune__search *search;
	const struct vtune__trial *trial;
	const struct vtune__scene *scene;
	struct vtune__pairs pairs;
	struct frame *frames; /* by cell */
	struct vtune__matching matching;
	unsigned int depth;
	bool *used; /* by node: a cell before depth is there */
	/* By depth and node: the distances to the cells before depth, twice; and
	 * whether no cell from depth on can go there. */
	int64_t *tolls;
	bool *closed;
	int *before_alike;  /* by cell: the last one before it that is alike, or -1 */
	unsigned int alike; /* from this cell on all are alike */
	/* By node: the frame that last saw a free node like it. */
	uint64_t *seen, frame_number;
	bool *cells, *open; /* scratch, by node */
};

static unsigned int *nodes_of(const struct descent *d)
{
	return d->search->current.nodes;
}

static const struct vtune__pair *pair_at(const struct descent *d, unsigned int cell,
					 unsigned int node)
{
	return &d->pairs.at[(size_t)cell * d->scene->nnodes + node];
}

static int64_t *tolls_at(const struct descent *d, unsigned int depth)
{
	return &d->tolls[(size_t)depth * d->scene->nnodes];
}

static bool *closed_at(const struct descent *d, unsigned int depth)
{
	return &d->closed[(size_t)depth * d->scene->nnodes];
}

/* Put the cell at depth on a node, and go on to the next one. */
static void go_down(struct descent *d, unsigned int node)
{
	const struct vtune__topology *topology = d->scene->topology;
	const int64_t *tolls = tolls_at(d, d->depth);
	const bool *closed = closed_at(d, d->depth);
	bool ascending = d->scene->symmetric && d->depth >= d->alike;

	nodes_of(d)[d->depth] = node;
	d->used[node] = true;
	if (++d->depth == d->trial->ncells)
		return;
	for (unsigned int n = 0; n < d->scene->nnodes; n++) {
		tolls_at(d, d->depth)[n] =
			tolls[n] + 2 * (int64_t)vtune__distance(topology, node, n);
		closed_at(d, d->depth)[n] = closed[n] || n == node || (ascending && n < node) ||
					    !vtune__within_distance(d->scene, node, n);
	}
}

static void go_up(struct descent *d)
{
	d->used[nodes_of(d)[--d->depth]] = false;
}

/* A required device's node that no cell has yet. */
static bool is_wanted(const struct descent *d, unsigned int node)
{
	for (unsigned int i = 0; i < d->scene->nrequired; i++)
		if (d->scene->required_nodes[i] == node)
			return !d->used[node];
	return false;
}

static unsigned int count_wanted(const struct descent *d)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < d->scene->nrequired; i++)
		count += !d->used[d->scene->required_nodes[i]];
	return count;
}

/* The cells before depth, and what does not depend on where the others go. */
static struct vtune__cost prefix_cost(const struct descent *d)
{
	struct vtune__cost cost = { .helpers = d->pairs.helpers, .fine = d->pairs.bare_fine };

	for (unsigned int g = 0; g < d->depth; g++) {
		unsigned int node = nodes_of(d)[g];
		const struct vtune__pair *pair = pair_at(d, g, node);

		cost.remote += pair->remote;
		cost.fine += pair->fine;
		cost.unasked += d->scene->sites[node].unasked;
		cost.spread += tolls_at(d, g)[node];
	}
	return cost;
}

/* Cost 3, when the cells before depth have their nodes and, at the last cell, this
 * one too; any node of the others may turn out to be the nearest. */
static int64_t devices_bound(const struct descent *d, int last)
{
	int64_t sum = 0;

	for (unsigned int i = 0; i < d->scene->ndevices; i++) {
		int64_t least = INT64_MAX;

		for (unsigned int n = 0; n < d->scene->nnodes; n++) {
			int64_t far = vtune__detour(d->scene, d->scene->device_nodes[i], n);

			if (far < least && (last < 0 || (int)n == last || d->used[n]))
				least = far;
		}
		sum += least;
	}
	return sum;
}

/* The same of pools, and fewer devices that were not asked for. Which nodes the other
 * cells may turn out to be on is known. False: there is no way. */
static bool add_pools(struct descent *d, struct vtune__cost *cost, int last)
{
	const bool *closed = closed_at(d, d->depth);
	int64_t devices = 0, near = 0;
	bool possible;

	if (!d->scene->pools)
		return true;
	for (unsigned int n = 0; n < d->scene->nnodes; n++) {
		d->cells[n] = d->used[n] || (int)n == last;
		d->open[n] = !closed[n];
	}
	if (last >= 0)
		possible =
			vtune__pools_exact(d->scene, d->search->arena, d->cells, &devices, &near);
	else
		possible = vtune__pools_bound(d->scene, d->search->arena, d->cells, d->open,
					      d->matching.rows, &devices, &near);
	cost->devices += devices;
	cost->unasked -= near;
	return possible;
}

/* What the cells that have no node yet are away from this one, at least. */
static int64_t nearest_sum(const struct descent *d, unsigned int node, unsigned int count)
{
	unsigned int nnodes = d->scene->nnodes;
	const struct vtune__neighbour *neighbours =
		&d->scene->topology->neighbours[(size_t)node * nnodes];
	const bool *closed = closed_at(d, d->depth);
	int64_t sum = 0;

	for (unsigned int i = 0; count > 0 && i < nnodes; i++) {
		if (closed[neighbours[i].to] || neighbours[i].to == node)
			continue;
		sum += neighbours[i].length;
		count--;
	}
	return sum;
}

static struct vtune__weight weigh(const struct descent *d, unsigned int cell, unsigned int node)
{
	const struct vtune__pair *pair = pair_at(d, cell, node);
	unsigned int others = d->trial->ncells - d->depth - 1;
	struct vtune__weight weight = { .possible = true };

	weight.term[COVERED] = is_wanted(d, node) ? -1 : 0;
	weight.term[REMOTE] = pair->remote;
	weight.term[FINE] = pair->fine;
	weight.term[UNASKED] = d->scene->sites[node].unasked;
	weight.term[SPREAD] = tolls_at(d, d->depth)[node];
	weight.term[SPREAD] += nearest_sum(d, node, others);
	return weight;
}

static void fill_weights(struct descent *d)
{
	struct vtune__matching *m = &d->matching;

	m->rows = d->trial->ncells - d->depth;
	m->alike = d->depth >= d->alike;
	for (unsigned int n = 0; n < d->scene->nnodes; n++) {
		bool closed = closed_at(d, d->depth)[n];

		for (unsigned int r = 0; r < (m->alike ? 1 : m->rows); r++) {
			struct vtune__weight *weight = &m->weights[(size_t)r * m->columns + n];

			weight->possible = !closed && pair_at(d, d->depth + r, n)->possible;
			if (weight->possible)
				*weight = weigh(d, d->depth + r, n);
		}
	}
}

/* Is there room for the helpers that may go anywhere, if the cells that are left
 * go where they leave the most? */
static bool helpers_fit(struct descent *d)
{
	struct vtune__matching *m = &d->matching;
	int64_t room = 0;

	if (d->pairs.flexible == 0)
		return true;
	for (unsigned int n = 0; n < d->scene->nnodes; n++)
		room += d->pairs.bare[n];
	for (unsigned int g = 0; g < d->depth; g++)
		room -= (int64_t)d->pairs.bare[nodes_of(d)[g]] -
			pair_at(d, g, nodes_of(d)[g])->helpers;
	for (unsigned int r = 0; r < (m->alike ? 1 : m->rows); r++) {
		for (unsigned int n = 0; n < d->scene->nnodes; n++) {
			struct vtune__weight *weight = &m->weights[(size_t)r * m->columns + n];
			int64_t covered = weight->term[COVERED];

			if (!weight->possible)
				continue;
			*weight = (struct vtune__weight){ .possible = true };
			weight->term[0] = covered;
			weight->term[1] =
				(int64_t)d->pairs.bare[n] - pair_at(d, d->depth + r, n)->helpers;
		}
	}
	return vtune__matching_solve(m) && room - m->total.term[1] >= d->pairs.flexible;
}

/* Of nodes that are alike only the first one that is free is tried, and cells that
 * are alike go to nodes in ascending order: all else is the same again. Asked for
 * nodes in ascending order. */
static bool is_redundant(struct descent *d, unsigned int node)
{
	int before = d->before_alike[d->depth];
	uint64_t *seen = &d->seen[d->scene->sites[node].twin];

	/* Interleaved memory tells like nodes apart: the rest goes to the lowest. */
	if (!d->used[node] && d->scene->spec->mode != VTUNE__INTERLEAVE) {
		if (*seen == d->frame_number)
			return true;
		*seen = d->frame_number;
	}
	return d->scene->symmetric && before >= 0 && nodes_of(d)[before] > node;
}

/* Can a branch with that bound still give a better layout, or an equal one on
 * lower nodes? node is the one that the cell at depth would take. */
static bool may_win(const struct descent *d, const struct vtune__cost *bound, unsigned int node)
{
	const struct vtune__search *search = d->search;
	int order;

	if (search->beat && vtune__cost_compare_coarse(bound, search->beat) >= 0)
		return false;
	if (!search->found)
		return true;
	order = vtune__cost_compare(bound, &search->best.cost);
	if (order != 0)
		return order < 0;
	for (unsigned int g = 0; g < d->depth; g++)
		if (nodes_of(d)[g] != search->best.nodes[g])
			return nodes_of(d)[g] < search->best.nodes[g];
	return node <= search->best.nodes[d->depth];
}

static void insert_option(struct frame *frame, const struct option *option)
{
	unsigned int place = frame->count++;

	while (place > 0 &&
	       vtune__cost_compare(&frame->options[place - 1].bound, &option->bound) > 0) {
		frame->options[place] = frame->options[place - 1];
		place--;
	}
	frame->options[place] = *option;
}

static void list_options(struct descent *d, struct frame *frame, const struct vtune__cost *prefix)
{
	const struct vtune__matching *m = &d->matching;
	bool last = m->rows == 1;

	for (unsigned int n = 0; n < d->scene->nnodes; n++) {
		struct option option = { .node = n, .bound = *prefix };
		struct vtune__weight weight = m->weights[n];

		if (is_redundant(d, n) || !weight.possible)
			continue;
		if (!last)
			weight = vtune__matching_detour(m, 0, n);
		for (unsigned int i = 0; i < VTUNE__WEIGHTS && !last; i++)
			weight.term[i] += m->total.term[i];
		if (weight.term[COVERED] > -(int64_t)count_wanted(d))
			continue;
		option.bound.remote += weight.term[REMOTE];
		option.bound.spread += weight.term[SPREAD];
		option.bound.fine += weight.term[FINE];
		option.bound.unasked += weight.term[UNASKED];
		if (last)
			option.bound.devices = devices_bound(d, (int)n);
		if (last && !add_pools(d, &option.bound, (int)n))
			continue;
		if (may_win(d, &option.bound, n))
			insert_option(frame, &option);
	}
}

/* Steps are about a microsecond of work each. */
static uint64_t frame_work(const struct descent *d)
{
	uint64_t rows = d->depth >= d->alike ? 1 : d->trial->ncells - d->depth;

	return rows * rows * d->scene->nnodes / 64 + vtune__pools_work(d->scene);
}

/* List where the cell at depth may go. */
static void open_frame(struct descent *d)
{
	struct frame *frame = &d->frames[d->depth];
	struct vtune__cost prefix = prefix_cost(d);

	frame->count = frame->next = 0;
	d->frame_number++;
	vtune__search_work(d->search, 1 + frame_work(d));
	fill_weights(d);
	if (d->matching.rows == 1) {
		list_options(d, frame, &prefix);
	} else if (vtune__matching_solve(&d->matching)) {
		prefix.devices = devices_bound(d, -1);
		if (add_pools(d, &prefix, -1))
			list_options(d, frame, &prefix);
	}
	if (d->depth == 0 && frame->count > 0)
		d->search->bound = frame->options[0].bound;
	if (frame->count > 0 && !helpers_fit(d))
		frame->count = 0;
}

void vtune__search_work(struct vtune__search *search, uint64_t steps)
{
	search->steps += steps;
	if (search->steps >= search->limit)
		search->stopped = true;
}

static bool is_over(const struct vtune__search *search)
{
	return search->stopped || search->arena->failed ||
	       (search->aim != VTUNE__BEST && search->found);
}

static void descend(struct descent *d)
{
	open_frame(d);
	for (;;) {
		struct frame *frame = &d->frames[d->depth];
		const struct option *option = &frame->options[frame->next];

		if (is_over(d->search))
			return;
		if (frame->next == frame->count) {
			if (d->depth == 0)
				return;
			go_up(d);
			continue;
		}
		frame->next++;
		if (!may_win(d, &option->bound, option->node))
			continue;
		go_down(d, option->node);
		if (d->depth < d->trial->ncells) {
			open_frame(d);
			continue;
		}
		vtune__memory_share(d->search);
		go_up(d);
	}
}

static int descent_begin(struct descent *d)
{
	struct vtune__arena *arena = d->scene->arena;
	unsigned int ncells = d->trial->ncells, nnodes = d->scene->nnodes;
	struct option *options =
		vtune__arena_take(arena, (size_t)ncells * nnodes, sizeof(*options));

	d->frames = vtune__arena_take(arena, ncells, sizeof(*d->frames));
	d->used = vtune__arena_take(arena, nnodes, sizeof(*d->used));
	d->tolls = vtune__arena_take(arena, (size_t)ncells * nnodes, sizeof(*d->tolls));
	d->closed = vtune__arena_take(arena, (size_t)ncells * nnodes, sizeof(*d->closed));
	d->before_alike = vtune__arena_take(arena, ncells, sizeof(*d->before_alike));
	d->seen = vtune__arena_take(arena, nnodes, sizeof(*d->seen));
	d->cells = vtune__arena_take(arena, nnodes, sizeof(*d->cells));
	d->open = vtune__arena_take(arena, nnodes, sizeof(*d->open));
	if (arena->failed)
		return -1;
	for (unsigned int g = 0; g < ncells; g++) {
		d->frames[g].options = &options[(size_t)g * nnodes];
		d->before_alike[g] = (int)g - 1;
		while (d->before_alike[g] >= 0 &&
		       d->trial->cells[d->before_alike[g]].like != d->trial->cells[g].like)
			d->before_alike[g]--;
		if (g > 0 && d->before_alike[g] != (int)g - 1)
			d->alike = g;
	}
	for (unsigned int n = 0; n < nnodes; n++)
		closed_at(d, 0)[n] = !vtune__pairs_any(&d->pairs, d->trial, n);
	return vtune__matching_init(&d->matching, arena, ncells, nnodes);
}

int vtune__search_run(struct vtune__search *search, const struct vtune__trial *trial)
{
	struct vtune__arena *arena = trial->scene->arena;
	struct descent d = { .search = search, .trial = trial, .scene = trial->scene };
	int possible;

	search->trial = trial;
	search->found = false;
	if (trial->scene->devices_missing || trial->ncells > d.scene->nnodes)
		return 0;
	possible = vtune__pairs_begin(&d.pairs, trial);
	if (possible > 0 && search->aim == VTUNE__VERDICT && vtune__is_matching(&d.pairs, trial)) {
		possible = vtune__match_all(&d.pairs, trial);
		search->found = possible > 0;
		return possible < 0 ? -1 : 0;
	}
	if (possible > 0)
		possible = vtune__pairs_build(&d.pairs, trial);
	if (possible <= 0)
		return possible;
	if (vtune__layout_init(&search->best, trial) < 0 ||
	    vtune__layout_init(&search->current, trial) < 0 || descent_begin(&d) < 0)
		return -1;
	descend(&d);
	return search->arena->failed || arena->failed ? -1 : 0;
}
