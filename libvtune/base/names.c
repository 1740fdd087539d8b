/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void vtune__names_free(struct vtune__names *names)
{
	for (unsigned int i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct vtune__names){ 0 };
}

int vtune__names_add(struct vtune__names *names, const char *name, struct vtune_error **err)
{
	char *copy = vtune__strdup(name, err);
	char **added;

	if (!copy)
		return -1;
	added = vtune__grow((void **)&names->list, &names->count, sizeof(*added), err);
	if (!added) {
		free(copy);
		return -1;
	}
	*added = copy;
	return 0;
}

int vtune__names_read(struct vtune__names *names, const char *folder, const char *prefix,
		      struct vtune_error **err)
{
	const struct dirent *entry;
	DIR *directory = opendir(folder);
	int rc = 0;

	if (!directory)
		return errno == ENOMEM ? vtune__fail_memory(err) : 0;
	while (rc == 0 && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			rc = vtune__names_add(names, entry->d_name, err);
	closedir(directory);
	return rc;
}
