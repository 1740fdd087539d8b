/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The documents and cases in tests/data, as the library takes them.
 * check-documents.sh takes the same ones through the schemas. */
#define _GNU_SOURCE /* asprintf */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <json-c/json_pointer.h>

#include "libvtune.h"

struct kind {
	const char *folder, *cases, *base;
	/* 0, or -1 and err. */
	int (*read)(const char *text, struct vtune_error **err);
};

static int read_spec(const char *text, struct vtune_error **err)
{
	struct vtune_spec *spec = vtune_spec_from_json(text, err);

	vtune_spec_free(spec);
	return spec ? 0 : -1;
}

static int read_plan(const char *text, struct vtune_error **err)
{
	struct vtune_plan *plan = vtune_plan_from_json(text, err);

	vtune_plan_free(plan);
	return plan ? 0 : -1;
}

static const struct kind specs = { "data/specs", "data/spec-cases.json", "minimal", read_spec };
static const struct kind plans = { "data/plans", "data/plan-cases.json", "two-cells", read_plan };

/* ---- help ---- */

static char *in_source(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", srcdir ? srcdir : ".", name) > 0);
	return path;
}

static struct json_object *load(const char *name)
{
	char *path = in_source(name);
	struct json_object *root = json_object_from_file(path);

	if (!root)
		fail_msg("%s: %s", path, json_util_get_last_err());
	free(path);
	return root;
}

static struct json_object *load_base(const struct kind *kind, const char *base)
{
	char *name = NULL;
	struct json_object *root;

	assert_true(asprintf(&name, "%s/%s.json", kind->folder, base) > 0);
	root = load(name);
	free(name);
	return root;
}

static const char *text_of(struct json_object *object, const char *key, const char *otherwise)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value)
							      : otherwise;
}

static void remove_at(struct json_object *root, const char *pointer)
{
	const char *last = strrchr(pointer, '/');
	char *parent = strndup(pointer, (size_t)(last - pointer));
	struct json_object *object;

	assert_int_equal(json_pointer_get(root, parent, &object), 0);
	if (json_object_is_type(object, json_type_array))
		assert_int_equal(json_object_array_del_idx(object, strtoul(last + 1, NULL, 10), 1),
				 0);
	else
		json_object_object_del(object, last + 1);
	free(parent);
}

static void expect_error(const struct kind *kind, struct json_object *root, int code,
			 const char *where, const char *says)
{
	const char *text = json_object_to_json_string(root);
	struct vtune_error *err = NULL;

	if (kind->read(text, &err) == 0)
		fail_msg("was taken, not refused at %s: %s", where, text);
	if (vtune_error_get_code(err) != code || strcmp(vtune_error_get_where(err), where) != 0 ||
	    !strstr(vtune_error_get_message(err), says))
		fail_msg("expected %d at %s (%s), got %d at %s (%s): %s", code, where, says,
			 vtune_error_get_code(err), vtune_error_get_where(err),
			 vtune_error_get_message(err), text);
	vtune_error_free(err);
	assert_int_equal(kind->read(text, NULL), -1);
}

static void expect_taken(const struct kind *kind, const char *text)
{
	struct vtune_error *err = NULL;

	if (kind->read(text, &err) < 0)
		fail_msg("refused at %s (%s): %s", vtune_error_get_where(err),
			 vtune_error_get_message(err), text);
	assert_null(err);
}

/* ---- whole documents ---- */

static unsigned int take_folder(const struct kind *kind, const char *folder)
{
	char *path = in_source(folder);
	DIR *dir = opendir(path);
	unsigned int count = 0;
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		struct json_object *root;
		char *name = NULL;

		if (!strstr(entry->d_name, ".json"))
			continue;
		assert_true(asprintf(&name, "%s/%s", folder, entry->d_name) > 0);
		root = load(name);
		expect_taken(kind, json_object_to_json_string(root));
		json_object_put(root);
		free(name);
		count++;
	}
	closedir(dir);
	free(path);
	return count;
}

static void test_documents(void **state)
{
	(void)state;
	assert_in_range(take_folder(&specs, specs.folder), 5, 1000);
	assert_in_range(take_folder(&specs, "../examples/specs"), 6, 1000);
	assert_in_range(take_folder(&plans, plans.folder), 5, 1000);
}

/* ---- the tables of cases ---- */

static void run_case(const struct kind *kind, struct json_object *row)
{
	bool unsupported = strcmp(text_of(row, "code", "document"), "unsupported") == 0;
	struct json_object *root = load_base(kind, text_of(row, "base", kind->base));
	struct json_object *edits;

	if (json_object_object_get_ex(row, "remove", &edits))
		remove_at(root, json_object_get_string(edits));
	if (json_object_object_get_ex(row, "set", &edits)) {
		json_object_object_foreach(edits, pointer, value) assert_int_equal(
			json_pointer_set(&root, pointer, json_object_get(value)), 0);
	}
	if (json_object_object_get_ex(row, "accepted", NULL))
		expect_taken(kind, json_object_to_json_string(root));
	else
		expect_error(kind, root, unsupported ? VTUNE_ERR_UNSUPPORTED : VTUNE_ERR_DOCUMENT,
			     text_of(row, "where", "?"), text_of(row, "says", "?"));
	json_object_put(root);
}

static void test_cases(void **state)
{
	const struct kind *kind = *state;
	struct json_object *rows = load(kind->cases);
	size_t count = json_object_array_length(rows);

	assert_true(count > 100);
	for (size_t i = 0; i < count; i++)
		run_case(kind, json_object_array_get_idx(rows, i));
	json_object_put(rows);
}

/* ---- every place of a document, spoilt ---- */

struct spoil {
	const struct kind *kind;
	struct json_object *root;
	unsigned int count;
};

static void spoil_with(struct spoil *spoil, const char *place, const char *bad)
{
	struct json_object *value, *kept, *replacement = json_tokener_parse(bad);

	assert_int_equal(json_pointer_get(spoil->root, place, &value), 0);
	kept = json_object_get(value);
	assert_int_equal(json_pointer_set(&spoil->root, place, replacement), 0);
	expect_error(spoil->kind, spoil->root, VTUNE_ERR_DOCUMENT, place, "");
	assert_int_equal(json_pointer_set(&spoil->root, place, kept), 0);
	spoil->count++;
}

/* Does one of the objects in the list have the key? */
static bool any_has(struct json_object *list, const char *key)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (json_object_object_get_ex(json_object_array_get_idx(list, i), key, NULL))
			return true;
	return false;
}

/* The error names the known keys: the document shows each of them, so that the
 * schema must know them, too. Apart from what is refused as not supported, from the bound,
 * which another document shows, and from what only earlier versions wrote. */
static void expect_shown(const char *message, struct json_object *alike)
{
	static const char *const later[] = { "queues", "bound", "cpu_mode" };
	const char *start = strstr(message, "keys here are \""), *end;

	assert_non_null(start);
	for (start = strchr(start, '"') + 1; *start; start = end[1] ? end + 4 : end + 1) {
		bool is_later = false;
		char *key;

		end = strchr(start, '"');
		key = strndup(start, (size_t)(end - start));
		for (unsigned int i = 0; i < sizeof(later) / sizeof(later[0]); i++)
			is_later = is_later || strcmp(later[i], key) == 0;
		if (!is_later && !any_has(alike, key))
			fail_msg("no document shows the key \"%s\": %s", key, message);
		free(key);
	}
}

/* alike: a list in which this object is, and others of its form. */
static void spoil_object(struct spoil *spoil, const char *place, struct json_object *object,
			 struct json_object *alike)
{
	struct vtune_error *err = NULL;
	char *unknown = NULL;

	assert_true(asprintf(&unknown, "%s/no_such_key", place) > 0);
	json_object_object_add(object, "no_such_key", json_object_new_int(1));
	expect_error(spoil->kind, spoil->root, VTUNE_ERR_DOCUMENT, unknown, "\"no_such_key\"");
	spoil->kind->read(json_object_to_json_string(spoil->root), &err);
	expect_shown(vtune_error_get_message(err), alike);
	vtune_error_free(err);
	json_object_object_del(object, "no_such_key");
	free(unknown);
}

static void spoil_value(struct spoil *spoil, const char *place, struct json_object *value)
{
	if (json_object_is_type(value, json_type_int)) {
		spoil_with(spoil, place, "0.5");
		spoil_with(spoil, place, "1e30");
		spoil_with(spoil, place, "99999999999999999999999");
		spoil_with(spoil, place, "-99999999999999999999999");
		spoil_with(spoil, place, "18446744073709551615");
	}
	spoil_with(spoil, place, "null");
	spoil_with(spoil, place, json_object_is_type(value, json_type_boolean) ? "1" : "true");
}

/* A merge patch: any object is one. CPU features have any names. */
static bool is_free(const char *place)
{
	const char *last = strrchr(place, '/');

	return last && (strcmp(last, "/change") == 0 || strcmp(last, "/features") == 0);
}

/* What the objects of a list have under one key. */
static struct json_object *members_of(struct json_object *list, const char *key)
{
	struct json_object *members = json_object_new_array(), *member;

	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (json_object_object_get_ex(json_object_array_get_idx(list, i), key, &member) &&
		    json_object_is_type(member, json_type_object))
			json_object_array_add(members, json_object_get(member));
	return members;
}

/* alike as above. A spoilt place loses what was inside: children first. */
static void spoil_all(struct spoil *spoil, const char *place, struct json_object *value,
		      struct json_object *alike)
{
	bool is_array = json_object_is_type(value, json_type_array);
	char *child = NULL;

	for (size_t i = 0; is_array && i < json_object_array_length(value); i++) {
		assert_true(asprintf(&child, "%s/%zu", place, i) > 0);
		spoil_all(spoil, child, json_object_array_get_idx(value, i), value);
		free(child);
	}
	if (json_object_is_type(value, json_type_object) && !is_free(place)) {
		struct json_object *alone = json_object_new_array();

		json_object_array_add(alone, json_object_get(value));
		spoil_object(spoil, place, value, alike ? alike : alone);
		json_object_object_foreach(value, key, member)
		{
			struct json_object *same = members_of(alike ? alike : alone, key);

			assert_true(asprintf(&child, "%s/%s", place, key) > 0);
			spoil_all(spoil, child, member,
				  json_object_is_type(member, json_type_object) ? same : NULL);
			free(child);
			json_object_put(same);
		}
		json_object_put(alone);
	}
	if (place[0] != '\0')
		spoil_value(spoil, place, value);
}

static void test_spoilt(void **state)
{
	static const struct {
		const struct kind *kind;
		const char *base;
	} rows[] = { { &specs, "full" }, { &plans, "two-cells" }, { &plans, "refused" } };

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct spoil spoil = { .kind = rows[i].kind };

		spoil.root = load_base(rows[i].kind, rows[i].base);
		spoil_all(&spoil, "", spoil.root, NULL);
		assert_true(spoil.count > 60);
		json_object_put(spoil.root);
	}
}

/* ---- what is no object at all ---- */

static void test_nonsense(void **state)
{
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{ "", VTUNE_ERR_SYNTAX },
		{ "   ", VTUNE_ERR_SYNTAX },
		{ "hello", VTUNE_ERR_SYNTAX },
		{ "{ \"version\": 1,", VTUNE_ERR_SYNTAX },
		{ "{} {}", VTUNE_ERR_SYNTAX },
		{ "<domain/>", VTUNE_ERR_SYNTAX },
		{ "[]", VTUNE_ERR_DOCUMENT },
		{ "1", VTUNE_ERR_DOCUMENT },
		{ "\"x\"", VTUNE_ERR_DOCUMENT },
		{ "null", VTUNE_ERR_DOCUMENT },
		{ "{}", VTUNE_ERR_DOCUMENT },
		{ "[ {} ]", VTUNE_ERR_DOCUMENT },
		{ "{ \"version\": 1, \"version\": 1 }", VTUNE_ERR_DOCUMENT },
	};
	const struct kind *kind = *state;
	struct vtune_error *err = NULL;

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(kind->read(rows[i].text, &err), -1);
		assert_int_equal(vtune_error_get_code(err), rows[i].code);
		vtune_error_free(err);
		err = NULL;
	}
	assert_int_equal(kind->read(NULL, &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents),
		{ "test_spec_cases", test_cases, NULL, NULL, (void *)&specs },
		{ "test_plan_cases", test_cases, NULL, NULL, (void *)&plans },
		cmocka_unit_test(test_spoilt),
		{ "test_spec_nonsense", test_nonsense, NULL, NULL, (void *)&specs },
		{ "test_plan_nonsense", test_nonsense, NULL, NULL, (void *)&plans },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
