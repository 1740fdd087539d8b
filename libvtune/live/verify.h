/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of vtune_plan_verify(): each compares one side of a domain with its plan and
 * adds to the report what differs, or what it could not look at. */
#ifndef VTUNE_VERIFY_H
#define VTUNE_VERIFY_H

#include "compare.h"
#include "process.h"

/* One domain that is being looked at. */
struct vtune__look {
	const struct vtune_plan *plan;
	const char *vm;
	struct vtune_report *report;
	const struct vtune__set *online; /* the host's CPUs; NULL: not known */
	const struct vtune__pins *live;	 /* of the running domain; NULL: it does not run */
	/* Of the definition, so of the next start; NULL: it is transient, or does not run. */
	const struct vtune__pins *next;
	const char *next_xml;		 /* the same as XML; NULL likewise */
	bool saw_memory;		 /* where its memory lies is known */
	struct vtune_error **err;
};

/* ---- verify-say.c ---- */

/* The finding with what it is about; want and have are for "should be on". Adds to drift. */
int vtune__say_drift(struct vtune__look *check, const struct vtune__finding *finding,
		     const char *format, ...) VTUNE__PRINTF(3, 4);
/* What only the next start of a running domain can change: with is_due that will, and it is
 * no drift. mend is filled in. */
int vtune__say_at_start(struct vtune__look *check, const struct vtune__finding *finding,
			bool is_due, const char *format, ...) VTUNE__PRINTF(4, 5);
int vtune__say_unseen(struct vtune__look *check, const char *code, const char *where,
		      const char *format, ...) VTUNE__PRINTF(4, 5);
/* What could not be looked at because of reason, which is freed. -1 when out of memory. */
int vtune__say_unseen_for(struct vtune__look *check, const char *where, const char *what,
			  struct vtune_error *reason);
/* One whose CPUs are compared: "vCPU 2". finding has its code, where and number. */
int vtune__compare_cpus(struct vtune__look *check, const struct vtune__finding *finding,
			const char *who, const struct vtune__set *want,
			const struct vtune__set *have);
/* The CPUs that the kernel can give: those of want that are online. */
int vtune__only_online(const struct vtune__look *check, const struct vtune__set *want,
		       struct vtune__set *online);
/* "vtune-place apply db01" and what follows, for mend: a new string. */
char *vtune__say_mend(const struct vtune__look *check, const char *option);
/* "CPU 3", "CPUs 3-5", "any CPU". */
void vtune__say_cpus(struct vtune__text *text, const struct vtune__set *cpus);

/* ---- verify-xml.c ---- */

/* where: "live" or "config". */
int vtune__verify_xml(struct vtune__look *check, const char *where, const char *xml);

/* ---- verify-parts.c ---- */

/* All that only a start of the domain changes. pair: the XML, and that with the plan laid
 * into it. */
int vtune__verify_parts(struct vtune__look *check, const char *where,
			const struct vtune__pair *pair);

/* ---- verify-threads.c ---- */

int vtune__verify_threads(struct vtune__look *check, const char *root, int pid);

/* ---- verify-memory.c ---- */

/* Has the cell the pages of the plan from the next start on? */
bool vtune__pages_are_due(const struct vtune__look *check, unsigned int cell);
int vtune__verify_memory(struct vtune__look *check, const char *root, int pid);

/* ---- verify-others.c ---- */

/* A running domain and the CPUs that its threads may use. */
struct vtune__other {
	char *name;
	bool anywhere; /* something of it is pinned to no CPU */
	struct vtune__set cpus, held;
};

struct vtune__others {
	struct vtune__other *items; /* by name */
	unsigned int count;
};

/* Whose plan is NULL carries none. threads: what the kernel says; NULL: not known. */
int vtune__others_add(struct vtune__others *others, const char *name,
		      const struct vtune__pins *pins, const struct vtune__thread_list *threads,
		      const struct vtune_plan *plan, struct vtune_error **err);
void vtune__others_sort(struct vtune__others *others);
void vtune__others_free(struct vtune__others *others); /* the contents */
int vtune__verify_others(struct vtune__look *check, const struct vtune__others *others);
/* CPUs of the plan that are offline. */
int vtune__verify_online(struct vtune__look *check);

#endif
