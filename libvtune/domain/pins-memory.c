/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory a domain has, in which guest cells, pages and host nodes. */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

static int read_size(struct _xmlNode *node, const char *attribute, uint64_t *kib,
		     struct vtune_error **err)
{
	if (vtune__domain_size(node, attribute, kib))
		return 0;
	return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
			       "%s%s<%s> must be a size with a unit that libvirt knows, or in KiB",
			       attribute ? attribute : "", attribute ? " of " : "",
			       vtune__xml_name(node));
}

/* ---- guest cells ---- */

/* Without ids libvirt numbers the cells in the order they stand in. */
static int find_cell(struct vtune__pins *pins, struct _xmlNode *cell, unsigned int place,
		     struct vtune__set *seen, uint64_t *id, struct vtune_error **err)
{
	*id = place;
	if (vtune__xml_peek(cell, "id") && vtune__xml_uint(cell, "id", UINT32_MAX, id, err) < 0)
		return -1;
	if (*id >= pins->ncells || vtune__set_has(seen, (unsigned int)*id))
		return vtune__xml_fail(cell, err, VTUNE_ERR_DOCUMENT,
				       "The id of this <cell> is %llu; the %u cells must be "
				       "numbered from 0 to %u, each once",
				       (unsigned long long)*id, pins->ncells, pins->ncells - 1);
	return vtune__set_add(seen, (unsigned int)*id) < 0 ? vtune__fail_memory(err) : 0;
}

static int read_cell(struct vtune__pinned_cell *it, struct _xmlNode *cell,
		     const struct vtune__set *all, struct vtune_error **err)
{
	if (vtune__xml_peek(cell, "memory") && read_size(cell, "memory", &it->memory_kib, err) < 0)
		return -1;
	if (vtune__pins_read_set(cell, "cpus", VTUNE__MAX_CPU, &it->vcpus, err) < 0)
		return -1;
	vtune__set_and(&it->vcpus, all);
	return 0;
}

static int read_listed(struct vtune__pins *pins, struct _xmlNode *numa,
		       const struct vtune__set *all, struct vtune_error **err)
{
	struct vtune__set seen VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__set rest VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *cell = vtune__xml_child(numa, "cell");

	if (vtune__set_copy(&rest, all) < 0)
		return vtune__fail_memory(err);
	for (unsigned int i = 0; cell; i++, cell = vtune__xml_next(cell, "cell")) {
		uint64_t id;

		if (find_cell(pins, cell, i, &seen, &id, err) < 0 ||
		    read_cell(&pins->cells[id], cell, all, err) < 0)
			return -1;
		vtune__set_andnot(&rest, &pins->cells[id].vcpus);
	}
	/* libvirt puts vCPUs that no cell names into the first. */
	return vtune__set_or(&pins->cells[0].vcpus, &rest) < 0 ? vtune__fail_memory(err) : 0;
}

static unsigned int count_cells(struct _xmlNode *numa)
{
	struct _xmlNode *cell = numa ? vtune__xml_child(numa, "cell") : NULL;
	unsigned int count = 0;

	for (; cell; cell = vtune__xml_next(cell, "cell"))
		count++;
	return count;
}

static int read_cells(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct vtune__set all VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *numa = vtune__xml_path(domain, "cpu/numa");
	unsigned int count = count_cells(numa);

	if (count > VTUNE__MAX_VCPUS)
		return vtune__xml_fail(numa, err, VTUNE_ERR_DOCUMENT,
				       "There are %u cells, and at most %u may be", count,
				       VTUNE__MAX_VCPUS);
	pins->listed = count > 0;
	pins->ncells = count ? count : 1;
	pins->cells = vtune__alloc(pins->ncells, sizeof(*pins->cells), err);
	if (!pins->cells || vtune__domain_first(&all, pins->nvcpus, err) < 0)
		return -1;
	if (count)
		return read_listed(pins, numa, &all, err);
	pins->cells[0].vcpus = all;
	all = (struct vtune__set){ 0 };
	return 0;
}

/* ---- how much ---- */

/* Modules belong to a cell; where that is not said or not there, to the first. */
static int read_modules(struct vtune__pins *pins, struct _xmlNode *domain, uint64_t *sum,
			struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *module = devices ? vtune__xml_child(devices, "memory") : NULL;

	*sum = 0;
	for (; module; module = vtune__xml_next(module, "memory")) {
		struct _xmlNode *size = vtune__xml_path(module, "target/size");
		struct _xmlNode *node = vtune__xml_path(module, "target/node");
		uint64_t cell = 0, kib;

		if (!size)
			continue;
		if (read_size(size, NULL, &kib, err) < 0)
			return -1;
		if (node && (!vtune__domain_number(node, &cell) || cell >= pins->ncells))
			cell = 0;
		*sum += kib;
		if (*sum > VTUNE__MAX_KIB)
			return vtune__xml_fail(module, err, VTUNE_ERR_DOCUMENT,
					       "The memory modules are too large together");
		pins->cells[cell].modules_kib += kib;
	}
	return 0;
}

static int read_amount(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct _xmlNode *memory = vtune__xml_child(domain, "memory");
	uint64_t modules;

	if (read_modules(pins, domain, &modules, err) < 0 ||
	    (memory && read_size(memory, NULL, &pins->memory_kib, err) < 0))
		return -1;
	/* <memory> is that of the cells and the modules together. */
	if (!pins->listed && pins->memory_kib > modules)
		pins->cells[0].memory_kib = pins->memory_kib - modules;
	return 0;
}

/* ---- pages ---- */

static int read_page(struct vtune__pins *pins, struct _xmlNode *page, struct vtune_error **err)
{
	struct vtune__set cells VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const char *nodeset = vtune__xml_peek(page, "nodeset");
	uint64_t kib;

	if (read_size(page, "size", &kib, err) < 0 ||
	    vtune__pins_read_set(page, "nodeset", VTUNE__MAX_CPU, &cells, err) < 0)
		return -1;
	/* The smallest page of every processor is an ordinary one. */
	if (kib <= 4)
		kib = 0;
	for (unsigned int i = 0; i < pins->ncells; i++) {
		struct vtune__pinned_cell *cell = &pins->cells[i];

		if (nodeset ? !vtune__set_has(&cells, i) : !cell->default_page)
			continue;
		cell->page_kib = kib;
		cell->default_page = false;
	}
	return 0;
}

/* <hugepages> makes all cells huge; a <page> without nodeset is for those that no other
 * one names. */
static int read_pages(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	struct _xmlNode *hugepages = vtune__xml_path(domain, "memoryBacking/hugepages");
	struct _xmlNode *first = hugepages ? vtune__xml_child(hugepages, "page") : NULL;

	if (!hugepages)
		return 0;
	for (unsigned int i = 0; i < pins->ncells; i++)
		pins->cells[i].default_page = true;
	for (int with = 1; with >= 0; with--) {
		for (struct _xmlNode *page = first; page; page = vtune__xml_next(page, "page")) {
			if (!!vtune__xml_peek(page, "nodeset") == with &&
			    read_page(pins, page, err) < 0)
				return -1;
		}
	}
	/* Cells that no <page> is for have ordinary pages. */
	for (unsigned int i = 0; first && i < pins->ncells; i++)
		pins->cells[i].default_page = false;
	return 0;
}

/* ---- host nodes ---- */

/* A mode that this version does not know is as none. */
static int mode_of(struct _xmlNode *node)
{
	const char *mode = vtune__xml_peek(node, "mode");

	if (!mode)
		return VTUNE__STRICT;
	for (int i = 0; vtune__memory_mode_names[i]; i++) {
		if (strcmp(vtune__memory_mode_names[i], mode) == 0)
			return i;
	}
	return -1;
}

static bool is_auto(struct _xmlNode *node)
{
	const char *placement = node ? vtune__xml_peek(node, "placement") : NULL;

	return placement && strcmp(placement, "auto") == 0;
}

/* numad decides where <memory> says so, and also where it says nothing and <vcpu> does. */
static int read_all_nodes(struct vtune__pins *pins, struct _xmlNode *domain,
			  struct vtune_error **err)
{
	struct _xmlNode *memory = vtune__xml_path(domain, "numatune/memory");

	if (memory) {
		pins->mode = mode_of(memory);
		if (!is_auto(memory) &&
		    vtune__pins_read_set(memory, "nodeset", VTUNE__MAX_NODE, &pins->nodes, err) < 0)
			return -1;
	}
	pins->mode_auto = is_auto(memory) || (is_auto(vtune__xml_child(domain, "vcpu")) &&
					      vtune__set_is_empty(&pins->nodes));
	return 0;
}

static int read_memnodes(struct vtune__pins *pins, struct _xmlNode *numatune,
			 struct vtune_error **err)
{
	struct _xmlNode *memnode = numatune ? vtune__xml_child(numatune, "memnode") : NULL;

	for (; memnode; memnode = vtune__xml_next(memnode, "memnode")) {
		uint64_t id;

		if (vtune__xml_uint(memnode, "cellid", UINT32_MAX, &id, err) < 0)
			return -1;
		if (id >= pins->ncells)
			continue;
		pins->cells[id].mode = mode_of(memnode);
		if (vtune__pins_read_set(memnode, "nodeset", VTUNE__MAX_NODE,
					 &pins->cells[id].nodes, err) < 0)
			return -1;
	}
	return 0;
}

static int read_nodes(struct vtune__pins *pins, struct _xmlNode *domain, struct vtune_error **err)
{
	if (read_all_nodes(pins, domain, err) < 0)
		return -1;
	for (unsigned int i = 0; i < pins->ncells; i++)
		pins->cells[i].mode = pins->mode;
	if (read_memnodes(pins, vtune__xml_child(domain, "numatune"), err) < 0)
		return -1;
	for (unsigned int i = 0; i < pins->ncells; i++) {
		if (vtune__set_is_empty(&pins->cells[i].nodes) &&
		    vtune__set_copy(&pins->cells[i].nodes, &pins->nodes) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

int vtune__pins_read_memory(struct vtune__pins *pins, struct _xmlNode *domain,
			    struct vtune_error **err)
{
	if (read_cells(pins, domain, err) < 0 || read_amount(pins, domain, err) < 0 ||
	    read_pages(pins, domain, err) < 0)
		return -1;
	return read_nodes(pins, domain, err);
}
