/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a domain's XML puts it now. */
#include "xml-help.h"

#include "domain/domain.h"

static struct vtune__pins read_pins(const char *xml)
{
	struct vtune_error *err = NULL;
	struct vtune__pins pins;

	if (vtune__pins_read(&pins, xml, "web1", &err) < 0)
		fail_msg("%s: %s in %s", vtune_error_get_where(err), vtune_error_get_message(err),
			 xml);
	assert_null(err);
	return pins;
}

static char *join(const char *inner)
{
	char *text = malloc(strlen(inner) + 128);

	assert_non_null(text);
	sprintf(text, "<domain type='kvm'><name>x</name>%s</domain>", inner);
	return text;
}

static struct vtune__pins read_inner(const char *inner)
{
	char *xml = join(inner);
	struct vtune__pins pins = read_pins(xml);

	free(xml);
	return pins;
}

static void add_set(struct vtune__text *text, const char *name, const struct vtune__set *set)
{
	vtune__text_addf(text, " %s:", name);
	vtune__text_add_set(text, set);
}

/* All of it in one line, to compare with. */
static char *describe(const struct vtune__pins *pins)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "%s %llu", pins->name, (unsigned long long)pins->memory_kib);
	for (unsigned int i = 0; i < pins->nvcpus; i++)
		add_set(&text, "v", &pins->vcpus[i]);
	add_set(&text, "e", &pins->emulator);
	for (unsigned int i = 0; i < pins->niothreads; i++) {
		vtune__text_addf(&text, " io%u", pins->iothreads[i].id);
		add_set(&text, "", &pins->iothreads[i].cpus);
	}
	for (unsigned int i = 0; i < pins->ncells; i++) {
		const struct vtune__pinned_cell *cell = &pins->cells[i];

		add_set(&text, pins->listed ? "cell" : "all", &cell->vcpus);
		vtune__text_addf(&text, "=%llu+%llu/%llu%s", (unsigned long long)cell->memory_kib,
				 (unsigned long long)cell->modules_kib,
				 (unsigned long long)cell->page_kib,
				 cell->default_page ? "huge" : "");
		vtune__text_addf(&text, "@%d,", cell->mode);
		vtune__text_add_set(&text, &cell->nodes);
	}
	vtune__text_addf(&text, " %d%s", pins->mode, pins->mode_auto ? "auto" : "");
	add_set(&text, "n", &pins->nodes);
	if (pins->has_shares)
		vtune__text_addf(&text, " s%llu", (unsigned long long)pins->shares);
	for (unsigned int i = 0; i < pins->ndevices; i++)
		vtune__text_addf(&text, " %s", pins->devices[i]);
	return vtune__text_take(&text, NULL);
}

struct row {
	const char *inner, *expected;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct vtune__pins pins = read_inner(rows[i].inner);
		char *text = describe(&pins);

		assert_true(vtune__pins_equal(&pins, &pins));
		assert_string_equal(text, rows[i].expected);
		free(text);
		vtune__pins_free(&pins);
	}
}

static void test_cpus(void **state)
{
	static const struct row rows[] = {
		{ "", "x 0 v: e: all:0=0+0/0@-1, -1 n:" },
		{ "<vcpu>2</vcpu><memory unit='MiB'>2</memory>",
		  "x 2048 v: v: e: all:0-1=2048+0/0@-1, -1 n:" },
		{ "<vcpu current='1'>2</vcpu><memory>1024</memory>",
		  "x 1024 v: v: e: all:0-1=1024+0/0@-1, -1 n:" },
		/* libvirt gives the mask to all that has no pin of its own. */
		{ "<vcpu placement='static' cpuset='0-3,^2'>2</vcpu><iothreads>1</iothreads>"
		  "<cputune><vcpupin vcpu='1' cpuset='5'/></cputune>",
		  "x 0 v:0-1,3 v:5 e:0-1,3 io1 :0-1,3 all:0-1=0+0/0@-1, -1 n:" },
		/* A mask beside placement "auto" is not used. */
		{ "<vcpu placement='auto' cpuset='0-3'>1</vcpu>",
		  "x 0 v: e: all:0=0+0/0@-1, -1auto n:" },
		{ "<vcpu cpuset=''>1</vcpu><cputune><vcpupin vcpu='7' cpuset='1'/>"
		  "<vcpupin vcpu='0' cpuset=' 8 , 10-12 '/><emulatorpin cpuset='1-2'/>"
		  "<shares> 2048 </shares></cputune>",
		  "x 0 v:8,10-12 e:1-2 all:0=0+0/0@-1, -1 n: s2048" },
		/* Pins in others' namespaces are not libvirt's. */
		{ "<cputune><o:vcpupin xmlns:o='urn:o' vcpu='0' cpuset='1'/></cputune>",
		  "x 0 v: e: all:0=0+0/0@-1, -1 n:" },
	};

	(void)state;
	check_rows(rows, VTUNE__COUNT(rows));
}

static void test_iothreads(void **state)
{
	static const struct row rows[] = {
		{ "<iothreads>2</iothreads><cputune><iothreadpin iothread='2' cpuset='4'/>"
		  "<iothreadpin iothread='3' cpuset='5'/></cputune>",
		  "x 0 v: e: io1 : io2 :4 all:0=0+0/0@-1, -1 n:" },
		{ "<iothreads>4</iothreads><iothreadids><iothread id='5'/><iothread id='2'/>"
		  "</iothreadids>",
		  "x 0 v: e: io1 : io2 : io3 : io5 : all:0=0+0/0@-1, -1 n:" },
		{ "<iothreadids><iothread id='9'/></iothreadids><cputune>"
		  "<iothreadpin iothread='9' cpuset='1,3'/></cputune>",
		  "x 0 v: e: io9 :1,3 all:0=0+0/0@-1, -1 n:" },
	};

	(void)state;
	check_rows(rows, VTUNE__COUNT(rows));
}

#define CELLS                                                       \
	"<vcpu>4</vcpu><memory unit='KiB'>4096</memory><cpu><numa>" \
	"<cell id='1' cpus='2-3' memory='2' unit='M'/>"             \
	"<cell id='0' cpus='0-1' memory='2048'/></numa></cpu>"
#define NO_PINS "x 4096 v: v: v: v: e: "

static void test_memory(void **state)
{
	static const struct row rows[] = {
		{ CELLS, NO_PINS "cell:0-1=2048+0/0@-1, cell:2-3=2048+0/0@-1, -1 n:" },
		{ CELLS "<numatune><memory mode='interleave' nodeset='0-1'/>"
			"<memnode cellid='1' mode='preferred' nodeset='3'/>"
			"<memnode cellid='7' mode='strict' nodeset='3'/></numatune>",
		  NO_PINS "cell:0-1=2048+0/0@3,0-1 cell:2-3=2048+0/0@2,3 3 n:0-1" },
		{ CELLS "<numatune><memory nodeset='0'/></numatune>",
		  NO_PINS "cell:0-1=2048+0/0@0,0 cell:2-3=2048+0/0@0,0 0 n:0" },
		{ CELLS "<numatune><memory mode='restrictive' nodeset='0' placement='auto'/>"
			"</numatune>",
		  NO_PINS "cell:0-1=2048+0/0@1, cell:2-3=2048+0/0@1, 1auto n:" },
		{ CELLS "<numatune><memory mode='of tomorrow' nodeset='1'/></numatune>",
		  NO_PINS "cell:0-1=2048+0/0@-1,1 cell:2-3=2048+0/0@-1,1 -1 n:1" },
		{ CELLS "<memoryBacking><hugepages/></memoryBacking>",
		  NO_PINS "cell:0-1=2048+0/0huge@-1, cell:2-3=2048+0/0huge@-1, -1 n:" },
		{ CELLS "<memoryBacking><hugepages><page size='2' unit='M'/></hugepages>"
			"</memoryBacking>",
		  NO_PINS "cell:0-1=2048+0/2048@-1, cell:2-3=2048+0/2048@-1, -1 n:" },
		{ CELLS "<memoryBacking><hugepages><page size='2048'/>"
			"<page size='1' unit='GiB' nodeset='0'/></hugepages></memoryBacking>",
		  NO_PINS "cell:0-1=2048+0/1048576@-1, cell:2-3=2048+0/2048@-1, -1 n:" },
		{ CELLS "<memoryBacking><hugepages><page size='2048' nodeset='1'/>"
			"<page size='4'/></hugepages></memoryBacking>",
		  NO_PINS "cell:0-1=2048+0/0@-1, cell:2-3=2048+0/2048@-1, -1 n:" },
		{ CELLS "<memoryBacking><hugepages><page size='2048' nodeset='1'/></hugepages>"
			"</memoryBacking>",
		  NO_PINS "cell:0-1=2048+0/0@-1, cell:2-3=2048+0/2048@-1, -1 n:" },
		/* vCPUs that no cell names are in the first, and none is there that the
		 * domain does not have; without ids cells count in order. */
		{ "<vcpu>4</vcpu><cpu><numa><cell cpus='1'/><cell cpus='2,8' memory='8'/></numa>"
		  "</cpu>",
		  "x 0 v: v: v: v: e: cell:0-1,3=0+0/0@-1, cell:2=8+0/0@-1, -1 n:" },
		{ CELLS "<devices><memory model='dimm'><target><size unit='KiB'>512</size>"
			"<node>1</node></target></memory><memory model='nvdimm'><target>"
			"<size>256</size></target></memory></devices>",
		  NO_PINS "cell:0-1=2048+256/0@-1, cell:2-3=2048+512/0@-1, -1 n:" },
		{ "<memory>4096</memory><devices><memory><target><size>96</size></target></memory>"
		  "</devices>",
		  "x 4096 v: e: all:0=4000+96/0@-1, -1 n:" },
	};

	(void)state;
	check_rows(rows, VTUNE__COUNT(rows));
}

#define HOSTDEV(address) \
	"<hostdev mode='subsystem' type='pci'><source><address " address "/></source></hostdev>"

static void test_devices(void **state)
{
	static const struct row rows[] = {
		{ "<devices>" HOSTDEV("domain='0x0000' bus='0x41' slot='0x1f' function='0x7'")
			  HOSTDEV("bus='65' slot='010'")
				  HOSTDEV("domain='0x10000' bus='0xAb'") "</devices>",
		  "x 0 v: e: all:0=0+0/0@-1, -1 n: 0000:41:1f.7 0000:41:08.0 10000:ab:00.0" },
		/* Twice the same is one. */
		{ "<devices>" HOSTDEV("bus='0x3'") HOSTDEV("bus='3'") "</devices>",
		  "x 0 v: e: all:0=0+0/0@-1, -1 n: 0000:03:00.0" },
		{ "<devices><interface type='hostdev'><source><address type='pci' bus='4'/>"
		  "</source>"
		  "</interface><interface type='bridge'><source><address bus='5'/></source>"
		  "</interface><disk type='nvme'><source type='pci' namespace='1'>"
		  "<address bus='6'/></source></disk><hostdev type='usb'><source>"
		  "<address bus='7'/></source></hostdev><hostdev type='mdev'><source>"
		  "<address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>"
		  "</devices>",
		  "x 0 v: e: all:0=0+0/0@-1, -1 n: 0000:04:00.0 0000:06:00.0" },
	};

	(void)state;
	check_rows(rows, VTUNE__COUNT(rows));
}

static void test_refused(void **state)
{
	static const char *const rows[][3] = {
		{ "<vcpu>0</vcpu>", "<vcpu>", "/domain/vcpu" },
		{ "<vcpu>4097</vcpu>", "4096", "/domain/vcpu" },
		{ "<vcpu>many</vcpu>", "<vcpu>", "/domain/vcpu" },
		{ "<vcpu cpuset='3-1'>1</vcpu>", "\"3-1\"", "/domain/vcpu" },
		{ "<vcpu cpuset='16384'>1</vcpu>", "16383", "/domain/vcpu" },
		{ "<cputune><vcpupin cpuset='1'/></cputune>", "\"vcpu\"",
		  "/domain/cputune/vcpupin" },
		{ "<cputune><emulatorpin cpuset='one'/></cputune>", "\"one\"",
		  "/domain/cputune/emulatorpin" },
		{ "<cputune><shares>-1</shares></cputune>", "<shares>", "/domain/cputune/shares" },
		{ "<iothreads>1025</iothreads>", "1024", "/domain/iothreads" },
		{ "<iothreadids><iothread id='0'/></iothreadids>", "from 1",
		  "/domain/iothreadids/iothread" },
		{ "<memory unit='miles'>3</memory>", "<memory>", "/domain/memory" },
		{ "<cpu><numa><cell id='0' cpus='0' memory='x'/></numa></cpu>", "memory of <cell>",
		  "/domain/cpu/numa/cell" },
		{ "<cpu><numa><cell id='1' cpus='0'/></numa></cpu>", "numbered from 0",
		  "/domain/cpu/numa/cell" },
		{ "<cpu><numa><cell id='0'/><cell id='0'/></numa></cpu>", "each once",
		  "/domain/cpu/numa/cell[2]" },
		{ "<numatune><memory nodeset='4096'/></numatune>", "4095",
		  "/domain/numatune/memory" },
		{ "<memoryBacking><hugepages><page/></hugepages></memoryBacking>", "size of <page>",
		  "/domain/memoryBacking/hugepages/page" },
		{ "<devices>" HOSTDEV("bus='0x100'") "</devices>", "PCI",
		  "/domain/devices/hostdev/source/address" },
		{ "<devices>" HOSTDEV("bus='0x'") "</devices>", "PCI",
		  "/domain/devices/hostdev/source/address" },
		{ "<devices>" HOSTDEV("bus='08'") "</devices>", "PCI",
		  "/domain/devices/hostdev/source/address" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_error *err = NULL;
		struct vtune__pins pins;
		char *xml = join(rows[i][0]);

		assert_int_equal(vtune__pins_read(&pins, xml, "web1", &err), -1);
		assert_string_equal(vtune_error_get_where(err), rows[i][2]);
		assert_memory_equal(vtune_error_get_message(err), "web1: Line 1: ", 14);
		help_error(err, VTUNE_ERR_DOCUMENT, rows[i][1]);
		assert_int_equal(vtune__pins_read(&pins, xml, NULL, NULL), -1);
		assert_null(pins.vcpus);
		free(xml);
	}
}

/* What a plan is written as reads back as the plan. */
static void test_of_plans(void **state)
{
	static const char *const names[] = { "one-cell", "two-cells", "preferred", "interleave",
					     "shared" };

	(void)state;
	for (size_t n = 0; n < VTUNE__COUNT(names); n++) {
		struct vtune_plan *plan = help_plan(names[n]);
		char *xml = vtune_plan_to_xml(plan, NULL, NULL);
		struct vtune__pins pins = read_pins(xml);

		assert_int_equal(pins.nvcpus, plan->nvcpus);
		for (unsigned int i = 0; i < plan->nvcpus; i++)
			assert_true(vtune__set_equal(&pins.vcpus[i], &plan->vcpus[i].cpus));
		assert_true(vtune__set_equal(&pins.emulator, &plan->emulator));
		assert_int_equal(pins.niothreads, plan->niothreads);
		for (unsigned int i = 0; i < plan->niothreads; i++)
			assert_true(vtune__set_equal(&pins.iothreads[i].cpus,
						     &plan->iothreads[i].cpus));
		assert_int_equal(pins.ncells, plan->ncells);
		for (unsigned int i = 0; i < plan->ncells; i++) {
			assert_int_equal(pins.cells[i].memory_kib, plan->cells[i].memory_kib);
			assert_int_equal(pins.cells[i].page_kib,
					 plan->huge ? plan->cells[i].page_kib : 0);
			assert_int_equal(pins.cells[i].mode, plan->memory_mode);
			assert_true(vtune__set_equal(&pins.cells[i].vcpus, &plan->cells[i].vcpus));
		}
		vtune__pins_free(&pins);
		free(xml);
		vtune_plan_free(plan);
	}
}

/* Each change of one part is seen. */
static void test_differences(void **state)
{
	static const char all[] = CELLS
		"<iothreads>1</iothreads><cputune><shares>5</shares><period>5000</period><global_quota>-1</global_quota>"
		"<vcpupin vcpu='0' cpuset='6'/><emulatorpin cpuset='7'/>"
		"<iothreadpin iothread='1' cpuset='9'/></cputune><numatune>"
		"<memory mode='strict' nodeset='11'/><memnode cellid='0' mode='strict' "
		"nodeset='12'/></numatune><memoryBacking><hugepages><page size='16'/>"
		"</hugepages></memoryBacking><devices>" HOSTDEV("bus='13'") "</devices>";
	static const char *const parts[] = { "<vcpu>4",	     "KiB'>4096",  "'2048'",
					     "'2-3'",	     "s>1<",	   "<shares>5",
					     "<period>5000", "quota>-1",   "cpuset='6'",
					     "cpuset='7'",   "cpuset='9'", "nodeset='11'",
					     "nodeset='12'", "size='16'",  "bus='13'" };
	struct vtune__pins pins = read_inner(all);

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(parts); i++) {
		char *copy = strdup(all), *at = strstr(copy, parts[i]);
		struct vtune__pins other;

		assert_non_null(at);
		at += strcspn(at, "0123456789");
		/* 2-3 becomes 3-3. */
		*at = *at == '9' ? '8' : (char)(*at + 1);
		other = read_inner(copy);
		if (vtune__pins_equal(&pins, &other))
			fail_msg("no difference with another %s", parts[i]);
		vtune__pins_free(&other);
		free(copy);
	}
	vtune__pins_free(&pins);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpus),	    cmocka_unit_test(test_iothreads),
		cmocka_unit_test(test_memory),	    cmocka_unit_test(test_devices),
		cmocka_unit_test(test_refused),	    cmocka_unit_test(test_of_plans),
		cmocka_unit_test(test_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
