/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/read.h"
#include "document-read.h"

static int read_vcpus(const struct vtune__json *at, struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct vtune__set *vcpus = &plan->schedule.realtime.vcpus;
	struct vtune__json child;
	int beyond;

	if (vtune__plan_need_set(at, "vcpus", VTUNE__MAX_VCPUS - 1, vcpus, err) < 0 ||
	    vtune__json_need(at, "vcpus", &child, err) < 0)
		return -1;
	beyond = vtune__set_next(vcpus, plan->nvcpus);
	if (beyond >= 0)
		return vtune__json_fail(&child, err,
					"There is no vCPU %d: the plan has %u, numbered from 0",
					beyond, plan->nvcpus);
	return 0;
}

static int read_realtime(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "vcpus",	"scheduler", "priority",
					    "emulator", "iothreads", NULL };
	struct vtune__realtime *realtime = &plan->schedule.realtime;
	struct vtune__json at, child;
	int scheduler;

	if (!vtune__json_get(root, "realtime", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 || read_vcpus(&at, plan, err) < 0 ||
	    vtune__json_need(&at, "scheduler", &child, err) < 0 ||
	    vtune__json_enum(&child, vtune__scheduler_names, &scheduler, err) < 0 ||
	    vtune__plan_need_number(&at, "priority", 1, VTUNE__MAX_PRIORITY, &realtime->priority,
				    err) < 0 ||
	    vtune__spec_read_number(&at, "emulator", 1, VTUNE__MAX_PRIORITY, &realtime->emulator,
				    err) < 0)
		return -1;
	realtime->scheduler = (enum vtune__scheduler)scheduler;
	return vtune__spec_read_number(&at, "iothreads", 1, VTUNE__MAX_PRIORITY,
				       &realtime->iothreads, err);
}

int vtune__plan_read_schedule(const struct vtune__json *root, struct vtune_plan *plan,
			      struct vtune_error **err)
{
	if (vtune__spec_read_bandwidth(root, plan->schedule.bandwidth, err) < 0)
		return -1;
	return read_realtime(root, plan, err);
}

void vtune__plan_free_schedule(struct vtune_plan *plan)
{
	vtune__realtime_free(&plan->schedule.realtime);
}
