/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report.h"

#include <stdlib.h>
#include <string.h>

struct vtune_report *vtune__report_new(enum vtune__report_kind kind, struct vtune_error **err)
{
	struct vtune_report *report = vtune__alloc(1, sizeof(*report), err);

	if (report)
		report->kind = kind;
	return report;
}

int vtune__report_add_vm(struct vtune_report *report, const char *vm, struct vtune_error **err)
{
	char *name = vtune__strdup(vm, err);
	struct vtune__report_vm *added;

	if (!name)
		return -1;
	added = vtune__grow((void **)&report->vms, &report->nvms, sizeof(*added), err);
	if (!added) {
		free(name);
		return -1;
	}
	added->name = name;
	return 0;
}

int vtune__report_describe_vm(struct vtune_report *report, const char *summary, bool is_running,
			      struct vtune_error **err)
{
	struct vtune__report_vm *vm = &report->vms[report->nvms - 1];
	char *copy = vtune__strdup(summary, err);

	if (!copy)
		return -1;
	free(vm->summary);
	vm->summary = copy;
	vm->is_running = is_running;
	return 0;
}

/* ---- findings ---- */

static const char **strings_of(struct vtune__finding *finding, unsigned int i)
{
	const char **strings[] = { &finding->code, &finding->vm,   &finding->where, &finding->want,
				   &finding->have, &finding->text, &finding->mend };

	return i < VTUNE__COUNT(strings) ? strings[i] : NULL;
}

static void free_finding(struct vtune__finding *finding)
{
	const char **string;

	for (unsigned int i = 0; (string = strings_of(finding, i)); i++)
		free((char *)*string);
}

static int copy_strings(struct vtune__finding *finding, struct vtune_error **err)
{
	struct vtune__finding source = *finding;
	const char **string;

	for (unsigned int i = 0; (string = strings_of(finding, i)); i++)
		*string = NULL;
	for (unsigned int i = 0; (string = strings_of(finding, i)); i++) {
		const char *text = *strings_of(&source, i);

		if (!text)
			continue;
		*string = vtune__strdup(text, err);
		if (*string)
			continue;
		free_finding(finding);
		return -1;
	}
	return 0;
}

int vtune__report_add(struct vtune_report *report, enum vtune__report_list list,
		      const struct vtune__finding *finding, struct vtune_error **err)
{
	struct vtune__report_findings *findings = &report->lists[list];
	struct vtune__finding copy = *finding, *added;

	if (copy_strings(&copy, err) < 0)
		return -1;
	added = vtune__grow((void **)&findings->items, &findings->count, sizeof(*added), err);
	if (!added) {
		free_finding(&copy);
		return -1;
	}
	*added = copy;
	return 0;
}

void vtune__report_set_dry_run(struct vtune_report *report)
{
	report->dry_run = true;
}

int vtune__report_set_destination(struct vtune_report *report, const char *uri,
				  struct vtune_error **err)
{
	report->destination = vtune__strdup(uri, err);
	return report->destination ? 0 : -1;
}

int vtune__report_add_all(struct vtune_report *report, const struct vtune_report *from,
			  enum vtune__report_list list, struct vtune_error **err)
{
	const struct vtune__report_findings *findings = &from->lists[list];

	for (unsigned int i = 0; i < findings->count; i++) {
		if (vtune__report_add(report, list, &findings->items[i], err) < 0)
			return -1;
	}
	return 0;
}

unsigned int vtune__report_count(const struct vtune_report *report, enum vtune__report_list list)
{
	return report->lists[list].count;
}

const char *vtune__report_vm_of(const struct vtune_report *report,
				const struct vtune__finding *finding)
{
	if (finding->vm)
		return finding->vm;
	return report->nvms == 1 ? report->vms[0].name : NULL;
}

/* ---- for all ---- */

VTUNE_EXPORT void vtune_report_free(struct vtune_report *report)
{
	if (!report)
		return;
	for (unsigned int i = 0; i < report->nvms; i++) {
		free(report->vms[i].name);
		free(report->vms[i].summary);
	}
	free(report->vms);
	free(report->destination);
	for (unsigned int list = 0; list < VTUNE__REPORT_LISTS; list++) {
		for (unsigned int i = 0; i < report->lists[list].count; i++)
			free_finding(&report->lists[list].items[i]);
		free(report->lists[list].items);
	}
	free(report);
}

VTUNE_EXPORT int vtune_report_holds(const struct vtune_report *report)
{
	if (!report)
		return 0;
	if (report->kind == VTUNE__REPORT_APPLY || report->kind == VTUNE__REPORT_MIGRATE)
		return report->lists[VTUNE__REPORT_DUE].count == 0;
	return report->lists[VTUNE__REPORT_DRIFT].count == 0;
}
