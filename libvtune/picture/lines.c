/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "picture.h"

void vtune__lines_take(struct vtune__lines *lines, struct vtune__text *text)
{
	char *taken = vtune__text_take(text, NULL);
	void *array = lines->line;
	char **line = NULL;

	if (taken && !lines->failed)
		line = vtune__grow(&array, &lines->count, sizeof(*line), NULL);
	lines->line = array;
	if (line)
		*line = taken;
	else
		free(taken);
	lines->failed = !line;
}

void vtune__lines_add(struct vtune__lines *lines, const char *line)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, line);
	vtune__lines_take(lines, &text);
}

void vtune__lines_free(struct vtune__lines *lines)
{
	for (unsigned int i = 0; i < lines->count; i++)
		free(lines->line[i]);
	free(lines->line);
	memset(lines, 0, sizeof(*lines));
}

/* UTF-8: every byte but those that continue a character begins one. */
static bool begins_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

static unsigned int width_of(const char *text, size_t length)
{
	unsigned int width = 0;

	for (size_t i = 0; i < length; i++)
		width += begins_character(text[i]);
	return width;
}

unsigned int vtune__text_width(const char *text)
{
	return width_of(text, strlen(text));
}

const char *vtune__text_peek(const struct vtune__text *text)
{
	return text->data ? text->data : "";
}

void vtune__text_drop(struct vtune__text *text, bool *failed)
{
	*failed = *failed || text->failed;
	vtune__text_free(text);
}

void vtune__text_add_plain(struct vtune__text *text, const char *more)
{
	for (; *more; more++) {
		bool control = (unsigned char)*more < ' ' || *more == 0x7f;

		vtune__text_add_bytes(text, control ? "?" : more, 1);
	}
}

/* How much of a word that is too long goes into room characters: up to the last
 * comma, or else all that there is room for. */
static size_t cut_word(const char *word, size_t length, unsigned int room)
{
	size_t cut = 0, comma = 0;
	unsigned int width = 0;

	while (cut < length) {
		width += begins_character(word[cut]);
		if (width > room)
			break;
		if (word[cut++] == ',')
			comma = cut;
	}
	return comma ? comma : cut;
}

struct wrapping {
	struct vtune__lines *lines;
	struct vtune__text line;
	const char *rest;
	unsigned int width, used;
	bool empty; /* but for what it begins with */
};

static void break_line(struct wrapping *w)
{
	vtune__lines_take(w->lines, &w->line);
	vtune__text_add(&w->line, w->rest);
	w->used = vtune__text_width(w->rest);
	w->empty = true;
}

static void wrap_word(struct wrapping *w, const char *word, size_t length)
{
	unsigned int full = w->width - vtune__text_width(w->rest);

	while (length > 0) {
		unsigned int width = width_of(word, length);
		unsigned int blank = w->empty ? 0 : 1;
		size_t part = length;

		if (w->used + blank + width > w->width) {
			unsigned int room = w->used + blank < w->width ? w->width - w->used - blank
								       : 0;

			part = cut_word(word, length, room);
			/* Only what is too long for any line is cut. */
			if (!w->empty && (width <= full || part == 0 || word[part - 1] != ',')) {
				break_line(w);
				continue;
			}
		}
		vtune__text_add_bytes(&w->line, " ", blank);
		vtune__text_add_bytes(&w->line, word, part);
		w->used += blank + width_of(word, part);
		w->empty = false;
		word += part;
		length -= part;
		if (length > 0)
			break_line(w);
	}
}

void vtune__lines_wrap(struct vtune__lines *lines, const char *text, const char *first,
		       const char *rest, unsigned int width)
{
	struct wrapping w = { .lines = lines, .rest = rest, .width = width, .empty = true };

	vtune__text_add(&w.line, first);
	w.used = vtune__text_width(first);
	while (*text) {
		size_t length = strcspn(text, " ");

		wrap_word(&w, text, length);
		text += length;
		text += strspn(text, " ");
	}
	vtune__lines_take(lines, &w.line);
}
