/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vtune_plan_apply() sets, and refuses, and vtune_domain_restore(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live-apply-help.h"

/* ---- what is set ---- */

static void test_off(void **state)
{
	struct vtune_plan *plan, *carried;
	char *before[2], *after[2], *text, *a, *b;

	(void)state;
	make_domain("db01", 2, NULL, false);
	read_both("db01", before);
	plan = plan_for("db01", 2, "\"nodes\":\"1\"");
	text = apply(plan, "db01", 0);
	assert_has(text, "virDomainDefineXML(db01)");
	assert_has_not(text, "live)");
	free(text);
	read_both("db01", after);
	assert_has(after[1], "<vcpupin vcpu='1'");
	assert_has(after[1], "passwd='secret'");
	assert_has(after[1], VTUNE__FORMER_URI);
	carried = vtune__metadata_plan(after[1], NULL);
	a = vtune_plan_to_json(carried, NULL);
	b = vtune_plan_to_json(plan, NULL);
	assert_string_equal(a, b);
	free(a);
	free(b);
	text = vtune__metadata_former(after[1], NULL);
	assert_has_not(text, "secret");
	free(text);
	vtune_plan_free(carried);
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

static void test_running(void **state)
{
	struct vtune_plan *plan;
	char *after[2], *text;

	(void)state;
	make_domain("db01", 4, NULL, true);
	plan = plan_for("db01", 4, "\"nodes\":\"1\"");
	text = apply(plan, "db01", 0);
	assert_has(text, "virDomainPinVcpuFlags(db01, vCPU 3, CPU ");
	assert_has(text, "virDomainAddIOThread(db01, I/O thread 1, live)");
	assert_has(text, "virDomainDefineXML(db01)");
	assert_has(text, "\"memory_nodes\"");
	free(text);
	read_both("db01", after);
	for (int i = 0; i < 2; i++) {
		assert_has(after[i], "<vcpupin vcpu='3'");
		assert_has(after[i], "<emulatorpin ");
		assert_has(after[i], "<iothreadpin iothread='1'");
		assert_has(after[i], VTUNE__PLAN_URI);
	}
	assert_has_not(after[0], "<memnode");
	assert_has(after[1], "<memnode");
	vtune_plan_free(plan);
	free_both(after);
}

/* Nothing is called the second time. */
static void test_again(void **state)
{
	struct vtune_plan *plan;
	char *first[2], *second[2], *text;

	(void)state;
	make_domain("db01", 4, NULL, true);
	plan = plan_for("db01", 4, "\"nodes\":\"1\"");
	free(apply(plan, "db01", 0));
	read_both("db01", first);
	fake_set(FAKE_NONE, 0);
	text = apply(plan, "db01", 0);
	assert_int_equal(fake.settings, 0);
	assert_has_not(text, "virDomain");
	free(text);
	read_both("db01", second);
	assert_string_equal(first[0], second[0]);
	assert_string_equal(first[1], second[1]);
	vtune_plan_free(plan);
	free_both(first);
	free_both(second);
}

static void test_only_live(void **state)
{
	struct vtune_plan *plan;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 4, NULL, true);
	read_both("db01", before);
	plan = plan_for("db01", 4, "\"nodes\":\"1\"");
	free(apply(plan, "db01", VTUNE_APPLY_LIVE));
	read_both("db01", after);
	assert_string_equal(before[1], after[1]);
	assert_has(after[0], "<vcpupin ");
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

static void test_only_config(void **state)
{
	struct vtune_plan *plan;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 4, NULL, true);
	read_both("db01", before);
	plan = plan_for("db01", 4, "\"nodes\":\"1\"");
	free(apply(plan, "db01", VTUNE_APPLY_CONFIG));
	read_both("db01", after);
	assert_string_equal(before[0], after[0]);
	assert_has(after[1], "<vcpupin ");
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

static void test_transient(void **state)
{
	char *xml = domain_text("db01", 4, NULL), *after[2];
	virDomainPtr domain = virDomainCreateXML(at.libvirt, xml, 0);
	struct vtune_plan *plan;

	(void)state;
	assert_non_null(domain);
	plan = plan_for("db01", 4, "");
	assert_refused(plan, "db01", VTUNE_APPLY_CONFIG, VTUNE_ERR_NOT_VALID, "transient");
	free(apply(plan, "db01", 0));
	read_both("db01", after);
	assert_has(after[0], "<vcpupin ");
	assert_string_equal(after[1], "");
	free_both(after);
	vtune_plan_free(plan);
	virDomainFree(domain);
	free(xml);
}

static void test_dry_run(void **state)
{
	struct vtune_plan *plan;
	char *before[2], *after[2], *dry, *real;

	(void)state;
	make_domain("db01", 4, NULL, true);
	plan = plan_for("db01", 4, "\"nodes\":\"1\"");
	read_both("db01", before);
	fake_set(FAKE_NONE, 0);
	dry = apply(plan, "db01", VTUNE_APPLY_DRY_RUN);
	assert_int_equal(fake.settings, 0);
	assert_has(dry, "\"dry_run\": true");
	read_both("db01", after);
	assert_string_equal(before[0], after[0]);
	assert_string_equal(before[1], after[1]);
	real = apply(plan, "db01", 0);
	/* It tells of just the calls that are made. */
	assert_string_equal(strstr(dry, "\"calls\""), strstr(real, "\"calls\""));
	free(dry);
	free(real);
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

/* ---- what is refused ---- */

static void test_arguments(void **state)
{
	struct vtune_plan *plan;

	(void)state;
	make_domain("db01", 4, NULL, false);
	plan = plan_for("db01", 4, "");
	assert_refused(NULL, "db01", 0, VTUNE_ERR_INVALID, "");
	assert_refused(plan, NULL, 0, VTUNE_ERR_INVALID, "");
	assert_refused(plan, "db01", 64, VTUNE_ERR_INVALID, "0x40");
	assert_refused(plan, "db01", VTUNE_APPLY_LIVE, VTUNE_ERR_NOT_VALID, "does not run");
	assert_refused(plan, "db01", VTUNE_APPLY_CONFIG | VTUNE_APPLY_MOVE_MEMORY,
		       VTUNE_ERR_INVALID, "running");
	assert_refused(plan, "none", 0, VTUNE_ERR_LIBVIRT, "none");
	make_domain("db02", 2, NULL, true);
	assert_refused(plan, "db02", 0, VTUNE_ERR_NOT_VALID, "2 vCPUs");
	assert_refused(plan, "db02", VTUNE_APPLY_MOVE_MEMORY, VTUNE_ERR_UNSUPPORTED, "machine");
	/* The definition may have another number. */
	free(apply(plan, "db02", VTUNE_APPLY_CONFIG));
	vtune_plan_free(plan);
}

static void test_room_is_gone(void **state)
{
	struct vtune_plan *first, *second;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 4, NULL, true);
	make_domain("db02", 4, NULL, true);
	first = plan_for("db01", 4, "");
	second = plan_for("db02", 4, "");
	free(apply(first, "db01", 0));
	read_both("db02", before);
	assert_refused(second, "db02", 0, VTUNE_ERR_NOT_VALID, "which \"db01\" holds");
	read_both("db02", after);
	assert_string_equal(before[0], after[0]);
	assert_string_equal(before[1], after[1]);
	vtune_plan_free(first);
	vtune_plan_free(second);
	free_both(before);
	free_both(after);
}

/* ---- other domains ---- */

static void test_others_give_up_cpus(void **state)
{
	struct vtune_plan *shared, *off, *plan;
	char *after[2], *text;

	(void)state;
	make_domain("web1", 2, NULL, true);
	make_domain("web2", 2, NULL, false);
	make_domain("old1", 2, NULL, true); /* not placed */
	make_domain("db01", 4, NULL, true);
	shared = plan_shared("web1");
	off = plan_shared("web2");
	free(apply(shared, "web1", 0));
	free(apply(off, "web2", 0));
	read_both("web1", after);
	assert_has(after[0], "<vcpupin vcpu='0' cpuset='0-7'/>");
	free_both(after);
	plan = plan_for("db01", 4, "\"nodes\":\"0\"");
	text = apply(plan, "db01", 0);
	assert_has(text, "virDomainDefineXML(web1)");
	assert_has(text, "virDomainDefineXML(web2)");
	assert_has(text, "The domain \\\"old1\\\" may run on CPUs 0-3, too");
	free(text);
	for (int i = 0; i < 2; i++) {
		read_both(i == 0 ? "web1" : "web2", after);
		if (i == 0)
			assert_has(after[0], "<vcpupin vcpu='0' cpuset='4-7'/>");
		assert_has(after[1], "<vcpupin vcpu='1' cpuset='4-7'/>");
		assert_has(after[1], "<emulatorpin cpuset='4-7'/>");
		free_both(after);
	}
	vtune_plan_free(shared);
	vtune_plan_free(off);
	vtune_plan_free(plan);
}

/* Somebody put it elsewhere by hand: that is not undone. */
static void test_others_that_moved_stay(void **state)
{
	struct vtune_plan *shared, *plan;
	unsigned char map[2] = { 0x0f, 0 };
	char *before[2], *after[2], *text;
	virDomainPtr domain;

	(void)state;
	make_domain("web1", 2, NULL, true);
	make_domain("db01", 4, NULL, true);
	shared = plan_shared("web1");
	free(apply(shared, "web1", VTUNE_APPLY_LIVE));
	domain = virDomainLookupByName(at.libvirt, "web1");
	assert_int_equal(virDomainPinVcpu(domain, 0, map, 2), 0);
	virDomainFree(domain);
	read_both("web1", before);
	plan = plan_for("db01", 4, "\"nodes\":\"0\"");
	text = apply(plan, "db01", 0);
	assert_has(text, "does not stand where its plan puts it");
	free(text);
	read_both("web1", after);
	assert_string_equal(before[0], after[0]);
	vtune_plan_free(shared);
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

/* ---- the guest's CPU ---- */

/* What the guest is told of its CPU holds from the next start on, if it is another. */
static void test_cpu_due(void **state)
{
	static const struct {
		const char *domain, *cpu;
		bool is_due;
	} rows[] = {
		{ "<cpu mode='host-model'/>", "\"mode\":\"host-model\"", false },
		{ "<cpu mode='host-model'/>", "\"mode\":\"host-passthrough\"", true },
		{ "<cpu mode='host-model'/>", "\"features\":{\"svm\":\"disable\"}", true },
		{ "<cpu mode='host-model'><feature policy='disable' name='svm'/></cpu>",
		  "\"features\":{\"svm\":\"disable\"}", false },
		{ "<cpu mode='host-model'/>", "\"cache\":\"emulate\"", true },
		{ "<cpu mode='custom' match='exact'><model fallback='allow'>EPYC</model></cpu>",
		  "\"model\":\"EPYC\"", false },
		{ "<cpu mode='custom' match='exact'><model fallback='allow'>EPYC</model></cpu>",
		  "\"model\":\"Broadwell\"", true },
		/* As libvirt writes down a host-model, and any model, that runs. */
		{ "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model>"
		  "<feature policy='require' name='svm'/></cpu>",
		  "\"mode\":\"host-model\"", false },
		{ "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model>"
		  "<feature policy='require' name='svm'/></cpu>",
		  "\"model\":\"EPYC\",\"features\":{\"svm\":\"optional\"}", false },
		{ "<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model>"
		  "</cpu>",
		  "\"mode\":\"maximum\"", true },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char name[16], spec[256], *report;
		struct vtune_plan *plan;

		snprintf(name, sizeof(name), "cpu%zu", i);
		make_domain(name, 1, rows[i].domain, true);
		snprintf(spec, sizeof(spec),
			 "{\"version\":1,\"name\":\"%s\",\"vcpus\":1,\"memory\":\"512MiB\","
			 "\"cpu\":{%s}}",
			 name, rows[i].cpu);
		plan = make_plan("{}", spec);
		report = apply(plan, name, 0);
		if (rows[i].is_due)
			assert_has(report, "guest_cpu");
		else
			assert_has_not(report, "guest_cpu");
		free(report);
		vtune_plan_free(plan);
	}
}

/* ---- restore ---- */

static void assert_not_restored(const char *name, unsigned int flags, const char *part)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_domain_restore(at.own, name, flags, NULL, &err));
	assert_has(vtune_error_get_message(err), part);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NOT_VALID);
	vtune_error_free(err);
}

static void test_restore(void **state)
{
	static const char tuned[] = "<cputune><shares>512</shares><vcpupin vcpu='1' cpuset='8-9'/>"
				    "</cputune><numatune><memory mode='strict' nodeset='1'/>"
				    "</numatune><cpu><topology sockets='4' cores='1' threads='1'/>"
				    "</cpu>";
	struct vtune_plan *plan;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 4, tuned, true);
	assert_not_restored("db01", 0, "nothing to restore");
	read_both("db01", before);
	plan = plan_for("db01", 4, "\"nodes\":\"0\"");
	free(apply(plan, "db01", 0));
	free(restore("db01", 0));
	read_both("db01", after);
	assert_string_equal(before[1], after[1]);
	assert_has(after[0], "<vcpupin vcpu='0' cpuset='0-15'/>");
	assert_has(after[0], "<vcpupin vcpu='1' cpuset='8-9'/>");
	assert_has_not(after[0], "libvtune");
	assert_not_restored("db01", 0, "nothing to restore");
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

/* One plan after another: restored is the one before. */
static void test_restore_a_plan(void **state)
{
	struct vtune_plan *first, *second;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 4, NULL, true);
	first = plan_for("db01", 4, "\"nodes\":\"0\"");
	second = plan_for("db01", 4, "\"nodes\":\"1\"");
	free(apply(first, "db01", 0));
	read_both("db01", before);
	free(apply(second, "db01", 0));
	free(apply(second, "db01", 0));
	free(restore("db01", 0));
	read_both("db01", after);
	for (int i = 0; i < 2; i++) {
		struct vtune_plan *carried = vtune__metadata_plan(after[i], NULL);

		assert_non_null(carried);
		char *a = vtune_plan_to_json(first, NULL), *b = vtune_plan_to_json(carried, NULL);

		assert_string_equal(a, b);
		free(a);
		free(b);
		vtune_plan_free(carried);
		assert_string_equal(strstr(before[i], "<memory "), strstr(after[i], "<memory "));
	}
	vtune_plan_free(first);
	vtune_plan_free(second);
	free_both(before);
	free_both(after);
}

static void define_changed(const char *name, const char *from, const char *to)
{
	struct vtune__text text = { 0 };
	virDomainPtr domain;
	char *both[2], *place;

	read_both(name, both);
	place = strstr(both[1], from);
	assert_non_null(place);
	vtune__text_add_bytes(&text, both[1], (size_t)(place - both[1]));
	vtune__text_add(&text, to);
	vtune__text_add(&text, place + strlen(from));
	domain = virDomainDefineXML(at.libvirt, text.data);
	assert_non_null(domain);
	virDomainFree(domain);
	vtune__text_free(&text);
	free_both(both);
}

static void test_restore_keeps_changes(void **state)
{
	struct vtune_plan *plan;
	char *before[2], *after[2];

	(void)state;
	make_domain("db01", 4, NULL, false);
	plan = plan_for("db01", 4, "\"nodes\":\"0\"");
	free(apply(plan, "db01", 0));
	/* A device has nothing to do with the plan; CPU features have. */
	define_changed("db01", "passwd='secret'", "passwd='other'");
	define_changed("db01", "<cputune>", "<cputune><period>20000</period>");
	read_both("db01", before);
	assert_not_restored("db01", 0, "<cputune>");
	read_both("db01", after);
	assert_string_equal(before[1], after[1]);
	free_both(after);
	define_changed("db01", "<period>20000</period>", "");
	free(restore("db01", 0));
	read_both("db01", after);
	assert_has(after[1], "passwd='other'");
	assert_has_not(after[1], "vcpupin");
	vtune_plan_free(plan);
	free_both(before);
	free_both(after);
}

/* ---- what a domain is ---- */

static void test_from_domain(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *plan, *carried;
	struct vtune_spec *spec;
	char *a, *b;

	(void)state;
	make_domain("db01", 4, NULL, true);
	assert_null(vtune_plan_from_domain(at.own, "db01", &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_DOCUMENT);
	assert_has(vtune_error_get_message(err), "carries no plan");
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_spec_from_domain(at.own, "none", &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_LIBVIRT);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_plan_from_domain(at.own, NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	spec = vtune_spec_from_domain(at.own, "db01", &err);
	no_error(&err);
	assert_string_equal(vtune_spec_get_name(spec), "db01");
	vtune_spec_free(spec);
	plan = plan_for("db01", 4, "");
	free(apply(plan, "db01", 0));
	carried = vtune_plan_from_domain(at.own, "db01", &err);
	no_error(&err);
	a = vtune_plan_to_json(plan, NULL);
	b = vtune_plan_to_json(carried, NULL);
	assert_string_equal(a, b);
	free(a);
	free(b);
	vtune_plan_free(plan);
	vtune_plan_free(carried);
}

/* ---- the order ---- */

struct watched {
	unsigned int looks;
	bool is_apart;
};

static void watch_pins(void *data)
{
	struct vtune__pins pins VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct watched *watched = data;
	char *xml[2];

	read_both("db01", xml);
	assert_int_equal(vtune__pins_read(&pins, xml[0], "db01", NULL), 0);
	for (unsigned int i = 0; i < pins.nvcpus; i++) {
		for (unsigned int j = 0; j < i; j++)
			watched->is_apart &= !vtune__set_intersects(&pins.vcpus[i], &pins.vcpus[j]);
	}
	watched->looks++;
	free_both(xml);
}

static void test_vcpus_stay_apart(void **state)
{
	static const char turned[] = "<cputune><vcpupin vcpu='0' cpuset='3'/>"
				     "<vcpupin vcpu='1' cpuset='2'/><vcpupin vcpu='2' cpuset='0'/>"
				     "<vcpupin vcpu='3' cpuset='1'/></cputune>";
	struct watched watched = { .is_apart = true };
	struct vtune_plan *plan;
	char *text, *after[2];

	(void)state;
	make_domain("db01", 4, turned, true);
	plan = plan_for("db01", 4, "\"nodes\":\"0\"");
	fake.watch = watch_pins;
	fake.watch_data = &watched;
	text = apply(plan, "db01", VTUNE_APPLY_LIVE);
	assert_has(text, "to wait there");
	free(text);
	assert_true(watched.looks > 6);
	assert_true(watched.is_apart);
	read_both("db01", after);
	assert_has(after[0], "<vcpupin vcpu='0' cpuset='0'/>");
	assert_has(after[0], "<vcpupin vcpu='3' cpuset='3'/>");
	free_both(after);
	vtune_plan_free(plan);
}

/* Only in this mode libvirt moves memory: everything else is due. */
static void test_restrictive(void **state)
{
	static const char bound[] = "<numatune><memory mode='restrictive' nodeset='1'/></numatune>";
	struct vtune_plan *plan;
	char *text, *after[2];

	(void)state;
	make_domain("db01", 4, bound, true);
	plan = plan_for("db01", 4, "\"nodes\":\"0\",\"mode\":\"restrictive\"");
	text = apply(plan, "db01", 0);
	assert_has(text, "virDomainSetNumaParameters(db01, node 0, live)");
	assert_has_not(text, "memory_nodes");
	free(text);
	read_both("db01", after);
	assert_has(after[0], "<memory mode='restrictive' nodeset='0'/>");
	free_both(after);
	vtune_plan_free(plan);
}

/* Its only host device is near the only cell, and gets a bus that says so. */
static struct vtune_plan *plan_with_device(const char *name)
{
	static const char device[] =
		"\"devices\": [ { \"id\": \"0000:41:00.0\", \"node\": 0, \"cell\": 0, "
		"\"distance\": 10 } ], \"pcie\": { \"expanders\": [ { \"cell\": 0, \"devices\": "
		"[ \"0000:41:00.0\" ], \"spare_ports\": 0 } ], \"spare_ports\": 0 }";
	struct vtune_plan *plan = plan_for(name, 2, "\"nodes\":\"0\"");
	char *text = vtune_plan_to_json(plan, NULL), *place = strstr(text, "\"devices\": [ ]");
	struct vtune__text with = { 0 };
	struct vtune_error *err = NULL;

	assert_non_null(place);
	vtune__text_add_bytes(&with, text, (size_t)(place - text));
	vtune__text_add(&with, device);
	vtune__text_add(&with, place + strlen("\"devices\": [ ]"));
	free(text);
	vtune_plan_free(plan);
	text = vtune__text_take(&with, NULL);
	plan = vtune_plan_from_json(text, &err);
	no_error(&err);
	free(text);
	return plan;
}

static void test_device_moves(void **state)
{
	static const char xml[] =
		"<domain type='test'><name>db01</name><memory unit='MiB'>512</memory><vcpu>2</vcpu>"
		"<os><type arch='x86_64' machine='q35'>hvm</type></os><devices><disk type='file' "
		"device='disk'><source file='/db01'/><target dev='vda' bus='virtio'/></disk>"
		"<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x41' "
		"slot='0x00' function='0x0'/></source><address type='pci' domain='0x0000' "
		"bus='0x05' slot='0x00' function='0x0'/></hostdev></devices></domain>";
	struct vtune_plan *plan = plan_with_device("db01");
	virDomainPtr domain = virDomainDefineXML(at.libvirt, xml);
	char *text, *after[2];

	(void)state;
	if (!domain)
		fail_msg("%s", virGetLastErrorMessage());
	assert_int_equal(virDomainCreate(domain), 0);
	virDomainFree(domain);
	text = apply(plan, "db01", 0);
	assert_has(text, "The guest sees the device 0000:41:00.0 on another bus");
	free(text);
	read_both("db01", after);
	assert_has_not(after[0], "pcie-expander-bus");
	assert_has(after[1], "pcie-expander-bus");
	free_both(after);

	/* Once it runs with that, nothing is due. */
	domain = virDomainLookupByName(at.libvirt, "db01");
	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(virDomainCreate(domain), 0);
	virDomainFree(domain);
	text = apply(plan, "db01", 0);
	assert_has_not(text, "on another bus");
	free(text);
	vtune_plan_free(plan);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_off),
		TEST(test_running),
		TEST(test_again),
		TEST(test_only_live),
		TEST(test_only_config),
		TEST(test_transient),
		TEST(test_dry_run),
		TEST(test_arguments),
		TEST(test_room_is_gone),
		TEST(test_others_give_up_cpus),
		TEST(test_others_that_moved_stay),
		TEST(test_cpu_due),
		TEST(test_restore),
		TEST(test_restore_a_plan),
		TEST(test_restore_keeps_changes),
		TEST(test_vcpus_stay_apart),
		TEST(test_restrictive),
		TEST(test_device_moves),
		TEST(test_from_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
