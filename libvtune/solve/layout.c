/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "solve.h"

int vtune__layout_init(struct vtune__layout *layout, const struct vtune__trial *trial)
{
	struct vtune__arena *arena = trial->scene->arena;
	unsigned int nnodes = trial->scene->nnodes;

	memset(layout, 0, sizeof(*layout));
	layout->emulator_node = -1;
	layout->nodes = vtune__arena_take(arena, trial->ncells, sizeof(*layout->nodes));
	layout->pages =
		vtune__arena_take(arena, (size_t)trial->ncells * nnodes, sizeof(*layout->pages));
	layout->helpers = vtune__arena_take(arena, nnodes, sizeof(*layout->helpers));
	layout->keeps = vtune__arena_take(arena, nnodes, sizeof(*layout->keeps));
	layout->touched = vtune__arena_take(arena, nnodes, sizeof(*layout->touched));
	layout->io_nodes = vtune__arena_take(arena, trial->pinned_io, sizeof(*layout->io_nodes));
	return arena->failed ? -1 : 0;
}

void vtune__layout_copy(struct vtune__layout *to, const struct vtune__layout *from,
			const struct vtune__trial *trial)
{
	unsigned int nnodes = trial->scene->nnodes;
	struct vtune__layout arrays = *to;

	*to = *from;
	to->nodes = arrays.nodes;
	to->pages = arrays.pages;
	to->helpers = arrays.helpers;
	to->keeps = arrays.keeps;
	to->touched = arrays.touched;
	to->io_nodes = arrays.io_nodes;
	memcpy(to->nodes, from->nodes, trial->ncells * sizeof(*to->nodes));
	memcpy(to->pages, from->pages, (size_t)trial->ncells * nnodes * sizeof(*to->pages));
	memcpy(to->helpers, from->helpers, nnodes * sizeof(*to->helpers));
	memcpy(to->keeps, from->keeps, nnodes * sizeof(*to->keeps));
	memcpy(to->touched, from->touched, nnodes * sizeof(*to->touched));
	if (trial->pinned_io > 0)
		memcpy(to->io_nodes, from->io_nodes, trial->pinned_io * sizeof(*to->io_nodes));
}

int vtune__layout_cell(const struct vtune__layout *layout, const struct vtune__trial *trial,
		       unsigned int node)
{
	for (unsigned int g = 0; g < trial->ncells; g++)
		if (layout->nodes[g] == node)
			return (int)g;
	return -1;
}

bool vtune__layout_has_memory(const struct vtune__layout *layout, const struct vtune__trial *trial,
			      unsigned int node)
{
	for (unsigned int g = 0; g < trial->ncells; g++)
		if (layout->pages[(size_t)g * trial->scene->nnodes + node] > 0)
			return true;
	return false;
}
