/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a draft to the checked topology: CPUs, cores, caches, packages, dies, clusters. */
#include "host.h"

#include <stdlib.h>

static int *new_map(unsigned int count, struct vtune_error **err)
{
	int *map = vtune__alloc(count, sizeof(*map), err);

	for (unsigned int i = 0; map && i < count; i++)
		map[i] = -1;
	return map;
}

static int add_maps(struct vtune__topology *topology, struct vtune_error **err)
{
	VTUNE__SET_FOREACH(cpu, &topology->cpus)
		topology->ncpus = (unsigned int)cpu + 1;
	topology->node_of_cpu = new_map(topology->ncpus, err);
	topology->core_of_cpu = new_map(topology->ncpus, err);
	topology->group_of_cpu = new_map(topology->ncpus, err);
	if (!topology->node_of_cpu || !topology->core_of_cpu || !topology->group_of_cpu)
		return -1;
	return 0;
}

static int add_node_of_cpu(struct vtune__topology *topology, const struct vtune__draft *draft,
			   struct vtune_error **err)
{
	for (unsigned int i = 0; i < draft->nnodes; i++) {
		int node = vtune__topology_node(topology, draft->nodes[i].id);

		VTUNE__SET_FOREACH(cpu, &draft->nodes[i].cpus) {
			int other = topology->node_of_cpu[cpu];

			if (other >= 0)
				return vtune__draft_fail(err, "nodes", i, "/cpus",
							 "CPU %d is on node %u and on node %u; it "
							 "can only be on one",
							 cpu, topology->nodes[other].id,
							 topology->nodes[node].id);
			topology->node_of_cpu[cpu] = node;
		}
	}
	return 0;
}

/* ---- room for cores, and the words of sets that never grow ---- */

/* For a CPU that is in no core of the draft: it becomes one of its own. */
static unsigned int words_for(int cpu)
{
	return (unsigned int)cpu / 64 + 1;
}

static size_t count_words(const struct vtune__set *sets, unsigned int nsets)
{
	size_t count = 0;

	for (unsigned int i = 0; i < nsets; i++)
		count += vtune__set_used_words(&sets[i]);
	return count;
}

/* There are many of these sets: a piece of memory for each takes longer to get and
 * to give back than all else that is done here. core_of_cpu must be marked. */
static int add_room(struct vtune__topology *topology, const struct vtune__draft *draft,
		    struct vtune_error **err)
{
	unsigned int ncores = draft->ncores;
	size_t count = count_words(draft->packages, draft->npackages) +
		       count_words(draft->dies, draft->ndies) +
		       count_words(draft->clusters, draft->nclusters) +
		       count_words(draft->cores, draft->ncores);

	for (unsigned int i = 0; i < draft->ncaches; i++)
		count += vtune__set_used_words(&draft->caches[i].cpus);
	VTUNE__SET_FOREACH(cpu, &topology->cpus) {
		if (topology->core_of_cpu[cpu] >= 0)
			continue;
		ncores++;
		count += words_for(cpu);
	}
	topology->words = vtune__alloc(count, sizeof(*topology->words), err);
	topology->cores = vtune__alloc(ncores, sizeof(*topology->cores), err);
	return topology->words && topology->cores ? 0 : -1;
}

static void give_words(struct vtune__topology *topology, struct vtune__set *set,
		       unsigned int nwords)
{
	set->words = topology->words + topology->nwords;
	set->nwords = nwords;
	topology->nwords += nwords;
}

static int copy_set(struct vtune__topology *topology, struct vtune__set *to,
		    const struct vtune__set *from, struct vtune_error **err)
{
	give_words(topology, to, vtune__set_used_words(from));
	return vtune__set_copy(to, from) < 0 ? vtune__fail_memory(err) : 0;
}

/* ---- cores ---- */

/* Mark the CPUs of core i of the draft, in core_of_cpu, as its. */
static int mark_core(struct vtune__topology *topology, const struct vtune__draft *draft,
		     unsigned int i, struct vtune_error **err)
{
	const struct vtune__set *core = &draft->cores[i];
	int node, first = vtune__set_first(core);

	if (first < 0)
		return vtune__draft_fail(err, "cores", i, "", "A core has at least one CPU");
	VTUNE__SET_FOREACH(cpu, core) {
		if (!vtune__set_has(&topology->cpus, (unsigned int)cpu))
			return vtune__draft_fail(err, "cores", i, "",
						 "CPU %d is on no node of this host", cpu);
		if (topology->core_of_cpu[cpu] >= 0)
			return vtune__draft_fail(err, "cores", i, "",
						 "CPU %d is in two cores; it can only be in one",
						 cpu);
		node = topology->node_of_cpu[cpu];
		if (node != topology->node_of_cpu[first])
			return vtune__draft_fail(err, "cores", i, "",
						 "CPUs %d and %d are on different nodes, so they "
						 "cannot be threads of one core",
						 first, cpu);
		topology->core_of_cpu[cpu] = (int)i;
	}
	return 0;
}

static int mark_cores(struct vtune__topology *topology, const struct vtune__draft *draft,
		      struct vtune_error **err)
{
	for (unsigned int i = 0; i < draft->ncores; i++)
		if (mark_core(topology, draft, i, err) < 0)
			return -1;
	return 0;
}

static int copy_core(struct vtune__topology *topology, const struct vtune__draft *draft, int source,
		     int cpu, struct vtune_error **err)
{
	struct vtune__set *core = &topology->cores[topology->ncores++];

	if (source >= 0)
		return copy_set(topology, core, &draft->cores[source], err);
	give_words(topology, core, words_for(cpu));
	return vtune__set_add(core, (unsigned int)cpu) < 0 ? vtune__fail_memory(err) : 0;
}

/* Number the cores by their lowest thread: that is the order in which a walk
 * over the CPUs meets them. Until it is there, a CPU has the draft's number. */
static int add_cores(struct vtune__topology *topology, const struct vtune__draft *draft,
		     struct vtune_error **err)
{
	int *number VTUNE__CLEANUP(vtune__free_ints) = new_map(draft->ncores, err);

	if (!number)
		return -1;
	VTUNE__SET_FOREACH(cpu, &topology->cpus) {
		int source = topology->core_of_cpu[cpu];
		int core = source < 0 ? -1 : number[source];

		if (core < 0) {
			core = (int)topology->ncores;
			if (copy_core(topology, draft, source, cpu, err) < 0)
				return -1;
			if (source >= 0)
				number[source] = core;
		}
		topology->core_of_cpu[cpu] = core;
	}
	return 0;
}

/* ---- caches ---- */

/* Name the first CPU that is nowhere, or has a cache of that level already. */
static int fail_cache(const struct vtune__topology *topology, const struct vtune__draft *draft,
		      unsigned int i, const struct vtune__set *seen, struct vtune_error **err)
{
	const struct vtune__cache *cache = &draft->caches[i];
	int cpu = vtune__set_first(&cache->cpus);

	while (vtune__set_has(&topology->cpus, (unsigned int)cpu) &&
	       !vtune__set_has(seen, (unsigned int)cpu))
		cpu = vtune__set_next(&cache->cpus, (unsigned int)cpu + 1);
	if (!vtune__set_has(&topology->cpus, (unsigned int)cpu))
		return vtune__draft_fail(err, "caches", i, "/cpus",
					 "CPU %d is on no node of this host", cpu);
	return vtune__draft_fail(err, "caches", i, "/cpus", "CPU %d has two caches of level %u",
				 cpu, cache->level);
}

static int add_cache(struct vtune__topology *topology, const struct vtune__draft *draft,
		     unsigned int i, struct vtune__set *seen, struct vtune_error **err)
{
	const struct vtune__cache *from = &draft->caches[i];
	struct vtune__cache *to = &topology->caches[i];

	if (from->level < 1 || from->level > VTUNE__MAX_CACHE_LEVEL)
		return vtune__draft_fail(err, "caches", i, "/level",
					 "A cache level must be from 1 to %d, and not %u",
					 VTUNE__MAX_CACHE_LEVEL, from->level);
	if (!vtune__set_is_subset(&from->cpus, &topology->cpus) ||
	    vtune__set_intersects(&from->cpus, &seen[from->level]))
		return fail_cache(topology, draft, i, &seen[from->level], err);
	to->level = from->level;
	topology->ncaches++;
	if (vtune__set_or(&seen[from->level], &from->cpus) < 0)
		return vtune__fail_memory(err);
	return copy_set(topology, &to->cpus, &from->cpus, err);
}

static int add_caches(struct vtune__topology *topology, const struct vtune__draft *draft,
		      struct vtune_error **err)
{
	struct vtune__set seen[VTUNE__MAX_CACHE_LEVEL + 1] = { { 0 } };
	int rc = 0;

	topology->caches = vtune__alloc(draft->ncaches, sizeof(*topology->caches), err);
	if (!topology->caches)
		return -1;
	for (unsigned int i = 0; rc == 0 && i < draft->ncaches; i++)
		rc = add_cache(topology, draft, i, seen, err);
	for (unsigned int level = 0; level < VTUNE__COUNT(seen); level++)
		vtune__set_free(&seen[level]);
	return rc;
}

/* Have group_of_cpu name the highest-level cache of each CPU, then number the
 * groups by their lowest CPU. The CPUs without one are a group on each node,
 * which stands behind the caches. */
static int add_groups(struct vtune__topology *topology, struct vtune_error **err)
{
	int *number VTUNE__CLEANUP(vtune__free_ints) =
		new_map(topology->ncaches + topology->nnodes, err);

	if (!number)
		return -1;
	for (unsigned int i = 0; i < topology->ncaches; i++) {
		VTUNE__SET_FOREACH(cpu, &topology->caches[i].cpus) {
			int other = topology->group_of_cpu[cpu];

			if (other < 0 || topology->caches[other].level < topology->caches[i].level)
				topology->group_of_cpu[cpu] = (int)i;
		}
	}
	VTUNE__SET_FOREACH(cpu, &topology->cpus) {
		int source = topology->group_of_cpu[cpu];

		if (source < 0)
			source = (int)topology->ncaches + topology->node_of_cpu[cpu];
		if (number[source] < 0)
			number[source] = (int)topology->ngroups++;
		topology->group_of_cpu[cpu] = number[source];
	}
	return 0;
}

/* Offline threads do not count: the system does not know their caches. */
static int check_core_groups(const struct vtune__topology *topology,
			     const struct vtune__draft *draft, struct vtune_error **err)
{
	for (unsigned int i = 0; i < draft->ncores; i++) {
		int first = -1;

		VTUNE__SET_FOREACH(cpu, &draft->cores[i]) {
			if (vtune__set_has(&topology->offline, (unsigned int)cpu))
				continue;
			if (first < 0)
				first = cpu;
			if (topology->group_of_cpu[cpu] != topology->group_of_cpu[first])
				return vtune__draft_fail(err, "cores", i, "",
							 "CPUs %d and %d have different caches of "
							 "the highest level, so they cannot be "
							 "threads of one core",
							 first, cpu);
		}
	}
	return 0;
}

/* ---- packages, dies, clusters ---- */

/* Sets of CPUs of one kind, which have no CPU in common. */
struct kind {
	const char *list, *word;
	const struct vtune__set *from;
	unsigned int nfrom;
	struct vtune__set **to;
	unsigned int *nto;
};

static int add_set(struct vtune__topology *topology, const struct kind *kind, unsigned int i,
		   struct vtune__set *seen, struct vtune_error **err)
{
	const struct vtune__set *set = &kind->from[i];

	if (!vtune__set_is_subset(set, &topology->cpus))
		return vtune__draft_fail(err, kind->list, i, "",
					 "The %s has a CPU that is on no node of this host",
					 kind->word);
	if (vtune__set_intersects(set, seen))
		return vtune__draft_fail(err, kind->list, i, "", "The %s has a CPU of another %s",
					 kind->word, kind->word);
	++*kind->nto;
	if (vtune__set_or(seen, set) < 0)
		return vtune__fail_memory(err);
	return copy_set(topology, &(*kind->to)[i], set, err);
}

static int add_sets(struct vtune__topology *topology, const struct kind *kind,
		    struct vtune_error **err)
{
	struct vtune__set seen VTUNE__CLEANUP(vtune__set_free) = { 0 };

	*kind->to = vtune__alloc(kind->nfrom, sizeof(**kind->to), err);
	if (!*kind->to)
		return -1;
	for (unsigned int i = 0; i < kind->nfrom; i++)
		if (add_set(topology, kind, i, &seen, err) < 0)
			return -1;
	return 0;
}

static int add_kinds(struct vtune__topology *topology, const struct vtune__draft *draft,
		     struct vtune_error **err)
{
	const struct kind kinds[] = {
		{ "packages", "package", draft->packages, draft->npackages, &topology->packages,
		  &topology->npackages },
		{ "dies", "die", draft->dies, draft->ndies, &topology->dies, &topology->ndies },
		{ "clusters", "cluster", draft->clusters, draft->nclusters, &topology->clusters,
		  &topology->nclusters },
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(kinds); i++)
		if (add_sets(topology, &kinds[i], err) < 0)
			return -1;
	return 0;
}

int vtune__topology_add_cpus(struct vtune__topology *topology, const struct vtune__draft *draft,
			     struct vtune_error **err)
{
	if (add_maps(topology, err) < 0 || add_node_of_cpu(topology, draft, err) < 0)
		return -1;
	if (vtune__topology_copy_cpus(topology, &topology->offline, &draft->offline,
				      "/offline_cpus", err) < 0 ||
	    vtune__topology_copy_cpus(topology, &topology->isolated, &draft->isolated,
				      "/isolated_cpus", err) < 0)
		return -1;
	if (mark_cores(topology, draft, err) < 0 || add_room(topology, draft, err) < 0)
		return -1;
	if (add_cores(topology, draft, err) < 0 || add_caches(topology, draft, err) < 0 ||
	    add_groups(topology, err) < 0 || check_core_groups(topology, draft, err) < 0)
		return -1;
	return add_kinds(topology, draft, err);
}
