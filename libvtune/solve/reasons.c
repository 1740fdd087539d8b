/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reasons for which a VM does not fit, in numbers and words. */
#include "reasons.h"

#include <inttypes.h>

/* ---- one by one ---- */

static int add_nodes(const struct vtune__inquiry *q)
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

static int add_distance(const struct vtune__inquiry *q)
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

static int add_helpers(const struct vtune__inquiry *q)
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
static int add_pool(const struct vtune__inquiry *q)
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

static int add_shared(const struct vtune__inquiry *q)
{
	for (unsigned int g = 0; g < q->trial->ncells; g++)
		if (q->trial->cells[g].shared > 0)
			return vtune__reason_capacity(q, VTUNE__LIFT_SHARED, "shared");
	return add_pool(q);
}

static int add_start(const struct vtune__inquiry *q)
{
	return vtune__plan_add_reason(q->plan, q->err, "start", -1, -1, 1, 0,
				      "with huge pages the emulator must have a CPU on every node "
				      "that gives memory, or the domain would not start; a memory "
				      "node has none for it");
}

static int add_reason(const struct vtune__inquiry *q, unsigned int what)
{
	switch (what) {
	case VTUNE__LIFT_CPUS:
		return vtune__reason_capacity(q, VTUNE__LIFT_CPUS, "cpus");
	case VTUNE__LIFT_THREADS:
		return vtune__reason_capacity(q, VTUNE__LIFT_THREADS, "threads");
	case VTUNE__LIFT_SHARED:
		return add_shared(q);
	case VTUNE__LIFT_NODES:
		return add_nodes(q);
	case VTUNE__LIFT_DEVICES:
		return vtune__reason_devices(q);
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
static int add_page_size(const struct vtune__inquiry *q, uint64_t page_kib)
{
	bool known = vtune__topology_page_size(q->scene->topology, page_kib) >= 0;
	struct vtune__text text = { 0 };

	vtune__text_add(&text, known ? "pages of " : "no node of the host has huge pages of ");
	vtune__text_add_size(&text, page_kib);
	if (!known)
		return vtune__reason_text(q, "pages", -1, -1, 1, 0, &text);
	vtune__text_add(&text, " do not divide the memory into whole pages for each cell");
	return vtune__reason_text(q, "pages", -1, -1, q->spec->memory_kib / page_kib + 1,
				  q->spec->memory_kib / page_kib, &text);
}

/* Memory and pages are told for one page size: the smallest of the kind, which is
 * the one that comes nearest. */
static int add_memory_reason(struct vtune__inquiry *q, bool huge, unsigned int ncells)
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
	return vtune__reason_capacity(q, huge ? VTUNE__LIFT_PAGES : VTUNE__LIFT_MEMORY,
				      huge ? "pages" : "memory");
}

static int add_reasons(struct vtune__inquiry *q, unsigned int ncells)
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
	struct vtune__inquiry q = {
		.plan = plan, .trial = &trial, .scene = scene, .spec = spec, .err = err
	};
	unsigned int ncells = spec->cells_kind == VTUNE__CELLS_AUTO ? 1 : spec->cell_count;

	/* Only memory and pages depend on the size of the pages. */
	if (vtune__trial_build(&trial, scene, ncells, scene->topology->page_kib, false) < 0)
		return vtune__fail_memory(err);
	return add_reasons(&q, ncells);
}
