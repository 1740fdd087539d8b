/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>

VTUNE_EXPORT struct vtune_tuning_options *vtune_tuning_options_new(void)
{
	return calloc(1, sizeof(struct vtune_tuning_options));
}

VTUNE_EXPORT void vtune_tuning_options_free(struct vtune_tuning_options *options)
{
	if (!options)
		return;
	free(options->sysroot);
	free(options->undo_file);
	vtune__profile_free(options->profile);
	vtune_host_free(options->host);
	for (unsigned int i = 0; i < options->nplans; i++)
		vtune_plan_free(options->plans[i]);
	free(options->plans);
	vtune__names_free(&options->only);
	vtune__names_free(&options->skip);
	free(options);
}

/* ---- setters ---- */

VTUNE_EXPORT int vtune_tuning_options_set_sysroot(struct vtune_tuning_options *options,
						  const char *path, struct vtune_error **err)
{
	if (!options)
		return vtune__fail_null(err, __func__);
	if (path && !path[0])
		return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
				   "The sysroot is the path of a folder, and not empty");
	return vtune__set_string(&options->sysroot, path, err);
}

VTUNE_EXPORT int vtune_tuning_options_set_undo_file(struct vtune_tuning_options *options,
						    const char *path, struct vtune_error **err)
{
	if (!options)
		return vtune__fail_null(err, __func__);
	if (path && !path[0])
		return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
				   "The undo file is the path of a file, and not empty");
	return vtune__set_string(&options->undo_file, path, err);
}

VTUNE_EXPORT int vtune_tuning_options_set_profile(struct vtune_tuning_options *options,
						  const char *profile, struct vtune_error **err)
{
	struct vtune__profile *read;

	if (!options || !profile)
		return vtune__fail_null(err, __func__);
	read = vtune__profile_of(profile, err);
	if (!read)
		return -1;
	vtune__profile_free(options->profile);
	options->profile = read;
	return 0;
}

VTUNE_EXPORT int vtune_tuning_options_set_host(struct vtune_tuning_options *options,
					       const struct vtune_host *host,
					       struct vtune_error **err)
{
	struct vtune_host *copy = NULL;

	if (!options)
		return vtune__fail_null(err, __func__);
	if (host) {
		copy = vtune__host_copy(host, NULL, err);
		if (!copy)
			return -1;
	}
	vtune_host_free(options->host);
	options->host = copy;
	return 0;
}

VTUNE_EXPORT int vtune_tuning_options_add_plan(struct vtune_tuning_options *options,
					       const struct vtune_plan *plan,
					       struct vtune_error **err)
{
	struct vtune_plan *copy, **added;

	if (!options || !plan)
		return vtune__fail_null(err, __func__);
	if (!plan->fits)
		return vtune__fail(err, VTUNE_ERR_INVALID, plan->vm,
				   "The VM \"%s\" does not fit, so nothing can be set for it",
				   plan->vm);
	copy = vtune__plan_copy(plan, err);
	if (!copy)
		return -1;
	added = vtune__grow((void **)&options->plans, &options->nplans, sizeof(*added), err);
	if (!added) {
		vtune_plan_free(copy);
		return -1;
	}
	*added = copy;
	return 0;
}

/* ---- which checks ---- */

static int add_check(struct vtune__names *list, const char *check, struct vtune_error **err)
{
	if (!vtune__tune_check_is_named(check))
		return vtune__tune_fail_unknown(check, err);
	return vtune__names_add(list, check, err);
}

VTUNE_EXPORT int vtune_tuning_options_add_only(struct vtune_tuning_options *options,
					       const char *check, struct vtune_error **err)
{
	if (!options || !check)
		return vtune__fail_null(err, __func__);
	return add_check(&options->only, check, err);
}

VTUNE_EXPORT int vtune_tuning_options_add_skip(struct vtune_tuning_options *options,
					       const char *check, struct vtune_error **err)
{
	if (!options || !check)
		return vtune__fail_null(err, __func__);
	return add_check(&options->skip, check, err);
}

static bool is_in(const struct vtune__names *list, const struct vtune__tune_check *check)
{
	for (unsigned int i = 0; i < list->count; i++)
		if (vtune__tune_check_matches(check, list->list[i]))
			return true;
	return false;
}

bool vtune__options_want(const struct vtune_tuning_options *options,
			 const struct vtune__tune_check *check)
{
	if (is_in(&options->skip, check))
		return false;
	return options->only.count == 0 || is_in(&options->only, check);
}
