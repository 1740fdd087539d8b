/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was changed, and what it was before: a document that outlives the process. */
#include "tuning.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const record_keys[] = { "version", "kind", "changes", NULL };
static const char *const change_keys[] = { "check", "path",  "was",  "set",
					   "took",  "count", "when", NULL };

static void free_change(struct vtune__change *change)
{
	free(change->check);
	free(change->path);
	free(change->was);
	free(change->set);
	free(change->took);
}

void vtune__record_free(struct vtune__record *record)
{
	for (unsigned int i = 0; i < record->count; i++)
		free_change(&record->changes[i]);
	free(record->changes);
	if (record->lock >= 0)
		close(record->lock);
	*record = (struct vtune__record){ .lock = -1 };
}

void vtune__record_drop(struct vtune__record *record, unsigned int index)
{
	free_change(&record->changes[index]);
	record->count--;
	memmove(record->changes + index, record->changes + index + 1,
		(record->count - index) * sizeof(*record->changes));
}

struct vtune__change *vtune__record_find(const struct vtune__record *record, const char *path)
{
	for (unsigned int i = 0; i < record->count; i++)
		if (strcmp(record->changes[i].path, path) == 0)
			return &record->changes[i];
	return NULL;
}

bool vtune__change_is_ours(const struct vtune__change *change, const char *value)
{
	uint64_t was, set, now;

	if (vtune__same_value(value, change->set) || vtune__same_value(value, change->was) ||
	    (change->took && vtune__same_value(value, change->took)))
		return true;
	if (!change->is_count || !vtune__is_number(change->was, &was) ||
	    !vtune__is_number(change->set, &set) || !vtune__is_number(value, &now))
		return false;
	return was < set ? now > was && now < set : now > set && now < was;
}

/* Room by hand: vtune__grow() needs an array that nothing was dropped from. */
static struct vtune__change *make_room(struct vtune__record *record, struct vtune_error **err)
{
	struct vtune__change *changes =
		reallocarray(record->changes, (size_t)record->count + 1, sizeof(*changes));

	if (!changes) {
		vtune__fail_memory(err);
		return NULL;
	}
	record->changes = changes;
	changes[record->count] = (struct vtune__change){ 0 };
	return &changes[record->count];
}

struct vtune__change *vtune__record_add(struct vtune__record *record, const char *check,
					const char *path, const char *was, const char *set,
					struct vtune_error **err)
{
	struct vtune__change *change = make_room(record, err);

	if (!change)
		return NULL;
	record->count++;
	change->check = vtune__strdup(check, err);
	change->path = vtune__strdup(path, err);
	change->was = vtune__strdup(was, err);
	change->set = vtune__strdup(set, err);
	return change->check && change->path && change->was && change->set ? change : NULL;
}

/* ---- reading ---- */

/* Whoever can write the record must not come further with it than to settings. */
static bool is_setting(const char *path)
{
	static const char *const folders[] = { "/sys/", "/proc/sys/", "/proc/irq/" };

	if (strstr(path, "/../") || strstr(path, "/./"))
		return false;
	for (unsigned int i = 0; i < VTUNE__COUNT(folders); i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return false;
}

static int read_string(const struct vtune__json *at, const char *key, const char **text,
		       struct vtune_error **err)
{
	struct vtune__json child;

	if (vtune__json_need(at, key, &child, err) < 0)
		return -1;
	return vtune__json_string(&child, text, err);
}

static int read_path(const struct vtune__json *at, const char **path, struct vtune_error **err)
{
	struct vtune__json child;

	if (vtune__json_need(at, "path", &child, err) < 0 ||
	    vtune__json_string(&child, path, err) < 0)
		return -1;
	if (!is_setting(*path))
		return vtune__json_fail(&child, err,
					"\"%s\" is no setting; it must be a file of /sys, "
					"/proc/sys or /proc/irq",
					*path);
	return 0;
}

static int read_change(const struct vtune__json *at, struct vtune__record *record,
		       struct vtune_error **err)
{
	const char *check, *path, *was, *set, *took;
	struct vtune__change *change;
	struct vtune__json child;

	if (vtune__json_object(at, change_keys, err) < 0 ||
	    read_string(at, "check", &check, err) < 0 || read_path(at, &path, err) < 0 ||
	    read_string(at, "was", &was, err) < 0 || read_string(at, "set", &set, err) < 0)
		return -1;
	change = vtune__record_add(record, check, path, was, set, err);
	if (!change || vtune__json_need(at, "when", &child, err) < 0 ||
	    vtune__json_uint(&child, 0, INT64_MAX, &change->when, err) < 0)
		return -1;
	if (vtune__json_get(at, "count", &child) &&
	    vtune__json_bool(&child, &change->is_count, err) < 0)
		return -1;
	if (!vtune__json_get(at, "took", &child))
		return 0;
	if (vtune__json_string(&child, &took, err) < 0)
		return -1;
	change->took = vtune__strdup(took, err);
	return change->took ? 0 : -1;
}

static int read_changes(const struct vtune__json *root, struct vtune__record *record,
			struct vtune_error **err)
{
	static const char *const kinds[] = { "tuning-undo", NULL };
	struct vtune__json changes, kind;
	unsigned int length;
	int index;

	if (vtune__json_object(root, record_keys, err) < 0 || vtune__json_version(root, err) < 0 ||
	    vtune__json_need(root, "kind", &kind, err) < 0 ||
	    vtune__json_enum(&kind, kinds, &index, err) < 0 ||
	    vtune__json_need(root, "changes", &changes, err) < 0 ||
	    vtune__json_array(&changes, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		struct vtune__json element;

		vtune__json_element(&changes, i, &element);
		if (read_change(&element, record, err) < 0)
			return -1;
	}
	return 0;
}

/* Whoever can write the record has the settings that it names, set as they like. */
static int check_owner(int record, const char *file, struct vtune_error **err)
{
	struct stat status;

	if (fstat(record, &status) < 0)
		return vtune__fail_errno(err, errno, file, "Cannot look at %s", file);
	if ((status.st_uid == 0 || status.st_uid == geteuid()) && !(status.st_mode & S_IWOTH))
		return 0;
	return vtune__fail(err, VTUNE_ERR_INVALID, file,
			   "%s is not yours alone to write, so that others could have settings of "
			   "this host changed; it must belong to you or to root, and not be "
			   "writable for all",
			   file);
}

static int read_all(int record, const char *file, struct vtune__text *text,
		    struct vtune_error **err)
{
	char part[4096];
	ssize_t got;

	while ((got = read(record, part, sizeof(part))) > 0)
		vtune__text_add_bytes(text, part, (size_t)got);
	return got < 0 ? vtune__fail_errno(err, errno, file, "Cannot read %s", file) : 0;
}

/* *text stays NULL when there is no such file. */
static int read_text(const char *file, char **text, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text all = { 0 };
	int record = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc;

	if (record < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (record < 0)
		return vtune__fail_errno(err, errno, file, "Cannot read %s", file);
	rc = check_owner(record, file, err);
	if (rc == 0)
		rc = read_all(record, file, &all, err);
	close(record);
	if (rc < 0)
		return -1;
	*text = vtune__text_take(&all, err);
	return *text ? 0 : -1;
}

int vtune__record_read(const char *file, struct vtune__record *record, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	struct vtune__json root;
	int rc;

	if (read_text(file, &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	rc = vtune__json_open(text, &root, err);
	if (rc == 0) {
		rc = read_changes(&root, record, err);
		vtune__json_close(&root);
	}
	if (rc < 0)
		vtune__error_prefix(err, file);
	return rc;
}

/* ---- the lock: on the folder, as the file itself is replaced ---- */

static char *folder_of(const char *file, struct vtune_error **err)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return vtune__strdup(".", err);
	return vtune__print(err, "%.*s", slash == file ? 1 : (int)(slash - file), file);
}

static int make_folder(char *folder, struct vtune_error **err)
{
	for (char *end = folder + 1;; end++) {
		char kept = *end;
		int rc;

		if (kept && kept != '/')
			continue;
		*end = '\0';
		rc = mkdir(folder, 0755) < 0 && errno != EEXIST ? -1 : 0;
		if (rc < 0)
			return vtune__fail_errno(err, errno, folder, "Cannot make the folder %s",
						 folder);
		*end = kept;
		if (!kept)
			return 0;
	}
}

int vtune__record_lock(const char *file, bool create, struct vtune__record *record,
		       struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *folder = folder_of(file, err);

	if (!folder || (create && make_folder(folder, err) < 0))
		return -1;
	record->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (record->lock < 0 && !create && errno == ENOENT)
		return 0;
	if (record->lock < 0)
		return vtune__fail_errno(err, errno, folder, "Cannot open the folder %s", folder);
	if (flock(record->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return vtune__fail(err, VTUNE_ERR_BUSY, folder,
				   "Somebody else is setting or undoing the host's settings");
	return vtune__fail_errno(err, errno, folder, "Cannot lock the folder %s", folder);
}

/* ---- writing ---- */

static char *print_record(const struct vtune__record *record, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };
	struct json_object *root = vtune__json_new_object(&w), *array = vtune__json_new_array(&w);

	vtune__json_put_uint(&w, root, "version", 1);
	vtune__json_put_string(&w, root, "kind", "tuning-undo");
	vtune__json_put(&w, root, "changes", array);
	for (unsigned int i = 0; i < record->count; i++) {
		const struct vtune__change *change = &record->changes[i];
		struct json_object *object = vtune__json_new_object(&w);

		vtune__json_append(&w, array, object);
		vtune__json_put_string(&w, object, "check", change->check);
		vtune__json_put_string(&w, object, "path", change->path);
		vtune__json_put_string(&w, object, "was", change->was);
		vtune__json_put_string(&w, object, "set", change->set);
		if (change->took)
			vtune__json_put_string(&w, object, "took", change->took);
		if (change->is_count)
			vtune__json_put_bool(&w, object, "count", true);
		vtune__json_put_uint(&w, object, "when", change->when);
	}
	return vtune__json_write(&w, root, err);
}

int vtune__record_write(const struct vtune__door *door, const char *file,
			const struct vtune__record *record, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc;

	if (record->count == 0) {
		rc = door->remove(door, file);
		return rc ? vtune__fail_errno(err, rc, file, "Cannot remove %s", file) : 0;
	}
	text = print_record(record, err);
	if (!text)
		return -1;
	rc = door->replace(door, file, text);
	return rc ? vtune__fail_errno(err, rc, file, "Cannot write %s", file) : 0;
}
