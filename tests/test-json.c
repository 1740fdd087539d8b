/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static void assert_error(struct vtune_error **err, enum vtune_error_code code, const char *where,
			 const char *part)
{
	if (vtune_error_get_code(*err) != (int)code ||
	    strcmp(vtune_error_get_where(*err), where) != 0 ||
	    !strstr(vtune_error_get_message(*err), part))
		fail_msg("expected %d at \"%s\" with \"%s\", got %d at \"%s\": %s", code, where,
			 part, vtune_error_get_code(*err), vtune_error_get_where(*err),
			 vtune_error_get_message(*err));
	vtune_error_free(*err);
	*err = NULL;
}

static void test_syntax(void **state)
{
	static const struct {
		const char *text, *where, *part;
	} rows[] = {
		{ "", "", "empty" },
		{ " \n\t\r ", "", "empty" },
		{ "hello", "line 1", "not JSON" },
		{ "<xml/>", "line 1", "not JSON" },
		{ "{", "line 1", "too early" },
		{ "{ \"a\": 1,\n\n", "line 3", "too early" },
		{ "{ \"a\": 1,\n  b: 2 }", "line 2", "line 2, column 3 (byte 12)" },
		{ "{ \"a\": 1, }", "line 1", "not JSON" },
		{ "[1,]", "line 1", "not JSON" },
		{ "[1 2]", "line 1", "not JSON" },
		{ "{} {}", "line 1", "not JSON" },
		{ "{}\n}", "line 2", "not JSON" },
		{ "{} x", "line 1", "not JSON" },
		{ "/* c */ {}", "line 1", "not JSON" },
		{ "{ } // c", "line 1", "not JSON" },
		{ "{ 'a': 1 }", "line 1", "and not in ', in line 1, column 3" },
		{ "[ \"a\",\n 'b' ]", "line 2", "not JSON" },
		{ "True", "line 1", "not JSON" },
		{ "01", "line 1", "not JSON" },
		{ "+1", "line 1", "not JSON" },
		{ "0x10", "line 1", "not JSON" },
		{ "\"abc", "line 1", "too early" },
		{ "\"\\u12g4\"", "line 1", "not JSON" },
		{ "\"\\x\"", "line 1", "not JSON" },
		{ "\xef\xbb\xbf{}", "line 1", "not JSON" },
		{ "{ \"\xff\": 1 }", "line 1", "not UTF-8" },
		{ "[\n\"\xc0\xaf\"]", "line 2", "column 2" },
		{ "[\"\xe0\x80\x80\"]", "line 1", "not UTF-8" },
		{ "[\"\xed\xa0\x80\"]", "line 1", "not UTF-8" },
		{ "[\"\xf0\x80\x80\x80\"]", "line 1", "not UTF-8" },
		{ "[\"\xf4\x90\x80\x80\"]", "line 1", "not UTF-8" },
		{ "[\"\xf5\x80\x80\x80\"]", "line 1", "not UTF-8" },
		{ "[\"\xe2\x82\"]", "line 1", "not UTF-8" },
		{ "[\"\x80\"]", "line 1", "not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_error *err = NULL;
		struct vtune__json root;

		assert_int_equal(vtune__json_open(rows[i].text, &root, &err), -1);
		assert_null(root.value);
		assert_error(&err, VTUNE_ERR_SYNTAX, rows[i].where, rows[i].part);
	}
}

static void test_depth(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune__json root;
	char text[20001];

	(void)state;
	for (size_t depth = 1; depth <= 10000; depth = depth * 3 / 2 + 1) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		text[2 * depth] = '\0';
		if (vtune__json_open(text, &root, &err) == 0) {
			assert_true(depth <= VTUNE__JSON_DEPTH);
			vtune__json_close(&root);
		} else {
			assert_true(depth > 16);
			assert_error(&err, VTUNE_ERR_SYNTAX, "line 1", "nesting too deep");
		}
	}
}

static void test_keys(void **state)
{
	static const struct {
		const char *text, *where, *part;
	} rows[] = {
		{ "{ \"a\": 1, \"a\": 2 }", "/a", "twice" },
		{ "{ \"a\": [ 0, { \"x\": {}, \"b\": [ 1, 2 ], \"x\": 1 } ] }", "/a/1/x", "twice" },
		{ "[ [ 1, 2 ], { \"q\\\"\": 1 } ]", "/1/q\\\"", "escapes" },
		{ "{ \"a~b/c\": { \"d\": 1, \"d\": 1 } }", "/a~0b~1c/d", "twice" },
	};
	struct vtune_error *err = NULL;
	struct vtune__json root;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		assert_int_equal(vtune__json_open(rows[i].text, &root, &err), -1);
		assert_error(&err, VTUNE_ERR_DOCUMENT, rows[i].where, rows[i].part);
	}
	assert_int_equal(
		vtune__json_open("[ { \"a\": \"}\\\\\\\"{'\" }, { \"a\": \"b\", \"b\": \"a\" }, "
				 "{ \"a\": { \"a\": [ ] } } ]",
				 &root, &err),
		0);
	assert_null(err);
	vtune__json_close(&root);
}

static const char *const names[] = { "version", "on", "list", "n", NULL };

static void test_walk(void **state)
{
	struct vtune__json root, list, element, child;
	struct vtune_error *err = NULL;
	unsigned int length, count = 0;
	char *path;

	(void)state;
	assert_int_equal(vtune__json_open("{ \"version\": 1, \"list\": [ 7, { \"n\": null } ] }\n",
					  &root, &err),
			 0);
	assert_int_equal(vtune__json_object(&root, names, &err), 0);
	assert_int_equal(vtune__json_version(&root, &err), 0);
	assert_false(vtune__json_get(&root, "on", &child));
	assert_int_equal(vtune__json_need(&root, "on", &child, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/", "\"on\" is missing");
	assert_int_equal(vtune__json_need(&root, "list", &list, &err), 0);
	assert_true(vtune__json_is_array(&list));
	assert_int_equal(vtune__json_array(&list, &length, &err), 0);
	assert_int_equal(length, 2);
	vtune__json_element(&list, 0, &element);
	assert_true(vtune__json_is_number(&element));
	assert_false(vtune__json_is_string(&element));
	assert_int_equal(vtune__json_map(&element, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/list/0", "object");
	vtune__json_element(&list, 1, &element);
	assert_int_equal(vtune__json_map(&element, &err), 0);
	assert_true(vtune__json_get(&element, "n", &child));
	path = vtune__json_path(&child);
	assert_string_equal(path, "/list/1/n");
	free(path);
	assert_int_equal(vtune__json_array(&child, &length, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/list/1/n", "array");
	while (vtune__json_member(&root, count, &child))
		assert_string_equal(child.key, count++ == 0 ? "version" : "list");
	assert_int_equal(count, 2);
	vtune__json_fail_code(&root, &err, VTUNE_ERR_UNSUPPORTED, "not %s", "yet");
	assert_error(&err, VTUNE_ERR_UNSUPPORTED, "/", "not yet");
	vtune__json_close(&root);
	vtune__json_close(&root);

	assert_int_equal(vtune__json_open("{ \"verson\": 1 }", &root, &err), 0);
	assert_int_equal(vtune__json_object(&root, names, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/verson",
		     "\"verson\" is not known; the keys here are \"version\", \"on\", \"list\"");
	assert_int_equal(vtune__json_version(&root, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/", "\"version\" is missing");
	vtune__json_close(&root);
	assert_int_equal(vtune__json_open("{ \"version\": 2 }", &root, &err), 0);
	assert_int_equal(vtune__json_version(&root, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/version", "must be the number 1");
	vtune__json_close(&root);
	assert_int_equal(vtune__json_open("[]", &root, &err), 0);
	assert_int_equal(vtune__json_object(&root, names, &err), -1);
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/", "object");
	vtune__json_close(&root);
}

enum kind { UINT, UINT32, INT, DOUBLE, BOOL, STRING, ENUM, SET, SIZE };

/* Read {"v": text} as a kind; the value, printed, or NULL. */
static char *read_value(enum kind kind, const char *value, struct vtune_error **err)
{
	static const char *const words[] = { "pack", "spread", NULL };
	struct vtune__set set VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__text text = { 0 };
	struct vtune__json root, at;
	uint64_t number = 0;
	int64_t negative = 0;
	unsigned int small = 0;
	const char *string = "";
	double real = 0;
	bool flag = false;
	int index = 0, rc = -1;

	vtune__text_addf(&text, "{\"v\": %s}", value);
	assert_int_equal(vtune__json_open(text.data, &root, err), 0);
	vtune__text_free(&text);
	assert_int_equal(vtune__json_need(&root, "v", &at, err), 0);
	switch (kind) {
	case UINT:
		rc = vtune__json_uint(&at, 1, UINT64_MAX, &number, err);
		break;
	case UINT32:
		rc = vtune__json_uint32(&at, 1, 16383, &small, err);
		break;
	case INT:
		rc = vtune__json_int(&at, INT64_MIN, INT64_MAX, &negative, err);
		break;
	case DOUBLE:
		rc = vtune__json_double(&at, &real, err);
		break;
	case BOOL:
		rc = vtune__json_bool(&at, &flag, err);
		break;
	case STRING:
		rc = vtune__json_string(&at, &string, err);
		break;
	case ENUM:
		rc = vtune__json_enum(&at, words, &index, err);
		break;
	case SET:
		rc = vtune__json_set(&at, 99, &set, err);
		break;
	case SIZE:
		rc = vtune__json_size(&at, &number, err);
		break;
	}
	if (rc == 0) {
		switch (kind) {
		case UINT:
		case SIZE:
			vtune__text_addf(&text, "%llu", (unsigned long long)number);
			break;
		case UINT32:
			vtune__text_addf(&text, "%u", small);
			break;
		case INT:
			vtune__text_addf(&text, "%lld", (long long)negative);
			break;
		case DOUBLE:
			vtune__text_addf(&text, "%g", real);
			break;
		case BOOL:
		case ENUM:
			vtune__text_addf(&text, "%d", kind == BOOL ? flag : index);
			break;
		case STRING:
			vtune__text_add(&text, string);
			break;
		case SET:
			vtune__text_add_set(&text, &set);
			break;
		}
	}
	vtune__json_close(&root);
	return rc == 0 ? vtune__text_take(&text, NULL) : NULL;
}

static void test_values(void **state)
{
	static const struct {
		enum kind kind;
		const char *text, *value; /* NULL: refused */
		const char *part;
	} rows[] = {
		{ UINT, "1", "1", "" },
		{ UINT, "18446744073709551614", "18446744073709551614", "" },
		{ UINT, "9223372036854775808", "9223372036854775808", "" },
		{ UINT, "18446744073709551615", NULL, "whole number" },
		{ UINT, "18446744073709551616", NULL, "whole number" },
		{ UINT, "99999999999999999999999999", NULL, "whole number" },
		{ UINT, "0", NULL, "at least 1" },
		{ UINT, "-1", NULL, "whole number" },
		{ UINT, "-9223372036854775809", NULL, "whole number" },
		{ UINT, "1.0", NULL, "whole number" },
		{ UINT, "1e3", NULL, "whole number" },
		{ UINT, "NaN", NULL, "whole number" },
		{ UINT, "\"1\"", NULL, "whole number" },
		{ UINT, "null", NULL, "whole number" },
		{ UINT, "true", NULL, "whole number" },
		{ UINT, "[]", NULL, "whole number" },
		{ UINT32, "16383", "16383", "" },
		{ UINT32, "16384", NULL, "from 1 to 16383" },
		{ UINT32, "4294967297", NULL, "from 1 to 16383" },
		{ INT, "-5", "-5", "" },
		{ INT, "9223372036854775806", "9223372036854775806", "" },
		{ INT, "9223372036854775808", NULL, "whole number" },
		{ INT, "-9223372036854775809", NULL, "whole number" },
		{ INT, "-1.5", NULL, "whole number" },
		{ DOUBLE, "1.5", "1.5", "" },
		{ DOUBLE, "4", "4", "" },
		{ DOUBLE, "-1e3", "-1000", "" },
		{ DOUBLE, "1e400", NULL, "number" },
		{ DOUBLE, "NaN", NULL, "number" },
		{ DOUBLE, "Infinity", NULL, "number" },
		{ DOUBLE, "\"1.5\"", NULL, "number" },
		{ DOUBLE, "true", NULL, "number" },
		{ BOOL, "true", "1", "" },
		{ BOOL, "false", "0", "" },
		{ BOOL, "0", NULL, "true or false" },
		{ BOOL, "\"true\"", NULL, "true or false" },
		{ BOOL, "null", NULL, "true or false" },
		{ STRING, "\"\"", "", "" },
		{ STRING, "\"caf\xc3\xa9 \\u00e9 \xf0\x9f\x98\x80 \\\"\"",
		  "caf\xc3\xa9 \xc3\xa9 \xf0\x9f\x98\x80 \"", "" },
		{ STRING, "7", NULL, "string" },
		{ STRING, "null", NULL, "string" },
		{ STRING, "\"a\\u0000b\"", NULL, "control" },
		{ STRING, "\"a\\u001fb\"", NULL, "control" },
		{ STRING, "\"a\\nb\"", NULL, "control" },
		{ STRING, "\"a\nb\"", NULL, "control" },
		{ STRING, "\"a\tb\"", NULL, "control" },
		{ STRING, "\"a\\u007fb\"", NULL, "control" },
		{ STRING, "\"a\\uffffb\"", NULL, "control" },
		{ STRING, "\"a\xef\xbf\xbe\"", NULL, "control" },
		{ ENUM, "\"pack\"", "0", "" },
		{ ENUM, "\"spread\"", "1", "" },
		{ ENUM, "\"Pack\"", NULL,
		  "\"Pack\" is not known; it must be one of \"pack\", \"spread\"" },
		{ ENUM, "1", NULL, "string" },
		{ SET, "\"0-3,8\"", "0-3,8", "" },
		{ SET, "\"\"", "", "" },
		{ SET, "\"0-3,^2\"", NULL, "not a set" },
		{ SET, "\"100\"", NULL, "up to 99" },
		{ SET, "8", NULL, "as a string" },
		{ SET, "[ 8 ]", NULL, "as a string" },
		{ SET, "\"8\\u0000\"", NULL, "control" },
		{ SIZE, "\"64GiB\"", "67108864", "" },
		{ SIZE, "4096", "4096", "" },
		{ SIZE, "4503599627370496", "4503599627370496", "" },
		{ SIZE, "4503599627370497", NULL, "whole number" },
		{ SIZE, "-1", NULL, "whole number" },
		{ SIZE, "1.5", NULL, "size" },
		{ SIZE, "\"64\"", NULL, "\"64\" is not a size" },
		{ SIZE, "\"1\\u00002\"", NULL, "control" },
		{ SIZE, "true", NULL, "size" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_error *err = NULL;
		char *value = read_value(rows[i].kind, rows[i].text, &err);

		if (rows[i].value) {
			if (!value)
				fail_msg("row %zu: %s", i, vtune_error_get_message(err));
			assert_string_equal(value, rows[i].value);
			assert_null(err);
		} else {
			if (value)
				fail_msg("row %zu passes for %s", i, value);
			assert_error(&err, VTUNE_ERR_DOCUMENT, "/v", rows[i].part);
		}
		free(value);
	}
}

static void test_write(void **state)
{
	static const char expected[] =
		"{\n"
		"  \"version\": 1,\n"
		"  \"text\": \"a/b \\\" caf\xc3\xa9\",\n"
		"  \"big\": 18446744073709551615,\n"
		"  \"small\": -9223372036854775808,\n"
		"  \"flag\": true,\n"
		"  \"set\": \"0-3,8\",\n"
		"  \"empty\": { },\n"
		"  \"list\": [ \"x\", -1, \"0-3,8\" ],\n"
		"  \"long\": [\n"
		"    10000000, 10000001, 10000002, 10000003, 10000004, 10000005, 10000006, 10000007, 10000008,\n"
		"    10000009, 10000010, 10000011\n"
		"  ],\n"
		"  \"objects\": [\n"
		"    { \"n\": 0, \"text\": \"an object that fits on one line stays on it\" },\n"
		"    { \"n\": 1, \"text\": \"an object that fits on one line stays on it\" }\n"
		"  ]\n"
		"}\n";
	struct vtune__json_writer w = { 0 };
	struct json_object *root = vtune__json_new_object(&w), *list;
	struct vtune__set set = { 0 };
	struct vtune__json again;
	char *text;

	(void)state;
	vtune__set_add_range(&set, 0, 3);
	vtune__set_add(&set, 8);
	vtune__json_put_uint(&w, root, "version", 1);
	vtune__json_put_string(&w, root, "text", "a/b \" caf\xc3\xa9");
	vtune__json_put_uint(&w, root, "big", UINT64_MAX);
	vtune__json_put_int(&w, root, "small", INT64_MIN);
	vtune__json_put_bool(&w, root, "flag", true);
	vtune__json_put_set(&w, root, "set", &set);
	vtune__json_put(&w, root, "empty", vtune__json_new_object(&w));
	list = vtune__json_new_array(&w);
	vtune__json_append_string(&w, list, "x");
	vtune__json_append_int(&w, list, -1);
	vtune__json_append_set(&w, list, &set);
	vtune__json_put(&w, root, "list", list);
	list = vtune__json_new_array(&w);
	for (int i = 0; i < 12; i++)
		vtune__json_append_int(&w, list, 10000000 + i);
	vtune__json_put(&w, root, "long", list);
	list = vtune__json_new_array(&w);
	for (unsigned int i = 0; i < 2; i++) {
		struct json_object *object = vtune__json_new_object(&w);

		vtune__json_put_uint(&w, object, "n", i);
		vtune__json_put_string(&w, object, "text",
				       "an object that fits on one line stays on it");
		vtune__json_append(&w, list, object);
	}
	vtune__json_put(&w, root, "objects", list);
	text = vtune__json_write(&w, root, NULL);
	assert_string_equal(text, expected);
	assert_int_equal(vtune__json_open(text, &again, NULL), 0);
	vtune__json_close(&again);
	free(text);
	vtune__set_free(&set);
}

static void test_write_double(void **state)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{ 4, "4.0" },	     { 1.5, "1.5" },	    { 0.1, "0.1" },
		{ 1e300, "1e+300" }, { -2.25, "-2.25" },    { 1.0 / 3, "0.3333333333333333" },
		{ 16.1, "16.1" },    { 1.5e-7, "1.5e-07" },
	};
	/* Their decimal point is a comma; the first round is in C where none is installed. */
	bool comma = setlocale(LC_NUMERIC, "de_DE.UTF-8") || setlocale(LC_NUMERIC, "fr_FR.UTF-8");

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
			struct vtune__json_writer w = { 0 };
			struct json_object *root = vtune__json_new_object(&w);
			struct vtune__json again, at;
			double value = 0;
			char *text, expected[64];

			vtune__json_put_double(&w, root, "v", rows[i].value);
			text = vtune__json_write(&w, root, NULL);
			snprintf(expected, sizeof(expected), "{ \"v\": %s }\n", rows[i].text);
			assert_string_equal(text, expected);
			assert_int_equal(vtune__json_open(text, &again, NULL), 0);
			assert_true(vtune__json_get(&again, "v", &at));
			assert_int_equal(vtune__json_double(&at, &value, NULL), 0);
			assert_true(value == rows[i].value);
			vtune__json_close(&again);
			free(text);
		}
		setlocale(LC_NUMERIC, "C");
	}
	if (!comma)
		print_message("no locale with a decimal comma is installed\n");
}

static void test_write_failure_is_remembered(void **state)
{
	struct vtune__json_writer w = { 0 };
	struct json_object *root = vtune__json_new_object(&w), *orphan = vtune__json_new_array(&w);
	struct vtune_error *err = NULL;

	(void)state;
	vtune__json_put(&w, root, "missing", NULL);
	assert_true(w.failed);
	assert_null(vtune__json_new_object(&w));
	assert_null(vtune__json_new_array(&w));
	vtune__json_put_int(&w, root, "n", 1);
	vtune__json_put_string(&w, NULL, "s", "x");
	vtune__json_append(&w, NULL, orphan);
	vtune__json_append(&w, NULL, NULL);
	assert_null(vtune__json_write(&w, root, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NO_MEMORY);
	vtune_error_free(err);
	w.failed = false;
	assert_null(vtune__json_write(&w, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_double),
		cmocka_unit_test(test_write_failure_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
