/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vtune_plan_verify() says of threads, cpusets, other domains and the XML. */
#include "live-bench.h"

/* ---- the process ---- */

static void test_process(void **state)
{
	(void)state;
	put_domain();
	assert_int_equal(vtune__process_find(root, NULL, "db01", UUID), PID);
	/* The file is stale: another process has the number by now. */
	put("/proc/77/cmdline", "sh");
	put("/run/libvirt/qemu/db01.pid", "77\n");
	assert_int_equal(vtune__process_find(root, NULL, "db01", UUID), PID);
	put("/run/libvirt/qemu/db01.pid", "nonsense");
	assert_int_equal(vtune__process_find(root, NULL, "db01", UUID), PID);
	/* A user's own libvirt. */
	put("/runtime/libvirt/qemu/run/db01.pid", "4242");
	assert_int_equal(vtune__process_find(root, "/runtime", "db01", UUID), PID);
	assert_int_equal(
		vtune__process_find(root, NULL, "db01", "00000000-edaf-9455-926a-d65c16db1809"), 0);
	remove_all();
	assert_int_equal(vtune__process_find(root, "/none", "db01", UUID), 0);
}

/* ---- threads and cpusets ---- */

static void test_all_in_place(void **state)
{
	(void)state;
	put_domain();
	expect_threads("");
	expect_ram("");
	/* Wider folders that are not of the thread alone are fine. */
	put_thread(4246, "CPU 0/KVM", "2", "");
	put_cpuset("", "0-7", "0-1");
	expect_threads("");
}

static void test_thread_moved(void **state)
{
	(void)state;
	put_domain();
	put_thread(4247, "CPU 1/KVM", "3,5-6", "vcpu1");
	expect_threads("  vCPU 1 may run on CPUs 3,5-6, should be on CPU 3 (thread)\n" MEND);
	put_domain();
	put_thread(PID, "qemu-system-x86", "0-7", "emulator");
	expect_threads("  The emulator may run on CPUs 0-7, should be on CPUs 0,4 (thread)\n" MEND);
	put_domain();
	put_thread(4244, "IO iothread1", "1", "iothread1");
	put_cpuset("iothread1", "1\n", "0-1\n");
	expect_threads(
		"  I/O thread 1 may run on CPU 1, should be on CPU 0 (thread, cgroup)\n" MEND);
	/* One that the plan does not know has the emulator's CPUs. */
	put_domain();
	put_thread(4250, "IO iothread2", "0,4", "emulator");
	expect_threads("");
}

static void test_workers(void **state)
{
	(void)state;
	put_domain();
	put_thread(4243, "call_rcu", "0-7", "emulator");
	expect_threads("  The thread 4243 (call_rcu) of QEMU may run on CPUs 0-7, should be on "
		       "CPUs 0,4 (thread)\n" MEND);
	put_thread(4243, "call_rcu", "0-7", "");
	expect_threads("  The thread 4243 (call_rcu) of QEMU may run on CPUs 0-7, should be on "
		       "CPUs 0,4 (thread)\n"
		       "  To mend it: taskset -cp 0,4 4243\n");
	/* It is where the thread is that made it: that is told once. */
	put_domain();
	put_thread(4244, "IO iothread1", "1", "iothread1");
	put_thread(4245, "worker", "1", "iothread1");
	expect_threads("  I/O thread 1 may run on CPU 1, should be on CPU 0 (thread)\n" MEND);
}

static void test_cpuset(void **state)
{
	(void)state;
	put_domain();
	put_cpuset("vcpu2", "4-7\n", "1\n");
	expect_threads("  vCPU 2 may run on CPUs 4-7, should be on CPU 6 (cgroup)\n" MEND);
	put_domain();
	put_cpuset("emulator", "0,4\n", "0\n");
	expect_threads("  New memory may come from node 0 alone, should come from 0-1 "
		       "(cgroup)\n" MEND_MEMORY);
	put_domain();
	put_cpuset("vcpu2", "four\n", "1\n");
	expect_threads(
		"  Not seen: its cpusets: /sys/fs/cgroup/machine.slice/q.scope/libvirt/vcpu2/"
		"cpuset.cpus.effective is not a list: a number is missing, or something stands there that is not one\n");
}

/* The kernel takes CPUs that are offline out of everything. */
static void test_offline(void **state)
{
	struct bench bench;

	(void)state;
	put_domain();
	put_thread(PID, "qemu-system-x86", "0", "emulator");
	put_thread(4243, "call_rcu", "0", "emulator");
	put_cpuset("emulator", "0\n", "0-1\n");
	put_thread(4249, "CPU 3/TCG", "0-3,5-6", "vcpu3");
	put_cpuset("vcpu3", "\n", "1\n");
	open_bench(&bench);
	vtune__set_remove(&bench.online, 4);
	vtune__set_remove(&bench.online, 7);
	assert_int_equal(vtune__verify_threads(&bench.look, root, PID), 0);
	assert_int_equal(vtune__verify_online(&bench.look), 0);
	expect_lines(&bench, "  CPUs 4,7 of its plan are offline\n  To mend it: chcpu -e 4,7\n");
	open_bench(&bench);
	bench.look.online = NULL;
	assert_int_equal(vtune__verify_online(&bench.look), 0);
	expect_lines(&bench, "  Not seen: which CPUs are online\n");
}

static void test_version_1(void **state)
{
	static const char folder[] = "7:pids:/x\n5:cpu,cpuset:/machine/db01/vcpu0\n0::/y\n";
	char *found;

	(void)state;
	remove_all();
	found = vtune__cgroup_folder(root, folder, NULL);
	assert_string_equal(found, "/sys/fs/cgroup/cpuset/machine/db01/vcpu0");
	free(found);
	found = vtune__cgroup_folder(root, "4:cpusets:/z\n0::/y\n", NULL);
	assert_string_equal(found, "/sys/fs/cgroup/y");
	free(found);
	put("/sys/fs/cgroup/unified/x", "");
	found = vtune__cgroup_folder(root, "0::/y", NULL);
	assert_string_equal(found, "/sys/fs/cgroup/unified/y");
	free(found);
	assert_null(vtune__cgroup_folder(root, "4:cpusets:/z\nnonsense\n\n:", NULL));
	assert_null(vtune__cgroup_folder(root, "", NULL));
}

static void test_threads_unseen(void **state)
{
	(void)state;
	put_domain();
	for (int tid = 4246; tid < 4250; tid++)
		put_thread(tid, "qemu-system-x86", "0", "");
	expect_threads("  Not seen: which of its threads are vCPUs: they have no names\n");
	/* The cgroup tells as well. */
	put_thread(4246, "qemu-system-x86", "1", "vcpu0");
	expect_threads("  vCPU 0 may run on CPU 1, should be on CPU 2 (thread)\n" MEND);
	put("/proc/4242/task/4246/status", "Name:\tx\nCpus_allowed_list:\t1-\n");
	expect_threads("  Not seen: the CPUs of its threads: The status of thread 4246 has \"1-\" "
		       "for its CPUs: a number is missing, or something stands there that is "
		       "not one\n");
	remove_all();
	put("/proc/4242/task/none", "");
	expect_threads(
		"  Not seen: the CPUs of its threads: Process 4242 has ended: No such file or "
		"directory\n");
}

/* ---- others ---- */

static void add_other(struct vtune__others *others, const char *name, unsigned int cpu,
		      bool is_pinned, const struct vtune_plan *plan)
{
	struct vtune__set vcpu = { 0 };
	struct vtune__pins pins = { .nvcpus = 1, .vcpus = &vcpu };

	add_range(&pins.emulator, 0, 0);
	if (is_pinned)
		add_range(&vcpu, cpu, cpu);
	assert_int_equal(vtune__others_add(others, name, &pins, NULL, plan, NULL), 0);
	vtune__set_free(&pins.emulator);
	vtune__set_free(&vcpu);
}

static void test_others(void **state)
{
	struct vtune__thread_list threads = { 0 };
	struct vtune__others others = { 0 };
	struct bench bench;

	(void)state;
	put_domain();
	open_bench(&bench);
	assert_int_equal(vtune__threads_read(&threads, root, PID, NULL), 0);
	add_other(&others, "web4", 1, false, NULL);
	add_other(&others, "web2", 2, true, bench.plan);
	add_other(&others, "web1", 6, true, NULL);
	add_other(&others, "db01", 2, true, bench.plan);
	add_other(&others, "web3", 5, true, NULL);
	/* What the kernel says counts more than the XML. */
	assert_int_equal(vtune__others_add(&others, "web5", &bench.pins, &threads, NULL, NULL), 0);
	vtune__others_sort(&others);
	assert_int_equal(vtune__verify_others(&bench.look, &others), 0);
	expect_lines(&bench, "  CPU 6 is its own, and \"web1\" may run on it too\n"
			     "  CPUs 2-3,6-7 are its own, and \"web2\" holds them too\n"
			     "  CPUs 2-3,6-7 are its own, and \"web4\" may run on them too\n"
			     "  CPUs 2-3,6-7 are its own, and \"web5\" may run on them too\n"
			     "  To mend it: vtune-place apply web1\n"
			     "  To mend it: vtune-place apply web2\n"
			     "  To mend it: vtune-place apply web4\n"
			     "  To mend it: vtune-place apply web5\n");
	vtune__others_free(&others);
	vtune__threads_free(&threads);
}

/* ---- through libvirt's test driver ---- */

static char *planned_xml(const struct vtune_plan *plan)
{
	static const char bare[] = "<domain type='test'><name>db01</name><uuid>" UUID
				   "</uuid><memory>4</memory>"
				   "<vcpu>1</vcpu><os><type>hvm</type></os></domain>";
	char *patched = vtune_plan_patch_domain_xml(plan, bare, NULL), *xml;

	assert_non_null(patched);
	xml = vtune__metadata_put(patched, plan, NULL, NULL);
	assert_non_null(xml);
	free(patched);
	return xml;
}

static void expect_report(struct vtune_connection *connection, const char *domain, const char *want)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_plan_verify(NULL, connection, domain, &err);
	char *text;

	if (!report)
		fail_msg("%s", vtune_error_get_message(err));
	text = vtune_report_to_text(report, NULL);
	assert_string_equal(text, want);
	assert_int_equal(vtune_report_holds(report), strstr(want, "not as planned") == NULL);
	free(text);
	vtune_report_free(report);
}

#define HEADLINE "db01: 4 vCPUs, 1 I/O thread, 128 MiB on nodes 0-1: "
#define UNSEEN \
	"  Not seen: its threads and memory, and which CPUs are online: libvirt's test driver has none\n"

static void test_connection(void **state)
{
	struct vtune_connection *connection = vtune_connection_open("test:///default", NULL);
	struct vtune_plan *plan = load_plan();
	char *xml = planned_xml(plan);
	virDomainPtr domain, unpinned;
	unsigned char map = 1 << 5;

	(void)state;
	assert_non_null(connection);
	domain = virDomainDefineXML(connection->connection, xml);
	assert_non_null(domain);
	expect_report(connection, "db01",
		      HEADLINE "what could be seen is where it should be\n"
			       "  Not seen: its threads and memory: it does not run\n");
	expect_report(connection, NULL,
		      "No running domain carries a plan.\n"
		      "Not seen: The domain \"test\" carries no plan: libvtune did not place it\n");
	assert_int_equal(virDomainCreate(domain), 0);
	/* The test driver has a domain of its own, which is pinned nowhere. */
	unpinned = virDomainLookupByName(connection->connection, "test");
	assert_int_equal(virDomainDestroy(unpinned), 0);
	virDomainFree(unpinned);
	expect_report(connection, "db01",
		      HEADLINE "what could be seen is where it should be\n" UNSEEN);
	expect_report(connection, NULL,
		      HEADLINE "what could be seen is where it should be\n" UNSEEN);
	assert_int_equal(virDomainPinVcpu(domain, 2, &map, 1), 0);
	expect_report(connection, "db01",
		      HEADLINE
		      "not as planned\n"
		      "  vCPU 2 may run on CPU 5, should be on CPU 6 (live XML)\n" MEND UNSEEN);
	virDomainFree(domain);
	free(xml);
	vtune_plan_free(plan);
	vtune_connection_free(connection);
}

/* The domain as planned, but in ordinary pages. */
static char *plain_xml(const char *planned)
{
	const char *pages = strstr(planned, "<memoryBacking>");
	const char *behind = pages ? strstr(pages, "</memoryBacking>") : NULL;
	struct vtune__text text = { 0 };

	assert_non_null(behind);
	vtune__text_add_bytes(&text, planned, (size_t)(pages - planned));
	vtune__text_add(&text, behind + strlen("</memoryBacking>"));
	assert_false(text.failed);
	return text.data;
}

/* What the definition has already is not what somebody has changed. */
static void test_due(void **state)
{
	struct vtune_connection *connection = vtune_connection_open("test:///default", NULL);
	struct vtune_plan *plan = load_plan();
	char *xml = planned_xml(plan), *plain = plain_xml(xml);
	virDomainPtr domain, same;

	(void)state;
	assert_non_null(connection);
	domain = virDomainDefineXML(connection->connection, plain);
	assert_non_null(domain);
	assert_int_equal(virDomainCreate(domain), 0);
	same = virDomainLookupByName(connection->connection, "test");
	assert_int_equal(virDomainDestroy(same), 0);
	virDomainFree(same);
	expect_report(connection, "db01",
		      HEADLINE "not as planned\n"
			       "  Cell 0: pages of the ordinary size, should be 2 MiB (live XML, "
			       "definition)\n"
			       "  Cell 1: pages of the ordinary size, should be 2 MiB (live XML, "
			       "definition)\n"
			       "  To mend it: vtune-place apply db01, and then shut db01 down and "
			       "start it again\n" MEND UNSEEN);
	same = virDomainDefineXML(connection->connection, xml);
	assert_non_null(same);
	virDomainFree(same);
	expect_report(connection, "db01",
		      HEADLINE
		      "as planned, but for what is due at the next start\n"
		      "  Due at the next start: Cell 0: pages of the ordinary size, should "
		      "be 2 MiB (live XML)\n"
		      "  Due at the next start: Cell 1: pages of the ordinary size, should "
		      "be 2 MiB (live XML)\n"
		      "  To have it now: shut db01 down and start it again\n" UNSEEN);
	virDomainFree(domain);
	free(plain);
	free(xml);
	vtune_plan_free(plan);
	vtune_connection_free(connection);
}

static void expect_refused(struct vtune_connection *connection, const struct vtune_plan *plan,
			   const char *domain, int code, const char *says)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_verify(plan, connection, domain, &err));
	assert_int_equal(vtune_error_get_code(err), code);
	assert_non_null(strstr(vtune_error_get_message(err), says));
	vtune_error_free(err);
	assert_null(vtune_plan_verify(plan, connection, domain, NULL));
}

static void test_refused(void **state)
{
	struct vtune_connection *connection = vtune_connection_open("test:///default", NULL);
	struct vtune_plan *plan = load_plan();

	(void)state;
	assert_non_null(connection);
	expect_refused(NULL, plan, "db01", VTUNE_ERR_INVALID, "NULL");
	expect_refused(connection, plan, NULL, VTUNE_ERR_INVALID, "NULL");
	expect_refused(connection, NULL, "db01", VTUNE_ERR_LIBVIRT, "\"db01\"");
	expect_refused(connection, NULL, "test", VTUNE_ERR_DOCUMENT, "carries no plan");
	plan->fits = false;
	expect_refused(connection, plan, "test", VTUNE_ERR_INVALID, "does not fit");
	vtune_plan_free(plan);
	vtune_connection_free(connection);
}

/* ---- a libvirt that fails ---- */

static int fail_list(virConnectPtr connection, virDomainPtr **domains, unsigned int flags)
{
	(void)connection;
	(void)domains;
	(void)flags;
	return -1;
}

static char *fail_xml(virDomainPtr domain, unsigned int flags)
{
	(void)domain;
	(void)flags;
	return NULL;
}

static int fail_state(virDomainPtr domain)
{
	(void)domain;
	return -1;
}

/* It runs when it is first asked for, and no more after that. */
static unsigned int asked;

static int stop_meanwhile(virDomainPtr domain)
{
	(void)domain;
	return asked++ == 0;
}

static struct vtune_report *verify_with(const struct vtune__calls *calls, const char *domain,
					struct vtune_error **err)
{
	virConnectPtr libvirt = virConnectOpen("test:///default");
	struct vtune_connection *connection = vtune__connection_new(libvirt, calls, NULL);
	struct vtune_plan *plan = load_plan();
	struct vtune_report *report;

	assert_non_null(connection);
	report = vtune_plan_verify(domain ? plan : NULL, connection, domain, err);
	vtune_plan_free(plan);
	vtune_connection_free(connection);
	virConnectClose(libvirt);
	return report;
}

static void expect_failure(const struct vtune__calls *calls)
{
	struct vtune_error *err = NULL;

	assert_null(verify_with(calls, "test", &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_LIBVIRT);
	vtune_error_free(err);
}

static void test_failing_libvirt(void **state)
{
	struct vtune__calls calls = vtune__libvirt_calls;
	struct vtune_report *report;
	char *text;

	(void)state;
	calls.virConnectListAllDomains = fail_list;
	expect_failure(&calls);
	calls = vtune__libvirt_calls;
	calls.virDomainGetXMLDesc = fail_xml;
	expect_failure(&calls);
	calls = vtune__libvirt_calls;
	calls.virDomainIsPersistent = fail_state;
	expect_failure(&calls);
	calls = vtune__libvirt_calls;
	calls.virDomainIsActive = fail_state;
	expect_failure(&calls);
	/* Of all domains, those that answer are looked at. */
	report = verify_with(&calls, NULL, NULL);
	text = vtune_report_to_text(report, NULL);
	assert_non_null(strstr(text, "Not seen: Reading the XML of \"test\" failed"));
	free(text);
	vtune_report_free(report);
	calls.virDomainIsActive = stop_meanwhile;
	report = verify_with(&calls, "test", NULL);
	text = vtune_report_to_text(report, NULL);
	assert_non_null(strstr(text, "Not seen: \"test\" stopped while it was looked at"));
	free(text);
	vtune_report_free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_process),	     cmocka_unit_test(test_all_in_place),
		cmocka_unit_test(test_thread_moved), cmocka_unit_test(test_workers),
		cmocka_unit_test(test_cpuset),	     cmocka_unit_test(test_offline),
		cmocka_unit_test(test_version_1),    cmocka_unit_test(test_threads_unseen),
		cmocka_unit_test(test_others),	     cmocka_unit_test(test_connection),
		cmocka_unit_test(test_refused),	     cmocka_unit_test(test_failing_libvirt),
		cmocka_unit_test(test_due),
	};

	return cmocka_run_group_tests_name("live-verify", tests, open_root, close_root);
}
