/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which CPUs of one node: a dynamic program over its cores, from the last to the
 * first, so that the choice can then be read off from the first to the last. A
 * state is what is still to be given: vCPUs, helpers, and CPUs that may yet leave
 * the shared pool; and how the cache group at hand has been touched so far. */
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

struct program {
	const struct vtune__cpu_ask *ask;
	const struct vtune__core **cores; /* those of the node that can matter */
	unsigned int ncores;
	unsigned int *room_before; /* free threads of the cores before each, and of all */
	enum vtune__threads threads;
	unsigned int xs, ys, ts; /* extents: vCPUs, helpers, pool CPUs */
	bool limited;		 /* pool CPUs can run out */
	size_t states;		 /* of one way to have touched the group */
	vtune__fine *values;	 /* [stage][touched][state]; stages may be two in turn */
	unsigned int stages;
	struct use *uses; /* of the core at hand */
	unsigned int nuses;
	const struct vtune__core *listed; /* whose uses they are */
};

static unsigned int most_of(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

static vtune__fine *stage_values(const struct program *p, unsigned int core, unsigned int touched)
{
	return p->values + ((size_t)(core % p->stages) * NTOUCHED + touched) * p->states;
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

static void uses_list(struct program *p, const struct vtune__core *core)
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

static bool is_last_of_group(const struct program *p, unsigned int core)
{
	return core + 1 == p->ncores || p->cores[core + 1]->group != p->cores[core]->group;
}

/* The values after the core, when it is left with the group touched like that; or
 * NULL when it may not be. */
static const vtune__fine *values_after(const struct program *p, unsigned int core,
				       enum touched touched)
{
	if (!is_last_of_group(p, core))
		return stage_values(p, core + 1, touched);
	if (!may_leave(p, p->cores[core]->group, touched))
		return NULL;
	return stage_values(p, core + 1, UNTOUCHED);
}

/* Sums with what cannot be stay far above all that can. */
static bool can_be(vtune__fine value)
{
	return value < VTUNE__FINE_NONE / 4 * 3;
}

/* vCPUs that can still be left at a core: no fewer than what the cores before it
 * leave over, no more than the ones from it on can take. */
static void improve(const struct program *p, unsigned int core, vtune__fine *to,
		    const vtune__fine *from, const struct use *use, vtune__fine cost)
{
	unsigned int dedicated = p->xs - 1, before = p->room_before[core];
	unsigned int most = p->room_before[p->ncores] - before;
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

static void core_run(struct program *p, unsigned int core)
{
	const struct vtune__core *it = p->cores[core];
	bool first = core == 0 || p->cores[core - 1]->group != it->group;

	uses_list(p, it);
	for (unsigned int before = 0; before < NTOUCHED; before++) {
		vtune__fine *to = stage_values(p, core, before);

		if ((before != UNTOUCHED && first) || (before == HELPERS_ONLY && p->ys == 1))
			continue;
		for (size_t i = 0; i < p->states; i++)
			to[i] = VTUNE__FINE_NONE;
		for (unsigned int i = 0; i < p->nuses; i++) {
			const struct use *use = &p->uses[i];
			enum touched after = touch_after(before, use);
			const vtune__fine *from = values_after(p, core, after);

			if (from)
				improve(p, core, to, from, use,
					use->cost + touch_cost(p, it->group, before, after));
		}
	}
}

static void program_run(struct program *p)
{
	vtune__fine *end = stage_values(p, p->ncores, UNTOUCHED);

	for (size_t i = 0; i < p->states; i++)
		end[i] = VTUNE__FINE_NONE;
	for (unsigned int t = 0; t < p->ts; t++)
		end[state_of(p, 0, 0, t)] = 0;
	for (unsigned int core = p->ncores; core-- > 0;)
		core_run(p, core);
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

/* Of cores that are alike in one cache group, no more can be used than there are
 * vCPUs and helpers: the first ones do. One at least stands for the group. */
static int cores_pick(struct program *p, const struct vtune__site *site)
{
	unsigned int most = most_of(p->ask->dedicated + p->ask->helpers, 1);

	p->cores = vtune__arena_take(p->ask->arena, site->ncores, sizeof(*p->cores));
	p->room_before =
		vtune__arena_take(p->ask->arena, site->ncores + 1, sizeof(*p->room_before));
	if (!p->cores || !p->room_before)
		return -1;
	for (unsigned int i = 0, run = 0; i < site->ncores; i++) {
		const struct vtune__core *core = &site->cores[i];
		bool same = i > 0 && core[-1].group == core->group && are_alike(core - 1, core);

		run = same ? run + 1 : 0;
		if (run >= most && (int)core->index != p->ask->core)
			continue;
		p->cores[p->ncores++] = core;
		p->room_before[p->ncores] = p->room_before[p->ncores - 1] + core->free;
	}
	return 0;
}

static int program_begin(struct program *p, const struct vtune__cpu_ask *ask, bool keep_stages)
{
	enum { MOST_STATES = 1 << 24 };
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	unsigned int widest = 1;

	memset(p, 0, sizeof(*p));
	p->ask = ask;
	if (cores_pick(p, site) < 0)
		return -1;
	p->threads = ask->scene->lift & VTUNE__LIFT_THREADS ? VTUNE__PREFER
							    : ask->scene->spec->threads;
	p->xs = ask->dedicated + 1;
	p->ys = ask->helpers + 1;
	p->limited = is_limited(ask, p->threads);
	p->ts = p->limited ? (unsigned int)ask->limit + 1 : 1;
	p->states = (size_t)p->xs * p->ys * p->ts;
	p->stages = keep_stages ? p->ncores + 1 : 2;
	for (unsigned int i = 0; i < p->ncores; i++)
		widest = most_of(widest, p->cores[i]->free);
	p->uses = vtune__arena_take(ask->arena, (size_t)(widest + 1) * (widest + 2),
				    sizeof(*p->uses));
	if (p->states > MOST_STATES)
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
static unsigned int free_thread(const struct program *p, unsigned int core, unsigned int nth)
{
	const struct vtune__scene *scene = p->ask->scene;
	const struct vtune__set *threads = &scene->topology->cores[p->cores[core]->index];

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
static bool is_preferred(const struct program *p, unsigned int core, const struct use *use,
			 const struct use *than)
{
	if ((use->vcpus > 0) != (than->vcpus > 0))
		return use->vcpus > 0;
	if (use->vcpus != than->vcpus) {
		bool more = use->vcpus > than->vcpus;
		unsigned int fewer = more ? than->vcpus : use->vcpus;
		bool sibling_first = core + 1 >= p->ncores ||
				     free_thread(p, core, fewer) < free_thread(p, core + 1, 0);

		return more == sibling_first;
	}
	return use->helpers > than->helpers;
}

static const struct use *use_best(struct program *p, unsigned int core, enum touched before,
				  size_t x, size_t y, size_t t)
{
	const struct vtune__core *it = p->cores[core];
	const struct use *best = NULL;
	vtune__fine least = VTUNE__FINE_NONE;

	uses_list(p, it);
	for (unsigned int i = 0; i < p->nuses; i++) {
		const struct use *use = &p->uses[i];
		enum touched after = touch_after(before, use);
		const vtune__fine *from = values_after(p, core, after);
		vtune__fine value;

		if (!from || use->vcpus > x || use->helpers > y || use->leaves > t)
			continue;
		value = from[state_of(p, (unsigned int)x - use->vcpus,
				      (unsigned int)y - use->helpers,
				      (unsigned int)t - use->leaves)];
		if (!can_be(value))
			continue;
		value += use->cost + touch_cost(p, it->group, before, after);
		if (value < least || (value == least && best && is_preferred(p, core, use, best))) {
			least = value;
			best = use;
		}
	}
	return best;
}

static int hold(struct vtune__set *held, const struct program *p, unsigned int core,
		const struct use *use)
{
	for (unsigned int i = 0; i < use->vcpus + use->helpers + use->idle; i++)
		if (vtune__set_add(held, free_thread(p, core, i)) < 0)
			return -1;
	return 0;
}

int vtune__cpus_choose(const struct vtune__cpu_ask *ask, unsigned int *vcpus, unsigned int *helpers,
		       struct vtune__set *held)
{
	struct vtune__mark mark = vtune__arena_mark(ask->arena);
	enum touched touched = UNTOUCHED;
	struct program p;
	size_t x = ask->dedicated, y = ask->helpers, t;

	if (program_begin(&p, ask, true) < 0)
		return -1;
	program_run(&p);
	t = p.ts - 1;
	for (unsigned int core = 0; core < p.ncores && (x > 0 || y > 0); core++) {
		const struct use *use = use_best(&p, core, touched, x, y, t);

		if (!use)
			return -1;
		for (unsigned int i = 0; i < use->vcpus; i++)
			*vcpus++ = free_thread(&p, core, i);
		for (unsigned int i = 0; i < use->helpers; i++)
			*helpers++ = free_thread(&p, core, use->vcpus + i);
		if (hold(held, &p, core, use) < 0)
			return -1;
		x -= use->vcpus;
		y -= use->helpers;
		t -= use->leaves;
		touched = is_last_of_group(&p, core) ? UNTOUCHED : touch_after(touched, use);
	}
	vtune__arena_reset(ask->arena, mark);
	return x == 0 && y == 0 ? 0 : -1;
}
