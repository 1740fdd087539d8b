/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which mappings of a QEMU process are the memory of which guest cell. Memory in a file
 * has the cell in the file's name: .../qemu_back_mem._objects_ram-node1.Ab3dEf. Else it
 * is known by its length, which no other mapping is likely to have; among cells of the
 * same length by the nodes it is bound to, or lies on.
 */
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The nodes at the start, and now. */
struct change {
	struct vtune__set old, now;
};

struct search {
	struct vtune__guest_memory *memory;
	const struct vtune_plan *plan;
	const struct vtune__pins *old;
	struct change bound; /* of all cells, and of all mappings */
	struct change lying; /* of those of one length */
	struct vtune_error **err;
};

/* Consecutive mappings that make up one range. */
struct run {
	unsigned int first, count;
	bool taken;
};

struct runs {
	struct run *items;
	unsigned int count;
};

static void free_runs(struct runs *runs)
{
	free(runs->items);
}

void vtune__guest_memory_free(struct vtune__guest_memory *memory)
{
	vtune__areas_free(&memory->areas);
	free(memory->cell_of);
	vtune__set_free(&memory->found);
	vtune__set_free(&memory->guessed);
	memset(memory, 0, sizeof(*memory));
}

uint64_t vtune__guest_memory_on(const struct vtune__guest_memory *memory, unsigned int cell,
				unsigned int node)
{
	uint64_t kib = 0;

	for (unsigned int i = 0; i < memory->areas.count; i++) {
		if (memory->cell_of[i] == (int)cell)
			kib += vtune__area_on(&memory->areas.items[i], node);
	}
	return kib;
}

uint64_t vtune__plan_memory_on(const struct vtune__plan_cell *cell, unsigned int node)
{
	for (unsigned int i = 0; i < cell->nmemory; i++) {
		if (cell->memory[i].node == node)
			return cell->memory[i].size_kib;
	}
	return 0;
}

int vtune__guest_memory_nodes(const struct vtune__guest_memory *memory, unsigned int cell,
			      struct vtune__set *nodes, struct vtune_error **err)
{
	for (unsigned int i = 0; i < memory->areas.count; i++) {
		const struct vtune__area *area = &memory->areas.items[i];

		for (unsigned int k = 0; memory->cell_of[i] == (int)cell && k < area->nnodes; k++) {
			if (vtune__set_add(nodes, area->nodes[k].node) < 0)
				return vtune__fail_memory(err);
		}
	}
	return 0;
}

/* ---- by name ---- */

static int cell_by_name(const struct search *search, const char *file)
{
	const char *name = file ? strstr(file, "ram-node") : NULL;
	unsigned int cell;

	if (name && sscanf(name, "ram-node%u", &cell) == 1 && cell < search->plan->ncells)
		return (int)cell;
	if (file && search->plan->ncells == 1 && strstr(file, "qemu_back_mem") &&
	    strstr(file, "pc.ram"))
		return 0;
	return -1;
}

static int find_by_name(struct search *search)
{
	struct vtune__guest_memory *memory = search->memory;

	for (unsigned int i = 0; i < memory->areas.count; i++) {
		memory->cell_of[i] = cell_by_name(search, memory->areas.items[i].file);
		if (memory->cell_of[i] >= 0 &&
		    vtune__set_add(&memory->found, (unsigned int)memory->cell_of[i]) < 0)
			return vtune__fail_memory(search->err);
	}
	return 0;
}

/* ---- by length ---- */

static bool is_candidate(const struct search *search, unsigned int i)
{
	return search->memory->cell_of[i] < 0 && search->memory->areas.items[i].is_writable;
}

/* A mapping is cut up where its pages got different policies. */
static int add_run(const struct search *search, struct runs *runs, unsigned int first, uint64_t kib)
{
	const struct vtune__area *areas = search->memory->areas.items;
	unsigned int last = first;
	uint64_t length = 0;
	struct run *run;

	for (; last < search->memory->areas.count && length < kib; last++) {
		if (!is_candidate(search, last) ||
		    (last > first && areas[last].start != areas[last - 1].end))
			return 0;
		length += vtune__area_kib(&areas[last]);
	}
	if (length != kib)
		return 0;
	run = vtune__grow((void **)&runs->items, &runs->count, sizeof(*run), search->err);
	if (!run)
		return -1;
	run->first = first;
	run->count = last - first;
	return 0;
}

/* ---- which is whose ---- */

static const struct vtune__set *old_nodes(const struct search *search, unsigned int cell)
{
	static const struct vtune__set none = { 0 };
	const struct vtune__pins *old = search->old;

	return old && cell < old->ncells ? &old->cells[cell].nodes : &none;
}

/* What of the run lies where the plan has nothing of the cell. */
static uint64_t misplaced(const struct search *search, const struct run *run, unsigned int cell)
{
	uint64_t kib = 0;

	for (unsigned int i = run->first; i < run->first + run->count; i++) {
		const struct vtune__area *area = &search->memory->areas.items[i];

		for (unsigned int k = 0; k < area->nnodes; k++) {
			if (!vtune__plan_memory_on(&search->plan->cells[cell], area->nodes[k].node))
				kib += area->nodes[k].kib;
		}
	}
	return kib;
}

static int place_of(const struct vtune__set *set, int member)
{
	int place = 0;

	VTUNE__SET_FOREACH(other, set) {
		if (other == member)
			return place;
		place++;
	}
	return -1;
}

static int member_at(const struct vtune__set *set, int place)
{
	int member = vtune__set_first(set);

	while (place-- > 0 && member >= 0)
		member = vtune__set_next(set, (unsigned int)member + 1);
	return member;
}

/* Was the cell here? When the nodes of a cgroup change, the kernel carries memory and
 * policies over by place: from the first of the old nodes to the first of the new ones, and
 * so on. */
static bool was_on(const struct change *change, int node, const struct vtune__set *nodes)
{
	int before = node;

	if (vtune__set_count(&change->old) == vtune__set_count(&change->now))
		before = member_at(&change->old, place_of(&change->now, node));
	return before >= 0 && vtune__set_has(nodes, (unsigned int)before);
}

static bool is_bound_as(const struct search *search, const struct vtune__set *bound,
			const struct vtune__set *nodes)
{
	VTUNE__SET_FOREACH(node, bound) {
		if (!was_on(&search->bound, node, nodes))
			return false;
	}
	return vtune__set_count(bound) == vtune__set_count(nodes);
}

static bool lies_where(const struct search *search, const struct run *run,
		       const struct vtune__set *nodes)
{
	bool any = false;

	for (unsigned int i = run->first; i < run->first + run->count; i++) {
		const struct vtune__area *area = &search->memory->areas.items[i];

		for (unsigned int k = 0; k < area->nnodes; k++) {
			if (!was_on(&search->lying, (int)area->nodes[k].node, nodes))
				return false;
			any = any || area->nodes[k].kib > 0;
		}
	}
	return any;
}

/* How sure it is that the run is the cell's: 2 bound as the cell was, 1 lying where the cell
 * was bound, 0 of its length only. */
static int likeness(const struct search *search, const struct run *run, unsigned int cell)
{
	const struct vtune__set *nodes = old_nodes(search, cell);
	const struct vtune__area *area = &search->memory->areas.items[run->first];

	if (vtune__set_is_empty(nodes))
		return 0;
	if (!vtune__set_is_empty(&area->bound))
		return is_bound_as(search, &area->bound, nodes) ? 2 : 0;
	return lies_where(search, run, nodes) ? 1 : 0;
}

/* Is there another cell that it could as well be? */
static bool is_guess(const struct search *search, const struct run *run, unsigned int cell)
{
	int own = likeness(search, run, cell);

	for (unsigned int other = 0; other < search->plan->ncells; other++) {
		if (other != cell &&
		    search->plan->cells[other].memory_kib == search->plan->cells[cell].memory_kib &&
		    likeness(search, run, other) >= own)
			return true;
	}
	return false;
}

static struct run *best_run(const struct search *search, struct runs *runs, unsigned int cell,
			    int least)
{
	struct run *best = NULL;
	uint64_t least_misplaced = 0;
	int most = least;

	for (unsigned int i = 0; i < runs->count; i++) {
		struct run *run = &runs->items[i];
		uint64_t wrong = misplaced(search, run, cell);
		int like = likeness(search, run, cell);

		if (run->taken || like < most || (best && like == most && wrong >= least_misplaced))
			continue;
		best = run;
		most = like;
		least_misplaced = wrong;
	}
	return best;
}

static int take_run(struct search *search, struct run *run, unsigned int cell)
{
	struct vtune__guest_memory *memory = search->memory;

	if ((is_guess(search, run, cell) && vtune__set_add(&memory->guessed, cell) < 0) ||
	    vtune__set_add(&memory->found, cell) < 0)
		return vtune__fail_memory(search->err);
	for (unsigned int i = run->first; i < run->first + run->count; i++)
		memory->cell_of[i] = (int)cell;
	run->taken = true;
	return 0;
}

/* All cells of one length; the sure ones first. */
static int share_out(struct search *search, struct runs *runs, uint64_t kib)
{
	for (int least = 2; least >= 0; least--) {
		for (unsigned int cell = 0; cell < search->plan->ncells; cell++) {
			struct run *run;

			if (search->plan->cells[cell].memory_kib != kib ||
			    vtune__set_has(&search->memory->found, cell))
				continue;
			run = best_run(search, runs, cell, least);
			if (run && take_run(search, run, cell) < 0)
				return -1;
		}
	}
	return 0;
}

static void free_change(struct change *change)
{
	vtune__set_free(&change->old);
	vtune__set_free(&change->now);
}

/* kib 0: cells of any length. */
static int collect_old(struct search *search, uint64_t kib, struct vtune__set *nodes)
{
	for (unsigned int cell = 0; cell < search->plan->ncells; cell++) {
		if ((kib == 0 || search->plan->cells[cell].memory_kib == kib) &&
		    vtune__set_or(nodes, old_nodes(search, cell)) < 0)
			return vtune__fail_memory(search->err);
	}
	return 0;
}

static int collect_lying(struct search *search, const struct runs *runs, struct vtune__set *nodes)
{
	for (unsigned int r = 0; r < runs->count; r++) {
		const struct run *run = &runs->items[r];

		for (unsigned int i = run->first; i < run->first + run->count; i++) {
			const struct vtune__area *area = &search->memory->areas.items[i];

			for (unsigned int k = 0; k < area->nnodes; k++) {
				if (vtune__set_add(nodes, area->nodes[k].node) < 0)
					return vtune__fail_memory(search->err);
			}
		}
	}
	return 0;
}

static int find_by_length(struct search *search, uint64_t kib)
{
	struct runs runs VTUNE__CLEANUP(free_runs) = { 0 };
	int result;

	for (unsigned int i = 0; i < search->memory->areas.count; i++) {
		if (is_candidate(search, i) && add_run(search, &runs, i, kib) < 0)
			return -1;
	}
	result = collect_old(search, kib, &search->lying.old);
	if (result == 0)
		result = collect_lying(search, &runs, &search->lying.now);
	if (result == 0)
		result = share_out(search, &runs, kib);
	free_change(&search->lying);
	memset(&search->lying, 0, sizeof(search->lying));
	return result;
}

static int find_all(struct search *search)
{
	const struct vtune__areas *areas = &search->memory->areas;

	if (collect_old(search, 0, &search->bound.old) < 0)
		return -1;
	for (unsigned int i = 0; i < areas->count; i++) {
		if (vtune__set_or(&search->bound.now, &areas->items[i].bound) < 0)
			return vtune__fail_memory(search->err);
	}
	if (find_by_name(search) < 0)
		return -1;
	for (unsigned int cell = 0; cell < search->plan->ncells; cell++) {
		if (!vtune__set_has(&search->memory->found, cell) &&
		    find_by_length(search, search->plan->cells[cell].memory_kib) < 0)
			return -1;
	}
	return 0;
}

int vtune__guest_memory_read(struct vtune__guest_memory *memory, const char *root, int pid,
			     const struct vtune_plan *plan, const struct vtune__pins *old,
			     struct vtune_error **err)
{
	struct search search = { .memory = memory, .plan = plan, .old = old, .err = err };
	int result;

	if (vtune__areas_read(&memory->areas, root, pid, err) < 0)
		return -1;
	memory->cell_of = vtune__alloc(memory->areas.count, sizeof(*memory->cell_of), err);
	if (!memory->cell_of)
		return -1;
	result = find_all(&search);
	free_change(&search.bound);
	return result;
}

int vtune__guest_memory_again(struct vtune__guest_memory *memory, const char *root, int pid,
			      struct vtune_error **err)
{
	struct vtune__guest_memory now = { 0 };
	unsigned int before = 0;

	if (vtune__areas_read(&now.areas, root, pid, err) < 0)
		goto fail;
	now.cell_of = vtune__alloc(now.areas.count, sizeof(*now.cell_of), err);
	if (!now.cell_of)
		goto fail;
	for (unsigned int i = 0; i < now.areas.count; i++) {
		uint64_t start = now.areas.items[i].start;

		while (before < memory->areas.count && memory->areas.items[before].end <= start)
			before++;
		now.cell_of[i] = -1;
		if (before < memory->areas.count && memory->areas.items[before].start <= start)
			now.cell_of[i] = memory->cell_of[before];
	}
	vtune__areas_free(&memory->areas);
	free(memory->cell_of);
	memory->areas = now.areas;
	memory->cell_of = now.cell_of;
	return 0;
fail:
	vtune__guest_memory_free(&now);
	return -1;
}
