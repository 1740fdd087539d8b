/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <stdlib.h>
#include <string.h>

VTUNE_EXPORT struct vtune_options *vtune_options_new(void)
{
	struct vtune_options *options = calloc(1, sizeof(*options));

	if (!options)
		return NULL;
	strcpy(options->domain_type, "kvm");
	options->lock_timeout = VTUNE__LOCK_TIMEOUT;
	return options;
}

VTUNE_EXPORT void vtune_options_free(struct vtune_options *options)
{
	free(options);
}

VTUNE_EXPORT int vtune_options_set_work_limit(struct vtune_options *options, uint64_t steps,
					      struct vtune_error **err)
{
	if (!options)
		return vtune__fail_null(err, __func__);
	options->work_limit = steps;
	return 0;
}

VTUNE_EXPORT int vtune_options_set_domain_type(struct vtune_options *options, const char *type,
					       struct vtune_error **err)
{
	if (!options || !type)
		return vtune__fail_null(err, __func__);
	if (strcmp(type, "kvm") != 0 && strcmp(type, "qemu") != 0)
		return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
				   "The domain type \"%s\" is not known; it must be \"kvm\" or "
				   "\"qemu\"",
				   type);
	strcpy(options->domain_type, type);
	return 0;
}

VTUNE_EXPORT int vtune_options_set_progress(struct vtune_options *options,
					    void (*progress)(void *data, const char *what,
							     uint64_t done, uint64_t all),
					    void *data, struct vtune_error **err)
{
	if (!options)
		return vtune__fail_null(err, __func__);
	options->progress = progress;
	options->progress_data = data;
	return 0;
}

VTUNE_EXPORT int vtune_options_set_lock_timeout(struct vtune_options *options,
						unsigned int milliseconds, struct vtune_error **err)
{
	if (!options)
		return vtune__fail_null(err, __func__);
	options->lock_timeout = milliseconds;
	return 0;
}
