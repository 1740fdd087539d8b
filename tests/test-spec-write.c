/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec document as it is written. */
#include "xml-help.h"

#include "random-help.h"
#include "spec-help.h"

enum { SEED = 902, CASES = 500 };

/* What is required, in its place, and of the rest what is not the default. */
static void test_texts(void **state)
{
	static const char *const rows[][2] = {
		{ "{\"version\": 1, \"vcpus\": 2, \"memory\": 3145728}",
		  "{ \"version\": 1, \"name\": \"vm\", \"vcpus\": 2, \"memory\": \"3GiB\" }\n" },
		{ "{\"memory\": \"1025b\", \"vcpus\": 1, \"name\": \"a\\\"b\", \"version\": 1, "
		  "\"cpu\": {\"policy\": \"dedicated\", \"threads\": \"prefer\"}, \"disks\": [], "
		  "\"numa\": {\"cells\": \"auto\", \"mode\": \"strict\"}, \"hostdevs\": [], "
		  "\"hugepages\": \"auto\", \"emulator\": {\"policy\": \"share\"}, "
		  "\"iothreads\": {\"count\": \"auto\", \"policy\": \"share\"}, "
		  "\"strategy\": \"pack\"}",
		  "{ \"version\": 1, \"name\": \"a\\\"b\", \"vcpus\": 1, \"memory\": \"2KiB\" "
		  "}\n" },
		{ "{\"version\": 1, \"vcpus\": 2, \"memory\": 8, \"cpu\": {\"policy\": \"mixed\", "
		  "\"dedicated\": \"0-1\"}}",
		  "{\n  \"version\": 1,\n  \"name\": \"vm\",\n  \"vcpus\": 2,\n  \"memory\": "
		  "\"8KiB\",\n"
		  "  \"cpu\": { \"policy\": \"mixed\", \"dedicated\": \"0-1\" }\n}\n" },
		{ "{\"version\": 1, \"vcpus\": 2, \"memory\": 8, \"disks\": [{\"target\": \"sda\", "
		  "\"bus\": \"scsi\"}, {\"target\": \"sdb\", \"bus\": \"usb\"}]}",
		  "{\n  \"version\": 1,\n  \"name\": \"vm\",\n  \"vcpus\": 2,\n  \"memory\": "
		  "\"8KiB\",\n"
		  "  \"disks\": [ { \"target\": \"sda\" }, { \"target\": \"sdb\", \"bus\": "
		  "\"usb\" } ]\n"
		  "}\n" },
		{ "{\"version\": 1, \"vcpus\": 1, \"memory\": 8, \"iothreads\": {\"count\": 0}, "
		  "\"hugepages\": \"1GiB\", \"cpu\": {\"mode\": \"host-passthrough\"}}",
		  "{\n  \"version\": 1,\n  \"name\": \"vm\",\n  \"vcpus\": 1,\n  \"memory\": "
		  "\"8KiB\",\n"
		  "  \"cpu\": { \"mode\": \"host-passthrough\" },\n  \"hugepages\": \"1GiB\",\n"
		  "  \"iothreads\": { \"count\": 0 }\n}\n" },
		{ "{\"version\": 1, \"vcpus\": 1, \"memory\": 8, \"pcie\": {\"expanders\": \"auto\", "
		  "\"spare_ports\": 4, \"spare_ports_per_expander\": 1}}",
		  "{\n  \"version\": 1,\n  \"name\": \"vm\",\n  \"vcpus\": 1,\n  \"memory\": "
		  "\"8KiB\",\n"
		  "  \"pcie\": { \"spare_ports\": 4, \"spare_ports_per_expander\": 1 }\n}\n" },
		{ "{\"version\": 1, \"vcpus\": 1, \"memory\": 8, \"pcie\": {\"expanders\": \"none\"}}",
		  "{ \"version\": 1, \"name\": \"vm\", \"vcpus\": 1, \"memory\": \"8KiB\", "
		  "\"pcie\": { \"expanders\": \"none\" } }\n" },
		{ "{\"version\": 1, \"vcpus\": 1, \"memory\": \"4EiB\"}",
		  "{ \"version\": 1, \"name\": \"vm\", \"vcpus\": 1, \"memory\": \"4EiB\" }\n" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_spec *spec = help_spec(rows[i][0]);
		char *text = help_spec_text(spec);

		assert_string_equal(text, rows[i][1]);
		help_spec_is_sound(spec);
		free(text);
		vtune_spec_free(spec);
	}
}

/* Each value of each key. */
static void test_keys(void **state)
{
	static const char *const keys[] = {
		"\"cpu\": {\"policy\": \"shared\"}",
		"\"cpu\": {\"policy\": \"mixed\", \"dedicated\": \"1,3\"}",
		"\"cpu\": {\"threads\": \"require\"}",
		"\"cpu\": {\"threads\": \"isolate\", \"shares\": 2}",
		"\"cpu\": {\"mode\": \"host-passthrough\"}",
		"\"cpu\": {\"mode\": \"host-model\"}",
		"\"cpu\": {\"mode\": \"maximum\", \"policy\": \"shared\"}",
		"\"cpu\": {\"shares\": 262144}",
		"\"numa\": {\"cells\": 3}",
		"\"numa\": {\"cells\": [{\"vcpus\": \"0-3\"}]}",
		"\"numa\": {\"cells\": [{\"vcpus\": \"0,2\"}, {\"vcpus\": \"1,3\"}]}",
		"\"numa\": {\"cells\": [{\"vcpus\": \"3\", \"memory\": 1}, "
		"{\"vcpus\": \"0-2\", \"memory\": 1048575}]}",
		"\"numa\": {\"mode\": \"restrictive\"}",
		"\"numa\": {\"mode\": \"preferred\"}",
		"\"numa\": {\"mode\": \"interleave\", \"nodes\": \"0,4095\"}",
		"\"numa\": {\"max_distance\": 10}",
		"\"hugepages\": \"none\"",
		"\"hugepages\": \"any\"",
		"\"hugepages\": 65536",
		"\"emulator\": {\"policy\": \"isolate\"}",
		"\"emulator\": {\"policy\": \"float\"}",
		"\"iothreads\": {\"policy\": \"isolate\"}",
		"\"iothreads\": {\"count\": 1024, \"policy\": \"isolate\"}",
		"\"disks\": [{\"target\": \"xvda\", \"bus\": \"scsi\", \"type\": \"nvme\", "
		"\"source\": \"a \\\\ \\\" \xc3\xa4\"}]",
		"\"hostdevs\": [{\"any\": {\"pf\": \"p\", \"class\": \"network\", "
		"\"vendor\": \"80aF\", \"product\": \"10CA\", \"ids\": [\"x\", \"y\"]}, "
		"\"count\": 2, \"managed\": false}, "
		"{\"id\": \"a\"}, {\"id\": \"b\", \"affinity\": \"prefer\"}, "
		"{\"id\": \"c\", \"affinity\": \"none\"}]",
		"\"strategy\": \"spread\"",
		"\"bandwidth\": {\"vcpu\": {\"period\": 1000}, \"emulator\": {\"quota\": -1}, "
		"\"iothread\": {\"period\": 9999, \"quota\": 1000}, \"global\": "
		"{\"quota\": 17592186044415}}",
		"\"realtime\": {\"vcpus\": \"1,3\"}",
		"\"realtime\": {\"vcpus\": \"0\", \"scheduler\": \"rr\", \"priority\": 99, "
		"\"emulator\": 1, \"iothreads\": 2, \"lock_memory\": false}",
		"\"memory_backing\": {\"locked\": false, \"nosharepages\": true}",
		"\"memory_backing\": {\"locked\": true, \"shared\": true, \"source\": \"memfd\"}",
		"\"memory_backing\": {\"nosharepages\": false, \"shared\": false, \"source\": "
		"\"anonymous\", \"allocation\": \"ondemand\"}",
		"\"memory_backing\": {\"source\": \"file\", \"allocation\": \"immediate\", "
		"\"allocation_threads\": 1024}",
		"\"hotplug\": {\"max_memory\": \"2GiB\"}",
		"\"hotplug\": {\"max_memory\": 1048577, \"slots\": 256}",
		"\"memtune\": {\"hard_limit\": \"3GiB\", \"soft_limit\": 1, "
		"\"swap_hard_limit\": \"3GiB\"}",
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(keys); i++) {
		struct vtune_spec *spec;
		char json[512];

		snprintf(json, sizeof(json),
			 "{\"version\": 1, \"vcpus\": 4, \"memory\": \"1GiB\", %s}", keys[i]);
		spec = help_spec(json);
		help_spec_is_sound(spec);
		vtune_spec_free(spec);
	}
}

static void test_random(void **state)
{
	(void)state;
	for (unsigned int number = 0; number < CASES; number++) {
		struct json_object *host, *json;
		struct vtune_spec *spec;

		random_documents(SEED, number, &host, &json);
		spec = help_spec(json_text(json));
		help_spec_is_sound(spec);
		vtune_spec_free(spec);
		json_object_put(host);
		json_object_put(json);
	}
}

static void test_files(void **state)
{
	static const char *const names[] = { "disk-words", "disks", "full", "interfaces",
					     "minimal", "numbers", "words" };
	unsigned int sound = 0;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		char *json = help_load("specs", names[i], ".json");
		struct vtune_spec *spec = vtune_spec_from_json(json, NULL);

		/* Some have keys that are refused today. */
		if (spec) {
			help_spec_is_sound(spec);
			sound++;
		}
		vtune_spec_free(spec);
		free(json);
	}
	assert_true(sound >= 3);
}

static void test_null(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_null(vtune_spec_to_json(NULL, &err));
	help_error(err, VTUNE_ERR_INVALID, "vtune_spec_to_json");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),  cmocka_unit_test(test_keys),
		cmocka_unit_test(test_random), cmocka_unit_test(test_files),
		cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
