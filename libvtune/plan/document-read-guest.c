/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

#include <string.h>

/* ---- emulator ---- */

static int read_emulator(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "cpus", NULL };
	struct vtune__json at;

	if (vtune__json_need(root, "emulator", &at, err) < 0 ||
	    vtune__json_object(&at, keys, err) < 0)
		return -1;
	return vtune__plan_need_set(&at, "cpus", VTUNE__MAX_CPU, &plan->emulator, err);
}

/* ---- guest_topology ---- */

static int read_topology(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	static const char *const keys[] = {
		"sockets", "dies", "cores", "threads", "clusters", NULL
	};
	unsigned int *const parts[] = { &plan->guest.sockets, &plan->guest.dies, &plan->guest.cores,
					&plan->guest.threads };
	struct vtune__json at, clusters;
	uint64_t product = 1;

	if (vtune__json_need(root, "guest_topology", &at, err) < 0 ||
	    vtune__json_object(&at, keys, err) < 0)
		return -1;
	for (unsigned int i = 0; i < VTUNE__COUNT(parts); i++) {
		if (vtune__plan_need_number(&at, keys[i], 1, VTUNE__MAX_VCPUS, parts[i], err) < 0)
			return -1;
		product *= *parts[i]; /* 4096^5 is 2^60 */
	}
	plan->guest.clusters = 1;
	if (vtune__json_get(&at, "clusters", &clusters) &&
	    vtune__json_uint32(&clusters, 1, VTUNE__MAX_VCPUS, &plan->guest.clusters, err) < 0)
		return -1;
	product *= plan->guest.clusters;
	if (product != plan->nvcpus)
		return vtune__json_fail(&at, err, "This does not multiply out to the %u vCPUs",
					plan->nvcpus);
	return 0;
}

/* ---- devices ---- */

/* The node of a device may be unknown: then its key is missing, and so are those
 * that follow from it. */
static int read_locality(const struct vtune__json *at, const struct vtune_plan *plan,
			 struct vtune__plan_device *device, struct vtune_error **err)
{
	unsigned int node, cell;
	struct vtune__json child;

	device->node = device->cell = -1;
	if (!vtune__json_get(at, "node", &child)) {
		if (vtune__json_get(at, "cell", &child) || vtune__json_get(at, "distance", &child))
			return vtune__json_fail(&child, err,
						"Without the key \"node\" this must not be there");
		return 0;
	}
	if (vtune__json_uint32(&child, 0, VTUNE__MAX_NODE, &node, err) < 0 ||
	    vtune__plan_need_number(at, "cell", 0, plan->ncells - 1, &cell, err) < 0)
		return -1;
	device->node = (int)node;
	device->cell = (int)cell;
	return vtune__plan_need_number(at, "distance", 0, VTUNE__PLAN_MAX_DISTANCE,
				       &device->distance, err);
}

static int read_purpose(const struct vtune__json *at, struct vtune__plan_device *device,
			struct vtune_error **err)
{
	struct vtune__json child;
	bool managed = true;

	if (vtune__json_get(at, "managed", &child) && vtune__json_bool(&child, &managed, err) < 0)
		return -1;
	device->unmanaged = !managed;
	device->is_interface = vtune__json_get(at, "interface", &child);
	return device->is_interface ? vtune__json_uint32(&child, 0, VTUNE__MAX_DEVICES - 1,
							 &device->interface, err)
				    : 0;
}

static int read_device(const struct vtune__json *at, struct vtune_plan *plan, unsigned int i,
		       struct vtune_error **err)
{
	static const char *const keys[] = { "id",	 "node",    "cell", "distance",
					    "interface", "managed", NULL };
	struct vtune__plan_device *device = &plan->devices[i];
	struct vtune__json child;
	const char *id;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__plan_need_string(at, "id", &id, err) < 0)
		return -1;
	for (unsigned int other = 0; other < i; other++)
		if (strcmp(plan->devices[other].id, id) == 0 && vtune__json_get(at, "id", &child))
			return vtune__json_fail(&child, err, "The device \"%s\" is there twice",
						id);
	device->id = vtune__strdup(id, err);
	return device->id && read_purpose(at, device, err) == 0
		       ? read_locality(at, plan, device, err)
		       : -1;
}

static int read_devices(const struct vtune__json *root, struct vtune_plan *plan,
			struct vtune_error **err)
{
	struct vtune__json list, at;

	plan->devices = vtune__plan_need_list(root, "devices", 0, VTUNE__MAX_DEVICES,
					      sizeof(*plan->devices), &list, &plan->ndevices, err);
	if (!plan->devices)
		return -1;
	for (unsigned int i = 0; i < plan->ndevices; i++) {
		vtune__json_element(&list, i, &at);
		if (read_device(&at, plan, i, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- domain ---- */

static int read_distances(const struct vtune__json *rows, struct vtune_plan *plan,
			  struct vtune_error **err)
{
	struct vtune__json row, at;
	unsigned int length;

	if (vtune__json_array(rows, &length, err) < 0)
		return -1;
	if (length != plan->ncells)
		return vtune__json_fail(rows, err, "Here must be a row for each of the %u cells",
					plan->ncells);
	plan->distances = vtune__alloc((size_t)length * length, sizeof(*plan->distances), err);
	if (!plan->distances)
		return -1;
	for (unsigned int from = 0; from < plan->ncells; from++) {
		vtune__json_element(rows, from, &row);
		if (vtune__json_array(&row, &length, err) < 0)
			return -1;
		if (length != plan->ncells)
			return vtune__json_fail(&row, err,
						"Here must be a distance to each of the %u cells",
						plan->ncells);
		for (unsigned int to = 0; to < length; to++) {
			vtune__json_element(&row, to, &at);
			if (vtune__json_uint32(&at, 0, VTUNE__PLAN_MAX_DISTANCE,
					       &plan->distances[from * length + to], err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The first word is the default, and never written. */
static int read_threads(const struct vtune__json *domain, struct vtune_plan *plan,
			struct vtune_error **err)
{
	struct vtune__json at;
	int word;

	if (!vtune__json_get(domain, "threads", &at))
		return 0;
	if (vtune__json_enum(&at, vtune__threads_names + 1, &word, err) < 0)
		return -1;
	plan->threads = (enum vtune__threads)(word + 1);
	return 0;
}

/* Plans of earlier versions have the CPU mode here: domains carry such. Those versions knew
 * three modes. */
static int read_former_mode(const struct vtune__json *domain, struct vtune_plan *plan,
			    struct vtune_error **err)
{
	static const char *const modes[] = { "host-passthrough", "host-model", "maximum", NULL };
	struct vtune__json at;

	plan->has_cpu_mode = vtune__json_get(domain, "cpu_mode", &at);
	return plan->has_cpu_mode ? vtune__json_enum(&at, modes, &plan->cpu_mode, err) : 0;
}

static int read_domain(const struct vtune__json *root, struct vtune_plan *plan,
		       struct vtune_error **err)
{
	static const char *const keys[] = { "memory_mode", "threads",	"cpu_mode", "shares",
					    "hugepages",   "distances", NULL };
	struct vtune__json domain, at;
	int mode;

	if (vtune__json_need(root, "domain", &domain, err) < 0 ||
	    vtune__json_object(&domain, keys, err) < 0 ||
	    vtune__json_need(&domain, "memory_mode", &at, err) < 0 ||
	    vtune__json_enum(&at, vtune__memory_mode_names, &mode, err) < 0)
		return -1;
	plan->memory_mode = (enum vtune__memory_mode)mode;
	if (read_threads(&domain, plan, err) < 0)
		return -1;
	if (read_former_mode(&domain, plan, err) < 0)
		return -1;
	if (vtune__json_get(&domain, "shares", &at) &&
	    vtune__json_uint32(&at, VTUNE__MIN_SHARES, VTUNE__MAX_SHARES, &plan->shares, err) < 0)
		return -1;
	if (vtune__plan_need_bool(&domain, "hugepages", &plan->huge, err) < 0)
		return -1;
	return vtune__json_get(&domain, "distances", &at) ? read_distances(&at, plan, err) : 0;
}

/* ---- cost and warnings ---- */

static int read_cost(const struct vtune__json *object, struct vtune__plan_cost *cost,
		     struct vtune_error **err)
{
	static const char *const keys[] = { "remote",	"spread",	   "devices",
					    "helpers",	"caches",	   "split_cores",
					    "leftover", "leftover_caches", NULL };
	int64_t *const terms[] = { &cost->remote,   &cost->spread,	   &cost->devices,
				   &cost->helpers,  &cost->caches,	   &cost->split_cores,
				   &cost->leftover, &cost->leftover_caches };
	struct vtune__json at;

	if (vtune__json_object(object, keys, err) < 0)
		return -1;
	for (unsigned int i = 0; i < VTUNE__COUNT(terms); i++)
		if (vtune__json_need(object, keys[i], &at, err) < 0 ||
		    vtune__json_int(&at, INT64_MIN, INT64_MAX, terms[i], err) < 0)
			return -1;
	return 0;
}

static int read_costs(const struct vtune__json *root, struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(root, "cost", &at, err) < 0 || read_cost(&at, &plan->cost, err) < 0)
		return -1;
	plan->has_bound = vtune__json_get(root, "bound", &at);
	return plan->has_bound ? read_cost(&at, &plan->bound, err) : 0;
}

static int read_warnings(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "code", "text", NULL };
	struct vtune__json list, at;
	const char *code, *text;
	unsigned int length;

	if (vtune__json_need(root, "warnings", &list, err) < 0 ||
	    vtune__json_array(&list, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (vtune__json_object(&at, keys, err) < 0 ||
		    vtune__plan_need_string(&at, "code", &code, err) < 0 ||
		    vtune__plan_need_string(&at, "text", &text, err) < 0 ||
		    vtune__plan_warn(plan, err, code, "%s", text) < 0)
			return -1;
	}
	return 0;
}

int vtune__plan_read_guest(const struct vtune__json *root, struct vtune_plan *plan,
			   struct vtune_error **err)
{
	if (read_emulator(root, plan, err) < 0 || vtune__plan_read_iothreads(root, plan, err) < 0 ||
	    read_topology(root, plan, err) < 0 || read_devices(root, plan, err) < 0 ||
	    read_domain(root, plan, err) < 0 || read_costs(root, plan, err) < 0)
		return -1;
	return read_warnings(root, plan, err);
}
