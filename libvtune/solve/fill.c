/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a layout to the plan: the very CPUs, and all that follows from them. */
#include "../guest/guest.h"
#include "devices.h"

struct fill {
	struct vtune_plan *plan;
	const struct vtune__answer *answer;
	const struct vtune__trial *trial;
	const struct vtune__scene *scene;
	const struct vtune__layout *layout;
	const struct vtune_spec *spec;
	struct vtune__set pool;	   /* the shared CPUs that are left */
	struct vtune__set helpers; /* isolated helpers' CPUs */
	unsigned int **helpers_of; /* by node */
	unsigned int *helpers_used;
	struct vtune_error **err;
};

static unsigned int node_id(const struct fill *f, unsigned int node)
{
	return f->scene->topology->nodes[node].id;
}

static int no_memory(const struct fill *f)
{
	return vtune__fail_memory(f->err);
}

/* ---- vCPUs and isolated helpers ---- */

static int give_vcpus(struct fill *f, unsigned int cell, const unsigned int *cpus)
{
	VTUNE__SET_FOREACH(vcpu, &f->trial->cells[cell].vcpus) {
		struct vtune__plan_vcpu *it = &f->plan->vcpus[vcpu];

		it->cell = cell;
		it->dedicated = vtune__set_has(&f->spec->dedicated, (unsigned int)vcpu);
		if (it->dedicated && vtune__set_add(&it->cpus, *cpus++) < 0)
			return no_memory(f);
	}
	return 0;
}

/* CPUs that were picked beforehand. */
static int take_pick(struct fill *f, unsigned int node)
{
	const struct vtune__pick *pick = &f->answer->picks[node];
	int cell = vtune__layout_cell(f->layout, f->trial, node);

	f->helpers_of[node] = pick->cpus + pick->vcpus;
	for (unsigned int i = 0; i < pick->vcpus + pick->helpers + pick->idle; i++)
		if (vtune__set_add(&f->plan->held, pick->cpus[i]) < 0)
			return no_memory(f);
	for (unsigned int i = 0; i < pick->helpers; i++)
		if (vtune__set_add(&f->helpers, pick->cpus[pick->vcpus + i]) < 0)
			return no_memory(f);
	return cell < 0 ? 0 : give_vcpus(f, (unsigned int)cell, pick->cpus);
}

static int choose_on(struct fill *f, struct vtune__chooser *chooser, unsigned int node,
		     enum vtune__touch *touch)
{
	struct vtune__arena *arena = f->scene->arena;
	int cell = vtune__layout_cell(f->layout, f->trial, node);
	struct vtune__cpu_ask ask;
	unsigned int *vcpus, *helpers;

	if (!vtune__layout_ask(f->layout, f->trial, node, touch, &ask))
		return 0;
	vcpus = vtune__arena_take(arena, ask.dedicated, sizeof(*vcpus));
	helpers = vtune__arena_take(arena, ask.helpers, sizeof(*helpers));
	if (!vcpus || !helpers)
		return no_memory(f);
	f->helpers_of[node] = helpers;
	if (vtune__kept_program(&ask))
		chooser->program = vtune__kept_program(&ask);
	if (vtune__cpus_choose(&ask, chooser, vcpus, helpers, &f->plan->held) < 0)
		return arena->failed ? no_memory(f)
				     : vtune__fail(f->err, VTUNE_ERR_INTERNAL, NULL,
						   "node %u has no CPUs for what it was given",
						   node_id(f, node));
	for (unsigned int i = 0; i < ask.helpers; i++)
		if (vtune__set_add(&f->helpers, helpers[i]) < 0)
			return no_memory(f);
	return cell < 0 ? 0 : give_vcpus(f, (unsigned int)cell, vcpus);
}

static int fill_cpus(struct fill *f)
{
	struct vtune__arena *arena = f->scene->arena;
	struct vtune__chooser chooser = { 0 };
	enum vtune__touch *touch =
		vtune__arena_take(arena, f->scene->topology->ngroups, sizeof(*touch));

	f->helpers_of = vtune__arena_take(arena, f->scene->nnodes, sizeof(*f->helpers_of));
	f->helpers_used = vtune__arena_take(arena, f->scene->nnodes, sizeof(*f->helpers_used));
	f->plan->vcpus = vtune__alloc(f->spec->vcpus, sizeof(*f->plan->vcpus), f->err);
	if (!f->plan->vcpus)
		return -1;
	f->plan->nvcpus = f->spec->vcpus;
	if (!touch || !f->helpers_of || !f->helpers_used)
		return no_memory(f);
	for (unsigned int n = 0; n < f->scene->nnodes; n++)
		if ((f->answer->picks ? take_pick(f, n) : choose_on(f, &chooser, n, touch)) < 0)
			return -1;
	if (vtune__set_copy(&f->pool, &f->scene->room->shared) < 0)
		return no_memory(f);
	vtune__set_andnot(&f->pool, &f->plan->held);
	return 0;
}

static int pool_on(const struct fill *f, unsigned int node, struct vtune__set *to)
{
	if (vtune__set_copy(to, &f->pool) < 0)
		return no_memory(f);
	vtune__set_and(to, &f->scene->topology->nodes[node].cpus);
	return 0;
}

static int fill_shared_vcpus(struct fill *f)
{
	for (unsigned int i = 0; i < f->plan->nvcpus; i++) {
		struct vtune__plan_vcpu *it = &f->plan->vcpus[i];

		if (!it->dedicated && pool_on(f, f->layout->nodes[it->cell], &it->cpus) < 0)
			return -1;
	}
	return 0;
}

/* ---- cells ---- */

static int fill_cell(struct fill *f, unsigned int g)
{
	struct vtune__plan_cell *cell = &f->plan->cells[g];
	const uint64_t *pages = &f->layout->pages[(size_t)g * f->scene->nnodes];

	if (vtune__set_copy(&cell->vcpus, &f->trial->cells[g].vcpus) < 0)
		return no_memory(f);
	cell->node = node_id(f, f->layout->nodes[g]);
	cell->page_kib = f->trial->page_kib;
	cell->memory_kib = f->trial->cells[g].pages * f->trial->page_kib;
	for (unsigned int n = 0; n < f->scene->nnodes; n++) {
		struct vtune__plan_memory *memory;

		if (pages[n] == 0)
			continue;
		memory = vtune__grow((void **)&cell->memory, &cell->nmemory, sizeof(*memory),
				     f->err);
		if (!memory)
			return -1;
		memory->node = node_id(f, n);
		memory->size_kib = pages[n] * f->trial->page_kib;
	}
	return 0;
}

static int fill_cells(struct fill *f)
{
	unsigned int ncells = f->trial->ncells;
	struct vtune_plan *plan = f->plan;

	plan->cells = vtune__alloc(ncells, sizeof(*plan->cells), f->err);
	plan->distances = vtune__alloc((size_t)ncells * ncells, sizeof(*plan->distances), f->err);
	if (!plan->cells || !plan->distances)
		return -1;
	plan->ncells = ncells;
	for (unsigned int g = 0; g < ncells; g++) {
		if (fill_cell(f, g) < 0)
			return -1;
		for (unsigned int h = 0; h < ncells; h++)
			plan->distances[g * ncells + h] = vtune__distance(
				f->scene->topology, f->layout->nodes[g], f->layout->nodes[h]);
	}
	return 0;
}

/* ---- emulator and I/O threads ---- */

static unsigned int take_helper(struct fill *f, unsigned int node)
{
	return f->helpers_of[node][f->helpers_used[node]++];
}

/* Returns how many vCPUs that were, or -1. */
static int add_vcpus_of(struct fill *f, unsigned int cell, bool shared, bool realtime,
			struct vtune__set *cpus)
{
	int count = 0;

	for (unsigned int i = 0; i < f->plan->nvcpus; i++) {
		const struct vtune__plan_vcpu *it = &f->plan->vcpus[i];

		if (it->cell != cell || (!it->dedicated && !shared) ||
		    (!realtime && vtune__set_has(&f->spec->schedule.realtime.vcpus, i)))
			continue;
		if (vtune__set_or(cpus, &it->cpus) < 0)
			return no_memory(f);
		count++;
	}
	return count;
}

/* The CPUs of a cell's dedicated vCPUs, or of all. Realtime ones do not give way to a
 * helper, so theirs are taken only where there are no others. */
static int add_own_vcpus(struct fill *f, unsigned int cell, bool shared, struct vtune__set *cpus)
{
	int count = add_vcpus_of(f, cell, shared, false, cpus);

	if (count == 0)
		count = add_vcpus_of(f, cell, shared, true, cpus);
	return count < 0 ? -1 : 0;
}

/* Node by node the shared CPUs, or where there are none the VM's own. */
static int add_share(struct fill *f, struct vtune__set *cpus)
{
	struct vtune__set here = { 0 };
	int result = 0;

	for (unsigned int n = 0; n < f->scene->nnodes && result == 0; n++) {
		int cell = vtune__layout_cell(f->layout, f->trial, n);

		if (cell < 0 && !vtune__layout_has_memory(f->layout, f->trial, n))
			continue;
		result = pool_on(f, n, &here);
		if (result == 0 && !vtune__set_is_empty(&here))
			result = vtune__set_or(cpus, &here) < 0 ? no_memory(f) : 0;
		else if (result == 0 && cell >= 0)
			result = add_own_vcpus(f, (unsigned int)cell, false, cpus);
	}
	vtune__set_free(&here);
	return result;
}

static int add_float(struct fill *f, struct vtune__set *cpus)
{
	for (unsigned int g = 0; g < f->plan->ncells; g++)
		if (add_own_vcpus(f, g, true, cpus) < 0)
			return -1;
	return 0;
}

static int fill_emulator(struct fill *f)
{
	struct vtune__set *cpus = &f->plan->emulator;

	if (f->spec->emulator == VTUNE__EMULATOR_FLOAT)
		return add_float(f, cpus);
	if (f->spec->emulator == VTUNE__EMULATOR_SHARE)
		return add_share(f, cpus);
	for (unsigned int n = 0; n < f->scene->nnodes; n++) {
		bool here = f->trial->emulator_each
				    ? vtune__layout_has_memory(f->layout, f->trial, n)
				    : f->layout->emulator_node == (int)n;

		if (here && vtune__set_add(cpus, take_helper(f, n)) < 0)
			return no_memory(f);
	}
	return 0;
}

static int fill_disks(struct fill *f, unsigned int thread, struct vtune__plan_iothread *it)
{
	for (unsigned int i = 0; i < f->spec->ndisks; i++) {
		char **name;

		if (!vtune__scene_serves(f->scene, thread, i))
			continue;
		name = vtune__grow((void **)&it->disks, &it->ndisks, sizeof(*name), f->err);
		if (!name)
			return -1;
		*name = vtune__strdup(f->spec->disks[i].target, f->err);
		if (!*name)
			return -1;
	}
	return 0;
}

static int fill_iothreads(struct fill *f)
{
	struct vtune_plan *plan = f->plan;

	plan->iothreads = vtune__alloc(f->spec->iothread_count, sizeof(*plan->iothreads), f->err);
	if (!plan->iothreads)
		return -1;
	plan->niothreads = f->spec->iothread_count;
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		struct vtune__plan_iothread *it = &plan->iothreads[i];
		int result;

		it->id = vtune__spec_iothread_id(f->spec, i);
		if (f->trial->pinned_io > 0)
			result = vtune__set_add(&it->cpus, take_helper(f, f->layout->io_nodes[i])) <
						 0
					 ? no_memory(f)
					 : 0;
		else
			result = add_share(f, &it->cpus);
		if (result < 0 || fill_disks(f, i, it) < 0)
			return -1;
	}
	return 0;
}

/* ---- devices ---- */

static void find_nearest(const struct fill *f, struct vtune__plan_device *device, unsigned int node)
{
	device->node = (int)node_id(f, node);
	for (unsigned int g = 0; g < f->trial->ncells; g++) {
		unsigned int far = vtune__distance(f->scene->topology, node, f->layout->nodes[g]);

		if (device->cell >= 0 && far >= device->distance)
			continue;
		device->cell = (int)g;
		device->distance = far;
	}
}

static int add_device(struct fill *f, const struct vtune__device *device, unsigned int wish)
{
	struct vtune__plan_device *it = &f->plan->devices[f->plan->ndevices++];

	it->node = it->cell = -1;
	it->is_interface = vtune__spec_wish_interface(f->spec, wish) >= 0;
	if (it->is_interface)
		it->interface = (unsigned int)vtune__spec_wish_interface(f->spec, wish);
	it->unmanaged = vtune__spec_wish(f->spec, wish)->unmanaged;
	it->id = vtune__strdup(device->id, f->err);
	if (!it->id)
		return -1;
	if (device->node >= 0)
		find_nearest(f, it, (unsigned int)device->node);
	return 0;
}

/* The devices of the pools, one pool after another; NULL: there are none. Where it was not
 * found out that they can be had, as on another host, they are left out. */
static int choose_devices(struct fill *f, const unsigned int **chosen)
{
	unsigned int *best = NULL;
	bool *cells;
	int possible;

	*chosen = f->answer->devices;
	if (!f->scene->pools || *chosen)
		return 0;
	cells = vtune__arena_take(f->scene->arena, f->scene->nnodes, sizeof(*cells));
	if (!cells)
		return no_memory(f);
	for (unsigned int g = 0; g < f->trial->ncells; g++)
		cells[f->layout->nodes[g]] = true;
	possible = vtune__pools_choose(f->scene, f->scene->arena, cells, &best);
	*chosen = possible > 0 ? best : NULL;
	return possible < 0 ? no_memory(f) : 0;
}

static int fill_devices(struct fill *f)
{
	const struct vtune__topology *topology = f->scene->topology;
	const unsigned int *chosen;

	f->plan->devices = vtune__alloc(vtune__spec_devices_wished(f->spec),
					sizeof(*f->plan->devices), f->err);
	if (!f->plan->devices || choose_devices(f, &chosen) < 0)
		return -1;
	for (unsigned int i = 0; i < vtune__spec_wish_count(f->spec); i++) {
		const struct vtune__hostdev_spec *wish = vtune__spec_wish(f->spec, i);

		if (wish->id && add_device(f, vtune__topology_device(topology, wish->id), i) < 0)
			return -1;
		for (unsigned int k = 0; !wish->id && chosen && k < wish->count; k++)
			if (add_device(f, &topology->devices[*chosen++], i) < 0)
				return -1;
	}
	return 0;
}

/* ---- all of it ---- */

static void write_cost(const struct vtune__cost *cost, struct vtune__plan_cost *to)
{
	to->remote = cost->remote;
	to->spread = cost->spread / 2;
	to->devices = cost->devices;
	to->helpers = cost->helpers;
	vtune__fine_unpack(cost->fine, &to->caches, &to->split_cores, &to->leftover,
			   &to->leftover_caches);
}

static void fill_cost(struct fill *f)
{
	struct vtune__cost cost = f->layout->cost;

	cost.fine = vtune__plan_fine_cost(f->plan, f->answer, &f->helpers);
	write_cost(&cost, &f->plan->cost);
	f->plan->optimal = f->answer->complete && cost.fine == f->layout->cost.fine;
	f->plan->has_bound = f->answer->stopped;
	if (f->plan->has_bound)
		write_cost(&f->answer->bound, &f->plan->bound);
}

static int fill(struct fill *f)
{
	if (fill_cpus(f) < 0 || fill_shared_vcpus(f) < 0 || fill_cells(f) < 0 ||
	    fill_emulator(f) < 0 || fill_iothreads(f) < 0 || fill_devices(f) < 0)
		return -1;
	fill_cost(f);
	f->plan->fits = true;
	f->plan->memory_mode = f->spec->mode;
	f->plan->threads = f->spec->threads;
	f->plan->cpu_mode = f->spec->cpu_mode;
	f->plan->has_cpu_mode = f->spec->has_cpu_mode;
	f->plan->shares = f->spec->shares;
	f->plan->huge = f->trial->huge;
	return 0;
}

int vtune__plan_fill(struct vtune_plan *plan, const struct vtune__answer *answer,
		     struct vtune_error **err)
{
	const struct vtune__scene *scene = answer->trial.scene;
	struct fill f = { .plan = plan,
			  .answer = answer,
			  .trial = &answer->trial,
			  .scene = scene,
			  .layout = &answer->layout,
			  .spec = scene->spec,
			  .err = err };
	int result = fill(&f);

	if (result == 0)
		result = vtune__guest_choose(plan, scene->host, scene->spec, err);
	vtune__set_free(&f.pool);
	vtune__set_free(&f.helpers);
	return result;
}
