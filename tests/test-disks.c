/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks in a plan: which I/O thread serves which, and the rules for their drivers. */
#include "xml-help.h"

#include "disks-help.h"
#include "guest/guest.h"

/* ---- I/O threads ---- */

/* "1:vda,vdc 2:vdb" */
static void assert_dealt(const struct vtune_plan *plan, const char *expected)
{
	struct vtune__text text = { 0 };

	for (unsigned int i = 0; i < plan->niothreads; i++) {
		vtune__text_addf(&text, "%s%u:", i ? " " : "", plan->iothreads[i].id);
		for (unsigned int j = 0; j < plan->iothreads[i].ndisks; j++)
			vtune__text_addf(&text, "%s%s", j ? "," : "", plan->iothreads[i].disks[j]);
	}
	assert_string_equal(text.data ? text.data : "", expected);
	vtune__text_free(&text);
}

/* Each disk is a letter, which its target has too, and the end of its source ("-": none). */
static char *disk_list(const char *disks)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, "'disks': [");
	for (unsigned int i = 0; disks[2 * i]; i++) {
		vtune__text_addf(&text, "%s { 'target': '%cd%c'", i ? "," : "", disks[2 * i],
				 'a' + (int)i);
		if (disks[2 * i + 1] != '-')
			vtune__text_addf(&text, ", 'source': '%s%c'",
					 disks[2 * i + 1] == 'x' ? "" : "/dev/n", disks[2 * i + 1]);
		vtune__text_add(&text, " }");
	}
	vtune__text_add(&text, " ]");
	return vtune__text_take(&text, NULL);
}

static void test_dealt(void **state)
{
	static const struct {
		const char *disks, *iothreads, *dealt;
	} rows[] = {
		/* Round, in the order of the disks. */
		{ "v-v-v-", "", "1:vda 2:vdb 3:vdc" },
		{ "v-v-v-v-v-", ", 'count': 2", "1:vda,vdc,vde 2:vdb,vdd" },
		{ "v-h-s-s-v-", "", "1:vda 2:sdc,sdd 3:vde" },
		{ "v-v-", ", 'count': 0", "" },
		{ "v-v-", ", 'count': 3", "1:vda 2:vdb 3:" },
		/* One node, or none that is known. */
		{ "v0v0v0", ", 'count': 2", "1:vda,vdc 2:vdb" },
		{ "v0vxv0v-", ", 'count': 2", "1:vda,vdc 2:vdb,vdd" },
		{ "vxvxvx", ", 'count': 2", "1:vda,vdc 2:vdb" },
		/* Several nodes: those of each together, as evenly as before. */
		{ "v0v1v0v1", ", 'count': 2", "1:vda,vdc 2:vdb,vdd" },
		{ "v0v0v1v1", ", 'count': 2", "1:vda,vdb 2:vdc,vdd" },
		{ "v1v0v1v0v0", ", 'count': 2", "1:vdb,vdd,vde 2:vda,vdc" },
		{ "vxv1v0v1v0", ", 'count': 3", "1:vdc,vde 2:vdb,vdd 3:vda" },
		{ "v0v1v0v1", ", 'count': 1", "1:vda,vdb,vdc,vdd" },
		/* As many threads as disks: nothing to be put together. */
		{ "v1v0v1", "", "1:vda 2:vdb 3:vdc" },
		/* Ids that are asked for; the rest have the lowest others. */
		{ "v-v-v-", ", 'ids': '5'", "1:vda 2:vdb 5:vdc" },
		{ "v-v-", ", 'ids': '2-3,9'", "2:vda 3:vdb 9:" },
		{ "v-v-", ", 'ids': '9,65535', 'count': 3", "1:vda 9:vdb 65535:" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		char *disks = disk_list(rows[i].disks);
		struct vtune__text keys = { 0 };
		struct vtune_plan *plan;

		vtune__text_addf(&keys, "'iothreads': { 'policy': 'share'%s }, %s",
				 rows[i].iothreads, disks);
		plan = disks_plan(NULL, 6, keys.data);
		assert_dealt(plan, rows[i].dealt);
		vtune_plan_free(plan);
		vtune__text_free(&keys);
		free(disks);
	}
}

static void test_named(void **state)
{
	static const struct {
		const char *keys, *dealt;
	} rows[] = {
		/* Who names one has it; the others go where the fewest are. */
		{ "'disks': [ { 'target': 'vda' }, { 'target': 'vdb', 'iothread': 1 }, "
		  "{ 'target': 'vdc' } ]",
		  "1:vdb 2:vda 3:vdc" },
		{ "'disks': [ { 'target': 'vda', 'iothread': 5 }, { 'target': 'vdb', 'iothread': 5 "
		  "}, { 'target': 'vdc' } ], 'iothreads': { 'count': 2 }",
		  "1:vdc 5:vda,vdb" },
		/* A controller has the thread that any of its disks names. */
		{ "'disks': [ { 'target': 'sda' }, { 'target': 'sdb', 'iothread': 3 }, "
		  "{ 'target': 'sdc', 'controller': 1 } ]",
		  "1:sdc 3:sda,sdb" },
		/* Each controller has its own; libvirt has seven disks on one. */
		{ "'disks': [ { 'target': 'sda' }, { 'target': 'sdh' }, { 'target': 'sdb' } ]",
		  "1:sda,sdb 2:sdh" },
		/* None where there can be none, or none is wanted. */
		{ "'disks': [ { 'target': 'vda', 'type': 'vhostuser' }, { 'target': 'sda', "
		  "'device': 'cdrom' }, { 'target': 'hda' } ]",
		  "" },
		{ "'disks': [ { 'target': 'vda', 'iothreads': 0 }, { 'target': 'vdb' } ]",
		  "1:vdb" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = disks_plan(NULL, 6, rows[i].keys);

		assert_dealt(plan, rows[i].dealt);
		vtune_plan_free(plan);
	}
}

static void test_several(void **state)
{
	static const char both[] = "'disks': [ { 'target': 'vda', 'iothreads': 3 }, "
				   "{ 'target': 'vdb' }, { 'target': 'sda', 'iothread': '1,4' } ]";
	struct vtune_plan *plan = disks_plan(new_versions, 8, both);

	(void)state;
	assert_dealt(plan, "1:sda 2:vda 3:vda 4:sda 5:vda 6:vdb");
	assert_false(disks_warned(plan, "iothreads", ""));
	assert_set(&plan->disks[0].iothread, "2-3,5");
	vtune_plan_free(plan);

	plan = disks_plan(old_versions, 8, both);
	assert_true(disks_warned(plan, "iothreads", "\"vda\" has one I/O thread and not 3"));
	assert_true(disks_warned(plan, "iothreads", "libvirt 10.0 and QEMU 9.0"));
	assert_true(disks_warned(plan, "iothreads", "\"sda\" has one I/O thread and not 2"));
	assert_true(disks_warned(plan, "iothreads", "libvirt 11.2 and QEMU 10.0"));
	assert_set(&plan->disks[2].iothread, "1");
	vtune_plan_free(plan);
}

static void test_tuning(void **state)
{
	static const char keys[] = "'disks': [ { 'target': 'vda' } ], 'iothreads': { 'poll': { "
				   "'max': 0 }, 'thread_pool': { 'min': 2, 'max': 8 } }";
	struct vtune_plan *plan = disks_plan(new_versions, 1, keys);

	(void)state;
	assert_int_equal(plan->iothreads[0].tuning.said,
			 VTUNE__POOL_SETTINGS | 1u << VTUNE__POLL_MAX);
	assert_int_equal(plan->iothreads[0].tuning.value[VTUNE__POOL_MAX], 8);
	assert_false(disks_warned(plan, "iothreads", ""));
	vtune_plan_free(plan);

	plan = disks_plan(old_versions, 1, keys);
	assert_int_equal(plan->iothreads[0].tuning.said, 0);
	assert_true(disks_warned(plan, "iothreads", "libvirt 9.4"));
	assert_true(disks_warned(plan, "iothreads", "libvirt 8.5"));
	vtune_plan_free(plan);
}

/* Near the disks: the node of the device is the node of the thread. */
static void test_near(void **state)
{
	struct vtune_plan *plan = disks_plan(
		NULL, 2,
		"'iothreads': { 'policy': 'isolate', 'count': 2 }, 'disks': [ { 'target': 'vda', "
		"'source': '/dev/n1' }, { 'target': 'vdb', 'source': '/dev/p0' }, "
		"{ 'target': 'vdc', 'source': '/dev/p1' }, { 'target': 'vdd', 'source': '/dev/n0' } ]");

	(void)state;
	assert_dealt(plan, "1:vdb,vdd 2:vda,vdc");
	assert_true(vtune__set_first(&plan->iothreads[0].cpus) < 8);
	assert_true(vtune__set_first(&plan->iothreads[1].cpus) >= 8);
	vtune_plan_free(plan);
}

/* A plan whose parts do not agree is none. */
static void test_validate(void **state)
{
	static const char keys[] = "{ \"version\": 1, \"vcpus\": 6, \"memory\": \"64MiB\", "
				   "\"disks\": [ { \"target\": \"vda\" }, { \"target\": \"vdb\" }, "
				   "{ \"target\": \"hda\" } ], \"iothreads\": { \"ids\": \"4\" } }";
	struct vtune_host *host = disks_host(NULL);
	struct vtune_spec *spec = help_spec(keys);
	struct vtune_plan *plan = disks_place(host, spec);
	struct vtune_error *err = NULL;
	char *target;

	(void)state;
	plan->iothreads[1].id = 2;
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/iothreads/1/id", "this one is 4");
	plan->iothreads[1].id = 4;

	vtune__set_clear(&plan->disks[1].iothread);
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/disks/1/iothread", "I/O thread 4 serves it");
	assert_int_equal(vtune__set_add_range(&plan->disks[1].iothread, 3, 4), 0);
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/disks/1/iothread",
		     "1 I/O threads serve it, not 2");
	vtune__set_remove(&plan->disks[1].iothread, 3);

	target = plan->disks[2].target;
	plan->disks[2].target = plan->disks[1].target;
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/disks/2/target", "\"hda\"");
	plan->disks[2].target = target;

	plan->ndisks = 2;
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/disks", "2 disks, the spec 3");
	plan->ndisks = 0;
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), 0);
	plan->ndisks = 3;
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), 0);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

/* ---- drivers ---- */

/* The disk in the plan as compact JSON without its target, for a VM of 3 vCPUs. */
static void test_rules(void **state)
{
	static const struct {
		const char *disk, *expected;
	} rows[] = {
		/* O_DIRECT on block devices. */
		{ "'target': 'vda', 'type': 'block'",
		  "type:block,cache:none,io:native,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'block', 'cache': 'directsync'",
		  "type:block,cache:directsync,io:native,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'block', 'io': 'io_uring'",
		  "type:block,cache:none,io:io_uring,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'block', 'cache': 'writeback'",
		  "type:block,cache:writeback,io:threads,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'block', 'format': 'qcow2'",
		  "type:block,format:qcow2,cache:none,io:native,queues:3,iothread:1" },
		/* On a file only where it is asked for. */
		{ "'target': 'vda', 'type': 'file', 'format': 'raw'",
		  "type:file,format:raw,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'file', 'format': 'raw', 'cache': 'none'",
		  "type:file,format:raw,cache:none,io:native,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'file', 'format': 'raw', 'io': 'native'",
		  "type:file,format:raw,cache:none,io:native,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'file', 'format': 'qcow2', 'cache': 'none'",
		  "type:file,format:qcow2,cache:none,io:threads,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'file', 'cache': 'none'",
		  "type:file,cache:none,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'file', 'cache': 'unsafe'",
		  "type:file,cache:unsafe,io:threads,queues:3,iothread:1" },
		/* Not of the host: left alone. */
		{ "'target': 'vda', 'type': 'network'", "type:network,queues:3,iothread:1" },
		{ "'target': 'vda', 'type': 'vhostuser'", "type:vhostuser" },
		{ "'target': 'vda', 'type': 'nvme'", "type:nvme,queues:3,iothread:1" },
		{ "'target': 'vda'", "queues:3,iothread:1" },
		{ "'target': 'sda', 'bus': 'sata', 'device': 'cdrom', 'type': 'block'",
		  "bus:sata,type:block,device:cdrom" },
		{ "'target': 'hda', 'type': 'block'", "type:block,cache:none,io:native" },
		/* Zeroes are unmapped where blocks are. */
		{ "'target': 'vda', 'detect_zeroes': 'unmap'",
		  "discard:unmap,detect_zeroes:unmap,queues:3,iothread:1" },
		{ "'target': 'vda', 'detect_zeroes': 'on'",
		  "detect_zeroes:on,queues:3,iothread:1" },
		/* Queues. */
		{ "'target': 'vda', 'queues': 8, 'queue_size': 256",
		  "queues:8,queue_size:256,iothread:1" },
		{ "'target': 'sda', 'device': 'lun', 'rawio': true, 'type': 'block'",
		  "type:block,device:lun,cache:none,io:native,queues:3,iothread:1,rawio:true" },
		{ "'target': 'sda', 'iothreads': 0", "" },
		{ "'target': 'sda' }, { 'target': 'sdb', 'queues': 2", "queues:2,iothread:1" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text keys = { 0 };
		struct vtune_plan *plan;
		char *json, *at, *end, *out;

		vtune__text_addf(&keys, "'disks': [ { %s } ]", rows[i].disk);
		plan = disks_plan(NULL, 3, keys.data);
		json = vtune__plan_to_compact_json(plan, NULL);
		at = strstr(json, "\"disks\":[{\"target\"");
		assert_non_null(at);
		at = strchr(at, ':') + 1;
		end = strchr(at, '}');
		*end = '\0';
		at = strchr(at, ',');
		for (char *from = out = at ? at + 1 : end; *from; from++)
			if (*from != '"')
				*out++ = *from;
		*out = '\0';
		assert_string_equal(at ? at + 1 : "", rows[i].expected);
		free(json);
		vtune_plan_free(plan);
		vtune__text_free(&keys);
	}
}

/* One queue is what there is anyhow; beyond the bound of QEMU there are none. */
static void test_queue_bounds(void **state)
{
	struct vtune_host *host = disks_host(NULL);
	struct vtune_spec *spec = help_spec("{ \"version\": 1, \"vcpus\": 4096, \"memory\": 4096, "
					    "\"disks\": [ { \"target\": \"vda\" }, "
					    "{ \"target\": \"sda\" } ] }");
	struct vtune_plan *plan;

	(void)state;
	plan = disks_plan(NULL, 1, "'disks': [ { 'target': 'vda' }, { 'target': 'sda' } ]");
	assert_int_equal(plan->disks[0].queues, 0);
	assert_int_equal(plan->disks[1].queues, 0);
	vtune_plan_free(plan);

	plan = vtune__plan_new("vm", NULL);
	assert_int_equal(vtune__guest_disks(plan, host, spec, NULL), 0);
	assert_int_equal(plan->disks[0].queues, 1024);
	assert_int_equal(plan->disks[1].queues, 1022);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dealt),	     cmocka_unit_test(test_named),
		cmocka_unit_test(test_several),	     cmocka_unit_test(test_tuning),
		cmocka_unit_test(test_near),	     cmocka_unit_test(test_rules),
		cmocka_unit_test(test_queue_bounds), cmocka_unit_test(test_validate),
	};

	return cmocka_run_group_tests_name("disks", tests, NULL, NULL);
}
