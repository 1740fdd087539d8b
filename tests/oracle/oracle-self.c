/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The oracle against the naive search, on random tiny cases. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"

static bool same(const struct oracle_answer *a, const struct oracle_answer *b)
{
	if (!a->fits || !b->fits)
		return a->fits == b->fits;
	return a->page_kib == b->page_kib && a->ncells == b->ncells &&
	       !memcmp(a->cost, b->cost, sizeof(a->cost));
}

static void report(const struct oracle_case *c, struct json_object *host,
		   struct json_object *spec, const struct oracle_answer *oracle,
		   const struct oracle_answer *naive)
{
	struct json_object *json = oracle_answer_to_json(c, oracle);

	printf("host %s\nspec %s\noracle %s\n", json_object_to_json_string(host),
	       json_object_to_json_string(spec), json_object_to_json_string(json));
	json_object_put(json);
	json = oracle_answer_to_json(c, naive);
	printf("naive %s\n", json_object_to_json_string(json));
	json_object_put(json);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000, i;
	struct oracle_wishes wishes = { .tiny = true };
	struct json_object *host, *spec;
	struct oracle_answer oracle, naive;
	struct oracle_case c;
	uint64_t tried = 0, fit = 0, failed = 0;

	for (i = 0; i < count && !failed; i++) {
		oracle_random_case(seed, i, &wishes, &host, &spec);
		oracle_read(&c, host, spec);
		if (oracle_naive(&c, &naive)) {
			oracle_solve(&c, &oracle);
			tried++;
			fit += oracle.fits;
			if (!same(&oracle, &naive)) {
				printf("case %" PRIu64 " of seed %" PRIu64 "\n", i, seed);
				report(&c, host, spec, &oracle, &naive);
				failed++;
			}
		}
		json_object_put(host);
		json_object_put(spec);
	}
	printf("%" PRIu64 " cases, %" PRIu64 " tried, %" PRIu64 " fit, %" PRIu64 " differ\n", i,
	       tried, fit, failed);
	return failed ? 1 : 0;
}
