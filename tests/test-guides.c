/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tuning guides have people write for pins, nodes, cells, pages, devices and limits
 * comes out of a spec: OE and OG of openEuler, KX on KVM and Xen, SU of SUSE. Disks,
 * interfaces, PCI Express and the CPU have such tests of their own. */
#include "xml-help.h"

#include "guest-help.h"

/* Documents in single quotes, without the version and what the default is here. */
struct row {
	const char *rule, *host, *spec;
	const char *xml;      /* parts, divided by "|" */
	const char *none;     /* what is not in it; NULL: nothing */
	const char *warnings; /* codes that the plan has, divided by "|"; NULL: none in particular */
};

#define TWO                                                                             \
	"'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': '8GiB', 'pages': ["         \
	" { 'size_kib': 2048, 'total': 512 }, { 'size_kib': 1048576, 'total': 2 } ] }," \
	" { 'id': 1, 'cpus': '16-19', 'memory_kib': '8GiB', 'pages': ["                 \
	" { 'size_kib': 2048, 'total': 512 } ] } ]"
#define PIN(vcpu, cpus) "<vcpupin vcpu='" vcpu "' cpuset='" cpus "'/>"
#define PLAIN "'hugepages': 'none', 'memory': '1GiB', "

static const struct row rows[] = {
	{ "V1, KX 3.3: each vCPU on its CPU",
	  "'nodes': [ { 'id': 0, 'cpus': '0-15', 'memory_kib': '8GiB' } ]", PLAIN "'vcpus': 12",
	  "<vcpu placement='static'>12</vcpu>|" PIN("0", "0") PIN("1", "1") PIN("2", "2")
		  PIN("3", "3") PIN("4", "4") PIN("5", "5") PIN("6", "6") PIN("7", "7")
			  PIN("8", "8") PIN("9", "9") PIN("10", "10") PIN("11", "11"),
	  NULL, NULL },
	{ "V1, SU 4.5.2.2 and V2, OG 3.5.1.2: vCPU 0 on CPU 0, QEMU on 2 and 3",
	  "'shared_cpus': '2-3', 'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': '8GiB' } ]",
	  PLAIN "'vcpus': 2", PIN("0", "0") PIN("1", "1") "<emulatorpin cpuset='2-3'/>", NULL,
	  NULL },
	{ "V2, KX 3.1: QEMU on a CPU that no vCPU has",
	  "'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': '8GiB' } ]",
	  PLAIN "'vcpus': 3, 'emulator': { 'policy': 'isolate' }",
	  PIN("0", "0") PIN("1", "1") PIN("2", "2") "<emulatorpin cpuset='3'/>", NULL, NULL },
	{ "V7, OG 3.5.2.2: memory of node 0 alone", TWO,
	  PLAIN "'vcpus': 2, 'numa': { 'nodes': '0' }",
	  "<numatune><memory mode='strict' nodeset='0'/>|" PIN("0", "0") PIN("1", "1"),
	  "nodeset='1'", NULL },
	{ "V7, SU 4.6.3.2: what each cell prefers", TWO,
	  PLAIN "'vcpus': 4, 'numa': { 'cells': 2, 'mode': 'preferred' }",
	  "<memnode cellid='0' mode='preferred' nodeset='0'/>"
	  "<memnode cellid='1' mode='preferred' nodeset='1'/></numatune>",
	  "strict", NULL },
	{ "V7, SU 4.6.3.2: memory of both nodes in turn", TWO,
	  PLAIN "'vcpus': 2, 'numa': { 'mode': 'interleave', 'nodes': '0-1' }",
	  "<memory mode='interleave' nodeset='0-1'/>", NULL, NULL },
	{ "V8, OG 3.5.2.3: vCPUs and memory of a cell on one node", TWO,
	  "'hugepages': 'none', 'memory': '4GiB', 'vcpus': 4, 'numa': { 'cells': 2 }, "
	  "'cpu': { 'policy': 'shared' }",
	  PIN("0", "0-3") PIN("1", "0-3") PIN("2", "16-19")
		  PIN("3", "16-19") "|"
				    "<memnode cellid='0' mode='strict' nodeset='0'/>"
				    "<memnode cellid='1' mode='strict' nodeset='1'/></numatune>|"
				    "<cell id='0' cpus='0-1' memory='2097152' unit='KiB'|"
				    "<cell id='1' cpus='2-3' memory='2097152' unit='KiB'",
	  NULL, NULL },
	{ "V8, SU 4.6.3.1: cells of two sizes, shared", TWO,
	  "'hugepages': '2MiB', 'memory': 768000, 'vcpus': 4, 'numa': { 'cells': ["
	  " { 'vcpus': '0-1', 'memory': 512000 }, { 'vcpus': '2-3', 'memory': 256000 } ] }, "
	  "'memory_backing': { 'shared': true }",
	  "<cell id='0' cpus='0-1' memory='512000' unit='KiB' memAccess='shared'|"
	  "<cell id='1' cpus='2-3' memory='256000' unit='KiB' memAccess='shared'",
	  NULL, "hugepages" },
	{ "V8, SU 4.6.3.1: the distances of the host",
	  "'nodes': [ { 'id': 0, 'cpus': '0-1', 'memory_kib': '8GiB', 'distances': {"
	  " '0': 10, '1': 21 } }, { 'id': 1, 'cpus': '2-3', 'memory_kib': '8GiB', 'distances': {"
	  " '0': 31, '1': 10 } } ]",
	  PLAIN "'vcpus': 4",
	  "<sibling id='0' value='10'/><sibling id='1' value='21'/>|"
	  "<sibling id='0' value='31'/><sibling id='1' value='10'/>",
	  NULL, NULL },
	{ "V10, OE, OG 3.7.1.5: pages of 1 GiB", TWO,
	  "'hugepages': '1GiB', 'memory': '2GiB', 'vcpus': 2",
	  "<memoryBacking><hugepages><page size='1048576' unit='KiB' nodeset='0'/></hugepages>"
	  "</memoryBacking>|<memory mode='strict' nodeset='0'/>",
	  NULL, "hugepages" },
	{ "V10, OE, OG 3.7.1.5: pages of 2 MiB", TWO,
	  "'hugepages': '2MiB', 'memory': '1GiB', 'vcpus': 2",
	  "<hugepages><page size='2048' unit='KiB' nodeset='0'/></hugepages>", NULL, "hugepages" },
	{ "V12, OG 3.6.5.1: a device of the host",
	  TWO ", 'devices': [ { 'id': '0000:04:10.1', 'class': 'network', 'node': 1 } ]",
	  PLAIN "'vcpus': 2, 'hostdevs': [ { 'id': '0000:04:10.1' } ]",
	  "<hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/><source>"
	  "<address domain='0x0000' bus='0x04' slot='0x10' function='0x1'/></source>|" PIN(
		  "0", "16") PIN("1", "17") "|<memory mode='strict' nodeset='1'/>",
	  NULL, NULL },
	{ "V12, SU 4.3.3: of a choice, the one near the VM",
	  TWO ", 'devices': [ { 'id': '0000:04:10.1', 'class': 'network', 'node': 1 },"
	      " { 'id': '0000:84:10.1', 'class': 'network', 'node': 0 } ]",
	  PLAIN "'vcpus': 2, 'numa': { 'nodes': '0' }, 'hostdevs': ["
		" { 'any': { 'class': 'network' }, 'affinity': 'prefer' } ]",
	  "bus='0x84' slot='0x10' function='0x1'/></source>", "bus='0x04'", NULL },
	{ "V14, OG 3.5.1.1: shares, period and quota", TWO,
	  PLAIN "'vcpus': 2, 'cpu': { 'shares': 2048 }, 'bandwidth': {"
		" 'vcpu': { 'period': 100000, 'quota': 50000 } }",
	  "<shares>2048</shares><period>100000</period><quota>50000</quota>", NULL, NULL },
	{ "V15, SU 4.1.5: 16 slots up to 20971520 KiB", TWO,
	  PLAIN "'vcpus': 2, 'hotplug': { 'max_memory': 20971520, 'slots': 16 }",
	  "<maxMemory slots='16' unit='KiB'>20971520</maxMemory>|<cell id='0' cpus='0-1'", NULL,
	  "hotplug_room" },
	{ "V16, SU 4.1.4, 4.2.1: pages of its own, and a limit that is better not there", TWO,
	  PLAIN "'vcpus': 2, 'memory_backing': { 'nosharepages': true, 'locked': true }, "
		"'memtune': { 'hard_limit': '4GiB' }",
	  "<memtune><hard_limit unit='KiB'>4194304</hard_limit></memtune>|"
	  "<memoryBacking><nosharepages/><locked/></memoryBacking>",
	  NULL, "locked" },
	{ "V18, SU 4.6.3.2: the node that has room for all of it",
	  "'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': '8GiB', 'free_kib': '512MiB' },"
	  " { 'id': 1, 'cpus': '16-19', 'memory_kib': '8GiB' } ]",
	  PLAIN "'vcpus': 4",
	  PIN("0", "16") PIN("1", "17") PIN("2", "18") PIN(
		  "3",
		  "19") "|"
			"<memory mode='strict' nodeset='1'/><memnode cellid='0' mode='strict' nodeset='1'/>",
	  "cell id='1'", NULL },
};

static char *document(const char *inner)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "{ 'version': 1, %s }", inner);
	assert_false(text.failed);
	for (char *p = text.data; *p; p++)
		if (*p == '\'')
			*p = '"';
	return text.data;
}

static void check_parts(const struct row *row, const struct vtune_plan *plan, const char *xml)
{
	char *parts = strdup(row->xml), *codes = strdup(row->warnings ? row->warnings : "");
	char *rest = NULL;

	for (char *part = strtok_r(parts, "|", &rest); part; part = strtok_r(NULL, "|", &rest))
		if (!strstr(xml, part))
			fail_msg("%s\n%s\nis not in\n%s", row->rule, part, xml);
	for (char *code = strtok_r(codes, "|", &rest); code; code = strtok_r(NULL, "|", &rest))
		if (!guest_warning(plan, code))
			fail_msg("%s\nno warning %s", row->rule, code);
	if (row->none && strstr(xml, row->none))
		fail_msg("%s\n%s\nis in\n%s", row->rule, row->none, xml);
	free(codes);
	free(parts);
}

static void test_guides(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *host = document(rows[i].host), *spec = document(rows[i].spec);
		struct vtune_plan *plan = guest_plan(host, spec);
		char *xml = guest_xml(plan);

		check_parts(&rows[i], plan, xml);
		free(xml);
		vtune_plan_free(plan);
		free(spec);
		free(host);
	}
}

/* V17, SU 4.5.1: a VM has no more vCPUs than the host has CPUs, also where they float. */
static void test_too_many_vcpus(void **state)
{
	struct vtune_error *err = NULL;
	char *host_text = document(TWO);
	char *spec_text = document(PLAIN "'vcpus': 9, 'cpu': { 'policy': 'shared' }");
	struct vtune_host *host = vtune_host_from_json(host_text, &err);
	struct vtune_spec *spec = help_spec(spec_text);
	struct vtune_plan *plan = vtune_place(host, spec, NULL, &err);

	(void)state;
	assert_non_null(plan);
	assert_false(plan->fits);
	assert_true(plan->nreasons > 0);
	assert_string_equal(plan->reasons[0].code, "shared");
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	free(spec_text);
	free(host_text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guides),
		cmocka_unit_test(test_too_many_vcpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
