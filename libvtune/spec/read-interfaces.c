/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>

int vtune__spec_read_interfaces(const struct vtune__json *root, struct vtune_spec *spec,
				struct vtune_error **err)
{
	(void)root;
	(void)spec;
	(void)err;
	return 0;
}

void vtune__spec_free_interfaces(struct vtune_spec *spec)
{
	free(spec->interfaces);
}
