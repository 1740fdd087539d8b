/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host with other VMs on it: with a state, with a plan, without a VM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "host-help.h"
#include "plan/plan.h"

static struct vtune_host *with_state(const struct vtune_host *host, const char *text)
{
	struct vtune_error *err = NULL;
	char *json = quoted(text);
	struct vtune_host *copy = vtune_host_with_state(host, json, &err);

	if (!copy)
		fail_msg("%s", vtune_error_get_message(err));
	free(json);
	return copy;
}

/* The room that is kept must be the one that is worked out when the host is read
 * again. */
static void assert_room_is_right(const struct vtune_host *host)
{
	const struct vtune__topology *t = host->topology;
	char *json = vtune_host_to_json(host, NULL);
	struct vtune_host *again = host_from(json);
	const struct vtune__room *room = &again->room;

	assert_true(vtune__set_equal(&room->dedicated, &host->room.dedicated));
	assert_true(vtune__set_equal(&room->shared, &host->room.shared));
	assert_true(vtune__set_equal(&room->held, &host->room.held));
	for (unsigned int i = 0; i < t->nnodes; i++) {
		assert_int_equal(room->free_kib[i], host->room.free_kib[i]);
		assert_int_equal(room->shared_vcpus[i], host->room.shared_vcpus[i]);
	}
	for (unsigned int i = 0; i < t->nnodes * t->npage_sizes; i++)
		assert_int_equal(room->free_pages[i], host->room.free_pages[i]);
	vtune_host_free(again);
	free(json);
}

/* ---- with a state ---- */

static void test_state_replaces_what_it_names(void **state)
{
	struct vtune_host *host = host_load("four-node-busy");
	char *before = vtune_host_to_json(host, NULL), *after;
	struct vtune_host *copy;

	(void)state;
	copy = with_state(host, "{}");
	after = vtune_host_to_json(copy, NULL);
	assert_string_equal(before, after);
	assert_ptr_equal(copy->topology, host->topology);
	assert_room_is_right(copy);
	vtune_host_free(copy);
	free(after);

	copy = with_state(host, "{ 'version': 1, 'reserved_cpus': '8' }");
	assert_set(&copy->reserved, "8");
	assert_false(copy->has_shared);
	assert_int_equal(copy->nallocations, 3);
	assert_true(copy->overcommit == 2.5);
	assert_set(&copy->room.held, "1-2,5,17-18,21");
	assert_true(vtune__set_has(&copy->room.dedicated, 0));
	assert_room_is_right(copy);
	vtune_host_free(copy);

	copy = with_state(host, "{ 'reserved_cpus': '', 'shared_cpus': '0,16', 'overcommit': 3 }");
	assert_set(&copy->reserved, "");
	assert_set(&copy->shared, "0,16");
	assert_set(&copy->room.shared, "0,16");
	assert_true(copy->overcommit == 3);
	assert_room_is_right(copy);
	vtune_host_free(host);

	host = with_state(copy, "{ 'shared_cpus': '', 'allocations': [ { 'vm': 'x', 'cpus': '0-1',"
				" 'memory': [ { 'node': 3, 'size_kib': 8 } ] } ] }");
	assert_true(host->has_shared);
	assert_set(&host->room.shared, "");
	assert_set(&host->room.held, "0-1");
	assert_int_equal(host->nallocations, 1);
	assert_int_equal(host->room.shared_vcpus[1], 0);
	assert_int_equal(copy->nallocations, 3);
	assert_room_is_right(host);
	vtune_host_free(copy);
	copy = with_state(host, "{ 'allocations': [] }");
	assert_int_equal(copy->nallocations, 0);
	assert_set(&copy->room.held, "");
	vtune_host_free(copy);
	vtune_host_free(host);
	free(before);
}

static void test_state_refused(void **state)
{
	static const struct {
		const char *text;
		enum vtune_error_code code;
		const char *where, *part;
	} rows[] = {
		{ "", VTUNE_ERR_SYNTAX, "", "empty" },
		{ "[]", VTUNE_ERR_DOCUMENT, "/", "object" },
		{ "{ 'nodes': [] }", VTUNE_ERR_DOCUMENT, "/nodes",
		  "the keys here are \"version\", \"reserved_cpus\"" },
		{ "{ 'version': 3 }", VTUNE_ERR_DOCUMENT, "/version", "number 1" },
		{ "{ 'reserved_cpus': '32' }", VTUNE_ERR_DOCUMENT, "/reserved_cpus", "CPU 32" },
		{ "{ 'shared_cpus': '31-32' }", VTUNE_ERR_DOCUMENT, "/shared_cpus", "CPU 32" },
		{ "{ 'shared_cpus': 3 }", VTUNE_ERR_DOCUMENT, "/shared_cpus", "as a string" },
		{ "{ 'overcommit': 0 }", VTUNE_ERR_DOCUMENT, "/overcommit", "above 0" },
		{ "{ 'overcommit': NaN }", VTUNE_ERR_DOCUMENT, "/overcommit", "number" },
		{ "{ 'allocations': [ { 'vm': 'a', 'cpus': '40' } ] }", VTUNE_ERR_DOCUMENT,
		  "/allocations/0/cpus", "CPU 40" },
		{ "{ 'allocations': [ { 'vm': 'a', 'cpus': '4' }, { 'vm': 'b', 'cpus': '4' } ] }",
		  VTUNE_ERR_DOCUMENT, "/allocations/1/cpus", "CPU 4" },
		{ "{ 'allocations': [ { 'vm': 'a', 'memory': [ { 'node': 4, 'size_kib': 4 } ] } ] }",
		  VTUNE_ERR_DOCUMENT, "/allocations/0/memory/0/node", "node 4" },
	};
	struct vtune_host *host = host_load("four-node-busy");
	char *before = vtune_host_to_json(host, NULL), *after;
	struct vtune_error *err = NULL;

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		char *json = quoted(rows[i].text);

		assert_null(vtune_host_with_state(host, json, &err));
		assert_error(&err, rows[i].code, rows[i].where, rows[i].part);
		free(json);
	}
	assert_null(vtune_host_with_state(NULL, "{}", &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_with_state()");
	assert_null(vtune_host_with_state(host, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_with_state()");
	after = vtune_host_to_json(host, NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
	vtune_host_free(host);
}

/* ---- with a plan ---- */

/* A plan made by hand: two cells on nodes 0 and 2, of which the second has two
 * shared vCPUs and memory on two nodes; 2 MiB pages. */
struct hand_plan {
	struct vtune_plan plan;
	struct vtune__plan_cell cells[2];
	struct vtune__plan_memory memory[3];
	struct vtune__plan_vcpu vcpus[4];
	struct vtune__plan_device devices[1];
};

static void make_plan(struct hand_plan *hand, uint64_t page_kib)
{
	memset(hand, 0, sizeof(*hand));
	hand->plan.vm = (char *)"db01";
	hand->plan.fits = true;
	hand->plan.cells = hand->cells;
	hand->plan.ncells = 2;
	hand->plan.vcpus = hand->vcpus;
	hand->plan.nvcpus = 4;
	hand->plan.devices = hand->devices;
	hand->plan.ndevices = 1;
	vtune__set_add(&hand->plan.held, 3);
	vtune__set_add(&hand->plan.held, 19);
	for (unsigned int i = 0; i < 4; i++) {
		hand->vcpus[i].cell = i / 2;
		hand->vcpus[i].dedicated = i < 2;
	}
	hand->memory[0] = (struct vtune__plan_memory){ .node = 0, .size_kib = 2097152 };
	hand->memory[1] = (struct vtune__plan_memory){ .node = 0, .size_kib = 1048576 };
	hand->memory[2] = (struct vtune__plan_memory){ .node = 2, .size_kib = 1048576 };
	hand->cells[0].memory = &hand->memory[0];
	hand->cells[0].nmemory = 1;
	hand->cells[0].node = 0;
	hand->cells[0].page_kib = page_kib;
	hand->cells[1].memory = &hand->memory[1];
	hand->cells[1].nmemory = 2;
	hand->cells[1].node = 2;
	hand->cells[1].page_kib = page_kib;
	hand->devices[0].id = (char *)"0000:41:00.1";
}

static void free_plan(struct hand_plan *hand)
{
	vtune__set_free(&hand->plan.held);
}

static void test_with_plan(void **state)
{
	struct vtune_host *host = host_load("four-node-busy"), *copy, *again;
	char *before = vtune_host_to_json(host, NULL), *after;
	const struct vtune__allocation *held;
	struct vtune_error *err = NULL;
	struct hand_plan hand;

	(void)state;
	make_plan(&hand, 2048);
	copy = vtune_host_with_plan(host, &hand.plan, &err);
	assert_null(err);
	assert_ptr_equal(copy->topology, host->topology);
	assert_int_equal(copy->nallocations, 4);
	held = &copy->allocations[3];
	assert_string_equal(held->vm, "db01");
	assert_set(&held->cpus, "3,19");
	assert_int_equal(held->nshared, 1);
	assert_int_equal(held->shared[0].node, 2);
	assert_int_equal(held->shared[0].vcpus, 2);
	assert_int_equal(held->ndevices, 1);
	assert_string_equal(held->devices[0], "0000:41:00.1");
	assert_int_equal(held->nmemory, 2);
	assert_int_equal(held->memory[0].node, 0);
	assert_int_equal(held->memory[0].size_kib, 3145728);
	assert_int_equal(held->memory[0].page_kib, 2048);
	assert_int_equal(held->memory[1].node, 2);
	assert_int_equal(held->memory[1].size_kib, 1048576);
	assert_int_equal(copy->free_pages[0], 4096 - 1536);
	assert_int_equal(copy->free_pages[2 * 2], 8192 - 512);
	assert_int_equal(copy->free_kib[0], host->free_kib[0]);
	assert_set(&copy->room.held, "1-3,5,17-19,21");
	assert_int_equal(copy->room.shared_vcpus[2], 6);
	assert_room_is_right(copy);

	/* Twice is as once: what the VM holds is given up first. */
	again = vtune_host_with_plan(copy, &hand.plan, NULL);
	assert_int_equal(again->nallocations, 4);
	assert_int_equal(again->free_pages[0], 4096 - 1536);
	assert_room_is_right(again);
	vtune_host_free(again);

	after = vtune_host_to_json(host, NULL);
	assert_string_equal(before, after);
	free(after);
	again = vtune_host_without(copy, "db01", NULL);
	after = vtune_host_to_json(again, NULL);
	assert_string_equal(before, after);
	assert_room_is_right(again);
	free(after);

	/* Hosts live as long as they like, whatever they share. */
	vtune_host_free(host);
	after = vtune_host_to_json(copy, NULL);
	assert_non_null(strstr(after, "db01"));
	free(after);
	vtune_host_free(copy);
	assert_int_equal(again->topology->references, 1);
	assert_int_equal(*again->allocations[0].references, 1);
	vtune_host_free(again);
	free_plan(&hand);
	free(before);
}

static void test_with_plan_ordinary_pages(void **state)
{
	struct vtune_host *host = host_load("four-node-busy"), *copy;
	struct hand_plan hand;

	(void)state;
	make_plan(&hand, 4);
	hand.plan.nvcpus = 2;
	copy = vtune_host_with_plan(host, &hand.plan, NULL);
	assert_int_equal(copy->free_kib[0], 37748736 - 3145728);
	assert_int_equal(copy->free_kib[2], 35651584 - 1048576);
	assert_int_equal(copy->free_pages[0], 4096);
	assert_int_equal(copy->allocations[3].nshared, 0);
	assert_room_is_right(copy);
	vtune_host_free(copy);
	vtune_host_free(host);
	free_plan(&hand);
}

/* Figures that include the allocations stay as they are; the room does not. */
static void test_with_plan_included(void **state)
{
	struct vtune_host *host, *copy, *again;
	char *text = host_text("four-node-busy"),
	     *key = strstr(text, "\"free_excludes_allocations\": true");
	struct hand_plan hand;

	(void)state;
	assert_non_null(key);
	memcpy(key, "\"free_excludes_allocations\":false", 32);
	host = host_from(text);
	make_plan(&hand, 2048);
	/* web1's 4096 pages are still to be taken off, which leaves none. */
	assert_int_equal(host->room.free_pages[0], 0);
	assert_null(vtune_host_with_plan(host, &hand.plan, NULL));
	copy = vtune_host_without(host, "web1", NULL);
	assert_int_equal(copy->free_pages[0], 4096);
	assert_int_equal(copy->room.free_pages[0], 4096);
	again = vtune_host_with_plan(copy, &hand.plan, NULL);
	assert_int_equal(again->free_pages[0], 4096);
	assert_int_equal(again->room.free_pages[0], 4096 - 1536);
	assert_room_is_right(again);
	vtune_host_free(again);
	vtune_host_free(copy);
	vtune_host_free(host);
	free_plan(&hand);
	free(text);
}

static void change_plan(struct hand_plan *hand, unsigned int row)
{
	switch (row) {
	case 0:
		hand->plan.fits = false;
		break;
	case 1:
		vtune__set_add(&hand->plan.held, 17);
		break; /* web1's */
	case 2:
		vtune__set_add(&hand->plan.held, 16);
		break; /* reserved */
	case 3:
		vtune__set_add(&hand->plan.held, 900);
		break; /* absent */
	case 4:
		hand->memory[2].node = 9;
		break;
	case 5:
		hand->cells[1].node = 9;
		break;
	case 6:
		hand->vcpus[3].cell = 2;
		break;
	case 7:
		hand->memory[0].size_kib = 2 * 4096 * 1024;
		break; /* with cell 1's too much */
	case 8:
		hand->cells[0].page_kib = 64;
		break;
	case 9:
		hand->cells[0].page_kib = 4;
		hand->memory[0].size_kib = 37748737;
		break;
	case 10:
		hand->memory[0].size_kib = UINT64_MAX;
		break;
	case 11:
		hand->memory[0].size_kib = hand->memory[1].size_kib = VTUNE__MAX_KIB;
		break;
	case 12:
		hand->cells[0].page_kib = 0;
		break;
	}
}

static void test_with_plan_refused(void **state)
{
	static const struct {
		const char *where, *part;
	} rows[] = {
		{ "/fits", "does not fit" },
		{ "/held_cpus", "CPU 17 is held by another VM" },
		{ "/held_cpus", "CPU 16 is not one that a VM may hold" },
		{ "/held_cpus", "CPU 900 is not one that a VM may hold" },
		{ "/cells/1/memory/1", "no node 9" },
		{ "/cells/1/node", "no node 9" },
		{ "/vcpus/3/cell", "cell 2" },
		{ "/cells", "needs 4608 pages of 2048 KiB on node 0, where 4096 are free" },
		{ "/cells", "no pages of 64 KiB" },
		{ "/cells", "needs 37748737 KiB on node 0, where 37748736 KiB are free" },
		{ "/cells/0/memory/0", "too large" },
		{ "/cells/1/memory/0", "too large" },
		{ "/cells", "no pages of 0 KiB" },
	};
	struct vtune_host *host = host_load("four-node-busy");
	struct vtune_error *err = NULL;
	struct hand_plan hand;

	(void)state;
	for (unsigned int i = 0; i < VTUNE__COUNT(rows); i++) {
		make_plan(&hand, 2048);
		change_plan(&hand, i);
		assert_null(vtune_host_with_plan(host, &hand.plan, &err));
		assert_error(&err, VTUNE_ERR_NOT_VALID, rows[i].where, rows[i].part);
		free_plan(&hand);
	}
	make_plan(&hand, 2048);
	assert_null(vtune_host_with_plan(NULL, &hand.plan, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_with_plan()");
	assert_null(vtune_host_with_plan(host, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_with_plan()");
	free_plan(&hand);
	assert_int_equal(host->topology->references, 1);
	vtune_host_free(host);
}

/* ---- without ---- */

static void test_without(void **state)
{
	struct vtune_host *host = host_load("four-node-busy"), *copy;
	struct vtune_error *err = NULL;

	(void)state;
	copy = vtune_host_without(host, "web1", NULL);
	assert_int_equal(copy->nallocations, 2);
	assert_int_equal(copy->free_pages[0], 8192);
	assert_set(&copy->room.held, "5,21");
	assert_room_is_right(copy);
	vtune_host_free(copy);

	copy = vtune_host_without(host, "build", NULL);
	assert_int_equal(copy->free_kib[1], 31457280 + 8388608);
	assert_int_equal(copy->room.shared_vcpus[1], 0);
	assert_room_is_right(copy);
	vtune_host_free(copy);

	copy = vtune_host_without(host, "nobody", NULL);
	assert_int_equal(copy->nallocations, 3);
	assert_int_equal(copy->free_pages[0], 4096);
	vtune_host_free(copy);

	assert_null(vtune_host_without(host, NULL, &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_without()");
	assert_null(vtune_host_without(NULL, "web1", &err));
	assert_error(&err, VTUNE_ERR_INVALID, "", "vtune_host_without()");
	vtune_host_free(host);
}

/* A chain of VMs, taken away again in another order. */
static void test_chain(void **state)
{
	struct vtune_host *host = host_load("two-node"), *next;
	char *before = vtune_host_to_json(host, NULL), *after;
	char name[16];

	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		struct vtune__plan_memory memory = { .node = i % 2, .size_kib = 65536 };
		struct vtune__plan_cell cell = {
			.node = i % 2, .page_kib = i % 3 ? 4 : 2048, .memory = &memory, .nmemory = 1
		};
		struct vtune_plan plan = { .vm = name, .fits = true, .cells = &cell, .ncells = 1 };

		snprintf(name, sizeof(name), "vm%u", i);
		vtune__set_add(&plan.held, i);
		next = vtune_host_with_plan(host, &plan, NULL);
		assert_non_null(next);
		assert_room_is_right(next);
		vtune_host_free(host);
		vtune__set_free(&plan.held);
		host = next;
	}
	assert_true(vtune__set_is_empty(&host->room.dedicated));
	assert_int_equal(host->nallocations, 16);
	for (unsigned int i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "vm%u", i * 7 % 16);
		next = vtune_host_without(host, name, NULL);
		assert_room_is_right(next);
		vtune_host_free(host);
		host = next;
	}
	after = vtune_host_to_json(host, NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
	vtune_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state_replaces_what_it_names),
		cmocka_unit_test(test_state_refused),
		cmocka_unit_test(test_with_plan),
		cmocka_unit_test(test_with_plan_ordinary_pages),
		cmocka_unit_test(test_with_plan_included),
		cmocka_unit_test(test_with_plan_refused),
		cmocka_unit_test(test_without),
		cmocka_unit_test(test_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
