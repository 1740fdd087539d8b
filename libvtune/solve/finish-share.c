/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to be shared out, and over which nodes. */
#include "finish.h"

struct vtune__helper_kind *vtune__helper_kind(struct vtune__finish *f, int anchor)
{
	for (unsigned int i = 0; i < f->nkinds; i++)
		if (f->kinds[i].anchor == anchor || f->merged || i + 1 == MOST_KINDS)
			return &f->kinds[i];
	f->kinds[f->nkinds] = (struct vtune__helper_kind){ .anchor = anchor };
	return &f->kinds[f->nkinds++];
}

/* Sort the helpers into kinds; returns the number of states, 0 when too many. */
static unsigned int sort_helpers(struct vtune__finish *f)
{
	unsigned int states = 1;

	f->nkinds = 0;
	if (f->trial->emulator_anywhere)
		vtune__helper_kind(f, -1)->count++;
	for (unsigned int i = 0; i < f->trial->pinned_io; i++)
		vtune__helper_kind(f, f->scene->anchors[i])->count++;
	for (unsigned int i = 0; i < f->nkinds; i++) {
		states *= f->kinds[i].count + 1;
		if (states > MOST_STATES)
			return 0;
	}
	return f->nkinds < MOST_KINDS ? states : 0;
}

static bool find_kinds(struct vtune__finish *f)
{
	f->states = sort_helpers(f);
	if (f->states == 0) {
		f->search->incomplete = true;
		f->merged = true;
		f->states = sort_helpers(f);
	}
	for (unsigned int i = 0; i < f->nkinds; i++) {
		struct vtune__helper_kind *kind = &f->kinds[i];

		kind->cost =
			vtune__arena_take(f->search->arena, f->scene->nnodes, sizeof(*kind->cost));
		if (!kind->cost)
			return false;
		for (unsigned int n = 0; n < f->scene->nnodes; n++)
			kind->cost[n] = vtune__anchor_cost(f, n, kind->anchor);
	}
	return true;
}

static bool is_common(const struct vtune__finish *f, unsigned int group, unsigned int *place)
{
	const struct vtune__layout *layout = vtune__finish_layout(f);

	for (*place = 0; *place < layout->ncommon; (*place)++)
		if (layout->common[*place] == group)
			return true;
	return false;
}

/* Cache groups that lie on several nodes: their cost is known only in the end. */
static bool note_common(struct vtune__finish *f, struct vtune__node_share *share)
{
	const struct vtune__site *site = &f->scene->sites[share->node];
	struct vtune__layout *layout = vtune__finish_layout(f);

	for (unsigned int c = 0; c < site->ncores; c++) {
		unsigned int group = site->cores[c].group, place;

		if (f->scene->group_span[group] < 2)
			continue;
		if (!is_common(f, group, &place)) {
			if (layout->ncommon == VTUNE__COUNT(layout->common))
				return false;
			layout->common[layout->ncommon++] = group;
		}
		share->mine |= 1U << place;
	}
	return true;
}

static void find_common(struct vtune__finish *f)
{
	struct vtune__layout *layout = vtune__finish_layout(f);
	bool noted = true;

	layout->ncommon = 0;
	for (unsigned int i = 0; i < f->nshares && f->scene->spanning && noted; i++)
		noted = note_common(f, &f->shares[i]);
	f->masks = 1U << layout->ncommon;
	if (noted && (uint64_t)f->states * f->states * f->masks <= MOST_PAIRS)
		return;
	/* Too many: the tables' own bound has to do. */
	f->search->incomplete = true;
	layout->ncommon = 0;
	f->masks = 1;
	for (unsigned int i = 0; i < f->nshares; i++)
		f->shares[i].mine = 0;
}

static bool find_nodes(struct vtune__finish *f)
{
	bool flexible = f->nkinds > 0;

	f->shares = vtune__arena_take(f->search->arena, f->scene->nnodes, sizeof(*f->shares));
	if (!f->shares)
		return false;
	for (unsigned int n = 0; n < f->scene->nnodes; n++) {
		const struct vtune__site *site = &f->scene->sites[n];
		struct vtune__node_share share = {
			.node = n, .cell = vtune__layout_cell(vtune__finish_layout(f), f->trial, n)
		};
		bool memory = vtune__layout_has_memory(vtune__finish_layout(f), f->trial, n);

		share.fixed = memory && f->trial->emulator_each &&
			      (site->has_cpus || !(f->scene->lift & VTUNE__LIFT_START));
		vtune__finish_layout(f)->keeps[n] =
			vtune__layout_keeps(vtune__finish_layout(f), f->trial, n) ||
			vtune__finish_is_kept(f, n);
		if (share.cell >= 0 || share.fixed ||
		    (flexible && site->allowed && site->dedicated > 0) ||
		    (flexible && site->allowed && (f->scene->lift & VTUNE__LIFT_CPUS)))
			f->shares[f->nshares++] = share;
	}
	find_common(f);
	return true;
}

bool vtune__finish_shares(struct vtune__finish *f)
{
	return find_kinds(f) && find_nodes(f);
}
