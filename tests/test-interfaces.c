/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network interfaces: from a spec to a plan, into a domain, and back. What a spec is
 * refused for is in data/spec-cases.json. */
#include "xml-help.h"

#include "guest/guest.h"
#include "spec-help.h"

/* ---- help ---- */

/* ' stands for ". */
static char *quoted(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	return copy;
}

static struct vtune_plan *place(const struct vtune_spec *spec)
{
	char *text = quoted("{'version':1,'nodes':[{'id':0,'cpus':'0-63','memory_kib':8388608,"
			    "'pages':[{'size_kib':2048,'total':1024}]}],'reserved_cpus':'63',"
			    "'shared_cpus':'62-63','devices':[{'id':'0000:06:11.6','class':"
			    "'network','node':0}]}");
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(text, &err);
	struct vtune_plan *plan = host ? vtune_place(host, spec, NULL, &err) : NULL;

	if (!plan || !vtune_plan_fits(plan))
		fail_msg("%s", err ? vtune_error_get_message(err) : "does not fit");
	vtune_host_free(host);
	free(text);
	return plan;
}

static struct vtune_spec *spec_with(unsigned int vcpus, const char *pages, const char *interfaces)
{
	char *list = quoted(interfaces), json[2048];
	struct vtune_spec *spec;

	snprintf(json, sizeof(json),
		 "{ \"version\": 1, \"vcpus\": %u, \"memory\": \"64MiB\", \"hugepages\": \"%s\", "
		 "\"interfaces\": [ %s ] }",
		 vcpus, pages, list);
	free(list);
	spec = help_spec(json);
	help_spec_is_sound(spec);
	return spec;
}

static struct vtune_plan *plan_of(unsigned int vcpus, const char *pages, const char *interfaces)
{
	struct vtune_spec *spec = spec_with(vcpus, pages, interfaces);
	struct vtune_plan *plan = place(spec);

	vtune_spec_free(spec);
	return plan;
}

/* As the document has it, without blanks and with ' for ". */
static char *text_of(const struct vtune_plan *plan)
{
	char *json = vtune__plan_to_compact_json(plan, NULL);
	char *start = strstr(json, "\"interfaces\":["), *end, *text, *to;

	assert_non_null(start);
	start += strlen("\"interfaces\":[");
	end = strstr(start, "],\"pcie\"");
	if (!end)
		end = strstr(start, "],\"cost\"");
	assert_non_null(end);
	*end = '\0';
	text = to = strdup(start);
	for (const char *from = text; *from; from++)
		if (*from != '\\')
			*to++ = *from == '"' ? '\'' : *from;
	*to = '\0';
	free(json);
	return text;
}

static bool warns(const struct vtune_plan *plan, const char *code, const char *part)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if (strcmp(plan->warnings[i].code, code) == 0 &&
		    strstr(plan->warnings[i].text, part))
			return true;
	return false;
}

/* Without blanks between elements. */
static char *squeeze(char *xml)
{
	char *to = xml;
	bool skips = false;

	for (const char *from = xml; *from; from++) {
		if (*from == '\n')
			skips = true;
		if (!skips || (*from != '\n' && *from != ' ')) {
			*to++ = *from;
			skips = false;
		}
	}
	*to = '\0';
	return xml;
}

/* Laid, and laid again; the same from the document of the plan. */
static char *laid(const struct vtune_plan *plan, const char *domain)
{
	char *json = vtune_plan_to_json(plan, NULL), *once, *twice, *read;
	struct vtune_plan *copy = vtune_plan_from_json(json, NULL);

	assert_non_null(copy);
	once = help_patch(plan, domain);
	twice = help_patch(plan, once);
	assert_string_equal(twice, once);
	read = help_patch(copy, domain);
	assert_string_equal(read, once);
	vtune_plan_free(copy);
	free(json);
	free(twice);
	free(read);
	return squeeze(once);
}

static char *domain_of(const char *devices)
{
	char *text = malloc(strlen(devices) + 256);

	assert_non_null(text);
	sprintf(text,
		"<domain type='kvm'><name>x</name><memory unit='MiB'>64</memory><vcpu>4</vcpu>"
		"<devices>%s</devices></domain>",
		devices);
	return text;
}

static void expect_parts(const char *xml, const char *parts)
{
	char *copy = strdup(parts), *rest = NULL;

	for (char *part = strtok_r(copy, "|", &rest); part; part = strtok_r(NULL, "|", &rest))
		if (!strstr(xml, part))
			fail_msg("%s is not in %s", part, xml);
	free(copy);
}

/* ---- the rules ---- */

static void test_rules(void **state)
{
	static const struct {
		unsigned int vcpus;
		const char *spec, *plan;
	} rows[] = {
		/* A pair of queues for each vCPU, and not more than 16. */
		{ 4, "{}", "{'driver':'vhost','queues':4}" },
		{ 1, "{}", "{'driver':'vhost','queues':1}" },
		{ 16, "{'model':'virtio'}", "{'model':'virtio','driver':'vhost','queues':16}" },
		{ 40, "{}", "{'driver':'vhost','queues':16}" },
		{ 40, "{'queues':40}", "{'driver':'vhost','queues':40}" },
		{ 4, "{'queues':2,'driver':'qemu'}", "{'driver':'qemu','queues':2}" },
		{ 2, "{'model':'e1000'}", "{'model':'e1000'}" },
		{ 2, "{'model':'default','type':'ethernet'}",
		  "{'type':'ethernet','model':'default'}" },
		{ 2, "{'model':'virtio-transitional'}",
		  "{'model':'virtio-transitional','driver':'vhost','queues':2}" },
		/* By type. */
		{ 4,
		  "{'type':'network','source':'n'},{'type':'bridge','source':'b'},"
		  "{'type':'direct','source':'d','mode':'private'},{'type':'ethernet'}",
		  "{'type':'network','source':'n','driver':'vhost','queues':4},"
		  "{'type':'bridge','source':'b','driver':'vhost','queues':4},"
		  "{'type':'direct','source':'d','mode':'private','driver':'vhost','queues':4},"
		  "{'type':'ethernet','driver':'vhost','queues':4}" },
		{ 4, "{'type':'user'}", "{'type':'user','queues':1}" },
		{ 4, "{'type':'user','driver':'qemu'}",
		  "{'type':'user','driver':'qemu','queues':1}" },
		{ 4, "{'type':'vdpa','source':'/dev/v'}",
		  "{'type':'vdpa','source':'/dev/v','model':'virtio','queues':1}" },
		{ 4, "{'type':'vhostuser','source':'/s','mode':'client','queues':3}",
		  "{'type':'vhostuser','source':'/s','mode':'client','model':'virtio','queues':3}" },
		{ 4, "{'type':'hostdev','device':{'id':'0000:06:11.6'},'vlan':1}",
		  "{'type':'hostdev','device':'0000:06:11.6','vlan':1}" },
		/* What is only handed on. */
		{ 1, "{'mac':'52:54:00:AB:CD:EF','rx_queue_size':512,'mtu':1400}",
		  "{'mac':'52:54:00:ab:cd:ef','driver':'vhost','queues':1,'rx_queue_size':512,"
		  "'mtu':1400}" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(rows[i].vcpus, "none", rows[i].spec);
		char *text = text_of(plan);

		assert_string_equal(text, rows[i].plan);
		free(text);
		vtune_plan_free(plan);
	}
}

static void test_no_interfaces(void **state)
{
	struct vtune_plan *plan = plan_of(1, "none", "");
	char *json = vtune_plan_to_json(plan, NULL);

	(void)state;
	assert_null(strstr(json, "interfaces"));
	free(json);
	vtune_plan_free(plan);
}

static void test_warnings(void **state)
{
	static const char vhostuser[] = "{'type':'vhostuser','source':'/s','mode':'server'}";
	struct vtune_plan *plan = plan_of(2, "none", "{'mac':'52:54:00:00:00:01','queues':3},{}");

	(void)state;
	assert_true(warns(plan, "queues_unused",
			  "Interface 0 (52:54:00:00:00:01) has 3 queues and the VM 2 vCPUs"));
	assert_false(warns(plan, "queues_unused", "Interface 1"));
	assert_false(vtune__guest_needs_shared_memory(plan));
	vtune_plan_free(plan);
	plan = plan_of(2, "none", vhostuser);
	assert_true(warns(plan, "vhostuser_pages", "Interface 0 shares"));
	assert_true(vtune__guest_needs_shared_memory(plan));
	vtune_plan_free(plan);
	plan = plan_of(2, "2MiB", vhostuser);
	assert_false(warns(plan, "vhostuser_pages", ""));
	assert_true(vtune__guest_needs_shared_memory(plan));
	vtune_plan_free(plan);
}

/* ---- the check of a plan ---- */

#define HOST                                                                            \
	"{'version':1,'nodes':[{'id':0,'cpus':'0-3','memory_kib':8388608}],'devices':[" \
	"{'id':'0000:06:11.6','node':0},{'id':'0000:06:11.5','node':0}]}"

/* A plan of the first spec does not hold for the second. */
static void test_validate(void **state)
{
	static const struct {
		const char *made, *asked, *where;
	} rows[] = {
		{ "{'queues':2}", "{'queues':2}", NULL },
		{ "{}", "", "/interfaces" },
		{ "{}", "{'mac':'52:54:00:00:00:01'}", "/interfaces/0/mac" },
		{ "{}", "{'type':'ethernet'}", "/interfaces/0/type" },
		{ "{'type':'bridge','source':'a'}", "{'type':'bridge','source':'b'}",
		  "/interfaces/0/source" },
		{ "{'type':'direct','source':'a','mode':'vepa'}",
		  "{'type':'direct','source':'a','mode':'bridge'}", "/interfaces/0/mode" },
		{ "{'type':'bridge','source':'a'}",
		  "{'type':'bridge','source':'a','virtualport':'openvswitch'}",
		  "/interfaces/0/virtualport" },
		{ "{'type':'hostdev','device':{'id':'0000:06:11.6'}}",
		  "{'type':'hostdev','device':{'id':'0000:06:11.6'},'vlan':2}",
		  "/interfaces/0/vlan" },
		{ "{'type':'hostdev','device':{'id':'0000:06:11.6'}}",
		  "{'type':'hostdev','device':{'id':'0000:06:11.5'}}", "/devices/0/id" },
		{ "{}", "{'model':'virtio'}", "/interfaces/0/model" },
		{ "{}", "{'driver':'qemu'}", "/interfaces/0/driver" },
		{ "{}", "{'driver':'vhost'}", NULL },
		{ "{}", "{'queues':3}", "/interfaces/0/queues" },
		{ "{}", "{'queues':1}", "/interfaces/0/queues" },
		{ "{'queues':3}", "{}", "/interfaces/0/queues" },
		{ "{'queues':1}", "{}", NULL },
		{ "{}", "{'rx_queue_size':512}", "/interfaces/0/rx_queue_size" },
		{ "{'type':'vdpa','source':'/a','tx_queue_size':512}",
		  "{'type':'vdpa','source':'/a'}", "/interfaces/0/tx_queue_size" },
		{ "{'mtu':1400}", "{}", "/interfaces/0/mtu" },
	};
	char *text = quoted(HOST);
	struct vtune_host *host = vtune_host_from_json(text, NULL);

	(void)state;
	assert_non_null(host);
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_spec *made = spec_with(2, "none", rows[i].made);
		struct vtune_spec *asked = spec_with(2, "none", rows[i].asked);
		struct vtune_plan *plan = vtune_place(host, made, NULL, NULL);
		struct vtune_error *err = NULL;

		assert_int_equal(vtune_plan_validate(plan, host, asked, &err),
				 rows[i].where ? -1 : 0);
		if (rows[i].where)
			assert_string_equal(vtune_error_get_where(err), rows[i].where);
		vtune_error_free(err);
		vtune_plan_free(plan);
		vtune_spec_free(asked);
		vtune_spec_free(made);
	}
	vtune_host_free(host);
	free(text);
}

/* ---- the examples of the guides, out of a spec ---- */

static void test_guides(void **state)
{
	static const struct {
		const char *pages, *spec, *xml;
	} rows[] = {
		/* OG 3.2.4.2: a bridge. */
		{ "none", "{'type':'bridge','source':'br0','driver':'qemu','queues':1}",
		  "<interface type='bridge'><source bridge='br0'/><model type='virtio'/>" },
		/* OG 3.2.4.2: Open vSwitch, vhost, four queues. */
		{ "none", "{'type':'bridge','source':'br0','virtualport':'openvswitch'}",
		  "<interface type='bridge'><source bridge='br0'/>"
		  "<virtualport type='openvswitch'/><model type='virtio'/>"
		  "<driver name='vhost' queues='4'/></interface>" },
		/* OG 3.6.3: two queues, for a VM of four vCPUs. */
		{ "none",
		  "{'type':'bridge','mac':'52:54:00:76:f2:bb','source':'br0','queues':2,"
		  "'virtualport':'openvswitch'}",
		  "<interface type='bridge'><mac address='52:54:00:76:f2:bb'/>"
		  "<source bridge='br0'/><virtualport type='openvswitch'/>"
		  "<model type='virtio'/><driver name='vhost' queues='2'/></interface>" },
		/* OG 3.6.5.2: a virtual function. */
		{ "none",
		  "{'type':'hostdev','mac':'fa:16:3e:0a:00:01','device':{'id':'0000:06:11.6'},"
		  "'vlan':1}",
		  "<interface type='hostdev' managed='yes'><mac address='fa:16:3e:0a:00:01'/>"
		  "<source><address type='pci' domain='0x0000' bus='0x06' slot='0x11' "
		  "function='0x6'/></source><vlan><tag id='1'/></vlan>" },
		/* SU 6.1.2. */
		{ "none", "{'type':'network','source':'default'}",
		  "<interface type='network'><source network='default'/><model type='virtio'/>" },
		/* SU 4.6.3.1 and OG 3.2.4.2: vhost-user, with huge pages and without. */
		{ "2MiB",
		  "{'type':'vhostuser','source':'/run/p','mode':'client','queues':4,"
		  "'rx_queue_size':1024,'tx_queue_size':1024}",
		  "<hugepages><page size='2048' unit='KiB' nodeset='0'/></hugepages>"
		  "</memoryBacking>|unit='KiB' memAccess='shared'/></numa>|"
		  "<interface type='vhostuser'><source type='unix' path='/run/p' mode='client'/>"
		  "<model type='virtio'/><driver queues='4' rx_queue_size='1024' "
		  "tx_queue_size='1024'/></interface>" },
		{ "none", "{'type':'vhostuser','source':'/run/p','mode':'server'}",
		  "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>|"
		  "unit='KiB'/></numa>|<source type='unix' path='/run/p' mode='server'/>"
		  "<model type='virtio'/></interface>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(4, rows[i].pages, rows[i].spec);
		char *xml = vtune_plan_to_xml(plan, NULL, NULL);
		char *again = help_patch(plan, xml);

		assert_string_equal(again, xml);
		free(again);
		expect_parts(squeeze(xml), rows[i].xml);
		free(xml);
		vtune_plan_free(plan);
	}
}

/* ---- into a domain ---- */

#define MAC1 "<mac address='52:54:00:00:00:01'/>"
#define MAC2 "<mac address='52:54:00:00:00:02'/>"
#define VIRTIO "<model type='virtio'/>"

static void test_patched(void **state)
{
	static const struct {
		const char *spec, *devices, *result;
	} rows[] = {
		/* By MAC address, in any order; what is not spoken of stays. */
		{ "{'mac':'52:54:00:00:00:02','queues':2},{'mac':'52:54:00:00:00:01','queues':3}",
		  "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='a'/>"
		  "<target dev='t'/>" VIRTIO
		  "<boot order='1'/></interface><interface type='network'>" MAC2
		  "<source network='n'/>" VIRTIO "</interface><interface type='user'/>",
		  "<interface type='bridge'>" MAC1 "<source bridge='a'/><target dev='t'/>" VIRTIO
		  "<driver name='vhost' queues='3'/><boot order='1'/></interface>"
		  "<interface type='network'>" MAC2 "<source network='n'/>" VIRTIO
		  "<driver name='vhost' queues='2'/></interface><interface type='user'/>" },
		/* In order, those that nobody named. */
		{ "{'queues':2},{'mac':'52:54:00:00:00:01','queues':3}",
		  "<interface type='bridge'>" MAC1 VIRTIO
		  "</interface><interface type='bridge'>" MAC2 VIRTIO "</interface>",
		  "<interface type='bridge'>" MAC1 VIRTIO "<driver name='vhost' queues='3'/>"
		  "</interface><interface type='bridge'>" MAC2 VIRTIO
		  "<driver name='vhost' queues='2'/></interface>" },
		/* A model stays, and what does not go with it is not written. */
		{ "{'mac':'52:54:00:00:00:01'}",
		  "<interface type='bridge'>" MAC1 "<model type='e1000'/></interface>",
		  "<interface type='bridge'>" MAC1 "<model type='e1000'/></interface>" },
		{ "{'mac':'52:54:00:00:00:01'}", "<interface type='bridge'>" MAC1 "</interface>",
		  "<interface type='bridge'>" MAC1 "</interface>" },
		{ "{'mac':'52:54:00:00:00:01','model':'virtio'}",
		  "<interface type='bridge'>" MAC1 "<model type='e1000'/></interface>",
		  "<interface type='bridge'>" MAC1 VIRTIO
		  "<driver name='vhost' queues='4'/></interface>" },
		{ "{'mac':'52:54:00:00:00:01','model':'e1000e'}",
		  "<interface type='bridge'>" MAC1 VIRTIO
		  "<driver name='vhost' queues='4' txmode='timer'><host csum='off'/></driver>"
		  "</interface>",
		  "<model type='e1000e'/><driver txmode='timer'><host csum='off'/></driver>"
		  "</interface>" },
		/* One queue is none; other attributes stay. */
		{ "{'queues':1,'driver':'qemu'}",
		  "<interface type='bridge'>" VIRTIO "<driver queues='7' rx_queue_size='256'/>"
		  "</interface>",
		  "<driver rx_queue_size='256' name='qemu'/></interface>" },
		{ "{'type':'user'}",
		  "<interface type='user'>" VIRTIO "<driver name='vhost' queues='7'/></interface>",
		  "<interface type='user'>" VIRTIO "</interface>" },
		{ "{'queues':4}",
		  "<interface type='bridge'>" VIRTIO
		  "<driver name='vhost' queues='04' tx_queue_size='512' rx_queue_size='128'/>"
		  "</interface>",
		  "<driver name='vhost' queues='04'/></interface>" },
		/* Another source is another interface, unless the MAC address is the same. */
		{ "{'type':'bridge','source':'b','queues':2}",
		  "<interface type='bridge'>" MAC1 "<source bridge='a'/>" VIRTIO
		  "</interface><video/>",
		  "<source bridge='a'/>" VIRTIO "</interface><interface type='bridge'>"
		  "<source bridge='b'/>" VIRTIO "<driver name='vhost' queues='2'/></interface>"
		  "<video/>" },
		{ "{'mac':'52:54:00:00:00:01','type':'bridge','source':'b','mtu':1400}",
		  "<interface type='bridge'>" MAC1 "<source bridge='a'/>" VIRTIO "</interface>",
		  "<devices><interface type='bridge'>" MAC1 "<source bridge='b'/>" VIRTIO
		  "<driver name='vhost' queues='4'/><mtu size='1400'/></interface></devices>" },
		/* The device is chosen anew; of the others the address is in any form. */
		{ "{'type':'hostdev','device':{'id':'0000:06:11.6'},'vlan':5}",
		  "<interface type='hostdev' managed='no'><source><address bus='7' slot='1'/></source>"
		  "<vlan trunk='yes'><tag id='5'/><tag id='6'/></vlan></interface>",
		  "<devices><interface type='hostdev' managed='no'><source><address bus='0x06' "
		  "slot='0x11' type='pci' domain='0x0000' function='0x6'/></source><vlan>"
		  "<tag id='5'/></vlan></interface></devices>" },
		{ "{'type':'hostdev','device':{'id':'0000:06:11.6'}}",
		  "<interface type='hostdev'><source><address bus='7'/></source></interface>"
		  "<interface type='hostdev'><source><address type='pci' bus='6' slot='0x11' "
		  "function='6'/></source></interface>",
		  "<devices><interface type='hostdev'><source><address bus='7'/></source></interface>"
		  "<interface type='hostdev' managed='yes'><source><address type='pci' bus='6' "
		  "slot='0x11' function='6'/></source></interface></devices>" },
		{ "{'type':'bridge','source':'b','virtualport':'openvswitch'}",
		  "<interface type='bridge'><source bridge='b'/><virtualport type='802.1Qbh'>"
		  "<parameters profileid='p'/></virtualport></interface>",
		  "<source bridge='b'/><virtualport type='openvswitch'/></interface>" },
		/* Not there, and what it is connected to is not said. */
		{ "{'mac':'52:54:00:00:00:09'}", "<video/>", "<devices><video/></devices>" },
		{ "{'type':'user','model':'default'}", "<video/>",
		  "<devices><interface type='user'/><video/></devices>" },
		/* Two that are one to the guest. */
		{ "{'mac':'52:54:00:00:00:01','type':'bridge','source':'b','queues':2}",
		  "<interface type='hostdev'>" MAC1 "</interface><interface type='bridge'>" MAC1
		  "<source bridge='b'/>" VIRTIO "</interface>",
		  "<interface type='hostdev'>" MAC1 "</interface><interface type='bridge'>" MAC1
		  "<source bridge='b'/>" VIRTIO "<driver name='vhost' queues='2'/></interface>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(4, "none", rows[i].spec);
		char *domain = domain_of(rows[i].devices);
		char *xml = laid(plan, domain);

		expect_parts(xml, rows[i].result);
		free(xml);
		free(domain);
		vtune_plan_free(plan);
	}
}

static void test_other_type(void **state)
{
	static const char *const specs[] = {
		"{'mac':'52:54:00:00:00:01','type':'network','source':'n'}",
		"{'mac':'52:54:00:00:00:01'}"
	};
	static const char *const says[] = { "of the type \"network\" in the plan",
					    "without a type in the plan" };
	char *domain = domain_of("<interface type='vhostuser'>" MAC1 "</interface>");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(specs); i++) {
		struct vtune_plan *plan = plan_of(1, "none", specs[i]);
		struct vtune_error *err = NULL;

		assert_null(vtune_plan_patch_domain_xml(plan, domain, &err));
		assert_string_equal(vtune_error_get_where(err), "/domain/devices/interface");
		help_error(err, VTUNE_ERR_DOCUMENT, says[i]);
		vtune_plan_free(plan);
	}
	free(domain);
}

/* While it runs, libvirt shows what a network made of its interfaces. */
static void test_running(void **state)
{
	struct vtune_plan *plan =
		plan_of(2, "none",
			"{'mac':'52:54:00:00:00:01','type':'network','source':'n'},"
			"{'mac':'52:54:00:00:00:02','type':'network','source':'n'}");
	char *xml = laid(plan, "<domain id='3' type='kvm'><name>x</name><devices>"
			       "<interface type='bridge'>" MAC1 "<source bridge='br7'/>" VIRTIO
			       "</interface><interface type='hostdev'>" MAC2 "<source/></interface>"
			       "</devices></domain>");

	(void)state;
	expect_parts(xml,
		     "<devices><interface type='bridge'>" MAC1 "<source bridge='br7'/>" VIRTIO
		     "<driver name='vhost' queues='2'/></interface><interface type='hostdev'>" MAC2
		     "<source/></interface></devices>");
	free(xml);
	vtune_plan_free(plan);
}

/* ---- shared memory ---- */

static void test_sharing(void **state)
{
	static const struct {
		const char *pages, *inner, *result;
	} rows[] = {
		{ "2MiB", "<memoryBacking><access mode='shared'/></memoryBacking>",
		  "</hugepages><access mode='shared'/></memoryBacking>|unit='KiB'/></numa>" },
		{ "2MiB", "<memoryBacking><access mode='private'/></memoryBacking>",
		  "<access mode='private'/>|memAccess='shared'/></numa>" },
		{ "2MiB", "<maxMemory unit='GiB' slots='2'>1</maxMemory>",
		  "</hugepages><access mode='shared'/></memoryBacking>|unit='KiB'/></numa>" },
		{ "2MiB",
		  "<memoryBacking><access mode='shared'/></memoryBacking><cpu><numa><cell id='0' "
		  "memAccess='private'/></numa></cpu>",
		  "<cell id='0' memAccess='shared'" },
		{ "none", "<memoryBacking><locked/><source type='file'/></memoryBacking>",
		  "<memoryBacking><locked/><source type='file'/><access mode='shared'/>"
		  "</memoryBacking>" },
		{ "none",
		  "<memoryBacking><source type='anonymous'/><access mode='private'/>"
		  "</memoryBacking>",
		  "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>" },
		{ "none", "<memoryBacking><hugepages/></memoryBacking>",
		  "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_plan *plan = plan_of(2, rows[i].pages,
						  "{'type':'vhostuser','source':'/s','mode':"
						  "'client'}");
		char domain[512], *xml;

		snprintf(domain, sizeof(domain), "<domain type='kvm'><name>x</name>%s</domain>",
			 rows[i].inner);
		xml = laid(plan, domain);
		expect_parts(xml, rows[i].result);
		free(xml);
		vtune_plan_free(plan);
	}
}

/* ---- from a domain ---- */

static void test_from_domain(void **state)
{
	static const struct {
		/* plan: what comes of it; says: of the warnings. */
		const char *devices, *spec, *says;
	} rows[] = {
		{ "<interface type='network'><mac address='52:54:00:00:00:0A'/>"
		  "<source network='n' portid='1' bridge='b'/><target dev='vnet0'/>" VIRTIO
		  "<driver name='qemu' queues='3' rx_queue_size='512'/><mtu size='1400'/>"
		  "<alias name='net0'/></interface>",
		  "{mac:52:54:00:00:00:0a,type:network,source:n,model:virtio,driver:qemu,queues:3,"
		  "rx_queue_size:512,mtu:1400}",
		  NULL },
		{ "<interface type='bridge'><source bridge='b'/><model type='e1000'/></interface>",
		  "{type:bridge,source:b,model:e1000}", NULL },
		{ "<interface type='bridge'><source bridge='b'/></interface>",
		  "{type:bridge,source:b,model:default}", NULL },
		{ "<interface type='direct'><source dev='e'/>" VIRTIO "</interface>"
		  "<interface type='direct'><source dev='f' mode='bridge'/>" VIRTIO "</interface>",
		  "{type:direct,source:e,mode:vepa,model:virtio},"
		  "{type:direct,source:f,mode:bridge,model:virtio}",
		  NULL },
		{ "<interface type='vhostuser'><source type='unix' path='/s' mode='server'/>" VIRTIO
		  "<driver name='vhost' queues='2' tx_queue_size='1024'/><mtu size='9000'/>"
		  "</interface>",
		  "{type:vhostuser,source:/s,mode:server,model:virtio,queues:2,tx_queue_size:1024}",
		  NULL },
		{ "<interface type='bridge'><source bridge='b'/><virtualport type='openvswitch'/>"
		  "<vlan><tag id='4'/></vlan>" VIRTIO "</interface>",
		  "{type:bridge,source:b,model:virtio,virtualport:openvswitch,vlan:4}", NULL },
		{ "<interface type='bridge'><source bridge='b'/><virtualport type='openvswitch'/>"
		  "<vlan trunk='yes'><tag id='4'/><tag id='5'/></vlan>" VIRTIO "</interface>",
		  "{type:bridge,source:b,model:virtio,virtualport:openvswitch}", NULL },
		{ "<interface type='hostdev'>" MAC1
		  "<source><address type='pci' bus='6' slot='0x11' "
		  "function='6'/></source><vlan><tag id='1'/></vlan></interface>",
		  "{mac:52:54:00:00:00:01,type:hostdev,device:{id:0000:06:11.6,affinity:prefer},"
		  "vlan:1}",
		  NULL },
		/* What a spec has no words for. */
		{ "<interface type='internal'/><interface/><interface type='bridge'/>"
		  "<interface type='vhostuser'><source path='/s' mode='both'/></interface>"
		  "<interface type='user'><mac address='ff:ff:ff:ff:ff:ff'/></interface>"
		  "<interface type='user'>" MAC1 VIRTIO
		  "</interface><interface type='ethernet'>" MAC1 "</interface>",
		  "{mac:52:54:00:00:00:01,type:user,model:virtio}", NULL },
		/* What must not be, and is mended. */
		{ "<interface type='user'>" MAC1 VIRTIO
		  "<driver name='vhost' queues='4'/></interface>",
		  "{mac:52:54:00:00:00:01,type:user,model:virtio,queues:1}",
		  "Interface 0 (52:54:00:00:00:01): what the domain has as queues is taken out.|"
		  "what the domain has as driver is taken out." },
		{ "<interface type='ethernet'><model type='rtl8139'/><driver name='vhost' "
		  "queues='4' rx_queue_size='512'/></interface>",
		  "{type:ethernet,model:rtl8139,queues:1}",
		  "as queues is taken out. Only the model|as driver is|as rx_queue_size is" },
		{ "<interface type='ethernet'>" VIRTIO "<driver rx_queue_size='2048' "
		  "tx_queue_size='512'/></interface>",
		  "{type:ethernet,model:virtio}",
		  "rx_queue_size is taken out. QEMU takes|tx_queue_size is taken out." },
		{ "<interface type='vhostuser'><source path='/s' mode='server'/></interface>",
		  "{type:vhostuser,source:/s,mode:server}", "as model is taken out" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *domain = domain_of(rows[i].devices), *text, *out, *start, *to;
		struct vtune_spec *spec = vtune_spec_from_domain_xml(domain, NULL);
		struct vtune_plan *plan;
		unsigned int said = 0;

		assert_non_null(spec);
		help_spec_is_sound(spec);
		text = help_spec_text(spec);
		to = text;
		for (const char *from = text; *from; from++)
			if (!strchr(" \n\"", *from))
				*to++ = *from;
		*to = '\0';
		start = strstr(text, "interfaces:[");
		assert_non_null(start);
		if (strcmp(strtok(start + strlen("interfaces:["), "]"), rows[i].spec) != 0)
			fail_msg("%s is not %s", start + strlen("interfaces:["), rows[i].spec);
		plan = place(spec);
		for (unsigned int w = 0; w < plan->nwarnings; w++)
			said += strcmp(plan->warnings[w].code, "interface_mended") == 0;
		if (rows[i].says) {
			char *parts = strdup(rows[i].says), *rest = NULL;

			for (char *part = strtok_r(parts, "|", &rest); part;
			     part = strtok_r(NULL, "|", &rest), said--)
				assert_true(warns(plan, "interface_mended", part));
			free(parts);
		}
		assert_int_equal(said, 0);
		/* What is laid is sound from then on. */
		out = laid(plan, domain);
		vtune_spec_free(spec);
		spec = vtune_spec_from_domain_xml(out, NULL);
		for (unsigned int n = 0; n < spec->ninterfaces; n++)
			assert_int_equal(spec->interfaces[n].mended, 0);
		free(out);
		vtune_plan_free(plan);
		vtune_spec_free(spec);
		free(text);
		free(domain);
	}
}

static void test_addresses(void **state)
{
	char mac[VTUNE__MAC_SIZE];

	(void)state;
	assert_true(vtune__interface_mac("0A:bC:00:00:00:0f", mac));
	assert_string_equal(mac, "0a:bc:00:00:00:0f");
	assert_false(vtune__interface_mac("01:00:5e:00:00:01", mac));
	assert_false(vtune__interface_mac("00:00:00:00:00:00", mac));
	assert_false(vtune__interface_mac("0a:bc:00:00:00:0", mac));
	assert_false(vtune__interface_mac("0a:bc:00:00:00-0f", mac));
	assert_true(vtune__is_pci_address("0000:41:1f.7"));
	assert_true(vtune__is_pci_address("10000:41:00.0"));
	assert_false(vtune__is_pci_address("000:41:00.0"));
	assert_false(vtune__is_pci_address("12345678:41:00.0"));
	assert_false(vtune__is_pci_address("0000:41:20.0"));
	assert_false(vtune__is_pci_address("0000:41:00.0 "));
	assert_false(vtune__is_pci_address("0000:41:0"));
	assert_false(vtune__is_pci_address(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),	   cmocka_unit_test(test_no_interfaces),
		cmocka_unit_test(test_warnings),   cmocka_unit_test(test_validate),
		cmocka_unit_test(test_guides),	   cmocka_unit_test(test_patched),
		cmocka_unit_test(test_other_type), cmocka_unit_test(test_running),
		cmocka_unit_test(test_sharing),	   cmocka_unit_test(test_from_domain),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests_name("interfaces", tests, NULL, NULL);
}
