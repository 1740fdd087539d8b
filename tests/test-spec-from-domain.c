/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec of what a domain is already. */
#include <dirent.h>

#include "xml-help.h"

#include "domain/domain.h"
#include "random-help.h"
#include "spec-help.h"

#include "plan-edit.h"

enum { SEED = 3307, CASES = 2000, MUTATIONS = 3000 };

static const char *const domains[] = { "plain",	   "tuned",   "tabs",	    "odd-order",
				       "one-line", "backing", "only-pages", "conflicts",
				       "hotplug",  "networks", "latin1" };

static struct vtune_spec *spec_of(const char *xml)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_domain_xml(xml, &err);

	if (!spec)
		fail_msg("%s: %s in %s", vtune_error_get_where(err), vtune_error_get_message(err),
			 xml);
	assert_null(err);
	help_spec_is_sound(spec);
	return spec;
}

static char *join(const char *inner)
{
	char *text = malloc(strlen(inner) + 128);

	assert_non_null(text);
	sprintf(text, "<domain type='kvm'><name>x</name>%s</domain>", inner);
	return text;
}

/* Without blanks and line breaks, and without what all have: for comparison. */
static char *short_text(const struct vtune_spec *spec)
{
	char *text = help_spec_text(spec), *to = text;

	for (const char *from = text; *from; from++) {
		if (*from != ' ' && *from != '\n' && *from != '"')
			*to++ = *from;
	}
	*to = '\0';
	return text;
}

static void assert_spec(const char *xml, const char *expected)
{
	struct vtune_spec *spec = spec_of(xml);
	char *text = short_text(spec);

	if (!strstr(text, expected) ||
	    strlen(text) != strlen("{version:1,name:x,}") + strlen(expected))
		fail_msg("%s is not %s\n%s", text, expected, xml);
	free(text);
	vtune_spec_free(spec);
}

#define SIZE "<vcpu>2</vcpu><memory unit='MiB'>8</memory>"
#define IS "vcpus:2,memory:8MiB"
#define NO "hugepages:none,iothreads:{count:0}"

static void test_parts(void **state)
{
	static const char *const rows[][2] = {
		{ SIZE, IS "," NO },
		/* The most it can have, and what must be kept for it. */
		{ "<vcpu current='1'>2</vcpu><memory unit='MiB'>8</memory>"
		  "<currentMemory>4096</currentMemory><maxMemory slots='4' unit='GiB'>"
		  "1</maxMemory>",
		  IS "," NO ",hotplug:{max_memory:1GiB,slots:4}" },
		{ SIZE "<devices><memory model='dimm'><target><size unit='MiB'>3</size></target>"
		       "</memory></devices>",
		  "vcpus:2,memory:5MiB," NO },
		{ SIZE "<cpu mode='host-model'/>", IS ",cpu:{mode:host-model}," NO },
		{ SIZE "<cpu mode='custom'><model>qemu64</model></cpu>",
		  IS ",cpu:{mode:custom,model:qemu64}," NO },
		{ SIZE "<cpu match='exact'><model fallback='forbid'>EPYC</model>"
		       "<topology sockets='1' cores='2' threads='1'/><cache level='3' mode='emulate'/>"
		       "<feature policy='disable' name='svm'/><feature name='invtsc'/>"
		       "<feature policy='disable' name='svm'/><feature policy='odd' name='x'/></cpu>",
		  IS ",cpu:{mode:custom,model:EPYC,features:{svm:disable,invtsc:require},"
		     "cache:emulate}," NO },
		{ SIZE "<cpu mode='custom' match='exact' check='full'><model>EPYC</model>"
		       "<feature policy='require' name='svm'/></cpu>",
		  IS "," NO },
		{ SIZE "<cpu mode='host-passthrough' migratable='on'><cache mode='passthrough'/>"
		       "</cpu>",
		  IS ",cpu:{mode:host-passthrough,cache:passthrough}," NO },
		{ SIZE "<cpu mode='host-model'><cache mode='passthrough'/></cpu>",
		  IS ",cpu:{mode:host-model}," NO },
		{ SIZE "<cpu mode='odd'><cache mode='odd'/></cpu>", IS "," NO },
		{ SIZE "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
		  IS ",machine:pc-q35-7.2," NO },
		{ SIZE "<cputune><shares>512</shares></cputune>", IS ",cpu:{shares:512}," NO },
		{ SIZE "<cputune><shares>1</shares></cputune>", IS "," NO },
		/* Bounds of CPU time; what a spec cannot say, and what libvirt would refuse, stay
		 * in the domain. */
		{ SIZE "<cputune><period>1000000</period><quota> -1 </quota><emulator_quota>5000"
		       "</emulator_quota><iothread_period>20000</iothread_period><global_quota>"
		       "17592186044415</global_quota></cputune>",
		  IS "," NO ",bandwidth:{vcpu:{period:1000000,quota:-1},emulator:{quota:5000},"
		     "iothread:{period:20000},global:{quota:17592186044415}}" },
		{ SIZE "<cputune><period>999</period><quota>0</quota><global_quota>-2"
		       "</global_quota><emulator_quota>many</emulator_quota></cputune>",
		  IS "," NO },
		/* Realtime. */
		{ SIZE "<cputune><vcpusched vcpus='1' scheduler='fifo' priority='1'/></cputune>",
		  IS "," NO ",realtime:{vcpus:1}" },
		{ SIZE "<iothreads>1</iothreads><cputune><emulatorsched scheduler='rr' "
		       "priority='3'/><vcpusched vcpus='0' scheduler='idle'/><vcpusched vcpus='1' "
		       "scheduler='rr' priority='2'/><iothreadsched iothreads='1' scheduler='rr' "
		       "priority='4'/></cputune>",
		  IS ",hugepages:none,iothreads:{count:1},realtime:{vcpus:1,scheduler:rr,"
		     "priority:2,emulator:3,iothreads:4}" },
		{ SIZE "<cputune><emulatorsched scheduler='fifo' priority='3'/><vcpusched vcpus='1'"
		       " scheduler='rr' priority='2'/></cputune>",
		  IS "," NO ",realtime:{vcpus:1,scheduler:rr,priority:2}" },
		{ SIZE "<cputune><vcpusched vcpus='0-1' scheduler='fifo' priority='1'/></cputune>",
		  IS "," NO },
		{ "<vcpu>4</vcpu><memory unit='MiB'>8</memory><cputune><vcpusched vcpus='0' "
		  "scheduler='fifo' priority='1'/><vcpusched vcpus='1' scheduler='fifo' "
		  "priority='2'/></cputune>",
		  "vcpus:4,memory:8MiB," NO },
		{ "<vcpu>4</vcpu><memory unit='MiB'>8</memory><cputune><vcpusched vcpus='0' "
		  "scheduler='fifo' priority='7'/><vcpusched vcpus='2' scheduler='fifo' "
		  "priority='7'/></cputune>",
		  "vcpus:4,memory:8MiB," NO ",realtime:{vcpus:0,2,priority:7}" },
		{ "<vcpu cpuset='0-7'>2</vcpu><memory unit='MiB'>8</memory><cputune><vcpusched "
		  "vcpus='1' scheduler='fifo' priority='1'/></cputune>",
		  IS ",cpu:{policy:shared}," NO },
		/* Memory backing, and limits. */
		{ SIZE "<memoryBacking><nosharepages/><locked/><source type='memfd'/><access "
		       "mode='shared'/><allocation mode='immediate' threads='8'/></memoryBacking>",
		  IS "," NO ",memory_backing:{locked:true,nosharepages:true,shared:true,"
		     "source:memfd,allocation:immediate,allocation_threads:8}" },
		{ SIZE "<memoryBacking><source type='file'/><access mode='private'/><allocation "
		       "mode='ondemand'/></memoryBacking>",
		  IS "," NO ",memory_backing:{shared:false,source:file,allocation:ondemand}" },
		{ SIZE "<memoryBacking><hugepages/><source type='anonymous'/><allocation "
		       "mode='ondemand'/></memoryBacking>",
		  IS ",hugepages:any,iothreads:{count:0}" },
		{ SIZE "<memtune><hard_limit unit='G'>1</hard_limit><soft_limit unit='M'>128"
		       "</soft_limit><swap_hard_limit unit='G'>2</swap_hard_limit></memtune>",
		  IS "," NO ",memtune:{hard_limit:1GiB,soft_limit:128MiB,swap_hard_limit:2GiB}" },
		{ SIZE "<memtune><hard_limit unit='M'>8</hard_limit><swap_hard_limit unit='M'>9"
		       "</swap_hard_limit></memtune>",
		  IS "," NO ",memtune:{swap_hard_limit:9MiB}" },
		{ SIZE "<maxMemory slots='257' unit='GiB'>1</maxMemory>", IS "," NO },
		/* vCPUs. */
		{ SIZE "<cputune><vcpupin vcpu='0' cpuset='3'/></cputune>", IS "," NO },
		{ SIZE "<cputune><vcpupin vcpu='0' cpuset='3'/><vcpupin vcpu='1' cpuset='3'/>"
		       "</cputune>",
		  IS ",cpu:{policy:shared}," NO },
		{ SIZE "<cputune><vcpupin vcpu='0' cpuset='3-4'/></cputune>",
		  IS ",cpu:{policy:mixed,dedicated:1}," NO },
		{ "<vcpu cpuset='0-7'>2</vcpu><memory unit='MiB'>8</memory>",
		  IS ",cpu:{policy:shared}," NO },
		/* Cells. */
		{ SIZE "<cpu><numa><cell id='0' cpus='0-1' memory='8192'/></numa></cpu>",
		  IS ",numa:{cells:1}," NO },
		{ SIZE "<cpu><numa><cell id='1' cpus='0' memory='2048'/><cell id='0' cpus='1' "
		       "memory='6144'/></numa></cpu>",
		  IS ",numa:{cells:[{vcpus:1,memory:6MiB},{vcpus:0,memory:2MiB}]}," NO },
		/* The cells' sum is what libvirt takes, too. */
		{ SIZE "<cpu><numa><cell cpus='0' memory='2048'/><cell cpus='1' memory='2048'/>"
		       "</numa></cpu>",
		  "vcpus:2,memory:4MiB,numa:{cells:[{vcpus:0,memory:2MiB},{vcpus:1,"
		  "memory:2MiB}]}," NO },
		{ SIZE "<numatune><memory mode='preferred' nodeset='1'/></numatune>",
		  IS ",numa:{mode:preferred}," NO },
		{ SIZE "<numatune><memory mode='interleave' nodeset='0-1'/></numatune>",
		  IS ",numa:{mode:interleave,nodes:0-1}," NO },
		{ SIZE "<numatune><memory mode='interleave' nodeset='1'/></numatune>",
		  IS ",numa:{mode:interleave}," NO },
		{ SIZE "<numatune><memory mode='strict' placement='auto'/></numatune>", IS "," NO },
		{ SIZE "<cpu><numa><cell cpus='0-1' memory='8192'/></numa></cpu><numatune>"
		       "<memory mode='strict' nodeset='0'/><memnode cellid='0' mode='restrictive' "
		       "nodeset='1'/></numatune>",
		  IS ",numa:{cells:1,mode:restrictive}," NO },
		/* Pages. */
		{ SIZE "<memoryBacking><hugepages/></memoryBacking>",
		  IS ",hugepages:any,iothreads:{count:0}" },
		{ SIZE "<memoryBacking><hugepages><page size='2' unit='MiB'/></hugepages>"
		       "</memoryBacking>",
		  IS ",hugepages:2MiB,iothreads:{count:0}" },
		{ SIZE "<memoryBacking><hugepages><page size='3' unit='MiB'/></hugepages>"
		       "</memoryBacking>",
		  IS ",hugepages:any,iothreads:{count:0}" },
		{ SIZE "<cpu><numa><cell cpus='0' memory='4096'/><cell cpus='1' memory='4096'/>"
		       "</numa></cpu><memoryBacking><hugepages><page size='2048' nodeset='0'/>"
		       "</hugepages></memoryBacking>",
		  IS ",numa:{cells:[{vcpus:0,memory:4MiB},{vcpus:1,memory:4MiB}]},"
		     "iothreads:{count:0}" },
		{ SIZE "<cpu><numa><cell cpus='0' memory='4096'/><cell cpus='1' memory='4096'/>"
		       "</numa></cpu><memoryBacking><hugepages><page size='2048' nodeset='0'/>"
		       "<page size='4096' nodeset='1'/></hugepages></memoryBacking>",
		  IS ",numa:{cells:[{vcpus:0,memory:4MiB},{vcpus:1,memory:4MiB}]},"
		     "hugepages:any,iothreads:{count:0}" },
		/* Helpers and devices. */
		{ SIZE "<iothreads>3</iothreads>", IS ",hugepages:none,iothreads:{count:3}" },
		{ SIZE "<devices><disk type='file' device='disk'><source file='/a b/c.img'/>"
		       "<target dev='vda'/></disk><disk type='file' device='cdrom'>"
		       "<target dev='sda' bus='sata'/></disk><disk type='block'>"
		       "<source dev='/dev/nvme0n1'/><target dev='sdb' bus='scsi'/></disk>"
		       "<disk type='network'><source name='p/i'/><target dev='vdb' bus='virtio'/>"
		       "</disk><disk type='nvme'><source namespace='1'><address bus='0x41'/>"
		       "</source><target dev='vdc' bus='virtio'/></disk></devices>",
		  IS "," NO ",disks:[{target:vda,type:file,source:/ab/c.img},"
		     "{target:sda,bus:sata,type:file,device:cdrom},"
		     "{target:sdb,type:block,source:/dev/nvme0n1},{target:vdb,type:network},"
		     "{target:vdc,type:nvme,source:0000:41:00.0}],"
		     "hostdevs:[{id:0000:41:00.0,affinity:prefer}]" },
		/* What a spec has no words for. */
		{ SIZE "<devices><disk><target dev='nvme0'/></disk><disk type='of tomorrow'>"
		       "<target dev='vda' bus='virtio'/></disk><disk><target dev='vdb' bus='new'/>"
		       "</disk><disk><target dev='vda'/></disk><disk/><disk type='file'>"
		       "<source file='a&#10;b'/><target dev='hda'/></disk><disk type='file'>"
		       "<source file='/a&#x85;b'/><target dev='hdb'/></disk></devices>",
		  IS "," NO ",disks:[{target:vda},{target:hda,type:file},{target:hdb,type:file}]" },
		{ SIZE "<devices><hostdev mode='subsystem' type='pci'><source>"
		       "<address domain='0' bus='0x3' slot='1' function='0x2'/></source></hostdev>"
		       "</devices>",
		  IS "," NO ",hostdevs:[{id:0000:03:01.2,affinity:prefer}]" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *xml = join(rows[i][0]);

		assert_spec(xml, rows[i][1]);
		free(xml);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *xml;
		int code;
		const char *part;
	} rows[] = {
		{ "<domain><memory>1</memory></domain>", VTUNE_ERR_DOCUMENT, "<name>" },
		{ "<domain><name>a/b</name><memory>1</memory></domain>", VTUNE_ERR_DOCUMENT,
		  "\"/\"" },
		{ "<domain><name>a</name></domain>", VTUNE_ERR_DOCUMENT, "<memory>" },
		{ "<domain><name>a</name><memory>0</memory></domain>", VTUNE_ERR_DOCUMENT,
		  "<memory>" },
		{ "<domain><name>a</name><memory>1</memory><vcpu>0</vcpu></domain>",
		  VTUNE_ERR_DOCUMENT, "<vcpu>" },
		{ "<domain><name>a</name><vcpu>2</vcpu><cpu><numa><cell cpus='0-1' memory='4'/>"
		  "<cell memory='4'/></numa></cpu></domain>",
		  VTUNE_ERR_UNSUPPORTED, "cell 1 has no vCPUs" },
		{ "<domain><name>a</name><vcpu>2</vcpu><cpu><numa><cell cpus='0-1' memory='4'/>"
		  "<cell cpus='1' memory='4'/></numa></cpu></domain>",
		  VTUNE_ERR_DOCUMENT, "in another cell" },
		{ "<domain><name>a</name><vcpu>2</vcpu><cpu><numa><cell cpus='0' memory='4'/>"
		  "<cell cpus='1'/></numa></cpu></domain>",
		  VTUNE_ERR_DOCUMENT, "cell 1 has no memory" },
		{ "<domain><name>a</name><vcpu>2</vcpu><cpu><numa><cell cpus='0' memory='3' "
		  "unit='E'/>"
		  "<cell cpus='1' memory='3' unit='E'/></numa></cpu></domain>",
		  VTUNE_ERR_DOCUMENT, "too much" },
		{ "<network/>", VTUNE_ERR_DOCUMENT, "<network>" },
		{ "{}", VTUNE_ERR_SYNTAX, "XML" },
	};
	struct vtune_error *err = NULL;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		err = NULL;
		assert_null(vtune_spec_from_domain_xml(rows[i].xml, &err));
		help_error(err, rows[i].code, rows[i].part);
		assert_null(vtune_spec_from_domain_xml(rows[i].xml, NULL));
	}
	err = NULL;
	assert_null(vtune_spec_from_domain_xml(NULL, &err));
	help_error(err, VTUNE_ERR_INVALID, "vtune_spec_from_domain_xml");
}

/* ---- domains that carry a plan ---- */

static char *placed(const struct vtune_plan *plan, const char *base)
{
	char *patched = help_patch(plan, base);
	char *out = vtune__metadata_put(patched, plan, base, NULL);

	assert_non_null(out);
	free(patched);
	return out;
}

static void test_policies(void **state)
{
#define TWO "cell/0=0-1@0:8192/4 guest=1,1,2,1 "
#define ONE_EACH TWO "vcpu/0=0@0 vcpu/1=2@0 "
#define FLOATS TWO "vcpu/0=~4-7@0 vcpu/1=~4-7@0 "
#define AS "hugepages:none"
	static const char *const rows[][2] = {
		{ ONE_EACH "held=0,2 emulator=4-7", "numa:{cells:1}," NO },
		{ ONE_EACH "held=0,2 emulator=0,2",
		  "numa:{cells:1}," AS ",emulator:{policy:float},iothreads:{count:0}" },
		{ ONE_EACH "held=0,2,4 emulator=4",
		  "numa:{cells:1}," AS ",emulator:{policy:isolate},iothreads:{count:0}" },
		{ ONE_EACH "held=0,2,4 emulator=5 iothread/0=4:vda",
		  "numa:{cells:1}," AS ",iothreads:{count:1,policy:isolate}" },
		{ ONE_EACH "held=0,2,4-5 emulator=6 iothread/0=4: iothread/1=5:",
		  "numa:{cells:1}," AS ",iothreads:{count:2,policy:isolate}" },
		{ ONE_EACH "held=0,2 emulator=5 iothread/0=5:vda",
		  "numa:{cells:1}," AS ",iothreads:{count:1}" },
		/* Threads. */
		{ ONE_EACH "held=0-3 emulator=5 threads=1",
		  "cpu:{threads:require},numa:{cells:1}," NO },
		{ ONE_EACH "held=0-3 emulator=5 threads=2",
		  "cpu:{threads:isolate},numa:{cells:1}," NO },
		/* Shared vCPUs. */
		{ FLOATS "emulator=4-7", "cpu:{policy:shared},numa:{cells:1}," NO },
		{ TWO "vcpu/0=~4@0 vcpu/1=~4@0 emulator=4",
		  "cpu:{policy:shared},numa:{cells:1}," NO },
		{ FLOATS "vcpu/0=0@0 held=0 emulator=4-7",
		  "cpu:{policy:mixed,dedicated:0},numa:{cells:1}," NO },
		{ FLOATS "vcpu/0=0@0 held=0 emulator=0,4-7",
		  "cpu:{policy:mixed,dedicated:0},numa:{cells:1}," AS
		  ",emulator:{policy:float},iothreads:{count:0}" },
	};
#undef AS

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(rows[i][0]);
		char *base = join("<cpu/>"), *xml = placed(plan, base), expected[256];

		snprintf(expected, sizeof(expected), "vcpus:2,memory:8MiB,%s", rows[i][1]);
		assert_spec(xml, expected);
		free(xml);
		free(base);
		vtune_plan_free(plan);
	}
}

/* What a plan leaves to the domain, placing the domain anew leaves to it as well: else each
 * time would make another plan. */
static void test_cpu_of_plan(void **state)
{
	static const char base[] =
		"<domain type='kvm'><name>x</name><os><type machine='pc-q35-7.2'>hvm</type></os>"
		"<cpu mode='host-model'><feature name='invtsc'/></cpu></domain>";
	static const char pc[] = "<domain type='kvm'><name>x</name><os><type machine="
				 "'pc-i440fx-7.2'>hvm</type></os></domain>";
	struct vtune_plan *plan = help_plan("one-cell");
	struct vtune_spec *spec;
	char *xml;

	(void)state;
	plan->cpu.machine = strdup("q35");
	plan->cpu.cache = VTUNE__CPU_CACHE_PASSTHROUGH;
	assert_int_equal(vtune__cpu_features_add(&plan->cpu.features, "topoext",
						 VTUNE__FEATURE_REQUIRE, NULL),
			 0);
	xml = placed(plan, base);
	spec = spec_of(xml);
	assert_false(spec->has_cpu_mode);
	assert_int_equal(spec->cpu.cache, VTUNE__CPU_CACHE_PASSTHROUGH);
	assert_int_equal(spec->cpu.features.count, 1);
	assert_string_equal(spec->cpu.features.list[0].name, "topoext");
	assert_string_equal(spec->cpu.machine, "q35");
	vtune_spec_free(spec);
	free(xml);
	/* But devices of a domain of another machine are not on the buses of the plan's. */
	plan->pcie.said = true;
	xml = placed(plan, pc);
	plan->pcie.said = false;
	spec = spec_of(xml);
	assert_string_equal(spec->cpu.machine, "pc-i440fx-7.2");
	vtune_spec_free(spec);
	free(xml);

	plan->has_cpu_mode = true;
	plan->cpu_mode = VTUNE__CUSTOM;
	plan->cpu.model = strdup("EPYC");
	plan->cpu.cache = VTUNE__CPU_CACHE_EMULATE;
	xml = placed(plan, base);
	spec = spec_of(xml);
	assert_true(spec->has_cpu_mode);
	assert_int_equal(spec->cpu_mode, VTUNE__CUSTOM);
	assert_string_equal(spec->cpu.model, "EPYC");
	assert_int_equal(spec->cpu.cache, VTUNE__CPU_CACHE_EMULATE);
	help_spec_is_sound(spec);
	vtune_spec_free(spec);
	free(xml);
	vtune_plan_free(plan);
}

/* Without a plan that can be read, the pins tell what they can. */
static void test_plan_of_no_use(void **state)
{
	static const char *const plans[] = {
		"",
		"{}",
		"{\"version\":1,\"vm\":\"x\",\"fits\":false,\"reasons\":[],\"would_fit\":[]}",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(plans); i++) {
		char inner[512], *xml;

		snprintf(inner, sizeof(inner),
			 "<metadata><v:plan xmlns:v='urn:libvtune:plan:1'>%s</v:plan>"
			 "</metadata>" SIZE "<cputune><vcpupin vcpu='0' cpuset='4-5'/></cputune>",
			 plans[i]);
		xml = join(inner);
		assert_spec(xml, IS ",cpu:{policy:mixed,dedicated:1}," NO);
		free(xml);
	}
}

/* The domain was given another number of vCPUs since. */
static void test_other_vcpus(void **state)
{
	struct vtune_plan *plan = plan_of(ONE_EACH "held=0,2,4 emulator=4");
	char *base = join("<cpu/>"), *xml = placed(plan, base), *at = strstr(xml, "2</vcpu>");

	(void)state;
	assert_non_null(at);
	*at = '3';
	assert_spec(xml, "vcpus:3,memory:8MiB,numa:{cells:1},hugepages:none,"
			 "emulator:{policy:isolate},iothreads:{count:0}");
	free(xml);
	free(base);
	vtune_plan_free(plan);
}

/* ---- files ---- */

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(domains); i++) {
		char *xml = help_load("domains", domains[i], ".xml");
		struct vtune_spec *spec = spec_of(xml);

		assert_true(spec->vcpus >= 1);
		vtune_spec_free(spec);
		free(xml);
	}
}

static int is_domain_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".xml") == 0 && strncmp(entry->d_name, "vircaps", 7) != 0;
}

static void test_others_files(void **state)
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
		char *xml;

		snprintf(path, sizeof(path), "%s/domains/%s", folder, entries[i]->d_name);
		xml = vtune__file_read(path, NULL);
		assert_non_null(xml);
		vtune_spec_free(spec_of(xml));
		free(xml);
		free(entries[i]);
	}
	free(entries);
}

/* ---- damaged domains ---- */

static uint64_t random_state = 88172645463325252u;

static size_t below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % limit);
}

static void mutate(char *xml, size_t length)
{
	static const char marks[] = "0123456789-,^<>/='\" xk";

	for (size_t n = 1 + below(4); n > 0; n--) {
		size_t at = below(length), from = below(length), size = 1 + below(12);

		if (below(2) || at + size > length || from + size > length)
			xml[at] = marks[below(sizeof(marks) - 1)];
		else
			memmove(xml + at, xml + from, size);
	}
}

/* An error, or a spec that is sound; never anything else. */
static void check_damaged(const char *xml, unsigned int *sound)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_domain_xml(xml, &err);

	if (spec) {
		help_spec_is_sound(spec);
		(*sound)++;
	} else {
		assert_true(vtune_error_get_message(err)[0]);
	}
	vtune_error_free(err);
	vtune_spec_free(spec);
}

static void test_damaged(void **state)
{
	struct vtune_plan *plan = help_plan("two-cells");
	unsigned int sound = 0;

	(void)state;
	for (size_t d = 0; d < 10; d++) {
		char *domain = help_load("domains", domains[d], ".xml");
		char *xml = placed(plan, domain);
		size_t length = strlen(xml);
		char *copy = malloc(length + 1);

		for (unsigned int i = 0; i < MUTATIONS / 10; i++) {
			memcpy(copy, i % 2 ? xml : domain, (i % 2 ? length : strlen(domain)) + 1);
			mutate(copy, strlen(copy));
			check_damaged(copy, &sound);
		}
		free(copy);
		free(xml);
		free(domain);
	}
	vtune_plan_free(plan);
	assert_in_range(sound, MUTATIONS / 50, MUTATIONS - 50);
}

/* ---- place, write, read, place again ---- */

static void add_devices(struct vtune__text *text, const struct vtune_spec *spec)
{
	for (unsigned int i = 0; i < spec->ndisks; i++)
		vtune__text_addf(text,
				 "<disk type='block'><source dev='%s'/><target dev='%s' bus='%s'/>"
				 "</disk>",
				 spec->disks[i].source, spec->disks[i].target, spec->disks[i].bus);
	for (unsigned int i = 0; i < spec->nhostdevs; i++)
		vtune__text_addf(text,
				 "<hostdev mode='subsystem' type='pci'><source><address "
				 "domain='0x%.4s' bus='0x%.2s' slot='0x%.2s' function='0x%.1s'/>"
				 "</source></hostdev>",
				 spec->hostdevs[i].id, spec->hostdevs[i].id + 5,
				 spec->hostdevs[i].id + 8, spec->hostdevs[i].id + 11);
}

static char *base_of(const struct vtune_spec *spec)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "<domain type='kvm'><name>%s</name><devices>", spec->name);
	add_devices(&text, spec);
	vtune__text_add(&text, "</devices></domain>");
	return vtune__text_take(&text, NULL);
}

static void copy_key(struct json_object *to, struct json_object *from, const char *key)
{
	struct json_object *value;

	if (json_object_object_get_ex(from, key, &value))
		json_object_object_add(to, key, json_object_get(value));
	else
		json_object_object_del(to, key);
}

static void copy_inner(struct json_object *to, struct json_object *from, const char *object,
		       const char *key)
{
	struct json_object *outer, *inner;

	if (!json_object_object_get_ex(from, object, &outer) ||
	    !json_object_object_get_ex(outer, key, &inner))
		return;
	if (!json_object_object_get_ex(to, object, &outer)) {
		outer = json_object_new_object();
		json_object_object_add(to, object, outer);
	}
	json_object_object_add(outer, key, json_object_get(inner));
}

/* What no domain tells: that comes from the spec of the beginning. Without a plan it
 * does not tell how helpers and threads are to be, either. */
static struct json_object *with_untold(const struct vtune_spec *got, struct json_object *spec,
				       bool with_plan)
{
	char *text = help_spec_text(got);
	struct json_object *json = json_tokener_parse(text);

	copy_key(json, spec, "strategy");
	copy_key(json, spec, "hostdevs");
	copy_inner(json, spec, "numa", "nodes");
	copy_inner(json, spec, "numa", "max_distance");
	if (!with_plan) {
		copy_key(json, spec, "emulator");
		copy_inner(json, spec, "iothreads", "policy");
		copy_inner(json, spec, "cpu", "threads");
	}
	free(text);
	return json;
}

static void assert_same_pins(const struct answer *a, const struct answer *b, const char *base,
			     unsigned int number)
{
	char *first = help_patch(a->plan, base), *second = help_patch(b->plan, base);

	if (strcmp(first, second) != 0)
		fail_msg("case %u:\n%s\n%s", number, a->text, b->text);
	free(first);
	free(second);
}

/* Where there is one shared CPU only, a pin does not tell that it is shared. */
static bool pins_tell(const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		if (!plan->vcpus[i].dedicated && vtune__set_count(&plan->vcpus[i].cpus) == 1)
			return false;
	}
	return true;
}

static void check_round_trip(const struct answer *a, struct json_object *host,
			     struct json_object *spec, unsigned int number, bool with_plan)
{
	char *base = base_of(a->spec),
	     *xml = with_plan ? placed(a->plan, base) : help_patch(a->plan, base);
	struct vtune_spec *got = spec_of(xml);
	struct json_object *json = with_untold(got, spec, with_plan);
	struct answer b = answer_of(host, json);

	if (!answer_fits(&b))
		fail_msg("case %u: no longer fits\n%s\n%s\n%s", number, a->text, json_text(json),
			 b.text);
	assert_same_pins(a, &b, base, number);
	answer_free(&b);
	json_object_put(json);
	vtune_spec_free(got);
	free(xml);
	free(base);
}

static void test_round_trip(void **state)
{
	/* A domain has devices, and not the choice among some. */
	static const struct oracle_wishes wishes = { .no_pools = true };
	unsigned int fits = 0;

	(void)state;
	for (unsigned int number = 0; number < CASES; number++) {
		struct json_object *host, *spec;
		struct answer a;

		oracle_random_case(SEED, number, &wishes, &host, &spec);
		a = answer_of(host, spec);
		if (answer_fits(&a)) {
			check_round_trip(&a, host, spec, number, true);
			if (pins_tell(a.plan))
				check_round_trip(&a, host, spec, number, false);
			fits++;
		}
		answer_free(&a);
		json_object_put(host);
		json_object_put(spec);
	}
	assert_true(fits > CASES / 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts),	     cmocka_unit_test(test_refused),
		cmocka_unit_test(test_policies),     cmocka_unit_test(test_cpu_of_plan),
		cmocka_unit_test(test_plan_of_no_use),
		cmocka_unit_test(test_other_vcpus),  cmocka_unit_test(test_files),
		cmocka_unit_test(test_others_files), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
