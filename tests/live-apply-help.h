/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For tests that set plans on domains of libvirt's test driver, which has a machine of
 * two nodes with eight CPUs each. Include it behind cmocka.h. */
#ifndef VTUNE_TEST_LIVE_APPLY_HELP_H
#define VTUNE_TEST_LIVE_APPLY_HELP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-libvirt.h"
#include "libvtune-libvirt.h"

static struct {
	virConnectPtr libvirt;
	struct vtune_connection *own;
} at;

static inline void say_nothing(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* The driver's machine is new when nobody is connected to it. */
static inline int set_up(void **state)
{
	virDomainPtr domain;

	(void)state;
	fake = (struct fake){ 0 };
	memset(fake_schedulers, 0, sizeof(fake_schedulers));
	at.libvirt = virConnectOpen("test:///default");
	assert_non_null(at.libvirt);
	virSetErrorFunc(NULL, say_nothing);
	domain = virDomainLookupByName(at.libvirt, "test");
	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(virDomainUndefine(domain), 0);
	virDomainFree(domain);
	at.own = vtune__connection_new(at.libvirt, fake_calls(), NULL);
	assert_non_null(at.own);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	vtune_connection_free(at.own);
	virConnectClose(at.libvirt);
	return 0;
}

static inline void no_error(struct vtune_error **err)
{
	if (*err)
		fail_msg("%s: %s", vtune_error_get_where(*err), vtune_error_get_message(*err));
}

static inline char *domain_text(const char *name, unsigned int vcpus, const char *more)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text,
			 "<domain type='test'><name>%s</name><memory unit='MiB'>512</memory>"
			 "<vcpu>%u</vcpu>%s<os><type>hvm</type></os><devices>"
			 "<disk type='file' device='disk'><source file='/%s'/>"
			 "<target dev='vda' bus='virtio'/></disk>"
			 "<graphics type='vnc' port='-1' passwd='secret'/></devices></domain>",
			 name, vcpus, more ? more : "", name);
	return vtune__text_take(&text, NULL);
}

static inline void make_domain(const char *name, unsigned int vcpus, const char *more, bool start)
{
	char *xml = domain_text(name, vcpus, more);
	virDomainPtr domain = virDomainDefineXML(at.libvirt, xml);

	if (!domain)
		fail_msg("%s", virGetLastErrorMessage());
	if (start)
		assert_int_equal(virDomainCreate(domain), 0);
	virDomainFree(domain);
	free(xml);
}

/* Its XML, live and then defined; "" what it has not. */
static inline void read_both(const char *name, char *xml[2])
{
	virDomainPtr domain = virDomainLookupByName(at.libvirt, name);
	unsigned int secure = VIR_DOMAIN_XML_SECURE;

	assert_non_null(domain);
	xml[0] = virDomainIsActive(domain) == 1 ? virDomainGetXMLDesc(domain, 0) : strdup("");
	xml[1] = virDomainIsPersistent(domain) == 1
			 ? virDomainGetXMLDesc(domain, secure | VIR_DOMAIN_XML_INACTIVE)
			 : strdup("");
	virDomainFree(domain);
}

static inline void free_both(char *xml[2])
{
	free(xml[0]);
	free(xml[1]);
}

static inline void assert_has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text ? text : "nothing");
}

static inline void assert_has_not(const char *text, const char *part)
{
	if (text && strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

static inline struct vtune_plan *make_plan(const char *state, const char *spec)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_connection(at.own, VTUNE_HOST_DEFINED, &err);
	struct vtune_host *with_state;
	struct vtune_spec *read;
	struct vtune_plan *plan;

	no_error(&err);
	with_state = vtune_host_with_state(host, state, &err);
	no_error(&err);
	read = vtune_spec_from_json(spec, &err);
	no_error(&err);
	plan = vtune_place(with_state, read, NULL, &err);
	no_error(&err);
	assert_true(vtune_plan_fits(plan));
	vtune_spec_free(read);
	vtune_host_free(with_state);
	vtune_host_free(host);
	return plan;
}

/* For n vCPUs, on a node or any. */
static inline struct vtune_plan *plan_for(const char *name, unsigned int vcpus, const char *numa)
{
	char spec[512];

	snprintf(spec, sizeof(spec),
		 "{\"version\":1,\"name\":\"%s\",\"vcpus\":%u,\"memory\":\"512MiB\",\"numa\":{%s},"
		 "\"disks\":[{\"target\":\"vda\",\"bus\":\"virtio\"}]}",
		 name, vcpus, numa);
	return make_plan("{}", spec);
}

/* Two vCPUs that float on node 0. */
static inline struct vtune_plan *plan_shared(const char *name)
{
	char spec[256];

	snprintf(spec, sizeof(spec),
		 "{\"version\":1,\"name\":\"%s\",\"vcpus\":2,\"memory\":\"512MiB\","
		 "\"cpu\":{\"policy\":\"shared\"},\"numa\":{\"nodes\":\"0\"}}",
		 name);
	return make_plan("{}", spec);
}

static inline char *report_text(struct vtune_report *report)
{
	char *text = vtune_report_to_json(report, NULL);

	assert_non_null(text);
	return text;
}

static inline char *apply(const struct vtune_plan *plan, const char *name, unsigned int flags)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_plan_apply(plan, at.own, name, flags, NULL, &err);
	char *text;

	no_error(&err);
	text = report_text(report);
	vtune_report_free(report);
	return text;
}

static inline void assert_refused(const struct vtune_plan *plan, const char *name,
				  unsigned int flags, enum vtune_error_code code, const char *part)
{
	struct vtune_error *err = NULL;

	assert_null(vtune_plan_apply(plan, at.own, name, flags, NULL, &err));
	assert_has(vtune_error_get_message(err), part);
	assert_int_equal(vtune_error_get_code(err), code);
	vtune_error_free(err);
}

static inline char *restore(const char *name, unsigned int flags)
{
	struct vtune_error *err = NULL;
	struct vtune_report *report = vtune_domain_restore(at.own, name, flags, NULL, &err);
	char *text;

	no_error(&err);
	text = report_text(report);
	vtune_report_free(report);
	return text;
}

#endif
