/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check of a finished plan, between the files validate*.c. The rules come from
 * the documents, and nothing here is shared with what makes the plans. */
#ifndef VTUNE_VALIDATE_H
#define VTUNE_VALIDATE_H

#include "../host/host.h"
#include "../spec/spec.h"
#include "plan.h"

struct vtune__check {
	const struct vtune_plan *plan;
	const struct vtune_host *host;
	const struct vtune_spec *spec;
	const struct vtune__topology *topology;
	struct vtune_error **err;
	const struct vtune__room *room;
	struct vtune__room own_room; /* when the VM is on the host already */

	/* Known once the cells and the memory have been checked. */
	unsigned int *cell_node; /* node index, by cell */
	bool *is_cell_node;	 /* by node index */
	uint64_t *memory_kib;	 /* what the plan puts there, by node index */
	bool *serves; /* [disk * plan->niothreads + thread]; once their number is right */

	/* Known once the CPUs have been checked. */
	struct vtune__set dedicated; /* CPUs of dedicated vCPUs */
	struct vtune__set floating;  /* CPUs that any vCPU runs on */
	struct vtune__set isolated;  /* CPUs of isolated helpers */
	struct vtune__set held;	     /* both, and the idle threads */
	struct vtune__set shared;    /* the shared pool without those */
	unsigned int idle;
};

/* ---- validate.c ---- */

/* An error at "/list/index/key"; without index when it is negative, without key
 * when it is NULL. Returns -1. */
int vtune__check_fail(const struct vtune__check *check, const char *list, int index,
		      const char *key, const char *format, ...) VTUNE__PRINTF(5, 6);
/* May cells, memory and helpers be on that node? */
bool vtune__check_allows(const struct vtune__check *check, unsigned int node);

/* ---- validate-memory.c ---- */

int vtune__check_memory(struct vtune__check *check);

/* ---- validate-cpus.c ---- */

int vtune__check_cpus(struct vtune__check *check);

/* ---- validate-helpers.c ---- */

/* The CPUs of isolated helpers, into check->isolated: the threads policy needs
 * them before the shared pool is known. */
int vtune__check_isolated(struct vtune__check *check);
int vtune__check_helpers(struct vtune__check *check);

/* ---- validate-disks.c ---- */

/* Work out check->serves. */
int vtune__check_deal_disks(struct vtune__check *check);
int vtune__check_disks(const struct vtune__check *check);

/* ---- validate-guest.c ---- */

int vtune__check_guest(struct vtune__check *check);

/* ---- validate-schedule.c: scheduling and memory backing ---- */

int vtune__check_schedule(struct vtune__check *check);

/* ---- validate-interfaces.c ---- */

int vtune__check_interfaces(struct vtune__check *check);

/* ---- validate-devices.c ---- */

int vtune__check_devices(struct vtune__check *check);

/* ---- validate-cost.c ---- */

int vtune__check_cost(struct vtune__check *check);

#endif
