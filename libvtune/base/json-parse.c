/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "json.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

static int fail_syntax(struct vtune_error **err, const char *text, size_t offset, const char *what)
{
	unsigned int line = 1, column = 1;
	char where[32];

	for (size_t i = 0; i < offset && text[i]; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	snprintf(where, sizeof(where), "line %u", line);
	return vtune__fail(err, VTUNE_ERR_SYNTAX, where,
			   "This is not JSON: %s, in line %u, column %u (byte %zu)", what, line,
			   column, offset);
}

/* The length of the UTF-8 character at p, 0 when there is none: no overlong
 * forms, no surrogates, nothing above U+10FFFF. */
static unsigned int utf8_length(const unsigned char *p)
{
	unsigned int length;
	unsigned char low = 0x80, high = 0xbf;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	if (p[0] == 0xed)
		high = 0x9f;
	if (p[0] == 0xf0)
		low = 0x90;
	if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (unsigned int i = 2; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static int check_utf8(const char *text, struct vtune_error **err)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned int length;

	for (; *p; p += length) {
		length = utf8_length(p);
		if (length == 0)
			return fail_syntax(err, text, (size_t)(p - (const unsigned char *)text),
					   "the bytes are not UTF-8");
	}
	return 0;
}

#if JSON_C_MAJOR_VERSION > 0 || JSON_C_MINOR_VERSION >= 17
#define IS_OUT_OF_MEMORY(error) ((error) == json_tokener_error_memory)
#else
#define IS_OUT_OF_MEMORY(error) false
#endif

/* json-c keeps the last of two equal keys and takes 'single' quotes even when
 * strict; a scan over the text, already known to be balanced, finds both. */
struct scan {
	const char *text, *string; /* the last string seen, behind its quote */
	size_t length;
	unsigned int depth;
	struct scan_frame {
		struct json_object *seen; /* an object's keys; NULL in an array */
		struct vtune__json at;
		char *key;
	} frames[VTUNE__JSON_DEPTH + 1];
};

static void scan_pop(struct scan *scan)
{
	struct scan_frame *frame = &scan->frames[scan->depth--];

	json_object_put(frame->seen);
	free(frame->key);
}

static int scan_push(struct scan *scan, bool object, struct vtune_error **err)
{
	struct scan_frame *frame;

	if (scan->depth == VTUNE__JSON_DEPTH)
		return vtune__fail(err, VTUNE_ERR_SYNTAX, NULL, "The JSON is nested too deep");
	frame = &scan->frames[++scan->depth];
	memset(frame, 0, sizeof(*frame));
	frame->at.parent = &scan->frames[scan->depth - 1].at;
	frame->seen = object ? json_object_new_object() : NULL;
	if (object && !frame->seen)
		return vtune__fail_memory(err);
	return 0;
}

static int scan_key(struct scan *scan, struct vtune_error **err)
{
	struct scan_frame *frame = &scan->frames[scan->depth];

	free(frame->key);
	frame->key = strndup(scan->string, scan->length);
	frame->at.key = frame->key;
	if (!frame->key)
		return vtune__fail_memory(err);
	if (strchr(frame->key, '\\'))
		return vtune__json_fail(&frame->at, err,
					"A key may not have escapes (\"\\\") in it");
	if (json_object_object_get_ex(frame->seen, frame->key, NULL))
		return vtune__json_fail(&frame->at, err, "The key \"%s\" is there twice",
					frame->key);
	if (json_object_object_add(frame->seen, frame->key, NULL) < 0)
		return vtune__fail_memory(err);
	return 0;
}

static const char *scan_string(struct scan *scan, const char *quote)
{
	const char *p = quote + 1;

	while (*p && *p != '"')
		p += p[0] == '\\' && p[1] ? 2 : 1;
	scan->string = quote + 1;
	scan->length = (size_t)(p - scan->string);
	return *p ? p : p - 1;
}

static int scan_text(struct scan *scan, struct vtune_error **err)
{
	int rc = 0;

	for (const char *p = scan->text; rc == 0 && *p; p++) {
		if (*p == '"')
			p = scan_string(scan, p);
		else if (*p == '{' || *p == '[')
			rc = scan_push(scan, *p == '{', err);
		else if ((*p == '}' || *p == ']') && scan->depth > 0)
			scan_pop(scan);
		else if (*p == ':')
			rc = scan_key(scan, err);
		else if (*p == ',')
			scan->frames[scan->depth].at.index++;
		else if (*p == '\'')
			rc = fail_syntax(err, scan->text, (size_t)(p - scan->text),
					 "a string stands in \" and not in '");
	}
	while (scan->depth > 0)
		scan_pop(scan);
	return rc;
}

static bool only_blanks(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static int parse(struct json_tokener *tokener, const char *text, struct vtune__json *root,
		 struct vtune_error **err)
{
	size_t length = strlen(text), end;
	enum json_tokener_error error;

	if (length >= INT_MAX)
		return vtune__fail(err, VTUNE_ERR_SYNTAX, NULL, "The JSON is too long");
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	/* The zero at the end goes in, too: it tells that a number is complete. */
	root->value = json_tokener_parse_ex(tokener, text, (int)length + 1);
	error = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);

	if (IS_OUT_OF_MEMORY(error))
		return vtune__fail_memory(err);
	if (error == json_tokener_continue || error == json_tokener_error_parse_eof)
		return fail_syntax(err, text, length, "it ends too early");
	if (error != json_tokener_success)
		return fail_syntax(err, text, end, json_tokener_error_desc(error));
	/* So does json-c before 0.17 give up when it cannot copy the locale. */
	if (end == 0)
		return vtune__fail_memory(err);
	if (end < length && !only_blanks(text + end))
		return fail_syntax(err, text, end, "something stands behind its end");
	return 0;
}

int vtune__json_open(const char *text, struct vtune__json *root, struct vtune_error **err)
{
	struct scan scan = { .text = text };
	struct json_tokener *tokener;
	int rc;

	memset(root, 0, sizeof(*root));
	if (only_blanks(text))
		return vtune__fail(err, VTUNE_ERR_SYNTAX, NULL,
				   "The document is empty; it must be a JSON object");
	if (check_utf8(text, err) < 0)
		return -1;
	tokener = json_tokener_new_ex(VTUNE__JSON_DEPTH);
	if (!tokener)
		return vtune__fail_memory(err);
	rc = parse(tokener, text, root, err);
	json_tokener_free(tokener);
	if (rc == 0)
		rc = scan_text(&scan, err);
	if (rc < 0)
		vtune__json_close(root);
	return rc;
}

void vtune__json_close(struct vtune__json *root)
{
	json_object_put(root->value);
	root->value = NULL;
}
