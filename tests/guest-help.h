/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a spec to a plan and to what it lays into a domain. Include it behind xml-help.h. */
#ifndef VTUNE_TEST_GUEST_HELP_H
#define VTUNE_TEST_GUEST_HELP_H

#include "host/host.h"
#include "plan/plan.h"
#include "spec-help.h"

static inline struct vtune_plan *guest_plan(const char *host, const char *spec)
{
	struct vtune_error *err = NULL;
	struct vtune_host *on = vtune_host_from_json(host, &err);
	struct vtune_spec *asked = help_spec(spec);
	struct vtune_plan *plan;

	if (!on)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	plan = vtune_place(on, asked, NULL, &err);
	if (!plan)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	if (!plan->fits)
		fail_msg("does not fit: %s: %s", spec, plan->reasons[0].text);
	if (vtune__plan_check(plan, on, asked, &err) < 0)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	vtune_spec_free(asked);
	vtune_host_free(on);
	return plan;
}

static inline const char *guest_warning(const struct vtune_plan *plan, const char *code)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if (strcmp(plan->warnings[i].code, code) == 0)
			return plan->warnings[i].text;
	return NULL;
}

/* part: of the text; NULL: there is no such warning. */
static inline void guest_warns(const struct vtune_plan *plan, const char *code, const char *part)
{
	const char *text = guest_warning(plan, code);

	if (!part && text)
		fail_msg("%s: %s", code, text);
	if (part && (!text || !strstr(text, part)))
		fail_msg("\"%s\" is not in %s: %s", part, code, text ? text : "no such warning");
}

/* The XML, without the blanks at the line starts and the line ends. What the plan's own
 * document gives is the same, and laying it once more changes nothing. */
static inline char *guest_xml(const struct vtune_plan *plan)
{
	struct vtune_error *err = NULL;
	char *xml = vtune_plan_to_xml(plan, NULL, &err);
	char *json = vtune_plan_to_json(plan, &err);
	struct vtune_plan *read = vtune_plan_from_json(json, &err);
	char *again, *to;

	if (!xml || !read)
		fail_msg("%s: %s in %s", vtune_error_get_where(err), vtune_error_get_message(err),
			 json ? json : "");
	again = vtune_plan_to_xml(read, NULL, &err);
	assert_string_equal(again, xml);
	free(again);
	again = help_patch(read, xml);
	assert_string_equal(again, xml);
	free(again);
	vtune_plan_free(read);
	free(json);
	to = xml;
	for (const char *from = xml; *from; from++) {
		if (*from == '\n')
			from += strspn(from, "\n ") - 1;
		else
			*to++ = *from;
	}
	*to = '\0';
	return xml;
}

/* The spec gives XML with this in it. */
static inline void guest_gives(const char *host, const char *spec, const char *part)
{
	struct vtune_plan *plan = guest_plan(host, spec);
	char *xml = guest_xml(plan);

	if (!strstr(xml, part))
		fail_msg("%s\nis not in\n%s", part, xml);
	free(xml);
	vtune_plan_free(plan);
}

/* Laying the plan into a domain of these parts gives one with those. */
static inline void guest_lays(const struct vtune_plan *plan, const char *inner, const char *part,
			      const char *absent)
{
	char *domain = malloc(strlen(inner) + 128), *once, *twice;

	assert_non_null(domain);
	sprintf(domain, "<domain type='kvm'><name>x</name>%s</domain>", inner);
	once = help_patch(plan, domain);
	twice = help_patch(plan, once);
	assert_string_equal(twice, once);
	if (!strstr(once, part))
		fail_msg("%s\nis not in\n%s", part, once);
	if (absent && strstr(once, absent))
		fail_msg("%s\nis in\n%s", absent, once);
	free(twice);
	free(once);
	free(domain);
}

#endif
