/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The search: every number of cells, page size, assignment of cells to nodes,
 * distribution of memory, and every choice of nodes for isolated helpers. Nothing is
 * left out but what is already worse in an earlier cost than the best so far.
 */
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

struct search {
	const struct oracle_case *c;
	struct oracle_cpus *cpus;
	struct oracle_answer *best;
	struct oracle_layout layout;
	unsigned int size;
	unsigned int node[ORACLE_CELLS];
	uint32_t cells;		/* the nodes of the cells */
	const struct oracle_memory *memory;
	/* isolated helpers */
	unsigned int count[ORACLE_NODES];
	uint32_t emulator;
	uint32_t thread[ORACLE_THREADS];
	uint32_t covered;	/* nodes where a helper that shares has a CPU */
	struct oracle_answer now;
};

static int64_t compare_cells(const struct oracle_answer *a, const struct oracle_answer *b)
{
	unsigned int i;

	for (i = 0; i < a->ncells; i++) {
		if (a->node[i] != b->node[i])
			return (int64_t)a->node[i] - (int64_t)b->node[i];
	}
	return 0;
}

/* Below 0: a is better. Costs 1 to 4, the page size, costs 5 to 8, ties. */
static int64_t compare(const struct oracle_answer *a, const struct oracle_answer *b,
		       unsigned int costs)
{
	unsigned int i;

	for (i = 0; i < costs; i++) {
		if (i == ORACLE_CACHES && a->page_kib != b->page_kib)
			return b->page_kib - a->page_kib;
		if (a->cost[i] != b->cost[i])
			return a->cost[i] < b->cost[i] ? -1 : 1;
	}
	if (costs < ORACLE_COSTS)
		return 0;
	if (a->unasked != b->unasked)
		return a->unasked - b->unasked;
	return compare_cells(a, b);
}

static bool hopeless(const struct search *s, unsigned int costs)
{
	return s->best->fits && compare(&s->now, s->best, costs) > 0;
}

static void deliver(struct search *s)
{
	if (hopeless(s, ORACLE_COSTS))
		return;
	if (s->best->fits && !compare(&s->now, s->best, ORACLE_COSTS))
		return;
	s->now.fits = true;
	s->now.memory = *s->memory;
	*s->best = s->now;
}

/* All unions of one set of touched groups of each node, for cost 8. */
static void touch(struct search *s, const struct oracle_choice *const *choice,
		  unsigned int nchoices, uint64_t groups, int64_t held)
{
	const struct oracle_host *host = &s->c->host;
	int64_t free = -held;
	unsigned int i;

	if (nchoices > 0) {
		for (i = 0; i < choice[0]->ntouched; i++)
			touch(s, choice + 1, nchoices - 1, groups | choice[0]->touched[i],
			      held + choice[0]->held);
		return;
	}
	for (i = 0; i < host->ngroups; i++) {
		if (groups & UINT64_C(1) << i)
			free += __builtin_popcountll(host->group[i] & host->capable);
	}
	s->now.cost[ORACLE_LEFTOVER_CACHES] = s->c->spec.spread ? -free : free;
	deliver(s);
}

/* The best CPUs on every node that is used; "some" and "none" bind the shared pool. */
static void choose_cpus(struct search *s, uint32_t some, uint32_t none)
{
	const struct oracle_host *host = &s->c->host;
	const struct oracle_choice *choice[ORACLE_NODES];
	unsigned int n, cell, dedicated, shared, nchoices = 0;
	enum oracle_want want;
	int64_t free = 0;

	s->now.cost[ORACLE_CACHES] = s->now.cost[ORACLE_SPLIT_CORES] = 0;
	for (n = 0; n < host->nnodes; n++) {
		if (!(s->cells & 1u << n) && !s->count[n])
			continue;
		dedicated = shared = 0;
		for (cell = 0; cell < s->layout.ncells; cell++) {
			if (s->node[cell] == n) {
				dedicated = s->layout.dedicated[cell];
				shared = s->layout.shared[cell];
			}
		}
		want = some & 1u << n ? ORACLE_SOME_POOL :
		       none & 1u << n ? ORACLE_NO_POOL : ORACLE_ANY_POOL;
		choice[nchoices] = oracle_cpus_choose(s->cpus, n, dedicated, shared,
						      s->count[n], want);
		if (!choice[nchoices]->possible)
			return;
		s->now.cost[ORACLE_CACHES] += choice[nchoices]->caches;
		s->now.cost[ORACLE_SPLIT_CORES] += choice[nchoices]->split;
		free += __builtin_popcountll(host->node[n].cpus & host->capable) -
			choice[nchoices]->held;
		nchoices++;
	}
	s->now.cost[ORACLE_LEFTOVER] = s->c->spec.spread ? -free : free;
	if (!hopeless(s, ORACLE_LEFTOVER_CACHES))
		touch(s, choice, nchoices, 0, 0);
}

/* The nodes of the helpers' CPUs are known now: the rule of the start, and cost 4. */
static bool helpers_hold(struct search *s)
{
	const struct oracle_case *c = s->c;
	uint32_t emulator = s->emulator;
	int64_t cost;
	unsigned int i;

	if (c->spec.emulator == ORACLE_SHARED)
		emulator = s->covered;
	if (c->spec.emulator == ORACLE_FLOAT)
		emulator = s->cells;
	if (s->size > 0 && s->memory->nodes & ~emulator)
		return false;
	cost = oracle_helper_cost(&c->host, emulator, s->cells);
	for (i = 0; i < c->spec.nthreads; i++)
		cost += oracle_helper_cost(&c->host,
					   c->spec.iothreads == ORACLE_SHARED ? s->covered :
					   s->thread[i],
					   oracle_anchors(&c->spec, i, s->cells));
	s->now.cost[ORACLE_HELPERS] = cost;
	return true;
}

/*
 * A memory node without cells is covered for helpers that share if it has shared
 * CPUs left. Where isolated helpers take CPUs of such a node, both are tried.
 */
static void helpers_placed(struct search *s)
{
	const struct oracle_host *host = &s->c->host;
	uint32_t sure = s->cells, open = 0, some;
	unsigned int n;

	for (n = 0; n < host->nnodes; n++) {
		if (!(s->memory->nodes & 1u << n) || s->cells & 1u << n ||
		    !(host->pool & host->node[n].cpus))
			continue;
		if (s->count[n])
			open |= 1u << n;
		else
			sure |= 1u << n;
	}
	some = open;
	while (true) {
		s->covered = sure | some;
		if (helpers_hold(s) && !hopeless(s, ORACLE_CACHES))
			choose_cpus(s, some, open & ~some);
		if (!some)
			break;
		some = (some - 1) & open;
	}
}

static void place_threads(struct search *s, unsigned int thread)
{
	const struct oracle_spec *spec = &s->c->spec;
	unsigned int n;

	if (thread == spec->nthreads || spec->iothreads != ORACLE_ISOLATED) {
		helpers_placed(s);
		return;
	}
	for (n = 0; n < s->c->host.nnodes; n++) {
		if (!(spec->nodes & 1u << n) || !(s->c->host.node[n].cpus & s->c->host.capable))
			continue;
		s->count[n]++;
		s->thread[thread] = 1u << n;
		place_threads(s, thread + 1);
		s->count[n]--;
	}
}

/* One CPU of its own on any allowed node; with huge pages one on each memory node. */
static void place_emulator(struct search *s)
{
	const struct oracle_spec *spec = &s->c->spec;
	unsigned int n;

	memset(s->count, 0, sizeof(s->count));
	s->emulator = 0;
	if (spec->emulator != ORACLE_ISOLATED) {
		place_threads(s, 0);
		return;
	}
	if (s->size > 0) {
		s->emulator = s->memory->nodes;
		for (n = 0; n < s->c->host.nnodes; n++)
			s->count[n] = (s->emulator >> n) & 1;
		place_threads(s, 0);
		return;
	}
	for (n = 0; n < s->c->host.nnodes; n++) {
		if (!(spec->nodes & 1u << n))
			continue;
		s->emulator = 1u << n;
		s->count[n] = 1;
		place_threads(s, 0);
		s->count[n] = 0;
	}
}

static void memory_placed(void *data, const struct oracle_memory *memory)
{
	struct search *s = data;

	s->memory = memory;
	s->now.cost[ORACLE_REMOTE] = memory->remote;
	if (!hopeless(s, ORACLE_HELPERS))
		place_emulator(s);
}

static void cells_placed(struct search *s)
{
	const struct oracle_case *c = s->c;
	unsigned int g, h, ncells = s->layout.ncells;

	if (!oracle_near(c, s->cells) || !oracle_devices_ok(c, s->cells))
		return;
	s->now.cost[ORACLE_SPREAD] = 0;
	for (g = 0; g < ncells; g++) {
		for (h = g + 1; h < ncells; h++)
			s->now.cost[ORACLE_SPREAD] += c->host.distance[s->node[g]][s->node[h]];
	}
	s->now.cost[ORACLE_DEVICE] = oracle_device_cost(c, s->cells);
	s->now.unasked = oracle_unasked(c, s->cells);
	s->now.ncells = ncells;
	memcpy(s->now.node, s->node, sizeof(s->node));
	oracle_each_memory(c, &s->layout, s->node, s->size,
			   s->best->fits ? s->best->cost[ORACLE_REMOTE] : INT64_MAX,
			   memory_placed, s);
}

static void place_cells(struct search *s, unsigned int cell)
{
	const struct oracle_host *host = &s->c->host;
	unsigned int n;

	if (cell == s->layout.ncells) {
		cells_placed(s);
		return;
	}
	for (n = 0; n < host->nnodes; n++) {
		if (s->cells & 1u << n || !(s->c->spec.nodes & 1u << n))
			continue;
		if (!oracle_cpus_choose(s->cpus, n, s->layout.dedicated[cell],
					s->layout.shared[cell], 0, ORACLE_ANY_POOL)->possible)
			continue;
		s->node[cell] = n;
		s->cells |= 1u << n;
		place_cells(s, cell + 1);
		s->cells &= ~(1u << n);
	}
}

void oracle_solve(const struct oracle_case *c, struct oracle_answer *answer)
{
	struct search s = { .c = c, .best = answer, .cpus = oracle_cpus_new(c) };
	unsigned int ncells;

	memset(answer, 0, sizeof(*answer));
	for (ncells = 1; ncells <= c->host.nnodes && !answer->fits; ncells++) {
		if (!oracle_layout(&c->spec, ncells, &s.layout))
			continue;
		for (s.size = 0; s.size < c->host.nsizes; s.size++) {
			if (!oracle_size_allowed(c, s.size))
				continue;
			s.now.page_kib = c->host.size_kib[s.size];
			place_cells(&s, 0);
		}
	}
	oracle_cpus_free(s.cpus);
}

static struct json_object *memory_to_json(const struct oracle_case *c,
					  const struct oracle_answer *answer, unsigned int cell)
{
	struct json_object *list = json_object_new_array(), *entry;
	unsigned int n;

	for (n = 0; n < c->host.nnodes; n++) {
		if (!answer->memory.pages[cell][n])
			continue;
		entry = json_object_new_object();
		json_object_object_add(entry, "node",
				       json_object_new_int64(c->host.node[n].id));
		json_object_object_add(entry, "size_kib",
				       json_object_new_int64(answer->memory.pages[cell][n] *
							     answer->page_kib));
		json_object_array_add(list, entry);
	}
	return list;
}

struct json_object *oracle_answer_to_json(const struct oracle_case *c,
					  const struct oracle_answer *answer)
{
	struct json_object *document = json_object_new_object();
	struct json_object *cost, *cells, *memory;
	unsigned int i;

	json_object_object_add(document, "fits", json_object_new_boolean(answer->fits));
	if (!answer->fits)
		return document;
	cost = json_object_new_object();
	cells = json_object_new_array();
	memory = json_object_new_array();
	for (i = 0; i < ORACLE_COSTS; i++)
		json_object_object_add(cost, oracle_cost_name[i],
				       json_object_new_int64(answer->cost[i]));
	for (i = 0; i < answer->ncells; i++) {
		json_object_array_add(cells, json_object_new_int64(
					      c->host.node[answer->node[i]].id));
		json_object_array_add(memory, memory_to_json(c, answer, i));
	}
	json_object_object_add(document, "cost", cost);
	json_object_object_add(document, "page_kib", json_object_new_int64(answer->page_kib));
	json_object_object_add(document, "cells", cells);
	json_object_object_add(document, "memory", memory);
	return document;
}
