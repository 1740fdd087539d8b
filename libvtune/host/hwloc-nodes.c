/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NUMA nodes: their memory and huge page pools. */
#include "hwloc-reading.h"

/* hwloc gives counts of all page sizes; the smallest is the ordinary one. */
static int read_pages(struct vtune__reading *reading, struct vtune__draft_node *node,
		      const struct hwloc_numanode_attr_s *attr, uint64_t page_kib, bool is_allowed)
{
	struct vtune__draft_pages *pages;
	unsigned int i;

	for (i = 0; i < attr->page_types_len; i++) {
		uint64_t size_kib = attr->page_types[i].size >> 10;

		if (size_kib <= page_kib)
			continue;
		pages = vtune__grow((void **)&node->pages, &node->npages, sizeof(*pages),
				    reading->err);
		if (!pages)
			return -1;
		pages->size_kib = size_kib;
		pages->total = attr->page_types[i].count;
		pages->has_free = !is_allowed;
	}
	return 0;
}

static uint64_t ordinary_page(struct vtune__reading *reading)
{
	uint64_t smallest = 0, size_kib;
	hwloc_obj_t object = NULL;
	unsigned int i;

	while ((object = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_NUMANODE, object)))
		for (i = 0; i < object->attr->numanode.page_types_len; i++) {
			size_kib = object->attr->numanode.page_types[i].size >> 10;
			if (size_kib && (!smallest || size_kib < smallest))
				smallest = size_kib;
		}
	return smallest;
}

int vtune__hwloc_read_nodes(struct vtune__reading *reading)
{
	hwloc_const_nodeset_t allowed = hwloc_topology_get_allowed_nodeset(reading->topology);
	uint64_t page_kib = ordinary_page(reading);
	struct vtune__draft_node *node;
	hwloc_obj_t object = NULL;

	reading->draft->page_kib = page_kib;
	while ((object = hwloc_get_next_obj_by_type(reading->topology, HWLOC_OBJ_NUMANODE,
						    object))) {
		bool is_allowed = hwloc_bitmap_isset(allowed, object->os_index);

		if (object->os_index > VTUNE__MAX_NODE)
			return vtune__fail(reading->err, VTUNE_ERR_DOCUMENT, NULL,
					   "NUMA node %u: numbers above %u are not supported",
					   object->os_index, VTUNE__MAX_NODE);
		node = vtune__draft_add_node(reading->draft, reading->err);
		if (!node)
			return -1;
		node->id = object->os_index;
		node->memory_kib = object->attr->numanode.local_memory >> 10;
		/* Memory that we may not use is there, but not free. */
		node->has_free = !is_allowed;
		node->kind = vtune__hwloc_kind(object);
		if (read_pages(reading, node, &object->attr->numanode, page_kib, is_allowed) < 0)
			return -1;
	}
	if (reading->draft->nnodes == 0)
		return vtune__fail(reading->err, VTUNE_ERR_DOCUMENT, NULL,
				   "the hwloc topology has no NUMA node");
	return 0;
}

hwloc_obj_t vtune__hwloc_node(const struct vtune__reading *reading, unsigned int node)
{
	return hwloc_get_obj_by_type(reading->topology, HWLOC_OBJ_NUMANODE, node);
}

int vtune__hwloc_find_node(const struct vtune__reading *reading, unsigned int id)
{
	unsigned int i;

	for (i = 0; i < reading->draft->nnodes; i++)
		if (reading->draft->nodes[i].id == id)
			return (int)i;
	return -1;
}
