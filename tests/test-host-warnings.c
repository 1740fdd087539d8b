/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hypervisor and the warnings of a host document. What hosts from libvirt do with
 * them is in test-live-host.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host-help.h"

static void test_read(void **state)
{
	struct vtune_host *host = host_load("clashing");
	const struct vtune__hypervisor *hypervisor = &host->topology->hypervisor;
	const struct vtune__warnings *warnings = host->warnings;

	(void)state;
	assert_string_equal(hypervisor->type, "QEMU");
	assert_int_equal(hypervisor->version, 7002000);
	assert_int_equal(hypervisor->libvirt, 9000000);
	assert_int_equal(warnings->count, 3);
	assert_string_equal(warnings->list[0].code, "clash");
	assert_int_equal(warnings->list[0].nvms, 2);
	assert_string_equal(warnings->list[0].vms[1], "b");
	assert_set(&warnings->list[0].cpus, "2");
	assert_set(&warnings->list[1].cpus, "99");
	assert_int_equal(warnings->list[2].nvms, 0);
	assert_set(&host->room.held, "1-2,5");
	assert_set(&host->room.dedicated, "3-4,6-7");
	vtune_host_free(host);
}

static void test_written(void **state)
{
	struct vtune_host *host = host_load("clashing");
	char *json = vtune_host_to_json(host, NULL), *again;
	struct vtune_host *copy = host_from(json);

	(void)state;
	again = vtune_host_to_json(copy, NULL);
	assert_string_equal(json, again);
	assert_non_null(strstr(json,
			       "\"hypervisor\": { \"type\": \"QEMU\", \"version\": \"7.2.0\", "
			       "\"libvirt\": \"9.0.0\" }"));
	assert_non_null(strstr(json, "\"vms\": [ \"a\", \"b\" ]"));
	free(json);
	free(again);
	vtune_host_free(copy);
	vtune_host_free(host);
}

static void test_shown(void **state)
{
	struct vtune_host *host = host_load("clashing");
	char *text = vtune_host_to_text(host, 200, NULL);

	(void)state;
	assert_non_null(strstr(text, "VMs run on QEMU 7.2.0, libvirt 9.0.0."));
	assert_non_null(strstr(text, "CPU 2 is held by several VMs at once."));
	assert_non_null(strstr(text, "The VM \"b\" is pinned to CPU 99"));
	free(text);
	vtune_host_free(host);
}

static void test_many_shown(void **state)
{
	struct vtune__text json = { 0 };
	struct vtune_host *host;
	char *text;

	(void)state;
	vtune__text_add(&json, "{\"version\":1,\"nodes\":[{\"id\":0}],\"warnings\":[");
	for (unsigned int i = 0; i < 18; i++)
		vtune__text_addf(&json, "%s{\"code\":\"x\",\"text\":\"number %u\"}", i ? "," : "",
				 i);
	vtune__text_add(&json, "]}");
	host = host_from(json.data);
	text = vtune_host_to_text(host, 0, NULL);
	assert_non_null(strstr(text, "Number 15."));
	assert_null(strstr(text, "umber 16"));
	assert_non_null(strstr(text, "The host document has 2 more warnings."));
	free(text);
	vtune_host_free(host);
	vtune__text_free(&json);
}

static void test_refused(void **state)
{
	static const struct {
		const char *key, *where, *part;
	} rows[] = {
		{ "'hypervisor':7", "/hypervisor", "object" },
		{ "'hypervisor':{'name':'x'}", "/hypervisor/name", "type" },
		{ "'hypervisor':{'type':''}", "/hypervisor/type", "empty" },
		{ "'hypervisor':{'version':'7.2'}", "/hypervisor/version", "like 7.2.0" },
		{ "'hypervisor':{'version':'7.2.0.1'}", "/hypervisor/version", "like 7.2.0" },
		{ "'hypervisor':{'version':'7.-2.0'}", "/hypervisor/version", "like 7.2.0" },
		{ "'hypervisor':{'libvirt':'4294.0.0'}", "/hypervisor/libvirt", "at most 4293" },
		{ "'hypervisor':{'libvirt':'1.1000.0'}", "/hypervisor/libvirt", "999" },
		{ "'warnings':{}", "/warnings", "array" },
		{ "'warnings':[{'text':'x'}]", "/warnings/0", "code" },
		{ "'warnings':[{'code':'x'}]", "/warnings/0", "text" },
		{ "'warnings':[{'code':'x','text':''}]", "/warnings/0/text", "empty" },
		{ "'warnings':[{'code':'x','text':'x','vms':[1]}]", "/warnings/0/vms/0", "string" },
		{ "'warnings':[{'code':'x','text':'x','cpus':'a'}]", "/warnings/0/cpus", "" },
		{ "'warnings':[{'code':'x','text':'x','cpu':'1'}]", "/warnings/0/cpu", "cpus" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_error *err = NULL;
		struct vtune__text text = { 0 };
		char *json;

		vtune__text_addf(&text, "{'version':1,'nodes':[{'id':0}],%s}", rows[i].key);
		json = quoted(text.data);
		assert_null(vtune_host_from_json(json, &err));
		assert_error(&err, VTUNE_ERR_DOCUMENT, rows[i].where, rows[i].part);
		free(json);
		vtune__text_free(&text);
	}
}

/* A clash of a VM that the document gives no allocation: its CPUs are held even so. */
static void test_clash_without_allocation(void **state)
{
	char *json = quoted("{'version':1,'nodes':[{'id':0,'cpus':'0-3'}],'allocations':[{'vm':'a',"
			    "'cpus':'1'}],'warnings':[{'code':'clash','text':'x','vms':['x','a'],"
			    "'cpus':'2,9'}]}");
	struct vtune_host *host = host_from(json), *without, *none;
	struct vtune__room room;

	(void)state;
	assert_set(&host->room.held, "1-2");
	assert_int_equal(vtune__room_for(host, "a", &room, NULL), 0);
	assert_set(&room.held, "2");
	vtune__room_free(&room);
	without = vtune_host_without(host, "x", NULL);
	assert_null(without->warnings);
	assert_set(&without->allocations[0].cpus, "1-2");
	none = vtune_host_without(without, "a", NULL);
	assert_set(&none->room.held, "");
	vtune_host_free(none);
	vtune_host_free(without);
	vtune_host_free(host);
	free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),	cmocka_unit_test(test_written),
		cmocka_unit_test(test_shown),	cmocka_unit_test(test_many_shown),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_clash_without_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
