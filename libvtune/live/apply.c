/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

static int take_aim(const struct vtune__transaction *transaction, const struct vtune_plan *plan,
		    struct vtune_error **err)
{
	struct vtune__subject *subject = vtune__transaction_domain(transaction);

	if ((transaction->flags & VTUNE_APPLY_LIVE) &&
	    vtune__subject_aim_live(subject, plan, err) < 0)
		return -1;
	if (transaction->flags & VTUNE_APPLY_CONFIG)
		return vtune__subject_aim_config(subject, plan, err);
	return 0;
}

int vtune__transaction_make_steps(struct vtune__transaction *transaction, struct vtune_error **err)
{
	for (unsigned int i = 0; i < transaction->nsubjects; i++) {
		if (vtune__steps_of_subject(transaction, transaction->subjects[i], err) < 0)
			return -1;
	}
	return vtune__apply_report_due(transaction, vtune__transaction_domain(transaction), err);
}

static int apply(struct vtune__transaction *transaction, const struct vtune_plan *plan,
		 struct vtune_error **err)
{
	if (take_aim(transaction, plan, err) < 0 ||
	    vtune__apply_check_room(transaction, plan, err) < 0 ||
	    vtune__apply_narrow_others(transaction, plan, err) < 0 ||
	    vtune__transaction_make_steps(transaction, err) < 0)
		return -1;
	return vtune__transaction_run(transaction, err);
}

VTUNE_EXPORT struct vtune_report *vtune_plan_apply(const struct vtune_plan *plan,
						   struct vtune_connection *connection,
						   const char *domain, unsigned int flags,
						   const struct vtune_options *options,
						   struct vtune_error **err)
{
	const unsigned int known = VTUNE_APPLY_LIVE | VTUNE_APPLY_CONFIG | VTUNE_APPLY_DRY_RUN |
				   VTUNE_APPLY_MOVE_MEMORY;
	struct vtune__transaction transaction VTUNE__CLEANUP(vtune__transaction_end) = { 0 };

	if (!plan || !connection || !domain) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (!plan->fits) {
		vtune__fail(err, VTUNE_ERR_INVALID, domain,
			    "The plan says that the VM does not fit, so that it cannot be set");
		return NULL;
	}
	if (vtune__transaction_begin(&transaction, connection, domain, flags, known, options) == 0)
		apply(&transaction, plan, &transaction.error);
	return vtune__transaction_report(&transaction, err);
}
