/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network interfaces: what the spec says is what the plan has. */
#include <string.h>

#include "validate.h"

static int differ(const struct vtune__check *check, unsigned int i, const char *key)
{
	return vtune__check_fail(check, "interfaces", (int)i, key, "it is not as the spec has it");
}

/* Is that the device that the plan has for the interface? What it may be is checked there. */
static bool is_given(const struct vtune_plan *plan, unsigned int i, const char *device)
{
	for (unsigned int k = 0; k < plan->ndevices; k++)
		if (plan->devices[k].is_interface && plan->devices[k].interface == i)
			return strcmp(plan->devices[k].id, device) == 0;
	return false;
}

/* What connects it. */
static int check_place(const struct vtune__check *check, unsigned int i)
{
	const struct vtune__plan_interface *it = &check->plan->interfaces[i];
	const struct vtune__interface_spec *wish = &check->spec->interfaces[i];

	if (strcmp(it->mac, wish->mac) != 0)
		return differ(check, i, "mac");
	if (it->type != wish->type)
		return differ(check, i, "type");
	if (strcmp(it->source, wish->source) != 0)
		return differ(check, i, "source");
	if (it->mode != wish->mode)
		return differ(check, i, "mode");
	if (it->openvswitch != wish->openvswitch)
		return differ(check, i, "virtualport");
	if (it->vlan != wish->vlan)
		return differ(check, i, "vlan");
	if (wish->has_device != (it->device[0] != '\0') ||
	    (wish->has_device && !is_given(check->plan, i, it->device)))
		return differ(check, i, "device");
	return 0;
}

/* "auto" is a choice, and the rest is none. */
static int check_settings(const struct vtune__check *check, unsigned int i)
{
	const struct vtune__plan_interface *it = &check->plan->interfaces[i];
	const struct vtune__interface_spec *wish = &check->spec->interfaces[i];

	if (wish->model[0] && strcmp(it->model, wish->model) != 0)
		return differ(check, i, "model");
	if (wish->driver != VTUNE__INTERFACE_AUTO && it->driver != wish->driver)
		return differ(check, i, "driver");
	if (wish->queues > 1 && it->queues != wish->queues)
		return differ(check, i, "queues");
	if (wish->queues <= 1 && it->queues > (wish->queues ? 1 : check->plan->nvcpus))
		return vtune__check_fail(check, "interfaces", (int)i, "queues",
					 "there are more of them than vCPUs, or than the spec has");
	if (it->rx_queue_size != wish->rx_queue_size)
		return differ(check, i, "rx_queue_size");
	if (it->tx_queue_size != wish->tx_queue_size)
		return differ(check, i, "tx_queue_size");
	return it->mtu == wish->mtu ? 0 : differ(check, i, "mtu");
}

int vtune__check_interfaces(struct vtune__check *check)
{
	const struct vtune_plan *plan = check->plan;

	if (plan->ninterfaces != check->spec->ninterfaces)
		return vtune__check_fail(check, "interfaces", -1, NULL,
					 "the plan has %u, the spec %u", plan->ninterfaces,
					 check->spec->ninterfaces);
	for (unsigned int i = 0; i < plan->ninterfaces; i++) {
		if (check_place(check, i) < 0 || check_settings(check, i) < 0)
			return -1;
	}
	return 0;
}
