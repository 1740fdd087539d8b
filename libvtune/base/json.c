/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include <json-c/json.h>

/* ---- places and errors ---- */

/* One step of a JSON pointer, RFC 6901. */
static void add_step(struct vtune__text *text, const struct vtune__json *at)
{
	if (!at->key) {
		vtune__text_addf(text, "/%u", at->index);
		return;
	}
	vtune__text_add(text, "/");
	for (const char *p = at->key; *p; p++) {
		if (*p == '~')
			vtune__text_add(text, "~0");
		else if (*p == '/')
			vtune__text_add(text, "~1");
		else
			vtune__text_add_bytes(text, p, 1);
	}
}

char *vtune__json_path(const struct vtune__json *at)
{
	const struct vtune__json *steps[VTUNE__JSON_DEPTH + 1];
	struct vtune__text text = { 0 };
	unsigned int n = 0;

	for (; at->parent && n < VTUNE__COUNT(steps); at = at->parent)
		steps[n++] = at;
	if (n == 0)
		vtune__text_add(&text, "/");
	while (n > 0)
		add_step(&text, steps[--n]);
	return vtune__text_take(&text, NULL);
}

static int fail_at(const struct vtune__json *at, struct vtune_error **err,
		   enum vtune_error_code code, const char *format, va_list args)
	VTUNE__PRINTF(4, 0);

static int fail_at(const struct vtune__json *at, struct vtune_error **err,
		   enum vtune_error_code code, const char *format, va_list args)
{
	char *path VTUNE__CLEANUP(vtune__free_string) = vtune__json_path(at);
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };

	vtune__text_vaddf(&text, format, args);
	if (!path || text.failed)
		return vtune__fail_memory(err);
	return vtune__fail(err, code, path, "%s", text.data);
}

int vtune__json_fail_code(const struct vtune__json *at, struct vtune_error **err,
			  enum vtune_error_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail_at(at, err, code, format, args);
	va_end(args);
	return -1;
}

int vtune__json_fail(const struct vtune__json *at, struct vtune_error **err, const char *format,
		     ...)
{
	va_list args;

	va_start(args, format);
	fail_at(at, err, VTUNE_ERR_DOCUMENT, format, args);
	va_end(args);
	return -1;
}

/* ---- objects and arrays ---- */

static bool has_type(const struct vtune__json *at, enum json_type type)
{
	return json_object_is_type(at->value, type);
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static void add_names(struct vtune__text *text, const char *const *names)
{
	for (const char *const *name = names; *name; name++)
		vtune__text_addf(text, "%s\"%s\"", name == names ? "" : ", ", *name);
}

static int fail_unknown_key(const struct vtune__json *at, const char *key, const char *const *names,
			    struct vtune_error **err)
{
	struct vtune__json child = { .parent = at, .key = key };
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };

	add_names(&text, names);
	if (text.failed)
		return vtune__fail_memory(err);
	return vtune__json_fail(&child, err, "The key \"%s\" is not known; the keys here are %s",
				key, text.data ? text.data : "none");
}

int vtune__json_map(const struct vtune__json *at, struct vtune_error **err)
{
	if (!has_type(at, json_type_object))
		return vtune__json_fail(at, err, "Here must be an object ({ ... })");
	return 0;
}

int vtune__json_object(const struct vtune__json *at, const char *const *names,
		       struct vtune_error **err)
{
	if (vtune__json_map(at, err) < 0)
		return -1;
	json_object_object_foreach(at->value, key, value)
	{
		(void)value;
		if (!is_one_of(key, names))
			return fail_unknown_key(at, key, names, err);
	}
	return 0;
}

bool vtune__json_next(const struct vtune__json *at, struct vtune__json *member)
{
	struct lh_table *table = json_object_get_object(at->value);
	struct lh_entry *entry = lh_table_head(table);

	if (member->key) {
		entry = lh_table_lookup_entry(table, member->key);
		entry = entry ? lh_entry_next(entry) : NULL;
	}
	if (!entry)
		return false;
	*member = (struct vtune__json){
		.value = lh_entry_v(entry),
		.parent = at,
		.key = lh_entry_k(entry),
	};
	return true;
}

bool vtune__json_member(const struct vtune__json *at, unsigned int index,
			struct vtune__json *member)
{
	*member = (struct vtune__json){ 0 };
	while (vtune__json_next(at, member))
		if (index-- == 0)
			return true;
	return false;
}

bool vtune__json_get(const struct vtune__json *at, const char *key, struct vtune__json *child)
{
	struct json_object *value;

	if (!json_object_object_get_ex(at->value, key, &value))
		return false;
	*child = (struct vtune__json){ .value = value, .parent = at, .key = key };
	return true;
}

int vtune__json_need(const struct vtune__json *at, const char *key, struct vtune__json *child,
		     struct vtune_error **err)
{
	if (vtune__json_get(at, key, child))
		return 0;
	return vtune__json_fail(at, err, "The key \"%s\" is missing here", key);
}

int vtune__json_array(const struct vtune__json *at, unsigned int *length, struct vtune_error **err)
{
	if (!has_type(at, json_type_array))
		return vtune__json_fail(at, err, "Here must be an array ([ ... ])");
	*length = (unsigned int)json_object_array_length(at->value);
	return 0;
}

void vtune__json_element(const struct vtune__json *at, unsigned int index,
			 struct vtune__json *element)
{
	*element = (struct vtune__json){
		.value = json_object_array_get_idx(at->value, index),
		.parent = at,
		.index = index,
	};
}

bool vtune__json_is_string(const struct vtune__json *at)
{
	return has_type(at, json_type_string);
}

bool vtune__json_is_number(const struct vtune__json *at)
{
	return has_type(at, json_type_int);
}

bool vtune__json_is_array(const struct vtune__json *at)
{
	return has_type(at, json_type_array);
}

/* ---- values ---- */

/* json-c clamps what is out of its range: a negative number reads as 0 when
 * unsigned, one above 2^64 as UINT64_MAX. Neither may pass for a value. */
int vtune__json_uint(const struct vtune__json *at, uint64_t min, uint64_t max, uint64_t *out,
		     struct vtune_error **err)
{
	uint64_t value;

	if (has_type(at, json_type_int) && json_object_get_int64(at->value) >= 0) {
		value = json_object_get_uint64(at->value);
		if (value >= min && value <= max && value != UINT64_MAX) {
			*out = value;
			return 0;
		}
	}
	if (min == max)
		return vtune__json_fail(at, err, "Here must be the number %" PRIu64, min);
	if (max >= VTUNE__MAX_KIB)
		return vtune__json_fail(at, err,
					"Here must be a whole number of at least %" PRIu64 "%s",
					min, max == VTUNE__MAX_KIB ? " and at most 2^52" : "");
	return vtune__json_fail(at, err, "Here must be a whole number from %" PRIu64 " to %" PRIu64,
				min, max);
}

int vtune__json_uint32(const struct vtune__json *at, unsigned int min, unsigned int max,
		       unsigned int *out, struct vtune_error **err)
{
	uint64_t value;

	if (vtune__json_uint(at, min, max, &value, err) < 0)
		return -1;
	*out = (unsigned int)value;
	return 0;
}

int vtune__json_int(const struct vtune__json *at, int64_t min, int64_t max, int64_t *out,
		    struct vtune_error **err)
{
	int64_t value = json_object_get_int64(at->value);

	/* The ends of int64 are also what json-c clamps to. */
	if (!has_type(at, json_type_int) || value < min || value > max || value == INT64_MIN ||
	    value == INT64_MAX)
		return vtune__json_fail(at, err,
					"Here must be a whole number from %" PRId64 " to %" PRId64,
					min, max);
	*out = value;
	return 0;
}

int vtune__json_double(const struct vtune__json *at, double *out, struct vtune_error **err)
{
	double value = json_object_get_double(at->value);

	if ((!has_type(at, json_type_double) && !has_type(at, json_type_int)) || !isfinite(value))
		return vtune__json_fail(at, err, "Here must be a number, like 4 or 1.5");
	*out = value;
	return 0;
}

int vtune__json_bool(const struct vtune__json *at, bool *out, struct vtune_error **err)
{
	if (!has_type(at, json_type_boolean))
		return vtune__json_fail(at, err, "Here must be true or false");
	*out = json_object_get_boolean(at->value);
	return 0;
}

int vtune__json_string(const struct vtune__json *at, const char **out, struct vtune_error **err)
{
	const char *value;

	if (!has_type(at, json_type_string))
		return vtune__json_fail(at, err, "Here must be a string (\"...\")");
	value = json_object_get_string(at->value);
	if (!value)
		return vtune__fail_memory(err);
	if (strlen(value) != (size_t)json_object_get_string_len(at->value) ||
	    !vtune__is_plain(value))
		return vtune__json_fail(at, err,
					"This string may not have control characters in it");
	*out = value;
	return 0;
}

int vtune__json_enum(const struct vtune__json *at, const char *const *names, int *out,
		     struct vtune_error **err)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	const char *value;

	if (vtune__json_string(at, &value, err) < 0)
		return -1;
	for (int i = 0; names[i]; i++) {
		if (strcmp(names[i], value) == 0) {
			*out = i;
			return 0;
		}
	}
	add_names(&text, names);
	if (text.failed)
		return vtune__fail_memory(err);
	return vtune__json_fail(at, err, "\"%s\" is not known; it must be one of %s", value,
				text.data);
}

int vtune__json_set(const struct vtune__json *at, unsigned int max, struct vtune__set *out,
		    struct vtune_error **err)
{
	const char *text, *why = NULL;

	if (!has_type(at, json_type_string))
		return vtune__json_fail(at, err,
					"Here must be a set of numbers as a string, like "
					"\"0-3,8\"");
	if (vtune__json_string(at, &text, err) < 0)
		return -1;
	if (vtune__set_parse(out, text, max, &why))
		return 0;
	if (!why)
		return vtune__fail_memory(err);
	return vtune__json_fail(at, err,
				"\"%s\" is not a set of numbers up to %u, like \"0-3,8\": "
				"%s",
				text, max, why);
}

int vtune__json_size(const struct vtune__json *at, uint64_t *kib, struct vtune_error **err)
{
	const char *text;

	if (has_type(at, json_type_string)) {
		if (vtune__json_string(at, &text, err) < 0)
			return -1;
		if (vtune__size_parse(text, kib))
			return 0;
		return vtune__json_fail(at, err,
					"\"%s\" is not a size up to 4 EiB; write a whole number "
					"and a unit, like \"8GiB\" or \"512MiB\"",
					text);
	}
	if (has_type(at, json_type_int))
		return vtune__json_uint(at, 0, VTUNE__MAX_KIB, kib, err);
	return vtune__json_fail(at, err,
				"Here must be a size, like \"8GiB\", or a whole number of "
				"KiB");
}

int vtune__json_version(const struct vtune__json *at, struct vtune_error **err)
{
	struct vtune__json child;
	uint64_t version;

	if (vtune__json_need(at, "version", &child, err) < 0)
		return -1;
	return vtune__json_uint(&child, 1, 1, &version, err);
}

char *vtune__json_text(const struct vtune__json *at, struct vtune_error **err)
{
	const char *text = json_object_to_json_string_ext(at->value, JSON_C_TO_STRING_PLAIN);

	if (!text) {
		vtune__fail_memory(err);
		return NULL;
	}
	return vtune__strdup(text, err);
}
