/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Several VMs by trying everything: each VM in every placement on every host that the
 * VMs before it can leave. Of placements that leave the same host the best will do.
 */
#include <stdlib.h>
#include <string.h>

#include "oracle.h"

enum { MOST_STATES = 30000, MOST_TRIALS = 600000, BUCKETS = 1 << 16 };

/* What the VMs so far have taken. */
struct taken {
	uint64_t held;
	int64_t pages[ORACLE_NODES][ORACLE_SIZES];
	int64_t shared_vcpus[ORACLE_NODES];
	uint64_t devices;
};

struct state {
	struct taken taken;
	struct oracle_sum sum;
	struct state *next;	/* in the bucket */
};

struct states {
	struct state **list;
	unsigned int count;
	struct state *bucket[BUCKETS];
};

struct walk {
	const struct oracle_host *base;
	const struct state *from;
	unsigned int vm;
	struct states *to;
	bool full;
	struct taken taken;	/* with the plan at hand, but for its devices */
	struct oracle_sum sum;
};

int oracle_compare_sums(const struct oracle_sum *a, const struct oracle_sum *b)
{
	unsigned int i, k;

	if (a->cells != b->cells)
		return a->cells < b->cells ? -1 : 1;
	for (i = 0; i < ORACLE_COSTS; i++) {
		for (k = 0; k < ORACLE_VMS && i == ORACLE_CACHES; k++) {
			if (a->page_kib[k] != b->page_kib[k])
				return a->page_kib[k] > b->page_kib[k] ? -1 : 1;
		}
		if (a->cost[i] != b->cost[i])
			return a->cost[i] < b->cost[i] ? -1 : 1;
	}
	return 0;
}

static unsigned int bucket_of(const struct taken *taken)
{
	const unsigned char *bytes = (const unsigned char *)taken;
	uint64_t hash = UINT64_C(14695981039346656037);
	size_t i;

	for (i = 0; i < sizeof(*taken); i++)
		hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
	return (unsigned int)(hash >> 20) % BUCKETS;
}

static void add_state(struct walk *w, const struct taken *taken, const struct oracle_sum *sum)
{
	struct state **first = &w->to->bucket[bucket_of(taken)], *state;

	for (state = *first; state; state = state->next) {
		if (!memcmp(&state->taken, taken, sizeof(*taken)))
			break;
	}
	if (state && oracle_compare_sums(&state->sum, sum) <= 0)
		return;
	if (!state) {
		if (w->to->count == MOST_STATES) {
			w->full = true;
			return;
		}
		state = calloc(1, sizeof(*state));
		if (!state)
			oracle_die("out of memory");
		state->taken = *taken;
		state->next = *first;
		*first = state;
		w->to->list[w->to->count++] = state;
	}
	state->sum = *sum;
}

static struct states *new_states(void)
{
	struct states *states = calloc(1, sizeof(*states));

	if (states)
		states->list = calloc(MOST_STATES, sizeof(struct state *));
	if (!states || !states->list)
		oracle_die("out of memory");
	return states;
}

static void free_states(struct states *states)
{
	unsigned int i;

	for (i = 0; i < states->count; i++)
		free(states->list[i]);
	free(states->list);
	free(states);
}

/* The host as it is when those have taken theirs. */
static void take(struct oracle_host *host, const struct taken *taken)
{
	unsigned int n, size;

	host->capable &= ~taken->held;
	host->pool &= ~taken->held;
	host->others |= taken->held;
	for (n = 0; n < host->nnodes; n++) {
		host->node[n].shared_vcpus += taken->shared_vcpus[n];
		for (size = 0; size < host->nsizes; size++)
			host->node[n].pages[size] -= taken->pages[n][size];
		host->node[n].free_kib -= taken->pages[n][0] * host->size_kib[0];
	}
	for (n = 0; n < host->ndevices; n++)
		host->device_taken[n] = host->device_taken[n] || taken->devices >> n & 1;
}

static void add_choice(void *data, int64_t cost, uint32_t devices)
{
	struct walk *w = data;
	struct taken taken = w->taken;
	struct oracle_sum sum = w->sum;

	taken.devices |= devices;
	sum.cost[ORACLE_DEVICE] += cost;
	add_state(w, &taken, &sum);
}

/* A placement of the VM on the host at hand, with any of the devices that it may have. */
static void add_plan(void *data, const struct oracle_case *c, const struct oracle_plan *plan,
		     const int64_t *cost)
{
	struct walk *w = data;
	struct oracle_layout layout;
	unsigned int cell, n, i;
	uint32_t cells = 0;

	w->taken = w->from->taken;
	w->sum = w->from->sum;
	w->taken.held |= plan->held;
	oracle_layout(&c->spec, plan->ncells, &layout);
	for (cell = 0; cell < plan->ncells; cell++) {
		cells |= 1u << plan->node[cell];
		w->taken.shared_vcpus[plan->node[cell]] += layout.shared[cell];
		for (n = 0; n < c->host.nnodes; n++)
			w->taken.pages[n][plan->size] += plan->pages[cell][n];
	}
	w->sum.cells += plan->ncells;
	for (i = 0; i < ORACLE_COSTS; i++)
		w->sum.cost[i] += i == ORACLE_DEVICE ? 0 : cost[i];
	w->sum.page_kib[w->vm] = plan->size ? c->host.size_kib[plan->size] : 0;
	oracle_each_devices(c, cells, add_choice, w);
}

/* Every placement of the VM on each of the hosts; false: too many. */
static bool place_next(struct walk *w, const struct oracle_case *base, const struct states *from)
{
	unsigned int i;

	for (i = 0; i < from->count; i++) {
		struct oracle_case c = *base;

		w->from = from->list[i];
		take(&c.host, &w->from->taken);
		if (!oracle_each(&c, MOST_TRIALS / (from->count + 10) + 2000, add_plan, w) ||
		    w->full)
			return false;
	}
	return true;
}

bool oracle_together(const struct oracle_host *host, const struct oracle_spec *specs,
		     unsigned int count, unsigned int *placed, struct oracle_sum *best)
{
	static const struct taken nothing;
	struct oracle_case c = { .host = *host };
	struct states *states = new_states();
	struct walk w = { .base = host, .to = states };
	bool done = true;
	unsigned int i;

	*placed = 0;
	add_state(&w, &nothing, &(struct oracle_sum){ 0 });
	for (w.vm = 0; w.vm < count && done; w.vm++) {
		c.spec = specs[w.vm];
		w.to = new_states();
		done = place_next(&w, &c, states);
		if (done && w.to->count > 0) {
			struct states *swap = states;

			states = w.to;
			w.to = swap;
			*placed |= 1u << w.vm;
		}
		free_states(w.to);
	}
	*best = states->list[0]->sum;
	for (i = 1; i < states->count; i++) {
		if (oracle_compare_sums(&states->list[i]->sum, best) < 0)
			*best = states->list[i]->sum;
	}
	free_states(states);
	return done;
}
