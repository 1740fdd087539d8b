/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a plan is as it is: every node, page size, cache group and core that was left
 * out is tried by force, and what is worse about it, or in the way, is told. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "solve.h"

struct account {
	const struct vtune_plan *plan;
	const struct vtune__scene *scene;
	struct vtune__trial trial; /* of the plan's cells and pages */
	struct vtune__layout layout;
	struct vtune__text *text;
};

/* ---- costs in words ---- */

struct term {
	const char *name;
	int64_t ours, theirs;
};

static unsigned int list_terms(const struct vtune__cost *ours, const struct vtune__cost *theirs,
			       struct term terms[9])
{
	struct term list[] = {
		{ "remote", ours->remote, theirs->remote },
		{ "spread", ours->spread / 2, theirs->spread / 2 },
		{ "devices", ours->devices, theirs->devices },
		{ "helpers", ours->helpers, theirs->helpers },
		{ "caches", 0, 0 },
		{ "split_cores", 0, 0 },
		{ "leftover", 0, 0 },
		{ "leftover_caches", 0, 0 },
		{ "devices it did not ask for", ours->unasked, theirs->unasked },
	};

	vtune__fine_unpack(ours->fine, &list[4].ours, &list[5].ours, &list[6].ours, &list[7].ours);
	vtune__fine_unpack(theirs->fine, &list[4].theirs, &list[5].theirs, &list[6].theirs,
			   &list[7].theirs);
	memcpy(terms, list, sizeof(list));
	return VTUNE__COUNT(list);
}

/* The first term in which they lose, or that they tie in all. */
static void add_loss(struct vtune__text *text, const struct vtune__cost *ours,
		     const struct vtune__cost *theirs)
{
	struct term terms[9];
	unsigned int count = list_terms(ours, theirs, terms);

	for (unsigned int i = 0; i < count; i++) {
		if (terms[i].ours == terms[i].theirs)
			continue;
		vtune__text_addf(text, "%s would be %" PRId64 ", not %" PRId64, terms[i].name,
				 terms[i].theirs, terms[i].ours);
		return;
	}
	vtune__text_add(text, "no worse, but lower numbers are taken first");
}

/* ---- trying by force ---- */

/* 1 with the cost of the best placement in that scene, 0 when there is none, -1 when
 * out of memory. */
static int best_cost(const struct vtune__scene *scene, unsigned int ncells, uint64_t page_kib,
		     enum vtune__aim aim, struct vtune__cost *cost)
{
	struct vtune__arena scratch = { 0 };
	struct vtune__search search = { .arena = &scratch, .aim = aim, .limit = UINT64_C(200000) };
	struct vtune__answer answer = { 0 };
	int result = vtune__answer_try(&answer, &search, scene, ncells, page_kib);

	vtune__arena_free(&scratch);
	if (result < 0)
		return -1;
	if (answer.fits)
		*cost = answer.layout.cost;
	return answer.fits;
}

static uint64_t page_of(const struct account *a)
{
	return a->trial.huge ? a->trial.page_kib : 0;
}

/* Do only devices of a choice, which must be on the cells' nodes, stand in the way? */
static bool needs_devices(const struct vtune__scene *scene, unsigned int ncells, uint64_t page_kib)
{
	struct vtune__arena arena = { 0 };
	struct vtune__scene without = *scene;
	struct vtune__cost cost;
	bool fits;

	if (!scene->pools)
		return false;
	without.arena = &arena;
	without.pools = NULL;
	fits = best_cost(&without, ncells, page_kib, VTUNE__ANY, &cost) > 0;
	vtune__arena_free(&arena);
	return fits;
}

/* The first constraint that is in the way by itself. */
static void add_obstacle(const struct account *a, const struct vtune__scene *scene,
			 unsigned int ncells, uint64_t page_kib)
{
	static const struct {
		unsigned int lift;
		const char *words;
	} obstacles[] = {
		{ VTUNE__LIFT_NODES, "the spec does not name it" },
		{ VTUNE__LIFT_HELPERS, "no CPU for the isolated helpers" },
		{ VTUNE__LIFT_THREADS, "too few whole free cores" },
		{ VTUNE__LIFT_CPUS | VTUNE__LIFT_THREADS, "too few CPUs that can be dedicated" },
		{ VTUNE__LIFT_SHARED, "too few shared CPUs" },
		{ VTUNE__LIFT_START, "no CPU for the emulator" },
		{ VTUNE__LIFT_MEMORY, "too little free memory" },
		{ VTUNE__LIFT_PAGES, "too few free huge pages" },
		{ VTUNE__LIFT_DISTANCE, "too far away" },
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(obstacles); i++) {
		struct vtune__arena arena = { 0 };
		struct vtune__scene lifted;
		struct vtune__cost cost;
		bool fits = vtune__scene_lift(&lifted, scene, &arena, obstacles[i].lift) == 0 &&
			    best_cost(&lifted, ncells, page_kib, VTUNE__ANY, &cost) > 0;

		vtune__arena_free(&arena);
		if (!fits)
			continue;
		vtune__text_add(a->text, obstacles[i].words);
		return;
	}
	if (needs_devices(scene, ncells, page_kib))
		vtune__text_add(a->text, "the required devices would be on other nodes");
	else
		vtune__text_add(a->text, "several constraints are in the way");
}

/* ---- nodes ---- */

/* The scene in which some cell has to be on that node. */
static int force_node(struct vtune__scene *forced, const struct vtune__scene *scene,
		      unsigned int node, struct vtune__arena *arena)
{
	*forced = *scene;
	forced->arena = arena;
	forced->sites = vtune__arena_take(arena, scene->nnodes, sizeof(*forced->sites));
	forced->required_nodes =
		vtune__arena_take(arena, scene->nrequired + 1, sizeof(*forced->required_nodes));
	if (arena->failed)
		return -1;
	memcpy(forced->sites, scene->sites, scene->nnodes * sizeof(*forced->sites));
	/* This node is now unlike all others, and of those that are alike not only the
	 * first may be tried. */
	forced->sites[node].twin = node;
	for (unsigned int n = 0; n < scene->nnodes; n++)
		if (n != node && scene->sites[n].twin == node)
			forced->sites[n].twin = n;
	memcpy(forced->required_nodes, scene->required_nodes,
	       scene->nrequired * sizeof(*forced->required_nodes));
	forced->required_nodes[forced->nrequired++] = node;
	return 0;
}

static int explain_node(const struct account *a, unsigned int node)
{
	struct vtune__arena arena = { 0 };
	struct vtune__scene forced;
	struct vtune__cost cost;
	int result;

	if (force_node(&forced, a->scene, node, &arena) < 0) {
		vtune__arena_free(&arena);
		return -1;
	}
	result = best_cost(&forced, a->plan->ncells, page_of(a), VTUNE__BEST, &cost);
	vtune__text_addf(a->text, "  node %u: ", a->scene->topology->nodes[node].id);
	if (result > 0)
		add_loss(a->text, &a->layout.cost, &cost);
	else if (result == 0 && !forced.sites[node].has_cpus)
		vtune__text_add(a->text, "it has no CPUs");
	else if (result == 0 && forced.nrequired > a->plan->ncells)
		vtune__text_add(a->text, "the required devices are on other nodes");
	else if (result == 0)
		add_obstacle(a, &forced, a->plan->ncells, page_of(a));
	vtune__text_add(a->text, "\n");
	vtune__arena_free(&arena);
	return result < 0 ? -1 : 0;
}

static int explain_nodes(const struct account *a)
{
	bool any = false;

	for (unsigned int n = 0; n < a->scene->nnodes; n++) {
		if (vtune__layout_cell(&a->layout, &a->trial, n) >= 0)
			continue;
		if (!any)
			vtune__text_add(
				a->text,
				a->trial.huge
					? "A cell on one of the other nodes, in the same pages:\n"
					: "A cell on one of the other nodes, in ordinary pages:\n");
		any = true;
		if (explain_node(a, n) < 0)
			return -1;
	}
	return 0;
}

/* ---- numbers of cells, page sizes ---- */

static int explain_cells(const struct account *a)
{
	if (a->scene->spec->cells_kind != VTUNE__CELLS_AUTO || a->plan->ncells == 1)
		return 0;
	vtune__text_addf(a->text, "Fewer than %u cells:\n", a->plan->ncells);
	for (unsigned int ncells = 1; ncells < a->plan->ncells; ncells++) {
		vtune__text_addf(a->text, "  %u: ", ncells);
		add_obstacle(a, a->scene, ncells, page_of(a));
		vtune__text_add(a->text, "\n");
	}
	return 0;
}

/* Can the cells be laid out in such pages at all? */
static bool suits(const struct account *a, uint64_t page_kib)
{
	uint64_t size = page_kib ? page_kib : a->scene->topology->page_kib;
	struct vtune__trial trial;

	return vtune__trial_build(&trial, a->scene, a->plan->ncells, size, page_kib > 0) != 0;
}

static int explain_page_size(const struct account *a, uint64_t page_kib)
{
	struct vtune__cost cost;
	int result = best_cost(a->scene, a->plan->ncells, page_kib, VTUNE__BEST, &cost);

	vtune__text_add(a->text, "  ");
	if (page_kib)
		vtune__text_add_size(a->text, page_kib);
	else
		vtune__text_add(a->text, "ordinary pages");
	vtune__text_add(a->text, ": ");
	if (result > 0 && vtune__cost_compare_coarse(&a->layout.cost, &cost) < 0)
		add_loss(a->text, &a->layout.cost, &cost);
	else if (result > 0)
		vtune__text_add(a->text, "no better, and larger pages are preferred");
	else if (result == 0 && !suits(a, page_kib))
		vtune__text_add(a->text, "they do not divide the memory of the cells");
	else if (result == 0)
		add_obstacle(a, a->scene, a->plan->ncells, page_kib);
	vtune__text_add(a->text, "\n");
	return result < 0 ? -1 : 0;
}

static int explain_pages(const struct account *a)
{
	uint64_t *sizes = vtune__arena_take(a->scene->arena, a->scene->topology->npage_sizes + 2,
					    sizeof(*sizes));
	unsigned int count = sizes ? vtune__answer_page_sizes(a->scene, sizes) : 0;

	if (count > 1)
		vtune__text_add(a->text, "Other page sizes:\n");
	for (unsigned int i = 0; i < count; i++)
		if (count > 1 && sizes[i] != page_of(a) && explain_page_size(a, sizes[i]) < 0)
			return -1;
	return sizes ? 0 : -1;
}

/* ---- CPUs inside the nodes ---- */

/* The cost of the CPUs of one node, by what it has in common with the plan's. */
static struct vtune__cost with_fine(const struct account *a, vtune__fine fine)
{
	struct vtune__cost cost = a->layout.cost;

	cost.fine = fine;
	return cost;
}

static int explain_core(const struct account *a, struct vtune__cpu_ask *ask,
			const struct vtune__core *core, vtune__fine best, struct vtune__text *out)
{
	struct vtune__mark mark = vtune__arena_mark(ask->arena);
	const struct vtune__table *table;
	vtune__fine fine;

	ask->core = (int)core->index;
	table = vtune__cpus_table(ask, NULL);
	ask->core = -1;
	if (!table)
		return -1;
	fine = table->best[ask->helpers];
	if (fine == VTUNE__FINE_NONE) {
		vtune__text_add(out, ask->scene->spec->threads == VTUNE__PREFER
					     ? "it has too few free threads"
					     : "the thread policy or the shared pool rules it out");
	} else {
		struct vtune__cost ours = with_fine(a, best), theirs = with_fine(a, fine);

		add_loss(out, &ours, &theirs);
	}
	vtune__arena_reset(ask->arena, mark);
	return 0;
}

/* Cores with the same words in a row are told together. */
static void flush(const struct account *a, struct vtune__text *words, struct vtune__set *cpus)
{
	if (words->length > 0) {
		vtune__text_add(a->text, "  CPUs ");
		vtune__text_add_set(a->text, cpus);
		vtune__text_addf(a->text, ": %s\n", words->data);
	}
	vtune__text_free(words);
	vtune__set_clear(cpus);
}

static int explain_cores(const struct account *a, struct vtune__cpu_ask *ask, vtune__fine best)
{
	const struct vtune__site *site = &a->scene->sites[ask->node];
	struct vtune__text words = { 0 };
	struct vtune__set cpus = { 0 };
	int result = 0;

	for (unsigned int i = 0; i < site->ncores && result == 0; i++) {
		const struct vtune__core *core = &site->cores[i];
		const struct vtune__set *threads = &a->scene->topology->cores[core->index];
		struct vtune__text more = { 0 };

		if (vtune__set_intersects(threads, &a->plan->held))
			continue;
		result = explain_core(a, ask, core, best, &more);
		if (words.length != more.length ||
		    (more.length > 0 && memcmp(words.data, more.data, more.length) != 0)) {
			flush(a, &words, &cpus);
			words = more;
		} else {
			vtune__text_free(&more);
		}
		if (vtune__set_or(&cpus, threads) < 0)
			result = -1;
	}
	flush(a, &words, &cpus);
	vtune__set_free(&cpus);
	return result;
}

static bool has_other_cores(const struct account *a, unsigned int node)
{
	const struct vtune__site *site = &a->scene->sites[node];

	for (unsigned int i = 0; i < site->ncores; i++)
		if (!vtune__set_intersects(&a->scene->topology->cores[site->cores[i].index],
					   &a->plan->held))
			return true;
	return false;
}

static int explain_cpus(const struct account *a, unsigned int node)
{
	enum vtune__touch *touch =
		vtune__arena_take(a->scene->arena, a->scene->topology->ngroups, sizeof(*touch));
	const struct vtune__table *table;
	struct vtune__cpu_ask ask;

	if (!touch)
		return -1;
	if (!vtune__layout_ask(&a->layout, &a->trial, node, touch, &ask) ||
	    ask.dedicated + ask.helpers == 0)
		return 0;
	ask.touch = NULL;
	table = vtune__cpus_table(&ask, NULL);
	if (!table)
		return -1;
	if (has_other_cores(a, node))
		vtune__text_addf(a->text, "Other cores of node %u:\n",
				 a->scene->topology->nodes[node].id);
	return explain_cores(a, &ask, table->best[ask.helpers]);
}

static int explain(struct account *a, const struct vtune__answer *answer)
{
	a->trial = answer->trial;
	a->layout = answer->layout;
	if (explain_nodes(a) < 0 || explain_cells(a) < 0 || explain_pages(a) < 0)
		return -1;
	for (unsigned int n = 0; n < a->scene->nnodes; n++)
		if (explain_cpus(a, n) < 0)
			return -1;
	return 0;
}

static bool is_same(const struct account *a, const struct vtune__answer *answer)
{
	const struct vtune_plan *plan = a->plan;

	if (!answer->fits || answer->trial.ncells != plan->ncells)
		return false;
	for (unsigned int g = 0; g < plan->ncells; g++)
		if (a->scene->topology->nodes[answer->layout.nodes[g]].id != plan->cells[g].node ||
		    answer->trial.page_kib != plan->cells[g].page_kib)
			return false;
	return true;
}

/* Solve it again: the plan has no trace of its search. */
static int explain_again(struct account *a, const struct vtune_options *options,
			 struct vtune_error **err)
{
	struct vtune__answer answer;

	if (vtune__answer_find(&answer, a->scene, options ? options->work_limit : 0, VTUNE__BEST,
			       err) < 0)
		return -1;
	if (!is_same(a, &answer))
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, NULL,
				   "The plan is not what this host and spec give; explain a plan "
				   "with the host that it was made on");
	return explain(a, &answer) < 0 ? vtune__fail_memory(err) : 0;
}

VTUNE_EXPORT char *vtune_plan_explain(const struct vtune_plan *plan, const struct vtune_host *host,
				      const struct vtune_spec *spec,
				      const struct vtune_options *options, struct vtune_error **err)
{
	struct vtune__arena arena = { 0 };
	struct vtune__room own = { 0 };
	struct vtune__scene scene;
	struct vtune__text text = { 0 };
	struct account account = { .plan = plan, .scene = &scene, .text = &text };
	char *result = NULL;

	if (!plan || !host || !spec) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (!plan->fits) {
		vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			    "A plan that does not fit has its reasons, and no choice to explain");
		return NULL;
	}
	if (vtune__room_for(host, spec->name, &own, err) < 0)
		return NULL;
	if (vtune__scene_build(&scene, host, spec, &own, &arena) < 0)
		vtune__fail_memory(err);
	else if (explain_again(&account, options, err) == 0)
		result = vtune__text_take(&text, err);
	vtune__text_free(&text);
	vtune__arena_free(&arena);
	vtune__room_free(&own);
	return result;
}
