/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices with SR-IOV: their virtual functions, and on which node they sit. */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"

static int read_of(struct vtune__checking *checking, const char *device, const char *name,
		   char **text)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, DEVICES "/%s/%s", device, name);

	return path ? vtune__root_read_word(checking->root, path, text, checking->err) : -1;
}

static int say_unknown_node(struct vtune__checking *checking, struct vtune__row *row)
{
	row->verdict = checking->check->otherwise;
	if (vtune__row_say(checking, &row->wanted, "a node that is known") < 0)
		return -1;
	return vtune__row_say(checking, &row->how,
			      "The firmware does not tell it (ACPI _PXM): look for an update, or "
			      "name the node in the host document.");
}

/* node: as the kernel has it, "-1" where it does not know. */
static int say_device(struct vtune__checking *checking, const char *device, const char *total,
		      const char *made, const char *node)
{
	struct vtune__row *row = vtune__row_new(checking, VTUNE__OK);
	bool is_known = node && node[0] != '-';

	if (!row || vtune__row_say(checking, &row->where, "%s", device) < 0 ||
	    vtune__row_say(checking, &row->current, "%s of %s functions, %s%s", made, total,
			   is_known ? "node " : "no known node", is_known ? node : "") < 0)
		return -1;
	if (strcmp(made, "0") == 0)
		return vtune__row_say(checking, &row->why,
				      "Write a number to " DEVICES
				      "/%s/sriov_numvfs to have functions for VMs.",
				      device);
	if (is_known || vtune__set_count(&checking->machine.nodes) < 2)
		return 0;
	return say_unknown_node(checking, row);
}

/* 1 when it has SR-IOV, else 0. */
static int check_device(struct vtune__checking *checking, const char *device)
{
	VTUNE__CLEANUP(vtune__free_string) char *total = NULL, *made = NULL, *node = NULL;
	int rc = read_of(checking, device, "sriov_totalvfs", &total);

	if (rc <= 0 || strcmp(total, "0") == 0)
		return rc < 0 ? -1 : 0;
	if (read_of(checking, device, "sriov_numvfs", &made) < 0 ||
	    read_of(checking, device, "numa_node", &node) < 0)
		return -1;
	return say_device(checking, device, total, made ? made : "0", node) < 0 ? -1 : 1;
}

int vtune__tune_sriov(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names devices = { 0 };
	bool any = false;

	if (vtune__root_list(checking->root, DEVICES, "", &devices, checking->err) < 0)
		return -1;
	for (unsigned int i = 0; i < devices.count; i++) {
		int rc = check_device(checking, devices.list[i]);

		if (rc < 0)
			return -1;
		any = any || rc > 0;
	}
	return any ? 0 : vtune__row_missing(checking, "No device here has SR-IOV.");
}
