/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which I/O threads must serve which disks, and whether the plan has it so. */
#include <stdlib.h>
#include <string.h>

#include "../guest/guest.h"
#include "validate.h"

static bool has_thread(const struct vtune__check *check, unsigned int disk)
{
	return vtune__disk_takes_iothread(&check->spec->disks[disk]);
}

static bool is_scsi(const struct vtune__check *check, unsigned int disk)
{
	return strcmp(check->spec->disks[disk].bus, "scsi") == 0;
}

/* Both are one to libvirt: the disks of a SCSI controller. */
static bool is_one(const struct vtune__check *check, unsigned int a, unsigned int b)
{
	const struct vtune__disk_spec *disks = check->spec->disks;

	return a == b || (is_scsi(check, a) && is_scsi(check, b) &&
			  disks[a].controller == disks[b].controller);
}

static bool leads(const struct vtune__check *check, unsigned int disk)
{
	if (!has_thread(check, disk))
		return false;
	for (unsigned int i = 0; is_scsi(check, disk) && i < disk; i++)
		if (has_thread(check, i) && is_one(check, i, disk))
			return false;
	return true;
}

/* What the disks that are one with it say: how many threads, and which. */
static unsigned int demand(const struct vtune__check *check, unsigned int disk,
			   const struct vtune__set **ids)
{
	enum vtune__feature feature = is_scsi(check, disk) ? VTUNE__FEATURE_SCSI_IOTHREADS
							   : VTUNE__FEATURE_DISK_IOTHREADS;
	unsigned int most = 0;

	*ids = NULL;
	for (unsigned int i = disk; i < check->spec->ndisks; i++) {
		const struct vtune__disk_spec *it = &check->spec->disks[i];
		unsigned int count = vtune__set_count(&it->iothread);

		if (!has_thread(check, i) || !is_one(check, i, disk))
			continue;
		if (count > 0 && !*ids)
			*ids = &it->iothread;
		if (count == 0)
			count = it->iothreads;
		most = count > most ? count : most;
	}
	if (most > 1 && !vtune__target_has(check->host, feature))
		most = 1;
	return most < check->plan->niothreads ? most : check->plan->niothreads;
}

static int node_of(const struct vtune__check *check, unsigned int disk)
{
	unsigned int end = is_scsi(check, disk) ? check->spec->ndisks : disk + 1;

	for (unsigned int i = disk; i < end; i++) {
		const char *source = check->spec->disks[i].source;
		const struct vtune__device *device;

		if (!source[0] || !has_thread(check, i) || !is_one(check, i, disk))
			continue;
		device = vtune__topology_device(check->topology, source);
		if (device && device->node >= 0)
			return device->node;
	}
	return -1;
}

static void give(const struct vtune__check *check, unsigned int disk, unsigned int thread,
		 unsigned int *load)
{
	load[thread]++;
	for (unsigned int i = disk; i < check->spec->ndisks; i++)
		if (has_thread(check, i) && is_one(check, i, disk))
			check->serves[(size_t)i * check->plan->niothreads + thread] = true;
}

/* To those that serve the fewest so far, of these the lowest. */
static void give_evenly(const struct vtune__check *check, unsigned int disk, unsigned int count,
			unsigned int *load)
{
	unsigned int nthreads = check->plan->niothreads;

	for (unsigned int least = 0; count > 0; least++) {
		for (unsigned int thread = 0; thread < nthreads && count > 0; thread++) {
			if (load[thread] != least ||
			    check->serves[(size_t)disk * nthreads + thread])
				continue;
			give(check, disk, thread, load);
			count--;
		}
	}
}

static void give_named(const struct vtune__check *check, unsigned int disk, unsigned int count,
		       const struct vtune__set *ids, unsigned int *load)
{
	for (unsigned int thread = 0; thread < check->plan->niothreads && count > 0; thread++) {
		if (!vtune__set_has(ids, check->plan->iothreads[thread].id))
			continue;
		give(check, disk, thread, load);
		count--;
	}
}

/* Nothing is said of any, they are more than the threads, and on several nodes. */
static bool by_node(const struct vtune__check *check)
{
	const struct vtune__set *ids;
	unsigned int leaders = 0;
	int first = -1;
	bool several = false;

	for (unsigned int disk = 0; disk < check->spec->ndisks; disk++) {
		int node;

		if (!leads(check, disk))
			continue;
		if (demand(check, disk, &ids) != 1 || ids)
			return false;
		leaders++;
		node = node_of(check, disk);
		first = first < 0 ? node : first;
		several |= node >= 0 && node != first;
	}
	return several && leaders > check->plan->niothreads;
}

static void deal_by_node(const struct vtune__check *check, unsigned int *load)
{
	unsigned int nthreads = check->plan->niothreads, leaders = 0, place = 0;

	for (unsigned int disk = 0; disk < check->spec->ndisks; disk++)
		leaders += leads(check, disk);
	for (unsigned int n = 0; n <= check->topology->nnodes; n++) {
		int node = n < check->topology->nnodes ? (int)n : -1;

		for (unsigned int disk = 0; disk < check->spec->ndisks; disk++) {
			unsigned int thread = 0, end = 0;

			if (!leads(check, disk) || node_of(check, disk) != node)
				continue;
			/* The thread whose share the place is in. */
			while ((end += leaders / nthreads + (thread < leaders % nthreads)) <= place)
				thread++;
			give(check, disk, thread, load);
			place++;
		}
	}
}

static void deal_round(const struct vtune__check *check, unsigned int *load)
{
	const struct vtune__set *ids;

	for (int pass = 0; pass < 2; pass++) {
		for (unsigned int disk = 0; disk < check->spec->ndisks; disk++) {
			unsigned int count;

			if (!leads(check, disk))
				continue;
			count = demand(check, disk, &ids);
			if (pass == 0 && ids)
				give_named(check, disk, count, ids, load);
			else if (pass == 1 && !ids)
				give_evenly(check, disk, count, load);
		}
	}
}

static int deal(struct vtune__check *check)
{
	unsigned int *load = vtune__alloc(check->plan->niothreads, sizeof(*load), check->err);

	if (!load)
		return -1;
	if (by_node(check))
		deal_by_node(check, load);
	else
		deal_round(check, load);
	free(load);
	return 0;
}

int vtune__check_deal_disks(struct vtune__check *check)
{
	size_t count = (size_t)check->spec->ndisks * check->plan->niothreads;

	check->serves = vtune__alloc(count, sizeof(*check->serves), check->err);
	if (!check->serves)
		return -1;
	return check->plan->niothreads > 0 ? deal(check) : 0;
}

static int check_thread(const struct vtune__check *check, unsigned int index)
{
	const struct vtune__plan_iothread *thread = &check->plan->iothreads[index];
	unsigned int found = 0;

	for (unsigned int disk = 0; disk < check->spec->ndisks; disk++) {
		const char *target = check->spec->disks[disk].target;

		if (!check->serves[(size_t)disk * check->plan->niothreads + index])
			continue;
		if (found >= thread->ndisks || strcmp(thread->disks[found++], target) != 0)
			return vtune__check_fail(check, "iothreads", (int)index, "disks",
						 "disk \"%.100s\" is missing, or not in the order "
						 "of the spec",
						 target);
	}
	if (found == thread->ndisks)
		return 0;
	return vtune__check_fail(check, "iothreads", (int)index, "disks",
				 "it serves %u disks, not %u", found, thread->ndisks);
}

/* What the plan says of the disk itself is what its I/O threads say. */
static int check_disk(const struct vtune__check *check, unsigned int disk)
{
	const struct vtune__disk_spec *it = &check->plan->disks[disk];
	unsigned int served = 0;

	if (strcmp(it->target, check->spec->disks[disk].target) != 0)
		return vtune__check_fail(check, "disks", (int)disk, "target",
					 "the spec has \"%.100s\" here",
					 check->spec->disks[disk].target);
	for (unsigned int i = 0; i < check->plan->niothreads; i++) {
		bool serves = check->serves[(size_t)disk * check->plan->niothreads + i];

		served += serves;
		if (serves && !vtune__set_has(&it->iothread, check->plan->iothreads[i].id))
			return vtune__check_fail(check, "disks", (int)disk, "iothread",
						 "I/O thread %u serves it",
						 check->plan->iothreads[i].id);
	}
	if (vtune__set_count(&it->iothread) == served)
		return 0;
	return vtune__check_fail(check, "disks", (int)disk, "iothread",
				 "%u I/O threads serve it, not %u", served,
				 vtune__set_count(&it->iothread));
}

int vtune__check_disks(const struct vtune__check *check)
{
	/* A plan may say nothing of how they are set. */
	if (check->plan->ndisks > 0 && check->plan->ndisks != check->spec->ndisks)
		return vtune__check_fail(check, "disks", -1, NULL,
					 "the plan has %u disks, the spec %u", check->plan->ndisks,
					 check->spec->ndisks);
	for (unsigned int i = 0; i < check->plan->ndisks; i++)
		if (check_disk(check, i) < 0)
			return -1;
	for (unsigned int i = 0; i < check->plan->niothreads; i++)
		if (check_thread(check, i) < 0)
			return -1;
	return 0;
}
