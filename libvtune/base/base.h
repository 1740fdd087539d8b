/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every stage stands on: errors, sets, text, sizes. */
#ifndef VTUNE_BASE_H
#define VTUNE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libvtune.h"

#define VTUNE_EXPORT __attribute__((visibility("default")))
#define VTUNE__PRINTF(f, a) __attribute__((format(printf, f, a)))
#define VTUNE__CLEANUP(fn) __attribute__((cleanup(fn)))
#define VTUNE__COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Larger ids than any kernel gives out (NR_CPUS 8192, MAX_NUMNODES 1024). */
#define VTUNE__MAX_CPU 16383
#define VTUNE__MAX_NODE 4095

/* ---- error.c ---- */

/* Set *err (when err is not NULL and *err is) to a new error; returns -1, so
 * that a caller can write "return vtune__fail(...)". where may be NULL. */
int vtune__fail(struct vtune_error **err, enum vtune_error_code code, const char *where,
		const char *format, ...) VTUNE__PRINTF(4, 5);
int vtune__fail_errno(struct vtune_error **err, int number, const char *where, const char *format,
		      ...) VTUNE__PRINTF(4, 5);
int vtune__fail_memory(struct vtune_error **err);
int vtune__fail_null(struct vtune_error **err, const char *function);
/* Put "prefix: " before the message of *err, when there is one. */
void vtune__error_prefix(struct vtune_error **err, const char *prefix);

/* ---- memory.c ---- */

/* calloc, realloc and strdup that set err. Zero elements give a valid pointer. */
void *vtune__alloc(size_t count, size_t size, struct vtune_error **err);
/* Make room for one more element in *array (count used); doubles as needed, so
 * the array must be NULL or have grown by this function alone.
 * Returns the address of the new, zeroed element, or NULL. */
void *vtune__grow(void **array, unsigned int *count, size_t size, struct vtune_error **err);
char *vtune__strdup(const char *text, struct vtune_error **err);
/* Put a copy of value, which may be NULL, in the place of a string that is freed. */
int vtune__set_string(char **place, const char *value, struct vtune_error **err);
void vtune__free_string(char **text); /* for VTUNE__CLEANUP */
void vtune__free_ints(int **numbers); /* likewise */

/* ---- set.c ---- */

/* A set of small numbers: CPUs, nodes or vCPUs. All zeroes is the empty set. */
struct vtune__set {
	uint64_t *words;
	unsigned int nwords;
};

/* Inline, like vtune__set_next() below: loops over CPUs spend their time here. */
static inline bool vtune__set_has(const struct vtune__set *set, unsigned int bit)
{
	return bit / 64 < set->nwords && (set->words[bit / 64] >> (bit % 64) & 1);
}

/* Those that may need memory return -1 and leave the set as it was. */
int vtune__set_add(struct vtune__set *set, unsigned int bit);
int vtune__set_add_range(struct vtune__set *set, unsigned int first, unsigned int last);
int vtune__set_copy(struct vtune__set *to, const struct vtune__set *from);
int vtune__set_or(struct vtune__set *set, const struct vtune__set *other);
void vtune__set_remove(struct vtune__set *set, unsigned int bit);
void vtune__set_and(struct vtune__set *set, const struct vtune__set *other);
void vtune__set_andnot(struct vtune__set *set, const struct vtune__set *other);
void vtune__set_clear(struct vtune__set *set); /* empties it, keeps the memory */
void vtune__set_free(struct vtune__set *set);
bool vtune__set_is_empty(const struct vtune__set *set);
bool vtune__set_equal(const struct vtune__set *a, const struct vtune__set *b);
bool vtune__set_intersects(const struct vtune__set *a, const struct vtune__set *b);
bool vtune__set_is_subset(const struct vtune__set *part, const struct vtune__set *whole);
unsigned int vtune__set_count(const struct vtune__set *set);
/* How many words the members need. */
unsigned int vtune__set_used_words(const struct vtune__set *set);
unsigned int vtune__set_count_and(const struct vtune__set *a, const struct vtune__set *b);
/* The smallest member that is at least from, or -1. */
static inline int vtune__set_next(const struct vtune__set *set, unsigned int from)
{
	unsigned int i = from / 64;
	uint64_t word;

	if (i >= set->nwords)
		return -1;
	word = set->words[i] & (~UINT64_C(0) << (from % 64));
	while (word == 0) {
		if (++i >= set->nwords)
			return -1;
		word = set->words[i];
	}
	return (int)(i * 64) + __builtin_ctzll(word);
}
#define vtune__set_first(set) vtune__set_next(set, 0)
#define VTUNE__SET_FOREACH(bit, set)                      \
	for (int bit = vtune__set_next(set, 0); bit >= 0; \
	     bit = vtune__set_next(set, (unsigned int)bit + 1))
/* "0-3,8"; "" is the empty set. Blanks, "^", backward ranges, doubled commas and
 * numbers above max are refused: returns false and *why says what is wrong (a
 * static string). On out of memory *why is NULL. */
bool vtune__set_parse(struct vtune__set *set, const char *text, unsigned int max, const char **why);
/* A new string, or NULL when out of memory. */
char *vtune__set_print(const struct vtune__set *set);

/* ---- text.c ---- */

/* A growing text. All zeroes is the empty text. A failed allocation is
 * remembered and reported by vtune__text_take(). */
struct vtune__text {
	char *data;
	size_t length, room;
	bool failed;
};

void vtune__text_add(struct vtune__text *text, const char *more);
void vtune__text_add_bytes(struct vtune__text *text, const char *more, size_t length);
void vtune__text_addf(struct vtune__text *text, const char *format, ...) VTUNE__PRINTF(2, 3);
void vtune__text_vaddf(struct vtune__text *text, const char *format, va_list args)
	VTUNE__PRINTF(2, 0);
void vtune__text_add_set(struct vtune__text *text, const struct vtune__set *set);
/* "8 GiB", "1.5 GiB", "512 KiB": for people. */
void vtune__text_add_size(struct vtune__text *text, uint64_t kib);
/* The text as a new string; the object is empty again. NULL when out of memory. */
char *vtune__text_take(struct vtune__text *text, struct vtune_error **err);
void vtune__text_free(struct vtune__text *text);
/* A new string from a format, or NULL. */
char *vtune__print(struct vtune_error **err, const char *format, ...) VTUNE__PRINTF(2, 3);
char *vtune__vprint(struct vtune_error **err, const char *format, va_list args) VTUNE__PRINTF(2, 0);

/* ---- words.c ---- */

/* The place of a word, which may be NULL, in a list that ends with NULL; -1: nowhere. */
int vtune__find_word(const char *const *words, const char *word);
/* Has it no control characters, in UTF-8, and nothing else that XML cannot hold? */
bool vtune__is_plain(const char *text);

/* ---- names.c ---- */

struct vtune__names {
	char **list;
	unsigned int count;
};
void vtune__names_free(struct vtune__names *names); /* for VTUNE__CLEANUP */
int vtune__names_add(struct vtune__names *names, const char *name, struct vtune_error **err);
/* What a folder has in it whose name begins with prefix, but for what begins with ".";
 * nothing where it cannot be read. In no order. */
int vtune__names_read(struct vtune__names *names, const char *folder, const char *prefix,
		      struct vtune_error **err);

/* ---- size.c ---- */

/* A size with a unit as libvirt has them: b, bytes, KB, k, KiB, MB, M, MiB, GB,
 * G, GiB, TB, T, TiB, PB, P, PiB, EB, E, EiB (case does not matter); KiB rounded up. Returns
 * false when it is not a size, or does not fit 2^52 KiB. */
bool vtune__size_parse(const char *text, uint64_t *kib);
/* "2MiB", "1GiB", "64KiB": the largest unit that divides it, without a blank. */
void vtune__size_print(uint64_t kib, char out[32]);
#define VTUNE__MAX_KIB (UINT64_C(1) << 52)

/* ---- file.c ---- */

/* The whole of a file as a new string; an error names the path. */
char *vtune__file_read(const char *path, struct vtune_error **err);

/* ---- options.c ---- */

struct vtune_options {
	uint64_t work_limit; /* 0: the library's own */
	char domain_type[8];
	void (*progress)(void *data, const char *what, uint64_t done, uint64_t all);
	void *progress_data;
	unsigned int lock_timeout; /* milliseconds */
};
#define VTUNE__LOCK_TIMEOUT 30000

#endif
