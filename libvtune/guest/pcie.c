/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest sees that a device is near one of its cells by the bus that the device is on: an
 * expander bus tells the cell for all that is behind it. */
#include <string.h>

#include "guest.h"

/* The cell on the node of the device, or -1. The nearest one is no answer to who asks which
 * of its own nodes the device is on. */
static int cell_of(const struct vtune_plan *plan, const struct vtune__plan_device *device)
{
	for (unsigned int g = 0; g < plan->ncells; g++)
		if (device->node == (int)plan->cells[g].node)
			return (int)g;
	return -1;
}

static bool is_same_root(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* What is behind one root complex of the host is behind one bus of the guest, so that it
 * also sees which devices reach one another without the processor. */
static struct vtune__plan_expander *find_expander(const struct vtune_plan *plan, unsigned int cell,
						  const char *root)
{
	const struct vtune__plan_pcie *pcie = &plan->pcie;

	for (unsigned int i = 0; i < pcie->nexpanders; i++) {
		struct vtune__plan_expander *it = &pcie->expanders[i];

		if (it->cell == cell && is_same_root(it->root, root) &&
		    it->ndevices + it->spare_ports < VTUNE__PCIE_SLOTS)
			return it;
	}
	return NULL;
}

/* Of a domain that is there already the spec has the machine. Where nobody names one, libvirt
 * takes "pc" on x86, which has no expander buses: so a plan that has some names another. */
static enum vtune__pci_machine machine_of(const struct vtune_plan *plan)
{
	return plan->cpu.machine ? vtune__pci_machine(plan->cpu.arch, plan->cpu.machine)
				 : VTUNE__PCI_EXPRESS;
}

/* Returns 1 when there is no room for it. */
static int add_device(struct vtune_plan *plan, const struct vtune_host *host,
		      const struct vtune_spec *spec, unsigned int i, unsigned int cell,
		      struct vtune_error **err)
{
	const struct vtune__device *device =
		vtune__topology_device(host->topology, plan->devices[i].id);
	const char *root = device ? device->root : NULL;
	struct vtune__plan_expander *expander = find_expander(plan, cell, root);
	unsigned int spare = spec->pcie.spare_ports_per_expander;
	unsigned int buses = vtune__plan_pcie_buses(&plan->pcie);

	if (buses + 1 + (expander ? 0 : 1 + spare) > VTUNE__PCIE_BUSES)
		return 1;
	if (!expander) {
		expander = vtune__plan_add_expander(plan, cell, root, err);
		if (!expander)
			return -1;
		expander->spare_ports = spare;
	}
	return vtune__plan_expander_take(expander, i, err);
}

static const char *hint_of(const struct vtune__plan_cpu *cpu)
{
	return !cpu->arch || strcmp(cpu->arch, "x86_64") == 0 ? " (q35 has them)" : "";
}

static int add_devices(struct vtune_plan *plan, const struct vtune_host *host,
		       const struct vtune_spec *spec, struct vtune_error **err)
{
	bool buses = machine_of(plan) != VTUNE__PCI_PLAIN;
	unsigned int without = 0;

	for (unsigned int i = 0; i < plan->ndevices; i++) {
		int cell = cell_of(plan, &plan->devices[i]);
		int result = 0;

		if (cell >= 0)
			result = buses ? add_device(plan, host, spec, i, (unsigned int)cell, err)
				       : 1;
		if (result < 0)
			return -1;
		without += (unsigned int)result;
	}
	if (without == 0)
		return 0;
	return vtune__plan_warn(plan, err, "device_locality",
				"the guest will not see which of its cells %u of its devices %s "
				"near: %s%s",
				without, without > 1 ? "are" : "is",
				buses ? "there are no more bus numbers for expander buses"
				      : "its machine has no expander buses",
				buses ? "" : hint_of(&plan->cpu));
}

static int choose_spare(struct vtune_plan *plan, const struct vtune_spec *spec,
			struct vtune_error **err)
{
	plan->pcie.spare_ports = spec->pcie.spare_ports;
	if (spec->pcie.spare_ports == 0 || machine_of(plan) == VTUNE__PCI_EXPRESS)
		return 0;
	plan->pcie.spare_ports = 0;
	return vtune__plan_warn(plan, err, "spare_ports",
				"the machine \"%s\" has no PCI Express, so that the %u spare port%s "
				"in \"pcie\" %s left out%s",
				plan->cpu.machine, spec->pcie.spare_ports, spec->pcie.spare_ports > 1 ? "s" : "",
				spec->pcie.spare_ports > 1 ? "are" : "is", hint_of(&plan->cpu));
}

static int choose_machine(struct vtune_plan *plan, struct vtune_error **err)
{
	if (plan->cpu.machine || (plan->pcie.nexpanders == 0 && plan->pcie.spare_ports == 0))
		return 0;
	plan->cpu.machine = vtune__strdup("q35", err);
	return plan->cpu.machine ? 0 : -1;
}

int vtune__guest_pcie(struct vtune_plan *plan, const struct vtune_host *host,
		      const struct vtune_spec *spec, struct vtune_error **err)
{
	if (choose_spare(plan, spec, err) < 0 || (spec->pcie.expanders == VTUNE__EXPANDERS_AUTO &&
						  add_devices(plan, host, spec, err) < 0))
		return -1;
	plan->pcie.said = plan->pcie.nexpanders > 0 || plan->pcie.spare_ports > 0 ||
			  (spec->pcie.said && spec->pcie.expanders == VTUNE__EXPANDERS_AUTO);
	return choose_machine(plan, err);
}
