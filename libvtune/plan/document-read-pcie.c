/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

#include <string.h>

#include "../spec/pcie.h"

static bool is_taken(const struct vtune__plan_pcie *pcie, unsigned int device)
{
	for (unsigned int i = 0; i < pcie->nexpanders; i++)
		for (unsigned int j = 0; j < pcie->expanders[i].ndevices; j++)
			if (pcie->expanders[i].devices[j] == device)
				return true;
	return false;
}

/* One of the plan's devices, on the node of the bus's cell and behind no other bus. */
static int read_device(const struct vtune__json *at, struct vtune_plan *plan,
		       struct vtune__plan_expander *expander, struct vtune_error **err)
{
	unsigned int i = 0;
	const char *id;

	if (vtune__json_string(at, &id, err) < 0)
		return -1;
	while (i < plan->ndevices && strcmp(plan->devices[i].id, id) != 0)
		i++;
	if (i == plan->ndevices)
		return vtune__json_fail(at, err, "\"%s\" is none of the devices of this plan", id);
	if (plan->devices[i].node != (int)plan->cells[expander->cell].node)
		return vtune__json_fail(at, err, "The device \"%s\" is not on the node of cell %u",
					id, expander->cell);
	if (is_taken(&plan->pcie, i))
		return vtune__json_fail(at, err, "The device \"%s\" is there twice", id);
	return vtune__plan_expander_take(expander, i, err);
}

static int read_devices(const struct vtune__json *at, struct vtune_plan *plan,
			struct vtune__plan_expander *expander, struct vtune_error **err)
{
	struct vtune__json list, child;
	unsigned int length;

	if (vtune__json_need(at, "devices", &list, err) < 0 ||
	    vtune__json_array(&list, &length, err) < 0)
		return -1;
	if (length == 0)
		return vtune__json_fail(&list, err, "Here must be at least one device");
	if (length + expander->spare_ports > VTUNE__PCIE_SLOTS)
		return vtune__json_fail(at, err,
					"%u devices and %u spare ports are more than the %u ports "
					"that a bus has room for",
					length, expander->spare_ports, VTUNE__PCIE_SLOTS);
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &child);
		if (read_device(&child, plan, expander, err) < 0)
			return -1;
	}
	return 0;
}

static int read_expander(const struct vtune__json *at, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "cell", "root", "devices", "spare_ports", NULL };
	struct vtune__plan_expander *expander;
	struct vtune__json child;
	const char *root = NULL;
	unsigned int cell;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__plan_need_number(at, "cell", 0, plan->ncells - 1, &cell, err) < 0)
		return -1;
	if (vtune__json_get(at, "root", &child) &&
	    vtune__plan_need_string(at, "root", &root, err) < 0)
		return -1;
	expander = vtune__plan_add_expander(plan, cell, root, err);
	if (!expander || vtune__plan_need_number(at, "spare_ports", 0, VTUNE__PCIE_SLOTS - 1,
						 &expander->spare_ports, err) < 0)
		return -1;
	return read_devices(at, plan, expander, err);
}

int vtune__plan_read_pcie(const struct vtune__json *root, struct vtune_plan *plan,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "expanders", "spare_ports", NULL };
	struct vtune__json at, list, child;
	unsigned int length;

	if (!vtune__json_get(root, "pcie", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    vtune__plan_need_number(&at, "spare_ports", 0, VTUNE__MAX_SPARE_PORTS,
				    &plan->pcie.spare_ports, err) < 0 ||
	    vtune__json_need(&at, "expanders", &list, err) < 0 ||
	    vtune__json_array(&list, &length, err) < 0)
		return -1;
	plan->pcie.said = true;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &child);
		if (read_expander(&child, plan, err) < 0)
			return -1;
	}
	if (vtune__plan_pcie_buses(&plan->pcie) > VTUNE__PCIE_BUSES)
		return vtune__json_fail(&at, err,
					"These are more ports than a guest has bus numbers for");
	return 0;
}
