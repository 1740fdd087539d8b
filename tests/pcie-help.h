/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For the tests of the guest's PCI Express topology. Include it behind xml-help.h. */
#ifndef VTUNE_TESTS_PCIE_HELP_H
#define VTUNE_TESTS_PCIE_HELP_H

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

static inline struct vtune_plan *place_on(const char *host_json, const char *spec_text)
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

static inline struct vtune_plan *place(const char *spec_text)
{
	return place_on(host_text, spec_text);
}

/* Without the blanks between elements, or in front of a key. */
static inline char *squeeze(char *text)
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

static inline void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s is not in %s", part, text);
}

static inline void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s is in %s", part, text);
}

static inline unsigned int count(const char *text, const char *part)
{
	unsigned int found = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		found++;
	return found;
}

static inline bool warns(const struct vtune_plan *plan, const char *part)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if ((strcmp(plan->warnings[i].code, "device_locality") == 0 ||
		     strcmp(plan->warnings[i].code, "spare_ports") == 0) &&
		    strstr(plan->warnings[i].text, part))
			return true;
	return false;
}

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
static inline char *lay(const char *spec_text, const char *domain)
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

#endif
