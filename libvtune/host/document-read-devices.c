/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of the host document, strings and the devices. */
#include "document-read.h"

#include <limits.h>
#include <stdlib.h>

int vtune__host_read_strings(const struct vtune__json *at, char ***strings, unsigned int *count,
			     struct vtune_error **err)
{
	struct vtune__json element;
	unsigned int length;
	const char *text;
	char **copy;

	if (vtune__json_array(at, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(at, i, &element);
		if (vtune__json_string(&element, &text, err) < 0)
			return -1;
		copy = vtune__grow((void **)strings, count, sizeof(*copy), err);
		if (!copy)
			return -1;
		*copy = vtune__strdup(text, err);
		if (!*copy)
			return -1;
	}
	return 0;
}

int vtune__host_read_name(const struct vtune__json *at, const char *name, char **out,
			  struct vtune_error **err)
{
	struct vtune__json key;
	const char *text;

	if (vtune__json_need(at, name, &key, err) < 0 || vtune__json_string(&key, &text, err) < 0)
		return -1;
	if (!text[0])
		return vtune__json_fail(&key, err, "The string may not be empty here");
	*out = vtune__strdup(text, err);
	return *out ? 0 : -1;
}

/* A string that may be missing, but not empty. */
static int read_known(const struct vtune__json *at, const char *name, char **out,
		      struct vtune_error **err)
{
	struct vtune__json key;

	return vtune__json_get(at, name, &key) ? vtune__host_read_name(at, name, out, err) : 0;
}

static int read_pci_number(const struct vtune__json *at, const char *name, char **out,
			   struct vtune_error **err)
{
	struct vtune__json key;

	if (read_known(at, name, out, err) < 0)
		return -1;
	if (!*out || vtune__is_pci_number(*out))
		return 0;
	vtune__json_get(at, name, &key);
	return vtune__json_fail(&key, err, "Here must be four hex digits, like \"8086\"");
}

/* What it is, and how it is connected. */
static int read_origin(const struct vtune__json *at, struct vtune__device *device,
		       struct vtune_error **err)
{
	struct vtune__json key;
	unsigned int group;

	if (read_pci_number(at, "vendor", &device->vendor, err) < 0 ||
	    read_pci_number(at, "product", &device->product, err) < 0 ||
	    read_known(at, "pf", &device->pf, err) < 0 ||
	    read_known(at, "root", &device->root, err) < 0)
		return -1;
	if (!vtune__json_get(at, "iommu_group", &key))
		return 0;
	if (vtune__json_uint32(&key, 0, INT_MAX, &group, err) < 0)
		return -1;
	device->iommu_group = (int)group;
	return 0;
}

int vtune__host_read_device(const struct vtune__json *at, struct vtune__draft *draft,
			    struct vtune_error **err)
{
	static const char *const keys[] = { "id",      "class", "node", "names",       "vendor",
					    "product", "pf",	"root", "iommu_group", NULL };
	struct vtune__device *device = vtune__draft_add_device(draft, err);
	struct vtune__json key;
	const char *text = "";
	unsigned int node;

	if (!device || vtune__json_object(at, keys, err) < 0 ||
	    vtune__host_read_name(at, "id", &device->id, err) < 0)
		return -1;
	if (vtune__json_get(at, "class", &key) && vtune__json_string(&key, &text, err) < 0)
		return -1;
	device->class = vtune__strdup(text, err);
	if (!device->class)
		return -1;
	if (vtune__json_get(at, "node", &key)) {
		if (vtune__json_uint32(&key, 0, VTUNE__MAX_NODE, &node, err) < 0)
			return -1;
		device->node = (int)node;
	}
	if (read_origin(at, device, err) < 0)
		return -1;
	if (!vtune__json_get(at, "names", &key))
		return 0;
	return vtune__host_read_strings(&key, &device->names, &device->nnames, err);
}
