/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings are set and put back: when all goes well, when the kernel refuses or grants less,
 * and when somebody else is about. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>

#include <cmocka.h>

#include "tuning-apply-help.h"

/* A finding of that path; its text has the part. */
static void assert_finding(const struct vtune_report *report, const char *list, const char *path,
			   const char *part)
{
	char *json = vtune_report_to_json(report, NULL);
	struct vtune__json root, array, finding;
	unsigned int length;
	bool found = false;

	assert_int_equal(vtune__json_open(json, &root, NULL), 0);
	assert_true(vtune__json_get(&root, list, &array));
	assert_int_equal(vtune__json_array(&array, &length, NULL), 0);
	for (unsigned int i = 0; i < length; i++) {
		struct vtune__json where, text;
		const char *a, *b;

		vtune__json_element(&array, i, &finding);
		if (!vtune__json_get(&finding, "where", &where) ||
		    !vtune__json_get(&finding, "text", &text))
			continue;
		assert_int_equal(vtune__json_string(&where, &a, NULL), 0);
		assert_int_equal(vtune__json_string(&text, &b, NULL), 0);
		found = found || (strcmp(a, path) == 0 && strstr(b, part));
	}
	if (!found)
		fail_msg("no \"%s\" at %s in %s of %s", part, path, list, json);
	vtune__json_close(&root);
	free(json);
}

/* ---- all goes well ---- */

static void test_apply_and_undo(void **state)
{
	struct vtune_report *report;

	(void)state;
	make_untuned();
	report = apply_with(&vtune__real_door, 0);
	assert_true(vtune_report_holds(report));
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS);
	assert_finding(report, "calls", "/proc/sys/vm/swappiness", "60 -> 10");
	vtune_report_free(report);
	assert_settings(true);
	assert_true(has_undo_file());
	report = undo_with(&vtune__real_door, 0);
	assert_true(vtune_report_holds(report));
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS);
	vtune_report_free(report);
	assert_settings(false);
	assert_false(has_undo_file());
	report = undo_with(&vtune__real_door, 0);
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), 0);
	vtune_report_free(report);
}

static void test_dry_run(void **state)
{
	struct vtune_report *report;

	(void)state;
	make_untuned();
	report = apply_with(&vtune__real_door, VTUNE_APPLY_DRY_RUN);
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS);
	vtune_report_free(report);
	assert_settings(false);
	assert_false(has_undo_file());
	apply();
	report = undo_with(&vtune__real_door, VTUNE_APPLY_DRY_RUN);
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS);
	vtune_report_free(report);
	assert_settings(true);
	assert_true(has_undo_file());
}

/* Pools give before others take, and KSM starts when it knows how. */
static void test_order(void **state)
{
	struct vtune_report *report;
	char *text, *give, *take;

	(void)state;
	make_untuned();
	report = apply_with(&vtune__real_door, VTUNE_APPLY_DRY_RUN);
	text = vtune_report_to_text(report, NULL);
	give = strstr(text, "node0/hugepages");
	take = strstr(text, "node1/hugepages");
	assert_non_null(give);
	assert_non_null(take);
	assert_true(give < strstr(text, "swappiness") && strstr(text, "swappiness") < take);
	free(text);
	vtune_report_free(report);
}

static void test_ksm_starts_last(void **state)
{
	struct vtune_tuning_options *options = options_for("density", NULL);
	struct vtune_report *report;
	struct vtune_tuning *tuning;
	char *text;

	(void)state;
	tree_usual();
	tuning = tuning_of(options);
	report = vtune_tuning_apply(tuning, VTUNE_APPLY_DRY_RUN, NULL);
	text = vtune_report_to_text(report, NULL);
	assert_true(strstr(text, "ksm/run") > strstr(text, "ksm/merge_across_nodes"));
	assert_true(strstr(text, "ksm/run") > strstr(text, "ksm/sleep_millisecs"));
	free(text);
	vtune_report_free(report);
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* ---- the kernel does not do as it is told ---- */

struct stubborn_door {
	struct vtune__door door;
	const char *part;  /* of the path */
	int number;	   /* errno, or 0 */
	const char *value; /* written in the place of any other; NULL: none is */
};

static int stubborn_write(const struct vtune__door *door, const char *path, const char *value)
{
	const struct stubborn_door *stubborn = (const struct stubborn_door *)door;

	if (!strstr(path, stubborn->part))
		return vtune__real_door.write(door, path, value);
	if (stubborn->value)
		vtune__real_door.write(door, path, stubborn->value);
	return stubborn->number;
}

static struct stubborn_door stubborn_at(const char *part, int number, const char *value)
{
	struct stubborn_door stubborn = {
		.door = vtune__real_door,
		.part = part,
		.number = number,
		.value = value,
	};

	stubborn.door.write = stubborn_write;
	return stubborn;
}

static void test_refused(void **state)
{
	struct stubborn_door refuses = stubborn_at("swappiness", EACCES, NULL);
	struct vtune_report *report;

	(void)state;
	make_untuned();
	report = apply_with(&refuses.door, 0);
	assert_false(vtune_report_holds(report));
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS - 1);
	assert_finding(report, "drift", "/proc/sys/vm/swappiness", "Permission denied");
	vtune_report_free(report);
	assert_tree("/proc/sys/vm/swappiness", "60");
	assert_tree("/proc/sys/fs/aio-max-nr", "1048576");
	/* It was not changed, so somebody who does now is not undone. */
	tree_put("proc/sys/vm/swappiness", "42");
	report = undo_with(&vtune__real_door, 0);
	assert_true(vtune_report_holds(report));
	vtune_report_free(report);
	assert_tree("/proc/sys/vm/swappiness", "42");
	assert_tree("/proc/sys/fs/aio-max-nr", "65536");
}

static void test_all_refused(void **state)
{
	struct stubborn_door refuses = stubborn_at("/", EROFS, NULL);
	struct vtune_report *report;

	(void)state;
	make_untuned();
	report = apply_with(&refuses.door, 0);
	assert_int_equal(count(report, VTUNE__REPORT_DRIFT), NSETTINGS);
	vtune_report_free(report);
	assert_settings(false);
	assert_false(has_undo_file());
}

static void test_granted_less(void **state)
{
	static const char path[] = "/" POOLS "1/hugepages/hugepages-2048kB/nr_hugepages";
	struct stubborn_door grants = stubborn_at("node1/hugepages", 0, "250");
	struct vtune_report *report;

	(void)state;
	make_untuned();
	report = apply_with(&grants.door, 0);
	assert_false(vtune_report_holds(report));
	assert_finding(report, "drift", path, "granted 250 of 512");
	vtune_report_free(report);
	assert_tree(path, "250");
	undo();
	assert_settings(false);
}

/* The kernel rounds, say. */
static void test_taken_otherwise(void **state)
{
	struct stubborn_door rounds = stubborn_at("aio-max-nr", 0, "1000000");
	struct vtune_report *report;

	(void)state;
	make_untuned();
	report = apply_with(&rounds.door, 0);
	assert_finding(report, "drift", "/proc/sys/fs/aio-max-nr", "made 1000000 of 1048576");
	vtune_report_free(report);
	undo();
	assert_settings(false);
}

/* What cannot be put back now can be later. */
static void test_undo_refused(void **state)
{
	struct stubborn_door refuses = stubborn_at("ksm/run", EBUSY, NULL);
	struct vtune_report *report;

	(void)state;
	make_untuned();
	apply();
	report = undo_with(&refuses.door, 0);
	assert_false(vtune_report_holds(report));
	assert_finding(report, "drift", "/sys/kernel/mm/ksm/run", "busy");
	vtune_report_free(report);
	assert_true(has_undo_file());
	report = undo_with(&vtune__real_door, 0);
	assert_true(vtune_report_holds(report));
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), 1);
	vtune_report_free(report);
	assert_settings(false);
	assert_false(has_undo_file());
}

static int no_replace(const struct vtune__door *door, const char *path, const char *text)
{
	(void)door;
	(void)path;
	(void)text;
	return ENOSPC;
}

/* Without a record nothing is changed. */
static void test_no_record(void **state)
{
	struct vtune__door full = vtune__real_door;
	struct vtune_tuning *tuning;
	struct vtune_error *err = NULL;

	(void)state;
	full.replace = no_replace;
	make_untuned();
	tuning = check();
	assert_null(vtune__tuning_apply(tuning, 0, &full, &err));
	assert_error(&err, VTUNE_ERR_SYSTEM, tree_path(UNDO), "No space left");
	assert_settings(false);
	vtune_tuning_free(tuning);
}

/* ---- somebody else ---- */

static void test_changed_since(void **state)
{
	struct vtune_report *report;

	(void)state;
	make_untuned();
	apply();
	tree_put("proc/sys/vm/swappiness", "42");
	report = undo_with(&vtune__real_door, 0);
	assert_false(vtune_report_holds(report));
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS - 1);
	assert_finding(report, "drift", "/proc/sys/vm/swappiness", "is 42 now: somebody else");
	vtune_report_free(report);
	assert_tree("/proc/sys/vm/swappiness", "42");
	assert_tree("/proc/sys/fs/aio-max-nr", "65536");
	assert_false(has_undo_file());
}

static void test_changed_between_check_and_apply(void **state)
{
	struct vtune_report *report;
	struct vtune_tuning *tuning;

	(void)state;
	make_untuned();
	tuning = check();
	tree_put("proc/sys/vm/swappiness", "42");
	tree_put("proc/sys/fs/aio-max-nr", "1048576");
	report = vtune_tuning_apply(tuning, 0, NULL);
	assert_false(vtune_report_holds(report));
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), NSETTINGS - 2);
	assert_finding(report, "drift", "/proc/sys/vm/swappiness", "was 60, and is 42 now");
	vtune_report_free(report);
	vtune_tuning_free(tuning);
	assert_tree("/proc/sys/vm/swappiness", "42");
	undo();
	assert_tree("/proc/sys/vm/swappiness", "42");
	assert_tree("/proc/sys/fs/aio-max-nr", "1048576");
	assert_tree("/proc/sys/kernel/numa_balancing", "1");
}

/* Two profiles one after another, and undo goes back to before the first. */
static void test_apply_twice(void **state)
{
	struct vtune_tuning_options *options = options_for("density", NULL);
	struct vtune_tuning *tuning;

	(void)state;
	make_untuned();
	apply();
	tuning = tuning_of(options);
	vtune_report_free(vtune_tuning_apply(tuning, 0, NULL));
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
	assert_tree("/sys/kernel/mm/ksm/run", "1");
	assert_tree("/sys/kernel/mm/ksm/merge_across_nodes", "0");
	undo();
	assert_settings(false);
	assert_tree("/sys/kernel/mm/ksm/merge_across_nodes", "1");
	assert_false(has_undo_file());
}

/* Somebody changes it between two applies: that is what it was. */
static void test_apply_twice_with_another_between(void **state)
{
	(void)state;
	make_untuned();
	apply();
	tree_put("proc/sys/vm/swappiness", "42");
	apply();
	assert_tree("/proc/sys/vm/swappiness", "10");
	undo();
	assert_tree("/proc/sys/vm/swappiness", "42");
	assert_tree("/proc/sys/fs/aio-max-nr", "65536");
}

/* A device that is gone is no reason to keep the record. */
static void test_gone_since(void **state)
{
	(void)state;
	make_untuned();
	apply();
	tree_set("sys/kernel/mm/ksm/run");
	undo();
	assert_false(has_undo_file());
	assert_tree("/proc/sys/vm/swappiness", "60");
}

static void test_busy(void **state)
{
	struct vtune_tuning *tuning;
	struct vtune_error *err = NULL;
	int folder;

	(void)state;
	make_untuned();
	apply();
	folder = open(tree_path("var/lib/vtune"), O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(folder, LOCK_EX), 0);
	tree_put("proc/sys/vm/swappiness", "60");
	tuning = check();
	assert_null(vtune_tuning_apply(tuning, 0, &err));
	assert_error(&err, VTUNE_ERR_BUSY, tree_path("var/lib/vtune"), "Somebody else");
	vtune_tuning_free(tuning);
	close(folder);
	assert_tree("/proc/sys/vm/swappiness", "60");
}

/* ---- the record ---- */

static void test_bad_records(void **state)
{
	static const struct {
		const char *text, *where, *part;
		enum vtune_error_code code;
	} records[] = {
		{ "{", "", "undo.json: This is not JSON", VTUNE_ERR_SYNTAX },
		{ "{ 'version': 2, 'kind': 'tuning-undo', 'changes': [] }", "/version", "1",
		  VTUNE_ERR_DOCUMENT },
		{ "{ 'version': 1, 'kind': 'plan', 'changes': [] }", "/kind", "tuning-undo",
		  VTUNE_ERR_DOCUMENT },
		{ "{ 'version': 1, 'kind': 'tuning-undo', 'changes': [ { 'check': 'H1', 'path': "
		  "'/etc/passwd', 'was': 'x', 'set': 'y', 'when': 1 } ] }",
		  "/changes/0/path", "is no setting", VTUNE_ERR_DOCUMENT },
		{ "{ 'version': 1, 'kind': 'tuning-undo', 'changes': [ { 'check': 'H1', 'path': "
		  "'/sys/../etc/passwd', 'was': 'x', 'set': 'y', 'when': 1 } ] }",
		  "/changes/0/path", "is no setting", VTUNE_ERR_DOCUMENT },
		{ "{ 'version': 1, 'kind': 'tuning-undo', 'changes': [ { 'check': 'H1', 'path': "
		  "'/sys/x', 'was': 'x', 'when': 1 } ] }",
		  "/changes/0", "set", VTUNE_ERR_DOCUMENT },
		{ "{ 'version': 1, 'kind': 'tuning-undo', 'changes': [ { 'check': 'H1', 'path': "
		  "'/sys/x', 'was': 'x', 'set': 'y', 'when': 1, 'who': 'me' } ] }",
		  "/changes/0/who", "who", VTUNE_ERR_DOCUMENT },
	};
	struct vtune_tuning_options *options = options_for(NULL, NULL);

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(records); i++) {
		char *text = quoted(records[i].text);
		struct vtune_error *err = NULL;

		tree_put("undo.json", text);
		vtune_tuning_options_set_undo_file(options, tree_path("undo.json"), NULL);
		assert_null(vtune_tuning_undo(options, 0, &err));
		if (vtune_error_get_code(err) != (int)records[i].code ||
		    (records[i].where[0] &&
		     strcmp(vtune_error_get_where(err), records[i].where) != 0) ||
		    !strstr(vtune_error_get_message(err), records[i].part))
			fail_msg("%s: %d at \"%s\": %s", text, vtune_error_get_code(err),
				 vtune_error_get_where(err), vtune_error_get_message(err));
		vtune_error_free(err);
		free(text);
	}
	vtune_tuning_options_free(options);
}

static void test_own_undo_file(void **state)
{
	struct vtune_tuning_options *options = options_for("latency", HUGE);
	struct vtune_tuning *tuning;

	(void)state;
	make_untuned();
	vtune_tuning_options_set_undo_file(options, tree_path("a/b/undo.json"), NULL);
	tuning = tuning_of(options);
	vtune_report_free(vtune_tuning_apply(tuning, 0, NULL));
	assert_settings(true);
	assert_false(has_undo_file());
	assert_int_equal(access(tree_path("a/b/undo.json"), F_OK), 0);
	vtune_report_free(vtune_tuning_undo(options, 0, NULL));
	assert_settings(false);
	assert_int_equal(access(tree_path("a/b/undo.json"), F_OK), -1);
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* ---- files ---- */

static void assert_file(const char *path, const char *line)
{
	char *text = NULL;

	if (vtune__root_read(tree, path, &text, NULL) <= 0)
		fail_msg("there is no %s", path);
	if (!strstr(text, line))
		fail_msg("%s has no \"%s\": %s", path, line, text);
	free(text);
}

static void test_persist(void **state)
{
	struct vtune_tuning_options *options = options_for("realtime", HUGE);
	struct vtune_tuning *tuning;
	struct vtune_report *report;
	struct vtune_error *err = NULL;

	(void)state;
	make_untuned();
	tree_put("usr/sbin/irqbalance", "");
	tree_put("etc/libvirt/qemu.conf", "vnc_listen = \"0.0.0.0\"\n");
	tuning = tuning_of(options);
	report = vtune_tuning_persist(tuning, tree_path("out"), VTUNE_APPLY_DRY_RUN, NULL);
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), 7);
	vtune_report_free(report);
	assert_int_equal(access(tree_path("out"), F_OK), -1);
	report = vtune_tuning_persist(tuning, tree_path("out/"), 0, &err);
	assert_non_null(report);
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), 7);
	vtune_report_free(report);
	assert_file("/out/etc/sysctl.d/90-vtune.conf", "\nvm.swappiness = 1\n");
	assert_file("/out/etc/tmpfiles.d/vtune.conf",
		    "\nw /sys/devices/virtual/workqueue/cpumask - - - - cf\n");
	assert_file("/out/etc/modprobe.d/vtune.conf", "\noptions kvm halt_poll_ns=500000\n");
	assert_file("/out/etc/udev/rules.d/90-vtune.rules", "ATTR{queue/scheduler}=\"none\"\n");
	assert_file("/out/etc/vtune/kernel-command-line",
		    "isolcpus=managed_irq,domain,4-5 nohz_full=4-5 rcu_nocbs=4-5\n");
	assert_file("/out/etc/systemd/system/irqbalance.service.d/90-vtune.conf",
		    "[Service]\n# H12d: CPUs that irqbalance leaves alone\n"
		    "Environment=IRQBALANCE_BANNED_CPULIST=4-5\n");
	assert_file("/out/etc/vtune/libvirt-advice", "vnc_listen = \"127.0.0.1\"\n");
	vtune_tuning_free(tuning);
	/* What is no longer wanted is taken away. */
	vtune_tuning_options_add_only(options, "swappiness", NULL);
	tuning = tuning_of(options);
	report = vtune_tuning_persist(tuning, tree_path("out"), 0, NULL);
	assert_int_equal(count(report, VTUNE__REPORT_CALLS), 7);
	assert_finding(report, "calls", tree_path("out/etc/tmpfiles.d/vtune.conf"), "removed");
	vtune_report_free(report);
	assert_int_equal(access(tree_path("out/etc/tmpfiles.d/vtune.conf"), F_OK), -1);
	assert_file("/out/etc/sysctl.d/90-vtune.conf", "vm.swappiness = 1\n");
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* Files can be written after the settings were set, too. */
static void test_persist_after_apply(void **state)
{
	struct vtune_tuning *tuning;

	(void)state;
	make_untuned();
	apply();
	tree_put(POOLS "1/hugepages/hugepages-2048kB/free_hugepages", "512");
	tree_put(POOLS "0/hugepages/hugepages-2048kB/free_hugepages", "0");
	tuning = check();
	assert_true(vtune_tuning_holds(tuning));
	vtune_report_free(vtune_tuning_persist(tuning, tree_path("out"), 0, NULL));
	assert_file("/out/etc/sysctl.d/90-vtune.conf", "vm.swappiness = 10\n");
	assert_file("/out/etc/tmpfiles.d/vtune.conf", "cpumask - - - - cf\n");
	assert_file("/out/etc/tmpfiles.d/vtune.conf",
		    "node1/hugepages/hugepages-2048kB/nr_hugepages - - - - 512\n");
	vtune_tuning_free(tuning);
}

/* ---- a tree that leads elsewhere, and files of others ---- */

/* Links of a saved tree lead to what is below it, as everywhere in it. */
static void test_record_stays_inside(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune_tuning *tuning;

	(void)state;
	make_untuned();
	assert_int_equal(symlink("/moved", tree_path("var")), 0);
	apply();
	assert_settings(true);
	assert_int_equal(access(tree_path("moved/lib/vtune/tuning-undo.json"), F_OK), 0);
	undo();
	assert_settings(false);
	assert_int_equal(access(tree_path("moved/lib/vtune/tuning-undo.json"), F_OK), -1);
	tuning = check();
	tree_put("out/readme", "");
	assert_int_equal(symlink("/conf", tree_path("out/etc")), 0);
	vtune_report_free(vtune_tuning_persist(tuning, tree_path("out"), 0, &err));
	assert_null(err);
	assert_file("/out/conf/sysctl.d/90-vtune.conf", "vm.swappiness = 10\n");
	vtune_tuning_free(tuning);
	assert_int_equal(unlink(tree_path("var")), 0);
	assert_int_equal(symlink("var", tree_path("var")), 0);
	assert_null(vtune__root_place(tree, "/var/lib/file", &err));
	assert_string_equal(vtune_error_get_where(err), "/var/lib/file");
	vtune_error_free(err);
}

/* What others can write is no record: they would set what they like with it. */
static void test_record_of_others(void **state)
{
	struct vtune_tuning_options *options = options_for(NULL, NULL);
	struct vtune_error *err = NULL;

	(void)state;
	make_untuned();
	apply();
	assert_int_equal(chmod(tree_path(UNDO), 0666), 0);
	assert_null(vtune__tuning_undo(options, 0, &vtune__real_door, &err));
	assert_non_null(strstr(vtune_error_get_message(err), "not yours alone to write"));
	assert_settings(true);
	assert_int_equal(chmod(tree_path(UNDO), 0664), 0);
	undo();
	assert_settings(false);
	vtune_error_free(err);
	vtune_tuning_options_free(options);
}

/* What another user has put where the record is written first is not written to. */
static void test_file_of_others(void **state)
{
	struct stat status;

	(void)state;
	make_untuned();
	tree_put("victim", "precious");
	tree_put(UNDO, "");
	assert_int_equal(unlink(tree_path(UNDO)), 0);
	assert_int_equal(link(tree_path("victim"), tree_path(UNDO ".new")), 0);
	apply();
	assert_tree("/victim", "precious");
	assert_int_equal(stat(tree_path(UNDO), &status), 0);
	assert_int_equal(status.st_mode & 022, 0);
	undo();
	assert_settings(false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_apply_and_undo),
		TEST(test_dry_run),
		TEST(test_order),
		TEST(test_ksm_starts_last),
		TEST(test_refused),
		TEST(test_all_refused),
		TEST(test_granted_less),
		TEST(test_taken_otherwise),
		TEST(test_undo_refused),
		TEST(test_no_record),
		TEST(test_changed_since),
		TEST(test_changed_between_check_and_apply),
		TEST(test_apply_twice),
		TEST(test_apply_twice_with_another_between),
		TEST(test_gone_since),
		TEST(test_busy),
		TEST(test_bad_records),
		TEST(test_own_undo_file),
		TEST(test_persist),
		TEST(test_persist_after_apply),
		TEST(test_file_of_others),
		TEST(test_record_stays_inside),
		TEST(test_record_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
