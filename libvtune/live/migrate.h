/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running domain goes to another host, and is placed there anew. */
#ifndef VTUNE_MIGRATE_H
#define VTUNE_MIGRATE_H

#include "live.h"

/* ---- migrate.c ---- */

struct vtune__migration {
	const struct vtune_plan *plan;
	struct vtune_connection *source, *destination;
	const char *name;
	const char *uri; /* that the guest's memory is sent to; NULL: libvirt's choice */
	unsigned int flags;
	virDomainPtr domain;
	/* What it becomes, as it runs and as it is defined; NULL: it is not defined there. */
	char *live, *config;
	struct vtune_report *report;
	bool locked; /* the destination, by this call */
};

/* ---- migrate-run.c ---- */

/* virDomainMigrate3(), or what takes its place, as people read it. */
char *vtune__migration_text(const struct vtune__migration *migration, struct vtune_error **err);
/* The one call. */
int vtune__migration_run(const struct vtune__migration *migration, struct vtune_error **err);

#endif
