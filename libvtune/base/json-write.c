/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#define LINE_WIDTH 100
#define INDENT 2
#define FLAGS (JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE)

/* ---- building ---- */

static struct json_object *made(struct vtune__json_writer *w, struct json_object *value)
{
	if (!value)
		w->failed = true;
	return value;
}

struct json_object *vtune__json_new_object(struct vtune__json_writer *w)
{
	return w->failed ? NULL : made(w, json_object_new_object());
}

struct json_object *vtune__json_new_array(struct vtune__json_writer *w)
{
	return w->failed ? NULL : made(w, json_object_new_array());
}

void vtune__json_put(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     struct json_object *child)
{
	if (!child)
		w->failed = true;
	if (!w->failed && json_object_object_add(object, key, child) == 0)
		return;
	w->failed = true;
	json_object_put(child);
}

void vtune__json_put_text(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  const char *text)
{
	vtune__json_put(w, object, key, w->failed ? NULL : json_tokener_parse(text));
}

void vtune__json_append(struct vtune__json_writer *w, struct json_object *array,
			struct json_object *child)
{
	if (!child)
		w->failed = true;
	if (!w->failed && json_object_array_add(array, child) == 0)
		return;
	w->failed = true;
	json_object_put(child);
}

/* The shortest text that reads back as the same number, with a point in any
 * locale. */
static struct json_object *new_double(double value)
{
	char text[40], *end;
	int precision = 6;

	do
		snprintf(text, sizeof(text), "%.*g", precision++, value);
	while (precision <= 17 && strtod(text, NULL) != value);

	end = text + strspn(text, "-0123456789");
	if (*end == '\0') {
		memcpy(end, ".0", sizeof(".0"));
	} else if (*end != 'e') {
		size_t point = strcspn(end, "0123456789");

		*end = '.';
		memmove(end + 1, end + point, strlen(end + point) + 1);
	}
	return json_object_new_double_s(value, text);
}

static struct json_object *new_set(const struct vtune__set *set)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune__set_print(set);

	return text ? json_object_new_string(text) : NULL;
}

void vtune__json_put_string(struct vtune__json_writer *w, struct json_object *object,
			    const char *key, const char *value)
{
	vtune__json_put(w, object, key, json_object_new_string(value));
}

void vtune__json_put_uint(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  uint64_t value)
{
	vtune__json_put(w, object, key, json_object_new_uint64(value));
}

void vtune__json_put_int(struct vtune__json_writer *w, struct json_object *object, const char *key,
			 int64_t value)
{
	vtune__json_put(w, object, key, json_object_new_int64(value));
}

void vtune__json_put_double(struct vtune__json_writer *w, struct json_object *object,
			    const char *key, double value)
{
	vtune__json_put(w, object, key, new_double(value));
}

void vtune__json_put_bool(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  bool value)
{
	vtune__json_put(w, object, key, json_object_new_boolean(value));
}

void vtune__json_put_set(struct vtune__json_writer *w, struct json_object *object, const char *key,
			 const struct vtune__set *set)
{
	vtune__json_put(w, object, key, new_set(set));
}

void vtune__json_append_string(struct vtune__json_writer *w, struct json_object *array,
			       const char *value)
{
	vtune__json_append(w, array, json_object_new_string(value));
}

void vtune__json_append_int(struct vtune__json_writer *w, struct json_object *array, int64_t value)
{
	vtune__json_append(w, array, json_object_new_int64(value));
}

void vtune__json_append_set(struct vtune__json_writer *w, struct json_object *array,
			    const struct vtune__set *set)
{
	vtune__json_append(w, array, new_set(set));
}

/* ---- printing: on one line what fits there, json-c can only all or nothing ---- */

struct printer {
	struct vtune__text text;
	unsigned int depth;
	size_t line; /* where the current line begins */
};

static void print_value(struct printer *printer, struct json_object *value, size_t behind);

/* json-c leaves off parts of a text for which it gets no memory, and does not tell. */
static bool is_whole(struct json_object *value, const char *text)
{
	size_t length = strlen(text);
	char end = length ? text[length - 1] : '\0';

	if (json_object_is_type(value, json_type_object))
		return end == '}';
	if (json_object_is_type(value, json_type_array))
		return end == ']';
	if (json_object_is_type(value, json_type_string))
		return length >= (size_t)json_object_get_string_len(value) + 2 && end == '"';
	return length > 0;
}

static void break_line(struct printer *printer)
{
	vtune__text_add(&printer->text, "\n");
	printer->line = printer->text.length;
	for (unsigned int i = 0; i < printer->depth * INDENT; i++)
		vtune__text_add(&printer->text, " ");
}

static void print_object(struct printer *printer, struct json_object *object)
{
	int left = json_object_object_length(object);

	vtune__text_add(&printer->text, "{");
	printer->depth++;
	json_object_object_foreach(object, key, value)
	{
		struct json_object *name = json_object_new_string(key);

		break_line(printer);
		if (!name)
			printer->text.failed = true;
		else
			print_value(printer, name, 0);
		json_object_put(name);
		vtune__text_add(&printer->text, ": ");
		print_value(printer, value, 1);
		vtune__text_add(&printer->text, --left ? "," : "");
	}
	printer->depth--;
	break_line(printer);
	vtune__text_add(&printer->text, "}");
}

/* Objects begin a line each; numbers and strings fill the lines. */
static void print_array(struct printer *printer, struct json_object *array)
{
	size_t length = json_object_array_length(array);

	vtune__text_add(&printer->text, "[");
	printer->depth++;
	for (size_t i = 0; i < length; i++) {
		struct json_object *value = json_object_array_get_idx(array, i);
		const char *text = json_object_to_json_string_ext(value, FLAGS);
		size_t used = printer->text.length - printer->line;
		bool fill = i > 0 && !json_object_is_type(value, json_type_object) &&
			    !json_object_is_type(value, json_type_array);

		if (fill && text && used + strlen(text) + 2 <= LINE_WIDTH)
			vtune__text_add(&printer->text, " ");
		else
			break_line(printer);
		print_value(printer, value, 1);
		vtune__text_add(&printer->text, i + 1 < length ? "," : "");
	}
	printer->depth--;
	break_line(printer);
	vtune__text_add(&printer->text, "]");
}

/* behind: how much more must fit on the line. Recursion as deep as what the
 * library itself built. */
static void print_value(struct printer *printer, struct json_object *value, size_t behind)
{
	const char *text = json_object_to_json_string_ext(value, FLAGS);
	size_t used = printer->text.length - printer->line;

	if (!text || !is_whole(value, text))
		printer->text.failed = true;
	else if (used + strlen(text) + behind <= LINE_WIDTH)
		vtune__text_add(&printer->text, text);
	else if (json_object_is_type(value, json_type_object))
		print_object(printer, value);
	else if (json_object_is_type(value, json_type_array))
		print_array(printer, value);
	else
		vtune__text_add(&printer->text, text);
}

char *vtune__json_write(struct vtune__json_writer *w, struct json_object *root,
			struct vtune_error **err)
{
	struct printer printer = { 0 };

	if (w->failed || !root)
		printer.text.failed = true;
	else
		print_value(&printer, root, 0);
	json_object_put(root);
	vtune__text_add(&printer.text, "\n");
	return vtune__text_take(&printer.text, err);
}

char *vtune__json_write_compact(struct vtune__json_writer *w, struct json_object *root,
				struct vtune_error **err)
{
	const char *text = w->failed ? NULL
				     : json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);
	char *copy = text ? vtune__strdup(text, NULL) : NULL;

	json_object_put(root);
	if (!copy)
		vtune__fail_memory(err);
	return copy;
}
