/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-write.h"

static void write_string(struct vtune__json_writer *w, struct json_object *object, const char *key,
			 const char *text)
{
	if (text)
		vtune__json_put_string(w, object, key, text);
}

static void write_features(struct vtune__json_writer *w, struct json_object *cpu,
			   const struct vtune__cpu_features *features)
{
	struct json_object *object;

	if (features->count == 0)
		return;
	object = vtune__json_new_object(w);
	vtune__json_put(w, cpu, "features", object);
	for (unsigned int i = 0; i < features->count; i++)
		vtune__json_put_string(w, object, features->list[i].name,
				       vtune__feature_policy_names[features->list[i].policy]);
}

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
	write_string(w, object, "arch", cpu->arch);
	write_string(w, object, "machine", cpu->machine);
	if (plan->has_cpu_mode)
		vtune__json_put_string(w, object, "mode", vtune__cpu_mode_names[plan->cpu_mode]);
	write_string(w, object, "model", cpu->model);
	write_features(w, object, &cpu->features);
	if (cpu->cache != VTUNE__CPU_CACHE_AUTO)
		vtune__json_put_string(w, object, "cache", vtune__cpu_cache_names[cpu->cache]);
}
