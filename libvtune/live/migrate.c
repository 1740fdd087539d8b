/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "migrate.h"

#include <stdlib.h>

#include "apply.h"

static void free_migration(struct vtune__migration *migration)
{
	if (migration->domain)
		migration->source->calls->virDomainFree(migration->domain);
	free(migration->live);
	free(migration->config);
	vtune_report_free(migration->report);
	if (migration->locked)
		vtune_connection_unlock(migration->destination);
}

/* ---- what it is ---- */

static char *read_xml(const struct vtune__migration *migration, unsigned int flags,
		      struct vtune_error **err)
{
	char *xml = migration->source->calls->virDomainGetXMLDesc(migration->domain, flags);

	if (!xml)
		vtune__fail_libvirt(migration->source, err, migration->name,
				    "Reading the domain \"%s\"", migration->name);
	return xml;
}

static int find_domain(struct vtune__migration *migration, struct vtune_error **err)
{
	int runs;

	migration->domain = vtune__connection_domain(migration->source, migration->name, err);
	if (!migration->domain)
		return -1;
	runs = migration->source->calls->virDomainIsActive(migration->domain);
	if (runs < 0)
		return vtune__fail_libvirt(migration->source, err, migration->name,
					   "Reading the domain \"%s\"", migration->name);
	if (runs)
		return 0;
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, migration->name,
			   "The domain \"%s\" does not run, so that it is not migrated: define on "
			   "the other host what vtune_plan_to_migration_xml() makes of it",
			   migration->name);
}

VTUNE_EXPORT char *vtune_domain_to_migratable_xml(struct vtune_connection *connection,
						  const char *domain, struct vtune_error **err)
{
	struct vtune__migration migration VTUNE__CLEANUP(free_migration) = { .source = connection,
									     .name = domain };

	if (!connection || !domain) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	migration.domain = vtune__connection_domain(connection, domain, err);
	return migration.domain ? read_xml(&migration, VIR_DOMAIN_XML_MIGRATABLE, err) : NULL;
}

/* ---- what it becomes ---- */

static char *place(const struct vtune__migration *migration, unsigned int flags, const char *what,
		   struct vtune_error **err)
{
	char *xml VTUNE__CLEANUP(vtune__free_string) = read_xml(migration, flags, err);
	char *placed = xml ? vtune_plan_to_migration_xml(migration->plan, xml, err) : NULL;

	if (xml && !placed)
		vtune__error_prefix(err, what);
	return placed;
}

/* A definition can have been changed since the domain was started. One that is transient
 * is defined there as it runs. */
static int place_config(struct vtune__migration *migration, struct vtune_error **err)
{
	unsigned int flags = VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_MIGRATABLE;
	int persists = migration->source->calls->virDomainIsPersistent(migration->domain);

	if (persists < 0)
		return vtune__fail_libvirt(migration->source, err, migration->name,
					   "Reading the domain \"%s\"", migration->name);
	if (persists)
		flags = VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE;
	migration->config = place(migration, flags, "The definition", err);
	return migration->config ? 0 : -1;
}

static int place_all(struct vtune__migration *migration, struct vtune_error **err)
{
	migration->live = place(migration, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_MIGRATABLE,
				"The running domain", err);
	if (!migration->live)
		return -1;
	return migration->flags & VTUNE_MIGRATE_PERSIST ? place_config(migration, err) : 0;
}

/* ---- is there room? ---- */

static int fail_cpu(const struct vtune__migration *migration, int cpu, const char *why,
		    struct vtune_error **err)
{
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, migration->name,
			   "The plan for \"%s\" uses CPU %d of %s, which %s; plan anew",
			   migration->name, cpu, migration->destination->uri, why);
}

static int check_cpus(const struct vtune__migration *migration, const struct vtune_host *host,
		      const struct vtune__room *room, struct vtune_error **err)
{
	struct vtune__set cpus VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__apply_find_cpus(migration->plan, &cpus, err) < 0)
		return -1;
	VTUNE__SET_FOREACH(cpu, &cpus) {
		if (vtune__set_has(&room->held, (unsigned int)cpu))
			return fail_cpu(migration, cpu, "another VM holds", err);
		if (!vtune__set_has(&host->topology->cpus, (unsigned int)cpu) ||
		    vtune__set_has(&host->topology->offline, (unsigned int)cpu))
			return fail_cpu(migration, cpu, "is offline, or not there at all", err);
	}
	return 0;
}

static void free_host(struct vtune_host **host)
{
	vtune_host_free(*host);
}

static int check_room(const struct vtune__migration *migration, struct vtune_error **err)
{
	struct vtune_host *host VTUNE__CLEANUP(free_host) =
		vtune_host_from_connection(migration->destination, 0, err);
	struct vtune__room room VTUNE__CLEANUP(vtune__room_free) = { 0 };

	if (!host || vtune__room_for(host, migration->name, &room, err) < 0 ||
	    check_cpus(migration, host, &room, err) < 0)
		return -1;
	return vtune__apply_check_memory(host, migration->plan, migration->name, err);
}

/* ---- going ---- */

static int begin_report(struct vtune__migration *migration, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune__migration_text(migration, err);
	const struct vtune__finding finding = { VTUNE__FINDING, .code = "call",
						.vm = migration->name, .where = "live",
						.text = text };

	migration->report = text ? vtune__report_new(VTUNE__REPORT_MIGRATE, err) : NULL;
	if (!migration->report ||
	    vtune__report_add_vm(migration->report, migration->name, err) < 0 ||
	    vtune__report_set_destination(migration->report, migration->destination->uri, err) < 0)
		return -1;
	if (migration->flags & VTUNE_MIGRATE_DRY_RUN)
		vtune__report_set_dry_run(migration->report);
	return vtune__report_add(migration->report, VTUNE__REPORT_CALLS, &finding, err);
}

/* On its new host it is one that has come: others leave its CPUs, as after an apply. */
static int make_way(struct vtune__transaction *transaction,
		    const struct vtune__migration *migration)
{
	struct vtune_error **err = &transaction->error;

	if (vtune__transaction_begin(transaction, migration->destination, migration->name,
				     VTUNE_APPLY_LIVE, VTUNE_APPLY_LIVE, NULL) < 0 ||
	    vtune__apply_narrow_others(transaction, migration->plan, err) < 0 ||
	    vtune__transaction_make_steps(transaction, err) < 0)
		return -1;
	return vtune__transaction_run(transaction, err);
}

/* It has gone, and nothing brings it back: what is left is told of, and no failure. */
static int settle(struct vtune__migration *migration, struct vtune_error **err)
{
	struct vtune__transaction transaction VTUNE__CLEANUP(vtune__transaction_end) = { 0 };
	struct vtune__finding finding = {
		VTUNE__FINDING, .code = "overlap", .vm = migration->name, .where = "host",
		.mend = "once that is mended, place the domain there once more: vtune-place apply --live"
	};

	if (make_way(&transaction, migration) == 0) {
		if (vtune__report_add_all(migration->report, transaction.report,
					  VTUNE__REPORT_CALLS, err) < 0)
			return -1;
		return vtune__report_add_all(migration->report, transaction.report,
					     VTUNE__REPORT_OVERLAPS, err);
	}
	finding.text = vtune_error_get_message(transaction.error);
	return vtune__report_add(migration->report, VTUNE__REPORT_DUE, &finding, err);
}

static int migrate(struct vtune__migration *migration, const struct vtune_options *options,
		   struct vtune_error **err)
{
	if (vtune__lock_for_call(migration->destination, options, &migration->locked, err) < 0) {
		migration->locked = false;
		return -1;
	}
	if (find_domain(migration, err) < 0 || place_all(migration, err) < 0 ||
	    check_room(migration, err) < 0 || begin_report(migration, err) < 0)
		return -1;
	if (migration->flags & VTUNE_MIGRATE_DRY_RUN)
		return 0;
	if (vtune__migration_run(migration, err) < 0)
		return -1;
	return settle(migration, err);
}

VTUNE_EXPORT struct vtune_report *
vtune_plan_migrate(const struct vtune_plan *plan, struct vtune_connection *source,
		   const char *domain, struct vtune_connection *destination, const char *uri,
		   unsigned int flags, const struct vtune_options *options,
		   struct vtune_error **err)
{
	const unsigned int known = VTUNE_MIGRATE_PEER2PEER | VTUNE_MIGRATE_TUNNELLED |
				   VTUNE_MIGRATE_PERSIST | VTUNE_MIGRATE_UNDEFINE_SOURCE |
				   VTUNE_MIGRATE_DRY_RUN;
	struct vtune__migration migration VTUNE__CLEANUP(free_migration) = { .plan = plan,
									     .source = source,
									     .destination =
										     destination,
									     .name = domain,
									     .uri = uri,
									     .flags = flags };
	struct vtune_report *report;

	if (!plan || !source || !domain || !destination) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (flags & ~known) {
		vtune__fail(err, VTUNE_ERR_INVALID, domain, "The flags 0x%x are not known",
			    flags & ~known);
		return NULL;
	}
	if (vtune__plan_check_fits(plan, err) < 0 || migrate(&migration, options, err) < 0)
		return NULL;
	report = migration.report;
	migration.report = NULL;
	return report;
}
