/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"
#include "apply.h"

static int put_part_back(struct _xmlNode *domain, struct _xmlNode *former, const char *name,
			 struct vtune_error **err)
{
	struct _xmlNode *now = vtune__xml_child(domain, name);
	struct _xmlNode *then = vtune__xml_child(former, name);

	if (!then) {
		if (now)
			vtune__xml_remove(now);
		return 0;
	}
	if (now && vtune__xml_same(now, then, (const char *const[]){ NULL }))
		return 0;
	now = vtune__domain_ensure(domain, name, err);
	return now ? vtune__xml_replace(now, then, err) : -1;
}

/* Without a plan that can be read nothing was made by it: see check_unchanged(). */
static int put_devices_back(struct _xmlNode *domain, struct _xmlNode *former, const char *xml,
			    struct vtune_error **err)
{
	struct vtune_error *unsound = NULL;
	struct vtune_plan *plan = vtune__metadata_plan(xml, &unsound);
	int code = vtune_error_get_code(unsound), result;

	vtune_error_free(unsound);
	if (code == VTUNE_ERR_NO_MEMORY)
		return vtune__fail_memory(err);
	result = vtune__former_put_devices(domain, former, plan, err);
	vtune_plan_free(plan);
	return result;
}

/* The domain with the parts that a plan governs as they were; all else as it is. */
static char *put_back(const char *xml, const char *former, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);
	struct _xmlDoc *then VTUNE__CLEANUP(vtune__xml_free) =
		doc ? vtune__xml_parse(former, "domain", err) : NULL;

	if (!then)
		return NULL;
	vtune__xml_follow(doc, xml);
	for (const char *const *name = vtune__governed; *name; name++) {
		if (put_part_back(vtune__xml_root(doc), vtune__xml_root(then), *name, err) < 0)
			return NULL;
	}
	if (put_devices_back(vtune__xml_root(doc), vtune__xml_root(then), xml, err) < 0)
		return NULL;
	return vtune__xml_print(doc, xml, err);
}

/* A device that came since stays, and one of which another one is as good is not missed. */
static int note_device(void *data, const struct vtune__difference *difference)
{
	const char **change = data;

	if (!*change && !difference->is_any)
		*change = difference->element;
	return 0;
}

/* The part of the definition that is not what the plan makes of what was there before,
 * so that somebody has changed it since; NULL without *err: none. */
static const char *find_change(const struct vtune__pair *pair, struct vtune_error **err)
{
	/* What libvirt adds by itself. */
	static const char *const added[] = {
		"cpu/check",   "cpu/migratable", "topology/clusters", "topology/dies",
		"cell/unit",   "hard_limit/unit", "soft_limit/unit",   "swap_hard_limit/unit",
		"memory/unit", "maxMemory/unit",  "currentMemory/unit", NULL,
	};
	const char *change = NULL;

	for (const char *const *name = vtune__governed; *name; name++) {
		struct _xmlNode *want = vtune__xml_child(pair->want, *name);
		struct _xmlNode *have = vtune__xml_child(pair->have, *name);

		if (want && have ? !vtune__xml_same(want, have, added) : want || have)
			return *name;
	}
	return vtune__compare_devices(pair, note_device, &change, err) < 0 ? NULL : change;
}

static int check_unchanged(const struct vtune__subject *subject, const char *restored,
			   struct vtune_error **err)
{
	struct vtune_plan *plan = vtune__metadata_plan(subject->config_xml, err);
	struct vtune__pair pair VTUNE__CLEANUP(vtune__pair_close) = { 0 };
	char *applied VTUNE__CLEANUP(vtune__free_string) = NULL;
	const char *change;

	if (!plan && *err)
		return -1;
	if (!plan)
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
				   "The definition of the domain \"%s\" carries what it was "
				   "before, and no plan; somebody has taken that out",
				   subject->name);
	applied = vtune_plan_patch_domain_xml(plan, restored, err);
	vtune_plan_free(plan);
	if (!applied || vtune__pair_open(&pair, subject->config_xml, applied, err) < 0)
		return -1;
	change = find_change(&pair, err);
	if (*err)
		return -1;
	if (!change)
		return 0;
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
			   "Since the domain \"%s\" was placed, <%s> of its definition was changed "
			   "by somebody, which restoring would undo; apply the plan again first",
			   subject->name, change);
}

/* *found: there is something to restore. */
static int aim_config(struct vtune__subject *subject, bool *found, struct vtune_error **err)
{
	char *former VTUNE__CLEANUP(vtune__free_string) =
		vtune__metadata_former(subject->config_xml, err);
	char *restored VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_plan *plan;

	if (!former)
		return *err ? -1 : 0;
	*found = true;
	restored = put_back(subject->config_xml, former, err);
	if (!restored || check_unchanged(subject, restored, err) < 0)
		return -1;
	plan = vtune__metadata_plan(former, NULL);
	subject->config_target = vtune__metadata_put(restored, plan, NULL, err);
	vtune_plan_free(plan);
	return subject->config_target ? 0 : -1;
}

static int aim_live(struct vtune__subject *subject, bool *found, struct vtune_error **err)
{
	char *former VTUNE__CLEANUP(vtune__free_string) =
		vtune__metadata_former(subject->live_xml, err);

	if (!former)
		return *err ? -1 : 0;
	*found = true;
	subject->live_target = put_back(subject->live_xml, former, err);
	if (!subject->live_target)
		return -1;
	subject->own_plan = vtune__metadata_plan(former, NULL);
	subject->live_plan = subject->own_plan;
	if (vtune__subject_print_plan(subject, subject->live_plan, err) < 0)
		return -1;
	return vtune__pins_read(&subject->target, subject->live_target, subject->name, err);
}

static int take_aim(struct vtune__transaction *transaction, struct vtune_error **err)
{
	struct vtune__subject *subject = vtune__transaction_domain(transaction);
	bool found = false;

	if ((transaction->flags & VTUNE_APPLY_LIVE) && aim_live(subject, &found, err) < 0)
		return -1;
	if ((transaction->flags & VTUNE_APPLY_CONFIG) && aim_config(subject, &found, err) < 0)
		return -1;
	if (found)
		return 0;
	return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
			   "The domain \"%s\" carries nothing to restore: libvtune has not set it "
			   "so",
			   subject->name);
}

/* The CPUs that it had for itself may have been given to others since. */
static int check_pins(const struct vtune__transaction *transaction, const char *xml,
		      struct vtune_error **err)
{
	const struct vtune__subject *subject = vtune__transaction_domain(transaction);
	struct vtune__pins pins VTUNE__CLEANUP(vtune__pins_free) = { 0 };

	if (vtune__pins_read(&pins, xml, subject->name, err) < 0)
		return -1;
	for (unsigned int i = 0; i < pins.nvcpus; i++) {
		int cpu = vtune__set_first(&pins.vcpus[i]);
		const char *holder;

		if (vtune__set_count(&pins.vcpus[i]) != 1)
			continue;
		holder = vtune__transaction_holder(transaction, (unsigned int)cpu);
		if (holder)
			return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
					   "vCPU %u of the domain \"%s\" was on CPU %d before, "
					   "which \"%s\" holds now",
					   i, subject->name, cpu, holder);
	}
	return 0;
}

static int restore(struct vtune__transaction *transaction, struct vtune_error **err)
{
	struct vtune__subject *subject;

	if (take_aim(transaction, err) < 0)
		return -1;
	subject = vtune__transaction_domain(transaction);
	if ((subject->live_target && check_pins(transaction, subject->live_target, err) < 0) ||
	    (subject->config_target && check_pins(transaction, subject->config_target, err) < 0) ||
	    vtune__transaction_make_steps(transaction, err) < 0)
		return -1;
	return vtune__transaction_run(transaction, err);
}

VTUNE_EXPORT struct vtune_report *vtune_domain_restore(struct vtune_connection *connection,
						       const char *domain, unsigned int flags,
						       const struct vtune_options *options,
						       struct vtune_error **err)
{
	const unsigned int known = VTUNE_APPLY_LIVE | VTUNE_APPLY_CONFIG | VTUNE_APPLY_DRY_RUN;
	struct vtune__transaction transaction VTUNE__CLEANUP(
		vtune__transaction_end) = { .metadata_last = true };

	if (!connection || !domain) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__transaction_begin(&transaction, connection, domain, flags, known, options) == 0)
		restore(&transaction, &transaction.error);
	return vtune__transaction_report(&transaction, err);
}
