/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of the cells, once their nodes are known. */
#include "solve.h"

/* Sets of memory nodes are tried one by one up to so many nodes. */
#define MOST_CHOICES 12

bool vtune__within_distance(const struct vtune__scene *scene, unsigned int a, unsigned int b)
{
	unsigned int most = scene->spec->max_distance;

	if (a == b || most == 0 || (scene->lift & VTUNE__LIFT_DISTANCE))
		return true;
	return vtune__distance(scene->topology, a, b) <= most &&
	       vtune__distance(scene->topology, b, a) <= most;
}

int64_t vtune__detour(const struct vtune__scene *scene, unsigned int from, unsigned int to)
{
	return (int64_t)vtune__distance(scene->topology, from, to) -
	       (int64_t)vtune__distance(scene->topology, from, from);
}

static bool is_strict(const struct vtune__trial *trial)
{
	enum vtune__memory_mode mode = trial->scene->spec->mode;

	return mode == VTUNE__STRICT || mode == VTUNE__RESTRICTIVE;
}

static int64_t remote_of(const struct vtune__trial *trial, unsigned int cell_node,
			 unsigned int node, uint64_t pages)
{
	return (int64_t)(pages * trial->page_kib) * vtune__detour(trial->scene, cell_node, node);
}

bool vtune__may_give(const struct vtune__trial *trial, unsigned int cell_node, unsigned int node)
{
	const struct vtune__site *site = &trial->scene->sites[node];

	return vtune__has_memory(trial, node) && site->allowed &&
	       (vtune__lends(trial, node) || node == cell_node) &&
	       vtune__within_distance(trial->scene, cell_node, node);
}

static bool bound_strict(const struct vtune__trial *trial, unsigned int cell, unsigned int node,
			 int64_t *remote)
{
	uint64_t pages = trial->cells[cell].pages;
	bool any = false;

	*remote = 0;
	if (vtune__has_memory(trial, node))
		return trial->free_pages[node] >= pages;
	for (unsigned int n = 0; n < trial->scene->nnodes; n++) {
		int64_t cost = remote_of(trial, node, n, pages);

		if (!vtune__may_give(trial, node, n) || trial->free_pages[n] < pages)
			continue;
		if (!any || cost < *remote)
			*remote = cost;
		any = true;
	}
	return any;
}

static bool bound_preferred(const struct vtune__trial *trial, unsigned int cell, unsigned int node,
			    int64_t *remote)
{
	const struct vtune__scene *scene = trial->scene;
	uint64_t left = trial->cells[cell].pages;
	int64_t done = INT64_MIN;

	/* Nearest first: all nodes of one distance, then of the next. */
	for (*remote = 0; left > 0;) {
		int64_t next = INT64_MAX;

		for (unsigned int n = 0; n < scene->nnodes; n++) {
			int64_t far = vtune__detour(scene, node, n);

			if (far > done && far < next && trial->free_pages[n] > 0 &&
			    vtune__may_give(trial, node, n))
				next = far;
		}
		if (next == INT64_MAX)
			return false;
		for (unsigned int n = 0; n < scene->nnodes && left > 0; n++) {
			uint64_t take = trial->free_pages[n] < left ? trial->free_pages[n] : left;

			if (vtune__detour(scene, node, n) != next ||
			    !vtune__may_give(trial, node, n))
				continue;
			*remote += remote_of(trial, node, n, take);
			left -= take;
		}
		done = next;
	}
	return true;
}

bool vtune__is_interleaved(const struct vtune__trial *trial, const unsigned int *nodes,
			   unsigned int node)
{
	const struct vtune__scene *scene = trial->scene;

	if (!vtune__has_memory(trial, node))
		return false;
	if (scene->spec->has_nodes)
		return vtune__set_has(&scene->spec->nodes, scene->topology->nodes[node].id);
	for (unsigned int g = 0; g < trial->ncells; g++)
		if (nodes[g] == node)
			return true;
	return false;
}

uint64_t vtune__interleaved_share(uint64_t pages, uint64_t ways, uint64_t place)
{
	return pages / ways + (place < pages % ways);
}

static bool bound_interleave(const struct vtune__trial *trial, unsigned int cell, unsigned int node,
			     int64_t *remote)
{
	const struct vtune__scene *scene = trial->scene;
	uint64_t pages = trial->cells[cell].pages, ways = 0, place = 0;
	int64_t least = 0;

	for (unsigned int n = 0; n < scene->nnodes; n++) {
		ways += vtune__is_interleaved(trial, NULL, n);
		if (vtune__detour(scene, node, n) < least)
			least = vtune__detour(scene, node, n);
	}
	*remote = (int64_t)(pages * trial->page_kib) * least;
	if (!scene->spec->has_nodes)
		return true;
	if (ways == 0)
		return false;
	*remote = 0;
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		if (!vtune__is_interleaved(trial, NULL, n))
			continue;
		*remote += remote_of(trial, node, n, vtune__interleaved_share(pages, ways, place));
		place++;
	}
	return true;
}

bool vtune__memory_bound(const struct vtune__trial *trial, unsigned int cell, unsigned int node,
			 int64_t *remote)
{
	switch (trial->scene->spec->mode) {
	case VTUNE__PREFERRED:
		return bound_preferred(trial, cell, node, remote);
	case VTUNE__INTERLEAVE:
		if (!trial->scene->spec->has_nodes) {
			/* No cells yet: every node could be one of theirs. */
			struct vtune__trial alone = *trial;

			alone.ncells = 0;
			return bound_interleave(&alone, cell, node, remote);
		}
		return bound_interleave(trial, cell, node, remote);
	case VTUNE__STRICT:
	case VTUNE__RESTRICTIVE:
		break;
	}
	return bound_strict(trial, cell, node, remote);
}

bool vtune__remote_may_win(const struct vtune__search *search, int64_t remote)
{
	if (search->beat && remote > search->beat->remote)
		return false;
	return !search->found || remote <= search->best.cost.remote;
}

static uint64_t *pages_at(struct vtune__search *search, unsigned int cell, unsigned int node)
{
	return &search->current.pages[(size_t)cell * search->trial->scene->nnodes + node];
}

static uint64_t load_of(struct vtune__search *search, unsigned int node)
{
	uint64_t load = 0;

	for (unsigned int g = 0; g < search->trial->ncells; g++)
		load += *pages_at(search, g, node);
	return load;
}

/* Does the node hold its pages, and may it lie where it does? */
static bool node_holds(struct vtune__search *search, unsigned int node)
{
	const struct vtune__trial *trial = search->trial;

	if (load_of(search, node) > trial->free_pages[node])
		return false;
	if (!vtune__can_start(trial, search->current.nodes, node))
		return false;
	for (unsigned int g = 0; g < trial->ncells; g++)
		if (!vtune__within_distance(trial->scene, node, search->current.nodes[g]))
			return false;
	for (unsigned int n = 0; n < trial->scene->nnodes && trial->scene->spec->max_distance; n++)
		if (!vtune__within_distance(trial->scene, node, n) &&
		    vtune__layout_has_memory(&search->current, search->trial, n))
			return false;
	return true;
}

static void clear_pages(struct vtune__search *search)
{
	size_t count = (size_t)search->trial->ncells * search->trial->scene->nnodes;

	for (size_t i = 0; i < count; i++)
		search->current.pages[i] = 0;
}

/* Do helpers care which nodes give memory? */
static bool place_matters(const struct vtune__search *search)
{
	const struct vtune__trial *trial = search->trial;
	const struct vtune__scene *scene = trial->scene;

	return trial->emulator_each || (trial->huge && trial->pinned_io > 0) ||
	       (scene->anchored && scene->spec->iothreads == VTUNE__IOTHREADS_SHARE);
}

/* Sharing out memory over other nodes, for cells on nodes without any. */
struct lending {
	struct vtune__search *search;
	int64_t *rest; /* by cell: what it and all after it cost at least */
	/* Unless it matters where the memory is: the cost that has come out so far. Only
	 * less can win, as all else is the same again. */
	int64_t least;
	bool matters;
};

static bool lending_may_win(const struct lending *l, unsigned int cell, int64_t remote)
{
	remote += l->rest[cell];
	return remote < l->least && vtune__remote_may_win(l->search, remote);
}

/* The cells from cell on: those on nodes without memory try every other one. */
static void lend(struct lending *l, unsigned int cell, int64_t remote)
{
	struct vtune__search *search = l->search;
	const struct vtune__trial *trial = search->trial;
	uint64_t pages;
	unsigned int home;

	vtune__search_work(search, 1);
	while (cell < trial->ncells && vtune__has_memory(trial, search->current.nodes[cell]))
		cell++;
	if (search->stopped || !lending_may_win(l, cell, remote))
		return;
	if (cell == trial->ncells) {
		if (!l->matters)
			l->least = remote;
		vtune__finish(search);
		return;
	}
	home = search->current.nodes[cell];
	pages = trial->cells[cell].pages;
	for (unsigned int n = 0; n < trial->scene->nnodes; n++) {
		if (!vtune__may_give(trial, home, n))
			continue;
		*pages_at(search, cell, n) = pages;
		if (node_holds(search, n))
			lend(l, cell + 1, remote + remote_of(trial, home, n, pages));
		*pages_at(search, cell, n) = 0;
	}
}

static bool lending_begin(struct lending *l)
{
	struct vtune__search *search = l->search;
	const struct vtune__trial *trial = search->trial;
	int fits = vtune__memory_fits_strictly(search->current.nodes, trial, search->arena);

	l->rest = vtune__arena_take(search->arena, trial->ncells + 1, sizeof(*l->rest));
	for (unsigned int g = trial->ncells; fits > 0 && l->rest && g-- > 0;) {
		int64_t least;

		if (!vtune__memory_bound(trial, g, search->current.nodes[g], &least))
			return false;
		l->rest[g] = l->rest[g + 1] + least;
	}
	/* The emulator floats also where the memory is, which could be nearer. */
	l->matters = place_matters(search) || trial->scene->nearest < 0;
	return fits > 0 && l->rest;
}

static void share_at_home(struct vtune__search *search)
{
	struct lending l = { .search = search, .least = INT64_MAX };
	struct vtune__mark mark = vtune__arena_mark(search->arena);
	const struct vtune__trial *trial = search->trial;

	clear_pages(search);
	for (unsigned int g = 0; g < trial->ncells; g++) {
		unsigned int home = search->current.nodes[g];

		if (vtune__has_memory(trial, home))
			*pages_at(search, g, home) = trial->cells[g].pages;
	}
	if (lending_begin(&l))
		lend(&l, 0, 0);
	vtune__arena_reset(search->arena, mark);
}

static void share_interleaved(struct vtune__search *search)
{
	const struct vtune__trial *trial = search->trial;
	const struct vtune__scene *scene = trial->scene;
	const unsigned int *nodes = search->current.nodes;
	uint64_t ways = 0, place = 0;

	clear_pages(search);
	for (unsigned int n = 0; n < scene->nnodes; n++)
		ways += vtune__is_interleaved(trial, nodes, n);
	if (ways == 0)
		return;
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		if (!vtune__is_interleaved(trial, nodes, n))
			continue;
		for (unsigned int g = 0; g < trial->ncells; g++) {
			uint64_t pages = trial->cells[g].pages;
			uint64_t share = vtune__interleaved_share(pages, ways, place);

			if (share > 0 && !vtune__lends(trial, n) && nodes[g] != n)
				return;
			*pages_at(search, g, n) = share;
		}
		place++;
	}
	for (unsigned int n = 0; n < scene->nnodes; n++)
		if (vtune__layout_has_memory(&search->current, search->trial, n) &&
		    !node_holds(search, n))
			return;
	vtune__finish(search);
}

/* Nodes that could give memory in the mode preferred. */
static void find_open(struct vtune__search *search, bool *open)
{
	const struct vtune__trial *trial = search->trial;

	for (unsigned int n = 0; n < trial->scene->nnodes; n++) {
		const struct vtune__site *site = &trial->scene->sites[n];

		open[n] = vtune__has_memory(trial, n) && site->allowed &&
			  trial->free_pages[n] > 0 &&
			  vtune__can_start(trial, search->current.nodes, n);
		for (unsigned int g = 0; g < trial->ncells && open[n]; g++)
			open[n] = vtune__within_distance(trial->scene, n, search->current.nodes[g]);
	}
}

/* Does it matter which nodes give memory, beyond cost 1? Then all sets of them
 * have to be tried. */
static bool nodes_matter(const struct vtune__search *search, const bool *open)
{
	const struct vtune__scene *scene = search->trial->scene;

	if (place_matters(search))
		return true;
	for (unsigned int a = 0; a < scene->nnodes; a++)
		for (unsigned int b = 0; b < a; b++)
			if (open[a] && open[b] && !vtune__within_distance(scene, a, b))
				return true;
	return false;
}

static void flow_once(struct vtune__search *search, struct vtune__flow *flow)
{
	const struct vtune__trial *trial = search->trial;
	int64_t remote = 0;

	vtune__search_work(search, 1 + trial->ncells * trial->scene->nnodes / 16);
	if (!vtune__flow_solve(flow))
		return;
	for (unsigned int g = 0; g < trial->ncells; g++)
		for (unsigned int n = 0; n < trial->scene->nnodes; n++)
			remote += remote_of(trial, search->current.nodes[g], n,
					    *pages_at(search, g, n));
	if (!vtune__remote_may_win(search, remote))
		return;
	for (unsigned int n = 0; n < trial->scene->nnodes; n++)
		if (vtune__layout_has_memory(&search->current, search->trial, n) &&
		    !node_holds(search, n))
			return;
	vtune__finish(search);
}

static void share_preferred(struct vtune__search *search)
{
	const struct vtune__trial *trial = search->trial;
	unsigned int nnodes = trial->scene->nnodes, choices[MOST_CHOICES], nchoices = 0;
	bool *open = vtune__arena_take(search->arena, nnodes, sizeof(*open));
	bool *must = vtune__arena_take(search->arena, nnodes, sizeof(*must));
	struct vtune__flow flow = { .nodes = search->current.nodes,
				    .open = open,
				    .must = must,
				    .pages = search->current.pages };

	if (!open || !must || vtune__flow_init(&flow, trial, search->arena) < 0)
		return;
	find_open(search, open);
	if (nodes_matter(search, open)) {
		for (unsigned int n = 0; n < nnodes; n++) {
			if (!open[n] ||
			    (!trial->emulator_each &&
			     vtune__layout_cell(&search->current, search->trial, n) >= 0))
				continue;
			if (nchoices == MOST_CHOICES) {
				search->incomplete = true;
				break;
			}
			choices[nchoices++] = n;
		}
	}
	for (unsigned int set = 0; set < 1U << nchoices && !search->stopped; set++) {
		for (unsigned int i = 0; i < nchoices; i++)
			must[choices[i]] = open[choices[i]] = set >> i & 1;
		flow_once(search, &flow);
	}
}

void vtune__memory_share(struct vtune__search *search)
{
	if (is_strict(search->trial)) {
		share_at_home(search);
	} else if (search->trial->scene->spec->mode == VTUNE__INTERLEAVE) {
		share_interleaved(search);
	} else {
		struct vtune__mark mark = vtune__arena_mark(search->arena);

		share_preferred(search);
		vtune__arena_reset(search->arena, mark);
	}
}
