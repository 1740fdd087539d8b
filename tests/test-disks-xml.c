/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks in domain XML: new ones, those of a domain, and the spec of a domain. */
#include "xml-help.h"

#include "disks-help.h"

static void assert_has(const char *xml, const char *part)
{
	if (!strstr(xml, part))
		fail_msg("%s is not in\n%s", part, xml);
}

static void assert_lacks(const char *xml, const char *part)
{
	if (strstr(xml, part))
		fail_msg("%s is in\n%s", part, xml);
}

/* A plan that was written and read gives the same, and so does laying it again. */
static char *emit(const struct vtune_plan *plan)
{
	struct vtune_plan *copy = vtune__plan_copy(plan, NULL);
	char *xml = vtune_plan_to_xml(plan, NULL, NULL);
	char *same = vtune_plan_to_xml(copy, NULL, NULL);
	char *again = help_patch(plan, xml);

	assert_string_equal(same, xml);
	assert_string_equal(again, xml);
	free(same);
	free(again);
	vtune_plan_free(copy);
	return xml;
}

static char *emit_keys(const char *versions, unsigned int vcpus, const char *keys)
{
	struct vtune_plan *plan = disks_plan(versions, vcpus, keys);
	char *xml = emit(plan);

	vtune_plan_free(plan);
	return xml;
}

static char *patch_keys(unsigned int vcpus, const char *keys, const char *domain)
{
	struct vtune_plan *plan = disks_plan(NULL, vcpus, keys);
	char *xml = help_patch(plan, domain);
	char *again = help_patch(plan, xml);

	assert_string_equal(again, xml);
	free(again);
	vtune_plan_free(plan);
	return xml;
}

/* ---- the examples of the guides ---- */

static void test_guides(void **state)
{
	static const struct {
		const char *source; /* of the example */
		unsigned int vcpus;
		const char *keys;
		const char *parts[4];
	} rows[] = {
		{ "OE, OG 3.7.1.2",
		  1,
		  "'iothreads': { 'count': 4 }, 'disks': [ { 'target': 'vdb', 'type': 'file', "
		  "'format': 'raw', 'source': '/path/test.raw', 'cache': 'none', 'iothread': 2 } ]",
		  { "<iothreads>4</iothreads>",
		    "    <disk type='file' device='disk'>\n"
		    "      <driver name='qemu' type='raw' cache='none' io='native' iothread='2'/>\n"
		    "      <source file='/path/test.raw'/>\n"
		    "      <target dev='vdb' bus='virtio'/>\n"
		    "    </disk>\n" } },
		{ "OE, OG 3.7.1.2",
		  1,
		  "'iothreads': { 'count': 4 }, 'disks': [ { 'target': 'sda', 'type': 'file', "
		  "'format': 'raw', 'source': '/path/test.raw', 'iothread': 2 } ]",
		  { "    <controller type='scsi' index='0' model='virtio-scsi'>\n"
		    "      <driver iothread='2'/>\n"
		    "    </controller>\n" } },
		{ "OG 3.2.4.1",
		  1,
		  "'iothreads': { 'count': 2 }, 'disks': [ { 'target': 'vda', 'type': 'file', "
		  "'format': 'qcow2', 'source': '/mnt/openEuler-image.qcow2', 'cache': 'none', "
		  "'io': 'native' }, { 'target': 'sdb', 'bus': 'scsi', 'device': 'cdrom', "
		  "'type': 'file', 'source': '/mnt/dvd.iso', 'cache': 'none', 'io': 'native' } ]",
		  { "<iothreads>2</iothreads>",
		    "<driver name='qemu' type='qcow2' cache='none' io='native' iothread='1'/>",
		    "    <disk type='file' device='cdrom'>\n"
		    "      <driver name='qemu' type='raw' cache='none' io='native'/>\n"
		    "      <source file='/mnt/dvd.iso'/>\n"
		    "      <target dev='sdb' bus='scsi'/>\n"
		    "      <readonly/>\n" } },
		{ "OG 3.7.1.3, virtual",
		  1,
		  "'iothreads': { 'count': 0 }, 'disks': [ { 'target': 'sdc', 'type': 'block', "
		  "'source': '/dev/sdc' } ]",
		  { "    <disk type='block' device='disk'>\n"
		    "      <driver name='qemu' type='raw' cache='none' io='native'/>\n"
		    "      <source dev='/dev/sdc'/>\n"
		    "      <target dev='sdc' bus='scsi'/>\n",
		    "    <controller type='scsi' index='0' model='virtio-scsi'/>\n" } },
		{ "OG 3.7.1.3, physical",
		  1,
		  "'iothreads': { 'count': 0 }, 'disks': [ { 'target': 'sdc', 'type': 'block', "
		  "'device': 'lun', 'rawio': true, 'source': '/dev/sdc' } ]",
		  { "    <disk type='block' device='lun' rawio='yes'>\n"
		    "      <driver name='qemu' type='raw' cache='none' io='native'/>\n"
		    "      <source dev='/dev/sdc'/>\n"
		    "      <target dev='sdc' bus='scsi'/>\n",
		    "    <controller type='scsi' index='0' model='virtio-scsi'/>\n" } },
		{ "KX 2.2 to 2.4",
		  1,
		  "'iothreads': { 'count': 0 }, 'disks': [ { 'target': 'vda', 'type': 'block', "
		  "'source': '/dev/LVM/vol', 'cache': 'directsync' }, { 'target': 'vdb', "
		  "'type': 'block', 'source': '/dev/LVM/v', 'io': 'threads' } ]",
		  { "<driver name='qemu' type='raw' cache='directsync' io='native'/>",
		    "<driver name='qemu' type='raw' cache='none' io='threads'/>" } },
		{ "KX 6",
		  4,
		  "'iothreads': { 'count': 0 }, 'disks': [ { 'target': 'sda', 'type': 'block', "
		  "'source': '/dev/sdb' } ]",
		  { "    <controller type='scsi' index='0' model='virtio-scsi'>\n"
		    "      <driver queues='4'/>\n" } },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		char *xml = emit_keys(NULL, rows[i].vcpus, rows[i].keys);

		for (unsigned int j = 0; j < 4 && rows[i].parts[j]; j++)
			assert_has(xml, rows[i].parts[j]);
		free(xml);
	}
}

/* ---- new disks ---- */

static void test_new(void **state)
{
	char *xml = emit_keys(
		new_versions, 2,
		"'iothreads': { 'count': 3, 'poll': { 'max': 10, 'grow': 2, 'shrink': 0 }, "
		"'thread_pool': { 'min': 1, 'max': 4 } },"
		"'disks': [ { 'target': 'vda', 'type': 'block', 'source': '/dev/sdx', 'discard': "
		"'unmap', 'detect_zeroes': 'on', 'queue_size': 64, 'iothreads': 2 },"
		"{ 'target': 'sda', 'type': 'block', 'source': '/dev/sdy', 'controller': 2 },"
		"{ 'target': 'sdb', 'type': 'block', 'source': '/dev/sdz', 'controller': 2, "
		"'readonly': true }, { 'target': 'hda', 'type': 'file', 'device': 'cdrom' } ]");

	(void)state;
	assert_has(xml, "    <iothread id='1' thread_pool_min='1' thread_pool_max='4'>\n"
			"      <poll max='10' grow='2' shrink='0'/>\n"
			"    </iothread>\n");
	assert_has(xml, "  <devices>\n"
			"    <disk type='block' device='disk'>\n"
			"      <driver name='qemu' type='raw' cache='none' io='native' "
			"discard='unmap' detect_zeroes='on' queues='2' queue_size='64'>\n"
			"        <iothreads>\n"
			"          <iothread id='1'/>\n"
			"          <iothread id='2'/>\n"
			"        </iothreads>\n"
			"      </driver>\n"
			"      <source dev='/dev/sdx'/>\n"
			"      <target dev='vda' bus='virtio'/>\n"
			"    </disk>\n");
	assert_has(xml,
		   "      <target dev='sda' bus='scsi'/>\n"
		   "      <address type='drive' controller='2' bus='0' target='0' unit='0'/>\n");
	assert_has(xml,
		   "      <target dev='sdb' bus='scsi'/>\n"
		   "      <readonly/>\n"
		   "      <address type='drive' controller='2' bus='0' target='0' unit='1'/>\n");
	assert_has(xml, "    <disk type='file' device='cdrom'>\n"
			"      <driver name='qemu' type='raw'/>\n"
			"      <target dev='hda' bus='ide'/>\n"
			"      <readonly/>\n"
			"    </disk>\n"
			"    <controller type='scsi' index='2' model='virtio-scsi'>\n"
			"      <driver queues='2' iothread='3'/>\n"
			"    </controller>\n"
			"  </devices>\n");
	free(xml);
}

/* What is not known well enough is left out. */
static void test_not_made(void **state)
{
	static const char *const disks[] = {
		"'target': 'vda'",
		"'target': 'vda', 'type': 'block'",
		"'target': 'vda', 'source': '/dev/sda'",
		"'target': 'vda', 'type': 'block', 'source': 'nvme0'",
		"'target': 'vda', 'type': 'file', 'source': '/a.img'",
		"'target': 'vda', 'type': 'network', 'source': '/a', 'format': 'raw'",
		"'target': 'vda', 'type': 'nvme', 'source': '0000:01:00.0', 'format': 'raw'",
		"'target': 'sda', 'type': 'file', 'source': '/a.img'",
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(disks); i++) {
		struct vtune__text keys = { 0 };
		char *xml;

		vtune__text_addf(&keys, "'disks': [ { %s } ]", disks[i]);
		xml = emit_keys(NULL, 2, keys.data);
		assert_lacks(xml, "<devices>");
		assert_has(xml, "<iothreads>1</iothreads>");
		free(xml);
		vtune__text_free(&keys);
	}
}

/* ---- disks of a domain ---- */

#define DOMAIN(inner) \
	"<domain type='kvm'>\n  <name>vm</name>\n  <devices>\n" inner "  </devices>\n</domain>\n"

/* What the plan does not say stays: other children, attributes, devices. */
static void test_patch(void **state)
{
	static const char before[] =
		DOMAIN("    <emulator>/usr/bin/qemu</emulator>\n"
		       "    <disk type='network' device='disk'>\n"
		       "      <driver name='qemu' type='raw' error_policy='stop' iothread='4'/>\n"
		       "      <auth username='u'/>\n"
		       "      <target dev='vda' bus='virtio'/>\n"
		       "    </disk>\n"
		       "    <disk type='block' device='disk'>\n"
		       "      <source dev='/dev/sdq'/>\n"
		       "      <target dev='sda' bus='scsi'/>\n"
		       "      <address type='drive' controller='3' bus='0' target='0' unit='0'/>\n"
		       "    </disk>\n"
		       "    <disk type='file' device='disk'>\n"
		       "      <driver name='qemu' iothread='9'/>\n"
		       "      <target dev='vdz' bus='virtio'/>\n"
		       "    </disk>\n"
		       "    <controller type='usb' index='3'/>\n"
		       "    <controller type='scsi' index='3' model='virtio-scsi'/>\n"
		       "    <interface type='user'/>\n");
	const char *after = DOMAIN("    <emulator>/usr/bin/qemu</emulator>\n"
				   "    <disk type='network' device='disk'>\n"
				   "      <driver name='qemu' type='raw' error_policy='stop' "
				   "iothread='1' queues='2'/>\n"
				   "      <auth username='u'/>\n"
				   "      <target dev='vda' bus='virtio'/>\n"
				   "    </disk>\n"
				   "    <disk type='block' device='disk'>\n"
				   "      <driver name='qemu' cache='none' io='native'/>\n"
				   "      <source dev='/dev/sdq'/>\n"
				   "      <target dev='sda' bus='scsi'/>\n"
				   "      <address type='drive' controller='3' bus='0' target='0' "
				   "unit='0'/>\n"
				   "    </disk>\n"
				   "    <disk type='file' device='disk'>\n"
				   "      <driver name='qemu' iothread='9'/>\n"
				   "      <target dev='vdz' bus='virtio'/>\n"
				   "    </disk>\n"
				   "    <disk type='block' device='disk'>\n"
				   "      <driver name='qemu' type='raw' cache='none' io='native' "
				   "iothread='1' queues='2'/>\n"
				   "      <source dev='/dev/sdr'/>\n"
				   "      <target dev='vdb' bus='virtio'/>\n"
				   "    </disk>\n"
				   "    <controller type='usb' index='3'/>\n"
				   "    <controller type='scsi' index='3' model='virtio-scsi'>\n"
				   "      <driver queues='2' iothread='2'/>\n"
				   "    </controller>\n"
				   "    <interface type='user'/>\n");
	char *xml = patch_keys(2,
			       "'disks': [ { 'target': 'vda' }, { 'target': 'sda', 'type': 'block' "
			       "}, { 'target': 'vdb', 'type': 'block', 'source': '/dev/sdr' } ]",
			       before);

	(void)state;
	/* The plan has what comes before. */
	assert_has(xml, after + strlen("<domain type='kvm'>\n  <name>vm</name>\n"));
	/* Of a disk that the plan does not have, and not the one that vda named. */
	assert_has(xml, "    <iothread id='9'/>\n");
	assert_lacks(xml, "<iothread id='4'/>");
	free(xml);
}

/* Half of a pair from the plan, half from the domain. */
static void test_agrees(void **state)
{
	static const struct {
		const char *disk, *driver, *expected;
	} rows[] = {
		{ "'type': 'network', 'cache': 'writeback'", "cache='none' io='native'",
		  "<driver cache='writeback' io='threads'/>" },
		{ "'type': 'network', 'cache': 'directsync'", "cache='none' io='native'",
		  "<driver cache='directsync' io='native'/>" },
		{ "'type': 'network', 'io': 'native'", "cache='unsafe'",
		  "<driver cache='none' io='native'/>" },
		{ "'type': 'network'", "cache='unsafe' io='native'",
		  "<driver cache='unsafe' io='native'/>" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text keys = { 0 }, domain = { 0 };
		char *xml;

		vtune__text_addf(&keys, "'disks': [ { 'target': 'hda', %s } ]", rows[i].disk);
		vtune__text_addf(&domain,
				 DOMAIN("    <disk>\n      <driver %s/>\n"
					"      <target dev='hda' bus='ide'/>\n    </disk>\n"),
				 rows[i].driver);
		xml = patch_keys(2, keys.data, domain.data);
		assert_has(xml, rows[i].expected);
		free(xml);
		vtune__text_free(&keys);
		vtune__text_free(&domain);
	}
}

/* Controllers of other models, and buses without I/O threads, get none. */
static void test_none(void **state)
{
	static const char before[] =
		DOMAIN("    <disk type='file' device='disk'>\n"
		       "      <driver name='qemu' type='raw' iothread='1' queues='2'/>\n"
		       "      <target dev='sda' bus='scsi'/>\n"
		       "    </disk>\n"
		       "    <disk type='file' device='disk'>\n"
		       "      <driver name='qemu' type='raw' iothread='1' queue_size='8'/>\n"
		       "      <target dev='sdb' bus='sata'/>\n"
		       "    </disk>\n"
		       "    <controller type='scsi' index='0' model='lsilogic'/>\n");
	char *xml = patch_keys(
		2, "'disks': [ { 'target': 'sda' }, { 'target': 'sdb', 'bus': 'sata' } ]", before);

	(void)state;
	assert_has(xml, "<driver name='qemu' type='raw'/>\n      <target dev='sda'");
	assert_has(xml, "<driver name='qemu' type='raw'/>\n      <target dev='sdb'");
	assert_has(xml, "model='lsilogic'/>");
	free(xml);
}

static void test_change_kind(void **state)
{
	char *xml = patch_keys(2,
			       "'iothreads': { 'count': 0 }, 'disks': [ { 'target': 'sda', "
			       "'device': 'lun', 'rawio': true, 'readonly': true, 'type': 'block', "
			       "'format': 'raw' } ]",
			       DOMAIN("    <disk type='block'>\n"
				      "      <source dev='/dev/sdc'/>\n"
				      "      <target dev='sda' bus='scsi'/>\n"
				      "      <alias name='ua-x'/>\n"
				      "    </disk>\n"));

	(void)state;
	assert_has(xml, "    <disk type='block' device='lun' rawio='yes'>\n"
			"      <driver name='qemu' type='raw' cache='none' io='native'/>\n"
			"      <source dev='/dev/sdc'/>\n"
			"      <target dev='sda' bus='scsi'/>\n"
			"      <readonly/>\n"
			"      <alias name='ua-x'/>\n"
			"    </disk>\n"
			"    <controller type='scsi' index='0' model='virtio-scsi'>\n");
	free(xml);
}

/* ---- the spec of a domain ---- */

#define HEAD "<domain type='kvm'>\n  <name>vm</name>\n  <memory>65536</memory>\n  <vcpu>2</vcpu>\n"

/* The domain, as the plan that is made of itself alone has it. */
static char *replan(const char *domain, struct vtune_plan **plan)
{
	struct vtune_host *host = disks_host(NULL);
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_domain_xml(domain, &err);
	char *xml, *again;

	if (!spec)
		fail_msg("%s", vtune_error_get_message(err));
	help_spec_is_sound(spec);
	*plan = disks_place(host, spec);
	xml = help_patch(*plan, domain);
	again = help_patch(*plan, xml);
	assert_string_equal(again, xml);
	free(again);
	vtune_spec_free(spec);
	vtune_host_free(host);
	return xml;
}

/* Explicit settings, ids and threads stay; a rule has its say on the rest. */
static void test_keeps(void **state)
{
	static const char devices[] =
		"    <disk type='file' device='disk'>\n"
		"      <driver name='qemu' type='qcow2' cache='unsafe' io='threads' "
		"discard='unmap' iothread='5' detect_zeroes='on' queues='1' queue_size='64'/>\n"
		"      <source file='/a.qcow2'/>\n"
		"      <target dev='vda' bus='virtio'/>\n"
		"    </disk>\n"
		"    <disk type='block' device='disk'>\n"
		"      <driver name='qemu' type='raw' cache='directsync' io='io_uring' "
		"discard='ignore' iothread='2' queues='2'/>\n"
		"      <source dev='/dev/n0'/>\n"
		"      <target dev='vdb' bus='virtio'/>\n"
		"    </disk>\n"
		"    <disk type='file' device='disk'>\n"
		"      <target dev='sda' bus='scsi'/>\n"
		"      <address type='drive' controller='1' bus='0' target='0' unit='0'/>\n"
		"    </disk>\n"
		"    <disk type='file' device='cdrom'>\n"
		"      <driver name='qemu' type='raw' cache='none'/>\n"
		"      <target dev='sdb' bus='scsi'/>\n"
		"      <readonly/>\n"
		"    </disk>\n"
		"    <disk type='file' device='disk'>\n"
		"      <target dev='sdc' bus='scsi'/>\n"
		"      <address type='drive' controller='0' bus='0' target='0' unit='1'/>\n"
		"    </disk>\n"
		"    <controller type='scsi' index='1' model='virtio-scsi'>\n"
		"      <driver queues='3' iothread='5'/>\n"
		"    </controller>\n"
		"    <controller type='scsi' index='0' model='lsilogic'/>\n";
	struct vtune__text domain = { 0 };
	struct vtune_plan *plan;
	char *xml;

	(void)state;
	vtune__text_addf(&domain,
			 HEAD "  <iothreads>2</iothreads>\n  <iothreadids>\n"
			      "    <iothread id='2' thread_pool_min='1' thread_pool_max='2'/>\n"
			      "    <iothread id='5' thread_pool_min='1' thread_pool_max='2'/>\n"
			      "  </iothreadids>\n  <devices>\n%s  </devices>\n</domain>\n",
			 devices);
	xml = replan(domain.data, &plan);
	assert_has(xml, devices);
	assert_has(xml, "  <iothreads>2</iothreads>\n  <iothreadids>\n    <iothread id='2' ");
	assert_has(xml, "<iothreadpin iothread='5' ");
	assert_int_equal(plan->niothreads, 2);
	assert_int_equal(plan->iothreads[1].id, 5);
	assert_int_equal(disks_warnings(plan), 1);
	assert_true(disks_warned(plan, "iothreads", "thread pools of the I/O threads are left"));
	free(xml);
	vtune_plan_free(plan);
	vtune__text_free(&domain);
}

static void test_mends(void **state)
{
	static const char domain[] = HEAD
		"  <iothreads>1</iothreads>\n  <devices>\n"
		"    <disk type='file' device='disk'>\n"
		"      <driver name='qemu' type='raw' cache='writethrough' io='native' iothread='1'/>\n"
		"      <target dev='vda' bus='virtio'/>\n"
		"    </disk>\n"
		"    <disk type='file' device='disk'>\n"
		"      <driver name='qemu' type='raw' iothread='1' queues='4'/>\n"
		"      <target dev='hda' bus='ide'/>\n"
		"    </disk>\n"
		"    <disk type='file' device='cdrom'>\n"
		"      <driver name='qemu' type='raw' cache='unsafe' io='native'/>\n"
		"      <target dev='sdb' bus='sata'/>\n"
		"    </disk>\n"
		"    <disk type='file' device='disk'>\n"
		"      <driver name='qemu' type='raw' iothread='1'/>\n"
		"      <target dev='vdc' bus='virtio'/>\n"
		"      <address type='virtio-mmio'/>\n"
		"    </disk>\n"
		"  </devices>\n</domain>\n";
	struct vtune_plan *plan;
	char *xml = replan(domain, &plan);

	(void)state;
	assert_has(xml, "cache='writethrough' io='threads' iothread='1' queues='2'/>\n");
	assert_has(xml, "<driver name='qemu' type='raw'/>\n      <target dev='hda'");
	assert_has(xml, "<driver name='qemu' type='raw' cache='unsafe' io='threads'/>");
	assert_has(xml, "<driver name='qemu' type='raw' queues='2'/>\n      <target dev='vdc'");
	assert_true(disks_warned(plan, "disk", "\"vda\" has native I/O"));
	assert_true(disks_warned(plan, "disk", "\"sdb\" has native I/O"));
	assert_true(disks_warned(plan, "disk", "\"vdc\" names an I/O thread"));
	assert_true(disks_warned(plan, "disk", "the cache \"writethrough\""));
	assert_true(disks_warned(plan, "disk", "\"hda\" names an I/O thread"));
	assert_true(disks_warned(plan, "disk", "\"hda\" has a number of queues"));
	free(xml);
	vtune_plan_free(plan);
}

/* Beyond any rule: it stays as it is, and the spec can be read. */
static void test_leaves(void **state)
{
	struct vtune__text domain = { 0 };
	struct vtune_plan *plan;
	char *xml;

	(void)state;
	vtune__text_addf(&domain,
			 HEAD "  <devices>\n"
			      "    <disk type='file' device='lun' rawio='yes'>\n      %s\n"
			      "      <target dev='vda' bus='xen'/>\n    </disk>\n"
			      "    <disk type='vhostuser' rawio='yes'>\n"
			      "      <driver name='qemu' cache='none'/>\n"
			      "      <target dev='vdb' bus='virtio'/>\n    </disk>\n"
			      "  </devices>\n</domain>\n",
			 "<driver name='qemu' type='new' cache='new' discard='ignore' "
			 "detect_zeroes='unmap'/>");
	xml = replan(domain.data, &plan);
	assert_has(xml, "<disk type='file' device='lun' rawio='yes'>\n      <driver name='qemu' "
			"type='new' cache='new' discard='ignore' detect_zeroes='unmap'/>");
	assert_has(xml, "<disk type='vhostuser' rawio='yes'>\n      <driver name='qemu' "
			"cache='none'/>");
	free(xml);
	vtune_plan_free(plan);
	vtune__text_free(&domain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guides),	    cmocka_unit_test(test_new),
		cmocka_unit_test(test_not_made),    cmocka_unit_test(test_patch),
		cmocka_unit_test(test_agrees),	    cmocka_unit_test(test_none),
		cmocka_unit_test(test_change_kind), cmocka_unit_test(test_keeps),
		cmocka_unit_test(test_mends),	    cmocka_unit_test(test_leaves),
	};

	return cmocka_run_group_tests_name("disks-xml", tests, NULL, NULL);
}
