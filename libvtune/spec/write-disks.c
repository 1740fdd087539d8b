/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

#include <string.h>

/* ---- I/O threads ---- */

static void write_settings(struct vtune__json_writer *w, struct json_object *object,
			   const char *key, const struct vtune__iothread_tuning *tuning,
			   unsigned int which)
{
	static const char *const names[] = { "max", "grow", "shrink", "min", "max" };
	struct json_object *inner;

	if (!(tuning->said & which))
		return;
	inner = vtune__json_new_object(w);
	vtune__json_put(w, object, key, inner);
	for (unsigned int i = 0; i < VTUNE__IOTHREAD_SETTINGS; i++)
		if (tuning->said & which & 1u << i)
			vtune__json_put_int(w, inner, names[i], tuning->value[i]);
}

void vtune__spec_write_tuning(struct vtune__json_writer *w, struct json_object *object,
			      const struct vtune__iothread_tuning *tuning)
{
	write_settings(w, object, "poll", tuning, VTUNE__POLL_SETTINGS);
	write_settings(w, object, "thread_pool", tuning, VTUNE__POOL_SETTINGS);
}

/* Without them they would be 1, 2, ..., as many as the count is, or "auto" would be
 * fewer. */
static bool ids_matter(const struct vtune_spec *spec)
{
	return !vtune__set_is_empty(&spec->iothread_ids) &&
	       (spec->iothreads_auto ||
		vtune__set_next(&spec->iothread_ids, spec->iothread_count + 1) >= 0);
}

static void write_iothreads(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_spec *spec)
{
	struct json_object *iothreads;

	if (spec->iothreads_auto && spec->iothreads == VTUNE__IOTHREADS_SHARE &&
	    !ids_matter(spec) && !spec->iothread_tuning.said)
		return;
	iothreads = vtune__json_new_object(w);
	vtune__json_put(w, root, "iothreads", iothreads);
	if (!spec->iothreads_auto)
		vtune__json_put_uint(w, iothreads, "count", spec->iothread_count);
	vtune__spec_put_word(w, iothreads, "policy", vtune__iothreads_names, spec->iothreads);
	if (ids_matter(spec))
		vtune__json_put_set(w, iothreads, "ids", &spec->iothread_ids);
	vtune__spec_write_tuning(w, iothreads, &spec->iothread_tuning);
}

/* ---- disks ---- */

static void write_driver(struct vtune__json_writer *w, struct json_object *object,
			 const struct vtune__disk_spec *disk)
{
	vtune__spec_put_word(w, object, "cache", vtune__disk_caches, disk->cache);
	vtune__spec_put_word(w, object, "io", vtune__disk_ios, disk->io);
	vtune__spec_put_word(w, object, "discard", vtune__disk_discards, disk->discard);
	vtune__spec_put_word(w, object, "detect_zeroes", vtune__zeroes_words, disk->zeroes);
	if (disk->queues)
		vtune__json_put_uint(w, object, "queues", disk->queues);
	if (disk->queue_size)
		vtune__json_put_uint(w, object, "queue_size", disk->queue_size);
	if (vtune__set_count(&disk->iothread) == 1)
		vtune__json_put_int(w, object, "iothread", vtune__set_first(&disk->iothread));
	else if (!vtune__set_is_empty(&disk->iothread))
		vtune__json_put_set(w, object, "iothread", &disk->iothread);
	else if (disk->iothreads != 1)
		vtune__json_put_uint(w, object, "iothreads", disk->iothreads);
}

void vtune__spec_write_disk(struct vtune__json_writer *w, struct json_object *array,
			    const struct vtune__disk_spec *disk)
{
	struct json_object *object = vtune__json_new_object(w);
	const char *bus = vtune__spec_bus_of_target(disk->target);

	vtune__json_append(w, array, object);
	vtune__json_put_string(w, object, "target", disk->target);
	if (!bus || strcmp(bus, disk->bus) != 0)
		vtune__json_put_string(w, object, "bus", disk->bus);
	if (disk->type[0])
		vtune__json_put_string(w, object, "type", disk->type);
	if (disk->source[0])
		vtune__json_put_string(w, object, "source", disk->source);
	vtune__spec_put_word(w, object, "device", vtune__disk_devices, disk->device);
	if (disk->format[0])
		vtune__json_put_string(w, object, "format", disk->format);
	write_driver(w, object, disk);
	if (vtune__disk_is_on(disk, "scsi") &&
	    disk->controller != vtune__spec_controller_of_target(disk->target))
		vtune__json_put_uint(w, object, "controller", disk->controller);
	if (disk->rawio)
		vtune__json_put_bool(w, object, "rawio", true);
	if (disk->readonly)
		vtune__json_put_bool(w, object, "readonly", true);
}

void vtune__spec_write_disks(struct vtune__json_writer *w, struct json_object *root,
			     const struct vtune_spec *spec)
{
	struct json_object *disks;

	write_iothreads(w, root, spec);
	if (!spec->ndisks)
		return;
	disks = vtune__json_new_array(w);
	vtune__json_put(w, root, "disks", disks);
	for (unsigned int i = 0; i < spec->ndisks; i++)
		vtune__spec_write_disk(w, disks, &spec->disks[i]);
}
