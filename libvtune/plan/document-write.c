/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/write.h"
#include "document-write.h"

#include <string.h>

static struct json_object *write_cell(struct vtune__json_writer *w,
				      const struct vtune__plan_cell *cell, unsigned int id)
{
	struct json_object *object = vtune__json_new_object(w);
	struct json_object *memory = vtune__json_new_array(w);

	vtune__json_put_uint(w, object, "id", id);
	vtune__json_put_set(w, object, "vcpus", &cell->vcpus);
	vtune__json_put_uint(w, object, "node", cell->node);
	vtune__json_put_uint(w, object, "memory_kib", cell->memory_kib);
	vtune__json_put_uint(w, object, "page_kib", cell->page_kib);
	vtune__json_put(w, object, "memory", memory);
	for (unsigned int i = 0; i < cell->nmemory; i++) {
		struct json_object *part = vtune__json_new_object(w);

		vtune__json_put_uint(w, part, "node", cell->memory[i].node);
		vtune__json_put_uint(w, part, "size_kib", cell->memory[i].size_kib);
		vtune__json_append(w, memory, part);
	}
	return object;
}

static void write_cells(struct vtune__json_writer *w, struct json_object *root,
			const struct vtune_plan *plan)
{
	struct json_object *cells = vtune__json_new_array(w);
	struct json_object *vcpus = vtune__json_new_array(w);

	vtune__json_put(w, root, "cells", cells);
	for (unsigned int i = 0; i < plan->ncells; i++)
		vtune__json_append(w, cells, write_cell(w, &plan->cells[i], i));
	vtune__json_put(w, root, "vcpus", vcpus);
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		struct json_object *vcpu = vtune__json_new_object(w);

		vtune__json_put_uint(w, vcpu, "id", i);
		vtune__json_put_set(w, vcpu, "cpus", &plan->vcpus[i].cpus);
		vtune__json_put_uint(w, vcpu, "cell", plan->vcpus[i].cell);
		vtune__json_append(w, vcpus, vcpu);
	}
}

static void write_helpers(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune_plan *plan)
{
	struct json_object *emulator = vtune__json_new_object(w);
	struct json_object *iothreads = vtune__json_new_array(w);

	vtune__json_put(w, root, "emulator", emulator);
	vtune__json_put_set(w, emulator, "cpus", &plan->emulator);
	vtune__json_put(w, root, "iothreads", iothreads);
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		const struct vtune__plan_iothread *iothread = &plan->iothreads[i];
		struct json_object *object = vtune__json_new_object(w);
		struct json_object *disks = vtune__json_new_array(w);

		vtune__json_append(w, iothreads, object);
		vtune__json_put_uint(w, object, "id", iothread->id);
		vtune__json_put_set(w, object, "cpus", &iothread->cpus);
		vtune__json_put(w, object, "disks", disks);
		for (unsigned int disk = 0; disk < iothread->ndisks; disk++)
			vtune__json_append_string(w, disks, iothread->disks[disk]);
		vtune__spec_write_tuning(w, object, &iothread->tuning);
	}
}

static void write_guest(struct vtune__json_writer *w, struct json_object *root,
			const struct vtune_plan *plan)
{
	struct json_object *guest = vtune__json_new_object(w);

	vtune__json_put(w, root, "guest_topology", guest);
	vtune__json_put_uint(w, guest, "sockets", plan->guest.sockets);
	vtune__json_put_uint(w, guest, "dies", plan->guest.dies);
	if (plan->guest.clusters > 1)
		vtune__json_put_uint(w, guest, "clusters", plan->guest.clusters);
	vtune__json_put_uint(w, guest, "cores", plan->guest.cores);
	vtune__json_put_uint(w, guest, "threads", plan->guest.threads);
}

static void write_devices(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune_plan *plan)
{
	struct json_object *devices = vtune__json_new_array(w);

	vtune__json_put(w, root, "devices", devices);
	for (unsigned int i = 0; i < plan->ndevices; i++) {
		const struct vtune__plan_device *device = &plan->devices[i];
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, devices, object);
		vtune__json_put_string(w, object, "id", device->id);
		if (device->is_interface)
			vtune__json_put_uint(w, object, "interface", device->interface);
		if (device->unmanaged)
			vtune__json_put_bool(w, object, "managed", false);
		if (device->node < 0)
			continue;
		vtune__json_put_int(w, object, "node", device->node);
		vtune__json_put_int(w, object, "cell", device->cell);
		vtune__json_put_uint(w, object, "distance", device->distance);
	}
}

static void write_distances(struct vtune__json_writer *w, struct json_object *domain,
			    const struct vtune_plan *plan)
{
	struct json_object *rows = vtune__json_new_array(w);

	vtune__json_put(w, domain, "distances", rows);
	for (unsigned int from = 0; from < plan->ncells; from++) {
		struct json_object *row = vtune__json_new_array(w);

		vtune__json_append(w, rows, row);
		for (unsigned int to = 0; to < plan->ncells; to++)
			vtune__json_append_int(w, row, plan->distances[from * plan->ncells + to]);
	}
}

static void write_domain(struct vtune__json_writer *w, struct json_object *root,
			 const struct vtune_plan *plan)
{
	struct json_object *domain = vtune__json_new_object(w);

	vtune__json_put(w, root, "domain", domain);
	vtune__json_put_string(w, domain, "memory_mode",
			       vtune__memory_mode_names[plan->memory_mode]);
	if (plan->threads != VTUNE__PREFER)
		vtune__json_put_string(w, domain, "threads", vtune__threads_names[plan->threads]);
	if (plan->shares)
		vtune__json_put_uint(w, domain, "shares", plan->shares);
	vtune__json_put_bool(w, domain, "hugepages", plan->huge);
	if (plan->distances)
		write_distances(w, domain, plan);
}

static void write_cost(struct vtune__json_writer *w, struct json_object *root, const char *key,
		       const struct vtune__plan_cost *cost)
{
	struct json_object *object = vtune__json_new_object(w);

	vtune__json_put(w, root, key, object);
	vtune__json_put_int(w, object, "remote", cost->remote);
	vtune__json_put_int(w, object, "spread", cost->spread);
	vtune__json_put_int(w, object, "devices", cost->devices);
	vtune__json_put_int(w, object, "helpers", cost->helpers);
	vtune__json_put_int(w, object, "caches", cost->caches);
	vtune__json_put_int(w, object, "split_cores", cost->split_cores);
	vtune__json_put_int(w, object, "leftover", cost->leftover);
	vtune__json_put_int(w, object, "leftover_caches", cost->leftover_caches);
}

static void write_warnings(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_plan *plan)
{
	struct json_object *warnings = vtune__json_new_array(w);

	vtune__json_put(w, root, "warnings", warnings);
	for (unsigned int i = 0; i < plan->nwarnings; i++) {
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, warnings, object);
		vtune__json_put_string(w, object, "code", plan->warnings[i].code);
		vtune__json_put_string(w, object, "text", plan->warnings[i].text);
	}
}

static void write_reasons(struct vtune__json_writer *w, struct json_object *root,
			  const struct vtune_plan *plan)
{
	struct json_object *reasons = vtune__json_new_array(w);

	vtune__json_put(w, root, "reasons", reasons);
	for (unsigned int i = 0; i < plan->nreasons; i++) {
		const struct vtune__plan_reason *reason = &plan->reasons[i];
		struct json_object *object = vtune__json_new_object(w);
		bool is_memory = strcmp(reason->code, "memory") == 0;

		vtune__json_append(w, reasons, object);
		vtune__json_put_string(w, object, "code", reason->code);
		if (reason->cell >= 0)
			vtune__json_put_int(w, object, "cell", reason->cell);
		if (reason->node >= 0)
			vtune__json_put_int(w, object, "node", reason->node);
		vtune__json_put_uint(w, object, is_memory ? "need_kib" : "need", reason->need);
		vtune__json_put_uint(w, object, is_memory ? "have_kib" : "have", reason->have);
		vtune__json_put_string(w, object, "text", reason->text);
	}
}

static void write_would_fit(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_plan *plan)
{
	struct json_object *changes = vtune__json_new_array(w);

	vtune__json_put(w, root, "would_fit", changes);
	for (unsigned int i = 0; i < plan->nwould_fit; i++) {
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, changes, object);
		vtune__json_put_text(w, object, "change", plan->would_fit[i].patch);
		vtune__json_put_string(w, object, "text", plan->would_fit[i].text);
	}
}

static void write_placement(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_plan *plan)
{
	vtune__json_put_bool(w, root, "optimal", plan->optimal);
	write_cells(w, root, plan);
	write_helpers(w, root, plan);
	vtune__json_put_set(w, root, "held_cpus", &plan->held);
	write_guest(w, root, plan);
	write_devices(w, root, plan);
	write_domain(w, root, plan);
	vtune__plan_write_cpu(w, root, plan);
	vtune__plan_write_backing(w, root, plan);
	vtune__plan_write_schedule(w, root, plan);
	vtune__plan_write_disks(w, root, plan);
	vtune__plan_write_interfaces(w, root, plan);
	vtune__plan_write_pcie(w, root, plan);
	write_cost(w, root, "cost", &plan->cost);
	if (plan->has_bound)
		write_cost(w, root, "bound", &plan->bound);
	write_warnings(w, root, plan);
}

static struct json_object *write_plan(struct vtune__json_writer *w, const struct vtune_plan *plan)
{
	struct json_object *root = vtune__json_new_object(w);

	vtune__json_put_uint(w, root, "version", 1);
	vtune__json_put_string(w, root, "vm", plan->vm);
	vtune__json_put_bool(w, root, "fits", plan->fits);
	if (plan->fits) {
		write_placement(w, root, plan);
	} else {
		write_reasons(w, root, plan);
		write_would_fit(w, root, plan);
	}
	return root;
}

VTUNE_EXPORT char *vtune_plan_to_json(const struct vtune_plan *plan, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };

	if (!plan) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return vtune__json_write(&w, write_plan(&w, plan), err);
}

char *vtune__plan_to_compact_json(const struct vtune_plan *plan, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };

	return vtune__json_write_compact(&w, write_plan(&w, plan), err);
}
