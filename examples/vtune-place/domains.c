/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --domains: the domains of a host, from documents in a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

struct documents {
	struct dirent **entries;
	int nentries;
	char **paths; /* of those that were read */
	struct input *inputs;
	int count;
};

static int is_document(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > strlen(".xml") && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + length - strlen(".xml"), ".xml") == 0;
}

static void free_documents(struct documents *documents)
{
	for (int i = 0; i < documents->nentries; i++)
		free(documents->entries[i]);
	free(documents->entries);
	for (int i = 0; i < documents->count; i++) {
		input_free(&documents->inputs[i]);
		free(documents->paths[i]);
	}
	free(documents->inputs);
	free(documents->paths);
}

/* One of a domain that ended meanwhile is gone. */
static enum status read_one(struct documents *documents, const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);
	enum status status;

	if (!path)
		return say_memory();
	snprintf(path, size, "%s/%s", folder, name);
	if (access(path, F_OK) < 0 && errno == ENOENT) {
		free(path);
		return STATUS_DONE;
	}
	status = input_read(path, KIND_DOMAIN, &documents->inputs[documents->count]);
	if (status != STATUS_DONE) {
		free(path);
		return status;
	}
	documents->paths[documents->count++] = path;
	return STATUS_DONE;
}

static enum status read_all(struct documents *documents, const char *folder)
{
	enum status status = STATUS_DONE;

	documents->nentries = scandir(folder, &documents->entries, is_document, alphasort);
	if (documents->nentries < 0) {
		documents->nentries = 0;
		say("%s: %s", folder, strerror(errno));
		return status_of_errno(errno);
	}
	documents->inputs = calloc((size_t)documents->nentries + 1, sizeof(*documents->inputs));
	documents->paths = calloc((size_t)documents->nentries + 1, sizeof(*documents->paths));
	if (!documents->inputs || !documents->paths)
		return say_memory();
	for (int i = 0; i < documents->nentries && status == STATUS_DONE; i++)
		status = read_one(documents, folder, documents->entries[i]->d_name);
	return status;
}

/* Each alone, to find the one that it is about. */
static enum status say_document(const struct documents *documents, const struct vtune_host *host,
				const struct input *folder, struct vtune_error *error)
{
	for (int i = 0; i < documents->count; i++) {
		const char *text = documents->inputs[i].text;
		struct vtune_error *own = NULL;
		struct vtune_host *with = vtune_host_with_domains(host, &text, 1, &own);

		vtune_host_free(with);
		if (with)
			continue;
		vtune_error_free(error);
		return say_error(&documents->inputs[i], own);
	}
	return say_error(folder, error);
}

static enum status lay(const struct documents *documents, const char *folder,
		       struct vtune_host **host)
{
	const struct input input = { .name = folder };
	const char **texts = calloc((size_t)documents->count + 1, sizeof(*texts));
	struct vtune_error *error = NULL;
	struct vtune_host *with;

	if (!texts)
		return say_memory();
	for (int i = 0; i < documents->count; i++)
		texts[i] = documents->inputs[i].text;
	with = vtune_host_with_domains(*host, texts, (unsigned int)documents->count, &error);
	free(texts);
	if (!with)
		return say_document(documents, *host, &input, error);
	vtune_host_free(*host);
	*host = with;
	return STATUS_DONE;
}

enum status domains_lay(const char *folder, struct vtune_host **host)
{
	struct documents documents = { 0 };
	enum status status = read_all(&documents, folder);

	if (status == STATUS_DONE)
		status = lay(&documents, folder, host);
	free_documents(&documents);
	return status;
}
