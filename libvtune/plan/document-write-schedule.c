/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-write.h"

static void write_bandwidth(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS])
{
	struct json_object *all, *one;

	if (!vtune__bandwidth_is_said(bandwidth))
		return;
	all = vtune__json_new_object(w);
	vtune__json_put(w, root, "bandwidth", all);
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		if (!bandwidth[i].period && !bandwidth[i].quota)
			continue;
		one = vtune__json_new_object(w);
		vtune__json_put(w, all, vtune__bandwidth_names[i], one);
		if (bandwidth[i].period)
			vtune__json_put_uint(w, one, "period", bandwidth[i].period);
		if (bandwidth[i].quota)
			vtune__json_put_int(w, one, "quota", bandwidth[i].quota);
	}
}

static void write_realtime(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune__realtime *realtime)
{
	struct json_object *object;

	if (vtune__set_is_empty(&realtime->vcpus))
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "realtime", object);
	vtune__json_put_set(w, object, "vcpus", &realtime->vcpus);
	vtune__json_put_string(w, object, "scheduler", vtune__scheduler_names[realtime->scheduler]);
	vtune__json_put_uint(w, object, "priority", realtime->priority);
	if (realtime->emulator)
		vtune__json_put_uint(w, object, "emulator", realtime->emulator);
	if (realtime->iothreads)
		vtune__json_put_uint(w, object, "iothreads", realtime->iothreads);
}

void vtune__plan_write_schedule(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_plan *plan)
{
	write_bandwidth(w, root, plan->schedule.bandwidth);
	write_realtime(w, root, &plan->schedule.realtime);
}
