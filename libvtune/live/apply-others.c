/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a new plan means for the domains that are there already. */
#include <stdlib.h>
#include <string.h>

#include "apply.h"

struct others {
	struct vtune__transaction *transaction;
	const struct vtune_plan *plan; /* the new one */
	struct vtune_error **err;      /* never NULL */
};

static int node_of(const void *data, unsigned int cpu)
{
	const struct vtune__topology *topology = data;
	int node = cpu < topology->ncpus ? topology->node_of_cpu[cpu] : -1;

	return node < 0 ? -1 : (int)topology->nodes[node].id;
}

/* Where the domain's threads may run by these pins, on the CPUs of the plan. */
static int add_overlap(const struct others *others, const struct vtune__pins *pins,
		       struct vtune__set *cpus)
{
	const struct vtune__set *online = &others->transaction->online;
	int failed = vtune__set_or(cpus, vtune__pin_or(&pins->emulator, online)) < 0;

	for (unsigned int i = 0; i < pins->nvcpus; i++)
		failed |= vtune__set_or(cpus, vtune__pin_or(&pins->vcpus[i], online)) < 0;
	for (unsigned int i = 0; i < pins->niothreads; i++)
		failed |= vtune__set_or(cpus, vtune__pin_or(&pins->iothreads[i].cpus, online)) < 0;
	vtune__set_and(cpus, &others->plan->held);
	return failed ? vtune__fail_memory(others->err) : 0;
}

static int report_overlap(const struct others *others, const char *name, const char *xml,
			  const char *where, const char *why)
{
	struct vtune__pins pins VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct vtune__set cpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	char *set VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune__finding finding = { VTUNE__FINDING, .code = "overlap", .vm = name,
					  .where = where };
	struct vtune__text text = { 0 };
	int result;

	if (vtune__pins_read(&pins, xml, name, others->err) < 0 ||
	    add_overlap(others, &pins, &cpus) < 0)
		return -1;
	if (vtune__set_is_empty(&cpus))
		return 0;
	set = vtune__set_print(&cpus);
	vtune__text_addf(&text, "The domain \"%s\" may run on CPU%s %s, too: %s", name,
			 vtune__set_count(&cpus) == 1 ? "" : "s", set ? set : "", why);
	if (!set || text.failed) {
		vtune__text_free(&text);
		return vtune__fail_memory(others->err);
	}
	finding.have = set;
	finding.text = text.data;
	result = vtune__report_add(others->transaction->report, VTUNE__REPORT_OVERLAPS, &finding,
				   others->err);
	vtune__text_free(&text);
	return result;
}

static bool is_one_of(const struct vtune__set *now, const struct vtune__set *a,
		      const struct vtune__set *b)
{
	return vtune__set_equal(now, a) || vtune__set_equal(now, b);
}

static const struct vtune__set *iothread_of(const struct vtune_plan *plan, unsigned int id)
{
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (plan->iothreads[i].id == id)
			return &plan->iothreads[i].cpus;
	}
	return &plan->emulator;
}

/* Does the running domain stand as the plan has it, or by half as the narrowed one, where
 * a caller was killed? Else somebody has put it elsewhere, who may want it there. */
static bool stands(const struct vtune__subject *subject, const struct vtune_plan *plan,
		   const struct vtune_plan *narrowed)
{
	const struct vtune__pins *live = &subject->live;

	if (live->nvcpus != plan->nvcpus ||
	    !is_one_of(&live->emulator, &plan->emulator, &narrowed->emulator))
		return false;
	VTUNE__SET_FOREACH(vcpu, &subject->live.plugged) {
		if (!is_one_of(&live->vcpus[vcpu], &plan->vcpus[vcpu].cpus,
			       &narrowed->vcpus[vcpu].cpus))
			return false;
	}
	for (unsigned int i = 0; i < live->niothreads; i++) {
		unsigned int id = live->iothreads[i].id;

		if (!is_one_of(&live->iothreads[i].cpus, iothread_of(plan, id),
			       iothread_of(narrowed, id)))
			return false;
	}
	return true;
}

/* Is the definition what this plan makes of it? 1, 0, -1. */
static int is_as_planned(const char *xml, const struct vtune_plan *plan, struct vtune_error **err)
{
	char *patched = vtune_plan_patch_domain_xml(plan, xml, err);
	int result;

	if (!patched)
		return -1;
	result = strcmp(patched, xml) == 0;
	free(patched);
	return result;
}

static void prefix_name(const struct others *others, const char *name)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "The domain \"%s\" would have to give up CPUs", name);
	if (!text.failed)
		vtune__error_prefix(others->err, text.data);
	vtune__text_free(&text);
}

static bool floats_on(const struct vtune_plan *plan, const struct vtune__set *cpus)
{
	bool found = vtune__set_intersects(&plan->emulator, cpus);

	for (unsigned int i = 0; i < plan->nvcpus; i++)
		found = found || vtune__set_intersects(&plan->vcpus[i].cpus, cpus);
	for (unsigned int i = 0; i < plan->niothreads; i++)
		found = found || vtune__set_intersects(&plan->iothreads[i].cpus, cpus);
	return found;
}

/* Read the plan there, and what is left of it. NULL without an error: it holds as it is,
 * or there is none; *there tells. */
static struct vtune_plan *narrow(const struct others *others, const char *name, const char *xml,
				 struct vtune_plan **there)
{
	const struct vtune_host *host;
	struct vtune_plan *narrowed;
	bool changed = false;

	/* One that cannot be read is none: the host's warnings tell of it. */
	*there = vtune__metadata_plan(xml, NULL);
	if (!*there || !(*there)->fits || !floats_on(*there, &others->plan->held))
		return NULL;
	host = vtune__transaction_host(others->transaction, others->err);
	if (!host)
		return NULL;
	narrowed = vtune__plan_narrow(*there, &others->plan->held, node_of, host->topology,
				      &changed, others->err);
	if (!narrowed)
		prefix_name(others, name);
	if (narrowed && !changed) {
		vtune_plan_free(narrowed);
		narrowed = NULL;
	}
	return narrowed;
}

static int narrow_live(const struct others *others, struct vtune__subject *subject)
{
	struct vtune_plan *plan, *narrowed;
	int result = 0;

	narrowed = narrow(others, subject->name, subject->live_xml, &plan);
	if (*others->err)
		result = -1;
	else if (narrowed && stands(subject, plan, narrowed))
		result = vtune__subject_narrow_live(subject, &narrowed, others->err);
	else if (!plan || narrowed || !stands(subject, plan, plan))
		result = report_overlap(others, subject->name, subject->live_xml, "live",
					plan ? "it does not stand where its plan puts it"
					     : "libvtune did not place it");
	vtune_plan_free(narrowed);
	vtune_plan_free(plan);
	return result;
}

static int narrow_config(const struct others *others, struct vtune__subject *subject)
{
	struct vtune_plan *plan, *narrowed;
	int result = 0, is_planned = 0;

	narrowed = narrow(others, subject->name, subject->config_xml, &plan);
	if (!*others->err && plan)
		is_planned = is_as_planned(subject->config_xml, plan, others->err);
	if (*others->err)
		result = -1;
	else if (narrowed && is_planned)
		result = vtune__subject_narrow_config(subject, narrowed, others->err);
	/* One that runs was reported as such. What does not run, and was not placed, has its
	 * CPUs chosen when it is. */
	if (result == 0 && !subject->live_xml && plan && !subject->config_target)
		result = report_overlap(others, subject->name, subject->config_xml, "config",
					is_planned ? "it holds them when it starts"
						   : "its definition is not what its plan made");
	vtune_plan_free(narrowed);
	vtune_plan_free(plan);
	return result;
}

int vtune__apply_narrow_others(struct vtune__transaction *transaction,
			       const struct vtune_plan *plan, struct vtune_error **err)
{
	const struct others others = { .transaction = transaction, .plan = plan, .err = err };

	for (unsigned int i = 0; i + 1 < transaction->nsubjects; i++) {
		struct vtune__subject *subject = transaction->subjects[i];

		if ((subject->live_xml && narrow_live(&others, subject) < 0) ||
		    (subject->config_xml && narrow_config(&others, subject) < 0))
			return -1;
	}
	return 0;
}
