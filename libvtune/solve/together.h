/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to together*.c: several VMs placed together.
 *
 * A team is VMs that are all to be placed, each on the host that the ones before it
 * leave. Its search goes through the VMs in order: a way of one VM is everything about
 * its placement but the names of things that are alike; each way makes a new host for
 * the VMs after it. Where a VM would go alone on the host as it is bounds from below
 * what it can cost later on. */
#ifndef VTUNE_TOGETHER_H
#define VTUNE_TOGETHER_H

#include "solve.h"

/* ---- together-cost.c: sums of costs ---- */

enum { VTUNE__TERMS = 8 };

/* What several VMs cost, or one: compared in this order, the pages by VM. */
struct vtune__joint {
	int64_t cells;		    /* compared first: only where it is "auto" do they differ */
	int64_t term[VTUNE__TERMS]; /* the first four come before the pages */
	uint64_t *page_kib;	    /* by VM; 0: ordinary pages, or none yet */
};
int vtune__joint_compare(const struct vtune__joint *a, const struct vtune__joint *b,
			 unsigned int nvms);
void vtune__joint_copy(struct vtune__joint *to, const struct vtune__joint *from, unsigned int nvms);
void vtune__joint_add_plan(struct vtune__joint *joint, const struct vtune_plan *plan,
			   unsigned int vm);
void vtune__joint_add_cost(struct vtune__joint *joint, unsigned int ncells,
			   const struct vtune__cost *cost, uint64_t page_kib, unsigned int vm);

/* One VM, on the host as it is. */
struct vtune__solo {
	struct vtune__scene scene;
	struct vtune__answer answer;
};
/* CPUs that the VM holds, wherever it is: no more than that. */
unsigned int vtune__solo_most_held(const struct vtune__solo *solo);
/* Add what the VM costs at least on a host on which others hold up to taken CPUs
 * more, itself included. */
void vtune__joint_add_bound(struct vtune__joint *joint, const struct vtune__solo *solo,
			    int64_t taken, unsigned int vm);
/* What costs 5 to 8 of the VM may be at most, so that with base it can be less than
 * best; VTUNE__FINE_NONE: that depends on the costs before them. */
vtune__fine vtune__joint_slack(const struct vtune__joint *best, const struct vtune__joint *base,
			       const struct vtune__solo *solo, unsigned int vm, unsigned int nvms);
/* Is there too little of anything, over all nodes, for all of the VMs? */
bool vtune__solos_exceed(const struct vtune__solo *solos, unsigned int nsolos);

/* ---- together-way.c: one way to place a VM, and the plan of it ---- */

struct vtune__way {
	unsigned int number; /* in the order in which they were found */
	unsigned int ncells;
	uint64_t page_kib; /* 0: ordinary */
	struct vtune__layout layout;
	const struct vtune__choice **choices; /* by node; NULL: no CPUs there */
	struct vtune__pick *picks;	      /* by node; NULL: by the choices */
	const unsigned int *devices;	      /* of pools; NULL: the best */
};
/* A copy in the arena. */
int vtune__layout_dup(struct vtune__layout *to, const struct vtune__layout *from,
		      const struct vtune__trial *trial, struct vtune__arena *arena);
/* The way that the answer, of which the plan was made, stands for. */
int vtune__way_of_answer(struct vtune__way *way, const struct vtune__answer *answer,
			 const struct vtune_plan *plan, struct vtune__arena *arena);
/* A new plan of it, in a scene of the VM, with the cost as it is there. */
struct vtune_plan *vtune__way_plan(const struct vtune__way *way, struct vtune__scene *scene,
				   struct vtune_error **err);

/* ---- together-ways.c: all ways of one VM ---- */

struct vtune__ways {
	/* To be filled in: */
	const struct vtune__solo *solos; /* this VM's, then those of the VMs after it */
	unsigned int nsolos;
	struct vtune__arena *arena; /* where the ways are */
	/* Ways that do not make base less than best are left out; NULL: all are kept. */
	const struct vtune__joint *base, *best;
	unsigned int vm, nvms;
	uint64_t limit; /* steps */
	/* The result: */
	struct vtune__way **list; /* the best first */
	unsigned int count;
	uint64_t steps;
	bool stopped;	 /* by the limit */
	bool incomplete; /* something was passed over */
};
/* 0, or -1 when out of memory. */
int vtune__ways_list(struct vtune__ways *ways);

/* ---- together-devices.c: which devices ---- */

struct vtune__chosen {
	int64_t cost;
	unsigned int *devices, count; /* in the order of vtune__pools_choose() */
};
struct vtune__draws {
	struct vtune__chosen *list; /* the least cost first */
	unsigned int count;
	bool cut; /* there are more */
};
/* Does it matter to the VMs after this one which devices it is given? */
bool vtune__draws_matter(const struct vtune__ways *ways);
/* All choices that make a difference to them, with cells on these nodes. The devices are
 * in keep, the list is in the arena. 0, or -1 when out of memory. */
int vtune__draws_list(const struct vtune__ways *ways, const struct vtune__scene *scene,
		      const bool *cells, struct vtune__arena *arena, struct vtune__arena *keep,
		      struct vtune__draws *draws);

/* ---- together-list.c: helpers and CPUs for each layout of nodes and pages ---- */

struct vtune__listed; /* choices for a node that are listed already */
struct vtune__stop;

struct vtune__lister {
	struct vtune__ways *ways;
	struct vtune__search search;
	struct vtune__arena scratch; /* of the search */
	struct vtune__arena work;    /* of the scene */
	const struct vtune__scene *scene;
	struct vtune__cost beat;
	struct vtune__listed **kept; /* by node that is the first of its like */
	struct vtune__stop *stops;   /* by share */
	struct vtune__joint sum;
	struct vtune__choice nothing; /* for nodes that carry nothing */
	struct vtune__choices none;
	unsigned int room;
	unsigned int first;	     /* way of this number of cells and page size */
	bool alike;		     /* one choice of CPUs is as good as another */
	bool draws;		     /* one choice of devices is not */
	const unsigned int *devices; /* that are tried now; NULL: the best */
	vtune__fine slack;	     /* for costs 5 to 8 */
};
/* For vtune__search's each: list the ways of the layout at hand. */
void vtune__lister_each(struct vtune__search *search);

/* ---- together-memory.c: memory of the mode preferred ---- */

/* What of the trial's free pages the VM may take, so that VMs after it have theirs:
 * calls each with every set of limits that matters in trial->free_pages. -1: out of
 * memory, or each returned that. */
int vtune__preferred_limits(const struct vtune__ways *ways, struct vtune__trial *trial,
			    bool *incomplete, int (*each)(void *data), void *data);

/* ---- together-seen.c: hosts that a search has come by ---- */

struct vtune__seen;
/* devices: it matters which of them are given away. */
struct vtune__seen *vtune__seen_new(struct vtune__arena *arena, bool devices);
/* Was such a host left to this VM before, at no higher cost? If not, it is noted. */
bool vtune__seen_before(struct vtune__seen *seen, const struct vtune__scene *scene, unsigned int vm,
			const struct vtune__joint *cost, unsigned int nvms);

/* ---- together-search.c ---- */

struct vtune__team {
	const struct vtune_host *host; /* none of the VMs has an allocation here */
	const struct vtune_spec **specs;
	unsigned int count;
	struct vtune_plan **plans; /* the best so far; all NULL: any will do */
	uint64_t left;		   /* steps that may be taken */
	bool proven;		   /* nothing better is left; or, without plans, nothing */
};
/* Is it plain that they cannot all be placed? Then that is proven. */
int vtune__team_check(struct vtune__team *team, struct vtune_error **err);
/* Search for plans that are better, or for any; they replace team->plans. */
int vtune__team_search(struct vtune__team *team, struct vtune_error **err);
void vtune__team_spend(struct vtune__team *team, uint64_t steps);

/* ---- together-order.c ---- */

/* Find any plans, by placing the last VM before some of the others. */
int vtune__team_promote(struct vtune__team *team, struct vtune_error **err);
/* Place one VM of the team on the host, if it can be; *stopped: by the limit. The
 * arena has to stay. */
int vtune__team_solo(struct vtune__team *team, struct vtune__solo *solo, unsigned int vm,
		     const struct vtune_host *host, bool any, struct vtune__arena *arena,
		     struct vtune_error **err);

#endif
