/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long placement takes, and how it grows: bench [FILE.json] */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_RUNS 1001
#define MIN_RUNS 5
#define ENOUGH_US 400000.0
#define BLOCK 50

struct result {
	const char *name;
	double median_us;
	unsigned int runs;
};

struct series {
	const char *name;
	bench_work work;
	void *data;
	double times[MAX_RUNS], total;
	unsigned int runs;
};

struct placing {
	struct vtune_host *host;
	struct vtune_spec *spec;
	int fits; /* what vtune_plan_fits() must say */
};

struct texts {
	char *spec_json;
	struct vtune_plan *plan;
	char *xml;
};

/* Set by the tests: one run of each, whatever it takes. */
static bool once;

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool time_one(struct series *series)
{
	double start = now_us();

	if (!series->work(series->data)) {
		fprintf(stderr, "%s failed\n", series->name);
		return false;
	}
	series->times[series->runs] = now_us() - start;
	series->total += series->times[series->runs++];
	return true;
}

static bool is_enough(const struct series *series)
{
	if (once || series->runs == MAX_RUNS)
		return series->runs > 0;
	return series->runs >= MIN_RUNS && series->total >= ENOUGH_US;
}

static struct result result_of(struct series *series)
{
	qsort(series->times, series->runs, sizeof(series->times[0]), compare);
	return (struct result){ series->name, series->times[series->runs / 2], series->runs };
}

static bool measure(struct result *result, const char *name, bench_work work, void *data)
{
	static struct series series;

	series = (struct series){ .name = name, .work = work, .data = data };
	/* The first run warms the caches and is not counted. */
	if (!once && !work(data))
		return false;
	while (!is_enough(&series))
		if (!time_one(&series))
			return false;
	*result = result_of(&series);
	return true;
}

/* Two that are to be compared take turns, so that both meet the same moods of the
 * machine. They do so in blocks: what one leaves of the heap slows the next run of
 * either, and each is to pay for its own. */
static bool measure_both(struct result results[2], struct series series[2])
{
	while (!is_enough(&series[0]) || !is_enough(&series[1])) {
		for (unsigned int i = 0; i < 2; i++) {
			if (!once && !series[i].work(series[i].data))
				return false;
			for (unsigned int run = 0; run < BLOCK && !is_enough(&series[i]); run++)
				if (!time_one(&series[i]))
					return false;
		}
	}
	results[0] = result_of(&series[0]);
	results[1] = result_of(&series[1]);
	return true;
}

static bool complain(struct vtune_error *err)
{
	fprintf(stderr, "bench: %s\n", vtune_error_get_message(err));
	vtune_error_free(err);
	return false;
}

static void placing_free(struct placing *placing)
{
	vtune_host_free(placing->host);
	vtune_spec_free(placing->spec);
}

static bool placing_make(struct placing *placing, struct bench_host on, unsigned int vcpus,
			 unsigned int cells)
{
	struct vtune_error *err = NULL;
	char *host = bench_host_document(&on);
	char *spec = bench_spec_document("vm", vcpus, cells);

	*placing = (struct placing){ .fits = cells <= on.free_nodes };
	if (host && spec) {
		placing->host = vtune_host_from_json(host, &err);
		if (placing->host)
			placing->spec = vtune_spec_from_json(spec, &err);
	}
	free(host);
	free(spec);
	if (placing->spec)
		return true;
	placing_free(placing);
	return complain(err);
}

static bool place(void *data)
{
	const struct placing *placing = data;
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune_place(placing->host, placing->spec, NULL, &err);
	int fits;

	if (!plan)
		return complain(err);
	fits = vtune_plan_fits(plan);
	vtune_plan_free(plan);
	return fits == placing->fits;
}

static bool measure_place(struct result *result, const char *name, struct bench_host on,
			  unsigned int vcpus, unsigned int cells)
{
	struct placing placing;
	bool done;

	if (!placing_make(&placing, on, vcpus, cells))
		return false;
	done = measure(result, name, place, &placing);
	placing_free(&placing);
	return done;
}

/* Four VMs in one call: they fit, and it is proven that nothing costs less. */
#define TEAM 4

struct team {
	struct vtune_host *host;
	struct vtune_spec *specs[TEAM];
};

static bool place_team(void *data)
{
	const struct team *team = data;
	struct vtune_plan *plans[TEAM] = { NULL };
	struct vtune_error *err = NULL;
	unsigned int proven = 0;

	if (vtune_place_together(team->host, (const struct vtune_spec *const *)team->specs, TEAM,
				 VTUNE_TOGETHER_MOST, NULL, plans, &err) < 0)
		return complain(err);
	for (unsigned int i = 0; i < TEAM; i++) {
		proven += vtune_plan_is_optimal(plans[i]) == 1;
		vtune_plan_free(plans[i]);
	}
	return proven == TEAM;
}

static bool measure_team(struct result *result, const char *name, struct bench_host on,
			 unsigned int vcpus)
{
	struct vtune_error *err = NULL;
	struct team team = { 0 };
	char *host = bench_host_document(&on);
	bool done = host != NULL;

	if (host)
		team.host = vtune_host_from_json(host, &err);
	free(host);
	for (unsigned int i = 0; i < TEAM && team.host && done; i++) {
		char vm[] = { 'v', 'm', (char)('a' + i), '\0' };
		char *spec = bench_spec_document(vm, vcpus, 1);

		team.specs[i] = spec ? vtune_spec_from_json(spec, &err) : NULL;
		done = team.specs[i] != NULL;
		free(spec);
	}
	if (!team.host || !done)
		done = complain(err);
	else
		done = measure(result, name, place_team, &team);
	for (unsigned int i = 0; i < TEAM; i++)
		vtune_spec_free(team.specs[i]);
	vtune_host_free(team.host);
	return done;
}

/* The spec is read and the plan written: all but the placing itself. */
static bool spec_to_xml(void *data)
{
	const struct texts *texts = data;
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(texts->spec_json, &err);
	char *xml = spec ? vtune_plan_to_xml(texts->plan, NULL, &err) : NULL;

	vtune_spec_free(spec);
	if (!xml)
		return complain(err);
	free(xml);
	return true;
}

static bool measure_texts(struct result results[2])
{
	static struct series series[] = { { .name = "text/spec-to-xml", .work = spec_to_xml },
					  { .name = "text/floor", .work = bench_floor_text } };
	struct vtune_error *err = NULL;
	struct placing placing;
	struct texts texts = { 0 };
	struct bench_floor *floor = NULL;
	bool done = false;

	if (!placing_make(&placing, (struct bench_host){ 16, 64, 16, false }, 256, 8))
		return false;
	texts.spec_json = bench_spec_document("vm", 256, 8);
	texts.plan = vtune_place(placing.host, placing.spec, NULL, &err);
	texts.xml = texts.plan ? vtune_plan_to_xml(texts.plan, NULL, &err) : NULL;
	if (!texts.xml)
		complain(err);
	else if (texts.spec_json)
		floor = bench_floor_new(texts.spec_json, texts.xml);
	if (floor) {
		series[0].data = &texts;
		series[1].data = floor;
		done = measure_both(results, series);
	}
	bench_floor_free(floor);
	free(texts.xml);
	free(texts.spec_json);
	vtune_plan_free(texts.plan);
	placing_free(&placing);
	return done;
}

static bool load(void *unused)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_synthetic(bench_synthetic(), &err);

	(void)unused;
	if (!host)
		return complain(err);
	vtune_host_free(host);
	return true;
}

static bool measure_loading(struct result results[2])
{
	static struct series series[] = { { .name = "host/load", .work = load },
					  { .name = "host/hwloc-alone",
					    .work = bench_floor_hwloc } };

	return measure_both(results, series);
}

static bool measure_applying(struct result results[2])
{
	static struct series series[] = {
		{ .name = "live/apply-64vcpus", .work = bench_apply_plan },
		{ .name = "live/bare-64vcpus", .work = bench_apply_bare }
	};
	struct bench_apply *apply = bench_apply_new();
	bool done;

	if (!apply)
		return false;
	series[0].data = series[1].data = apply;
	done = measure_both(results, series);
	bench_apply_free(apply);
	return done;
}

static void print_ratio(const struct result results[2])
{
	printf("%s takes %.2f times as long as %s\n", results[0].name,
	       results[0].median_us / results[1].median_us, results[1].name);
}

static bool write_json(const char *path, const struct result *results, unsigned int count)
{
	FILE *out = fopen(path, "w");

	if (!out) {
		perror(path);
		return false;
	}
	fputs("[\n", out);
	for (unsigned int i = 0; i < count; i++)
		fprintf(out, "  { \"name\": \"%s\", \"median_us\": %.1f, \"runs\": %u }%s\n",
			results[i].name, results[i].median_us, results[i].runs,
			i + 1 < count ? "," : "");
	fputs("]\n", out);
	return fclose(out) == 0;
}

/* One line of the growth table. */
static bool grow(const char *what, struct bench_host on, unsigned int cells)
{
	struct result result;

	if (!measure_place(&result, what, on, cells * 8, cells))
		return false;
	printf("  %-14s %5u %10u %6u %12.1f\n", what, on.nodes, on.cpus_per_node, cells,
	       result.median_us);
	return true;
}

static bool print_growth(void)
{
	printf("\ngrowth of vtune_place(), 8 vCPUs in a cell\n  %-14s %5s %10s %6s %12s\n", "with",
	       "nodes", "CPUs/node", "cells", "median us");
	for (unsigned int nodes = 2; nodes <= 64; nodes *= 2)
		if (!grow("nodes", (struct bench_host){ nodes, 64, nodes, false }, 2))
			return false;
	for (unsigned int cpus = 16; cpus <= 256; cpus *= 2)
		if (!grow("CPUs", (struct bench_host){ 16, cpus, 16, false }, 2))
			return false;
	for (unsigned int cells = 1; cells <= 16; cells *= 2)
		if (!grow("cells", (struct bench_host){ 16, 64, 16, false }, cells))
			return false;
	for (unsigned int cells = 1; cells <= 8; cells *= 2)
		if (!grow("cells, ring", (struct bench_host){ 16, 64, 16, true }, cells))
			return false;
	return true;
}

static bool measure_tuning(struct result *result)
{
	struct bench_tuning *tuning = bench_tuning_new();
	bool done = tuning && measure(result, "tuning/check-256cpus", bench_tuning_check, tuning);

	bench_tuning_free(tuning);
	return done;
}

static int measure_only_applying(void)
{
	struct result r[2];

	if (!measure_applying(r))
		return 1;
	print_ratio(r);
	return 0;
}

int main(int argc, char **argv)
{
	const struct bench_host small = { 2, 64, 2, false }, large = { 16, 64, 16, false },
				full = { 16, 64, 7, false }, wide = { 64, 16, 64, false };
	struct result r[12];
	const unsigned int count = sizeof(r) / sizeof(r[0]);

	once = getenv("VTUNE_BENCH_ONCE") != NULL;
	if (getenv("VTUNE_BENCH_URI"))
		return measure_only_applying();
	if (!measure_place(&r[0], "place/1cell-2x64", small, 8, 1) ||
	    !measure_place(&r[1], "place/8cells-16x64-fits", large, 256, 8) ||
	    !measure_place(&r[2], "place/8cells-16x64-nofit", full, 256, 8) ||
	    !measure_place(&r[3], "place/16cells-64x16", wide, 128, 16) ||
	    !measure_team(&r[4], "place/together-4vms-2x64", small, 12) || !measure_texts(&r[5]) ||
	    !measure_loading(&r[7]) || !measure_applying(&r[9]) || !measure_tuning(&r[11]))
		return 1;
	for (unsigned int i = 0; i < count; i++)
		printf("%-26s %12.1f us  (median of %u)\n", r[i].name, r[i].median_us, r[i].runs);
	print_ratio(&r[5]);
	print_ratio(&r[7]);
	print_ratio(&r[9]);
	if (argc > 1 && !write_json(argv[1], r, count))
		return 1;
	return print_growth() && bench_print_memory() ? 0 : 1;
}
