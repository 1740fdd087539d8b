/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells on nodes without memory: all memory of each is on one other node, so that they
 * can be too many for it although there is memory enough. */
#define _GNU_SOURCE /* open_memstream */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "libvtune.h"

#define MOST_NODES 32
#define MIB 1024 /* KiB */

/* Nodes of two CPUs; in MiB the memory of each, 0 for none. */
struct layout {
	unsigned int nodes;
	unsigned int memory[MOST_NODES];
	bool no_cpus[MOST_NODES];
	unsigned int near[MOST_NODES]; /* nodes of one number have distance 12, others 40 */
};

static struct vtune_host *host_of(const struct layout *l)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host;
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	fputs("{\"version\":1,\"nodes\":[", out);
	for (unsigned int n = 0; n < l->nodes; n++) {
		fprintf(out, "%s{\"id\":%u,\"memory_kib\":%u,\"cpus\":\"", n ? "," : "", n,
			l->memory[n] * MIB);
		if (!l->no_cpus[n])
			fprintf(out, "%u-%u", 2 * n, 2 * n + 1);
		fputs("\",\"distances\":{", out);
		for (unsigned int to = 0; to < l->nodes; to++)
			fprintf(out, "%s\"%u\":%u", to ? "," : "", to,
				to == n			    ? 10
				: l->near[n] == l->near[to] ? 12
							    : 40);
		fputs("}}", out);
	}
	fputs("]}", out);
	fclose(out);
	host = vtune_host_from_json(text, &err);
	if (!host)
		fail_msg("%s: %s", vtune_error_get_message(err), text);
	free(text);
	return host;
}

/* Place cells of a vCPU each, with so much memory together; more is put into numa. */
static struct json_object *place(const struct layout *l, unsigned int cells, unsigned int kib,
				 const char *more)
{
	struct vtune_host *host = host_of(l);
	struct vtune_error *err = NULL;
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	struct json_object *document;
	char text[256], *answer;

	snprintf(text, sizeof(text),
		 "{\"version\":1,\"vcpus\":%u,\"memory\":%u,\"hugepages\":\"none\","
		 "\"numa\":{\"cells\":%u%s}}",
		 cells, kib, cells, more);
	spec = vtune_spec_from_json(text, &err);
	plan = spec ? vtune_place(host, spec, NULL, &err) : NULL;
	if (!plan)
		fail_msg("%s: %s", vtune_error_get_message(err), text);
	if (vtune_plan_fits(plan))
		assert_int_equal(vtune_plan_is_optimal(plan), 1);
	answer = vtune_plan_to_json(plan, &err);
	document = json_tokener_parse(answer);
	assert_non_null(document);
	free(answer);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	return document;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	return json_object_object_get(object, key);
}

static void assert_fits(const struct layout *l, unsigned int cells, unsigned int kib)
{
	struct json_object *document = place(l, cells, kib, "");

	assert_true(json_object_get_boolean(get(document, "fits")));
	json_object_put(document);
}

/* Refused, for these reasons and no others; with less memory it fits. */
static void assert_refused(const struct layout *l, unsigned int cells, unsigned int kib,
			   const char *more, const char *codes)
{
	struct json_object *document = place(l, cells, kib, more);
	struct json_object *reasons = get(document, "reasons");
	char found[128] = "";

	assert_false(json_object_get_boolean(get(document, "fits")));
	for (size_t i = 0; i < json_object_array_length(reasons); i++) {
		struct json_object *code = get(json_object_array_get_idx(reasons, i), "code");

		strncat(found, i ? " " : "", sizeof(found) - strlen(found) - 1);
		strncat(found, json_object_get_string(code), sizeof(found) - strlen(found) - 1);
	}
	assert_string_equal(found, codes);
	assert_true(json_object_array_length(get(document, "would_fit")) > 0);
	json_object_put(document);
}

static struct layout cpus_only(unsigned int nodes)
{
	return (struct layout){ .nodes = nodes };
}

static void add_lender(struct layout *l, unsigned int mib)
{
	l->no_cpus[l->nodes] = true;
	l->memory[l->nodes++] = mib;
}

static void test_one_too_many(void **state)
{
	struct layout l = cpus_only(12);

	(void)state;
	add_lender(&l, 4);
	add_lender(&l, 4);
	add_lender(&l, 4);
	assert_fits(&l, 12, 12 * MIB);
	l.memory[14] = 3;
	assert_refused(&l, 12, 12 * MIB, "", "memory");
	l.memory[12] = 5;
	l.memory[13] = 6;
	l.memory[14] = 1;
	assert_fits(&l, 12, 12 * MIB);
	assert_refused(&l, 12, 12 * MIB + 48, "", "memory");
}

/* There is memory enough, and not in whole cells: that is what the reason must say. */
static void test_reason(void **state)
{
	struct layout l = cpus_only(12);
	struct json_object *document, *reason;

	(void)state;
	add_lender(&l, 20);
	add_lender(&l, 16);
	document = place(&l, 12, 12 * 3 * MIB, "");
	reason = json_object_array_get_idx(get(document, "reasons"), 0);
	assert_int_equal(json_object_array_length(get(document, "reasons")), 1);
	assert_int_equal(json_object_get_int(get(reason, "need_kib")), 12 * 3 * MIB);
	assert_int_equal(json_object_get_int(get(reason, "have_kib")), 11 * 3 * MIB);
	assert_non_null(strstr(json_object_get_string(get(reason, "text")), "11 of 12"));
	json_object_put(document);
}

/* Cells that differ by a page. */
static void test_uneven_cells(void **state)
{
	struct layout l = cpus_only(16);

	(void)state;
	add_lender(&l, 14);
	add_lender(&l, 20);
	assert_refused(&l, 11, 11 * 3 * MIB + 20, "", "memory");
	assert_fits(&l, 10, 10 * 3 * MIB + 20);
	/* None of the places has a page to spare. */
	l.memory[16] = 12;
	l.memory[17] = 21;
	assert_refused(&l, 11, 11 * 3 * MIB + 20, "", "memory");
	assert_fits(&l, 11, 11 * 3 * MIB);
}

/* Cells on nodes with memory take from what these could lend. */
static void test_competition(void **state)
{
	struct layout l = cpus_only(10);

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		l.memory[l.nodes++] = 2;
	add_lender(&l, 4);
	add_lender(&l, 4);
	assert_fits(&l, 12, 12 * MIB);
	l.memory[12] = 3;
	assert_refused(&l, 12, 12 * MIB, "", "memory");
	/* Room on them that no cell could use at home. */
	l.memory[10] = 3;
	assert_fits(&l, 12, 12 * MIB);
}

/* Each cell can reach one lender only: two of them the same, which has room for one. */
static void test_out_of_reach(void **state)
{
	struct layout l = cpus_only(3);
	struct json_object *document;

	(void)state;
	add_lender(&l, 1);
	add_lender(&l, 5);
	l.near[2] = l.near[4] = 1;
	assert_refused(&l, 3, 3 * MIB, ",\"max_distance\":12", "max_distance");
	document = place(&l, 3, 3 * MIB, "");
	assert_int_equal(json_object_get_int(get(get(document, "cost"), "remote")),
			 2 * MIB * 2 + MIB * 30);
	json_object_put(document);
}

/* Many ways to share out that all cost the same. */
static void test_many_ways(void **state)
{
	struct layout l = cpus_only(12);

	(void)state;
	for (unsigned int i = 0; i < 4; i++)
		add_lender(&l, 3);
	assert_fits(&l, 12, 12 * MIB);
}

/* In the other modes there is no packing, but there are sums. */
static void test_other_modes(void **state)
{
	struct layout l = { .nodes = 12 };

	(void)state;
	for (unsigned int n = 0; n < l.nodes; n++)
		l.memory[n] = 1 + n % 2;
	assert_refused(&l, 12, 19 * MIB, ",\"mode\":\"preferred\"", "memory");
	assert_refused(&l, 10, 11 * MIB, ",\"mode\":\"interleave\"", "memory");
	assert_refused(&l, 6, 13 * MIB, ",\"mode\":\"interleave\",\"nodes\":\"0-11\"", "memory");
}

static unsigned int next_number(uint64_t *state, unsigned int below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(*state >> 33) % below;
}

/* Equal cells without other wishes fit when there are nodes enough for them, and all
 * memory nodes together have room for so many. */
static void test_by_counting(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (unsigned int i = 0; i < 400; i++) {
		struct layout l = { .nodes = 2 + next_number(&random, 19) };
		unsigned int homes = 0, room = 0, cells, size = 1 + next_number(&random, 3);
		struct json_object *document;

		for (unsigned int n = 0; n < l.nodes; n++) {
			if (next_number(&random, 3) == 0)
				l.memory[n] = next_number(&random, 8);
			l.no_cpus[n] = n > 0 && next_number(&random, 6) == 0;
			room += l.memory[n] / size;
			if (!l.no_cpus[n] && (l.memory[n] == 0 || l.memory[n] >= size))
				homes++;
		}
		cells = 1 + next_number(&random, l.nodes < 14 ? l.nodes : 14);
		document = place(&l, cells, cells * size * MIB, "");
		if (json_object_get_boolean(get(document, "fits")) !=
		    (cells <= homes && cells <= room))
			fail_msg("case %u: %u cells of %u MiB, %u nodes, room for %u", i, cells,
				 size, homes, room);
		json_object_put(document);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_too_many), cmocka_unit_test(test_uneven_cells),
		cmocka_unit_test(test_competition),  cmocka_unit_test(test_out_of_reach),
		cmocka_unit_test(test_many_ways),    cmocka_unit_test(test_other_modes),
		cmocka_unit_test(test_reason),	     cmocka_unit_test(test_by_counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
