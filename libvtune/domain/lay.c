/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../base/xml.h"
#include "pcie.h"

/* As libvirt writes them; those behind <cpu> do not matter here. */
static const char *const order[] = {
	"name",
	"uuid",
	"hwuuid",
	"genid",
	"title",
	"description",
	"metadata",
	"maxMemory",
	"memory",
	"currentMemory",
	"blkiotune",
	"memtune",
	"memoryBacking",
	"vcpu",
	"vcpus",
	"iothreads",
	"iothreadids",
	"defaultiothread",
	"cputune",
	"numatune",
	"resource",
	"sysinfo",
	"bootloader",
	"bootloader_args",
	"os",
	"idmap",
	"features",
	"cpu",
	NULL,
};

struct _xmlNode *vtune__domain_ensure(struct _xmlNode *domain, const char *name,
				      struct vtune_error **err)
{
	return vtune__xml_ensure(domain, name, order, err);
}

int vtune__domain_first(struct vtune__set *set, unsigned int count, struct vtune_error **err)
{
	if (count > 0 && vtune__set_add_range(set, 0, count - 1) < 0)
		return vtune__fail_memory(err);
	return 0;
}

/* Expander buses and memory modules name the guest cell that they belong to. Where
 * that is gone there is no right answer, and libvirt would refuse the domain. Buses of ours
 * get another cell, or go away. */
static int check_devices(struct _xmlNode *domain, const struct vtune_plan *plan,
			 struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *device = devices ? vtune__xml_child(devices, NULL) : NULL;

	for (; device; device = vtune__xml_next(device, NULL)) {
		struct _xmlNode *node = vtune__xml_path(device, "target/node");
		uint64_t cell;

		if (!node || !vtune__domain_number(node, &cell) || cell < plan->ncells ||
		    vtune__pci_is_ours(device))
			continue;
		return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
				       "This <%s> is on guest NUMA node %llu, and the plan has "
				       "%u cell%s, numbered from 0; move or remove the device",
				       vtune__xml_name(device), (unsigned long long)cell,
				       plan->ncells, plan->ncells > 1 ? "s" : "");
	}
	return 0;
}

int vtune__domain_lay(struct _xmlNode *domain, const struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct vtune__set iothreads VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (check_devices(domain, plan, err) < 0 ||
	    vtune__domain_lay_memory(domain, plan, err) < 0 ||
	    vtune__domain_lay_vcpus(domain, plan, err) < 0 ||
	    /* Before the I/O threads, which those are beyond the plan that disks use then. */
	    vtune__domain_lay_disks(domain, plan, err) < 0 ||
	    vtune__domain_lay_iothreads(domain, plan, &iothreads, err) < 0 ||
	    vtune__domain_lay_cputune(domain, plan, &iothreads, err) < 0 ||
	    vtune__domain_lay_numatune(domain, plan, err) < 0)
		return -1;
	if (vtune__domain_lay_cpu(domain, plan, err) < 0 ||
	    vtune__domain_lay_backing(domain, plan, err) < 0 ||
	    vtune__domain_lay_schedule(domain, plan, err) < 0 ||
	    vtune__domain_lay_interfaces(domain, plan, err) < 0 ||
	    vtune__domain_lay_sharing(domain, plan, err) < 0 ||
	    vtune__domain_lay_hostdevs(domain, plan, err) < 0)
		return -1;
	return vtune__domain_lay_pcie(domain, plan, err);
}
