/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reasons for which a VM does not fit, in numbers and words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"

struct inquiry {
	struct vtune_plan *plan;
	const struct vtune__trial *trial; /* the fewest cells, nothing lifted */
	const struct vtune__scene *scene;
	const struct vtune_spec *spec;
	unsigned int lifted; /* what is not a reason */
	struct vtune_error **err;
};

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

static uint64_t cell_needs(const struct inquiry *q, enum vtune__lift what, unsigned int cell)
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

static uint64_t threads_on(const struct inquiry *q, unsigned int node)
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
static uint64_t shared_on(const struct inquiry *q, unsigned int node)
{
	unsigned int most = q->scene->sites[node].pool;

	while (most > 0 && vtune__pool_limit(q->scene, node, most, false) < 0)
		most--;
	return most;
}

static uint64_t node_has(const struct inquiry *q, enum vtune__lift what, unsigned int node)
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
static void add_amount(struct vtune__text *text, const struct inquiry *q, enum vtune__lift what,
		       uint64_t amount)
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

static int add_text(const struct inquiry *q, const char *code, int cell, int node, uint64_t need,
		    uint64_t have, struct vtune__text *text)
{
	int result = text->failed ? vtune__fail_memory(q->err)
				  : vtune__plan_add_reason(q->plan, q->err, code, cell, node, need,
							   have, "%s", text->data);

	vtune__text_free(text);
	return result;
}

static uint64_t factor_of(const struct inquiry *q, enum vtune__lift what)
{
	return what == VTUNE__LIFT_MEMORY ? q->trial->page_kib : 1;
}

static int add_sum(const struct inquiry *q, enum vtune__lift what, const char *code, uint64_t need,
		   uint64_t have)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "the VM %s ", verb_of(what));
	add_amount(&text, q, what, need);
	vtune__text_add(&text, what == VTUNE__LIFT_MEMORY ? " of memory in ordinary pages" : "");
	vtune__text_add(&text, what == VTUNE__LIFT_SHARED ? "; the nodes that it may use carry "
							  : "; the nodes that it may use have ");
	add_amount(&text, q, what, have);
	vtune__text_add(&text, what == VTUNE__LIFT_SHARED ? " more together" : " free together");
	return add_text(q, code, -1, -1, need * factor_of(q, what), have * factor_of(q, what),
			&text);
}

/* alone: the node is the best one that is left for the cell; otherwise it is where
 * only this is missing. */
static int add_cell(const struct inquiry *q, enum vtune__lift what, const char *code,
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
	return add_text(q, code, need->of, node, need->amount * factor_of(q, what),
			have->amount * factor_of(q, what), &text);
}

/* A node that would have to give more than it has: of several cells together, or
 * its share of interleaved memory. 0 when there is none. */
static int add_load(const struct inquiry *q, enum vtune__lift what, const char *code,
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
		return add_text(q, code, -1, (int)id, load * factor_of(q, what),
				have * factor_of(q, what), &text);
	}
	return 0;
}

/* No cell and no node is short alone: tell what is short in a place where only this
 * constraint is in the way. */
static int add_joint(const struct inquiry *q, enum vtune__lift what, const char *code)
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
		struct inquiry there = *q;
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
static bool is_lent(const struct inquiry *q, enum vtune__lift what)
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
static int add_lent(const struct inquiry *q, enum vtune__lift what, const char *code)
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
	return add_text(q, code, -1, -1, ncells * least * factor_of(q, what),
			room * least * factor_of(q, what), &text);
}

/* The first cell, largest first, for which the nodes, fullest first, run out. */
static int add_capacity(const struct inquiry *q, enum vtune__lift what, const char *code)
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

/* ---- the others ---- */

static int add_nodes(const struct inquiry *q)
{
	unsigned int need = q->trial->ncells, have = 0;

	for (unsigned int n = 0; n < q->scene->nnodes; n++)
		have += q->scene->sites[n].allowed && q->scene->sites[n].has_cpus;
	if (have < need)
		return vtune__plan_add_reason(q->plan, q->err, "nodes", -1, -1, need, have,
					      "%u guest cell%s %u node%s with CPUs, and %s %u",
					      need, need == 1 ? " needs" : "s need", need,
					      need == 1 ? "" : "s",
					      q->spec->has_nodes ? "of those that the spec names "
								   "the host has"
								 : "the host has",
					      have);
	return vtune__plan_add_reason(q->plan, q->err, "nodes", -1, -1, need, need - 1,
				      "the nodes that the spec names do not have all that %u guest "
				      "cell%s, and with other nodes of the host it would",
				      need, need == 1 ? " needs" : "s need");
}

static bool is_held_by_other(const struct inquiry *q, const struct vtune__device *device)
{
	const struct vtune_host *host = q->scene->host;

	for (unsigned int i = 0; i < host->nallocations; i++)
		for (unsigned int j = 0; j < host->allocations[i].ndevices; j++)
			if (strcmp(host->allocations[i].vm, q->spec->name) != 0 &&
			    vtune__topology_device(q->scene->topology,
						   host->allocations[i].devices[j]) == device)
				return true;
	return false;
}

/* A wish before that one is for the same device, by another name. */
static bool is_wished_before(const struct inquiry *q, const struct vtune__hostdev_spec *asked,
			     const struct vtune__device *device)
{
	for (unsigned int i = 0; vtune__spec_wish(q->spec, i) != asked; i++) {
		const struct vtune__hostdev_spec *other = vtune__spec_wish(q->spec, i);

		if (other->id && vtune__topology_device(q->scene->topology, other->id) == device)
			return true;
	}
	return false;
}

static int add_device(const struct inquiry *q, const struct vtune__hostdev_spec *asked)
{
	const struct vtune__device *device = vtune__topology_device(q->scene->topology, asked->id);
	const char *what = "could not be near enough: its node has no room for a cell of the VM";
	int node = -1;

	if (!device)
		what = "is not a device of this host";
	else if (is_held_by_other(q, device))
		what = "is given to another VM";
	else if (is_wished_before(q, asked, device))
		what = "is asked for twice";
	else if (device->node < 0)
		what = "has no known node, and affinity \"require\" needs one";
	else
		node = (int)q->scene->topology->nodes[device->node].id;
	return vtune__plan_add_reason(q->plan, q->err, "devices", -1, node, 1, 0, "device %s %s",
				      asked->id, what);
}

static bool is_at_fault(const struct inquiry *q, const struct vtune__hostdev_spec *asked)
{
	const struct vtune__device *device = vtune__topology_device(q->scene->topology, asked->id);

	return !device || is_held_by_other(q, device) || is_wished_before(q, asked, device) ||
	       (device->node < 0 && q->scene->nnodes > 1 &&
		asked->affinity == VTUNE__AFFINITY_REQUIRE);
}

/* Devices of the host that are to be chosen: too few, or not where they should be. */
static int add_choice(const struct inquiry *q, unsigned int pool, bool *added)
{
	const struct vtune__hostdev_spec *wish =
		vtune__spec_wish(q->spec, q->scene->pools->list[pool].wish);
	struct vtune__text text = { 0 };
	unsigned int free = vtune__pools_free(q->scene, pool);

	if (free >= wish->count)
		return 0;
	*added = true;
	vtune__text_addf(&text, "%u ", wish->count);
	vtune__spec_add_wish(&text, wish);
	vtune__text_addf(&text, " %s needed, %u %s free", wish->count == 1 ? "is" : "are", free,
			 free == 1 ? "is" : "are");
	if (wish->affinity == VTUNE__AFFINITY_REQUIRE && q->scene->nnodes > 1)
		vtune__text_add(&text, " on a known node");
	return add_text(q, "devices", -1, -1, wish->count, free, &text);
}

static int add_near(const struct inquiry *q, const struct vtune__hostdev_spec *wish,
		    unsigned int pool)
{
	unsigned int ncells = q->trial->ncells;
	unsigned int most = vtune__pools_most(q->scene, pool, ncells);
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "%u ", wish->count);
	vtune__spec_add_wish(&text, wish);
	vtune__text_addf(&text, " must be on the node%s of the %u cell%s of the VM",
			 ncells == 1 ? "" : "s", ncells, ncells == 1 ? "" : "s");
	if (most < wish->count) {
		vtune__text_addf(&text, "; %u node%s of the host %s at most %u free", ncells,
				 ncells == 1 ? "" : "s", ncells == 1 ? "has" : "have", most);
		return add_text(q, "devices", -1, -1, wish->count, most, &text);
	}
	vtune__text_add(&text, ", and no nodes with room for these have so many");
	return add_text(q, "devices", -1, -1, wish->count, wish->count - 1, &text);
}

/* No pool alone is too small. */
static int add_choices(const struct inquiry *q)
{
	const struct vtune__hostdev_spec *wish = NULL;
	unsigned int last = 0, given, wanted;

	vtune__pools_most_given(q->scene, &given, &wanted);
	if (given < wanted)
		return vtune__plan_add_reason(q->plan, q->err, "devices", -1, -1, wanted, given,
					      "%u devices are to be chosen, and so few different "
					      "ones match that there are only %u",
					      wanted, given);
	for (unsigned int p = 0; p < q->scene->pools->count; p++) {
		const struct vtune__hostdev_spec *it =
			vtune__spec_wish(q->spec, q->scene->pools->list[p].wish);

		if (it->affinity != VTUNE__AFFINITY_REQUIRE)
			continue;
		if (vtune__pools_most(q->scene, p, q->trial->ncells) < it->count)
			return add_near(q, it, p);
		wish = it;
		last = p;
	}
	return wish ? add_near(q, wish, last) : 0;
}

static int add_devices(const struct inquiry *q)
{
	unsigned int npools = q->scene->pools ? q->scene->pools->count : 0;
	const struct vtune__hostdev_spec *last = NULL;
	bool added = false;

	for (unsigned int i = 0; i < vtune__spec_wish_count(q->spec); i++) {
		const struct vtune__hostdev_spec *asked = vtune__spec_wish(q->spec, i);

		if (asked->id && is_at_fault(q, asked))
			return add_device(q, asked);
		if (asked->id && asked->affinity == VTUNE__AFFINITY_REQUIRE)
			last = asked;
	}
	for (unsigned int p = 0; p < npools && !added; p++)
		if (add_choice(q, p, &added) < 0)
			return -1;
	if (added)
		return 0;
	if (q->scene->nrequired > q->trial->ncells)
		return vtune__plan_add_reason(
			q->plan, q->err, "devices", -1, -1, q->scene->nrequired, q->trial->ncells,
			"the required devices are on %u nodes, and the VM has "
			"%u cells",
			q->scene->nrequired, q->trial->ncells);
	if (npools > 0 && (q->scene->devices_missing || q->scene->pools->required))
		return add_choices(q);
	return last ? add_device(q, last) : 0;
}

static int add_distance(const struct inquiry *q)
{
	const struct vtune__topology *topology = q->scene->topology;
	unsigned int least = UINT32_MAX;

	for (unsigned int a = 0; a < q->scene->nnodes; a++)
		for (unsigned int b = 0; b < q->scene->nnodes; b++)
			if (a != b && vtune__distance(topology, a, b) < least)
				least = vtune__distance(topology, a, b);
	if (least == UINT32_MAX)
		least = 0;
	return vtune__plan_add_reason(q->plan, q->err, "max_distance", -1, -1, least,
				      q->spec->max_distance,
				      "the nodes that could carry the VM are farther apart than "
				      "max_distance %u; the nearest two nodes of the host have "
				      "distance %u",
				      q->spec->max_distance, least);
}

static int add_helpers(const struct inquiry *q)
{
	bool isolated = q->spec->emulator == VTUNE__EMULATOR_ISOLATE;
	uint64_t need = q->trial->pinned_io + isolated, spare = 0, taken = 0;

	for (unsigned int g = 0; g < q->trial->ncells; g++)
		taken += q->trial->cells[g].dedicated;
	for (unsigned int n = 0; n < q->scene->nnodes; n++)
		spare += q->scene->sites[n].allowed ? q->scene->sites[n].dedicated : 0;
	spare = spare > taken ? spare - taken : 0;
	if (spare >= need)
		spare = need - 1; /* the others are not where they would be needed */
	return vtune__plan_add_reason(
		q->plan, q->err, "helpers", -1, -1, need, spare,
		"%s%s%s CPUs of their own beside the vCPUs%s; where all else holds, too few "
		"are left",
		isolated ? "the isolated emulator" : "",
		isolated && q->trial->pinned_io ? " and " : "",
		q->trial->pinned_io ? "isolated I/O threads need" : " needs",
		isolated && q->spec->hugepages != VTUNE__PAGES_NONE
			? " (the emulator one on each node that gives huge pages)"
			: "");
}

/* Dedicated CPUs would come out of a pool that other VMs need. */
static int add_pool(const struct inquiry *q)
{
	uint64_t need = 0, have = 0;
	int cell = 0, node = -1;

	for (unsigned int g = 0; g < q->trial->ncells; g++) {
		if (q->trial->cells[g].dedicated <= need)
			continue;
		need = q->trial->cells[g].dedicated;
		cell = (int)g;
	}
	for (unsigned int n = 0; n < q->scene->nnodes; n++) {
		int limit = vtune__pool_limit(q->scene, n, 0, false);
		uint64_t most = q->scene->sites[n].dedicated;

		if (limit >= 0 && most > (uint64_t)limit + q->scene->sites[n].apart)
			most = (uint64_t)limit + q->scene->sites[n].apart;
		if (!q->scene->sites[n].allowed || (node >= 0 && most <= have))
			continue;
		have = most;
		node = (int)q->scene->topology->nodes[n].id;
	}
	return vtune__plan_add_reason(
		q->plan, q->err, "shared", cell, node, need, have < need ? have : need - 1,
		"the shared vCPUs of other VMs need the shared pool: guest cell "
		"%d takes %" PRIu64 " CPUs, and no node where all else holds "
		"can spare so many of it",
		cell, need);
}

static int add_shared(const struct inquiry *q)
{
	for (unsigned int g = 0; g < q->trial->ncells; g++)
		if (q->trial->cells[g].shared > 0)
			return add_capacity(q, VTUNE__LIFT_SHARED, "shared");
	return add_pool(q);
}

static int add_start(const struct inquiry *q)
{
	return vtune__plan_add_reason(q->plan, q->err, "start", -1, -1, 1, 0,
				      "with huge pages the emulator must have a CPU on every node "
				      "that gives memory, or the domain would not start; a memory "
				      "node has none for it");
}

static int add_reason(const struct inquiry *q, unsigned int what)
{
	switch (what) {
	case VTUNE__LIFT_CPUS:
		return add_capacity(q, VTUNE__LIFT_CPUS, "cpus");
	case VTUNE__LIFT_THREADS:
		return add_capacity(q, VTUNE__LIFT_THREADS, "threads");
	case VTUNE__LIFT_SHARED:
		return add_shared(q);
	case VTUNE__LIFT_NODES:
		return add_nodes(q);
	case VTUNE__LIFT_DEVICES:
		return add_devices(q);
	case VTUNE__LIFT_DISTANCE:
		return add_distance(q);
	case VTUNE__LIFT_HELPERS:
		return add_helpers(q);
	default:
		return add_start(q);
	}
}

/* ---- all of them ---- */

/* A page size that the host lacks, or that does not divide the memory. */
static int add_page_size(const struct inquiry *q, uint64_t page_kib)
{
	bool known = vtune__topology_page_size(q->scene->topology, page_kib) >= 0;
	struct vtune__text text = { 0 };

	vtune__text_add(&text, known ? "pages of " : "no node of the host has huge pages of ");
	vtune__text_add_size(&text, page_kib);
	if (!known)
		return add_text(q, "pages", -1, -1, 1, 0, &text);
	vtune__text_add(&text, " do not divide the memory into whole pages for each cell");
	return add_text(q, "pages", -1, -1, q->spec->memory_kib / page_kib + 1,
			q->spec->memory_kib / page_kib, &text);
}

/* Memory and pages are told for one page size: the smallest of the kind, which is
 * the one that comes nearest. */
static int add_memory_reason(struct inquiry *q, bool huge, unsigned int ncells)
{
	const struct vtune__topology *topology = q->scene->topology;
	uint64_t page_kib = topology->page_kib;
	struct vtune__trial trial;
	int built;

	if (huge && q->spec->hugepages == VTUNE__PAGES_SIZE)
		page_kib = q->spec->page_kib;
	else if (huge && topology->npage_sizes > 0)
		page_kib = topology->page_sizes[0];
	else if (huge)
		return vtune__plan_add_reason(q->plan, q->err, "pages", -1, -1, 1, 0,
					      "no node of the host has huge pages");
	if (huge && vtune__topology_page_size(topology, page_kib) < 0)
		return add_page_size(q, page_kib);
	built = vtune__trial_build(&trial, q->scene, ncells, page_kib, huge);
	if (built < 0)
		return vtune__fail_memory(q->err);
	if (built == 0 && huge)
		return add_page_size(q, page_kib);
	if (built == 0)
		return vtune__plan_add_reason(q->plan, q->err, "memory", -1, -1,
					      q->spec->memory_kib + page_kib, q->spec->memory_kib,
					      "a guest cell would get less than a page of %" PRIu64
					      " KiB",
					      page_kib);
	q->trial = &trial;
	return add_capacity(q, huge ? VTUNE__LIFT_PAGES : VTUNE__LIFT_MEMORY,
			    huge ? "pages" : "memory");
}

static int add_reasons(struct inquiry *q, unsigned int ncells)
{
	const struct vtune__trial *trial = q->trial;

	if (vtune__conflict_find(q->scene, &q->lifted, q->err) < 0)
		return -1;
	for (unsigned int what = VTUNE__LIFT_CPUS; what & VTUNE__LIFT_ALL; what <<= 1) {
		bool memory = what == VTUNE__LIFT_MEMORY || what == VTUNE__LIFT_PAGES;
		int result;

		if (q->lifted & what)
			continue;
		q->trial = trial;
		result = memory ? add_memory_reason(q, what == VTUNE__LIFT_PAGES, ncells)
				: add_reason(q, what);
		if (result < 0)
			return -1;
	}
	return 0;
}

int vtune__plan_add_reasons(struct vtune_plan *plan, const struct vtune__scene *scene,
			    struct vtune_error **err)
{
	const struct vtune_spec *spec = scene->spec;
	struct vtune__trial trial;
	struct inquiry q = {
		.plan = plan, .trial = &trial, .scene = scene, .spec = spec, .err = err
	};
	unsigned int ncells = spec->cells_kind == VTUNE__CELLS_AUTO ? 1 : spec->cell_count;

	/* Only memory and pages depend on the size of the pages. */
	if (vtune__trial_build(&trial, scene, ncells, scene->topology->page_kib, false) < 0)
		return vtune__fail_memory(err);
	return add_reasons(&q, ncells);
}
