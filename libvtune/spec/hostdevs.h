/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: devices of the host. */
#ifndef VTUNE_SPEC_HOSTDEVS_H
#define VTUNE_SPEC_HOSTDEVS_H

#include "../base/base.h"

struct vtune_spec;

enum vtune__affinity { VTUNE__AFFINITY_REQUIRE, VTUNE__AFFINITY_PREFER, VTUNE__AFFINITY_NONE };

/* A wish for one device, or for several of those that match. */
struct vtune__hostdev_spec {
	char *id; /* NULL: any device that all of these match that are not NULL */
	char *pf, *class, *vendor, *product;
	char **ids; /* one of these; NULL: of all */
	unsigned int nids;
	unsigned int count; /* 1 with an id */
	enum vtune__affinity affinity;
	bool unmanaged; /* libvirt does not take it from the host's driver */
};

/* All counts of a VM's wishes together: more than any guest has slots for. */
#define VTUNE__MAX_DEVICES_WISHED 4096
/* The same of those that leave a choice; the search for the best one grows with it. */
#define VTUNE__MAX_DEVICES_CHOSEN 256

/* ---- wishes.c: all wishes for devices of the host, wherever in the spec they stand ---- */

unsigned int vtune__spec_wish_count(const struct vtune_spec *spec);
const struct vtune__hostdev_spec *vtune__spec_wish(const struct vtune_spec *spec,
						   unsigned int which);
/* The interface that the wish is of, or -1: it is a host device. */
int vtune__spec_wish_interface(const struct vtune_spec *spec, unsigned int which);
/* How many devices are wished for in all. */
unsigned int vtune__spec_devices_wished(const struct vtune_spec *spec);
/* What is wished for, for people: "device 0000:41:00.0", "devices of class display". */
void vtune__spec_add_wish(struct vtune__text *text, const struct vtune__hostdev_spec *wish);

/* ---- read-hostdevs.c ---- */

void vtune__spec_free_device_wish(struct vtune__hostdev_spec *wish); /* the contents */

#endif
