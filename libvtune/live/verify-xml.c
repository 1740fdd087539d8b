/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's XML against the plan: what vtune_plan_patch_domain_xml() would change of it. */
#include "verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sides {
	struct vtune__look *check;
	const char *where;
	const struct vtune__pins *want, *have;
};

/* What the running domain has from its next start on; NULL: not known, or another side. */
static const struct vtune__pins *next_of(const struct sides *sides)
{
	return strcmp(sides->where, "live") == 0 ? sides->check->next : NULL;
}

/* libvirt pins no vCPU that is not there. */
static bool waits_for_plug(const struct sides *sides, unsigned int vcpu)
{
	const struct vtune__pins *next = next_of(sides);

	return next && vcpu < next->nvcpus && !vtune__set_has(&sides->have->plugged, vcpu) &&
	       vtune__set_equal(&next->vcpus[vcpu], &sides->want->vcpus[vcpu]);
}

static int compare_vcpus(const struct sides *sides)
{
	const struct vtune__pins *want = sides->want, *have = sides->have;

	for (unsigned int i = 0; i < want->nvcpus && i < have->nvcpus; i++) {
		struct vtune__finding finding = { VTUNE__FINDING, .code = "vcpu_pin",
						  .where = sides->where };
		char who[32];

		if (waits_for_plug(sides, i))
			continue;
		finding.vcpu = (int)i;
		snprintf(who, sizeof(who), "vCPU %u", i);
		if (vtune__compare_cpus(sides->check, &finding, who, &want->vcpus[i],
					&have->vcpus[i]) < 0)
			return -1;
	}
	return 0;
}

static const struct vtune__pinned_iothread *find_iothread(const struct vtune__pins *pins,
							  unsigned int id)
{
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		if (pins->iothreads[i].id == id)
			return &pins->iothreads[i];
	}
	return NULL;
}

static int lack_iothread(const struct sides *sides, struct vtune__finding *finding)
{
	char *mend VTUNE__CLEANUP(vtune__free_string) = vtune__say_mend(sides->check, "");

	if (!mend)
		return -1;
	finding->code = "iothreads";
	finding->mend = mend;
	return vtune__say_drift(sides->check, finding, "It has no I/O thread %d",
				finding->iothread);
}

static int compare_iothreads(const struct sides *sides)
{
	for (unsigned int i = 0; i < sides->want->niothreads; i++) {
		const struct vtune__pinned_iothread *want = &sides->want->iothreads[i], *have;
		struct vtune__finding finding = { VTUNE__FINDING, .code = "iothread_pin",
						  .where = sides->where };
		char who[32];
		int result;

		finding.iothread = (int)want->id;
		snprintf(who, sizeof(who), "I/O thread %u", want->id);
		have = find_iothread(sides->have, want->id);
		result = have ? vtune__compare_cpus(sides->check, &finding, who, &want->cpus,
						    &have->cpus)
			      : lack_iothread(sides, &finding);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* ---- numbers ---- */

struct number {
	const char *code, *what;
	int cell;
	uint64_t want, have;
	bool is_kib;
	bool at_start; /* only a start of the domain changes it */
	bool is_due;   /* the next one does */
};

static void say_number(struct vtune__text *text, const struct number *number, uint64_t value)
{
	if (number->is_kib && value == 0)
		vtune__text_add(text, "the ordinary size");
	else if (number->is_kib)
		vtune__text_add_size(text, value);
	else
		vtune__text_addf(text, "%" PRIu64, value);
}

static int differ(const struct sides *sides, const struct number *number,
		  struct vtune__finding *finding)
{
	struct vtune__text want VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text have VTUNE__CLEANUP(vtune__text_free) = { 0 };
	char *mend VTUNE__CLEANUP(vtune__free_string) = vtune__say_mend(sides->check, "");
	char of[32] = "";

	say_number(&want, number, number->want);
	say_number(&have, number, number->have);
	if (!mend || want.failed || have.failed)
		return vtune__fail_memory(sides->check->err);
	if (number->cell >= 0)
		snprintf(of, sizeof(of), "Cell %d: ", number->cell);
	finding->mend = mend;
	finding->want = want.data;
	finding->have = have.data;
	if (number->at_start && strcmp(sides->where, "live") == 0)
		return vtune__say_at_start(sides->check, finding, number->is_due,
					   "%s%s %s, should be %s", of, number->what, have.data,
					   want.data);
	return vtune__say_drift(sides->check, finding, "%s%s %s, should be %s", of, number->what,
				have.data, want.data);
}

static int compare_number(const struct sides *sides, const struct number *number)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = number->code,
					  .where = sides->where };

	if (number->want == number->have)
		return 0;
	finding.cell = number->cell;
	if (number->is_kib) {
		finding.want_kib = (int64_t)number->want;
		finding.have_kib = (int64_t)number->have;
	}
	return differ(sides, number, &finding);
}

static int differ_in_bandwidth(const struct sides *sides, const char *what, int64_t want,
			       int64_t have)
{
	const struct vtune__finding none = { VTUNE__FINDING, .code = "bandwidth",
					     .where = sides->where };
	char *mend VTUNE__CLEANUP(vtune__free_string) = vtune__say_mend(sides->check, "");
	struct vtune__finding finding = none;
	char wanted[24], had[24];

	if (!mend)
		return -1;
	snprintf(wanted, sizeof(wanted), "%" PRId64, want);
	snprintf(had, sizeof(had), "%" PRId64, have);
	finding.want = wanted;
	finding.have = had;
	finding.mend = mend;
	return vtune__say_drift(sides->check, &finding, "%s %s, should be %s", what, had, wanted);
}

/* What the domain does not say is the kernel's own. */
static int compare_bandwidth(const struct sides *sides)
{
	char what[48];

	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		const struct vtune__bandwidth *want = &sides->want->bandwidth[i];
		const struct vtune__bandwidth *have = &sides->have->bandwidth[i];

		snprintf(what, sizeof(what), "period (%s)", vtune__bandwidth_names[i]);
		if (want->period != have->period &&
		    differ_in_bandwidth(sides, what, (int64_t)want->period, (int64_t)have->period) <
			    0)
			return -1;
		snprintf(what, sizeof(what), "quota (%s)", vtune__bandwidth_names[i]);
		if (want->quota != have->quota &&
		    differ_in_bandwidth(sides, what, want->quota, have->quota) < 0)
			return -1;
	}
	return 0;
}

static int compare_numbers(const struct sides *sides)
{
	const struct vtune__pins *want = sides->want, *have = sides->have;
	const struct vtune__pins *next = next_of(sides);
	const struct number numbers[] = {
		{ .code = "vcpus",
		  .what = "number of vCPUs",
		  .cell = -1,
		  .want = want->nvcpus,
		  .have = have->nvcpus,
		  .at_start = true,
		  .is_due = next && next->nvcpus == want->nvcpus },
		{ .code = "cells",
		  .what = "number of guest cells",
		  .cell = -1,
		  .want = want->ncells,
		  .have = have->ncells,
		  .at_start = true,
		  .is_due = next && next->ncells == want->ncells },
		{ .code = "shares",
		  .what = "CPU shares",
		  .cell = -1,
		  .want = want->has_shares ? want->shares : 0,
		  .have = have->has_shares ? have->shares : 0 },
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(numbers); i++) {
		if (compare_number(sides, &numbers[i]) < 0)
			return -1;
	}
	return compare_bandwidth(sides);
}

/* ---- cells and their nodes ---- */

static void say_nodes(struct vtune__text *text, const struct vtune__set *nodes, int mode)
{
	if (vtune__set_is_empty(nodes)) {
		vtune__text_add(text, "any node");
		return;
	}
	vtune__text_add(text, vtune__set_count(nodes) == 1 ? "node " : "nodes ");
	vtune__text_add_set(text, nodes);
	if (mode >= 0)
		vtune__text_addf(text, " (%s)", vtune__memory_mode_names[mode]);
}

static int differ_in_nodes(const struct sides *sides, int cell, const struct vtune__text *want,
			   const struct vtune__text *have)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "memory_nodes",
					  .where = sides->where };
	char *mend VTUNE__CLEANUP(vtune__free_string) = vtune__say_mend(
		sides->check, strcmp(sides->where, "live") == 0 ? "--move-memory " : "");
	char who[48] = "The memory of QEMU itself";

	if (!mend || want->failed || have->failed)
		return vtune__fail_memory(sides->check->err);
	if (cell >= 0)
		snprintf(who, sizeof(who), "The memory of cell %d", cell);
	finding.cell = cell;
	finding.want = want->data;
	finding.have = have->data;
	finding.mend = mend;
	return vtune__say_drift(sides->check, &finding, "%s is bound to %s, should be to %s", who,
				have->data, want->data);
}

static int compare_binding(const struct sides *sides, int cell, const struct vtune__set *want,
			   int want_mode, const struct vtune__set *have, int have_mode)
{
	struct vtune__text wanted VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text had VTUNE__CLEANUP(vtune__text_free) = { 0 };

	if (vtune__set_equal(want, have) && want_mode == have_mode)
		return 0;
	say_nodes(&wanted, want, want_mode);
	say_nodes(&had, have, have_mode);
	return differ_in_nodes(sides, cell, &wanted, &had);
}

static int compare_cell(const struct sides *sides, unsigned int i)
{
	const struct vtune_plan *plan = sides->check->plan;
	const struct vtune__pins *next = next_of(sides);
	const struct vtune__pinned_cell *want = &sides->want->cells[i];
	const struct vtune__pinned_cell *have = &sides->have->cells[i];
	const struct number memory = {
		.code = "memory_size",
		.what = "memory",
		.cell = (int)i,
		.want = want->memory_kib,
		.have = have->memory_kib,
		.is_kib = true,
		.at_start = true,
		.is_due = next && i < next->ncells && next->cells[i].memory_kib == want->memory_kib,
	};
	const struct number pages = {
		.code = "pages",
		.what = "pages of",
		.cell = (int)i,
		.want = plan->huge ? plan->cells[i].page_kib : 0,
		.have = have->page_kib,
		.is_kib = true,
		.at_start = true,
		.is_due = vtune__pages_are_due(sides->check, i),
	};

	if (compare_number(sides, &memory) < 0)
		return -1;
	return have->default_page ? 0 : compare_number(sides, &pages);
}

static int compare_cells(const struct sides *sides)
{
	const struct vtune__pins *want = sides->want, *have = sides->have;
	const struct vtune_plan *plan = sides->check->plan;

	for (unsigned int i = 0; i < want->ncells && i < have->ncells && i < plan->ncells; i++) {
		if (compare_cell(sides, i) < 0)
			return -1;
	}
	return 0;
}

static bool is_mode_due(const struct sides *sides)
{
	const struct vtune__pins *next = next_of(sides);

	return next && sides->want->mode != sides->have->mode && sides->want->mode == next->mode;
}

static const char *mode_name(int mode)
{
	return mode < 0 ? "none" : vtune__memory_mode_names[mode];
}

static int say_mode(const struct sides *sides)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "memory_mode",
						.where = sides->where,
						.want = mode_name(sides->want->mode),
						.have = mode_name(sides->have->mode) };

	return vtune__say_at_start(sides->check, &finding, true,
				   "memory mode \"%s\", should be \"%s\"", finding.have,
				   finding.want);
}

/* The XML of a running domain keeps the nodes that its memory was bound to at the start:
 * it is believed only where the memory itself cannot be looked at. */
static int compare_bindings(const struct sides *sides)
{
	const struct vtune__pins *want = sides->want, *have = sides->have;

	if (is_mode_due(sides))
		return say_mode(sides);
	if (strcmp(sides->where, "live") == 0 && sides->check->saw_memory)
		return 0;
	for (unsigned int i = 0; i < want->ncells && i < have->ncells; i++) {
		if (compare_binding(sides, (int)i, &want->cells[i].nodes, want->cells[i].mode,
				    &have->cells[i].nodes, have->cells[i].mode) < 0)
			return -1;
	}
	return compare_binding(sides, -1, &want->nodes, want->mode, &have->nodes, have->mode);
}

static int compare(const struct sides *sides)
{
	const struct vtune__finding emulator = { VTUNE__FINDING, .code = "emulator_pin",
						 .where = sides->where };

	if (compare_numbers(sides) < 0 || compare_vcpus(sides) < 0 ||
	    vtune__compare_cpus(sides->check, &emulator, "The emulator", &sides->want->emulator,
				&sides->have->emulator) < 0 ||
	    compare_iothreads(sides) < 0 || compare_cells(sides) < 0)
		return -1;
	return compare_bindings(sides);
}

int vtune__verify_xml(struct vtune__look *check, const char *where, const char *xml)
{
	struct vtune__pair pair VTUNE__CLEANUP(vtune__pair_close) = { 0 };
	struct vtune__pins want VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct vtune__pins have VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct sides sides = { check, where, &want, &have };
	char *planned VTUNE__CLEANUP(vtune__free_string) =
		vtune_plan_patch_domain_xml(check->plan, xml, check->err);

	if (!planned || vtune__pair_open(&pair, xml, planned, check->err) < 0 ||
	    vtune__pins_of(&want, pair.want, check->vm, check->err) < 0 ||
	    vtune__pins_of(&have, pair.have, check->vm, check->err) < 0)
		return -1;
	if (compare(&sides) < 0)
		return -1;
	return vtune__verify_parts(check, where, &pair);
}
