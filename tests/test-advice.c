/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a refused VM is told: every change that would_fit names does make it fit, the
 * ones that are known to help are named, and the reasons make sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "random-help.h"

enum { SEED = 20262, CASES = 800 };

/* RFC 7386; consumes neither. */
static struct json_object *merged(struct json_object *target, struct json_object *patch)
{
	struct json_object *result;

	if (!json_object_is_type(patch, json_type_object))
		return json_object_get(patch);
	result = json_object_is_type(target, json_type_object) ? json_copy(target)
							       : json_object_new_object();
	json_object_object_foreach(patch, key, value)
	{
		if (value)
			json_object_object_add(result, key, merged(oracle_get(result, key), value));
		else
			json_object_object_del(result, key);
	}
	return result;
}

static bool fits_changed(struct json_object *host, struct json_object *spec,
			 struct json_object *change)
{
	struct json_object *changed = merged(spec, change);
	struct answer a = answer_of(host, changed);
	bool fits = answer_fits(&a);

	answer_free(&a);
	json_object_put(changed);
	return fits;
}

static struct json_object *change_of(const struct answer *a, size_t number)
{
	struct json_object *list = oracle_get(a->json, "would_fit");

	assert_non_null(list);
	return number < json_object_array_length(list)
		       ? oracle_get(json_object_array_get_idx(list, number), "change")
		       : NULL;
}

/* ---- any case ---- */

/* The steps in which less memory is looked for. */
static int64_t memory_unit(struct json_object *host, struct json_object *spec)
{
	const char *pages = oracle_text(spec, "hugepages", "auto");

	if (strcmp(pages, "any") == 0)
		return 0; /* the smallest huge page of the host: not looked for here */
	if (strcmp(pages, "auto") != 0 && strcmp(pages, "none") != 0)
		return oracle_kib(oracle_get(spec, "hugepages"));
	return oracle_int(host, "page_kib", 4) > 1024 ? 0 : 1024;
}

/* Does the VM fit with some more than the change says, and less than it asked for? */
static bool fits_with_more(struct json_object *host, struct json_object *spec,
			   struct json_object *change, const char *key, int64_t unit)
{
	int64_t value = oracle_int(change, key, 0) + unit;
	struct json_object *more;
	bool fits;

	if (unit == 0 || !oracle_get(change, key) || value >= oracle_kib(oracle_get(spec, key)))
		return false;
	more = json_object_new_object();
	json_object_object_add(more, key, json_object_new_int64(value));
	fits = fits_changed(host, spec, more);
	json_object_put(more);
	return fits;
}

/* Returns how many changes there are. */
static unsigned int check_changes(struct json_object *host, struct json_object *spec,
				  const struct answer *a)
{
	struct json_object *change;
	unsigned int count;

	for (count = 0; (change = change_of(a, count)); count++) {
		if (!fits_changed(host, spec, change))
			fail_msg("%s does not help\n%s\n%s\n%s", json_text(change), a->text,
				 json_text(host), json_text(spec));
		if (fits_with_more(host, spec, change, "memory", memory_unit(host, spec)) ||
		    fits_with_more(host, spec, change, "vcpus", 1))
			fail_msg("%s is less than what fits\n%s\n%s", json_text(change),
				 json_text(host), json_text(spec));
	}
	return count;
}

/* A single reason that says how much is missing. */
static bool is_short(struct json_object *reason)
{
	const char *code = oracle_text(reason, "code", "");

	if (strcmp(code, "memory") == 0)
		return oracle_int(reason, "need_kib", -1) > oracle_int(reason, "have_kib", -1);
	return oracle_int(reason, "need", -1) > oracle_int(reason, "have", -1);
}

static void check_reasons(const struct answer *a)
{
	static const char *const codes[] = {
		"cpus",	 "threads", "shared",	    "memory",  "pages",
		"nodes", "devices", "max_distance", "helpers", "start"
	};
	struct json_object *reasons = oracle_get(a->json, "reasons");
	size_t count = json_object_array_length(reasons), k;

	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		struct json_object *reason = json_object_array_get_idx(reasons, i);

		for (k = 0; k < VTUNE__COUNT(codes); k++)
			if (strcmp(oracle_text(reason, "code", ""), codes[k]) == 0)
				break;
		if (k == VTUNE__COUNT(codes))
			fail_msg("unknown code: %s", json_text(reason));
		if (strlen(oracle_text(reason, "text", "")) < 10)
			fail_msg("no text: %s", json_text(reason));
	}
}

/* When a single thing is short, then the reason's numbers show it. */
static void check_shortage(const char *name, const struct answer *a)
{
	static const char *const codes[] = { "cpus", "threads", "shared", "memory", "pages" };
	struct json_object *reasons = oracle_get(a->json, "reasons");
	struct json_object *reason = json_object_array_get_idx(reasons, 0);
	const char *code = oracle_text(reason, "code", "");

	for (size_t k = 0; k < VTUNE__COUNT(codes); k++)
		if (json_object_array_length(reasons) == 1 && strcmp(code, codes[k]) == 0 &&
		    !is_short(reason))
			fail_msg("%s: nothing is short: %s", name, a->text);
}

static void random_refusals(void **state)
{
	unsigned int refused = 0, changes = 0;

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host, *spec;
		struct answer a;

		random_documents(SEED, i, &host, &spec);
		a = answer_of(host, spec);
		if (!answer_fits(&a)) {
			refused++;
			changes += check_changes(host, spec, &a);
			check_reasons(&a);
		}
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
	assert_true(refused > CASES / 5);
	assert_true(changes > CASES / 5);
}

static void random_shortages(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host, *spec;
		struct answer a;
		char name[32];

		random_documents(SEED, i, &host, &spec);
		a = answer_of(host, spec);
		snprintf(name, sizeof(name), "case %u", i);
		if (!answer_fits(&a))
			check_shortage(name, &a);
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
}

/* ---- cases made by hand ---- */

#define NODE(id, cpus, rest) "{'id':" #id ",'cpus':'" cpus "','memory_kib':1048576" rest "}"
#define HOST(nodes, rest) "{'version':1,'nodes':[" nodes "]" rest "}"
#define ONE_NODE HOST(NODE(0, "0-3", ",'free_kib':524288"), "")
#define TWO_NODES HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", ""), "")
#define SMT(rest) HOST(NODE(0, "0-3", ""), ",'cores':['0-1','2-3']" rest)
#define SPEC(vcpus, memory, rest) "{'version':1,'vcpus':" #vcpus ",'memory':'" memory "'" rest "}"
#define SMALL_PAGES ",'pages':[{'size_kib':2048,'total':100}]"
#define NO_ORDINARY ",'free_kib':0,'pages':[{'size_kib':2048,'total':512}]"
#define DEVICE(id, node) "{'id':'0000:0" #id ":00.0','node':" #node "}"
#define ASKED(id, rest) "{'id':'0000:0" #id ":00.0'" rest "}"
#define WISH(id, affinity) ASKED(id, ",'affinity':'" affinity "'")
#define DEVICES(list) ",'devices':[" list "]"
#define HOSTDEVS(list) "'hostdevs':[" list "]"

/* A change that must be named, or none at all (NULL). */
struct advice_case {
	const char *name, *host, *spec, *change;
};

static const struct advice_case advice_cases[] = {
	{ "a page size that the host has", HOST(NODE(0, "0-3", SMALL_PAGES), ""),
	  SPEC(2, "64MiB", ",'hugepages':'1GiB'"), "{'hugepages':'2MiB'}" },
	{ "huge pages, where there is nothing else", HOST(NODE(0, "0-3", NO_ORDINARY), ""),
	  SPEC(2, "64MiB", ",'hugepages':'none'"), "{'hugepages':'2MiB'}" },
	{ "ordinary pages for any", TWO_NODES, SPEC(2, "64MiB", ",'hugepages':'any'"),
	  "{'hugepages':'none'}" },
	{ "ordinary pages, so that it starts",
	  HOST("{'id':0,'cpus':'0-3','memory_kib':0},"
	       "{'id':1,'memory_kib':1048576" SMALL_PAGES "}",
	       ""),
	  SPEC(2, "64MiB", ",'hugepages':'2MiB'"), "{'hugepages':'none'}" },
	{ "two cells", TWO_NODES, SPEC(6, "64MiB", ",'numa':{'cells':1}"), "{'numa':{'cells':2}}" },
	{ "two cells for memory", TWO_NODES, SPEC(2, "1500MiB", ",'numa':{'cells':1}"),
	  "{'numa':{'cells':2}}" },
	{ "one cell on one node", ONE_NODE, SPEC(4, "64MiB", ",'numa':{'cells':2}"),
	  "{'numa':{'cells':1}}" },
	{ "cells of equal size", TWO_NODES,
	  SPEC(6, "64MiB", ",'numa':{'cells':[{'vcpus':'0-4'},{'vcpus':'5'}]}"),
	  "{'numa':{'cells':2}}" },
	{ "threads of whole cores", SMT(""), SPEC(4, "64MiB", ",'cpu':{'threads':'isolate'}"),
	  "{'cpu':{'threads':'require'}}" },
	{ "threads of any cores", SMT(",'reserved_cpus':'0'"),
	  SPEC(3, "64MiB", ",'cpu':{'threads':'require'}"), "{'cpu':{'threads':'prefer'}}" },
	{ "an emulator that shares", ONE_NODE, SPEC(4, "64MiB", ",'emulator':{'policy':'isolate'}"),
	  "{'emulator':{'policy':'share'}}" },
	{ "I/O threads that share", ONE_NODE,
	  SPEC(3, "64MiB", ",'iothreads':{'policy':'isolate','count':2}"),
	  "{'iothreads':{'policy':'share'}}" },
	{ "a device farther away",
	  HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", ""),
	       DEVICES(DEVICE(1, 0)) ",'reserved_cpus':'0-3'"),
	  SPEC(2, "64MiB", "," HOSTDEVS(ASKED(1, ""))), "{" HOSTDEVS(WISH(1, "prefer")) "}" },
	{ "one of two devices farther away",
	  HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", ""), DEVICES(DEVICE(1, 0) "," DEVICE(2, 1))),
	  SPEC(2, "64MiB", ",'numa':{'cells':1}," HOSTDEVS(ASKED(1, "") "," ASKED(2, ""))),
	  "{" HOSTDEVS(ASKED(1, "") "," WISH(2, "prefer")) "}" },
	{ "all devices farther away",
	  HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", "") "," NODE(2, "8-11", ""),
	       DEVICES(DEVICE(1, 0) "," DEVICE(2, 1)) ",'reserved_cpus':'0-7'"),
	  SPEC(2, "64MiB", "," HOSTDEVS(ASKED(1, "") "," ASKED(2, ""))),
	  "{" HOSTDEVS(WISH(1, "prefer") "," WISH(2, "prefer")) "}" },
	{ "any nodes", TWO_NODES, SPEC(6, "64MiB", ",'numa':{'nodes':'1'}"),
	  "{'numa':{'nodes':null}}" },
	{ "the farther of two ways",
	  HOST(NODE(0, "0-1", ",'distances':{'1':40}") "," NODE(1, "2-3", ""), ""),
	  SPEC(4, "64MiB", ",'numa':{'max_distance':20}"), "{'numa':{'max_distance':40}}" },
	{ "all the memory that there is", ONE_NODE, SPEC(2, "1GiB", ""), "{'memory':524288}" },
	{ "memory on two nodes", TWO_NODES, SPEC(2, "3GiB", ""), "{'memory':2097152}" },
	{ "whole MiB of memory", HOST(NODE(0, "0-3", ",'free_kib':500000"), ""),
	  SPEC(2, "1GiB", ""), "{'memory':499712}" },
	{ "whole huge pages", HOST(NODE(0, "0-3", SMALL_PAGES), ""),
	  SPEC(2, "1GiB", ",'hugepages':'2MiB'"), "{'memory':204800}" },
	{ "whole huge pages of any size", HOST(NODE(0, "0-3", SMALL_PAGES), ""),
	  SPEC(2, "1GiB", ",'hugepages':'any'"), "{'memory':204800}" },
	{ "all CPUs", ONE_NODE, SPEC(9, "64MiB", ""), "{'vcpus':4}" },
	{ "all CPUs of two nodes", TWO_NODES, SPEC(16, "64MiB", ",'numa':{'cells':2}"),
	  "{'vcpus':8}" },
	{ "one vCPU for each core", SMT(""), SPEC(5, "64MiB", ",'cpu':{'threads':'isolate'}"),
	  "{'vcpus':2}" },
	{ "all shared CPUs", ONE_NODE, SPEC(6, "64MiB", ",'cpu':{'policy':'shared'}"),
	  "{'vcpus':4}" },
	{ "CPUs that isolated threads leave", ONE_NODE,
	  SPEC(4, "64MiB", ",'emulator':{'policy':'isolate'}"), "{'vcpus':3}" },
	{ "a device that is not there", ONE_NODE, SPEC(1, "64MiB", "," HOSTDEVS(ASKED(1, ""))),
	  NULL },
	{ "a device without a known node, twice too much memory",
	  HOST(NODE(0, "0-3", "") "," NODE(1, "4-7", ""), DEVICES("{'id':'0000:01:00.0'}")),
	  SPEC(1, "4GiB", "," HOSTDEVS(ASKED(1, ""))), NULL },
	{ "too little of two things", ONE_NODE, SPEC(6, "1GiB", ""), NULL },
	{ "cells that need more CPUs than there are", TWO_NODES,
	  SPEC(9, "64MiB", ",'numa':{'cells':[{'vcpus':'0-7'},{'vcpus':'8'}]}"), NULL },
	{ "a mixed VM that is too large", ONE_NODE,
	  SPEC(6, "64MiB", ",'cpu':{'policy':'mixed','dedicated':'0-4'}"), NULL },
};

static bool names(const struct answer *a, struct json_object *wanted)
{
	struct json_object *change;

	for (size_t i = 0; (change = change_of(a, i)); i++)
		if (json_object_equal(change, wanted))
			return true;
	return false;
}

static void check_case(const struct advice_case *it)
{
	char *host_text = quoted(it->host), *spec_text = quoted(it->spec);
	char *change = quoted(it->change ? it->change : "{}");
	struct json_object *host = json_tokener_parse(host_text);
	struct json_object *spec = json_tokener_parse(spec_text);
	struct json_object *wanted = json_tokener_parse(change);
	struct answer a = answer_to(host_text, spec_text);
	unsigned int count;

	assert_non_null(wanted);
	if (answer_fits(&a))
		fail_msg("%s: it fits: %s", it->name, a.text);
	check_reasons(&a);
	check_shortage(it->name, &a);
	count = check_changes(host, spec, &a);
	if (it->change ? !names(&a, wanted) : count > 0)
		fail_msg("%s: expected %s, got %s", it->name, it->change ? change : "no change",
			 a.text);
	answer_free(&a);
	json_object_put(host);
	json_object_put(spec);
	json_object_put(wanted);
	free(host_text);
	free(spec_text);
	free(change);
}

static void known_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(advice_cases); i++)
		check_case(&advice_cases[i]);
}

/* With huge pages an isolated emulator has a CPU on each memory node, else only one. */
static void pages_that_spare_a_cpu(void **state)
{
	static const struct advice_case it = {
		"ordinary pages, so that one CPU is enough",
		HOST(NODE(0, "0-2", SMALL_PAGES) "," NODE(1, "3-4", SMALL_PAGES), ""),
		SPEC(4, "64MiB",
		     ",'numa':{'cells':2},'hugepages':'2MiB','emulator':{'policy':'isolate'}"),
		"{'hugepages':'none'}",
	};

	(void)state;
	check_case(&it);
}

/* With mode interleave each node has its share to give. */
static void a_share_is_short(void **state)
{
	char *host =
		quoted(HOST(NODE(0, "0-3", "") ",{'id':1,'cpus':'4-7','memory_kib':8192}", ""));
	char *spec = quoted(SPEC(2, "100MiB", ",'numa':{'nodes':'0-1','mode':'interleave'}"));
	struct answer a = answer_to(host, spec);

	(void)state;
	assert_false(answer_fits(&a));
	check_shortage("interleave", &a);
	answer_free(&a);
	free(host);
	free(spec);
}

/* A VM that fits has no need of advice. */
static void no_advice_without_need(void **state)
{
	char *host = quoted(ONE_NODE), *spec = quoted(SPEC(4, "512MiB", ""));
	struct answer a = answer_to(host, spec);

	(void)state;
	assert_true(answer_fits(&a));
	assert_null(oracle_get(a.json, "would_fit"));
	assert_null(oracle_get(a.json, "reasons"));
	answer_free(&a);
	free(host);
	free(spec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_refusals),  cmocka_unit_test(random_shortages),
		cmocka_unit_test(known_refusals),   cmocka_unit_test(pages_that_spare_a_cpu),
		cmocka_unit_test(a_share_is_short), cmocka_unit_test(no_advice_without_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
