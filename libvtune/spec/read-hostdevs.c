/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>
#include <string.h>

/* The keys of a wish, and those beside them that whoever reads it knows. */
static int check_keys(const struct vtune__json *at, const char *const *extra_keys,
		      struct vtune_error **err)
{
	const char *keys[16] = { "id", "affinity" };
	unsigned int count = 2;

	for (; extra_keys && *extra_keys && count + 1 < VTUNE__COUNT(keys); extra_keys++)
		keys[count++] = *extra_keys;
	return vtune__json_object(at, keys, err);
}

int vtune__spec_read_device_wish(const struct vtune__json *at, const char *const *extra_keys,
				 struct vtune__hostdev_spec *wish, struct vtune_error **err)
{
	int affinity = VTUNE__AFFINITY_REQUIRE;
	struct vtune__json child;
	const char *id;

	if (check_keys(at, extra_keys, err) < 0 || vtune__json_need(at, "id", &child, err) < 0 ||
	    vtune__json_string(&child, &id, err) < 0 ||
	    vtune__spec_read_word(at, "affinity", vtune__affinity_names, &affinity, err) < 0)
		return -1;
	if (id[0] == '\0')
		return vtune__json_fail(&child, err,
					"Here must be the id of a device in the host "
					"document, like \"0000:41:00.0\"");
	wish->affinity = (enum vtune__affinity)affinity;
	wish->id = vtune__strdup(id, err);
	return wish->id ? 0 : -1;
}

static int read_hostdev(const struct vtune__json *at, struct vtune_spec *spec,
			struct vtune__hostdev_spec *hostdev, struct vtune_error **err)
{
	struct vtune__json child;

	if (vtune__spec_read_device_wish(at, NULL, hostdev, err) < 0)
		return -1;
	for (const struct vtune__hostdev_spec *other = spec->hostdevs; other < hostdev; other++)
		if (strcmp(other->id, hostdev->id) == 0 && vtune__json_get(at, "id", &child))
			return vtune__json_fail(&child, err,
						"The device \"%s\" is already host "
						"device %u",
						hostdev->id,
						(unsigned int)(other - spec->hostdevs));
	return 0;
}

int vtune__spec_read_hostdevs(const struct vtune__json *root, struct vtune_spec *spec,
			      struct vtune_error **err)
{
	struct vtune__json list, at;
	unsigned int length;

	if (vtune__spec_read_list(root, "hostdevs", &list, &length, err) < 0)
		return -1;
	spec->hostdevs = vtune__alloc(length, sizeof(*spec->hostdevs), err);
	if (!spec->hostdevs)
		return -1;
	spec->nhostdevs = length;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (read_hostdev(&at, spec, &spec->hostdevs[i], err) < 0)
			return -1;
	}
	return 0;
}

void vtune__spec_free_device_wish(struct vtune__hostdev_spec *wish)
{
	free(wish->id);
}

void vtune__spec_free_hostdevs(struct vtune_spec *spec)
{
	for (unsigned int i = 0; i < spec->nhostdevs; i++)
		vtune__spec_free_device_wish(&spec->hostdevs[i]);
	free(spec->hostdevs);
}
