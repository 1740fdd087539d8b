/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "random-cases.h"

enum { RANDOM_IDS = 1024 };

static void make_nodes(struct random_case *r)
{
	static const unsigned int counts[] = { 12, 32, 26, 23, 5, 2 };
	static const unsigned int tiny[] = { 20, 50, 30 };
	bool sparse = random_chance(r, 30);
	unsigned int i, id;

	r->nnodes = 1 + (r->wishes->tiny ? random_weighted(r, tiny, 3) :
			 random_weighted(r, counts, RANDOM_NODES));
	id = sparse ? random_below(r, 3) : 0;
	for (i = 0; i < r->nnodes; i++) {
		r->node[i].id = id;
		id += sparse ? 1 + random_below(r, random_chance(r, 10) ? 250 : 4) : 1;
		if (r->nnodes > 1 && random_chance(r, r->roomy ? 8 : 15)) {
			r->node[i].no_cpus = random_chance(r, 50);
			r->node[i].no_memory = !r->node[i].no_cpus;
		}
	}
}

static void add_core(struct random_case *r, unsigned int node, unsigned int threads)
{
	unsigned int i;

	for (i = 0; i < threads && r->ncpus < RANDOM_CPUS; i++) {
		r->cpu[r->ncpus].node = node;
		r->cpu[r->ncpus].core = r->ncores;
		r->ncpus++;
	}
	r->ncores++;
}

static void make_cores(struct random_case *r)
{
	static const unsigned int kinds[] = { 30, 45, 10, 15 };
	static const unsigned int threads[] = { 1, 2, 4, 0 };
	unsigned int smt = threads[random_weighted(r, kinds, 4)];
	unsigned int limit = r->wishes->tiny ? 4 : 8;
	unsigned int n, left, t, whole = 1 + random_below(r, limit);
	bool even = random_chance(r, 50);

	for (n = 0; n < r->nnodes; n++) {
		if (r->node[n].no_cpus)
			continue;
		left = even ? whole : 1 + random_below(r, limit);
		if (r->roomy && left < 3)
			left += 2;
		if (r->team > 0 && left < 4 && random_chance(r, 50))
			left++;
		if (even && left < smt)
			left = smt < limit ? smt : limit;
		while (left > 0) {
			t = smt ? smt : 1 + random_below(r, 4);
			t = t > left ? left : t;
			add_core(r, n, t);
			left -= t;
		}
	}
	if (!r->ncpus) {
		r->node[0].no_cpus = false;
		add_core(r, 0, 2);
	}
}

/* Ids run core by core, or thread by thread over all cores, or with gaps. */
static void number_cpus(struct random_case *r)
{
	unsigned int id = 0, i, thread, k;
	bool gaps = random_chance(r, 15);

	if (random_chance(r, 50)) {
		for (i = 0; i < r->ncpus; i++) {
			r->cpu[i].id = id;
			id += 1 + (gaps ? random_below(r, 3) : 0);
		}
		return;
	}
	for (thread = 0; thread < 4; thread++) {
		for (i = 0; i < r->ncpus; i++) {
			for (k = 0; k < i && r->cpu[i - k - 1].core == r->cpu[i].core; k++)
				;
			if (k != thread)
				continue;
			r->cpu[i].id = id;
			id += 1 + (gaps ? random_below(r, 3) : 0);
		}
	}
}

static void flag_cpus(struct random_case *r)
{
	unsigned int reserved = random_chance(r, 30) ? 1 + random_below(r, 2) : 0;
	unsigned int isolated = random_chance(r, 20) ? 1 + random_below(r, 5) : 0;
	unsigned int offline = random_chance(r, 15) ? 1 + random_below(r, 2) : 0;
	unsigned int shared = 0, i;

	r->has_shared = random_chance(r, 30);
	if (r->has_shared)
		shared = random_below(r, r->ncpus / 2 + 1);
	for (i = 0; i < r->ncpus / 3 && offline > 0; i++, offline--)
		r->cpu[random_below(r, r->ncpus)].offline = true;
	for (; isolated > 0; isolated--)
		r->cpu[random_below(r, r->ncpus)].isolated = true;
	for (; shared > 0; shared--)
		r->cpu[random_below(r, r->ncpus)].shared = true;
	for (; reserved > 0; reserved--)
		r->cpu[random_chance(r, 50) ? 0 : random_below(r, r->ncpus)].reserved = true;
}

static void make_distances(struct random_case *r)
{
	static const int64_t far[] = { 10, 11, 12, 15, 16, 20, 21, 31 };
	unsigned int i, k, kinds = 1 + random_below(r, 4);
	unsigned int first = random_chance(r, 8) ? 0 : 1 + random_below(r, 4);
	bool lopsided = random_chance(r, 15);

	r->has_distances = random_chance(r, 85);
	for (i = 0; i < r->nnodes; i++) {
		for (k = 0; k < r->nnodes; k++) {
			r->distance[i][k] = i == k ? 10 : 20;
			if (!r->has_distances || i == k)
				continue;
			r->distance[i][k] = k < i && !lopsided ? r->distance[k][i] :
					    far[first + random_below(r, kinds)];
		}
	}
}

/* The unit of the VM's memory, and which page sizes there are. */
static void make_sizes(struct random_case *r)
{
	static const unsigned int kinds[] = { 35, 40, 25 };
	static const int64_t ordinary[] = { 4, 4, 4, 64 };

	r->size_kib[0] = ordinary[random_below(r, 4)];
	r->nsizes = 1;
	r->units = 1 + random_below(r, 12);
	if (r->wishes->tiny) {
		r->unit_kib = r->size_kib[0];
		r->units = 1 + random_below(r, 5);
		if (!r->wishes->no_hugepages && random_chance(r, 50))
			r->size_kib[r->nsizes++] = 2 * r->size_kib[0];
		return;
	}
	switch (r->wishes->no_hugepages ? 0 : random_weighted(r, kinds, 3)) {
	case 0:
		r->unit_kib = r->size_kib[0];
		return;
	case 1:
		r->unit_kib = 2048;
		r->size_kib[r->nsizes++] = 2048;
		return;
	default:
		r->unit_kib = 1048576;
		r->units = 1 + random_below(r, 6);
		r->size_kib[r->nsizes++] = 2048;
		r->size_kib[r->nsizes++] = 1048576;
	}
}

static void make_memory(struct random_case *r)
{
	unsigned int n, size, most = 1 + random_below(r, 4);
	int64_t per_unit, units;

	r->excluded = random_chance(r, 75);
	for (n = 0; n < r->nnodes; n++) {
		for (size = 0; size < r->nsizes && !r->node[n].no_memory; size++) {
			per_unit = r->unit_kib / r->size_kib[size];
			if (!per_unit)
				per_unit = 1;
			units = random_below(r, most * (unsigned int)r->units + 3);
			if (r->roomy && units < r->units)
				units += r->units / 2;
			if (r->team > 0 && random_chance(r, 75))
				units += 1 + random_below(r, 3);
			r->node[n].free[size] = units * per_unit;
			if (per_unit > 1 && random_chance(r, 20))
				r->node[n].free[size] += random_below(r, (unsigned int)per_unit);
			r->node[n].total[size] = r->node[n].free[size] +
						 per_unit * random_below(r, 4);
			if (!r->node[n].total[0])
				r->node[n].total[0] = per_unit;
			r->node[n].slack[size] = r->excluded ?
				r->node[n].total[size] - r->node[n].free[size] :
				r->node[n].total[size];
		}
	}
}

static void make_devices(struct random_case *r)
{
	unsigned int i;

	if (r->wishes->no_devices || random_chance(r, 40))
		return;
	r->ndevices = 1 + random_below(r, random_chance(r, 30) ? RANDOM_DEVICES : 4);
	for (i = 0; i < r->ndevices; i++) {
		r->device_pf[i] = i > 0 && r->device_pf[0] < 0 && random_chance(r, 15) ? 0 : -1;
		r->device_node[i] = random_chance(r, 88) ? (int)random_below(r, r->nnodes) : -1;
		snprintf(r->device[i], sizeof(r->device[i]), "0000:%02x:00.0", 0x41 + i);
	}
}

static void set_of(struct random_case *r, struct json_object *to, const char *key,
		   const bool *cpus)
{
	bool ids[RANDOM_IDS] = { false };
	unsigned int i;

	for (i = 0; i < r->ncpus; i++)
		ids[r->cpu[i].id] = cpus[i];
	random_add_text(to, key, random_set_text(ids, RANDOM_IDS));
}

static struct json_object *text_of(struct random_case *r, const bool *cpus)
{
	struct json_object *holder = json_object_new_object(), *text;

	set_of(r, holder, "set", cpus);
	text = json_object_get(oracle_get(holder, "set"));
	json_object_put(holder);
	return text;
}

static struct json_object *node_pages(struct random_case *r, const struct random_node *node)
{
	struct json_object *pages = json_object_new_array(), *entry;
	unsigned int size;

	for (size = 1; size < r->nsizes; size++) {
		if (!node->total[size] && random_chance(r, 50))
			continue;
		entry = json_object_new_object();
		random_add_int(entry, "size_kib", r->size_kib[size]);
		random_add_int(entry, "total", node->total[size]);
		if (node->free[size] != node->total[size] || random_chance(r, 80))
			random_add_int(entry, "free", node->free[size]);
		json_object_array_add(pages, entry);
	}
	return pages;
}

static struct json_object *node_distances(struct random_case *r, unsigned int n)
{
	struct json_object *row = json_object_new_object();
	unsigned int k;
	char key[16];

	for (k = 0; k < r->nnodes; k++) {
		if (r->distance[n][k] == (n == k ? 10 : 20) && random_chance(r, 20))
			continue;
		snprintf(key, sizeof(key), "%u", r->node[k].id);
		random_add_int(row, key, r->distance[n][k]);
	}
	return row;
}

static struct json_object *node_document(struct random_case *r, unsigned int n)
{
	struct random_node *node = &r->node[n];
	struct json_object *document = json_object_new_object();
	bool cpus[RANDOM_CPUS];
	int64_t kib = 0;
	unsigned int i;

	for (i = 0; i < r->ncpus; i++)
		cpus[i] = r->cpu[i].node == n;
	for (i = 0; i < r->nsizes; i++)
		kib += node->total[i] * r->size_kib[i];
	random_add_int(document, "id", node->id);
	set_of(r, document, "cpus", cpus);
	random_add_int(document, "memory_kib", kib);
	kib = node->free[0] * r->size_kib[0];
	if (kib && random_chance(r, 10))
		kib -= random_below(r, 4);
	if (node->free[0] != node->total[0] || random_chance(r, 70))
		random_add_int(document, "free_kib", kib);
	if (r->nsizes > 1)
		json_object_object_add(document, "pages", node_pages(r, node));
	if (r->has_distances)
		json_object_object_add(document, "distances", node_distances(r, n));
	if (random_chance(r, node->no_cpus ? 40 : 4))
		random_add_text(document, "kind", random_chance(r, 50) ? "hbm" : "nvm");
	return document;
}

static bool alone(struct random_case *r, unsigned int core)
{
	unsigned int i, threads = 0;

	for (i = 0; i < r->ncpus; i++)
		threads += r->cpu[i].core == core;
	return threads == 1;
}

static struct json_object *core_list(struct random_case *r)
{
	struct json_object *list = json_object_new_array();
	bool cpus[RANDOM_CPUS];
	unsigned int core, i;

	for (core = 0; core < r->ncores; core++) {
		if (random_chance(r, 2) && alone(r, core))
			continue;
		for (i = 0; i < r->ncpus; i++)
			cpus[i] = r->cpu[i].core == core;
		json_object_array_add(list, text_of(r, cpus));
	}
	return list;
}

/* Whole cores, cut into runs; a run may go over the border of a node. */
static void add_caches(struct random_case *r, struct json_object *list, int64_t level,
		       unsigned int cores_each, bool over_nodes)
{
	struct json_object *entry;
	bool cpus[RANDOM_CPUS];
	unsigned int i, first, last, cores;

	for (first = 0; first < r->ncpus; first = last) {
		cores = 0;
		for (last = first; last < r->ncpus; last++) {
			if (last > first && r->cpu[last].core != r->cpu[last - 1].core &&
			    (++cores == cores_each ||
			     (!over_nodes && r->cpu[last].node != r->cpu[first].node)))
				break;
		}
		for (i = 0; i < r->ncpus; i++)
			cpus[i] = i >= first && i < last;
		entry = json_object_new_object();
		random_add_int(entry, "level", level);
		json_object_object_add(entry, "cpus", text_of(r, cpus));
		if (random_chance(r, 95))
			json_object_array_add(list, entry);
		else
			json_object_put(entry);
	}
}

static void make_caches(struct random_case *r, struct json_object *document)
{
	static const unsigned int kinds[] = { 20, 15, 45, 20 };
	unsigned int kind = r->wishes->no_caches ? 0 : random_weighted(r, kinds, 4);
	struct json_object *list;

	if (!kind)
		return;
	list = json_object_new_array();
	if (random_chance(r, 25))
		add_caches(r, list, 2, 1, false);
	if (kind == 1)
		add_caches(r, list, 3, RANDOM_CPUS, false);
	if (kind == 2)
		add_caches(r, list, 3, 1 + random_below(r, 4), false);
	if (kind == 3)
		add_caches(r, list, 3, 1 + random_below(r, 6), true);
	json_object_object_add(document, "caches", list);
}

static void take_cpus(struct random_case *r, bool *cpus)
{
	unsigned int count = random_below(r, r->ncpus / 3 + 2), i, at;
	bool whole = random_chance(r, 40), shared_too = random_chance(r, 8);

	memset(cpus, 0, RANDOM_CPUS * sizeof(*cpus));
	while (count-- > 0) {
		at = random_below(r, r->ncpus);
		for (i = 0; i < r->ncpus; i++) {
			if (whole ? r->cpu[i].core != r->cpu[at].core : i != at)
				continue;
			if (r->cpu[i].taken || r->cpu[i].offline || r->cpu[i].reserved ||
			    (r->has_shared && r->cpu[i].shared && !shared_too))
				continue;
			r->cpu[i].taken = cpus[i] = true;
		}
	}
}

static struct json_object *take_memory(struct random_case *r)
{
	struct json_object *list = json_object_new_array(), *entry;
	unsigned int n, size;
	int64_t pages;

	for (n = 0; n < r->nnodes; n++) {
		size = random_below(r, r->nsizes);
		if (r->node[n].slack[size] <= 0 || random_chance(r, 40))
			continue;
		pages = 1 + random_below(r, (unsigned int)r->node[n].slack[size]);
		r->node[n].slack[size] -= pages;
		entry = json_object_new_object();
		random_add_int(entry, "node", r->node[n].id);
		random_add_int(entry, "size_kib", pages * r->size_kib[size]);
		random_add_int(entry, "page_kib", r->size_kib[size]);
		json_object_array_add(list, entry);
	}
	return list;
}

/* Cards that a VM holds; no two hold the same. */
static void take_devices(struct random_case *r, struct json_object *entry)
{
	struct json_object *list;
	unsigned int i = random_below(r, r->ndevices);

	if (!r->ndevices || r->device_taken[i] || random_chance(r, 92))
		return;
	r->device_taken[i] = true;
	list = json_object_new_array();
	json_object_array_add(list, json_object_new_string(r->device[i]));
	json_object_object_add(entry, "devices", list);
}

static struct json_object *allocation(struct random_case *r, const char *vm)
{
	struct json_object *entry = json_object_new_object(), *shared;
	bool cpus[RANDOM_CPUS];
	unsigned int n;
	char key[16];

	take_cpus(r, cpus);
	random_add_text(entry, "vm", vm);
	set_of(r, entry, "cpus", cpus);
	if (random_chance(r, 60)) {
		shared = json_object_new_object();
		for (n = 0; n < r->nnodes; n++) {
			snprintf(key, sizeof(key), "%u", r->node[n].id);
			if (!r->node[n].no_cpus && random_chance(r, 60))
				random_add_int(shared, key, 1 + random_below(r, 6));
		}
		json_object_object_add(entry, "shared_vcpus", shared);
	}
	if (random_chance(r, 50))
		json_object_object_add(entry, "memory", take_memory(r));
	take_devices(r, entry);
	return entry;
}

static void make_allocations(struct random_case *r, struct json_object *document)
{
	struct json_object *list = json_object_new_array();
	unsigned int count = random_below(r, r->roomy ? 2 : 3), i;
	char name[16];

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "other%u", i);
		json_object_array_add(list, allocation(r, name));
	}
	if (random_chance(r, 15))
		json_object_array_add(list, allocation(r, r->vm));
	json_object_object_add(document, "allocations", list);
}

static struct json_object *device_list(struct random_case *r)
{
	struct json_object *list = json_object_new_array(), *entry;
	unsigned int i;

	for (i = 0; i < r->ndevices; i++) {
		entry = json_object_new_object();
		random_add_text(entry, "id", r->device[i]);
		random_add_text(entry, "class", i % 2 ? "block" : "network");
		random_add_text(entry, "vendor", i < 3 ? "8086" : "10dE");
		if (i != 1)
			random_add_text(entry, "product", i % 3 ? "0a01" : "0A02");
		if (r->device_pf[i] >= 0)
			random_add_text(entry, "pf", r->device[r->device_pf[i]]);
		if (r->device_node[i] >= 0)
			random_add_int(entry, "node", r->node[r->device_node[i]].id);
		json_object_array_add(list, entry);
	}
	return list;
}

static void add_cpu_sets(struct random_case *r, struct json_object *document)
{
	bool reserved[RANDOM_CPUS], isolated[RANDOM_CPUS];
	bool offline[RANDOM_CPUS], shared[RANDOM_CPUS];
	unsigned int i;

	for (i = 0; i < r->ncpus; i++) {
		reserved[i] = r->cpu[i].reserved;
		isolated[i] = r->cpu[i].isolated;
		offline[i] = r->cpu[i].offline;
		shared[i] = r->cpu[i].shared;
	}
	set_of(r, document, "reserved_cpus", reserved);
	set_of(r, document, "isolated_cpus", isolated);
	set_of(r, document, "offline_cpus", offline);
	if (r->has_shared)
		set_of(r, document, "shared_cpus", shared);
}

struct json_object *random_host(struct random_case *r)
{
	static const double overcommit[] = { 1.0, 1.5, 2.0, 4.0, 16.0 };
	struct json_object *document = json_object_new_object();
	struct json_object *nodes = json_object_new_array();
	unsigned int n;

	make_nodes(r);
	make_cores(r);
	number_cpus(r);
	flag_cpus(r);
	make_distances(r);
	make_sizes(r);
	make_memory(r);
	make_devices(r);
	random_add_int(document, "version", 1);
	random_add_text(document, "name", "random");
	random_add_int(document, "page_kib", r->size_kib[0]);
	for (n = 0; n < r->nnodes; n++)
		json_object_array_add(nodes, node_document(r, n));
	json_object_object_add(document, "nodes", nodes);
	json_object_object_add(document, "cores", core_list(r));
	make_caches(r, document);
	add_cpu_sets(r, document);
	json_object_object_add(document, "overcommit",
			       json_object_new_double(overcommit[random_below(r, 5)]));
	if (!r->excluded)
		json_object_object_add(document, "free_excludes_allocations",
				       json_object_new_boolean(false));
	make_allocations(r, document);
	if (r->ndevices)
		json_object_object_add(document, "devices", device_list(r));
	return document;
}
