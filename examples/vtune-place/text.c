/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

bool text_add(struct text *text, const char *more)
{
	size_t length = strlen(more);

	if (text->length + length + 1 > text->room) {
		size_t room = 2 * (text->length + length + 1);
		char *data = realloc(text->data, room);

		if (!data)
			return false;
		text->data = data;
		text->room = room;
	}
	memcpy(text->data + text->length, more, length + 1);
	text->length += length;
	return true;
}

bool text_end_line(struct text *text)
{
	return text->length == 0 || text->data[text->length - 1] == '\n' || text_add(text, "\n");
}

enum status text_take(struct text *text, const char *name, char *more, struct vtune_error *error)
{
	const struct input input = { .name = name };
	enum status status = STATUS_DONE;

	if (!more)
		return say_error(&input, error);
	if (!text_add(text, more) || !text_end_line(text))
		status = say_memory();
	free(more);
	return status;
}

enum status text_take_item(struct text *text, int index, int count, const char *name, char *more,
			   struct vtune_error *error)
{
	enum status status;

	if (more && count > 1 && !text_add(text, index == 0 ? "[\n" : ",\n")) {
		free(more);
		return say_memory();
	}
	status = text_take(text, name, more, error);
	if (status != STATUS_DONE || count == 1)
		return status;
	/* The newline at the end of each goes behind the comma. */
	text->data[--text->length] = '\0';
	if (index == count - 1 && !text_add(text, "\n]\n"))
		return say_memory();
	return STATUS_DONE;
}

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}

unsigned int text_columns(const struct options *options)
{
	struct winsize size;

	if (options->output || !isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}
