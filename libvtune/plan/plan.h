/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plan: what solve/ fills, and everything after it reads. Nodes are named by
 * their id here, not by their index, so that a plan stands on its own. */
#ifndef VTUNE_PLAN_H
#define VTUNE_PLAN_H

#include "../base/base.h"
#include "../spec/spec.h"
#include "backing.h"
#include "cpu.h"
#include "interfaces.h"
#include "pcie.h"
#include "schedule.h"

struct vtune_host;
struct vtune_spec;

struct vtune__plan_memory {
	unsigned int node;
	uint64_t size_kib;
};

struct vtune__plan_cell {
	struct vtune__set vcpus;
	unsigned int node;
	uint64_t memory_kib, page_kib;
	struct vtune__plan_memory *memory; /* by node, ascending; none of size 0 */
	unsigned int nmemory;
};

struct vtune__plan_vcpu {
	struct vtune__set cpus; /* one when dedicated, the shared ones of its node else */
	unsigned int cell;
	bool dedicated;
};

struct vtune__plan_iothread {
	unsigned int id; /* from 1, ascending */
	struct vtune__set cpus;
	char **disks; /* targets */
	unsigned int ndisks;
	struct vtune__iothread_tuning tuning;
};

/* What the guest sees: their product is the number of its vCPUs. */
struct vtune__guest_shape {
	unsigned int sockets, dies, clusters, cores, threads;
};

struct vtune__plan_device {
	char *id;
	int node; /* -1 unknown */
	int cell; /* the nearest one; -1 when the node is unknown */
	unsigned int distance;
	bool is_interface; /* it is for an interface of the spec, else a host device */
	unsigned int interface;
	bool unmanaged; /* libvirt does not take it from its driver */
};

/* The cost order of vtune-plan(5). */
struct vtune__plan_cost {
	int64_t remote, spread, devices, helpers;
	int64_t caches, split_cores, leftover, leftover_caches;
};

struct vtune__plan_warning {
	char *code;
	char *text;
};

struct vtune__plan_reason {
	char *code; /* cpus threads shared memory pages nodes devices max_distance helpers start */
	int cell;   /* -1: none in particular */
	int node;   /* -1: likewise */
	uint64_t need, have; /* in KiB for the code memory, else counts */
	char *text;
};

/* A change of the spec with which the VM would fit. */
struct vtune__plan_change {
	char *patch; /* an RFC 7386 merge patch of the spec, as compact JSON */
	char *text;
};

struct vtune_plan {
	char *vm;
	bool fits, optimal;
	/* All that follows up to the warnings is there only when it fits. */
	struct vtune__plan_cell *cells;
	unsigned int ncells;
	struct vtune__plan_vcpu *vcpus;
	unsigned int nvcpus;
	struct vtune__set emulator;
	struct vtune__plan_iothread *iothreads;
	unsigned int niothreads;
	struct vtune__set held; /* held_cpus */
	struct vtune__guest_shape guest;
	struct vtune__plan_device *devices;
	unsigned int ndevices;
	struct vtune__plan_cost cost;
	/* When the work limit ended the search: no plan is better than this. */
	struct vtune__plan_cost bound;
	bool has_bound;
	/* What the XML needs besides: "domain" in the document. */
	enum vtune__memory_mode memory_mode;
	enum vtune__threads threads; /* for who places the domain anew */
	int cpu_mode;		 /* enum vtune__cpu_mode */
	bool has_cpu_mode;	 /* the spec says one, so it replaces that of a domain */
	unsigned int shares;	 /* 0: none */
	bool huge;		 /* the cells' page_kib is of huge pages */
	unsigned int *distances; /* guest cells: [from * ncells + to] */

	/* What the guest is given besides its place, see guest/. */
	struct vtune__disk_spec *disks; /* as the spec has them, with "auto" filled in */
	unsigned int ndisks;
	struct vtune__plan_interface *interfaces;
	unsigned int ninterfaces;
	struct vtune__plan_pcie pcie;
	struct vtune__plan_cpu cpu;
	struct vtune__plan_schedule schedule;
	struct vtune__plan_backing backing;

	struct vtune__plan_warning *warnings;
	unsigned int nwarnings;
	struct vtune__plan_reason *reasons; /* when it does not fit */
	unsigned int nreasons;
	struct vtune__plan_change *would_fit; /* likewise; the least intrusive first */
	unsigned int nwould_fit;
};

/* ---- plan.c ---- */

struct vtune_plan *vtune__plan_new(const char *vm, struct vtune_error **err);
int vtune__plan_warn(struct vtune_plan *plan, struct vtune_error **err, const char *code,
		     const char *format, ...) VTUNE__PRINTF(4, 5);
/* The caller fills what the reason needs; text is formatted. cell, node: -1 none. */
int vtune__plan_add_reason(struct vtune_plan *plan, struct vtune_error **err, const char *code,
			   int cell, int node, uint64_t need, uint64_t have, const char *format,
			   ...) VTUNE__PRINTF(8, 9);
/* patch and text are copied. */
int vtune__plan_add_change(struct vtune_plan *plan, struct vtune_error **err, const char *patch,
			   const char *text);

/* ---- document-read-*.c: free a part of a plan, also a half-made one ---- */

void vtune__plan_free_disks(struct vtune_plan *plan);
void vtune__plan_free_interfaces(struct vtune_plan *plan);
void vtune__plan_free_pcie(struct vtune_plan *plan);
void vtune__plan_free_cpu(struct vtune_plan *plan);
void vtune__plan_free_schedule(struct vtune_plan *plan);

/* ---- document-write.c ---- */

/* The document without the blanks that are for people. */
char *vtune__plan_to_compact_json(const struct vtune_plan *plan, struct vtune_error **err);

/* ---- copy.c, narrow.c ---- */

struct vtune_plan *vtune__plan_copy(const struct vtune_plan *plan, struct vtune_error **err);
/* The same plan with the CPUs in taken gone from everything that floats: shared vCPUs,
 * emulator, I/O threads. CPUs that the plan itself holds stay. Where emulator or I/O
 * threads had a CPU of a node and have none, they get those of the VM's own dedicated
 * vCPUs there, as the emulator policy share has it, and the plan warns of it. The cost
 * stays what it was when the VM was placed: most of it depends on what was free then.
 * node_of tells the node id of a CPU (-1: none). *changed: whether anything is
 * different. NULL and VTUNE_ERR_NOT_VALID when a shared vCPU or a helper would be left
 * without any CPU, or the emulator without one on a node of its huge pages. */
struct vtune_plan *vtune__plan_narrow(const struct vtune_plan *plan, const struct vtune__set *taken,
				      int (*node_of)(const void *data, unsigned int cpu),
				      const void *data, bool *changed, struct vtune_error **err);

/* ---- validate.c: written from the rules, not from the solver ---- */

/* Check every hard constraint, work out the cost anew and compare it with the
 * plan's. VTUNE_ERR_NOT_VALID says what does not hold. */
int vtune__plan_check(const struct vtune_plan *plan, const struct vtune_host *host,
		      const struct vtune_spec *spec, struct vtune_error **err);

#endif
