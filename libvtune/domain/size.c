/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/xml.h"

/* The number, without the blanks around it, in front of the unit. */
static bool join(char *out, size_t room, const char *number, const char *unit)
{
	static const char blanks[] = " \t\r\n";
	size_t length;
	int written;

	number += strspn(number, blanks);
	length = strcspn(number, blanks);
	if (number[length + strspn(number + length, blanks)] != '\0' || length >= room)
		return false;
	written = snprintf(out, room, "%.*s%s", (int)length, number, unit);
	return written >= 0 && (size_t)written < room;
}

/* Nearly always it is in one piece, and needs no copy. */
static const char *text_of(struct _xmlNode *node, char **copy)
{
	const char *text = vtune__xml_peek_text(node);

	if (text)
		return text;
	*copy = vtune__xml_text(node);
	return *copy;
}

bool vtune__domain_size(struct _xmlNode *node, const char *attribute, uint64_t *kib)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
	const char *unit = vtune__xml_peek(node, "unit");
	const char *number;
	char joined[48];

	number = attribute ? vtune__xml_peek(node, attribute) : text_of(node, &text);
	return number && join(joined, sizeof(joined), number, unit ? unit : "KiB") &&
	       vtune__size_parse(joined, kib);
}

int vtune__domain_set_size(struct _xmlNode *node, const char *attribute, uint64_t kib,
			   struct vtune_error **err)
{
	uint64_t now;
	int result;

	if (vtune__domain_size(node, attribute, &now) && now == kib)
		return 0;
	if (attribute)
		result = vtune__xml_set_uint(node, attribute, kib, err);
	else
		result = vtune__domain_set_number(node, kib, err);
	return result < 0 ? -1 : vtune__xml_set(node, "unit", "KiB", err);
}

bool vtune__domain_number(struct _xmlNode *node, uint64_t *number)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
	const char *digits = text_of(node, &text);
	char joined[48];

	/* In this unit the numbers that are refused are above any count. */
	return digits && join(joined, sizeof(joined), digits, "KiB") &&
	       vtune__size_parse(joined, number);
}

int vtune__domain_set_number(struct _xmlNode *node, uint64_t number, struct vtune_error **err)
{
	char text[24];
	uint64_t now;

	if (vtune__domain_number(node, &now) && now == number)
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, number);
	return vtune__xml_set_text(node, text, err);
}
