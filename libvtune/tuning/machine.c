/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several checks need to know of the machine. What is not there stays empty. */
#include "tuning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CPUS "/sys/devices/system/cpu/"

/* "flags : fpu vme ... vmx": the first processor's will do. */
static int read_flags(const char *text, struct vtune__machine *machine, struct vtune_error **err)
{
	const char *flags = strstr(text, "\nflags");
	VTUNE__CLEANUP(vtune__free_string) char *line = NULL;

	if (!flags)
		return 0;
	line = vtune__print(err, "%.*s", (int)strcspn(flags + 1, "\n"), flags + 1);
	if (!line)
		return -1;
	machine->is_x86 = true;
	machine->has_vmx = vtune__offers(line, "vmx");
	machine->has_svm = vtune__offers(line, "svm");
	return 0;
}

static int read_cpuinfo(const char *root, struct vtune__machine *machine, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__root_read(root, "/proc/cpuinfo", &text, err);

	return rc > 0 ? read_flags(text, machine, err) : rc;
}

static int read_kernel(const char *root, struct vtune__machine *machine, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__root_read_word(root, "/proc/sys/kernel/osrelease", &text, err);
	unsigned int major, minor;

	if (rc > 0 && sscanf(text, "%u.%u", &major, &minor) == 2 && major < 1000 && minor < 1000)
		machine->kernel = major * 1000 + minor;
	return rc;
}

/* Without nodes, the machine is one node, as the kernel and hwloc have it. */
static int read_nodes(const char *root, struct vtune__machine *machine, struct vtune_error **err)
{
	int rc =
		vtune__root_read_set(root, "/sys/devices/system/node/online", &machine->nodes, err);

	if (rc < 0)
		return -1;
	if (vtune__set_is_empty(&machine->nodes) && vtune__set_add(&machine->nodes, 0) < 0)
		return vtune__fail_memory(err);
	return 0;
}

static int read_cpus(const char *root, struct vtune__machine *machine, struct vtune_error **err)
{
	/* "(null)" is what some kernels write for no CPUs. */
	if (vtune__root_read_set(root, CPUS "online", &machine->online, err) < 0 ||
	    vtune__root_read_set(root, CPUS "possible", &machine->possible, err) < 0 ||
	    vtune__root_read_set(root, CPUS "isolated", &machine->isolated, err) < 0 ||
	    vtune__root_read_set(root, CPUS "nohz_full", &machine->nohz_full, err) < 0)
		return -1;
	if (vtune__set_is_empty(&machine->possible) &&
	    vtune__set_copy(&machine->possible, &machine->online) < 0)
		return vtune__fail_memory(err);
	return 0;
}

int vtune__machine_read(const char *root, struct vtune__machine *machine, struct vtune_error **err)
{
	if (read_cpus(root, machine, err) < 0 || read_nodes(root, machine, err) < 0 ||
	    read_cpuinfo(root, machine, err) < 0 || read_kernel(root, machine, err) < 0 ||
	    vtune__root_read_word(root, "/proc/cmdline", &machine->command_line, err) < 0)
		return -1;
	if (!machine->command_line)
		machine->command_line = vtune__strdup("", err);
	return machine->command_line ? 0 : -1;
}

void vtune__machine_free(struct vtune__machine *machine)
{
	vtune__set_free(&machine->online);
	vtune__set_free(&machine->possible);
	vtune__set_free(&machine->isolated);
	vtune__set_free(&machine->nohz_full);
	vtune__set_free(&machine->nodes);
	free(machine->command_line);
}
