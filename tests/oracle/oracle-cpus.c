/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All ways to take CPUs of one node for so many dedicated vCPUs and so many
 * isolated helpers. Ways that nothing can tell apart (the same counts and the same
 * cache groups) are kept once.
 */
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

struct way {
	uint8_t dedicated, helpers;
	uint8_t taken;		/* out of the shared pool */
	uint8_t held, split;
	uint8_t unused[3];
	uint64_t vcpu_groups;	/* touched by dedicated vCPUs */
	uint64_t groups;	/* touched at all */
};

struct ways {
	struct way *list;
	size_t count, room;
};

struct memo {
	unsigned int node, dedicated, shared, helpers;
	enum oracle_want want;
	struct oracle_choice choice;
};

struct oracle_cpus {
	const struct oracle_case *c;
	unsigned int max_helpers;
	bool built[ORACLE_NODES];
	struct ways node[ORACLE_NODES];
	struct memo **memos;
	size_t nmemos, room;
};

/* A core, its capable threads in two kinds: in the shared pool and not. */
struct core {
	unsigned int online, pooled, apart;
	bool others;		/* another VM holds a thread */
	uint64_t group;
};

static unsigned int count_bits(uint64_t set)
{
	return (unsigned int)__builtin_popcountll(set);
}

static void add_way(struct ways *ways, const struct way *way)
{
	if (ways->count == ways->room) {
		ways->room = ways->room ? 2 * ways->room : 64;
		ways->list = realloc(ways->list, ways->room * sizeof(*way));
		if (!ways->list)
			oracle_die("out of memory");
	}
	ways->list[ways->count++] = *way;
}

static int compare_ways(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct way));
}

static void drop_equal_ways(struct ways *ways)
{
	size_t i, kept = 0;

	if (!ways->count)
		return;
	qsort(ways->list, ways->count, sizeof(struct way), compare_ways);
	for (i = 1; i < ways->count; i++) {
		if (compare_ways(&ways->list[kept], &ways->list[i]))
			ways->list[++kept] = ways->list[i];
	}
	ways->count = kept + 1;
}

static struct core describe_core(const struct oracle_host *host, uint64_t threads)
{
	struct core core = {
		.online = count_bits(threads),
		.pooled = count_bits(threads & host->capable & host->pool),
		.apart = count_bits(threads & host->capable & ~host->pool),
		.others = (threads & host->others) != 0,
	};
	unsigned int i;

	for (i = 0; i < host->ngroups; i++) {
		if (threads & host->group[i])
			core.group = UINT64_C(1) << i;
	}
	return core;
}

static unsigned int split_cost(const struct oracle_spec *spec, const struct core *core,
			       unsigned int held, unsigned int idle)
{
	if (!held || held == core->online)
		return idle;
	if (spec->spread)
		return idle + (core->others ? 2 : 1);
	return idle + (held < core->pooled + core->apart);
}

/* Take some threads of one more core, on top of a way for the cores before it. */
static void take_core(const struct oracle_cpus *cpus, const struct core *core,
		      const struct way *before, const unsigned int vcpus[2],
		      const unsigned int helpers[2], struct ways *to)
{
	const struct oracle_spec *spec = &cpus->c->spec;
	unsigned int dedicated = vcpus[0] + vcpus[1], aside = helpers[0] + helpers[1];
	unsigned int held = dedicated + aside, idle = 0;
	struct way way = *before;

	way.taken = (uint8_t)(way.taken + vcpus[0] + helpers[0]);
	if (dedicated && spec->smt != ORACLE_PREFER) {
		if (core->pooled + core->apart < core->online)
			return;
		if (spec->smt == ORACLE_ISOLATE && (dedicated > 1 || aside))
			return;
		idle = core->online - held;
		held = core->online;
		way.taken = (uint8_t)(before->taken + core->pooled);
	}
	way.dedicated = (uint8_t)(way.dedicated + dedicated);
	way.helpers = (uint8_t)(way.helpers + aside);
	way.held = (uint8_t)(way.held + held);
	way.split = (uint8_t)(way.split + split_cost(spec, core, held, idle));
	way.vcpu_groups |= dedicated ? core->group : 0;
	way.groups |= held ? core->group : 0;
	if (way.helpers <= cpus->max_helpers)
		add_way(to, &way);
}

static void add_core(const struct oracle_cpus *cpus, const struct core *core,
		     const struct ways *from, struct ways *to)
{
	unsigned int v[2], h[2];
	size_t i;

	for (i = 0; i < from->count; i++) {
		for (v[0] = 0; v[0] <= core->pooled; v[0]++) {
			for (v[1] = 0; v[1] <= core->apart; v[1]++) {
				for (h[0] = 0; h[0] <= core->pooled - v[0]; h[0]++) {
					for (h[1] = 0; h[1] <= core->apart - v[1]; h[1]++)
						take_core(cpus, core, &from->list[i], v, h, to);
				}
			}
		}
	}
}

static void build_node(struct oracle_cpus *cpus, unsigned int node)
{
	const struct oracle_host *host = &cpus->c->host;
	struct ways from = { 0 }, to;
	struct way none = { 0 };
	struct core core;
	unsigned int i;

	add_way(&from, &none);
	for (i = 0; i < host->ncores; i++) {
		if (!(host->core[i] & host->node[node].cpus))
			continue;
		core = describe_core(host, host->core[i]);
		to = (struct ways){ 0 };
		add_core(cpus, &core, &from, &to);
		drop_equal_ways(&to);
		free(from.list);
		from = to;
	}
	cpus->node[node] = from;
	cpus->built[node] = true;
}

struct oracle_cpus *oracle_cpus_new(const struct oracle_case *c)
{
	struct oracle_cpus *cpus = calloc(1, sizeof(*cpus));

	if (!cpus)
		oracle_die("out of memory");
	cpus->c = c;
	cpus->max_helpers = c->spec.emulator == ORACLE_ISOLATED;
	if (c->spec.iothreads == ORACLE_ISOLATED)
		cpus->max_helpers += c->spec.nthreads;
	return cpus;
}

void oracle_cpus_free(struct oracle_cpus *cpus)
{
	unsigned int i;

	for (i = 0; i < ORACLE_NODES; i++)
		free(cpus->node[i].list);
	while (cpus->nmemos > 0) {
		free(cpus->memos[--cpus->nmemos]->choice.touched);
		free(cpus->memos[cpus->nmemos]);
	}
	free(cpus->memos);
	free(cpus);
}

/* The rule of the shared pool, and what is wanted of it. */
static bool pool_suits(const struct oracle_cpus *cpus, const struct memo *m, unsigned int taken)
{
	const struct oracle_host *host = &cpus->c->host;
	const struct oracle_node *node = &host->node[m->node];
	int64_t left = (int64_t)count_bits(host->pool & node->cpus) - taken;

	if (m->want == ORACLE_SOME_POOL && left == 0)
		return false;
	if (m->want == ORACLE_NO_POOL && left > 0)
		return false;
	if (!m->shared && !taken)
		return true;
	return (int64_t)m->shared <= left &&
	       (double)(node->shared_vcpus + (int64_t)m->shared) <=
			host->overcommit * (double)left;
}

/* Below 0: the way is better than the best so far, 0: as good. */
static int64_t compare_choice(const struct oracle_cpus *cpus, const struct way *way,
			      const struct oracle_choice *best)
{
	int64_t caches = count_bits(way->vcpu_groups);

	if (!best->possible)
		return -1;
	if (caches != best->caches)
		return caches - best->caches;
	if (way->split != best->split)
		return way->split - best->split;
	return cpus->c->spec.spread ? way->held - best->held : best->held - way->held;
}

static void choose(const struct oracle_cpus *cpus, struct memo *m)
{
	const struct ways *ways = &cpus->node[m->node];
	struct oracle_choice *best = &m->choice;
	const struct way *way;
	int64_t order;
	unsigned int k;
	size_t i;

	best->touched = calloc(ways->count + 1, sizeof(uint64_t));
	if (!best->touched)
		oracle_die("out of memory");
	for (i = 0; i < ways->count; i++) {
		way = &ways->list[i];
		if (way->dedicated != m->dedicated || way->helpers != m->helpers ||
		    !pool_suits(cpus, m, way->taken))
			continue;
		order = compare_choice(cpus, way, best);
		if (order > 0)
			continue;
		if (order < 0)
			best->ntouched = 0;
		best->possible = true;
		best->caches = count_bits(way->vcpu_groups);
		best->split = way->split;
		best->held = way->held;
		for (k = 0; k < best->ntouched && best->touched[k] != way->groups; k++)
			;
		if (k == best->ntouched)
			best->touched[best->ntouched++] = way->groups;
	}
}

/*
 * Costs 5, 6 and 7 are sums over nodes, so the best whole has the best of each
 * node in that order; only cost 8 can tie nodes together, by a cache group that
 * spans them. So what is left of a node are the sets of groups it may touch.
 */
const struct oracle_choice *oracle_cpus_choose(struct oracle_cpus *cpus, unsigned int node,
					       unsigned int dedicated, unsigned int shared,
					       unsigned int helpers, enum oracle_want want)
{
	struct memo *m;
	size_t i;

	for (i = 0; i < cpus->nmemos; i++) {
		m = cpus->memos[i];
		if (m->node == node && m->dedicated == dedicated && m->shared == shared &&
		    m->helpers == helpers && m->want == want)
			return &m->choice;
	}
	if (!cpus->built[node])
		build_node(cpus, node);
	if (cpus->nmemos == cpus->room) {
		cpus->room = cpus->room ? 2 * cpus->room : 16;
		cpus->memos = realloc(cpus->memos, cpus->room * sizeof(struct memo *));
	}
	m = calloc(1, sizeof(*m));
	if (!m || !cpus->memos)
		oracle_die("out of memory");
	*m = (struct memo){ .node = node, .dedicated = dedicated, .shared = shared,
			    .helpers = helpers, .want = want };
	choose(cpus, m);
	cpus->memos[cpus->nmemos++] = m;
	return &m->choice;
}
