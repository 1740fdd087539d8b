/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host from connections to libvirt's own drivers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "libvtune-libvirt.h"
#include "live-host-fake.h"

static struct vtune_host *read_host(struct vtune_connection *connection, unsigned int flags)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_connection(connection, flags, &err);

	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	assert_read_again(host);
	return host;
}

static struct vtune_connection *open_test(void)
{
	struct vtune_connection *connection = vtune_connection_open("test:///default", NULL);

	assert_non_null(connection);
	return connection;
}

/* ---- test:///default ---- */

static void test_driver(void **state)
{
	struct vtune_connection *connection = open_test();
	struct vtune_host *host = read_host(connection, 0);
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_int_equal(t->nnodes, 2);
	assert_set(&t->nodes[0].cpus, "0-7");
	assert_set(&t->nodes[1].cpus, "8-15");
	assert_string_equal(t->hypervisor.type, "TEST");
	assert_true(t->hypervisor.libvirt >= 6000000);
	assert_int_equal(t->ndevices, 0);
	assert_null(host->warnings);
	/* Its second node has larger pages than its first one. */
	assert_int_equal(host->free_kib[0], 2 * 1048576);
	assert_int_equal(host->free_kib[1], 4 * 1048576);
	/* The domain that it starts with is nowhere in particular. */
	assert_int_equal(host->nallocations, 1);
	assert_string_equal(host->allocations[0].vm, "test");
	assert_set(&host->room.dedicated, "0-15");
	vtune_host_free(host);
	vtune_connection_free(connection);
}

static const char pinned[] =
	"<domain type='test'><name>%s</name><memory unit='MiB'>512</memory><vcpu>2</vcpu><cputune>"
	"<vcpupin vcpu='0' cpuset='%u'/><vcpupin vcpu='1' cpuset='%u'/></cputune>"
	"<numatune><memory mode='strict' nodeset='1'/></numatune><os><type>hvm</type></os></domain>";

/* Two domains that run and one that does not, on CPUs that partly clash. */
static void test_driver_domains(void **state)
{
	static const struct {
		const char *name;
		unsigned int first, second;
	} rows[] = { { "late", 9, 10 }, { "early", 8, 9 }, { "off", 12, 13 } };
	struct vtune_connection *connection = open_test();
	struct vtune_host *host;
	virDomainPtr domain;
	char xml[1024];

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		snprintf(xml, sizeof(xml), pinned, rows[i].name, rows[i].first, rows[i].second);
		domain = connection->calls->virDomainDefineXML(connection->connection, xml);
		assert_non_null(domain);
		if (i < 2)
			assert_int_equal(virDomainCreate(domain), 0);
		virDomainFree(domain);
	}
	host = read_host(connection, 0);
	assert_int_equal(host->nallocations, 3);
	assert_string_equal(host->allocations[0].vm, "early");
	assert_set(&host->allocations[0].cpus, "8-9");
	assert_set(&host->allocations[1].cpus, "10");
	assert_int_equal(host->free_kib[1], 3 * 1048576);
	assert_int_equal(host->warnings->count, 1);
	assert_string_equal(host->warnings->list[0].code, "clash");
	assert_set(&host->warnings->list[0].cpus, "9");
	vtune_host_free(host);

	host = read_host(connection, VTUNE_HOST_DEFINED);
	assert_int_equal(host->nallocations, 4);
	assert_set(&host->allocations[2].cpus, "12-13");
	assert_int_equal(host->free_kib[1], 5 * 1048576 / 2);
	vtune_host_free(host);
	vtune_connection_free(connection);
}

/* A plan that was made on the host, set on a domain of it, is there when the host is
 * read again. */
static void test_driver_plan(void **state)
{
	struct vtune_connection *connection = open_test();
	struct vtune_host *host = read_host(connection, 0), *with, *read;
	struct vtune_spec *spec = vtune_spec_from_json(
		"{\"version\":1,\"name\":\"p\",\"vcpus\":5,\"memory\":\"1GiB\",\"cpu\":{\"policy\":"
		"\"mixed\",\"dedicated\":\"0-2\"},\"numa\":{\"cells\":2}}",
		NULL);
	struct vtune_plan *plan = vtune_place(host, spec, NULL, NULL);
	const struct vtune__allocation *a, *b;
	char *xml, *carrying;
	virDomainPtr domain;

	(void)state;
	assert_true(vtune_plan_fits(plan));
	with = vtune_host_with_plan(host, plan, NULL);
	xml = vtune_plan_patch_domain_xml(
		plan, "<domain type='test'><name>p</name><os><type>hvm</type></os></domain>", NULL);
	carrying = vtune__metadata_put(xml, plan, NULL, NULL);
	domain = virDomainCreateXML(connection->connection, carrying, 0);
	assert_non_null(domain);
	virDomainFree(domain);
	read = read_host(connection, 0);
	assert_null(read->warnings);
	assert_int_equal(read->nallocations, 2);
	a = &with->allocations[1];
	b = &read->allocations[0]; /* by name */
	assert_string_equal(b->vm, "p");
	assert_true(vtune__set_equal(&a->cpus, &b->cpus));
	assert_int_equal(a->nshared, b->nshared);
	assert_memory_equal(a->shared, b->shared, a->nshared * sizeof(*a->shared));
	assert_int_equal(a->nmemory, b->nmemory);
	assert_memory_equal(a->memory, b->memory, a->nmemory * sizeof(*a->memory));
	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(with->room.free_kib[i], read->room.free_kib[i]);
		assert_int_equal(with->room.shared_vcpus[i], read->room.shared_vcpus[i]);
	}
	assert_true(vtune__set_equal(&with->room.dedicated, &read->room.dedicated));
	vtune_host_free(read);
	vtune_host_free(with);
	free(xml);
	free(carrying);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	vtune_host_free(host);
	vtune_connection_free(connection);
}

/* ---- other hosts ---- */

/* Through a connection, a host is what its capabilities say. */
static void test_shared_capabilities(void **state)
{
	static const char *const names[] = {
		"aarch64-basic-clusters", "x86_64-basic-dies", "x86_64-caches", "x86_64-hmat",
		"x86_64-resctrl-amd",
	};
	const char *folder = getenv("VTUNE_SHARED");
	unsigned int found = 0;

	(void)state;
	if (!folder)
		skip();
	fake_real = NULL;
	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++) {
		struct vtune_connection *connection;
		struct vtune_host *host, *plain;
		struct vtune__text path = { 0 };

		memset(&fake, 0, sizeof(fake));
		vtune__text_addf(&path, "%s/domains/vircaps-%s.xml", folder, names[i]);
		fake.capabilities = vtune__file_read(path.data, NULL);
		vtune__text_free(&path);
		if (!fake.capabilities)
			continue;
		connection = vtune__connection_new((virConnectPtr)&fake, &fake_calls, NULL);
		host = read_host(connection, 0);
		plain = vtune_host_from_capabilities(fake.capabilities, NULL);
		assert_non_null(plain);
		assert_int_equal(host->topology->nnodes, plain->topology->nnodes);
		for (unsigned int j = 0; j < plain->topology->nnodes; j++) {
			const struct vtune__node *a = &host->topology->nodes[j];
			const struct vtune__node *b = &plain->topology->nodes[j];

			assert_int_equal(a->id, b->id);
			assert_true(vtune__set_equal(&a->cpus, &b->cpus));
			assert_int_equal(a->memory_kib, b->memory_kib);
			assert_true(host->free_kib[j] <= a->memory_kib);
		}
		assert_int_equal(host->topology->ncores, plain->topology->ncores);
		assert_int_equal(host->topology->ngroups, plain->topology->ngroups);
		vtune_host_free(plain);
		vtune_host_free(host);
		vtune_connection_free(connection);
		free(fake.capabilities);
		found++;
	}
	assert_true(found > 0);
}

/* The system's libvirt, where it runs. Nothing is changed there. */
/* By live-apply.sh, which has a libvirtd. */
static void test_this_machine(void **state)
{
	struct vtune_connection *connection = vtune_connection_open("qemu:///system", NULL);
	struct vtune_host *host, *system;

	(void)state;
	assert_non_null(connection);
	assert_true(connection->is_local);
	host = read_host(connection, VTUNE_HOST_DEFINED);
	system = vtune_host_from_system(NULL);
	assert_non_null(system);
	assert_string_equal(host->topology->hypervisor.type, "QEMU");
	assert_int_equal(host->topology->nnodes, system->topology->nnodes);
	for (unsigned int i = 0; i < system->topology->nnodes; i++) {
		const struct vtune__node *a = &host->topology->nodes[i];
		const struct vtune__node *b = &system->topology->nodes[i];

		assert_int_equal(a->id, b->id);
		assert_true(vtune__set_equal(&a->cpus, &b->cpus));
		assert_int_equal(a->memory_kib, b->memory_kib);
		assert_in_range(host->free_kib[i], 1, a->memory_kib);
	}
	vtune_host_free(system);
	vtune_host_free(host);
	vtune_connection_free(connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_driver),
		cmocka_unit_test(test_driver_domains),
		cmocka_unit_test(test_driver_plan),
		cmocka_unit_test(test_shared_capabilities),
	};
	const struct CMUnitTest live_tests[] = {
		cmocka_unit_test(test_this_machine),
	};

	if (getenv("VTUNE_TEST_LIBVIRTD"))
		return cmocka_run_group_tests(live_tests, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
