/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: network interfaces. */
#ifndef VTUNE_SPEC_INTERFACES_H
#define VTUNE_SPEC_INTERFACES_H

#include "../base/base.h"

struct vtune__interface_spec {
	bool said; /* the document says any of it */
};

#endif
