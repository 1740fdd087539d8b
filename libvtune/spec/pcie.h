/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: the PCI Express topology of the guest. */
#ifndef VTUNE_SPEC_PCIE_H
#define VTUNE_SPEC_PCIE_H

#include "../base/base.h"

enum vtune__expanders { VTUNE__EXPANDERS_AUTO, VTUNE__EXPANDERS_NONE };

/* The slots of an expander bus, and so the most ports behind one. */
#define VTUNE__PCIE_SLOTS 32
/* A guest has 256 bus numbers, of which each port needs one. */
#define VTUNE__MAX_SPARE_PORTS 64

struct vtune__pcie_spec {
	bool said; /* the document says any of it */
	enum vtune__expanders expanders;
	unsigned int spare_ports;	       /* of the guest's own root complex */
	unsigned int spare_ports_per_expander; /* behind each expander bus */
};

#endif
