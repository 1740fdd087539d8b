/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture as text. */
#ifndef VTUNE_TEXT_H
#define VTUNE_TEXT_H

#include "picture.h"

/* How much is said of a CPU, from most to least. */
enum vtune__detail {
	VTUNE__DETAIL_NUMBERS, /* the host CPU's number above each */
	VTUNE__DETAIL_VCPUS,   /* vCPUs by number */
	VTUNE__DETAIL_CORES,   /* a letter for each, cores in brackets */
	VTUNE__DETAIL_LETTERS, /* a letter for each */
};

struct vtune__text_view {
	const struct vtune__picture *picture;
	enum vtune__detail detail;
	unsigned int width;   /* of a line */
	unsigned int cell;    /* of a CPU */
	unsigned int figures; /* of what is said beside a bar */
	bool labelled;	      /* lines of CPUs begin with the number of the first one */
};

/* ---- text-cpus.c ---- */

unsigned int vtune__text_digits(unsigned int number);
/* The width of the widest CPU with this detail. */
unsigned int vtune__text_cell(const struct vtune__picture *picture, enum vtune__detail detail);
/* The CPUs of a node. Returns false when a core is too wide for a line. */
bool vtune__text_cpus(const struct vtune__text_view *view, const struct vtune__picture_node *node,
		      struct vtune__lines *out);

/* ---- text-node.c ---- */

extern const char vtune__part_letters[VTUNE__PARTS + 1];
/* The width of what is said beside the bars. */
unsigned int vtune__text_figures(const struct vtune__picture *picture, bool *failed);
/* All that is in a node; returns false as vtune__text_cpus() does. */
bool vtune__text_node(const struct vtune__text_view *view, const struct vtune__picture_node *node,
		      struct vtune__lines *out);
/* "0000:41:00.0 network (eth0)". */
void vtune__text_add_device(struct vtune__text *text, const struct vtune__device *device);
/* "4 network, 1 display". */
void vtune__text_add_classes(struct vtune__text *text, const struct vtune__picture_device *devices,
			     unsigned int ndevices);

/* ---- text-nodes.c: all nodes, in boxes side by side ---- */

/* Returns with how much detail they are shown. */
enum vtune__detail vtune__text_nodes(const struct vtune__picture *picture, unsigned int columns,
				     struct vtune__lines *out);

/* ---- text-legend.c ---- */

void vtune__text_legend(const struct vtune__picture *picture, enum vtune__detail detail,
			unsigned int columns, struct vtune__lines *out);
void vtune__text_distances(const struct vtune__picture *picture, unsigned int columns,
			   struct vtune__lines *out);

#endif
