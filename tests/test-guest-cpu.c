/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CPU and the machine that a guest gets, from hosts of several kinds. */
#include "xml-help.h"

#include "host-help.h"
#include "spec/spec.h"

/* ---- help ---- */

/* Behind the version and one node of 16 GiB with CPUs 0 to 7, in single quotes. */
#define NODE "'nodes': [ { 'id': 0, 'cpus': '0-7', 'memory_kib': '16GiB' } ]"
#define TWO_NODES                                                       \
	"'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': '16GiB' }," \
	" { 'id': 1, 'cpus': '4-7', 'memory_kib': '16GiB' } ]"
#define X86 "'arch': 'x86_64', "
#define ARM "'arch': 'aarch64', "
#define POWER "'arch': 'ppc64le', "
#define S390 "'arch': 's390x', "
#define DIES ", 'dies': [ '0-3', '4-7' ]"
#define CLUSTERS ", 'clusters': [ '0-1', '2-3', '4-5', '6-7' ]"
#define NEW ", 'hypervisor': { 'version': '7.0.0', 'libvirt': '10.1.0' }"
#define PAIRS ", 'cores': [ '0-1', '2-3', '4-5', '6-7' ]"
#define AMD ", 'cpu': { 'vendor': 'AMD' }"

struct row {
	const char *host, *spec; /* in single quotes, without version and memory */
	const char *type;	 /* of the domain; NULL: kvm */
	const char *plan, *xml;	 /* parts of the plan and of the domain, divided by "|" */
	const char *none;	 /* what the domain does not have, likewise; NULL: nothing */
};

/* {'version': 1, ...} with double quotes for single ones. */
static char *document(const char *start, const char *rest)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "{ 'version': 1, %s%s }", start, rest);
	assert_false(text.failed);
	for (char *p = text.data; *p; p++)
		if (*p == '\'')
			*p = '"';
	return text.data;
}

static struct vtune_plan *place(const char *host_text, const char *spec_text)
{
	char *host_json = document("", host_text);
	char *spec_json =
		document(strstr(spec_text, "'memory'") ? "" : "'memory': '64MiB', ", spec_text);
	struct vtune_host *host = host_from(host_json);
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(spec_json, &err);
	struct vtune_plan *plan;

	if (!spec)
		fail_msg("%s: %s", spec_json, vtune_error_get_message(err));
	plan = vtune_place(host, spec, NULL, &err);
	assert_non_null(plan);
	assert_true(vtune_plan_fits(plan));
	if (vtune_plan_validate(plan, host, spec, &err) < 0)
		fail_msg("%s: %s", spec_json, vtune_error_get_message(err));
	vtune_spec_free(spec);
	vtune_host_free(host);
	free(spec_json);
	free(host_json);
	return plan;
}

static char *emit(const struct vtune_plan *plan, const char *type)
{
	struct vtune_options *options = vtune_options_new();
	char *xml;

	assert_int_equal(vtune_options_set_domain_type(options, type ? type : "kvm", NULL), 0);
	xml = vtune_plan_to_xml(plan, options, NULL);
	assert_non_null(xml);
	vtune_options_free(options);
	return xml;
}

static void expect_parts(const char *text, const char *parts, bool there)
{
	char *copy = strdup(parts), *rest = NULL;

	for (char *part = strtok_r(copy, "|", &rest); part; part = strtok_r(NULL, "|", &rest))
		if (!!strstr(text, part) != there)
			fail_msg("%s must %sbe in %s", part, there ? "" : "not ", text);
	free(copy);
}

/* With single quotes, like the rows. */
static char *plan_text(const struct vtune_plan *plan)
{
	char *text = vtune__plan_to_compact_json(plan, NULL);

	assert_non_null(text);
	for (char *p = text; *p; p++)
		if (*p == '"')
			*p = '\'';
	return text;
}

/* The plan that is read back lays the same, and laying it again changes nothing. */
static void expect_stable(const struct vtune_plan *plan, const char *type, const char *xml)
{
	char *text = vtune_plan_to_json(plan, NULL), *again, *patched;
	struct vtune_plan *copy = vtune_plan_from_json(text, NULL);

	assert_non_null(copy);
	again = emit(copy, type);
	assert_string_equal(again, xml);
	patched = help_patch(copy, xml);
	assert_string_equal(patched, xml);
	free(patched);
	free(again);
	free(text);
	vtune_plan_free(copy);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct vtune_plan *plan = place(rows[i].host, rows[i].spec);
		char *xml = emit(plan, rows[i].type), *text = plan_text(plan);

		expect_parts(text, rows[i].plan, true);
		expect_parts(xml, rows[i].xml, true);
		if (rows[i].none)
			expect_parts(xml, rows[i].none, false);
		expect_stable(plan, rows[i].type, xml);
		free(xml);
		free(text);
		vtune_plan_free(plan);
	}
}

#define CHECK(rows) check_rows(rows, VTUNE__COUNT(rows))

/* ---- topology ---- */

static void test_dies(void **state)
{
	static const struct row rows[] = {
		{ X86 NODE DIES, "'vcpus': 8", NULL,
		  "'guest_topology':{'sockets':1,'dies':2,'cores':4,'threads':1}",
		  "<topology sockets='1' dies='2' cores='4' threads='1'/>", "clusters" },
		{ X86 NODE DIES PAIRS, "'vcpus': 8", NULL,
		  "{'sockets':1,'dies':2,'cores':2,'threads':2}", "dies='2' cores='2'", NULL },
		/* All on one die. */
		{ X86 NODE DIES ", 'reserved_cpus': '4-7'", "'vcpus': 4", NULL,
		  "{'sockets':1,'dies':1,'cores':4,'threads':1}", "dies='1'", NULL },
		/* Equal parts of each, and unequal ones. */
		{ X86 NODE DIES ", 'reserved_cpus': '3,7'", "'vcpus': 6", NULL,
		  "{'sockets':1,'dies':2,'cores':3,'threads':1}", "dies='2'", NULL },
		{ X86 NODE DIES ", 'reserved_cpus': '0,1'", "'vcpus': 6", NULL,
		  "{'sockets':1,'dies':1,'cores':6,'threads':1}", "dies='1'", NULL },
		/* Each cell is on a die of its own: these are sockets. */
		{ X86 TWO_NODES DIES, "'vcpus': 8, 'numa': { 'cells': 2 }", NULL,
		  "{'sockets':2,'dies':1,'cores':4,'threads':1}", "sockets='2' dies='1'", NULL },
		/* Shared vCPUs may be on either die. */
		{ X86 NODE DIES, "'vcpus': 8, 'cpu': { 'policy': 'shared' }", NULL,
		  "{'sockets':1,'dies':1,'cores':8,'threads':1}", "dies='1'", NULL },
		/* Not on other architectures, nor where it is not known. */
		{ ARM NODE DIES, "'vcpus': 8", NULL, "{'sockets':1,'dies':1,'cores':8,'threads':1}",
		  "<topology sockets='1' cores='8' threads='1'/>", "dies" },
		{ NODE DIES, "'vcpus': 8", NULL, "{'sockets':1,'dies':1,'cores':8,'threads':1}",
		  "dies='1'", "arch=|machine=|<cache" },
	};

	(void)state;
	CHECK(rows);
}

static void test_clusters(void **state)
{
	static const struct row rows[] = {
		{ ARM NODE CLUSTERS NEW, "'vcpus': 8", NULL,
		  "{'sockets':1,'dies':1,'clusters':4,'cores':2,'threads':1}",
		  "<topology sockets='1' clusters='4' cores='2' threads='1'/>", "dies" },
		{ ARM TWO_NODES CLUSTERS NEW, "'vcpus': 8, 'numa': { 'cells': 2 }", NULL,
		  "{'sockets':2,'dies':1,'clusters':2,'cores':2,'threads':1}", "clusters='2'",
		  NULL },
		/* One cluster is none. */
		{ ARM NODE CLUSTERS NEW ", 'reserved_cpus': '2-7'", "'vcpus': 2", NULL,
		  "{'sockets':1,'dies':1,'cores':2,'threads':1}", "cores='2'", "clusters" },
		/* An older libvirt, an older QEMU, unknown ones, and x86. */
		{ ARM NODE CLUSTERS ", 'hypervisor': { 'version': '7.0.0', 'libvirt': '10.0.9' }",
		  "'vcpus': 8", NULL, "'cores':8", "cores='8'", "clusters" },
		{ ARM NODE CLUSTERS ", 'hypervisor': { 'version': '6.2.0', 'libvirt': '10.1.0' }",
		  "'vcpus': 8", NULL, "'cores':8", "cores='8'", "clusters" },
		{ ARM NODE CLUSTERS, "'vcpus': 8", NULL, "'cores':8", "cores='8'", "clusters" },
		{ X86 NODE CLUSTERS NEW, "'vcpus': 8", NULL, "'cores':8", "cores='8'", "clusters" },
	};

	(void)state;
	CHECK(rows);
}

static void test_threads(void **state)
{
	static const char threes[] = POWER NODE ", 'reserved_cpus': '6-7', "
						"'cores': [ '0-2', '3-5', '6-7' ]";
	static const struct row rows[] = {
		{ X86 NODE PAIRS, "'vcpus': 4", NULL, "'cores':2,'threads':2",
		  "cores='2' threads='2'", "topoext" },
		{ POWER NODE PAIRS, "'vcpus': 4", NULL, "'cores':2,'threads':2",
		  "cores='2' threads='2'", "dies" },
		/* Software emulation of POWER has no threads. */
		{ POWER NODE PAIRS, "'vcpus': 4", "qemu", "'cores':2,'threads':2",
		  "cores='4' threads='1'", NULL },
		{ threes, "'vcpus': 6", NULL, "'cores':6,'threads':1", "cores='6' threads='1'",
		  NULL },
		{ S390 NODE PAIRS, "'vcpus': 4", NULL, "'cores':4,'threads':1",
		  "cores='4' threads='1'", NULL },
		/* SMT off: one thread of each core is left. */
		{ POWER NODE ", 'cores': [ '0-7' ], 'offline_cpus': '1-7'", "'vcpus': 1", NULL,
		  "'cores':1,'threads':1", "threads='1'", NULL },
	};

	(void)state;
	CHECK(rows);
}

/* ---- mode, model, features, cache ---- */

static void test_guides(void **state)
{
	static const struct row rows[] = {
		/* OG 3.2.3: four CPUs in two sockets, without hyper-threading. */
		{ ARM TWO_NODES, "'vcpus': 4, 'numa': { 'cells': 2 }", NULL, "'machine':'virt'",
		  "<vcpu placement='static'>4</vcpu>|<cpu mode='host-passthrough'>|"
		  "<topology sockets='2' cores='2' threads='1'/>|"
		  "<type arch='aarch64' machine='virt'>hvm</type>",
		  "<cache" },
		{ X86 TWO_NODES, "'vcpus': 4, 'numa': { 'cells': 2 }", NULL,
		  "'cache':'passthrough'",
		  "<cpu mode='host-passthrough'>|<topology sockets='2' dies='1' cores='2' "
		  "threads='1'/>|<cache mode='passthrough'/>|"
		  "<type arch='x86_64' machine='q35'>hvm</type>",
		  NULL },
		/* SU 4.5.2.1: a Broadwell with the invariant TSC. */
		{ X86 NODE,
		  "'vcpus': 1, 'cpu': { 'mode': 'custom', 'model': 'Broadwell', "
		  "'features': { 'invtsc': 'require' } }",
		  NULL, "'mode':'custom','model':'Broadwell','features':{'invtsc':'require'}",
		  "<cpu mode='custom' match='exact'>|<model fallback='forbid'>Broadwell</model>|"
		  "<feature policy='require' name='invtsc'/>",
		  "<cache" },
	};

	(void)state;
	CHECK(rows);
}

static void test_caches(void **state)
{
	static const struct row rows[] = {
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'mode': 'host-model' }", NULL, "'mode'",
		  "mode='host-model'", "<cache" },
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'mode': 'maximum' }", NULL, "'mode'",
		  "mode='maximum'", "<cache" },
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'mode': 'maximum', 'cache': 'passthrough' }",
		  NULL, "'cache'", "<cache mode='passthrough'/>", NULL },
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'cache': 'emulate' }", NULL, "'cache':'emulate'",
		  "<cache level='3' mode='emulate'/>", NULL },
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'cache': 'disable' }", "qemu",
		  "'cache':'disable'", "<cache mode='disable'/>", NULL },
		/* Without KVM there is no CPU of the host. */
		{ X86 NODE, "'vcpus': 1", "qemu", "'cache':'passthrough'", "<cpu>", "<cache" },
		{ NODE, "'vcpus': 1, 'cpu': { 'cache': 'passthrough' }", NULL, "'cache'",
		  "<cache mode='passthrough'/>", NULL },
		{ ARM NODE, "'vcpus': 1, 'cpu': { 'cache': 'emulate' }", NULL,
		  "the cache mode \\'emulate\\' is left out", "<cpu mode='host-passthrough'>",
		  "<cache" },
	};

	(void)state;
	CHECK(rows);
}

static void test_topoext(void **state)
{
	static const char feature[] = "<feature policy='require' name='topoext'/>";
	static const struct row rows[] = {
		{ X86 NODE PAIRS AMD, "'vcpus': 4", NULL, "'topoext':'require'", feature, NULL },
		{ X86 NODE PAIRS ", 'cpu': { 'vendor': 'HygonGenuine' }", "'vcpus': 4", NULL,
		  "'topoext'", feature, NULL },
		{ X86 NODE PAIRS AMD, "'vcpus': 4, 'cpu': { 'model': 'EPYC-Milan' }", NULL,
		  "'topoext'", feature, NULL },
		{ X86 NODE PAIRS AMD, "'vcpus': 4, 'cpu': { 'features': { 'topoext': 'force' } }",
		  NULL, "'features':{'topoext':'force'}", "policy='force'", feature },
		/* One thread; another model; another vendor; libvirt's own choice; no KVM. */
		{ X86 NODE AMD, "'vcpus': 4", NULL, "'threads':1", "<cpu", "topoext" },
		{ X86 NODE PAIRS AMD, "'vcpus': 4, 'cpu': { 'model': 'Broadwell' }", NULL,
		  "'threads':2", "Broadwell", "topoext" },
		{ X86 NODE PAIRS ", 'cpu': { 'vendor': 'Intel' }", "'vcpus': 4", NULL,
		  "'threads':2", "<cpu", "topoext" },
		{ X86 NODE PAIRS AMD, "'vcpus': 4, 'cpu': { 'mode': 'host-model' }", NULL,
		  "'threads':2", "host-model", "topoext" },
		{ X86 NODE PAIRS AMD, "'vcpus': 4", "qemu", "'topoext'", "<cpu>", "topoext" },
		{ X86 NODE PAIRS AMD, "'vcpus': 4, 'cpu': { 'features': { 'topoext': 'disable' } }",
		  NULL, "the spec turns off topoext", "policy='disable'", feature },
	};

	(void)state;
	CHECK(rows);
}

/* ---- machines and architectures ---- */

static void test_machines(void **state)
{
	static const struct row rows[] = {
		{ X86 NODE, "'vcpus': 1, 'machine': 'pc-i440fx-7.2'", NULL,
		  "'machine':'pc-i440fx-7.2'", "<type arch='x86_64' machine='pc-i440fx-7.2'>hvm|"
		  "<features>\n    <acpi/>\n  </features>",
		  NULL },
		{ NODE, "'vcpus': 1, 'machine': 'q35'", NULL, "'cpu':{'machine':'q35'}",
		  "<type machine='q35'>hvm|<acpi/>", "arch=" },
		{ POWER NODE, "'vcpus': 1", NULL, "'arch':'ppc64le','machine':'pseries'",
		  "<type arch='ppc64le' machine='pseries'>hvm", "<cache|acpi" },
		{ "'arch': 'riscv64', " NODE, "'vcpus': 1", NULL, "'machine':'virt'",
		  "<type arch='riscv64' machine='virt'>hvm", NULL },
		/* One that is not known here. */
		{ "'arch': 'vax', " NODE, "'vcpus': 1", NULL, "'guest_topology'", "<type>hvm",
		  "arch=|machine=|acpi" },
	};

	(void)state;
	CHECK(rows);
}

/* Its guests have no NUMA cells: what a cell is on holds for the whole guest. */
static void test_s390x(void **state)
{
	static const char pool[] = S390
		"'nodes': [ { 'id': 0, 'cpus': '0-7', 'memory_kib': "
		"'16GiB', 'pages': [ { 'size_kib': 1024, 'total': 512 } ] } ]";
	static const struct row rows[] = {
		{ pool, "'vcpus': 2, 'hugepages': '1MiB'", NULL, "'machine':'s390-ccw-virtio'",
		  "<page size='1024' unit='KiB'/>|<memory mode='strict' nodeset='0'/>|"
		  "<topology sockets='1' cores='2' threads='1'/>",
		  "<numa>|memnode|dies|<cache" },
		{ S390 TWO_NODES, "'vcpus': 8, 'numa': { 'cells': 2 }", NULL,
		  "has no NUMA cells: it sees none of the 2",
		  "<memory mode='strict' nodeset='0-1'/>|<vcpupin vcpu='7'", "<numa>|memnode" },
		/* Devices that are not on PCI are libvirt's to place; and nothing is plugged in. */
		{ S390 TWO_NODES ", 'devices': [ { 'id': '0001:00:00.0', 'node': 1 } ]",
		  "'vcpus': 2, 'hotplug': { 'max_memory': '1GiB' }, 'pcie': { 'spare_ports': 2 }, "
		  "'hostdevs': [ { 'id': '0001:00:00.0' } ], 'disks': [ { 'target': 'vda', "
		  "'type': 'block', 'source': '/dev/dasda' } ], 'interfaces': [ { 'type': "
		  "'bridge', 'source': 'b' } ]",
		  NULL, "'code':'hotplug_cells'",
		  "<address domain='0x0001' bus='0x00' slot='0x00' function='0x0'/>|queues='2'",
		  "maxMemory|type='pci' index|<address type=|acpi" },
	};

	(void)state;
	CHECK(rows);
}

/* Ordinary pages of 64 KiB, and the huge pages that go with them. */
static void test_arm_pages(void **state)
{
	static const char host[] = ARM
		"'page_kib': 64, 'nodes': [ { 'id': 0, 'cpus': '0-7', 'memory_kib': '64GiB', "
		"'pages': [ { 'size_kib': 2048, 'total': 64 }, "
		"{ 'size_kib': 524288, 'total': 8 }, { 'size_kib': 16777216, 'total': 1 } ] } ]";
	static const struct row rows[] = {
		{ host, "'vcpus': 2, 'hugepages': 'none'", NULL, "'page_kib':64", "65536</memory>",
		  "hugepages" },
		{ host, "'vcpus': 2, 'hugepages': '2MiB'", NULL, "'page_kib':2048",
		  "<page size='2048' unit='KiB' nodeset='0'/>", NULL },
		{ host, "'vcpus': 2, 'memory': '1GiB', 'hugepages': '512MiB'", NULL,
		  "'page_kib':524288", "<page size='524288' unit='KiB' nodeset='0'/>", NULL },
		{ host, "'vcpus': 2, 'memory': '16GiB', 'hugepages': '16GiB'", NULL,
		  "'page_kib':16777216", "<page size='16777216' unit='KiB'", NULL },
		/* Page tables of 4 KiB have 32 MiB as well, where the kernel was told so. */
		{ ARM "'nodes': [ { 'id': 0, 'cpus': '0-7', 'memory_kib': '64GiB', "
		      "'pages': [ { 'size_kib': 32768, 'total': 64 } ] } ]",
		  "'vcpus': 2, 'hugepages': '32MiB'", NULL, "'page_kib':32768",
		  "<page size='32768' unit='KiB'", NULL },
	};

	(void)state;
	CHECK(rows);
}

static bool warns_of_smt(const char *rest)
{
	struct vtune__text host = { 0 };
	struct vtune_plan *plan;
	bool warns = false;

	vtune__text_addf(&host, POWER NODE PAIRS "%s", rest);
	plan = place(host.data, "'vcpus': 2");
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		warns = warns || strcmp(plan->warnings[i].code, "smt") == 0;
	vtune_plan_free(plan);
	vtune__text_free(&host);
	return warns;
}

static void test_power_smt(void **state)
{
	(void)state;
	assert_true(warns_of_smt(", 'cpu': { 'model': 'POWER8 (raw), altivec supported' }"));
	assert_true(warns_of_smt(", 'cpu': { 'model': 'POWER7' }, 'offline_cpus': '3,5,7'"));
	assert_false(warns_of_smt(", 'cpu': { 'model': 'POWER8' }, 'offline_cpus': '1,3,5,7'"));
	assert_false(warns_of_smt(", 'cpu': { 'model': 'POWER9' }"));
	assert_false(warns_of_smt(""));
}

/* Blocks of 256 MiB to a cell. */
static void test_power_blocks(void **state)
{
	static const struct {
		const char *host, *spec, *warning;
	} rows[] = {
		{ POWER TWO_NODES, "'vcpus': 2, 'memory': '512MiB', 'numa': { 'cells': 2 }", NULL },
		{ POWER TWO_NODES, "'vcpus': 2, 'memory': '600MiB', 'numa': { 'cells': 2 }",
		  "which is 434176 KiB more" },
		{ X86 TWO_NODES, "'vcpus': 2, 'memory': '600MiB', 'numa': { 'cells': 2 }", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = place(rows[i].host, rows[i].spec);
		const char *text = NULL;

		for (unsigned int j = 0; j < plan->nwarnings; j++)
			if (strcmp(plan->warnings[j].code, "memory_blocks") == 0)
				text = plan->warnings[j].text;
		assert_int_equal(!text, !rows[i].warning);
		if (text)
			assert_non_null(strstr(text, rows[i].warning));
		vtune_plan_free(plan);
	}
}

/* ---- into domains that are there already ---- */

static void test_patch(void **state)
{
	static const struct {
		const char *host, *spec, *domain, *xml, *none;
	} rows[] = {
		/* The machine stays; another model takes the place of one. */
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'model': 'EPYC' }, 'machine': 'q35'",
		  "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
		  "<cpu mode='custom' match='minimum' check='partial'><model>core2duo</model>"
		  "<vendor>Intel</vendor><feature name='a'/></cpu>",
		  "machine='pc'|<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model>"
		  "<topology |<feature name='a'/>",
		  "vendor|core2duo" },
		/* The same one stays as it is. */
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'model': 'EPYC' }",
		  "<cpu match='minimum'><model fallback='allow'>EPYC</model></cpu>",
		  "<cpu match='minimum'><model fallback='allow'>EPYC</model><topology",
		  "mode='custom" },
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'model': 'EPYC' }",
		  "<cpu mode='host-passthrough' migratable='off'><cache mode='passthrough'/></cpu>",
		  "<cpu mode='custom' match='exact'>", "<cache|migratable" },
		{ X86 NODE, "'vcpus': 1, 'cpu': { 'mode': 'host-passthrough' }",
		  "<cpu match='exact'><model>EPYC</model><cache level='3' mode='emulate'/></cpu>",
		  "<cpu mode='host-passthrough'><topology |<cache mode='passthrough'/>",
		  "EPYC|match" },
		{ X86 NODE,
		  "'vcpus': 1, 'cpu': { 'features': { 'a': 'disable', 'b': 'require', 'c': 'force' } }",
		  "<cpu mode='maximum'><feature policy='require' name='a'/><feature name='b'/>"
		  "<feature policy='optional' name='d'/></cpu>",
		  "<feature policy='disable' name='a'/><feature name='b'/>"
		  "<feature policy='optional' name='d'/><feature policy='force' name='c'/>",
		  "<feature policy='disable' name='b'" },
		/* Where the domain says the model, it must be one of AMD's. */
		{ X86 NODE PAIRS AMD, "'vcpus': 4",
		  "<cpu mode='custom' match='exact'><model>Broadwell</model></cpu>",
		  "<model>Broadwell</model><topology", "topoext" },
		{ X86 NODE PAIRS AMD, "'vcpus': 4",
		  "<cpu mode='custom' match='exact'><model>EPYC</model></cpu>",
		  "<feature policy='require' name='topoext'/>", "<cache" },
		/* An Arm domain on another host: no dies, no cache, no cells on s390x. */
		{ X86 NODE DIES, "'vcpus': 8",
		  "<os><type arch='aarch64'>hvm</type></os><cpu><cache mode='emulate'/></cpu>",
		  "<topology sockets='1' cores='8' threads='1'/>", "dies|<cache" },
		{ X86 NODE, "'vcpus': 8",
		  "<os><type arch='s390x'>hvm</type></os><cpu><numa><cell id='0'/></numa></cpu>"
		  "<numatune><memnode cellid='0' mode='strict' nodeset='0'/></numatune>",
		  "<memory mode='strict' nodeset='0'/>", "<numa>|memnode" },
		{ ARM NODE CLUSTERS NEW, "'vcpus': 8", "<os><type arch='x86_64'>hvm</type></os>",
		  "<topology sockets='1' dies='1' cores='8' threads='1'/>", "clusters" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = place(rows[i].host, rows[i].spec);
		struct vtune__text domain = { 0 };
		char *xml, *again;

		vtune__text_addf(&domain, "<domain type='kvm'><name>x</name>%s</domain>",
				 rows[i].domain);
		xml = help_patch(plan, domain.data);
		expect_parts(xml, rows[i].xml, true);
		expect_parts(xml, rows[i].none, false);
		again = help_patch(plan, xml);
		assert_string_equal(again, xml);
		free(again);
		free(xml);
		vtune__text_free(&domain);
		vtune_plan_free(plan);
	}
}

/* Plans say what the guest sees, and the validator looks. */
static void test_validator(void **state)
{
	char *json = document("", X86 NODE DIES CLUSTERS NEW);
	struct vtune_host *host = host_from(json);
	struct vtune_spec *spec = vtune_spec_from_json(
		"{ \"version\": 1, \"vcpus\": 8, \"memory\": \"64MiB\", \"machine\": \"pc\","
		" \"cpu\": { \"model\": \"EPYC\", \"features\": { \"svm\": \"disable\" } } }",
		NULL);
	struct vtune_plan *plan = vtune_place(host, spec, NULL, NULL);
	struct vtune_error *err = NULL;
	static const struct {
		struct vtune__guest_shape guest;
		const char *where;
	} shapes[] = {
		{ { 1, 2, 1, 4, 1 }, NULL },
		{ { 1, 2, 2, 2, 1 }, NULL },
		{ { 1, 1, 4, 2, 1 }, NULL },
		{ { 1, 4, 1, 2, 1 }, "/guest_topology/dies" },	   /* two on each */
		{ { 1, 1, 2, 4, 1 }, "/guest_topology/clusters" }, /* they are of two */
		{ { 1, 1, 8, 1, 1 }, "/guest_topology/clusters" }, /* two in each */
		{ { 1, 2, 2, 4, 1 }, "/guest_topology" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(shapes); i++) {
		plan->guest = shapes[i].guest;
		if (!shapes[i].where) {
			assert_int_equal(vtune_plan_validate(plan, host, spec, NULL), 0);
			continue;
		}
		assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
		assert_error(&err, VTUNE_ERR_NOT_VALID, shapes[i].where, "");
	}
	plan->guest = shapes[0].guest;
	plan->cpu.features.list[0].policy = VTUNE__FEATURE_REQUIRE;
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/cpu/features", "svm is not \"disable\"");
	plan->cpu.features.list[0].policy = VTUNE__FEATURE_DISABLE;
	plan->cpu.machine[0] = 'x';
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/cpu/machine", "\"pc\"");
	plan->cpu.machine[0] = 'p';
	plan->cpu.model[0] = 'x';
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_error(&err, VTUNE_ERR_NOT_VALID, "/cpu/model", "of the spec");
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dies),	  cmocka_unit_test(test_clusters),
		cmocka_unit_test(test_threads),	  cmocka_unit_test(test_guides),
		cmocka_unit_test(test_caches),	  cmocka_unit_test(test_topoext),
		cmocka_unit_test(test_machines),  cmocka_unit_test(test_s390x),
		cmocka_unit_test(test_arm_pages), cmocka_unit_test(test_power_smt),
		cmocka_unit_test(test_power_blocks),
		cmocka_unit_test(test_patch),	  cmocka_unit_test(test_validator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
