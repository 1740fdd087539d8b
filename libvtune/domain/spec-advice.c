/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What advice needs to know of a domain, and a spec has no words for. */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

/* Of all kinds of this device that the schema knows these are virtio. */
static bool has_virtio(struct _xmlNode *devices, const char *name)
{
	struct _xmlNode *node = vtune__xml_child(devices, name);

	for (; node; node = vtune__xml_next(node, name)) {
		const char *model = vtune__xml_peek(node, "model");

		if (model && strncmp(model, "virtio", strlen("virtio")) == 0)
			return true;
	}
	return false;
}

void vtune__spec_of_advice(struct vtune_spec *spec, struct _xmlNode *domain)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");

	if (!devices)
		return;
	spec->seen.no_rng = !has_virtio(devices, "rng");
	/* libvirt adds one where there is none; it is another one or "none" that counts. */
	spec->seen.no_balloon = vtune__xml_child(devices, "memballoon") &&
				!has_virtio(devices, "memballoon");
}
