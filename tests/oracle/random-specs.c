/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "random-cases.h"

static bool usable(const struct random_cpu *cpu)
{
	return !cpu->offline && !cpu->reserved && !cpu->taken && !cpu->shared;
}

/* Sizes that have a fair chance on this host. */
static unsigned int pick_vcpus(struct random_case *r)
{
	unsigned int i, n, on_node, most = 0, all = 0;

	for (n = 0; n < r->nnodes; n++) {
		for (on_node = 0, i = 0; i < r->ncpus; i++)
			on_node += r->cpu[i].node == n && usable(&r->cpu[i]);
		most = on_node > most ? on_node : most;
		all += on_node;
	}
	if (random_chance(r, 60))
		most = (most + 1) / 2;
	else if (random_chance(r, 40))
		most = all;
	if (r->wishes->tiny && most > 4)
		most = 4;
	if (r->team > 0 && random_chance(r, 80))
		return 1 + random_below(r, all / r->team + 1);
	return 1 + random_below(r, most < 12 ? most + 1 : 12);
}

static void add_memory(struct random_case *r, struct json_object *spec, bool listed)
{
	int64_t kib = r->units * r->unit_kib;
	char text[32];

	/* Not whole pages; cells that state their memory have to add up to it. */
	if (!listed && random_chance(r, 10))
		kib -= 1 + random_below(r, 3);

	if (kib % 1048576 == 0 && random_chance(r, 70)) {
		snprintf(text, sizeof(text), "%" PRId64 "GiB", kib / 1048576);
		random_add_text(spec, "memory", text);
	} else if (kib % 1024 == 0 && random_chance(r, 70)) {
		snprintf(text, sizeof(text), "%" PRId64 "MiB", kib / 1024);
		random_add_text(spec, "memory", text);
	} else {
		random_add_int(spec, "memory", kib);
	}
}

/* Returns whether the VM has vCPUs that float; fills in the dedicated ones. */
static void add_cpu(struct random_case *r, struct json_object *spec, unsigned int vcpus,
		    bool *dedicated)
{
	static const unsigned int policies[] = { 60, 18, 22 }, fewer[] = { 80, 10, 10 };
	static const unsigned int smts[] = { 35, 35, 30 };
	static const char *const policy[] = { "dedicated", "shared", "mixed" };
	static const char *const smt[] = { "prefer", "require", "isolate" };
	struct json_object *cpu = json_object_new_object();
	unsigned int p = random_weighted(r, r->team > 0 ? fewer : policies, 3), i;

	if (r->wishes->dedicated_only || (p == 2 && vcpus < 2))
		p = 0;
	for (i = 0; i < vcpus; i++)
		dedicated[i] = p == 0 || (p == 2 && random_chance(r, 60));
	if (p == 2) {
		dedicated[random_below(r, vcpus)] = true;
		dedicated[0] = dedicated[0] && memchr(dedicated, false, vcpus);
		if (!memchr(dedicated, true, vcpus))
			dedicated[vcpus - 1] = true;
		random_add_text(cpu, "dedicated", random_set_text(dedicated, vcpus));
	}
	if (p > 0 || random_chance(r, 50))
		random_add_text(cpu, "policy", policy[p]);
	if (random_chance(r, p == 1 ? 10 : 75))
		random_add_text(cpu, "threads", smt[random_weighted(r, smts, 3)]);
	json_object_object_add(spec, "cpu", cpu);
}

/* Every vCPU in one of the cells; runs or any sets. */
static struct json_object *list_cells(struct random_case *r, unsigned int vcpus)
{
	struct json_object *list = json_object_new_array(), *entry;
	unsigned int most = vcpus < r->nnodes ? vcpus : r->nnodes;
	unsigned int ncells = 1 + random_below(r, most < 4 ? most : 4);
	unsigned int cell[ORACLE_VCPUS], i, k;
	bool memory = random_chance(r, 50) && r->units >= ncells, runs = random_chance(r, 70);
	bool member[ORACLE_VCPUS];
	int64_t left = r->units, part;

	for (i = 0; i < vcpus; i++)
		cell[i] = i < ncells ? i : random_below(r, ncells);
	for (i = 0; i < vcpus && runs; i++) {
		for (k = i + 1; k < vcpus; k++) {
			if (cell[k] < cell[i]) {
				unsigned int swap = cell[k];

				cell[k] = cell[i];
				cell[i] = swap;
			}
		}
	}
	for (k = 0; k < ncells; k++) {
		entry = json_object_new_object();
		for (i = 0; i < vcpus; i++)
			member[i] = cell[i] == k;
		random_add_text(entry, "vcpus", random_set_text(member, vcpus));
		part = k + 1 == ncells ? left :
		       1 + random_below(r, (unsigned int)(left - (int64_t)(ncells - k) + 1));
		left -= part;
		if (memory)
			random_add_int(entry, "memory", part * r->unit_kib);
		json_object_array_add(list, entry);
	}
	return list;
}

static void add_nodes(struct random_case *r, struct json_object *numa)
{
	bool member[1600] = { false };
	unsigned int n, left = 1 + random_below(r, r->nnodes);

	while (left-- > 0)
		member[r->node[random_below(r, r->nnodes)].id] = true;
	if (random_chance(r, 10))
		member[r->node[r->nnodes - 1].id + 1] = true;
	for (n = 0; n < r->nnodes && random_chance(r, 30); n++)
		member[r->node[n].id] = true;
	random_add_text(numa, "nodes", random_set_text(member, 1600));
}

static void add_numa(struct random_case *r, struct json_object *spec, unsigned int vcpus)
{
	static const unsigned int shapes[] = { 30, 35, 35 };
	static const char *const modes[] = { "strict", "restrictive", "preferred", "interleave" };
	unsigned int weights[] = { 40, 10, 28, 22 };
	struct json_object *numa = json_object_new_object();
	unsigned int shape = random_weighted(r, shapes, 3);
	unsigned int most = vcpus < r->nnodes + 1 ? vcpus : r->nnodes + 1;

	weights[2] = r->wishes->no_preferred ? 0 : weights[2];
	weights[3] = r->wishes->no_interleave ? 0 : weights[3];
	if (r->team > 0 && random_chance(r, 50))
		shape = 0;
	if (r->wishes->one_cell)
		random_add_int(numa, "cells", 1);
	else if (shape == 1)
		random_add_int(numa, "cells", 1 + random_below(r, most < 4 ? most : 4));
	else if (shape == 2)
		json_object_object_add(numa, "cells", list_cells(r, vcpus));
	else if (random_chance(r, 50))
		random_add_text(numa, "cells", "auto");
	random_add_text(numa, "mode", modes[random_weighted(r, weights, 4)]);
	if (random_chance(r, 20))
		add_nodes(r, numa);
	if (random_chance(r, 15))
		random_add_int(numa, "max_distance",
			       r->distance[random_below(r, r->nnodes)][random_below(r, r->nnodes)]);
	json_object_object_add(spec, "numa", numa);
}

static void add_hugepages(struct random_case *r, struct json_object *spec)
{
	static const unsigned int kinds[] = { 30, 25, 15, 30 }, fewer[] = { 60, 25, 5, 10 };
	unsigned int kind = random_weighted(r, r->team > 0 ? fewer : kinds, 4);
	int64_t kib;
	char text[32];

	if (r->wishes->no_hugepages || kind == 1) {
		random_add_text(spec, "hugepages", "none");
	} else if (kind == 0) {
		if (random_chance(r, 50))
			random_add_text(spec, "hugepages", "auto");
	} else if (kind == 2 && r->nsizes > 1) {
		random_add_text(spec, "hugepages", "any");
	} else if (r->nsizes > 1) {
		kib = r->size_kib[1 + random_below(r, r->nsizes - 1)];
		snprintf(text, sizeof(text), "%" PRId64 "KiB", kib);
		random_add_text(spec, "hugepages", text);
	}
}

static void add_disks(struct random_case *r, struct json_object *spec)
{
	static const char *const buses[] = { "virtio", "virtio", "scsi", "sata" };
	struct json_object *list = json_object_new_array(), *disk;
	unsigned int count = random_below(r, r->wishes->tiny ? 3 : 4), i;
	char target[8];

	for (i = 0; i < count; i++) {
		disk = json_object_new_object();
		snprintf(target, sizeof(target), "vd%c", 'a' + (int)i);
		random_add_text(disk, "target", target);
		random_add_text(disk, "bus", buses[random_below(r, 4)]);
		random_add_text(disk, "type", "block");
		random_add_text(disk, "source", r->ndevices && random_chance(r, 60) ?
				r->device[random_below(r, r->ndevices)] : "/dev/sdx");
		json_object_array_add(list, disk);
	}
	json_object_object_add(spec, "disks", list);
}

static void add_helpers(struct random_case *r, struct json_object *spec)
{
	static const unsigned int policies[] = { 45, 35, 20 };
	static const char *const policy[] = { "share", "isolate", "float" };
	struct json_object *emulator = json_object_new_object();
	struct json_object *threads = json_object_new_object();

	random_add_text(emulator, "policy",
			r->wishes->no_helpers ? "share" : policy[random_weighted(r, policies, 3)]);
	json_object_object_add(spec, "emulator", emulator);
	if (r->wishes->no_helpers || random_chance(r, 50)) {
		json_object_put(threads);
		return;
	}
	if (random_chance(r, 60))
		add_disks(r, spec);
	if (random_chance(r, 50))
		random_add_int(threads, "count", random_below(r, 3));
	random_add_text(threads, "policy", policy[random_below(r, 2)]);
	json_object_object_add(spec, "iothreads", threads);
}

/* Any of several devices. */
static struct json_object *random_choice(struct random_case *r)
{
	struct json_object *any = json_object_new_object(), *ids;
	unsigned int i;

	switch (random_below(r, 6)) {
	case 0:
		ids = json_object_new_array();
		for (i = 0; i < r->ndevices; i++) {
			if (random_chance(r, 55))
				json_object_array_add(ids, json_object_new_string(r->device[i]));
		}
		if (!json_object_array_length(ids))
			json_object_array_add(ids, json_object_new_string("0000:ff:00.0"));
		json_object_object_add(any, "ids", ids);
		break;
	case 1:
		random_add_text(any, "pf", r->device[0]);
		break;
	case 2:
		random_add_text(any, "vendor", random_chance(r, 50) ? "8086" : "10De");
		break;
	case 3:
		random_add_text(any, "product", random_chance(r, 50) ? "0a01" : "0a02");
		if (random_chance(r, 50))
			random_add_text(any, "vendor", "8086");
		break;
	default:
		random_add_text(any, "class", random_chance(r, 50) ? "block" : "network");
	}
	return any;
}

static void add_choices(struct random_case *r, struct json_object *list)
{
	static const unsigned int kinds[] = { 40, 45, 15 };
	static const char *const affinity[] = { "require", "prefer", "none" };
	unsigned int count = 1 + random_below(r, 2), i;
	struct json_object *entry;

	for (i = 0; i < count; i++) {
		entry = json_object_new_object();
		json_object_object_add(entry, "any", random_choice(r));
		if (random_chance(r, 50))
			random_add_int(entry, "count", 1 + random_below(r, 3));
		random_add_text(entry, "affinity", affinity[random_weighted(r, kinds, 3)]);
		json_object_array_add(list, entry);
	}
}

static void add_hostdevs(struct random_case *r, struct json_object *spec)
{
	static const unsigned int kinds[] = { 30, 50, 20 };
	static const char *const affinity[] = { "require", "prefer", "none" };
	struct json_object *list, *entry;
	unsigned int i, kind;
	bool unknown = random_chance(r, 3);
	/* What several VMs may choose from, they can take from each other. */
	bool choices = r->ndevices && !r->wishes->no_pools && random_chance(r, r->team ? 85 : 60);

	if (r->wishes->no_devices || random_chance(r, r->team && choices ? 15 : 50))
		return;
	list = json_object_new_array();
	for (i = 0; i < r->ndevices; i++) {
		if (random_chance(r, r->team && choices ? 90 : 60))
			continue;
		entry = json_object_new_object();
		random_add_text(entry, "id", unknown ? "0000:ff:00.0" : r->device[i]);
		unknown = false;
		kind = random_weighted(r, kinds, 3);
		if (kind || random_chance(r, 50))
			random_add_text(entry, "affinity", affinity[kind]);
		json_object_array_add(list, entry);
	}
	if (choices)
		add_choices(r, list);
	json_object_object_add(spec, "hostdevs", list);
}

struct json_object *random_spec(struct random_case *r)
{
	struct json_object *spec = json_object_new_object();
	unsigned int vcpus = pick_vcpus(r);
	bool dedicated[ORACLE_VCPUS], listed;

	random_add_int(spec, "version", 1);
	random_add_text(spec, "name", r->vm);
	random_add_int(spec, "vcpus", vcpus);
	add_cpu(r, spec, vcpus, dedicated);
	add_numa(r, spec, vcpus);
	listed = json_object_is_type(oracle_get(oracle_get(spec, "numa"), "cells"),
				     json_type_array);
	add_memory(r, spec, listed);
	add_hugepages(r, spec);
	add_helpers(r, spec);
	add_hostdevs(r, spec);
	if (random_chance(r, 40))
		random_add_text(spec, "strategy", random_chance(r, 50) ? "spread" : "pack");
	return spec;
}
