/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <stdlib.h>

static int read_dedicated(const struct vtune__json *cpu, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	struct vtune__json at;
	bool is_there = cpu && vtune__json_get(cpu, "dedicated", &at);

	if (spec->policy == VTUNE__MIXED && !is_there)
		return vtune__json_fail(cpu, err,
					"The policy \"mixed\" must come with the key "
					"\"dedicated\", the vCPUs that get CPUs of their own");
	if (spec->policy == VTUNE__MIXED)
		return vtune__spec_read_vcpus(&at, spec, &spec->dedicated, err);
	if (is_there)
		return vtune__json_fail(&at, err,
					"Only the policy \"mixed\" takes a set of "
					"dedicated vCPUs, and the policy here is \"%s\"",
					vtune__cpu_policy_names[spec->policy]);
	if (spec->policy == VTUNE__DEDICATED &&
	    vtune__set_add_range(&spec->dedicated, 0, spec->vcpus - 1) < 0)
		return vtune__fail_memory(err);
	return 0;
}

int vtune__spec_read_cpu_name(const struct vtune__json *object, const char *key, char **out,
			      struct vtune_error **err)
{
	struct vtune__json at;
	const char *text;

	if (!vtune__json_get(object, key, &at))
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

int vtune__spec_read_features(const struct vtune__json *cpu, struct vtune__cpu_features *features,
			      struct vtune_error **err)
{
	struct vtune__json at, member = { 0 };
	int policy;

	if (!vtune__json_get(cpu, "features", &at))
		return 0;
	if (vtune__json_map(&at, err) < 0)
		return -1;
	while (vtune__json_next(&at, &member)) {
		if (!vtune__cpu_is_name(member.key))
			return vtune__json_fail(&member, err,
						"\"%s\" is not the name of a CPU feature, like "
						"\"invtsc\"",
						member.key);
		if (features->count == VTUNE__MAX_FEATURES)
			return vtune__json_fail(&at, err, "There are more than %d features",
						VTUNE__MAX_FEATURES);
		if (vtune__json_enum(&member, vtune__feature_policy_names, &policy, err) < 0 ||
		    vtune__cpu_features_add(features, member.key,
					    (enum vtune__feature_policy)policy, err) < 0)
			return -1;
	}
	return 0;
}

bool vtune__spec_passes_cache(bool has_mode, int mode)
{
	return !has_mode || mode == VTUNE__HOST_PASSTHROUGH || mode == VTUNE__MAXIMUM;
}

/* A model is that of the mode "custom", which has nothing to go by without. */
static int read_model(const struct vtune__json *cpu, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__spec_read_word(cpu, "mode", vtune__cpu_mode_names, &spec->cpu_mode, err) < 0 ||
	    vtune__spec_read_cpu_name(cpu, "model", &spec->cpu.model, err) < 0)
		return -1;
	spec->has_cpu_mode = vtune__json_get(cpu, "mode", &at);
	if (!spec->has_cpu_mode && spec->cpu.model)
		spec->cpu_mode = VTUNE__CUSTOM;
	if (spec->cpu_mode == VTUNE__CUSTOM && !spec->cpu.model)
		return vtune__json_fail(&at, err,
					"The mode \"custom\" must come with the key \"model\", "
					"like \"Broadwell\"");
	if (spec->cpu_mode != VTUNE__CUSTOM && spec->cpu.model &&
	    vtune__json_get(cpu, "model", &at))
		return vtune__json_fail(&at, err,
					"Only the mode \"custom\" takes a model, and the mode here "
					"is \"%s\"",
					vtune__cpu_mode_names[spec->cpu_mode]);
	spec->has_cpu_mode = spec->has_cpu_mode || spec->cpu.model;
	return 0;
}

static int read_cache(const struct vtune__json *cpu, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	int cache = VTUNE__CPU_CACHE_AUTO;
	struct vtune__json at;

	if (vtune__spec_read_word(cpu, "cache", vtune__cpu_cache_names, &cache, err) < 0)
		return -1;
	spec->cpu.cache = (enum vtune__cpu_cache)cache;
	if (cache == VTUNE__CPU_CACHE_PASSTHROUGH &&
	    !vtune__spec_passes_cache(spec->has_cpu_mode, spec->cpu_mode) &&
	    vtune__json_get(cpu, "cache", &at))
		return vtune__json_fail(&at, err,
					"The host's caches are passed through only with the mode "
					"\"host-passthrough\" or \"maximum\", and the mode here is "
					"\"%s\"",
					vtune__cpu_mode_names[spec->cpu_mode]);
	return 0;
}

static int read_cpu_keys(const struct vtune__json *cpu, struct vtune_spec *spec,
			 struct vtune_error **err)
{
	static const char *const keys[] = {
		"policy", "dedicated", "threads",  "mode", "model",
		"cache",  "shares",    "features", NULL,
	};
	int policy = VTUNE__DEDICATED, threads = VTUNE__PREFER;
	struct vtune__json at;

	if (vtune__json_object(cpu, keys, err) < 0 ||
	    vtune__spec_read_word(cpu, "policy", vtune__cpu_policy_names, &policy, err) < 0 ||
	    vtune__spec_read_word(cpu, "threads", vtune__threads_names, &threads, err) < 0 ||
	    read_model(cpu, spec, err) < 0 || read_cache(cpu, spec, err) < 0 ||
	    vtune__spec_read_features(cpu, &spec->cpu.features, err) < 0)
		return -1;
	spec->policy = (enum vtune__cpu_policy)policy;
	spec->threads = (enum vtune__threads)threads;
	if (vtune__json_get(cpu, "shares", &at))
		return vtune__json_uint32(&at, VTUNE__MIN_SHARES, VTUNE__MAX_SHARES, &spec->shares,
					  err);
	return 0;
}

int vtune__spec_read_cpu(const struct vtune__json *root, struct vtune_spec *spec,
			 struct vtune_error **err)
{
	struct vtune__json cpu;

	if (vtune__spec_read_cpu_name(root, "machine", &spec->cpu.machine, err) < 0)
		return -1;
	if (!vtune__json_get(root, "cpu", &cpu))
		return read_dedicated(NULL, spec, err);
	if (read_cpu_keys(&cpu, spec, err) < 0)
		return -1;
	return read_dedicated(&cpu, spec, err);
}

void vtune__spec_free_cpu(struct vtune_spec *spec)
{
	vtune__cpu_features_free(&spec->cpu.features);
	free(spec->cpu.model);
	free(spec->cpu.machine);
}
