/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

static void write_backing(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune__backing_spec *backing)
{
	struct json_object *object;

	if (!backing->locked && !backing->nosharepages && !backing->shared && !backing->source &&
	    !backing->allocation && !backing->allocation_threads)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "memory_backing", object);
	vtune__spec_put_said(w, object, "locked", backing->locked);
	vtune__spec_put_said(w, object, "nosharepages", backing->nosharepages);
	vtune__spec_put_said(w, object, "shared", backing->shared);
	vtune__spec_put_word(w, object, "source", vtune__memory_source_names, (int)backing->source);
	vtune__spec_put_word(w, object, "allocation", vtune__allocation_mode_names,
			     (int)backing->allocation);
	vtune__spec_put_number(w, object, "allocation_threads", backing->allocation_threads);
}

static void write_hotplug(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune__backing_spec *backing)
{
	struct json_object *object;

	if (!backing->max_memory_kib)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "hotplug", object);
	vtune__spec_put_size(w, object, "max_memory", backing->max_memory_kib);
	if (backing->slots != VTUNE__DEFAULT_SLOTS)
		vtune__json_put_uint(w, object, "slots", backing->slots);
}

static void put_limit(struct vtune__json_writer *w, struct json_object *object, const char *key,
		      uint64_t kib)
{
	if (kib)
		vtune__spec_put_size(w, object, key, kib);
}

static void write_memtune(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune__memory_limits *limits)
{
	struct json_object *object;

	if (!limits->hard_kib && !limits->soft_kib && !limits->swap_hard_kib)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "memtune", object);
	put_limit(w, object, "hard_limit", limits->hard_kib);
	put_limit(w, object, "soft_limit", limits->soft_kib);
	put_limit(w, object, "swap_hard_limit", limits->swap_hard_kib);
}

void vtune__spec_write_backing(struct vtune__json_writer *w, struct json_object *root,
			       const struct vtune_spec *spec)
{
	write_backing(w, root, &spec->backing);
	write_hotplug(w, root, &spec->backing);
	write_memtune(w, root, &spec->backing.limits);
}
