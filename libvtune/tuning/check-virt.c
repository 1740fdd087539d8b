/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What virtualization stands on: KVM, its page tables, hugetlbfs, the IOMMU. */
#include "tuning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- /dev/kvm ---- */

static int say_no_kvm(struct vtune__checking *checking)
{
	const struct vtune__machine *machine = &checking->machine;
	struct vtune__row *row = vtune__row_new(checking, checking->check->otherwise);

	if (!row || vtune__row_say(checking, &row->current, "no /dev/kvm") < 0)
		return -1;
	if (machine->is_x86 && !machine->has_vmx && !machine->has_svm)
		return vtune__row_say(
			checking, &row->how,
			"This processor shows neither vmx nor svm: turn "
			"virtualization on in the firmware, or, in a VM, in its host.");
	if (!machine->is_x86)
		return vtune__row_say(checking, &row->how, "Load the module kvm.");
	return vtune__row_say(checking, &row->how, "Load the module %s; it tells why if it cannot.",
			      machine->has_vmx ? "kvm_intel" : "kvm_amd");
}

int vtune__tune_kvm(struct vtune__checking *checking)
{
	int there = vtune__root_has(checking->root, "/dev/kvm", checking->err);
	int has_dev = vtune__root_has(checking->root, "/dev", checking->err);
	struct vtune__row *row;

	if (there < 0 || has_dev < 0)
		return -1;
	if (!has_dev)
		return vtune__row_missing(checking, "There is no /dev here.");
	if (!there)
		return say_no_kvm(checking);
	row = vtune__row_new(checking, VTUNE__OK);
	return row ? vtune__row_say(checking, &row->current, "/dev/kvm") : -1;
}

/* ---- parameters of its modules ---- */

struct parameter {
	const char *module, *name;
	char *value;
};

/* The first of them that there is: 1, 0, -1. */
static int find_parameter(struct vtune__checking *checking, const char *const names[2],
			  struct parameter *found)
{
	static const char *const modules[] = { "kvm_intel", "kvm_amd" };

	for (unsigned int i = 0; i < VTUNE__COUNT(modules); i++) {
		VTUNE__CLEANUP(vtune__free_string)
		char *path = vtune__print(checking->err, "/sys/module/%s/parameters/%s", modules[i],
					  names[i]);
		int rc = -1;

		if (path)
			rc = vtune__root_read_word(checking->root, path, &found->value,
						   checking->err);
		if (rc != 0) {
			found->module = modules[i];
			found->name = names[i];
			return rc;
		}
	}
	return 0;
}

static bool is_on(const char *value)
{
	return value[0] == 'Y' || value[0] == 'y' || value[0] == '1';
}

/* Both are set when the module is loaded. */
static int want_parameter(struct vtune__checking *checking, struct vtune__row *row,
			  const struct parameter *parameter, bool on)
{
	row->verdict = checking->check->otherwise;
	row->reboot = true;
	if (vtune__row_say(checking, &row->wanted, "%s", on ? "on" : "off") < 0 ||
	    vtune__row_say(checking, &row->how,
			   "Stop all VMs and load the module %s anew, or start the host anew.",
			   parameter->module) < 0)
		return -1;
	return vtune__row_keep(checking, row, VTUNE__MODPROBE, "options %s %s=%d",
			       parameter->module, parameter->name, on);
}

static int check_nested(struct vtune__checking *checking, const struct parameter *parameter)
{
	const struct vtune__preference *preference = vtune__wanted(checking);
	const char *value = is_on(parameter->value) ? "on" : "off";
	struct vtune__row *row = vtune__row_new(checking, VTUNE__OK);

	if (!row || vtune__row_say(checking, &row->current, "%s", value) < 0)
		return -1;
	if (!preference || vtune__preference_likes(preference, -1, value))
		return 0;
	return want_parameter(checking, row, parameter, !is_on(parameter->value));
}

int vtune__tune_nested(struct vtune__checking *checking)
{
	static const char *const names[] = { "nested", "nested" };
	struct parameter parameter = { 0 };
	int rc = find_parameter(checking, names, &parameter);

	if (rc > 0)
		rc = check_nested(checking, &parameter);
	else if (rc == 0)
		rc = vtune__row_missing(checking, "Neither kvm_intel nor kvm_amd is loaded here.");
	free(parameter.value);
	return rc;
}

static int check_ept(struct vtune__checking *checking, const struct parameter *parameter)
{
	struct vtune__row *row = vtune__row_new(checking, VTUNE__OK);
	VTUNE__CLEANUP(vtune__free_string) char *flags = NULL;
	int rc;

	if (!row || vtune__row_say(checking, &row->current, "%s %s", parameter->name,
				   is_on(parameter->value) ? "on" : "off") < 0)
		return -1;
	if (is_on(parameter->value))
		return 0;
	rc = vtune__root_read(checking->root, "/proc/cpuinfo", &flags, checking->err);
	if (rc < 0)
		return -1;
	/* Without the flag the module has turned it off itself. */
	if (rc > 0 && vtune__offers(flags, parameter->name))
		return want_parameter(checking, row, parameter, true);
	row->verdict = VTUNE__UNKNOWN;
	return vtune__row_say(checking, &row->why, "This processor does not have it.");
}

int vtune__tune_ept(struct vtune__checking *checking)
{
	static const char *const names[] = { "ept", "npt" };
	struct parameter parameter = { 0 };
	int rc = find_parameter(checking, names, &parameter);

	if (rc > 0)
		rc = check_ept(checking, &parameter);
	else if (rc == 0)
		rc = vtune__row_missing(checking, "Neither kvm_intel nor kvm_amd is loaded here.");
	free(parameter.value);
	return rc;
}

/* ---- the IOMMU ---- */

/* How to turn it on, of hardware that has one and does not use it; NULL: it has none. */
static int say_iommu(struct vtune__checking *checking, struct vtune__row *row, bool intel)
{
	const char *line = checking->machine.command_line;

	row->verdict = checking->vms.ndevices ? VTUNE__DANGER : checking->check->otherwise;
	row->reboot = true;
	if (vtune__row_say(checking, &row->wanted, "on") < 0)
		return -1;
	if (vtune__offers(line, "iommu=off") || vtune__offers(line, "amd_iommu=off") ||
	    vtune__offers(line, "intel_iommu=off"))
		return vtune__row_say(
			checking, &row->how,
			"Take what turns the IOMMU off away from the kernel's command "
			"line, and start the host anew.");
	if (!intel)
		return vtune__row_say(checking, &row->how,
				      "The kernel uses it unless it is told otherwise: turn it on "
				      "in the firmware.");
	return vtune__row_keep(checking, row, VTUNE__KERNEL, "intel_iommu=on iommu=pt");
}

static int check_no_iommu(struct vtune__checking *checking)
{
	int intel =
		vtune__root_has(checking->root, "/sys/firmware/acpi/tables/DMAR", checking->err);
	int amd = vtune__root_has(checking->root, "/sys/firmware/acpi/tables/IVRS", checking->err);
	struct vtune__row *row;

	if (intel < 0 || amd < 0)
		return -1;
	if (!intel && !amd && checking->vms.ndevices == 0)
		return vtune__row_missing(checking, "The firmware names no IOMMU.");
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row || vtune__row_say(checking, &row->current, "off") < 0)
		return -1;
	if (intel || amd)
		return say_iommu(checking, row, intel);
	row->verdict = VTUNE__DANGER;
	return vtune__row_say(checking, &row->how,
			      "The firmware names none: turn it on there (VT-d, AMD-Vi, SMMU), or "
			      "pass no devices through.");
}

int vtune__tune_iommu(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names groups = { 0 };
	struct vtune__row *row;

	if (vtune__root_list(checking->root, "/sys/kernel/iommu_groups", "", &groups,
			     checking->err) < 0)
		return -1;
	if (groups.count == 0)
		return check_no_iommu(checking);
	row = vtune__row_new(checking, VTUNE__OK);
	return row ? vtune__row_say(checking, &row->current, "on, %u groups", groups.count) : -1;
}
