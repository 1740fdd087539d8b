/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <stdlib.h>
#include <string.h>

#define WORD_BITS 64

static uint64_t bit_of(unsigned int bit)
{
	return UINT64_C(1) << (bit % WORD_BITS);
}

static unsigned int min_words(const struct vtune__set *a, const struct vtune__set *b)
{
	return a->nwords < b->nwords ? a->nwords : b->nwords;
}

/* Trailing zeroes left out. */
unsigned int vtune__set_used_words(const struct vtune__set *set)
{
	unsigned int n = set->nwords;

	while (n > 0 && set->words[n - 1] == 0)
		n--;
	return n;
}

static int make_room(struct vtune__set *set, unsigned int nwords)
{
	uint64_t *words;

	if (nwords <= set->nwords)
		return 0;
	words = realloc(set->words, nwords * sizeof(*words));
	if (!words)
		return -1;
	memset(words + set->nwords, 0, (nwords - set->nwords) * sizeof(*words));
	set->words = words;
	set->nwords = nwords;
	return 0;
}

int vtune__set_add(struct vtune__set *set, unsigned int bit)
{
	if (bit / WORD_BITS >= set->nwords && make_room(set, bit / WORD_BITS + 1) < 0)
		return -1;
	set->words[bit / WORD_BITS] |= bit_of(bit);
	return 0;
}

int vtune__set_add_range(struct vtune__set *set, unsigned int first, unsigned int last)
{
	if (first > last)
		return 0;
	if (make_room(set, last / WORD_BITS + 1) < 0)
		return -1;
	for (unsigned int bit = first; bit < last; bit++)
		set->words[bit / WORD_BITS] |= bit_of(bit);
	set->words[last / WORD_BITS] |= bit_of(last);
	return 0;
}

int vtune__set_copy(struct vtune__set *to, const struct vtune__set *from)
{
	unsigned int n = vtune__set_used_words(from);

	if (to == from)
		return 0;
	if (make_room(to, n) < 0)
		return -1;
	for (unsigned int i = 0; i < to->nwords; i++)
		to->words[i] = i < n ? from->words[i] : 0;
	return 0;
}

int vtune__set_or(struct vtune__set *set, const struct vtune__set *other)
{
	unsigned int n = vtune__set_used_words(other);

	if (make_room(set, n) < 0)
		return -1;
	for (unsigned int i = 0; i < n; i++)
		set->words[i] |= other->words[i];
	return 0;
}

void vtune__set_remove(struct vtune__set *set, unsigned int bit)
{
	if (bit / WORD_BITS < set->nwords)
		set->words[bit / WORD_BITS] &= ~bit_of(bit);
}

void vtune__set_and(struct vtune__set *set, const struct vtune__set *other)
{
	for (unsigned int i = 0; i < set->nwords; i++)
		set->words[i] &= i < other->nwords ? other->words[i] : 0;
}

void vtune__set_andnot(struct vtune__set *set, const struct vtune__set *other)
{
	unsigned int n = min_words(set, other);

	for (unsigned int i = 0; i < n; i++)
		set->words[i] &= ~other->words[i];
}

void vtune__set_clear(struct vtune__set *set)
{
	if (set->nwords > 0)
		memset(set->words, 0, set->nwords * sizeof(*set->words));
}

void vtune__set_free(struct vtune__set *set)
{
	free(set->words);
	set->words = NULL;
	set->nwords = 0;
}

bool vtune__set_is_empty(const struct vtune__set *set)
{
	return vtune__set_used_words(set) == 0;
}

bool vtune__set_equal(const struct vtune__set *a, const struct vtune__set *b)
{
	unsigned int n = vtune__set_used_words(a);

	if (n != vtune__set_used_words(b))
		return false;
	return n == 0 || memcmp(a->words, b->words, n * sizeof(*a->words)) == 0;
}

bool vtune__set_intersects(const struct vtune__set *a, const struct vtune__set *b)
{
	unsigned int n = min_words(a, b);

	for (unsigned int i = 0; i < n; i++)
		if (a->words[i] & b->words[i])
			return true;
	return false;
}

bool vtune__set_is_subset(const struct vtune__set *part, const struct vtune__set *whole)
{
	for (unsigned int i = 0; i < part->nwords; i++)
		if (part->words[i] & ~(i < whole->nwords ? whole->words[i] : 0))
			return false;
	return true;
}

/* The compiler's own is a slow call unless it may use an instruction that the oldest
 * processors lack. */
static unsigned int count_bits(uint64_t word)
{
	word -= word >> 1 & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned int)(word * UINT64_C(0x0101010101010101) >> 56);
}

unsigned int vtune__set_count(const struct vtune__set *set)
{
	return vtune__set_count_and(set, set);
}

unsigned int vtune__set_count_and(const struct vtune__set *a, const struct vtune__set *b)
{
	unsigned int n = min_words(a, b);
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++)
		if (a->words[i] & b->words[i]) /* most words have none */
			count += count_bits(a->words[i] & b->words[i]);
	return count;
}

/* A number at *text, which moves behind it. */
static bool parse_number(const char **text, unsigned int max, unsigned int *out, const char **why)
{
	const char *p = *text;
	uint64_t value = 0;

	if (*p < '0' || *p > '9') {
		*why = "a number is missing, or something stands there that is not one";
		return false;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (uint64_t)(*p - '0');
		if (value > max) {
			*why = "a number is too large";
			return false;
		}
	}
	*text = p;
	*out = (unsigned int)value;
	return true;
}

static bool parse_range(const char **text, unsigned int max, struct vtune__set *set,
			const char **why)
{
	unsigned int first, last;

	if (!parse_number(text, max, &first, why))
		return false;
	last = first;
	if (**text == '-') {
		(*text)++;
		if (!parse_number(text, max, &last, why))
			return false;
	}
	if (last < first) {
		*why = "a range runs backward";
		return false;
	}
	if (vtune__set_add_range(set, first, last) < 0) {
		*why = NULL;
		return false;
	}
	return true;
}

bool vtune__set_parse(struct vtune__set *set, const char *text, unsigned int max, const char **why)
{
	struct vtune__set parsed = { 0 };
	bool more = *text != '\0';

	while (more) {
		if (!parse_range(&text, max, &parsed, why))
			goto fail;
		more = *text == ',';
		if (more)
			text++;
	}
	if (*text) {
		*why = "between numbers there may only be \",\" and \"-\"";
		goto fail;
	}
	vtune__set_free(set);
	*set = parsed;
	return true;

fail:
	vtune__set_free(&parsed);
	return false;
}

char *vtune__set_print(const struct vtune__set *set)
{
	struct vtune__text text = { 0 };

	vtune__text_add_set(&text, set);
	return vtune__text_take(&text, NULL);
}
