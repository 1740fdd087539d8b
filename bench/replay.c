/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Replay a day on one host: VMs arrive and leave, and one that does not fit is
 * dropped. Prints how many were accepted, beside what the trace tells of others, how
 * near to itself each was kept, what the placements cost, and how long the decisions
 * took.
 *
 *   replay [--strategy pack|spread] TRACE...
 *
 * A trace is { "host": HOST, "events": [ { "op": "arrive", "id": N, "spec": SPEC },
 * { "op": "depart", "id": N }, ... ] }, and may have "nova": { NAME: { "accepted": N,
 * "invalid": N, "claim_failed": N }, ... }: what OpenStack Nova did with the same
 * arrivals. Where it put them is not told there, so locality has no such column. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <json-c/json.h>

#include "libvtune.h"

struct tally {
	unsigned int arrived, accepted, proven, invalid;
	unsigned int on_one_node;     /* the VM and all its memory */
	int64_t cell_pairs;	      /* of cells of one VM */
	int64_t least_spread;	      /* if each VM had the host to itself */
	int64_t memory_kib, away_kib; /* away: not on the node of its cell */
	int64_t cost[8];	      /* sums over the accepted */
	double *times;		      /* of decisions, in microseconds */
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

static int64_t number(struct json_object *object, const char *key)
{
	return json_object_get_int64(get(object, key));
}

static int64_t away_from_cell(struct json_object *cell)
{
	struct json_object *memory = get(cell, "memory");
	int64_t kib = 0;

	for (size_t i = 0; i < json_object_array_length(memory); i++) {
		struct json_object *part = json_object_array_get_idx(memory, i);

		if (number(part, "node") != number(cell, "node"))
			kib += number(part, "size_kib");
	}
	return kib;
}

static void count_locality(struct tally *tally, struct json_object *cells)
{
	size_t ncells = json_object_array_length(cells);
	int64_t away = 0;

	for (size_t i = 0; i < ncells; i++) {
		struct json_object *cell = json_object_array_get_idx(cells, i);

		tally->memory_kib += number(cell, "memory_kib");
		away += away_from_cell(cell);
	}
	tally->away_kib += away;
	tally->cell_pairs += (int64_t)(ncells * (ncells - 1) / 2);
	tally->on_one_node += ncells == 1 && away == 0;
}

static int64_t spread_alone(const struct vtune_host *empty, const struct vtune_spec *spec)
{
	struct vtune_plan *plan = vtune_place(empty, spec, NULL, NULL);
	char *text = plan ? vtune_plan_to_json(plan, NULL) : NULL;
	struct json_object *document = text ? json_tokener_parse(text) : NULL;
	int64_t spread = document ? number(get(document, "cost"), "spread") : 0;

	json_object_put(document);
	free(text);
	vtune_plan_free(plan);
	return spread;
}

static void count_plan(struct tally *tally, const struct vtune_plan *plan)
{
	char *text = vtune_plan_to_json(plan, NULL);
	struct json_object *document = text ? json_tokener_parse(text) : NULL;

	if (!document)
		die("a plan", NULL);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		tally->cost[i] += number(get(document, "cost"), terms[i]);
	count_locality(tally, get(document, "cells"));
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

static void arrive(struct tally *tally, const struct vtune_host *empty, struct vtune_host **host,
		   struct json_object *spec_object)
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
		tally->invalid += vtune_plan_validate(plan, *host, spec, NULL) < 0;
		tally->least_spread += spread_alone(empty, spec);
		count_plan(tally, plan);
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

static void print_column(const char *whose, const char *name, int64_t accepted, int64_t invalid)
{
	printf("  %-9s %-16s %8" PRId64 " %8" PRId64 " %8" PRId64 "\n", whose, name, accepted,
	       invalid, accepted - invalid);
}

static void print_accepted(const struct tally *tally, const char *strategy,
			   struct json_object *nova)
{
	printf("  %-9s %-16s %8s %8s %8s\n", "", "", "accepted", "invalid", "valid");
	if (nova) {
		json_object_object_foreach(nova, name, column)
		{
			int64_t invalid = number(column, "invalid");
			int64_t failed = number(column, "claim_failed");

			print_column("nova", name, number(column, "accepted"),
				     failed > invalid ? failed : invalid);
		}
	}
	print_column("libvtune", strategy ? strategy : "", tally->accepted, tally->invalid);
}

/* What two cells would be apart if their nodes were taken without a look at it. */
static double mean_distance(struct json_object *host)
{
	struct json_object *nodes = get(host, "nodes");
	size_t count = json_object_array_length(nodes);
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *from = json_object_array_get_idx(nodes, i);

		for (size_t j = 0; j < count; j++) {
			struct json_object *to = json_object_array_get_idx(nodes, j);
			const char *id = json_object_get_string(get(to, "id"));

			if (i != j)
				sum += (double)number(get(from, "distances"), id);
		}
	}
	return count > 1 ? sum / (double)(count * (count - 1)) : 0;
}

static void print_locality(const struct tally *tally, struct json_object *host)
{
	double accepted = tally->accepted;

	printf("  locality: %.1f %% of the VMs all on one node, %.2f %% of the memory away from "
	       "its cell\n",
	       100.0 * tally->on_one_node / accepted,
	       100.0 * (double)tally->away_kib / (double)tally->memory_kib);
	printf("  distances between cells, per VM: %.2f; %.2f with the host to itself, %.2f if nodes "
	       "were taken blindly\n",
	       (double)tally->cost[1] / accepted, (double)tally->least_spread / accepted,
	       (double)tally->cell_pairs * mean_distance(host) / accepted);
}

static void print_tally(struct tally *tally)
{
	qsort(tally->times, tally->ntimes, sizeof(*tally->times), compare_times);
	printf("  proven best: %u of %u\n", tally->proven, tally->accepted);
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
	struct vtune_host *host, *empty;
	struct tally tally = { 0 };
	size_t count;

	if (!trace) {
		fprintf(stderr, "replay: %s: %s\n", path, json_util_get_last_err());
		exit(2);
	}
	host = vtune_host_from_json(text_of(get(trace, "host")), &err);
	empty = host ? vtune_host_from_json(text_of(get(trace, "host")), &err) : NULL;
	if (!empty)
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
		arrive(&tally, empty, &host, spec);
	}
	if (tally.ntimes > 0) {
		printf("%s: %u arrived\n", path, tally.arrived);
		print_accepted(&tally, strategy, get(trace, "nova"));
		if (tally.accepted > 0)
			print_locality(&tally, get(trace, "host"));
		print_tally(&tally);
	}
	free(tally.times);
	vtune_host_free(host);
	vtune_host_free(empty);
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
