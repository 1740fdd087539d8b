/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt and QEMU take for guests of an architecture; of one that is not known here,
 * as for x86. */
#ifndef VTUNE_ARCH_H
#define VTUNE_ARCH_H

#include <stdbool.h>

struct vtune__arch {
	const char *name;    /* as libvirt calls it */
	const char *machine; /* the machine type of a new domain */
	bool has_numa;	     /* guests have NUMA cells */
	bool has_cache;	     /* libvirt's <cache>; with it go x86's CPUID features */
	bool has_dies, has_clusters;
	unsigned int max_threads; /* of a guest's core */
	bool even_threads;	  /* a power of two of them */
	bool has_acpi;		  /* also without another firmware than the default */
	/* A guest cell has whole ones; 0: of 1 MiB, which is too little to speak of. */
	unsigned int memory_block_kib;
};

/* NULL: not known; so it is with the name NULL. */
const struct vtune__arch *vtune__arch_find(const char *name);

#endif
