/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sums of the costs of several VMs, and what they are at least. */
#include <string.h>

#include "together.h"

/* Of longer lists the sums are still less. */
#define MOST_LEAST 16

enum { REMOTE, SPREAD, DEVICES, HELPERS, CACHES, SPLIT, LEFTOVER, LEFTOVER_CACHES };

int vtune__joint_compare(const struct vtune__joint *a, const struct vtune__joint *b,
			 unsigned int nvms)
{
	if (a->cells != b->cells)
		return a->cells < b->cells ? -1 : 1;
	for (unsigned int i = 0; i < CACHES; i++)
		if (a->term[i] != b->term[i])
			return a->term[i] < b->term[i] ? -1 : 1;
	for (unsigned int i = 0; i < nvms; i++)
		if (a->page_kib[i] != b->page_kib[i])
			return a->page_kib[i] > b->page_kib[i] ? -1 : 1;
	for (unsigned int i = CACHES; i < VTUNE__TERMS; i++)
		if (a->term[i] != b->term[i])
			return a->term[i] < b->term[i] ? -1 : 1;
	return 0;
}

/* Sums stop where the numbers do. */
static void add(int64_t *to, int64_t more)
{
	if (__builtin_add_overflow(*to, more, to))
		*to = more > 0 ? INT64_MAX : INT64_MIN;
}

static void add_memory(uint64_t *to, uint64_t pages, uint64_t page_kib)
{
	uint64_t more;

	if (__builtin_mul_overflow(pages, page_kib, &more) || __builtin_add_overflow(*to, more, to))
		*to = UINT64_MAX;
}

void vtune__joint_copy(struct vtune__joint *to, const struct vtune__joint *from, unsigned int nvms)
{
	uint64_t *page_kib = to->page_kib;

	*to = *from;
	to->page_kib = page_kib;
	memcpy(page_kib, from->page_kib, nvms * sizeof(*page_kib));
}

void vtune__joint_add_plan(struct vtune__joint *joint, const struct vtune_plan *plan,
			   unsigned int vm)
{
	const struct vtune__plan_cost *cost = &plan->cost;

	joint->cells += plan->ncells;
	add(&joint->term[REMOTE], cost->remote);
	add(&joint->term[SPREAD], cost->spread);
	add(&joint->term[DEVICES], cost->devices);
	add(&joint->term[HELPERS], cost->helpers);
	add(&joint->term[CACHES], cost->caches);
	add(&joint->term[SPLIT], cost->split_cores);
	add(&joint->term[LEFTOVER], cost->leftover);
	add(&joint->term[LEFTOVER_CACHES], cost->leftover_caches);
	joint->page_kib[vm] = plan->huge ? plan->cells[0].page_kib : 0;
}

static void add_terms(struct vtune__joint *joint, unsigned int ncells,
		      const struct vtune__cost *cost, const int64_t fine[4])
{
	joint->cells += ncells;
	add(&joint->term[REMOTE], cost->remote);
	add(&joint->term[SPREAD], cost->spread / 2);
	add(&joint->term[DEVICES], cost->devices);
	add(&joint->term[HELPERS], cost->helpers);
	for (unsigned int i = 0; i < 4; i++)
		add(&joint->term[CACHES + i], fine[i]);
}

void vtune__joint_add_cost(struct vtune__joint *joint, unsigned int ncells,
			   const struct vtune__cost *cost, uint64_t page_kib, unsigned int vm)
{
	int64_t fine[4];

	vtune__fine_unpack(cost->fine, &fine[0], &fine[1], &fine[2], &fine[3]);
	add_terms(joint, ncells, cost, fine);
	joint->page_kib[vm] = page_kib;
}

static unsigned int widest_core(const struct vtune__scene *scene)
{
	unsigned int widest = 1;

	for (unsigned int n = 0; n < scene->nnodes; n++)
		for (unsigned int i = 0; i < scene->sites[n].ncores; i++)
			if (scene->sites[n].cores[i].size > widest)
				widest = scene->sites[n].cores[i].size;
	return widest;
}

unsigned int vtune__solo_most_held(const struct vtune__solo *solo)
{
	const struct vtune_spec *spec = solo->scene.spec;
	unsigned int dedicated = vtune__set_count(&spec->dedicated), helpers = 0;

	if (spec->threads != VTUNE__PREFER && dedicated > 0)
		dedicated *= widest_core(&solo->scene);
	if (spec->iothreads == VTUNE__IOTHREADS_ISOLATE)
		helpers += spec->iothread_count;
	if (spec->emulator == VTUNE__EMULATOR_ISOLATE)
		helpers += solo->scene.nnodes; /* with huge pages one on each */
	return dedicated + helpers;
}

/* ---- bounds ---- */

static unsigned int smallest_cell(const struct vtune__trial *trial)
{
	unsigned int least = trial->cells[0].dedicated;

	for (unsigned int g = 1; g < trial->ncells; g++)
		if (trial->cells[g].dedicated < least)
			least = trial->cells[g].dedicated;
	return least;
}

/* The least numbers of a list, in ascending order. */
struct least {
	int64_t numbers[MOST_LEAST];
	unsigned int count, most;
};

static void note_number(struct least *least, int64_t number)
{
	unsigned int place = least->count;

	if (place == least->most && (place == 0 || number >= least->numbers[place - 1]))
		return;
	if (place == least->most)
		place--;
	else
		least->count++;
	for (; place > 0 && least->numbers[place - 1] > number; place--)
		least->numbers[place] = least->numbers[place - 1];
	least->numbers[place] = number;
}

static struct least least_of(int64_t count)
{
	return (struct least){ .most = count < MOST_LEAST ? (unsigned int)count : MOST_LEAST };
}

static int64_t sum_of(const struct least *least)
{
	int64_t sum = 0;

	for (unsigned int i = 0; i < least->count; i++)
		sum += least->numbers[i];
	return sum;
}

/* Free CPUs of as many nodes as there are cells, of any that can have a cell. */
static int64_t least_sites(const struct vtune__solo *solo, unsigned int dedicated)
{
	struct least least = least_of(solo->answer.trial.ncells);

	for (unsigned int n = 0; n < solo->scene.nnodes; n++) {
		const struct vtune__site *site = &solo->scene.sites[n];

		if (site->allowed && (site->has_cpus || solo->scene.cpu_nodes == 0) &&
		    site->dedicated >= dedicated)
			note_number(&least, site->dedicated);
	}
	return sum_of(&least);
}

/* Likewise of cache groups. */
static int64_t least_groups(const struct vtune__solo *solo, int64_t caches, unsigned int dedicated)
{
	const struct vtune__scene *scene = &solo->scene;
	/* Cells may share one that spans their nodes. */
	struct least least = least_of(scene->spanning && caches > 1 ? 1 : caches);

	for (unsigned int i = 0; i < scene->topology->ngroups; i++)
		if (scene->group_free[i] > 0 && scene->group_free[i] >= dedicated)
			note_number(&least, scene->group_free[i]);
	return sum_of(&least);
}

static int64_t least_left(int64_t free, int64_t taken)
{
	return free > taken ? free - taken : 0;
}

/* With pack the last three terms become less when others take CPUs: what is left of
 * a node, and of the chance to use another thread of a core. */
static void bound_pack(const struct vtune__solo *solo, int64_t taken, int64_t fine[4])
{
	const struct vtune__trial *trial = &solo->answer.trial;
	unsigned int dedicated = smallest_cell(trial);
	/* With as many cache groups as cells each cell is whole in one. */
	bool whole = dedicated > 0 && fine[0] == (int64_t)trial->ncells;

	fine[1] = 0;
	fine[2] = least_left(least_sites(solo, dedicated), taken);
	fine[3] = least_left(least_groups(solo, fine[0], whole ? dedicated : 1), taken);
}

void vtune__joint_add_bound(struct vtune__joint *joint, const struct vtune__solo *solo,
			    int64_t taken, unsigned int vm)
{
	const struct vtune__answer *answer = &solo->answer;
	const struct vtune__cost *cost = &answer->layout.cost;
	int64_t fine[4];

	vtune__fine_unpack(cost->fine, &fine[0], &fine[1], &fine[2], &fine[3]);
	if (solo->scene.spec->strategy == VTUNE__PACK)
		bound_pack(solo, taken, fine);
	add_terms(joint, answer->trial.ncells, cost, fine);
	joint->page_kib[vm] = answer->trial.huge ? answer->trial.page_kib : 0;
}

/* A number whose sums in the terms after it must not spill into this one. */
static int64_t clamp(int64_t value, int bits, bool *full)
{
	int64_t most = (INT64_C(1) << (bits - 1)) - 1;

	if (*full || value > most) {
		*full = true;
		return most;
	}
	return value < -most ? -most : value;
}

vtune__fine vtune__joint_slack(const struct vtune__joint *best, const struct vtune__joint *base,
			       const struct vtune__solo *solo, unsigned int vm, unsigned int nvms)
{
	const struct vtune__answer *answer = &solo->answer;
	const struct vtune__cost *cost = &answer->layout.cost;
	const int64_t first[] = { cost->remote, cost->spread / 2, cost->devices, cost->helpers };
	uint64_t page_kib = answer->trial.huge ? answer->trial.page_kib : 0;
	bool full = false;
	int64_t rest[4];

	if (base->cells + answer->trial.ncells != best->cells)
		return VTUNE__FINE_NONE;
	for (unsigned int i = 0; i < CACHES; i++)
		if (base->term[i] + first[i] != best->term[i])
			return VTUNE__FINE_NONE;
	for (unsigned int i = 0; i < nvms; i++)
		if ((i == vm ? page_kib : base->page_kib[i]) != best->page_kib[i])
			return VTUNE__FINE_NONE;
	for (unsigned int i = 0; i < 4; i++)
		rest[i] = best->term[CACHES + i] - base->term[CACHES + i];
	rest[0] = clamp(rest[0], 14, &full);
	rest[1] = clamp(rest[1], VTUNE__SPLIT_BITS, &full);
	rest[2] = clamp(rest[2], VTUNE__LEFTOVER_BITS, &full);
	rest[3] = clamp(rest[3], VTUNE__LEFTOVER_BITS, &full);
	return full && rest[0] == (1 << 13) - 1
		       ? VTUNE__FINE_NONE
		       : vtune__fine_pack(rest[0], rest[1], rest[2], rest[3]);
}

/* ---- totals ---- */

static unsigned int least_held(const struct vtune_spec *spec)
{
	unsigned int held = vtune__set_count(&spec->dedicated);

	if (spec->iothreads == VTUNE__IOTHREADS_ISOLATE)
		held += spec->iothread_count;
	return held + (spec->emulator == VTUNE__EMULATOR_ISOLATE);
}

/* KiB free in pages of that size; 0: ordinary ones. */
static uint64_t free_memory(const struct vtune__scene *scene, uint64_t page_kib)
{
	int size = page_kib ? vtune__topology_page_size(scene->topology, page_kib) : -1;
	unsigned int sizes = scene->topology->npage_sizes;
	uint64_t sum = 0;

	for (unsigned int n = 0; n < scene->nnodes; n++) {
		if (!page_kib)
			add_memory(&sum, scene->room->free_kib[n], 1);
		else if (size >= 0)
			add_memory(&sum,
				   scene->room->free_pages[(size_t)n * sizes + (unsigned int)size],
				   page_kib);
	}
	return sum;
}

static uint64_t all_memory(const struct vtune__scene *scene)
{
	uint64_t sum = free_memory(scene, 0);

	for (unsigned int i = 0; i < scene->topology->npage_sizes; i++)
		add_memory(&sum, free_memory(scene, scene->topology->page_sizes[i]), 1);
	return sum;
}

/* Must the VM have that page size? */
static bool needs(const struct vtune_spec *spec, uint64_t page_kib)
{
	if (spec->hugepages == VTUNE__PAGES_NONE)
		return page_kib == 0;
	return spec->hugepages == VTUNE__PAGES_SIZE && spec->page_kib == page_kib;
}

static uint64_t memory_needed(const struct vtune__solo *solos, unsigned int nsolos,
			      uint64_t page_kib)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < nsolos; i++)
		if (needs(solos[i].scene.spec, page_kib))
			add_memory(&sum, solos[i].scene.spec->memory_kib, 1);
	return sum;
}

bool vtune__solos_exceed(const struct vtune__solo *solos, unsigned int nsolos)
{
	const struct vtune__scene *scene = &solos[0].scene;
	uint64_t held = 0, memory = 0;

	for (unsigned int i = 0; i < nsolos; i++) {
		held += least_held(solos[i].scene.spec);
		add_memory(&memory, solos[i].scene.spec->memory_kib, 1);
	}
	if (held > vtune__set_count(&scene->room->dedicated) || memory > all_memory(scene) ||
	    memory_needed(solos, nsolos, 0) > free_memory(scene, 0))
		return true;
	for (unsigned int i = 0; i < scene->topology->npage_sizes; i++) {
		uint64_t page_kib = scene->topology->page_sizes[i];

		if (memory_needed(solos, nsolos, page_kib) > free_memory(scene, page_kib))
			return true;
	}
	return false;
}
