/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place plan --together */
#include <stdlib.h>

#include "plan.h"

enum status plan_together(struct job *job, bool *all_fit)
{
	enum vtune_together together = job->options->all ? VTUNE_TOGETHER_ALL : VTUNE_TOGETHER_MOST;
	size_t count = (size_t)job->nspecs;
	struct vtune_plan **plans = calloc(count, sizeof(*plans));
	struct vtune_error *error = NULL;
	enum status status = STATUS_DONE;

	if (!plans)
		return say_memory();
	if (vtune_place_together(job->host, (const struct vtune_spec *const *)job->specs,
				 (unsigned int)count, together, job->knobs, plans, &error) < 0)
		status = text_take(&job->text, "--together", NULL, error);
	for (int i = 0; i < job->nspecs && status == STATUS_DONE; i++) {
		struct vtune_plan *plan = plans[i];

		plans[i] = NULL;
		status = plan_take(job, i, plan, all_fit);
	}
	for (size_t i = 0; i < count; i++)
		vtune_plan_free(plans[i]);
	free(plans);
	return status;
}
