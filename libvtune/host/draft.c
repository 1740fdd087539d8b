/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const vtune__memory_kind_names[] = { "dram", "hbm", "cxl", "nvm", "gpu", NULL };

static void free_strings(char **strings, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

static void free_sets(struct vtune__set *sets, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		vtune__set_free(&sets[i]);
	free(sets);
}

void vtune__device_free(struct vtune__device *device)
{
	free(device->id);
	free(device->class);
	free_strings(device->names, device->nnames);
	free(device->vendor);
	free(device->product);
	free(device->pf);
	free(device->root);
}

bool vtune__is_pci_number(const char *text)
{
	return strlen(text) == 4 && strspn(text, "0123456789abcdefABCDEF") == 4;
}

void vtune__processor_free(struct vtune__processor *processor)
{
	free(processor->arch);
	free(processor->vendor);
	free(processor->model);
}

void vtune__allocation_free(struct vtune__allocation *allocation)
{
	unsigned int *references = allocation->references;

	if (references && __atomic_sub_fetch(references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	free(references);
	free(allocation->vm);
	vtune__set_free(&allocation->cpus);
	free(allocation->shared);
	free_strings(allocation->devices, allocation->ndevices);
	free(allocation->memory);
}

void vtune__draft_free(struct vtune__draft *draft)
{
	for (unsigned int i = 0; i < draft->nnodes; i++) {
		vtune__set_free(&draft->nodes[i].cpus);
		free(draft->nodes[i].pages);
		free(draft->nodes[i].distances);
	}
	if (draft->words) {
		draft->ncores = draft->ncaches = draft->npackages = 0;
		draft->ndies = draft->nclusters = 0;
	}
	free(draft->words);
	for (unsigned int i = 0; i < draft->ncaches; i++)
		vtune__set_free(&draft->caches[i].cpus);
	for (unsigned int i = 0; i < draft->ndevices; i++)
		vtune__device_free(&draft->devices[i]);
	for (unsigned int i = 0; i < draft->nallocations; i++)
		vtune__allocation_free(&draft->allocations[i]);
	for (unsigned int i = 0; i < draft->nwarnings; i++)
		vtune__host_warning_free(&draft->warnings[i]);
	free(draft->warnings);
	free(draft->name);
	free(draft->hypervisor.type);
	vtune__processor_free(&draft->processor);
	free(draft->nodes);
	free(draft->caches);
	free(draft->devices);
	free(draft->allocations);
	free_sets(draft->cores, draft->ncores);
	free_sets(draft->packages, draft->npackages);
	free_sets(draft->dies, draft->ndies);
	free_sets(draft->clusters, draft->nclusters);
	vtune__set_free(&draft->reserved);
	vtune__set_free(&draft->shared);
	vtune__set_free(&draft->isolated);
	vtune__set_free(&draft->offline);
	*draft = (struct vtune__draft){ 0 };
}

struct vtune__draft_node *vtune__draft_add_node(struct vtune__draft *draft,
						struct vtune_error **err)
{
	return vtune__grow((void **)&draft->nodes, &draft->nnodes, sizeof(*draft->nodes), err);
}

struct vtune__set *vtune__draft_add_core(struct vtune__draft *draft, struct vtune_error **err)
{
	return vtune__grow((void **)&draft->cores, &draft->ncores, sizeof(*draft->cores), err);
}

struct vtune__cache *vtune__draft_add_cache(struct vtune__draft *draft, struct vtune_error **err)
{
	return vtune__grow((void **)&draft->caches, &draft->ncaches, sizeof(*draft->caches), err);
}

struct vtune__set *vtune__draft_add_package(struct vtune__draft *draft, struct vtune_error **err)
{
	return vtune__grow((void **)&draft->packages, &draft->npackages, sizeof(*draft->packages),
			   err);
}

struct vtune__set *vtune__draft_add_die(struct vtune__draft *draft, struct vtune_error **err)
{
	return vtune__grow((void **)&draft->dies, &draft->ndies, sizeof(*draft->dies), err);
}

struct vtune__set *vtune__draft_add_cluster(struct vtune__draft *draft, struct vtune_error **err)
{
	return vtune__grow((void **)&draft->clusters, &draft->nclusters, sizeof(*draft->clusters),
			   err);
}

struct vtune__device *vtune__draft_add_device(struct vtune__draft *draft, struct vtune_error **err)
{
	struct vtune__device *device = vtune__grow((void **)&draft->devices, &draft->ndevices,
						   sizeof(*draft->devices), err);

	if (device)
		device->node = device->iommu_group = -1;
	return device;
}

struct vtune__allocation *vtune__draft_add_allocation(struct vtune__draft *draft,
						      struct vtune_error **err)
{
	return vtune__grow((void **)&draft->allocations, &draft->nallocations,
			   sizeof(*draft->allocations), err);
}

int vtune__draft_fail(struct vtune_error **err, const char *list, unsigned int index,
		      const char *rest, const char *format, ...)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	char where[128];
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	if (text.failed)
		return vtune__fail_memory(err);
	snprintf(where, sizeof(where), "/%s/%u%s", list, index, rest);
	return vtune__fail(err, VTUNE_ERR_DOCUMENT, where, "%s", text.data);
}
