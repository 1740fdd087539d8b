/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "solve.h"

/* When as much as 64 KiB is freed at once, the C library tidies up its whole heap. */
#define FIRST_CHUNK ((size_t)32 * 1024)

struct vtune__chunk {
	struct vtune__chunk *before;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

static struct vtune__chunk *chunk_add(struct vtune__arena *arena, size_t need)
{
	size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;
	struct vtune__chunk *chunk;

	if (size < need)
		size = need;
	chunk = size > SIZE_MAX - sizeof(*chunk) ? NULL : malloc(sizeof(*chunk) + size);
	if (!chunk) {
		arena->failed = true;
		return NULL;
	}
	chunk->before = arena->chunks;
	chunk->size = size;
	chunk->used = 0;
	arena->chunks = chunk;
	return chunk;
}

void *vtune__arena_take(struct vtune__arena *arena, size_t count, size_t size)
{
	struct vtune__chunk *chunk = arena->chunks;
	const size_t unit = alignof(max_align_t);
	size_t bytes;
	void *memory;

	if (size && count > (SIZE_MAX / 2) / size) {
		arena->failed = true;
		return NULL;
	}
	bytes = (count * size + unit - 1) / unit * unit;
	if (!chunk || chunk->size - chunk->used < bytes) {
		chunk = chunk_add(arena, bytes);
		if (!chunk)
			return NULL;
	}
	memory = chunk->bytes + chunk->used;
	chunk->used += bytes;
	return memset(memory, 0, bytes);
}

struct vtune__mark vtune__arena_mark(const struct vtune__arena *arena)
{
	struct vtune__mark mark = { arena->chunks, arena->chunks ? arena->chunks->used : 0 };

	return mark;
}

void vtune__arena_reset(struct vtune__arena *arena, struct vtune__mark mark)
{
	while (arena->chunks != mark.chunk) {
		struct vtune__chunk *chunk = arena->chunks;

		/* The last one is kept, emptied: the next use needs it again. */
		if (!mark.chunk && !chunk->before) {
			chunk->used = 0;
			return;
		}
		arena->chunks = chunk->before;
		free(chunk);
	}
	if (arena->chunks)
		arena->chunks->used = mark.used;
}

void vtune__arena_free(struct vtune__arena *arena)
{
	while (arena->chunks) {
		struct vtune__chunk *chunk = arena->chunks;

		arena->chunks = chunk->before;
		free(chunk);
	}
}
