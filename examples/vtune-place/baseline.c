/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place baseline: the CPU that guests of several hosts can have. */
#include <stdlib.h>

#include "cli.h"

struct job {
	const struct options *options;
	struct vtune_options *knobs;
	struct connection *connections;
	struct vtune_connection **list;
	struct text text;
};

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

static enum status open_all(struct job *job)
{
	size_t count = (size_t)job->options->nwords;
	enum status status = STATUS_DONE;

	job->connections = calloc(count, sizeof(*job->connections));
	job->list = calloc(count, sizeof(struct vtune_connection *));
	if (!job->connections || !job->list)
		return say_memory();
	for (size_t i = 0; i < count && status == STATUS_DONE; i++) {
		status =
			connection_open(job->options, job->options->words[i], &job->connections[i]);
		job->list[i] = job->connections[i].vtune;
	}
	return status;
}

static enum status compute(struct job *job)
{
	static const enum vtune_baseline forms[] = {
		[FORMAT_TEXT] = VTUNE_BASELINE_TEXT,
		[FORMAT_JSON] = VTUNE_BASELINE_SPEC,
		[FORMAT_XML] = VTUNE_BASELINE_XML,
	};
	struct vtune_error *error = NULL;
	char *text = vtune_baseline_cpu(job->list, (unsigned int)job->options->nwords,
					forms[job->options->format], job->knobs, &error);

	if (!text) {
		bool is_no = vtune_error_get_code(error) == VTUNE_ERR_UNSUPPORTED;
		enum status status = say_live_error(&job->connections[0], NULL, error);

		return is_no ? STATUS_NO : status;
	}
	return text_take(&job->text, "the baseline", text, NULL);
}

enum status command_baseline(const struct options *options)
{
	struct job job = { .options = options };
	enum status status = read_knobs(&job);

	if (status == STATUS_DONE)
		status = open_all(&job);
	if (status == STATUS_DONE)
		status = compute(&job);
	if (status == STATUS_DONE)
		status = output_write(options, &job.text);
	for (int i = 0; job.connections && i < options->nwords; i++)
		connection_close(&job.connections[i]);
	free(job.connections);
	free(job.list);
	vtune_options_free(job.knobs);
	text_free(&job.text);
	return status;
}
