/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

void vtune__spec_write_cpu(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_spec *spec)
{
	struct json_object *cpu;

	if (spec->policy == VTUNE__DEDICATED && spec->threads == VTUNE__PREFER &&
	    !spec->has_cpu_mode && !spec->shares)
		return;
	cpu = vtune__json_new_object(w);
	vtune__json_put(w, root, "cpu", cpu);
	vtune__spec_put_word(w, cpu, "policy", vtune__cpu_policy_names, spec->policy);
	if (spec->policy == VTUNE__MIXED)
		vtune__json_put_set(w, cpu, "dedicated", &spec->dedicated);
	vtune__spec_put_word(w, cpu, "threads", vtune__threads_names, spec->threads);
	if (spec->has_cpu_mode)
		vtune__json_put_string(w, cpu, "mode", vtune__cpu_mode_names[spec->cpu_mode]);
	if (spec->shares)
		vtune__json_put_uint(w, cpu, "shares", spec->shares);
}
