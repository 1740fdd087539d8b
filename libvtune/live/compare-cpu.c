/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "../base/xml.h"
#include "compare.h"

static bool are_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *text_of(struct _xmlNode *cpu, const char *name)
{
	struct _xmlNode *node = vtune__xml_child(cpu, name);

	return node ? vtune__xml_peek_text(node) : NULL;
}

static const char *mode_of_cache(struct _xmlNode *cpu)
{
	struct _xmlNode *cache = vtune__xml_child(cpu, "cache");

	return cache ? vtune__xml_peek(cache, "mode") : NULL;
}

/* The plan adds some at the end, and changes the policies of others. */
static bool are_same_features(struct _xmlNode *have, struct _xmlNode *want)
{
	static const char *const none[] = { NULL };

	have = vtune__xml_child(have, "feature");
	want = vtune__xml_child(want, "feature");
	while (have && want && vtune__xml_same(want, have, none)) {
		have = vtune__xml_next(have, "feature");
		want = vtune__xml_next(want, "feature");
	}
	return !have && !want;
}

/* Of a running domain libvirt tells the model and all features that a host-model, or a
 * model, has come to: what they were before cannot be told from that. */
static bool is_filled_in(struct _xmlNode *domain, struct _xmlNode *cpu)
{
	return vtune__xml_peek(domain, "id") && are_same(vtune__xml_peek(cpu, "check"), "full");
}

bool vtune__compare_cpu_model(struct _xmlNode *domain, struct _xmlNode *other)
{
	struct _xmlNode *have = vtune__xml_child(domain, "cpu");
	struct _xmlNode *want = vtune__xml_child(other, "cpu");
	const char *mode;

	if (!have || !want)
		return true;
	mode = vtune__domain_cpu_mode(want);
	if (!are_same(mode_of_cache(have), mode_of_cache(want)))
		return false;
	if (!(is_filled_in(domain, have) && are_same(mode, "host-model")) &&
	    (!are_same(mode, vtune__domain_cpu_mode(have)) ||
	     !are_same(text_of(have, "model"), text_of(want, "model"))))
		return false;
	return is_filled_in(domain, have) || are_same_features(have, want);
}

static struct _xmlNode *topology_of(struct _xmlNode *domain)
{
	return vtune__xml_path(domain, "cpu/topology");
}

bool vtune__compare_cpu_topology(struct _xmlNode *domain, struct _xmlNode *other)
{
	static const char *const added[] = { "topology/clusters", "topology/dies", NULL };
	struct _xmlNode *have = topology_of(domain), *want = topology_of(other);

	return have && want ? vtune__xml_same(want, have, added) : !have && !want;
}
