/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The other domains of the host, and what they hold. */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

/* What a running domain holds: by its plan, and by vCPUs that are pinned alone to a CPU,
 * which it may have left by half when a caller was killed. */
static int find_held(struct vtune__subject *subject, struct vtune_error **err)
{
	struct vtune__set twice VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune_plan *plan = vtune__metadata_plan_of(subject->live.plan, NULL);
	int failed = 0;

	for (unsigned int i = 0; i < subject->live.nvcpus; i++) {
		const struct vtune__set *pin = &subject->live.vcpus[i];

		if (vtune__set_count(pin) != 1)
			continue;
		failed |= vtune__set_or(vtune__set_intersects(pin, &subject->held) ? &twice
										   : &subject->held,
					pin) < 0;
	}
	vtune__set_andnot(&subject->held, &twice);
	if (plan && plan->fits)
		failed |= vtune__set_or(&subject->held, &plan->held) < 0;
	vtune_plan_free(plan);
	return failed ? vtune__fail_memory(err) : 0;
}

/* A domain that ended or was undefined since they were listed holds nothing. */
static int forgive_gone(struct vtune_error **err)
{
	virErrorPtr reason = virGetLastError();

	if (vtune_error_get_code(*err) != VTUNE_ERR_LIBVIRT || !reason ||
	    reason->code != VIR_ERR_NO_DOMAIN)
		return -1;
	vtune_error_free(*err);
	*err = NULL;
	return 0;
}

/* Takes the reference to the domain. */
static int read_one(struct vtune__transaction *transaction, virDomainPtr domain,
		    struct vtune_error **err)
{
	const struct vtune__calls *calls = transaction->connection->calls;
	const char *name = calls->virDomainGetName(domain);
	struct vtune__subject *subject;

	if (name && strcmp(name, vtune__transaction_domain(transaction)->name) == 0) {
		calls->virDomainFree(domain);
		return 0;
	}
	subject = vtune__subject_of(transaction->connection, domain, err);
	if (!subject)
		return forgive_gone(err);
	if (subject->live_xml && find_held(subject, err) < 0) {
		vtune__subject_free(transaction->connection, subject);
		return -1;
	}
	return vtune__transaction_add(transaction, subject, err);
}

int vtune__transaction_read_others(struct vtune__transaction *transaction, struct vtune_error **err)
{
	const struct vtune_connection *connection = transaction->connection;
	virDomainPtr *domains = NULL;
	int count, result = 0;

	count = connection->calls->virConnectListAllDomains(connection->connection, &domains, 0);
	if (count < 0)
		return vtune__fail_libvirt(connection, err, NULL, "Listing the domains");
	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = read_one(transaction, domains[i], err);
		else
			connection->calls->virDomainFree(domains[i]);
	}
	free(domains);
	return result;
}

const char *vtune__transaction_holder(const struct vtune__transaction *transaction,
				      unsigned int cpu)
{
	for (unsigned int i = 0; i + 1 < transaction->nsubjects; i++) {
		if (vtune__set_has(&transaction->subjects[i]->held, cpu))
			return transaction->subjects[i]->name;
	}
	return NULL;
}
