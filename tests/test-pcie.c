/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI Express topology of a guest: from host and spec to the plan, and into a domain. */
#include "xml-help.h"

#include "host/host.h"
#include "plan/plan.h"
#include "spec-help.h"

#define CARD(id, node, root) \
	"{ \"id\": \"" id "\", \"class\": \"network\", \"node\": " node ", \"root\": \"" root "\" }"

/* Node 1 has two root complexes; what 0000:c1:00.0 is near nobody knows. */
static const char host_text[] =
	"{ \"version\": 1, \"nodes\": ["
	"{ \"id\": 0, \"cpus\": \"0-3\", \"memory_kib\": 4194304, \"distances\": { \"0\": 10, \"1\": "
	"21 } },"
	"{ \"id\": 1, \"cpus\": \"4-7\", \"memory_kib\": 4194304, \"distances\": { \"0\": 21, \"1\": "
	"10 } } ],"
	"\"devices\": [" CARD("0000:01:00.0", "0", "0000:00") "," CARD(
		"0000:41:00.0", "1",
		"0000:40") "," CARD("0000:42:00.0", "1",
				    "0000:40") "," CARD("0000:81:00.0", "1",
							"0000:80") ","
								   "{ \"id\": \"0000:c1:00.0\" } ] }";

/* One cell or two. */
#define SPEC(cells, more)                                                                         \
	"{ \"version\": 1, \"name\": \"v\", \"vcpus\": 2, \"memory\": \"64MiB\", \"hugepages\": " \
	"\"none\", \"numa\": { \"cells\": " cells " }, " more " }"
#define DEVICE(id) "{ \"id\": \"" id "\", \"affinity\": \"prefer\" }"

static struct vtune_plan *place_on(const char *host_json, const char *spec_text)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(host_json, &err);
	struct vtune_spec *spec = help_spec(spec_text);
	struct vtune_plan *plan;

	if (!host)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	plan = vtune_place(host, spec, NULL, &err);
	if (!plan)
		fail_msg("%s", vtune_error_get_message(err));
	assert_true(plan->fits);
	vtune_spec_free(spec);
	vtune_host_free(host);
	return plan;
}

static struct vtune_plan *place(const char *spec_text)
{
	return place_on(host_text, spec_text);
}

/* Without the blanks between elements, or in front of a key. */
static char *squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '\n') {
			while (from[1] == ' ' || from[1] == '\t')
				from++;
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s is not in %s", part, text);
}

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s is in %s", part, text);
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int found = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		found++;
	return found;
}

/* ---- the plan ---- */

static void assert_pcie(const char *spec_text, const char *expected)
{
	struct vtune_plan *plan = place(spec_text);
	char *text = vtune_plan_to_json(plan, NULL);
	struct vtune_plan *again = vtune_plan_from_json(text, NULL);
	char *same = vtune_plan_to_json(again, NULL);

	assert_string_equal(same, text);
	squeeze(text);
	if (expected)
		has(text, expected);
	else
		has_not(text, "pcie");
	free(same);
	free(text);
	vtune_plan_free(again);
	vtune_plan_free(plan);
}

static void test_plans(void **state)
{
	static const char *const rows[][2] = {
		{ SPEC("2",
		       "\"hostdevs\": [ " DEVICE("0000:41:00.0") ", " DEVICE("0000:01:00.0") ", " DEVICE(
			       "0000:81:00.0") ", " DEVICE("0000:42:00.0") " ]"),
		  "\"pcie\": {\"expanders\": ["
		  "{\"cell\": 1,\"root\": \"0000:40\",\"devices\": [ \"0000:41:00.0\", "
		  "\"0000:42:00.0\" ],\"spare_ports\": 0},"
		  "{ \"cell\": 0, \"root\": \"0000:00\", \"devices\": [ \"0000:01:00.0\" ], "
		  "\"spare_ports\": 0 },"
		  "{ \"cell\": 1, \"root\": \"0000:80\", \"devices\": [ \"0000:81:00.0\" ], "
		  "\"spare_ports\": 0 }],\"spare_ports\": 0}" },
		/* The guest's own number of the node, which is 1 on the host. */
		{ SPEC("1", "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  "\"pcie\": {\"expanders\": [{ \"cell\": 0, \"root\": \"0000:80\", \"devices\": [ "
		  "\"0000:81:00.0\" ], \"spare_ports\": 0 }],\"spare_ports\": 0}" },
		/* On no node of the guest's, or on nobody knows which. */
		{ SPEC("1, \"nodes\": \"0\"", "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  NULL },
		{ SPEC("2", "\"hostdevs\": [ " DEVICE("0000:c1:00.0") " ]"), NULL },
		{ SPEC("2", "\"strategy\": \"pack\""), NULL },
		{ SPEC("2", "\"pcie\": { \"expanders\": \"none\" }, \"hostdevs\": [ " DEVICE(
				    "0000:81:00.0") " ]"),
		  NULL },
		{ SPEC("2", "\"pcie\": { }"),
		  "\"pcie\": { \"expanders\": [ ], \"spare_ports\": 0 }" },
		{ SPEC("2", "\"pcie\": { \"expanders\": \"none\", \"spare_ports\": 5 }, "
			    "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  "\"pcie\": { \"expanders\": [ ], \"spare_ports\": 5 }" },
		{ SPEC("2", "\"pcie\": { \"spare_ports\": 5, \"spare_ports_per_expander\": 2 }, "
			    "\"hostdevs\": [ " DEVICE("0000:81:00.0") " ]"),
		  "\"devices\": [ \"0000:81:00.0\" ], \"spare_ports\": 2 }],\"spare_ports\": 5}" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++)
		assert_pcie(rows[i][0], rows[i][1]);
}

/* So many functions of cards behind one root complex, all given to one VM. */
static struct vtune_plan *place_many(unsigned int devices, const char *pcie)
{
	struct vtune__text host = { 0 }, spec = { 0 };
	char *host_json, *spec_json;
	struct vtune_plan *plan;

	vtune__text_add(&host, "{ \"version\": 1, \"nodes\": [ { \"id\": 0, \"cpus\": \"0-3\", "
			       "\"memory_kib\": 4194304 } ], \"devices\": [");
	vtune__text_addf(&spec,
			 "{ \"version\": 1, \"vcpus\": 1, \"memory\": \"64MiB\", \"pcie\": %s, "
			 "\"hostdevs\": [",
			 pcie);
	for (unsigned int i = 0; i < devices; i++) {
		vtune__text_addf(&host, "%s{ \"id\": \"0000:%02x:%02x.%x\", \"node\": 0 }",
				 i ? "," : "", i / 256, i / 8 % 32, i % 8);
		vtune__text_addf(&spec, "%s{ \"id\": \"0000:%02x:%02x.%x\" }", i ? "," : "",
				 i / 256, i / 8 % 32, i % 8);
	}
	vtune__text_add(&host, "] }");
	vtune__text_add(&spec, "] }");
	host_json = vtune__text_take(&host, NULL);
	spec_json = vtune__text_take(&spec, NULL);
	plan = place_on(host_json, spec_json);
	free(host_json);
	free(spec_json);
	return plan;
}

static bool warns(const struct vtune_plan *plan, const char *part)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if (strcmp(plan->warnings[i].code, "device_locality") == 0 &&
		    strstr(plan->warnings[i].text, part))
			return true;
	return false;
}

/* A bus has 32 slots, and all buses together 256 numbers, of which others need some. */
static void test_many_devices(void **state)
{
	struct vtune_plan *plan = place_many(40, "{ }");

	(void)state;
	assert_int_equal(plan->pcie.nexpanders, 2);
	assert_int_equal(plan->pcie.expanders[0].ndevices, 32);
	assert_int_equal(plan->pcie.expanders[1].ndevices, 8);
	assert_false(warns(plan, ""));
	vtune_plan_free(plan);

	plan = place_many(40, "{ \"spare_ports_per_expander\": 30 }");
	assert_true(plan->pcie.nexpanders == 6);
	assert_int_equal(plan->pcie.expanders[0].ndevices, 2);
	assert_true(warns(plan, "28 devices are behind no expander bus"));
	vtune_plan_free(plan);

	plan = place_many(300, "{ }");
	assert_int_equal(vtune__plan_pcie_buses(&plan->pcie), VTUNE__PCIE_BUSES);
	assert_true(warns(plan, "83 devices are behind no expander bus"));
	vtune_plan_free(plan);
}

/* ---- into a domain ---- */

#define HEAD(machine)                                                                              \
	"<domain type='kvm'>\n  <name>v</name>\n  <os>\n    <type arch='x86_64' machine='" machine \
	"'>hvm</type>\n  </os>\n  <devices>\n"
#define TAIL "  </devices>\n</domain>\n"
#define HOSTDEV(bus, more)                                                                           \
	"    <hostdev mode='subsystem' type='pci' managed='yes'>\n      <source>\n        <address " \
	"domain='0x0000' bus='" bus "' slot='0x00' function='0x0'/>\n      </source>\n" more         \
	"    </hostdev>\n"
#define AT(bus, more)                                                                             \
	"      <address type='pci' domain='0x0000' bus='" bus "' slot='0x00' function='0x0'" more \
	"/>\n"
#define GIVEN(bus, at)                                                                        \
	"<address domain='0x0000' bus='" bus                                                  \
	"' slot='0x00' function='0x0'/></source><address type='pci' domain='0x0000' bus='" at \
	"' slot='0x00' function='0x0'/></hostdev>"
/* As squeeze() leaves them. */
#define BUS(index, number, cell)                                             \
	"<controller type='pci' index='" index                               \
	"' model='pcie-expander-bus'><target busNr='" number "'><node>" cell \
	"</node></target><alias name='ua-vtune-bus-" index "'/></controller>"
#define PORT(index, bus, slot)                                             \
	"<controller type='pci' index='" index                             \
	"' model='pcie-root-port'><alias name='ua-vtune-port-" index       \
	"'/><address type='pci' domain='0x0000' bus='" bus "' slot='" slot \
	"' function='0x0'/></controller>"
#define ROOT_PORT(index)                       \
	"<controller type='pci' index='" index \
	"' model='pcie-root-port'><alias name='ua-vtune-port-" index "'/></controller>"
#define PLAIN_PORT(index) "<controller type='pci' index='" index "' model='pcie-root-port'/>"

/* Laid, and the same when it is laid again; the plan may be read back meanwhile. */
static char *lay(const char *spec_text, const char *domain)
{
	struct vtune_plan *plan = place(spec_text);
	char *text = vtune_plan_to_json(plan, NULL);
	struct vtune_plan *again = vtune_plan_from_json(text, NULL);
	char *once = help_patch(plan, domain);
	char *twice = help_patch(again, once);

	assert_string_equal(twice, once);
	free(twice);
	free(text);
	vtune_plan_free(again);
	vtune_plan_free(plan);
	return once;
}

static const char two_devices[] =
	SPEC("2", "\"hostdevs\": [ " DEVICE("0000:41:00.0") ", " DEVICE("0000:01:00.0") " ]");
static const char one_device[] = SPEC("2", "\"hostdevs\": [ " DEVICE("0000:41:00.0") " ]");
static const char no_device[] = SPEC("2", "\"pcie\": { }");

static void test_new_buses(void **state)
{
	char *xml =
		squeeze(lay(two_devices, HEAD("q35") HOSTDEV("0x41", "") HOSTDEV("0x01", "") TAIL));

	(void)state;
	has(xml, BUS("1", "240", "1") PORT("2", "0x01", "0x00") BUS("3", "224", "0")
			 PORT("4", "0x03", "0x00") "</devices>");
	has(xml, GIVEN("0x41", "0x02"));
	has(xml, GIVEN("0x01", "0x04"));
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
				 "<target busNr='250'/></controller>" BUS("2", "234", "1")
					 PORT("4", "0x02", "0x00") "<controller type='usb' ");
	free(xml);
}

/* What libvirt adds, and moves about, is no reason to change anything. */
static const char defined[] = HEAD(
	"pc-q35-7.2") "    <controller type='pci' index='1' model='pcie-expander-bus'>\n"
		      "      <model name='pxb-pcie'/>\n"
		      "      <target busNr='200'>\n        <node>1</node>\n      </target>\n"
		      "      <alias name='ua-vtune-bus-1'/>\n" AT(
			      "0x00",
			      "") "    </controller>\n"
				  "    <controller type='pci' index='2' model='pcie-root-port'>\n"
				  "      <model name='pcie-root-port'/>\n"
				  "      <target chassis='2' port='0x0'/>\n"
				  "      <alias name='ua-vtune-port-2'/>\n" AT(
					  "0x01",
					  "") "    </controller>\n"
					      "    <controller type='pci' index='0' model='pcie-root'/>\n" HOSTDEV(
						      "0x41", AT("0x02", "")) TAIL;

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
		const char *arch, *machine;
		bool has;
	} rows[] = {
		{ "x86_64", "q35", true },	 { "x86_64", "pc-q35-rhel9.4.0", true },
		{ "x86_64", "pc", false },	 { "x86_64", "pc-i440fx-9.0", false },
		{ "aarch64", "virt", true },	 { "aarch64", "virt-6.2", true },
		{ "riscv64", "virt", false },	 { "aarch64", "virtual", false },
		{ "ppc64le", "pseries", false }, { "s390x", "s390-ccw-virtio", false },
		{ "x86_64", "microvm", false },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char domain[1024], *xml;

		snprintf(domain, sizeof(domain),
			 "<domain><name>v</name><os><type arch='%s' machine='%s'>hvm</type></os>"
			 "<devices>%s</devices></domain>",
			 rows[i].arch, rows[i].machine, HOSTDEV("0x41", ""));
		xml = lay(one_device, domain);
		assert_int_equal(strstr(xml, "pcie-expander-bus") != NULL, rows[i].has);
		assert_int_equal(strstr(xml, "pcie-root-port") != NULL, rows[i].has);
		free(xml);
	}
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
	has(xml, "<memballoon model='none'/>" BUS("1", "240", "1") PORT("2", "0x01", "0x00")
			 PORT("3", "0x01", "0x01") ROOT_PORT("4") ROOT_PORT("5") "</devices>");
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
	has(xml,
	    BUS("1", "240", "1") PORT("2", "0x01", "0x00") PLAIN_PORT("3") PLAIN_PORT("4")
		    PLAIN_PORT("5") PLAIN_PORT("6") PLAIN_PORT("7") PLAIN_PORT("8")
			    PORT("9", "0x01", "0x01") ROOT_PORT("10") ROOT_PORT("11") "</devices>");
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

/* ---- the spec of a domain ---- */

static void assert_spec(const char *domain, const char *expected)
{
	struct vtune__text text = { 0 };
	struct vtune_error *err = NULL;
	struct vtune_spec *spec;
	char *whole, *json;

	/* All the domains here lack what every spec needs. */
	vtune__text_add_bytes(&text, domain, (size_t)(strstr(domain, "  <os>") - domain));
	vtune__text_add(&text, "<memory>65536</memory><vcpu>2</vcpu>");
	vtune__text_add(&text, strstr(domain, "  <os>"));
	whole = vtune__text_take(&text, NULL);
	spec = vtune_spec_from_domain_xml(whole, &err);
	if (!spec)
		fail_msg("%s", vtune_error_get_message(err));
	json = squeeze(help_spec_text(spec));
	if (expected)
		has(json, expected);
	else
		has_not(json, "pcie");
	free(json);
	free(whole);
	vtune_spec_free(spec);
}

static void test_spec_of_domain(void **state)
{
	(void)state;
	assert_spec(defined, "\"pcie\": { }");
	/* Not placed by anybody yet, or where the guest knows it. */
	assert_spec(HEAD("q35") HOSTDEV("0x41", "") TAIL, NULL);
	assert_spec(HEAD("q35") HOSTDEV("0x41", AT("0x03", "")) TAIL,
		    "\"pcie\": { \"expanders\": \"none\" }");
	assert_spec(HEAD("q35") HOSTDEV("0x41", AT("0x03", "")) HOSTDEV("0x42", "") TAIL, NULL);
	assert_spec(HEAD("pc") HOSTDEV("0x41", "") TAIL, "\"pcie\": { \"expanders\": \"none\" }");
	assert_spec(HEAD("q35") TAIL, NULL);
	assert_spec(HEAD("q35") "<controller type='pci' index='1' model='pcie-expander-bus'/>"
				"<controller type='pci' index='2' model='pcie-root-port'>" AT(
					"0x01", "") "</controller>" HOSTDEV("0x41", AT("0x02", ""))
					TAIL,
		    NULL);
	assert_spec(
		HEAD("q35") "<controller type='pci' index='1' model='pcie-expander-bus'><alias "
			    "name='ua-vtune-bus-1'/></controller>"
			    "<controller type='pci' index='2' model='pcie-root-port'><alias "
			    "name='ua-vtune-port-2'/>" AT(
				    "0x01",
				    "") "</controller>"
					"<controller type='pci' index='3' model='pcie-root-port'><alias "
					"name='ua-vtune-port-3'/>" AT(
						"0x01",
						"") "</controller>"
						    "<controller type='pci' index='4' model='pcie-root-port'><alias "
						    "name='ua-vtune-port-4'/></controller>"
						    "<controller type='pci' index='5' model='pcie-root-port'><alias "
						    "name='ua-vtune-port-5'/></controller>" HOSTDEV(
							    "0x41", AT("0x02", "")) TAIL,
		"\"pcie\": { \"spare_ports\": 2, \"spare_ports_per_expander\": 1 }");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),	      cmocka_unit_test(test_many_devices),
		cmocka_unit_test(test_new_buses),     cmocka_unit_test(test_other_elements),
		cmocka_unit_test(test_taken_numbers), cmocka_unit_test(test_what_stands),
		cmocka_unit_test(test_lost_device),   cmocka_unit_test(test_lost_cell),
		cmocka_unit_test(test_own_bus),	      cmocka_unit_test(test_functions_stay),
		cmocka_unit_test(test_machines),      cmocka_unit_test(test_spare_ports),
		cmocka_unit_test(test_guide),	      cmocka_unit_test(test_fewer_spare_ports),
		cmocka_unit_test(test_no_room),	      cmocka_unit_test(test_spec_of_domain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
