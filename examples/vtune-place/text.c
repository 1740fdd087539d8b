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
