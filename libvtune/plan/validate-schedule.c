/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scheduling and memory backing: what the spec says is what the plan has, but for what
 * huge pages leave no choice of and what the host lacks. */
#include "validate.h"

static int differ(const struct vtune__check *check, const char *list, const char *key)
{
	return vtune__check_fail(check, list, -1, key, "it is not as the spec has it");
}

static int check_bandwidth(const struct vtune__check *check)
{
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		const struct vtune__bandwidth *it = &check->plan->schedule.bandwidth[i];
		const struct vtune__bandwidth *wish = &check->spec->schedule.bandwidth[i];

		if (it->period != wish->period || it->quota != wish->quota)
			return differ(check, "bandwidth", vtune__bandwidth_names[i]);
	}
	return 0;
}

static int check_realtime(const struct vtune__check *check)
{
	const struct vtune__realtime *it = &check->plan->schedule.realtime;
	const struct vtune__realtime *wish = &check->spec->schedule.realtime;

	if (!vtune__set_equal(&it->vcpus, &wish->vcpus))
		return differ(check, "realtime", "vcpus");
	if (it->scheduler != wish->scheduler || it->priority != wish->priority)
		return differ(check, "realtime", "priority");
	if (it->emulator != wish->emulator)
		return differ(check, "realtime", "emulator");
	return it->iothreads == wish->iothreads ? 0 : differ(check, "realtime", "iothreads");
}

/* Locked where the spec says so, or says nothing but that there are realtime vCPUs. */
static int check_backing(const struct vtune__check *check)
{
	const struct vtune__plan_backing *it = &check->plan->backing;
	const struct vtune__backing_spec *wish = &check->spec->backing;
	bool realtime = !vtune__set_is_empty(&check->spec->schedule.realtime.vcpus);
	bool locked = wish->locked == VTUNE__YES || (wish->locked == VTUNE__UNSAID && realtime &&
						     !check->spec->schedule.unlocked);

	if ((it->locked == VTUNE__YES) != locked)
		return differ(check, "memory_backing", "locked");
	if ((it->nosharepages == VTUNE__YES) !=
	    (wish->nosharepages == VTUNE__YES ||
	     (wish->nosharepages == VTUNE__UNSAID && (realtime || locked))))
		return differ(check, "memory_backing", "nosharepages");
	if (it->shared != wish->shared)
		return differ(check, "memory_backing", "shared");
	if (it->source != wish->source &&
	    !(check->plan->huge && wish->source == VTUNE__SOURCE_ANONYMOUS && !it->source))
		return differ(check, "memory_backing", "source");
	if (it->allocation != wish->allocation &&
	    !(check->plan->huge && wish->allocation == VTUNE__ALLOCATION_ONDEMAND &&
	      !it->allocation))
		return differ(check, "memory_backing", "allocation");
	return 0;
}

/* Rounded up to whole pages. */
static int check_hotplug(const struct vtune__check *check)
{
	const struct vtune__plan_backing *it = &check->plan->backing;
	uint64_t page = check->plan->cells[0].page_kib, wish = check->spec->backing.max_memory_kib;

	if (it->max_memory_kib == 0)
		return 0;
	if (it->max_memory_kib < wish || it->max_memory_kib - wish >= page ||
	    it->max_memory_kib % page != 0)
		return differ(check, "hotplug", "max_memory_kib");
	return it->slots == check->spec->backing.slots ? 0 : differ(check, "hotplug", "slots");
}

int vtune__check_schedule(struct vtune__check *check)
{
	if (check_bandwidth(check) < 0 || check_realtime(check) < 0 || check_backing(check) < 0)
		return -1;
	return check_hotplug(check);
}
