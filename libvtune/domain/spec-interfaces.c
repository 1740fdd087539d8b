/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

static const char *attribute_of(struct _xmlNode *node, const char *name, const char *attribute)
{
	struct _xmlNode *child = vtune__xml_child(node, name);

	return child ? vtune__xml_peek(child, attribute) : NULL;
}

/* 0 where it is not there, or more than max. */
static unsigned int number_of(struct _xmlNode *node, const char *name, const char *attribute,
			      unsigned int max)
{
	struct _xmlNode *child = vtune__xml_child(node, name);
	uint64_t number;

	if (!child || !vtune__xml_peek_uint(child, attribute, &number) || number > max)
		return 0;
	return (unsigned int)number;
}

static bool is_word(const char *text)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return text[0] && text[strspn(text, letters)] == '\0';
}

/* ---- what tells one from another; false: a spec has no words for it ---- */

static bool take_mac(const struct vtune_spec *spec, struct _xmlNode *node,
		     struct vtune__interface_spec *it)
{
	const char *address = attribute_of(node, "mac", "address");

	if (!address)
		return true;
	if (!vtune__interface_mac(address, it->mac))
		return false;
	/* Two that are one to the guest, as <teaming> has it: the first is set. */
	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		if (strcmp(spec->interfaces[i].mac, it->mac) == 0)
			return false;
	}
	return true;
}

static bool take_mode(struct _xmlNode *node, struct vtune__interface_spec *it)
{
	const char *text = attribute_of(node, "source", "mode");
	int mode = vtune__find_word(vtune__interface_modes, text);

	if (!text && it->type == VTUNE__INTERFACE_DIRECT)
		mode = VTUNE__INTERFACE_VEPA;
	if (vtune__interface_takes_mode(it->type, VTUNE__INTERFACE_NO_MODE))
		return true;
	it->mode = mode < 0 ? VTUNE__INTERFACE_NO_MODE : (enum vtune__interface_mode)mode;
	return vtune__interface_takes_mode(it->type, it->mode);
}

static bool find_source(struct _xmlNode *node, const struct vtune__interface_spec *it,
			const char **source)
{
	*source = "";
	if (!vtune__interface_has_source(it->type))
		return true;
	*source = vtune__domain_interface_source(node, it->type);
	return *source && (*source)[0] && vtune__is_plain(*source) &&
	       (it->type != VTUNE__INTERFACE_VHOSTUSER || (*source)[0] == '/');
}

/* Among those that are passed through the domain may name a device twice. */
static bool find_device(const struct vtune_spec *spec, struct _xmlNode *node, char id[16])
{
	struct _xmlNode *address = vtune__xml_path(node, "source/address");
	const char *type = address ? vtune__xml_peek(address, "type") : NULL;

	if (!address || (type && strcmp(type, "pci") != 0) ||
	    !vtune__domain_pci_address(address, id))
		return false;
	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		if (spec->interfaces[i].has_device &&
		    strcmp(spec->interfaces[i].device.id, id) == 0)
			return false;
	}
	return true;
}

/* ---- the rest ---- */

/* A network may hand out anything, and where it is no virtio device there is no model. */
static const char *find_model(struct _xmlNode *node, const struct vtune__interface_spec *it)
{
	const char *model = attribute_of(node, "model", "type");

	if (it->type == VTUNE__INTERFACE_HOSTDEV)
		return "";
	return model && is_word(model) ? model : VTUNE__MODEL_DEFAULT;
}

/* Of interfaces whose driver makes no difference, it is left as it is. */
static enum vtune__interface_driver driver_of(struct _xmlNode *node,
					      const struct vtune__interface_spec *it)
{
	int driver =
		vtune__find_word(vtune__interface_drivers, attribute_of(node, "driver", "name"));

	if (driver < 0 || it->type == VTUNE__INTERFACE_VHOSTUSER ||
	    it->type == VTUNE__INTERFACE_VDPA || it->type == VTUNE__INTERFACE_HOSTDEV)
		return VTUNE__INTERFACE_AUTO;
	return (enum vtune__interface_driver)driver;
}

static unsigned int vlan_of(struct _xmlNode *node, const struct vtune__interface_spec *it)
{
	struct _xmlNode *tag = vtune__xml_path(node, "vlan/tag");

	if (!tag || vtune__xml_next(tag, "tag") || vtune__xml_child(tag, NULL) ||
	    vtune__xml_peek(tag, "nativeMode") || attribute_of(node, "vlan", "trunk") ||
	    (it->type != VTUNE__INTERFACE_HOSTDEV && !it->openvswitch))
		return 0;
	return number_of(vtune__xml_child(node, "vlan"), "tag", "id", VTUNE__MAX_VLAN);
}

static void take_settings(struct _xmlNode *node, struct vtune__interface_spec *it)
{
	const char *port = attribute_of(node, "virtualport", "type");

	it->openvswitch =
		port && strcmp(port, "openvswitch") == 0 &&
		(it->type == VTUNE__INTERFACE_NETWORK || it->type == VTUNE__INTERFACE_BRIDGE);
	it->vlan = vlan_of(node, it);
	if (it->type == VTUNE__INTERFACE_HOSTDEV)
		return;
	it->driver = driver_of(node, it);
	it->queues = number_of(node, "driver", "queues", VTUNE__MAX_INTERFACE_QUEUES);
	it->rx_queue_size = number_of(node, "driver", "rx_queue_size", UINT16_MAX);
	it->tx_queue_size = number_of(node, "driver", "tx_queue_size", UINT16_MAX);
	if (it->type != VTUNE__INTERFACE_VHOSTUSER)
		it->mtu = number_of(node, "mtu", "size", VTUNE__MAX_MTU);
	if (it->mtu < VTUNE__MIN_MTU)
		it->mtu = 0;
	vtune__interface_mend(it);
}

/* What the VM has already must not become a reason to refuse it. */
static int take_device(struct vtune__interface_spec *it, const char *id, struct vtune_error **err)
{
	it->has_device = it->type == VTUNE__INTERFACE_HOSTDEV;
	if (!it->has_device)
		return 0;
	it->device.affinity = VTUNE__AFFINITY_PREFER;
	it->device.count = 1;
	it->device.id = vtune__strdup(id, err);
	return it->device.id ? 0 : -1;
}

static int add(struct vtune_spec *spec, struct _xmlNode *node, struct vtune_error **err)
{
	struct vtune__interface_spec it = { .type = VTUNE__INTERFACE_UNSAID }, *added;
	int type = vtune__domain_interface_type(node);
	const char *source;
	char id[16] = "";

	if (type < 0)
		return 0;
	it.type = (enum vtune__interface_type)type;
	if (!take_mac(spec, node, &it) || !take_mode(node, &it) ||
	    !find_source(node, &it, &source) ||
	    (it.type == VTUNE__INTERFACE_HOSTDEV && !find_device(spec, node, id)))
		return 0;
	if (spec->ninterfaces == VTUNE__MAX_DEVICES)
		return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
				       "There are more than %u interfaces", VTUNE__MAX_DEVICES);
	added = vtune__grow((void **)&spec->interfaces, &spec->ninterfaces, sizeof(*added), err);
	if (!added)
		return -1;
	*added = it;
	added->source = vtune__strdup(source, err);
	added->model = added->source ? vtune__strdup(find_model(node, &it), err) : NULL;
	if (!added->model || take_device(added, id, err) < 0)
		return -1;
	take_settings(node, added);
	return 0;
}

/* A domain does not tell one queue that was asked for from a number that nobody said. */
static void take_planned(struct vtune_spec *spec, const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		struct vtune__interface_spec *it = &spec->interfaces[i];

		for (unsigned int j = 0; j < plan->ninterfaces && it->queues == 0; j++)
			if (it->mac[0] && strcmp(it->mac, plan->interfaces[j].mac) == 0 &&
			    plan->interfaces[j].queues == 1 && vtune__interface_has_vhost(it->type))
				it->queues = 1;
	}
}

int vtune__spec_of_interfaces(struct vtune_spec *spec, struct _xmlNode *domain,
			      const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *node = devices ? vtune__xml_child(devices, "interface") : NULL;

	for (; node; node = vtune__xml_next(node, "interface")) {
		if (add(spec, node, err) < 0)
			return -1;
	}
	if (plan)
		take_planned(spec, plan);
	return 0;
}

bool vtune__spec_is_of_interface(const struct vtune_spec *spec, const char *id)
{
	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		if (spec->interfaces[i].has_device &&
		    strcmp(spec->interfaces[i].device.id, id) == 0)
			return true;
	}
	return false;
}
