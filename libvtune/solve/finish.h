/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private to finish.c, finish-cost.c, finish-share.c and together-*.c.
 *
 * The end of each branch: cells have their nodes and memory. What is left is to
 * put the isolated helpers on nodes, and to add up the cost. Helpers of one kind
 * cost the same on the same node; a dynamic program over the nodes shares them
 * out, together with which cache groups of several nodes are touched. */
#ifndef VTUNE_FINISH_H
#define VTUNE_FINISH_H

#include "solve.h"

#define MOST_KINDS 8
/* A step looks at pairs of states. */
#define MOST_STATES 1100
#define MOST_PAIRS (UINT64_C(1) << 24)
#define MOST_DOUBTFUL 8

/* Isolated helpers with the same anchors. */
struct vtune__helper_kind {
	int anchor; /* node; -1: the cells' */
	unsigned int count;
	int64_t *cost; /* by node */
};

struct vtune__finish_value {
	int64_t helpers;
	vtune__fine fine;
};

/* How a state was reached: the one before it, and what the node touches. */
struct vtune__finish_choice {
	unsigned int before, touched;
};

struct vtune__node_share {
	unsigned int node;
	int cell;	    /* -1 */
	unsigned int fixed; /* the emulator's CPU of a memory node */
	unsigned int mine;  /* common groups that the node has, by place */
};

struct vtune__finish {
	struct vtune__search *search;
	const struct vtune__trial *trial;
	const struct vtune__scene *scene;
	struct vtune__helper_kind kinds[MOST_KINDS];
	unsigned int nkinds;
	bool merged; /* too many states: all helpers count as one kind */
	/* Memory nodes whose one shared CPU an isolated emulator could take from the
	 * floating I/O threads, and which of them keep it: bits, by place. */
	unsigned int doubtful[MOST_DOUBTFUL], ndoubtful, kept;
	struct vtune__node_share *shares;
	unsigned int nshares;
	unsigned int states, masks;	    /* states without and with touched groups */
	struct vtune__finish_value *values; /* [state * masks + mask] */
	struct vtune__finish_value *next;
	struct vtune__finish_choice *chosen; /* [share][state * masks + mask] */
	enum vtune__touch *touch;
	const unsigned int *devices; /* that are given to pools; NULL: the best */
};

static inline struct vtune__layout *vtune__finish_layout(const struct vtune__finish *f)
{
	return &f->search->current;
}

/* ---- finish.c ---- */

/* How many of each kind a node takes when a state becomes another, and what that
 * adds to cost 4; false when that is not more. A state is the numbers that have been
 * given out, in mixed radix. */
bool vtune__finish_step(const struct vtune__finish *f, unsigned int from, unsigned int to,
			unsigned int *count, int64_t *cost, unsigned int node);
/* Write down in the layout which helpers these are; from the last node to the first. */
void vtune__finish_give(struct vtune__finish *f, unsigned int from, unsigned int to,
			unsigned int node);

/* ---- finish-cost.c ---- */

/* d(node, a) - d(a, a) for the nearest anchor a; anchor -1: the cells' nodes. */
int64_t vtune__anchor_cost(const struct vtune__finish *f, unsigned int node, int anchor);
void vtune__finish_find_doubtful(struct vtune__finish *f);
bool vtune__finish_is_kept(const struct vtune__finish *f, unsigned int node);
/* Costs 1 to 4 but for helpers that may go anywhere, and the devices not asked for. */
void vtune__finish_costs(struct vtune__finish *f);

/* ---- finish-share.c ---- */

/* Sort the helpers into kinds, and list the nodes that take part. */
bool vtune__finish_shares(struct vtune__finish *f);
/* The kind of helpers with that anchor. */
struct vtune__helper_kind *vtune__helper_kind(struct vtune__finish *f, int anchor);

#endif
