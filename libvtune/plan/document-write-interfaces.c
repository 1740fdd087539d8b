/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-write.h"

static void put_number(struct vtune__json_writer *w, struct json_object *object, const char *key,
		       unsigned int number)
{
	if (number)
		vtune__json_put_uint(w, object, key, number);
}

static void put_text(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     const char *text)
{
	if (text[0])
		vtune__json_put_string(w, object, key, text);
}

static void write_interface(struct vtune__json_writer *w, struct json_object *object,
			    const struct vtune__plan_interface *it)
{
	put_text(w, object, "mac", it->mac);
	put_text(w, object, "type", vtune__interface_types[it->type]);
	put_text(w, object, "source", it->source);
	put_text(w, object, "mode", vtune__interface_modes[it->mode]);
	put_text(w, object, "device", it->device);
	put_text(w, object, "model", it->model);
	if (it->driver != VTUNE__INTERFACE_AUTO)
		vtune__json_put_string(w, object, "driver", vtune__interface_drivers[it->driver]);
	put_number(w, object, "queues", it->queues);
	put_number(w, object, "rx_queue_size", it->rx_queue_size);
	put_number(w, object, "tx_queue_size", it->tx_queue_size);
	put_number(w, object, "mtu", it->mtu);
	if (it->openvswitch)
		vtune__json_put_string(w, object, "virtualport", "openvswitch");
	put_number(w, object, "vlan", it->vlan);
}

void vtune__plan_write_interfaces(struct vtune__json_writer *w, struct json_object *root,
				  const struct vtune_plan *plan)
{
	struct json_object *list;

	if (!plan->ninterfaces)
		return;
	list = vtune__json_new_array(w);
	vtune__json_put(w, root, "interfaces", list);
	for (unsigned int i = 0; i < plan->ninterfaces; i++) {
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, list, object);
		write_interface(w, object, &plan->interfaces[i]);
	}
}
