/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Set what is to be set. The record of what everything was is on the disk before the
 * first change; from then on whatever happens can be undone.
 */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../live/live.h"

struct step {
	const struct vtune__row *row;
	const struct vtune__setting *setting;
	unsigned int phase, place;
	bool skipped;
};

struct applying {
	const struct vtune_tuning *tuning;
	const struct vtune__door *door;
	struct vtune_report *report;
	struct step *steps;
	unsigned int nsteps;
	struct vtune__record record;
	bool record_changed; /* since it was written */
	struct vtune_error **err;
};

/* ---- the order ---- */

enum {
	SHRINK,	   /* pools give memory back */
	USUAL,	   /* everything else */
	GROW,	   /* pools take it */
	START_KSM, /* when it has been told how */
};

static unsigned int phase_of(const struct vtune__setting *setting)
{
	uint64_t current, wanted;

	if (setting->is_count && vtune__is_number(setting->current, &current) &&
	    vtune__is_number(setting->wanted, &wanted))
		return wanted < current ? SHRINK : GROW;
	if (strcmp(setting->path, "/sys/kernel/mm/ksm/run") == 0 &&
	    strcmp(setting->wanted, "1") == 0)
		return START_KSM;
	return USUAL;
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->phase != y->phase)
		return x->phase < y->phase ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int collect_steps(struct applying *a)
{
	const struct vtune_tuning *tuning = a->tuning;
	unsigned int count = 0;

	for (unsigned int i = 0; i < tuning->nrows; i++)
		count += tuning->rows[i].nsettings;
	a->steps = vtune__alloc(count, sizeof(*a->steps), a->err);
	if (!a->steps)
		return -1;
	for (unsigned int i = 0; i < tuning->nrows; i++)
		for (unsigned int j = 0; j < tuning->rows[i].nsettings; j++)
			a->steps[a->nsteps++] = (struct step){
				.row = &tuning->rows[i],
				.setting = &tuning->rows[i].settings[j],
				.phase = phase_of(&tuning->rows[i].settings[j]),
				.place = a->nsteps,
			};
	if (count > 1)
		qsort(a->steps, count, sizeof(*a->steps), compare_steps);
	return 0;
}

/* ---- what needs more than this ---- */

static int report_due(struct applying *a)
{
	const struct vtune_tuning *tuning = a->tuning;

	for (unsigned int i = 0; i < tuning->nrows; i++) {
		const struct vtune__row *row = &tuning->rows[i];

		if (!row->reboot || row->verdict == VTUNE__OK || !row->wanted)
			continue;
		if (vtune__tuning_report(a->report, VTUNE__REPORT_DUE, row->check->id, NULL,
					 row->current, row->wanted, a->err, "%s: %s",
					 row->check->title, row->wanted) < 0)
			return -1;
	}
	return 0;
}

static int report_step(struct applying *a, const struct step *step, unsigned int list,
		       const char *have, const char *text)
{
	const struct vtune__setting *setting = step->setting;

	return vtune__tuning_report(a->report, list, step->row->check->id, setting->path, have,
				    setting->wanted, a->err, "%s: %s", setting->path, text);
}

static int report_done(struct applying *a, const struct step *step)
{
	const struct vtune__setting *setting = step->setting;

	return vtune__tuning_report(a->report, VTUNE__REPORT_CALLS, step->row->check->id,
				    setting->path, setting->current, setting->wanted, a->err,
				    "%s: %s -> %s", setting->path, setting->current,
				    setting->wanted);
}

/* ---- the record ---- */

/* A setting that is no longer what the check saw is somebody else's now. */
static int look_again(struct applying *a, struct step *step)
{
	VTUNE__CLEANUP(vtune__free_string) char *now = NULL;
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__setting_read(a->tuning->root, step->setting->path, &now, a->err);

	if (rc < 0)
		return -1;
	step->skipped = rc == 0 || !vtune__same_value(now, step->setting->current);
	if (!step->skipped)
		return 0;
	if (rc > 0 && vtune__same_value(now, step->setting->wanted))
		return 0;
	text = rc > 0 ? vtune__print(a->err, "it was %s, and is %s now: left alone",
				     step->setting->current, now)
		      : vtune__strdup("it can no longer be read: left alone", a->err);
	return text ? report_step(a, step, VTUNE__REPORT_DRIFT, now, text) : -1;
}

/* Set before, and not undone: what it was at first still counts, unless somebody has
 * changed it in between. Until it is written again, what it is now is ours as well. */
static int note_again(struct applying *a, struct vtune__change *change, const struct step *step)
{
	const struct vtune__setting *setting = step->setting;
	bool is_ours = vtune__change_is_ours(change, setting->current);

	if (!is_ours && vtune__set_string(&change->was, setting->current, a->err) < 0)
		return -1;
	if (vtune__set_string(&change->took, setting->current, a->err) < 0)
		return -1;
	return vtune__set_string(&change->set, setting->wanted, a->err);
}

static int note(struct applying *a, const struct step *step)
{
	const struct vtune__setting *setting = step->setting;
	struct vtune__change *change = vtune__record_find(&a->record, setting->path);

	if (change) {
		if (note_again(a, change, step) < 0)
			return -1;
	} else {
		change = vtune__record_add(&a->record, step->row->check->id, setting->path,
					   setting->current, setting->wanted, a->err);
		if (!change)
			return -1;
	}
	change->is_count = setting->is_count;
	change->when = (uint64_t)time(NULL);
	a->record_changed = true;
	return 0;
}

static int write_record(struct applying *a)
{
	if (!a->record_changed)
		return 0;
	a->record_changed = false;
	return vtune__record_write(a->door, a->tuning->undo_file, &a->record, a->err);
}

/* ---- setting ---- */

static int report_refused(struct applying *a, const struct step *step, int number)
{
	VTUNE__CLEANUP(vtune__free_string) char *why = vtune__errno_words(number, a->err);
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;

	if (why)
		text = vtune__print(a->err, "%s could not be set: %s", step->setting->wanted, why);
	return text ? report_step(a, step, VTUNE__REPORT_DRIFT, step->setting->current, text) : -1;
}

static int report_other(struct applying *a, const struct step *step, const char *now)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *text = step->setting->is_count
			     ? vtune__print(a->err,
					    "the kernel granted %s of %s: no more memory is free "
					    "in one piece",
					    now, step->setting->wanted)
			     : vtune__print(a->err, "the kernel made %s of %s", now,
					    step->setting->wanted);

	return text ? report_step(a, step, VTUNE__REPORT_DRIFT, now, text) : -1;
}

/* What did not change needs no undoing; what was changed before still does. */
static void forget_unchanged(struct applying *a, const struct step *step)
{
	for (unsigned int i = 0; i < a->record.count; i++) {
		const struct vtune__change *change = &a->record.changes[i];

		if (strcmp(change->path, step->setting->path) != 0 ||
		    !vtune__same_value(change->was, step->setting->current))
			continue;
		vtune__record_drop(&a->record, i);
		a->record_changed = true;
		return;
	}
}

static int remember_taken(struct applying *a, const struct step *step, const char *now)
{
	struct vtune__change *change = vtune__record_find(&a->record, step->setting->path);

	if (!change)
		return 0;
	a->record_changed = true;
	return vtune__set_string(&change->took, now, a->err);
}

static int check_taken(struct applying *a, const struct step *step, int number)
{
	VTUNE__CLEANUP(vtune__free_string) char *now = NULL;
	int rc = vtune__setting_read(a->tuning->root, step->setting->path, &now, a->err);

	if (rc < 0)
		return -1;
	if (rc > 0 && vtune__same_value(now, step->setting->wanted))
		return report_done(a, step);
	if (rc > 0 && vtune__same_value(now, step->setting->current))
		forget_unchanged(a, step);
	else if (rc > 0 && remember_taken(a, step, now) < 0)
		return -1;
	if (number || rc == 0)
		return report_refused(a, step, number ? number : errno);
	return report_other(a, step, now);
}

static int run_step(struct applying *a, const struct step *step)
{
	int rc = vtune__setting_write(a->door, a->tuning->root, step->setting->path,
				      step->setting->wanted, a->err);

	return rc < 0 ? -1 : check_taken(a, step, rc);
}

static int run_steps(struct applying *a)
{
	unsigned int due = 0;

	if (vtune__record_lock(a->tuning->undo_file, true, &a->record, a->err) < 0 ||
	    vtune__record_read(a->tuning->undo_file, &a->record, a->err) < 0)
		return -1;
	for (unsigned int i = 0; i < a->nsteps; i++) {
		if (look_again(a, &a->steps[i]) < 0)
			return -1;
		if (a->steps[i].skipped)
			continue;
		if (note(a, &a->steps[i]) < 0)
			return -1;
		due++;
	}
	if (due == 0)
		return 0;
	if (write_record(a) < 0)
		return -1;
	for (unsigned int i = 0; i < a->nsteps; i++)
		if (!a->steps[i].skipped && run_step(a, &a->steps[i]) < 0)
			return -1;
	return write_record(a);
}

static int run(struct applying *a, bool dry_run)
{
	if (collect_steps(a) < 0 || report_due(a) < 0)
		return -1;
	if (!dry_run)
		return a->nsteps ? run_steps(a) : 0;
	vtune__report_set_dry_run(a->report);
	for (unsigned int i = 0; i < a->nsteps; i++)
		if (report_done(a, &a->steps[i]) < 0)
			return -1;
	return 0;
}

struct vtune_report *vtune__tuning_apply(const struct vtune_tuning *tuning, unsigned int flags,
					 const struct vtune__door *door, struct vtune_error **err)
{
	struct applying a = { .tuning = tuning, .door = door, .record.lock = -1, .err = err };
	int rc;

	a.report = vtune__report_new(VTUNE__REPORT_TUNE, err);
	if (!a.report)
		return NULL;
	rc = run(&a, flags & VTUNE_APPLY_DRY_RUN);
	vtune__record_free(&a.record);
	free(a.steps);
	if (rc == 0)
		return a.report;
	vtune_report_free(a.report);
	return NULL;
}

VTUNE_EXPORT struct vtune_report *vtune_tuning_apply(const struct vtune_tuning *tuning,
						     unsigned int flags, struct vtune_error **err)
{
	if (!tuning) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__tuning_flags(flags, __func__, err) < 0)
		return NULL;
	return vtune__tuning_apply(tuning, flags, &vtune__real_door, err);
}
