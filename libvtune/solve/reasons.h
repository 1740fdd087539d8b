/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reasons for which a VM does not fit, between the files reasons*.c. */
#ifndef VTUNE_REASONS_H
#define VTUNE_REASONS_H

#include "solve.h"

struct vtune__inquiry {
	struct vtune_plan *plan;
	const struct vtune__trial *trial; /* the fewest cells, nothing lifted */
	const struct vtune__scene *scene;
	const struct vtune_spec *spec;
	unsigned int lifted; /* what is not a reason */
	struct vtune_error **err;
};

/* ---- reasons-capacity.c: too little of what cells need and nodes have ---- */

/* One reason, with a text that is freed. */
int vtune__reason_text(const struct vtune__inquiry *q, const char *code, int cell, int node,
		       uint64_t need, uint64_t have, struct vtune__text *text);
int vtune__reason_capacity(const struct vtune__inquiry *q, enum vtune__lift what, const char *code);

/* ---- reasons-devices.c ---- */

int vtune__reason_devices(const struct vtune__inquiry *q);

#endif
