/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place plan --capacity */
#include <stdio.h>
#include <stdlib.h>

#include "plan.h"

static bool add_count(struct text *text, const char *before, unsigned int count, const char *after)
{
	char number[32];

	snprintf(number, sizeof(number), "%u", count);
	return text_add(text, before) && text_add(text, number) && text_add(text, after);
}

/* How many fit, and the plan of the first one that does not. */
enum status plan_capacity(struct job *job)
{
	bool json = job->options->format == FORMAT_JSON;
	struct vtune_error *error = NULL;
	enum status status = STATUS_DONE;
	unsigned int count = 0;
	char *text;
	struct vtune_plan *next =
		vtune_capacity(job->host, job->specs[0], job->knobs, &count, &error);

	if (!next)
		return text_take(&job->text, plan_spec_name(job, 0), NULL, error);
	if (!add_count(&job->text, json ? "{ \"count\": " : "", count,
		       json	    ? ", \"next\":\n"
		       : count == 1 ? " more VM like this one fits.\n\n"
				    : " more VMs like this one fit.\n\n"))
		status = say_memory();
	if (status == STATUS_DONE) {
		text = json ? vtune_plan_to_json(next, &error)
			    : vtune_plan_to_text(next, job->host, text_columns(job->options),
						 &error);
		status = text_take(&job->text, "--capacity", text, error);
	}
	if (status == STATUS_DONE && json && !text_add(&job->text, "}\n"))
		status = say_memory();
	vtune_plan_free(next);
	if (status == STATUS_DONE)
		status = output_write(job->options, &job->text);
	return status == STATUS_DONE && count == 0 ? STATUS_NO : status;
}
