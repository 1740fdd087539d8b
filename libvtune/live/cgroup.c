/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOUNT "/sys/fs/cgroup"

/* Is word in a list with commas? */
static bool lists(const char *list, size_t length, const char *word)
{
	size_t wanted = strlen(word);

	for (const char *at = list; at < list + length;) {
		size_t part = strcspn(at, ",:");

		if (part == wanted && memcmp(at, word, part) == 0)
			return true;
		at += part + 1;
	}
	return false;
}

static char *join(const char *mount, const char *path, struct vtune_error **err)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, mount);
	vtune__text_add_bytes(&text, path, strcspn(path, "\n"));
	return vtune__text_take(&text, err);
}

/* Lines are "5:cpuset:/path" in version 1, and "0::/path" in version 2; a system may
 * have both, and then version 1 has the cpusets. */
char *vtune__cgroup_folder(const char *root, const char *text, struct vtune_error **err)
{
	const char *unified = NULL;
	char path[4200];

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		const char *controllers, *folder;

		line += *line == '\n';
		controllers = strchr(line, ':');
		folder = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!folder || memchr(line, '\n', (size_t)(folder - line)))
			continue;
		controllers++;
		if (folder == controllers)
			unified = folder + 1;
		else if (lists(controllers, (size_t)(folder - controllers), "cpuset"))
			return join(MOUNT "/cpuset", folder + 1, err);
	}
	if (!unified)
		return NULL;
	snprintf(path, sizeof(path), "%s" MOUNT "/unified", root);
	return join(access(path, F_OK) == 0 ? MOUNT "/unified" : MOUNT, unified, err);
}

/* In version 2 "cpuset.cpus" is what was asked for, in version 1 what is. */
int vtune__cgroup_read(const char *root, const char *folder, const char *what,
		       struct vtune__set *set, struct vtune_error **err)
{
	static const char *const suffixes[] = { ".effective", "" };

	for (unsigned int i = 0; i < VTUNE__COUNT(suffixes); i++) {
		char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
		struct vtune_error *ignored = NULL;
		const char *why = NULL;
		char path[4200];

		snprintf(path, sizeof(path), "%s%s/cpuset.%s%s", root, folder, what, suffixes[i]);
		text = vtune__file_read(path, &ignored);
		vtune_error_free(ignored);
		if (!text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (vtune__set_parse(set, text, VTUNE__MAX_CPU, &why))
			return 0;
		if (!why)
			return vtune__fail_memory(err);
		return vtune__fail(err, VTUNE_ERR_SYSTEM, path, "%s is not a list: %s", path, why);
	}
	return 0;
}
