/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts that a search has come by. Other VMs on the same CPUs, or cores with other
 * numbers that have as much left, make the same host to the VMs that follow. */
#include <stdlib.h>
#include <string.h>

#include "together.h"

#define BUCKETS 4096
/* Memory for them ends here; what is not noted is gone through again. */
#define MOST_WORDS ((size_t)1 << 22)

struct entry {
	struct entry *next;
	uint64_t hash;
	unsigned int vm;
	struct vtune__joint cost;
	size_t nwords;
	uint64_t *words;
};

struct vtune__seen {
	struct vtune__arena *arena;
	bool devices;
	size_t used;
	struct entry *buckets[BUCKETS];
};

struct vtune__seen *vtune__seen_new(struct vtune__arena *arena, bool devices)
{
	struct vtune__seen *seen = vtune__arena_take(arena, 1, sizeof(*seen));

	if (seen) {
		seen->arena = arena;
		seen->devices = devices;
	}
	return seen;
}

static uint64_t core_word(const struct vtune__core *core)
{
	const unsigned int bits = 15; /* 2^15 is above VTUNE__MAX_CPU */

	return ((((uint64_t)core->group << bits | core->size) << bits | core->free) << bits |
		core->apart)
		       << 1 |
	       core->other;
}

static int compare_words(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static size_t count_words(const struct vtune__scene *scene, bool devices)
{
	size_t count = (size_t)scene->nnodes * (4 + scene->topology->npage_sizes);

	if (devices)
		count += scene->topology->ndevices / 64 + 1;

	for (unsigned int n = 0; n < scene->nnodes; n++)
		count += scene->sites[n].ncores;
	return count;
}

/* Which devices VMs have. */
static void write_devices(const struct vtune__scene *scene, uint64_t *to)
{
	const struct vtune_host *host = scene->host;

	for (unsigned int i = 0; i < host->nallocations; i++) {
		for (unsigned int j = 0; j < host->allocations[i].ndevices; j++) {
			const struct vtune__device *device = vtune__topology_device(
				scene->topology, host->allocations[i].devices[j]);
			size_t place = device ? (size_t)(device - scene->topology->devices) : 0;

			if (device)
				to[place / 64] |= UINT64_C(1) << (place % 64);
		}
	}
}

/* All that a VM can see of the host, but for what never changes. */
static void write_words(const struct vtune__scene *scene, uint64_t *to)
{
	unsigned int sizes = scene->topology->npage_sizes;

	for (unsigned int n = 0; n < scene->nnodes; n++) {
		const struct vtune__site *site = &scene->sites[n];

		*to++ = site->ncores;
		*to++ = site->pool;
		*to++ = site->shared_vcpus;
		*to++ = scene->room->free_kib[n];
		for (unsigned int i = 0; i < sizes; i++)
			*to++ = scene->room->free_pages[(size_t)n * sizes + i];
		for (unsigned int i = 0; i < site->ncores; i++)
			to[i] = core_word(&site->cores[i]);
		if (site->ncores > 1)
			qsort(to, site->ncores, sizeof(*to), compare_words);
		to += site->ncores;
	}
}

static uint64_t hash_words(const uint64_t *words, size_t count)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < count; i++) {
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

static void note(struct vtune__seen *seen, const struct entry *entry,
		 const struct vtune__joint *cost, unsigned int nvms)
{
	struct entry *copy = vtune__arena_take(seen->arena, 1, sizeof(*copy));
	struct entry **first = &seen->buckets[entry->hash % BUCKETS];
	uint64_t *pages = vtune__arena_take(seen->arena, nvms, sizeof(*pages));

	if (!copy || !pages)
		return;
	*copy = *entry;
	copy->cost.page_kib = pages;
	vtune__joint_copy(&copy->cost, cost, nvms);
	copy->next = *first;
	*first = copy;
	seen->used += entry->nwords + nvms + sizeof(*copy) / sizeof(uint64_t);
}

bool vtune__seen_before(struct vtune__seen *seen, const struct vtune__scene *scene, unsigned int vm,
			const struct vtune__joint *cost, unsigned int nvms)
{
	struct vtune__mark mark = vtune__arena_mark(seen->arena);
	struct entry entry = { .vm = vm, .nwords = count_words(scene, seen->devices) };
	struct entry *other;

	if (seen->used + entry.nwords > MOST_WORDS)
		return false;
	entry.words = vtune__arena_take(seen->arena, entry.nwords, sizeof(*entry.words));
	if (!entry.words)
		return false;
	if (seen->devices)
		write_devices(scene, entry.words);
	write_words(scene,
		    seen->devices ? entry.words + scene->topology->ndevices / 64 + 1 : entry.words);
	entry.hash = hash_words(entry.words, entry.nwords);
	other = seen->buckets[entry.hash % BUCKETS];
	while (other &&
	       (other->hash != entry.hash || other->vm != vm || other->nwords != entry.nwords ||
		memcmp(other->words, entry.words, entry.nwords * sizeof(*entry.words)) != 0))
		other = other->next;
	if (!other) {
		note(seen, &entry, cost, nvms);
		return false;
	}
	vtune__arena_reset(seen->arena, mark);
	if (vtune__joint_compare(&other->cost, cost, nvms) <= 0)
		return true;
	vtune__joint_copy(&other->cost, cost, nvms);
	return false;
}
