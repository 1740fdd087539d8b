/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

/* 0, "auto", where the attribute has none of the words. */
static int word_of(struct _xmlNode *node, const char *attribute, const char *const *words)
{
	int word = vtune__find_word(words, node ? vtune__xml_peek(node, attribute) : NULL);

	return word < 0 ? 0 : word;
}

static void take_access(struct _xmlNode *backing, enum vtune__said *said)
{
	struct _xmlNode *access = vtune__xml_child(backing, "access");
	const char *mode = access ? vtune__xml_peek(access, "mode") : NULL;

	if (mode && strcmp(mode, "shared") == 0)
		*said = VTUNE__YES;
	else if (mode && strcmp(mode, "private") == 0)
		*said = VTUNE__NO;
}

/* What libvirt would refuse stays in the domain: it is for libvirt to say so. */
static void take_backing(struct vtune_spec *spec, struct _xmlNode *backing)
{
	bool huge = vtune__xml_child(backing, "hugepages") != NULL;
	struct _xmlNode *allocation = vtune__xml_child(backing, "allocation");
	struct vtune__backing_spec *to = &spec->backing;
	uint64_t threads;
	int source, mode;

	if (vtune__xml_child(backing, "locked"))
		to->locked = VTUNE__YES;
	if (vtune__xml_child(backing, "nosharepages"))
		to->nosharepages = VTUNE__YES;
	take_access(backing, &to->shared);
	if (vtune__spec_has_vhostuser(spec) && to->shared == VTUNE__NO)
		to->shared = VTUNE__UNSAID;
	source = word_of(vtune__xml_child(backing, "source"), "type", vtune__memory_source_names);
	if (source != VTUNE__SOURCE_ANONYMOUS ||
	    (!huge && to->shared != VTUNE__YES && !vtune__spec_has_vhostuser(spec)))
		to->source = (enum vtune__memory_source)source;
	mode = word_of(allocation, "mode", vtune__allocation_mode_names);
	if (mode != VTUNE__ALLOCATION_ONDEMAND || (!huge && !to->locked))
		to->allocation = (enum vtune__allocation_mode)mode;
	if (allocation && vtune__xml_peek_uint(allocation, "threads", &threads) && threads > 0 &&
	    threads <= VTUNE__MAX_ALLOCATION_THREADS)
		to->allocation_threads = (unsigned int)threads;
}

static void take_maximum(struct vtune_spec *spec, struct _xmlNode *domain)
{
	struct _xmlNode *maximum = vtune__xml_child(domain, "maxMemory");
	uint64_t kib, slots;

	if (!maximum || !vtune__domain_size(maximum, NULL, &kib) || kib <= spec->memory_kib ||
	    !vtune__xml_peek_uint(maximum, "slots", &slots) || slots == 0 ||
	    slots > VTUNE__MAX_SLOTS)
		return;
	if (spec->hugepages == VTUNE__PAGES_SIZE && kib % spec->page_kib != 0)
		return;
	spec->backing.max_memory_kib = kib;
	spec->backing.slots = (unsigned int)slots;
}

static uint64_t limit_of(struct _xmlNode *memtune, const char *name)
{
	struct _xmlNode *node = vtune__xml_child(memtune, name);
	uint64_t kib;

	return node && vtune__domain_size(node, NULL, &kib) && kib <= VTUNE__MAX_KIB ? kib : 0;
}

/* Limits that a spec would be refused for stay in the domain, too. */
static void take_limits(struct vtune_spec *spec, struct _xmlNode *memtune)
{
	struct vtune__memory_limits *limits = &spec->backing.limits;

	limits->hard_kib = limit_of(memtune, "hard_limit");
	limits->soft_kib = limit_of(memtune, "soft_limit");
	limits->swap_hard_kib = limit_of(memtune, "swap_hard_limit");
	if (limits->hard_kib <= spec->memory_kib) {
		spec->seen.hard_limit_kib = limits->hard_kib;
		limits->hard_kib = 0;
	}
	if (limits->swap_hard_kib < limits->hard_kib)
		limits->swap_hard_kib = 0;
	if (limits->hard_kib && limits->soft_kib > limits->hard_kib)
		limits->soft_kib = 0;
}

void vtune__spec_of_backing(struct vtune_spec *spec, struct _xmlNode *domain)
{
	struct _xmlNode *backing = vtune__xml_child(domain, "memoryBacking");
	struct _xmlNode *memtune = vtune__xml_child(domain, "memtune");

	if (backing)
		take_backing(spec, backing);
	if (memtune)
		take_limits(spec, memtune);
	take_maximum(spec, domain);
}
