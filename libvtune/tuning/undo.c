/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Put back what was set, the last change first. The record stays as it is until all that
 * can be is done, so that an undo that is cut short is done again from the start: what is
 * back already is left as it is.
 */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../live/live.h"

struct undoing {
	char *root, *file;
	const struct vtune__door *door;
	bool dry_run;
	struct vtune_report *report;
	struct vtune__record record;
	struct vtune_error **err;
};

static int report_back(struct undoing *u, const struct vtune__change *change, const char *now)
{
	return vtune__tuning_report(u->report, VTUNE__REPORT_CALLS, change->check, change->path,
				    now, change->was, u->err, "%s: %s -> %s", change->path, now,
				    change->was);
}

static int report_left(struct undoing *u, const struct vtune__change *change, const char *now)
{
	return vtune__tuning_report(u->report, VTUNE__REPORT_DRIFT, change->check, change->path,
				    now, change->was, u->err,
				    "%s: it was set to %s, and is %s now: somebody else has "
				    "changed it, so it is left alone",
				    change->path, change->set, now);
}

static int report_gone(struct undoing *u, const struct vtune__change *change, int number)
{
	VTUNE__CLEANUP(vtune__free_string) char *why = vtune__errno_words(number, u->err);

	if (!why)
		return -1;
	return vtune__tuning_report(u->report, VTUNE__REPORT_DRIFT, change->check, change->path,
				    NULL, change->was, u->err, "%s: it cannot be read: %s",
				    change->path, why);
}

static int report_refused(struct undoing *u, const struct vtune__change *change, const char *now,
			  int number)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *why = number ? vtune__errno_words(number, u->err) : NULL;

	if (number && !why)
		return -1;
	return vtune__tuning_report(u->report, VTUNE__REPORT_DRIFT, change->check, change->path,
				    now, change->was, u->err,
				    "%s: it is %s and could not be set "
				    "to %s again%s%s",
				    change->path, now, change->was, why ? ": " : "",
				    why ? why : "");
}

/* 1: it is back; 0: it is not, and was reported; -1. */
static int put_back(struct undoing *u, struct vtune__change *change, const char *before)
{
	VTUNE__CLEANUP(vtune__free_string) char *now = NULL;
	int number = vtune__setting_write(u->door, u->root, change->path, change->was, u->err);
	int rc;

	if (number < 0)
		return -1;
	rc = vtune__setting_read(u->root, change->path, &now, u->err);
	if (rc < 0)
		return -1;
	if (rc > 0 && vtune__same_value(now, change->was))
		return report_back(u, change, before) < 0 ? -1 : 1;
	/* For another try. */
	if (rc > 0 && vtune__set_string(&change->took, now, u->err) < 0)
		return -1;
	return report_refused(u, change, rc > 0 ? now : before, number) < 0 ? -1 : 0;
}

/* 1: nothing is left to do for it; 0: something is; -1. */
static int undo_change(struct undoing *u, struct vtune__change *change)
{
	VTUNE__CLEANUP(vtune__free_string) char *now = NULL;
	int rc = vtune__setting_read(u->root, change->path, &now, u->err);

	if (rc < 0)
		return -1;
	if (rc == 0)
		/* Gone with its device or module; what only cannot be read may be later. */
		return errno == ENOENT ? 1 : report_gone(u, change, errno) < 0 ? -1 : 0;
	if (vtune__same_value(now, change->was))
		return 1;
	if (!vtune__change_is_ours(change, now))
		return report_left(u, change, now) < 0 ? -1 : 1;
	if (u->dry_run)
		return report_back(u, change, now) < 0 ? -1 : 0;
	return put_back(u, change, now);
}

static int undo_all(struct undoing *u)
{
	if (vtune__record_lock(u->file, false, &u->record, u->err) < 0 ||
	    vtune__record_read(u->file, &u->record, u->err) < 0)
		return -1;
	if (u->record.count == 0)
		return 0;
	for (unsigned int i = u->record.count; i-- > 0;) {
		int rc = undo_change(u, &u->record.changes[i]);

		if (rc < 0)
			return -1;
		if (rc > 0)
			vtune__record_drop(&u->record, i);
	}
	return u->dry_run ? 0 : vtune__record_write(u->door, u->file, &u->record, u->err);
}

static int find_places(struct undoing *u, const struct vtune_tuning_options *options)
{
	struct vtune_tuning *tuning = vtune__tuning_new(options, u->err);

	if (!tuning)
		return -1;
	u->root = tuning->root;
	u->file = tuning->undo_file;
	tuning->root = NULL;
	tuning->undo_file = NULL;
	vtune_tuning_free(tuning);
	return 0;
}

struct vtune_report *vtune__tuning_undo(const struct vtune_tuning_options *options,
					unsigned int flags, const struct vtune__door *door,
					struct vtune_error **err)
{
	struct undoing u = {
		.door = door,
		.dry_run = flags & VTUNE_APPLY_DRY_RUN,
		.record.lock = -1,
		.err = err,
	};
	int rc = -1;

	u.report = vtune__report_new(VTUNE__REPORT_UNDO, err);
	if (!u.report)
		return NULL;
	if (u.dry_run)
		vtune__report_set_dry_run(u.report);
	if (find_places(&u, options) == 0)
		rc = undo_all(&u);
	vtune__record_free(&u.record);
	free(u.root);
	free(u.file);
	if (rc == 0)
		return u.report;
	vtune_report_free(u.report);
	return NULL;
}

VTUNE_EXPORT struct vtune_report *vtune_tuning_undo(const struct vtune_tuning_options *options,
						    unsigned int flags, struct vtune_error **err)
{
	const struct vtune_tuning_options usual = { 0 };

	if (vtune__tuning_flags(flags, __func__, err) < 0)
		return NULL;
	return vtune__tuning_undo(options ? options : &usual, flags, &vtune__real_door, err);
}
