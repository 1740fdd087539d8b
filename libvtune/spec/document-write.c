/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec document: what a spec must say, and what it says other than the default. */
#include "write.h"

void vtune__spec_put_size(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  uint64_t kib)
{
	char text[32];

	vtune__size_print(kib, text);
	vtune__json_put_string(w, object, key, text);
}

void vtune__spec_put_word(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  const char *const *words, int word)
{
	if (word > 0)
		vtune__json_put_string(w, object, key, words[word]);
}

void vtune__spec_put_number(struct vtune__json_writer *w, struct json_object *object,
			    const char *key, uint64_t number)
{
	if (number)
		vtune__json_put_uint(w, object, key, number);
}

void vtune__spec_put_text(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  const char *text)
{
	if (text && text[0])
		vtune__json_put_string(w, object, key, text);
}

void vtune__spec_put_said(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  enum vtune__said said)
{
	if (said != VTUNE__UNSAID)
		vtune__json_put_bool(w, object, key, said == VTUNE__YES);
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
			vtune__spec_put_size(w, cell, "memory", spec->cells[i].memory_kib);
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
	vtune__spec_put_word(w, numa, "mode", vtune__memory_mode_names, spec->mode);
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
		vtune__spec_put_size(w, root, "hugepages", spec->page_kib);
	else
		vtune__spec_put_word(w, root, "hugepages", words, (int)spec->hugepages);
}

static void write_emulator(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_spec *spec)
{
	struct json_object *emulator;

	if (spec->emulator == VTUNE__EMULATOR_SHARE)
		return;
	emulator = vtune__json_new_object(w);
	vtune__json_put(w, root, "emulator", emulator);
	vtune__spec_put_word(w, emulator, "policy", vtune__emulator_names, spec->emulator);
}

static struct json_object *write_spec(struct vtune__json_writer *w, const struct vtune_spec *spec)
{
	struct json_object *root = vtune__json_new_object(w);

	vtune__json_put_uint(w, root, "version", 1);
	vtune__json_put_string(w, root, "name", spec->name);
	vtune__json_put_uint(w, root, "vcpus", spec->vcpus);
	vtune__spec_put_size(w, root, "memory", spec->memory_kib);
	vtune__spec_write_cpu(w, root, spec);
	write_numa(w, root, spec);
	write_hugepages(w, root, spec);
	write_emulator(w, root, spec);
	vtune__spec_write_disks(w, root, spec);
	vtune__spec_write_interfaces(w, root, spec);
	vtune__spec_write_hostdevs(w, root, spec);
	vtune__spec_write_pcie(w, root, spec);
	vtune__spec_write_schedule(w, root, spec);
	vtune__spec_write_backing(w, root, spec);
	vtune__spec_put_word(w, root, "strategy", vtune__strategy_names, spec->strategy);
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
