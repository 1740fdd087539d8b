/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a domain on another host: vtune_spec_for_migration() and
 * vtune_plan_to_migration_xml(). */
#include "xml-help.h"

#include "domain/domain.h"

static const char host[] = "{\"version\":1,\"nodes\":["
			   "{\"id\":0,\"cpus\":\"0-3\",\"memory_kib\":8388608,"
			   "\"pages\":[{\"size_kib\":2048,\"total\":1024}]},"
			   "{\"id\":1,\"cpus\":\"4-7\",\"memory_kib\":8388608,"
			   "\"pages\":[{\"size_kib\":2048,\"total\":1024}]}],"
			   "\"reserved_cpus\":\"0,4\"}";

/* Placed on a host with other CPU numbers and nodes 2 and 3. */
#define NAMED \
	"<domain type='kvm'><name>db01</name><uuid>6a1c0ab5-1a43-4c5f-9d0e-51c0d8b7a103</uuid>"
#define OLD_METADATA                                                           \
	"<metadata><o:owner xmlns:o='urn:example'>dba</o:owner>"               \
	"<vtune:former xmlns:vtune='urn:libvtune:former:1'>was</vtune:former>" \
	"</metadata>"
#define OLD_TUNE                                                               \
	"<iothreads>1</iothreads><cputune>"                                    \
	"<vcpupin vcpu='0' cpuset='40'/><vcpupin vcpu='1' cpuset='41'/>"       \
	"<vcpupin vcpu='2' cpuset='60'/><vcpupin vcpu='3' cpuset='61'/>"       \
	"<emulatorpin cpuset='32,48'/><iothreadpin iothread='1' cpuset='32'/>" \
	"<vcpusched vcpus='1' scheduler='fifo' priority='1'/></cputune>"       \
	"<numatune><memory mode='strict' nodeset='2-3'/>"
#define OLD_NODES                                         \
	"<memnode cellid='0' mode='strict' nodeset='2'/>" \
	"<memnode cellid='1' mode='strict' nodeset='3'/>"
#define GUEST(machine)                                                                    \
	"<os><type arch='x86_64' machine='" machine "'>hvm</type></os>"                   \
	"<cpu mode='custom' match='exact'><model>Skylake-Server</model>"                  \
	"<topology sockets='1' dies='1' cores='2' threads='2'/><numa>"                    \
	"<cell id='0' cpus='0,2' memory='1048576' unit='KiB'><distances>"                 \
	"<sibling id='0' value='10'/><sibling id='1' value='21'/></distances></cell>"     \
	"<cell id='1' cpus='1,3' memory='524288' unit='KiB'><distances>"                  \
	"<sibling id='0' value='31'/><sibling id='1' value='10'/></distances></cell>"     \
	"</numa></cpu><devices><memory model='dimm'><source><nodemask>2-3</nodemask>"     \
	"</source><target><size unit='KiB'>131072</size><node>1</node></target></memory>" \
	"<disk type='file' device='disk'><driver name='qemu' iothread='1'/>"              \
	"<source file='/d'/><target dev='vda' bus='virtio'/></disk></devices></domain>"
#define SIZES                                                                  \
	"<maxMemory slots='4' unit='KiB'>4194304</maxMemory>"                  \
	"<memory unit='KiB'>1703936</memory><currentMemory unit='KiB'>1600000" \
	"</currentMemory>"
#define HUGE "<memoryBacking><hugepages><page size='2' unit='MiB'/></hugepages></memoryBacking>"
#define VCPUS "<vcpu placement='static' cpuset='32-63' current='2'>4</vcpu>"

static const char two_cells[] = NAMED OLD_METADATA SIZES VCPUS OLD_TUNE OLD_NODES
	"</numatune>" GUEST("pc-q35-4.0");
static const char unbound_old[] = NAMED SIZES VCPUS OLD_TUNE "</numatune>" GUEST("pc-q35-5.0");
static const char unbound_new[] = NAMED SIZES VCPUS OLD_TUNE "</numatune>" GUEST("pc-q35-5.1");
static const char no_cells[] = NAMED
	"<memory unit='MiB'>512</memory>" HUGE "<vcpu placement='auto'>2</vcpu>"
	"<numatune><memory mode='preferred' placement='auto'/></numatune>"
	"<os><type>hvm</type></os></domain>";

static struct vtune_plan *place(struct vtune_spec *spec)
{
	struct vtune_error *err = NULL;
	struct vtune_host *read = vtune_host_from_json(host, &err);
	struct vtune_plan *plan = read && spec ? vtune_place(read, spec, NULL, &err) : NULL;

	if (!plan)
		fail_msg("%s", vtune_error_get_message(err));
	if (!vtune_plan_fits(plan))
		fail_msg("%s", vtune_plan_to_json(plan, NULL));
	vtune_host_free(read);
	vtune_spec_free(spec);
	return plan;
}

static char *migrate(const char *xml)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = place(vtune_spec_for_migration(xml, &err));
	char *out = vtune_plan_to_migration_xml(plan, xml, &err);

	if (!out)
		fail_msg("%s", vtune_error_get_message(err));
	vtune_plan_free(plan);
	return out;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s is not in %s", part, text);
}

static void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s is in %s", part, text);
}

/* The very text of these parts is in both. */
static void assert_kept(const char *before, const char *after, const char *from, const char *to)
{
	const char *start = strstr(before, from), *end = start ? strstr(start, to) : NULL;
	char *part;

	assert_non_null(end);
	part = strndup(start, (size_t)(end - start) + strlen(to));
	assert_has(after, part);
	free(part);
}

static void test_guest_is_kept(void **state)
{
	char *out = migrate(two_cells);

	(void)state;
	assert_kept(two_cells, out, "<os>", "</cpu>");
	assert_kept(two_cells, out, "<maxMemory", "</currentMemory>");
	assert_kept(two_cells, out, "<disk", "</disk>");
	assert_has(out, "<iothreads>1</iothreads>");
	assert_has(out, "<vcpusched vcpus='1' scheduler='fifo' priority='1'/>");
	assert_has(out, "<o:owner xmlns:o='urn:example'>dba</o:owner>");
	assert_has(out, "current='2'>4</vcpu>");
	free(out);
}

static void test_host_side_is_new(void **state)
{
	char *out = migrate(two_cells);

	(void)state;
	assert_has_not(out, "cpuset='32-63'");
	for (int i = 0; i < 4; i++) {
		char old[48];

		snprintf(old, sizeof(old), "cpuset='%d'", (i / 2 ? 60 : 40) + i % 2);
		assert_has_not(out, old);
	}
	assert_has(out, "<vcpupin vcpu='0' cpuset='1'/>");
	assert_has(out, "<vcpupin vcpu='2' cpuset='2'/>");
	assert_has(out, "<vcpupin vcpu='1' cpuset='5'/>");
	assert_has(out, "<memory mode='strict' nodeset='0-1'/>");
	assert_has(out, "<memnode cellid='0' mode='strict' nodeset='0'/>");
	assert_has(out, "<memnode cellid='1' mode='strict' nodeset='1'/>");
	assert_has(out, "<nodemask>1</nodemask>");
	free(out);
}

static void test_metadata(void **state)
{
	struct vtune_plan *plan = place(vtune_spec_for_migration(two_cells, NULL)), *carried;
	char *out = vtune_plan_to_migration_xml(plan, two_cells, NULL), *a, *b;

	(void)state;
	assert_has_not(out, VTUNE__FORMER_URI);
	carried = vtune__metadata_plan(out, NULL);
	assert_non_null(carried);
	a = vtune_plan_to_json(plan, NULL);
	b = vtune_plan_to_json(carried, NULL);
	assert_string_equal(a, b);
	free(a);
	free(b);
	a = vtune_plan_to_migration_xml(plan, out, NULL);
	assert_string_equal(a, out);
	free(a);
	free(out);
	vtune_plan_free(carried);
	vtune_plan_free(plan);
}

/* The names of QEMU's memory blocks stay as they are. */
static void test_blocks(void **state)
{
	char *out = migrate(unbound_old);

	(void)state;
	assert_has_not(out, "<memnode");
	assert_has(out, "<memory mode='strict' nodeset='0-1'/>");
	free(out);
	out = migrate(unbound_new);
	assert_has(out, "<memnode cellid='1' mode='strict' nodeset='1'/>");
	free(out);
}

static void test_blocks_and_huge_pages(void **state)
{
	struct vtune_spec *spec = vtune_spec_from_json(
		"{\"version\":1,\"name\":\"db01\",\"vcpus\":4,\"memory\":\"1536MiB\","
		"\"hugepages\":\"2MiB\",\"iothreads\":{\"count\":1},\"numa\":{\"cells\":["
		"{\"vcpus\":\"0,2\",\"memory\":\"1024MiB\"},"
		"{\"vcpus\":\"1,3\",\"memory\":\"512MiB\"}]}}",
		NULL);
	struct vtune_plan *plan = place(spec);
	struct vtune_error *err = NULL;
	char *out;

	(void)state;
	assert_null(vtune_plan_to_migration_xml(plan, unbound_old, &err));
	help_error(err, VTUNE_ERR_INVALID, "older than pc-q35-5.1");
	out = vtune_plan_to_migration_xml(plan, two_cells, NULL);
	assert_has(out, "<page size='2048' unit='KiB' nodeset='0-1'/>");
	free(out);
	vtune_plan_free(plan);
}

static void test_no_cells(void **state)
{
	char *without = strdup(no_cells), *pages = strstr(without, HUGE), *out;

	(void)state;
	out = migrate(no_cells);
	assert_has_not(out, "<numa>");
	assert_has_not(out, "<memnode");
	assert_has_not(out, "placement='auto'");
	assert_has(out, "<memory mode='preferred' nodeset='0'/>");
	free(out);
	memmove(pages, pages + strlen(HUGE), strlen(pages + strlen(HUGE)) + 1);
	out = migrate(without);
	assert_has_not(out, "<hugepages");
	free(out);
	free(without);
}

static void refuse(const char *spec, const char *xml, const char *part)
{
	struct vtune_plan *plan = place(vtune_spec_from_json(spec, NULL));
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_to_migration_xml(plan, xml, &err));
	help_error(err, VTUNE_ERR_INVALID, part);
	vtune_plan_free(plan);
}

static void test_other_guest(void **state)
{
	(void)state;
	refuse("{\"version\":1,\"vcpus\":2,\"memory\":\"1536MiB\"}", two_cells,
	       "is for 2 vCPUs, and the domain has 4");
	refuse("{\"version\":1,\"vcpus\":4,\"memory\":\"1536MiB\",\"numa\":{\"cells\":2}}",
	       two_cells, "guest cell 0 has the vCPUs 0-1, and in the domain 0,2");
	refuse("{\"version\":1,\"vcpus\":4,\"memory\":\"1536MiB\",\"numa\":{\"cells\":["
	       "{\"vcpus\":\"0,2\"},{\"vcpus\":\"1,3\"}]}}",
	       two_cells, "guest cell 0 has 786432 KiB of memory, and in the domain 1048576 KiB");
	refuse("{\"version\":1,\"vcpus\":2,\"memory\":\"512MiB\",\"iothreads\":{\"count\":1}}",
	       no_cells, "is for 1 I/O thread, and the domain has 0");
	refuse("{\"version\":1,\"vcpus\":2,\"memory\":\"512MiB\",\"numa\":{\"cells\":2}}", no_cells,
	       "is for 2 guest cells, and the domain has 1");
}

static void test_bad_arguments(void **state)
{
	struct vtune_plan *plan = place(vtune_spec_for_migration(two_cells, NULL));
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_plan_to_migration_xml(NULL, two_cells, &err));
	help_error(err, VTUNE_ERR_INVALID, "NULL");
	err = NULL;
	assert_null(vtune_plan_to_migration_xml(plan, NULL, &err));
	help_error(err, VTUNE_ERR_INVALID, "NULL");
	err = NULL;
	assert_null(vtune_plan_to_migration_xml(plan, "<domain", &err));
	help_error(err, VTUNE_ERR_SYNTAX, "");
	err = NULL;
	assert_null(vtune_spec_for_migration(NULL, &err));
	help_error(err, VTUNE_ERR_INVALID, "NULL");
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guest_is_kept),
		cmocka_unit_test(test_host_side_is_new),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_blocks_and_huge_pages),
		cmocka_unit_test(test_no_cells),
		cmocka_unit_test(test_other_guest),
		cmocka_unit_test(test_bad_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
