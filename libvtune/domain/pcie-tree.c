/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pcie.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"
#include "../spec/pcie.h"

/* libvirt keeps an alias of a user's own when it begins with "ua-" (since 3.9.0). */
#define OURS "ua-vtune-"
#define OUR_BUS OURS "bus-"
#define OUR_PORT OURS "port-"

/* As libvirt writes them. */
static const char *const order[] = { "model", "target", "alias", "address", NULL };

enum vtune__pci_machine vtune__pci_machine_of(struct _xmlNode *domain, bool *known)
{
	struct _xmlNode *type = vtune__xml_path(domain, "os/type");
	const char *machine = type ? vtune__xml_peek(type, "machine") : NULL;

	*known = machine != NULL;
	return machine ? vtune__pci_machine(vtune__xml_peek(type, "arch"), machine)
		       : VTUNE__PCI_PLAIN;
}

bool vtune__pci_is_ours(struct _xmlNode *controller)
{
	struct _xmlNode *alias = vtune__xml_child(controller, "alias");
	const char *name = alias ? vtune__xml_peek(alias, "name") : NULL;

	return name && strncmp(name, OURS, strlen(OURS)) == 0;
}

bool vtune__pci_place(struct _xmlNode *device, struct vtune__pci_place *place)
{
	struct _xmlNode *address = vtune__xml_child(device, "address");
	char text[16];

	/* What an address leaves out is 0, but one of type only says nothing. */
	if (!address || !vtune__xml_is(address, "type", "pci") ||
	    !vtune__xml_peek(address, "bus") || !vtune__domain_pci_address(address, text))
		return false;
	place->function = (unsigned int)strtoul(strrchr(text, '.') + 1, NULL, 16);
	place->slot = (unsigned int)strtoul(strrchr(text, ':') + 1, NULL, 16);
	place->bus = (unsigned int)strtoul(strchr(text, ':') + 1, NULL, 16);
	place->multifunction = vtune__xml_is(address, "multifunction", "on");
	return true;
}

static bool is_pci_controller(struct _xmlNode *node, unsigned int *index)
{
	uint64_t value;

	if (strcmp(vtune__xml_name(node), "controller") != 0 ||
	    !vtune__xml_is(node, "type", "pci") || !vtune__xml_peek_uint(node, "index", &value) ||
	    value >= VTUNE__PCI_INDEXES)
		return false;
	*index = (unsigned int)value;
	return true;
}

static void read_controller(struct vtune__pci_tree *tree, struct _xmlNode *node, unsigned int index)
{
	struct vtune__pci_controller *it = &tree->at[index];
	struct vtune__pci_place place;

	it->node = node;
	it->ours = vtune__pci_is_ours(node);
	if (vtune__xml_is(node, "model", "pcie-root-port"))
		it->model = VTUNE__PCI_ROOT_PORT;
	else if (vtune__xml_is(node, "model", "pcie-expander-bus") ||
		 (tree->machine == VTUNE__PCI_SPAPR && index > 0 &&
		  vtune__xml_is(node, "model", "pci-root")))
		it->model = VTUNE__PCI_EXPANDER;
	if (vtune__pci_place(node, &place))
		it->parent = place.bus;
}

void vtune__pci_read_tree(struct vtune__pci_tree *tree, struct _xmlNode *domain)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *node = devices ? vtune__xml_child(devices, NULL) : NULL;
	bool known;

	memset(tree, 0, sizeof(*tree));
	tree->devices = devices;
	tree->machine = vtune__pci_machine_of(domain, &known);
	for (; node; node = vtune__xml_next(node, NULL)) {
		struct vtune__pci_place place;
		unsigned int index;

		if (is_pci_controller(node, &index))
			read_controller(tree, node, index);
		if (vtune__pci_place(node, &place))
			tree->at[place.bus].children++;
	}
}

unsigned int vtune__pci_expander(const struct vtune__pci_tree *tree, unsigned int bus)
{
	/* A domain may say that controllers are on one another in a ring. */
	for (unsigned int steps = 0; bus != 0 && steps < VTUNE__PCI_INDEXES; steps++) {
		if (tree->at[bus].model == VTUNE__PCI_EXPANDER)
			return bus;
		bus = tree->at[bus].parent;
	}
	return 0;
}

int vtune__pci_cell(const struct vtune__pci_controller *expander)
{
	struct _xmlNode *node = vtune__xml_path(expander->node, "target/node");
	uint64_t cell;

	if (!node || !vtune__domain_number(node, &cell) || cell > VTUNE__MAX_NODE)
		return -1;
	return (int)cell;
}

bool vtune__pci_is_spare(const struct vtune__pci_controller *controller)
{
	return controller->ours && controller->model == VTUNE__PCI_ROOT_PORT &&
	       controller->children == 0;
}

bool vtune__pci_carries_others(const struct vtune__pci_tree *tree, unsigned int port)
{
	struct vtune__pci_place own, other;

	if (!vtune__pci_place(tree->at[port].node, &own) || own.function != 0)
		return false;
	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++)
		if (i != port && tree->at[i].node && vtune__pci_place(tree->at[i].node, &other) &&
		    other.bus == own.bus && other.slot == own.slot)
			return true;
	return false;
}

bool vtune__pci_is_on_ours(const struct vtune__pci_tree *tree, unsigned int bus)
{
	return tree->at[bus].ours || tree->at[vtune__pci_expander(tree, bus)].ours;
}

/* ---- changes ---- */

static unsigned int add_controller(struct vtune__pci_tree *tree, const char *model,
				   struct vtune_error **err)
{
	struct vtune__pci_controller *it;
	unsigned int index = 1;

	while (index < VTUNE__PCI_INDEXES && tree->at[index].node)
		index++;
	if (index == VTUNE__PCI_INDEXES) {
		vtune__xml_fail(tree->devices, err, VTUNE_ERR_DOCUMENT,
				"There are %u PCI controllers already, and no index is left for "
				"another one",
				VTUNE__PCI_INDEXES - 1);
		return 0;
	}
	it = &tree->at[index];
	it->node = vtune__xml_append(tree->devices, "controller", vtune__device_order, err);
	if (!it->node || vtune__xml_set(it->node, "type", "pci", err) < 0 ||
	    vtune__xml_set_uint(it->node, "index", index, err) < 0 ||
	    vtune__xml_set(it->node, "model", model, err) < 0)
		return 0;
	return index;
}

static int name_it(struct vtune__pci_controller *it, const char *prefix, unsigned int index,
		   struct vtune_error **err)
{
	struct _xmlNode *alias = vtune__xml_ensure(it->node, "alias", order, err);
	char name[32];

	snprintf(name, sizeof(name), "%s%u", prefix, index);
	it->ours = true;
	return alias ? vtune__xml_set(alias, "name", name, err) : -1;
}

static int set_address(struct _xmlNode *device, unsigned int bus, unsigned int slot,
		       struct vtune_error **err)
{
	/* Of a controller, an interface and a host device. */
	static const char *const before[] = {
		"mac",	"source", "virtualport", "vlan", "bandwidth", "model", "driver", "target",
		"link", "mtu",	  "boot",	 "rom",	 "teaming",   "alias", NULL,
	};
	struct _xmlNode *address = vtune__xml_ensure(device, "address", before, err);
	char id[16];

	if (!address || vtune__xml_set(address, "type", "pci", err) < 0)
		return -1;
	snprintf(id, sizeof(id), "0000:%02x:%02x.0", bus & 0xff, slot & 0x1f);
	return vtune__domain_set_pci_address(address, id, err);
}

int vtune__pci_set_cell(struct vtune__pci_controller *expander, unsigned int cell,
			struct vtune_error **err)
{
	static const char *const inner[] = { "node", NULL };
	struct _xmlNode *node = vtune__xml_ensure(expander->node, "target", order, err);

	node = node ? vtune__xml_ensure(node, "node", inner, err) : NULL;
	return node ? vtune__domain_set_number(node, cell, err) : -1;
}

unsigned int vtune__pci_add_expander(struct vtune__pci_tree *tree, unsigned int cell,
				     struct vtune_error **err)
{
	const char *model = tree->machine == VTUNE__PCI_SPAPR ? "pci-root" : "pcie-expander-bus";
	unsigned int index = add_controller(tree, model, err);

	if (index == 0 || vtune__pci_set_cell(&tree->at[index], cell, err) < 0 ||
	    name_it(&tree->at[index], OUR_BUS, index, err) < 0)
		return 0;
	tree->at[index].model = VTUNE__PCI_EXPANDER;
	return index;
}

int vtune__pci_free_slot(const struct vtune__pci_tree *tree, unsigned int bus)
{
	struct _xmlNode *node = vtune__xml_child(tree->devices, NULL);
	/* A host bridge has no slot 0. */
	uint32_t taken = tree->machine == VTUNE__PCI_SPAPR;

	for (; node; node = vtune__xml_next(node, NULL)) {
		struct vtune__pci_place place;

		if (vtune__pci_place(node, &place) && place.bus == bus)
			taken |= UINT32_C(1) << place.slot;
	}
	return taken == UINT32_MAX ? -1 : __builtin_ctz(~taken);
}

unsigned int vtune__pci_add_port(struct vtune__pci_tree *tree, unsigned int parent,
				 struct vtune_error **err)
{
	int slot = parent != 0 ? vtune__pci_free_slot(tree, parent) : 0;
	unsigned int index;

	if (slot < 0) {
		vtune__xml_fail(tree->at[parent].node, err, VTUNE_ERR_DOCUMENT,
				"All %u slots of this bus are taken", VTUNE__PCIE_SLOTS);
		return 0;
	}
	index = add_controller(tree, "pcie-root-port", err);
	if (index == 0 || name_it(&tree->at[index], OUR_PORT, index, err) < 0 ||
	    (parent != 0 && set_address(tree->at[index].node, parent, (unsigned int)slot, err) < 0))
		return 0;
	tree->at[index].model = VTUNE__PCI_ROOT_PORT;
	tree->at[index].parent = parent;
	if (parent != 0)
		tree->at[parent].children++;
	return index;
}

int vtune__pci_add_plain_port(struct vtune__pci_tree *tree, struct vtune_error **err)
{
	unsigned int index = add_controller(tree, "pcie-root-port", err);

	if (index == 0)
		return -1;
	tree->at[index].model = VTUNE__PCI_ROOT_PORT;
	return 0;
}

void vtune__pci_remove(struct vtune__pci_tree *tree, unsigned int index)
{
	struct vtune__pci_controller *it = &tree->at[index];
	struct vtune__pci_place place;

	if (vtune__pci_place(it->node, &place))
		tree->at[place.bus].children--;
	vtune__xml_remove(it->node);
	memset(it, 0, sizeof(*it));
}

int vtune__pci_move(struct vtune__pci_tree *tree, struct _xmlNode *device, unsigned int bus,
		    unsigned int slot, struct vtune_error **err)
{
	struct vtune__pci_place old;

	if (vtune__pci_place(device, &old))
		tree->at[old.bus].children--;
	tree->at[bus].children++;
	return set_address(device, bus, slot, err);
}
