/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a domain's memory is, and where it will be.
 *
 * A kernel gives ordinary pages when they are touched first, so what a domain was
 * promised and has not touched yet still counts as free, and must not be promised to
 * another one. Huge pages are taken when a domain starts.
 */
#include "host-reading.h"

#include <stdlib.h>

#include "process.h"

static void free_numbers(uint64_t **numbers)
{
	free(*numbers);
}

static uint64_t free_there(const struct vtune_host *host, unsigned int node, unsigned int column)
{
	const struct vtune__topology *topology = host->topology;

	if (column == 0)
		return host->free_kib[node];
	return host->free_pages[(size_t)node * topology->npage_sizes + column - 1] *
	       topology->page_sizes[column - 1];
}

static bool any(const uint64_t *weights, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (weights[i] > 0)
			return true;
	return false;
}

int vtune__tenant_spread(const struct vtune__host_reading *reading, bool runs, bool evenly,
			 const struct vtune__set *nodes, unsigned int column, uint64_t kib,
			 uint64_t *table)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(free_numbers)
	uint64_t *weights = vtune__alloc(topology->nnodes, sizeof(*weights), reading->err);

	if (!weights)
		return -1;
	VTUNE__SET_FOREACH(node, nodes) {
		unsigned int i = (unsigned int)node;
		uint64_t all = vtune__table_total(topology, i, column);
		uint64_t left = free_there(reading->host, i, column);

		if (evenly)
			weights[i] = all > 0;
		else if (column > 0 && runs) /* its pages are among those in use */
			weights[i] = all > left ? all - left : 0;
		else
			weights[i] = left;
	}
	if (!any(weights, topology->nnodes)) {
		VTUNE__SET_FOREACH(node, nodes)
			weights[node] = vtune__table_total(topology, (unsigned int)node, column);
	}
	vtune__table_spread(topology, table, column, kib, weights);
	return 0;
}

/* Where the kernel gives memory to a domain that is not bound: on the nodes it runs on.
 * Memory that is not dram it gives last. */
static int likely_nodes(const struct vtune__host_reading *reading,
			const struct vtune__tenant *tenant, unsigned int column,
			struct vtune__set *nodes)
{
	const struct vtune__topology *topology = reading->host->topology;

	for (unsigned int choice = 0; choice < 3 && vtune__set_is_empty(nodes); choice++)
		for (unsigned int i = 0; i < topology->nnodes; i++) {
			if (vtune__table_total(topology, i, column) == 0 ||
			    (choice < 2 && topology->nodes[i].kind != VTUNE__DRAM) ||
			    (choice < 1 && !vtune__set_has(&tenant->near, i)))
				continue;
			if (vtune__set_add(nodes, i) < 0)
				return vtune__fail_memory(reading->err);
		}
	return 0;
}

/* Of kib, put where it is what is there already. Returns how much that is. */
static int place_real(const struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
		      unsigned int column, uint64_t kib, uint64_t *placed, uint64_t *table)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(free_numbers)
	uint64_t *weights = vtune__alloc(topology->nnodes, sizeof(*weights), reading->err);
	uint64_t sum = 0;

	if (!weights)
		return -1;
	for (unsigned int i = 0; i < topology->nnodes; i++) {
		weights[i] = tenant->real[vtune__table_place(topology, i, column)];
		vtune__table_add(&sum, weights[i]);
	}
	*placed = sum < kib ? sum : kib;
	if (sum > 0)
		vtune__table_spread(topology, table, column, *placed, weights);
	return 0;
}

int vtune__tenant_place_unbound(const struct vtune__host_reading *reading,
				const struct vtune__tenant *tenant, uint64_t *table)
{
	for (unsigned int i = 0; i < vtune__table_columns(reading->host->topology); i++) {
		VTUNE__CLEANUP(vtune__set_free) struct vtune__set nodes = { 0 };
		uint64_t placed = 0, kib = tenant->unbound[i];

		if (kib == 0)
			continue;
		if ((tenant->real && place_real(reading, tenant, i, kib, &placed, table) < 0) ||
		    likely_nodes(reading, tenant, i, &nodes) < 0 ||
		    (kib > placed && vtune__tenant_spread(reading, tenant->runs, false, &nodes, i,
							  kib - placed, table) < 0))
			return -1;
	}
	return 0;
}

/* ---- what it has now ---- */

int vtune__tenant_find_real(const struct vtune__host_reading *reading, struct vtune__tenant *tenant)
{
	const struct vtune__topology *topology = reading->host->topology;
	struct vtune__areas areas VTUNE__CLEANUP(vtune__areas_free) = { 0 };
	int pid = tenant->domain ? vtune__process_of_domain(reading->connection, tenant->domain)
				 : tenant->pid;

	/* It may belong to somebody else, or have ended. */
	if (pid == 0 || vtune__areas_read(&areas, "", pid, NULL) < 0)
		return 0;
	tenant->real = vtune__table_new(topology, reading->err);
	if (!tenant->real)
		return -1;
	for (unsigned int i = 0; i < areas.count; i++) {
		const struct vtune__area *area = &areas.items[i];
		int column = vtune__table_column(topology, area->page_kib);

		/* The guest writes to its memory; the rest is shared with other processes. */
		if (column < 0 || !area->is_writable)
			continue;
		for (unsigned int j = 0; j < area->nnodes; j++) {
			int node = vtune__topology_node(topology, area->nodes[j].node);

			if (node >= 0)
				vtune__table_add(
					&tenant->real[vtune__table_place(
						topology, (unsigned int)node, (unsigned int)column)],
					area->nodes[j].kib);
		}
	}
	return 0;
}

/* The memory of the process without huge pages, which the kernel does not count in it. */
static uint64_t resident_kib(const struct vtune__host_reading *reading,
			     const struct vtune__tenant *tenant)
{
	virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
	int count = reading->connection->calls->virDomainMemoryStats(tenant->domain, stats,
								     VIR_DOMAIN_MEMORY_STAT_NR, 0);

	/* Where it is not told, nothing is taken to be touched: that is on the safe side. */
	for (int i = 0; i < count; i++)
		if (stats[i].tag == VIR_DOMAIN_MEMORY_STAT_RSS)
			return stats[i].val < VTUNE__MAX_KIB ? stats[i].val : VTUNE__MAX_KIB;
	return 0;
}

/* By the XML that it was started with: huge pages at once, others in proportion to what
 * is there of them. */
static int estimate_now(const struct vtune__host_reading *reading,
			const struct vtune__tenant *tenant, uint64_t *now)
{
	const struct vtune__topology *topology = reading->host->topology;
	uint64_t all = 0, resident;
	double part;

	for (size_t i = 0; i < (size_t)topology->nnodes * vtune__table_columns(topology); i++)
		now[i] = tenant->bound[i];
	if (vtune__tenant_place_unbound(reading, tenant, now) < 0)
		return -1;
	for (unsigned int i = 0; i < topology->nnodes; i++)
		vtune__table_add(&all, now[vtune__table_place(topology, i, 0)]);
	resident = all > 0 ? resident_kib(reading, tenant) : 0;
	part = resident < all ? (double)resident / (double)all : 1;
	for (unsigned int i = 0; i < topology->nnodes; i++) {
		uint64_t *kib = &now[vtune__table_place(topology, i, 0)];

		*kib = part < 1 ? (uint64_t)((double)*kib * part) : *kib;
	}
	return 0;
}

int vtune__tenant_promise(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
			  const uint64_t *held)
{
	const struct vtune__topology *topology = reading->host->topology;
	size_t count = (size_t)topology->nnodes * vtune__table_columns(topology);
	VTUNE__CLEANUP(free_numbers) uint64_t *own = NULL;
	const uint64_t *now = tenant->real;

	/* Domains of the test driver have no memory at all. */
	if (!now && tenant->runs && !reading->connection->is_test) {
		now = own = vtune__table_new(topology, reading->err);
		if (!own || estimate_now(reading, tenant, own) < 0)
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		if (!now || held[i] > now[i])
			vtune__table_add(&reading->promised[i], held[i] - (now ? now[i] : 0));
	return 0;
}
