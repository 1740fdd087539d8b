/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Write the files that make settings hold after the next start. */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../live/live.h"

struct persisting {
	char *root; /* the directory */
	const struct vtune__door *door;
	bool dry_run;
	struct vtune_report *report;
	struct vtune_error **err;
};

static int write_file(struct persisting *p, const char *path, const char *text)
{
	int rc = p->dry_run ? 0 : p->door->replace(p->door, path, text);

	if (rc)
		return vtune__fail_errno(p->err, rc, path, "Cannot write %s", path);
	return vtune__tuning_report(p->report, VTUNE__REPORT_CALLS, "file", path, NULL, NULL,
				    p->err, "%s", path);
}

/* A file of an earlier call would go on setting what is no longer wanted. */
static int remove_file(struct persisting *p, const char *path)
{
	int rc;

	if (access(path, F_OK) < 0)
		return 0;
	rc = p->dry_run ? 0 : p->door->remove(p->door, path);
	if (rc)
		return vtune__fail_errno(p->err, rc, path, "Cannot remove %s", path);
	return vtune__tuning_report(p->report, VTUNE__REPORT_CALLS, "file", path, NULL, NULL,
				    p->err, "%s, removed", path);
}

/* Links in the directory are followed as if it were "/". */
static int persist_file(struct persisting *p, const struct vtune__file *file)
{
	VTUNE__CLEANUP(vtune__free_string)
	char *from_root = vtune__print(p->err, "/%s", file->path);
	VTUNE__CLEANUP(vtune__free_string)
	char *path = from_root ? vtune__root_place(p->root, from_root, p->err) : NULL;

	if (!path)
		return -1;
	return file->text ? write_file(p, path, file->text) : remove_file(p, path);
}

static int persist_files(struct persisting *p, const struct vtune__files *files)
{
	for (unsigned int i = 0; i < files->count; i++)
		if (persist_file(p, &files->items[i]) < 0)
			return -1;
	return 0;
}

struct vtune_report *vtune__tuning_persist(const struct vtune_tuning *tuning, const char *directory,
					   unsigned int flags, const struct vtune__door *door,
					   struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__files_free) struct vtune__files files = { 0 };
	struct persisting p = {
		.door = door,
		.dry_run = flags & VTUNE_APPLY_DRY_RUN,
		.err = err,
	};

	if (vtune__files_make(tuning, &files, err) < 0)
		return NULL;
	p.report = vtune__report_new(VTUNE__REPORT_PERSIST, err);
	if (!p.report)
		return NULL;
	if (p.dry_run)
		vtune__report_set_dry_run(p.report);
	p.root = vtune__root_of(directory, err);
	if (!p.root || persist_files(&p, &files) < 0) {
		vtune_report_free(p.report);
		p.report = NULL;
	}
	free(p.root);
	return p.report;
}

VTUNE_EXPORT struct vtune_report *vtune_tuning_persist(const struct vtune_tuning *tuning,
						       const char *directory, unsigned int flags,
						       struct vtune_error **err)
{
	if (!tuning || !directory) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__tuning_flags(flags, __func__, err) < 0)
		return NULL;
	if (!directory[0]) {
		vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			    "The directory is the path of a folder, and not empty");
		return NULL;
	}
	return vtune__tuning_persist(tuning, directory, flags, &vtune__real_door, err);
}
