/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "picture.h"

const char *const vtune__look_names[VTUNE__LOOKS] = {
	[VTUNE__LOOK_VCPU] = "vCPU of this VM",
	[VTUNE__LOOK_EMULATOR] = "emulator",
	[VTUNE__LOOK_IOTHREAD] = "I/O thread",
	[VTUNE__LOOK_IDLE] = "held, left idle",
	[VTUNE__LOOK_FLOAT] = "shared vCPUs float here",
	[VTUNE__LOOK_OTHER] = "other VMs",
	[VTUNE__LOOK_RESERVED] = "reserved for the host",
	[VTUNE__LOOK_SHARED] = "shared pool",
	[VTUNE__LOOK_FREE] = "free",
	[VTUNE__LOOK_ISOLATED] = "free, isolated",
	[VTUNE__LOOK_OFFLINE] = "offline",
};

const char *const vtune__part_names[VTUNE__PARTS] = {
	[VTUNE__PART_VM] = "this VM",
	[VTUNE__PART_OTHERS] = "other VMs",
	[VTUNE__PART_USED] = "otherwise in use",
	[VTUNE__PART_FREE] = "free",
};

char vtune__look_letter(enum vtune__look look, unsigned int number)
{
	static const char letters[VTUNE__LOOKS + 1] = "#EI-~*RS.:/";

	if (look == VTUNE__LOOK_OTHER && number < VTUNE__OTHER_LETTERS)
		return (char)('a' + number);
	return letters[look];
}

void vtune__picture_free(struct vtune__picture **picture)
{
	struct vtune__picture *p = *picture;

	*picture = NULL;
	if (!p)
		return;
	vtune__room_free(&p->room);
	free(p->cpus);
	free(p->cores);
	free(p->groups);
	free(p->memory);
	free(p->devices);
	free(p->nodes);
	free(p->others);
	free(p);
}

static void paint(struct vtune__picture *p, const struct vtune__set *cpus, enum vtune__look look,
		  unsigned int number)
{
	VTUNE__SET_FOREACH(cpu, cpus) {
		if ((unsigned int)cpu >= p->topology->ncpus)
			break;
		p->cpus[cpu].look = look;
		p->cpus[cpu].number = number;
	}
}

static bool is_other(const struct vtune__picture *p, const struct vtune__allocation *allocation)
{
	return !p->plan || strcmp(allocation->vm, p->plan->vm);
}

static int number_of_other(struct vtune__picture *p, const char *vm, struct vtune_error **err)
{
	void *names = p->others;
	const char **name;

	for (unsigned int i = 0; i < p->nothers; i++)
		if (!strcmp(p->others[i], vm))
			return (int)i;
	name = vtune__grow(&names, &p->nothers, sizeof(*name), err);
	p->others = names;
	if (!name)
		return -1;
	*name = vm;
	return (int)p->nothers - 1;
}

/* From the weakest claim on a CPU to the strongest; every CPU is one of these. */
static int paint_host(struct vtune__picture *p, struct vtune_error **err)
{
	const struct vtune_host *host = p->host;

	paint(p, &p->topology->cpus, VTUNE__LOOK_RESERVED, 0);
	paint(p, &p->room.shared, VTUNE__LOOK_SHARED, 0);
	VTUNE__SET_FOREACH(cpu, &p->room.dedicated)
		p->cpus[cpu].look = vtune__set_has(&p->topology->isolated, (unsigned int)cpu)
					    ? VTUNE__LOOK_ISOLATED
					    : VTUNE__LOOK_FREE;
	for (unsigned int i = 0; i < host->nallocations; i++) {
		const struct vtune__allocation *allocation = &host->allocations[i];
		int number;

		if (!is_other(p, allocation) || vtune__set_is_empty(&allocation->cpus))
			continue;
		number = number_of_other(p, allocation->vm, err);
		if (number < 0)
			return -1;
		paint(p, &allocation->cpus, VTUNE__LOOK_OTHER, (unsigned int)number);
	}
	paint(p, &p->topology->offline, VTUNE__LOOK_OFFLINE, 0);
	return 0;
}

/* A helper's CPU is its own when it is held and no vCPU's: then it is isolated,
 * else the helper floats there. */
static int paint_helpers(struct vtune__picture *p, struct vtune_error **err)
{
	const struct vtune_plan *plan = p->plan;
	struct vtune__set helpers = { 0 }, own = { 0 };
	int ret = -1;

	if (vtune__set_copy(&helpers, &plan->held) < 0 || vtune__set_copy(&own, &plan->held) < 0)
		goto out;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		vtune__set_andnot(&helpers, &plan->vcpus[i].cpus);
	vtune__set_and(&own, &helpers);
	vtune__set_and(&own, &plan->emulator);
	paint(p, &own, VTUNE__LOOK_EMULATOR, 0);
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (vtune__set_copy(&own, &helpers) < 0)
			goto out;
		vtune__set_and(&own, &plan->iothreads[i].cpus);
		paint(p, &own, VTUNE__LOOK_IOTHREAD, plan->iothreads[i].id);
	}
	ret = 0;
out:
	vtune__set_free(&helpers);
	vtune__set_free(&own);
	return ret < 0 ? vtune__fail_memory(err) : 0;
}

static int paint_plan(struct vtune__picture *p, struct vtune_error **err)
{
	const struct vtune_plan *plan = p->plan;

	/* Shared vCPUs of one cell have the same CPUs: paint them once. */
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (!plan->vcpus[i].dedicated &&
		    (i == 0 || plan->vcpus[i - 1].dedicated ||
		     !vtune__set_equal(&plan->vcpus[i].cpus, &plan->vcpus[i - 1].cpus)))
			paint(p, &plan->vcpus[i].cpus, VTUNE__LOOK_FLOAT, 0);
	paint(p, &plan->held, VTUNE__LOOK_IDLE, 0);
	if (paint_helpers(p, err) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (plan->vcpus[i].dedicated)
			paint(p, &plan->vcpus[i].cpus, VTUNE__LOOK_VCPU, i);
	return 0;
}

static int other_host(const struct vtune__picture *p, struct vtune_error **err, const char *what,
		      unsigned int id)
{
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, p->plan->vm,
			   "the plan of VM \"%s\" uses %s %u, which this host does not have: it "
			   "was made on another host",
			   p->plan->vm, what, id);
}

static int check_cpus(const struct vtune__picture *p, const struct vtune__set *cpus,
		      struct vtune_error **err)
{
	VTUNE__SET_FOREACH(cpu, cpus)
		if (!vtune__set_has(&p->topology->cpus, (unsigned int)cpu))
			return other_host(p, err, "CPU", (unsigned int)cpu);
	return 0;
}

/* A plan can come from a file, and so from another host than this one. */
static int check_plan(const struct vtune__picture *p, struct vtune_error **err)
{
	const struct vtune_plan *plan = p->plan;

	if (check_cpus(p, &plan->held, err) < 0 || check_cpus(p, &plan->emulator, err) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->nvcpus; i++)
		if (check_cpus(p, &plan->vcpus[i].cpus, err) < 0)
			return -1;
	for (unsigned int i = 0; i < plan->niothreads; i++)
		if (check_cpus(p, &plan->iothreads[i].cpus, err) < 0)
			return -1;
	for (unsigned int i = 0; i < plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &plan->cells[i];

		if (vtune__topology_node(p->topology, cell->node) < 0)
			return other_host(p, err, "node", cell->node);
		for (unsigned int k = 0; k < cell->nmemory; k++)
			if (vtune__topology_node(p->topology, cell->memory[k].node) < 0)
				return other_host(p, err, "node", cell->memory[k].node);
	}
	return 0;
}

struct core_place {
	unsigned int core, node, group;
};

static int compare_places(const void *a, const void *b)
{
	const struct core_place *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->core < y->core ? -1 : x->core > y->core;
}

static void add_cores(struct vtune__picture *p, const struct core_place *places,
		      const unsigned int *levels)
{
	const struct vtune__topology *t = p->topology;

	for (unsigned int i = 0; i < t->ncores; i++) {
		const struct core_place *place = &places[i];
		struct vtune__picture_node *node = &p->nodes[place->node];

		p->cores[i] = place->core;
		if (i == 0 || place->node != places[i - 1].node ||
		    place->group != places[i - 1].group) {
			p->groups[p->ngroups].level =
				levels[vtune__set_first(&t->cores[place->core])];
			p->groups[p->ngroups].first_core = i;
			if (node->ngroups++ == 0)
				node->first_group = p->ngroups;
			p->ngroups++;
		}
		p->groups[p->ngroups - 1].ncores++;
	}
}

/* Cores by node and cache group. A cache may span nodes: each has its part. */
static int add_groups(struct vtune__picture *p, struct vtune_error **err)
{
	const struct vtune__topology *t = p->topology;
	struct core_place *places = vtune__alloc(t->ncores, sizeof(*places), err);
	unsigned int *levels = vtune__alloc(t->ncpus, sizeof(*levels), err);
	int ret = -1;

	if (!places || !levels)
		goto out;
	for (unsigned int i = 0; i < t->ncaches; i++)
		VTUNE__SET_FOREACH(cpu, &t->caches[i].cpus)
			if (t->caches[i].level > levels[cpu])
				levels[cpu] = t->caches[i].level;
	for (unsigned int i = 0; i < t->ncores; i++) {
		int cpu = vtune__set_first(&t->cores[i]);
		unsigned int threads = vtune__set_count(&t->cores[i]);

		places[i].core = i;
		places[i].node = (unsigned int)t->node_of_cpu[cpu];
		places[i].group = (unsigned int)t->group_of_cpu[cpu];
		if (threads > p->threads)
			p->threads = threads;
	}
	qsort(places, t->ncores, sizeof(*places), compare_places);
	add_cores(p, places, levels);
	ret = 0;
out:
	free(places);
	free(levels);
	return ret;
}

static void count_shared(struct vtune__picture *p)
{
	for (unsigned int i = 0; i < p->host->nallocations; i++) {
		const struct vtune__allocation *allocation = &p->host->allocations[i];

		for (unsigned int k = 0; is_other(p, allocation) && k < allocation->nshared; k++)
			p->nodes[allocation->shared[k].node].others_shared +=
				allocation->shared[k].vcpus;
	}
	VTUNE__SET_FOREACH(cpu, &p->room.shared)
		if (!p->placed || !vtune__set_has(&p->plan->held, (unsigned int)cpu))
			p->nodes[p->topology->node_of_cpu[cpu]].shared_cpus++;
	for (unsigned int i = 0; p->placed && i < p->plan->nvcpus; i++) {
		const struct vtune__plan_vcpu *vcpu = &p->plan->vcpus[i];

		if (!vcpu->dedicated && !vtune__set_is_empty(&vcpu->cpus))
			p->nodes[p->topology->node_of_cpu[vtune__set_first(&vcpu->cpus)]]
				.own_shared++;
	}
}

static void mark_used(struct vtune__picture *p)
{
	const struct vtune_plan *plan = p->plan;

	for (unsigned int i = 0; i < plan->ncells; i++) {
		const struct vtune__plan_cell *cell = &plan->cells[i];

		p->nodes[vtune__topology_node(p->topology, cell->node)].used = true;
		for (unsigned int k = 0; k < cell->nmemory; k++)
			p->nodes[vtune__topology_node(p->topology, cell->memory[k].node)].used =
				true;
	}
	VTUNE__SET_FOREACH(cpu, &plan->held)
		p->nodes[p->topology->node_of_cpu[cpu]].used = true;
}

static int fill(struct vtune__picture *p, struct vtune_error **err)
{
	const char *vm = p->plan ? p->plan->vm : NULL;

	if (vtune__room_for(p->host, vm, &p->room, err) < 0 || paint_host(p, err) < 0)
		return -1;
	if (p->placed && (check_plan(p, err) < 0 || paint_plan(p, err) < 0))
		return -1;
	if (add_groups(p, err) < 0 || vtune__picture_add_memory(p, err) < 0 ||
	    vtune__picture_add_devices(p, err) < 0)
		return -1;

	VTUNE__SET_FOREACH(cpu, &p->topology->cpus) {
		enum vtune__look look = p->cpus[cpu].look;

		p->looks[look]++;
		p->nodes[p->topology->node_of_cpu[cpu]].looks[look]++;
		p->ncpus++;
	}
	count_shared(p);
	if (p->placed)
		mark_used(p);
	return 0;
}

struct vtune__picture *vtune__picture_new(const struct vtune_host *host,
					  const struct vtune_plan *plan, struct vtune_error **err)
{
	const struct vtune__topology *t = host->topology;
	struct vtune__picture *p = vtune__alloc(1, sizeof(*p), err);

	if (!p)
		return NULL;
	p->host = host;
	p->topology = t;
	p->plan = plan;
	p->placed = plan && plan->fits;
	p->cpus = vtune__alloc(t->ncpus, sizeof(*p->cpus), err);
	p->cores = vtune__alloc(t->ncores, sizeof(*p->cores), err);
	p->groups = vtune__alloc(t->ncores, sizeof(*p->groups), err);
	p->nodes = vtune__alloc(t->nnodes, sizeof(*p->nodes), err);
	if (!p->cpus || !p->cores || !p->groups || !p->nodes)
		goto fail;
	for (unsigned int i = 0; i < t->nnodes; i++)
		p->nodes[i].node = &t->nodes[i];
	if (fill(p, err) < 0)
		goto fail;
	return p;

fail:
	vtune__picture_free(&p);
	return NULL;
}
