/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pcie.h"

#include <string.h>

#include "../base/xml.h"

struct _xmlNode *vtune__pci_passed_through(struct _xmlNode *devices, const char *id)
{
	struct _xmlNode *device = vtune__xml_child(devices, NULL);

	for (; device; device = vtune__xml_next(device, NULL)) {
		struct _xmlNode *address = vtune__domain_passed_through(device);

		/* The guest sees an NVMe disk as a virtio one. */
		if (address && strcmp(vtune__xml_name(device), "disk") != 0 &&
		    vtune__domain_is_at(address, id))
			return device;
	}
	return NULL;
}

/* ---- what libvirt will find a place for ---- */

static bool is_on_bus(struct _xmlNode *device, const char *bus)
{
	struct _xmlNode *target = vtune__xml_child(device, "target");

	return vtune__xml_is(device, "bus", bus) || (target && vtune__xml_is(target, "bus", bus));
}

/* Disks that say no bus are on the one that their target tells. */
static bool is_disk(struct _xmlNode *device, const char *bus, const char *prefix)
{
	struct _xmlNode *target = vtune__xml_child(device, "target");
	const char *name = target ? vtune__xml_peek(target, "dev") : NULL;

	if (strcmp(vtune__xml_name(device), "disk") != 0)
		return false;
	if (is_on_bus(device, bus))
		return true;
	return name && !vtune__xml_peek(target, "bus") && strncmp(name, prefix, 2) == 0;
}

static bool is_controller(struct _xmlNode *device, const char *type)
{
	return strcmp(vtune__xml_name(device), "controller") == 0 &&
	       vtune__xml_is(device, "type", type);
}

/* Does it take a port? Too many are no harm. */
static bool takes_port(struct _xmlNode *device)
{
	static const char *const always[] = { "interface", "rng",    "vsock",	  "filesystem",
					      "shmem",	   "crypto", "memballoon" };
	static const char *const controllers[] = { "usb", "scsi", "virtio-serial" };
	const char *name = vtune__xml_name(device);

	if (vtune__xml_is(device, "model", "none"))
		return false;
	for (unsigned int i = 0; i < VTUNE__COUNT(always); i++)
		if (strcmp(name, always[i]) == 0)
			return true;
	for (unsigned int i = 0; i < VTUNE__COUNT(controllers); i++)
		if (is_controller(device, controllers[i]))
			return true;
	if (strcmp(name, "hostdev") == 0)
		return vtune__xml_is(device, "type", "pci") ||
		       vtune__xml_is(device, "type", "mdev");
	if (strcmp(name, "input") == 0)
		return is_on_bus(device, "virtio");
	return is_disk(device, "virtio", "vd");
}

unsigned int vtune__pci_unplaced(struct _xmlNode *devices)
{
	struct _xmlNode *device = vtune__xml_child(devices, NULL);
	bool usb = false, balloon = false, scsi = false, serial = false;
	bool scsi_disk = false, channel = false;
	unsigned int count = 0;

	for (; device; device = vtune__xml_next(device, NULL)) {
		const char *name = vtune__xml_name(device);

		usb |= is_controller(device, "usb");
		scsi |= is_controller(device, "scsi");
		serial |= is_controller(device, "virtio-serial");
		balloon |= strcmp(name, "memballoon") == 0;
		channel |= strcmp(name, "channel") == 0;
		scsi_disk |= is_disk(device, "scsi", "sd");
		count += takes_port(device) && !vtune__xml_child(device, "address");
	}
	/* What libvirt adds by itself. */
	return count + !usb + !balloon + (scsi_disk && !scsi) + (channel && !serial);
}
