/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "devices.h"
#include "finish.h"

static int64_t remote_cost(const struct vtune__finish *f)
{
	int64_t sum = 0;

	for (unsigned int g = 0; g < f->trial->ncells; g++) {
		for (unsigned int n = 0; n < f->scene->nnodes; n++) {
			uint64_t pages =
				vtune__finish_layout(f)->pages[(size_t)g * f->scene->nnodes + n];

			if (pages > 0)
				sum += (int64_t)(pages * f->trial->page_kib) *
				       vtune__detour(f->scene, vtune__finish_layout(f)->nodes[g],
						     n);
		}
	}
	return sum;
}

static int64_t spread_cost(const struct vtune__finish *f)
{
	const unsigned int *nodes = vtune__finish_layout(f)->nodes;
	int64_t sum = 0;

	for (unsigned int g = 0; g < f->trial->ncells; g++)
		for (unsigned int h = g + 1; h < f->trial->ncells; h++)
			sum += vtune__distance(f->scene->topology, nodes[g], nodes[h]);
	return 2 * sum;
}

static int64_t devices_cost(const struct vtune__finish *f)
{
	int64_t sum = 0;

	for (unsigned int i = 0; i < f->scene->ndevices; i++) {
		int64_t least = INT64_MAX;

		for (unsigned int g = 0; g < f->trial->ncells; g++) {
			int64_t far = vtune__detour(f->scene, f->scene->device_nodes[i],
						    vtune__finish_layout(f)->nodes[g]);

			if (far < least)
				least = far;
		}
		sum += least;
	}
	return sum;
}

/* d(node, a) - d(a, a) for the nearest anchor a. */
int64_t vtune__anchor_cost(const struct vtune__finish *f, unsigned int node, int anchor)
{
	const struct vtune__topology *topology = f->scene->topology;
	int64_t least = INT64_MAX;

	for (unsigned int g = 0; g < f->trial->ncells; g++) {
		unsigned int a = anchor >= 0 ? (unsigned int)anchor
					     : vtune__finish_layout(f)->nodes[g];
		int64_t far = (int64_t)vtune__distance(topology, node, a) -
			      (int64_t)vtune__distance(topology, a, a);

		if (far < least)
			least = far;
	}
	return least;
}

static bool is_doubtful(const struct vtune__finish *f, unsigned int node, unsigned int *place)
{
	for (*place = 0; *place < f->ndoubtful; (*place)++)
		if (f->doubtful[*place] == node)
			return true;
	return false;
}

bool vtune__finish_is_kept(const struct vtune__finish *f, unsigned int node)
{
	unsigned int place;

	return is_doubtful(f, node, &place) && (f->kept >> place & 1);
}

/* Will a memory node without a cell have shared CPUs? */
static bool has_pool(const struct vtune__finish *f, unsigned int node)
{
	unsigned int place;

	return f->scene->sites[node].pool > 0 &&
	       (!is_doubtful(f, node, &place) || (f->kept >> place & 1));
}

void vtune__finish_find_doubtful(struct vtune__finish *f)
{
	const struct vtune_spec *spec = f->scene->spec;

	if (!f->scene->anchored || f->trial->pinned_io > 0 ||
	    spec->emulator != VTUNE__EMULATOR_ISOLATE)
		return;
	for (unsigned int n = 0; n < f->scene->nnodes; n++) {
		const struct vtune__site *site = &f->scene->sites[n];

		if (site->pool != 1 || site->dedicated == site->apart ||
		    !vtune__layout_has_memory(vtune__finish_layout(f), f->trial, n) ||
		    vtune__layout_cell(vtune__finish_layout(f), f->trial, n) >= 0)
			continue;
		if (f->ndoubtful == MOST_DOUBTFUL) {
			f->search->incomplete = true;
			return;
		}
		f->doubtful[f->ndoubtful++] = n;
	}
}

/* A helper that floats: on the cells' nodes, and where it shares also on memory
 * nodes that have shared CPUs; or (each) on every memory node and nowhere else. */
static int64_t floating_cost(const struct vtune__finish *f, int anchor, bool share, bool each)
{
	int64_t least = INT64_MAX;

	for (unsigned int n = 0; n < f->scene->nnodes; n++) {
		bool here = !each && vtune__layout_cell(vtune__finish_layout(f), f->trial, n) >= 0;

		if (!here && (each || (share && has_pool(f, n))))
			here = vtune__layout_has_memory(vtune__finish_layout(f), f->trial, n);
		if (here && vtune__anchor_cost(f, n, anchor) < least)
			least = vtune__anchor_cost(f, n, anchor);
	}
	return least == INT64_MAX ? 0 : least;
}

static int64_t fixed_helpers_cost(const struct vtune__finish *f)
{
	const struct vtune_spec *spec = f->scene->spec;
	int64_t sum = 0;

	if (!f->trial->emulator_anywhere)
		sum += floating_cost(f, -1, spec->emulator == VTUNE__EMULATOR_SHARE,
				     f->trial->emulator_each);
	if (f->trial->pinned_io == 0)
		for (unsigned int i = 0; i < spec->iothread_count; i++)
			sum += floating_cost(f, f->scene->anchors[i], true, false);
	return sum;
}

static int64_t unasked_count(const struct vtune__finish *f)
{
	int64_t sum = 0;

	for (unsigned int g = 0; g < f->trial->ncells; g++)
		sum += f->scene->sites[vtune__finish_layout(f)->nodes[g]].unasked;
	return sum;
}

/* What the devices of pools add, and that they are not among those not asked for. */
static void add_pools(const struct vtune__finish *f, struct vtune__cost *cost)
{
	struct vtune__arena *arena = f->search->arena;
	struct vtune__mark mark = vtune__arena_mark(arena);
	bool *cells = vtune__arena_take(arena, f->scene->nnodes, sizeof(*cells));
	int64_t devices, near;

	for (unsigned int g = 0; g < f->trial->ncells && cells; g++)
		cells[vtune__finish_layout(f)->nodes[g]] = true;
	if (cells && f->devices)
		cost->devices += vtune__pools_cost_of(f->scene, arena, cells, f->devices);
	else if (cells && vtune__pools_exact(f->scene, arena, cells, &devices, &near)) {
		cost->devices += devices;
		cost->unasked -= near;
	}
	vtune__arena_reset(arena, mark);
}

void vtune__finish_costs(struct vtune__finish *f)
{
	struct vtune__cost *cost = &vtune__finish_layout(f)->cost;

	*cost = (struct vtune__cost){ 0 };
	cost->remote = remote_cost(f);
	cost->spread = spread_cost(f);
	cost->devices = devices_cost(f);
	cost->helpers = fixed_helpers_cost(f);
	cost->unasked = unasked_count(f);
	if (f->scene->pools)
		add_pools(f, cost);
}
