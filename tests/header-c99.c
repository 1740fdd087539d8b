/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public headers are C99, and the library is that of the headers. */
#include <libvtune.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
	char built[32];
	int same;

	sprintf(built, "%d.%d.%d", VTUNE_VERSION_MAJOR, VTUNE_VERSION_MINOR, VTUNE_VERSION_MICRO);
	same = strcmp(vtune_version(), VTUNE_VERSION) == 0 && strcmp(built, VTUNE_VERSION) == 0;
	printf("1..1\n%s 1 - the version of headers and library\n", same ? "ok" : "not ok");
	return !same;
}
