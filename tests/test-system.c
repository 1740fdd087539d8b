/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This machine, and made-up ones: what is free is read from a tree like /sys. */
#define _GNU_SOURCE /* nftw */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "host-help.h"
#include "host/sources.h"

#define NODE "sys/devices/system/node/node"
#define CPU "sys/devices/system/cpu/"

/* ---- a tree of files ---- */

static char root[] = "test-system-XXXXXX";

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

static int make_root(void **state)
{
	(void)state;
	memcpy(root + sizeof(root) - 7, "XXXXXX", 6);
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void put_bytes(const char *path, const char *bytes, size_t length)
{
	struct vtune__text full = { 0 };
	FILE *file;

	vtune__text_addf(&full, "%s/%s", root, path);
	assert_false(full.failed);
	for (char *slash = strchr(full.data, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full.data, 0755);
		*slash = '/';
	}
	file = fopen(full.data, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	vtune__text_free(&full);
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

/* Two nodes: 8 GiB with pools, 4 GiB without. */
static void put_two_nodes(void)
{
	put(NODE "0/meminfo", "Node 0 MemTotal:        8388608 kB\n"
			      "Node 0 MemFree:         3145728 kB\n"
			      "Node 0 MemUsed:         5242880 kB\n");
	put(NODE "0/cpulist", "0-3\n");
	put(NODE "0/hugepages/hugepages-2048kB/nr_hugepages", "512\n");
	put(NODE "0/hugepages/hugepages-2048kB/free_hugepages", "100\n");
	put(NODE "0/hugepages/hugepages-1048576kB/nr_hugepages", "2\n");
	put(NODE "0/hugepages/hugepages-1048576kB/free_hugepages", "3\n");
	put(NODE "1/meminfo", "Node 1 MemTotal: 4194304 kB\nNode 1 MemFree: 9999999 kB\n");
	put(NODE "1/cpulist", "4-7\n");
	put(CPU "isolated", "2-3,9\n");
	put(CPU "offline", "7-127\n");
}

/* ---- the draft that hwloc would have made ---- */

static struct vtune__draft draft;

static struct vtune__draft_node *add_node(unsigned int id, uint64_t memory_kib, unsigned int first,
					  unsigned int last)
{
	struct vtune__draft_node *node = vtune__draft_add_node(&draft, NULL);

	assert_non_null(node);
	node->id = id;
	node->memory_kib = memory_kib;
	if (first <= last)
		assert_int_equal(vtune__set_add_range(&node->cpus, first, last), 0);
	return node;
}

static void add_two_nodes(void)
{
	struct vtune__draft_node *node = add_node(0, 8388608, 0, 3);

	/* As hwloc counts them, a moment before. */
	node->pages = vtune__alloc(1, sizeof(*node->pages), NULL);
	assert_non_null(node->pages);
	node->npages = 1;
	node->pages[0].size_kib = 2048;
	node->pages[0].total = 500;
	add_node(1, 4194304, 4, 7);
}

static void read_tree(void)
{
	struct vtune_error *err = NULL;

	if (vtune__system_read_free(&draft, root, &err) < 0)
		fail_msg("%s", vtune_error_get_message(err));
}

/* The file is what the error is about. */
static void read_bad_tree(enum vtune_error_code code, const char *file, const char *part)
{
	struct vtune_error *err = NULL;

	assert_int_equal(vtune__system_read_free(&draft, root, &err), -1);
	if (vtune_error_get_code(err) != (int)code || !strstr(vtune_error_get_where(err), file) ||
	    !strstr(vtune_error_get_message(err), part))
		fail_msg("got %d at \"%s\": %s", vtune_error_get_code(err),
			 vtune_error_get_where(err), vtune_error_get_message(err));
	vtune_error_free(err);
}

static void done(void)
{
	vtune__draft_free(&draft);
	memset(&draft, 0, sizeof(draft));
}

static const struct vtune__draft_pages *pages_of(unsigned int node, uint64_t size_kib)
{
	for (unsigned int i = 0; i < draft.nodes[node].npages; i++)
		if (draft.nodes[node].pages[i].size_kib == size_kib)
			return &draft.nodes[node].pages[i];
	fail_msg("node %u has no pages of %u KiB", node, (unsigned int)size_kib);
	return NULL;
}

static void test_two_nodes(void **state)
{
	(void)state;
	put_two_nodes();
	add_two_nodes();
	read_tree();
	assert_true(draft.nodes[0].has_free);
	assert_int_equal(draft.nodes[0].free_kib, 3145728);
	assert_int_equal(draft.nodes[0].npages, 2);
	assert_int_equal(pages_of(0, 2048)->total, 512);
	assert_int_equal(pages_of(0, 2048)->free, 100);
	assert_int_equal(pages_of(0, 1048576)->total, 2);
	/* Never more than there is. */
	assert_int_equal(pages_of(0, 1048576)->free, 2);
	assert_int_equal(draft.nodes[1].free_kib, 4194304);
	assert_int_equal(draft.nodes[1].npages, 0);
	assert_set(&draft.isolated, "2-3");
	assert_set(&draft.offline, "7");
	done();
}

/* What hwloc found not to be ours stays so. */
static void test_disallowed_node(void **state)
{
	(void)state;
	put_two_nodes();
	add_two_nodes();
	draft.nodes[0].has_free = true;
	read_tree();
	assert_int_equal(draft.nodes[0].free_kib, 0);
	assert_int_equal(pages_of(0, 2048)->total, 512);
	assert_int_equal(pages_of(0, 2048)->free, 0);
	assert_true(pages_of(0, 1048576)->has_free);
	assert_int_equal(pages_of(0, 1048576)->free, 0);
	assert_int_equal(draft.nodes[1].free_kib, 4194304);
	done();
}

static void test_cpus_are_where_the_kernel_says(void **state)
{
	(void)state;
	put_two_nodes();
	put(NODE "0/cpulist", "\n");
	put(NODE "1/cpulist", "0-3,8\n");
	add_node(0, 8388608, 0, 3);
	add_node(1, 4194304, 1, 0);
	read_tree();
	assert_set(&draft.nodes[0].cpus, "");
	assert_set(&draft.nodes[1].cpus, "0-3");
	done();
}

/* Some kernels end the list with a zero byte; some files are empty. */
static void test_odd_lists(void **state)
{
	(void)state;
	put_two_nodes();
	put_bytes(NODE "0/cpulist", "0-3\n", 5);
	put(CPU "isolated", "");
	add_two_nodes();
	read_tree();
	assert_set(&draft.nodes[0].cpus, "0-3");
	assert_set(&draft.isolated, "");
	done();
}

static void put_link(const char *path, const char *target)
{
	struct vtune__text full = { 0 };

	put(path, ""); /* makes the folders */
	vtune__text_addf(&full, "%s/%s", root, path);
	assert_false(full.failed);
	assert_int_equal(unlink(full.data), 0);
	assert_int_equal(symlink(target, full.data), 0);
	vtune__text_free(&full);
}

#define PCI "sys/bus/pci/devices/"

static void test_device_origin(void **state)
{
	static const char *const ids[] = { "0000:01:10.0", "0000:02:00.0", "10000:03:00.0" };

	(void)state;
	put_two_nodes();
	put_link(PCI "0000:01:10.0", "../../../devices/pci0000:00/0000:00:01.1/0000:01:10.0");
	put_link("sys/devices/pci0000:00/0000:00:01.1/0000:01:10.0/physfn", "../0000:01:00.0");
	put_link("sys/devices/pci0000:00/0000:00:01.1/0000:01:10.0/iommu_group",
		 "../../../../kernel/iommu_groups/14");
	put_link(PCI "0000:02:00.0/physfn", "../nonsense");
	put_link(PCI "0000:02:00.0/iommu_group", "../x1");
	put_link(PCI "10000:03:00.0", "../../../devices/pci0000:40/0000:40:05.5/pci10000:e0/"
				      "10000:e0:02.0/10000:03:00.0");
	add_two_nodes();
	for (unsigned int i = 0; i < VTUNE__COUNT(ids); i++)
		vtune__draft_add_device(&draft, NULL)->id = vtune__strdup(ids[i], NULL);
	read_tree();
	assert_string_equal(draft.devices[0].pf, "0000:01:00.0");
	assert_string_equal(draft.devices[0].root, "0000:00");
	assert_int_equal(draft.devices[0].iommu_group, 14);
	assert_null(draft.devices[1].pf);
	assert_null(draft.devices[1].root);
	assert_int_equal(draft.devices[1].iommu_group, -1);
	assert_string_equal(draft.devices[2].root, "10000:e0");
	done();
}

static void test_device_node(void **state)
{
	static const char *const ids[] = { "0000:01:00.0", "0000:02:00.0", "0000:03:00.0",
					   "0000:04:00.0", "0000:05:00.0" };
	static const int nodes[] = { 1, -1, -1, -1, 0 };

	(void)state;
	put_two_nodes();
	put("sys/bus/pci/devices/0000:01:00.0/numa_node", "1\n");
	put("sys/bus/pci/devices/0000:02:00.0/numa_node", "-1\n");
	put("sys/bus/pci/devices/0000:03:00.0/numa_node", "7\n");
	put("sys/bus/pci/devices/0000:05:00.0/numa_node", "1\n");
	add_two_nodes();
	for (unsigned int i = 0; i < VTUNE__COUNT(ids); i++) {
		struct vtune__device *device = vtune__draft_add_device(&draft, NULL);

		assert_non_null(device);
		device->id = vtune__strdup(ids[i], NULL);
		device->node = i == 4 ? 0 : -1; /* hwloc knows it */
	}
	read_tree();
	for (unsigned int i = 0; i < VTUNE__COUNT(ids); i++)
		assert_int_equal(draft.devices[i].node, nodes[i]);
	done();
}

static void test_kernel_without_nodes(void **state)
{
	(void)state;
	put("proc/meminfo", "MemTotal:        5990612 kB\nMemFree:         3460600 kB\n");
	put("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "16\n");
	put("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "4\n");
	put("sys/kernel/mm/hugepages/README", "of no interest\n");
	add_node(0, 5990612, 0, 1);
	read_tree();
	assert_int_equal(draft.nodes[0].free_kib, 3460600);
	assert_int_equal(pages_of(0, 2048)->total, 16);
	assert_int_equal(pages_of(0, 2048)->free, 4);
	assert_set(&draft.isolated, "");
	done();
}

static void test_bad_trees(void **state)
{
	(void)state;
	add_node(0, 8388608, 0, 3);
	read_bad_tree(VTUNE_ERR_SYSTEM, "proc/meminfo", "Cannot open");
	put_two_nodes();
	put(NODE "0/meminfo", "Node 0 MemTotal: 8388608 kB\n");
	read_bad_tree(VTUNE_ERR_SYSTEM, "node0/meminfo", "MemFree");
	put(NODE "0/meminfo", "Node 0 MemFree: much\n");
	read_bad_tree(VTUNE_ERR_SYSTEM, "node0/meminfo", "MemFree");
	put_two_nodes();
	put(NODE "0/hugepages/hugepages-2048kB/nr_hugepages", "\n");
	read_bad_tree(VTUNE_ERR_SYSTEM, "nr_hugepages", "is not a number");
	put_two_nodes();
	put(NODE "0/cpulist", "0-x\n");
	read_bad_tree(VTUNE_ERR_SYSTEM, "node0/cpulist", "is not a list of CPUs");
	put_two_nodes();
	put(CPU "isolated", "3-1\n");
	read_bad_tree(VTUNE_ERR_SYSTEM, "isolated", "is not a list of CPUs");
	put_two_nodes();
	remove_root(NULL);
	make_root(NULL);
	add_node(1, 8388608, 4, 7);
	read_bad_tree(VTUNE_ERR_SYSTEM, "node0/meminfo", "Cannot open");
	put_two_nodes();
	put(NODE "0/hugepages/hugepages-64kB/nr_hugepages", "1\n");
	read_bad_tree(VTUNE_ERR_SYSTEM, "free_hugepages", "Cannot read");
	done();
}

/* ---- the whole way ---- */

static struct vtune_host *this_machine(void)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_system(&err);

	if (!host)
		fail_msg("%s", vtune_error_get_message(err));
	return host;
}

static void test_this_machine(void **state)
{
	struct vtune_host *host = this_machine();
	const struct vtune__topology *t = host->topology;
	struct utsname names;
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	(void)state;
	assert_int_equal(uname(&names), 0);
	assert_string_equal(vtune_host_get_name(host), names.nodename);
	assert_true(t->nnodes >= 1);
	assert_int_equal(t->page_kib, sysconf(_SC_PAGESIZE) / 1024);
	assert_true((long)vtune__set_count(&t->cpus) >= online);
	for (unsigned int i = 0; i < t->nnodes; i++)
		assert_true(host->free_kib[i] <= t->nodes[i].memory_kib);
	/* Nobody keeps all of the memory free. */
	assert_true(host->free_kib[0] < t->nodes[0].memory_kib);
	vtune_host_free(host);
}

/* Four CPUs on two nodes, of which the last is off. */
static void put_small_machine(void)
{
	static const char *const bits[] = { "1", "2", "4" };
	static const char *const lists[] = { "0", "1", "2" };

	for (unsigned int i = 0; i < 3; i++) {
		char folder[64], path[128];

		snprintf(folder, sizeof(folder), CPU "cpu%u/topology", i);
		snprintf(path, sizeof(path), "%s/core_id", folder);
		put(path, lists[i % 2]);
		snprintf(path, sizeof(path), "%s/physical_package_id", folder);
		put(path, lists[i / 2]);
		snprintf(path, sizeof(path), "%s/core_cpus", folder);
		put(path, bits[i]);
		snprintf(path, sizeof(path), "%s/thread_siblings", folder);
		put(path, bits[i]);
		snprintf(path, sizeof(path), "%s/package_cpus", folder);
		put(path, i < 2 ? "3" : "4");
		snprintf(path, sizeof(path), "%s/core_siblings", folder);
		put(path, i < 2 ? "3" : "4");
		snprintf(path, sizeof(path), CPU "cpu%u/online", i);
		put(path, "1\n");
	}
	put(CPU "cpu3/online", "0\n");
	put(CPU "online", "0-2\n");
	put(CPU "possible", "0-7\n");
	put(CPU "present", "0-3\n");
	put(CPU "offline", "3-7\n");
	put(CPU "isolated", "1\n");
	put("sys/devices/system/node/online", "0-1\n");
	put("sys/devices/system/node/possible", "0-1\n");
	put(NODE "0/cpumap", "3\n");
	put(NODE "0/cpulist", "0-1\n");
	put(NODE "0/meminfo", "Node 0 MemTotal: 8388608 kB\nNode 0 MemFree: 1000000 kB\n"
			      "Node 0 Inactive: 99999 kB\nNode 0 Inactive(file): 48576 kB\n");
	put(NODE "0/distance", "10 17\n");
	put(NODE "0/hugepages/hugepages-2048kB/nr_hugepages", "8\n");
	put(NODE "0/hugepages/hugepages-2048kB/free_hugepages", "5\n");
	put(NODE "1/cpumap", "4\n");
	put(NODE "1/cpulist", "2\n");
	put(NODE "1/meminfo", "Node 1 MemTotal: 4194304 kB\nNode 1 MemFree: 2097152 kB\n");
	put(NODE "1/distance", "17 10\n");
	put("proc/meminfo", "MemTotal: 12582912 kB\nMemFree: 3145728 kB\n");
	put("proc/cpuinfo", "processor\t: 0\nprocessor\t: 1\nprocessor\t: 2\n");
}

static void test_copy_of_a_machine(void **state)
{
	struct vtune_host *host;
	const struct vtune__topology *t;

	(void)state;
	put_small_machine();
	setenv("HWLOC_COMPONENTS", "linux,stop", 1);
	setenv("HWLOC_FSROOT", root, 1);
	host = this_machine();
	unsetenv("HWLOC_FSROOT");
	unsetenv("HWLOC_COMPONENTS");
	t = host->topology;
	assert_int_equal(t->nnodes, 2);
	assert_set(&t->nodes[0].cpus, "0-1");
	assert_set(&t->nodes[1].cpus, "2");
	assert_int_equal(vtune__distance(t, 0, 1), 17);
	assert_int_equal(host->free_kib[0], 1048576);
	assert_int_equal(host->free_kib[1], 2097152);
	assert_int_equal(t->pool_total[0], 8);
	assert_int_equal(host->free_pages[0], 5);
	assert_set(&t->isolated, "1");
	vtune_host_free(host);
}

/* hwloc may be told to take something else for this machine; /sys is not its. */
static void test_another_machine(void **state)
{
	struct vtune_host *host;

	(void)state;
	setenv("HWLOC_SYNTHETIC", "NUMANode:3(memory=2GiB) PU:2", 1);
	host = this_machine();
	unsetenv("HWLOC_SYNTHETIC");
	assert_int_equal(host->topology->nnodes, 3);
	assert_int_equal(host->free_kib[2], 2097152);
	assert_string_equal(vtune_host_get_name(host), "");
	vtune_host_free(host);
}

int main(void)
{
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)
	const struct CMUnitTest tests[] = {
		WITH_TREE(test_two_nodes),
		WITH_TREE(test_disallowed_node),
		WITH_TREE(test_cpus_are_where_the_kernel_says),
		WITH_TREE(test_odd_lists),
		WITH_TREE(test_device_node),
		WITH_TREE(test_device_origin),
		WITH_TREE(test_kernel_without_nodes),
		WITH_TREE(test_bad_trees),
		cmocka_unit_test(test_this_machine),
		WITH_TREE(test_copy_of_a_machine),
		cmocka_unit_test(test_another_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
