/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The block devices of a machine, as names of the PCI devices that they lie on: disks,
 * partitions, what the device mapper and md make of them (LVM, multipath, RAID), NVMe
 * with several paths, and the links in /dev that lead to them. One that lies on devices
 * of several nodes, or on a device that is not known, gets no name: where it is has no
 * answer. What cannot be read is as if it were not there.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

#define BLOCKS "/sys/class/block"
/* A logical volume on a mirror on multipath on disks is four deep. */
#define MAX_DEPTH 16

struct blocks {
	struct vtune__draft *draft;
	const char *root;
	struct vtune_error **err;
	struct vtune__names names; /* of all block devices, sorted */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the folder has in it, sorted, so that the host does not depend on its order. */
static int list_folder(const struct blocks *b, const char *path, struct vtune__names *names)
{
	if (vtune__names_read(names, path, "", b->err) < 0)
		return -1;
	if (names->count > 0)
		qsort(names->list, names->count, sizeof(*names->list), compare_names);
	return 0;
}

/* ---- from a block device down to its PCI device ---- */

static int find_device(const struct vtune__draft *draft, const char *id, size_t length)
{
	for (unsigned int i = 0; i < draft->ndevices; i++)
		if (strlen(draft->devices[i].id) == length &&
		    strncmp(draft->devices[i].id, id, length) == 0)
			return (int)i;
	return -1;
}

/* The last one on the way, like .../0000:00:1d.0/0000:3b:00.0/nvme/nvme0/nvme0n1. */
static int device_on_way(const struct vtune__draft *draft, const char *way)
{
	int found = -1;

	while (way) {
		size_t length = strcspn(++way, "/");
		int device = find_device(draft, way, length);

		found = device >= 0 ? device : found;
		way = strchr(way, '/');
	}
	return found;
}

/* The device for what lies on both; -1: there is no one node. */
static int both(const struct vtune__draft *draft, int a, int b)
{
	if (a == b || a < 0 || b < 0)
		return a == b ? a : -1;
	if (draft->nnodes > 1 &&
	    (draft->devices[a].node < 0 || draft->devices[a].node != draft->devices[b].node))
		return -1;
	return a < b ? a : b;
}

static int resolve(const struct blocks *b, const char *name, unsigned int depth, int *device);

/* *device: -1 where any of them has none. */
static int resolve_all(const struct blocks *b, const struct vtune__names *names, unsigned int depth,
		       int *device)
{
	*device = -1;
	for (unsigned int i = 0; i < names->count; i++) {
		int one;

		if (resolve(b, names->list[i], depth + 1, &one) < 0)
			return -1;
		*device = i == 0 ? one : both(b->draft, *device, one);
	}
	return 0;
}

/* Linux calls the paths to the namespace nvme0n1 nvme0c0n1, nvme0c1n1, ... */
static int resolve_paths(const struct blocks *b, const char *name, int *device)
{
	unsigned int subsystem, space, paths = 0;
	int length = 0;

	if (sscanf(name, "nvme%un%u%n", &subsystem, &space, &length) != 2 || name[length])
		return 0;
	for (unsigned int i = 0; i < b->names.count; i++) {
		unsigned int of, path, with;
		int end = 0, one;

		if (sscanf(b->names.list[i], "nvme%uc%un%u%n", &of, &path, &with, &end) != 3 ||
		    b->names.list[i][end] || of != subsystem || with != space)
			continue;
		if (resolve(b, b->names.list[i], MAX_DEPTH, &one) < 0)
			return -1;
		*device = paths++ == 0 ? one : both(b->draft, *device, one);
	}
	return 0;
}

/* A partition is inside the folder of its disk. */
static int resolve_partition(const struct blocks *b, char *way, unsigned int depth, int *device)
{
	char *slash = strrchr(way, '/'), *disk;

	if (!slash)
		return 0;
	*slash = '\0';
	disk = strrchr(way, '/');
	return disk ? resolve(b, disk + 1, depth + 1, device) : 0;
}

static int resolve_virtual(const struct blocks *b, const char *name, char *way, unsigned int depth,
			   int *device)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names slaves = { 0 };
	VTUNE__CLEANUP(vtune__free_string) char *folder = vtune__print(b->err, "%s/slaves", way);
	VTUNE__CLEANUP(vtune__free_string) char *partition = vtune__print(b->err, "%s/partition", way);

	if (!folder || !partition || list_folder(b, folder, &slaves) < 0)
		return -1;
	if (slaves.count > 0)
		return resolve_all(b, &slaves, depth, device);
	if (access(partition, F_OK) == 0)
		return resolve_partition(b, way, depth, device);
	return resolve_paths(b, name, device);
}

/* *device: its index in the draft, -1 unknown. */
static int resolve(const struct blocks *b, const char *name, unsigned int depth, int *device)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(b->err, "%s" BLOCKS "/%s", b->root, name);
	VTUNE__CLEANUP(vtune__free_string) char *way = NULL;

	*device = -1;
	if (!path)
		return -1;
	way = realpath(path, NULL);
	if (!way)
		return 0;
	*device = device_on_way(b->draft, way);
	if (*device >= 0 || depth >= MAX_DEPTH)
		return 0;
	return resolve_virtual(b, name, way, depth, device);
}

/* ---- names ---- */

/* What a host document can hold. */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name >= 0x7f)
			return false;
	return true;
}

static int add_name(const struct blocks *b, int index, const char *name)
{
	struct vtune__device *device = &b->draft->devices[index];
	char **slot;

	if (!is_plain(name))
		return 0;
	for (unsigned int i = 0; i < device->nnames; i++)
		if (strcmp(device->names[i], name) == 0)
			return 0;
	slot = vtune__grow((void **)&device->names, &device->nnames, sizeof(*slot), b->err);
	if (!slot)
		return -1;
	*slot = vtune__strdup(name, b->err);
	return *slot ? 0 : -1;
}

/* LVM has "-" of names doubled, and puts a single one between group and volume. */
static char *volume_of(const struct blocks *b, const char *name)
{
	struct vtune__text text = { 0 };
	bool split = false;

	for (; *name; name++) {
		if (*name == '-' && name[1] != '-') {
			if (split) {
				vtune__text_free(&text);
				return vtune__strdup("", b->err);
			}
			split = true;
			vtune__text_add(&text, "/");
			continue;
		}
		name += *name == '-';
		vtune__text_add_bytes(&text, name, 1);
	}
	return vtune__text_take(&text, b->err);
}

/* The first line of a file of the device mapper; *text stays NULL where there is none. */
static int read_mapped(const struct blocks *b, const char *block, const char *file, char **text)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(b->err, "%s" BLOCKS "/%s/dm/%s", b->root, block, file);
	struct vtune_error *unread = NULL;
	int code;

	if (!path)
		return -1;
	*text = vtune__file_read(path, &unread);
	code = vtune_error_get_code(unread);
	vtune_error_free(unread);
	if (*text)
		(*text)[strcspn(*text, "\n")] = '\0';
	return code == VTUNE_ERR_NO_MEMORY ? vtune__fail_memory(b->err) : 0;
}

static int name_mapped(const struct blocks *b, const char *block, int device)
{
	VTUNE__CLEANUP(vtune__free_string) char *name = NULL, *uuid = NULL, *volume = NULL;
	VTUNE__CLEANUP(vtune__free_string) char *path = NULL;

	if (read_mapped(b, block, "name", &name) < 0 || read_mapped(b, block, "uuid", &uuid) < 0)
		return -1;
	if (!name || !name[0])
		return 0;
	path = vtune__print(b->err, "mapper/%s", name);
	if (!path || add_name(b, device, path) < 0)
		return -1;
	if (!uuid || strncmp(uuid, "LVM-", 4) != 0)
		return 0;
	volume = volume_of(b, name);
	if (!volume)
		return -1;
	return strchr(volume, '/') ? add_name(b, device, volume) : 0;
}

static int name_link(const struct blocks *b, const char *folder, const char *link)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(b->err, "%s/dev/%s/%s", b->root, folder, link);
	VTUNE__CLEANUP(vtune__free_string) char *name = vtune__print(b->err, "%s/%s", folder, link);
	char target[PATH_MAX];
	const char *base;
	ssize_t length;
	int device;

	if (!path || !name)
		return -1;
	length = readlink(path, target, sizeof(target) - 1);
	if (length <= 0)
		return 0;
	target[length] = '\0';
	base = strrchr(target, '/');
	if (resolve(b, base ? base + 1 : target, 0, &device) < 0)
		return -1;
	return device >= 0 ? add_name(b, device, name) : 0;
}

static int name_links(const struct blocks *b, const char *folder)
{
	VTUNE__CLEANUP(vtune__free_string) char *path = vtune__print(b->err, "%s/dev/%s", b->root, folder);
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names links = { 0 };

	if (!path || list_folder(b, path, &links) < 0)
		return -1;
	for (unsigned int i = 0; i < links.count; i++)
		if (name_link(b, folder, links.list[i]) < 0)
			return -1;
	return 0;
}

/* In /sys "!" stands for the "/" of a name in /dev. */
static int name_block(const struct blocks *b, const char *block, int device)
{
	VTUNE__CLEANUP(vtune__free_string) char *name = vtune__strdup(block, b->err);

	if (!name)
		return -1;
	for (char *at = name; *at; at++)
		if (*at == '!')
			*at = '/';
	return add_name(b, device, name) < 0 ? -1 : name_mapped(b, block, device);
}

static int name_blocks(const struct blocks *b)
{
	static const char *const folders[] = { "disk/by-id", "disk/by-path", "md" };

	for (unsigned int i = 0; i < b->names.count; i++) {
		const char *name = b->names.list[i];
		int device;

		if (resolve(b, name, 0, &device) < 0)
			return -1;
		if (device >= 0 && name_block(b, name, device) < 0)
			return -1;
	}
	for (unsigned int i = 0; i < VTUNE__COUNT(folders); i++)
		if (name_links(b, folders[i]) < 0)
			return -1;
	return 0;
}

int vtune__system_name_blocks(struct vtune__draft *draft, const char *root,
			      struct vtune_error **err)
{
	struct blocks b = { .draft = draft, .root = root, .err = err };
	char *path = vtune__print(err, "%s" BLOCKS, root);
	int result = path ? list_folder(&b, path, &b.names) : -1;

	if (result == 0)
		result = name_blocks(&b);
	vtune__names_free(&b.names);
	free(path);
	return result;
}
