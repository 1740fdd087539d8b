/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: the PCI Express topology of the guest. */
#ifndef VTUNE_PLAN_PCIE_H
#define VTUNE_PLAN_PCIE_H

#include "../base/base.h"

struct vtune__plan_pcie {
	bool said; /* there is any of it */
};

#endif
