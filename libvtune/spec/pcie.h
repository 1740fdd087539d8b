/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: the PCI Express topology of the guest. */
#ifndef VTUNE_SPEC_PCIE_H
#define VTUNE_SPEC_PCIE_H

#include "../base/base.h"

struct vtune__pcie_spec {
	bool said; /* the document says any of it */
};

#endif
