/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

#include <string.h>

static void write_iothreads(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_spec *spec)
{
	struct json_object *iothreads;

	if (spec->iothreads_auto && spec->iothreads == VTUNE__IOTHREADS_SHARE)
		return;
	iothreads = vtune__json_new_object(w);
	vtune__json_put(w, root, "iothreads", iothreads);
	if (!spec->iothreads_auto)
		vtune__json_put_uint(w, iothreads, "count", spec->iothread_count);
	vtune__spec_put_word(w, iothreads, "policy", vtune__iothreads_names, spec->iothreads);
}

static void write_list(struct vtune__json_writer *w, struct json_object *root,
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

void vtune__spec_write_disks(struct vtune__json_writer *w, struct json_object *root,
			     const struct vtune_spec *spec)
{
	write_iothreads(w, root, spec);
	write_list(w, root, spec);
}
