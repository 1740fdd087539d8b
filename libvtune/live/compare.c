/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only a start of a domain changes and the pins know nothing of. */
#include <string.h>

#include "../base/xml.h"
#include "compare.h"

/* ---- pairs ---- */

int vtune__pair_open(struct vtune__pair *pair, const char *have, const char *want,
		     struct vtune_error **err)
{
	pair->docs[0] = vtune__xml_parse(have, "domain", err);
	pair->docs[1] = pair->docs[0] ? vtune__xml_parse(want, "domain", err) : NULL;
	if (!pair->docs[1]) {
		vtune__pair_close(pair);
		return -1;
	}
	pair->have = vtune__xml_root(pair->docs[0]);
	pair->want = vtune__xml_root(pair->docs[1]);
	return 0;
}

void vtune__pair_close(struct vtune__pair *pair)
{
	vtune__xml_free(&pair->docs[0]);
	vtune__xml_free(&pair->docs[1]);
	memset(pair, 0, sizeof(*pair));
}

/* ---- elements ---- */

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static const char *peek_at(struct _xmlNode *domain, const char *way, const char *attribute)
{
	struct _xmlNode *node = vtune__xml_path(domain, way);

	return node ? vtune__xml_peek(node, attribute) : NULL;
}

static bool shares_memory_alike(struct _xmlNode *domain, struct _xmlNode *other)
{
	struct _xmlNode *have = vtune__xml_path(domain, "cpu/numa/cell");
	struct _xmlNode *want = vtune__xml_path(other, "cpu/numa/cell");

	for (; have && want; have = vtune__xml_next(have, "cell")) {
		if (!is_same(vtune__xml_peek(have, "memAccess"),
			     vtune__xml_peek(want, "memAccess")))
			return false;
		want = vtune__xml_next(want, "cell");
	}
	return is_same(peek_at(domain, "memoryBacking/access", "mode"),
		       peek_at(other, "memoryBacking/access", "mode"));
}

static const struct {
	const char *parent, *name; /* parent NULL: the domain */
	const char *code, *what;
	bool (*same)(struct _xmlNode *have, struct _xmlNode *want); /* NULL: all of that name */
} elements[] = {
	{ NULL, "maxMemory", "hotplug", "How much memory can be plugged in", NULL },
	{ NULL, "memtune", "memtune", "Which limits its memory has", NULL },
	{ "memoryBacking", "nosharepages", "memory_backing",
	  "Whether its pages are merged with others'", NULL },
	{ "memoryBacking", "locked", "memory_backing", "Whether its memory is locked", NULL },
	{ "memoryBacking", "source", "memory_backing", "Where its memory comes from", NULL },
	{ "memoryBacking", "access", "memory_access",
	  "Whether its memory is shared with other processes", shares_memory_alike },
	{ "memoryBacking", "allocation", "memory_backing", "How its memory is allocated", NULL },
	{ "cputune", "vcpusched", "realtime", "Which vCPUs are realtime threads", NULL },
	{ "cputune", "emulatorsched", "realtime", "Whether the emulator is a realtime thread",
	  NULL },
	{ "cputune", "iothreadsched", "realtime", "Whether I/O threads are realtime threads",
	  NULL },
	{ NULL, "cpu", "guest_cpu", "What mode, model, features and caches the guest's CPU has",
	  vtune__compare_cpu_model },
	{ "cpu", "topology", "guest_topology", "Which sockets, cores and threads the guest sees",
	  vtune__compare_cpu_topology },
};

static struct _xmlNode *first_of(struct _xmlNode *domain, unsigned int element)
{
	const char *parent = elements[element].parent;

	if (parent)
		domain = vtune__xml_child(domain, parent);
	return domain ? vtune__xml_child(domain, elements[element].name) : NULL;
}

static bool are_same(const struct vtune__pair *pair, unsigned int element)
{
	static const char *const added[] = { NULL };
	struct _xmlNode *have, *want;

	if (elements[element].same)
		return elements[element].same(pair->have, pair->want);
	have = first_of(pair->have, element);
	want = first_of(pair->want, element);
	for (; have && want; have = vtune__xml_next(have, elements[element].name)) {
		if (!vtune__xml_same(want, have, added))
			return false;
		want = vtune__xml_next(want, elements[element].name);
	}
	return !have && !want;
}

static int tell_of(unsigned int element, vtune__difference_fn *tell, void *data,
		   struct vtune_error **err)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text due VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__difference difference = { .code = elements[element].code,
						.element = elements[element].name };

	vtune__text_addf(&text, "%s is not as planned", elements[element].what);
	vtune__text_addf(&due, "%s changes at the next start", elements[element].what);
	if (text.failed || due.failed)
		return vtune__fail_memory(err);
	difference.text = text.data;
	difference.due = due.data;
	return tell(data, &difference);
}

int vtune__compare(const struct vtune__pair *pair, vtune__difference_fn *tell, void *data,
		   struct vtune_error **err)
{
	for (unsigned int i = 0; i < VTUNE__COUNT(elements); i++)
		if (!are_same(pair, i) && tell_of(i, tell, data, err) < 0)
			return -1;
	return vtune__compare_devices(pair, tell, data, err);
}
