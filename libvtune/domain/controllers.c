/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SCSI controllers: theirs are the I/O threads and the queues of scsi disks. */
#include <string.h>

#include "../base/xml.h"
#include "domain.h"

unsigned int vtune__domain_controller_of(struct _xmlNode *disk, const char *target)
{
	struct _xmlNode *address = vtune__xml_child(disk, "address");
	uint64_t number;

	if (address && vtune__xml_peek_uint(address, "controller", &number) &&
	    number <= VTUNE__MAX_CONTROLLER)
		return (unsigned int)number;
	return vtune__spec_controller_of_target(target);
}

/* libvirt gives those without an index the lowest free ones, in their order; here the
 * first of them is taken for 0. */
struct _xmlNode *vtune__domain_find_controller(struct _xmlNode *devices, unsigned int index)
{
	struct _xmlNode *node = vtune__xml_child(devices, "controller"), *unnumbered = NULL;
	uint64_t number;

	for (; node; node = vtune__xml_next(node, "controller")) {
		const char *type = vtune__xml_peek(node, "type");

		if (!type || strcmp(type, "scsi") != 0)
			continue;
		if (!vtune__xml_peek_uint(node, "index", &number))
			unnumbered = unnumbered ? unnumbered : node;
		else if (number == index)
			return node;
	}
	return index == 0 ? unnumbered : NULL;
}

/* Without a model, which one it is depends on machine and architecture. */
bool vtune__domain_is_virtio_scsi(struct _xmlNode *controller)
{
	const char *model = vtune__xml_peek(controller, "model");

	return model &&
	       (strcmp(model, "virtio-scsi") == 0 || strcmp(model, "virtio-transitional") == 0 ||
		strcmp(model, "virtio-non-transitional") == 0);
}

static struct _xmlNode *make(struct _xmlNode *devices, unsigned int index, struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_append(devices, "controller", vtune__device_order, err);

	if (!node || vtune__xml_set(node, "type", "scsi", err) < 0 ||
	    vtune__xml_set_uint(node, "index", index, err) < 0 ||
	    vtune__xml_set(node, "model", "virtio-scsi", err) < 0)
		return NULL;
	return node;
}

int vtune__domain_lay_controller(struct _xmlNode *devices, struct _xmlNode *node,
				 const struct vtune__disk_spec *disk, struct vtune_error **err)
{
	static const char *const order[] = {
		"driver", "master", "target", "alias", "address", NULL
	};
	unsigned int index = vtune__domain_controller_of(node, disk->target);
	struct _xmlNode *controller = vtune__domain_find_controller(devices, index);
	struct _xmlNode *driver;

	if (!controller)
		controller = make(devices, index, err);
	if (!controller)
		return -1;
	if (!vtune__domain_is_virtio_scsi(controller))
		return 0;
	driver = vtune__xml_child(controller, "driver");
	if (!driver && !disk->queues && vtune__set_is_empty(&disk->iothread))
		return 0;
	driver = vtune__xml_ensure(controller, "driver", order, err);
	if (!driver ||
	    (disk->queues && vtune__xml_set_uint(driver, "queues", disk->queues, err) < 0))
		return -1;
	if (vtune__domain_lay_driver_iothreads(driver, &disk->iothread, err) < 0)
		return -1;
	return 0;
}
