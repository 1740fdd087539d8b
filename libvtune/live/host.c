/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host from a connection: the machine, and what its domains hold of it. */
#include "host-reading.h"

#include <stdlib.h>
#include <string.h>

/* ---- domains ---- */

struct domains {
	const struct vtune__calls *calls;
	virDomainPtr *list;
	int count;
};

static void free_domains(struct domains *domains)
{
	for (int i = 0; i < domains->count; i++)
		domains->calls->virDomainFree(domains->list[i]);
	free(domains->list);
}

/* What a domain is called, kept beside it for the sorting. */
struct named {
	const char *name;
	virDomainPtr domain;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static int read_sorted(struct vtune__host_reading *reading, const struct domains *domains)
{
	struct named *sorted = vtune__alloc((size_t)domains->count, sizeof(*sorted), reading->err);
	int rc = sorted ? 0 : -1;

	for (int i = 0; i < domains->count && rc == 0; i++) {
		sorted[i].domain = domains->list[i];
		sorted[i].name = domains->calls->virDomainGetName(domains->list[i]);
		if (!sorted[i].name || !sorted[i].name[0])
			rc = vtune__fail_libvirt(reading->connection, reading->err,
						 reading->connection->uri,
						 "Asking a domain for its name");
	}
	if (rc == 0 && domains->count > 0)
		qsort(sorted, (size_t)domains->count, sizeof(*sorted), compare_names);
	for (int i = 0; i < domains->count && rc == 0; i++)
		rc = vtune__host_read_domain(reading, sorted[i].domain, sorted[i].name);
	free(sorted);
	return rc;
}

static int read_domains(struct vtune__host_reading *reading)
{
	const struct vtune_connection *connection = reading->connection;
	unsigned int which = reading->flags ? 0 : VIR_CONNECT_LIST_DOMAINS_ACTIVE;
	VTUNE__CLEANUP(free_domains) struct domains domains = { .calls = connection->calls };

	domains.count = connection->calls->virConnectListAllDomains(connection->connection,
								    &domains.list, which);
	if (domains.count < 0)
		return vtune__fail_libvirt(connection, reading->err, connection->uri,
					   "Listing the domains");
	return read_sorted(reading, &domains);
}

/* ---- the host ---- */

static uint64_t less(uint64_t value, uint64_t taken)
{
	return value > taken ? value - taken : 0;
}

static void take_promised(struct vtune_host *host, const uint64_t *promised)
{
	const struct vtune__topology *topology = host->topology;

	for (unsigned int i = 0; i < topology->nnodes; i++) {
		host->free_kib[i] =
			less(host->free_kib[i], promised[vtune__table_place(topology, i, 0)]);
		for (unsigned int j = 0; j < topology->npage_sizes; j++) {
			uint64_t kib = promised[vtune__table_place(topology, i, j + 1)];
			uint64_t size = topology->page_sizes[j];
			uint64_t *pages = &host->free_pages[(size_t)i * topology->npage_sizes + j];

			*pages = less(*pages, kib / size + (kib % size != 0));
		}
	}
}

int vtune__host_take_domains(struct vtune_host *host, struct vtune__host_reading *reading)
{
	if (vtune__host_part_clashes(reading->draft, reading->err) < 0 ||
	    vtune__host_warn_memory(reading) < 0 ||
	    vtune__host_take_allocations(host, reading->draft, reading->err) < 0 ||
	    vtune__host_take_warnings(host, reading->draft, reading->err) < 0)
		return -1;
	take_promised(host, reading->promised);
	vtune__room_free(&host->room);
	return vtune__host_make_room(host, reading->err);
}

static int add_domains(struct vtune_host *host, const struct vtune_connection *connection,
		       unsigned int flags, struct vtune__draft *draft, struct vtune_error **err)
{
	struct vtune__host_reading reading = {
		.connection = connection, .flags = flags, .host = host, .draft = draft, .err = err
	};
	int rc = -1;

	reading.promised = vtune__table_new(host->topology, err);
	if (reading.promised && read_domains(&reading) == 0)
		rc = vtune__host_take_domains(host, &reading);
	free(reading.promised);
	return rc;
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_connection(struct vtune_connection *connection,
							   unsigned int flags,
							   struct vtune_error **err)
{
	const unsigned int known = VTUNE_HOST_DEFINED | VTUNE_HOST_PLACED;
	VTUNE__CLEANUP(vtune__draft_free) struct vtune__draft draft = { 0 };
	struct vtune_host *host;

	if (!connection) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (flags & ~known) {
		vtune__fail(err, VTUNE_ERR_INVALID, NULL, "%s() does not know the flags 0x%x",
			    __func__, flags & ~known);
		return NULL;
	}
	if (vtune__host_read_machine(connection, &draft, err) < 0)
		return NULL;
	host = vtune__host_build(&draft, err);
	if (!host) {
		vtune__error_prefix(err, connection->uri);
		return NULL;
	}
	if (add_domains(host, connection, flags, &draft, err) < 0) {
		vtune_host_free(host);
		return NULL;
	}
	return host;
}
