/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the network interfaces are connected to, and how. */
#include "sentences.h"

/* Those after them are counted. */
#define MOST_INTERFACES 16

static void add_link(const struct vtune__plan_interface *it, struct vtune__text *text)
{
	static const struct {
		const char *before, *after;
	} words[] = {
		[VTUNE__INTERFACE_UNSAID] = { "is as the domain has it", "" },
		[VTUNE__INTERFACE_NETWORK] = { "is on network ", "" },
		[VTUNE__INTERFACE_BRIDGE] = { "is on bridge ", "" },
		[VTUNE__INTERFACE_DIRECT] = { "is on ", " by macvtap" },
		[VTUNE__INTERFACE_ETHERNET] = { "is a tap device", "" },
		[VTUNE__INTERFACE_USER] = { "is on QEMU's own network", "" },
		[VTUNE__INTERFACE_VHOSTUSER] = { "is at the vhost-user socket ", "" },
		[VTUNE__INTERFACE_VDPA] = { "is the vDPA device ", "" },
		[VTUNE__INTERFACE_HOSTDEV] = { "is device ", "" },
	};
	bool has_source = words[it->type].before[0] && it->type != VTUNE__INTERFACE_UNSAID &&
			  it->type != VTUNE__INTERFACE_ETHERNET &&
			  it->type != VTUNE__INTERFACE_USER;

	vtune__text_add(text, words[it->type].before);
	if (it->type == VTUNE__INTERFACE_HOSTDEV)
		vtune__text_add_plain(text, it->device);
	else if (has_source)
		vtune__text_add_plain(text, it->source);
	vtune__text_add(text, words[it->type].after);
	if (it->type == VTUNE__INTERFACE_VHOSTUSER && it->mode)
		vtune__text_addf(text, " as %s", vtune__interface_modes[it->mode]);
	if (it->openvswitch)
		vtune__text_add(text, " of Open vSwitch");
}

static void add_rings(const struct vtune__plan_interface *it, struct vtune__parts *parts)
{
	if (it->rx_queue_size > 0 && it->rx_queue_size == it->tx_queue_size) {
		vtune__parts_add(parts, "rings of %u", it->rx_queue_size);
		return;
	}
	if (it->rx_queue_size > 0)
		vtune__parts_add(parts, "receive rings of %u", it->rx_queue_size);
	if (it->tx_queue_size > 0)
		vtune__parts_add(parts, "send rings of %u", it->tx_queue_size);
}

static void say_interface(const struct vtune__plan_interface *it, unsigned int number,
			  struct vtune__sentences *out)
{
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };

	if (it->driver != VTUNE__INTERFACE_AUTO)
		vtune__parts_add(&parts, "driver %s", vtune__interface_drivers[it->driver]);
	if (it->queues > 0)
		vtune__text_add_count(vtune__parts_next(&parts), it->queues, "queue");
	add_rings(it, &parts);
	if (it->mtu > 0)
		vtune__parts_add(&parts, "MTU %u", it->mtu);
	if (it->vlan > 0)
		vtune__parts_add(&parts, "VLAN %u", it->vlan);
	vtune__text_addf(&text, "Interface %u ", number);
	if (it->mac[0])
		vtune__text_addf(&text, "(%s) ", it->mac);
	add_link(it, &text);
	vtune__text_add(&text, parts.count > 0 ? ", with " : "");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

void vtune__sentences_add_interfaces(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	for (unsigned int i = 0; i < plan->ninterfaces && i < MOST_INTERFACES; i++)
		say_interface(&plan->interfaces[i], i, out);
	if (plan->ninterfaces <= MOST_INTERFACES)
		return;
	vtune__text_addf(&text, "It has ");
	vtune__text_add_count(&text, plan->ninterfaces - MOST_INTERFACES, "more interface");
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}
