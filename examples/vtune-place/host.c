/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place host */
#include <stdlib.h>

#include "cli.h"

static char *show(const struct options *options, const struct vtune_host *host,
		  struct vtune_error **error)
{
	switch (options->format) {
	case FORMAT_JSON:
		return vtune_host_to_json(host, error);
	case FORMAT_SVG:
		return vtune_host_to_svg(host, error);
	default:
		return vtune_host_to_text(host, text_columns(options), error);
	}
}

enum status command_host(const struct options *options)
{
	const struct input input = { .name = options->host };
	struct vtune_error *error = NULL;
	struct vtune_host *host;
	struct text text = { 0 };
	enum status status;
	char *shown;

	status = source_read(options, NULL, &host);
	if (status != STATUS_DONE)
		return status;
	shown = show(options, host, &error);
	if (!shown)
		status = say_error(&input, error);
	else if (!text_add(&text, shown) || !text_end_line(&text))
		status = say_memory();
	else
		status = output_write(options, &text);
	text_free(&text);
	free(shown);
	vtune_host_free(host);
	return status;
}
