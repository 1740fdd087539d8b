/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the pictures share. Include it behind cmocka.h. */
#ifndef VTUNE_TEST_PICTURE_HELP_H
#define VTUNE_TEST_PICTURE_HELP_H

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picture/picture.h"

/* 64 nodes with 1920 CPUs, and one node with 2. */
#define LARGE "Package:64 [NUMANode(memory=64GiB)] L3Cache:1 Core:15 PU:2"
#define SMALL "NUMANode:1(memory=1GiB) Core:2 PU:1"

static inline char *picture_path(const char *name)
{
	struct vtune__text path = { 0 };

	vtune__text_addf(&path, "%s/data/pictures/%s", getenv("srcdir") ? getenv("srcdir") : ".",
			 name);
	assert_non_null(path.data);
	return path.data;
}

static inline char *picture_file(const char *name)
{
	struct vtune_error *err = NULL;
	char *path = picture_path(name);
	char *text = vtune__file_read(path, &err);

	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	free(path);
	return text;
}

static inline struct vtune_host *picture_host(const char *name)
{
	struct vtune_error *err = NULL;
	char *text = picture_file(name);
	struct vtune_host *host = vtune_host_from_json(text, &err);

	if (!host)
		fail_msg("%s: at %s: %s", name, vtune_error_get_where(err),
			 vtune_error_get_message(err));
	free(text);
	return host;
}

static inline struct vtune_host *picture_synthetic(const char *description)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_synthetic(description, &err);

	if (!host)
		fail_msg("%s: %s", description, vtune_error_get_message(err));
	return host;
}

static inline struct vtune_plan *picture_plan(const char *name)
{
	struct vtune_error *err = NULL;
	char *text = picture_file(name);
	struct vtune_plan *plan = vtune_plan_from_json(text, &err);

	if (!plan)
		fail_msg("%s: at %s: %s", name, vtune_error_get_where(err),
			 vtune_error_get_message(err));
	free(text);
	return plan;
}

/* vCPU i of one cell on CPU i of node 0, 1 GiB of ordinary memory there. */
static inline struct vtune_plan *picture_plan_of(unsigned int vcpus)
{
	struct vtune__text json = { 0 };
	struct vtune_error *err = NULL;
	struct vtune_plan *plan;

	vtune__text_addf(&json,
			 "{\"version\":1,\"vm\":\"vm\",\"fits\":true,\"optimal\":true,\"cells\":"
			 "[{\"id\":0,\"vcpus\":\"0-%u\",\"node\":0,\"memory_kib\":1048576,"
			 "\"page_kib\":4,\"memory\":[{\"node\":0,\"size_kib\":1048576}]}],"
			 "\"vcpus\":[",
			 vcpus - 1);
	for (unsigned int i = 0; i < vcpus; i++)
		vtune__text_addf(&json, "%s{\"id\":%u,\"cpus\":\"%u\",\"cell\":0}", i ? "," : "", i,
				 i);
	vtune__text_addf(&json,
			 "],\"emulator\":{\"cpus\":\"0\"},\"iothreads\":[],"
			 "\"held_cpus\":\"0-%u\",\"guest_topology\":{\"sockets\":1,\"dies\":1,"
			 "\"cores\":%u,\"threads\":1},\"devices\":[],\"domain\":{\"memory_mode\":"
			 "\"strict\",\"hugepages\":false,\"distances\":[[10]]},\"cost\":{"
			 "\"remote\":0,\"spread\":0,\"devices\":0,\"helpers\":0,\"caches\":1,"
			 "\"split_cores\":0,\"leftover\":0,\"leftover_caches\":0},"
			 "\"warnings\":[]}",
			 vcpus - 1, vcpus);
	assert_non_null(json.data);
	plan = vtune_plan_from_json(json.data, &err);
	if (!plan)
		fail_msg("at %s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	vtune__text_free(&json);
	return plan;
}

/* Call for each real machine in the folder that VTUNE_SHARED names; else skip. */
static inline void picture_each_shared(void (*call)(const struct vtune_host *host))
{
	const char *folder = getenv("VTUNE_SHARED");
	struct vtune__text pattern = { 0 };
	glob_t found = { 0 };

	if (!folder)
		skip();
	vtune__text_addf(&pattern, "%s/topologies/*.xml", folder);
	assert_non_null(pattern.data);
	if (glob(pattern.data, 0, NULL, &found) != 0) {
		vtune__text_free(&pattern);
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct vtune_error *err = NULL;
		struct vtune_host *host = vtune_host_from_hwloc_file(found.gl_pathv[i], &err);

		if (!host)
			fail_msg("%s", vtune_error_get_message(err));
		call(host);
		vtune_host_free(host);
	}
	globfree(&found);
	vtune__text_free(&pattern);
}

/* The text must be what the file holds; with VTUNE_UPDATE=1 it becomes that. */
static inline void assert_picture(const char *text, const char *name)
{
	const char *update = getenv("VTUNE_UPDATE");
	char *path, *expected;

	assert_non_null(text);
	if (update && !strcmp(update, "1")) {
		FILE *file;

		path = picture_path(name);
		file = fopen(path, "w");
		assert_non_null(file);
		assert_true(fputs(text, file) >= 0);
		assert_int_equal(fclose(file), 0);
		free(path);
	}
	expected = picture_file(name);
	if (strcmp(text, expected))
		fail_msg("%s is not what was expected; it is:\n%s", name, text);
	free(expected);
}

#endif
