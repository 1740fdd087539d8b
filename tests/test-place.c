/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Placements whose answer is known: tests/data/place-cases.json, and the proven
 * cases of VTUNE_SHARED where that is set. In a case the specs are placed one
 * after another; what is expected is said of the last. */
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

#include "libvtune.h"

/* ---- help ---- */

static struct json_object *get(struct json_object *object, const char *key)
{
	return json_object_object_get(object, key);
}

static const char *text_of(struct json_object *object)
{
	return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
}

static void assert_no_error(struct vtune_error *err)
{
	if (err)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
}

static struct vtune_plan *place_text(const struct vtune_host *host, const char *spec_text)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(spec_text, &err);
	struct vtune_plan *plan;

	assert_no_error(err);
	plan = vtune_place(host, spec, NULL, &err);
	assert_no_error(err);
	if (vtune_plan_fits(plan))
		assert_int_equal(vtune_plan_validate(plan, host, spec, NULL), 0);
	vtune_spec_free(spec);
	return plan;
}

static struct json_object *document_of(const struct vtune_plan *plan)
{
	char *text = vtune_plan_to_json(plan, NULL);
	struct json_object *document = json_tokener_parse(text);

	assert_non_null(document);
	free(text);
	return document;
}

/* ---- what a case expects ---- */

static void expect_equal(const char *what, struct json_object *wanted, struct json_object *got)
{
	char *text;

	if (!wanted)
		return;
	text = strdup(text_of(wanted));
	if (strcmp(text, got ? text_of(got) : "nothing") != 0)
		fail_msg("%s: %s, not %s", what, got ? text_of(got) : "nothing", text);
	free(text);
}

/* The values of one key in an array of objects. */
static struct json_object *column(struct json_object *array, const char *key)
{
	struct json_object *values = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(array); i++)
		json_object_array_add(
			values, json_object_get(get(json_object_array_get_idx(array, i), key)));
	return values;
}

static void expect_column(const char *what, struct json_object *wanted, struct json_object *array,
			  const char *key)
{
	struct json_object *values = column(array, key);

	expect_equal(what, wanted, values);
	json_object_put(values);
}

static void expect_subset(const char *what, struct json_object *wanted, struct json_object *got)
{
	if (!wanted)
		return;
	json_object_object_foreach(wanted, key, value)
	{
		char *name = NULL;

		assert_true(asprintf(&name, "%s/%s", what, key) > 0);
		expect_equal(name, value, get(got, key));
		free(name);
	}
}

static void expect_memory_nodes(struct json_object *wanted, struct json_object *cells)
{
	for (size_t i = 0; wanted && i < json_object_array_length(cells); i++)
		expect_column("memory nodes", json_object_array_get_idx(wanted, i),
			      get(json_object_array_get_idx(cells, i), "memory"), "node");
}

static void expect_plan(struct json_object *wanted, struct json_object *plan)
{
	struct json_object *cells = get(plan, "cells");

	assert_true(json_object_get_boolean(get(plan, "optimal")));
	expect_column("nodes", get(wanted, "nodes"), cells, "node");
	expect_column("cells", get(wanted, "cells"), cells, "vcpus");
	expect_column("memory", get(wanted, "memory"), cells, "memory_kib");
	expect_column("devices", get(wanted, "devices"), get(plan, "devices"), "id");
	expect_column("CPUs", get(wanted, "cpus"), get(plan, "vcpus"), "cpus");
	expect_memory_nodes(get(wanted, "memory_nodes"), cells);
	expect_equal("page size", get(wanted, "page_kib"),
		     get(json_object_array_get_idx(cells, 0), "page_kib"));
	expect_equal("held", get(wanted, "held"), get(plan, "held_cpus"));
	expect_equal("emulator", get(wanted, "emulator"), get(get(plan, "emulator"), "cpus"));
	expect_equal("guest distances", get(wanted, "distances"),
		     get(get(plan, "domain"), "distances"));
	expect_subset("guest topology", get(wanted, "guest"), get(plan, "guest_topology"));
	expect_subset("cost", get(wanted, "cost"), get(plan, "cost"));
}

static void expect_reasons(struct json_object *wanted, struct json_object *reasons)
{
	if (json_object_array_length(reasons) != json_object_array_length(wanted))
		fail_msg("the reasons are %s", text_of(reasons));
	for (size_t i = 0; i < json_object_array_length(wanted); i++)
		expect_subset("reason", json_object_array_get_idx(wanted, i),
			      json_object_array_get_idx(reasons, i));
}

/* ---- running them ---- */

static struct vtune_host *host_after(struct json_object *test)
{
	struct json_object *specs = get(test, "specs");
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(text_of(get(test, "host")), &err);

	assert_no_error(err);
	for (size_t i = 0; i + 1 < json_object_array_length(specs); i++) {
		struct vtune_plan *plan =
			place_text(host, text_of(json_object_array_get_idx(specs, i)));
		struct vtune_host *after = vtune_host_with_plan(host, plan, &err);

		assert_no_error(err);
		vtune_plan_free(plan);
		vtune_host_free(host);
		host = after;
	}
	return host;
}

static void run_case(struct json_object *test)
{
	struct json_object *specs = get(test, "specs"), *document;
	struct vtune_host *host = host_after(test);
	size_t last = json_object_array_length(specs) - 1;
	struct vtune_plan *plan = place_text(host, text_of(json_object_array_get_idx(specs, last)));

	document = document_of(plan);
	if (vtune_plan_fits(plan) != json_object_get_boolean(get(test, "fits")))
		fail_msg("got %s", text_of(document));
	if (vtune_plan_fits(plan))
		expect_plan(test, document);
	else
		expect_reasons(get(test, "reasons"), get(document, "reasons"));
	json_object_put(document);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_cases(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct json_object *tests;
	char *path = NULL;

	(void)state;
	assert_true(asprintf(&path, "%s/data/place-cases.json", srcdir ? srcdir : ".") > 0);
	tests = json_object_from_file(path);
	free(path);
	assert_non_null(tests);
	for (size_t i = 0; i < json_object_array_length(tests); i++) {
		struct json_object *test = json_object_array_get_idx(tests, i);

		print_message("# %s\n", json_object_get_string(get(test, "name")));
		run_case(test);
	}
	json_object_put(tests);
}

static void run_proven(const char *path)
{
	struct json_object *test = json_object_from_file(path);
	struct vtune_error *err = NULL;
	struct vtune_host *host;
	struct vtune_plan *plan;

	assert_non_null(test);
	host = vtune_host_from_json(text_of(get(test, "host")), &err);
	assert_no_error(err);
	plan = place_text(host, text_of(get(test, "spec")));
	if (vtune_plan_fits(plan) != json_object_get_boolean(get(test, "fits")))
		fail_msg("%s: the verdict is wrong", path);
	vtune_plan_free(plan);
	vtune_host_free(host);
	json_object_put(test);
}

static void test_proven(void **state)
{
	const char *shared = getenv("VTUNE_SHARED");
	struct dirent *entry;
	char *folder = NULL;
	DIR *dir;

	(void)state;
	assert_true(asprintf(&folder, "%s/cases/fit", shared ? shared : "") > 0);
	dir = shared ? opendir(folder) : NULL;
	if (!dir) {
		free(folder);
		skip();
	}
	while ((entry = readdir(dir))) {
		char *path = NULL;

		if (entry->d_name[0] == '.')
			continue;
		assert_true(asprintf(&path, "%s/%s", folder, entry->d_name) > 0);
		run_proven(path);
		free(path);
	}
	closedir(dir);
	free(folder);
}

/* 16 nodes, of which 7 have room for a cell, and 8 equal cells. */
static void test_sixteen_nodes(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_synthetic("NUMANode:16 Core:4 PU:1", &err);
	struct vtune_host *busy;
	struct vtune_plan *plan;

	(void)state;
	assert_no_error(err);
	busy = vtune_host_with_state(
		host, "{\"allocations\": [{\"vm\": \"others\", \"cpus\": \"0-35\"}]}", &err);
	assert_no_error(err);
	plan = place_text(busy, "{\"version\": 1, \"vcpus\": 8, \"memory\": \"64MiB\", "
				"\"numa\": {\"cells\": 8}}");
	assert_int_equal(vtune_plan_fits(plan), 0);
	vtune_plan_free(plan);
	plan = place_text(host, "{\"version\": 1, \"vcpus\": 8, \"memory\": \"64MiB\", "
				"\"numa\": {\"cells\": 8}}");
	assert_int_equal(vtune_plan_is_optimal(plan), 1);
	vtune_plan_free(plan);
	vtune_host_free(busy);
	vtune_host_free(host);
}

static void test_arguments(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_place(NULL, NULL, NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	assert_null(vtune_place(NULL, NULL, NULL, NULL));
}

/* One step is never enough: no answer, or one that is not called the best. */
static void test_work_limit(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune_options *options = vtune_options_new();
	struct vtune_host *host = vtune_host_from_synthetic("NUMANode:8 Core:4 PU:2", &err);
	struct vtune_spec *spec =
		vtune_spec_from_json("{\"version\": 1, \"vcpus\": 16, \"memory\": \"64MiB\", "
				     "\"numa\": {\"cells\": 4}}",
				     &err);
	struct vtune_plan *plan;

	(void)state;
	assert_no_error(err);
	assert_int_equal(vtune_options_set_work_limit(options, 1, &err), 0);
	plan = vtune_place(host, spec, options, &err);
	assert_null(plan);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_LIMIT);
	vtune_error_free(err);
	vtune_spec_free(spec);
	vtune_host_free(host);
	vtune_options_free(options);
}

/* Nodes in a ring, where a bound is loose. */
static struct vtune_host *ring_of(unsigned int nodes)
{
	struct json_object *root = json_object_new_object(), *array = json_object_new_array();
	struct vtune_error *err = NULL;
	struct vtune_host *host;

	json_object_object_add(root, "version", json_object_new_int(1));
	json_object_object_add(root, "nodes", array);
	for (unsigned int n = 0; n < nodes; n++) {
		struct json_object *node = json_object_new_object();
		struct json_object *distances = json_object_new_object();
		char text[32];

		snprintf(text, sizeof(text), "%u-%u", 2 * n, 2 * n + 1);
		json_object_object_add(node, "id", json_object_new_int((int)n));
		json_object_object_add(node, "cpus", json_object_new_string(text));
		json_object_object_add(node, "memory_kib", json_object_new_int(1048576));
		json_object_object_add(node, "distances", distances);
		for (unsigned int to = 0; to < nodes; to++) {
			unsigned int way = (to + nodes - n) % nodes;

			if (way > nodes - way)
				way = nodes - way;
			snprintf(text, sizeof(text), "%u", to);
			json_object_object_add(distances, text,
					       json_object_new_int(10 + 2 * (int)way));
		}
		json_object_array_add(array, node);
	}
	host = vtune_host_from_json(text_of(root), &err);
	assert_no_error(err);
	json_object_put(root);
	return host;
}

static int64_t spread_of(const struct vtune_plan *plan, const char *key)
{
	struct json_object *document = document_of(plan), *cost = get(document, key);
	int64_t spread = cost ? json_object_get_int64(get(cost, "spread")) : -1;

	json_object_put(document);
	return spread;
}

/* When the limit ends the search, the bound lies below the best plan, which lies
 * below what was found. */
static void test_bound(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune_options *options = vtune_options_new();
	struct vtune_host *host = ring_of(14);
	struct vtune_spec *spec =
		vtune_spec_from_json("{\"version\": 1, \"vcpus\": 6, \"memory\": \"64MiB\", "
				     "\"numa\": {\"cells\": 6}}",
				     &err);
	struct vtune_plan *best, *first = NULL;

	(void)state;
	assert_no_error(err);
	best = vtune_place(host, spec, NULL, &err);
	assert_int_equal(vtune_plan_is_optimal(best), 1);
	assert_int_equal(spread_of(best, "bound"), -1);
	for (unsigned int limit = 1; !first && limit < 1000; limit++) {
		assert_int_equal(vtune_options_set_work_limit(options, limit, NULL), 0);
		first = vtune_place(host, spec, options, NULL);
	}
	assert_int_equal(vtune_plan_fits(first), 1);
	assert_int_equal(vtune_plan_is_optimal(first), 0);
	assert_true(spread_of(first, "bound") >= 0);
	assert_true(spread_of(first, "bound") <= spread_of(best, "cost"));
	assert_true(spread_of(best, "cost") <= spread_of(first, "cost"));
	vtune_plan_free(first);
	vtune_plan_free(best);
	vtune_spec_free(spec);
	vtune_host_free(host);
	vtune_options_free(options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),	      cmocka_unit_test(test_proven),
		cmocka_unit_test(test_sixteen_nodes), cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_work_limit),    cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
