/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

int vtune__pins_read_set(struct _xmlNode *node, const char *attribute, unsigned int max,
			 struct vtune__set *set, struct vtune_error **err)
{
	const char *text = vtune__xml_peek(node, attribute);
	int result;

	if (!text || text[strspn(text, " \t\r\n")] == '\0')
		return 0;
	result = vtune__domain_parse_set(text, set, err);
	if (result < 0)
		return -1;
	if (result > 0 && vtune__set_next(set, max + 1) < 0)
		return 0;
	vtune__set_clear(set);
	return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
			       "%s=\"%s\" of <%s> must be a set of numbers up to %u, like "
			       "\"0-3,8\" or \"0-7,^2\"",
			       attribute, text, vtune__xml_name(node), max);
}

static int read_count(struct _xmlNode *node, uint64_t min, uint64_t max, unsigned int *count,
		      struct vtune_error **err)
{
	uint64_t number;

	if (!vtune__domain_number(node, &number) || number < min || number > max)
		return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
				       "<%s> must hold a number from %llu to %llu",
				       vtune__xml_name(node), (unsigned long long)min,
				       (unsigned long long)max);
	*count = (unsigned int)number;
	return 0;
}

static int copy_set(struct vtune__set *to, const struct vtune__set *from, struct vtune_error **err)
{
	return vtune__set_copy(to, from) < 0 ? vtune__fail_memory(err) : 0;
}

/* ---- vCPUs ---- */

/* What is not pinned by itself floats here, the emulator too. With placement "auto"
 * numad chooses at the start, and what the attribute says is not used. */
static int read_floor(struct _xmlNode *vcpu, struct vtune__set *floor, struct vtune_error **err)
{
	const char *placement = vcpu ? vtune__xml_peek(vcpu, "placement") : NULL;

	if (!vcpu || (placement && strcmp(placement, "auto") == 0))
		return 0;
	return vtune__pins_read_set(vcpu, "cpuset", VTUNE__MAX_CPU, floor, err);
}

/* Pins of vCPUs that the domain does not have are ignored, as libvirt does. */
static int read_vcpupins(struct vtune__pins *pins, struct _xmlNode *cputune,
			 struct vtune_error **err)
{
	struct _xmlNode *pin = cputune ? vtune__xml_child(cputune, "vcpupin") : NULL;

	for (; pin; pin = vtune__xml_next(pin, "vcpupin")) {
		uint64_t vcpu;

		if (vtune__xml_uint(pin, "vcpu", UINT32_MAX, &vcpu, err) < 0)
			return -1;
		if (vcpu < pins->nvcpus && vtune__pins_read_set(pin, "cpuset", VTUNE__MAX_CPU,
								&pins->vcpus[vcpu], err) < 0)
			return -1;
	}
	return 0;
}

static int read_vcpus(struct vtune__pins *pins, struct _xmlNode *domain,
		      const struct vtune__set *floor, struct vtune_error **err)
{
	struct _xmlNode *vcpu = vtune__xml_child(domain, "vcpu");
	unsigned int count = 1;

	if (vcpu && read_count(vcpu, 1, VTUNE__MAX_VCPUS, &count, err) < 0)
		return -1;
	pins->vcpus = vtune__alloc(count, sizeof(*pins->vcpus), err);
	if (!pins->vcpus)
		return -1;
	pins->nvcpus = count;
	if (read_vcpupins(pins, vtune__xml_child(domain, "cputune"), err) < 0)
		return -1;
	for (unsigned int i = 0; i < count; i++) {
		if (vtune__set_is_empty(&pins->vcpus[i]) &&
		    copy_set(&pins->vcpus[i], floor, err) < 0)
			return -1;
	}
	return 0;
}

/* vCPUs that can be plugged in are in the list of all, and <vcpu current> counts those
 * that are there, the first ones unless they are listed one by one. */
static int read_plugged(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct _xmlNode *vcpu = vtune__xml_child(domain, "vcpu");
	struct _xmlNode *one = vtune__xml_path(domain, "vcpus/vcpu");
	uint64_t count = pins->nvcpus, id;

	if (vcpu &&
	    (!vtune__xml_peek_uint(vcpu, "current", &count) || count == 0 || count > pins->nvcpus))
		count = pins->nvcpus;
	if (!one)
		return vtune__domain_first(&pins->plugged, (unsigned int)count, err);
	for (; one; one = vtune__xml_next(one, "vcpu")) {
		const char *enabled = vtune__xml_peek(one, "enabled");

		if (vtune__xml_peek_uint(one, "id", &id) && id < pins->nvcpus &&
		    (!enabled || strcmp(enabled, "no") != 0) &&
		    vtune__set_add(&pins->plugged, (unsigned int)id) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

/* ---- emulator and shares ---- */

static int read_emulator(struct vtune__pins *pins, struct _xmlNode *domain,
			 const struct vtune__set *floor, struct vtune_error **err)
{
	struct _xmlNode *pin = vtune__xml_path(domain, "cputune/emulatorpin");

	if (pin && vtune__pins_read_set(pin, "cpuset", VTUNE__MAX_CPU, &pins->emulator, err) < 0)
		return -1;
	return vtune__set_is_empty(&pins->emulator) ? copy_set(&pins->emulator, floor, err) : 0;
}

static int read_shares(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct _xmlNode *shares = vtune__xml_path(domain, "cputune/shares");

	if (!shares)
		return 0;
	if (!vtune__domain_number(shares, &pins->shares))
		return vtune__xml_fail(shares, err, VTUNE_ERR_DOCUMENT,
				       "<shares> must hold a number");
	pins->has_shares = true;
	return 0;
}

static void read_bandwidth(struct vtune__pins *pins, struct _xmlNode *domain)
{
	struct _xmlNode *cputune = vtune__xml_child(domain, "cputune");

	if (cputune)
		vtune__domain_read_bandwidth(cputune, pins->bandwidth);
}

static bool equal_bandwidth(const struct vtune__pins *a, const struct vtune__pins *b)
{
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++)
		if (a->bandwidth[i].period != b->bandwidth[i].period ||
		    a->bandwidth[i].quota != b->bandwidth[i].quota)
			return false;
	return true;
}

/* ---- I/O threads ---- */

static int add_id(struct vtune__set *ids, struct _xmlNode *thread, struct vtune_error **err)
{
	uint64_t id;

	if (vtune__xml_uint(thread, "id", UINT16_MAX, &id, err) < 0)
		return -1;
	if (id == 0)
		return vtune__xml_fail(thread, err, VTUNE_ERR_DOCUMENT,
				       "There is no I/O thread 0; they are numbered from 1");
	return vtune__set_add(ids, (unsigned int)id) < 0 ? vtune__fail_memory(err) : 0;
}

/* libvirt gives those that <iothreads> counts beyond the list the lowest free ids. */
static int collect_ids(struct _xmlNode *domain, struct vtune__set *ids, struct vtune_error **err)
{
	struct _xmlNode *all = vtune__xml_child(domain, "iothreads");
	struct _xmlNode *list = vtune__xml_child(domain, "iothreadids");
	struct _xmlNode *thread = list ? vtune__xml_child(list, "iothread") : NULL;
	unsigned int count = 0, there;

	if (all && read_count(all, 0, VTUNE__MAX_IOTHREADS, &count, err) < 0)
		return -1;
	for (; thread; thread = vtune__xml_next(thread, "iothread")) {
		if (add_id(ids, thread, err) < 0)
			return -1;
	}
	there = vtune__set_count(ids);
	if (there > VTUNE__MAX_IOTHREADS)
		return vtune__xml_fail(list, err, VTUNE_ERR_DOCUMENT,
				       "There are %u I/O threads, and at most %u may be", there,
				       VTUNE__MAX_IOTHREADS);
	for (unsigned int id = 1; there < count; id++) {
		if (vtune__set_has(ids, id))
			continue;
		if (vtune__set_add(ids, id) < 0)
			return vtune__fail_memory(err);
		there++;
	}
	return 0;
}

static struct vtune__set *cpus_of_iothread(struct vtune__pins *pins, uint64_t id)
{
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		if (pins->iothreads[i].id == id)
			return &pins->iothreads[i].cpus;
	}
	return NULL;
}

static int read_iothreadpins(struct vtune__pins *pins, struct _xmlNode *cputune,
			     struct vtune_error **err)
{
	struct _xmlNode *pin = cputune ? vtune__xml_child(cputune, "iothreadpin") : NULL;

	for (; pin; pin = vtune__xml_next(pin, "iothreadpin")) {
		struct vtune__set *cpus;
		uint64_t id;

		if (vtune__xml_uint(pin, "iothread", UINT32_MAX, &id, err) < 0)
			return -1;
		cpus = cpus_of_iothread(pins, id);
		if (cpus && vtune__pins_read_set(pin, "cpuset", VTUNE__MAX_CPU, cpus, err) < 0)
			return -1;
	}
	return 0;
}

static int read_iothreads(struct vtune__pins *pins, struct _xmlNode *domain,
			  const struct vtune__set *floor, struct vtune_error **err)
{
	struct vtune__set ids VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (collect_ids(domain, &ids, err) < 0)
		return -1;
	pins->iothreads = vtune__alloc(vtune__set_count(&ids), sizeof(*pins->iothreads), err);
	if (!pins->iothreads)
		return -1;
	VTUNE__SET_FOREACH(id, &ids) {
		pins->iothreads[pins->niothreads++].id = (unsigned int)id;
	}
	if (read_iothreadpins(pins, vtune__xml_child(domain, "cputune"), err) < 0)
		return -1;
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		struct vtune__set *cpus = &pins->iothreads[i].cpus;

		if (vtune__set_is_empty(cpus) && copy_set(cpus, floor, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- all ---- */

static int read_name(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct _xmlNode *name = vtune__xml_child(domain, "name");

	pins->name = name ? vtune__xml_text(name) : vtune__strdup("", NULL);
	return pins->name ? 0 : vtune__fail_memory(err);
}

static int read_domain(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct vtune__set floor VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (read_name(pins, domain, err) < 0 ||
	    read_floor(vtune__xml_child(domain, "vcpu"), &floor, err) < 0 ||
	    read_vcpus(pins, domain, &floor, err) < 0 || read_plugged(pins, domain, err) < 0 ||
	    read_emulator(pins, domain, &floor, err) < 0 || read_shares(pins, domain, err) < 0 ||
	    read_iothreads(pins, domain, &floor, err) < 0 ||
	    vtune__pins_read_memory(pins, domain, err) < 0 ||
	    vtune__pins_read_devices(pins, domain, err) < 0)
		return -1;
	read_bandwidth(pins, domain);
	return vtune__metadata_read(domain, &pins->plan, &pins->former, err);
}

int vtune__pins_of(struct vtune__pins *pins, struct _xmlNode *domain, const char *where,
		   struct vtune_error **err)
{
	*pins = (struct vtune__pins){ .mode = -1 };
	if (read_domain(pins, domain, err) == 0)
		return 0;
	if (where)
		vtune__error_prefix(err, where);
	vtune__pins_free(pins);
	return -1;
}

int vtune__pins_read(struct vtune__pins *pins, const char *xml, const char *where,
		     struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);

	if (doc)
		return vtune__pins_of(pins, vtune__xml_root(doc), where, err);
	*pins = (struct vtune__pins){ .mode = -1 };
	if (where)
		vtune__error_prefix(err, where);
	return -1;
}

void vtune__pins_free(struct vtune__pins *pins)
{
	for (unsigned int i = 0; pins->vcpus && i < pins->nvcpus; i++)
		vtune__set_free(&pins->vcpus[i]);
	for (unsigned int i = 0; i < pins->niothreads; i++)
		vtune__set_free(&pins->iothreads[i].cpus);
	for (unsigned int i = 0; pins->cells && i < pins->ncells; i++) {
		vtune__set_free(&pins->cells[i].vcpus);
		vtune__set_free(&pins->cells[i].nodes);
	}
	for (unsigned int i = 0; i < pins->ndevices; i++)
		free(pins->devices[i]);
	vtune__set_free(&pins->emulator);
	vtune__set_free(&pins->nodes);
	vtune__set_free(&pins->plugged);
	free(pins->plan);
	free(pins->former);
	free(pins->vcpus);
	free(pins->iothreads);
	free(pins->cells);
	free(pins->devices);
	free(pins->name);
	*pins = (struct vtune__pins){ .mode = -1 };
}

static bool equal_iothreads(const struct vtune__pins *a, const struct vtune__pins *b)
{
	for (unsigned int i = 0; i < a->niothreads; i++) {
		if (a->iothreads[i].id != b->iothreads[i].id ||
		    !vtune__set_equal(&a->iothreads[i].cpus, &b->iothreads[i].cpus))
			return false;
	}
	return true;
}

static bool equal_cells(const struct vtune__pins *a, const struct vtune__pins *b)
{
	for (unsigned int i = 0; i < a->ncells; i++) {
		const struct vtune__pinned_cell *x = &a->cells[i], *y = &b->cells[i];

		if (x->memory_kib != y->memory_kib || x->modules_kib != y->modules_kib ||
		    x->page_kib != y->page_kib || x->default_page != y->default_page ||
		    x->mode != y->mode || !vtune__set_equal(&x->vcpus, &y->vcpus) ||
		    !vtune__set_equal(&x->nodes, &y->nodes))
			return false;
	}
	return true;
}

static bool equal_devices(const struct vtune__pins *a, const struct vtune__pins *b)
{
	for (unsigned int i = 0; i < a->ndevices; i++) {
		if (strcmp(a->devices[i], b->devices[i]) != 0)
			return false;
	}
	return true;
}

bool vtune__pins_equal(const struct vtune__pins *a, const struct vtune__pins *b)
{
	if (strcmp(a->name, b->name) != 0 || a->memory_kib != b->memory_kib ||
	    a->nvcpus != b->nvcpus || a->niothreads != b->niothreads || a->ncells != b->ncells ||
	    a->ndevices != b->ndevices || a->mode != b->mode || a->mode_auto != b->mode_auto ||
	    a->has_shares != b->has_shares || a->shares != b->shares ||
	    !vtune__set_equal(&a->emulator, &b->emulator) ||
	    !vtune__set_equal(&a->nodes, &b->nodes))
		return false;
	for (unsigned int i = 0; i < a->nvcpus; i++) {
		if (!vtune__set_equal(&a->vcpus[i], &b->vcpus[i]))
			return false;
	}
	return equal_bandwidth(a, b) && equal_iothreads(a, b) && equal_cells(a, b) && equal_devices(a, b);
}
