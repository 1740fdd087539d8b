/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Good plans, made by hand, and every rule broken once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "host/host.h"
#include "plan-edit.h"
#include "validate-scenarios.h"

/* A copy with " for ', in which one part may be another. */
static char *swap_text(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from ? from : "");
	char *result = NULL;
	size_t length;

	if (!at)
		fail_msg("no %s in %s", from, text);
	length = strlen(text) + strlen(to ? to : "") + 1;
	result = malloc(length);
	assert_non_null(result);
	snprintf(result, length, "%.*s%s%s", (int)(at - text), text, to ? to : "",
		 at + strlen(from ? from : ""));
	return result;
}

static char *json_of(const char *text, const char *from, const char *to, const char *more_from,
		     const char *more_to)
{
	char *once = swap_text(text, from, to);
	char *twice = swap_text(once, more_from, more_to);

	for (char *c = twice; *c; c++)
		*c = *c == '\'' ? '"' : *c;
	free(once);
	return twice;
}

static struct vtune_host *host_of(const struct scenario *it, const char *from, const char *to)
{
	char *text = json_of(host_text, it->host_from, it->host_to, from, to);
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(text, &err);

	if (!host)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	free(text);
	return host;
}

static struct vtune_spec *spec_of(const struct scenario *it, const char *from, const char *to)
{
	char *text = json_of(it->spec, NULL, NULL, from, to);
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(text, &err);

	if (!spec)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	free(text);
	return spec;
}

static void test_good(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(scenarios); i++) {
		struct vtune_host *host = host_of(&scenarios[i], NULL, NULL);
		struct vtune_spec *spec = spec_of(&scenarios[i], NULL, NULL);
		struct vtune_plan *plan = plan_of(scenarios[i].plan);
		struct vtune_error *err = NULL;

		if (vtune_plan_validate(plan, host, spec, &err) < 0)
			fail_msg("scenario %u: %s: %s", i, vtune_error_get_where(err),
				 vtune_error_get_message(err));
		assert_null(err);
		vtune_plan_free(plan);
		vtune_spec_free(spec);
		vtune_host_free(host);
	}
}

struct change {
	const char *plan;	  /* edits */
	const char *where, *part; /* of the error; NULL: it holds all the same */
	const char *spec_from, *spec_to;
	const char *host_from, *host_to;
};

static void check_change(const struct scenario *scenario, const struct change *it)
{
	struct vtune_host *host = host_of(scenario, it->host_from, it->host_to);
	struct vtune_spec *spec = spec_of(scenario, it->spec_from, it->spec_to);
	struct vtune_plan *plan = plan_of(scenario->plan);
	struct vtune_error *err = NULL;
	int result;

	plan_edit(plan, it->plan);
	result = vtune_plan_validate(plan, host, spec, &err);
	if ((result == 0) != !it->where)
		fail_msg("scenario %u with %s, %s: %s: %s", (unsigned int)(scenario - scenarios),
			 it->plan, it->spec_to ? it->spec_to : "", vtune_error_get_where(err),
			 vtune_error_get_message(err));
	if (it->where) {
		assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NOT_VALID);
		if (strcmp(vtune_error_get_where(err), it->where) != 0 ||
		    !strstr(vtune_error_get_message(err), it->part))
			fail_msg("scenario %u with %s: \"%s: %s\", not \"%s: %s\"",
				 (unsigned int)(scenario - scenarios), it->plan,
				 vtune_error_get_where(err), vtune_error_get_message(err),
				 it->where, it->part);
	}
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

/* The plan is changed; or the spec or the host, and the plan with it. No place:
 * it holds all the same. */
#define EDIT(edits, place, message)                            \
	{                                                      \
		.plan = edits, .where = place, .part = message \
	}
#define SPEC(from, to, edits, place, message)                                                    \
	{                                                                                        \
		.plan = edits, .where = place, .part = message, .spec_from = from, .spec_to = to \
	}
#define HOST(from, to, edits, place, message)                                                    \
	{                                                                                        \
		.plan = edits, .where = place, .part = message, .host_from = from, .host_to = to \
	}

#define CHECK_CHANGES(scenario, changes)                                    \
	do {                                                                \
		for (unsigned int i_ = 0; i_ < VTUNE__COUNT(changes); i_++) \
			check_change(&scenarios[scenario], &(changes)[i_]); \
	} while (0)

static void test_plain(void **state)
{
	static const struct change changes[] = {
		EDIT("vm=else", "/vm", "\"else\""),
		EDIT("fits=0", "/fits", "does not fit"),
		EDIT("mode=1", "/domain/memory_mode", "\"strict\""),
		EDIT("threads=1", "/domain/threads", "\"prefer\""),
		EDIT("cpu_mode=1", "/cpu/mode", "spec"),
		EDIT("vcpus=3", "/vcpus", "3 vCPUs"),
		EDIT("cells=0", "/cells", "0 cells"),
		EDIT("cell/0/node=2", "/cells/0/node", "no node 2"),

		EDIT("cell/0/page_kib=8", "/cells/0/page_kib", "ordinary pages of 8"),
		EDIT("huge=1", "/cells/0/page_kib", "huge pages of 4 KiB"),
		SPEC("'1GiB',", "'1GiB', 'hugepages': 'any',", "", "/cells/0/page_kib", "asks for"),
		EDIT("cell/0/memory_kib=1048572", "/cells/0/memory_kib", "1048576"),
		EDIT("cell/0/memory=2:1048576", "/cells/0/memory", "no node 2"),
		EDIT("cell/0/memory=0:1048580", "/cells/0/memory", "more"),
		EDIT("cell/0/memory=0:18446744073709551612", "/cells/0/memory", "more"),
		EDIT("cell/0/memory=0:1048572", "/cells/0/memory", "4 KiB less"),
		EDIT("cell/0/memory=", "/cells/0/memory", "1048576 KiB less"),
		EDIT("cell/0/memory=1:1048576", "/cells/0/memory", "own node"),
		EDIT("cell/0/memory=0:4,1:1048572", "/cells/0/memory", "own node"),
		HOST("'free_kib': 8388608", "'free_kib': 1048576", "", NULL, NULL),
		HOST("'free_kib': 8388608", "'free_kib': 1048575", "", "/cells",
		     "node 0 has 262143 free pages"),

		EDIT("vcpu/0=~2@0", "/vcpus/0", "dedicated"),
		EDIT("vcpu/0=2-3@0", "/vcpus/0/cpus", "one CPU"),
		EDIT("vcpu/0=@0", "/vcpus/0/cpus", "one CPU"),
		EDIT("vcpu/0=0@0", "/vcpus/0/cpus", "CPU 0 is not there"),
		EDIT("vcpu/0=1@0", "/vcpus/0/cpus", "CPU 1 is not there"),
		EDIT("vcpu/0=7@0", "/vcpus/0/cpus", "CPU 7 is not there"),
		EDIT("vcpu/0=15@0", "/vcpus/0/cpus", "CPU 15 is not there"),
		EDIT("vcpu/0=9999@0", "/vcpus/0/cpus", "CPU 9999 is not there"),
		EDIT("vcpu/0=10@0", "/vcpus/0/cpus", "not on node 0"),
		EDIT("vcpu/1=2@0", "/vcpus/1/cpus", "another vCPU"),
		EDIT("held=2-6", "/held_cpus", "\"2-5\""),
		EDIT("held=2-4", "/held_cpus", "\"2-5\""),

		EDIT("emulator=0", "/emulator/cpus", "\"0-1\""),
		EDIT("iothreads=2", "/iothreads", "2 I/O threads"),
		EDIT("iothread/1=0:sda,sdb", "/iothreads/1/cpus", "\"0-1\""),
		EDIT("iothread/1/id=3", "/iothreads/1/id", "numbered"),
		EDIT("iothread/0=0-1:vdb", "/iothreads/0/disks", "\"vda\""),
		EDIT("iothread/1=0-1:sda", "/iothreads/1/disks", "\"sdb\""),
		EDIT("iothread/2=0-1:vdb,hda", "/iothreads/2/disks", "1 disks, not 2"),

		EDIT("guest=1,1,4,1", NULL, NULL),
		EDIT("guest=4,1,1,1", NULL, NULL),
		EDIT("guest=1,1,2,1", "/guest_topology", "4 vCPUs"),
		EDIT("guest=0,1,2,2", "/guest_topology", "4 vCPUs"),
		EDIT("guest=65536,65536,65536,65537", "/guest_topology", "4 vCPUs"),
		EDIT("guest=1,1,1,4", "/guest_topology/threads", "vCPU 2"),

		EDIT("devices=0", "/devices", "0 devices"),
		EDIT("device/0=0000:02:00.0;1;0;21", "/devices/0/id", "0000:01:00.0"),
		EDIT("device/0=0000:01:00.0;1;0;10", "/devices/0/node", "node 0"),
		EDIT("device/0=0000:01:00.0;0;5;10", "/devices/0/cell", "nearest"),
		EDIT("device/0=0000:01:00.0;0;-1;10", "/devices/0/cell", "nearest"),
		EDIT("device/0=0000:01:00.0;0;0;11", "/devices/0/distance", "10"),
		SPEC("0000:01", "0000:02", "device/0=0000:02:00.0;1;0;21", "/devices/0/node",
		     "requires"),
		SPEC("0000:01", "0000:03", "device/0=0000:03:00.0;-1;-1;0", "/devices/0/node",
		     "not known"),
		SPEC("0000:01", "0000:04", "device/0=0000:04:00.0;0;0;10", "/devices/0/id",
		     "\"other\""),
		SPEC("0000:01", "0000:09", "device/0=0000:09:00.0;0;0;10", "/devices/0/id",
		     "no device"),

		EDIT("cost/remote=1", "/cost/remote", "says 1, it is 0"),
		EDIT("cost/spread=1", "/cost/spread", "says 1, it is 0"),
		EDIT("cost/devices=1", "/cost/devices", "says 1, it is 0"),
		EDIT("cost/helpers=0", "/cost/helpers", "says 0, it is 11"),
		EDIT("cost/caches=1", "/cost/caches", "says 1, it is 2"),
		EDIT("cost/split_cores=1", "/cost/split_cores", "says 1, it is 0"),
		EDIT("cost/leftover=-1", "/cost/leftover", "says -1, it is 1"),
		EDIT("cost/leftover_caches=0", "/cost/leftover_caches", "says 0, it is 1"),
	};

	(void)state;
	CHECK_CHANGES(PLAIN, changes);
}

/* Two cells, huge pages, whole cores, isolated helpers. */
static void test_huge(void **state)
{
	static const struct change changes[] = {
		EDIT("distances=10,21,22,10", "/domain/distances",
		     "from cell 1 to cell 0 it is 21"),
		EDIT("cells=1", "/cells", "1 cells"),
		EDIT("cell/0/node=4", "/cells/0/node", "node 4"),
		EDIT("cell/1/node=0", "/cells/1/node", "another cell"),
		EDIT("cell/0/vcpus=0 cell/1/vcpus=1-2", "/cells/0/vcpus", "0 to 1"),
		EDIT("cell/1/vcpus=1-2", "/cells/1/vcpus", "2 to 2"),
		EDIT("cell/0/vcpus=0,5", "/cells/0/vcpus", "0 to 1"),
		EDIT("vcpu/2=10@0", "/vcpus/2/cell", "cell 1"),
		EDIT("vcpu/1=3@7", "/vcpus/1/cell", "cell 0"),
		SPEC("21 }", "20 }", "", "/cells", "is 21 from node 0"),
		HOST("'0': 21, '1': 10", "'0': 22, '1': 10", "", "/cells", "is 22 from node 1"),

		EDIT("cell/1/page_kib=4", "/cells/1/page_kib", "one page size"),
		SPEC("'2MiB'", "'none'", "", "/cells/0/page_kib", "asks for"),
		SPEC("'2MiB'", "'1GiB'", "", "/cells/0/page_kib", "asks for"),
		SPEC("'2MiB'", "'auto'", "", NULL, NULL),
		SPEC("'64MiB'", "'65MiB'", "", "/cells/0/page_kib", "suit"),
		SPEC("'64MiB'", "'2MiB'", "cell/0=0-1@0:2048/2048", "/cells/1/page_kib", "suit"),
		EDIT("cell/0=0-1@0:43008/2048 cell/1=2@1:22528/2048", "/cells/0/memory_kib",
		     "45056"),
		EDIT("cell/0/memory=3:45056", "/cells/0/memory", "node 3"),
		HOST("'free': 24", "'free': 22", "", NULL, NULL),
		HOST("'free': 24", "'free': 21", "", "/cells",
		     "node 0 has 21 free pages of 2048 KiB, the cells take 22"),

		EDIT("vcpu/2=12@1", "/vcpus", "isolated helper"),
		EDIT("vcpu/2=14@1", "/vcpus", "CPU 15, which is not free"),
		EDIT("held=2-4,10,12-13", "/held_cpus", "\"2-4,10-13\""),
		/* A helper beside the vCPU, where a thread was idle. */
		EDIT("iothread/0=11: held=2-4,10-12 cost/leftover=4 cost/leftover_caches=4", NULL,
		     NULL),

		EDIT("emulator=4", "/emulator/cpus", "memory node 1"),
		EDIT("emulator=4-5,12", "/emulator/cpus", "memory node 0"),
		EDIT("emulator=4,12,16", "/emulator/cpus", "no memory"),
		EDIT("emulator=0,12", "/emulator/cpus", "not all of these"),
		EDIT("iothread/0=13-14:", "/iothreads/0/cpus", "one CPU"),
		EDIT("iothread/0=12:", "/iothreads/0/cpus", "another helper"),
		EDIT("iothread/0=15:", "/iothreads/0/cpus", "not all of these"),
		EDIT("iothread/0=16:", "/iothreads/0/cpus", "node 4"),
		EDIT("iothread/0=13:vda", "/iothreads/0/disks", "0 disks, not 1"),
		EDIT("guest=1,1,1,3", "/guest_topology/threads", "vCPU 2"),

		/* What this VM holds already counts as free. */
		HOST("'vm': 'other'", "'vm': 'vm'", "cost/leftover=4 cost/leftover_caches=4", NULL,
		     NULL),
	};

	(void)state;
	CHECK_CHANGES(HUGE, changes);
}

static void test_shared(void **state)
{
	static const struct change changes[] = {
		EDIT("cpu_mode=2", "/cpu/mode", "spec"),
		EDIT("shares=1024", "/domain/shares", "512"),
		EDIT("cell/1=1@0:4/4 cell/2=1@2:4/4", "/cells", "3 cells"),
		EDIT("vcpu/0=8@0", "/vcpus/0", "shared"),
		EDIT("vcpu/0=~8@0", "/vcpus/0/cpus", "node 1"),
		EDIT("vcpu/1=~0-1@0", "/vcpus/1/cpus", "node 1"),
		EDIT("cell/0/node=4 cell/0/memory=1:1048576 vcpu/0=~@0", "/vcpus/0/cpus", "node 4"),
		EDIT("emulator=8", "/emulator/cpus", "\"8-9\""),
		EDIT("guest=1,1,1,2", NULL, NULL),
		HOST("'overcommit': 2.0", "'overcommit': 1.5", "", "/vcpus",
		     "4 shared vCPUs of all VMs on the 2 shared CPUs"),
		HOST("'1': 2 }", "'1': 1048576 }", "", "/vcpus", "1048578 shared vCPUs"),
		SPEC("'vcpus': 2", "'vcpus': 3", "cell/0/vcpus=0-2 vcpu/2=~8-9@0", "/vcpus",
		     "3 shared vCPUs on node 1 have 2"),
	};

	(void)state;
	CHECK_CHANGES(SHARED, changes);
}

static void test_mixed(void **state)
{
	static const struct change changes[] = {
		EDIT("vcpu/1=~1,3-6@0", "/vcpus/1/cpus", "node 0"),
		EDIT("emulator=1-6", "/emulator/cpus", "\"1,4-6\""),
		EDIT("held=2", "/held_cpus", "\"2-3\""),
		EDIT("guest=1,1,1,3", "/guest_topology/threads", "vCPU 1"),
		SPEC("'dedicated': '0'", "'dedicated': '0-1'", "vcpu/1=3@0", "/vcpus",
		     "more than one vCPU"),
		SPEC("'count': 1", "'count': 1, 'policy': 'isolate'", "iothread/0=3:", "/vcpus",
		     "CPU 3 of a helper"),
		SPEC("'iothreads'", "'emulator': { 'policy': 'isolate' }, 'iothreads'",
		     "emulator=4-5", "/emulator/cpus", "one CPU"),
		SPEC("'iothreads'", "'emulator': { 'policy': 'isolate' }, 'iothreads'",
		     "emulator=4 vcpu/1=~1,5-6@0 vcpu/2=~1,5-6@0 iothread/0=1,5-6: held=2-4 "
		     "cost=0,0,0,0,1,2,-3,-3",
		     NULL, NULL),
		HOST("{ '1': 2 }", "{ '0': 6 }", "", NULL, NULL),
		HOST("{ '1': 2 }", "{ '0': 7 }", "", "/vcpus",
		     "9 shared vCPUs of all VMs on the 4 shared CPUs of node 0"),
	};

	(void)state;
	CHECK_CHANGES(MIXED, changes);
}

static void test_memory_modes(void **state)
{
	static const struct change interleave[] = {
		EDIT("cell/0/memory=1:4,0:8", "/cells/0/memory", "not in order"),
		EDIT("cell/0/memory=0:8,0:4", "/cells/0/memory", "not in order"),
		EDIT("cell/0/memory=0:4,1:8", "/cells/0/memory", "8 KiB are on node 0"),
		EDIT("cell/0/memory=0:12", "/cells/0/memory", "8 KiB are on node 0"),
		EDIT("cell/1/memory=0:8", "/cells/1/memory", "4 KiB are on node 0"),
		EDIT("cell/1/memory=0:6,1:2", "/cells/1/memory", "whole pages"),
		EDIT("held=4-5,10", "/held_cpus", "\"4,10\""),
		SPEC("'interleave'", "'interleave', 'nodes': '0-1,3'", "", "/cells/0/memory",
		     "4 KiB are on node 0"),
		SPEC("'interleave'", "'interleave', 'nodes': '0-1,3-4'",
		     "cell/0/memory=0:4,1:4,3:4 cost/remote=116", NULL, NULL),
	};
	static const struct change preferred[] = {
		EDIT("cell/0/memory=0:8388606,3:2097154", "/cells/0/memory", "whole pages"),
		EDIT("cell/0/memory=0:10485760,3:0", "/cells/0/memory", "whole pages"),
		EDIT("cell/0/memory=0:8388612,3:2097148", "/cells", "node 0 has 2097152 free"),
		SPEC("'nodes': '0,3'", "'nodes': '0'", "", "/cells/0/memory", "node 3"),
		SPEC("'preferred',  'nodes': '0,3'", "'preferred'", "", "/cells/0/memory",
		     "hbm memory"),
	};
	static const struct change memoryless[] = {
		EDIT("cell/0/memory=1:4,3:1048572", "/cells/0/memory", "hbm memory"),
		EDIT("cell/0/memory=0:4,1:1048572", "/cells/0/memory", "one node"),
		SPEC("12 }", "12, 'mode': 'restrictive' }", "mode=1", NULL, NULL),
		SPEC("12 }", "12, 'mode': 'interleave' }", "mode=3", "/cells/0/memory", "0 nodes"),
		SPEC("12 }", "11 }", "", "/cells", "12 from node"),
		EDIT("emulator=8-9", "/emulator/cpus", "\"8-9,16\""),
		SPEC("'memory'", "'hugepages': '2MiB', 'emulator': { 'policy': 'float' }, 'memory'",
		     "huge=1 cell/0/page_kib=2048 emulator=16", "/emulator/cpus",
		     "huge pages on node 1"),
		EDIT("device/1=0000:03:00.0;-1;0;0", "/devices/1/cell", "not known"),
		EDIT("device/1=0000:03:00.0;0;0;31", "/devices/1/node", "-1"),
		EDIT("device/2=0000:01:00.0;0;0;30", "/devices/2/distance", "31"),
		EDIT("cost/devices=33", "/cost/devices", "it is 2"),
	};

	(void)state;
	CHECK_CHANGES(INTERLEAVE, interleave);
	CHECK_CHANGES(PREFERRED, preferred);
	CHECK_CHANGES(MEMORYLESS, memoryless);
}

/* Explicit cells; and the same with the default pool, of which the vCPUs take CPUs
 * away that others' shared vCPUs need. */
static void test_explicit(void **state)
{
	static const struct change changes[] = {
		EDIT("cells=1", "/cells", "1 cells"),
		EDIT("cell/0/vcpus=0-1", "/cells/0/vcpus", "spec"),
		EDIT("cell/0=0,2@0:18432/2048 cell/1=1@1:47104/2048", "/cells/0/memory_kib",
		     "16384"),
		SPEC("'16MiB' },    { 'vcpus': '1', 'memory': '48MiB'",
		     "'17MiB' }, { 'vcpus': '1', 'memory': '47MiB'", "", "/cells/0/page_kib",
		     "suit"),
		/* Without stated memory, by vCPUs. */
		SPEC("'0,2', 'memory': '16MiB' },    { 'vcpus': '1', 'memory': '48MiB' }",
		     "'0,2' }, { 'vcpus': '1' }", "cell/0=0,2@0:45056/2048 cell/1=1@1:20480/2048",
		     NULL, NULL),
		HOST("'shared_cpus': '0-1,8-9', ", "", "cost/leftover=0", "/emulator/cpus",
		     "\"1,4-6,9-13\""),
	};
	static const struct change taken[] = {
		EDIT("vcpu/0=3@0 vcpu/2=2@0", NULL, NULL),
		HOST("{ '1': 2 }", "{ '1': 11 }", "", "/vcpus",
		     "11 shared vCPUs of all VMs on the 5 shared CPUs of node 1"),
	};
	struct scenario pool = scenarios[EXPLICIT];

	(void)state;
	CHECK_CHANGES(EXPLICIT, changes);
	pool.plan = "huge=1 cell/0=0,2@0:16384/2048 cell/1=1@1:49152/2048 vcpu/0=2@0 vcpu/1=14@1 "
		    "vcpu/2=3@0 emulator=1,4-6,9-13 held=2-3,14 guest=3,1,1,1 "
		    "cost=0,21,0,0,2,2,-9,-6";
	pool.host_from = scenarios[MIXED].host_from;
	pool.host_to = scenarios[MIXED].host_to;
	for (unsigned int i = 0; i < VTUNE__COUNT(taken); i++)
		check_change(&pool, &taken[i]);
}

/* On a host of one node every device is near. */
static void test_one_node(void **state)
{
	char *host_json = json_of("{ 'version': 1, 'nodes': [ { 'id': 7, 'cpus': '0-1', "
				  "'memory_kib': 4096 } ], 'devices': [ { 'id': '0000:01:00.0', "
				  "'class': 'network' } ] }",
				  NULL, NULL, NULL, NULL);
	char *spec_json = json_of("{ 'version': 1, 'vcpus': 1, 'memory': '1MiB', 'hostdevs': "
				  "[ { 'id': '0000:01:00.0', 'affinity': 'require' } ] }",
				  NULL, NULL, NULL, NULL);
	struct vtune_host *host = vtune_host_from_json(host_json, NULL);
	struct vtune_spec *spec = vtune_spec_from_json(spec_json, NULL);
	struct vtune_plan *plan = plan_of("cell/0=0@7:1024/4 vcpu/0=0@0 emulator=1 held=0 "
					  "guest=1,1,1,1 device/0=0000:01:00.0;-1;-1;0 "
					  "cost=0,0,0,0,1,0,1,1");

	(void)state;
	assert_non_null(host);
	assert_non_null(spec);
	assert_int_equal(vtune_plan_validate(plan, host, spec, NULL), 0);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	free(host_json);
	free(spec_json);
}

/* Memory times distance is more than 63 bits hold. */
static void test_overflow(void **state)
{
	struct vtune_host *host = host_of(
		&scenarios[MEMORYLESS],
		"16777216, 'free_kib': 8388608,    'pages': [ { 'size_kib': 2048, 'total': 1024 } ]",
		"1125899906842624");
	struct vtune_spec *spec =
		spec_of(&scenarios[MEMORYLESS], "'1GiB', 'numa': { 'max_distance': 12 }", "'1EiB'");
	struct vtune_plan *plan = plan_of(scenarios[MEMORYLESS].plan);
	struct vtune_error *err = NULL;

	(void)state;
	host->topology->distances[3 * host->topology->nnodes + 1] = 65535;
	plan_edit(plan, "cell/0=0@4:1125899906842624/4 cell/0/memory=1:1125899906842624");
	plan_edit(plan, "device/0=0000:02:00.0;1;0;12");
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_string_equal(vtune_error_get_where(err), "/cost/remote");
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

static void test_null(void **state)
{
	struct vtune_host *host = host_of(&scenarios[PLAIN], NULL, NULL);
	struct vtune_spec *spec = spec_of(&scenarios[PLAIN], NULL, NULL);
	struct vtune_plan *plan = plan_of(scenarios[PLAIN].plan);
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_plan_validate(NULL, host, spec, NULL), -1);
	assert_int_equal(vtune_plan_validate(plan, NULL, spec, NULL), -1);
	assert_int_equal(vtune_plan_validate(plan, host, NULL, &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	 cmocka_unit_test(test_plain),
		cmocka_unit_test(test_huge),	 cmocka_unit_test(test_shared),
		cmocka_unit_test(test_mixed),	 cmocka_unit_test(test_memory_modes),
		cmocka_unit_test(test_explicit), cmocka_unit_test(test_one_node),
		cmocka_unit_test(test_overflow), cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
