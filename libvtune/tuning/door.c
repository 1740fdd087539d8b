/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything that tuning writes to a machine. */
#include "tuning.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a setting: one write call, as the kernel wants it ---- */

static int write_whole(int file, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t done = write(file, text, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? errno : EIO;
		text += done;
		length -= (size_t)done;
	}
	return 0;
}

static int write_setting(const struct vtune__door *door, const char *path, const char *value)
{
	char line[8192];
	int length = snprintf(line, sizeof(line), "%s\n", value), file, rc;

	(void)door;
	if (length < 0 || (size_t)length >= sizeof(line))
		return EMSGSIZE;
	file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0)
		return errno;
	rc = write_whole(file, line, (size_t)length);
	if (close(file) < 0 && rc == 0)
		rc = errno;
	return rc;
}

/* ---- a whole file: written beside, made durable, put in its place ---- */

/* All folders of a path; the last part is the file. */
static int make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int rc;

		*slash = '\0';
		rc = mkdir(path, 0755) < 0 && errno != EEXIST ? errno : 0;
		*slash = '/';
		if (rc)
			return rc;
	}
	return 0;
}

/* A rename or a removal is durable once the folder is. */
static int sync_folder(char *path)
{
	char *slash = strrchr(path, '/');
	int folder, rc = 0;

	if (slash)
		*slash = '\0';
	folder = open(slash ? (path[0] ? path : "/") : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (slash)
		*slash = '/';
	if (folder < 0)
		return errno;
	/* Not every file system can do that. */
	if (fsync(folder) < 0 && errno != EINVAL)
		rc = errno;
	close(folder);
	return rc;
}

/* Always a file of our own: what somebody else has put there, in a folder that others can
 * write too, would stay theirs to change, or be a link to what they may not. */
static int write_beside(const char *beside, const char *text)
{
	int file, rc;

	if (unlink(beside) < 0 && errno != ENOENT)
		return errno;
	file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (file < 0)
		return errno;
	rc = write_whole(file, text, strlen(text));
	if (rc == 0 && fsync(file) < 0)
		rc = errno;
	if (close(file) < 0 && rc == 0)
		rc = errno;
	return rc;
}

static int replace_file(const struct vtune__door *door, const char *path, const char *text)
{
	char copy[PATH_MAX], beside[PATH_MAX];
	int rc;

	(void)door;
	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy) ||
	    (size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside))
		return ENAMETOOLONG;
	rc = make_folders(copy);
	if (rc == 0)
		rc = write_beside(beside, text);
	if (rc == 0 && rename(beside, path) < 0)
		rc = errno;
	if (rc == 0)
		return sync_folder(copy);
	unlink(beside);
	return rc;
}

static int remove_file(const struct vtune__door *door, const char *path)
{
	char copy[PATH_MAX];

	(void)door;
	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy))
		return ENAMETOOLONG;
	if (unlink(path) < 0)
		return errno == ENOENT ? 0 : errno;
	return sync_folder(copy);
}

const struct vtune__door vtune__real_door = {
	.write = write_setting,
	.replace = replace_file,
	.remove = remove_file,
};
