/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the VMs hold and need: those that run, from a host; those that are planned, from
 * their plans. A planned VM of the same name takes the place of one that runs. */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>

void vtune__vms_free(struct vtune__vms *vms)
{
	vtune__names_free(&vms->names);
	free(vms->pages);
	vtune__set_free(&vms->held);
	memset(vms, 0, sizeof(*vms));
}

static struct vtune__pages_needed *pages_at(struct vtune__vms *vms, unsigned int node,
					    uint64_t size_kib, struct vtune_error **err)
{
	struct vtune__pages_needed *pages;

	for (unsigned int i = 0; i < vms->npages; i++)
		if (vms->pages[i].node == node && vms->pages[i].size_kib == size_kib)
			return &vms->pages[i];
	pages = vtune__grow((void **)&vms->pages, &vms->npages, sizeof(*pages), err);
	if (pages) {
		pages->node = node;
		pages->size_kib = size_kib;
	}
	return pages;
}

/* Sizes are at most VTUNE__MAX_KIB, and VMs far fewer than 2^12 times that. */
static uint64_t pages_of(uint64_t size_kib, uint64_t page_kib)
{
	return size_kib / page_kib + (size_kib % page_kib != 0);
}

/* ---- running VMs ---- */

static const struct vtune_plan *planned(const struct vtune_tuning_options *options, const char *vm)
{
	for (unsigned int i = 0; i < options->nplans; i++)
		if (strcmp(options->plans[i]->vm, vm) == 0)
			return options->plans[i];
	return NULL;
}

static int add_running_memory(struct vtune__vms *vms, const struct vtune_host *host,
			      const struct vtune__allocation *allocation, bool is_replaced,
			      struct vtune_error **err)
{
	const struct vtune__topology *topology = host->topology;

	for (unsigned int i = 0; i < allocation->nmemory; i++) {
		const struct vtune__memory_held *held = &allocation->memory[i];
		struct vtune__pages_needed *pages;
		uint64_t count;

		if (held->page_kib <= topology->page_kib)
			continue;
		pages = pages_at(vms, topology->nodes[held->node].id, held->page_kib, err);
		if (!pages)
			return -1;
		count = pages_of(held->size_kib, held->page_kib);
		pages->running += count;
		if (is_replaced)
			pages->replaced += count;
		else
			vms->huge_pages = true;
	}
	return 0;
}

static int add_running(struct vtune__vms *vms, const struct vtune_host *host,
		       const struct vtune__allocation *allocation, bool is_replaced,
		       struct vtune_error **err)
{
	if (add_running_memory(vms, host, allocation, is_replaced, err) < 0)
		return -1;
	if (is_replaced)
		return 0;
	if (vtune__set_or(&vms->held, &allocation->cpus) < 0)
		return vtune__fail_memory(err);
	vms->npinned += allocation->nshared == 0 && !vtune__set_is_empty(&allocation->cpus);
	vms->ndevices += allocation->ndevices;
	return vtune__names_add(&vms->names, allocation->vm, err);
}

/* ---- planned ones ---- */

static bool is_pinned(const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (!plan->vcpus[i].dedicated)
			return false;
	return true;
}

static int add_planned(struct vtune__vms *vms, const struct vtune_plan *plan,
		       struct vtune_error **err)
{
	if (vtune__set_or(&vms->held, &plan->held) < 0)
		return vtune__fail_memory(err);
	for (unsigned int i = 0; plan->huge && i < plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &plan->cells[i];

		vms->huge_pages = true;
		for (unsigned int j = 0; j < cell->nmemory; j++) {
			struct vtune__pages_needed *pages =
				pages_at(vms, cell->memory[j].node, cell->page_kib, err);

			if (!pages)
				return -1;
			pages->planned += pages_of(cell->memory[j].size_kib, cell->page_kib);
		}
	}
	vms->npinned += is_pinned(plan);
	vms->ndevices += plan->ndevices;
	return vtune__names_add(&vms->names, plan->vm, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_pages(const void *a, const void *b)
{
	const struct vtune__pages_needed *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->size_kib < y->size_kib ? -1 : x->size_kib > y->size_kib;
}

int vtune__vms_read(const struct vtune_tuning_options *options, const struct vtune_host *running,
		    struct vtune__vms *vms, struct vtune_error **err)
{
	for (unsigned int i = 0; running && i < running->nallocations; i++) {
		const struct vtune__allocation *allocation = &running->allocations[i];
		bool is_replaced = planned(options, allocation->vm);

		if (add_running(vms, running, allocation, is_replaced, err) < 0)
			return -1;
	}
	for (unsigned int i = 0; i < options->nplans; i++)
		/* Of two plans for one VM the first counts. */
		if (planned(options, options->plans[i]->vm) == options->plans[i] &&
		    add_planned(vms, options->plans[i], err) < 0)
			return -1;
	if (vms->names.count > 1)
		qsort(vms->names.list, vms->names.count, sizeof(*vms->names.list), compare_names);
	if (vms->npages > 1)
		qsort(vms->pages, vms->npages, sizeof(*vms->pages), compare_pages);
	return 0;
}
