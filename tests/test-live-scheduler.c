/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shares, periods and quotas of running domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live-apply-help.h"

enum {
	SHARES,
	PERIOD,
	QUOTA,
	EMULATOR_PERIOD,
	EMULATOR_QUOTA,
	IOTHREAD_PERIOD,
	IOTHREAD_QUOTA,
	GLOBAL_PERIOD,
	GLOBAL_QUOTA
};

static struct vtune_plan *plan_with(const char *keys)
{
	char spec[512];

	snprintf(spec, sizeof(spec),
		 "{\"version\":1,\"name\":\"db01\",\"vcpus\":2,\"memory\":\"512MiB\",\"disks\":[{"
		 "\"target\":\"vda\"}]%s}",
		 keys);
	return make_plan("{}", spec);
}

static void stage(void)
{
	make_domain("db01", 2, NULL, true);
	fake_schedule(at.own);
}

static void assert_values(const long long expected[FAKE_SCHEDULERS])
{
	for (int i = 0; i < FAKE_SCHEDULERS; i++)
		if (fake_schedulers[i].value != expected[i])
			fail_msg("%s is %lld and not %lld", fake_schedulers[i].name,
				 fake_schedulers[i].value, expected[i]);
}

static const long long kernels[] = { 1024, 100000, -1, 100000, -1, 100000, -1, 100000, -1 };

#define ALL                                                                                       \
	",\"cpu\":{\"shares\":2048},\"bandwidth\":{\"vcpu\":{\"period\":50000,\"quota\":20000},"  \
	"\"emulator\":{\"quota\":30000},\"iothread\":{\"period\":200000},\"global\":{\"period\":" \
	"1000000,\"quota\":4000000}}"
static const long long all[] = { 2048, 50000, 20000, 100000, 30000, 200000, -1, 1000000, 4000000 };

static void test_set(void **state)
{
	struct vtune_plan *plan;
	char *text;

	(void)state;
	stage();
	plan = plan_with(ALL);
	text = apply(plan, "db01", VTUNE_APPLY_DRY_RUN);
	assert_has(text, "cpu_shares 2048");
	assert_has(text, "vcpu_quota 20000");
	assert_values(kernels);
	free(text);
	text = apply(plan, "db01", 0);
	assert_has(text, "global_quota 4000000");
	assert_has_not(text, "emulator_period");
	assert_has_not(text, "next start on, since this driver");
	assert_values(all);
	free(text);
	/* There is nothing more to do. */
	text = apply(plan, "db01", 0);
	assert_has_not(text, "SetSchedulerParameters");
	free(text);
	vtune_plan_free(plan);
}

static int place_in(const char *text, const char *part)
{
	const char *found = strstr(text, part);

	if (!found)
		fail_msg("\"%s\" is not in:\n%s", part, text);
	return (int)(found - text);
}

/* The kernel refuses a part more than the whole has, also on the way. */
static void test_order(void **state)
{
	struct vtune_plan *large, *small, *none;
	char *text;

	(void)state;
	stage();
	large = plan_with(ALL);
	small = plan_with(",\"bandwidth\":{\"vcpu\":{\"period\":100000,\"quota\":5000},\"global\":{"
			  "\"period\":10000,\"quota\":2000}}");
	none = plan_with(",\"bandwidth\":{\"vcpu\":{\"quota\":9000},\"global\":{\"quota\":-1}}");
	free(apply(large, "db01", 0));
	text = apply(small, "db01", 0);
	assert_true(place_in(text, "vcpu_period 100000") < place_in(text, "vcpu_quota 5000"));
	assert_true(place_in(text, "vcpu_quota 5000") < place_in(text, "global_quota 2000"));
	assert_true(place_in(text, "global_period 10000") < place_in(text, "global_quota 2000"));
	free(text);
	text = apply(none, "db01", 0);
	assert_true(place_in(text, "global_quota -1") < place_in(text, "vcpu_quota 9000"));
	free(text);
	vtune_plan_free(large);
	vtune_plan_free(small);
	vtune_plan_free(none);
}

/* One of the calls fails, or does nothing: all is as it was. */
static void test_undone(void **state)
{
	static const enum fake_fault faults[] = { FAKE_FAIL_SETTING, FAKE_PRETEND };
	struct vtune_plan *plan, *other;
	unsigned int settings;

	(void)state;
	stage();
	plan = plan_with(ALL);
	other = plan_with(
		",\"bandwidth\":{\"vcpu\":{\"period\":10000,\"quota\":1000},\"emulator\":{"
		"\"quota\":-1},\"global\":{\"quota\":500000}}");
	free(apply(plan, "db01", 0));
	fake_set(FAKE_NONE, 0);
	free(apply(other, "db01", 0));
	settings = fake.settings;
	assert_in_range(settings, 5, 20);
	free(apply(plan, "db01", 0));
	assert_values(all);
	for (unsigned int f = 0; f < VTUNE__COUNT(faults); f++) {
		for (unsigned int i = 1; i <= settings; i++) {
			struct vtune_error *err = NULL;

			fake_set(faults[f], i);
			assert_null(vtune_plan_apply(other, at.own, "db01", 0, NULL, &err));
			assert_true(fake.hit);
			vtune_error_free(err);
			fake_set(FAKE_NONE, 0);
			assert_values(all);
		}
	}
	vtune_plan_free(plan);
	vtune_plan_free(other);
}

/* Bounds that there were not before are taken off. */
static void test_restored(void **state)
{
	static const long long after[] = { 2048, 100000, -1, 100000, -1, 100000, -1, 100000, -1 };
	struct vtune_plan *plan;

	(void)state;
	stage();
	plan = plan_with(ALL);
	free(apply(plan, "db01", 0));
	free(restore("db01", 0));
	assert_values(after);
	vtune_plan_free(plan);
}

static char *verify(const struct vtune_plan *plan, const char *name)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_plan_verify(plan, at.own, name, &err);
	char *text;

	no_error(&err);
	text = report_text(report);
	vtune_report_free(report);
	return text;
}

static void test_verified(void **state)
{
	struct vtune_plan *plan;
	struct vtune_error *err = NULL;
	struct vtune_spec *spec;
	char *text;

	(void)state;
	stage();
	plan = plan_with(ALL);
	free(apply(plan, "db01", 0));
	text = verify(plan, "db01");
	assert_has_not(text, "quota");
	free(text);
	fake_schedulers[QUOTA].value = 99999;
	fake_schedulers[GLOBAL_PERIOD].value = 10000;
	text = verify(plan, "db01");
	assert_has(text, "quota (vcpu) 99999, should be 20000");
	assert_has(text, "period (global) 10000, should be 1000000");
	free(text);
	/* What was planned is what is asked for anew. */
	spec = vtune_spec_from_domain(at.own, "db01", &err);
	no_error(&err);
	text = vtune_spec_to_json(spec, &err);
	assert_has(text, "\"vcpu\": { \"period\": 50000, \"quota\": 20000 }");
	assert_has(text, "\"shares\": 2048");
	free(text);
	vtune_spec_free(spec);
	free(apply(plan, "db01", 0));
	assert_values(all);
	vtune_plan_free(plan);
}

/* A driver that cannot says when they hold. */
static void test_due(void **state)
{
	struct vtune_plan *plan;
	char *text;

	(void)state;
	stage();
	at.own->sets_scheduler = false;
	plan = plan_with(ALL);
	text = apply(plan, "db01", 0);
	assert_has(text, "from the next start on, since this driver");
	assert_has(text, "cpu_shares is not set, and not 2048");
	assert_has(text, "vcpu_quota is not set, and not 20000");
	assert_values(kernels);
	free(text);
	vtune_plan_free(plan);
}

/* What only a start changes is told of, as far as it differs. */
static void test_at_start(void **state)
{
	static const char *const parts[] = { "can be plugged in changes", "limits its memory has changes",
					     "is locked changes", "merged with others' changes",
					     "Which vCPUs are realtime" };
	struct vtune_plan *plan;
	char *text;

	(void)state;
	make_domain("db01", 2, "<memoryBacking><nosharepages/></memoryBacking>", true);
	plan = plan_with(",\"realtime\":{\"vcpus\":\"1\"},\"hotplug\":{\"max_memory\":\"1GiB\"},"
			 "\"memtune\":{\"soft_limit\":\"1GiB\"}");
	text = apply(plan, "db01", 0);
	for (size_t i = 0; i < VTUNE__COUNT(parts); i++) {
		bool differs = strstr(parts[i], "merged") == NULL;

		if ((strstr(text, parts[i]) != NULL) != differs)
			fail_msg("\"%s\": %s", parts[i], text);
	}
	free(text);
	text = verify(plan, "db01");
	assert_has(text, "\"drift\": [ ]");
	assert_has(text, "can be plugged in is not as planned");
	assert_has(text, "Which vCPUs are realtime threads is not as planned");
	assert_has_not(text, "merged with");
	free(text);
	make_domain("db02", 2, "<memoryBacking><locked/></memoryBacking>", false);
	text = verify(plan, "db02");
	assert_has(text, "can be plugged in is not as planned");
	assert_has(text, "merged with others' is not as planned");
	assert_has_not(text, "is locked is not");
	free(text);
	vtune_plan_free(plan);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_set),	     TEST(test_order), TEST(test_undone),   TEST(test_restored),
		TEST(test_verified), TEST(test_due),   TEST(test_at_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
