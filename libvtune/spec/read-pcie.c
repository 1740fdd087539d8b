/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

static int read_spare(const struct vtune__json *at, struct vtune__pcie_spec *pcie,
		      struct vtune_error **err)
{
	struct vtune__json child;

	if (vtune__json_get(at, "spare_ports", &child) &&
	    vtune__json_uint32(&child, 0, VTUNE__MAX_SPARE_PORTS, &pcie->spare_ports, err) < 0)
		return -1;
	if (!vtune__json_get(at, "spare_ports_per_expander", &child))
		return 0;
	/* One slot is for the device without which there is no such bus. */
	if (vtune__json_uint32(&child, 0, VTUNE__PCIE_SLOTS - 1, &pcie->spare_ports_per_expander,
			       err) < 0)
		return -1;
	if (pcie->spare_ports_per_expander > 0 && pcie->expanders == VTUNE__EXPANDERS_NONE)
		return vtune__json_fail(&child, err,
					"Without expander buses there are no ports behind them; "
					"leave this key out, or \"expanders\": \"none\"");
	return 0;
}

int vtune__spec_read_pcie(const struct vtune__json *root, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "expanders", "spare_ports", "spare_ports_per_expander",
					    NULL };
	int expanders = VTUNE__EXPANDERS_AUTO;
	struct vtune__json at;

	if (!vtune__json_get(root, "pcie", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    vtune__spec_read_word(&at, "expanders", vtune__expanders_names, &expanders, err) < 0)
		return -1;
	spec->pcie.said = true;
	spec->pcie.expanders = (enum vtune__expanders)expanders;
	return read_spare(&at, &spec->pcie, err);
}
