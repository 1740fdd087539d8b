/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replay a day on one host: VMs arrive and leave, and one that does not fit is
 * dropped. Prints how many were accepted, what their placements cost, and how long
 * the decisions took.
 *
 *   replay [--strategy pack|spread] TRACE...
 *
 * A trace is { "host": HOST, "events": [ { "op": "arrive", "id": N, "spec": SPEC },
 * { "op": "depart", "id": N }, ... ] }. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>

#include "libvtune.h"

struct tally {
	unsigned int arrived, accepted, proven;
	int64_t cost[8]; /* sums over the accepted */
	double *times;   /* of decisions, in microseconds */
	unsigned int ntimes;
};

static const char *const terms[] = { "remote", "spread",      "devices",  "helpers",
				     "caches", "split_cores", "leftover", "leftover_caches" };

static void die(const char *what, struct vtune_error *err)
{
	fprintf(stderr, "replay: %s: %s%s%s\n", what, vtune_error_get_where(err),
		vtune_error_get_where(err)[0] ? ": " : "", vtune_error_get_message(err));
	exit(2);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static const char *text_of(struct json_object *object)
{
	return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);
}

static struct json_object *get(struct json_object *object, const char *key)
{
	return json_object_object_get(object, key);
}

static void count_cost(struct tally *tally, const struct vtune_plan *plan)
{
	char *text = vtune_plan_to_json(plan, NULL);
	struct json_object *document = text ? json_tokener_parse(text) : NULL;

	for (size_t i = 0; document && i < sizeof(terms) / sizeof(terms[0]); i++)
		tally->cost[i] += json_object_get_int64(get(get(document, "cost"), terms[i]));
	json_object_put(document);
	free(text);
}

static void replace_host(struct vtune_host **host, struct vtune_host *by, struct vtune_error *err)
{
	if (!by)
		die("the host", err);
	vtune_host_free(*host);
	*host = by;
}

static void arrive(struct tally *tally, struct vtune_host **host, struct json_object *spec_object)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(text_of(spec_object), &err);
	struct vtune_plan *plan;
	double begin;

	if (!spec)
		die("a spec", err);
	begin = now_us();
	plan = vtune_place(*host, spec, NULL, &err);
	tally->times[tally->ntimes++] = now_us() - begin;
	if (!plan)
		die("placing", err);
	tally->arrived++;
	if (vtune_plan_fits(plan)) {
		tally->accepted++;
		tally->proven += (unsigned int)vtune_plan_is_optimal(plan);
		count_cost(tally, plan);
		replace_host(host, vtune_host_with_plan(*host, plan, &err), err);
	}
	vtune_plan_free(plan);
	vtune_spec_free(spec);
}

static void leave(struct vtune_host **host, struct json_object *specs, const char *id)
{
	struct vtune_error *err = NULL;
	const char *vm = json_object_get_string(get(get(specs, id), "name"));

	if (!vm) {
		fprintf(stderr, "replay: \"%s\" leaves and has never arrived\n", id);
		exit(2);
	}
	replace_host(host, vtune_host_without(*host, vm, &err), err);
}

static int compare_times(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void print_tally(const char *name, struct tally *tally)
{
	qsort(tally->times, tally->ntimes, sizeof(*tally->times), compare_times);
	printf("%s: %u arrived, %u accepted, %u proven best\n", name, tally->arrived,
	       tally->accepted, tally->proven);
	printf("  mean cost:");
	for (size_t i = 0; tally->accepted && i < sizeof(terms) / sizeof(terms[0]); i++)
		printf(" %s %.2f", terms[i], (double)tally->cost[i] / tally->accepted);
	printf("\n  decision: median %.1f us, 99 %% under %.1f us, longest %.1f us\n",
	       tally->times[tally->ntimes / 2], tally->times[tally->ntimes * 99 / 100],
	       tally->times[tally->ntimes - 1]);
}

static void replay(const char *path, const char *strategy)
{
	struct json_object *trace = json_object_from_file(path), *events, *specs;
	struct vtune_error *err = NULL;
	struct vtune_host *host;
	struct tally tally = { 0 };
	size_t count;

	if (!trace) {
		fprintf(stderr, "replay: %s: %s\n", path, json_util_get_last_err());
		exit(2);
	}
	host = vtune_host_from_json(text_of(get(trace, "host")), &err);
	if (!host)
		die(path, err);
	events = get(trace, "events");
	count = json_object_array_length(events);
	specs = json_object_new_object();
	tally.times = calloc(count + 1, sizeof(*tally.times));
	for (size_t i = 0; tally.times && i < count; i++) {
		struct json_object *event = json_object_array_get_idx(events, i);
		struct json_object *spec = get(event, "spec");
		char id[32];

		snprintf(id, sizeof(id), "%" PRId64, json_object_get_int64(get(event, "id")));
		if (!spec) {
			leave(&host, specs, id);
			continue;
		}
		if (strategy)
			json_object_object_add(spec, "strategy", json_object_new_string(strategy));
		json_object_object_add(specs, id, json_object_get(spec));
		arrive(&tally, &host, spec);
	}
	if (tally.ntimes > 0)
		print_tally(path, &tally);
	free(tally.times);
	vtune_host_free(host);
	json_object_put(specs);
	json_object_put(trace);
}

int main(int argc, char **argv)
{
	const char *strategy = NULL;
	int first = 1;

	if (argc > 2 && !strcmp(argv[1], "--strategy")) {
		strategy = argv[2];
		first = 3;
	}
	if (first >= argc) {
		fprintf(stderr, "usage: replay [--strategy pack|spread] TRACE...\n");
		return 2;
	}
	for (int i = first; i < argc; i++)
		replay(argv[i], strategy);
	return 0;
}
