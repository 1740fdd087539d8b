/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec holds once it has been read; what is refused is in test-documents.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/spec.h"

static struct vtune_spec *read_text(const char *text)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(text, &err);

	if (!spec)
		fail_msg("%s: %s: %s", text, vtune_error_get_where(err),
			 vtune_error_get_message(err));
	assert_null(err);
	return spec;
}

static struct vtune_spec *read_file(const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct vtune_spec *spec;
	char path[4096], *text;

	snprintf(path, sizeof(path), "%s/data/specs/%s", srcdir ? srcdir : ".", name);
	text = vtune__file_read(path, NULL);
	assert_non_null(text);
	spec = read_text(text);
	free(text);
	return spec;
}

/* A spec of so many vCPUs, and more keys. */
static struct vtune_spec *read_keys(unsigned int vcpus, const char *keys)
{
	char text[1024];

	snprintf(text, sizeof(text), "{ \"version\": 1, \"vcpus\": %u, \"memory\": \"1GiB\"%s%s }",
		 vcpus, keys[0] ? ", " : "", keys);
	return read_text(text);
}

static void assert_set(const struct vtune__set *set, const char *expected)
{
	char *text = vtune__set_print(set);

	assert_string_equal(text, expected);
	free(text);
}

static void assert_defaults(const struct vtune_spec *spec)
{
	assert_int_equal(spec->policy, VTUNE__DEDICATED);
	assert_int_equal(spec->threads, VTUNE__PREFER);
	assert_int_equal(spec->cpu_mode, 0);
	assert_int_equal(spec->shares, 0);
	assert_int_equal(spec->cells_kind, VTUNE__CELLS_AUTO);
	assert_null(spec->cells);
	assert_int_equal(spec->mode, VTUNE__STRICT);
	assert_false(spec->has_nodes);
	assert_int_equal(spec->max_distance, 0);
	assert_int_equal(spec->hugepages, VTUNE__PAGES_AUTO);
	assert_int_equal(spec->emulator, VTUNE__EMULATOR_SHARE);
	assert_int_equal(spec->iothread_count, 0);
	assert_int_equal(spec->iothreads, VTUNE__IOTHREADS_SHARE);
	assert_int_equal(spec->ndisks, 0);
	assert_int_equal(spec->nhostdevs, 0);
	assert_int_equal(spec->strategy, VTUNE__PACK);
}

static void test_defaults(void **state)
{
	struct vtune_spec *spec = read_file("minimal.json");

	(void)state;
	assert_string_equal(vtune_spec_get_name(spec), "vm");
	assert_int_equal(spec->vcpus, 4);
	assert_int_equal(spec->memory_kib, 8 << 20);
	assert_set(&spec->dedicated, "0-3");
	assert_false(spec->has_cpu_mode);
	assert_defaults(spec);
	vtune_spec_free(spec);

	spec = read_file("words.json");
	assert_string_equal(spec->name, "every default, said");
	assert_int_equal(spec->memory_kib, 976563); /* 976562.5 */
	assert_set(&spec->dedicated, "0");
	assert_true(spec->has_cpu_mode);
	assert_defaults(spec);
	vtune_spec_free(spec);
}

static void test_every_key(void **state)
{
	struct vtune_spec *spec = read_file("full.json");

	(void)state;
	assert_string_equal(spec->name, "every-key");
	assert_int_equal(spec->vcpus, 6);
	assert_int_equal(spec->policy, VTUNE__MIXED);
	assert_set(&spec->dedicated, "1-5");
	assert_int_equal(spec->threads, VTUNE__ISOLATE);
	assert_true(spec->has_cpu_mode);
	assert_string_equal(vtune__cpu_mode_names[spec->cpu_mode], "custom");
	assert_string_equal(spec->cpu.model, "EPYC-Rome");
	assert_int_equal(spec->cpu.features.count, 2);
	assert_string_equal(spec->cpu.features.list[1].name, "svm");
	assert_int_equal(spec->cpu.features.list[1].policy, VTUNE__FEATURE_DISABLE);
	assert_int_equal(spec->cpu.cache, VTUNE__CPU_CACHE_EMULATE);
	assert_string_equal(spec->cpu.machine, "pc-q35-7.2");
	assert_int_equal(spec->shares, 2048);
	assert_int_equal(spec->cells_kind, VTUNE__CELLS_EXPLICIT);
	assert_int_equal(spec->cell_count, 2);
	assert_set(&spec->cells[0].vcpus, "0,4-5");
	assert_set(&spec->cells[1].vcpus, "1-3");
	assert_int_equal(spec->cells[0].memory_kib, 8 << 20);
	assert_int_equal(spec->cells[1].memory_kib, 4 << 20);
	assert_int_equal(spec->mode, VTUNE__RESTRICTIVE);
	assert_true(spec->has_nodes);
	assert_set(&spec->nodes, "0,2-3");
	assert_int_equal(spec->max_distance, 31);
	assert_int_equal(spec->hugepages, VTUNE__PAGES_SIZE);
	assert_int_equal(spec->page_kib, 1 << 20);
	assert_int_equal(spec->emulator, VTUNE__EMULATOR_ISOLATE);
	assert_int_equal(spec->iothread_count, 3);
	assert_int_equal(spec->iothreads, VTUNE__IOTHREADS_ISOLATE);
	assert_set(&spec->iothread_ids, "2,5");
	assert_int_equal(vtune__spec_iothread_id(spec, 0), 1);
	assert_int_equal(vtune__spec_iothread_id(spec, 1), 2);
	assert_int_equal(vtune__spec_iothread_id(spec, 2), 5);
	assert_int_equal(vtune__spec_iothread_id(spec, 3), 0);
	assert_int_equal(spec->iothread_tuning.said, 0x1f);
	assert_int_equal(spec->iothread_tuning.value[VTUNE__POLL_MAX], 32768);
	assert_int_equal(spec->iothread_tuning.value[VTUNE__POLL_SHRINK], 0);
	assert_int_equal(spec->iothread_tuning.value[VTUNE__POOL_MAX], 64);
	assert_int_equal(spec->ndisks, 3);
	assert_string_equal(spec->disks[0].format, "raw");
	assert_int_equal(spec->disks[0].cache, VTUNE__CACHE_DIRECTSYNC);
	assert_int_equal(spec->disks[0].io, VTUNE__IO_NATIVE);
	assert_int_equal(spec->disks[0].discard, VTUNE__DISCARD_UNMAP);
	assert_int_equal(spec->disks[0].zeroes, VTUNE__ZEROES_UNMAP);
	assert_int_equal(spec->disks[0].queues, 4);
	assert_int_equal(spec->disks[0].queue_size, 256);
	assert_set(&spec->disks[0].iothread, "5");
	assert_int_equal(spec->disks[1].iothreads, 0);
	assert_int_equal(spec->disks[1].controller, 1);
	assert_true(spec->disks[1].readonly);
	assert_int_equal(spec->disks[2].device, VTUNE__DEVICE_LUN);
	assert_true(spec->disks[2].rawio);
	assert_string_equal(spec->disks[0].type, "block");
	assert_string_equal(spec->disks[0].source, "/dev/nvme0n1");
	assert_string_equal(spec->disks[2].target, "vdb");
	assert_string_equal(spec->disks[2].type, "");
	assert_string_equal(spec->disks[2].source, "");
	assert_int_equal(spec->ninterfaces, 4);
	assert_string_equal(spec->interfaces[0].mac, "52:54:00:00:00:01");
	assert_int_equal(spec->interfaces[0].type, VTUNE__INTERFACE_BRIDGE);
	assert_int_equal(spec->interfaces[0].driver, VTUNE__INTERFACE_VHOST);
	assert_int_equal(spec->interfaces[0].queues, 4);
	assert_int_equal(spec->interfaces[0].rx_queue_size, 512);
	assert_int_equal(spec->interfaces[0].mtu, 9000);
	assert_true(spec->interfaces[0].openvswitch);
	assert_int_equal(spec->interfaces[0].vlan, 7);
	assert_string_equal(spec->interfaces[1].source, "/run/vhost/port0");
	assert_int_equal(spec->interfaces[1].mode, VTUNE__INTERFACE_SERVER);
	assert_int_equal(spec->interfaces[1].queues, 0);
	assert_int_equal(spec->interfaces[1].tx_queue_size, 1024);
	assert_true(spec->interfaces[2].has_device);
	assert_string_equal(spec->interfaces[2].device.id, "0000:03:10.0");
	assert_int_equal(spec->interfaces[2].device.affinity, VTUNE__AFFINITY_PREFER);
	assert_true(spec->interfaces[3].has_device);
	assert_null(spec->interfaces[3].device.id);
	assert_string_equal(spec->interfaces[3].device.pf, "0000:03:00.0");
	assert_int_equal(spec->nhostdevs, 5);
	assert_int_equal(vtune__spec_wish_count(spec), 7);
	assert_int_equal(vtune__spec_wish_interface(spec, 4), -1);
	assert_int_equal(vtune__spec_wish_interface(spec, 5), 2);
	assert_ptr_equal(vtune__spec_wish(spec, 6), &spec->interfaces[3].device);
	assert_int_equal(vtune__spec_devices_wished(spec), 8);
	assert_string_equal(spec->hostdevs[0].id, "0000:41:00.0");
	assert_int_equal(spec->hostdevs[0].affinity, VTUNE__AFFINITY_PREFER);
	assert_int_equal(spec->hostdevs[1].affinity, VTUNE__AFFINITY_REQUIRE);
	assert_int_equal(spec->hostdevs[2].affinity, VTUNE__AFFINITY_NONE);
	assert_int_equal(spec->hostdevs[1].count, 1);
	assert_false(spec->hostdevs[1].unmanaged);
	assert_true(spec->hostdevs[2].unmanaged);
	assert_null(spec->hostdevs[3].id);
	assert_string_equal(spec->hostdevs[3].vendor, "10de");
	assert_string_equal(spec->hostdevs[3].product, "2330");
	assert_string_equal(spec->hostdevs[3].class, "display");
	assert_int_equal(spec->hostdevs[3].count, 2);
	assert_int_equal(spec->hostdevs[3].affinity, VTUNE__AFFINITY_REQUIRE);
	assert_string_equal(spec->hostdevs[4].pf, "0000:41:00.1");
	assert_int_equal(spec->hostdevs[4].nids, 2);
	assert_string_equal(spec->hostdevs[4].ids[1], "0000:41:10.3");
	assert_int_equal(spec->strategy, VTUNE__SPREAD);
	vtune_spec_free(spec);
}

static void test_numbers(void **state)
{
	struct vtune_spec *spec = read_file("numbers.json");

	(void)state;
	assert_int_equal(spec->vcpus, VTUNE__MAX_VCPUS);
	assert_true(spec->memory_kib == VTUNE__MAX_KIB);
	assert_int_equal(spec->policy, VTUNE__SHARED);
	assert_true(vtune__set_is_empty(&spec->dedicated));
	assert_int_equal(spec->threads, VTUNE__REQUIRE);
	assert_int_equal(spec->cells_kind, VTUNE__CELLS_COUNT);
	assert_int_equal(spec->cell_count, 4096);
	assert_int_equal(spec->mode, VTUNE__INTERLEAVE);
	assert_int_equal(spec->hugepages, VTUNE__PAGES_SIZE);
	assert_int_equal(spec->page_kib, 2048);
	assert_int_equal(spec->emulator, VTUNE__EMULATOR_FLOAT);
	assert_int_equal(spec->iothread_count, 1024);
	vtune_spec_free(spec);
}

/* Mixed with every vCPU is what dedicated is. */
static void test_dedicated(void **state)
{
	static const struct {
		const char *cpu, *dedicated;
	} rows[] = {
		{ "\"cpu\": {}", "0-7" },
		{ "\"cpu\": { \"policy\": \"dedicated\" }", "0-7" },
		{ "\"cpu\": { \"policy\": \"shared\" }", "" },
		{ "\"cpu\": { \"policy\": \"mixed\", \"dedicated\": \"7,0-1\" }", "0-1,7" },
		{ "\"cpu\": { \"policy\": \"mixed\", \"dedicated\": \"0-7\" }", "0-7" },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_spec *spec = read_keys(8, rows[i].cpu);

		assert_set(&spec->dedicated, rows[i].dedicated);
		vtune_spec_free(spec);
	}
}

static void test_hugepages(void **state)
{
	static const struct {
		const char *value;
		enum vtune__hugepages kind;
		uint64_t page_kib;
	} rows[] = {
		{ "\"auto\"", VTUNE__PAGES_AUTO, 0 },
		{ "\"none\"", VTUNE__PAGES_NONE, 0 },
		{ "\"any\"", VTUNE__PAGES_ANY, 0 },
		{ "\"2MiB\"", VTUNE__PAGES_SIZE, 2048 },
		{ "\"2m\"", VTUNE__PAGES_SIZE, 2048 },
		{ "2048", VTUNE__PAGES_SIZE, 2048 },
		{ "\"64KiB\"", VTUNE__PAGES_SIZE, 64 },
		{ "\"16G\"", VTUNE__PAGES_SIZE, 1 << 24 },
		{ "\"512MiB\"", VTUNE__PAGES_SIZE, 1 << 19 },
	};
	char keys[64];

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_spec *spec;

		snprintf(keys, sizeof(keys), "\"hugepages\": %s", rows[i].value);
		spec = read_keys(1, keys);
		assert_int_equal(spec->hugepages, rows[i].kind);
		assert_true(spec->page_kib == rows[i].page_kib);
		vtune_spec_free(spec);
	}
}

static void test_buses(void **state)
{
	static const char *const buses[] = { "virtio", "scsi", "sata", "ide",	 "virtio",
					     "scsi",   "usb",  "fdc",  "sd",	 "xen",
					     "ide",    "fdc",  "xen",  "virtio", "virtio" };
	/* vda, the scsi disks sda and sdc, vdb, vdd, hdc; at most as many threads as vCPUs. */
	static const bool threads[] = { 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1 };
	struct vtune_spec *spec = read_file("disks.json");

	(void)state;
	assert_int_equal(spec->ndisks, VTUNE__COUNT(buses));
	assert_int_equal(spec->iothread_count, 3);
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		assert_string_equal(spec->disks[i].bus, buses[i]);
		assert_int_equal(vtune__disk_takes_iothread(&spec->disks[i]), threads[i]);
	}
	vtune_spec_free(spec);
}

/* The disks by their first letter (v, s, h), the count that is asked for (-1:
 * auto), and how many threads there are then. */
static void test_iothreads(void **state)
{
	static const struct {
		unsigned int vcpus;
		const char *disks;
		int count;
		unsigned int threads;
	} rows[] = {
		{ 4, "", -1, 0 },     { 4, "", 2, 2 },	 { 4, "v", -1, 1 },    { 4, "h", -1, 0 },
		{ 4, "vvv", -1, 3 },  { 2, "vvv", -1, 2 }, { 4, "s", -1, 1 },  { 4, "sss", -1, 1 },
		{ 4, "vsvs", -1, 3 }, { 4, "vsv", 0, 0 }, { 4, "vsv", 8, 8 }, { 1, "vvvv", -1, 1 },
		/* libvirt puts seven scsi disks on a controller. */
		{ 8, "ssssssss", -1, 2 },
	};

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text keys = { 0 };
		struct vtune_spec *spec;
		char *text;

		if (rows[i].count >= 0)
			vtune__text_addf(&keys, "\"iothreads\": { \"count\": %d }, ",
					 rows[i].count);
		vtune__text_add(&keys, "\"disks\": [");
		for (unsigned int disk = 0; rows[i].disks[disk]; disk++)
			vtune__text_addf(&keys, "%s{ \"target\": \"%cd%c\" }", disk ? ", " : "",
					 rows[i].disks[disk], 'a' + (int)disk);
		vtune__text_add(&keys, "]");
		text = vtune__text_take(&keys, NULL);
		spec = read_keys(rows[i].vcpus, text);
		assert_int_equal(spec->iothread_count, rows[i].threads);
		vtune_spec_free(spec);
		free(text);
	}
}

/* The number of entries is bounded, because each is compared with all others. */
static void test_many_disks(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune__text text = { 0 };
	char *json;

	(void)state;
	vtune__text_add(&text, "{ \"version\": 1, \"vcpus\": 1, \"memory\": 1, \"disks\": [");
	for (unsigned int i = 0; i <= VTUNE__MAX_DEVICES; i++)
		vtune__text_addf(&text, "%s{ \"target\": \"vd%u\" }", i ? "," : "", i);
	vtune__text_add(&text, "] }");
	json = vtune__text_take(&text, NULL);
	assert_null(vtune_spec_from_json(json, &err));
	assert_string_equal(vtune_error_get_where(err), "/disks");
	assert_non_null(strstr(vtune_error_get_message(err), "4097"));
	vtune_error_free(err);
	free(json);
}

/* 4096 times 2^52 KiB is 2^64. */
static void test_cells_overflow(void **state)
{
	struct vtune_error *err = NULL;
	struct vtune__text text = { 0 };
	char *json;

	(void)state;
	vtune__text_add(&text, "{ \"version\": 1, \"vcpus\": 4096, \"memory\": \"4PiB\", "
			       "\"numa\": { \"cells\": [");
	for (unsigned int i = 0; i < 4096; i++)
		vtune__text_addf(&text, "%s{ \"vcpus\": \"%u\", \"memory\": \"4PiB\" }",
				 i ? "," : "", i);
	vtune__text_add(&text, "] } }");
	json = vtune__text_take(&text, NULL);
	assert_null(vtune_spec_from_json(json, &err));
	assert_string_equal(vtune_error_get_where(err), "/numa/cells");
	assert_non_null(strstr(vtune_error_get_message(err), "more memory together"));
	vtune_error_free(err);
	free(json);
}

static void test_null(void **state)
{
	(void)state;
	assert_null(vtune_spec_from_json(NULL, NULL));
	assert_string_equal(vtune_spec_get_name(NULL), "");
	vtune_spec_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),       cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_numbers),	       cmocka_unit_test(test_dedicated),
		cmocka_unit_test(test_hugepages),      cmocka_unit_test(test_buses),
		cmocka_unit_test(test_iothreads),      cmocka_unit_test(test_many_disks),
		cmocka_unit_test(test_cells_overflow), cmocka_unit_test(test_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
