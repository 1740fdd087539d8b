/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one domain holds: what the plan says that it carries, else what its XML does. */
#include "host-reading.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

static void free_tenant(struct vtune__tenant *tenant)
{
	vtune__pins_free(&tenant->pins);
	vtune_plan_free(tenant->plan);
	vtune__set_free(&tenant->alone);
	vtune__set_free(&tenant->near);
	free(tenant->bound);
	free(tenant->unbound);
	free(tenant->real);
}

static void free_numbers(uint64_t **numbers)
{
	free(*numbers);
}

static void free_error(struct vtune_error **error)
{
	vtune_error_free(*error);
}

/* ---- reading ---- */

static int read_plan(struct vtune__host_reading *reading, struct vtune__tenant *tenant)
{
	struct vtune_error *error VTUNE__CLEANUP(free_error) = NULL;
	struct vtune__host_warning *warning;

	tenant->plan = vtune__metadata_plan_of(tenant->pins.plan, &error);
	if (tenant->plan && vtune_plan_fits(tenant->plan))
		return 0;
	if (!tenant->plan && !error)
		return 0;
	if (vtune_error_get_code(error) == VTUNE_ERR_NO_MEMORY)
		return vtune__fail_memory(reading->err);
	warning = vtune__draft_warn(
		reading->draft, reading->err, "plan",
		"The plan that the VM \"%s\" carries cannot be used, so what it "
		"holds is told from its pins: %s",
		tenant->name,
		error ? vtune_error_get_message(error) : "it says that the VM does not fit");
	vtune_plan_free(tenant->plan);
	tenant->plan = NULL;
	return warning ? vtune__host_warning_add_vm(warning, tenant->name, reading->err) : -1;
}

/* *is_here: it runs, or those that do not count as well. */
static int take_document(struct vtune__host_reading *reading, struct vtune__tenant *tenant,
			 struct _xmlNode *domain, bool *is_here)
{
	/* Only a domain that runs has an id. */
	tenant->runs = vtune__xml_peek(domain, "id") != NULL;
	if (!tenant->runs && !reading->flags)
		return 0;
	if (vtune__pins_of(&tenant->pins, domain, tenant->name, reading->err) < 0)
		return -1;
	if (!tenant->name)
		tenant->name = tenant->pins.name;
	if (read_plan(reading, tenant) < 0)
		return -1;
	*is_here = tenant->runs || (reading->flags & VTUNE_HOST_DEFINED) || tenant->plan;
	return 0;
}

/* *is_here: it was not gone, either. */
static int read_tenant(struct vtune__host_reading *reading, struct vtune__tenant *tenant,
		       bool *is_here)
{
	const struct vtune__calls *calls = reading->connection->calls;
	VTUNE__CLEANUP(vtune__free_string)
	char *xml = calls->virDomainGetXMLDesc(tenant->domain, 0);
	VTUNE__CLEANUP(vtune__xml_free) struct _xmlDoc *document = NULL;

	if (!xml && virGetLastErrorCode() == VIR_ERR_NO_DOMAIN)
		return 0;
	if (!xml)
		return vtune__fail_libvirt(reading->connection, reading->err, tenant->name,
					   "Reading the domain \"%s\"", tenant->name);
	document = vtune__xml_parse(xml, "domain", reading->err);
	if (!document) {
		vtune__error_prefix(reading->err, tenant->name);
		return -1;
	}
	return take_document(reading, tenant, vtune__xml_root(document), is_here);
}

/* ---- holding ---- */

/* The memory of a plan as a table; what the host lacks, somebody took out of it. */
static int table_of_plan(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
			 const struct vtune__allocation *allocation, uint64_t *table)
{
	const struct vtune__topology *topology = reading->host->topology;
	struct vtune__host_warning *warning;
	bool is_missing = false;

	for (unsigned int i = 0; i < allocation->nmemory; i++) {
		const struct vtune__memory_held *memory = &allocation->memory[i];
		int node = vtune__topology_node(topology, memory->node);
		int column = vtune__table_column(topology, memory->page_kib);

		if (node < 0 || column < 0 ||
		    (column > 0 &&
		     vtune__table_total(topology, (unsigned int)node, (unsigned int)column) == 0))
			is_missing = true;
		else
			vtune__table_add(&table[vtune__table_place(topology, (unsigned int)node,
								   (unsigned int)column)],
					 memory->size_kib);
	}
	if (!is_missing)
		return 0;
	warning = vtune__draft_warn(reading->draft, reading->err, "missing",
				    "By its plan, the VM \"%s\" has memory on nodes or in pages "
				    "that this host does not have",
				    tenant->name);
	return warning ? vtune__host_warning_add_vm(warning, tenant->name, reading->err) : -1;
}

static int take_memory(struct vtune__host_reading *reading, struct vtune__allocation *allocation,
		       const uint64_t *table)
{
	const struct vtune__topology *topology = reading->host->topology;
	unsigned int columns = vtune__table_columns(topology);

	free(allocation->memory);
	allocation->memory = NULL;
	allocation->nmemory = 0;
	for (unsigned int i = 0; i < topology->nnodes * columns; i++) {
		struct vtune__memory_held *memory;

		if (table[i] == 0)
			continue;
		memory = vtune__grow((void **)&allocation->memory, &allocation->nmemory,
				     sizeof(*memory), reading->err);
		if (!memory)
			return -1;
		memory->node = topology->nodes[i / columns].id;
		memory->size_kib = table[i];
		if (i % columns > 0)
			memory->page_kib = topology->page_sizes[i % columns - 1];
	}
	return 0;
}

/* Leave out what is on nodes that the host lacks. */
static void keep_known_nodes(const struct vtune__topology *topology,
			     struct vtune__allocation *allocation)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < allocation->nshared; i++)
		if (vtune__topology_node(topology, allocation->shared[i].node) >= 0)
			allocation->shared[count++] = allocation->shared[i];
	allocation->nshared = count;
}

/* Those of the plan and those of the XML. */
static int take_devices(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
			struct vtune__allocation *allocation)
{
	VTUNE__CLEANUP(vtune__allocation_free)
	struct vtune__allocation old = { .devices = allocation->devices,
					 .ndevices = allocation->ndevices };
	char *const *lists[] = { old.devices, tenant->pins.devices };
	const unsigned int counts[] = { old.ndevices, tenant->pins.ndevices };

	allocation->devices = NULL;
	allocation->ndevices = 0;
	for (unsigned int i = 0; i < 2; i++) {
		for (unsigned int j = 0; j < counts[i]; j++) {
			bool is_known = false;
			char *copy, **place;

			for (unsigned int k = 0; k < allocation->ndevices; k++)
				is_known = is_known ||
					   strcmp(allocation->devices[k], lists[i][j]) == 0;
			if (is_known)
				continue;
			copy = vtune__strdup(lists[i][j], reading->err);
			if (!copy)
				return -1;
			place = vtune__grow((void **)&allocation->devices, &allocation->ndevices,
					    sizeof(*place), reading->err);
			if (!place) {
				free(copy);
				return -1;
			}
			*place = copy;
		}
	}
	return 0;
}

static bool equal_tables(const uint64_t *a, const uint64_t *b, size_t count)
{
	return memcmp(a, b, count * sizeof(*a)) == 0;
}

/* To look is a long walk for the kernel with large domains, so only where the XML
 * does not tell. */
static bool is_real_wanted(const struct vtune__host_reading *reading,
			   const struct vtune__tenant *tenant, const uint64_t *planned)
{
	const struct vtune__topology *topology = reading->host->topology;
	size_t columns = vtune__table_columns(topology);

	if (!tenant->runs || !reading->connection->is_local)
		return false;
	if (tenant->pid > 0)
		return true;
	if (tenant->plan && !equal_tables(planned, tenant->bound, topology->nnodes * columns))
		return true;
	for (size_t i = 0; i < columns; i++)
		if (tenant->unbound[i] > 0)
			return true;
	return false;
}

static int hold_memory(struct vtune__host_reading *reading, struct vtune__tenant *tenant,
		       struct vtune__allocation *allocation)
{
	const struct vtune__topology *topology = reading->host->topology;
	size_t count = (size_t)topology->nnodes * vtune__table_columns(topology);
	VTUNE__CLEANUP(free_numbers) uint64_t *held = vtune__table_new(topology, reading->err);

	if (!held || (tenant->plan && table_of_plan(reading, tenant, allocation, held) < 0))
		return -1;
	if (is_real_wanted(reading, tenant, held) && vtune__tenant_find_real(reading, tenant) < 0)
		return -1;
	if (!tenant->plan) {
		memcpy(held, tenant->bound, count * sizeof(*held));
		if (vtune__tenant_place_unbound(reading, tenant, held) < 0)
			return -1;
	}
	if (vtune__tenant_promise(reading, tenant, held) < 0)
		return -1;
	return take_memory(reading, allocation, held);
}

static int hold(struct vtune__host_reading *reading, struct vtune__tenant *tenant)
{
	const struct vtune__topology *topology = reading->host->topology;
	struct vtune__allocation *allocation =
		vtune__draft_add_allocation(reading->draft, reading->err);

	if (!allocation || vtune__tenant_infer(reading, tenant) < 0)
		return -1;
	if (tenant->plan) {
		if (vtune__allocation_of_plan(allocation, tenant->plan, tenant->name,
					      reading->err) < 0)
			return -1;
		keep_known_nodes(topology, allocation);
	} else {
		allocation->vm = vtune__strdup(tenant->name, reading->err);
		if (!allocation->vm || vtune__tenant_share(reading, tenant, allocation) < 0)
			return -1;
	}
	if (vtune__set_or(&allocation->cpus, &tenant->alone) < 0)
		return vtune__fail_memory(reading->err);
	vtune__set_and(&allocation->cpus, &topology->cpus);
	if (hold_memory(reading, tenant, allocation) < 0)
		return -1;
	return take_devices(reading, tenant, allocation);
}

int vtune__host_read_domain(struct vtune__host_reading *reading, virDomainPtr domain,
			    const char *name)
{
	VTUNE__CLEANUP(free_tenant)
	struct vtune__tenant tenant = { .name = name, .domain = domain, .pins.mode = -1 };
	bool is_here = false;

	if (read_tenant(reading, &tenant, &is_here) < 0)
		return -1;
	return is_here ? hold(reading, &tenant) : 0;
}

int vtune__host_read_document(struct vtune__host_reading *reading, struct _xmlNode *domain, int pid)
{
	VTUNE__CLEANUP(free_tenant)
	struct vtune__tenant tenant = { .pid = pid, .pins.mode = -1 };
	bool is_here = false;

	if (take_document(reading, &tenant, domain, &is_here) < 0)
		return -1;
	return is_here ? hold(reading, &tenant) : 0;
}
