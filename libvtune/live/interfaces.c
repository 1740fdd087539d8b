/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan changes of a domain's interfaces, and of who may use its memory. A start of
 * the domain is what changes these. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/xml.h"
#include "live.h"

struct sides {
	struct _xmlNode *have, *want;
	vtune__at_start_fn *report;
	void *data;
};

static struct _xmlNode *first_interface(struct _xmlNode *domain)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");

	return devices ? vtune__xml_child(devices, "interface") : NULL;
}

static int report(const struct sides *sides, struct _xmlNode *node, unsigned int number,
		  const char *what)
{
	struct _xmlNode *mac = vtune__xml_child(node, "mac");
	const char *address = mac ? vtune__xml_peek(mac, "address") : NULL;
	char text[128];

	if (address)
		snprintf(text, sizeof(text), "interface %s %s", address, what);
	else
		snprintf(text, sizeof(text), "interface %u %s", number, what);
	return sides->report(sides->data, "interfaces", text);
}

/* A plan takes none away, and puts new ones behind the others. */
static int compare_interfaces(const struct sides *sides)
{
	static const char *const none[] = { NULL };
	struct _xmlNode *have = first_interface(sides->have);
	struct _xmlNode *want = first_interface(sides->want);

	for (unsigned int i = 0; want; i++, want = vtune__xml_next(want, "interface")) {
		int result = 0;

		if (!have)
			result = report(sides, want, i, "is not there");
		else if (!vtune__xml_same(have, want, none))
			result = report(sides, want, i, "has another source, driver or queues");
		if (result < 0)
			return -1;
		have = have ? vtune__xml_next(have, "interface") : NULL;
	}
	return 0;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

static const char *peek_at(struct _xmlNode *domain, const char *way, const char *attribute)
{
	struct _xmlNode *node = vtune__xml_path(domain, way);

	return node ? vtune__xml_peek(node, attribute) : NULL;
}

static bool shares_alike(const struct sides *sides)
{
	struct _xmlNode *have = vtune__xml_path(sides->have, "cpu/numa");
	struct _xmlNode *want = vtune__xml_path(sides->want, "cpu/numa");

	have = have ? vtune__xml_child(have, "cell") : NULL;
	want = want ? vtune__xml_child(want, "cell") : NULL;
	for (; have && want; have = vtune__xml_next(have, "cell")) {
		if (!is_same(vtune__xml_peek(have, "memAccess"),
			     vtune__xml_peek(want, "memAccess")))
			return false;
		want = vtune__xml_next(want, "cell");
	}
	return is_same(peek_at(sides->have, "memoryBacking/access", "mode"),
		       peek_at(sides->want, "memoryBacking/access", "mode"));
}

bool vtune__changes_at_start(const struct vtune_plan *plan)
{
	return plan->ninterfaces > 0 || plan->backing.shared != VTUNE__UNSAID;
}

int vtune__compare_at_start(const char *have, const char *want, vtune__at_start_fn *report_to,
			    void *data, struct vtune_error **err)
{
	struct _xmlDoc *ours VTUNE__CLEANUP(vtune__xml_free) =
		vtune__xml_parse(have, "domain", err);
	struct _xmlDoc *theirs VTUNE__CLEANUP(vtune__xml_free) =
		ours ? vtune__xml_parse(want, "domain", err) : NULL;
	struct sides sides = { .report = report_to, .data = data };

	if (!theirs)
		return -1;
	sides.have = vtune__xml_root(ours);
	sides.want = vtune__xml_root(theirs);
	if (compare_interfaces(&sides) < 0)
		return -1;
	if (shares_alike(&sides))
		return 0;
	return report_to(data, "memory_access",
			 "memory is not shared with other processes as planned");
}
