/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place migrate: place a domain for another host, and send it there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

struct job {
	const struct options *options;
	const char *name; /* of the domain, or its file, for messages */
	struct vtune_options *knobs;
	struct connection source, destination; /* as far as they are needed */
	struct input domain;
	struct vtune_host *host;
	struct vtune_plan *plan;
	struct text text;
};

static bool is_json(const struct job *job)
{
	return job->options->format == FORMAT_JSON;
}

/* ---- what there is ---- */

static enum status read_knobs(struct job *job)
{
	const struct options *options = job->options;
	const struct input input = { .name = "--lock-timeout" };
	struct vtune_error *error = NULL;

	job->knobs = vtune_options_new();
	if (!job->knobs)
		return say_memory();
	if (options->has_lock_timeout &&
	    vtune_options_set_lock_timeout(job->knobs, 1000 * options->lock_timeout, &error) < 0)
		return say_error(&input, error);
	return STATUS_DONE;
}

static enum status read_domain(struct job *job)
{
	const struct options *options = job->options;
	struct vtune_error *error = NULL;
	enum status status;

	if (options->domain)
		return input_read(options->domain, KIND_DOMAIN, &job->domain);
	status = connection_open(options, options->connect, &job->source);
	if (status != STATUS_DONE)
		return status;
	job->domain = (struct input){ .name = job->name, .kind = KIND_DOMAIN };
	job->domain.text = vtune_domain_to_migratable_xml(job->source.vtune, job->name, &error);
	return job->domain.text ? STATUS_DONE : say_live_error(&job->source, job->name, error);
}

/* From here on nobody else places anything there. */
static enum status open_destination(struct job *job)
{
	const struct options *options = job->options;
	struct vtune_error *error = NULL;
	enum status status;

	if (!options->to)
		return STATUS_DONE;
	status = connection_open(options, options->to, &job->destination);
	if (status != STATUS_DONE || !options->run)
		return status;
	if (vtune_connection_lock(job->destination.vtune, job->knobs, &error) < 0)
		return say_live_error(&job->destination, NULL, error);
	return STATUS_DONE;
}

static enum status read_host(struct job *job)
{
	const struct connection *connection = NULL;

	if (job->destination.vtune)
		connection = &job->destination;
	else if (job->source.vtune)
		connection = &job->source;
	return source_read(job->options, connection, &job->host);
}

static enum status place(struct job *job)
{
	struct vtune_error *error = NULL;
	struct vtune_spec *spec = vtune_spec_for_migration(job->domain.text, &error);

	if (!spec)
		return say_error(&job->domain, error);
	job->plan = vtune_place(job->host, spec, NULL, &error);
	vtune_spec_free(spec);
	return job->plan ? STATUS_DONE : say_error(&job->domain, error);
}

/* ---- what is shown ---- */

static enum status add_xml(struct job *job)
{
	struct vtune_error *error = NULL;
	char *xml = vtune_plan_to_migration_xml(job->plan, job->domain.text, &error);

	if (!xml)
		return say_error(&job->domain, error);
	return text_take(&job->text, job->name, xml, NULL);
}

static enum status add_plan(struct job *job)
{
	static const char kept[] =
		"\nThe guest keeps what it sees now, whatever is said here of it.\n";
	struct vtune_error *error = NULL;
	enum status status;
	char *text;

	if (is_json(job))
		text = vtune_plan_to_json(job->plan, &error);
	else
		text = vtune_plan_to_text(job->plan, job->host, text_columns(job->options), &error);
	status = text_take(&job->text, job->name, text, error);
	if (status != STATUS_DONE || is_json(job) || !vtune_plan_fits(job->plan))
		return status;
	return text_add(&job->text, kept) ? STATUS_DONE : say_memory();
}

/* XML cannot say why it does not fit. */
static enum status say_misfit(struct job *job)
{
	struct vtune_error *error = NULL;
	char *text;

	if (job->options->quiet && job->options->format != FORMAT_JSON)
		return STATUS_NO;
	if (job->options->format != FORMAT_XML) {
		enum status status = add_plan(job);

		if (status == STATUS_DONE)
			status = output_write(job->options, &job->text);
		return status == STATUS_DONE ? STATUS_NO : status;
	}
	text = vtune_plan_to_text(job->plan, job->host, 0, &error);
	if (!text)
		return say_error(&job->domain, error);
	fprintf(stderr, "%s%s", text, text[0] && text[strlen(text) - 1] != '\n' ? "\n" : "");
	free(text);
	return STATUS_NO;
}

/* ---- what is done ---- */

static unsigned int flags_of(const struct options *options)
{
	return (options->peer2peer ? VTUNE_MIGRATE_PEER2PEER : 0U) |
	       (options->tunnelled ? VTUNE_MIGRATE_TUNNELLED : 0U) |
	       (options->persistent ? VTUNE_MIGRATE_PERSIST : 0U) |
	       (options->undefine_source ? VTUNE_MIGRATE_UNDEFINE_SOURCE : 0U) |
	       (options->run ? 0U : VTUNE_MIGRATE_DRY_RUN);
}

static enum status add_report(struct job *job, const struct vtune_report *report)
{
	struct vtune_error *error = NULL;
	char *text;

	if (is_json(job)) {
		/* The newline at the end of the plan goes behind the comma. */
		job->text.data[--job->text.length] = '\0';
		if (!text_add(&job->text, ",\n\"report\": "))
			return say_memory();
		text = vtune_report_to_json(report, &error);
	} else {
		if (job->text.length > 0 && !text_add(&job->text, "\n"))
			return say_memory();
		text = vtune_report_to_text(report, &error);
	}
	return text_take(&job->text, job->name, text, error);
}

static enum status send_it(struct job *job)
{
	struct vtune_error *error = NULL;
	struct vtune_report *report;
	enum status status;
	bool is_no;

	if (job->options->run)
		signals_defer(true);
	report = vtune_plan_migrate(job->plan, job->source.vtune, job->name, job->destination.vtune,
				    job->options->migrate_uri, flags_of(job->options), job->knobs,
				    &error);
	vtune_connection_unlock(job->destination.vtune);
	if (report) {
		status = add_report(job, report);
		vtune_report_free(report);
		return status;
	}
	/* The other host has no longer the room, or the domain does not run. */
	is_no = vtune_error_get_code(error) == VTUNE_ERR_NOT_VALID;
	status = say_live_error(&job->source, job->name, error);
	return is_no ? STATUS_NO : status;
}

static enum status show_or_do(struct job *job)
{
	const struct options *options = job->options;
	bool sends = options->to && job->source.vtune && options->format != FORMAT_XML;
	bool is_object = sends && is_json(job);
	enum status status = STATUS_DONE;

	if (options->format == FORMAT_XML)
		return add_xml(job);
	if (is_object && !text_add(&job->text, "{\n\"plan\": "))
		return say_memory();
	if (is_json(job) || !options->quiet)
		status = add_plan(job);
	if (status == STATUS_DONE && sends)
		status = send_it(job);
	if (status == STATUS_DONE && is_object && !text_add(&job->text, "}\n"))
		status = say_memory();
	return status;
}

static enum status run(struct job *job)
{
	enum status status = read_knobs(job);

	if (status == STATUS_DONE)
		status = read_domain(job);
	if (status == STATUS_DONE)
		status = open_destination(job);
	if (status == STATUS_DONE)
		status = read_host(job);
	if (status == STATUS_DONE)
		status = place(job);
	if (status != STATUS_DONE)
		return status;
	if (!vtune_plan_fits(job->plan))
		return say_misfit(job);
	status = show_or_do(job);
	return status == STATUS_DONE ? output_write(job->options, &job->text) : status;
}

enum status command_migrate(const struct options *options)
{
	struct job job = { .options = options };
	enum status status;

	job.name = options->domain ? input_name(options->domain) : options->words[0];
	status = run(&job);
	vtune_plan_free(job.plan);
	vtune_host_free(job.host);
	vtune_options_free(job.knobs);
	input_free(&job.domain);
	connection_close(&job.destination);
	connection_close(&job.source);
	text_free(&job.text);
	signals_deliver();
	return status;
}
