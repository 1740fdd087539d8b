/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "sentences.h"

static void say(struct vtune__sentences *out, const char *words)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, words);
	vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
}

static void say_remote(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_plan *plan = p->plan;
	struct vtune__text text = { 0 };
	uint64_t kib = 0;

	for (unsigned int i = 0; i < plan->ncells; i++)
		for (unsigned int k = 0; k < plan->cells[i].nmemory; k++)
			if (plan->cells[i].memory[k].node != plan->cells[i].node)
				kib += plan->cells[i].memory[k].size_kib;
	if (plan->cost.remote == 0 && kib == 0)
		return;
	vtune__text_add_size(&text, kib);
	vtune__text_addf(&text,
			 " of memory crosses nodes: it is not where the vCPUs are that use it "
			 "(remote: %" PRId64 " KiB x added distance).",
			 plan->cost.remote);
	vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
}

/* How far the cells' nodes are from each other. */
static void say_spread(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_plan *plan = p->plan;
	unsigned int nearest = UINT32_MAX, farthest = 0;
	struct vtune__text text = { 0 };

	if (plan->cost.spread == 0)
		return;
	for (unsigned int g = 0; g < plan->ncells; g++)
		for (unsigned int h = g + 1; h < plan->ncells; h++) {
			int a = vtune__topology_node(p->topology, plan->cells[g].node);
			int b = vtune__topology_node(p->topology, plan->cells[h].node);
			unsigned int d =
				vtune__distance(p->topology, (unsigned int)a, (unsigned int)b);

			nearest = d < nearest ? d : nearest;
			farthest = d > farthest ? d : farthest;
		}
	vtune__text_addf(&text, "The nodes of the %u guest cells are ", plan->ncells);
	if (nearest < farthest)
		vtune__text_addf(&text, "%u to ", nearest);
	vtune__text_addf(&text, "%u apart", farthest);
	if (plan->ncells > 2)
		vtune__text_addf(&text, ", %" PRId64 " summed over all pairs", plan->cost.spread);
	vtune__text_add(&text, " (a node is 10 from itself).");
	vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
}

static void say_cost(struct vtune__sentences *out, int64_t cost, const char *before,
		     const char *after)
{
	struct vtune__text text = { 0 };

	if (cost == 0)
		return;
	vtune__text_addf(&text, "%s%" PRId64 "%s", before, cost, after);
	vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
}

static void say_caches(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	if (plan->cost.caches == 0)
		return;
	if (plan->cost.caches != plan->ncells) {
		say_cost(out, plan->cost.caches, "Its dedicated vCPUs are spread over ",
			 " cache groups.");
		return;
	}
	say(out, plan->ncells > 1 ? "The dedicated vCPUs of each cell stay inside one cache group."
				  : "Its dedicated vCPUs stay inside one cache group.");
}

/* With pack what is left over is counted, with spread its negative. */
static void say_left(struct vtune__sentences *out, int64_t left, const char *where)
{
	struct vtune__text text = { 0 };

	if (left == 0)
		return;
	vtune__text_add_count(&text, (uint64_t)(left < 0 ? -left : left), "CPU");
	vtune__text_addf(&text, " stay%s free for dedicated vCPUs %s (%s).",
			 left == 1 || left == -1 ? "s" : "", where,
			 left < 0 ? "spread: the more the better" : "pack: the fewer the better");
	vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
}

static void say_leftover(const struct vtune__plan_cost *cost, struct vtune__sentences *out)
{
	if (cost->leftover == cost->leftover_caches) {
		say_left(out, cost->leftover, "on its nodes, all in its cache groups");
		return;
	}
	say_left(out, cost->leftover, "on its nodes");
	say_left(out, cost->leftover_caches, "in its cache groups");
}

/* ---- why not on other nodes ---- */

/* What the smallest cell takes of a node. */
struct need {
	unsigned int cpus; /* to itself */
	uint64_t kib;	   /* on its own node */
	uint64_t page_kib;
};

static struct need smallest_need(const struct vtune_plan *plan)
{
	struct need need = { UINT32_MAX, UINT64_MAX, 0 };

	for (unsigned int i = 0; i < plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &plan->cells[i];
		unsigned int cpus = 0;
		uint64_t kib = 0;

		VTUNE__SET_FOREACH(vcpu, &cell->vcpus)
			cpus += (unsigned int)vcpu < plan->nvcpus && plan->vcpus[vcpu].dedicated;
		for (unsigned int k = 0; k < cell->nmemory; k++)
			if (cell->memory[k].node == cell->node)
				kib = cell->memory[k].size_kib;
		/* Other modes can take memory elsewhere. */
		if (plan->memory_mode != VTUNE__STRICT && plan->memory_mode != VTUNE__RESTRICTIVE)
			kib = 0;
		need.cpus = cpus < need.cpus ? cpus : need.cpus;
		need.kib = kib < need.kib ? kib : need.kib;
		need.page_kib = cell->page_kib;
	}
	return need;
}

static uint64_t free_kib_of(const struct vtune__picture *p, unsigned int node, uint64_t page_kib)
{
	int size = p->plan->huge ? vtune__topology_page_size(p->topology, page_kib) : -1;

	if (size < 0)
		return p->room.free_kib[node];
	return p->room.free_pages[node * p->topology->npage_sizes + (unsigned int)size] * page_kib;
}

static bool has_cell(const struct vtune_plan *plan, unsigned int id)
{
	for (unsigned int i = 0; i < plan->ncells; i++)
		if (plan->cells[i].node == id)
			return true;
	return false;
}

/* Nodes without a cell, by what keeps a cell away from them. */
struct elsewhere {
	struct vtune__set few_cpus, little_memory, room;
	unsigned int most_cpus;
	uint64_t most_kib;
	bool failed;
};

static void sort_node(const struct vtune__picture *p, unsigned int i, const struct need *need,
		      struct elsewhere *e)
{
	const struct vtune__node *node = p->nodes[i].node;
	unsigned int cpus = vtune__set_count_and(&node->cpus, &p->room.dedicated);
	uint64_t kib = free_kib_of(p, i, need->page_kib);
	struct vtune__set *set = &e->room;

	if (cpus < need->cpus) {
		set = &e->few_cpus;
		e->most_cpus = cpus > e->most_cpus ? cpus : e->most_cpus;
	} else if (kib < need->kib) {
		set = &e->little_memory;
		e->most_kib = kib > e->most_kib ? kib : e->most_kib;
	}
	if (vtune__set_add(set, node->id) < 0)
		e->failed = true;
}

static void say_elsewhere(const struct need *need, const struct elsewhere *e, const char *any,
			  struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	if (!vtune__set_is_empty(&e->few_cpus)) {
		vtune__text_add_set_of(&text, "Not on node", &e->few_cpus);
		vtune__text_addf(&text, ": %u of the %u CPUs that %s needs are free%s.",
				 e->most_cpus, need->cpus, any,
				 vtune__set_count(&e->few_cpus) > 1 ? " at most" : "");
		vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
	}
	if (!vtune__set_is_empty(&e->little_memory)) {
		vtune__text_add_set_of(&text, "Not on node", &e->little_memory);
		vtune__text_add(&text, ": ");
		vtune__text_add_size(&text, e->most_kib);
		vtune__text_add(&text, " of the ");
		vtune__text_add_size(&text, need->kib);
		vtune__text_addf(&text, " that %s needs in ", any);
		vtune__text_add_pages(&text, need->page_kib);
		vtune__text_add(&text, vtune__set_count(&e->little_memory) > 1
					       ? " are free at most."
					       : " are free.");
		vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
	}
	if (!vtune__set_is_empty(&e->room)) {
		vtune__text_add_set_of(&text, "Node", &e->room);
		vtune__text_addf(&text, " %s room for %s too, by CPUs and memory alone.",
				 vtune__set_count(&e->room) == 1 ? "has" : "have", any);
		vtune__sentences_take(out, VTUNE__SAYS_WHY, &text);
	}
}

static void say_other_nodes(const struct vtune__picture *p, struct vtune__sentences *out)
{
	struct need need = smallest_need(p->plan);
	struct elsewhere e = { 0 };

	for (unsigned int i = 0; i < p->topology->nnodes; i++) {
		const struct vtune__node *node = p->nodes[i].node;

		if (!vtune__set_is_empty(&node->cpus) && !has_cell(p->plan, node->id))
			sort_node(p, i, &need, &e);
	}
	if (!e.failed)
		say_elsewhere(&need, &e, p->plan->ncells > 1 ? "the smallest cell" : "it", out);
	out->failed = out->failed || e.failed;
	vtune__set_free(&e.few_cpus);
	vtune__set_free(&e.little_memory);
	vtune__set_free(&e.room);
}

void vtune__sentences_add_why(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune__plan_cost *cost = &p->plan->cost;

	say(out, p->plan->optimal ? "No placement on this host is better."
				  : "The search stopped at its limit: there may be a better one.");
	say_remote(p, out);
	say_spread(p, out);
	say_cost(out, cost->devices,
		 "Its devices are farther away than on one node with its vCPUs, by ",
		 " of distance in all.");
	say_cost(out, cost->helpers,
		 "The emulator and I/O threads are farther from their work than they "
		 "could be, by ",
		 " of distance in all.");
	say_caches(p->plan, out);
	say_cost(out, cost->split_cores,
		 "Cores that it takes in part, and threads that it leaves idle: ", ".");
	say_leftover(cost, out);
	say_other_nodes(p, out);
}
