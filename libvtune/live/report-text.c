/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report for people: one paragraph for each VM. */
#include "report.h"

#include <string.h>

static bool is_about(const struct vtune_report *report, const struct vtune__finding *finding,
		     const char *vm)
{
	const char *of = vtune__report_vm_of(report, finding);

	return vm && of ? strcmp(vm, of) == 0 : vm == of;
}

static unsigned int count_about(const struct vtune_report *report, enum vtune__report_list list,
				const char *vm)
{
	const struct vtune__report_findings *findings = &report->lists[list];
	unsigned int count = 0;

	for (unsigned int i = 0; i < findings->count; i++)
		count += is_about(report, &findings->items[i], vm);
	return count;
}

static bool same_words(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The same thing seen at two places: in the XML and at a thread. */
static bool is_same(const struct vtune__finding *a, const struct vtune__finding *b)
{
	return strcmp(a->code, b->code) == 0 && same_words(a->vm, b->vm) &&
	       strcmp(a->text, b->text) == 0;
}

static const char *place_name(const char *where)
{
	static const char *const names[][2] = {
		{ "live", "live XML" },
		{ "config", "definition" },
		{ "thread", "thread" },
		{ "cgroup", "cgroup" },
	};

	for (unsigned int i = 0; where && i < VTUNE__COUNT(names); i++) {
		if (strcmp(names[i][0], where) == 0)
			return names[i][1];
	}
	return NULL;
}

/* One line for all places: "vCPU 2 may run on CPU 3, should be on CPU 6 (live XML, thread)". */
static void add_seen(struct vtune__text *out, const struct vtune__report_findings *findings,
		     unsigned int first, const char *prefix)
{
	const struct vtune__finding *items = findings->items;
	const char *before = " (";

	for (unsigned int i = 0; i < first; i++) {
		if (is_same(&items[i], &items[first]))
			return;
	}
	vtune__text_addf(out, "  %s%s", prefix, items[first].text);
	for (unsigned int i = first; i < findings->count; i++) {
		const char *place = place_name(items[i].where);

		if (!place || !is_same(&items[i], &items[first]))
			continue;
		vtune__text_addf(out, "%s%s", before, place);
		before = ", ";
	}
	vtune__text_add(out, before[0] == ',' ? ")\n" : "\n");
}

static void add_all_seen(struct vtune__text *out, const struct vtune_report *report,
			 enum vtune__report_list list, const char *vm, const char *prefix)
{
	const struct vtune__report_findings *findings = &report->lists[list];

	for (unsigned int i = 0; i < findings->count; i++) {
		if (is_about(report, &findings->items[i], vm))
			add_seen(out, findings, i, prefix);
	}
}

static void add_lines(struct vtune__text *out, const struct vtune_report *report,
		      enum vtune__report_list list, const char *vm, const char *prefix)
{
	const struct vtune__report_findings *findings = &report->lists[list];

	for (unsigned int i = 0; i < findings->count; i++) {
		if (is_about(report, &findings->items[i], vm))
			vtune__text_addf(out, "  %s%s\n", prefix, findings->items[i].text);
	}
}

/* Many findings are mended alike: say it once. */
static void add_mends(struct vtune__text *out, const struct vtune_report *report,
		      enum vtune__report_list list, const char *vm, const char *prefix)
{
	const struct vtune__report_findings *findings = &report->lists[list];

	for (unsigned int i = 0; i < findings->count; i++) {
		const char *mend = findings->items[i].mend;
		unsigned int before = 0;

		if (!mend || !is_about(report, &findings->items[i], vm))
			continue;
		while (before < i && (!is_about(report, &findings->items[before], vm) ||
				      !findings->items[before].mend ||
				      strcmp(findings->items[before].mend, mend) != 0))
			before++;
		if (before == i)
			vtune__text_addf(out, "  %s: %s\n", prefix, mend);
	}
}

static const char *plural(unsigned int count)
{
	return count == 1 ? "" : "s";
}

/* ---- verify ---- */

static void add_verified(struct vtune__text *out, const struct vtune_report *report,
			 const struct vtune__report_vm *vm)
{
	unsigned int drift = count_about(report, VTUNE__REPORT_DRIFT, vm->name);
	unsigned int due = count_about(report, VTUNE__REPORT_DUE, vm->name);
	unsigned int unseen = count_about(report, VTUNE__REPORT_UNSEEN, vm->name);

	vtune__text_addf(out, "%s: ", vm->name);
	if (vm->summary)
		vtune__text_addf(out, "%s: ", vm->summary);
	if (drift)
		vtune__text_add(out, "not as planned\n");
	else if (due)
		vtune__text_add(out, "as planned, but for what is due at the next start\n");
	else if (unseen)
		vtune__text_add(out, "what could be seen is where it should be\n");
	else
		vtune__text_add(out, "all where they should be\n");
	add_all_seen(out, report, VTUNE__REPORT_DRIFT, vm->name, "");
	add_mends(out, report, VTUNE__REPORT_DRIFT, vm->name, "To mend it");
	add_all_seen(out, report, VTUNE__REPORT_DUE, vm->name, "Due at the next start: ");
	add_mends(out, report, VTUNE__REPORT_DUE, vm->name, "To have it now");
	add_lines(out, report, VTUNE__REPORT_UNSEEN, vm->name, "Not seen: ");
}

static bool is_listed(const struct vtune_report *report, const char *vm)
{
	for (unsigned int i = 0; vm && i < report->nvms; i++) {
		if (strcmp(report->vms[i].name, vm) == 0)
			return true;
	}
	return false;
}

/* What is about no VM of the report. */
static void add_rest(struct vtune__text *out, const struct vtune_report *report,
		     enum vtune__report_list list, const char *prefix)
{
	const struct vtune__report_findings *findings = &report->lists[list];

	for (unsigned int i = 0; i < findings->count; i++) {
		if (!is_listed(report, vtune__report_vm_of(report, &findings->items[i])))
			vtune__text_addf(out, "%s%s\n", prefix, findings->items[i].text);
	}
}

static void add_verify(struct vtune__text *out, const struct vtune_report *report)
{
	if (report->nvms == 0)
		vtune__text_add(out, "No running domain carries a plan.\n");
	for (unsigned int i = 0; i < report->nvms; i++)
		add_verified(out, report, &report->vms[i]);
	add_rest(out, report, VTUNE__REPORT_DRIFT, "");
	add_rest(out, report, VTUNE__REPORT_DUE, "Due at the next start: ");
	add_rest(out, report, VTUNE__REPORT_UNSEEN, "Not seen: ");
}

/* ---- apply ---- */

static void add_apply_list(struct vtune__text *out, const struct vtune_report *report,
			   enum vtune__report_list list, const char *heading)
{
	const struct vtune__report_findings *findings = &report->lists[list];

	if (findings->count == 0)
		return;
	vtune__text_addf(out, "%s\n", heading);
	for (unsigned int i = 0; i < findings->count; i++) {
		vtune__text_addf(out, "  %s\n", findings->items[i].text);
		if (findings->items[i].mend)
			vtune__text_addf(out, "    To mend it: %s\n", findings->items[i].mend);
	}
}

static void add_apply(struct vtune__text *out, const struct vtune_report *report)
{
	unsigned int calls = report->lists[VTUNE__REPORT_CALLS].count;
	const char *vm = report->nvms ? report->vms[0].name : "";

	if (report->destination && report->dry_run)
		vtune__text_addf(out, "%s: would go to %s\n", vm, report->destination);
	else if (report->destination)
		vtune__text_addf(out, "%s: runs on %s now, where its plan puts it\n", vm,
				 report->destination);
	else if (calls == 0)
		vtune__text_addf(out, "%s: nothing to set, it is all as planned\n", vm);
	else if (report->dry_run)
		vtune__text_addf(out, "%s: %u call%s would be made\n", vm, calls, plural(calls));
	else
		vtune__text_addf(out, "%s: set, with %u call%s\n", vm, calls, plural(calls));
	if (report->dry_run)
		add_apply_list(out, report, VTUNE__REPORT_CALLS, "Calls, in order:");
	add_apply_list(out, report, VTUNE__REPORT_DUE,
		       report->destination ? "Left to do:" : "Due at the next start:");
	add_apply_list(out, report, VTUNE__REPORT_OVERLAPS,
		       "Domains that libvtune did not place, on its CPUs:");
}

VTUNE_EXPORT char *vtune_report_to_text(const struct vtune_report *report, struct vtune_error **err)
{
	struct vtune__text out = { 0 };

	if (!report) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (report->kind >= VTUNE__REPORT_TUNE)
		vtune__report_add_settings(&out, report);
	else if (report->kind == VTUNE__REPORT_VERIFY)
		add_verify(&out, report);
	else
		add_apply(&out, report);
	return vtune__text_take(&out, err);
}
