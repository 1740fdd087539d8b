/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

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

static int read_cpu_keys(const struct vtune__json *cpu, struct vtune_spec *spec,
			 struct vtune_error **err)
{
	static const char *const keys[] = {
		"policy", "dedicated", "threads", "mode", "shares", NULL
	};
	int policy = VTUNE__DEDICATED, threads = VTUNE__PREFER;
	struct vtune__json at;

	if (vtune__json_object(cpu, keys, err) < 0 ||
	    vtune__spec_read_word(cpu, "policy", vtune__cpu_policy_names, &policy, err) < 0 ||
	    vtune__spec_read_word(cpu, "threads", vtune__threads_names, &threads, err) < 0 ||
	    vtune__spec_read_word(cpu, "mode", vtune__cpu_mode_names, &spec->cpu_mode, err) < 0)
		return -1;
	spec->policy = (enum vtune__cpu_policy)policy;
	spec->threads = (enum vtune__threads)threads;
	spec->has_cpu_mode = vtune__json_get(cpu, "mode", &at);
	if (vtune__json_get(cpu, "shares", &at))
		return vtune__json_uint32(&at, VTUNE__MIN_SHARES, VTUNE__MAX_SHARES, &spec->shares,
					  err);
	return 0;
}

int vtune__spec_read_cpu(const struct vtune__json *root, struct vtune_spec *spec,
			 struct vtune_error **err)
{
	struct vtune__json cpu;

	if (!vtune__json_get(root, "cpu", &cpu))
		return read_dedicated(NULL, spec, err);
	if (read_cpu_keys(&cpu, spec, err) < 0)
		return -1;
	return read_dedicated(&cpu, spec, err);
}

void vtune__spec_free_cpu(struct vtune_spec *spec)
{
	(void)spec;
}
