/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain that goes to another host: what it asks for there, and what it becomes. */
#include "../base/xml.h"
#include "../spec/spec.h"
#include "domain.h"

/* A guest that sees no cells stays a guest of one: more of them it would see. */
VTUNE_EXPORT struct vtune_spec *vtune_spec_for_migration(const char *domain_xml,
							 struct vtune_error **err)
{
	struct vtune_spec *spec;

	if (!domain_xml) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	spec = vtune_spec_from_domain_xml(domain_xml, err);
	if (spec && spec->cells_kind == VTUNE__CELLS_AUTO) {
		spec->cells_kind = VTUNE__CELLS_COUNT;
		spec->cell_count = 1;
	}
	return spec;
}

VTUNE_EXPORT char *vtune_plan_to_migration_xml(const struct vtune_plan *plan,
					       const char *domain_xml, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = NULL;
	char *laid VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!plan || !domain_xml) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__plan_check_fits(plan, err) < 0)
		return NULL;
	doc = vtune__xml_parse(domain_xml, "domain", err);
	if (!doc)
		return NULL;
	vtune__xml_follow(doc, domain_xml);
	if (vtune__domain_lay_host_side(vtune__xml_root(doc), plan, err) < 0)
		return NULL;
	laid = vtune__xml_print(doc, domain_xml, err);
	/* What it was on the host that it leaves is nothing to go back to. */
	return laid ? vtune__metadata_put(laid, plan, NULL, err) : NULL;
}
