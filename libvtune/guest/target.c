/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest.h"

/* Versions as libvirt counts them; the releases are those of libvirt's news and of its
 * documentation of the domain format. */
#define VERSION(major, minor) ((major)*1000000u + (minor)*1000u)

static const struct {
	enum vtune__feature feature;
	uint32_t libvirt, hypervisor; /* 0: any */
} features[] = {
	{ VTUNE__FEATURE_IOTHREAD_POOL, VERSION(8, 5), VERSION(7, 1) },
	{ VTUNE__FEATURE_IOTHREAD_POLL, VERSION(9, 4), 0 },
	{ VTUNE__FEATURE_DISK_IOTHREADS, VERSION(10, 0), VERSION(9, 0) },
	{ VTUNE__FEATURE_SCSI_IOTHREADS, VERSION(11, 2), VERSION(10, 0) },
	{ VTUNE__FEATURE_CLUSTERS, VERSION(10, 1), VERSION(7, 0) },
	{ VTUNE__FEATURE_ALLOCATION_THREADS, VERSION(8, 2), VERSION(5, 0) },
};

bool vtune__target_has(const struct vtune_host *host, enum vtune__feature feature)
{
	const struct vtune__hypervisor *hypervisor = &host->topology->hypervisor;

	for (unsigned int i = 0; i < VTUNE__COUNT(features); i++)
		if (features[i].feature == feature)
			return hypervisor->libvirt > 0 &&
			       hypervisor->libvirt >= features[i].libvirt &&
			       hypervisor->version >= features[i].hypervisor;
	return false;
}
