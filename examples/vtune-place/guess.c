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
	[KIND_PLAN] = { "a plan", NULL },
	[KIND_HWLOC] = { "an hwloc topology", "--host hwloc:FILE" },
	[KIND_CAPABILITIES] = { "libvirt capabilities", "--host capabilities:FILE" },
	[KIND_DOMAIN] = { "a libvirt domain", "--domain FILE" },
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

/* Is the string that starts here a key that tells a kind? */
static enum kind kind_of_key(const char *string, size_t length)
{
	const char *after = string + length;

	if (after[strspn(after, blanks)] != ':')
		return KIND_UNKNOWN;
	if (length == strlen("\"fits\"") && strncmp(string, "\"fits\"", length) == 0)
		return KIND_PLAN;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (length == strlen(marks[i].key) && strncmp(string, marks[i].key, length) == 0)
			return marks[i].kind;
	}
	return KIND_UNKNOWN;
}

/* The length of a JSON string with its quotes. */
static size_t string_length(const char *string)
{
	size_t length = 1;

	while (string[length] && string[length] != '"')
		length += string[length] == '\\' && string[length + 1] ? 2 : 1;
	return length + (string[length] == '"');
}

/* By the keys of the outermost object. */
static enum kind guess_json(const char *text)
{
	enum kind kind = KIND_UNKNOWN, found;
	long depth = 0;

	while (*text) {
		size_t length = 1;

		if (*text == '"') {
			length = string_length(text);
			found = depth == 1 ? kind_of_key(text, length) : KIND_UNKNOWN;
			if (found == KIND_PLAN)
				return found;
			if (found != KIND_UNKNOWN && (kind == KIND_UNKNOWN || found < kind))
				kind = found;
		} else if (*text == '{' || *text == '[') {
			depth++;
		} else if (*text == '}' || *text == ']') {
			depth--;
		}
		text += length;
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
