/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plans of vtune-place plan, in each format. */
#include <stdio.h>
#include <stdlib.h>

#include "plan.h"

static enum status show_json(struct job *job, int index, const struct vtune_plan *plan)
{
	struct vtune_error *error = NULL;
	char *text = vtune_plan_to_json(plan, &error);

	return text_take_item(&job->text, index, job->nspecs, plan_spec_name(job, index), text,
			      error);
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
	return text_take(&job->text, plan_spec_name(job, index), text, error);
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
	status = text_take(&job->text, plan_spec_name(job, index), text, error);
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
		return text_take(&job->text, plan_spec_name(job, index), text, error);
	}
	text = vtune_plan_patch_domain_xml(plan, job->domain.text, &error);
	if (!text)
		return say_error(&job->domain, error);
	return text_take(&job->text, job->domain.name, text, NULL);
}

enum status plan_show_picture(struct job *job)
{
	struct vtune_error *error = NULL;
	char *svg;

	if (job->last)
		svg = vtune_plan_to_svg(job->last, job->before, &error);
	else
		svg = vtune_host_to_svg(job->host, &error);
	return text_take(&job->text, "the picture", svg, error);
}

enum status plan_show(struct job *job, int index, const struct vtune_plan *plan)
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
