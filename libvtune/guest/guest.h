/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest is given besides its place, once that is found: disks, interfaces, PCI
 * topology, CPU, scheduling, memory backing. Rules over host, spec and the plan so far;
 * each writes its part of the plan, and warns of what it mends or cannot give. */
#ifndef VTUNE_GUEST_H
#define VTUNE_GUEST_H

#include "../base/base.h"
#include "../host/host.h"
#include "../plan/plan.h"
#include "../spec/spec.h"

/* ---- guest.c ---- */

/* All of it, in the order below. The plan has its cells, vCPUs, helpers and devices. */
int vtune__guest_choose(struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune_spec *spec, struct vtune_error **err);

/* ---- target.c: what the libvirt and QEMU of the host have ---- */

enum vtune__feature {
	VTUNE__FEATURE_IOTHREAD_POOL,	   /* <iothread thread_pool_min=...> */
	VTUNE__FEATURE_IOTHREAD_POLL,	   /* <iothread><poll .../> */
	VTUNE__FEATURE_DISK_IOTHREADS,	   /* several I/O threads for a virtio disk */
	VTUNE__FEATURE_SCSI_IOTHREADS,	   /* several for a virtio-scsi controller */
	VTUNE__FEATURE_CLUSTERS,	   /* <topology clusters=...> */
	VTUNE__FEATURE_ALLOCATION_THREADS, /* <allocation threads=...> */
};
/* Is the host known to have it? Not where its versions are not known. */
bool vtune__target_has(const struct vtune_host *host, enum vtune__feature feature);

/* ---- topology.c ---- */

int vtune__guest_topology(struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err);

/* ---- cpu.c: needs the topology ---- */

int vtune__guest_cpu(struct vtune_plan *plan, const struct vtune_host *host,
		     const struct vtune_spec *spec, struct vtune_error **err);

/* ---- backing.c ---- */

int vtune__guest_backing(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, struct vtune_error **err);

/* ---- hotplug.c: needs the backing ---- */

int vtune__guest_hotplug(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, struct vtune_error **err);

/* ---- memtune.c: needs the backing ---- */

int vtune__guest_memtune(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, struct vtune_error **err);

/* ---- schedule.c ---- */

int vtune__guest_schedule(struct vtune_plan *plan, const struct vtune_host *host,
			  const struct vtune_spec *spec, struct vtune_error **err);

/* ---- disks.c ---- */

int vtune__guest_disks(struct vtune_plan *plan, const struct vtune_host *host,
		       const struct vtune_spec *spec, struct vtune_error **err);

/* ---- interfaces.c ---- */

int vtune__guest_interfaces(struct vtune_plan *plan, const struct vtune_host *host,
			    const struct vtune_spec *spec, struct vtune_error **err);
/* Does another process read and write the guest's memory? Then it is laid as shared. */
bool vtune__guest_needs_shared_memory(const struct vtune_plan *plan);

/* ---- advice.c: needs the backing ---- */

int vtune__guest_advise(struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune_spec *spec, struct vtune_error **err);

/* ---- pcie.c ---- */

int vtune__guest_pcie(struct vtune_plan *plan, const struct vtune_host *host,
		      const struct vtune_spec *spec, struct vtune_error **err);

#endif
