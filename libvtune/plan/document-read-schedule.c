/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

/* ---- bandwidth ---- */

static int read_one(const struct vtune__json *at, struct vtune__bandwidth *bandwidth,
		    struct vtune_error **err)
{
	static const char *const keys[] = { "period", "quota", NULL };
	struct vtune__json child;

	if (vtune__json_object(at, keys, err) < 0)
		return -1;
	if (vtune__json_get(at, "period", &child) &&
	    vtune__json_uint(&child, VTUNE__MIN_PERIOD, VTUNE__MAX_PERIOD, &bandwidth->period,
			     err) < 0)
		return -1;
	if (!vtune__json_get(at, "quota", &child))
		return 0;
	if (vtune__json_int(&child, -1, VTUNE__MAX_QUOTA, &bandwidth->quota, err) < 0)
		return -1;
	if (!vtune__is_quota(bandwidth->quota))
		return vtune__json_fail(&child, err, "A quota is -1, or %d at least",
					VTUNE__MIN_QUOTA);
	return 0;
}

static int read_bandwidth(const struct vtune__json *root, struct vtune_plan *plan,
			  struct vtune_error **err)
{
	struct vtune__json bandwidth, at;

	if (!vtune__json_get(root, "bandwidth", &bandwidth))
		return 0;
	if (vtune__json_object(&bandwidth, vtune__bandwidth_names, err) < 0)
		return -1;
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++)
		if (vtune__json_get(&bandwidth, vtune__bandwidth_names[i], &at) &&
		    read_one(&at, &plan->schedule.bandwidth[i], err) < 0)
			return -1;
	return 0;
}

/* ---- realtime ---- */

static int read_priority(const struct vtune__json *at, const char *key, unsigned int *priority,
			 struct vtune_error **err)
{
	struct vtune__json child;

	if (!vtune__json_get(at, key, &child))
		return 0;
	return vtune__json_uint32(&child, 1, VTUNE__MAX_PRIORITY, priority, err);
}

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
	    read_priority(&at, "emulator", &realtime->emulator, err) < 0)
		return -1;
	realtime->scheduler = (enum vtune__scheduler)scheduler;
	return read_priority(&at, "iothreads", &realtime->iothreads, err);
}

int vtune__plan_read_schedule(const struct vtune__json *root, struct vtune_plan *plan,
			      struct vtune_error **err)
{
	return read_bandwidth(root, plan, err) < 0 ? -1 : read_realtime(root, plan, err);
}

void vtune__plan_free_schedule(struct vtune_plan *plan)
{
	vtune__realtime_free(&plan->schedule.realtime);
}
