/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan warns of besides the placement itself. */
#include "xml-help.h"

#include "guest-help.h"

/* Four cores of two threads. */
#define HOST_OF(more)                                                                               \
	"{\"version\":1,\"nodes\":[{\"id\":0,\"cpus\":\"0-7\",\"memory_kib\":8388608}],\"cores\":[" \
	"\"0,4\",\"1,5\",\"2,6\",\"3,7\"],\"reserved_cpus\":\"0\"" more "}"
#define HOST HOST_OF("")
#define SPEC_OF(vcpus, more) \
	"{\"version\":1,\"name\":\"v\",\"vcpus\":" vcpus ",\"memory\":\"1GiB\"" more "}"

/* ---- too many vCPUs ---- */

#define CROWD(shared)                                                                                  \
	HOST_OF(",\"overcommit\":100,\"allocations\":[{\"vm\":\"a\",\"cpus\":\"1,5\",\"shared_vcpus\"" \
		":{\"0\":" shared "}},{\"vm\":\"v\",\"shared_vcpus\":{\"0\":500}}]")

static void test_crowd(void **state)
{
	static const struct {
		const char *host, *spec, *part;
	} rows[] = {
		{ CROWD("28"), SPEC_OF("2", ",\"cpu\":{\"policy\":\"shared\"}"), NULL },
		{ CROWD("29"), SPEC_OF("2", ",\"cpu\":{\"policy\":\"shared\"}"),
		  "33 vCPUs together, more than 8 on each of its 4 cores" },
		{ CROWD("28"), SPEC_OF("3", ""), "33 vCPUs together" },
		{ HOST, SPEC_OF("2", ""), NULL },
		/* A core that is off does not count. */
		{ HOST_OF(",\"overcommit\":100,\"offline_cpus\":\"3,7\",\"allocations\":[{\"vm\":"
			  "\"a\",\"shared_vcpus\":{\"0\":24}}]"),
		  SPEC_OF("1", ",\"cpu\":{\"policy\":\"shared\"}"),
		  "25 vCPUs together, more than 8 on each of its 3 cores" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = guest_plan(rows[i].host, rows[i].spec);

		guest_warns(plan, "overcommit_cores", rows[i].part);
		vtune_plan_free(plan);
	}
}

/* However large the overcommit is. */
static void test_more_than_cpus(void **state)
{
	static const char *const specs[] = {
		SPEC_OF("8", ",\"cpu\":{\"policy\":\"shared\"}"),
		SPEC_OF("8", ""),
		SPEC_OF("8", ",\"cpu\":{\"policy\":\"mixed\",\"dedicated\":\"0-3\"}"),
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(specs); i++) {
		struct vtune_error *err = NULL;
		struct vtune_host *host =
			vtune_host_from_json(HOST_OF(",\"overcommit\":100"), &err);
		struct vtune_spec *spec = help_spec(specs[i]);
		struct vtune_plan *plan = vtune_place(host, spec, NULL, &err);

		assert_non_null(plan);
		assert_false(vtune_plan_fits(plan));
		vtune_plan_free(plan);
		vtune_spec_free(spec);
		vtune_host_free(host);
	}
}

/* ---- slow devices ---- */

static void test_slow(void **state)
{
	static const struct {
		const char *keys, *code, *part;
	} rows[] = {
		{ "\"disks\":[{\"target\":\"vda\"},{\"target\":\"sda\"},{\"target\":\"xvda\"}]",
		  "slow_disk", NULL },
		{ "\"disks\":[{\"target\":\"vda\"},{\"target\":\"hda\"}]", "slow_disk",
		  "disk, slow because QEMU emulates a real device: hda (ide); virtio" },
		{ "\"disks\":[{\"target\":\"sda\",\"bus\":\"sata\"},{\"target\":\"sdb\",\"bus\":"
		  "\"usb\"},{\"target\":\"fda\"}]",
		  "slow_disk",
		  "disks, slow because QEMU emulates a real device: sda (sata), sdb "
		  "(usb), fda (fdc)" },
		{ "\"interfaces\":[{\"model\":\"virtio\"},{},{\"type\":\"hostdev\",\"device\":{\"id\":"
		  "\"0000:41:00.0\"}}]",
		  "slow_interface", NULL },
		{ "\"interfaces\":[{\"model\":\"virtio\"},{\"model\":\"e1000\"},{\"mac\":"
		  "\"52:54:00:00:00:01\",\"model\":\"rtl8139\"}]",
		  "slow_interface", "1 (e1000), 52:54:00:00:00:01 (rtl8139)" },
	};
	static const char host[] = HOST_OF(
		",\"devices\":[{\"id\":\"0000:41:00.0\",\"class\":\"network\",\"node\":0}]");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan;
		char spec[512];

		snprintf(spec, sizeof(spec), "{\"version\":1,\"vcpus\":1,\"memory\":\"1GiB\",%s}",
			 rows[i].keys);
		plan = guest_plan(host, spec);
		guest_warns(plan, rows[i].code, rows[i].part);
		vtune_plan_free(plan);
	}
}

/* ---- a domain ---- */

static struct vtune_plan *plan_of_domain(const char *inner)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(HOST, &err);
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	char xml[1024];

	snprintf(xml, sizeof(xml),
		 "<domain><name>x</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>%s</domain>",
		 inner);
	spec = vtune_spec_from_domain_xml(xml, &err);
	assert_non_null(spec);
	plan = vtune_place(host, spec, NULL, &err);
	assert_non_null(plan);
	assert_true(vtune_plan_fits(plan));
	vtune_spec_free(spec);
	vtune_host_free(host);
	return plan;
}

static void test_domain(void **state)
{
	static const struct {
		const char *inner, *code, *part;
	} rows[] = {
		{ "", "no_rng", NULL },
		{ "<devices/>", "no_rng", "random number generator" },
		{ "<devices><rng model='virtio'/></devices>", "no_rng", NULL },
		{ "<devices><rng model='virtio-non-transitional'/></devices>", "no_rng", NULL },
		{ "<devices/>", "no_balloon", NULL },
		{ "<devices><memballoon model='virtio'/></devices>", "no_balloon", NULL },
		{ "<devices><memballoon model='none'/></devices>", "no_balloon",
		  "give no memory back" },
		/* It would be of no use. */
		{ "<memoryBacking><locked/></memoryBacking><devices><memballoon model='none'/>"
		  "</devices>",
		  "no_balloon", NULL },
		{ "<devices><disk type='file' device='disk'><target dev='hda'/></disk><disk "
		  "type='file' device='cdrom'><target dev='hdb'/></disk></devices>",
		  "slow_disk", "hda (ide);" },
		{ "<devices><interface type='user'><mac address='52:54:00:00:00:01'/><model "
		  "type='e1000e'/></interface></devices>",
		  "slow_interface", "52:54:00:00:00:01 (e1000e)" },
		{ "<memtune><hard_limit unit='MiB'>64</hard_limit></memtune>", "hard_limit_low",
		  "keeps its hard limit of 65536 KiB" },
		{ "<memtune><hard_limit unit='MiB'>65</hard_limit></memtune>", "hard_limit_low",
		  "leaves 1024 KiB to QEMU" },
		{ "<memtune><hard_limit unit='GiB'>65</hard_limit></memtune>", "hard_limit",
		  "is discouraged" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of_domain(rows[i].inner);

		guest_warns(plan, rows[i].code, rows[i].part);
		vtune_plan_free(plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_more_than_cpus),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
