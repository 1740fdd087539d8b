/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: the CPU that the guest sees besides its topology, and its machine. */
#ifndef VTUNE_PLAN_CPU_H
#define VTUNE_PLAN_CPU_H

#include "../base/base.h"
#include "../spec/cpu.h"

struct vtune__plan_cpu {
	char *arch;    /* NULL: not known; one that vtune__arch_find() knows */
	char *machine; /* of a new domain; NULL: libvirt's default */
	char *model;   /* of the mode "custom", else NULL */
	struct vtune__cpu_features features;
	/* auto: whatever is there. passthrough holds where the domain has the host's CPU. */
	enum vtune__cpu_cache cache;
};

#endif
