/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which order threads are moved: what the calls would do is played on a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live/apply.h"

#define MOST 24

struct scene {
	struct vtune__set now[MOST], target[MOST];
	struct vtune__mover movers[MOST];
	unsigned int count;
	struct vtune__set spare;
};

static void scene_free(struct scene *scene)
{
	for (unsigned int i = 0; i < MOST; i++) {
		vtune__set_free(&scene->now[i]);
		vtune__set_free(&scene->target[i]);
	}
	vtune__set_free(&scene->spare);
}

static void add(struct scene *scene, enum vtune__mover_kind kind, const char *now,
		const char *target)
{
	unsigned int i = scene->count++;
	const char *why;

	assert_true(vtune__set_parse(&scene->now[i], now, 1000, &why));
	assert_true(vtune__set_parse(&scene->target[i], target, 1000, &why));
	scene->movers[i] = (struct vtune__mover){
		.kind = kind, .id = i, .now = &scene->now[i], .target = &scene->target[i]
	};
}

static bool is_apart(const struct vtune__set *a, const struct vtune__set *b)
{
	return !vtune__set_intersects(a, b);
}

/* Vital: both are vCPUs, and apart before and afterwards. */
static void check_apart(const struct scene *scene, const struct vtune__set *const *at,
			unsigned int moved)
{
	for (unsigned int i = 0; i < scene->count; i++) {
		if (i == moved || scene->movers[i].kind != VTUNE__MOVER_VCPU ||
		    !is_apart(&scene->now[i], &scene->now[moved]) ||
		    !is_apart(&scene->target[i], &scene->target[moved]))
			continue;
		assert_true(is_apart(at[i], at[moved]));
	}
}

/* Returns how many moves were only to wait; *beside: how many broke the rule, and said so. */
static unsigned int play(const struct scene *scene, unsigned int *beside)
{
	const struct vtune__set *at[MOST], *const spare[] = { &scene->spare };
	unsigned int moves_of[MOST] = { 0 }, waits = 0;
	struct vtune__moves moves;

	assert_int_equal(vtune__moves_order(&moves, scene->movers, scene->count, spare, 1, NULL),
			 0);
	*beside = 0;
	for (unsigned int i = 0; i < scene->count; i++)
		at[i] = &scene->now[i];
	for (unsigned int i = 0; i < moves.count; i++) {
		const struct vtune__move *move = &moves.list[i];

		assert_true(vtune__set_equal(&move->before, at[move->mover]));
		assert_false(vtune__set_equal(&move->cpus, at[move->mover]));
		at[move->mover] = &move->cpus;
		moves_of[move->mover]++;
		waits += move->temporary;
		*beside += move->beside >= 0;
		if (move->beside < 0 && scene->movers[move->mover].kind == VTUNE__MOVER_VCPU)
			check_apart(scene, at, move->mover);
	}
	for (unsigned int i = 0; i < scene->count; i++) {
		assert_true(vtune__set_equal(at[i], &scene->target[i]));
		assert_true(moves_of[i] <= 2);
	}
	vtune__moves_free(&moves);
	return waits;
}

static void test_nothing_to_do(void **state)
{
	struct scene scene = { 0 };
	struct vtune__moves moves;

	(void)state;
	add(&scene, VTUNE__MOVER_VCPU, "1", "1");
	add(&scene, VTUNE__MOVER_EMULATOR, "0-3", "0-3");
	assert_int_equal(vtune__moves_order(&moves, scene.movers, 2, NULL, 0, NULL), 0);
	assert_int_equal(moves.count, 0);
	assert_int_equal(vtune__moves_order(&moves, NULL, 0, NULL, 0, NULL), 0);
	assert_int_equal(moves.count, 0);
	scene_free(&scene);
}

static void test_chain_goes_from_its_end(void **state)
{
	struct scene scene = { 0 };
	unsigned int beside;

	(void)state;
	add(&scene, VTUNE__MOVER_VCPU, "1", "2");
	add(&scene, VTUNE__MOVER_VCPU, "2", "3");
	add(&scene, VTUNE__MOVER_VCPU, "3", "4");
	assert_int_equal(play(&scene, &beside), 0);
	assert_int_equal(beside, 0);
	scene_free(&scene);
}

static void test_swap_waits_on_a_spare_cpu(void **state)
{
	struct scene scene = { 0 };
	unsigned int beside;
	const char *why;

	(void)state;
	add(&scene, VTUNE__MOVER_VCPU, "1", "2");
	add(&scene, VTUNE__MOVER_VCPU, "2", "1");
	assert_true(vtune__set_parse(&scene.spare, "1-3", 1000, &why));
	assert_int_equal(play(&scene, &beside), 1);
	assert_int_equal(beside, 0);
	scene_free(&scene);
}

static void test_swap_without_spare_says_so(void **state)
{
	struct scene scene = { 0 };
	unsigned int beside;

	(void)state;
	add(&scene, VTUNE__MOVER_VCPU, "1", "2");
	add(&scene, VTUNE__MOVER_VCPU, "2", "1");
	assert_int_equal(play(&scene, &beside), 0);
	assert_int_equal(beside, 1);
	scene_free(&scene);
}

static void test_helpers_leave_first(void **state)
{
	const struct vtune__set *const *none = NULL;
	struct vtune__moves moves;
	struct scene scene = { 0 };

	(void)state;
	add(&scene, VTUNE__MOVER_VCPU, "1", "2");
	add(&scene, VTUNE__MOVER_EMULATOR, "2", "5");
	assert_int_equal(vtune__moves_order(&moves, scene.movers, 2, none, 0, NULL), 0);
	assert_int_equal(moves.count, 2);
	assert_int_equal(moves.list[0].mover, 1);
	assert_int_equal(moves.list[1].mover, 0);
	vtune__moves_free(&moves);
	scene_free(&scene);
}

/* All vCPUs run anywhere before: nobody is in the way. */
static void test_first_pins(void **state)
{
	struct scene scene = { 0 };
	unsigned int beside;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		char cpu[4];

		snprintf(cpu, sizeof(cpu), "%u", i);
		add(&scene, VTUNE__MOVER_VCPU, "0-7", cpu);
	}
	assert_int_equal(play(&scene, &beside), 0);
	scene_free(&scene);
}

static void random_set(char *text, size_t size, unsigned int ncpus, unsigned int cpu)
{
	unsigned int other = (unsigned int)rand() % ncpus;

	if (rand() % 4 > 0)
		snprintf(text, size, "%u", cpu);
	else
		snprintf(text, size, "%u-%u", cpu < other ? cpu : other, cpu < other ? other : cpu);
}

static void shuffle(unsigned int *list, unsigned int count)
{
	for (unsigned int i = count; i > 1; i--) {
		unsigned int j = (unsigned int)rand() % i, other = list[j];

		list[j] = list[i - 1];
		list[i - 1] = other;
	}
}

/* Permutations of vCPUs, some of which float, with helpers among them. */
static void random_scene(struct scene *scene, unsigned int ncpus, bool floats)
{
	unsigned int now[MOST], target[MOST];
	unsigned int nvcpus = 1 + (unsigned int)rand() % (ncpus < 16 ? ncpus : 16);

	for (unsigned int i = 0; i < ncpus; i++)
		now[i] = target[i] = i;
	shuffle(now, ncpus);
	shuffle(target, ncpus);
	for (unsigned int i = 0; i < nvcpus + 4; i++) {
		char from[32], to[32];

		snprintf(from, sizeof(from), "%u", now[i % ncpus]);
		snprintf(to, sizeof(to), "%u", target[i % ncpus]);
		if (floats || i >= nvcpus) {
			random_set(from, sizeof(from), ncpus, now[i % ncpus]);
			random_set(to, sizeof(to), ncpus, target[i % ncpus]);
		}
		add(scene,
		    i < nvcpus	     ? VTUNE__MOVER_VCPU
		    : i < nvcpus + 3 ? VTUNE__MOVER_IOTHREAD
				     : VTUNE__MOVER_EMULATOR,
		    from, to);
	}
}

static void test_random(void **state)
{
	unsigned int waited = 0;

	(void)state;
	srand(7);
	for (unsigned int i = 0; i < 20000; i++) {
		unsigned int ncpus = 2 + (unsigned int)rand() % 18, beside;
		bool has_spare = rand() % 2, floats = rand() % 2;
		struct scene scene = { 0 };

		random_scene(&scene, ncpus, floats);
		if (has_spare)
			assert_int_equal(vtune__set_add(&scene.spare, ncpus), 0);
		waited += play(&scene, &beside);
		/* One CPU that nobody has is enough for all rings, one after another. */
		if (has_spare && !floats)
			assert_int_equal(beside, 0);
		scene_free(&scene);
	}
	assert_true(waited > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_chain_goes_from_its_end),
		cmocka_unit_test(test_swap_waits_on_a_spare_cpu),
		cmocka_unit_test(test_swap_without_spare_says_so),
		cmocka_unit_test(test_helpers_leave_first),
		cmocka_unit_test(test_first_pins),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
