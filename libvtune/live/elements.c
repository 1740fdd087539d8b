/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Elements that libvirt changes at the start of a domain only, compared as they are. */
#include "../base/xml.h"
#include "live.h"

static const struct {
	const char *parent, *name; /* parent NULL: the domain */
	const char *code, *what;
} elements[] = {
	{ NULL, "maxMemory", "hotplug", "How much memory can be plugged in" },
	{ NULL, "memtune", "memtune", "The limits of memory" },
	{ "memoryBacking", "nosharepages", "memory_backing",
	  "Whether its pages are merged with others'" },
	{ "memoryBacking", "locked", "memory_backing", "Whether its memory is locked" },
	{ "memoryBacking", "source", "memory_backing", "Where its memory comes from" },
	{ "memoryBacking", "allocation", "memory_backing", "How its memory is allocated" },
	{ "cputune", "vcpusched", "realtime", "Which vCPUs are realtime threads" },
	{ "cputune", "emulatorsched", "realtime", "Whether the emulator is a realtime thread" },
	{ "cputune", "iothreadsched", "realtime", "Whether I/O threads are realtime threads" },
};

static struct _xmlNode *first_of(struct _xmlNode *domain, unsigned int element)
{
	const char *parent = elements[element].parent;

	if (parent)
		domain = vtune__xml_child(domain, parent);
	return domain ? vtune__xml_child(domain, elements[element].name) : NULL;
}

static bool is_same(struct _xmlNode *have, struct _xmlNode *want, unsigned int element)
{
	static const char *const added[] = { NULL };
	const char *name = elements[element].name;

	have = first_of(have, element);
	want = first_of(want, element);
	for (; have && want; have = vtune__xml_next(have, name)) {
		if (!vtune__xml_same(want, have, added))
			return false;
		want = vtune__xml_next(want, name);
	}
	return !have && !want;
}

int vtune__elements_compare(const char *have, const char *want,
			    int (*differs)(void *data, const char *code, const char *what),
			    void *data, struct vtune_error **err)
{
	struct _xmlDoc *ours VTUNE__CLEANUP(vtune__xml_free) =
		vtune__xml_parse(want, "domain", err);
	struct _xmlDoc *theirs VTUNE__CLEANUP(vtune__xml_free) =
		ours ? vtune__xml_parse(have, "domain", err) : NULL;

	if (!theirs)
		return -1;
	for (unsigned int i = 0; i < VTUNE__COUNT(elements); i++)
		if (!is_same(vtune__xml_root(theirs), vtune__xml_root(ours), i) &&
		    differs(data, elements[i].code, elements[i].what) < 0)
			return -1;
	return 0;
}
