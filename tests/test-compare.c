/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In what two forms of a domain differ that only its start can change. */
#include "xml-help.h"

#include "live/compare.h"
#include "pcie-help.h"

struct told {
	unsigned int count;
	char code[32], text[128], due[160];
	enum vtune__difference_kind change;
	bool is_any;
};

static int note(void *data, const struct vtune__difference *difference)
{
	struct told *told = data;

	told->count++;
	snprintf(told->code, sizeof(told->code), "%s", difference->code);
	snprintf(told->text, sizeof(told->text), "%s", difference->text);
	snprintf(told->due, sizeof(told->due), "%s", difference->due);
	told->change = difference->change;
	told->is_any = difference->is_any;
	return 0;
}

static struct told compare(const char *have, const char *want)
{
	struct vtune__pair pair VTUNE__CLEANUP(vtune__pair_close) = { 0 };
	struct told told = { 0 };

	assert_int_equal(vtune__pair_open(&pair, have, want, NULL), 0);
	assert_int_equal(vtune__compare(&pair, note, &told, NULL), 0);
	return told;
}

#define IN(more) "<domain id='1'>" more "</domain>"
#define CPU(more) IN("<cpu " more "</cpu>")
#define DISK(driver) "<disk device='disk'>" driver "<target dev='vda'/></disk>"
#define NIC(mac, more) "<interface type='bridge'><mac address='" mac "'/>" more "</interface>"
#define ONE(device) IN("<devices>" device "</devices>")

static void test_each(void **state)
{
	static const struct {
		const char *have, *want, *code, *text;
	} rows[] = {
		{ IN(""), IN("<maxMemory slots='4'>9</maxMemory>"), "hotplug",
		  "can be plugged in" },
		{ IN("<memtune><soft_limit>8</soft_limit></memtune>"),
		  IN("<memtune><soft_limit>9</soft_limit></memtune>"), "memtune", "limits" },
		{ IN("<memoryBacking><locked/></memoryBacking>"), IN("<memoryBacking/>"),
		  "memory_backing", "locked" },
		{ IN("<memoryBacking><access mode='shared'/></memoryBacking>"), IN(""),
		  "memory_access", "shared with other processes" },
		{ IN("<cputune><vcpusched vcpus='1' priority='1'/></cputune>"),
		  IN("<cputune><vcpusched vcpus='1' priority='2'/></cputune>"), "realtime",
		  "Which vCPUs" },
		{ CPU("mode='host-model'>"), CPU("mode='maximum'>"), "guest_cpu", "mode" },
		{ CPU("mode='maximum'><feature policy='disable' name='svm'/>"),
		  CPU("mode='maximum'>"), "guest_cpu", "features" },
		{ CPU("><topology sockets='1' cores='2' threads='1'/>"),
		  CPU("><topology sockets='1' cores='1' threads='2'/>"), "guest_topology",
		  "cores" },
		{ ONE(DISK("<driver cache='none'/>")), ONE(DISK("<driver cache='writeback'/>")),
		  "disks", "The disk vda has other settings of its driver" },
		{ ONE(""), ONE(DISK("")), "disks", "The disk vda is not there" },
		{ ONE("<disk device='lun'><target dev='vda'/></disk>"), ONE(DISK("")), "disks",
		  "The disk vda has" },
		{ ONE("<controller type='scsi' index='3'><driver queues='1'/></controller>"),
		  ONE("<controller type='scsi' index='3'><driver queues='2'/></controller>"),
		  "disks", "The SCSI controller 3 has" },
		{ ONE(NIC("52:54:00:00:00:01", "<source bridge='a'/>")),
		  ONE(NIC("52:54:00:00:00:01", "<source bridge='b'/>")), "interfaces",
		  "The interface 52:54:00:00:00:01 has another source" },
		{ ONE(NIC("52:54:00:00:00:01", "")), ONE(""), "interfaces",
		  "The interface 52:54:00:00:00:01 is not part of the plan" },
		{ ONE("<interface type='user'/>"),
		  ONE("<interface type='user'/><interface type='user'/>"), "interfaces",
		  "The interface 1 is not there" },
		{ ONE(""), ONE(HOSTDEV("0x41", "")), "hostdevs",
		  "The device 0000:41:00.0 is not there" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct told told = compare(rows[i].have, rows[i].want);

		if (told.count != 1 || strcmp(told.code, rows[i].code) != 0 ||
		    !strstr(told.text, rows[i].text))
			fail_msg("row %zu: %u, %s: %s", i, told.count, told.code, told.text);
		assert_true(told.due[0] != '\0');
		told = compare(rows[i].want, rows[i].want);
		assert_int_equal(told.count, 0);
	}
}

/* What libvirt has added. */
static void test_added(void **state)
{
	static const char *const rows[][2] = {
		{ ONE("<disk device='disk'><driver name='qemu' type='raw'/><target dev='vda'/></disk>"),
		  ONE("<disk><target dev='vda'/></disk>") },
		{ ONE(NIC("52:54:00:00:00:01",
			  "<model type='rtl8139'/><virtualport type='openvswitch'>"
			  "<parameters interfaceid='1'/></virtualport>")),
		  ONE(NIC("52:54:00:00:00:01", "<virtualport type='openvswitch'/>")) },
		{ CPU("><topology sockets='1' dies='1' clusters='1' cores='2' threads='1'/>"),
		  CPU("><topology sockets='1' cores='2' threads='1'/>") },
		/* What a host-model has come to. */
		{ CPU("mode='custom' check='full'><model>EPYC</model>"
		      "<feature policy='require' name='svm'/>"),
		  CPU("mode='host-model'>") },
		/* Where the plan moves nothing, an address is the domain's own. */
		{ ONE(HOSTDEV("0x41", AT("0x02", ""))), ONE(HOSTDEV("0x41", AT("0x03", ""))) },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct told told = compare(rows[i][0], rows[i][1]);

		if (told.count != 0)
			fail_msg("row %zu: %s", i, told.text);
	}
}

static const char *laid_with(char *xml, const char *from, const char *to)
{
	char *place = strstr(xml, from);

	assert_non_null(place);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(place, to, strlen(to));
	return xml;
}

static void test_pcie(void **state)
{
	char *want = lay(one_device, defined), *have = strdup(want);
	struct told told;

	(void)state;
	told = compare(laid_with(have, "<node>1<", "<node>0<"), want);
	assert_string_equal(told.code, "pcie");
	assert_false(told.is_any);
	assert_string_equal(told.text,
			    "The PCI controller 1 is near another cell, or has another bus number");
	strcpy(have, want);
	/* One number is as good as another. */
	told = compare(laid_with(have, "busNr='200'", "busNr='100'"), want);
	assert_string_equal(told.code, "pcie");
	assert_true(told.is_any);
	strcpy(have, want);
	told = compare(laid_with(have, "bus='0x02'", "bus='0x07'"), want);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.code, "device_address");
	assert_string_equal(told.text, "The device 0000:41:00.0 is on another bus than planned");
	assert_string_equal(told.due, "The guest sees the device 0000:41:00.0 on another bus from "
				      "the next start on");
	free(have);
	free(want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_added),
		cmocka_unit_test(test_pcie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
