/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct vtune__look *check, enum vtune__report_list list,
	       const struct vtune__finding *finding, struct vtune__text *text)
{
	char *said VTUNE__CLEANUP(vtune__free_string) = vtune__text_take(text, check->err);
	struct vtune__finding complete = *finding;

	if (!said)
		return -1;
	complete.vm = check->vm;
	complete.text = said;
	return vtune__report_add(check->report, list, &complete, check->err);
}

int vtune__say_drift(struct vtune__look *check, const struct vtune__finding *finding,
		     const char *format, ...)
{
	struct vtune__text text = { 0 };
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	return add(check, VTUNE__REPORT_DRIFT, finding, &text);
}

int vtune__say_at_start(struct vtune__look *check, const struct vtune__finding *finding,
			bool is_due, const char *format, ...)
{
	struct vtune__text mend VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__finding complete = *finding;
	struct vtune__text text = { 0 };
	va_list args;

	if (!is_due && check->next)
		vtune__text_addf(&mend, "vtune-place apply %s, and then ", check->vm);
	vtune__text_addf(&mend, "shut %s down and start it again", check->vm);
	if (!check->next)
		vtune__text_add(&mend, " from XML into which its plan is laid");
	if (mend.failed)
		return vtune__fail_memory(check->err);
	complete.mend = mend.data;
	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	return add(check, is_due ? VTUNE__REPORT_DUE : VTUNE__REPORT_DRIFT, &complete, &text);
}

int vtune__say_unseen(struct vtune__look *check, const char *code, const char *where,
		      const char *format, ...)
{
	const struct vtune__finding finding = { VTUNE__FINDING, .code = code, .where = where };
	struct vtune__text text = { 0 };
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	return add(check, VTUNE__REPORT_UNSEEN, &finding, &text);
}

static const char *code_of(int number)
{
	if (number == EACCES || number == EPERM)
		return "permission";
	return number == ENOENT || number == ESRCH ? "gone" : "unreadable";
}

int vtune__say_unseen_for(struct vtune__look *check, const char *where, const char *what,
			  struct vtune_error *reason)
{
	const char *code = code_of(vtune_error_get_errno(reason));
	int result;

	if (!reason || vtune_error_get_code(reason) == VTUNE_ERR_NO_MEMORY)
		result = vtune__fail_memory(check->err);
	else
		result = vtune__say_unseen(check, code, where, "%s: %s", what,
					   vtune_error_get_message(reason));
	vtune_error_free(reason);
	return result;
}

void vtune__say_cpus(struct vtune__text *text, const struct vtune__set *cpus)
{
	if (vtune__set_is_empty(cpus)) {
		vtune__text_add(text, "any CPU");
		return;
	}
	vtune__text_add(text, vtune__set_count(cpus) == 1 ? "CPU " : "CPUs ");
	vtune__text_add_set(text, cpus);
}

char *vtune__say_mend(const struct vtune__look *check, const char *option)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "vtune-place apply %s%s", option, check->vm);
	return vtune__text_take(&text, check->err);
}

int vtune__only_online(const struct vtune__look *check, const struct vtune__set *want,
		       struct vtune__set *online)
{
	if (vtune__set_copy(online, want) < 0)
		return vtune__fail_memory(check->err);
	if (check->online)
		vtune__set_and(online, check->online);
	return 0;
}

int vtune__compare_cpus(struct vtune__look *check, const struct vtune__finding *finding,
			const char *who, const struct vtune__set *want,
			const struct vtune__set *have)
{
	char *mend VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *wanted VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *had VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune__text text = { 0 };
	struct vtune__finding complete = *finding;

	/* Without a pin it may run on every CPU. */
	if (vtune__set_equal(want, have) || (vtune__set_is_empty(have) && check->online &&
					     vtune__set_is_subset(check->online, want)))
		return 0;
	if (!finding->mend)
		mend = vtune__say_mend(check, "");
	wanted = vtune__set_print(want);
	had = vtune__set_print(have);
	if ((!finding->mend && !mend) || !wanted || !had)
		return vtune__fail_memory(check->err);
	if (!finding->mend)
		complete.mend = mend;
	complete.want = wanted;
	complete.have = had;
	vtune__text_addf(&text, "%s may run on ", who);
	vtune__say_cpus(&text, have);
	vtune__text_add(&text, ", should be on ");
	vtune__say_cpus(&text, want);
	return add(check, VTUNE__REPORT_DRIFT, &complete, &text);
}
