/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an operator would want to be told of besides: what is slow, and too much of it. */
#include <stdio.h>
#include <string.h>

#include "guest.h"

/* ---- more vCPUs than a host can bear ---- */

/* SUSE's guide: above that a host may become unstable. */
#define MAX_VCPUS_A_CORE 8

static unsigned int count_cores(const struct vtune__topology *topology)
{
	unsigned int count = 0;

	if (vtune__set_is_empty(&topology->offline))
		return topology->ncores;
	for (unsigned int i = 0; i < topology->ncores; i++)
		count += !vtune__set_is_subset(&topology->cores[i], &topology->offline);
	return count;
}

/* A CPU that is held has one vCPU at most. */
static unsigned int count_vcpus(const struct vtune_plan *plan, const struct vtune_host *host)
{
	unsigned int count = plan->nvcpus;

	for (unsigned int i = 0; i < host->nallocations; i++) {
		const struct vtune__allocation *it = &host->allocations[i];

		if (strcmp(it->vm, plan->vm) == 0)
			continue;
		count += vtune__set_count(&it->cpus);
		for (unsigned int j = 0; j < it->nshared; j++)
			count += it->shared[j].vcpus;
	}
	return count;
}

static int warn_crowd(struct vtune_plan *plan, const struct vtune_host *host,
		      struct vtune_error **err)
{
	unsigned int cores = count_cores(host->topology), vcpus = count_vcpus(plan, host);

	if (vcpus / MAX_VCPUS_A_CORE < cores ||
	    (vcpus / MAX_VCPUS_A_CORE == cores && vcpus % MAX_VCPUS_A_CORE == 0))
		return 0;
	return vtune__plan_warn(
		plan, err, "overcommit_cores",
		"the VMs of the host have %u vCPUs together, more than %d on each of "
		"its %u core%s; it may become unstable",
		vcpus, MAX_VCPUS_A_CORE, cores, cores == 1 ? "" : "s");
}

/* ---- devices that are emulated ---- */

struct names {
	struct vtune__text text;
	unsigned int count;
};

static void add_name(struct names *names, const char *name, const char *kind)
{
	vtune__text_addf(&names->text, "%s%s (%s)", names->count++ ? ", " : "", name, kind);
}

static int warn_slow(struct vtune_plan *plan, struct names *names, const char *code,
		     const char *what, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!names->count)
		return 0;
	text = vtune__text_take(&names->text, err);
	if (!text)
		return -1;
	return vtune__plan_warn(
		plan, err, code,
		"%s%s, slow because QEMU emulates a real device: %s; virtio is fast, "
		"where the guest has drivers for it",
		what, names->count == 1 ? "" : "s", text);
}

static int warn_disks(struct vtune_plan *plan, const struct vtune_spec *spec,
		      struct vtune_error **err)
{
	static const char *const emulated[] = { "ide", "sata", "usb", "fdc", "sd" };
	struct names names = { .count = 0 };

	for (unsigned int i = 0; i < spec->ndisks; i++) {
		const struct vtune__disk_spec *disk = &spec->disks[i];

		/* Drives have no fast bus, and no work to speak of. */
		if (disk->device == VTUNE__DEVICE_CDROM || disk->device == VTUNE__DEVICE_FLOPPY)
			continue;
		for (unsigned int j = 0; j < VTUNE__COUNT(emulated); j++)
			if (strcmp(disk->bus, emulated[j]) == 0)
				add_name(&names, disk->target, emulated[j]);
	}
	return warn_slow(plan, &names, "slow_disk", "disk", err);
}

static int warn_interfaces(struct vtune_plan *plan, const struct vtune_spec *spec,
			   struct vtune_error **err)
{
	struct names names = { .count = 0 };

	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		const struct vtune__interface_spec *it = &spec->interfaces[i];
		char number[16];

		if (!it->model[0] || strcmp(it->model, VTUNE__MODEL_DEFAULT) == 0 ||
		    vtune__interface_is_virtio(it->model))
			continue;
		snprintf(number, sizeof(number), "%u", i);
		add_name(&names, it->mac[0] ? it->mac : number, it->model);
	}
	return warn_slow(plan, &names, "slow_interface", "interface", err);
}

/* ---- what a domain lacks ---- */

/* A balloon is of no use to memory that cannot be given back. */
static int warn_lacks(struct vtune_plan *plan, const struct vtune_spec *spec,
		      struct vtune_error **err)
{
	if (spec->seen.no_rng &&
	    vtune__plan_warn(plan, err, "no_rng",
			     "the domain has no virtio random number generator (<rng>), so that its "
			     "guest may wait for entropy") < 0)
		return -1;
	if (!spec->seen.no_balloon || plan->huge || plan->backing.locked == VTUNE__YES)
		return 0;
	return vtune__plan_warn(
		plan, err, "no_balloon",
		"the domain has no virtio balloon (<memballoon>), so that its guest "
		"can give no memory back to the host");
}

int vtune__guest_advise(struct vtune_plan *plan, const struct vtune_host *host,
			const struct vtune_spec *spec, struct vtune_error **err)
{
	if (warn_crowd(plan, host, err) < 0 || warn_disks(plan, spec, err) < 0 ||
	    warn_interfaces(plan, spec, err) < 0)
		return -1;
	return warn_lacks(plan, spec, err);
}
