/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI controllers of a domain, between the files pcie*.c and spec-pcie.c. */
#ifndef VTUNE_DOMAIN_PCIE_H
#define VTUNE_DOMAIN_PCIE_H

#include "domain.h"

/* An address names a bus by 8 bits, and that is the index of its controller. */
#define VTUNE__PCI_INDEXES 256

enum vtune__pci_model { VTUNE__PCI_OTHER, VTUNE__PCI_ROOT_PORT, VTUNE__PCI_EXPANDER };

struct vtune__pci_controller {
	struct _xmlNode *node; /* NULL: there is none of this index */
	enum vtune__pci_model model;
	bool ours;	       /* made by libvtune */
	unsigned int parent;   /* the index of the controller that it is on */
	unsigned int children; /* devices and controllers on it */
};

struct vtune__pci_tree {
	struct _xmlNode *devices;
	enum vtune__pci_machine machine;
	struct vtune__pci_controller at[VTUNE__PCI_INDEXES]; /* by index; 0 is the root */
};

struct vtune__pci_place {
	unsigned int bus, slot, function;
	bool multifunction;
};

/* ---- pcie-tree.c ---- */

/* That of the domain. *known: it is named; else which one it is depends on libvirt. */
enum vtune__pci_machine vtune__pci_machine_of(struct _xmlNode *domain, bool *known);
/* Did libvtune make this element? Its alias says so. */
bool vtune__pci_is_ours(struct _xmlNode *controller);
/* Also of a domain without devices. */
void vtune__pci_read_tree(struct vtune__pci_tree *tree, struct _xmlNode *domain);
/* Where the guest sees a device; false: its element does not say. */
bool vtune__pci_place(struct _xmlNode *device, struct vtune__pci_place *place);
/* The expander bus, by its index, that the bus is on or behind; 0: none. */
unsigned int vtune__pci_expander(const struct vtune__pci_tree *tree, unsigned int bus);
/* The cell that an expander bus tells the guest; -1: none. */
int vtune__pci_cell(const struct vtune__pci_controller *expander);
/* Is it one of our ports, with nothing on it? */
bool vtune__pci_is_spare(const struct vtune__pci_controller *controller);
/* Function 0 of a slot must stay as long as there are others: without it a guest does not
 * look for them. libvirt makes functions of the ports on the root complex. */
bool vtune__pci_carries_others(const struct vtune__pci_tree *tree, unsigned int port);
/* Is the bus a controller of ours, or behind an expander bus of ours? */
bool vtune__pci_is_on_ours(const struct vtune__pci_tree *tree, unsigned int bus);
/* The lowest slot of a bus that nothing is on; -1: there is none. */
int vtune__pci_free_slot(const struct vtune__pci_tree *tree, unsigned int bus);
/* A new controller of ours, with the lowest index that is free; 0 and *err on failure. On an
 * expander bus a port gets a slot; elsewhere libvirt chooses. */
unsigned int vtune__pci_add_expander(struct vtune__pci_tree *tree, unsigned int cell,
				     struct vtune_error **err);
unsigned int vtune__pci_add_port(struct vtune__pci_tree *tree, unsigned int parent,
				 struct vtune_error **err);
/* A port of nobody's. */
int vtune__pci_add_plain_port(struct vtune__pci_tree *tree, struct vtune_error **err);
int vtune__pci_set_cell(struct vtune__pci_controller *expander, unsigned int cell,
			struct vtune_error **err);
void vtune__pci_remove(struct vtune__pci_tree *tree, unsigned int index);
/* Put a device on a bus. */
int vtune__pci_move(struct vtune__pci_tree *tree, struct _xmlNode *device, unsigned int bus,
		    unsigned int slot, struct vtune_error **err);

/* ---- pcie-numbers.c ---- */

/* Give each of our expander buses a bus number that leaves all of them, those of the domain
 * and the root complex enough for what is behind them. */
int vtune__pci_number(struct vtune__pci_tree *tree, struct vtune_error **err);

/* ---- pcie-devices.c ---- */

/* The element that passes a device of the host through; NULL: there is none. */
struct _xmlNode *vtune__pci_passed_through(struct _xmlNode *devices, const char *id);
/* At most how many ports libvirt will take for devices that have no address yet. */
unsigned int vtune__pci_unplaced(struct _xmlNode *devices);

#endif
