/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

int vtune__subject_print_plan(struct vtune__subject *subject, const struct vtune_plan *plan,
			      struct vtune_error **err)
{
	int carries;

	if (!plan || subject->plan_text)
		return 0;
	subject->plan_text = vtune__plan_to_compact_json(plan, err);
	if (!subject->plan_text)
		return -1;
	carries = vtune__metadata_same_plan(subject->plan_text, subject->live.plan, err);
	subject->carries = carries > 0;
	return carries < 0 ? -1 : 0;
}

/* What the metadata is to tell of the time before. Setting a plan again, because it was
 * not set as a whole or somebody changed something, is not another time. */
static char *choose_former(const char *xml, const char *kept, bool carries,
			   struct vtune_error **err)
{
	return carries && kept ? vtune__strdup(kept, err) : vtune__former_of(xml, err);
}

/* Mostly the definition has the same plan as the running domain. */
static int carries_plan(const struct vtune__subject *subject, const struct vtune__pins *config,
			struct vtune_error **err)
{
	if (config->plan && subject->live.plan && strcmp(config->plan, subject->live.plan) == 0)
		return subject->carries;
	return vtune__metadata_same_plan(subject->plan_text, config->plan, err);
}

/* NULL when the definition is like that already. */
static int take_config(struct vtune__subject *subject, char *target)
{
	if (!target)
		return -1;
	if (strcmp(target, subject->config_xml) == 0)
		free(target);
	else
		subject->config_target = target;
	return 0;
}

int vtune__subject_aim_config(struct vtune__subject *subject, const struct vtune_plan *plan,
			      struct vtune_error **err)
{
	struct vtune__pins now VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	char *former VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *patched VTUNE__CLEANUP(vtune__free_string) =
		vtune_plan_patch_domain_xml(plan, subject->config_xml, err);
	int carries;

	if (!patched || vtune__subject_print_plan(subject, plan, err) < 0 ||
	    vtune__pins_read(&now, subject->config_xml, subject->name, err) < 0)
		return -1;
	carries = carries_plan(subject, &now, err);
	if (carries < 0)
		return -1;
	/* libvirt may write the metadata in another form than we do. */
	if (carries && now.former && strcmp(patched, subject->config_xml) == 0)
		return 0;
	former = choose_former(subject->config_xml, now.former, carries, err);
	if (!former)
		return -1;
	return take_config(subject,
			   vtune__metadata_put_text(patched, subject->plan_text, former, err));
}

static int aim_live(struct vtune__subject *subject, const struct vtune_plan *plan,
		    struct vtune_error **err)
{
	subject->live_target = vtune_plan_patch_domain_xml(plan, subject->live_xml, err);
	if (!subject->live_target)
		return -1;
	subject->live_plan = plan;
	return vtune__pins_read(&subject->target, subject->live_target, subject->name, err);
}

int vtune__subject_aim_live(struct vtune__subject *subject, const struct vtune_plan *plan,
			    struct vtune_error **err)
{
	if (subject->live.nvcpus != plan->nvcpus)
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
				   "The domain \"%s\" runs with %u vCPUs, and the plan is for %u; "
				   "plan for as many as it has, or set its definition only",
				   subject->name, subject->live.nvcpus, plan->nvcpus);
	if (vtune__subject_print_plan(subject, plan, err) < 0)
		return -1;
	subject->keeps_former = subject->carries && subject->live.former;
	subject->live_former =
		choose_former(subject->live_xml, subject->live.former, subject->carries, err);
	if (!subject->live_former)
		return -1;
	return aim_live(subject, plan, err);
}

int vtune__subject_narrow_live(struct vtune__subject *subject, struct vtune_plan **plan,
			       struct vtune_error **err)
{
	subject->keeps_former = true;
	subject->own_plan = *plan;
	*plan = NULL;
	if (vtune__subject_print_plan(subject, subject->own_plan, err) < 0)
		return -1;
	return aim_live(subject, subject->own_plan, err);
}

int vtune__subject_narrow_config(struct vtune__subject *subject, const struct vtune_plan *plan,
				 struct vtune_error **err)
{
	char *patched VTUNE__CLEANUP(vtune__free_string) =
		vtune_plan_patch_domain_xml(plan, subject->config_xml, err);
	char *former VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_error *own = NULL;

	if (!patched)
		return -1;
	former = vtune__metadata_former(subject->config_xml, &own);
	vtune_error_free(own);
	return take_config(subject, vtune__metadata_put(patched, plan, former, err));
}
