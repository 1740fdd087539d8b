/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

static const char *known(const char *const *words, const char *word)
{
	for (; word && *words; words++) {
		if (strcmp(*words, word) == 0)
			return *words;
	}
	return NULL;
}

/* What a path may not hold in a spec is no path of a device either. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}
	return true;
}

/* The path, or the PCI address, that the host may know as a device; "" for others. */
static const char *source_of(struct _xmlNode *disk, const char *type, char address[16])
{
	struct _xmlNode *source = vtune__xml_child(disk, "source");
	struct _xmlNode *place = source ? vtune__xml_child(source, "address") : NULL;
	const char *text = NULL;

	if (source && strcmp(type, "file") == 0)
		text = vtune__xml_peek(source, "file");
	else if (source && (strcmp(type, "block") == 0 || strcmp(type, "vhostvdpa") == 0))
		text = vtune__xml_peek(source, "dev");
	else if (source && strcmp(type, "dir") == 0)
		text = vtune__xml_peek(source, "dir");
	else if (place && strcmp(type, "nvme") == 0 && vtune__domain_pci_address(place, address))
		text = address;
	return text && is_plain(text) ? text : "";
}

/* CD and floppy drives need no I/O thread. */
static bool is_disk(struct _xmlNode *disk)
{
	const char *device = vtune__xml_peek(disk, "device");

	return !device || strcmp(device, "disk") == 0 || strcmp(device, "lun") == 0;
}

static bool is_there(const struct vtune_spec *spec, const char *target)
{
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		if (strcmp(spec->disks[i].target, target) == 0)
			return true;
	}
	return false;
}

static int add(struct vtune_spec *spec, struct _xmlNode *disk, const char *target, const char *bus,
	       struct vtune_error **err)
{
	const char *type = known(vtune__disk_types, vtune__xml_peek(disk, "type"));
	struct vtune__disk_spec *it;
	char address[16];

	it = vtune__grow((void **)&spec->disks, &spec->ndisks, sizeof(*it), err);
	if (!it)
		return -1;
	if (!type)
		type = "";
	it->target = vtune__strdup(target, err);
	it->bus = it->target ? vtune__strdup(bus, err) : NULL;
	it->type = it->bus ? vtune__strdup(type, err) : NULL;
	it->source = it->type ? vtune__strdup(source_of(disk, type, address), err) : NULL;
	return it->source ? 0 : -1;
}

/* Disks that a spec has no words for have no I/O thread either. */
static int add_disk(struct vtune_spec *spec, struct _xmlNode *disk, struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(disk, "target");
	const char *target = node ? vtune__xml_peek(node, "dev") : NULL;
	const char *bus = node ? vtune__xml_peek(node, "bus") : NULL;
	const char *default_bus = target ? vtune__spec_bus_of_target(target) : NULL;

	bus = bus ? known(vtune__disk_buses, bus) : default_bus;
	if (!default_bus || !bus || !is_disk(disk) || is_there(spec, target))
		return 0;
	if (spec->ndisks == VTUNE__MAX_DEVICES)
		return vtune__xml_fail(disk, err, VTUNE_ERR_DOCUMENT,
				       "There are more than %u disks", VTUNE__MAX_DEVICES);
	return add(spec, disk, target, bus, err);
}

int vtune__spec_of_disks(struct vtune_spec *spec, struct _xmlNode *domain, struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *disk = devices ? vtune__xml_child(devices, "disk") : NULL;

	for (; disk; disk = vtune__xml_next(disk, "disk")) {
		if (add_disk(spec, disk, err) < 0)
			return -1;
	}
	return 0;
}
