/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the plan document, between the files document-read*.c. */
#ifndef VTUNE_PLAN_DOCUMENT_READ_H
#define VTUNE_PLAN_DOCUMENT_READ_H

#include "../base/json.h"
#include "plan.h"

/* What a distance can be at most, of a device or between two cells. */
#define VTUNE__PLAN_MAX_DISTANCE 65535

/* ---- document-read.c ---- */

/* The value of a key that must be there. */
int vtune__plan_need_number(const struct vtune__json *object, const char *key, unsigned int min,
			    unsigned int max, unsigned int *out, struct vtune_error **err);
int vtune__plan_need_size(const struct vtune__json *object, const char *key, uint64_t *kib,
			  struct vtune_error **err);
int vtune__plan_need_bool(const struct vtune__json *object, const char *key, bool *out,
			  struct vtune_error **err);
/* Not empty; owned by the document. */
int vtune__plan_need_string(const struct vtune__json *object, const char *key, const char **out,
			    struct vtune_error **err);
/* A set of at least one number up to max. */
int vtune__plan_need_set(const struct vtune__json *object, const char *key, unsigned int max,
			 struct vtune__set *out, struct vtune_error **err);
/* An array of min to max entries that must be there: zeroed room for it, which
 * the caller owns, also if reading the entries fails. */
void *vtune__plan_need_list(const struct vtune__json *object, const char *key, unsigned int min,
			    unsigned int max, size_t size, struct vtune__json *list,
			    unsigned int *count, struct vtune_error **err);

/* ---- document-read-cells.c: cells and vCPUs; needs plan->held ---- */

int vtune__plan_read_cells(const struct vtune__json *root, struct vtune_plan *plan,
			   struct vtune_error **err);

/* ---- document-read-guest.c: all else of a plan that fits; needs the cells ---- */

int vtune__plan_read_guest(const struct vtune__json *root, struct vtune_plan *plan,
			   struct vtune_error **err);

/* ---- document-read-iothreads.c ---- */

int vtune__plan_read_iothreads(const struct vtune__json *root, struct vtune_plan *plan,
			       struct vtune_error **err);

/* ---- document-read-disks.c; needs the I/O threads ---- */

int vtune__plan_read_disks(const struct vtune__json *root, struct vtune_plan *plan,
			   struct vtune_error **err);

/* ---- document-read-interfaces.c; needs the cells ---- */

int vtune__plan_read_interfaces(const struct vtune__json *root, struct vtune_plan *plan,
				struct vtune_error **err);

/* ---- document-read-pcie.c; needs the cells ---- */

int vtune__plan_read_pcie(const struct vtune__json *root, struct vtune_plan *plan,
			  struct vtune_error **err);

/* ---- document-read-cpu.c; needs the cells ---- */

int vtune__plan_read_cpu(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err);

/* ---- document-read-schedule.c; needs the cells ---- */

int vtune__plan_read_schedule(const struct vtune__json *root, struct vtune_plan *plan,
			      struct vtune_error **err);

/* ---- document-read-backing.c; needs the cells ---- */

int vtune__plan_read_backing(const struct vtune__json *root, struct vtune_plan *plan,
			     struct vtune_error **err);

#endif
