/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tuning document, see vtune-tuning(5). */
#include "tuning.h"

#include <stdlib.h>

#define MAX_PROFILES 16

/* The library's own profiles, to tell what each wants. */
struct profiles {
	struct vtune__profile *items[MAX_PROFILES];
	unsigned int count;
};

static void free_profiles(struct profiles *profiles)
{
	for (unsigned int i = 0; i < profiles->count; i++)
		vtune__profile_free(profiles->items[i]);
}

static int read_profiles(struct profiles *profiles, struct vtune_error **err)
{
	for (unsigned int i = 0; vtune__profile_documents[i] && i < MAX_PROFILES; i++) {
		profiles->items[i] = vtune__profile_from_json(vtune__profile_documents[i], err);
		if (!profiles->items[i])
			return -1;
		profiles->count++;
	}
	return 0;
}

static void put_word(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     const char *word)
{
	if (word)
		vtune__json_put_string(w, object, key, word);
}

/* ---- rows ---- */

static void put_settings(struct vtune__json_writer *w, struct json_object *object,
			 const struct vtune__row *row)
{
	struct json_object *array = vtune__json_new_array(w);

	vtune__json_put(w, object, "settings", array);
	for (unsigned int i = 0; i < row->nsettings; i++) {
		struct json_object *setting = vtune__json_new_object(w);

		vtune__json_append(w, array, setting);
		vtune__json_put_string(w, setting, "path", row->settings[i].path);
		vtune__json_put_string(w, setting, "current", row->settings[i].current);
		vtune__json_put_string(w, setting, "wanted", row->settings[i].wanted);
	}
}

static void put_kept(struct vtune__json_writer *w, struct json_object *object,
		     const struct vtune__row *row)
{
	struct json_object *array = vtune__json_new_array(w);

	vtune__json_put(w, object, "persist", array);
	for (unsigned int i = 0; i < row->nkept; i++) {
		struct json_object *line = vtune__json_new_object(w);

		vtune__json_append(w, array, line);
		vtune__json_put_string(w, line, "kind", vtune__keep_names[row->kept[i].keep]);
		vtune__json_put_string(w, line, "text", row->kept[i].text);
	}
}

/* What each profile wants; one that is not there does not mind. */
static void put_wishes(struct vtune__json_writer *w, struct json_object *object,
		       const struct vtune__row *row, const struct profiles *profiles)
{
	struct json_object *wishes = vtune__json_new_object(w);

	vtune__json_put(w, object, "profiles", wishes);
	for (unsigned int i = 0; i < profiles->count; i++) {
		const struct vtune__preference *preference =
			vtune__profile_find(profiles->items[i], row->check);
		VTUNE__CLEANUP(vtune__text_free) struct vtune__text text = { 0 };

		if (!preference)
			continue;
		vtune__preference_describe(preference, -1, &text);
		if (text.failed)
			w->failed = true;
		else
			vtune__json_put_string(w, wishes, profiles->items[i]->name, text.data);
	}
}

static void put_row(struct vtune__json_writer *w, struct json_object *array,
		    const struct vtune__row *row, const struct profiles *profiles)
{
	struct json_object *object = vtune__json_new_object(w);

	vtune__json_append(w, array, object);
	vtune__json_put_string(w, object, "id", row->check->id);
	vtune__json_put_string(w, object, "name", row->check->name);
	vtune__json_put_string(w, object, "topic", vtune__topic_names[row->check->topic]);
	vtune__json_put_string(w, object, "title", row->check->title);
	put_word(w, object, "where", row->where);
	vtune__json_put_string(w, object, "verdict", vtune__verdict_names[row->verdict]);
	put_word(w, object, "current", row->current);
	put_word(w, object, "wanted", row->wanted);
	vtune__json_put_string(w, object, "why", vtune__row_why(row));
	vtune__json_put_string(w, object, "source", row->check->source);
	put_word(w, object, "how", row->how);
	vtune__json_put_bool(w, object, "reboot", row->reboot);
	put_settings(w, object, row);
	put_kept(w, object, row);
	put_wishes(w, object, row, profiles);
}

/* ---- the whole ---- */

static void put_files(struct vtune__json_writer *w, struct json_object *root,
		      const struct vtune__files *files)
{
	struct json_object *array = vtune__json_new_array(w);

	vtune__json_put(w, root, "files", array);
	for (unsigned int i = 0; i < files->count; i++) {
		struct json_object *file;

		if (!files->items[i].text)
			continue;
		file = vtune__json_new_object(w);
		vtune__json_append(w, array, file);
		vtune__json_put_string(w, file, "path", files->items[i].path);
		vtune__json_put_string(w, file, "text", files->items[i].text);
	}
}

static struct json_object *write_document(struct vtune__json_writer *w,
					  const struct vtune_tuning *tuning,
					  const struct profiles *profiles,
					  const struct vtune__files *files)
{
	struct json_object *root = vtune__json_new_object(w), *array;

	vtune__json_put_uint(w, root, "version", 1);
	vtune__json_put_string(w, root, "profile", tuning->profile);
	vtune__json_put_bool(w, root, "holds", vtune_tuning_holds(tuning));
	if (tuning->root[0])
		vtune__json_put_string(w, root, "sysroot", tuning->root);
	vtune__json_put_string(w, root, "undo_file", tuning->undo_file);
	if (tuning->has_vms) {
		array = vtune__json_new_array(w);
		vtune__json_put(w, root, "vms", array);
		for (unsigned int i = 0; i < tuning->vms.count; i++)
			vtune__json_append_string(w, array, tuning->vms.list[i]);
		vtune__json_put_set(w, root, "held_cpus", &tuning->held);
	}
	array = vtune__json_new_array(w);
	vtune__json_put(w, root, "checks", array);
	for (unsigned int i = 0; i < tuning->nrows; i++)
		put_row(w, array, &tuning->rows[i], profiles);
	put_files(w, root, files);
	return root;
}

VTUNE_EXPORT char *vtune_tuning_to_json(const struct vtune_tuning *tuning, struct vtune_error **err)
{
	VTUNE__CLEANUP(free_profiles) struct profiles profiles = { 0 };
	VTUNE__CLEANUP(vtune__files_free) struct vtune__files files = { 0 };
	struct vtune__json_writer w = { 0 };

	if (!tuning) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (read_profiles(&profiles, err) < 0 || vtune__files_make(tuning, &files, err) < 0)
		return NULL;
	return vtune__json_write(&w, write_document(&w, tuning, &profiles, &files), err);
}
