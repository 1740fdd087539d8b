/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices of a host. */
#include "topology.h"

#include <stdlib.h>
#include <string.h>

static int compare_devices(const void *a, const void *b)
{
	const struct vtune__device *left = a, *right = b;

	return strcmp(left->id, right->id);
}

static bool has_name(const struct vtune__device *device, const char *name)
{
	for (unsigned int i = 0; i < device->nnames; i++)
		if (strcmp(device->names[i], name) == 0)
			return true;
	return false;
}

const struct vtune__device *vtune__topology_device(const struct vtune__topology *topology,
						   const char *id)
{
	const struct vtune__device key = { .id = (char *)id };
	const struct vtune__device *device = NULL;
	const char *name = strncmp(id, "/dev/", 5) == 0 ? id + 5 : id;

	if (topology->ndevices > 0)
		device = bsearch(&key, topology->devices, topology->ndevices, sizeof(key),
				 compare_devices);
	for (unsigned int i = 0; !device && i < topology->ndevices; i++)
		if (has_name(&topology->devices[i], name))
			device = &topology->devices[i];
	return device;
}

/* ---- building ---- */

/* Hex digits. */
static void lower(char *text)
{
	for (; text && *text; text++)
		if (*text >= 'A' && *text <= 'F')
			*text = (char)(*text - 'A' + 'a');
}

static int copy_origin(struct vtune__device *to, const struct vtune__device *from,
		       struct vtune_error **err)
{
	to->iommu_group = from->iommu_group;
	if (vtune__set_string(&to->vendor, from->vendor, err) < 0 ||
	    vtune__set_string(&to->product, from->product, err) < 0 ||
	    vtune__set_string(&to->pf, from->pf, err) < 0 ||
	    vtune__set_string(&to->root, from->root, err) < 0)
		return -1;
	lower(to->vendor);
	lower(to->product);
	return 0;
}

static int copy_device(struct vtune__device *to, const struct vtune__device *from,
		       struct vtune_error **err)
{
	to->id = vtune__strdup(from->id, err);
	to->class = vtune__strdup(from->class ? from->class : "", err);
	to->names = vtune__alloc(from->nnames, sizeof(*to->names), err);
	if (!to->id || !to->class || !to->names)
		return -1;
	for (; to->nnames < from->nnames; to->nnames++) {
		to->names[to->nnames] = vtune__strdup(from->names[to->nnames], err);
		if (!to->names[to->nnames])
			return -1;
	}
	return copy_origin(to, from, err);
}

static int check_device(const struct vtune__topology *topology, const struct vtune__draft *draft,
			unsigned int i, struct vtune_error **err)
{
	const struct vtune__device *device = &draft->devices[i];

	if (!device->id || !device->id[0])
		return vtune__draft_fail(err, "devices", i, "/id", "A device must have an id");
	if (device->node >= 0 && vtune__topology_node(topology, (unsigned int)device->node) < 0)
		return vtune__draft_fail(err, "devices", i, "/node",
					 "The device %s is on node %d, which this host does not "
					 "have",
					 device->id, device->node);
	if (device->pf && strcmp(device->pf, device->id) == 0)
		return vtune__draft_fail(err, "devices", i, "/pf",
					 "The device %s cannot be a virtual function of itself",
					 device->id);
	return 0;
}

/* Physical functions are told by what names them. */
static void mark_physical(struct vtune__topology *topology)
{
	for (unsigned int i = 0; i < topology->ndevices; i++) {
		struct vtune__device key = { .id = topology->devices[i].pf }, *physical;

		physical = key.id ? bsearch(&key, topology->devices, topology->ndevices,
					    sizeof(key), compare_devices)
				  : NULL;
		if (physical)
			physical->has_vfs = true;
	}
}

static int check_distinct_devices(const struct vtune__topology *topology,
				  const struct vtune__draft *draft, struct vtune_error **err)
{
	for (unsigned int i = 1; i < topology->ndevices; i++) {
		const char *id = topology->devices[i].id;
		unsigned int last = draft->ndevices - 1;

		if (strcmp(topology->devices[i - 1].id, id) != 0)
			continue;
		while (strcmp(draft->devices[last].id, id) != 0)
			last--;
		return vtune__draft_fail(err, "devices", last, "/id",
					 "Two devices have the id \"%s\"; every device needs its "
					 "own",
					 id);
	}
	return 0;
}

int vtune__topology_add_devices(struct vtune__topology *topology, const struct vtune__draft *draft,
				struct vtune_error **err)
{
	topology->devices = vtune__alloc(draft->ndevices, sizeof(*topology->devices), err);
	if (!topology->devices)
		return -1;
	for (unsigned int i = 0; i < draft->ndevices; i++) {
		struct vtune__device *device = &topology->devices[i];
		int node = draft->devices[i].node;

		if (check_device(topology, draft, i, err) < 0)
			return -1;
		topology->ndevices++;
		device->node = node < 0 ? -1 : vtune__topology_node(topology, (unsigned int)node);
		if (copy_device(device, &draft->devices[i], err) < 0)
			return -1;
	}
	qsort(topology->devices, topology->ndevices, sizeof(*topology->devices), compare_devices);
	mark_physical(topology);
	return check_distinct_devices(topology, draft, err);
}
