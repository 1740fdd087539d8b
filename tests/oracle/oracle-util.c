/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

const char *const oracle_cost_name[ORACLE_COSTS] = {
	"remote", "spread", "devices", "helpers",
	"caches", "split_cores", "leftover", "leftover_caches",
};

void oracle_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("oracle: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(2);
}

struct json_object *oracle_get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (object)
		json_object_object_get_ex(object, key, &value);
	return value;
}

int64_t oracle_int(struct json_object *object, const char *key, int64_t fallback)
{
	struct json_object *value = oracle_get(object, key);

	return value ? json_object_get_int64(value) : fallback;
}

const char *oracle_text(struct json_object *object, const char *key, const char *fallback)
{
	struct json_object *value = oracle_get(object, key);

	return value ? json_object_get_string(value) : fallback;
}

/* The place of a word in a list that ends in NULL; the first one is the default. */
unsigned int oracle_word(struct json_object *object, const char *key, const char *const *words)
{
	const char *text = oracle_text(object, key, words[0]);
	unsigned int i;

	for (i = 0; words[i]; i++) {
		if (!strcmp(words[i], text))
			return i;
	}
	oracle_die("%s: unknown word \"%s\"", key, text);
}

/* "0-3,8" -> 0 1 2 3 8 */
unsigned int oracle_ids(const char *set, unsigned int *ids, unsigned int max)
{
	unsigned int count = 0;
	unsigned long first, last;
	char *end;

	while (*set) {
		first = last = strtoul(set, &end, 10);
		if (end == set)
			oracle_die("bad set \"%s\"", set);
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last; first++) {
			if (count == max)
				oracle_die("set too large: \"%s\"", set);
			ids[count++] = (unsigned int)first;
		}
		set = *end == ',' ? end + 1 : end;
	}
	return count;
}

/* A size with or without unit, rounded up to KiB. */
int64_t oracle_kib(struct json_object *value)
{
	static const struct {
		const char *unit;
		int64_t bytes;
	} units[] = {
		{ "b", 1 }, { "bytes", 1 }, { "KB", 1000 }, { "KiB", 1024 }, { "k", 1024 },
		{ "MB", 1000000 }, { "MiB", 1024 * 1024 }, { "M", 1024 * 1024 },
		{ "GB", 1000000000 }, { "GiB", 1024 * 1024 * 1024 }, { "G", 1024 * 1024 * 1024 },
	};
	const char *text = json_object_get_string(value);
	int64_t number;
	char *end;
	size_t i;

	if (json_object_is_type(value, json_type_int))
		return json_object_get_int64(value);
	number = strtoll(text, &end, 10);
	while (*end == ' ')
		end++;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strcmp(units[i].unit, end))
			return (number * units[i].bytes + 1023) / 1024;
	}
	oracle_die("bad size \"%s\"", text);
}

void oracle_name(char *to, const char *from)
{
	if (strlen(from) >= ORACLE_NAME)
		oracle_die("name too long: %s", from);
	strcpy(to, from);
}
