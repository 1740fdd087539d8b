/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/write.h"
#include "document-write.h"

void vtune__plan_write_disks(struct vtune__json_writer *w, struct json_object *root,
			     const struct vtune_plan *plan)
{
	struct json_object *disks;

	if (!plan->ndisks)
		return;
	disks = vtune__json_new_array(w);
	vtune__json_put(w, root, "disks", disks);
	for (unsigned int i = 0; i < plan->ndisks; i++)
		vtune__spec_write_disk(w, disks, &plan->disks[i]);
}
