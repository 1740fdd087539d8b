/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A <disk> that the domain does not have yet. */
#include <string.h>

#include "../base/xml.h"
#include "domain.h"

const char *const vtune__device_order[] = {
	"emulator", "disk",	"controller", "lease",	 "filesystem", "interface", "smartcard",
	"serial",   "parallel", "console",    "channel", "input",      "tpm",	    "graphics",
	"sound",    "audio",	"video",      "hostdev", NULL,
};

static const char *const order[] = { "driver", "source", "target", "readonly", "address", NULL };

/* The element that names the source, and its attribute; NULL: not one of a path. */
static const char *source_attribute(const struct vtune__disk_spec *disk)
{
	if (strcmp(disk->type, "file") == 0)
		return "file";
	return strcmp(disk->type, "block") == 0 ? "dev" : NULL;
}

/* libvirt takes a file without format for raw, and so would show the insides of any
 * other to the guest; a block device mostly is raw. */
static const char *format_of(const struct vtune__disk_spec *disk)
{
	if (disk->format[0])
		return disk->format;
	return strcmp(disk->type, "block") == 0 || disk->device == VTUNE__DEVICE_CDROM ? "raw"
										       : NULL;
}

/* The drive has nothing in it where no source is said. */
static bool may_be_empty(const struct vtune__disk_spec *disk)
{
	return !vtune__disk_is_fixed(disk);
}

static bool is_known(const struct vtune__disk_spec *disk)
{
	return source_attribute(disk) && format_of(disk) &&
	       (disk->source[0] == '/' || (may_be_empty(disk) && !disk->source[0]));
}

static bool unit_is_taken(struct _xmlNode *devices, unsigned int controller, unsigned int unit)
{
	struct _xmlNode *disk = vtune__xml_child(devices, "disk");

	for (; disk; disk = vtune__xml_next(disk, "disk")) {
		struct _xmlNode *address = vtune__xml_child(disk, "address");
		struct _xmlNode *target = vtune__xml_child(disk, "target");
		const char *dev = target ? vtune__xml_peek(target, "dev") : NULL;
		const char *bus = target ? vtune__xml_peek(target, "bus") : NULL;
		uint64_t number;

		if (!dev || !bus || strcmp(bus, "scsi") != 0 ||
		    vtune__domain_controller_of(disk, dev) != controller)
			continue;
		if (!address) /* libvirt gives it one of the first seven */
			return unit < 7;
		if (vtune__xml_peek_uint(address, "unit", &number) && number == unit)
			return true;
	}
	return false;
}

/* libvirt itself finds the place of a disk on the controller that goes with its target. */
static int set_address(struct _xmlNode *node, struct _xmlNode *devices,
		       const struct vtune__disk_spec *disk, struct vtune_error **err)
{
	struct _xmlNode *address;
	unsigned int unit = 0;

	if (!vtune__disk_is_on(disk, "scsi") ||
	    disk->controller == vtune__spec_controller_of_target(disk->target))
		return 0;
	while (unit_is_taken(devices, disk->controller, unit))
		unit++;
	address = vtune__xml_ensure(node, "address", order, err);
	if (!address || vtune__xml_set(address, "type", "drive", err) < 0 ||
	    vtune__xml_set_uint(address, "controller", disk->controller, err) < 0 ||
	    vtune__xml_set_uint(address, "bus", 0, err) < 0 ||
	    vtune__xml_set_uint(address, "target", 0, err) < 0)
		return -1;
	return vtune__xml_set_uint(address, "unit", unit, err);
}

static int set_source(struct _xmlNode *node, const struct vtune__disk_spec *disk,
		      struct vtune_error **err)
{
	struct _xmlNode *source;

	if (!disk->source[0])
		return 0;
	source = vtune__xml_ensure(node, "source", order, err);
	return source ? vtune__xml_set(source, source_attribute(disk), disk->source, err) : -1;
}

static int fill(struct _xmlNode *node, struct _xmlNode *devices,
		const struct vtune__disk_spec *disk, struct vtune_error **err)
{
	struct _xmlNode *child;

	if (vtune__xml_set(node, "type", disk->type, err) < 0 ||
	    vtune__xml_set(node, "device", vtune__disk_devices[disk->device], err) < 0 ||
	    (disk->rawio && vtune__xml_set(node, "rawio", "yes", err) < 0))
		return -1;
	child = vtune__xml_ensure(node, "driver", order, err);
	if (!child || vtune__xml_set(child, "name", "qemu", err) < 0 ||
	    vtune__xml_set(child, "type", format_of(disk), err) < 0 ||
	    set_source(node, disk, err) < 0)
		return -1;
	child = vtune__xml_ensure(node, "target", order, err);
	if (!child || vtune__xml_set(child, "dev", disk->target, err) < 0 ||
	    vtune__xml_set(child, "bus", disk->bus, err) < 0)
		return -1;
	if ((disk->readonly || disk->device == VTUNE__DEVICE_CDROM) &&
	    !vtune__xml_ensure(node, "readonly", order, err))
		return -1;
	return set_address(node, devices, disk, err);
}

int vtune__domain_make_disk(struct _xmlNode *domain, const struct vtune__disk_spec *disk,
			    struct _xmlNode **made, struct vtune_error **err)
{
	struct _xmlNode *devices;

	*made = NULL;
	if (!is_known(disk))
		return 0;
	devices = vtune__domain_ensure(domain, "devices", err);
	*made = devices ? vtune__xml_append(devices, "disk", vtune__device_order, err) : NULL;
	return *made ? fill(*made, devices, disk, err) : -1;
}
