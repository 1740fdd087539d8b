/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static int write_all(int fd, const struct text *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t wrote = write(fd, text->data + done, text->length - done);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		done += (size_t)wrote;
	}
	return 0;
}

/* Whoever read us may have seen enough (EPIPE): that needs no words. */
static enum status write_standard(const struct text *text)
{
	if (write_all(STDOUT_FILENO, text) == 0 && close(STDOUT_FILENO) == 0)
		return STATUS_DONE;
	if (errno != EPIPE)
		say("standard output: %s", strerror(errno));
	return STATUS_FAILED;
}

/* A device or a pipe cannot be replaced, only written to. */
static int write_into(const char *path, const struct text *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -1;
	result = write_all(fd, text);
	if (close(fd) < 0)
		result = -1;
	return result;
}

/* ".vtune-place.XXXXXX" in the folder of the file. */
static char *temporary_name(const char *path)
{
	static const char name[] = ".vtune-place.XXXXXX";
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
	char *temporary = malloc(folder + sizeof(name));

	if (temporary) {
		memcpy(temporary, path, folder);
		memcpy(temporary + folder, name, sizeof(name));
	}
	return temporary;
}

static int write_and_rename(const char *path, mode_t mode, const struct text *text)
{
	char *temporary = temporary_name(path);
	int fd, number, result = -1;

	if (!temporary)
		return -1;
	fd = mkstemp(temporary);
	if (fd >= 0) {
		result = write_all(fd, text);
		if (result == 0)
			result = fchmod(fd, mode);
		number = errno;
		if (close(fd) < 0 && result == 0) {
			number = errno;
			result = -1;
		}
		errno = number;
		if (result == 0)
			result = rename(temporary, path);
		if (result < 0) {
			number = errno;
			unlink(temporary);
			errno = number;
		}
	}
	free(temporary);
	return result;
}

/* Ctrl-C waits until the file is there or the temporary one is gone. */
static int write_undisturbed(const char *path, mode_t mode, const struct text *text)
{
	sigset_t stops, before;
	int result, number;

	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigaddset(&stops, SIGQUIT);
	sigprocmask(SIG_BLOCK, &stops, &before);
	result = write_and_rename(path, mode, text);
	number = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = number;
	return result;
}

static int write_new(const char *path, const struct text *text)
{
	mode_t mask = umask(0);

	umask(mask);
	return write_undisturbed(path, 0666 & ~mask, text);
}

/* Keeps the file's mode, and a link to it; one that is write-protected stays. */
static int write_over(const char *path, mode_t mode, const struct text *text)
{
	char *target;
	int result;

	if (access(path, W_OK) < 0)
		return -1;
	target = realpath(path, NULL);
	if (!target)
		return -1;
	result = write_undisturbed(target, mode & 07777, text);
	free(target);
	return result;
}

static int write_file(const char *path, const struct text *text)
{
	struct stat info;

	if (stat(path, &info) < 0)
		return errno == ENOENT ? write_new(path, text) : -1;
	if (S_ISREG(info.st_mode))
		return write_over(path, info.st_mode, text);
	return write_into(path, text);
}

enum status output_write(const struct options *options, const struct text *text)
{
	if (!options->output || strcmp(options->output, "-") == 0)
		return write_standard(text);
	if (write_file(options->output, text) == 0) {
		if (options->verbose)
			say("written to %s", options->output);
		return STATUS_DONE;
	}
	say("%s: %s", options->output, strerror(errno));
	return status_of_errno(errno);
}
