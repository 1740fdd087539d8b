/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host document into a draft. Here is checked what one value can tell, when
 * the host is built what several tell together. */
#include "document-read.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- nodes ---- */

/* A node number as a key: what it would be when written, so that no two keys
 * are the same node. */
static int read_node_key(const struct vtune__json *at, unsigned int *id, struct vtune_error **err)
{
	unsigned int value = 0;
	const char *p = at->key;

	for (; *p >= '0' && *p <= '9' && value <= VTUNE__MAX_NODE; p++)
		value = value * 10 + (unsigned int)(*p - '0');
	if (p == at->key || *p || value > VTUNE__MAX_NODE || (at->key[0] == '0' && at->key[1]))
		return vtune__json_fail(at, err,
					"The key \"%s\" must be the id of a node, from 0 to %d",
					at->key, VTUNE__MAX_NODE);
	*id = value;
	return 0;
}

static int read_distances(const struct vtune__json *at, struct vtune__draft_node *node,
			  struct vtune_error **err)
{
	struct vtune__json member = { 0 };
	struct vtune__draft_distance *distance;

	if (vtune__json_map(at, err) < 0)
		return -1;
	while (vtune__json_next(at, &member)) {
		distance = vtune__grow((void **)&node->distances, &node->ndistances,
				       sizeof(*distance), err);
		if (!distance || read_node_key(&member, &distance->to, err) < 0 ||
		    vtune__json_uint32(&member, 1, VTUNE__MAX_DISTANCE, &distance->value, err) < 0)
			return -1;
	}
	return 0;
}

static int read_pool(const struct vtune__json *at, struct vtune__draft_pages *pages,
		     struct vtune_error **err)
{
	static const char *const keys[] = { "size_kib", "total", "free", NULL };
	struct vtune__json key;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "size_kib", &key, err) < 0 ||
	    vtune__json_size(&key, &pages->size_kib, err) < 0 ||
	    vtune__json_need(at, "total", &key, err) < 0 ||
	    vtune__json_uint(&key, 0, VTUNE__MAX_KIB, &pages->total, err) < 0)
		return -1;
	pages->has_free = vtune__json_get(at, "free", &key);
	if (!pages->has_free)
		return 0;
	return vtune__json_uint(&key, 0, VTUNE__MAX_KIB, &pages->free, err);
}

static int read_pools(const struct vtune__json *at, struct vtune__draft_node *node,
		      struct vtune_error **err)
{
	struct vtune__draft_pages *pages;
	struct vtune__json element;
	unsigned int length;

	if (vtune__json_array(at, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(at, i, &element);
		pages = vtune__grow((void **)&node->pages, &node->npages, sizeof(*pages), err);
		if (!pages || read_pool(&element, pages, err) < 0)
			return -1;
	}
	return 0;
}

static int read_node(const struct vtune__json *at, struct vtune__draft *draft,
		     struct vtune_error **err)
{
	static const char *const keys[] = { "id",    "cpus",	  "memory_kib", "free_kib",
					    "pages", "distances", "kind",	NULL };
	struct vtune__draft_node *node = vtune__draft_add_node(draft, err);
	struct vtune__json key;
	int kind;

	if (!node || vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "id", &key, err) < 0 ||
	    vtune__json_uint32(&key, 0, VTUNE__MAX_NODE, &node->id, err) < 0)
		return -1;
	if (vtune__json_get(at, "cpus", &key) &&
	    vtune__json_set(&key, VTUNE__MAX_CPU, &node->cpus, err) < 0)
		return -1;
	if (vtune__json_get(at, "memory_kib", &key) &&
	    vtune__json_size(&key, &node->memory_kib, err) < 0)
		return -1;
	node->has_free = vtune__json_get(at, "free_kib", &key);
	if (node->has_free && vtune__json_size(&key, &node->free_kib, err) < 0)
		return -1;
	if (vtune__json_get(at, "pages", &key) && read_pools(&key, node, err) < 0)
		return -1;
	if (vtune__json_get(at, "distances", &key) && read_distances(&key, node, err) < 0)
		return -1;
	if (vtune__json_get(at, "kind", &key)) {
		if (vtune__json_enum(&key, vtune__memory_kind_names, &kind, err) < 0)
			return -1;
		node->kind = (enum vtune__memory_kind)kind;
	}
	return 0;
}

/* ---- CPUs ---- */

static int read_core(const struct vtune__json *at, struct vtune__draft *draft,
		     struct vtune_error **err)
{
	struct vtune__set *core = vtune__draft_add_core(draft, err);

	return core ? vtune__json_set(at, VTUNE__MAX_CPU, core, err) : -1;
}

static int read_die(const struct vtune__json *at, struct vtune__draft *draft,
		    struct vtune_error **err)
{
	struct vtune__set *die = vtune__draft_add_die(draft, err);

	return die ? vtune__json_set(at, VTUNE__MAX_CPU, die, err) : -1;
}

static int read_cluster(const struct vtune__json *at, struct vtune__draft *draft,
			struct vtune_error **err)
{
	struct vtune__set *cluster = vtune__draft_add_cluster(draft, err);

	return cluster ? vtune__json_set(at, VTUNE__MAX_CPU, cluster, err) : -1;
}

static int read_package(const struct vtune__json *at, struct vtune__draft *draft,
			struct vtune_error **err)
{
	struct vtune__set *package = vtune__draft_add_package(draft, err);

	return package ? vtune__json_set(at, VTUNE__MAX_CPU, package, err) : -1;
}

static int read_cache(const struct vtune__json *at, struct vtune__draft *draft,
		      struct vtune_error **err)
{
	static const char *const keys[] = { "level", "cpus", NULL };
	struct vtune__cache *cache = vtune__draft_add_cache(draft, err);
	struct vtune__json key;

	if (!cache || vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "level", &key, err) < 0 ||
	    vtune__json_uint32(&key, 1, VTUNE__MAX_CACHE_LEVEL, &cache->level, err) < 0 ||
	    vtune__json_need(at, "cpus", &key, err) < 0)
		return -1;
	return vtune__json_set(&key, VTUNE__MAX_CPU, &cache->cpus, err);
}

/* ---- allocations ---- */

static int read_shared_vcpus(const struct vtune__json *at, struct vtune__allocation *allocation,
			     struct vtune_error **err)
{
	struct vtune__json member = { 0 };
	struct vtune__shared_held *shared;

	if (vtune__json_map(at, err) < 0)
		return -1;
	while (vtune__json_next(at, &member)) {
		shared = vtune__grow((void **)&allocation->shared, &allocation->nshared,
				     sizeof(*shared), err);
		if (!shared || read_node_key(&member, &shared->node, err) < 0 ||
		    vtune__json_uint32(&member, 0, VTUNE__MAX_SHARED_VCPUS, &shared->vcpus, err) <
			    0)
			return -1;
	}
	return 0;
}

static int read_memory(const struct vtune__json *at, struct vtune__allocation *allocation,
		       struct vtune_error **err)
{
	static const char *const keys[] = { "node", "size_kib", "page_kib", NULL };
	struct vtune__memory_held *memory;
	struct vtune__json element, key;
	unsigned int length;

	if (vtune__json_array(at, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(at, i, &element);
		memory = vtune__grow((void **)&allocation->memory, &allocation->nmemory,
				     sizeof(*memory), err);
		if (!memory || vtune__json_object(&element, keys, err) < 0 ||
		    vtune__json_need(&element, "node", &key, err) < 0 ||
		    vtune__json_uint32(&key, 0, VTUNE__MAX_NODE, &memory->node, err) < 0 ||
		    vtune__json_need(&element, "size_kib", &key, err) < 0 ||
		    vtune__json_size(&key, &memory->size_kib, err) < 0)
			return -1;
		if (!vtune__json_get(&element, "page_kib", &key))
			continue;
		if (vtune__json_size(&key, &memory->page_kib, err) < 0)
			return -1;
		if (memory->page_kib == 0)
			return vtune__json_fail(&key, err, "A page cannot have the size 0");
	}
	return 0;
}

static int read_allocation(const struct vtune__json *at, struct vtune__draft *draft,
			   struct vtune_error **err)
{
	static const char *const keys[] = {
		"vm", "cpus", "shared_vcpus", "devices", "memory", NULL
	};
	struct vtune__allocation *allocation = vtune__draft_add_allocation(draft, err);
	struct vtune__json key;

	if (!allocation || vtune__json_object(at, keys, err) < 0 ||
	    vtune__host_read_name(at, "vm", &allocation->vm, err) < 0)
		return -1;
	if (vtune__json_get(at, "cpus", &key) &&
	    vtune__json_set(&key, VTUNE__MAX_CPU, &allocation->cpus, err) < 0)
		return -1;
	if (vtune__json_get(at, "shared_vcpus", &key) &&
	    read_shared_vcpus(&key, allocation, err) < 0)
		return -1;
	if (vtune__json_get(at, "devices", &key) &&
	    vtune__host_read_strings(&key, &allocation->devices, &allocation->ndevices, err) < 0)
		return -1;
	if (vtune__json_get(at, "memory", &key))
		return read_memory(&key, allocation, err);
	return 0;
}

/* ---- warnings ---- */

static int read_warning(const struct vtune__json *at, struct vtune__draft *draft,
			struct vtune_error **err)
{
	static const char *const keys[] = { "code", "text", "vms", "cpus", NULL };
	VTUNE__CLEANUP(vtune__free_string) char *code = NULL;
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	struct vtune__host_warning *warning;
	struct vtune__json key;

	if (vtune__json_object(at, keys, err) < 0 || vtune__host_read_name(at, "code", &code, err) < 0 ||
	    vtune__host_read_name(at, "text", &text, err) < 0)
		return -1;
	warning = vtune__draft_warn(draft, err, code, "%s", text);
	if (!warning)
		return -1;
	if (vtune__json_get(at, "vms", &key) &&
	    vtune__host_read_strings(&key, &warning->vms, &warning->nvms, err) < 0)
		return -1;
	if (!vtune__json_get(at, "cpus", &key))
		return 0;
	return vtune__json_set(&key, VTUNE__MAX_CPU, &warning->cpus, err);
}

/* ---- the whole ---- */

typedef int (*read_element)(const struct vtune__json *at, struct vtune__draft *draft,
			    struct vtune_error **err);

/* An array that may be missing. */
static int read_list(const struct vtune__json *root, const char *name, read_element read,
		     struct vtune__draft *draft, struct vtune_error **err)
{
	struct vtune__json list, element;
	unsigned int length;

	if (!vtune__json_get(root, name, &list))
		return 0;
	if (vtune__json_array(&list, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &element);
		if (read(&element, draft, err) < 0)
			return -1;
	}
	return 0;
}

static int read_cpus(const struct vtune__json *root, const char *name, struct vtune__set *out,
		     struct vtune_error **err)
{
	struct vtune__json key;

	if (!vtune__json_get(root, name, &key))
		return 0;
	return vtune__json_set(&key, VTUNE__MAX_CPU, out, err);
}

int vtune__host_read_state(const struct vtune__json *root, struct vtune__draft *draft,
			   struct vtune_error **err)
{
	struct vtune__json key;

	draft->has_shared = vtune__json_get(root, "shared_cpus", &key);
	if (read_cpus(root, "reserved_cpus", &draft->reserved, err) < 0 ||
	    read_cpus(root, "shared_cpus", &draft->shared, err) < 0)
		return -1;
	if (vtune__json_get(root, "overcommit", &key)) {
		if (vtune__json_double(&key, &draft->overcommit, err) < 0)
			return -1;
		/* In a draft, 0 stands for the default. */
		if (draft->overcommit <= 0)
			return vtune__json_fail(&key, err, "The overcommit must be above 0");
	}
	return read_list(root, "allocations", read_allocation, draft, err);
}

static int read_scalars(const struct vtune__json *root, struct vtune__draft *draft,
			struct vtune_error **err)
{
	struct vtune__json key;
	const char *text = "";
	bool excludes = true;

	if (vtune__json_get(root, "name", &key) && vtune__json_string(&key, &text, err) < 0)
		return -1;
	draft->name = vtune__strdup(text, err);
	if (!draft->name)
		return -1;
	if (vtune__json_get(root, "page_kib", &key)) {
		if (vtune__json_size(&key, &draft->page_kib, err) < 0)
			return -1;
		if (draft->page_kib == 0)
			return vtune__json_fail(&key, err,
						"The ordinary page must be a power of two, like 4 "
						"or 64, and not 0");
	}
	if (vtune__json_get(root, "free_excludes_allocations", &key) &&
	    vtune__json_bool(&key, &excludes, err) < 0)
		return -1;
	draft->free_includes_allocations = !excludes;
	return 0;
}

static int read_root(const struct vtune__json *root, struct vtune__draft *draft,
		      struct vtune_error **err)
{
	static const char *const keys[] = {
		"version",
		"name",
		"arch",
		"cpu",
		"hypervisor",
		"page_kib",
		"nodes",
		"cores",
		"caches",
		"packages",
		"dies",
		"clusters",
		"devices",
		"reserved_cpus",
		"shared_cpus",
		"isolated_cpus",
		"offline_cpus",
		"overcommit",
		"free_excludes_allocations",
		"allocations",
		"warnings",
		NULL,
	};
	struct vtune__json key;

	if (vtune__json_object(root, keys, err) < 0 || vtune__json_version(root, err) < 0 ||
	    read_scalars(root, draft, err) < 0 ||
	    vtune__host_read_system(root, draft, err) < 0 ||
	    vtune__json_need(root, "nodes", &key, err) < 0)
		return -1;
	if (read_list(root, "nodes", read_node, draft, err) < 0 ||
	    read_list(root, "cores", read_core, draft, err) < 0 ||
	    read_list(root, "caches", read_cache, draft, err) < 0 ||
	    read_list(root, "packages", read_package, draft, err) < 0 ||
	    read_list(root, "dies", read_die, draft, err) < 0 ||
	    read_list(root, "clusters", read_cluster, draft, err) < 0 ||
	    read_list(root, "devices", vtune__host_read_device, draft, err) < 0 ||
	    read_list(root, "warnings", read_warning, draft, err) < 0)
		return -1;
	if (read_cpus(root, "isolated_cpus", &draft->isolated, err) < 0 ||
	    read_cpus(root, "offline_cpus", &draft->offline, err) < 0)
		return -1;
	return vtune__host_read_state(root, draft, err);
}

int vtune__host_read_draft(const char *json, struct vtune__draft *draft, struct vtune_error **err)
{
	struct vtune__json root VTUNE__CLEANUP(vtune__json_close) = { 0 };

	return vtune__json_open(json, &root, err) < 0 ? -1 : read_root(&root, draft, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_json(const char *json, struct vtune_error **err)
{
	struct vtune__draft draft VTUNE__CLEANUP(vtune__draft_free) = { 0 };

	if (!json) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__host_read_draft(json, &draft, err) < 0)
		return NULL;
	return vtune__host_build(&draft, err);
}
