/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Huge page pools of each node against what the VMs need there. Pages that are in use
 * are never given back: who uses them may be somebody else than a VM that is known.
 */
#include "tuning.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES "/sys/devices/system/node"
#define POOLS "/sys/kernel/mm/hugepages"
/* From this size on memory is soon too scattered for more than a few. */
#define LARGE_KIB (UINT64_C(1) << 20)

struct pool {
	unsigned int node;
	uint64_t size_kib;
	char *path; /* of nr_hugepages */
	uint64_t total, used, wanted;
	bool is_for_vms; /* a VM needs pages of this size here */
};

struct pools {
	struct pool *items;
	unsigned int count;
};

static void free_pools(struct pools *pools)
{
	for (unsigned int i = 0; i < pools->count; i++)
		free(pools->items[i].path);
	free(pools->items);
}

/* ---- reading ---- */

static int read_count(struct vtune__checking *checking, const char *folder, const char *name,
		      uint64_t *count)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, "%s/%s", folder, name);

	return path ? vtune__root_read_number(checking->root, path, count, checking->err) : -1;
}

static int read_pool(struct vtune__checking *checking, struct pools *pools, unsigned int node,
		     const char *folder, uint64_t size_kib)
{
	uint64_t total, unused = 0;
	struct pool *pool;
	int rc = read_count(checking, folder, "nr_hugepages", &total);

	if (rc <= 0)
		return rc;
	if (read_count(checking, folder, "free_hugepages", &unused) < 0)
		return -1;
	pool = vtune__grow((void **)&pools->items, &pools->count, sizeof(*pool), checking->err);
	if (!pool)
		return -1;
	pool->node = node;
	pool->size_kib = size_kib;
	pool->total = total;
	/* Surplus pages go away by themselves; they are in the total. */
	pool->used = unused < total ? total - unused : 0;
	pool->path = vtune__print(checking->err, "%s/nr_hugepages", folder);
	return pool->path ? 0 : -1;
}

/* "hugepages-2048kB" and nothing behind it: the name becomes part of a line of tmpfiles.d. */
static bool is_size(const char *name, uint64_t *kib)
{
	int end = 0;

	return sscanf(name, "hugepages-%15" SCNu64 "kB%n", kib, &end) == 1 && end > 0 &&
	       name[end] == '\0' && *kib > 0;
}

static int read_node(struct vtune__checking *checking, struct pools *pools, unsigned int node,
		     const char *folder)
{
	VTUNE__CLEANUP(vtune__names_free) struct vtune__names sizes = { 0 };

	if (vtune__root_list(checking->root, folder, "hugepages-", &sizes, checking->err) < 0)
		return -1;
	for (unsigned int i = 0; i < sizes.count; i++) {
		VTUNE__CLEANUP(vtune__free_string) char *pool = NULL;
		uint64_t size_kib;

		if (!is_size(sizes.list[i], &size_kib))
			continue;
		pool = vtune__print(checking->err, "%s/%s", folder, sizes.list[i]);
		if (!pool || read_pool(checking, pools, node, pool, size_kib) < 0)
			return -1;
	}
	return 0;
}

static int read_pools(struct vtune__checking *checking, struct pools *pools)
{
	VTUNE__SET_FOREACH(node, &checking->machine.nodes) {
		VTUNE__CLEANUP(vtune__free_string)
		char *folder = vtune__print(checking->err, NODES "/node%d/hugepages", node);

		if (!folder || read_node(checking, pools, (unsigned int)node, folder) < 0)
			return -1;
	}
	/* A kernel that knows no nodes. */
	if (pools->count == 0 && vtune__set_count(&checking->machine.nodes) == 1)
		return read_node(checking, pools,
				 (unsigned int)vtune__set_first(&checking->machine.nodes), POOLS);
	return 0;
}

/* ---- what is needed ---- */

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t less(uint64_t value, uint64_t taken)
{
	return value > taken ? value - taken : 0;
}

static const struct vtune__pages_needed *needed(const struct vtune__checking *checking,
						unsigned int node, uint64_t size_kib)
{
	for (unsigned int i = 0; i < checking->vms.npages; i++)
		if (checking->vms.pages[i].node == node &&
		    checking->vms.pages[i].size_kib == size_kib)
			return &checking->vms.pages[i];
	return NULL;
}

/* What is in use counts also where the VMs that are known need less. A VM that is planned
 * anew gives its pages back before it takes others. */
static void work_out(const struct vtune__checking *checking, struct pool *pool)
{
	const struct vtune__pages_needed *pages = needed(checking, pool->node, pool->size_kib);
	uint64_t all = 0, stays = pool->used;

	if (pages) {
		all = less(pages->running, pages->replaced) + pages->planned;
		stays = less(pool->used, pages->replaced) + pages->planned;
	}
	pool->is_for_vms = all > 0;
	pool->wanted = max(pool->used, max(all, stays));
}

/* Pools of no VM and without a page are not worth a word. */
static bool is_worth_saying(const struct pool *pool)
{
	return pool->total > 0 || pool->wanted > 0;
}

static void add_size(struct vtune__text *text, const struct pool *pool)
{
	char size[32];

	vtune__size_print(pool->size_kib, size);
	vtune__text_add(text, size);
}

static int say_pools(struct vtune__checking *checking, const struct pools *pools, bool wanted,
		     char **place)
{
	struct vtune__text text = { 0 };
	const char *between = "";

	for (unsigned int i = 0; i < pools->count; i++) {
		const struct pool *pool = &pools->items[i];

		if (!is_worth_saying(pool) || (wanted && pool->wanted == pool->total))
			continue;
		vtune__text_addf(&text, "%snode %u: %" PRIu64 " of ", between, pool->node,
				 wanted ? pool->wanted : pool->total);
		add_size(&text, pool);
		if (!wanted && pool->used)
			vtune__text_addf(&text, " (%" PRIu64 " in use)", pool->used);
		between = "; ";
	}
	if (!between[0])
		vtune__text_add(&text, "none");
	*place = vtune__text_take(&text, checking->err);
	return *place ? 0 : -1;
}

/* ---- what is missing ---- */

/* Free memory of a node, in KiB; 0 where it is not told. */
static int read_free(struct vtune__checking *checking, unsigned int node, uint64_t *kib)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *path = vtune__print(checking->err, NODES "/node%u/meminfo", node);
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	const char *at;
	int rc;

	*kib = 0;
	if (!path)
		return -1;
	rc = vtune__root_read(checking->root, path, &text, checking->err);
	if (rc <= 0)
		return rc;
	at = strstr(text, "MemFree:");
	if (at && sscanf(at, "MemFree: %" SCNu64, kib) != 1)
		*kib = 0;
	return 1;
}

/* Is more wanted than the memory that is free? Then say so. */
static int warn_of_room(struct vtune__checking *checking, struct vtune__row *row,
			const struct pool *pool)
{
	uint64_t kib, more = pool->wanted - pool->total;
	struct vtune__text text = { 0 };
	int rc = read_free(checking, pool->node, &kib);

	if (rc <= 0 || row->how || more <= kib / pool->size_kib)
		return rc;
	vtune__text_addf(&text,
			 "Node %u has only %" PRIu64 " KiB free, so the kernel will grant fewer: "
			 "free memory there, or make the pages when the host starts.",
			 pool->node, kib);
	row->how = vtune__text_take(&text, checking->err);
	return row->how ? 0 : -1;
}

static int set_pool(struct vtune__checking *checking, struct vtune__row *row,
		    const struct pool *pool)
{
	char current[24], wanted[24];

	snprintf(current, sizeof(current), "%" PRIu64, pool->total);
	snprintf(wanted, sizeof(wanted), "%" PRIu64, pool->wanted);
	if (vtune__row_set(checking, row, pool->path, current, wanted) < 0)
		return -1;
	if (row->nsettings)
		row->settings[row->nsettings - 1].is_count = true;
	return 0;
}

/* Pages of one size on the kernel's command line: "hugepagesz=1G hugepages=0:8,1:8". */
static int keep_large(struct vtune__checking *checking, struct vtune__row *row,
		      const struct pools *pools, uint64_t size_kib)
{
	/* Since Linux 5.16 it takes nodes; before, it spreads the pages over them. */
	bool by_node = checking->machine.kernel == 0 || checking->machine.kernel >= 5016;
	struct vtune__text text = { 0 };
	const char *between = "";
	uint64_t all = 0;
	int rc;

	for (unsigned int i = 0; i < pools->count; i++) {
		const struct pool *pool = &pools->items[i];

		if (pool->size_kib != size_kib || pool->wanted == 0)
			continue;
		all += pool->wanted;
		vtune__text_addf(&text, "%s%u:%" PRIu64, between, pool->node, pool->wanted);
		between = ",";
	}
	if (text.failed) {
		vtune__text_free(&text);
		return vtune__fail_memory(checking->err);
	}
	if (!by_node || vtune__set_count(&checking->machine.nodes) < 2) {
		vtune__text_free(&text);
		vtune__text_addf(&text, "%" PRIu64, all);
	}
	rc = text.failed ? vtune__fail_memory(checking->err)
			 : vtune__row_keep(checking, row, VTUNE__KERNEL,
					   "hugepagesz=%" PRIu64 "G hugepages=%s", size_kib >> 20,
					   all ? text.data : "0");
	vtune__text_free(&text);
	return rc;
}

static int keep_pools(struct vtune__checking *checking, struct vtune__row *row,
		      const struct pools *pools)
{
	uint64_t kept = 0;

	for (unsigned int i = 0; i < pools->count; i++) {
		const struct pool *pool = &pools->items[i];
		bool is_large = pool->size_kib >= LARGE_KIB;

		if (is_large && pool->wanted > 0 && kept != pool->size_kib) {
			if (keep_large(checking, row, pools, pool->size_kib) < 0)
				return -1;
			kept = pool->size_kib;
		}
		if (!is_large && is_worth_saying(pool) &&
		    vtune__row_keep(checking, row, VTUNE__TMPFILES, "w %s - - - - %" PRIu64,
				    pool->path, pool->wanted) < 0)
			return -1;
	}
	return 0;
}

static int compare(struct vtune__checking *checking, struct vtune__row *row,
		   const struct pools *pools)
{
	bool too_few = false, too_many = false;

	for (unsigned int i = 0; i < pools->count; i++) {
		const struct pool *pool = &pools->items[i];

		if (pool->wanted == pool->total)
			continue;
		too_few = too_few || pool->wanted > pool->total;
		too_many = too_many || pool->wanted < pool->total;
		if (set_pool(checking, row, pool) < 0)
			return -1;
		if (pool->wanted > pool->total && warn_of_room(checking, row, pool) < 0)
			return -1;
	}
	if (!too_few && !too_many)
		return keep_pools(checking, row, pools);
	/* Without its pages a VM does not start. */
	row->verdict = too_few ? VTUNE__DANGER : VTUNE__ADVICE;
	if (!too_few &&
	    vtune__row_say(checking, &row->why,
			   "Pages that no VM needs are memory that nobody can use.") < 0)
		return -1;
	if (say_pools(checking, pools, true, &row->wanted) < 0)
		return -1;
	return keep_pools(checking, row, pools);
}

/* VMs that want pages of a size that there is not. */
static int find_missing(struct vtune__checking *checking, const struct pools *pools)
{
	for (unsigned int i = 0; i < checking->vms.npages; i++) {
		const struct vtune__pages_needed *pages = &checking->vms.pages[i];
		struct vtune__row *row;
		bool is_there = false;
		char size[32];

		for (unsigned int j = 0; j < pools->count; j++)
			is_there = is_there || (pools->items[j].node == pages->node &&
						pools->items[j].size_kib == pages->size_kib);
		if (is_there || less(pages->running, pages->replaced) + pages->planned == 0)
			continue;
		vtune__size_print(pages->size_kib, size);
		row = vtune__row_new(checking, VTUNE__DANGER);
		if (!row || vtune__row_say(checking, &row->where, "node %u", pages->node) < 0 ||
		    vtune__row_say(checking, &row->current, "no pages of %s", size) < 0 ||
		    vtune__row_say(checking, &row->why,
				   "VMs need pages of %s on node %u, where this kernel has none of "
				   "that size.",
				   size, pages->node) < 0)
			return -1;
	}
	return 0;
}

int vtune__tune_huge_pages(struct vtune__checking *checking)
{
	VTUNE__CLEANUP(free_pools) struct pools pools = { 0 };
	struct vtune__row *row;

	if (read_pools(checking, &pools) < 0)
		return -1;
	if (find_missing(checking, &pools) < 0)
		return -1;
	if (pools.count == 0)
		return checking->vms.npages
			       ? 0
			       : vtune__row_missing(checking, "This kernel has no huge pages.");
	for (unsigned int i = 0; i < pools.count; i++)
		work_out(checking, &pools.items[i]);
	row = vtune__row_new(checking, VTUNE__OK);
	if (!row || say_pools(checking, &pools, false, &row->current) < 0)
		return -1;
	if (!checking->has_vms)
		return vtune__row_say(checking, &row->why,
				      "It depends on what the VMs need; none were named.");
	return compare(checking, row, &pools);
}
