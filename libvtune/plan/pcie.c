/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* A machine as such, or in a version: virt, virt-9.0. */
static bool is_machine(const char *machine, const char *name)
{
	size_t length = strlen(name);

	return strncmp(machine, name, length) == 0 &&
	       (machine[length] == '\0' || machine[length] == '-');
}

/* q35 has expander buses since libvirt 1.3.4, virt of 64-bit Arm since 7.7.0, and pseries has
 * more than one host bridge since 3.6.0. */
enum vtune__pci_machine vtune__pci_machine(const char *arch, const char *machine)
{
	if (is_machine(machine, "pseries"))
		return VTUNE__PCI_SPAPR;
	if (strstr(machine, "q35"))
		return VTUNE__PCI_EXPRESS;
	if (arch && strcmp(arch, "aarch64") == 0 && is_machine(machine, "virt"))
		return VTUNE__PCI_EXPRESS;
	return VTUNE__PCI_PLAIN;
}

struct vtune__plan_expander *vtune__plan_add_expander(struct vtune_plan *plan, unsigned int cell,
						      const char *root, struct vtune_error **err)
{
	struct vtune__plan_pcie *pcie = &plan->pcie;
	struct vtune__plan_expander *expander;

	expander =
		vtune__grow((void **)&pcie->expanders, &pcie->nexpanders, sizeof(*expander), err);
	if (!expander)
		return NULL;
	expander->cell = cell;
	if (!root)
		return expander;
	expander->root = vtune__strdup(root, err);
	return expander->root ? expander : NULL;
}

int vtune__plan_expander_take(struct vtune__plan_expander *expander, unsigned int device,
			      struct vtune_error **err)
{
	unsigned int *it =
		vtune__grow((void **)&expander->devices, &expander->ndevices, sizeof(*it), err);

	if (!it)
		return -1;
	*it = device;
	return 0;
}

unsigned int vtune__plan_pcie_buses(const struct vtune__plan_pcie *pcie)
{
	unsigned int buses = pcie->spare_ports;

	/* A device is on one bus, and there are at most 4096, so this cannot wrap. */
	for (unsigned int i = 0; i < pcie->nexpanders; i++)
		buses += 1 + pcie->expanders[i].ndevices + pcie->expanders[i].spare_ports;
	return buses;
}

void vtune__plan_free_pcie(struct vtune_plan *plan)
{
	struct vtune__plan_pcie *pcie = &plan->pcie;

	for (unsigned int i = 0; i < pcie->nexpanders; i++) {
		free(pcie->expanders[i].root);
		free(pcie->expanders[i].devices);
	}
	free(pcie->expanders);
}
