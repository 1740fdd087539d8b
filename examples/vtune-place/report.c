/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("vtune-place: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

enum status say_memory(void)
{
	say("out of memory");
	return STATUS_FAILED;
}

enum status status_of_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
	case EACCES:
	case EPERM:
	case ELOOP:
	case ENAMETOOLONG:
		return STATUS_BAD;
	default:
		return STATUS_FAILED;
	}
}

static enum status status_of_error(const struct vtune_error *error)
{
	switch (vtune_error_get_code(error)) {
	case VTUNE_ERR_INVALID:
	case VTUNE_ERR_SYNTAX:
	case VTUNE_ERR_DOCUMENT:
	case VTUNE_ERR_UNSUPPORTED:
		return STATUS_BAD;
	default:
		return STATUS_FAILED;
	}
}

/* With one of these it is the right kind of text, and has only a mistake in it. */
static bool looks_like_markup(const char *text)
{
	text += strspn(text, " \t\r\n");
	return *text == '{' || *text == '<';
}

void say_hint(const struct input *input)
{
	enum kind kind = input->text ? guess_kind(input->text) : KIND_UNKNOWN;
	const char *usage = kind_usage(kind);

	if (input->text && input->kind != KIND_UNKNOWN && !looks_like_markup(input->text))
		say("hint: %s should be %s", input->name, kind_name(input->kind));
	if (kind == KIND_UNKNOWN || kind == input->kind)
		return;
	if (usage)
		say("hint: %s looks like %s, which is given as %s", input->name, kind_name(kind),
		    usage);
	else
		say("hint: %s looks like %s, not %s", input->name, kind_name(kind),
		    kind_name(input->kind));
}

enum status say_error(const struct input *input, struct vtune_error *error)
{
	const char *where = vtune_error_get_where(error);
	int code = vtune_error_get_code(error);
	enum status status = status_of_error(error);

	if (where[0] && strcmp(where, input->name) != 0)
		say("%s: %s: %s", input->name, where, vtune_error_get_message(error));
	else
		say("%s: %s", input->name, vtune_error_get_message(error));
	if (code == VTUNE_ERR_SYNTAX || code == VTUNE_ERR_DOCUMENT)
		say_hint(input);
	vtune_error_free(error);
	return status;
}
