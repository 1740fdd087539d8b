/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who else is on the CPUs of a domain, and whether these are online. */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

void vtune__others_free(struct vtune__others *others)
{
	for (unsigned int i = 0; i < others->count; i++) {
		free(others->items[i].name);
		vtune__set_free(&others->items[i].cpus);
		vtune__set_free(&others->items[i].held);
	}
	free(others->items);
	memset(others, 0, sizeof(*others));
}

static int by_name(const void *a, const void *b)
{
	const struct vtune__other *one = a, *other = b;

	return strcmp(one->name, other->name);
}

void vtune__others_sort(struct vtune__others *others)
{
	if (others->count)
		qsort(others->items, others->count, sizeof(*others->items), by_name);
}

/* ---- what a domain may use ---- */

static int add_pin(struct vtune__other *other, const struct vtune__set *cpus)
{
	other->anywhere = other->anywhere || vtune__set_is_empty(cpus);
	return vtune__set_or(&other->cpus, cpus);
}

static int add_pins(struct vtune__other *other, const struct vtune__pins *pins)
{
	if (add_pin(other, &pins->emulator) < 0)
		return -1;
	for (unsigned int i = 0; i < pins->nvcpus; i++) {
		if (add_pin(other, &pins->vcpus[i]) < 0)
			return -1;
	}
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		if (add_pin(other, &pins->iothreads[i].cpus) < 0)
			return -1;
	}
	return 0;
}

static int add_threads(struct vtune__other *other, const struct vtune__thread_list *threads)
{
	for (unsigned int i = 0; i < threads->count; i++) {
		if (vtune__set_or(&other->cpus, &threads->items[i].cpus) < 0)
			return -1;
	}
	return 0;
}

int vtune__others_add(struct vtune__others *others, const char *name,
		      const struct vtune__pins *pins, const struct vtune__thread_list *threads,
		      const struct vtune_plan *plan, struct vtune_error **err)
{
	char *copy = vtune__strdup(name, err);
	struct vtune__other *other;

	if (!copy)
		return -1;
	other = vtune__grow((void **)&others->items, &others->count, sizeof(*other), err);
	if (!other) {
		free(copy);
		return -1;
	}
	other->name = copy;
	if ((threads ? add_threads(other, threads) : add_pins(other, pins)) < 0 ||
	    (plan && plan->fits && vtune__set_copy(&other->held, &plan->held) < 0))
		return vtune__fail_memory(err);
	return 0;
}

/* ---- clashes ---- */

static int clash(struct vtune__look *check, const struct vtune__other *other,
		 const struct vtune__set *common, const char *what)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "clash", .where = "host",
					  .want = "" };
	struct vtune__text mend VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text cpus VTUNE__CLEANUP(vtune__text_free) = { 0 };
	char *have VTUNE__CLEANUP(vtune__free_string) = vtune__set_print(common);

	vtune__text_addf(&mend, "vtune-place apply %s", other->name);
	vtune__say_cpus(&cpus, common);
	if (!have || mend.failed || cpus.failed)
		return vtune__fail_memory(check->err);
	finding.have = have;
	finding.mend = mend.data;
	return vtune__say_drift(check, &finding, "%s %s its own, and \"%s\" %s too", cpus.data,
				vtune__set_count(common) == 1 ? "is" : "are", other->name, what);
}

static int check_other(struct vtune__look *check, const struct vtune__other *other)
{
	struct vtune__set common VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune__set *held = &check->plan->held;

	if (vtune__set_copy(&common, held) < 0)
		return vtune__fail_memory(check->err);
	vtune__set_and(&common, &other->held);
	if (!vtune__set_is_empty(&common))
		return clash(check, other, &common,
			     vtune__set_count(&common) > 1 ? "holds them" : "holds it");
	if (vtune__set_copy(&common, held) < 0)
		return vtune__fail_memory(check->err);
	if (!other->anywhere)
		vtune__set_and(&common, &other->cpus);
	if (vtune__set_is_empty(&common))
		return 0;
	return clash(check, other, &common,
		     vtune__set_count(&common) > 1 ? "may run on them" : "may run on it");
}

int vtune__verify_others(struct vtune__look *check, const struct vtune__others *others)
{
	for (unsigned int i = 0; i < others->count; i++) {
		if (strcmp(others->items[i].name, check->vm) != 0 &&
		    check_other(check, &others->items[i]) < 0)
			return -1;
	}
	return 0;
}

/* ---- offline CPUs ---- */

static int planned_cpus(struct vtune__look *check, struct vtune__set *cpus)
{
	const struct vtune_plan *plan = check->plan;
	int result = vtune__set_or(cpus, &plan->held) | vtune__set_or(cpus, &plan->emulator);

	for (unsigned int i = 0; i < plan->nvcpus; i++)
		result |= vtune__set_or(cpus, &plan->vcpus[i].cpus);
	for (unsigned int i = 0; i < plan->niothreads; i++)
		result |= vtune__set_or(cpus, &plan->iothreads[i].cpus);
	return result < 0 ? vtune__fail_memory(check->err) : 0;
}

int vtune__verify_online(struct vtune__look *check)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "offline", .where = "host" };
	struct vtune__set cpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__text mend VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text said VTUNE__CLEANUP(vtune__text_free) = { 0 };
	char *want VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!check->online)
		return vtune__say_unseen(check, "unreadable", "host", "which CPUs are online");
	if (planned_cpus(check, &cpus) < 0)
		return -1;
	vtune__set_andnot(&cpus, check->online);
	if (vtune__set_is_empty(&cpus))
		return 0;
	want = vtune__set_print(&cpus);
	vtune__text_add(&mend, "chcpu -e ");
	vtune__text_add_set(&mend, &cpus);
	vtune__say_cpus(&said, &cpus);
	if (!want || mend.failed || said.failed)
		return vtune__fail_memory(check->err);
	finding.want = want;
	finding.have = "";
	finding.mend = mend.data;
	return vtune__say_drift(check, &finding, "%s of its plan %s offline", said.data,
				vtune__set_count(&cpus) == 1 ? "is" : "are");
}
