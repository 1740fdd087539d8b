/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place plan: each VM on what the earlier ones left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

static enum status fail(const char *name, struct vtune_error *error)
{
	const struct input input = { .name = name };

	return say_error(&input, error);
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

/* Carry the plan out on the host, and keep both for the picture. */
static enum status carry_out(struct job *job, int index, struct vtune_plan *plan)
{
	struct vtune_error *error = NULL;
	struct vtune_host *after = vtune_host_with_plan(job->host, plan, &error);

	if (!after) {
		vtune_plan_free(plan);
		return fail(plan_spec_name(job, index), error);
	}
	vtune_host_free(job->before);
	vtune_plan_free(job->last);
	job->before = job->host;
	job->last = plan;
	job->host = after;
	return STATUS_DONE;
}

enum status plan_take(struct job *job, int index, struct vtune_plan *plan, bool *all_fit)
{
	enum status status = say_verdict(job, plan);

	if (status == STATUS_DONE)
		status = plan_show(job, index, plan);
	if (status == STATUS_DONE && vtune_plan_fits(plan))
		return carry_out(job, index, plan);
	*all_fit &= vtune_plan_fits(plan) != 0;
	vtune_plan_free(plan);
	return status;
}

static enum status place(struct job *job, int index, bool *all_fit)
{
	struct vtune_error *error = NULL;
	struct vtune_plan *plan = vtune_place(job->host, job->specs[index], job->knobs, &error);

	if (!plan)
		return fail(plan_spec_name(job, index), error);
	return plan_take(job, index, plan, all_fit);
}

static enum status run(struct job *job)
{
	enum status status = plan_inputs(job);
	bool all_fit = true;

	if (status == STATUS_DONE && job->options->capacity)
		return plan_capacity(job);

	if (status == STATUS_DONE && job->options->together)
		status = plan_together(job, &all_fit);
	for (int i = 0; i < job->nspecs && status == STATUS_DONE && !job->options->together; i++)
		status = place(job, i, &all_fit);
	if (status == STATUS_DONE && job->options->format == FORMAT_SVG)
		status = plan_show_picture(job);
	if (status == STATUS_DONE && job->text.length > 0)
		status = output_write(job->options, &job->text);
	return status == STATUS_DONE && !all_fit ? STATUS_NO : status;
}

enum status command_plan(const struct options *options)
{
	struct job job = { .options = options };
	enum status status = run(&job);

	for (int i = 0; job.specs && i < job.nspecs; i++)
		vtune_spec_free(job.specs[i]);
	free(job.specs);
	connection_close(&job.connection);
	input_free(&job.domain);
	vtune_options_free(job.knobs);
	vtune_plan_free(job.last);
	vtune_host_free(job.before);
	vtune_host_free(job.host);
	text_free(&job.text);
	return status;
}
