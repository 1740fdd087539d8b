/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest.h"

int vtune__guest_choose(struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune_spec *spec, struct vtune_error **err)
{
	static int (*const parts[])(struct vtune_plan *, const struct vtune_host *,
				    const struct vtune_spec *, struct vtune_error **) = {
		vtune__guest_topology, vtune__guest_cpu,      vtune__guest_backing,
		vtune__guest_hotplug,  vtune__guest_memtune,  vtune__guest_schedule,
		vtune__guest_disks,    vtune__guest_interfaces, vtune__guest_pcie,
		vtune__guest_advise,
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(parts); i++)
		if (parts[i](plan, host, spec, err) < 0)
			return -1;
	return 0;
}
