/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices of the host that the VM is given: those that are wished for, free, each
 * once, and as near as is required. */
#include <string.h>

#include "validate.h"

/* Is it passed through to another VM? */
static int check_device_free(const struct vtune__check *check, int index,
			     const struct vtune__device *device)
{
	const struct vtune_host *host = check->host;

	for (unsigned int i = 0; i < host->nallocations; i++) {
		const struct vtune__allocation *other = &host->allocations[i];

		if (!other->ndevices || strcmp(other->vm, check->spec->name) == 0)
			continue;
		for (unsigned int j = 0; j < other->ndevices; j++) {
			if (vtune__topology_device(host->topology, other->devices[j]) == device)
				return vtune__check_fail(check, "devices", index, "id",
							 "VM \"%.100s\" has this device",
							 other->vm);
		}
	}
	return 0;
}

/* The distance to the nearest cell, by index, or one that is as near. */
static int check_device_cell(const struct vtune__check *check, int index, unsigned int node)
{
	const struct vtune__plan_device *it = &check->plan->devices[index];
	unsigned int distance, nearest = 0;

	for (unsigned int cell = 0; cell < check->plan->ncells; cell++) {
		distance = vtune__distance(check->topology, node, check->cell_node[cell]);
		if (cell == 0 || distance < nearest)
			nearest = distance;
	}
	if (it->cell < 0 || (unsigned int)it->cell >= check->plan->ncells ||
	    vtune__distance(check->topology, node, check->cell_node[it->cell]) != nearest)
		return vtune__check_fail(check, "devices", index, "cell",
					 "this is not the cell nearest to the device");
	if (it->distance != nearest)
		return vtune__check_fail(check, "devices", index, "distance",
					 "the nearest cell is %u away", nearest);
	return 0;
}

/* Some of those that the spec lists by name. */
static bool is_listed(const struct vtune__check *check, const struct vtune__hostdev_spec *wanted,
		      const struct vtune__device *device)
{
	for (unsigned int i = 0; i < wanted->nids; i++)
		if (vtune__topology_device(check->topology, wanted->ids[i]) == device)
			return true;
	return false;
}

static bool is_pf(const struct vtune__check *check, const struct vtune__device *device,
		  const char *pf)
{
	const struct vtune__device *physical = vtune__topology_device(check->topology, pf);

	return device->pf && strcmp(device->pf, physical ? physical->id : pf) == 0;
}

static bool has_functions(const struct vtune__check *check, const struct vtune__device *device)
{
	for (unsigned int i = 0; i < check->topology->ndevices; i++) {
		const char *pf = check->topology->devices[i].pf;

		if (pf && strcmp(pf, device->id) == 0)
			return true;
	}
	return false;
}

/* Of what matches, physical functions that have virtual ones are never meant, and
 * virtual ones only where something says so. */
static bool is_meant(const struct vtune__check *check, const struct vtune__hostdev_spec *wanted,
		     const struct vtune__device *device)
{
	if (wanted->ids)
		return is_listed(check, wanted, device);
	if (has_functions(check, device))
		return false;
	return !device->pf || wanted->pf || wanted->product;
}

static bool says(const char *wanted, const char *is)
{
	return !wanted || (is && strcmp(wanted, is) == 0);
}

static bool is_wanted(const struct vtune__check *check, const struct vtune__hostdev_spec *wanted,
		      const struct vtune__device *device)
{
	if (wanted->id)
		return vtune__topology_device(check->topology, wanted->id) == device;
	return is_meant(check, wanted, device) &&
	       (!wanted->pf || is_pf(check, device, wanted->pf)) &&
	       says(wanted->class, device->class) && says(wanted->vendor, device->vendor) &&
	       says(wanted->product, device->product);
}

static int check_which(const struct vtune__check *check, int index, unsigned int wish,
		       const struct vtune__device *device)
{
	const struct vtune__hostdev_spec *wanted = vtune__spec_wish(check->spec, wish);
	const struct vtune__plan_device *it = &check->plan->devices[index];

	if (!device)
		return vtune__check_fail(check, "devices", index, "id",
					 "the host has no device \"%.100s\"", it->id);
	if (!is_wanted(check, wanted, device))
		return vtune__check_fail(check, "devices", index, "id",
					 wanted->id ? "the spec asks for device \"%.100s\" here, "
						      "and it must be one of the host's"
						    : "device \"%.100s\" is not what the spec "
						      "asks for here",
					 wanted->id ? wanted->id : it->id);
	for (int other = 0; other < index; other++)
		if (vtune__topology_device(check->topology, check->plan->devices[other].id) ==
		    device)
			return vtune__check_fail(check, "devices", index, "id",
						 "device %d of the plan is the same", other);
	if ((it->is_interface ? (int)it->interface : -1) !=
	    vtune__spec_wish_interface(check->spec, wish))
		return vtune__check_fail(check, "devices", index, "interface",
					 "the spec asks for the device for another purpose");
	if (it->unmanaged != wanted->unmanaged)
		return vtune__check_fail(check, "devices", index, "managed",
					 "it is not as in the spec");
	return 0;
}

static int check_where(const struct vtune__check *check, int index, bool required,
		       const struct vtune__device *device)
{
	const struct vtune__plan_device *it = &check->plan->devices[index];
	const struct vtune__topology *topology = check->topology;
	int id = device->node < 0 ? -1 : (int)topology->nodes[device->node].id;

	if (it->node != id)
		return vtune__check_fail(check, "devices", index, "node",
					 "the device is on node %d (-1: unknown)", id);
	if (device->node >= 0) {
		if (required && !check->is_cell_node[device->node])
			return vtune__check_fail(check, "devices", index, "node",
						 "the spec requires a cell on the device's node");
		return check_device_cell(check, index, (unsigned int)device->node);
	}
	if (required && topology->nnodes > 1)
		return vtune__check_fail(check, "devices", index, "node",
					 "the spec requires a cell on the device's node, which is "
					 "not known");
	if (it->cell >= 0)
		return vtune__check_fail(check, "devices", index, "cell",
					 "no cell is near to a device whose node is not known");
	return 0;
}

static int check_device(const struct vtune__check *check, int index, unsigned int wish)
{
	const struct vtune__device *device =
		vtune__topology_device(check->topology, check->plan->devices[index].id);
	enum vtune__affinity affinity = vtune__spec_wish(check->spec, wish)->affinity;

	if (check_which(check, index, wish, device) < 0 ||
	    check_device_free(check, index, device) < 0)
		return -1;
	return check_where(check, index, affinity == VTUNE__AFFINITY_REQUIRE, device);
}

int vtune__check_devices(struct vtune__check *check)
{
	unsigned int wanted = vtune__spec_devices_wished(check->spec);
	int index = 0;

	if (check->plan->ndevices != wanted)
		return vtune__check_fail(check, "devices", -1, NULL,
					 "the plan lists %u devices, the spec %u",
					 check->plan->ndevices, wanted);
	for (unsigned int i = 0; i < vtune__spec_wish_count(check->spec); i++)
		for (unsigned int k = 0; k < vtune__spec_wish(check->spec, i)->count; k++)
			if (check_device(check, index++, i) < 0)
				return -1;
	return 0;
}
