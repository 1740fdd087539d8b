/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vtune_error {
	enum vtune_error_code code;
	int number; /* errno */
	char *message;
	char *where; /* NULL: nowhere */
};

/* Not on the heap, so that it is there when the heap is full. Never written. */
static struct vtune_error out_of_memory = {
	.code = VTUNE_ERR_NO_MEMORY,
	.number = ENOMEM,
	.message = (char *)"There is not enough memory",
};

/* Messages and places quote the input: keep them to one line of plain text. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = ' ';
}

static char *print(const char *format, va_list args) VTUNE__PRINTF(1, 0);

static char *print(const char *format, va_list args)
{
	struct vtune__text text = { 0 };

	vtune__text_vaddf(&text, format, args);
	return vtune__text_take(&text, NULL);
}

/* Takes the message; NULL: it could not be made. */
static void set_error(struct vtune_error **err, enum vtune_error_code code, const char *where,
		      char *message)
{
	struct vtune_error *error = calloc(1, sizeof(*error));
	char *place = where ? strdup(where) : NULL;

	if (!error || !message || (where && !place)) {
		free(error);
		free(message);
		free(place);
		vtune__fail_memory(err);
		return;
	}
	make_printable(message);
	if (place)
		make_printable(place);
	error->code = code;
	error->message = message;
	error->where = place;
	*err = error;
}

int vtune__fail(struct vtune_error **err, enum vtune_error_code code, const char *where,
		const char *format, ...)
{
	va_list args;

	if (!err || *err)
		return -1;
	va_start(args, format);
	set_error(err, code, where, print(format, args));
	va_end(args);
	return -1;
}

int vtune__fail_errno(struct vtune_error **err, int number, const char *where, const char *format,
		      ...)
{
	char *message;
	va_list args;

	if (!err || *err)
		return -1;
	va_start(args, format);
	message = print(format, args);
	va_end(args);
	if (!message)
		return vtune__fail_memory(err);

	/* %m is errno in words, and unlike strerror() safe with threads. */
	errno = number;
	vtune__fail(err, VTUNE_ERR_SYSTEM, where, "%s: %m", message);
	if (*err != &out_of_memory)
		(*err)->number = number;
	free(message);
	return -1;
}

int vtune__fail_memory(struct vtune_error **err)
{
	if (err && !*err)
		*err = &out_of_memory;
	return -1;
}

int vtune__fail_null(struct vtune_error **err, const char *function)
{
	return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			   "%s() was given NULL where an object or a text must be", function);
}

void vtune__error_prefix(struct vtune_error **err, const char *prefix)
{
	struct vtune__text text = { 0 };
	char *message;

	if (!err || !*err || *err == &out_of_memory)
		return;
	vtune__text_addf(&text, "%s: %s", prefix, (*err)->message);
	message = vtune__text_take(&text, NULL);
	if (!message)
		return;
	make_printable(message);
	free((*err)->message);
	(*err)->message = message;
}

VTUNE_EXPORT int vtune_error_get_code(const struct vtune_error *error)
{
	return error ? (int)error->code : 0;
}

VTUNE_EXPORT const char *vtune_error_get_message(const struct vtune_error *error)
{
	return error ? error->message : "";
}

VTUNE_EXPORT const char *vtune_error_get_where(const struct vtune_error *error)
{
	return error && error->where ? error->where : "";
}

VTUNE_EXPORT int vtune_error_get_errno(const struct vtune_error *error)
{
	return error && error->code == VTUNE_ERR_SYSTEM ? error->number : 0;
}

VTUNE_EXPORT void vtune_error_free(struct vtune_error *error)
{
	if (!error || error == &out_of_memory)
		return;
	free(error->message);
	free(error->where);
	free(error);
}
