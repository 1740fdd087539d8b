/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "../spec/read.h"
#include "document-read.h"

#include <stdlib.h>

#include "../base/arch.h"

static int read_arch(const struct vtune__json *cpu, struct vtune_plan *plan,
		     struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__spec_read_cpu_name(cpu, "arch", &plan->cpu.arch, err) < 0)
		return -1;
	if (!plan->cpu.arch || vtune__arch_find(plan->cpu.arch))
		return 0;
	vtune__json_get(cpu, "arch", &at);
	return vtune__json_fail(&at, err, "\"%s\" is not an architecture that is known here",
				plan->cpu.arch);
}

static int read_mode(const struct vtune__json *cpu, struct vtune_plan *plan,
		     struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_get(cpu, "mode", &at)) {
		if (plan->has_cpu_mode)
			return vtune__json_fail(&at, err,
						"The mode is in \"domain\" already, as "
						"\"cpu_mode\"");
		plan->has_cpu_mode = true;
		if (vtune__json_enum(&at, vtune__cpu_mode_names, &plan->cpu_mode, err) < 0)
			return -1;
	}
	if (vtune__spec_read_cpu_name(cpu, "model", &plan->cpu.model, err) < 0)
		return -1;
	if ((plan->has_cpu_mode && plan->cpu_mode == VTUNE__CUSTOM) == !!plan->cpu.model)
		return 0;
	return vtune__json_fail(cpu, err, "The mode \"custom\" and a model must be there together");
}

/* The first word, "auto", is never written. */
static int read_cache(const struct vtune__json *cpu, struct vtune_plan *plan,
		      struct vtune_error **err)
{
	int word = -1;

	if (vtune__spec_read_word(cpu, "cache", vtune__cpu_cache_names + 1, &word, err) < 0)
		return -1;
	plan->cpu.cache = (enum vtune__cpu_cache)(word + 1);
	return 0;
}

int vtune__plan_read_cpu(const struct vtune__json *root, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "arch",	"machine", "mode", "model",
					    "features", "cache",   NULL };
	struct vtune__json cpu;

	if (!vtune__json_get(root, "cpu", &cpu))
		return 0;
	if (vtune__json_object(&cpu, keys, err) < 0 || read_arch(&cpu, plan, err) < 0 ||
	    vtune__spec_read_cpu_name(&cpu, "machine", &plan->cpu.machine, err) < 0 ||
	    read_mode(&cpu, plan, err) < 0 ||
	    vtune__spec_read_features(&cpu, &plan->cpu.features, err) < 0)
		return -1;
	return read_cache(&cpu, plan, err);
}

void vtune__plan_free_cpu(struct vtune_plan *plan)
{
	vtune__cpu_features_free(&plan->cpu.features);
	free(plan->cpu.arch);
	free(plan->cpu.machine);
	free(plan->cpu.model);
}
