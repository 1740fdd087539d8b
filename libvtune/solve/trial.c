/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>

#include "solve.h"

/* Plenty for any cell, and sums of it do not overflow. */
#define BOUNDLESS (UINT64_MAX / 4096)

static int cell_set(const struct vtune__scene *scene, struct vtune__cell *cell,
		    const struct vtune__set *vcpus)
{
	const struct vtune__set *dedicated = &scene->spec->dedicated;

	cell->vcpus.nwords = vcpus->nwords;
	cell->vcpus.words = vtune__arena_take(scene->arena, vcpus->nwords, sizeof(*vcpus->words));
	if (!cell->vcpus.words)
		return -1;
	for (unsigned int i = 0; i < vcpus->nwords; i++)
		cell->vcpus.words[i] = vcpus->words[i];
	cell->dedicated = vtune__set_count_and(vcpus, dedicated);
	cell->shared = vtune__set_count(vcpus) - cell->dedicated;
	return 0;
}

/* The vCPUs in order, in runs as equal as can be, the larger ones first. */
static int cells_in_runs(struct vtune__trial *trial)
{
	const struct vtune__scene *scene = trial->scene;
	unsigned int size = scene->spec->vcpus / trial->ncells;
	unsigned int larger = scene->spec->vcpus % trial->ncells;
	unsigned int words = scene->spec->vcpus / 64 + 1, vcpu = 0;
	struct vtune__set run = { vtune__arena_take(scene->arena, words, sizeof(uint64_t)), words };

	if (!run.words)
		return -1;
	for (unsigned int g = 0; g < trial->ncells; g++) {
		vtune__set_clear(&run);
		for (unsigned int i = 0; i < size + (g < larger); i++, vcpu++)
			run.words[vcpu / 64] |= UINT64_C(1) << (vcpu % 64);
		if (cell_set(scene, &trial->cells[g], &run) < 0)
			return -1;
	}
	return 0;
}

static bool is_explicit(const struct vtune__trial *trial)
{
	const struct vtune_spec *spec = trial->scene->spec;

	return spec->cells_kind == VTUNE__CELLS_EXPLICIT && trial->ncells == spec->cell_count;
}

static bool is_boundless(const struct vtune__trial *trial)
{
	return trial->scene->lift & (trial->huge ? VTUNE__LIFT_PAGES : VTUNE__LIFT_MEMORY);
}

bool vtune__lends(const struct vtune__trial *trial, unsigned int node)
{
	return trial->scene->sites[node].lends || is_boundless(trial);
}

bool vtune__has_memory(const struct vtune__trial *trial, unsigned int node)
{
	return trial->scene->sites[node].has_memory || is_boundless(trial);
}

static uint64_t divide_up(uint64_t value, uint64_t by)
{
	return value / by + (value % by != 0);
}

static void share_pages(struct vtune__trial *trial, uint64_t pages)
{
	uint64_t vcpus = trial->scene->spec->vcpus, left = pages;

	for (unsigned int g = 0; g < trial->ncells; g++) {
		struct vtune__cell *cell = &trial->cells[g];

		cell->pages = pages * (cell->dedicated + cell->shared) / vcpus;
		left -= cell->pages;
	}
	for (unsigned int g = 0; g < trial->ncells && left > 0; g++, left--)
		trial->cells[g].pages++;
}

static bool pages_suit(struct vtune__trial *trial)
{
	const struct vtune__scene *scene = trial->scene;
	const struct vtune_spec *spec = scene->spec;
	bool lifted = is_boundless(trial);
	bool whole = !trial->huge || lifted;
	bool own = is_explicit(trial) && spec->cells[0].memory_kib > 0;

	if (!own) {
		if (!whole && spec->memory_kib % trial->page_kib != 0)
			return false;
		share_pages(trial, divide_up(spec->memory_kib, trial->page_kib));
	}
	for (unsigned int g = 0; g < trial->ncells; g++) {
		if (own) {
			uint64_t memory = spec->cells[g].memory_kib;

			if (!whole && memory % trial->page_kib != 0)
				return false;
			trial->cells[g].pages = divide_up(memory, trial->page_kib);
		}
		if (trial->cells[g].pages == 0 && !lifted)
			return false;
	}
	return true;
}

static void find_alike(struct vtune__trial *trial)
{
	for (unsigned int g = 0; g < trial->ncells; g++) {
		struct vtune__cell *cell = &trial->cells[g];

		for (cell->like = 0; cell->like < g; cell->like++) {
			const struct vtune__cell *other = &trial->cells[cell->like];

			if (other->dedicated == cell->dedicated && other->shared == cell->shared &&
			    other->pages == cell->pages)
				break;
		}
	}
}

static void read_free(struct vtune__trial *trial)
{
	const struct vtune__scene *scene = trial->scene;
	unsigned int sizes = scene->topology->npage_sizes;
	int size = trial->huge ? vtune__topology_page_size(scene->topology, trial->page_kib) : -1;
	bool lifted = is_boundless(trial);

	for (unsigned int n = 0; n < scene->nnodes; n++) {
		if (lifted)
			trial->free_pages[n] = BOUNDLESS;
		else if (!trial->huge)
			trial->free_pages[n] = scene->room->free_kib[n] / trial->page_kib;
		else if (size >= 0)
			trial->free_pages[n] =
				scene->room->free_pages[(size_t)n * sizes + (unsigned int)size];
	}
}

static void count_helpers(struct vtune__trial *trial)
{
	const struct vtune_spec *spec = trial->scene->spec;

	if (trial->scene->lift & VTUNE__LIFT_HELPERS)
		return;
	if (spec->iothreads == VTUNE__IOTHREADS_ISOLATE)
		trial->pinned_io = spec->iothread_count;
	trial->emulator_each = spec->emulator == VTUNE__EMULATOR_ISOLATE && trial->huge;
	trial->emulator_anywhere = spec->emulator == VTUNE__EMULATOR_ISOLATE && !trial->huge;
	trial->most_helpers = trial->pinned_io + trial->emulator_each + trial->emulator_anywhere;
}

int vtune__trial_build(struct vtune__trial *trial, const struct vtune__scene *scene,
		       unsigned int ncells, uint64_t page_kib, bool huge)
{
	const struct vtune_spec *spec = scene->spec;
	struct vtune__arena *arena = scene->arena;

	*trial = (struct vtune__trial){
		.scene = scene, .ncells = ncells, .page_kib = page_kib, .huge = huge
	};
	trial->cells = vtune__arena_take(arena, ncells, sizeof(*trial->cells));
	trial->free_pages = vtune__arena_take(arena, scene->nnodes, sizeof(*trial->free_pages));
	trial->tables =
		vtune__arena_take(arena, (size_t)ncells * scene->nnodes, sizeof(*trial->tables));
	trial->bare = vtune__arena_take(arena, scene->nnodes, sizeof(*trial->bare));
	if (!trial->cells || !trial->free_pages || !trial->tables || !trial->bare)
		return -1;
	if (is_explicit(trial)) {
		for (unsigned int g = 0; g < ncells; g++)
			if (cell_set(scene, &trial->cells[g], &spec->cells[g].vcpus) < 0)
				return -1;
	} else if (cells_in_runs(trial) < 0) {
		return -1;
	}
	if (!pages_suit(trial))
		return 0;
	find_alike(trial);
	read_free(trial);
	count_helpers(trial);
	return 1;
}

/* The fewest shared CPUs on which so many shared vCPUs may float. */
static unsigned int pool_needed(const struct vtune__scene *scene, unsigned int vcpus)
{
	double ratio = scene->host->overcommit;
	unsigned int cpus = (unsigned int)((double)vcpus / ratio);

	while (!vtune__overcommit_holds(ratio, vcpus, cpus))
		cpus++;
	while (cpus > 0 && vtune__overcommit_holds(ratio, vcpus, cpus - 1))
		cpus--;
	return cpus;
}

int vtune__pool_limit(const struct vtune__scene *scene, unsigned int node, unsigned int shared,
		      bool keep)
{
	const struct vtune__site *site = &scene->sites[node];
	bool fixed = scene->host->has_shared; /* nothing leaves an explicit pool */
	int limit = INT_MAX;

	if (!(scene->lift & VTUNE__LIFT_SHARED) && shared + site->shared_vcpus > 0) {
		unsigned int need = pool_needed(scene, shared + site->shared_vcpus);

		if (need < shared)
			need = shared;
		limit = (int)site->pool - (int)need;
		if (limit < 0 && shared > 0)
			return -1;
		if (limit < 0)
			limit = 0;
	}
	if (keep) {
		if (site->pool == 0)
			return -1;
		if (limit > (int)site->pool - 1)
			limit = (int)site->pool - 1;
	}
	return fixed ? INT_MAX : limit;
}
