/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One interface of the plan into its element. */
#include "domain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

/* As libvirt writes them; those behind <mtu> do not matter here. */
static const char *const order[] = {
	"mac",	      "source", "vlan",	 "virtualport", "ip",	  "route", "script",
	"downscript", "target", "guest", "model",	"driver", "boot",  "backend",
	"filterref",  "tune",	"link",	 "bandwidth",	"mtu",	  NULL,
};

static struct _xmlNode *ensure(struct _xmlNode *node, const char *name, struct vtune_error **err)
{
	return vtune__xml_ensure(node, name, order, err);
}

/* Makes the child, if need be, and gives it the attribute. */
static int set(struct _xmlNode *node, const char *name, const char *attribute, const char *value,
	       struct vtune_error **err)
{
	struct _xmlNode *child = ensure(node, name, err);

	return child ? vtune__xml_set(child, attribute, value, err) : -1;
}

static int set_number(struct _xmlNode *node, const char *name, const char *attribute,
		      unsigned int value, struct vtune_error **err)
{
	struct _xmlNode *child = ensure(node, name, err);

	return child ? vtune__xml_set_uint(child, attribute, value, err) : -1;
}

/* ---- source ---- */

const char *vtune__domain_source_attribute(enum vtune__interface_type type)
{
	switch (type) {
	case VTUNE__INTERFACE_NETWORK:
		return "network";
	case VTUNE__INTERFACE_BRIDGE:
		return "bridge";
	case VTUNE__INTERFACE_DIRECT:
	case VTUNE__INTERFACE_VDPA:
		return "dev";
	case VTUNE__INTERFACE_VHOSTUSER:
		return "path";
	default:
		return NULL;
	}
}

static int lay_address(struct _xmlNode *source, const char *device, struct vtune_error **err)
{
	static const char *const address_order[] = { "address", NULL };
	struct _xmlNode *address = vtune__xml_ensure(source, "address", address_order, err);

	if (!address)
		return -1;
	if (vtune__xml_peek(address, "bus") && vtune__domain_is_at(address, device))
		return 0;
	if (vtune__xml_set(address, "type", "pci", err) < 0)
		return -1;
	return vtune__domain_set_pci_address(address, device, err);
}

static int lay_device(struct _xmlNode *node, const char *device, struct vtune_error **err)
{
	struct _xmlNode *source = ensure(node, "source", err);

	if (!source ||
	    (!vtune__xml_peek(node, "managed") && vtune__xml_set(node, "managed", "yes", err) < 0))
		return -1;
	return lay_address(source, device, err);
}

static int lay_source(struct _xmlNode *node, const struct vtune__plan_interface *it,
		      struct vtune_error **err)
{
	if (it->device[0])
		return lay_device(node, it->device, err);
	if (it->type == VTUNE__INTERFACE_VHOSTUSER && set(node, "source", "type", "unix", err) < 0)
		return -1;
	if (it->source[0] &&
	    set(node, "source", vtune__domain_source_attribute(it->type), it->source, err) < 0)
		return -1;
	return it->mode ? set(node, "source", "mode", vtune__interface_modes[it->mode], err) : 0;
}

/* ---- VLAN and port of a switch ---- */

static int lay_vlan(struct _xmlNode *node, unsigned int id, struct vtune_error **err)
{
	static const char *const vlan_order[] = { "tag", NULL };
	struct _xmlNode *vlan = ensure(node, "vlan", err);
	struct _xmlNode *tag = vlan ? vtune__xml_ensure(vlan, "tag", vlan_order, err) : NULL;
	struct _xmlNode *other;

	if (!tag || vtune__xml_set_uint(tag, "id", id, err) < 0)
		return -1;
	vtune__xml_unset(vlan, "trunk");
	while ((other = vtune__xml_next(tag, "tag")))
		vtune__xml_remove(other);
	return 0;
}

/* The parameters of another kind of port mean nothing to this one. */
static int lay_port(struct _xmlNode *node, struct vtune_error **err)
{
	struct _xmlNode *port = vtune__xml_child(node, "virtualport");
	const char *type = port ? vtune__xml_peek(port, "type") : NULL;

	if (type && strcmp(type, "openvswitch") == 0)
		return 0;
	if (port)
		vtune__xml_remove(port);
	return set(node, "virtualport", "type", "openvswitch", err);
}

/* ---- model and driver ---- */

static bool is_virtio(struct _xmlNode *node)
{
	struct _xmlNode *model = vtune__xml_child(node, "model");
	const char *type = model ? vtune__xml_peek(model, "type") : NULL;

	return type && vtune__interface_is_virtio(type);
}

static int lay_model(struct _xmlNode *node, const char *model, struct vtune_error **err)
{
	if (!model[0] || strcmp(model, VTUNE__MODEL_DEFAULT) == 0)
		return 0;
	return set(node, "model", "type", model, err);
}

static void unset_driver(struct _xmlNode *node, const char *attribute)
{
	static const char *const known[] = {
		"name",	       "queues", "rx_queue_size",   "tx_queue_size", "txmode", "ioeventfd",
		"event_idx",   "rss",	 "rss_hash_report", "iommu",	     "ats",    "packed",
		"page_per_vq", NULL,
	};
	struct _xmlNode *driver = vtune__xml_child(node, "driver");

	if (!driver || !vtune__xml_peek(driver, attribute))
		return;
	vtune__xml_unset(driver, attribute);
	for (unsigned int i = 0; known[i]; i++) {
		if (vtune__xml_peek(driver, known[i]))
			return;
	}
	vtune__xml_remove_empty(driver);
}

static int lay_rings(struct _xmlNode *node, const struct vtune__plan_interface *it,
		     struct vtune_error **err)
{
	if (it->driver != VTUNE__INTERFACE_AUTO &&
	    set(node, "driver", "name", vtune__interface_drivers[it->driver], err) < 0)
		return -1;
	if (it->queues > 1 && set_number(node, "driver", "queues", it->queues, err) < 0)
		return -1;
	if (it->queues == 1)
		unset_driver(node, "queues");
	if (it->rx_queue_size &&
	    set_number(node, "driver", "rx_queue_size", it->rx_queue_size, err) < 0)
		return -1;
	if (it->tx_queue_size)
		return set_number(node, "driver", "tx_queue_size", it->tx_queue_size, err);
	return 0;
}

/* What interface-rules.c says of a spec, of an element: it would be ignored, or libvirt or
 * QEMU would refuse it. */
static void mend_driver(struct _xmlNode *node)
{
	static const char *const rings[] = { "rx_queue_size", "tx_queue_size" };
	struct _xmlNode *model = vtune__xml_child(node, "model");
	struct _xmlNode *driver = vtune__xml_child(node, "driver");
	int type = vtune__domain_interface_type(node);
	bool is_other = model && vtune__xml_peek(model, "type") && !is_virtio(node);
	uint64_t size;

	if (!driver || type == VTUNE__INTERFACE_HOSTDEV)
		return;
	for (unsigned int i = 0; i < VTUNE__COUNT(rings); i++) {
		if (is_other || (vtune__xml_peek_uint(driver, rings[i], &size) &&
				 !vtune__interface_is_ring(size)))
			unset_driver(node, rings[i]);
		driver = vtune__xml_child(node, "driver");
		if (!driver)
			return;
	}
	if (type != VTUNE__INTERFACE_VHOSTUSER && type != VTUNE__INTERFACE_VDPA)
		unset_driver(node, "tx_queue_size");
	if (is_other || type == VTUNE__INTERFACE_USER)
		unset_driver(node, "queues");
	driver = vtune__xml_child(node, "driver");
	if (driver &&
	    (is_other || (type == VTUNE__INTERFACE_USER && vtune__xml_peek(driver, "name") &&
			  strcmp(vtune__xml_peek(driver, "name"), "vhost") == 0)))
		unset_driver(node, "name");
}

/* ---- an interface ---- */

static int lay(struct _xmlNode *node, const struct vtune__plan_interface *it, bool is_same_type,
	       struct vtune_error **err)
{
	if (is_same_type && lay_source(node, it, err) < 0)
		return -1;
	if (it->vlan && lay_vlan(node, it->vlan, err) < 0)
		return -1;
	if (it->openvswitch && lay_port(node, err) < 0)
		return -1;
	if (lay_model(node, it->model, err) < 0 ||
	    (is_virtio(node) && lay_rings(node, it, err) < 0))
		return -1;
	mend_driver(node);
	return it->mtu ? set_number(node, "mtu", "size", it->mtu, err) : 0;
}

int vtune__domain_lay_interface(struct _xmlNode *node, const struct vtune__plan_interface *it,
				struct vtune_error **err)
{
	int type = vtune__domain_interface_type(node);

	/* The device that a network gave to a running domain is its own. */
	if (type == VTUNE__INTERFACE_HOSTDEV && it->type != VTUNE__INTERFACE_HOSTDEV)
		return 0;
	return lay(node, it, type == (int)it->type, err);
}

int vtune__domain_lay_new_interface(struct _xmlNode *node, const struct vtune__plan_interface *it,
				    struct vtune_error **err)
{
	if (vtune__xml_set(node, "type", vtune__interface_types[it->type], err) < 0)
		return -1;
	if (it->mac[0] && set(node, "mac", "address", it->mac, err) < 0)
		return -1;
	if (it->type != VTUNE__INTERFACE_HOSTDEV && !it->model[0] &&
	    lay_model(node, "virtio", err) < 0)
		return -1;
	return lay(node, it, true, err);
}
