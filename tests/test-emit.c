/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as libvirt XML of its own. */
#include "xml-help.h"

static const char *const names[] = { "one-cell",   "two-cells", "preferred",
				     "interleave", "shared",    "networks" };

static char *emit(const struct vtune_plan *plan, const struct vtune_options *options)
{
	struct vtune_error *err = NULL;
	char *xml = vtune_plan_to_xml(plan, options, &err);

	if (!xml)
		fail_msg("%s", vtune_error_get_message(err));
	assert_null(err);
	return xml;
}

static void test_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune_plan *plan = help_plan(names[i]);
		char *expected = help_load("emitted", names[i], ".xml");
		char *xml = emit(plan, NULL);

		assert_string_equal(xml, expected);
		free(xml);
		free(expected);
		vtune_plan_free(plan);
	}
}

/* What comes out holds the plan already. */
static void test_patch_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune_plan *plan = help_plan(names[i]);
		char *xml = emit(plan, NULL);
		char *again = help_patch(plan, xml);

		assert_string_equal(again, xml);
		free(again);
		free(xml);
		vtune_plan_free(plan);
	}
}

/* Software emulation does not start with the host's CPU, unless one asks for it. */
static void test_type_qemu(void **state)
{
	struct vtune_options *options = vtune_options_new();
	struct vtune_plan *plan = help_plan("one-cell");
	char *xml;

	(void)state;
	assert_int_equal(vtune_options_set_domain_type(options, "qemu", NULL), 0);
	xml = emit(plan, options);
	assert_non_null(strstr(xml, "<domain type='qemu'>"));
	assert_non_null(strstr(xml, "<cpu>\n"));
	free(xml);
	vtune_plan_free(plan);

	plan = help_plan("two-cells");
	xml = emit(plan, options);
	assert_non_null(strstr(xml, "<cpu mode='host-passthrough'>\n"));
	free(xml);
	vtune_plan_free(plan);
	vtune_options_free(options);
}

/* Several cells, and nothing known of their distances. */
static void test_no_distances(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	char *xml;

	(void)state;
	free(plan->distances);
	plan->distances = NULL;
	xml = emit(plan, NULL);
	assert_null(strstr(xml, "distance"));
	assert_non_null(strstr(xml, "<cell id='1' cpus='2-3' memory='2097152' unit='KiB'/>"));
	free(xml);
	vtune_plan_free(plan);
}

/* With a strict mode, a cell on a node without memory takes another node's. */
static void test_memory_elsewhere(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	char *xml;

	(void)state;
	plan->cells[1].memory[0].node = 5;
	xml = emit(plan, NULL);
	assert_non_null(strstr(xml, "<memory mode='strict' nodeset='0,5'/>"));
	assert_non_null(strstr(xml, "<memnode cellid='1' mode='strict' nodeset='5'/>"));
	free(xml);
	vtune_plan_free(plan);
}

static void expect_failure(const struct vtune_plan *plan, int code, const char *part)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_to_xml(plan, NULL, &err));
	help_error(err, code, part);
	assert_null(vtune_plan_to_xml(plan, NULL, NULL));
}

static void test_refuses(void **state)
{
	static const char *const bad[] = { "a\x01z", "a\x1fz", "\xff", "a\xef\xbf\xbfz",
					   "a\xef\xbf\xbez" };
	struct vtune_plan *plan = help_plan("two-cells");
	uint64_t kib = plan->cells[0].memory_kib;
	char *vm = plan->vm;

	(void)state;
	expect_failure(NULL, VTUNE_ERR_INVALID, "vtune_plan_to_xml");
	plan->fits = false;
	expect_failure(plan, VTUNE_ERR_INVALID, "\"db01\" says that it does not fit");
	plan->fits = true;
	for (size_t i = 0; i < VTUNE__COUNT(bad); i++) {
		char name[16];

		snprintf(name, sizeof(name), "%s", bad[i]);
		plan->vm = name;
		expect_failure(plan, VTUNE_ERR_INVALID, "character that XML cannot hold");
	}
	plan->vm = vm;
	plan->cells[0].memory_kib = VTUNE__MAX_KIB;
	expect_failure(plan, VTUNE_ERR_INVALID, "too much together");
	plan->cells[0].memory_kib = UINT64_MAX;
	expect_failure(plan, VTUNE_ERR_INVALID, "too much together");
	plan->cells[0].memory_kib = kib;
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_patch_changes_nothing),
		cmocka_unit_test(test_type_qemu),
		cmocka_unit_test(test_no_distances),
		cmocka_unit_test(test_memory_elsewhere),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
