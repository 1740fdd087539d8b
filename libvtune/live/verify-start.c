/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a domain only a start changes: its interfaces, and who may use its memory. */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

struct at_start {
	struct vtune__look *check;
	const char *where;
	bool is_due;
};

static int say_at_start(void *data, const char *code, const char *text)
{
	const struct at_start *it = data;
	struct vtune__finding finding = { VTUNE__FINDING, .code = code, .where = it->where };
	char *mend VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (strcmp(it->where, "live") == 0)
		return vtune__say_at_start(it->check, &finding, it->is_due, "The %s", text);
	mend = vtune__say_mend(it->check, "");
	if (!mend)
		return -1;
	finding.mend = mend;
	return vtune__say_drift(it->check, &finding, "The %s", text);
}

static int note(void *data, const char *code, const char *text)
{
	(void)code;
	(void)text;
	*(bool *)data = true;
	return 0;
}

/* Has the definition all of it? */
static int find_due(struct vtune__look *check, bool *is_due)
{
	char *planned VTUNE__CLEANUP(vtune__free_string) = NULL;
	bool differs = false;

	*is_due = false;
	if (!check->next_xml)
		return 0;
	planned = vtune_plan_patch_domain_xml(check->plan, check->next_xml, check->err);
	if (!planned ||
	    vtune__compare_at_start(check->next_xml, planned, note, &differs, check->err) < 0)
		return -1;
	*is_due = !differs;
	return 0;
}

int vtune__verify_at_start(struct vtune__look *check, const char *where, const char *xml,
			   const char *planned)
{
	struct at_start it = { .check = check, .where = where };

	if (!vtune__changes_at_start(check->plan))
		return 0;
	if (strcmp(where, "live") == 0 && find_due(check, &it.is_due) < 0)
		return -1;
	return vtune__compare_at_start(xml, planned, say_at_start, &it, check->err);
}
