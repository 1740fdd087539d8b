/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

/* One part between commas, with the blanks around it gone: 1 when it is sound. */
static int add_part(const char *part, size_t length, struct vtune__set *set,
		    struct vtune_error **err)
{
	struct vtune__set members VTUNE__CLEANUP(vtune__set_free) = { 0 };
	char copy[32];
	bool without = length > 0 && *part == '^';
	const char *why;

	if (without) {
		part++;
		length--;
	}
	if (length == 0 || length >= sizeof(copy))
		return 0;
	memcpy(copy, part, length);
	copy[length] = '\0';
	if (!vtune__set_parse(&members, copy, VTUNE__MAX_CPU, &why))
		return why ? 0 : vtune__fail_memory(err);
	if (without)
		vtune__set_andnot(set, &members);
	else if (vtune__set_or(set, &members) < 0)
		return vtune__fail_memory(err);
	return 1;
}

int vtune__domain_parse_set(const char *text, struct vtune__set *set, struct vtune_error **err)
{
	static const char blanks[] = " \t\r\n";
	int result = 1;

	vtune__set_clear(set);
	while (result == 1) {
		const char *comma = text + strcspn(text, ",");
		const char *end = comma;

		text += strspn(text, blanks);
		while (end > text && strchr(blanks, end[-1]))
			end--;
		result = add_part(text, end > text ? (size_t)(end - text) : 0, set, err);
		if (*comma == '\0')
			break;
		text = comma + 1;
	}
	return result;
}

/* Leave in the attribute only what is in keep. Returns 1 when nothing is left. What
 * is no set is left alone: it is for libvirt to say so. */
static int narrow(struct _xmlNode *node, const char *attribute, const struct vtune__set *keep,
		  struct vtune_error **err)
{
	struct vtune__set set VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const char *text = vtune__xml_peek(node, attribute);
	int result = text ? vtune__domain_parse_set(text, &set, err) : 0;

	if (result < 1 || vtune__set_is_subset(&set, keep))
		return result < 0 ? -1 : 0;
	vtune__set_and(&set, keep);
	if (vtune__set_is_empty(&set))
		return 1;
	return vtune__xml_set_of(node, attribute, &set, err);
}

static int narrow_all(struct _xmlNode *parent, const char *name, const char *attribute,
		      const struct vtune__set *keep, struct vtune_error **err)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(parent, name); node; node = next) {
		int result = narrow(node, attribute, keep, err);

		next = vtune__xml_next(node, name);
		if (result < 0)
			return -1;
		if (result > 0)
			vtune__xml_remove(node);
	}
	return 0;
}

int vtune__domain_take_out(struct _xmlNode *node, const char *attribute,
			   const struct vtune__set *taken, struct vtune_error **err)
{
	struct vtune__set set VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const char *text = vtune__xml_peek(node, attribute);
	int result = text ? vtune__domain_parse_set(text, &set, err) : 0;

	if (result < 1 || !vtune__set_intersects(&set, taken))
		return result < 0 ? -1 : 0;
	vtune__set_andnot(&set, taken);
	if (!vtune__set_is_empty(&set))
		return vtune__xml_set_of(node, attribute, &set, err);
	vtune__xml_remove(node);
	return 0;
}

/* Cache and bandwidth are given to groups of vCPUs, and watched for parts of them. */
static int narrow_groups(struct _xmlNode *cputune, const char *name, const struct vtune__set *vcpus,
			 struct vtune_error **err)
{
	struct _xmlNode *group, *next;

	if (narrow_all(cputune, name, "vcpus", vcpus, err) < 0)
		return -1;
	for (group = vtune__xml_child(cputune, name); group; group = next) {
		next = vtune__xml_next(group, name);
		if (!vtune__xml_child(group, "monitor"))
			continue;
		if (narrow_all(group, "monitor", "vcpus", vcpus, err) < 0)
			return -1;
		vtune__xml_remove_empty(group);
	}
	return 0;
}

int vtune__domain_narrow(struct _xmlNode *cputune, const struct vtune__set *vcpus,
			 const struct vtune__set *iothreads, struct vtune_error **err)
{
	if (narrow_all(cputune, "vcpusched", "vcpus", vcpus, err) < 0 ||
	    narrow_all(cputune, "iothreadsched", "iothreads", iothreads, err) < 0 ||
	    narrow_groups(cputune, "cachetune", vcpus, err) < 0)
		return -1;
	return narrow_groups(cputune, "memorytune", vcpus, err);
}
