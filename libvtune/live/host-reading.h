/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that read a host from a connection share. */
#ifndef VTUNE_HOST_READING_H
#define VTUNE_HOST_READING_H

#include "../base/xml.h"
#include "../host/sources.h"
#include "live.h"

/* ---- host-machine.c ---- */

/* The machine: topology, what is free on it now, its devices, who runs VMs on it. */
int vtune__host_read_machine(const struct vtune_connection *connection, struct vtune__draft *draft,
			     struct vtune_error **err);

/* ---- host-devices.c ---- */

int vtune__host_read_devices(const struct vtune_connection *connection, struct vtune__draft *draft,
			     struct vtune_error **err);

/* ---- host-table.c: amounts of memory by node and page size ---- */

/* A column for ordinary pages, and one for each huge page size. */
static inline unsigned int vtune__table_columns(const struct vtune__topology *topology)
{
	return topology->npage_sizes + 1;
}
static inline size_t vtune__table_place(const struct vtune__topology *topology, unsigned int node,
					unsigned int column)
{
	return (size_t)node * vtune__table_columns(topology) + column;
}
/* KiB, none at first; free() it. */
uint64_t *vtune__table_new(const struct vtune__topology *topology, struct vtune_error **err);
/* What the host has there. */
uint64_t vtune__table_total(const struct vtune__topology *topology, unsigned int node,
			    unsigned int column);
/* The column of a page size, 0: ordinary; -1 where the host has no such pages. */
int vtune__table_column(const struct vtune__topology *topology, uint64_t page_kib);
/* Adds up to VTUNE__MAX_KIB, which keeps all sums small. */
void vtune__table_add(uint64_t *amount, uint64_t kib);
/* Add kib, in whole pages of the column, to nodes in proportion to their weights (by
 * node index), which must not all be 0. */
void vtune__table_spread(const struct vtune__topology *topology, uint64_t *table,
			 unsigned int column, uint64_t kib, const uint64_t *weights);

/* ---- host-domain.c: what one domain holds ---- */

/* Reading all of them. */
struct vtune__host_reading {
	const struct vtune_connection *connection;
	unsigned int flags;
	const struct vtune_host *host; /* the machine, without VMs */
	struct vtune__draft *draft;    /* gets the allocations and warnings */
	/* What domains were promised and do not have yet: it counts in the free figures. */
	uint64_t *promised;
	struct vtune_error **err;
};

/* One domain. */
struct vtune__tenant {
	const char *name;
	virDomainPtr domain; /* NULL: there is only a document of it */
	int pid;	     /* of its process, where there is no domain; 0: not known */
	bool runs;
	struct vtune__pins pins;
	struct vtune_plan *plan; /* NULL: none */
	/* From the XML: */
	struct vtune__set alone; /* CPUs to each of which one vCPU is pinned alone */
	uint64_t *bound;	 /* memory that is bound to nodes */
	uint64_t *unbound;	 /* by column: memory that may lie on any node */
	struct vtune__set near;	 /* indexes of the nodes that its vCPUs run on */
	/* Where its memory lies in truth; NULL: not known. */
	uint64_t *real;
};

/* Add the domain's allocation. One that is gone meanwhile has none. */
int vtune__host_read_domain(struct vtune__host_reading *reading, virDomainPtr domain,
			    const char *name);

/* The same of a document; pid: of its process, 0 where that is not known. */
int vtune__host_read_document(struct vtune__host_reading *reading, struct _xmlNode *domain,
			      int pid);

/* ---- host.c ---- */

/* Have the host, a copy of reading->host, hold the allocations of the draft and give its
 * warnings, with less free by what was promised. */
int vtune__host_take_domains(struct vtune_host *host, struct vtune__host_reading *reading);

/* ---- host-pins.c: what a domain holds by its XML ---- */

/* Fill alone, near, bound and unbound; warn of what the host lacks. */
int vtune__tenant_infer(struct vtune__host_reading *reading, struct vtune__tenant *tenant);
/* The vCPUs that share CPUs, by node. */
int vtune__tenant_share(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
			struct vtune__allocation *allocation);

/* ---- host-memory.c: where a domain's memory is, and where it will be ---- */

/* Put the memory that is not bound where it is, or is likely to go. */
int vtune__tenant_place_unbound(const struct vtune__host_reading *reading,
				const struct vtune__tenant *tenant, uint64_t *table);
/* What kib of memory on these nodes (indexes) amounts to on each. */
int vtune__tenant_spread(const struct vtune__host_reading *reading, bool runs, bool evenly,
			 const struct vtune__set *nodes, unsigned int column, uint64_t kib,
			 uint64_t *table);
/* By the process of the domain. */
int vtune__tenant_find_real(const struct vtune__host_reading *reading,
			    struct vtune__tenant *tenant);
/* Add to what is promised what the domain holds (a table), less what it has now. */
int vtune__tenant_promise(struct vtune__host_reading *reading, const struct vtune__tenant *tenant,
			  const uint64_t *held);

/* ---- host-clashes.c ---- */

/* Leave every CPU to the first VM that holds it, and warn of the others. */
int vtune__host_part_clashes(struct vtune__draft *draft, struct vtune_error **err);
/* Warn of nodes that were promised to VMs more than once. */
int vtune__host_warn_memory(struct vtune__host_reading *reading);

#endif
