/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-write.h"

static struct json_object *write_expander(struct vtune__json_writer *w,
					  const struct vtune_plan *plan,
					  const struct vtune__plan_expander *expander)
{
	struct json_object *object = vtune__json_new_object(w);
	struct json_object *devices = vtune__json_new_array(w);

	vtune__json_put_uint(w, object, "cell", expander->cell);
	if (expander->root)
		vtune__json_put_string(w, object, "root", expander->root);
	vtune__json_put(w, object, "devices", devices);
	for (unsigned int i = 0; i < expander->ndevices; i++)
		vtune__json_append_string(w, devices, plan->devices[expander->devices[i]].id);
	vtune__json_put_uint(w, object, "spare_ports", expander->spare_ports);
	return object;
}

void vtune__plan_write_pcie(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_plan *plan)
{
	const struct vtune__plan_pcie *pcie = &plan->pcie;
	struct json_object *object, *expanders;

	if (!pcie->said)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "pcie", object);
	expanders = vtune__json_new_array(w);
	vtune__json_put(w, object, "expanders", expanders);
	for (unsigned int i = 0; i < pcie->nexpanders; i++)
		vtune__json_append(w, expanders, write_expander(w, plan, &pcie->expanders[i]));
	vtune__json_put_uint(w, object, "spare_ports", pcie->spare_ports);
}
