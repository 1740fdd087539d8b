/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /sys knows of PCI devices and a topology does not: of all this, what is not
 * there, or cannot be made out, stays unknown. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

#define DEVICES "/sys/bus/pci/devices"

struct source {
	struct vtune__draft *draft;
	const char *root;
	struct vtune_error **err;
};

static char *path_of(const struct source *source, const struct vtune__device *device,
		     const char *file)
{
	return vtune__print(source->err, "%s" DEVICES "/%s%s", source->root, device->id, file);
}

/* Of a device that is near to several nodes, Linux may still name one. */
static int read_node(const struct source *source, struct vtune__device *device)
{
	VTUNE__CLEANUP(vtune__free_string) char *path = path_of(source, device, "/numa_node");
	FILE *file = path ? fopen(path, "re") : NULL;
	int id = -1;

	if (!path)
		return -1;
	if (!file)
		return 0;
	/* -1: unknown to Linux, too. */
	if (fscanf(file, "%d", &id) != 1)
		id = -1;
	fclose(file);
	for (unsigned int i = 0; i < source->draft->nnodes; i++)
		if (id >= 0 && source->draft->nodes[i].id == (unsigned int)id)
			device->node = id;
	return 0;
}

/* What a symbolic link points to; target is empty where there is none. */
static int read_link(const struct source *source, const struct vtune__device *device,
		     const char *file, char target[PATH_MAX])
{
	VTUNE__CLEANUP(vtune__free_string) char *path = path_of(source, device, file);
	ssize_t length;

	if (!path)
		return -1;
	length = readlink(path, target, PATH_MAX - 1);
	target[length < 0 ? 0 : length] = '\0';
	return 0;
}

static bool is_address(const char *text)
{
	unsigned int domain, bus, slot, function;
	int end = 0;

	return sscanf(text, "%8x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) == 4 &&
	       text[end] == '\0';
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "../0000:41:00.0" */
static int read_physical(const struct source *source, struct vtune__device *device)
{
	char target[PATH_MAX];

	if (read_link(source, device, "/physfn", target) < 0)
		return -1;
	if (!is_address(last_part(target)))
		return 0;
	device->pf = vtune__strdup(last_part(target), source->err);
	return device->pf ? 0 : -1;
}

/* "../../../../kernel/iommu_groups/14" */
static int read_group(const struct source *source, struct vtune__device *device)
{
	char target[PATH_MAX];
	unsigned int group;
	int end = 0;

	if (read_link(source, device, "/iommu_group", target) < 0)
		return -1;
	if (sscanf(last_part(target), "%9u%n", &group, &end) == 1 && !last_part(target)[end])
		device->iommu_group = (int)group;
	return 0;
}

/* "../../../devices/pci0000:40/0000:40:01.1/0000:41:00.0"; behind a controller that
 * opens a domain of its own, the last such bus counts. */
static int read_root(const struct source *source, struct vtune__device *device)
{
	char target[PATH_MAX], bus[16] = "";
	unsigned int domain, number;

	if (read_link(source, device, "", target) < 0)
		return -1;
	for (const char *at = strstr(target, "/pci"); at; at = strstr(at + 1, "/pci")) {
		int end = 0;

		if (sscanf(at, "/pci%8x:%2x%n", &domain, &number, &end) == 2 && at[end] == '/')
			snprintf(bus, sizeof(bus), "%04x:%02x", domain, number & 0xff);
	}
	if (!bus[0])
		return 0;
	device->root = vtune__strdup(bus, source->err);
	return device->root ? 0 : -1;
}

int vtune__system_read_devices(struct vtune__draft *draft, const char *root,
			       struct vtune_error **err)
{
	const struct source source = { .draft = draft, .root = root, .err = err };

	for (unsigned int i = 0; i < draft->ndevices; i++) {
		struct vtune__device *device = &draft->devices[i];

		if ((device->node < 0 && read_node(&source, device) < 0) ||
		    (!device->root && read_root(&source, device) < 0) ||
		    read_physical(&source, device) < 0 || read_group(&source, device) < 0)
			return -1;
	}
	return 0;
}
