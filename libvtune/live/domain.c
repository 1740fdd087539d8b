/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "live.h"

#include <stdlib.h>

/* A running one as it runs. */
static char *read_domain(const struct vtune_connection *connection, const char *name,
			 struct vtune_error **err)
{
	virDomainPtr domain = vtune__connection_domain(connection, name, err);
	char *xml;

	if (!domain)
		return NULL;
	xml = connection->calls->virDomainGetXMLDesc(domain, 0);
	if (!xml)
		vtune__fail_libvirt(connection, err, name, "Reading the domain \"%s\"", name);
	connection->calls->virDomainFree(domain);
	return xml;
}

VTUNE_EXPORT struct vtune_spec *vtune_spec_from_domain(struct vtune_connection *connection,
						       const char *domain, struct vtune_error **err)
{
	char *xml VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!connection || !domain) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	xml = read_domain(connection, domain, err);
	return xml ? vtune_spec_from_domain_xml(xml, err) : NULL;
}

VTUNE_EXPORT struct vtune_plan *vtune_plan_from_domain(struct vtune_connection *connection,
						       const char *domain, struct vtune_error **err)
{
	char *xml VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_error *own = NULL;
	struct vtune_plan *plan;

	if (!connection || !domain) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	xml = read_domain(connection, domain, err);
	if (!xml)
		return NULL;
	plan = vtune__metadata_plan(xml, &own);
	if (plan)
		return plan;
	if (!own)
		vtune__fail(&own, VTUNE_ERR_DOCUMENT, domain,
			    "The domain \"%s\" carries no plan: libvtune did not place it", domain);
	if (err && !*err)
		*err = own;
	else
		vtune_error_free(own);
	return NULL;
}
