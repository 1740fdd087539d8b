/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far the moving of memory is, on a terminal. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

/* How wide a line may be that is to be written over. */
static size_t columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
		return 79;
	return size.ws_col - 1U;
}

/* Blanks take away what a longer line left. */
static void write_over(struct progress *progress, const char *line)
{
	size_t length = strlen(line), most = columns();

	if (length > most)
		length = most;
	fprintf(stderr, "\r%.*s", (int)length, line);
	if (progress->shown > length)
		fprintf(stderr, "%*s\r%.*s", (int)(progress->shown - length), "", (int)length,
			line);
	progress->shown = length;
}

static void show(void *data, const char *what, uint64_t done, uint64_t all)
{
	uint64_t percent = all ? (uint64_t)((double)done / (double)all * 100) : 100;
	char line[256];

	snprintf(line, sizeof(line), "%s: %u%% of %.1f GiB", what,
		 (unsigned int)(percent > 100 ? 100 : percent), (double)all / (1 << 20));
	write_over(data, line);
}

enum status progress_start(struct progress *progress, const struct options *options,
			   struct vtune_options *knobs)
{
	const struct input input = { .name = "--move-memory" };
	struct vtune_error *error = NULL;

	progress->shown = 0;
	if (options->quiet || !options->move_memory || !isatty(STDERR_FILENO))
		return STATUS_DONE;
	if (vtune_options_set_progress(knobs, show, progress, &error) < 0)
		return say_error(&input, error);
	return STATUS_DONE;
}

void progress_end(struct progress *progress)
{
	if (progress->shown == 0)
		return;
	write_over(progress, "");
	progress->shown = 0;
}
