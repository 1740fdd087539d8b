/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place verify */
#include "cli.h"

struct job {
	const struct options *options;
	struct connection connection;
	struct vtune_plan *plan;
	struct text text;
	bool all_hold;
};

static enum status show(struct job *job, int index, const struct vtune_report *report)
{
	struct vtune_error *error = NULL;
	int count = job->options->nwords;
	char *text;

	if (job->options->format == FORMAT_JSON) {
		text = vtune_report_to_json(report, &error);
		return text_take_item(&job->text, index, count > 1 ? count : 1, "the report", text,
				      error);
	}
	if (job->options->quiet && vtune_report_holds(report))
		return STATUS_DONE;
	if (job->text.length > 0 && !text_add(&job->text, "\n"))
		return say_memory();
	text = vtune_report_to_text(report, &error);
	return text_take(&job->text, "the report", text, error);
}

static enum status verify(struct job *job, int index)
{
	const char *domain = job->options->nwords > 0 ? job->options->words[index] : NULL;
	struct vtune_error *error = NULL;
	struct vtune_report *report =
		vtune_plan_verify(job->plan, job->connection.vtune, domain, &error);
	enum status status;

	if (!report)
		return say_live_error(&job->connection, domain, error);
	job->all_hold &= vtune_report_holds(report) != 0;
	status = show(job, index, report);
	vtune_report_free(report);
	return status;
}

static enum status run(struct job *job)
{
	const struct options *options = job->options;
	int count = options->nwords > 0 ? options->nwords : 1;
	enum status status = STATUS_DONE;

	if (options->plan)
		status = plan_read(options->plan, options->words[0], &job->plan);
	if (status == STATUS_DONE)
		status = connection_open(options, options->connect, &job->connection);
	for (int i = 0; i < count && status == STATUS_DONE; i++)
		status = verify(job, i);
	if (status == STATUS_DONE && job->text.length > 0)
		status = output_write(options, &job->text);
	return status == STATUS_DONE && !job->all_hold ? STATUS_NO : status;
}

enum status command_verify(const struct options *options)
{
	struct job job = { .options = options, .all_hold = true };
	enum status status = run(&job);

	vtune_plan_free(job.plan);
	connection_close(&job.connection);
	text_free(&job.text);
	return status;
}
