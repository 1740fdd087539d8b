/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was given more than once. */
#include "host-reading.h"

#include <stdlib.h>

/* CPUs that the same VMs hold. */
struct clash {
	struct vtune__set vms; /* indexes of allocations */
	struct vtune__set cpus;
};

struct clashes {
	struct clash *list;
	unsigned int count;
};

static void free_clashes(struct clashes *clashes)
{
	for (unsigned int i = 0; i < clashes->count; i++) {
		vtune__set_free(&clashes->list[i].vms);
		vtune__set_free(&clashes->list[i].cpus);
	}
	free(clashes->list);
}

static void free_names(char ***names)
{
	free(*names);
}

static int find_twice(const struct vtune__draft *draft, struct vtune__set *twice)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set held = { 0 };

	for (unsigned int i = 0; i < draft->nallocations; i++) {
		const struct vtune__set *cpus = &draft->allocations[i].cpus;
		VTUNE__CLEANUP(vtune__set_free) struct vtune__set again = { 0 };

		if (vtune__set_copy(&again, cpus) < 0)
			return -1;
		vtune__set_and(&again, &held);
		if (vtune__set_or(twice, &again) < 0 || vtune__set_or(&held, cpus) < 0)
			return -1;
	}
	return 0;
}

static int add_clash(struct clashes *clashes, const struct vtune__draft *draft, unsigned int cpu,
		     struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set vms = { 0 };
	struct clash *clash;

	for (unsigned int i = 0; i < draft->nallocations; i++)
		if (vtune__set_has(&draft->allocations[i].cpus, cpu) && vtune__set_add(&vms, i) < 0)
			return vtune__fail_memory(err);
	for (unsigned int i = 0; i < clashes->count; i++)
		if (vtune__set_equal(&clashes->list[i].vms, &vms))
			return vtune__set_add(&clashes->list[i].cpus, cpu) < 0
				       ? vtune__fail_memory(err)
				       : 0;
	clash = vtune__grow((void **)&clashes->list, &clashes->count, sizeof(*clash), err);
	if (!clash)
		return -1;
	clash->vms = vms;
	vms = (struct vtune__set){ 0 };
	return vtune__set_add(&clash->cpus, cpu) < 0 ? vtune__fail_memory(err) : 0;
}

static int part(struct vtune__draft *draft, const struct clash *clash, struct vtune_error **err)
{
	VTUNE__CLEANUP(free_names)
	char **names = vtune__alloc(vtune__set_count(&clash->vms), sizeof(*names), err);
	unsigned int count = 0;

	if (!names)
		return -1;
	VTUNE__SET_FOREACH(vm, &clash->vms) {
		if (count > 0)
			vtune__set_andnot(&draft->allocations[vm].cpus, &clash->cpus);
		names[count++] = draft->allocations[vm].vm;
	}
	return vtune__draft_warn_clash(draft, names, count, &clash->cpus, err);
}

int vtune__host_part_clashes(struct vtune__draft *draft, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set twice = { 0 };
	VTUNE__CLEANUP(free_clashes) struct clashes clashes = { 0 };

	if (find_twice(draft, &twice) < 0)
		return vtune__fail_memory(err);
	VTUNE__SET_FOREACH(cpu, &twice)
		if (add_clash(&clashes, draft, (unsigned int)cpu, err) < 0)
			return -1;
	for (unsigned int i = 0; i < clashes.count; i++)
		if (part(draft, &clashes.list[i], err) < 0)
			return -1;
	return 0;
}

/* ---- memory ---- */

static int warn_node(struct vtune__host_reading *reading, unsigned int node, unsigned int column,
		     uint64_t promised)
{
	const struct vtune__topology *topology = reading->host->topology;
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	uint64_t page_kib = column > 0 ? topology->page_sizes[column - 1] : 0;
	struct vtune__draft *draft = reading->draft;
	struct vtune__host_warning *warning;

	vtune__text_add_size(&text, promised);
	vtune__text_add(&text, " of ");
	vtune__text_add_size(&text, vtune__table_total(topology, node, column));
	if (column > 0) {
		vtune__text_add(&text, " in pages of ");
		vtune__text_add_size(&text, page_kib);
	}
	if (text.failed)
		return vtune__fail_memory(reading->err);
	warning = vtune__draft_warn(draft, reading->err, "memory",
				    "More memory of node %u is promised to VMs than it has: %s",
				    topology->nodes[node].id, text.data);
	for (unsigned int i = 0; warning && i < draft->nallocations; i++) {
		const struct vtune__allocation *allocation = &draft->allocations[i];
		bool is_there = false;

		for (unsigned int j = 0; j < allocation->nmemory; j++)
			is_there = is_there ||
				   (allocation->memory[j].node == topology->nodes[node].id &&
				    allocation->memory[j].page_kib == page_kib);
		if (is_there &&
		    vtune__host_warning_add_vm(warning, allocation->vm, reading->err) < 0)
			return -1;
	}
	return warning ? 0 : -1;
}

int vtune__host_warn_memory(struct vtune__host_reading *reading)
{
	const struct vtune__topology *topology = reading->host->topology;
	const struct vtune__draft *draft = reading->draft;
	uint64_t *held = vtune__table_new(topology, reading->err);
	int rc = held ? 0 : -1;

	for (unsigned int i = 0; held && i < draft->nallocations; i++) {
		const struct vtune__allocation *allocation = &draft->allocations[i];

		for (unsigned int j = 0; j < allocation->nmemory; j++) {
			const struct vtune__memory_held *memory = &allocation->memory[j];
			int node = vtune__topology_node(topology, memory->node);
			int column = vtune__table_column(topology, memory->page_kib);

			vtune__table_add(&held[vtune__table_place(topology, (unsigned int)node,
								  (unsigned int)column)],
					 memory->size_kib);
		}
	}
	for (unsigned int i = 0; i < topology->nnodes && rc == 0; i++)
		for (unsigned int j = 0; j < vtune__table_columns(topology) && rc == 0; j++) {
			uint64_t kib = held[vtune__table_place(topology, i, j)];

			if (kib > vtune__table_total(topology, i, j))
				rc = warn_node(reading, i, j, kib);
		}
	free(held);
	return rc;
}
