/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain remembers of its host devices from before it was placed, known by their
 * addresses on the host. */
#include <string.h>

#include "../base/xml.h"
#include "apply.h"

void vtune__former_keep_hostdev(struct _xmlNode *hostdev)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(hostdev, NULL); node; node = next) {
		next = vtune__xml_next(node, NULL);
		if (strcmp(vtune__xml_name(node), "source") != 0)
			vtune__xml_remove(node);
	}
}

static struct _xmlNode *first_of(struct _xmlNode *domain)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");

	return devices ? vtune__xml_child(devices, "hostdev") : NULL;
}

static bool has_id(struct _xmlNode *hostdev, char id[16])
{
	struct _xmlNode *address = vtune__domain_passed_through(hostdev);

	return address && vtune__domain_pci_address(address, id);
}

static bool has(struct _xmlNode *domain, const char *id)
{
	char there[16];

	for (struct _xmlNode *node = first_of(domain); node;
	     node = vtune__xml_next(node, "hostdev"))
		if (has_id(node, there) && strcmp(there, id) == 0)
			return true;
	return false;
}

static bool is_of_plan(const char *id, const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < plan->ndevices; i++)
		if (!plan->devices[i].is_interface && strcmp(plan->devices[i].id, id) == 0)
			return true;
	return false;
}

/* One that is gone comes back: in place of one that the plan gave, or behind the others. */
static int put_one(struct _xmlNode *domain, struct _xmlNode *former, const char *id,
		   struct _xmlNode *then, const struct vtune_plan *plan, struct vtune_error **err)
{
	static const char *const order[] = { "hostdev", NULL };
	struct _xmlNode *devices = vtune__xml_child(domain, "devices"), *node;
	char there[16];

	for (node = first_of(domain); node; node = vtune__xml_next(node, "hostdev"))
		if (has_id(node, there) && is_of_plan(there, plan) && !has(former, there))
			return vtune__domain_set_pci_address(vtune__domain_passed_through(node), id,
							     err);
	node = devices ? vtune__xml_append(devices, "hostdev", order, err) : NULL;
	if (!node)
		return devices ? -1 : 0;
	return vtune__xml_replace(node, then, err);
}

/* Only what a plan had given has been taken away by the one that came then. */
static int put_all(struct _xmlNode *domain, struct _xmlNode *former, const struct vtune_plan *plan,
		   struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *older VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_plan *before;
	char id[16];
	int result = 0;

	if (vtune__metadata_read(former, &text, &older, err) < 0)
		return -1;
	before = text ? vtune__metadata_plan_of(text, NULL) : NULL;
	for (struct _xmlNode *node = first_of(former); node && before && result == 0;
	     node = vtune__xml_next(node, "hostdev"))
		if (has_id(node, id) && is_of_plan(id, before) && !has(domain, id))
			result = put_one(domain, former, id, node, plan, err);
	vtune_plan_free(before);
	return result;
}

int vtune__former_put_hostdevs(struct _xmlNode *domain, struct _xmlNode *former,
			       const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *node, *next;
	char id[16];

	if (put_all(domain, former, plan, err) < 0)
		return -1;
	for (node = first_of(domain); node; node = next) {
		next = vtune__xml_next(node, "hostdev");
		if (has_id(node, id) && is_of_plan(id, plan) && !has(former, id))
			vtune__xml_remove(node);
	}
	return 0;
}
