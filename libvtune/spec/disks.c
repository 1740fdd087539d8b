/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks and I/O threads: what follows from what a spec says of them. */
#include <stdlib.h>
#include <string.h>

#include "spec.h"

/* libvirt's own, in its domain schema. */
const char *const vtune__disk_buses[] = {
	"virtio", "scsi", "sata", "ide", "usb", "fdc", "sd", "xen", NULL,
};
const char *const vtune__disk_types[] = {
	"file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", NULL,
};
const char *const vtune__disk_formats[] = { "raw", "qcow2", "qed", "vmdk", "vdi", "vpc", NULL };
const char *const vtune__disk_devices[] = { "disk", "lun", "cdrom", "floppy", NULL };
const char *const vtune__disk_caches[] = {
	"auto", "none", "directsync", "writethrough", "writeback", "unsafe", NULL,
};
const char *const vtune__disk_ios[] = { "auto", "native", "threads", "io_uring", NULL };
const char *const vtune__disk_discards[] = { "auto", "unmap", "ignore", NULL };
const char *const vtune__zeroes_words[] = { "auto", "off", "on", "unmap", NULL };

/* ---- targets ---- */

/* What the name of a target begins with, and the bus that libvirt takes then. */
static const struct {
	const char *prefix, *bus;
} targets[] = {
	{ "vd", "virtio" }, { "sd", "scsi" }, { "hd", "ide" }, { "fd", "fdc" }, { "xvd", "xen" },
};

/* The first one that the name begins with, and what is behind it; -1: none. */
static int find_prefix(const char *target, const char **rest)
{
	for (unsigned int i = 0; i < VTUNE__COUNT(targets); i++) {
		size_t length = strlen(targets[i].prefix);

		if (strncmp(target, targets[i].prefix, length) == 0) {
			*rest = target + length;
			return (int)i;
		}
	}
	return -1;
}

const char *vtune__spec_bus_of_target(const char *target)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *rest;
	int found = find_prefix(target, &rest);

	return found >= 0 && *rest && rest[strspn(rest, word)] == '\0' ? targets[found].bus : NULL;
}

/* a, b, ..., z, aa, ab, ...; libvirt puts seven on a controller. */
unsigned int vtune__spec_controller_of_target(const char *target)
{
	unsigned int number = 0;
	const char *rest;

	if (find_prefix(target, &rest) < 0)
		return 0;
	for (; *rest >= 'a' && *rest <= 'z' && number < UINT16_MAX; rest++)
		number = number * 26 + (unsigned int)(*rest - 'a') + 1;
	number = number > 0 ? (number - 1) / 7 : 0;
	return number < VTUNE__MAX_CONTROLLER ? number : VTUNE__MAX_CONTROLLER;
}

/* ---- one disk ---- */

bool vtune__disk_is_on(const struct vtune__disk_spec *disk, const char *bus)
{
	return strcmp(disk->bus, bus) == 0;
}

bool vtune__disk_is_fixed(const struct vtune__disk_spec *disk)
{
	return disk->device == VTUNE__DEVICE_DISK || disk->device == VTUNE__DEVICE_LUN;
}

/* What serves a vhost-user disk is another process. */
bool vtune__disk_takes_iothread(const struct vtune__disk_spec *disk)
{
	return vtune__disk_is_fixed(disk) && strcmp(disk->type, "vhostuser") != 0 &&
	       (vtune__disk_is_on(disk, "virtio") || vtune__disk_is_on(disk, "scsi"));
}

bool vtune__disk_cache_is_host(enum vtune__disk_cache cache)
{
	return cache == VTUNE__CACHE_WRITETHROUGH || cache == VTUNE__CACHE_WRITEBACK ||
	       cache == VTUNE__CACHE_UNSAFE;
}

static const char *device_fault(const struct vtune__disk_spec *disk)
{
	const char *type = disk->type;

	switch (disk->device) {
	case VTUNE__DEVICE_DISK:
		break;
	case VTUNE__DEVICE_LUN:
		if (!vtune__disk_is_on(disk, "scsi") && !vtune__disk_is_on(disk, "virtio"))
			return "A lun needs the bus \"scsi\" or \"virtio\", which pass on SCSI "
			       "commands";
		if (*type && strcmp(type, "block") != 0 && strcmp(type, "network") != 0 &&
		    strcmp(type, "volume") != 0)
			return "A lun is a SCSI device of the host: its type must be \"block\", "
			       "\"network\" or \"volume\"";
		break;
	case VTUNE__DEVICE_CDROM:
		if (vtune__disk_is_on(disk, "virtio") || vtune__disk_is_on(disk, "fdc"))
			return "There is no CD drive on this bus; take \"sata\", \"scsi\", "
			       "\"ide\" or \"usb\"";
		break;
	case VTUNE__DEVICE_FLOPPY:
		if (!vtune__disk_is_on(disk, "fdc"))
			return "A floppy drive needs the bus \"fdc\"";
		break;
	}
	return NULL;
}

static const char *driver_fault(const struct vtune__disk_spec *disk, const char **key)
{
	*key = "io";
	if (disk->io == VTUNE__IO_NATIVE && vtune__disk_cache_is_host(disk->cache))
		return "Native I/O goes past the page cache of the host: it needs the cache "
		       "\"none\" or \"directsync\"";
	*key = "detect_zeroes";
	if (disk->zeroes == VTUNE__ZEROES_UNMAP && disk->discard == VTUNE__DISCARD_IGNORE)
		return "Zeroes can be unmapped only with the discard \"unmap\"";
	*key = "type";
	if (strcmp(disk->type, "vhostuser") == 0 &&
	    (disk->cache || disk->io || disk->discard || disk->zeroes))
		return "The process that serves a vhost-user disk has its own cache, io, discard "
		       "and detect_zeroes; they cannot be said here";
	return NULL;
}

static const char *queue_fault(const struct vtune__disk_spec *disk, const char **key)
{
	*key = "iothread";
	if (!vtune__set_is_empty(&disk->iothread) && !vtune__disk_takes_iothread(disk))
		return "Only virtio disks and SCSI controllers have I/O threads, and not for "
		       "drives or vhost-user";
	*key = "queues";
	if (disk->queues > 0 && !vtune__disk_is_on(disk, "virtio") &&
	    !vtune__disk_is_on(disk, "scsi"))
		return "Only the buses \"virtio\" and \"scsi\" have queues";
	if (disk->queues > VTUNE__MAX_SCSI_QUEUES && vtune__disk_is_on(disk, "scsi"))
		return "A SCSI controller has at most 1022 queues";
	*key = "queue_size";
	if (disk->queue_size > 0 && !vtune__disk_is_on(disk, "virtio"))
		return "Only disks on the bus \"virtio\" have a size of their queues";
	return NULL;
}

const char *vtune__disk_fault(const struct vtune__disk_spec *disk, const char **key)
{
	const char *fault = device_fault(disk);

	*key = "device";
	if (fault)
		return fault;
	*key = "rawio";
	if (disk->rawio && disk->device != VTUNE__DEVICE_LUN)
		return "Only a disk of the device \"lun\" has raw I/O";
	fault = driver_fault(disk, key);
	return fault ? fault : queue_fault(disk, key);
}

int vtune__disk_copy(struct vtune__disk_spec *to, const struct vtune__disk_spec *from,
		     struct vtune_error **err)
{
	*to = *from;
	memset(&to->iothread, 0, sizeof(to->iothread));
	to->bus = to->type = to->source = to->format = NULL;
	to->target = vtune__strdup(from->target, err);
	to->bus = to->target ? vtune__strdup(from->bus, err) : NULL;
	to->type = to->bus ? vtune__strdup(from->type, err) : NULL;
	to->source = to->type ? vtune__strdup(from->source, err) : NULL;
	to->format = to->source ? vtune__strdup(from->format, err) : NULL;
	if (!to->format)
		return -1;
	return vtune__set_copy(&to->iothread, &from->iothread) < 0 ? vtune__fail_memory(err) : 0;
}

void vtune__disk_free(struct vtune__disk_spec *disk)
{
	free(disk->target);
	free(disk->bus);
	free(disk->type);
	free(disk->source);
	free(disk->format);
	vtune__set_free(&disk->iothread);
}

/* ---- I/O threads ---- */

unsigned int vtune__spec_controller_first(const struct vtune_spec *spec, unsigned int disk)
{
	const struct vtune__disk_spec *it = &spec->disks[disk];

	if (!vtune__disk_is_on(it, "scsi"))
		return disk;
	for (unsigned int i = 0; i < disk; i++) {
		if (vtune__disk_is_on(&spec->disks[i], "scsi") &&
		    vtune__disk_takes_iothread(&spec->disks[i]) &&
		    spec->disks[i].controller == it->controller)
			return i;
	}
	return disk;
}

unsigned int vtune__spec_iothread_id(const struct vtune_spec *spec, unsigned int i)
{
	unsigned int asked = vtune__set_count(&spec->iothread_ids);
	unsigned int more = spec->iothread_count > asked ? spec->iothread_count - asked : 0;
	unsigned int id = 0;

	for (;;) {
		int next = vtune__set_next(&spec->iothread_ids, id + 1);

		if (more > 0 && next != (int)id + 1) {
			more--;
			id++;
		} else if (next > 0) {
			id = (unsigned int)next;
		} else {
			return 0;
		}
		if (i-- == 0)
			return id;
	}
}

static unsigned int own_threads(const struct vtune__disk_spec *disk)
{
	unsigned int named = vtune__set_count(&disk->iothread);

	return named > 0 ? named : disk->iothreads;
}

/* How many threads the disk, or its controller by its first disk, is to have. */
static unsigned int threads_wanted(const struct vtune_spec *spec, unsigned int disk)
{
	unsigned int wanted = own_threads(&spec->disks[disk]);

	if (!vtune__disk_is_on(&spec->disks[disk], "scsi"))
		return wanted;
	for (unsigned int i = disk + 1; i < spec->ndisks; i++) {
		const struct vtune__disk_spec *it = &spec->disks[i];

		if (vtune__disk_takes_iothread(it) && vtune__disk_is_on(it, "scsi") &&
		    it->controller == spec->disks[disk].controller && own_threads(it) > wanted)
			wanted = own_threads(it);
	}
	return wanted;
}

unsigned int vtune__spec_auto_iothreads(const struct vtune_spec *spec)
{
	unsigned int asked = vtune__set_count(&spec->iothread_ids), count = 0;

	for (unsigned int i = 0; i < spec->ndisks && count < spec->vcpus; i++) {
		if (vtune__disk_takes_iothread(&spec->disks[i]) &&
		    vtune__spec_controller_first(spec, i) == i)
			count += threads_wanted(spec, i);
	}
	if (count > spec->vcpus)
		count = spec->vcpus;
	if (count > VTUNE__MAX_IOTHREADS)
		count = VTUNE__MAX_IOTHREADS;
	return count > asked ? count : asked;
}

int vtune__spec_note_iothreads(struct vtune_spec *spec, struct vtune_error **err)
{
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		if (vtune__set_or(&spec->iothread_ids, &spec->disks[i].iothread) < 0)
			return vtune__fail_memory(err);
	}
	return 0;
}

bool vtune__iothread_tuning_holds(const struct vtune__iothread_tuning *tuning)
{
	return (tuning->said & VTUNE__POOL_SETTINGS) != VTUNE__POOL_SETTINGS ||
	       tuning->value[VTUNE__POOL_MIN] <= tuning->value[VTUNE__POOL_MAX];
}
