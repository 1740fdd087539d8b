/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sentences.h"
#include "text.h"

#define DEFAULT_COLUMNS 100
#define FEWEST_COLUMNS 40
#define MOST_COLUMNS 1000

static void add_sentences(const struct vtune__sentences *sentences, enum vtune__sentence_kind kind,
			  const char *title, unsigned int columns, struct vtune__lines *out)
{
	bool first = true;

	for (unsigned int i = 0; i < sentences->count; i++) {
		if (sentences->list[i].kind != kind)
			continue;
		if (first && title)
			vtune__lines_add(out, title);
		vtune__lines_wrap(out, sentences->list[i].text, kind ? "- " : "", kind ? "  " : "",
				  columns);
		first = false;
	}
	if (!first)
		vtune__lines_add(out, "");
}

static void add_homeless(const struct vtune__picture *p, unsigned int columns,
			 struct vtune__lines *out)
{
	for (unsigned int i = 0; i < p->nhomeless; i++) {
		const struct vtune__picture_device *device = &p->devices[p->homeless_first + i];
		struct vtune__text text = { 0 };

		vtune__text_add_device(&text, device->device);
		vtune__text_add(&text, ", on a node that is not known");
		vtune__lines_wrap(out, vtune__text_peek(&text),
				  device->own ? "device # " : "device   ", "         ", columns);
		vtune__text_drop(&text, &out->failed);
	}
}

static void draw(const struct vtune__picture *p, unsigned int columns, struct vtune__lines *out)
{
	struct vtune__sentences sentences = { 0 };
	enum vtune__detail detail;

	vtune__sentences_of(p, &sentences);
	add_sentences(&sentences, VTUNE__SAYS_VERDICT, NULL, columns, out);
	add_sentences(&sentences, VTUNE__SAYS_REASON, NULL, columns, out);
	add_sentences(&sentences, VTUNE__SAYS_ADVICE, "It would fit:", columns, out);
	if (p->plan) {
		struct vtune__text title = { 0 };

		vtune__text_add_host(&title, p);
		vtune__text_add(&title, ": ");
		vtune__text_add_extent(&title, p);
		vtune__lines_wrap(out, vtune__text_peek(&title), "", "", columns);
		vtune__text_drop(&title, &out->failed);
	}
	detail = vtune__text_nodes(p, columns, out);
	vtune__text_legend(p, detail, columns, out);
	vtune__text_distances(p, columns, out);
	add_homeless(p, columns, out);
	vtune__lines_add(out, "");
	add_sentences(&sentences, VTUNE__SAYS_PLACE, NULL, columns, out);
	add_sentences(&sentences, VTUNE__SAYS_WHY, "Why there:", columns, out);
	add_sentences(&sentences, VTUNE__SAYS_WARNING, "Warnings:", columns, out);
	out->failed = out->failed || sentences.failed;
	vtune__sentences_free(&sentences);
}

static char *to_text(const struct vtune_host *host, const struct vtune_plan *plan,
		     unsigned int columns, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__picture_free) struct vtune__picture *picture = NULL;
	VTUNE__CLEANUP(vtune__lines_free) struct vtune__lines lines = { 0 };
	struct vtune__text text = { 0 };
	unsigned int count;

	if (columns == 0)
		columns = DEFAULT_COLUMNS;
	if (columns < FEWEST_COLUMNS)
		columns = FEWEST_COLUMNS;
	if (columns > MOST_COLUMNS)
		columns = MOST_COLUMNS;
	picture = vtune__picture_new(host, plan, err);
	if (!picture)
		return NULL;
	draw(picture, columns, &lines);
	if (lines.failed) {
		vtune__fail_memory(err);
		return NULL;
	}
	/* Parts end with an empty line, the last one too. */
	count = lines.count;
	while (count > 0 && !lines.line[count - 1][0])
		count--;
	for (unsigned int i = 0; i < count; i++)
		vtune__text_addf(&text, "%s\n", lines.line[i]);
	return vtune__text_take(&text, err);
}

VTUNE_EXPORT char *vtune_host_to_text(const struct vtune_host *host, unsigned int columns,
				      struct vtune_error **err)
{
	if (!host) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return to_text(host, NULL, columns, err);
}

VTUNE_EXPORT char *vtune_plan_to_text(const struct vtune_plan *plan, const struct vtune_host *host,
				      unsigned int columns, struct vtune_error **err)
{
	if (!plan || !host) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	return to_text(host, plan, columns, err);
}
