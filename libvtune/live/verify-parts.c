/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a domain only a start changes: in its definition that is drift; in the running domain
 * it is due where the definition has it as planned. */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

/* A difference of the definition, which is one of the running domain too. */
struct open {
	const char *code;
	char *text;
};

struct parts {
	struct vtune__look *check;
	struct open *open;
	unsigned int nopen;
};

static void free_parts(struct parts *parts)
{
	for (unsigned int i = 0; i < parts->nopen; i++)
		free(parts->open[i].text);
	free(parts->open);
}

static int note_open(void *data, const struct vtune__difference *difference)
{
	struct parts *parts = data;
	struct open *open =
		vtune__grow((void **)&parts->open, &parts->nopen, sizeof(*open), parts->check->err);

	if (!open)
		return -1;
	open->code = difference->code;
	open->text = vtune__strdup(difference->text, parts->check->err);
	return open->text ? 0 : -1;
}

/* What the next start will not have as planned, either. */
static int find_open(struct parts *parts)
{
	struct vtune__look *check = parts->check;
	struct vtune__pair pair VTUNE__CLEANUP(vtune__pair_close) = { 0 };
	char *planned VTUNE__CLEANUP(vtune__free_string) =
		vtune_plan_patch_domain_xml(check->plan, check->next_xml, check->err);

	if (!planned || vtune__pair_open(&pair, check->next_xml, planned, check->err) < 0)
		return -1;
	return vtune__compare(&pair, note_open, parts, check->err);
}

static bool is_open(const struct parts *parts, const struct vtune__difference *difference)
{
	for (unsigned int i = 0; i < parts->nopen; i++)
		if (strcmp(parts->open[i].code, difference->code) == 0 &&
		    strcmp(parts->open[i].text, difference->text) == 0)
			return true;
	return false;
}

/* One of a transient domain is never due. */
static int say_live(void *data, const struct vtune__difference *difference)
{
	const struct parts *parts = data;
	const struct vtune__finding finding = { VTUNE__FINDING, .code = difference->code,
						.where = "live" };

	return vtune__say_at_start(parts->check, &finding,
				   parts->check->next_xml && !is_open(parts, difference), "%s",
				   difference->text);
}

static int say_config(void *data, const struct vtune__difference *difference)
{
	struct vtune__look *check = data;
	struct vtune__finding finding = { VTUNE__FINDING, .code = difference->code,
					  .where = "config" };
	char *mend VTUNE__CLEANUP(vtune__free_string) = vtune__say_mend(check, "");

	if (!mend)
		return -1;
	finding.mend = mend;
	return vtune__say_drift(check, &finding, "%s", difference->text);
}

int vtune__verify_parts(struct vtune__look *check, const char *where,
			const struct vtune__pair *pair)
{
	struct parts parts VTUNE__CLEANUP(free_parts) = { .check = check };

	if (strcmp(where, "live") != 0)
		return vtune__compare(pair, say_config, check, check->err);
	if (check->next_xml && find_open(&parts) < 0)
		return -1;
	return vtune__compare(pair, say_live, &parts, check->err);
}
