/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

/* Also where all of it is the default: then a plan has the guest's topology in hand. */
void vtune__spec_write_pcie(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_spec *spec)
{
	const struct vtune__pcie_spec *pcie = &spec->pcie;
	struct json_object *object;

	if (!pcie->said)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "pcie", object);
	vtune__spec_put_word(w, object, "expanders", vtune__expanders_names, pcie->expanders);
	vtune__spec_put_number(w, object, "spare_ports", pcie->spare_ports);
	vtune__spec_put_number(w, object, "spare_ports_per_expander",
			       pcie->spare_ports_per_expander);
}
