/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec.h"

#include <stdlib.h>
#include <string.h>

const char *const vtune__cpu_policy_names[] = { "dedicated", "shared", "mixed", NULL };
const char *const vtune__threads_names[] = { "prefer", "require", "isolate", NULL };
const char *const vtune__memory_mode_names[] = {
	"strict", "restrictive", "preferred", "interleave", NULL,
};
const char *const vtune__emulator_names[] = { "share", "isolate", "float", NULL };
const char *const vtune__iothreads_names[] = { "share", "isolate", NULL };
const char *const vtune__affinity_names[] = { "require", "prefer", "none", NULL };
const char *const vtune__strategy_names[] = { "pack", "spread", NULL };
const char *const vtune__expanders_names[] = { "auto", "none", NULL };
const char *const vtune__cpu_mode_names[] = { "host-passthrough", "host-model", "maximum", NULL };

VTUNE_EXPORT const char *vtune_spec_get_name(const struct vtune_spec *spec)
{
	return spec ? spec->name : "";
}

VTUNE_EXPORT void vtune_spec_free(struct vtune_spec *spec)
{
	if (!spec)
		return;
	/* A mere number of cells has no list. */
	for (unsigned int i = 0; spec->cells && i < spec->cell_count; i++)
		vtune__set_free(&spec->cells[i].vcpus);
	vtune__spec_free_disks(spec);
	vtune__spec_free_interfaces(spec);
	vtune__spec_free_hostdevs(spec);
	vtune__spec_free_cpu(spec);
	vtune__set_free(&spec->dedicated);
	vtune__set_free(&spec->nodes);
	free(spec->cells);
	free(spec->name);
	free(spec);
}

static bool is_on(const struct vtune_spec *spec, unsigned int disk, const char *bus)
{
	return strcmp(spec->disks[disk].bus, bus) == 0;
}

/* The deals before that disk: one for each virtio disk, and one for all scsi
 * disks, because their controller has the thread and not the disk. */
static unsigned int deals_before(const struct vtune_spec *spec, unsigned int disk)
{
	unsigned int deals = 0;
	bool scsi = false;

	for (unsigned int i = 0; i < disk; i++) {
		if (is_on(spec, i, "virtio") || (is_on(spec, i, "scsi") && !scsi))
			deals++;
		scsi = scsi || is_on(spec, i, "scsi");
	}
	return deals;
}

static unsigned int first_scsi(const struct vtune_spec *spec)
{
	unsigned int disk = 0;

	while (!is_on(spec, disk, "scsi"))
		disk++;
	return disk;
}

int vtune__spec_iothread_of_disk(const struct vtune_spec *spec, unsigned int disk)
{
	if (disk >= spec->ndisks || spec->iothread_count == 0)
		return -1;
	if (is_on(spec, disk, "scsi"))
		disk = first_scsi(spec);
	else if (!is_on(spec, disk, "virtio"))
		return -1;
	return (int)(deals_before(spec, disk) % spec->iothread_count);
}

unsigned int vtune__spec_auto_iothreads(const struct vtune_spec *spec)
{
	unsigned int deals = deals_before(spec, spec->ndisks);

	return deals < spec->vcpus ? deals : spec->vcpus;
}

/* libvirt takes no other names: one with "/" would leave its folders. */
bool vtune__is_vm_name(const char *name)
{
	return name[0] != '\0' && !strchr(name, '/');
}
