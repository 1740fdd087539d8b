/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A libvirt that pretends: one host, with the domains and devices that a test names.
 * Include it behind cmocka.h. */
#ifndef VTUNE_TEST_LIVE_HOST_FAKE_H
#define VTUNE_TEST_LIVE_HOST_FAKE_H

#include <stdlib.h>
#include <string.h>

#include "live/live.h"

enum fake_failure {
	FAKE_FAILS,    /* without any reason */
	FAKE_IS_GONE,  /* the domain or device is not there any more */
	FAKE_HAS_NONE, /* the driver has no such function */
};

struct fake_domain {
	const char *name;
	const char *xml;
	uint64_t rss_kib;
};

static struct {
	char *capabilities;
	struct fake_domain *domains;
	unsigned int ndomains;
	const char *const *devices; /* XML */
	unsigned int ndevices;
	unsigned int ncalls;  /* that can fail */
	unsigned int fail_at; /* 0: never */
	enum fake_failure failure;
	const char *failed; /* the function that did */
	int objects;	    /* that were not freed */
	int only_stats;	    /* virNodeGetCellsFreeMemory() is not there */
} fake;

static virConnectPtr fake_real; /* the test driver: has libvirt set errors */

static inline void fake_say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* Make libvirt's last error what it would be. */
static inline void fake_set_error(enum fake_failure failure, int is_device)
{
	virResetLastError();
	if (failure == FAKE_HAS_NONE)
		assert_null(virConnectDomainXMLFromNative(fake_real, "none", "", 0));
	else if (failure == FAKE_IS_GONE && is_device)
		assert_null(virNodeDeviceLookupByName(fake_real, "none"));
	else if (failure == FAKE_IS_GONE)
		assert_null(virDomainLookupByName(fake_real, "none"));
}

static inline int fake_fails(const char *function, int is_device)
{
	fake.ncalls++;
	if (fake.ncalls != fake.fail_at)
		return 0;
	fake.failed = function;
	fake_set_error(fake.failure, is_device);
	return 1;
}
#define FAKE_FAILS_HERE() fake_fails(__func__, 0)

static int fake_close(virConnectPtr connection)
{
	(void)connection;
	fake.objects--;
	return 0;
}

static int fake_ref(virConnectPtr connection)
{
	(void)connection;
	if (FAKE_FAILS_HERE())
		return -1;
	fake.objects++;
	return 0;
}

static char *fake_capabilities(virConnectPtr connection)
{
	(void)connection;
	return FAKE_FAILS_HERE() ? NULL : strdup(fake.capabilities);
}

static char *fake_hostname(virConnectPtr connection)
{
	(void)connection;
	return FAKE_FAILS_HERE() ? NULL : strdup("far");
}

static char *fake_uri(virConnectPtr connection)
{
	(void)connection;
	return FAKE_FAILS_HERE() ? NULL : strdup("qemu+ssh://far/system");
}

static const char *fake_type(virConnectPtr connection)
{
	(void)connection;
	return FAKE_FAILS_HERE() ? NULL : "QEMU";
}

static int fake_version(virConnectPtr connection, unsigned long *version)
{
	(void)connection;
	*version = 7002000;
	return FAKE_FAILS_HERE() ? -1 : 0;
}

static int fake_lib_version(virConnectPtr connection, unsigned long *version)
{
	(void)connection;
	*version = 9000003;
	return FAKE_FAILS_HERE() ? -1 : 0;
}

/* Numbers stand for objects. */
static void **fake_objects(unsigned int count)
{
	void **objects = calloc(count + 1, sizeof(*objects));

	for (unsigned int i = 0; objects && i < count; i++)
		objects[i] = (void *)(uintptr_t)(i + 1);
	fake.objects += objects ? (int)count : 0;
	return objects;
}

static int fake_domains(virConnectPtr connection, virDomainPtr **domains, unsigned int flags)
{
	(void)connection;
	(void)flags;
	if (FAKE_FAILS_HERE())
		return -1;
	*domains = (virDomainPtr *)fake_objects(fake.ndomains);
	return *domains ? (int)fake.ndomains : -1;
}

static struct fake_domain *fake_domain_of(virDomainPtr domain)
{
	assert_in_range((uintptr_t)domain, 1, fake.ndomains);
	return &fake.domains[(uintptr_t)domain - 1];
}

static const char *fake_domain_name(virDomainPtr domain)
{
	return FAKE_FAILS_HERE() ? NULL : fake_domain_of(domain)->name;
}

static char *fake_domain_xml(virDomainPtr domain, unsigned int flags)
{
	(void)flags;
	return FAKE_FAILS_HERE() ? NULL : strdup(fake_domain_of(domain)->xml);
}

static int fake_memory_stats(virDomainPtr domain, virDomainMemoryStatPtr stats, unsigned int count,
			     unsigned int flags)
{
	(void)flags;
	assert_true(count >= 2);
	if (FAKE_FAILS_HERE())
		return -1;
	stats[0].tag = VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON;
	stats[0].val = 1;
	stats[1].tag = VIR_DOMAIN_MEMORY_STAT_RSS;
	stats[1].val = fake_domain_of(domain)->rss_kib;
	return 2;
}

static int fake_free_domain(virDomainPtr domain)
{
	fake_domain_of(domain);
	fake.objects--;
	return 0;
}

static int fake_devices(virConnectPtr connection, virNodeDevicePtr **devices, unsigned int flags)
{
	(void)connection;
	(void)flags;
	if (FAKE_FAILS_HERE())
		return -1;
	*devices = (virNodeDevicePtr *)fake_objects(fake.ndevices);
	return *devices ? (int)fake.ndevices : -1;
}

static char *fake_device_xml(virNodeDevicePtr device, unsigned int flags)
{
	(void)flags;
	assert_in_range((uintptr_t)device, 1, fake.ndevices);
	return fake_fails(__func__, 1) ? NULL : strdup(fake.devices[(uintptr_t)device - 1]);
}

static int fake_free_device(virNodeDevicePtr device)
{
	(void)device;
	fake.objects--;
	return 0;
}

/* Node n has 8 GiB free, less n KiB. */
static int fake_cells_free(virConnectPtr connection, unsigned long long *bytes, int first,
			   int count)
{
	(void)connection;
	assert_int_equal(first, 0);
	if (FAKE_FAILS_HERE() || fake.only_stats)
		return -1;
	for (int i = 0; i < count; i++)
		bytes[i] = (8ull * 1048576 - (unsigned int)i) * 1024;
	return count;
}

static int fake_node_stats(virConnectPtr connection, int cell, virNodeMemoryStatsPtr stats,
			   int *count, unsigned int flags)
{
	(void)connection;
	(void)flags;
	assert_true(*count >= 2);
	if (FAKE_FAILS_HERE())
		return -1;
	strcpy(stats[0].field, VIR_NODE_MEMORY_STATS_TOTAL);
	stats[0].value = 1;
	strcpy(stats[1].field, VIR_NODE_MEMORY_STATS_FREE);
	stats[1].value = 8ull * 1048576 - (unsigned int)cell;
	*count = 2;
	return 0;
}

static int fake_free_pages(virConnectPtr connection, unsigned int npages, unsigned int *pages,
			   int first, unsigned int ncells, unsigned long long *counts,
			   unsigned int flags)
{
	(void)connection;
	(void)flags;
	assert_int_equal(npages, 1);
	assert_int_equal(ncells, 1);
	assert_true(pages[0] > 4);
	if (FAKE_FAILS_HERE())
		return -1;
	counts[0] = 1000 + (unsigned int)first;
	return 1;
}

static const struct vtune__calls fake_calls = {
	.virConnectClose = fake_close,
	.virConnectGetCapabilities = fake_capabilities,
	.virConnectGetHostname = fake_hostname,
	.virConnectGetLibVersion = fake_lib_version,
	.virConnectGetType = fake_type,
	.virConnectGetURI = fake_uri,
	.virConnectGetVersion = fake_version,
	.virConnectListAllDomains = fake_domains,
	.virConnectListAllNodeDevices = fake_devices,
	.virConnectRef = fake_ref,
	.virDomainFree = fake_free_domain,
	.virDomainGetName = fake_domain_name,
	.virDomainGetXMLDesc = fake_domain_xml,
	.virDomainMemoryStats = fake_memory_stats,
	.virNodeDeviceFree = fake_free_device,
	.virNodeDeviceGetXMLDesc = fake_device_xml,
	.virNodeGetCellsFreeMemory = fake_cells_free,
	.virNodeGetFreePages = fake_free_pages,
	.virNodeGetMemoryStats = fake_node_stats,
};

#endif
