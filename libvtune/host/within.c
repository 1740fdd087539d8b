/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part of a host, as a container has it. */
#include "host.h"

static int read_cpus(const struct vtune_host *host, const char *text, struct vtune__set *cpus,
		     struct vtune_error **err)
{
	const char *why;

	if (!vtune__set_parse(cpus, text, VTUNE__MAX_CPU, &why))
		return why ? vtune__fail(err, VTUNE_ERR_SYNTAX, NULL,
					 "\"%s\" is no set of CPUs: %s", text, why)
			   : vtune__fail_memory(err);
	if (!vtune__set_is_subset(cpus, &host->topology->cpus))
		return vtune__fail(err, VTUNE_ERR_DOCUMENT, NULL,
				   "The CPUs \"%s\" are not all on this host", text);
	return 0;
}

/* All others are as the host's own. */
static int keep(struct vtune_host *host, const struct vtune__set *cpus, struct vtune_error **err)
{
	struct vtune__set others VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__set_copy(&others, &host->topology->cpus) < 0)
		return vtune__fail_memory(err);
	vtune__set_andnot(&others, cpus);
	if (vtune__set_or(&host->reserved, &others) < 0)
		return vtune__fail_memory(err);
	if (host->has_shared)
		vtune__set_and(&host->shared, cpus);
	if (vtune__host_renew_warnings(host, true, err) < 0)
		return -1;
	vtune__room_free(&host->room);
	return vtune__host_make_room(host, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_within(const struct vtune_host *host, const char *cpus,
						  struct vtune_error **err)
{
	struct vtune__set kept VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune_host *part;

	if (!host || !cpus) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (read_cpus(host, cpus, &kept, err) < 0)
		return NULL;
	part = vtune__host_copy(host, NULL, err);
	if (part && keep(part, &kept, err) < 0) {
		vtune_host_free(part);
		return NULL;
	}
	return part;
}
