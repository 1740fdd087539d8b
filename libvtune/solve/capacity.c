/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many more VMs of one kind fit. */
#include "solve.h"

/* More than a host can run; it ends the count for VMs that need next to nothing. */
#define MOST_VMS 65536

/* A name that no VM of the host has. */
static int fresh_name(const struct vtune_host *host, const struct vtune_spec *spec,
		      unsigned int *number, struct vtune_spec *named, struct vtune_error **err)
{
	struct vtune__text text = { 0 };

	do {
		vtune__text_free(&text);
		vtune__text_addf(&text, "%s-%u", spec->name, ++*number);
		if (text.failed)
			return vtune__fail_memory(err);
	} while (vtune__host_has_allocation(host, text.data));
	*named = *spec;
	named->name = vtune__text_take(&text, err);
	return named->name ? 0 : -1;
}

/* Place one more; *host becomes the host with it when it fits. */
static struct vtune_plan *place_next(struct vtune_host **host, const struct vtune_spec *spec,
				     unsigned int *number, const struct vtune_options *options,
				     struct vtune_error **err)
{
	struct vtune_host *after;
	struct vtune_plan *plan;
	struct vtune_spec named;

	if (fresh_name(*host, spec, number, &named, err) < 0)
		return NULL;
	plan = vtune_place(*host, &named, options, err);
	vtune__free_string(&named.name);
	if (!plan || !vtune_plan_fits(plan))
		return plan;
	after = vtune_host_with_plan(*host, plan, err);
	if (!after) {
		vtune_plan_free(plan);
		return NULL;
	}
	vtune_host_free(*host);
	*host = after;
	return plan;
}

VTUNE_EXPORT struct vtune_plan *vtune_capacity(const struct vtune_host *host,
					       const struct vtune_spec *spec,
					       const struct vtune_options *options,
					       unsigned int *count, struct vtune_error **err)
{
	struct vtune_host *full = NULL;
	struct vtune_plan *plan = NULL;
	unsigned int fitted = 0, number = 0;

	if (!host || !spec || !count) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	full = vtune__host_copy(host, NULL, err);
	if (!full)
		return NULL;
	for (;;) {
		plan = place_next(&full, spec, &number, options, err);
		if (!plan || !vtune_plan_fits(plan) || ++fitted == MOST_VMS)
			break;
		vtune_plan_free(plan);
	}
	vtune_host_free(full);
	if (plan)
		*count = fitted;
	return plan;
}
