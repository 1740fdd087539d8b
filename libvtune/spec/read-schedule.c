/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "read.h"

/* ---- bandwidth ---- */

static int read_quota(const struct vtune__json *at, int64_t *quota, struct vtune_error **err)
{
	if (vtune__json_int(at, -1, VTUNE__MAX_QUOTA, quota, err) < 0)
		return -1;
	if (!vtune__is_quota(*quota))
		return vtune__json_fail(at, err,
					"A quota is -1, for no bound, or from %d to %" PRId64
					" microseconds",
					VTUNE__MIN_QUOTA, VTUNE__MAX_QUOTA);
	return 0;
}

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
	if (vtune__json_get(at, "quota", &child))
		return read_quota(&child, &bandwidth->quota, err);
	return 0;
}

int vtune__spec_read_bandwidth(const struct vtune__json *root,
			       struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS],
			       struct vtune_error **err)
{
	struct vtune__json all, at;

	if (!vtune__json_get(root, "bandwidth", &all))
		return 0;
	if (vtune__json_object(&all, vtune__bandwidth_names, err) < 0)
		return -1;
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++)
		if (vtune__json_get(&all, vtune__bandwidth_names[i], &at) &&
		    read_one(&at, &bandwidth[i], err) < 0)
			return -1;
	return 0;
}

/* ---- realtime ---- */

/* Threads of realtime vCPUs do not give way to any ordinary thread. The guest needs one
 * vCPU for its own work, unless the emulator at least cannot be kept waiting: OpenStack
 * has the same rule (hw:cpu_realtime_mask, hw:emulator_threads_policy). */
static int check_housekeeping(const struct vtune__json *vcpus, const struct vtune_spec *spec,
			      struct vtune_error **err)
{
	if (vtune__set_count(&spec->schedule.realtime.vcpus) < spec->vcpus ||
	    spec->emulator == VTUNE__EMULATOR_ISOLATE)
		return 0;
	return vtune__json_fail(vcpus, err,
				"All %u vCPUs are realtime ones; leave at least one out, for the "
				"guest's own work and interrupts, or give the emulator a CPU of "
				"its own (the policy \"isolate\")",
				spec->vcpus);
}

static int read_vcpus(const struct vtune__json *at, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	struct vtune__set *vcpus = &spec->schedule.realtime.vcpus;
	struct vtune__json child;

	if (vtune__json_need(at, "vcpus", &child, err) < 0 ||
	    vtune__spec_read_vcpus(&child, spec, vcpus, err) < 0)
		return -1;
	if (!vtune__set_is_subset(vcpus, &spec->dedicated))
		return vtune__json_fail(&child, err, "Only dedicated vCPUs can be realtime ones");
	return check_housekeeping(&child, spec, err);
}

static int read_realtime(const struct vtune__json *root, struct vtune_spec *spec,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "vcpus",	 "scheduler",	"priority", "emulator",
					    "iothreads", "lock_memory", NULL };
	struct vtune__realtime *realtime = &spec->schedule.realtime;
	struct vtune__json at;
	int scheduler = VTUNE__FIFO;
	bool locks = true;

	if (!vtune__json_get(root, "realtime", &at))
		return 0;
	realtime->priority = 1;
	if (vtune__json_object(&at, keys, err) < 0 || read_vcpus(&at, spec, err) < 0 ||
	    vtune__spec_read_word(&at, "scheduler", vtune__scheduler_names, &scheduler, err) < 0 ||
	    vtune__spec_read_number(&at, "priority", 1, VTUNE__MAX_PRIORITY, &realtime->priority,
				    err) < 0 ||
	    vtune__spec_read_number(&at, "emulator", 1, VTUNE__MAX_PRIORITY, &realtime->emulator,
				    err) < 0 ||
	    vtune__spec_read_number(&at, "iothreads", 1, VTUNE__MAX_PRIORITY, &realtime->iothreads,
				    err) < 0)
		return -1;
	realtime->scheduler = (enum vtune__scheduler)scheduler;
	if (vtune__spec_read_bool(&at, "lock_memory", &locks, err) < 0)
		return -1;
	spec->schedule.unlocked = !locks;
	return 0;
}

int vtune__spec_read_schedule(const struct vtune__json *root, struct vtune_spec *spec,
			      struct vtune_error **err)
{
	if (vtune__spec_read_bandwidth(root, spec->schedule.bandwidth, err) < 0)
		return -1;
	return read_realtime(root, spec, err);
}

void vtune__spec_free_schedule(struct vtune_spec *spec)
{
	vtune__realtime_free(&spec->schedule.realtime);
}
