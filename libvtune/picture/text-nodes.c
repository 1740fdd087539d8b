/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "sentences.h"
#include "text.h"

/* A box takes four columns for its border, and one stands between two. */
#define BORDER 4
#define NARROWEST 36
#define MOST_IN_A_ROW 8
/* A picture should not be longer than a person likes to scroll. */
#define LINES_WANTED 56
/* CPU numbers take a line of their own: they are for hosts where that is short. */
#define LINES_WITH_NUMBERS 24

/* One node, or several in a row that look the same. */
struct box {
	unsigned int first, last;
	struct vtune__lines body;
};

struct boxes {
	struct box *list;
	unsigned int count;
	unsigned int in_a_row;
	unsigned int height; /* of all */
};

/* From what says most to what is shortest. */
static const struct look {
	enum vtune__detail detail;
	bool fold;
} looks[] = {
	{ VTUNE__DETAIL_NUMBERS, false }, { VTUNE__DETAIL_VCPUS, false },
	{ VTUNE__DETAIL_CORES, false },	  { VTUNE__DETAIL_VCPUS, true },
	{ VTUNE__DETAIL_CORES, true },	  { VTUNE__DETAIL_LETTERS, false },
	{ VTUNE__DETAIL_LETTERS, true },
};

static void free_boxes(struct boxes *boxes)
{
	for (unsigned int i = 0; i < boxes->count; i++)
		vtune__lines_free(&boxes->list[i].body);
	free(boxes->list);
	memset(boxes, 0, sizeof(*boxes));
}

static bool same_lines(const struct vtune__lines *a, const struct vtune__lines *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned int i = 0; i < a->count; i++)
		if (strcmp(a->line[i], b->line[i]))
			return false;
	return true;
}

/* Can node i be told of in the words of the box? */
static bool can_fold(const struct vtune__picture *p, const struct box *box,
		     const struct vtune__lines *body, unsigned int i)
{
	return p->nodes[i].node->kind == p->nodes[box->first].node->kind &&
	       same_lines(&box->body, body);
}

static void measure(struct boxes *boxes)
{
	unsigned int highest = 0;

	for (unsigned int i = 0; i < boxes->count; i++) {
		if (i % boxes->in_a_row == 0)
			highest = 0;
		if (boxes->list[i].body.count > highest) {
			boxes->height += boxes->list[i].body.count - highest;
			highest = boxes->list[i].body.count;
		}
		if (i % boxes->in_a_row == 0)
			boxes->height += 2;
	}
}

/* Returns false when there is no such picture: the lines are too narrow, or
 * (then out->failed is set) memory is short. */
static bool make_boxes(const struct vtune__text_view *view, bool fold, unsigned int in_a_row,
		       struct boxes *boxes, struct vtune__lines *out)
{
	const struct vtune__picture *p = view->picture;
	void *array = NULL;

	boxes->in_a_row = in_a_row;
	for (unsigned int i = 0; i < p->topology->nnodes; i++) {
		struct vtune__lines body = { 0 };
		struct box *box;

		if (!vtune__text_node(view, &p->nodes[i], &body) || body.failed) {
			out->failed = out->failed || body.failed;
			vtune__lines_free(&body);
			free_boxes(boxes);
			return false;
		}
		if (fold && boxes->count > 0) {
			box = &boxes->list[boxes->count - 1];
			if (can_fold(p, box, &body, i)) {
				box->last = i;
				vtune__lines_free(&body);
				continue;
			}
		}
		box = vtune__grow(&array, &boxes->count, sizeof(*box), NULL);
		boxes->list = array;
		if (!box) {
			out->failed = true;
			vtune__lines_free(&body);
			free_boxes(boxes);
			return false;
		}
		box->first = box->last = i;
		box->body = body;
	}
	measure(boxes);
	return true;
}

/* The shortest picture that says this much. */
static bool choose_width(const struct vtune__picture *p, const struct look *look,
			 unsigned int columns, struct boxes *best, struct vtune__lines *out)
{
	bool found = false;

	for (unsigned int in_a_row = 1; in_a_row <= MOST_IN_A_ROW; in_a_row++) {
		struct vtune__text_view view = { .picture = p, .detail = look->detail };
		struct boxes boxes = { 0 };
		unsigned int width = (columns + 1) / in_a_row;

		if (in_a_row > 1 && width < NARROWEST + BORDER + 1)
			break;
		view.width = width - BORDER - 1;
		view.cell = vtune__text_cell(p, look->detail);
		view.figures = vtune__text_figures(p, &out->failed);
		view.labelled = !look->fold;
		if (!make_boxes(&view, look->fold, in_a_row, &boxes, out))
			continue;
		if (found && boxes.height >= best->height) {
			free_boxes(&boxes);
			continue;
		}
		free_boxes(best);
		*best = boxes;
		found = true;
	}
	return found;
}

/* Ids may be sparse: "nodes 0,8,252-255". */
static void add_ids(const struct vtune__picture *p, const struct box *box,
		    struct vtune__text *title)
{
	struct vtune__set ids = { 0 };

	for (unsigned int i = box->first; i <= box->last; i++)
		if (vtune__set_add(&ids, p->nodes[i].node->id) < 0)
			title->failed = true;
	vtune__text_add(title, box->first == box->last ? "node " : "nodes ");
	vtune__text_add_set(title, &ids);
	vtune__set_free(&ids);
}

static void add_title(const struct vtune__picture *p, const struct box *box, bool with_cpus,
		      struct vtune__text *title)
{
	const struct vtune__node *node = p->nodes[box->first].node;
	unsigned int ncpus = vtune__set_count(&node->cpus);
	bool folded = box->last > box->first;

	add_ids(p, box, title);
	if (node->kind != VTUNE__DRAM)
		vtune__text_addf(title, ", %s", vtune__memory_kind_names[node->kind]);
	if (ncpus == 0)
		vtune__text_add(title, ", no CPUs");
	if (p->nodes[box->first].nmemory == 0)
		vtune__text_add(title, ", no memory");
	if (folded && ncpus > 0) {
		vtune__text_add(title, ", each ");
		vtune__text_add_count(title, ncpus, "CPU");
	} else if (with_cpus && ncpus > 0) {
		vtune__text_add(title, ", CPUs ");
		vtune__text_add_set(title, &node->cpus);
	}
}

static void add_border(const struct vtune__picture *p, const struct box *box, bool top,
		       unsigned int width, struct vtune__text *line)
{
	struct vtune__text title = { 0 };

	vtune__text_add(line, "+-");
	if (top) {
		add_title(p, box, true, &title);
		if (title.length + 2 > width) {
			vtune__text_drop(&title, &line->failed);
			add_title(p, box, false, &title);
		}
		vtune__text_addf(line, " %s ", vtune__text_peek(&title));
		width -= (unsigned int)title.length + 2;
		vtune__text_drop(&title, &line->failed);
	}
	for (unsigned int i = 0; i < width; i++)
		vtune__text_add(line, "-");
	vtune__text_add(line, "-+");
}

static void add_row(const struct vtune__picture *p, const struct box *row, unsigned int count,
		    unsigned int width, struct vtune__lines *out)
{
	unsigned int height = 0;

	for (unsigned int i = 0; i < count; i++)
		if (row[i].body.count > height)
			height = row[i].body.count;
	for (unsigned int y = 0; y < height + 2; y++) {
		struct vtune__text line = { 0 };

		for (unsigned int i = 0; i < count; i++) {
			const char *text;

			vtune__text_add(&line, i > 0 ? " " : "");
			if (y == 0 || y == height + 1) {
				add_border(p, &row[i], y == 0, width, &line);
				continue;
			}
			text = y <= row[i].body.count ? row[i].body.line[y - 1] : "";
			vtune__text_addf(&line, "| %s%*s |", text,
					 (int)(width - vtune__text_width(text)), "");
		}
		vtune__lines_take(out, &line);
	}
}

static void draw(const struct vtune__picture *p, const struct boxes *boxes,
		 struct vtune__lines *out)
{
	unsigned int width = 0;

	for (unsigned int i = 0; i < boxes->count; i++) {
		const struct box *box = &boxes->list[i];
		struct vtune__text title = { 0 };

		add_title(p, box, false, &title);
		if (title.length + 2 > width)
			width = (unsigned int)title.length + 2;
		vtune__text_drop(&title, &out->failed);
		for (unsigned int k = 0; k < box->body.count; k++) {
			unsigned int line = vtune__text_width(box->body.line[k]);

			if (line > width)
				width = line;
		}
	}
	for (unsigned int i = 0; i < boxes->count; i += boxes->in_a_row) {
		unsigned int left = boxes->count - i;

		add_row(p, &boxes->list[i], left < boxes->in_a_row ? left : boxes->in_a_row, width,
			out);
	}
}

enum vtune__detail vtune__text_nodes(const struct vtune__picture *p, unsigned int columns,
				     struct vtune__lines *out)
{
	const unsigned int last = VTUNE__COUNT(looks) - 1;
	struct boxes boxes = { 0 };
	unsigned int i;

	for (i = 0; i < last; i++) {
		bool numbers = looks[i].detail == VTUNE__DETAIL_NUMBERS;

		if (choose_width(p, &looks[i], columns, &boxes, out) &&
		    boxes.height <= (numbers ? LINES_WITH_NUMBERS : LINES_WANTED))
			break;
		free_boxes(&boxes);
	}
	if (i == last)
		choose_width(p, &looks[i], columns, &boxes, out);
	draw(p, &boxes, out);
	free_boxes(&boxes);
	return looks[i].detail;
}
