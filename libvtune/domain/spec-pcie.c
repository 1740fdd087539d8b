/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pcie.h"

#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

/* Our ports on that bus that are there to be used later. */
static unsigned int count_spare(const struct vtune__pci_tree *tree, unsigned int bus)
{
	unsigned int count = 0;

	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++)
		count += vtune__pci_is_spare(&tree->at[i]) && tree->at[i].parent == bus;
	return count;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static void take_ours(struct vtune__pcie_spec *pcie, const struct vtune__pci_tree *tree,
		      bool *has_expanders)
{
	unsigned int spare = 0;

	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++) {
		const struct vtune__pci_controller *it = &tree->at[i];

		if (!it->node || !it->ours)
			continue;
		pcie->said = true;
		if (it->model != VTUNE__PCI_EXPANDER)
			continue;
		*has_expanders = true;
		if (count_spare(tree, i) > spare)
			spare = count_spare(tree, i);
	}
	pcie->spare_ports = least(count_spare(tree, 0), VTUNE__MAX_SPARE_PORTS);
	pcie->spare_ports_per_expander = least(spare, VTUNE__PCIE_SLOTS - 1);
}

/* Where libvirt has placed them, devices that no bus tells a cell of stay: the guest may know
 * them by their addresses. */
static bool is_settled(const struct vtune__pci_tree *tree)
{
	struct _xmlNode *device = vtune__xml_child(tree->devices, NULL);
	bool any = false;

	for (; device; device = vtune__xml_next(device, NULL)) {
		struct vtune__pci_place place;

		if (!vtune__domain_passed_through(device) ||
		    strcmp(vtune__xml_name(device), "disk") == 0)
			continue;
		any = true;
		if (!vtune__pci_place(device, &place) || vtune__pci_expander(tree, place.bus) != 0)
			return false;
	}
	return any;
}

void vtune__spec_of_pcie(struct vtune_spec *spec, struct _xmlNode *domain)
{
	bool known, has_expanders = false;
	struct vtune__pci_tree tree;

	vtune__pci_read_tree(&tree, domain);
	/* Which machine libvirt takes where the domain says none depends on libvirt. */
	if (!tree.devices || (vtune__pci_machine_of(domain, &known) == VTUNE__PCI_PLAIN && known))
		return;
	take_ours(&spec->pcie, &tree, &has_expanders);
	if (!has_expanders && is_settled(&tree)) {
		spec->pcie.said = true;
		spec->pcie.expanders = VTUNE__EXPANDERS_NONE;
	}
}
