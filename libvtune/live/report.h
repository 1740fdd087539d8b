/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a report holds, for the files that write it out. */
#ifndef VTUNE_REPORT_H
#define VTUNE_REPORT_H

#include "live.h"

struct vtune__report_vm {
	char *name;
	char *summary; /* what it has and where, in words; NULL: nobody said */
	bool is_running;
};

struct vtune__report_findings {
	struct vtune__finding *items; /* their strings are the report's own */
	unsigned int count;
};

struct vtune_report {
	enum vtune__report_kind kind;
	bool dry_run;
	char *destination; /* of a migration, else NULL */
	struct vtune__report_vm *vms;
	unsigned int nvms;
	struct vtune__report_findings lists[VTUNE__REPORT_LISTS];
};

/* The VM that a finding is about; NULL: none in particular. */
const char *vtune__report_vm_of(const struct vtune_report *report,
				const struct vtune__finding *finding);

/* ---- report-settings.c: reports of the host's own settings ---- */

void vtune__report_add_settings(struct vtune__text *out, const struct vtune_report *report);

#endif
