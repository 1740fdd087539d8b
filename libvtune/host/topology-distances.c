/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distances between nodes, and what follows from them alone. */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>

/* What ACPI says, and Linux assumes where the firmware says nothing. */
#define LOCAL_DISTANCE 10
#define REMOTE_DISTANCE 20

#define PATH_SIZE 48

static const char *path_of(const struct vtune__draft_distance *distance, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, "/distances/%u", distance->to);
	return path;
}

static int add_distance(struct vtune__topology *topology, const struct vtune__draft *draft,
			unsigned int i, unsigned int j, struct vtune_error **err)
{
	const struct vtune__draft_node *node = &draft->nodes[i];
	const struct vtune__draft_distance *distance = &node->distances[j];
	int from = vtune__topology_node(topology, node->id);
	int to = vtune__topology_node(topology, distance->to);
	unsigned int *value;
	char path[PATH_SIZE];

	if (to < 0)
		return vtune__draft_fail(err, "nodes", i, path_of(distance, path),
					 "Node %u has a distance to node %u, which this host does "
					 "not have",
					 node->id, distance->to);
	if (distance->value == 0 || distance->value > VTUNE__MAX_DISTANCE)
		return vtune__draft_fail(err, "nodes", i, path_of(distance, path),
					 "A distance must be from 1 to %d, and not %u",
					 VTUNE__MAX_DISTANCE, distance->value);
	value = &topology->distances[(size_t)from * topology->nnodes + (size_t)to];
	if (*value != 0)
		return vtune__draft_fail(err, "nodes", i, path_of(distance, path),
					 "Node %u names the distance to node %u twice", node->id,
					 distance->to);
	*value = distance->value;
	return 0;
}

static int read_distances(struct vtune__topology *topology, const struct vtune__draft *draft,
			  struct vtune_error **err)
{
	size_t n = topology->nnodes;

	topology->distances = vtune__alloc(n * n, sizeof(*topology->distances), err);
	if (!topology->distances)
		return -1;
	for (unsigned int i = 0; i < draft->nnodes; i++)
		for (unsigned int j = 0; j < draft->nodes[i].ndistances; j++)
			if (add_distance(topology, draft, i, j, err) < 0)
				return -1;
	for (size_t i = 0; i < n * n; i++)
		if (topology->distances[i] == 0)
			topology->distances[i] = i / n == i % n ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	return 0;
}

static int compare_ways(const void *a, const void *b)
{
	const struct vtune__neighbour *x = a, *y = b;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

static int find_ways(struct vtune__topology *topology, struct vtune_error **err)
{
	unsigned int n = topology->nnodes;
	struct vtune__neighbour *way = vtune__alloc((size_t)n * n, sizeof(*way), err);

	topology->neighbours = way;
	if (!way)
		return -1;
	for (unsigned int from = 0; from < n; from++, way += n) {
		for (unsigned int to = 0; to < n; to++) {
			unsigned int there = vtune__distance(topology, from, to);
			unsigned int back = vtune__distance(topology, to, from);

			way[to].to = (uint16_t)to;
			way[to].length = (uint16_t)(there < back ? there : back);
		}
		qsort(way, n, sizeof(*way), compare_ways);
	}
	return 0;
}

int vtune__topology_add_distances(struct vtune__topology *topology,
				  const struct vtune__draft *draft, struct vtune_error **err)
{
	return read_distances(topology, draft, err) < 0 ? -1 : find_ways(topology, err);
}
