/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must not matter does not, and what helps does not hurt: random hosts and
 * specs are changed in ways whose effect on the plan is known beforehand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "random-help.h"

enum { SEED = 20261, CASES = 300, IDS = 2048 };

struct trial {
	unsigned int number;
	uint64_t random; /* for what is done to the case */
	struct json_object *host, *spec;
	struct answer answer;
};

static void trial_begin(struct trial *t, unsigned int number)
{
	*t = (struct trial){ .number = number, .random = number };
	random_documents(SEED, number, &t->host, &t->spec);
	t->answer = answer_of(t->host, t->spec);
}

static void trial_end(struct trial *t)
{
	answer_free(&t->answer);
	json_object_put(t->host);
	json_object_put(t->spec);
}

static void trial_fail(const struct trial *t, const char *what, struct json_object *host,
		       struct json_object *spec, const struct answer *other)
{
	print_message("case %u: %s\n%s\n%s\n%s\n", t->number, what, json_text(t->host),
		      json_text(t->spec), t->answer.text);
	fail_msg("changed:\n%s\n%s\n%s", json_text(host), json_text(spec), other->text);
}

static unsigned int below(struct trial *t, unsigned int limit)
{
	t->random = t->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned int)((t->random >> 33) % limit);
}

static struct json_object *first_cell(const struct answer *a)
{
	return json_object_array_get_idx(oracle_get(a->json, "cells"), 0);
}

/* ---- other numbers for the same things ---- */

struct names {
	unsigned int node[IDS], cpu[IDS];
};

static void shuffle_ids(struct trial *t, unsigned int *ids, unsigned int count)
{
	for (unsigned int i = count; i > 1; i--) {
		unsigned int other = below(t, i), swap = ids[i - 1];

		ids[i - 1] = ids[other];
		ids[other] = swap;
	}
}

/* The ids in use change places; those that the host lacks stay what they are. With
 * mode interleave the lowest ids get the pages left over, so their order is kept. */
static void name_nodes(struct trial *t, struct names *names)
{
	struct json_object *nodes = oracle_get(t->host, "nodes");
	const char *mode = oracle_text(oracle_get(t->spec, "numa"), "mode", "strict");
	unsigned int old[IDS], new[IDS], count = 0;

	for (unsigned int i = 0; i < IDS; i++)
		names->node[i] = i;
	for (; count < json_object_array_length(nodes); count++) {
		struct json_object *node = json_object_array_get_idx(nodes, count);

		new[count] = old[count] = (unsigned int)oracle_int(node, "id", 0);
	}
	if (strcmp(mode, "interleave") != 0)
		shuffle_ids(t, new, count);
	for (unsigned int i = 0; i < count; i++)
		names->node[old[i]] = new[i];
}

static void name_everything(struct trial *t, struct names *names)
{
	name_nodes(t, names);
	for (unsigned int i = 0; i < IDS; i++)
		names->cpu[i] = i;
	shuffle_ids(t, names->cpu, 256);
}

static struct json_object *renamed_set(struct json_object *set, const unsigned int *names)
{
	static unsigned int ids[IDS];
	static char text[8 * IDS];
	unsigned int count = oracle_ids(json_object_get_string(set), ids, IDS);
	size_t at = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u", i ? "," : "",
				       names[ids[i]]);
	return json_object_new_string(text);
}

static void rename_set(struct json_object *in, const char *key, const unsigned int *names)
{
	struct json_object *set = oracle_get(in, key);

	if (set)
		json_object_object_add(in, key, renamed_set(set, names));
}

static void rename_id(struct json_object *in, const char *key, const struct names *names)
{
	if (oracle_get(in, key))
		json_object_object_add(
			in, key, json_object_new_int((int)names->node[oracle_int(in, key, 0)]));
}

/* An object whose keys are nodes. */
static void rename_keys(struct json_object *in, const char *key, const struct names *names)
{
	struct json_object *old = oracle_get(in, key), *renamed;
	char id[16];

	if (!old)
		return;
	renamed = json_object_new_object();
	json_object_object_foreach(old, node, value)
	{
		snprintf(id, sizeof(id), "%u", names->node[strtoul(node, NULL, 10)]);
		json_object_object_add(renamed, id, json_object_get(value));
	}
	json_object_object_add(in, key, renamed);
}

static void rename_list(struct json_object *in, const char *key, const struct names *names)
{
	struct json_object *list = oracle_get(in, key);
	size_t count = list ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		if (json_object_is_type(entry, json_type_string)) {
			if (strcmp(key, "cores") == 0)
				json_object_array_put_idx(list, i, renamed_set(entry, names->cpu));
			continue;
		}
		if (strcmp(key, "nodes") == 0)
			rename_id(entry, "id", names);
		rename_id(entry, "node", names);
		rename_set(entry, "cpus", names->cpu);
		rename_keys(entry, "distances", names);
		rename_keys(entry, "shared_vcpus", names);
		if (strcmp(key, "allocations") == 0)
			rename_list(entry, "memory", names);
	}
}

static void rename_case(const struct names *names, struct json_object *host,
			struct json_object *spec)
{
	static const char *const sets[] = { "reserved_cpus", "isolated_cpus", "offline_cpus",
					    "shared_cpus" };
	static const char *const lists[] = { "nodes", "cores", "caches", "devices", "allocations" };

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		rename_set(host, sets[i], names->cpu);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		rename_list(host, lists[i], names);
	rename_set(oracle_get(spec, "numa"), "nodes", names->node);
}

/* The codes of the reasons, and what would fit. */
static bool same_refusal(const struct answer *a, const struct answer *b)
{
	static const char *const lists[][2] = { { "reasons", "code" }, { "would_fit", "change" } };

	for (size_t k = 0; k < 2; k++) {
		struct json_object *of_a = oracle_get(a->json, lists[k][0]);
		struct json_object *of_b = oracle_get(b->json, lists[k][0]);
		size_t count = json_object_array_length(of_a);

		if (count != json_object_array_length(of_b))
			return false;
		for (size_t i = 0; i < count; i++)
			if (!json_object_equal(
				    oracle_get(json_object_array_get_idx(of_a, i), lists[k][1]),
				    oracle_get(json_object_array_get_idx(of_b, i), lists[k][1])))
				return false;
	}
	return true;
}

static bool same_worth(const struct answer *a, const struct answer *b)
{
	if (answer_fits(a) != answer_fits(b))
		return false;
	if (!answer_fits(a))
		return same_refusal(a, b);
	return json_object_array_length(oracle_get(a->json, "cells")) ==
		       json_object_array_length(oracle_get(b->json, "cells")) &&
	       json_object_equal(oracle_get(a->json, "cost"), oracle_get(b->json, "cost")) &&
	       json_object_equal(oracle_get(a->json, "optimal"), oracle_get(b->json, "optimal")) &&
	       oracle_int(first_cell(a), "page_kib", 0) == oracle_int(first_cell(b), "page_kib", 0);
}

static void numbers_do_not_matter(void **state)
{
	static struct names names;

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host, *spec;
		struct answer other;
		struct trial t;

		trial_begin(&t, i);
		host = json_copy(t.host);
		spec = json_copy(t.spec);
		name_everything(&t, &names);
		rename_case(&names, host, spec);
		other = answer_of(host, spec);
		if (!same_worth(&t.answer, &other))
			trial_fail(&t, "other numbers, another answer", host, spec, &other);
		answer_free(&other);
		json_object_put(host);
		json_object_put(spec);
		trial_end(&t);
	}
}

/* ---- what a guest sees does not decide where it is ---- */

/* Each cache as a die, each core as a cluster. */
static void add_parts(struct json_object *host)
{
	struct json_object *caches = oracle_get(host, "caches"), *dies = json_object_new_array();
	struct json_object *cores = oracle_get(host, "cores"), *cpu = json_object_new_object();
	int64_t level = 0;

	for (size_t i = 0; caches && i < json_object_array_length(caches); i++) {
		struct json_object *cache = json_object_array_get_idx(caches, i);

		if (i > 0 && oracle_int(cache, "level", 0) != level)
			continue;
		level = oracle_int(cache, "level", 0);
		json_object_array_add(dies, json_object_get(oracle_get(cache, "cpus")));
	}
	json_object_object_add(host, "dies", dies);
	if (cores)
		json_object_object_add(host, "clusters", json_object_get(cores));
	json_object_object_add(cpu, "vendor", json_object_new_string("AMD"));
	json_object_object_add(cpu, "model", json_object_new_string("POWER8"));
	json_object_object_add(host, "cpu", cpu);
}

static void same_place(const struct trial *t, struct json_object *host, struct answer *other)
{
	static const char *const seen[] = { "guest_topology", "cpu", "pcie", "warnings" };

	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		json_object_object_del(other->json, seen[i]);
		json_object_object_del(t->answer.json, seen[i]);
	}
	if (!json_object_equal(t->answer.json, other->json))
		trial_fail(t, "another processor, another place", host, t->spec, other);
}

static void processors_do_not_matter(void **state)
{
	static const char *const archs[] = { "x86_64", "aarch64", "ppc64le", "s390x", "vax" };

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host;
		struct answer other;
		struct trial t;

		trial_begin(&t, i);
		host = json_copy(t.host);
		add_parts(host);
		json_object_object_add(
			host, "arch",
			json_object_new_string(archs[i % (sizeof(archs) / sizeof(archs[0]))]));
		other = answer_of(host, t.spec);
		same_place(&t, host, &other);
		answer_free(&other);
		json_object_put(host);
		trial_end(&t);
	}
}

/* ---- another order of the same things ---- */

static void shuffle_array(struct trial *t, struct json_object *array)
{
	for (size_t i = array ? json_object_array_length(array) : 0; i > 1; i--) {
		size_t other = below(t, (unsigned int)i);
		struct json_object *a = json_object_get(json_object_array_get_idx(array, i - 1));
		struct json_object *b = json_object_get(json_object_array_get_idx(array, other));

		json_object_array_put_idx(array, i - 1, b);
		json_object_array_put_idx(array, other, a);
	}
}

/* The same object with its keys in reverse. */
static struct json_object *reversed(struct json_object *object)
{
	struct json_object *result = json_object_new_object(), *value;
	const char *keys[64];
	size_t count = 0;

	json_object_object_foreach(object, key, unused)
	{
		(void)unused;
		keys[count++] = key;
	}
	while (count-- > 0) {
		value = oracle_get(object, keys[count]);
		json_object_object_add(result, keys[count], json_object_get(value));
	}
	return result;
}

static void shuffle_host(struct trial *t, struct json_object *host)
{
	static const char *const lists[] = { "nodes", "cores", "caches", "devices", "allocations" };
	static const char *const inner[] = { "pages", "memory", "devices" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct json_object *list = oracle_get(host, lists[i]);
		size_t count = list ? json_object_array_length(list) : 0;

		shuffle_array(t, list);
		for (size_t k = 0; k < count * (sizeof(inner) / sizeof(inner[0])); k++) {
			struct json_object *entry = json_object_array_get_idx(list, k % count);

			if (json_object_is_type(entry, json_type_object))
				shuffle_array(t, oracle_get(entry, inner[k / count]));
		}
	}
}

static void order_does_not_matter(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *copy, *host, *spec;
		struct answer other;
		struct trial t;

		trial_begin(&t, i);
		copy = json_copy(t.host);
		shuffle_host(&t, copy);
		host = reversed(copy);
		spec = reversed(t.spec);
		other = answer_of(host, spec);
		if (strcmp(t.answer.text, other.text) != 0)
			trial_fail(&t, "another order, another plan", host, spec, &other);
		answer_free(&other);
		json_object_put(copy);
		json_object_put(host);
		json_object_put(spec);
		trial_end(&t);
	}
}

static void same_question_same_bytes(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct answer other, again = { 0 };
		struct trial t;

		trial_begin(&t, i);
		other = answer_of(t.host, t.spec);
		assert_string_equal(t.answer.text, other.text);
		again.plan = vtune_place(t.answer.host, t.answer.spec, NULL, NULL);
		again.text = vtune_plan_to_json(again.plan, NULL);
		assert_string_equal(t.answer.text, again.text);
		answer_free(&other);
		answer_free(&again);
		trial_end(&t);
	}
}

/* ---- more room ---- */

static void add_to(struct json_object *in, const char *key, int64_t more)
{
	if (oracle_get(in, key))
		json_object_object_add(in, key,
				       json_object_new_int64(oracle_int(in, key, 0) + more));
}

/* More of every kind of memory that the node has. A node without any stays so: that
 * it has none is what lets its cells use memory elsewhere. */
static void add_room(struct trial *t, struct json_object *host)
{
	struct json_object *nodes = oracle_get(host, "nodes");
	unsigned int count = (unsigned int)json_object_array_length(nodes);
	struct json_object *node = json_object_array_get_idx(nodes, below(t, count));
	struct json_object *pages = oracle_get(node, "pages");
	int64_t kib = oracle_int(host, "page_kib", 4) * (1 + below(t, 1000));

	if (oracle_int(node, "memory_kib", 0) == 0)
		return;
	add_to(node, "free_kib", kib);
	for (size_t i = 0; pages && i < json_object_array_length(pages); i++) {
		struct json_object *pool = json_object_array_get_idx(pages, i);
		int64_t more = 1 + below(t, 4);

		if (oracle_int(pool, "total", 0) == 0)
			continue;
		add_to(pool, "total", more);
		add_to(pool, "free", more);
		kib += more * oracle_int(pool, "size_kib", 0);
	}
	add_to(node, "memory_kib", kib);
}

/* Below 0 when a is better. Fewer cells come before all costs, and larger pages
 * before the last four. */
static int64_t compare_worth(const struct answer *a, const struct answer *b)
{
	struct json_object *costs[2] = { oracle_get(a->json, "cost"), oracle_get(b->json, "cost") };
	int64_t by = (int64_t)json_object_array_length(oracle_get(a->json, "cells")) -
		     (int64_t)json_object_array_length(oracle_get(b->json, "cells"));

	for (unsigned int i = 0; by == 0 && i < ORACLE_COSTS; i++) {
		if (i == ORACLE_CACHES)
			by = oracle_int(first_cell(b), "page_kib", 0) -
			     oracle_int(first_cell(a), "page_kib", 0);
		if (by == 0)
			by = oracle_int(costs[0], oracle_cost_name[i], 0) -
			     oracle_int(costs[1], oracle_cost_name[i], 0);
	}
	return by;
}

static void more_room_never_hurts(void **state)
{
	unsigned int helped = 0;

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct json_object *host;
		struct answer other;
		struct trial t;

		trial_begin(&t, i);
		host = json_copy(t.host);
		add_room(&t, host);
		other = answer_of(host, t.spec);
		if (answer_fits(&t.answer) && !answer_fits(&other))
			trial_fail(&t, "more room, and it no longer fits", host, t.spec, &other);
		if (answer_fits(&t.answer) && compare_worth(&other, &t.answer) > 0)
			trial_fail(&t, "more room, and a worse plan", host, t.spec, &other);
		helped += answer_fits(&other) &&
			  (!answer_fits(&t.answer) || compare_worth(&other, &t.answer) < 0);
		answer_free(&other);
		json_object_put(host);
		trial_end(&t);
	}
	assert_true(helped > 0);
}

/* ---- there and back ---- */

static void a_vm_that_left_leaves_no_trace(void **state)
{
	unsigned int fitted = 0;

	(void)state;
	for (unsigned int i = 0; i < CASES; i++) {
		struct vtune_host *before, *with, *after;
		struct trial t;
		char *one, *two;

		trial_begin(&t, i);
		before =
			vtune_host_without(t.answer.host, vtune_spec_get_name(t.answer.spec), NULL);
		if (answer_fits(&t.answer)) {
			fitted++;
			with = vtune_host_with_plan(t.answer.host, t.answer.plan, NULL);
			after = vtune_host_without(with, vtune_spec_get_name(t.answer.spec), NULL);
			one = vtune_host_to_json(before, NULL);
			two = vtune_host_to_json(after, NULL);
			if (strcmp(one, two) != 0)
				fail_msg("case %u:\n%s\n%s\n%s\n%s", i, json_text(t.host),
					 t.answer.text, one, two);
			free(one);
			free(two);
			vtune_host_free(with);
			vtune_host_free(after);
		}
		vtune_host_free(before);
		trial_end(&t);
	}
	assert_true(fitted > CASES / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_do_not_matter),
		cmocka_unit_test(processors_do_not_matter),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(same_question_same_bytes),
		cmocka_unit_test(more_room_never_hurts),
		cmocka_unit_test(a_vm_that_left_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
