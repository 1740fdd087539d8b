/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pools belong to the topology, which hosts share, so a host with other pools is built
 * anew from its document. */
#include "host.h"

#include "../plan/plan.h"

static struct vtune__draft_pages *find_pool(struct vtune__draft_node *node, uint64_t size_kib,
					    struct vtune_error **err)
{
	struct vtune__draft_pages *pages;

	for (unsigned int i = 0; i < node->npages; i++)
		if (node->pages[i].size_kib == size_kib)
			return &node->pages[i];
	pages = vtune__grow((void **)&node->pages, &node->npages, sizeof(*pages), err);
	if (!pages)
		return NULL;
	pages->size_kib = size_kib;
	pages->has_free = true;
	return pages;
}

/* No more than is made by the memory that is free, without what VMs hold of it. */
static int move_to_pool(const struct vtune_host *host, struct vtune__draft_node *node,
			uint64_t size_kib, uint64_t count, struct vtune_error **err)
{
	int index = vtune__topology_node(host->topology, node->id);
	uint64_t most = host->room.free_kib[index] / size_kib;
	struct vtune__draft_pages *pool;

	if (count > most)
		count = most;
	if (count == 0)
		return 0;
	pool = find_pool(node, size_kib, err);
	if (!pool)
		return -1;
	if (!pool->has_free)
		pool->free = pool->total;
	pool->has_free = true;
	pool->total += count;
	pool->free += count;
	node->free_kib -= count * size_kib;
	return 0;
}

/* The document of a host says of every node what is free. */
static int open_draft(const struct vtune_host *host, struct vtune__draft *draft,
		      struct vtune_error **err)
{
	char *json VTUNE__CLEANUP(vtune__free_string) = vtune_host_to_json(host, err);

	return json ? vtune__host_read_draft(json, draft, err) : -1;
}

struct vtune_host *vtune__host_with_all_in_pages(const struct vtune_host *host, uint64_t size_kib,
						 struct vtune_error **err)
{
	struct vtune__draft draft VTUNE__CLEANUP(vtune__draft_free) = { 0 };

	if (open_draft(host, &draft, err) < 0)
		return NULL;
	for (unsigned int i = 0; i < draft.nnodes; i++)
		if (move_to_pool(host, &draft.nodes[i], size_kib, UINT64_MAX, err) < 0)
			return NULL;
	return vtune__host_build(&draft, err);
}

/* What cells of the plan need on a node, in pages. */
static uint64_t pages_on(const struct vtune_plan *plan, unsigned int node)
{
	uint64_t count = 0;

	for (unsigned int c = 0; c < plan->ncells; c++)
		for (unsigned int m = 0; m < plan->cells[c].nmemory; m++)
			if (plan->cells[c].memory[m].node == node)
				count +=
					plan->cells[c].memory[m].size_kib / plan->cells[c].page_kib;
	return count;
}

static uint64_t free_pages(const struct vtune_host *host, unsigned int node, uint64_t size_kib)
{
	int index = vtune__topology_node(host->topology, node);
	int size = vtune__topology_page_size(host->topology, size_kib);

	if (index < 0 || size < 0)
		return 0;
	return host->room.free_pages[(size_t)index * host->topology->npage_sizes + (size_t)size];
}

struct vtune_host *vtune__host_with_pages_for(const struct vtune_host *host,
					      const struct vtune_plan *plan,
					      struct vtune_error **err)
{
	struct vtune__draft draft VTUNE__CLEANUP(vtune__draft_free) = { 0 };
	/* One size for all cells. */
	uint64_t size_kib = plan->cells[0].page_kib;

	if (open_draft(host, &draft, err) < 0)
		return NULL;
	for (unsigned int i = 0; plan->huge && i < draft.nnodes; i++) {
		struct vtune__draft_node *node = &draft.nodes[i];
		uint64_t need = pages_on(plan, node->id);
		uint64_t have = free_pages(host, node->id, size_kib);

		if (need > have && move_to_pool(host, node, size_kib, need - have, err) < 0)
			return NULL;
	}
	return vtune__host_build(&draft, err);
}
