/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place apply: place a domain and set it, or bring back what it was. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

struct job {
	const struct options *options;
	const char *domain;
	struct vtune_options *knobs;
	struct connection connection;
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	struct text text; /* the plan, then the report */
	bool is_answer;	  /* text is one, also when it is that the VM does not fit */
};

static bool is_json(const struct job *job)
{
	return job->options->format == FORMAT_JSON;
}

static enum status read_knobs(struct job *job, struct progress *progress)
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
	return progress_start(progress, options, job->knobs);
}

/* A spec without a name is for any domain; one with another name is a mix-up. */
static enum status name_spec(struct job *job, const char *path)
{
	const char *name = vtune_spec_get_name(job->spec);
	struct vtune_error *error = NULL;
	struct vtune_spec *named;

	if (strcmp(name, job->domain) == 0)
		return STATUS_DONE;
	if (strcmp(name, "vm") != 0) {
		say("%s: /name: \"%s\" is not the domain \"%s\"; it may also have no name",
		    input_name(path), name, job->domain);
		return STATUS_BAD;
	}
	named = vtune_spec_with_name(job->spec, job->domain, &error);
	if (!named)
		return say_live_error(&job->connection, job->domain, error);
	vtune_spec_free(job->spec);
	job->spec = named;
	return STATUS_DONE;
}

/* What is wrong with a file is said before libvirt is asked for anything. */
static enum status read_files(struct job *job)
{
	const struct options *options = job->options;
	const char *path = options->nwords > 1 ? options->words[1] : NULL;
	enum status status;

	if (options->plan)
		return plan_read(options->plan, job->domain, &job->plan);
	if (!path)
		return STATUS_DONE;
	status = spec_read(path, &job->spec);
	return status == STATUS_DONE ? name_spec(job, path) : status;
}

static enum status fail(const struct job *job, struct vtune_error *error)
{
	/* The host has no longer the room, or there is nothing to bring back. */
	bool is_no = vtune_error_get_code(error) == VTUNE_ERR_NOT_VALID;
	enum status status = say_live_error(&job->connection, job->domain, error);

	return is_no ? STATUS_NO : status;
}

static enum status open_locked(struct job *job)
{
	struct vtune_error *error = NULL;
	enum status status;

	status = connection_open(job->options, job->options->connect, &job->connection);
	if (status != STATUS_DONE)
		return status;
	if (vtune_connection_lock(job->connection.vtune, job->knobs, &error) < 0)
		return say_live_error(&job->connection, NULL, error);
	return STATUS_DONE;
}

static enum status add_plan(struct job *job, const struct vtune_host *host)
{
	struct vtune_error *error = NULL;
	char *text;

	if (is_json(job)) {
		if (!text_add(&job->text, "\"plan\": "))
			return say_memory();
		text = vtune_plan_to_json(job->plan, &error);
	} else if (host && !(job->options->quiet && vtune_plan_fits(job->plan))) {
		text = vtune_plan_to_text(job->plan, host, text_columns(job->options), &error);
	} else {
		return STATUS_DONE;
	}
	return text_take(&job->text, job->domain, text, error);
}

static enum status place(struct job *job)
{
	struct vtune_error *error = NULL;
	struct vtune_host *host = NULL;
	enum status status = STATUS_DONE;

	if (!job->spec)
		status = spec_of_domain(&job->connection, job->domain, &job->spec);
	if (status == STATUS_DONE)
		status = source_read(job->options, &job->connection, &host);
	if (status != STATUS_DONE)
		return status;
	job->plan = vtune_place(host, job->spec, NULL, &error);
	status = job->plan ? add_plan(job, host)
			   : say_live_error(&job->connection, job->domain, error);
	vtune_host_free(host);
	return status;
}

static unsigned int flags_of(const struct options *options)
{
	return (options->live ? VTUNE_APPLY_LIVE : 0U) |
	       (options->config ? VTUNE_APPLY_CONFIG : 0U) |
	       (options->dry_run ? VTUNE_APPLY_DRY_RUN : 0U) |
	       (options->move_memory ? VTUNE_APPLY_MOVE_MEMORY : 0U);
}

static enum status add_report(struct job *job, const struct vtune_report *report)
{
	struct vtune_error *error = NULL;
	char *text;

	if (is_json(job)) {
		/* The newline at the end of the plan goes behind the comma. */
		if (job->plan)
			job->text.data[--job->text.length] = '\0';
		if (!text_add(&job->text, job->plan ? ",\n\"report\": " : "\"report\": "))
			return say_memory();
		text = vtune_report_to_json(report, &error);
	} else {
		if (job->text.length > 0 && !text_add(&job->text, "\n"))
			return say_memory();
		text = vtune_report_to_text(report, &error);
	}
	return text_take(&job->text, job->domain, text, error);
}

/* Set the plan, or with none bring back what was. */
static enum status set(struct job *job, struct progress *progress)
{
	struct vtune_connection *connection = job->connection.vtune;
	unsigned int flags = flags_of(job->options);
	struct vtune_error *error = NULL;
	struct vtune_report *report;
	enum status status;

	signals_defer(true);
	if (job->plan)
		report = vtune_plan_apply(job->plan, connection, job->domain, flags, job->knobs,
					  &error);
	else
		report = vtune_domain_restore(connection, job->domain, flags, job->knobs, &error);
	progress_end(progress);
	vtune_connection_unlock(connection);
	status = report ? add_report(job, report) : fail(job, error);
	job->is_answer = status == STATUS_DONE;
	vtune_report_free(report);
	return status;
}

static enum status place_and_set(struct job *job, struct progress *progress)
{
	enum status status = STATUS_DONE;

	if (job->plan)
		status = add_plan(job, NULL);
	else if (!job->options->undo)
		status = place(job);
	if (status != STATUS_DONE)
		return status;
	if (!job->plan || vtune_plan_fits(job->plan))
		return set(job, progress);
	job->is_answer = true;
	if (is_json(job) && !job->options->quiet)
		say("VM \"%s\" does not fit", job->domain);
	return STATUS_NO;
}

static enum status write_result(struct job *job)
{
	if (is_json(job) && !text_add(&job->text, "}\n"))
		return say_memory();
	return output_write(job->options, &job->text);
}

static enum status run(struct job *job)
{
	struct progress progress = { 0 };
	enum status status = read_knobs(job, &progress), written;

	if (status == STATUS_DONE)
		status = read_files(job);
	if (status == STATUS_DONE)
		status = open_locked(job);
	if (status == STATUS_DONE && is_json(job) && !text_add(&job->text, "{\n"))
		status = say_memory();
	if (status == STATUS_DONE)
		status = place_and_set(job, &progress);
	if (!job->is_answer)
		return status;
	written = write_result(job);
	signals_deliver();
	return written == STATUS_DONE ? status : written;
}

enum status command_apply(const struct options *options)
{
	struct job job = { .options = options, .domain = options->words[0] };
	enum status status = run(&job);

	vtune_spec_free(job.spec);
	vtune_plan_free(job.plan);
	vtune_options_free(job.knobs);
	connection_close(&job.connection);
	text_free(&job.text);
	/* One that came while nothing could be shown. */
	signals_deliver();
	return status;
}
