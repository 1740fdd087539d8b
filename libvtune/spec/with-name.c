/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec.h"

#include <stdlib.h>

/* Through the document: reading checks the name as well. */
VTUNE_EXPORT struct vtune_spec *vtune_spec_with_name(const struct vtune_spec *spec,
						     const char *name, struct vtune_error **err)
{
	struct vtune_spec *named, lent;
	char *json;

	if (!spec || !name) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	lent = *spec;
	lent.name = (char *)name;
	json = vtune_spec_to_json(&lent, err);
	named = json ? vtune_spec_from_json(json, err) : NULL;
	free(json);
	return named;
}
