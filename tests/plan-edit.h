/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans for tests, made and changed by short texts. Words, parted by blanks:
 *
 *   vm=NAME fits=0 huge=1 mode=2 threads=1 shares=7 cpu_mode=1
 *   cell/0=0-3@1:8192/4     vCPUs 0-3 on node 1 with 8192 KiB in pages of 4 KiB
 *   cell/0/vcpus=0-2 cell/0/node=1 cell/0/memory_kib=8 cell/0/page_kib=2048
 *   cell/0/memory=0:4096,1:4096
 *   vcpu/0=5@0              dedicated CPU 5, in cell 0
 *   vcpu/0=~4-7@0           shared CPUs 4-7
 *   emulator=0-1 held=2-5 guest=1,1,2,2 (or with clusters behind) distances=10,21,21,10
 *   iothread/0=4-7:vda,vdb  iothread/0/id=3
 *   device/0=ID;1;0;10      node, cell, distance
 *   cost=0,0,0,0,2,0,4,4 cost/remote=5
 *   cells=1 vcpus=2 iothreads=0 devices=0          cut off what is more
 */
#ifndef VTUNE_TESTS_PLAN_EDIT_H
#define VTUNE_TESTS_PLAN_EDIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"

static void edit_set(struct vtune__set *set, const char *text)
{
	const char *why = NULL;

	vtune__set_free(set);
	*set = (struct vtune__set){ 0 };
	assert_true(vtune__set_parse(set, text, VTUNE__MAX_CPU, &why));
}

/* The element, which is made with all before it when it is not there. */
static void *edit_at(void **array, unsigned int *count, size_t size, unsigned int index)
{
	while (*count <= index)
		assert_non_null(vtune__grow(array, count, size, NULL));
	return (char *)*array + index * size;
}

static void edit_memory(struct vtune__plan_cell *cell, const char *text)
{
	unsigned long long size;
	unsigned int node;
	int used;

	free(cell->memory);
	cell->memory = NULL;
	cell->nmemory = 0;
	for (; sscanf(text, "%u:%llu%n", &node, &size, &used) == 2; text += *text == ',') {
		struct vtune__plan_memory *part = edit_at((void **)&cell->memory, &cell->nmemory,
							  sizeof(*part), cell->nmemory);

		part->node = node;
		part->size_kib = size;
		text += used;
	}
}

static void edit_cell(struct vtune__plan_cell *cell, const char *key, const char *value)
{
	unsigned long long number = strtoull(value, NULL, 10), page;
	char vcpus[32], memory[64];

	if (strcmp(key, "vcpus") == 0) {
		edit_set(&cell->vcpus, value);
	} else if (strcmp(key, "node") == 0) {
		cell->node = (unsigned int)number;
	} else if (strcmp(key, "memory_kib") == 0) {
		cell->memory_kib = number;
	} else if (strcmp(key, "page_kib") == 0) {
		cell->page_kib = number;
	} else if (strcmp(key, "memory") == 0) {
		edit_memory(cell, value);
	} else {
		assert_int_equal(sscanf(value, "%31[^@]@%u:%llu/%llu", vcpus, &cell->node, &number,
					&page),
				 4);
		edit_set(&cell->vcpus, vcpus);
		cell->memory_kib = number;
		cell->page_kib = page;
		snprintf(memory, sizeof(memory), "%u:%llu", cell->node, number);
		edit_memory(cell, memory);
	}
}

static void edit_vcpu(struct vtune__plan_vcpu *vcpu, const char *value)
{
	char cpus[64] = "";
	const char *at = strchr(value, '@');

	assert_non_null(at);
	vcpu->dedicated = *value != '~';
	value += !vcpu->dedicated;
	memcpy(cpus, value, (size_t)(at - value));
	edit_set(&vcpu->cpus, cpus);
	vcpu->cell = (unsigned int)strtoul(at + 1, NULL, 10);
}

static void edit_iothread(struct vtune__plan_iothread *thread, const char *key, const char *value)
{
	char cpus[64] = "", *disks, *disk, *rest;
	const char *colon = strchr(value, ':');

	if (strcmp(key, "id") == 0) {
		thread->id = (unsigned int)strtoul(value, NULL, 10);
		return;
	}
	assert_non_null(colon);
	memcpy(cpus, value, (size_t)(colon - value));
	edit_set(&thread->cpus, cpus);
	while (thread->ndisks > 0)
		free(thread->disks[--thread->ndisks]);
	free(thread->disks);
	thread->disks = NULL;
	disks = strdup(colon + 1);
	for (disk = strtok_r(disks, ",", &rest); disk; disk = strtok_r(NULL, ",", &rest))
		*(char **)edit_at((void **)&thread->disks, &thread->ndisks, sizeof(char *),
				  thread->ndisks) = strdup(disk);
	free(disks);
}

static void edit_device(struct vtune__plan_device *device, const char *value)
{
	char id[64];

	assert_int_equal(sscanf(value, "%63[^;];%d;%d;%u", id, &device->node, &device->cell,
				&device->distance),
			 4);
	free(device->id);
	device->id = strdup(id);
}

static void edit_cost(struct vtune__plan_cost *cost, const char *key, const char *value)
{
	static const char *const names[] = {
		"remote", "spread",	 "devices",  "helpers",
		"caches", "split_cores", "leftover", "leftover_caches"
	};
	int64_t *const parts[] = { &cost->remote,   &cost->spread,	   &cost->devices,
				   &cost->helpers,  &cost->caches,	   &cost->split_cores,
				   &cost->leftover, &cost->leftover_caches };
	bool found = false;
	char *end;

	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++) {
		if (*key && strcmp(key, names[i]) != 0)
			continue;
		*parts[i] = strtoll(value, &end, 10);
		value = *key ? value : end + (*end == ',');
		found = true;
	}
	assert_true(found);
}

static void edit_distances(struct vtune_plan *plan, const char *value)
{
	char *end;

	free(plan->distances);
	plan->distances = calloc((size_t)plan->ncells * plan->ncells, sizeof(*plan->distances));
	for (unsigned int i = 0; i < plan->ncells * plan->ncells; i++) {
		plan->distances[i] = (unsigned int)strtoul(value, &end, 10);
		value = end + (*end == ',');
	}
}

static bool edit_element(struct vtune_plan *plan, const char *path, const char *value)
{
	char list[16], key[16] = "";
	unsigned int i;

	if (sscanf(path, "%15[a-z]/%u/%15s", list, &i, key) < 2)
		return false;
	if (strcmp(list, "cell") == 0)
		edit_cell(edit_at((void **)&plan->cells, &plan->ncells, sizeof(*plan->cells), i),
			  key, value);
	else if (strcmp(list, "vcpu") == 0)
		edit_vcpu(edit_at((void **)&plan->vcpus, &plan->nvcpus, sizeof(*plan->vcpus), i),
			  value);
	else if (strcmp(list, "iothread") == 0)
		edit_iothread(edit_at((void **)&plan->iothreads, &plan->niothreads,
				      sizeof(*plan->iothreads), i),
			      key, value);
	else
		edit_device(edit_at((void **)&plan->devices, &plan->ndevices,
				    sizeof(*plan->devices), i),
			    value);
	return true;
}

static bool edit_count(struct vtune_plan *plan, const char *path, unsigned int count)
{
	if (strcmp(path, "cells") == 0) {
		for (; plan->ncells > count; plan->ncells--) {
			vtune__set_free(&plan->cells[plan->ncells - 1].vcpus);
			free(plan->cells[plan->ncells - 1].memory);
		}
	} else if (strcmp(path, "vcpus") == 0) {
		while (plan->nvcpus > count)
			vtune__set_free(&plan->vcpus[--plan->nvcpus].cpus);
	} else if (strcmp(path, "iothreads") == 0) {
		for (; plan->niothreads > count; plan->niothreads--) {
			edit_iothread(&plan->iothreads[plan->niothreads - 1], "", ":");
			vtune__set_free(&plan->iothreads[plan->niothreads - 1].cpus);
		}
	} else if (strcmp(path, "devices") == 0) {
		while (plan->ndevices > count)
			free(plan->devices[--plan->ndevices].id);
	} else {
		return false;
	}
	return true;
}

static bool edit_scalar(struct vtune_plan *plan, const char *path, const char *value)
{
	unsigned int number = (unsigned int)strtoul(value, NULL, 10);

	if (strcmp(path, "fits") == 0)
		plan->fits = number;
	else if (strcmp(path, "huge") == 0)
		plan->huge = number;
	else if (strcmp(path, "mode") == 0)
		plan->memory_mode = (enum vtune__memory_mode)number;
	else if (strcmp(path, "threads") == 0)
		plan->threads = (enum vtune__threads)number;
	else if (strcmp(path, "shares") == 0)
		plan->shares = number;
	else if (strcmp(path, "cpu_mode") == 0)
		plan->has_cpu_mode = (plan->cpu_mode = (int)number, true);
	else
		return false;
	return true;
}

static void edit_word(struct vtune_plan *plan, const char *path, const char *value)
{
	if (edit_element(plan, path, value) || edit_scalar(plan, path, value) ||
	    edit_count(plan, path, (unsigned int)strtoul(value, NULL, 10)))
		return;
	if (strcmp(path, "vm") == 0) {
		free(plan->vm);
		plan->vm = strdup(value);
	} else if (strcmp(path, "emulator") == 0) {
		edit_set(&plan->emulator, value);
	} else if (strcmp(path, "held") == 0) {
		edit_set(&plan->held, value);
	} else if (strcmp(path, "guest") == 0) {
		plan->guest.clusters = 1;
		assert_in_range(sscanf(value, "%u,%u,%u,%u,%u", &plan->guest.sockets,
				       &plan->guest.dies, &plan->guest.cores,
				       &plan->guest.threads, &plan->guest.clusters),
				4, 5);
	} else if (strcmp(path, "distances") == 0) {
		edit_distances(plan, value);
	} else {
		assert_true(strncmp(path, "cost", 4) == 0);
		edit_cost(&plan->cost, path[4] == '/' ? path + 5 : "", value);
	}
}

static void plan_edit(struct vtune_plan *plan, const char *words)
{
	char *copy = strdup(words), *word, *rest, *equals;

	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		equals = strchr(word, '=');
		assert_non_null(equals);
		*equals = '\0';
		edit_word(plan, word, equals + 1);
	}
	free(copy);
}

/* I/O threads are numbered as they should be, the VM is "vm", and it fits. */
static struct vtune_plan *plan_of(const char *words)
{
	struct vtune_plan *plan = vtune__plan_new("vm", NULL);

	assert_non_null(plan);
	plan->fits = true;
	plan_edit(plan, words);
	for (unsigned int i = 0; i < plan->niothreads; i++)
		plan->iothreads[i].id = i + 1;
	return plan;
}

#endif
