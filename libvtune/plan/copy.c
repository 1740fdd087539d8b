/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan.h"

/* The document holds all that a plan is. */
struct vtune_plan *vtune__plan_copy(const struct vtune_plan *plan, struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune_plan_to_json(plan, err);

	return text ? vtune_plan_from_json(text, err) : NULL;
}
