/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single rules of the design, each in one function, with no search in them. */
#include "oracle.h"

static unsigned int count_bits(uint64_t set)
{
	return (unsigned int)__builtin_popcountll(set);
}

/* The vCPUs in order, in runs as equal as whole vCPUs allow, the larger ones first. */
static void equal_runs(const struct oracle_spec *spec, struct oracle_layout *layout)
{
	unsigned int cell, vcpu = 0, length;

	for (cell = 0; cell < layout->ncells; cell++) {
		length = spec->vcpus / layout->ncells + (cell < spec->vcpus % layout->ncells);
		while (length-- > 0)
			layout->vcpus[cell] |= UINT64_C(1) << vcpu++;
	}
}

/* False when the VM cannot be cut into so many cells. */
bool oracle_layout(const struct oracle_spec *spec, unsigned int ncells,
		   struct oracle_layout *layout)
{
	unsigned int i;

	*layout = (struct oracle_layout){ .ncells = ncells };
	if (ncells > ORACLE_CELLS || ncells > spec->vcpus)
		return false;
	if (!spec->cells_auto && ncells != spec->ncells)
		return false;
	if (!spec->cells_listed)
		equal_runs(spec, layout);
	for (i = 0; i < ncells; i++) {
		if (spec->cells_listed)
			layout->vcpus[i] = spec->cell_vcpus[i];
		layout->dedicated[i] = count_bits(layout->vcpus[i] & spec->dedicated);
		layout->shared[i] = count_bits(layout->vcpus[i] & ~spec->dedicated);
	}
	return true;
}

bool oracle_size_allowed(const struct oracle_case *c, unsigned int size)
{
	switch (c->spec.pages) {
	case ORACLE_AUTO:
		return true;
	case ORACLE_NONE:
		return size == 0;
	case ORACLE_ANY:
		return size > 0;
	case ORACLE_SIZE:
		return c->host.size_kib[size] == c->spec.page_kib;
	}
	return false;
}

/* Ordinary pages are rounded up to; huge pages have to divide. -1: they do not. */
static int64_t whole_pages(int64_t kib, int64_t page_kib, bool ordinary)
{
	if (!ordinary && kib % page_kib)
		return -1;
	return (kib + page_kib - 1) / page_kib;
}

/* False when the page size does not suit these cells. */
bool oracle_cell_pages(const struct oracle_case *c, const struct oracle_layout *layout,
		       unsigned int size, int64_t *pages)
{
	int64_t all = whole_pages(c->spec.memory_kib, c->host.size_kib[size], size == 0);
	int64_t left = all;
	unsigned int i;

	for (i = 0; i < layout->ncells; i++) {
		if (c->spec.cells_listed && c->spec.cell_kib[i] >= 0)
			pages[i] = whole_pages(c->spec.cell_kib[i], c->host.size_kib[size],
					       size == 0);
		else
			pages[i] = all * (int64_t)count_bits(layout->vcpus[i]) /
				   (int64_t)c->spec.vcpus;
		left -= pages[i];
	}
	if (all < 0)
		return false;
	if (!c->spec.cells_listed || c->spec.cell_kib[0] < 0) {
		for (i = 0; left > 0; i++, left--)
			pages[i]++;
	}
	for (i = 0; i < layout->ncells; i++) {
		if (pages[i] <= 0)
			return false;
	}
	return true;
}

/* May a node give memory to a cell whose CPUs are on cell_node? */
bool oracle_may_give(const struct oracle_case *c, unsigned int node, unsigned int cell_node)
{
	if (!(c->spec.nodes & 1u << node))
		return false;
	return node == cell_node || c->host.node[node].dram || c->spec.has_nodes;
}

/* max_distance, between any two of the nodes and both ways. */
bool oracle_near(const struct oracle_case *c, uint32_t nodes)
{
	unsigned int a, b;

	if (c->spec.max_distance < 0)
		return true;
	for (a = 0; a < c->host.nnodes; a++) {
		for (b = 0; b < c->host.nnodes; b++) {
			if (a != b && nodes & 1u << a && nodes & 1u << b &&
			    c->host.distance[a][b] > c->spec.max_distance)
				return false;
		}
	}
	return true;
}

/* What it costs to be on any of "nodes" for the best of the anchors. */
int64_t oracle_helper_cost(const struct oracle_host *host, uint32_t nodes, uint32_t anchors)
{
	int64_t best = INT64_MAX, cost;
	unsigned int n, a;

	for (n = 0; n < host->nnodes; n++) {
		for (a = 0; a < host->nnodes; a++) {
			if (!(nodes & 1u << n) || !(anchors & 1u << a))
				continue;
			cost = host->distance[n][a] - host->distance[a][a];
			if (cost < best)
				best = cost;
		}
	}
	return best;
}

uint32_t oracle_anchors(const struct oracle_spec *spec, unsigned int thread, uint32_t cell_nodes)
{
	int anchor = spec->thread[thread].anchor;

	return anchor < 0 ? cell_nodes : 1u << anchor;
}

/* The rule of the shared pool on a node where this VM holds "held". */
bool oracle_pool_ok(const struct oracle_host *host, unsigned int node, uint64_t held,
		    unsigned int shared)
{
	uint64_t pool = host->pool & host->node[node].cpus;
	int64_t left = count_bits(pool & ~held);

	if (!shared && !(pool & held))
		return true;
	return shared <= left &&
	       (double)(host->node[node].shared_vcpus + (int64_t)shared) <=
			host->overcommit * (double)left;
}
