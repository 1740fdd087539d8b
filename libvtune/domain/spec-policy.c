/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for, seen from what came of it. */
#include "domain.h"

#include "../spec/spec.h"

/* ---- vCPUs ---- */

/* The CPUs to which exactly one vCPU is pinned alone. */
static int find_owned(const struct vtune__pins *pins, struct vtune__set *owned,
		      struct vtune_error **err)
{
	struct vtune__set twice VTUNE__CLEANUP(vtune__set_free) = { 0 };

	for (unsigned int i = 0; i < pins->nvcpus; i++) {
		const struct vtune__set *cpus = &pins->vcpus[i];

		if (vtune__set_count(cpus) != 1)
			continue;
		if (vtune__set_or(vtune__set_intersects(cpus, owned) ? &twice : owned, cpus) < 0)
			return vtune__fail_memory(err);
	}
	vtune__set_andnot(owned, &twice);
	return 0;
}

static int add_dedicated(struct vtune_spec *spec, unsigned int vcpu, struct vtune_error **err)
{
	return vtune__set_add(&spec->dedicated, vcpu) < 0 ? vtune__fail_memory(err) : 0;
}

/* A vCPU without a pin says nothing, and then a spec means dedicated. */
static int take_pinned(struct vtune_spec *spec, const struct vtune__pins *pins,
		       struct vtune_error **err)
{
	struct vtune__set owned VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (find_owned(pins, &owned, err) < 0)
		return -1;
	for (unsigned int i = 0; i < pins->nvcpus; i++) {
		if (vtune__set_is_subset(&pins->vcpus[i], &owned) &&
		    vtune__set_count(&pins->vcpus[i]) <= 1 && add_dedicated(spec, i, err) < 0)
			return -1;
	}
	return 0;
}

static int take_planned(struct vtune_spec *spec, const struct vtune_plan *plan,
			struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		if (plan->vcpus[i].dedicated && add_dedicated(spec, i, err) < 0)
			return -1;
	}
	return 0;
}

static int take_vcpus(struct vtune_spec *spec, const struct vtune__pins *pins,
		      const struct vtune_plan *plan, struct vtune_error **err)
{
	unsigned int dedicated;

	/* The plan knows a shared vCPU also where there is one shared CPU only. */
	if ((plan && plan->nvcpus == pins->nvcpus ? take_planned(spec, plan, err)
						  : take_pinned(spec, pins, err)) < 0)
		return -1;
	dedicated = vtune__set_count(&spec->dedicated);
	spec->policy = dedicated == spec->vcpus ? VTUNE__DEDICATED
		       : dedicated == 0		? VTUNE__SHARED
						: VTUNE__MIXED;
	return 0;
}

/* ---- helpers, which only a plan tells ---- */

struct planned {
	struct vtune__set vcpus; /* where they run, all of them */
	struct vtune__set own;	 /* of dedicated vCPUs */
	struct vtune__set kept;	 /* where they run, but the realtime ones */
	bool isolates_iothreads;
};

static void free_planned(struct planned *it)
{
	vtune__set_free(&it->vcpus);
	vtune__set_free(&it->own);
	vtune__set_free(&it->kept);
}

static bool is_isolated(const struct vtune_plan *plan, const struct planned *it,
			const struct vtune__set *cpus)
{
	return vtune__set_is_subset(cpus, &plan->held) && !vtune__set_intersects(cpus, &it->own);
}

static int look_at(const struct vtune_plan *plan, struct planned *it, struct vtune_error **err)
{
	int failed = 0;

	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		failed |= vtune__set_or(&it->vcpus, &plan->vcpus[i].cpus);
		if (!vtune__set_has(&plan->schedule.realtime.vcpus, i))
			failed |= vtune__set_or(&it->kept, &plan->vcpus[i].cpus);
		if (plan->vcpus[i].dedicated)
			failed |= vtune__set_or(&it->own, &plan->vcpus[i].cpus);
	}
	it->isolates_iothreads = plan->niothreads > 0;
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		it->isolates_iothreads &= is_isolated(plan, it, &plan->iothreads[i].cpus);
	}
	return failed ? vtune__fail_memory(err) : 0;
}

/* Where nodes have no shared CPUs, share and float are the same for dedicated vCPUs. */
static enum vtune__emulator emulator_of(const struct vtune_plan *plan, const struct planned *it)
{
	if (is_isolated(plan, it, &plan->emulator))
		return VTUNE__EMULATOR_ISOLATE;
	if (!vtune__set_is_empty(&it->own) && (vtune__set_equal(&plan->emulator, &it->vcpus) ||
					       vtune__set_equal(&plan->emulator, &it->kept)))
		return VTUNE__EMULATOR_FLOAT;
	return VTUNE__EMULATOR_SHARE;
}

int vtune__spec_of_policy(struct vtune_spec *spec, const struct vtune__pins *pins,
			  const struct vtune_plan *plan, struct vtune_error **err)
{
	struct planned it VTUNE__CLEANUP(free_planned) = { 0 };

	if (take_vcpus(spec, pins, plan, err) < 0)
		return -1;
	if (!plan)
		return 0;
	if (look_at(plan, &it, err) < 0)
		return -1;
	if (it.isolates_iothreads)
		spec->iothreads = VTUNE__IOTHREADS_ISOLATE;
	spec->emulator = emulator_of(plan, &it);
	spec->threads = plan->threads;
	return 0;
}
