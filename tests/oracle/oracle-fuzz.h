/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ORACLE_FUZZ_H
#define ORACLE_FUZZ_H

#include <stdbool.h>

struct json_object;

/* How the library's answer differs from the oracle's. */
enum fuzz_result {
	FUZZ_AGREES,
	FUZZ_UNSUPPORTED,	/* by the library: counted, not a failure */
	FUZZ_HOST,		/* the library refuses the host */
	FUZZ_SPEC,		/* the library refuses the spec */
	FUZZ_ERROR,		/* placing failed */
	FUZZ_VERDICT,
	FUZZ_PLAN,		/* the plan does not hold, or misstates itself */
	FUZZ_COST,
	FUZZ_PAGE,
	FUZZ_OPTIMAL,
	FUZZ_TIES,
	FUZZ_REASONS,
	FUZZ_WOULD_FIT,
	FUZZ_ROUND_TRIP,
	FUZZ_GIVE_BACK,		/* a VM that came and went leaves its traces */
	FUZZ_RESULTS
};

struct fuzz_options {
	bool ties;		/* compare the cells' nodes too */
	unsigned int chain;	/* place so many more VMs of the same spec */
};

struct fuzz_report {
	bool fits;		/* says the oracle */
	bool survives;		/* the plan comes out of its own document unchanged */
	unsigned int link;	/* how many VMs of this spec were placed before */
	char text[512];
	struct json_object *oracle, *library;
};

/* oracle-compare.c */
extern const char *const fuzz_result_name[FUZZ_RESULTS];
enum fuzz_result fuzz_compare(struct json_object *host, struct json_object *spec,
			      const struct fuzz_options *options, struct fuzz_report *report);
void fuzz_report_clear(struct fuzz_report *report);

/* oracle-shrink.c */
typedef bool fuzz_still_fn(struct json_object *host, struct json_object *spec, void *data);
void fuzz_shrink(struct json_object **host, struct json_object **spec, fuzz_still_fn *still,
		 void *data);

#endif
