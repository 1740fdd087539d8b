/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock is a file that is locked with flock(2): the kernel gives it up with the
 * process, so nothing needs repair after a crash. */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define DIRECTORY "/run/lock"
#define POLL_MILLISECONDS 20
/* Leaves room for the rest of a file's name, of which there are 255 bytes. */
#define MAX_SERVER 160

/* The machine in "qemu+ssh://root@host:22/system", without user and port. */
static void copy_server(const char *uri, char *server)
{
	const char *start = strstr(uri, "://");
	const char *end, *at;
	size_t length;

	start = start ? start + 3 : uri;
	end = start + strcspn(start, "/?#");
	at = memchr(start, '@', (size_t)(end - start));
	if (at)
		start = at + 1;
	if (*start == '[')
		length = strcspn(++start, "]/");
	else
		length = strcspn(start, ":/?#");
	if (length > MAX_SERVER)
		length = MAX_SERVER;
	memcpy(server, start, length);
	server[length] = '\0';
}

static bool is_this_machine(const char *server)
{
	char name[256] = "";

	if (strcmp(server, "localhost") == 0 || strcmp(server, "::1") == 0 ||
	    strncmp(server, "127.", 4) == 0)
		return true;
	return gethostname(name, sizeof(name) - 1) == 0 && strcmp(server, name) == 0;
}

static void add_safely(struct vtune__text *text, const char *more)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.-_";

	for (unsigned int i = 0; more[i] && i < MAX_SERVER; i++) {
		char c = strchr(safe, more[i]) ? more[i] : '_';

		vtune__text_add_bytes(text, &c, 1);
	}
}

/* One file for all drivers and users of this machine, since they share its CPUs. The
 * machine of the test driver is made up anew by each process, so that its lock is only
 * for tests of the lock. */
static char *file_name(const struct vtune_connection *connection, const char *directory,
		       struct vtune_error **err)
{
	struct vtune__text text = { 0 };
	char server[MAX_SERVER + 1] = "";

	vtune__text_addf(&text, "%s/libvtune", directory);
	if (connection->is_test) {
		vtune__text_addf(&text, "-test-%lu-", (unsigned long)geteuid());
		add_safely(&text, connection->uri);
	} else if (!connection->is_local) {
		copy_server(connection->uri, server);
		if (!is_this_machine(server)) {
			vtune__text_add(&text, "-at-");
			add_safely(&text, server);
		}
	}
	vtune__text_add(&text, ".lock");
	return vtune__text_take(&text, err);
}

static int open_lock(const char *path)
{
	/* In a directory with the sticky bit the kernel may refuse O_CREAT for a file of
	 * somebody else, also when it is there (fs.protected_regular). */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 && errno == EEXIST)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd;
}

/* The file's path and an open descriptor. */
static int open_file(const struct vtune_connection *connection, char **path,
		     struct vtune_error **err)
{
	const char *own = getenv("XDG_RUNTIME_DIR");
	struct stat status;
	int number, fd;

	*path = file_name(connection, DIRECTORY, err);
	if (!*path)
		return -1;
	fd = open_lock(*path);
	number = errno;
	/* Where only root may write there, a user's own domains are locked apart. */
	if (fd < 0 && own && own[0] == '/') {
		free(*path);
		*path = file_name(connection, own, err);
		if (!*path)
			return -1;
		fd = open_lock(*path);
		number = errno;
	}
	if (fd < 0)
		return vtune__fail_errno(err, number, *path,
					 "The file for the lock of the host cannot be opened");
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	close(fd);
	return vtune__fail(err, VTUNE_ERR_SYSTEM, *path,
			   "The lock of the host must be a regular file");
}

/* Who holds the lock of that file: 0 where it cannot be told. */
static int holder_of(int fd)
{
	FILE *locks = fopen("/proc/locks", "re");
	struct stat status;
	char line[256];
	int found = 0;

	if (!locks)
		return 0;
	if (fstat(fd, &status) < 0)
		memset(&status, 0, sizeof(status));
	while (!found && fgets(line, sizeof(line), locks)) {
		unsigned int major_number, minor_number;
		unsigned long inode;
		int pid;

		/* Lines of those who wait have "->" there, and do not match. */
		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%lu", &pid, &major_number,
			   &minor_number, &inode) == 4 &&
		    inode == status.st_ino && major_number == major(status.st_dev) &&
		    minor_number == minor(status.st_dev))
			found = pid;
	}
	fclose(locks);
	return found > 0 ? found : 0;
}

static int fail_busy(int fd, const char *path, unsigned int milliseconds, struct vtune_error **err)
{
	char *command VTUNE__CLEANUP(vtune__free_string) = NULL;
	char where[64];
	int pid = holder_of(fd);

	if (pid == 0)
		return vtune__fail(err, VTUNE_ERR_BUSY, path,
				   "Another process holds the lock of the host, and did not give "
				   "it up within %u ms",
				   milliseconds);
	snprintf(where, sizeof(where), "/proc/%d/comm", pid);
	command = vtune__file_read(where, NULL);
	if (command)
		command[strcspn(command, "\n")] = '\0';
	return vtune__fail(err, VTUNE_ERR_BUSY, path,
			   "Process %d%s%s%s%s holds the lock of the host, and did not give it up "
			   "within %u ms",
			   pid, command ? " (" : "", command ? command : "", command ? ")" : "",
			   pid == getpid() ? ", which is this one," : "", milliseconds);
}

static int64_t milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 0: locked; 1: the time is over; -1 with errno. */
static int lock_within(int fd, unsigned int milliseconds)
{
	int64_t end = milliseconds_now() + milliseconds;
	long pause = 1; /* short at first: most hold it for a moment */

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct timespec wait = { .tv_nsec = pause * 1000000 };

		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (milliseconds_now() >= end)
			return 1;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, NULL);
		pause = pause * 2 < POLL_MILLISECONDS ? pause * 2 : POLL_MILLISECONDS;
	}
	return 0;
}

VTUNE_EXPORT int vtune_connection_lock(struct vtune_connection *connection,
				       const struct vtune_options *options,
				       struct vtune_error **err)
{
	unsigned int milliseconds = options ? options->lock_timeout : VTUNE__LOCK_TIMEOUT;
	char *path VTUNE__CLEANUP(vtune__free_string) = NULL;
	int fd, result;

	if (!connection)
		return vtune__fail_null(err, __func__);
	if (connection->lock >= 0)
		return 0;
	fd = open_file(connection, &path, err);
	if (fd < 0)
		return -1;
	result = lock_within(fd, milliseconds);
	if (result == 0) {
		connection->lock = fd;
		return 0;
	}
	if (result < 0)
		vtune__fail_errno(err, errno, path, "The host cannot be locked");
	else
		fail_busy(fd, path, milliseconds, err);
	close(fd);
	return -1;
}

VTUNE_EXPORT void vtune_connection_unlock(struct vtune_connection *connection)
{
	if (!connection || connection->lock < 0)
		return;
	/* Not by closing alone: a child that was forked meanwhile has the file, too. */
	flock(connection->lock, LOCK_UN);
	close(connection->lock);
	connection->lock = -1;
}

int vtune__lock_for_call(struct vtune_connection *connection, const struct vtune_options *options,
			 bool *taken, struct vtune_error **err)
{
	*taken = connection->lock < 0;
	return vtune_connection_lock(connection, options, err);
}
