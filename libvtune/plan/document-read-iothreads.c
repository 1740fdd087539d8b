/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/read.h"
#include "document-read.h"

#include <string.h>

static bool has_disk(const struct vtune__plan_iothread *iothread, const char *target)
{
	for (unsigned int disk = 0; disk < iothread->ndisks; disk++)
		if (iothread->disks[disk] && strcmp(iothread->disks[disk], target) == 0)
			return true;
	return false;
}

static int read_disks(const struct vtune__json *at, struct vtune__plan_iothread *iothread,
		      struct vtune_error **err)
{
	struct vtune__json list, disk;
	const char *target;

	iothread->disks = vtune__plan_need_list(at, "disks", 0, VTUNE__MAX_DEVICES,
						sizeof(*iothread->disks), &list, &iothread->ndisks,
						err);
	if (!iothread->disks)
		return -1;
	for (unsigned int i = 0; i < iothread->ndisks; i++) {
		vtune__json_element(&list, i, &disk);
		if (vtune__json_string(&disk, &target, err) < 0)
			return -1;
		if (target[0] == '\0' || has_disk(iothread, target))
			return vtune__json_fail(&disk, err,
						"Here must be the target of a disk, and "
						"each disk may be there once");
		iothread->disks[i] = vtune__strdup(target, err);
		if (!iothread->disks[i])
			return -1;
	}
	return 0;
}

static int read_iothread(const struct vtune__json *at, struct vtune__plan_iothread *iothread,
			 unsigned int after, struct vtune_error **err)
{
	static const char *const keys[] = { "id", "cpus", "disks", "poll", "thread_pool", NULL };

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__plan_need_number(at, "id", after + 1, VTUNE__MAX_IOTHREAD_ID, &iothread->id,
				    err) < 0 ||
	    vtune__plan_need_set(at, "cpus", VTUNE__MAX_CPU, &iothread->cpus, err) < 0 ||
	    read_disks(at, iothread, err) < 0)
		return -1;
	return vtune__spec_read_tuning(at, &iothread->tuning, err);
}

int vtune__plan_read_iothreads(const struct vtune__json *root, struct vtune_plan *plan,
			       struct vtune_error **err)
{
	struct vtune__json list, at;
	unsigned int id = 0;

	plan->iothreads = vtune__plan_need_list(root, "iothreads", 0, VTUNE__MAX_IOTHREADS,
						sizeof(*plan->iothreads), &list, &plan->niothreads,
						err);
	if (!plan->iothreads)
		return -1;
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		vtune__json_element(&list, i, &at);
		if (read_iothread(&at, &plan->iothreads[i], id, err) < 0)
			return -1;
		id = plan->iothreads[i].id;
	}
	return 0;
}
