/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For people: what was set of a host's own settings, put back, or written for its start. */
#include "report.h"

#include <string.h>

/* What becomes of each setting, and what is said when there is none. */
static const struct {
	const char *would, *has, *none;
} words[] = {
	[VTUNE__REPORT_TUNE] = { "would be set", "set", "nothing to set" },
	[VTUNE__REPORT_UNDO] = { "would be put back", "put back", "nothing to put back" },
	[VTUNE__REPORT_PERSIST] = { "would be written", "written", "nothing to write" },
};

static void add_list(struct vtune__text *out, const struct vtune__report_findings *findings,
		     const char *heading)
{
	if (findings->count == 0)
		return;
	vtune__text_addf(out, "%s\n", heading);
	for (unsigned int i = 0; i < findings->count; i++) {
		const struct vtune__finding *finding = &findings->items[i];
		const char *again = i ? findings->items[i - 1].text : "";

		/* What holds for many settings of one check is said once. */
		if (!finding->where && strcmp(again, finding->text) == 0)
			continue;
		vtune__text_addf(out, "  %-5s %s\n", finding->code, finding->text);
	}
}

void vtune__report_add_settings(struct vtune__text *out, const struct vtune_report *report)
{
	unsigned int calls = report->lists[VTUNE__REPORT_CALLS].count;
	unsigned int left = report->lists[VTUNE__REPORT_DRIFT].count;
	const char *what = report->kind == VTUNE__REPORT_PERSIST ? "file" : "setting";

	if (calls == 0 && left == 0)
		vtune__text_addf(out, "%s\n", words[report->kind].none);
	else
		vtune__text_addf(out, "%u %s%s %s\n", calls, what, calls == 1 ? "" : "s",
				 report->dry_run ? words[report->kind].would
						 : words[report->kind].has);
	add_list(out, &report->lists[VTUNE__REPORT_CALLS],
		 report->dry_run ? "In this order:" : "Done:");
	add_list(out, &report->lists[VTUNE__REPORT_DRIFT], "Not as it should be:");
	add_list(out, &report->lists[VTUNE__REPORT_DUE], "Due at the next start of the host:");
}
