/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to cpus.c, cpus-choose.c and cpus-list.c: the dynamic program over the cores of one
 * node. */
#ifndef VTUNE_CPUS_H
#define VTUNE_CPUS_H

#include "solve.h"

enum vtune__touched { UNTOUCHED, BY_VCPUS, HELPERS_ONLY, NTOUCHED };

/* One way to use a core. */
struct vtune__use {
	unsigned int vcpus, helpers, leaves; /* leaves: CPUs that leave the shared pool */
	unsigned int idle;
	vtune__fine cost;
};

/* Cores that are alike, one after another in one cache group. */
struct vtune__run {
	const struct vtune__core *cores;
	unsigned int count;
};

struct vtune__program {
	const struct vtune__cpu_ask *ask;
	struct vtune__cpu_ask own; /* what ask points to in one that is kept */
	struct vtune__run *runs;   /* of the cores that can matter; all of one core unless joined */
	unsigned int nruns;
	bool joined;
	unsigned int *room_before; /* free threads of the runs before each, and of all */
	enum vtune__threads threads;
	unsigned int xs, ys, ts; /* extents: vCPUs, helpers, pool CPUs */
	bool limited;		 /* pool CPUs can run out */
	size_t states;		 /* of one way to have touched the group */
	unsigned int touches;	 /* without helpers there are none that are alone in a group */
	vtune__fine *values;	 /* [stage][touched][state]; stages may be two in turn */
	unsigned int stages;
	struct vtune__use *uses; /* of the run at hand */
	unsigned int nuses;
	const struct vtune__run *listed; /* whose uses they are */
};

/* What comes after a run that leaves its group touched in some way. */
struct vtune__next {
	const vtune__fine *values; /* NULL: the group may not be left like that */
	vtune__fine cost;	   /* cache groups of the cell, and what cost 8 counts of it */
};

/* Lay the program out. -1: out of memory, also where it would be too large. */
int vtune__program_begin(struct vtune__program *p, const struct vtune__cpu_ask *ask,
			 bool keep_stages);
/* Work out the values of all stages, or of the last two in turn. */
void vtune__program_run(struct vtune__program *p);
/* The same but for their numbers and cache groups? */
bool vtune__cores_alike(const struct vtune__core *a, const struct vtune__core *b);
/* Cores that are alike in one cache group make one run. Where each is a run of its
 * own, no more of them can be used than there are vCPUs and helpers: the first ones
 * do. One at least stands for the group. */
int vtune__program_pick(struct vtune__program *p, const struct vtune__site *site);
/* List in p->uses what can be done with the run. */
void vtune__program_uses(struct vtune__program *p, const struct vtune__run *run);
/* What follows the run, by how it leaves the group; before is how it found it. */
void vtune__program_next(const struct vtune__program *p, unsigned int run,
			 enum vtune__touched before, struct vtune__next next[NTOUCHED]);
enum vtune__touched vtune__touch_after(enum vtune__touched before, const struct vtune__use *use);
/* Costs 7 and 8 count what is free before; less what is held. */
vtune__fine vtune__cpus_node_cost(const struct vtune__cpu_ask *ask, unsigned int helpers);
/* Sums with what cannot be stay far above all that can. */
static inline bool vtune__fine_can_be(vtune__fine value)
{
	return value < VTUNE__FINE_NONE / 4 * 3;
}
bool vtune__program_ends_group(const struct vtune__program *p, unsigned int run);
/* vCPUs that one core of a run takes before the next one is begun; 0: none. */
unsigned int vtune__program_vcpus_a_core(const struct vtune__program *p,
					 const struct vtune__core *core);
static inline size_t vtune__program_state(const struct vtune__program *p, unsigned int x,
					  unsigned int y, unsigned int t)
{
	return ((size_t)t * p->ys + y) * p->xs + x;
}

#endif
