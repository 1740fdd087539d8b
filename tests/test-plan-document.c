/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plan document there and back; what is refused is in test-documents.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

static char *load(const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct vtune_error *err = NULL;
	char path[4096], *text;

	snprintf(path, sizeof(path), "%s/data/plans/%s.json", srcdir ? srcdir : ".", name);
	text = vtune__file_read(path, &err);
	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	return text;
}

static struct vtune_plan *read_text(const char *text)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune_plan_from_json(text, &err);

	if (!plan)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	assert_null(err);
	return plan;
}

static struct vtune_plan *read_file(const char *name)
{
	char *text = load(name);
	struct vtune_plan *plan = read_text(text);

	free(text);
	return plan;
}

static void assert_set(const struct vtune__set *set, const char *expected)
{
	char *text = vtune__set_print(set);

	assert_string_equal(text, expected);
	free(text);
}

/* The files are as the library writes them, to the byte. */
static void test_there_and_back(void **state)
{
	static const char *const names[] = { "two-cells", "shared", "interleaved", "restrictive",
					     "interfaces", "refused" };

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune_error *err = NULL;
		char *text = load(names[i]), *again;
		struct vtune_plan *plan = read_text(text);

		again = vtune_plan_to_json(plan, &err);
		assert_null(err);
		assert_string_equal(again, text);
		free(again);
		free(text);
		vtune_plan_free(plan);
	}
}

static void test_cells(void **state)
{
	struct vtune_plan *plan = read_file("two-cells");

	(void)state;
	assert_string_equal(vtune_plan_get_vm(plan), "db01");
	assert_int_equal(vtune_plan_fits(plan), 1);
	assert_int_equal(vtune_plan_is_optimal(plan), 1);
	assert_int_equal(plan->ncells, 2);
	assert_set(&plan->cells[0].vcpus, "0-2");
	assert_int_equal(plan->cells[0].node, 3);
	assert_int_equal(plan->cells[0].memory_kib, 4194304);
	assert_int_equal(plan->cells[0].page_kib, 2048);
	assert_int_equal(plan->cells[0].nmemory, 2);
	assert_int_equal(plan->cells[0].memory[1].node, 3);
	assert_int_equal(plan->cells[0].memory[1].size_kib, 2097152);
	assert_int_equal(plan->nvcpus, 6);
	assert_set(&plan->vcpus[1].cpus, "25");
	assert_int_equal(plan->vcpus[5].cell, 1);
	assert_set(&plan->held, "8-11,24-26");
	vtune_plan_free(plan);
}

/* One CPU is not enough to be dedicated: it must be held. */
static void test_dedicated(void **state)
{
	static const bool dedicated[] = { true, true, false, true, true, false };
	struct vtune_plan *plan = read_file("two-cells");

	(void)state;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		assert_int_equal(plan->vcpus[i].dedicated, dedicated[i]);
	vtune_plan_free(plan);

	plan = read_file("shared");
	assert_set(&plan->vcpus[0].cpus, "0");
	assert_false(plan->vcpus[0].dedicated);
	assert_false(plan->vcpus[1].dedicated);
	assert_int_equal(vtune_plan_is_optimal(plan), 0);
	vtune_plan_free(plan);
}

static void test_guest(void **state)
{
	struct vtune_plan *plan = read_file("two-cells");

	(void)state;
	assert_set(&plan->emulator, "12-14,28-30");
	assert_int_equal(plan->niothreads, 3);
	assert_int_equal(plan->iothreads[2].id, 5);
	assert_int_equal(plan->iothreads[1].tuning.value[VTUNE__POLL_GROW], 2);
	assert_int_equal(plan->iothreads[0].tuning.said, 0);
	assert_int_equal(plan->ndisks, 4);
	assert_set(&plan->disks[0].iothread, "1-2");
	assert_int_equal(plan->disks[1].controller, 3);
	assert_int_equal(plan->iothreads[1].id, 2);
	assert_set(&plan->iothreads[1].cpus, "10");
	assert_int_equal(plan->iothreads[0].ndisks, 2);
	assert_string_equal(plan->iothreads[0].disks[1], "vdc");
	assert_int_equal(plan->iothreads[2].ndisks, 0);
	assert_int_equal(plan->guest.sockets, 2);
	assert_int_equal(plan->guest.dies, 1);
	assert_int_equal(plan->guest.clusters, 3);
	assert_int_equal(plan->guest.cores, 1);
	assert_int_equal(plan->guest.threads, 1);
	assert_int_equal(plan->ndevices, 3);
	assert_string_equal(plan->devices[0].id, "0000:41:00.0");
	assert_int_equal(plan->devices[0].node, 1);
	assert_int_equal(plan->devices[0].cell, 1);
	assert_int_equal(plan->devices[0].distance, 10);
	assert_int_equal(plan->devices[1].node, -1);
	assert_int_equal(plan->devices[1].cell, -1);
	vtune_plan_free(plan);
}

static void test_domain(void **state)
{
	struct vtune_plan *plan = read_file("two-cells");

	(void)state;
	assert_int_equal(plan->memory_mode, VTUNE__PREFERRED);
	assert_int_equal(plan->threads, VTUNE__REQUIRE);
	assert_true(plan->has_cpu_mode);
	assert_string_equal(vtune__cpu_mode_names[plan->cpu_mode], "custom");
	assert_int_equal(plan->shares, 2048);
	assert_true(plan->huge);
	assert_int_equal(plan->distances[0], 10);
	assert_int_equal(plan->distances[1], 21);
	assert_true(plan->cost.remote == 23068672);
	assert_true(plan->cost.leftover == -12);
	assert_true(plan->cost.leftover_caches == INT64_MIN + 2);
	assert_int_equal(plan->nwarnings, 2);
	assert_string_equal(plan->warnings[0].code, "overcommit");
	assert_non_null(strstr(plan->warnings[1].text, "\"quoted\", and gr\xc3\xb6\xc3\x9f"));
	vtune_plan_free(plan);

	plan = read_file("shared");
	assert_int_equal(plan->memory_mode, VTUNE__STRICT);
	assert_false(plan->has_cpu_mode);
	assert_int_equal(plan->shares, 0);
	assert_false(plan->huge);
	assert_null(plan->distances);
	vtune_plan_free(plan);

	plan = read_file("interleaved");
	assert_int_equal(plan->distances[1], 80);
	assert_int_equal(plan->distances[2], 40);
	assert_true(plan->cost.remote == INT64_MAX - 1);
	vtune_plan_free(plan);
}

static void test_refused(void **state)
{
	struct vtune_plan *plan = read_file("refused");

	(void)state;
	assert_int_equal(vtune_plan_fits(plan), 0);
	assert_int_equal(vtune_plan_is_optimal(plan), 0);
	assert_int_equal(plan->nreasons, 10);
	assert_string_equal(plan->reasons[0].code, "memory");
	assert_true(plan->reasons[0].need == (UINT64_C(1) << 52) + 1);
	assert_int_equal(plan->reasons[0].have, 20000);
	assert_int_equal(plan->reasons[1].cell, 1);
	assert_int_equal(plan->reasons[1].node, 3);
	assert_int_equal(plan->reasons[1].need, 32768);
	assert_int_equal(plan->reasons[2].node, -1);
	assert_int_equal(plan->reasons[3].cell, -1);
	assert_string_equal(plan->reasons[9].code, "start");
	vtune_plan_free(plan);
}

/* A plan that was read can be added to like one that was made. */
static void test_add(void **state)
{
	struct vtune_plan *plan = read_file("two-cells");
	char *text;

	(void)state;
	for (unsigned int i = 0; i < 9; i++)
		assert_int_equal(vtune__plan_warn(plan, NULL, "more", "warning %u", i), 0);
	text = vtune_plan_to_json(plan, NULL);
	assert_non_null(strstr(text, "{ \"code\": \"more\", \"text\": \"warning 8\" }"));
	free(text);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_guest),
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
