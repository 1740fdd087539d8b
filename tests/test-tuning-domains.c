/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of what domains open to others, through libvirt's test driver; and the tuning as
 * text and document. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live/live.h"
#include "tuning-help.h"

static struct vtune_connection *connect_to(const char *domains)
{
	struct vtune__text text = { 0 };
	struct vtune_connection *connection;
	struct vtune_error *err = NULL;
	char uri[8192];

	vtune__text_addf(&text,
			 "<node><cpu><nodes>2</nodes><sockets>1</sockets><cores>4</cores>"
			 "<threads>1</threads><active>8</active></cpu><memory>33554432</memory>"
			 "%s</node>",
			 domains);
	tree_put("node.xml", text.data);
	vtune__text_free(&text);
	snprintf(uri, sizeof(uri), "test://%s", tree_path("node.xml"));
	connection = vtune_connection_open(uri, &err);
	if (!connection)
		fail_msg("%s", vtune_error_get_message(err));
	return connection;
}

/* A domain with this in its devices and beside them. */
#define DOMAIN(name, devices, beside)                                                     \
	"<domain type='test'><name>" name "</name><memory>1048576</memory><vcpu>1</vcpu>" \
	"<os><type>hvm</type></os>" beside "<devices>" devices "</devices></domain>"
#define SCREEN(type, address, more) \
	"<graphics type='" type "' port='5900' listen='" address "' " more "/>"
#define AGENT "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"

static struct vtune_tuning *check_domains(const char *domains, const char *qemu_conf)
{
	/* The driver tells no nodes of a machine of its own, so the host is given. */
	struct vtune_tuning_options *options = options_for("latency", "");
	struct vtune_connection *connection = connect_to(domains);
	struct vtune_error *err = NULL;
	struct vtune_tuning *tuning;

	tree_usual();
	if (qemu_conf)
		tree_put("etc/libvirt/qemu.conf", qemu_conf);
	tuning = vtune_tuning_check(options, connection, &err);
	if (!tuning)
		fail_msg("%s", vtune_error_get_message(err));
	vtune_connection_free(connection);
	vtune_tuning_options_free(options);
	return tuning;
}

struct domain_case {
	const char *domains, *conf, *id;
	enum vtune__verdict verdict;
	const char *where, *current;
};

static const struct domain_case cases[] = {
	{ DOMAIN("a", "", ""), NULL, "S2b", VTUNE__OK, NULL,
	  "no VM shows its screen to the network" },
	{ DOMAIN("a", SCREEN("vnc", "127.0.0.1", ""), ""), NULL, "S2b", VTUNE__OK, NULL,
	  "no VM shows its screen to the network" },
	{ DOMAIN("a", SCREEN("vnc", "0.0.0.0", ""), ""), NULL, "S2b", VTUNE__DANGER, "VM a",
	  "vnc on 0.0.0.0, no password, no TLS" },
	{ DOMAIN("a", SCREEN("vnc", "0.0.0.0", "passwd='secret'"), ""), NULL, "S2b", VTUNE__WARN,
	  "VM a", "vnc on 0.0.0.0, a password, no TLS" },
	{ DOMAIN("a", SCREEN("spice", "::", ""), ""), NULL, "S2b", VTUNE__DANGER, "VM a",
	  "spice on ::, no password, no TLS" },
	{ DOMAIN("a", SCREEN("vnc", "0.0.0.0", ""), ""), "vnc_tls = 1\n", "S2b", VTUNE__OK, NULL,
	  "no VM shows its screen to the network" },
	{ DOMAIN("a", SCREEN("vnc", "0.0.0.0", ""), ""), "vnc_password = \"x\"\n", "S2b",
	  VTUNE__WARN, "VM a", "vnc on 0.0.0.0, a password, no TLS" },
	{ DOMAIN("a", "", ""), NULL, "S3c", VTUNE__OK, NULL, "every VM has its label" },
	{ DOMAIN("a", "", "<seclabel type='none' model='none'/>"), NULL, "S3c", VTUNE__WARN, "VM a",
	  "seclabel of the type none" },
	{ DOMAIN("a", "", ""), NULL, "S4", VTUNE__OK, NULL, "no VM has its channel" },
	{ DOMAIN("a", AGENT, ""), NULL, "S4", VTUNE__ADVICE, "VM a",
	  "a channel of the guest agent" },
	{ "", NULL, "S4", VTUNE__OK, NULL, "no domains" },
};

static void expect_text(const char *id, const char *have, const char *want)
{
	if (have && want ? strcmp(have, want) != 0 : have != want)
		fail_msg("%s: \"%s\" and not \"%s\"", id, have ? have : "(none)",
			 want ? want : "(none)");
}

static void test_domains(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(cases); i++) {
		struct vtune_tuning *tuning = check_domains(cases[i].domains, cases[i].conf);
		const struct vtune__row *row = row_of(tuning, cases[i].id);

		expect_text(cases[i].id, vtune__verdict_names[row->verdict],
			    vtune__verdict_names[cases[i].verdict]);
		expect_text(cases[i].id, row->where, cases[i].where);
		expect_text(cases[i].id, row->current, cases[i].current);
		vtune_tuning_free(tuning);
	}
}

/* One row for each that is wrong, in the order of their names. */
static void test_rows_of_two(void **state)
{
	struct vtune_tuning *tuning = check_domains(
		DOMAIN("z", SCREEN("vnc", "0.0.0.0", ""), "")
			DOMAIN("b", SCREEN("vnc", "0.0.0.0", ""), "") DOMAIN("m", "", ""),
		NULL);
	const struct vtune__row *row = row_of(tuning, "S2b");

	(void)state;
	assert_string_equal(row[0].where, "VM b");
	assert_string_equal(row[1].where, "VM z");
	assert_string_equal(row[1].check->id, "S2b");
	assert_string_not_equal(row[2].check->id, "S2b");
	vtune_tuning_free(tuning);
}

/* Without a host the running VMs are those of the connection. */
static void test_running(void **state)
{
	struct vtune_connection *connection = vtune_connection_open("test:///default", NULL);
	struct vtune_tuning_options *options = options_for("latency", NULL);
	struct vtune_tuning *tuning;

	(void)state;
	tree_usual();
	tuning = vtune_tuning_check(options, connection, NULL);
	assert_non_null(tuning);
	assert_int_equal(tuning->vms.count, 1);
	assert_string_equal(tuning->vms.list[0], "test");
	vtune_tuning_free(tuning);
	vtune_connection_free(connection);
	vtune_tuning_options_free(options);
}

static void test_shared_pages(void **state)
{
	static const struct {
		const char *domains;
		enum vtune__verdict verdict;
		const char *current;
	} shared[] = {
		{ DOMAIN("a", "", "") DOMAIN("b", "", ""), VTUNE__WARN,
		  "KSM runs, 2 VMs may share pages" },
		{ DOMAIN("a", "", "")
			  DOMAIN("b", "", "<memoryBacking><nosharepages/></memoryBacking>"),
		  VTUNE__OK, "KSM runs, 1 VMs may share pages" },
		{ DOMAIN("a", "", ""), VTUNE__OK, "KSM runs, 1 VMs may share pages" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(shared); i++) {
		struct vtune_tuning_options *options = options_for("latency", "");
		struct vtune_connection *connection = connect_to(shared[i].domains);
		struct vtune_tuning *tuning;

		tree_usual();
		tree_put("sys/kernel/mm/ksm/run", "1");
		tuning = vtune_tuning_check(options, connection, NULL);
		assert_int_equal(row_of(tuning, "S5")->verdict, shared[i].verdict);
		assert_string_equal(row_of(tuning, "S5")->current, shared[i].current);
		vtune_tuning_free(tuning);
		vtune_connection_free(connection);
		vtune_tuning_options_free(options);
	}
}

/* This machine's files say nothing of another one. */
static void test_remote(void **state)
{
	struct vtune_connection *connection = connect_to("");
	struct vtune_error *err = NULL;

	(void)state;
	connection->is_test = false;
	assert_null(vtune_tuning_check(NULL, connection, &err));
	assert_error(&err, VTUNE_ERR_UNSUPPORTED, "", "another machine");
	vtune_connection_free(connection);
}

/* ---- the page and the document ---- */

/* A file of data; VTUNE_UPDATE writes it anew. */
static void assert_golden(const char *name, const char *text)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	struct vtune__text path = { 0 };
	char *golden;
	FILE *file;

	vtune__text_addf(&path, "%s/data/%s", srcdir, name);
	if (getenv("VTUNE_UPDATE")) {
		file = fopen(path.data, "w");
		assert_non_null(file);
		fputs(text, file);
		fclose(file);
	}
	golden = vtune__file_read(path.data, NULL);
	if (!golden || strcmp(golden, text) != 0)
		fail_msg("%s is not:\n%s", path.data, text);
	free(golden);
	vtune__text_free(&path);
}

/* The path of the tree is another one each time. */
static char *without_tree(const char *text)
{
	struct vtune__text out = { 0 };
	const char *at;

	while ((at = strstr(text, tree))) {
		vtune__text_add_bytes(&out, text, (size_t)(at - text));
		vtune__text_add(&out, "/tree");
		text = at + strlen(tree);
	}
	vtune__text_add(&out, text);
	return out.data;
}

static struct vtune_tuning *check_all_kinds(void)
{
	struct vtune_tuning_options *options =
		options_for("latency", "{ 'vm': 'a', 'cpus': '4-5', 'memory': [ { 'node': 1, "
				       "'size_kib': 1048576, 'page_kib': 2048 } ] }");
	struct vtune_connection *connection =
		connect_to(DOMAIN("a", SCREEN("vnc", "0.0.0.0", "passwd='secret'") AGENT, ""));
	struct vtune_tuning *tuning;

	tree_usual();
	tree_put("proc/sys/vm/swappiness", "60");
	tree_put("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
	tree_put("etc/libvirt/libvirtd.conf", "listen_tcp = 1\nauth_tcp = \"none\"\n");
	tree_put("usr/sbin/irqbalance", "");
	tuning = vtune_tuning_check(options, connection, NULL);
	vtune_connection_free(connection);
	vtune_tuning_options_free(options);
	return tuning;
}

static void test_text(void **state)
{
	struct vtune_tuning *tuning = check_all_kinds();
	char *text = vtune_tuning_to_text(tuning, 0, NULL);
	char *narrow = vtune_tuning_to_text(tuning, 1, NULL);

	(void)state;
	assert_golden("tunings/latency.txt", text);
	assert_true(strlen(narrow) > strlen(text));
	free(text);
	free(narrow);
	vtune_tuning_free(tuning);
}

static void test_document(void **state)
{
	struct vtune_tuning *tuning = check_all_kinds();
	char *json = vtune_tuning_to_json(tuning, NULL);
	char *same = without_tree(json);

	(void)state;
	assert_golden("tunings/latency.json", same);
	assert_null(strstr(json, "secret"));
	free(same);
	free(json);
	vtune_tuning_free(tuning);
}

/* The checks that are only made to hold at the next start, too. */
static void test_realtime(void **state)
{
	struct vtune_tuning_options *options =
		options_for("realtime", "{ 'vm': 'a', 'cpus': '4-5' }");
	struct vtune_tuning *tuning;
	char *json, *same;

	(void)state;
	tree_usual();
	assert_int_equal(vtune_tuning_options_add_only(options, "H12", NULL), 0);
	tuning = tuning_of(options);
	json = vtune_tuning_to_json(tuning, NULL);
	same = without_tree(json);
	assert_golden("tunings/realtime.json", same);
	free(same);
	free(json);
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

static void assert_report(struct vtune_report *report, const char *name)
{
	char *json = vtune_report_to_json(report, NULL), *same = without_tree(json);

	assert_golden(name, same);
	free(json);
	free(same);
}

static void test_reports(void **state)
{
	struct vtune_tuning *tuning = check_all_kinds();
	struct vtune_tuning_options *options = options_for(NULL, NULL);
	struct vtune_report *report = vtune_tuning_apply(tuning, 0, NULL);
	char *text = vtune_report_to_text(report, NULL);

	(void)state;
	assert_golden("tunings/apply.txt", text);
	assert_report(report, "reports/tune.json");
	vtune_report_free(report);
	free(text);
	report = vtune_tuning_persist(tuning, tree_path("out"), VTUNE_APPLY_DRY_RUN, NULL);
	assert_report(report, "reports/persist.json");
	vtune_report_free(report);
	tree_put("proc/sys/vm/swappiness", "42");
	report = vtune_tuning_undo(options, 0, NULL);
	text = vtune_report_to_text(report, NULL);
	assert_golden("tunings/undo.txt", text);
	assert_report(report, "reports/undo.json");
	vtune_report_free(report);
	free(text);
	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
}

/* ---- real machines: only what the saved trees have ---- */

static void test_saved_trees(void **state)
{
	static const char *const files[] = {
		"amd-opteron6134-supermicro-h8qg6-cgroup2-4s-8numa-32c32t.tar.bz2",
		"arm-kunpeng920-huawei-xa320-2s-4numa-128c128t.tar.bz2",
		"ia64-hp-superdome-sx2000-64s-17numa-128c128t.tar.bz2",
		"intel-10c20t-desktop-1s-1numa-10c20t.tar.xz",
		"intel-4s-18c-nosnc-4s-4numa-72c144t.tar.xz",
		"intel-clx28c-snc2-pmem-2s-8numa-56c112t.tar.xz",
	};
	const char *shared = getenv("VTUNE_SHARED");

	(void)state;
	if (!shared)
		skip();
	for (unsigned int i = 0; i < VTUNE__COUNT(files); i++) {
		struct vtune_tuning_options *options;
		struct vtune_tuning *tuning;
		char command[16384], *text, *json;

		assert_int_equal(tree_make(NULL), 0);
		snprintf(command, sizeof(command),
			 "tar -xf '%s/sysfs/%s' --strip-components=1 -C '%s'", shared, files[i],
			 tree);
		assert_int_equal(system(command), 0);
		options = options_for("latency", NULL);
		tuning = tuning_of(options);
		assert_true(tuning->nrows >= vtune__tune_nchecks);
		/* Nothing is proposed of which there is no file. */
		for (unsigned int j = 0; j < tuning->nrows; j++)
			for (unsigned int k = 0; k < tuning->rows[j].nsettings; k++)
				assert_int_equal(vtune__root_has(tree,
								 tuning->rows[j].settings[k].path,
								 NULL),
						 1);
		text = vtune_tuning_to_text(tuning, 0, NULL);
		json = vtune_tuning_to_json(tuning, NULL);
		assert_non_null(text);
		assert_non_null(json);
		free(text);
		free(json);
		vtune_tuning_free(tuning);
		vtune_tuning_options_free(options);
		tree_remove(NULL);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_domains),	 TEST(test_rows_of_two),
		TEST(test_shared_pages), TEST(test_running),
		TEST(test_remote),	 TEST(test_text),
		TEST(test_document),	 TEST(test_realtime),
		TEST(test_reports),	 cmocka_unit_test(test_saved_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
