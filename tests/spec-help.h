/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Specs in tests. Include it behind cmocka.h. */
#ifndef VTUNE_TESTS_SPEC_HELP_H
#define VTUNE_TESTS_SPEC_HELP_H

#include <stdlib.h>
#include <string.h>

#include "spec/spec.h"

static inline struct vtune_spec *help_spec(const char *json)
{
	struct vtune_error *err = NULL;
	struct vtune_spec *spec = vtune_spec_from_json(json, &err);

	if (!spec)
		fail_msg("%s: %s in %s", vtune_error_get_where(err), vtune_error_get_message(err),
			 json);
	return spec;
}

static inline char *help_spec_text(const struct vtune_spec *spec)
{
	struct vtune_error *err = NULL;
	char *text = vtune_spec_to_json(spec, &err);

	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	assert_null(err);
	return text;
}

static inline void help_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static inline void help_wishes_equal(const struct vtune__hostdev_spec *a,
				     const struct vtune__hostdev_spec *b)
{
	help_same_text(a->id, b->id);
	help_same_text(a->pf, b->pf);
	help_same_text(a->class, b->class);
	help_same_text(a->vendor, b->vendor);
	help_same_text(a->product, b->product);
	assert_int_equal(a->nids, b->nids);
	for (unsigned int i = 0; i < a->nids; i++)
		assert_string_equal(a->ids[i], b->ids[i]);
	assert_int_equal(a->count, b->count);
	assert_int_equal(a->affinity, b->affinity);
	assert_int_equal(a->unmanaged, b->unmanaged);
}

static inline void help_interfaces_equal(const struct vtune__interface_spec *a,
					 const struct vtune__interface_spec *b)
{
	assert_string_equal(a->mac, b->mac);
	assert_int_equal(a->type, b->type);
	assert_string_equal(a->source, b->source);
	assert_int_equal(a->mode, b->mode);
	assert_string_equal(a->model, b->model);
	assert_int_equal(a->driver, b->driver);
	assert_int_equal(a->queues, b->queues);
	assert_int_equal(a->rx_queue_size, b->rx_queue_size);
	assert_int_equal(a->tx_queue_size, b->tx_queue_size);
	assert_int_equal(a->mtu, b->mtu);
	assert_int_equal(a->openvswitch, b->openvswitch);
	assert_int_equal(a->vlan, b->vlan);
	assert_int_equal(a->has_device, b->has_device);
	if (!a->has_device)
		return;
	help_wishes_equal(&a->device, &b->device);
}

static inline void help_lists_equal(const struct vtune_spec *a, const struct vtune_spec *b)
{
	assert_int_equal(a->cell_count, b->cell_count);
	assert_int_equal(!a->cells, !b->cells);
	for (unsigned int i = 0; a->cells && i < a->cell_count; i++) {
		assert_true(vtune__set_equal(&a->cells[i].vcpus, &b->cells[i].vcpus));
		assert_int_equal(a->cells[i].memory_kib, b->cells[i].memory_kib);
	}
	assert_int_equal(a->ndisks, b->ndisks);
	for (unsigned int i = 0; i < a->ndisks; i++) {
		assert_string_equal(a->disks[i].target, b->disks[i].target);
		assert_string_equal(a->disks[i].bus, b->disks[i].bus);
		assert_string_equal(a->disks[i].type, b->disks[i].type);
		assert_string_equal(a->disks[i].source, b->disks[i].source);
		assert_string_equal(a->disks[i].format, b->disks[i].format);
		assert_int_equal(a->disks[i].device, b->disks[i].device);
		assert_int_equal(a->disks[i].cache, b->disks[i].cache);
		assert_int_equal(a->disks[i].io, b->disks[i].io);
		assert_int_equal(a->disks[i].discard, b->disks[i].discard);
		assert_int_equal(a->disks[i].zeroes, b->disks[i].zeroes);
		assert_int_equal(a->disks[i].queues, b->disks[i].queues);
		assert_int_equal(a->disks[i].queue_size, b->disks[i].queue_size);
		assert_true(vtune__set_equal(&a->disks[i].iothread, &b->disks[i].iothread));
		assert_int_equal(a->disks[i].iothreads, b->disks[i].iothreads);
		assert_int_equal(a->disks[i].controller, b->disks[i].controller);
		assert_int_equal(a->disks[i].rawio, b->disks[i].rawio);
		assert_int_equal(a->disks[i].readonly, b->disks[i].readonly);
	}
	assert_int_equal(a->ninterfaces, b->ninterfaces);
	for (unsigned int i = 0; i < a->ninterfaces; i++)
		help_interfaces_equal(&a->interfaces[i], &b->interfaces[i]);
	assert_int_equal(a->nhostdevs, b->nhostdevs);
	for (unsigned int i = 0; i < a->nhostdevs; i++) {
		help_wishes_equal(&a->hostdevs[i], &b->hostdevs[i]);
	}
}

static inline void help_threads_equal(const struct vtune__schedule_spec *a,
				      const struct vtune__schedule_spec *b)
{
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		assert_int_equal(a->bandwidth[i].period, b->bandwidth[i].period);
		assert_int_equal(a->bandwidth[i].quota, b->bandwidth[i].quota);
	}
	assert_true(vtune__set_equal(&a->realtime.vcpus, &b->realtime.vcpus));
	assert_int_equal(a->realtime.scheduler, b->realtime.scheduler);
	assert_int_equal(a->realtime.priority, b->realtime.priority);
	assert_int_equal(a->realtime.emulator, b->realtime.emulator);
	assert_int_equal(a->realtime.iothreads, b->realtime.iothreads);
	assert_int_equal(a->unlocked, b->unlocked);
}

static inline void help_backings_equal(const struct vtune__backing_spec *a,
				       const struct vtune__backing_spec *b)
{
	assert_int_equal(a->locked, b->locked);
	assert_int_equal(a->nosharepages, b->nosharepages);
	assert_int_equal(a->shared, b->shared);
	assert_int_equal(a->source, b->source);
	assert_int_equal(a->allocation, b->allocation);
	assert_int_equal(a->allocation_threads, b->allocation_threads);
	assert_int_equal(a->max_memory_kib, b->max_memory_kib);
	assert_int_equal(a->slots, b->slots);
	assert_int_equal(a->limits.hard_kib, b->limits.hard_kib);
	assert_int_equal(a->limits.soft_kib, b->limits.soft_kib);
	assert_int_equal(a->limits.swap_hard_kib, b->limits.swap_hard_kib);
}

static inline void help_names_equal(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static inline void help_cpus_equal(const struct vtune__cpu_spec *a, const struct vtune__cpu_spec *b)
{
	help_names_equal(a->model, b->model);
	help_names_equal(a->machine, b->machine);
	assert_int_equal(a->cache, b->cache);
	assert_int_equal(a->features.count, b->features.count);
	for (unsigned int i = 0; i < a->features.count; i++) {
		assert_string_equal(a->features.list[i].name, b->features.list[i].name);
		assert_int_equal(a->features.list[i].policy, b->features.list[i].policy);
	}
}

static inline void help_specs_equal(const struct vtune_spec *a, const struct vtune_spec *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->vcpus, b->vcpus);
	assert_int_equal(a->memory_kib, b->memory_kib);
	assert_int_equal(a->policy, b->policy);
	assert_true(vtune__set_equal(&a->dedicated, &b->dedicated));
	assert_int_equal(a->threads, b->threads);
	assert_int_equal(a->has_cpu_mode, b->has_cpu_mode);
	assert_int_equal(a->cpu_mode, b->cpu_mode);
	help_cpus_equal(&a->cpu, &b->cpu);
	assert_int_equal(a->shares, b->shares);
	assert_int_equal(a->cells_kind, b->cells_kind);
	assert_int_equal(a->mode, b->mode);
	assert_int_equal(a->has_nodes, b->has_nodes);
	assert_true(vtune__set_equal(&a->nodes, &b->nodes));
	assert_int_equal(a->max_distance, b->max_distance);
	assert_int_equal(a->hugepages, b->hugepages);
	assert_int_equal(a->page_kib, b->page_kib);
	assert_int_equal(a->emulator, b->emulator);
	assert_int_equal(a->iothread_count, b->iothread_count);
	assert_int_equal(a->iothreads_auto, b->iothreads_auto);
	assert_int_equal(a->iothreads, b->iothreads);
	for (unsigned int i = 0; i < a->iothread_count; i++)
		assert_int_equal(vtune__spec_iothread_id(a, i), vtune__spec_iothread_id(b, i));
	assert_int_equal(a->iothread_tuning.said, b->iothread_tuning.said);
	assert_memory_equal(a->iothread_tuning.value, b->iothread_tuning.value,
			    sizeof(a->iothread_tuning.value));
	assert_int_equal(a->strategy, b->strategy);
	help_threads_equal(&a->schedule, &b->schedule);
	help_backings_equal(&a->backing, &b->backing);
	assert_int_equal(a->pcie.said, b->pcie.said);
	assert_int_equal(a->pcie.expanders, b->pcie.expanders);
	assert_int_equal(a->pcie.spare_ports, b->pcie.spare_ports);
	assert_int_equal(a->pcie.spare_ports_per_expander, b->pcie.spare_ports_per_expander);
	help_lists_equal(a, b);
}

/* It is written, read again equal, and then written the same to the byte. */
static inline void help_spec_is_sound(const struct vtune_spec *spec)
{
	char *text = help_spec_text(spec), *again;
	struct vtune_spec *read = help_spec(text);

	help_specs_equal(spec, read);
	again = help_spec_text(read);
	assert_string_equal(again, text);
	free(again);
	free(text);
	vtune_spec_free(read);
}

#endif
