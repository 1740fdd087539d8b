/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain remembers of its devices, and has again when its plan is undone. */
#include "xml-help.h"

#include "base/xml.h"
#include "live/apply.h"
#include "pcie-help.h"

#define PORT_AT(index, slot)                                                     \
	"    <controller type='pci' index='" index "' model='pcie-root-port'>\n" \
	"      <target chassis='" index "' port='0x1'/>\n"                       \
	"      <address type='pci' domain='0x0000' bus='0x00' slot='" slot       \
	"' function='0x0'/>\n    </controller>\n"
#define ALIAS(name) "      <alias name='" name "'/>\n"
#define BALLOON(bus) "    <memballoon model='virtio'>\n" AT(bus, "") "    </memballoon>\n"

/* With addresses, as libvirt has it. */
static const char before[] =
	HEAD("pc-q35-7.2") "    <controller type='pci' index='0' model='pcie-root'/>\n" PORT_AT(
		"1", "0x02") PORT_AT("2", "0x03") HOSTDEV("0x41", ALIAS("ua-mine") AT("0x01", ""))
		BALLOON("0x02") TAIL;

/* With something more in front of the end of the devices. */
static char *with(const char *xml, const char *more)
{
	const char *end = strstr(xml, "  </devices>");
	struct vtune__text text = { 0 };

	assert_non_null(end);
	vtune__text_add_bytes(&text, xml, (size_t)(end - xml));
	vtune__text_add(&text, more);
	vtune__text_add(&text, end);
	return vtune__text_take(&text, NULL);
}

static char *undone_of(const char *former, const char *now, const struct vtune_plan *plan,
		       bool keeps_cells)
{
	char *kept = vtune__former_of(former, NULL), *xml;
	struct _xmlDoc *then = vtune__xml_parse(kept, "domain", NULL);
	struct _xmlDoc *doc = vtune__xml_parse(now, "domain", NULL);
	struct _xmlNode *cpu = vtune__xml_child(vtune__xml_root(doc), "cpu");

	assert_null(strstr(kept, "memballoon"));
	if (cpu && !keeps_cells)
		vtune__xml_remove(cpu);
	assert_int_equal(vtune__former_put_devices(vtune__xml_root(doc), vtune__xml_root(then),
						   plan, NULL),
			 0);
	xml = vtune__xml_print(doc, NULL, NULL);
	assert_non_null(xml);
	vtune__xml_free(&then);
	vtune__xml_free(&doc);
	free(kept);
	return xml;
}

static char *undone(const char *former, const char *now, const struct vtune_plan *plan)
{
	return undone_of(former, now, plan, true);
}

static void expect_devices(const char *got, const char *wanted)
{
	const char *a = strstr(got, "<devices>"), *b = strstr(wanted, "<devices>");

	assert_non_null(a);
	assert_string_equal(a, b);
}

/* Ports and buses go, and the device is where it was. */
static void test_pcie(void **state)
{
	struct vtune_plan *plan = place(SPEC(
		"2", "\"pcie\": { \"spare_ports\": 2, \"spare_ports_per_expander\": 1 }, "
		     "\"hostdevs\": [ " DEVICE("0000:41:00.0") ", " DEVICE("0000:01:00.0") " ]"));
	char *laid = help_patch(plan, before), *now, *xml;

	(void)state;
	has(laid, "pcie-expander-bus");
	has(laid, "bus='0x04'");
	/* libvirt has made a port for something. */
	now = with(laid, PORT_AT("40", "0x0a"));
	xml = undone(before, now, plan);
	expect_devices(xml, before);
	free(xml);
	free(now);
	free(laid);
	vtune_plan_free(plan);
}

/* Others have taken the place of the device, plugged one into a port of ours, and made ports. */
static void test_others(void **state)
{
	struct vtune_plan *plan = place(SPEC("2", "\"pcie\": { \"spare_ports_per_expander\": 1 }, "
						  "\"hostdevs\": [ " DEVICE("0000:41:00.0") " ]"));
	char *laid = help_patch(plan, before), *now, *xml;
	static const char others[] = "    <rng model='virtio'>\n" AT(
		"0x01",
		"") "    </rng>\n"
		    "    <vsock model='virtio'>\n" AT(
			    "0x05",
			    "") "    </vsock>\n"
				"    <controller type='pci' index='40' model='pcie-root-port'>\n"
				"      <alias name='ua-theirs'/>\n    </controller>\n";

	(void)state;
	has(laid, "ua-vtune-port-5");
	now = with(laid, others);
	xml = squeeze(undone_of(before, now, plan, false));
	has(xml, "<alias name='ua-mine'/></hostdev>");
	has(xml, "<rng model='virtio'><address type='pci' domain='0x0000' bus='0x01'");
	has(xml, "ua-theirs");
	/* The port is there as long as the device on it is, and so is the bus: near no cell. */
	has(xml, "ua-vtune-port-5");
	has(xml, "ua-vtune-bus-3");
	has_not(xml, "<node>");
	has_not(xml, "ua-vtune-port-4");
	free(xml);
	free(now);
	free(laid);
	vtune_plan_free(plan);
}

/* The plan before had made a bus, which the one that came then took away. */
static void test_plan_before(void **state)
{
	struct vtune_plan *first = place(one_device), *second = place(no_device);
	char *laid = help_patch(first, before), *now, *xml;
	char *carried = vtune__metadata_put(laid, first, NULL, NULL);

	(void)state;
	has(carried, "ua-vtune-bus-");
	now = help_patch(second, carried);
	has_not(strstr(now, "<devices>"), "ua-vtune-bus-");
	xml = squeeze(undone(carried, now, second));
	squeeze(laid);
	has(xml, "ua-vtune-bus-3");
	has(xml, "ua-vtune-port-4");
	has(xml, strstr(laid, "<hostdev "));
	free(xml);
	free(now);
	free(carried);
	free(laid);
	vtune_plan_free(second);
	vtune_plan_free(first);
}

/* Where nothing of ours moved it, a device is where its user has put it. */
static void test_moved_by_user(void **state)
{
	struct vtune_plan *plan = place(no_device);
	char *now = with(HEAD("pc-q35-7.2") TAIL,
			 PORT_AT("1", "0x02") PORT_AT("2", "0x03") HOSTDEV("0x41", AT("0x02", "")));
	char *xml = squeeze(undone(before, now, plan));

	(void)state;
	has(xml, GIVEN("0x41", "0x02"));
	free(xml);
	free(now);
	vtune_plan_free(plan);
}

/* Attributes and drivers of disks, whatever the plan has made of them. */
static void test_disk(void **state)
{
	static const char disk[] = HEAD(
		"pc-q35-7.2") "    <disk type='block' device='disk'>\n      <driver name='qemu' "
			      "type='raw' cache='none'/>\n      <source dev='/dev/sdz'/>\n      "
			      "<target dev='sda' bus='scsi'/>\n    </disk>\n    <controller "
			      "type='scsi' index='0' model='virtio-scsi'>\n" AT(
				      "0x05", "") "    </controller>\n" TAIL;
	struct vtune_plan *plan = place(
		SPEC("2", "\"disks\": [ { \"target\": \"sda\", \"type\": \"block\", \"device\": "
			  "\"lun\", \"rawio\": true, \"readonly\": true, \"queues\": 2 }, "
			  "{ \"target\": \"sdb\", \"type\": \"block\", \"source\": \"/dev/sdy\", "
			  "\"controller\": 1 } ]"));
	char *laid = help_patch(plan, disk), *xml;

	(void)state;
	has(laid, "device='lun'");
	has(laid, "<readonly/>");
	has(laid, "/dev/sdy");
	xml = undone(disk, laid, plan);
	expect_devices(xml, disk);
	free(xml);
	free(laid);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcie),	    cmocka_unit_test(test_others),
		cmocka_unit_test(test_plan_before), cmocka_unit_test(test_moved_by_user),
		cmocka_unit_test(test_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
