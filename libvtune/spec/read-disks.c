/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>
#include <string.h>

static int read_target(const struct vtune__json *at, char **target, struct vtune_error **err)
{
	struct vtune__json child;
	const char *text;

	if (vtune__json_need(at, "target", &child, err) < 0 ||
	    vtune__json_string(&child, &text, err) < 0)
		return -1;
	if (!vtune__spec_bus_of_target(text))
		return vtune__json_fail(&child, err,
					"\"%s\" is not a target that libvirt takes; it "
					"must be like \"vda\", \"sda\" or \"hda\"",
					text);
	*target = vtune__strdup(text, err);
	return *target ? 0 : -1;
}

/* One of the words, or preset, as a new string. */
static int read_name(const struct vtune__json *at, const char *key, const char *const *words,
		     const char *preset, char **out, struct vtune_error **err)
{
	int word = -1;

	if (vtune__spec_read_word(at, key, words, &word, err) < 0)
		return -1;
	*out = vtune__strdup(word < 0 ? preset : words[word], err);
	return *out ? 0 : -1;
}

static int read_source(const struct vtune__json *at, char **out, struct vtune_error **err)
{
	const char *source = "";
	struct vtune__json child;

	if (vtune__json_get(at, "source", &child) && vtune__json_string(&child, &source, err) < 0)
		return -1;
	*out = vtune__strdup(source, err);
	return *out ? 0 : -1;
}

static int read_words(const struct vtune__json *at, struct vtune__disk_spec *disk,
		      struct vtune_error **err)
{
	int device = 0, cache = 0, io = 0, discard = 0, zeroes = 0;

	if (vtune__spec_read_word(at, "device", vtune__disk_devices, &device, err) < 0 ||
	    vtune__spec_read_word(at, "cache", vtune__disk_caches, &cache, err) < 0 ||
	    vtune__spec_read_word(at, "io", vtune__disk_ios, &io, err) < 0 ||
	    vtune__spec_read_word(at, "discard", vtune__disk_discards, &discard, err) < 0 ||
	    vtune__spec_read_word(at, "detect_zeroes", vtune__zeroes_words, &zeroes, err) < 0)
		return -1;
	disk->device = (enum vtune__disk_device)device;
	disk->cache = (enum vtune__disk_cache)cache;
	disk->io = (enum vtune__disk_io)io;
	disk->discard = (enum vtune__disk_discard)discard;
	disk->zeroes = (enum vtune__disk_zeroes)zeroes;
	if (vtune__spec_read_bool(at, "rawio", &disk->rawio, err) < 0)
		return -1;
	return vtune__spec_read_bool(at, "readonly", &disk->readonly, err);
}

/* One id as a number, or a set of them. */
static int read_iothread(const struct vtune__json *at, struct vtune__disk_spec *disk,
			 struct vtune_error **err)
{
	unsigned int id;

	if (vtune__json_is_number(at)) {
		if (vtune__json_uint32(at, 1, VTUNE__MAX_IOTHREAD_ID, &id, err) < 0)
			return -1;
		return vtune__set_add(&disk->iothread, id) < 0 ? vtune__fail_memory(err) : 0;
	}
	return vtune__spec_read_ids(at, &disk->iothread, err);
}

static int read_iothreads(const struct vtune__json *at, struct vtune__disk_spec *disk,
			  struct vtune_error **err)
{
	struct vtune__json one, many;
	bool says = vtune__json_get(at, "iothread", &one);

	disk->iothreads = 1;
	if (says && read_iothread(&one, disk, err) < 0)
		return -1;
	if (!vtune__json_get(at, "iothreads", &many))
		return 0;
	if (says)
		return vtune__json_fail(&many, err,
					"\"iothread\" says already which I/O threads it has");
	return vtune__json_uint32(&many, 0, VTUNE__MAX_IOTHREADS, &disk->iothreads, err);
}

static int read_queue_size(const struct vtune__json *at, unsigned int *size,
			   struct vtune_error **err)
{
	if (vtune__json_uint32(at, VTUNE__MIN_QUEUE_SIZE, VTUNE__MAX_QUEUE_SIZE, size, err) < 0)
		return -1;
	if ((*size & (*size - 1)) != 0)
		return vtune__json_fail(at, err, "The size of a queue is a power of two");
	return 0;
}

static int read_numbers(const struct vtune__json *at, struct vtune__disk_spec *disk,
			struct vtune_error **err)
{
	struct vtune__json child;

	if (vtune__json_get(at, "queues", &child) && !vtune__spec_is_auto(&child)) {
		if (!vtune__json_is_number(&child))
			return vtune__json_fail(&child, err,
						"Here must be \"auto\" or a number from 1 to %u",
						VTUNE__MAX_QUEUES);
		if (vtune__json_uint32(&child, 1, VTUNE__MAX_QUEUES, &disk->queues, err) < 0)
			return -1;
	}
	if (vtune__json_get(at, "queue_size", &child) &&
	    read_queue_size(&child, &disk->queue_size, err) < 0)
		return -1;
	disk->controller = vtune__spec_controller_of_target(disk->target);
	if (!vtune__json_get(at, "controller", &child))
		return 0;
	if (!vtune__disk_is_on(disk, "scsi"))
		return vtune__json_fail(&child, err,
					"Only disks on the bus \"scsi\" are on a "
					"controller that can be said");
	return vtune__json_uint32(&child, 0, VTUNE__MAX_CONTROLLER, &disk->controller, err);
}

static int check_disk(const struct vtune__json *at, const struct vtune__disk_spec *disk,
		      struct vtune_error **err)
{
	const char *key, *fault = vtune__disk_fault(disk, &key);
	struct vtune__json child;

	if (!fault)
		return 0;
	return vtune__json_fail(vtune__json_get(at, key, &child) ? &child : at, err, "%s", fault);
}

static int read_disk(const struct vtune__json *at, struct vtune__disk_spec *disk,
		     struct vtune_error **err)
{
	static const char *const keys[] = {
		"target",   "bus",	 "type",       "source",	"device",   "format",
		"cache",    "io",	 "discard",    "detect_zeroes", "queues",   "queue_size",
		"iothread", "iothreads", "controller", "rawio",		"readonly", NULL
	};

	if (vtune__json_object(at, keys, err) < 0 || read_target(at, &disk->target, err) < 0 ||
	    read_name(at, "bus", vtune__disk_buses, vtune__spec_bus_of_target(disk->target),
		      &disk->bus, err) < 0 ||
	    read_name(at, "type", vtune__disk_types, "", &disk->type, err) < 0 ||
	    read_source(at, &disk->source, err) < 0 ||
	    read_name(at, "format", vtune__disk_formats, "", &disk->format, err) < 0)
		return -1;
	if (read_words(at, disk, err) < 0 || read_numbers(at, disk, err) < 0 ||
	    read_iothreads(at, disk, err) < 0)
		return -1;
	return check_disk(at, disk, err);
}

/* ---- all disks ---- */

static int check_target(const struct vtune__json *at, const struct vtune__disk_spec *disks,
			unsigned int disk, struct vtune_error **err)
{
	struct vtune__json child;

	for (unsigned int other = 0; other < disk; other++)
		if (strcmp(disks[other].target, disks[disk].target) == 0 &&
		    vtune__json_get(at, "target", &child))
			return vtune__json_fail(&child, err,
						"The target \"%s\" is already that of "
						"disk %u",
						disks[disk].target, other);
	return 0;
}

/* What both say must be the same; what one alone says holds for both. */
static int check_pair(const struct vtune__json *at, const struct vtune__disk_spec *one,
		      const struct vtune__disk_spec *other, struct vtune_error **err)
{
	const char *key = NULL;
	struct vtune__json child;

	if (one->queues && other->queues && one->queues != other->queues)
		key = "queues";
	else if (!vtune__set_is_empty(&one->iothread) && !vtune__set_is_empty(&other->iothread) &&
		 !vtune__set_equal(&one->iothread, &other->iothread))
		key = "iothread";
	if (!key || !vtune__json_get(at, key, &child))
		return 0;
	return vtune__json_fail(&child, err,
				"SCSI disks have the queues and I/O threads of their controller: "
				"\"%s\" is on controller %u as well, and says something else",
				other->target, other->controller);
}

static int check_controller(const struct vtune__json *at, const struct vtune__disk_spec *disks,
			    unsigned int disk, struct vtune_error **err)
{
	const struct vtune__disk_spec *it = &disks[disk];

	if (!vtune__disk_is_on(it, "scsi"))
		return 0;
	for (unsigned int other = 0; other < disk; other++) {
		if (vtune__disk_is_on(&disks[other], "scsi") &&
		    disks[other].controller == it->controller &&
		    check_pair(at, it, &disks[other], err) < 0)
			return -1;
	}
	return 0;
}

int vtune__spec_read_disk_list(const struct vtune__json *root, struct vtune__disk_spec **disks,
			       unsigned int *ndisks, struct vtune_error **err)
{
	struct vtune__json list, at;
	unsigned int length;

	if (vtune__spec_read_list(root, "disks", &list, &length, err) < 0)
		return -1;
	*disks = vtune__alloc(length, sizeof(**disks), err);
	if (!*disks)
		return -1;
	*ndisks = length;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (read_disk(&at, &(*disks)[i], err) < 0 ||
		    check_target(&at, *disks, i, err) < 0 ||
		    check_controller(&at, *disks, i, err) < 0)
			return -1;
	}
	return 0;
}

void vtune__spec_free_disks(struct vtune_spec *spec)
{
	for (unsigned int i = 0; i < spec->ndisks; i++)
		vtune__disk_free(&spec->disks[i]);
	free(spec->disks);
}
