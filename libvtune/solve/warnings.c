/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fits, but an operator should know of. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "solve.h"

static int warn_unreserved(struct vtune_plan *plan, const struct vtune__scene *scene,
			   struct vtune_error **err)
{
	const struct vtune_host *host = scene->host;

	if (!vtune__set_is_empty(&host->reserved) || vtune__set_is_empty(&plan->held))
		return 0;
	if (host->has_shared && !vtune__set_is_empty(&host->shared))
		return 0;
	return vtune__plan_warn(
		plan, err, "nothing_reserved",
		"no CPU of the host is reserved for its own work; kernel threads and "
		"daemons will run on the CPUs of VMs (see reserved_cpus)");
}

static int warn_overcommit(struct vtune_plan *plan, const struct vtune__scene *scene,
			   struct vtune_error **err)
{
	for (unsigned int g = 0; g < plan->ncells; g++) {
		int node = vtune__topology_node(scene->topology, plan->cells[g].node);
		unsigned int vcpus = scene->sites[node].shared_vcpus, cpus = 0;

		VTUNE__SET_FOREACH(vcpu, &plan->cells[g].vcpus) {
			if (plan->vcpus[vcpu].dedicated)
				continue;
			vcpus++;
			cpus = vtune__set_count(&plan->vcpus[vcpu].cpus);
		}
		if (cpus == 0 || vcpus <= cpus)
			continue;
		if (vtune__plan_warn(plan, err, "overcommit",
				     "node %u: %u shared vCPUs run on %u shared CPUs",
				     plan->cells[g].node, vcpus, cpus) < 0)
			return -1;
	}
	return 0;
}

static int warn_remote(struct vtune_plan *plan, struct vtune_error **err)
{
	for (unsigned int g = 0; g < plan->ncells; g++) {
		const struct vtune__plan_cell *cell = &plan->cells[g];
		uint64_t remote = 0;

		for (unsigned int i = 0; i < cell->nmemory; i++)
			if (cell->memory[i].node != cell->node)
				remote += cell->memory[i].size_kib;
		if (remote > 0 &&
		    vtune__plan_warn(plan, err, "remote_memory",
				     "cell %u runs on node %u, and %" PRIu64 " of its %" PRIu64
				     " KiB of memory are on other nodes",
				     g, cell->node, remote, cell->memory_kib) < 0)
			return -1;
	}
	return 0;
}

/* Helpers that share the CPUs of the VM's own dedicated vCPUs. */
static int warn_stolen(struct vtune_plan *plan, struct vtune_error **err)
{
	bool emulator = false, iothread = false;

	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		if (!plan->vcpus[i].dedicated)
			continue;
		emulator |= vtune__set_intersects(&plan->emulator, &plan->vcpus[i].cpus);
		for (unsigned int t = 0; t < plan->niothreads; t++)
			iothread |= vtune__set_intersects(&plan->iothreads[t].cpus,
							  &plan->vcpus[i].cpus);
	}
	if (!emulator && !iothread)
		return 0;
	return vtune__plan_warn(
		plan, err, "helpers_on_vcpus",
		"%s on CPUs of the VM's dedicated vCPUs and will take time from them",
		emulator && iothread ? "the emulator and I/O threads run"
		: emulator	     ? "the emulator runs"
				     : "I/O threads run");
}

static int warn_pages(struct vtune_plan *plan, struct vtune_error **err)
{
	if (!plan->huge)
		return 0;
	return vtune__plan_warn(
		plan, err, "hugepages",
		"memory in huge pages cannot be ballooned, swapped or merged (KSM)");
}

static int warn_devices(struct vtune_plan *plan, const struct vtune__scene *scene,
			struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ndevices; i++) {
		const struct vtune__plan_device *it = &plan->devices[i];

		if (it->node >= 0 && (unsigned int)it->node == plan->cells[it->cell].node)
			continue;
		if (it->node < 0 && scene->nnodes == 1)
			continue;
		if (it->node < 0
			    ? vtune__plan_warn(plan, err, "device_unknown",
					       "the node of device %s is not known", it->id) < 0
			    : vtune__plan_warn(plan, err, "device_remote",
					       "device %s is on node %d, at distance %u from the "
					       "nearest cell of the VM",
					       it->id, it->node, it->distance) < 0)
			return -1;
	}
	return 0;
}

static const struct vtune__plan_device *given(const struct vtune_plan *plan,
					      const struct vtune__scene *scene,
					      const struct vtune__device *device)
{
	for (unsigned int i = 0; i < plan->ndevices; i++)
		if (vtune__topology_device(scene->topology, plan->devices[i].id) == device)
			return &plan->devices[i];
	return NULL;
}

/* The XML tells a device by its address. */
static int warn_addresses(struct vtune_plan *plan, struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ndevices; i++)
		if (!vtune__is_pci_address(plan->devices[i].id) &&
		    vtune__plan_warn(plan, err, "device_address",
				     "device %s is not named by its PCI address, so the domain XML "
				     "leaves it out",
				     plan->devices[i].id) < 0)
			return -1;
	return 0;
}

/* VFIO gives a VM all of a group, or nothing of it. */
static int warn_groups(struct vtune_plan *plan, const struct vtune__scene *scene,
		       struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->ndevices; i++) {
		const struct vtune__topology *topology = scene->topology;
		const struct vtune__device *device =
			vtune__topology_device(topology, plan->devices[i].id);

		for (unsigned int k = 0; device->iommu_group >= 0 && k < topology->ndevices; k++) {
			const struct vtune__device *other = &topology->devices[k];

			if (other->iommu_group != device->iommu_group || given(plan, scene, other))
				continue;
			if (vtune__plan_warn(plan, err, "iommu_group",
					     "device %s is in IOMMU group %d together with %s, "
					     "which the VM does not get: no driver of the host, "
					     "nor another VM, may use that meanwhile",
					     device->id, device->iommu_group, other->id) < 0)
				return -1;
			break;
		}
	}
	return 0;
}

static int warn_unproven(struct vtune_plan *plan, struct vtune_error **err)
{
	if (plan->optimal)
		return 0;
	return vtune__plan_warn(
		plan, err, "not_proven",
		"the search was cut short: the plan holds, but a better one may exist");
}

static void drop_warning(struct vtune_plan *plan, const char *code)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < plan->nwarnings; i++) {
		if (strcmp(plan->warnings[i].code, code) == 0) {
			free(plan->warnings[i].code);
			free(plan->warnings[i].text);
			continue;
		}
		plan->warnings[kept++] = plan->warnings[i];
	}
	plan->nwarnings = kept;
}

int vtune__plan_set_optimal(struct vtune_plan *plan, bool optimal, struct vtune_error **err)
{
	plan->optimal = optimal;
	drop_warning(plan, "not_proven");
	return warn_unproven(plan, err);
}

int vtune__plan_add_warnings(struct vtune_plan *plan, const struct vtune__answer *answer,
			     struct vtune_error **err)
{
	const struct vtune__scene *scene = answer->trial.scene;

	if (warn_unreserved(plan, scene, err) < 0 || warn_overcommit(plan, scene, err) < 0 ||
	    warn_remote(plan, err) < 0 || warn_stolen(plan, err) < 0 ||
	    warn_devices(plan, scene, err) < 0 || warn_groups(plan, scene, err) < 0 ||
	    warn_addresses(plan, err) < 0 || warn_pages(plan, err) < 0)
		return -1;
	return warn_unproven(plan, err);
}
