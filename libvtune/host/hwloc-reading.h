/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files hwloc*.c that read an hwloc topology, among themselves: together the
 * only door to hwloc. */
#ifndef VTUNE_HWLOC_READING_H
#define VTUNE_HWLOC_READING_H

#include <limits.h>

#include <hwloc.h>

#include "host.h"

/* A topology on its way into a draft. */
struct vtune__reading {
	hwloc_topology_t topology;
	struct vtune__draft *draft;
	unsigned int ncpus; /* one more than the highest CPU number */
	int *node_of_cpu;   /* place in the draft's nodes, -1 */
	struct vtune__set placed; /* the CPUs that are on a node */
	uint64_t *words;	  /* those of the draft that no set lies in yet */
	bool has_lost_cpus; /* some CPUs are off, and their node is unknown */
	struct vtune_error **err;
};

/* A set of a damaged topology may have no end. */
#define VTUNE__HWLOC_FOREACH(bit, set)                                             \
	for (int bit = hwloc_bitmap_first(set); bit >= 0 && bit <= VTUNE__MAX_CPU; \
	     bit = hwloc_bitmap_next(set, bit))

/* The CPUs 64 * i, 64 * i + 1, ...; hwloc's own words are of 32 bits on some machines. */
static inline uint64_t vtune__hwloc_word(hwloc_const_bitmap_t bitmap, unsigned int i)
{
#if ULONG_MAX > UINT32_MAX
	return hwloc_bitmap_to_ith_ulong(bitmap, i);
#else
	return hwloc_bitmap_to_ith_ulong(bitmap, 2 * i) |
	       (uint64_t)hwloc_bitmap_to_ith_ulong(bitmap, 2 * i + 1) << 32;
#endif
}

/* ---- hwloc-nodes.c: first, the rest builds on it ---- */

int vtune__hwloc_read_nodes(struct vtune__reading *reading);
/* The object of a node of the draft. */
hwloc_obj_t vtune__hwloc_node(const struct vtune__reading *reading, unsigned int node);
/* Place in the draft's nodes, or -1. */
int vtune__hwloc_find_node(const struct vtune__reading *reading, unsigned int id);

/* ---- hwloc-cpus.c: second ---- */

int vtune__hwloc_read_cpus(struct vtune__reading *reading);
static inline int vtune__hwloc_node_of_cpu(const struct vtune__reading *reading, unsigned int cpu)
{
	return cpu < reading->ncpus ? reading->node_of_cpu[cpu] : -1;
}

/* ---- hwloc-kinds.c ---- */

enum vtune__memory_kind vtune__hwloc_kind(hwloc_obj_t node);
/* For nodes whose kind hwloc does not name; when all CPUs are placed. */
void vtune__hwloc_infer_kinds(struct vtune__reading *reading);

/* ---- hwloc-parts.c: cores, caches, packages, distances ---- */

int vtune__hwloc_read_parts(struct vtune__reading *reading);

/* ---- hwloc-devices.c ---- */

int vtune__hwloc_read_devices(struct vtune__reading *reading);

#endif
