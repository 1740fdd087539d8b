/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the running domain and its target differ in, and cannot be set while it runs. */
#include <inttypes.h>
#include <string.h>

#include "../base/xml.h"
#include "../domain/pcie.h"
#include "apply.h"

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

static bool are_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *text_of(struct _xmlNode *cpu, const char *name)
{
	struct _xmlNode *node = vtune__xml_child(cpu, name);

	return node ? vtune__xml_peek_text(node) : NULL;
}

static const char *mode_of_cache(struct _xmlNode *cpu)
{
	struct _xmlNode *cache = vtune__xml_child(cpu, "cache");

	return cache ? vtune__xml_peek(cache, "mode") : NULL;
}

/* The plan adds some at the end, and changes the policies of others. */
static bool are_same_features(struct _xmlNode *ours, struct _xmlNode *theirs)
{
	ours = vtune__xml_child(ours, "feature");
	theirs = vtune__xml_child(theirs, "feature");
	while (ours && theirs && vtune__xml_same(ours, theirs, NULL)) {
		ours = vtune__xml_next(ours, "feature");
		theirs = vtune__xml_next(theirs, "feature");
	}
	return !ours && !theirs;
}

/* Of a running domain libvirt tells the model and all features that a host-model, or a
 * model, has come to: what they were before cannot be told from that. */
static bool is_same_cpu(struct _xmlNode *ours, struct _xmlNode *theirs)
{
	bool is_full = are_same(vtune__xml_peek(theirs, "check"), "full");
	const char *mode = vtune__xml_peek(ours, "mode");

	if (!are_same(mode_of_cache(ours), mode_of_cache(theirs)))
		return false;
	if (!(is_full && are_same(mode, "host-model")) &&
	    (!are_same(mode, vtune__xml_peek(theirs, "mode")) ||
	     !are_same(text_of(ours, "model"), text_of(theirs, "model"))))
		return false;
	return is_full || are_same_features(ours, theirs);
}

static int report_model(const struct due *due, struct _xmlNode *ours, struct _xmlNode *theirs)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "guest_cpu" };

	if (!ours || !theirs || is_same_cpu(ours, theirs))
		return 0;
	return add(
		due, &finding,
		"The guest has the CPU mode, model, features and caches of the plan from the next "
		"start on");
}

static bool is_moved(struct _xmlNode *now, struct _xmlNode *then)
{
	struct vtune__pci_place a, b;

	return vtune__pci_place(now, &a) && vtune__pci_place(then, &b) &&
	       (a.bus != b.bus || a.slot != b.slot || a.function != b.function);
}

/* The guest may know its devices by their addresses. */
static int report_devices(const struct due *due)
{
	const struct vtune__subject *subject = due->subject;
	struct _xmlDoc *live VTUNE__CLEANUP(vtune__xml_free) =
		vtune__xml_parse(subject->live_xml, "domain", due->err);
	struct _xmlDoc *target VTUNE__CLEANUP(vtune__xml_free) =
		live ? vtune__xml_parse(subject->live_target, "domain", due->err) : NULL;
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "device_address" };
	struct _xmlNode *devices[2];

	if (!target)
		return -1;
	devices[0] = vtune__xml_child(vtune__xml_root(live), "devices");
	devices[1] = vtune__xml_child(vtune__xml_root(target), "devices");
	if (!devices[0] || !devices[1])
		return 0;
	for (unsigned int i = 0; i < subject->live.ndevices; i++) {
		const char *id = subject->live.devices[i];
		struct _xmlNode *now = vtune__pci_passed_through(devices[0], id);
		struct _xmlNode *then = vtune__pci_passed_through(devices[1], id);

		if (now && then && is_moved(now, then) &&
		    add(due, &finding,
			"The guest sees the device %s on another bus from the next start on",
			id) < 0)
			return -1;
	}
	return 0;
}

/* Of the guest's CPU only what the plan has set: libvirt fills in the rest. */
static int report_cpu(const struct due *due, struct _xmlNode *target, struct _xmlNode *live)
{
	static const char *const added[] = { "topology/clusters", "topology/dies", NULL };
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "guest_topology" };
	struct _xmlNode *ours = vtune__xml_child(target, "cpu");
	struct _xmlNode *theirs = vtune__xml_child(live, "cpu");

	if (report_model(due, ours, theirs) < 0)
		return -1;
	ours = ours ? vtune__xml_child(ours, "topology") : NULL;
	theirs = theirs ? vtune__xml_child(theirs, "topology") : NULL;
	if ((!ours && !theirs) || (ours && theirs && vtune__xml_same(ours, theirs, added)))
		return 0;
	return add(due, &finding,
		   "The guest sees its sockets, cores and threads as planned from the next start "
		   "on");
}

static int report_disks(const struct due *due, struct _xmlNode *target, struct _xmlNode *live)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "disks" };

	if (!vtune__former_devices_differ(target, live))
		return 0;
	return add(due, &finding,
		   "Disks and their controllers have the settings of the plan from the next start "
		   "on");
}

static int report_xml(const struct due *due)
{
	struct _xmlDoc *live VTUNE__CLEANUP(vtune__xml_free) =
		vtune__xml_parse(due->subject->live_xml, "domain", due->err);
	struct _xmlDoc *target VTUNE__CLEANUP(vtune__xml_free) =
		live ? vtune__xml_parse(due->subject->live_target, "domain", due->err) : NULL;

	if (!target || report_cpu(due, vtune__xml_root(target), vtune__xml_root(live)) < 0)
		return -1;
	return report_disks(due, vtune__xml_root(target), vtune__xml_root(live));
}

static int report_element(void *data, const char *code, const char *what)
{
	const struct due *due = data;
	const struct vtune__finding finding = { VTUNE__FINDING, .code = code };

	return add(due, &finding, "%s changes at the next start", what);
}

/* What it has then, which it is reported not to have. */
static int report_at_start(void *data, const char *code, const char *text)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = code };

	return add(data, &finding, "Now the %s; from the next start on it is as planned", text);
}

int vtune__apply_report_due(struct vtune__transaction *transaction,
			    const struct vtune__subject *subject, struct vtune_error **err)
{
	struct due due = { .transaction = transaction, .subject = subject, .err = err };

	if (!subject->live_target)
		return 0;
	if (report_shape(&due) < 0 || report_memory(&due) < 0 || report_threads(&due) < 0 ||
	    report_scheduler(&due) < 0 || report_devices(&due) < 0 ||
	    vtune__elements_compare(subject->live_xml, subject->live_target, report_element, &due,
				    err) < 0)
		return -1;
	if (report_xml(&due) < 0)
		return -1;
	return vtune__compare_at_start(subject->live_xml, subject->live_target, report_at_start,
				       &due, err);
}
