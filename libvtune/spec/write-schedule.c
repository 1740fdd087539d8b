/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

void vtune__spec_write_bandwidth(struct vtune__json_writer *w, struct json_object *root,
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
		vtune__spec_put_number(w, one, "period", bandwidth[i].period);
		if (bandwidth[i].quota)
			vtune__json_put_int(w, one, "quota", bandwidth[i].quota);
	}
}

void vtune__spec_write_schedule(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_spec *spec)
{
	const struct vtune__realtime *realtime = &spec->schedule.realtime;
	struct json_object *object;

	vtune__spec_write_bandwidth(w, root, spec->schedule.bandwidth);
	if (vtune__set_is_empty(&realtime->vcpus))
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "realtime", object);
	vtune__json_put_set(w, object, "vcpus", &realtime->vcpus);
	vtune__spec_put_word(w, object, "scheduler", vtune__scheduler_names,
			     (int)realtime->scheduler);
	if (realtime->priority > 1)
		vtune__json_put_uint(w, object, "priority", realtime->priority);
	vtune__spec_put_number(w, object, "emulator", realtime->emulator);
	vtune__spec_put_number(w, object, "iothreads", realtime->iothreads);
	if (spec->schedule.unlocked)
		vtune__json_put_bool(w, object, "lock_memory", false);
}
