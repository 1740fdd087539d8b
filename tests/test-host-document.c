/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host document: what is refused, where and why; and writing it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host-help.h"

/* "+" in a row stands for the beginning of a sound document: nodes 0 and 1 with
 * CPUs 0-3 and 4-7, behind which further keys may follow. */
#define SOUND                                                                         \
	"{ 'version': 1, 'nodes': [ { 'id': 0, 'cpus': '0-3', 'memory_kib': 8388608," \
	" 'pages': [ { 'size_kib': 2048, 'total': 10 } ] },"                          \
	" { 'id': 1, 'cpus': '4-7', 'memory_kib': 8388608 } ]"

/* The text of a row, with what "+", "@" (one node's other keys) and ' stand for. */
static char *document(const char *row)
{
	struct vtune__text text = { 0 };
	char *json;

	if (row[0] == '+')
		vtune__text_addf(&text, "%s%s }", SOUND, row + 1);
	else if (row[0] == '@')
		vtune__text_addf(&text,
				 "{ 'version': 1, 'nodes': [ { 'id': 7, 'cpus': '0' }, { %s } ] }",
				 row + 1);
	else
		vtune__text_add(&text, row);
	json = quoted(text.data);
	vtune__text_free(&text);
	return json;
}

static const struct refused {
	const char *text, *where, *part;
} refused[] = {
	/* the frame */
	{ "[]", "/", "object" },
	{ "{}", "/", "\"version\" is missing" },
	{ "{ 'version': 1 }", "/", "\"nodes\" is missing" },
	{ "{ 'version': 2, 'nodes': [] }", "/version", "must be the number 1" },
	{ "{ 'version': '1', 'nodes': [] }", "/version", "must be the number 1" },
	{ "{ 'version': 1, 'nodes': [] }", "/nodes", "at least one node" },
	{ "{ 'version': 1, 'nodes': {} }", "/nodes", "array" },
	{ "{ 'version': 1, 'nodes': [ 7 ] }", "/nodes/0", "object" },
	{ "+, 'vms': []", "/vms", "\"vms\" is not known; the keys here are \"version\"" },
	{ "+, 'cores': [], 'cores': []", "/cores", "twice" },
	{ "+, 'name': 7", "/name", "string" },
	{ "+, 'name': 'a\\nb'", "/name", "control" },
	{ "+, 'page_kib': 0", "/page_kib", "power of two" },
	{ "+, 'page_kib': 3", "/page_kib", "power of two" },
	{ "+, 'page_kib': 2097152", "/page_kib", "power of two" },
	{ "+, 'page_kib': -4", "/page_kib", "whole number" },
	{ "+, 'page_kib': 4.0", "/page_kib", "size" },
	{ "+, 'free_excludes_allocations': 1", "/free_excludes_allocations", "true or false" },

	/* a node */
	{ "@'cpus': '1'", "/nodes/1", "\"id\" is missing" },
	{ "@'id': -1", "/nodes/1/id", "from 0 to 4095" },
	{ "@'id': 4096", "/nodes/1/id", "from 0 to 4095" },
	{ "@'id': 1.5", "/nodes/1/id", "from 0 to 4095" },
	{ "@'id': 7", "/nodes/1/id", "Two nodes have the id 7" },
	{ "@'id': 1, 'cpu': '1'", "/nodes/1/cpu", "\"cpu\" is not known" },
	{ "@'id': 1, 'cpus': '0'", "/nodes/1/cpus", "CPU 0 is on node 7 and on node 1" },
	{ "@'id': 1, 'cpus': '1-x'", "/nodes/1/cpus", "not a set" },
	{ "@'id': 1, 'cpus': '16384'", "/nodes/1/cpus", "up to 16383" },
	{ "@'id': 1, 'cpus': [ 1 ]", "/nodes/1/cpus", "as a string" },
	{ "@'id': 1, 'memory_kib': -1", "/nodes/1/memory_kib", "whole number" },
	{ "@'id': 1, 'memory_kib': 1e9", "/nodes/1/memory_kib", "size" },
	{ "@'id': 1, 'memory_kib': '64'", "/nodes/1/memory_kib", "not a size" },
	{ "@'id': 1, 'memory_kib': 4503599627370497", "/nodes/1/memory_kib", "whole number" },
	{ "@'id': 1, 'memory_kib': 18446744073709551617", "/nodes/1/memory_kib", "whole number" },
	{ "@'id': 1, 'free_kib': 1", "/nodes/1/free_kib", "more than its memory" },
	{ "@'id': 1, 'memory_kib': 4, 'free_kib': 5", "/nodes/1/free_kib", "more than its memory" },
	{ "@'id': 1, 'kind': 'ram'", "/nodes/1/kind", "must be one of \"dram\", \"hbm\", \"cxl\"" },

	/* its pages */
	{ "@'id': 1, 'pages': 5", "/nodes/1/pages", "array" },
	{ "@'id': 1, 'pages': [ { 'size_kib': 2048 } ]", "/nodes/1/pages/0",
	  "\"total\" is missing" },
	{ "@'id': 1, 'pages': [ { 'total': 1 } ]", "/nodes/1/pages/0", "\"size_kib\" is missing" },
	{ "@'id': 1, 'pages': [ { 'size': 1 } ]", "/nodes/1/pages/0/size", "not known" },
	{ "@'id': 1, 'pages': [ { 'size_kib': 4, 'total': 1 } ]", "/nodes/1/pages/0/size_kib",
	  "ordinary page of 4 KiB" },
	{ "@'id': 1, 'pages': [ { 'size_kib': 0, 'total': 1 } ]", "/nodes/1/pages/0/size_kib",
	  "multiple of the ordinary page" },
	{ "@'id': 1, 'pages': [ { 'size_kib': 2050, 'total': 1 } ]", "/nodes/1/pages/0/size_kib",
	  "multiple of the ordinary page" },
	{ "@'id': 1, 'pages': [ { 'size_kib': 2048, 'total': 0 }, { 'size_kib': '2MiB', 'total': 0 } ]",
	  "/nodes/1/pages/1/size_kib", "2048 KiB twice" },
	{ "@'id': 1, 'memory_kib': 8192, 'pages': [ { 'size_kib': 2048, 'total': 2, 'free': 3 } ]",
	  "/nodes/1/pages/0/free", "3 pages free of 2" },
	{ "@'id': 1, 'memory_kib': 8191, 'pages': [ { 'size_kib': 2048, 'total': 4 } ]",
	  "/nodes/1/pages", "more than its memory" },
	{ "@'id': 1, 'memory_kib': 8192, 'pages': [ { 'size_kib': 2048, 'total': 3 },"
	  " { 'size_kib': 4096, 'total': 1 } ]",
	  "/nodes/1/pages", "more than its memory" },
	{ "@'id': 1, 'memory_kib': 8192, 'pages': [ { 'size_kib': 4503599627370496,"
	  " 'total': 4503599627370496 } ]",
	  "/nodes/1/pages", "more than its memory" },
	{ "@'id': 1, 'pages': [ { 'size_kib': 2048, 'total': -1 } ]", "/nodes/1/pages/0/total",
	  "whole number" },

	/* its distances */
	{ "@'id': 1, 'distances': [ 10 ]", "/nodes/1/distances", "object" },
	{ "@'id': 1, 'distances': { '2': 10 }", "/nodes/1/distances/2", "does not have" },
	{ "@'id': 1, 'distances': { '7': 0 }", "/nodes/1/distances/7", "from 1 to 65535" },
	{ "@'id': 1, 'distances': { '7': 65536 }", "/nodes/1/distances/7", "from 1 to 65535" },
	{ "@'id': 1, 'distances': { '7': 10, '7': 10 }", "/nodes/1/distances/7", "twice" },
	{ "@'id': 1, 'distances': { '07': 10 }", "/nodes/1/distances/07", "id of a node" },
	{ "@'id': 1, 'distances': { '': 10 }", "/nodes/1/distances/", "id of a node" },
	{ "@'id': 1, 'distances': { '-1': 10 }", "/nodes/1/distances/-1", "id of a node" },
	{ "@'id': 1, 'distances': { '4096': 10 }", "/nodes/1/distances/4096", "id of a node" },
	{ "@'id': 1, 'distances': { '99999999999': 10 }", "/nodes/1/distances/99999999999",
	  "id of a node" },

	/* cores, caches, packages */
	{ "+, 'cores': '0-1'", "/cores", "array" },
	{ "+, 'cores': [ '0-1', 2 ]", "/cores/1", "as a string" },
	{ "+, 'cores': [ '0-1', '' ]", "/cores/1", "at least one CPU" },
	{ "+, 'cores': [ '0-1', '1-2' ]", "/cores/1", "CPU 1 is in two cores" },
	{ "+, 'cores': [ '0-1', '2', '3-4' ]", "/cores/2", "CPUs 3 and 4 are on different nodes" },
	{ "+, 'cores': [ '7-8' ]", "/cores/0", "CPU 8 is on no node" },
	{ "+, 'caches': [ { 'cpus': '0' } ]", "/caches/0", "\"level\" is missing" },
	{ "+, 'caches': [ { 'level': 3 } ]", "/caches/0", "\"cpus\" is missing" },
	{ "+, 'caches': [ { 'level': 0, 'cpus': '0' } ]", "/caches/0/level", "from 1 to 16" },
	{ "+, 'caches': [ { 'level': 17, 'cpus': '0' } ]", "/caches/0/level", "from 1 to 16" },
	{ "+, 'caches': [ { 'level': 3, 'cpus': '0-8' } ]", "/caches/0/cpus",
	  "CPU 8 is on no node" },
	{ "+, 'caches': [ { 'level': 3, 'cpus': '0-3' }, { 'level': 2, 'cpus': '0-3' },"
	  " { 'level': 3, 'cpus': '3-4' } ]",
	  "/caches/2/cpus", "CPU 3 has two caches of level 3" },
	{ "+, 'cores': [ '0-1', '2-3' ], 'caches': [ { 'level': 2, 'cpus': '0-2' } ]", "/cores/1",
	  "CPUs 2 and 3 have different caches" },
	{ "+, 'packages': [ '0-3', '3-7' ]", "/packages/1", "of another package" },
	{ "+, 'packages': [ '0-8' ]", "/packages/0", "on no node" },
	{ "+, 'packages': [ 1 ]", "/packages/0", "as a string" },
	{ "+, 'dies': [ '0-3', '3-7' ]", "/dies/1", "The die has a CPU of another die" },
	{ "+, 'dies': [ '0-8' ]", "/dies/0", "on no node" },
	{ "+, 'dies': '0-3'", "/dies", "array" },
	{ "+, 'clusters': [ '0-1', '1' ]", "/clusters/1", "of another cluster" },
	{ "+, 'clusters': [ 2 ]", "/clusters/0", "as a string" },

	/* the processor */
	{ "+, 'arch': ''", "/arch", "empty" },
	{ "+, 'arch': 'x86-64'", "/arch", "not an architecture" },
	{ "+, 'arch': 64", "/arch", "string" },
	{ "+, 'cpu': 'AMD'", "/cpu", "object" },
	{ "+, 'cpu': { 'vendor': '' }", "/cpu/vendor", "empty" },
	{ "+, 'cpu': { 'model': 7 }", "/cpu/model", "string" },
	{ "+, 'cpu': { 'family': 'x' }", "/cpu/family", "\"vendor\", \"model\"" },

	/* devices */
	{ "+, 'devices': [ { 'node': 0 } ]", "/devices/0", "\"id\" is missing" },
	{ "+, 'devices': [ { 'id': '' } ]", "/devices/0/id", "empty" },
	{ "+, 'devices': [ { 'id': 5 } ]", "/devices/0/id", "string" },
	{ "+, 'devices': [ { 'id': 'b' }, { 'id': 'a' }, { 'id': 'b' } ]", "/devices/2/id",
	  "id \"b\"" },
	{ "+, 'devices': [ { 'id': 'a', 'node': 2 } ]", "/devices/0/node", "does not have" },
	{ "+, 'devices': [ { 'id': 'a', 'node': -1 } ]", "/devices/0/node", "from 0 to 4095" },
	{ "+, 'devices': [ { 'id': 'a', 'class': 3 } ]", "/devices/0/class", "string" },
	{ "+, 'devices': [ { 'id': 'a', 'names': 'x' } ]", "/devices/0/names", "array" },
	{ "+, 'devices': [ { 'id': 'a', 'names': [ 'x', 1 ] } ]", "/devices/0/names/1", "string" },
	{ "+, 'devices': [ { 'id': 'a', 'vendor': '' } ]", "/devices/0/vendor", "empty" },
	{ "+, 'devices': [ { 'id': 'a', 'vendor': '0x86' } ]", "/devices/0/vendor", "hex" },
	{ "+, 'devices': [ { 'id': 'a', 'product': '10de0' } ]", "/devices/0/product", "hex" },
	{ "+, 'devices': [ { 'id': 'a', 'product': 1234 } ]", "/devices/0/product", "string" },
	{ "+, 'devices': [ { 'id': 'a', 'pf': 'a' } ]", "/devices/0/pf", "of itself" },
	{ "+, 'devices': [ { 'id': 'a', 'pf': '' } ]", "/devices/0/pf", "empty" },
	{ "+, 'devices': [ { 'id': 'a', 'root': '' } ]", "/devices/0/root", "empty" },
	{ "+, 'devices': [ { 'id': 'a', 'iommu_group': -1 } ]", "/devices/0/iommu_group",
	  "from 0" },
	{ "+, 'devices': [ { 'id': 'a', 'driver': 'x' } ]", "/devices/0/driver", "not known" },

	/* sets of CPUs and the overcommit */
	{ "+, 'reserved_cpus': '8'", "/reserved_cpus", "CPU 8 is on no node" },
	{ "+, 'shared_cpus': '0,9'", "/shared_cpus", "CPU 9 is on no node" },
	{ "+, 'isolated_cpus': '100'", "/isolated_cpus", "CPU 100 is on no node" },
	{ "+, 'offline_cpus': '8-9'", "/offline_cpus", "CPU 8 is on no node" },
	{ "+, 'offline_cpus': 8", "/offline_cpus", "as a string" },
	{ "+, 'overcommit': 0", "/overcommit", "above 0" },
	{ "+, 'overcommit': -0.5", "/overcommit", "above 0" },
	{ "+, 'overcommit': '4'", "/overcommit", "number" },
	{ "+, 'overcommit': Infinity", "/overcommit", "number" },
	{ "+, 'overcommit': 1e999", "/overcommit", "number" },
	{ "+, 'overcommit': null", "/overcommit", "number" },

	/* allocations */
	{ "+, 'allocations': {}", "/allocations", "array" },
	{ "+, 'allocations': [ {} ]", "/allocations/0", "\"vm\" is missing" },
	{ "+, 'allocations': [ { 'vm': '' } ]", "/allocations/0/vm", "empty" },
	{ "+, 'allocations': [ { 'vm': 'a', 'cpu': '1' } ]", "/allocations/0/cpu", "not known" },
	{ "+, 'allocations': [ { 'vm': 'a', 'cpus': '8' } ]", "/allocations/0/cpus", "on no node" },
	{ "+, 'allocations': [ { 'vm': 'a', 'cpus': '1-2' }, { 'vm': 'b', 'cpus': '2-3' } ]",
	  "/allocations/1/cpus", "\"b\" holds CPU 2, and so does" },
	{ "+, 'allocations': [ { 'vm': 'a', 'shared_vcpus': { '2': 1 } } ]",
	  "/allocations/0/shared_vcpus/2", "does not have" },
	{ "+, 'allocations': [ { 'vm': 'a', 'shared_vcpus': { '0': -1 } } ]",
	  "/allocations/0/shared_vcpus/0", "from 0 to" },
	{ "+, 'allocations': [ { 'vm': 'a', 'shared_vcpus': { 'x': 1 } } ]",
	  "/allocations/0/shared_vcpus/x", "id of a node" },
	{ "+, 'allocations': [ { 'vm': 'a', 'shared_vcpus': 3 } ]", "/allocations/0/shared_vcpus",
	  "object" },
	{ "+, 'allocations': [ { 'vm': 'a', 'devices': 'x' } ]", "/allocations/0/devices",
	  "array" },
	{ "+, 'allocations': [ { 'vm': 'a', 'memory': {} } ]", "/allocations/0/memory", "array" },
	{ "+, 'allocations': [ { 'vm': 'a', 'memory': [ { 'node': 0 } ] } ]",
	  "/allocations/0/memory/0", "\"size_kib\" is missing" },
	{ "+, 'allocations': [ { 'vm': 'a', 'memory': [ { 'size_kib': 4 } ] } ]",
	  "/allocations/0/memory/0", "\"node\" is missing" },
	{ "+, 'allocations': [ { 'vm': 'a', 'memory': [ { 'node': 2, 'size_kib': 4 } ] } ]",
	  "/allocations/0/memory/0/node", "does not have" },
	{ "+, 'allocations': [ { 'vm': 'a', 'memory': [ { 'node': 0, 'size_kib': 4, 'page_kib': 0 } ] } ]",
	  "/allocations/0/memory/0/page_kib", "size 0" },
	{ "+, 'allocations': [ { 'vm': 'a', 'memory': [ { 'node': 0, 'size_kib': 4, 'page_kib': 8 } ] } ]",
	  "/allocations/0/memory/0/page_kib", "pages of 8 KiB" },
	{ "+, 'allocations': [ { 'vm': 'x', 'memory': [ { 'node': 0, 'size_kib': 4 },"
	  " { 'node': 1, 'size_kib': 2048, 'page_kib': 2048 } ] } ]",
	  "/allocations/0/memory/1/page_kib", "node 1 has none" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(refused); i++) {
		char *json = document(refused[i].text);
		struct vtune_error *err = NULL;
		struct vtune_host *host = vtune_host_from_json(json, &err);

		if (host)
			fail_msg("this passes: %s", json);
		assert_error(&err, VTUNE_ERR_DOCUMENT, refused[i].where, refused[i].part);
		free(json);
	}
}

static void test_not_json(void **state)
{
	static const char *const texts[] = { "", "hello", "{", "<xml/>", SOUND, SOUND " } }" };
	struct vtune_error *err = NULL;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(texts); i++) {
		char *json = quoted(texts[i]);

		assert_null(vtune_host_from_json(json, &err));
		assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYNTAX);
		vtune_error_free(err);
		err = NULL;
		free(json);
	}
	assert_null(vtune_host_from_json(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_host_to_json(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	assert_null(vtune_host_from_json("{}", NULL));
}

/* On the edge of what is refused. */
static void test_accepted(void **state)
{
	static const char *const texts[] = {
		"+",
		"+, 'page_kib': '64KiB', 'name': ''",
		"+, 'cores': [], 'caches': [], 'packages': [], 'devices': [], 'allocations': []",
		"+, 'reserved_cpus': '', 'shared_cpus': '', 'isolated_cpus': '', 'offline_cpus': ''",
		"+, 'cores': [ '6-7', '0-1' ], 'offline_cpus': '0,7', 'overcommit': 0.001",
		"+, 'cores': [ '0-1' ], 'offline_cpus': '1', 'caches': [ { 'level': 2, 'cpus': '0' } ]",
		"+, 'caches': [ { 'level': 1, 'cpus': '' }, { 'level': 16, 'cpus': '0-7' } ]",
		"+, 'packages': [ '0-7', '' ]",
		"+, 'dies': [ '0-3', '4-7' ], 'clusters': [ '0-1' ], 'cpu': {}",
		"+, 'arch': 'vax', 'cpu': { 'vendor': 'DEC', 'model': '11/780' }",
		"+, 'devices': [ { 'id': 'b', 'names': [] }, { 'id': 'a', 'node': 1, 'class': '' } ]",
		"+, 'devices': [ { 'id': 'v', 'pf': 'p', 'vendor': '80aF', 'product': '10Ca',"
		" 'root': '0000:40', 'iommu_group': 0 }, { 'id': 'p', 'iommu_group': 7 } ]",
		"+, 'allocations': [ { 'vm': 'a', 'cpus': '1' }, { 'vm': 'a', 'cpus': '2' } ]",
		"+, 'allocations': [ { 'vm': 'a', 'memory': [ { 'node': 0, 'size_kib': '99GiB' } ] } ]",
		"@'id': 4095, 'cpus': '16383', 'memory_kib': 8192, 'free_kib': 8192,"
		" 'pages': [ { 'size_kib': 8, 'total': 1024, 'free': 0 } ],"
		" 'distances': { '7': 1, '4095': 65535 }",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(texts); i++) {
		char *json = document(texts[i]);

		vtune_host_free(host_from(json));
		free(json);
	}
}

static void assert_same_sets(const struct vtune__set *a, const struct vtune__set *b,
			     unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		assert_true(vtune__set_equal(&a[i], &b[i]));
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_same_topology(const struct vtune__topology *a, const struct vtune__topology *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->page_kib, b->page_kib);
	assert_int_equal(a->nnodes, b->nnodes);
	assert_int_equal(a->ncpus, b->ncpus);
	assert_int_equal(a->ncores, b->ncores);
	assert_int_equal(a->ngroups, b->ngroups);
	assert_int_equal(a->ncaches, b->ncaches);
	assert_int_equal(a->npackages, b->npackages);
	assert_int_equal(a->npage_sizes, b->npage_sizes);
	assert_int_equal(a->ndevices, b->ndevices);
	for (unsigned int i = 0; i < a->nnodes; i++) {
		assert_int_equal(a->nodes[i].id, b->nodes[i].id);
		assert_int_equal(a->nodes[i].kind, b->nodes[i].kind);
		assert_int_equal(a->nodes[i].memory_kib, b->nodes[i].memory_kib);
		assert_true(vtune__set_equal(&a->nodes[i].cpus, &b->nodes[i].cpus));
	}
	assert_memory_equal(a->distances, b->distances,
			    sizeof(*a->distances) * a->nnodes * a->nnodes);
	for (unsigned int i = 0; i < a->npage_sizes; i++)
		assert_int_equal(a->page_sizes[i], b->page_sizes[i]);
	for (unsigned int i = 0; i < a->nnodes * a->npage_sizes; i++)
		assert_int_equal(a->pool_total[i], b->pool_total[i]);
	for (unsigned int i = 0; i < a->ncpus; i++) {
		assert_int_equal(a->node_of_cpu[i], b->node_of_cpu[i]);
		assert_int_equal(a->core_of_cpu[i], b->core_of_cpu[i]);
		assert_int_equal(a->group_of_cpu[i], b->group_of_cpu[i]);
	}
	assert_same_sets(a->cores, b->cores, a->ncores);
	assert_same_sets(a->packages, b->packages, a->npackages);
	assert_int_equal(a->ndies, b->ndies);
	assert_same_sets(a->dies, b->dies, a->ndies);
	assert_int_equal(a->nclusters, b->nclusters);
	assert_same_sets(a->clusters, b->clusters, a->nclusters);
	assert_same_text(a->processor.arch, b->processor.arch);
	assert_same_text(a->processor.vendor, b->processor.vendor);
	assert_same_text(a->processor.model, b->processor.model);
	assert_same_sets(&a->isolated, &b->isolated, 1);
	assert_same_sets(&a->offline, &b->offline, 1);
	for (unsigned int i = 0; i < a->ndevices; i++) {
		assert_string_equal(a->devices[i].id, b->devices[i].id);
		assert_string_equal(a->devices[i].class, b->devices[i].class);
		assert_int_equal(a->devices[i].node, b->devices[i].node);
		assert_int_equal(a->devices[i].nnames, b->devices[i].nnames);
		assert_same_text(a->devices[i].vendor, b->devices[i].vendor);
		assert_same_text(a->devices[i].product, b->devices[i].product);
		assert_same_text(a->devices[i].pf, b->devices[i].pf);
		assert_same_text(a->devices[i].root, b->devices[i].root);
		assert_int_equal(a->devices[i].iommu_group, b->devices[i].iommu_group);
		assert_int_equal(a->devices[i].has_vfs, b->devices[i].has_vfs);
	}
}

static void assert_same_host(const struct vtune_host *a, const struct vtune_host *b)
{
	size_t nnodes = a->topology->nnodes, npools = nnodes * a->topology->npage_sizes;

	assert_same_topology(a->topology, b->topology);
	assert_int_equal(a->has_shared, b->has_shared);
	assert_true(a->overcommit == b->overcommit);
	assert_int_equal(a->free_includes_allocations, b->free_includes_allocations);
	assert_int_equal(a->nallocations, b->nallocations);
	assert_same_sets(&a->reserved, &b->reserved, 1);
	assert_same_sets(&a->shared, &b->shared, 1);
	assert_same_sets(&a->room.dedicated, &b->room.dedicated, 1);
	assert_same_sets(&a->room.shared, &b->room.shared, 1);
	assert_same_sets(&a->room.held, &b->room.held, 1);
	for (size_t i = 0; i < nnodes; i++) {
		assert_int_equal(a->free_kib[i], b->free_kib[i]);
		assert_int_equal(a->room.free_kib[i], b->room.free_kib[i]);
		assert_int_equal(a->room.shared_vcpus[i], b->room.shared_vcpus[i]);
	}
	for (size_t i = 0; i < npools; i++) {
		assert_int_equal(a->free_pages[i], b->free_pages[i]);
		assert_int_equal(a->room.free_pages[i], b->room.free_pages[i]);
	}
}

static void assert_round_trip(const char *json)
{
	struct vtune_host *host = host_from(json), *again;
	char *first = vtune_host_to_json(host, NULL), *second;

	assert_non_null(first);
	again = host_from(first);
	assert_same_host(host, again);
	second = vtune_host_to_json(again, NULL);
	assert_string_equal(first, second);
	vtune_host_free(host);
	vtune_host_free(again);
	free(first);
	free(second);
}

static void test_round_trip(void **state)
{
	static const char *const names[] = { "one-node",       "two-node",    "four-node",
					     "four-node-busy", "memory-only", "sparse-ids",
					     "uneven",	       "snc" };
	static const char *const texts[] = {
		"+, 'shared_cpus': '', 'overcommit': 1.3333333333333333",
		("+, 'free_excludes_allocations': false, 'allocations': [ { 'vm': 'a \\\" \\\\ \xc3\xa9',"
		 " 'shared_vcpus': { '1': 5, '0': 0 }, 'devices': [ 'x/y', '' ] } ]"),
		"@'id': 1, 'pages': [ { 'size_kib': 8, 'total': 0 }, { 'size_kib': 64, 'total': 0 } ]",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		char *json = host_text(names[i]);

		assert_round_trip(json);
		free(json);
	}
	for (size_t i = 0; i < VTUNE__COUNT(texts); i++) {
		char *json = document(texts[i]);

		assert_round_trip(json);
		free(json);
	}
}

static void test_written(void **state)
{
	static const char expected[] = "{\n"
				       "  'version': 1,\n"
				       "  'page_kib': 4,\n"
				       "  'nodes': [\n"
				       "    {\n"
				       "      'id': 0,\n"
				       "      'cpus': '0-3',\n"
				       "      'memory_kib': 8388608,\n"
				       "      'free_kib': 8388608,\n"
				       "      'distances': { '0': 10 }\n"
				       "    }\n"
				       "  ],\n"
				       "  'overcommit': 4.0,\n"
				       "  'free_excludes_allocations': true,\n"
				       "  'allocations': [ ]\n"
				       "}\n";
	struct vtune_host *host = host_load("one-node");
	char *json = vtune_host_to_json(host, NULL), *text = quoted(expected);

	(void)state;
	assert_string_equal(json, text);
	free(text);
	free(json);
	vtune_host_free(host);
}

/* The examples of vtune-host(5): hosts, and a state. */
static void test_man_examples(void **state)
{
	struct vtune__text path = { 0 };
	unsigned int hosts = 0, states = 0;
	struct vtune_error *err = NULL;
	char *page, *next, *end;

	(void)state;
	vtune__text_addf(&path, "%s/../man/vtune-host.5",
			 getenv("srcdir") ? getenv("srcdir") : ".");
	page = vtune__file_read(path.data, &err);
	if (!page)
		fail_msg("%s", vtune_error_get_message(err));
	next = page;
	while ((next = strstr(next, "\n.Bd -literal -offset indent\n"))) {
		char *example = next + strlen("\n.Bd -literal -offset indent\n");

		end = strstr(example, "\n.Ed");
		assert_non_null(end);
		*end = '\0';
		next = end + 1;
		if (strstr(example, "\"nodes\"")) {
			vtune_host_free(host_from(example));
			hosts++;
		} else {
			struct vtune_host *host = host_load("four-node");
			struct vtune_host *copy = vtune_host_with_state(host, example, &err);

			if (!copy)
				fail_msg("%s", vtune_error_get_message(err));
			vtune_host_free(copy);
			vtune_host_free(host);
			states++;
		}
	}
	assert_int_equal(hosts, 2);
	assert_int_equal(states, 1);
	vtune__text_free(&path);
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),	 cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_accepted), cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_written),	 cmocka_unit_test(test_man_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
