/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a draft to the checked topology: nodes, memory, devices. */
#include "topology.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The distance matrix is the square of it; struct vtune__neighbour has room for no more
 * than 65536. */
#define MAX_NODES 4096
/* No machine has more than five; keeps the pools of a hostile document small. */
#define MAX_PAGE_SIZES 32
/* The largest ordinary page that is read, 1 GiB. */
#define MAX_PAGE_KIB (1u << 20)

static int compare_nodes(const void *a, const void *b)
{
	const struct vtune__node *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static int compare_sizes(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

int vtune__topology_node(const struct vtune__topology *topology, unsigned int id)
{
	const struct vtune__node key = { .id = id };
	const struct vtune__node *node =
		bsearch(&key, topology->nodes, topology->nnodes, sizeof(key), compare_nodes);

	return node ? (int)(node - topology->nodes) : -1;
}

int vtune__topology_page_size(const struct vtune__topology *topology, uint64_t size_kib)
{
	for (unsigned int i = 0; i < topology->npage_sizes; i++)
		if (topology->page_sizes[i] == size_kib)
			return (int)i;
	return -1;
}

int vtune__topology_copy_cpus(const struct vtune__topology *topology, struct vtune__set *to,
			      const struct vtune__set *from, const char *where,
			      struct vtune_error **err)
{
	if (!vtune__set_is_subset(from, &topology->cpus)) {
		VTUNE__SET_FOREACH(cpu, from)
			if (!vtune__set_has(&topology->cpus, (unsigned int)cpu))
				return vtune__fail(err, VTUNE_ERR_DOCUMENT, where,
						   "CPU %d is on no node of this host", cpu);
	}
	return vtune__set_copy(to, from) < 0 ? vtune__fail_memory(err) : 0;
}

/* ---- nodes ---- */

static int check_node(const struct vtune__draft *draft, unsigned int i, struct vtune_error **err)
{
	const struct vtune__draft_node *node = &draft->nodes[i];

	if (node->id > VTUNE__MAX_NODE)
		return vtune__draft_fail(err, "nodes", i, "/id",
					 "Node ids go up to %d, so %u cannot be one",
					 VTUNE__MAX_NODE, node->id);
	if (vtune__set_next(&node->cpus, VTUNE__MAX_CPU + 1) >= 0)
		return vtune__draft_fail(err, "nodes", i, "/cpus", "CPU numbers go up to %d",
					 VTUNE__MAX_CPU);
	if (node->memory_kib > VTUNE__MAX_KIB)
		return vtune__draft_fail(err, "nodes", i, "/memory_kib",
					 "Node %u cannot have more than 4 EiB of memory", node->id);
	if (node->has_free && node->free_kib > node->memory_kib)
		return vtune__draft_fail(err, "nodes", i, "/free_kib",
					 "Node %u has %" PRIu64 " KiB free, which is more than its "
					 "memory of %" PRIu64 " KiB",
					 node->id, node->free_kib, node->memory_kib);
	return 0;
}

static int check_distinct_ids(const struct vtune__topology *topology,
			      const struct vtune__draft *draft, struct vtune_error **err)
{
	for (unsigned int i = 1; i < topology->nnodes; i++) {
		unsigned int id = topology->nodes[i].id, last = draft->nnodes - 1;

		if (topology->nodes[i - 1].id != id)
			continue;
		while (draft->nodes[last].id != id)
			last--;
		return vtune__draft_fail(err, "nodes", last, "/id",
					 "Two nodes have the id %u; every node needs its own", id);
	}
	return 0;
}

static int add_nodes(struct vtune__topology *topology, const struct vtune__draft *draft,
		     struct vtune_error **err)
{
	if (draft->nnodes == 0)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, "/nodes",
				   "A host has at least one node");
	if (draft->nnodes > MAX_NODES)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, "/nodes",
				   "A host may have %d nodes, and not %u", MAX_NODES,
				   draft->nnodes);
	topology->nodes = vtune__alloc(draft->nnodes, sizeof(*topology->nodes), err);
	if (!topology->nodes)
		return -1;

	topology->nnodes = draft->nnodes;
	for (unsigned int i = 0; i < draft->nnodes; i++) {
		struct vtune__node *node = &topology->nodes[i];

		if (check_node(draft, i, err) < 0)
			return -1;
		node->id = draft->nodes[i].id;
		node->kind = draft->nodes[i].kind;
		node->memory_kib = draft->nodes[i].memory_kib;
		if (vtune__set_copy(&node->cpus, &draft->nodes[i].cpus) < 0 ||
		    vtune__set_or(&topology->cpus, &node->cpus) < 0)
			return vtune__fail_memory(err);
	}
	qsort(topology->nodes, topology->nnodes, sizeof(*topology->nodes), compare_nodes);
	return check_distinct_ids(topology, draft, err);
}

/* ---- memory ---- */

static int check_pages(const struct vtune__topology *topology, const struct vtune__draft_node *node,
		       unsigned int i, unsigned int j, struct vtune_error **err)
{
	const struct vtune__draft_pages *pages = &node->pages[j];
	char rest[48];

	if (pages->size_kib <= topology->page_kib || pages->size_kib % topology->page_kib != 0 ||
	    pages->size_kib > VTUNE__MAX_KIB) {
		snprintf(rest, sizeof(rest), "/pages/%u/size_kib", j);
		return vtune__draft_fail(err, "nodes", i, rest,
					 "A huge page must be a multiple of the ordinary page of "
					 "%u KiB, and larger; %" PRIu64 " KiB is not",
					 topology->page_kib, pages->size_kib);
	}
	if (pages->has_free && pages->free > pages->total) {
		snprintf(rest, sizeof(rest), "/pages/%u/free", j);
		return vtune__draft_fail(err, "nodes", i, rest,
					 "Node %u cannot have %" PRIu64 " pages free of %" PRIu64,
					 node->id, pages->free, pages->total);
	}
	for (unsigned int k = 0; k < j; k++) {
		if (node->pages[k].size_kib != pages->size_kib)
			continue;
		snprintf(rest, sizeof(rest), "/pages/%u/size_kib", j);
		return vtune__draft_fail(err, "nodes", i, rest,
					 "Node %u names pages of %" PRIu64 " KiB twice", node->id,
					 pages->size_kib);
	}
	return 0;
}

static int add_page_size(struct vtune__topology *topology, uint64_t size_kib, unsigned int i,
			 struct vtune_error **err)
{
	uint64_t *element;

	if (vtune__topology_page_size(topology, size_kib) >= 0)
		return 0;
	if (topology->npage_sizes == MAX_PAGE_SIZES)
		return vtune__draft_fail(err, "nodes", i, "/pages",
					 "A host may have %d sizes of huge pages", MAX_PAGE_SIZES);
	element = vtune__grow((void **)&topology->page_sizes, &topology->npage_sizes,
			      sizeof(*element), err);
	if (!element)
		return -1;
	*element = size_kib;
	return 0;
}

static int add_page_sizes(struct vtune__topology *topology, const struct vtune__draft *draft,
			  struct vtune_error **err)
{
	for (unsigned int i = 0; i < draft->nnodes; i++) {
		const struct vtune__draft_node *node = &draft->nodes[i];

		for (unsigned int j = 0; j < node->npages; j++)
			if (add_page_size(topology, node->pages[j].size_kib, i, err) < 0 ||
			    check_pages(topology, node, i, j, err) < 0)
				return -1;
	}
	if (topology->npage_sizes > 0)
		qsort(topology->page_sizes, topology->npage_sizes, sizeof(uint64_t), compare_sizes);
	return 0;
}

static int add_pool(struct vtune__topology *topology, const struct vtune__draft *draft,
		    unsigned int i, struct vtune_error **err)
{
	const struct vtune__draft_node *node = &draft->nodes[i];
	unsigned int index = (unsigned int)vtune__topology_node(topology, node->id);
	uint64_t *totals = topology->pool_total + (size_t)index * topology->npage_sizes;
	uint64_t kib, left = node->memory_kib;

	for (unsigned int j = 0; j < node->npages; j++) {
		const struct vtune__draft_pages *pages = &node->pages[j];

		if (__builtin_mul_overflow(pages->total, pages->size_kib, &kib) || kib > left)
			return vtune__draft_fail(err, "nodes", i, "/pages",
						 "The huge pages of node %u are more than its "
						 "memory of %" PRIu64 " KiB",
						 node->id, node->memory_kib);
		left -= kib;
		totals[vtune__topology_page_size(topology, pages->size_kib)] = pages->total;
	}
	return 0;
}

static int add_memory(struct vtune__topology *topology, const struct vtune__draft *draft,
		      struct vtune_error **err)
{
	uint64_t page_kib = draft->page_kib ? draft->page_kib : 4;

	if ((page_kib & (page_kib - 1)) != 0 || page_kib > MAX_PAGE_KIB)
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, "/page_kib",
				   "The ordinary page must be a power of two, like 4 or 64, and "
				   "not %" PRIu64,
				   page_kib);
	topology->page_kib = (unsigned int)page_kib;
	if (add_page_sizes(topology, draft, err) < 0)
		return -1;
	topology->pool_total = vtune__alloc((size_t)topology->nnodes * topology->npage_sizes,
					    sizeof(*topology->pool_total), err);
	if (!topology->pool_total)
		return -1;
	for (unsigned int i = 0; i < draft->nnodes; i++)
		if (add_pool(topology, draft, i, err) < 0)
			return -1;
	return 0;
}

/* ---- the whole ---- */

void vtune__topology_free(struct vtune__topology *topology)
{
	if (!topology || __atomic_sub_fetch(&topology->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (unsigned int i = 0; i < topology->nnodes; i++)
		vtune__set_free(&topology->nodes[i].cpus);
	for (unsigned int i = 0; i < topology->ndevices; i++)
		vtune__device_free(&topology->devices[i]);
	free(topology->name);
	free(topology->hypervisor.type);
	vtune__processor_free(&topology->processor);
	free(topology->nodes);
	free(topology->distances);
	free(topology->neighbours);
	free(topology->page_sizes);
	free(topology->pool_total);
	free(topology->node_of_cpu);
	free(topology->core_of_cpu);
	free(topology->group_of_cpu);
	free(topology->cores);
	free(topology->caches);
	free(topology->packages);
	free(topology->dies);
	free(topology->clusters);
	free(topology->words);
	free(topology->devices);
	vtune__set_free(&topology->cpus);
	vtune__set_free(&topology->isolated);
	vtune__set_free(&topology->offline);
	free(topology);
}

static int copy_hypervisor(struct vtune__topology *topology, const struct vtune__hypervisor *from,
			   struct vtune_error **err)
{
	topology->hypervisor.version = from->version;
	topology->hypervisor.libvirt = from->libvirt;
	if (!from->type)
		return 0;
	topology->hypervisor.type = vtune__strdup(from->type, err);
	return topology->hypervisor.type ? 0 : -1;
}

static int copy_word(char **to, const char *from, struct vtune_error **err)
{
	if (!from)
		return 0;
	*to = vtune__strdup(from, err);
	return *to ? 0 : -1;
}

/* A processor itself gives a vendor another name than libvirt does. */
static const char *vendor_name(const char *vendor)
{
	static const char *const names[][2] = {
		{ "AuthenticAMD", "AMD" },
		{ "GenuineIntel", "Intel" },
		{ "HygonGenuine", "Hygon" },
	};

	for (unsigned int i = 0; vendor && i < VTUNE__COUNT(names); i++)
		if (strcmp(names[i][0], vendor) == 0)
			return names[i][1];
	return vendor;
}

static int copy_processor(struct vtune__topology *topology, const struct vtune__processor *from,
			  struct vtune_error **err)
{
	if (copy_word(&topology->processor.arch, from->arch, err) < 0 ||
	    copy_word(&topology->processor.vendor, vendor_name(from->vendor), err) < 0)
		return -1;
	return copy_word(&topology->processor.model, from->model, err);
}

struct vtune__topology *vtune__topology_build(const struct vtune__draft *draft,
					      struct vtune_error **err)
{
	struct vtune__topology *topology = vtune__alloc(1, sizeof(*topology), err);

	if (!topology)
		return NULL;
	topology->references = 1;
	topology->name = vtune__strdup(draft->name ? draft->name : "", err);
	if (!topology->name || copy_hypervisor(topology, &draft->hypervisor, err) < 0 ||
	    copy_processor(topology, &draft->processor, err) < 0 ||
	    add_nodes(topology, draft, err) < 0 || add_memory(topology, draft, err) < 0 ||
	    vtune__topology_add_distances(topology, draft, err) < 0 ||
	    vtune__topology_add_cpus(topology, draft, err) < 0 ||
	    vtune__topology_add_devices(topology, draft, err) < 0)
		goto fail;
	return topology;

fail:
	vtune__topology_free(topology);
	return NULL;
}
