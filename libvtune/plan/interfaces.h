/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan gives: network interfaces. */
#ifndef VTUNE_PLAN_INTERFACES_H
#define VTUNE_PLAN_INTERFACES_H

#include "../spec/spec.h"

struct vtune__plan_interface {
	char mac[VTUNE__MAC_SIZE]; /* "": the next one that suits */
	enum vtune__interface_type type;
	char *source; /* "" none */
	enum vtune__interface_mode mode;
	char *device;			     /* the PCI address of a host device; "" none */
	char *model;			     /* "": virtio where it is new, else its own */
	enum vtune__interface_driver driver; /* AUTO: none is said */
	unsigned int queues, rx_queue_size, tx_queue_size, mtu; /* 0: not said */
	bool openvswitch;
	unsigned int vlan; /* 0: none */
};

#endif
