/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: how the threads of the domain are scheduled: bandwidth and realtime. */
#ifndef VTUNE_PLAN_SCHEDULE_H
#define VTUNE_PLAN_SCHEDULE_H

#include "../spec/schedule.h"

struct vtune__plan_schedule {
	struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS];
	struct vtune__realtime realtime;
};

#endif
