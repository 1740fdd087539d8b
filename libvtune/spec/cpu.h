/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: the CPU that the guest sees. */
#ifndef VTUNE_SPEC_CPU_H
#define VTUNE_SPEC_CPU_H

#include "../base/base.h"

struct vtune__cpu_spec {
	bool said; /* the document says any of it */
};

#endif
