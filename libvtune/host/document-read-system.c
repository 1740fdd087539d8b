/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of the host document, what the machine is: processor and hypervisor. */
#include "document-read.h"

#include <stdio.h>
#include <string.h>

static int read_arch(const struct vtune__json *root, char **arch, struct vtune_error **err)
{
	struct vtune__json at;

	if (!vtune__json_get(root, "arch", &at))
		return 0;
	if (vtune__host_read_name(root, "arch", arch, err) < 0)
		return -1;
	if (strspn(*arch, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(*arch))
		return vtune__json_fail(&at, err,
					"\"%s\" is not an architecture as libvirt calls it, like "
					"x86_64, aarch64, ppc64le or s390x",
					*arch);
	return 0;
}

static int read_processor(const struct vtune__json *root, struct vtune__processor *processor,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "vendor", "model", NULL };
	struct vtune__json at, key;

	if (read_arch(root, &processor->arch, err) < 0)
		return -1;
	if (!vtune__json_get(root, "cpu", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0)
		return -1;
	if (vtune__json_get(&at, "vendor", &key) &&
	    vtune__host_read_name(&at, "vendor", &processor->vendor, err) < 0)
		return -1;
	if (vtune__json_get(&at, "model", &key))
		return vtune__host_read_name(&at, "model", &processor->model, err);
	return 0;
}

/* "7.2.0" */
static int read_version(const struct vtune__json *at, const char *name, uint32_t *version,
			struct vtune_error **err)
{
	unsigned int parts[3];
	struct vtune__json key;
	const char *text;
	int end = 0;

	if (!vtune__json_get(at, name, &key))
		return 0;
	if (vtune__json_string(&key, &text, err) < 0)
		return -1;
	if (strspn(text, "0123456789.") != strlen(text) ||
	    sscanf(text, "%4u.%3u.%3u%n", &parts[0], &parts[1], &parts[2], &end) != 3 ||
	    text[end] || parts[0] > VTUNE__MAX_MAJOR)
		return vtune__json_fail(&key, err,
					"\"%s\" is not a version, like 7.2.0: three numbers of at "
					"most %d, 999 and 999",
					text, VTUNE__MAX_MAJOR);
	*version = parts[0] * 1000000 + parts[1] * 1000 + parts[2];
	return 0;
}

static int read_hypervisor(const struct vtune__json *root, struct vtune__hypervisor *hypervisor,
			   struct vtune_error **err)
{
	static const char *const keys[] = { "type", "version", "libvirt", NULL };
	struct vtune__json at, key;

	if (!vtune__json_get(root, "hypervisor", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0)
		return -1;
	if (vtune__json_get(&at, "type", &key) &&
	    vtune__host_read_name(&at, "type", &hypervisor->type, err) < 0)
		return -1;
	if (read_version(&at, "version", &hypervisor->version, err) < 0)
		return -1;
	return read_version(&at, "libvirt", &hypervisor->libvirt, err);
}

int vtune__host_read_system(const struct vtune__json *root, struct vtune__draft *draft,
			    struct vtune_error **err)
{
	if (read_processor(root, &draft->processor, err) < 0)
		return -1;
	return read_hypervisor(root, &draft->hypervisor, err);
}
