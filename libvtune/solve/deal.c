/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which I/O threads serve which disks. */
#include "../guest/guest.h"
#include "solve.h"

#define TAKE(scene, count, type) vtune__arena_take((scene)->arena, (count), sizeof(type))

/* A virtio disk, or the disks of a SCSI controller. */
struct unit {
	unsigned int first; /* its first disk */
	unsigned int threads;
	bool fixed; /* threads that the spec names */
	int node;   /* index, of its first disk that has a known one; -1 */
};

struct deal {
	const struct vtune__scene *scene;
	const struct vtune_spec *spec;
	struct unit *units;
	unsigned int nunits, nthreads;
	unsigned int *load; /* by thread: the units it serves */
	unsigned int *ids;  /* likewise: its id */
	int *unit;	    /* by disk; -1: no I/O thread */
};

static int node_of(const struct deal *d, const struct vtune__disk_spec *disk)
{
	const struct vtune__device *device = NULL;

	if (disk->source[0])
		device = vtune__topology_device(d->scene->topology, disk->source);
	return device ? device->node : -1;
}

/* Several, where the target has that. */
static bool may_have_several(const struct deal *d, const struct vtune__disk_spec *disk)
{
	return vtune__target_has(d->scene->host, vtune__disk_is_on(disk, "scsi")
							 ? VTUNE__FEATURE_SCSI_IOTHREADS
							 : VTUNE__FEATURE_DISK_IOTHREADS);
}

static void add_disk(struct deal *d, unsigned int disk)
{
	const struct vtune__disk_spec *it = &d->spec->disks[disk];
	unsigned int first = vtune__spec_controller_first(d->spec, disk);
	struct unit *unit;
	unsigned int own;

	if (first == disk) {
		d->unit[disk] = (int)d->nunits;
		d->units[d->nunits++] = (struct unit){ .first = disk, .node = -1 };
	} else {
		d->unit[disk] = d->unit[first];
	}
	unit = &d->units[d->unit[disk]];
	if (unit->node < 0)
		unit->node = node_of(d, it);
	own = vtune__set_count(&it->iothread);
	unit->fixed |= own > 0;
	own = own > 0 ? own : it->iothreads;
	unit->threads = own > unit->threads ? own : unit->threads;
	if (unit->threads > 1 && !may_have_several(d, it))
		unit->threads = 1;
	if (unit->threads > d->nthreads)
		unit->threads = d->nthreads;
}

static void serve(struct deal *d, unsigned int unit, unsigned int thread)
{
	unsigned int disk = d->units[unit].first;

	d->load[thread]++;
	for (; disk < d->spec->ndisks; disk++)
		if (d->unit[disk] == (int)unit)
			d->scene->serves[(size_t)disk * d->nthreads + thread] = 1;
}

static bool is_served(const struct deal *d, unsigned int unit, unsigned int thread)
{
	return vtune__scene_serves(d->scene, thread, d->units[unit].first);
}

/* The threads that a disk of the unit names, the lowest first. */
static void serve_fixed(struct deal *d, unsigned int unit)
{
	const struct vtune__set *ids = NULL;
	unsigned int left = d->units[unit].threads;

	for (unsigned int disk = 0; disk < d->spec->ndisks && !ids; disk++)
		if (d->unit[disk] == (int)unit &&
		    !vtune__set_is_empty(&d->spec->disks[disk].iothread))
			ids = &d->spec->disks[disk].iothread;
	for (unsigned int thread = 0; ids && thread < d->nthreads && left > 0; thread++) {
		if (!vtune__set_has(ids, d->ids[thread]))
			continue;
		serve(d, unit, thread);
		left--;
	}
}

static void serve_least_loaded(struct deal *d, unsigned int unit)
{
	for (unsigned int left = d->units[unit].threads; left > 0; left--) {
		int best = -1;

		for (unsigned int thread = 0; thread < d->nthreads; thread++)
			if (!is_served(d, unit, thread) &&
			    (best < 0 || d->load[thread] < d->load[best]))
				best = (int)thread;
		if (best >= 0)
			serve(d, unit, (unsigned int)best);
	}
}

/* More disks than threads, on several nodes, and nothing said of any. */
static bool goes_by_node(const struct deal *d)
{
	bool several = false;
	int node = -1;

	for (unsigned int i = 0; i < d->nunits; i++) {
		if (d->units[i].fixed || d->units[i].threads != 1)
			return false;
		if (d->units[i].node < 0)
			continue;
		several |= node >= 0 && d->units[i].node != node;
		node = d->units[i].node;
	}
	return several && d->nunits > d->nthreads;
}

/* The units in the order of their nodes, the unknown ones last: each thread takes its
 * even share of that, so that those of one node are together. */
static void deal_by_node(struct deal *d)
{
	unsigned int share = d->nunits / d->nthreads, longer = d->nunits % d->nthreads;
	unsigned int nnodes = d->scene->nnodes, thread = 0, taken = 0;

	for (unsigned int n = 0; n <= nnodes; n++) {
		int node = n < nnodes ? (int)n : -1;

		for (unsigned int unit = 0; unit < d->nunits; unit++) {
			if (d->units[unit].node != node)
				continue;
			serve(d, unit, thread);
			if (++taken == share + (thread < longer)) {
				thread++;
				taken = 0;
			}
		}
	}
}

static void deal(struct deal *d)
{
	for (unsigned int disk = 0; disk < d->spec->ndisks; disk++) {
		d->unit[disk] = -1;
		if (vtune__disk_takes_iothread(&d->spec->disks[disk]))
			add_disk(d, disk);
	}
	if (goes_by_node(d)) {
		deal_by_node(d);
		return;
	}
	for (unsigned int unit = 0; unit < d->nunits; unit++)
		if (d->units[unit].fixed)
			serve_fixed(d, unit);
	for (unsigned int unit = 0; unit < d->nunits; unit++)
		if (!d->units[unit].fixed)
			serve_least_loaded(d, unit);
}

int vtune__scene_deal(struct vtune__scene *scene)
{
	const struct vtune_spec *spec = scene->spec;
	struct deal d = { .scene = scene, .spec = spec, .nthreads = spec->iothread_count };

	scene->serves = TAKE(scene, (size_t)spec->ndisks * d.nthreads, *scene->serves);
	if (!scene->serves)
		return -1;
	if (!spec->ndisks || !d.nthreads)
		return 0;
	d.units = TAKE(scene, spec->ndisks, *d.units);
	d.unit = TAKE(scene, spec->ndisks, *d.unit);
	d.load = TAKE(scene, d.nthreads, *d.load);
	d.ids = TAKE(scene, d.nthreads, *d.ids);
	if (!d.units || !d.unit || !d.load || !d.ids)
		return -1;
	for (unsigned int i = 0; i < d.nthreads; i++)
		d.ids[i] = vtune__spec_iothread_id(spec, i);
	deal(&d);
	return 0;
}
