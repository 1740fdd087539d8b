/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks by what they are called. */
#include "tuning.h"

#include <ctype.h>
#include <string.h>

/* "H5" is the row of H5a, H5b, ...; H1 is not the row of H10a. */
bool vtune__tune_check_matches(const struct vtune__tune_check *check, const char *called)
{
	size_t length = strlen(called);

	if (strcmp(check->name, called) == 0 || strcasecmp(check->id, called) == 0)
		return true;
	return length > 1 && strncasecmp(check->id, called, length) == 0 &&
	       isalpha((unsigned char)check->id[length]) && check->id[length + 1] == '\0';
}

bool vtune__tune_check_is_named(const char *called)
{
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++)
		if (vtune__tune_check_matches(&vtune__tune_checks[i], called))
			return true;
	return false;
}

int vtune__tune_fail_unknown(const char *called, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text known = { 0 };

	for (unsigned int i = 0; i < vtune__tune_nchecks; i++)
		vtune__text_addf(&known, "%s%s (%s)", i ? ", " : "", vtune__tune_checks[i].id,
				 vtune__tune_checks[i].name);
	if (known.failed)
		return vtune__fail_memory(err);
	return vtune__fail(err, VTUNE_ERR_INVALID, NULL, "There is no check \"%s\"; there are %s",
			   called, known.data);
}

const struct vtune__tune_check *vtune__tune_check_by_name(const char *name)
{
	for (unsigned int i = 0; i < vtune__tune_nchecks; i++)
		if (strcmp(vtune__tune_checks[i].name, name) == 0)
			return &vtune__tune_checks[i];
	return NULL;
}
