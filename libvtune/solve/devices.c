/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Wishes that leave a choice of devices: what they can be given of, and what that
 * costs at least. Devices on one node that the same wishes may take are as one, a
 * stock. Sharing the stocks out is a transport problem, solved by shortest paths. */
#include <stdlib.h>
#include <string.h>

#include "devices.h"

#define TAKE(arena, count, type) vtune__arena_take((arena), (count), sizeof(type))

/* ---- what there is ---- */

/* Unless named, no physical function is given away with its virtual ones, nor a
 * virtual one where whole devices are meant. */
static bool is_offered(const struct vtune__device *device, const struct vtune__hostdev_spec *wish)
{
	if (wish->ids)
		return true;
	return !device->has_vfs && (!device->pf || wish->pf || wish->product);
}

static bool is(const char *value, const char *wished)
{
	return !wished || (value && strcmp(value, wished) == 0);
}

static void mark_matches(const struct vtune__topology *topology,
			 const struct vtune__hostdev_spec *wish, bool *matches)
{
	const struct vtune__device *named = wish->pf ? vtune__topology_device(topology, wish->pf)
						     : NULL;
	const char *pf = named ? named->id : wish->pf;

	for (unsigned int i = 0; i < topology->ndevices; i++)
		matches[i] = !wish->ids;
	for (unsigned int i = 0; i < wish->nids; i++) {
		const struct vtune__device *device = vtune__topology_device(topology, wish->ids[i]);

		if (device)
			matches[device - topology->devices] = true;
	}
	for (unsigned int i = 0; i < topology->ndevices; i++) {
		const struct vtune__device *device = &topology->devices[i];

		matches[i] = matches[i] && is_offered(device, wish) && is(device->pf, pf) &&
			     is(device->class, wish->class) && is(device->vendor, wish->vendor) &&
			     is(device->product, wish->product);
	}
}

/* Devices of unknown node, on a host of one, are there. */
static int node_of(const struct vtune__scene *scene, const struct vtune__device *device)
{
	return device->node < 0 && scene->nnodes == 1 ? 0 : device->node;
}

struct gathering {
	struct vtune__scene *scene;
	struct vtune__pools *pools;
	bool **matches;	  /* by pool, then device */
	uint64_t *hashes; /* by stock */
};

static bool may_take(const struct gathering *g, unsigned int pool, unsigned int device)
{
	const struct vtune__topology *topology = g->scene->topology;

	return g->matches[pool][device] &&
	       (g->pools->list[pool].affinity != VTUNE__AFFINITY_REQUIRE ||
		node_of(g->scene, &topology->devices[device]) >= 0);
}

static uint64_t hash_of(const struct gathering *g, unsigned int device, bool *any)
{
	uint64_t hash = (uint64_t)(node_of(g->scene, &g->scene->topology->devices[device]) + 1);

	*any = false;
	for (unsigned int p = 0; p < g->pools->count; p++) {
		bool may = may_take(g, p, device);

		*any |= may;
		hash = (hash ^ (uint64_t)may) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

static bool is_in(const struct gathering *g, unsigned int device, const struct vtune__stock *stock,
		  unsigned int s)
{
	if (stock->node != node_of(g->scene, &g->scene->topology->devices[device]))
		return false;
	for (unsigned int p = 0; p < g->pools->count; p++)
		if (g->pools->list[p].from[s] != may_take(g, p, device))
			return false;
	return true;
}

/* The stock that the device belongs to, a new one if need be. */
static void stock_up(struct gathering *g, unsigned int device)
{
	struct vtune__pools *pools = g->pools;
	unsigned int s = 0;
	bool any;
	uint64_t hash = hash_of(g, device, &any);

	if (!any)
		return;
	while (s < pools->nstocks &&
	       (g->hashes[s] != hash || !is_in(g, device, &pools->stocks[s], s)))
		s++;
	if (s == pools->nstocks) {
		pools->nstocks++;
		g->hashes[s] = hash;
		pools->stocks[s].node = node_of(g->scene, &g->scene->topology->devices[device]);
		for (unsigned int p = 0; p < pools->count; p++)
			pools->list[p].from[s] = may_take(g, p, device);
	}
	pools->stock_of[device] = (int)s;
	pools->stocks[s].count++;
}

static void pool_add(struct gathering *g, unsigned int wish)
{
	const struct vtune__hostdev_spec *wished = vtune__spec_wish(g->scene->spec, wish);
	struct vtune__pools *pools = g->pools;
	struct vtune__pool *pool = &pools->list[pools->count];

	pool->wish = wish;
	pool->count = wished->count;
	pool->affinity = wished->affinity;
	pools->required |= pool->affinity == VTUNE__AFFINITY_REQUIRE;
	mark_matches(g->scene->topology, wished, g->matches[pools->count++]);
}

/* The devices of each stock, once all are counted. */
static int list_devices(struct vtune__pools *pools, const struct vtune__scene *scene)
{
	unsigned int ndevices = scene->topology->ndevices, place = 0;
	unsigned int *all = TAKE(scene->arena, ndevices, *all);

	if (!all)
		return -1;
	for (unsigned int s = 0; s < pools->nstocks; s++) {
		pools->stocks[s].devices = &all[place];
		place += pools->stocks[s].count;
		pools->stocks[s].count = 0;
	}
	for (unsigned int i = 0; i < ndevices; i++) {
		struct vtune__stock *stock =
			pools->stock_of[i] < 0 ? NULL : &pools->stocks[pools->stock_of[i]];

		if (stock)
			stock->devices[stock->count++] = i;
	}
	return 0;
}

static int gather(struct gathering *g, unsigned int npools, const bool *gone)
{
	const struct vtune__topology *topology = g->scene->topology;
	struct vtune__arena *arena = g->scene->arena;
	struct vtune__pools *pools = g->pools;

	pools->list = TAKE(arena, npools, *pools->list);
	pools->stocks = TAKE(arena, topology->ndevices, *pools->stocks);
	pools->stock_of = TAKE(arena, topology->ndevices, *pools->stock_of);
	g->matches = TAKE(arena, npools, *g->matches);
	g->hashes = TAKE(arena, topology->ndevices, *g->hashes);
	for (unsigned int p = 0; p < npools && !arena->failed; p++) {
		g->matches[p] = TAKE(arena, topology->ndevices, **g->matches);
		pools->list[p].from = TAKE(arena, topology->ndevices, *pools->list[p].from);
	}
	if (arena->failed)
		return -1;
	for (unsigned int i = 0; i < vtune__spec_wish_count(g->scene->spec); i++)
		if (!vtune__spec_wish(g->scene->spec, i)->id)
			pool_add(g, i);
	for (unsigned int i = 0; i < topology->ndevices; i++) {
		pools->stock_of[i] = -1;
		if (!gone[i])
			stock_up(g, i);
	}
	return list_devices(pools, g->scene);
}

static unsigned int count_pools(const struct vtune_spec *spec)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < vtune__spec_wish_count(spec); i++)
		count += !vtune__spec_wish(spec, i)->id;
	return count;
}

int vtune__pools_build(struct vtune__scene *scene, const bool *gone)
{
	unsigned int npools = count_pools(scene->spec);
	struct gathering g = { .scene = scene };
	int64_t cost, near;
	bool *everywhere;

	scene->pools = NULL;
	if (npools == 0)
		return 0;
	g.pools = TAKE(scene->arena, 1, *g.pools);
	everywhere = TAKE(scene->arena, scene->nnodes, *everywhere);
	if (!g.pools || !everywhere || gather(&g, npools, gone) < 0)
		return -1;
	scene->pools = g.pools;
	for (unsigned int n = 0; n < scene->nnodes; n++)
		everywhere[n] = true;
	if (!vtune__pools_cost(scene, scene->arena, NULL, everywhere, &cost, &near))
		scene->devices_missing = true;
	return scene->arena->failed ? -1 : 0;
}

uint64_t vtune__pools_work(const struct vtune__scene *scene)
{
	uint64_t units = 0;

	for (unsigned int p = 0; scene->pools && p < scene->pools->count; p++)
		units += scene->pools->list[p].count;
	return scene->pools ? units * scene->pools->count * scene->pools->nstocks / 64 : 0;
}

unsigned int vtune__pools_free(const struct vtune__scene *scene, unsigned int pool)
{
	unsigned int sum = 0;

	for (unsigned int s = 0; s < scene->pools->nstocks; s++)
		sum += scene->pools->list[pool].from[s] ? scene->pools->stocks[s].count : 0;
	return sum;
}

bool vtune__pools_on(const struct vtune__scene *scene, unsigned int node)
{
	for (unsigned int s = 0; scene->pools && s < scene->pools->nstocks; s++)
		if (scene->pools->stocks[s].node == (int)node)
			return true;
	return false;
}

/* ---- sharing it out ---- */

/* Cost 3 comes before the number of devices on the VM's own nodes. */
#define SCALE (4 * VTUNE__MAX_DEVICES_CHOSEN)
#define UNREACHED INT64_MAX

static int draw_begin(struct vtune__draw *draw, const struct vtune__scene *scene,
		      struct vtune__arena *arena, const int64_t *far, const bool *on)
{
	const struct vtune__pools *pools = scene->pools;

	draw->pools = pools;
	draw->on = on;
	draw->far = TAKE(arena, pools->nstocks, *draw->far);
	draw->load = TAKE(arena, pools->nstocks, *draw->load);
	draw->taken = TAKE(arena, (size_t)pools->count * pools->nstocks, *draw->taken);
	draw->way_to_stock = TAKE(arena, pools->nstocks, *draw->way_to_stock);
	draw->way_to_pool = TAKE(arena, pools->count, *draw->way_to_pool);
	draw->stock_length = TAKE(arena, pools->nstocks, *draw->stock_length);
	draw->pool_length = TAKE(arena, pools->count, *draw->pool_length);
	if (arena->failed)
		return -1;
	for (unsigned int s = 0; s < pools->nstocks; s++) {
		int node = pools->stocks[s].node;

		draw->far[s] = node >= 0 && far ? far[node] : 0;
	}
	return 0;
}

static bool is_on(const struct vtune__draw *draw, unsigned int stock)
{
	int node = draw->pools->stocks[stock].node;

	return node >= 0 && draw->on[node];
}

bool vtune__draw_may(const struct vtune__draw *draw, unsigned int pool, unsigned int stock)
{
	const struct vtune__pool *it = &draw->pools->list[pool];

	return it->from[stock] && (it->affinity != VTUNE__AFFINITY_REQUIRE || is_on(draw, stock));
}

int64_t vtune__draw_weight(const struct vtune__draw *draw, unsigned int pool, unsigned int stock)
{
	int64_t far = draw->far[stock];

	if (draw->pools->list[pool].affinity == VTUNE__AFFINITY_NONE)
		far = 0;
	return far * SCALE - is_on(draw, stock);
}

unsigned int *vtune__draw_taken(const struct vtune__draw *draw, unsigned int pool,
				unsigned int stock)
{
	return &draw->taken[(size_t)pool * draw->pools->nstocks + stock];
}

/* Shorten the ways to the stocks by way of that pool; and to pools that have of them. */
static bool look_from(struct vtune__draw *draw, unsigned int pool)
{
	bool changed = false;

	for (unsigned int s = 0; s < draw->pools->nstocks; s++) {
		int64_t length;

		if (!vtune__draw_may(draw, pool, s))
			continue;
		length = draw->pool_length[pool] + vtune__draw_weight(draw, pool, s);
		if (length >= draw->stock_length[s])
			continue;
		draw->stock_length[s] = length;
		draw->way_to_stock[s] = pool;
		changed = true;
		for (unsigned int p = 0; p < draw->pools->count; p++) {
			if (*vtune__draw_taken(draw, p, s) == 0 ||
			    length - vtune__draw_weight(draw, p, s) >= draw->pool_length[p])
				continue;
			draw->pool_length[p] = length - vtune__draw_weight(draw, p, s);
			draw->way_to_pool[p] = s;
		}
	}
	return changed;
}

static void find_ways(struct vtune__draw *draw, unsigned int start)
{
	bool changed = true;

	for (unsigned int p = 0; p < draw->pools->count; p++)
		draw->pool_length[p] = UNREACHED;
	for (unsigned int s = 0; s < draw->pools->nstocks; s++)
		draw->stock_length[s] = UNREACHED;
	draw->pool_length[start] = 0;
	while (changed) {
		changed = false;
		for (unsigned int p = 0; p < draw->pools->count; p++)
			if (draw->pool_length[p] != UNREACHED)
				changed |= look_from(draw, p);
	}
}

/* One more device for that pool. */
static bool draw_one(struct vtune__draw *draw, unsigned int pool)
{
	int best = -1;
	unsigned int s;

	find_ways(draw, pool);
	for (s = 0; s < draw->pools->nstocks; s++)
		if (draw->load[s] < draw->pools->stocks[s].count &&
		    draw->stock_length[s] != UNREACHED &&
		    (best < 0 || draw->stock_length[s] < draw->stock_length[best]))
			best = (int)s;
	if (best < 0)
		return false;
	draw->sum += draw->stock_length[best];
	draw->load[best]++;
	for (s = (unsigned int)best;;) {
		unsigned int p = draw->way_to_stock[s];

		++*vtune__draw_taken(draw, p, s);
		if (p == pool)
			return true;
		s = draw->way_to_pool[p];
		--*vtune__draw_taken(draw, p, s);
	}
}

bool vtune__draw(struct vtune__draw *draw, const struct vtune__scene *scene,
		 struct vtune__arena *arena, const int64_t *far, const bool *on)
{
	*draw = (struct vtune__draw){ 0 };
	if (draw_begin(draw, scene, arena, far, on) < 0)
		return false;
	for (unsigned int p = 0; p < scene->pools->count; p++)
		for (unsigned int i = 0; i < scene->pools->list[p].count; i++)
			if (!draw_one(draw, p))
				return false;
	return true;
}

bool vtune__pools_cost(const struct vtune__scene *scene, struct vtune__arena *arena,
		       const int64_t *far, const bool *on, int64_t *cost, int64_t *near)
{
	struct vtune__mark mark = vtune__arena_mark(arena);
	struct vtune__draw draw;
	bool possible = vtune__draw(&draw, scene, arena, far, on);

	vtune__arena_reset(arena, mark);
	/* sum = cost * SCALE - near, and near is from 0 to SCALE / 4 */
	*near = (SCALE - draw.sum % SCALE) % SCALE;
	*cost = (draw.sum + *near) / SCALE;
	return possible;
}

void vtune__pools_most_given(const struct vtune__scene *scene, unsigned int *given,
			     unsigned int *wanted)
{
	struct vtune__mark mark = vtune__arena_mark(scene->arena);
	bool *on = TAKE(scene->arena, scene->nnodes, *on);
	struct vtune__draw draw = { 0 };

	*given = *wanted = 0;
	for (unsigned int n = 0; n < scene->nnodes && on; n++)
		on[n] = true;
	if (!on || draw_begin(&draw, scene, scene->arena, NULL, on) < 0)
		return;
	for (unsigned int p = 0; p < scene->pools->count; p++) {
		*wanted += scene->pools->list[p].count;
		for (unsigned int i = 0; i < scene->pools->list[p].count; i++)
			*given += draw_one(&draw, p);
	}
	vtune__arena_reset(scene->arena, mark);
}
