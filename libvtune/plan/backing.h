/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: what lies under the memory of the guest: locking, sharing, room for hotplug. */
#ifndef VTUNE_PLAN_BACKING_H
#define VTUNE_PLAN_BACKING_H

#include "../base/base.h"

struct vtune__plan_backing {
	bool said; /* there is any of it */
};

#endif
