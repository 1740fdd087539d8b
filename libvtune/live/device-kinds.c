/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of devices of which a plan governs something. */
#include <string.h>

#include "../base/xml.h"
#include "../domain/pcie.h"
#include "compare.h"

static bool is(struct _xmlNode *node, const char *attribute, const char *value)
{
	const char *text = vtune__xml_peek(node, attribute);

	return text && strcmp(text, value) == 0;
}

static const char *child_attribute(struct _xmlNode *node, const char *child, const char *attribute)
{
	node = vtune__xml_child(node, child);
	return node ? vtune__xml_peek(node, attribute) : NULL;
}

static bool is_any(struct _xmlNode *device)
{
	return device != NULL;
}

static const char *disk_name(struct _xmlNode *disk, char buffer[32])
{
	(void)buffer;
	return child_attribute(disk, "target", "dev");
}

static bool is_scsi(struct _xmlNode *controller)
{
	return is(controller, "type", "scsi");
}

static const char *index_of(struct _xmlNode *controller, char buffer[32])
{
	(void)buffer;
	return vtune__xml_peek(controller, "index");
}

static bool is_our_pci(struct _xmlNode *controller)
{
	return is(controller, "type", "pci") && vtune__pci_is_ours(controller);
}

static const char *mac_of(struct _xmlNode *interface, char buffer[32])
{
	(void)buffer;
	return child_attribute(interface, "mac", "address");
}

static bool is_pci_hostdev(struct _xmlNode *hostdev)
{
	return vtune__domain_passed_through(hostdev) != NULL;
}

static const char *host_address(struct _xmlNode *hostdev, char buffer[32])
{
	return vtune__domain_pci_address(vtune__domain_passed_through(hostdev), buffer) ? buffer
											: NULL;
}

static const char *const none[] = { NULL };
static const char *const source[] = { "source", NULL };
static const char *const driver[] = { "driver", NULL };
static const char *const target[] = { "target", NULL };
static const char *const mac[] = { "mac", NULL };
static const char *const disk_parts[] = { "driver", "readonly", NULL };
static const char *const disk_attributes[] = { "device", "rawio", NULL };
static const char *const disk_added[] = { "disk/device", "driver/name", "driver/type", NULL };
static const char *const disk_order[] = { "driver",   "auth",	 "source", "backingStore",
					  "geometry", "target",	 "iotune", "readonly",
					  "alias",    "address", NULL };
static const char *const controller_order[] = { "model", "driver",  "master", "target",
						"alias", "address", NULL };
static const char *const pci_added[] = { "target/chassis", "target/port", "target/hotplug", NULL };
static const char *const interface_parts[] = {
	"source", "vlan", "virtualport", "model", "driver", "mtu", NULL,
};
static const char *const interface_attributes[] = { "managed", NULL };
static const char *const interface_added[] = { "source/mode", "address/type", "model/type", NULL };
static const char *const interface_order[] = {
	"mac",	  "source", "vlan",	 "virtualport", "ip",	   "route",   "script",
	"target", "guest",  "model",	 "driver",	"backend", "boot",    "filterref",
	"tune",	  "link",   "bandwidth", "mtu",		"alias",   "address", NULL,
};
static const char *const hostdev_order[] = { "driver", "source",  "boot", "rom",
					     "alias",  "address", NULL };

static const struct vtune__device_kind kinds[] = {
	{ .element = "disk",
	  .code = "disks",
	  .what = "disk",
	  .differs = "has other settings of its driver",
	  .is = is_any,
	  .name = disk_name,
	  .is_made = vtune__device_made_disk,
	  .keys = target,
	  .parts = disk_parts,
	  .attributes = disk_attributes,
	  .added = disk_added,
	  .order = disk_order },
	{ .element = "controller",
	  .code = "disks",
	  .what = "SCSI controller",
	  .differs = "has other settings of its driver",
	  .is = is_scsi,
	  .name = index_of,
	  .is_made = vtune__device_made_scsi,
	  .keys = none,
	  .parts = driver,
	  .attributes = none,
	  .added = none,
	  .order = controller_order },
	{ .element = "interface",
	  .code = "interfaces",
	  .what = "interface",
	  .differs = "has another source, driver or queues",
	  .is = is_any,
	  .name = mac_of,
	  .is_made = vtune__device_made_interface,
	  .keys = mac,
	  .parts = interface_parts,
	  .attributes = interface_attributes,
	  .added = interface_added,
	  .order = interface_order,
	  .is_typed = true },
	{ .element = "hostdev",
	  .code = "hostdevs",
	  .what = "device",
	  .differs = "is passed through in another way",
	  .is = is_pci_hostdev,
	  .name = host_address,
	  .is_made = vtune__device_made_hostdev,
	  .keys = source,
	  .parts = none,
	  .attributes = none,
	  .added = none,
	  .order = hostdev_order,
	  .is_whole = true },
	/* Those of ours that go again are found by what is on them. */
	{ .element = "controller",
	  .code = "pcie",
	  .what = "PCI controller",
	  .differs = "is near another cell, or has another bus number",
	  .is = is_our_pci,
	  .name = index_of,
	  .keys = none,
	  .parts = target,
	  .attributes = none,
	  .added = pci_added,
	  .order = controller_order,
	  .is_whole = true },
};

const struct vtune__device_kind *vtune__device_kind(struct _xmlNode *device)
{
	for (size_t i = 0; i < VTUNE__COUNT(kinds); i++)
		if (strcmp(vtune__xml_name(device), kinds[i].element) == 0 && kinds[i].is(device))
			return &kinds[i];
	return NULL;
}

struct _xmlNode *vtune__device_first(struct _xmlNode *domain)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");

	return devices ? vtune__xml_child(devices, NULL) : NULL;
}

static bool has_type_of(struct _xmlNode *a, struct _xmlNode *b)
{
	const char *type = vtune__xml_peek(b, "type");

	return type && is(a, "type", type);
}

struct _xmlNode *vtune__device_find(struct _xmlNode *domain, struct _xmlNode *device)
{
	const struct vtune__device_kind *kind = vtune__device_kind(device);
	char buffers[2][32];
	const char *name = kind ? kind->name(device, buffers[0]) : NULL;
	struct _xmlNode *node = name ? vtune__device_first(domain) : NULL;

	for (; node; node = vtune__xml_next(node, NULL)) {
		const char *other = vtune__device_kind(node) == kind ? kind->name(node, buffers[1])
								     : NULL;

		if (other && strcmp(name, other) == 0 &&
		    (!kind->is_typed || has_type_of(node, device)))
			return node;
	}
	return NULL;
}
