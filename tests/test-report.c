/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports: what is put in comes out as the documents in data/reports, which
 * check-documents.sh takes through the schema, and as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "live/live.h"

static void add(struct vtune_report *report, enum vtune__report_list list,
		struct vtune__finding finding)
{
	assert_int_equal(vtune__report_add(report, list, &finding, NULL), 0);
}

static void add_vm(struct vtune_report *report, const char *name, const char *summary, bool runs)
{
	assert_int_equal(vtune__report_add_vm(report, name, NULL), 0);
	if (summary)
		assert_int_equal(vtune__report_describe_vm(report, summary, runs, NULL), 0);
}

/* The document is that in the file, byte for byte. */
static void expect_document(const struct vtune_report *report, const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct vtune_error *err = NULL;
	char path[4096], *want, *have;

	snprintf(path, sizeof(path), "%s/data/reports/%s.json", srcdir ? srcdir : ".", name);
	want = vtune__file_read(path, &err);
	if (!want)
		fail_msg("%s", vtune_error_get_message(err));
	have = vtune_report_to_json(report, &err);
	assert_non_null(have);
	assert_string_equal(have, want);
	free(want);
	free(have);
}

static void expect_text(const struct vtune_report *report, const char *want)
{
	char *have = vtune_report_to_text(report, NULL);

	assert_non_null(have);
	assert_string_equal(have, want);
	free(have);
}

static void add_call(struct vtune_report *report)
{
	struct vtune__finding call = { VTUNE__FINDING,	.code = "vcpu_pin",
				       .where = "live", .want = "6",
				       .have = "3",	.text = "pin vCPU 2 to CPU 6" };

	call.vcpu = 2;
	add(report, VTUNE__REPORT_CALLS, call);
}

static void add_call_elsewhere(struct vtune_report *report)
{
	struct vtune__finding call = { VTUNE__FINDING,
				       .code = "iothread_pin",
				       .vm = "web1",
				       .where = "config",
				       .want = "4",
				       .have = "4,6",
				       .text = "pin I/O thread 1 of \"web1\" to CPU 4" };

	call.iothread = 1;
	add(report, VTUNE__REPORT_CALLS, call);
}

static struct vtune_report *make_apply(void)
{
	struct vtune_report *report = vtune__report_new(VTUNE__REPORT_APPLY, NULL);
	struct vtune__finding due = { VTUNE__FINDING, .code = "memory_node",
				      .text = "The 4 GiB of cell 0 come from node 1." };
	struct vtune__finding overlap = { VTUNE__FINDING,
					  .code = "clash",
					  .vm = "old",
					  .want = "",
					  .have = "6",
					  .text = "\"old\" may run on CPU 6.",
					  .mend = "vtune-place apply old" };

	assert_non_null(report);
	add_vm(report, "db01", NULL, false);
	add_call(report);
	add_call_elsewhere(report);
	due.cell = 0;
	due.node = 1;
	due.want_kib = 4194304;
	add(report, VTUNE__REPORT_DUE, due);
	add(report, VTUNE__REPORT_OVERLAPS, overlap);
	return report;
}

static void add_thread(struct vtune_report *report)
{
	struct vtune__finding drift = { VTUNE__FINDING,
					.code = "vcpu_pin",
					.vm = "db01",
					.where = "thread",
					.want = "6",
					.have = "3",
					.text = "vCPU 2 runs on CPU 3, not on 6.",
					.mend = "vtune-place apply db01" };

	drift.vcpu = 2;
	add(report, VTUNE__REPORT_DRIFT, drift);
}

static void add_memory(struct vtune_report *report)
{
	struct vtune__finding drift = { VTUNE__FINDING,
					.code = "memory_node",
					.vm = "db01",
					.where = "memory",
					.text = "64 MiB of cell 0 are on node 2.",
					.mend = "vtune-place apply --move-memory db01" };

	drift.cell = 0;
	drift.node = 2;
	drift.want_kib = 0;
	drift.have_kib = 65536;
	add(report, VTUNE__REPORT_DRIFT, drift);
}

static void add_definition(struct vtune_report *report)
{
	struct vtune__finding drift = { VTUNE__FINDING,
					.code = "vcpu_pin",
					.vm = "db01",
					.where = "config",
					.want = "5",
					.have = "",
					.text = "The definition pins vCPU 1 nowhere, not to 5.",
					.mend = "vtune-place apply db01" };

	drift.vcpu = 1;
	add(report, VTUNE__REPORT_DRIFT, drift);
}

static void add_due(struct vtune_report *report)
{
	struct vtune__finding due = { VTUNE__FINDING,
				      .code = "pages",
				      .vm = "db03",
				      .where = "live",
				      .text = "Cell 0 has other pages.",
				      .mend = "shut db03 down and start it again" };

	due.cell = 0;
	due.want_kib = 2048;
	due.have_kib = 4;
	add(report, VTUNE__REPORT_DUE, due);
}

static struct vtune_report *make_verify(void)
{
	struct vtune_report *report = vtune__report_new(VTUNE__REPORT_VERIFY, NULL);
	struct vtune__finding unseen = { VTUNE__FINDING, .code = "permission", .vm = "db02",
					 .where = "memory",
					 .text = "where its memory lies, which only root may see" };

	assert_non_null(report);
	add_vm(report, "db01", "4 vCPUs, 8 GiB on node 1", true);
	add_thread(report);
	add_memory(report);
	add_definition(report);
	add_vm(report, "db02", "2 vCPUs, 1 GiB on node 0", true);
	add(report, VTUNE__REPORT_UNSEEN, unseen);
	add_vm(report, "db03", "1 vCPU, 512 MiB on node 2", true);
	add_due(report);
	add_vm(report, "db04", "1 vCPU, 512 MiB on node 3", false);
	return report;
}

static struct vtune_report *make_migration(void)
{
	struct vtune_report *report = vtune__report_new(VTUNE__REPORT_MIGRATE, NULL);
	const struct vtune__finding call = {
		VTUNE__FINDING, .code = "call", .vm = "db01", .where = "live",
		.text = "virDomainMigrate3(db01, qemu+ssh://b/system)"
	};

	assert_non_null(report);
	add_vm(report, "db01", NULL, false);
	assert_int_equal(vtune__report_set_destination(report, "qemu+ssh://b/system", NULL), 0);
	add(report, VTUNE__REPORT_CALLS, call);
	return report;
}

static void test_migration(void **state)
{
	const struct vtune__finding due = { VTUNE__FINDING, .code = "overlap",
					    .text = "Pinning failed", .mend = "try again" };
	struct vtune_report *report = make_migration();

	(void)state;
	expect_document(report, "migrate");
	assert_int_equal(vtune_report_holds(report), 1);
	expect_text(report, "db01: runs on qemu+ssh://b/system now, where its plan puts it\n");
	add(report, VTUNE__REPORT_DUE, due);
	assert_int_equal(vtune_report_holds(report), 0);
	expect_text(report, "db01: runs on qemu+ssh://b/system now, where its plan puts it\n"
			    "Left to do:\n  Pinning failed\n    To mend it: try again\n");
	vtune_report_free(report);
	report = make_migration();
	vtune__report_set_dry_run(report);
	expect_text(report, "db01: would go to qemu+ssh://b/system\n"
			    "Calls, in order:\n  virDomainMigrate3(db01, qemu+ssh://b/system)\n");
	vtune_report_free(report);
}

static void test_apply(void **state)
{
	struct vtune_report *report = make_apply();

	(void)state;
	expect_document(report, "apply");
	assert_int_equal(vtune_report_holds(report), 0);
	expect_text(report, "db01: set, with 2 calls\n"
			    "Due at the next start:\n"
			    "  The 4 GiB of cell 0 come from node 1.\n"
			    "Domains that libvtune did not place, on its CPUs:\n"
			    "  \"old\" may run on CPU 6.\n"
			    "    To mend it: vtune-place apply old\n");
	vtune__report_set_dry_run(report);
	expect_document(report, "apply-dry-run");
	expect_text(report, "db01: 2 calls would be made\n"
			    "Calls, in order:\n"
			    "  pin vCPU 2 to CPU 6\n"
			    "  pin I/O thread 1 of \"web1\" to CPU 4\n"
			    "Due at the next start:\n"
			    "  The 4 GiB of cell 0 come from node 1.\n"
			    "Domains that libvtune did not place, on its CPUs:\n"
			    "  \"old\" may run on CPU 6.\n"
			    "    To mend it: vtune-place apply old\n");
	vtune_report_free(report);
}

static void test_verify(void **state)
{
	struct vtune_report *report = make_verify();

	(void)state;
	expect_document(report, "verify");
	assert_int_equal(vtune_report_holds(report), 0);
	assert_int_equal(vtune__report_count(report, VTUNE__REPORT_DRIFT), 3);
	expect_text(report, "db01: 4 vCPUs, 8 GiB on node 1: not as planned\n"
			    "  vCPU 2 runs on CPU 3, not on 6. (thread)\n"
			    "  64 MiB of cell 0 are on node 2.\n"
			    "  The definition pins vCPU 1 nowhere, not to 5. (definition)\n"
			    "  To mend it: vtune-place apply db01\n"
			    "  To mend it: vtune-place apply --move-memory db01\n"
			    "db02: 2 vCPUs, 1 GiB on node 0: what could be seen is where it should "
			    "be\n"
			    "  Not seen: where its memory lies, which only root may see\n"
			    "db03: 1 vCPU, 512 MiB on node 2: as planned, but for what is due at "
			    "the next start\n"
			    "  Due at the next start: Cell 0 has other pages. (live XML)\n"
			    "  To have it now: shut db03 down and start it again\n"
			    "db04: 1 vCPU, 512 MiB on node 3: all where they should be\n");
	vtune_report_free(report);
}

/* What the next start will set has not drifted. */
static void test_due(void **state)
{
	struct vtune_report *report = vtune__report_new(VTUNE__REPORT_VERIFY, NULL);

	(void)state;
	add_due(report);
	assert_int_equal(vtune_report_holds(report), 1);
	expect_text(report, "No running domain carries a plan.\n"
			    "Due at the next start: Cell 0 has other pages.\n");
	vtune_report_free(report);
}

static void test_empty(void **state)
{
	struct vtune_report *apply = vtune__report_new(VTUNE__REPORT_APPLY, NULL);
	struct vtune_report *verify = vtune__report_new(VTUNE__REPORT_VERIFY, NULL);
	struct vtune__finding unseen = { VTUNE__FINDING, .code = "no_plan", .vm = "web1",
					 .text = "\"web1\" carries no plan." };

	(void)state;
	add_vm(apply, "db01", NULL, false);
	expect_text(apply, "db01: nothing to set, it is all as planned\n");
	assert_int_equal(vtune_report_holds(apply), 1);
	expect_text(verify, "No running domain carries a plan.\n");
	assert_int_equal(vtune_report_holds(verify), 1);
	add(verify, VTUNE__REPORT_UNSEEN, unseen);
	expect_text(verify, "No running domain carries a plan.\n"
			    "Not seen: \"web1\" carries no plan.\n");
	assert_int_equal(vtune_report_holds(verify), 1);
	vtune_report_free(apply);
	vtune_report_free(verify);
}

static void test_null(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_report_holds(NULL), 0);
	vtune_report_free(NULL);
	assert_null(vtune_report_to_json(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_report_to_text(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply),  cmocka_unit_test(test_migration),
		cmocka_unit_test(test_verify), cmocka_unit_test(test_due),
		cmocka_unit_test(test_empty),  cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
