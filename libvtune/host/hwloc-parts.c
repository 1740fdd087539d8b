/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cores, caches, packages, and distances between nodes. */
#include <limits.h>
#include <string.h>

#include "hwloc-reading.h"

/* As in a host document. */
#define MAX_DISTANCE 65535

/* hwloc's own words are of 32 bits on some machines. */
static uint64_t word_of(hwloc_const_bitmap_t bitmap, unsigned int i)
{
#if ULONG_MAX > UINT32_MAX
	return hwloc_bitmap_to_ith_ulong(bitmap, i);
#else
	return hwloc_bitmap_to_ith_ulong(bitmap, 2 * i) |
	       (uint64_t)hwloc_bitmap_to_ith_ulong(bitmap, 2 * i + 1) << 32;
#endif
}

/* CPUs that are on no node are left out: nothing more is known about them. The set
 * may stay empty: all CPUs of an object may be off, and their node unknown. */
static int read_set(const struct vtune__reading *reading, struct vtune__set *set,
		    hwloc_const_bitmap_t cpus)
{
	const struct vtune__set *placed = &reading->placed;

	/* The highest first: then there is room for the others. */
	for (unsigned int i = placed->nwords; i-- > 0;)
		if (vtune__set_add_word(set, i, word_of(cpus, i) & placed->words[i]) < 0)
			return vtune__fail_memory(reading->err);
	return 0;
}

static int read_cores(struct vtune__reading *reading)
{
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_CORE, object))) {
		struct vtune__set *core;

		core = vtune__draft_add_core(reading->draft, reading->err);
		if (!core || read_set(reading, core, object->complete_cpuset) < 0)
			return -1;
		if (vtune__set_is_empty(core))
			reading->draft->ncores--;
	}
	return 0;
}

static int read_packages(struct vtune__reading *reading)
{
	hwloc_obj_t object = NULL;

	while ((object =
			hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_PACKAGE, object))) {
		struct vtune__set *package;

		package = vtune__draft_add_package(reading->draft, reading->err);
		if (!package || read_set(reading, package, object->complete_cpuset) < 0)
			return -1;
		if (vtune__set_is_empty(package))
			reading->draft->npackages--;
	}
	return 0;
}

static int read_caches(struct vtune__reading *reading)
{
	/* hwloc has a type of its own for instruction caches. */
	static const hwloc_obj_type_t types[] = { HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE,
						  HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE };
	hwloc_obj_t object = NULL;
	unsigned int i;

	for (i = 0; i < VTUNE__COUNT(types); i++) {
		while ((object = hwloc_get_next_obj_by_type(reading->topology, types[i], object))) {
			struct vtune__cache *cache;

			cache = vtune__draft_add_cache(reading->draft, reading->err);
			if (!cache || read_set(reading, &cache->cpus, object->complete_cpuset) < 0)
				return -1;
			cache->level = object->attr->cache.depth;
			if (vtune__set_is_empty(&cache->cpus))
				reading->draft->ncaches--;
		}
	}
	return 0;
}

/* Linux's own table has this name; before hwloc 2.1 tables had none. */
static bool is_table(hwloc_topology_t topology, struct hwloc_distances_s *table)
{
	const char *name = hwloc_distances_get_name(topology, table);
	unsigned int i;

	if (name && strcmp(name, "NUMALatency") != 0)
		return false;
	for (i = 0; i < table->nbobjs * table->nbobjs; i++)
		if (table->values[i] == 0 || table->values[i] > MAX_DISTANCE)
			return false;
	return true;
}

static int read_table(struct vtune__reading *reading, const struct hwloc_distances_s *table)
{
	unsigned int from, to;

	for (from = 0; from < table->nbobjs; from++) {
		int index = vtune__hwloc_find_node(reading, table->objs[from]->os_index);
		struct vtune__draft_node *node;

		if (index < 0)
			continue;
		node = &reading->draft->nodes[index];
		node->distances =
			vtune__alloc(table->nbobjs, sizeof(*node->distances), reading->err);
		if (!node->distances)
			return -1;
		node->ndistances = table->nbobjs;
		for (to = 0; to < table->nbobjs; to++) {
			node->distances[to].to = table->objs[to]->os_index;
			node->distances[to].value =
				(unsigned int)table->values[from * table->nbobjs + to];
		}
	}
	return 0;
}

/* Others' tables (bandwidths, hops between GPUs) are of other kinds or objects. */
static int read_distances(struct vtune__reading *reading)
{
	struct hwloc_distances_s *tables[4];
	unsigned int ntables = VTUNE__COUNT(tables), i;
	bool is_read = false;
	int rc = 0;

	if (hwloc_distances_get_by_type(
		    reading->topology, HWLOC_OBJ_NUMANODE, &ntables, tables,
		    HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) < 0)
		return vtune__fail_memory(reading->err);
	for (i = 0; i < ntables && i < VTUNE__COUNT(tables); i++) {
		if (!is_read && rc == 0 && is_table(reading->topology, tables[i])) {
			rc = read_table(reading, tables[i]);
			is_read = true;
		}
		hwloc_distances_release(reading->topology, tables[i]);
	}
	return rc;
}

int vtune__hwloc_read_parts(struct vtune__reading *reading)
{
	if (read_cores(reading) < 0 || read_caches(reading) < 0 || read_packages(reading) < 0 ||
	    read_distances(reading) < 0)
		return -1;
	return 0;
}
