/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune_plan_migrate(), between two machines of libvirt's test driver: that cannot
 * migrate, so that the call is made up here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "live-apply-help.h"

/* The other machine, and what the call was given. */
static struct {
	char file[256];
	virConnectPtr libvirt;
	struct vtune_connection *own;
	bool fails;
	unsigned int calls, flags;
	char *live, *config, *uri, *to;
} there;

static char **place_of(const char *field)
{
	if (strcmp(field, VIR_MIGRATE_PARAM_DEST_XML) == 0)
		return &there.live;
	if (strcmp(field, VIR_MIGRATE_PARAM_PERSIST_XML) == 0)
		return &there.config;
	assert_string_equal(field, VIR_MIGRATE_PARAM_URI);
	return &there.uri;
}

static void forget_call(void)
{
	free(there.live);
	free(there.config);
	free(there.uri);
	free(there.to);
	there.live = there.config = there.uri = there.to = NULL;
	there.calls = there.flags = 0;
}

static void note(virTypedParameterPtr parameters, unsigned int count, unsigned int flags)
{
	forget_call();
	for (unsigned int i = 0; i < count; i++) {
		assert_int_equal(parameters[i].type, VIR_TYPED_PARAM_STRING);
		*place_of(parameters[i].field) = strdup(parameters[i].value.s);
	}
	there.calls++;
	there.flags = flags;
}

/* It is there, and here no more. */
static virDomainPtr move(virDomainPtr domain)
{
	virDomainPtr arrived;

	if (there.fails) {
		virDomainFree(NULL);
		return NULL;
	}
	arrived = virDomainCreateXML(there.libvirt, there.live, 0);
	if (!arrived)
		fail_msg("%s", virGetLastErrorMessage());
	assert_int_equal(virDomainDestroy(domain), 0);
	return arrived;
}

static virDomainPtr fake_migrate(virDomainPtr domain, virConnectPtr destination,
				 virTypedParameterPtr parameters, unsigned int count,
				 unsigned int flags)
{
	assert_ptr_equal(destination, there.libvirt);
	note(parameters, count, flags);
	return move(domain);
}

static int fake_migrate_to(virDomainPtr domain, const char *uri, virTypedParameterPtr parameters,
			   unsigned int count, unsigned int flags)
{
	virDomainPtr arrived;

	note(parameters, count, flags);
	there.to = strdup(uri);
	arrived = move(domain);
	if (!arrived)
		return -1;
	virDomainFree(arrived);
	return 0;
}

/* The driver says nothing of the nodes of a machine in a file: this one is as the other. */
static char *same_capabilities(virConnectPtr connection)
{
	(void)connection;
	return virConnectGetCapabilities(at.libvirt);
}

static int set_up_both(void **state)
{
	static struct vtune__calls calls, calls_there;
	char uri[300];
	FILE *file;
	int fd;

	set_up(state);
	memset(&there, 0, sizeof(there));
	snprintf(there.file, sizeof(there.file), "%s/vtune-test-migrate-XXXXXX", P_tmpdir);
	fd = mkstemp(there.file);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	assert_non_null(file);
	fputs("<node><cpu><mhz>1000</mhz><model>i686</model><active>16</active><nodes>2</nodes>"
	      "<sockets>2</sockets><cores>4</cores><threads>1</threads></cpu>"
	      "<memory>6291456</memory></node>",
	      file);
	fclose(file);
	snprintf(uri, sizeof(uri), "test://%s", there.file);
	there.libvirt = virConnectOpen(uri);
	if (!there.libvirt)
		fail_msg("%s", virGetLastErrorMessage());
	calls = *fake_calls();
	calls.virDomainMigrate3 = fake_migrate;
	calls.virDomainMigrateToURI3 = fake_migrate_to;
	vtune_connection_free(at.own);
	at.own = vtune__connection_new(at.libvirt, &calls, NULL);
	calls_there = *fake_calls();
	calls_there.virConnectGetCapabilities = same_capabilities;
	there.own = vtune__connection_new(there.libvirt, &calls_there, NULL);
	assert_true(at.own && there.own);
	return 0;
}

static int tear_down_both(void **state)
{
	forget_call();
	vtune_connection_free(there.own);
	virConnectClose(there.libvirt);
	unlink(there.file);
	return tear_down(state);
}

/* For what runs here, there; reserved: CPUs there. */
static struct vtune_plan *plan_there(const char *name, const char *reserved)
{
	struct vtune_error *err = NULL;
	char *xml = vtune_domain_to_migratable_xml(at.own, name, &err);
	struct vtune_host *host = vtune_host_from_connection(there.own, 0, NULL), *with;
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	char state[64];

	no_error(&err);
	snprintf(state, sizeof(state), "{\"reserved_cpus\":\"%s\"}", reserved);
	with = vtune_host_with_state(host, state, &err);
	no_error(&err);
	spec = vtune_spec_for_migration(xml, &err);
	no_error(&err);
	plan = vtune_place(with, spec, NULL, &err);
	no_error(&err);
	assert_true(vtune_plan_fits(plan));
	vtune_spec_free(spec);
	vtune_host_free(with);
	vtune_host_free(host);
	free(xml);
	return plan;
}

static char *migrate(const struct vtune_plan *plan, const char *name, const char *uri,
		     unsigned int flags)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report =
		vtune_plan_migrate(plan, at.own, name, there.own, uri, flags, NULL, &err);
	char *text;

	no_error(&err);
	text = report_text(report);
	vtune_report_free(report);
	return text;
}

static void assert_fails(const struct vtune_plan *plan, const char *name, unsigned int flags,
			 enum vtune_error_code code, const char *part)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_migrate(plan, at.own, name, there.own, NULL, flags, NULL, &err));
	assert_has(vtune_error_get_message(err), part);
	assert_int_equal(vtune_error_get_code(err), code);
	vtune_error_free(err);
}

static int runs(virConnectPtr libvirt, const char *name)
{
	virDomainPtr domain = virDomainLookupByName(libvirt, name);
	int result = domain && virDomainIsActive(domain) == 1;

	if (domain)
		virDomainFree(domain);
	return result;
}

#define PIN_OLD "<cputune><vcpupin vcpu='0' cpuset='3'/><vcpupin vcpu='1' cpuset='4'/></cputune>"

static void test_goes(void **state)
{
	struct vtune_plan *plan;
	char *text;

	(void)state;
	make_domain("db01", 2, PIN_OLD, true);
	plan = plan_there("db01", "0-9");
	text = migrate(plan, "db01", NULL, 0);
	assert_has(text, "\"kind\": \"migrate\"");
	assert_has(text, "\"to\": \"test:///");
	assert_has(text, "virDomainMigrate3(db01, test:///");
	assert_has(text, "\"holds\": true");
	free(text);
	assert_int_equal(there.flags, VIR_MIGRATE_LIVE);
	assert_has(there.live, "<vcpupin vcpu='0' cpuset='10'/>");
	assert_has(there.live, "<vcpupin vcpu='1' cpuset='11'/>");
	assert_has(there.live, "passwd='secret'");
	assert_has(there.live, VTUNE__PLAN_URI);
	assert_null(there.config);
	assert_null(there.uri);
	assert_false(runs(at.libvirt, "db01"));
	assert_true(runs(there.libvirt, "db01"));
	vtune_plan_free(plan);
}

static void test_persistent(void **state)
{
	struct vtune_plan *plan;
	char *text;

	(void)state;
	make_domain("db01", 2, PIN_OLD, true);
	plan = plan_there("db01", "0-9");
	text = migrate(plan, "db01", "tcp://there",
		       VTUNE_MIGRATE_PERSIST | VTUNE_MIGRATE_UNDEFINE_SOURCE |
			       VTUNE_MIGRATE_TUNNELLED);
	assert_has(text, "virDomainMigrateToURI3(db01, ");
	assert_has(text, "live, tunnelled, persistent, undefine source, by tcp://there)");
	free(text);
	assert_int_equal(there.flags, VIR_MIGRATE_LIVE | VIR_MIGRATE_PERSIST_DEST |
					      VIR_MIGRATE_UNDEFINE_SOURCE | VIR_MIGRATE_TUNNELLED |
					      VIR_MIGRATE_PEER2PEER);
	assert_has(there.config, "<vcpupin vcpu='0' cpuset='10'/>");
	assert_has(there.config, "passwd='secret'");
	assert_has_not(there.config, " id='");
	assert_string_equal(there.uri, "tcp://there");
	assert_has(there.to, "test:///");
	vtune_plan_free(plan);
}

static void test_dry_run(void **state)
{
	struct vtune_plan *plan;
	char *text;

	(void)state;
	make_domain("db01", 2, NULL, true);
	plan = plan_there("db01", "");
	text = migrate(plan, "db01", NULL, VTUNE_MIGRATE_DRY_RUN | VTUNE_MIGRATE_PEER2PEER);
	assert_has(text, "\"dry_run\": true");
	assert_has(text, "virDomainMigrateToURI3(db01, ");
	free(text);
	assert_int_equal(there.calls, 0);
	assert_true(runs(at.libvirt, "db01"));
	vtune_plan_free(plan);
}

/* Others leave the CPUs that it holds from now on. */
static void test_others_make_way(void **state)
{
	struct vtune_plan *floats, *plan;
	virDomainPtr domain;
	char *xml, *text;

	(void)state;
	xml = domain_text("web", 2, NULL);
	domain = virDomainDefineXML(there.libvirt, xml);
	assert_int_equal(virDomainCreate(domain), 0);
	free(xml);
	floats = plan_shared("web");
	vtune_report_free(vtune_plan_apply(floats, there.own, "web", 0, NULL, NULL));
	make_domain("db01", 2, NULL, true);
	plan = plan_there("db01", "8-15");
	text = migrate(plan, "db01", NULL, 0);
	assert_has(text, "virDomainPinVcpuFlags(web, ");
	free(text);
	xml = virDomainGetXMLDesc(domain, 0);
	assert_has(xml, "<vcpupin vcpu='0' cpuset='2-7'/>");
	free(xml);
	virDomainFree(domain);
	vtune_plan_free(plan);
	vtune_plan_free(floats);
}

/* One that has gone does not come back for what fails afterwards. */
static void test_left_to_do(void **state)
{
	struct vtune_plan *floats, *plan;
	virDomainPtr domain;
	char *xml, *text;

	(void)state;
	xml = domain_text("web", 2, NULL);
	domain = virDomainDefineXML(there.libvirt, xml);
	assert_int_equal(virDomainCreate(domain), 0);
	free(xml);
	floats = plan_shared("web");
	vtune_report_free(vtune_plan_apply(floats, there.own, "web", 0, NULL, NULL));
	make_domain("db01", 2, NULL, true);
	plan = plan_there("db01", "8-15");
	fake_set(FAKE_FAIL_SETTING, 1);
	text = migrate(plan, "db01", NULL, 0);
	fake_set(FAKE_NONE, 0);
	assert_has(text, "\"holds\": false");
	assert_has(text, "virDomainPinVcpuFlags(web, ");
	assert_has(text, ") failed: ");
	free(text);
	assert_true(runs(there.libvirt, "db01"));
	virDomainFree(domain);
	vtune_plan_free(plan);
	vtune_plan_free(floats);
}

static void test_fails(void **state)
{
	struct vtune_plan *plan;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 2, PIN_OLD, true);
	plan = plan_there("db01", "");
	read_both("db01", before);
	there.fails = true;
	assert_fails(plan, "db01", 0, VTUNE_ERR_LIBVIRT, "Migrating the domain \"db01\" to test:");
	read_both("db01", after);
	assert_string_equal(before[0], after[0]);
	assert_string_equal(before[1], after[1]);
	assert_false(runs(there.libvirt, "db01"));
	free_both(before);
	free_both(after);
	vtune_plan_free(plan);
}

/* Somebody came between the planning and the call. */
static void test_no_room(void **state)
{
	struct vtune_plan *plan;
	virDomainPtr domain;
	char *xml;

	(void)state;
	make_domain("db01", 2, NULL, true);
	plan = plan_there("db01", "0-9");
	xml = domain_text("late", 1, "<cputune><vcpupin vcpu='0' cpuset='11'/></cputune>");
	domain = virDomainCreateXML(there.libvirt, xml, 0);
	free(xml);
	assert_fails(plan, "db01", 0, VTUNE_ERR_NOT_VALID, "uses CPU 11 of test:");
	assert_int_equal(there.calls, 0);
	virDomainFree(domain);
	vtune_plan_free(plan);
}

static void test_refused(void **state)
{
	struct vtune_plan *plan;
	struct vtune_error *err = NULL;

	(void)state;
	make_domain("db01", 2, NULL, true);
	make_domain("off", 2, NULL, false);
	make_domain("large", 3, NULL, true);
	plan = plan_there("db01", "");
	assert_fails(plan, "off", 0, VTUNE_ERR_NOT_VALID, "\"off\" does not run");
	assert_fails(plan, "large", 0, VTUNE_ERR_INVALID, "is for 2 vCPUs, and the domain has 3");
	assert_fails(plan, "none", 0, VTUNE_ERR_LIBVIRT, "Looking up the domain");
	assert_fails(plan, "db01", 64, VTUNE_ERR_INVALID, "flags 0x40 are not known");
	assert_fails(NULL, "db01", 0, VTUNE_ERR_INVALID, "NULL");
	assert_null(vtune_domain_to_migratable_xml(at.own, NULL, &err));
	vtune_error_free(err);
	assert_int_equal(there.calls, 0);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_goes, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_persistent, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_dry_run, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_others_make_way, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_left_to_do, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_fails, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_no_room, set_up_both, tear_down_both),
		cmocka_unit_test_setup_teardown(test_refused, set_up_both, tear_down_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
