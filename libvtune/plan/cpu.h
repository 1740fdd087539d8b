/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: the CPU that the guest sees. */
#ifndef VTUNE_PLAN_CPU_H
#define VTUNE_PLAN_CPU_H

#include "../base/base.h"

struct vtune__plan_cpu {
	bool said; /* there is any of it */
};

#endif
