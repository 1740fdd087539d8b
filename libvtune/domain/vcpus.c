/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../base/xml.h"

/* Which vCPUs are there at the start stays the domain's own, as long as it has as
 * many as the plan: a list for other vCPUs says nothing about these. */
int vtune__domain_lay_vcpus(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err)
{
	struct _xmlNode *vcpu = vtune__domain_ensure(domain, "vcpu", err);
	struct _xmlNode *list = vtune__xml_child(domain, "vcpus");
	uint64_t before, current;

	if (!vcpu)
		return -1;
	if (!vtune__domain_number(vcpu, &before) || before != plan->nvcpus) {
		vtune__xml_unset(vcpu, "current");
		if (list)
			vtune__xml_remove(list);
	}
	if (!vtune__xml_peek_uint(vcpu, "current", &current) || current > plan->nvcpus)
		vtune__xml_unset(vcpu, "current");
	/* Every vCPU has its pin, so a mask for those without says nothing. */
	vtune__xml_unset(vcpu, "cpuset");
	if (vtune__xml_set(vcpu, "placement", "static", err) < 0)
		return -1;
	return vtune__domain_set_number(vcpu, plan->nvcpus, err);
}
