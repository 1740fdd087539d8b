/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bounds of CPU time, and realtime threads. */
#include "guest.h"

static int warn_all(struct vtune_plan *plan, struct vtune_error **err)
{
	if (vtune__set_count(&plan->schedule.realtime.vcpus) < plan->nvcpus)
		return 0;
	return vtune__plan_warn(
		plan, err, "realtime_all",
		"all vCPUs are realtime ones: none is left for the guest's own work "
		"and interrupts, which will disturb them");
}

/* A thread with a realtime scheduler gives way to no ordinary one on its CPU: the
 * emulator would get to run only while the guest is idle there, and a guest that waits
 * for it busily waits for ever. */
static int warn_starved(struct vtune_plan *plan, struct vtune_error **err)
{
	const struct vtune__realtime *realtime = &plan->schedule.realtime;
	bool emulator = false, iothread = false;

	VTUNE__SET_FOREACH(vcpu, &realtime->vcpus) {
		const struct vtune__set *cpus = &plan->vcpus[vcpu].cpus;

		emulator |= vtune__set_intersects(&plan->emulator, cpus);
		for (unsigned int i = 0; i < plan->niothreads; i++)
			iothread |= vtune__set_intersects(&plan->iothreads[i].cpus, cpus);
	}
	emulator &= realtime->emulator <= realtime->priority;
	iothread &= realtime->iothreads <= realtime->priority;
	if (!emulator && !iothread)
		return 0;
	return vtune__plan_warn(plan, err, "realtime_starves",
				"%s on CPUs of realtime vCPUs, which do not give way to them; give "
				"the host shared CPUs on these nodes, or %s CPUs of their own (the "
				"policy \"isolate\")",
				emulator && iothread ? "the emulator and I/O threads run"
				: emulator	     ? "the emulator runs"
						     : "I/O threads run",
				emulator && iothread ? "both"
				: emulator	     ? "its threads"
						     : "them");
}

static bool has_bound(const struct vtune__bandwidth *bandwidth)
{
	return bandwidth->quota > 0;
}

/* The kernel's bandwidth control is that of ordinary threads (sched-bwc). */
static int warn_unbounded(struct vtune_plan *plan, struct vtune_error **err)
{
	const struct vtune__realtime *realtime = &plan->schedule.realtime;
	const struct vtune__bandwidth *bandwidth = plan->schedule.bandwidth;

	if (!has_bound(&bandwidth[VTUNE__BANDWIDTH_VCPU]) &&
	    !has_bound(&bandwidth[VTUNE__BANDWIDTH_GLOBAL]) &&
	    !(realtime->emulator && has_bound(&bandwidth[VTUNE__BANDWIDTH_EMULATOR])) &&
	    !(realtime->iothreads && has_bound(&bandwidth[VTUNE__BANDWIDTH_IOTHREAD])))
		return 0;
	return vtune__plan_warn(plan, err, "realtime_bandwidth",
				"the bounds in \"bandwidth\" do not hold for realtime threads");
}

static int warn_iothreads(struct vtune_plan *plan, struct vtune_error **err)
{
	if (!plan->schedule.realtime.iothreads || plan->niothreads > 0)
		return 0;
	return vtune__plan_warn(plan, err, "realtime_iothreads",
				"there are no I/O threads, which could be realtime ones");
}

int vtune__guest_schedule(struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err)
{
	const struct vtune__schedule_spec *asked = &spec->schedule;

	(void)host;
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++)
		plan->schedule.bandwidth[i] = asked->bandwidth[i];
	if (vtune__set_is_empty(&asked->realtime.vcpus))
		return 0;
	if (vtune__realtime_copy(&plan->schedule.realtime, &asked->realtime, err) < 0 ||
	    warn_all(plan, err) < 0 || warn_starved(plan, err) < 0 || warn_unbounded(plan, err) < 0)
		return -1;
	return warn_iothreads(plan, err);
}
