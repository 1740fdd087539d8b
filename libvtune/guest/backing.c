/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locked, shared and merged pages, where they come from, and when. */
#include "guest.h"

/* Realtime threads must not wait for a page that was swapped out, nor for the copy of
 * one that was merged with another's: the kernel merges locked pages as well. */
static void choose_locking(struct vtune_plan *plan, const struct vtune_spec *spec)
{
	bool realtime = !vtune__set_is_empty(&spec->schedule.realtime.vcpus);

	plan->backing.locked = spec->backing.locked;
	if (!plan->backing.locked && realtime && !spec->schedule.unlocked)
		plan->backing.locked = VTUNE__YES;
	plan->backing.nosharepages = spec->backing.nosharepages;
	if (!plan->backing.nosharepages && (realtime || plan->backing.locked == VTUNE__YES))
		plan->backing.nosharepages = VTUNE__YES;
}

/* libvirt takes the limit of locked memory off QEMU: it cannot know how much QEMU needs
 * besides the guest's memory. */
static int warn_locked(struct vtune_plan *plan, const struct vtune_spec *spec,
		       struct vtune_error **err)
{
	if (plan->backing.locked != VTUNE__YES)
		return 0;
	if (vtune__plan_warn(plan, err, "locked",
			     "all memory of QEMU is locked: it cannot be ballooned or swapped, and "
			     "memory that is plugged in later is locked as well") < 0)
		return -1;
	if (spec->backing.limits.hard_kib)
		return 0;
	return vtune__plan_warn(plan, err, "locked_unlimited",
				"how much memory QEMU may lock has no bound, so that a guest can "
				"use up the host's; a hard_limit in \"memtune\" would bound it");
}

/* Huge pages are files, and all there at the start; libvirt refuses the domain else.
 * Memory of realtime threads is touched at the start as well. */
static int choose_source(struct vtune_plan *plan, const struct vtune_spec *spec,
			 struct vtune_error **err)
{
	plan->backing.source = spec->backing.source;
	plan->backing.allocation = spec->backing.allocation;
	if (plan->huge && plan->backing.source == VTUNE__SOURCE_ANONYMOUS) {
		plan->backing.source = VTUNE__SOURCE_AUTO;
		if (vtune__plan_warn(plan, err, "memory_source",
				     "the memory is in huge pages, and these cannot be anonymous "
				     "memory; its source is left out") < 0)
			return -1;
	}
	if (plan->huge && plan->backing.allocation == VTUNE__ALLOCATION_ONDEMAND) {
		plan->backing.allocation = VTUNE__ALLOCATION_AUTO;
		return vtune__plan_warn(plan, err, "memory_allocation",
					"the memory is in huge pages, which are allocated at once "
					"and not on demand");
	}
	return 0;
}

static int choose_threads(struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err)
{
	if (!spec->backing.allocation_threads)
		return 0;
	if (vtune__target_has(host, VTUNE__FEATURE_ALLOCATION_THREADS)) {
		plan->backing.allocation_threads = spec->backing.allocation_threads;
		return 0;
	}
	return vtune__plan_warn(plan, err, "allocation_threads",
				"how many threads allocate the memory is left out: the host is not "
				"known to have libvirt 8.2 and QEMU 5.0, which it needs");
}

int vtune__guest_backing(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, struct vtune_error **err)
{
	choose_locking(plan, spec);
	plan->backing.shared = spec->backing.shared;
	if (warn_locked(plan, spec, err) < 0 || choose_source(plan, spec, err) < 0)
		return -1;
	return choose_threads(plan, host, spec, err);
}
