/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"

static struct vtune__set set_of(const char *text)
{
	struct vtune__set set = { 0 };
	const char *why = NULL;

	assert_true(vtune__set_parse(&set, text, VTUNE__MAX_CPU, &why));
	return set;
}

static void assert_set(const struct vtune__set *set, const char *expected)
{
	char *text = vtune__set_print(set);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void test_parse_and_print(void **state)
{
	static const struct {
		const char *text, *printed;
		unsigned int count;
	} good[] = {
		{ "", "", 0 },
		{ "0", "0", 1 },
		{ "0-3,8", "0-3,8", 5 },
		{ "0,1,2", "0-2", 3 },
		{ "8,0-3", "0-3,8", 5 },
		{ "0-3,2-5", "0-5", 6 },
		{ "5,5,5", "5", 1 },
		{ "7-7", "7", 1 },
		{ "007", "7", 1 },
		{ "63,64", "63-64", 2 },
		{ "0-127", "0-127", 128 },
		{ "0,8,252-255", "0,8,252-255", 6 },
		{ "16383", "16383", 1 },
		{ "0-16383", "0-16383", 16384 },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(good); i++) {
		struct vtune__set set = set_of(good[i].text);

		assert_set(&set, good[i].printed);
		assert_int_equal(vtune__set_count(&set), good[i].count);
		assert_int_equal(vtune__set_is_empty(&set), good[i].count == 0);
		vtune__set_free(&set);
	}
}

static void test_parse_refuses(void **state)
{
	static const char *const bad[] = {
		" ",
		"0 ",
		" 0",
		"0, 1",
		"0 -1",
		"^0",
		"0-3,^2",
		"3-1",
		"0,,1",
		",",
		"0,",
		",0",
		"-",
		"-1",
		"1-",
		"0-1-2",
		"a",
		"0x1",
		"1.5",
		"+1",
		"16384",
		"0-16384",
		"99999999999999999999999",
		"18446744073709551616",
		"4294967296",
		"0\n",
		"0;1",
	};
	struct vtune__set set = set_of("1,3");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(bad); i++) {
		const char *why = NULL;

		assert_false(vtune__set_parse(&set, bad[i], VTUNE__MAX_CPU, &why));
		assert_non_null(why);
		assert_set(&set, "1,3");
	}
	vtune__set_free(&set);
}

static void test_members(void **state)
{
	struct vtune__set set = { 0 };
	struct vtune__set empty = { 0 };
	int expected[] = { 3, 64, 200 };
	unsigned int n = 0;

	(void)state;
	assert_int_equal(vtune__set_next(&set, 0), -1);
	assert_false(vtune__set_has(&set, 0));
	vtune__set_remove(&set, 77);
	vtune__set_clear(&set);
	assert_int_equal(vtune__set_add(&set, 200), 0);
	assert_int_equal(vtune__set_add(&set, 3), 0);
	assert_int_equal(vtune__set_add(&set, 64), 0);
	VTUNE__SET_FOREACH(bit, &set)
		assert_int_equal(bit, expected[n++]);
	assert_int_equal(n, 3);
	assert_int_equal(vtune__set_first(&set), 3);
	assert_int_equal(vtune__set_next(&set, 4), 64);
	assert_int_equal(vtune__set_next(&set, 64), 64);
	assert_int_equal(vtune__set_next(&set, 65), 200);
	assert_int_equal(vtune__set_next(&set, 201), -1);
	assert_int_equal(vtune__set_next(&set, 100000), -1);
	assert_true(vtune__set_has(&set, 64));
	assert_false(vtune__set_has(&set, 100000));

	vtune__set_remove(&set, 200);
	assert_set(&set, "3,64");
	vtune__set_clear(&set);
	assert_true(vtune__set_is_empty(&set));
	assert_true(vtune__set_equal(&set, &empty));
	assert_int_equal(vtune__set_add_range(&set, 5, 4), 0);
	assert_true(vtune__set_is_empty(&set));
	assert_int_equal(vtune__set_add_range(&set, 60, 130), 0);
	assert_set(&set, "60-130");
	vtune__set_free(&set);
	assert_true(vtune__set_is_empty(&set));
}

/* Every operation, on sets of different lengths both ways round. */
static void test_algebra(void **state)
{
	static const struct {
		const char *a, *b, * or, *and, *andnot;
		bool subset;
	} rows[] = {
		{ "", "", "", "", "", true },
		{ "0-3", "", "0-3", "", "0-3", false },
		{ "", "0-3", "0-3", "", "", true },
		{ "0-3", "2-5", "0-5", "2-3", "0-1", false },
		{ "0-3,200", "2", "0-3,200", "2", "0-1,3,200", false },
		{ "2", "0-3,200", "0-3,200", "2", "", true },
		{ "64", "0", "0,64", "", "64", false },
		{ "1,65", "1,65", "1,65", "1,65", "", true },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__set a = set_of(rows[i].a), b = set_of(rows[i].b), c = { 0 };

		assert_int_equal(vtune__set_is_subset(&a, &b), rows[i].subset);
		assert_int_equal(vtune__set_intersects(&a, &b), rows[i].and[0] != '\0');
		assert_int_equal(vtune__set_copy(&c, &a), 0);
		assert_true(vtune__set_equal(&c, &a));
		assert_int_equal(vtune__set_or(&c, &b), 0);
		assert_set(&c, rows[i].or);
		assert_int_equal(vtune__set_copy(&c, &a), 0);
		vtune__set_and(&c, &b);
		assert_set(&c, rows[i].and);
		assert_int_equal(vtune__set_count_and(&a, &b), vtune__set_count(&c));
		assert_int_equal(vtune__set_copy(&c, &a), 0);
		assert_set(&c, rows[i].a);
		vtune__set_andnot(&c, &b);
		assert_set(&c, rows[i].andnot);
		assert_int_equal(vtune__set_equal(&a, &b), vtune__set_equal(&b, &a));
		vtune__set_free(&a);
		vtune__set_free(&b);
		vtune__set_free(&c);
	}
}

/* Room left over from what a set once held must not tell sets apart. */
static void test_equal_ignores_room(void **state)
{
	struct vtune__set a = set_of("1,500"), b = set_of("1"), c = set_of("2");

	(void)state;
	assert_false(vtune__set_equal(&a, &b));
	assert_false(vtune__set_equal(&b, &c));
	vtune__set_remove(&a, 500);
	assert_true(vtune__set_equal(&a, &b));
	assert_true(vtune__set_equal(&b, &a));
	assert_true(vtune__set_is_subset(&a, &b));
	assert_int_equal(vtune__set_copy(&a, &a), 0);
	assert_set(&a, "1");
	vtune__set_free(&a);
	vtune__set_free(&b);
	vtune__set_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_and_print),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_algebra),
		cmocka_unit_test(test_equal_ignores_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
