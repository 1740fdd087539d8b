/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The search without any thought: every single placement, CPU by CPU and page by
 * page, is put before oracle_judge(). For tiny cases only; it checks oracle_solve().
 */
#include <string.h>

#include "oracle.h"

enum { NAIVE_TRIALS = 400000 };

struct naive {
	const struct oracle_case *c;
	oracle_plan_fn *fn;	/* for each placement that holds */
	void *data;
	struct oracle_answer *best;	/* NULL: all numbers of cells */
	struct oracle_layout layout;
	struct oracle_plan plan;
	int64_t need[ORACLE_CELLS];
	uint64_t own;		/* CPUs given away so far */
	unsigned int trials, most;
};

static bool has(uint64_t set, unsigned int i)
{
	return (set >> i) & 1;
}

static bool better(const struct oracle_answer *best, int64_t page_kib, const int64_t *cost)
{
	unsigned int i;

	if (!best->fits)
		return true;
	for (i = 0; i < ORACLE_COSTS; i++) {
		if (i == ORACLE_CACHES && page_kib != best->page_kib)
			return page_kib > best->page_kib;
		if (cost[i] != best->cost[i])
			return cost[i] < best->cost[i];
	}
	return false;
}

/* All that follows from the CPUs already chosen: idle threads and floating sets. */
static void complete(struct naive *s)
{
	const struct oracle_host *host = &s->c->host;
	const struct oracle_spec *spec = &s->c->spec;
	struct oracle_plan *plan = &s->plan;
	uint64_t vcpus = 0, share = 0, left;
	unsigned int i, cell, n;

	plan->held = s->own;
	for (i = 0; i < spec->vcpus; i++)
		vcpus |= has(spec->dedicated, i) ? plan->vcpu[i] : 0;
	for (i = 0; i < host->ncores && spec->smt != ORACLE_PREFER; i++) {
		if (host->core[i] & vcpus)
			plan->held |= host->core[i];
	}
	for (cell = 0; cell < s->layout.ncells; cell++) {
		left = host->node[plan->node[cell]].cpus & host->pool & ~plan->held;
		for (i = 0; i < spec->vcpus; i++) {
			if (has(s->layout.vcpus[cell] & ~spec->dedicated, i))
				plan->vcpu[i] = left;
		}
	}
	for (n = 0; n < host->nnodes; n++) {
		bool used = false;

		for (cell = 0; cell < s->layout.ncells; cell++)
			used = used || plan->node[cell] == n || plan->pages[cell][n];
		left = host->node[n].cpus & host->pool & ~plan->held;
		if (used)
			share |= left ? left : host->node[n].cpus & vcpus;
	}
	if (spec->emulator == ORACLE_SHARED)
		plan->emulator = share;
	if (spec->emulator == ORACLE_FLOAT) {
		plan->emulator = 0;
		for (i = 0; i < spec->vcpus; i++)
			plan->emulator |= plan->vcpu[i];
	}
	for (i = 0; i < spec->nthreads && spec->iothreads == ORACLE_SHARED; i++)
		plan->thread[i] = share;
}

static void judge(struct naive *s)
{
	int64_t cost[ORACLE_COSTS];

	s->trials++;
	complete(s);
	if (!oracle_judge(s->c, &s->plan, cost))
		s->fn(s->data, s->c, &s->plan, cost);
}

static void try_threads(struct naive *s, unsigned int thread)
{
	unsigned int i;

	if (s->trials > s->most)
		return;
	if (thread == s->c->spec.nthreads || s->c->spec.iothreads != ORACLE_ISOLATED) {
		judge(s);
		return;
	}
	for (i = 0; i < s->c->host.ncpus; i++) {
		if (has(s->own, i))
			continue;
		s->plan.thread[thread] = UINT64_C(1) << i;
		s->own |= s->plan.thread[thread];
		try_threads(s, thread + 1);
		s->own &= ~(UINT64_C(1) << i);
	}
}

/* Any set of CPUs that are left, whatever their number. */
static void try_emulator(struct naive *s)
{
	uint64_t all = (UINT64_C(1) << s->c->host.ncpus) - 1, set, own = s->own;

	if (s->c->spec.emulator != ORACLE_ISOLATED) {
		try_threads(s, 0);
		return;
	}
	for (set = 1; set <= all; set++) {
		if (set & own || __builtin_popcountll(set) > (int)s->c->host.nnodes)
			continue;
		s->plan.emulator = set;
		s->own = own | set;
		try_threads(s, 0);
	}
	s->own = own;
}

/* Dedicated vCPUs of a cell take CPUs in ascending order: which has which costs nothing. */
static void try_vcpus(struct naive *s, unsigned int vcpu)
{
	const struct oracle_case *c = s->c;
	unsigned int i, first = 0, cell = 0, k;

	if (vcpu == c->spec.vcpus) {
		try_emulator(s);
		return;
	}
	if (!has(c->spec.dedicated, vcpu)) {
		try_vcpus(s, vcpu + 1);
		return;
	}
	while (!has(s->layout.vcpus[cell], vcpu))
		cell++;
	for (k = 0; k < vcpu; k++) {
		if (has(s->layout.vcpus[cell] & c->spec.dedicated, k))
			first = (unsigned int)__builtin_ctzll(s->plan.vcpu[k]) + 1;
	}
	for (i = first; i < c->host.ncpus; i++) {
		if (has(s->own, i) || !has(c->host.node[s->plan.node[cell]].cpus, i))
			continue;
		s->plan.vcpu[vcpu] = UINT64_C(1) << i;
		s->own |= UINT64_C(1) << i;
		try_vcpus(s, vcpu + 1);
		s->own &= ~(UINT64_C(1) << i);
	}
}

static void try_memory(struct naive *s, unsigned int cell, unsigned int node, int64_t left)
{
	int64_t pages;

	if (s->trials > s->most)
		return;
	if (cell == s->layout.ncells) {
		try_vcpus(s, 0);
		return;
	}
	if (node == s->c->host.nnodes) {
		if (!left)
			try_memory(s, cell + 1, 0,
				   cell + 1 < s->layout.ncells ? s->need[cell + 1] : 0);
		return;
	}
	for (pages = 0; pages <= left; pages++) {
		s->plan.pages[cell][node] = pages;
		try_memory(s, cell, node + 1, left - pages);
	}
	s->plan.pages[cell][node] = 0;
}

static void try_cells(struct naive *s, unsigned int cell)
{
	unsigned int n, k;

	if (cell == s->layout.ncells) {
		try_memory(s, 0, 0, s->need[0]);
		return;
	}
	for (n = 0; n < s->c->host.nnodes; n++) {
		for (k = 0; k < cell && s->plan.node[k] != n; k++)
			;
		s->plan.node[cell] = n;
		if (k == cell)
			try_cells(s, cell + 1);
	}
}

static void search(struct naive *s)
{
	unsigned int cell;

	for (s->plan.ncells = 1; s->plan.ncells <= s->c->host.nnodes; s->plan.ncells++) {
		if (!oracle_layout(&s->c->spec, s->plan.ncells, &s->layout))
			continue;
		for (s->plan.size = 0; s->plan.size < s->c->host.nsizes; s->plan.size++) {
			if (!oracle_size_allowed(s->c, s->plan.size) ||
			    !oracle_cell_pages(s->c, &s->layout, s->plan.size, s->need))
				continue;
			for (cell = 0; cell < s->plan.ncells; cell++) {
				if (s->need[cell] > 8)
					s->trials = s->most + 1;
			}
			if (s->trials > s->most)
				return;
			try_cells(s, 0);
		}
		if (s->best && s->best->fits)
			break;
	}
}

bool oracle_each(const struct oracle_case *c, unsigned int most, oracle_plan_fn *fn, void *data)
{
	struct naive s = { .c = c, .fn = fn, .data = data, .most = most };

	search(&s);
	return s.trials <= most;
}

static void keep_best(void *data, const struct oracle_case *c, const struct oracle_plan *plan,
		      const int64_t *cost)
{
	struct oracle_answer *best = data;
	int64_t page_kib = c->host.size_kib[plan->size];

	if (!better(best, page_kib, cost))
		return;
	best->fits = true;
	best->page_kib = page_kib;
	memcpy(best->cost, cost, sizeof(best->cost));
	best->ncells = plan->ncells;
	memcpy(best->node, plan->node, sizeof(plan->node));
}

bool oracle_naive(const struct oracle_case *c, struct oracle_answer *answer)
{
	struct naive s = { .c = c, .fn = keep_best, .data = answer, .best = answer,
			   .most = NAIVE_TRIALS };

	memset(answer, 0, sizeof(*answer));
	search(&s);
	return s.trials <= s.most;
}
