/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Far more than the topology of any machine; keeps /dev/zero from filling the
 * memory. */
#define MAX_FILE_BYTES (256u << 20)

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static int read_all(FILE *file, const char *path, struct vtune__text *text,
		    struct vtune_error **err)
{
	char part[16384];
	size_t got;

	while ((got = fread(part, 1, sizeof(part), file)) > 0) {
		if (memchr(part, '\0', got))
			return vtune__fail(err, VTUNE_ERR_SYNTAX, path,
					   "%s is not a text file: it has zero bytes", path);
		if (text->length + got > MAX_FILE_BYTES)
			return vtune__fail_errno(err, EFBIG, path, "Cannot read %s", path);
		vtune__text_add_bytes(text, part, got);
		if (text->failed)
			return vtune__fail_memory(err);
	}
	if (ferror(file))
		return vtune__fail_errno(err, errno, path, "Cannot read %s", path);
	return 0;
}

char *vtune__file_read(const char *path, struct vtune_error **err)
{
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	FILE *file VTUNE__CLEANUP(close_file) = fopen(path, "re");

	if (!file) {
		vtune__fail_errno(err, errno, path, "Cannot open %s", path);
		return NULL;
	}
	if (read_all(file, path, &text, err) < 0)
		return NULL;
	return vtune__text_take(&text, err);
}
