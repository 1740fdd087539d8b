/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: how the threads of the domain are scheduled: bandwidth and realtime. */
#ifndef VTUNE_SPEC_SCHEDULE_H
#define VTUNE_SPEC_SCHEDULE_H

#include "../base/base.h"

struct vtune__schedule_spec {
	bool said; /* the document says any of it */
};

#endif
