/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "picture.h"

struct range {
	unsigned int least, most;
};

static void widen(struct range *range, unsigned int value)
{
	range->least = value < range->least ? value : range->least;
	range->most = value > range->most ? value : range->most;
}

/* With a VM the nodes that it uses, else all. */
static bool is_shown(const struct vtune__picture *p, unsigned int node)
{
	return !p->placed || p->nodes[node].used;
}

static void add_range(struct vtune__text *text, const char *before, const struct range *range)
{
	vtune__text_addf(text, "%s%u", before, range->least);
	if (range->most > range->least)
		vtune__text_addf(text, " to %u", range->most);
}

/* Say it in words where a table would say no more, or be too large. */
static void say_range(const struct vtune__picture *p, struct vtune__distances *out)
{
	struct range apart = { UINT32_MAX, 0 }, same = { UINT32_MAX, 0 };
	unsigned int nnodes = p->topology->nnodes;

	for (unsigned int i = 0; i < nnodes; i++)
		for (unsigned int k = 0; is_shown(p, i) && k < nnodes; k++)
			if (is_shown(p, k))
				widen(i == k ? &same : &apart, vtune__distance(p->topology, i, k));
	if (out->count > 0 && (apart.least < apart.most || same.least < same.most))
		return;
	out->count = 0;
	add_range(&out->words, "distance from node to node: ", &apart);
	add_range(&out->words, ", to itself: ", &same);
}

static void add_value(struct vtune__distances *out, unsigned int value)
{
	unsigned int at = 0;

	while (at < out->nvalues && out->values[at] < value)
		at++;
	if (at < out->nvalues && out->values[at] == value)
		return;
	memmove(&out->values[at + 1], &out->values[at],
		(out->nvalues - at) * sizeof(out->values[0]));
	out->values[at] = value;
	out->nvalues++;
}

void vtune__picture_distances(const struct vtune__picture *p, struct vtune__distances *out)
{
	unsigned int shown = 0;

	memset(out, 0, sizeof(*out));
	for (unsigned int i = 0; i < p->topology->nnodes; i++) {
		if (!is_shown(p, i))
			continue;
		if (shown < VTUNE__MOST_DISTANCES)
			out->nodes[shown] = i;
		shown++;
	}
	if (shown < 2)
		return;
	out->count = shown <= VTUNE__MOST_DISTANCES ? shown : 0;
	say_range(p, out);
	for (unsigned int i = 0; i < out->count; i++)
		for (unsigned int k = 0; k < out->count; k++)
			add_value(out, vtune__distance(p->topology, out->nodes[i], out->nodes[k]));
}

void vtune__distances_free(struct vtune__distances *distances)
{
	vtune__text_free(&distances->words);
}
