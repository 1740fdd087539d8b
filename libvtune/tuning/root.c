/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files below a root. A saved tree may hold any links: they are followed here one by one,
 * as if the root were "/", so that nothing outside it is read or written. On this machine
 * the kernel does that.
 */
#define _GNU_SOURCE /* strverscmp */
#include "tuning.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS 40		  /* as the kernel's */
#define MAX_FILE_BYTES (4u << 20) /* far more than any file that is looked at */

/* ---- the way to a file ---- */

struct walk {
	const char *root;
	char at[PATH_MAX];   /* without the root; "" is the root itself */
	char rest[PATH_MAX]; /* what is still to be walked */
	unsigned int links;
	bool may_lack; /* what is not there yet will be no link */
};

static bool too_long(void)
{
	errno = ENAMETOOLONG;
	return false;
}

/* "/a/b" + "x" -> "/a/b/x"; ".." stays below the root. */
static bool step(struct walk *walk, const char *name, size_t length)
{
	size_t used = strlen(walk->at);

	if (length == 0 || (length == 1 && name[0] == '.'))
		return true;
	if (length == 2 && memcmp(name, "..", 2) == 0) {
		char *slash = strrchr(walk->at, '/');

		if (slash)
			*slash = '\0';
		return true;
	}
	if (used + length + 2 > sizeof(walk->at))
		return too_long();
	walk->at[used] = '/';
	memcpy(walk->at + used + 1, name, length);
	walk->at[used + 1 + length] = '\0';
	return true;
}

/* What the link at full holds comes before the rest of the way. */
static bool follow(struct walk *walk, const char *full)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t length = readlink(full, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	if (++walk->links > MAX_LINKS) {
		errno = ELOOP;
		return false;
	}
	memcpy(rest, walk->rest, strlen(walk->rest) + 1);
	if ((size_t)length + strlen(rest) + 2 > sizeof(walk->rest))
		return too_long();
	memcpy(walk->rest, target, (size_t)length);
	walk->rest[length] = '/';
	memcpy(walk->rest + length + 1, rest, strlen(rest) + 1);
	if (target[0] == '/')
		walk->at[0] = '\0';
	else
		*strrchr(walk->at, '/') = '\0';
	return true;
}

static bool walk_all(struct walk *walk)
{
	size_t root = strlen(walk->root);
	char full[PATH_MAX];

	if (root >= sizeof(full))
		return too_long();
	memcpy(full, walk->root, root);
	while (walk->rest[0]) {
		size_t length = strcspn(walk->rest, "/");
		size_t skip = length + strspn(walk->rest + length, "/");
		char name[PATH_MAX];
		struct stat status;

		memcpy(name, walk->rest, length);
		memmove(walk->rest, walk->rest + skip, strlen(walk->rest + skip) + 1);
		if (!step(walk, name, length))
			return false;
		if (root + strlen(walk->at) >= sizeof(full))
			return too_long();
		memcpy(full + root, walk->at, strlen(walk->at) + 1);
		if (!walk->at[0])
			continue;
		if (lstat(full, &status) < 0) {
			if (walk->may_lack && errno == ENOENT)
				continue;
			return false;
		}
		if (S_ISLNK(status.st_mode) && !follow(walk, full))
			return false;
	}
	return true;
}

static char *resolve(struct walk *walk, const char *path, struct vtune_error **err)
{
	if (!walk->root[0]) /* this machine: the kernel walks */
		return vtune__strdup(path, err);
	if (strlen(path) >= sizeof(walk->rest)) {
		too_long();
		return NULL;
	}
	memcpy(walk->rest, path, strlen(path) + 1);
	return walk_all(walk) ? vtune__print(err, "%s%s", walk->root, walk->at) : NULL;
}

char *vtune__root_resolve(const char *root, const char *path, struct vtune_error **err)
{
	struct walk walk = { .root = root };

	return resolve(&walk, path, err);
}

char *vtune__root_place(const char *root, const char *path, struct vtune_error **err)
{
	struct walk walk = { .root = root, .may_lack = true };
	struct vtune_error *failed = NULL;
	char *full = resolve(&walk, path, &failed);

	if (full)
		return full;
	if (failed)
		vtune__fail_memory(err);
	else
		vtune__fail_errno(err, errno, path, "Cannot find the place of %s below %s", path,
				  root);
	vtune_error_free(failed);
	return NULL;
}

/* A resolved path: 1 and *full, 0 with errno, or -1. */
static int find(const char *root, const char *path, char **full, struct vtune_error **err)
{
	struct vtune_error *failed = NULL;

	errno = 0;
	*full = vtune__root_resolve(root, path, &failed);
	if (*full)
		return 1;
	if (!failed)
		return 0;
	vtune_error_free(failed);
	return vtune__fail_memory(err);
}

/* ---- reading ---- */

static int open_file(const char *path)
{
	struct stat status;
	/* A FIFO in a saved tree must not stop us. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (file < 0)
		return -1;
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode))
		return file;
	close(file);
	errno = EINVAL;
	return -1;
}

static int read_all(int file, struct vtune__text *text)
{
	char part[4096];
	ssize_t got;

	while ((got = read(file, part, sizeof(part))) > 0) {
		/* Some kernels end a setting with a zero byte. */
		size_t length = strnlen(part, (size_t)got);

		if (text->length + length > MAX_FILE_BYTES) {
			errno = EFBIG;
			return -1;
		}
		vtune__text_add_bytes(text, part, length);
	}
	return got < 0 ? -1 : 0;
}

int vtune__root_read(const char *root, const char *path, char **text, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text all = { 0 };
	VTUNE__CLEANUP(vtune__free_string) char *full = NULL;
	int found = find(root, path, &full, err);
	int file, rc, number;

	if (found <= 0)
		return found;
	file = open_file(full);
	if (file < 0)
		return 0;
	rc = read_all(file, &all);
	number = errno;
	close(file);
	if (rc < 0) {
		errno = number;
		return 0;
	}
	free(*text);
	*text = vtune__text_take(&all, err);
	return *text ? 1 : -1;
}

int vtune__root_read_word(const char *root, const char *path, char **text, struct vtune_error **err)
{
	int rc = vtune__root_read(root, path, text, err);
	size_t start, length;

	if (rc <= 0)
		return rc;
	start = strspn(*text, " \t\n");
	length = strlen(*text + start);
	while (length > 0 && strchr(" \t\n", (*text)[start + length - 1]))
		length--;
	memmove(*text, *text + start, length);
	(*text)[length] = '\0';
	return 1;
}

int vtune__root_read_number(const char *root, const char *path, uint64_t *number,
			    struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__root_read_word(root, path, &text, err);

	if (rc <= 0)
		return rc;
	if (vtune__is_number(text, number))
		return 1;
	errno = EINVAL;
	return 0;
}

int vtune__root_read_set(const char *root, const char *path, struct vtune__set *set,
			 struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__root_read_word(root, path, &text, err);
	const char *why;

	if (rc <= 0)
		return rc;
	if (vtune__set_parse(set, text, VTUNE__MAX_CPU, &why))
		return 1;
	errno = EINVAL;
	return why ? 0 : vtune__fail_memory(err);
}

int vtune__root_has(const char *root, const char *path, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *full = NULL;
	int found = find(root, path, &full, err);

	return found > 0 ? access(full, F_OK) == 0 : found;
}

int vtune__root_link_name(const char *root, const char *path, char **name, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *full = NULL;
	/* The folder is resolved, the link itself is not. */
	char folder[PATH_MAX], target[PATH_MAX], *slash;
	const char *last = strrchr(path, '/');
	ssize_t length;
	int found;

	if (!last || (size_t)(last - path) >= sizeof(folder))
		return 0;
	memcpy(folder, path, (size_t)(last - path));
	folder[last - path] = '\0';
	found = find(root, folder, &full, err);
	if (found <= 0)
		return found;
	if ((size_t)snprintf(folder, sizeof(folder), "%s%s", full, last) >= sizeof(folder))
		return 0;
	length = readlink(folder, target, sizeof(target) - 1);
	if (length < 0)
		return 0;
	target[length] = '\0';
	slash = strrchr(target, '/');
	*name = vtune__strdup(slash ? slash + 1 : target, err);
	return *name ? 1 : -1;
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

int vtune__root_list(const char *root, const char *folder, const char *prefix,
		     struct vtune__names *names, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *full = NULL;
	int rc = find(root, folder, &full, err);

	if (rc > 0)
		rc = vtune__names_read(names, full, prefix, err);
	if (names->count > 1)
		qsort(names->list, names->count, sizeof(*names->list), compare_names);
	return rc;
}
