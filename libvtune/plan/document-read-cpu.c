/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

int vtune__plan_read_cpu(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	(void)root;
	(void)plan;
	(void)err;
	return 0;
}

void vtune__plan_free_cpu(struct vtune_plan *plan)
{
	(void)plan;
}
