/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture as an SVG document. All lengths are whole pixels, so that no
 * locale has a say in a decimal point. */
#ifndef VTUNE_SVG_H
#define VTUNE_SVG_H

#include "picture.h"

/* The measures of CPUs, which go by how many there are. */
struct vtune__svg_sizes {
	unsigned int thread;	 /* the square of one */
	unsigned int thread_gap; /* between the threads of a core */
	unsigned int core_pad, core_gap;
	unsigned int group_pad, group_gap;
	unsigned int group_label; /* height; 0 when caches have no label */
	unsigned int font;	  /* of what stands in a thread; 0: nothing does */
	unsigned int number_font; /* of the host CPU's number; 0: it does not stand there */
};

struct vtune__svg {
	const struct vtune__picture *picture;
	struct vtune__svg_sizes sizes;
	unsigned int inner;   /* width inside a node's card */
	unsigned int columns; /* of cards */
	unsigned int width;   /* of all of them */
	struct vtune__text *out;
};

#define VTUNE__SVG_CARD_PAD 14
#define VTUNE__SVG_CARD_GAP 16

/* ---- svg-write.c ---- */

/* Text between tags or in quotes: markup is escaped; what XML cannot hold, stray
 * bytes included, becomes U+FFFD. */
void vtune__svg_escape(struct vtune__text *out, const char *text);
/* Text at a place, with an ellipsis where it does not fit the width, as far as
 * that can be told (0: any). */
void vtune__svg_text(struct vtune__text *out, unsigned int x, unsigned int y, const char *class,
		     const char *text, unsigned int width, unsigned int font);
/* A box with round corners; vtune__svg_end_box() ends it, with a title (a tooltip)
 * or, for NULL, without. */
void vtune__svg_box(struct vtune__text *out, unsigned int x, unsigned int y, unsigned int width,
		    unsigned int height, unsigned int radius, const char *class);
void vtune__svg_end_box(struct vtune__text *out, const char *title);
/* How many characters of a font fit, and how wide that many are: an estimate,
 * because only who shows the document knows the font. */
unsigned int vtune__svg_characters(unsigned int width, unsigned int font);
unsigned int vtune__svg_width(unsigned int characters, unsigned int font);
/* The style sheet and the patterns. */
extern const char vtune__svg_style[];
/* The CSS class of a CPU that is this. */
const char *vtune__svg_look_class(enum vtune__look look, unsigned int number);
extern const char *const vtune__svg_part_classes[VTUNE__PARTS];

/* ---- svg-layout.c ---- */

/* Choose sizes, columns and widths. */
int vtune__svg_lay_out(struct vtune__svg *svg, struct vtune_error **err);
unsigned int vtune__svg_core_width(const struct vtune__svg *svg);
unsigned int vtune__svg_core_height(const struct vtune__svg *svg);
/* Threads of a core that stand side by side. */
unsigned int vtune__svg_abreast(const struct vtune__picture *picture);

/* ---- svg-cpus.c ---- */

/* The CPUs of a node; returns their height. Without draw it only measures. */
unsigned int vtune__svg_cpus(const struct vtune__svg *svg, const struct vtune__picture_node *node,
			     unsigned int x, unsigned int y, bool draw);
/* How many cores there are side by side; 0 where groups are of different sizes. */
unsigned int vtune__svg_cores_in_a_row(const struct vtune__svg *svg,
				       const struct vtune__picture_node *node);

/* ---- svg-card.c ---- */

unsigned int vtune__svg_card_height(const struct vtune__svg *svg,
				    const struct vtune__picture_node *node);
void vtune__svg_card(const struct vtune__svg *svg, const struct vtune__picture_node *node,
		     unsigned int x, unsigned int y, unsigned int height);

#endif
