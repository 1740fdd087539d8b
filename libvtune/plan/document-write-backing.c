/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/write.h"
#include "document-write.h"

static void write_backing(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune__plan_backing *backing)
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

void vtune__plan_write_backing(struct vtune__json_writer *w, struct json_object *root,
			       const struct vtune_plan *plan)
{
	const struct vtune__plan_backing *backing = &plan->backing;
	const struct vtune__memory_limits *limits = &backing->limits;
	struct json_object *object;

	write_backing(w, root, backing);
	if (backing->max_memory_kib) {
		object = vtune__json_new_object(w);
		vtune__json_put(w, root, "hotplug", object);
		vtune__json_put_uint(w, object, "max_memory_kib", backing->max_memory_kib);
		vtune__json_put_uint(w, object, "slots", backing->slots);
	}
	if (!limits->hard_kib && !limits->soft_kib && !limits->swap_hard_kib)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "memtune", object);
	vtune__spec_put_number(w, object, "hard_limit_kib", limits->hard_kib);
	vtune__spec_put_number(w, object, "soft_limit_kib", limits->soft_kib);
	vtune__spec_put_number(w, object, "swap_hard_limit_kib", limits->swap_hard_kib);
}
