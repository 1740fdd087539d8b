/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain remembers of its interfaces from before it was placed, known by their MAC
 * addresses. */
#include <string.h>

#include "../base/xml.h"
#include "apply.h"

/* What a plan may change of one. */
static const char *const parts[] = {
	"source", "vlan", "virtualport", "model", "driver", "mtu", NULL
};
/* As libvirt writes them; those behind do not matter. */
static const char *const order[] = { "mac",    "source",  "vlan",   "virtualport", "ip",
				     "route",  "script",  "target", "guest",	   "model",
				     "driver", "backend", "boot",   "filterref",   "tune",
				     "link",   "mtu",	  NULL };

static bool is_part(const char *name)
{
	for (unsigned int i = 0; parts[i]; i++) {
		if (strcmp(parts[i], name) == 0)
			return true;
	}
	return strcmp(name, "mac") == 0;
}

void vtune__former_keep_interface(struct _xmlNode *interface)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(interface, NULL); node; node = next) {
		next = vtune__xml_next(node, NULL);
		if (!is_part(vtune__xml_name(node)))
			vtune__xml_remove(node);
	}
}

static struct _xmlNode *first_of(struct _xmlNode *domain)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");

	return devices ? vtune__xml_child(devices, "interface") : NULL;
}

static const char *mac_of(struct _xmlNode *node)
{
	struct _xmlNode *mac = vtune__xml_child(node, "mac");
	const char *address = mac ? vtune__xml_peek(mac, "address") : NULL;

	return address ? address : "";
}

/* Of the same type, too: two may be one to the guest. */
static struct _xmlNode *find(struct _xmlNode *domain, struct _xmlNode *interface)
{
	struct _xmlNode *node = first_of(domain);

	while (node &&
	       (strcmp(mac_of(node), mac_of(interface)) != 0 ||
		vtune__domain_interface_type(node) != vtune__domain_interface_type(interface)))
		node = vtune__xml_next(node, "interface");
	return node;
}

static int put_part_back(struct _xmlNode *interface, struct _xmlNode *former, const char *name,
			 struct vtune_error **err)
{
	struct _xmlNode *now = vtune__xml_child(interface, name);
	struct _xmlNode *then = vtune__xml_child(former, name);

	if (!then) {
		if (now)
			vtune__xml_remove(now);
		return 0;
	}
	if (now && vtune__xml_same(now, then, (const char *const[]){ NULL }))
		return 0;
	now = vtune__xml_ensure(interface, name, order, err);
	return now ? vtune__xml_replace(now, then, err) : -1;
}

/* Did the plan put it there? Then it was not there before, and is as the plan has it. */
static bool is_of_plan(struct _xmlNode *node, const struct vtune_plan *plan)
{
	int type = vtune__domain_interface_type(node);

	for (unsigned int i = 0; type > 0 && i < plan->ninterfaces; i++) {
		const struct vtune__plan_interface *it = &plan->interfaces[i];
		const char *source = vtune__domain_interface_source(node, it->type);

		if ((int)it->type == type && (!it->mac[0] || strcmp(it->mac, mac_of(node)) == 0) &&
		    (!it->source[0] || (source && strcmp(it->source, source) == 0)))
			return true;
	}
	return false;
}

int vtune__former_put_interfaces(struct _xmlNode *domain, struct _xmlNode *former,
				 const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *node, *next;

	for (node = first_of(domain); node; node = next) {
		struct _xmlNode *then = find(former, node);

		next = vtune__xml_next(node, "interface");
		for (unsigned int i = 0; then && parts[i]; i++) {
			if (put_part_back(node, then, parts[i], err) < 0)
				return -1;
		}
		if (!then && is_of_plan(node, plan))
			vtune__xml_remove(node);
	}
	return 0;
}

bool vtune__former_interfaces_differ(struct _xmlNode *ours, struct _xmlNode *theirs)
{
	static const char *const none[] = { NULL };

	for (struct _xmlNode *node = first_of(ours); node;
	     node = vtune__xml_next(node, "interface")) {
		struct _xmlNode *other = mac_of(node)[0] ? find(theirs, node) : NULL;
		struct _xmlNode *want = vtune__xml_child(node, "driver");
		struct _xmlNode *have = other ? vtune__xml_child(other, "driver") : NULL;

		if (!other)
			continue;
		if (want && have ? !vtune__xml_same(want, have, none) : want || have)
			return true;
	}
	return false;
}
