/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a document looks like: enough to help somebody who mixed two up. */
#include <string.h>

#include "cli.h"

static const struct {
	const char *name, *usage;
} kinds[] = {
	[KIND_UNKNOWN] = { "one of the documents that are read here", NULL },
	[KIND_SPEC] = { "a VM spec", "a SPEC, without an option" },
	[KIND_HOST] = { "a host document", "--host json:FILE" },
	[KIND_STATE] = { "the state of a host", "--state FILE" },
	[KIND_PLAN] = { "a plan", "--plan FILE to apply and verify" },
	[KIND_HWLOC] = { "an hwloc topology", "--host hwloc:FILE" },
	[KIND_CAPABILITIES] = { "libvirt capabilities", "--host capabilities:FILE" },
	[KIND_DOMAIN] = { "a libvirt domain", "--domain FILE" },
	[KIND_PROFILE] = { "a profile of a host's settings", "--profile FILE to tune" },
};

const char *kind_name(enum kind kind)
{
	return kinds[kind].name;
}

const char *kind_usage(enum kind kind)
{
	return kinds[kind].usage;
}

static const char blanks[] = " \t\r\n";

/* The keys that tell the JSON documents apart, and what they stand for. A host has
 * all keys of a state, so the lower kind wins. */
static const struct {
	const char *key;
	enum kind kind;
} marks[] = {
	{ "\"vcpus\"", KIND_SPEC },	     { "\"memory\"", KIND_SPEC },
	{ "\"nodes\"", KIND_HOST },	     { "\"caches\"", KIND_HOST },
	{ "\"reserved_cpus\"", KIND_STATE }, { "\"shared_cpus\"", KIND_STATE },
	{ "\"allocations\"", KIND_STATE },   { "\"overcommit\"", KIND_STATE },
};

/* The length of a JSON string with its quotes. */
static size_t string_length(const char *string)
{
	size_t length = 1;

	while (string[length] && string[length] != '"')
		length += string[length] == '\\' && string[length + 1] ? 2 : 1;
	return length + (string[length] == '"');
}

/* The next key of the outermost object; NULL: there is none. */
struct keys {
	const char *text; /* from here on */
	long depth;
	size_t length; /* of the key, with its quotes */
};

static const char *next_key(struct keys *keys)
{
	while (*keys->text) {
		const char *here = keys->text;
		size_t length = *here == '"' ? string_length(here) : 1;

		keys->text += length;
		if (*here == '{' || *here == '[')
			keys->depth++;
		else if (*here == '}' || *here == ']')
			keys->depth--;
		if (*here != '"' || keys->depth != 1)
			continue;
		if (keys->text[strspn(keys->text, blanks)] == ':') {
			keys->length = length;
			return here;
		}
	}
	return NULL;
}

static bool is_key(const struct keys *keys, const char *key, const char *name)
{
	return keys->length == strlen(name) && strncmp(key, name, keys->length) == 0;
}

bool guess_has_key(const char *text, const char *name)
{
	struct keys keys = { .text = text };
	const char *key;

	while ((key = next_key(&keys))) {
		if (is_key(&keys, key, name))
			return true;
	}
	return false;
}

static enum kind guess_json(const char *text)
{
	struct keys keys = { .text = text };
	enum kind kind = KIND_UNKNOWN;
	const char *key;

	while ((key = next_key(&keys))) {
		if (is_key(&keys, key, "\"fits\""))
			return KIND_PLAN;
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (!is_key(&keys, key, marks[i].key))
				continue;
			if (kind == KIND_UNKNOWN || marks[i].kind < kind)
				kind = marks[i].kind;
		}
	}
	return kind;
}

static bool is_element(const char *text, const char *name)
{
	size_t length = strlen(name);

	return strncmp(text, name, length) == 0 && strchr(" \t\r\n/>", text[length]);
}

/* By the name of the first element. */
static enum kind guess_xml(const char *text)
{
	while (text && (text = strchr(text, '<'))) {
		text++;
		if (strncmp(text, "!--", 3) == 0)
			text = strstr(text, "-->");
		else if (*text != '?' && *text != '!')
			break;
	}
	if (!text)
		return KIND_UNKNOWN;
	if (is_element(text, "topology"))
		return KIND_HWLOC;
	if (is_element(text, "capabilities"))
		return KIND_CAPABILITIES;
	return is_element(text, "domain") ? KIND_DOMAIN : KIND_UNKNOWN;
}

enum kind guess_kind(const char *text)
{
	text += strspn(text, blanks);
	if (*text == '{')
		return guess_json(text);
	return *text == '<' ? guess_xml(text) : KIND_UNKNOWN;
}
