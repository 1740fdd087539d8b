/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the plan document, between the files document-write*.c. */
#ifndef VTUNE_PLAN_DOCUMENT_WRITE_H
#define VTUNE_PLAN_DOCUMENT_WRITE_H

#include "../base/json.h"
#include "plan.h"

/* ---- document-write-disks.c ---- */

void vtune__plan_write_disks(struct vtune__json_writer *w, struct json_object *root,
			     const struct vtune_plan *plan);

/* ---- document-write-interfaces.c ---- */

void vtune__plan_write_interfaces(struct vtune__json_writer *w, struct json_object *root,
				  const struct vtune_plan *plan);

/* ---- document-write-pcie.c ---- */

void vtune__plan_write_pcie(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_plan *plan);

/* ---- document-write-cpu.c ---- */

void vtune__plan_write_cpu(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_plan *plan);

/* ---- document-write-schedule.c ---- */

void vtune__plan_write_schedule(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_plan *plan);

/* ---- document-write-backing.c ---- */

void vtune__plan_write_backing(struct vtune__json_writer *w, struct json_object *root,
			       const struct vtune_plan *plan);

#endif
