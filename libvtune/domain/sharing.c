/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of the guest that another process uses as well. */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"
#include "../guest/guest.h"

/* Files and memfd can be shared, and files need no name here: libvirt has a folder. */
static int lay_source(struct _xmlNode *backing, struct vtune_error **err)
{
	struct _xmlNode *source = vtune__xml_ensure(backing, "source", vtune__backing_order, err);

	if (!source || vtune__xml_is(source, "type", "file") ||
	    vtune__xml_is(source, "type", "memfd"))
		return source ? 0 : -1;
	return vtune__xml_set(source, "type", "memfd", err);
}

/* That of all memory which does not say otherwise: of modules that are plugged in, too. */
static int lay_access(struct _xmlNode *backing, struct vtune_error **err)
{
	struct _xmlNode *access = vtune__xml_ensure(backing, "access", vtune__backing_order, err);

	return access ? vtune__xml_set(access, "mode", "shared", err) : -1;
}

static int lay_cells(struct _xmlNode *domain, bool by_default, struct vtune_error **err)
{
	struct _xmlNode *numa = vtune__xml_path(domain, "cpu/numa");
	struct _xmlNode *cell = numa ? vtune__xml_child(numa, "cell") : NULL;

	for (; cell; cell = vtune__xml_next(cell, "cell")) {
		if (by_default && !vtune__xml_peek(cell, "memAccess"))
			continue;
		if (vtune__xml_set(cell, "memAccess", "shared", err) < 0)
			return -1;
	}
	return 0;
}

/* libvirt's default is that it is not. */
static int lay_private(struct _xmlNode *domain, struct _xmlNode *access, struct vtune_error **err)
{
	struct _xmlNode *cell = vtune__xml_path(domain, "cpu/numa/cell");

	for (; cell; cell = vtune__xml_next(cell, "cell"))
		if (vtune__xml_is(cell, "memAccess", "shared"))
			vtune__xml_unset(cell, "memAccess");
	return vtune__xml_is(access, "mode", "shared")
		       ? vtune__xml_set(access, "mode", "private", err)
		       : 0;
}

/* With huge pages it is enough that each cell says it; else there must be a source that can
 * be shared. */
int vtune__domain_lay_sharing(struct _xmlNode *domain, const struct vtune_plan *plan,
			      struct vtune_error **err)
{
	struct _xmlNode *backing = vtune__xml_child(domain, "memoryBacking");
	struct _xmlNode *access = backing ? vtune__xml_child(backing, "access") : NULL;
	bool by_default = vtune__xml_is(access, "mode", "shared");

	if (!vtune__guest_needs_shared_memory(plan))
		return plan->backing.shared == VTUNE__NO ? lay_private(domain, access, err) : 0;
	if (!plan->huge || vtune__xml_child(domain, "maxMemory")) {
		backing = vtune__domain_ensure(domain, "memoryBacking", err);
		if (!backing || (!plan->huge && lay_source(backing, err) < 0) ||
		    lay_access(backing, err) < 0)
			return -1;
		by_default = true;
	}
	return lay_cells(domain, by_default, err);
}
