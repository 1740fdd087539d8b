/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Faults of libvirt at every call of vtune_plan_apply(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live-apply-help.h"

/* A domain to be placed anew, and one that gives up CPUs to it. */
static struct vtune_plan *stage(void)
{
	struct vtune_plan *shared, *first, *plan;

	make_domain("web1", 2, NULL, true);
	make_domain("db01", 4, NULL, true);
	shared = plan_shared("web1");
	first = plan_for("db01", 4, "\"nodes\":\"1\"");
	free(apply(shared, "web1", 0));
	free(apply(first, "db01", 0));
	plan = plan_for("db01", 4, "\"nodes\":\"0\"");
	vtune_plan_free(shared);
	vtune_plan_free(first);
	return plan;
}

static int carries(const char *xml, const struct vtune_plan *plan)
{
	char *text = vtune__plan_to_compact_json(plan, NULL);
	struct vtune__pins pins;
	int result = -1;

	if (vtune__pins_read(&pins, xml, NULL, NULL) == 0)
		result = vtune__metadata_same_plan(text, pins.plan, NULL);
	vtune__pins_free(&pins);

	free(text);
	return result;
}

/* All but the order in which libvirt keeps elements of the metadata. */
static void assert_same_xml(const char *before, const char *after)
{
	char *a = vtune__metadata_former(before, NULL), *b = vtune__metadata_former(after, NULL);
	struct vtune_plan *plan = vtune__metadata_plan(before, NULL);

	assert_string_equal(strstr(before, "<memory "), strstr(after, "<memory "));
	assert_string_equal(a ? a : "", b ? b : "");
	assert_int_equal(carries(after, plan), 1);
	vtune_plan_free(plan);
	free(a);
	free(b);
}

static void assert_same(char *const before[4], bool is_same)
{
	char *after[4];

	read_both("web1", after);
	read_both("db01", after + 2);
	for (int i = 0; i < 4 && is_same; i++)
		assert_same_xml(before[i], after[i]);
	if (!is_same)
		assert_true(strcmp(before[2], after[2]) != 0);
	free_both(after);
	free_both(after + 2);
}

/* The domain itself; others do not get back what they gave up. */
static void check_restored(char *const before[4])
{
	char *after[2];

	read_both("db01", after);
	for (int i = 0; i < 2; i++) {
		struct vtune_plan *plan = vtune__metadata_plan(before[i + 2], NULL);

		assert_string_equal(strstr(before[i + 2], "<memory "),
				    strstr(after[i], "<memory "));
		assert_int_equal(carries(after[i], plan), 1);
		vtune_plan_free(plan);
	}
	free_both(after);
}

/* Every call fails once; then all is as it was, and the report says which it was. */
static void check_fault(enum fake_fault fault)
{
	struct vtune_plan *plan = stage();
	char *before[4];
	unsigned int at_call;

	read_both("web1", before);
	read_both("db01", before + 2);
	for (at_call = 1; at_call < 1000; at_call++) {
		struct vtune_error *err = NULL;
		struct vtune_report *report;

		fake_set(fault, at_call);
		report = vtune_plan_apply(plan, at.own, "db01", 0, NULL, &err);
		if (!fake.hit) {
			assert_non_null(report);
			vtune_report_free(report);
			break;
		}
		fake_set(FAKE_NONE, 0);
		assert_null(report);
		assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_LIBVIRT);
		assert_has_not(vtune_error_get_message(err), "Not all could be undone");
		vtune_error_free(err);
		assert_same(before, true);
	}
	assert_true(at_call > 10);
	assert_same(before, false);
	free_both(before);
	free_both(before + 2);
	vtune_plan_free(plan);
}

static void test_each_call_fails(void **state)
{
	(void)state;
	check_fault(FAKE_FAIL);
}

static void test_each_call_fails_late(void **state)
{
	(void)state;
	check_fault(FAKE_FAIL_LATE);
}

static void test_each_call_pretends(void **state)
{
	(void)state;
	check_fault(FAKE_PRETEND);
}

/* The connection drops at any call, so that nothing can be undone, as when the caller is
 * killed there: the next apply completes it, and the time before is not forgotten. */
static void test_each_call_is_the_last(void **state)
{
	unsigned int at_call;

	(void)state;
	for (at_call = 1; at_call < 1000; at_call++) {
		struct vtune_plan *plan = stage();
		struct vtune_error *err = NULL;
		struct vtune_report *report;
		char *before[4];
		bool hit;

		read_both("web1", before);
		read_both("db01", before + 2);
		fake_set(FAKE_DROP, at_call);
		report = vtune_plan_apply(plan, at.own, "db01", 0, NULL, &err);
		hit = fake.hit;
		fake_set(FAKE_NONE, 0);
		assert_int_equal(report != NULL, !hit);
		vtune_report_free(report);
		vtune_error_free(err);
		free(apply(plan, "db01", 0));
		assert_same(before, false);
		fake_set(FAKE_NONE, 0);
		free(apply(plan, "db01", 0));
		assert_int_equal(fake.settings, 0);
		free(restore("db01", 0));
		check_restored(before);
		free_both(before);
		free_both(before + 2);
		vtune_plan_free(plan);
		tear_down(NULL);
		set_up(NULL);
		if (!hit)
			break;
	}
	assert_true(at_call > 10);
}

/* The domain ends on the way: its definition is as it was. */
static void test_domain_stops(void **state)
{
	unsigned int at_call;

	(void)state;
	for (at_call = 1; at_call < 1000; at_call++) {
		struct vtune_plan *plan = stage();
		struct vtune_error *err = NULL;
		struct vtune_report *report;
		char *before[2], *after[2];
		bool hit;

		read_both("db01", before);
		fake.victim = virDomainLookupByName(at.libvirt, "db01");
		fake_set(FAKE_STOP, at_call);
		report = vtune_plan_apply(plan, at.own, "db01",
					  VTUNE_APPLY_LIVE | VTUNE_APPLY_CONFIG, NULL, &err);
		hit = fake.hit;
		fake_set(FAKE_NONE, 0);
		virDomainFree(fake.victim);
		/* At the very end it may have been seen to be right. */
		if (!report) {
			read_both("db01", after);
			assert_string_equal(before[1], after[1]);
			assert_has(vtune_error_get_message(err), "db01");
			assert_has_not(vtune_error_get_message(err), "Not all could be undone");
			free_both(after);
		}
		assert_true(report || hit);
		vtune_report_free(report);
		vtune_error_free(err);
		free_both(before);
		vtune_plan_free(plan);
		tear_down(NULL);
		set_up(NULL);
		if (!hit)
			break;
	}
	assert_true(at_call > 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_each_call_fails),    TEST(test_each_call_fails_late),
		TEST(test_each_call_pretends), TEST(test_each_call_is_the_last),
		TEST(test_domain_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
