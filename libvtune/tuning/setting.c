/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What applying, undoing and persisting have in common. */
#include "tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../live/live.h"

/* %m is errno in words, and unlike strerror() safe with threads. */
char *vtune__errno_words(int number, struct vtune_error **err)
{
	errno = number;
	return vtune__print(err, "%m");
}

int vtune__setting_read(const char *root, const char *path, char **value, struct vtune_error **err)
{
	int rc = vtune__root_read_word(root, path, value, err);
	const char *chosen;

	if (rc <= 0)
		return rc;
	chosen = vtune__chosen(*value);
	memmove(*value, chosen, strlen(chosen) + 1);
	return 1;
}

int vtune__setting_write(const struct vtune__door *door, const char *root, const char *path,
			 const char *value, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *full = NULL;
	struct vtune_error *failed = NULL;

	errno = 0;
	full = vtune__root_resolve(root, path, &failed);
	if (failed) {
		vtune_error_free(failed);
		return vtune__fail_memory(err);
	}
	return full ? door->write(door, full, value) : errno ? errno : ENOENT;
}

int vtune__tuning_flags(unsigned int flags, const char *function, struct vtune_error **err)
{
	unsigned int unknown = flags & ~(unsigned int)VTUNE_APPLY_DRY_RUN;

	if (unknown == 0)
		return 0;
	return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			   "%s() does not know the flags 0x%x; there is VTUNE_APPLY_DRY_RUN",
			   function, unknown);
}

int vtune__tuning_report(struct vtune_report *report, unsigned int list, const char *check,
			 const char *path, const char *have, const char *want,
			 struct vtune_error **err, const char *format, ...)
{
	VTUNE__CLEANUP(vtune__free_string) char *said = NULL;
	struct vtune__finding finding = { VTUNE__FINDING };
	va_list args;

	va_start(args, format);
	said = vtune__vprint(err, format, args);
	va_end(args);
	if (!said)
		return -1;
	finding.code = check;
	finding.where = path;
	finding.have = have;
	finding.want = want;
	finding.text = said;
	return vtune__report_add(report, (enum vtune__report_list)list, &finding, err);
}
