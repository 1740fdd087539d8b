/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: what lies under the memory of the guest: locking, sharing, room for
 * hotplug, limits. */
#ifndef VTUNE_PLAN_BACKING_H
#define VTUNE_PLAN_BACKING_H

#include "../spec/backing.h"

/* A domain keeps its own where nothing is said. */
struct vtune__plan_backing {
	enum vtune__said locked, nosharepages;
	enum vtune__said shared;
	enum vtune__memory_source source;
	enum vtune__allocation_mode allocation;
	unsigned int allocation_threads; /* 0: not said */
	uint64_t max_memory_kib;	 /* 0: not said */
	unsigned int slots;
	struct vtune__memory_limits limits;
};

#endif
