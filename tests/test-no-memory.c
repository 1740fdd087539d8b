/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every allocation fails in turn, and all after it, those of json-c included: each
 * call must end in an error, and lose nothing but what json-c loses. */
#define _GNU_SOURCE /* for tuning-help.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <libxml/xmlerror.h>

#include "domain/domain.h"
#include "host-help.h"
#include "live-host-fake.h"
#include "live/apply.h"
#include "plan/plan.h"
#include "tuning-help.h"

#if defined(__has_feature)
#define HAS_SANITIZER (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

/* The C library allows a program to bring its own malloc; sanitizers do not. */
#if defined(__GLIBC__) && !HAS_SANITIZER
#define CAN_FAIL 1

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void __libc_free(void *memory);

static struct {
	bool armed;
	unsigned long left, failed;
	long in_use; /* blocks, since armed */
} heap;

static bool fails(void)
{
	if (!heap.armed)
		return false;
	if (heap.left > 0) {
		heap.left--;
		return false;
	}
	heap.failed++;
	return true;
}

void *malloc(size_t size)
{
	void *memory = fails() ? NULL : __libc_malloc(size);

	heap.in_use += memory != NULL;
	return memory;
}

void *calloc(size_t count, size_t size)
{
	void *memory = fails() ? NULL : __libc_calloc(count, size);

	heap.in_use += memory != NULL;
	return memory;
}

void *realloc(void *old, size_t size)
{
	void *memory = fails() ? NULL : __libc_realloc(old, size);

	heap.in_use += memory && !old;
	return memory;
}

void free(void *memory)
{
	heap.in_use -= memory != NULL;
	__libc_free(memory);
}
#endif

static char *document; /* a host with all that one can have */
static struct vtune__draft draft;
static struct vtune_host *ready;
static struct vtune_host *small; /* where the VMs of the team fit if the first makes room */
static struct vtune_spec *team[3];

static bool read_and_write(struct vtune_error **err)
{
	struct vtune_host *host = vtune_host_from_json(document, err);
	char *text = host ? vtune_host_to_json(host, err) : NULL;

	vtune_host_free(host);
	free(text);
	return text != NULL;
}

static bool build(struct vtune_error **err)
{
	struct vtune_host *host = vtune__host_build(&draft, err);

	vtune_host_free(host);
	return host != NULL;
}

static bool with_state(struct vtune_error **err)
{
	struct vtune_host *host = vtune_host_with_state(
		ready,
		"{ \"reserved_cpus\": \"1\", \"shared_cpus\": \"2\", \"overcommit\": 2, "
		"\"allocations\": [ { \"vm\": \"x\", \"cpus\": \"4\", \"devices\": [ \"y\" ], "
		"\"shared_vcpus\": { \"0\": 1 }, \"memory\": [ { \"node\": 0, \"size_kib\": 4 } ] } ] }",
		err);

	vtune_host_free(host);
	return host != NULL;
}

static bool with_plan(struct vtune_error **err)
{
	struct vtune__plan_memory memory = { .node = 0, .size_kib = 65536 };
	struct vtune__plan_cell cell = { .node = 0, .page_kib = 4, .memory = &memory, .nmemory = 1 };
	struct vtune__plan_vcpu vcpu = { .cell = 0 };
	struct vtune__plan_device device = { .id = (char *)"0000:41:00.1" };
	uint64_t held = 1 << 3;
	struct vtune_plan plan = {
		.vm = (char *)"db01",
		.fits = true,
		.cells = &cell,
		.ncells = 1,
		.vcpus = &vcpu,
		.nvcpus = 1,
		.devices = &device,
		.ndevices = 1,
		.held = { &held, 1 },
	};
	struct vtune_host *host = vtune_host_with_plan(ready, &plan, err);

	vtune_host_free(host);
	return host != NULL;
}

static bool together(struct vtune_error **err)
{
	struct vtune_plan *plans[VTUNE__COUNT(team)] = { NULL };
	bool done = vtune_place_together(small, (const struct vtune_spec *const *)team,
					 VTUNE__COUNT(team), VTUNE_TOGETHER_ALL, NULL, plans,
					 err) == 0;

	for (unsigned int i = 0; i < VTUNE__COUNT(team); i++)
		vtune_plan_free(plans[i]);
	return done;
}

static bool without(struct vtune_error **err)
{
	struct vtune_host *host = vtune_host_without(ready, "web1", err);

	vtune_host_free(host);
	return host != NULL;
}

#define DOMAIN                                                                                  \
	"<domain><name>a</name><memory>4096</memory><vcpu>2</vcpu><iothreads>1</iothreads>"     \
	"<cputune><vcpupin vcpu='0' cpuset='1'/><emulatorpin cpuset='2'/></cputune>" \
	"<cpu mode='custom'><model>m</model><feature name='a' policy='disable'/><numa>"      \
	"<cell cpus='0' memory='2048'/><cell cpus='1' memory='2048'/></numa></cpu><devices>"    \
	"<disk type='block'><driver type='raw' iothread='3'/><source dev='/dev/sda'/>"          \
	"<target dev='vda'/></disk><disk type='file'><target dev='sda' bus='scsi'/></disk>"     \
	"<controller type='scsi' index='0' model='virtio-scsi'><driver iothread='2'/>"          \
	"</controller>"                                                                         \
	"<interface type='hostdev'><mac address='52:54:00:00:00:01'/><source><address bus='4'/>" \
	"</source></interface><interface type='bridge'><source bridge='b'/></interface>"         \
	"<hostdev type='pci'>"                                                                  \
	"<source><address bus='3'/></source></hostdev></devices></domain>"

#define GUEST                                                                                 \
	"<domain id='1'><name>a</name><memory>4096</memory><vcpu>2</vcpu>"                    \
	"<cputune><vcpupin vcpu='0' cpuset='1'/></cputune><os><type machine='pc-q35-7.2'/>"   \
	"</os><cpu><numa><cell cpus='0' memory='2048'/><cell cpus='1' memory='2048'/></numa>" \
	"</cpu><devices><memory><source><nodemask>3</nodemask></source><target>"              \
	"<size>64</size><node>1</node></target></memory></devices></domain>"

static bool on_another_host(struct vtune_error **err)
{
	struct vtune_spec *spec = vtune_spec_for_migration(GUEST, err);
	struct vtune_plan *plan = spec ? vtune_place(small, spec, NULL, err) : NULL;
	char *text = plan ? vtune_plan_to_migration_xml(plan, GUEST, err) : NULL;

	vtune_plan_free(plan);
	vtune_spec_free(spec);
	free(text);
	return text != NULL;
}

static bool with_domains(struct vtune_error **err)
{
	static const char *const xml[] = { GUEST, "<domstatus pid='0'>" DOMAIN "</domstatus>" };
	struct vtune_host *host = vtune_host_with_domains(small, xml, VTUNE__COUNT(xml), err);

	vtune_host_free(host);
	return host != NULL;
}

static bool within(struct vtune_error **err)
{
	struct vtune_host *host = vtune_host_within(ready, "2-3", err);

	vtune_host_free(host);
	return host != NULL;
}

static bool spec_of_domain(struct vtune_error **err)
{
	struct vtune_spec *spec = vtune_spec_from_domain_xml(DOMAIN, err);
	char *text = spec ? vtune_spec_to_json(spec, err) : NULL;

	vtune_spec_free(spec);
	free(text);
	return text != NULL;
}

/* From a host that tells of its processors to a domain of its own and to another. */
static bool guest(struct vtune_error **err)
{
	static const char host_json[] =
		"{\"version\":1,\"arch\":\"x86_64\",\"cpu\":{\"vendor\":\"AMD\",\"model\":\"m\"},"
		"\"nodes\":[{\"id\":0,\"cpus\":\"0-3\",\"memory_kib\":4096}],"
		"\"cores\":[\"0-1\",\"2-3\"],\"dies\":[\"0-1\",\"2-3\"],\"clusters\":[\"0-3\"]}";
	static const char spec_json[] =
		"{\"version\":1,\"vcpus\":4,\"memory\":\"4MiB\",\"machine\":\"q35\","
		"\"cpu\":{\"model\":\"EPYC\",\"features\":{\"svm\":\"disable\"},\"cache\":\"emulate\"}}";
	struct vtune_host *host = vtune_host_from_json(host_json, err);
	struct vtune_spec *spec = host ? vtune_spec_from_json(spec_json, err) : NULL;
	struct vtune_plan *plan = spec ? vtune_place(host, spec, NULL, err) : NULL, *copy = NULL;
	char *xml = NULL, *patched = NULL;

	if (plan)
		copy = vtune__plan_copy(plan, err);
	if (copy)
		xml = vtune_plan_to_xml(copy, NULL, err);
	if (xml)
		patched = vtune_plan_patch_domain_xml(copy, DOMAIN, err);
	vtune_host_free(host);
	vtune_spec_free(spec);
	vtune_plan_free(plan);
	vtune_plan_free(copy);
	free(patched);
	free(xml);
	return patched != NULL;
}

static int on_node_0(const void *data, unsigned int cpu)
{
	(void)data;
	(void)cpu;
	return 0;
}

static bool narrow(struct vtune_error **err)
{
	static const char json[] =
		"{\"version\":1,\"vm\":\"a\",\"fits\":true,\"optimal\":true,\"cells\":[{\"id\":0,"
		"\"vcpus\":\"0\",\"node\":0,\"memory_kib\":4,\"page_kib\":4,\"memory\":"
		"[{\"node\":0,\"size_kib\":4}]}],\"vcpus\":[{\"id\":0,\"cpus\":\"0\",\"cell\":0}],"
		"\"emulator\":{\"cpus\":\"1-2\"},\"iothreads\":[],\"held_cpus\":\"0\","
		"\"guest_topology\":{\"sockets\":1,\"dies\":1,\"cores\":1,\"threads\":1},"
		"\"devices\":[],\"domain\":{\"memory_mode\":\"strict\",\"hugepages\":false},"
		"\"interfaces\":[{\"mac\":\"52:54:00:00:00:01\",\"type\":\"bridge\",\"source\":"
		"\"b\",\"queues\":2},{\"type\":\"hostdev\",\"device\":\"0000:01:00.0\"}],"
		"\"cost\":{\"remote\":0,\"spread\":0,\"devices\":0,\"helpers\":0,\"caches\":0,"
		"\"split_cores\":0,\"leftover\":0,\"leftover_caches\":0},\"warnings\":[]}";
	struct vtune_plan *plan = vtune_plan_from_json(json, err), *out = NULL;
	uint64_t taken = 1 << 1 | 1 << 2;
	struct vtune__set set = { &taken, 1 };
	char *xml = NULL;
	bool changed;

	if (plan)
		out = vtune__plan_narrow(plan, &set, on_node_0, NULL, &changed, err);
	if (out)
		xml = vtune__metadata_put(DOMAIN, out, DOMAIN, err);
	vtune_plan_free(plan);
	vtune_plan_free(out);
	free(xml);
	return xml != NULL;
}

/* From a spec to the XML of a plan that was written and read. */
static bool lay_disks(struct vtune_error **err)
{
	static const char json[] =
		"{ \"version\": 1, \"name\": \"d\", \"vcpus\": 2, \"memory\": \"4MiB\", "
		"\"cpu\": { \"policy\": \"shared\" }, \"iothreads\": { \"ids\": \"3\" }, "
		"\"disks\": [ { \"target\": \"vda\", \"type\": \"block\", \"source\": \"/dev/sdx\", "
		"\"iothreads\": 2 }, { \"target\": \"sda\", \"controller\": 1, \"type\": \"block\", "
		"\"source\": \"/dev/sdy\", \"iothread\": 3 } ] }";
	struct vtune_spec *spec = vtune_spec_from_json(json, err);
	struct vtune_plan *plan = spec ? vtune_place(small, spec, NULL, err) : NULL;
	struct vtune_plan *copy = plan ? vtune__plan_copy(plan, err) : NULL;
	char *xml = copy ? vtune_plan_to_xml(copy, NULL, err) : NULL;
	char *patched = xml ? vtune_plan_patch_domain_xml(copy, DOMAIN, err) : NULL;

	vtune_spec_free(spec);
	vtune_plan_free(plan);
	vtune_plan_free(copy);
	free(xml);
	free(patched);
	return patched != NULL;
}

#define DEVICES(cache)                                                                             \
	"<domain><name>v</name><devices><disk><driver cache='" cache                               \
	"'/><target dev='vda'/></disk><controller type='pci' index='1' model='pcie-root-port'>"    \
	"<alias name='ua-vtune-port-1'/></controller><hostdev type='pci'><source><address "        \
	"bus='0x41'/></source><address type='pci' bus='0x01'/></hostdev></devices></domain>"

static int count(void *data, const struct vtune__difference *difference)
{
	(void)difference;
	++*(unsigned int *)data;
	return 0;
}

/* What a domain remembers is put back, and is then another one than it was. */
static bool put_devices_back(struct vtune_error **err)
{
	struct vtune__pair pair VTUNE__CLEANUP(vtune__pair_close) = { 0 };
	static const struct vtune_plan plan;
	char *former = vtune__former_of(DEVICES("none"), err);
	unsigned int found = 0;
	bool done = former && vtune__pair_open(&pair, DEVICES("unsafe"), former, err) == 0 &&
		    vtune__compare(&pair, count, &found, err) == 0 &&
		    vtune__former_put_devices(pair.have, pair.want, &plan, err) == 0;

	if (done)
		assert_int_equal(found, 1);
	free(former);
	return done;
}

static bool read_file(struct vtune_error **err)
{
	struct vtune__text path = { 0 };
	char *text = NULL;

	vtune__text_addf(&path, "%s/data/hosts/four-node.json",
			 getenv("srcdir") ? getenv("srcdir") : ".");
	if (path.failed)
		vtune__fail_memory(err);
	else
		text = vtune__file_read(path.data, err);
	vtune__text_free(&path);
	free(text);
	return text != NULL;
}

static bool set_options(struct vtune_error **err)
{
	struct vtune_options *options = vtune_options_new();
	bool made = options != NULL;

	if (!made)
		vtune__fail_memory(err);
	vtune_options_free(options);
	return made;
}

/* Options for the tree of tuning-help.h. */
static struct vtune_tuning_options *tuning_options;
static struct vtune_tuning *tuned;

static bool check_tuning(struct vtune_error **err)
{
	struct vtune_tuning *tuning = vtune_tuning_check(tuning_options, NULL, err);

	vtune_tuning_free(tuning);
	return tuning != NULL;
}

static bool write_tuning(struct vtune_error **err)
{
	char *text = vtune_tuning_to_text(tuned, 80, err);
	struct vtune_report *report = text ? vtune_tuning_apply(tuned, VTUNE_APPLY_DRY_RUN, err)
					   : NULL;
	struct vtune_report *files = NULL;

	if (report)
		files = vtune_tuning_persist(tuned, tree, VTUNE_APPLY_DRY_RUN, err);
	vtune_report_free(report);
	vtune_report_free(files);
	free(text);
	return files != NULL;
}

static bool tuning_document(struct vtune_error **err)
{
	char *json = vtune_tuning_to_json(tuned, err);

	free(json);
	return json != NULL;
}

static bool copy_tuning_options(struct vtune_error **err)
{
	struct vtune_tuning_options *options = vtune_tuning_options_new();
	bool done = options && vtune_tuning_options_set_profile(options, "density", err) == 0 &&
		    vtune_tuning_options_set_sysroot(options, "x", err) == 0 &&
		    vtune_tuning_options_set_undo_file(options, "y", err) == 0 &&
		    vtune_tuning_options_set_host(options, ready, err) == 0 &&
		    vtune_tuning_options_add_only(options, "ksm", err) == 0 &&
		    vtune_tuning_options_add_skip(options, "H1", err) == 0;

	if (!options)
		vtune__fail_memory(err);
	vtune_tuning_options_free(options);
	return done;
}

#ifdef CAN_FAIL
static void arm(unsigned long n)
{
	heap.in_use = 0;
	heap.left = n;
	heap.failed = 0;
	heap.armed = true;
}

/* Returns whether there was an allocation number n, to fail. json-c 0.16 does not
 * get over one failure alone: it takes the length of a key that it could not copy. */
static bool run(bool (*call)(struct vtune_error **err), bool has_json, unsigned long n)
{
	struct vtune_error *err = NULL;
	unsigned int references = ready->topology->references;
	bool done;
	int code;

	arm(n);
	done = call(&err);
	heap.armed = false;

	code = vtune_error_get_code(err);
	vtune_error_free(err);
	if (heap.failed == 0) {
		assert_true(done);
		return false;
	}
	assert_false(done);
	assert_int_equal(code, VTUNE_ERR_NO_MEMORY);
	if (!has_json)
		assert_int_equal(heap.in_use, 0);
	assert_int_equal(ready->topology->references, references);
	return true;
}

/* The error that says what is wrong with a document needs memory, too. */
static void run_bad_document(unsigned long n)
{
	static const char *const texts[] = {
		"{ \"version\": 1, \"nodes\": [ { \"id\": 0, \"cpus\": \"0-1,1\" }, { \"id\": 0 } ] }",
		"{ \"version\": 1, \"nodez\": [] }",
		"{ \"version\": 1, \"nodes\": [ { \"id\": 0, \"kind\": \"x\" } ] }",
		"{ \"version\": 1, \"nodes\": [ { \"id\": 0, \"cpus\": \"x\" } ] }",
		"{ \"version\": 1, \"version\": 1 }",
		"{",
	};

	for (size_t i = 0; i < VTUNE__COUNT(texts); i++) {
		struct vtune_error *err = NULL;
		struct vtune_host *host;

		arm(n);
		host = vtune_host_from_json(texts[i], &err);
		heap.armed = false;
		assert_null(host);
		assert_non_null(err);
		vtune_error_free(err);
	}
}
#endif

static void ignore(void *data, const char *format, ...)
{
	(void)data;
	(void)format;
}

/* libvirt's part fails, too, and libxml2 has its own errors: some error it must be. */
static void test_no_memory_for_connection(void **state)
{
	static struct fake_domain domains[] = {
		{ "a",
		  "<domain id='1'><name>a</name><memory>4096</memory><vcpu cpuset='4'>1</vcpu></domain>",
		  1 },
		{ "b",
		  "<domain id='2'><name>b</name><vcpu>1</vcpu><cputune><vcpupin vcpu='0' "
		  "cpuset='4,99'/></cputune><numatune><memory mode='strict' nodeset='9'/></numatune>"
		  "<devices><hostdev mode='subsystem' type='pci'><source><address domain='0' bus='1' "
		  "slot='0' function='0'/></source></hostdev></devices></domain>",
		  1 },
	};
	static const char *const devices[] = {
		"<device><name>p</name><capability type='pci'><class>0x020000</class><domain>0</domain>"
		"<bus>1</bus><slot>0</slot><function>0</function></capability></device>",
		"<device><name>n</name><parent>p</parent><capability type='net'><interface>eth0"
		"</interface></capability></device>",
	};
	struct vtune__text path = { 0 };
	bool done = false;

	(void)state;
	vtune__text_addf(&path, "%s/data/live-host/capabilities.xml",
			 getenv("srcdir") ? getenv("srcdir") : ".");
	fake.capabilities = vtune__file_read(path.data, NULL);
	assert_non_null(fake.capabilities);
	vtune__text_free(&path);
	fake.domains = domains;
	fake.ndomains = VTUNE__COUNT(domains);
	fake.devices = devices;
	fake.ndevices = VTUNE__COUNT(devices);
	/* libvirt has what it needs for the errors of this thread. */
	assert_int_equal(virInitialize(), 0);
	virResetLastError();
	xmlSetGenericErrorFunc(NULL, ignore); /* which tells that memory is out */
	for (unsigned long n = 0; !done; n++) {
		struct vtune_connection *connection;
		struct vtune_error *err = NULL;
		struct vtune_host *host = NULL;

#ifdef CAN_FAIL
		arm(n);
#endif
		connection = vtune__connection_new((virConnectPtr)&fake, &fake_calls, &err);
		if (connection)
			host = vtune_host_from_connection(connection, 0, &err);
#ifdef CAN_FAIL
		heap.armed = false;
		done = heap.failed == 0;
#else
		done = true;
#endif
		assert_int_equal(host != NULL, done);
		assert_int_equal(err == NULL, done);
		vtune_host_free(host);
		vtune_connection_free(connection);
		vtune_error_free(err);
		assert_int_equal(fake.objects, 0);
		assert_true(n < 100000);
	}
	xmlSetGenericErrorFunc(NULL, NULL);
	free(fake.capabilities);
}

static void test_no_memory(void **state)
{
	static const struct {
		bool (*call)(struct vtune_error **err);
		bool has_json;
	} calls[] = {
		{ read_and_write, true },   { with_state, true },
		{ build, false },	    { with_plan, false },
		{ without, false },	    { read_file, false },
		{ set_options, false },	    { spec_of_domain, true },
		{ narrow, true },	    { lay_disks, true },
		{ put_devices_back, true },
		{ together, false },	    { guest, true },
		{ on_another_host, true },  { with_domains, false },
		{ within, false },	    { check_tuning, false },
		{ write_tuning, false },    { tuning_document, true },
		{ copy_tuning_options, true },
	};

	(void)state;
#ifdef CAN_FAIL
	for (size_t i = 0; i < VTUNE__COUNT(calls); i++)
		for (unsigned long n = 0; run(calls[i].call, calls[i].has_json, n); n++)
			assert_true(n < 100000);
	for (unsigned long n = 0; n < 120; n++)
		run_bad_document(n);
#else
	for (size_t i = 0; i < VTUNE__COUNT(calls); i++)
		assert_true(calls[i].call(NULL));
	skip();
#endif
}

static void fill_draft(void)
{
	struct vtune__draft_node *node = vtune__draft_add_node(&draft, NULL);
	struct vtune__draft_pages *pages;
	struct vtune__cache *cache = vtune__draft_add_cache(&draft, NULL);
	struct vtune__device *device = vtune__draft_add_device(&draft, NULL);
	struct vtune__allocation *allocation = vtune__draft_add_allocation(&draft, NULL);

	vtune__set_add_range(&node->cpus, 0, 7);
	node->memory_kib = 1 << 20;
	pages = vtune__grow((void **)&node->pages, &node->npages, sizeof(*pages), NULL);
	*pages = (struct vtune__draft_pages){ .size_kib = 2048, .total = 8 };
	vtune__set_add_range(vtune__draft_add_core(&draft, NULL), 2, 3);
	vtune__set_add_range(vtune__draft_add_package(&draft, NULL), 0, 7);
	vtune__set_add_range(&cache->cpus, 0, 7);
	cache->level = 3;
	device->id = strdup("0000:00:01.0");
	device->vendor = strdup("8086");
	device->pf = strdup("0000:00:00.0");
	device->root = strdup("0000:00");
	device->names = calloc(1, sizeof(*device->names));
	device->names[device->nnames++] = strdup("eth0");
	vtune__set_add(&draft.reserved, 0);
	vtune__set_add(&draft.isolated, 1);
	vtune__set_add(&draft.offline, 7);
	allocation->vm = strdup("web1");
	vtune__set_add(&allocation->cpus, 4);
	allocation->devices = calloc(1, sizeof(*allocation->devices));
	allocation->devices[allocation->ndevices++] = strdup("0000:00:01.0");
}

static void fill_team(void)
{
	static const char *const specs[] = {
		("{'version':1,'name':'a','vcpus':4,'memory':'1MiB','numa':{'cells':1},"
		 "'hostdevs':[{'any':{'class':'display'},'affinity':'prefer'}]}"),
		("{'version':1,'name':'b','vcpus':4,'memory':'1MiB','numa':{'cells':1},"
		 "'interfaces':[{'type':'user','queues':1},{'type':'vhostuser','source':'/s',"
		 "'mode':'client'}],'hostdevs':[{'id':'0000:01:00.0'}]}"),
		("{'version':1,'name':'c','vcpus':2,'memory':'1MiB','numa':{'mode':'preferred'},"
		 "'hostdevs':[{'any':{'ids':['0000:03:00.0','0000:02:00.0']}}]}"),
	};
	char *text = quoted("{'version':1,'nodes':[{'id':0,'cpus':'0-3','memory_kib':8192},"
			    "{'id':1,'cpus':'4-9','memory_kib':8192}],"
			    "'devices':[{'id':'0000:01:00.0','node':0},"
			    "{'id':'0000:02:00.0','class':'display','node':1},"
			    "{'id':'0000:03:00.0','class':'display','node':1}]}");

	small = host_from(text);
	free(text);
	for (unsigned int i = 0; i < VTUNE__COUNT(team); i++) {
		text = quoted(specs[i]);
		team[i] = vtune_spec_from_json(text, NULL);
		assert_non_null(team[i]);
		free(text);
	}
}

static int fill_tuning(void **state)
{
	if (tree_make(state) < 0)
		return -1;
	tree_usual();
	tree_put("proc/sys/vm/swappiness", "60");
	tree_put("usr/sbin/irqbalance", "");
	tuning_options = options_for("realtime", "{ 'vm': 'a', 'cpus': '4-5', 'memory': [ "
						 "{ 'node': 1, 'size_kib': 1048576, "
						 "'page_kib': 2048 } ] }");
	tuned = tuning_of(tuning_options);
	return 0;
}

static int set_up(void **state)
{
	if (fill_tuning(state) < 0)
		return -1;
	fill_team();
	document = host_text("four-node-busy");
	ready = host_from(document);
	fill_draft();
	return 0;
}

static int tear_down(void **state)
{
	vtune_tuning_free(tuned);
	vtune_tuning_options_free(tuning_options);
	tree_remove(state);
	for (unsigned int i = 0; i < VTUNE__COUNT(team); i++)
		vtune_spec_free(team[i]);
	vtune_host_free(small);
	vtune_host_free(ready);
	vtune__draft_free(&draft);
	free(document);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
		cmocka_unit_test(test_no_memory_for_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
