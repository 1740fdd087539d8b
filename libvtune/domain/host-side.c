/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where threads and memory go on a host. All else of a domain is what its guest sees, or
 * what only its owner can know of another host. */
#include <stdio.h>
#include <string.h>

#include "../base/xml.h"
#include "domain.h"

/* ---- how QEMU names the guest's memory ---- */

/* The version at the end of "pc-q35-7.2"; other names tell none. */
static bool is_machine_since(struct _xmlNode *domain, unsigned int major, unsigned int minor)
{
	struct _xmlNode *type = vtune__xml_path(domain, "os/type");
	const char *machine = type ? vtune__xml_peek(type, "machine") : NULL;
	const char *dash = machine ? strrchr(machine, '-') : NULL;
	unsigned int has_major, has_minor;
	char rest;

	if (!dash || sscanf(dash, "-%3u.%3u%c", &has_major, &has_minor, &rest) != 2)
		return false;
	return has_major > major || (has_major == major && has_minor >= minor);
}

/*
 * Before the machines of QEMU 5.1, cells that are bound to no node and have no pages of
 * their own are parts of one block of memory ("-numa node,mem="), and else a block each. The
 * blocks are sent by their names, so this must stay as it is.
 */
static bool has_blocks(struct _xmlNode *domain)
{
	return vtune__xml_path(domain, "numatune/memnode") ||
	       vtune__xml_path(domain, "memoryBacking/hugepages") || is_machine_since(domain, 5, 1);
}

static int check_blocks(const struct vtune__pins *pins, const struct vtune_plan *plan,
			struct vtune_error **err)
{
	if (!plan->huge)
		return 0;
	return vtune__fail(err, VTUNE_ERR_INVALID, pins->name,
			   "By its plan \"%s\" gets huge pages; the memory of a machine older than "
			   "pc-q35-5.1 with guest cells would then be sent under other names, "
			   "which no destination takes; plan with ordinary pages",
			   plan->vm);
}

/* ---- memory ---- */

/* Without guest cells there is none that a page size could be for. */
static void forget_cells(struct _xmlNode *domain)
{
	struct _xmlNode *page = vtune__xml_path(domain, "memoryBacking/hugepages/page");

	if (page)
		vtune__xml_unset(page, "nodeset");
}

/* A module that is bound to nodes goes where its cell is. */
static int lay_module(struct _xmlNode *module, const struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *mask = vtune__xml_path(module, "source/nodemask");
	struct _xmlNode *node = vtune__xml_path(module, "target/node");
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
	uint64_t cell = 0;

	if (!mask)
		return 0;
	if (node && (!vtune__domain_number(node, &cell) || cell >= plan->ncells))
		cell = 0;
	if (vtune__domain_add_nodes(plan, &plan->cells[cell], &nodes, err) < 0)
		return -1;
	text = vtune__set_print(&nodes);
	return text ? vtune__xml_set_text(mask, text, err) : vtune__fail_memory(err);
}

static int lay_modules(struct _xmlNode *domain, const struct vtune_plan *plan,
		       struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *module = devices ? vtune__xml_child(devices, "memory") : NULL;

	for (; module; module = vtune__xml_next(module, "memory")) {
		if (lay_module(module, plan, err) < 0)
			return -1;
	}
	return 0;
}

static int lay_memory(struct _xmlNode *domain, const struct vtune__pins *pins,
		      const struct vtune_plan *plan, struct vtune_error **err)
{
	bool blocks = pins->listed && has_blocks(domain);

	if (pins->listed && !blocks && check_blocks(pins, plan, err) < 0)
		return -1;
	if (vtune__domain_lay_nodes(domain, plan, blocks, err) < 0 ||
	    vtune__domain_lay_pages(domain, plan, err) < 0)
		return -1;
	if (!pins->listed)
		forget_cells(domain);
	return lay_modules(domain, plan, err);
}

/* ---- threads ---- */

static int collect_iothreads(const struct vtune__pins *pins, struct vtune__set *ids,
			     struct vtune_error **err)
{
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		if (vtune__set_add(ids, pins->iothreads[i].id) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

static int lay_threads(struct _xmlNode *domain, const struct vtune__pins *pins,
		       const struct vtune_plan *plan, struct vtune_error **err)
{
	struct vtune__set iothreads VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (collect_iothreads(pins, &iothreads, err) < 0 ||
	    vtune__domain_lay_vcpus(domain, plan, err) < 0)
		return -1;
	return vtune__domain_lay_cputune(domain, plan, &iothreads, err);
}

int vtune__domain_lay_host_side(struct _xmlNode *domain, const struct vtune_plan *plan,
				struct vtune_error **err)
{
	struct vtune__pins pins VTUNE__CLEANUP(vtune__pins_free) = { 0 };

	if (vtune__pins_of(&pins, domain, NULL, err) < 0 ||
	    vtune__domain_check_guest(&pins, plan, err) < 0 ||
	    lay_threads(domain, &pins, plan, err) < 0)
		return -1;
	return lay_memory(domain, &pins, plan, err);
}
