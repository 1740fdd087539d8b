/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "sentences.h"
#include "text.h"

const char vtune__part_letters[VTUNE__PARTS + 1] = {
	[VTUNE__PART_VM] = '#',
	[VTUNE__PART_OTHERS] = 'o',
	[VTUNE__PART_USED] = '+',
	[VTUNE__PART_FREE] = '.',
};

/* As many devices of a node are named; more are counted. */
#define NAMED_DEVICES 3
#define WIDEST_BAR 40

unsigned int vtune__text_figures(const struct vtune__picture *p, bool *failed)
{
	unsigned int widest = 0;

	for (unsigned int i = 0; i < p->nmemory; i++) {
		struct vtune__text text = { 0 };

		vtune__picture_add_free(&text, &p->memory[i]);
		if (text.length > widest)
			widest = (unsigned int)text.length;
		vtune__text_drop(&text, failed);
	}
	return widest;
}

static void add_memory(const struct vtune__text_view *view,
		       const struct vtune__picture_memory *memory, struct vtune__lines *out)
{
	unsigned int part[VTUNE__PARTS], width, label, beside;
	struct vtune__text line = { 0 };

	if (memory->huge)
		vtune__text_add_size(&line, memory->page_kib);
	else
		vtune__text_add(&line, "memory");
	label = (unsigned int)line.length;
	vtune__text_addf(&line, "%*s[", label < 7 ? 7 - (int)label : 0, "");

	beside = (unsigned int)line.length + 2 + view->figures;
	width = view->width > beside ? view->width - beside : 0;
	if (width > WIDEST_BAR)
		width = WIDEST_BAR;
	vtune__picture_bar(memory, width, part);
	for (unsigned int i = 0; i < VTUNE__PARTS; i++)
		for (unsigned int k = 0; k < part[i]; k++)
			vtune__text_add_bytes(&line, &vtune__part_letters[i], 1);
	vtune__text_add(&line, "] ");
	vtune__picture_add_free(&line, memory);
	vtune__lines_take(out, &line);
}

static void add_shared(const struct vtune__text_view *view, const struct vtune__picture_node *node,
		       struct vtune__lines *out)
{
	struct vtune__text text = { 0 };

	if (node->own_shared + node->others_shared == 0)
		return;
	vtune__text_add(&text, "shared ");
	if (node->own_shared > 0) {
		vtune__text_add_count(&text, node->own_shared, "vCPU");
		vtune__text_add(&text, node->others_shared ? " of this VM, " : " of this VM ");
	}
	if (node->others_shared > 0) {
		vtune__text_add_count(&text, node->others_shared, "vCPU");
		vtune__text_add(&text, " of other VMs ");
	}
	vtune__text_add(&text, "on ");
	vtune__text_add_count(&text, node->shared_cpus, "CPU");
	vtune__lines_wrap(out, vtune__text_peek(&text), "", "       ", view->width);
	vtune__text_drop(&text, &out->failed);
}

void vtune__text_add_device(struct vtune__text *text, const struct vtune__device *device)
{
	unsigned int shown = 0;

	vtune__text_add_plain(text, device->id);
	if (device->class[0]) {
		vtune__text_add(text, " ");
		vtune__text_add_plain(text, device->class);
	}
	for (unsigned int i = 0; i < device->nnames; i++) {
		/* Links, like disk/by-id/ata-SSD_1: people know it by the others. */
		if (strchr(device->names[i], '/'))
			continue;
		vtune__text_add(text, shown++ == 0 ? " (" : ", ");
		vtune__text_add_plain(text, device->names[i]);
	}
	if (shown > 0)
		vtune__text_add(text, ")");
}

static const char *class_of(const struct vtune__picture_device *device)
{
	return device->device->class[0] ? device->device->class : "other";
}

void vtune__text_add_classes(struct vtune__text *text, const struct vtune__picture_device *devices,
			     unsigned int ndevices)
{
	const char *comma = "";

	for (unsigned int i = 0; i < ndevices; i++) {
		unsigned int before = 0, count = 0;

		for (unsigned int k = 0; k < ndevices; k++) {
			bool same = !devices[k].own &&
				    !strcmp(class_of(&devices[k]), class_of(&devices[i]));

			count += same;
			before += same && k < i;
		}
		if (devices[i].own || before > 0)
			continue;
		vtune__text_addf(text, "%s%u ", comma, count);
		vtune__text_add_plain(text, class_of(&devices[i]));
		comma = ", ";
	}
}

static void add_devices(const struct vtune__text_view *view, const struct vtune__picture_node *node,
			struct vtune__lines *out)
{
	const struct vtune__picture_device *devices = &view->picture->devices[node->first_device];
	struct vtune__text text = { 0 };
	unsigned int not_own = 0;

	for (unsigned int i = 0; i < node->ndevices; i++)
		not_own += !devices[i].own;
	for (unsigned int i = 0; i < node->ndevices; i++) {
		if (!devices[i].own && not_own > NAMED_DEVICES)
			continue;
		vtune__text_add_device(&text, devices[i].device);
		vtune__lines_wrap(out, vtune__text_peek(&text),
				  devices[i].own ? "device # " : "device   ", "         ",
				  view->width);
		vtune__text_drop(&text, &out->failed);
	}
	if (not_own > NAMED_DEVICES) {
		vtune__text_add_classes(&text, devices, node->ndevices);
		vtune__lines_wrap(out, vtune__text_peek(&text), "devices  ", "         ",
				  view->width);
		vtune__text_drop(&text, &out->failed);
	}
}

bool vtune__text_node(const struct vtune__text_view *view, const struct vtune__picture_node *node,
		      struct vtune__lines *out)
{
	if (!vtune__text_cpus(view, node, out))
		return false;
	for (unsigned int i = 0; i < node->nmemory; i++)
		add_memory(view, &view->picture->memory[node->first_memory + i], out);
	add_shared(view, node, out);
	add_devices(view, node, out);
	return true;
}
