/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

/* A call of vtune_plan_verify(). */
struct verify {
	const struct vtune_connection *connection;
	const struct vtune__calls *calls;
	const struct vtune_plan *plan; /* of the caller, or NULL */
	struct vtune_report *report;
	struct vtune__set online;
	bool has_online;
	struct vtune__others others;
	struct vtune_error **err;
};

/* One domain, as libvirt has it now. */
struct subject {
	virDomainPtr domain;
	const char *name;
	char *live, *config; /* XML; NULL: it does not run, or is not defined */
	struct vtune_plan *carried;
	const struct vtune_plan *plan;
};

static void free_subject(struct verify *verify, struct subject *subject)
{
	free(subject->live);
	free(subject->config);
	vtune_plan_free(subject->carried);
	if (subject->domain)
		verify->calls->virDomainFree(subject->domain);
}

/* ---- the host ---- */

static int read_online(struct verify *verify)
{
	unsigned char *map = NULL;
	unsigned int online;
	int count =
		verify->calls->virNodeGetCPUMap(verify->connection->connection, &map, &online, 0);
	int result = 0;

	for (int cpu = 0; cpu < count && cpu <= VTUNE__MAX_CPU && result == 0; cpu++) {
		if (VIR_CPU_USED(map, cpu) &&
		    vtune__set_add(&verify->online, (unsigned int)cpu) < 0)
			result = vtune__fail_memory(verify->err);
	}
	verify->has_online = count > 0;
	free(map);
	return result;
}

/* NULL without an error when it carries none, or none that can be read. */
static int carried_plan(const char *xml, struct vtune_plan **plan, struct vtune_error **err)
{
	struct vtune_error *reason = NULL;
	int code;

	*plan = vtune__metadata_plan(xml, &reason);
	code = vtune_error_get_code(reason);
	vtune_error_free(reason);
	return code == VTUNE_ERR_NO_MEMORY ? vtune__fail_memory(err) : 0;
}

static int add_other(struct verify *verify, virDomainPtr domain, const char *name, const char *xml)
{
	struct vtune__thread_list threads VTUNE__CLEANUP(vtune__threads_free) = { 0 };
	struct vtune__pins pins VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	int pid = vtune__process_of_domain(verify->connection, domain);
	struct vtune_error *ignored = NULL;
	struct vtune_plan *plan = NULL;
	bool sees_threads;
	int result;

	sees_threads = pid && vtune__threads_read(&threads, "", pid, &ignored) == 0;
	vtune_error_free(ignored);
	if (vtune__pins_read(&pins, xml, name, verify->err) < 0 ||
	    carried_plan(xml, &plan, verify->err) < 0)
		return -1;
	result = vtune__others_add(&verify->others, name, &pins, sees_threads ? &threads : NULL,
				   plan, verify->err);
	vtune_plan_free(plan);
	return result;
}

/* One that has ended since it was listed is on no CPU any more. */
static int read_other(struct verify *verify, virDomainPtr domain)
{
	const char *name = verify->calls->virDomainGetName(domain);
	char *xml = name ? verify->calls->virDomainGetXMLDesc(domain, 0) : NULL;
	int result = xml ? add_other(verify, domain, name, xml) : 0;

	free(xml);
	return result;
}

static int read_others(struct verify *verify)
{
	virDomainPtr *domains = NULL;
	int count = verify->calls->virConnectListAllDomains(
		verify->connection->connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
	int result = 0;

	if (count < 0)
		return vtune__fail_libvirt(verify->connection, verify->err, NULL,
					   "Listing the running domains");
	for (int i = 0; i < count; i++) {
		if (result == 0)
			result = read_other(verify, domains[i]);
		verify->calls->virDomainFree(domains[i]);
	}
	free(domains);
	vtune__others_sort(&verify->others);
	return result;
}

/* ---- one domain ---- */

/* What it has and where: "4 vCPUs, 2 I/O threads, 8 GiB on node 1". */
static char *summarize(const struct vtune_plan *plan, struct vtune_error **err)
{
	struct vtune__set nodes VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__text text = { 0 };
	uint64_t kib = 0;

	for (unsigned int i = 0; i < plan->ncells; i++) {
		kib += plan->cells[i].memory_kib;
		for (unsigned int k = 0; k < plan->cells[i].nmemory; k++) {
			if (vtune__set_add(&nodes, plan->cells[i].memory[k].node) < 0) {
				vtune__fail_memory(err);
				return NULL;
			}
		}
	}
	vtune__text_addf(&text, "%u vCPU%s, ", plan->nvcpus, plan->nvcpus == 1 ? "" : "s");
	if (plan->niothreads)
		vtune__text_addf(&text, "%u I/O thread%s, ", plan->niothreads,
				 plan->niothreads == 1 ? "" : "s");
	vtune__text_add_size(&text, kib);
	vtune__text_add(&text, vtune__set_count(&nodes) == 1 ? " on node " : " on nodes ");
	vtune__text_add_set(&text, &nodes);
	return vtune__text_take(&text, err);
}

static int check_process(struct verify *verify, struct vtune__look *check, virDomainPtr domain)
{
	const struct vtune_connection *connection = verify->connection;
	int pid;

	if (connection->is_test)
		return vtune__say_unseen(check, "remote", "thread",
					 "its threads and memory, and which CPUs are online: "
					 "libvirt's test driver has none");
	if (!connection->is_local)
		return vtune__say_unseen(check, "remote", "thread",
					 "its threads and memory: it runs on another machine");
	pid = vtune__process_of_domain(connection, domain);
	if (!pid)
		return vtune__say_unseen(check, "no_process", "thread",
					 "its threads and memory: its process cannot be found");
	if (vtune__verify_memory(check, "", pid) < 0)
		return -1;
	return vtune__verify_threads(check, "", pid);
}

static int check_running(struct verify *verify, struct vtune__look *check,
			 const struct subject *subject)
{
	if (check_process(verify, check, subject->domain) < 0 ||
	    vtune__verify_xml(check, "live", subject->live) < 0 ||
	    vtune__verify_others(check, &verify->others) < 0)
		return -1;
	/* What was seen of a process that was ending says little. */
	if (verify->calls->virDomainIsActive(subject->domain) == 1)
		return 0;
	return vtune__say_unseen(check, "gone", NULL, "\"%s\" stopped while it was looked at",
				 subject->name);
}

/* A definition may be due to become something else at the next start: then it carries that
 * plan itself. */
static int check_definition(struct vtune__look *check, const struct subject *subject)
{
	struct vtune__look own = *check;
	struct vtune_plan *plan = NULL;
	int result;

	if (subject->carried && carried_plan(subject->config, &plan, check->err) < 0)
		return -1;
	if (plan && plan->fits)
		own.plan = plan;
	result = vtune__verify_xml(&own, "config", subject->config);
	vtune_plan_free(plan);
	return result;
}

static int check_subject(struct verify *verify, const struct subject *subject)
{
	struct vtune__pins live VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct vtune__pins next VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	char *summary VTUNE__CLEANUP(vtune__free_string) = summarize(subject->plan, verify->err);
	struct vtune__look check = {
		.plan = subject->plan,
		.vm = subject->name,
		.report = verify->report,
		.online = verify->has_online ? &verify->online : NULL,
		.live = subject->live ? &live : NULL,
		.next = subject->live && subject->config ? &next : NULL,
		.next_xml = subject->live ? subject->config : NULL,
		.err = verify->err,
	};

	if (!summary || vtune__report_add_vm(verify->report, subject->name, verify->err) < 0 ||
	    vtune__report_describe_vm(verify->report, summary, subject->live, verify->err) < 0 ||
	    (subject->live &&
	     (vtune__pins_read(&live, subject->live, subject->name, verify->err) < 0 ||
	      (check.next &&
	       vtune__pins_read(&next, subject->config, subject->name, verify->err) < 0) ||
	      check_running(verify, &check, subject) < 0)) ||
	    (subject->config && check_definition(&check, subject) < 0) ||
	    (!verify->connection->is_test && vtune__verify_online(&check) < 0))
		return -1;
	if (subject->live)
		return 0;
	return vtune__say_unseen(&check, "not_running", NULL,
				 "its threads and memory: it does not run");
}

static int read_xml(struct verify *verify, struct subject *subject)
{
	const struct vtune__calls *calls = verify->calls;
	int is_active = calls->virDomainIsActive(subject->domain);
	int is_persistent = calls->virDomainIsPersistent(subject->domain);

	if (is_active > 0)
		subject->live = calls->virDomainGetXMLDesc(subject->domain, 0);
	if (is_persistent > 0)
		subject->config =
			calls->virDomainGetXMLDesc(subject->domain, VIR_DOMAIN_XML_INACTIVE);
	if (is_active < 0 || is_persistent < 0 || (is_active && !subject->live) ||
	    (is_persistent && !subject->config) || (!is_active && !is_persistent))
		return vtune__fail_libvirt(verify->connection, verify->err, subject->name,
					   "Reading the XML of \"%s\"", subject->name);
	return 0;
}

/* 0 also when it carries none. */
static int find_plan(struct verify *verify, struct subject *subject)
{
	const char *const xmls[] = { subject->live, subject->config };
	struct vtune_error *reason = NULL;

	for (unsigned int i = 0; i < VTUNE__COUNT(xmls) && !subject->carried && !reason; i++) {
		if (xmls[i])
			subject->carried = vtune__metadata_plan(xmls[i], &reason);
	}
	subject->plan = subject->carried;
	if (!reason)
		return 0;
	if (verify->err)
		*verify->err = reason;
	else
		vtune_error_free(reason);
	return -1;
}

static int verify_one(struct verify *verify, const char *name)
{
	struct subject subject = { .name = name, .plan = verify->plan };
	int result = -1;

	subject.domain = vtune__connection_domain(verify->connection, name, verify->err);
	if (!subject.domain || read_xml(verify, &subject) < 0)
		goto out;
	if (!subject.plan && find_plan(verify, &subject) < 0)
		goto out;
	if (!subject.plan)
		vtune__fail(verify->err, VTUNE_ERR_DOCUMENT, name,
			    "The domain \"%s\" carries no plan: libvtune did not place it", name);
	else if (!subject.plan->fits)
		vtune__fail(verify->err, VTUNE_ERR_INVALID, name,
			    "The plan of \"%s\" does not fit, so nothing can stand where it says",
			    name);
	else
		result = check_subject(verify, &subject);
out:
	free_subject(verify, &subject);
	return result;
}

/* ---- all running domains ---- */

/* One that cannot be looked at does not keep the others from it. */
static int skip(struct verify *verify, const char *name, struct vtune_error *reason)
{
	struct vtune__finding finding = { VTUNE__FINDING, .code = "no_plan", .vm = name };
	int code = vtune_error_get_code(reason);
	int result;

	if (code == VTUNE_ERR_NO_MEMORY) {
		result = vtune__fail_memory(verify->err);
	} else {
		if (code != VTUNE_ERR_DOCUMENT)
			finding.code = "gone";
		finding.text = vtune_error_get_message(reason);
		result = vtune__report_add(verify->report, VTUNE__REPORT_UNSEEN, &finding,
					   verify->err);
	}
	vtune_error_free(reason);
	return result;
}

static int verify_all(struct verify *verify)
{
	struct vtune_error **err = verify->err;

	for (unsigned int i = 0; i < verify->others.count; i++) {
		const char *name = verify->others.items[i].name;
		struct vtune_error *reason = NULL;
		int result;

		verify->err = &reason;
		result = verify_one(verify, name);
		verify->err = err;
		if (result < 0 && skip(verify, name, reason) < 0)
			return -1;
	}
	return 0;
}

VTUNE_EXPORT struct vtune_report *vtune_plan_verify(const struct vtune_plan *plan,
						    struct vtune_connection *connection,
						    const char *domain, struct vtune_error **err)
{
	struct verify verify = { .connection = connection, .plan = plan, .err = err };
	int result = -1;

	if (!connection || (plan && !domain)) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	verify.calls = connection->calls;
	verify.report = vtune__report_new(VTUNE__REPORT_VERIFY, err);
	if (verify.report && read_online(&verify) == 0 && read_others(&verify) == 0)
		result = domain ? verify_one(&verify, domain) : verify_all(&verify);
	vtune__set_free(&verify.online);
	vtune__others_free(&verify.others);
	if (result == 0)
		return verify.report;
	vtune_report_free(verify.report);
	return NULL;
}
