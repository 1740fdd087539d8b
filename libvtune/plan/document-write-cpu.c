/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/write.h"
#include "document-write.h"

void vtune__plan_write_cpu(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_plan *plan)
{
	const struct vtune__plan_cpu *cpu = &plan->cpu;
	struct json_object *object;

	if (!cpu->arch && !cpu->machine && !plan->has_cpu_mode && !cpu->model &&
	    cpu->features.count == 0 && cpu->cache == VTUNE__CPU_CACHE_AUTO)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, root, "cpu", object);
	vtune__spec_put_text(w, object, "arch", cpu->arch);
	vtune__spec_put_text(w, object, "machine", cpu->machine);
	if (plan->has_cpu_mode)
		vtune__json_put_string(w, object, "mode", vtune__cpu_mode_names[plan->cpu_mode]);
	vtune__spec_put_text(w, object, "model", cpu->model);
	vtune__spec_write_features(w, object, &cpu->features);
	vtune__spec_put_word(w, object, "cache", vtune__cpu_cache_names, (int)cpu->cache);
}
