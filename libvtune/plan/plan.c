/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

#include <stdlib.h>

struct vtune_plan *vtune__plan_new(const char *vm, struct vtune_error **err)
{
	struct vtune_plan *plan = vtune__alloc(1, sizeof(*plan), err);

	if (!plan)
		return NULL;
	plan->vm = vtune__strdup(vm, err);
	if (!plan->vm) {
		vtune_plan_free(plan);
		return NULL;
	}
	return plan;
}

static void free_iothread(struct vtune__plan_iothread *iothread)
{
	for (unsigned int i = 0; iothread->disks && i < iothread->ndisks; i++)
		free(iothread->disks[i]);
	free(iothread->disks);
	vtune__set_free(&iothread->cpus);
}

static void free_texts(struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++) {
		free(plan->warnings[i].code);
		free(plan->warnings[i].text);
	}
	for (unsigned int i = 0; i < plan->nreasons; i++) {
		free(plan->reasons[i].code);
		free(plan->reasons[i].text);
	}
	for (unsigned int i = 0; i < plan->nwould_fit; i++) {
		free(plan->would_fit[i].patch);
		free(plan->would_fit[i].text);
	}
	free(plan->warnings);
	free(plan->reasons);
	free(plan->would_fit);
}

/* Also of a half-made plan: a count may be set where its list is still NULL. */
VTUNE_EXPORT void vtune_plan_free(struct vtune_plan *plan)
{
	if (!plan)
		return;
	for (unsigned int i = 0; plan->cells && i < plan->ncells; i++) {
		vtune__set_free(&plan->cells[i].vcpus);
		free(plan->cells[i].memory);
	}
	for (unsigned int i = 0; plan->vcpus && i < plan->nvcpus; i++)
		vtune__set_free(&plan->vcpus[i].cpus);
	for (unsigned int i = 0; plan->iothreads && i < plan->niothreads; i++)
		free_iothread(&plan->iothreads[i]);
	for (unsigned int i = 0; plan->devices && i < plan->ndevices; i++)
		free(plan->devices[i].id);
	vtune__plan_free_disks(plan);
	vtune__plan_free_interfaces(plan);
	vtune__plan_free_pcie(plan);
	vtune__plan_free_cpu(plan);
	vtune__plan_free_schedule(plan);
	free_texts(plan);
	vtune__set_free(&plan->emulator);
	vtune__set_free(&plan->held);
	free(plan->cells);
	free(plan->vcpus);
	free(plan->iothreads);
	free(plan->devices);
	free(plan->distances);
	free(plan->vm);
	free(plan);
}

VTUNE_EXPORT int vtune_plan_fits(const struct vtune_plan *plan)
{
	return plan && plan->fits;
}

VTUNE_EXPORT int vtune_plan_is_optimal(const struct vtune_plan *plan)
{
	return plan && plan->fits && plan->optimal;
}

VTUNE_EXPORT const char *vtune_plan_get_vm(const struct vtune_plan *plan)
{
	return plan ? plan->vm : "";
}

/* Takes text, which may be NULL: then making it has failed. */
static int add_warning(struct vtune_plan *plan, struct vtune_error **err, const char *code,
		       char *text)
{
	struct vtune__plan_warning *warning = NULL;
	char *copy = text ? vtune__strdup(code, err) : NULL;

	if (copy)
		warning = vtune__grow((void **)&plan->warnings, &plan->nwarnings, sizeof(*warning),
				      err);
	if (!warning) {
		free(copy);
		free(text);
		return -1;
	}
	warning->code = copy;
	warning->text = text;
	return 0;
}

int vtune__plan_warn(struct vtune_plan *plan, struct vtune_error **err, const char *code,
		     const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = vtune__vprint(err, format, args);
	va_end(args);
	return add_warning(plan, err, code, text);
}

int vtune__plan_add_reason(struct vtune_plan *plan, struct vtune_error **err, const char *code,
			   int cell, int node, uint64_t need, uint64_t have, const char *format,
			   ...)
{
	struct vtune__plan_reason reason = {
		.cell = cell, .node = node, .need = need, .have = have
	};
	struct vtune__plan_reason *added = NULL;
	va_list args;

	va_start(args, format);
	reason.text = vtune__vprint(err, format, args);
	va_end(args);
	reason.code = reason.text ? vtune__strdup(code, err) : NULL;
	if (reason.code)
		added = vtune__grow((void **)&plan->reasons, &plan->nreasons, sizeof(*added), err);
	if (!added) {
		free(reason.code);
		free(reason.text);
		return -1;
	}
	*added = reason;
	return 0;
}

int vtune__plan_add_change(struct vtune_plan *plan, struct vtune_error **err, const char *patch,
			   const char *text)
{
	struct vtune__plan_change change = { .patch = vtune__strdup(patch, err) };
	struct vtune__plan_change *added = NULL;

	change.text = change.patch ? vtune__strdup(text, err) : NULL;
	if (change.text)
		added = vtune__grow((void **)&plan->would_fit, &plan->nwould_fit, sizeof(*added),
				    err);
	if (!added) {
		free(change.patch);
		free(change.text);
		return -1;
	}
	*added = change;
	return 0;
}
