/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "picture-help.h"
#include "plan/plan.h"
#include "picture/text.h"

static void assert_width(const char *text, unsigned int columns)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = strndup(text, length);

		assert_non_null(line);
		if (vtune__text_width(line) > columns)
			fail_msg("more than %u columns: %s", columns, line);
		if (length > 0 && line[length - 1] == ' ')
			fail_msg("a blank at the end of: %s", line);
		free(line);
		text += length + 1;
	}
}

static unsigned int count_lines(const char *text)
{
	unsigned int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static char *draw(const struct vtune_host *host, const struct vtune_plan *plan,
		  unsigned int columns)
{
	struct vtune_error *err = NULL;
	char *text = plan ? vtune_plan_to_text(plan, host, columns, &err)
			  : vtune_host_to_text(host, columns, &err);

	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	return text;
}

static void test_expected(void **state)
{
	static const struct {
		const char *host, *plan, *expected;
		unsigned int columns;
	} cases[] = {
		{ "host.json", NULL, "host.txt", 0 },
		{ "host.json", "dedicated.json", "dedicated.txt", 0 },
		{ "host.json", "mixed.json", "mixed.txt", 100 },
		{ "host.json", "remote.json", "remote.txt", 72 },
		{ "host.json", "refused.json", "refused.txt", 40 },
		{ "../hosts/gpu-server.json", "everything.json", "everything.txt", 0 },
		{ "choice-host.json", "choice.json", "choice.txt", 0 },
		{ "choice-host.json", "shared.json", "shared.txt", 0 },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune_host *host = picture_host(cases[i].host);
		struct vtune_plan *plan = cases[i].plan ? picture_plan(cases[i].plan) : NULL;
		char *text = draw(host, plan, cases[i].columns);

		assert_picture(text, cases[i].expected);
		assert_width(text, cases[i].columns ? cases[i].columns : 100);
		free(text);
		vtune_plan_free(plan);
		vtune_host_free(host);
	}
}

/* Every host of the tests, with a plan where there is one, in every width. */
static void test_widths(void **state)
{
	static const char *const plans[] = { NULL, "dedicated.json", "mixed.json", "remote.json",
					     "refused.json" };
	struct vtune_host *host = picture_host("host.json");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(plans); i++) {
		struct vtune_plan *plan = plans[i] ? picture_plan(plans[i]) : NULL;

		for (unsigned int columns = 40; columns <= 240; columns += 7) {
			char *text = draw(host, plan, columns), *again = draw(host, plan, columns);

			assert_width(text, columns);
			assert_string_equal(text, again);
			free(text);
			free(again);
		}
		vtune_plan_free(plan);
	}
	vtune_host_free(host);
}

static void test_width_is_bounded(void **state)
{
	struct vtune_host *host = picture_host("host.json");
	char *least = draw(host, NULL, 40), *most = draw(host, NULL, 1000);
	char *less = draw(host, NULL, 1), *more = draw(host, NULL, UINT32_MAX);

	(void)state;
	assert_string_equal(less, least);
	assert_string_equal(more, most);
	free(least);
	free(most);
	free(less);
	free(more);
	vtune_host_free(host);
}

static void test_small(void **state)
{
	struct vtune_host *host = picture_synthetic(SMALL);
	struct vtune_plan *plan = picture_plan_of(1);
	char *text = draw(host, plan, 0);

	(void)state;
	assert_picture(text, "small.txt");
	free(text);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

/* Many nodes that look alike become one box. */
static void test_large(void **state)
{
	struct vtune_host *host = picture_synthetic(LARGE);
	struct vtune_plan *plan = picture_plan_of(30);
	char *text = draw(host, NULL, 0), *placed = draw(host, plan, 0);

	(void)state;
	assert_non_null(strstr(text, "+- nodes 0-63, each 30 CPUs -"));
	assert_width(text, 100);
	assert_non_null(strstr(placed, "+- node 0, CPUs 0-29 -"));
	assert_non_null(strstr(placed, "[28 29]"));
	assert_non_null(strstr(placed, "+- nodes 1-63, each 30 CPUs -"));
	assert_true(count_lines(placed) < 40);
	free(text);
	free(placed);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

/* A host on which no node is like its neighbour: letters without brackets. */
static void test_letters(void **state)
{
	struct vtune__text json = { 0 };
	struct vtune_host *host;
	char *text;

	(void)state;
	vtune__text_add(&json, "{\"version\":1,\"nodes\":[");
	for (unsigned int i = 0; i < 40; i++)
		vtune__text_addf(&json, "%s{\"id\":%u,\"cpus\":\"%u-%u\",\"memory_kib\":%u}",
				 i ? "," : "", 2 * i, 64 * i, 64 * i + 63, (i + 1) << 20);
	vtune__text_add(&json, "],\"cores\":[");
	for (unsigned int i = 0; i < 1280; i++)
		vtune__text_addf(&json, "%s\"%u-%u\"", i ? "," : "", 2 * i, 2 * i + 1);
	vtune__text_add(&json, "],\"allocations\":[");
	for (unsigned int i = 0; i < 30; i++)
		vtune__text_addf(&json, "%s{\"vm\":\"vm%u\",\"cpus\":\"%u\"}", i ? "," : "", i,
				 64 * i);
	vtune__text_add(&json, "]}");
	assert_non_null(json.data);
	host = vtune_host_from_json(json.data, NULL);
	assert_non_null(host);
	text = draw(host, NULL, 0);
	assert_picture(text, "letters.txt");
	assert_width(text, 100);
	free(text);
	vtune_host_free(host);
	vtune__text_free(&json);
}

/* vCPUs that are too many for numbers on a host that shows no node twice. */
static void test_detail(void **state)
{
	struct vtune_host *host = picture_synthetic("Package:1 [NUMANode(memory=2GiB)] "
						    "Core:1024 PU:2");
	struct vtune_plan *plan = picture_plan_of(1500);
	char *wide = draw(host, plan, 300), *narrow = draw(host, plan, 80);

	(void)state;
	assert_non_null(strstr(wide, "[1498 1499]"));
	assert_width(wide, 300);
	assert_null(strstr(narrow, "1498"));
	assert_non_null(strstr(narrow, "################"));
	assert_non_null(strstr(narrow, "# vCPUs of this VM"));
	assert_width(narrow, 80);
	free(wide);
	free(narrow);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

/* A core wider than any line is broken, once all other ways have failed. */
static void test_wide_core(void **state)
{
	struct vtune_host *host =
		vtune_host_from_json("{\"version\":1,\"nodes\":[{\"id\":0,\"cpus\":\"0-199\","
				     "\"memory_kib\":4096}],\"cores\":[\"0-199\"]}",
				     NULL);
	char *text;

	(void)state;
	assert_non_null(host);
	text = draw(host, NULL, 60);
	assert_width(text, 60);
	assert_non_null(strstr(text, "1 node, 200 CPUs on 1 core"));
	assert_non_null(
		strstr(text, "|   0 .................................................... |"));
	free(text);
	vtune_host_free(host);
}

/* What allocations are said to hold can be more than there is. */
static void test_contradiction(void **state)
{
	struct vtune_host *host = vtune_host_from_json(
		"{\"version\":1,\"nodes\":[{\"id\":0,\"cpus\":\"0-1\",\"memory_kib\":4096,"
		"\"free_kib\":4096}],\"allocations\":[{\"vm\":\"a\",\"memory\":[{\"node\":0,"
		"\"size_kib\":4096,\"page_kib\":4}]},{\"vm\":\"b\"}]}",
		NULL);
	char *text;

	(void)state;
	assert_non_null(host);
	text = draw(host, NULL, 0);
	assert_non_null(strstr(text, "[oooooooooooooooooooo....................] 4 of 4 MiB free"));
	assert_non_null(strstr(text, "VM b holds nothing."));
	free(text);
	vtune_host_free(host);
}

/* The VM is here already, and is planned anew: what it holds is not another's. */
static void test_planned_anew(void **state)
{
	struct vtune_host *host = picture_synthetic(SMALL), *held;
	struct vtune_plan *plan = picture_plan_of(2);
	char *alone, *text, *again;

	(void)state;
	held = vtune_host_with_plan(host, plan, NULL);
	assert_non_null(held);
	alone = draw(held, NULL, 0);
	assert_non_null(strstr(alone, "a vm"));
	text = draw(host, plan, 0);
	again = draw(held, plan, 0);
	assert_string_equal(text, again);
	free(alone);
	free(text);
	free(again);
	vtune_plan_free(plan);
	vtune_host_free(held);
	vtune_host_free(host);
}

static void test_plan_of_another_host(void **state)
{
	static const struct {
		const char *file, *part;
	} cases[] = {
		{ "remote.json", "CPU 2" },
		{ "mixed.json", "CPU 4" },
		{ "dedicated.json", "CPU 2" },
	};
	struct vtune_host *host = picture_synthetic(SMALL);
	struct vtune_host *flat = picture_synthetic("NUMANode:2(memory=30GiB) Core:16 PU:1");
	struct vtune_error *err = NULL;
	struct vtune_plan *plan;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		plan = picture_plan(cases[i].file);
		assert_null(vtune_plan_to_text(plan, host, 0, &err));
		assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NOT_VALID);
		assert_non_null(strstr(vtune_error_get_message(err), cases[i].part));
		vtune_error_free(err);
		err = NULL;
		vtune_plan_free(plan);
	}
	plan = picture_plan("remote.json");
	assert_null(vtune_plan_to_text(plan, flat, 0, &err));
	assert_non_null(strstr(vtune_error_get_message(err), "node 2"));
	vtune_error_free(err);
	err = NULL;
	vtune_plan_free(plan);
	plan = picture_plan("dedicated.json");
	assert_null(vtune_plan_to_text(plan, flat, 0, &err));
	assert_non_null(strstr(vtune_error_get_message(err), "page size"));
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_host_free(flat);
	vtune_host_free(host);
}

static void test_null(void **state)
{
	struct vtune_host *host = picture_synthetic(SMALL);
	struct vtune_plan *plan = picture_plan_of(1);
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_host_to_text(NULL, 0, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_plan_to_text(NULL, host, 0, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_plan_to_text(plan, NULL, 0, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	assert_null(vtune_plan_to_text(plan, NULL, 0, NULL));
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_wrap(void **state)
{
	static const struct {
		const char *text, *lines;
	} cases[] = {
		{ "", "- " },
		{ "one two", "- one two" },
		{ "one two three", "- one two\n  three" },
		{ "  one   two  ", "- one two" },
		{ "0,1,2,3,4,5,6,7", "- 0,1,2,3,\n  4,5,6,7" },
		{ "at 0,1,2,3,4,5,6", "- at 0,1,2,\n  3,4,5,6" },
		{ "abcdefghijklmnop", "- abcdefghi\n  jklmnop" },
		{ "x abcdefghijklmnop", "- x\n  abcdefghi\n  jklmnop" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6 \xc3\xbcxy",
		  "- \xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6 \xc3\xbcxy" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune__lines lines = { 0 };
		struct vtune__text text = { 0 };

		vtune__lines_wrap(&lines, cases[i].text, "- ", "  ", 11);
		assert_false(lines.failed);
		for (unsigned int k = 0; k < lines.count; k++)
			vtune__text_addf(&text, "%s%s", k ? "\n" : "", lines.line[k]);
		assert_string_equal(text.data, cases[i].lines);
		vtune__text_free(&text);
		vtune__lines_free(&lines);
	}
}

static void test_bar(void **state)
{
	static const struct {
		uint64_t part[VTUNE__PARTS];
		unsigned int width, out[VTUNE__PARTS];
	} cases[] = {
		{ { 25, 25, 25, 25 }, 8, { 2, 2, 2, 2 } }, { { 1, 0, 0, 999 }, 10, { 1, 0, 0, 9 } },
		{ { 999, 1, 1, 1 }, 10, { 7, 1, 1, 1 } },  { { 1, 1, 1, 1 }, 2, { 1, 1, 0, 0 } },
		{ { 10, 0, 0, 0 }, 7, { 7, 0, 0, 0 } },	   { { 1, 2, 3, 4 }, 0, { 0, 0, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune__picture_memory memory = { 0 };
		unsigned int out[VTUNE__PARTS], sum = 0;

		memcpy(memory.part_kib, cases[i].part, sizeof(memory.part_kib));
		for (unsigned int k = 0; k < VTUNE__PARTS; k++)
			memory.sum_kib += memory.part_kib[k];
		vtune__picture_bar(&memory, cases[i].width, out);
		for (unsigned int k = 0; k < VTUNE__PARTS; k++)
			sum += out[k];
		assert_int_equal(sum, cases[i].width);
		if (i != 3)
			assert_memory_equal(out, cases[i].out, sizeof(out));
	}
}

static void test_free_figures(void **state)
{
	static const struct {
		uint64_t free_kib, total_kib;
		const char *text;
	} cases[] = {
		{ 0, 1023, "0 of 1023 KiB free" },
		{ 512, 1024, "0.5 of 1 MiB free" },
		{ 1048575, 1048576, "1 of 1 GiB free" },
		{ 60082352, 67108864, "57.3 of 64 GiB free" },
		{ UINT64_C(1) << 30, (UINT64_C(1) << 40) - 1, "1 of 1024 TiB free" },
		{ VTUNE__MAX_KIB, VTUNE__MAX_KIB, "4096 of 4096 PiB free" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune__picture_memory memory = { .total_kib = cases[i].total_kib };
		struct vtune__text text = { 0 };

		memory.part_kib[VTUNE__PART_FREE] = cases[i].free_kib;
		vtune__picture_add_free(&text, &memory);
		assert_string_equal(text.data, cases[i].text);
		vtune__text_free(&text);
	}
}

static void draw_real(const struct vtune_host *host)
{
	for (unsigned int columns = 40; columns <= 160; columns += 60) {
		char *text = draw(host, NULL, columns);

		assert_width(text, columns);
		assert_true(count_lines(text) < 250);
		free(text);
	}
}

static void test_real_machines(void **state)
{
	(void)state;
	picture_each_shared(draw_real);
}

static void test_control_characters(void **state)
{
	struct vtune__text text = { 0 };

	(void)state;
	vtune__text_add_plain(&text, "a\x1b[31m\n\x7f\xc3\xa4");
	assert_string_equal(text.data, "a?[31m??\xc3\xa4");
	vtune__text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_width_is_bounded),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_wide_core),
		cmocka_unit_test(test_contradiction),
		cmocka_unit_test(test_planned_anew),
		cmocka_unit_test(test_plan_of_another_host),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_bar),
		cmocka_unit_test(test_free_figures),
		cmocka_unit_test(test_control_characters),
		cmocka_unit_test(test_real_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
