/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expander buses of the domain's own stay as they are, and so do devices behind one that
 * tells the right cell. Ours are told by their aliases: where a device is behind one, that is
 * the one for all devices of its bus in the plan. */
#include "pcie.h"

#include <stdlib.h>

#include "../base/xml.h"

struct laying {
	const struct vtune_plan *plan;
	struct vtune__pci_tree tree;
	unsigned int *buses; /* of each bus of the plan the index; 0: none yet */
	struct vtune_error **err;
};

static struct _xmlNode *element_of(const struct laying *l, unsigned int device)
{
	return vtune__pci_passed_through(l->tree.devices, l->plan->devices[device].id);
}

static bool is_spare_on(const struct laying *l, unsigned int port, unsigned int bus)
{
	return vtune__pci_is_spare(&l->tree.at[port]) && l->tree.at[port].parent == bus;
}

/* ---- which of our buses is which ---- */

static bool is_claimed(const struct laying *l, unsigned int bus)
{
	for (unsigned int i = 0; i < l->plan->pcie.nexpanders; i++)
		if (l->buses[i] == bus)
			return true;
	return false;
}

static void claim(struct laying *l, unsigned int i)
{
	const struct vtune__plan_expander *expander = &l->plan->pcie.expanders[i];

	for (unsigned int j = 0; j < expander->ndevices && l->buses[i] == 0; j++) {
		struct _xmlNode *device = element_of(l, expander->devices[j]);
		struct vtune__pci_place place;
		unsigned int bus;

		if (!device || !vtune__pci_place(device, &place))
			continue;
		bus = vtune__pci_expander(&l->tree, place.bus);
		if (bus != 0 && l->tree.at[bus].ours && !is_claimed(l, bus))
			l->buses[i] = bus;
	}
}

/* ---- devices ---- */

static bool stays(const struct laying *l, struct _xmlNode *device, unsigned int cell)
{
	struct vtune__pci_place place;
	unsigned int bus;

	if (!vtune__pci_place(device, &place))
		return false;
	/* Somebody made several devices functions of one. */
	if (place.function != 0 || place.multifunction)
		return true;
	bus = vtune__pci_expander(&l->tree, place.bus);
	return bus != 0 && !l->tree.at[bus].ours && vtune__pci_cell(&l->tree.at[bus]) == (int)cell;
}

static unsigned int spare_port(const struct laying *l, unsigned int bus)
{
	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++)
		if (is_spare_on(l, i, bus))
			return i;
	return 0;
}

/* Without ports, what has no slot any more stays where it is. */
static int lay_on_bridge(struct laying *l, unsigned int bus, struct _xmlNode *device)
{
	int slot = vtune__pci_free_slot(&l->tree, bus);

	return slot < 0 ? 0 : vtune__pci_move(&l->tree, device, bus, (unsigned int)slot, l->err);
}

static int lay_behind_port(struct laying *l, unsigned int bus, struct _xmlNode *device)
{
	unsigned int port = spare_port(l, bus);

	if (port == 0)
		port = vtune__pci_add_port(&l->tree, bus, l->err);
	return port ? vtune__pci_move(&l->tree, device, port, 0, l->err) : -1;
}

static int lay_device(struct laying *l, unsigned int i, struct _xmlNode *device)
{
	struct vtune__pci_place place;

	if (l->buses[i] == 0)
		l->buses[i] =
			vtune__pci_add_expander(&l->tree, l->plan->pcie.expanders[i].cell, l->err);
	if (l->buses[i] == 0)
		return -1;
	if (vtune__pci_place(device, &place) &&
	    vtune__pci_expander(&l->tree, place.bus) == l->buses[i])
		return 0;
	if (l->tree.machine == VTUNE__PCI_SPAPR)
		return lay_on_bridge(l, l->buses[i], device);
	return lay_behind_port(l, l->buses[i], device);
}

static int lay_devices(struct laying *l, unsigned int i)
{
	const struct vtune__plan_expander *expander = &l->plan->pcie.expanders[i];

	for (unsigned int j = 0; j < expander->ndevices; j++) {
		struct _xmlNode *device = element_of(l, expander->devices[j]);

		if (device && !stays(l, device, expander->cell) && lay_device(l, i, device) < 0)
			return -1;
	}
	if (l->buses[i] == 0)
		return 0;
	return vtune__pci_set_cell(&l->tree.at[l->buses[i]], expander->cell, l->err);
}

/* ---- spare ports ---- */

/* Have so many of our ports there with nothing on them. */
static int lay_spare(struct laying *l, unsigned int bus, unsigned int wanted)
{
	unsigned int there = 0;

	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++)
		there += is_spare_on(l, i, bus);
	for (unsigned int i = VTUNE__PCI_INDEXES - 1; i > 0 && there > wanted; i--) {
		if (!is_spare_on(l, i, bus) || vtune__pci_carries_others(&l->tree, i))
			continue;
		vtune__pci_remove(&l->tree, i);
		there--;
	}
	for (; there < wanted; there++)
		if (vtune__pci_add_port(&l->tree, bus, l->err) == 0)
			return -1;
	return 0;
}

/* libvirt puts what has no address on the free port of the lowest index. Without others
 * before them, spare ones would not be spare for long. */
static int lay_plain(struct laying *l)
{
	unsigned int wanted = vtune__pci_unplaced(l->tree.devices);

	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES && wanted > 0; i++) {
		const struct vtune__pci_controller *it = &l->tree.at[i];

		if (it->node && !it->ours && it->model == VTUNE__PCI_ROOT_PORT &&
		    it->children == 0 && vtune__pci_expander(&l->tree, i) == 0)
			wanted--;
	}
	for (; wanted > 0; wanted--)
		if (vtune__pci_add_plain_port(&l->tree, l->err) < 0)
			return -1;
	return 0;
}

static int lay_all_spare(struct laying *l)
{
	const struct vtune__plan_pcie *pcie = &l->plan->pcie;
	bool any = pcie->spare_ports > 0;

	for (unsigned int i = 0; i < pcie->nexpanders; i++)
		any |= l->buses[i] != 0 && pcie->expanders[i].spare_ports > 0;
	if (any && lay_plain(l) < 0)
		return -1;
	for (unsigned int i = 0; i < pcie->nexpanders; i++)
		if (l->buses[i] != 0 &&
		    lay_spare(l, l->buses[i], pcie->expanders[i].spare_ports) < 0)
			return -1;
	return lay_spare(l, 0, pcie->spare_ports);
}

/* ---- what is over ---- */

static bool is_gone(const struct laying *l, const struct vtune__pci_controller *expander)
{
	return vtune__pci_cell(expander) >= (int)l->plan->ncells;
}

/* Buses of ours that the plan has no device for. Others may have put something there; then
 * the bus stays, and tells no cell when its cell is no more. */
static int drop_buses(struct laying *l)
{
	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++) {
		struct vtune__pci_controller *it = &l->tree.at[i];

		if (!it->node || !it->ours || it->model != VTUNE__PCI_EXPANDER ||
		    is_claimed(l, i) || (!l->plan->pcie.said && !is_gone(l, it)))
			continue;
		if (lay_spare(l, i, 0) < 0)
			return -1;
		if (it->children == 0)
			vtune__pci_remove(&l->tree, i);
		else if (is_gone(l, it))
			vtune__xml_remove(vtune__xml_path(it->node, "target/node"));
	}
	return 0;
}

static int lay(struct laying *l)
{
	for (unsigned int i = 0; i < l->plan->pcie.nexpanders; i++)
		claim(l, i);
	for (unsigned int i = 0; i < l->plan->pcie.nexpanders; i++)
		if (lay_devices(l, i) < 0)
			return -1;
	if (drop_buses(l) < 0)
		return -1;
	if (!l->plan->pcie.said || l->tree.machine == VTUNE__PCI_SPAPR)
		return 0;
	return lay_all_spare(l) < 0 ? -1 : vtune__pci_number(&l->tree, l->err);
}

int vtune__domain_lay_pcie(struct _xmlNode *domain, const struct vtune_plan *plan,
			   struct vtune_error **err)
{
	struct laying l = { .plan = plan, .err = err };
	int result;

	vtune__pci_read_tree(&l.tree, domain);
	if (l.tree.machine == VTUNE__PCI_PLAIN)
		return 0;
	if (!l.tree.devices && plan->pcie.spare_ports > 0) {
		l.tree.devices = vtune__domain_ensure(domain, "devices", err);
		if (!l.tree.devices)
			return -1;
	}
	if (!l.tree.devices)
		return 0;
	l.buses = vtune__alloc(plan->pcie.nexpanders, sizeof(*l.buses), err);
	if (!l.buses)
		return -1;
	result = lay(&l);
	free(l.buses);
	return result;
}
