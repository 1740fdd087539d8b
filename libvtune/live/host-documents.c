/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host with domains of which there are only documents: a hook must not ask the daemon
 * that waits for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-reading.h"

static int tell_nothing(virDomainPtr domain, virDomainMemoryStatPtr stats, unsigned int count,
			unsigned int flags)
{
	(void)domain;
	(void)stats;
	(void)count;
	(void)flags;
	return -1;
}

/* <domstatus> is around <domain> in libvirt's own files of what runs. */
static struct _xmlDoc *parse(const char *xml, struct _xmlNode **domain, int *pid,
			     struct vtune_error **err)
{
	bool is_status = strstr(xml, "<domstatus") != NULL;
	struct _xmlDoc *doc = vtune__xml_parse(xml, is_status ? "domstatus" : "domain", err);
	uint64_t number;

	if (!doc)
		return NULL;
	*domain = vtune__xml_root(doc);
	*pid = 0;
	if (!is_status)
		return doc;
	if (vtune__xml_peek_uint(*domain, "pid", &number) && number <= INT32_MAX)
		*pid = (int)number;
	*domain = vtune__xml_child(*domain, "domain");
	if (*domain)
		return doc;
	vtune__xml_fail(vtune__xml_root(doc), err, VTUNE_ERR_DOCUMENT,
			"<domstatus> must have a <domain> in it");
	vtune__xml_free(&doc);
	return NULL;
}

static int read_one(struct vtune__host_reading *reading, const char *xml)
{
	struct _xmlNode *domain;
	int pid, result;
	struct _xmlDoc *doc = parse(xml, &domain, &pid, reading->err);

	if (!doc)
		return -1;
	result = vtune__host_read_document(reading, domain, pid);
	vtune__xml_free(&doc);
	return result;
}

static void prefix(struct vtune_error **err, unsigned int index)
{
	char text[48];

	snprintf(text, sizeof(text), "Domain document %u", index);
	vtune__error_prefix(err, text);
}

static int read_all(struct vtune_host *host, const char *const *xml, unsigned int count,
		    struct vtune_error **err)
{
	const struct vtune__calls calls = { .virDomainMemoryStats = tell_nothing };
	const struct vtune_connection nobody = { .calls = &calls, .is_local = true, .lock = -1 };
	VTUNE__CLEANUP(vtune__draft_free) struct vtune__draft draft = { 0 };
	struct vtune__host_reading reading = { .connection = &nobody,
					       .flags = VTUNE_HOST_DEFINED,
					       .host = host,
					       .draft = &draft,
					       .err = err };
	int result = -1;

	reading.promised = vtune__table_new(host->topology, err);
	for (unsigned int i = 0; reading.promised && i < count; i++) {
		if (read_one(&reading, xml[i]) < 0) {
			prefix(err, i);
			free(reading.promised);
			return -1;
		}
	}
	if (reading.promised)
		result = vtune__host_take_domains(host, &reading);
	free(reading.promised);
	return result;
}

VTUNE_EXPORT struct vtune_host *vtune_host_with_domains(const struct vtune_host *host,
							const char *const *xml, unsigned int count,
							struct vtune_error **err)
{
	struct vtune_host *with;

	if (!host || (!xml && count > 0)) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	with = vtune__host_copy(host, NULL, err);
	if (with && read_all(with, xml, count, err) < 0) {
		vtune_host_free(with);
		return NULL;
	}
	return with;
}
