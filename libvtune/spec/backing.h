/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: what lies under the memory of the guest: locking, sharing, room for hotplug. */
#ifndef VTUNE_SPEC_BACKING_H
#define VTUNE_SPEC_BACKING_H

#include "../base/base.h"

struct vtune__backing_spec {
	bool said; /* the document says any of it */
};

#endif
