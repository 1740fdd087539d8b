/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: reading with errors that name the JSON path, and writing. The only doors
 * to json-c are json-*.c and json.c. */
#ifndef VTUNE_JSON_H
#define VTUNE_JSON_H

#include "base.h"

struct json_object;

/* How deep a document may be nested: ours need 7. It bounds json-c's recursion. */
#define VTUNE__JSON_DEPTH 32

/* A value and the way to it. Lives on the stack; its parent must outlive it. */
struct vtune__json {
	struct json_object *value;
	const struct vtune__json *parent;
	const char *key;    /* in an object */
	unsigned int index; /* in an array, when key is NULL */
};

/* ---- json-parse.c ---- */

/* Parse a whole document. root->value is owned by the caller until _close. */
int vtune__json_open(const char *text, struct vtune__json *root, struct vtune_error **err);
void vtune__json_close(struct vtune__json *root);

/* ---- json.c ---- */

/* An error of code VTUNE_ERR_DOCUMENT at this place. Returns -1. */
int vtune__json_fail(const struct vtune__json *at, struct vtune_error **err, const char *format,
		     ...) VTUNE__PRINTF(3, 4);
int vtune__json_fail_code(const struct vtune__json *at, struct vtune_error **err,
			  enum vtune_error_code code, const char *format, ...) VTUNE__PRINTF(4, 5);
/* The JSON path of a place, as a new string ("/" for the root), or NULL. */
char *vtune__json_path(const struct vtune__json *at);

/* at must be an object, and every key one of the names (NULL at the end); an
 * unknown key is an error that names the known ones. */
int vtune__json_object(const struct vtune__json *at, const char *const *names,
		       struct vtune_error **err);
/* at must be an object whose keys are free (like node numbers). Walk it with
 * _member: false at the end. */
int vtune__json_map(const struct vtune__json *at, struct vtune_error **err);
bool vtune__json_member(const struct vtune__json *at, unsigned int index,
			struct vtune__json *member);
/* The same in one pass: all zeroes in *member before the first, false at the end. */
bool vtune__json_next(const struct vtune__json *at, struct vtune__json *member);
/* Is the key there? Then *child is it. */
bool vtune__json_get(const struct vtune__json *at, const char *key, struct vtune__json *child);
/* As _get, but the key must be there. */
int vtune__json_need(const struct vtune__json *at, const char *key, struct vtune__json *child,
		     struct vtune_error **err);
/* at must be an array; its length. */
int vtune__json_array(const struct vtune__json *at, unsigned int *length, struct vtune_error **err);
void vtune__json_element(const struct vtune__json *at, unsigned int index,
			 struct vtune__json *element);
bool vtune__json_is_string(const struct vtune__json *at);
bool vtune__json_is_number(const struct vtune__json *at); /* an integer */
bool vtune__json_is_array(const struct vtune__json *at);

/* Typed values; each fails with the path and what would be right. */
int vtune__json_uint(const struct vtune__json *at, uint64_t min, uint64_t max, uint64_t *out,
		     struct vtune_error **err);
int vtune__json_uint32(const struct vtune__json *at, unsigned int min, unsigned int max,
		       unsigned int *out, struct vtune_error **err);
int vtune__json_int(const struct vtune__json *at, int64_t min, int64_t max, int64_t *out,
		    struct vtune_error **err);
int vtune__json_double(const struct vtune__json *at, double *out, struct vtune_error **err);
int vtune__json_bool(const struct vtune__json *at, bool *out, struct vtune_error **err);
/* Owned by the document; valid until it is closed. Never contains a control character. */
int vtune__json_string(const struct vtune__json *at, const char **out, struct vtune_error **err);
/* One of names (NULL at the end): its index. */
int vtune__json_enum(const struct vtune__json *at, const char *const *names, int *out,
		     struct vtune_error **err);
/* A set string; members at most max. out must be empty. */
int vtune__json_set(const struct vtune__json *at, unsigned int max, struct vtune__set *out,
		    struct vtune_error **err);
/* A size: string with unit, or a number of KiB; in KiB. */
int vtune__json_size(const struct vtune__json *at, uint64_t *kib, struct vtune_error **err);
/* The value as compact JSON, a new string. */
char *vtune__json_text(const struct vtune__json *at, struct vtune_error **err);
/* "version" must be there, and be 1. */
int vtune__json_version(const struct vtune__json *at, struct vtune_error **err);

/* ---- json-write.c ---- */

/* Writing. A failed allocation is remembered in the writer, and every call
 * after it does nothing. A child that is put or appended belongs to its parent. */
struct vtune__json_writer {
	bool failed;
};
struct json_object *vtune__json_new_object(struct vtune__json_writer *w);
struct json_object *vtune__json_new_array(struct vtune__json_writer *w);
void vtune__json_put(struct vtune__json_writer *w, struct json_object *object, const char *key,
		     struct json_object *child);
void vtune__json_put_string(struct vtune__json_writer *w, struct json_object *object,
			    const char *key, const char *value);
void vtune__json_put_uint(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  uint64_t value);
void vtune__json_put_int(struct vtune__json_writer *w, struct json_object *object, const char *key,
			 int64_t value);
void vtune__json_put_double(struct vtune__json_writer *w, struct json_object *object,
			    const char *key, double value);
/* A value that is JSON text already. */
void vtune__json_put_text(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  const char *text);
void vtune__json_put_bool(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  bool value);
void vtune__json_put_set(struct vtune__json_writer *w, struct json_object *object, const char *key,
			 const struct vtune__set *set);
void vtune__json_append(struct vtune__json_writer *w, struct json_object *array,
			struct json_object *child);
void vtune__json_append_string(struct vtune__json_writer *w, struct json_object *array,
			       const char *value);
void vtune__json_append_int(struct vtune__json_writer *w, struct json_object *array, int64_t value);
void vtune__json_append_set(struct vtune__json_writer *w, struct json_object *array,
			    const struct vtune__set *set);
/* The text, with a newline at its end; frees root. NULL when out of memory. */
char *vtune__json_write(struct vtune__json_writer *w, struct json_object *root,
			struct vtune_error **err);
/* The same without the blanks that are for people. */
char *vtune__json_write_compact(struct vtune__json_writer *w, struct json_object *root,
				struct vtune_error **err);

#endif
