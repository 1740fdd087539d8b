/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>
#include <string.h>

/* ---- one device ---- */

static int read_id(const struct vtune__json *at, char **out, struct vtune_error **err)
{
	const char *id;

	if (vtune__json_string(at, &id, err) < 0)
		return -1;
	if (id[0] == '\0')
		return vtune__json_fail(at, err,
					"Here must be the id of a device in the host "
					"document, like \"0000:41:00.0\"");
	*out = vtune__strdup(id, err);
	return *out ? 0 : -1;
}

/* ---- any of several ---- */

static int read_class(const struct vtune__json *any, struct vtune__hostdev_spec *wish,
		      struct vtune_error **err)
{
	struct vtune__json at;
	const char *word;

	if (!vtune__json_get(any, "class", &at))
		return 0;
	if (vtune__json_string(&at, &word, err) < 0)
		return -1;
	if (word[0] == '\0')
		return vtune__json_fail(&at, err,
					"Here must be a class as in the host document, like "
					"\"network\" or \"display\"");
	wish->class = vtune__strdup(word, err);
	return wish->class ? 0 : -1;
}

/* Lower case, as hosts have it. */
static int read_number(const struct vtune__json *any, const char *key, char **out,
		       struct vtune_error **err)
{
	struct vtune__json at;
	const char *text;

	if (!vtune__json_get(any, key, &at))
		return 0;
	if (vtune__json_string(&at, &text, err) < 0)
		return -1;
	if (strlen(text) != 4 || strspn(text, "0123456789abcdefABCDEF") != 4)
		return vtune__json_fail(&at, err, "Here must be four hex digits, like \"8086\"");
	*out = vtune__strdup(text, err);
	for (char *c = *out; c && *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	return *out ? 0 : -1;
}

static int read_ids(const struct vtune__json *any, struct vtune__hostdev_spec *wish,
		    struct vtune_error **err)
{
	struct vtune__json list, at;
	unsigned int length;

	if (!vtune__json_get(any, "ids", &list))
		return 0;
	if (vtune__spec_read_list(any, "ids", &list, &length, err) < 0)
		return -1;
	if (length == 0)
		return vtune__json_fail(&list, err, "There must be the id of at least one device");
	wish->ids = vtune__alloc(length, sizeof(*wish->ids), err);
	if (!wish->ids)
		return -1;
	for (; wish->nids < length; wish->nids++) {
		vtune__json_element(&list, wish->nids, &at);
		if (read_id(&at, &wish->ids[wish->nids], err) < 0)
			return -1;
		for (unsigned int i = 0; i < wish->nids; i++)
			if (strcmp(wish->ids[i], wish->ids[wish->nids]) == 0) {
				vtune__free_string(&wish->ids[wish->nids]);
				return vtune__json_fail(&at, err, "The device \"%s\" is here twice",
							wish->ids[i]);
			}
	}
	return 0;
}

static int read_any(const struct vtune__json *any, struct vtune__hostdev_spec *wish,
		    struct vtune_error **err)
{
	static const char *const keys[] = { "pf", "class", "vendor", "product", "ids", NULL };
	struct vtune__json at;

	if (vtune__json_object(any, keys, err) < 0)
		return -1;
	if (vtune__json_get(any, "pf", &at) && read_id(&at, &wish->pf, err) < 0)
		return -1;
	if (read_class(any, wish, err) < 0 || read_number(any, "vendor", &wish->vendor, err) < 0 ||
	    read_number(any, "product", &wish->product, err) < 0 || read_ids(any, wish, err) < 0)
		return -1;
	if (wish->pf || wish->class || wish->vendor || wish->product || wish->ids)
		return 0;
	return vtune__json_fail(any, err,
				"Here must be what the device is to match: \"pf\", \"class\", "
				"\"vendor\", \"product\" or \"ids\"");
}

/* ---- a wish ---- */

#define MOST_KEYS 32

/* "count" is for a choice alone: an id is one device. */
static int read_which(const struct vtune__json *at, struct vtune__hostdev_spec *wish,
		      struct vtune_error **err)
{
	struct vtune__json child, count;

	if (vtune__json_get(at, "any", &child)) {
		if (vtune__json_get(at, "id", &count))
			return vtune__json_fail(&child, err,
						"A device is told by \"id\" or by \"any\", and "
						"not by both");
		if (read_any(&child, wish, err) < 0)
			return -1;
		return vtune__json_get(at, "count", &count)
			       ? vtune__json_uint32(&count, 1, VTUNE__MAX_DEVICES_CHOSEN,
						    &wish->count, err)
			       : 0;
	}
	if (vtune__json_need(at, "id", &child, err) < 0 || read_id(&child, &wish->id, err) < 0)
		return -1;
	if (!vtune__json_get(at, "count", &count))
		return 0;
	return vtune__json_fail(&count, err, "Only with \"any\" can there be several devices");
}

int vtune__spec_read_device_wish(const struct vtune__json *at, const char *const *extra_keys,
				 struct vtune__hostdev_spec *wish, struct vtune_error **err)
{
	const char *keys[MOST_KEYS] = { "id", "any", "affinity" };
	int affinity = VTUNE__AFFINITY_REQUIRE;
	unsigned int nkeys = 3;
	bool managed = true;

	for (; extra_keys && *extra_keys && nkeys + 1 < MOST_KEYS; extra_keys++)
		keys[nkeys++] = *extra_keys;
	wish->count = 1;
	if (vtune__json_object(at, keys, err) < 0 || read_which(at, wish, err) < 0 ||
	    vtune__spec_read_word(at, "affinity", vtune__affinity_names, &affinity, err) < 0)
		return -1;
	wish->affinity = (enum vtune__affinity)affinity;
	if (vtune__spec_read_bool(at, "managed", &managed, err) < 0)
		return -1;
	wish->unmanaged = !managed;
	return 0;
}

void vtune__spec_free_device_wish(struct vtune__hostdev_spec *wish)
{
	for (unsigned int i = 0; i < wish->nids; i++)
		free(wish->ids[i]);
	free(wish->ids);
	free(wish->id);
	free(wish->pf);
	free(wish->class);
	free(wish->vendor);
	free(wish->product);
}

/* ---- all of them ---- */

static int check_distinct(const struct vtune__json *at, const struct vtune_spec *spec,
			  const struct vtune__hostdev_spec *hostdev, struct vtune_error **err)
{
	struct vtune__json child;

	for (const struct vtune__hostdev_spec *other = spec->hostdevs;
	     hostdev->id && other < hostdev; other++)
		if (other->id && strcmp(other->id, hostdev->id) == 0 &&
		    vtune__json_get(at, "id", &child))
			return vtune__json_fail(&child, err,
						"The device \"%s\" is already host "
						"device %u",
						hostdev->id,
						(unsigned int)(other - spec->hostdevs));
	return 0;
}

int vtune__spec_check_wishes(const struct vtune_spec *spec, const struct vtune__json *at,
			     struct vtune_error **err)
{
	unsigned int all = 0, chosen = 0;

	for (unsigned int i = 0; i < vtune__spec_wish_count(spec); i++) {
		const struct vtune__hostdev_spec *wish = vtune__spec_wish(spec, i);

		all += wish->count;
		chosen += wish->id ? 0 : wish->count;
	}
	if (chosen > VTUNE__MAX_DEVICES_CHOSEN)
		return vtune__json_fail(at, err,
					"%u devices are to be chosen, and at most %d may be in all",
					chosen, VTUNE__MAX_DEVICES_CHOSEN);
	if (all > VTUNE__MAX_DEVICES_WISHED)
		return vtune__json_fail(at, err,
					"There are %u devices in all, and at most %d may be", all,
					VTUNE__MAX_DEVICES_WISHED);
	return 0;
}

int vtune__spec_read_hostdevs(const struct vtune__json *root, struct vtune_spec *spec,
			      struct vtune_error **err)
{
	static const char *const more[] = { "count", "managed", NULL };
	struct vtune__json list = { 0 }, at;
	unsigned int length;

	if (vtune__spec_read_list(root, "hostdevs", &list, &length, err) < 0)
		return -1;
	spec->hostdevs = vtune__alloc(length, sizeof(*spec->hostdevs), err);
	if (!spec->hostdevs)
		return -1;
	spec->nhostdevs = length;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (vtune__spec_read_device_wish(&at, more, &spec->hostdevs[i], err) < 0 ||
		    check_distinct(&at, spec, &spec->hostdevs[i], err) < 0)
			return -1;
	}
	return length > 0 ? vtune__spec_check_wishes(spec, &list, err) : 0;
}

void vtune__spec_free_hostdevs(struct vtune_spec *spec)
{
	for (unsigned int i = 0; spec->hostdevs && i < spec->nhostdevs; i++)
		vtune__spec_free_device_wish(&spec->hostdevs[i]);
	free(spec->hostdevs);
}
