/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host document out of a host. What is as the reader takes it to be when it
 * is missing is left out. */
#include "host.h"

#include <stdio.h>

#include "../base/json.h"

static void put_key(struct vtune__json_writer *w, struct json_object *object, unsigned int node,
		    unsigned int value)
{
	char key[16];

	snprintf(key, sizeof(key), "%u", node);
	vtune__json_put_uint(w, object, key, value);
}

static void put_cpus(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     const struct vtune__set *cpus)
{
	if (!vtune__set_is_empty(cpus))
		vtune__json_put_set(w, object, key, cpus);
}

static void put_strings(struct vtune__json_writer *w, struct json_object *object, const char *key,
			char *const *strings, unsigned int count)
{
	struct json_object *list;

	if (count == 0)
		return;
	list = vtune__json_new_array(w);
	for (unsigned int i = 0; i < count; i++)
		vtune__json_append_string(w, list, strings[i]);
	vtune__json_put(w, object, key, list);
}

/* ---- nodes ---- */

/* Pools without pages say nothing, but for a size that no node has any of: that
 * the host knows it is then told with its first node. */
static bool is_pool_told(const struct vtune__topology *topology, unsigned int node,
			 unsigned int size)
{
	unsigned int n = topology->npage_sizes;

	if (topology->pool_total[(size_t)node * n + size] > 0 || node > 0)
		return topology->pool_total[(size_t)node * n + size] > 0;
	for (unsigned int i = 0; i < topology->nnodes; i++)
		if (topology->pool_total[(size_t)i * n + size] > 0)
			return false;
	return true;
}

static void put_pools(struct vtune__json_writer *w, struct json_object *object,
		      const struct vtune_host *host, unsigned int node)
{
	const struct vtune__topology *topology = host->topology;
	struct json_object *list = NULL, *pool;

	for (unsigned int i = 0; i < topology->npage_sizes; i++) {
		size_t place = (size_t)node * topology->npage_sizes + i;

		if (!is_pool_told(topology, node, i))
			continue;
		if (!list)
			list = vtune__json_new_array(w);
		pool = vtune__json_new_object(w);
		vtune__json_put_uint(w, pool, "size_kib", topology->page_sizes[i]);
		vtune__json_put_uint(w, pool, "total", topology->pool_total[place]);
		vtune__json_put_uint(w, pool, "free", host->free_pages[place]);
		vtune__json_append(w, list, pool);
	}
	if (list)
		vtune__json_put(w, object, "pages", list);
}

static struct json_object *new_node(struct vtune__json_writer *w, const struct vtune_host *host,
				    unsigned int index)
{
	const struct vtune__topology *topology = host->topology;
	const struct vtune__node *node = &topology->nodes[index];
	struct json_object *object = vtune__json_new_object(w);
	struct json_object *distances = vtune__json_new_object(w);

	vtune__json_put_uint(w, object, "id", node->id);
	put_cpus(w, object, "cpus", &node->cpus);
	vtune__json_put_uint(w, object, "memory_kib", node->memory_kib);
	vtune__json_put_uint(w, object, "free_kib", host->free_kib[index]);
	put_pools(w, object, host, index);
	for (unsigned int i = 0; i < topology->nnodes; i++)
		put_key(w, distances, topology->nodes[i].id, vtune__distance(topology, index, i));
	vtune__json_put(w, object, "distances", distances);
	if (node->kind != VTUNE__DRAM)
		vtune__json_put_string(w, object, "kind", vtune__memory_kind_names[node->kind]);
	return object;
}

static void put_nodes(struct vtune__json_writer *w, struct json_object *root,
		      const struct vtune_host *host)
{
	struct json_object *nodes = vtune__json_new_array(w);

	for (unsigned int i = 0; i < host->topology->nnodes; i++)
		vtune__json_append(w, nodes, new_node(w, host, i));
	vtune__json_put(w, root, "nodes", nodes);
}

/* ---- CPUs and devices ---- */

static bool has_siblings(const struct vtune__topology *topology)
{
	for (unsigned int i = 0; i < topology->ncores; i++)
		if (vtune__set_count(&topology->cores[i]) > 1)
			return true;
	return false;
}

static void put_sets(struct vtune__json_writer *w, struct json_object *root, const char *key,
		     const struct vtune__set *sets, unsigned int count)
{
	struct json_object *list = vtune__json_new_array(w);

	for (unsigned int i = 0; i < count; i++)
		vtune__json_append_set(w, list, &sets[i]);
	vtune__json_put(w, root, key, list);
}

static void put_caches(struct vtune__json_writer *w, struct json_object *root,
		       const struct vtune__topology *topology)
{
	struct json_object *list = vtune__json_new_array(w), *cache;

	for (unsigned int i = 0; i < topology->ncaches; i++) {
		cache = vtune__json_new_object(w);
		vtune__json_put_uint(w, cache, "level", topology->caches[i].level);
		vtune__json_put_set(w, cache, "cpus", &topology->caches[i].cpus);
		vtune__json_append(w, list, cache);
	}
	vtune__json_put(w, root, "caches", list);
}

static void put_known(struct vtune__json_writer *w, struct json_object *object, const char *key,
		      const char *text)
{
	if (text)
		vtune__json_put_string(w, object, key, text);
}

static void put_devices(struct vtune__json_writer *w, struct json_object *root,
			const struct vtune__topology *topology)
{
	struct json_object *list = vtune__json_new_array(w), *object;

	for (unsigned int i = 0; i < topology->ndevices; i++) {
		const struct vtune__device *device = &topology->devices[i];

		object = vtune__json_new_object(w);
		vtune__json_put_string(w, object, "id", device->id);
		if (device->class[0])
			vtune__json_put_string(w, object, "class", device->class);
		if (device->node >= 0)
			vtune__json_put_uint(w, object, "node", topology->nodes[device->node].id);
		put_strings(w, object, "names", device->names, device->nnames);
		put_known(w, object, "vendor", device->vendor);
		put_known(w, object, "product", device->product);
		put_known(w, object, "pf", device->pf);
		put_known(w, object, "root", device->root);
		if (device->iommu_group >= 0)
			vtune__json_put_uint(w, object, "iommu_group",
					     (uint64_t)device->iommu_group);
		vtune__json_append(w, list, object);
	}
	vtune__json_put(w, root, "devices", list);
}

/* ---- allocations ---- */

static struct json_object *new_allocation(struct vtune__json_writer *w,
					  const struct vtune__topology *topology,
					  const struct vtune__allocation *allocation)
{
	struct json_object *object = vtune__json_new_object(w), *part;

	vtune__json_put_string(w, object, "vm", allocation->vm);
	vtune__json_put_set(w, object, "cpus", &allocation->cpus);
	if (allocation->nshared > 0) {
		part = vtune__json_new_object(w);
		for (unsigned int i = 0; i < allocation->nshared; i++)
			put_key(w, part, topology->nodes[allocation->shared[i].node].id,
				allocation->shared[i].vcpus);
		vtune__json_put(w, object, "shared_vcpus", part);
	}
	put_strings(w, object, "devices", allocation->devices, allocation->ndevices);

	part = vtune__json_new_array(w);
	for (unsigned int i = 0; i < allocation->nmemory; i++) {
		const struct vtune__memory_held *held = &allocation->memory[i];
		struct json_object *memory = vtune__json_new_object(w);

		vtune__json_put_uint(w, memory, "node", topology->nodes[held->node].id);
		vtune__json_put_uint(w, memory, "size_kib", held->size_kib);
		vtune__json_put_uint(w, memory, "page_kib", held->page_kib);
		vtune__json_append(w, part, memory);
	}
	vtune__json_put(w, object, "memory", part);
	return object;
}

static void put_allocations(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_host *host)
{
	struct json_object *list = vtune__json_new_array(w);

	for (unsigned int i = 0; i < host->nallocations; i++)
		vtune__json_append(w, list,
				   new_allocation(w, host->topology, &host->allocations[i]));
	vtune__json_put(w, root, "allocations", list);
}

/* ---- processor and hypervisor ---- */

static void put_version(struct vtune__json_writer *w, struct json_object *object, const char *key,
			uint32_t version)
{
	char text[16];

	if (version == 0)
		return;
	snprintf(text, sizeof(text), "%u.%u.%u", version / 1000000, version / 1000 % 1000,
		 version % 1000);
	vtune__json_put_string(w, object, key, text);
}

static void put_processor(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune__processor *processor)
{
	struct json_object *cpu;

	if (processor->arch)
		vtune__json_put_string(w, root, "arch", processor->arch);
	if (!processor->vendor && !processor->model)
		return;
	cpu = vtune__json_new_object(w);
	if (processor->vendor)
		vtune__json_put_string(w, cpu, "vendor", processor->vendor);
	if (processor->model)
		vtune__json_put_string(w, cpu, "model", processor->model);
	vtune__json_put(w, root, "cpu", cpu);
}

static void put_hypervisor(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune__hypervisor *hypervisor)
{
	struct json_object *object;

	if (!hypervisor->type && !hypervisor->version && !hypervisor->libvirt)
		return;
	object = vtune__json_new_object(w);
	if (hypervisor->type)
		vtune__json_put_string(w, object, "type", hypervisor->type);
	put_version(w, object, "version", hypervisor->version);
	put_version(w, object, "libvirt", hypervisor->libvirt);
	vtune__json_put(w, root, "hypervisor", object);
}

/* ---- warnings ---- */

static void put_warnings(struct vtune__json_writer *w, struct json_object *root,
			 const struct vtune__warnings *warnings)
{
	struct json_object *list, *object;

	if (!warnings)
		return;
	list = vtune__json_new_array(w);
	for (unsigned int i = 0; i < warnings->count; i++) {
		const struct vtune__host_warning *warning = &warnings->list[i];

		object = vtune__json_new_object(w);
		vtune__json_put_string(w, object, "code", warning->code);
		vtune__json_put_string(w, object, "text", warning->text);
		put_strings(w, object, "vms", warning->vms, warning->nvms);
		put_cpus(w, object, "cpus", &warning->cpus);
		vtune__json_append(w, list, object);
	}
	vtune__json_put(w, root, "warnings", list);
}

/* ---- the whole ---- */

VTUNE_EXPORT char *vtune_host_to_json(const struct vtune_host *host, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };
	const struct vtune__topology *topology;
	struct json_object *root;

	if (!host) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	topology = host->topology;
	root = vtune__json_new_object(&w);
	vtune__json_put_uint(&w, root, "version", 1);
	if (topology->name[0])
		vtune__json_put_string(&w, root, "name", topology->name);
	put_processor(&w, root, &topology->processor);
	put_hypervisor(&w, root, &topology->hypervisor);
	vtune__json_put_uint(&w, root, "page_kib", topology->page_kib);
	put_nodes(&w, root, host);
	if (has_siblings(topology))
		put_sets(&w, root, "cores", topology->cores, topology->ncores);
	if (topology->ncaches > 0)
		put_caches(&w, root, topology);
	if (topology->npackages > 0)
		put_sets(&w, root, "packages", topology->packages, topology->npackages);
	if (topology->ndies > 0)
		put_sets(&w, root, "dies", topology->dies, topology->ndies);
	if (topology->nclusters > 0)
		put_sets(&w, root, "clusters", topology->clusters, topology->nclusters);
	if (topology->ndevices > 0)
		put_devices(&w, root, topology);
	put_cpus(&w, root, "reserved_cpus", &host->reserved);
	if (host->has_shared)
		vtune__json_put_set(&w, root, "shared_cpus", &host->shared);
	put_cpus(&w, root, "isolated_cpus", &topology->isolated);
	put_cpus(&w, root, "offline_cpus", &topology->offline);
	vtune__json_put_double(&w, root, "overcommit", host->overcommit);
	vtune__json_put_bool(&w, root, "free_excludes_allocations",
			     !host->free_includes_allocations);
	put_allocations(&w, root, host);
	put_warnings(&w, root, host->warnings);
	return vtune__json_write(&w, root, err);
}
