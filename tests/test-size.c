/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint64_t kib;
	} rows[] = {
		{ "0KiB", 0 },
		{ "1b", 1 },
		{ "1024b", 1 },
		{ "1025bytes", 2 },
		{ "1byte", 1 },
		{ "1KB", 1 },
		{ "2000KB", 1954 },
		{ "1k", 1 },
		{ "1K", 1 },
		{ "7KiB", 7 },
		{ "512MB", 500000 },
		{ "1M", 1024 },
		{ "2MiB", 2048 },
		{ "2mib", 2048 },
		{ "1GB", 976563 },
		{ "1G", 1048576 },
		{ "64GiB", 67108864 },
		{ "64gIb", 67108864 },
		{ "1TB", 976562500 },
		{ "1T", 1073741824 },
		{ "1TiB", 1073741824 },
		{ "5TiB", UINT64_C(5) << 30 },
		{ "1PB", UINT64_C(976562500000) },
		{ "1P", UINT64_C(1) << 40 },
		{ "1PiB", UINT64_C(1) << 40 },
		{ "1EB", UINT64_C(976562500000000) },
		{ "1E", UINT64_C(1) << 50 },
		{ "4EiB", UINT64_C(1) << 52 },
		{ "4611686018427387904b", UINT64_C(1) << 52 },
		{ "0004KiB", 4 },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		uint64_t kib = 99;

		assert_true(vtune__size_parse(rows[i].text, &kib));
		assert_int_equal(kib, rows[i].kib);
	}
}

static void test_parse_refuses(void **state)
{
	static const char *const bad[] = {
		"",
		"64",
		"GiB",
		"64 GiB",
		" 64GiB",
		"64GiB ",
		"-1GiB",
		"+1GiB",
		"1.5GiB",
		"1e3KiB",
		"64GiBs",
		"64Gi",
		"64GBi",
		"64X",
		"64XiB",
		"64iB",
		"0x10KiB",
		"5EiB",
		"4611686018427387905b",
		"18446744073709551615KiB",
		"18446744073709551616b",
		"99999999999999999999999KiB",
		"1,000KiB",
		"1KiB1",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(bad); i++) {
		uint64_t kib = 99;

		assert_false(vtune__size_parse(bad[i], &kib));
		assert_int_equal(kib, 99);
	}
}

static void test_print(void **state)
{
	static const struct {
		uint64_t kib;
		const char *text;
	} rows[] = {
		{ 0, "0KiB" },
		{ 4, "4KiB" },
		{ 64, "64KiB" },
		{ 1023, "1023KiB" },
		{ 2048, "2MiB" },
		{ 1048576, "1GiB" },
		{ 1048577, "1048577KiB" },
		{ 16777216, "16GiB" },
		{ 524288, "512MiB" },
		{ UINT64_C(1) << 52, "4EiB" },
		{ UINT64_MAX, "18446744073709551615KiB" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char out[32];

		vtune__size_print(rows[i].kib, out);
		assert_string_equal(out, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
