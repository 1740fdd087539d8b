/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the host share. Include it behind cmocka.h. */
#ifndef VTUNE_TEST_HOST_HELP_H
#define VTUNE_TEST_HOST_HELP_H

#include <stdlib.h>
#include <string.h>

#include "host/host.h"

/* The text of a host in data/hosts. */
static inline char *host_text(const char *name)
{
	struct vtune__text path = { 0 };
	struct vtune_error *err = NULL;
	char *text;

	vtune__text_addf(&path, "%s/data/hosts/%s.json", getenv("srcdir") ? getenv("srcdir") : ".",
			 name);
	text = vtune__file_read(path.data, &err);
	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	vtune__text_free(&path);
	return text;
}

static inline struct vtune_host *host_from(const char *json)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_json(json, &err);

	if (!host)
		fail_msg("at \"%s\": %s\n%s", vtune_error_get_where(err),
			 vtune_error_get_message(err), json);
	return host;
}

static inline struct vtune_host *host_load(const char *name)
{
	char *text = host_text(name);
	struct vtune_host *host = host_from(text);

	free(text);
	return host;
}

/* Its document gives the host again. */
static inline void assert_read_again(const struct vtune_host *host)
{
	char *json = vtune_host_to_json(host, NULL);
	struct vtune_host *again = host_from(json);
	char *same = vtune_host_to_json(again, NULL);

	assert_string_equal(json, same);
	vtune_host_free(again);
	free(json);
	free(same);
}

static inline void assert_set(const struct vtune__set *set, const char *expected)
{
	char *text = vtune__set_print(set);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static inline void assert_error(struct vtune_error **err, enum vtune_error_code code,
				const char *where, const char *part)
{
	if (vtune_error_get_code(*err) != (int)code ||
	    strcmp(vtune_error_get_where(*err), where) != 0 ||
	    !strstr(vtune_error_get_message(*err), part))
		fail_msg("expected %d at \"%s\" with \"%s\", got %d at \"%s\": %s", code, where,
			 part, vtune_error_get_code(*err), vtune_error_get_where(*err),
			 vtune_error_get_message(*err));
	vtune_error_free(*err);
	*err = NULL;
}

/* JSON is easier to read in C with ' for ". */
static inline char *quoted(const char *text)
{
	char *copy = strdup(text);

	assert_non_null(copy);
	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	return copy;
}

#endif
