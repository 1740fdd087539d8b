/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: disks. */
#ifndef VTUNE_PLAN_DISKS_H
#define VTUNE_PLAN_DISKS_H

#include "../base/base.h"

struct vtune__plan_disk {
	char *target;
};

#endif
