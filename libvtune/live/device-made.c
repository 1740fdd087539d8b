/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that was not there before a plan was set, and is as the plan would make it, was
 * made by the plan. */
#include <string.h>

#include "../base/xml.h"
#include "compare.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool vtune__device_made_disk(struct _xmlNode *disk, const struct vtune_plan *plan)
{
	struct _xmlNode *target = vtune__xml_child(disk, "target");
	struct _xmlNode *source = vtune__xml_child(disk, "source");
	const char *dev = target ? vtune__xml_peek(target, "dev") : NULL;
	const char *file = source ? vtune__xml_peek(source, "file") : NULL;
	const char *block = source ? vtune__xml_peek(source, "dev") : NULL;

	for (unsigned int i = 0; dev && i < plan->ndisks; i++) {
		const struct vtune__disk_spec *it = &plan->disks[i];

		if (strcmp(it->target, dev) == 0)
			return it->source[0] ? same_text(file ? file : block, it->source)
					     : !file && !block;
	}
	return false;
}

bool vtune__device_made_scsi(struct _xmlNode *controller, const struct vtune_plan *plan)
{
	uint64_t index;

	if (!vtune__xml_peek_uint(controller, "index", &index) ||
	    !vtune__domain_is_virtio_scsi(controller))
		return false;
	for (unsigned int i = 0; i < plan->ndisks; i++)
		if (vtune__disk_is_on(&plan->disks[i], "scsi") &&
		    plan->disks[i].controller == index)
			return true;
	return false;
}

static bool has_mac(struct _xmlNode *interface, const char *mac)
{
	struct _xmlNode *node = vtune__xml_child(interface, "mac");
	const char *address = node ? vtune__xml_peek(node, "address") : NULL;

	return !mac[0] || (address && strcmp(mac, address) == 0);
}

bool vtune__device_made_interface(struct _xmlNode *interface, const struct vtune_plan *plan)
{
	int type = vtune__domain_interface_type(interface);

	for (unsigned int i = 0; type > 0 && i < plan->ninterfaces; i++) {
		const struct vtune__plan_interface *it = &plan->interfaces[i];
		const char *source = vtune__domain_interface_source(interface, it->type);

		if ((int)it->type == type && has_mac(interface, it->mac) &&
		    (!it->source[0] || (source && strcmp(it->source, source) == 0)))
			return true;
	}
	return false;
}

bool vtune__device_made_hostdev(struct _xmlNode *hostdev, const struct vtune_plan *plan)
{
	struct _xmlNode *address = vtune__domain_passed_through(hostdev);
	char id[16];

	if (!address || !vtune__domain_pci_address(address, id))
		return false;
	for (unsigned int i = 0; i < plan->ndevices; i++)
		if (!plan->devices[i].is_interface && strcmp(plan->devices[i].id, id) == 0)
			return true;
	return false;
}
