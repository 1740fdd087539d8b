/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place plan: each VM on what the earlier ones left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

struct job {
	const struct options *options;
	struct vtune_options *knobs;
	struct input domain;
	struct vtune_spec **specs;
	struct vtune_host *host; /* as the VMs so far leave it */
	/* The last VM that fits, and the host before it: the picture of all. */
	struct vtune_host *before;
	struct vtune_plan *last;
	struct text text;
};

static enum status fail(const char *name, struct vtune_error *error)
{
	const struct input input = { .name = name };

	return say_error(&input, error);
}

static const char *spec_name(const struct options *options, int index)
{
	return strcmp(options->specs[index], "-") == 0 ? "standard input" : options->specs[index];
}

/* A word that is no file may be meant as a command. */
static void hint_at_command(const char *path)
{
	if (!strpbrk(path, "./") && strcmp(path, "-") != 0 && access(path, F_OK) < 0)
		say("hint: the commands are plan and host; see vtune-place --help");
}

static enum status read_spec(struct job *job, int index)
{
	const char *path = job->options->specs[index];
	struct vtune_error *error = NULL;
	struct input input;
	enum status status;

	status = input_read(path, KIND_SPEC, &input);
	if (status != STATUS_DONE) {
		if (index == 0)
			hint_at_command(path);
		return status;
	}
	job->specs[index] = vtune_spec_from_json(input.text, &error);
	if (!job->specs[index])
		status = say_error(&input, error);
	input_free(&input);
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
		    spec_name(job->options, index), name, spec_name(job->options, i));
		return STATUS_BAD;
	}
	return STATUS_DONE;
}

static enum status read_knobs(struct job *job)
{
	struct vtune_error *error = NULL;

	job->knobs = vtune_options_new();
	if (!job->knobs)
		return say_memory();
	if (!job->options->virt_type)
		return STATUS_DONE;
	if (vtune_options_set_domain_type(job->knobs, job->options->virt_type, &error) < 0)
		return fail("--virt-type", error);
	return STATUS_DONE;
}

/* Everything is read before anything is planned. */
static enum status read_inputs(struct job *job)
{
	const struct options *options = job->options;
	enum status status = read_knobs(job);

	job->specs = calloc((size_t)options->nspecs, sizeof(*job->specs));
	if (!job->specs)
		return say_memory();
	for (int i = 0; i < options->nspecs && status == STATUS_DONE; i++) {
		status = read_spec(job, i);
		if (status == STATUS_DONE)
			status = check_names(job, i);
	}
	if (status == STATUS_DONE && options->domain)
		status = input_read(options->domain, KIND_DOMAIN, &job->domain);
	if (status == STATUS_DONE)
		status = source_read(options, &job->host);
	return status;
}

static enum status take_text(struct job *job, const char *name, char *text,
			     struct vtune_error *error)
{
	enum status status = STATUS_DONE;

	if (!text)
		return fail(name, error);
	if (!text_add(&job->text, text) || !text_end_line(&job->text))
		status = say_memory();
	free(text);
	return status;
}

static enum status show_json(struct job *job, int index, const struct vtune_plan *plan)
{
	int nspecs = job->options->nspecs;
	struct vtune_error *error = NULL;
	enum status status;

	if (nspecs > 1 && !text_add(&job->text, index == 0 ? "[\n" : ",\n"))
		return say_memory();
	status = take_text(job, spec_name(job->options, index), vtune_plan_to_json(plan, &error),
			   error);
	if (status != STATUS_DONE || nspecs == 1)
		return status;
	/* The newline at the end of each goes behind the comma. */
	job->text.data[--job->text.length] = '\0';
	if (index == nspecs - 1 && !text_add(&job->text, "\n]\n"))
		return say_memory();
	return STATUS_DONE;
}

static enum status show_explanation(struct job *job, int index, const struct vtune_plan *plan)
{
	struct vtune_error *error = NULL;
	char *text;

	if (!job->options->explain || !vtune_plan_fits(plan))
		return STATUS_DONE;
	if (!text_add(&job->text, "\n"))
		return say_memory();
	text = vtune_plan_explain(plan, job->host, job->specs[index], job->knobs, &error);
	return take_text(job, spec_name(job->options, index), text, error);
}

static enum status show_text(struct job *job, int index, const struct vtune_plan *plan)
{
	unsigned int columns = text_columns(job->options);
	struct vtune_error *error = NULL;
	enum status status;
	char *text;

	if (index > 0 && !text_add(&job->text, "\n"))
		return say_memory();
	text = vtune_plan_to_text(plan, job->host, columns, &error);
	status = take_text(job, spec_name(job->options, index), text, error);
	return status == STATUS_DONE ? show_explanation(job, index, plan) : status;
}

static enum status show_xml(struct job *job, int index, const struct vtune_plan *plan)
{
	struct vtune_error *error = NULL;
	char *text;

	if (!vtune_plan_fits(plan))
		return STATUS_DONE;
	if (!job->options->domain) {
		text = vtune_plan_to_xml(plan, job->knobs, &error);
		return take_text(job, spec_name(job->options, index), text, error);
	}
	text = vtune_plan_patch_domain_xml(plan, job->domain.text, &error);
	if (!text)
		return say_error(&job->domain, error);
	return take_text(job, job->domain.name, text, NULL);
}

static enum status show_svg(struct job *job)
{
	struct vtune_error *error = NULL;
	char *svg;

	if (job->last)
		svg = vtune_plan_to_svg(job->last, job->before, &error);
	else
		svg = vtune_host_to_svg(job->host, &error);
	return take_text(job, "the picture", svg, error);
}

/* Formats that cannot say why a VM does not fit leave it to standard error. */
static enum status say_verdict(const struct job *job, const struct vtune_plan *plan)
{
	enum format format = job->options->format;
	struct vtune_error *error = NULL;
	const char *vm = vtune_plan_get_vm(plan);
	char *text;

	if (job->options->quiet)
		return STATUS_DONE;
	if (vtune_plan_fits(plan)) {
		if (job->options->verbose)
			say("VM \"%s\" fits; %s", vm,
			    vtune_plan_is_optimal(plan) ? "no better place exists"
							: "a better place may exist");
		return STATUS_DONE;
	}
	if (format == FORMAT_TEXT)
		return STATUS_DONE;
	if (format == FORMAT_JSON) {
		say("VM \"%s\" does not fit", vm);
		return STATUS_DONE;
	}
	text = vtune_plan_to_text(plan, job->host, 0, &error);
	if (!text)
		return fail("the reasons", error);
	fprintf(stderr, "%s%s", text, text[0] && text[strlen(text) - 1] != '\n' ? "\n" : "");
	free(text);
	return STATUS_DONE;
}

static enum status show(struct job *job, int index, const struct vtune_plan *plan)
{
	switch (job->options->format) {
	case FORMAT_JSON:
		return show_json(job, index, plan);
	case FORMAT_XML:
		return show_xml(job, index, plan);
	case FORMAT_TEXT:
		return show_text(job, index, plan);
	default:
		return STATUS_DONE; /* one picture, when all are placed */
	}
}

/* Carry the plan out on the host, and keep both for the picture. */
static enum status carry_out(struct job *job, int index, struct vtune_plan *plan)
{
	struct vtune_error *error = NULL;
	struct vtune_host *after = vtune_host_with_plan(job->host, plan, &error);

	if (!after) {
		vtune_plan_free(plan);
		return fail(spec_name(job->options, index), error);
	}
	vtune_host_free(job->before);
	vtune_plan_free(job->last);
	job->before = job->host;
	job->last = plan;
	job->host = after;
	return STATUS_DONE;
}

static enum status place(struct job *job, int index, bool *all_fit)
{
	struct vtune_error *error = NULL;
	struct vtune_plan *plan = vtune_place(job->host, job->specs[index], job->knobs, &error);
	enum status status;

	if (!plan)
		return fail(spec_name(job->options, index), error);
	status = say_verdict(job, plan);
	if (status == STATUS_DONE)
		status = show(job, index, plan);
	if (status == STATUS_DONE && vtune_plan_fits(plan))
		return carry_out(job, index, plan);
	*all_fit &= vtune_plan_fits(plan) != 0;
	vtune_plan_free(plan);
	return status;
}

static bool add_count(struct text *text, const char *before, unsigned int count, const char *after)
{
	char number[32];

	snprintf(number, sizeof(number), "%u", count);
	return text_add(text, before) && text_add(text, number) && text_add(text, after);
}

/* How many fit, and the plan of the first one that does not. */
static enum status show_capacity(struct job *job)
{
	bool json = job->options->format == FORMAT_JSON;
	struct vtune_error *error = NULL;
	enum status status = STATUS_DONE;
	unsigned int count = 0;
	struct vtune_plan *next =
		vtune_capacity(job->host, job->specs[0], job->knobs, &count, &error);

	if (!next)
		return fail(spec_name(job->options, 0), error);
	if (!add_count(&job->text, json ? "{ \"count\": " : "", count,
		       json	    ? ", \"next\":\n"
		       : count == 1 ? " more VM like this one fits.\n\n"
				    : " more VMs like this one fit.\n\n"))
		status = say_memory();
	else if (json)
		status = take_text(job, "--capacity", vtune_plan_to_json(next, &error), error);
	else
		status = take_text(job, "--capacity",
				   vtune_plan_to_text(next, job->host, text_columns(job->options),
						      &error),
				   error);
	if (status == STATUS_DONE && json && !text_add(&job->text, "}\n"))
		status = say_memory();
	vtune_plan_free(next);
	if (status == STATUS_DONE)
		status = output_write(job->options, &job->text);
	return status == STATUS_DONE && count == 0 ? STATUS_NO : status;
}

static enum status run(struct job *job)
{
	enum status status = read_inputs(job);
	bool all_fit = true;

	if (status == STATUS_DONE && job->options->capacity)
		return show_capacity(job);

	for (int i = 0; i < job->options->nspecs && status == STATUS_DONE; i++)
		status = place(job, i, &all_fit);
	if (status == STATUS_DONE && job->options->format == FORMAT_SVG)
		status = show_svg(job);
	if (status == STATUS_DONE && job->text.length > 0)
		status = output_write(job->options, &job->text);
	return status == STATUS_DONE && !all_fit ? STATUS_NO : status;
}

enum status command_plan(const struct options *options)
{
	struct job job = { .options = options };
	enum status status = run(&job);

	for (int i = 0; job.specs && i < options->nspecs; i++)
		vtune_spec_free(job.specs[i]);
	free(job.specs);
	input_free(&job.domain);
	vtune_options_free(job.knobs);
	vtune_plan_free(job.last);
	vtune_host_free(job.before);
	vtune_host_free(job.host);
	text_free(&job.text);
	return status;
}
