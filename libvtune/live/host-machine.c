/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The machine of a connection. Its topology is in the capabilities. What is free is read
 * from /sys where that is this machine's, because the kernel tells more there than
 * libvirt hands on: file cache that it gives up, isolated CPUs. */
#include <stdlib.h>
#include <string.h>

#include "host-reading.h"

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- who it is ---- */

static uint32_t usable_version(unsigned long version)
{
	return version <= UINT32_MAX ? (uint32_t)version : 0;
}

/* Without any of this, a host is as good. */
static int read_names(const struct vtune_connection *connection, struct vtune__draft *draft,
		      struct vtune_error **err)
{
	const struct vtune__calls *calls = connection->calls;
	char *name = calls->virConnectGetHostname(connection->connection);
	const char *type = calls->virConnectGetType(connection->connection);
	unsigned long version = 0, libvirt = 0;

	draft->name = name;
	if (type && type[0]) {
		draft->hypervisor.type = vtune__strdup(type, err);
		if (!draft->hypervisor.type)
			return -1;
	}
	if (calls->virConnectGetVersion(connection->connection, &version) == 0)
		draft->hypervisor.version = usable_version(version);
	if (calls->virConnectGetLibVersion(connection->connection, &libvirt) == 0)
		draft->hypervisor.libvirt = usable_version(libvirt);
	return 0;
}

/* ---- what is free, as libvirt tells it ---- */

/* Of a driver that does not know the free memory of all cells at once. */
static int read_node_stats(const struct vtune_connection *connection,
			   struct vtune__draft_node *node, struct vtune_error **err)
{
	const struct vtune__calls *calls = connection->calls;
	virNodeMemoryStats stats[16];
	int count = VTUNE__COUNT(stats);

	if (calls->virNodeGetMemoryStats(connection->connection, (int)node->id, stats, &count, 0) <
	    0)
		return vtune__fail_libvirt(connection, err, connection->uri,
					   "Asking for the free memory of node %u", node->id);
	for (int i = 0; i < count && i < (int)VTUNE__COUNT(stats); i++) {
		if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_FREE) != 0)
			continue;
		node->free_kib = min(stats[i].value, node->memory_kib);
		node->has_free = true;
		return 0;
	}
	return vtune__fail(err, VTUNE_ERR_LIBVIRT, connection->uri,
			   "libvirt does not tell the free memory of node %u", node->id);
}

/* Cells are counted by their ids; those that are not there have nothing free. */
static int read_free_memory(const struct vtune_connection *connection, struct vtune__draft *draft,
			    struct vtune_error **err)
{
	unsigned long long *bytes;
	unsigned int cells = 0;
	int count;

	for (unsigned int i = 0; i < draft->nnodes; i++)
		if (draft->nodes[i].id >= cells)
			cells = draft->nodes[i].id + 1;
	bytes = vtune__alloc(cells, sizeof(*bytes), err);
	if (!bytes)
		return -1;
	count = connection->calls->virNodeGetCellsFreeMemory(connection->connection, bytes, 0,
							     (int)cells);
	for (unsigned int i = 0; i < draft->nnodes; i++) {
		struct vtune__draft_node *node = &draft->nodes[i];

		if ((int)node->id < count) {
			node->free_kib = min(bytes[node->id] / 1024, node->memory_kib);
			node->has_free = true;
		} else if (read_node_stats(connection, node, err) < 0) {
			free(bytes);
			return -1;
		}
	}
	free(bytes);
	return 0;
}

static int read_free_pages(const struct vtune_connection *connection,
			   struct vtune__draft_node *node, struct vtune_error **err)
{
	for (unsigned int i = 0; i < node->npages; i++) {
		struct vtune__draft_pages *pages = &node->pages[i];
		unsigned int size = (unsigned int)min(pages->size_kib, UINT32_MAX);
		unsigned long long count = 0;

		if (pages->total > 0 &&
		    connection->calls->virNodeGetFreePages(connection->connection, 1, &size,
							   (int)node->id, 1, &count, 0) < 0)
			return vtune__fail_libvirt(connection, err, connection->uri,
						   "Asking for the free pages of %u KiB on node %u",
						   size, node->id);
		pages->free = min(count, pages->total);
		pages->has_free = true;
	}
	return 0;
}

static int read_free(const struct vtune_connection *connection, struct vtune__draft *draft,
		     struct vtune_error **err)
{
	if (connection->is_local && vtune__system_read_free(draft, "", err) < 0)
		return -1;
	/* libvirt tells nothing of what the device mapper and md make of disks. */
	if (connection->is_local)
		return vtune__system_name_blocks(draft, "", err);
	/* What the test driver says is made up, and does not fit its own topology. */
	if (connection->is_test)
		return 0;
	for (unsigned int i = 0; i < draft->nnodes; i++)
		if (read_free_pages(connection, &draft->nodes[i], err) < 0)
			return -1;
	return read_free_memory(connection, draft, err);
}

/* ---- the whole ---- */

int vtune__host_read_machine(const struct vtune_connection *connection, struct vtune__draft *draft,
			     struct vtune_error **err)
{
	char *xml = connection->calls->virConnectGetCapabilities(connection->connection);
	int rc;

	if (!xml)
		return vtune__fail_libvirt(connection, err, connection->uri,
					   "Asking for the capabilities of the host");
	rc = vtune__capabilities_read(draft, xml, err);
	free(xml);
	if (rc < 0 || read_names(connection, draft, err) < 0 ||
	    vtune__host_read_devices(connection, draft, err) < 0)
		return -1;
	return read_free(connection, draft, err);
}
