/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "text.h"

/* The line that is being filled; with DETAIL_NUMBERS there is one above it. */
struct row {
	const struct vtune__text_view *view;
	struct vtune__lines *out;
	struct vtune__text numbers, looks;
	unsigned int used;
	bool empty;
};

unsigned int vtune__text_digits(unsigned int number)
{
	return (unsigned int)snprintf(NULL, 0, "%u", number);
}

static unsigned int label_width(const struct vtune__text_view *view)
{
	if (view->detail == VTUNE__DETAIL_NUMBERS)
		return 4;
	return view->labelled ? vtune__text_digits(view->picture->topology->ncpus - 1) + 1 : 0;
}

static bool has_brackets(const struct vtune__text_view *view)
{
	return view->picture->threads > 1 && view->detail != VTUNE__DETAIL_LETTERS;
}

/* Do cells stand apart? Those of one letter need not. */
static bool has_blanks(const struct vtune__text_view *view)
{
	return view->detail == VTUNE__DETAIL_NUMBERS || view->cell > 1;
}

static unsigned int core_width(const struct vtune__text_view *view, unsigned int threads)
{
	unsigned int width = threads * view->cell;

	if (has_blanks(view))
		width += has_brackets(view) ? threads - 1 : threads;
	return width + (has_brackets(view) ? 2 : 0);
}

static void end_row(struct row *row)
{
	if (row->empty)
		return;
	if (row->view->detail == VTUNE__DETAIL_NUMBERS)
		vtune__lines_take(row->out, &row->numbers);
	vtune__lines_take(row->out, &row->looks);
	row->empty = true;
}

static void begin_row(struct row *row, unsigned int cpu, unsigned int level)
{
	unsigned int width = label_width(row->view);

	if (row->view->detail == VTUNE__DETAIL_NUMBERS) {
		vtune__text_add(&row->numbers, "CPU ");
		vtune__text_addf(&row->looks, level ? "L%-3u" : "    ", level);
	} else if (width > 0) {
		vtune__text_addf(&row->looks, "%*u ", (int)width - 1, cpu);
	}
	row->used = width;
	row->empty = false;
}

/* Between two groups. */
static void add_gap(struct row *row)
{
	vtune__text_add(&row->looks, " ");
	vtune__text_add(&row->numbers, " ");
	row->used++;
}

static void add_cell(struct row *row, unsigned int cpu, bool apart)
{
	const struct vtune__text_view *view = row->view;
	const struct vtune__picture_cpu *is = &view->picture->cpus[cpu];
	char text[16] = { vtune__look_letter(is->look, is->number) };

	if (view->detail <= VTUNE__DETAIL_VCPUS && is->look == VTUNE__LOOK_VCPU)
		snprintf(text, sizeof(text), "%u", is->number);
	else if (is->look == VTUNE__LOOK_IOTHREAD && vtune__text_digits(is->number) < view->cell)
		snprintf(text, sizeof(text), "I%u", is->number);
	vtune__text_addf(&row->looks, "%s%*s", apart ? " " : "", (int)view->cell, text);
	vtune__text_addf(&row->numbers, "%s%*u", apart ? " " : "", (int)view->cell, cpu);
}

static void add_core(struct row *row, unsigned int core)
{
	const struct vtune__text_view *view = row->view;
	const struct vtune__set *threads = &view->picture->topology->cores[core];
	bool apart = has_blanks(view) && !has_brackets(view);

	if (has_brackets(view)) {
		vtune__text_add(&row->looks, "[");
		vtune__text_add(&row->numbers, " ");
	}
	VTUNE__SET_FOREACH(cpu, threads) {
		add_cell(row, (unsigned int)cpu, apart);
		apart = has_blanks(view);
	}
	if (has_brackets(view)) {
		vtune__text_add(&row->looks, "]");
		vtune__text_add(&row->numbers, " ");
	}
	row->used += core_width(view, vtune__set_count(threads));
}

static unsigned int group_width(const struct vtune__text_view *view,
				const struct vtune__picture_group *group)
{
	const struct vtune__picture *p = view->picture;
	unsigned int width = 0;

	for (unsigned int i = 0; i < group->ncores; i++)
		width += core_width(
			view,
			vtune__set_count(&p->topology->cores[p->cores[group->first_core + i]]));
	return width;
}

/* How many of this group's cores go on a line: all of them, or else as many on
 * one as on another. 0: not even one does. */
static unsigned int cores_abreast(const struct vtune__text_view *view,
				  const struct vtune__picture_group *group)
{
	const struct vtune__picture *p = view->picture;
	unsigned int room = view->width - label_width(view), widest = 0, most, lines;

	for (unsigned int i = 0; i < group->ncores; i++) {
		unsigned int core = p->cores[group->first_core + i];
		unsigned int width = core_width(view, vtune__set_count(&p->topology->cores[core]));

		widest = width > widest ? width : widest;
	}
	most = room / widest;
	if (most == 0)
		return 0;
	lines = (group->ncores + most - 1) / most;
	return (group->ncores + lines - 1) / lines;
}

/* The cores of a cache group stand together, and on one line if they can. */
static bool add_group(struct row *row, const struct vtune__picture_group *group)
{
	const struct vtune__text_view *view = row->view;
	const struct vtune__picture *p = view->picture;
	unsigned int abreast = cores_abreast(view, group);

	if (abreast == 0)
		return false;
	if (row->used + 1 + group_width(view, group) > view->width)
		end_row(row);
	for (unsigned int i = 0; i < group->ncores; i++) {
		unsigned int core = p->cores[group->first_core + i];

		if (i > 0 && i % abreast == 0)
			end_row(row);
		if (row->empty) {
			begin_row(row, (unsigned int)vtune__set_first(&p->topology->cores[core]),
				  group->level);
		} else if (i == 0) {
			add_gap(row);
		}
		add_core(row, core);
	}
	return true;
}

/* Letters alone can be broken anywhere, so that this always works. */
static void add_letters(struct row *row, const struct vtune__picture_group *group)
{
	const struct vtune__picture *p = row->view->picture;

	if (!row->empty && row->used + 1 + group_width(row->view, group) > row->view->width)
		end_row(row);
	for (unsigned int i = 0; i < group->ncores; i++) {
		unsigned int core = p->cores[group->first_core + i];

		VTUNE__SET_FOREACH(cpu, &p->topology->cores[core]) {
			if (row->used + 1 > row->view->width)
				end_row(row);
			if (row->empty)
				begin_row(row, (unsigned int)cpu, group->level);
			else if (i == 0 && cpu == vtune__set_first(&p->topology->cores[core]))
				add_gap(row);
			add_cell(row, (unsigned int)cpu, false);
			row->used++;
		}
	}
}

bool vtune__text_cpus(const struct vtune__text_view *view, const struct vtune__picture_node *node,
		      struct vtune__lines *out)
{
	struct vtune__text_view narrow = *view;
	struct row row = { .view = &narrow, .out = out, .empty = true };
	bool fits = true;

	/* Only vCPUs' numbers are wide. */
	if (view->detail == VTUNE__DETAIL_VCPUS && node->looks[VTUNE__LOOK_VCPU] == 0)
		narrow.cell = 1;
	for (unsigned int i = 0; fits && i < node->ngroups; i++) {
		const struct vtune__picture_group *group =
			&view->picture->groups[node->first_group + i];

		if (view->detail == VTUNE__DETAIL_LETTERS)
			add_letters(&row, group);
		else
			fits = add_group(&row, group);
	}
	end_row(&row);
	vtune__text_drop(&row.numbers, &out->failed);
	vtune__text_drop(&row.looks, &out->failed);
	return fits;
}

unsigned int vtune__text_cell(const struct vtune__picture *p, enum vtune__detail detail)
{
	unsigned int vcpus = p->looks[VTUNE__LOOK_VCPU] > 0 ? p->plan->nvcpus : 1;
	unsigned int cell = vtune__text_digits(vcpus - 1), cpus;

	if (detail > VTUNE__DETAIL_VCPUS)
		return 1;
	if (detail == VTUNE__DETAIL_VCPUS)
		return cell;
	cpus = vtune__text_digits(p->topology->ncpus - 1);
	return cpus > cell ? cpus : cell;
}
