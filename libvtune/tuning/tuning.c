/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host's own settings, checked. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define UNDO_FILE "/var/lib/vtune/tuning-undo.json"

const char *const vtune__verdict_names[] = { "ok", "advice", "warn", "danger", "unknown", NULL };

static void free_row(struct vtune__row *row)
{
	for (unsigned int i = 0; i < row->nsettings; i++) {
		free(row->settings[i].path);
		free(row->settings[i].current);
		free(row->settings[i].wanted);
	}
	vtune__row_keep_nothing(row);
	free(row->settings);
	free(row->where);
	free(row->current);
	free(row->wanted);
	free(row->why);
	free(row->how);
}

VTUNE_EXPORT void vtune_tuning_free(struct vtune_tuning *tuning)
{
	if (!tuning)
		return;
	for (unsigned int i = 0; i < tuning->nrows; i++)
		free_row(&tuning->rows[i]);
	vtune__names_free(&tuning->vms);
	vtune__set_free(&tuning->held);
	free(tuning->rows);
	free(tuning->root);
	free(tuning->undo_file);
	free(tuning->profile);
	free(tuning);
}

VTUNE_EXPORT int vtune_tuning_holds(const struct vtune_tuning *tuning)
{
	if (!tuning)
		return 0;
	for (unsigned int i = 0; i < tuning->nrows; i++)
		if (tuning->rows[i].verdict == VTUNE__WARN ||
		    tuning->rows[i].verdict == VTUNE__DANGER)
			return 0;
	return 1;
}

const char *vtune__row_why(const struct vtune__row *row)
{
	return row->why ? row->why : row->check->why;
}

/* ---- where it looks ---- */

char *vtune__root_of(const char *path, struct vtune_error **err)
{
	char *root = vtune__strdup(path ? path : "", err);
	size_t length = root ? strlen(root) : 0;

	while (length > 0 && root[length - 1] == '/')
		root[--length] = '\0';
	return root;
}

/* In the sysroot, which may hold any links: never outside it. */
static char *undo_file_of(const struct vtune_tuning_options *options, const char *root,
			  struct vtune_error **err)
{
	if (options->undo_file)
		return vtune__strdup(options->undo_file, err);
	return vtune__root_place(root, UNDO_FILE, err);
}

static int check_root(const char *root, struct vtune_error **err)
{
	struct stat status;

	if (!root[0])
		return 0;
	if (stat(root, &status) < 0)
		return vtune__fail_errno(err, errno, root, "Cannot look into the sysroot %s", root);
	if (!S_ISDIR(status.st_mode))
		return vtune__fail_errno(err, ENOTDIR, root, "The sysroot %s is no folder", root);
	return 0;
}

struct vtune_tuning *vtune__tuning_new(const struct vtune_tuning_options *options,
				       struct vtune_error **err)
{
	struct vtune_tuning *tuning = vtune__alloc(1, sizeof(*tuning), err);

	if (!tuning)
		return NULL;
	tuning->root = vtune__root_of(options->sysroot, err);
	if (tuning->root && check_root(tuning->root, err) == 0)
		tuning->undo_file = undo_file_of(options, tuning->root, err);
	if (tuning->undo_file)
		return tuning;
	vtune_tuning_free(tuning);
	return NULL;
}
