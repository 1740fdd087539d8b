/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: what lies under the memory of the guest: locking, sharing, room for
 * hotplug, limits. */
#ifndef VTUNE_SPEC_BACKING_H
#define VTUNE_SPEC_BACKING_H

#include "../base/base.h"

enum vtune__said { VTUNE__UNSAID, VTUNE__NO, VTUNE__YES };
/* "auto" is what nobody has said. */
enum vtune__memory_source {
	VTUNE__SOURCE_AUTO,
	VTUNE__SOURCE_MEMFD,
	VTUNE__SOURCE_FILE,
	VTUNE__SOURCE_ANONYMOUS,
};
enum vtune__allocation_mode {
	VTUNE__ALLOCATION_AUTO,
	VTUNE__ALLOCATION_IMMEDIATE,
	VTUNE__ALLOCATION_ONDEMAND,
};

/* The words of the documents and of libvirt for each, NULL at the end. */
extern const char *const vtune__memory_source_names[];
extern const char *const vtune__allocation_mode_names[];

struct vtune__memory_limits {
	uint64_t hard_kib, soft_kib, swap_hard_kib; /* 0: not said */
};

struct vtune__backing_spec {
	enum vtune__said locked, nosharepages;
	enum vtune__said shared; /* UNSAID: "auto" */
	enum vtune__memory_source source;
	enum vtune__allocation_mode allocation;
	unsigned int allocation_threads; /* 0: not said */
	uint64_t max_memory_kib;	 /* 0: no hotplug */
	unsigned int slots;
	struct vtune__memory_limits limits;
};

/* QEMU's ACPI_MAX_RAM_SLOTS. */
#define VTUNE__MAX_SLOTS 256
#define VTUNE__DEFAULT_SLOTS 16
/* More than any host has CPUs to spare for it. */
#define VTUNE__MAX_ALLOCATION_THREADS 1024

#endif
