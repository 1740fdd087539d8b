/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a picture shows, in words. */
#ifndef VTUNE_SENTENCES_H
#define VTUNE_SENTENCES_H

#include "picture.h"

enum vtune__sentence_kind {
	VTUNE__SAYS_VERDICT,
	VTUNE__SAYS_REASON, /* why it does not fit */
	VTUNE__SAYS_ADVICE, /* with which change it would */
	VTUNE__SAYS_PLACE,
	VTUNE__SAYS_WHY,
	VTUNE__SAYS_WARNING,
};

struct vtune__sentence {
	enum vtune__sentence_kind kind;
	char *text;
};

/* All zeroes is none. A failed allocation is remembered. */
struct vtune__sentences {
	struct vtune__sentence *list;
	unsigned int count;
	bool failed;
};

/* ---- sentences.c ---- */

/* In the order of their kinds. Of a host alone: what is free and what is not. */
void vtune__sentences_of(const struct vtune__picture *picture, struct vtune__sentences *out);
void vtune__sentences_free(struct vtune__sentences *sentences);
/* Takes the text over, as one sentence, and leaves it empty. */
void vtune__sentences_take(struct vtune__sentences *sentences, enum vtune__sentence_kind kind,
			   struct vtune__text *text);

/* "1 CPU", "2 CPUs". */
void vtune__text_add_count(struct vtune__text *text, uint64_t count, const char *thing);
/* "CPU 3", "CPUs 3-5". */
void vtune__text_add_set_of(struct vtune__text *text, const char *thing,
			    const struct vtune__set *set);
/* "2 MiB pages". */
void vtune__text_add_pages(struct vtune__text *text, uint64_t page_kib);
/* The host's name, or "this host". */
void vtune__text_add_host(struct vtune__text *text, const struct vtune__picture *picture);

/* What others worded, as a whole sentence, whatever it was. */
void vtune__text_add_sentence(struct vtune__text *text, const char *words);

/* "4 vCPUs and 8 GiB on node 1", of a plan that fits. */
void vtune__text_add_extent_of_vm(struct vtune__text *text, const struct vtune_plan *plan);

/* ---- sentences-host.c ---- */

/* "2 nodes, 16 CPUs on 8 cores, 128 GiB". */
void vtune__text_add_extent(struct vtune__text *text, const struct vtune__picture *picture);
void vtune__sentences_add_host(const struct vtune__picture *picture, struct vtune__sentences *out);

/* ---- parts.c ---- */

/* Parts of one sentence, each given as text, as "a, b and c". All zeroes is none. */
#define VTUNE__MOST_PARTS 16
struct vtune__parts {
	struct vtune__text part[VTUNE__MOST_PARTS];
	unsigned int count;
};
/* The text of one part more; the last one takes what is too much. */
struct vtune__text *vtune__parts_next(struct vtune__parts *parts);
void vtune__parts_add(struct vtune__parts *parts, const char *format, ...) VTUNE__PRINTF(2, 3);
/* Takes them over, and leaves none. */
void vtune__parts_join(struct vtune__parts *parts, struct vtune__text *text);

/* ---- sentences-guest.c ---- */

/* What the guest is given besides its place: devices, topology, CPU, memory, time. */
void vtune__sentences_add_guest(const struct vtune__picture *picture, struct vtune__sentences *out);

/* ---- sentences-disks.c, sentences-interfaces.c ---- */

void vtune__sentences_add_disks(const struct vtune_plan *plan, struct vtune__sentences *out);
void vtune__sentences_add_interfaces(const struct vtune_plan *plan, struct vtune__sentences *out);

/* ---- sentences-why.c ---- */

/* How good the placement is, what it costs, and why not elsewhere. */
void vtune__sentences_add_why(const struct vtune__picture *picture, struct vtune__sentences *out);

#endif
