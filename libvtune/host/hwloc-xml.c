/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Look over hwloc XML before hwloc reads it. hwloc trusts such a text: it takes
 * some that is not XML, counts in it set the size of its tables, nesting is
 * followed by recursion, and some mistakes are reported on standard error. One
 * pass that keeps the open elements finds all of that; what the rest means is
 * left to hwloc. It must be quick: parsing with libxml2 takes as long as hwloc.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sources.h"

/* Three times what the deepest PCI hierarchies need. */
#define MAX_DEPTH 128
/* hwloc multiplies it by itself in 32 bits. */
#define MAX_MATRIX 16384

struct slice {
	const char *start;
	size_t length;
};

struct element {
	struct slice name;
	/* Of objects only: is it a device; the lowest CPU of the last object inside. */
	bool is_special;
	long last_cpu;
};

struct tag {
	struct slice name, type, os_index, matrix, version;
	struct slice sets[4]; /* cpuset, complete_cpuset, nodeset, complete_nodeset */
	long lowest; /* of complete_cpuset, once that is checked */
	bool is_empty; /* <tag/> */
};

struct scan {
	const char *text, *at;
	struct element open[MAX_DEPTH];
	unsigned int depth, pus, nodes, roots;
	bool has_root, is_version_1;
	struct vtune_error **err;
};

static int fail_at(const struct scan *scan, const char *at, enum vtune_error_code code,
		   const char *message)
{
	unsigned long line = 1;
	char place[32];
	const char *p;

	for (p = scan->text; p < at; p++)
		if (*p == '\n')
			line++;
	snprintf(place, sizeof(place), "line %lu", line);
	return vtune__fail(scan->err, code, place, "the hwloc XML is not sound: line %lu: %s", line,
			   message);
}

static int fail_syntax(const struct scan *scan, const char *message)
{
	return fail_at(scan, scan->at, VTUNE_ERR_SYNTAX, message);
}

static bool is_word(struct slice slice, const char *word)
{
	return slice.length == strlen(word) && memcmp(slice.start, word, slice.length) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* hwloc's own parser knows no other characters. */
static const char *skip_name(const char *p)
{
	static const bool is_in_name[UCHAR_MAX + 1] = {
		['a' ... 'z'] = true,
		['0' ... '9'] = true,
		['_'] = true,
	};

	while (is_in_name[(unsigned char)*p])
		p++;
	return p;
}

/* distances, distances2, distances2hetero */
static bool is_matrix(struct slice name)
{
	return name.length >= 9 && memcmp(name.start, "distances", 9) == 0;
}

/* Keeps what this file looks at. */
static void note_attribute(struct tag *tag, struct slice name, struct slice value)
{
	if (is_word(name, "type"))
		tag->type = value;
	else if (is_word(name, "os_index"))
		tag->os_index = value;
	else if (is_word(name, "cpuset"))
		tag->sets[0] = value;
	else if (is_word(name, "complete_cpuset"))
		tag->sets[1] = value;
	else if (is_word(name, "nodeset"))
		tag->sets[2] = value;
	else if (is_word(name, "complete_nodeset"))
		tag->sets[3] = value;
	else if (is_word(name, "nbobjs"))
		tag->matrix = value;
	else if (is_word(name, "version"))
		tag->version = value;
}

/* Is there nothing more to look for? Most of an <object> is behind its sets. */
static bool is_read(const struct tag *tag)
{
	return (tag->sets[3].start && tag->sets[2].start && tag->sets[1].start) ||
	       tag->matrix.start || tag->version.start;
}

/* scan->at stands behind the name of the tag, which ends at end. */
static int read_attributes(struct scan *scan, struct tag *tag, const char *end)
{
	const char *p = scan->at;
	struct slice name, value;

	while (!is_read(tag)) {
		while (is_blank(*p))
			p++;
		if (p == end)
			return 0;
		name.start = p;
		p = skip_name(p);
		name.length = (size_t)(p - name.start);
		if (name.length == 0 || *p != '=' || p[1] != '"')
			return fail_syntax(scan, "an attribute must be name=\"value\"");
		value.start = p + 2;
		p = strchr(value.start, '"');
		if (!p || p > end || (p + 1 != end && !is_blank(p[1])))
			return fail_syntax(scan, "the value of an attribute has no end");
		value.length = (size_t)(p - value.start);
		note_attribute(tag, name, value);
		p++;
	}
	return 0;
}

/* scan->at stands behind "<". */
static int read_tag(struct scan *scan, struct tag *tag)
{
	const char *end = strchr(scan->at, '>');

	tag->name.start = scan->at;
	scan->at = skip_name(scan->at);
	tag->name.length = (size_t)(scan->at - tag->name.start);
	if (!end || tag->name.length == 0 || memchr(scan->at, '<', (size_t)(end - scan->at)))
		return fail_syntax(scan, "\"<\" must begin a tag, and \">\" end it");
	tag->is_empty = end[-1] == '/';
	/* The others (info, page_type, ...) are many, and do no harm. */
	if ((is_word(tag->name, "object") || is_word(tag->name, "topology") ||
	     is_matrix(tag->name)) &&
	    read_attributes(scan, tag, tag->is_empty ? end - 1 : end) < 0)
		return -1;
	scan->at = end + 1;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 0x0000000f, 0x0, or nothing; "0xf...f" stands for a set without end. */
static bool read_word(const char *p, const char *end, uint32_t *word)
{
	const char *first;
	int digit;

	*word = 0;
	if (p == end)
		return true;
	if (end - p < 3 || p[0] != '0' || p[1] != 'x')
		return false;
	p += 2;
	for (first = p; p < end && (digit = hex_digit(*p)) >= 0; p++)
		*word = *word << 4 | (uint32_t)digit;
	return p > first && p - first <= 8 && (p == end || *p == '.');
}

/* The lowest member of a set as hwloc prints it: 32-bit words in hexadecimal, the
 * highest first, where an empty word is 0. LONG_MAX: the set is empty; -1: it is
 * not one. */
static long lowest_cpu(struct slice set)
{
	const char *end = set.start + set.length, *p;
	uint32_t word;
	long base = 0;

	while (end > set.start) {
		for (p = end; p > set.start && p[-1] != ','; p--)
			;
		if (!read_word(p, end, &word))
			return -1;
		if (word)
			return base + __builtin_ctz(word);
		base += 32;
		end = p > set.start ? p - 1 : p;
	}
	return LONG_MAX;
}

/* Without its sets, or with something else in their place, an object ends hwloc.
 * Version 1 has no sets of nodes where there are none. */
static int check_sets(const struct scan *scan, struct tag *tag)
{
	unsigned int i;

	tag->lowest = lowest_cpu(tag->sets[1]);
	for (i = 0; i < VTUNE__COUNT(tag->sets); i++) {
		if (i >= 2 && scan->is_version_1 && !tag->sets[2].start && !tag->sets[3].start)
			break;
		if (!tag->sets[i].start || tag->sets[i].length < 3 ||
		    memcmp(tag->sets[i].start, "0x", 2) != 0 || tag->lowest < 0)
			return fail_at(
				scan, scan->at, VTUNE_ERR_DOCUMENT,
				"the object must have a cpuset, complete_cpuset, nodeset and "
				"complete_nodeset, such as \"0x0000000f\"");
	}
	return 0;
}

static bool is_special(struct slice type)
{
	return is_word(type, "PCIDev") || is_word(type, "OSDev") || is_word(type, "Bridge") ||
	       is_word(type, "Misc");
}

static int check_index(const struct scan *scan, struct slice index, unsigned long max,
		       const char *message)
{
	char *end;

	if (!index.start || strtoul(index.start, &end, 10) > max || *end != '"' ||
	    index.length == 0)
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT, message);
	return 0;
}

static bool is_in_order(struct element *parent, const struct tag *tag)
{
	bool in_order;

	/* Version 1 places nodes that have no CPUs anywhere. */
	if (tag->lowest == LONG_MAX && is_word(tag->type, "NUMANode"))
		return true;
	in_order = tag->lowest >= parent->last_cpu;
	parent->last_cpu = tag->lowest;
	return in_order;
}

static int open_object(struct scan *scan, struct element *parent, struct tag *tag)
{
	bool is_node = is_word(tag->type, "NUMANode");

	if (is_word(parent->name, "topology")) {
		if (++scan->roots > 1)
			return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT,
				       "there is a second <object> at the top; there must be one");
	} else if (!is_word(parent->name, "object")) {
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT,
			       "<object> may only stand in <topology> or <object>");
	}
	if (is_word(tag->type, "PU")) {
		scan->pus++;
		if (check_index(scan, tag->os_index, VTUNE__MAX_CPU,
				"the os_index of a PU must be a number of at most 16383") < 0)
			return -1;
	}
	if (is_node) {
		scan->nodes++;
		if (check_index(scan, tag->os_index, VTUNE__MAX_NODE,
				"the os_index of a NUMANode must be a number of at most 4095") < 0)
			return -1;
	}
	if (is_special(tag->type))
		return 0;
	if (parent->is_special)
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT,
			       "an object with CPUs cannot be inside a device");
	if (check_sets(scan, tag) < 0)
		return -1;
	/* Memory is in lists of its own. */
	if ((is_node && !scan->is_version_1) || is_word(tag->type, "MemCache") ||
	    is_in_order(parent, tag))
		return 0;
	return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT,
		       "this <object> has a lower CPU than the one before it; write the file "
		       "anew with \"lstopo -i OLD.xml NEW.xml\"");
}

static int open_first(struct scan *scan, const struct tag *tag)
{
	if (scan->has_root)
		return fail_syntax(scan, "there is an element behind </topology>");
	scan->has_root = true;
	if (!is_word(tag->name, "topology"))
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT,
			       "the root element must be <topology>; save one with "
			       "\"lstopo FILE.xml\"");
	/* Up to 1.11 hwloc wrote no version. */
	scan->is_version_1 = !tag->version.start || tag->version.start[0] == '1';
	return 0;
}

static int open_tag(struct scan *scan)
{
	struct element *parent = scan->depth ? &scan->open[scan->depth - 1] : NULL;
	struct tag tag = { 0 };

	if (read_tag(scan, &tag) < 0)
		return -1;
	if (!parent && open_first(scan, &tag) < 0)
		return -1;
	if (parent && is_word(tag.name, "object") && open_object(scan, parent, &tag) < 0)
		return -1;
	if (tag.matrix.start && check_index(scan, tag.matrix, MAX_MATRIX,
					    "nbobjs must be a number of at most 16384") < 0)
		return -1;
	if (tag.is_empty)
		return 0;
	if (scan->depth == MAX_DEPTH)
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT,
			       "elements are nested more than 128 deep");
	scan->open[scan->depth++] = (struct element){
		.name = tag.name,
		.is_special = is_special(tag.type),
		.last_cpu = -1,
	};
	return 0;
}

static int close_tag(struct scan *scan)
{
	struct slice name;

	if (scan->depth == 0)
		return fail_syntax(scan, "a closing tag has no opening one");
	name = scan->open[--scan->depth].name;
	if (strncmp(scan->at, name.start, name.length) != 0)
		return fail_syntax(scan, "a closing tag does not match the opening one");
	scan->at += name.length;
	while (is_blank(*scan->at))
		scan->at++;
	if (*scan->at != '>')
		return fail_syntax(scan, "a closing tag does not match the opening one");
	scan->at++;
	return 0;
}

/* <?xml ...?>, <!DOCTYPE ...> and comments. A DOCTYPE with an internal part could
 * declare entities. */
static int skip_special(struct scan *scan)
{
	const char *end = strstr(scan->at, strncmp(scan->at, "!--", 3) == 0 ? "-->" : ">");
	const char *inner = strpbrk(scan->at, "[>");

	if (!end)
		return fail_syntax(scan, "a comment or declaration has no end");
	if (strncmp(scan->at, "!DOCTYPE", 8) == 0 && inner && *inner == '[')
		return fail_syntax(scan, "the document type must not declare anything itself");
	scan->at = strchr(end, '>') + 1;
	return 0;
}

static int check_all(struct scan *scan)
{
	if (!scan->has_root)
		return fail_syntax(scan, "it has no <topology> element");
	if (scan->depth > 0)
		return fail_syntax(scan, "the text ends before </topology>");
	if (scan->pus == 0)
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT, "it has no PU (CPU)");
	if (scan->nodes == 0 && !scan->is_version_1)
		return fail_at(scan, scan->at, VTUNE_ERR_DOCUMENT, "it has no NUMANode");
	return 0;
}

int vtune__hwloc_check_xml(const char *text, struct vtune_error **err)
{
	struct scan scan = { .text = text, .at = text, .err = err };
	int rc = 0;

	while (is_blank(*scan.at))
		scan.at++;
	if (*scan.at != '<')
		return fail_syntax(&scan, *scan.at
						  ? "it does not start with \"<\", so it is not XML"
						  : "it is empty");
	while (rc == 0) {
		scan.at = strchr(scan.at, '<');
		if (!scan.at)
			break;
		scan.at++;
		if (*scan.at == '?' || *scan.at == '!') {
			rc = skip_special(&scan);
		} else if (*scan.at == '/') {
			scan.at++;
			rc = close_tag(&scan);
		} else {
			rc = open_tag(&scan);
		}
	}
	if (rc < 0)
		return -1;
	scan.at = text + strlen(text);
	return check_all(&scan);
}
