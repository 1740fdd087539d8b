/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "oracle.h"

enum cpu_policy { DEDICATED, SHARED, MIXED };

static const char *const policies[] = { "dedicated", "shared", "mixed", NULL };
static const char *const smts[] = { "prefer", "require", "isolate", NULL };
static const char *const modes[] = { "strict", "restrictive", "preferred", "interleave", NULL };
static const char *const helpers[] = { "share", "isolate", "float", NULL };
static const char *const affinities[] = { "require", "prefer", "none", NULL };
static const char *const strategies[] = { "pack", "spread", NULL };

static uint64_t vcpu_set(const char *text)
{
	unsigned int ids[ORACLE_VCPUS];
	unsigned int count = oracle_ids(text, ids, ORACLE_VCPUS);
	uint64_t set = 0;

	while (count > 0)
		set |= UINT64_C(1) << ids[--count];
	return set;
}

static uint64_t all_vcpus(const struct oracle_spec *spec)
{
	return spec->vcpus == 64 ? UINT64_MAX : (UINT64_C(1) << spec->vcpus) - 1;
}

static void read_cpu(struct oracle_spec *spec, struct json_object *cpu)
{
	spec->smt = (enum oracle_smt)oracle_word(cpu, "threads", smts);
	switch ((enum cpu_policy)oracle_word(cpu, "policy", policies)) {
	case DEDICATED:
		spec->dedicated = all_vcpus(spec);
		break;
	case SHARED:
		spec->dedicated = 0;
		break;
	case MIXED:
		spec->dedicated = vcpu_set(oracle_text(cpu, "dedicated", ""));
		break;
	}
}

static void read_cells(struct oracle_spec *spec, struct json_object *cells)
{
	struct json_object *entry, *memory;
	unsigned int i;

	if (!cells || json_object_is_type(cells, json_type_string)) {
		spec->cells_auto = true;
		return;
	}
	if (json_object_is_type(cells, json_type_int)) {
		spec->ncells = (unsigned int)json_object_get_int64(cells);
		return;
	}
	spec->cells_listed = true;
	spec->ncells = (unsigned int)json_object_array_length(cells);
	if (spec->ncells > ORACLE_CELLS)
		oracle_die("too many cells");
	for (i = 0; i < spec->ncells; i++) {
		entry = json_object_array_get_idx(cells, i);
		memory = oracle_get(entry, "memory");
		spec->cell_vcpus[i] = vcpu_set(oracle_text(entry, "vcpus", ""));
		spec->cell_kib[i] = memory ? oracle_kib(memory) : -1;
	}
}

static void read_numa(struct oracle_spec *spec, struct json_object *numa,
		      const struct oracle_host *host)
{
	const char *nodes = oracle_text(numa, "nodes", NULL);
	unsigned int ids[4096], count, i, n;

	read_cells(spec, oracle_get(numa, "cells"));
	spec->mode = (enum oracle_mode)oracle_word(numa, "mode", modes);
	spec->max_distance = oracle_int(numa, "max_distance", -1);
	spec->has_nodes = nodes != NULL;
	if (!nodes) {
		spec->nodes = (1u << host->nnodes) - 1;
		return;
	}
	count = oracle_ids(nodes, ids, 4096);
	for (i = 0; i < count; i++) {
		for (n = 0; n < host->nnodes; n++) {
			if (host->node[n].id == ids[i])
				spec->nodes |= 1u << n;
		}
	}
}

static void read_pages(struct oracle_spec *spec, struct json_object *value)
{
	const char *text = value ? json_object_get_string(value) : "auto";

	if (!strcmp(text, "auto")) {
		spec->pages = ORACLE_AUTO;
	} else if (!strcmp(text, "none")) {
		spec->pages = ORACLE_NONE;
	} else if (!strcmp(text, "any")) {
		spec->pages = ORACLE_ANY;
	} else {
		spec->pages = ORACLE_SIZE;
		spec->page_kib = oracle_kib(value);
	}
}

static int device_index(const struct oracle_host *host, const char *id)
{
	unsigned int i;

	for (i = 0; i < host->ndevices; i++) {
		if (!strcmp(host->device[i], id))
			return (int)i;
	}
	return -1;
}

static bool is_physical(const struct oracle_host *host, unsigned int device)
{
	unsigned int i;

	for (i = 0; i < host->ndevices; i++) {
		if (!strcmp(host->pf[i], host->device[device]))
			return true;
	}
	return false;
}

static bool is_named(struct json_object *ids, const char *id)
{
	size_t i;

	for (i = 0; i < json_object_array_length(ids); i++) {
		if (!strcmp(json_object_get_string(json_object_array_get_idx(ids, i)), id))
			return true;
	}
	return false;
}

/* A key that must be as the host has it, where it is there. */
static bool agrees(struct json_object *any, const char *key, const char *value)
{
	return !oracle_get(any, key) || !strcasecmp(oracle_text(any, key, ""), value);
}

static bool matches(const struct oracle_host *host, unsigned int i, struct json_object *any)
{
	struct json_object *ids = oracle_get(any, "ids");
	bool virtual = host->pf[i][0];

	if (ids && !is_named(ids, host->device[i]))
		return false;
	if (!ids && is_physical(host, i))
		return false;
	if (!ids && virtual && !oracle_get(any, "pf") && !oracle_get(any, "product"))
		return false;
	return agrees(any, "pf", host->pf[i]) && agrees(any, "class", host->device_class[i]) &&
	       agrees(any, "vendor", host->vendor[i]) &&
	       agrees(any, "product", host->product[i]);
}

static uint32_t candidates(const struct oracle_host *host, struct json_object *entry)
{
	struct json_object *any = oracle_get(entry, "any");
	int one = device_index(host, oracle_text(entry, "id", ""));
	uint32_t may = 0;
	unsigned int i;

	if (!any)
		return one < 0 ? 0 : 1u << one;
	for (i = 0; i < host->ndevices; i++)
		may |= (uint32_t)matches(host, i, any) << i;
	return may;
}

static void read_hostdevs(struct oracle_spec *spec, struct json_object *hostdevs,
			  const struct oracle_host *host)
{
	struct json_object *entry;
	int64_t count;
	size_t i;

	for (i = 0; hostdevs && i < json_object_array_length(hostdevs); i++) {
		entry = json_object_array_get_idx(hostdevs, i);
		for (count = 0; count < oracle_int(entry, "count", 1); count++) {
			if (spec->nhostdevs == ORACLE_DEVICES)
				oracle_die("too many hostdevs");
			spec->may[spec->nhostdevs] = candidates(host, entry);
			spec->again[spec->nhostdevs] = count > 0;
			spec->affinity[spec->nhostdevs++] = (enum oracle_affinity)oracle_word(
				entry, "affinity", affinities);
		}
	}
}

/*
 * The units that are dealt to I/O threads: every virtio disk, and all scsi disks
 * together at the place of the first. A disk on another bus has none: -1.
 */
static unsigned int disk_units(struct json_object *disks, int *unit)
{
	unsigned int count = 0;
	const char *bus;
	int scsi = -1;
	size_t i;

	for (i = 0; disks && i < json_object_array_length(disks); i++) {
		if (i == ORACLE_THREADS)
			oracle_die("too many disks");
		bus = oracle_text(json_object_array_get_idx(disks, i), "bus", "virtio");
		unit[i] = -1;
		if (!strcmp(bus, "virtio")) {
			unit[i] = (int)count++;
		} else if (!strcmp(bus, "scsi")) {
			if (scsi < 0)
				scsi = (int)count++;
			unit[i] = scsi;
		}
	}
	return count;
}

static int disk_node(struct json_object *disk, const struct oracle_host *host)
{
	int device = device_index(host, oracle_text(disk, "source", ""));

	return device < 0 ? -1 : host->device_node[device];
}

/* The node of a unit is that of its first disk that has one. */
static int unit_node(struct json_object *disks, const int *unit, unsigned int of,
		     const struct oracle_host *host)
{
	size_t i;

	for (i = 0; i < json_object_array_length(disks); i++) {
		int node = disk_node(json_object_array_get_idx(disks, i), host);

		if (unit[i] == (int)of && node >= 0)
			return node;
	}
	return -1;
}

/*
 * Which thread each unit goes to: round, in order. Where there are more units than
 * threads and they are on several known nodes, they are put into the order of their
 * nodes, unknown ones last, and that is cut into even shares, the longer ones first.
 */
static void deal_units(struct json_object *disks, const int *unit, unsigned int units,
		       unsigned int nthreads, const struct oracle_host *host, unsigned int *thread)
{
	unsigned int i, j, place, known = ORACLE_THREADS, several = 0;
	int node[ORACLE_THREADS];

	for (i = 0; i < units; i++) {
		node[i] = unit_node(disks, unit, i, host);
		thread[i] = i % nthreads;
		if (node[i] < 0)
			continue;
		if (known < units && node[known] != node[i])
			several = 1;
		known = i;
	}
	for (i = 0; several && units > nthreads && i < units; i++) {
		place = 0;
		for (j = 0; j < units; j++) {
			/* As unsigned, unknown is the last. */
			if ((unsigned int)node[j] < (unsigned int)node[i] ||
			    (node[j] == node[i] && j < i))
				place++;
		}
		for (thread[i] = 0, j = 0; ; thread[i]++) {
			j += units / nthreads + (thread[i] < units % nthreads ? 1 : 0);
			if (place < j)
				break;
		}
	}
}

static void deal_disk(struct oracle_iothread *thread, struct json_object *disk,
		      const struct oracle_host *host)
{
	int node = disk_node(disk, host);

	oracle_name(thread->disk[thread->ndisks++], oracle_text(disk, "target", ""));
	if (thread->anchor < 0)
		thread->anchor = node;
}

static void read_iothreads(struct oracle_spec *spec, struct json_object *document,
			   const struct oracle_host *host)
{
	struct json_object *iothreads = oracle_get(document, "iothreads");
	struct json_object *disks = oracle_get(document, "disks");
	struct json_object *count = oracle_get(iothreads, "count");
	int unit[ORACLE_THREADS];
	unsigned int units = disk_units(disks, unit);
	unsigned int dealt[ORACLE_THREADS];
	unsigned int i;

	spec->iothreads = (enum oracle_helper)oracle_word(iothreads, "policy", helpers);
	spec->nthreads = units < spec->vcpus ? units : spec->vcpus;
	if (count && json_object_is_type(count, json_type_int))
		spec->nthreads = (unsigned int)json_object_get_int64(count);
	if (spec->nthreads > ORACLE_THREADS)
		oracle_die("too many I/O threads");
	for (i = 0; i < spec->nthreads; i++)
		spec->thread[i].anchor = -1;
	if (disks && spec->nthreads)
		deal_units(disks, unit, units, spec->nthreads, host, dealt);
	for (i = 0; disks && spec->nthreads && i < json_object_array_length(disks); i++) {
		if (unit[i] >= 0)
			deal_disk(&spec->thread[dealt[unit[i]]],
				  json_object_array_get_idx(disks, i), host);
	}
}

void oracle_read_spec(struct oracle_spec *spec, struct json_object *document,
		      const struct oracle_host *host)
{
	memset(spec, 0, sizeof(*spec));
	oracle_name(spec->name, oracle_text(document, "name", "vm"));
	spec->vcpus = (unsigned int)oracle_int(document, "vcpus", 0);
	if (!spec->vcpus || spec->vcpus > ORACLE_VCPUS)
		oracle_die("so many vCPUs are beyond this program");
	spec->memory_kib = oracle_kib(oracle_get(document, "memory"));
	read_cpu(spec, oracle_get(document, "cpu"));
	read_numa(spec, oracle_get(document, "numa"), host);
	read_pages(spec, oracle_get(document, "hugepages"));
	spec->emulator = (enum oracle_helper)oracle_word(oracle_get(document, "emulator"),
							 "policy", helpers);
	read_iothreads(spec, document, host);
	read_hostdevs(spec, oracle_get(document, "hostdevs"), host);
	spec->spread = oracle_word(document, "strategy", strategies) == 1;
}

void oracle_read(struct oracle_case *c, struct json_object *host, struct json_object *spec)
{
	oracle_read_host(&c->host, host, oracle_text(spec, "name", NULL));
	oracle_read_spec(&c->spec, spec, &c->host);
}
