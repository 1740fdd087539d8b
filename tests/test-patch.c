/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan laid into somebody's domain XML. */
#include <dirent.h>

#include "xml-help.h"

static const char *const domains[] = { "plain",	   "tuned",   "tabs",	    "odd-order",
				       "one-line", "backing", "only-pages", "conflicts",
				       "hotplug",  "latin1",  "q35" };
static const char *const plans[] = { "one-cell",   "two-cells", "preferred",
				     "interleave", "shared",	"pcie" };

/* data/patched/DOMAIN.PLAN.xml is what comes of these two. */
static void test_expected(void **state)
{
	static const char *const rows[][2] = {
		{ "plain", "one-cell" },      { "plain", "two-cells" },
		{ "tuned", "one-cell" },      { "tuned", "two-cells" },
		{ "tabs", "one-cell" },	      { "tabs", "preferred" },
		{ "tabs", "two-cells" },      { "odd-order", "one-cell" },
		{ "odd-order", "two-cells" }, { "one-line", "two-cells" },
		{ "backing", "one-cell" },    { "backing", "two-cells" },
		{ "only-pages", "shared" },   { "conflicts", "one-cell" },
		{ "conflicts", "two-cells" }, { "hotplug", "one-cell" },
		{ "hotplug", "two-cells" },   { "latin1", "one-cell" },
		{ "networks", "networks" },   { "plain", "networks" },
		{ "hotplug", "networks" },
		{ "q35", "one-cell" },	      { "q35", "pcie" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = help_plan(rows[i][1]);
		char *domain = help_load("domains", rows[i][0], ".xml");
		char name[64], *expected, *out;

		snprintf(name, sizeof(name), "%s.%s", rows[i][0], rows[i][1]);
		expected = help_load("patched", name, ".xml");
		out = help_patch(plan, domain);
		assert_string_equal(out, expected);
		free(out);
		free(expected);
		free(domain);
		vtune_plan_free(plan);
	}
}

static void check_twice(const struct vtune_plan *plan, const char *domain)
{
	char *once = help_patch(plan, domain);
	char *twice = help_patch(plan, once);

	assert_string_equal(twice, once);
	free(twice);
	free(once);
}

static void test_twice_is_once(void **state)
{
	(void)state;
	for (size_t d = 0; d < VTUNE__COUNT(domains); d++) {
		for (size_t p = 0; p < VTUNE__COUNT(plans); p++) {
			struct vtune_plan *plan = help_plan(plans[p]);
			char *domain = help_load("domains", domains[d], ".xml");

			/* Its maxMemory is too small for that plan. */
			if (strcmp(domains[d], "hotplug") != 0 ||
			    strcmp(plans[p], "interleave") != 0)
				check_twice(plan, domain);
			free(domain);
			vtune_plan_free(plan);
		}
	}
}

static int is_domain_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".xml") == 0 && strncmp(entry->d_name, "vircaps", 7) != 0;
}

static void check_file(const char *folder, const char *name)
{
	struct vtune_plan *plan = help_plan("two-cells");
	struct vtune_error *err = NULL;
	char path[4096], *domain;

	snprintf(path, sizeof(path), "%s/domains/%s", folder, name);
	domain = vtune__file_read(path, &err);
	assert_non_null(domain);
	check_twice(plan, domain);
	free(domain);
	vtune_plan_free(plan);
}

static void test_twice_with_others(void **state)
{
	const char *folder = getenv("VTUNE_SHARED");
	struct dirent **entries;
	char path[4096];
	int count = -1;

	(void)state;
	if (folder) {
		snprintf(path, sizeof(path), "%s/domains", folder);
		count = scandir(path, &entries, is_domain_file, alphasort);
	}
	if (count < 0)
		skip();
	assert_in_range(count, 10, 1000);
	for (int i = 0; i < count; i++) {
		check_file(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static char *join(const char *inner)
{
	char *text = malloc(strlen(inner) + 128);

	assert_non_null(text);
	sprintf(text, "<domain type='kvm'><name>x</name>%s</domain>", inner);
	return text;
}

/* With the plan two-cells: 4 vCPUs, 4 GiB in huge pages, I/O threads 1 and 2; or
 * one-cell: 2 vCPUs, 2 GiB, none. Every part of "there" must come out, and no part
 * of "gone". Parts end at a "|". */
struct row {
	const char *plan, *inner, *there, *gone;
};

static void check_parts(const char *out, const char *parts, bool there)
{
	while (parts && *parts) {
		size_t length = strcspn(parts, "|");
		char part[256];

		snprintf(part, sizeof(part), "%.*s", (int)length, parts);
		if (!strstr(out, part) == there)
			fail_msg("%s is %s: %s", part, there ? "missing" : "still there", out);
		parts += length + (parts[length] == '|');
	}
}

static void check_row(const struct row *row)
{
	struct vtune_plan *plan = help_plan(row->plan);
	char *domain = join(row->inner);
	char *out = help_patch(plan, domain);

	check_parts(out, row->there, true);
	check_parts(out, row->gone, false);
	check_twice(plan, domain);
	free(out);
	free(domain);
	vtune_plan_free(plan);
}

static void test_memory(void **state)
{
	static const struct row rows[] = {
		/* A balloon stays as it was, with huge pages or when it does not fit not. */
		{ "one-cell", "<memory>4194304</memory><currentMemory>1048576</currentMemory>",
		  "<memory unit='KiB'>2097152</memory>|<currentMemory>1048576<", NULL },
		{ "one-cell", "<memory>4194304</memory><currentMemory>3145728</currentMemory>",
		  "<currentMemory unit='KiB'>2097152<", NULL },
		{ "one-cell", "<memory>1048576</memory><currentMemory>1048576</currentMemory>",
		  "<currentMemory unit='KiB'>2097152<", NULL },
		{ "two-cells", "<memory>4194304</memory><currentMemory>1048576</currentMemory>",
		  "<memory>4194304</memory>|<currentMemory unit='KiB'>4194304<", NULL },
		/* What cannot be read is replaced. */
		{ "one-cell", "<memory unit='parsec'>4</memory><currentMemory>much</currentMemory>",
		  "<memory unit='KiB'>2097152</memory>|<currentMemory unit='KiB'>2097152<", NULL },
		{ "one-cell", "<memory>2097152 KiB</memory>", "<memory unit='KiB'>2097152<", NULL },
		/* What says the same is left. */
		{ "one-cell", "<memory unit='GiB'> 2 <!-- two --></memory>",
		  "<memory unit='GiB'> 2 <!-- two --></memory>", NULL },
		{ "one-cell", "<memory unit='b'><!-- x --><![CDATA[7]]></memory>",
		  "<memory unit='KiB'><!-- x -->2097152</memory>", "CDATA" },
		/* Memory modules come on top. */
		{ "one-cell",
		  "<devices><memory><target><size unit='MiB'>1</size></target></memory>"
		  "<memory><target><size>1024</size><node>0</node></target></memory>"
		  "<memory/></devices>",
		  "<memory unit='KiB'>2099200</memory>", NULL },
		{ "one-cell", "<maxMemory slots='2' unit='KiB'>2097153</maxMemory>",
		  "2097153</maxMemory><memory unit='KiB'>2097152<", NULL },
		{ "one-cell", "<maxMemory slots='2'>all</maxMemory>", ">all<", NULL },
		/* Sources that go with huge pages. */
		{ "two-cells", "<memoryBacking><source type='memfd'/></memoryBacking>",
		  "<source type='memfd'/>", NULL },
		{ "two-cells", "<memoryBacking><source/><allocation threads='2'/></memoryBacking>",
		  "<source/>|<allocation threads='2'/>", NULL },
		{ "one-cell", "<memoryBacking><hugepages/><!-- why --></memoryBacking>",
		  "<memoryBacking><!-- why --></memoryBacking>", "hugepages" },
		{ "one-cell", "<memoryBacking><hugepages/></memoryBacking>", NULL, "Backing" },
		{ "one-cell", "<memoryBacking/>", "<memoryBacking/>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		check_row(&rows[i]);
}

static void test_vcpus(void **state)
{
	static const struct row rows[] = {
		{ "one-cell", "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0'/></vcpus>",
		  "<vcpu current='1' placement='static'>2</vcpu><vcpus><vcpu id='0'/></vcpus>",
		  NULL },
		{ "one-cell", "<vcpu current='3'>2</vcpu>", "<vcpu placement='static'>2<",
		  "current" },
		{ "one-cell", "<vcpu current='one'>2</vcpu>", "<vcpu placement='static'>2<",
		  "current" },
		{ "one-cell", "<vcpu current='1'>3</vcpu><vcpus><vcpu id='0'/></vcpus>",
		  "<vcpu placement='static'>2<", "current|vcpus>" },
		{ "one-cell", "<vcpu placement='auto'>two</vcpu>", "<vcpu placement='static'>2<",
		  NULL },
		/* Pins and groups of vCPUs that are gone, or there twice. */
		{ "one-cell",
		  "<cputune><vcpupin vcpu='1' cpuset='9'/><vcpupin vcpu='2' cpuset='9'/>"
		  "<vcpupin vcpu='1' cpuset='8'/><vcpupin cpuset='9'/><vcpupin vcpu='-1'/>"
		  "<vcpupin vcpu='4294967297'/></cputune>",
		  "<cputune><vcpupin vcpu='0' cpuset='5'/><vcpupin vcpu='1' cpuset='13'/>"
		  "<emulatorpin cpuset='4,12'/></cputune>",
		  NULL },
		{ "one-cell",
		  "<cputune><vcpusched vcpus='0-3,^1' a='b'/><vcpusched vcpus='^0,2'/>"
		  "<vcpusched vcpus='0, 1 '/><vcpusched vcpus='3-2'/><vcpusched/>"
		  "<vcpusched vcpus='0,99999'/><vcpusched vcpus='0,,1'/><vcpusched vcpus='^'/>"
		  "<vcpusched vcpus='0-9999999999999999999999999999999'/></cputune>",
		  "<vcpusched vcpus='0' a='b'/><vcpusched vcpus='0, 1 '/>"
		  "<vcpusched vcpus='3-2'/><vcpusched/><vcpusched vcpus='0,99999'/>"
		  "<vcpusched vcpus='0,,1'/><vcpusched vcpus='^'/><vcpusched vcpus='0-99",
		  "'^0,2'" },
		{ "one-cell",
		  "<cputune><cachetune vcpus='0-3'><cache id='0'/><monitor vcpus='1-3'/>"
		  "<monitor vcpus='3'/></cachetune><cachetune vcpus='0'><cache id='1'/>"
		  "</cachetune><cachetune vcpus='1-2'><monitor vcpus='2'/></cachetune>"
		  "<memorytune vcpus='2'><node/></memorytune></cputune>",
		  "<cachetune vcpus='0-1'><cache id='0'/><monitor vcpus='1'/></cachetune>"
		  "<cachetune vcpus='0'><cache id='1'/></cachetune></cputune>",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		check_row(&rows[i]);
}

static void test_iothreads(void **state)
{
	static const struct row rows[] = {
		{ "one-cell",
		  "<iothreads>3</iothreads><iothreadids><iothread id='9'/></iothreadids>"
		  "<cputune><iothreadpin iothread='9' cpuset='0'/>"
		  "<iothreadsched iothreads='9' scheduler='idle'/></cputune>",
		  NULL, "iothread" },
		{ "one-cell", "<iothreads>1</iothreads>", NULL, "iothread" },
		{ "one-cell",
		  "<iothreads> 2 </iothreads><devices><disk><driver><iothreads><iothread id='7'/>"
		  "<iothread id='3'><queue id='0'/></iothread></iothreads></driver></disk></devices>",
		  "<iothreads> 2 </iothreads><iothreadids><iothread id='3'/><iothread id='7'/>"
		  "</iothreadids>|<iothreadpin iothread='3' cpuset='4,12'/>"
		  "<iothreadpin iothread='7' cpuset='4,12'/>",
		  NULL },
		{ "two-cells", "<devices><disk><driver iothread='some'/></disk></devices>",
		  "<iothreads>2</iothreads>|iothread='some'", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		check_row(&rows[i]);
}

static void test_cpu(void **state)
{
	static const struct row rows[] = {
		{ "one-cell", "", "<cpu mode='host-passthrough'><topology sockets='1'", NULL },
		{ "one-cell", "<cpu/>", "<cpu><topology sockets='1'", "mode='host" },
		{ "one-cell", "<cpu mode='custom' match='minimum'><model>m</model></cpu>",
		  "<cpu mode='custom' match='minimum'><model>m</model><topology", NULL },
		{ "two-cells", "<cpu mode='host-passthrough' migratable='off' check='none'/>",
		  "<cpu mode='host-passthrough' migratable='off' check='none'><topology", NULL },
		{ "two-cells",
		  "<cpu match='exact' check='full' migratable='on'><model>m</model><vendor>V"
		  "</vendor><cache mode='passthrough'/><feature name='a'/></cpu>",
		  "<cpu mode='host-passthrough'><topology |<cache mode='passthrough'/>"
		  "<feature name='a'/><numa>",
		  "model|vendor" },
		{ "one-cell", "<cpu><topology sockets='4' dies='2' clusters='2' cores='2'/></cpu>",
		  "<topology sockets='1' dies='1' clusters='1' cores='1' threads='2'/>", NULL },
		{ "one-cell",
		  "<cpu><numa><cell id='7'/><cell id='0' memory='2' unit='GiB' memAccess='shared'>"
		  "<distances><sibling id='0' value='10'/></distances></cell><cell id='0'/></numa>"
		  "</cpu>",
		  "<numa><cell id='0' memory='2' unit='GiB' memAccess='shared' cpus='0-1'/></numa>",
		  NULL },
		{ "two-cells",
		  "<cpu><numa><cell memory='5'><cache level='1'/></cell><interconnects>"
		  "<latency initiator='1' target='2'/></interconnects></numa></cpu>",
		  "<cell memory='2097152' id='0' cpus='0-1' unit='KiB'><distances>"
		  "<sibling id='0' value='10'/><sibling id='1' value='21'/></distances>"
		  "<cache level='1'/></cell><cell id='1'",
		  "interconnects" },
		{ "two-cells",
		  "<cpu><numa><interconnects><latency initiator='1' target='1'/></interconnects>"
		  "</numa></cpu>",
		  "<latency initiator='1' target='1'/>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		check_row(&rows[i]);
}

/* The plan asks for host-model. */
static void test_cpu_host_model(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	char *domain =
		join("<cpu mode='maximum' migratable='off'><cache mode='passthrough'/></cpu>");
	char *out;

	(void)state;
	plan->cpu_mode = 0;
	while (strcmp(vtune__cpu_mode_names[plan->cpu_mode], "host-model") != 0)
		plan->cpu_mode++;
	out = help_patch(plan, domain);
	check_parts(out, "<cpu mode='host-model'><topology", true);
	check_parts(out, "migratable|<cache", false);
	free(out);
	free(domain);
	vtune_plan_free(plan);
}

static void test_numatune(void **state)
{
	static const struct row rows[] = {
		{ "one-cell", "<numatune><memory mode='strict' placement='auto'/></numatune>",
		  "<numatune><memory mode='strict' nodeset='1'/>"
		  "<memnode cellid='0' mode='strict' nodeset='1'/></numatune>",
		  NULL },
		{ "one-cell", "<numatune><memory placement='static' nodeset='7'/></numatune>",
		  "<memory placement='static' nodeset='1' mode='strict'/>", NULL },
		{ "one-cell", "<numatune><memnode cellid='1'/><memnode cellid='0'/></numatune>",
		  "<numatune><memory mode='strict' nodeset='1'/>"
		  "<memnode cellid='0' mode='strict' nodeset='1'/></numatune>",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		check_row(&rows[i]);
}

static char *with_crlf(const char *text)
{
	struct vtune__text out = { 0 };

	for (; *text; text++)
		vtune__text_add_bytes(&out, *text == '\n' ? "\r\n" : text, *text == '\n' ? 2 : 1);
	return vtune__text_take(&out, NULL);
}

/* Lines that end in two characters go on doing so. */
static void test_line_ends(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	char *domain = help_load("domains", "tuned", ".xml");
	char *domain_crlf = with_crlf(domain);
	char *out = help_patch(plan, domain), *out_crlf = help_patch(plan, domain_crlf);
	char *expected = with_crlf(out);

	(void)state;
	assert_string_equal(out_crlf, expected);
	check_twice(plan, domain_crlf);
	free(expected);
	free(out_crlf);
	free(out);
	free(domain_crlf);
	free(domain);
	vtune_plan_free(plan);
}

static void expect_failure(const char *domain, int code, const char *where, const char *part)
{
	struct vtune_plan *plan = help_plan("one-cell");
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_patch_domain_xml(plan, domain, &err));
	if (where)
		assert_string_equal(vtune_error_get_where(err), where);
	help_error(err, code, part);
	assert_null(vtune_plan_patch_domain_xml(plan, domain, NULL));
	vtune_plan_free(plan);
}

static void test_refuses(void **state)
{
	static const struct {
		const char *inner, *where, *part;
	} rows[] = {
		{ "<devices><controller type='pci' model='pcie-expander-bus'><target><node> 1 </node>"
		  "</target></controller></devices>",
		  "/domain/devices/controller/target/node",
		  "<controller> is on guest NUMA node 1, and the plan has 1 cell, numbered from 0" },
		{ "<devices><memory/><memory><target><node>3</node></target></memory></devices>",
		  "/domain/devices/memory[2]/target/node", "<memory> is on guest NUMA node 3" },
		{ "\n<maxMemory unit='GiB'>2</maxMemory>", "/domain/maxMemory",
		  "Line 2: <maxMemory> is 2097152 KiB, and must be more" },
		{ "<devices><disk><driver iothread='0'/></disk></devices>",
		  "/domain/devices/disk/driver", "no I/O thread 0" },
		{ "<devices><disk><driver><iothreads><iothread id='65536'/></iothreads></driver>"
		  "</disk></devices>",
		  "/domain/devices/disk/driver/iothreads/iothread", "no I/O thread 65536" },
		{ "<devices><memory><target><size unit='EiB'>4</size></target></memory></devices>",
		  "/cells", "too much together" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *domain = join(rows[i].inner);
		int code = strcmp(rows[i].where, "/cells") == 0 ? VTUNE_ERR_INVALID
								: VTUNE_ERR_DOCUMENT;

		expect_failure(domain, code, rows[i].where, rows[i].part);
		free(domain);
	}
}

static void test_not_a_domain(void **state)
{
	struct vtune_plan *plan = help_plan("one-cell");
	struct vtune_error *err = NULL;

	(void)state;
	expect_failure("", VTUNE_ERR_SYNTAX, NULL, "not XML");
	expect_failure("{ \"version\": 1 }", VTUNE_ERR_SYNTAX, NULL, "not XML");
	expect_failure("<domain>\n<name>\n</domain>", VTUNE_ERR_SYNTAX, "line 3", "line 3");
	expect_failure("<domain>&lol;</domain>", VTUNE_ERR_SYNTAX, NULL, "lol");
	expect_failure("<domainsnapshot/>", VTUNE_ERR_DOCUMENT, NULL,
		       "root element is <domainsnapshot>; it must be <domain>");
	expect_failure("<domain xmlns='urn:x'/>", VTUNE_ERR_DOCUMENT, NULL, "namespace urn:x");
	expect_failure("<!DOCTYPE domain [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
		       "<domain>&b;</domain>",
		       VTUNE_ERR_DOCUMENT, NULL, "DOCTYPE");
	expect_failure("<!DOCTYPE domain SYSTEM 'file:///etc/passwd'><domain/>", VTUNE_ERR_DOCUMENT,
		       NULL, "DOCTYPE");
	assert_null(vtune_plan_patch_domain_xml(NULL, "<domain/>", &err));
	help_error(err, VTUNE_ERR_INVALID, "vtune_plan_patch_domain_xml");
	err = NULL;
	assert_null(vtune_plan_patch_domain_xml(plan, NULL, &err));
	help_error(err, VTUNE_ERR_INVALID, "vtune_plan_patch_domain_xml");
	err = NULL;
	plan->fits = false;
	assert_null(vtune_plan_patch_domain_xml(plan, "<domain/>", &err));
	help_error(err, VTUNE_ERR_INVALID, "does not fit");
	vtune_plan_free(plan);
}

static char *filled(size_t count, const char *piece, const char *close)
{
	struct vtune__text out = { 0 };

	vtune__text_add(&out, "<domain>");
	for (size_t i = 0; i < count; i++)
		vtune__text_add(&out, piece);
	for (size_t i = 0; i < count && close; i++)
		vtune__text_add(&out, close);
	vtune__text_add(&out, "</domain>");
	return vtune__text_take(&out, NULL);
}

static void test_too_large(void **state)
{
	char *domain = filled(2000000, "<a b=''/>", NULL);

	(void)state;
	expect_failure(domain, VTUNE_ERR_DOCUMENT, NULL, "larger than 16 MiB");
	free(domain);
	domain = filled(100000, "<a>", "</a>");
	expect_failure(domain, VTUNE_ERR_SYNTAX, NULL, "depth");
	free(domain);
}

/* As many vCPUs as are ever read, all pinned in disorder before. */
static void test_many_vcpus(void **state)
{
	struct vtune_plan *plan = help_plan("one-cell");
	struct vtune__plan_vcpu *two = plan->vcpus, *many;
	struct vtune__text text = { 0 };
	char *domain;

	(void)state;
	many = calloc(VTUNE__MAX_VCPUS, sizeof(*many));
	assert_non_null(many);
	for (unsigned int i = 0; i < VTUNE__MAX_VCPUS; i++)
		many[i] = two[i % 2];
	plan->vcpus = many;
	plan->nvcpus = VTUNE__MAX_VCPUS;
	vtune__text_add(&text, "<domain><cputune>");
	for (unsigned int i = 0; i < VTUNE__MAX_VCPUS; i += 2)
		vtune__text_addf(&text, "<vcpupin vcpu='%u'/>", VTUNE__MAX_VCPUS - i);
	vtune__text_add(&text, "</cputune></domain>");
	domain = vtune__text_take(&text, NULL);
	check_twice(plan, domain);
	free(domain);
	plan->vcpus = two;
	plan->nvcpus = 2;
	free(many);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_twice_is_once),
		cmocka_unit_test(test_twice_with_others),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_vcpus),
		cmocka_unit_test(test_iothreads),
		cmocka_unit_test(test_cpu),
		cmocka_unit_test(test_cpu_host_model),
		cmocka_unit_test(test_numatune),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_not_a_domain),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_many_vcpus),
	};

	return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
