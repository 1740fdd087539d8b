/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text, memory, errors, options, files: what is small. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/base.h"

static void test_text(void **state)
{
	struct vtune__text text = { 0 };
	char *taken;

	(void)state;
	taken = vtune__text_take(&text, NULL);
	assert_string_equal(taken, "");
	free(taken);

	vtune__text_add(&text, "one");
	vtune__text_addf(&text, " %d %s", 2, "three");
	vtune__text_add_bytes(&text, "fourth", 4);
	for (unsigned int i = 0; i < 1000; i++)
		vtune__text_addf(&text, "%u,", i);
	taken = vtune__text_take(&text, NULL);
	assert_memory_equal(taken, "one 2 threefour0,1,2,", 21);
	assert_int_equal(strlen(taken), 15 + 1000 + 10 + 2 * 90 + 3 * 900);
	assert_null(text.data);
	free(taken);
}

static void test_text_failure_is_remembered(void **state)
{
	struct vtune__text text = { 0 };
	struct vtune_error *err = NULL;

	(void)state;
	vtune__text_add(&text, "x");
	text.failed = true;
	vtune__text_add(&text, "y");
	vtune__text_addf(&text, "%d", 1);
	assert_null(vtune__text_take(&text, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NO_MEMORY);
	assert_null(text.data);
	vtune_error_free(err);
}

static void test_size_for_people(void **state)
{
	static const struct {
		uint64_t kib;
		const char *text;
	} rows[] = {
		{ 0, "0 KiB" },
		{ 512, "512 KiB" },
		{ 1023, "1023 KiB" },
		{ 1024, "1 MiB" },
		{ 1536, "1.5 MiB" },
		{ 1048576, "1 GiB" },
		{ 1048575, "1 GiB" },
		{ 8388608, "8 GiB" },
		{ 1572864, "1.5 GiB" },
		{ 1310720, "1.25 GiB" },
		{ 1059062, "1.01 GiB" },
		{ 60000000, "57.22 GiB" },
		{ UINT64_C(1) << 40, "1 PiB" },
		{ UINT64_C(1) << 52, "4 EiB" },
		{ UINT64_MAX, "16384 EiB" },
	};

	(void)state;
	for (size_t i = 0; i < VTUNE__COUNT(rows); i++) {
		struct vtune__text text = { 0 };
		char *taken;

		vtune__text_add_size(&text, rows[i].kib);
		taken = vtune__text_take(&text, NULL);
		assert_string_equal(taken, rows[i].text);
		free(taken);
	}
}

static void test_grow(void **state)
{
	unsigned int *array = NULL, count = 0, full = (UINT32_MAX / 2) + 1;
	struct vtune_error *err = NULL;

	(void)state;
	for (unsigned int i = 0; i < 1000; i++) {
		unsigned int *element = vtune__grow((void **)&array, &count, sizeof(*array), NULL);

		assert_non_null(element);
		assert_int_equal(*element, 0);
		assert_ptr_equal(element, array + i);
		*element = i;
	}
	assert_int_equal(count, 1000);
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(array[i], i);
	assert_null(vtune__grow((void **)&array, &full, 1, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NO_MEMORY);
	assert_int_equal(full, (UINT32_MAX / 2) + 1);
	free(array);
}

static void test_alloc(void **state)
{
	struct vtune_error *err = NULL;
	char *memory = vtune__alloc(0, 16, &err);

	(void)state;
	assert_non_null(memory);
	free(memory);
	memory = vtune__strdup("abc", &err);
	assert_string_equal(memory, "abc");
	vtune__free_string(&memory);
	assert_null(memory);
	assert_null(err);
	assert_null(vtune__alloc(SIZE_MAX / 2, 16, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_NO_MEMORY);
	assert_string_not_equal(vtune_error_get_message(err), "");
	assert_string_equal(vtune_error_get_where(err), "");
	vtune__error_prefix(&err, "one.json");
	vtune_error_free(err);
	vtune_error_free(err);
}

static void test_error(void **state)
{
	struct vtune_error *err = NULL;

	(void)state;
	assert_int_equal(vtune_error_get_code(NULL), 0);
	assert_string_equal(vtune_error_get_message(NULL), "");
	assert_string_equal(vtune_error_get_where(NULL), "");
	assert_int_equal(vtune_error_get_errno(NULL), 0);
	vtune_error_free(NULL);
	vtune__error_prefix(NULL, "x");
	vtune__error_prefix(&err, "x");
	assert_null(err);
	assert_int_equal(vtune__fail(NULL, VTUNE_ERR_INTERNAL, NULL, "nobody listens"), -1);
	assert_int_equal(vtune__fail_errno(NULL, ENOENT, NULL, "nobody listens"), -1);
	assert_int_equal(vtune__fail_memory(NULL), -1);

	assert_int_equal(vtune__fail(&err, VTUNE_ERR_DOCUMENT, "/a\tb", "two\nlines %d", 7), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_DOCUMENT);
	assert_string_equal(vtune_error_get_message(err), "two lines 7");
	assert_string_equal(vtune_error_get_where(err), "/a b");
	assert_int_equal(vtune_error_get_errno(err), 0);

	/* The first error stays. */
	vtune__fail(&err, VTUNE_ERR_INTERNAL, NULL, "second");
	vtune__fail_memory(&err);
	vtune__fail_errno(&err, EPERM, NULL, "third");
	assert_string_equal(vtune_error_get_message(err), "two lines 7");
	vtune__error_prefix(&err, "x.json");
	assert_string_equal(vtune_error_get_message(err), "x.json: two lines 7");
	vtune_error_free(err);
	err = NULL;

	vtune__fail_errno(&err, ENOENT, "/x", "Cannot open %s", "/x");
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYSTEM);
	assert_int_equal(vtune_error_get_errno(err), ENOENT);
	assert_string_equal(vtune_error_get_message(err),
			    "Cannot open /x: No such file or directory");
	assert_string_equal(vtune_error_get_where(err), "/x");
	vtune_error_free(err);
	err = NULL;

	vtune__fail_null(&err, "vtune_place");
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	assert_non_null(strstr(vtune_error_get_message(err), "vtune_place()"));
	vtune_error_free(err);
}

static void test_options(void **state)
{
	struct vtune_options *options = vtune_options_new();
	struct vtune_error *err = NULL;

	(void)state;
	assert_non_null(options);
	assert_string_equal(options->domain_type, "kvm");
	assert_int_equal(options->work_limit, 0);
	assert_int_equal(vtune_options_set_work_limit(options, UINT64_MAX, &err), 0);
	assert_true(options->work_limit == UINT64_MAX);
	assert_int_equal(vtune_options_set_domain_type(options, "qemu", &err), 0);
	assert_string_equal(options->domain_type, "qemu");
	assert_null(err);

	assert_int_equal(vtune_options_set_domain_type(options, "xen", &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	assert_string_equal(options->domain_type, "qemu");
	vtune_error_free(err);
	err = NULL;
	assert_int_equal(vtune_options_set_domain_type(options, NULL, &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	err = NULL;
	assert_int_equal(vtune_options_set_domain_type(NULL, "kvm", NULL), -1);
	assert_int_equal(vtune_options_set_work_limit(NULL, 1, &err), -1);
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_INVALID);
	vtune_error_free(err);
	vtune_options_free(options);
	vtune_options_free(NULL);
	assert_string_equal(vtune_version(), VTUNE_VERSION);
}

static void write_file(const char *path, const char *data, size_t length)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void test_file(void **state)
{
	char path[] = "vtune-test-XXXXXX";
	struct vtune_error *err = NULL;
	char *text, *large;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	text = vtune__file_read(path, &err);
	assert_string_equal(text, "");
	free(text);

	large = malloc(100000);
	memset(large, 'x', 100000);
	write_file(path, large, 100000);
	text = vtune__file_read(path, &err);
	assert_int_equal(strlen(text), 100000);
	free(text);
	free(large);
	assert_null(err);

	write_file(path, "a\0b", 3);
	assert_null(vtune__file_read(path, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYNTAX);
	assert_non_null(strstr(vtune_error_get_message(err), path));
	vtune_error_free(err);
	err = NULL;

	unlink(path);
	assert_null(vtune__file_read(path, &err));
	assert_int_equal(vtune_error_get_code(err), VTUNE_ERR_SYSTEM);
	assert_int_equal(vtune_error_get_errno(err), ENOENT);
	assert_string_equal(vtune_error_get_where(err), path);
	vtune_error_free(err);
	err = NULL;
	assert_null(vtune__file_read("/", &err));
	assert_int_equal(vtune_error_get_errno(err), EISDIR);
	vtune_error_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_failure_is_remembered),
		cmocka_unit_test(test_size_for_people),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
