/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

static int add_sizes(uint64_t *sum, uint64_t more, struct vtune_error **err)
{
	if (__builtin_add_overflow(*sum, more, sum) || *sum > VTUNE__MAX_KIB)
		return vtune__fail(err, VTUNE_ERR_INVALID, "/cells",
				   "The memory of the plan's cells is too much together");
	return 0;
}

/* The cells' memory, and that of memory modules: <memory> is the sum of both. */
static int sum_memory(struct _xmlNode *domain, const struct vtune_plan *plan, uint64_t *sum,
		      struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *module = devices ? vtune__xml_child(devices, "memory") : NULL;

	*sum = 0;
	for (unsigned int i = 0; i < plan->ncells; i++) {
		if (add_sizes(sum, plan->cells[i].memory_kib, err) < 0)
			return -1;
	}
	for (; module; module = vtune__xml_next(module, "memory")) {
		struct _xmlNode *size = vtune__xml_path(module, "target/size");
		uint64_t kib;

		if (size && vtune__domain_size(size, NULL, &kib) && add_sizes(sum, kib, err) < 0)
			return -1;
	}
	return 0;
}

/* QEMU does not start without room between the two. */
static int check_maximum(struct _xmlNode *domain, uint64_t memory, struct vtune_error **err)
{
	struct _xmlNode *maximum = vtune__xml_child(domain, "maxMemory");
	uint64_t kib;

	if (!maximum || !vtune__domain_size(maximum, NULL, &kib) || kib > memory)
		return 0;
	return vtune__xml_fail(
		maximum, err, VTUNE_ERR_DOCUMENT,
		"<maxMemory> is %llu KiB, and must be more than the domain's memory, "
		"which is %llu KiB with this plan; raise or remove it",
		(unsigned long long)kib, (unsigned long long)memory);
}

static int lay_maximum(struct _xmlNode *domain, const struct vtune_plan *plan,
		       struct vtune_error **err)
{
	struct _xmlNode *maximum;

	if (!plan->backing.max_memory_kib)
		return 0;
	maximum = vtune__domain_ensure(domain, "maxMemory", err);
	if (!maximum || vtune__xml_set_uint(maximum, "slots", plan->backing.slots, err) < 0)
		return -1;
	return vtune__domain_set_size(maximum, NULL, plan->backing.max_memory_kib, err);
}

/* A guest whose balloon was inflated keeps it. Huge pages cannot be given back, so
 * with them it would only hide memory from the guest. */
static int lay_current(struct _xmlNode *domain, const struct vtune_plan *plan, uint64_t before,
		       uint64_t memory, struct vtune_error **err)
{
	struct _xmlNode *current = vtune__xml_child(domain, "currentMemory");
	uint64_t kib;

	if (!current)
		return 0;
	if (!plan->huge && vtune__domain_size(current, NULL, &kib) && kib < before && kib < memory)
		return 0;
	return vtune__domain_set_size(current, NULL, memory, err);
}

/* libvirt refuses these two beside huge pages. */
static void remove_conflicts(struct _xmlNode *backing)
{
	struct _xmlNode *source = vtune__xml_child(backing, "source");
	struct _xmlNode *allocation = vtune__xml_child(backing, "allocation");
	const char *type = source ? vtune__xml_peek(source, "type") : NULL;
	const char *mode = allocation ? vtune__xml_peek(allocation, "mode") : NULL;

	if (type && strcmp(type, "anonymous") == 0)
		vtune__xml_remove(source);
	if (!mode || strcmp(mode, "ondemand") != 0)
		return;
	if (vtune__xml_peek(allocation, "threads"))
		vtune__xml_unset(allocation, "mode");
	else
		vtune__xml_remove(allocation);
}

/* One page size for all cells. */
static int lay_pages(struct _xmlNode *domain, struct _xmlNode *hugepages,
		     const struct vtune_plan *plan, struct vtune_error **err)
{
	static const char *const order[] = { "page", NULL };
	struct vtune__set cells VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *page = vtune__xml_ensure(hugepages, "page", order, err);
	struct _xmlNode *other;

	if (!page || vtune__domain_first(&cells, plan->ncells, err) < 0 ||
	    vtune__domain_set_size(page, "size", plan->cells[0].page_kib, err) < 0)
		return -1;
	if (!vtune__domain_has_cells(domain, plan))
		vtune__xml_unset(page, "nodeset");
	else if (vtune__xml_set_of(page, "nodeset", &cells, err) < 0)
		return -1;
	while ((other = vtune__xml_next(page, "page")))
		vtune__xml_remove(other);
	return 0;
}

int vtune__domain_lay_pages(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err)
{
	struct _xmlNode *backing = vtune__xml_child(domain, "memoryBacking");
	struct _xmlNode *hugepages = backing ? vtune__xml_child(backing, "hugepages") : NULL;

	if (!plan->huge) {
		if (!hugepages)
			return 0;
		vtune__xml_remove(hugepages);
		vtune__xml_remove_empty(backing);
		return 0;
	}
	backing = vtune__domain_ensure(domain, "memoryBacking", err);
	hugepages = backing ? vtune__xml_ensure(backing, "hugepages", vtune__backing_order, err)
			    : NULL;
	if (!hugepages || lay_pages(domain, hugepages, plan, err) < 0)
		return -1;
	remove_conflicts(backing);
	return 0;
}

int vtune__domain_lay_memory(struct _xmlNode *domain, const struct vtune_plan *plan,
			     struct vtune_error **err)
{
	struct _xmlNode *memory = vtune__domain_ensure(domain, "memory", err);
	uint64_t sum, before;

	if (!memory || sum_memory(domain, plan, &sum, err) < 0 ||
	    lay_maximum(domain, plan, err) < 0 || check_maximum(domain, sum, err) < 0)
		return -1;
	if (!vtune__domain_size(memory, NULL, &before))
		before = 0;
	if (vtune__domain_set_size(memory, NULL, sum, err) < 0 ||
	    lay_current(domain, plan, before, sum, err) < 0)
		return -1;
	return vtune__domain_lay_pages(domain, plan, err);
}
