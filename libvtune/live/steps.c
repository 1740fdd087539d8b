/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <inttypes.h>
#include <stdlib.h>

struct vtune__step *vtune__steps_add(struct vtune__steps *steps, enum vtune__step_kind kind,
				     struct vtune__subject *subject, struct vtune_error **err)
{
	struct vtune__step *step =
		vtune__grow((void **)&steps->list, &steps->count, sizeof(*step), err);

	if (!step)
		return NULL;
	step->kind = kind;
	step->subject = subject;
	step->beside = -1;
	return step;
}

void vtune__steps_free(struct vtune__steps *steps)
{
	for (unsigned int i = 0; i < steps->count; i++) {
		vtune__set_free(&steps->list[i].set);
		vtune__set_free(&steps->list[i].set_before);
		free(steps->list[i].text);
		free(steps->list[i].text_before);
	}
	free(steps->list);
	*steps = (struct vtune__steps){ 0 };
}

static void add_set(struct vtune__text *text, const char *word, const struct vtune__set *set)
{
	vtune__text_addf(text, ", %s%s ", word, vtune__set_count(set) == 1 ? "" : "s");
	vtune__text_add_set(text, set);
}

static void add_pin(struct vtune__text *text, const struct vtune__step *step)
{
	const char *name = step->subject->name;

	if (step->kind == VTUNE__STEP_PIN_VCPU)
		vtune__text_addf(text, "virDomainPinVcpuFlags(%s, vCPU %u", name, step->id);
	else if (step->kind == VTUNE__STEP_PIN_IOTHREAD)
		vtune__text_addf(text, "virDomainPinIOThread(%s, I/O thread %u", name, step->id);
	else
		vtune__text_addf(text, "virDomainPinEmulator(%s", name);
	add_set(text, "CPU", &step->set);
	vtune__text_add(text, ", live)");
	if (step->temporary)
		vtune__text_add(text, ", to wait there");
	if (step->beside >= 0)
		vtune__text_addf(text, ", for a moment beside vCPU %d, since no CPU is free",
				 step->beside);
}

static void add_call(struct vtune__text *text, const struct vtune__step *step)
{
	const char *name = step->subject->name;

	switch (step->kind) {
	case VTUNE__STEP_DEFINE:
		vtune__text_addf(text, "virDomainDefineXML(%s)", name);
		break;
	case VTUNE__STEP_ADD_IOTHREAD:
		vtune__text_addf(text, "virDomainAddIOThread(%s, I/O thread %u, live)", name,
				 step->id);
		break;
	case VTUNE__STEP_PIN_VCPU:
	case VTUNE__STEP_PIN_IOTHREAD:
	case VTUNE__STEP_PIN_EMULATOR:
		add_pin(text, step);
		break;
	case VTUNE__STEP_SCHEDULER:
		vtune__text_addf(text,
				 "virDomainSetSchedulerParametersFlags(%s, %s %" PRId64 ", live)",
				 name, vtune__scheduler_name(step->id), step->number);
		break;
	case VTUNE__STEP_NODES:
		vtune__text_addf(text, "virDomainSetNumaParameters(%s", name);
		add_set(text, "node", &step->set);
		vtune__text_add(text, ", live)");
		break;
	case VTUNE__STEP_PLAN:
	case VTUNE__STEP_FORMER:
		vtune__text_addf(text, "virDomainSetMetadata(%s, %s, %s, live)", name,
				 step->kind == VTUNE__STEP_PLAN ? VTUNE__PLAN_URI
								: VTUNE__FORMER_URI,
				 step->text ? "set" : "removed");
		break;
	case VTUNE__STEP_MEMORY:
		vtune__text_addf(text, "move_pages(%s, to the nodes of the plan)", name);
		break;
	}
}

char *vtune__step_text(const struct vtune__step *step, struct vtune_error **err)
{
	struct vtune__text text = { 0 };

	add_call(&text, step);
	return vtune__text_take(&text, err);
}
