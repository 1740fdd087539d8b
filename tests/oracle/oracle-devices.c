/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which devices of the host the VM is given: every choice is tried, one wish for one
 * device after the other. Of equal costs the first one found has the lowest numbers. */
#include <string.h>

#include "oracle.h"

struct choice {
	const struct oracle_case *c;
	uint32_t cells;
	bool found;
	int64_t cost, near;	/* of the best one */
	unsigned int device[ORACLE_DEVICES];
	unsigned int now[ORACLE_DEVICES];
	oracle_devices_fn *each;	/* for every choice; NULL: only the best one counts */
	void *data;
};

static bool on_cells(const struct choice *s, unsigned int device)
{
	int node = s->c->host.device_node[device];

	/* On a host of one node it is there, known or not. */
	return node < 0 ? s->c->host.nnodes == 1 : s->cells >> node & 1;
}

static bool may_be(const struct choice *s, unsigned int unit, unsigned int device)
{
	const struct oracle_spec *spec = &s->c->spec;
	unsigned int i;

	if (!(spec->may[unit] >> device & 1) || s->c->host.device_taken[device])
		return false;
	for (i = 0; i < unit; i++) {
		if (s->now[i] == device)
			return false;
	}
	if (spec->again[unit] && device < s->now[unit - 1])
		return false;
	return spec->affinity[unit] != ORACLE_DEV_REQUIRE || on_cells(s, device);
}

static int64_t cost_of(const struct choice *s, unsigned int unit, unsigned int device)
{
	const struct oracle_host *host = &s->c->host;
	int node = host->device_node[device];
	int64_t best = INT64_MAX, cost;
	unsigned int n;

	if (node < 0 || s->c->spec.affinity[unit] == ORACLE_DEV_NONE)
		return 0;
	for (n = 0; n < host->nnodes; n++) {
		cost = host->distance[node][n] - host->distance[node][node];
		if (s->cells & 1u << n && cost < best)
			best = cost;
	}
	return best;
}

static void try_unit(struct choice *s, unsigned int unit, int64_t cost, int64_t near)
{
	uint32_t taken = 0;
	unsigned int i;

	if (unit == s->c->spec.nhostdevs) {
		for (i = 0; i < unit && s->each; i++)
			taken |= 1u << s->now[i];
		if (s->each)
			s->each(s->data, cost, taken);
		if (s->found && (cost > s->cost || (cost == s->cost && near <= s->near)))
			return;
		s->found = true;
		s->cost = cost;
		s->near = near;
		memcpy(s->device, s->now, sizeof(s->device));
		return;
	}
	for (i = 0; i < s->c->host.ndevices; i++) {
		if (!may_be(s, unit, i))
			continue;
		s->now[unit] = i;
		try_unit(s, unit + 1, cost + cost_of(s, unit, i), near + on_cells(s, i));
	}
}

static struct choice choose(const struct oracle_case *c, uint32_t cell_nodes)
{
	struct choice s = { .c = c, .cells = cell_nodes };

	try_unit(&s, 0, 0, 0);
	return s;
}

bool oracle_devices_ok(const struct oracle_case *c, uint32_t cell_nodes)
{
	return choose(c, cell_nodes).found;
}

int64_t oracle_device_cost(const struct oracle_case *c, uint32_t cell_nodes)
{
	return choose(c, cell_nodes).cost;
}

int64_t oracle_unasked(const struct oracle_case *c, uint32_t cell_nodes)
{
	struct choice s = choose(c, cell_nodes);
	int64_t count = -s.near;
	unsigned int i;

	for (i = 0; i < c->host.ndevices; i++)
		count += on_cells(&s, i);
	return count;
}

void oracle_devices(const struct oracle_case *c, uint32_t cell_nodes, unsigned int *devices)
{
	struct choice s = choose(c, cell_nodes);

	memcpy(devices, s.device, sizeof(s.device));
}

void oracle_each_devices(const struct oracle_case *c, uint32_t cell_nodes, oracle_devices_fn *each,
			 void *data)
{
	struct choice s = { .c = c, .cells = cell_nodes, .each = each, .data = data };

	try_unit(&s, 0, 0, 0);
}

/* May it be these, and what do they cost? */
bool oracle_devices_hold(const struct oracle_case *c, uint32_t cell_nodes,
			 const unsigned int *devices, int64_t *cost)
{
	struct choice s = { .c = c, .cells = cell_nodes };
	unsigned int i;

	*cost = 0;
	for (i = 0; i < c->spec.nhostdevs; i++) {
		if (!may_be(&s, i, devices[i]))
			return false;
		s.now[i] = devices[i];
		*cost += cost_of(&s, i, devices[i]);
	}
	return true;
}
