/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which <interface> of a domain is which of the plan. */
#include "domain.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

struct element {
	struct _xmlNode *node;
	char mac[VTUNE__MAC_SIZE]; /* "" where it has none */
	int type;		   /* -1: none that a plan knows */
	bool taken;
};

struct matching {
	struct element *elements;
	unsigned int nelements;
	/* libvirt shows the interfaces of a running domain that are in a network as what the
	 * network made them. */
	bool runs;
};

int vtune__domain_interface_type(struct _xmlNode *node)
{
	int type = vtune__find_word(vtune__interface_types, vtune__xml_peek(node, "type"));

	return type > 0 ? type : -1; /* the first is "", which is no type */
}

const char *vtune__domain_interface_source(struct _xmlNode *node, enum vtune__interface_type type)
{
	struct _xmlNode *source = vtune__xml_child(node, "source");
	const char *attribute = vtune__domain_source_attribute(type);

	return source && attribute ? vtune__xml_peek(source, attribute) : NULL;
}

static int collect(struct _xmlNode *devices, struct matching *matching, struct vtune_error **err)
{
	struct _xmlNode *node = devices ? vtune__xml_child(devices, "interface") : NULL;

	for (; node; node = vtune__xml_next(node, "interface")) {
		struct element *it = vtune__grow((void **)&matching->elements, &matching->nelements,
						 sizeof(*it), err);
		struct _xmlNode *mac = vtune__xml_child(node, "mac");
		const char *address = mac ? vtune__xml_peek(mac, "address") : NULL;

		if (!it)
			return -1;
		it->node = node;
		it->type = vtune__domain_interface_type(node);
		if (!address || !vtune__interface_mac(address, it->mac))
			it->mac[0] = '\0';
	}
	return 0;
}

/* ---- which one suits ---- */

static bool is_made_of_network(const struct matching *matching, int type)
{
	return matching->runs &&
	       (type == VTUNE__INTERFACE_BRIDGE || type == VTUNE__INTERFACE_DIRECT ||
		type == VTUNE__INTERFACE_HOSTDEV);
}

static bool suits_type(const struct matching *matching, const struct element *element,
		       const struct vtune__plan_interface *it)
{
	if (element->type < 0)
		return false;
	if (it->type == VTUNE__INTERFACE_UNSAID)
		return vtune__interface_has_vhost((enum vtune__interface_type)element->type);
	return element->type == (int)it->type || (it->type == VTUNE__INTERFACE_NETWORK &&
						  is_made_of_network(matching, element->type));
}

static bool has_device(const struct element *element, const char *device)
{
	struct _xmlNode *address = vtune__xml_path(element->node, "source/address");

	return address && vtune__domain_is_at(address, device);
}

static bool suits_source(const struct element *element, const struct vtune__plan_interface *it)
{
	const char *source;

	if (element->type != (int)it->type)
		return true;
	if (it->type == VTUNE__INTERFACE_HOSTDEV)
		return has_device(element, it->device);
	if (!it->source[0])
		return true;
	source = vtune__domain_interface_source(element->node, it->type);
	return source && strcmp(source, it->source) == 0;
}

static int find_by_mac(struct matching *matching, const struct vtune__plan_interface *it,
		       struct element **found, struct vtune_error **err)
{
	struct element *other = NULL;

	*found = NULL;
	for (unsigned int i = 0; i < matching->nelements; i++) {
		struct element *element = &matching->elements[i];

		if (element->taken || strcmp(element->mac, it->mac) != 0)
			continue;
		if (suits_type(matching, element, it)) {
			*found = element;
			return 0;
		}
		other = element;
	}
	if (!other)
		return 0;
	return vtune__xml_fail(
		other->node, err, VTUNE_ERR_DOCUMENT,
		"The interface %s is of the type \"%s\" here, and %s%s%s in the plan; change one of "
		"them",
		it->mac,
		vtune__xml_peek(other->node, "type") ? vtune__xml_peek(other->node, "type") : "",
		it->type ? "of the type \"" : "without a type", vtune__interface_types[it->type],
		it->type ? "\"" : "");
}

/* One with this very source; of host devices, which may be chosen anew, else the next. */
static struct element *find_next(struct matching *matching, const struct vtune__plan_interface *it)
{
	struct element *next = NULL;

	for (unsigned int i = 0; i < matching->nelements; i++) {
		struct element *element = &matching->elements[i];

		if (element->taken || !suits_type(matching, element, it))
			continue;
		if (suits_source(element, it))
			return element;
		if (!next && it->type == VTUNE__INTERFACE_HOSTDEV)
			next = element;
	}
	return next;
}

/* ---- all of them ---- */

static int match(struct matching *matching, const struct vtune_plan *plan, bool with_mac,
		 struct element **matches, struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ninterfaces; i++) {
		const struct vtune__plan_interface *it = &plan->interfaces[i];

		if ((it->mac[0] != '\0') != with_mac)
			continue;
		if (with_mac && find_by_mac(matching, it, &matches[i], err) < 0)
			return -1;
		if (!with_mac)
			matches[i] = find_next(matching, it);
		if (matches[i])
			matches[i]->taken = true;
	}
	return 0;
}

static int lay_new(struct _xmlNode *domain, const struct vtune__plan_interface *it,
		   struct vtune_error **err)
{
	struct _xmlNode *devices, *node;

	if (it->type == VTUNE__INTERFACE_UNSAID)
		return 0;
	devices = vtune__domain_ensure(domain, "devices", err);
	node = devices ? vtune__xml_append(devices, "interface", vtune__device_order, err) : NULL;
	return node ? vtune__domain_lay_new_interface(node, it, err) : -1;
}

static int lay_all(struct _xmlNode *domain, const struct vtune_plan *plan,
		   struct element *const *matches, struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ninterfaces; i++) {
		const struct vtune__plan_interface *it = &plan->interfaces[i];

		if ((matches[i] ? vtune__domain_lay_interface(matches[i]->node, it, err)
				: lay_new(domain, it, err)) < 0)
			return -1;
	}
	return 0;
}

int vtune__domain_lay_interfaces(struct _xmlNode *domain, const struct vtune_plan *plan,
				 struct vtune_error **err)
{
	struct matching matching = { .runs = vtune__xml_peek(domain, "id") != NULL };
	struct element **matches = NULL;
	int result = -1;

	if (!plan->ninterfaces)
		return 0;
	matches = vtune__alloc(plan->ninterfaces, sizeof(struct element *), err);
	if (matches && collect(vtune__xml_child(domain, "devices"), &matching, err) == 0 &&
	    match(&matching, plan, true, matches, err) == 0 &&
	    match(&matching, plan, false, matches, err) == 0)
		result = lay_all(domain, plan, matches, err);
	free(matches);
	free(matching.elements);
	return result;
}
