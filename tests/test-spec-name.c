/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A spec for a VM of another name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec-help.h"

static const char nameless[] = "{ \"version\": 1, \"vcpus\": 4, \"memory\": \"1GiB\","
			       "  \"numa\": { \"cells\": 2 }, \"hugepages\": \"2MiB\","
			       "  \"disks\": [ { \"target\": \"vda\", \"bus\": \"virtio\" } ] }";

/* All else is equal. */
static void test_name(void **state)
{
	static const char *const names[] = { "db01", "a \"b\" \\ c", "\303\244", "vm" };
	struct vtune_spec *spec = help_spec(nameless);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct vtune_error *err = NULL;
		struct vtune_spec *named = vtune_spec_with_name(spec, names[i], &err);

		assert_non_null(named);
		assert_null(err);
		assert_string_equal(vtune_spec_get_name(named), names[i]);
		assert_string_equal(vtune_spec_get_name(spec), "vm");
		free(named->name);
		named->name = strdup("vm");
		help_specs_equal(named, spec);
		vtune_spec_free(named);
	}
	vtune_spec_free(spec);
}

static void expect_error(const struct vtune_spec *spec, const char *name, int code,
			 const char *where)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_spec_with_name(spec, name, &err));
	assert_int_equal(vtune_error_get_code(err), code);
	assert_string_equal(vtune_error_get_where(err), where);
	vtune_error_free(err);
}

static void test_errors(void **state)
{
	struct vtune_spec *spec = help_spec(nameless);

	(void)state;
	expect_error(NULL, "a", VTUNE_ERR_INVALID, "");
	expect_error(spec, NULL, VTUNE_ERR_INVALID, "");
	expect_error(spec, "", VTUNE_ERR_DOCUMENT, "/name");
	expect_error(spec, "a/b", VTUNE_ERR_DOCUMENT, "/name");
	vtune_spec_free(spec);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
