/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../base/xml.h"

const char *const vtune__backing_order[] = {
	"hugepages", "nosharepages", "locked", "source", "access", "allocation", "discard", NULL,
};

static const char *const memtune_order[] = {
	"hard_limit", "soft_limit", "min_guarantee", "swap_hard_limit", NULL,
};

/* An element that is there or not. */
static int lay_flag(struct _xmlNode *domain, const char *name, enum vtune__said said,
		    struct vtune_error **err)
{
	struct _xmlNode *backing = vtune__xml_child(domain, "memoryBacking");
	struct _xmlNode *node = backing ? vtune__xml_child(backing, name) : NULL;

	if (said == VTUNE__NO && node) {
		vtune__xml_remove(node);
		vtune__xml_remove_empty(backing);
	}
	if (said != VTUNE__YES)
		return 0;
	backing = vtune__domain_ensure(domain, "memoryBacking", err);
	return backing && vtune__xml_ensure(backing, name, vtune__backing_order, err) ? 0 : -1;
}

static int lay_word(struct _xmlNode *domain, const char *name, const char *attribute,
		    const char *word, struct vtune_error **err)
{
	struct _xmlNode *backing = vtune__domain_ensure(domain, "memoryBacking", err);
	struct _xmlNode *node =
		backing ? vtune__xml_ensure(backing, name, vtune__backing_order, err) : NULL;

	return node ? vtune__xml_set(node, attribute, word, err) : -1;
}

static int lay_threads(struct _xmlNode *domain, unsigned int threads, struct vtune_error **err)
{
	struct _xmlNode *backing = vtune__domain_ensure(domain, "memoryBacking", err);
	struct _xmlNode *node =
		backing ? vtune__xml_ensure(backing, "allocation", vtune__backing_order, err)
			: NULL;

	return node ? vtune__xml_set_uint(node, "threads", threads, err) : -1;
}

static int lay_limit(struct _xmlNode *domain, const char *name, uint64_t kib,
		     struct vtune_error **err)
{
	struct _xmlNode *memtune, *node;

	if (!kib)
		return 0;
	memtune = vtune__domain_ensure(domain, "memtune", err);
	node = memtune ? vtune__xml_ensure(memtune, name, memtune_order, err) : NULL;
	return node ? vtune__domain_set_size(node, NULL, kib, err) : -1;
}

int vtune__domain_lay_backing(struct _xmlNode *domain, const struct vtune_plan *plan,
			      struct vtune_error **err)
{
	const struct vtune__plan_backing *backing = &plan->backing;

	if (lay_flag(domain, "nosharepages", backing->nosharepages, err) < 0 ||
	    lay_flag(domain, "locked", backing->locked, err) < 0)
		return -1;
	if (backing->source && lay_word(domain, "source", "type",
					vtune__memory_source_names[backing->source], err) < 0)
		return -1;
	if (backing->allocation &&
	    lay_word(domain, "allocation", "mode",
		     vtune__allocation_mode_names[backing->allocation], err) < 0)
		return -1;
	if (backing->allocation_threads &&
	    lay_threads(domain, backing->allocation_threads, err) < 0)
		return -1;
	if (lay_limit(domain, "hard_limit", backing->limits.hard_kib, err) < 0 ||
	    lay_limit(domain, "soft_limit", backing->limits.soft_kib, err) < 0)
		return -1;
	return lay_limit(domain, "swap_hard_limit", backing->limits.swap_hard_kib, err);
}
