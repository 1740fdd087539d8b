/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place tune: check the host's own settings, set them, bring back what they were. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* Where the domains of this machine are, for who names no connection. */
static const char default_uri[] = "qemu:///system";

struct job {
	const struct options *options;
	struct connection connection;
	struct vtune_tuning_options *knobs;
	struct vtune_spec **specs;
	int nspecs;
	struct vtune_tuning *tuning;
	struct text text;
	int nreports; /* in text */
	bool holds;
	bool is_answer; /* text is one */
};

static bool is_json(const struct job *job)
{
	return job->options->format == FORMAT_JSON;
}

/* ---- what is asked for ---- */

/* A name that the library has, or else a file. */
static enum status read_profile(const struct job *job)
{
	const char *profile = job->options->profile;
	struct vtune_error *error = NULL;
	struct input input = { .name = "--profile" };
	enum status status = STATUS_DONE;

	if (!profile)
		return STATUS_DONE;
	if (strcmp(profile, "-") != 0 && !strpbrk(profile, "./") && access(profile, F_OK) < 0) {
		if (vtune_tuning_options_set_profile(job->knobs, profile, &error) < 0)
			return say_error(&input, error);
		return STATUS_DONE;
	}
	status = input_read(profile, KIND_PROFILE, &input);
	if (status == STATUS_DONE &&
	    vtune_tuning_options_set_profile(job->knobs, input.text, &error) < 0)
		status = say_error(&input, error);
	input_free(&input);
	return status;
}

typedef int add_check(struct vtune_tuning_options *options, const char *check,
		      struct vtune_error **err);

/* "H1,ksm": each of them. */
static enum status add_checks(const struct job *job, const char *option, const char *list,
			      add_check *add)
{
	const struct input input = { .name = option };
	struct vtune_error *error = NULL;
	enum status status = STATUS_DONE;
	char *copy, *rest, *check;

	if (!list)
		return STATUS_DONE;
	rest = copy = strdup(list);
	if (!copy)
		return say_memory();
	while (status == STATUS_DONE && (check = strsep(&rest, ",")))
		if (add(job->knobs, check, &error) < 0)
			status = say_error(&input, error);
	free(copy);
	return status;
}

static enum status set_path(const char *option, const char *path, add_check *set,
			    struct vtune_tuning_options *knobs)
{
	const struct input input = { .name = option };
	struct vtune_error *error = NULL;

	if (path && set(knobs, path, &error) < 0)
		return say_error(&input, error);
	return STATUS_DONE;
}

static enum status read_knobs(struct job *job)
{
	const struct options *options = job->options;
	enum status status;

	job->knobs = vtune_tuning_options_new();
	if (!job->knobs)
		return say_memory();
	status = set_path("--sysroot", options->sysroot, vtune_tuning_options_set_sysroot,
			  job->knobs);
	if (status == STATUS_DONE)
		status = set_path("--undo-file", options->undo_file,
				  vtune_tuning_options_set_undo_file, job->knobs);
	if (status == STATUS_DONE)
		status = read_profile(job);
	if (status == STATUS_DONE)
		status = add_checks(job, "--only", options->only, vtune_tuning_options_add_only);
	if (status == STATUS_DONE)
		status = add_checks(job, "--skip", options->skip, vtune_tuning_options_add_skip);
	return status;
}

static enum status read_specs(struct job *job)
{
	const struct options *options = job->options;
	enum status status = STATUS_DONE;

	if (!options->for_spec)
		return STATUS_DONE;
	job->specs = calloc((size_t)options->nwords + 1, sizeof(*job->specs));
	if (!job->specs)
		return say_memory();
	for (int i = 0; i <= options->nwords && status == STATUS_DONE; i++) {
		status = spec_read(i ? options->words[i - 1] : options->for_spec, &job->specs[i]);
		job->nspecs += status == STATUS_DONE;
	}
	return status;
}

/* A saved tree has no libvirt that could be asked, unless it is named. */
static enum status open_connection(struct job *job)
{
	const struct options *options = job->options;

	if (options->connect)
		return connection_open(options, options->connect, &job->connection);
	if (options->undo || options->sysroot)
		return STATUS_DONE;
	return connection_try(options, default_uri, &job->connection);
}

static enum status place_specs(const struct job *job)
{
	const struct connection *connection = job->connection.vtune ? &job->connection : NULL;
	struct options options = *job->options;
	const struct input input = { .name = "--for" };
	struct vtune_error *error = NULL;
	struct vtune_host *host = NULL;
	enum status status;
	bool is_no;

	if (!job->nspecs)
		return STATUS_DONE;
	if (!options.host)
		options.host = connection ? "libvirt" : "system";
	status = source_read(&options, connection, &host);
	if (status != STATUS_DONE)
		return status;
	if (vtune_tuning_options_add_specs(job->knobs, host,
					   (const struct vtune_spec *const *)job->specs,
					   (unsigned int)job->nspecs, &error) < 0) {
		is_no = vtune_error_get_code(error) == VTUNE_ERR_NOT_VALID;
		status = say_error(&input, error);
		status = is_no ? STATUS_NO : status;
	}
	vtune_host_free(host);
	return status;
}

/* ---- what is answered ---- */

static enum status fail(struct vtune_error *error)
{
	const struct input input = { .name = "this host" };

	return say_error(&input, error);
}

static enum status check(struct job *job)
{
	struct vtune_error *error = NULL;

	job->tuning = vtune_tuning_check(job->knobs, job->connection.vtune, &error);
	if (!job->tuning) {
		int number = vtune_error_get_errno(error);
		enum status status = fail(error);

		/* A folder that is not there is bad input, this machine's files are not. */
		return job->options->sysroot && number ? status_of_errno(number) : status;
	}
	job->holds = vtune_tuning_holds(job->tuning);
	return STATUS_DONE;
}

static enum status show(struct job *job)
{
	struct vtune_error *error = NULL;
	char *text;

	job->is_answer = true;
	if (is_json(job))
		text = vtune_tuning_to_json(job->tuning, &error);
	else if (job->options->quiet)
		return STATUS_DONE;
	else
		text = vtune_tuning_to_text(job->tuning, text_columns(job->options), &error);
	return text_take(&job->text, "the tuning", text, error);
}

/* One of so many reports; NULL: the call failed. Frees it. */
static enum status add_report(struct job *job, struct vtune_report *report, int count,
			      struct vtune_error *error)
{
	enum status status;
	char *text;

	if (!report)
		return fail(error);
	job->is_answer = true;
	job->holds = (job->nreports == 0 || job->holds) && vtune_report_holds(report);
	if (is_json(job)) {
		text = vtune_report_to_json(report, &error);
		status =
			text_take_item(&job->text, job->nreports, count, "the report", text, error);
	} else if (job->options->quiet && vtune_report_holds(report)) {
		status = STATUS_DONE;
	} else if (job->text.length > 0 && !text_add(&job->text, "\n")) {
		status = say_memory();
	} else {
		text = vtune_report_to_text(report, &error);
		status = text_take(&job->text, "the report", text, error);
	}
	job->nreports++;
	vtune_report_free(report);
	return status;
}

static enum status change(struct job *job)
{
	const struct options *options = job->options;
	unsigned int flags = options->dry_run ? VTUNE_APPLY_DRY_RUN : 0;
	int count = options->apply && options->persist ? 2 : 1;
	struct vtune_report *report;
	struct vtune_error *error = NULL;
	enum status status = STATUS_DONE;

	signals_defer(false);
	if (options->undo) {
		report = vtune_tuning_undo(job->knobs, flags, &error);
		return add_report(job, report, 1, error);
	}
	if (options->apply) {
		report = vtune_tuning_apply(job->tuning, flags, &error);
		status = add_report(job, report, count, error);
	}
	if (status == STATUS_DONE && options->persist) {
		report = vtune_tuning_persist(job->tuning, options->persist, flags, &error);
		status = add_report(job, report, count, error);
	}
	return status;
}

static enum status run(struct job *job)
{
	const struct options *options = job->options;
	enum status status = read_knobs(job);

	if (status == STATUS_DONE && options->undo)
		return change(job);
	if (status == STATUS_DONE)
		status = read_specs(job);
	if (status == STATUS_DONE)
		status = open_connection(job);
	if (status == STATUS_DONE)
		status = place_specs(job);
	if (status == STATUS_DONE)
		status = check(job);
	if (status == STATUS_DONE)
		status = options->apply || options->persist ? change(job) : show(job);
	return status;
}

enum status command_tune(const struct options *options)
{
	struct job job = { .options = options };
	enum status status = run(&job), written = STATUS_DONE;

	/* What was done is told, also where what came after it failed. */
	if (job.is_answer && job.text.length > 0)
		written = output_write(options, &job.text);
	if (status == STATUS_DONE)
		status = written == STATUS_DONE && !job.holds ? STATUS_NO : written;
	for (int i = 0; i < job.nspecs; i++)
		vtune_spec_free(job.specs[i]);
	free(job.specs);
	vtune_tuning_free(job.tuning);
	vtune_tuning_options_free(job.knobs);
	connection_close(&job.connection);
	text_free(&job.text);
	/* One that came while the host was being set. */
	signals_deliver();
	return status;
}
