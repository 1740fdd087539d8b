/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many more VMs fit: hosts made by hand, on which the number is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "random-help.h"

enum { SEED = 20264, CASES = 150, MOST = 65536 };

#define HOST(nodes, rest) "{'version':1,'nodes':[" nodes "]" rest "}"
#define NODE(id, cpus, rest) "{'id':" #id ",'cpus':'" cpus "','memory_kib':1048576" rest "}"
#define SPEC(vcpus, memory, rest) "{'version':1,'vcpus':" #vcpus ",'memory':'" memory "'" rest "}"
#define ONE_NODE HOST(NODE(0, "0-7", ""), "")
#define TWO_NODES HOST(NODE(0, "0-7", "") "," NODE(1, "8-15", ""), "")
#define SMALL_PAGES ",'pages':[{'size_kib':2048,'total':100}]"
#define SMT ",'cores':['0-1','2-3','4-5','6-7']"

struct capacity_case {
	const char *name, *host, *spec;
	unsigned int count;
	const char *code; /* one of the reasons why there are no more */
};

static const struct capacity_case cases[] = {
	{ "CPUs", ONE_NODE, SPEC(2, "64MiB", ""), 4, "cpus" },
	{ "CPUs of two nodes", TWO_NODES, SPEC(3, "64MiB", ",'numa':{'cells':1}"), 4, "cpus" },
	{ "the last one in two cells", TWO_NODES, SPEC(3, "64MiB", ""), 5, "cpus" },
	{ "two cells each", TWO_NODES, SPEC(4, "64MiB", ",'numa':{'cells':2}"), 4, "cpus" },
	{ "one node named", TWO_NODES, SPEC(2, "64MiB", ",'numa':{'nodes':'1'}"), 4, "cpus" },
	{ "memory", ONE_NODE, SPEC(1, "300MiB", ""), 3, "memory" },
	{ "memory on each node", TWO_NODES, SPEC(1, "600MiB", ",'numa':{'cells':1}"), 2, "memory" },
	{ "memory on any node", TWO_NODES,
	  SPEC(1, "600MiB", ",'numa':{'cells':1,'mode':'preferred'}"), 3, "memory" },
	{ "huge pages", HOST(NODE(0, "0-7", SMALL_PAGES), ""),
	  SPEC(1, "66MiB", ",'hugepages':'2MiB'"), 3, "pages" },
	{ "huge pages first, then others", HOST(NODE(0, "0-7", SMALL_PAGES), ""),
	  SPEC(1, "200MiB", ""), 5, "memory" },
	{ "cores", HOST(NODE(0, "0-7", ""), SMT), SPEC(1, "64MiB", ",'cpu':{'threads':'isolate'}"),
	  4, "cpus" },
	{ "cores as a whole", HOST(NODE(0, "0-7", ""), SMT ",'reserved_cpus':'0,2'"),
	  SPEC(2, "64MiB", ",'cpu':{'threads':'require'}"), 2, "threads" },
	{ "shared CPUs", HOST(NODE(0, "0-3", ""), ",'overcommit':4.0"),
	  SPEC(2, "64MiB", ",'cpu':{'policy':'shared'}"), 8, "shared" },
	{ "shared CPUs that others use",
	  HOST(NODE(0, "0-3", ""), ",'overcommit':4.0,'allocations':"
				   "[{'vm':'other','cpus':'','shared_vcpus':{'0':7}}]"),
	  SPEC(2, "64MiB", ",'cpu':{'policy':'shared'}"), 4, "shared" },
	{ "isolated emulators", ONE_NODE, SPEC(2, "64MiB", ",'emulator':{'policy':'isolate'}"), 2,
	  "helpers" },
	{ "a device", HOST(NODE(0, "0-7", ""), ",'devices':[{'id':'0000:01:00.0','node':0}]"),
	  SPEC(1, "64MiB", ",'hostdevs':[{'id':'0000:01:00.0'}]"), 1, "devices" },
	{ "none of them", ONE_NODE, SPEC(9, "64MiB", ""), 0, "cpus" },
	{ "no nodes for it", ONE_NODE, SPEC(4, "64MiB", ",'numa':{'cells':2}"), 0, "nodes" },
	/* The VM itself, if it runs, stays: these are more of its kind. */
	{ "beside a VM of that name",
	  HOST(NODE(0, "0-7", ""), ",'allocations':[{'vm':'web','cpus':'0-2'}]"),
	  SPEC(2, "64MiB", ",'name':'web'"), 2, "cpus" },
	{ "names that are taken",
	  HOST(NODE(0, "0-7", ""), ",'allocations':[{'vm':'web-1','cpus':'0-1'},"
				   "{'vm':'web-3','cpus':'2-3'}]"),
	  SPEC(2, "64MiB", ",'name':'web'"), 2, "cpus" },
};

static bool has_reason(const struct answer *a, const char *code)
{
	struct json_object *reasons = oracle_get(a->json, "reasons");

	for (size_t i = 0; i < json_object_array_length(reasons); i++)
		if (strcmp(oracle_text(json_object_array_get_idx(reasons, i), "code", ""), code) ==
		    0)
			return true;
	return false;
}

/* The answer's host and spec are set; its plan becomes that of the one too many. */
static unsigned int count_more(struct answer *a)
{
	struct vtune_error *err = NULL;
	unsigned int count = 0;

	a->plan = vtune_capacity(a->host, a->spec, NULL, &count, &err);
	if (!a->plan)
		fail_msg("%s", vtune_error_get_message(err));
	a->text = vtune_plan_to_json(a->plan, NULL);
	assert_non_null(a->text);
	a->json = json_tokener_parse(a->text);
	assert_non_null(a->json);
	return count;
}

static struct answer ask(const char *host, const char *spec)
{
	char *host_text = quoted(host), *spec_text = quoted(spec);
	struct answer a = { .host = host_from(host_text) };

	a.spec = vtune_spec_from_json(spec_text, NULL);
	assert_non_null(a.spec);
	free(host_text);
	free(spec_text);
	return a;
}

static void known_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(cases); i++) {
		struct answer a = ask(cases[i].host, cases[i].spec);
		char *before = vtune_host_to_json(a.host, NULL), *after;
		unsigned int count = count_more(&a);

		if (count != cases[i].count)
			fail_msg("%s: %u fit, not %u\n%s", cases[i].name, count, cases[i].count,
				 a.text);
		if (answer_fits(&a) || !has_reason(&a, cases[i].code))
			fail_msg("%s: \"%s\" is no reason in %s", cases[i].name, cases[i].code,
				 a.text);
		after = vtune_host_to_json(a.host, NULL);
		assert_string_equal(before, after);
		free(before);
		free(after);
		answer_free(&a);
	}
}

/* Names that VMs of the host have are passed over. */
static void fresh_names(void **state)
{
	static const struct {
		const char *host, *spec, *vm;
	} names[] = {
		{ HOST(NODE(0, "0-7", ""), ""), SPEC(4, "64MiB", ""), "vm-3" },
		{ HOST(NODE(0, "0-7", ""), ",'allocations':[{'vm':'web-1','cpus':'0-1'},"
					   "{'vm':'web-3','cpus':'2-3'}]"),
		  SPEC(2, "64MiB", ",'name':'web'"), "web-5" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		struct answer a = ask(names[i].host, names[i].spec);

		count_more(&a);
		assert_string_equal(vtune_plan_get_vm(a.plan), names[i].vm);
		answer_free(&a);
	}
}

/* The same, one VM after another by hand. */
static unsigned int count_by_hand(const struct vtune_host *first, struct json_object *spec)
{
	struct vtune_host *host = vtune_host_with_state(first, "{}", NULL);
	unsigned int count;

	assert_non_null(host);
	for (count = 0;; count++) {
		struct answer a = { .host = host };
		char name[32];

		snprintf(name, sizeof(name), "by-hand-%u", count);
		json_object_object_add(spec, "name", json_object_new_string(name));
		a.spec = vtune_spec_from_json(json_text(spec), NULL);
		answer_place(&a);
		host = answer_fits(&a) ? vtune_host_with_plan(a.host, a.plan, NULL) : NULL;
		answer_free(&a);
		if (!host)
			return count;
	}
}

static void random_numbers(void **state)
{
	unsigned int most = 0;

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host, *spec;
		unsigned int count, by_hand;
		struct answer a = { 0 };

		random_documents(SEED, i, &host, &spec);
		a.host = vtune_host_from_json(json_text(host), NULL);
		a.spec = vtune_spec_from_json(json_text(spec), NULL);
		assert_non_null(a.spec);
		count = count_more(&a);
		by_hand = count_by_hand(a.host, spec);
		if (count != by_hand)
			fail_msg("case %u: %u by hand, not %u\n%s\n%s", i, by_hand, count,
				 json_text(host), json_text(spec));
		assert_false(answer_fits(&a));
		most = count > most ? count : most;
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
	assert_true(most > 2);
}

static void wrong_arguments(void **state)
{
	struct answer a = ask(ONE_NODE, SPEC(2, "64MiB", ""));
	struct vtune_error *err = NULL;
	unsigned int count = 77;

	(void)state;
	assert_null(vtune_capacity(NULL, a.spec, NULL, &count, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_capacity");
	assert_null(vtune_capacity(a.host, NULL, NULL, &count, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_capacity");
	assert_null(vtune_capacity(a.host, a.spec, NULL, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_capacity");
	assert_null(vtune_capacity(NULL, NULL, NULL, NULL, NULL));
	assert_int_equal(count, 77);
	answer_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_numbers),
		cmocka_unit_test(fresh_names),
		cmocka_unit_test(random_numbers),
		cmocka_unit_test(wrong_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
