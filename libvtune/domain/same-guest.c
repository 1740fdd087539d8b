/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest that runs keeps what it sees, wherever it goes: libvirt compares the number and
 * the memory of its cells, their vCPUs and distances, and its CPU before it lets it. */
#include <inttypes.h>

#include "domain.h"

static int fail_counts(const struct vtune__pins *pins, const struct vtune_plan *plan,
		       const char *what, unsigned int planned, unsigned int there,
		       struct vtune_error **err)
{
	return vtune__fail(err, VTUNE_ERR_INVALID, pins->name,
			   "The plan of \"%s\" is for %u %s%s, and the domain has %u; what the "
			   "guest sees cannot change when it goes to another host",
			   plan->vm, planned, what, planned == 1 ? "" : "s", there);
}

static int check_vcpus(const struct vtune__pins *pins, const struct vtune_plan *plan,
		       unsigned int cell, struct vtune_error **err)
{
	const struct vtune__set *want = &plan->cells[cell].vcpus, *have = &pins->cells[cell].vcpus;
	char *wanted VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *there VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (vtune__set_equal(want, have))
		return 0;
	wanted = vtune__set_print(want);
	there = vtune__set_print(have);
	if (!wanted || !there)
		return vtune__fail_memory(err);
	return vtune__fail(
		err, VTUNE_ERR_INVALID, pins->name,
		"By the plan of \"%s\" guest cell %u has the vCPUs %s, and in the domain "
		"%s; what the guest sees cannot change when it goes to another host",
		plan->vm, cell, wanted, there);
}

/* A plan counts in whole pages, and rounds up to ordinary ones. */
static bool is_as_large(const struct vtune_plan *plan, unsigned int cell, uint64_t kib)
{
	const struct vtune__plan_cell *planned = &plan->cells[cell];

	if (plan->huge)
		return planned->memory_kib == kib;
	return planned->memory_kib >= kib && planned->memory_kib - kib < planned->page_kib;
}

static int check_memory(const struct vtune__pins *pins, const struct vtune_plan *plan,
			unsigned int cell, struct vtune_error **err)
{
	uint64_t kib = pins->cells[cell].memory_kib;

	if (is_as_large(plan, cell, kib))
		return 0;
	return vtune__fail(err, VTUNE_ERR_INVALID, pins->name,
			   "By the plan of \"%s\" guest cell %u has %" PRIu64 " KiB of memory, and "
			   "in the domain %" PRIu64 " KiB; what the guest sees cannot change when "
			   "it goes to another host",
			   plan->vm, cell, plan->cells[cell].memory_kib, kib);
}

int vtune__domain_check_guest(const struct vtune__pins *pins, const struct vtune_plan *plan,
			      struct vtune_error **err)
{
	if (plan->nvcpus != pins->nvcpus)
		return fail_counts(pins, plan, "vCPU", plan->nvcpus, pins->nvcpus, err);
	if (plan->ncells != pins->ncells)
		return fail_counts(pins, plan, "guest cell", plan->ncells, pins->ncells, err);
	if (plan->niothreads > pins->niothreads)
		return fail_counts(pins, plan, "I/O thread", plan->niothreads, pins->niothreads,
				   err);
	for (unsigned int i = 0; i < pins->ncells; i++) {
		if (check_vcpus(pins, plan, i, err) < 0 || check_memory(pins, plan, i, err) < 0)
			return -1;
	}
	return 0;
}
