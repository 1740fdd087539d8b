/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

/* QEMU's VIRTIO_QUEUE_MAX, and MAX_TAP_QUEUES of the kernel. */
#define MAX_DISK_QUEUES 1024
#define MAX_INTERFACE_QUEUES 256

static int refuse(const struct vtune__json *at, struct vtune_error **err, const char *what)
{
	return vtune__json_fail_code(at, err, VTUNE_ERR_UNSUPPORTED,
				     "%s not supported yet; leave this key out", what);
}

static int check_queues(const struct vtune__json *at, unsigned int max, struct vtune_error **err)
{
	unsigned int queues;

	if (vtune__json_is_number(at))
		return vtune__json_uint32(at, 1, max, &queues, err);
	if (!vtune__spec_is_auto(at))
		return vtune__json_fail(at, err, "Here must be \"auto\" or a number from 1 to %u",
					max);
	return 0;
}

int vtune__spec_refuse_disk_queues(const struct vtune__json *queues, struct vtune_error **err)
{
	if (check_queues(queues, MAX_DISK_QUEUES, err) < 0)
		return -1;
	return refuse(queues, err, "The queues of a disk are");
}

static int check_interface(const struct vtune__json *at, struct vtune_error **err)
{
	static const char *const keys[] = { "mac", "model", "queues", NULL };
	struct vtune__json child;
	const char *text;

	if (vtune__json_object(at, keys, err) < 0)
		return -1;
	if (vtune__json_get(at, "mac", &child) && vtune__json_string(&child, &text, err) < 0)
		return -1;
	if (vtune__json_get(at, "model", &child) && vtune__json_string(&child, &text, err) < 0)
		return -1;
	if (vtune__json_get(at, "queues", &child))
		return check_queues(&child, MAX_INTERFACE_QUEUES, err);
	return 0;
}

static int refuse_interfaces(const struct vtune__json *list, struct vtune_error **err)
{
	struct vtune__json at;
	unsigned int length;

	if (vtune__json_array(list, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(list, i, &at);
		if (check_interface(&at, err) < 0)
			return -1;
	}
	return length ? refuse(list, err, "Network interfaces are") : 0;
}

int vtune__spec_refuse_later(const struct vtune__json *root, struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_get(root, "interfaces", &at))
		return refuse_interfaces(&at, err);
	return 0;
}
