/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bounds of CPU time and realtime threads, from the spec to the domain. */
#include "xml-help.h"

#include "guest-help.h"

/* Two nodes of four CPUs; on node 0 the CPU 0 is shared, on node 1 there is none. */
#define HOST                                                                                      \
	"{\"version\":1,\"nodes\":[{\"id\":0,\"cpus\":\"0-3\",\"memory_kib\":4194304},{\"id\":1," \
	"\"cpus\":\"4-7\",\"memory_kib\":4194304}],\"reserved_cpus\":\"0\",\"shared_cpus\":\"0\"}"
#define SPEC \
	"{\"version\":1,\"name\":\"v\",\"vcpus\":3,\"memory\":\"1GiB\",\"numa\":{\"nodes\":\"0\"}"
#define ON_1 \
	"{\"version\":1,\"name\":\"v\",\"vcpus\":3,\"memory\":\"1GiB\",\"numa\":{\"nodes\":\"1\"}"

/* ---- bandwidth ---- */

static void test_bandwidth(void **state)
{
	(void)state;
	/* The values of the guide's schedinfo, and all that there is. */
	guest_gives(HOST,
		    SPEC ",\"cpu\":{\"shares\":2048},\"bandwidth\":{\"vcpu\":{\"period\":100000,"
			 "\"quota\":-1},\"emulator\":{\"period\":100000,\"quota\":-1},\"global\":{"
			 "\"period\":100000,\"quota\":-1},\"iothread\":{\"period\":100000,"
			 "\"quota\":-1}}}",
		    "<cputune><shares>2048</shares><period>100000</period><quota>-1</quota>"
		    "<global_period>100000</global_period><global_quota>-1</global_quota>"
		    "<emulator_period>100000</emulator_period><emulator_quota>-1</emulator_quota>"
		    "<iothread_period>100000</iothread_period><iothread_quota>-1</iothread_quota>"
		    "<vcpupin");
	guest_gives(HOST, SPEC ",\"bandwidth\":{\"vcpu\":{\"quota\":50000}}}",
		    "<cputune><quota>50000</quota><vcpupin");
}

/* What the plan does not say is the domain's own, and so is how it is written. */
static void test_bandwidth_laid(void **state)
{
	struct vtune_plan *plan =
		guest_plan(HOST, SPEC ",\"bandwidth\":{\"vcpu\":{\"period\":20000,\"quota\":-1},"
				      "\"global\":{\"quota\":5000}}}");

	(void)state;
	guest_lays(plan,
		   "<cputune><quota> -1 </quota><emulator_quota>7000</emulator_quota>"
		   "<period>9999</period></cputune>",
		   "<quota> -1 </quota><emulator_quota>7000</emulator_quota><period>20000</period>"
		   "<global_quota>5000</global_quota>",
		   "9999");
	vtune_plan_free(plan);
}

/* ---- realtime ---- */

static void test_realtime(void **state)
{
	(void)state;
	guest_gives(HOST, SPEC ",\"realtime\":{\"vcpus\":\"1-2\"}}",
		    "<emulatorpin cpuset='0'/><vcpusched vcpus='1-2' scheduler='fifo' "
		    "priority='1'/></cputune>");
	guest_gives(HOST, SPEC ",\"realtime\":{\"vcpus\":\"1-2\"}}",
		    "<memoryBacking><nosharepages/><locked/></memoryBacking>");
	guest_gives(HOST,
		    SPEC ",\"disks\":[{\"target\":\"vda\"},{\"target\":\"vdb\"}],\"realtime\":{"
			 "\"vcpus\":\"2\",\"scheduler\":\"rr\",\"priority\":3,\"emulator\":2,"
			 "\"iothreads\":4}}",
		    "<emulatorsched scheduler='rr' priority='2'/><vcpusched vcpus='2' "
		    "scheduler='rr' priority='3'/><iothreadsched iothreads='1-2' scheduler='rr' "
		    "priority='4'/></cputune>");
	/* Not locked, but still its own pages. */
	guest_gives(HOST, SPEC ",\"realtime\":{\"vcpus\":\"1-2\",\"lock_memory\":false}}",
		    "<memoryBacking><nosharepages/></memoryBacking>");
	guest_gives(HOST,
		    SPEC ",\"realtime\":{\"vcpus\":\"1-2\"},\"memory_backing\":{\"locked\":false,"
			 "\"nosharepages\":false}}",
		    "<memory unit='KiB'>1048576</memory><vcpu");
}

/* Helpers run on the CPUs of ordinary vCPUs where they must run on the VM's own. */
static void test_helpers(void **state)
{
	static const struct {
		const char *keys, *emulator, *starves;
	} rows[] = {
		{ "", "4-6", NULL },
		{ ",\"realtime\":{\"vcpus\":\"1-2\"}", "4", NULL },
		{ ",\"realtime\":{\"vcpus\":\"0,2\"}", "5", NULL },
		{ ",\"emulator\":{\"policy\":\"float\"},\"realtime\":{\"vcpus\":\"0-1\"}", "6",
		  NULL },
		{ ",\"emulator\":{\"policy\":\"isolate\"},\"realtime\":{\"vcpus\":\"0-2\"}", "7",
		  NULL },
		{ ",\"emulator\":{\"policy\":\"isolate\"},\"iothreads\":{\"count\":1},\"realtime\":{"
		  "\"vcpus\":\"0-2\"}",
		  "7", "I/O threads run on CPUs of realtime vCPUs" },
		{ ",\"emulator\":{\"policy\":\"isolate\"},\"iothreads\":{\"count\":1},\"realtime\":{"
		  "\"vcpus\":\"0-2\",\"iothreads\":2}",
		  "7", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char spec[512], *emulator;
		struct vtune_plan *plan;

		snprintf(spec, sizeof(spec), "%s%s}", ON_1, rows[i].keys);
		plan = guest_plan(HOST, spec);
		emulator = vtune__set_print(&plan->emulator);
		assert_string_equal(emulator, rows[i].emulator);
		guest_warns(plan, "realtime_starves", rows[i].starves);
		free(emulator);
		vtune_plan_free(plan);
	}
}

/* Each node for itself: on node 1 there are only realtime vCPUs. */
static void test_helpers_by_node(void **state)
{
	static const char spec[] =
		"{\"version\":1,\"vcpus\":4,\"memory\":\"1GiB\",\"numa\":{\"cells\":2,\"nodes\":"
		"\"0-1\"},\"emulator\":{\"policy\":\"float\"},\"realtime\":{\"vcpus\":\"1-3\"}}";
	struct vtune_plan *plan = guest_plan(HOST, spec);
	int own = vtune__set_first(&plan->vcpus[0].cpus);
	int theirs = vtune__set_first(&plan->vcpus[1].cpus);

	(void)state;
	assert_true(vtune__set_has(&plan->emulator, (unsigned int)own));
	assert_false(vtune__set_has(&plan->emulator, (unsigned int)theirs));
	assert_int_equal(vtune__set_count(&plan->emulator), 3);
	guest_warns(plan, "realtime_starves", "the emulator runs on CPUs of realtime vCPUs");
	vtune_plan_free(plan);
}

static void test_warnings(void **state)
{
	static const struct {
		const char *keys, *code, *part;
	} rows[] = {
		{ ",\"realtime\":{\"vcpus\":\"1-2\"}", "realtime_all", NULL },
		{ ",\"emulator\":{\"policy\":\"isolate\"},\"realtime\":{\"vcpus\":\"0-2\"}",
		  "realtime_all", "none is left for the guest's own work" },
		{ ",\"realtime\":{\"vcpus\":\"1\"},\"bandwidth\":{\"vcpu\":{\"quota\":5000}}",
		  "realtime_bandwidth", "do not hold" },
		{ ",\"realtime\":{\"vcpus\":\"1\"},\"bandwidth\":{\"global\":{\"quota\":5000}}",
		  "realtime_bandwidth", "do not hold" },
		{ ",\"realtime\":{\"vcpus\":\"1\"},\"bandwidth\":{\"vcpu\":{\"quota\":-1},"
		  "\"emulator\":{\"quota\":5000},\"iothread\":{\"quota\":5000}}",
		  "realtime_bandwidth", NULL },
		{ ",\"realtime\":{\"vcpus\":\"1\",\"emulator\":1},\"bandwidth\":{\"emulator\":{"
		  "\"quota\":5000}}",
		  "realtime_bandwidth", "do not hold" },
		{ ",\"realtime\":{\"vcpus\":\"1\",\"iothreads\":1},\"bandwidth\":{\"iothread\":{"
		  "\"quota\":5000}}",
		  "realtime_bandwidth", "do not hold" },
		{ ",\"bandwidth\":{\"vcpu\":{\"quota\":5000}}", "realtime_bandwidth", NULL },
		{ ",\"realtime\":{\"vcpus\":\"1\",\"iothreads\":1}", "realtime_iothreads",
		  "no I/O threads" },
		{ ",\"iothreads\":{\"count\":1},\"realtime\":{\"vcpus\":\"1\",\"iothreads\":1}",
		  "realtime_iothreads", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan;
		char spec[512];

		snprintf(spec, sizeof(spec), "%s%s}", ON_1, rows[i].keys);
		plan = guest_plan(HOST, spec);
		guest_warns(plan, rows[i].code, rows[i].part);
		vtune_plan_free(plan);
	}
}

/* The plan's threads, and no others, are realtime ones. */
static void test_realtime_laid(void **state)
{
	struct vtune_plan *plan = guest_plan(
		HOST, SPEC ",\"iothreads\":{\"count\":2},\"realtime\":{\"vcpus\":\"1-2\","
			   "\"priority\":5,\"emulator\":4,\"iothreads\":6}}");

	(void)state;
	guest_lays(plan,
		   "<vcpu>3</vcpu><cputune><vcpusched vcpus='0' scheduler='rr' priority='9'/>"
		   "<vcpusched vcpus='1' scheduler='fifo' priority='8'/><vcpusched vcpus='0,2' "
		   "scheduler='batch'/></cputune>",
		   "<vcpusched vcpus='1-2' scheduler='fifo' priority='5'/><vcpusched vcpus='0' "
		   "scheduler='batch'/>",
		   "priority='9'");
	guest_lays(plan,
		   "<vcpu>3</vcpu><cputune><vcpusched vcpus='1-2' scheduler='idle'/>"
		   "<iothreadsched iothreads='9' scheduler='rr' priority='1'/></cputune>",
		   "<emulatorsched scheduler='fifo' priority='4'/><vcpusched vcpus='1-2' "
		   "scheduler='fifo' priority='5'/><iothreadsched iothreads='1-2' "
		   "scheduler='fifo' priority='6'/>",
		   "idle");
	/* One that says it already stays as it is written. */
	guest_lays(plan,
		   "<vcpu>3</vcpu><cputune><vcpusched priority=\"5\" vcpus='1,2' "
		   "scheduler=\"fifo\"/></cputune>",
		   "<vcpusched priority=\"5\" vcpus='1,2' scheduler=\"fifo\"/>", "vcpus='1-2'");
	vtune_plan_free(plan);
}

/* Without a word of it in the plan, only what is gone goes. */
static void test_realtime_kept(void **state)
{
	struct vtune_plan *plan = guest_plan(HOST, SPEC "}");

	(void)state;
	guest_lays(plan,
		   "<vcpu>6</vcpu><cputune><emulatorsched scheduler='rr' priority='2'/>"
		   "<vcpusched vcpus='1,4' scheduler='rr' priority='9'/></cputune>",
		   "<emulatorsched scheduler='rr' priority='2'/><vcpusched vcpus='1' "
		   "scheduler='rr' priority='9'/>",
		   NULL);
	vtune_plan_free(plan);
}

/* A plan that is not what the spec says is found out. */
static void test_checked(void **state)
{
	static const char json[] = SPEC ",\"realtime\":{\"vcpus\":\"1\"},\"bandwidth\":{\"vcpu\":{"
					"\"quota\":5000}},\"hotplug\":{\"max_memory\":\"2GiB\"}}";
	static const char *const places[] = { "/bandwidth/vcpu",
					      "/bandwidth/global",
					      "/realtime/vcpus",
					      "/realtime/priority",
					      "/realtime/emulator",
					      "/realtime/iothreads",
					      "/memory_backing/locked",
					      "/memory_backing/nosharepages",
					      "/memory_backing/shared",
					      "/memory_backing/source",
					      "/memory_backing/allocation",
					      "/hotplug/max_memory_kib",
					      "/hotplug/slots" };
	struct vtune_host *host = vtune_host_from_json(HOST, NULL);
	struct vtune_spec *spec = help_spec(json);

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(places); i++) {
		struct vtune_plan *plan = guest_plan(HOST, json);
		struct vtune__plan_schedule *schedule = &plan->schedule;
		struct vtune_error *err = NULL;

		schedule->bandwidth[VTUNE__BANDWIDTH_VCPU].quota += i == 0;
		schedule->bandwidth[VTUNE__BANDWIDTH_GLOBAL].period += i == 1;
		if (i == 2)
			vtune__set_clear(&schedule->realtime.vcpus);
		schedule->realtime.priority += i == 3;
		schedule->realtime.emulator += i == 4;
		schedule->realtime.iothreads += i == 5;
		if (i == 6)
			plan->backing.locked = VTUNE__NO;
		if (i == 7)
			plan->backing.nosharepages = VTUNE__UNSAID;
		if (i == 8)
			plan->backing.shared = VTUNE__YES;
		if (i == 9)
			plan->backing.source = VTUNE__SOURCE_FILE;
		if (i == 10)
			plan->backing.allocation = VTUNE__ALLOCATION_ONDEMAND;
		plan->backing.max_memory_kib += i == 11;
		plan->backing.slots += i == 12;
		assert_int_equal(vtune__plan_check(plan, host, spec, &err), -1);
		assert_string_equal(vtune_error_get_where(err), places[i]);
		vtune_error_free(err);
		vtune_plan_free(plan);
	}
	vtune_spec_free(spec);
	vtune_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bandwidth),	cmocka_unit_test(test_bandwidth_laid),
		cmocka_unit_test(test_realtime),	cmocka_unit_test(test_helpers),
		cmocka_unit_test(test_helpers_by_node), cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_realtime_laid),	cmocka_unit_test(test_realtime_kept),
		cmocka_unit_test(test_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
