/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one placement costs in C, to compare the bindings with:
 *
 *   place-loop HOST SPEC TIMES
 *
 * Prints the median time of vtune_place() with the freeing of its plan, and of that
 * with vtune_plan_to_json() and reading the spec from its text as well, in ns. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libvtune.h>

static void die(const char *what, struct vtune_error *err)
{
	fprintf(stderr, "place-loop: %s: %s\n", what, vtune_error_get_message(err));
	exit(1);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t size = 0, got;
	char *text = NULL;

	if (!file)
		die(path, NULL);
	do {
		text = realloc(text, size + 65536);
		if (!text)
			die(path, NULL);
		got = fread(text + size, 1, 65535, file);
		size += got;
	} while (got);
	fclose(file);
	text[size] = '\0';
	return text;
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void place(const struct vtune_host *host, const struct vtune_spec *spec, bool write)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune_place(host, spec, NULL, &err);

	if (!plan || !vtune_plan_fits(plan))
		die("vtune_place", err);
	if (write) {
		char *json = vtune_plan_to_json(plan, &err);

		if (!json)
			die("vtune_plan_to_json", err);
		free(json);
	}
	vtune_plan_free(plan);
}

static void place_text(const struct vtune_host *host, const char *text)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(text, &err);

	if (!spec)
		die("vtune_spec_from_json", err);
	place(host, spec, true);
	vtune_spec_free(spec);
}

int main(int argc, char **argv)
{
	unsigned int times = argc == 4 ? (unsigned int)strtoul(argv[3], NULL, 10) : 0;
	double *objects = calloc(times, sizeof(*objects)), *texts = calloc(times, sizeof(*texts));
	struct vtune_error *err = NULL;
	struct vtune_host *host;
	struct vtune_spec *spec;
	char *host_text, *spec_text;

	if (times == 0 || !objects || !texts) {
		fprintf(stderr, "usage: place-loop HOST SPEC TIMES\n");
		return 2;
	}
	host_text = read_file(argv[1]);
	spec_text = read_file(argv[2]);
	host = vtune_host_from_json(host_text, &err);
	spec = host ? vtune_spec_from_json(spec_text, &err) : NULL;
	if (!spec)
		die("reading", err);
	for (unsigned int i = 0; i < times; i++) {
		double start = now_ns();

		place(host, spec, false);
		objects[i] = now_ns() - start;
	}
	for (unsigned int i = 0; i < times; i++) {
		double start = now_ns();

		place_text(host, spec_text);
		texts[i] = now_ns() - start;
	}
	qsort(objects, times, sizeof(*objects), compare);
	qsort(texts, times, sizeof(*texts), compare);
	printf("%.0f %.0f\n", objects[times / 2], texts[times / 2]);
	vtune_spec_free(spec);
	vtune_host_free(host);
	free(spec_text);
	free(host_text);
	free(texts);
	free(objects);
	return 0;
}
