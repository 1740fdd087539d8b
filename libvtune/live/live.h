/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running hosts and domains: read them through libvirt, set plans on them, and
 * check that they hold. This folder is the only door to libvirt. */
#ifndef VTUNE_LIVE_H
#define VTUNE_LIVE_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "../base/base.h"
#include "../domain/domain.h"
#include "../host/host.h"
#include "../plan/plan.h"

/* ---- calls.c: every function of libvirt that is used, so that tests can put others
 * in their place: ones that fail, or ones that only pretend ---- */

struct vtune__calls {
#define VTUNE__CALL(name) __typeof__(name) *name;
#include "calls.h"
#undef VTUNE__CALL
};
extern const struct vtune__calls vtune__libvirt_calls;

/* ---- connection.c ---- */

struct vtune_connection {
	virConnectPtr connection;
	const struct vtune__calls *calls;
	char *uri;
	/* The machine of the connection is this one, and its domains are processes here. */
	bool is_local;
	bool is_test; /* libvirt's test driver: its machine is made up */
	bool sets_scheduler; /* shares, periods and quotas of running domains */
	int lock;	     /* a file that is locked; -1: none */
};

/* Of a connection whose calls are not libvirt's own; takes a reference to it. */
struct vtune_connection *vtune__connection_new(virConnectPtr connection,
					       const struct vtune__calls *calls,
					       struct vtune_error **err);
/* VTUNE_ERR_LIBVIRT at where (a domain, or NULL) with libvirt's last reason; call is what
 * was tried, in words: "pinning vCPU 3 to CPU 5". Returns -1. */
int vtune__fail_libvirt(const struct vtune_connection *connection, struct vtune_error **err,
			const char *where, const char *format, ...) VTUNE__PRINTF(4, 5);
/* VTUNE_ERR_LIBVIRT when there is no domain of that name. The caller frees it. */
virDomainPtr vtune__connection_domain(const struct vtune_connection *connection, const char *name,
				      struct vtune_error **err);

/* ---- lock.c ---- */

/* Take the lock if the connection has none yet: *taken tells. */
int vtune__lock_for_call(struct vtune_connection *connection, const struct vtune_options *options,
			 bool *taken, struct vtune_error **err);

/* ---- host.c, host-*.c: vtune_host_from_connection ---- */

/* ---- report.c, report-json.c, report-text.c ---- */

/* One line of a report. Strings are copied by vtune__report_add; NULL and -1: not there. */
struct vtune__finding {
	const char *code;  /* vcpu_pin, emulator_pin, ... see vtune-report(5) */
	const char *vm;	   /* NULL: the report's only one */
	const char *where; /* live, config, thread, cgroup, memory, host */
	int vcpu, iothread, cell, node;
	const char *want, *have;    /* sets, sizes, words */
	int64_t want_kib, have_kib; /* -1: none */
	const char *text;	    /* a sentence */
	const char *mend;	    /* how to put it right, a sentence */
};
#define VTUNE__FINDING \
	.vcpu = -1, .iothread = -1, .cell = -1, .node = -1, .want_kib = -1, .have_kib = -1

enum vtune__report_kind {
	VTUNE__REPORT_APPLY,
	VTUNE__REPORT_VERIFY,
	VTUNE__REPORT_MIGRATE,
	/* Of the host's own settings; code is the id of a check, where is a path. */
	VTUNE__REPORT_TUNE,
	VTUNE__REPORT_UNDO,
	VTUNE__REPORT_PERSIST,
};
enum vtune__report_list {
	VTUNE__REPORT_CALLS,	/* apply: what was called, or would be, in order */
	VTUNE__REPORT_DUE,	/* both: what takes effect at the next start */
	VTUNE__REPORT_OVERLAPS, /* apply: domains that libvtune did not place, on our CPUs */
	VTUNE__REPORT_DRIFT,	/* verify: what differs; settings that were not taken */
	VTUNE__REPORT_UNSEEN,	/* verify: what could not be looked at */
	VTUNE__REPORT_LISTS
};

/* ---- report.c ---- */

struct vtune_report *vtune__report_new(enum vtune__report_kind kind, struct vtune_error **err);
/* A domain that the report is about. */
int vtune__report_add_vm(struct vtune_report *report, const char *vm, struct vtune_error **err);
/* What the VM that was added last has and where, in words; and whether it runs. */
int vtune__report_describe_vm(struct vtune_report *report, const char *summary, bool is_running,
			      struct vtune_error **err);
int vtune__report_add(struct vtune_report *report, enum vtune__report_list list,
		      const struct vtune__finding *finding, struct vtune_error **err);
void vtune__report_set_dry_run(struct vtune_report *report);
/* Where the VM goes, of a migration. */
int vtune__report_set_destination(struct vtune_report *report, const char *uri,
				  struct vtune_error **err);
/* Add all that is in that list of another report. */
int vtune__report_add_all(struct vtune_report *report, const struct vtune_report *from,
			  enum vtune__report_list list, struct vtune_error **err);
unsigned int vtune__report_count(const struct vtune_report *report, enum vtune__report_list list);

/* ---- move-memory.c: the only door to libnuma ---- */

/* Move the pages of the domain's process to where the plan has them, and check that they
 * arrived. old: the pins of the running domain's XML before anything was set on it, because
 * they tell which mapping is which cell: its cells' nodes are those that QEMU bound each
 * cell to when it started; NULL: not known.
 * Mode restrictive: first have libvirt set the nodes (virDomainSetNumaParameters), with
 * which the kernel moves all pages; what this call finds to do then is to put each cell on
 * its own node. Mode strict: libvirt refuses that, so the cpuset.mems of the threads'
 * cgroups are set here; other modes have none. On failure those are set back, and the pages
 * go back with them. */
int vtune__move_memory(const struct vtune_plan *plan, const struct vtune__pins *old, int pid,
		       const struct vtune_options *options, struct vtune_error **err);

/* ---- process.c: the QEMU process of a domain, on this machine ---- */

/* 0 where it cannot be told. */
int vtune__process_of_domain(const struct vtune_connection *connection, virDomainPtr domain);

#endif
