/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-write.h"

void vtune__plan_write_interfaces(struct vtune__json_writer *w, struct json_object *root,
				  const struct vtune_plan *plan)
{
	(void)w;
	(void)root;
	(void)plan;
}
