/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sentences.h"

/* Lists longer than this are cut, or told of by their set. */
#define MOST_DISKS 8
#define MOST_RUNS 16

void vtune__sentences_take(struct vtune__sentences *sentences, enum vtune__sentence_kind kind,
			   struct vtune__text *text)
{
	char *taken = vtune__text_take(text, NULL);
	struct vtune__sentence *sentence = NULL;
	void *array = sentences->list;

	if (taken && !sentences->failed)
		sentence = vtune__grow(&array, &sentences->count, sizeof(*sentence), NULL);
	sentences->list = array;
	if (sentence) {
		sentence->kind = kind;
		sentence->text = taken;
	} else {
		free(taken);
	}
	sentences->failed = !sentence;
}

void vtune__sentences_free(struct vtune__sentences *sentences)
{
	for (unsigned int i = 0; i < sentences->count; i++)
		free(sentences->list[i].text);
	free(sentences->list);
	memset(sentences, 0, sizeof(*sentences));
}

void vtune__text_add_count(struct vtune__text *text, uint64_t count, const char *thing)
{
	vtune__text_addf(text, "%" PRIu64 " %s%s", count, thing, count == 1 ? "" : "s");
}

void vtune__text_add_pages(struct vtune__text *text, uint64_t page_kib)
{
	vtune__text_add_size(text, page_kib);
	vtune__text_add(text, " pages");
}

void vtune__text_add_set_of(struct vtune__text *text, const char *thing,
			    const struct vtune__set *set)
{
	vtune__text_addf(text, "%s%s ", thing, vtune__set_count(set) == 1 ? "" : "s");
	vtune__text_add_set(text, set);
}

void vtune__text_add_host(struct vtune__text *text, const struct vtune__picture *p)
{
	vtune__text_add_plain(text, p->topology->name[0] ? p->topology->name : "this host");
}

/* ---- where a cell goes ---- */

/* "4-7,12,20": runs in the order of the vCPUs. */
static unsigned int add_runs(const struct vtune_plan *plan, const struct vtune__set *vcpus,
			     struct vtune__text *text)
{
	int first = -1, last = -1;
	unsigned int runs = 0;

	VTUNE__SET_FOREACH(vcpu, vcpus) {
		int cpu = vtune__set_first(&plan->vcpus[vcpu].cpus);

		if (first >= 0 && cpu == last + 1) {
			last = cpu;
			continue;
		}
		if (last > first)
			vtune__text_addf(text, "-%d", last);
		vtune__text_addf(text, "%s%d", runs++ > 0 ? "," : "", cpu);
		first = last = cpu;
	}
	if (last > first)
		vtune__text_addf(text, "-%d", last);
	return runs;
}

/* The CPUs in the order of their vCPUs, as long as that is short; else as a set. */
static void add_cpus_in_order(const struct vtune_plan *plan, const struct vtune__set *vcpus,
			      struct vtune__text *text)
{
	struct vtune__text runs = { 0 };
	struct vtune__set cpus = { 0 };

	if (add_runs(plan, vcpus, &runs) <= MOST_RUNS) {
		vtune__text_add(text, vtune__text_peek(&runs));
	} else {
		VTUNE__SET_FOREACH(vcpu, vcpus)
			if (vtune__set_or(&cpus, &plan->vcpus[vcpu].cpus) < 0)
				text->failed = true;
		vtune__text_add_set(text, &cpus);
	}
	vtune__text_drop(&runs, &text->failed);
	vtune__set_free(&cpus);
}

static void add_vcpus(const struct vtune_plan *plan, const struct vtune__plan_cell *cell,
		      struct vtune__text *text)
{
	struct vtune__set dedicated = { 0 }, shared = { 0 };

	VTUNE__SET_FOREACH(vcpu, &cell->vcpus) {
		bool own = (unsigned int)vcpu < plan->nvcpus && plan->vcpus[vcpu].dedicated;

		if ((unsigned int)vcpu < plan->nvcpus &&
		    vtune__set_add(own ? &dedicated : &shared, (unsigned int)vcpu) < 0)
			text->failed = true;
	}
	if (!vtune__set_is_empty(&dedicated)) {
		bool one = vtune__set_count(&dedicated) == 1;

		vtune__text_add_set_of(text, "vCPU", &dedicated);
		vtune__text_add(text, one ? " has CPU " : " have CPUs ");
		add_cpus_in_order(plan, &dedicated, text);
		vtune__text_add(text, one ? " to itself" : " to themselves");
	}
	if (!vtune__set_is_empty(&shared)) {
		const struct vtune__set *cpus = &plan->vcpus[vtune__set_first(&shared)].cpus;

		vtune__text_add(text, vtune__set_is_empty(&dedicated) ? "" : ", ");
		vtune__text_add_set_of(text, "vCPU", &shared);
		vtune__text_add(text,
				vtune__set_count(&shared) == 1 ? " floats on " : " float on ");
		vtune__text_add_set_of(text, "CPU", cpus);
	}
	vtune__set_free(&dedicated);
	vtune__set_free(&shared);
}

static void add_memory(const struct vtune__picture *p, const struct vtune__plan_cell *cell,
		       struct vtune__text *text)
{
	int home = vtune__topology_node(p->topology, cell->node);

	for (unsigned int i = 0; i < cell->nmemory; i++) {
		const struct vtune__plan_memory *memory = &cell->memory[i];
		int node = vtune__topology_node(p->topology, memory->node);

		vtune__text_add(text, i == 0 ? "" : i + 1 < cell->nmemory ? ", " : " and ");
		vtune__text_add_size(text, memory->size_kib);
		if (cell->nmemory == 1 && node == home) {
			vtune__text_add(text, " of memory lies there");
			continue;
		}
		vtune__text_addf(text, " %son node %u", cell->nmemory == 1 ? "of memory lies " : "",
				 memory->node);
		if (node != home)
			vtune__text_addf(text, " (distance %u)",
					 vtune__distance(p->topology, (unsigned int)home,
							 (unsigned int)node));
	}
	vtune__text_add(text, ", in ");
	vtune__text_add_pages(text, cell->page_kib);
}

static void say_cell(const struct vtune__picture *p, unsigned int number,
		     struct vtune__sentences *out)
{
	const struct vtune__plan_cell *cell = &p->plan->cells[number];
	struct vtune__text text = { 0 };

	if (p->plan->ncells > 1)
		vtune__text_addf(&text, "Guest cell %u is on node %u: ", number, cell->node);
	else
		vtune__text_addf(&text, "On node %u ", cell->node);
	add_vcpus(p->plan, cell, &text);
	vtune__text_add(&text, "; ");
	add_memory(p, cell, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

/* ---- helpers, idle threads ---- */

static void add_helper(const struct vtune__picture *p, const struct vtune__set *cpus, bool one,
		       struct vtune__text *text)
{
	unsigned int own = 0, vcpu = 0;

	VTUNE__SET_FOREACH(cpu, cpus) {
		enum vtune__look look = p->cpus[cpu].look;

		own += look == VTUNE__LOOK_EMULATOR || look == VTUNE__LOOK_IOTHREAD;
		vcpu += look == VTUNE__LOOK_VCPU;
	}
	if (own > 0 && own == vtune__set_count(cpus)) {
		vtune__text_add(text, one ? " has " : " have ");
		vtune__text_add_set_of(text, "CPU", cpus);
		vtune__text_add(text, one ? " to itself." : " to themselves.");
		return;
	}
	vtune__text_add(text, one ? " floats on " : " float on ");
	vtune__text_add_set_of(text, "CPU", cpus);
	vtune__text_add(text, vcpu == 0			       ? "."
			      : vcpu == vtune__set_count(cpus) ? ", beside the vCPUs there."
							       : ", in part beside vCPUs.");
}

static void say_emulator(const struct vtune__picture *p, struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	if (vtune__set_is_empty(&p->plan->emulator))
		return;
	vtune__text_add(&text, "The emulator");
	add_helper(p, &p->plan->emulator, true, &text);
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void add_disks(const struct vtune_plan *plan, unsigned int first, unsigned int count,
		      struct vtune__text *text)
{
	unsigned int named = 0, ndisks = 0;

	for (unsigned int i = first; i < first + count; i++)
		ndisks += plan->iothreads[i].ndisks;
	if (ndisks == 0)
		return;
	vtune__text_add(text, " (for ");
	if (ndisks > MOST_DISKS) {
		vtune__text_add_count(text, ndisks, "disk");
	} else {
		for (unsigned int i = first; i < first + count; i++)
			for (unsigned int k = 0; k < plan->iothreads[i].ndisks; k++) {
				vtune__text_add(text, named++ > 0 ? ", " : "");
				vtune__text_add_plain(text, plan->iothreads[i].disks[k]);
			}
	}
	vtune__text_add(text, ")");
}

/* I/O threads that share their CPUs in one sentence. */
static void say_iothreads(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_plan *plan = p->plan;
	unsigned int count;

	for (unsigned int first = 0; first < plan->niothreads; first += count) {
		const struct vtune__plan_iothread *threads = &plan->iothreads[first];
		struct vtune__text text = { 0 };

		count = 1;
		while (first + count < plan->niothreads &&
		       vtune__set_equal(&threads[count].cpus, &threads[0].cpus))
			count++;
		if (count == 1)
			vtune__text_addf(&text, "I/O thread %u", threads[0].id);
		else
			vtune__text_addf(&text, "I/O threads %u-%u", threads[0].id,
					 threads[count - 1].id);
		add_disks(plan, first, count, &text);
		add_helper(p, &threads[0].cpus, count == 1, &text);
		vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
	}
}

static void say_idle(const struct vtune__picture *p, struct vtune__sentences *out)
{
	struct vtune__set idle = { 0 };
	struct vtune__text text = { 0 };

	VTUNE__SET_FOREACH(cpu, &p->plan->held)
		if (p->cpus[cpu].look == VTUNE__LOOK_IDLE &&
		    vtune__set_add(&idle, (unsigned int)cpu) < 0)
			out->failed = true;
	if (!vtune__set_is_empty(&idle)) {
		bool one = vtune__set_count(&idle) == 1;

		vtune__text_add_set_of(&text, "CPU", &idle);
		vtune__text_addf(&text,
				 " %s held and left idle, so that nobody shares %s with a "
				 "dedicated vCPU.",
				 one ? "is" : "are", one ? "its core" : "their cores");
		vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
	}
	vtune__set_free(&idle);
}

void vtune__text_add_extent_of_vm(struct vtune__text *text, const struct vtune_plan *plan)
{
	struct vtune__set nodes = { 0 };
	uint64_t kib = 0;

	for (unsigned int i = 0; i < plan->ncells; i++) {
		kib += plan->cells[i].memory_kib;
		if (vtune__set_add(&nodes, plan->cells[i].node) < 0)
			text->failed = true;
	}
	vtune__text_add_count(text, plan->nvcpus, "vCPU");
	vtune__text_add(text, " and ");
	vtune__text_add_size(text, kib);
	vtune__text_add(text, " on ");
	vtune__text_add_set_of(text, "node", &nodes);
	vtune__set_free(&nodes);
}

static void say_fits(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_plan *plan = p->plan;
	struct vtune__text text = { 0 };

	vtune__text_add(&text, "VM ");
	vtune__text_add_plain(&text, plan->vm);
	vtune__text_add(&text, " fits on ");
	vtune__text_add_host(&text, p);
	vtune__text_add(&text, ": ");
	vtune__text_add_extent_of_vm(&text, plan);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_VERDICT, &text);

	for (unsigned int i = 0; i < plan->ncells; i++)
		say_cell(p, i, out);
	say_emulator(p, out);
	say_iothreads(p, out);
	say_idle(p, out);
	vtune__sentences_add_guest(p, out);
	vtune__sentences_add_why(p, out);
}

/* ---- what others worded ---- */

void vtune__text_add_sentence(struct vtune__text *text, const char *words)
{
	char first[2] = { words[0] };
	size_t length = strlen(words);

	if (first[0] >= 'a' && first[0] <= 'z')
		first[0] = (char)(first[0] - 'a' + 'A');
	if (length == 0)
		return;
	vtune__text_add_plain(text, first);
	vtune__text_add_plain(text, words + 1);
	if (!strchr(".!?", words[length - 1]))
		vtune__text_add(text, ".");
}

static void add_short(const struct vtune__plan_reason *reason, struct vtune__text *text)
{
	static const struct {
		const char *code, *thing;
	} counted[] = {
		{ "cpus", "CPU" },   { "shared", "shared CPU" }, { "helpers", "CPU" },
		{ "pages", "page" }, { "nodes", "node" },
	};
	uint64_t missing = reason->need > reason->have ? reason->need - reason->have : 0;

	/* A size of page that does not suit is not one page too few. */
	if (missing == 0 || (!strcmp(reason->code, "pages") && reason->need == 1))
		return;
	if (!strcmp(reason->code, "memory")) {
		vtune__text_add(text, " Missing: ");
		vtune__text_add_size(text, missing);
		vtune__text_add(text, ".");
	}
	for (unsigned int i = 0; i < VTUNE__COUNT(counted); i++)
		if (!strcmp(reason->code, counted[i].code)) {
			vtune__text_add(text, " Missing: ");
			vtune__text_add_count(text, missing, counted[i].thing);
			vtune__text_add(text, ".");
		}
}

static bool has_reason(const struct vtune_plan *plan, const char *code)
{
	for (unsigned int i = 0; i < plan->nreasons; i++)
		if (!strcmp(plan->reasons[i].code, code))
			return true;
	return false;
}

static void say_does_not_fit(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_plan *plan = p->plan;
	struct vtune__text text = { 0 };

	vtune__text_add(&text, "VM ");
	vtune__text_add_plain(&text, plan->vm);
	vtune__text_add(&text, " does not fit on ");
	vtune__text_add_host(&text, p);
	if (plan->nreasons == 2 && has_reason(plan, "memory") && has_reason(plan, "pages"))
		vtune__text_add(&text, ", neither in ordinary pages nor in huge ones");
	else if (plan->nreasons > 1)
		vtune__text_addf(&text,
				 ". These %u conditions cannot all hold; without any one of them "
				 "the others could",
				 plan->nreasons);
	vtune__text_add(&text, plan->nreasons > 0 ? ":" : ".");
	vtune__sentences_take(out, VTUNE__SAYS_VERDICT, &text);
	for (unsigned int i = 0; i < plan->nreasons; i++) {
		vtune__text_add_sentence(&text, plan->reasons[i].text);
		add_short(&plan->reasons[i], &text);
		vtune__sentences_take(out, VTUNE__SAYS_REASON, &text);
	}
	for (unsigned int i = 0; i < plan->nwould_fit; i++) {
		vtune__text_add_sentence(&text, plan->would_fit[i].text);
		vtune__sentences_take(out, VTUNE__SAYS_ADVICE, &text);
	}
}

void vtune__sentences_of(const struct vtune__picture *p, struct vtune__sentences *out)
{
	if (!p->plan) {
		vtune__sentences_add_host(p, out);
		return;
	}
	if (p->placed)
		say_fits(p, out);
	else
		say_does_not_fit(p, out);
	for (unsigned int i = 0; i < p->plan->nwarnings; i++) {
		struct vtune__text text = { 0 };

		vtune__text_add_sentence(&text, p->plan->warnings[i].text);
		vtune__sentences_take(out, VTUNE__SAYS_WARNING, &text);
	}
}
