/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes together in a network interface. A spec that breaks a rule is refused; what a
 * domain has that breaks one is mended. */
#include "spec.h"

#include <stdlib.h>
#include <string.h>

const char *const vtune__interface_types[] = {
	"", "network", "bridge", "direct", "ethernet", "user", "vhostuser", "vdpa", "hostdev", NULL,
};
const char *const vtune__interface_modes[] = {
	"", "client", "server", "vepa", "bridge", "private", "passthrough", NULL,
};
const char *const vtune__interface_drivers[] = { "auto", "vhost", "qemu", NULL };

bool vtune__interface_is_virtio(const char *model)
{
	return strcmp(model, "virtio") == 0 || strcmp(model, "virtio-transitional") == 0 ||
	       strcmp(model, "virtio-non-transitional") == 0;
}

bool vtune__interface_has_vhost(enum vtune__interface_type type)
{
	return type == VTUNE__INTERFACE_UNSAID || type == VTUNE__INTERFACE_NETWORK ||
	       type == VTUNE__INTERFACE_BRIDGE || type == VTUNE__INTERFACE_DIRECT ||
	       type == VTUNE__INTERFACE_ETHERNET;
}

bool vtune__interface_has_source(enum vtune__interface_type type)
{
	return type == VTUNE__INTERFACE_NETWORK || type == VTUNE__INTERFACE_BRIDGE ||
	       type == VTUNE__INTERFACE_DIRECT || type == VTUNE__INTERFACE_VHOSTUSER ||
	       type == VTUNE__INTERFACE_VDPA;
}

bool vtune__interface_takes_mode(enum vtune__interface_type type, enum vtune__interface_mode mode)
{
	if (type == VTUNE__INTERFACE_VHOSTUSER)
		return mode == VTUNE__INTERFACE_CLIENT || mode == VTUNE__INTERFACE_SERVER;
	if (type == VTUNE__INTERFACE_DIRECT)
		return mode >= VTUNE__INTERFACE_VEPA;
	return mode == VTUNE__INTERFACE_NO_MODE;
}

static bool is_virtio(const struct vtune__interface_spec *it)
{
	return it->type != VTUNE__INTERFACE_HOSTDEV &&
	       (!it->model[0] || vtune__interface_is_virtio(it->model));
}

/* ---- the rules: true where one is broken ---- */

static bool model_of_device(const struct vtune__interface_spec *it)
{
	return it->type == VTUNE__INTERFACE_HOSTDEV && it->model[0];
}

static bool model_not_virtio(const struct vtune__interface_spec *it)
{
	return (it->type == VTUNE__INTERFACE_VHOSTUSER || it->type == VTUNE__INTERFACE_VDPA) &&
	       !is_virtio(it);
}

static bool driver_not_virtio(const struct vtune__interface_spec *it)
{
	return it->driver != VTUNE__INTERFACE_AUTO && !is_virtio(it);
}

static bool driver_of_type(const struct vtune__interface_spec *it)
{
	return it->driver != VTUNE__INTERFACE_AUTO && !vtune__interface_has_vhost(it->type) &&
	       !(it->type == VTUNE__INTERFACE_USER && it->driver == VTUNE__INTERFACE_QEMU);
}

static bool queues_not_virtio(const struct vtune__interface_spec *it)
{
	return it->queues > 1 && !is_virtio(it);
}

static bool queues_of_user(const struct vtune__interface_spec *it)
{
	return it->queues > 1 && it->type == VTUNE__INTERFACE_USER;
}

bool vtune__interface_is_ring(uint64_t size)
{
	return size >= VTUNE__MIN_RING && size <= VTUNE__MAX_RING && (size & (size - 1)) == 0;
}

static bool rx_not_virtio(const struct vtune__interface_spec *it)
{
	return it->rx_queue_size && !is_virtio(it);
}

static bool rx_no_ring(const struct vtune__interface_spec *it)
{
	return it->rx_queue_size && !vtune__interface_is_ring(it->rx_queue_size);
}

static bool tx_of_type(const struct vtune__interface_spec *it)
{
	return it->tx_queue_size && it->type != VTUNE__INTERFACE_VHOSTUSER &&
	       it->type != VTUNE__INTERFACE_VDPA;
}

static bool tx_no_ring(const struct vtune__interface_spec *it)
{
	return it->tx_queue_size && !vtune__interface_is_ring(it->tx_queue_size);
}

static bool mtu_of_type(const struct vtune__interface_spec *it)
{
	return it->mtu && it->type != VTUNE__INTERFACE_UNSAID &&
	       it->type != VTUNE__INTERFACE_NETWORK && it->type != VTUNE__INTERFACE_BRIDGE &&
	       it->type != VTUNE__INTERFACE_ETHERNET;
}

static bool port_of_type(const struct vtune__interface_spec *it)
{
	return it->openvswitch && it->type != VTUNE__INTERFACE_NETWORK &&
	       it->type != VTUNE__INTERFACE_BRIDGE;
}

static bool vlan_of_type(const struct vtune__interface_spec *it)
{
	return it->vlan && it->type != VTUNE__INTERFACE_HOSTDEV && !it->openvswitch;
}

static const struct {
	bool (*is_broken)(const struct vtune__interface_spec *);
	struct vtune__interface_rule rule;
} rules[] = {
	{ model_of_device,
	  { "model", "The guest sees the host's device itself, so there is no "
		     "model with the type \"hostdev\"" } },
	{ model_not_virtio,
	  { "model", "With the types \"vhostuser\" and \"vdpa\" the model is \"virtio\"" } },
	{ driver_not_virtio, { "driver", "Only the model \"virtio\" has a choice of drivers" } },
	{ driver_of_type,
	  { "driver", "The driver \"vhost\" serves interfaces of the types "
		      "\"network\", \"bridge\", \"direct\" and \"ethernet\"; "
		      "others have no choice" } },
	{ queues_not_virtio, { "queues", "Only the model \"virtio\" has several queues" } },
	{ queues_of_user,
	  { "queues", "An interface of the type \"user\" has one queue, and a "
		      "domain with more does not start" } },
	{ rx_not_virtio,
	  { "rx_queue_size", "Only the model \"virtio\" has queues that can be sized" } },
	{ rx_no_ring, { "rx_queue_size", "QEMU takes 256, 512 or 1024 as the size of a queue" } },
	{ tx_of_type,
	  { "tx_queue_size", "The size of the queues that send can be set with the "
			     "types \"vhostuser\" and \"vdpa\" only" } },
	{ tx_no_ring, { "tx_queue_size", "QEMU takes 256, 512 or 1024 as the size of a queue" } },
	{ mtu_of_type,
	  { "mtu", "The MTU can be set with the types \"network\", \"bridge\" and "
		   "\"ethernet\" only" } },
	{ port_of_type,
	  { "virtualport", "A port of Open vSwitch goes with the types \"network\" "
			   "and \"bridge\" only" } },
	{ vlan_of_type,
	  { "vlan", "A VLAN can be set with the type \"hostdev\" and with the "
		    "virtualport \"openvswitch\" only" } },
};

int vtune__interface_breaks(const struct vtune__interface_spec *it)
{
	for (unsigned int i = 0; i < VTUNE__COUNT(rules); i++)
		if (rules[i].is_broken(it))
			return (int)i;
	return -1;
}

const struct vtune__interface_rule *vtune__interface_rule(unsigned int number)
{
	return number < VTUNE__COUNT(rules) ? &rules[number].rule : NULL;
}

static void reset(struct vtune__interface_spec *it, const char *key)
{
	if (strcmp(key, "model") == 0)
		it->model[0] = '\0';
	else if (strcmp(key, "driver") == 0)
		it->driver = VTUNE__INTERFACE_AUTO;
	else if (strcmp(key, "queues") == 0)
		it->queues = 1;
	else if (strcmp(key, "rx_queue_size") == 0)
		it->rx_queue_size = 0;
	else if (strcmp(key, "tx_queue_size") == 0)
		it->tx_queue_size = 0;
	else if (strcmp(key, "mtu") == 0)
		it->mtu = 0;
	else if (strcmp(key, "virtualport") == 0)
		it->openvswitch = false;
	else
		it->vlan = 0;
}

/* Each reset puts a rule right that holds from then on, so this ends. */
void vtune__interface_mend(struct vtune__interface_spec *it)
{
	int broken;

	while ((broken = vtune__interface_breaks(it)) >= 0) {
		it->mended |= UINT32_C(1) << broken;
		reset(it, rules[broken].rule.key);
	}
}

/* ---- addresses ---- */

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* The lowest bit of the first byte is that of a group of stations. */
bool vtune__interface_mac(const char *text, char mac[VTUNE__MAC_SIZE])
{
	bool is_zero = true;

	if (strlen(text) != VTUNE__MAC_SIZE - 1)
		return false;
	for (unsigned int i = 0; i < VTUNE__MAC_SIZE - 1; i++) {
		int digit = digit_of(text[i]);

		if (i % 3 == 2 ? text[i] != ':' : digit < 0)
			return false;
		is_zero = is_zero && digit <= 0;
		mac[i] = digit < 0 ? ':' : "0123456789abcdef"[digit];
	}
	mac[VTUNE__MAC_SIZE - 1] = '\0';
	return !is_zero && digit_of(mac[1]) % 2 == 0;
}

static bool take_digits(const char **text, unsigned int least, unsigned int most)
{
	unsigned int count = 0;

	while (count < most && digit_of(**text) >= 0) {
		(*text)++;
		count++;
	}
	return count >= least;
}

bool vtune__is_pci_address(const char *id)
{
	/* Linux counts its domains, as seven digits at most. */
	return take_digits(&id, 4, 7) && *id++ == ':' && take_digits(&id, 2, 2) && *id++ == ':' &&
	       (id[0] == '0' || id[0] == '1') && take_digits(&id, 2, 2) && *id++ == '.' &&
	       *id >= '0' && *id <= '7' && id[1] == '\0';
}
