/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "svg.h"

/* The text in a card needs this much. */
#define NARROWEST 232
#define NARROWEST_PAGE 900
#define WIDEST 1500
#define MOST_COLUMNS 12
/* Threads of a core; more than 4 x 4 only documents have. */
#define MOST_ABREAST 4
#define WIDE_ABREAST 16
#define MOST_GROUPS 8
/* What stands above and below the cards, about. */
#define AROUND 360

/* From few CPUs, with all that can be said, to very many. */
static const struct {
	unsigned int most_cpus;
	struct vtune__svg_sizes sizes;
} scales[] = {
	{ 24, { 40, 2, 3, 6, 8, 12, 16, 16, 10 } }, { 64, { 30, 2, 3, 5, 8, 10, 14, 13, 8 } },
	{ 256, { 20, 2, 2, 4, 6, 8, 13, 10, 0 } },  { 768, { 15, 1, 1, 3, 5, 7, 0, 8, 0 } },
	{ 4096, { 10, 1, 1, 2, 4, 5, 0, 0, 0 } },   { UINT32_MAX, { 6, 0, 0, 1, 2, 3, 0, 0, 0 } },
};

unsigned int vtune__svg_abreast(const struct vtune__picture *p)
{
	if (p->threads <= MOST_ABREAST)
		return p->threads;
	return p->threads <= MOST_ABREAST * MOST_ABREAST ? MOST_ABREAST : WIDE_ABREAST;
}

static unsigned int length_of(const struct vtune__svg *svg, unsigned int threads)
{
	const struct vtune__svg_sizes *sizes = &svg->sizes;
	unsigned int pad = svg->picture->threads > 1 ? sizes->core_pad : 0;

	return 2 * pad + threads * (sizes->thread + sizes->thread_gap) - sizes->thread_gap;
}

unsigned int vtune__svg_core_width(const struct vtune__svg *svg)
{
	return length_of(svg, vtune__svg_abreast(svg->picture));
}

unsigned int vtune__svg_core_height(const struct vtune__svg *svg)
{
	unsigned int abreast = vtune__svg_abreast(svg->picture);

	return length_of(svg, (svg->picture->threads + abreast - 1) / abreast);
}

/* What is tried, and the best so far. */
struct search {
	struct vtune__svg try, best;
	unsigned int *heights; /* of the cards, at the width that is tried */
	uint64_t smallest;
};

static unsigned int grid_height(const struct search *search)
{
	unsigned int nnodes = search->try.picture->topology->nnodes, height = 0, highest = 0;

	for (unsigned int i = 0; i < nnodes; i++) {
		highest = search->heights[i] > highest ? search->heights[i] : highest;
		if ((i + 1) % search->try.columns == 0 || i + 1 == nnodes) {
			height += highest + VTUNE__SVG_CARD_GAP;
			highest = 0;
		}
	}
	return height;
}

/* The larger of the sides, measured by those of a screen: 3 to 2. */
static uint64_t extent(const struct search *search)
{
	uint64_t width = (uint64_t)search->try.columns *
			 (search->try.inner + 2 * VTUNE__SVG_CARD_PAD + VTUNE__SVG_CARD_GAP);
	uint64_t height = grid_height(search) + AROUND;

	width = width > NARROWEST_PAGE ? width : NARROWEST_PAGE;
	return width * 2 > height * 3 ? width * 2 : height * 3;
}

static bool divides_groups(const struct vtune__svg *svg, unsigned int groups)
{
	const struct vtune__picture *p = svg->picture;

	for (unsigned int i = 0; i < p->topology->nnodes; i++)
		if (p->nodes[i].ngroups > groups && p->nodes[i].ngroups % groups)
			return false;
	return true;
}

/* The best columns for a width. A last row that is not full, of groups or of
 * cards, is as bad as more size. */
static void try_width(struct search *search, unsigned int inner, unsigned int groups)
{
	const struct vtune__picture *p = search->try.picture;
	unsigned int nnodes = p->topology->nnodes;
	bool full = divides_groups(&search->try, groups);

	search->try.inner = inner;
	for (unsigned int i = 0; i < nnodes; i++)
		search->heights[i] = vtune__svg_card_height(&search->try, &p->nodes[i]);
	for (unsigned int columns = 1; columns <= MOST_COLUMNS && columns <= nnodes; columns++) {
		unsigned int places = (nnodes + columns - 1) / columns * columns;
		uint64_t size;

		search->try.columns = columns;
		size = extent(search);
		size += full ? 0 : size / 8;
		size += size * (places - nnodes) / (2 * nnodes);
		if (size < search->smallest) {
			search->smallest = size;
			search->best = search->try;
		}
	}
}

/* Few cards share the width of a page. */
static void stretch(struct vtune__svg *svg)
{
	unsigned int frame = 2 * VTUNE__SVG_CARD_PAD + VTUNE__SVG_CARD_GAP;
	unsigned int share = (NARROWEST_PAGE + VTUNE__SVG_CARD_GAP) / svg->columns - frame;

	svg->inner = share > svg->inner ? share : svg->inner;
	svg->width = svg->columns * (svg->inner + frame) - VTUNE__SVG_CARD_GAP;
}

static bool same_shape(const struct vtune__svg *a, const struct vtune__svg *b)
{
	const struct vtune__picture *p = a->picture;

	for (unsigned int i = 0; i < p->topology->nnodes; i++)
		if (vtune__svg_cores_in_a_row(a, &p->nodes[i]) !=
		    vtune__svg_cores_in_a_row(b, &p->nodes[i]))
			return false;
	return true;
}

/* Let threads grow, by half at most, as long as they do not need more rows. */
static void grow(struct vtune__svg *svg)
{
	const struct vtune__svg_sizes base = svg->sizes;
	struct vtune__svg try = *svg;

	for (unsigned int thread = base.thread + 1; thread <= base.thread * 3 / 2; thread++) {
		try.sizes.thread = thread;
		try.sizes.font = base.font * thread / base.thread;
		try.sizes.number_font = base.number_font * thread / base.thread;
		if (!same_shape(svg, &try))
			break;
		*svg = try;
	}
}

int vtune__svg_lay_out(struct vtune__svg *svg, struct vtune_error **err)
{
	struct search search = { .try = *svg, .smallest = UINT64_MAX };
	struct vtune__svg_sizes *sizes = &search.try.sizes;
	unsigned int scale = 0, core;

	search.heights = vtune__alloc(svg->picture->topology->nnodes, sizeof(*search.heights), err);
	if (!search.heights)
		return -1;
	while (svg->picture->ncpus > scales[scale].most_cpus)
		scale++;
	*sizes = scales[scale].sizes;
	try_width(&search, NARROWEST, 1);
	/* Widths that whole cores and whole groups fill. */
	core = vtune__svg_core_width(&search.try) + sizes->core_gap;
	for (unsigned int groups = 1; groups <= MOST_GROUPS; groups++)
		for (unsigned int group = core; groups * group <= WIDEST; group += core) {
			unsigned int inner = groups * (group - sizes->core_gap +
						       2 * sizes->group_pad + sizes->group_gap) -
					     sizes->group_gap;

			if (inner >= NARROWEST)
				try_width(&search, inner, groups);
		}
	free(search.heights);
	*svg = search.best;
	stretch(svg);
	grow(svg);
	return 0;
}
