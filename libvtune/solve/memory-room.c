/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is there memory enough, wherever the cells go? What says no here is sure; what says yes
 * is for the search to find out. */
#include "solve.h"

/* In the modes strict and restrictive a cell on a node without memory has all of it on
 * one other node: to share that out is bin packing. When cells count as no larger than
 * the smallest of them, it is a flow: from each cell over the node it is on to the node
 * that its memory is on, which has room for so many cells. For cells of one size that is
 * exact but for what the nodes that give memory have to do with each other. */
struct lend {
	const struct vtune__trial *trial;
	const struct vtune__pairs *pairs; /* where cells can be; NULL: */
	const unsigned int *nodes;	  /* by cell: where it is */
	uint64_t pages;			  /* cells with fewer are left out */
	unsigned int ncells, nnodes;
	int *guest;	/* by node: the cell there, or -1 */
	int *lender;	/* by node: where the memory of its cell is, or -1 */
	uint64_t *lent; /* by node: to so many cells */
	/* Steps of a way are cells, nodes that a cell comes to, nodes whose cell gets memory,
	 * and nodes that give it, in this order. */
	int *came;
	unsigned int *queue;
};

enum { HOME, SEEKER, LENDER };

static unsigned int step_of(const struct lend *l, unsigned int kind, unsigned int node)
{
	return l->ncells + kind * l->nnodes + node;
}

static bool can_be(const struct lend *l, unsigned int cell, unsigned int node)
{
	if (!l->pairs)
		return l->nodes[cell] == node;
	cell = l->trial->cells[cell].like;
	return l->pairs->at[(size_t)cell * l->nnodes + node].possible;
}

static bool can_lend(const struct lend *l, unsigned int home, unsigned int node)
{
	if (vtune__has_memory(l->trial, home))
		return node == home;
	return vtune__may_give(l->trial, home, node);
}

static void reach(struct lend *l, unsigned int *count, unsigned int step, unsigned int from)
{
	if (l->came[step] >= 0)
		return;
	l->came[step] = (int)from;
	l->queue[(*count)++] = step;
}

/* Reach what comes next after a step that is not a lender with room: what is free, or
 * whose place can be taken because it could have another. */
static void look(struct lend *l, unsigned int *count, unsigned int step)
{
	unsigned int node = (step - l->ncells) % l->nnodes;

	if (step < l->ncells) {
		for (unsigned int n = 0; n < l->nnodes; n++)
			if (can_be(l, step, n))
				reach(l, count, step_of(l, HOME, n), step);
	} else if (step < step_of(l, SEEKER, 0)) {
		reach(l, count,
		      l->guest[node] < 0 ? step_of(l, SEEKER, node) : (unsigned int)l->guest[node],
		      step);
	} else if (step < step_of(l, LENDER, 0)) {
		for (unsigned int n = 0; n < l->nnodes; n++)
			if (can_lend(l, node, n))
				reach(l, count, step_of(l, LENDER, n), step);
		if (l->guest[node] >= 0)
			reach(l, count, step_of(l, HOME, node), step);
	} else {
		for (unsigned int n = 0; n < l->nnodes; n++)
			if (l->lender[n] == (int)node)
				reach(l, count, step_of(l, SEEKER, n), step);
	}
}

/* Change places along the way that ends with that step. */
static void go_back(struct lend *l, unsigned int step)
{
	for (unsigned int from = (unsigned int)l->came[step]; from != step;
	     step = from, from = (unsigned int)l->came[step]) {
		unsigned int to_node = (step - l->ncells) % l->nnodes;
		unsigned int from_node = (from - l->ncells) % l->nnodes;

		if (from < l->ncells)
			l->guest[to_node] = (int)from;
		else if (step >= step_of(l, LENDER, 0))
			l->lender[from_node] = (int)to_node;
		else if (from >= step_of(l, SEEKER, 0) && from < step_of(l, LENDER, 0))
			l->guest[from_node] = l->lender[from_node] = -1;
	}
}

static bool settle(struct lend *l, unsigned int cell)
{
	unsigned int count = 0, steps = step_of(l, LENDER + 1, 0);

	for (unsigned int i = 0; i < steps; i++)
		l->came[i] = -1;
	reach(l, &count, cell, cell);
	for (unsigned int i = 0; i < count; i++) {
		unsigned int step = l->queue[i], node = (step - l->ncells) % l->nnodes;

		if (step < step_of(l, LENDER, 0) ||
		    l->lent[node] >= l->trial->free_pages[node] / l->pages) {
			look(l, &count, step);
			continue;
		}
		l->lent[node]++;
		go_back(l, step);
		return true;
	}
	return false;
}

/* Do all cells of at least that size have a way at once? */
static bool all_settle(struct lend *l, uint64_t pages)
{
	l->pages = pages;
	for (unsigned int n = 0; n < l->nnodes; n++) {
		l->guest[n] = l->lender[n] = -1;
		l->lent[n] = 0;
	}
	for (unsigned int g = 0; g < l->ncells; g++)
		if (l->trial->cells[g].pages >= pages && !settle(l, g))
			return false;
	return true;
}

/* Can any cell be there? */
static bool is_home(const struct lend *l, unsigned int node)
{
	for (unsigned int g = 0; g < l->ncells; g++)
		if (can_be(l, g, node))
			return true;
	return false;
}

static bool needs_lender(const struct lend *l)
{
	for (unsigned int n = 0; n < l->nnodes; n++)
		if (!vtune__has_memory(l->trial, n) && is_home(l, n))
			return true;
	return false;
}

/* Is there as much together? A node that does not lend gives no more than one cell takes. */
static bool sum_fits(const struct lend *l)
{
	struct vtune__trial empty = *l->trial;
	uint64_t need = 0, have = 0, largest = 0;

	empty.ncells = 0;
	for (unsigned int g = 0; g < l->ncells; g++) {
		uint64_t pages = l->trial->cells[g].pages;

		need += pages;
		if (pages > largest)
			largest = pages;
	}
	for (unsigned int n = 0; n < l->nnodes; n++) {
		bool lends = vtune__lends(l->trial, n);
		uint64_t free = l->trial->free_pages[n];

		if (vtune__has_memory(l->trial, n) && l->trial->scene->sites[n].allowed &&
		    (is_home(l, n) || (lends && vtune__can_start(&empty, NULL, n))))
			have += lends || free < largest ? free : largest;
	}
	return have >= need;
}

static int strict_fits(struct lend *l, struct vtune__arena *arena)
{
	unsigned int steps = step_of(l, LENDER + 1, 0);

	if (!needs_lender(l))
		return 1;
	if (!sum_fits(l))
		return 0;
	l->guest = vtune__arena_take(arena, l->nnodes, sizeof(*l->guest));
	l->lender = vtune__arena_take(arena, l->nnodes, sizeof(*l->lender));
	l->lent = vtune__arena_take(arena, l->nnodes, sizeof(*l->lent));
	l->came = vtune__arena_take(arena, steps, sizeof(*l->came));
	l->queue = vtune__arena_take(arena, steps, sizeof(*l->queue));
	if (arena->failed)
		return -1;
	for (unsigned int g = 0; g < l->ncells; g++) {
		const struct vtune__cell *cell = &l->trial->cells[g];

		if (cell->like == g && cell->pages > 0 && !all_settle(l, cell->pages))
			return 0;
	}
	return 1;
}

/* In the mode interleave without named nodes the memory lies on those of the cells, so on
 * no more nodes than there are cells: are there enough for the least share? */
static bool cells_interleaved_fit(const struct vtune__pairs *pairs,
				  const struct vtune__trial *trial)
{
	unsigned int nodes = 0;
	uint64_t share = 0;

	for (unsigned int g = 0; g < trial->ncells; g++)
		share += trial->cells[g].pages / trial->ncells;
	for (unsigned int n = 0; n < trial->scene->nnodes; n++)
		if (!vtune__has_memory(trial, n) || trial->free_pages[n] >= share)
			nodes += vtune__pairs_any(pairs, trial, n);
	return nodes >= trial->ncells;
}

/* Named nodes get their shares wherever the cells are. */
static bool nodes_interleaved_fit(const struct vtune__trial *trial)
{
	uint64_t ways = 0, place = 0;

	for (unsigned int n = 0; n < trial->scene->nnodes; n++)
		ways += vtune__is_interleaved(trial, NULL, n);
	for (unsigned int n = 0; n < trial->scene->nnodes; n++) {
		uint64_t load = 0;

		if (!vtune__is_interleaved(trial, NULL, n))
			continue;
		for (unsigned int g = 0; g < trial->ncells; g++)
			load += vtune__interleaved_share(trial->cells[g].pages, ways, place);
		if (load > trial->free_pages[n])
			return false;
		place++;
	}
	return true;
}

int vtune__memory_fits_somewhere(const struct vtune__pairs *pairs, const struct vtune__trial *trial)
{
	struct lend lend = { .trial = trial,
			     .pairs = pairs,
			     .ncells = trial->ncells,
			     .nnodes = trial->scene->nnodes };

	switch (trial->scene->spec->mode) {
	case VTUNE__PREFERRED:
		return sum_fits(&lend);
	case VTUNE__INTERLEAVE:
		return trial->scene->spec->has_nodes ? nodes_interleaved_fit(trial)
						     : cells_interleaved_fit(pairs, trial);
	case VTUNE__STRICT:
	case VTUNE__RESTRICTIVE:
		break;
	}
	return strict_fits(&lend, trial->scene->arena);
}

int vtune__memory_fits_strictly(const unsigned int *nodes, const struct vtune__trial *trial,
				struct vtune__arena *arena)
{
	struct lend lend = { .trial = trial,
			     .nodes = nodes,
			     .ncells = trial->ncells,
			     .nnodes = trial->scene->nnodes };

	return strict_fits(&lend, arena);
}
