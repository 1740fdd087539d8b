/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: network interfaces. */
#ifndef VTUNE_SPEC_INTERFACES_H
#define VTUNE_SPEC_INTERFACES_H

#include "hostdevs.h"

enum vtune__interface_type {
	VTUNE__INTERFACE_UNSAID,
	VTUNE__INTERFACE_NETWORK,
	VTUNE__INTERFACE_BRIDGE,
	VTUNE__INTERFACE_DIRECT,
	VTUNE__INTERFACE_ETHERNET,
	VTUNE__INTERFACE_USER,
	VTUNE__INTERFACE_VHOSTUSER,
	VTUNE__INTERFACE_VDPA,
	VTUNE__INTERFACE_HOSTDEV,
};

enum vtune__interface_mode {
	VTUNE__INTERFACE_NO_MODE,
	VTUNE__INTERFACE_CLIENT, /* of vhostuser */
	VTUNE__INTERFACE_SERVER,
	VTUNE__INTERFACE_VEPA, /* of direct */
	VTUNE__INTERFACE_BRIDGE_MODE,
	VTUNE__INTERFACE_PRIVATE,
	VTUNE__INTERFACE_PASSTHROUGH,
};

enum vtune__interface_driver {
	VTUNE__INTERFACE_AUTO,
	VTUNE__INTERFACE_VHOST,
	VTUNE__INTERFACE_QEMU,
};

/* The words of the document; the first of types and modes is "", for none. */
extern const char *const vtune__interface_types[];
extern const char *const vtune__interface_modes[];
extern const char *const vtune__interface_drivers[];

#define VTUNE__MAC_SIZE 18
/* MAX_TAP_QUEUES of the kernel. */
#define VTUNE__MAX_INTERFACE_QUEUES 256
/* What QEMU takes for a ring of virtio-net. */
#define VTUNE__MIN_RING 256
#define VTUNE__MAX_RING 1024
/* The least that IPv4 works with, and the most that the device can say. */
#define VTUNE__MIN_MTU 68
#define VTUNE__MAX_MTU 65535
#define VTUNE__MAX_VLAN 4094
/* The model of an interface that says none: what the hypervisor takes. */
#define VTUNE__MODEL_DEFAULT "default"

struct vtune__interface_spec {
	char mac[VTUNE__MAC_SIZE]; /* in small letters; "" not said */
	enum vtune__interface_type type;
	char *source; /* network, bridge, device or path of a socket; "" not said */
	enum vtune__interface_mode mode;
	char *model; /* "" not said */
	enum vtune__interface_driver driver;
	unsigned int queues;				/* 0: auto */
	unsigned int rx_queue_size, tx_queue_size, mtu; /* 0: not said */
	bool openvswitch;
	unsigned int vlan; /* 0: none */
	bool has_device;
	struct vtune__hostdev_spec device; /* with has_device */
	/* By rule of interface-rules.c: a domain broke it, and this interface does not. */
	uint32_t mended;
};

#endif
