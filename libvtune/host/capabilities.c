/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host from libvirt capabilities XML. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

#include "sources.h"

struct reading {
	struct vtune__draft *draft;
	struct vtune__parts parts;
	struct vtune__set threads; /* that are in a core of the draft */
	struct vtune_error **err;
};

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A size with its unit, as <memory unit='KiB'>1024</memory>. */
static int read_size(struct reading *reading, struct _xmlNode *node, const char *number,
		     uint64_t *kib)
{
	VTUNE__CLEANUP(vtune__free_string) char *size = NULL;
	const char *unit = vtune__xml_peek(node, "unit");
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "%s%s", number, unit ? unit : "KiB");
	size = vtune__text_take(&text, reading->err);
	if (!size)
		return -1;
	if (!vtune__size_parse(size, kib))
		return vtune__xml_fail(node, reading->err, VTUNE_ERR_DOCUMENT,
				       "\"%s\" of <%s> is not a size", size, vtune__xml_name(node));
	return 0;
}

static int read_set(struct reading *reading, struct _xmlNode *node, const char *attribute,
		    struct vtune__set *set)
{
	const char *text = vtune__xml_peek(node, attribute);
	const char *why;

	if (!text)
		return vtune__xml_fail(node, reading->err, VTUNE_ERR_DOCUMENT,
				       "<%s> has no attribute \"%s\", a set of CPUs such as 0-3,8",
				       vtune__xml_name(node), attribute);
	if (vtune__set_parse(set, text, VTUNE__MAX_CPU, &why))
		return 0;
	if (!why)
		return vtune__fail_memory(reading->err);
	return vtune__xml_fail(node, reading->err, VTUNE_ERR_DOCUMENT,
			       "%s=\"%s\" of <%s> is not a set of CPUs such as 0-3,8: %s",
			       attribute, text, vtune__xml_name(node), why);
}

/* ---- memory ---- */

static int read_count(struct reading *reading, struct _xmlNode *node, uint64_t *count)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = vtune__xml_text(node);
	int length = 0;

	if (!text)
		return vtune__fail_memory(reading->err);
	if (sscanf(text, " %" SCNu64 " %n", count, &length) != 1 || text[length] ||
	    strchr(text, '-'))
		return vtune__xml_fail(node, reading->err, VTUNE_ERR_DOCUMENT,
				       "\"%s\" in <%s> is not a number of pages", text,
				       vtune__xml_name(node));
	return 0;
}

/* Ordinary pages are listed with the huge ones, and are the smallest. */
static int find_ordinary_page(struct reading *reading, struct _xmlNode *cells)
{
	uint64_t *smallest = &reading->draft->page_kib;
	struct _xmlNode *cell, *pages;
	uint64_t size_kib;

	for (cell = vtune__xml_child(cells, "cell"); cell; cell = vtune__xml_next(cell, "cell"))
		for (pages = vtune__xml_child(cell, "pages"); pages;
		     pages = vtune__xml_next(pages, "pages")) {
			const char *size = vtune__xml_peek(pages, "size");

			if (read_size(reading, pages, size ? size : "", &size_kib) < 0)
				return -1;
			if (*smallest == 0 || size_kib < *smallest)
				*smallest = size_kib;
		}
	return 0;
}

/* The ordinary page of a cell that does not list that of the host: a cell all of whose
 * memory is in its smallest pages. The second cell of libvirt's test driver is like that. */
static uint64_t other_ordinary_page(struct reading *reading, struct _xmlNode *cell,
				    uint64_t memory_kib)
{
	uint64_t size_kib, smallest = 0, count = 0;
	struct vtune_error **err = reading->err;
	struct _xmlNode *pages;

	reading->err = NULL;
	for (pages = vtune__xml_child(cell, "pages"); pages;
	     pages = vtune__xml_next(pages, "pages")) {
		const char *size = vtune__xml_peek(pages, "size");

		if (read_size(reading, pages, size ? size : "", &size_kib) < 0 ||
		    (smallest > 0 && size_kib >= smallest))
			continue;
		smallest = size_kib;
		if (read_count(reading, pages, &count) < 0)
			count = 0;
	}
	reading->err = err;
	if (smallest == 0 || memory_kib % smallest != 0 || count != memory_kib / smallest)
		return 0;
	return smallest;
}

/* *pools: what the huge pages take of the node's memory. */
static int read_pages(struct reading *reading, struct _xmlNode *source, uint64_t ordinary_kib,
		      struct vtune__draft_node *node, uint64_t *pools)
{
	const char *size = vtune__xml_peek(source, "size");
	struct vtune__draft_pages *pages;
	uint64_t size_kib, count, kib;

	if (read_size(reading, source, size ? size : "", &size_kib) < 0 ||
	    read_count(reading, source, &count) < 0)
		return -1;
	if (size_kib == reading->draft->page_kib || size_kib == ordinary_kib)
		return 0;
	if (__builtin_mul_overflow(count, size_kib, &kib) || kib > VTUNE__MAX_KIB / 2 - *pools)
		return vtune__xml_fail(source, reading->err, VTUNE_ERR_DOCUMENT,
				       "%" PRIu64 " pages of %s are more than any machine has",
				       count, size);
	*pools += kib;
	pages = vtune__grow((void **)&node->pages, &node->npages, sizeof(*pages), reading->err);
	if (!pages)
		return -1;
	pages->size_kib = size_kib;
	pages->total = count;
	return 0;
}

static int read_memory(struct reading *reading, struct _xmlNode *cell,
		       struct vtune__draft_node *node)
{
	struct _xmlNode *child = vtune__xml_child(cell, "memory");
	uint64_t ordinary_kib, pools = 0;

	if (child) {
		VTUNE__CLEANUP(vtune__free_string) char *text = vtune__xml_text(child);

		if (!text)
			return vtune__fail_memory(reading->err);
		if (read_size(reading, child, text, &node->memory_kib) < 0)
			return -1;
	}
	ordinary_kib = other_ordinary_page(reading, cell, node->memory_kib);
	for (child = vtune__xml_child(cell, "pages"); child;
	     child = vtune__xml_next(child, "pages"))
		if (read_pages(reading, child, ordinary_kib, node, &pools) < 0)
			return -1;
	/* A kernel counts the pools as memory of the node. In libvirt's own examples
	 * they are far more: then what is given can only be the rest. */
	if (pools > node->memory_kib)
		node->memory_kib = min(node->memory_kib, VTUNE__MAX_KIB / 2) + pools;
	return 0;
}

static int read_distances(struct reading *reading, struct _xmlNode *cell,
			  struct vtune__draft_node *node)
{
	struct vtune__draft_distance *distance;
	struct _xmlNode *sibling = vtune__xml_path(cell, "distances/sibling");
	uint64_t to, value;

	for (; sibling; sibling = vtune__xml_next(sibling, "sibling")) {
		if (vtune__xml_uint(sibling, "id", VTUNE__MAX_NODE, &to, reading->err) < 0 ||
		    vtune__xml_uint(sibling, "value", UINT16_MAX, &value, reading->err) < 0)
			return -1;
		distance = vtune__grow((void **)&node->distances, &node->ndistances,
				       sizeof(*distance), reading->err);
		if (!distance)
			return -1;
		distance->to = (unsigned int)to;
		distance->value = (unsigned int)value;
	}
	return 0;
}

/* ---- CPUs ---- */

/* Each thread names all of its core; the first one met makes the core. */
static int read_siblings(struct reading *reading, struct _xmlNode *cpu, unsigned int id)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set siblings = { 0 };
	struct vtune__set *core;

	if (read_set(reading, cpu, "siblings", &siblings) < 0)
		return -1;
	if (!vtune__set_has(&siblings, id))
		return vtune__xml_fail(cpu, reading->err, VTUNE_ERR_DOCUMENT,
				       "CPU %u is missing in its own siblings", id);
	if (vtune__set_has(&reading->threads, id))
		return 0;
	core = vtune__draft_add_core(reading->draft, reading->err);
	if (!core)
		return -1;
	if (vtune__set_copy(core, &siblings) < 0 || vtune__set_or(&reading->threads, &siblings) < 0)
		return vtune__fail_memory(reading->err);
	return 0;
}

static int read_cpu(struct reading *reading, struct _xmlNode *cpu, struct vtune__draft_node *node)
{
	uint64_t id;

	if (vtune__xml_uint(cpu, "id", VTUNE__MAX_CPU, &id, reading->err) < 0)
		return -1;
	if (vtune__set_has(&node->cpus, (unsigned int)id))
		return vtune__xml_fail(cpu, reading->err, VTUNE_ERR_DOCUMENT,
				       "CPU %" PRIu64 " is in this cell twice", id);
	if (vtune__set_add(&node->cpus, (unsigned int)id) < 0)
		return vtune__fail_memory(reading->err);
	if (vtune__xml_peek(cpu, "socket_id") &&
	    vtune__capabilities_read_parts(&reading->parts, reading->draft, cpu, (unsigned int)id,
					   reading->err) < 0)
		return -1;
	if (vtune__xml_peek(cpu, "siblings"))
		return read_siblings(reading, cpu, (unsigned int)id);
	/* Of CPUs that are off libvirt gives nothing but the number. */
	if (vtune__set_add(&reading->draft->offline, (unsigned int)id) < 0)
		return vtune__fail_memory(reading->err);
	return 0;
}

static int read_cell(struct reading *reading, struct _xmlNode *cell)
{
	struct vtune__draft_node *node = vtune__draft_add_node(reading->draft, reading->err);
	struct _xmlNode *cpu = vtune__xml_path(cell, "cpus/cpu");
	uint64_t id;

	if (!node || vtune__xml_uint(cell, "id", VTUNE__MAX_NODE, &id, reading->err) < 0)
		return -1;
	node->id = (unsigned int)id;
	if (read_memory(reading, cell, node) < 0 || read_distances(reading, cell, node) < 0)
		return -1;
	for (; cpu; cpu = vtune__xml_next(cpu, "cpu"))
		if (read_cpu(reading, cpu, node) < 0)
			return -1;
	return 0;
}

/* ---- caches ---- */

static int read_bank(struct reading *reading, struct _xmlNode *bank)
{
	const char *type = vtune__xml_peek(bank, "type");
	struct vtune__cache *cache;
	uint64_t level;

	if (vtune__xml_uint(bank, "level", 16, &level, reading->err) < 0)
		return -1;
	/* As with hwloc: no caches that say nothing about data that CPUs share. */
	if (level < 2 || (type && strcmp(type, "code") == 0))
		return 0;
	cache = vtune__draft_add_cache(reading->draft, reading->err);
	if (!cache)
		return -1;
	cache->level = (unsigned int)level;
	return read_set(reading, bank, "cpus", &cache->cpus);
}

static bool is_in_larger(const struct vtune__draft *draft, unsigned int number)
{
	const struct vtune__cache *cache = &draft->caches[number];

	for (unsigned int i = 0; i < draft->ncaches; i++) {
		const struct vtune__cache *other = &draft->caches[i];
		unsigned int more = vtune__set_count(&other->cpus),
			     count = vtune__set_count(&cache->cpus);

		if (other->level == cache->level &&
		    (more > count || (more == count && i < number)) &&
		    vtune__set_intersects(&other->cpus, &cache->cpus))
			return true;
	}
	return false;
}

/* A virtual machine may tell of the same cache twice: QEMU gives each CPU one of its own,
 * and the firmware's tables one to each node. As hwloc does, believe the larger one. */
static void keep_larger_caches(struct vtune__draft *draft)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < draft->ncaches; i++) {
		if (is_in_larger(draft, i))
			vtune__set_clear(&draft->caches[i].cpus);
	}
	for (unsigned int i = 0; i < draft->ncaches; i++) {
		if (vtune__set_is_empty(&draft->caches[i].cpus))
			vtune__set_free(&draft->caches[i].cpus);
		else
			draft->caches[count++] = draft->caches[i];
	}
	draft->ncaches = count;
}

/* CPUs of cores and caches that no cell has are of no use to anybody. */
static int keep_known_cpus(struct reading *reading)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set known = { 0 };
	struct vtune__draft *draft = reading->draft;
	unsigned int i;

	for (i = 0; i < draft->nnodes; i++)
		if (vtune__set_or(&known, &draft->nodes[i].cpus) < 0)
			return vtune__fail_memory(reading->err);
	for (i = 0; i < draft->ncores; i++)
		vtune__set_and(&draft->cores[i], &known);
	for (i = 0; i < draft->ncaches; i++)
		vtune__set_and(&draft->caches[i].cpus, &known);
	keep_larger_caches(draft);
	vtune__capabilities_drop_equal_parts(draft);
	return 0;
}

/* ---- the whole ---- */

static int read_word(struct reading *reading, struct _xmlNode *cpu, const char *name, char **to)
{
	struct _xmlNode *node = cpu ? vtune__xml_child(cpu, name) : NULL;
	const char *text = node ? vtune__xml_peek_text(node) : NULL;

	if (!text || !text[0])
		return 0;
	*to = vtune__strdup(text, reading->err);
	return *to ? 0 : -1;
}

static int read_processor(struct reading *reading, struct _xmlNode *root)
{
	struct vtune__processor *processor = &reading->draft->processor;
	struct _xmlNode *cpu = vtune__xml_path(root, "host/cpu");

	if (read_word(reading, cpu, "arch", &processor->arch) < 0 ||
	    read_word(reading, cpu, "vendor", &processor->vendor) < 0)
		return -1;
	return read_word(reading, cpu, "model", &processor->model);
}

static int read_host(struct reading *reading, struct _xmlNode *root)
{
	struct _xmlNode *cells = vtune__xml_path(root, "host/topology/cells");
	struct _xmlNode *cell = cells ? vtune__xml_child(cells, "cell") : NULL;
	struct _xmlNode *bank = vtune__xml_path(root, "host/cache/bank");

	if (!cell)
		return vtune__xml_fail(root, reading->err, VTUNE_ERR_DOCUMENT,
				       "there is no <cell> in /capabilities/host/topology/cells; "
				       "\"virsh capabilities\" prints them for a real host");
	if (read_processor(reading, root) < 0 || find_ordinary_page(reading, cells) < 0)
		return -1;
	for (; cell; cell = vtune__xml_next(cell, "cell"))
		if (read_cell(reading, cell) < 0)
			return -1;
	for (; bank; bank = vtune__xml_next(bank, "bank"))
		if (read_bank(reading, bank) < 0)
			return -1;
	return keep_known_cpus(reading);
}

int vtune__capabilities_read(struct vtune__draft *draft, const char *xml, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__xml_free) struct _xmlDoc *document = NULL;
	struct reading reading = { .draft = draft, .err = err };
	int rc;

	document = vtune__xml_parse(xml, "capabilities", err);
	if (!document)
		return -1;
	rc = read_host(&reading, vtune__xml_root(document));
	free(reading.parts.list);
	vtune__set_free(&reading.threads);
	return rc;
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_capabilities(const char *xml,
							     struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__draft_free) struct vtune__draft draft = { 0 };
	struct vtune_host *host;

	if (!xml) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	/* As with a topology: what VMs hold is to be taken off. */
	draft.free_includes_allocations = true;
	if (vtune__capabilities_read(&draft, xml, err) < 0)
		return NULL;
	host = vtune__host_build(&draft, err);
	if (!host)
		vtune__error_prefix(err, "the host of the capabilities");
	return host;
}
