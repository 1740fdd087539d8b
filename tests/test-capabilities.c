/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts from libvirt capabilities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host-help.h"

#define GIB (UINT64_C(1) << 20) /* in KiB */

static char *text_of(const char *name)
{
	struct vtune__text path = { 0 };
	char *text;

	vtune__text_addf(&path, "%s/data/capabilities/%s",
			 getenv("srcdir") ? getenv("srcdir") : ".", name);
	text = vtune__file_read(path.data, NULL);
	assert_non_null(text);
	vtune__text_free(&path);
	return text;
}

static struct vtune_host *host_of(const char *xml)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_capabilities(xml, &err);

	if (!host)
		fail_msg("at \"%s\": %s", vtune_error_get_where(err), vtune_error_get_message(err));
	return host;
}

static struct vtune_host *load(const char *name)
{
	char *text = text_of(name);
	struct vtune_host *host = host_of(text);

	free(text);
	return host;
}

/* Capabilities with these elements in /capabilities/host. */
static char *with_host(const char *inside)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "<capabilities>\n<host>\n%s</host>\n</capabilities>\n", inside);
	assert_false(text.failed);
	return text.data;
}

/* ... and with these cells. */
static char *with_cells(const char *inside)
{
	struct vtune__text text = { 0 };
	char *xml;

	vtune__text_addf(&text, "<topology>\n<cells num='1'>\n%s</cells>\n</topology>\n", inside);
	assert_false(text.failed);
	xml = with_host(text.data);
	vtune__text_free(&text);
	return xml;
}

static void test_two_cells(void **state)
{
	struct vtune_host *host = load("two-cell.xml");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_string_equal(vtune_host_get_name(host), "");
	assert_int_equal(t->page_kib, 4);
	assert_int_equal(t->nnodes, 2);
	assert_set(&t->nodes[0].cpus, "0-1,4-5");
	assert_set(&t->nodes[1].cpus, "2-3,6-7");
	assert_int_equal(t->nodes[0].memory_kib, 8 * GIB);
	assert_int_equal(t->nodes[0].kind, VTUNE__DRAM);
	assert_int_equal(t->npage_sizes, 2);
	assert_int_equal(t->page_sizes[1], 1048576);
	assert_int_equal(t->pool_total[0], 512);
	assert_int_equal(t->pool_total[1], 1);
	assert_int_equal(host->free_pages[0], 512);
	assert_int_equal(host->free_kib[0], 6 * GIB);
	assert_int_equal(host->free_kib[1], 8 * GIB);
	assert_int_equal(vtune__distance(t, 0, 0), 10);
	assert_int_equal(vtune__distance(t, 0, 1), 21);
	assert_int_equal(vtune__distance(t, 1, 0), 23);
	/* CPU 7 is off: only its number is known. */
	assert_set(&t->offline, "7");
	assert_int_equal(t->ncores, 5);
	assert_set(&t->cores[0], "0,4");
	assert_set(&t->cores[3], "3");
	assert_set(&t->cores[4], "7");
	assert_int_equal(t->npackages, 2);
	assert_set(&t->packages[0], "0-1,4-5");
	assert_set(&t->packages[1], "2-3,6");
	/* What there is one of in each package tells nothing. */
	assert_int_equal(t->ndies, 0);
	assert_int_equal(t->nclusters, 0);
	assert_string_equal(t->processor.arch, "x86_64");
	assert_null(t->processor.vendor);
	/* Neither the first level nor caches of code. */
	assert_int_equal(t->ncaches, 3);
	assert_int_equal(t->group_of_cpu[0], 0);
	assert_int_equal(t->group_of_cpu[6], 1);
	assert_int_equal(t->ndevices, 0);
	vtune_host_free(host);
}

static void test_sparse_cells(void **state)
{
	struct vtune_host *host = load("sparse.xml");
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_int_equal(t->page_kib, 64);
	assert_int_equal(t->nnodes, 3);
	assert_int_equal(t->nodes[1].id, 8);
	assert_set(&t->nodes[1].cpus, "8-15");
	assert_int_equal(t->nodes[1].memory_kib, 0);
	assert_int_equal(t->nodes[2].id, 255);
	assert_set(&t->nodes[2].cpus, "");
	assert_int_equal(t->nodes[2].memory_kib, 16 * GIB);
	assert_int_equal(vtune__distance(t, 0, 2), 20);
	assert_int_equal(vtune__distance(t, 2, 2), 10);
	assert_int_equal(t->npage_sizes, 1);
	assert_int_equal(t->page_sizes[0], 16384);
	/* No cell has the sibling 2047. */
	assert_int_equal(t->ncores, 3);
	assert_set(&t->cores[1], "1");
	assert_set(&t->cores[2], "8-15");
	assert_int_equal(t->ngroups, 2);
	vtune_host_free(host);
}

/* Dies are numbered in their socket, and clusters in their die. */
static void test_parts(void **state)
{
	static const char cells[] =
		"<cpu><arch>aarch64</arch><model>some</model><vendor>ARM</vendor>"
		"<topology sockets='1' cores='1' threads='1'/></cpu><topology><cells num='1'>"
		"<cell id='0'><memory>1048576</memory><cpus>"
		"<cpu id='0' socket_id='3' die_id='0' cluster_id='0' siblings='0'/>"
		"<cpu id='1' socket_id='3' die_id='0' cluster_id='9' siblings='1'/>"
		"<cpu id='2' socket_id='3' die_id='1' cluster_id='0' siblings='2'/>"
		"<cpu id='3' socket_id='8' die_id='0' cluster_id='0' siblings='3'/>"
		"<cpu id='4' socket_id='8' die_id='0' cluster_id='0' siblings='4'/>"
		"</cpus></cell></cells></topology>";
	char *xml = with_host(cells);
	struct vtune_host *host = host_of(xml);
	const struct vtune__topology *t = host->topology;

	(void)state;
	assert_string_equal(t->processor.arch, "aarch64");
	assert_string_equal(t->processor.vendor, "ARM");
	assert_string_equal(t->processor.model, "some");
	assert_int_equal(t->npackages, 2);
	assert_set(&t->packages[0], "0-2");
	assert_int_equal(t->ndies, 3);
	assert_set(&t->dies[0], "0-1");
	assert_set(&t->dies[1], "2");
	assert_set(&t->dies[2], "3-4");
	assert_int_equal(t->nclusters, 4);
	assert_set(&t->clusters[1], "1");
	assert_set(&t->clusters[3], "3-4");
	vtune_host_free(host);
	free(xml);
}

/* A socket that spans cells; units; what is left out. */
static void test_details(void **state)
{
	char *xml = with_cells("<cell id='0'><memory>1048576</memory>"
			       "<cpus><cpu id='0' socket_id='7' siblings='0'/></cpus></cell>"
			       "<cell id='1'><memory unit='bytes'>1073741824</memory>"
			       "<pages unit='KiB' size='4'> 262144 </pages>"
			       "<cpus><cpu id='1' socket_id='7' siblings='1'/>"
			       "<cpu id='2' siblings='2'/></cpus></cell>");
	struct vtune_host *host = host_of(xml);

	(void)state;
	assert_int_equal(host->topology->nodes[0].memory_kib, GIB);
	assert_int_equal(host->topology->nodes[1].memory_kib, GIB);
	assert_int_equal(host->topology->npackages, 1);
	assert_set(&host->topology->packages[0], "0-1");
	assert_int_equal(host->topology->ngroups, 2);
	assert_set(&host->topology->offline, "");
	vtune_host_free(host);
	free(xml);
}

/* More huge pages than memory, as in libvirt's examples: both stay usable. */
static void test_pools_beyond_memory(void **state)
{
	char *xml = with_cells("<cell id='0'><memory unit='KiB'>1048576</memory>"
			       "<pages unit='KiB' size='4'>2048</pages>"
			       "<pages unit='KiB' size='2048'>4096</pages>"
			       "<cpus><cpu id='0' siblings='0'/></cpus></cell>");
	struct vtune_host *host = host_of(xml);

	(void)state;
	assert_int_equal(host->free_pages[0], 4096);
	assert_int_equal(host->free_kib[0], GIB);
	assert_int_equal(host->topology->nodes[0].memory_kib, 9 * GIB);
	vtune_host_free(host);
	free(xml);
}

/* Of caches of one level that have CPUs in common the larger one stays. */
static void test_overlapping_caches(void **state)
{
	static const char host_xml[] =
		"<topology><cells><cell id='0'><memory unit='KiB'>1048576</memory><cpus>"
		"<cpu id='0' siblings='0'/><cpu id='1' siblings='1'/><cpu id='2' siblings='2'/>"
		"</cpus></cell></cells></topology>"
		"<cache><bank level='3' type='both' cpus='0'/><bank level='2' cpus='1'/>"
		"<bank level='3' type='both' cpus='0-1'/><bank level='3' type='both' cpus='1'/>"
		"<bank level='3' type='both' cpus='2'/><bank level='3' type='both' cpus='2'/>"
		"<bank level='3' type='both' cpus='0-1'/><bank level='3' cpus='7'/></cache>";
	char *xml = with_host(host_xml);
	struct vtune_host *host = host_of(xml);

	(void)state;
	assert_int_equal(host->topology->ncaches, 3);
	assert_int_equal(host->topology->caches[0].level, 2);
	assert_set(&host->topology->caches[0].cpus, "1");
	assert_set(&host->topology->caches[1].cpus, "0-1");
	assert_set(&host->topology->caches[2].cpus, "2");
	vtune_host_free(host);
	free(xml);
}

#define CPUS "<cpus><cpu id='0' siblings='0'/></cpus>"

static void test_errors(void **state)
{
	static const struct {
		const char *cells, *where, *part;
	} rows[] = {
		{ "", "/capabilities", "no <cell>" },
		{ "<cell>" CPUS "</cell>", "/cell", "no attribute \"id\"" },
		{ "<cell id='x'>" CPUS "</cell>", "/cell", "must be a whole number" },
		{ "<cell id='4096'>" CPUS "</cell>", "/cell", "at most 4095" },
		{ "<cell id='0'><memory>much</memory>" CPUS "</cell>", "/memory", "not a size" },
		{ "<cell id='0'><memory unit='stones'>1</memory>" CPUS "</cell>", "/memory",
		  "not a size" },
		{ "<cell id='0'><pages>1</pages>" CPUS "</cell>", "/pages", "not a size" },
		{ "<cell id='0'><pages size='4'>few</pages>" CPUS "</cell>", "/pages",
		  "not a number of pages" },
		{ "<cell id='0'><pages size='4'>-1</pages>" CPUS "</cell>", "/pages",
		  "not a number of pages" },
		{ "<cell id='0'><pages size='4'>1</pages>"
		  "<pages size='2048'>99999999999999999</pages>" CPUS "</cell>",
		  "/pages", "more than any machine" },
		{ "<cell id='0'><distances><sibling value='10'/></distances>" CPUS "</cell>",
		  "/sibling", "no attribute \"id\"" },
		{ "<cell id='0'><distances><sibling id='0' value='65536'/></distances>" CPUS
		  "</cell>",
		  "/sibling", "at most 65535" },
		{ "<cell id='0'><cpus><cpu siblings='0'/></cpus></cell>", "/cpu",
		  "no attribute \"id\"" },
		{ "<cell id='0'><cpus><cpu id='99999' siblings='0'/></cpus></cell>", "/cpu",
		  "at most 16383" },
		{ "<cell id='0'><cpus><cpu id='0' siblings='0-'/></cpus></cell>", "/cpu",
		  "not a set of CPUs" },
		{ "<cell id='0'><cpus><cpu id='0' siblings='1'/></cpus></cell>", "/cpu",
		  "missing in its own siblings" },
		{ "<cell id='0'><cpus><cpu id='0' siblings='0'/><cpu id='0'/></cpus></cell>",
		  "/cpu[2]", "twice" },
		{ "<cell id='0'><cpus><cpu id='0' siblings='0' socket_id='-1'/></cpus></cell>",
		  "/cpu", "socket_id" },
		/* What only the whole shows. */
		{ "<cell id='0'>" CPUS "</cell><cell id='0'/>", "/nodes/1/id", "capabilities" },
		{ "<cell id='0'>" CPUS "</cell><cell id='1'>" CPUS "</cell>", "/nodes/1/cpus",
		  "capabilities" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *xml = with_cells(rows[i].cells);
		struct vtune_error *err = NULL;

		assert_null(vtune_host_from_capabilities(xml, &err));
		if (vtune_error_get_code(err) != VTUNE_ERR_DOCUMENT ||
		    !strstr(vtune_error_get_where(err), rows[i].where) ||
		    !strstr(vtune_error_get_message(err), rows[i].part))
			fail_msg("row %zu: %d at \"%s\": %s", i, vtune_error_get_code(err),
				 vtune_error_get_where(err), vtune_error_get_message(err));
		vtune_error_free(err);
		assert_null(vtune_host_from_capabilities(xml, NULL));
		free(xml);
	}
}

static void test_cache_errors(void **state)
{
	static const char cells[] = "<topology><cells><cell id='0'>" CPUS
				    "</cell></cells></topology>";
	static const struct {
		const char *bank, *part;
	} rows[] = {
		{ "<bank cpus='0'/>", "no attribute \"level\"" },
		{ "<bank level='99' cpus='0'/>", "at most 16" },
		{ "<bank level='3'/>", "no attribute \"cpus\"" },
		{ "<bank level='3' cpus='a'/>", "not a set of CPUs" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text text = { 0 };
		struct vtune_error *err = NULL;
		char *xml;

		vtune__text_addf(&text, "%s<cache>%s</cache>", cells, rows[i].bank);
		xml = with_host(text.data);
		assert_null(vtune_host_from_capabilities(xml, &err));
		assert_error(&err, VTUNE_ERR_DOCUMENT, "/capabilities/host/cache/bank",
			     rows[i].part);
		vtune__text_free(&text);
		free(xml);
	}
}

static void test_not_capabilities(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_host_from_capabilities(NULL, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_host_from_capabilities("", &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYNTAX);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune_host_from_capabilities("<domainCapabilities/>", &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_DOCUMENT);
	vtune_error_free(err);
	assert_null(vtune_host_from_capabilities("<capabilities/>", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_cells),
		cmocka_unit_test(test_sparse_cells),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_pools_beyond_memory),
		cmocka_unit_test(test_overlapping_caches),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_cache_errors),
		cmocka_unit_test(test_not_capabilities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
