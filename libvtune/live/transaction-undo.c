/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

static bool is_live(const struct vtune__step *step)
{
	return step->kind != VTUNE__STEP_DEFINE;
}

static void add_item(struct vtune__text *text, const char *name, const char *what)
{
	vtune__text_addf(text, "%sof the domain \"%s\" %s", text->length > 0 ? "; " : "", name,
			 what);
}

static void compare_live(const struct vtune__transaction *transaction,
			 const struct vtune__subject *subject, const char *xml,
			 struct vtune__text *text)
{
	char *difference VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune__pins now VTUNE__CLEANUP(vtune__pins_free) = { 0 };

	if (vtune__pins_read(&now, xml, subject->name, NULL) < 0) {
		add_item(text, subject->name, "its state cannot be read");
		return;
	}
	difference =
		vtune__pins_difference(&subject->live, &now, subject, &transaction->online, NULL);
	if (difference)
		add_item(text, subject->name, difference);
	if (now.niothreads > subject->live.niothreads)
		add_item(text, subject->name, "an I/O thread is left");
	if (!vtune__pins_keep_same(&subject->live, &now))
		add_item(text, subject->name, "the metadata is another one");
}

/* What is not as it was before, in words. */
static void compare(const struct vtune__transaction *transaction,
		    const struct vtune__subject *subject, struct vtune__text *text)
{
	char *live VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *config VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_error *own = NULL;

	if (!subject->live_target && !subject->config_target)
		return;
	if (vtune__subject_read_xml(transaction->connection, subject->domain, subject->name, &live,
				    &config, &own) < 0) {
		vtune__text_addf(text, "%swhether all was undone cannot be seen: %s",
				 text->length > 0 ? "; " : "", vtune_error_get_message(own));
		vtune_error_free(own);
		return;
	}
	/* When it ended meanwhile nothing is left of what was set. */
	if (subject->live_target && live)
		compare_live(transaction, subject, live, text);
	if (subject->config_target && (!config || strcmp(config, subject->config_xml) != 0))
		add_item(text, subject->name, "the definition is another one");
}

static void run_back(struct vtune__transaction *transaction, unsigned int nsteps)
{
	const struct vtune__calls *calls = transaction->connection->calls;
	const struct vtune__steps *steps = &transaction->steps;

	/* The one that failed may have done a part of it. */
	if (nsteps < steps->count)
		nsteps++;
	for (unsigned int i = nsteps; i-- > 0;) {
		const struct vtune__step *step = &steps->list[i];

		if (is_live(step) && calls->virDomainIsActive(step->subject->domain) == 0)
			continue;
		/* What counts is how it is in the end, which is read back. */
		vtune__step_run(transaction->connection, step, true, transaction->options, NULL);
	}
}

static bool moved_memory(const struct vtune__transaction *transaction, unsigned int nsteps)
{
	const struct vtune__steps *steps = &transaction->steps;

	for (unsigned int i = 0; i <= nsteps && i < steps->count; i++) {
		if (steps->list[i].kind == VTUNE__STEP_MEMORY)
			return true;
	}
	return false;
}

static const char *stopped_domain(const struct vtune__transaction *transaction)
{
	const struct vtune__calls *calls = transaction->connection->calls;

	for (unsigned int i = 0; i < transaction->nsubjects; i++) {
		const struct vtune__subject *subject = transaction->subjects[i];

		if (subject->live_target && calls->virDomainIsActive(subject->domain) == 0)
			return subject->name;
	}
	return NULL;
}

void vtune__transaction_undo(struct vtune__transaction *transaction, unsigned int nsteps,
			     struct vtune_error **err)
{
	const char *stopped = stopped_domain(transaction);
	struct vtune__text left = { 0 }, text = { 0 };
	struct vtune_error *cause = *err;

	run_back(transaction, nsteps);
	for (unsigned int i = 0; i < transaction->nsubjects; i++)
		compare(transaction, transaction->subjects[i], &left);
	if (stopped)
		vtune__text_addf(&text, "The domain \"%s\" stopped running meanwhile. ", stopped);
	vtune__text_add(&text, vtune_error_get_message(cause));
	if (left.length > 0)
		vtune__text_addf(&text, ". Not all could be undone: %s", left.data);
	else if (nsteps > 0)
		vtune__text_add(&text, ". What was set before was undone");
	if (moved_memory(transaction, nsteps))
		vtune__text_add(&text, ". Memory that was moved by then stays where it is now, "
				       "which vtune_plan_verify() tells");
	if (!text.failed && !left.failed) {
		*err = NULL;
		vtune__fail(err, (enum vtune_error_code)vtune_error_get_code(cause),
			    vtune_error_get_where(cause), "%s", text.data);
		vtune_error_free(cause);
	}
	vtune__text_free(&text);
	vtune__text_free(&left);
}
