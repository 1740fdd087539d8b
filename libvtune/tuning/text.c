/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tuning for people: what must be acted on first, the rest in a few lines. */
#include "tuning.h"

#include <string.h>

#define USUAL_COLUMNS 100
#define LEAST_COLUMNS 40
#define LABEL 8	       /* "wanted  " */
#define MAX_SETTINGS 4 /* more are only counted */

struct page {
	struct vtune__text text;
	unsigned int columns;
};

/* ---- lines ---- */

static void add_blanks(struct vtune__text *text, unsigned int count)
{
	while (count-- > 0)
		vtune__text_add(text, " ");
}

/* Words from column "used" on; further lines begin at column "indent". */
static void add_wrapped(struct page *page, unsigned int used, unsigned int indent, const char *said)
{
	bool first = true;

	while (*said) {
		size_t length;

		said += strspn(said, " ");
		length = strcspn(said, " ");
		if (length == 0)
			break;
		if (!first && used + 1 + length > page->columns) {
			vtune__text_add(&page->text, "\n");
			add_blanks(&page->text, indent);
			used = indent;
			first = true;
		}
		if (!first)
			vtune__text_add(&page->text, " ");
		vtune__text_add_bytes(&page->text, said, length);
		used += (unsigned int)length + !first;
		first = false;
		said += length;
	}
	vtune__text_add(&page->text, "\n");
}

static void add_labelled(struct page *page, const char *label, const char *said)
{
	vtune__text_addf(&page->text, "      %-*s", LABEL, label);
	add_wrapped(page, 6 + LABEL, 6 + LABEL, said);
}

/* A line that is to be copied is not broken. */
static void add_command(struct page *page, const char *label, const char *said)
{
	vtune__text_addf(&page->text, "      %-*s%s\n", LABEL, label, said);
}

/* ---- one row ---- */

static void add_settings(struct page *page, const struct vtune__row *row)
{
	unsigned int shown = row->nsettings > MAX_SETTINGS ? 1 : row->nsettings;

	for (unsigned int i = 0; i < shown; i++) {
		VTUNE__CLEANUP(vtune__text_free) struct vtune__text line = { 0 };

		vtune__text_addf(&line, "echo %s > %s", row->settings[i].wanted,
				 row->settings[i].path);
		if (shown < row->nsettings)
			vtune__text_addf(&line, "   (and %u more)", row->nsettings - shown);
		if (line.failed)
			page->text.failed = true;
		else
			add_command(page, i ? "" : "now", line.data);
	}
}

static void add_kept(struct page *page, const struct vtune__row *row)
{
	static const char *const places[] = {
		"sysctl.d",	      "tmpfiles.d", "modprobe.d", "udev", "kernel command line",
		"irqbalance.service", "libvirt"
	};
	unsigned int shown = row->nkept > MAX_SETTINGS ? 1 : row->nkept;

	for (unsigned int i = 0; i < shown; i++) {
		VTUNE__CLEANUP(vtune__text_free) struct vtune__text line = { 0 };

		vtune__text_addf(&line, "%s: %s", places[row->kept[i].keep], row->kept[i].text);
		if (shown < row->nkept)
			vtune__text_addf(&line, "   (and %u more)", row->nkept - shown);
		if (line.failed)
			page->text.failed = true;
		else
			add_command(page, i ? "" : "lasting", line.data);
	}
}

static void add_why(struct page *page, const struct vtune__row *row)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text why = { 0 };

	vtune__text_addf(&why, "%s (%s)", vtune__row_why(row), row->check->source);
	if (why.failed)
		page->text.failed = true;
	else
		add_labelled(page, "why", why.data);
}

static void add_row(struct page *page, const struct vtune__row *row)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text title = { 0 };

	vtune__text_addf(&title, "%s%s%s", row->check->title, row->where ? ": " : "",
			 row->where ? row->where : "");
	if (title.failed) {
		page->text.failed = true;
		return;
	}
	vtune__text_addf(&page->text, "%-5s ", row->check->id);
	add_wrapped(page, 6, 6, title.data);
	if (row->current)
		add_labelled(page, "is", row->current);
	if (row->wanted)
		add_labelled(page, "wanted", row->wanted);
	add_why(page, row);
	add_settings(page, row);
	add_kept(page, row);
	if (row->how)
		add_labelled(page, "how", row->how);
	if (row->reboot)
		add_labelled(page, "", "It takes effect when the host starts next.");
}

/* ---- all of a verdict ---- */

static unsigned int count_of(const struct vtune_tuning *tuning, enum vtune__verdict verdict)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < tuning->nrows; i++)
		count += tuning->rows[i].verdict == verdict;
	return count;
}

static void add_group(struct page *page, const struct vtune_tuning *tuning,
		      enum vtune__verdict verdict, const char *heading)
{
	if (count_of(tuning, verdict) == 0)
		return;
	vtune__text_addf(&page->text, "\n%s\n", heading);
	for (unsigned int i = 0; i < tuning->nrows; i++)
		if (tuning->rows[i].verdict == verdict)
			add_row(page, &tuning->rows[i]);
}

/* One line each: what it is, or why it is not known. */
static void add_short(struct page *page, const struct vtune_tuning *tuning,
		      enum vtune__verdict verdict, const char *heading)
{
	if (count_of(tuning, verdict) == 0)
		return;
	vtune__text_addf(&page->text, "\n%s\n", heading);
	for (unsigned int i = 0; i < tuning->nrows; i++) {
		const struct vtune__row *row = &tuning->rows[i];
		VTUNE__CLEANUP(vtune__text_free) struct vtune__text line = { 0 };

		if (row->verdict != verdict)
			continue;
		vtune__text_addf(&line, "%s%s%s: ", row->check->name, row->where ? " " : "",
				 row->where ? row->where : "");
		if (row->current)
			vtune__text_addf(&line, "%s%s", row->current, row->why ? ". " : "");
		if (row->why || !row->current)
			vtune__text_add(&line, vtune__row_why(row));
		if (line.failed) {
			page->text.failed = true;
			return;
		}
		vtune__text_addf(&page->text, "%-5s ", row->check->id);
		add_wrapped(page, 6, 6, line.data);
	}
}

/* ---- the page ---- */

static void add_count(struct vtune__text *text, unsigned int count, const char *what)
{
	if (count)
		vtune__text_addf(text, "%s%u %s", text->length ? ", " : "", count, what);
}

static void add_head(struct page *page, const struct vtune_tuning *tuning)
{
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text counts = { 0 };
	VTUNE__CLEANUP(vtune__text_free) struct vtune__text head = { 0 };

	add_count(&counts, count_of(tuning, VTUNE__DANGER), "dangerous");
	add_count(&counts, count_of(tuning, VTUNE__WARN), "wrong");
	add_count(&counts, count_of(tuning, VTUNE__ADVICE), "could be better");
	add_count(&counts, count_of(tuning, VTUNE__OK), "as wanted");
	add_count(&counts, count_of(tuning, VTUNE__UNKNOWN), "not here");
	vtune__text_addf(&head, "Profile %s, ", tuning->profile);
	if (!tuning->has_vms)
		vtune__text_add(&head, "no VMs named");
	else
		vtune__text_addf(&head, "%u VM%s", tuning->vms.count,
				 tuning->vms.count == 1 ? "" : "s");
	if (!vtune__set_is_empty(&tuning->held)) {
		vtune__text_add(&head, " with CPUs ");
		vtune__text_add_set(&head, &tuning->held);
	}
	vtune__text_addf(&head, ": %s", counts.data ? counts.data : "nothing was checked");
	if (head.failed || counts.failed)
		page->text.failed = true;
	else
		add_wrapped(page, 0, 2, head.data);
}

VTUNE_EXPORT char *vtune_tuning_to_text(const struct vtune_tuning *tuning, unsigned int columns,
					struct vtune_error **err)
{
	struct page page = { .columns = columns ? columns : USUAL_COLUMNS };

	if (!tuning) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (page.columns < LEAST_COLUMNS)
		page.columns = LEAST_COLUMNS;
	add_head(&page, tuning);
	add_group(&page, tuning, VTUNE__DANGER, "Dangerous");
	add_group(&page, tuning, VTUNE__WARN, "Wrong");
	add_group(&page, tuning, VTUNE__ADVICE, "Could be better");
	add_short(&page, tuning, VTUNE__OK, "As wanted");
	add_short(&page, tuning, VTUNE__UNKNOWN, "Not here, or not to be seen");
	return vtune__text_take(&page.text, err);
}
