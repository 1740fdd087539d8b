/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vtune_plan_verify() says of memory, how /proc/PID/numa_maps is read, and the moving
 * of memory, as far as a machine of one node goes. */
#include "live-bench.h"

/* ---- memory ---- */

static void test_memory_moved(void **state)
{
	(void)state;
	put_domain();
	put_memory(HUGE_LINE_0("N0=20 N2=12") HUGE_LINE_1("N1=32"), HUGE_MAPS);
	expect_ram("  24 MiB of the memory of cell 0 are on node 2, should be on 0\n" MEND_MEMORY);
	/* What is not there yet is not wrong. */
	put_memory(HUGE_LINE_0("N0=1") HUGE_LINE_1(""), HUGE_MAPS);
	expect_ram("");
	/* The names tell cells apart that lie where the other should. */
	put_memory(HUGE_LINE_0("N1=32") HUGE_LINE_1("N0=32"), HUGE_MAPS);
	expect_ram("  64 MiB of the memory of cell 0 are on node 1, should be on 0\n"
		   "  64 MiB of the memory of cell 1 are on node 0, should be on 1\n" MEND_MEMORY);
}

#define PLAIN_MAPS                                          \
	"7f0000000000-7f0003000000 rw-p 00000000 00:00 0\n" \
	"7f0003000000-7f0004000000 rw-p 00000000 00:00 0\n" \
	"7f0004000000-7f0004001000 ---p 00000000 00:00 0\n" \
	"7f0008000000-7f000c000000 rw-p 00000000 00:00 0\n" \
	"7f0020000000-7f0024000000 r--p 00000000 00:00 0\n"

/* Cell 0 is cut into two mappings. */
static void put_plain(const char *policy_0, const char *pages_0, const char *policy_1,
		      const char *pages_1)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "7f0000000000 %s anon=100 %s kernelpagesize_kB=4\n"
		 "7f0003000000 %s anon=100 kernelpagesize_kB=4\n"
		 "7f0004000000 default\n"
		 "7f0008000000 %s anon=100 %s kernelpagesize_kB=4\n"
		 "7f0020000000 default anon=100 N5=16384 kernelpagesize_kB=4\n",
		 policy_0, pages_0, policy_0, policy_1, pages_1);
	put_memory(text, PLAIN_MAPS);
}

static void expect_plain(const char *want)
{
	struct bench bench;

	open_bench(&bench);
	bench.plan->huge = false;
	bench.plan->cells[0].page_kib = bench.plan->cells[1].page_kib = 4;
	assert_int_equal(vtune__verify_memory(&bench.look, root, PID), 0);
	expect_lines(&bench, want);
}

static void test_plain_memory(void **state)
{
	static const char swapped[] =
		"  48 MiB of the memory of cell 0 are on node 1, should be on 0\n"
		"  64 MiB of the memory of cell 1 are on node 0, should be on 1\n" MEND_MEMORY;

	(void)state;
	put_domain();
	put_plain("bind:0", "N0=12288", "bind:1", "N1=16384");
	expect_plain("");
	/* By what they are bound to, the first range is cell 1. */
	put_plain("bind:1", "N1=12288", "bind:0", "N0=16384");
	expect_plain("");
	put_plain("bind:0", "N1=12288", "bind:1", "N0=16384");
	expect_plain(swapped);
	put_plain("prefer (many):0", "N1=12288", "bind=static:1", "N0=16384");
	expect_plain(swapped);
	/* The kernel bound them anew, in the same order. */
	put_plain("bind:2", "N1=12288", "bind:3", "N0=16384");
	expect_plain(swapped);
	put_plain("bind:1", "N1=12288", "bind:2", "N0=16384");
	expect_plain(swapped);
	/* Nothing tells them apart: what fits best is taken. */
	put_plain("default", "N1=12288", "default", "N0=16384");
	expect_plain("");
	/* A few pages that are shared with others do not count. */
	put_plain("bind:0", "N0=12000 N3=64", "bind:1", "N1=16384");
	expect_plain("");
	put_plain("bind:0", "N0=12000 N3=81", "bind:1", "N1=16384");
	expect_plain(
		"  324 KiB of the memory of cell 0 are on node 3, should be on 0\n" MEND_MEMORY);
	/* Twice as much on a node as the plan gives it. */
	expect_ram("  The memory of cell 0 is in pages of 4 KiB, should be in pages of 2 MiB\n"
		   "  324 KiB of the memory of cell 0 are on node 3, should be on 0\n"
		   "  The memory of cell 1 is in pages of 4 KiB, should be in pages of 2 MiB\n"
		   "  To mend it: shut db01 down and start it again from XML into which its plan is "
		   "laid\n" MEND_MEMORY);
}

static void test_memory_unseen(void **state)
{
	(void)state;
	put_domain();
	put_memory(HEAP HUGE_LINE_0("N0=32"), HUGE_MAPS);
	expect_ram("  Not seen: the memory of cell 1: the process has no mapping of its 65536 "
		   "KiB\n");
	put_memory("", "");
	expect_ram("  Not seen: where its memory lies: /proc/4242/numa_maps names no memory\n");
	remove_all();
	expect_ram("  Not seen: where its memory lies: Cannot open /proc/4242/numa_maps: No such "
		   "file or directory\n");
}

/* Whatever /proc says, reading it ends well: cut off anywhere, and with bad bytes. */
static void test_bad_numa_maps(void **state)
{
	static const char good[] =
		"7f0000000000 prefer (many):0-1 file=/x\\040y anon=1 N0=1 N1=2 kernelpagesize_kB=4\n"
		"7f0008000000 weighted interleave:0 N4095=18446744073709551615 N5000=1 "
		"kernelpagesize_kB=2048\n";
	char text[sizeof(good)];

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(good); i++) {
		struct vtune__areas areas = { 0 };
		struct vtune_error *err = NULL;

		memcpy(text, good, sizeof(good));
		text[i / 2] = i % 2 ? '\0' : ':';
		text[sizeof(good) - 1] = '\0';
		if (vtune__areas_parse(&areas, text, HUGE_MAPS, "numa_maps", &err) < 0)
			assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYSTEM);
		else
			assert_in_range(areas.count, 1, 2);
		vtune_error_free(err);
		vtune__areas_free(&areas);
	}
}

static void test_numa_maps(void **state)
{
	struct vtune__areas areas = { 0 };

	(void)state;
	assert_int_equal(vtune__areas_parse(&areas,
					    "7f0000000000 prefer (many):0-1 file=/x\\040y anon=1 "
					    "N0=1 N1=2 kernelpagesize_kB=4\n"
					    "7f0004000000 bind:0 N0=5 kernelpagesize_kB=4\n"
					    "7f0008000000 weighted interleave:2 huge N3=7 "
					    "kernelpagesize_kB=2048\n",
					    HUGE_MAPS, "numa_maps", NULL),
			 0);
	/* The second is in numa_maps alone: it came after maps was read. */
	assert_int_equal(areas.count, 2);
	assert_int_equal(vtune__set_count(&areas.items[0].bound), 2);
	assert_string_equal(areas.items[0].file, "/x\\040y");
	assert_int_equal(vtune__area_kib(&areas.items[0]), 65536);
	assert_int_equal(vtune__area_on(&areas.items[0], 1), 8);
	assert_int_equal(vtune__area_on(&areas.items[0], 2), 0);
	assert_int_equal(vtune__set_first(&areas.items[1].bound), 2);
	assert_int_equal(vtune__area_on(&areas.items[1], 3), 7 * 2048);
	assert_int_equal(areas.items[1].page_kib, 2048);
	assert_true(areas.items[1].is_writable);
	vtune__areas_free(&areas);
}

/* ---- moving ---- */

/* A process with as much memory as the plan's one cell has; all of it is there. */
static pid_t start_child(size_t length)
{
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char *memory = mmap(NULL, length + (2u << 20), PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		mprotect(memory + (1u << 20), length, PROT_READ | PROT_WRITE);
		memset(memory + (1u << 20), 1, length);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void move_to(struct vtune_plan *plan, unsigned int node, pid_t child, const char *says)
{
	struct vtune_error *err = NULL;

	plan->cells[0].memory[0].node = node;
	if (!says) {
		if (vtune__move_memory(plan, NULL, child, NULL, &err) < 0)
			fail_msg("%s", vtune_error_get_message(err));
		return;
	}
	assert_int_equal(vtune__move_memory(plan, NULL, child, NULL, &err), -1);
	if (!strstr(vtune_error_get_message(err), says))
		fail_msg("%s", vtune_error_get_message(err));
	vtune_error_free(err);
}

static void test_move(void **state)
{
	struct vtune_plan *plan = load_plan();
	unsigned int ncells = plan->ncells;
	pid_t child;

	(void)state;
	if (access("/proc/self/numa_maps", R_OK) < 0 ||
	    access("/sys/devices/system/node/node0", F_OK) < 0 ||
	    access("/sys/devices/system/node/node1", F_OK) == 0)
		skip();
	plan->huge = false;
	plan->ncells = 1;
	child = start_child(plan->cells[0].memory_kib * 1024);
	move_to(plan, 0, child, NULL);
	move_to(plan, 1, child, "\"db01\"");
	plan->cells[0].memory_kib += 4;
	move_to(plan, 0, child, "no mapping of the 65540 KiB");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	move_to(plan, 0, child, "numa_maps");
	plan->ncells = ncells;
	vtune_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_moved),  cmocka_unit_test(test_plain_memory),
		cmocka_unit_test(test_memory_unseen), cmocka_unit_test(test_bad_numa_maps),
		cmocka_unit_test(test_numa_maps),     cmocka_unit_test(test_move),
	};

	return cmocka_run_group_tests_name("live-memory", tests, open_root, close_root);
}
