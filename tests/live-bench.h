/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain on a made-up machine, which a test changes, and a look at it: for the tests of
 * vtune_plan_verify(). The plan is data/live/db01.json. */
#ifndef VTUNE_TESTS_LIVE_BENCH_H
#define VTUNE_TESTS_LIVE_BENCH_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "live/verify.h"

#define PID 4242
#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define CGROUP "/sys/fs/cgroup/machine.slice/q.scope/libvirt"

/* ---- a machine ---- */

static char root[] = "vtune-test-XXXXXX"; /* in the build folder */

static inline void make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
}

static inline void put_bytes(const char *name, const char *data, size_t length)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", root, name);
	make_folders(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static inline void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static inline void remove_all(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'/*", root);
	assert_int_equal(system(command), 0);
}

static inline void put_thread(int tid, const char *name, const char *cpus, const char *folder)
{
	char path[128], text[256];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", PID, tid);
	snprintf(text, sizeof(text),
		 "Name:\t%s\nUmask:\t0022\nCpus_allowed:\tff\nCpus_allowed_list:\t%s\n"
		 "Mems_allowed_list:\t0-1\n",
		 name, cpus);
	put(path, text);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/cgroup", PID, tid);
	snprintf(text, sizeof(text), "0::/machine.slice/q.scope/libvirt/%s\n", folder);
	put(path, text);
}

static inline void put_cpuset(const char *folder, const char *cpus, const char *mems)
{
	char path[256];

	snprintf(path, sizeof(path), CGROUP "/%s/cpuset.cpus.effective", folder);
	put(path, cpus);
	snprintf(path, sizeof(path), CGROUP "/%s/cpuset.mems.effective", folder);
	put(path, mems);
}

#define HUGE_0 "/dev/hugepages/libvirt/qemu/1-db01/qemu_back_mem._objects_ram-node0.aB3dEf"
#define HUGE_1 "/dev/hugepages/libvirt/qemu/1-db01/qemu_back_mem._objects_ram-node1.aB3dEf"
#define HUGE_MAPS                                                                \
	"55d0c0000000-55d0c0400000 rw-p 00000000 00:00 0 [heap]\n"               \
	"7f0000000000-7f0004000000 rw-s 00000000 00:0f 1 " HUGE_0 " (deleted)\n" \
	"7f0008000000-7f000c000000 rw-s 00000000 00:0f 2 " HUGE_1 " (deleted)\n" \
	"7f0010000000-7f0010021000 rw-p 00000000 00:00 0\n"
#define HUGE_LINE_0(nodes)                                                       \
	"7f0000000000 bind:0 file=" HUGE_0 "\\040(deleted) huge dirty=32 " nodes \
	" kernelpagesize_kB=2048\n"
#define HUGE_LINE_1(nodes)                                                       \
	"7f0008000000 bind:1 file=" HUGE_1 "\\040(deleted) huge dirty=32 " nodes \
	" kernelpagesize_kB=2048\n"
#define HEAP "55d0c0000000 default heap anon=900 dirty=900 N0=100 N1=800 kernelpagesize_kB=4\n"

static inline void put_memory(const char *numa_maps, const char *maps)
{
	put("/proc/4242/numa_maps", numa_maps);
	put("/proc/4242/maps", maps);
}

static inline void put_domain(void)
{
	static const char arguments[] = "/usr/bin/qemu-system-x86_64\0-name\0guest=db01\0"
					"-uuid\0" UUID "\0-display\0none";

	remove_all();
	put_bytes("/proc/4242/cmdline", arguments, sizeof(arguments));
	put("/run/libvirt/qemu/db01.pid", "4242\n");
	put_thread(PID, "qemu-system-x86", "0,4", "emulator");
	put_thread(4243, "call_rcu", "0,4", "emulator");
	put_thread(4244, "IO iothread1", "0", "iothread1");
	put_thread(4245, "worker", "0", "iothread1");
	put_thread(4246, "CPU 0/KVM", "2", "vcpu0");
	put_thread(4247, "CPU 1/KVM", "3", "vcpu1");
	put_thread(4248, "CPU 2/TCG", "6", "vcpu2");
	put_thread(4249, "CPU 3/TCG", "7", "vcpu3");
	put_cpuset("emulator", "0,4\n", "0-1\n");
	put_cpuset("iothread1", "0\n", "0-1\n");
	put_cpuset("vcpu0", "2\n", "0\n");
	put_cpuset("vcpu1", "3\n", "0\n");
	put_cpuset("vcpu2", "6\n", "1\n");
	put_cpuset("vcpu3", "7\n", "1\n");
	put_memory(HEAP HUGE_LINE_0("N0=32") HUGE_LINE_1("N1=32"), HUGE_MAPS);
}

/* ---- looking at it ---- */

struct bench {
	struct vtune_plan *plan;
	struct vtune__set online;
	struct vtune__pins pins;
	struct vtune__pinned_cell cells[2];
	struct vtune__look look;
	struct vtune_error *err;
};

static inline void add_range(struct vtune__set *set, unsigned int first, unsigned int last)
{
	assert_int_equal(vtune__set_add_range(set, first, last), 0);
}

static inline struct vtune_plan *load_plan(void)
{
	const char *srcdir = getenv("srcdir");
	struct vtune_error *err = NULL;
	struct vtune_plan *plan;
	char path[4096], *text;

	snprintf(path, sizeof(path), "%s/data/live/db01.json", srcdir ? srcdir : ".");
	text = vtune__file_read(path, &err);
	plan = text ? vtune_plan_from_json(text, &err) : NULL;
	if (!plan)
		fail_msg("%s: %s", path, vtune_error_get_message(err));
	free(text);
	return plan;
}

static inline void open_bench(struct bench *bench)
{
	memset(bench, 0, sizeof(*bench));
	bench->plan = load_plan();
	add_range(&bench->online, 0, 7);
	bench->pins.cells = bench->cells;
	bench->pins.ncells = 2;
	add_range(&bench->cells[0].nodes, 0, 0);
	add_range(&bench->cells[1].nodes, 1, 1);
	bench->look = (struct vtune__look){ .plan = bench->plan,
					    .vm = "db01",
					    .online = &bench->online,
					    .live = &bench->pins,
					    .err = &bench->err };
	bench->look.report = vtune__report_new(VTUNE__REPORT_VERIFY, NULL);
	assert_non_null(bench->look.report);
	assert_int_equal(vtune__report_add_vm(bench->look.report, "db01", NULL), 0);
}

static inline void close_bench(struct bench *bench)
{
	assert_null(bench->err);
	vtune_plan_free(bench->plan);
	vtune__set_free(&bench->online);
	vtune__set_free(&bench->cells[0].nodes);
	vtune__set_free(&bench->cells[1].nodes);
	vtune_report_free(bench->look.report);
}

/* The lines below the headline, as text for people. */
static inline void expect_lines(struct bench *bench, const char *want)
{
	char *text = vtune_report_to_text(bench->look.report, NULL), *lines;

	assert_non_null(text);
	lines = strchr(text, '\n') + 1;
	for (char *at = strstr(lines, root); at; at = strstr(lines, root))
		memmove(at, at + strlen(root), strlen(at + strlen(root)) + 1);
	assert_string_equal(lines, want);
	free(text);
	close_bench(bench);
}

static inline void expect_threads(const char *want)
{
	struct bench bench;

	open_bench(&bench);
	assert_int_equal(vtune__verify_threads(&bench.look, root, PID), 0);
	expect_lines(&bench, want);
}

static inline void expect_ram(const char *want)
{
	struct bench bench;

	open_bench(&bench);
	assert_int_equal(vtune__verify_memory(&bench.look, root, PID), 0);
	expect_lines(&bench, want);
}

#define MEND "  To mend it: vtune-place apply db01\n"
#define MEND_MEMORY "  To mend it: vtune-place apply --move-memory db01\n"

/* Setup and teardown of a group. */
static inline int open_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static inline int close_root(void **state)
{
	(void)state;
	remove_all();
	return rmdir(root);
}

#endif
