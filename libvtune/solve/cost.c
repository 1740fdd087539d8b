/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "solve.h"

vtune__fine vtune__fine_pack(int64_t caches, int64_t split, int64_t leftover,
			     int64_t leftover_caches)
{
	const int64_t shift = INT64_C(1) << VTUNE__LEFTOVER_BITS;

	return ((caches * (INT64_C(1) << VTUNE__SPLIT_BITS) + split) * shift + leftover) * shift +
	       leftover_caches;
}

/* Take off the lowest term, which may be negative. */
static int64_t take_low(int64_t *value, int bits)
{
	const int64_t range = INT64_C(1) << bits;
	int64_t low = *value % range;

	if (low >= range / 2)
		low -= range;
	else if (low < -range / 2)
		low += range;
	*value = (*value - low) / range;
	return low;
}

void vtune__fine_unpack(vtune__fine fine, int64_t *caches, int64_t *split, int64_t *leftover,
			int64_t *leftover_caches)
{
	*leftover_caches = take_low(&fine, VTUNE__LEFTOVER_BITS);
	*leftover = take_low(&fine, VTUNE__LEFTOVER_BITS);
	*split = take_low(&fine, VTUNE__SPLIT_BITS);
	*caches = fine;
}

int vtune__cost_compare_coarse(const struct vtune__cost *a, const struct vtune__cost *b)
{
	if (a->remote != b->remote)
		return a->remote < b->remote ? -1 : 1;
	if (a->spread != b->spread)
		return a->spread < b->spread ? -1 : 1;
	if (a->devices != b->devices)
		return a->devices < b->devices ? -1 : 1;
	if (a->helpers != b->helpers)
		return a->helpers < b->helpers ? -1 : 1;
	return 0;
}

int vtune__cost_compare(const struct vtune__cost *a, const struct vtune__cost *b)
{
	int order = vtune__cost_compare_coarse(a, b);

	if (order)
		return order;
	if (a->fine != b->fine)
		return a->fine < b->fine ? -1 : 1;
	if (a->unasked != b->unasked)
		return a->unasked < b->unasked ? -1 : 1;
	return 0;
}
