/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plans copied, and plans that lose CPUs to another VM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "host/host.h"
#include "random-help.h"

#include "plan-edit.h"

enum { SEED = 4471, CASES = 4000 };

static char *print(const struct vtune_plan *plan)
{
	char *text = vtune_plan_to_json(plan, NULL);

	assert_non_null(text);
	return text;
}

/* ---- by hand: node n has the CPUs 10 * n to 10 * n + 9 ---- */

static int tens(const void *data, unsigned int cpu)
{
	assert_ptr_equal(data, &tens);
	return cpu < 90 ? (int)(cpu / 10) : -1;
}

static struct vtune_plan *narrow(const struct vtune_plan *plan, const char *taken, bool *changed,
				 struct vtune_error **err)
{
	struct vtune__set set = { 0 };
	struct vtune_plan *out;

	edit_set(&set, taken);
	out = vtune__plan_narrow(plan, &set, tens, &tens, changed, err);
	vtune__set_free(&set);
	return out;
}

#define SHARED                                                                              \
	"cell/0=0-1@0:8192/4 vcpu/0=~0-5@0 vcpu/1=~0-5@0 emulator=0-5,10-11 guest=1,1,2,1 " \
	"iothread/0=0-5,10-11:vda "
#define DEDICATED                                                                        \
	"cell/0=0-1@0:8192/4 vcpu/0=0@0 vcpu/1=1@0 held=0-3 emulator=4-5 guest=1,1,2,1 " \
	"iothread/0=2:vda "
#define HUGE DEDICATED "huge=1 cell/0/page_kib=2048 cell/0/memory=0:4096,1:4096 emulator=4-5,10-11 "

static void test_by_hand(void **state)
{
	static const struct {
		const char *plan, *taken, *expected;
	} rows[] = {
		{ SHARED, "6-9,12-20", SHARED },
		{ SHARED, "", SHARED },
		{ SHARED, "1,11",
		  SHARED "vcpu/0=~0,2-5@0 vcpu/1=~0,2-5@0 emulator=0,2-5,10 "
			 "iothread/0=0,2-5,10:vda" },
		/* A node that is lost is no matter as long as others are left. */
		{ SHARED, "10-11", SHARED "emulator=0-5 iothread/0=0-5:vda" },
		{ DEDICATED, "5", DEDICATED "emulator=4" },
		/* What it holds itself stays, also where another one claims it. */
		{ DEDICATED, "0-3", DEDICATED },
		/* A CPU of no node. */
		{ DEDICATED "emulator=4-5,95", "95", DEDICATED "emulator=4-5" },
		{ HUGE, "4,11", HUGE "emulator=5,10" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(rows[i].plan),
				  *wanted = plan_of(rows[i].expected);
		struct vtune_error *err = NULL;
		bool changed = true;
		struct vtune_plan *out = narrow(plan, rows[i].taken, &changed, &err);
		char *expected = print(wanted), *text;

		if (!out)
			fail_msg("%s", vtune_error_get_message(err));
		text = print(out);
		assert_string_equal(text, expected);
		assert_int_equal(changed, strcmp(rows[i].plan, rows[i].expected) != 0);
		free(text);
		free(expected);
		vtune_plan_free(out);
		vtune_plan_free(wanted);
		vtune_plan_free(plan);
	}
}

static void test_fall_back(void **state)
{
	static const struct {
		const char *plan, *taken, *emulator;
	} rows[] = {
		{ DEDICATED, "4-5", "0-1" },
		/* CPU 2 is held, but is not that of a vCPU. */
		{ DEDICATED "iothread/0=4-5:vda", "4-5", "0-1" },
		{ HUGE, "4-5", "0-1,10-11" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(rows[i].plan), *out, *again;
		bool changed = false;
		char *cpus;

		out = narrow(plan, rows[i].taken, &changed, NULL);
		assert_true(changed);
		cpus = vtune__set_print(&out->emulator);
		assert_string_equal(cpus, rows[i].emulator);
		assert_int_equal(out->nwarnings, 1);
		assert_string_equal(out->warnings[0].code, "helpers_on_vcpus");
		/* Once more: nothing is left to take, and the warning is there already. */
		again = narrow(out, rows[i].taken, &changed, NULL);
		assert_false(changed);
		assert_int_equal(again->nwarnings, 1);
		free(cpus);
		vtune_plan_free(again);
		vtune_plan_free(out);
		vtune_plan_free(plan);
	}
}

static void test_nothing_left(void **state)
{
	static const char *const rows[][3] = {
		{ SHARED, "0-5", "vCPU 0 of \"vm\"" },
		{ SHARED "vcpu/1=~3@0", "3", "vCPU 1 of \"vm\"" },
		{ SHARED "vcpu/0=~20@0 vcpu/1=~20@0 emulator=12", "12", "The emulator of \"vm\"" },
		{ SHARED "iothread/0=12:vda", "12", "I/O thread 1 of \"vm\"" },
		/* The start trap. */
		{ HUGE, "10-11", "on node 1" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(rows[i][0]);
		struct vtune_error *err = NULL;
		bool changed = false;

		assert_null(narrow(plan, rows[i][1], &changed, &err));
		assert_false(changed);
		assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NOT_VALID);
		assert_non_null(strstr(vtune_error_get_message(err), rows[i][2]));
		vtune_error_free(err);
		assert_null(narrow(plan, rows[i][1], &changed, NULL));
		vtune_plan_free(plan);
	}
}

/* ---- random VMs beside each other ---- */

static int node_of(const void *data, unsigned int cpu)
{
	const struct vtune__topology *topology = data;
	int node = cpu < topology->ncpus ? topology->node_of_cpu[cpu] : -1;

	return node < 0 ? -1 : (int)topology->nodes[node].id;
}

/* The cost is that of the day when it was placed. And a VM is placed where it has a shared
 * CPU for each of its own shared vCPUs, but others may take some later, as far as the
 * host's overcommit allows; the plan warns of it then. */
static bool is_expected(struct vtune_error *err, const struct vtune_plan *plan)
{
	bool warned = false;

	if (strncmp(vtune_error_get_where(err), "/cost", 5) == 0)
		return true;
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		warned |= strcmp(plan->warnings[i].code, "overcommit") == 0;
	return warned && strstr(vtune_error_get_message(err), "shared CPUs");
}

/* The first VM, narrowed by what the second one took, is a plan that holds beside it. */
static void check_pair(const struct answer *first, const struct answer *second, unsigned int number,
		       unsigned int *changes)
{
	struct vtune_host *host = vtune_host_with_plan(second->host, second->plan, NULL);
	struct vtune_error *err = NULL;
	struct vtune_plan *out;
	bool changed;

	assert_non_null(host);
	out = vtune__plan_narrow(first->plan, &second->plan->held, node_of, host->topology,
				 &changed, &err);
	/* Placing the second does not look at where the first one's emulator floats. */
	if (!out && !strstr(vtune_error_get_message(err), "huge pages"))
		fail_msg("case %u: %s\n%s\n%s", number, vtune_error_get_message(err), first->text,
			 second->text);
	if (!out) {
		vtune_error_free(err);
		vtune_host_free(host);
		return;
	}
	*changes += changed;
	if (vtune_plan_validate(out, host, first->spec, &err) < 0 && !is_expected(err, out))
		fail_msg("case %u: %s: %s\n%s\n%s", number, vtune_error_get_where(err),
			 vtune_error_get_message(err), first->text, second->text);
	vtune_error_free(err);
	vtune_plan_free(out);
	vtune_host_free(host);
}

static bool place_second(const struct answer *first, unsigned int number, struct answer *second)
{
	struct json_object *host, *spec;

	/* The specs of other cases, on this case's host. */
	random_documents(SEED, number + CASES, &host, &spec);
	json_object_object_add(spec, "name", json_object_new_string("second"));
	*second = (struct answer){ 0 };
	second->host = vtune_host_with_plan(first->host, first->plan, NULL);
	second->spec = vtune_spec_from_json(json_text(spec), NULL);
	assert_non_null(second->spec);
	answer_place(second);
	json_object_put(host);
	json_object_put(spec);
	return answer_fits(second);
}

static void test_random_pairs(void **state)
{
	unsigned int pairs = 0, changes = 0;

	(void)state;
	for (unsigned int number = 0; number < CASES; number++) {
		struct json_object *host, *spec;
		struct answer first, second;

		random_documents(SEED, number, &host, &spec);
		first = answer_of(host, spec);
		if (answer_fits(&first)) {
			if (place_second(&first, number, &second)) {
				check_pair(&first, &second, number, &changes);
				pairs++;
			}
			answer_free(&second);
		}
		answer_free(&first);
		json_object_put(host);
		json_object_put(spec);
	}
	print_message("%u pairs, %u narrowed\n", pairs, changes);
	assert_true(pairs > 300);
	assert_true(changes > 60);
}

/* ---- copies ---- */

static void assert_copy(const struct vtune_plan *plan)
{
	struct vtune_plan *copy = vtune__plan_copy(plan, NULL);
	char *text = print(plan), *again;

	assert_non_null(copy);
	again = print(copy);
	assert_string_equal(again, text);
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		assert_int_equal(copy->vcpus[i].dedicated, plan->vcpus[i].dedicated);
	free(again);
	free(text);
	vtune_plan_free(copy);
}

static void test_copy(void **state)
{
	unsigned int fits = 0;

	(void)state;
	for (unsigned int number = 0; number < 100; number++) {
		struct json_object *host, *spec;
		struct answer answer;

		random_documents(SEED, number, &host, &spec);
		answer = answer_of(host, spec);
		assert_copy(answer.plan);
		fits += answer_fits(&answer);
		answer_free(&answer);
		json_object_put(host);
		json_object_put(spec);
	}
	assert_in_range(fits, 10, 90);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),	     cmocka_unit_test(test_fall_back),
		cmocka_unit_test(test_nothing_left), cmocka_unit_test(test_random_pairs),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
