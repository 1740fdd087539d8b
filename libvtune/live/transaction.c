/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>

struct vtune__subject *vtune__transaction_domain(const struct vtune__transaction *transaction)
{
	return transaction->nsubjects == 0 ? NULL
					   : transaction->subjects[transaction->nsubjects - 1];
}

/* Before the domain itself, which is last. */
int vtune__transaction_add(struct vtune__transaction *transaction, struct vtune__subject *subject,
			   struct vtune_error **err)
{
	unsigned int count = transaction->nsubjects;
	struct vtune__subject **place = vtune__grow((void **)&transaction->subjects,
						    &transaction->nsubjects, sizeof(*place), err);

	if (!place) {
		vtune__subject_free(transaction->connection, subject);
		return -1;
	}
	*place = subject;
	if (count > 0) {
		transaction->subjects[count] = transaction->subjects[count - 1];
		transaction->subjects[count - 1] = subject;
	}
	return 0;
}

void vtune__transaction_end(struct vtune__transaction *transaction)
{
	for (unsigned int i = 0; i < transaction->nsubjects; i++)
		vtune__subject_free(transaction->connection, transaction->subjects[i]);
	free(transaction->subjects);
	vtune__steps_free(&transaction->steps);
	vtune__set_free(&transaction->online);
	vtune_host_free(transaction->host);
	vtune_report_free(transaction->report);
	vtune_error_free(transaction->error);
	if (transaction->locked)
		vtune_connection_unlock(transaction->connection);
}

/* What neither flag means depends on whether the domain runs. */
static int choose_flags(struct vtune__transaction *transaction,
			const struct vtune__subject *subject, struct vtune_error **err)
{
	const unsigned int both = VTUNE_APPLY_LIVE | VTUNE_APPLY_CONFIG;

	if (!(transaction->flags & both)) {
		transaction->flags |= subject->config_xml ? VTUNE_APPLY_CONFIG : 0;
		transaction->flags |= subject->live_xml ? VTUNE_APPLY_LIVE : 0;
	}
	if ((transaction->flags & VTUNE_APPLY_LIVE) && !subject->live_xml)
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
				   "The domain \"%s\" does not run, so that only its definition "
				   "can be set",
				   subject->name);
	if ((transaction->flags & VTUNE_APPLY_CONFIG) && !subject->config_xml)
		return vtune__fail(err, VTUNE_ERR_NOT_VALID, subject->name,
				   "The domain \"%s\" is transient: it has no definition that "
				   "could be set",
				   subject->name);
	if (!(transaction->flags & VTUNE_APPLY_LIVE))
		transaction->flags &= ~(unsigned int)VTUNE_APPLY_MOVE_MEMORY;
	if ((transaction->flags & VTUNE_APPLY_MOVE_MEMORY) && !transaction->connection->is_local)
		return vtune__fail(err, VTUNE_ERR_UNSUPPORTED, subject->name,
				   "The memory of the domain \"%s\" cannot be moved, since it does "
				   "not run on this machine",
				   subject->name);
	return 0;
}

const struct vtune_host *vtune__transaction_host(struct vtune__transaction *transaction,
						 struct vtune_error **err)
{
	if (!transaction->host)
		transaction->host = vtune_host_from_connection(transaction->connection, 0, err);
	return transaction->host;
}

/* Reading the whole host may take longer than all that is to be set. */
static int read_online(struct vtune__transaction *transaction, struct vtune_error **err)
{
	const struct vtune_connection *connection = transaction->connection;
	const struct vtune_host *host;
	unsigned char *map = NULL;
	int result = 0, count = -1;

	/* What the test driver says here is not what its capabilities say. */
	if (!connection->is_test)
		count = connection->calls->virNodeGetCPUMap(connection->connection, &map, NULL, 0);
	for (int cpu = 0; cpu < count && cpu <= VTUNE__MAX_CPU && result == 0; cpu++) {
		if (VIR_CPU_USED(map, cpu))
			result = vtune__set_add(&transaction->online, (unsigned int)cpu);
	}
	free(map);
	if (result < 0)
		return vtune__fail_memory(err);
	if (count > 0)
		return 0;
	host = vtune__transaction_host(transaction, err);
	if (!host)
		return -1;
	if (vtune__set_copy(&transaction->online, &host->topology->cpus) < 0)
		return vtune__fail_memory(err);
	vtune__set_andnot(&transaction->online, &host->topology->offline);
	return 0;
}

static int check_flags(unsigned int flags, unsigned int known, const char *domain,
		       struct vtune_error **err)
{
	if (flags & ~known)
		return vtune__fail(err, VTUNE_ERR_INVALID, domain, "The flags 0x%x are not known",
				   flags & ~known);
	if ((flags & VTUNE_APPLY_MOVE_MEMORY) && (flags & VTUNE_APPLY_CONFIG) &&
	    !(flags & VTUNE_APPLY_LIVE))
		return vtune__fail(err, VTUNE_ERR_INVALID, domain,
				   "Memory can only be moved when the running domain is set");
	return 0;
}

int vtune__transaction_begin(struct vtune__transaction *transaction,
			     struct vtune_connection *connection, const char *domain,
			     unsigned int flags, unsigned int known,
			     const struct vtune_options *options)
{
	struct vtune_error **err = &transaction->error;
	struct vtune__subject *subject;
	virDomainPtr found;

	transaction->connection = connection;
	transaction->options = options;
	transaction->flags = flags;
	if (check_flags(flags, known, domain, err) < 0)
		return -1;
	if (vtune__lock_for_call(connection, options, &transaction->locked, err) < 0) {
		transaction->locked = false;
		return -1;
	}
	found = vtune__connection_domain(connection, domain, err);
	subject = found ? vtune__subject_of(connection, found, err) : NULL;
	if (!subject || vtune__transaction_add(transaction, subject, err) < 0 ||
	    choose_flags(transaction, subject, err) < 0 || read_online(transaction, err) < 0 ||
	    vtune__transaction_read_others(transaction, err) < 0)
		return -1;
	transaction->report = vtune__report_new(VTUNE__REPORT_APPLY, err);
	if (!transaction->report || vtune__report_add_vm(transaction->report, domain, err) < 0)
		return -1;
	if (flags & VTUNE_APPLY_DRY_RUN)
		vtune__report_set_dry_run(transaction->report);
	return 0;
}

static int report_call(struct vtune__transaction *transaction, const struct vtune__step *step,
		       struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = vtune__step_text(step, err);
	const struct vtune__finding finding = {
		VTUNE__FINDING,
		.code = "call",
		.vm = step->subject->name,
		.where = step->kind == VTUNE__STEP_DEFINE ? "config" : "live",
		.text = text,
	};

	return text ? vtune__report_add(transaction->report, VTUNE__REPORT_CALLS, &finding, err)
		    : -1;
}

int vtune__transaction_run(struct vtune__transaction *transaction, struct vtune_error **err)
{
	const struct vtune__steps *steps = &transaction->steps;
	unsigned int done = 0;

	for (unsigned int i = 0; i < steps->count; i++) {
		if (report_call(transaction, &steps->list[i], err) < 0)
			return -1;
	}
	if (transaction->flags & VTUNE_APPLY_DRY_RUN)
		return 0;
	while (done < steps->count && vtune__step_run(transaction->connection, &steps->list[done],
						      false, transaction->options, err) == 0)
		done++;
	if (done == steps->count && (done == 0 || vtune__transaction_check(transaction, err) == 0))
		return 0;
	vtune__transaction_undo(transaction, done, err);
	return -1;
}

struct vtune_report *vtune__transaction_report(struct vtune__transaction *transaction,
					       struct vtune_error **err)
{
	struct vtune_report *report = transaction->report;

	if (!transaction->error) {
		transaction->report = NULL;
		return report;
	}
	if (err && !*err) {
		*err = transaction->error;
		transaction->error = NULL;
	}
	return NULL;
}
