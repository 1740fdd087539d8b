/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The longest argument list that the kernel takes by default is a quarter of a stack
 * of 8 MiB. */
#define MAX_ARGUMENTS (2u << 20)

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* The arguments, each with a zero byte at its end. */
static void read_arguments(struct vtune__text *arguments, const char *root, int pid)
{
	char path[4200], part[4096];
	FILE *file VTUNE__CLEANUP(close_file) = NULL;
	size_t got;

	snprintf(path, sizeof(path), "%s/proc/%d/cmdline", root, pid);
	file = fopen(path, "re");
	while (file && (got = fread(part, 1, sizeof(part), file)) > 0) {
		if (arguments->length + got > MAX_ARGUMENTS)
			return;
		vtune__text_add_bytes(arguments, part, got);
	}
}

/* libvirt starts QEMU with "-uuid UUID". */
static bool is_domain(const char *root, int pid, const char *uuid)
{
	struct vtune__text arguments VTUNE__CLEANUP(vtune__text_free) = { 0 };
	bool is_uuid = false;
	size_t at = 0;

	read_arguments(&arguments, root, pid);
	if (arguments.failed)
		return false;
	while (at < arguments.length) {
		size_t length = strnlen(arguments.data + at, arguments.length - at);
		bool is_wanted = length == strlen(uuid) &&
				 strncasecmp(arguments.data + at, uuid, length) == 0;

		if (is_uuid && is_wanted)
			return true;
		is_uuid = length == 5 && memcmp(arguments.data + at, "-uuid", 5) == 0;
		at += length + 1;
	}
	return false;
}

static int read_pid_file(const char *root, const char *folder, const char *name)
{
	FILE *file VTUNE__CLEANUP(close_file) = NULL;
	char path[4200];
	int pid = 0;

	if (snprintf(path, sizeof(path), "%s%s/%s.pid", root, folder, name) >= (int)sizeof(path))
		return 0;
	file = fopen(path, "re");
	if (!file || fscanf(file, "%d", &pid) != 1 || pid <= 0)
		return 0;
	return pid;
}

static int search(const char *root, const char *uuid)
{
	DIR *directory VTUNE__CLEANUP(close_directory) = NULL;
	const struct dirent *entry;
	char path[4200];

	snprintf(path, sizeof(path), "%s/proc", root);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		int pid = isdigit((unsigned char)entry->d_name[0]) ? atoi(entry->d_name) : 0;

		if (pid > 0 && is_domain(root, pid, uuid))
			return pid;
	}
	return 0;
}

int vtune__process_find(const char *root, const char *runtime, const char *name, const char *uuid)
{
	char folder[4096];
	int pid;

	pid = read_pid_file(root, "/run/libvirt/qemu", name);
	if (pid && is_domain(root, pid, uuid))
		return pid;
	if (runtime) {
		snprintf(folder, sizeof(folder), "%s/libvirt/qemu/run", runtime);
		pid = read_pid_file(root, folder, name);
		if (pid && is_domain(root, pid, uuid))
			return pid;
	}
	return search(root, uuid);
}

int vtune__process_of_domain(const struct vtune_connection *connection, virDomainPtr domain)
{
	const struct vtune__calls *calls = connection->calls;
	const char *name = calls->virDomainGetName(domain);
	char uuid[VIR_UUID_STRING_BUFLEN];

	if (!connection->is_local || !name || calls->virDomainGetUUIDString(domain, uuid) < 0)
		return 0;
	return vtune__process_find("", getenv("XDG_RUNTIME_DIR"), name, uuid);
}
