/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The very CPUs, read off the dynamic program from the first run to the last. */
#include "cpus.h"

static unsigned int most_of(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

/* The next thread of the core that the VM can have; those outside the pool come
 * first when leaving it is limited. after: the one before it, or -1. */
static int next_thread(const struct vtune__program *p, const struct vtune__core *core, int after)
{
	const struct vtune__room *room = p->ask->scene->room;
	const struct vtune__set *threads = &p->ask->scene->topology->cores[core->index];
	bool inside = p->limited && after >= 0 &&
		      vtune__set_has(&room->shared, (unsigned int)after);

	for (;;) {
		int cpu = vtune__set_next(threads, (unsigned int)(after + 1));

		if (cpu < 0 && (inside || !p->limited))
			return -1;
		if (cpu >= 0 && vtune__set_has(&room->dedicated, (unsigned int)cpu) &&
		    (!p->limited || vtune__set_has(&room->shared, (unsigned int)cpu) == inside))
			return cpu;
		inside |= cpu < 0;
		after = cpu;
	}
}

/* nth from 0; there must be so many. */
static int free_thread(const struct vtune__program *p, const struct vtune__core *core,
		       unsigned int nth)
{
	int cpu = next_thread(p, core, -1);

	while (nth-- > 0)
		cpu = next_thread(p, core, cpu);
	return cpu;
}

/* Of uses that cost the same: vCPUs on the lowest CPUs, then helpers. */
static bool is_preferred(const struct vtune__program *p, unsigned int run,
			 const struct vtune__use *use, const struct vtune__use *than)
{
	const struct vtune__core *cores = p->runs[run].cores;

	if ((use->vcpus > 0) != (than->vcpus > 0))
		return use->vcpus > 0;
	if (use->vcpus != than->vcpus) {
		bool more = use->vcpus > than->vcpus;
		unsigned int fewer = more ? than->vcpus : use->vcpus;
		unsigned int each = most_of(vtune__program_vcpus_a_core(p, cores), 1);
		bool here_first = run + 1 >= p->nruns ||
				  free_thread(p, &cores[fewer / each], fewer % each) <
					  free_thread(p, p->runs[run + 1].cores, 0);

		return more == here_first;
	}
	return use->helpers > than->helpers;
}

static const struct vtune__use *use_best(struct vtune__program *p, unsigned int run,
					 enum vtune__touched before, size_t x, size_t y, size_t t)
{
	const struct vtune__use *best = NULL;
	vtune__fine least = VTUNE__FINE_NONE;
	struct vtune__next next[NTOUCHED];

	vtune__program_uses(p, &p->runs[run]);
	vtune__program_next(p, run, before, next);
	for (unsigned int i = 0; i < p->nuses; i++) {
		const struct vtune__use *use = &p->uses[i];
		const struct vtune__next *after = &next[vtune__touch_after(before, use)];
		vtune__fine value;

		if (!after->values || use->vcpus > x || use->helpers > y || use->leaves > t)
			continue;
		value = after->values[vtune__program_state(p, (unsigned int)x - use->vcpus,
							   (unsigned int)y - use->helpers,
							   (unsigned int)t - use->leaves)];
		if (!vtune__fine_can_be(value))
			continue;
		value += use->cost + after->cost;
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

static int take_core(const struct vtune__program *p, const struct vtune__core *core,
		     unsigned int vcpus, unsigned int helpers, unsigned int idle, struct choice *to)
{
	int cpu = -1;

	for (unsigned int i = 0; i < vcpus + helpers + idle; i++) {
		cpu = next_thread(p, core, cpu);
		if (cpu < 0 || vtune__set_add(to->held, (unsigned int)cpu) < 0)
			return -1;
		if (i < vcpus)
			*to->vcpus++ = (unsigned int)cpu;
		else if (i < vcpus + helpers)
			*to->helpers++ = (unsigned int)cpu;
	}
	return 0;
}

/* Fill the cores of a run; the one that is not full comes first where that gives
 * lower CPUs. */
static int take_run(const struct vtune__program *p, const struct vtune__run *run,
		    unsigned int vcpus, struct choice *to)
{
	unsigned int each = most_of(vtune__program_vcpus_a_core(p, run->cores), 1);
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

/* Would the same program come out? Cache groups over several nodes make a
 * difference that kinship does not show. */
static bool is_again(const struct vtune__program *p, const struct vtune__cpu_ask *ask)
{
	const struct vtune__site *sites = ask->scene->sites;

	return p && !ask->scene->spanning && sites[p->ask->node].kin == sites[ask->node].kin &&
	       p->ask->dedicated == ask->dedicated && p->ask->helpers == ask->helpers &&
	       p->ask->limit == ask->limit;
}

/* The program of the chooser, made for this node. */
static struct vtune__program *program_for(const struct vtune__cpu_ask *ask,
					  struct vtune__chooser *chooser)
{
	struct vtune__program *p = chooser->program;

	if (is_again(p, ask)) {
		p->own = *ask;
		p->nruns = 0;
		p->listed = NULL;
		return vtune__program_pick(p, &ask->scene->sites[ask->node]) < 0 ? NULL : p;
	}
	p = vtune__arena_take(ask->arena, 1, sizeof(*p));
	if (!p || vtune__program_begin(p, ask, true) < 0)
		return NULL;
	vtune__program_run(p);
	p->own = *ask;
	p->ask = &p->own;
	chooser->program = p;
	return p;
}

int vtune__cpus_choose(const struct vtune__cpu_ask *ask, struct vtune__chooser *chooser,
		       unsigned int *vcpus, unsigned int *helpers, struct vtune__set *held)
{
	struct vtune__program *p = program_for(ask, chooser);
	struct choice to = { vcpus, helpers, held };
	enum vtune__touched touched = UNTOUCHED;
	size_t x = ask->dedicated, y = ask->helpers, t;

	if (!p)
		return -1;
	t = p->ts - 1;
	for (unsigned int run = 0; run < p->nruns && (x > 0 || y > 0); run++) {
		const struct vtune__use *use = use_best(p, run, touched, x, y, t);

		if (!use)
			return -1;
		if ((p->joined ? take_run(p, &p->runs[run], use->vcpus, &to)
			       : take_core(p, p->runs[run].cores, use->vcpus, use->helpers,
					   use->idle, &to)) < 0)
			return -1;
		x -= use->vcpus;
		y -= use->helpers;
		t -= use->leaves;
		touched = vtune__program_ends_group(p, run) ? UNTOUCHED
							    : vtune__touch_after(touched, use);
	}
	return x == 0 && y == 0 ? 0 : -1;
}
