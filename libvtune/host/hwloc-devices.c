/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PCI devices. */
#include <stdio.h>

#include "hwloc-reading.h"
#include "sources.h"

static int add_name(struct vtune__reading *reading, struct vtune__device *device, const char *name)
{
	char **slot =
		vtune__grow((void **)&device->names, &device->nnames, sizeof(*slot), reading->err);

	if (!slot)
		return -1;
	*slot = vtune__strdup(name, reading->err);
	return *slot ? 0 : -1;
}

/* With multipath, Linux calls the path to an NVMe namespace nvme0c1n1; the disk
 * that is used is nvme0n1. */
static int add_nvme_name(struct vtune__reading *reading, struct vtune__device *device,
			 const char *name)
{
	VTUNE__CLEANUP(vtune__free_string) char *disk = NULL;
	unsigned int subsystem, path, space;
	int length = 0;
	struct vtune__text text = { 0 };

	if (sscanf(name, "nvme%uc%un%u%n", &subsystem, &path, &space, &length) != 3 || name[length])
		return 0;
	vtune__text_addf(&text, "nvme%un%u", subsystem, space);
	disk = vtune__text_take(&text, reading->err);
	return disk ? add_name(reading, device, disk) : -1;
}

static int read_names(struct vtune__reading *reading, struct vtune__device *device, hwloc_obj_t pci)
{
	hwloc_obj_t child = NULL;

	while ((child = hwloc_get_next_child(reading->topology, pci, child))) {
		if (child->type != HWLOC_OBJ_OS_DEVICE || !child->name)
			continue;
		/* GPUs and DMA engines have no name that a VM's configuration uses. */
		if (child->attr->osdev.type != HWLOC_OBJ_OSDEV_BLOCK &&
		    child->attr->osdev.type != HWLOC_OBJ_OSDEV_NETWORK &&
		    child->attr->osdev.type != HWLOC_OBJ_OSDEV_OPENFABRICS)
			continue;
		if (add_name(reading, device, child->name) < 0 ||
		    add_nvme_name(reading, device, child->name) < 0)
			return -1;
	}
	return 0;
}

/* The node of a device that is local to several is unknown, unless only one of
 * them has CPUs: the others are then memory beside it. */
static int device_node(const struct vtune__reading *reading, hwloc_obj_t pci)
{
	hwloc_obj_t part = hwloc_get_non_io_ancestor_obj(reading->topology, pci);
	unsigned int with_cpus = 0;
	int node = -1;

	if (hwloc_bitmap_weight(part->nodeset) == 1)
		return hwloc_bitmap_first(part->nodeset);
	VTUNE__HWLOC_FOREACH(id, part->nodeset) {
		int index = vtune__hwloc_find_node(reading, (unsigned int)id);

		if (index < 0 || vtune__set_is_empty(&reading->draft->nodes[index].cpus))
			continue;
		with_cpus++;
		node = id;
	}
	return with_cpus == 1 ? node : -1;
}

static int format(struct vtune__reading *reading, char **out, const char *format, ...)
	VTUNE__PRINTF(3, 4);

static int format(struct vtune__reading *reading, char **out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	*out = vtune__vprint(reading->err, format, args);
	va_end(args);
	return *out ? 0 : -1;
}

/* The bus behind the host bridge above it, where hwloc has one. */
static int read_root(struct vtune__reading *reading, struct vtune__device *device, hwloc_obj_t pci)
{
	const struct hwloc_bridge_attr_s *attr;
	hwloc_obj_t above = pci->parent;

	while (above && !(above->type == HWLOC_OBJ_BRIDGE &&
			  above->attr->bridge.upstream_type == HWLOC_OBJ_BRIDGE_HOST))
		above = above->parent;
	if (!above)
		return 0;
	attr = &above->attr->bridge;
	return format(reading, &device->root, "%04x:%02x", attr->downstream.pci.domain,
		      attr->downstream.pci.secondary_bus);
}

/* 0000 and ffff are no vendors: what cannot be read. */
static int read_numbers(struct vtune__reading *reading, struct vtune__device *device,
			const struct hwloc_pcidev_attr_s *attr)
{
	if (attr->vendor_id == 0 || attr->vendor_id == 0xffff)
		return 0;
	if (format(reading, &device->vendor, "%04x", attr->vendor_id) < 0)
		return -1;
	return format(reading, &device->product, "%04x", attr->device_id);
}

int vtune__hwloc_read_devices(struct vtune__reading *reading)
{
	const struct hwloc_pcidev_attr_s *attr;
	struct vtune__device *device;
	hwloc_obj_t pci = NULL;
	const char *class;

	while ((pci = hwloc_get_next_pcidev(reading->topology, pci))) {
		attr = &pci->attr->pcidev;
		class = vtune__pci_class(attr->class_id);
		if (!class)
			continue;
		device = vtune__draft_add_device(reading->draft, reading->err);
		if (!device)
			return -1;
		device->node = device_node(reading, pci);
		device->class = vtune__strdup(class, reading->err);
		if (!device->class ||
		    format(reading, &device->id, "%04x:%02x:%02x.%x", attr->domain, attr->bus,
			   attr->dev, attr->func) < 0 ||
		    read_numbers(reading, device, attr) < 0 ||
		    read_root(reading, device, pci) < 0 || read_names(reading, device, pci) < 0)
			return -1;
	}
	return 0;
}
