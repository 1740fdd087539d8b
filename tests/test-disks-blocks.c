/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a block device to the PCI device under it: trees like those of /sys and /dev. */
#define _GNU_SOURCE /* nftw */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "host-help.h"

static char root[] = "test-blocks-XXXXXX";

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

/* ---- trees ---- */

/* Makes the folders on the way; the path ends with "/" for a folder. */
static char *make_way(const char *format, ...) VTUNE__PRINTF(1, 2);

static char *make_way(const char *format, ...)
{
	struct vtune__text path = { 0 };
	va_list args;

	vtune__text_addf(&path, "%s/", root);
	va_start(args, format);
	vtune__text_vaddf(&path, format, args);
	va_end(args);
	for (char *slash = strchr(path.data, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path.data, 0755);
		*slash = '/';
	}
	return vtune__text_take(&path, NULL);
}

static void put(char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void put_link(char *path, const char *to)
{
	assert_int_equal(symlink(to, path), 0);
	free(path);
}

/* A block device, and the link to it in /sys/class/block. where: below /sys/devices. */
static void put_block(const char *where, const char *name)
{
	struct vtune__text to = { 0 };

	free(make_way("sys/devices/%s/%s/", where, name));
	vtune__text_addf(&to, "../../devices/%s/%s", where, name);
	put_link(make_way("sys/class/block/%s", name), to.data);
	vtune__text_free(&to);
}

static void put_partition(const char *where, const char *disk, const char *name)
{
	struct vtune__text folder = { 0 };

	vtune__text_addf(&folder, "%s/%s", where, disk);
	put_block(folder.data, name);
	put(make_way("sys/devices/%s/%s/partition", folder.data, name), "1\n");
	vtune__text_free(&folder);
}

/* A block device on others. */
static void put_stack(const char *name, const char *const *on)
{
	put_block("virtual/block", name);
	for (; *on; on++)
		put_link(make_way("sys/devices/virtual/block/%s/slaves/%s", name, *on), "x");
}

static void put_mapped(const char *block, const char *name, const char *uuid, const char *const *on)
{
	put_stack(block, on);
	put(make_way("sys/devices/virtual/block/%s/dm/name", block), name);
	put(make_way("sys/devices/virtual/block/%s/dm/uuid", block), uuid);
}

#define A "pci0000:00/0000:00:02.0/0000:41:00.0"
#define B "pci0000:80/0000:80:02.0/0000:81:00.0"
#define C "pci0000:00/0000:42:00.0"
#define SDA A "/ata1/host0/target0:0:0/0:0:0:0/block"
#define SDB B "/ata2/host1/target1:0:0/1:0:0:0/block"
#define SDC C "/host2/rport-2:0-0/target2:0:0/2:0:0:0/block"

static const char *const on_sda[] = { "sda", NULL };
static const char *const on_sda2[] = { "sda2", NULL };
static const char *const on_sda_sdb[] = { "sda", "sdb", NULL };
static const char *const on_sda_sdc[] = { "sda", "sdc", NULL };

static void put_disks(void)
{
	put_block(SDA, "sda");
	put_partition(SDA, "sda", "sda1");
	put_partition(SDA, "sda", "sda2");
	put_block(SDB, "sdb");
	put_block(SDC, "sdc");
	put_block(C, "cciss!c0d0");
	put_block("virtual/block", "loop0");
	put_block("platform/host9/session1/block", "sdz");
}

/* 0000:41 and 0000:42 on node 0, 0000:81 on node 1. */
static struct vtune_host *read_host(unsigned int nnodes)
{
	VTUNE__CLEANUP(vtune__draft_free) struct vtune__draft draft = { 0 };
	static const char *const ids[] = { "0000:41:00.0", "0000:42:00.0", "0000:81:00.0" };
	struct vtune_error *err = NULL;
	struct vtune_host *host;

	for (unsigned int i = 0; i < nnodes; i++) {
		struct vtune__draft_node *node = vtune__draft_add_node(&draft, NULL);

		node->id = i;
		node->memory_kib = 1 << 20;
		assert_int_equal(vtune__set_add(&node->cpus, i), 0);
	}
	for (int i = 0; i < 3; i++) {
		struct vtune__device *device = vtune__draft_add_device(&draft, NULL);

		device->id = strdup(ids[i]);
		device->class = strdup("storage");
		device->node = nnodes > 1 ? i == 2 : -1;
	}
	assert_int_equal(vtune__system_name_blocks(&draft, root, &err), 0);
	assert_null(err);
	host = vtune__host_build(&draft, &err);
	assert_non_null(host);
	assert_read_again(host);
	return host;
}

/* id: NULL where nothing is to be found. */
static void assert_under(const struct vtune_host *host, const char *name, const char *id)
{
	const struct vtune__device *device = vtune__topology_device(host->topology, name);

	if (!id && device)
		fail_msg("%s is on %s", name, device->id);
	if (id && (!device || strcmp(device->id, id) != 0))
		fail_msg("%s is on %s, not %s", name, device ? device->id : "nothing", id);
}

/* ---- tests ---- */

static void test_disks(void **state)
{
	struct vtune_host *host;

	(void)state;
	put_disks();
	host = read_host(2);
	assert_under(host, "/dev/sda", "0000:41:00.0");
	assert_under(host, "sda", "0000:41:00.0");
	assert_under(host, "/dev/sda2", "0000:41:00.0");
	assert_under(host, "/dev/sdb", "0000:81:00.0");
	assert_under(host, "/dev/cciss/c0d0", "0000:42:00.0");
	assert_under(host, "/dev/loop0", NULL);
	assert_under(host, "/dev/sdz", NULL);
	vtune_host_free(host);
}

static void test_mapper(void **state)
{
	static const char *const on_dm0[] = { "dm-0", NULL };
	static const char *const on_both[] = { "dm-0", "sdb", NULL };
	struct vtune_host *host;

	(void)state;
	put_disks();
	put_mapped("dm-0", "vg--a-lv--b\n", "LVM-xyz\n", on_sda2);
	put_mapped("dm-1", "vg-wide\n", "LVM-xyz\n", on_sda_sdb);
	put_mapped("dm-2", "vg-near\n", "LVM-xyz\n", on_sda_sdc);
	put_mapped("dm-3", "crypt\n", "CRYPT-LUKS2-x\n", on_dm0);
	put_mapped("dm-4", "mpatha\n", "mpath-3600\n", on_sda_sdc);
	put_mapped("dm-5", "vg-a-b\n", "LVM-xyz\n", on_both);
	put_stack("md127", on_sda_sdc);
	put_stack("md0", on_sda_sdb);
	host = read_host(2);
	assert_under(host, "/dev/dm-0", "0000:41:00.0");
	assert_under(host, "/dev/mapper/vg--a-lv--b", "0000:41:00.0");
	assert_under(host, "/dev/vg-a/lv-b", "0000:41:00.0");
	/* On two nodes there is no answer; on two devices of one there is. */
	assert_under(host, "/dev/vg/wide", NULL);
	assert_under(host, "/dev/mapper/vg-wide", NULL);
	assert_under(host, "/dev/vg/near", "0000:41:00.0");
	assert_under(host, "/dev/mapper/crypt", "0000:41:00.0");
	assert_under(host, "/dev/mapper/mpatha", "0000:41:00.0");
	assert_under(host, "/dev/mapper/vg-a-b", NULL);
	assert_under(host, "/dev/md127", "0000:41:00.0");
	assert_under(host, "/dev/md0", NULL);
	vtune_host_free(host);
}

/* Where there is but one node it does not matter that Linux names none. */
static void test_one_node(void **state)
{
	struct vtune_host *host;

	(void)state;
	put_disks();
	put_mapped("dm-1", "vg-wide\n", "LVM-xyz\n", on_sda_sdb);
	host = read_host(1);
	assert_under(host, "/dev/vg/wide", "0000:41:00.0");
	vtune_host_free(host);
}

#define SUBSYSTEM "virtual/nvme-subsystem/nvme-subsys0"

static void test_nvme(void **state)
{
	struct vtune_host *host;

	(void)state;
	/* One with its own namespace, and two with several paths. */
	put_block(B "/nvme/nvme5", "nvme5n1");
	put_partition(B "/nvme/nvme5", "nvme5n1", "nvme5n1p1");
	put_block(SUBSYSTEM, "nvme0n1");
	put_partition(SUBSYSTEM, "nvme0n1", "nvme0n1p3");
	put_block(A "/nvme/nvme0", "nvme0c0n1");
	put_block(C "/nvme/nvme1", "nvme0c1n1");
	put_block(SUBSYSTEM, "nvme0n2");
	put_block(A "/nvme/nvme0", "nvme0c0n2");
	put_block(B "/nvme/nvme2", "nvme0c2n2");
	put_block(SUBSYSTEM, "nvme7n1");
	host = read_host(2);
	assert_under(host, "/dev/nvme5n1", "0000:81:00.0");
	assert_under(host, "/dev/nvme5n1p1", "0000:81:00.0");
	assert_under(host, "/dev/nvme0n1", "0000:41:00.0");
	assert_under(host, "/dev/nvme0n1p3", "0000:41:00.0");
	assert_under(host, "/dev/nvme0n2", NULL);
	assert_under(host, "/dev/nvme7n1", NULL);
	vtune_host_free(host);
}

static void test_links(void **state)
{
	struct vtune_host *host;

	(void)state;
	put_disks();
	put_stack("md127", on_sda);
	put_link(make_way("dev/disk/by-id/ata-SSD_1-part2"), "../../sda2");
	put_link(make_way("dev/disk/by-path/pci-0000:81:00.0-ata-1"), "../../sdb");
	put_link(make_way("dev/md/data"), "../md127");
	put_link(make_way("dev/disk/by-id/none"), "../../sdq");
	put_link(make_way("dev/disk/by-id/bl nk"), "../../sda");
	put(make_way("dev/disk/by-id/file"), "");
	host = read_host(2);
	assert_under(host, "/dev/disk/by-id/ata-SSD_1-part2", "0000:41:00.0");
	assert_under(host, "/dev/disk/by-path/pci-0000:81:00.0-ata-1", "0000:81:00.0");
	assert_under(host, "/dev/md/data", "0000:41:00.0");
	assert_under(host, "/dev/disk/by-id/none", NULL);
	assert_under(host, "/dev/disk/by-id/bl nk", NULL);
	assert_under(host, "/dev/disk/by-id/file", NULL);
	vtune_host_free(host);
}

/* No tree, broken links, and devices that lie on themselves. */
static void test_odd(void **state)
{
	static const char *const on_itself[] = { "dm-0", NULL };
	static const char *const on_gone[] = { "sdq", NULL };
	struct vtune_host *host = read_host(2);

	(void)state;
	vtune_host_free(host);
	put_mapped("dm-0", "loop\n", "", on_itself);
	put_mapped("dm-1", "\n", "", on_gone);
	put_link(make_way("sys/class/block/sdx"), "../../devices/nowhere");
	host = read_host(2);
	assert_under(host, "/dev/dm-0", NULL);
	assert_under(host, "/dev/dm-1", NULL);
	assert_under(host, "/dev/sdx", NULL);
	vtune_host_free(host);
}

#define TREE_TEST(test) cmocka_unit_test_setup_teardown(test, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_disks), TREE_TEST(test_mapper), TREE_TEST(test_one_node),
		TREE_TEST(test_nvme),  TREE_TEST(test_links),  TREE_TEST(test_odd),
	};

	return cmocka_run_group_tests_name("disks-blocks", tests, NULL, NULL);
}
