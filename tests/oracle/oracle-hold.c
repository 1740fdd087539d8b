/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host document on which a plan has been carried out. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

static void set_int(struct json_object *to, const char *key, int64_t value)
{
	json_object_object_add(to, key, json_object_new_int64(value));
}

static struct json_object *held_memory(struct json_object *plan)
{
	struct json_object *cells = oracle_get(plan, "cells"), *list = json_object_new_array();
	struct json_object *memory, *entry;
	size_t i, k;

	for (i = 0; i < json_object_array_length(cells); i++) {
		memory = oracle_get(json_object_array_get_idx(cells, i), "memory");
		for (k = 0; k < json_object_array_length(memory); k++) {
			entry = NULL;
			json_object_deep_copy(json_object_array_get_idx(memory, k), &entry, NULL);
			set_int(entry, "page_kib",
				oracle_int(json_object_array_get_idx(cells, i), "page_kib", 0));
			json_object_array_add(list, entry);
		}
	}
	return list;
}

static struct json_object *held_shares(const struct oracle_case *c, struct json_object *plan)
{
	struct json_object *cells = oracle_get(plan, "cells"), *vcpus = oracle_get(plan, "vcpus");
	struct json_object *shares = json_object_new_object(), *cell;
	unsigned int i;
	char key[24];

	for (i = 0; i < c->spec.vcpus; i++) {
		if ((c->spec.dedicated >> i) & 1)
			continue;
		cell = json_object_array_get_idx(cells, (size_t)oracle_int(
				json_object_array_get_idx(vcpus, i), "cell", 0));
		snprintf(key, sizeof(key), "%lld", (long long)oracle_int(cell, "node", -1));
		set_int(shares, key, oracle_int(shares, key, 0) + 1);
	}
	return shares;
}

static struct json_object *held_devices(struct json_object *plan)
{
	struct json_object *devices = oracle_get(plan, "devices");
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; devices && i < json_object_array_length(devices); i++)
		json_object_array_add(list, json_object_new_string(oracle_text(
			json_object_array_get_idx(devices, i), "id", "")));
	return list;
}

/* What is free on every node, without the VM's old memory and without its new. */
static void state_free(const struct oracle_case *c, struct json_object *host,
		       struct json_object *memory)
{
	struct json_object *nodes = oracle_get(host, "nodes"), *node, *pages, *entry;
	int64_t free[ORACLE_SIZES];
	unsigned int n, size;
	size_t i, k;

	for (i = 0; i < json_object_array_length(nodes); i++) {
		node = json_object_array_get_idx(nodes, i);
		for (n = 0; (int64_t)c->host.node[n].id != oracle_int(node, "id", -1); n++)
			;
		free[0] = c->host.node[n].free_kib;
		for (size = 1; size < c->host.nsizes; size++)
			free[size] = c->host.node[n].pages[size];
		for (k = 0; k < json_object_array_length(memory); k++) {
			entry = json_object_array_get_idx(memory, k);
			if (oracle_int(entry, "node", -1) != oracle_int(node, "id", -1))
				continue;
			for (size = 0; c->host.size_kib[size] != oracle_int(entry, "page_kib", 0);)
				size++;
			free[size] -= oracle_int(entry, "size_kib", 0) /
				      (size ? c->host.size_kib[size] : 1);
		}
		set_int(node, "free_kib", free[0]);
		pages = oracle_get(node, "pages");
		for (k = 0; pages && k < json_object_array_length(pages); k++) {
			entry = json_object_array_get_idx(pages, k);
			for (size = 1; c->host.size_kib[size] != oracle_int(entry, "size_kib", 0);)
				size++;
			set_int(entry, "free", free[size]);
		}
	}
}

static void drop_own(struct json_object *allocations, const char *vm)
{
	size_t i;

	for (i = json_object_array_length(allocations); i-- > 0;) {
		if (!strcmp(oracle_text(json_object_array_get_idx(allocations, i), "vm", ""), vm))
			json_object_array_del_idx(allocations, i, 1);
	}
}

/*
 * A new document. Its free figures are those after all allocations, whatever they
 * were before.
 */
struct json_object *oracle_hold(const struct oracle_case *c, struct json_object *host,
				struct json_object *plan)
{
	struct json_object *held = NULL, *entry = json_object_new_object(), *allocations;
	struct json_object *memory = held_memory(plan);

	json_object_deep_copy(host, &held, NULL);
	state_free(c, held, memory);
	json_object_object_add(held, "free_excludes_allocations", json_object_new_boolean(true));
	if (!oracle_get(held, "allocations"))
		json_object_object_add(held, "allocations", json_object_new_array());
	allocations = oracle_get(held, "allocations");
	drop_own(allocations, c->spec.name);
	json_object_object_add(entry, "vm", json_object_new_string(c->spec.name));
	json_object_object_add(entry, "cpus", json_object_get(oracle_get(plan, "held_cpus")));
	json_object_object_add(entry, "shared_vcpus", held_shares(c, plan));
	json_object_object_add(entry, "devices", held_devices(plan));
	json_object_object_add(entry, "memory", memory);
	json_object_array_add(allocations, entry);
	return held;
}
