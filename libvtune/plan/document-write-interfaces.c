/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/write.h"
#include "document-write.h"

static void write_interface(struct vtune__json_writer *w, struct json_object *object,
			    const struct vtune__plan_interface *it)
{
	vtune__spec_put_text(w, object, "mac", it->mac);
	vtune__spec_put_text(w, object, "type", vtune__interface_types[it->type]);
	vtune__spec_put_text(w, object, "source", it->source);
	vtune__spec_put_text(w, object, "mode", vtune__interface_modes[it->mode]);
	vtune__spec_put_text(w, object, "device", it->device);
	vtune__spec_put_text(w, object, "model", it->model);
	vtune__spec_put_word(w, object, "driver", vtune__interface_drivers, (int)it->driver);
	vtune__spec_put_number(w, object, "queues", it->queues);
	vtune__spec_put_number(w, object, "rx_queue_size", it->rx_queue_size);
	vtune__spec_put_number(w, object, "tx_queue_size", it->tx_queue_size);
	vtune__spec_put_number(w, object, "mtu", it->mtu);
	if (it->openvswitch)
		vtune__json_put_string(w, object, "virtualport", "openvswitch");
	vtune__spec_put_number(w, object, "vlan", it->vlan);
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
