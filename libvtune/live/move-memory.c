/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Move the memory of a running guest. Only pages that are there and lie on a wrong node
 * are moved; what the guest has not touched yet is not made.
 */
#include "process.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <numaif.h>

#define BATCH 4096
/* A page that is in use just now may be free to move a moment later. */
#define PASSES 4
/* The status of a page that the kernel did not come to. */
#define NOT_SAID INT_MIN

struct move {
	const struct vtune_plan *plan;
	const struct vtune_options *options;
	struct vtune__guest_memory memory;
	int pid;
	uint64_t done_kib, all_kib;
	int flags;  /* of move_pages() */
	int reason; /* the last errno of a page that did not move; 0: none */
	struct vtune_error **err;
};

/* The pages of one call. */
struct batch {
	void *pages[BATCH];
	int nodes[BATCH], status[BATCH];
	unsigned int count;
};

static void free_batch(struct batch **batch)
{
	free(*batch);
}

/* ---- how much goes where ---- */

struct share {
	unsigned int node;
	uint64_t room_kib; /* that may still come, or stay, here */
};

struct shares {
	struct share *items;
	unsigned int count;
};

static void free_shares(struct shares *shares)
{
	free(shares->items);
}

static int make_shares(struct shares *shares, const struct vtune__plan_cell *cell,
		       struct vtune_error **err)
{
	shares->items = vtune__alloc(cell->nmemory, sizeof(*shares->items), err);
	if (!shares->items)
		return -1;
	shares->count = cell->nmemory;
	for (unsigned int i = 0; i < cell->nmemory; i++) {
		shares->items[i].node = cell->memory[i].node;
		shares->items[i].room_kib = cell->memory[i].size_kib;
	}
	return 0;
}

/* A page that lies where there is room for it stays. */
static bool stays(struct shares *shares, int node, uint64_t page_kib)
{
	for (unsigned int i = 0; i < shares->count; i++) {
		if ((int)shares->items[i].node != node || shares->items[i].room_kib < page_kib)
			continue;
		shares->items[i].room_kib -= page_kib;
		return true;
	}
	return false;
}

/* The node that is to take in the next page, -1: none. What its own pages need comes off
 * first: see leave_room(). */
static int next_node(struct shares *shares, uint64_t page_kib)
{
	for (unsigned int i = 0; i < shares->count; i++) {
		if (shares->items[i].room_kib < page_kib)
			continue;
		shares->items[i].room_kib -= page_kib;
		return (int)shares->items[i].node;
	}
	return -1;
}

static void leave_room(struct shares *shares, const struct vtune__guest_memory *memory,
		       unsigned int cell)
{
	for (unsigned int i = 0; i < shares->count; i++) {
		uint64_t there = vtune__guest_memory_on(memory, cell, shares->items[i].node);
		uint64_t *room = &shares->items[i].room_kib;

		*room -= there < *room ? there : *room;
	}
}

static uint64_t misplaced_on(const struct vtune__guest_memory *memory,
			     const struct vtune__plan_cell *cell, unsigned int index,
			     unsigned int node)
{
	uint64_t have = vtune__guest_memory_on(memory, index, node);
	uint64_t want = vtune__plan_memory_on(cell, node);

	return have > want ? have - want : 0;
}

static int misplaced(const struct move *move, unsigned int cell, uint64_t *kib)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__guest_memory_nodes(&move->memory, cell, &nodes, move->err) < 0)
		return -1;
	VTUNE__SET_FOREACH(node, &nodes) {
		*kib += misplaced_on(&move->memory, &move->plan->cells[cell], cell,
				     (unsigned int)node);
	}
	return 0;
}

/* ---- the calls ---- */

static int fail_call(struct move *move, int number)
{
	const char *vm = move->plan->vm;

	if (number == EPERM)
		return vtune__fail_errno(move->err, number, vm,
					 "Moving the memory of \"%s\" needs root's rights", vm);
	if (number == ESRCH)
		return vtune__fail_errno(move->err, number, vm,
					 "\"%s\" stopped while its memory was moved", vm);
	if (number == EACCES)
		return vtune__fail_errno(
			move->err, number, vm,
			"The cgroup of \"%s\" (cpuset.mems) does not let its memory "
			"onto the nodes of its plan",
			vm);
	return vtune__fail_errno(move->err, number, vm, "Cannot move the memory of \"%s\"", vm);
}

/* Where are the pages? */
static int query(struct move *move, struct batch *batch)
{
	if (move_pages(move->pid, batch->count, batch->pages, NULL, batch->status, 0) < 0)
		return fail_call(move, errno);
	return 0;
}

/* Leaves in the batch the pages that have to move. */
static void choose(struct batch *batch, struct shares *staying, struct shares *coming,
		   uint64_t page_kib)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < batch->count; i++) {
		int node;

		/* -ENOENT: not there yet, -EFAULT: the zero page. */
		if (batch->status[i] < 0 || stays(staying, batch->status[i], page_kib))
			continue;
		node = next_node(coming, page_kib);
		if (node < 0)
			continue;
		batch->pages[kept] = batch->pages[i];
		batch->nodes[kept++] = node;
	}
	batch->count = kept;
}

static void tell_progress(struct move *move)
{
	const struct vtune_options *options = move->options;

	if (options && options->progress)
		options->progress(options->progress_data, "moving memory",
				  move->done_kib < move->all_kib ? move->done_kib : move->all_kib,
				  move->all_kib);
}

static int move_batch(struct move *move, struct batch *batch, uint64_t page_kib)
{
	long result;

	if (batch->count == 0)
		return 0;
	for (unsigned int i = 0; i < batch->count; i++)
		batch->status[i] = NOT_SAID;
	result = move_pages(move->pid, batch->count, batch->pages, batch->nodes, batch->status,
			    move->flags);
	/* Pages that another process maps too, as one that serves a vhost-user device, move
	 * only with CAP_SYS_NICE. */
	if (result < 0 && errno == EPERM && move->flags == MPOL_MF_MOVE_ALL) {
		move->flags = MPOL_MF_MOVE;
		result = move_pages(move->pid, batch->count, batch->pages, batch->nodes,
				    batch->status, move->flags);
	}
	/* A positive result is how many did not move; each page's status says why. */
	if (result < 0 && errno != ENOMEM && errno != EBUSY)
		return fail_call(move, errno);
	if (result < 0)
		move->reason = errno;
	for (unsigned int i = 0; i < batch->count; i++) {
		if (batch->status[i] >= 0)
			move->done_kib += page_kib;
		else if (batch->status[i] != -ENOENT && batch->status[i] != NOT_SAID)
			move->reason = -batch->status[i];
	}
	tell_progress(move);
	return 0;
}

static int move_area(struct move *move, const struct vtune__area *area, struct shares *staying,
		     struct shares *coming)
{
	struct batch *batch VTUNE__CLEANUP(free_batch) = vtune__alloc(1, sizeof(*batch), move->err);
	uint64_t page = area->page_kib * 1024;

	if (!batch)
		return -1;
	if (page == 0)
		return 0;
	for (uint64_t at = area->start; at < area->end;) {
		for (batch->count = 0; batch->count < BATCH && at < area->end; at += page)
			batch->pages[batch->count++] = (void *)(uintptr_t)at;
		if (query(move, batch) < 0)
			return -1;
		choose(batch, staying, coming, area->page_kib);
		if (move_batch(move, batch, area->page_kib) < 0)
			return -1;
	}
	return 0;
}

static int move_cell(struct move *move, unsigned int cell)
{
	struct shares staying VTUNE__CLEANUP(free_shares) = { 0 };
	struct shares coming VTUNE__CLEANUP(free_shares) = { 0 };
	uint64_t wrong = 0;

	if (misplaced(move, cell, &wrong) < 0)
		return -1;
	if (wrong == 0)
		return 0;
	if (make_shares(&staying, &move->plan->cells[cell], move->err) < 0 ||
	    make_shares(&coming, &move->plan->cells[cell], move->err) < 0)
		return -1;
	leave_room(&coming, &move->memory, cell);
	for (unsigned int i = 0; i < move->memory.areas.count; i++) {
		if (move->memory.cell_of[i] == (int)cell &&
		    move_area(move, &move->memory.areas.items[i], &staying, &coming) < 0)
			return -1;
	}
	return 0;
}

/* ---- all of it ---- */

/* Cells that have the same nodes need not be told apart. */
static bool same_nodes(const struct vtune_plan *plan)
{
	for (unsigned int i = 1; i < plan->ncells; i++) {
		if (plan->cells[i].nmemory != 1 || plan->cells[0].nmemory != 1 ||
		    plan->cells[i].memory[0].node != plan->cells[0].memory[0].node)
			return false;
	}
	return true;
}

static int read_memory(struct move *move, const struct vtune__pins *old)
{
	const struct vtune_plan *plan = move->plan;

	if (vtune__guest_memory_read(&move->memory, "", move->pid, plan, old, move->err) < 0)
		return -1;
	for (unsigned int cell = 0; cell < plan->ncells; cell++) {
		if (!vtune__set_has(&move->memory.found, cell))
			return vtune__fail(move->err, VTUNE_ERR_UNSUPPORTED, plan->vm,
					   "Process %d has no mapping of the %" PRIu64
					   " KiB that cell %u of \"%s\" has",
					   move->pid, plan->cells[cell].memory_kib, cell, plan->vm);
	}
	if (vtune__set_is_empty(&move->memory.guessed) || same_nodes(plan))
		return 0;
	return vtune__fail(move->err, VTUNE_ERR_UNSUPPORTED, plan->vm,
			   "The memory of the cells of \"%s\" cannot be told apart: it is neither "
			   "bound to different nodes nor lies on different ones",
			   plan->vm);
}

static int count_all(struct move *move, uint64_t *kib)
{
	*kib = 0;
	for (unsigned int cell = 0; cell < move->plan->ncells; cell++) {
		if (misplaced(move, cell, kib) < 0)
			return -1;
	}
	return 0;
}

/* "256 MiB of cell 0 are on node 1" */
static int name_left(struct move *move, struct vtune__text *text)
{
	for (unsigned int cell = 0; cell < move->plan->ncells; cell++) {
		struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };

		if (vtune__guest_memory_nodes(&move->memory, cell, &nodes, move->err) < 0)
			return -1;
		VTUNE__SET_FOREACH(node, &nodes) {
			uint64_t kib = misplaced_on(&move->memory, &move->plan->cells[cell], cell,
						    (unsigned int)node);

			if (kib == 0)
				continue;
			vtune__text_add(text, text->length ? ", " : "");
			vtune__text_add_size(text, kib);
			vtune__text_addf(text, " of cell %u on node %d", cell, node);
		}
	}
	return 0;
}

static int fail_left(struct move *move)
{
	struct vtune__text left VTUNE__CLEANUP(vtune__text_free) = { 0 };
	const char *why;

	if (name_left(move, &left) < 0)
		return -1;
	if (left.failed)
		return vtune__fail_memory(move->err);
	why = "It is in use, or the nodes of its plan have too little free memory";
	if (move->reason == ENOMEM)
		why = "The nodes of its plan have too little free memory";
	if (move->reason == EACCES)
		why = "Other processes use it too, and to move that needs the capability CAP_SYS_NICE";
	return vtune__fail(move->err, VTUNE_ERR_SYSTEM, move->plan->vm,
			   "Memory of \"%s\" is left where it should not be: %s. %s",
			   move->plan->vm, left.data, why);
}

static int move_all(struct move *move)
{
	uint64_t left = move->all_kib;

	for (unsigned int pass = 0; pass < PASSES && left > 0; pass++) {
		for (unsigned int cell = 0; cell < move->plan->ncells; cell++) {
			if (move_cell(move, cell) < 0)
				return -1;
		}
		if (vtune__guest_memory_again(&move->memory, "", move->pid, move->err) < 0 ||
		    count_all(move, &left) < 0)
			return -1;
	}
	return left ? fail_left(move) : 0;
}

static int collect_nodes(const struct vtune_plan *plan, struct vtune__set *nodes,
			 struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ncells; i++) {
		for (unsigned int k = 0; k < plan->cells[i].nmemory; k++) {
			if (vtune__set_add(nodes, plan->cells[i].memory[k].node) < 0)
				return vtune__fail_memory(err);
		}
	}
	return 0;
}

/* If it fails, the folders get their old nodes back, and with that the memory does. */
static int move_within(struct move *move)
{
	struct vtune__folders folders VTUNE__CLEANUP(vtune__folders_free) = { 0 };
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (collect_nodes(move->plan, &nodes, move->err) < 0)
		return -1;
	if (vtune__folders_widen(&folders, move->pid, &nodes, move->err) == 0 &&
	    move_all(move) == 0 && vtune__folders_narrow(&folders, &nodes, move->err) == 0)
		return 0;
	vtune__folders_restore(&folders);
	return -1;
}

int vtune__move_memory(const struct vtune_plan *plan, const struct vtune__pins *old, int pid,
		       const struct vtune_options *options, struct vtune_error **err)
{
	struct move move = {
		.plan = plan, .options = options, .pid = pid, .flags = MPOL_MF_MOVE_ALL, .err = err
	};
	int result = read_memory(&move, old);

	if (result == 0)
		result = count_all(&move, &move.all_kib);
	if (result == 0)
		result = move_within(&move);

	vtune__guest_memory_free(&move.memory);
	return result;
}
