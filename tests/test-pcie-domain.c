/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI Express topology of a guest, from the plan to a domain. */
#include "xml-help.h"

#include "pcie-help.h"

static void test_new_buses(void **state)
{
	char *xml =
		squeeze(lay(two_devices, HEAD("q35") HOSTDEV("0x41", "") HOSTDEV("0x01", "") TAIL));

	(void)state;
	has(xml, BUS("1", "240", "1") PORT("2", "0x01", "0x00") BUS("3", "224", "0")
			 PORT("4", "0x03", "0x00") "<hostdev ");
	has(xml, GIVEN("0x41", "0x02"));
	has(xml, GIVEN("0x01", "0x04"));
	free(xml);

	/* Also those that the plan itself puts there. */
	xml = squeeze(lay(one_device, HEAD("q35") TAIL));
	has(xml, BUS("1", "240", "1") PORT("2", "0x01", "0x00") "<hostdev ");
	has(xml, GIVEN("0x41", "0x02"));
	free(xml);
}

/* An interface that is a device of the host, and a disk that the guest sees as another. */
static void test_other_elements(void **state)
{
	char *xml = squeeze(lay(
		two_devices,
		HEAD("q35") "    <interface type='hostdev'>\n      <source>\n        <address "
			    "type='pci' domain='0' bus='65' slot='0' function='0'/>\n      "
			    "</source>\n    </interface>\n    <disk type='nvme' device='disk'>\n "
			    "     <source namespace='1'>\n        <address domain='0x0000' "
			    "bus='0x01' slot='0x00' function='0x0'/>\n      </source>\n      "
			    "<target dev='vda' bus='virtio'/>\n    </disk>\n" TAIL));

	(void)state;
	has(xml, "</source><address type='pci' domain='0x0000' bus='0x02' slot='0x00' "
		 "function='0x0'/></interface>");
	has(xml, BUS("1", "240", "1") PORT("2", "0x01", "0x00") "</devices>");
	has(xml, "<target dev='vda' bus='virtio'/></disk>");
	free(xml);
}

/* Indexes, slots and numbers of the domain's own are not touched. */
static void test_taken_numbers(void **state)
{
	static const char domain[] = HEAD(
		"pc-q35-9.0") "    <controller type='pci' index='1' model='pcie-root-port'/>\n"
			      "    <controller type='pci' index='3' model='pcie-expander-bus'>\n"
			      "      <target busNr='250'/>\n    </controller>\n"
			      "    <controller type='usb' index='2' model='qemu-xhci'/>\n" HOSTDEV(
				      "0x41", "") TAIL;
	char *xml = squeeze(lay(one_device, domain));

	(void)state;
	has(xml, PLAIN_PORT("1") "<controller type='pci' index='3' model='pcie-expander-bus'>"
				 "<target busNr='250'/></controller><controller type='usb' "
				 "index='2' model='qemu-xhci'/>" BUS("2", "234", "1")
					 PORT("4", "0x02", "0x00") "<hostdev ");
	free(xml);
}

static void test_what_stands(void **state)
{
	char *xml = lay(one_device, defined);

	(void)state;
	has(xml, strstr(defined, "<devices>"));
	free(xml);

	/* Another device comes: the first one keeps its place. */
	xml = squeeze(lay(
		SPEC("2", "\"hostdevs\": [ " DEVICE("0000:42:00.0") ", " DEVICE(
				  "0000:41:00.0") ", " DEVICE("0000:81:00.0") " ]"),
		HEAD("pc-q35-7.2") HOSTDEV("0x42", "") HOSTDEV(
			"0x81",
			"") "    <controller type='pci' index='1' model='pcie-expander-bus'>\n"
			    "      <target busNr='200'>\n        <node>0</node>\n      "
			    "</target>\n      <alias name='ua-vtune-bus-1'/>\n    "
			    "</controller>\n    <controller type='pci' index='2' "
			    "model='pcie-root-port'>\n      <alias name='ua-vtune-port-2'/>\n" AT(
				    "0x01", "") "    </controller>\n" HOSTDEV("0x41",
									      AT("0x02", ""))
				    TAIL));
	has(xml, BUS("1", "200", "1") PORT("2", "0x01", "0x00") PORT("3", "0x01", "0x01")
			 BUS("4", "240", "1") PORT("5", "0x04", "0x00"));
	has(xml, GIVEN("0x41", "0x02"));
	has(xml, GIVEN("0x42", "0x03"));
	has(xml, GIVEN("0x81", "0x05"));
	free(xml);
}

/* Without the device the bus goes, but not when others have put something there. */
static void test_lost_device(void **state)
{
	static const char guest[] =
		"    <interface type='network'>\n      <source network='default'/>\n" AT(
			"0x02", "") "    </interface>\n";
	struct vtune__text text = { 0 };
	const char *hostdev = strstr(defined, "    <hostdev");
	char *xml, *domain;

	(void)state;
	vtune__text_add_bytes(&text, defined, (size_t)(hostdev - defined));
	vtune__text_add(&text, TAIL);
	domain = vtune__text_take(&text, NULL);
	xml = squeeze(lay(no_device, domain));
	has_not(xml, "pcie-expander-bus");
	has_not(xml, "pcie-root-port");
	free(xml);
	/* The plan of this one does not say what the guest's topology is. */
	xml = lay(SPEC("2", "\"strategy\": \"pack\""), domain);
	has(xml, "pcie-expander-bus");
	free(xml);
	free(domain);

	vtune__text_add_bytes(&text, defined, (size_t)(hostdev - defined));
	vtune__text_add(&text, guest);
	vtune__text_add(&text, TAIL);
	domain = vtune__text_take(&text, NULL);
	xml = lay(no_device, domain);
	has(xml, strstr(domain, "<devices>"));
	free(xml);
	/* On one cell there is none of number 1. */
	xml = squeeze(lay(SPEC("1", "\"pcie\": { }"), domain));
	has(xml, "<target busNr='200'></target><alias name='ua-vtune-bus-1'/>");
	free(xml);
	free(domain);
}

static void test_lost_cell(void **state)
{
	/* The device is on the only cell that is left. */
	char *xml =
		squeeze(lay(SPEC("1", "\"hostdevs\": [ " DEVICE("0000:41:00.0") " ]"), defined));
	struct vtune_plan *plan = place(SPEC("1", "\"strategy\": \"pack\""));
	struct vtune__text text = { 0 };
	struct vtune_error *err = NULL;
	char *theirs;

	(void)state;
	has(xml, "<target busNr='200'><node>0</node></target>");
	has(xml, GIVEN("0x41", "0x02"));
	free(xml);

	/* Whose bus it is, is told by the alias alone. */
	vtune__text_add_bytes(&text, defined,
			      (size_t)(strstr(defined, "ua-vtune-bus-1") - defined));
	vtune__text_add(&text, "ua-theirs");
	vtune__text_add(&text, strstr(defined, "ua-vtune-bus-1") + strlen("ua-vtune-bus-1"));
	theirs = vtune__text_take(&text, NULL);
	assert_null(vtune_plan_patch_domain_xml(plan, theirs, &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "on guest NUMA node 1");
	free(theirs);
	vtune_plan_free(plan);
}

/* A bus of the domain's own that tells the right cell, or the wrong one. */
static void test_own_bus(void **state)
{
	static const char own[] = HEAD(
		"q35") "    <controller type='pci' index='1' model='pcie-expander-bus'>\n"
		       "      <target busNr='64'>\n        <node>1</node>\n      </target>\n    "
		       "</controller>\n"
		       "    <controller type='pci' index='2' model='pcie-switch-upstream-port'>\n" AT(
			       "0x01", "") "    </controller>\n"
					   "    <controller type='pci' index='3' "
					   "model='pcie-switch-downstream-port'>\n" AT(
						   "0x02",
						   "") "    </controller>\n" HOSTDEV("0x41",
										     AT("0x03", ""))
						   TAIL;
	char *xml = lay(one_device, own);

	(void)state;
	has(xml, strstr(own, "<devices>"));
	free(xml);

	xml = squeeze(lay(
		SPEC("1", "\"hostdevs\": [ " DEVICE("0000:41:00.0") " ]"),
		HEAD("q35") "    <controller type='pci' index='1' "
			    "model='pcie-expander-bus'>\n      <target busNr='64'/>\n    "
			    "</controller>\n    <controller type='pci' index='2' "
			    "model='pcie-root-port'>\n" AT("0x01", "") "    </controller>\n" HOSTDEV(
				    "0x41", AT("0x02", "")) TAIL));
	has(xml, "<target busNr='64'/></controller>");
	has(xml, BUS("3", "240", "0") PORT("4", "0x03", "0x00"));
	has(xml, GIVEN("0x41", "0x04"));
	free(xml);
}

/* Several devices that somebody has made one of. */
static void test_functions_stay(void **state)
{
	static const char domain[] = HEAD("q35") HOSTDEV("0x41", AT("0x05", " multifunction='on'"))
		TAIL;
	char *xml = lay(one_device, domain);

	(void)state;
	has(xml, strstr(domain, "<devices>"));
	free(xml);
}

static void test_machines(void **state)
{
	static const struct {
		const char *arch, *machine, *bus;
	} rows[] = {
		{ "x86_64", "q35", "pcie-expander-bus" },
		{ "x86_64", "pc-q35-rhel9.4.0", "pcie-expander-bus" },
		{ "aarch64", "virt", "pcie-expander-bus" },
		{ "aarch64", "virt-6.2", "pcie-expander-bus" },
		{ "ppc64", "pseries-7.2", "pci-root" },
		{ "x86_64", "pc", NULL },
		{ "x86_64", "pc-i440fx-9.0", NULL },
		{ "riscv64", "virt", NULL },
		{ "aarch64", "virtual", NULL },
		{ "ppc64", "powernv9", NULL },
		{ "s390x", "s390-ccw-virtio", NULL },
		{ "x86_64", "microvm", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char domain[1024], *xml;

		snprintf(domain, sizeof(domain),
			 "<domain><name>v</name><os><type arch='%s' machine='%s'>hvm</type></os>"
			 "<devices>%s</devices></domain>",
			 rows[i].arch, rows[i].machine, HOSTDEV("0x41", ""));
		xml = lay(one_device, domain);
		assert_int_equal(count(xml, "<controller "), !rows[i].bus		       ? 0
							     : strcmp(rows[i].bus, "pci-root") ? 2
											       : 1);
		if (rows[i].bus)
			has(xml, rows[i].bus);
		free(xml);
	}
}

/* Host bridges without numbers and ports; with two, since one has 31 slots. */
static void test_pseries(void **state)
{
	static const char head[] =
		"<domain type='kvm'>\n  <name>v</name>\n  <os>\n    <type arch='ppc64le' "
		"machine='pseries'>hvm</type>\n  </os>\n  <devices>\n";
	static const char *const bridge =
		"<controller type='pci' index='%u' model='pci-root'><target><node>%u</node></target>"
		"<alias name='ua-vtune-bus-%u'/></controller>";
	struct vtune__text text = { 0 };
	char *domain, *xml, part[256];

	(void)state;
	vtune__text_add(&text, head);
	vtune__text_add(&text, "    <controller type='pci' index='0' model='pci-root'/>\n");
	vtune__text_add(&text, HOSTDEV("0x41", "") HOSTDEV("0x01", AT("0x00", "")) TAIL);
	domain = vtune__text_take(&text, NULL);
	xml = squeeze(lay(two_devices, domain));
	snprintf(part, sizeof(part), bridge, 1, 1, 1);
	has(xml, part);
	snprintf(part, sizeof(part), bridge, 2, 0, 2);
	has(xml, part);
	has(xml, "<address type='pci' domain='0x0000' bus='0x01' slot='0x01' function='0x0'/>");
	has(xml, "<address type='pci' domain='0x0000' bus='0x02' slot='0x01' function='0x0'/>");
	has_not(xml, "busNr");
	free(domain);
	domain = xml;
	/* Devices go, and their bridges with them, unless others are there. */
	xml = squeeze(lay(SPEC("1", "\"pcie\": { \"spare_ports\": 4 }"), domain));
	has(xml, "index='1' model='pci-root'><target></target>");
	has_not(xml, "pcie-root-port");
	free(xml);
	free(domain);

	vtune__text_add(&text, head);
	vtune__text_add(&text, "<controller type='pci' index='4' model='pci-root'>"
			       "<target><node>1</node></target>"
			       "<alias name='ua-vtune-bus-4'/></controller>" TAIL);
	domain = vtune__text_take(&text, NULL);
	xml = lay(no_device, domain);
	has_not(xml, "controller");
	free(xml);
	free(domain);
}

/* What has no slot on a bridge stays where libvirt puts it. */
static void test_full_bridge(void **state)
{
	struct vtune_plan *plan = place(SPEC(
		"2", "\"hostdevs\": [ " DEVICE("0000:41:00.0") ", " DEVICE("0000:42:00.0") " ]"));
	struct vtune__text text = { 0 };
	char *domain, *xml;

	(void)state;
	vtune__text_add(&text, "<domain><os><type arch='ppc64' machine='pseries'>hvm</type></os>"
			       "<devices><controller type='pci' index='1' model='pci-root'>"
			       "<alias name='ua-vtune-bus-1'/></controller>");
	vtune__text_add(&text, HOSTDEV("0x41", AT("0x01", "")));
	for (unsigned int slot = 1; slot < 32; slot++)
		vtune__text_addf(&text,
				 "<sound><address type='pci' domain='0' bus='1' slot='%u' "
				 "function='0'/></sound>",
				 slot);
	vtune__text_add(&text, HOSTDEV("0x42", "") TAIL);
	domain = vtune__text_take(&text, NULL);
	xml = squeeze(help_patch(plan, domain));
	has(xml, "<address domain='0x0000' bus='0x42' slot='0x00' function='0x0'/></source>"
		 "</hostdev>");
	assert_int_equal(count(xml, "<controller "), 1);
	free(xml);
	free(domain);
	vtune_plan_free(plan);
}

/* ---- spare ports ---- */

static void test_spare_ports(void **state)
{
	static const char ask[] =
		SPEC("2", "\"pcie\": { \"spare_ports\": 2, \"spare_ports_per_expander\": 1 }, "
			  "\"hostdevs\": [ " DEVICE("0000:41:00.0") " ]");
	/* Everything has a place already. */
	static const char placed[] = HEAD("q35")
		HOSTDEV("0x41", "") "    <controller type='usb' index='0' model='none'/>\n"
				    "    <memballoon model='none'/>\n" TAIL;
	char *xml = squeeze(lay(ask, placed));

	(void)state;
	has(xml, "<controller type='usb' index='0' model='none'/>" BUS("1", "240", "1")
			 PORT("2", "0x01", "0x00") PORT("3", "0x01", "0x01") ROOT_PORT("4")
				 ROOT_PORT("5") "<memballoon ");
	free(xml);

	/* Ports for what libvirt has to find places for, before those that are to be spare:
	 * an interface, a disk, a balloon, USB, and the controllers of a disk and a channel. */
	xml = squeeze(lay(ask,
			  HEAD("q35") HOSTDEV(
				  "0x41",
				  "") "    <interface type='user'/>\n    <disk type='file'>\n      "
				      "<target dev='vda'/>\n    </disk>\n    <disk type='file'>\n  "
				      "    <target dev='sda' bus='scsi'/>\n    </disk>\n    "
				      "<channel type='unix'/>\n    <graphics type='vnc'/>\n" TAIL));
	has(xml, BUS("1", "240", "1") PORT("2", "0x01", "0x00") PLAIN_PORT("3") PLAIN_PORT("4")
			 PLAIN_PORT("5") PLAIN_PORT("6") PLAIN_PORT("7") PLAIN_PORT("8")
				 PORT("9", "0x01", "0x01") ROOT_PORT("10")
					 ROOT_PORT("11") "<channel ");
	free(xml);
}

/* The guide has five root ports in a domain, by their indexes alone; that they are there
 * before the VM starts is its rule (OG 3.6.1). */
static void test_guide(void **state)
{
	struct vtune_plan *plan = place(SPEC("1", "\"pcie\": { \"spare_ports\": 4 }"));
	char *xml = squeeze(help_patch(plan, "<domain type='kvm'><os><type arch='aarch64' "
					     "machine='virt-4.0'>hvm</type></os><devices>"
					     "<controller type='pci' index='0' model='pcie-root'/>"
					     "<controller type='usb' index='0' model='none'/>"
					     "<memballoon model='none'/></devices></domain>"));

	(void)state;
	has(xml, "<controller type='pci' index='0' model='pcie-root'/>");
	for (unsigned int i = 1; i <= 4; i++) {
		char port[64];

		snprintf(port, sizeof(port),
			 "<controller type='pci' index='%u' "
			 "model='pcie-root-port'>",
			 i);
		has(xml, port);
	}
	assert_int_equal(count(xml, "pcie-root-port"), 4);
	free(xml);
	vtune_plan_free(plan);
}

static void test_fewer_spare_ports(void **state)
{
	/* As libvirt makes functions of them; the hotplugged device is on the second. */
	static const char domain[] = HEAD(
		"q35") "    <controller type='usb' index='0' model='none'/>\n"
		       "    <controller type='pci' index='1' model='pcie-root-port'>\n      <alias "
		       "name='ua-vtune-port-1'/>\n      <address type='pci' domain='0x0000' bus='0x00' "
		       "slot='0x02' function='0x0' multifunction='on'/>\n    </controller>\n"
		       "    <controller type='pci' index='2' model='pcie-root-port'>\n      <alias "
		       "name='ua-vtune-port-2'/>\n      <address type='pci' domain='0x0000' bus='0x00' "
		       "slot='0x02' function='0x1'/>\n    </controller>\n"
		       "    <controller type='pci' index='3' model='pcie-root-port'>\n      <alias "
		       "name='ua-vtune-port-3'/>\n      <address type='pci' domain='0x0000' bus='0x00' "
		       "slot='0x02' function='0x2'/>\n    </controller>\n"
		       "    <interface type='user'>\n" AT(
			       "0x02", "") "    </interface>\n"
					   "    <memballoon model='none'/>\n" TAIL;
	char *xml = lay(SPEC("1", "\"pcie\": { \"spare_ports\": 1 }"), domain);

	(void)state;
	has(xml, "ua-vtune-port-1'");
	has(xml, "ua-vtune-port-2'");
	has_not(xml, "ua-vtune-port-3'");
	free(xml);
	/* Without function 0 the guest would not find function 1. */
	xml = lay(no_device, domain);
	has(xml, "ua-vtune-port-1'");
	has(xml, "ua-vtune-port-2'");
	has_not(xml, "ua-vtune-port-3'");
	free(xml);
	xml = lay(SPEC("1", "\"pcie\": { \"spare_ports\": 3 }"), domain);
	has(xml, "index='4' model='pcie-root-port'");
	has_not(xml, "index='5'");
	free(xml);
}

/* ---- what there is no room for ---- */

static void expect_refusal(struct vtune_plan *plan, const char *domain, const char *part)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_patch_domain_xml(plan, domain, &err));
	help_error(err, VTUNE_ERR_DOCUMENT, part);
	assert_null(vtune_plan_patch_domain_xml(plan, domain, NULL));
}

static char *with_controllers(unsigned int number, const char *model, const char *devices)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, HEAD("q35"));
	for (unsigned int i = 1; i <= number; i++)
		vtune__text_addf(&text, "<controller type='pci' index='%u' model='%s'/>\n", i,
				 model);
	vtune__text_add(&text, devices);
	vtune__text_add(&text, TAIL);
	return vtune__text_take(&text, NULL);
}

static void test_no_room(void **state)
{
	struct vtune_plan *plan = place(one_device);
	char *domain = with_controllers(255, "pcie-root-port", HOSTDEV("0x41", "")), *xml;

	(void)state;
	expect_refusal(plan, domain, "255 PCI controllers already");
	free(domain);
	/* 253 and 255 are free, and it takes two in a row. */
	domain = with_controllers(252, "pcie-root-port",
				  "<controller type='pci' index='253' model='pcie-expander-bus'>"
				  "<target busNr='254'/></controller>" HOSTDEV("0x41", ""));
	expect_refusal(plan, domain, "No 2 bus numbers are left");
	free(domain);
	domain = with_controllers(252, "pcie-root-port", HOSTDEV("0x41", ""));
	xml = squeeze(help_patch(plan, domain));
	has(xml, BUS("253", "254", "1") PORT("254", "0xfd", "0x00"));
	free(xml);
	free(domain);
	vtune_plan_free(plan);

	/* Controllers that are on one another, and what is no index. */
	plan = place(one_device);
	domain = help_patch(
		plan,
		HEAD("q35") "    <controller type='pci' index='1' model='pci-bridge'>\n" AT(
			"0x02",
			"") "    </controller>\n    <controller type='pci' "
			    "index='2' model='pci-bridge'>\n" AT(
				    "0x01",
				    "") "    </controller>\n    <controller type='pci' index='256' "
					"model='pcie-root-port'/>\n    <controller type='pci' "
					"model='pcie-root-port'/>\n" HOSTDEV("0x41", AT("0x02", ""))
						TAIL);
	squeeze(domain);
	has(domain, BUS("3", "240", "1") PORT("4", "0x03", "0x00"));
	free(domain);
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_buses),     cmocka_unit_test(test_other_elements),
		cmocka_unit_test(test_taken_numbers), cmocka_unit_test(test_what_stands),
		cmocka_unit_test(test_lost_device),   cmocka_unit_test(test_lost_cell),
		cmocka_unit_test(test_own_bus),	      cmocka_unit_test(test_functions_stay),
		cmocka_unit_test(test_machines),      cmocka_unit_test(test_pseries),
		cmocka_unit_test(test_full_bridge),   cmocka_unit_test(test_spare_ports),
		cmocka_unit_test(test_guide),	      cmocka_unit_test(test_fewer_spare_ports),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
