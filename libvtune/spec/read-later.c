/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

/* QEMU's VIRTIO_QUEUE_MAX. */
#define MAX_DISK_QUEUES 1024

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
