/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/write.h"
#include "document-write.h"

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
	vtune__spec_put_number(w, object, "emulator", realtime->emulator);
	vtune__spec_put_number(w, object, "iothreads", realtime->iothreads);
}

void vtune__plan_write_schedule(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_plan *plan)
{
	vtune__spec_write_bandwidth(w, root, plan->schedule.bandwidth);
	write_realtime(w, root, &plan->schedule.realtime);
}
