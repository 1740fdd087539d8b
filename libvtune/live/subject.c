/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "apply.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

const char *const vtune__governed[] = {
	"maxMemory", "memory",	    "currentMemory", "memtune",	 "memoryBacking", "vcpu", "vcpus",
	"iothreads", "iothreadids", "cputune",	     "numatune", "cpu",		  NULL,
};

static bool is_kept(const char *name)
{
	if (strcmp(name, "name") == 0 || strcmp(name, "uuid") == 0 || strcmp(name, "metadata") == 0)
		return true;
	for (const char *const *at = vtune__governed; *at; at++) {
		if (strcmp(name, *at) == 0)
			return true;
	}
	return false;
}

char *vtune__former_of(const char *xml, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "domain", err);
	struct _xmlNode *node, *next;

	if (!doc)
		return NULL;
	vtune__xml_follow(doc, xml);
	for (node = vtune__xml_child(vtune__xml_root(doc), NULL); node; node = next) {
		next = vtune__xml_next(node, NULL);
		if (strcmp(vtune__xml_name(node), "devices") == 0)
			vtune__former_keep_devices(node);
		else if (!is_kept(vtune__xml_name(node)))
			vtune__xml_remove(node);
	}
	vtune__metadata_keep_plan(vtune__xml_root(doc));
	return vtune__xml_print(doc, xml, err);
}

void vtune__subject_free(const struct vtune_connection *connection, struct vtune__subject *subject)
{
	if (!subject)
		return;
	if (subject->domain)
		connection->calls->virDomainFree(subject->domain);
	free(subject->name);
	free(subject->live_xml);
	free(subject->config_xml);
	free(subject->live_target);
	free(subject->config_target);
	vtune__pins_free(&subject->live);
	vtune__pins_free(&subject->target);
	vtune__set_free(&subject->held);
	for (unsigned int i = 0; i < subject->nreal; i++)
		vtune__set_free(&subject->real[i].cpus);
	free(subject->real);
	vtune_plan_free(subject->own_plan);
	free(subject->live_former);
	free(subject->plan_text);
	free(subject);
}

static int read_xml(const struct vtune_connection *connection, virDomainPtr domain,
		    const char *name, unsigned int flags, char **xml, struct vtune_error **err)
{
	*xml = connection->calls->virDomainGetXMLDesc(domain, flags);
	if (*xml)
		return 0;
	return vtune__fail_libvirt(connection, err, name, "Reading the domain \"%s\"", name);
}

int vtune__subject_read_xml(const struct vtune_connection *connection, virDomainPtr domain,
			    const char *name, char **live, char **config, struct vtune_error **err)
{
	const struct vtune__calls *calls = connection->calls;
	int runs = calls->virDomainIsActive(domain);
	int persists = runs < 0 ? -1 : calls->virDomainIsPersistent(domain);

	*live = *config = NULL;
	if (persists < 0)
		return vtune__fail_libvirt(connection, err, name, "Reading the domain \"%s\"",
					   name);
	if (runs && read_xml(connection, domain, name, 0, live, err) < 0)
		return -1;
	if (!persists ||
	    read_xml(connection, domain, name, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE,
		     config, err) == 0)
		return 0;
	free(*live);
	*live = NULL;
	return -1;
}

/* Takes the reference to the domain, also when it fails. */
struct vtune__subject *vtune__subject_of(const struct vtune_connection *connection,
					 virDomainPtr domain, struct vtune_error **err)
{
	struct vtune__subject *subject = vtune__alloc(1, sizeof(*subject), err);
	const char *name = connection->calls->virDomainGetName(domain);

	if (!subject) {
		connection->calls->virDomainFree(domain);
		return NULL;
	}
	subject->domain = domain;
	subject->sets_scheduler = connection->sets_scheduler;
	if (!name) {
		vtune__fail_libvirt(connection, err, NULL, "Asking a domain for its name");
		goto fail;
	}
	subject->name = vtune__strdup(name, err);
	if (!subject->name ||
	    vtune__subject_read_xml(connection, domain, subject->name, &subject->live_xml,
				    &subject->config_xml, err) < 0)
		goto fail;
	if (!subject->live_xml)
		return subject;
	if (vtune__pins_read(&subject->live, subject->live_xml, subject->name, err) < 0)
		goto fail;
	return subject;
fail:
	vtune__subject_free(connection, subject);
	return NULL;
}
