/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

static int take_name(char **to, const char *text, struct vtune_error **err)
{
	if (!text || !vtune__cpu_is_name(text))
		return 0;
	*to = vtune__strdup(text, err);
	return *to ? 0 : -1;
}

/* Of a mode that a spec does not know, the patched domain keeps its own. */
static int take_mode(struct vtune_spec *spec, struct _xmlNode *cpu, struct vtune_error **err)
{
	int mode = vtune__find_word(vtune__cpu_mode_names, vtune__domain_cpu_mode(cpu));
	struct _xmlNode *model = vtune__xml_child(cpu, "model");

	if (mode == VTUNE__CUSTOM) {
		if (take_name(&spec->cpu.model, model ? vtune__xml_peek_text(model) : NULL, err) <
		    0)
			return -1;
		if (!spec->cpu.model)
			return 0;
	}
	spec->has_cpu_mode = mode >= 0;
	spec->cpu_mode = mode >= 0 ? mode : 0;
	return 0;
}

/* What libvirt would refuse is not taken over: the plan mends it. */
static void take_cache(struct vtune_spec *spec, struct _xmlNode *cpu)
{
	struct _xmlNode *node = vtune__xml_child(cpu, "cache");
	int cache = vtune__find_word(vtune__cpu_cache_names,
				     node ? vtune__xml_peek(node, "mode") : NULL);

	if (cache > VTUNE__CPU_CACHE_AUTO &&
	    (cache != VTUNE__CPU_CACHE_PASSTHROUGH ||
	     vtune__spec_passes_cache(spec->has_cpu_mode, spec->cpu_mode)))
		spec->cpu.cache = (enum vtune__cpu_cache)cache;
}

static int take_features(struct vtune_spec *spec, struct _xmlNode *cpu, struct vtune_error **err)
{
	struct vtune__cpu_features *features = &spec->cpu.features;
	struct _xmlNode *node = vtune__xml_child(cpu, "feature");

	for (; node; node = vtune__xml_next(node, "feature")) {
		const char *name = vtune__xml_peek(node, "name");
		const char *word = vtune__xml_peek(node, "policy");
		int policy = word ? vtune__find_word(vtune__feature_policy_names, word) : 0;

		if (!name || !vtune__cpu_is_name(name) || policy < 0 ||
		    vtune__cpu_features_find(features, name) ||
		    features->count == VTUNE__MAX_FEATURES)
			continue;
		if (vtune__cpu_features_add(features, name, (enum vtune__feature_policy)policy,
					    err) < 0)
			return -1;
	}
	return 0;
}

/* Of a running domain whose definition says a model, or the host's, libvirt tells that model
 * with all features that it came to; check="full" tells so. The definition keeps what it
 * says. */
static bool is_written_down(struct _xmlNode *cpu)
{
	const char *check = vtune__xml_peek(cpu, "check");

	return check && strcmp(check, "full") == 0;
}

/* Placed anew, the domain gets the same plan again unless it must be another: what the plan
 * says it goes on to say, and what it leaves to the domain it goes on to leave. */
static int take_plan(struct vtune_spec *spec, const struct vtune_plan *plan,
		     struct vtune_error **err)
{
	const struct vtune__plan_cpu *cpu = &plan->cpu;

	spec->has_cpu_mode = plan->has_cpu_mode;
	spec->cpu_mode = plan->has_cpu_mode ? plan->cpu_mode : 0;
	if (cpu->cache != VTUNE__CPU_CACHE_PASSTHROUGH ||
	    vtune__spec_passes_cache(spec->has_cpu_mode, spec->cpu_mode))
		spec->cpu.cache = cpu->cache;
	for (unsigned int i = 0; i < cpu->features.count; i++)
		if (vtune__cpu_features_add(&spec->cpu.features, cpu->features.list[i].name,
					    cpu->features.list[i].policy, err) < 0)
			return -1;
	return vtune__set_string(&spec->cpu.model, cpu->model, err);
}

/* What the plan has for a new domain matters where devices and ports depend on it; else the
 * plan, made again, is to be the same. */
static bool is_for_other_buses(const struct vtune_spec *spec, struct _xmlNode *type,
			       const struct vtune_plan *plan)
{
	const char *arch = vtune__xml_peek(type, "arch"),
		   *machine = vtune__xml_peek(type, "machine");

	return (plan->pcie.said || vtune__spec_wish_count(spec) > 0) && machine &&
	       vtune__pci_machine(arch, machine) !=
		       vtune__pci_machine(plan->cpu.arch, plan->cpu.machine);
}

static int take_machine(struct vtune_spec *spec, struct _xmlNode *domain,
			const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *type = vtune__xml_path(domain, "os/type");

	if (plan && plan->cpu.machine && (!type || !is_for_other_buses(spec, type, plan)))
		return vtune__set_string(&spec->cpu.machine, plan->cpu.machine, err);
	return take_name(&spec->cpu.machine, type ? vtune__xml_peek(type, "machine") : NULL, err);
}

int vtune__spec_of_cpu(struct vtune_spec *spec, struct _xmlNode *domain,
		       const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *cpu = vtune__xml_child(domain, "cpu");

	if (take_machine(spec, domain, plan, err) < 0)
		return -1;
	if (plan)
		return take_plan(spec, plan, err);
	if (!cpu || is_written_down(cpu))
		return 0;
	if (take_mode(spec, cpu, err) < 0)
		return -1;
	take_cache(spec, cpu);
	return take_features(spec, cpu, err);
}
