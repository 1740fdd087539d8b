/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a plan is as it is: hosts made by hand, on which the words are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "random-help.h"

enum { SEED = 20263, CASES = 200 };

static char *explain(const struct answer *a)
{
	struct vtune_error *err = NULL;
	char *text = vtune_plan_explain(a->plan, a->host, a->spec, NULL, &err);

	if (!text)
		fail_msg("%s\n%s", vtune_error_get_message(err), a->text);
	return text;
}

static struct answer place(const char *host, const char *spec)
{
	char *host_text = quoted(host), *spec_text = quoted(spec);
	struct answer a = answer_to(host_text, spec_text);

	free(host_text);
	free(spec_text);
	return a;
}

/* ---- known words ---- */

#define HOST(nodes, rest) "{'version':1,'nodes':[" nodes "]" rest "}"
#define NODE(id, cpus, kib, rest) "{'id':" #id ",'cpus':'" cpus "','memory_kib':" #kib rest "}"
#define SPEC(vcpus, memory, rest) "{'version':1,'vcpus':" #vcpus ",'memory':'" memory "'" rest "}"
#define PAGES(total) ",'pages':[{'size_kib':2048,'total':" #total "}]"
#define TWO_ALIKE NODE(0, "0-3", 1048576, "") "," NODE(1, "4-7", 1048576, "")
#define CACHE(cpus) "{'level':3,'cpus':'" cpus "'}"
#define SMT8 ",'cores':['0-1','2-3','4-5','6-7']"
#define DEVICE(node) ",'devices':[{'id':'0000:01:00.0','node':" #node "}]"
#define ASKED(affinity) ",'hostdevs':[{'id':'0000:01:00.0','affinity':'" affinity "'}]"

struct words_case {
	const char *name, *host, *spec;
	const char *parts[3]; /* of the text, in their order */
};

static const struct words_case words_cases[] = {
	/* nodes that cannot be */
	{ "memory",
	  HOST(NODE(0, "0-3", 1048576, "") "," NODE(1, "4-7", 8192, ""), ""),
	  SPEC(2, "64MiB", ""),
	  { "A cell on one of the other nodes, in ordinary pages:\n  node 1: too little free memory\n" } },
	{ "pages",
	  HOST(NODE(0, "0-3", 1048576, PAGES(64)) "," NODE(1, "4-7", 8388608, PAGES(8)), ""),
	  SPEC(2, "64MiB", ",'hugepages':'2MiB'"),
	  { "  node 1: too few free huge pages\n" } },
	{ "CPUs",
	  HOST(NODE(0, "0-3", 1048576, "") "," NODE(1, "4", 1048576, ""), ""),
	  SPEC(2, "64MiB", ""),
	  { "  node 1: too few CPUs that can be dedicated\n" } },
	{ "shared CPUs",
	  HOST(NODE(0, "0-3", 1048576, "") "," NODE(1, "4", 1048576, ""), ""),
	  SPEC(2, "64MiB", ",'cpu':{'policy':'shared'}"),
	  { "  node 1: too few shared CPUs\n" } },
	{ "whole cores",
	  HOST(TWO_ALIKE, SMT8 ",'reserved_cpus':'4,6'"),
	  SPEC(2, "64MiB", ",'cpu':{'threads':'require'}"),
	  { "  node 1: too few whole free cores\n" } },
	{ "a node without CPUs",
	  HOST(NODE(0, "0-3", 1048576, "") ",{'id':7,'memory_kib':1048576}", ""),
	  SPEC(2, "64MiB", ""),
	  { "  node 7: it has no CPUs\n" } },
	{ "a node that is not named",
	  HOST(TWO_ALIKE, ""),
	  SPEC(2, "64MiB", ",'numa':{'nodes':'1'}"),
	  { "  node 0: the spec does not name it\n" } },
	{ "distance",
	  HOST(NODE(0, "0-3", 1048576, ",'distances':{'2':40}") "," NODE(
		       1, "4-7", 1048576, "") "," NODE(2, "8-11", 1048576, ",'distances':{'1':40}"),
	       ""),
	  SPEC(8, "64MiB", ",'numa':{'max_distance':20}"),
	  { "  node 2: too far away\n" } },
	{ "an emulator that cannot start",
	  HOST(NODE(0, "0-3", 1048576, PAGES(64)) "," NODE(1, "4-7", 0, ""), ""),
	  SPEC(2, "64MiB", ",'hugepages':'2MiB','emulator':{'policy':'float'}"),
	  { "  node 1: no CPU for the emulator\n" } },
	{ "required devices",
	  HOST(TWO_ALIKE, DEVICE(1)),
	  SPEC(2, "64MiB", ASKED("require")),
	  { "  node 0: the required devices are on other nodes\n" } },

	/* nodes that are worse */
	{ "remote memory",
	  HOST(NODE(0, "0-3", 1048576, "") "," NODE(1, "4-7", 1048576, ",'free_kib':32768"), ""),
	  SPEC(2, "64MiB", ",'numa':{'mode':'preferred'}"),
	  { "  node 1: remote would be 327680, not 0\n" } },
	{ "spread",
	  HOST(NODE(0, "0-3", 1048576, ",'distances':{'1':12,'2':25}") "," NODE(
		       1, "4-7", 1048576,
		       ",'distances':{'0':12,'2':31}") "," NODE(2, "8-11", 1048576,
								",'distances':{'0':25,'1':31}"),
	       ""),
	  SPEC(8, "64MiB", ""),
	  { "  node 2: spread would be 25, not 12\n" } },
	{ "devices",
	  HOST(TWO_ALIKE, DEVICE(1)),
	  SPEC(2, "64MiB", ASKED("prefer")),
	  { "  node 0: devices would be 10, not 0\n" } },
	{ "helpers",
	  HOST(NODE(0, "0-4", 1048576, "") "," NODE(1, "5-8", 1048576, ""), ""),
	  SPEC(4, "64MiB", ",'emulator':{'policy':'isolate'}"),
	  { "  node 1: helpers would be 10, not 0\n" } },
	{ "caches",
	  HOST(TWO_ALIKE, ",'caches':[" CACHE("0-3") "," CACHE("4-5") "," CACHE("6-7") "]"),
	  SPEC(3, "64MiB", ""),
	  { "  node 1: caches would be 2, not 1\n" } },
	{ "cores in pieces",
	  HOST(TWO_ALIKE, ",'cores':['4-5','6-7']"),
	  SPEC(1, "64MiB", ""),
	  { "  node 1: split_cores would be 1, not 0\n" } },
	{ "what is left",
	  HOST(NODE(0, "0-3", 1048576, "") "," NODE(1, "4-9", 1048576, ""), ""),
	  SPEC(2, "64MiB", ""),
	  { "  node 1: leftover would be 4, not 2\n" } },
	{ "what is left, spread out",
	  HOST(NODE(0, "0-3", 1048576, "") "," NODE(1, "4-9", 1048576, ""), ""),
	  SPEC(2, "64MiB", ",'strategy':'spread'"),
	  { "  node 0: leftover would be -2, not -4\n" } },
	{ "devices of others",
	  HOST(TWO_ALIKE, DEVICE(0)),
	  SPEC(2, "64MiB", ""),
	  { "  node 0: devices it did not ask for would be 1, not 0\n" } },

	/* numbers of cells */
	{ "one cell lacks CPUs",
	  HOST(TWO_ALIKE, ""),
	  SPEC(6, "64MiB", ""),
	  { "Fewer than 2 cells:\n  1: too few CPUs that can be dedicated\n" } },
	{ "one cell lacks memory",
	  HOST(TWO_ALIKE, ""),
	  SPEC(2, "2000MiB", ""),
	  { "Fewer than 2 cells:\n  1: too little free memory\n" } },
	{ "one cell lacks both",
	  HOST(TWO_ALIKE, ""),
	  SPEC(6, "2000MiB", ""),
	  { "Fewer than 2 cells:\n  1: several constraints are in the way\n" } },

	/* page sizes */
	{ "larger pages are preferred",
	  HOST(NODE(0, "0-3", 1048576, PAGES(64)), ""),
	  SPEC(2, "64MiB", ""),
	  { "Other page sizes:\n  ordinary pages: no better, and larger pages are preferred\n" } },
	{ "pages that do not divide the memory",
	  HOST(NODE(0, "0-3", 1048576, PAGES(64)), ""),
	  SPEC(2, "63MiB", ""),
	  { "Other page sizes:\n  2 MiB: they do not divide the memory of the cells\n" } },
	{ "too few pages",
	  HOST(NODE(0, "0-3", 1048576, PAGES(31)), ""),
	  SPEC(2, "64MiB", ""),
	  { "Other page sizes:\n  2 MiB: too few free huge pages\n" } },
	{ "larger pages farther away",
	  HOST(NODE(0, "0-3", 1048576, PAGES(16)) "," NODE(1, "4-7", 1048576, PAGES(16)), ""),
	  SPEC(2, "64MiB", ",'numa':{'mode':'preferred'}"),
	  { "Other page sizes:\n  2 MiB: remote would be 327680, not 0\n" } },

	/* cores */
	{ "other cores",
	  HOST(NODE(0, "0-7", 1048576, ""),
	       SMT8 ",'caches':[" CACHE("0-3") "," CACHE("4-7") "],'reserved_cpus':'0'"),
	  SPEC(2, "64MiB", ""),
	  { "Other cores of node 0:\n  CPUs 0-1: split_cores would be 1, not 0\n"
	    "  CPUs 4-7: leftover_caches would be 2, not 1\n" } },
	{ "a core that is not free as a whole",
	  HOST(NODE(0, "0-7", 1048576, ""), SMT8 ",'reserved_cpus':'0'"),
	  SPEC(2, "64MiB", ",'cpu':{'threads':'require'}"),
	  { "Other cores of node 0:\n"
	    "  CPUs 0-1: the thread policy or the shared pool rules it out\n"
	    "  CPUs 4-7: no worse, but lower numbers are taken first\n" } },
};

static void check_words(const struct words_case *it)
{
	struct answer a = place(it->host, it->spec);
	const char *at;
	char *text;

	if (!answer_fits(&a))
		fail_msg("%s: %s", it->name, a.text);
	text = explain(&a);
	at = text;
	for (size_t i = 0; i < VTUNE__COUNT(it->parts) && it->parts[i]; i++) {
		at = strstr(at, it->parts[i]);
		if (!at)
			fail_msg("%s: expected \"%s\" in:\n%s", it->name, it->parts[i], text);
	}
	free(text);
	answer_free(&a);
}

static void check_table(const struct words_case *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_words(&table[i]);
}

static void known_words(void **state)
{
	(void)state;
	check_table(words_cases, VTUNE__COUNT(words_cases));
}

/* A node that is like a used one in everything could be used as well. */
static void equal_nodes(void **state)
{
	static const struct words_case cases[] = {
		{ "two nodes",
		  HOST(TWO_ALIKE, ""),
		  SPEC(2, "64MiB", ""),
		  { "  node 1: no worse, but lower numbers are taken first\n" } },
		{ "three nodes",
		  HOST(TWO_ALIKE "," NODE(2, "8-11", 1048576, ""), ""),
		  SPEC(8, "64MiB", ""),
		  { "  node 2: no worse, but lower numbers are taken first\n" } },
	};

	(void)state;
	check_table(cases, VTUNE__COUNT(cases));
}

/* Pages that divide the memory, but not that of each cell. */
static void pages_in_each_cell(void **state)
{
	static const struct words_case cases[] = {
		{ "half a page each",
		  HOST(NODE(0, "0-3", 1048576, PAGES(64)) "," NODE(1, "4-7", 1048576, PAGES(64)),
		       ""),
		  SPEC(2, "4MiB",
		       ",'numa':{'cells':[{'vcpus':'0','memory':'1MiB'},"
		       "{'vcpus':'1','memory':'3MiB'}]}"),
		  { "  2 MiB: they do not divide the memory of the cells\n" } },
		{ "fewer pages than cells",
		  HOST(NODE(0, "0-3", 1048576, PAGES(64)) "," NODE(1, "4-7", 1048576, PAGES(64)),
		       ""),
		  SPEC(2, "2MiB", ",'numa':{'cells':2}"),
		  { "  2 MiB: they do not divide the memory of the cells\n" } },
	};

	(void)state;
	check_table(cases, VTUNE__COUNT(cases));
}

/* That a node lacks CPUs for the helpers is not said as if its vCPUs had none. */
static void helpers_in_the_way(void **state)
{
	static const struct words_case cases[] = {
		{ "no CPU beside the vCPUs",
		  HOST(NODE(0, "0-4", 1048576, PAGES(64)) "," NODE(1, "5-8", 1048576, PAGES(64)),
		       ""),
		  SPEC(4, "64MiB", ",'hugepages':'2MiB','emulator':{'policy':'isolate'}"),
		  { "  node 1: no CPU for the isolated helpers\n" } },
		{ "no CPU where the memory is",
		  HOST(NODE(0, "0-3", 1048576, PAGES(64) ",'kind':'hbm'") "," NODE(
			       1, "4-7", 0, "") ",{'id':2,'memory_kib':1048576" PAGES(64) "}",
		       ""),
		  SPEC(2, "64MiB", ",'hugepages':'2MiB','emulator':{'policy':'isolate'}"),
		  { "  node 1: no CPU for the emulator\n" } },
	};

	(void)state;
	check_table(cases, VTUNE__COUNT(cases));
}

/* Nothing was left out, so there is nothing to tell. */
static void no_choice_no_words(void **state)
{
	struct answer a = place(HOST(NODE(0, "0-3", 1048576, ""), ""), SPEC(4, "64MiB", ""));
	char *text = explain(&a);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	answer_free(&a);
}

/* ---- any plan ---- */

static bool is_cell_node(const struct answer *a, int64_t id)
{
	struct json_object *cells = oracle_get(a->json, "cells");

	for (size_t i = 0; i < json_object_array_length(cells); i++)
		if (oracle_int(json_object_array_get_idx(cells, i), "node", -1) == id)
			return true;
	return false;
}

/* Every node that was left out is told once, and something is said of it. */
static void check_nodes(struct json_object *host, const struct answer *a, const char *text)
{
	struct json_object *nodes = oracle_get(host, "nodes");
	char line[32];

	for (size_t i = 0; i < json_object_array_length(nodes); i++) {
		int64_t id = oracle_int(json_object_array_get_idx(nodes, i), "id", -1);
		const char *at;

		snprintf(line, sizeof(line), "\n  node %d: ", (int)id);
		at = strstr(text, line);
		if (is_cell_node(a, id) ? at != NULL : !at || strstr(at + 1, line))
			fail_msg("node %d:\n%s\n%s", (int)id, text, a->text);
	}
	if (strstr(text, ": \n"))
		fail_msg("nothing is said:\n%s\n%s", text, a->text);
}

/* The plan alone has all that is asked about it. */
static void check_read_again(const struct answer *a, const char *text)
{
	struct answer again = *a;
	char *same;

	again.plan = vtune_plan_from_json(a->text, NULL);
	assert_non_null(again.plan);
	same = explain(&again);
	assert_string_equal(text, same);
	free(same);
	vtune_plan_free(again.plan);
}

static void random_plans(void **state)
{
	unsigned int fitted = 0;

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host, *spec;
		struct answer a;

		random_documents(SEED, i, &host, &spec);
		a = answer_of(host, spec);
		if (answer_fits(&a)) {
			char *text = explain(&a);

			fitted++;
			check_nodes(host, &a, text);
			check_read_again(&a, text);
			free(text);
		}
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
	assert_true(fitted > CASES / 4);
}

/* ---- errors ---- */

static void wrong_arguments(void **state)
{
	struct answer a = place(HOST(TWO_ALIKE, ""), SPEC(2, "64MiB", ""));
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_plan_explain(NULL, a.host, a.spec, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_plan_explain");
	assert_null(vtune_plan_explain(a.plan, NULL, a.spec, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_plan_explain");
	assert_null(vtune_plan_explain(a.plan, a.host, NULL, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_plan_explain");
	assert_null(vtune_plan_explain(NULL, NULL, NULL, NULL, NULL));
	answer_free(&a);
}

static void a_plan_that_does_not_fit(void **state)
{
	struct answer a = place(HOST(TWO_ALIKE, ""), SPEC(20, "64MiB", ""));
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_plan_explain(a.plan, a.host, a.spec, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "does not fit");
	answer_free(&a);
}

/* The host is another than the plan was made on: full, of fewer cells, of other nodes. */
static void a_plan_of_another_host(void **state)
{
	static const char *const others[] = {
		HOST(NODE(0, "0-3", 1048576, ""), ",'reserved_cpus':'0-3'"),
		HOST(NODE(0, "0-7", 1048576, ""), ""),
		HOST(NODE(0, "0-3", 4096, "") "," NODE(1, "4-7", 1048576, "") "," NODE(2, "8-11",
										       1048576, ""),
		     ""),
	};
	struct answer a = place(HOST(TWO_ALIKE, ""), SPEC(6, "64MiB", ""));
	struct vtune_error *err = NULL;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(others); i++) {
		char *text = quoted(others[i]);
		struct vtune_host *host = host_from(text);

		assert_null(vtune_plan_explain(a.plan, host, a.spec, NULL, &err));
		assert_error(&err, VTUNE_ERR_NOT_VALID, "", "host");
		vtune_host_free(host);
		free(text);
	}
	answer_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_words),
		cmocka_unit_test(equal_nodes),
		cmocka_unit_test(pages_in_each_cell),
		cmocka_unit_test(helpers_in_the_way),
		cmocka_unit_test(no_choice_no_words),
		cmocka_unit_test(random_plans),
		cmocka_unit_test(wrong_arguments),
		cmocka_unit_test(a_plan_that_does_not_fit),
		cmocka_unit_test(a_plan_of_another_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
