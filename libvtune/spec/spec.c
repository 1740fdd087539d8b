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
const char *const vtune__cpu_mode_names[] = {
	"host-passthrough", "host-model", "maximum", "custom", NULL,
};

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
	vtune__spec_free_schedule(spec);
	vtune__set_free(&spec->dedicated);
	vtune__set_free(&spec->nodes);
	vtune__set_free(&spec->iothread_ids);
	free(spec->cells);
	free(spec->name);
	free(spec);
}

/* libvirt takes no other names: one with "/" would leave its folders. */
bool vtune__is_vm_name(const char *name)
{
	return name[0] != '\0' && !strchr(name, '/');
}
