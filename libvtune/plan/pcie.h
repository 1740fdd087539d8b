/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: the PCI Express topology of the guest. Which controllers and bus
 * numbers that takes depends on what a domain has besides, so they are chosen when the plan
 * is laid into one. */
#ifndef VTUNE_PLAN_PCIE_H
#define VTUNE_PLAN_PCIE_H

#include "../base/base.h"

/* Machines without expander buses, and those with. POWER's has no PCI Express for its guests:
 * there, host bridges are expander buses, and devices are on them without ports. */
enum vtune__pci_machine { VTUNE__PCI_PLAIN, VTUNE__PCI_EXPRESS, VTUNE__PCI_SPAPR };
/* In libvirt's words; arch may be NULL. */
enum vtune__pci_machine vtune__pci_machine(const char *arch, const char *machine);

/* A bus that tells the guest which of its cells the devices on it are near. */
struct vtune__plan_expander {
	unsigned int cell;
	char *root;	       /* the host's, as 0000:40; NULL: unknown */
	unsigned int *devices; /* indexes of plan->devices, each behind a port of its own */
	unsigned int ndevices;
	unsigned int spare_ports;
};

struct vtune__plan_pcie {
	bool said; /* it is ours to lay: what was laid before and is not in it goes away */
	struct vtune__plan_expander *expanders;
	unsigned int nexpanders;
	unsigned int spare_ports; /* of the guest's own root complex */
};

/* Bus numbers for ports and expander buses; the others are for what else is on the guest's
 * own root complex. */
#define VTUNE__PCIE_BUSES (256 - 32)

struct vtune_plan;
/* How many bus numbers it takes. */
unsigned int vtune__plan_pcie_buses(const struct vtune__plan_pcie *pcie);
/* A new bus at the end; NULL: out of memory. */
struct vtune__plan_expander *vtune__plan_add_expander(struct vtune_plan *plan, unsigned int cell,
						      const char *root, struct vtune_error **err);
int vtune__plan_expander_take(struct vtune__plan_expander *expander, unsigned int device,
			      struct vtune_error **err);

#endif
