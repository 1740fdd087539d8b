/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Several VMs in one call: hosts made by hand, on which it is known what one after
 * another misses, and random ones. oracle/together-fuzz compares with all placements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "plan/plan.h"
#include "random-help.h"

enum { SEED = 20267, CASES = 150, MOST_VMS = 8 };

#define HOST(nodes, rest) "{'version':1,'nodes':[" nodes "]" rest "}"
#define NODE(id, cpus, rest) "{'id':" #id ",'cpus':'" cpus "','memory_kib':1048576" rest "}"
#define SPEC(name, vcpus, memory, rest) \
	"{'version':1,'name':'" name "','vcpus':" #vcpus ",'memory':'" memory "'" rest "}"
#define TWO_NODES NODE(0, "0-3", "") "," NODE(1, "4-9", "")
#define TWO_ALIKE NODE(0, "0-3", "") "," NODE(1, "4-7", "")
#define DEVICE ",'devices':[{'id':'0000:01:00.0','node':0}]"
#define WITH_DEVICE ",'hostdevs':[{'id':'0000:01:00.0'}]"
#define HUGE_PAGES ",'pages':[{'size_kib':2048,'total':64}]"
#define SMT ",'cores':['0-1','2-3','4-5']"
#define ONE_CELL ",'numa':{'cells':1}"

struct team {
	struct vtune_host *host;
	struct vtune_spec *specs[MOST_VMS];
	struct vtune_plan *plans[MOST_VMS];
	unsigned int count;
};

static const struct vtune_spec *const *specs_of(const struct team *t)
{
	return (const struct vtune_spec *const *)t->specs;
}

static struct team team_of(const char *host, const char *const *specs)
{
	struct team t = { 0 };
	char *text = quoted(host);

	t.host = host_from(text);
	free(text);
	for (; t.count < MOST_VMS && specs[t.count]; t.count++) {
		struct vtune_error *err = NULL;

		text = quoted(specs[t.count]);
		t.specs[t.count] = vtune_spec_from_json(text, &err);
		if (!t.specs[t.count])
			fail_msg("%s", vtune_error_get_message(err));
		free(text);
	}
	return t;
}

static void plans_free(struct team *t)
{
	for (unsigned int i = 0; i < t->count; i++) {
		vtune_plan_free(t->plans[i]);
		t->plans[i] = NULL;
	}
}

static void team_free(struct team *t)
{
	plans_free(t);
	for (unsigned int i = 0; i < t->count; i++)
		vtune_spec_free(t->specs[i]);
	vtune_host_free(t->host);
}

/* Each plan holds on what those before it leave; returns those that fit, as bits. */
static unsigned int check_plans(const struct team *t)
{
	struct vtune_host *host = vtune__host_copy(t->host, NULL, NULL);
	struct vtune_error *err = NULL;
	unsigned int placed = 0;

	for (unsigned int i = 0; i < t->count; i++) {
		struct vtune_host *after = vtune__host_copy(host, t->specs[i]->name, NULL);

		vtune_host_free(host);
		host = after;
	}
	for (unsigned int i = 0; i < t->count; i++) {
		struct vtune_host *after;

		assert_string_equal(vtune_plan_get_vm(t->plans[i]), t->specs[i]->name);
		if (!vtune_plan_fits(t->plans[i])) {
			assert_true(t->plans[i]->nreasons > 0);
			continue;
		}
		placed |= 1u << i;
		if (vtune_plan_validate(t->plans[i], host, t->specs[i], &err) < 0)
			fail_msg("plan %u: %s", i, vtune_error_get_message(err));
		after = vtune_host_with_plan(host, t->plans[i], NULL);
		assert_non_null(after);
		vtune_host_free(host);
		host = after;
	}
	vtune_host_free(host);
	return placed;
}

static unsigned int place(struct team *t, enum vtune_together how,
			  const struct vtune_options *options)
{
	struct vtune_error *err = NULL;

	plans_free(t);
	if (vtune_place_together(t->host, specs_of(t), t->count, how, options, t->plans, &err) < 0)
		fail_msg("%s", vtune_error_get_message(err));
	assert_null(err);
	return check_plans(t);
}

static unsigned int place_one_by_one(const struct team *t)
{
	struct vtune_host *host = vtune__host_copy(t->host, NULL, NULL);
	unsigned int placed = 0;

	for (unsigned int i = 0; i < t->count; i++) {
		struct vtune_plan *plan = vtune_place(host, t->specs[i], NULL, NULL);

		assert_non_null(plan);
		if (vtune_plan_fits(plan)) {
			struct vtune_host *after = vtune_host_with_plan(host, plan, NULL);

			placed |= 1u << i;
			vtune_host_free(host);
			host = after;
		}
		vtune_plan_free(plan);
	}
	vtune_host_free(host);
	return placed;
}

/* ---- known ones ---- */

struct known {
	const char *name, *host, *specs[MOST_VMS];
	unsigned int single, together; /* which are placed, as bits */
};

static const struct known cases[] = {
	{ "the first one leaves the device's node to the second",
	  HOST(TWO_NODES, DEVICE),
	  { SPEC("web", 4, "64MiB", ONE_CELL), SPEC("db", 4, "64MiB", WITH_DEVICE ONE_CELL) },
	  1,
	  3 },
	{ "the first one goes before the two after it",
	  HOST(NODE(0, "0-3", ""), ""),
	  { SPEC("big", 4, "64MiB", ""), SPEC("b", 2, "64MiB", ""), SPEC("c", 2, "64MiB", "") },
	  1,
	  1 },
	{ "what does not fit does not keep others out",
	  HOST(NODE(0, "0-3", ""), ""),
	  { SPEC("a", 2, "64MiB", ""), SPEC("big", 4, "64MiB", ""), SPEC("c", 2, "64MiB", "") },
	  5,
	  5 },
	{ "huge pages for the one that needs them",
	  HOST(NODE(0, "0-5", HUGE_PAGES), ""),
	  { SPEC("any", 2, "128MiB", ""), SPEC("huge", 2, "128MiB", ",'hugepages':'2MiB'") },
	  1,
	  3 },
	{ "cores for a policy",
	  HOST(NODE(0, "0-5", ""), SMT ",'reserved_cpus':'3,5'"),
	  { SPEC("any", 2, "64MiB", ""),
	    SPEC("whole", 2, "64MiB", ",'cpu':{'threads':'require'}") },
	  1,
	  3 },
	{ "memory that is spread when it may be",
	  HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", ""), ""),
	  { SPEC("soft", 2, "1000MiB", ",'numa':{'cells':1,'nodes':'0-1','mode':'preferred'}"),
	    SPEC("hard", 2, "600MiB", ",'numa':{'cells':1,'nodes':'0'}"),
	    SPEC("other", 2, "400MiB", ",'numa':{'cells':1,'nodes':'1'}") },
	  5,
	  7 },
	{ "a device can be had once",
	  HOST(TWO_NODES, DEVICE),
	  { SPEC("a", 1, "64MiB", WITH_DEVICE), SPEC("b", 1, "64MiB", WITH_DEVICE) },
	  1,
	  1 },
	{ "equal ones",
	  HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", "") "," NODE(2, "8-11", ""), ""),
	  { SPEC("a", 2, "64MiB", ONE_CELL), SPEC("b", 2, "64MiB", ONE_CELL),
	    SPEC("c", 2, "64MiB", ONE_CELL), SPEC("d", 2, "64MiB", ONE_CELL),
	    SPEC("e", 2, "64MiB", ONE_CELL), SPEC("f", 2, "64MiB", ONE_CELL),
	    SPEC("g", 2, "64MiB", ONE_CELL), NULL },
	  0x3f,
	  0x3f },
};

static void known_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		const struct known *c = &cases[i];
		struct team t = team_of(c->host, c->specs);
		unsigned int single = place_one_by_one(&t);
		unsigned int together = place(&t, VTUNE_TOGETHER_MOST, NULL);

		if (single != c->single || together != c->together)
			fail_msg("%s: %x and %x, not %x and %x", c->name, single, together,
				 c->single, c->together);
		for (unsigned int k = 0; k < t.count; k++)
			if (together >> k & 1 && !vtune_plan_is_optimal(t.plans[k]))
				fail_msg("%s: plan %u is not proven", c->name, k);
		team_free(&t);
	}
}

static void all_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		const struct known *c = &cases[i];
		struct team t = team_of(c->host, c->specs);
		unsigned int all = (1u << t.count) - 1;

		assert_int_equal(place(&t, VTUNE_TOGETHER_ALL, NULL), c->together == all ? all : 0);
		team_free(&t);
	}
}

/* The one that is in the way has reasons of its own, the others name it. */
static void reasons_of_none(void **state)
{
	struct team t = team_of(cases[2].host, cases[2].specs);

	(void)state;
	assert_int_equal(place(&t, VTUNE_TOGETHER_ALL, NULL), 0);
	assert_null(strstr(t.plans[1]->reasons[0].text, "all or none"));
	assert_non_null(strstr(t.plans[0]->reasons[0].text, "all or none"));
	assert_non_null(strstr(t.plans[2]->reasons[0].text, "\"big\""));
	assert_string_equal(t.plans[2]->reasons[0].code, t.plans[1]->reasons[0].code);
	team_free(&t);
}

/* ---- less cost ---- */

/* One by one the first VM takes the smaller node, or the first of two that are alike to
 * it, and the second one is away from its device. */
static void less_cost(void **state)
{
	static const char *const specs[] = {
		SPEC("a", 2, "64MiB", ",'hugepages':'none'" ONE_CELL),
		SPEC("b", 4, "64MiB",
		     ",'hugepages':'none','hostdevs':[{'id':'0000:01:00.0','affinity':'prefer'}]" ONE_CELL),
		NULL
	};
	static const char *const hosts[] = { HOST(TWO_NODES, DEVICE), HOST(TWO_ALIKE, DEVICE) };

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(hosts); i++) {
		struct team t = team_of(hosts[i], specs);

		assert_int_equal(place_one_by_one(&t), 3);
		assert_int_equal(place(&t, VTUNE_TOGETHER_MOST, NULL), 3);
		assert_int_equal(t.plans[0]->cells[0].node, 1);
		assert_int_equal(t.plans[1]->cells[0].node, 0);
		assert_int_equal(t.plans[1]->cost.devices, 0);
		assert_true(vtune_plan_is_optimal(t.plans[0]));
		assert_true(vtune_plan_is_optimal(t.plans[1]));
		team_free(&t);
	}
}

/* The same with nodes that only the second VM tells apart. */
static void nodes_of_another(void **state)
{
	static const char *const specs[] = {
		SPEC("a", 2, "64MiB", ",'hugepages':'none','numa':{'cells':1,'nodes':'0-1'}"),
		SPEC("b", 4, "64MiB", ",'hugepages':'none','numa':{'cells':'auto','nodes':'0,2'}"),
		NULL
	};
	struct team t = team_of(HOST(TWO_ALIKE "," NODE(2, "8-9", ""), ""), specs);

	(void)state;
	assert_int_equal(place(&t, VTUNE_TOGETHER_MOST, NULL), 3);
	assert_int_equal(t.plans[1]->ncells, 1);
	assert_int_equal(t.plans[1]->cells[0].node, 0);
	assert_true(vtune_plan_is_optimal(t.plans[1]));
	team_free(&t);
}

/* ---- arguments ---- */

static void arguments(void **state)
{
	static const char *const specs[] = { SPEC("a", 1, "64MiB", ""), SPEC("a", 2, "64MiB", ""),
					     NULL };
	struct team t = team_of(HOST(TWO_NODES, ""), specs);
	const struct vtune_spec *none[] = { t.specs[0], NULL };
	struct vtune_plan *plans[2] = { NULL };
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(
		vtune_place_together(t.host, NULL, 0, VTUNE_TOGETHER_MOST, NULL, NULL, &err), 0);
	assert_null(err);
	assert_int_equal(vtune_place_together(NULL, specs_of(&t), 1, VTUNE_TOGETHER_MOST, NULL,
					      plans, &err),
			 -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "NULL");
	assert_int_equal(
		vtune_place_together(t.host, NULL, 1, VTUNE_TOGETHER_MOST, NULL, plans, &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "NULL");
	assert_int_equal(vtune_place_together(t.host, specs_of(&t), 1, VTUNE_TOGETHER_MOST, NULL,
					      NULL, &err),
			 -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "NULL");
	assert_int_equal(
		vtune_place_together(t.host, none, 2, VTUNE_TOGETHER_MOST, NULL, plans, &err), -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "spec 1");
	assert_int_equal(vtune_place_together(t.host, specs_of(&t), 2, VTUNE_TOGETHER_MOST, NULL,
					      plans, &err),
			 -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "\"a\"");
	assert_int_equal(vtune_place_together(t.host, specs_of(&t), 1, (enum vtune_together)7, NULL,
					      plans, &err),
			 -1);
	assert_error(&err, VTUNE_ERR_INVALID, "", "7");
	assert_null(plans[0]);
	team_free(&t);
}

/* What the VMs hold already counts as free, for each of them. */
static void running_vms(void **state)
{
	static const char *const specs[] = { SPEC("a", 4, "64MiB", ONE_CELL),
					     SPEC("b", 4, "64MiB", WITH_DEVICE ONE_CELL), NULL };
	struct team t = team_of(HOST(TWO_NODES, DEVICE ",'allocations':[{'vm':'a','cpus':'0-3'},"
						       "{'vm':'b','cpus':'4-7'}]"),
				specs);

	(void)state;
	assert_int_equal(place(&t, VTUNE_TOGETHER_ALL, NULL), 3);
	assert_int_equal(t.plans[0]->cells[0].node, 1);
	assert_int_equal(t.plans[1]->cells[0].node, 0);
	team_free(&t);
}

/* One VM is placed as it always is. */
static void one_vm(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host, *spec;
		struct vtune_plan *plan = NULL;
		const struct vtune_spec *specs[1];
		struct answer a;
		char *text;

		random_documents(SEED, i, &host, &spec);
		a = answer_of(host, spec);
		specs[0] = a.spec;
		assert_int_equal(vtune_place_together(a.host, specs, 1, i % 2, NULL, &plan, NULL),
				 0);
		text = vtune_plan_to_json(plan, NULL);
		assert_string_equal(text, a.text);
		free(text);
		vtune_plan_free(plan);
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
}

/* ---- random ones ---- */

static bool random_team(struct team *t, const struct oracle_wishes *wishes, unsigned int number)
{
	struct json_object *host, *specs[4];
	bool sound = true;

	*t = (struct team){ .count = 2 + number % 3 };
	oracle_random_team(SEED, number, wishes, t->count, &host, specs);
	t->host = host_from(json_text(host));
	for (unsigned int i = 0; i < t->count; i++) {
		t->specs[i] = vtune_spec_from_json(json_text(specs[i]), NULL);
		sound &= t->specs[i] != NULL;
		json_object_put(specs[i]);
	}
	json_object_put(host);
	return sound;
}

static bool is_proven(const struct team *t, unsigned int placed)
{
	for (unsigned int i = 0; i < t->count; i++)
		if (placed >> i & 1 && !vtune_plan_is_optimal(t->plans[i]))
			return false;
	return placed != 0;
}

/* Which of them fit all together does not depend on their order. */
static void order_of_all(void **state)
{
	static const struct oracle_wishes wishes = { .tiny = true, .dedicated_only = true };
	unsigned int fit = 0;

	(void)state;
	for (unsigned int i = 0; i < 4 * CASES; i++) {
		struct team t;

		if (random_team(&t, &wishes, i)) {
			unsigned int all = (1u << t.count) - 1;
			unsigned int placed = place(&t, VTUNE_TOGETHER_ALL, NULL);

			assert_true(placed == 0 || placed == all);
			fit += placed == all;
			for (unsigned int k = 0; k < t.count / 2; k++) {
				struct vtune_spec *swap = t.specs[k];

				t.specs[k] = t.specs[t.count - 1 - k];
				t.specs[t.count - 1 - k] = swap;
			}
			if (place(&t, VTUNE_TOGETHER_ALL, NULL) != placed)
				fail_msg("case %u: another order, another answer", i);
		}
		team_free(&t);
	}
	assert_true(fit > 10);
}

/* With more steps it is never worse; the same input gives the same bytes. */
static void work_limits(void **state)
{
	static const struct oracle_wishes wishes;
	struct vtune_options *options = vtune_options_new();
	unsigned int cut = 0;

	(void)state;
	assert_non_null(options);
	for (unsigned int i = 0; i < CASES; i++) {
		struct team t;
		char *text, *again;

		if (random_team(&t, &wishes, i)) {
			unsigned int few, many;

			vtune_options_set_work_limit(options, 300, NULL);
			if (vtune_place_together(t.host, specs_of(&t), t.count, VTUNE_TOGETHER_MOST,
						 options, t.plans, NULL) < 0) {
				team_free(&t);
				continue;
			}
			few = check_plans(&t);
			cut += few != 0 && !is_proven(&t, few);
			vtune_options_set_work_limit(options, 20000, NULL);
			many = place(&t, VTUNE_TOGETHER_MOST, options);
			for (unsigned int k = 0; k < t.count && few != many; k++) {
				if (((few ^ many) >> k & 1) == 0)
					continue;
				assert_true(many >> k & 1);
				break;
			}
			text = vtune_plan_to_json(t.plans[0], NULL);
			place(&t, VTUNE_TOGETHER_MOST, options);
			again = vtune_plan_to_json(t.plans[0], NULL);
			assert_string_equal(text, again);
			free(text);
			free(again);
		}
		team_free(&t);
	}
	assert_true(cut > 0);
	vtune_options_free(options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_hosts),	    cmocka_unit_test(all_or_none),
		cmocka_unit_test(reasons_of_none),  cmocka_unit_test(less_cost),
		cmocka_unit_test(nodes_of_another), cmocka_unit_test(arguments),
		cmocka_unit_test(running_vms),	    cmocka_unit_test(one_vm),
		cmocka_unit_test(order_of_all),	    cmocka_unit_test(work_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
