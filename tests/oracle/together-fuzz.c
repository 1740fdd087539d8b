/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vtune_place_together() against the oracle on random tiny hosts: which VMs are
 * placed, what they cost in sum, every plan by itself, and placing one by one. Every
 * 32nd host is larger: there the oracle is not asked for the best.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include <libvtune.h>

#include "oracle.h"

struct team {
	struct json_object *host, *specs[ORACLE_VMS];
	unsigned int count;
	bool tiny;
	struct vtune_host *base;
	struct vtune_spec *spec[ORACLE_VMS];
};

/* What came out. */
struct outcome {
	struct vtune_plan *plans[ORACLE_VMS];
	unsigned int placed;	/* bits */
	struct oracle_sum sum;
	bool optimal;		/* all that are placed say so */
};

static char wrong[1024];

static const char *text(struct json_object *json)
{
	return json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN);
}

static bool team_read(struct team *t, uint64_t seed, uint64_t number)
{
	struct oracle_wishes wishes = { .tiny = number % 32 != 31 };
	unsigned int i;

	t->tiny = wishes.tiny;
	t->count = t->tiny ? 2 + number % 2 : ORACLE_VMS;
	oracle_random_team(seed, number, &wishes, t->count, &t->host, t->specs);
	t->base = vtune_host_from_json(text(t->host), NULL);
	for (i = 0; i < t->count; i++)
		t->spec[i] = vtune_spec_from_json(text(t->specs[i]), NULL);
	for (i = 0; i < t->count; i++) {
		if (!t->spec[i])
			return false;
	}
	return t->base;
}

static void team_free(struct team *t)
{
	unsigned int i;

	for (i = 0; i < t->count; i++) {
		vtune_spec_free(t->spec[i]);
		json_object_put(t->specs[i]);
	}
	vtune_host_free(t->base);
	json_object_put(t->host);
}

static void outcome_free(struct outcome *o)
{
	unsigned int i;

	for (i = 0; i < ORACLE_VMS; i++)
		vtune_plan_free(o->plans[i]);
}

static struct json_object *document(const struct vtune_plan *plan)
{
	char *json = vtune_plan_to_json(plan, NULL);
	struct json_object *parsed = json ? json_tokener_parse(json) : NULL;

	free(json);
	if (!parsed)
		oracle_die("a plan has no document");
	return parsed;
}

/* Add up what the plans say, and check each on what those before it leave. */
static const char *add_up(const struct team *t, struct outcome *o)
{
	struct json_object *host = json_object_get(t->host), *held, *plan;
	struct oracle_case c;
	const char *what = NULL;
	int64_t cost[ORACLE_COSTS], page_kib;
	unsigned int i, k;

	o->optimal = true;
	for (i = 0; i < t->count && !what; i++) {
		if (!vtune_plan_fits(o->plans[i]))
			continue;
		plan = document(o->plans[i]);
		oracle_read(&c, host, t->specs[i]);
		what = oracle_check(&c, plan, cost, &page_kib);
		if (!what) {
			o->placed |= 1u << i;
			o->optimal = o->optimal && vtune_plan_is_optimal(o->plans[i]);
			o->sum.cells += (int64_t)json_object_array_length(oracle_get(plan, "cells"));
			for (k = 0; k < ORACLE_COSTS; k++)
				o->sum.cost[k] += cost[k];
			o->sum.page_kib[i] = page_kib == c.host.size_kib[0] ? 0 : page_kib;
			held = oracle_hold(&c, host, plan);
			json_object_put(host);
			host = held;
		}
		json_object_put(plan);
	}
	json_object_put(host);
	return what;
}

static bool place_one_by_one(const struct team *t, struct outcome *o)
{
	struct vtune_host *host = vtune_host_without(t->base, "", NULL), *after;
	bool done = true;
	unsigned int i;

	for (i = 0; i < t->count && done; i++) {
		o->plans[i] = vtune_place(host, t->spec[i], NULL, NULL);
		done = o->plans[i];
		if (!done || !vtune_plan_fits(o->plans[i]))
			continue;
		after = vtune_host_with_plan(host, o->plans[i], NULL);
		vtune_host_free(host);
		host = after;
	}
	vtune_host_free(host);
	return done;
}

/* Below 0: a is better. The first VM goes before all others. */
static int compare(unsigned int count, unsigned int a, const struct oracle_sum *x, unsigned int b,
		   const struct oracle_sum *y)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if ((a ^ b) >> i & 1)
			return a >> i & 1 ? -1 : 1;
	}
	return oracle_compare_sums(x, y);
}

static const char *say(const char *what, const struct outcome *o, unsigned int placed,
		       const struct oracle_sum *sum)
{
	size_t at = (size_t)snprintf(wrong, sizeof(wrong), "%s: %x, not %x;", what, o->placed,
				     placed);
	unsigned int i;

	at += (size_t)snprintf(wrong + at, sizeof(wrong) - at, " cells %" PRId64 "/%" PRId64,
			       o->sum.cells, sum->cells);
	for (i = 0; i < ORACLE_COSTS; i++)
		at += (size_t)snprintf(wrong + at, sizeof(wrong) - at,
				       " %s %" PRId64 "/%" PRId64, oracle_cost_name[i],
				       o->sum.cost[i], sum->cost[i]);
	for (i = 0; i < ORACLE_VMS; i++)
		at += (size_t)snprintf(wrong + at, sizeof(wrong) - at, " %" PRId64 "/%" PRId64,
				       o->sum.page_kib[i], sum->page_kib[i]);
	return wrong;
}

/* All or none: all exactly when none was refused before. */
static const char *check_all(const struct team *t, const struct outcome *most)
{
	struct outcome all = { 0 };
	const char *what = NULL;
	unsigned int i, fit = 0;
	bool complete = most->placed + 1 == 1u << t->count;

	if (vtune_place_together(t->base, (const struct vtune_spec *const *)t->spec, t->count,
				 VTUNE_TOGETHER_ALL, NULL, all.plans, NULL) < 0)
		return "all or none failed";
	for (i = 0; i < t->count; i++)
		fit += (unsigned int)vtune_plan_fits(all.plans[i]);
	if (fit != (complete ? t->count : 0))
		what = "all or none is something else";
	if (complete && !what)
		what = add_up(t, &all);
	if (complete && !what && oracle_compare_sums(&all.sum, &most->sum))
		what = say("all at another cost", &all, most->placed, &most->sum);
	outcome_free(&all);
	return what;
}

struct tally {
	uint64_t tried, oracle, several, more, cheaper, refused, unproven;
};

static const char *check_oracle(const struct team *t, const struct outcome *o, struct tally *tally)
{
	struct oracle_host host;
	struct oracle_spec specs[ORACLE_VMS];
	struct oracle_sum best;
	unsigned int i, placed;
	int order;

	oracle_read_host(&host, t->host, "");
	for (i = 0; i < t->count; i++)
		oracle_read_spec(&specs[i], t->specs[i], &host);
	if (!oracle_together(&host, specs, t->count, &placed, &best))
		return NULL;
	tally->oracle++;
	order = compare(t->count, o->placed, &o->sum, placed, &best);
	if (order < 0)
		return say("better than can be", o, placed, &best);
	if (o->placed && o->optimal && order > 0)
		return say("not the best", o, placed, &best);
	tally->several += (o->placed & (o->placed - 1)) != 0;
	tally->refused += o->placed + 1 != 1u << t->count;
	tally->unproven += order > 0 || (o->placed && !o->optimal);
	return NULL;
}

static const char *check(const struct team *t, struct tally *tally)
{
	struct outcome together = { 0 }, single = { 0 };
	struct vtune_error *error = NULL;
	const char *what = NULL;
	int order;

	if (vtune_place_together(t->base, (const struct vtune_spec *const *)t->spec, t->count,
				 VTUNE_TOGETHER_MOST, NULL, together.plans, &error) < 0) {
		snprintf(wrong, sizeof(wrong), "failed: %s", vtune_error_get_message(error));
		vtune_error_free(error);
		return wrong;
	}
	tally->tried++;
	what = add_up(t, &together);
	if (!what && place_one_by_one(t, &single))
		what = add_up(t, &single);
	order = what ? 0 : compare(t->count, together.placed, &together.sum, single.placed, &single.sum);
	if (order > 0)
		what = say("worse than one by one", &together, single.placed, &single.sum);
	tally->more += order < 0 && together.placed != single.placed;
	tally->cheaper += order < 0 && together.placed == single.placed;
	if (!what)
		what = check_all(t, &together);
	if (!what && t->tiny)
		what = check_oracle(t, &together, tally);
	outcome_free(&together);
	outcome_free(&single);
	return what;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 0, i;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;
	struct tally tally = { 0 };
	const char *what = NULL;
	unsigned int k;

	for (i = first; i < first + count && !what; i++) {
		struct team team = { 0 };

		if (team_read(&team, seed, i))
			what = check(&team, &tally);
		if (what) {
			printf("case %" PRIu64 " of seed %" PRIu64 ": %s\nhost %s\n", i, seed, what,
			       text(team.host));
			for (k = 0; k < team.count; k++)
				printf("spec %s\n", text(team.specs[k]));
		}
		team_free(&team);
	}
	printf("%" PRIu64 " cases; than one by one %" PRIu64 " place more, %" PRIu64
	       " cost less; %" PRIu64 " by the oracle: %" PRIu64 " place several, %" PRIu64
	       " refuse any, %" PRIu64 " are not proven\n",
	       tally.tried, tally.more, tally.cheaper, tally.oracle, tally.several, tally.refused,
	       tally.unproven);
	return what ? 1 : 0;
}
