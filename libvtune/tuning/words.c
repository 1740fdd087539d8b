/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the kernel, and files beside it, write settings. */
#include "tuning.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- lists of words with one that is chosen ---- */

const char *vtune__chosen(char *text)
{
	char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return text;
	*close = '\0';
	return open + 1;
}

bool vtune__offers(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		bool begins = at == text || strchr(" \t[", at[-1]);
		bool ends = at[length] == '\0' || strchr(" \t]\n", at[length]);

		if (begins && ends)
			return true;
	}
	return false;
}

/* ---- numbers and masks ---- */

bool vtune__is_number(const char *text, uint64_t *number)
{
	unsigned long long value;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end)
		return false;
	*number = value;
	return true;
}

/* The next character that tells, of a mask or number: no comma, no zero in front. */
static char next_digit(const char **at, bool *in_front)
{
	while (**at == ',' || (*in_front && **at == '0'))
		(*at)++;
	*in_front = false;
	return **at ? *(*at)++ : '\0';
}

bool vtune__same_value(const char *a, const char *b)
{
	bool front_a = true, front_b = true;
	char x, y;

	if (strcmp(a, b) == 0)
		return true;
	if (strspn(a, "0123456789abcdefABCDEF,") != strlen(a) ||
	    strspn(b, "0123456789abcdefABCDEF,") != strlen(b) || !a[0] || !b[0])
		return false;
	do {
		x = next_digit(&a, &front_a);
		y = next_digit(&b, &front_b);
		if (tolower((unsigned char)x) != tolower((unsigned char)y))
			return false;
	} while (x && y);
	return true;
}

bool vtune__mask_parse(struct vtune__set *set, const char *text, bool *no_memory)
{
	unsigned int bit = 0;

	*no_memory = false;
	if (!text[0])
		return false;
	for (const char *at = text + strlen(text); at-- > text;) {
		int digit;

		if (*at == ',')
			continue;
		if (!isxdigit((unsigned char)*at))
			return false;
		digit = isdigit((unsigned char)*at) ? *at - '0'
						    : tolower((unsigned char)*at) - 'a' + 10;
		for (unsigned int i = 0; i < 4; i++, bit++) {
			if (!(digit >> i & 1))
				continue;
			if (bit > VTUNE__MAX_CPU)
				return false;
			if (vtune__set_add(set, bit) < 0) {
				*no_memory = true;
				return false;
			}
		}
	}
	return true;
}

char *vtune__mask_print(const struct vtune__set *set, struct vtune_error **err)
{
	unsigned int words = 2 * vtune__set_used_words(set);
	struct vtune__text text = { 0 };
	bool begun = false;

	while (words-- > 0) {
		uint32_t part = (uint32_t)(set->words[words / 2] >> (words % 2 * 32));

		if (begun)
			vtune__text_addf(&text, ",%08x", part);
		else if (part)
			vtune__text_addf(&text, "%x", part);
		begun = begun || part;
	}
	if (!begun)
		vtune__text_add(&text, "0");
	return vtune__text_take(&text, err);
}

/* ---- KEY=value ---- */

/* The end of a word that may have a quoted part. */
static const char *end_of_word(const char *at)
{
	char quote = '\0';

	for (; *at && (quote || !isspace((unsigned char)*at)); at++) {
		if (quote)
			quote = *at == quote ? '\0' : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
	}
	return at;
}

static char *without_quotes(const char *from, size_t length, struct vtune_error **err)
{
	struct vtune__text text = { 0 };

	vtune__text_add(&text, "");
	for (size_t i = 0; i < length; i++)
		if (from[i] != '"' && from[i] != '\'')
			vtune__text_add_bytes(&text, from + i, 1);
	return vtune__text_take(&text, err);
}

int vtune__assigned(const char *text, const char *key, char **value, struct vtune_error **err)
{
	size_t length = strlen(key);
	int found = 0;

	while (*text) {
		const char *end;

		text += strspn(text, " \t\n");
		if (*text == '#') { /* the rest of the line is a comment */
			text += strcspn(text, "\n");
			continue;
		}
		end = end_of_word(text);
		if (strncmp(text, key, length) == 0 &&
		    (text[length] == '=' || text + length == end)) {
			const char *from = text + length + (text[length] == '=');
			char *word = without_quotes(from, (size_t)(end - from), err);

			if (!word)
				return -1;
			free(*value);
			*value = word;
			found = 1;
		}
		text = end;
	}
	return found;
}
