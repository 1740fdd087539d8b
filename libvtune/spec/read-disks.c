/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>
#include <string.h>

/* libvirt's own, in its domain schema. */
const char *const vtune__disk_buses[] = {
	"virtio", "scsi", "sata", "ide", "usb", "fdc", "sd", "xen", NULL,
};
const char *const vtune__disk_types[] = {
	"file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", NULL,
};

/* What the name of a target begins with, and the bus that libvirt takes then. */
static const struct {
	const char *prefix, *bus;
} targets[] = {
	{ "vd", "virtio" }, { "sd", "scsi" }, { "hd", "ide" }, { "fd", "fdc" }, { "xvd", "xen" },
};

const char *vtune__spec_bus_of_target(const char *target)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	for (unsigned int i = 0; i < VTUNE__COUNT(targets); i++) {
		size_t length = strlen(targets[i].prefix);

		if (strncmp(target, targets[i].prefix, length) != 0)
			continue;
		target += length;
		return *target && target[strspn(target, word)] == '\0' ? targets[i].bus : NULL;
	}
	return NULL;
}

/* ---- disks ---- */

static int read_target(const struct vtune__json *at, struct vtune_spec *spec,
		       struct vtune__disk_spec *disk, const char **bus, struct vtune_error **err)
{
	struct vtune__json child;
	const char *target;

	if (vtune__json_need(at, "target", &child, err) < 0 ||
	    vtune__json_string(&child, &target, err) < 0)
		return -1;
	*bus = vtune__spec_bus_of_target(target);
	if (!*bus)
		return vtune__json_fail(&child, err,
					"\"%s\" is not a target that libvirt takes; it "
					"must be like \"vda\", \"sda\" or \"hda\"",
					target);
	for (const struct vtune__disk_spec *other = spec->disks; other < disk; other++)
		if (strcmp(other->target, target) == 0)
			return vtune__json_fail(&child, err,
						"The target \"%s\" is already that of "
						"disk %u",
						target, (unsigned int)(other - spec->disks));
	disk->target = vtune__strdup(target, err);
	return disk->target ? 0 : -1;
}

static int read_disk(const struct vtune__json *at, struct vtune_spec *spec,
		     struct vtune__disk_spec *disk, struct vtune_error **err)
{
	static const char *const keys[] = { "target", "bus", "type", "source", "queues", NULL };
	const char *bus, *source = "";
	struct vtune__json child;
	int word = -1, type = -1;

	if (vtune__json_object(at, keys, err) < 0 || read_target(at, spec, disk, &bus, err) < 0 ||
	    vtune__spec_read_word(at, "bus", vtune__disk_buses, &word, err) < 0 ||
	    vtune__spec_read_word(at, "type", vtune__disk_types, &type, err) < 0)
		return -1;
	if (vtune__json_get(at, "source", &child) && vtune__json_string(&child, &source, err) < 0)
		return -1;
	disk->bus = vtune__strdup(word < 0 ? bus : vtune__disk_buses[word], err);
	disk->type = vtune__strdup(type < 0 ? "" : vtune__disk_types[type], err);
	disk->source = vtune__strdup(source, err);
	if (!disk->bus || !disk->type || !disk->source)
		return -1;
	if (vtune__json_get(at, "queues", &child))
		return vtune__spec_refuse_disk_queues(&child, err);
	return 0;
}

static int read_disks(const struct vtune__json *root, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	struct vtune__json list, at;
	unsigned int length;

	if (vtune__spec_read_list(root, "disks", &list, &length, err) < 0)
		return -1;
	spec->disks = vtune__alloc(length, sizeof(*spec->disks), err);
	if (!spec->disks)
		return -1;
	spec->ndisks = length;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (read_disk(&at, spec, &spec->disks[i], err) < 0)
			return -1;
	}
	return 0;
}

/* ---- I/O threads ---- */

static int read_iothread_count(const struct vtune__json *at, struct vtune_spec *spec,
			       struct vtune_error **err)
{
	spec->iothreads_auto = !vtune__json_is_number(at);
	if (!spec->iothreads_auto)
		return vtune__json_uint32(at, 0, VTUNE__MAX_IOTHREADS, &spec->iothread_count, err);
	if (!vtune__spec_is_auto(at))
		return vtune__json_fail(at, err, "Here must be \"auto\" or a number from 0 to %u",
					VTUNE__MAX_IOTHREADS);
	return 0;
}

static int read_iothreads(const struct vtune__json *root, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "count", "policy", NULL };
	int policy = VTUNE__IOTHREADS_SHARE;
	struct vtune__json iothreads, at;

	spec->iothread_count = vtune__spec_auto_iothreads(spec);
	spec->iothreads_auto = true;
	if (!vtune__json_get(root, "iothreads", &iothreads))
		return 0;
	if (vtune__json_object(&iothreads, keys, err) < 0 ||
	    vtune__spec_read_word(&iothreads, "policy", vtune__iothreads_names, &policy, err) < 0)
		return -1;
	spec->iothreads = (enum vtune__iothreads)policy;
	if (vtune__json_get(&iothreads, "count", &at))
		return read_iothread_count(&at, spec, err);
	return 0;
}

int vtune__spec_read_disks(const struct vtune__json *root, struct vtune_spec *spec,
			   struct vtune_error **err)
{
	return read_disks(root, spec, err) < 0 ? -1 : read_iothreads(root, spec, err);
}

void vtune__spec_free_disks(struct vtune_spec *spec)
{
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		free(spec->disks[i].target);
		free(spec->disks[i].bus);
		free(spec->disks[i].type);
		free(spec->disks[i].source);
	}
	free(spec->disks);
}
