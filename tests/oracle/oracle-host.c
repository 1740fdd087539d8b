/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

static uint64_t bit(unsigned int i)
{
	return UINT64_C(1) << i;
}

/* A set in a document as a set of online CPUs; others are left out. */
static uint64_t cpu_set(const struct oracle_host *host, const char *text)
{
	unsigned int ids[4096];
	unsigned int count = oracle_ids(text, ids, 4096);
	unsigned int i, k;
	uint64_t set = 0;

	for (i = 0; i < count; i++) {
		for (k = 0; k < host->ncpus; k++) {
			if (host->cpu_id[k] == ids[i])
				set |= bit(k);
		}
	}
	return set;
}

static int node_index(const struct oracle_host *host, int64_t id)
{
	unsigned int i;

	for (i = 0; i < host->nnodes; i++) {
		if ((int64_t)host->node[i].id == id)
			return (int)i;
	}
	return -1;
}

static int by_id(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

static struct json_object *node_document(struct json_object *nodes, unsigned int id)
{
	size_t i;

	for (i = 0; i < json_object_array_length(nodes); i++) {
		if (oracle_int(json_object_array_get_idx(nodes, i), "id", -1) == (int64_t)id)
			return json_object_array_get_idx(nodes, i);
	}
	oracle_die("node %u is not there", id);
}

/* All online CPUs of all nodes get an index, in the order of their ids. */
static void read_cpus(struct oracle_host *host, struct json_object *document,
		      struct json_object *nodes)
{
	unsigned int offline[4096], ids[4096];
	unsigned int noffline = oracle_ids(oracle_text(document, "offline_cpus", ""), offline, 4096);
	unsigned int i, k, n, count;

	for (n = 0; n < json_object_array_length(nodes); n++) {
		count = oracle_ids(oracle_text(json_object_array_get_idx(nodes, n), "cpus", ""),
				   ids, 4096);
		for (i = 0; i < count; i++) {
			for (k = 0; k < noffline && offline[k] != ids[i]; k++)
				;
			if (k < noffline)
				continue;
			if (host->ncpus == ORACLE_CPUS)
				oracle_die("too many CPUs");
			host->cpu_id[host->ncpus++] = ids[i];
		}
	}
	qsort(host->cpu_id, host->ncpus, sizeof(host->cpu_id[0]), by_id);
}

static unsigned int size_index(struct oracle_host *host, int64_t kib)
{
	unsigned int i;

	for (i = 0; i < host->nsizes; i++) {
		if (host->size_kib[i] == kib)
			return i;
	}
	if (host->nsizes == ORACLE_SIZES)
		oracle_die("too many page sizes");
	host->size_kib[host->nsizes++] = kib;
	return i;
}

static void read_memory(struct oracle_host *host, struct oracle_node *node,
			struct json_object *document)
{
	struct json_object *pages = oracle_get(document, "pages"), *entry;
	int64_t pools = 0;
	unsigned int size;
	size_t i;

	node->memory_kib = oracle_int(document, "memory_kib", 0);
	for (i = 0; pages && i < json_object_array_length(pages); i++) {
		entry = json_object_array_get_idx(pages, i);
		size = size_index(host, oracle_int(entry, "size_kib", 0));
		node->total[size] = oracle_int(entry, "total", 0);
		node->pages[size] = oracle_int(entry, "free", node->total[size]);
		pools += node->total[size] * host->size_kib[size];
	}
	node->total[0] = node->memory_kib - pools;
	node->free_kib = oracle_int(document, "free_kib", node->total[0]);
}

static void read_nodes(struct oracle_host *host, struct json_object *document)
{
	struct json_object *nodes = oracle_get(document, "nodes"), *entry;
	unsigned int ids[ORACLE_NODES];
	unsigned int i;

	host->nnodes = (unsigned int)json_object_array_length(nodes);
	if (host->nnodes > ORACLE_NODES)
		oracle_die("too many nodes");
	for (i = 0; i < host->nnodes; i++)
		ids[i] = (unsigned int)oracle_int(json_object_array_get_idx(nodes, i), "id", 0);
	qsort(ids, host->nnodes, sizeof(ids[0]), by_id);
	read_cpus(host, document, nodes);
	for (i = 0; i < host->nnodes; i++) {
		entry = node_document(nodes, ids[i]);
		host->node[i].id = ids[i];
		host->node[i].cpus = cpu_set(host, oracle_text(entry, "cpus", ""));
		host->node[i].dram = !strcmp(oracle_text(entry, "kind", "dram"), "dram");
		read_memory(host, &host->node[i], entry);
	}
}

static void read_distances(struct oracle_host *host, struct json_object *document)
{
	struct json_object *nodes = oracle_get(document, "nodes"), *row;
	unsigned int i, k;
	char key[16];

	for (i = 0; i < host->nnodes; i++) {
		row = oracle_get(node_document(nodes, host->node[i].id), "distances");
		for (k = 0; k < host->nnodes; k++) {
			snprintf(key, sizeof(key), "%u", host->node[k].id);
			host->distance[i][k] = oracle_int(row, key, i == k ? 10 : 20);
		}
	}
}

/* CPUs that no entry names are cores of one thread. */
static void read_cores(struct oracle_host *host, struct json_object *document)
{
	struct json_object *cores = oracle_get(document, "cores");
	uint64_t set, seen = 0;
	unsigned int i;

	for (i = 0; cores && i < json_object_array_length(cores); i++) {
		set = cpu_set(host, json_object_get_string(json_object_array_get_idx(cores, i)));
		if (set)
			host->core[host->ncores++] = set;
		seen |= set;
	}
	for (i = 0; i < host->ncpus; i++) {
		if (!(seen & bit(i)))
			host->core[host->ncores++] = bit(i);
	}
}

static uint64_t in_cache(const struct oracle_host *host, struct json_object *cache)
{
	return cpu_set(host, oracle_text(cache, "cpus", ""));
}

/* From the highest level down, each cache takes the CPUs that have no group yet. */
static void read_groups(struct oracle_host *host, struct json_object *document)
{
	struct json_object *caches = oracle_get(document, "caches"), *entry;
	uint64_t grouped = 0, set;
	int64_t level;
	size_t i;

	for (level = 8; level > 0; level--) {
		for (i = 0; caches && i < json_object_array_length(caches); i++) {
			entry = json_object_array_get_idx(caches, i);
			if (oracle_int(entry, "level", 0) != level)
				continue;
			set = in_cache(host, entry) & ~grouped;
			if (set)
				host->group[host->ngroups++] = set;
			grouped |= set;
		}
	}
	for (i = 0; i < host->nnodes; i++) {
		set = host->node[i].cpus & ~grouped;
		if (set)
			host->group[host->ngroups++] = set;
	}
}

static void check_cores(const struct oracle_host *host)
{
	unsigned int i, k;
	uint64_t set;

	for (i = 0; i < host->ncores; i++) {
		for (k = 0; k < host->ngroups; k++) {
			set = host->core[i] & host->group[k];
			if (set && set != host->core[i])
				oracle_die("a core lies in two cache groups");
		}
		for (k = 0; k < host->nnodes; k++) {
			set = host->core[i] & host->node[k].cpus;
			if (set && set != host->core[i])
				oracle_die("a core lies on two nodes");
		}
	}
}

static void read_devices(struct oracle_host *host, struct json_object *document)
{
	struct json_object *devices = oracle_get(document, "devices"), *entry;
	size_t i;

	for (i = 0; devices && i < json_object_array_length(devices); i++) {
		if (i == ORACLE_DEVICES)
			oracle_die("too many devices");
		entry = json_object_array_get_idx(devices, i);
		oracle_name(host->device[i], oracle_text(entry, "id", ""));
		oracle_name(host->device_class[i], oracle_text(entry, "class", ""));
		oracle_name(host->vendor[i], oracle_text(entry, "vendor", ""));
		oracle_name(host->product[i], oracle_text(entry, "product", ""));
		oracle_name(host->pf[i], oracle_text(entry, "pf", ""));
		host->device_node[i] = -1;
		if (oracle_get(entry, "node"))
			host->device_node[i] = node_index(host, oracle_int(entry, "node", -1));
		host->ndevices++;
	}
}

/* The VM's own memory is given back, what others hold is taken away if the free
 * figures do not yet say so. */
static void allocate_memory(struct oracle_host *host, struct json_object *memory, bool own,
			    bool excluded)
{
	struct oracle_node *node;
	struct json_object *entry;
	int64_t size_kib, page_kib, *free, amount, total;
	unsigned int size;
	int n;
	size_t i;

	if (own != excluded)
		return;
	for (i = 0; memory && i < json_object_array_length(memory); i++) {
		entry = json_object_array_get_idx(memory, i);
		n = node_index(host, oracle_int(entry, "node", -1));
		if (n < 0)
			oracle_die("an allocation on a node that is not there");
		node = &host->node[n];
		size_kib = oracle_int(entry, "size_kib", 0);
		page_kib = oracle_int(entry, "page_kib", host->size_kib[0]);
		size = size_index(host, page_kib);
		free = size ? &node->pages[size] : &node->free_kib;
		total = node->total[size];
		amount = size ? size_kib / page_kib : size_kib;
		*free += own ? amount : -amount;
		if (own && *free > total)
			*free = total;
	}
}

static void take_devices(struct oracle_host *host, struct json_object *devices)
{
	unsigned int i, k;

	for (i = 0; devices && i < json_object_array_length(devices); i++) {
		for (k = 0; k < host->ndevices; k++) {
			if (!strcmp(host->device[k], json_object_get_string(
					json_object_array_get_idx(devices, i))))
				host->device_taken[k] = true;
		}
	}
}

static void read_allocation(struct oracle_host *host, struct json_object *entry, bool own,
			    bool excluded)
{
	struct json_object *shared = oracle_get(entry, "shared_vcpus");
	int n;

	allocate_memory(host, oracle_get(entry, "memory"), own, excluded);
	if (own)
		return;
	host->others |= cpu_set(host, oracle_text(entry, "cpus", ""));
	take_devices(host, oracle_get(entry, "devices"));
	if (!shared)
		return;
	json_object_object_foreach(shared, key, value) {
		n = node_index(host, strtol(key, NULL, 10));
		if (n < 0)
			oracle_die("shared vCPUs on a node that is not there");
		host->node[n].shared_vcpus += json_object_get_int64(value);
	}
}

static void read_allocations(struct oracle_host *host, struct json_object *document,
			     const char *vm)
{
	struct json_object *allocations = oracle_get(document, "allocations"), *entry;
	struct json_object *flag = oracle_get(document, "free_excludes_allocations");
	bool excluded = !flag || json_object_get_boolean(flag);
	unsigned int size;
	size_t i;

	for (i = 0; allocations && i < json_object_array_length(allocations); i++) {
		entry = json_object_array_get_idx(allocations, i);
		read_allocation(host, entry, vm && !strcmp(oracle_text(entry, "vm", ""), vm),
				excluded);
	}
	for (i = 0; i < host->nnodes; i++) {
		if (host->node[i].free_kib < 0)
			host->node[i].free_kib = 0;
		host->node[i].pages[0] = host->node[i].free_kib / host->size_kib[0];
		for (size = 1; size < host->nsizes; size++) {
			if (host->node[i].pages[size] < 0)
				host->node[i].pages[size] = 0;
		}
	}
}

void oracle_read_host(struct oracle_host *host, struct json_object *document, const char *vm)
{
	struct json_object *overcommit = oracle_get(document, "overcommit");
	struct json_object *shared = oracle_get(document, "shared_cpus");
	uint64_t reserved, isolated, online;

	memset(host, 0, sizeof(*host));
	size_index(host, oracle_int(document, "page_kib", 4));
	read_nodes(host, document);
	read_distances(host, document);
	read_cores(host, document);
	read_groups(host, document);
	check_cores(host);
	read_devices(host, document);
	read_allocations(host, document, vm);
	host->overcommit = overcommit ? json_object_get_double(overcommit) : 1.0;

	online = host->ncpus == ORACLE_CPUS ? UINT64_MAX : bit(host->ncpus) - 1;
	reserved = cpu_set(host, oracle_text(document, "reserved_cpus", ""));
	isolated = cpu_set(host, oracle_text(document, "isolated_cpus", ""));
	host->capable = online & ~reserved & ~host->others;
	if (shared) {
		host->pool = cpu_set(host, json_object_get_string(shared)) & ~host->others;
		host->capable &= ~cpu_set(host, json_object_get_string(shared));
	} else {
		host->pool = online & ~reserved & ~isolated & ~host->others;
	}
}
