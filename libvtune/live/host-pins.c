/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain holds by its XML, whoever wrote that. */
#include "host-reading.h"

#include <stdlib.h>

static void free_counts(unsigned int **counts)
{
	free(*counts);
}

/* ---- warnings ---- */

static int warn_cpus(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
		     const struct vtune__set *cpus, const char *code, const char *what)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__host_warning *warning;

	if (vtune__set_is_empty(cpus))
		return 0;
	vtune__text_add_set(&text, cpus);
	if (text.failed)
		return vtune__fail_memory(reading->err);
	warning = vtune__draft_warn(reading->draft, reading->err, code,
				    "The VM \"%s\" is pinned to %s %s, %s", tenant->name,
				    vtune__set_count(cpus) == 1 ? "CPU" : "CPUs", text.data, what);
	if (!warning || vtune__host_warning_add_vm(warning, tenant->name, reading->err) < 0)
		return -1;
	return vtune__set_copy(&warning->cpus, cpus) < 0 ? vtune__fail_memory(reading->err) : 0;
}

static int warn_nodes(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
		      const struct vtune__set *nodes)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__host_warning *warning;

	if (vtune__set_is_empty(nodes))
		return 0;
	vtune__text_add_set(&text, nodes);
	if (text.failed)
		return vtune__fail_memory(reading->err);
	warning = vtune__draft_warn(reading->draft, reading->err, "missing",
				    "The VM \"%s\" has its memory bound to %s %s, which this host "
				    "does not have",
				    tenant->name, vtune__set_count(nodes) == 1 ? "node" : "nodes",
				    text.data);
	return warning ? vtune__host_warning_add_vm(warning, tenant->name, reading->err) : -1;
}

static int warn_pages(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
		      uint64_t page_kib)
{
	struct vtune__host_warning *warning;
	char size[32] = "";

	if (page_kib > 0)
		vtune__size_print(page_kib, size);
	warning = vtune__draft_warn(reading->draft, reading->err, "missing",
				    "The VM \"%s\" asks for huge pages%s%s, of which this host has "
				    "none where it wants them",
				    tenant->name, size[0] ? " of " : "", size);
	return warning ? vtune__host_warning_add_vm(warning, tenant->name, reading->err) : -1;
}

/* ---- CPUs ---- */

/* CPUs to which it is pinned, and that are not there or are off. */
static int warn_pins(struct vtune__host_reading *reading, const struct vtune__tenant *tenant)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set pinned = { 0 };
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set missing = { 0 };

	for (unsigned int i = 0; i < tenant->pins.nvcpus; i++)
		if (vtune__set_or(&pinned, &tenant->pins.vcpus[i]) < 0)
			return vtune__fail_memory(reading->err);
	if (vtune__set_copy(&missing, &pinned) < 0)
		return vtune__fail_memory(reading->err);
	vtune__set_andnot(&missing, &topology->cpus);
	vtune__set_and(&pinned, &topology->offline);
	if (warn_cpus(reading, tenant, &missing, "missing", "which this host does not have") < 0)
		return -1;
	return warn_cpus(reading, tenant, &pinned, "offline", "offline here");
}

/* The one CPU of the host that the vCPU may run on; -1: more, or none. */
static int only_cpu(const struct vtune__topology *topology, const struct vtune__set *pin)
{
	int found = -1;

	VTUNE__SET_FOREACH(cpu, pin) {
		if (!vtune__set_has(&topology->cpus, (unsigned int)cpu))
			continue;
		if (found >= 0)
			return -1;
		found = cpu;
	}
	return found;
}

/* One CPU for several vCPUs is not dedicated to any of them. */
static int find_alone(struct vtune__host_reading *reading, struct vtune__tenant *tenant)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set twice = { 0 };

	for (unsigned int i = 0; i < tenant->pins.nvcpus; i++) {
		int cpu = only_cpu(topology, &tenant->pins.vcpus[i]);
		bool is_known = cpu >= 0 && vtune__set_has(&tenant->alone, (unsigned int)cpu);

		if (cpu >= 0 &&
		    vtune__set_add(is_known ? &twice : &tenant->alone, (unsigned int)cpu) < 0)
			return vtune__fail_memory(reading->err);
	}
	vtune__set_andnot(&tenant->alone, &twice);
	return 0;
}

static int nodes_of_cpus(const struct vtune__topology *topology, const struct vtune__set *cpus,
			 struct vtune__set *nodes)
{
	VTUNE__SET_FOREACH(cpu, cpus) {
		unsigned int n = (unsigned int)cpu;

		if (n < topology->ncpus && topology->node_of_cpu[n] >= 0 &&
		    vtune__set_add(nodes, (unsigned int)topology->node_of_cpu[n]) < 0)
			return -1;
	}
	return 0;
}

/* The nodes that a vCPU may run on, into an empty set. Without a pin the kernel leaves it on all
 * CPUs that are on and not isolated. */
static int nodes_of_vcpu(const struct vtune__topology *topology, const struct vtune__set *pin,
			 struct vtune__set *nodes)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set cpus = { 0 };

	if (nodes_of_cpus(topology, pin, nodes) < 0)
		return -1;
	if (!vtune__set_is_empty(nodes))
		return 0;
	if (vtune__set_copy(&cpus, &topology->cpus) < 0)
		return -1;
	vtune__set_andnot(&cpus, &topology->offline);
	vtune__set_andnot(&cpus, &topology->isolated);
	return nodes_of_cpus(topology, &cpus, nodes);
}

static int find_near(struct vtune__host_reading *reading, struct vtune__tenant *tenant)
{
	for (unsigned int i = 0; i < tenant->pins.nvcpus; i++) {
		VTUNE__CLEANUP(vtune__set_free) struct vtune__set nodes = { 0 };

		if (nodes_of_vcpu(reading->host->topology, &tenant->pins.vcpus[i], &nodes) < 0 ||
		    vtune__set_or(&tenant->near, &nodes) < 0)
			return vtune__fail_memory(reading->err);
	}
	return 0;
}

int vtune__tenant_share(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
			struct vtune__allocation *allocation)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(free_counts)
	unsigned int *counts = vtune__alloc(topology->nnodes, sizeof(*counts), reading->err);

	if (!counts)
		return -1;
	VTUNE__SET_FOREACH(vcpu, &tenant->pins.plugged) {
		VTUNE__CLEANUP(vtune__set_free) struct vtune__set nodes = { 0 };
		const struct vtune__set *pin = &tenant->pins.vcpus[vcpu];
		int cpu = only_cpu(topology, pin), least = -1;

		if (cpu >= 0 && vtune__set_has(&tenant->alone, (unsigned int)cpu))
			continue;
		if (nodes_of_vcpu(topology, pin, &nodes) < 0)
			return vtune__fail_memory(reading->err);
		VTUNE__SET_FOREACH(node, &nodes)
			if (least < 0 || counts[node] < counts[least])
				least = node;
		if (least >= 0)
			counts[least]++;
	}
	for (unsigned int i = 0; i < topology->nnodes; i++) {
		struct vtune__shared_held *shared;

		if (counts[i] == 0)
			continue;
		shared = vtune__grow((void **)&allocation->shared, &allocation->nshared,
				     sizeof(*shared), reading->err);
		if (!shared)
			return -1;
		shared->node = topology->nodes[i].id;
		shared->vcpus = counts[i];
	}
	return 0;
}

/* ---- memory ---- */

/* The smallest huge page that there is of: on every processor that KVM runs on this is
 * what the kernel takes by default. */
static int default_column(const struct vtune__topology *topology)
{
	for (unsigned int i = 1; i < vtune__table_columns(topology); i++)
		for (unsigned int j = 0; j < topology->nnodes; j++)
			if (vtune__table_total(topology, j, i) > 0)
				return (int)i;
	return -1;
}

/* Those of the nodes (ids) that have such memory, as indexes. */
static int usable_nodes(struct vtune__host_reading *reading, const struct vtune__set *ids,
			unsigned int column, struct vtune__set *nodes, struct vtune__set *missing)
{
	const struct vtune__topology *topology = reading->host->topology;

	VTUNE__SET_FOREACH(id, ids) {
		int node = vtune__topology_node(topology, (unsigned int)id);
		struct vtune__set *to = node < 0 ? missing : nodes;

		if (node >= 0 && vtune__table_total(topology, (unsigned int)node, column) == 0)
			continue;
		if (vtune__set_add(to, (unsigned int)(node < 0 ? id : node)) < 0)
			return vtune__fail_memory(reading->err);
	}
	return 0;
}

static bool has_any(const struct vtune__topology *topology, int column)
{
	for (unsigned int i = 0; column >= 0 && i < topology->nnodes; i++)
		if (vtune__table_total(topology, i, (unsigned int)column) > 0)
			return true;
	return false;
}

static int infer_cell(struct vtune__host_reading *reading, struct vtune__tenant *tenant,
		      const struct vtune__pinned_cell *cell, struct vtune__set *missing)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set nodes = { 0 };
	uint64_t kib = cell->memory_kib;
	int column = cell->default_page ? default_column(topology)
					: vtune__table_column(topology, cell->page_kib);

	vtune__table_add(&kib, cell->modules_kib);
	if (kib == 0)
		return 0;
	if (!has_any(topology, column))
		return warn_pages(reading, tenant, cell->page_kib);
	if (usable_nodes(reading, &cell->nodes, (unsigned int)column, &nodes, missing) < 0)
		return -1;
	if (!vtune__set_is_empty(&nodes))
		return vtune__tenant_spread(reading, tenant->runs, cell->mode == VTUNE__INTERLEAVE,
					    &nodes, (unsigned int)column, kib, tenant->bound);
	if (!vtune__set_is_empty(&cell->nodes) && column > 0)
		return warn_pages(reading, tenant, cell->page_kib);
	/* Domains of the test driver have no memory: what is bound counts as held, so that
	 * a host can be filled, but the large domain that it starts with is in nobody's way. */
	if (!reading->connection->is_test)
		vtune__table_add(&tenant->unbound[column], kib);
	return 0;
}

int vtune__tenant_infer(struct vtune__host_reading *reading, struct vtune__tenant *tenant)
{
	const struct vtune__topology *topology = reading->host->topology;
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set missing = { 0 };

	tenant->bound = vtune__table_new(topology, reading->err);
	tenant->unbound = vtune__alloc(vtune__table_columns(topology), sizeof(*tenant->unbound),
				       reading->err);
	if (!tenant->bound || !tenant->unbound || warn_pins(reading, tenant) < 0 ||
	    find_alone(reading, tenant) < 0 || find_near(reading, tenant) < 0)
		return -1;
	for (unsigned int i = 0; i < tenant->pins.ncells; i++)
		if (infer_cell(reading, tenant, &tenant->pins.cells[i], &missing) < 0)
			return -1;
	return warn_nodes(reading, tenant, &missing);
}
