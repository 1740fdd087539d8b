/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

static struct json_object *load(const char *path)
{
	struct json_object *document = json_object_from_file(path);

	if (!document)
		oracle_die("%s: cannot be read as JSON", path);
	return document;
}

static int solve(const char *host_path, const char *spec_path)
{
	struct json_object *host = load(host_path), *spec = load(spec_path), *document;
	struct oracle_answer answer;
	struct oracle_case c;

	oracle_read(&c, host, spec);
	oracle_solve(&c, &answer);
	document = oracle_answer_to_json(&c, &answer);
	puts(json_object_to_json_string_ext(document, JSON_C_TO_STRING_PRETTY));
	json_object_put(document);
	json_object_put(spec);
	json_object_put(host);
	return answer.fits ? 0 : 1;
}

static int check(const char *plan_path, const char *host_path, const char *spec_path)
{
	struct json_object *host = load(host_path), *spec = load(spec_path);
	struct json_object *plan = load(plan_path);
	int64_t cost[ORACLE_COSTS], page_kib;
	struct oracle_case c;
	const char *why;

	oracle_read(&c, host, spec);
	why = oracle_check(&c, plan, cost, &page_kib);
	puts(why ? why : "the plan holds");
	json_object_put(plan);
	json_object_put(spec);
	json_object_put(host);
	return why ? 1 : 0;
}

/* Every statement of a case file that is there must be what the oracle says. */
static bool agrees(struct json_object *document, struct json_object *answer)
{
	static const char *const keys[] = { "fits", "page_kib", "cells", "memory" };
	struct json_object *want, *cost = oracle_get(document, "cost");
	bool same = true;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		want = oracle_get(document, keys[i]);
		if (want && !json_object_equal(want, oracle_get(answer, keys[i])))
			same = false;
	}
	if (!cost)
		return same;
	json_object_object_foreach(cost, key, value) {
		if (!json_object_equal(value, oracle_get(oracle_get(answer, "cost"), key)))
			same = false;
	}
	return same;
}

/* Case files hold { "host", "spec", "fits", and what else is known of the answer }. */
static int cases(int count, char **paths)
{
	struct json_object *document, *json;
	struct oracle_answer answer;
	struct oracle_case c;
	int i, failed = 0;

	for (i = 0; i < count; i++) {
		document = load(paths[i]);
		oracle_read(&c, oracle_get(document, "host"), oracle_get(document, "spec"));
		oracle_solve(&c, &answer);
		json = oracle_answer_to_json(&c, &answer);
		if (!agrees(document, json)) {
			printf("%s: not as stated; the oracle says %s\n", paths[i],
			       json_object_to_json_string(json));
			failed++;
		}
		json_object_put(json);
		json_object_put(document);
	}
	printf("%d cases, %d not as stated\n", count, failed);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return solve(argv[1], argv[2]);
	if (argc == 5 && !strcmp(argv[1], "--check"))
		return check(argv[2], argv[3], argv[4]);
	if (argc > 2 && !strcmp(argv[1], "--cases"))
		return cases(argc - 2, argv + 2);
	fputs("usage: oracle HOST SPEC\n"
	      "       oracle --check PLAN HOST SPEC\n"
	      "       oracle --cases FILE...\n", stderr);
	return 2;
}
