/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a profile wants of a setting. */
#include "tuning.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void free_wish(struct vtune__tune_wish *wish)
{
	for (unsigned int i = 0; i < wish->nvalues; i++)
		free(wish->values[i]);
	free(wish->values);
	free(wish->set);
}

void vtune__profile_free(struct vtune__profile *profile)
{
	if (!profile)
		return;
	for (unsigned int i = 0; i < profile->npreferences; i++) {
		free_wish(&profile->preferences[i].wishes[0]);
		free_wish(&profile->preferences[i].wishes[1]);
	}
	free(profile->preferences);
	free(profile->name);
	free(profile->title);
	free(profile);
}

const struct vtune__preference *vtune__profile_find(const struct vtune__profile *profile,
						    const struct vtune__tune_check *check)
{
	for (unsigned int i = 0; i < profile->npreferences; i++)
		if (profile->preferences[i].check == check)
			return &profile->preferences[i];
	return NULL;
}

static bool likes(const struct vtune__tune_wish *wish, const char *value)
{
	uint64_t number;

	for (unsigned int i = 0; i < wish->nvalues; i++)
		if (vtune__same_value(wish->values[i], value))
			return true;
	return wish->nvalues == 0 && vtune__is_number(value, &number) && number >= wish->min &&
	       number <= wish->max;
}

bool vtune__preference_likes(const struct vtune__preference *preference, int which,
			     const char *value)
{
	for (int i = 0; i < 2; i++) {
		bool counts = preference->by_case ? which < 0 || which == i : i == 0;

		if (counts && (!preference->has[i] || likes(&preference->wishes[i], value)))
			return true;
	}
	return false;
}

const char *vtune__preference_set(const struct vtune__preference *preference, int which)
{
	/* The second case is the one that can be lived with in the first. */
	int i = preference->by_case && which != 0 ? 1 : 0;

	return preference->has[i] ? preference->wishes[i].set : NULL;
}

/* ---- in words ---- */

void vtune__tune_wish_describe(const struct vtune__tune_wish *wish, struct vtune__text *text)
{
	if (wish->nvalues == 0 && wish->max == UINT64_MAX) {
		vtune__text_addf(text, "at least %" PRIu64, wish->min);
	} else if (wish->nvalues == 0) {
		if (wish->min == 0)
			vtune__text_addf(text, "at most %" PRIu64, wish->max);
		else
			vtune__text_addf(text, "%" PRIu64 " to %" PRIu64, wish->min, wish->max);
	}
	for (unsigned int i = 0; i < wish->nvalues; i++)
		vtune__text_addf(text, "%s%s", i ? " or " : "", wish->values[i]);
}

void vtune__preference_describe(const struct vtune__preference *preference, int which,
				struct vtune__text *text)
{
	const char *between = "";

	for (int i = 0; i < 2; i++) {
		bool counts = preference->by_case ? which < 0 || which == i : i == 0;

		if (!counts || !preference->has[i])
			continue;
		vtune__text_add(text, between);
		vtune__tune_wish_describe(&preference->wishes[i], text);
		if (preference->by_case && which < 0)
			vtune__text_addf(text, " with %s", preference->check->cases[i]);
		between = "; ";
	}
}
