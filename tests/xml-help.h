/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of emitting and patching share. */
#ifndef VTUNE_TESTS_XML_HELP_H
#define VTUNE_TESTS_XML_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

static inline char *help_load(const char *folder, const char *name, const char *suffix)
{
	const char *srcdir = getenv("srcdir");
	struct vtune_error *err = NULL;
	char path[4096], *text;

	snprintf(path, sizeof(path), "%s/data/%s/%s%s", srcdir ? srcdir : ".", folder, name,
		 suffix);
	text = vtune__file_read(path, &err);
	if (!text)
		fail_msg("%s", vtune_error_get_message(err));
	return text;
}

static inline struct vtune_plan *help_plan(const char *name)
{
	char *text = help_load("domain-plans", name, ".json");
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune_plan_from_json(text, &err);

	if (!plan)
		fail_msg("%s: %s: %s", name, vtune_error_get_where(err),
			 vtune_error_get_message(err));
	free(text);
	return plan;
}

static inline char *help_patch(const struct vtune_plan *plan, const char *domain)
{
	struct vtune_error *err = NULL;
	char *out = vtune_plan_patch_domain_xml(plan, domain, &err);

	if (!out)
		fail_msg("%s: %s in %s", vtune_error_get_where(err), vtune_error_get_message(err),
			 domain);
	assert_null(err);
	return out;
}

/* The error's code, and part of its message; frees it. */
static inline void help_error(struct vtune_error *err, int code, const char *part)
{
	assert_non_null(err);
	if (!strstr(vtune_error_get_message(err), part))
		fail_msg("\"%s\" is not in \"%s\"", part, vtune_error_get_message(err));
	assert_int_equal(vtune_error_get_code(err), code);
	vtune_error_free(err);
}

#endif
