/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: how the threads of the domain are scheduled: bandwidth and realtime. */
#ifndef VTUNE_SPEC_SCHEDULE_H
#define VTUNE_SPEC_SCHEDULE_H

#include "../base/base.h"

/* Whose time is bounded: each vCPU, the emulator, each I/O thread, the whole domain. */
enum vtune__bandwidth_of {
	VTUNE__BANDWIDTH_VCPU,
	VTUNE__BANDWIDTH_EMULATOR,
	VTUNE__BANDWIDTH_IOTHREAD,
	VTUNE__BANDWIDTH_GLOBAL,
	VTUNE__BANDWIDTHS
};
enum vtune__scheduler { VTUNE__FIFO, VTUNE__RR };

/* The words of the documents for each, NULL at the end. */
extern const char *const vtune__bandwidth_names[];
extern const char *const vtune__scheduler_names[];

/* Microseconds of CPU time in each period. */
struct vtune__bandwidth {
	uint64_t period; /* 0: not said */
	int64_t quota;	 /* -1: no bound; 0: not said */
};

struct vtune__realtime {
	struct vtune__set vcpus; /* empty: no realtime at all, and what follows is 0 */
	enum vtune__scheduler scheduler;
	unsigned int priority;
	unsigned int emulator, iothreads; /* priorities; 0: ordinary threads */
};

struct vtune__schedule_spec {
	struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS];
	struct vtune__realtime realtime;
	bool unlocked; /* "lock_memory": false */
};

/* libvirt's bounds, which are the kernel's. */
#define VTUNE__MIN_PERIOD 1000
#define VTUNE__MAX_PERIOD 1000000
#define VTUNE__MIN_QUOTA 1000
#define VTUNE__MAX_QUOTA INT64_C(17592186044415)
/* Of SCHED_FIFO and SCHED_RR. */
#define VTUNE__MAX_PRIORITY 99

/* ---- schedule.c ---- */

/* Is there a bound of any kind? */
bool vtune__bandwidth_is_said(const struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS]);
bool vtune__is_quota(int64_t quota);
int vtune__realtime_copy(struct vtune__realtime *to, const struct vtune__realtime *from,
			 struct vtune_error **err);
void vtune__realtime_free(struct vtune__realtime *realtime); /* the contents */

#endif
