/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests on random hosts and specs share; the cases are those of
 * oracle/random-cases.c. Include it behind cmocka.h. */
#ifndef VTUNE_TEST_RANDOM_HELP_H
#define VTUNE_TEST_RANDOM_HELP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "libvtune.h"
#include "oracle/oracle.h"

static inline const char *json_text(struct json_object *json)
{
	return json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
}

static inline struct json_object *json_copy(struct json_object *json)
{
	struct json_object *copy = NULL;

	assert_int_equal(json_object_deep_copy(json, &copy, NULL), 0);
	return copy;
}

/* One question to the library, and its answer. */
struct answer {
	struct vtune_host *host;
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	char *text;		  /* the plan document */
	struct json_object *json; /* the same, parsed */
};

static inline void answer_free(struct answer *a)
{
	json_object_put(a->json);
	free(a->text);
	vtune_plan_free(a->plan);
	vtune_spec_free(a->spec);
	vtune_host_free(a->host);
}

static inline void answer_place(struct answer *a)
{
	struct vtune_error *err = NULL;

	a->plan = vtune_place(a->host, a->spec, NULL, &err);
	a->text = a->plan ? vtune_plan_to_json(a->plan, &err) : NULL;
	if (!a->text)
		fail_msg("%s", vtune_error_get_message(err));
	a->json = json_tokener_parse(a->text);
	assert_non_null(a->json);
}

/* Place the spec on the host, both as they are written. */
static inline struct answer answer_to(const char *host, const char *spec)
{
	struct vtune_error *err = NULL;
	struct answer a = { 0 };

	a.host = vtune_host_from_json(host, &err);
	a.spec = a.host ? vtune_spec_from_json(spec, &err) : NULL;
	if (!a.spec)
		fail_msg("%s: %s\n%s\n%s", vtune_error_get_where(err), vtune_error_get_message(err),
			 host, spec);
	answer_place(&a);
	return a;
}

static inline struct answer answer_of(struct json_object *host, struct json_object *spec)
{
	char *text = strdup(json_text(host));
	struct answer a;

	assert_non_null(text);
	a = answer_to(text, json_text(spec));
	free(text);
	return a;
}

static inline bool answer_fits(const struct answer *a)
{
	return vtune_plan_fits(a->plan) == 1;
}

static inline void random_documents(uint64_t seed, uint64_t number, struct json_object **host,
				    struct json_object **spec)
{
	static const struct oracle_wishes none;

	oracle_random_case(seed, number, &none, host, spec);
}

#endif
