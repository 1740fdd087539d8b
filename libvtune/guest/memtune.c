/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of the memory of QEMU as a whole. */
#include <inttypes.h>

#include "guest.h"

/* What libvirt reckons with for QEMU itself where it must guess: 1 GiB
 * (qemuDomainGetMemLockLimitBytes). */
#define OVERHEAD_KIB (UINT64_C(1) << 20)

static int warn_hard(struct vtune_plan *plan, uint64_t memory, struct vtune_error **err)
{
	uint64_t hard = plan->backing.limits.hard_kib;
	uint64_t over = hard > memory ? hard - memory : 0;

	if (over < OVERHEAD_KIB &&
	    vtune__plan_warn(plan, err, "hard_limit_low",
			     "the hard limit of %" PRIu64 " KiB leaves %" PRIu64
			     " KiB to QEMU besides the guest's memory of %" PRIu64
			     " KiB%s; the host stops the VM when it needs more: %" PRIu64
			     " KiB more are on the safe side",
			     hard, over, memory,
			     plan->backing.max_memory_kib ? " with all that can be plugged in" : "",
			     OVERHEAD_KIB - over) < 0)
		return -1;
	/* Locked memory is the one thing that the limit is recommended for. */
	if (plan->backing.locked == VTUNE__YES)
		return 0;
	return vtune__plan_warn(plan, err, "hard_limit",
				"a hard limit is discouraged: nobody knows how much memory QEMU "
				"needs itself, and the host stops the VM when it is reached");
}

static int warn_kept(struct vtune_plan *plan, uint64_t hard, uint64_t memory,
		     struct vtune_error **err)
{
	return vtune__plan_warn(
		plan, err, "hard_limit_low",
		"the domain keeps its hard limit of %" PRIu64
		" KiB, which is not more than the guest's memory of %" PRIu64
		" KiB: the host swaps its memory, or stops it, before it has used all; "
		"raise or remove the limit",
		hard, memory);
}

int vtune__guest_memtune(struct vtune_plan *plan, const struct vtune_host *host,
			 const struct vtune_spec *spec, struct vtune_error **err)
{
	uint64_t memory = plan->backing.max_memory_kib;

	(void)host;
	plan->backing.limits = spec->backing.limits;
	for (unsigned int g = 0; g < plan->ncells && !plan->backing.max_memory_kib; g++)
		memory += plan->cells[g].memory_kib;
	if (spec->seen.hard_limit_kib)
		return warn_kept(plan, spec->seen.hard_limit_kib, memory, err);
	return plan->backing.limits.hard_kib ? warn_hard(plan, memory, err) : 0;
}
