/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: how the threads of the domain are scheduled: bandwidth and realtime. */
#ifndef VTUNE_PLAN_SCHEDULE_H
#define VTUNE_PLAN_SCHEDULE_H

#include "../base/base.h"

struct vtune__plan_schedule {
	bool said; /* there is any of it */
};

#endif
