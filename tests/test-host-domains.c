/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts with domains of which there are documents: vtune_host_with_domains(). */
#include <unistd.h>

#include "xml-help.h"

#include "host/host.h"

static const char host_text[] =
	"{\"version\":1,\"nodes\":["
	"{\"id\":0,\"cpus\":\"0-3\",\"memory_kib\":8388608},"
	"{\"id\":1,\"cpus\":\"4-7\",\"memory_kib\":8388608}],"
	"\"allocations\":[{\"vm\":\"old\",\"cpus\":\"7\",\"memory\":[{\"node\":1,\"size_kib\":1024}]}]}";

#define PINNED(attributes, name)                                                              \
	"<domain type='kvm'" attributes "><name>" name "</name><memory unit='GiB'>2</memory>" \
	"<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='2'/>"                               \
	"<vcpupin vcpu='1' cpuset='3'/></cputune>"                                            \
	"<numatune><memory mode='strict' nodeset='1'/></numatune>"                            \
	"<os><type>hvm</type></os></domain>"

static struct vtune_host *make_host(void)
{
	struct vtune_host *host = vtune_host_from_json(host_text, NULL);

	assert_non_null(host);
	return host;
}

static struct vtune_host *with(const char *const *xml, unsigned int count)
{
	struct vtune_host *host = make_host(), *result;
	struct vtune_error *err = NULL;

	result = vtune_host_with_domains(host, xml, count, &err);
	if (!result)
		fail_msg("%s", vtune_error_get_message(err));
	vtune_host_free(host);
	return result;
}

static void assert_allocation(const struct vtune_host *host, unsigned int i, const char *vm,
			      const char *cpus, unsigned int node, uint64_t kib)
{
	char *set;

	assert_true(i < host->nallocations);
	assert_string_equal(host->allocations[i].vm, vm);
	set = vtune__set_print(&host->allocations[i].cpus);
	assert_string_equal(set, cpus);
	free(set);
	assert_int_equal(host->allocations[i].nmemory, 1);
	assert_int_equal(host->allocations[i].memory[0].node, node);
	assert_int_equal(host->allocations[i].memory[0].size_kib, kib);
}

/* Domains that do not run count, too: the caller gave them. */
static void test_pins(void **state)
{
	static const char *const xml[] = { PINNED("", "db01") };
	struct vtune_host *host = with(xml, 1);

	(void)state;
	assert_int_equal(host->nallocations, 1);
	assert_allocation(host, 0, "db01", "2-3", 1, 2 << 20);
	assert_int_equal(host->free_kib[1], 8388608 - (2 << 20));
	assert_int_equal(host->free_kib[0], 8388608);
	vtune_host_free(host);
}

/* No process is known, so nothing of the memory is taken to be there. */
static void test_running(void **state)
{
	static const char *const xml[] = { PINNED(" id='3'", "db01"),
					   "<domstatus state='running' pid='0'>"
					   "<taint flag='x'/>" PINNED(" id='4'",
								      "db02") "</domstatus>" };
	struct vtune_host *host = with(xml, 1);

	(void)state;
	assert_allocation(host, 0, "db01", "2-3", 1, 2 << 20);
	assert_int_equal(host->free_kib[1], 8388608 - (2 << 20));
	vtune_host_free(host);
	host = with(xml + 1, 1);
	assert_allocation(host, 0, "db02", "2-3", 1, 2 << 20);
	vtune_host_free(host);
}

/* What the process has of node 1 is counted as free no more: it is not taken twice. This
 * one has less than the domain. */
static void test_process(void **state)
{
	char text[1024];
	const char *const xml[] = { text };
	struct vtune_host *host;

	(void)state;
	snprintf(text, sizeof(text),
		 "<domstatus pid='%d'>" PINNED(" id='4'", "db02") "</domstatus>", (int)getpid());
	host = with(xml, 1);
	assert_allocation(host, 0, "db02", "2-3", 1, 2 << 20);
	assert_true(host->free_kib[1] >= 8388608 - (2 << 20));
	assert_true(host->free_kib[1] < 8388608);
	vtune_host_free(host);
}

static void test_clash(void **state)
{
	static const char *const xml[] = { PINNED("", "db01"), PINNED("", "db02") };
	struct vtune_host *host = with(xml, 2);

	(void)state;
	assert_int_equal(host->nallocations, 2);
	assert_non_null(vtune_host_get_warning(host, 0));
	assert_non_null(strstr(vtune_host_get_warning(host, 0), "db02"));
	vtune_host_free(host);
}

static void test_none(void **state)
{
	struct vtune_host *host = with(NULL, 0);

	(void)state;
	assert_int_equal(host->nallocations, 0);
	vtune_host_free(host);
}

static void test_bad(void **state)
{
	static const char *const bad[] = { PINNED("", "db01"), "<network/>" };
	static const char *const empty[] = { "<domstatus pid='1'/>" };
	struct vtune_host *host = make_host();
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_host_with_domains(host, bad, 2, &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "Domain document 1");
	err = NULL;
	assert_null(vtune_host_with_domains(host, empty, 1, &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "<domstatus> must have a <domain> in it");
	err = NULL;
	assert_null(vtune_host_with_domains(NULL, bad, 1, &err));
	help_error(err, VTUNE_ERR_INVALID, "NULL");
	err = NULL;
	assert_null(vtune_host_with_domains(host, NULL, 1, &err));
	help_error(err, VTUNE_ERR_INVALID, "NULL");
	vtune_host_free(host);
}

static void test_within(void **state)
{
	struct vtune_host *host = make_host(), *part;
	struct vtune_error *err = NULL;
	char *dedicated, *shared;

	(void)state;
	part = vtune_host_within(host, "2,5-7", &err);
	assert_non_null(part);
	dedicated = vtune__set_print(&part->room.dedicated);
	shared = vtune__set_print(&part->room.shared);
	assert_string_equal(dedicated, "2,5-6");
	assert_string_equal(shared, "2,5-6");
	assert_int_equal(part->nallocations, 1);
	free(dedicated);
	free(shared);
	vtune_host_free(part);
	assert_null(vtune_host_within(host, "7-8", &err));
	help_error(err, VTUNE_ERR_DOCUMENT, "\"7-8\" are not all on this host");
	err = NULL;
	assert_null(vtune_host_within(host, "1,,2", &err));
	help_error(err, VTUNE_ERR_SYNTAX, "\"1,,2\" is no set of CPUs");
	err = NULL;
	assert_null(vtune_host_within(host, NULL, &err));
	help_error(err, VTUNE_ERR_INVALID, "NULL");
	vtune_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pins),	cmocka_unit_test(test_running),
		cmocka_unit_test(test_process), cmocka_unit_test(test_clash),
		cmocka_unit_test(test_none),	cmocka_unit_test(test_bad),
		cmocka_unit_test(test_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
