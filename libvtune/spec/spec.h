/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one VM asks for, read and checked. */
#ifndef VTUNE_SPEC_H
#define VTUNE_SPEC_H

#include "../base/base.h"
#include "backing.h"
#include "cpu.h"
#include "disks.h"
#include "hostdevs.h"
#include "interfaces.h"
#include "pcie.h"
#include "schedule.h"

/* In each enum the first value is the default. */
enum vtune__cpu_policy { VTUNE__DEDICATED, VTUNE__SHARED, VTUNE__MIXED };
enum vtune__threads { VTUNE__PREFER, VTUNE__REQUIRE, VTUNE__ISOLATE };
enum vtune__cells { VTUNE__CELLS_AUTO, VTUNE__CELLS_COUNT, VTUNE__CELLS_EXPLICIT };
enum vtune__memory_mode {
	VTUNE__STRICT,
	VTUNE__RESTRICTIVE,
	VTUNE__PREFERRED,
	VTUNE__INTERLEAVE,
};
enum vtune__hugepages {
	VTUNE__PAGES_AUTO,
	VTUNE__PAGES_NONE,
	VTUNE__PAGES_ANY,
	VTUNE__PAGES_SIZE,
};
enum vtune__emulator { VTUNE__EMULATOR_SHARE, VTUNE__EMULATOR_ISOLATE, VTUNE__EMULATOR_FLOAT };
enum vtune__iothreads { VTUNE__IOTHREADS_SHARE, VTUNE__IOTHREADS_ISOLATE };
enum vtune__strategy { VTUNE__PACK, VTUNE__SPREAD };

/* The words of the document for each, NULL at the end. */
extern const char *const vtune__cpu_policy_names[];
extern const char *const vtune__threads_names[];
extern const char *const vtune__memory_mode_names[];
extern const char *const vtune__emulator_names[];
extern const char *const vtune__iothreads_names[];
extern const char *const vtune__affinity_names[];
extern const char *const vtune__strategy_names[];
extern const char *const vtune__expanders_names[];
/* libvirt's CPU modes: host-passthrough, host-model, maximum, custom. */
extern const char *const vtune__cpu_mode_names[];

struct vtune__cell_spec {
	struct vtune__set vcpus;
	uint64_t memory_kib; /* 0: a share of the VM's, by vCPUs */
};

/* Seen in the domain that the spec was made of, for advice; documents do not have it. */
struct vtune__domain_seen {
	bool no_rng, no_balloon;
	uint64_t hard_limit_kib; /* one that a spec would be refused for; 0: none */
};

struct vtune_spec {
	char *name; /* "vm" where the document has none */
	unsigned int vcpus;
	uint64_t memory_kib; /* as asked for, rounded up to KiB */

	enum vtune__cpu_policy policy;
	struct vtune__set dedicated; /* vCPUs; all with dedicated, none with shared */
	enum vtune__threads threads;
	int cpu_mode;
	bool has_cpu_mode;   /* the document says one */
	unsigned int shares; /* 0: not said */

	enum vtune__cells cells_kind;
	unsigned int cell_count;	/* COUNT, EXPLICIT */
	struct vtune__cell_spec *cells; /* EXPLICIT */
	enum vtune__memory_mode mode;
	bool has_nodes;
	struct vtune__set nodes;   /* node ids, when has_nodes */
	unsigned int max_distance; /* 0: none */

	enum vtune__hugepages hugepages;
	uint64_t page_kib; /* SIZE */

	enum vtune__emulator emulator;
	unsigned int iothread_count; /* "auto" is already worked out */
	bool iothreads_auto;	     /* it was */
	enum vtune__iothreads iothreads;
	/* Those asked for, by a disk too; the rest have the lowest other ids. */
	struct vtune__set iothread_ids;
	struct vtune__iothread_tuning iothread_tuning;
	struct vtune__disk_spec *disks;
	unsigned int ndisks;
	struct vtune__hostdev_spec *hostdevs;
	unsigned int nhostdevs;
	struct vtune__interface_spec *interfaces;
	unsigned int ninterfaces;
	struct vtune__pcie_spec pcie;
	struct vtune__cpu_spec cpu;
	struct vtune__schedule_spec schedule;
	struct vtune__backing_spec backing;
	enum vtune__strategy strategy;
	struct vtune__domain_seen seen;
};

/* The largest VM that is read: libvirt's and QEMU's own limits are lower. */
#define VTUNE__MAX_VCPUS 4096
/* More disks, or host devices, than any guest has slots for. */
#define VTUNE__MAX_DEVICES 4096
/* The range of cpu.shares in the kernel's cgroup v1, and so in libvirt. */
#define VTUNE__MIN_SHARES 2
#define VTUNE__MAX_SHARES 262144

/* ---- read-backing.c ---- */

/* Has it an interface or a disk whose other end uses the guest's memory? */
bool vtune__spec_has_vhostuser(const struct vtune_spec *spec);

/* ---- spec.c ---- */

/* Not empty, and without "/". */
bool vtune__is_vm_name(const char *name);

/* ---- interface-rules.c ---- */

/* What is wrong with an interface, and what of it: a key of the document. */
struct vtune__interface_rule {
	const char *key;
	const char *text;
};
/* The first rule that it breaks, as a number from 0; -1: none. */
int vtune__interface_breaks(const struct vtune__interface_spec *it);
const struct vtune__interface_rule *vtune__interface_rule(unsigned int number);
/* Take out of it what breaks rules, and note in mended which ones these were. */
void vtune__interface_mend(struct vtune__interface_spec *it);
bool vtune__interface_is_virtio(const char *model);
/* Does the kernel's vhost-net serve such interfaces? */
bool vtune__interface_has_vhost(enum vtune__interface_type type);
/* Must it have a source? */
bool vtune__interface_has_source(enum vtune__interface_type type);
/* Is that a mode of the type? Of those that have none, no mode is. */
bool vtune__interface_takes_mode(enum vtune__interface_type type, enum vtune__interface_mode mode);
/* A size that QEMU takes for a queue? */
bool vtune__interface_is_ring(uint64_t size);
/* Is text a MAC address of one interface? mac is that in small letters. */
bool vtune__interface_mac(const char *text, char mac[VTUNE__MAC_SIZE]);
/* As 0000:41:00.0, with a domain of 4 to 8 digits. */
bool vtune__is_pci_address(const char *id);

/* ---- read-cpu.c ---- */

/* libvirt lets through the host's caches only with the host's CPU. */
bool vtune__spec_passes_cache(bool has_mode, int mode);

/* ---- read-*.c: free a part of a spec, also a half-made one ---- */

void vtune__spec_free_disks(struct vtune_spec *spec);
void vtune__spec_free_interfaces(struct vtune_spec *spec);
void vtune__spec_free_hostdevs(struct vtune_spec *spec);
void vtune__spec_free_cpu(struct vtune_spec *spec);
void vtune__spec_free_schedule(struct vtune_spec *spec);

#endif
