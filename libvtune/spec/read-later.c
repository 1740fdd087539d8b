/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

/* QEMU's VIRTIO_QUEUE_MAX. */
#define MAX_DISK_QUEUES 1024
/* SCHED_FIFO. */
#define MAX_PRIORITY 99
/* KVM's limit of memory slots on x86 is the largest. */
#define MAX_SLOTS 32764

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

static int refuse_realtime(const struct vtune__json *at, const struct vtune_spec *spec,
			   struct vtune_error **err)
{
	static const char *const keys[] = { "vcpus", "priority", NULL };
	struct vtune__set vcpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__json child;
	unsigned int priority;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "vcpus", &child, err) < 0 ||
	    vtune__spec_read_vcpus(&child, spec, &vcpus, err) < 0)
		return -1;
	if (!vtune__set_is_subset(&vcpus, &spec->dedicated))
		return vtune__json_fail(&child, err, "Only dedicated vCPUs can be realtime ones");
	if (vtune__json_get(at, "priority", &child) &&
	    vtune__json_uint32(&child, 1, MAX_PRIORITY, &priority, err) < 0)
		return -1;
	return refuse(at, err, "Realtime vCPUs are");
}

static int refuse_hotplug(const struct vtune__json *at, const struct vtune_spec *spec,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "max_memory", "slots", NULL };
	struct vtune__json child;
	unsigned int slots;
	uint64_t kib;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "max_memory", &child, err) < 0 ||
	    vtune__json_size(&child, &kib, err) < 0)
		return -1;
	if (kib < spec->memory_kib)
		return vtune__json_fail(&child, err, "Here must be at least the VM's own memory");
	if (vtune__json_get(at, "slots", &child) &&
	    vtune__json_uint32(&child, 1, MAX_SLOTS, &slots, err) < 0)
		return -1;
	return refuse(at, err, "Memory hotplug is");
}

int vtune__spec_refuse_later(const struct vtune__json *root, const struct vtune_spec *spec,
			     struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_get(root, "realtime", &at) && refuse_realtime(&at, spec, err) < 0)
		return -1;
	if (vtune__json_get(root, "hotplug", &at))
		return refuse_hotplug(&at, spec, err);
	return 0;
}
