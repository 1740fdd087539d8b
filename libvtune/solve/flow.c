/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport problem: pages of cells to nodes of limited room, at the least cost,
 * by successive shortest paths. Pages that go to a node that must give some are
 * drawn there by a reward that outweighs any distance. */
#include "solve.h"

#define REWARD (INT64_C(1) << 40)
#define UNREACHED INT64_MAX

int vtune__flow_init(struct vtune__flow *flow, const struct vtune__trial *trial,
		     struct vtune__arena *arena)
{
	unsigned int nnodes = trial->scene->nnodes, places = trial->ncells + nnodes;

	flow->trial = trial;
	flow->load = vtune__arena_take(arena, nnodes, sizeof(*flow->load));
	flow->far = vtune__arena_take(arena, places, sizeof(*flow->far));
	flow->came = vtune__arena_take(arena, places, sizeof(*flow->came));
	return arena->failed ? -1 : 0;
}

static uint64_t *pages_at(const struct vtune__flow *flow, unsigned int cell, unsigned int node)
{
	return &flow->pages[(size_t)cell * flow->trial->scene->nnodes + node];
}

static bool may_give(const struct vtune__flow *flow, unsigned int cell, unsigned int node)
{
	return flow->open[node] && (vtune__lends(flow->trial, node) || flow->nodes[cell] == node);
}

/* Bellman and Ford over cells (0...) and nodes (ncells...). */
static void find_ways(struct vtune__flow *flow, unsigned int start)
{
	const struct vtune__scene *scene = flow->trial->scene;
	unsigned int ncells = flow->trial->ncells;
	bool changed = true;

	for (unsigned int i = 0; i < ncells + scene->nnodes; i++)
		flow->far[i] = UNREACHED;
	flow->far[start] = 0;
	while (changed) {
		changed = false;
		for (unsigned int g = 0; g < ncells; g++) {
			for (unsigned int n = 0; n < scene->nnodes; n++) {
				int64_t cost = vtune__detour(scene, flow->nodes[g], n);
				int64_t *cell = &flow->far[g], *node = &flow->far[ncells + n];

				if (*cell != UNREACHED && may_give(flow, g, n) &&
				    *cell + cost < *node) {
					*node = *cell + cost;
					flow->came[ncells + n] = (int)g;
					changed = true;
				}
				if (*node != UNREACHED && *pages_at(flow, g, n) > 0 &&
				    *node - cost < *cell) {
					*cell = *node - cost;
					flow->came[g] = (int)n;
					changed = true;
				}
			}
		}
	}
}

static bool is_drawn(const struct vtune__flow *flow, unsigned int node)
{
	return flow->must[node] && flow->load[node] == 0;
}

static int nearest_room(const struct vtune__flow *flow)
{
	unsigned int ncells = flow->trial->ncells;
	int64_t least = UNREACHED;
	int best = -1;

	for (unsigned int n = 0; n < flow->trial->scene->nnodes; n++) {
		int64_t far = flow->far[ncells + n];

		if (far == UNREACHED || flow->load[n] >= flow->trial->free_pages[n])
			continue;
		if (is_drawn(flow, n))
			far -= REWARD;
		if (far < least) {
			least = far;
			best = (int)n;
		}
	}
	return best;
}

/* Send up to so many pages the way that was found; returns how many went. */
static uint64_t send(struct vtune__flow *flow, unsigned int start, unsigned int end, uint64_t pages)
{
	unsigned int ncells = flow->trial->ncells, n = end, g;
	uint64_t room = flow->trial->free_pages[end] - flow->load[end];

	if (is_drawn(flow, end))
		room = 1;
	if (pages > room)
		pages = room;
	for (g = (unsigned int)flow->came[ncells + n]; g != start;
	     g = (unsigned int)flow->came[ncells + n]) {
		n = (unsigned int)flow->came[g];
		if (pages > *pages_at(flow, g, n))
			pages = *pages_at(flow, g, n);
	}
	flow->load[end] += pages;
	n = end;
	for (g = (unsigned int)flow->came[ncells + n];; g = (unsigned int)flow->came[ncells + n]) {
		*pages_at(flow, g, n) += pages;
		if (g == start)
			break;
		n = (unsigned int)flow->came[g];
		*pages_at(flow, g, n) -= pages;
	}
	return pages;
}

bool vtune__flow_solve(struct vtune__flow *flow)
{
	unsigned int nnodes = flow->trial->scene->nnodes;

	for (unsigned int n = 0; n < nnodes; n++)
		flow->load[n] = 0;
	for (size_t i = 0; i < (size_t)flow->trial->ncells * nnodes; i++)
		flow->pages[i] = 0;
	for (unsigned int g = 0; g < flow->trial->ncells; g++) {
		uint64_t left = flow->trial->cells[g].pages;

		while (left > 0) {
			int end;

			find_ways(flow, g);
			end = nearest_room(flow);
			if (end < 0)
				return false;
			left -= send(flow, g, (unsigned int)end, left);
		}
	}
	for (unsigned int n = 0; n < nnodes; n++)
		if (is_drawn(flow, n))
			return false;
	return true;
}
