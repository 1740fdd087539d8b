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
	assert_int_equal(a->nhostdevs, b->nhostdevs);
	for (unsigned int i = 0; i < a->nhostdevs; i++) {
		assert_string_equal(a->hostdevs[i].id, b->hostdevs[i].id);
		assert_int_equal(a->hostdevs[i].affinity, b->hostdevs[i].affinity);
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
