/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices of the host that a domain is given as they are. One that it has already,
 * in whatever form, stays as it is. One that the plan before this gave it, and this one
 * does not, makes way: with a choice among devices another one can have been chosen. */
#include "domain.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/xml.h"
#include "../spec/spec.h"

struct laying {
	struct _xmlNode *devices;
	const struct vtune_plan *plan;
	struct vtune_plan *before; /* NULL: none */
	struct vtune_error **err;
};

static bool gives(const struct vtune_plan *plan, const char *id)
{
	for (unsigned int i = 0; plan && i < plan->ndevices; i++)
		if (!plan->devices[i].is_interface && strcasecmp(plan->devices[i].id, id) == 0)
			return true;
	return false;
}

/* Does the domain have it, as a host device or as anything else? */
static bool is_there(const struct laying *l, const char *id)
{
	struct _xmlNode *node = vtune__xml_child(l->devices, NULL);

	for (; node; node = vtune__xml_next(node, NULL)) {
		struct _xmlNode *address = vtune__domain_passed_through(node);

		if (address && vtune__domain_is_at(address, id))
			return true;
	}
	return false;
}

/* A host device that only the plan before gave; NULL: none, or no more. */
static struct _xmlNode *find_former(const struct laying *l)
{
	struct _xmlNode *node = vtune__xml_child(l->devices, "hostdev");

	for (; node && l->before; node = vtune__xml_next(node, "hostdev")) {
		struct _xmlNode *address = vtune__domain_passed_through(node);
		char id[16];

		if (address && vtune__domain_pci_address(address, id) && gives(l->before, id) &&
		    !gives(l->plan, id))
			return address;
	}
	return NULL;
}

static struct _xmlNode *add_hostdev(const struct laying *l, bool managed)
{
	static const char *const order[] = { "driver", "source", NULL };
	static const char *const address_order[] = { "address", NULL };
	struct _xmlNode *hostdev =
		vtune__xml_append(l->devices, "hostdev", vtune__device_order, l->err);
	struct _xmlNode *driver, *source;

	if (!hostdev || vtune__xml_set(hostdev, "mode", "subsystem", l->err) < 0 ||
	    vtune__xml_set(hostdev, "type", "pci", l->err) < 0 ||
	    vtune__xml_set(hostdev, "managed", managed ? "yes" : "no", l->err) < 0)
		return NULL;
	driver = vtune__xml_ensure(hostdev, "driver", order, l->err);
	if (!driver || vtune__xml_set(driver, "name", "vfio", l->err) < 0)
		return NULL;
	source = vtune__xml_ensure(hostdev, "source", order, l->err);
	return source ? vtune__xml_ensure(source, "address", address_order, l->err) : NULL;
}

static int lay_device(const struct laying *l, const struct vtune__plan_device *device)
{
	struct _xmlNode *address;

	/* What is no PCI address is warned of in the plan. */
	if (device->is_interface || !vtune__is_pci_address(device->id) || is_there(l, device->id))
		return 0;
	address = find_former(l);
	if (!address)
		address = add_hostdev(l, !device->unmanaged);
	return address ? vtune__domain_set_pci_address(address, device->id, l->err) : -1;
}

static void remove_former(const struct laying *l)
{
	struct _xmlNode *node = vtune__xml_child(l->devices, "hostdev"), *next;

	for (; node && l->before; node = next) {
		struct _xmlNode *address = vtune__domain_passed_through(node);
		char id[16];

		next = vtune__xml_next(node, "hostdev");
		if (address && vtune__domain_pci_address(address, id) && gives(l->before, id) &&
		    !gives(l->plan, id))
			vtune__xml_remove(node);
	}
}

/* Without host devices nothing can make way. */
static int read_before(struct laying *l, struct _xmlNode *domain)
{
	char *plan VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *former VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_error *unsound = NULL;

	if (!vtune__xml_child(l->devices, "hostdev"))
		return 0;
	if (vtune__metadata_read(domain, &plan, &former, l->err) < 0)
		return -1;
	l->before = vtune__metadata_plan_of(plan, &unsound);
	return vtune__metadata_forgive(unsound, l->err);
}

static bool has_any(const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < plan->ndevices; i++)
		if (!plan->devices[i].is_interface)
			return true;
	return false;
}

int vtune__domain_lay_hostdevs(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err)
{
	struct laying l = { .plan = plan, .err = err };
	int result;

	l.devices = has_any(plan) ? vtune__domain_ensure(domain, "devices", err)
				  : vtune__xml_child(domain, "devices");
	if (!l.devices)
		return has_any(plan) ? -1 : 0;
	result = read_before(&l, domain);
	for (unsigned int i = 0; i < plan->ndevices && result == 0; i++)
		result = lay_device(&l, &plan->devices[i]);
	if (result == 0)
		remove_former(&l);
	vtune_plan_free(l.before);
	return result;
}
