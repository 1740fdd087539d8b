/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Look over an hwloc synthetic string before hwloc builds what it describes:
 * hwloc makes any number of objects, takes any number as an index, and lets
 * numbers run over. Whether the levels make sense is left to hwloc.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sources.h"

/* As many as Linux can be built for on x86. hwloc takes minutes where very many
 * CPUs or nodes stand directly under one object. */
#define MAX_CPUS 8192
#define MAX_NODES 1024
#define MAX_CHILDREN 2048

#define EXAMPLE "\"Package:2 [NUMANode(memory=64GiB)] L3Cache:2 Core:8 PU:2\""

static int fail(struct vtune_error **err, const char *text, const char *message)
{
	return vtune__fail(err, VTUNE_ERR_DOCUMENT, NULL,
			   "the synthetic description \"%s\" %s; one is " EXAMPLE, text, message);
}

/* hwloc multiplies without a check. */
static bool is_size(const char *text)
{
	static const char units[] = "kmgt";
	unsigned long long value;
	const char *unit;
	char *end;
	unsigned int shift = 0;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	unit = *end ? strchr(units, *end | 0x20) : NULL;
	if (unit)
		shift = 10 * (unsigned int)(unit - units + 1);
	return errno == 0 && value <= (VTUNE__MAX_KIB << 10) >> shift;
}

/* A list "0,2,4", or an interleaving "2*256:1*2"; types may stand there, too. */
static bool has_small_indexes(const char *text)
{
	size_t length = strcspn(text, " )");
	const char *end = text + length;

	while (text < end) {
		char *next;

		if (*text < '0' || *text > '9') {
			text++;
			continue;
		}
		if (strtoul(text, &next, 0) > VTUNE__MAX_CPU)
			return false;
		text = next;
	}
	return true;
}

/* The part in brackets behind a level: "memory=64GiB indexes=0,2". */
static int check_attributes(const char *text, const char *start, const char *end,
			    struct vtune_error **err)
{
	const char *p = start;

	while (p && p < end) {
		if (strncmp(p, "memory=", 7) == 0 && !is_size(p + 7))
			return fail(err, text, "has a memory size that is not one");
		if (strncmp(p, "size=", 5) == 0 && !is_size(p + 5))
			return fail(err, text, "has a cache size that is not one");
		if (strncmp(p, "indexes=", 8) == 0 && !has_small_indexes(p + 8))
			return fail(err, text, "has an index above 16383");
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	return 0;
}

/* Where the token ends, brackets included. */
static const char *token_end(const char *text)
{
	const char *end;

	if (*text == '[') {
		end = strchr(text, ']');
		return end ? end + 1 : text + strlen(text);
	}
	end = text + strcspn(text, " \n(");
	if (*end != '(')
		return end;
	end = strchr(end, ')');
	return end ? end + 1 : text + strlen(text);
}

int vtune__hwloc_check_synthetic(const char *text, struct vtune_error **err)
{
	const char *token = text, *end, *attributes, *number;
	unsigned long total = 1, count, nodes = 0;

	for (;; token = end) {
		token += strspn(token, " \n");
		if (!*token)
			return 0;
		end = token_end(token);
		attributes = memchr(token, '(', (size_t)(end - token));
		if (attributes && check_attributes(text, attributes + 1, end, err) < 0)
			return -1;
		if (*token == '[') {
			nodes += total;
			if (nodes > MAX_NODES)
				return fail(err, text, "has more than 1024 NUMA nodes");
			continue;
		}
		/* "Core:8", or "8" alone. */
		number = memchr(token, ':', (size_t)((attributes ? attributes : end) - token));
		/* hwloc would take the next colon, wherever it is. */
		if (!number && (*token < '0' || *token > '9'))
			return fail(err, text, "has a level without a number");
		count = strtoul(number ? number + 1 : token, NULL, 0);
		if (count > MAX_CHILDREN || total * count > MAX_CPUS)
			return fail(err, text, "has more than 8192 CPUs, or 2048 in one place");
		if (count > 0)
			total *= count;
	}
}
