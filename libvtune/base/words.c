/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <string.h>

int vtune__find_word(const char *const *words, const char *word)
{
	for (int i = 0; word && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

/* What XML 1.0 cannot hold, U+FFFE and U+FFFF, and all control characters: a
 * terminal obeys those above U+007F (C2 80 to C2 9F), too. */
bool vtune__is_plain(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x20 || *at == 0x7f || (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0))
			return false;
	return !strstr(text, "\xef\xbf\xbe") && !strstr(text, "\xef\xbf\xbf");
}
