/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/read.h"
#include "document-read.h"

#include <stdlib.h>

static bool has_iothread(const struct vtune_plan *plan, unsigned int id)
{
	for (unsigned int i = 0; i < plan->niothreads; i++)
		if (plan->iothreads[i].id == id)
			return true;
	return false;
}

static int check_iothreads(const struct vtune__json *list, const struct vtune_plan *plan,
			   struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ndisks; i++) {
		struct vtune__json at, child;

		VTUNE__SET_FOREACH(id, &plan->disks[i].iothread) {
			if (has_iothread(plan, (unsigned int)id))
				continue;
			vtune__json_element(list, i, &at);
			return vtune__json_fail(vtune__json_get(&at, "iothread", &child) ? &child
											 : &at,
						err, "The plan has no I/O thread %d", id);
		}
	}
	return 0;
}

int vtune__plan_read_disks(const struct vtune__json *root, struct vtune_plan *plan,
			   struct vtune_error **err)
{
	struct vtune__json list;

	if (vtune__spec_read_disk_list(root, &plan->disks, &plan->ndisks, err) < 0)
		return -1;
	return vtune__json_get(root, "disks", &list) ? check_iothreads(&list, plan, err) : 0;
}

void vtune__plan_free_disks(struct vtune_plan *plan)
{
	for (unsigned int i = 0; plan->disks && i < plan->ndisks; i++)
		vtune__disk_free(&plan->disks[i]);
	free(plan->disks);
}
