/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The choice among devices of the host, between the files of the solver. */
#ifndef VTUNE_SOLVE_DEVICES_H
#define VTUNE_SOLVE_DEVICES_H

#include "solve.h"

/* Free devices on one node that the same wishes may take. */
struct vtune__stock {
	int node; /* index; -1: not known */
	unsigned int count;
	unsigned int *devices; /* by index in the topology, ascending */
};

/* A wish that leaves a choice. */
struct vtune__pool {
	unsigned int wish; /* in the spec */
	unsigned int count;
	enum vtune__affinity affinity;
	bool *from; /* by stock: may it be of that? */
};

struct vtune__pools {
	struct vtune__pool *list;
	unsigned int count;
	struct vtune__stock *stocks;
	unsigned int nstocks;
	int *stock_of; /* by device of the topology; -1: none */
	bool required; /* any of them is */
};

/* One way to share out the stocks. */
struct vtune__draw {
	const struct vtune__pools *pools;
	const bool *on;	     /* by node */
	int64_t *far;	     /* by stock: cost 3 of a device */
	unsigned int *load;  /* by stock: given out */
	unsigned int *taken; /* [pool * nstocks + stock] */
	int64_t sum;
	/* scratch */
	unsigned int *way_to_stock, *way_to_pool;
	int64_t *stock_length, *pool_length;
};

/* ---- devices.c ---- */

/* Make scene->pools, NULL where no wish leaves a choice. gone, by device: another VM has
 * it, or another wish is for it alone. Without enough of them, devices are missing. */
int vtune__pools_build(struct vtune__scene *scene, const bool *gone);
/* About so many microseconds for one sharing out. */
uint64_t vtune__pools_work(const struct vtune__scene *scene);
/* How many there are for that pool; and on the nodes of so many cells, wherever they are. */
unsigned int vtune__pools_free(const struct vtune__scene *scene, unsigned int pool);
unsigned int vtune__pools_most(const struct vtune__scene *scene, unsigned int pool,
			       unsigned int ncells);
/* How many of all that are wanted can be given, wherever they are. */
void vtune__pools_most_given(const struct vtune__scene *scene, unsigned int *given,
			     unsigned int *wanted);
/* Are there any of the pools' devices? */
bool vtune__pools_on(const struct vtune__scene *scene, unsigned int node);
/* The best way to share out the stocks when a device on node n costs far[n] (NULL: nothing)
 * and only nodes that are on may give required ones: the least cost, then the most on
 * such nodes. False: there is none, or no memory. It lives in the arena. */
bool vtune__draw(struct vtune__draw *draw, const struct vtune__scene *scene,
		 struct vtune__arena *arena, const int64_t *far, const bool *on);
bool vtune__draw_may(const struct vtune__draw *draw, unsigned int pool, unsigned int stock);
int64_t vtune__draw_weight(const struct vtune__draw *draw, unsigned int pool, unsigned int stock);
unsigned int *vtune__draw_taken(const struct vtune__draw *draw, unsigned int pool,
				unsigned int stock);
/* Likewise, only the cost, and how many devices are on such nodes. */
bool vtune__pools_cost(const struct vtune__scene *scene, struct vtune__arena *arena,
		       const int64_t *far, const bool *on, int64_t *cost, int64_t *near);

/* ---- devices-place.c ---- */

/* The way from each node that has any of the devices to the nearest of the cells. */
int64_t *vtune__pools_measure(const struct vtune__scene *scene, struct vtune__arena *arena,
			      const bool *cells);
/* What these devices cost, in the order of vtune__pools_choose(). */
int64_t vtune__pools_cost_of(const struct vtune__scene *scene, struct vtune__arena *arena,
			     const bool *cells, const unsigned int *devices);
/* What the pools cost, and how many of their devices are on the cells' nodes, with cells
 * on these nodes (by node). False: it cannot be. */
bool vtune__pools_exact(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, int64_t *cost, int64_t *near);
/* The same at the best when so many more cells may still go to open nodes; or false when
 * there is no way. */
bool vtune__pools_bound(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, const bool *open, unsigned int left, int64_t *cost,
			int64_t *near);
/* The devices themselves (by index in the topology), pool after pool, in ascending order
 * in each; of equally good choices the one with the lowest numbers. 1, 0: it cannot be, -1. */
int vtune__pools_choose(const struct vtune__scene *scene, struct vtune__arena *arena,
			const bool *cells, unsigned int **devices);

#endif
