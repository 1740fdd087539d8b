/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>
#include <string.h>

/* ---- mac ---- */

static int read_mac(const struct vtune__json *at, const struct vtune_spec *spec,
		    struct vtune__interface_spec *it, struct vtune_error **err)
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
					"\"52:54:00:12:34:56\": not zero, and with an even first "
					"byte");
	for (const struct vtune__interface_spec *other = spec->interfaces; other < it; other++)
		if (strcmp(other->mac, it->mac) == 0)
			return vtune__json_fail(
				&child, err, "The MAC address %s is already that of interface %u",
				it->mac, (unsigned int)(other - spec->interfaces));
	return 0;
}

/* ---- type, source, mode, device ---- */

static int read_type(const struct vtune__json *at, struct vtune__interface_spec *it,
		     struct vtune_error **err)
{
	int type = -1;

	if (vtune__spec_read_word(at, "type", vtune__interface_types + 1, &type, err) < 0)
		return -1;
	it->type = (enum vtune__interface_type)(type + 1);
	return 0;
}

static int take_source(const struct vtune__json *at, struct vtune__interface_spec *it,
		       struct vtune_error **err)
{
	const char *source;

	if (vtune__json_string(at, &source, err) < 0)
		return -1;
	if (source[0] == '\0')
		return vtune__json_fail(at, err, "This string must not be empty");
	if (it->type == VTUNE__INTERFACE_VHOSTUSER && source[0] != '/')
		return vtune__json_fail(at, err,
					"Here must be the path of a socket, beginning with \"/\"");
	it->source = vtune__strdup(source, err);
	return it->source ? 0 : -1;
}

static int read_source(const struct vtune__json *at, struct vtune__interface_spec *it,
		       struct vtune_error **err)
{
	bool needs = vtune__interface_has_source(it->type);
	struct vtune__json child;
	bool is_there = vtune__json_get(at, "source", &child);

	if (needs && !is_there)
		return vtune__json_fail(at, err,
					"An interface of the type \"%s\" must have a \"source\"",
					vtune__interface_types[it->type]);
	if (is_there && !needs)
		return vtune__json_fail(
			&child, err,
			"Interfaces of the types \"network\", \"bridge\", \"direct\", "
			"\"vhostuser\" and \"vdpa\" have a source, and no others");
	if (is_there)
		return take_source(&child, it, err);
	it->source = vtune__strdup("", err);
	return it->source ? 0 : -1;
}

static int read_mode(const struct vtune__json *at, struct vtune__interface_spec *it,
		     struct vtune_error **err)
{
	struct vtune__json child;
	int mode = -1;

	if (vtune__spec_read_word(at, "mode", vtune__interface_modes + 1, &mode, err) < 0)
		return -1;
	it->mode = (enum vtune__interface_mode)(mode + 1);
	if (vtune__interface_takes_mode(it->type, it->mode))
		return 0;
	if (mode < 0)
		return vtune__json_fail(at, err,
					"An interface of the type \"%s\" must have a \"mode\"",
					vtune__interface_types[it->type]);
	vtune__json_get(at, "mode", &child);
	return vtune__json_fail(&child, err,
				"The type \"vhostuser\" has the modes \"client\" and \"server\", "
				"\"direct\" has \"vepa\", \"bridge\", \"private\" and "
				"\"passthrough\", and others have none");
}

static int check_device(const struct vtune__json *at, const struct vtune_spec *spec,
			const struct vtune__interface_spec *it, struct vtune_error **err)
{
	const char *id = it->device.id;

	if (!id)
		return 0;
	if (!vtune__is_pci_address(id))
		return vtune__json_fail(
			at, err,
			"The device of an interface is a PCI device, with an id like "
			"\"0000:41:10.2\"");
	for (unsigned int i = 0; i < spec->nhostdevs; i++)
		if (spec->hostdevs[i].id && strcmp(spec->hostdevs[i].id, id) == 0)
			return vtune__json_fail(
				at, err, "The device \"%s\" is already host device %u", id, i);
	for (const struct vtune__interface_spec *other = spec->interfaces; other < it; other++)
		if (other->device.id && strcmp(other->device.id, id) == 0)
			return vtune__json_fail(at, err,
						"The device \"%s\" is already that of interface %u",
						id, (unsigned int)(other - spec->interfaces));
	return 0;
}

static int read_device(const struct vtune__json *at, const struct vtune_spec *spec,
		       struct vtune__interface_spec *it, struct vtune_error **err)
{
	bool needs = it->type == VTUNE__INTERFACE_HOSTDEV;
	struct vtune__json child;

	it->has_device = vtune__json_get(at, "device", &child);
	if (needs && !it->has_device)
		return vtune__json_fail(
			at, err, "An interface of the type \"hostdev\" must have a \"device\"");
	if (!it->has_device)
		return 0;
	if (!needs)
		return vtune__json_fail(
			&child, err,
			"Only an interface of the type \"hostdev\" has a device; leave "
			"this key out");
	if (vtune__spec_read_device_wish(&child, NULL, &it->device, err) < 0)
		return -1;
	return check_device(&child, spec, it, err);
}

/* ---- what the guest sees, and how it is served ---- */

static int read_model(const struct vtune__json *at, struct vtune__interface_spec *it,
		      struct vtune_error **err)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	struct vtune__json child;
	const char *model = "";

	if (vtune__json_get(at, "model", &child)) {
		if (vtune__json_string(&child, &model, err) < 0)
			return -1;
		if (!model[0] || model[strspn(model, word)])
			return vtune__json_fail(&child, err,
						"Here must be a model that libvirt takes, such as "
						"\"virtio\" or \"e1000e\"");
	}
	it->model = vtune__strdup(model, err);
	return it->model ? 0 : -1;
}

static int read_queues(const struct vtune__json *at, struct vtune__interface_spec *it,
		       struct vtune_error **err)
{
	struct vtune__json child;

	if (!vtune__json_get(at, "queues", &child))
		return 0;
	if (vtune__json_is_number(&child))
		return vtune__json_uint32(&child, 1, VTUNE__MAX_INTERFACE_QUEUES, &it->queues, err);
	if (!vtune__spec_is_auto(&child))
		return vtune__json_fail(&child, err,
					"Here must be \"auto\" or a number from 1 to %u",
					VTUNE__MAX_INTERFACE_QUEUES);
	return 0;
}

static int read_numbers(const struct vtune__json *at, struct vtune__interface_spec *it,
			struct vtune_error **err)
{
	if (vtune__spec_read_number(at, "rx_queue_size", VTUNE__MIN_RING, VTUNE__MAX_RING,
				    &it->rx_queue_size, err) < 0 ||
	    vtune__spec_read_number(at, "tx_queue_size", VTUNE__MIN_RING, VTUNE__MAX_RING,
				    &it->tx_queue_size, err) < 0 ||
	    vtune__spec_read_number(at, "mtu", VTUNE__MIN_MTU, VTUNE__MAX_MTU, &it->mtu, err) < 0)
		return -1;
	return vtune__spec_read_number(at, "vlan", 1, VTUNE__MAX_VLAN, &it->vlan, err);
}

static int read_driver(const struct vtune__json *at, struct vtune__interface_spec *it,
		       struct vtune_error **err)
{
	static const char *const ports[] = { "openvswitch", NULL };
	int driver = VTUNE__INTERFACE_AUTO, port = -1;

	if (vtune__spec_read_word(at, "driver", vtune__interface_drivers, &driver, err) < 0 ||
	    vtune__spec_read_word(at, "virtualport", ports, &port, err) < 0)
		return -1;
	it->driver = (enum vtune__interface_driver)driver;
	it->openvswitch = port == 0;
	return 0;
}

static int check_rules(const struct vtune__json *at, const struct vtune__interface_spec *it,
		       struct vtune_error **err)
{
	int broken = vtune__interface_breaks(it);
	const struct vtune__interface_rule *rule;
	struct vtune__json child;

	if (broken < 0)
		return 0;
	rule = vtune__interface_rule((unsigned int)broken);
	return vtune__json_fail(vtune__json_get(at, rule->key, &child) ? &child : at, err, "%s",
				rule->text);
}

static int read_interface(const struct vtune__json *at, const struct vtune_spec *spec,
			  struct vtune__interface_spec *it, struct vtune_error **err)
{
	static const char *const keys[] = {
		"mac",		 "type",   "source",	  "mode",
		"model",	 "driver", "queues",	  "rx_queue_size",
		"tx_queue_size", "mtu",	   "virtualport", "vlan",
		"device",	 NULL,
	};

	if (vtune__json_object(at, keys, err) < 0 || read_mac(at, spec, it, err) < 0 ||
	    read_type(at, it, err) < 0 || read_source(at, it, err) < 0 ||
	    read_mode(at, it, err) < 0 || read_device(at, spec, it, err) < 0)
		return -1;
	if (read_model(at, it, err) < 0 || read_driver(at, it, err) < 0 ||
	    read_queues(at, it, err) < 0 || read_numbers(at, it, err) < 0)
		return -1;
	return check_rules(at, it, err);
}

int vtune__spec_read_interfaces(const struct vtune__json *root, struct vtune_spec *spec,
				struct vtune_error **err)
{
	struct vtune__json list = { 0 }, at;
	unsigned int length;

	if (vtune__spec_read_list(root, "interfaces", &list, &length, err) < 0)
		return -1;
	spec->interfaces = vtune__alloc(length, sizeof(*spec->interfaces), err);
	if (!spec->interfaces)
		return -1;
	spec->ninterfaces = length;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (read_interface(&at, spec, &spec->interfaces[i], err) < 0)
			return -1;
	}
	return length > 0 ? vtune__spec_check_wishes(spec, &list, err) : 0;
}

void vtune__spec_free_interfaces(struct vtune_spec *spec)
{
	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		free(spec->interfaces[i].source);
		free(spec->interfaces[i].model);
		vtune__spec_free_device_wish(&spec->interfaces[i].device);
	}
	free(spec->interfaces);
}
