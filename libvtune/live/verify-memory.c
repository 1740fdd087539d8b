/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the guest's memory lies. What the guest has not touched yet lies nowhere, and that
 * is no drift. */
#include "verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* Pages of the guest that are shared with others, as by KSM, may lie where the others are:
 * up to so many KiB, and a thousandth of the cell. */
#define NOISE_KIB 256

static uint64_t noise(const struct vtune__plan_cell *cell, bool is_huge)
{
	return is_huge ? 0 : NOISE_KIB + cell->memory_kib / 1024;
}

static int say_misplaced(struct vtune__look *check, unsigned int cell, unsigned int node,
			 uint64_t want, uint64_t have)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "memory_node",
					  .where = "memory" };
	const struct vtune__plan_cell *planned = &check->plan->cells[cell];
	struct vtune__text size VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text nodes VTUNE__CLEANUP(vtune__text_free) = { 0 };
	char *mend VTUNE__CLEANUP(vtune__free_string) = vtune__say_mend(check, "--move-memory ");

	vtune__text_add_size(&size, have - want);
	for (unsigned int i = 0; i < planned->nmemory; i++)
		vtune__text_addf(&nodes, "%s%u", i ? "," : "", planned->memory[i].node);
	if (!mend || size.failed || nodes.failed)
		return vtune__fail_memory(check->err);
	finding.cell = (int)cell;
	finding.node = (int)node;
	finding.want_kib = (int64_t)want;
	finding.have_kib = (int64_t)have;
	finding.want = nodes.data;
	finding.mend = mend;
	return vtune__say_drift(check, &finding,
				"%s of the memory of cell %u %s on node %u, should be on %s",
				size.data, cell, want ? "too much are" : "are", node,
				nodes.data ? nodes.data : "none");
}

static int check_nodes(struct vtune__look *check, const struct vtune__guest_memory *memory,
		       unsigned int cell)
{
	const struct vtune__plan_cell *planned = &check->plan->cells[cell];
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__guest_memory_nodes(memory, cell, &nodes, check->err) < 0)
		return -1;
	VTUNE__SET_FOREACH(node, &nodes) {
		uint64_t have = vtune__guest_memory_on(memory, cell, (unsigned int)node);
		uint64_t want = vtune__plan_memory_on(planned, (unsigned int)node);

		if (have > want && have - want > noise(planned, check->plan->huge) &&
		    say_misplaced(check, cell, (unsigned int)node, want, have) < 0)
			return -1;
	}
	return 0;
}

bool vtune__pages_are_due(const struct vtune__look *check, unsigned int cell)
{
	const struct vtune_plan *plan = check->plan;
	const struct vtune__pinned_cell *next;

	if (!check->next || cell >= check->next->ncells)
		return false;
	next = &check->next->cells[cell];
	return plan->huge ? next->default_page || next->page_kib == plan->cells[cell].page_kib
			  : !next->default_page && next->page_kib == 0;
}

static int say_pages(struct vtune__look *check, unsigned int cell, uint64_t want, uint64_t have)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "pages", .where = "memory" };
	struct vtune__text wanted VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text had VTUNE__CLEANUP(vtune__text_free) = { 0 };

	vtune__text_add_size(&wanted, want);
	vtune__text_add_size(&had, have);
	if (wanted.failed || had.failed)
		return vtune__fail_memory(check->err);
	finding.cell = (int)cell;
	finding.want_kib = (int64_t)want;
	finding.have_kib = (int64_t)have;
	return vtune__say_at_start(
		check, &finding, vtune__pages_are_due(check, cell),
		"The memory of cell %u is in pages of %s, should be in pages of %s", cell, had.data,
		wanted.data);
}

/* The kernel's own page where the plan has ordinary ones: the plan's host may have been
 * another. */
static int check_pages(struct vtune__look *check, const struct vtune__guest_memory *memory,
		       unsigned int cell)
{
	uint64_t want = check->plan->cells[cell].page_kib;

	if (!check->plan->huge)
		want = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	for (unsigned int i = 0; i < memory->areas.count; i++) {
		uint64_t have = memory->areas.items[i].page_kib;

		if (memory->cell_of[i] == (int)cell && have != 0 && have != want)
			return say_pages(check, cell, want, have);
	}
	return 0;
}

static int check_cell(struct vtune__look *check, const struct vtune__guest_memory *memory,
		      unsigned int cell)
{
	if (!vtune__set_has(&memory->found, cell))
		return vtune__say_unseen(check, "unknown_memory", "memory",
					 "the memory of cell %u: the process has no mapping of "
					 "its %" PRIu64 " KiB",
					 cell, check->plan->cells[cell].memory_kib);
	if (check_pages(check, memory, cell) < 0)
		return -1;
	return check_nodes(check, memory, cell);
}

int vtune__verify_memory(struct vtune__look *check, const char *root, int pid)
{
	struct vtune__guest_memory memory VTUNE__CLEANUP(vtune__guest_memory_free) = { 0 };
	struct vtune_error *reason = NULL;

	if (vtune__guest_memory_read(&memory, root, pid, check->plan, check->live, &reason) < 0)
		return vtune__say_unseen_for(check, "memory", "where its memory lies", reason);
	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		if (check_cell(check, &memory, cell) < 0)
			return -1;
	}
	check->saw_memory = !vtune__set_is_empty(&memory.found);
	return 0;
}
