/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt binds the memory of a domain whose mode is strict or restrictive twice: the
 * mappings by policy, and the cgroups of its threads by cpuset.mems. The kernel moves no
 * page to where the cpuset does not let it, and libvirt changes cpuset.mems of a running
 * domain in mode restrictive only. Here it is changed as libvirt would.
 *
 * A write to cpuset.mems has two effects on all mappings of the process: their policies are
 * carried over from the old nodes to the new ones by position, and pages that lie on nodes
 * that are no longer allowed are moved. So all folders get the same nodes: first the old and
 * the new, with which nothing moves, and in the end the new ones.
 */
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vtune__folders_free(struct vtune__folders *folders)
{
	for (unsigned int i = 0; i < folders->count; i++) {
		free(folders->items[i].path);
		vtune__set_free(&folders->items[i].nodes);
	}
	free(folders->items);
	memset(folders, 0, sizeof(*folders));
}

static bool has_folder(const struct vtune__folders *folders, const char *path)
{
	for (unsigned int i = 0; i < folders->count; i++) {
		if (strcmp(folders->items[i].path, path) == 0)
			return true;
	}
	return false;
}

static int add_folder(struct vtune__folders *folders, const char *path, struct vtune_error **err)
{
	struct vtune__folder *folder;

	if (has_folder(folders, path))
		return 0;
	folder = vtune__grow((void **)&folders->items, &folders->count, sizeof(*folder), err);
	if (!folder)
		return -1;
	folder->path = vtune__strdup(path, err);
	if (!folder->path)
		return -1;
	return vtune__cgroup_read("", path, "mems", &folder->nodes, err);
}

/* The first folder is that of the process's first thread: the kernel asks that one whether a
 * page may move. */
static int find_folders(struct vtune__folders *folders, int pid, struct vtune_error **err)
{
	struct vtune__thread_list threads VTUNE__CLEANUP(vtune__threads_free) = { 0 };

	if (vtune__threads_read(&threads, "", pid, err) < 0)
		return -1;
	for (unsigned int pass = 0; pass < 2; pass++) {
		for (unsigned int i = 0; i < threads.count; i++) {
			const struct vtune__thread *thread = &threads.items[i];
			bool is_main = thread->kind == VTUNE__THREAD_MAIN;

			if (is_main && !vtune__thread_has_folder(thread))
				return 0;
			if (is_main == (pass == 0) && vtune__thread_has_folder(thread) &&
			    add_folder(folders, thread->cgroup, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int write_nodes(const struct vtune__folder *folder, const struct vtune__set *nodes,
		       struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune__set_print(nodes);
	char path[4200];
	FILE *file;
	int failed;

	/* A folder without a cpuset allows all. */
	if (vtune__set_is_empty(&folder->nodes))
		return 0;
	if (!text)
		return vtune__fail_memory(err);
	snprintf(path, sizeof(path), "%s/cpuset.mems", folder->path);
	file = fopen(path, "we");
	if (!file)
		return vtune__fail_errno(err, errno, path, "Cannot open %s", path);
	failed = fputs(text, file) < 0 || fflush(file) < 0 ? errno : 0;
	fclose(file);
	if (failed)
		return vtune__fail_errno(err, failed, path, "Cannot write \"%s\" to %s", text,
					 path);
	return 0;
}

int vtune__folders_narrow(const struct vtune__folders *folders, const struct vtune__set *nodes,
			  struct vtune_error **err)
{
	for (unsigned int i = 0; i < folders->count; i++) {
		if (write_nodes(&folders->items[i], nodes, err) < 0)
			return -1;
	}
	return 0;
}

/* All nodes that any of them had. */
static int old_nodes(const struct vtune__folders *folders, struct vtune__set *nodes)
{
	for (unsigned int i = 0; i < folders->count; i++) {
		if (vtune__set_or(nodes, &folders->items[i].nodes) < 0)
			return -1;
	}
	return 0;
}

/* Folders that had different nodes get all of them: each write is about all mappings of the
 * process, and the last one would have it all. */
void vtune__folders_restore(const struct vtune__folders *folders)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (old_nodes(folders, &nodes) < 0)
		return;
	for (unsigned int i = 0; i < folders->count; i++)
		write_nodes(&folders->items[i], &nodes, NULL);
}

int vtune__folders_widen(struct vtune__folders *folders, int pid, const struct vtune__set *nodes,
			 struct vtune_error **err)
{
	struct vtune__set all VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (find_folders(folders, pid, err) < 0)
		return -1;
	if (folders->count == 0 || vtune__set_is_empty(&folders->items[0].nodes) ||
	    vtune__set_is_subset(nodes, &folders->items[0].nodes)) {
		vtune__folders_free(folders);
		return 0;
	}
	if (vtune__set_copy(&all, nodes) < 0 || old_nodes(folders, &all) < 0)
		return vtune__fail_memory(err);
	return vtune__folders_narrow(folders, &all, err);
}
