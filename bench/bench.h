/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef VTUNE_BENCH_H
#define VTUNE_BENCH_H

#include <stdbool.h>

#include <libvtune.h>

/* A measurement does its work once; false ends the benchmark. */
typedef bool (*bench_work)(void *data);

/* ---- hosts.c: what is measured with ---- */

struct bench_host {
	unsigned int nodes, cpus_per_node;
	unsigned int free_nodes; /* the CPUs of the others are another VM's */
	bool ring;		 /* nodes in a ring, else on boards of four */
};

/* A host document: the CPUs of a node are cores of two threads, under caches of
 * eight CPUs. A new string. */
char *bench_host_document(const struct bench_host *host);
/* A VM of so many vCPUs, with 1 GiB each, on so many cells; the name is a short one.
 * A new string. */
char *bench_spec_document(const char *name, unsigned int vcpus, unsigned int cells);
/* The topology of host/load and host/hwloc-alone. */
const char *bench_synthetic(void);

/* ---- floor.c: the same bytes with the bare libraries ---- */

struct bench_floor;

/* The documents are borrowed. */
struct bench_floor *bench_floor_new(const char *spec_json, const char *plan_xml);
/* json-c parses the spec, libxml2 builds the domain and writes it. */
bool bench_floor_text(void *floor);
void bench_floor_free(struct bench_floor *floor);
/* hwloc alone loads bench_synthetic(). */
bool bench_floor_hwloc(void *unused);

/* ---- apply.c: a plan on a domain of 64 vCPUs, and the bare calls ---- */

struct bench_apply;

struct bench_apply *bench_apply_new(void);
bool bench_apply_plan(void *apply);
bool bench_apply_bare(void *apply);
void bench_apply_free(struct bench_apply *apply);

/* ---- tuning.c: the settings of a host of 256 CPUs ---- */

struct bench_tuning;

struct bench_tuning *bench_tuning_new(void);
bool bench_tuning_check(void *tuning);
void bench_tuning_free(struct bench_tuning *tuning);

/* ---- memory.c ---- */

/* How much a host object takes, and how that grows. */
bool bench_print_memory(void);

#endif
