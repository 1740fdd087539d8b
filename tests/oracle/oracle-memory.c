/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All ways to lay the cells' memory on nodes that can make a difference to the plan. */
#include <string.h>

#include "oracle.h"

/* Greater than any sum of distances times pages. */
#define MUST (INT64_C(1) << 50)

struct memory_search {
	const struct oracle_case *c;
	const struct oracle_layout *layout;
	const unsigned int *node;	/* of each cell */
	unsigned int size;
	int64_t need[ORACLE_CELLS];	/* pages */
	int64_t max_remote;
	oracle_memory_fn *fn;
	void *data;
	struct oracle_memory memory;
};

static int64_t price(const struct memory_search *s, unsigned int cell, unsigned int node)
{
	const struct oracle_host *host = &s->c->host;

	return host->distance[s->node[cell]][node] -
	       host->distance[s->node[cell]][s->node[cell]];
}

/* Hand a distribution over if it is within the free pages and max_distance. */
static void deliver(struct memory_search *s)
{
	const struct oracle_host *host = &s->c->host;
	struct oracle_memory *memory = &s->memory;
	uint32_t cells = 0;
	unsigned int cell, n;
	int64_t used;

	memory->nodes = 0;
	memory->remote = 0;
	for (n = 0; n < host->nnodes; n++) {
		used = 0;
		for (cell = 0; cell < s->layout->ncells; cell++) {
			used += memory->pages[cell][n];
			memory->remote += memory->pages[cell][n] * host->size_kib[s->size] *
					  price(s, cell, n);
		}
		if (used > host->node[n].pages[s->size])
			return;
		if (used)
			memory->nodes |= 1u << n;
	}
	for (cell = 0; cell < s->layout->ncells; cell++)
		cells |= 1u << s->node[cell];
	if (memory->remote <= s->max_remote && oracle_near(s->c, cells | memory->nodes))
		s->fn(s->data, memory);
}

/* strict: on the own node; whole on another one only where the own has no memory. */
static void strict(struct memory_search *s, unsigned int cell)
{
	const struct oracle_host *host = &s->c->host;
	unsigned int n, own;

	if (cell == s->layout->ncells) {
		deliver(s);
		return;
	}
	own = s->node[cell];
	for (n = 0; n < host->nnodes; n++) {
		if (host->node[own].memory_kib > 0 ? n != own : n == own)
			continue;
		if (!oracle_may_give(s->c, n, own))
			continue;
		s->memory.pages[cell][n] = s->need[cell];
		strict(s, cell + 1);
		s->memory.pages[cell][n] = 0;
	}
}

static void interleave(struct memory_search *s)
{
	const struct oracle_host *host = &s->c->host;
	uint32_t nodes = s->c->spec.has_nodes ? s->c->spec.nodes : 0;
	unsigned int cell, n;
	int64_t count = 0, rest;

	for (cell = 0; cell < s->layout->ncells && !s->c->spec.has_nodes; cell++)
		nodes |= 1u << s->node[cell];
	for (n = 0; n < host->nnodes; n++) {
		if (host->node[n].memory_kib <= 0)
			nodes &= ~(1u << n);
		count += (nodes >> n) & 1;
	}
	if (!count)
		return;
	for (cell = 0; cell < s->layout->ncells; cell++) {
		rest = s->need[cell] % count;
		for (n = 0; n < host->nnodes; n++) {
			s->memory.pages[cell][n] = 0;
			if (!(nodes & 1u << n))
				continue;
			s->memory.pages[cell][n] = s->need[cell] / count + (rest-- > 0);
			if (s->memory.pages[cell][n] &&
			    !oracle_may_give(s->c, n, s->node[cell]))
				return;
		}
	}
	deliver(s);
}

/* Flow network: source, cells, nodes, sink. Between a node and the sink lie two
 * arcs: one page that must be used, and the other pages. */
enum { FLOW_VERTICES = 2 + ORACLE_CELLS + ORACLE_NODES };
enum { FLOW_ARCS = 2 * (ORACLE_CELLS + ORACLE_CELLS * ORACLE_NODES + 2 * ORACLE_NODES) };

struct flow {
	unsigned int nvertices, narcs;
	unsigned int from[FLOW_ARCS], to[FLOW_ARCS];
	int64_t room[FLOW_ARCS], price[FLOW_ARCS];
};

static void add_arc(struct flow *f, unsigned int from, unsigned int to, int64_t room,
		    int64_t arc_price)
{
	f->from[f->narcs] = f->to[f->narcs + 1] = from;
	f->to[f->narcs] = f->from[f->narcs + 1] = to;
	f->room[f->narcs] = room;
	f->room[f->narcs + 1] = 0;
	f->price[f->narcs] = arc_price;
	f->price[f->narcs + 1] = -arc_price;
	f->narcs += 2;
}

/* Send as much as fits along the cheapest path from 0 to 1 (Bellman-Ford); 0: none left. */
static int64_t augment(struct flow *f)
{
	int64_t way[FLOW_VERTICES], amount = INT64_MAX;
	unsigned int last[FLOW_VERTICES], i, v;
	bool changed = true;

	for (v = 0; v < f->nvertices; v++)
		way[v] = v ? INT64_MAX : 0;
	while (changed) {
		changed = false;
		for (i = 0; i < f->narcs; i++) {
			if (!f->room[i] || way[f->from[i]] == INT64_MAX ||
			    way[f->from[i]] + f->price[i] >= way[f->to[i]])
				continue;
			way[f->to[i]] = way[f->from[i]] + f->price[i];
			last[f->to[i]] = i;
			changed = true;
		}
	}
	if (way[1] == INT64_MAX)
		return 0;
	for (v = 1; v; v = f->from[last[v]])
		amount = f->room[last[v]] < amount ? f->room[last[v]] : amount;
	for (v = 1; v; v = f->from[last[v]]) {
		f->room[last[v]] -= amount;
		f->room[last[v] ^ 1] += amount;
	}
	return amount;
}

static void build_flow(const struct memory_search *s, uint32_t nodes, struct flow *f)
{
	const struct oracle_host *host = &s->c->host;
	unsigned int cell, n;
	int64_t free;

	f->narcs = 0;
	f->nvertices = 2 + s->layout->ncells + host->nnodes;
	for (n = 0; n < host->nnodes; n++) {
		free = host->node[n].pages[s->size];
		if (nodes & 1u << n && free > 0) {
			add_arc(f, 2 + s->layout->ncells + n, 1, 1, -MUST);
			add_arc(f, 2 + s->layout->ncells + n, 1, free - 1, 0);
		}
	}
	for (cell = 0; cell < s->layout->ncells; cell++) {
		add_arc(f, 0, 2 + cell, s->need[cell], 0);
		for (n = 0; n < host->nnodes; n++) {
			if (nodes & 1u << n && oracle_may_give(s->c, n, s->node[cell]))
				add_arc(f, 2 + cell, 2 + s->layout->ncells + n, s->need[cell],
					price(s, cell, n));
		}
	}
}

/* The cheapest split that uses each of these nodes and no other. */
static void preferred_on(struct memory_search *s, uint32_t nodes)
{
	struct flow f;
	int64_t left = 0, sent;
	unsigned int cell, i, first = 2 + s->layout->ncells;

	build_flow(s, nodes, &f);
	for (cell = 0; cell < s->layout->ncells; cell++)
		left += s->need[cell];
	while ((sent = augment(&f)) > 0)
		left -= sent;
	if (left)
		return;
	memset(s->memory.pages, 0, sizeof(s->memory.pages));
	for (i = 0; i < f.narcs; i += 2) {
		if (f.price[i] == -MUST && f.room[i])
			return;
		if (f.from[i] >= 2 && f.from[i] < first && f.to[i] >= first)
			s->memory.pages[f.from[i] - 2][f.to[i] - first] = f.room[i + 1];
	}
	deliver(s);
}

static bool all_can_give(const struct memory_search *s, uint32_t nodes)
{
	unsigned int n;

	for (n = 0; n < s->c->host.nnodes; n++) {
		if (nodes & 1u << n && (!(s->c->spec.nodes & 1u << n) ||
					!s->c->host.node[n].pages[s->size]))
			return false;
	}
	return true;
}

/*
 * Calls fn with every distribution of the cells' pages that is allowed; with mode
 * preferred with one of the cheapest for every set of memory nodes, since beside
 * cost 1 nothing depends on more than that set. More than max_remote is left out.
 */
void oracle_each_memory(const struct oracle_case *c, const struct oracle_layout *layout,
			const unsigned int *node, unsigned int size, int64_t max_remote,
			oracle_memory_fn *fn, void *data)
{
	struct memory_search s = { .c = c, .layout = layout, .node = node, .size = size,
				   .max_remote = max_remote, .fn = fn, .data = data };
	uint32_t nodes;

	if (!oracle_cell_pages(c, layout, size, s.need))
		return;
	switch (c->spec.mode) {
	case ORACLE_STRICT:
	case ORACLE_RESTRICTIVE:
		strict(&s, 0);
		break;
	case ORACLE_INTERLEAVE:
		interleave(&s);
		break;
	case ORACLE_PREFERRED:
		for (nodes = 1; nodes < 1u << c->host.nnodes; nodes++) {
			if (all_can_give(&s, nodes))
				preferred_on(&s, nodes);
		}
		break;
	}
}
