/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of pools for cells that have their nodes, or some of them. */
#include <stdlib.h>
#include <string.h>

#include "devices.h"

int64_t *vtune__pools_measure(const struct vtune__scene *scene, struct vtune__arena *arena,
			      const bool *cells)
{
	int64_t *far = vtune__arena_take(arena, scene->nnodes, sizeof(*far));

	for (unsigned int s = 0; s < scene->pools->nstocks && far; s++) {
		int node = scene->pools->stocks[s].node;
		int64_t least = INT64_MAX;

		for (unsigned int n = 0; node >= 0 && n < scene->nnodes; n++) {
			int64_t detour = vtune__detour(scene, (unsigned int)node, n);

			if (cells[n] && detour < least)
				least = detour;
		}
		if (node >= 0 && least != INT64_MAX)
			far[node] = least;
	}
	return far;
}

bool vtune__pools_exact(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, int64_t *cost, int64_t *near)
{
	struct vtune__mark mark = vtune__arena_mark(arena);
	const int64_t *far = vtune__pools_measure(scene, arena, cells);
	bool possible = far && vtune__pools_cost(scene, arena, far, cells, cost, near);

	vtune__arena_reset(arena, mark);
	return possible;
}

/* ---- bounds ---- */

static int compare_counts(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x < y) - (x > y);
}

/* The most devices for a pool that the nodes with cells (NULL: none) and so many of the
 * open ones (NULL: of all) have. */
static unsigned int most_devices(const struct vtune__scene *scene, const struct vtune__pool *pool,
				 const bool *cells, const bool *open, unsigned int left,
				 unsigned int *counts)
{
	unsigned int sum = 0;

	memset(counts, 0, scene->nnodes * sizeof(*counts));
	for (unsigned int s = 0; s < scene->pools->nstocks; s++) {
		const struct vtune__stock *stock = &scene->pools->stocks[s];

		if (stock->node < 0 || !pool->from[s])
			continue;
		if (cells && cells[stock->node])
			sum += stock->count;
		else if (!open || open[stock->node])
			counts[stock->node] += stock->count;
	}
	qsort(counts, scene->nnodes, sizeof(*counts), compare_counts);
	for (unsigned int i = 0; i < left && i < scene->nnodes; i++)
		sum += counts[i];
	return sum;
}

static bool have_enough(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, const bool *open, unsigned int left)
{
	unsigned int *counts = vtune__arena_take(arena, scene->nnodes, sizeof(*counts));

	for (unsigned int p = 0; p < scene->pools->count && counts; p++)
		if (scene->pools->list[p].affinity == VTUNE__AFFINITY_REQUIRE &&
		    most_devices(scene, &scene->pools->list[p], cells, open, left, counts) <
			    scene->pools->list[p].count)
			return false;
	return counts;
}

unsigned int vtune__pools_most(const struct vtune__scene *scene, unsigned int pool,
			       unsigned int ncells)
{
	struct vtune__mark mark = vtune__arena_mark(scene->arena);
	unsigned int *counts = vtune__arena_take(scene->arena, scene->nnodes, sizeof(*counts));
	unsigned int most = 0;

	if (counts)
		most = most_devices(scene, &scene->pools->list[pool], NULL, NULL, ncells, counts);
	vtune__arena_reset(scene->arena, mark);
	return most;
}

bool vtune__pools_bound(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, const bool *open, unsigned int left, int64_t *cost,
			int64_t *near)
{
	struct vtune__mark mark = vtune__arena_mark(arena);
	bool *either = vtune__arena_take(arena, scene->nnodes, sizeof(*either)), possible;

	for (unsigned int n = 0; n < scene->nnodes && either; n++)
		either[n] = cells[n] || open[n];
	possible = either && have_enough(scene, arena, cells, open, left) &&
		   vtune__pools_exact(scene, arena, either, cost, near);
	vtune__arena_reset(arena, mark);
	return possible;
}

/* ---- the very devices ---- */

/* What a device of a stock costs in the best of all ways from there back to the pool, in
 * what is left to share out: the less is given back for it, the more it may cost. */
struct back {
	struct vtune__draw *draw;
	unsigned int pool;
	int64_t *stock, *pools; /* lengths */
	int64_t spare;		/* of stocks that have some left */
	/* The next place on the way: of a stock the pool that gives one back, -1: it has
	 * one left; of a pool the stock it takes one of instead; of spares the stock that
	 * gets one back. */
	int *stock_next, *pool_next;
	int spare_next;
};

#define UNREACHED (INT64_MAX / 4)

static bool shorten_stock(struct back *b, unsigned int s)
{
	const struct vtune__pools *pools = b->draw->pools;
	bool changed = false;

	for (unsigned int p = 0; p < pools->count; p++) {
		int64_t length;

		if (*vtune__draw_taken(b->draw, p, s) == 0 || b->pools[p] == UNREACHED)
			continue;
		length = b->pools[p] - vtune__draw_weight(b->draw, p, s);
		if (length >= b->stock[s])
			continue;
		b->stock[s] = length;
		b->stock_next[s] = (int)p;
		changed = true;
	}
	if (b->draw->load[s] < pools->stocks[s].count && b->spare < b->stock[s]) {
		b->stock[s] = b->spare;
		b->stock_next[s] = -1;
		changed = true;
	}
	if (b->draw->load[s] > 0 && b->stock[s] < b->spare) {
		b->spare = b->stock[s];
		b->spare_next = (int)s;
		changed = true;
	}
	return changed;
}

static bool shorten_pool(struct back *b, unsigned int p)
{
	bool changed = false;

	for (unsigned int s = 0; s < b->draw->pools->nstocks; s++) {
		int64_t length;

		if (p == b->pool || !vtune__draw_may(b->draw, p, s) || b->stock[s] == UNREACHED)
			continue;
		length = b->stock[s] + vtune__draw_weight(b->draw, p, s);
		if (length >= b->pools[p])
			continue;
		b->pools[p] = length;
		b->pool_next[p] = (int)s;
		changed = true;
	}
	return changed;
}

static void find_back(struct back *b, unsigned int pool)
{
	const struct vtune__pools *pools = b->draw->pools;
	bool changed = true;

	b->pool = pool;
	b->spare = UNREACHED;
	for (unsigned int s = 0; s < pools->nstocks; s++)
		b->stock[s] = UNREACHED;
	for (unsigned int p = 0; p < pools->count; p++)
		b->pools[p] = p == pool ? 0 : UNREACHED;
	while (changed) {
		changed = false;
		for (unsigned int s = 0; s < pools->nstocks; s++)
			changed |= shorten_stock(b, s);
		for (unsigned int p = 0; p < pools->count; p++)
			changed |= shorten_pool(b, p);
	}
}

/* Give the pool one of that stock, in place of another one, the way that was found. */
static void exchange(struct back *b, unsigned int stock)
{
	unsigned int p = b->pool, s = stock;

	for (;;) {
		++*vtune__draw_taken(b->draw, p, s);
		if (b->stock_next[s] < 0) {
			b->draw->load[s]++;
			s = (unsigned int)b->spare_next;
			b->draw->load[s]--;
		}
		p = (unsigned int)b->stock_next[s];
		--*vtune__draw_taken(b->draw, p, s);
		if (p == b->pool)
			return;
		s = (unsigned int)b->pool_next[p];
	}
}

/* Once given, a device is no longer part of what is shared out. */
static unsigned int give_lowest(const struct vtune__scene *scene, struct back *b,
				struct vtune__stock *stocks, unsigned int *given, unsigned int pool)
{
	unsigned int least = 0;
	int best = -1;

	find_back(b, pool);
	for (unsigned int s = 0; s < scene->pools->nstocks; s++) {
		unsigned int device;

		if (!vtune__draw_may(b->draw, pool, s) || stocks[s].count == 0 ||
		    b->stock[s] == UNREACHED ||
		    b->stock[s] + vtune__draw_weight(b->draw, pool, s) > 0)
			continue;
		device = stocks[s].devices[given[s]];
		if (best < 0 || device < least) {
			best = (int)s;
			least = device;
		}
	}
	if (*vtune__draw_taken(b->draw, pool, (unsigned int)best) == 0)
		exchange(b, (unsigned int)best);
	--*vtune__draw_taken(b->draw, pool, (unsigned int)best);
	b->draw->load[best]--;
	stocks[best].count--;
	given[best]++;
	return least;
}

static int compare_devices(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

int vtune__pools_choose(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, unsigned int **devices)
{
	const struct vtune__pools *pools = scene->pools;
	const int64_t *far = vtune__pools_measure(scene, arena, cells);
	struct vtune__pools left = *pools; /* less what is given */
	struct vtune__draw draw = { 0 };
	struct back back = { .draw = &draw };
	unsigned int wanted = 0, done = 0, *given;

	for (unsigned int p = 0; p < pools->count; p++)
		wanted += pools->list[p].count;
	*devices = vtune__arena_take(arena, wanted, sizeof(**devices));
	given = vtune__arena_take(arena, pools->nstocks, sizeof(*given));
	left.stocks = vtune__arena_take(arena, pools->nstocks, sizeof(*left.stocks));
	back.stock = vtune__arena_take(arena, pools->nstocks, sizeof(*back.stock));
	back.stock_next = vtune__arena_take(arena, pools->nstocks, sizeof(*back.stock_next));
	back.pools = vtune__arena_take(arena, pools->count, sizeof(*back.pools));
	back.pool_next = vtune__arena_take(arena, pools->count, sizeof(*back.pool_next));
	if (!far || arena->failed)
		return -1;
	if (!vtune__draw(&draw, scene, arena, far, cells))
		return arena->failed ? -1 : 0;
	memcpy(left.stocks, pools->stocks, pools->nstocks * sizeof(*left.stocks));
	draw.pools = &left;
	for (unsigned int p = 0; p < pools->count; p++) {
		unsigned int first = done;

		for (unsigned int i = 0; i < pools->list[p].count; i++)
			(*devices)[done++] = give_lowest(scene, &back, left.stocks, given, p);
		qsort(*devices + first, done - first, sizeof(**devices), compare_devices);
	}
	return 1;
}

int64_t vtune__pools_cost_of(const struct vtune__scene *scene, struct vtune__arena *arena,
			     const bool *cells, const unsigned int *devices)
{
	struct vtune__mark mark = vtune__arena_mark(arena);
	const int64_t *far = vtune__pools_measure(scene, arena, cells);
	int64_t sum = 0;

	for (unsigned int p = 0; p < scene->pools->count; p++) {
		for (unsigned int i = 0; i < scene->pools->list[p].count; i++, devices++) {
			int stock = scene->pools->stock_of[*devices];
			int node = stock < 0 ? -1 : scene->pools->stocks[stock].node;

			if (far && node >= 0 &&
			    scene->pools->list[p].affinity != VTUNE__AFFINITY_NONE)
				sum += far[node];
		}
	}
	vtune__arena_reset(arena, mark);
	return sum;
}
