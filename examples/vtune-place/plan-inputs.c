/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What vtune-place plan reads. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"

const char *plan_spec_name(const struct job *job, int index)
{
	const struct options *options = job->options;

	if (options->domain_name)
		return options->domain_name;
	return input_name(options->words[index]);
}

static enum status read_spec(struct job *job, int index)
{
	const char *path = job->options->words[index];
	enum status status = spec_read(path, &job->specs[index]);

	if (status != STATUS_DONE && index == 0 && !strpbrk(path, "./") && strcmp(path, "-") != 0 &&
	    access(path, F_OK) < 0)
		say_commands();
	return status;
}

/* A second VM of a name would take the place of the first. */
static enum status check_names(const struct job *job, int index)
{
	const char *name = vtune_spec_get_name(job->specs[index]);

	for (int i = 0; i < index; i++) {
		if (strcmp(vtune_spec_get_name(job->specs[i]), name) != 0)
			continue;
		say("%s: /name: \"%s\" is also the VM in %s; each VM needs a name of its own",
		    plan_spec_name(job, index), name, plan_spec_name(job, i));
		return STATUS_BAD;
	}
	return STATUS_DONE;
}

static enum status read_specs(struct job *job)
{
	const struct options *options = job->options;
	enum status status = STATUS_DONE;

	job->nspecs = options->domain_name ? 1 : options->nwords;
	job->specs = calloc((size_t)job->nspecs, sizeof(*job->specs));
	if (!job->specs)
		return say_memory();
	if (options->domain_name)
		return spec_of_domain(&job->connection, options->domain_name, job->specs);
	for (int i = 0; i < job->nspecs && status == STATUS_DONE; i++) {
		status = read_spec(job, i);
		if (status == STATUS_DONE)
			status = check_names(job, i);
	}
	return status;
}

static enum status read_knobs(struct job *job)
{
	const struct input input = { .name = "--virt-type" };
	struct vtune_error *error = NULL;

	job->knobs = vtune_options_new();
	if (!job->knobs)
		return say_memory();
	if (!job->options->virt_type)
		return STATUS_DONE;
	if (vtune_options_set_domain_type(job->knobs, job->options->virt_type, &error) < 0)
		return say_error(&input, error);
	return STATUS_DONE;
}

/* The connection of --domain-name: that of the host, unless --connect names another. */
static enum status open_connection(struct job *job)
{
	const struct options *options = job->options;
	const char *uri = options->connect, *host_uri;

	if (!options->domain_name)
		return STATUS_DONE;
	if (!uri && source_is_libvirt(options->host, &host_uri) && *host_uri)
		uri = host_uri;
	return connection_open(options, uri, &job->connection);
}

enum status plan_inputs(struct job *job)
{
	const struct options *options = job->options;
	enum status status = read_knobs(job);

	if (status == STATUS_DONE)
		status = open_connection(job);
	if (status == STATUS_DONE)
		status = read_specs(job);
	if (status == STATUS_DONE && options->domain)
		status = input_read(options->domain, KIND_DOMAIN, &job->domain);
	if (status == STATUS_DONE)
		status = source_read(options, job->connection.vtune ? &job->connection : NULL,
				     &job->host);
	return status;
}
