/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "live/live.h"

/* No connection is needed for a lock: each process has one of its own made up. */
static char uri[64];

static struct vtune_connection connection_to(const char *address)
{
	return (struct vtune_connection){ .uri = (char *)address, .is_test = true, .lock = -1 };
}

static struct vtune_options *wait_for(unsigned int milliseconds)
{
	struct vtune_options *options = vtune_options_new();

	assert_non_null(options);
	assert_int_equal(vtune_options_set_lock_timeout(options, milliseconds, NULL), 0);
	return options;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void hear(int fd)
{
	char byte;

	assert_int_equal(read(fd, &byte, 1), 1);
}

/* A child that holds the lock until it is killed, or for some time. */
static pid_t start_holder(unsigned int milliseconds)
{
	struct timespec time = { .tv_sec = milliseconds / 1000,
				 .tv_nsec = milliseconds % 1000 * 1000000 };
	int ready[2];
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct vtune_connection own = connection_to(uri);

		if (vtune_connection_lock(&own, NULL, NULL) < 0)
			_exit(1);
		tell(ready[1]);
		nanosleep(&time, NULL);
		vtune_connection_unlock(&own);
		_exit(0);
	}
	hear(ready[0]);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void test_twice_is_once(void **state)
{
	struct vtune_connection own = connection_to(uri);
	bool taken;

	(void)state;
	assert_int_equal(vtune_connection_lock(&own, NULL, NULL), 0);
	assert_int_equal(vtune_connection_lock(&own, NULL, NULL), 0);
	assert_int_equal(vtune__lock_for_call(&own, NULL, &taken, NULL), 0);
	assert_false(taken);
	vtune_connection_unlock(&own);
	assert_int_equal(own.lock, -1);
	vtune_connection_unlock(&own);
	assert_int_equal(vtune__lock_for_call(&own, NULL, &taken, NULL), 0);
	assert_true(taken);
	vtune_connection_unlock(&own);
	vtune_connection_unlock(NULL);
}

static void test_holder_is_named(void **state)
{
	struct vtune_connection own = connection_to(uri);
	struct vtune_options *options = wait_for(100);
	pid_t child = start_holder(20000);
	struct vtune_error *err = NULL;
	/* Valgrind's name, where it runs this. */
	char *command = vtune__file_read("/proc/self/comm", NULL);
	double start = seconds_now();
	char holder[96];

	(void)state;
	assert_non_null(command);
	assert_int_equal(vtune_connection_lock(&own, options, &err), -1);
	assert_true(seconds_now() - start >= 0.1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_BUSY);
	command[strcspn(command, "\n")] = '\0';
	snprintf(holder, sizeof(holder), "Process %d (%s)", (int)child, command);
	free(command);
	assert_non_null(strstr(vtune_error_get_message(err), holder));
	assert_non_null(strstr(vtune_error_get_message(err), "100 ms"));
	assert_int_equal(own.lock, -1);
	vtune_error_free(err);
	vtune_options_free(options);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	/* The kernel gave it up. */
	options = wait_for(0);
	assert_int_equal(vtune_connection_lock(&own, options, NULL), 0);
	vtune_connection_unlock(&own);
	vtune_options_free(options);
}

static void test_waits_until_it_is_free(void **state)
{
	struct vtune_connection own = connection_to(uri);
	pid_t child = start_holder(200);

	(void)state;
	assert_int_equal(vtune_connection_lock(&own, NULL, NULL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	vtune_connection_unlock(&own);
}

static void test_another_connection_of_this_process(void **state)
{
	struct vtune_connection one = connection_to(uri), two = connection_to(uri);
	struct vtune_options *options = wait_for(0);
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_connection_lock(&one, options, NULL), 0);
	assert_int_equal(vtune_connection_lock(&two, options, &err), -1);
	assert_non_null(strstr(vtune_error_get_message(err), "which is this one"));
	vtune_error_free(err);
	vtune_connection_unlock(&one);
	assert_int_equal(vtune_connection_lock(&two, options, NULL), 0);
	vtune_connection_unlock(&two);
	vtune_options_free(options);
}

/* Hosts have locks of their own; users and ports of one host have not. */
static void test_names(void **state)
{
	static const struct {
		const char *one, *two;
		bool is_same;
	} rows[] = {
		{ "qemu+ssh://root@vtune-test-a/system", "qemu+tls://vtune-test-a:99/session",
		  true },
		{ "qemu+ssh://vtune-test-a/system", "qemu+ssh://vtune-test-b/system", false },
		{ "qemu+ssh://[fe80::1]/system", "qemu+ssh://u@[fe80::1]:5/system?x=y", true },
		{ "qemu+ssh://vtune-test-a/../../x", "qemu+ssh://vtune-test-a?no_tty=1", true },
	};
	struct vtune_options *options = wait_for(0);

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune_connection one = connection_to(rows[i].one);
		struct vtune_connection two = connection_to(rows[i].two);
		struct vtune_error *err = NULL;

		one.is_test = two.is_test = false;
		assert_int_equal(vtune_connection_lock(&one, NULL, &err), 0);
		if ((vtune_connection_lock(&two, options, &err) < 0) != rows[i].is_same)
			fail_msg("%s %s", rows[i].one, rows[i].two);
		vtune_error_free(err);
		vtune_connection_unlock(&one);
		vtune_connection_unlock(&two);
	}
	vtune_options_free(options);
}

/* Many add to a number that is read and written apart. */
static void test_many(void **state)
{
	enum { PROCESSES = 6, TIMES = 20 };
	FILE *file = tmpfile();
	int number = fileno(file), status, value = 0;
	pid_t children[PROCESSES];

	(void)state;
	assert_int_equal(pwrite(number, &value, sizeof(value), 0), sizeof(value));
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		for (int j = 0; j < TIMES; j++) {
			struct vtune_connection own = connection_to(uri);

			if (vtune_connection_lock(&own, NULL, NULL) < 0 ||
			    pread(number, &value, sizeof(value), 0) != sizeof(value))
				_exit(1);
			value++;
			usleep(300);
			if (pwrite(number, &value, sizeof(value), 0) != sizeof(value))
				_exit(1);
			vtune_connection_unlock(&own);
		}
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(pread(number, &value, sizeof(value), 0), sizeof(value));
	assert_int_equal(value, PROCESSES * TIMES);
	fclose(file);
}

static void test_arguments(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_connection_lock(NULL, NULL, &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
}

static int clean_up(void **state)
{
	static const char *const names[] = { "-at-vtune-test-a", "-at-vtune-test-b",
					     "-at-fe80__1" };
	char path[128];

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(names); i++) {
		snprintf(path, sizeof(path), "/run/lock/libvtune%s.lock", names[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "/run/lock/libvtune-test-%u-test____lock-%d.lock", geteuid(),
		 (int)getpid());
	unlink(path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_twice_is_once),
		cmocka_unit_test(test_holder_is_named),
		cmocka_unit_test(test_waits_until_it_is_free),
		cmocka_unit_test(test_another_connection_of_this_process),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_arguments),
	};

	snprintf(uri, sizeof(uri), "test:///lock-%d", (int)getpid());
	return cmocka_run_group_tests(tests, NULL, clean_up);
}
