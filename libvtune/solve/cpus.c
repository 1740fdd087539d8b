/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which CPUs of one node: a dynamic program over its cores, from the last to the
 * first, so that the choice can then be read off from the first to the last. A
 * state is what is still to be given: vCPUs, helpers, and CPUs that may yet leave
 * the shared pool; and how the cache group at hand has been touched so far. Where
 * only vCPUs matter, cores that are alike are one step: what so many vCPUs cost on
 * them is plain. */
#include <limits.h>
#include <string.h>

#include "cpus.h"

static unsigned int most_of(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

static vtune__fine *stage_values(const struct vtune__program *p, unsigned int run,
				 unsigned int touched)
{
	return p->values + ((size_t)(run % p->stages) * p->touches + touched) * p->states;
}

/* Cost 6 of a core of which so many threads are held. */
static unsigned int split_cost(const struct vtune__program *p, const struct vtune__core *core,
			       unsigned int held)
{
	if (p->ask->scene->sign > 0)
		return held > 0 && held < core->free;
	if (held == 0 || held == core->size)
		return 0;
	return core->other ? 2 : 1;
}

static void use_add(struct vtune__program *p, const struct vtune__core *core, unsigned int vcpus,
		    unsigned int helpers, unsigned int idle)
{
	unsigned int held = vcpus + helpers + idle;
	struct vtune__use *use = &p->uses[p->nuses];
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

bool vtune__cores_alike(const struct vtune__core *a, const struct vtune__core *b)
{
	return a->size == b->size && a->free == b->free && a->apart == b->apart &&
	       a->other == b->other;
}

static void uses_of_core(struct vtune__program *p, const struct vtune__core *core)
{
	bool whole = core->free == core->size;
	unsigned int least = (int)core->index == p->ask->core;

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

unsigned int vtune__program_vcpus_a_core(const struct vtune__program *p,
					 const struct vtune__core *core)
{
	if (p->threads == VTUNE__PREFER)
		return core->free;
	if (core->free != core->size)
		return 0;
	return p->threads == VTUNE__ISOLATE ? 1 : core->size;
}

/* So many vCPUs on cores that are alike: they fill one after another. */
static void uses_of_run(struct vtune__program *p, const struct vtune__run *run)
{
	const struct vtune__core *core = run->cores;
	unsigned int each = vtune__program_vcpus_a_core(p, core), most = each * run->count;
	int sign = p->ask->scene->sign;

	p->nuses = 0;
	for (unsigned int x = 0; x <= most && x < p->xs; x++) {
		unsigned int full = each ? x / each : 0, rest = each ? x % each : 0;
		unsigned int cores = full + (rest > 0), idle = 0, split = 0;
		struct vtune__use *use = &p->uses[p->nuses++];

		if (p->threads == VTUNE__PREFER)
			split = full * split_cost(p, core, each) + split_cost(p, core, rest);
		else
			idle = cores * core->size - x;
		*use = (struct vtune__use){ .vcpus = x, .idle = idle };
		use->cost = vtune__fine_pack(0, split + idle, -sign * (int64_t)idle,
					     -sign * (int64_t)idle);
	}
}

void vtune__program_uses(struct vtune__program *p, const struct vtune__run *run)
{
	if (p->listed && p->listed->count == run->count &&
	    vtune__cores_alike(p->listed->cores, run->cores) && p->ask->core < 0)
		return;
	p->listed = run;
	if (p->joined)
		uses_of_run(p, run);
	else
		uses_of_core(p, run->cores);
}

static enum vtune__touch group_touch(const struct vtune__program *p, unsigned int group)
{
	return p->ask->touch ? p->ask->touch[group] : VTUNE__MAY_TOUCH;
}

static vtune__fine touch_cost(const struct vtune__program *p, unsigned int group,
			      enum vtune__touched before, enum vtune__touched after)
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

enum vtune__touched vtune__touch_after(enum vtune__touched before, const struct vtune__use *use)
{
	if (use->vcpus > 0)
		return BY_VCPUS;
	return use->helpers > 0 && before == UNTOUCHED ? HELPERS_ONLY : before;
}

/* May a group be left like this? */
static bool may_leave(const struct vtune__program *p, unsigned int group,
		      enum vtune__touched touched)
{
	enum vtune__touch touch = group_touch(p, group);

	if (touch == VTUNE__MUST_TOUCH)
		return touched != UNTOUCHED;
	return touch == VTUNE__MAY_TOUCH || touched == UNTOUCHED;
}

bool vtune__program_ends_group(const struct vtune__program *p, unsigned int run)
{
	return run + 1 == p->nruns || p->runs[run + 1].cores->group != p->runs[run].cores->group;
}

void vtune__program_next(const struct vtune__program *p, unsigned int run,
			 enum vtune__touched before, struct vtune__next next[NTOUCHED])
{
	unsigned int group = p->runs[run].cores->group;
	bool ends = vtune__program_ends_group(p, run);

	for (unsigned int after = 0; after < p->touches; after++) {
		next[after].cost = touch_cost(p, group, before, after);
		next[after].values = stage_values(p, run + 1, ends ? UNTOUCHED : after);
		if (ends && !may_leave(p, group, after))
			next[after].values = NULL;
	}
}

/* vCPUs that can still be left at a run: no fewer than what the runs before it
 * leave over, no more than the ones from it on can take. */
static void improve(const struct vtune__program *p, unsigned int run, vtune__fine *to,
		    const vtune__fine *from, const struct vtune__use *use, vtune__fine cost)
{
	unsigned int dedicated = p->xs - 1, before = p->room_before[run];
	unsigned int most = p->room_before[p->nruns] - before;
	unsigned int first = dedicated > before ? dedicated - before : 0;
	unsigned int last = most < dedicated ? most : dedicated;

	if (first < use->vcpus)
		first = use->vcpus;
	for (unsigned int t = use->leaves; t < p->ts; t++) {
		for (unsigned int y = use->helpers; y < p->ys; y++) {
			size_t at = vtune__program_state(p, 0, y, t);
			size_t left = vtune__program_state(p, 0, y - use->helpers, t - use->leaves);

			for (unsigned int x = first; x <= last; x++) {
				vtune__fine sum = from[left + x - use->vcpus] + cost;

				to[at + x] = sum < to[at + x] ? sum : to[at + x];
			}
		}
	}
}

static void solve_run(struct vtune__program *p, unsigned int run)
{
	unsigned int group = p->runs[run].cores->group;
	bool first = run == 0 || p->runs[run - 1].cores->group != group;

	vtune__program_uses(p, &p->runs[run]);
	for (unsigned int before = 0; before < (first ? 1 : p->touches); before++) {
		vtune__fine *to = stage_values(p, run, before);
		struct vtune__next next[NTOUCHED];

		for (size_t i = 0; i < p->states; i++)
			to[i] = VTUNE__FINE_NONE;
		vtune__program_next(p, run, before, next);
		for (unsigned int i = 0; i < p->nuses; i++) {
			const struct vtune__use *use = &p->uses[i];
			enum vtune__touched after = vtune__touch_after(before, use);

			if (next[after].values)
				improve(p, run, to, next[after].values, use,
					use->cost + next[after].cost);
		}
	}
}

void vtune__program_run(struct vtune__program *p)
{
	vtune__fine *end = stage_values(p, p->nruns, UNTOUCHED);

	for (size_t i = 0; i < p->states; i++)
		end[i] = VTUNE__FINE_NONE;
	for (unsigned int t = 0; t < p->ts; t++)
		end[vtune__program_state(p, 0, 0, t)] = 0;
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

enum vtune__may vtune__cpus_may(const struct vtune__cpu_ask *ask, unsigned int helpers)
{
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	enum vtune__threads threads = vtune__scene_threads(ask->scene);
	unsigned int room = site->dedicated;

	if (threads != VTUNE__PREFER)
		room = threads == VTUNE__ISOLATE ? site->whole : site->on_whole;
	if (ask->limit < 0 || ask->dedicated > room ||
	    (uint64_t)ask->dedicated + helpers > site->dedicated)
		return VTUNE__CANNOT;
	return ask->helpers > 0 || is_limited(ask, threads) ? VTUNE__PERHAPS : VTUNE__CAN;
}

int vtune__program_pick(struct vtune__program *p, const struct vtune__site *site)
{
	unsigned int most = most_of(p->ask->dedicated + p->ask->helpers, 1);

	p->runs = vtune__arena_take(p->ask->arena, site->ncores, sizeof(*p->runs));
	p->room_before =
		vtune__arena_take(p->ask->arena, site->ncores + 1, sizeof(*p->room_before));
	if (!p->runs || !p->room_before)
		return -1;
	for (unsigned int i = 0, nth = 0; i < site->ncores; i++) {
		const struct vtune__core *core = &site->cores[i];
		bool same = i > 0 && core[-1].group == core->group &&
			    vtune__cores_alike(core - 1, core);

		nth = same ? nth + 1 : 0;
		if (p->joined && same)
			p->runs[p->nruns - 1].count++;
		else if (p->joined || nth < most || (int)core->index == p->ask->core)
			p->runs[p->nruns++] = (struct vtune__run){ core, 1 };
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
static unsigned int count_uses(const struct vtune__program *p)
{
	unsigned int most = p->xs;

	for (unsigned int i = 0; i < p->nruns && !p->joined; i++) {
		unsigned int free = p->runs[i].cores->free;

		most = most_of(most, (free + 1) * (free + 2));
	}
	return most;
}

int vtune__program_begin(struct vtune__program *p, const struct vtune__cpu_ask *ask,
			 bool keep_stages)
{
	const size_t most_values = (size_t)1 << 26; /* half a GiB */
	const struct vtune__site *site = &ask->scene->sites[ask->node];

	memset(p, 0, sizeof(*p));
	p->ask = ask;
	p->threads = vtune__scene_threads(ask->scene);
	p->limited = is_limited(ask, p->threads);
	p->joined = !p->limited && ask->helpers == 0 && ask->core < 0 && !ask->singly;
	if (vtune__program_pick(p, site) < 0)
		return -1;
	p->xs = ask->dedicated + 1;
	p->ys = ask->helpers + 1;
	p->ts = p->limited ? (unsigned int)ask->limit + 1 : 1;
	p->states = (size_t)p->xs * p->ys * p->ts;
	p->stages = keep_stages ? p->nruns + 1 : 2;
	p->touches = ask->helpers > 0 ? NTOUCHED : HELPERS_ONLY;
	p->uses = vtune__arena_take(ask->arena, count_uses(p), sizeof(*p->uses));
	if (p->states > most_values / NTOUCHED / p->stages)
		ask->arena->failed = true;
	if (ask->arena->failed)
		return -1;
	p->values = vtune__arena_take(ask->arena, (size_t)p->stages * p->touches * p->states,
				      sizeof(*p->values));
	return p->uses && p->values ? 0 : -1;
}

vtune__fine vtune__cpus_node_cost(const struct vtune__cpu_ask *ask, unsigned int helpers)
{
	const struct vtune__scene *scene = ask->scene;
	int64_t held = (int64_t)ask->dedicated + helpers;
	int64_t free = scene->sites[ask->node].dedicated;

	if (!ask->used && helpers == 0)
		return 0;
	return vtune__fine_pack(0, 0, scene->sign * (free - held), -scene->sign * held);
}

/* Of a program that is joined all stages are small enough to be kept. */
static struct vtune__program *new_program(const struct vtune__cpu_ask *ask, bool *keep)
{
	struct vtune__program *p = vtune__arena_take(ask->arena, 1, sizeof(*p));

	*keep = *keep && ask->helpers == 0 && !is_limited(ask, vtune__scene_threads(ask->scene));
	if (!p || vtune__program_begin(p, ask, *keep) < 0)
		return NULL;
	vtune__program_run(p);
	p->own = *ask;
	p->ask = &p->own;
	return p;
}

struct vtune__table *vtune__cpus_table(const struct vtune__cpu_ask *ask,
				       struct vtune__program **kept)
{
	struct vtune__arena *arena = ask->arena;
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	struct vtune__cpu_ask capped = *ask;
	bool keep = kept && !ask->scene->spanning;
	struct vtune__table *table;
	struct vtune__program *p;
	struct vtune__mark mark;

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
	p = new_program(&capped, &keep);
	if (!p)
		return NULL;
	for (unsigned int y = 0; y <= capped.helpers; y++) {
		vtune__fine value = stage_values(
			p, 0, UNTOUCHED)[vtune__program_state(p, ask->dedicated, y, p->ts - 1)];

		if (!vtune__fine_can_be(value))
			continue;
		table->best[y] = value + vtune__cpus_node_cost(ask, y);
		table->most = y;
	}
	if (keep)
		*kept = p;
	else
		vtune__arena_reset(arena, mark);
	return table;
}
