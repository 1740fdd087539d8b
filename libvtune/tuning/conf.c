/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of libvirt's configuration: lines of "key = value", where a value is a number, a
 * string in quotes, or a list of strings, which may go over several lines. */
#include "tuning.h"

#include <stdlib.h>
#include <string.h>

/* What stands behind the last "key =" that is no comment; NULL: nowhere. */
static const char *find_value(const char *conf, const char *key)
{
	size_t length = strlen(key);
	const char *found = NULL;

	for (const char *line = conf; line; line = strchr(line, '\n')) {
		const char *at = line + (*line == '\n');

		line = at;
		at += strspn(at, " \t");
		if (strncmp(at, key, length) != 0)
			continue;
		at += length;
		at += strspn(at, " \t");
		if (*at == '=')
			found = at + 1 + strspn(at + 1, " \t");
	}
	return found;
}

static void add_string(struct vtune__text *text, const char *from, size_t length)
{
	if (text->length)
		vtune__text_add(text, " ");
	vtune__text_add_bytes(text, from, length);
}

/* The strings of a list, up to its bracket. */
static void add_list(struct vtune__text *text, const char *at)
{
	while (*at && *at != ']') {
		char end = *at;
		size_t length;

		if (end == '#') {
			at += strcspn(at, "\n");
			continue;
		}
		at++;
		if (end != '"' && end != '\'')
			continue;
		length = strcspn(at, end == '"' ? "\"" : "'");
		add_string(text, at, length);
		at += length + (at[length] == end);
	}
}

int vtune__conf_get(const char *conf, const char *key, char **value, struct vtune_error **err)
{
	const char *at = find_value(conf, key);
	struct vtune__text text = { 0 };

	if (!at)
		return 0;
	if (*at == '[')
		add_list(&text, at + 1);
	else if (*at == '"' || *at == '\'')
		add_string(&text, at + 1, strcspn(at + 1, *at == '"' ? "\"\n" : "'\n"));
	else
		add_string(&text, at, strcspn(at, " \t\r\n#"));
	free(*value);
	*value = vtune__text_take(&text, err);
	return *value ? 1 : -1;
}

int vtune__conf_has(const char *conf, const char *protocol, const char *key,
		    struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *name = vtune__print(err, "%s_%s", protocol, key);
	VTUNE__CLEANUP(vtune__free_string) char *value = NULL;
	int rc = name ? vtune__conf_get(conf, name, &value, err) : -1;

	return rc > 0 ? value[0] && strcmp(value, "0") != 0 : rc;
}

bool vtune__is_everywhere(const char *address)
{
	return address && (strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0);
}

int vtune__conf_is(const char *conf, const char *key, const char *value, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *text = NULL;
	int rc = vtune__conf_get(conf, key, &text, err);

	return rc > 0 ? strcmp(text, value) == 0 : rc;
}
