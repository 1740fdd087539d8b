/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of the host: which are chosen on hosts as they are sold, what the plan warns of,
 * and what the domain becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "domain/domain.h"
#include "base/xml.h"
#include "host-help.h"
#include "live/apply.h"
#include "plan/plan.h"

/* ---- help ---- */

static struct vtune_host *host_of(const char *json)
{
	char *text = quoted(json);
	struct vtune_host *host = host_from(text);

	free(text);
	return host;
}

static struct vtune_spec *spec_of(const char *json)
{
	char *text = quoted(json);
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(text, &err);

	if (!spec)
		fail_msg("%s: %s\n%s", vtune_error_get_where(err), vtune_error_get_message(err),
			 text);
	free(text);
	return spec;
}

static struct vtune_plan *placed(const struct vtune_host *host, const char *spec_json)
{
	struct vtune_spec *spec = spec_of(spec_json);
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune_place(host, spec, NULL, &err);

	if (!plan)
		fail_msg("%s", vtune_error_get_message(err));
	if (plan->fits)
		assert_int_equal(vtune_plan_validate(plan, host, spec, NULL), 0);
	vtune_spec_free(spec);
	return plan;
}

static void assert_devices(const struct vtune_plan *plan, const char *expected)
{
	struct vtune__text text = { 0 };

	assert_true(plan->fits);
	assert_true(plan->optimal);
	for (unsigned int i = 0; i < plan->ndevices; i++)
		vtune__text_addf(&text, "%s%s", i ? " " : "", plan->devices[i].id);
	assert_string_equal(text.data ? text.data : "", expected);
	vtune__text_free(&text);
}

static const char *warning_of(const struct vtune_plan *plan, const char *code)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if (strcmp(plan->warnings[i].code, code) == 0)
			return plan->warnings[i].text;
	return NULL;
}

/* ---- hosts as they are sold ---- */

static struct vtune_host *shared_host(const char *name)
{
	const char *shared = getenv("VTUNE_SHARED");
	struct vtune__text path = { 0 };
	struct vtune_error *err = NULL;
	struct vtune_host *host;

	if (!shared)
		return NULL;
	vtune__text_addf(&path, "%s/topologies/%s.xml", shared, name);
	host = vtune_host_from_hwloc_file(path.data, &err);
	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	vtune__text_free(&path);
	return host;
}

#define H100 "{ 'vendor': '10de', 'product': '2330' }"

/* Four GPUs on the nodes 1, 3, 5 and 7 of 8: two of them want two cells. */
static void test_four_gpus(void **state)
{
	struct vtune_host *host =
		shared_host("intel-8480p-dell-xe8640-snc4-4xh100-2s-8numa-112c224t");
	struct vtune_plan *plan;

	(void)state;
	if (!host)
		skip();
	plan = placed(host, "{ 'version': 1, 'vcpus': 8, 'memory': '16GiB', 'numa': { 'cells': 2 },"
			    " 'hostdevs': [ { 'any': " H100 ", 'count': 2 } ] }");
	/* The other two nodes have more devices that were not asked for. */
	assert_devices(plan, "0000:cb:00.0 0000:db:00.0");
	assert_int_equal(plan->cells[0].node, 5);
	assert_int_equal(plan->cells[1].node, 7);
	assert_int_equal(plan->cost.devices, 0);
	vtune_plan_free(plan);

	/* One cell cannot be near to two of them. */
	plan = placed(host, "{ 'version': 1, 'vcpus': 8, 'memory': '16GiB', 'numa': { 'cells': 1 },"
			    " 'hostdevs': [ { 'any': " H100 ", 'count': 2 } ] }");
	assert_false(plan->fits);
	assert_string_equal(plan->reasons[0].code, "devices");
	assert_int_equal(plan->reasons[0].need, 2);
	assert_int_equal(plan->reasons[0].have, 1);
	vtune_plan_free(plan);

	/* With as many cells as it takes. */
	plan = placed(host, "{ 'version': 1, 'vcpus': 8, 'memory': '16GiB',"
			    " 'hostdevs': [ { 'any': " H100 ", 'count': 4 } ] }");
	assert_int_equal(plan->ncells, 4);
	assert_devices(plan, "0000:4e:00.0 0000:5f:00.0 0000:cb:00.0 0000:db:00.0");
	vtune_plan_free(plan);

	/* The GPU and the network card that are on one node. */
	plan = placed(host, "{ 'version': 1, 'vcpus': 8, 'memory': '16GiB', 'hostdevs': ["
			    " { 'any': " H100 ", 'affinity': 'prefer' },"
			    " { 'any': { 'vendor': '15b3', 'product': '1021' } } ] }");
	assert_devices(plan, "0000:db:00.0 0000:da:00.0");
	assert_int_equal(plan->ncells, 1);
	assert_int_equal(plan->cells[0].node, 5);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_four_gpus_of_amd(void **state)
{
	struct vtune_host *host = shared_host("amd-epyc9555-turin-nps4-4xgpu-2s-8numa-128c256t");
	struct vtune_plan *plan;

	(void)state;
	if (!host)
		skip();
	/* On the nodes 1, 2, 6 and 7: the two of one package are nearer to each other. */
	plan = placed(host, "{ 'version': 1, 'vcpus': 8, 'memory': '16GiB', 'numa': { 'cells': 2 },"
			    " 'hostdevs': [ { 'any': { 'vendor': '10DE' }, 'count': 2 } ] }");
	assert_devices(plan, "0000:06:00.0 0000:16:00.0");
	assert_int_equal(plan->cells[0].node, 1);
	assert_int_equal(plan->cells[1].node, 2);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

/* ---- many ---- */

/* A card with 64 virtual functions on each of two nodes. */
static struct vtune_host *host_of_functions(void)
{
	struct vtune__text text = { 0 };
	struct vtune_host *host;

	vtune__text_add(&text,
			"{ 'version': 1, 'nodes': ["
			" { 'id': 0, 'cpus': '0-15', 'memory_kib': 8388608 },"
			" { 'id': 1, 'cpus': '16-31', 'memory_kib': 8388608 } ], 'devices': ["
			" { 'id': '0000:01:00.0', 'class': 'network', 'node': 0 },"
			" { 'id': '0000:81:00.0', 'class': 'network', 'node': 1 }");
	for (unsigned int i = 0; i < 128; i++)
		vtune__text_addf(&text,
				 ", { 'id': '0000:%02x:%02x.%x', 'class': 'network', 'node': %u,"
				 " 'pf': '0000:%02x:00.0', 'iommu_group': %u }",
				 i < 64 ? 1 : 0x81, 16 + i % 64 / 8, i % 8, i / 64,
				 i < 64 ? 1 : 0x81, 100 + i);
	vtune__text_add(&text, " ] }");
	host = host_of(text.data);
	vtune__text_free(&text);
	return host;
}

static void test_many_functions(void **state)
{
	struct vtune_host *host = host_of_functions();
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	unsigned int count;

	(void)state;
	plan = placed(host, "{ 'version': 1, 'vcpus': 2, 'memory': '64MiB', 'hostdevs': ["
			    " { 'any': { 'pf': '0000:81:00.0' }, 'count': 8 } ] }");
	assert_devices(plan, "0000:81:10.0 0000:81:10.1 0000:81:10.2 0000:81:10.3 "
			     "0000:81:10.4 0000:81:10.5 0000:81:10.6 0000:81:10.7");
	assert_int_equal(plan->cells[0].node, 1);
	assert_null(warning_of(plan, "iommu_group"));
	vtune_plan_free(plan);

	/* Each further VM takes eight more: eight VMs for each card, of two vCPUs each. */
	spec = spec_of("{ 'version': 1, 'vcpus': 1, 'memory': '64MiB', 'hostdevs': ["
		       " { 'any': { 'pf': '0000:81:00.0' }, 'count': 8 } ] }");
	plan = vtune_capacity(host, spec, NULL, &count, NULL);
	assert_non_null(plan);
	assert_int_equal(count, 8);
	assert_string_equal(plan->reasons[0].code, "devices");
	assert_int_equal(plan->reasons[0].need, 8);
	assert_int_equal(plan->reasons[0].have, 0);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

/* ---- several VMs ---- */

/* The first VM takes the card that the second one cannot do without, unless they are
 * looked at together. */
static void test_together(void **state)
{
	struct vtune_host *host = host_of(
		"{ 'version': 1, 'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': 1048576 },"
		" { 'id': 1, 'cpus': '4-7', 'memory_kib': 1048576 } ], 'devices': ["
		" { 'id': '0000:01:00.0', 'class': 'display', 'node': 0 },"
		" { 'id': '0000:81:00.0', 'class': 'display', 'node': 1 } ] }");
	struct vtune_spec *specs[] = {
		spec_of("{ 'version': 1, 'name': 'a', 'vcpus': 2, 'memory': '64MiB', 'hostdevs': ["
			" { 'any': { 'class': 'display' } } ] }"),
		spec_of("{ 'version': 1, 'name': 'b', 'vcpus': 2, 'memory': '64MiB', 'hostdevs': ["
			" { 'any': { 'ids': [ '0000:01:00.0' ] } } ] }"),
	};
	struct vtune_plan *plans[2] = { NULL };

	(void)state;
	assert_int_equal(vtune_place_together(host, (const struct vtune_spec *const *)specs, 2,
					      VTUNE_TOGETHER_ALL, NULL, plans, NULL),
			 0);
	assert_devices(plans[0], "0000:81:00.0");
	assert_devices(plans[1], "0000:01:00.0");
	for (unsigned int i = 0; i < 2; i++) {
		vtune_plan_free(plans[i]);
		vtune_spec_free(specs[i]);
	}
	vtune_host_free(host);
}

/* ---- warnings, reasons, advice ---- */

#define TWO_NODES                                                                       \
	"{ 'version': 1, 'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': 1048576 }," \
	" { 'id': 1, 'cpus': '4-7', 'memory_kib': 1048576 } ], 'devices': [ "
#define SPEC(more) "{ 'version': 1, 'vcpus': 2, 'memory': '64MiB', " more " }"
#define CARDS                                                                                     \
	TWO_NODES "{ 'id': '0000:01:00.0', 'class': 'display', 'node': 0, 'iommu_group': 4 },"    \
		  "{ 'id': '0000:01:00.1', 'class': 'multimedia', 'node': 0, 'iommu_group': 4 }," \
		  "{ 'id': '0000:81:00.0', 'class': 'display', 'node': 1, 'iommu_group': 9 } ] }"

static void test_groups(void **state)
{
	struct vtune_host *host = host_of(CARDS);
	struct vtune_plan *plan;

	(void)state;
	plan = placed(host, SPEC("'hostdevs': [ { 'id': '0000:01:00.0' } ]"));
	assert_non_null(strstr(warning_of(plan, "iommu_group"), "0000:01:00.1"));
	vtune_plan_free(plan);
	plan = placed(host, SPEC("'hostdevs': [ { 'id': '0000:01:00.0' },"
				 " { 'any': { 'class': 'multimedia' } } ]"));
	assert_null(warning_of(plan, "iommu_group"));
	vtune_plan_free(plan);
	plan = placed(host, SPEC("'hostdevs': [ { 'id': '0000:81:00.0' } ]"));
	assert_null(warning_of(plan, "iommu_group"));
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_refusals(void **state)
{
	struct vtune_host *host = host_of(CARDS);
	struct vtune_plan *plan;

	(void)state;
	plan = placed(host, SPEC("'hostdevs': [ { 'any': { 'class': 'display' }, 'count': 3 } ]"));
	assert_false(plan->fits);
	assert_string_equal(plan->reasons[0].text,
			    "3 devices of class display are needed, 2 are free on a known node");
	assert_int_equal(plan->nwould_fit, 1);
	assert_string_equal(plan->would_fit[0].text, "with 2 devices of class display");
	vtune_plan_free(plan);

	plan = placed(host, SPEC("'numa': { 'cells': 1 }, "
				 "'hostdevs': [ { 'any': { 'class': 'display' }, 'count': 2 } ]"));
	assert_false(plan->fits);
	assert_string_equal(plan->reasons[0].text,
			    "2 devices of class display must be on the node of the 1 cell of the "
			    "VM; 1 node of the host has at most 1 free");
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_names(void **state)
{
	struct vtune_host *host =
		host_of(TWO_NODES "{ 'id': 'gpu', 'node': 0 },"
				  " { 'id': '0000:41:00.0', 'node': 1, 'names': [ 'ens1' ] },"
				  " { 'id': '0000:41:10.0', 'node': 1, 'pf': '0000:41:00.0' } ] }");
	struct vtune_plan *plan;
	char *xml;

	(void)state;
	/* The XML tells PCI devices only; names stand for ids. */
	plan = placed(host, SPEC("'hostdevs': [ { 'id': 'gpu' } ]"));
	assert_non_null(strstr(warning_of(plan, "device_address"), "gpu"));
	xml = vtune_plan_to_xml(plan, NULL, NULL);
	assert_non_null(xml);
	assert_null(strstr(xml, "hostdev"));
	free(xml);
	vtune_plan_free(plan);
	plan = placed(host, SPEC("'hostdevs': [ { 'any': { 'pf': 'ens1' } } ]"));
	assert_devices(plan, "0000:41:10.0");
	vtune_plan_free(plan);
	/* The same device by two names. */
	plan = placed(host, SPEC("'hostdevs': [ { 'id': 'ens1' }, { 'id': '0000:41:00.0' } ]"));
	assert_false(plan->fits);
	assert_non_null(strstr(plan->reasons[0].text, "asked for twice"));
	vtune_plan_free(plan);
	vtune_host_free(host);
}

/* ---- plans that do not hold ---- */

static void assert_invalid(const char *spec_json, unsigned int device, const char *id,
			   const char *where, const char *says)
{
	struct vtune_host *host = host_of(
		TWO_NODES "{ 'id': '0000:01:00.0', 'class': 'display', 'node': 0 },"
			  "{ 'id': '0000:02:00.0', 'class': 'display', 'node': 0 },"
			  "{ 'id': '0000:03:00.0', 'class': 'display', 'node': 0 },"
			  "{ 'id': '0000:04:00.0', 'class': 'network', 'node': 0 },"
			  "{ 'id': '0000:04:10.0', 'class': 'network', 'node': 0,"
			  " 'pf': '0000:04:00.0' },"
			  "{ 'id': '0000:81:00.0', 'class': 'display', 'node': 1 } ],"
			  "'allocations': [ { 'vm': 'other', 'devices': [ '0000:03:00.0' ] } ] }");
	struct vtune_spec *spec = spec_of(spec_json);
	struct vtune_plan *plan = vtune_place(host, spec, NULL, NULL);
	struct vtune_error *err = NULL;

	assert_true(plan->fits);
	free(plan->devices[device].id);
	plan->devices[device].id = strdup(id);
	assert_int_equal(vtune_plan_validate(plan, host, spec, &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NOT_VALID);
	assert_string_equal(vtune_error_get_where(err), where);
	assert_non_null(strstr(vtune_error_get_message(err), says));
	vtune_error_free(err);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

static void test_invalid(void **state)
{
#define TWO_OF "'hostdevs': [ { 'any': { 'class': 'display' }, 'count': 2 } ]"
	(void)state;
	assert_invalid(SPEC(TWO_OF), 1, "0000:01:00.0", "/devices/1/id", "the same");
	assert_invalid(SPEC(TWO_OF), 1, "0000:03:00.0", "/devices/1/id", "\"other\"");
	assert_invalid(SPEC(TWO_OF), 1, "0000:04:00.0", "/devices/1/id", "not what the spec");
	assert_invalid(SPEC(TWO_OF), 1, "0000:05:00.0", "/devices/1/id", "no device");
	assert_invalid(SPEC(TWO_OF), 1, "0000:81:00.0", "/devices/1/node", "is on node 1");
	/* The card of a virtual function, and that, are not meant by their class. */
	assert_invalid(SPEC("'hostdevs': [ { 'any': { 'pf': '0000:04:00.0' } } ]"), 0,
		       "0000:04:00.0", "/devices/0/id", "not what the spec");
	assert_invalid(SPEC("'hostdevs': [ { 'any': { 'ids': [ '0000:04:10.0' ] } } ]"), 0,
		       "0000:01:00.0", "/devices/0/id", "not what the spec");
}

/* ---- the domain ---- */

#define HOSTDEV(managed, bus)                                                 \
	"<hostdev mode='subsystem' type='pci' managed='" managed "'><source>" \
	"<address domain='0x0000' bus='" bus "' slot='0x00' function='0x0'/></source>"

static char *laid(const struct vtune_plan *plan, const char *domain)
{
	struct vtune_error *err = NULL;
	char *xml = vtune_plan_patch_domain_xml(plan, domain, &err), *again;

	if (!xml)
		fail_msg("%s", vtune_error_get_message(err));
	again = vtune_plan_patch_domain_xml(plan, xml, &err);
	assert_non_null(again);
	assert_string_equal(again, xml);
	free(again);
	return xml;
}

static unsigned int count_of(const char *text, const char *part)
{
	unsigned int count = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		count++;
	return count;
}

/* A device is the same in any case of its digits. */
static void test_domain_case(void **state)
{
	struct vtune_host *host =
		host_of(TWO_NODES "{ 'id': '0000:AF:00.0', 'class': 'display', 'node': 0 } ] }");
	struct vtune_plan *plan = placed(host, SPEC("'hostdevs': [ { 'id': '0000:AF:00.0' } ]"));
	char *xml = vtune_plan_to_xml(plan, NULL, NULL), *again;

	(void)state;
	assert_int_equal(count_of(xml, "<hostdev "), 1);
	again = laid(plan, xml);
	assert_string_equal(again, xml);
	free(again);
	free(xml);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

static void test_domain(void **state)
{
	struct vtune_host *host = host_of(CARDS);
	struct vtune_plan *plan =
		placed(host, SPEC("'hostdevs': [ { 'id': '0000:01:00.1', 'managed': false,"
				  " 'affinity': 'prefer' }, { 'any': { 'class': 'display' } } ]"));
	char *xml, *json, *other;
	struct vtune_plan *read;

	(void)state;
	assert_devices(plan, "0000:01:00.1 0000:01:00.0");
	xml = vtune_plan_to_xml(plan, NULL, NULL);
	assert_non_null(strstr(xml, "    <hostdev mode='subsystem' type='pci' managed='no'>\n"
				    "      <driver name='vfio'/>\n"
				    "      <source>\n"
				    "        <address domain='0x0000' bus='0x01' slot='0x00' "
				    "function='0x1'/>\n"));
	assert_int_equal(count_of(xml, "managed='yes'"), 1);
	assert_int_equal(count_of(xml, "<hostdev "), 2);

	/* The plan read again lays the same. */
	json = vtune_plan_to_json(plan, NULL);
	read = vtune_plan_from_json(json, NULL);
	assert_non_null(read);
	other = vtune_plan_to_xml(read, NULL, NULL);
	assert_string_equal(other, xml);
	vtune_plan_free(read);
	free(other);
	free(json);
	free(xml);

	/* What is there stays, in whatever form, and so does what the plan does not know. */
	xml = laid(plan, "<domain type='kvm'><name>vm</name><devices>"
			 "<hostdev mode='subsystem' type='pci' managed='no'><source>"
			 "<address domain='0' bus='1' slot='0' function='0'/></source>"
			 "<address type='pci' domain='0' bus='7' slot='0' function='0'/></hostdev>"
			 "<interface type='hostdev'><source><address type='pci' domain='0' bus='1'"
			 " slot='0' function='1'/></source></interface>"
			 "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='9'"
			 " slot='0' function='0'/></source></hostdev>"
			 "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/>"
			 "<product id='0x2'/></source></hostdev></devices></domain>");
	assert_int_equal(count_of(xml, "<hostdev "), 3);
	assert_int_equal(count_of(xml, "managed='no'"), 1);
	free(xml);
	vtune_plan_free(plan);
	vtune_host_free(host);
}

/* With the plan in the metadata, what that gave makes way for what is chosen now. */
static void test_replaced(void **state)
{
	struct vtune_host *host = host_of(CARDS), *busy;
	struct vtune_plan *first, *second, *third;
	char *bare, *with, *xml;

	(void)state;
	first = placed(host, SPEC("'hostdevs': [ { 'any': { 'class': 'display' } } ]"));
	assert_devices(first, "0000:81:00.0"); /* fewer other devices are there */
	bare = laid(first, "<domain type='kvm'><name>vm</name><devices>" HOSTDEV(
				   "yes", "0x09") "</hostdev></devices></domain>");
	with = vtune__metadata_put(bare, first, NULL, NULL);
	assert_non_null(with);

	busy = vtune_host_with_plan(host, first, NULL);
	assert_non_null(busy);
	second = placed(busy, "{ 'version': 1, 'name': 'other', 'vcpus': 2, 'memory': '64MiB',"
			      " 'hostdevs': [ { 'any': { 'class': 'display' } } ] }");
	assert_devices(second, "0000:01:00.0");
	xml = laid(second, with);
	assert_null(strstr(xml, "bus='0x81'"));
	assert_non_null(strstr(xml, "bus='0x09'"));
	assert_int_equal(count_of(xml, "<hostdev "), 2);
	free(xml);

	/* None any more: the one that the plan gave goes, the domain's own one stays. */
	third = placed(host, "{ 'version': 1, 'vcpus': 2, 'memory': '64MiB' }");
	xml = laid(third, with);
	assert_int_equal(count_of(xml, "<hostdev "), 1);
	assert_non_null(strstr(xml, "bus='0x09'"));
	free(xml);

	/* Without that plan nobody knows whose it is. */
	xml = laid(second, bare);
	assert_int_equal(count_of(xml, "<hostdev "), 3);
	free(xml);
	free(with);
	free(bare);
	vtune_plan_free(first);
	vtune_plan_free(second);
	vtune_plan_free(third);
	vtune_host_free(busy);
	vtune_host_free(host);
}

/* Undone, the domain has what it had: the device of the plan before, and its own. */
static char *undone(const char *former, const char *now, const struct vtune_plan *plan)
{
	char *kept = vtune__former_of(former, NULL), *xml;
	struct _xmlDoc *then = vtune__xml_parse(kept, "domain", NULL);
	struct _xmlDoc *doc = vtune__xml_parse(now, "domain", NULL);

	assert_non_null(kept);
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

static void test_undone(void **state)
{
	struct vtune_host *host = host_of(CARDS);
	struct vtune_plan *first, *second, *none;
	char *bare, *with, *now, *xml;

	(void)state;
	first = placed(host, SPEC("'hostdevs': [ { 'id': '0000:81:00.0' } ]"));
	second = placed(host, SPEC("'hostdevs': [ { 'id': '0000:01:00.0' } ]"));
	none = placed(host, "{ 'version': 1, 'vcpus': 2, 'memory': '64MiB' }");
	bare = strdup("<domain type='kvm'><name>vm</name><devices>" HOSTDEV(
		"yes", "0x09") "</hostdev></devices></domain>");

	/* What the first plan gave goes. */
	now = laid(first, bare);
	xml = undone(bare, now, first);
	assert_int_equal(count_of(xml, "<hostdev "), 1);
	assert_non_null(strstr(xml, "bus='0x09'"));
	free(xml);

	/* What the second plan replaced, or took away, comes back. */
	with = vtune__metadata_put(now, first, NULL, NULL);
	free(now);
	for (unsigned int i = 0; i < 2; i++) {
		now = laid(i ? none : second, with);
		xml = undone(with, now, i ? none : second);
		assert_int_equal(count_of(xml, "<hostdev "), 2);
		assert_int_equal(count_of(xml, "0x81"), 1);
		assert_int_equal(count_of(xml, "bus='0x01'"), 0);
		free(xml);
		free(now);
	}
	free(with);
	free(bare);
	vtune_plan_free(first);
	vtune_plan_free(second);
	vtune_plan_free(none);
	vtune_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_gpus),      cmocka_unit_test(test_four_gpus_of_amd),
		cmocka_unit_test(test_many_functions), cmocka_unit_test(test_together),
		cmocka_unit_test(test_groups),	       cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_names),	       cmocka_unit_test(test_domain),
		cmocka_unit_test(test_domain_case),
		cmocka_unit_test(test_replaced),       cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
