/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/read.h"
#include "document-read.h"

#include <stdlib.h>
#include <string.h>

/* A string that is not empty where the key is there; else "". */
static int read_text(const struct vtune__json *at, const char *key, char **out,
		     struct vtune_error **err)
{
	struct vtune__json child;
	const char *text = "";

	if (vtune__json_get(at, key, &child) && vtune__plan_need_string(at, key, &text, err) < 0)
		return -1;
	*out = vtune__strdup(text, err);
	return *out ? 0 : -1;
}

static int read_mac(const struct vtune__json *at, const struct vtune_plan *plan,
		    struct vtune__plan_interface *it, struct vtune_error **err)
{
	struct vtune__json child;
	const char *text;

	if (!vtune__json_get(at, "mac", &child))
		return 0;
	if (vtune__json_string(&child, &text, err) < 0)
		return -1;
	if (!vtune__interface_mac(text, it->mac))
		return vtune__json_fail(&child, err,
					"Here must be the MAC address of one interface, like "
					"\"52:54:00:12:34:56\"");
	for (const struct vtune__plan_interface *other = plan->interfaces; other < it; other++)
		if (strcmp(other->mac, it->mac) == 0)
			return vtune__json_fail(
				&child, err, "The MAC address %s is already that of interface %u",
				it->mac, (unsigned int)(other - plan->interfaces));
	return 0;
}

static int read_words(const struct vtune__json *at, struct vtune__plan_interface *it,
		      struct vtune_error **err)
{
	static const char *const ports[] = { "openvswitch", NULL };
	int type = -1, mode = -1, driver = -1, port = -1;

	if (vtune__spec_read_word(at, "type", vtune__interface_types + 1, &type, err) < 0 ||
	    vtune__spec_read_word(at, "mode", vtune__interface_modes + 1, &mode, err) < 0 ||
	    vtune__spec_read_word(at, "driver", vtune__interface_drivers + 1, &driver, err) < 0 ||
	    vtune__spec_read_word(at, "virtualport", ports, &port, err) < 0)
		return -1;
	it->type = (enum vtune__interface_type)(type + 1);
	it->mode = (enum vtune__interface_mode)(mode + 1);
	it->driver = (enum vtune__interface_driver)(driver + 1);
	it->openvswitch = port == 0;
	return 0;
}

static int read_numbers(const struct vtune__json *at, struct vtune__plan_interface *it,
			struct vtune_error **err)
{
	if (vtune__spec_read_number(at, "queues", 1, VTUNE__MAX_INTERFACE_QUEUES, &it->queues,
				    err) < 0 ||
	    vtune__spec_read_number(at, "rx_queue_size", VTUNE__MIN_RING, VTUNE__MAX_RING,
				    &it->rx_queue_size, err) < 0 ||
	    vtune__spec_read_number(at, "tx_queue_size", VTUNE__MIN_RING, VTUNE__MAX_RING,
				    &it->tx_queue_size, err) < 0 ||
	    vtune__spec_read_number(at, "mtu", VTUNE__MIN_MTU, VTUNE__MAX_MTU, &it->mtu, err) < 0)
		return -1;
	return vtune__spec_read_number(at, "vlan", 1, VTUNE__MAX_VLAN, &it->vlan, err);
}

/* What the type must have, and what it cannot have. */
static int check_type(const struct vtune__json *at, const struct vtune__plan_interface *it,
		      struct vtune_error **err)
{
	const char *type = vtune__interface_types[it->type];

	if (vtune__interface_has_source(it->type) != (it->source[0] != '\0'))
		return vtune__json_fail(at, err, "An interface of the type \"%s\" %s", type,
					it->source[0] ? "has no source" : "must have a source");
	if (!vtune__interface_takes_mode(it->type, it->mode))
		return vtune__json_fail(at, err, "An interface of the type \"%s\" %s", type,
					it->mode ? "does not have this mode" : "must have a mode");
	if ((it->type == VTUNE__INTERFACE_HOSTDEV) != (it->device[0] != '\0'))
		return vtune__json_fail(at, err, "An interface of the type \"%s\" %s", type,
					it->device[0] ? "has no device" : "must have a device");
	if (it->device[0] && !vtune__is_pci_address(it->device))
		return vtune__json_fail(at, err, "\"%s\" is no PCI address, like \"0000:41:10.2\"",
					it->device);
	return 0;
}

static int check_rules(const struct vtune__json *at, const struct vtune__plan_interface *it,
		       struct vtune_error **err)
{
	const struct vtune__interface_spec spec = {
		.type = it->type,
		.model = it->model,
		.driver = it->driver,
		.queues = it->queues,
		.rx_queue_size = it->rx_queue_size,
		.tx_queue_size = it->tx_queue_size,
		.mtu = it->mtu,
		.openvswitch = it->openvswitch,
		.vlan = it->vlan,
	};
	int broken = vtune__interface_breaks(&spec);

	if (broken < 0)
		return 0;
	return vtune__json_fail(at, err, "%s", vtune__interface_rule((unsigned int)broken)->text);
}

static int read_interface(const struct vtune__json *at, const struct vtune_plan *plan,
			  struct vtune__plan_interface *it, struct vtune_error **err)
{
	static const char *const keys[] = {
		"mac",	  "type",   "source",	     "mode",	      "device", "model",
		"driver", "queues", "rx_queue_size", "tx_queue_size", "mtu",	"virtualport",
		"vlan",	  NULL,
	};

	if (vtune__json_object(at, keys, err) < 0 ||
	    read_text(at, "source", &it->source, err) < 0 ||
	    read_text(at, "device", &it->device, err) < 0 ||
	    read_text(at, "model", &it->model, err) < 0 || read_mac(at, plan, it, err) < 0 ||
	    read_words(at, it, err) < 0 || read_numbers(at, it, err) < 0 ||
	    check_type(at, it, err) < 0)
		return -1;
	return check_rules(at, it, err);
}

int vtune__plan_read_interfaces(const struct vtune__json *root, struct vtune_plan *plan,
				struct vtune_error **err)
{
	struct vtune__json list, at;

	if (!vtune__json_get(root, "interfaces", &list))
		return 0;
	plan->interfaces = vtune__plan_need_list(root, "interfaces", 1, VTUNE__MAX_DEVICES,
						 sizeof(*plan->interfaces), &list,
						 &plan->ninterfaces, err);
	if (!plan->interfaces)
		return -1;
	for (unsigned int i = 0; i < plan->ninterfaces; i++) {
		vtune__json_element(&list, i, &at);
		if (read_interface(&at, plan, &plan->interfaces[i], err) < 0)
			return -1;
	}
	return 0;
}

void vtune__plan_free_interfaces(struct vtune_plan *plan)
{
	for (unsigned int i = 0; plan->interfaces && i < plan->ninterfaces; i++) {
		free(plan->interfaces[i].source);
		free(plan->interfaces[i].device);
		free(plan->interfaces[i].model);
	}
	free(plan->interfaces);
}
