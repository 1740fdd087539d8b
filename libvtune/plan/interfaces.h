/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: network interfaces. */
#ifndef VTUNE_PLAN_INTERFACES_H
#define VTUNE_PLAN_INTERFACES_H

#include "../base/base.h"

struct vtune__plan_interface {
	bool said; /* there is any of it */
};

#endif
