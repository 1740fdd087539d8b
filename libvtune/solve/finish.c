/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "finish.h"

static bool value_less(const struct vtune__finish_value *a, const struct vtune__finish_value *b)
{
	return a->helpers != b->helpers ? a->helpers < b->helpers : a->fine < b->fine;
}

static const struct vtune__finish_value impossible = { INT64_MAX, INT64_MAX };

/* The table of a node when exactly these of its common groups are touched. */
static const struct vtune__table *
share_table(struct vtune__finish *f, const struct vtune__node_share *share, unsigned int touched)
{
	const struct vtune__layout *layout = vtune__finish_layout(f);

	if (share->mine == 0 && !layout->keeps[share->node])
		return vtune__trial_table(f->trial, share->cell, share->node);
	return vtune__layout_table(layout, f->trial, share->node, share->mine, touched, f->touch,
				   f->search->arena);
}

bool vtune__finish_step(const struct vtune__finish *f, unsigned int from, unsigned int to,
			unsigned int *count, int64_t *cost, unsigned int node)
{
	*count = 0;
	*cost = 0;
	for (unsigned int i = 0; i < f->nkinds; i++) {
		unsigned int radix = f->kinds[i].count + 1;
		unsigned int before = from % radix, after = to % radix;

		if (after < before)
			return false;
		*count += after - before;
		*cost += (after - before) * f->kinds[i].cost[node];
		from /= radix;
		to /= radix;
	}
	return true;
}

static void share_step(struct vtune__finish *f, unsigned int index,
		       const struct vtune__table *table, unsigned int touched)
{
	const struct vtune__node_share *share = &f->shares[index];
	struct vtune__finish_choice *chosen = f->chosen + (size_t)index * f->states * f->masks;
	unsigned int count;
	int64_t cost;

	for (unsigned int from = 0; from < f->states; from++) {
		for (unsigned int to = from; to < f->states; to++) {
			if (!vtune__finish_step(f, from, to, &count, &cost, share->node))
				continue;
			count += share->fixed;
			if (count > f->trial->most_helpers ||
			    table->best[count] >= VTUNE__FINE_NONE)
				continue;
			for (unsigned int mask = 0; mask < f->masks; mask++) {
				const struct vtune__finish_value *old =
					&f->values[from * f->masks + mask];
				unsigned int at = to * f->masks + (mask | touched);
				struct vtune__finish_value sum;

				if (old->fine == INT64_MAX)
					continue;
				sum.helpers = old->helpers + cost;
				sum.fine = old->fine + table->best[count];
				if (!value_less(&sum, &f->next[at]))
					continue;
				f->next[at] = sum;
				chosen[at].before = from * f->masks + mask;
				chosen[at].touched = touched;
			}
		}
	}
}

static bool run_shares(struct vtune__finish *f)
{
	size_t size = (size_t)f->states * f->masks;

	vtune__search_work(f->search, f->nshares * size * f->states / 256);
	for (size_t i = 0; i < size; i++)
		f->values[i] = impossible;
	f->values[0] = (struct vtune__finish_value){ 0, 0 };
	for (unsigned int i = 0; i < f->nshares; i++) {
		unsigned int mine = f->shares[i].mine, touched = mine;
		struct vtune__finish_value *swap = f->values;

		for (size_t s = 0; s < size; s++)
			f->next[s] = impossible;
		/* All subsets of the node's own common groups, from all to none. */
		for (;; touched = (touched - 1) & mine) {
			const struct vtune__table *table = share_table(f, &f->shares[i], touched);

			if (!table)
				return false;
			share_step(f, i, table, touched);
			if (touched == 0)
				break;
		}
		f->values = f->next;
		f->next = swap;
	}
	return true;
}

/* Cost 8 of the groups in common, each once. */
static vtune__fine common_cost(const struct vtune__finish *f, unsigned int mask)
{
	int64_t left = 0;

	for (unsigned int i = 0; i < vtune__finish_layout(f)->ncommon; i++)
		if (mask >> i & 1)
			left += f->scene->group_free[vtune__finish_layout(f)->common[i]];
	return vtune__fine_pack(0, 0, 0, f->scene->sign * left);
}

static bool best_end(const struct vtune__finish *f, struct vtune__finish_value *best,
		     unsigned int *at)
{
	unsigned int last = (f->states - 1) * f->masks;

	*best = impossible;
	for (unsigned int mask = 0; mask < f->masks; mask++) {
		struct vtune__finish_value value = f->values[last + mask];

		if (value.fine == INT64_MAX)
			continue;
		value.fine += common_cost(f, mask);
		if (!value_less(&value, best))
			continue;
		*best = value;
		*at = last + mask;
	}
	return best->fine != INT64_MAX;
}

/* ---- the result ---- */

void vtune__finish_give(struct vtune__finish *f, unsigned int from, unsigned int to,
			unsigned int node)
{
	struct vtune__layout *layout = vtune__finish_layout(f);

	for (unsigned int i = 0; i < f->nkinds; i++) {
		unsigned int radix = f->kinds[i].count + 1;

		/* The nodes come from the last to the first: so do the helpers. */
		for (unsigned int left = to % radix; left > from % radix; left--) {
			unsigned int io = f->trial->pinned_io, nth = 0;

			if (f->trial->emulator_anywhere &&
			    &f->kinds[i] == vtune__helper_kind(f, -1) && ++nth == left) {
				layout->emulator_node = (int)node;
				continue;
			}
			for (io = 0; io < f->trial->pinned_io; io++)
				if (vtune__helper_kind(f, f->scene->anchors[io]) == &f->kinds[i] &&
				    ++nth == left)
					break;
			layout->io_nodes[io] = node;
		}
		from /= radix;
		to /= radix;
	}
}

static void read_choices(struct vtune__finish *f, unsigned int at)
{
	struct vtune__layout *layout = vtune__finish_layout(f);

	layout->emulator_node = -1;
	for (unsigned int n = 0; n < f->scene->nnodes; n++)
		layout->helpers[n] = layout->touched[n] = 0;
	for (unsigned int i = f->nshares; i-- > 0;) {
		const struct vtune__finish_choice *choice =
			&f->chosen[(size_t)i * f->states * f->masks + at];
		unsigned int node = f->shares[i].node, count;
		int64_t cost;

		vtune__finish_step(f, choice->before / f->masks, at / f->masks, &count, &cost,
				   node);
		layout->helpers[node] = count + f->shares[i].fixed;
		layout->touched[node] = choice->touched;
		vtune__finish_give(f, choice->before / f->masks, at / f->masks, node);
		at = choice->before;
	}
}

/* Ties: the lowest nodes in cell order, then the lowest memory nodes. */
static int compare_places(const struct vtune__trial *trial, const struct vtune__layout *a,
			  const struct vtune__layout *b)
{
	size_t pages = (size_t)trial->ncells * trial->scene->nnodes;

	for (unsigned int g = 0; g < trial->ncells; g++)
		if (a->nodes[g] != b->nodes[g])
			return a->nodes[g] < b->nodes[g] ? -1 : 1;
	for (size_t i = 0; i < pages; i++)
		if ((a->pages[i] > 0) != (b->pages[i] > 0))
			return a->pages[i] > 0 ? -1 : 1;
	return 0;
}

static void keep_best(struct vtune__search *search)
{
	if (search->found) {
		int order = vtune__cost_compare(&search->current.cost, &search->best.cost);

		if (order > 0 || (order == 0 && compare_places(search->trial, &search->current,
							       &search->best) >= 0))
			return;
	}
	search->found = true;
	vtune__layout_copy(&search->best, &search->current, search->trial);
}

/* Nothing that is still to be added can make it better than this. */
static bool may_win(const struct vtune__finish *f, int64_t helpers_to_come)
{
	struct vtune__cost least = vtune__finish_layout(f)->cost;

	least.helpers += helpers_to_come;
	if (f->search->beat && vtune__cost_compare_coarse(&least, f->search->beat) >= 0)
		return false;
	return !f->search->found || vtune__cost_compare_coarse(&least, &f->search->best.cost) <= 0;
}

static bool finish_begin(struct vtune__finish *f)
{
	struct vtune__arena *arena = f->search->arena;
	size_t size;

	if (!vtune__finish_shares(f))
		return false;
	size = (size_t)f->states * f->masks;
	f->values = vtune__arena_take(arena, size, sizeof(*f->values));
	f->next = vtune__arena_take(arena, size, sizeof(*f->next));
	f->chosen = vtune__arena_take(arena, size * f->nshares, sizeof(*f->chosen));
	f->touch = vtune__arena_take(arena, f->scene->topology->ngroups, sizeof(*f->touch));
	return f->values && f->next && f->chosen && f->touch;
}

static void finish_once(struct vtune__finish *f)
{
	struct vtune__search *search = f->search;
	struct vtune__finish_value end;
	unsigned int at;

	vtune__search_work(search, 1);
	f->nshares = 0;
	f->merged = false;
	vtune__finish_costs(f);
	if (!may_win(f, f->trial->most_helpers * f->scene->nearest) || !finish_begin(f) ||
	    !run_shares(f) || !best_end(f, &end, &at))
		return;
	search->current.cost.helpers += end.helpers;
	search->current.cost.fine = end.fine;
	if (may_win(f, 0)) {
		read_choices(f, at);
		keep_best(search);
	}
}

void vtune__finish(struct vtune__search *search)
{
	struct vtune__finish f = { .search = search,
				   .trial = search->trial,
				   .scene = search->trial->scene };
	struct vtune__mark mark = vtune__arena_mark(search->arena);

	if (search->each) {
		search->each(search);
		return;
	}
	vtune__finish_find_doubtful(&f);
	for (f.kept = 0; f.kept < 1U << f.ndoubtful; f.kept++) {
		finish_once(&f);
		vtune__arena_reset(search->arena, mark);
	}
}
