/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sentences that are lists. */
#include "sentences.h"

#include <stdarg.h>

struct vtune__text *vtune__parts_next(struct vtune__parts *parts)
{
	if (parts->count == VTUNE__MOST_PARTS)
		return &parts->part[VTUNE__MOST_PARTS - 1];
	return &parts->part[parts->count++];
}

void vtune__parts_add(struct vtune__parts *parts, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(vtune__parts_next(parts), format, args);
	va_end(args);
}

void vtune__parts_join(struct vtune__parts *parts, struct vtune__text *text)
{
	for (unsigned int i = 0; i < parts->count; i++) {
		vtune__text_add(text, i == 0 ? "" : i + 1 < parts->count ? ", " : " and ");
		vtune__text_add(text, vtune__text_peek(&parts->part[i]));
		vtune__text_drop(&parts->part[i], &text->failed);
	}
	parts->count = 0;
}
