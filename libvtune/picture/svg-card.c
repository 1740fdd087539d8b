/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sentences.h"
#include "svg.h"
#include "text.h"

#define HEAD 40
#define MEMORY 33
#define BAR 10
#define LINE 18
#define NAMED_DEVICES 4
#define FONT 12

/* ---- memory, shared vCPUs, devices ---- */

static void draw_memory(const struct vtune__svg *svg, const struct vtune__picture_memory *memory,
			unsigned int x, unsigned int y)
{
	unsigned int part[VTUNE__PARTS], left = x, right = x + svg->inner;
	struct vtune__text text = { 0 };

	if (memory->huge)
		vtune__text_add_pages(&text, memory->page_kib);
	else
		vtune__text_add(&text, "memory");
	vtune__svg_text(svg->out, x, y + 12, "dim", vtune__text_peek(&text), 0, FONT);
	vtune__text_drop(&text, &svg->out->failed);
	vtune__picture_add_free(&text, memory);
	vtune__svg_text(svg->out, right, y + 12, "dim end", vtune__text_peek(&text), 0, FONT);
	vtune__text_drop(&text, &svg->out->failed);

	vtune__picture_bar(memory, svg->inner, part);
	for (unsigned int i = 0; i < VTUNE__PARTS; i++) {
		if (part[i] == 0)
			continue;
		vtune__text_addf(&text, "%s: ", vtune__part_names[i]);
		vtune__text_add_size(&text, memory->part_kib[i]);
		vtune__svg_box(svg->out, x, y + 17, part[i], BAR, 0, vtune__svg_part_classes[i]);
		vtune__svg_end_box(svg->out, vtune__text_peek(&text));
		x += part[i];
		vtune__text_drop(&text, &svg->out->failed);
	}
	vtune__svg_box(svg->out, left, y + 17, svg->inner, BAR, 2, "frame");
	vtune__svg_end_box(svg->out, NULL);
}

static unsigned int count_named(const struct vtune__svg *svg,
				const struct vtune__picture_node *node, bool *all)
{
	unsigned int own = 0;

	for (unsigned int i = 0; i < node->ndevices; i++)
		own += svg->picture->devices[node->first_device + i].own;
	*all = node->ndevices - own <= NAMED_DEVICES;
	return *all ? node->ndevices : own;
}

static void draw_device(const struct vtune__svg *svg, unsigned int x, unsigned int y, bool own,
			const char *label, const char *tip)
{
	vtune__svg_box(svg->out, x, y + 4, 9, 9, 2, own ? "c v" : "c ox");
	vtune__svg_end_box(svg->out, tip);
	vtune__svg_text(svg->out, x + 16, y + 13, own ? "own" : "dim", label, svg->inner - 16,
			FONT);
}

static void draw_devices(const struct vtune__svg *svg, const struct vtune__picture_node *node,
			 unsigned int x, unsigned int y)
{
	const struct vtune__picture_device *devices = &svg->picture->devices[node->first_device];
	struct vtune__text label = { 0 }, tip = { 0 };
	bool all;

	count_named(svg, node, &all);
	for (unsigned int i = 0; i < node->ndevices; i++) {
		const struct vtune__device *device = devices[i].device;

		if (!all && !devices[i].own)
			continue;
		vtune__text_addf(&label, "%s %s", device->id,
				 device->nnames > 0 ? device->names[0] : device->class);
		vtune__text_add_device(&tip, device);
		draw_device(svg, x, y, devices[i].own, vtune__text_peek(&label),
			    vtune__text_peek(&tip));
		vtune__text_drop(&label, &svg->out->failed);
		vtune__text_drop(&tip, &svg->out->failed);
		y += LINE;
	}
	if (all)
		return;
	vtune__text_add_classes(&label, devices, node->ndevices);
	draw_device(svg, x, y, false, vtune__text_peek(&label), vtune__text_peek(&label));
	vtune__text_drop(&label, &svg->out->failed);
}

static void draw_shared(const struct vtune__svg *svg, const struct vtune__picture_node *node,
			unsigned int x, unsigned int y)
{
	struct vtune__text text = { 0 };

	vtune__text_add_count(&text, node->own_shared + node->others_shared, "shared vCPU");
	vtune__text_add(&text, " on ");
	vtune__text_add_count(&text, node->shared_cpus, "CPU");
	vtune__svg_text(svg->out, x, y + 13, node->own_shared ? "own" : "dim",
			vtune__text_peek(&text), svg->inner, FONT);
	vtune__text_drop(&text, &svg->out->failed);
}

/* ---- the card ---- */

unsigned int vtune__svg_card_height(const struct vtune__svg *svg,
				    const struct vtune__picture_node *node)
{
	unsigned int lines, cpus = vtune__svg_cpus(svg, node, 0, 0, false);
	bool all;

	lines = count_named(svg, node, &all);
	lines += !all;
	lines += node->own_shared + node->others_shared > 0;
	return HEAD + cpus + (cpus ? 8 : 0) + node->nmemory * MEMORY + lines * LINE +
	       VTUNE__SVG_CARD_PAD;
}

static void draw_head(const struct vtune__svg *svg, const struct vtune__picture_node *node,
		      unsigned int x, unsigned int y)
{
	unsigned int cpus = vtune__set_count(&node->node->cpus);
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "Node %u", node->node->id);
	if (node->node->kind != VTUNE__DRAM)
		vtune__text_addf(&text, " (%s)", vtune__memory_kind_names[node->node->kind]);
	vtune__svg_text(svg->out, x, y + 25, "h2", vtune__text_peek(&text), 0, 15);
	vtune__text_drop(&text, &svg->out->failed);
	if (cpus == 0)
		vtune__text_add(&text, "no CPUs");
	else
		vtune__text_addf(&text, "%u of %u CPUs free",
				 node->looks[VTUNE__LOOK_FREE] + node->looks[VTUNE__LOOK_ISOLATED],
				 cpus);
	vtune__svg_text(svg->out, x + svg->inner, y + 25, "dim end", vtune__text_peek(&text), 0,
			FONT);
	vtune__text_drop(&text, &svg->out->failed);
}

void vtune__svg_card(const struct vtune__svg *svg, const struct vtune__picture_node *node,
		     unsigned int x, unsigned int y, unsigned int height)
{
	unsigned int cpus;
	bool all;

	vtune__svg_box(svg->out, x, y, svg->inner + 2 * VTUNE__SVG_CARD_PAD, height, 10,
		       node->used ? "card used" : "card");
	vtune__svg_end_box(svg->out, NULL);
	x += VTUNE__SVG_CARD_PAD;
	draw_head(svg, node, x, y);
	y += HEAD;
	cpus = vtune__svg_cpus(svg, node, x, y, true);
	y += cpus + (cpus ? 8 : 0);
	for (unsigned int i = 0; i < node->nmemory; i++, y += MEMORY)
		draw_memory(svg, &svg->picture->memory[node->first_memory + i], x, y);
	if (node->own_shared + node->others_shared > 0) {
		draw_shared(svg, node, x, y);
		y += LINE;
	}
	if (count_named(svg, node, &all) > 0 || !all)
		draw_devices(svg, node, x, y);
}
