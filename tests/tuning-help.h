/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trees of files that stand for a machine. Include it behind cmocka.h, and define
 * _GNU_SOURCE before all else. */
#ifndef VTUNE_TEST_TUNING_HELP_H
#define VTUNE_TEST_TUNING_HELP_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-help.h"
#include "tuning/tuning.h"

static char tree[4096];

static inline int tree_remove_entry(const char *path, const struct stat *info, int type,
				    struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

static inline int tree_make(void **state)
{
	static const char name[] = "/test-tuning-XXXXXX";

	(void)state;
	assert_non_null(getcwd(tree, sizeof(tree) - sizeof(name)));
	strcat(tree, name);
	return mkdtemp(tree) ? 0 : -1;
}

static inline int tree_remove(void **state)
{
	(void)state;
	return nftw(tree, tree_remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in the tree; valid until the next but three. */
static inline const char *tree_path(const char *path)
{
	static char paths[4][8192];
	static unsigned int last;

	last = (last + 1) % 4;
	snprintf(paths[last], sizeof(paths[last]), "%s/%s", tree, path);
	return paths[last];
}

static inline void tree_put(const char *path, const char *text)
{
	char full[8192];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", tree, path);
	for (char *slash = strchr(full + strlen(tree) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	file = fopen(full, "w");
	assert_non_null(file);
	fprintf(file, "%s", text);
	assert_int_equal(fclose(file), 0);
}

/* "sys/x=1": the file with that line; "sys/x": the file is removed. */
static inline void tree_set(const char *line)
{
	const char *equals = strchr(line, '=');
	char path[4096], text[4096];

	if (!equals) {
		unlink(tree_path(line));
		return;
	}
	snprintf(path, sizeof(path), "%.*s", (int)(equals - line), line);
	snprintf(text, sizeof(text), "%s\n", equals + 1);
	tree_put(path, text);
}

static inline void assert_tree(const char *path, const char *expected)
{
	char *text = NULL;

	if (vtune__root_read_word(tree, path, &text, NULL) <= 0)
		fail_msg("%s cannot be read", path);
	if (strcmp(text, expected) != 0)
		fail_msg("%s is \"%s\" and not \"%s\"", path, text, expected);
	free(text);
}

/* Two nodes of four CPUs, and every setting as the profile "latency" wants it. */
static inline void tree_usual(void)
{
	static const char *const lines[] = {
		"sys/devices/system/cpu/online=0-7",
		"sys/devices/system/cpu/possible=0-15",
		"sys/devices/system/cpu/isolated=",
		"sys/devices/system/cpu/nohz_full=(null)",
		"sys/devices/system/node/online=0-1",
		"sys/devices/system/node/node0/meminfo=Node 0 MemFree: 8388608 kB",
		"sys/devices/system/node/node1/meminfo=Node 1 MemFree: 8388608 kB",
		"sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages=0",
		"sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages=0",
		"sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages=0",
		"sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages=0",
		"sys/devices/system/node/node0/hugepages/hugepages-1048576kB/nr_hugepages=0",
		"sys/devices/system/node/node0/hugepages/hugepages-1048576kB/free_hugepages=0",
		"sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages=0",
		"sys/devices/system/node/node1/hugepages/hugepages-1048576kB/free_hugepages=0",
		"sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages=0",
		"sys/module/kvm/parameters/halt_poll_ns=200000",
		"sys/devices/virtual/workqueue/cpumask=ff",
		"sys/kernel/mm/transparent_hugepage/enabled=always [madvise] never",
		"sys/kernel/mm/ksm/run=0",
		"sys/kernel/mm/ksm/merge_across_nodes=1",
		"sys/kernel/mm/ksm/sleep_millisecs=20",
		"sys/kernel/mm/ksm/pages_to_scan=100",
		"sys/kernel/mm/ksm/pages_shared=0",
		"proc/sys/kernel/numa_balancing=1",
		"proc/sys/kernel/osrelease=6.1.0-18-amd64",
		"proc/sys/vm/swappiness=10",
		"proc/sys/fs/aio-max-nr=1048576",
		"proc/sys/fs/aio-nr=1000",
		"proc/cpuinfo=processor\t: 0\nflags\t\t: fpu vmx ept",
		"proc/cmdline=BOOT_IMAGE=/vmlinuz root=/dev/sda1",
		"proc/swaps=Filename Type Size Used Priority\n/dev/sdb partition 8388604 0 -2",
		"proc/mounts=hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0",
		"proc/meminfo=Hugepagesize:       2048 kB",
		"proc/irq/default_smp_affinity=ff",
		"proc/irq/24/effective_affinity_list=0",
		"sys/block/sda/queue/scheduler=[mq-deadline] kyber bfq none",
		"sys/block/nvme0n1/queue/scheduler=[none] mq-deadline",
		"sys/block/loop0/queue/scheduler=[bfq] none",
		"dev/kvm=",
		"sys/module/kvm_intel/parameters/nested=Y",
		"sys/module/kvm_intel/parameters/ept=Y",
		"sys/kernel/iommu_groups/0/type=DMA",
		"sys/devices/system/cpu/cpufreq/policy0/scaling_governor=performance",
		("sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors=performance "
		 "powersave"),
		"sys/devices/system/cpu/cpu0/cpuidle/state1/name=C1",
		"sys/devices/system/cpu/cpu0/cpuidle/state1/latency=2",
		"sys/devices/system/cpu/cpu0/cpuidle/state1/disable=0",
		"etc/libvirt/libvirtd.conf=#listen_tcp = 1",
		"etc/libvirt/qemu.conf=#vnc_listen = \"0.0.0.0\"",
		"sys/fs/selinux/enforce=1",
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(lines); i++)
		tree_set(lines[i]);
}

/* ---- VMs ---- */

/* The host of tree_usual() with allocations, JSON with ' for ". */
static inline struct vtune_host *host_with(const char *allocations)
{
	struct vtune__text text = { 0 };
	struct vtune_host *host;

	vtune__text_addf(
		&text,
		"{ 'version': 1, 'nodes': ["
		" { 'id': 0, 'cpus': '0-3', 'memory_kib': 16777216, 'pages': ["
		"   { 'size_kib': 2048, 'total': 4096 }, { 'size_kib': 1048576, 'total': 4 } ] },"
		" { 'id': 1, 'cpus': '4-7', 'memory_kib': 16777216, 'pages': ["
		"   { 'size_kib': 65536, 'total': 4 },"
		"   { 'size_kib': 2048, 'total': 4096 }, { 'size_kib': 1048576, 'total': 4 } ] } ],"
		" 'allocations': [ %s ] }",
		allocations);
	for (char *p = text.data; *p; p++)
		if (*p == '\'')
			*p = '"';
	host = host_from(text.data);
	vtune__text_free(&text);
	return host;
}

/* ---- options and rows ---- */

static inline struct vtune_tuning_options *options_for(const char *profile, const char *allocations)
{
	struct vtune_tuning_options *options = vtune_tuning_options_new();

	assert_non_null(options);
	assert_int_equal(vtune_tuning_options_set_sysroot(options, tree, NULL), 0);
	if (profile)
		assert_int_equal(vtune_tuning_options_set_profile(options, profile, NULL), 0);
	if (allocations) {
		struct vtune_host *host = host_with(allocations);

		assert_int_equal(vtune_tuning_options_set_host(options, host, NULL), 0);
		vtune_host_free(host);
	}
	return options;
}

static inline struct vtune_tuning *tuning_of(const struct vtune_tuning_options *options)
{
	struct vtune_error *err = NULL;
	struct vtune_tuning *tuning = vtune_tuning_check(options, NULL, &err);

	if (!tuning)
		fail_msg("%s", vtune_error_get_message(err));
	return tuning;
}

static inline const struct vtune__row *row_of(const struct vtune_tuning *tuning, const char *id)
{
	for (unsigned int i = 0; i < tuning->nrows; i++)
		if (strcmp(tuning->rows[i].check->id, id) == 0)
			return &tuning->rows[i];
	fail_msg("there is no row %s", id);
	return NULL;
}

static inline bool has_setting(const struct vtune__row *row, const char *path, const char *wanted)
{
	for (unsigned int i = 0; i < row->nsettings; i++)
		if (strcmp(row->settings[i].path, path) == 0 &&
		    strcmp(row->settings[i].wanted, wanted) == 0)
			return true;
	return false;
}

static inline bool has_kept(const struct vtune__row *row, const char *text)
{
	for (unsigned int i = 0; i < row->nkept; i++)
		if (strcmp(row->kept[i].text, text) == 0)
			return true;
	return false;
}

#endif
