/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --host and --state. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* What the operator of this machine decided once. */
static const char host_state[] = "/etc/vtune/host-state.json";

static const struct {
	const char *prefix;
	enum kind kind;
	struct vtune_host *(*read)(const char *text, struct vtune_error **err);
} files[] = {
	{ "hwloc:", KIND_HWLOC, vtune_host_from_hwloc_xml },
	{ "capabilities:", KIND_CAPABILITIES, vtune_host_from_capabilities },
	{ "json:", KIND_HOST, vtune_host_from_json },
};

struct source {
	struct vtune_host *host;
	bool is_here;	  /* it is this machine */
	bool has_domains; /* and what they hold */
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

	say("--host %s: the sources are system, hwloc:FILE, capabilities:FILE, json:FILE, "
	    "synthetic:STRING and libvirt[:URI]",
	    source);
	if (access(source, F_OK) == 0 && input_read(source, KIND_UNKNOWN, &input) == STATUS_DONE) {
		say_hint(&input);
		input_free(&input);
	}
	return STATUS_BAD;
}

bool source_is_libvirt(const char *source, const char **uri)
{
	static const char name[] = "libvirt";

	if (!has_prefix(source, name))
		return false;
	source += strlen(name);
	*uri = *source ? source + 1 : source;
	return *source == '\0' || *source == ':';
}

/* Domains that are off and were placed keep what they were given: started, they would
 * otherwise meet the one that is placed now. */
static unsigned int host_flags(const struct options *options)
{
	if (options->defined)
		return VTUNE_HOST_DEFINED;
	if (options->running || (options->action != ACTION_APPLY &&
				 options->action != ACTION_MIGRATE && !options->domain_name))
		return 0;
	return VTUNE_HOST_PLACED;
}

static enum status read_connection(const struct options *options,
				   const struct connection *connection, struct source *source)
{
	struct vtune_error *error = NULL;

	source->host = vtune_host_from_connection(connection->vtune, host_flags(options), &error);
	if (!source->host)
		return say_live_error(connection, NULL, error);
	source->is_here = connection->is_local;
	source->has_domains = true;
	return STATUS_DONE;
}

/* With a URI of its own beside --connect, the host is not the one of the open connection. */
static enum status read_libvirt(const struct options *options, const char *uri,
				const struct connection *connection, struct source *source)
{
	struct connection own;
	enum status status;

	if (connection && !((options->connect || options->action == ACTION_MIGRATE) && *uri))
		return read_connection(options, connection, source);
	status = connection_open(options, *uri ? uri : options->connect, &own);
	if (status != STATUS_DONE)
		return status;
	status = read_connection(options, &own, source);
	connection_close(&own);
	return status;
}

static enum status read_source(const struct options *options, const struct connection *connection,
			       struct source *source)
{
	const char *name = options->host, *uri;
	struct vtune_error *error = NULL;
	struct input input = { .name = name };
	static const char synthetic[] = "synthetic:";

	if (source_is_libvirt(name, &uri))
		return read_libvirt(options, uri, connection, source);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (has_prefix(name, files[i].prefix))
			return read_file(i, name + strlen(files[i].prefix), &source->host);
	}
	if (strcmp(name, "system") == 0) {
		input.name = "this machine";
		source->host = vtune_host_from_system(&error);
		source->is_here = true;
	} else if (has_prefix(name, synthetic)) {
		source->host = vtune_host_from_synthetic(name + strlen(synthetic), &error);
	} else {
		return say_source(name);
	}
	return source->host ? STATUS_DONE : say_error(&input, error);
}

static enum status lay_state(struct input *input, struct vtune_host **host)
{
	struct vtune_error *error = NULL;
	struct vtune_host *with = vtune_host_with_state(*host, input->text, &error);

	if (!with)
		return say_error(input, error);
	vtune_host_free(*host);
	*host = with;
	return STATUS_DONE;
}

static enum status read_state(const char *path, struct source *source)
{
	struct input input;
	enum status status = input_read(path, KIND_STATE, &input);

	if (status != STATUS_DONE)
		return status;
	/* Allocations replace those of the host: what is in a file for good would hide the
	 * domains that run now. */
	if (path == host_state && source->has_domains &&
	    guess_has_key(input.text, "\"allocations\"")) {
		say("%s: /allocations: the domains of this host are known, so leave this key out",
		    path);
		status = STATUS_BAD;
	} else {
		status = lay_state(&input, &source->host);
	}
	input_free(&input);
	return status;
}

static enum status read_host_state(const struct options *options, struct source *source)
{
	enum status status;

	if (access(host_state, F_OK) < 0 && errno == ENOENT)
		return STATUS_DONE;
	status = read_state(host_state, source);
	if (status == STATUS_DONE && options->verbose)
		say("the host's state read from %s", host_state);
	return status;
}

/* What is odd about it, as domains that hold the same CPU. */
static void say_warnings(const struct vtune_host *host)
{
	const char *warning;

	for (unsigned int i = 0; (warning = vtune_host_get_warning(host, i)); i++)
		say("warning: %s", warning);
}

enum status source_read(const struct options *options, const struct connection *connection,
			struct vtune_host **host)
{
	struct source source = { 0 };
	enum status status = read_source(options, connection, &source);

	if (status == STATUS_DONE && options->domains)
		status = domains_lay(options->domains, &source.host);
	if (options->domains)
		source.has_domains = true;
	if (status == STATUS_DONE && options->state)
		status = read_state(options->state, &source);
	else if (status == STATUS_DONE && source.is_here)
		status = read_host_state(options, &source);
	if (status != STATUS_DONE) {
		vtune_host_free(source.host);
		return status;
	}
	*host = source.host;
	if (!options->quiet)
		say_warnings(*host);
	if (options->verbose) {
		const char *name = vtune_host_get_name(*host);

		if (*name)
			say("host \"%s\" read from %s", name, options->host);
		else
			say("host read from %s", options->host);
	}
	return STATUS_DONE;
}
