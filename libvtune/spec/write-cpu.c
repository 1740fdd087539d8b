/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

void vtune__spec_write_features(struct vtune__json_writer *w, struct json_object *cpu,
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

static bool says_nothing(const struct vtune_spec *spec)
{
	return spec->policy == VTUNE__DEDICATED && spec->threads == VTUNE__PREFER &&
	       !spec->has_cpu_mode && !spec->shares && spec->cpu.cache == VTUNE__CPU_CACHE_AUTO &&
	       spec->cpu.features.count == 0;
}

void vtune__spec_write_cpu(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_spec *spec)
{
	struct json_object *cpu;

	if (spec->cpu.machine)
		vtune__json_put_string(w, root, "machine", spec->cpu.machine);
	if (says_nothing(spec))
		return;
	cpu = vtune__json_new_object(w);
	vtune__json_put(w, root, "cpu", cpu);
	vtune__spec_put_word(w, cpu, "policy", vtune__cpu_policy_names, spec->policy);
	if (spec->policy == VTUNE__MIXED)
		vtune__json_put_set(w, cpu, "dedicated", &spec->dedicated);
	vtune__spec_put_word(w, cpu, "threads", vtune__threads_names, spec->threads);
	if (spec->has_cpu_mode)
		vtune__json_put_string(w, cpu, "mode", vtune__cpu_mode_names[spec->cpu_mode]);
	if (spec->cpu.model)
		vtune__json_put_string(w, cpu, "model", spec->cpu.model);
	vtune__spec_write_features(w, cpu, &spec->cpu.features);
	vtune__spec_put_word(w, cpu, "cache", vtune__cpu_cache_names, (int)spec->cpu.cache);
	if (spec->shares)
		vtune__json_put_uint(w, cpu, "shares", spec->shares);
}
