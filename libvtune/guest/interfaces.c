/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest.h"

#include <stdio.h>
#include <string.h>

/* A queue for each vCPU, up to here. Each more costs a thread of the kernel on the host's
 * CPUs, two open files of QEMU, and two of the interrupts that the guest has for all of its
 * devices, which are about 200. */
#define MAX_AUTO_QUEUES 16

/* "Interface 2 (52:54:00:12:34:56)". */
#define NAME_SIZE 64
static void print_name(const struct vtune__plan_interface *it, unsigned int number,
		       char name[NAME_SIZE])
{
	if (it->mac[0])
		snprintf(name, NAME_SIZE, "Interface %u (%s)", number, it->mac);
	else
		snprintf(name, NAME_SIZE, "Interface %u", number);
}

static bool has_rings(const struct vtune__interface_spec *wish)
{
	return wish->type != VTUNE__INTERFACE_HOSTDEV &&
	       (!wish->model[0] || vtune__interface_is_virtio(wish->model));
}

/* The back ends of vhostuser and vdpa may have fewer queues than that, and then the domain
 * would not start; their owner knows. */
static unsigned int choose_queues(const struct vtune__interface_spec *wish, unsigned int vcpus)
{
	if (!has_rings(wish))
		return 0;
	if (wish->queues)
		return wish->queues;
	if (!vtune__interface_has_vhost(wish->type))
		return 1;
	return vcpus < MAX_AUTO_QUEUES ? vcpus : MAX_AUTO_QUEUES;
}

static enum vtune__interface_driver choose_driver(const struct vtune__interface_spec *wish)
{
	if (wish->driver != VTUNE__INTERFACE_AUTO || !has_rings(wish) ||
	    !vtune__interface_has_vhost(wish->type))
		return wish->driver;
	return VTUNE__INTERFACE_VHOST;
}

static const char *choose_model(const struct vtune__interface_spec *wish)
{
	bool is_virtio = wish->type == VTUNE__INTERFACE_VHOSTUSER ||
			 wish->type == VTUNE__INTERFACE_VDPA;

	return is_virtio && !wish->model[0] ? "virtio" : wish->model;
}

/* The device that was chosen for the interface; "": none. */
static const char *device_of(const struct vtune_plan *plan, unsigned int number)
{
	for (unsigned int i = 0; i < plan->ndevices; i++)
		if (plan->devices[i].is_interface && plan->devices[i].interface == number)
			return plan->devices[i].id;
	return "";
}

static int choose(struct vtune__plan_interface *it, const struct vtune__interface_spec *wish,
		  unsigned int vcpus, const char *device, struct vtune_error **err)
{
	memcpy(it->mac, wish->mac, sizeof(it->mac));
	it->type = wish->type;
	it->mode = wish->mode;
	it->driver = choose_driver(wish);
	it->queues = choose_queues(wish, vcpus);
	it->rx_queue_size = wish->rx_queue_size;
	it->tx_queue_size = wish->tx_queue_size;
	it->mtu = wish->mtu;
	it->openvswitch = wish->openvswitch;
	it->vlan = wish->vlan;
	it->source = vtune__strdup(wish->source, err);
	it->model = it->source ? vtune__strdup(choose_model(wish), err) : NULL;
	it->device = it->model ? vtune__strdup(device, err) : NULL;
	return it->device ? 0 : -1;
}

/* ---- warnings ---- */

static int warn_of_mended(struct vtune_plan *plan, const char *name, uint32_t mended,
			  struct vtune_error **err)
{
	const struct vtune__interface_rule *rule;

	for (unsigned int i = 0; (rule = vtune__interface_rule(i)); i++) {
		if (mended >> i & 1 &&
		    vtune__plan_warn(plan, err, "interface_mended",
				     "%s: what the domain has as %s is taken out. %s", name,
				     rule->key, rule->text) < 0)
			return -1;
	}
	return 0;
}

static int warn_of(struct vtune_plan *plan, unsigned int number,
		   const struct vtune__interface_spec *wish, struct vtune_error **err)
{
	const struct vtune__plan_interface *it = &plan->interfaces[number];
	char name[NAME_SIZE];

	print_name(it, number, name);
	if (warn_of_mended(plan, name, wish->mended, err) < 0)
		return -1;
	if (it->queues > plan->nvcpus &&
	    vtune__plan_warn(plan, err, "queues_unused",
			     "%s has %u queues and the VM %u vCPU%s; a guest uses no more queues "
			     "than it has CPUs",
			     name, it->queues, plan->nvcpus, plan->nvcpus == 1 ? "" : "s") < 0)
		return -1;
	if (it->type != VTUNE__INTERFACE_VHOSTUSER || plan->huge)
		return 0;
	return vtune__plan_warn(plan, err, "vhostuser_pages",
				"%s shares the VM's memory with the process behind its socket, in "
				"ordinary pages; huge pages are faster, and DPDK expects them",
				name);
}

bool vtune__guest_needs_shared_memory(const struct vtune_plan *plan)
{
	if (plan->backing.shared == VTUNE__YES)
		return true;
	for (unsigned int i = 0; i < plan->ninterfaces; i++)
		if (plan->interfaces[i].type == VTUNE__INTERFACE_VHOSTUSER)
			return true;
	for (unsigned int i = 0; i < plan->ndisks; i++)
		if (strcmp(plan->disks[i].type, "vhostuser") == 0)
			return true;
	return false;
}

int vtune__guest_interfaces(struct vtune_plan *plan, const struct vtune_host *host,
			    const struct vtune_spec *spec, struct vtune_error **err)
{
	(void)host;
	if (!spec->ninterfaces)
		return 0;
	plan->interfaces = vtune__alloc(spec->ninterfaces, sizeof(*plan->interfaces), err);
	if (!plan->interfaces)
		return -1;
	plan->ninterfaces = spec->ninterfaces;
	for (unsigned int i = 0; i < spec->ninterfaces; i++) {
		const struct vtune__interface_spec *wish = &spec->interfaces[i];

		if (choose(&plan->interfaces[i], wish, plan->nvcpus, device_of(plan, i), err) < 0 ||
		    warn_of(plan, i, wish, err) < 0)
			return -1;
	}
	return 0;
}
