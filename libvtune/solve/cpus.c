/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which CPUs of one node: a dynamic program over its cores, from the last to the
 * first, so that the choice can then be read off from the first to the last. A
 * state is what is still to be given: vCPUs, helpers, and CPUs that may yet leave
 * the shared pool; and how the cache group at hand has been touched so far. Where
 * only vCPUs matter, cores that are alike are one step: what so many vCPUs cost on
 * them is plain. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "solve.h"

enum touched { UNTOUCHED, HELPERS_ONLY, BY_VCPUS, NTOUCHED };

/* One way to use a core. */
struct use {
	unsigned int vcpus, helpers, leaves; /* leaves: CPUs that leave the shared pool */
	unsigned int idle;
	vtune__fine cost;
};

/* Cores that are alike, one after another in one cache group. */
struct run {
	const struct vtune__core *cores;
	unsigned int count;
};

struct program {
	const struct vtune__cpu_ask *ask;
	struct run *runs; /* of the cores that can matter; all of one core unless joined */
	unsigned int nruns;
	bool joined;
	unsigned int *room_before; /* free threads of the runs before each, and of all */
	enum vtune__threads threads;
	unsigned int xs, ys, ts; /* extents: vCPUs, helpers, pool CPUs */
	bool limited;		 /* pool CPUs can run out */
	size_t states;		 /* of one way to have touched the group */
	vtune__fine *values;	 /* [stage][touched][state]; stages may be two in turn */
	unsigned int stages;
	struct use *uses; /* of the run at hand */
	unsigned int nuses;
	const struct vtune__core *listed; /* whose uses they are */
};

static unsigned int most_of(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

static vtune__fine *stage_values(const struct program *p, unsigned int run, unsigned int touched)
{
	return p->values + ((size_t)(run % p->stages) * NTOUCHED + touched) * p->states;
}

static size_t state_of(const struct program *p, unsigned int x, unsigned int y, unsigned int t)
{
	return ((size_t)t * p->ys + y) * p->xs + x;
}

/* Cost 6 of a core of which so many threads are held. */
static unsigned int split_cost(const struct program *p, const struct vtune__core *core,
			       unsigned int held)
{
	if (p->ask->scene->sign > 0)
		return held > 0 && held < core->free;
	if (held == 0 || held == core->size)
		return 0;
	return core->other ? 2 : 1;
}

static void use_add(struct program *p, const struct vtune__core *core, unsigned int vcpus,
		    unsigned int helpers, unsigned int idle)
{
	unsigned int held = vcpus + helpers + idle;
	struct use *use = &p->uses[p->nuses];
	int sign = p->ask->scene->sign;

	if (vcpus >= p->xs || helpers >= p->ys)
		return;
	use->vcpus = vcpus;
	use->helpers = helpers;
	use->idle = idle;
	/* CPUs outside the pool are taken first when that matters. */
	use->leaves = p->limited && held > core->apart ? held - core->apart : 0;
	if (use->leaves >= p->ts)
		return;
	use->cost = vtune__fine_pack(0, split_cost(p, core, held) + idle, -sign * (int64_t)idle,
				     -sign * (int64_t)idle);
	p->nuses++;
}

static bool are_alike(const struct vtune__core *a, const struct vtune__core *b)
{
	return a->size == b->size && a->free == b->free && a->apart == b->apart &&
	       a->other == b->other;
}

static void uses_of_core(struct program *p, const struct vtune__core *core)
{
	bool whole = core->free == core->size;
	unsigned int least = (int)core->index == p->ask->core;

	if (p->listed && are_alike(p->listed, core) && p->ask->core < 0)
		return;
	p->listed = core;
	p->nuses = 0;
	for (unsigned int helpers = least; helpers <= core->free; helpers++)
		use_add(p, core, 0, helpers, 0);
	if (p->threads == VTUNE__ISOLATE) {
		if (whole)
			use_add(p, core, 1, 0, core->size - 1);
		return;
	}
	if (p->threads == VTUNE__REQUIRE && !whole)
		return;
	for (unsigned int x = 1; x <= core->free && x < p->xs; x++)
		for (unsigned int y = 0; y <= core->free - x && y < p->ys; y++)
			use_add(p, core, x, y,
				p->threads == VTUNE__REQUIRE ? core->size - x - y : 0);
}

/* vCPUs that one core of a run takes before the next one is begun; 0: none. */
static unsigned int vcpus_a_core(const struct program *p, const struct vtune__core *core)
{
	if (p->threads == VTUNE__PREFER)
		return core->free;
	if (core->free != core->size)
		return 0;
	return p->threads == VTUNE__ISOLATE ? 1 : core->size;
}

/* So many vCPUs on cores that are alike: they fill one after another. */
static void uses_of_run(struct program *p, const struct run *run)
{
	const struct vtune__core *core = run->cores;
	unsigned int each = vcpus_a_core(p, core), most = each * run->count;
	int sign = p->ask->scene->sign;

	p->nuses = 0;
	for (unsigned int x = 0; x <= most && x < p->xs; x++) {
		unsigned int full = each ? x / each : 0, rest = each ? x % each : 0;
		unsigned int cores = full + (rest > 0), idle = 0, split = 0;
		struct use *use = &p->uses[p->nuses++];

		if (p->threads == VTUNE__PREFER)
			split = full * split_cost(p, core, each) + split_cost(p, core, rest);
		else
			idle = cores * core->size - x;
		*use = (struct use){ .vcpus = x, .idle = idle };
		use->cost = vtune__fine_pack(0, split + idle, -sign * (int64_t)idle,
					     -sign * (int64_t)idle);
	}
}

static void uses_list(struct program *p, const struct run *run)
{
	if (p->joined)
		uses_of_run(p, run);
	else
		uses_of_core(p, run->cores);
}

static enum vtune__touch group_touch(const struct program *p, unsigned int group)
{
	return p->ask->touch ? p->ask->touch[group] : VTUNE__MAY_TOUCH;
}

/* What it costs when a group that was touched like before is now touched like
 * after: cache groups of the cell, and what cost 8 counts of the group. */
static vtune__fine touch_cost(const struct program *p, unsigned int group, enum touched before,
			      enum touched after)
{
	const struct vtune__scene *scene = p->ask->scene;
	int64_t caches = after == BY_VCPUS && before != BY_VCPUS;
	int64_t left = 0;

	if (before == UNTOUCHED && after != UNTOUCHED &&
	    group_touch(p, group) == VTUNE__MAY_TOUCH) {
		unsigned int span = scene->group_span[group];

		/* Over several nodes it is counted once: a bound must not be above. */
		left = scene->group_free[group];
		left = scene->sign > 0 ? left / most_of(span, 1) : -left;
	}
	return vtune__fine_pack(caches, 0, 0, left);
}

static enum touched touch_after(enum touched before, const struct use *use)
{
	if (use->vcpus > 0)
		return BY_VCPUS;
	return use->helpers > 0 && before == UNTOUCHED ? HELPERS_ONLY : before;
}

/* May a group be left like this? */
static bool may_leave(const struct program *p, unsigned int group, enum touched touched)
{
	enum vtune__touch touch = group_touch(p, group);

	if (touch == VTUNE__MUST_TOUCH)
		return touched != UNTOUCHED;
	return touch == VTUNE__MAY_TOUCH || touched == UNTOUCHED;
}

static bool is_last_of_group(const struct program *p, unsigned int run)
{
	return run + 1 == p->nruns || p->runs[run + 1].cores->group != p->runs[run].cores->group;
}

/* The values after a run, when it is left with the group touched like that; or
 * NULL when it may not be. */
static const vtune__fine *values_after(const struct program *p, unsigned int run,
				       enum touched touched)
{
	if (!is_last_of_group(p, run))
		return stage_values(p, run + 1, touched);
	if (!may_leave(p, p->runs[run].cores->group, touched))
		return NULL;
	return stage_values(p, run + 1, UNTOUCHED);
}

/* Sums with what cannot be stay far above all that can. */
static bool can_be(vtune__fine value)
{
	return value < VTUNE__FINE_NONE / 4 * 3;
}

/* vCPUs that can still be left at a run: no fewer than what the runs before it
 * leave over, no more than the ones from it on can take. */
static void improve(const struct program *p, unsigned int run, vtune__fine *to,
		    const vtune__fine *from, const struct use *use, vtune__fine cost)
{
	unsigned int dedicated = p->xs - 1, before = p->room_before[run];
	unsigned int most = p->room_before[p->nruns] - before;
	unsigned int first = dedicated > before ? dedicated - before : 0;
	unsigned int last = most < dedicated ? most : dedicated;

	if (first < use->vcpus)
		first = use->vcpus;
	for (unsigned int t = use->leaves; t < p->ts; t++) {
		for (unsigned int y = use->helpers; y < p->ys; y++) {
			size_t at = state_of(p, 0, y, t);
			size_t left = state_of(p, 0, y - use->helpers, t - use->leaves);

			for (unsigned int x = first; x <= last; x++) {
				vtune__fine sum = from[left + x - use->vcpus] + cost;

				to[at + x] = sum < to[at + x] ? sum : to[at + x];
			}
		}
	}
}

static void solve_run(struct program *p, unsigned int run)
{
	unsigned int group = p->runs[run].cores->group;
	bool first = run == 0 || p->runs[run - 1].cores->group != group;

	uses_list(p, &p->runs[run]);
	for (unsigned int before = 0; before < NTOUCHED; before++) {
		vtune__fine *to = stage_values(p, run, before);

		if ((before != UNTOUCHED && first) || (before == HELPERS_ONLY && p->ys == 1))
			continue;
		for (size_t i = 0; i < p->states; i++)
			to[i] = VTUNE__FINE_NONE;
		for (unsigned int i = 0; i < p->nuses; i++) {
			const struct use *use = &p->uses[i];
			enum touched after = touch_after(before, use);
			const vtune__fine *from = values_after(p, run, after);

			if (from)
				improve(p, run, to, from, use,
					use->cost + touch_cost(p, group, before, after));
		}
	}
}

static void program_run(struct program *p)
{
	vtune__fine *end = stage_values(p, p->nruns, UNTOUCHED);

	for (size_t i = 0; i < p->states; i++)
		end[i] = VTUNE__FINE_NONE;
	for (unsigned int t = 0; t < p->ts; t++)
		end[state_of(p, 0, 0, t)] = 0;
	for (unsigned int run = p->nruns; run-- > 0;)
		solve_run(p, run);
}

/* Can the CPUs that may leave the pool run out? Then they are part of a state. */
static bool is_limited(const struct vtune__cpu_ask *ask, enum vtune__threads threads)
{
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	uint64_t most = ask->dedicated + ask->helpers;

	if (ask->limit == INT_MAX || site->apart == site->dedicated)
		return false;
	if (threads != VTUNE__PREFER && ask->dedicated > 0)
		most = site->dedicated; /* idle threads leave it too */
	if (most > site->dedicated)
		most = site->dedicated;
	return most > (uint64_t)ask->limit;
}

/* Cores that are alike in one cache group make one run. Where each is a run of its
 * own, no more of them can be used than there are vCPUs and helpers: the first ones
 * do. One at least stands for the group. */
static int runs_pick(struct program *p, const struct vtune__site *site)
{
	unsigned int most = most_of(p->ask->dedicated + p->ask->helpers, 1);

	p->runs = vtune__arena_take(p->ask->arena, site->ncores, sizeof(*p->runs));
	p->room_before =
		vtune__arena_take(p->ask->arena, site->ncores + 1, sizeof(*p->room_before));
	if (!p->runs || !p->room_before)
		return -1;
	for (unsigned int i = 0, nth = 0; i < site->ncores; i++) {
		const struct vtune__core *core = &site->cores[i];
		bool same = i > 0 && core[-1].group == core->group && are_alike(core - 1, core);

		nth = same ? nth + 1 : 0;
		if (p->joined && same)
			p->runs[p->nruns - 1].count++;
		else if (p->joined || nth < most || (int)core->index == p->ask->core)
			p->runs[p->nruns++] = (struct run){ core, 1 };
		else
			continue;
		if (p->joined && same)
			p->room_before[p->nruns] += core->free;
		else
			p->room_before[p->nruns] = p->room_before[p->nruns - 1] + core->free;
	}
	return 0;
}

/* The most uses that a run can have. */
static unsigned int count_uses(const struct program *p)
{
	unsigned int most = p->xs;

	for (unsigned int i = 0; i < p->nruns && !p->joined; i++) {
		unsigned int free = p->runs[i].cores->free;

		most = most_of(most, (free + 1) * (free + 2));
	}
	return most;
}

static int program_begin(struct program *p, const struct vtune__cpu_ask *ask, bool keep_stages)
{
	const size_t most_values = (size_t)1 << 26; /* half a GiB */
	const struct vtune__site *site = &ask->scene->sites[ask->node];

	memset(p, 0, sizeof(*p));
	p->ask = ask;
	p->threads = ask->scene->lift & VTUNE__LIFT_THREADS ? VTUNE__PREFER
							    : ask->scene->spec->threads;
	p->limited = is_limited(ask, p->threads);
	p->joined = !p->limited && ask->helpers == 0 && ask->core < 0;
	if (runs_pick(p, site) < 0)
		return -1;
	p->xs = ask->dedicated + 1;
	p->ys = ask->helpers + 1;
	p->ts = p->limited ? (unsigned int)ask->limit + 1 : 1;
	p->states = (size_t)p->xs * p->ys * p->ts;
	p->stages = keep_stages ? p->nruns + 1 : 2;
	p->uses = vtune__arena_take(ask->arena, count_uses(p), sizeof(*p->uses));
	if (p->states > most_values / NTOUCHED / p->stages)
		ask->arena->failed = true;
	if (ask->arena->failed)
		return -1;
	p->values = vtune__arena_take(ask->arena, (size_t)p->stages * NTOUCHED * p->states,
				      sizeof(*p->values));
	return p->uses && p->values ? 0 : -1;
}

/* Costs 7 and 8 count what is free before; less what is held. */
static vtune__fine node_cost(const struct vtune__cpu_ask *ask, unsigned int helpers)
{
	const struct vtune__scene *scene = ask->scene;
	int64_t held = (int64_t)ask->dedicated + helpers;
	int64_t free = scene->sites[ask->node].dedicated;

	if (!ask->used && helpers == 0)
		return 0;
	return vtune__fine_pack(0, 0, scene->sign * (free - held), -scene->sign * held);
}

struct vtune__table *vtune__cpus_table(const struct vtune__cpu_ask *ask)
{
	struct vtune__arena *arena = ask->arena;
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	struct vtune__cpu_ask capped = *ask;
	struct vtune__table *table;
	struct vtune__mark mark;
	struct program p;

	table = vtune__arena_take(arena, 1,
				  sizeof(*table) + (ask->helpers + 1) * sizeof(table->best[0]));
	if (!table)
		return NULL;
	for (unsigned int y = 0; y <= ask->helpers; y++)
		table->best[y] = VTUNE__FINE_NONE;
	if (ask->limit < 0 || ask->dedicated > site->dedicated)
		return table;
	if (capped.helpers > site->dedicated - ask->dedicated)
		capped.helpers = site->dedicated - ask->dedicated;
	mark = vtune__arena_mark(arena);
	if (program_begin(&p, &capped, false) < 0)
		return NULL;
	program_run(&p);
	for (unsigned int y = 0; y <= capped.helpers; y++) {
		vtune__fine value =
			stage_values(&p, 0, UNTOUCHED)[state_of(&p, ask->dedicated, y, p.ts - 1)];

		if (!can_be(value))
			continue;
		table->best[y] = value + node_cost(ask, y);
		table->most = y;
	}
	vtune__arena_reset(arena, mark);
	return table;
}

/* A thread of the core that the VM can have; those outside the pool first when
 * leaving it is limited. nth from 0. */
static unsigned int free_thread(const struct program *p, const struct vtune__core *core,
				unsigned int nth)
{
	const struct vtune__scene *scene = p->ask->scene;
	const struct vtune__set *threads = &scene->topology->cores[core->index];

	for (int inside = 0; inside < 2; inside++) {
		VTUNE__SET_FOREACH(cpu, threads) {
			unsigned int id = (unsigned int)cpu;

			if (!vtune__set_has(&scene->room->dedicated, id))
				continue;
			if (p->limited && vtune__set_has(&scene->room->shared, id) != (inside == 1))
				continue;
			if (nth-- == 0)
				return id;
		}
		if (!p->limited)
			break;
	}
	return 0;
}

/* Of uses that cost the same: vCPUs on the lowest CPUs, then helpers. */
static bool is_preferred(const struct program *p, unsigned int run, const struct use *use,
			 const struct use *than)
{
	const struct vtune__core *cores = p->runs[run].cores;

	if ((use->vcpus > 0) != (than->vcpus > 0))
		return use->vcpus > 0;
	if (use->vcpus != than->vcpus) {
		bool more = use->vcpus > than->vcpus;
		unsigned int fewer = more ? than->vcpus : use->vcpus;
		unsigned int each = most_of(vcpus_a_core(p, cores), 1);
		bool here_first = run + 1 >= p->nruns ||
				  free_thread(p, &cores[fewer / each], fewer % each) <
					  free_thread(p, p->runs[run + 1].cores, 0);

		return more == here_first;
	}
	return use->helpers > than->helpers;
}

static const struct use *use_best(struct program *p, unsigned int run, enum touched before,
				  size_t x, size_t y, size_t t)
{
	unsigned int group = p->runs[run].cores->group;
	const struct use *best = NULL;
	vtune__fine least = VTUNE__FINE_NONE;

	uses_list(p, &p->runs[run]);
	for (unsigned int i = 0; i < p->nuses; i++) {
		const struct use *use = &p->uses[i];
		enum touched after = touch_after(before, use);
		const vtune__fine *from = values_after(p, run, after);
		vtune__fine value;

		if (!from || use->vcpus > x || use->helpers > y || use->leaves > t)
			continue;
		value = from[state_of(p, (unsigned int)x - use->vcpus,
				      (unsigned int)y - use->helpers,
				      (unsigned int)t - use->leaves)];
		if (!can_be(value))
			continue;
		value += use->cost + touch_cost(p, group, before, after);
		if (value < least || (value == least && best && is_preferred(p, run, use, best))) {
			least = value;
			best = use;
		}
	}
	return best;
}

/* Where the CPUs go. */
struct choice {
	unsigned int *vcpus, *helpers;
	struct vtune__set *held;
};

static int take_core(const struct program *p, const struct vtune__core *core, unsigned int vcpus,
		     unsigned int helpers, unsigned int idle, struct choice *to)
{
	for (unsigned int i = 0; i < vcpus; i++)
		*to->vcpus++ = free_thread(p, core, i);
	for (unsigned int i = 0; i < helpers; i++)
		*to->helpers++ = free_thread(p, core, vcpus + i);
	for (unsigned int i = 0; i < vcpus + helpers + idle; i++)
		if (vtune__set_add(to->held, free_thread(p, core, i)) < 0)
			return -1;
	return 0;
}

/* Fill the cores of a run; the one that is not full comes first where that gives
 * lower CPUs. */
static int take_run(const struct program *p, const struct run *run, unsigned int vcpus,
		    struct choice *to)
{
	unsigned int each = most_of(vcpus_a_core(p, run->cores), 1);
	unsigned int rest = vcpus % each, used = vcpus / each + (rest > 0);
	bool rest_first = rest > 0 && used > 1 &&
			  free_thread(p, &run->cores[1], 0) < free_thread(p, run->cores, rest);

	for (unsigned int i = 0; i < used; i++) {
		bool partial = rest > 0 && i == (rest_first ? 0 : used - 1);
		unsigned int here = partial ? rest : each;
		unsigned int idle = p->threads == VTUNE__PREFER ? 0 : run->cores[i].size - here;

		if (take_core(p, &run->cores[i], here, 0, idle, to) < 0)
			return -1;
	}
	return 0;
}

int vtune__cpus_choose(const struct vtune__cpu_ask *ask, unsigned int *vcpus, unsigned int *helpers,
		       struct vtune__set *held)
{
	struct vtune__mark mark = vtune__arena_mark(ask->arena);
	struct choice to = { vcpus, helpers, held };
	enum touched touched = UNTOUCHED;
	struct program p;
	size_t x = ask->dedicated, y = ask->helpers, t;

	if (program_begin(&p, ask, true) < 0)
		return -1;
	program_run(&p);
	t = p.ts - 1;
	for (unsigned int run = 0; run < p.nruns && (x > 0 || y > 0); run++) {
		const struct use *use = use_best(&p, run, touched, x, y, t);

		if (!use)
			return -1;
		if ((p.joined ? take_run(&p, &p.runs[run], use->vcpus, &to)
			      : take_core(&p, p.runs[run].cores, use->vcpus, use->helpers,
					  use->idle, &to)) < 0)
			return -1;
		x -= use->vcpus;
		y -= use->helpers;
		t -= use->leaves;
		touched = is_last_of_group(&p, run) ? UNTOUCHED : touch_after(touched, use);
	}
	vtune__arena_reset(ask->arena, mark);
	return x == 0 && y == 0 ? 0 : -1;
}
