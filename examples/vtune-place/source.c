/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --host and --state. */
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const struct {
	const char *prefix;
	enum kind kind;
	struct vtune_host *(*read)(const char *text, struct vtune_error **err);
} files[] = {
	{ "hwloc:", KIND_HWLOC, vtune_host_from_hwloc_xml },
	{ "capabilities:", KIND_CAPABILITIES, vtune_host_from_capabilities },
	{ "json:", KIND_HOST, vtune_host_from_json },
};

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static enum status read_file(size_t which, const char *path, struct vtune_host **host)
{
	struct vtune_error *error = NULL;
	struct input input;
	enum status status;

	if (!*path) {
		say("--host %s: here a file must follow", files[which].prefix);
		return STATUS_BAD;
	}
	status = input_read(path, files[which].kind, &input);
	if (status != STATUS_DONE)
		return status;
	*host = files[which].read(input.text, &error);
	if (!*host)
		status = say_error(&input, error);
	input_free(&input);
	return status;
}

/* Neither a source nor a prefix that is known: perhaps a file without one. */
static enum status say_source(const char *source)
{
	struct input input;

	say("--host %s: the sources are system, hwloc:FILE, capabilities:FILE, json:FILE and "
	    "synthetic:STRING",
	    source);
	if (access(source, F_OK) == 0 && input_read(source, KIND_UNKNOWN, &input) == STATUS_DONE) {
		say_hint(&input);
		input_free(&input);
	}
	return STATUS_BAD;
}

static enum status read_source(const char *source, struct vtune_host **host)
{
	struct vtune_error *error = NULL;
	struct input input = { .name = source };
	static const char synthetic[] = "synthetic:";

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (has_prefix(source, files[i].prefix))
			return read_file(i, source + strlen(files[i].prefix), host);
	}
	if (strcmp(source, "system") == 0) {
		input.name = "this machine";
		*host = vtune_host_from_system(&error);
	} else if (has_prefix(source, synthetic)) {
		*host = vtune_host_from_synthetic(source + strlen(synthetic), &error);
	} else {
		return say_source(source);
	}
	return *host ? STATUS_DONE : say_error(&input, error);
}

static enum status lay_state(const char *path, struct vtune_host **host)
{
	struct vtune_error *error = NULL;
	struct vtune_host *with;
	struct input input;
	enum status status;

	status = input_read(path, KIND_STATE, &input);
	if (status != STATUS_DONE)
		return status;
	with = vtune_host_with_state(*host, input.text, &error);
	if (with) {
		vtune_host_free(*host);
		*host = with;
	} else {
		status = say_error(&input, error);
	}
	input_free(&input);
	return status;
}

enum status source_read(const struct options *options, struct vtune_host **host)
{
	enum status status;

	*host = NULL;
	status = read_source(options->host, host);
	if (status == STATUS_DONE && options->state)
		status = lay_state(options->state, host);
	if (status != STATUS_DONE) {
		vtune_host_free(*host);
		*host = NULL;
	} else if (options->verbose) {
		const char *name = vtune_host_get_name(*host);

		if (*name)
			say("host \"%s\" read from %s", name, options->host);
		else
			say("host read from %s", options->host);
	}
	return status;
}
