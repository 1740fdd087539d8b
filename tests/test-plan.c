/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

static void test_new(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune__plan_new("db01", &err);

	(void)state;
	assert_non_null(plan);
	assert_null(err);
	assert_string_equal(vtune_plan_get_vm(plan), "db01");
	assert_int_equal(vtune_plan_fits(plan), 0);
	assert_int_equal(vtune_plan_is_optimal(plan), 0);
	assert_int_equal(plan->nwarnings, 0);
	assert_int_equal(plan->nreasons, 0);
	vtune_plan_free(plan);
}

/* A plan that does not fit is not the best one. */
static void test_verdicts(void **state)
{
	struct vtune_plan *plan = vtune__plan_new("vm", NULL);

	(void)state;
	plan->optimal = true;
	assert_int_equal(vtune_plan_is_optimal(plan), 0);
	plan->fits = true;
	assert_int_equal(vtune_plan_is_optimal(plan), 1);
	assert_int_equal(vtune_plan_fits(plan), 1);
	plan->optimal = false;
	assert_int_equal(vtune_plan_is_optimal(plan), 0);
	assert_int_equal(vtune_plan_fits(plan), 1);
	vtune_plan_free(plan);
}

static void test_warnings(void **state)
{
	struct vtune_plan *plan = vtune__plan_new("vm", NULL);
	struct vtune_error *err = NULL;

	(void)state;
	for (unsigned int i = 0; i < 20; i++)
		assert_int_equal(vtune__plan_warn(plan, &err, "overcommit", "node %u: 100 %%", i),
				 0);
	assert_int_equal(vtune__plan_warn(plan, &err, "reserved", "nothing"), 0);
	assert_null(err);
	assert_int_equal(plan->nwarnings, 21);
	assert_string_equal(plan->warnings[0].text, "node 0: 100 %");
	assert_string_equal(plan->warnings[19].text, "node 19: 100 %");
	assert_string_equal(plan->warnings[19].code, "overcommit");
	assert_string_equal(plan->warnings[20].code, "reserved");
	vtune_plan_free(plan);
}

static void test_reasons(void **state)
{
	struct vtune_plan *plan = vtune__plan_new("vm", NULL);
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune__plan_add_reason(plan, &err, "memory", 1, 3, UINT64_C(1) << 52, 7,
						"cell %d is %s", 1, "short"),
			 0);
	assert_int_equal(vtune__plan_add_reason(plan, &err, "cpus", -1, -1, 2, 1, "text"), 0);
	assert_null(err);
	assert_int_equal(plan->nreasons, 2);
	assert_string_equal(plan->reasons[0].code, "memory");
	assert_string_equal(plan->reasons[0].text, "cell 1 is short");
	assert_int_equal(plan->reasons[0].cell, 1);
	assert_int_equal(plan->reasons[0].node, 3);
	assert_true(plan->reasons[0].need == UINT64_C(1) << 52);
	assert_int_equal(plan->reasons[0].have, 7);
	assert_int_equal(plan->reasons[1].cell, -1);
	assert_int_equal(plan->reasons[1].node, -1);
	vtune_plan_free(plan);
}

/* As a constructor that failed half-way leaves it. */
static void test_half_made(void **state)
{
	struct vtune_plan *plan = vtune__plan_new("vm", NULL);

	(void)state;
	plan->ncells = plan->nvcpus = plan->niothreads = plan->ndevices = 3;
	plan->iothreads = vtune__alloc(3, sizeof(*plan->iothreads), NULL);
	plan->iothreads[1].ndisks = 2;
	plan->devices = vtune__alloc(3, sizeof(*plan->devices), NULL);
	vtune_plan_free(plan);
}

static void test_null(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_plan_fits(NULL), 0);
	assert_int_equal(vtune_plan_is_optimal(NULL), 0);
	assert_string_equal(vtune_plan_get_vm(NULL), "");
	vtune_plan_free(NULL);
	assert_null(vtune_plan_from_json(NULL, NULL));
	assert_null(vtune_plan_to_json(NULL, NULL));
	assert_null(vtune_plan_to_json(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	assert_non_null(strstr(vtune_error_get_message(err), "vtune_plan_to_json"));
	vtune_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),	  cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_warnings),  cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_half_made), cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
