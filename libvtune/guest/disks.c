/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules for disks: the driver settings that are left to the library. Only settings
 * with which the disk surely opens are chosen: O_DIRECT on block devices, where Linux
 * always has it, and for a file only where the spec asks for it, since there are file
 * systems without. */
#include "guest.h"

#include <string.h>

static bool is_type(const struct vtune__disk_spec *disk, const char *type)
{
	return strcmp(disk->type, type) == 0;
}

/* ---- I/O threads ---- */

static int take_iothreads(struct vtune__disk_spec *disk, const struct vtune_plan *plan,
			  struct vtune_error **err)
{
	vtune__set_clear(&disk->iothread);
	disk->iothreads = 1;
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		const struct vtune__plan_iothread *thread = &plan->iothreads[i];

		for (unsigned int j = 0; j < thread->ndisks; j++)
			if (strcmp(thread->disks[j], disk->target) == 0 &&
			    vtune__set_add(&disk->iothread, thread->id) < 0)
				return vtune__fail_memory(err);
	}
	return 0;
}

/* asked: several, which the target may not have. */
static int warn_single(struct vtune_plan *plan, const struct vtune_host *host,
		       const struct vtune__disk_spec *asked, struct vtune_error **err)
{
	bool scsi = vtune__disk_is_on(asked, "scsi");
	unsigned int count = vtune__set_count(&asked->iothread);

	count = count > 0 ? count : asked->iothreads;
	if (count < 2 || !vtune__disk_takes_iothread(asked) || plan->niothreads == 0 ||
	    vtune__target_has(host,
			      scsi ? VTUNE__FEATURE_SCSI_IOTHREADS : VTUNE__FEATURE_DISK_IOTHREADS))
		return 0;
	return vtune__plan_warn(plan, err, "iothreads",
				"Disk \"%s\" has one I/O thread and not %u: several need libvirt "
				"%s, which this host is not known to have",
				asked->target, count,
				scsi ? "11.2 and QEMU 10.0" : "10.0 and QEMU 9.0");
}

static int tune_iothreads(struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err)
{
	struct vtune__iothread_tuning tuning = spec->iothread_tuning;
	bool polls = tuning.said & VTUNE__POLL_SETTINGS;
	bool pools = tuning.said & VTUNE__POOL_SETTINGS;

	if (plan->niothreads == 0)
		return 0;
	if (polls && !vtune__target_has(host, VTUNE__FEATURE_IOTHREAD_POLL)) {
		tuning.said &= ~VTUNE__POLL_SETTINGS;
		if (vtune__plan_warn(plan, err, "iothreads",
				     "The polling of the I/O threads is left as it is: setting it "
				     "needs libvirt 9.4, which this host is not known to have") < 0)
			return -1;
	}
	if (pools && !vtune__target_has(host, VTUNE__FEATURE_IOTHREAD_POOL)) {
		tuning.said &= ~VTUNE__POOL_SETTINGS;
		if (vtune__plan_warn(plan, err, "iothreads",
				     "The thread pools of the I/O threads are left as they are: "
				     "setting them needs libvirt 8.5 and QEMU 7.1, which this host "
				     "is not known to have") < 0)
			return -1;
	}
	for (unsigned int i = 0; i < plan->niothreads; i++)
		plan->iothreads[i].tuning = tuning;
	return 0;
}

/* ---- cache, io, discard ---- */

/* Blocks that a file has to be given first keep native I/O waiting. */
static enum vtune__disk_io io_for(const struct vtune__disk_spec *disk)
{
	if (vtune__disk_cache_is_host(disk->cache))
		return VTUNE__IO_THREADS;
	if (disk->cache == VTUNE__CACHE_AUTO)
		return VTUNE__IO_AUTO;
	if (is_type(disk, "block") || strcmp(disk->format, "raw") == 0)
		return VTUNE__IO_NATIVE;
	return disk->format[0] ? VTUNE__IO_THREADS : VTUNE__IO_AUTO;
}

static void choose_driver(struct vtune__disk_spec *disk)
{
	bool block = is_type(disk, "block");

	if (disk->zeroes == VTUNE__ZEROES_UNMAP && disk->discard == VTUNE__DISCARD_AUTO)
		disk->discard = VTUNE__DISCARD_UNMAP;
	/* Native I/O is as good as asking for O_DIRECT. */
	if (disk->cache == VTUNE__CACHE_AUTO && disk->io == VTUNE__IO_NATIVE)
		disk->cache = VTUNE__CACHE_NONE;
	/* What stands in the domain is to be replaced. */
	if (disk->mended & VTUNE__MEND_IO)
		disk->io = VTUNE__IO_THREADS;
	if (!vtune__disk_is_fixed(disk) || (!block && !is_type(disk, "file")))
		return;
	if (disk->cache == VTUNE__CACHE_AUTO && block)
		disk->cache = VTUNE__CACHE_NONE;
	if (disk->io == VTUNE__IO_AUTO)
		disk->io = io_for(disk);
}

/* ---- queues ---- */

/* What another disk of the controller says. */
static unsigned int controller_queues(const struct vtune_spec *spec,
				      const struct vtune__disk_spec *disk)
{
	for (unsigned int i = 0; i < spec->ndisks; i++)
		if (vtune__disk_is_on(&spec->disks[i], "scsi") && spec->disks[i].queues > 0 &&
		    spec->disks[i].controller == disk->controller)
			return spec->disks[i].queues;
	return 0;
}

static void choose_queues(struct vtune__disk_spec *disk, const struct vtune_spec *spec,
			  const struct vtune__disk_spec *asked)
{
	bool scsi = vtune__disk_is_on(disk, "scsi");
	unsigned int most = scsi ? VTUNE__MAX_SCSI_QUEUES : VTUNE__MAX_QUEUES;

	if (disk->queues > 0 || !vtune__disk_takes_iothread(disk))
		return;
	if (scsi)
		disk->queues = controller_queues(spec, disk);
	/* Its controller may have none: one that says that it takes no thread. */
	if (disk->queues > 0 || (scsi && asked->iothreads == 0))
		return;
	if (spec->vcpus > 1)
		disk->queues = spec->vcpus < most ? spec->vcpus : most;
}

/* ---- all ---- */

static int warn_mended(struct vtune_plan *plan, const struct vtune__disk_spec *asked,
		       struct vtune_error **err)
{
	if ((asked->mended & VTUNE__MEND_IO) &&
	    vtune__plan_warn(plan, err, "disk",
			     "Disk \"%s\" has native I/O, which goes past the page cache of the "
			     "host, and the cache \"%s\", which does not: its I/O becomes threads",
			     asked->target, vtune__disk_caches[asked->cache]) < 0)
		return -1;
	if ((asked->mended & VTUNE__MEND_IOTHREAD) &&
	    vtune__plan_warn(plan, err, "disk",
			     "Disk \"%s\" names an I/O thread and cannot have one itself, only "
			     "virtio disks and SCSI controllers can: the name is taken out",
			     asked->target) < 0)
		return -1;
	if (!(asked->mended & VTUNE__MEND_QUEUES))
		return 0;
	return vtune__plan_warn(plan, err, "disk",
				"Disk \"%s\" has a number of queues, and only virtio disks and "
				"SCSI controllers have them: that is taken out",
				asked->target);
}

static int choose(struct vtune_plan *plan, const struct vtune_host *host,
		  const struct vtune_spec *spec, const struct vtune__disk_spec *asked,
		  struct vtune_error **err)
{
	struct vtune__disk_spec *disk = &plan->disks[plan->ndisks++];

	if (vtune__disk_copy(disk, asked, err) < 0 || take_iothreads(disk, plan, err) < 0)
		return -1;
	choose_driver(disk);
	choose_queues(disk, spec, asked);
	return warn_mended(plan, asked, err) < 0 ? -1 : warn_single(plan, host, asked, err);
}

int vtune__guest_disks(struct vtune_plan *plan, const struct vtune_host *host,
		       const struct vtune_spec *spec, struct vtune_error **err)
{
	if (tune_iothreads(plan, host, spec, err) < 0)
		return -1;
	if (!spec->ndisks)
		return 0;
	plan->disks = vtune__alloc(spec->ndisks, sizeof(*plan->disks), err);
	if (!plan->disks)
		return -1;
	for (unsigned int i = 0; i < spec->ndisks; i++)
		if (choose(plan, host, spec, &spec->disks[i], err) < 0)
			return -1;
	return 0;
}
