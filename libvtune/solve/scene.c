/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "devices.h"

#define TAKE(scene, count, type) vtune__arena_take((scene)->arena, (count), sizeof(type))

/* Look at every CPU once and count it in its core. */
static void cpus_count(const struct vtune__scene *scene, struct vtune__core *cores)
{
	const struct vtune__topology *topology = scene->topology;
	const struct vtune__room *room = scene->room;

	for (unsigned int cpu = 0; cpu < topology->ncpus; cpu++) {
		struct vtune__core *core;

		if (topology->core_of_cpu[cpu] < 0 || vtune__set_has(&topology->offline, cpu))
			continue;
		core = &cores[topology->core_of_cpu[cpu]];
		core->node = (unsigned int)topology->node_of_cpu[cpu];
		core->size++;
		core->other |= vtune__set_has(&room->held, cpu);
		if (!vtune__set_has(&room->dedicated, cpu))
			continue;
		core->free++;
		core->apart += !vtune__set_has(&room->shared, cpu);
		core->group = (unsigned int)topology->group_of_cpu[cpu];
	}
}

static void core_insert(struct vtune__site *site, const struct vtune__core *core)
{
	unsigned int place = site->ncores++;

	/* By group, then core: cores come in their order, and groups mostly do. */
	while (place > 0 && site->cores[place - 1].group > core->group) {
		site->cores[place] = site->cores[place - 1];
		place--;
	}
	site->cores[place] = *core;
}

static int cores_read(struct vtune__scene *scene)
{
	unsigned int ncores = scene->topology->ncores;
	struct vtune__core *all = TAKE(scene, ncores, *all);
	struct vtune__core *cores = TAKE(scene, ncores, *cores);

	if (!all || !cores)
		return -1;
	cpus_count(scene, all);
	for (unsigned int i = 0; i < ncores; i++) {
		struct vtune__site *site = &scene->sites[all[i].node];

		all[i].index = i;
		site->ncores += all[i].free > 0;
		site->dedicated += all[i].free;
		site->apart += all[i].apart;
		if (all[i].size > 0 && all[i].free == all[i].size) {
			site->whole++;
			site->on_whole += all[i].size;
		}
	}
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		scene->sites[n].cores = cores;
		cores += scene->sites[n].ncores;
		scene->sites[n].ncores = 0;
	}
	for (unsigned int i = 0; i < ncores; i++)
		if (all[i].free > 0)
			core_insert(&scene->sites[all[i].node], &all[i]);
	return 0;
}

static int groups_read(struct vtune__scene *scene)
{
	unsigned int ngroups = scene->topology->ngroups;
	int *last = TAKE(scene, ngroups, *last);

	scene->group_free = TAKE(scene, ngroups, *scene->group_free);
	scene->group_span = TAKE(scene, ngroups, *scene->group_span);
	if (!last || !scene->group_free || !scene->group_span)
		return -1;
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		for (unsigned int i = 0; i < scene->sites[n].ncores; i++) {
			const struct vtune__core *core = &scene->sites[n].cores[i];

			scene->group_free[core->group] += core->free;
			if (last[core->group] == (int)n + 1)
				continue;
			last[core->group] = (int)n + 1;
			scene->group_span[core->group]++;
			scene->spanning |= scene->group_span[core->group] > 1;
		}
	}
	return 0;
}

/* What of the sites depends on the spec. */
static void sites_ask(struct vtune__scene *scene)
{
	const struct vtune_spec *spec = scene->spec;

	for (unsigned int n = 0; n < scene->nnodes; n++) {
		struct vtune__site *site = &scene->sites[n];
		const struct vtune__node *node = &scene->topology->nodes[n];
		bool named = spec->has_nodes && vtune__set_has(&spec->nodes, node->id);

		site->allowed = !spec->has_nodes || named;
		site->lends = node->kind == VTUNE__DRAM || named;
		site->unasked = 0;
	}
}

static void sites_read(struct vtune__scene *scene)
{
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		struct vtune__site *site = &scene->sites[n];
		const struct vtune__node *node = &scene->topology->nodes[n];

		site->has_cpus = !vtune__set_is_empty(&node->cpus);
		scene->cpu_nodes += site->has_cpus;
		site->has_memory = node->memory_kib > 0;
		site->shared_vcpus = scene->room->shared_vcpus[n];
		site->pool = vtune__set_count_and(&scene->room->shared, &node->cpus);
	}
}

/* By device: another VM's, by the allocations. */
static bool *devices_gone(const struct vtune__scene *scene)
{
	const struct vtune_host *host = scene->host;
	bool *gone = TAKE(scene, scene->topology->ndevices, *gone);

	for (unsigned int i = 0; i < host->nallocations && gone; i++) {
		const struct vtune__allocation *other = &host->allocations[i];

		if (!strcmp(other->vm, scene->spec->name))
			continue;
		for (unsigned int j = 0; j < other->ndevices; j++) {
			const struct vtune__device *device =
				vtune__topology_device(scene->topology, other->devices[j]);

			if (device)
				gone[device - scene->topology->devices] = true;
		}
	}
	return gone;
}

static void node_require(struct vtune__scene *scene, unsigned int node)
{
	for (unsigned int i = 0; i < scene->nrequired; i++)
		if (scene->required_nodes[i] == node)
			return;
	scene->required_nodes[scene->nrequired++] = node;
}

static void device_read(struct vtune__scene *scene, const struct vtune__hostdev_spec *asked,
			bool *gone)
{
	const struct vtune__device *device = vtune__topology_device(scene->topology, asked->id);
	bool require = asked->affinity == VTUNE__AFFINITY_REQUIRE;
	int node;

	if (!device || gone[device - scene->topology->devices]) {
		scene->devices_missing = true;
		return;
	}
	gone[device - scene->topology->devices] = true;
	node = device->node;
	if (node < 0 && scene->nnodes == 1)
		node = 0;
	if (node < 0) {
		scene->devices_missing |= require;
		return;
	}
	scene->sites[node].unasked--;
	if (asked->affinity == VTUNE__AFFINITY_NONE)
		return;
	scene->device_nodes[scene->ndevices++] = (unsigned int)node;
	if (require)
		node_require(scene, (unsigned int)node);
}

static int devices_read(struct vtune__scene *scene)
{
	const struct vtune__topology *topology = scene->topology;
	unsigned int nwishes = vtune__spec_wish_count(scene->spec);
	bool *gone;

	scene->device_nodes = TAKE(scene, nwishes, *scene->device_nodes);
	scene->required_nodes = TAKE(scene, nwishes, *scene->required_nodes);
	scene->pools = NULL;
	if (!scene->device_nodes || !scene->required_nodes)
		return -1;
	for (unsigned int i = 0; i < topology->ndevices; i++) {
		int node = topology->devices[i].node;

		if (node < 0 && scene->nnodes == 1)
			node = 0;
		if (node >= 0)
			scene->sites[node].unasked++;
	}
	if (nwishes == 0)
		return 0;
	gone = devices_gone(scene);
	if (!gone)
		return -1;
	for (unsigned int i = 0; i < nwishes; i++)
		if (vtune__spec_wish(scene->spec, i)->id)
			device_read(scene, vtune__spec_wish(scene->spec, i), gone);
	scene->devices_gone = gone;
	return vtune__pools_build(scene, gone);
}

static void anchor_threads(struct vtune__scene *scene, unsigned int disk, int node)
{
	for (unsigned int i = 0; i < scene->spec->iothread_count; i++) {
		if (!vtune__scene_serves(scene, i, disk) || scene->anchors[i] >= 0)
			continue;
		scene->anchors[i] = node;
		scene->anchored = true;
	}
}

static int anchors_read(struct vtune__scene *scene)
{
	const struct vtune_spec *spec = scene->spec;

	scene->anchors = TAKE(scene, spec->iothread_count, *scene->anchors);
	if (!scene->anchors || vtune__scene_deal(scene) < 0)
		return -1;
	for (unsigned int i = 0; i < spec->iothread_count; i++)
		scene->anchors[i] = -1;
	for (unsigned int i = 0; i < spec->ndisks && spec->iothread_count > 0; i++) {
		const struct vtune__device *device = NULL;

		if (spec->disks[i].source[0])
			device = vtune__topology_device(scene->topology, spec->disks[i].source);
		if (device && device->node >= 0)
			anchor_threads(scene, i, device->node);
	}
	return 0;
}

static void distances_read(struct vtune__scene *scene)
{
	const struct vtune__topology *topology = scene->topology;

	scene->symmetric = true;
	for (unsigned int a = 0; a < scene->nnodes; a++) {
		int64_t local = vtune__distance(topology, a, a);

		for (unsigned int b = 0; b < scene->nnodes; b++) {
			int64_t there = vtune__distance(topology, b, a);

			if (there != vtune__distance(topology, a, b))
				scene->symmetric = false;
			if (there - local < scene->nearest)
				scene->nearest = there - local;
		}
	}
}

static bool has_interest(const struct vtune__scene *scene, unsigned int node)
{
	for (unsigned int i = 0; i < scene->ndevices; i++)
		if (scene->device_nodes[i] == node)
			return true;
	if (vtune__pools_on(scene, node))
		return true;
	for (unsigned int i = 0; i < scene->spec->iothread_count; i++)
		if (scene->anchors[i] == (int)node)
			return true;
	return false;
}

static bool same_distances(const struct vtune__scene *scene, unsigned int a, unsigned int b)
{
	const struct vtune__topology *topology = scene->topology;

	if (vtune__distance(topology, a, a) != vtune__distance(topology, b, b) ||
	    vtune__distance(topology, a, b) != vtune__distance(topology, b, a))
		return false;
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		if (n == a || n == b)
			continue;
		if (vtune__distance(topology, a, n) != vtune__distance(topology, b, n) ||
		    vtune__distance(topology, n, a) != vtune__distance(topology, n, b))
			return false;
	}
	return true;
}

static bool same_groups(const struct vtune__scene *scene, const struct vtune__site *a,
			const struct vtune__site *b)
{
	for (unsigned int i = 0; i < a->ncores; i++) {
		const struct vtune__core *x = &a->cores[i], *y = &b->cores[i];
		bool x_new = i == 0 || a->cores[i - 1].group != x->group;
		bool y_new = i == 0 || b->cores[i - 1].group != y->group;

		if (x->size != y->size || x->free != y->free || x->apart != y->apart ||
		    x->other != y->other || x_new != y_new ||
		    scene->group_free[x->group] != scene->group_free[y->group])
			return false;
		/* Groups over several nodes must be the very same. */
		if ((scene->group_span[x->group] > 1 || scene->group_span[y->group] > 1) &&
		    x->group != y->group)
			return false;
	}
	return true;
}

static bool same_memory(const struct vtune__scene *scene, unsigned int a, unsigned int b)
{
	const struct vtune__room *room = scene->room;
	unsigned int sizes = scene->topology->npage_sizes;

	return room->free_kib[a] == room->free_kib[b] &&
	       (!sizes ||
		!memcmp(&room->free_pages[(size_t)a * sizes], &room->free_pages[(size_t)b * sizes],
			sizes * sizeof(*room->free_pages)));
}

/* Would the same vCPUs cost the same on the CPUs of both nodes? */
static bool are_kin(const struct vtune__scene *scene, unsigned int a, unsigned int b)
{
	const struct vtune__site *x = &scene->sites[a], *y = &scene->sites[b];

	return x->ncores == y->ncores && x->dedicated == y->dedicated && x->pool == y->pool &&
	       x->shared_vcpus == y->shared_vcpus && same_groups(scene, x, y);
}

/* Would swapping two nodes that are kin change nothing but their numbers? */
static bool are_twins(const struct vtune__scene *scene, unsigned int a, unsigned int b)
{
	const struct vtune__site *x = &scene->sites[a], *y = &scene->sites[b];

	return x->kin == y->kin && x->has_cpus == y->has_cpus && x->has_memory == y->has_memory &&
	       x->allowed == y->allowed && x->lends == y->lends && x->unasked == y->unasked &&
	       same_memory(scene, a, b) && same_distances(scene, a, b) && !has_interest(scene, a) &&
	       !has_interest(scene, b);
}

static void twins_find(struct vtune__scene *scene)
{
	for (unsigned int n = 0; n < scene->nnodes; n++) {
		struct vtune__site *site = &scene->sites[n];

		site->kin = site->twin = n;
		for (unsigned int a = 0; a < n && site->kin == n; a++)
			if (scene->sites[a].kin == a && are_kin(scene, a, n))
				site->kin = a;
		for (unsigned int a = site->kin; a < n && site->twin == n; a++)
			if (scene->sites[a].twin == a && are_twins(scene, a, n))
				site->twin = a;
	}
}

int vtune__scene_build(struct vtune__scene *scene, const struct vtune_host *host,
		       const struct vtune_spec *spec, const struct vtune__room *room,
		       struct vtune__arena *arena)
{
	memset(scene, 0, sizeof(*scene));
	scene->host = host;
	scene->topology = host->topology;
	scene->spec = spec;
	scene->room = room;
	scene->arena = arena;
	scene->sign = spec->strategy == VTUNE__PACK ? 1 : -1;
	scene->nnodes = host->topology->nnodes;
	scene->sites = TAKE(scene, scene->nnodes, *scene->sites);
	scene->kept = TAKE(scene, scene->nnodes, *scene->kept);
	scene->keeper = arena;
	if (!scene->sites || !scene->kept)
		return -1;
	sites_read(scene);
	sites_ask(scene);
	if (cores_read(scene) < 0 || groups_read(scene) < 0 || devices_read(scene) < 0 ||
	    anchors_read(scene) < 0)
		return -1;
	distances_read(scene);
	twins_find(scene);
	return 0;
}

int vtune__scene_lift(struct vtune__scene *scene, const struct vtune__scene *from,
		      struct vtune__arena *arena, unsigned int lift)
{
	*scene = *from;
	scene->arena = arena;
	scene->lift = lift;
	if (lift & VTUNE__LIFT_DEVICES) {
		scene->devices_missing = false;
		scene->nrequired = 0;
		scene->pools = NULL;
	}
	if (!(lift & VTUNE__LIFT_NODES))
		return 0;
	scene->sites = TAKE(scene, scene->nnodes, *scene->sites);
	if (!scene->sites)
		return -1;
	memcpy(scene->sites, from->sites, scene->nnodes * sizeof(*scene->sites));
	for (unsigned int n = 0; n < scene->nnodes; n++)
		scene->sites[n].allowed = true;
	return 0;
}

int vtune__scene_for(struct vtune__scene *scene, const struct vtune__scene *from,
		     const struct vtune_spec *spec, struct vtune__arena *arena)
{
	*scene = *from;
	scene->arena = arena;
	scene->spec = spec;
	scene->sign = spec->strategy == VTUNE__PACK ? 1 : -1;
	scene->ndevices = scene->nrequired = 0;
	scene->devices_missing = scene->anchored = false;
	scene->sites = TAKE(scene, scene->nnodes, *scene->sites);
	if (!scene->sites)
		return -1;
	memcpy(scene->sites, from->sites, scene->nnodes * sizeof(*scene->sites));
	sites_ask(scene);
	return devices_read(scene) < 0 || anchors_read(scene) < 0 ? -1 : 0;
}

enum vtune__threads vtune__scene_threads(const struct vtune__scene *scene)
{
	return scene->lift & VTUNE__LIFT_THREADS ? VTUNE__PREFER : scene->spec->threads;
}
