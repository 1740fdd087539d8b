/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks: the settings of their drivers, and those of the controllers that they are on.
 * A disk of the domain is known by its target; where its source is, on which bus and at
 * which address it stands, is the domain's own. */
#include <string.h>

#include "../base/xml.h"
#include "domain.h"

static struct _xmlNode *find_disk(struct _xmlNode *domain, const char *name)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *disk = devices ? vtune__xml_child(devices, "disk") : NULL;

	for (; disk; disk = vtune__xml_next(disk, "disk")) {
		struct _xmlNode *target = vtune__xml_child(disk, "target");
		const char *dev = target ? vtune__xml_peek(target, "dev") : NULL;

		if (dev && strcmp(dev, name) == 0)
			return disk;
	}
	return NULL;
}

/* ---- I/O threads ---- */

static int lay_iothread_list(struct _xmlNode *driver, const struct vtune__set *ids,
			     struct vtune_error **err)
{
	static const char *const in_driver[] = { "iothreads", "metadata_cache", NULL };
	static const char *const in_list[] = { "iothread", NULL };
	struct vtune__xml_list list VTUNE__CLEANUP(
		vtune__xml_list_free) = { .name = "iothread", .key = "id", .order = in_list };

	list.parent = vtune__xml_ensure(driver, "iothreads", in_driver, err);
	if (!list.parent || vtune__xml_list_keep(&list, ids, err) < 0)
		return -1;
	VTUNE__SET_FOREACH(id, ids) {
		if (!vtune__xml_list_at(&list, (unsigned int)id, err))
			return -1;
	}
	return 0;
}

int vtune__domain_lay_driver_iothreads(struct _xmlNode *driver, const struct vtune__set *ids,
				       struct vtune_error **err)
{
	unsigned int count = vtune__set_count(ids);
	struct _xmlNode *list = vtune__xml_child(driver, "iothreads");

	if (count != 1)
		vtune__xml_unset(driver, "iothread");
	if (count > 1)
		return lay_iothread_list(driver, ids, err);
	if (list)
		vtune__xml_remove(list);
	if (count == 0)
		return 0;
	return vtune__xml_set_uint(driver, "iothread", (unsigned int)vtune__set_first(ids), err);
}

/* ---- the driver ---- */

/* The first word is none of libvirt's. */
static int set_word(struct _xmlNode *driver, const char *attribute, const char *const *words,
		    int word, struct vtune_error **err)
{
	return word ? vtune__xml_set(driver, attribute, words[word], err) : 0;
}

static int lay_queues(struct _xmlNode *driver, const struct vtune__disk_spec *disk,
		      struct vtune_error **err)
{
	if (!vtune__disk_is_on(disk, "virtio")) {
		vtune__xml_unset(driver, "queues");
		vtune__xml_unset(driver, "queue_size");
		return 0;
	}
	if (disk->queues && vtune__xml_set_uint(driver, "queues", disk->queues, err) < 0)
		return -1;
	if (!disk->queue_size)
		return 0;
	return vtune__xml_set_uint(driver, "queue_size", disk->queue_size, err);
}

/* A cache of the plan and I/O of the domain, or the other way round, may be what libvirt
 * refuses; then what the plan says decides. */
static int agree(struct _xmlNode *driver, const struct vtune__disk_spec *disk,
		 struct vtune_error **err)
{
	const char *io = vtune__xml_peek(driver, "io");
	const char *cache = vtune__xml_peek(driver, "cache");

	if (!io || strcmp(io, "native") != 0 ||
	    (cache && (strcmp(cache, "none") == 0 || strcmp(cache, "directsync") == 0)))
		return 0;
	if (disk->cache)
		return vtune__xml_set(driver, "io", "threads", err);
	return disk->io ? vtune__xml_set(driver, "cache", "none", err) : 0;
}

static bool says_driver(const struct vtune__disk_spec *disk)
{
	return disk->cache || disk->io || disk->discard || disk->zeroes || disk->format[0] ||
	       (vtune__disk_is_on(disk, "virtio") &&
		(disk->queues || disk->queue_size || !vtune__set_is_empty(&disk->iothread)));
}

/* In the order of libvirt. */
static int lay_driver(struct _xmlNode *node, const struct vtune__disk_spec *disk,
		      struct vtune_error **err)
{
	static const char *const order[] = { "driver", NULL };
	struct vtune__set none = { 0 };
	struct _xmlNode *driver = vtune__xml_child(node, "driver");

	if (!driver) {
		if (!says_driver(disk))
			return 0;
		driver = vtune__xml_ensure(node, "driver", order, err);
		if (!driver || vtune__xml_set(driver, "name", "qemu", err) < 0)
			return -1;
	}
	if ((disk->format[0] && vtune__xml_set(driver, "type", disk->format, err) < 0) ||
	    set_word(driver, "cache", vtune__disk_caches, (int)disk->cache, err) < 0 ||
	    set_word(driver, "io", vtune__disk_ios, (int)disk->io, err) < 0 ||
	    set_word(driver, "discard", vtune__disk_discards, (int)disk->discard, err) < 0 ||
	    vtune__domain_lay_driver_iothreads(
		    driver, vtune__disk_is_on(disk, "virtio") ? &disk->iothread : &none, err) < 0 ||
	    set_word(driver, "detect_zeroes", vtune__zeroes_words, (int)disk->zeroes, err) < 0)
		return -1;
	return agree(driver, disk, err) < 0 ? -1 : lay_queues(driver, disk, err);
}

/* ---- all ---- */

/* Of what a new disk has at once, an old one gets what is not the default. */
static int lay_kind(struct _xmlNode *node, const struct vtune__disk_spec *disk,
		    struct vtune_error **err)
{
	static const char *const order[] = {
		"driver", "auth",    "source", "backingStore", "backenddomain", "geometry",
		"target", "blockio", "mirror", "iotune",       "readonly",	NULL,
	};

	if (disk->device == VTUNE__DEVICE_LUN && vtune__xml_set(node, "device", "lun", err) < 0)
		return -1;
	if (disk->rawio && vtune__xml_set(node, "rawio", "yes", err) < 0)
		return -1;
	return disk->readonly && !vtune__xml_ensure(node, "readonly", order, err) ? -1 : 0;
}

static int lay_disk(struct _xmlNode *domain, const struct vtune__disk_spec *disk,
		    struct vtune_error **err)
{
	struct _xmlNode *node = find_disk(domain, disk->target);

	if (node ? lay_kind(node, disk, err) < 0
		 : vtune__domain_make_disk(domain, disk, &node, err) < 0)
		return -1;
	if (!node)
		return 0;
	if (lay_driver(node, disk, err) < 0)
		return -1;
	if (!vtune__disk_is_on(disk, "scsi") || !vtune__disk_is_fixed(disk))
		return 0;
	return vtune__domain_lay_controller(vtune__xml_child(domain, "devices"), node, disk, err);
}

int vtune__domain_lay_disks(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ndisks; i++) {
		if (lay_disk(domain, &plan->disks[i], err) < 0)
			return -1;
	}
	return 0;
}
