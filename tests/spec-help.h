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
	}
	assert_int_equal(a->ninterfaces, b->ninterfaces);
	for (unsigned int i = 0; i < a->ninterfaces; i++)
		help_interfaces_equal(&a->interfaces[i], &b->interfaces[i]);
	assert_int_equal(a->nhostdevs, b->nhostdevs);
	for (unsigned int i = 0; i < a->nhostdevs; i++) {
		help_wishes_equal(&a->hostdevs[i], &b->hostdevs[i]);
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
	assert_int_equal(a->strategy, b->strategy);
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
