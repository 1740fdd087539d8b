/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine: the topology from hwloc, what is free from /sys. */
#include <stdlib.h>

#include "sources.h"

VTUNE_EXPORT struct vtune_host *vtune_host_from_system(struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__draft_free) struct vtune__draft draft = { 0 };
	/* hwloc reads the copy of another machine's /sys that is named here. */
	const char *root = getenv("HWLOC_FSROOT");
	bool is_this_system;

	if (vtune__hwloc_read_system(&draft, &is_this_system, err) < 0)
		return NULL;
	if ((root || is_this_system) &&
	    (vtune__system_read_free(&draft, root ? root : "", err) < 0 ||
	     vtune__system_name_blocks(&draft, root ? root : "", err) < 0))
		return NULL;
	return vtune__host_build(&draft, err);
}
