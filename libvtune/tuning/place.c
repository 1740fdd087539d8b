/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMs that are to run, with huge pages made where there are not enough of them yet. */
#include "tuning.h"

#include "../spec/spec.h"

struct placing {
	struct vtune_tuning_options *options;
	struct vtune_host *host; /* with the VMs so far on it, and their pages */
	struct vtune_error **err;
};

static bool wants_pages(const struct vtune_spec *spec)
{
	return spec->hugepages == VTUNE__PAGES_SIZE || spec->hugepages == VTUNE__PAGES_ANY;
}

/* On the host as it would be with all of its free memory in pages of that size. Where the VM
 * does not fit there either, *plan says why. */
static int try_size(const struct placing *placing, const struct vtune_spec *spec, uint64_t size_kib,
		    struct vtune_plan **plan)
{
	struct vtune_host *host =
		vtune__host_with_all_in_pages(placing->host, size_kib, placing->err);
	struct vtune_plan *tried;

	if (!host)
		return -1;
	tried = vtune_place(host, spec, NULL, placing->err);
	vtune_host_free(host);
	if (!tried)
		return -1;
	vtune_plan_free(*plan);
	*plan = tried;
	return 0;
}

/* Sizes that the host has pools of, be they empty; the largest first. */
static int try_sizes(const struct placing *placing, const struct vtune_spec *spec,
		     struct vtune_plan **plan)
{
	const struct vtune__topology *topology = placing->host->topology;

	for (unsigned int i = topology->npage_sizes; i-- > 0 && !(*plan)->fits;) {
		uint64_t size_kib = topology->page_sizes[i];

		if (spec->hugepages == VTUNE__PAGES_SIZE && spec->page_kib != size_kib)
			continue;
		if (try_size(placing, spec, size_kib, plan) < 0)
			return -1;
	}
	return 0;
}

/* The host of the next VM. */
static int take_place(struct placing *placing, const struct vtune_plan *plan)
{
	struct vtune_host *grown = vtune__host_with_pages_for(placing->host, plan, placing->err);
	struct vtune_host *next = grown ? vtune_host_with_plan(grown, plan, placing->err) : NULL;

	vtune_host_free(grown);
	if (!next)
		return -1;
	vtune_host_free(placing->host);
	placing->host = next;
	return 0;
}

static int refuse(const struct vtune_plan *plan, struct vtune_error **err)
{
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, plan->vm,
			   "The VM \"%s\" does not fit beside those before it, not even with huge "
			   "pages of all free memory: %s",
			   plan->vm,
			   plan->nreasons > 0 ? plan->reasons[0].text : "there is no room");
}

static int place_one(struct placing *placing, const struct vtune_spec *spec)
{
	struct vtune_plan *plan = vtune_place(placing->host, spec, NULL, placing->err);
	int result = plan ? 0 : -1;

	if (result == 0 && !plan->fits && wants_pages(spec))
		result = try_sizes(placing, spec, &plan);
	if (result == 0 && !plan->fits)
		result = refuse(plan, placing->err);
	if (result == 0)
		result = take_place(placing, plan);
	if (result == 0)
		result = vtune_tuning_options_add_plan(placing->options, plan, placing->err);
	vtune_plan_free(plan);
	return result;
}

VTUNE_EXPORT int vtune_tuning_options_add_specs(struct vtune_tuning_options *options,
						const struct vtune_host *host,
						const struct vtune_spec *const *specs,
						unsigned int nspecs, struct vtune_error **err)
{
	struct placing placing = { .options = options, .err = err };
	unsigned int before;
	int result = 0;

	if (!options || !host || (nspecs > 0 && !specs))
		return vtune__fail_null(err, __func__);
	placing.host = vtune__host_copy(host, NULL, err);
	if (!placing.host)
		return -1;
	before = options->nplans;
	for (unsigned int i = 0; i < nspecs && result == 0; i++)
		result = specs[i] ? place_one(&placing, specs[i]) : vtune__fail_null(err, __func__);
	while (result < 0 && options->nplans > before)
		vtune_plan_free(options->plans[--options->nplans]);
	vtune_host_free(placing.host);
	return result;
}
