/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

/* ---- legend: entries one after another, none of them broken ---- */

struct flow {
	struct vtune__lines *out;
	struct vtune__text line;
	unsigned int used, columns;
};

static void add_entry(struct flow *flow, const char *sign, const char *words)
{
	unsigned int width =
		vtune__text_width(sign) + vtune__text_width(words) + (*sign && *words ? 1 : 0);

	if (flow->used > 0 && flow->used + 3 + width > flow->columns) {
		vtune__lines_take(flow->out, &flow->line);
		flow->used = 0;
	}
	if (flow->used > 0) {
		vtune__text_add(&flow->line, "   ");
		flow->used += 3;
	}
	vtune__text_addf(&flow->line, "%s%s", sign, *sign && *words ? " " : "");
	vtune__text_add_plain(&flow->line, words);
	flow->used += width;
}

static void end_flow(struct flow *flow)
{
	if (flow->used > 0)
		vtune__lines_take(flow->out, &flow->line);
	flow->used = 0;
}

static void add_vcpus(struct flow *flow, enum vtune__detail detail)
{
	const bool numbered = detail <= VTUNE__DETAIL_VCPUS;

	add_entry(flow, numbered ? "0 1 ..." : "#",
		  numbered ? "vCPUs of this VM, by number" : "vCPUs of this VM");
}

static void add_others(struct flow *flow, const struct vtune__picture *p)
{
	unsigned int named = p->nothers < VTUNE__OTHER_LETTERS ? p->nothers : VTUNE__OTHER_LETTERS;

	for (unsigned int i = 0; i < named; i++) {
		char sign[2] = { vtune__look_letter(VTUNE__LOOK_OTHER, i) };

		add_entry(flow, sign, p->others[i]);
	}
	if (p->nothers > named) {
		char sign[2] = { vtune__look_letter(VTUNE__LOOK_OTHER, named) };

		add_entry(flow, sign, "more VMs");
	}
}

void vtune__text_legend(const struct vtune__picture *p, enum vtune__detail detail,
			unsigned int columns, struct vtune__lines *out)
{
	struct flow flow = { .out = out, .columns = columns };

	for (unsigned int i = 0; i < VTUNE__LOOKS; i++) {
		char sign[2] = { vtune__look_letter((enum vtune__look)i, 0) };

		if (p->looks[i] == 0)
			continue;
		if (i == VTUNE__LOOK_VCPU)
			add_vcpus(&flow, detail);
		else if (i == VTUNE__LOOK_OTHER)
			add_others(&flow, p);
		else
			add_entry(&flow, sign, vtune__look_names[i]);
	}
	if (p->threads > 1 && detail != VTUNE__DETAIL_LETTERS)
		add_entry(&flow, "[ ]", "a core");
	end_flow(&flow);
	if (p->nmemory == 0)
		return;
	add_entry(&flow, p->has_own_devices ? "memory and devices:" : "memory:", "");
	for (unsigned int i = 0; i < VTUNE__PARTS; i++) {
		char sign[2] = { vtune__part_letters[i] };

		if (p->parts[i])
			add_entry(&flow, sign, vtune__part_names[i]);
	}
	end_flow(&flow);
}

/* ---- distances ---- */

static void add_table(const struct vtune__topology *t, const struct vtune__distances *d,
		      struct vtune__lines *out)
{
	struct vtune__text line = { 0 };

	vtune__text_addf(&line, "%-10s", "distances");
	for (unsigned int i = 0; i < d->count; i++)
		vtune__text_addf(&line, " %4u", t->nodes[d->nodes[i]].id);
	vtune__lines_take(out, &line);
	for (unsigned int i = 0; i < d->count; i++) {
		vtune__text_addf(&line, "%9u:", t->nodes[d->nodes[i]].id);
		for (unsigned int k = 0; k < d->count; k++)
			vtune__text_addf(&line, " %4u",
					 vtune__distance(t, d->nodes[i], d->nodes[k]));
		vtune__lines_take(out, &line);
	}
}

void vtune__text_distances(const struct vtune__picture *p, unsigned int columns,
			   struct vtune__lines *out)
{
	struct vtune__distances distances;

	vtune__picture_distances(p, &distances);
	if (distances.words.data)
		vtune__lines_wrap(out, distances.words.data, "", "", columns);
	if (distances.count > 0 && 10 + 5 * distances.count <= columns)
		add_table(p->topology, &distances, out);
	out->failed = out->failed || distances.words.failed;
	vtune__distances_free(&distances);
}
