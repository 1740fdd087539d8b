/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library against the oracle on random cases; see README.md. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "oracle.h"
#include "oracle-fuzz.h"

struct options {
	uint64_t seed, start, count;
	bool dump, keep_going, no_shrink;
	struct fuzz_options compare;
	struct oracle_wishes wishes;
};

static const char usage[] =
	"usage: oracle-fuzz [--seed N] [--start N] [--count N] [--only I] [--chain N] [--dump]\n"
	"                   [--ties] [--keep-going] [--no-shrink] [--tiny] [--one-cell] [--no-preferred]\n"
	"                   [--no-interleave] [--no-hugepages] [--no-helpers] [--no-devices]\n"
	"                   [--no-pools]\n"
	"                   [--no-caches] [--dedicated-only] [FILE...]\n";

enum { SEED = 1, START, COUNT, ONLY, CHAIN, LISTED };

static void parse(int argc, char **argv, struct options *o)
{
	int flag = 0, k;
	struct { const char *name; bool *to; } flags[] = {
		{ "dump", &o->dump }, { "ties", &o->compare.ties }, { "keep-going", &o->keep_going },
		{ "no-shrink", &o->no_shrink }, { "tiny", &o->wishes.tiny },
		{ "one-cell", &o->wishes.one_cell }, { "no-preferred", &o->wishes.no_preferred },
		{ "no-interleave", &o->wishes.no_interleave },
		{ "no-hugepages", &o->wishes.no_hugepages },
		{ "no-helpers", &o->wishes.no_helpers }, { "no-devices", &o->wishes.no_devices },
		{ "no-pools", &o->wishes.no_pools },
		{ "no-caches", &o->wishes.no_caches },
		{ "dedicated-only", &o->wishes.dedicated_only },
	};
	const int nflags = (int)(sizeof(flags) / sizeof(flags[0]));
	struct option list[sizeof(flags) / sizeof(flags[0]) + LISTED] = {
		{ "seed", required_argument, &flag, SEED },
		{ "start", required_argument, &flag, START },
		{ "count", required_argument, &flag, COUNT },
		{ "only", required_argument, &flag, ONLY },
		{ "chain", required_argument, &flag, CHAIN },
	};
	uint64_t number;

	for (k = 0; k < nflags; k++)
		list[LISTED - 1 + k] = (struct option){ flags[k].name, no_argument, &flag, LISTED + k };
	while ((k = getopt_long(argc, argv, "", list, NULL)) == 0) {
		number = optarg ? strtoull(optarg, NULL, 10) : 0;
		if (flag >= LISTED)
			*flags[flag - LISTED].to = true;
		else if (flag == SEED)
			o->seed = number;
		else if (flag == COUNT)
			o->count = number;
		else if (flag == CHAIN)
			o->compare.chain = (unsigned int)number;
		else
			o->start = number;
		if (flag == ONLY)
			o->count = 1;
	}
	if (k != -1) {
		fputs(usage, stderr);
		exit(2);
	}
}

static void save(const char *name, struct json_object *document)
{
	if (document &&
	    json_object_to_file_ext(name, document, JSON_C_TO_STRING_PRETTY |
				    JSON_C_TO_STRING_NOSLASHESCAPE) != 0)
		oracle_die("%s cannot be written", name);
}

struct failure {
	const struct options *options;
	enum fuzz_result kind;
};

/* In a child, since a document with parts missing may be too much for the oracle. */
static bool still_fails(struct json_object *host, struct json_object *spec, void *data)
{
	const struct failure *failure = data;
	struct fuzz_report report;
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		_exit(100 + (int)fuzz_compare(host, spec, &failure->options->compare, &report));
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 100 + (int)failure->kind;
}

static void show_failure(const struct options *o, const char *name, enum fuzz_result kind,
			 struct json_object **host, struct json_object **spec)
{
	struct failure failure = { .options = o, .kind = kind };
	struct fuzz_report report;

	if (!o->no_shrink && still_fails(*host, *spec, &failure))
		fuzz_shrink(host, spec, still_fails, &failure);
	kind = fuzz_compare(*host, *spec, &o->compare, &report);
	printf("%s: %s: %s\n", name, fuzz_result_name[kind], report.text);
	if (report.link)
		printf("after %u VMs of this spec were placed\n", report.link);
	printf("host: %s\n", json_object_to_json_string_ext(*host, JSON_C_TO_STRING_PLAIN));
	printf("spec: %s\n", json_object_to_json_string_ext(*spec, JSON_C_TO_STRING_PLAIN));
	printf("oracle: %s\n", json_object_to_json_string(report.oracle));
	printf("library: %s\n", json_object_to_json_string(report.library));
	save("host.json", *host);
	save("spec.json", *spec);
	save("oracle.json", report.oracle);
	save("plan.json", report.library);
	puts("written to host.json, spec.json, oracle.json and plan.json");
	fuzz_report_clear(&report);
}

struct tally {
	uint64_t tried, fit, failed, seen[FUZZ_RESULTS];
};

/* Compares one case; shows the first that fails in full. Consumes the documents. */
static void try_case(const struct options *o, struct tally *tally, const char *name,
		     struct json_object *host, struct json_object *spec)
{
	struct fuzz_report report;
	enum fuzz_result kind = fuzz_compare(host, spec, &o->compare, &report);

	tally->tried++;
	tally->seen[kind]++;
	tally->fit += report.fits;
	if (kind > FUZZ_UNSUPPORTED && !tally->failed++)
		show_failure(o, name, kind, &host, &spec);
	else if (kind > FUZZ_UNSUPPORTED)
		printf("%s: %s: %s\n", name, fuzz_result_name[kind], report.text);
	fuzz_report_clear(&report);
	json_object_put(host);
	json_object_put(spec);
}

static void try_random(const struct options *o, struct tally *tally)
{
	struct json_object *host, *spec;
	char name[64];
	uint64_t i;

	for (i = o->start; i < o->start + o->count; i++) {
		if (tally->failed && !o->keep_going)
			break;
		oracle_random_case(o->seed, i, &o->wishes, &host, &spec);
		if (o->dump) {
			save("host.json", host);
			save("spec.json", spec);
		}
		snprintf(name, sizeof(name), "case %" PRIu64 " of seed %" PRIu64, i, o->seed);
		try_case(o, tally, name, host, spec);
	}
}

/* Files with a "host" and a "spec". */
static void try_files(const struct options *o, struct tally *tally, char **paths)
{
	struct json_object *document;

	for (; *paths && (!tally->failed || o->keep_going); paths++) {
		document = json_object_from_file(*paths);
		if (!document)
			oracle_die("%s: cannot be read as JSON", *paths);
		try_case(o, tally, *paths, json_object_get(oracle_get(document, "host")),
			 json_object_get(oracle_get(document, "spec")));
		json_object_put(document);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .count = 1000 };
	struct tally tally = { 0 };
	unsigned int k;

	parse(argc, argv, &o);
	if (optind < argc)
		try_files(&o, &tally, argv + optind);
	else
		try_random(&o, &tally);
	printf("%" PRIu64 " cases, %" PRIu64 " fit", tally.tried, tally.fit);
	for (k = 0; k < FUZZ_RESULTS; k++) {
		if (tally.seen[k])
			printf(", %s %" PRIu64, fuzz_result_name[k], tally.seen[k]);
	}
	putchar('\n');
	return tally.failed ? 1 : 0;
}
