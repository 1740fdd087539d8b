/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* Far more than any document takes: hwloc XML of the largest machines is 2 MiB. */
#define INPUT_LIMIT ((size_t)64 << 20)

const char *input_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static enum status say_errno(const struct input *input, int number)
{
	say("%s: %s", input->name, strerror(number));
	return status_of_errno(number);
}

/* The text, with a NUL at its end, and its length. */
static enum status read_all(struct input *input, int fd, size_t *length)
{
	size_t room = 0, used = 0;

	for (;;) {
		ssize_t got;

		if (used + 1 >= room) {
			char *data;

			room = room ? 2 * room : 16384;
			data = realloc(input->text, room);
			if (!data)
				return say_memory();
			input->text = data;
		}
		got = read(fd, input->text + used, room - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return say_errno(input, errno);
		if (got == 0)
			break;
		used += (size_t)got;
		if (used > INPUT_LIMIT) {
			say("%s: larger than 64 MiB, so it is none of the documents read here",
			    input->name);
			return STATUS_BAD;
		}
	}
	input->text[used] = '\0';
	*length = used;
	return STATUS_DONE;
}

static enum status check_text(struct input *input, size_t length)
{
	static const char mark[] = "\xEF\xBB\xBF";

	if (strlen(input->text) != length) {
		say("%s: not a text in UTF-8: it has a NUL byte; it should be %s", input->name,
		    kind_name(input->kind));
		return STATUS_BAD;
	}
	/* The byte order mark that some editors write. */
	if (strncmp(input->text, mark, strlen(mark)) == 0)
		memmove(input->text, input->text + strlen(mark), length - strlen(mark) + 1);
	if (input->text[strspn(input->text, " \t\r\n")] == '\0') {
		say("%s: empty; it should be %s", input->name, kind_name(input->kind));
		return STATUS_BAD;
	}
	return STATUS_DONE;
}

enum status input_read(const char *path, enum kind kind, struct input *input)
{
	bool standard = strcmp(path, "-") == 0;
	enum status status;
	size_t length = 0;
	int fd;

	input->name = input_name(path);
	input->kind = kind;
	input->text = NULL;
	fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return say_errno(input, errno);
	status = read_all(input, fd, &length);
	if (!standard)
		close(fd);
	if (status == STATUS_DONE)
		status = check_text(input, length);
	if (status != STATUS_DONE)
		input_free(input);
	return status;
}

void input_free(struct input *input)
{
	free(input->text);
	input->text = NULL;
}
