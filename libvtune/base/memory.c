/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <stdlib.h>
#include <string.h>

void *vtune__alloc(size_t count, size_t size, struct vtune_error **err)
{
	size_t bytes;
	void *memory = NULL;

	if (!__builtin_mul_overflow(count, size, &bytes))
		memory = calloc(1, bytes ? bytes : 1);
	if (!memory)
		vtune__fail_memory(err);
	return memory;
}

/* The room is not stored: it is the next power of two, so it is full exactly
 * when count is one. */
void *vtune__grow(void **array, unsigned int *count, size_t size, struct vtune_error **err)
{
	unsigned int used = *count;
	size_t room, bytes;
	char *element;
	void *grown;

	if ((used & (used - 1)) == 0) {
		room = used ? (size_t)used * 2 : 1;
		if (used > UINT32_MAX / 2 || __builtin_mul_overflow(room, size, &bytes)) {
			vtune__fail_memory(err);
			return NULL;
		}
		grown = realloc(*array, bytes);
		if (!grown) {
			vtune__fail_memory(err);
			return NULL;
		}
		*array = grown;
	}
	element = (char *)*array + (size_t)used * size;
	memset(element, 0, size);
	*count = used + 1;
	return element;
}

char *vtune__strdup(const char *text, struct vtune_error **err)
{
	char *copy = strdup(text);

	if (!copy)
		vtune__fail_memory(err);
	return copy;
}

int vtune__set_string(char **place, const char *value, struct vtune_error **err)
{
	char *copy = value ? vtune__strdup(value, err) : NULL;

	if (value && !copy)
		return -1;
	free(*place);
	*place = copy;
	return 0;
}

void vtune__free_string(char **text)
{
	free(*text);
	*text = NULL;
}

void vtune__free_ints(int **numbers)
{
	free(*numbers);
	*numbers = NULL;
}
