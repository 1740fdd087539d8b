/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interfaces of domains that run: the plan of them holds from the next start on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live-apply-help.h"

#define FRAME(devices)                                                                       \
	"<domain type='test'><name>db01</name><memory unit='MiB'>512</memory><vcpu>2</vcpu>" \
	"<os><type>hvm</type></os><devices>" devices "</devices></domain>"
#define MAC "<mac address='52:54:00:00:00:01'/>"

static void make_running(const char *xml)
{
	virDomainPtr domain = virDomainDefineXML(at.libvirt, xml);

	if (!domain)
		fail_msg("%s", virGetLastErrorMessage());
	assert_int_equal(virDomainCreate(domain), 0);
	virDomainFree(domain);
}

static void restart(void)
{
	virDomainPtr domain = virDomainLookupByName(at.libvirt, "db01");

	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(virDomainCreate(domain), 0);
	virDomainFree(domain);
}

static struct vtune_plan *plan_with(const char *interfaces)
{
	char spec[512];

	snprintf(spec, sizeof(spec),
		 "{\"version\":1,\"name\":\"db01\",\"vcpus\":2,\"memory\":\"512MiB\","
		 "\"hugepages\":\"none\",\"interfaces\":[%s]}",
		 interfaces);
	return make_plan("{}", spec);
}

static char *verified(void)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_plan_verify(NULL, at.own, "db01", &err);
	char *text;

	no_error(&err);
	text = report_text(report);
	vtune_report_free(report);
	return text;
}

/* What is in the array of that key. */
static void expect_in(const char *report, const char *list, const char *part)
{
	char key[32], *start, *end;

	snprintf(key, sizeof(key), "\"%s\": [", list);
	start = strstr(report, key);
	assert_non_null(start);
	start = strdup(start);
	end = strstr(start, "\n  ]");
	if (end)
		*end = '\0';
	assert_has(start, part);
	free(start);
}

#define BRIDGE                                                                     \
	"{\"mac\":\"52:54:00:00:00:01\",\"model\":\"virtio\",\"type\":\"bridge\"," \
	"\"source\":\"br0\"}"

static void test_queues(void **state)
{
	struct vtune_plan *plan;
	char *text, *after[2];

	(void)state;
	make_running(FRAME("<interface type='bridge'>" MAC "<source bridge='br0'/>"
			   "<model type='virtio'/></interface>"));
	plan = plan_with(BRIDGE);
	text = apply(plan, "db01", 0);
	expect_in(text, "due", "\"code\": \"interfaces\"");
	expect_in(text, "due",
		  "Now the interface 52:54:00:00:00:01 has another source, driver or queues; the "
		  "next start changes that");
	assert_has_not(text, "memory_access");
	free(text);
	read_both("db01", after);
	assert_has_not(after[0], "queues=");
	assert_has(after[1], "<driver name='vhost' queues='2'/>");
	free_both(after);
	text = verified();
	expect_in(text, "due", "\"code\": \"interfaces\"");
	assert_has(text, "shut db01 down and start it again");
	assert_has_not(text, "vtune-place apply");
	free(text);
	restart();
	text = verified();
	assert_has_not(text, "\"interfaces\"");
	free(text);
	/* Once more there is nothing to do. */
	text = apply(plan, "db01", 0);
	assert_has_not(text, "\"interfaces\"");
	free(text);
	vtune_plan_free(plan);
}

/* Somebody has changed the definition. */
static void test_drift(void **state)
{
	struct vtune_plan *plan = plan_with(BRIDGE);
	char *after[2], *text, *queues;
	virDomainPtr domain;

	(void)state;
	make_running(FRAME("<interface type='bridge'>" MAC "<source bridge='br0'/>"
			   "<model type='virtio'/></interface>"));
	free(apply(plan, "db01", 0));
	read_both("db01", after);
	queues = strstr(after[1], "queues='2'");
	assert_non_null(queues);
	queues[strlen("queues='")] = '3';
	domain = virDomainDefineXML(at.libvirt, after[1]);
	assert_non_null(domain);
	virDomainFree(domain);
	text = verified();
	expect_in(text, "drift", "The interface 52:54:00:00:00:01 has another source");
	expect_in(text, "drift", "\"where\": \"live\"");
	expect_in(text, "drift", "\"where\": \"config\"");
	assert_has(text, "vtune-place apply db01, and then shut db01 down");
	free(text);
	free_both(after);
	vtune_plan_free(plan);
}

static void test_new_and_shared(void **state)
{
	struct vtune_plan *plan;
	char *text, *after[2];

	(void)state;
	make_running(FRAME(""));
	plan = plan_with("{\"type\":\"vhostuser\",\"source\":\"/run/p\",\"mode\":\"server\"}");
	text = apply(plan, "db01", 0);
	expect_in(text, "due", "Now the interface 0 is not there;");
	expect_in(text, "due", "Whether its memory is shared with other processes changes at the next start");
	free(text);
	read_both("db01", after);
	assert_has(after[1], "<source type='memfd'/>");
	assert_has(after[1], "<interface type='vhostuser'>");
	free_both(after);
	text = verified();
	expect_in(text, "due", "\"code\": \"memory_access\"");
	free(text);
	restart();
	text = verified();
	assert_has_not(text, "memory_access");
	assert_has_not(text, "\"interfaces\"");
	free(text);
	vtune_plan_free(plan);
}

/* A domain without a definition has to be started from other XML. */
static void test_transient(void **state)
{
	struct vtune_plan *plan = plan_with(BRIDGE);
	static const char xml[] = FRAME("<interface type='bridge'>" MAC "<source bridge='br0'/>"
					"<model type='virtio'/></interface>");
	virDomainPtr domain = virDomainCreateXML(at.libvirt, xml, 0);
	char *text;

	(void)state;
	assert_non_null(domain);
	virDomainFree(domain);
	free(apply(plan, "db01", 0));
	text = verified();
	expect_in(text, "drift", "The interface 52:54:00:00:00:01 has another source");
	expect_in(text, "drift", "start it again from XML into which its plan is laid");
	assert_has_not(text, "and then shut");
	free(text);
	vtune_plan_free(plan);
}

static char *restored(void)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_domain_restore(at.own, "db01", 0, NULL, &err);
	char *text = report ? report_text(report) : strdup(vtune_error_get_message(err));

	vtune_report_free(report);
	vtune_error_free(err);
	return text;
}

/* What was there is as it was, what came with the plan goes, and what somebody else added
 * stays. */
static void test_restore(void **state)
{
	struct vtune_plan *plan = plan_with(BRIDGE ",{\"type\":\"vhostuser\",\"source\":\"/run/p\","
						   "\"mode\":\"server\"},{\"type\":\"ethernet\"}");
	char *before[2], *placed[2], *after[2], *end;
	struct vtune__text text = { 0 };
	virDomainPtr domain;

	(void)state;
	make_running(FRAME("<interface type='bridge'>" MAC "<source bridge='br7'/>"
			   "<model type='e1000'/><link state='down'/></interface>"));
	read_both("db01", before);
	free(apply(plan, "db01", 0));
	read_both("db01", placed);
	assert_has(placed[1], "<source bridge='br0'/>");
	assert_has(placed[1], "<interface type='ethernet'>");
	end = strstr(placed[1], "<interface type='vhostuser'>");
	assert_non_null(end);
	vtune__text_add_bytes(&text, placed[1], (size_t)(end - placed[1]));
	vtune__text_add(&text, "<interface type='user'><mac address='52:54:00:00:00:07'/>"
			       "<model type='virtio'/></interface>");
	vtune__text_add(&text, end);
	domain = virDomainDefineXML(at.libvirt, text.data);
	assert_non_null(domain);
	virDomainFree(domain);
	free(restored());
	read_both("db01", after);
	assert_has(after[1], "<source bridge='br7'/>");
	assert_has(after[1], "<model type='e1000'/>");
	assert_has(after[1], "<link state='down'/>");
	assert_has(after[1], "<interface type='user'>");
	assert_has_not(after[1], "<driver name='vhost'");
	assert_has_not(after[1], "<interface type='vhostuser'>");
	assert_has_not(after[1], "<interface type='ethernet'>");
	assert_has_not(after[1], "memfd");
	free_both(after);
	free_both(placed);
	free_both(before);
	vtune__text_free(&text);
	vtune_plan_free(plan);
}

static void test_restore_keeps_changes(void **state)
{
	struct vtune_plan *plan = plan_with(BRIDGE);
	char *placed[2], *text, *queues;
	virDomainPtr domain;

	(void)state;
	make_running(FRAME("<interface type='bridge'>" MAC "<source bridge='br0'/>"
			   "<model type='virtio'/></interface>"));
	free(apply(plan, "db01", 0));
	read_both("db01", placed);
	queues = strstr(placed[1], "queues='2'");
	assert_non_null(queues);
	queues[strlen("queues='")] = '3';
	domain = virDomainDefineXML(at.libvirt, placed[1]);
	assert_non_null(domain);
	virDomainFree(domain);
	text = restored();
	assert_has(text, "<interface> of its definition was changed by somebody");
	free(text);
	free_both(placed);
	vtune_plan_free(plan);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_queues),
		TEST(test_drift),
		TEST(test_new_and_shared),
		TEST(test_transient),
		TEST(test_restore),
		TEST(test_restore_keeps_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
