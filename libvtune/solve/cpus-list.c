/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every choice of CPUs on one node, in the order of the dynamic program, whose values
 * say at each step what can still be completed. */
#include <stdlib.h>

#include "cpus.h"

/* Larger programs are not listed. */
#define MOST_VALUES ((size_t)1 << 18)

/* Before a run: what is still to be given. */
struct step {
	unsigned int x, y, t;
	enum vtune__touched touched;
	vtune__fine sum;
	unsigned int next;     /* use to try */
	struct vtune__use use; /* that was taken */
	unsigned int taken;    /* its number */
	int alike;	       /* the same run of a group before this one that is alike; -1 */
	bool tied;	       /* so far the group is used as that one */
};

struct list {
	struct vtune__program program;
	const struct vtune__cpu_ask *ask;
	struct vtune__arena *keep;
	struct step *steps;
	struct vtune__choices *choices;
	unsigned int most, room;
	vtune__fine bound; /* of the sum of steps */
};

static bool begins_group(const struct vtune__program *p, unsigned int run)
{
	return run == 0 || vtune__program_ends_group(p, run - 1);
}

/* Are the free cores of two groups of the node the same? */
static bool groups_alike(const struct vtune__cpu_ask *ask, const struct vtune__core *a,
			 const struct vtune__core *b)
{
	const struct vtune__scene *scene = ask->scene;
	const struct vtune__site *site = &scene->sites[ask->node];
	const struct vtune__core *end = site->cores + site->ncores, *first = b;

	if (scene->group_free[a->group] != scene->group_free[b->group] ||
	    scene->group_span[a->group] > 1 || scene->group_span[b->group] > 1)
		return false;
	for (; a < first && b < end && b->group == first->group; a++, b++)
		if (!vtune__cores_alike(a, b))
			return false;
	return a == first && (b == end || b->group != first->group);
}

/* Note for each run the one that stands where it does in the group before, when the
 * groups are alike: of two such groups the first is used no less than the second. */
static void find_alike(struct list *l)
{
	const struct vtune__program *p = &l->program;
	unsigned int before = 0, first = 0;
	bool alike = false;

	for (unsigned int run = 0; run < p->nruns; run++) {
		if (run > 0 && begins_group(p, run)) {
			before = first;
			first = run;
			alike = groups_alike(l->ask, p->runs[before].cores, p->runs[run].cores);
		}
		l->steps[run].alike = alike ? (int)(before + run - first) : -1;
	}
}

/* The number of the last use that is not the same again with other names. */
static unsigned int last_use(const struct list *l, unsigned int run)
{
	const struct vtune__program *p = &l->program;
	const struct step *step = &l->steps[run];
	unsigned int last = p->nuses - 1;

	if (!begins_group(p, run) &&
	    vtune__cores_alike(p->runs[run - 1].cores, p->runs[run].cores) &&
	    l->steps[run - 1].taken < last)
		last = l->steps[run - 1].taken;
	if (step->tied && step->alike >= 0 && l->steps[step->alike].taken < last)
		last = l->steps[step->alike].taken;
	return last;
}

/* Take the next use of the run that can be completed. */
static bool advance(struct list *l, unsigned int run)
{
	struct vtune__program *p = &l->program;
	struct step *step = &l->steps[run], *after = step + 1;
	struct vtune__next next[NTOUCHED];
	unsigned int last;

	vtune__program_uses(p, &p->runs[run]);
	vtune__program_next(p, run, step->touched, next);
	for (last = last_use(l, run); step->next <= last; step->next++) {
		const struct vtune__use *use = &p->uses[step->next];
		enum vtune__touched touched = vtune__touch_after(step->touched, use);
		const vtune__fine *from = next[touched].values;
		vtune__fine rest;

		if (!from || use->vcpus > step->x || use->helpers > step->y ||
		    use->leaves > step->t)
			continue;
		after->x = step->x - use->vcpus;
		after->y = step->y - use->helpers;
		after->t = step->t - use->leaves;
		rest = from[vtune__program_state(p, after->x, after->y, after->t)];
		if (!vtune__fine_can_be(rest))
			continue;
		after->sum = step->sum + use->cost + next[touched].cost;
		if (after->sum + rest > l->bound)
			continue;
		after->touched = vtune__program_ends_group(p, run) ? UNTOUCHED : touched;
		after->tied = vtune__program_ends_group(p, run) ||
			      (step->tied && step->alike >= 0 &&
			       l->steps[step->alike].taken == step->next);
		after->next = 0;
		step->use = *use;
		step->taken = step->next++;
		return true;
	}
	return false;
}

static struct vtune__choice *add_choice(struct list *l)
{
	struct vtune__choices *choices = l->choices;

	if (choices->count == l->room) {
		unsigned int room = l->room ? 2 * l->room : 8;
		struct vtune__choice *list = vtune__arena_take(l->keep, room, sizeof(*list));

		if (!list)
			return NULL;
		for (unsigned int i = 0; i < choices->count; i++)
			list[i] = choices->list[i];
		choices->list = list;
		l->room = room;
	}
	return &choices->list[choices->count++];
}

/* The uses of the runs before this one are a choice. */
static int keep_choice(struct list *l, unsigned int runs)
{
	const struct vtune__program *p = &l->program;
	const struct vtune__core *cores = l->ask->scene->sites[l->ask->node].cores;
	struct vtune__choice *choice = add_choice(l);

	if (!choice)
		return -1;
	choice->fine = l->steps[runs].sum + vtune__cpus_node_cost(l->ask, l->ask->helpers);
	choice->ncores = 0;
	choice->cores = vtune__arena_take(l->keep, runs, sizeof(*choice->cores));
	if (!choice->cores)
		return -1;
	for (unsigned int run = 0; run < runs; run++) {
		const struct vtune__use *use = &l->steps[run].use;

		if (use->vcpus + use->helpers == 0)
			continue;
		choice->cores[choice->ncores++] =
			(struct vtune__core_use){ (unsigned int)(p->runs[run].cores - cores),
						  use->vcpus, use->helpers, use->idle };
	}
	return 0;
}

static int walk(struct list *l)
{
	unsigned int run = 0;

	for (;;) {
		const struct step *step = &l->steps[run];
		bool whole = step->x == 0 && step->y == 0;

		if (whole && l->choices->count == l->most) {
			l->choices->cut = true;
			return 0;
		}
		if (whole && keep_choice(l, run) < 0)
			return -1;
		if (!whole && run < l->program.nruns && advance(l, run)) {
			run++;
			continue;
		}
		do {
			if (run-- == 0)
				return 0;
		} while (!advance(l, run));
		run++;
	}
}

static int compare_choices(const void *a, const void *b)
{
	const struct vtune__choice *x = a, *y = b;

	if (x->fine != y->fine)
		return x->fine < y->fine ? -1 : 1;
	/* Any order will do, as long as it is always the same. */
	for (unsigned int i = 0; i < x->ncores && i < y->ncores; i++) {
		const struct vtune__core_use *u = &x->cores[i], *v = &y->cores[i];

		if (u->place != v->place)
			return u->place < v->place ? -1 : 1;
		if (u->vcpus != v->vcpus)
			return u->vcpus > v->vcpus ? -1 : 1;
		if (u->helpers != v->helpers)
			return u->helpers > v->helpers ? -1 : 1;
	}
	return x->ncores < y->ncores ? -1 : x->ncores > y->ncores;
}

/* Is the program small enough to be listed? */
static bool is_small(const struct vtune__cpu_ask *ask)
{
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	size_t states = ((size_t)ask->dedicated + 1) * (ask->helpers + 1);
	size_t most = MOST_VALUES / NTOUCHED / (site->ncores + 1);

	if (ask->limit >= 0 && (unsigned int)ask->limit < site->dedicated)
		states *= (unsigned int)ask->limit + 1;
	return states <= most;
}

int vtune__cpus_list(const struct vtune__cpu_ask *ask, unsigned int most, vtune__fine bound,
		     struct vtune__arena *keep, struct vtune__choices *choices)
{
	const struct vtune__site *site = &ask->scene->sites[ask->node];
	struct vtune__cpu_ask own = *ask;
	struct list l = { .ask = &own, .keep = keep, .choices = choices, .most = most };

	l.bound = bound - (bound < VTUNE__FINE_NONE ? vtune__cpus_node_cost(ask, ask->helpers) : 0);

	*choices = (struct vtune__choices){ 0 };
	if (ask->limit < 0 || ask->dedicated > site->dedicated ||
	    ask->helpers > site->dedicated - ask->dedicated)
		return 0;
	own.touch = NULL;
	own.singly = true;
	choices->cut = !is_small(ask);
	if (choices->cut)
		return 0;
	if (vtune__program_begin(&l.program, &own, true) < 0)
		return -1;
	l.steps = vtune__arena_take(ask->arena, l.program.nruns + 1, sizeof(*l.steps));
	if (!l.steps)
		return -1;
	vtune__program_run(&l.program);
	find_alike(&l);
	l.steps[0] = (struct step){ .x = own.dedicated,
				    .y = own.helpers,
				    .t = l.program.ts - 1,
				    .alike = l.steps[0].alike,
				    .tied = true };
	if (walk(&l) < 0)
		return -1;
	if (choices->count > 1)
		qsort(choices->list, choices->count, sizeof(*choices->list), compare_choices);
	return 0;
}
