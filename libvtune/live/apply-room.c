/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>

#include "apply.h"

static int check_cpus(const struct vtune__transaction *transaction, const struct vtune__set *cpus,
		      struct vtune_error **err)
{
	const char *vm = vtune__transaction_domain(transaction)->name;

	VTUNE__SET_FOREACH(cpu, cpus) {
		const char *holder = vtune__transaction_holder(transaction, (unsigned int)cpu);

		if (holder)
			return vtune__fail(err, VTUNE_ERR_NOT_VALID, vm,
					   "The plan for \"%s\" uses CPU %d, which \"%s\" holds; "
					   "plan anew",
					   vm, cpu, holder);
		if (!vtune__set_has(&transaction->online, (unsigned int)cpu))
			return vtune__fail(err, VTUNE_ERR_NOT_VALID, vm,
					   "The plan for \"%s\" uses CPU %d, which is offline, or "
					   "not there at all; plan anew",
					   vm, cpu);
	}
	return 0;
}

int vtune__apply_find_cpus(const struct vtune_plan *plan, struct vtune__set *cpus,
			   struct vtune_error **err)
{
	int failed = vtune__set_copy(cpus, &plan->held) < 0;

	failed |= vtune__set_or(cpus, &plan->emulator) < 0;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		failed |= vtune__set_or(cpus, &plan->vcpus[i].cpus) < 0;
	for (unsigned int i = 0; i < plan->niothreads; i++)
		failed |= vtune__set_or(cpus, &plan->iothreads[i].cpus) < 0;
	return failed ? vtune__fail_memory(err) : 0;
}

static int check_plan(const struct vtune__transaction *transaction, const struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct vtune__set cpus VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__apply_find_cpus(plan, &cpus, err) < 0)
		return -1;
	return check_cpus(transaction, &cpus, err);
}

/* Take from what is free on a node; free is one figure for each node and page size. */
static int take_memory(const struct vtune_host *host, struct vtune__room *room,
		       const struct vtune__plan_cell *cell, const struct vtune__plan_memory *memory,
		       bool huge, const char *vm, struct vtune_error **err)
{
	const struct vtune__topology *topology = host->topology;
	int node = vtune__topology_node(topology, memory->node);
	int size = huge ? vtune__topology_page_size(topology, cell->page_kib) : 0;
	uint64_t need = memory->size_kib, unit = huge ? cell->page_kib : 1, *free_amount;

	if (node < 0 || size < 0)
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, vm,
				   "The plan for \"%s\" needs memory on node %u in pages of "
				   "%" PRIu64 " KiB, which this host does not have",
				   vm, memory->node, cell->page_kib);
	free_amount = huge ? &room->free_pages[(unsigned int)node * topology->npage_sizes +
					       (unsigned int)size]
			   : &room->free_kib[node];
	need = need / unit + (need % unit != 0);
	if (need > *free_amount)
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, vm,
				   "The plan for \"%s\" needs %" PRIu64 " KiB more of node %u in "
				   "pages of %" PRIu64 " KiB than is free there now; plan anew",
				   vm, (need - *free_amount) * unit, memory->node, cell->page_kib);
	*free_amount -= need;
	return 0;
}

int vtune__apply_check_memory(const struct vtune_host *host, const struct vtune_plan *plan,
			      const char *vm, struct vtune_error **err)
{
	struct vtune__room room VTUNE__CLEANUP(vtune__room_free) = { 0 };

	if (vtune__room_for(host, vm, &room, err) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &plan->cells[i];

		for (unsigned int j = 0; j < cell->nmemory; j++) {
			if (take_memory(host, &room, cell, &cell->memory[j], plan->huge, vm, err) <
			    0)
				return -1;
		}
	}
	return 0;
}

/* The memory of a domain that runs, and keeps it, is there. */
static bool takes_memory(const struct vtune__transaction *transaction)
{
	const struct vtune__subject *subject = vtune__transaction_domain(transaction);

	if (!subject->live_xml || (transaction->flags & VTUNE_APPLY_MOVE_MEMORY))
		return true;
	return subject->live_target && vtune__can_set_nodes(subject) &&
	       !vtune__set_is_subset(&subject->target.nodes, &subject->live.nodes);
}

int vtune__apply_check_room(struct vtune__transaction *transaction, const struct vtune_plan *plan,
			    struct vtune_error **err)
{
	const struct vtune_host *host;

	if (check_plan(transaction, plan, err) < 0)
		return -1;
	if (!takes_memory(transaction))
		return 0;
	host = vtune__transaction_host(transaction, err);
	if (!host)
		return -1;
	return vtune__apply_check_memory(host, plan, vtune__transaction_domain(transaction)->name,
					 err);
}
