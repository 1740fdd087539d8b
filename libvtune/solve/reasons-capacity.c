/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPUs, threads, memory and pages: how much cells need, and how much nodes have. */
#include "reasons.h"

#include <inttypes.h>
#include <stdlib.h>

/* What a cell needs of a node, or a node has. */
struct demand {
	uint64_t amount;
	int of; /* the cell or node */
};

static int compare_demands(const void *a, const void *b)
{
	const struct demand *x = a, *y = b;

	if (x->amount != y->amount)
		return x->amount > y->amount ? -1 : 1;
	return x->of < y->of ? -1 : x->of > y->of;
}

static uint64_t sum_of(const struct demand *demands, unsigned int count)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < count; i++)
		sum += demands[i].amount;
	return sum;
}

/* ---- what cells need and nodes have, by constraint ---- */

static uint64_t cell_needs(const struct vtune__inquiry *q, enum vtune__lift what, unsigned int cell)
{
	const struct vtune__cell *it = &q->trial->cells[cell];

	switch (what) {
	case VTUNE__LIFT_CPUS:
	case VTUNE__LIFT_THREADS:
		return it->dedicated;
	case VTUNE__LIFT_SHARED:
		return it->shared;
	default:
		return it->pages;
	}
}

static uint64_t threads_on(const struct vtune__inquiry *q, unsigned int node)
{
	const struct vtune__site *site = &q->scene->sites[node];
	uint64_t count = 0;

	for (unsigned int i = 0; i < site->ncores; i++) {
		const struct vtune__core *core = &site->cores[i];

		if (q->spec->threads == VTUNE__PREFER)
			count += core->free;
		else if (core->free == core->size)
			count += q->spec->threads == VTUNE__ISOLATE ? 1 : core->size;
	}
	return count;
}

/* The most shared vCPUs of this VM that the node can carry. */
static uint64_t shared_on(const struct vtune__inquiry *q, unsigned int node)
{
	unsigned int most = q->scene->sites[node].pool;

	while (most > 0 && vtune__pool_limit(q->scene, node, most, false) < 0)
		most--;
	return most;
}

static uint64_t node_has(const struct vtune__inquiry *q, enum vtune__lift what, unsigned int node)
{
	switch (what) {
	case VTUNE__LIFT_CPUS:
		return q->scene->sites[node].dedicated;
	case VTUNE__LIFT_THREADS:
		return threads_on(q, node);
	case VTUNE__LIFT_SHARED:
		return shared_on(q, node);
	default:
		return q->scene->sites[node].has_memory ? q->trial->free_pages[node] : 0;
	}
}

/* An amount for people: "4 CPUs that can be dedicated", "512 pages of 2 MiB". */
static void add_amount(struct vtune__text *text, const struct vtune__inquiry *q,
		       enum vtune__lift what, uint64_t amount)
{
	const char *plural = amount == 1 ? "" : "s";

	if (what == VTUNE__LIFT_MEMORY) {
		vtune__text_add_size(text, amount * q->trial->page_kib);
		return;
	}
	vtune__text_addf(text, "%" PRIu64, amount);
	if (what == VTUNE__LIFT_CPUS)
		vtune__text_addf(text, " CPU%s that can be dedicated", plural);
	else if (what == VTUNE__LIFT_THREADS && q->spec->threads == VTUNE__ISOLATE)
		vtune__text_addf(text, " whole free core%s", plural);
	else if (what == VTUNE__LIFT_THREADS)
		vtune__text_addf(text, " thread%s on whole free cores", plural);
	else if (what == VTUNE__LIFT_SHARED)
		vtune__text_addf(text, " shared vCPU%s", plural);
	if (what == VTUNE__LIFT_PAGES) {
		vtune__text_addf(text, " page%s of ", plural);
		vtune__text_add_size(text, q->trial->page_kib);
	}
}

static const char *verb_of(enum vtune__lift what)
{
	return what == VTUNE__LIFT_SHARED ? "has" : "needs";
}

int vtune__reason_text(const struct vtune__inquiry *q, const char *code, int cell, int node,
		       uint64_t need, uint64_t have, struct vtune__text *text)
{
	int result = text->failed ? vtune__fail_memory(q->err)
				  : vtune__plan_add_reason(q->plan, q->err, code, cell, node, need,
							   have, "%s", text->data);

	vtune__text_free(text);
	return result;
}

static uint64_t factor_of(const struct vtune__inquiry *q, enum vtune__lift what)
{
	return what == VTUNE__LIFT_MEMORY ? q->trial->page_kib : 1;
}

static int add_sum(const struct vtune__inquiry *q, enum vtune__lift what, const char *code,
		   uint64_t need, uint64_t have)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "the VM %s ", verb_of(what));
	add_amount(&text, q, what, need);
	vtune__text_add(&text, what == VTUNE__LIFT_MEMORY ? " of memory in ordinary pages" : "");
	vtune__text_add(&text, what == VTUNE__LIFT_SHARED ? "; the nodes that it may use carry "
							  : "; the nodes that it may use have ");
	add_amount(&text, q, what, have);
	vtune__text_add(&text, what == VTUNE__LIFT_SHARED ? " more together" : " free together");
	return vtune__reason_text(q, code, -1, -1, need * factor_of(q, what),
				  have * factor_of(q, what), &text);
}

/* alone: the node is the best one that is left for the cell; otherwise it is where
 * only this is missing. */
static int add_cell(const struct vtune__inquiry *q, enum vtune__lift what, const char *code,
		    const struct demand *need, const struct demand *have, bool alone)
{
	int node = have->of < 0 ? -1 : (int)q->scene->topology->nodes[have->of].id;
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "guest cell %d %s ", need->of, verb_of(what));
	add_amount(&text, q, what, need->amount);
	vtune__text_add(&text, what == VTUNE__LIFT_MEMORY ? " of memory in ordinary pages" : "");
	vtune__text_add(&text, " on one node; ");
	if (node < 0)
		vtune__text_add(&text, "no node is left for it");
	else if (alone)
		vtune__text_addf(&text,
				 "of the nodes that are left for it, node %d has the most: ", node);
	else
		vtune__text_addf(&text, "node %d, where all else would hold, has ", node);
	if (node >= 0)
		add_amount(&text, q, what, have->amount);
	return vtune__reason_text(q, code, need->of, node, need->amount * factor_of(q, what),
				  have->amount * factor_of(q, what), &text);
}

/* A node that would have to give more than it has: of several cells together, or
 * its share of interleaved memory. 0 when there is none. */
static int add_load(const struct vtune__inquiry *q, enum vtune__lift what, const char *code,
		    const struct vtune__answer *answer, bool *added)
{
	for (unsigned int n = 0; n < q->scene->nnodes; n++) {
		uint64_t load = 0, have = node_has(q, what, n);
		unsigned int id = q->scene->topology->nodes[n].id;
		struct vtune__text text = { 0 };

		for (unsigned int g = 0; g < answer->trial.ncells; g++)
			load += answer->layout.pages[(size_t)g * q->scene->nnodes + n];
		load = load * answer->trial.page_kib / q->trial->page_kib;
		if (load <= have)
			continue;
		vtune__text_addf(&text, "node %u would have to give ", id);
		add_amount(&text, q, what, load);
		vtune__text_add(&text, ", and has ");
		add_amount(&text, q, what, have);
		vtune__text_add(&text, " free");
		*added = true;
		return vtune__reason_text(q, code, -1, (int)id, load * factor_of(q, what),
					  have * factor_of(q, what), &text);
	}
	return 0;
}

/* No cell and no node is short alone: tell what is short in a place where only this
 * constraint is in the way. */
static int add_joint(const struct vtune__inquiry *q, enum vtune__lift what, const char *code)
{
	struct demand need = { 0, 0 }, have = { 0, -1 };
	struct vtune__arena arena = { 0 };
	struct vtune__scene scene = { .arena = &arena };
	struct vtune__answer answer;
	bool fits;
	bool memory = what == VTUNE__LIFT_MEMORY || what == VTUNE__LIFT_PAGES, added = false;
	int result = vtune__solve_without(q->scene, q->lifted | what, VTUNE__ANY, &scene, &answer,
					  &fits, q->err);

	if (result == 0 && fits && memory && answer.fits)
		result = add_load(q, what, code, &answer, &added);
	need.amount = cell_needs(q, what, 0);
	for (unsigned int g = 0; result == 0 && !added && fits && g < answer.trial.ncells; g++) {
		struct vtune__inquiry there = *q;
		unsigned int node = answer.layout.nodes[g];
		uint64_t amount;

		there.trial = &answer.trial;
		amount = cell_needs(&there, what, g);
		if (memory)
			amount = amount * answer.trial.page_kib / q->trial->page_kib;
		if (g > 0 && amount <= node_has(q, what, node))
			continue;
		need = (struct demand){ amount, (int)g };
		have = (struct demand){ node_has(q, what, node), (int)node };
	}
	if (result == 0 && !added)
		result = add_cell(q, what, code, &need, &have, false);
	vtune__arena_free(&arena);
	return result;
}

/* Can a node give memory to several cells, each of which has all of it there? */
static bool is_lent(const struct vtune__inquiry *q, enum vtune__lift what)
{
	if ((what != VTUNE__LIFT_MEMORY && what != VTUNE__LIFT_PAGES) ||
	    q->spec->mode == VTUNE__PREFERRED || q->spec->mode == VTUNE__INTERLEAVE)
		return false;
	for (unsigned int n = 0; n < q->scene->nnodes; n++)
		if (q->scene->sites[n].allowed && q->scene->sites[n].has_cpus &&
		    !q->scene->sites[n].has_memory)
			return true;
	return false;
}

/* For how many cells as small as the smallest there is room. */
static int add_lent(const struct vtune__inquiry *q, enum vtune__lift what, const char *code)
{
	uint64_t least = q->trial->cells[0].pages, ncells = q->trial->ncells, room = 0;
	struct vtune__text text = { 0 };
	bool equal = true;

	for (unsigned int g = 1; g < ncells; g++) {
		equal &= q->trial->cells[g].pages == least;
		if (q->trial->cells[g].pages < least)
			least = q->trial->cells[g].pages;
	}
	for (unsigned int n = 0; n < q->scene->nnodes; n++) {
		uint64_t here = node_has(q, what, n) / least;

		if (q->scene->sites[n].allowed)
			room += q->scene->sites[n].lends || here < 1 ? here : 1;
	}
	if (room >= ncells)
		return add_joint(q, what, code);
	vtune__text_addf(&text, "each guest cell needs %s", equal ? "" : "at least ");
	add_amount(&text, q, what, least);
	vtune__text_addf(
		&text,
		"%s whole on one node; the nodes that the VM may use have room for %" PRIu64
		" of %" PRIu64 " such cells",
		what == VTUNE__LIFT_MEMORY ? " of memory in ordinary pages" : "", room, ncells);
	return vtune__reason_text(q, code, -1, -1, ncells * least * factor_of(q, what),
				  room * least * factor_of(q, what), &text);
}

/* The first cell, largest first, for which the nodes, fullest first, run out. */
int vtune__reason_capacity(const struct vtune__inquiry *q, enum vtune__lift what, const char *code)
{
	struct vtune__arena *arena = q->scene->arena;
	unsigned int ncells = q->trial->ncells, nnodes = 0, at = 0;
	struct demand *need = vtune__arena_take(arena, ncells, sizeof(*need));
	struct demand *have = vtune__arena_take(arena, q->scene->nnodes + 1, sizeof(*have));

	if (!need || !have)
		return vtune__fail_memory(q->err);
	for (unsigned int g = 0; g < ncells; g++)
		need[g] = (struct demand){ cell_needs(q, what, g), (int)g };
	for (unsigned int n = 0; n < q->scene->nnodes; n++)
		if (q->scene->sites[n].allowed)
			have[nnodes++] = (struct demand){ node_has(q, what, n), (int)n };
	if (sum_of(need, ncells) > sum_of(have, nnodes))
		return add_sum(q, what, code, sum_of(need, ncells), sum_of(have, nnodes));
	qsort(need, ncells, sizeof(*need), compare_demands);
	qsort(have, nnodes, sizeof(*have), compare_demands);
	have[nnodes] = (struct demand){ 0, -1 };
	if (need[0].amount <= have[0].amount && is_lent(q, what))
		return add_lent(q, what, code);
	while (at < ncells && at < nnodes && need[at].amount <= have[at].amount)
		at++;
	if (at == ncells)
		return add_joint(q, what, code);
	return add_cell(q, what, code, &need[at], &have[at], true);
}
