/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a check says what it found. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct vtune__row *vtune__row_new(struct vtune__checking *checking, enum vtune__verdict verdict)
{
	struct vtune_tuning *tuning = checking->tuning;
	struct vtune__row *row =
		vtune__grow((void **)&tuning->rows, &tuning->nrows, sizeof(*row), checking->err);

	if (!row)
		return NULL;
	row->check = checking->check;
	row->verdict = verdict;
	return row;
}

int vtune__row_say(struct vtune__checking *checking, char **place, const char *format, ...)
{
	va_list args;
	char *said;

	va_start(args, format);
	said = vtune__vprint(checking->err, format, args);
	va_end(args);
	if (!said)
		return -1;
	free(*place);
	*place = said;
	return 0;
}

/* Some kernels take a value only at their start, or when the module is loaded: not even
 * root may write the file then. */
static int is_fixed(struct vtune__checking *checking, const char *path)
{
	VTUNE__CLEANUP(vtune__free_string) char *full = NULL;
	struct vtune_error *failed = NULL;
	struct stat status;

	full = vtune__root_resolve(checking->root, path, &failed);
	if (failed) {
		vtune_error_free(failed);
		return vtune__fail_memory(checking->err);
	}
	return full && stat(full, &status) == 0 && !(status.st_mode & 0222);
}

int vtune__row_set(struct vtune__checking *checking, struct vtune__row *row, const char *path,
		   const char *current, const char *wanted)
{
	struct vtune__setting *setting;
	int fixed = is_fixed(checking, path);

	if (fixed < 0)
		return -1;
	if (fixed) {
		row->reboot = true;
		return vtune__row_say(checking, &row->how,
				      "This kernel does not let %s be written while it runs.",
				      path);
	}
	setting = vtune__grow((void **)&row->settings, &row->nsettings, sizeof(*setting),
			      checking->err);
	if (!setting)
		return -1;
	setting->path = vtune__strdup(path, checking->err);
	setting->current = vtune__strdup(current, checking->err);
	setting->wanted = vtune__strdup(wanted, checking->err);
	return setting->path && setting->current && setting->wanted ? 0 : -1;
}

int vtune__row_keep(struct vtune__checking *checking, struct vtune__row *row, enum vtune__keep keep,
		    const char *format, ...)
{
	struct vtune__keep_line *line;
	va_list args;
	char *said;

	va_start(args, format);
	said = vtune__vprint(checking->err, format, args);
	va_end(args);
	if (!said)
		return -1;
	line = vtune__grow((void **)&row->kept, &row->nkept, sizeof(*line), checking->err);
	if (!line) {
		free(said);
		return -1;
	}
	line->keep = keep;
	line->text = said;
	return 0;
}

void vtune__row_keep_nothing(struct vtune__row *row)
{
	for (unsigned int i = 0; i < row->nkept; i++)
		free(row->kept[i].text);
	free(row->kept);
	row->kept = NULL;
	row->nkept = 0;
}

/* A module's parameters are also written when it is loaded, which may be later than
 * tmpfiles.d; one that is built in is only reached by tmpfiles.d. */
static int keep_parameter(struct vtune__checking *checking, struct vtune__row *row,
			  const char *path, const char *wanted)
{
	static const char modules[] = "/sys/module/", middle[] = "/parameters/";
	const char *module = path + sizeof(modules) - 1;
	const char *parameters = strstr(path, middle);

	if (strncmp(path, modules, sizeof(modules) - 1) != 0 || !parameters)
		return 0;
	return vtune__row_keep(checking, row, VTUNE__MODPROBE, "options %.*s %s=%s",
			       (int)(parameters - module), module, parameters + sizeof(middle) - 1,
			       wanted);
}

int vtune__row_keep_path(struct vtune__checking *checking, struct vtune__row *row, const char *path,
			 const char *wanted)
{
	static const char sysctl[] = "/proc/sys/";
	VTUNE__CLEANUP(vtune__free_string) char *name = NULL;

	if (strncmp(path, sysctl, sizeof(sysctl) - 1) != 0) {
		if (keep_parameter(checking, row, path, wanted) < 0)
			return -1;
		return vtune__row_keep(checking, row, VTUNE__TMPFILES, "w %s - - - - %s", path,
				       wanted);
	}
	name = vtune__strdup(path + sizeof(sysctl) - 1, checking->err);
	if (!name)
		return -1;
	for (char *slash = strchr(name, '/'); slash; slash = strchr(slash, '/'))
		*slash = '.';
	return vtune__row_keep(checking, row, VTUNE__SYSCTL, "%s = %s", name, wanted);
}

int vtune__row_missing(struct vtune__checking *checking, const char *format, ...)
{
	struct vtune__row *row = vtune__row_new(checking, VTUNE__UNKNOWN);
	va_list args;

	if (!row)
		return -1;
	va_start(args, format);
	row->why = vtune__vprint(checking->err, format, args);
	va_end(args);
	return row->why ? 0 : -1;
}

int vtune__row_unread(struct vtune__checking *checking, const char *path, int number)
{
	if (number == ENOENT || number == ENOTDIR)
		return vtune__row_missing(checking, "There is no %s here.", path);
	if (number == EACCES || number == EPERM)
		return vtune__row_missing(checking, "You may not read %s.", path);
	return vtune__row_missing(checking, "%s cannot be read.", path);
}

const struct vtune__preference *vtune__wanted(const struct vtune__checking *checking)
{
	return vtune__profile_find(checking->profile, checking->check);
}
