/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host from a connection, on a libvirt that pretends: the machine, its devices, what
 * domains hold, and calls that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "live-host-fake.h"

#define GIB UINT64_C(1048576)

#define DOMAIN(id, name, inside) "<domain type='kvm'" id "><name>" name "</name>" inside "</domain>"
#define RUNS " id='7'"
#define BOUND(gib, node)                                                                    \
	"<memory unit='GiB'>" gib "</memory><numatune><memory mode='strict' nodeset='" node \
	"'/></numatune>"

static int set_up(void **state)
{
	struct vtune__text path = { 0 };

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake_real = virConnectOpen("test:///default");
	assert_non_null(fake_real);
	virConnSetErrorFunc(fake_real, NULL, fake_say_nothing);
	vtune__text_addf(&path, "%s/data/live-host/capabilities.xml",
			 getenv("srcdir") ? getenv("srcdir") : ".");
	fake.capabilities = vtune__file_read(path.data, NULL);
	vtune__text_free(&path);
	assert_non_null(fake.capabilities);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(fake.capabilities);
	virConnectClose(fake_real);
	assert_int_equal(fake.objects, 0);
	return 0;
}

static struct vtune_host *try_read(struct fake_domain *domains, unsigned int count,
				   unsigned int flags, struct vtune_error **err)
{
	struct vtune_connection *connection;
	struct vtune_host *host = NULL;

	fake.domains = domains;
	fake.ndomains = count;
	connection = vtune__connection_new((virConnectPtr)&fake, &fake_calls, err);
	if (connection)
		host = vtune_host_from_connection(connection, flags, err);
	vtune_connection_free(connection);
	return host;
}

static struct vtune_host *read_host(struct fake_domain *domains, unsigned int count,
				    unsigned int flags)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = try_read(domains, count, flags, &err);

	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	assert_read_again(host);
	return host;
}

static const struct vtune__allocation *allocation_of(const struct vtune_host *host, const char *vm)
{
	for (unsigned int i = 0; i < host->nallocations; i++)
		if (strcmp(host->allocations[i].vm, vm) == 0)
			return &host->allocations[i];
	fail_msg("%s holds nothing", vm);
	return NULL;
}

static uint64_t memory_on(const struct vtune_host *host, const char *vm, unsigned int node,
			  uint64_t page_kib)
{
	const struct vtune__allocation *allocation = allocation_of(host, vm);

	for (unsigned int i = 0; i < allocation->nmemory; i++)
		if (allocation->memory[i].node == node &&
		    allocation->memory[i].page_kib == page_kib)
			return allocation->memory[i].size_kib;
	return 0;
}

static unsigned int shared_on(const struct vtune_host *host, const char *vm, unsigned int node)
{
	const struct vtune__allocation *allocation = allocation_of(host, vm);

	for (unsigned int i = 0; i < allocation->nshared; i++)
		if (allocation->shared[i].node == node)
			return allocation->shared[i].vcpus;
	return 0;
}

static unsigned int count_warnings(const struct vtune_host *host)
{
	return host->warnings ? host->warnings->count : 0;
}

static const struct vtune__host_warning *warning_of(const struct vtune_host *host, const char *code,
						    const char *vm)
{
	for (unsigned int i = 0; i < count_warnings(host); i++) {
		const struct vtune__host_warning *warning = &host->warnings->list[i];

		for (unsigned int j = 0; j < warning->nvms && vm; j++)
			if (strcmp(warning->code, code) == 0 && strcmp(warning->vms[j], vm) == 0)
				return warning;
		if (!vm && strcmp(warning->code, code) == 0)
			return warning;
	}
	fail_msg("there is no warning \"%s\" of %s", code, vm ? vm : "the host");
	return NULL;
}

/* ---- the machine ---- */

static void test_machine(void **state)
{
	struct vtune_host *host = read_host(NULL, 0, 0);
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_string_equal(vtune_host_get_name(host), "far");
	assert_string_equal(t->hypervisor.type, "QEMU");
	assert_int_equal(t->hypervisor.version, 7002000);
	assert_int_equal(t->hypervisor.libvirt, 9000003);
	assert_int_equal(t->nnodes, 3);
	assert_int_equal(t->nodes[2].id, 5);
	assert_set(&t->nodes[2].cpus, "");
	assert_set(&t->offline, "15");
	assert_false(host->free_includes_allocations);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(host->free_kib[i], 8 * GIB - t->nodes[i].id);
	assert_int_equal(host->free_pages[0], 1000);
	assert_int_equal(host->free_pages[1 * t->npage_sizes], 1002);
	assert_int_equal(host->free_pages[2 * t->npage_sizes], 0);
	assert_null(host->warnings);
	vtune_host_free(host);

	fake.only_stats = 1;
	host = read_host(NULL, 0, 0);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(host->free_kib[i], 8 * GIB - host->topology->nodes[i].id);
	vtune_host_free(host);
}

#define PCI(name, parent, class, bus, more)                                                                \
	"<device><name>" name "</name><parent>" parent                                                     \
	"</parent><capability type='pci'><class>" class "</class><domain>0</domain><bus>" bus              \
							"</bus><slot>31</slot><function>2</function>" more \
							"</capability></device>"

static const char *const devices[] = {
	"<device><name>net_eth0</name><parent>pci_net</parent><capability type='net'>"
	"<interface>eth0</interface></capability></device>",
	PCI("pci_bridge", "computer", "0x060400", "0", ""),
	PCI("pci_net", "pci_bridge", "0x020000", "65",
	    "<product id='0x10CA'/><vendor id='0x8086'>Intel</vendor><numa node='2'/>"
	    "<capability type='virt_functions' maxCount='7'/>"
	    "<capability type='phys_function'><address domain='0x0000' bus='0x3f' slot='0x1f'"
	    " function='0x7'/></capability><iommuGroup number='14'><address domain='0x0000'"
	    " bus='0x41' slot='0x1f' function='0x2'/></iommuGroup>"),
	PCI("pci_sata", "computer", "0x010601", "0", "<numa node='9'/>"),
	PCI("pci_odd", "computer", "0x010601", "256", ""),
	"<device><name>block_sda</name><parent>scsi_0</parent><capability type='storage'>"
	"<block>/dev/sda</block></capability><devnode type='dev'>/dev/sda</devnode>"
	"<devnode type='link'>/dev/disk/by-id/ata-SSD_1</devnode>"
	"<devnode type='link'>/dev/disk/by-uuid/1234</devnode>"
	"<devnode type='link'>/dev/disk/by-path/pci-0000:00:1f.2-ata-1</devnode></device>",
	"<device><name>scsi_0</name><parent>scsi_target</parent><capability type='scsi'/></device>",
	"<device><name>scsi_target</name><parent>scsi_host0</parent></device>",
	"<device><name>scsi_host0</name><parent>pci_sata</parent></device>",
	"<device><name>loop_a</name><parent>loop_b</parent><capability type='net'>"
	"<interface>a</interface></capability></device>",
	"<device><name>loop_b</name><parent>loop_a</parent></device>",
};

static void test_devices(void **state)
{
	const struct vtune__topology *t;
	struct vtune_host *host;

	(void)state;
	fake.devices = devices;
	fake.ndevices = VTUNE__COUNT(devices);
	host = read_host(NULL, 0, 0);
	t = host->topology;
	assert_int_equal(t->ndevices, 2);
	assert_string_equal(t->devices[0].id, "0000:00:1f.2");
	assert_string_equal(t->devices[0].class, "storage");
	assert_int_equal(t->devices[0].node, -1); /* there is no node 9 */
	assert_int_equal(t->devices[0].nnames, 3);
	assert_string_equal(t->devices[0].names[0], "sda");
	assert_ptr_equal(vtune__topology_device(t, "/dev/disk/by-id/ata-SSD_1"), &t->devices[0]);
	assert_ptr_equal(vtune__topology_device(t, "/dev/disk/by-path/pci-0000:00:1f.2-ata-1"),
			 &t->devices[0]);
	assert_string_equal(t->devices[1].id, "0000:41:1f.2");
	assert_string_equal(t->devices[1].class, "network");
	assert_int_equal(t->nodes[t->devices[1].node].id, 2);
	assert_ptr_equal(vtune__topology_device(t, "eth0"), &t->devices[1]);
	assert_string_equal(t->devices[1].vendor, "8086");
	assert_string_equal(t->devices[1].product, "10ca");
	assert_string_equal(t->devices[1].pf, "0000:3f:1f.7");
	assert_string_equal(t->devices[1].root, "0000:00");
	assert_int_equal(t->devices[1].iommu_group, 14);
	assert_null(t->devices[0].vendor);
	assert_null(t->devices[0].pf);
	assert_int_equal(t->devices[0].iommu_group, -1);
	assert_null(host->warnings);
	vtune_host_free(host);
}

/* ---- domains ---- */

#define PIN(vcpu, cpus) "<vcpupin vcpu='" vcpu "' cpuset='" cpus "'/>"

static struct fake_domain domains[] = {
	{ "wide",
	  DOMAIN(RUNS, "wide",
		 "<vcpu>3</vcpu><cputune>" PIN("0", "1-3")
			 PIN("1", "0-7") "</cputune>" BOUND("1", "2")),
	  2 * GIB },
	{ "alone",
	  DOMAIN(RUNS, "alone",
		 "<vcpu>3</vcpu><cputune>" PIN("0", "1") PIN("1", "9")
			 PIN("2", "2,700") "</cputune>" BOUND("4", "0")),
	  1 * GIB },
	{ "one",
	  DOMAIN(RUNS, "one",
		 "<vcpu cpuset='5'>2</vcpu><devices><hostdev mode='subsystem' type='pci'><source>"
		 "<address domain='0' bus='0x41' slot='0x1f' function='2'/></source></hostdev>"
		 "</devices>"),
	  0 },
	{ "huge",
	  DOMAIN(RUNS, "huge",
		 "<vcpu current='1'>4</vcpu><memoryBacking><hugepages/></memoryBacking>" BOUND(
			 "2", "2")),
	  0 },
	{ "off",
	  DOMAIN("", "off",
		 "<vcpu>1</vcpu><cputune>" PIN(
			 "0", "3") "</cputune><memoryBacking><hugepages>"
				   "<page size='2' unit='MiB'/></hugepages></memoryBacking>" BOUND(
					   "1", "0")),
	  0 },
};

static void test_running_domains(void **state)
{
	struct vtune_host *host = read_host(domains, VTUNE__COUNT(domains), 0);

	(void)state;
	assert_int_equal(host->nallocations, 4); /* without the one that is off */
	assert_string_equal(host->allocations[0].vm, "alone");
	assert_set(&host->allocations[0].cpus, "1-2,9");
	assert_int_equal(host->allocations[0].nshared, 0);
	assert_int_equal(memory_on(host, "alone", 0, 4), 4 * GIB);
	/* 1 of its 4 GiB is touched, and does not count as free by itself. */
	assert_int_equal(host->free_kib[0], 8 * GIB - 3 * GIB);
	assert_set(&warning_of(host, "missing", "alone")->cpus, "700");

	/* No pin; nodes 0; nodes 0 and 2: dealt out evenly. */
	assert_set(&allocation_of(host, "wide")->cpus, "");
	assert_int_equal(shared_on(host, "wide", 0) + shared_on(host, "wide", 1), 3);
	assert_int_equal(shared_on(host, "wide", 1), 1);
	/* It has more than it was promised. */
	assert_int_equal(memory_on(host, "wide", 1, 4), 1 * GIB);
	assert_int_equal(host->free_kib[1], 8 * GIB - 2);

	/* Two vCPUs on one CPU have none for themselves. */
	assert_set(&allocation_of(host, "one")->cpus, "");
	assert_int_equal(shared_on(host, "one", 1), 2);
	assert_int_equal(allocation_of(host, "one")->ndevices, 1);
	assert_string_equal(allocation_of(host, "one")->devices[0], "0000:41:1f.2");
	assert_int_equal(allocation_of(host, "one")->nmemory, 0);

	/* Its pages left the free ones when it was started. */
	assert_int_equal(memory_on(host, "huge", 1, 2048), 2 * GIB);
	assert_int_equal(shared_on(host, "huge", 0) + shared_on(host, "huge", 1), 1);
	assert_int_equal(host->free_pages[0], 1000);
	assert_int_equal(host->free_pages[host->topology->npage_sizes], 1002);
	assert_int_equal(count_warnings(host), 1);
	vtune_host_free(host);
}

static void test_defined_domains(void **state)
{
	struct vtune_host *host = read_host(domains, VTUNE__COUNT(domains), VTUNE_HOST_DEFINED);
	struct vtune_host *without;

	(void)state;
	assert_int_equal(host->nallocations, 5);
	assert_set(&allocation_of(host, "off")->cpus, "3");
	assert_int_equal(memory_on(host, "off", 0, 2048), 1 * GIB);
	assert_int_equal(host->free_pages[0], 1000 - 512);
	without = vtune_host_without(host, "off", NULL);
	assert_int_equal(without->free_pages[0], 1000);
	vtune_host_free(without);
	/* What is free without it is what it has not touched, and what it has. */
	without = vtune_host_without(host, "alone", NULL);
	assert_int_equal(without->free_kib[0], 8 * GIB + 1 * GIB);
	vtune_host_free(without);
	vtune_host_free(host);
}

static void test_unbound_memory(void **state)
{
	struct fake_domain list[] = {
		{ "any", DOMAIN(RUNS, "any", "<vcpu>2</vcpu><memory unit='GiB'>3</memory>"),
		  1 * GIB },
		{ "partly",
		  DOMAIN(RUNS, "partly",
			 "<vcpu>2</vcpu><cputune>" PIN(
				 "0", "4") "</cputune><memory unit='GiB'>1</memory>"),
		  1 * GIB },
		{ "near",
		  DOMAIN(RUNS, "near", "<vcpu cpuset='4-6'>2</vcpu><memory unit='GiB'>1</memory>"),
		  9 * GIB },
		{ "spread",
		  DOMAIN(RUNS, "spread",
			 "<vcpu>1</vcpu><memory unit='GiB'>3</memory><numatune>"
			 "<memory mode='interleave' nodeset='0,2,5,77'/></numatune>"),
		  9 * GIB },
	};
	struct vtune_host *host = read_host(list, VTUNE__COUNT(list), 0);
	uint64_t first = memory_on(host, "any", 0, 4), second = memory_on(host, "any", 1, 4);

	(void)state;
	/* On the nodes with CPUs, as they have as much free; a third is there already. */
	assert_int_equal(first + second, 3 * GIB);
	assert_in_range(first, 3 * GIB / 2 - 8, 3 * GIB / 2 + 8);
	assert_in_range(host->free_kib[0], 7 * GIB - 16, 7 * GIB + 16);
	assert_in_range(host->free_kib[1], 7 * GIB - 16, 7 * GIB + 16);
	assert_int_equal(memory_on(host, "near", 1, 4), 1 * GIB);
	first = memory_on(host, "partly", 0, 4);
	assert_in_range(first, GIB / 2 - 8, GIB / 2 + 8);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(memory_on(host, "spread", i, 4), 1 * GIB);
	assert_int_equal(host->free_kib[2], 8 * GIB - 5);
	assert_non_null(strstr(warning_of(host, "missing", "spread")->text, "node 77"));
	vtune_host_free(host);
}

static void test_more_promised_than_there_is(void **state)
{
	struct fake_domain list[] = {
		{ "a", DOMAIN(RUNS, "a", BOUND("10", "0")), 0 },
		{ "b", DOMAIN(RUNS, "b", BOUND("9", "0")), 0 },
		{ "c", DOMAIN(RUNS, "c", BOUND("4000000", "5")), 1 },
		{ "d",
		  DOMAIN(RUNS, "d",
			 "<memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages>"
			 "</memoryBacking>" BOUND("1", "0")),
		  0 },
	};
	struct vtune_host *host = read_host(list, VTUNE__COUNT(list), 0);

	(void)state;
	assert_int_equal(host->free_kib[0], 0);
	assert_int_equal(host->free_kib[2], 0);
	assert_ptr_equal(warning_of(host, "memory", "a"), warning_of(host, "memory", "b"));
	assert_non_null(strstr(warning_of(host, "memory", "a")->text, "19 GiB of 12 GiB"));
	assert_int_equal(warning_of(host, "memory", "c")->nvms, 1);
	assert_int_equal(allocation_of(host, "d")->nmemory, 0);
	assert_non_null(strstr(warning_of(host, "missing", "d")->text, "huge pages of 1GiB"));
	vtune_host_free(host);
}

/* ---- clashes ---- */

static struct fake_domain clashing[] = {
	{ "c",
	  DOMAIN(RUNS, "c", "<vcpu>2</vcpu><cputune>" PIN("0", "3") PIN("1", "6") "</cputune>"),
	  0 },
	{ "b",
	  DOMAIN(RUNS, "b", "<vcpu>2</vcpu><cputune>" PIN("0", "3") PIN("1", "4") "</cputune>"),
	  0 },
	{ "a",
	  DOMAIN(RUNS, "a",
		 "<vcpu>3</vcpu><cputune>" PIN("0", "3") PIN("1", "4") PIN("2", "15") "</cputune>"),
	  0 },
};

static void test_clashes(void **state)
{
	struct vtune_host *host = read_host(clashing, 3, 0), *without, *again;
	const struct vtune__host_warning *warning;
	struct vtune__room room;

	(void)state;
	assert_set(&allocation_of(host, "a")->cpus, "3-4,15");
	assert_set(&allocation_of(host, "b")->cpus, "");
	assert_set(&allocation_of(host, "c")->cpus, "6");
	assert_int_equal(count_warnings(host), 3);
	assert_set(&warning_of(host, "offline", "a")->cpus, "15");
	warning = warning_of(host, "clash", "c");
	assert_int_equal(warning->nvms, 3);
	assert_set(&warning->cpus, "3");
	assert_string_equal(
		warning->text,
		"CPU 3 is held by several VMs at once, \"a\", \"b\" and \"c\": the first "
		"one counts as the one that has it");

	/* The first one is to be placed elsewhere: what others hold, too, is not its own. */
	assert_int_equal(vtune__room_for(host, "a", &room, NULL), 0);
	assert_true(vtune__set_has(&room.held, 3));
	assert_true(vtune__set_has(&room.held, 4));
	assert_false(vtune__set_has(&room.dedicated, 3));
	vtune__room_free(&room);

	/* Without the first one the next has it. */
	without = vtune_host_without(host, "a", NULL);
	assert_set(&allocation_of(without, "b")->cpus, "3-4");
	assert_set(&allocation_of(without, "c")->cpus, "6");
	assert_int_equal(count_warnings(without), 1);
	assert_int_equal(warning_of(without, "clash", "c")->nvms, 2);
	again = vtune_host_without(without, "b", NULL);
	assert_set(&allocation_of(again, "c")->cpus, "3,6");
	assert_null(again->warnings);
	assert_set(&again->room.held, "3,6");
	vtune_host_free(again);
	/* The hosts before are as they were. */
	assert_set(&allocation_of(without, "b")->cpus, "3-4");
	assert_set(&allocation_of(host, "b")->cpus, "");
	vtune_host_free(without);
	vtune_host_free(host);
}

static void test_clash_of_placed(void **state)
{
	struct vtune_host *host = read_host(clashing, 3, 0), *with;
	struct vtune_error *err = NULL;
	struct vtune_spec *spec;
	struct vtune_plan *plan;

	(void)state;
	spec = vtune_spec_from_json(
		"{\"version\":1,\"name\":\"a\",\"vcpus\":4,\"memory\":\"1GiB\"}", NULL);
	plan = vtune_place(host, spec, NULL, &err);
	assert_non_null(plan);
	assert_true(vtune_plan_fits(plan));
	with = vtune_host_with_plan(host, plan, &err);
	if (!with)
		fail_msg("%s", vtune_error_get_message(err));
	assert_false(vtune__set_has(&allocation_of(with, "a")->cpus, 3));
	assert_set(&allocation_of(with, "b")->cpus, "3-4");
	assert_int_equal(count_warnings(with), 1);
	vtune_host_free(with);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
}

static void test_state_over_it(void **state)
{
	struct vtune_host *host = read_host(clashing, 3, 0), *with, *again;

	(void)state;
	with = vtune_host_with_state(host, "{\"reserved_cpus\":\"0,6\"}", NULL);
	assert_int_equal(with->nallocations, 3);
	assert_int_equal(count_warnings(with), 4);
	assert_set(&warning_of(with, "reserved", "c")->cpus, "6");
	again = vtune_host_with_state(with, "{\"reserved_cpus\":\"0\"}", NULL);
	assert_int_equal(count_warnings(again), 3);
	vtune_host_free(again);
	again = vtune_host_with_state(with, "{\"overcommit\":2}", NULL);
	assert_ptr_equal(again->warnings, with->warnings);
	vtune_host_free(again);
	again = vtune_host_with_state(with, "{\"allocations\":[]}", NULL);
	assert_null(again->warnings);
	assert_set(&again->room.held, "");
	vtune_host_free(again);
	vtune_host_free(with);
	vtune_host_free(host);
}

/* ---- plans in domains ---- */

/* The domain with a plan, or what is put in its place, in its metadata. */
static char *carrying(const char *xml, const struct vtune_plan *plan)
{
	char *with = vtune__metadata_put(xml, plan, NULL, NULL);

	assert_non_null(with);
	return with;
}

static struct vtune_plan *plan_on(const struct vtune_host *host, const char *spec_json)
{
	struct vtune_spec *spec = vtune_spec_from_json(spec_json, NULL);
	struct vtune_plan *plan = vtune_place(host, spec, NULL, NULL);

	assert_non_null(plan);
	if (!vtune_plan_fits(plan))
		fail_msg("%s", vtune_plan_to_json(plan, NULL));
	vtune_spec_free(spec);
	return plan;
}

/* One that is off keeps what it was given, where that is asked for. */
static void test_plan_in_domain_that_is_off(void **state)
{
	struct vtune_host *empty = read_host(NULL, 0, 0);
	struct vtune_plan *plan = plan_on(
		empty, "{\"version\":1,\"name\":\"placed\",\"vcpus\":1,\"memory\":\"1GiB\"}");
	char *xml = carrying(DOMAIN("", "placed", "<vcpu>1</vcpu>"), plan);
	struct fake_domain list[] = {
		{ "placed", xml, 0 },
		domains[4],
	};
	struct vtune_host *running = read_host(list, 2, 0);
	struct vtune_host *host = read_host(list, 2, VTUNE_HOST_PLACED);

	(void)state;
	assert_int_equal(running->nallocations, 0);
	assert_int_equal(host->nallocations, 1);
	assert_string_equal(host->allocations[0].vm, "placed");
	assert_true(vtune__set_equal(&host->allocations[0].cpus, &plan->held));
	vtune_host_free(host);
	vtune_host_free(running);
	vtune_host_free(empty);
	vtune_plan_free(plan);
	free(xml);
}

static void test_plan_in_domain(void **state)
{
	struct vtune_host *bare = read_host(NULL, 0, 0), *host;
	struct vtune_plan *plan = plan_on(
		bare, "{\"version\":1,\"name\":\"p\",\"vcpus\":4,\"memory\":\"1GiB\",\"hugepages\":"
		      "\"2MiB\",\"cpu\":{\"policy\":\"mixed\",\"dedicated\":\"0-1\"},\"numa\":"
		      "{\"nodes\":\"2\"}}");
	char *xml = carrying(
		DOMAIN(RUNS, "q", "<vcpu>2</vcpu><cputune>" PIN("0", "3") "</cputune>"), plan);
	struct fake_domain list[] = { { "q", xml, 0 } };

	(void)state;
	host = read_host(list, 1, 0);
	/* The plan, in the name of the domain, and where it is pinned in truth. */
	assert_int_equal(vtune__set_count(&plan->held), 2);
	assert_int_equal(vtune__set_count(&allocation_of(host, "q")->cpus), 3);
	assert_true(vtune__set_is_subset(&plan->held, &allocation_of(host, "q")->cpus));
	assert_true(vtune__set_has(&allocation_of(host, "q")->cpus, 3));
	assert_int_equal(shared_on(host, "q", 1), 2);
	assert_int_equal(memory_on(host, "q", 1, 2048), 1 * GIB);
	/* It runs without huge pages yet: they are still to be had for its next start. */
	assert_int_equal(host->free_pages[host->topology->npage_sizes], 1002 - 512);
	vtune_host_free(host);
	vtune_plan_free(plan);
	vtune_host_free(bare);
	free(xml);
}

static void test_foreign_plan(void **state)
{
	struct vtune_host *other = host_load("four-node"), *host;
	struct vtune_plan *plan = plan_on(
		other, "{\"version\":1,\"name\":\"p\",\"vcpus\":2,\"memory\":\"2GiB\",\"numa\":"
		       "{\"nodes\":\"3\"},\"cpu\":{\"policy\":\"shared\"}}");
	char *xml = carrying(DOMAIN(RUNS, "q", "<vcpu>4</vcpu>"), plan);
	struct fake_domain list[] = { { "q", xml, 0 } };

	(void)state;
	/* This host has no node 3. */
	host = read_host(list, 1, 0);
	assert_int_equal(allocation_of(host, "q")->nmemory, 0);
	assert_int_equal(allocation_of(host, "q")->nshared, 0);
	assert_non_null(strstr(warning_of(host, "missing", "q")->text, "By its plan"));
	vtune_host_free(host);
	vtune_plan_free(plan);
	vtune_host_free(other);
	free(xml);
}

static void test_broken_plan(void **state)
{
	struct fake_domain list[] = {
		{ "q",
		  DOMAIN(RUNS, "q",
			 "<metadata><vtune:plan xmlns:vtune='urn:libvtune:plan:1'>{\n}</vtune:plan>"
			 "</metadata><vcpu>1</vcpu><cputune>" PIN("0", "3") "</cputune>"),
		  0 },
		{ "r",
		  DOMAIN(RUNS, "r",
			 "<metadata><vtune:plan xmlns:vtune='urn:libvtune:plan:1'>{ \"version\": 1, "
			 "\"vm\": \"r\", \"fits\": false, \"reasons\": [ { \"code\": \"cpus\", "
			 "\"need\": 1, \"have\": 0, \"text\": \"x\" } ], \"would_fit\": [] }"
			 "</vtune:plan></metadata><vcpu>1</vcpu><cputune>" PIN("0",
									       "4") "</cputune>"),
		  0 },
	};
	struct vtune_host *host = read_host(list, 2, 0);

	(void)state;
	assert_set(&allocation_of(host, "q")->cpus, "3");
	assert_set(&allocation_of(host, "r")->cpus, "4");
	assert_non_null(warning_of(host, "plan", "q"));
	assert_non_null(warning_of(host, "plan", "r"));
	vtune_host_free(host);
}

/* ---- what goes wrong ---- */

static void test_refused(void **state)
{
	struct fake_domain bad[] = { { "bad", DOMAIN(RUNS, "bad", "<vcpu>many</vcpu>"), 0 } };
	struct fake_domain none[] = { { "none", "<domain id='1'", 0 } };
	struct vtune_connection *connection;
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_host_from_connection(NULL, 0, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_from_connection()");
	connection = vtune__connection_new((virConnectPtr)&fake, &fake_calls, &err);
	assert_null(vtune_host_from_connection(connection, 6, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "flags 0x4");
	vtune_connection_free(connection);

	assert_null(try_read(bad, 1, 0, &err));
	assert_non_null(strstr(vtune_error_get_message(err), "bad"));
	vtune_error_free(err);
	err = NULL;
	assert_null(try_read(none, 1, 0, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYNTAX);
	assert_non_null(strstr(vtune_error_get_message(err), "none"));
	vtune_error_free(err);
	err = NULL;
	free(fake.capabilities);
	fake.capabilities = strdup("<capabilities/>");
	assert_null(try_read(NULL, 0, 0, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_DOCUMENT);
	vtune_error_free(err);
}

static bool is_needless(const char *function)
{
	static const char *const needless[] = {
		"fake_hostname", "fake_type",	    "fake_version",	 "fake_lib_version",
		"fake_devices",	 "fake_device_xml", "fake_memory_stats", "fake_cells_free",
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(needless); i++)
		if (strcmp(function, needless[i]) == 0)
			return true;
	return false;
}

/* Each call fails once in turn: either the host can do without it, or the error is
 * libvirt's. tear_down() sees that all was given back. */
static void test_each_call_fails(void **state)
{
	unsigned int failed = 0, done = 0;

	(void)state;
	fake.devices = devices;
	fake.ndevices = VTUNE__COUNT(devices);
	for (fake.fail_at = 1;; fake.fail_at++) {
		struct vtune_error *err = NULL;
		struct vtune_host *host;

		fake.ncalls = 0;
		fake.failed = NULL;
		fake.failure = FAKE_FAILS;
		host = try_read(domains, VTUNE__COUNT(domains), VTUNE_HOST_DEFINED, &err);
		if (!fake.failed) {
			assert_non_null(host);
			vtune_host_free(host);
			break;
		}
		if (host) {
			assert_true(is_needless(fake.failed));
			done++;
		} else {
			assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_LIBVIRT);
			failed++;
		}
		vtune_host_free(host);
		vtune_error_free(err);
		assert_int_equal(fake.objects, 0);
	}
	assert_in_range(failed, 10, 100);
	assert_in_range(done, 10, 100);
}

/* Domains and devices go away at any time. */
static void test_each_object_goes(void **state)
{
	unsigned int gone = 0;

	(void)state;
	fake.devices = devices;
	fake.ndevices = VTUNE__COUNT(devices);
	for (fake.fail_at = 1;; fake.fail_at++) {
		struct vtune_error *err = NULL;
		struct vtune_host *host;

		fake.ncalls = 0;
		fake.failed = NULL;
		fake.failure = FAKE_IS_GONE;
		host = try_read(domains, VTUNE__COUNT(domains), VTUNE_HOST_DEFINED, &err);
		if (host && fake.failed && strcmp(fake.failed, "fake_domain_xml") == 0) {
			assert_int_equal(host->nallocations, VTUNE__COUNT(domains) - 1);
			gone++;
		} else if (host && fake.failed && strcmp(fake.failed, "fake_device_xml") == 0) {
			assert_int_equal(count_warnings(host), 1); /* the pin to CPU 700 */
			gone++;
		}
		vtune_host_free(host);
		vtune_error_free(err);
		if (!fake.failed)
			break;
	}
	assert_int_equal(gone, VTUNE__COUNT(domains) + VTUNE__COUNT(devices));
}

static void test_no_node_device_driver(void **state)
{
	struct vtune_host *host;

	(void)state;
	fake.devices = devices;
	fake.ndevices = VTUNE__COUNT(devices);
	for (fake.fail_at = 1; !fake.failed || strcmp(fake.failed, "fake_devices") != 0;) {
		fake.ncalls = 0;
		fake.failure = FAKE_HAS_NONE;
		host = try_read(NULL, 0, 0, NULL);
		if (fake.failed && strcmp(fake.failed, "fake_devices") == 0) {
			assert_non_null(host);
			assert_int_equal(host->topology->ndevices, 0);
			assert_null(host->warnings);
		} else {
			fake.fail_at++;
		}
		vtune_host_free(host);
	}
	/* One that is there and fails is another matter. */
	fake.ncalls = 0;
	fake.failure = FAKE_FAILS;
	host = read_host(NULL, 0, 0);
	assert_non_null(warning_of(host, "devices", NULL));
	vtune_host_free(host);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_machine),
		TEST(test_devices),
		TEST(test_running_domains),
		TEST(test_defined_domains),
		TEST(test_unbound_memory),
		TEST(test_more_promised_than_there_is),
		TEST(test_clashes),
		TEST(test_clash_of_placed),
		TEST(test_state_over_it),
		TEST(test_plan_in_domain),
		TEST(test_plan_in_domain_that_is_off),
		TEST(test_foreign_plan),
		TEST(test_broken_plan),
		TEST(test_refused),
		TEST(test_each_call_fails),
		TEST(test_each_object_goes),
		TEST(test_no_node_device_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
