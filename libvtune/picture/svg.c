/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "sentences.h"
#include "svg.h"

#define MARGIN 32
#define HEAD 82
#define LEGEND_LINE 24
#define TEXT_LINE 20
#define FONT 13
#define SWATCH 14
#define CELL 30

/* What stands around the cards. Positions are worked out first, since the
 * height stands in the first line of the document. */
struct page {
	struct vtune__svg svg;
	const struct vtune__picture *picture;
	struct vtune__sentences sentences;
	struct vtune__distances distances;
	bool failed; /* an allocation, in what was only measured too */
};

/* ---- legend ---- */

struct legend {
	struct vtune__text *out; /* NULL: only measure */
	unsigned int x, y, right;
};

static void add_entry(struct legend *legend, const char *class, unsigned int height,
		      const char *words)
{
	unsigned int width = SWATCH + 8 + vtune__svg_width(vtune__text_width(words), FONT) + 22;

	if (legend->x > MARGIN && legend->x + width > legend->right) {
		legend->x = MARGIN;
		legend->y += LEGEND_LINE;
	}
	if (legend->out) {
		vtune__svg_box(legend->out, legend->x, legend->y + (SWATCH - height) / 2, SWATCH,
			       height, 3, class);
		vtune__svg_end_box(legend->out, NULL);
		vtune__svg_text(legend->out, legend->x + SWATCH + 8, legend->y + 12, "say", words,
				0, FONT);
	}
	legend->x += width;
}

static void add_other_vms(struct legend *legend, const struct vtune__picture *p)
{
	unsigned int named = p->nothers < VTUNE__OTHER_COLOURS ? p->nothers : VTUNE__OTHER_COLOURS;

	for (unsigned int i = 0; i < named; i++)
		add_entry(legend, vtune__svg_look_class(VTUNE__LOOK_OTHER, i), SWATCH,
			  p->others[i]);
	if (p->nothers > named)
		add_entry(legend, vtune__svg_look_class(VTUNE__LOOK_OTHER, named), SWATCH,
			  "more VMs");
}

static unsigned int draw_legend(struct page *page, unsigned int y, struct vtune__text *out)
{
	const struct vtune__picture *p = page->picture;
	struct legend legend = { out, MARGIN, y, MARGIN + page->svg.width };

	for (unsigned int i = 0; i < VTUNE__LOOKS; i++) {
		if (p->looks[i] == 0)
			continue;
		if (i == VTUNE__LOOK_OTHER)
			add_other_vms(&legend, p);
		else
			add_entry(&legend, vtune__svg_look_class((enum vtune__look)i, 0), SWATCH,
				  vtune__look_names[i]);
	}
	for (unsigned int i = 0; i < VTUNE__PARTS; i++) {
		struct vtune__text words = { 0 };

		if (!p->parts[i])
			continue;
		vtune__text_addf(&words, "memory: %s", vtune__part_names[i]);
		/* Low, as the bars are. */
		add_entry(&legend, i == VTUNE__PART_FREE ? "n" : vtune__svg_part_classes[i],
			  SWATCH / 2, vtune__text_peek(&words));
		vtune__text_drop(&words, &page->failed);
	}
	return legend.y + LEGEND_LINE;
}

/* ---- cards ---- */

static unsigned int draw_cards(const struct page *page, unsigned int y, bool draw)
{
	const struct vtune__svg *svg = &page->svg;
	const struct vtune__picture *p = page->picture;
	unsigned int step = svg->inner + 2 * VTUNE__SVG_CARD_PAD + VTUNE__SVG_CARD_GAP;

	for (unsigned int first = 0; first < p->topology->nnodes; first += svg->columns) {
		unsigned int height = 0, last = first + svg->columns;

		if (last > p->topology->nnodes)
			last = p->topology->nnodes;
		for (unsigned int i = first; i < last; i++) {
			unsigned int card = vtune__svg_card_height(svg, &p->nodes[i]);

			height = card > height ? card : height;
		}
		for (unsigned int i = first; draw && i < last; i++)
			vtune__svg_card(svg, &p->nodes[i], MARGIN + (i - first) * step, y, height);
		y += height + VTUNE__SVG_CARD_GAP;
	}
	return y;
}

/* ---- sentences and distances ---- */

/* The farther, the darker: by rank, so that near ones differ too. */
static unsigned int shade(const struct vtune__distances *distances, unsigned int distance)
{
	unsigned int rank = 0;

	while (distances->values[rank] != distance)
		rank++;
	return rank * 4 / (distances->nvalues - 1);
}

static void draw_row(const struct page *page, unsigned int row, unsigned int x, unsigned int y,
		     struct vtune__text *out)
{
	const struct vtune__distances *distances = &page->distances;
	const struct vtune__topology *t = page->picture->topology;

	for (unsigned int i = 0; i < distances->count; i++, x += CELL) {
		unsigned int d = vtune__distance(t, distances->nodes[row], distances->nodes[i]);
		char words[64], class[16];

		snprintf(class, sizeof(class), "d%u", shade(distances, d));
		vtune__svg_box(out, x + 1, y + 1, CELL - 2, CELL - 2, 4, class);
		snprintf(words, sizeof(words), "from node %u to node %u: %u",
			 t->nodes[distances->nodes[row]].id, t->nodes[distances->nodes[i]].id, d);
		vtune__svg_end_box(out, words);
		snprintf(words, sizeof(words), "%u", d);
		vtune__svg_text(out, x + CELL / 2, y + 20, "in num", words, 0, FONT);
	}
}

static unsigned int draw_distances(const struct page *page, unsigned int y, unsigned int left,
				   struct vtune__text *out)
{
	const struct vtune__distances *distances = &page->distances;

	if (distances->count == 0)
		return y;
	if (!out)
		return y + 28 + (distances->count + 1) * CELL;
	vtune__svg_text(out, left, y + 14, "h2", "Distances", 0, 15);
	y += 20;
	for (unsigned int i = 0; i < distances->count; i++) {
		unsigned int at = CELL * (i + 1);
		char words[16];

		snprintf(words, sizeof(words), "%u",
			 page->picture->topology->nodes[distances->nodes[i]].id);
		vtune__svg_text(out, left + at + CELL / 2, y + 22, "dim mid", words, 0, FONT);
		vtune__svg_text(out, left + CELL - 10, y + at + 20, "dim end", words, 0, FONT);
		draw_row(page, i, left + CELL, y + at, out);
	}
	return y + (distances->count + 1) * CELL + 8;
}

static const struct {
	const char *title, *class;
} paragraphs[] = {
	[VTUNE__SAYS_VERDICT] = { "", "" },
	[VTUNE__SAYS_REASON] = { "Why it does not fit", "warn" },
	[VTUNE__SAYS_ADVICE] = { "It would fit", "say" },
	[VTUNE__SAYS_PLACE] = { "What goes where", "say" },
	[VTUNE__SAYS_WHY] = { "Why there", "why" },
	[VTUNE__SAYS_WARNING] = { "Warnings", "warn" },
};

struct column {
	struct vtune__text *out; /* NULL: only measure */
	unsigned int x, width;
};

/* All sentences of one kind; returns where they end. */
static unsigned int draw_paragraph(struct page *page, const struct column *column,
				   enum vtune__sentence_kind kind, unsigned int y)
{
	unsigned int top = y;

	for (unsigned int i = 0; i < page->sentences.count; i++) {
		const struct vtune__sentence *sentence = &page->sentences.list[i];
		struct vtune__lines lines = { 0 };

		if (sentence->kind != kind)
			continue;
		if (y == top) {
			if (column->out)
				vtune__svg_text(column->out, column->x, y + 14, "h2",
						page->picture->plan ? paragraphs[kind].title
								    : "What there is",
						0, 15);
			y += TEXT_LINE + 6;
		}
		vtune__lines_wrap(&lines, sentence->text, "", "",
				  vtune__svg_characters(column->width, FONT));
		page->failed = page->failed || lines.failed;
		for (unsigned int k = 0; k < lines.count; k++, y += TEXT_LINE)
			if (column->out)
				vtune__svg_text(column->out, column->x, y + 14,
						paragraphs[kind].class, lines.line[k], 0, FONT);
		y += 4;
		vtune__lines_free(&lines);
	}
	return y == top ? y : y + 14;
}

/* What goes where on the left; why, and how far it is, on the right; warnings where there
 * is room first. */
static unsigned int draw_words(struct page *page, unsigned int y, struct vtune__text *out)
{
	unsigned int half = (page->svg.width - MARGIN) / 2;
	struct column left = { out, MARGIN, half };
	struct column right = { out, MARGIN + half + MARGIN, half };
	unsigned int left_end, right_end;

	left_end = draw_paragraph(page, &left, VTUNE__SAYS_REASON, y);
	left_end = draw_paragraph(page, &left, VTUNE__SAYS_PLACE, left_end);
	right_end = draw_paragraph(page, &right, VTUNE__SAYS_ADVICE, y);
	right_end = draw_paragraph(page, &right, VTUNE__SAYS_WHY, right_end);
	right_end = draw_distances(page, right_end, right.x, out);
	if (left_end > right_end)
		right_end = draw_paragraph(page, &right, VTUNE__SAYS_WARNING, right_end);
	else
		left_end = draw_paragraph(page, &left, VTUNE__SAYS_WARNING, left_end);
	return left_end > right_end ? left_end : right_end;
}

/* ---- the page ---- */

static void draw_head(struct page *page, struct vtune__text *out)
{
	const struct vtune__picture *p = page->picture;
	struct vtune__text text = { 0 };

	if (p->plan) {
		vtune__text_add_plain(&text, p->plan->vm);
		vtune__text_add(&text, p->placed ? " on " : " does not fit on ");
	}
	vtune__text_add_host(&text, p);
	vtune__svg_text(out, MARGIN, MARGIN + 22, "h1", vtune__text_peek(&text), page->svg.width,
			24);
	vtune__text_drop(&text, &page->failed);

	if (p->placed) {
		vtune__text_add_extent_of_vm(&text, p->plan);
		vtune__text_add(&text, "; the host has ");
	}
	vtune__text_add_extent(&text, p);
	vtune__svg_text(out, MARGIN, MARGIN + 46, "sub", vtune__text_peek(&text), page->svg.width,
			14);
	vtune__text_drop(&text, &page->failed);
}

static unsigned int draw_notes(struct page *page, unsigned int y, struct vtune__text *out)
{
	const struct vtune__picture *p = page->picture;
	struct vtune__text text = { 0 };

	if (page->distances.words.data) {
		if (out)
			vtune__svg_text(out, MARGIN, y + 14, "dim", page->distances.words.data,
					page->svg.width, 12);
		y += TEXT_LINE;
	}
	if (p->nhomeless == 0)
		return y;
	vtune__text_add(&text, "Devices on a node that is not known: ");
	for (unsigned int i = 0; i < p->nhomeless; i++) {
		vtune__text_add(&text, i > 0 ? ", " : "");
		vtune__text_add_plain(&text, p->devices[p->homeless_first + i].device->id);
	}
	if (out)
		vtune__svg_text(out, MARGIN, y + 14, "dim", vtune__text_peek(&text),
				page->svg.width, 12);
	vtune__text_drop(&text, &page->failed);
	return y + TEXT_LINE + 4;
}

/* Measures when out is NULL; returns the height. */
static unsigned int draw(struct page *page, struct vtune__text *out)
{
	unsigned int y = HEAD + MARGIN / 2;

	if (out)
		draw_head(page, out);
	y = draw_legend(page, y, out) + 8;
	y = draw_cards(page, y, out);
	y = draw_notes(page, y, out) + 12;
	return draw_words(page, y, out) + MARGIN / 2;
}

static char *to_svg(const struct vtune_host *host, const struct vtune_plan *plan,
		    struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__picture_free) struct vtune__picture *picture = NULL;
	struct vtune__text out = { 0 };
	struct page page = { 0 };
	unsigned int width, height;

	picture = vtune__picture_new(host, plan, err);
	if (!picture)
		return NULL;
	page.picture = page.svg.picture = picture;
	page.svg.out = &out;
	if (vtune__svg_lay_out(&page.svg, err) < 0)
		return NULL;
	vtune__picture_distances(picture, &page.distances);
	vtune__sentences_of(picture, &page.sentences);

	width = page.svg.width + 2 * MARGIN;
	height = draw(&page, NULL);
	vtune__text_addf(&out,
			 "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"vtune\" role=\"img\" "
			 "viewBox=\"0 0 %u %u\" width=\"%u\" height=\"%u\" "
			 "style=\"max-width:100%%;height:auto\" aria-label=\"",
			 width, height, width, height);
	if (page.sentences.count > 0)
		vtune__svg_escape(&out, page.sentences.list[0].text);
	vtune__text_addf(&out, "\">\n%s", vtune__svg_style);
	vtune__svg_box(&out, 0, 0, width, height, 0, "page");
	vtune__svg_end_box(&out, NULL);
	draw(&page, &out);
	vtune__text_add(&out, "</svg>\n");
	out.failed = out.failed || page.failed || page.sentences.failed ||
		     page.distances.words.failed;
	vtune__distances_free(&page.distances);
	vtune__sentences_free(&page.sentences);
	return vtune__text_take(&out, err);
}

VTUNE_EXPORT char *vtune_host_to_svg(const struct vtune_host *host, struct vtune_error **err)
{
	if (!host) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return to_svg(host, NULL, err);
}

VTUNE_EXPORT char *vtune_plan_to_svg(const struct vtune_plan *plan, const struct vtune_host *host,
				     struct vtune_error **err)
{
	if (!plan || !host) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return to_svg(host, plan, err);
}
