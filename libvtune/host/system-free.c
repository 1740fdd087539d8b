/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is free on a machine now, from its /sys. Free memory is MemFree of each
 * node, and its inactive file cache, as numad counts it. The huge page pools are
 * not in it: their pages left the free memory when the pools were made.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

#define NODES "/sys/devices/system/node"
#define CPUS "/sys/devices/system/cpu"
#define POOLS "/sys/kernel/mm/hugepages"

struct source {
	struct vtune__draft *draft;
	const char *root;
	struct vtune_error **err;
};

/* A node whose free memory is set already has memory that we may not use: its
 * pools are read, but nothing of it is free. */
struct target {
	struct vtune__draft_node *node;
	bool is_ours;
};

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

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The first line of a file, without its end. Some kernels put a zero byte behind
 * it, so this is not vtune__file_read(). */
static char *read_line(const struct source *source, const char *path)
{
	VTUNE__CLEANUP(close_file) FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (file && getline(&line, &room, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		return line;
	}
	free(line);
	if (file && feof(file))
		return vtune__strdup("", source->err);
	vtune__fail_errno(source->err, errno, path, "Cannot read %s", path);
	return NULL;
}

/* ---- memory ---- */

/* "Node 0 MemFree:   3460600 kB" or, in /proc, without the node. */
static bool find_kib(const char *text, const char *name, uint64_t *kib)
{
	size_t length = strlen(name);

	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
		if (at[length] == ':')
			return sscanf(at + length, ": %" SCNu64 " kB", kib) == 1;
	return false;
}

static int read_free_memory(const struct source *source, struct target target, const char *path)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = vtune__file_read(path, source->err);
	uint64_t kib, cache;

	if (!text)
		return -1;
	if (!find_kib(text, "MemFree", &kib))
		return vtune__fail(source->err, VTUNE_ERR_SYSTEM, path,
				   "%s has no line \"MemFree: N kB\"", path);
	/* The kernel drops inactive file cache before an allocation bound to the node
	 * fails; on a host that is up for long most of the memory can be that. */
	if (find_kib(text, "Inactive(file)", &cache))
		kib += min(cache, VTUNE__MAX_KIB);
	target.node->has_free = true;
	if (target.is_ours)
		target.node->free_kib = min(kib, target.node->memory_kib);
	return 0;
}

static int read_number(const struct source *source, const char *folder, const char *name,
		       uint64_t *number)
{
	VTUNE__CLEANUP(vtune__free_string) char *path = vtune__print(source->err, "%s/%s", folder, name);
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;

	if (!path)
		return -1;
	text = read_line(source, path);
	if (!text)
		return -1;
	if (sscanf(text, "%" SCNu64, number) != 1)
		return vtune__fail(source->err, VTUNE_ERR_SYSTEM, path, "%s is not a number", path);
	return 0;
}

static struct vtune__draft_pages *pages_of_size(const struct source *source,
						struct vtune__draft_node *node, uint64_t size_kib)
{
	struct vtune__draft_pages *pages;
	unsigned int i;

	for (i = 0; i < node->npages; i++)
		if (node->pages[i].size_kib == size_kib)
			return &node->pages[i];
	pages = vtune__grow((void **)&node->pages, &node->npages, sizeof(*pages), source->err);
	if (pages)
		pages->size_kib = size_kib;
	return pages;
}

/* Which of the free pages are promised to mappings that have not touched them yet
 * is only known for the machine as a whole, so that is left out. */
static int read_pool(const struct source *source, struct target target, const char *folder,
		     uint64_t size_kib)
{
	struct vtune__draft_pages *pages = pages_of_size(source, target.node, size_kib);
	uint64_t total, free_pages;

	if (!pages || read_number(source, folder, "nr_hugepages", &total) < 0 ||
	    read_number(source, folder, "free_hugepages", &free_pages) < 0)
		return -1;
	pages->total = total;
	pages->has_free = true;
	/* The two are not read at the same moment. */
	if (target.is_ours)
		pages->free = min(free_pages, total);
	return 0;
}

/* A kernel without huge pages has no such folder. */
static int read_pools(const struct source *source, struct target target, const char *path)
{
	VTUNE__CLEANUP(close_directory) DIR *directory = opendir(path);
	const struct dirent *entry;

	if (!directory && errno != ENOENT)
		return vtune__fail_errno(source->err, errno, path, "Cannot open %s", path);
	while (directory && (entry = readdir(directory))) {
		VTUNE__CLEANUP(vtune__free_string) char *folder = NULL;
		uint64_t size_kib;

		if (sscanf(entry->d_name, "hugepages-%" SCNu64 "kB", &size_kib) != 1)
			continue;
		folder = vtune__print(source->err, "%s/%s", path, entry->d_name);
		if (!folder || read_pool(source, target, folder, size_kib) < 0)
			return -1;
	}
	return 0;
}

static int read_node(const struct source *source, struct vtune__draft_node *node,
		     const char *folder)
{
	VTUNE__CLEANUP(vtune__free_string) char *meminfo = vtune__print(source->err, "%s/meminfo", folder);
	VTUNE__CLEANUP(vtune__free_string) char *pools = vtune__print(source->err, "%s/hugepages", folder);
	const struct target target = { .node = node, .is_ours = !node->has_free };

	if (!meminfo || !pools || read_free_memory(source, target, meminfo) < 0)
		return -1;
	return read_pools(source, target, pools);
}

/* A kernel that knows no nodes: hwloc makes one of the whole machine. */
static int read_machine(const struct source *source)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *meminfo = vtune__print(source->err, "%s/proc/meminfo", source->root);
	VTUNE__CLEANUP(vtune__free_string)
	char *pools = vtune__print(source->err, "%s" POOLS, source->root);
	const struct target target = { .node = source->draft->nodes, .is_ours = true };

	if (!meminfo || !pools || read_free_memory(source, target, meminfo) < 0)
		return -1;
	return read_pools(source, target, pools);
}

/* ---- CPUs ---- */

/* A list of CPUs; an empty set where there is no such file. */
static int read_list(const struct source *source, const char *path, struct vtune__set *set)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	const char *why;

	if (access(path, F_OK) < 0)
		return 0;
	text = read_line(source, path);
	if (!text)
		return -1;
	if (vtune__set_parse(set, text, VTUNE__MAX_CPU, &why))
		return 0;
	if (!why)
		return vtune__fail_memory(source->err);
	return vtune__fail(source->err, VTUNE_ERR_SYSTEM, path, "%s is not a list of CPUs: %s",
			   path, why);
}

/* Lists may also name CPUs that the machine has room for, but does not have. */
static int keep_known(const struct source *source, struct vtune__set *cpus)
{
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set known = { 0 };
	unsigned int i;

	for (i = 0; i < source->draft->nnodes; i++)
		if (vtune__set_or(&known, &source->draft->nodes[i].cpus) < 0)
			return vtune__fail_memory(source->err);
	vtune__set_and(cpus, &known);
	return 0;
}

/* hwloc says which CPUs are near; the kernel says which are on the node. */
static int correct_cpus(const struct source *source, unsigned int node, const char *folder)
{
	VTUNE__CLEANUP(vtune__free_string) char *path = vtune__print(source->err, "%s/cpulist", folder);
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set cpus = { 0 };
	struct vtune__draft *draft = source->draft;
	unsigned int i;

	if (!path || read_list(source, path, &cpus) < 0 || keep_known(source, &cpus) < 0)
		return -1;
	for (i = 0; i < draft->nnodes; i++)
		if (i != node)
			vtune__set_andnot(&draft->nodes[i].cpus, &cpus);
	if (vtune__set_or(&draft->nodes[node].cpus, &cpus) < 0)
		return vtune__fail_memory(source->err);
	return 0;
}

static int add_cpus(const struct source *source, const char *name, struct vtune__set *to)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(source->err, "%s" CPUS "/%s", source->root, name);
	VTUNE__CLEANUP(vtune__set_free) struct vtune__set cpus = { 0 };

	if (!path || read_list(source, path, &cpus) < 0 || keep_known(source, &cpus) < 0)
		return -1;
	return vtune__set_or(to, &cpus) < 0 ? vtune__fail_memory(source->err) : 0;
}

int vtune__system_read_free(struct vtune__draft *draft, const char *root, struct vtune_error **err)
{
	const struct source source = { .draft = draft, .root = root, .err = err };
	unsigned int i;

	for (i = 0; i < draft->nnodes; i++) {
		VTUNE__CLEANUP(vtune__free_string)
		char *folder = vtune__print(err, "%s" NODES "/node%u", root, draft->nodes[i].id);

		if (!folder)
			return -1;
		if (draft->nnodes == 1 && access(folder, F_OK) < 0) {
			if (read_machine(&source) < 0)
				return -1;
		} else if (read_node(&source, &draft->nodes[i], folder) < 0 ||
			   correct_cpus(&source, i, folder) < 0) {
			return -1;
		}
	}
	if (vtune__system_read_devices(draft, root, err) < 0)
		return -1;
	if (add_cpus(&source, "isolated", &draft->isolated) < 0)
		return -1;
	return add_cpus(&source, "offline", &draft->offline);
}
