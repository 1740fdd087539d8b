/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The solver: (host, spec) -> plan, pure and exact.
 *
 * A scene is what one VM sees of one host. A trial is the scene with a number of
 * cells and a page size fixed. Its search assigns cells to nodes by branch and
 * bound; an assignment problem over (cell, node) bounds it from below. At each
 * full assignment memory.c shares out the pages and finish.c places isolated
 * helpers, with cpus.c choosing the CPUs inside each node. */
#ifndef VTUNE_SOLVE_H
#define VTUNE_SOLVE_H

#include "../base/base.h"
#include "../host/host.h"
#include "../plan/plan.h"
#include "../spec/spec.h"

/* ---- arena.c: memory of one call, freed at once ---- */

struct vtune__chunk;
struct vtune__arena {
	struct vtune__chunk *chunks;
	bool failed; /* an allocation did: the call ends in VTUNE_ERR_NO_MEMORY */
};
struct vtune__mark {
	struct vtune__chunk *chunk;
	size_t used;
};
/* Zeroed; NULL when out of memory. */
void *vtune__arena_take(struct vtune__arena *arena, size_t count, size_t size);
struct vtune__mark vtune__arena_mark(const struct vtune__arena *arena);
/* What was taken since the mark may be used again. */
void vtune__arena_reset(struct vtune__arena *arena, struct vtune__mark mark);
void vtune__arena_free(struct vtune__arena *arena);

/* ---- cost.c: the order of vtune-plan(5) ---- */

/* Costs 5 to 8 in one number that compares and adds like the four of them. */
typedef int64_t vtune__fine;
#define VTUNE__FINE_NONE (INT64_MAX / 2) /* cannot be */
/* Sums over a whole VM stay inside these: at most VTUNE__MAX_VCPUS cache groups,
 * and twice VTUNE__MAX_CPU of anything else. A term that is out of its half
 * range would spill into the one before it. */
#define VTUNE__SPLIT_BITS 17
#define VTUNE__LEFTOVER_BITS 16
vtune__fine vtune__fine_pack(int64_t caches, int64_t split, int64_t leftover,
			     int64_t leftover_caches);
void vtune__fine_unpack(vtune__fine fine, int64_t *caches, int64_t *split, int64_t *leftover,
			int64_t *leftover_caches);

struct vtune__cost {
	int64_t remote;
	int64_t spread; /* twice the plan's, so that lower bounds can be halves */
	int64_t devices, helpers;
	vtune__fine fine;
	int64_t unasked; /* devices on the cells' nodes that the VM did not ask for */
};
int vtune__cost_compare(const struct vtune__cost *a, const struct vtune__cost *b);
/* Only the four terms that come before the page size. */
int vtune__cost_compare_coarse(const struct vtune__cost *a, const struct vtune__cost *b);

/* ---- scene.c ---- */

/* Constraints that reasons.c lifts one by one. */
enum vtune__lift {
	VTUNE__LIFT_CPUS = 1 << 0,
	VTUNE__LIFT_THREADS = 1 << 1,
	VTUNE__LIFT_SHARED = 1 << 2,
	VTUNE__LIFT_MEMORY = 1 << 3,
	VTUNE__LIFT_PAGES = 1 << 4,
	VTUNE__LIFT_NODES = 1 << 5,
	VTUNE__LIFT_DEVICES = 1 << 6,
	VTUNE__LIFT_DISTANCE = 1 << 7,
	VTUNE__LIFT_HELPERS = 1 << 8,
	VTUNE__LIFT_START = 1 << 9,
	VTUNE__LIFT_ALL = (1 << 10) - 1,
};

struct vtune__core {
	unsigned int index; /* in the topology */
	unsigned int node;
	unsigned int group; /* cache group */
	unsigned int size;  /* online threads */
	unsigned int free;  /* dedicated-capable threads */
	unsigned int apart; /* of these, the ones outside the shared pool */
	bool other;	    /* another VM holds one of its threads */
};

/* A host node as the VM sees it. */
struct vtune__site {
	struct vtune__core *cores; /* with free threads; by group, then core */
	unsigned int ncores;
	unsigned int dedicated;	   /* dedicated-capable CPUs */
	unsigned int apart;	   /* of these, the ones outside the shared pool */
	unsigned int whole;	   /* cores that are dedicated-capable with all threads */
	unsigned int on_whole;	   /* threads on them */
	unsigned int pool;	   /* shared CPUs */
	unsigned int shared_vcpus; /* of other VMs */
	bool has_cpus, has_memory;
	bool allowed; /* numa.nodes */
	bool lends;   /* gives memory to cells on other nodes */
	unsigned int unasked;
	unsigned int kin;  /* the lowest node whose CPUs and their pool are like its own */
	unsigned int twin; /* the lowest node that is like it in everything */
};

struct vtune__kept;  /* tables.c */
struct vtune__pools; /* devices.h */

struct vtune__scene {
	const struct vtune_host *host;
	const struct vtune__topology *topology;
	const struct vtune_spec *spec;
	const struct vtune__room *room;
	struct vtune__arena *arena;
	unsigned int lift;
	int sign; /* +1 pack, -1 spread */
	unsigned int nnodes;
	struct vtune__site *sites;
	struct vtune__kept **kept;   /* tables, by kin: of all scenes of this one VM */
	struct vtune__arena *keeper; /* the arena they are in */
	unsigned int cpu_nodes;	     /* that have CPUs: if there are any, cells are on them alone */
	bool symmetric;		     /* d(a,b) = d(b,a) everywhere */
	/* By cache group: dedicated-capable CPUs, and nodes that have any of them. */
	unsigned int *group_free, *group_span;
	bool spanning; /* some group has a span above one */
	/* Host devices with a known node that cost something. */
	unsigned int *device_nodes;
	unsigned int ndevices;
	unsigned int *required_nodes; /* distinct */
	unsigned int nrequired;
	bool devices_missing; /* one is not listed, taken or of unknown node */
	/* Of wishes that leave a choice; NULL: none does. */
	struct vtune__pools *pools;
	const bool *devices_gone; /* then, by device: another VM has it, or another wish */
	unsigned char *serves;	  /* [disk * I/O threads + thread] */
	int *anchors;		  /* by I/O thread: node of its first known disk, -1: the cells */
	bool anchored;		  /* any is not -1 */
	/* The least d(n, a) - d(a, a) over all nodes n: of any a, and 0. */
	int64_t nearest;
};

int vtune__scene_build(struct vtune__scene *scene, const struct vtune_host *host,
		       const struct vtune_spec *spec, const struct vtune__room *room,
		       struct vtune__arena *arena);
/* Does that I/O thread serve that disk? There must be threads. */
static inline bool vtune__scene_serves(const struct vtune__scene *scene, unsigned int thread,
				       unsigned int disk)
{
	return scene->serves[(size_t)disk * scene->spec->iothread_count + thread];
}
/* The thread policy, as far as it is not lifted. */
enum vtune__threads vtune__scene_threads(const struct vtune__scene *scene);
/* The same scene with constraints lifted; it shares what from holds. */
int vtune__scene_lift(struct vtune__scene *scene, const struct vtune__scene *from,
		      struct vtune__arena *arena, unsigned int lift);
/* The scene of the same VM with another spec. */
int vtune__scene_for(struct vtune__scene *scene, const struct vtune__scene *from,
		     const struct vtune_spec *spec, struct vtune__arena *arena);

/* ---- deal.c ---- */

/* Work out scene->serves: which I/O threads serve which disks. */
int vtune__scene_deal(struct vtune__scene *scene);

/* ---- trial.c ---- */

struct vtune__cell {
	struct vtune__set vcpus; /* words in the arena */
	unsigned int dedicated, shared;
	uint64_t pages;
	unsigned int like; /* the lowest cell with the same three figures */
};

struct vtune__table; /* cpus.c */

struct vtune__trial {
	const struct vtune__scene *scene;
	struct vtune__cell *cells;
	unsigned int ncells;
	uint64_t page_kib;
	bool huge;
	uint64_t *free_pages;	   /* by node */
	unsigned int pinned_io;	   /* isolated I/O threads */
	bool emulator_anywhere;	   /* one isolated CPU, on any node */
	bool emulator_each;	   /* one isolated CPU on each memory node */
	unsigned int most_helpers; /* that one node could be given */
	/* The costs of CPUs by [like * nnodes + kin], filled when first asked. */
	struct vtune__table **tables;
	struct vtune__table **bare; /* by kin: nodes without a cell */
};

/* 1 when the cells can be laid out in pages of that size, 0 when not, -1 on error. */
int vtune__trial_build(struct vtune__trial *trial, const struct vtune__scene *scene,
		       unsigned int ncells, uint64_t page_kib, bool huge);
/* May node give memory to cells on other nodes? */
bool vtune__lends(const struct vtune__trial *trial, unsigned int node);
/* Is there memory of the trial's kind at all, free or not? */
bool vtune__has_memory(const struct vtune__trial *trial, unsigned int node);
/* How many CPUs node may lose from the shared pool when it carries so many of the
 * VM's shared vCPUs; with keep one shared CPU must stay. -1: it cannot carry them. */
int vtune__pool_limit(const struct vtune__scene *scene, unsigned int node, unsigned int shared,
		      bool keep);

/* ---- cpus.c: which CPUs of one node ---- */

struct vtune__program;

enum vtune__touch { VTUNE__MAY_TOUCH, VTUNE__MUST_TOUCH, VTUNE__NEVER_TOUCH };

struct vtune__cpu_ask {
	const struct vtune__scene *scene;
	struct vtune__arena *arena; /* for the table and for work */
	unsigned int node;
	unsigned int dedicated; /* vCPUs */
	unsigned int helpers;	/* at most */
	int limit;		/* CPUs that may leave the shared pool */
	bool used;		/* a cell is here, also one without dedicated vCPUs */
	/* For cache groups that several nodes touch: NULL, or by group. What is
	 * MUST or NEVER costs nothing here. */
	const enum vtune__touch *touch;
	int core;    /* a core (by its index) that has to be used; -1: none */
	bool singly; /* cores that are alike are not taken as one */
};

/* Can so many vCPUs and at least so many helpers be on that node, by counting CPUs
 * and whole cores alone? */
enum vtune__may { VTUNE__CANNOT, VTUNE__PERHAPS, VTUNE__CAN };
enum vtune__may vtune__cpus_may(const struct vtune__cpu_ask *ask, unsigned int helpers);

struct vtune__table {
	unsigned int most;  /* helpers that fit; entries above are VTUNE__FINE_NONE */
	vtune__fine best[]; /* by number of helpers, 0 to ask.helpers */
};

/* The least fine cost for each number of helpers. NULL when out of memory. Cache
 * groups over several nodes count as a lower bound unless ask.touch says. Where kept
 * is given, *kept is what a choice can start from, or NULL where that is too large. */
struct vtune__table *vtune__cpus_table(const struct vtune__cpu_ask *ask,
				       struct vtune__program **kept);
/* What one choice leaves to the next: nodes that are alike share the work. All
 * zeroes at first; its memory is the asks' arena. */
struct vtune__chooser {
	struct vtune__program *program;
};
/* The CPUs of the best choice with exactly ask.helpers helpers. Arrays hold
 * ask.dedicated and ask.helpers numbers. */
int vtune__cpus_choose(const struct vtune__cpu_ask *ask, struct vtune__chooser *chooser,
		       unsigned int *vcpus, unsigned int *helpers, struct vtune__set *held);

/* ---- cpus-list.c: every choice on one node ---- */

/* What is taken of one core. */
struct vtune__core_use {
	unsigned int place; /* of the core in site->cores */
	unsigned int vcpus, helpers, idle;
};
struct vtune__choice {
	vtune__fine fine; /* cache groups over several nodes count as a lower bound */
	unsigned int ncores;
	struct vtune__core_use *cores;
};
struct vtune__choices {
	struct vtune__choice *list; /* the best first */
	unsigned int count;
	bool cut; /* there are more than that */
};
/* All choices with exactly ask.helpers helpers, equal ones once, that cost no more than
 * bound, but at most so many; ask.touch is not looked at. They are in keep, ask.arena
 * is for work. -1: out of memory. */
int vtune__cpus_list(const struct vtune__cpu_ask *ask, unsigned int most, vtune__fine bound,
		     struct vtune__arena *keep, struct vtune__choices *choices);

/* ---- match.c: the assignment problem ---- */

/* Weights compare from left to right. */
#define VTUNE__WEIGHTS 5
struct vtune__weight {
	int64_t term[VTUNE__WEIGHTS];
	bool possible;
};
struct vtune__matching {
	unsigned int rows, columns;
	bool alike;		       /* all rows are as the first one; only that is read */
	struct vtune__weight *weights; /* [row * columns + column] */
	int *column_of;		       /* by row; the result */
	struct vtune__weight *row_price, *column_price;
	struct vtune__weight total;
	/* scratch */
	unsigned int terms[VTUNE__WEIGHTS], nterms; /* those that differ */
	int *row_at, *way;
	struct vtune__weight *least;
	bool *done;
};
int vtune__matching_init(struct vtune__matching *m, struct vtune__arena *arena, unsigned int rows,
			 unsigned int columns);
/* The least sum of weights with each row on a column of its own; false: none. */
bool vtune__matching_solve(struct vtune__matching *m);
/* What the total grows by, at least, when row must take column. */
struct vtune__weight vtune__matching_detour(const struct vtune__matching *m, unsigned int row,
					    unsigned int column);

/* ---- layout: a full placement, short of the very CPUs ---- */

struct vtune__layout {
	struct vtune__cost cost;
	unsigned int *nodes;	 /* by cell */
	uint64_t *pages;	 /* [cell * nnodes + node] */
	unsigned int *helpers;	 /* isolated helper CPUs by node */
	int emulator_node;	 /* emulator_anywhere: where; else -1 */
	unsigned int *io_nodes;	 /* by isolated I/O thread */
	bool *keeps;		 /* by node: a shared CPU has to stay for a floating helper */
	unsigned int *touched;	 /* by node: which of the groups in common it touches */
	unsigned int common[16]; /* cache groups that several used nodes share */
	unsigned int ncommon;
};
int vtune__layout_init(struct vtune__layout *layout, const struct vtune__trial *trial);
/* The cell on a node, or -1. */
int vtune__layout_cell(const struct vtune__layout *layout, const struct vtune__trial *trial,
		       unsigned int node);
/* Has any cell memory there? */
bool vtune__layout_has_memory(const struct vtune__layout *layout, const struct vtune__trial *trial,
			      unsigned int node);
void vtune__layout_copy(struct vtune__layout *to, const struct vtune__layout *from,
			const struct vtune__trial *trial);

/* ---- memory.c ---- */

/* Are two nodes near enough, both ways? */
bool vtune__within_distance(const struct vtune__scene *scene, unsigned int a, unsigned int b);
/* d(from, to) - d(from, from): what a KiB costs there. */
int64_t vtune__detour(const struct vtune__scene *scene, unsigned int from, unsigned int to);

/* The least remote cost of one cell's memory when the cell is on node, whatever
 * the others do; false when it has no way at all. */
bool vtune__memory_bound(const struct vtune__trial *trial, unsigned int cell, unsigned int node,
			 int64_t *remote);
/* Could the node give memory to a cell on cell_node, if nothing else mattered? */
bool vtune__may_give(const struct vtune__trial *trial, unsigned int cell_node, unsigned int node);
/* Does the memory of the mode interleave lie on that node? */
bool vtune__is_interleaved(const struct vtune__trial *trial, const unsigned int *nodes,
			   unsigned int node);
/* What of a cell's pages lies on the node at that place, of so many. */
uint64_t vtune__interleaved_share(uint64_t pages, uint64_t ways, uint64_t place);
struct vtune__search;
/* For the nodes in search->current share out the memory in every way that could
 * be best, and finish each. */
void vtune__memory_share(struct vtune__search *search);
/* Could this much of cost 1 still be best? */
bool vtune__remote_may_win(const struct vtune__search *search, int64_t remote);

/* ---- flow.c: memory of the mode preferred ---- */

struct vtune__flow {
	const struct vtune__trial *trial;
	const unsigned int *nodes; /* of cells */
	const bool *open;	   /* by node: may give memory */
	const bool *must;	   /* by node: has to give some */
	uint64_t *pages;	   /* [cell * nnodes + node]; the result */
	uint64_t *load;		   /* by node */
	int64_t *far;		   /* scratch, by cell then node */
	int *came;
};
int vtune__flow_init(struct vtune__flow *flow, const struct vtune__trial *trial,
		     struct vtune__arena *arena);
/* The cheapest way to put all pages of all cells on open nodes; false: none. */
bool vtune__flow_solve(struct vtune__flow *flow);

/* ---- tables.c ---- */

/* The very CPUs of one node: the vCPUs', the isolated helpers', the idle ones. */
struct vtune__pick {
	unsigned int vcpus, helpers, idle;
	unsigned int *cpus;
};

/* What is asked of the CPUs of a node in that layout; touch has room for every
 * cache group. False when nothing is. */
bool vtune__layout_ask(const struct vtune__layout *layout, const struct vtune__trial *trial,
		       unsigned int node, enum vtune__touch *touch, struct vtune__cpu_ask *ask);
/* Must a shared CPU of the node stay for the emulator, so that the VM starts? */
bool vtune__layout_keeps(const struct vtune__layout *layout, const struct vtune__trial *trial,
			 unsigned int node);
/* What is known of a cell on a node, with so many helpers, before there is a table. */
enum vtune__may vtune__trial_may(const struct vtune__trial *trial, unsigned int cell,
				 unsigned int node, unsigned int helpers);
/* The table of a cell on a node, kept in the trial; cell -1 for none. NULL: no memory. */
const struct vtune__table *vtune__trial_table(const struct vtune__trial *trial, int cell,
					      unsigned int node);
/* The same for certain touched groups (bits, by the place of a common group; mine
 * are those that the node has) or with a shared CPU that has to stay; not kept. */
struct vtune__table *vtune__layout_table(const struct vtune__layout *layout,
					 const struct vtune__trial *trial, unsigned int node,
					 unsigned int mine, unsigned int touched,
					 enum vtune__touch *touch, struct vtune__arena *arena);
/* What making a table for such an ask has left for a choice, or NULL. */
struct vtune__program *vtune__kept_program(const struct vtune__cpu_ask *ask);
/* May node get memory in huge pages: can the emulator have a CPU there? */
bool vtune__can_start(const struct vtune__trial *trial, const unsigned int *nodes,
		      unsigned int node);

/* ---- finish.c, finish-cost.c, finish-share.c; see finish.h ---- */

/* With nodes and pages of search->current set: place the helpers, work out the
 * rest of the cost, and keep it when it is the best so far. */
void vtune__finish(struct vtune__search *search);

/* ---- pairs.c: what is known of a cell on a node before anything else is ---- */

struct vtune__pair {
	bool possible;
	bool sure;	      /* of that; else the table of its CPUs has to tell */
	unsigned int helpers; /* isolated ones that fit beside it */
	int64_t remote;	      /* lower bounds */
	vtune__fine fine;
};
struct vtune__pairs {
	struct vtune__pair *at; /* [cell * nnodes + node] */
	unsigned int *bare;	/* by node: helpers that fit without a cell */
	int64_t helpers;	/* lower bound of cost 4 */
	vtune__fine bare_fine;	/* lower bound of what nodes without a cell add */
	unsigned int flexible;	/* isolated helpers that may go anywhere */
};
/* What could be possible and its remote cost, without a look at single cores. 1; 0
 * when that leaves too few nodes or too little memory; -1 when out of memory. */
int vtune__pairs_begin(struct vtune__pairs *pairs, const struct vtune__trial *trial);
/* All the rest; or only what makes sure which pairs are possible. Both return as the
 * first one does. */
int vtune__pairs_build(struct vtune__pairs *pairs, const struct vtune__trial *trial);
int vtune__pairs_make_sure(struct vtune__pairs *pairs, const struct vtune__trial *trial);
/* Can any cell be on that node? */
bool vtune__pairs_any(const struct vtune__pairs *pairs, const struct vtune__trial *trial,
		      unsigned int node);

/* ---- verdict.c: whether it fits, without a search ---- */

/* Is it, once the pairs have begun, but a matching of cells and nodes? */
bool vtune__is_matching(const struct vtune__pairs *pairs, const struct vtune__trial *trial);
/* Is there one? 1, 0, or -1 when out of memory. */
int vtune__match_all(struct vtune__pairs *pairs, const struct vtune__trial *trial);

/* ---- memory-room.c ---- */

/* 0 when there is too little memory wherever the cells go, 1 when there may be enough,
 * -1 when out of memory. */
int vtune__memory_fits_somewhere(const struct vtune__pairs *pairs,
				 const struct vtune__trial *trial);
/* The same in the modes strict and restrictive for cells on these nodes. */
int vtune__memory_fits_strictly(const unsigned int *nodes, const struct vtune__trial *trial,
				struct vtune__arena *arena);

/* ---- search.c ---- */

/* What is asked for; a verdict comes without a layout. */
enum vtune__aim { VTUNE__BEST, VTUNE__ANY, VTUNE__VERDICT };

struct vtune__search {
	const struct vtune__trial *trial;
	struct vtune__arena *arena;
	uint64_t steps, limit;
	enum vtune__aim aim;
	bool found;
	bool stopped;	 /* the work limit was reached */
	bool incomplete; /* something was passed over: no proof */
	struct vtune__layout best, current;
	const struct vtune__cost *beat; /* coarse cost to beat, of a larger page; or NULL */
	struct vtune__cost bound;	/* nothing can be below this */
	/* Called, in place of finishing it, with each layout of nodes and pages that can
	 * be, and none is kept; or NULL. */
	void (*each)(struct vtune__search *search);
	void *data; /* for each */
};

/* Count work done, in steps of about a microsecond; at the limit the search stops. */
void vtune__search_work(struct vtune__search *search, uint64_t steps);
/* Search the trial. 0, or -1 when out of memory. The steps go on counting. */
int vtune__search_run(struct vtune__search *search, const struct vtune__trial *trial);

/* ---- place.c ---- */

struct vtune__answer {
	bool fits, complete;
	bool stopped;		   /* by the work limit: then the bound says how good it could be */
	struct vtune__trial trial; /* of the best layout */
	struct vtune__layout layout;
	struct vtune__cost bound;
	uint64_t steps;		     /* of the search */
	struct vtune__pick *picks;   /* by node; NULL: they are still to be chosen */
	const unsigned int *devices; /* of pools, as in devices.h; NULL: likewise */
};
/* The page sizes that the spec leaves to choose from, the largest first; 0 stands for
 * ordinary pages. sizes has room for all of the host's and one more. */
unsigned int vtune__answer_page_sizes(const struct vtune__scene *scene, uint64_t *sizes);
/* Try one number of cells with one page size; it must beat what the answer has. */
int vtune__answer_try(struct vtune__answer *answer, struct vtune__search *search,
		      const struct vtune__scene *scene, unsigned int ncells, uint64_t page_kib);
/* Try cell numbers and page sizes. */
int vtune__answer_find(struct vtune__answer *answer, const struct vtune__scene *scene,
		       uint64_t limit, enum vtune__aim aim, struct vtune_error **err);

/* vtune_place(); without reasons a plan that does not fit says nothing more. */
struct vtune_plan *vtune__place(const struct vtune_host *host, const struct vtune_spec *spec,
				const struct vtune_options *options, bool reasons,
				struct vtune_error **err);
/* A plan that does not hold is the library's mistake, never an answer. */
int vtune__plan_must_hold(const struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err);

/* ---- fill.c, fill-cost.c ---- */

/* Costs 5 to 8 of the CPUs in the plan. */
vtune__fine vtune__plan_fine_cost(const struct vtune_plan *plan, const struct vtune__answer *answer,
				  const struct vtune__set *helpers);

int vtune__plan_fill(struct vtune_plan *plan, const struct vtune__answer *answer,
		     struct vtune_error **err);

/* ---- conflict.c ---- */

/* Solve it without these constraints, in an arena that is the scene's already. *fits is
 * also true where that could not be found out. */
int vtune__solve_without(const struct vtune__scene *from, unsigned int lift, enum vtune__aim aim,
			 struct vtune__scene *scene, struct vtune__answer *answer, bool *fits,
			 struct vtune_error **err);
/* Add all constraints to *lifted without which it still does not fit: what is left is
 * in conflict. */
int vtune__conflict_find(const struct vtune__scene *scene, unsigned int *lifted,
			 struct vtune_error **err);

/* ---- warnings.c, reasons.c, advice.c ---- */

int vtune__plan_add_warnings(struct vtune_plan *plan, const struct vtune__answer *answer,
			     struct vtune_error **err);
/* Say whether the plan is proven to be the best one, and warn if it is not. */
int vtune__plan_set_optimal(struct vtune_plan *plan, bool optimal, struct vtune_error **err);
int vtune__plan_add_reasons(struct vtune_plan *plan, const struct vtune__scene *scene,
			    struct vtune_error **err);
/* Changes of the spec, one at a time, with each of which it would fit. The plan has
 * its reasons. */
int vtune__plan_add_advice(struct vtune_plan *plan, const struct vtune__scene *scene,
			   struct vtune_error **err);

#endif
