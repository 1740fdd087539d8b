/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domains of a connection, for the checks of their security. */
#include "live.h"

#include <stdlib.h>
#include <string.h>

#include "../tuning/tuning.h"

void vtune__tuning_domains_free(struct vtune__tuning_domains *domains)
{
	for (unsigned int i = 0; i < domains->count; i++) {
		/* It may hold passwords. */
		if (domains->items[i].xml)
			explicit_bzero(domains->items[i].xml, strlen(domains->items[i].xml));
		free(domains->items[i].xml);
		free(domains->items[i].name);
	}
	free(domains->items);
	*domains = (struct vtune__tuning_domains){ 0 };
}

bool vtune__tuning_is_remote(const struct vtune_connection *connection)
{
	return !connection->is_local && !connection->is_test;
}

/* Whether a screen has a password is told only with the flag for secrets, which a
 * connection that may only read does not have. */
static char *read_xml(const struct vtune_connection *connection, virDomainPtr domain)
{
	char *xml = connection->calls->virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_SECURE);

	return xml ? xml : connection->calls->virDomainGetXMLDesc(domain, 0);
}

/* One that was undefined meanwhile is left out. */
static int read_domain(const struct vtune_connection *connection, virDomainPtr domain,
		       struct vtune__tuning_domains *domains, struct vtune_error **err)
{
	struct vtune__tuning_domain *added;
	const char *name = connection->calls->virDomainGetName(domain);
	char *xml = name ? read_xml(connection, domain) : NULL;

	if (!xml)
		return 0;
	added = vtune__grow((void **)&domains->items, &domains->count, sizeof(*added), err);
	if (!added) {
		explicit_bzero(xml, strlen(xml));
		free(xml);
		return -1;
	}
	added->xml = xml;
	added->is_running = connection->calls->virDomainIsActive(domain) == 1;
	added->name = vtune__strdup(name, err);
	return added->name ? 0 : -1;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct vtune__tuning_domain *)a)->name,
		      ((const struct vtune__tuning_domain *)b)->name);
}

int vtune__tuning_domains_read(const struct vtune_connection *connection,
			       struct vtune__tuning_domains *domains, struct vtune_error **err)
{
	virDomainPtr *list = NULL;
	int count = connection->calls->virConnectListAllDomains(connection->connection, &list, 0);
	int rc = 0;

	if (count < 0)
		return vtune__fail_libvirt(connection, err, connection->uri, "Listing the domains");
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = read_domain(connection, list[i], domains, err);
		connection->calls->virDomainFree(list[i]);
	}
	free(list);
	if (rc == 0 && domains->count > 1)
		qsort(domains->items, domains->count, sizeof(*domains->items), compare_names);
	return rc;
}
