/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of cases that the C library and its bindings share, in tests/cases:
 *
 *   { "about": SENTENCE, "host": HOST, "spec": SPEC, "work_limit": STEPS, "plan": PLAN }
 *   { ..., "error": { "code": N, "where": PLACE } }
 *
 * about and work_limit may be missing. A host or spec that is a string is that text.
 * The first of host, spec and place that fails gives the error. Plans are compared
 * without the blanks between tokens, otherwise byte by byte.
 *
 * VTUNE_UPDATE=1 writes what is found into the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>

#include <cmocka.h>

#include "base/json.h"

struct outcome {
	const char *key; /* of the case: plan or error */
	char *json;	 /* without blanks */
};

static void die(const char *file, struct vtune_error *err)
{
	fail_msg("%s: %s: %s", file, vtune_error_get_where(err), vtune_error_get_message(err));
}

/* A document of a case as text: a string stands for itself. */
static char *text_of(const char *file, const struct vtune__json *at)
{
	struct vtune_error *err = NULL;
	const char *string = NULL;
	char *text;

	if (vtune__json_is_string(at)) {
		if (vtune__json_string(at, &string, &err) < 0)
			die(file, err);
		text = strdup(string);
	} else {
		text = vtune__json_text(at, &err);
	}
	assert_non_null(text);
	return text;
}

static char *member_text(const char *file, const struct vtune__json *root, const char *key)
{
	struct vtune__json at;

	if (!vtune__json_get(root, key, &at))
		fail_msg("%s has no \"%s\"", file, key);
	return text_of(file, &at);
}

static struct vtune_options *options_of(const char *file, const struct vtune__json *root)
{
	struct vtune_options *options = vtune_options_new();
	struct vtune_error *err = NULL;
	struct vtune__json at;
	uint64_t steps;

	assert_non_null(options);
	if (vtune__json_get(root, "work_limit", &at) &&
	    (vtune__json_uint(&at, 1, UINT64_MAX, &steps, &err) < 0 ||
	     vtune_options_set_work_limit(options, steps, &err) < 0))
		die(file, err);
	return options;
}

static char *write_error(const struct vtune_error *error)
{
	struct vtune__json_writer w = { 0 };
	struct json_object *object = vtune__json_new_object(&w);

	vtune__json_put_int(&w, object, "code", vtune_error_get_code(error));
	vtune__json_put_string(&w, object, "where", vtune_error_get_where(error));
	return vtune__json_write(&w, object, NULL);
}

/* Without blanks; frees text. */
static char *compact(char *text)
{
	struct vtune__json root = { 0 };
	char *json;

	assert_non_null(text);
	assert_int_equal(vtune__json_open(text, &root, NULL), 0);
	json = vtune__json_text(&root, NULL);
	assert_non_null(json);
	vtune__json_close(&root);
	free(text);
	return json;
}

static struct outcome run(const char *file, const struct vtune__json *root)
{
	char *host_text = member_text(file, root, "host");
	char *spec_text = member_text(file, root, "spec");
	struct vtune_options *options = options_of(file, root);
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(host_text, &err);
	struct vtune_spec *spec = host ? vtune_spec_from_json(spec_text, &err) : NULL;
	struct vtune_plan *plan = spec ? vtune_place(host, spec, options, &err) : NULL;
	struct outcome outcome = {
		.key = plan ? "plan" : "error",
		.json = compact(plan ? vtune_plan_to_json(plan, &err) : write_error(err)),
	};

	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	vtune_options_free(options);
	free(spec_text);
	free(host_text);
	return outcome;
}

static void write_case(const char *file, const struct vtune__json *root,
		       const struct outcome *found)
{
	static const char *const kept[] = { "about", "host", "spec", "work_limit" };
	struct vtune__json_writer w = { 0 };
	struct json_object *object = vtune__json_new_object(&w);
	struct vtune__json at;
	char *text;
	FILE *stream;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (!vtune__json_get(root, kept[i], &at))
			continue;
		text = vtune__json_text(&at, NULL);
		assert_non_null(text);
		vtune__json_put_text(&w, object, kept[i], text);
		free(text);
	}
	vtune__json_put_text(&w, object, found->key, found->json);
	text = vtune__json_write(&w, object, NULL);
	assert_non_null(text);
	stream = fopen(file, "w");
	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
	free(text);
}

/* Is the outcome the expected one? */
static bool check(const char *file)
{
	struct vtune__json root = { 0 }, at;
	struct vtune_error *err = NULL;
	char *text = vtune__file_read(file, &err), *expected;
	struct outcome found;
	bool same;

	if (!text || vtune__json_open(text, &root, &err) < 0)
		die(file, err);
	found = run(file, &root);
	expected = vtune__json_get(&root, found.key, &at) ? vtune__json_text(&at, NULL) : NULL;
	same = expected && strcmp(found.json, expected) == 0;
	if (!same && getenv("VTUNE_UPDATE")) {
		write_case(file, &root, &found);
		same = true;
	}
	if (!same)
		print_error("%s: expected \"%s\": %s\nfound %s\n", file, found.key,
			    expected ? expected : "(none)", found.json);
	free(expected);
	free(found.json);
	vtune__json_close(&root);
	free(text);
	return same;
}

static void test_cases(void **state)
{
	const char *srcdir = getenv("srcdir");
	char pattern[4096];
	size_t wrong = 0;
	glob_t files;

	(void)state;
	snprintf(pattern, sizeof(pattern), "%s/cases/*.json", srcdir ? srcdir : ".");
	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= 20);
	for (size_t i = 0; i < files.gl_pathc; i++)
		wrong += !check(files.gl_pathv[i]);
	globfree(&files);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
