/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a plan document, holds every statement in it against the host and the spec. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

static char problem[320];

static const char *wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(problem, sizeof(problem), format, args);
	va_end(args);
	return problem;
}

static bool has(uint64_t set, unsigned int i)
{
	return (set >> i) & 1;
}

/* A set of CPUs in a document; false when it names one twice, or one not online. */
static bool read_cpus(const struct oracle_host *host, const char *text, uint64_t *set)
{
	unsigned int ids[4096];
	unsigned int count = oracle_ids(text, ids, 4096), i, k;

	*set = 0;
	for (i = 0; i < count; i++) {
		for (k = 0; k < host->ncpus && host->cpu_id[k] != ids[i]; k++)
			;
		if (k == host->ncpus || has(*set, k))
			return false;
		*set |= UINT64_C(1) << k;
	}
	return true;
}

static int read_node(const struct oracle_host *host, struct json_object *entry)
{
	int64_t id = oracle_int(entry, "node", -1);
	unsigned int i;

	for (i = 0; i < host->nnodes; i++) {
		if ((int64_t)host->node[i].id == id)
			return (int)i;
	}
	return -1;
}

static unsigned int length(struct json_object *array)
{
	return array ? (unsigned int)json_object_array_length(array) : 0;
}

static struct json_object *item(struct json_object *array, unsigned int i)
{
	return json_object_array_get_idx(array, i);
}

/* "0-1,4" for a set of vCPUs, as the document must have it. */
static const char *vcpu_text(uint64_t set)
{
	static char text[512];
	unsigned int i, last;
	size_t at = 0;

	text[0] = '\0';
	for (i = 0; i < ORACLE_VCPUS; i++) {
		if (!has(set, i))
			continue;
		for (last = i; last + 1 < ORACLE_VCPUS && has(set, last + 1); last++)
			;
		at += (size_t)snprintf(text + at, sizeof(text) - at, last > i ? "%s%u-%u" : "%s%u",
				       at ? "," : "", i, last);
		i = last;
	}
	return text;
}

static const char *read_cell_memory(const struct oracle_case *c, struct oracle_plan *plan,
				    unsigned int cell, struct json_object *entry)
{
	struct json_object *memory = oracle_get(entry, "memory");
	int64_t page_kib = oracle_int(entry, "page_kib", -1), kib, sum = 0;
	unsigned int i;
	int node;

	for (i = 0; i < c->host.nsizes && c->host.size_kib[i] != page_kib; i++)
		;
	if (i == c->host.nsizes || (cell && plan->size != i))
		return wrong("cell %u: page_kib %" PRId64, cell, page_kib);
	plan->size = i;
	for (i = 0; i < length(memory); i++) {
		node = read_node(&c->host, item(memory, i));
		kib = oracle_int(item(memory, i), "size_kib", -1);
		if (node < 0 || kib <= 0 || kib % page_kib || plan->pages[cell][node])
			return wrong("cell %u: bad memory entry %u", cell, i);
		plan->pages[cell][node] = kib / page_kib;
		sum += kib;
	}
	if (sum != oracle_int(entry, "memory_kib", -1))
		return wrong("cell %u: memory_kib is not the sum of its memory", cell);
	return NULL;
}

static const char *read_cells(const struct oracle_case *c, struct oracle_plan *plan,
			      struct json_object *document)
{
	struct json_object *cells = oracle_get(document, "cells"), *entry;
	struct oracle_layout layout;
	const char *why;
	unsigned int i;
	int node;

	plan->ncells = length(cells);
	if (!plan->ncells || !oracle_layout(&c->spec, plan->ncells, &layout))
		return wrong("the spec does not want %u cells", plan->ncells);
	for (i = 0; i < plan->ncells; i++) {
		entry = item(cells, i);
		node = read_node(&c->host, entry);
		if (node < 0 || oracle_int(entry, "id", -1) != (int64_t)i)
			return wrong("cell %u: bad id or node", i);
		plan->node[i] = (unsigned int)node;
		if (strcmp(oracle_text(entry, "vcpus", ""), vcpu_text(layout.vcpus[i])))
			return wrong("cell %u: vcpus are not %s", i, vcpu_text(layout.vcpus[i]));
		why = read_cell_memory(c, plan, i, entry);
		if (why)
			return why;
	}
	return NULL;
}

static const char *read_vcpus(const struct oracle_case *c, struct oracle_plan *plan,
			      struct json_object *document)
{
	struct json_object *vcpus = oracle_get(document, "vcpus");
	struct oracle_layout layout;
	unsigned int i;
	int64_t cell;

	oracle_layout(&c->spec, plan->ncells, &layout);
	if (length(vcpus) != c->spec.vcpus)
		return wrong("%u vcpus", length(vcpus));
	for (i = 0; i < c->spec.vcpus; i++) {
		cell = oracle_int(item(vcpus, i), "cell", -1);
		if (oracle_int(item(vcpus, i), "id", -1) != (int64_t)i || cell < 0 ||
		    cell >= (int64_t)plan->ncells || !has(layout.vcpus[cell], i))
			return wrong("vCPU %u: bad id or cell", i);
		if (!read_cpus(&c->host, oracle_text(item(vcpus, i), "cpus", ""),
			       &plan->vcpu[i]))
			return wrong("vCPU %u: a CPU that is not online", i);
	}
	return NULL;
}

static const char *read_thread(const struct oracle_case *c, struct oracle_plan *plan,
			       unsigned int thread, struct json_object *entry)
{
	const struct oracle_iothread *want = &c->spec.thread[thread];
	struct json_object *disks = oracle_get(entry, "disks");
	unsigned int i;

	if (oracle_int(entry, "id", -1) != (int64_t)thread + 1)
		return wrong("I/O thread %u: bad id", thread + 1);
	if (length(disks) != want->ndisks)
		return wrong("I/O thread %u: %u disks, not %u", thread + 1, length(disks),
			     want->ndisks);
	for (i = 0; i < want->ndisks; i++) {
		if (strcmp(json_object_get_string(item(disks, i)), want->disk[i]))
			return wrong("I/O thread %u: disk %u is not %s", thread + 1, i,
				     want->disk[i]);
	}
	if (!read_cpus(&c->host, oracle_text(entry, "cpus", ""), &plan->thread[thread]))
		return wrong("I/O thread %u: a CPU that is not online", thread + 1);
	return NULL;
}

static const char *read_helpers(const struct oracle_case *c, struct oracle_plan *plan,
				struct json_object *document)
{
	struct json_object *emulator = oracle_get(document, "emulator");
	struct json_object *threads = oracle_get(document, "iothreads");
	const char *why;
	unsigned int i;

	if (!read_cpus(&c->host, oracle_text(emulator, "cpus", ""), &plan->emulator))
		return wrong("emulator: a CPU that is not online");
	if (!read_cpus(&c->host, oracle_text(document, "held_cpus", ""), &plan->held))
		return wrong("held_cpus: a CPU that is not online");
	if (length(threads) != c->spec.nthreads)
		return wrong("%u I/O threads, not %u", length(threads), c->spec.nthreads);
	for (i = 0; i < c->spec.nthreads; i++) {
		why = read_thread(c, plan, i, item(threads, i));
		if (why)
			return why;
	}
	return NULL;
}

/* Guest threads are more than 1 only if each run of that many vCPUs sits on one core. */
static const char *check_topology(const struct oracle_case *c, const struct oracle_plan *plan,
				  struct json_object *document)
{
	struct json_object *topology = oracle_get(document, "guest_topology");
	int64_t sockets = oracle_int(topology, "sockets", 0);
	int64_t dies = oracle_int(topology, "dies", 0);
	int64_t clusters = oracle_int(topology, "clusters", 1);
	int64_t cores = oracle_int(topology, "cores", 0);
	int64_t threads = oracle_int(topology, "threads", 0);
	unsigned int i, k, core = 0;
	uint64_t run;

	if (sockets * dies * clusters * cores * threads != (int64_t)c->spec.vcpus)
		return wrong("guest_topology does not multiply out to the vCPUs");
	for (i = 0; threads > 1 && i < c->spec.vcpus; i += (unsigned int)threads) {
		for (run = 0, k = 0; k < (unsigned int)threads; k++) {
			if (!has(c->spec.dedicated, i + k))
				return wrong("guest_topology: vCPU %u floats", i + k);
			run |= plan->vcpu[i + k];
		}
		for (core = 0; core < c->host.ncores && !(c->host.core[core] & run); core++)
			;
		if (core == c->host.ncores || run & ~c->host.core[core])
			return wrong("guest_topology: vCPUs %u.. are not on one core", i);
	}
	return NULL;
}

static int device_of(const struct oracle_host *host, struct json_object *entry)
{
	unsigned int i;

	for (i = 0; i < host->ndevices; i++) {
		if (!strcmp(host->device[i], oracle_text(entry, "id", "")))
			return (int)i;
	}
	return -1;
}

static const char *check_device(const struct oracle_case *c, const struct oracle_plan *plan,
				unsigned int i, unsigned int device, struct json_object *entry)
{
	const struct oracle_host *host = &c->host;
	int node = host->device_node[device];
	int64_t cell = oracle_int(entry, "cell", -1), best = INT64_MAX, way;
	unsigned int k;

	if (node < 0)
		return oracle_get(entry, "node") ? wrong("device %u: its node is unknown", i) : NULL;
	if (read_node(host, entry) != node)
		return wrong("device %u: not its node", i);
	for (k = 0; k < plan->ncells; k++) {
		way = host->distance[node][plan->node[k]];
		best = way < best ? way : best;
	}
	if (cell < 0 || cell >= (int64_t)plan->ncells ||
	    host->distance[node][plan->node[cell]] != best)
		return wrong("device %u: cell %" PRId64 " is not the nearest", i, cell);
	if (oracle_int(entry, "distance", -1) != best)
		return wrong("device %u: the distance is %" PRId64, i, best);
	return NULL;
}

static const char *check_devices(const struct oracle_case *c, const struct oracle_plan *plan,
				 struct json_object *document, int64_t *cost)
{
	struct json_object *devices = oracle_get(document, "devices");
	unsigned int chosen[ORACLE_DEVICES], i;
	uint32_t cells = 0;
	const char *why;

	for (i = 0; i < plan->ncells; i++)
		cells |= 1u << plan->node[i];
	if (length(devices) != c->spec.nhostdevs)
		return wrong("%u devices, not %u", length(devices), c->spec.nhostdevs);
	for (i = 0; i < c->spec.nhostdevs; i++) {
		if (device_of(&c->host, item(devices, i)) < 0)
			return wrong("device %u is none of the host", i);
		chosen[i] = (unsigned int)device_of(&c->host, item(devices, i));
		why = check_device(c, plan, i, chosen[i], item(devices, i));
		if (why)
			return why;
	}
	if (!oracle_devices_hold(c, cells, chosen, cost))
		return wrong("these devices are not what is wished for, or not free");
	return NULL;
}

static const char *check_cost(struct json_object *document, const int64_t *cost)
{
	struct json_object *stated = oracle_get(document, "cost");
	unsigned int i;

	for (i = 0; i < ORACLE_COSTS; i++) {
		if (oracle_int(stated, oracle_cost_name[i], INT64_MIN) != cost[i])
			return wrong("cost %s is stated as %" PRId64 ", but is %" PRId64,
				     oracle_cost_name[i],
				     oracle_int(stated, oracle_cost_name[i], INT64_MIN), cost[i]);
	}
	return NULL;
}

const char *oracle_check(const struct oracle_case *c, struct json_object *document,
			 int64_t *cost, int64_t *page_kib)
{
	static const char *(*const readers[])(const struct oracle_case *, struct oracle_plan *,
					      struct json_object *) = {
		read_cells, read_vcpus, read_helpers,
	};
	struct oracle_plan plan = { 0 };
	const char *why;
	size_t i;

	if (oracle_int(document, "version", 0) != 1 ||
	    strcmp(oracle_text(document, "vm", ""), c->spec.name))
		return wrong("version or vm");
	if (!json_object_get_boolean(oracle_get(document, "fits")))
		return wrong("the plan does not fit, there is nothing to check");
	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		why = readers[i](c, &plan, document);
		if (why)
			return why;
	}
	why = oracle_judge(c, &plan, cost);
	if (!why)
		why = check_topology(c, &plan, document);
	if (!why && c->spec.nhostdevs)
		why = check_devices(c, &plan, document, &cost[ORACLE_DEVICE]);
	if (!why)
		why = check_cost(document, cost);
	*page_kib = c->host.size_kib[plan.size];
	return why;
}
