/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The controllers of PCI that came with a plan, and the devices that it put behind them. */
#include <string.h>

#include "../base/xml.h"
#include "../domain/pcie.h"
#include "compare.h"

void vtune__former_keep_controller(struct _xmlNode *controller)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(controller, NULL); node; node = next) {
		next = vtune__xml_next(node, NULL);
		vtune__xml_remove(node);
	}
}

/* ---- devices ---- */

static bool is_on_ours(const struct vtune__pci_tree *tree, struct _xmlNode *device)
{
	struct vtune__pci_place place;

	return vtune__pci_place(device, &place) && vtune__pci_is_on_ours(tree, place.bus);
}

static bool is_same_place(const struct vtune__pci_place *a, const struct vtune__pci_place *b)
{
	return a->bus == b->bus && a->slot == b->slot && a->function == b->function;
}

/* Has another device taken the place meanwhile? */
static bool is_taken(struct _xmlNode *domain, struct _xmlNode *device, struct _xmlNode *then)
{
	struct _xmlNode *node = vtune__device_first(domain);
	struct vtune__pci_place wanted, place;

	if (!vtune__pci_place(then, &wanted))
		return false;
	for (; node; node = vtune__xml_next(node, NULL))
		if (node != device && vtune__pci_place(node, &place) &&
		    is_same_place(&wanted, &place))
			return true;
	return false;
}

/* Without an address libvirt finds one. */
static int put_address(struct _xmlNode *domain, struct _xmlNode *device, struct _xmlNode *then,
		       struct vtune_error **err)
{
	struct _xmlNode *now = vtune__xml_child(device, "address");
	struct _xmlNode *address = vtune__xml_child(then, "address");

	if (!address || is_taken(domain, device, then)) {
		if (now)
			vtune__xml_remove(now);
		return 0;
	}
	if (!now)
		now = vtune__xml_ensure(device, "address", vtune__device_kind(device)->order, err);
	return now ? vtune__xml_replace(now, address, err) : -1;
}

int vtune__former_put_addresses(struct _xmlNode *domain, struct _xmlNode *former,
				struct vtune_error **err)
{
	struct _xmlNode *node = vtune__device_first(domain);
	struct vtune__pci_tree now, before;

	vtune__pci_read_tree(&now, domain);
	vtune__pci_read_tree(&before, former);
	for (; node; node = vtune__xml_next(node, NULL)) {
		struct _xmlNode *then = vtune__domain_passed_through(node)
						? vtune__device_find(former, node)
						: NULL;

		if (then && (is_on_ours(&now, node) || is_on_ours(&before, then)) &&
		    put_address(domain, node, then, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- controllers ---- */

/* libvirt makes ports for what comes; an alias of somebody's own tells whose a port is. */
static bool is_nobodys_port(const struct vtune__pci_controller *controller)
{
	struct _xmlNode *alias = vtune__xml_child(controller->node, "alias");
	const char *name = alias ? vtune__xml_peek(alias, "name") : NULL;

	return controller->model == VTUNE__PCI_ROOT_PORT &&
	       !(name && strncmp(name, "ua-", strlen("ua-")) == 0);
}

static bool drop_one(struct vtune__pci_tree *tree, const struct vtune__pci_tree *before,
		     unsigned int index)
{
	const struct vtune__pci_controller *it = &tree->at[index];
	/* libvirt always shows the root; without it nobody knows what was there. */
	bool is_known = before->at[0].node;

	if (!it->node || before->at[index].node || it->children > 0 ||
	    (!it->ours && !(is_known && is_nobodys_port(it))) ||
	    vtune__pci_carries_others(tree, index))
		return false;
	vtune__pci_remove(tree, index);
	return true;
}

static unsigned int count_cells(struct _xmlNode *domain)
{
	struct _xmlNode *cell = vtune__xml_path(domain, "cpu/numa/cell");
	unsigned int count = 0;

	for (; cell; cell = vtune__xml_next(cell, "cell"))
		count++;
	return count;
}

void vtune__former_drop_controllers(struct _xmlNode *domain, struct _xmlNode *former)
{
	struct vtune__pci_tree tree, before;
	unsigned int cells = count_cells(domain);
	bool dropped;

	vtune__pci_read_tree(&tree, domain);
	vtune__pci_read_tree(&before, former);
	/* A bus goes once its ports are gone. */
	do {
		dropped = false;
		for (unsigned int i = VTUNE__PCI_INDEXES - 1; i > 0; i--)
			dropped |= drop_one(&tree, &before, i);
	} while (dropped);
	/* Where others have put something there since, the bus stays, and may be near no cell. */
	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++) {
		const struct vtune__pci_controller *it = &tree.at[i];

		if (it->node && it->ours && it->model == VTUNE__PCI_EXPANDER &&
		    vtune__pci_cell(it) >= (int)cells)
			vtune__xml_remove(vtune__xml_path(it->node, "target/node"));
	}
}
