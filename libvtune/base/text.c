/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for length more bytes and the zero behind them. */
static bool make_room(struct vtune__text *text, size_t length)
{
	size_t need, room;
	char *data;

	if (text->failed)
		return false;
	if (__builtin_add_overflow(text->length, length, &need) || need >= SIZE_MAX / 2)
		goto fail;
	if (need < text->room)
		return true;

	room = text->room ? text->room : 64;
	while (room <= need)
		room *= 2;
	data = realloc(text->data, room);
	if (!data)
		goto fail;
	text->data = data;
	text->room = room;
	return true;

fail:
	text->failed = true;
	return false;
}

void vtune__text_add_bytes(struct vtune__text *text, const char *more, size_t length)
{
	if (!make_room(text, length))
		return;
	memcpy(text->data + text->length, more, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void vtune__text_add(struct vtune__text *text, const char *more)
{
	vtune__text_add_bytes(text, more, strlen(more));
}

void vtune__text_vaddf(struct vtune__text *text, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	if (length < 0)
		text->failed = true;
	else if (make_room(text, (size_t)length)) {
		vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
		text->length += (size_t)length;
	}
	va_end(again);
}

void vtune__text_addf(struct vtune__text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(text, format, args);
	va_end(args);
}

void vtune__text_add_set(struct vtune__text *text, const struct vtune__set *set)
{
	int first = vtune__set_first(set);
	const char *comma = "";

	while (first >= 0) {
		unsigned int last = (unsigned int)first;

		while (vtune__set_has(set, last + 1))
			last++;
		if (last == (unsigned int)first)
			vtune__text_addf(text, "%s%d", comma, first);
		else
			vtune__text_addf(text, "%s%d-%u", comma, first, last);
		comma = ",";
		first = vtune__set_next(set, last + 1);
	}
}

/* To two decimals, without zeroes at the end; by integers, so that no locale
 * has a say in the point. */
void vtune__text_add_size(struct vtune__text *text, uint64_t kib)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0, hundredths = 0;
	uint64_t size = 1, whole = kib;

	while (unit + 1 < VTUNE__COUNT(units) && whole >= 1024) {
		uint64_t rest;

		unit++;
		size *= 1024;
		whole = kib / size;
		rest = kib % size;
		hundredths = (unsigned int)((rest * 100 + size / 2) / size);
		if (hundredths == 100) {
			hundredths = 0;
			whole++;
		}
	}

	if (hundredths == 0)
		vtune__text_addf(text, "%" PRIu64 " %s", whole, units[unit]);
	else if (hundredths % 10 == 0)
		vtune__text_addf(text, "%" PRIu64 ".%u %s", whole, hundredths / 10, units[unit]);
	else
		vtune__text_addf(text, "%" PRIu64 ".%02u %s", whole, hundredths, units[unit]);
}

char *vtune__text_take(struct vtune__text *text, struct vtune_error **err)
{
	char *data;

	vtune__text_add_bytes(text, "", 0);
	if (text->failed) {
		vtune__text_free(text);
		vtune__fail_memory(err);
		return NULL;
	}
	data = text->data;
	memset(text, 0, sizeof(*text));
	return data;
}

void vtune__text_free(struct vtune__text *text)
{
	free(text->data);
	memset(text, 0, sizeof(*text));
}

char *vtune__vprint(struct vtune_error **err, const char *format, va_list args)
{
	struct vtune__text text = { 0 };

	vtune__text_vaddf(&text, format, args);
	return vtune__text_take(&text, err);
}

char *vtune__print(struct vtune_error **err, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = vtune__vprint(err, format, args);
	va_end(args);
	return text;
}
