/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A profile from its document, see vtune-profile(5). */
#include "tuning.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const profile_keys[] = { "version", "name", "title", "settings", NULL };
static const char *const range_keys[] = { "min", "max", "set", NULL };

/* ---- one wish ---- */

static int fail_word(const struct vtune__json *at, const struct vtune__tune_check *check,
		     const char *word, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text known = { 0 };

	for (unsigned int i = 0; check->words[i]; i++)
		vtune__text_addf(&known, "%s\"%s\"", i ? ", " : "", check->words[i]);
	if (known.failed)
		return vtune__fail_memory(err);
	return vtune__json_fail(at, err, "\"%s\" is no value of %s; it must be one of %s", word,
				check->name, known.data);
}

static char *read_value(const struct vtune__json *at, const struct vtune__tune_check *check,
			struct vtune_error **err)
{
	const char *word;
	uint64_t number;

	if (check->kind == VTUNE__NUMBER) {
		if (vtune__json_uint(at, 0, check->max, &number, err) < 0)
			return NULL;
		return vtune__print(err, "%" PRIu64, number);
	}
	if (vtune__json_string(at, &word, err) < 0)
		return NULL;
	if (vtune__find_word(check->words, word) < 0) {
		fail_word(at, check, word, err);
		return NULL;
	}
	return vtune__strdup(word, err);
}

static int add_value(const struct vtune__json *at, const struct vtune__tune_check *check,
		     struct vtune__tune_wish *wish, struct vtune_error **err)
{
	char *value = read_value(at, check, err), **added;

	if (!value)
		return -1;
	added = vtune__grow((void **)&wish->values, &wish->nvalues, sizeof(*added), err);
	if (!added) {
		free(value);
		return -1;
	}
	*added = value;
	return 0;
}

/* The first one is what is set. */
static int read_values(const struct vtune__json *at, const struct vtune__tune_check *check,
		       struct vtune__tune_wish *wish, struct vtune_error **err)
{
	unsigned int length;

	if (!vtune__json_is_array(at)) {
		if (add_value(at, check, wish, err) < 0)
			return -1;
	} else {
		if (vtune__json_array(at, &length, err) < 0)
			return -1;
		if (length == 0)
			return vtune__json_fail(at, err,
						"An empty list allows nothing; leave %s out if "
						"its value does not matter",
						check->name);
		for (unsigned int i = 0; i < length; i++) {
			struct vtune__json element;

			vtune__json_element(at, i, &element);
			if (add_value(&element, check, wish, err) < 0)
				return -1;
		}
	}
	wish->set = vtune__strdup(wish->values[0], err);
	return wish->set ? 0 : -1;
}

static int read_range(const struct vtune__json *at, const struct vtune__tune_check *check,
		      struct vtune__tune_wish *wish, struct vtune_error **err)
{
	struct vtune__json min, max, set;
	uint64_t value;

	if (vtune__json_object(at, range_keys, err) < 0 ||
	    vtune__json_need(at, "set", &set, err) < 0)
		return -1;
	wish->max = UINT64_MAX;
	if (vtune__json_get(at, "min", &min) &&
	    vtune__json_uint(&min, 0, check->max, &wish->min, err) < 0)
		return -1;
	if (vtune__json_get(at, "max", &max) &&
	    vtune__json_uint(&max, wish->min, check->max, &wish->max, err) < 0)
		return -1;
	if (vtune__json_uint(&set, 0, check->max, &value, err) < 0)
		return -1;
	if (value < wish->min || value > wish->max)
		return vtune__json_fail(&set, err,
					"%" PRIu64 " is not in the range that is wanted of %s",
					value, check->name);
	wish->set = vtune__print(err, "%" PRIu64, value);
	return wish->set ? 0 : -1;
}

static bool is_object(const struct vtune__json *at)
{
	return !vtune__json_is_array(at) && !vtune__json_is_string(at) &&
	       !vtune__json_is_number(at);
}

static int read_wish(const struct vtune__json *at, const struct vtune__tune_check *check,
		     struct vtune__tune_wish *wish, struct vtune_error **err)
{
	if (check->kind == VTUNE__NUMBER && is_object(at))
		return read_range(at, check, wish, err);
	return read_values(at, check, wish, err);
}

/* ---- preferences ---- */

static int read_cases(const struct vtune__json *at, struct vtune__preference *preference,
		      struct vtune_error **err)
{
	const struct vtune__tune_check *check = preference->check;
	const char *const keys[] = { check->cases[0], check->cases[1], NULL };

	if (vtune__json_object(at, keys, err) < 0)
		return -1;
	preference->by_case = true;
	for (int i = 0; i < 2; i++) {
		struct vtune__json child;

		if (!vtune__json_get(at, check->cases[i], &child))
			continue;
		if (read_wish(&child, check, &preference->wishes[i], err) < 0)
			return -1;
		preference->has[i] = true;
	}
	if (!preference->has[0] && !preference->has[1])
		return vtune__json_fail(at, err, "It says nothing; give \"%s\" or \"%s\"",
					check->cases[0], check->cases[1]);
	return 0;
}

static bool is_by_case(const struct vtune__json *at, const struct vtune__tune_check *check)
{
	struct vtune__json child;

	if (!check->cases[0] || !is_object(at))
		return false;
	/* A range of numbers is an object, too. */
	return check->kind != VTUNE__NUMBER ||
	       (!vtune__json_get(at, "set", &child) && !vtune__json_get(at, "min", &child) &&
		!vtune__json_get(at, "max", &child));
}

static int fail_setting(const struct vtune__json *at, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text known = { 0 };
	const char *between = "";

	for (unsigned int i = 0; i < vtune__tune_nchecks; i++) {
		if (vtune__tune_checks[i].kind == VTUNE__NO_WISH)
			continue;
		vtune__text_addf(&known, "%s%s", between, vtune__tune_checks[i].name);
		between = ", ";
	}
	if (known.failed)
		return vtune__fail_memory(err);
	return vtune__json_fail(at, err, "There is no setting of this name; there are %s",
				known.data);
}

static int read_preference(const struct vtune__json *at, struct vtune__profile *profile,
			   struct vtune_error **err)
{
	const struct vtune__tune_check *check = vtune__tune_check_by_name(at->key);
	struct vtune__preference *preference;

	if (!check || check->kind == VTUNE__NO_WISH)
		return fail_setting(at, err);
	preference = vtune__grow((void **)&profile->preferences, &profile->npreferences,
				 sizeof(*preference), err);
	if (!preference)
		return -1;
	preference->check = check;
	if (is_by_case(at, check))
		return read_cases(at, preference, err);
	preference->has[0] = true;
	return read_wish(at, check, &preference->wishes[0], err);
}

/* ---- the document ---- */

static int read_string(const struct vtune__json *root, const char *key, char **to,
		       struct vtune_error **err)
{
	struct vtune__json at;
	const char *text;

	if (!vtune__json_get(root, key, &at))
		return 0;
	if (vtune__json_string(&at, &text, err) < 0)
		return -1;
	if (!text[0])
		return vtune__json_fail(&at, err, "It must not be empty");
	*to = vtune__strdup(text, err);
	return *to ? 0 : -1;
}

static int read_profile(const struct vtune__json *root, struct vtune__profile *profile,
			struct vtune_error **err)
{
	struct vtune__json settings, name, member = { 0 };

	if (vtune__json_object(root, profile_keys, err) < 0 || vtune__json_version(root, err) < 0 ||
	    vtune__json_need(root, "name", &name, err) < 0 ||
	    read_string(root, "name", &profile->name, err) < 0 ||
	    read_string(root, "title", &profile->title, err) < 0 ||
	    vtune__json_need(root, "settings", &settings, err) < 0 ||
	    vtune__json_map(&settings, err) < 0)
		return -1;
	while (vtune__json_next(&settings, &member))
		if (read_preference(&member, profile, err) < 0)
			return -1;
	return 0;
}

struct vtune__profile *vtune__profile_from_json(const char *json, struct vtune_error **err)
{
	struct vtune__profile *profile = vtune__alloc(1, sizeof(*profile), err);
	struct vtune__json root;
	int rc;

	if (!profile || vtune__json_open(json, &root, err) < 0)
		goto fail;
	rc = read_profile(&root, profile, err);
	vtune__json_close(&root);
	if (rc == 0)
		return profile;
fail:
	vtune__profile_free(profile);
	return NULL;
}

/* ---- built-in ones ---- */

VTUNE_EXPORT const char *vtune_tuning_get_profile(unsigned int index)
{
	for (unsigned int i = 0; vtune__profile_documents[i]; i++)
		if (i == index)
			return vtune__profile_documents[i];
	return NULL;
}

/* No name has lines, but any other file that was taken for a profile. */
static bool is_document(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return *text == '{' || *text == '[' || *text == '\0' || strchr(text, '\n');
}

struct vtune__profile *vtune__profile_of(const char *name_or_document, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text known = { 0 };

	if (is_document(name_or_document))
		return vtune__profile_from_json(name_or_document, err);
	for (unsigned int i = 0; vtune__profile_documents[i]; i++) {
		struct vtune__profile *profile =
			vtune__profile_from_json(vtune__profile_documents[i], err);

		if (!profile || strcmp(profile->name, name_or_document) == 0)
			return profile;
		vtune__text_addf(&known, "%s%s", i ? ", " : "", profile->name);
		vtune__profile_free(profile);
	}
	if (known.failed)
		vtune__fail_memory(err);
	else
		vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			    "There is no profile \"%s\"; there are %s, and those that you write "
			    "yourself",
			    name_or_document, known.data);
	return NULL;
}
