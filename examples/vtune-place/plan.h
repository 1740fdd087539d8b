/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vtune-place plan: its parts. */
#ifndef VTUNE_PLACE_PLAN_H
#define VTUNE_PLACE_PLAN_H

#include "cli.h"

struct job {
	const struct options *options;
	struct vtune_options *knobs;
	struct connection connection; /* of --domain-name */
	struct input domain;
	struct vtune_spec **specs;
	int nspecs;
	struct vtune_host *host; /* as the VMs so far leave it */
	/* The last VM that fits, and the host before it: the picture of all. */
	struct vtune_host *before;
	struct vtune_plan *last;
	struct text text;
};

/* ---- plan-inputs.c ---- */

/* Everything is read before anything is planned. */
enum status plan_inputs(struct job *job);
/* Where the spec comes from, for messages. */
const char *plan_spec_name(const struct job *job, int index);

/* ---- plan-show.c ---- */

/* Add the plan of spec index to the text. */
enum status plan_show(struct job *job, int index, const struct vtune_plan *plan);
/* The picture of all, when they are placed. */
enum status plan_show_picture(struct job *job);

/* ---- plan.c ---- */

/* Show the plan of spec index and, where it fits, carry it out for those after it. The
 * plan is freed or kept. */
enum status plan_take(struct job *job, int index, struct vtune_plan *plan, bool *all_fit);

/* ---- together.c ---- */

/* Place all specs in one solve, and take their plans. */
enum status plan_together(struct job *job, bool *all_fit);

/* ---- plan-capacity.c ---- */

enum status plan_capacity(struct job *job);

#endif
