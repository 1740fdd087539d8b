/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The emulator and the I/O threads: how many, on which CPUs, for which disks. */
#include "validate.h"

/* CPUs of an isolated helper: there to be given away, on nodes that the spec
 * allows, and nobody else's. list, index: where the helper is in the plan. */
static int take_isolated(struct vtune__check *check, const char *list, int index,
			 const struct vtune__set *cpus)
{
	if (!vtune__set_is_subset(cpus, &check->room->dedicated))
		return vtune__check_fail(check, list, index, "cpus",
					 "not all of these are there to be given to a VM");
	if (vtune__set_intersects(cpus, &check->isolated))
		return vtune__check_fail(check, list, index, "cpus",
					 "another helper is isolated there already");
	VTUNE__SET_FOREACH(cpu, cpus) {
		int node = check->topology->node_of_cpu[cpu];

		if (!vtune__check_allows(check, (unsigned int)node))
			return vtune__check_fail(check, list, index, "cpus",
						 "CPU %d is on node %u, which is not among the "
						 "nodes of the spec",
						 cpu, check->topology->nodes[node].id);
	}
	if (vtune__set_or(&check->isolated, cpus) < 0)
		return vtune__fail_memory(check->err);
	return 0;
}

/* One CPU; with huge pages one on each memory node and none elsewhere. */
static int check_emulator_count(const struct vtune__check *check)
{
	const struct vtune__set *cpus = &check->plan->emulator;
	const struct vtune__topology *topology = check->topology;
	unsigned int wanted = 0;

	if (!check->plan->huge) {
		if (vtune__set_count(cpus) != 1)
			return vtune__check_fail(check, "emulator", -1, "cpus",
						 "an isolated emulator has one CPU");
		return 0;
	}
	for (unsigned int node = 0; node < topology->nnodes; node++) {
		if (!check->memory_kib[node])
			continue;
		wanted++;
		if (vtune__set_count_and(cpus, &topology->nodes[node].cpus) != 1)
			return vtune__check_fail(check, "emulator", -1, "cpus",
						 "with huge pages an isolated emulator has one "
						 "CPU on memory node %u",
						 topology->nodes[node].id);
	}
	if (vtune__set_count(cpus) != wanted)
		return vtune__check_fail(check, "emulator", -1, "cpus",
					 "the emulator has a CPU where the VM has no memory");
	return 0;
}

static int check_iothread_isolated(struct vtune__check *check, unsigned int thread)
{
	const struct vtune__set *cpus = &check->plan->iothreads[thread].cpus;

	if (vtune__set_count(cpus) != 1)
		return vtune__check_fail(check, "iothreads", (int)thread, "cpus",
					 "an isolated I/O thread has one CPU");
	return take_isolated(check, "iothreads", (int)thread, cpus);
}

int vtune__check_isolated(struct vtune__check *check)
{
	const struct vtune_spec *spec = check->spec;

	if (check->plan->niothreads != spec->iothread_count)
		return vtune__check_fail(check, "iothreads", -1, NULL,
					 "the plan has %u I/O threads, the spec %u",
					 check->plan->niothreads, spec->iothread_count);
	if (spec->emulator == VTUNE__EMULATOR_ISOLATE &&
	    (check_emulator_count(check) < 0 ||
	     take_isolated(check, "emulator", -1, &check->plan->emulator) < 0))
		return -1;
	if (spec->iothreads != VTUNE__IOTHREADS_ISOLATE)
		return 0;
	for (unsigned int thread = 0; thread < check->plan->niothreads; thread++) {
		if (check_iothread_isolated(check, thread) < 0)
			return -1;
	}
	return 0;
}

/* Leave out of the set, on each node, the CPUs of realtime vCPUs where others are in it:
 * these do not give way to a helper. */
static int leave_realtime(const struct vtune__check *check, struct vtune__set *cpus)
{
	struct vtune__set realtime VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune__topology *topology = check->topology;
	int failed = 0;

	for (unsigned int node = 0; node < topology->nnodes; node++) {
		struct vtune__set there VTUNE__CLEANUP(vtune__set_free) = { 0 };

		VTUNE__SET_FOREACH(vcpu, &check->spec->schedule.realtime.vcpus)
			failed |= vtune__set_or(&there, &check->plan->vcpus[vcpu].cpus);
		vtune__set_and(&there, &topology->nodes[node].cpus);
		if (vtune__set_count_and(cpus, &topology->nodes[node].cpus) >
		    vtune__set_count_and(cpus, &there))
			failed |= vtune__set_or(&realtime, &there);
	}
	vtune__set_andnot(cpus, &realtime);
	return failed ? vtune__fail_memory(check->err) : 0;
}

/* Where a helper that is not isolated floats: node by node on the shared CPUs, or
 * where a node has none, on the VM's own dedicated ones. */
static int share_set(const struct vtune__check *check, struct vtune__set *out)
{
	struct vtune__set own VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune__topology *topology = check->topology;
	int failed = 0;

	for (unsigned int node = 0; node < topology->nnodes; node++) {
		const struct vtune__set *cpus = &topology->nodes[node].cpus;

		if (!check->is_cell_node[node] && !check->memory_kib[node])
			continue;
		if (vtune__set_intersects(&check->shared, cpus))
			failed |= vtune__set_or(out, cpus);
		else
			failed |= vtune__set_or(&own, cpus);
	}
	vtune__set_and(out, &check->shared);
	vtune__set_and(&own, &check->dedicated);
	if (leave_realtime(check, &own) < 0)
		return -1;
	failed |= vtune__set_or(out, &own);
	return failed ? vtune__fail_memory(check->err) : 0;
}

static int check_set(const struct vtune__check *check, const char *list, int index,
		     const struct vtune__set *cpus, const struct vtune__set *wanted)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (vtune__set_equal(cpus, wanted))
		return 0;
	text = vtune__set_print(wanted);
	if (!text)
		return vtune__fail_memory(check->err);
	return vtune__check_fail(check, list, index, "cpus", "these should be \"%s\"", text);
}

/* QEMU's threads that touch huge pages run on the emulator's CPUs and bind to the
 * memory's node: the domain does not start when none of the CPUs is there. */
static int check_start(const struct vtune__check *check)
{
	const struct vtune__topology *topology = check->topology;

	if (!check->plan->huge)
		return 0;
	for (unsigned int node = 0; node < topology->nnodes; node++) {
		if (!check->memory_kib[node])
			continue;
		if (!vtune__set_intersects(&check->plan->emulator, &topology->nodes[node].cpus))
			return vtune__check_fail(check, "emulator", -1, "cpus",
						 "there are huge pages on node %u, and no CPU of "
						 "the emulator: the domain would not start",
						 topology->nodes[node].id);
	}
	return 0;
}

/* Those that the spec names, and the lowest others. */
static int check_id(const struct vtune__check *check, unsigned int thread)
{
	const struct vtune__set *asked = &check->spec->iothread_ids;
	unsigned int others = check->spec->iothread_count - vtune__set_count(asked);
	unsigned int before, id = 0;

	for (before = 0; before <= thread; before++) {
		do {
			id++;
		} while (others == 0 && !vtune__set_has(asked, id));
		others -= !vtune__set_has(asked, id);
	}
	if (check->plan->iothreads[thread].id == id)
		return 0;
	return vtune__check_fail(check, "iothreads", (int)thread, "id",
				 "I/O threads are numbered 1, 2, ..., or as the spec says: this "
				 "one is %u",
				 id);
}

int vtune__check_helpers(struct vtune__check *check)
{
	struct vtune__set share VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__set floating VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const struct vtune_plan *plan = check->plan;
	const struct vtune_spec *spec = check->spec;
	const struct vtune__set *emulator = &plan->emulator;

	if (vtune__set_copy(&floating, &check->floating) < 0)
		return vtune__fail_memory(check->err);
	if (share_set(check, &share) < 0 || leave_realtime(check, &floating) < 0 ||
	    vtune__check_deal_disks(check) < 0)
		return -1;
	if (spec->emulator == VTUNE__EMULATOR_SHARE)
		emulator = &share;
	else if (spec->emulator == VTUNE__EMULATOR_FLOAT)
		emulator = &floating;
	if (check_set(check, "emulator", -1, &plan->emulator, emulator) < 0 ||
	    check_start(check) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (check_id(check, i) < 0)
			return -1;
		if (spec->iothreads == VTUNE__IOTHREADS_SHARE &&
		    check_set(check, "iothreads", (int)i, &plan->iothreads[i].cpus, &share) < 0)
			return -1;
	}
	return vtune__check_disks(check);
}
