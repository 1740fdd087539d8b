/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory backing, hotplug and limits, from the spec to the domain. */
#include "xml-help.h"

#include "guest-help.h"

/* 8 GiB and 16 GiB of which half is in huge pages. */
#define HOST_OF(hypervisor)                                                                         \
	"{\"version\":1,\"nodes\":[{\"id\":0,\"cpus\":\"0-3\",\"memory_kib\":8388608},{\"id\":1,"   \
	"\"cpus\":\"4-7\",\"memory_kib\":16777216,\"pages\":[{\"size_kib\":2048,\"total\":4096}]}]" \
	",\"reserved_cpus\":\"0,4\"" hypervisor "}"
#define HOST HOST_OF("")
#define SPEC \
	"{\"version\":1,\"name\":\"v\",\"vcpus\":2,\"memory\":\"1GiB\",\"numa\":{\"nodes\":\"0\"}"
#define HUGE "{\"version\":1,\"name\":\"v\",\"vcpus\":2,\"memory\":\"1GiB\",\"hugepages\":\"2MiB\""
#define AUTO \
	"{\"version\":1,\"name\":\"v\",\"vcpus\":2,\"memory\":\"1GiB\",\"numa\":{\"nodes\":\"1\"}"

/* ---- memory_backing ---- */

static void test_backing(void **state)
{
	(void)state;
	guest_gives(HOST, SPEC ",\"memory_backing\":{\"nosharepages\":true}}",
		    "<memoryBacking><nosharepages/></memoryBacking>");
	guest_gives(HOST, SPEC ",\"memory_backing\":{\"locked\":true}}",
		    "<memoryBacking><nosharepages/><locked/></memoryBacking>");
	guest_gives(HOST,
		    SPEC ",\"memory_backing\":{\"locked\":true,\"nosharepages\":false,\"source\":"
			 "\"memfd\",\"allocation\":\"immediate\"}}",
		    "<memoryBacking><locked/><source type='memfd'/><allocation mode='immediate'/>"
		    "</memoryBacking>");
	guest_gives(HOST, HUGE ",\"memory_backing\":{\"nosharepages\":true}}",
		    "<memoryBacking><hugepages><page size='2048' unit='KiB' nodeset='0'/>"
		    "</hugepages><nosharepages/></memoryBacking>");
	guest_gives(HOST,
		    SPEC ",\"memory_backing\":{\"source\":\"anonymous\",\"allocation\":"
			 "\"ondemand\"}}",
		    "<memoryBacking><source type='anonymous'/><allocation mode='ondemand'/>"
		    "</memoryBacking>");
}

static void test_shared(void **state)
{
	struct vtune_plan *plan;

	(void)state;
	guest_gives(HOST, SPEC ",\"hugepages\":\"none\",\"memory_backing\":{\"shared\":true}}",
		    "<memoryBacking><source type='memfd'/><access mode='shared'/>"
		    "</memoryBacking>");
	guest_gives(HOST,
		    SPEC ",\"hugepages\":\"none\",\"memory_backing\":{\"shared\":true,"
			 "\"source\":\"file\"}}",
		    "<memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>");
	guest_gives(HOST, HUGE ",\"memory_backing\":{\"shared\":true}}",
		    "<cell id='0' cpus='0-1' memory='1048576' unit='KiB' memAccess='shared'/>");
	plan = guest_plan(HOST, SPEC ",\"memory_backing\":{\"shared\":false}}");
	guest_lays(plan,
		   "<memoryBacking><access mode='shared'/></memoryBacking><vcpu>2</vcpu><cpu><numa>"
		   "<cell id='0' cpus='0-1' memory='1048576' memAccess='shared'/></numa></cpu>",
		   "<access mode='private'/>", "shared");
	guest_lays(plan, "", "<vcpu", "access");
	vtune_plan_free(plan);
}

/* Somebody else uses the memory of a VM with such an interface. */
static void test_vhostuser(void **state)
{
#define VHOSTUSER \
	",\"interfaces\":[{\"mac\":\"52:54:00:00:00:01\",\"type\":\"vhostuser\",\"mode\":\"client\",\"source\":\"/run/v\"}],\"memory_backing\":"
	static const char *const refused[][2] = {
		{ "{\"shared\":false}", "/memory_backing/shared" },
		{ "{\"source\":\"anonymous\"}", "/memory_backing/source" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(refused); i++) {
		struct vtune_error *err = NULL;
		char spec[512];

		snprintf(spec, sizeof(spec), "%s%s%s}", SPEC, VHOSTUSER, refused[i][0]);
		assert_null(vtune_spec_from_json(spec, &err));
		assert_string_equal(vtune_error_get_where(err), refused[i][1]);
		help_error(err, VTUNE_ERR_DOCUMENT, "needs memory that is shared");
	}
	guest_gives(HOST, SPEC ",\"hugepages\":\"none\"" VHOSTUSER "{\"locked\":true}}",
		    "<memoryBacking><nosharepages/><locked/><source type='memfd'/><access "
		    "mode='shared'/></memoryBacking>");
}

/* And of one with such a disk. */
static void test_vhostuser_disk(void **state)
{
#define VHOSTUSER_DISK \
	",\"hugepages\":\"none\",\"disks\":[{\"target\":\"vda\",\"type\":\"vhostuser\"}]"
	static const char disk[] = "<memory unit='MiB'>1024</memory><vcpu>2</vcpu><memoryBacking>"
				   "<access mode='private'/></memoryBacking><devices><disk "
				   "type='vhostuser'><target dev='vda' bus='virtio'/></disk></devices>";
	struct vtune_plan *plan = guest_plan(HOST, SPEC VHOSTUSER_DISK "}");
	struct vtune_error *err = NULL;
	struct vtune_spec *spec;
	char domain[512];

	(void)state;
	guest_lays(plan, disk,
		   "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>",
		   NULL);
	vtune_plan_free(plan);
	assert_null(vtune_spec_from_json(
		SPEC VHOSTUSER_DISK ",\"memory_backing\":{\"shared\":false}}", &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "needs memory that is shared");
	/* What the domain has instead is wrong, and not asked for. */
	snprintf(domain, sizeof(domain), "<domain><name>x</name>%s</domain>", disk);
	spec = vtune_spec_from_domain_xml(domain, NULL);
	assert_non_null(spec);
	assert_int_equal(spec->backing.shared, VTUNE__UNSAID);
	vtune_spec_free(spec);
}

/* Huge pages that the planner chose leave no choice of some things. */
static void test_mended(void **state)
{
	struct vtune_plan *plan = guest_plan(
		HOST, AUTO ",\"memory_backing\":{\"source\":\"anonymous\",\"allocation\":"
			   "\"ondemand\"}}");
	char *xml = guest_xml(plan);

	(void)state;
	assert_true(plan->huge);
	guest_warns(plan, "memory_source", "cannot be anonymous");
	guest_warns(plan, "memory_allocation", "not on demand");
	assert_null(strstr(xml, "anonymous"));
	assert_null(strstr(xml, "ondemand"));
	free(xml);
	vtune_plan_free(plan);
}

/* Only what is known to have it gets it. */
static void test_allocation_threads(void **state)
{
	static const char spec[] = SPEC
		",\"memory_backing\":{\"allocation\":\"immediate\",\"allocation_threads\":8}}";
	static const struct {
		const char *host;
		bool has;
	} rows[] = {
		{ HOST_OF(",\"hypervisor\":{\"type\":\"QEMU\",\"version\":\"5.0.0\",\"libvirt\":"
			  "\"8.2.0\"}"),
		  true },
		{ HOST_OF(",\"hypervisor\":{\"type\":\"QEMU\",\"version\":\"7.2.0\",\"libvirt\":"
			  "\"8.1.0\"}"),
		  false },
		{ HOST_OF(",\"hypervisor\":{\"type\":\"QEMU\",\"version\":\"4.2.0\",\"libvirt\":"
			  "\"9.0.0\"}"),
		  false },
		{ HOST, false },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = guest_plan(rows[i].host, spec);
		char *xml = guest_xml(plan);

		assert_int_equal(strstr(xml, "<allocation mode='immediate' threads='8'/>") != NULL,
				 rows[i].has);
		guest_warns(plan, "allocation_threads", rows[i].has ? NULL : "libvirt 8.2");
		free(xml);
		vtune_plan_free(plan);
	}
}

static void test_locked_warns(void **state)
{
	struct vtune_plan *plan = guest_plan(HOST, SPEC ",\"memory_backing\":{\"locked\":true}}");

	(void)state;
	guest_warns(plan, "locked", "cannot be ballooned or swapped");
	guest_warns(plan, "locked_unlimited", "has no bound");
	vtune_plan_free(plan);
	plan = guest_plan(HOST, SPEC ",\"memory_backing\":{\"locked\":true},\"memtune\":{"
				     "\"hard_limit\":\"2GiB\"}}");
	guest_warns(plan, "locked", "cannot be ballooned or swapped");
	guest_warns(plan, "locked_unlimited", NULL);
	guest_warns(plan, "hard_limit", NULL);
	vtune_plan_free(plan);
	plan = guest_plan(HOST, SPEC "}");
	guest_warns(plan, "locked", NULL);
	guest_warns(plan, "locked_unlimited", NULL);
	vtune_plan_free(plan);
}

/* What the plan says goes into a domain; all else there is its own. */
static void test_laid(void **state)
{
	struct vtune_plan *plan = guest_plan(
		HOST, SPEC ",\"memory_backing\":{\"locked\":false,\"nosharepages\":true,\"source\":"
			   "\"file\"}}");

	(void)state;
	guest_lays(plan, "<memoryBacking><locked/><source type='memfd'/><discard/></memoryBacking>",
		   "<memoryBacking><nosharepages/><source type='file'/><discard/></memoryBacking>",
		   "locked");
	vtune_plan_free(plan);
	plan = guest_plan(HOST, SPEC ",\"memory_backing\":{\"locked\":false}}");
	guest_lays(plan, "<memoryBacking><locked/></memoryBacking>", "<memory unit='KiB'>",
		   "memoryBacking");
	vtune_plan_free(plan);
	plan = guest_plan(HOST, SPEC "}");
	guest_lays(plan, "<memoryBacking><locked/><allocation threads='3'/></memoryBacking>",
		   "<memoryBacking><locked/><allocation threads='3'/></memoryBacking>", NULL);
	vtune_plan_free(plan);
}

/* ---- hotplug ---- */

static void test_hotplug(void **state)
{
	(void)state;
	/* The guide's own. */
	guest_gives(HOST, SPEC ",\"hotplug\":{\"max_memory\":20971520,\"slots\":16}}",
		    "<maxMemory slots='16' unit='KiB'>20971520</maxMemory><memory unit='KiB'>"
		    "1048576</memory>");
	guest_gives(HOST, SPEC ",\"hotplug\":{\"max_memory\":\"2GiB\"}}",
		    "<maxMemory slots='16' unit='KiB'>2097152</maxMemory>");
	/* A guest cell is there to plug it into. */
	guest_gives(HOST, SPEC ",\"hotplug\":{\"max_memory\":\"2GiB\"}}",
		    "<numa><cell id='0' cpus='0-1' memory='1048576' unit='KiB'/></numa>");
}

static void test_room(void **state)
{
	static const struct {
		const char *spec, *part;
	} rows[] = {
		{ SPEC ",\"hugepages\":\"none\",\"hotplug\":{\"max_memory\":\"8GiB\"}}", NULL },
		{ SPEC ",\"hugepages\":\"none\",\"hotplug\":{\"max_memory\":8388612}}",
		  "7340036 KiB can be plugged in, and on node 0 of the VM 7340032 KiB are free" },
		{ HUGE ",\"hotplug\":{\"max_memory\":\"8GiB\"}}", NULL },
		{ HUGE ",\"hotplug\":{\"max_memory\":\"8194MiB\"}}",
		  "on node 1 of the VM 7340032 KiB of its pages are free" },
		{ "{\"version\":1,\"name\":\"v\",\"vcpus\":2,\"memory\":\"1GiB\",\"hugepages\":"
		  "\"none\",\"numa\":{\"cells\":2},\"hotplug\":{\"max_memory\":\"100GiB\"}}",
		  "on nodes 0-1 of the VM 15728640 KiB are free" },
		/* What it holds already is not taken twice. */
		{ "{\"version\":1,\"name\":\"own\",\"vcpus\":2,\"memory\":\"1GiB\",\"hugepages\":"
		  "\"none\",\"numa\":{\"nodes\":\"0\"},\"hotplug\":{\"max_memory\":\"8GiB\"}}",
		  "7340032 KiB can be plugged in, and on node 0 of the VM 6291456 KiB are free" },
	};
	static const char host[] =
		HOST_OF(",\"free_excludes_allocations\":false,\"allocations\":[{\"vm\":\"other\","
			"\"memory\":[{\"node\":0,\"size_kib\":1048576,\"page_kib\":4}]},{\"vm\":"
			"\"own\",\"memory\":[{\"node\":0,\"size_kib\":1048576,\"page_kib\":4}]}]");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		bool own = strstr(rows[i].spec, "\"own\"") != NULL;
		struct vtune_plan *plan = guest_plan(own ? host : HOST, rows[i].spec);

		guest_warns(plan, "hotplug_room", rows[i].part);
		vtune_plan_free(plan);
	}
}

/* Whole pages, of whatever size these turn out to be. */
static void test_rounded(void **state)
{
	struct vtune_plan *plan = guest_plan(HOST, AUTO ",\"hotplug\":{\"max_memory\":1048577}}");

	(void)state;
	assert_true(plan->huge);
	assert_int_equal(plan->backing.max_memory_kib, 1050624);
	guest_warns(plan, "hotplug_rounded", "from 1048577 to 1050624 KiB");
	vtune_plan_free(plan);
	plan = guest_plan(HOST, SPEC ",\"hotplug\":{\"max_memory\":1048577}}");
	assert_int_equal(plan->backing.max_memory_kib, 1048580);
	guest_warns(plan, "hotplug_rounded", NULL);
	vtune_plan_free(plan);
	plan = guest_plan(HOST, "{\"version\":1,\"vcpus\":1,\"memory\":1048577,\"hotplug\":{"
				"\"max_memory\":1048578},\"hugepages\":\"none\"}");
	assert_int_equal(plan->backing.max_memory_kib, 0);
	guest_warns(plan, "hotplug_rounded", "no room for more is left");
	vtune_plan_free(plan);
}

static void test_hotplug_laid(void **state)
{
	struct vtune_plan *plan = guest_plan(HOST, SPEC ",\"hotplug\":{\"max_memory\":\"4GiB\"}}");

	(void)state;
	guest_lays(plan, "<maxMemory slots='16' unit='GiB'>4</maxMemory>",
		   "<maxMemory slots='16' unit='GiB'>4</maxMemory>", NULL);
	guest_lays(plan, "<maxMemory slots='2' unit='MiB'>512</maxMemory>",
		   "<maxMemory slots='16' unit='KiB'>4194304</maxMemory>", "512");
	vtune_plan_free(plan);
}

/* ---- memtune ---- */

static void test_memtune(void **state)
{
	(void)state;
	/* The guide's, with a guest that fits below the hard limit. */
	guest_gives(HOST,
		    "{\"version\":1,\"vcpus\":1,\"memory\":\"512MiB\",\"hugepages\":\"none\","
		    "\"memtune\":{\"hard_limit\":\"1GiB\",\"soft_limit\":\"128MiB\","
		    "\"swap_hard_limit\":\"2GiB\"}}",
		    "<memtune><hard_limit unit='KiB'>1048576</hard_limit><soft_limit unit='KiB'>"
		    "131072</soft_limit><swap_hard_limit unit='KiB'>2097152</swap_hard_limit>"
		    "</memtune>");
	guest_gives(HOST, SPEC ",\"memtune\":{\"swap_hard_limit\":\"2GiB\"}}",
		    "<memtune><swap_hard_limit unit='KiB'>2097152</swap_hard_limit></memtune>");
}

static void test_limits_warn(void **state)
{
	static const struct {
		const char *keys, *code, *part;
	} rows[] = {
		{ ",\"memtune\":{\"hard_limit\":\"2GiB\"}", "hard_limit", "is discouraged" },
		{ ",\"memtune\":{\"hard_limit\":\"2GiB\"}", "hard_limit_low", NULL },
		{ ",\"memtune\":{\"hard_limit\":\"1280MiB\"}", "hard_limit_low",
		  "the hard limit of 1310720 KiB leaves 262144 KiB to QEMU besides the guest's "
		  "memory of 1048576 KiB; the host stops the VM when it needs more: 786432 KiB "
		  "more are on the safe side" },
		{ ",\"memtune\":{\"hard_limit\":\"2GiB\"},\"hotplug\":{\"max_memory\":\"2GiB\"}",
		  "hard_limit_low", "leaves 0 KiB" },
		{ ",\"memtune\":{\"hard_limit\":\"2GiB\"},\"hotplug\":{\"max_memory\":\"2GiB\"}",
		  "hard_limit_low", "of 2097152 KiB with all that can be plugged in" },
		{ ",\"memtune\":{\"soft_limit\":\"1MiB\"}", "hard_limit", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan;
		char spec[512];

		snprintf(spec, sizeof(spec), "%s%s}", SPEC, rows[i].keys);
		plan = guest_plan(HOST, spec);
		guest_warns(plan, rows[i].code, rows[i].part);
		vtune_plan_free(plan);
	}
}

static void test_limits_laid(void **state)
{
	struct vtune_plan *plan = guest_plan(HOST, SPEC ",\"memtune\":{\"soft_limit\":\"2GiB\"}}");

	(void)state;
	guest_lays(plan,
		   "<memtune><hard_limit unit='G'>3</hard_limit><min_guarantee>9</min_guarantee>"
		   "</memtune>",
		   "<memtune><hard_limit unit='G'>3</hard_limit><soft_limit unit='KiB'>2097152"
		   "</soft_limit><min_guarantee>9</min_guarantee></memtune>",
		   NULL);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backing),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_allocation_threads),
		cmocka_unit_test(test_locked_warns),
		cmocka_unit_test(test_laid),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_vhostuser),
		cmocka_unit_test(test_vhostuser_disk),
		cmocka_unit_test(test_hotplug),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_rounded),
		cmocka_unit_test(test_hotplug_laid),
		cmocka_unit_test(test_memtune),
		cmocka_unit_test(test_limits_warn),
		cmocka_unit_test(test_limits_laid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
