/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec document: what a spec must say, and what it says other than the default. */
#include "spec.h"

#include <string.h>

#include "../base/json.h"

static void put_size(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     uint64_t kib)
{
	char text[32];

	vtune__size_print(kib, text);
	vtune__json_put_string(w, object, key, text);
}

/* In each list of words the first is the default. */
static void put_word(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     const char *const *words, int word)
{
	if (word > 0)
		vtune__json_put_string(w, object, key, words[word]);
}

static void write_cpu(struct vtune__json_writer *w, struct json_object *root,
		      const struct vtune_spec *spec)
{
	struct json_object *cpu;

	if (spec->policy == VTUNE__DEDICATED && spec->threads == VTUNE__PREFER &&
	    !spec->has_cpu_mode && !spec->shares)
		return;
	cpu = vtune__json_new_object(w);
	vtune__json_put(w, root, "cpu", cpu);
	put_word(w, cpu, "policy", vtune__cpu_policy_names, spec->policy);
	if (spec->policy == VTUNE__MIXED)
		vtune__json_put_set(w, cpu, "dedicated", &spec->dedicated);
	put_word(w, cpu, "threads", vtune__threads_names, spec->threads);
	if (spec->has_cpu_mode)
		vtune__json_put_string(w, cpu, "mode", vtune__cpu_mode_names[spec->cpu_mode]);
	if (spec->shares)
		vtune__json_put_uint(w, cpu, "shares", spec->shares);
}

static void write_cells(struct vtune__json_writer *w, struct json_object *numa,
			const struct vtune_spec *spec)
{
	struct json_object *cells;

	if (spec->cells_kind == VTUNE__CELLS_COUNT)
		vtune__json_put_uint(w, numa, "cells", spec->cell_count);
	if (spec->cells_kind != VTUNE__CELLS_EXPLICIT)
		return;
	cells = vtune__json_new_array(w);
	vtune__json_put(w, numa, "cells", cells);
	for (unsigned int i = 0; i < spec->cell_count; i++) {
		struct json_object *cell = vtune__json_new_object(w);

		vtune__json_append(w, cells, cell);
		vtune__json_put_set(w, cell, "vcpus", &spec->cells[i].vcpus);
		if (spec->cells[i].memory_kib)
			put_size(w, cell, "memory", spec->cells[i].memory_kib);
	}
}

static void write_numa(struct vtune__json_writer *w, struct json_object *root,
		       const struct vtune_spec *spec)
{
	struct json_object *numa;

	if (spec->cells_kind == VTUNE__CELLS_AUTO && spec->mode == VTUNE__STRICT &&
	    !spec->has_nodes && !spec->max_distance)
		return;
	numa = vtune__json_new_object(w);
	vtune__json_put(w, root, "numa", numa);
	write_cells(w, numa, spec);
	put_word(w, numa, "mode", vtune__memory_mode_names, spec->mode);
	if (spec->has_nodes)
		vtune__json_put_set(w, numa, "nodes", &spec->nodes);
	if (spec->max_distance)
		vtune__json_put_uint(w, numa, "max_distance", spec->max_distance);
}

static void write_hugepages(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_spec *spec)
{
	static const char *const words[] = { "auto", "none", "any" };

	if (spec->hugepages == VTUNE__PAGES_SIZE)
		put_size(w, root, "hugepages", spec->page_kib);
	else
		put_word(w, root, "hugepages", words, (int)spec->hugepages);
}

static void write_helpers(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune_spec *spec)
{
	struct json_object *helper;

	if (spec->emulator != VTUNE__EMULATOR_SHARE) {
		helper = vtune__json_new_object(w);
		vtune__json_put(w, root, "emulator", helper);
		put_word(w, helper, "policy", vtune__emulator_names, spec->emulator);
	}
	if (spec->iothreads_auto && spec->iothreads == VTUNE__IOTHREADS_SHARE)
		return;
	helper = vtune__json_new_object(w);
	vtune__json_put(w, root, "iothreads", helper);
	if (!spec->iothreads_auto)
		vtune__json_put_uint(w, helper, "count", spec->iothread_count);
	put_word(w, helper, "policy", vtune__iothreads_names, spec->iothreads);
}

static void write_disks(struct vtune__json_writer *w, struct json_object *root,
			const struct vtune_spec *spec)
{
	struct json_object *disks;

	if (!spec->ndisks)
		return;
	disks = vtune__json_new_array(w);
	vtune__json_put(w, root, "disks", disks);
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		const struct vtune__disk_spec *disk = &spec->disks[i];
		const char *bus = vtune__spec_bus_of_target(disk->target);
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, disks, object);
		vtune__json_put_string(w, object, "target", disk->target);
		if (!bus || strcmp(bus, disk->bus) != 0)
			vtune__json_put_string(w, object, "bus", disk->bus);
		if (disk->type[0])
			vtune__json_put_string(w, object, "type", disk->type);
		if (disk->source[0])
			vtune__json_put_string(w, object, "source", disk->source);
	}
}

static void write_hostdevs(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_spec *spec)
{
	struct json_object *hostdevs;

	if (!spec->nhostdevs)
		return;
	hostdevs = vtune__json_new_array(w);
	vtune__json_put(w, root, "hostdevs", hostdevs);
	for (unsigned int i = 0; i < spec->nhostdevs; i++) {
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, hostdevs, object);
		vtune__json_put_string(w, object, "id", spec->hostdevs[i].id);
		put_word(w, object, "affinity", vtune__affinity_names, spec->hostdevs[i].affinity);
	}
}

static struct json_object *write_spec(struct vtune__json_writer *w, const struct vtune_spec *spec)
{
	struct json_object *root = vtune__json_new_object(w);

	vtune__json_put_uint(w, root, "version", 1);
	vtune__json_put_string(w, root, "name", spec->name);
	vtune__json_put_uint(w, root, "vcpus", spec->vcpus);
	put_size(w, root, "memory", spec->memory_kib);
	write_cpu(w, root, spec);
	write_numa(w, root, spec);
	write_hugepages(w, root, spec);
	write_helpers(w, root, spec);
	write_disks(w, root, spec);
	write_hostdevs(w, root, spec);
	put_word(w, root, "strategy", vtune__strategy_names, spec->strategy);
	return root;
}

VTUNE_EXPORT char *vtune_spec_to_json(const struct vtune_spec *spec, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };

	if (!spec) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return vtune__json_write(&w, write_spec(&w, spec), err);
}
