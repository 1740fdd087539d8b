/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process ends at any write while settings are set or put back. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tuning-apply-help.h"

/* A door through which a number of calls go; the next one is the last, at its beginning,
 * at its end, or in the middle. */
enum end { BEFORE, MIDDLE, AFTER, ENDS };
struct ending_door {
	struct vtune__door door;
	unsigned int left;
	enum end end;
};

static bool ends_now(const struct vtune__door *door, enum end end)
{
	struct ending_door *ending = (struct ending_door *)(uintptr_t)door;

	return ending->left == 0 && ending->end == end;
}

static void count_down(const struct vtune__door *door)
{
	((struct ending_door *)(uintptr_t)door)->left--;
}

static int ending_write(const struct vtune__door *door, const char *path, const char *value)
{
	int rc;

	if (ends_now(door, BEFORE) || ends_now(door, MIDDLE))
		_exit(42);
	rc = vtune__real_door.write(&vtune__real_door, path, value);
	if (ends_now(door, AFTER))
		_exit(42);
	count_down(door);
	return rc;
}

static int ending_replace(const struct vtune__door *door, const char *path, const char *text)
{
	char beside[8192];
	int rc;

	if (ends_now(door, BEFORE))
		_exit(42);
	if (ends_now(door, MIDDLE)) { /* half of the file beside is written */
		FILE *file;

		snprintf(beside, sizeof(beside), "%s.new", path);
		file = fopen(beside, "w");
		if (file)
			fprintf(file, "%.*s", (int)(strlen(text) / 2), text);
		if (file)
			fclose(file);
		_exit(42);
	}
	rc = vtune__real_door.replace(&vtune__real_door, path, text);
	if (ends_now(door, AFTER))
		_exit(42);
	count_down(door);
	return rc;
}

static int ending_remove(const struct vtune__door *door, const char *path)
{
	int rc;

	if (ends_now(door, BEFORE) || ends_now(door, MIDDLE))
		_exit(42);
	rc = vtune__real_door.remove(&vtune__real_door, path);
	if (ends_now(door, AFTER))
		_exit(42);
	count_down(door);
	return rc;
}

/* Did it end on the way? */
static bool end_within(struct vtune_report *(*call)(const struct vtune__door *, unsigned int),
		       unsigned int left, enum end end)
{
	struct ending_door ending = {
		.door = { ending_write, ending_replace, ending_remove },
		.left = left,
		.end = end,
	};
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		vtune_report_free(call(&ending.door, 0));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 42;
}

/* Whatever was written by then: undo brings it all back. */
static void test_end_in_apply(void **state)
{
	(void)state;
	for (int end = 0; end < ENDS; end++) {
		unsigned int left = 0;

		for (;; left++) {
			bool ended;

			make_untuned();
			ended = end_within(apply_with, left, (enum end)end);
			undo();
			assert_settings(false);
			assert_false(has_undo_file());
			if (!ended)
				break;
		}
		assert_true(left >= NSETTINGS + 1);
	}
}

/* Applying again completes it, and what everything was at first is not lost. */
static void test_end_and_apply_again(void **state)
{
	(void)state;
	for (int end = 0; end < ENDS; end++) {
		bool ended = true;

		for (unsigned int left = 0; ended; left++) {
			make_untuned();
			ended = end_within(apply_with, left, (enum end)end);
			apply();
			assert_settings(true);
			undo();
			assert_settings(false);
		}
	}
}

/* As apply_with(), for another profile. */
static struct vtune_report *apply_density(const struct vtune__door *door, unsigned int flags)
{
	struct vtune_tuning_options *options = options_for("density", NULL);
	struct vtune_tuning *tuning = tuning_of(options);
	struct vtune_report *report = vtune__tuning_apply(tuning, flags, door, NULL);

	vtune_tuning_free(tuning);
	vtune_tuning_options_free(options);
	return report;
}

/* Between what was set first and what was to be set then, all of it is ours. */
static void test_end_in_second_apply(void **state)
{
	(void)state;
	for (int end = 0; end < ENDS; end++) {
		bool ended = true;

		for (unsigned int left = 0; ended; left++) {
			make_untuned();
			apply();
			ended = end_within(apply_density, left, (enum end)end);
			undo();
			assert_settings(false);
			assert_tree("/sys/kernel/mm/ksm/merge_across_nodes", "1");
			assert_false(has_undo_file());
		}
	}
}

static void test_end_in_undo(void **state)
{
	(void)state;
	for (int end = 0; end < ENDS; end++) {
		unsigned int left = 0;

		for (;; left++) {
			bool ended;

			make_untuned();
			apply();
			ended = end_within(undo_with, left, (enum end)end);
			undo();
			assert_settings(false);
			assert_false(has_undo_file());
			if (!ended)
				break;
		}
		assert_true(left >= NSETTINGS + 1);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_make, tree_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_end_in_apply),
		TEST(test_end_and_apply_again),
		TEST(test_end_in_second_apply),
		TEST(test_end_in_undo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
