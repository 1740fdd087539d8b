/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts from hwloc: XML of both versions, synthetic strings, others' topologies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libvtune-hwloc.h"

#include "host-help.h"
#include "host/sources.h"

#define GIB (UINT64_C(1) << 20) /* in KiB */

static char *path_of(const char *name)
{
	struct vtune__text path = { 0 };

	vtune__text_addf(&path, "%s/data/hwloc/%s", getenv("srcdir") ? getenv("srcdir") : ".",
			 name);
	assert_non_null(path.data);
	return path.data;
}

static struct vtune_host *load(const char *name)
{
	struct vtune_error *err = NULL;
	char *path = path_of(name);
	struct vtune_host *host = vtune_host_from_hwloc_file(path, &err);

	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	free(path);
	return host;
}

static struct vtune_host *synthetic(const char *description)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_synthetic(description, &err);

	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	return host;
}

static void assert_device(const struct vtune_host *host, const char *id, const char *class,
			  int node, const char *names)
{
	const struct vtune__device *device = vtune__topology_device(host->topology, id);
	struct vtune__text text = { 0 };

	if (!device)
		fail_msg("there is no device %s", id);
	for (unsigned int i = 0; i < device->nnames; i++)
		vtune__text_addf(&text, "%s%s", i ? " " : "", device->names[i]);
	assert_string_equal(device->class, class);
	assert_string_equal(text.data ? text.data : "", names);
	if (node < 0)
		assert_int_equal(device->node, -1);
	else
		assert_int_equal(host->topology->nodes[device->node].id, node);
	vtune__text_free(&text);
}

static void test_two_nodes(void **state)
{
	struct vtune_host *host = load("two-node.xml");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_string_equal(vtune_host_get_name(host), "twins");
	assert_int_equal(t->page_kib, 4);
	assert_int_equal(t->nnodes, 2);
	assert_set(&t->nodes[0].cpus, "0-1,4-5");
	assert_set(&t->nodes[1].cpus, "2-3,6-7");
	assert_int_equal(t->ncores, 4);
	assert_set(&t->cores[2], "2,6");
	assert_int_equal(t->npackages, 2);
	assert_set(&t->packages[1], "2-3,6-7");
	/* Four caches of level 2, two of level 3: the highest level makes groups. */
	assert_int_equal(t->ncaches, 6);
	assert_int_equal(t->ngroups, 2);
	assert_int_equal(vtune__set_count(&t->offline), 0);

	assert_int_equal(t->nodes[0].memory_kib, 8 * GIB);
	assert_int_equal(t->npage_sizes, 2);
	assert_int_equal(t->page_sizes[0], 2048);
	assert_int_equal(t->pool_total[0], 512);
	assert_int_equal(t->pool_total[1], 1);
	assert_int_equal(host->free_kib[0], 6 * GIB);
	assert_int_equal(host->free_pages[0], 512);
	assert_int_equal(host->free_kib[1], 8 * GIB);

	/* Of the two tables of nodes, the one that is not of bandwidths. */
	assert_int_equal(vtune__distance(t, 0, 0), 10);
	assert_int_equal(vtune__distance(t, 0, 1), 21);
	assert_int_equal(vtune__distance(t, 1, 0), 23);
	vtune_host_free(host);
}

static void test_devices(void **state)
{
	struct vtune_host *host = load("two-node.xml");

	(void)state;
	/* The bridge and the performance counter are not for VMs. */
	assert_int_equal(host->topology->ndevices, 8);
	assert_device(host, "0000:41:00.0", "network", 0, "eth0 mlx5_0");
	assert_device(host, "0000:41:00.1", "network", 0, "");
	assert_device(host, "0000:42:00.0", "storage", 0, "nvme0c1n1 nvme0n1");
	assert_device(host, "0000:c1:00.0", "display", 1, "");
	assert_device(host, "0000:c1:00.1", "multimedia", 1, "");
	assert_device(host, "0000:c2:00.0", "usb", 1, "");
	assert_device(host, "0000:c3:00.0", "accelerator", 1, "");
	assert_string_equal(host->topology->devices[0].vendor, "1234");
	assert_string_equal(host->topology->devices[0].product, "5678");
	assert_string_equal(host->topology->devices[0].root, "0000:00");
	assert_int_equal(host->topology->devices[0].iommu_group, -1);
	/* Near to both nodes. */
	assert_device(host, "0001:01:00.0", "storage", -1, "sda");
	assert_device(host, "/dev/nvme0n1", "storage", 0, "nvme0c1n1 nvme0n1");
	vtune_host_free(host);
}

static void test_device_near_several_nodes(void **state)
{
	struct vtune_host *host = load("hbm.xml");

	(void)state;
	/* One of the two nodes has CPUs; of the four, two have. */
	assert_device(host, "0000:01:00.0", "network", 0, "");
	assert_device(host, "0000:02:00.0", "display", -1, "");
	vtune_host_free(host);
}

static void test_pci_classes(void **state)
{
	(void)state;
	assert_string_equal(vtune__pci_class(0x0108), "storage");
	assert_string_equal(vtune__pci_class(0x0207), "network");
	assert_string_equal(vtune__pci_class(0x0c06), "network");
	assert_string_equal(vtune__pci_class(0x0c04), "storage");
	assert_string_equal(vtune__pci_class(0x0302), "display");
	assert_string_equal(vtune__pci_class(0x0502), "memory");
	assert_string_equal(vtune__pci_class(0x0b40), "processor");
	assert_string_equal(vtune__pci_class(0x1080), "encryption");
	assert_null(vtune__pci_class(0x0600));
	assert_null(vtune__pci_class(0x0c05));
	assert_null(vtune__pci_class(0x0500));
	assert_null(vtune__pci_class(0x1101));
	assert_null(vtune__pci_class(0xff00));
}

/* CPU 7 is off, but its core is known; of CPU 8 nothing is known; CPUs 5 and 6, and
 * the memory of node 1, are not allowed to us. */
static void test_offline_and_disallowed(void **state)
{
	struct vtune_host *host = load("offline.xml");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_set(&t->cpus, "0-7");
	assert_set(&t->offline, "5-7");
	assert_set(&t->nodes[1].cpus, "2-3,6-7");
	assert_set(&t->cores[3], "3,7");
	assert_set(&host->room.dedicated, "0-4");
	assert_int_equal(t->pool_total[1], 1024);
	assert_int_equal(host->free_kib[0], 6 * GIB);
	assert_int_equal(host->free_pages[0], 1024);
	assert_int_equal(t->nodes[1].memory_kib, 8 * GIB);
	assert_int_equal(host->free_kib[1], 0);
	assert_int_equal(host->free_pages[1], 0);
	vtune_host_free(host);
}

static void test_sparse_ids(void **state)
{
	struct vtune_host *host = load("sparse.xml");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_int_equal(t->page_kib, 64);
	assert_int_equal(t->nnodes, 4);
	assert_int_equal(t->nodes[1].id, 8);
	assert_int_equal(t->nodes[3].id, 255);
	assert_set(&t->nodes[1].cpus, "16-31");
	assert_set(&t->nodes[2].cpus, "");
	assert_int_equal(t->nodes[1].kind, VTUNE__DRAM);
	assert_int_equal(t->nodes[2].kind, VTUNE__GPU);
	assert_int_equal(t->nodes[3].kind, VTUNE__GPU);
	assert_int_equal(vtune__distance(t, 1, 0), 40);
	assert_int_equal(vtune__distance(t, 3, 1), 80);
	assert_int_equal(vtune__set_count(&t->cores[0]), 4);
	vtune_host_free(host);
}

static void test_cpus_near_no_node(void **state)
{
	struct vtune_host *host = load("stray.xml");

	(void)state;
	assert_int_equal(host->topology->nnodes, 1);
	assert_set(&host->topology->nodes[0].cpus, "0-3");
	vtune_host_free(host);
}

static void test_version_1(void **state)
{
	struct vtune_host *host = load("version-1.xml"), *now = load("hbm.xml");
	struct vtune_error *err = NULL;
	char *first = vtune_host_to_json(host, &err);
	char *second = vtune_host_to_json(now, &err);

	(void)state;
	assert_non_null(first);
	assert_non_null(second);
	assert_string_equal(first, second);
	free(first);
	free(second);
	vtune_host_free(host);
	vtune_host_free(now);
}

static void test_synthetic(void **state)
{
	static const struct {
		const char *text;
		unsigned int nodes, cores, cpus, threads, groups;
	} rows[] = {
		{ "NUMANode:1 PU:1", 1, 1, 1, 1, 1 },
		{ "2 3 4", 6, 24, 24, 1, 6 },
		{ "Package:2 NUMANode:2 Core:3 PU:1", 4, 12, 12, 1, 4 },
		{ "NUMANode:2 L3Cache:2 Core:2 PU:2", 2, 8, 16, 2, 4 },
		{ "NUMANode:2 L2Cache:2 Core:2 PU:4", 2, 8, 32, 4, 4 },
		{ "NUMANode:1 Core:4 PU:8", 1, 4, 32, 8, 1 },
		{ "NUMANode:64(memory=16GiB) L3Cache:1 Core:2 PU:2", 64, 128, 256, 2, 64 },
		{ "Package:1 L3Cache:1 NUMANode:2 Core:2 PU:1", 2, 4, 4, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_host *host = synthetic(rows[i].text);
		const struct vtune__topology *t = host->topology;

		assert_int_equal(t->nnodes, rows[i].nodes);
		assert_int_equal(t->ncores, rows[i].cores);
		assert_int_equal(vtune__set_count(&t->cpus), rows[i].cpus);
		assert_int_equal(vtune__set_count(&t->cores[0]), rows[i].threads);
		assert_int_equal(t->ngroups, rows[i].groups);
		assert_string_equal(vtune_host_get_name(host), "");
		for (unsigned int j = 0; j < t->nnodes; j++)
			assert_int_equal(vtune__distance(t, 0, j), j ? 20 : 10);
		vtune_host_free(host);
	}
}

static void test_synthetic_details(void **state)
{
	struct vtune_host *host = synthetic("[NUMANode(memory=3000MB)] [NUMANode(memory=0x10MiB)] "
					    "L3Cache:2(size=1kB) PU:2(indexes=4,5,6,7)");

	(void)state;
	assert_set(&host->topology->nodes[0].cpus, "4-7");
	assert_set(&host->topology->nodes[1].cpus, "");
	assert_int_equal(host->topology->nodes[0].memory_kib, 3000000000 / 1024);
	assert_int_equal(host->topology->nodes[1].memory_kib, 16384);
	vtune_host_free(host);
}

static void test_bad_synthetic(void **state)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{ "", "hwloc does not understand" },
		{ "nonsense", "a level without a number" },
		{ "Package:2", "hwloc does not understand" },
		{ "Package:2 PU:0", "hwloc does not understand" },
		{ "Package:2 PU", "a level without a number" },
		{ "L3 [x:99999] PU:2", "a level without a number" },
		{ "PU:10000", "more than 8192 CPUs" },
		{ "Package:100 Core:100 PU:2", "more than 8192 CPUs" },
		{ "PU:18446744073709551617", "more than 8192 CPUs" },
		{ "Package:1500 [NUMANode] PU:1", "more than 1024 NUMA nodes" },
		{ "PU:2(indexes=0,20000)", "an index above 16383" },
		{ "[NUMANode(memory=99999999999999GiB)] PU:2", "a memory size" },
		{ "[NUMANode(memory=GiB)] PU:2", "a memory size" },
		{ "L3Cache:1(size=99999999999999999999) PU:2", "a cache size" },
		{ "Package:2 [NUMANode(memory=1GiB PU:2", "hwloc does not understand" },
		{ "Package:2(indexes=0,1 PU:2", "hwloc does not understand" },
	};
	struct vtune_error *err = NULL;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		assert_null(vtune_host_from_synthetic(rows[i].text, &err));
		assert_error(&err, VTUNE_ERR_DOCUMENT, "", rows[i].part);
	}
	assert_null(vtune_host_from_synthetic("NUMANode:2(indexes=5,5) PU:2", &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes/1/id", "Two nodes");
	assert_null(vtune_host_from_synthetic("PU:0", NULL));
}

/* ---- a caller's topology ---- */

static hwloc_topology_t topology_of(const char *description)
{
	hwloc_topology_t topology;

	assert_int_equal(hwloc_topology_init(&topology), 0);
	assert_int_equal(hwloc_topology_set_synthetic(topology, description), 0);
	assert_int_equal(hwloc_topology_load(topology), 0);
	return topology;
}

static struct vtune_host *host_of(hwloc_topology_t topology)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_hwloc_topology(topology, &err);

	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	hwloc_topology_destroy(topology);
	return host;
}

static hwloc_obj_t node_of(hwloc_topology_t topology, unsigned int id)
{
	return hwloc_get_numanode_obj_by_os_index(topology, id);
}

/* What is told of the second node, and which kind that makes it. */
static void test_kinds(void **state)
{
	static const struct {
		const char *subtype, *info, *value, *model;
		unsigned int gib;
		enum vtune__memory_kind kind;
	} rows[] = {
		{ NULL, NULL, NULL, NULL, 4, VTUNE__DRAM },
		{ "DRAM", NULL, NULL, NULL, 99, VTUNE__DRAM },
		{ "MCDRAM", NULL, NULL, NULL, 4, VTUNE__HBM },
		{ "HBM", NULL, NULL, NULL, 4, VTUNE__HBM },
		{ "SPM", NULL, NULL, NULL, 4, VTUNE__HBM },
		{ "NVM", NULL, NULL, NULL, 4, VTUNE__NVM },
		{ "GPUMemory", NULL, NULL, NULL, 4, VTUNE__GPU },
		{ "CXL-DRAM", NULL, NULL, NULL, 4, VTUNE__CXL },
		{ "CXL-GPUMemory", NULL, NULL, NULL, 4, VTUNE__GPU },
		{ NULL, "DAXType", "NVM", NULL, 4, VTUNE__NVM },
		{ NULL, "DAXType", "SPM", NULL, 4, VTUNE__HBM },
		{ NULL, "DAXParent", "ACPI0017:00/root0/region0", NULL, 4, VTUNE__CXL },
		/* Inferred. */
		{ NULL, NULL, NULL, NULL, 64, VTUNE__NVM },
		{ NULL, NULL, NULL, "Intel(R) Xeon Phi(TM) CPU 7250", 4, VTUNE__HBM },
		{ NULL, NULL, NULL, "POWER9, altivec supported", 4, VTUNE__DRAM },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		hwloc_topology_t topology = topology_of(
			"Package:1 [NUMANode(memory=8GiB)] [NUMANode(memory=8GiB)] PU:4");
		hwloc_obj_t node = node_of(topology, 1);
		struct vtune_host *host;

		node->attr->numanode.local_memory = (uint64_t)rows[i].gib << 30;
		if (rows[i].subtype)
			node->subtype = strdup(rows[i].subtype);
		if (rows[i].info)
			hwloc_obj_add_info(node, rows[i].info, rows[i].value);
		if (rows[i].model)
			hwloc_obj_add_info(hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0),
					   "CPUModel", rows[i].model);
		host = host_of(topology);
		assert_set(&host->topology->nodes[0].cpus, "0-3");
		assert_set(&host->topology->nodes[1].cpus, "");
		assert_int_equal(host->topology->nodes[0].kind, VTUNE__DRAM);
		if (host->topology->nodes[1].kind != rows[i].kind)
			fail_msg("row %zu: kind %d", i, host->topology->nodes[1].kind);
		vtune_host_free(host);
	}
}

/* Which of the nodes beside the same CPUs has them. */
static void test_dies(void **state)
{
	struct vtune_host *host = host_of(topology_of("pack:1 numa:1 die:2 group:2 core:2 pu:1"));
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_null(t->processor.arch);
	assert_int_equal(t->ndies, 2);
	assert_set(&t->dies[1], "4-7");
	/* Groups may be of anything. */
	assert_int_equal(t->nclusters, 0);
	vtune_host_free(host);
}

/* What the processors are, and the groups that hwloc calls clusters. */
static void test_processor(void **state)
{
	hwloc_topology_t topology = topology_of("pack:1 numa:1 die:2 group:2 core:2 pu:1");
	hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0), group = NULL;
	const struct vtune__topology *t;
	struct vtune_host *host;

	(void)state;
	while ((group = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_GROUP, group))) {
		free(group->subtype);
		group->subtype = strdup("Cluster");
	}
	hwloc_obj_add_info(hwloc_get_root_obj(topology), "Architecture", "arm64");
	hwloc_obj_add_info(package, "CPUVendor", "AuthenticAMD");
	hwloc_obj_add_info(package, "CPUModel", "of some length   ");
	host = host_of(topology);
	t = host->topology;
	assert_string_equal(t->processor.arch, "aarch64");
	assert_string_equal(t->processor.vendor, "AMD");
	assert_string_equal(t->processor.model, "of some length");
	assert_int_equal(t->nclusters, 4);
	assert_set(&t->clusters[0], "0-1");
	assert_set(&t->clusters[3], "6-7");
	vtune_host_free(host);
}

static void test_owner(void **state)
{
	hwloc_topology_t topology = topology_of("[NUMANode(memory=1GiB)] [NUMANode(memory=2GiB)] "
						"Group:2 [NUMANode(memory=1GiB)] PU:2");
	struct vtune_host *host;

	(void)state;
	/* The nodes of the groups are 0 and 1: nearer than those of the machine. */
	host = host_of(topology);
	assert_set(&host->topology->nodes[0].cpus, "0-1");
	assert_set(&host->topology->nodes[1].cpus, "2-3");
	assert_set(&host->topology->nodes[2].cpus, "");
	assert_set(&host->topology->nodes[3].cpus, "");
	vtune_host_free(host);

	/* A node without memory has CPUs only if there is no other. */
	topology = topology_of("[NUMANode(memory=1GiB)] [NUMANode(memory=2GiB)] PU:2");
	node_of(topology, 0)->attr->numanode.local_memory = 0;
	host = host_of(topology);
	assert_set(&host->topology->nodes[0].cpus, "");
	assert_set(&host->topology->nodes[1].cpus, "0-1");
	vtune_host_free(host);

	topology = topology_of("NUMANode:2(memory=1GiB) PU:2");
	node_of(topology, 0)->attr->numanode.local_memory = 0;
	host = host_of(topology);
	assert_set(&host->topology->nodes[0].cpus, "0-1");
	assert_int_equal(host->topology->nodes[0].memory_kib, 0);
	vtune_host_free(host);

	/* Special memory gives way, even with the lower number. */
	topology = topology_of("[NUMANode(memory=1GiB)] [NUMANode(memory=2GiB)] PU:2");
	node_of(topology, 0)->subtype = strdup("HBM");
	host = host_of(topology);
	assert_set(&host->topology->nodes[0].cpus, "");
	assert_set(&host->topology->nodes[1].cpus, "0-1");
	vtune_host_free(host);
}

static void add_table(hwloc_topology_t topology, const char *name, unsigned long kind,
		      hwloc_uint64_t values[4])
{
	hwloc_obj_t nodes[2] = { node_of(topology, 0), node_of(topology, 1) };
	hwloc_distances_add_handle_t handle;

	handle = hwloc_distances_add_create(topology, name, kind, 0);
	assert_non_null(handle);
	assert_int_equal(hwloc_distances_add_values(topology, handle, 2, nodes, values, 0), 0);
	assert_int_equal(hwloc_distances_add_commit(topology, handle, 0), 0);
}

static void test_distances(void **state)
{
	unsigned long latency = HWLOC_DISTANCES_KIND_FROM_OS | HWLOC_DISTANCES_KIND_MEANS_LATENCY;
	hwloc_uint64_t zero[4] = { 0, 1, 1, 0 }, large[4] = { 10, 70000, 70000, 10 };
	hwloc_uint64_t good[4] = { 10, 31, 32, 10 }, other[4] = { 1, 2, 2, 1 };
	hwloc_topology_t topology = topology_of("NUMANode:2 PU:2");
	struct vtune_host *host;

	(void)state;
	add_table(topology, "Hops", latency, other);
	add_table(topology, "NUMALatency", latency, zero);
	add_table(topology, "NUMALatency", latency, large);
	host = vtune_host_from_hwloc_topology(topology, NULL);
	assert_non_null(host);
	assert_int_equal(vtune__distance(host->topology, 0, 1), 20);
	vtune_host_free(host);

	add_table(topology, "NUMALatency", latency, good);
	host = host_of(topology);
	assert_int_equal(vtune__distance(host->topology, 0, 1), 31);
	assert_int_equal(vtune__distance(host->topology, 1, 0), 32);
	vtune_host_free(host);
}

static void test_topology_not_loaded(void **state)
{
	struct vtune_error *err = NULL;
	hwloc_topology_t topology;

	(void)state;
	assert_null(vtune_host_from_hwloc_topology(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_int_equal(hwloc_topology_init(&topology), 0);
	assert_null(vtune_host_from_hwloc_topology(topology, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "hwloc_topology_load()");
	hwloc_topology_destroy(topology);
}

static void test_cpu_numbers_too_high(void **state)
{
	struct vtune_error *err = NULL;
	hwloc_topology_t topology = topology_of("NUMANode:1 PU:2(indexes=0,20000)");

	(void)state;
	assert_null(vtune_host_from_hwloc_topology(topology, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "", "a number above 16383");
	hwloc_topology_destroy(topology);

	topology = topology_of("NUMANode:2(indexes=0,5000) PU:2");
	assert_null(vtune_host_from_hwloc_topology(topology, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "", "NUMA node 5000");
	hwloc_topology_destroy(topology);
}

static void test_no_such_file(void **state)
{
	struct vtune_error *err = NULL;
	char *path = path_of("missing.xml");

	(void)state;
	assert_null(vtune_host_from_hwloc_file(path, &err));
	assert_error(&err, VTUNE_ERR_SYSTEM, path, path);
	free(path);
	path = path_of("../hosts/four-node.json");
	assert_null(vtune_host_from_hwloc_file(path, &err));
	assert_error(&err, VTUNE_ERR_SYNTAX, "line 1", path);
	free(path);
	assert_null(vtune_host_from_hwloc_file(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	assert_null(vtune_host_from_hwloc_file(NULL, NULL));
	assert_null(vtune_host_from_hwloc_xml(NULL, NULL));
	assert_null(vtune_host_from_synthetic(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_nodes),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_device_near_several_nodes),
		cmocka_unit_test(test_pci_classes),
		cmocka_unit_test(test_offline_and_disallowed),
		cmocka_unit_test(test_sparse_ids),
		cmocka_unit_test(test_cpus_near_no_node),
		cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_synthetic),
		cmocka_unit_test(test_synthetic_details),
		cmocka_unit_test(test_bad_synthetic),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_dies),
		cmocka_unit_test(test_processor),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_topology_not_loaded),
		cmocka_unit_test(test_cpu_numbers_too_high),
		cmocka_unit_test(test_no_such_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
