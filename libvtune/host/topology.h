/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building the topology, between the files topology*.c. */
#ifndef VTUNE_TOPOLOGY_H
#define VTUNE_TOPOLOGY_H

#include "host.h"

/* ---- topology-devices.c; needs the nodes ---- */

int vtune__topology_add_devices(struct vtune__topology *topology, const struct vtune__draft *draft,
				struct vtune_error **err);

#endif
