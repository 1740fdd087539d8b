/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every choice of devices that makes a difference to the VMs that follow. Those that none
 * of them can tell apart are as one. */
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "together.h"

/* Choices for one layout of nodes; of more not all are tried. */
#define MOST_DRAWS 512

struct lister {
	const struct vtune__ways *ways;
	const struct vtune__scene *scene;
	const bool *cells;
	struct vtune__arena *arena, *keep; /* for work, and for the choices */
	struct vtune__pools pools;	   /* by kinds in place of stocks */
	unsigned int *most;		   /* by kind: devices of it */
	int64_t *far;
	struct vtune__draws *draws;
};

/* Is the device one that the VM asks for by its id? */
static bool is_fixed(const struct vtune__solo *solo, const struct vtune__device *device)
{
	const struct vtune_spec *spec = solo->scene.spec;

	for (unsigned int i = 0; i < vtune__spec_wish_count(spec); i++) {
		const char *id = vtune__spec_wish(spec, i)->id;

		if (id && vtune__topology_device(solo->scene.topology, id) == device)
			return true;
	}
	return false;
}

static bool concerns(const struct vtune__solo *solo, unsigned int device)
{
	const struct vtune__scene *scene = &solo->scene;

	return (scene->pools && scene->pools->stock_of[device] >= 0) ||
	       is_fixed(solo, &scene->topology->devices[device]);
}

/* Of devices of one stock: is one like the other to all VMs after this one? */
static bool are_alike(const struct vtune__ways *ways, unsigned int a, unsigned int b)
{
	for (unsigned int i = 1; i < ways->nsolos; i++) {
		const struct vtune__scene *scene = &ways->solos[i].scene;
		const struct vtune__device *devices = scene->topology->devices;

		if (is_fixed(&ways->solos[i], &devices[a]) ||
		    is_fixed(&ways->solos[i], &devices[b]))
			return false;
		if (scene->pools && scene->pools->stock_of[a] != scene->pools->stock_of[b])
			return false;
	}
	return true;
}

bool vtune__draws_matter(const struct vtune__ways *ways)
{
	const struct vtune__pools *pools = ways->solos[0].scene.pools;

	for (unsigned int s = 0; pools && s < pools->nstocks; s++)
		for (unsigned int k = 0; k < pools->stocks[s].count; k++)
			for (unsigned int i = 1; i < ways->nsolos; i++)
				if (concerns(&ways->solos[i], pools->stocks[s].devices[k]))
					return true;
	return false;
}

/* ---- kinds ---- */

static void add_to_kind(struct lister *l, unsigned int stock, unsigned int device)
{
	const struct vtune__pools *all = l->scene->pools;
	unsigned int k = 0;

	while (k < l->pools.nstocks &&
	       (l->pools.stock_of[l->pools.stocks[k].devices[0]] != (int)stock ||
		!are_alike(l->ways, l->pools.stocks[k].devices[0], device)))
		k++;
	if (k == l->pools.nstocks) {
		l->pools.nstocks++;
		l->pools.stocks[k].node = all->stocks[stock].node;
		l->pools.stocks[k].devices = vtune__arena_take(l->arena, all->stocks[stock].count,
							       sizeof(*l->pools.stocks[k].devices));
		if (!l->pools.stocks[k].devices) {
			l->pools.nstocks--;
			return;
		}
		for (unsigned int p = 0; p < all->count; p++)
			l->pools.list[p].from[k] = all->list[p].from[stock];
	}
	l->pools.stocks[k].devices[l->most[k]++] = device;
}

static int find_kinds(struct lister *l)
{
	const struct vtune__pools *all = l->scene->pools;
	unsigned int ndevices = l->scene->topology->ndevices;

	l->pools = *all;
	l->pools.nstocks = 0;
	l->pools.stocks = vtune__arena_take(l->arena, ndevices, sizeof(*l->pools.stocks));
	l->pools.list = vtune__arena_take(l->arena, all->count, sizeof(*l->pools.list));
	l->most = vtune__arena_take(l->arena, ndevices, sizeof(*l->most));
	if (l->arena->failed)
		return -1;
	for (unsigned int p = 0; p < all->count; p++) {
		l->pools.list[p] = all->list[p];
		l->pools.list[p].from =
			vtune__arena_take(l->arena, ndevices, sizeof(*l->pools.list[p].from));
	}
	if (l->arena->failed)
		return -1;
	for (unsigned int s = 0; s < all->nstocks; s++)
		for (unsigned int i = 0; i < all->stocks[s].count; i++)
			add_to_kind(l, s, all->stocks[s].devices[i]);
	return l->arena->failed ? -1 : 0;
}

/* ---- choices ---- */

/* So many of each kind, all of which are given: who gets which costs the least? */
static void add_draw(struct lister *l, unsigned int wanted)
{
	struct vtune__scene scene = *l->scene;
	struct vtune__draw draw;
	struct vtune__chosen *it;
	unsigned int done = 0;

	scene.pools = &l->pools;
	if (!vtune__draw(&draw, &scene, l->arena, l->far, l->cells))
		return;
	if (l->draws->count == MOST_DRAWS) {
		l->draws->cut = true;
		return;
	}
	it = &l->draws->list[l->draws->count];
	it->devices = vtune__arena_take(l->keep, wanted, sizeof(*it->devices));
	if (!it->devices)
		return;
	l->draws->count++;
	it->cost = 0;
	/* What is drawn from a kind comes off its end, for the lowest are at its front. */
	for (unsigned int p = 0; p < l->pools.count; p++)
		for (unsigned int k = 0; k < l->pools.nstocks; k++)
			while (*vtune__draw_taken(&draw, p, k) > 0) {
				const struct vtune__stock *kind = &l->pools.stocks[k];

				--*vtune__draw_taken(&draw, p, k);
				it->devices[done++] = kind->devices[--draw.load[k]];
				if (kind->node >= 0 &&
				    l->pools.list[p].affinity != VTUNE__AFFINITY_NONE)
					it->cost += l->far[kind->node];
			}
}

/* Every number of each kind, from that one on. */
static void add_draws(struct lister *l, unsigned int kind, unsigned int left, unsigned int wanted)
{
	unsigned int most;

	if (kind == l->pools.nstocks) {
		if (left == 0)
			add_draw(l, wanted);
		return;
	}
	most = l->most[kind] < left ? l->most[kind] : left;
	for (unsigned int i = most + 1;
	     i-- > 0 && !l->draws->cut && !l->arena->failed && !l->keep->failed;) {
		l->pools.stocks[kind].count = i;
		add_draws(l, kind + 1, left - i, wanted);
	}
}

static int compare_draws(const void *a, const void *b)
{
	const struct vtune__chosen *x = a, *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	for (unsigned int i = 0; i < x->count; i++)
		if (x->devices[i] != y->devices[i])
			return x->devices[i] < y->devices[i] ? -1 : 1;
	return 0;
}

static int compare_devices(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/* Pool by pool in ascending order, as a plan has them. */
static void sort_draws(struct vtune__draws *draws, const struct vtune__pools *pools,
		       unsigned int wanted)
{
	for (unsigned int i = 0; i < draws->count; i++) {
		unsigned int *devices = draws->list[i].devices;

		draws->list[i].count = wanted;
		for (unsigned int p = 0; p < pools->count; devices += pools->list[p++].count)
			qsort(devices, pools->list[p].count, sizeof(*devices), compare_devices);
	}
	if (draws->count > 1)
		qsort(draws->list, draws->count, sizeof(*draws->list), compare_draws);
}

int vtune__draws_list(const struct vtune__ways *ways, const struct vtune__scene *scene,
		      const bool *cells, struct vtune__arena *arena, struct vtune__arena *keep,
		      struct vtune__draws *draws)
{
	struct lister l = { .ways = ways,
			    .scene = scene,
			    .cells = cells,
			    .arena = arena,
			    .keep = keep,
			    .draws = draws };
	unsigned int wanted = 0;

	*draws = (struct vtune__draws){ 0 };
	draws->list = vtune__arena_take(arena, MOST_DRAWS, sizeof(*draws->list));
	l.far = vtune__pools_measure(scene, arena, cells);
	if (!draws->list || !l.far || find_kinds(&l) < 0)
		return -1;
	for (unsigned int p = 0; p < scene->pools->count; p++)
		wanted += scene->pools->list[p].count;
	add_draws(&l, 0, wanted, wanted);
	sort_draws(draws, scene->pools, wanted);
	return arena->failed || keep->failed ? -1 : 0;
}
