/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cores, caches, packages, dies, clusters, and distances between nodes. */
#include <string.h>

#include "hwloc-reading.h"

/* As in a host document. */
#define MAX_DISTANCE 65535

/* hwloc has a type of its own for instruction caches. */
static const hwloc_obj_type_t cache_types[] = { HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE,
						HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE };

static size_t count_objects(const struct vtune__reading *reading, hwloc_obj_type_t type)
{
	int count = hwloc_get_nbobjs_by_type(reading->topology, type);

	return count > 0 ? (size_t)count : 0;
}

/* hwloc has no type of its own for clusters. Groups may be at several depths. */
static hwloc_obj_t next_cluster(hwloc_topology_t topology, int *depth, hwloc_obj_t object)
{
	for (; *depth < hwloc_topology_get_depth(topology); ++*depth, object = NULL) {
		if (hwloc_get_depth_type(topology, *depth) != HWLOC_OBJ_GROUP)
			continue;
		while ((object = hwloc_get_next_obj_by_depth(topology, *depth, object)))
			if (object->subtype && strcmp(object->subtype, "Cluster") == 0)
				return object;
	}
	return NULL;
}

static size_t count_clusters(hwloc_topology_t topology)
{
	hwloc_obj_t object = NULL;
	size_t count = 0;
	int depth = 0;

	while ((object = next_cluster(topology, &depth, object)))
		count++;
	return count;
}

/* There are many of these sets: a piece of memory for each takes longer to get and to
 * give back than to fill. */
static int add_words(struct vtune__reading *reading)
{
	size_t count = count_objects(reading, HWLOC_OBJ_CORE) +
		       count_objects(reading, HWLOC_OBJ_PACKAGE) +
		       count_objects(reading, HWLOC_OBJ_DIE) + count_clusters(reading->topology);

	for (unsigned int i = 0; i < VTUNE__COUNT(cache_types); i++)
		count += count_objects(reading, cache_types[i]);
	reading->draft->words = vtune__alloc(count * reading->placed.nwords,
					     sizeof(*reading->draft->words), reading->err);
	reading->words = reading->draft->words;
	return reading->words ? 0 : -1;
}

/* CPUs that are on no node are left out: nothing more is known about them. The set
 * may stay empty: all CPUs of an object may be off, and their node unknown. */
static void read_set(struct vtune__reading *reading, struct vtune__set *set,
		     hwloc_const_bitmap_t cpus)
{
	const struct vtune__set *placed = &reading->placed;
	int first = hwloc_bitmap_first(cpus), last = hwloc_bitmap_last(cpus);
	unsigned int end = last < 0 ? placed->nwords : (unsigned int)last / 64 + 1;

	if (end > placed->nwords)
		end = placed->nwords;
	*set = (struct vtune__set){ reading->words, end };
	for (unsigned int i = first < 0 ? end : (unsigned int)first / 64; i < end; i++)
		set->words[i] = vtune__hwloc_word(cpus, i) & placed->words[i];
	set->nwords = vtune__set_used_words(set);
	reading->words += set->nwords;
}

static int read_cores(struct vtune__reading *reading)
{
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_CORE, object))) {
		struct vtune__set *core;

		core = vtune__draft_add_core(reading->draft, reading->err);
		if (!core)
			return -1;
		read_set(reading, core, object->complete_cpuset);
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
		if (!package)
			return -1;
		read_set(reading, package, object->complete_cpuset);
		if (vtune__set_is_empty(package))
			reading->draft->npackages--;
	}
	return 0;
}

static int read_dies(struct vtune__reading *reading)
{
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_DIE, object))) {
		struct vtune__set *die = vtune__draft_add_die(reading->draft, reading->err);

		if (!die)
			return -1;
		read_set(reading, die, object->complete_cpuset);
		if (vtune__set_is_empty(die))
			reading->draft->ndies--;
	}
	return 0;
}

static int read_clusters(struct vtune__reading *reading)
{
	hwloc_obj_t object = NULL;
	int depth = 0;

	while ((object = next_cluster(reading->topology, &depth, object))) {
		struct vtune__set *cluster = vtune__draft_add_cluster(reading->draft, reading->err);

		if (!cluster)
			return -1;
		read_set(reading, cluster, object->complete_cpuset);
		if (vtune__set_is_empty(cluster))
			reading->draft->nclusters--;
	}
	return 0;
}

static int read_caches(struct vtune__reading *reading)
{
	hwloc_obj_t object = NULL;
	unsigned int i;

	for (i = 0; i < VTUNE__COUNT(cache_types); i++) {
		while ((object = hwloc_get_next_obj_by_type(reading->topology, cache_types[i],
							    object))) {
			struct vtune__cache *cache;

			cache = vtune__draft_add_cache(reading->draft, reading->err);
			if (!cache)
				return -1;
			read_set(reading, &cache->cpus, object->complete_cpuset);
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
	if (add_words(reading) < 0 || read_cores(reading) < 0 || read_caches(reading) < 0 ||
	    read_packages(reading) < 0 || read_dies(reading) < 0 || read_clusters(reading) < 0)
		return -1;
	return read_distances(reading);
}
