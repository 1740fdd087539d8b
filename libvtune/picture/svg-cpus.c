/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "svg.h"

static void add_tip(const struct vtune__picture *p, unsigned int cpu, struct vtune__text *tip)
{
	const struct vtune__picture_cpu *is = &p->cpus[cpu];

	vtune__text_addf(tip, "CPU %u: ", cpu);
	switch (is->look) {
	case VTUNE__LOOK_VCPU:
		vtune__text_addf(tip, "vCPU %u of %s", is->number, p->plan->vm);
		break;
	case VTUNE__LOOK_EMULATOR:
		vtune__text_addf(tip, "emulator of %s", p->plan->vm);
		break;
	case VTUNE__LOOK_IOTHREAD:
		vtune__text_addf(tip, "I/O thread %u of %s", is->number, p->plan->vm);
		break;
	case VTUNE__LOOK_IDLE:
		vtune__text_addf(tip, "held by %s and left idle", p->plan->vm);
		break;
	case VTUNE__LOOK_FLOAT:
		vtune__text_addf(tip, "shared vCPUs of %s float here", p->plan->vm);
		break;
	case VTUNE__LOOK_OTHER:
		vtune__text_addf(tip, "VM %s", p->others[is->number]);
		break;
	default:
		vtune__text_add(tip, vtune__look_names[is->look]);
	}
	if (is->look == VTUNE__LOOK_SHARED && vtune__set_has(&p->host->reserved, cpu))
		vtune__text_add(tip, ", reserved for the host");
}

/* What stands in the square of a CPU; nothing in one that is free. */
static void add_inscription(const struct vtune__picture_cpu *is, struct vtune__text *text)
{
	if (is->look == VTUNE__LOOK_VCPU)
		vtune__text_addf(text, "%u", is->number);
	else if (is->look == VTUNE__LOOK_IOTHREAD)
		vtune__text_addf(text, "I%u", is->number);
	else if (is->look == VTUNE__LOOK_EMULATOR || is->look == VTUNE__LOOK_RESERVED ||
		 is->look == VTUNE__LOOK_SHARED || is->look == VTUNE__LOOK_FLOAT ||
		 is->look == VTUNE__LOOK_OTHER)
		vtune__text_addf(text, "%c", vtune__look_letter(is->look, is->number));
}

static void draw_thread(const struct vtune__svg *svg, unsigned int cpu, unsigned int x,
			unsigned int y)
{
	const struct vtune__picture_cpu *is = &svg->picture->cpus[cpu];
	const struct vtune__svg_sizes *sizes = &svg->sizes;
	struct vtune__text tip = { 0 }, in = { 0 };
	bool on_dark = is->look == VTUNE__LOOK_VCPU || is->look == VTUNE__LOOK_RESERVED ||
		       is->look == VTUNE__LOOK_EMULATOR;
	bool on_plain = is->look == VTUNE__LOOK_FREE || is->look == VTUNE__LOOK_ISOLATED;
	unsigned int middle = x + sizes->thread / 2;

	add_tip(svg->picture, cpu, &tip);
	vtune__svg_box(svg->out, x, y, sizes->thread, sizes->thread, sizes->thread / 8,
		       vtune__svg_look_class(is->look, is->number));
	vtune__svg_end_box(svg->out, vtune__text_peek(&tip));
	vtune__text_drop(&tip, &svg->out->failed);
	if (sizes->font == 0)
		return;
	add_inscription(is, &in);
	if (in.data) {
		/* Three figures of a large VM need a smaller font. */
		unsigned int font = sizes->font - (in.length > 2 ? sizes->font / 4 : 0);
		unsigned int base = sizes->number_font ? sizes->thread * 4 / 5
						       : (sizes->thread + font * 3 / 4) / 2;

		vtune__text_addf(svg->out,
				 "<text x=\"%u\" y=\"%u\" class=\"in%s\" style=\"font-size:%upx\">"
				 "%s</text>\n",
				 middle, y + base, on_dark ? " w" : "", font, in.data);
	}
	vtune__text_drop(&in, &svg->out->failed);
	if (sizes->number_font)
		vtune__text_addf(svg->out,
				 "<text x=\"%u\" y=\"%u\" class=\"no%s\" style=\"font-size:%upx\">"
				 "%u</text>\n",
				 middle, y + sizes->thread / 3,
				 on_dark    ? " wo"
				 : on_plain ? " po"
					    : "",
				 sizes->number_font, cpu);
}

static void draw_core(const struct vtune__svg *svg, unsigned int core, unsigned int x,
		      unsigned int y)
{
	const struct vtune__svg_sizes *sizes = &svg->sizes;
	unsigned int step = sizes->thread + sizes->thread_gap, i = 0;
	unsigned int abreast = vtune__svg_abreast(svg->picture), pad = 0;

	if (svg->picture->threads > 1) {
		pad = sizes->core_pad;
		vtune__svg_box(svg->out, x, y, vtune__svg_core_width(svg),
			       vtune__svg_core_height(svg), sizes->thread / 6, "k");
		vtune__svg_end_box(svg->out, NULL);
	}
	VTUNE__SET_FOREACH(cpu, &svg->picture->topology->cores[core]) {
		draw_thread(svg, (unsigned int)cpu, x + pad + i % abreast * step,
			    y + pad + i / abreast * step);
		i++;
	}
}

struct extent {
	unsigned int width, height;
	unsigned int abreast, step; /* of cores */
	unsigned int pad, label;
};

/* Where every core is a cache group of its own, boxes would say nothing. */
static bool has_boxes(const struct vtune__svg *svg, const struct vtune__picture_node *node)
{
	const struct vtune__picture_group *groups = &svg->picture->groups[node->first_group];

	for (unsigned int i = 0; i < node->ngroups; i++)
		if (groups[i].ncores > 1)
			return true;
	return false;
}

static struct extent measure_group(const struct vtune__svg *svg,
				   const struct vtune__picture_group *group, bool boxed)
{
	const struct vtune__svg_sizes *sizes = &svg->sizes;
	unsigned int core_height = vtune__svg_core_height(svg) + sizes->core_gap;
	struct extent e = { .step = vtune__svg_core_width(svg) + sizes->core_gap };
	unsigned int most, lines;

	e.pad = boxed ? sizes->group_pad : 0;
	e.label = boxed && group->level > 0 ? sizes->group_label : 0;
	most = (svg->inner - 2 * e.pad + sizes->core_gap) / e.step;
	if (most == 0)
		most = 1;
	lines = (group->ncores + most - 1) / most;
	e.abreast = (group->ncores + lines - 1) / lines;
	e.width = 2 * e.pad + e.abreast * e.step - sizes->core_gap;
	e.height = 2 * e.pad + e.label + lines * core_height - sizes->core_gap;
	return e;
}

static bool has_equal_groups(const struct vtune__svg *svg, const struct vtune__picture_node *node)
{
	const struct vtune__picture_group *groups = &svg->picture->groups[node->first_group];

	for (unsigned int i = 1; i < node->ngroups; i++)
		if (groups[i].ncores != groups[0].ncores)
			return false;
	return node->ngroups > 0;
}

/* As many groups like this go side by side. */
static unsigned int groups_in_a_row(const struct vtune__svg *svg,
				    const struct vtune__picture_node *node, const struct extent *e)
{
	unsigned int gap = svg->sizes.group_gap;
	unsigned int room = (svg->inner + gap) / (e->width + gap);

	room = room ? room : 1;
	return room < node->ngroups ? room : node->ngroups;
}

unsigned int vtune__svg_cores_in_a_row(const struct vtune__svg *svg,
				       const struct vtune__picture_node *node)
{
	struct extent e;

	if (!has_equal_groups(svg, node))
		return 0;
	e = measure_group(svg, &svg->picture->groups[node->first_group], has_boxes(svg, node));
	return groups_in_a_row(svg, node, &e) * e.abreast;
}

/* By how much cores can stand farther apart, so that the groups of a node fill
 * its card: a quarter at most. */
static unsigned int slack(const struct vtune__svg *svg, const struct vtune__picture_node *node)
{
	unsigned int groups, width;
	struct extent e;

	if (!has_equal_groups(svg, node))
		return 0;
	e = measure_group(svg, &svg->picture->groups[node->first_group], has_boxes(svg, node));
	groups = groups_in_a_row(svg, node, &e);
	width = groups * (e.width + svg->sizes.group_gap) - svg->sizes.group_gap;
	if (e.abreast == 1 || width >= svg->inner)
		return 0;
	width = (svg->inner - width) / (groups * (e.abreast - 1));
	return width < e.step / 4 ? width : e.step / 4;
}

static void draw_group(const struct vtune__svg *svg, const struct vtune__picture_group *group,
		       const struct extent *e, unsigned int x, unsigned int y)
{
	const struct vtune__svg_sizes *sizes = &svg->sizes;
	unsigned int core_height = vtune__svg_core_height(svg) + sizes->core_gap;

	if (e->pad > 0) {
		char title[32] = "no cache that cores share";

		if (group->level > 0)
			snprintf(title, sizeof(title), "L%u cache", group->level);
		vtune__svg_box(svg->out, x, y, e->width, e->height, 6, "g");
		vtune__svg_end_box(svg->out, title);
	}
	if (e->label > 0)
		vtune__text_addf(svg->out, "<text x=\"%u\" y=\"%u\" class=\"dim\">L%u</text>\n",
				 x + e->pad, y + e->pad + e->label - 4, group->level);
	for (unsigned int i = 0; i < group->ncores; i++)
		draw_core(svg, svg->picture->cores[group->first_core + i],
			  x + e->pad + i % e->abreast * e->step,
			  y + e->pad + e->label + i / e->abreast * core_height);
}

unsigned int vtune__svg_cpus(const struct vtune__svg *svg, const struct vtune__picture_node *node,
			     unsigned int x, unsigned int y, bool draw)
{
	unsigned int left = 0, top = 0, highest = 0, apart = slack(svg, node);
	bool boxed = has_boxes(svg, node);

	for (unsigned int i = 0; i < node->ngroups; i++) {
		const struct vtune__picture_group *group =
			&svg->picture->groups[node->first_group + i];
		struct extent e = measure_group(svg, group, boxed);

		e.step += apart;
		e.width += apart * (e.abreast - 1);
		if (left > 0 && left + e.width > svg->inner) {
			top += highest + svg->sizes.group_gap;
			left = highest = 0;
		}
		if (draw)
			draw_group(svg, group, &e, x + left, y + top);
		left += e.width + svg->sizes.group_gap;
		highest = e.height > highest ? e.height : highest;
	}
	return top + highest;
}
