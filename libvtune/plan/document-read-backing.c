/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/read.h"
#include "document-read.h"

static int read_said(const struct vtune__json *object, const char *key, enum vtune__said *said,
		     struct vtune_error **err)
{
	struct vtune__json at;
	bool yes;

	if (!vtune__json_get(object, key, &at))
		return 0;
	if (vtune__json_bool(&at, &yes, err) < 0)
		return -1;
	*said = yes ? VTUNE__YES : VTUNE__NO;
	return 0;
}

static int read_backing(const struct vtune__json *root, struct vtune__plan_backing *backing,
			struct vtune_error **err)
{
	static const char *const keys[] = { "locked",	  "nosharepages",	"shared", "source",
					    "allocation", "allocation_threads", NULL };
	int source = -1, allocation = -1;
	struct vtune__json at;

	if (!vtune__json_get(root, "memory_backing", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    read_said(&at, "locked", &backing->locked, err) < 0 ||
	    read_said(&at, "nosharepages", &backing->nosharepages, err) < 0 ||
	    read_said(&at, "shared", &backing->shared, err) < 0 ||
	    vtune__spec_read_word(&at, "source", vtune__memory_source_names + 1, &source, err) <
		    0 ||
	    vtune__spec_read_word(&at, "allocation", vtune__allocation_mode_names + 1, &allocation,
				  err) < 0)
		return -1;
	/* The first of the words, "auto", is what a plan leaves out. */
	backing->source = (enum vtune__memory_source)(source + 1);
	backing->allocation = (enum vtune__allocation_mode)(allocation + 1);
	return vtune__spec_read_number(&at, "allocation_threads", 1, VTUNE__MAX_ALLOCATION_THREADS,
				       &backing->allocation_threads, err);
}

static int read_hotplug(const struct vtune__json *root, struct vtune_plan *plan,
			struct vtune_error **err)
{
	static const char *const keys[] = { "max_memory_kib", "slots", NULL };
	struct vtune__plan_backing *backing = &plan->backing;
	struct vtune__json at, child;
	uint64_t kib = 0;

	if (!vtune__json_get(root, "hotplug", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    vtune__plan_need_number(&at, "slots", 1, VTUNE__MAX_SLOTS, &backing->slots, err) < 0 ||
	    vtune__plan_need_size(&at, "max_memory_kib", &backing->max_memory_kib, err) < 0 ||
	    vtune__json_need(&at, "max_memory_kib", &child, err) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->ncells; i++)
		if (__builtin_add_overflow(kib, plan->cells[i].memory_kib, &kib))
			kib = UINT64_MAX;
	if (backing->max_memory_kib <= kib)
		return vtune__json_fail(&child, err, "Here must be more than the cells have");
	return 0;
}

static int read_limit(const struct vtune__json *object, const char *key, uint64_t *kib,
		      struct vtune_error **err)
{
	struct vtune__json at;

	return vtune__json_get(object, key, &at) ? vtune__plan_need_size(object, key, kib, err) : 0;
}

int vtune__plan_read_backing(const struct vtune__json *root, struct vtune_plan *plan,
			     struct vtune_error **err)
{
	static const char *const keys[] = { "hard_limit_kib", "soft_limit_kib",
					    "swap_hard_limit_kib", NULL };
	struct vtune__memory_limits *limits = &plan->backing.limits;
	struct vtune__json at;

	if (read_backing(root, &plan->backing, err) < 0 || read_hotplug(root, plan, err) < 0)
		return -1;
	if (!vtune__json_get(root, "memtune", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    read_limit(&at, "hard_limit_kib", &limits->hard_kib, err) < 0 ||
	    read_limit(&at, "soft_limit_kib", &limits->soft_kib, err) < 0)
		return -1;
	return read_limit(&at, "swap_hard_limit_kib", &limits->swap_hard_kib, err);
}
