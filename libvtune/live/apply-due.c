/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the running domain and its target differ in, and cannot be set while it runs. */
#include "apply.h"

#include <inttypes.h>

struct due {
	struct vtune__transaction *transaction;
	const struct vtune__subject *subject;
	struct vtune_error **err;
};

static int add(const struct due *due, const struct vtune__finding *finding, const char *format, ...)
	VTUNE__PRINTF(3, 4);
static int add(const struct due *due, const struct vtune__finding *finding, const char *format, ...)
{
	struct vtune__finding full = *finding;
	struct vtune__text text = { 0 };
	va_list args;
	int result;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	full.vm = due->subject->name;
	full.where = "live";
	full.text = text.data;
	result = text.failed ? vtune__fail_memory(due->err)
			     : vtune__report_add(due->transaction->report, VTUNE__REPORT_DUE, &full,
						 due->err);
	vtune__text_free(&text);
	return result;
}

static bool has_same_cells(const struct vtune__pins *live, const struct vtune__pins *target)
{
	if (live->ncells != target->ncells)
		return false;
	for (unsigned int i = 0; i < live->ncells; i++) {
		if (!vtune__set_equal(&live->cells[i].vcpus, &target->cells[i].vcpus) ||
		    live->cells[i].memory_kib != target->cells[i].memory_kib)
			return false;
	}
	return true;
}

static int report_shape(const struct due *due)
{
	const struct vtune__pins *live = &due->subject->live, *target = &due->subject->target;
	const struct vtune__finding cells = { VTUNE__FINDING, .code = "cells" };
	const struct vtune__finding vcpus = { VTUNE__FINDING, .code = "vcpus" };
	struct vtune__finding memory = { VTUNE__FINDING, .code = "memory_size" };

	memory.want_kib = (int64_t)target->memory_kib;
	memory.have_kib = (int64_t)live->memory_kib;
	if (live->nvcpus != target->nvcpus &&
	    add(due, &vcpus, "The domain has %u vCPUs from its next start on; it runs with %u",
		target->nvcpus, live->nvcpus) < 0)
		return -1;
	if (live->memory_kib != target->memory_kib &&
	    add(due, &memory,
		"The domain has %" PRIu64 " KiB of memory from its next start on; it runs with "
		"%" PRIu64 " KiB",
		target->memory_kib, live->memory_kib) < 0)
		return -1;
	if (!has_same_cells(live, target))
		return add(due, &cells,
			   "The guest sees its %u NUMA cell%s from the next start on; now it has "
			   "other ones",
			   target->ncells, target->ncells == 1 ? "" : "s");
	return 0;
}

/* Where the memory of a cell is bound to in the XML: which stays as it was at the start
 * for a cell of its own, also when it was moved. */
static int report_cell(const struct due *due, unsigned int cell)
{
	const struct vtune__pinned_cell *live = &due->subject->live.cells[cell];
	const struct vtune__pinned_cell *target = &due->subject->target.cells[cell];
	char *want VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *have VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune__finding finding = { VTUNE__FINDING, .code = "memory_nodes" };
	bool follows = vtune__can_set_nodes(due->subject) && due->subject->live.ncells == 1;

	if (follows || vtune__set_equal(&live->nodes, &target->nodes) ||
	    (due->transaction->flags & VTUNE_APPLY_MOVE_MEMORY))
		return 0;
	want = vtune__set_print(&target->nodes);
	have = vtune__set_print(&live->nodes);
	if (!want || !have)
		return vtune__fail_memory(due->err);
	finding.cell = (int)cell;
	finding.want = want;
	finding.have = have;
	return add(due, &finding,
		   "The memory of cell %u is bound to node %s at the next start; while the domain "
		   "runs it stays where it was put, %s%s",
		   cell, want, have[0] ? "on node " : "on any node", have);
}

static int report_pages(const struct due *due, unsigned int cell)
{
	const struct vtune__pinned_cell *live = &due->subject->live.cells[cell];
	const struct vtune__pinned_cell *target = &due->subject->target.cells[cell];
	struct vtune__finding finding = { VTUNE__FINDING, .code = "pages" };

	if (live->page_kib == target->page_kib)
		return 0;
	finding.cell = (int)cell;
	if (target->page_kib == 0)
		return add(due, &finding,
			   "The memory of cell %u gets ordinary pages at the next start", cell);
	return add(due, &finding,
		   "The memory of cell %u gets pages of %" PRIu64 " KiB at the next start", cell,
		   target->page_kib);
}

static int report_memory(const struct due *due)
{
	const struct vtune__pins *live = &due->subject->live, *target = &due->subject->target;
	const struct vtune__finding mode = {
		VTUNE__FINDING, .code = "memory_mode",
		.want = target->mode < 0 ? "none" : vtune__memory_mode_names[target->mode],
		.have = live->mode < 0 ? "none" : vtune__memory_mode_names[live->mode]
	};

	if (live->mode != target->mode &&
	    add(due, &mode, "The memory mode becomes \"%s\" at the next start; it is \"%s\"",
		mode.want, mode.have) < 0)
		return -1;
	for (unsigned int i = 0; i < live->ncells && i < target->ncells; i++) {
		if (report_cell(due, i) < 0 || report_pages(due, i) < 0)
			return -1;
	}
	return 0;
}

static bool has_iothread(const struct vtune__pins *pins, unsigned int id)
{
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		if (pins->iothreads[i].id == id)
			return true;
	}
	return false;
}

static int report_threads(const struct due *due)
{
	const struct vtune__pins *live = &due->subject->live, *target = &due->subject->target;

	for (unsigned int i = 0; i < live->niothreads; i++) {
		struct vtune__finding finding = { VTUNE__FINDING, .code = "iothreads" };

		finding.iothread = (int)live->iothreads[i].id;
		if (!has_iothread(target, live->iothreads[i].id) &&
		    add(due, &finding, "I/O thread %u is gone at the next start",
			live->iothreads[i].id) < 0)
			return -1;
	}
	for (unsigned int i = 0; i < target->nvcpus; i++) {
		struct vtune__finding finding = { VTUNE__FINDING, .code = "vcpu_pin" };

		finding.vcpu = (int)i;
		if (i < live->nvcpus && !vtune__set_has(&due->subject->live.plugged, i) &&
		    !vtune__set_is_empty(&target->vcpus[i]) &&
		    add(due, &finding,
			"vCPU %u is not plugged in now; it gets its CPUs at the next start", i) < 0)
			return -1;
	}
	return 0;
}

static int report_scheduler(const struct due *due)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "shares" };
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };

	if (due->subject->sets_scheduler)
		return 0;
	vtune__scheduler_compare(&text, &due->subject->target, &due->subject->live);
	if (text.failed)
		return vtune__fail_memory(due->err);
	if (text.length == 0)
		return 0;
	return add(due, &finding,
		   "Shares and bounds of CPU time hold from the next start on, since this driver "
		   "cannot set them while a domain runs: %s",
		   text.data);
}

/* What it has then, or has not. */
static int report_difference(void *data, const struct vtune__difference *difference)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = difference->code };

	return add(data, &finding, "%s", difference->due);
}

static int report_others(struct due *due)
{
	struct vtune__pair pair VTUNE__CLEANUP(vtune__pair_close) = { 0 };

	if (vtune__pair_open(&pair, due->subject->live_xml, due->subject->live_target, due->err) <
	    0)
		return -1;
	return vtune__compare(&pair, report_difference, due, due->err);
}

int vtune__apply_report_due(struct vtune__transaction *transaction,
			    const struct vtune__subject *subject, struct vtune_error **err)
{
	struct due due = { .transaction = transaction, .subject = subject, .err = err };

	if (!subject->live_target)
		return 0;
	if (report_shape(&due) < 0 || report_memory(&due) < 0 || report_threads(&due) < 0 ||
	    report_scheduler(&due) < 0)
		return -1;
	return report_others(&due);
}
