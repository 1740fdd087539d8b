/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does a placement hold, and what does it cost? Every rule is checked on the
 * finished placement, CPU by CPU, without regard to how one would search for it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "oracle.h"

struct trial {
	const struct oracle_case *c;
	const struct oracle_plan *plan;
	struct oracle_layout layout;
	uint32_t cells, memory;	/* nodes */
	uint64_t dedicated;	/* CPUs of dedicated vCPUs */
	uint64_t isolated;	/* CPUs of isolated helpers */
	uint64_t idle;
	uint64_t free;		/* capable and not held */
};

static char problem[256];

static const char *wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(problem, sizeof(problem), format, args);
	va_end(args);
	return problem;
}

static unsigned int count_bits(uint64_t set)
{
	return (unsigned int)__builtin_popcountll(set);
}

static bool has(uint64_t set, unsigned int i)
{
	return (set >> i) & 1;
}

static uint32_t nodes_of(const struct oracle_host *host, uint64_t cpus)
{
	uint32_t nodes = 0;
	unsigned int n;

	for (n = 0; n < host->nnodes; n++) {
		if (host->node[n].cpus & cpus)
			nodes |= 1u << n;
	}
	return nodes;
}

static const char *judge_cells(struct trial *t)
{
	const struct oracle_plan *plan = t->plan;
	unsigned int i, k;

	if (!oracle_layout(&t->c->spec, plan->ncells, &t->layout))
		return wrong("%u cells are not what the spec asks for", plan->ncells);
	for (i = 0; i < plan->ncells; i++) {
		if (!has(t->c->spec.nodes, plan->node[i]))
			return wrong("cell %u is on a node that is not allowed", i);
		for (k = 0; k < i; k++) {
			if (plan->node[i] == plan->node[k])
				return wrong("cells %u and %u are on one node", k, i);
		}
		t->cells |= 1u << plan->node[i];
	}
	return NULL;
}

static const char *judge_strict(const struct trial *t, unsigned int cell)
{
	const struct oracle_host *host = &t->c->host;
	unsigned int own = t->plan->node[cell], n, count = 0;

	for (n = 0; n < host->nnodes; n++)
		count += t->plan->pages[cell][n] > 0;
	if (host->node[own].memory_kib > 0 && (count != 1 || !t->plan->pages[cell][own]))
		return wrong("cell %u: strict, but memory is not on its own node", cell);
	if (count != 1)
		return wrong("cell %u: strict, but memory is on %u nodes", cell, count);
	return NULL;
}

static const char *judge_interleave(const struct trial *t, unsigned int cell)
{
	const struct oracle_host *host = &t->c->host;
	uint32_t nodes = t->c->spec.has_nodes ? t->c->spec.nodes : t->cells;
	int64_t sum = 0, before = INT64_MAX, most = 0;
	unsigned int n;

	for (n = 0; n < host->nnodes; n++) {
		sum += t->plan->pages[cell][n];
		if (t->plan->pages[cell][n] > most)
			most = t->plan->pages[cell][n];
	}
	for (n = 0; n < host->nnodes; n++) {
		if (!has(nodes, n) || host->node[n].memory_kib <= 0) {
			if (t->plan->pages[cell][n])
				return wrong("cell %u: interleave does not reach node %u", cell,
					     host->node[n].id);
			continue;
		}
		if (t->plan->pages[cell][n] > before || t->plan->pages[cell][n] < most - 1)
			return wrong("cell %u: interleave is not even", cell);
		before = t->plan->pages[cell][n];
	}
	return sum ? NULL : wrong("cell %u has no memory", cell);
}

static const char *judge_mode(const struct trial *t, unsigned int cell)
{
	switch (t->c->spec.mode) {
	case ORACLE_STRICT:
	case ORACLE_RESTRICTIVE:
		return judge_strict(t, cell);
	case ORACLE_INTERLEAVE:
		return judge_interleave(t, cell);
	case ORACLE_PREFERRED:
		break;
	}
	return NULL;
}

static const char *judge_memory(struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	const struct oracle_plan *plan = t->plan;
	int64_t need[ORACLE_CELLS], sum;
	const char *why;
	unsigned int cell, n;

	if (!oracle_size_allowed(t->c, plan->size))
		return wrong("the spec does not want this page size");
	if (!oracle_cell_pages(t->c, &t->layout, plan->size, need))
		return wrong("the page size does not suit");
	for (cell = 0; cell < plan->ncells; cell++) {
		for (sum = 0, n = 0; n < host->nnodes; n++) {
			sum += plan->pages[cell][n];
			if (plan->pages[cell][n] && !oracle_may_give(t->c, n, plan->node[cell]))
				return wrong("cell %u: node %u may not give memory", cell,
					     host->node[n].id);
		}
		if (sum != need[cell])
			return wrong("cell %u has not the pages it should have", cell);
		why = judge_mode(t, cell);
		if (why)
			return why;
	}
	for (n = 0; n < host->nnodes; n++) {
		for (sum = 0, cell = 0; cell < plan->ncells; cell++)
			sum += plan->pages[cell][n];
		if (sum > host->node[n].pages[plan->size])
			return wrong("node %u has not so many pages", host->node[n].id);
		if (sum)
			t->memory |= 1u << n;
	}
	if (!oracle_near(t->c, t->cells | t->memory))
		return wrong("max_distance");
	return NULL;
}

/* Dedicated vCPUs and isolated helpers: CPUs of their own, which may be dedicated. */
static const char *own_cpus(const struct trial *t, uint64_t *to, uint64_t cpus,
			    unsigned int count, const char *what)
{
	if (count_bits(cpus) != count)
		return wrong("%s: %u CPUs, not %u", what, count_bits(cpus), count);
	if (cpus & ~t->c->host.capable)
		return wrong("%s: a CPU that may not be dedicated", what);
	if (cpus & (t->dedicated | t->isolated))
		return wrong("%s: a CPU that has other work", what);
	*to |= cpus;
	return NULL;
}

static const char *judge_vcpus(struct trial *t)
{
	const struct oracle_plan *plan = t->plan;
	const struct oracle_host *host = &t->c->host;
	unsigned int cell, vcpu;
	uint64_t home;
	const char *why;

	for (cell = 0; cell < plan->ncells; cell++) {
		home = host->node[plan->node[cell]].cpus;
		for (vcpu = 0; vcpu < t->c->spec.vcpus; vcpu++) {
			if (!has(t->layout.vcpus[cell], vcpu))
				continue;
			if (!plan->vcpu[vcpu] || plan->vcpu[vcpu] & ~home)
				return wrong("vCPU %u is not on the node of its cell", vcpu);
			if (has(t->c->spec.dedicated, vcpu))
				why = own_cpus(t, &t->dedicated, plan->vcpu[vcpu], 1, "vCPU");
			else if (plan->vcpu[vcpu] != (home & host->pool & ~plan->held))
				why = wrong("vCPU %u is not on all shared CPUs", vcpu);
			else
				why = NULL;
			if (why)
				return why;
		}
	}
	return NULL;
}

/* Where a helper with policy share floats. */
static uint64_t share_cpus(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	uint64_t cpus = 0, some;
	unsigned int n;

	for (n = 0; n < host->nnodes; n++) {
		if (!has(t->cells | t->memory, n))
			continue;
		some = host->node[n].cpus & host->pool & ~t->plan->held;
		cpus |= some ? some : host->node[n].cpus & t->dedicated;
	}
	return cpus;
}

static const char *judge_emulator(struct trial *t)
{
	const struct oracle_plan *plan = t->plan;
	const struct oracle_host *host = &t->c->host;
	uint64_t floats = 0;
	unsigned int i, count = 1;

	switch (t->c->spec.emulator) {
	case ORACLE_SHARED:
		if (plan->emulator != share_cpus(t))
			return wrong("the emulator does not share as it should");
		break;
	case ORACLE_FLOAT:
		for (i = 0; i < t->c->spec.vcpus; i++)
			floats |= plan->vcpu[i];
		if (plan->emulator != floats)
			return wrong("the emulator does not float over the vCPUs' CPUs");
		break;
	case ORACLE_ISOLATED:
		if (plan->size > 0)
			count = count_bits(t->memory);
		if (plan->size > 0 && nodes_of(host, plan->emulator) != t->memory)
			return wrong("the emulator has not one CPU on each memory node");
		if (nodes_of(host, plan->emulator) & ~t->c->spec.nodes)
			return wrong("the emulator is on a node that is not allowed");
		return own_cpus(t, &t->isolated, plan->emulator, count, "emulator");
	}
	return NULL;
}

static const char *judge_threads(struct trial *t)
{
	const struct oracle_spec *spec = &t->c->spec;
	const char *why;
	unsigned int i;

	for (i = 0; i < spec->nthreads; i++) {
		if (spec->iothreads == ORACLE_SHARED) {
			if (t->plan->thread[i] != share_cpus(t))
				return wrong("I/O thread %u does not share as it should", i + 1);
			continue;
		}
		if (nodes_of(&t->c->host, t->plan->thread[i]) & ~spec->nodes)
			return wrong("I/O thread %u is on a node that is not allowed", i + 1);
		why = own_cpus(t, &t->isolated, t->plan->thread[i], 1, "I/O thread");
		if (why)
			return why;
	}
	return NULL;
}

/* The threads policy on every core that carries a dedicated vCPU, and what is held. */
static const char *judge_cores(struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	enum oracle_smt smt = t->c->spec.smt;
	unsigned int i, vcpus;
	uint64_t core;

	for (i = 0; i < host->ncores && smt != ORACLE_PREFER; i++) {
		core = host->core[i];
		vcpus = count_bits(core & t->dedicated);
		if (!vcpus)
			continue;
		if (core & ~host->capable)
			return wrong("threads: a core that is not wholly free for this VM");
		if (smt == ORACLE_ISOLATE && (vcpus > 1 || core & t->isolated))
			return wrong("threads: isolate, but a core has more than one vCPU");
		t->idle |= core & ~t->dedicated & ~t->isolated;
	}
	if (t->plan->held != (t->dedicated | t->isolated | t->idle))
		return wrong("held_cpus is not what is held");
	t->free = host->capable & ~t->plan->held;
	return NULL;
}

static const char *judge_rest(struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	unsigned int n, cell, shared;

	for (n = 0; n < host->nnodes; n++) {
		shared = 0;
		for (cell = 0; cell < t->plan->ncells; cell++) {
			if (t->plan->node[cell] == n)
				shared = t->layout.shared[cell];
		}
		if (!oracle_pool_ok(host, n, t->plan->held, shared))
			return wrong("node %u: too many shared vCPUs", host->node[n].id);
	}
	if (!oracle_devices_ok(t->c, t->cells))
		return wrong("a device is not where it should be");
	if (t->plan->size > 0 && t->memory & ~nodes_of(host, t->plan->emulator))
		return wrong("start: the emulator has no CPU on a memory node");
	return NULL;
}

static int64_t cost_remote(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	unsigned int cell, n, own;
	int64_t sum = 0;

	for (cell = 0; cell < t->plan->ncells; cell++) {
		own = t->plan->node[cell];
		for (n = 0; n < host->nnodes; n++)
			sum += t->plan->pages[cell][n] * host->size_kib[t->plan->size] *
			       (host->distance[own][n] - host->distance[own][own]);
	}
	return sum;
}

static int64_t cost_spread(const struct trial *t)
{
	unsigned int g, h;
	int64_t sum = 0;

	for (g = 0; g < t->plan->ncells; g++) {
		for (h = g + 1; h < t->plan->ncells; h++)
			sum += t->c->host.distance[t->plan->node[g]][t->plan->node[h]];
	}
	return sum;
}

static int64_t cost_helpers(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	int64_t sum;
	unsigned int i;

	sum = oracle_helper_cost(host, nodes_of(host, t->plan->emulator), t->cells);
	for (i = 0; i < t->c->spec.nthreads; i++)
		sum += oracle_helper_cost(host, nodes_of(host, t->plan->thread[i]),
					  oracle_anchors(&t->c->spec, i, t->cells));
	return sum;
}

static int64_t cost_caches(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	unsigned int cell, group;
	int64_t sum = 0;

	for (cell = 0; cell < t->plan->ncells; cell++) {
		for (group = 0; group < host->ngroups; group++)
			sum += (host->node[t->plan->node[cell]].cpus & t->dedicated &
				host->group[group]) != 0;
	}
	return sum;
}

static int64_t cost_split(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	int64_t sum = count_bits(t->idle);
	unsigned int i;
	uint64_t core;

	for (i = 0; i < host->ncores; i++) {
		core = host->core[i];
		if (!(core & t->plan->held) || !(core & ~t->plan->held))
			continue;
		if (t->c->spec.spread)
			sum += core & host->others ? 2 : 1;
		else
			sum += (core & t->free) != 0;
	}
	return sum;
}

static int64_t cost_leftover(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	uint32_t used = t->cells | nodes_of(host, t->isolated);
	int64_t sum = 0;
	unsigned int n;

	for (n = 0; n < host->nnodes; n++) {
		if (has(used, n))
			sum += count_bits(host->node[n].cpus & t->free);
	}
	return t->c->spec.spread ? -sum : sum;
}

static int64_t cost_leftover_caches(const struct trial *t)
{
	const struct oracle_host *host = &t->c->host;
	int64_t sum = 0;
	unsigned int i;

	for (i = 0; i < host->ngroups; i++) {
		if (host->group[i] & t->plan->held)
			sum += count_bits(host->group[i] & t->free);
	}
	return t->c->spec.spread ? -sum : sum;
}

const char *oracle_judge(const struct oracle_case *c, const struct oracle_plan *plan,
			 int64_t *cost)
{
	static const char *(*const parts[])(struct trial *) = {
		judge_cells, judge_memory, judge_vcpus, judge_emulator,
		judge_threads, judge_cores, judge_rest,
	};
	struct trial t = { .c = c, .plan = plan };
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		why = parts[i](&t);
		if (why)
			return why;
	}
	cost[ORACLE_REMOTE] = cost_remote(&t);
	cost[ORACLE_SPREAD] = cost_spread(&t);
	cost[ORACLE_DEVICE] = oracle_device_cost(c, t.cells);
	cost[ORACLE_HELPERS] = cost_helpers(&t);
	cost[ORACLE_CACHES] = cost_caches(&t);
	cost[ORACLE_SPLIT_CORES] = cost_split(&t);
	cost[ORACLE_LEFTOVER] = cost_leftover(&t);
	cost[ORACLE_LEFTOVER_CACHES] = cost_leftover_caches(&t);
	return NULL;
}
