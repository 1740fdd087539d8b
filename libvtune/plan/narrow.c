/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPUs leave the sets in which a VM floats. */
#include "plan.h"

#include <string.h>

struct narrowing {
	struct vtune_plan *plan;
	struct vtune__set lost;	 /* those taken that this VM does not hold itself */
	struct vtune__set own;	 /* of its dedicated vCPUs */
	struct vtune__set spare; /* those of them that are not of realtime vCPUs */
	int (*node_of)(const void *data, unsigned int cpu);
	const void *data;
	bool changed, fell_back;
	struct vtune_error **err;
};

static void free_narrowing(struct narrowing *n)
{
	vtune__set_free(&n->lost);
	vtune__set_free(&n->own);
	vtune__set_free(&n->spare);
}

static int fail_empty(const struct narrowing *n, const char *what, unsigned int number)
{
	return vtune__fail(n->err, VTUNE_ERR_NOT_VALID, NULL,
			   "%s %u of \"%s\" would have no CPU left; plan this VM anew, or leave it "
			   "one of its shared CPUs",
			   what, number, n->plan->vm);
}

/* ---- shared vCPUs ---- */

/* The CPUs of dedicated vCPUs are for these alone, so that there is nothing to fall
 * back to. */
static int narrow_vcpus(struct narrowing *n)
{
	for (unsigned int i = 0; i < n->plan->nvcpus; i++) {
		struct vtune__plan_vcpu *vcpu = &n->plan->vcpus[i];

		if (vcpu->dedicated || !vtune__set_intersects(&vcpu->cpus, &n->lost))
			continue;
		vtune__set_andnot(&vcpu->cpus, &n->lost);
		n->changed = true;
		if (vtune__set_is_empty(&vcpu->cpus))
			return fail_empty(n, "vCPU", i);
	}
	return 0;
}

/* ---- emulator and I/O threads ---- */

/* The nodes of the CPUs; a CPU that is on none tells nothing. */
static int add_nodes(const struct narrowing *n, const struct vtune__set *cpus,
		     struct vtune__set *nodes)
{
	VTUNE__SET_FOREACH(cpu, cpus) {
		int node = n->node_of(n->data, (unsigned int)cpu);

		if (node >= 0 && node <= VTUNE__MAX_NODE &&
		    vtune__set_add(nodes, (unsigned int)node) < 0)
			return vtune__fail_memory(n->err);
	}
	return 0;
}

/* Add those of the CPUs that are on nodes where the helper has none. */
static int fall_back_on(struct narrowing *n, const struct vtune__set *own, struct vtune__set *cpus,
			struct vtune__set *empty)
{
	struct vtune__set there VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (add_nodes(n, cpus, &there) < 0)
		return -1;
	vtune__set_andnot(empty, &there);
	VTUNE__SET_FOREACH(cpu, own) {
		int node = n->node_of(n->data, (unsigned int)cpu);

		if (node < 0 || !vtune__set_has(empty, (unsigned int)node))
			continue;
		if (vtune__set_add(cpus, (unsigned int)cpu) < 0)
			return vtune__fail_memory(n->err);
		n->fell_back = true;
	}
	return 0;
}

/* Node by node: where a helper has no CPU any more, those of the VM's own vCPUs; of
 * realtime ones, which do not give way to it, where there are no others. */
static int fall_back(struct narrowing *n, struct vtune__set *cpus, struct vtune__set *empty)
{
	if (fall_back_on(n, &n->spare, cpus, empty) < 0)
		return -1;
	return fall_back_on(n, &n->own, cpus, empty);
}

static int narrow_helper(struct narrowing *n, struct vtune__set *cpus)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (!vtune__set_intersects(cpus, &n->lost))
		return 0;
	n->changed = true;
	if (add_nodes(n, cpus, &nodes) < 0)
		return -1;
	vtune__set_andnot(cpus, &n->lost);
	return fall_back(n, cpus, &nodes);
}

/* QEMU's threads that touch huge pages run on the emulator's CPUs and bind to the node
 * of the memory: without a CPU there the domain does not start. */
static int check_start(const struct narrowing *n)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune_plan *plan = n->plan;

	if (!plan->huge)
		return 0;
	if (add_nodes(n, &plan->emulator, &nodes) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->ncells; i++) {
		for (unsigned int m = 0; m < plan->cells[i].nmemory; m++) {
			unsigned int node = plan->cells[i].memory[m].node;

			if (!vtune__set_has(&nodes, node))
				return vtune__fail(
					n->err, VTUNE_ERR_NOT_VALID, NULL,
					"The emulator of \"%s\" would have no CPU left on node %u, "
					"where its huge pages are, and could not be started again; "
					"plan this VM anew, or leave it a shared CPU there",
					plan->vm, node);
		}
	}
	return 0;
}

static int narrow_helpers(struct narrowing *n)
{
	struct vtune_plan *plan = n->plan;
	bool changed = vtune__set_intersects(&plan->emulator, &n->lost);

	if (narrow_helper(n, &plan->emulator) < 0 || (changed && check_start(n) < 0))
		return -1;
	if (vtune__set_is_empty(&plan->emulator))
		return vtune__fail(n->err, VTUNE_ERR_NOT_VALID, NULL,
				   "The emulator of \"%s\" would have no CPU left; plan this VM "
				   "anew, or leave it one of its shared CPUs",
				   plan->vm);
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (narrow_helper(n, &plan->iothreads[i].cpus) < 0)
			return -1;
		if (vtune__set_is_empty(&plan->iothreads[i].cpus))
			return fail_empty(n, "I/O thread", plan->iothreads[i].id);
	}
	return 0;
}

/* ---- all ---- */

static bool has_warning(const struct vtune_plan *plan, const char *code)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++) {
		if (strcmp(plan->warnings[i].code, code) == 0)
			return true;
	}
	return false;
}

static int warn_stolen(const struct narrowing *n)
{
	if (!n->fell_back || has_warning(n->plan, "helpers_on_vcpus"))
		return 0;
	return vtune__plan_warn(n->plan, n->err, "helpers_on_vcpus",
				"the emulator or I/O threads run on CPUs of the VM's dedicated "
				"vCPUs and will take time from them, because another VM was given "
				"the shared CPUs");
}

/* Shared vCPUs of a cell all have the same CPUs. */
static int warn_overcommit(const struct narrowing *n)
{
	struct vtune_plan *plan = n->plan;

	if (!n->changed || has_warning(plan, "overcommit"))
		return 0;
	for (unsigned int g = 0; g < plan->ncells; g++) {
		unsigned int vcpus = 0, cpus = 0;

		VTUNE__SET_FOREACH(vcpu, &plan->cells[g].vcpus) {
			if (plan->vcpus[vcpu].dedicated)
				continue;
			vcpus++;
			cpus = vtune__set_count(&plan->vcpus[vcpu].cpus);
		}
		if (vcpus > cpus &&
		    vtune__plan_warn(plan, n->err, "overcommit",
				     "node %u: %u shared vCPUs run on %u shared CPUs, because "
				     "another VM was given others",
				     plan->cells[g].node, vcpus, cpus) < 0)
			return -1;
	}
	return 0;
}

static int find_sets(struct narrowing *n, const struct vtune__set *taken)
{
	const struct vtune_plan *plan = n->plan;

	if (vtune__set_copy(&n->lost, taken) < 0)
		return vtune__fail_memory(n->err);
	vtune__set_andnot(&n->lost, &plan->held);
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		if (!plan->vcpus[i].dedicated)
			continue;
		if (vtune__set_or(&n->own, &plan->vcpus[i].cpus) < 0)
			return vtune__fail_memory(n->err);
		if (!vtune__set_has(&plan->schedule.realtime.vcpus, i) &&
		    vtune__set_or(&n->spare, &plan->vcpus[i].cpus) < 0)
			return vtune__fail_memory(n->err);
	}
	return 0;
}

struct vtune_plan *vtune__plan_narrow(const struct vtune_plan *plan, const struct vtune__set *taken,
				      int (*node_of)(const void *data, unsigned int cpu),
				      const void *data, bool *changed, struct vtune_error **err)
{
	struct narrowing n VTUNE__CLEANUP(
		free_narrowing) = { .node_of = node_of, .data = data, .err = err };

	n.plan = vtune__plan_copy(plan, err);
	if (!n.plan)
		return NULL;
	if (find_sets(&n, taken) < 0 || narrow_vcpus(&n) < 0 || narrow_helpers(&n) < 0 ||
	    warn_stolen(&n) < 0 || warn_overcommit(&n) < 0) {
		vtune_plan_free(n.plan);
		return NULL;
	}
	*changed = n.changed;
	return n.plan;
}
