/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

/* Bytes in one of what the suffix names, as libvirt's virScaleInteger() reads
 * it: "k" and "KiB" are 1024, "KB" is 1000, in any case. 0: no such unit. */
static uint64_t unit_bytes(const char *unit)
{
	static const char prefixes[] = "kmgtpe";
	uint64_t base, bytes = 1;

	if (!strcasecmp(unit, "b") || !strcasecmp(unit, "byte") || !strcasecmp(unit, "bytes"))
		return 1;
	if (unit[0] == '\0')
		return 0;
	if (unit[1] == '\0' || !strcasecmp(unit + 1, "iB"))
		base = 1024;
	else if (!strcasecmp(unit + 1, "B"))
		base = 1000;
	else
		return 0;

	for (const char *prefix = prefixes; *prefix; prefix++) {
		bytes *= base;
		if (*prefix == unit[0] || *prefix - 'a' + 'A' == unit[0])
			return bytes;
	}
	return 0;
}

bool vtune__size_parse(const char *text, uint64_t *kib)
{
	uint64_t number = 0, unit, bytes, result;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(number, UINT64_C(10), &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
			return false;

	unit = unit_bytes(text);
	if (unit == 0 || __builtin_mul_overflow(number, unit, &bytes))
		return false;
	result = bytes / 1024 + (bytes % 1024 != 0);
	if (result > VTUNE__MAX_KIB)
		return false;
	*kib = result;
	return true;
}

void vtune__size_print(uint64_t kib, char out[32])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;

	while (unit + 1 < VTUNE__COUNT(units) && kib > 0 && kib % 1024 == 0) {
		kib /= 1024;
		unit++;
	}
	snprintf(out, 32, "%" PRIu64 "%s", kib, units[unit]);
}
