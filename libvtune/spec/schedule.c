/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "schedule.h"

const char *const vtune__bandwidth_names[] = { "vcpu", "emulator", "iothread", "global", NULL };
const char *const vtune__scheduler_names[] = { "fifo", "rr", NULL };

bool vtune__bandwidth_is_said(const struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS])
{
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++)
		if (bandwidth[i].period || bandwidth[i].quota)
			return true;
	return false;
}

bool vtune__is_quota(int64_t quota)
{
	return quota == -1 || (quota >= VTUNE__MIN_QUOTA && quota <= VTUNE__MAX_QUOTA);
}

int vtune__realtime_copy(struct vtune__realtime *to, const struct vtune__realtime *from,
			 struct vtune_error **err)
{
	struct vtune__set vcpus = to->vcpus;

	if (vtune__set_copy(&vcpus, &from->vcpus) < 0)
		return vtune__fail_memory(err);
	*to = *from;
	to->vcpus = vcpus;
	return 0;
}

void vtune__realtime_free(struct vtune__realtime *realtime)
{
	vtune__set_free(&realtime->vcpus);
	*realtime = (struct vtune__realtime){ 0 };
}
