/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>

/* The state of the moves that are being put in order. */
struct order {
	const struct vtune__mover *movers;
	unsigned int count;
	const struct vtune__set **now; /* by mover: where it is by then */
	struct vtune__set *waiting;    /* by mover: the CPU where it waits */
	bool *pending;
	bool *waited;
	/* By mover: how many others are still in its way. Vital are those of which
	 * both are vCPUs. */
	unsigned int *blocks, *vital;
	struct vtune__moves *moves;
};

void vtune__moves_free(struct vtune__moves *moves)
{
	for (unsigned int i = 0; i < moves->count; i++) {
		vtune__set_free(&moves->list[i].cpus);
		vtune__set_free(&moves->list[i].before);
	}
	free(moves->list);
	*moves = (struct vtune__moves){ 0 };
}

static void order_free(struct order *order)
{
	for (unsigned int i = 0; order->waiting && i < order->count; i++)
		vtune__set_free(&order->waiting[i]);
	free(order->now);
	free(order->waiting);
	free(order->pending);
	free(order->waited);
	free(order->blocks);
	free(order->vital);
}

/* Must a wait until b is gone? Not when they were together before, or will be. */
static bool is_in_way(const struct order *order, unsigned int a, unsigned int b)
{
	const struct vtune__mover *movers = order->movers;

	return a != b && order->pending[b] &&
	       vtune__set_intersects(movers[a].target, order->now[b]) &&
	       !vtune__set_intersects(movers[a].now, movers[b].now) &&
	       !vtune__set_intersects(movers[a].target, movers[b].target);
}

static bool is_vital(const struct order *order, unsigned int a, unsigned int b)
{
	return order->movers[a].kind == VTUNE__MOVER_VCPU &&
	       order->movers[b].kind == VTUNE__MOVER_VCPU;
}

/* Count b in or out as one that is in the way of others. */
static void count_blocks(struct order *order, unsigned int b, int sign)
{
	for (unsigned int a = 0; a < order->count; a++) {
		if (!order->pending[a] || !is_in_way(order, a, b))
			continue;
		order->blocks[a] += (unsigned int)sign;
		if (is_vital(order, a, b))
			order->vital[a] += (unsigned int)sign;
	}
}

static int order_make(struct order *order, struct vtune_error **err)
{
	order->now = vtune__alloc(order->count, sizeof(struct vtune__set *), err);
	order->waiting = vtune__alloc(order->count, sizeof(struct vtune__set), err);
	order->pending = vtune__alloc(order->count, sizeof(bool), err);
	order->waited = vtune__alloc(order->count, sizeof(bool), err);
	order->blocks = vtune__alloc(order->count, sizeof(unsigned int), err);
	order->vital = vtune__alloc(order->count, sizeof(unsigned int), err);
	if (!order->now || !order->waiting || !order->pending || !order->waited || !order->blocks ||
	    !order->vital)
		return -1;
	for (unsigned int i = 0; i < order->count; i++) {
		const struct vtune__mover *mover = &order->movers[i];

		order->now[i] = mover->now;
		order->pending[i] = !vtune__set_equal(mover->now, mover->target);
	}
	for (unsigned int i = 0; i < order->count; i++)
		count_blocks(order, i, 1);
	return 0;
}

static int add_move(struct order *order, unsigned int mover, const struct vtune__set *cpus,
		    int beside, struct vtune_error **err)
{
	struct vtune__move *move =
		vtune__grow((void **)&order->moves->list, &order->moves->count, sizeof(*move), err);

	if (!move)
		return -1;
	move->mover = mover;
	move->temporary = cpus != order->movers[mover].target;
	move->beside = beside;
	if (vtune__set_copy(&move->cpus, cpus) < 0 ||
	    vtune__set_copy(&move->before, order->now[mover]) < 0)
		return vtune__fail_memory(err);
	count_blocks(order, mover, -1);
	order->now[mover] = cpus;
	order->pending[mover] = move->temporary;
	count_blocks(order, mover, 1);
	return 0;
}

/* The first that may go: where nobody is in the way, else where no vCPU is. -1: none. */
static int next_free(const struct order *order)
{
	int found = -1;

	for (unsigned int i = 0; i < order->count; i++) {
		if (order->pending[i] && order->blocks[i] == 0)
			return (int)i;
		if (order->pending[i] && order->vital[i] == 0 && found < 0)
			found = (int)i;
	}
	return found;
}

static int first_in_way(const struct order *order, unsigned int a)
{
	for (unsigned int b = 0; b < order->count; b++) {
		if (is_vital(order, a, b) && is_in_way(order, a, b))
			return (int)b;
	}
	return -1;
}

/* A vCPU of a ring in which each waits for the next one. Every pending one waits. */
static unsigned int find_ring(const struct order *order)
{
	unsigned int at = 0;

	while (at + 1 < order->count && !order->pending[at])
		at++;
	for (unsigned int i = 0; i < order->count; i++) {
		int next = first_in_way(order, at);

		if (next < 0)
			break;
		at = (unsigned int)next;
	}
	return at;
}

/* Is no vCPU on the CPU, and none about to come? */
static bool is_free(const struct order *order, unsigned int mover, unsigned int cpu)
{
	for (unsigned int i = 0; i < order->count; i++) {
		if (i == mover || order->movers[i].kind != VTUNE__MOVER_VCPU)
			continue;
		if (vtune__set_has(order->now[i], cpu) ||
		    (order->pending[i] && vtune__set_has(order->movers[i].target, cpu)))
			return false;
	}
	return true;
}

/* Where a vCPU may wait: a CPU of its own target first. -1: nowhere. */
static int find_spare(const struct order *order, unsigned int mover,
		      const struct vtune__set *const *spare, unsigned int nspare)
{
	VTUNE__SET_FOREACH(cpu, order->movers[mover].target) {
		if (is_free(order, mover, (unsigned int)cpu))
			return cpu;
	}
	for (unsigned int i = 0; i < nspare; i++) {
		VTUNE__SET_FOREACH(cpu, spare[i]) {
			if (is_free(order, mover, (unsigned int)cpu))
				return cpu;
		}
	}
	return -1;
}

static int break_ring(struct order *order, const struct vtune__set *const *spare,
		      unsigned int nspare, struct vtune_error **err)
{
	unsigned int mover = find_ring(order);
	int cpu = order->waited[mover] ? -1 : find_spare(order, mover, spare, nspare);

	if (cpu < 0)
		return add_move(order, mover, order->movers[mover].target,
				first_in_way(order, mover), err);
	order->waited[mover] = true;
	if (vtune__set_add(&order->waiting[mover], (unsigned int)cpu) < 0)
		return vtune__fail_memory(err);
	return add_move(order, mover, &order->waiting[mover], -1, err);
}

int vtune__moves_order(struct vtune__moves *moves, const struct vtune__mover *movers,
		       unsigned int count, const struct vtune__set *const *spare,
		       unsigned int nspare, struct vtune_error **err)
{
	struct order order VTUNE__CLEANUP(
		order_free) = { .movers = movers, .count = count, .moves = moves };
	unsigned int left = 0;

	*moves = (struct vtune__moves){ 0 };
	if (order_make(&order, err) < 0)
		return -1;
	for (unsigned int i = 0; i < count; i++)
		left += order.pending[i];
	while (left > 0) {
		int mover = next_free(&order);

		if (mover >= 0 ? add_move(&order, (unsigned int)mover, movers[mover].target, -1,
					  err) < 0
			       : break_ring(&order, spare, nspare, err) < 0) {
			vtune__moves_free(moves);
			return -1;
		}
		left -= !moves->list[moves->count - 1].temporary;
	}
	return 0;
}
