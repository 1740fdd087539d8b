/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

void vtune__threads_free(struct vtune__thread_list *threads)
{
	for (unsigned int i = 0; i < threads->count; i++) {
		vtune__set_free(&threads->items[i].cpus);
		free(threads->items[i].cgroup);
	}
	free(threads->items);
	memset(threads, 0, sizeof(*threads));
}

/* ---- who it is ---- */

static bool take_number(const char *text, const char *prefix, unsigned int *number, char *after)
{
	size_t length = strlen(prefix);
	unsigned long value;
	char *end;

	if (strncmp(text, prefix, length) != 0 || !isdigit((unsigned char)text[length]))
		return false;
	value = strtoul(text + length, &end, 10);
	if (value > VTUNE__MAX_CPU)
		return false;
	*number = (unsigned int)value;
	*after = *end;
	return true;
}

/* libvirt starts QEMU with debug-threads=on, so that its threads have names: "CPU 0/KVM",
 * "IO iothread1". Without, its cgroup tells: .../vcpu0, .../iothread1. */
static void identify(struct vtune__thread *thread, int pid)
{
	const char *folder = thread->cgroup ? strrchr(thread->cgroup, '/') : NULL;
	char after;

	thread->kind = VTUNE__THREAD_OTHER;
	if (thread->tid == pid)
		thread->kind = VTUNE__THREAD_MAIN;
	else if ((take_number(thread->name, "CPU ", &thread->id, &after) && after == '/') ||
		 (folder && take_number(folder, "/vcpu", &thread->id, &after) && !after))
		thread->kind = VTUNE__THREAD_VCPU;
	else if (take_number(thread->name, "IO iothread", &thread->id, &after) && !after)
		thread->kind = VTUNE__THREAD_IOTHREAD;
}

/* libvirt gives each vCPU, each I/O thread and the emulator a folder of its own. */
bool vtune__thread_has_folder(const struct vtune__thread *thread)
{
	const char *folder = thread->cgroup ? strrchr(thread->cgroup, '/') : NULL;

	if (!folder)
		return false;
	return strncmp(folder, "/vcpu", 5) == 0 || strncmp(folder, "/iothread", 9) == 0 ||
	       strcmp(folder, "/emulator") == 0;
}

/* ---- reading ---- */

static char *read_file(const char *root, int pid, int tid, const char *name,
		       struct vtune_error **err)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/proc/%d/task/%d/%s", root, pid, tid, name);
	return vtune__file_read(path, err);
}

/* The value of a line "Key:\tvalue" as a new string; "" where there is none. */
static char *value_of(const char *text, const char *key, struct vtune_error **err)
{
	size_t length = strlen(key);
	struct vtune__text value = { 0 };

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) != 0 || line[length] != ':')
			continue;
		line += length + 1;
		line += strspn(line, " \t");
		vtune__text_add_bytes(&value, line, strcspn(line, "\n"));
		break;
	}
	return vtune__text_take(&value, err);
}

static int parse_status(struct vtune__thread *thread, const char *text, struct vtune_error **err)
{
	char *name VTUNE__CLEANUP(vtune__free_string) = value_of(text, "Name", err);
	char *cpus VTUNE__CLEANUP(vtune__free_string) = value_of(text, "Cpus_allowed_list", err);
	const char *why;

	if (!name || !cpus)
		return -1;
	snprintf(thread->name, sizeof(thread->name), "%s", name);
	if (vtune__set_parse(&thread->cpus, cpus, VTUNE__MAX_CPU, &why))
		return 0;
	if (!why)
		return vtune__fail_memory(err);
	return vtune__fail(err, VTUNE_ERR_SYSTEM, NULL,
			   "The status of thread %d has \"%s\" for its CPUs: %s", thread->tid, cpus,
			   why);
}

static int read_thread(struct vtune__thread *thread, const char *root, int pid,
		       struct vtune_error **err)
{
	char *status VTUNE__CLEANUP(vtune__free_string) =
		read_file(root, pid, thread->tid, "status", err);
	char *cgroup VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_error *ignored = NULL;

	if (!status || parse_status(thread, status, err) < 0)
		return -1;
	/* A kernel without cgroups has no such file. */
	cgroup = read_file(root, pid, thread->tid, "cgroup", &ignored);
	vtune_error_free(ignored);
	if (!cgroup)
		return 0;
	ignored = NULL;
	thread->cgroup = vtune__cgroup_folder(root, cgroup, &ignored);
	if (!ignored)
		return 0;
	vtune_error_free(ignored);
	return vtune__fail_memory(err);
}

/* 0 also when the thread has ended meanwhile. */
static int add_thread(struct vtune__thread_list *threads, const char *root, int pid, int tid,
		      struct vtune_error **err)
{
	struct vtune_error *reason = NULL;
	struct vtune__thread *thread;
	int number;

	thread = vtune__grow((void **)&threads->items, &threads->count, sizeof(*thread), err);
	if (!thread)
		return -1;
	thread->tid = tid;
	if (read_thread(thread, root, pid, &reason) == 0) {
		identify(thread, pid);
		return 0;
	}
	number = vtune_error_get_errno(reason);
	if (number != ENOENT && number != ESRCH) {
		if (err)
			*err = reason;
		else
			vtune_error_free(reason);
		return -1;
	}
	vtune_error_free(reason);
	/* The room stays as it was: vtune__grow() only goes by the count. */
	vtune__set_free(&thread->cpus);
	free(thread->cgroup);
	threads->count--;
	return 0;
}

int vtune__threads_read(struct vtune__thread_list *threads, const char *root, int pid,
			struct vtune_error **err)
{
	DIR *directory VTUNE__CLEANUP(close_directory) = NULL;
	const struct dirent *entry;
	char path[4200];

	snprintf(path, sizeof(path), "%s/proc/%d/task", root, pid);
	directory = opendir(path);
	if (!directory)
		return vtune__fail_errno(err, errno, path, "Cannot open %s", path);
	while ((entry = readdir(directory))) {
		int tid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;

		if (tid > 0 && add_thread(threads, root, pid, tid, err) < 0)
			return -1;
	}
	if (threads->count == 0)
		return vtune__fail_errno(err, ENOENT, path, "Process %d has ended", pid);
	return 0;
}
