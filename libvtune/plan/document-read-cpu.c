/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

#include <stdlib.h>

#include "../base/arch.h"

/* A word for libvirt; *out stays NULL where the key is missing. */
static int read_name(const struct vtune__json *cpu, const char *key, char **out,
		     struct vtune_error **err)
{
	struct vtune__json at;
	const char *text;

	if (!vtune__json_get(cpu, key, &at))
		return 0;
	if (vtune__json_string(&at, &text, err) < 0)
		return -1;
	if (!vtune__cpu_is_name(text))
		return vtune__json_fail(&at, err,
					"A name here must have at least one character, and only "
					"letters, digits, \"_\", \".\" and \"-\"");
	*out = vtune__strdup(text, err);
	return *out ? 0 : -1;
}

static int read_arch(const struct vtune__json *cpu, struct vtune_plan *plan,
		     struct vtune_error **err)
{
	struct vtune__json at;

	if (read_name(cpu, "arch", &plan->cpu.arch, err) < 0)
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
	if (read_name(cpu, "model", &plan->cpu.model, err) < 0)
		return -1;
	if ((plan->has_cpu_mode && plan->cpu_mode == VTUNE__CUSTOM) == !!plan->cpu.model)
		return 0;
	return vtune__json_fail(cpu, err, "The mode \"custom\" and a model must be there together");
}

static int read_features(const struct vtune__json *cpu, struct vtune_plan *plan,
			 struct vtune_error **err)
{
	struct vtune__json at, member = { 0 };
	int policy;

	if (!vtune__json_get(cpu, "features", &at))
		return 0;
	if (vtune__json_map(&at, err) < 0)
		return -1;
	while (vtune__json_next(&at, &member)) {
		if (!vtune__cpu_is_name(member.key) ||
		    plan->cpu.features.count == VTUNE__MAX_FEATURES)
			return vtune__json_fail(&member, err,
						"This is not the name of a CPU feature, or one of "
						"too many");
		if (vtune__json_enum(&member, vtune__feature_policy_names, &policy, err) < 0 ||
		    vtune__cpu_features_add(&plan->cpu.features, member.key,
					    (enum vtune__feature_policy)policy, err) < 0)
			return -1;
	}
	return 0;
}

/* The first word, "auto", is never written. */
static int read_cache(const struct vtune__json *cpu, struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct vtune__json at;
	int word;

	if (!vtune__json_get(cpu, "cache", &at))
		return 0;
	if (vtune__json_enum(&at, vtune__cpu_cache_names + 1, &word, err) < 0)
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
	    read_name(&cpu, "machine", &plan->cpu.machine, err) < 0 ||
	    read_mode(&cpu, plan, err) < 0 || read_features(&cpu, plan, err) < 0)
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
