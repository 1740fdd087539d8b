/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host makes of a document, and the room it leaves for a VM. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host-help.h"

static void test_four_node(void **state)
{
	struct vtune_host *host = host_load("four-node");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_string_equal(vtune_host_get_name(host), "host1");
	assert_int_equal(t->page_kib, 4);
	assert_int_equal(t->nnodes, 4);
	assert_int_equal(t->ncpus, 32);
	assert_int_equal(t->ncores, 16);
	assert_int_equal(t->ngroups, 4);
	assert_int_equal(t->ncaches, 4);
	assert_int_equal(t->npackages, 2);
	assert_int_equal(t->ndevices, 5);
	assert_set(&t->cpus, "0-31");
	assert_set(&t->nodes[2].cpus, "8-11,24-27");
	assert_int_equal(t->nodes[2].memory_kib, 67108864);
	assert_int_equal(vtune__distance(t, 0, 0), 10);
	assert_int_equal(vtune__distance(t, 0, 1), 16);
	assert_int_equal(vtune__distance(t, 3, 0), 21);
	for (unsigned int cpu = 0; cpu < 32; cpu++) {
		assert_int_equal(t->node_of_cpu[cpu], cpu % 16 / 4);
		assert_int_equal(t->core_of_cpu[cpu], cpu % 16);
		assert_int_equal(t->group_of_cpu[cpu], cpu % 16 / 4);
	}
	assert_set(&t->cores[5], "5,21");
	assert_int_equal(t->npage_sizes, 2);
	assert_int_equal(t->page_sizes[0], 2048);
	assert_int_equal(t->page_sizes[1], 1048576);
	assert_int_equal(vtune__topology_page_size(t, 1048576), 1);
	assert_int_equal(vtune__topology_page_size(t, 4), -1);
	assert_int_equal(t->pool_total[2 * 2 + 0], 8192);
	assert_int_equal(t->pool_total[2 * 2 + 1], 8);
	assert_int_equal(host->free_kib[1], 39845888);

	assert_set(&host->room.dedicated, "1-3,5-7,9-11,13-15,17-19,21-23,25-27,29-31");
	assert_set(&host->room.shared, "0,4,8,12,16,20,24,28");
	assert_set(&host->room.held, "");
	vtune_host_free(host);
}

static void test_device_lookup(void **state)
{
	static const struct {
		const char *name, *id;
		int node;
	} rows[] = {
		{ "0000:41:00.1", "0000:41:00.1", 1 },
		{ "ens1f0", "0000:41:00.0", 1 },
		{ "nvme1n1", "0000:81:00.0", 2 },
		{ "/dev/nvme0n1", "0000:18:00.0", 0 },
		{ "/dev/nvme0", "0000:18:00.0", 0 },
		{ "0000:c1:00.0", "0000:c1:00.0", 3 },
		{ "/dev/0000:c1:00.0", NULL, 0 },
		{ "0000:41:00.2", NULL, 0 },
		{ "", NULL, 0 },
		{ "network", NULL, 0 },
		{ "/dev/", NULL, 0 },
	};
	struct vtune_host *host = host_load("four-node");

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		const struct vtune__device *device =
			vtune__topology_device(host->topology, rows[i].name);

		assert_int_equal(device != NULL, rows[i].id != NULL);
		if (!device)
			continue;
		assert_string_equal(device->id, rows[i].id);
		assert_int_equal(device->node, rows[i].node);
	}
	vtune_host_free(host);
	host = host_load("one-node");
	assert_null(vtune__topology_device(host->topology, "ens1f0"));
	vtune_host_free(host);
}

/* Ids in any order, nodes without CPUs or memory, cores and caches for some CPUs
 * only, distances for some pairs only and not the same both ways. */
static void test_uneven(void **state)
{
	static const int groups[] = { 0, 0, 0, 0, 1, 1, 2, 2, -1, -1, 3, 3, 3 };
	static const int cores[] = { 0, 1, 0, 1, 2, 2, 3, 4, -1, -1, 5, 6, 7 };
	static const unsigned int distances[] = { 10, 12, 25, 20, 20, 10, 20, 20,
						  30, 20, 10, 20, 20, 20, 20, 10 };
	struct vtune_host *host = host_load("uneven");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_int_equal(t->nnodes, 4);
	assert_int_equal(t->nodes[0].id, 0);
	assert_int_equal(t->nodes[1].id, 1);
	assert_int_equal(t->nodes[2].id, 3);
	assert_int_equal(t->nodes[3].id, 7);
	assert_int_equal(vtune__topology_node(t, 3), 2);
	assert_int_equal(vtune__topology_node(t, 2), -1);
	assert_int_equal(vtune__topology_node(t, 8), -1);
	assert_int_equal(t->ncpus, 13);
	assert_set(&t->cpus, "0-7,10-12");
	assert_int_equal(t->ncores, 8);
	assert_int_equal(t->ngroups, 4);
	for (unsigned int cpu = 0; cpu < t->ncpus; cpu++) {
		assert_int_equal(t->group_of_cpu[cpu], groups[cpu]);
		assert_int_equal(t->core_of_cpu[cpu], cores[cpu]);
		assert_int_equal(t->node_of_cpu[cpu] >= 0, cpu != 8 && cpu != 9);
	}
	for (unsigned int i = 0; i < 16; i++)
		assert_int_equal(vtune__distance(t, i / 4, i % 4), distances[i]);
	assert_int_equal(host->free_kib[0], 16777216 - 512 * 2048);
	assert_int_equal(host->free_kib[1], 0);
	assert_int_equal(host->free_kib[2], 1048576);
	assert_int_equal(host->free_pages[0], 512);
	assert_true(fabs(host->overcommit - 1.1) < 1e-12);
	assert_set(&host->room.dedicated, "0-6,10-11");
	assert_set(&host->room.shared, "0-3,6,10-11");
	vtune_host_free(host);
}

static void test_defaults(void **state)
{
	struct vtune_host *host = host_load("one-node");

	(void)state;
	assert_string_equal(vtune_host_get_name(host), "");
	assert_string_equal(vtune_host_get_name(NULL), "");
	assert_int_equal(host->topology->page_kib, 4);
	assert_int_equal(host->topology->npage_sizes, 0);
	assert_int_equal(host->topology->ncores, 4);
	assert_int_equal(host->topology->ngroups, 1);
	assert_int_equal(host->topology->distances[0], 10);
	assert_int_equal(host->free_kib[0], 8388608);
	assert_true(host->overcommit == VTUNE__OVERCOMMIT);
	assert_false(host->free_includes_allocations);
	assert_false(host->has_shared);
	assert_set(&host->room.dedicated, "0-3");
	assert_set(&host->room.shared, "0-3");
	vtune_host_free(host);
	vtune_host_free(NULL);
}

static void test_sparse_and_memory_only(void **state)
{
	struct vtune_host *host = host_load("sparse-ids");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_int_equal(t->nnodes, 6);
	assert_int_equal(vtune__topology_node(t, 254), 4);
	assert_int_equal(t->nodes[5].kind, VTUNE__GPU);
	assert_int_equal(t->page_kib, 64);
	assert_int_equal(vtune__distance(t, 1, 0), 40);
	assert_int_equal(t->npage_sizes, 2);
	assert_int_equal(t->ngroups, 4);
	assert_int_equal(vtune__topology_device(t, "0004:04:00.0")->node, 2);
	assert_int_equal(vtune__topology_device(t, "0035:03:00.0")->node, -1);
	vtune_host_free(host);

	host = host_load("memory-only");
	assert_int_equal(host->topology->nodes[2].kind, VTUNE__CXL);
	assert_int_equal(host->topology->nodes[3].kind, VTUNE__DRAM);
	assert_true(vtune__set_is_empty(&host->topology->nodes[2].cpus));
	assert_int_equal(host->free_kib[3], 67108864 - 16 * 1048576);
	vtune_host_free(host);

	host = host_load("snc");
	assert_int_equal(host->topology->ngroups, 2);
	assert_int_equal(host->topology->group_of_cpu[4], 0);
	assert_set(&host->room.dedicated, "2-7,10-15");
	vtune_host_free(host);
}

/* Each row: the keys of a host of 8 CPUs on one node, and the CPUs left. */
static void test_room_cpus(void **state)
{
	static const struct {
		const char *keys, *dedicated, *shared, *held;
	} rows[] = {
		{ "", "0-7", "0-7", "" },
		{ ", 'reserved_cpus': '0-1'", "2-7", "2-7", "" },
		{ ", 'isolated_cpus': '6-7'", "0-7", "0-5", "" },
		{ ", 'offline_cpus': '3'", "0-2,4-7", "0-2,4-7", "" },
		{ ", 'shared_cpus': '0-1'", "2-7", "0-1", "" },
		{ ", 'shared_cpus': ''", "0-7", "", "" },
		{ ", 'shared_cpus': '0-3', 'reserved_cpus': '0-1'", "4-7", "0-3", "" },
		{ ", 'shared_cpus': '0-3', 'offline_cpus': '3', 'isolated_cpus': '2'", "4-7", "0-2",
		  "" },
		{ ", 'allocations': [ { 'vm': 'a', 'cpus': '4-5' } ]", "0-3,6-7", "0-3,6-7",
		  "4-5" },
		{ ", 'shared_cpus': '0-4', 'allocations': [ { 'vm': 'a', 'cpus': '4-5' } ]", "6-7",
		  "0-3", "4-5" },
		{ ", 'reserved_cpus': '0', 'isolated_cpus': '1', 'offline_cpus': '2', 'allocations': "
		  "[ { 'vm': 'a', 'cpus': '3' }, { 'vm': 'b', 'cpus': '4' }, { 'vm': 'c' } ]",
		  "1,5-7", "5-7", "3-4" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text text = { 0 };
		struct vtune_host *host;
		char *json;

		vtune__text_addf(&text,
				 "{ 'version': 1, 'nodes': [ { 'id': 0, 'cpus': '0-7' } ]%s }",
				 rows[i].keys);
		json = quoted(text.data);
		host = host_from(json);
		assert_set(&host->room.dedicated, rows[i].dedicated);
		assert_set(&host->room.shared, rows[i].shared);
		assert_set(&host->room.held, rows[i].held);
		vtune_host_free(host);
		vtune__text_free(&text);
		free(json);
	}
}

static const char busy[] =
	"{ 'version': 1, 'nodes': [ { 'id': 0, 'cpus': '0-7', 'memory_kib': 1000000, 'free_kib': 1000,"
	" 'pages': [ { 'size_kib': 2048, 'total': 100, 'free': 50 } ] },"
	" { 'id': 5, 'memory_kib': 1000, 'free_kib': 500 } ],"
	" 'free_excludes_allocations': %s, 'allocations': ["
	" { 'vm': 'a', 'cpus': '1-2', 'shared_vcpus': { '5': 3 }, 'memory': ["
	"   { 'node': 0, 'size_kib': 20481, 'page_kib': 2048 }, { 'node': 5, 'size_kib': 100 } ] },"
	" { 'vm': 'b', 'cpus': '3', 'shared_vcpus': { '0': 1, '5': 4 }, 'memory': ["
	"   { 'node': 0, 'size_kib': 800, 'page_kib': 4 }, { 'node': 5, 'size_kib': 450 } ] },"
	" { 'vm': 'a', 'cpus': '4' } ] }";

/* The free figures of every VM, under both meanings of them. */
static void test_room_of_vm(void **state)
{
	static const struct {
		const char *excludes, *vm;
		uint64_t kib0, kib5, pages;
		unsigned int shared0, shared5;
		const char *held;
	} rows[] = {
		/* a and b are taken off, node 5 not below 0 */
		{ "false", NULL, 200, 0, 39, 1, 7, "1-4" },
		{ "false", "new", 200, 0, 39, 1, 7, "1-4" },
		{ "false", "a", 200, 50, 50, 1, 4, "3" },
		{ "false", "b", 1000, 400, 39, 0, 3, "1-2,4" },
		/* what a and b hold is put back for them */
		{ "true", NULL, 1000, 500, 50, 1, 7, "1-4" },
		{ "true", "new", 1000, 500, 50, 1, 7, "1-4" },
		{ "true", "a", 1000, 600, 61, 1, 4, "3" },
		{ "true", "b", 1800, 950, 50, 0, 3, "1-2,4" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text text = { 0 };
		struct vtune__room room;
		struct vtune_host *host;
		char *json;

		for (const char *p = busy; *p; p++) {
			if (p[0] == '%' && p[1] == 's') {
				vtune__text_add(&text, rows[i].excludes);
				p++;
			} else {
				vtune__text_add_bytes(&text, p, 1);
			}
		}
		json = quoted(text.data);
		host = host_from(json);
		assert_int_equal(vtune__room_for(host, rows[i].vm, &room, NULL), 0);
		assert_int_equal(room.free_kib[0], rows[i].kib0);
		assert_int_equal(room.free_kib[1], rows[i].kib5);
		assert_int_equal(room.free_pages[0], rows[i].pages);
		assert_int_equal(room.shared_vcpus[0], rows[i].shared0);
		assert_int_equal(room.shared_vcpus[1], rows[i].shared5);
		assert_set(&room.held, rows[i].held);
		assert_false(vtune__set_intersects(&room.dedicated, &room.held));
		assert_true(vtune__host_has_allocation(host, "a"));
		assert_false(vtune__host_has_allocation(host, "new"));
		vtune__room_free(&room);
		vtune_host_free(host);
		vtune__text_free(&text);
		free(json);
	}
}

static void test_put_back_is_bounded(void **state)
{
	char *json =
		quoted("{ 'version': 1, 'nodes': [ { 'id': 0, 'cpus': '0', 'memory_kib': 10000,"
		       " 'pages': [ { 'size_kib': 2048, 'total': 4, 'free': 3 } ] } ],"
		       " 'allocations': [ { 'vm': 'a', 'memory': ["
		       " { 'node': 0, 'size_kib': 9999 }, { 'node': 0, 'size_kib': 8192,"
		       " 'page_kib': 2048 } ] } ] }");
	struct vtune_host *host = host_from(json);
	struct vtune__room room;

	(void)state;
	assert_int_equal(vtune__room_for(host, "a", &room, NULL), 0);
	assert_int_equal(room.free_kib[0], 10000);
	assert_int_equal(room.free_pages[0], 4);
	vtune__room_free(&room);
	vtune_host_free(host);
	free(json);
}

static void test_overcommit_holds(void **state)
{
	(void)state;
	assert_true(vtune__overcommit_holds(1, 0, 0));
	assert_false(vtune__overcommit_holds(16, 1, 0));
	assert_true(vtune__overcommit_holds(4, 32, 8));
	assert_false(vtune__overcommit_holds(4, 33, 8));
	assert_true(vtune__overcommit_holds(1.1, 11, 10));
	assert_false(vtune__overcommit_holds(1.1, 12, 10));
	assert_true(vtune__overcommit_holds(0.5, 1, 2));
	assert_true(vtune__overcommit_holds(0.1, 1, 10));
	assert_false(vtune__overcommit_holds(0.1, 1, 9));
	assert_true(vtune__overcommit_holds(1.0 / 3, 1000, 3000));
}

/* Memory near the limit on many nodes, and what it holds, must not wrap. */
static void test_large_memory(void **state)
{
	char *json = quoted(
		"{ 'version': 1, 'nodes': ["
		" { 'id': 0, 'cpus': '0-16383', 'memory_kib': 4503599627370496,"
		"   'pages': [ { 'size_kib': 2048, 'total': 2199023255551 } ] },"
		" { 'id': 4095, 'memory_kib': '4EiB' } ],"
		" 'free_excludes_allocations': false, 'allocations': ["
		" { 'vm': 'a', 'shared_vcpus': { '0': 1048576 }, 'memory': [ { 'node': 4095, 'size_kib': '4EiB' } ] },"
		" { 'vm': 'b', 'memory': [ { 'node': 4095, 'size_kib': '4EiB' } ] } ] }");
	struct vtune_host *host = host_from(json);

	(void)state;
	assert_true(host->free_kib[0] == 2048);
	assert_true(host->free_kib[1] == UINT64_C(1) << 52);
	assert_int_equal(host->room.free_kib[1], 0);
	assert_int_equal(host->room.shared_vcpus[0], 1048576);
	assert_int_equal(host->topology->ncpus, 16384);
	assert_int_equal(host->topology->ncores, 16384);
	vtune_host_free(host);
	free(json);
}

/* What only a draft can say, for a document is read more strictly. */
static void test_drafts(void **state)
{
	struct vtune__draft draft = { 0 };
	struct vtune__draft_node *node;
	struct vtune__draft_distance *distance;
	struct vtune__device *device;
	struct vtune__cache *cache;
	struct vtune__allocation *allocation;
	struct vtune_error *err = NULL;
	struct vtune_host *host;

	(void)state;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes", "at least one node");

	node = vtune__draft_add_node(&draft, &err);
	host = vtune__host_build(&draft, &err);
	assert_non_null(host);
	assert_int_equal(host->topology->ncpus, 0);
	assert_int_equal(host->topology->ncores, 0);
	vtune_host_free(host);

	node->id = VTUNE__MAX_NODE + 1;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes/0/id", "up to 4095");
	node->id = 0;
	vtune__set_add(&node->cpus, VTUNE__MAX_CPU + 1);
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes/0/cpus", "up to 16383");
	vtune__set_clear(&node->cpus);
	vtune__set_add(&node->cpus, 0);
	node->memory_kib = VTUNE__MAX_KIB + 1;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes/0/memory_kib", "4 EiB");
	node->memory_kib = 1000;

	for (unsigned int i = 0; i < 2; i++) {
		distance = vtune__grow((void **)&node->distances, &node->ndistances,
				       sizeof(*distance), &err);
		distance->value = i ? 10 : VTUNE__MAX_DISTANCE + 1;
	}
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes/0/distances/0", "from 1 to 65535");
	node->distances[0].value = 10;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes/0/distances/0", "twice");
	node->ndistances = 1;

	cache = vtune__draft_add_cache(&draft, &err);
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/caches/0/level", "from 1 to 16");
	cache->level = 3;

	draft.overcommit = NAN;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/overcommit", "above 0");
	draft.overcommit = 2;

	device = vtune__draft_add_device(&draft, &err);
	assert_int_equal(device->node, -1);
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/devices/0/id", "must have an id");
	device->id = strdup("0000:00:01.0");

	allocation = vtune__draft_add_allocation(&draft, &err);
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/allocations/0/vm", "name");
	allocation->vm = strdup("a");
	allocation->memory = calloc(1, sizeof(*allocation->memory));
	allocation->nmemory = 1;
	allocation->memory[0].size_kib = VTUNE__MAX_KIB + 1;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/allocations/0/memory/0/size_kib", "4 EiB");
	allocation->memory[0].size_kib = 500;
	allocation->shared = calloc(1, sizeof(*allocation->shared));
	allocation->nshared = 1;
	allocation->shared[0].vcpus = UINT32_MAX;
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/allocations/0/shared_vcpus/0", "1048576");
	allocation->shared[0].vcpus = 7;

	host = vtune__host_build(&draft, &err);
	assert_non_null(host);
	assert_string_equal(host->topology->devices[0].class, "");
	assert_int_equal(host->allocations[0].memory[0].page_kib, 4);
	assert_int_equal(host->room.shared_vcpus[0], 7);
	vtune_host_free(host);
	vtune__draft_free(&draft);
	assert_null(draft.nodes);
	vtune__draft_free(&draft);
}

static void test_shared_vcpus_do_not_wrap(void **state)
{
	struct vtune__draft draft = { 0 };
	struct vtune__allocation *allocation;
	struct vtune_host *host;

	(void)state;
	assert_non_null(vtune__draft_add_node(&draft, NULL));
	for (unsigned int i = 0; i < 4097; i++) {
		allocation = vtune__draft_add_allocation(&draft, NULL);
		allocation->vm = strdup("a");
		allocation->shared = calloc(1, sizeof(*allocation->shared));
		allocation->nshared = 1;
		allocation->shared[0].vcpus = 1u << 20;
	}
	host = vtune__host_build(&draft, NULL);
	assert_int_equal(host->room.shared_vcpus[0], UINT32_MAX);
	vtune_host_free(host);
	vtune__draft_free(&draft);
}

static void test_too_many_nodes(void **state)
{
	struct vtune__draft draft = { 0 };
	struct vtune_error *err = NULL;

	(void)state;
	for (unsigned int i = 0; i < 4097; i++)
		assert_non_null(vtune__draft_add_node(&draft, NULL));
	assert_null(vtune__host_build(&draft, &err));
	assert_error(&err, VTUNE_ERR_DOCUMENT, "/nodes", "4096 nodes");
	vtune__draft_free(&draft);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_node),
		cmocka_unit_test(test_device_lookup),
		cmocka_unit_test(test_uneven),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_sparse_and_memory_only),
		cmocka_unit_test(test_room_cpus),
		cmocka_unit_test(test_room_of_vm),
		cmocka_unit_test(test_put_back_is_bounded),
		cmocka_unit_test(test_overcommit_holds),
		cmocka_unit_test(test_large_memory),
		cmocka_unit_test(test_drafts),
		cmocka_unit_test(test_shared_vcpus_do_not_wrap),
		cmocka_unit_test(test_too_many_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
