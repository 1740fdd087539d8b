/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of the guest's CPU: its caches and its features. */
#include "domain.h"

#include <string.h>

#include "../base/arch.h"
#include "../base/xml.h"

/* libvirt lets through the host's caches only where the CPU is the host's too. */
static bool passes_cache(struct _xmlNode *cpu)
{
	const char *mode = vtune__domain_cpu_mode(cpu);

	return mode && (strcmp(mode, "host-passthrough") == 0 || strcmp(mode, "maximum") == 0);
}

static void clear_cache(struct _xmlNode *cpu, const struct vtune__arch *arch)
{
	struct _xmlNode *cache = vtune__xml_child(cpu, "cache");
	const char *mode = cache ? vtune__xml_peek(cache, "mode") : NULL;

	if ((mode && strcmp(mode, "passthrough") == 0 && !passes_cache(cpu)) ||
	    (cache && arch && !arch->has_cache))
		vtune__xml_remove(cache);
}

/* QEMU makes up a cache of the third level; those below it always has. */
static int set_cache(struct _xmlNode *cache, const char *mode, struct vtune_error **err)
{
	if (strcmp(mode, "emulate") != 0)
		vtune__xml_unset(cache, "level");
	else if (vtune__xml_set(cache, "level", "3", err) < 0)
		return -1;
	return vtune__xml_set(cache, "mode", mode, err);
}

int vtune__domain_lay_cache(struct _xmlNode *cpu, const struct vtune_plan *plan,
			    const struct vtune__arch *arch, bool is_kvm, struct vtune_error **err)
{
	bool passes = plan->cpu.cache == VTUNE__CPU_CACHE_PASSTHROUGH;
	struct _xmlNode *cache;

	clear_cache(cpu, arch);
	if (plan->cpu.cache == VTUNE__CPU_CACHE_AUTO || (arch && !arch->has_cache) ||
	    (passes && (!is_kvm || !passes_cache(cpu))))
		return 0;
	cache = vtune__xml_ensure(cpu, "cache", vtune__cpu_order, err);
	return cache ? set_cache(cache, vtune__cpu_cache_names[plan->cpu.cache], err) : -1;
}

/* ---- features ---- */

/* Without a policy, libvirt takes it for required. */
static int set_policy(struct _xmlNode *node, enum vtune__feature_policy policy,
		      struct vtune_error **err)
{
	if (policy == VTUNE__FEATURE_REQUIRE && !vtune__xml_peek(node, "policy"))
		return 0;
	return vtune__xml_set(node, "policy", vtune__feature_policy_names[policy], err);
}

static int lay_feature(struct _xmlNode *cpu, const struct vtune__cpu_feature *feature,
		       struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(cpu, "feature");

	for (; node; node = vtune__xml_next(node, "feature")) {
		const char *name = vtune__xml_peek(node, "name");

		if (name && strcmp(name, feature->name) == 0)
			return set_policy(node, feature->policy, err);
	}
	node = vtune__xml_append(cpu, "feature", vtune__cpu_order, err);
	if (!node ||
	    vtune__xml_set(node, "policy", vtune__feature_policy_names[feature->policy], err) < 0)
		return -1;
	return vtune__xml_set(node, "name", feature->name, err);
}

/* It is a matter of AMD's processors, and of the host's own: TCG has none. */
static bool has_topoext(struct _xmlNode *cpu, bool is_kvm)
{
	struct _xmlNode *model = vtune__xml_child(cpu, "model");
	const char *name = model ? vtune__xml_peek_text(model) : NULL;

	return is_kvm && (!name || vtune__cpu_is_amd_model(name));
}

int vtune__domain_lay_features(struct _xmlNode *cpu, const struct vtune_plan *plan, bool is_kvm,
			       struct vtune_error **err)
{
	for (unsigned int i = 0; i < plan->cpu.features.count; i++) {
		const struct vtune__cpu_feature *feature = &plan->cpu.features.list[i];

		if (strcmp(feature->name, "topoext") == 0 && !has_topoext(cpu, is_kvm))
			continue;
		if (lay_feature(cpu, feature, err) < 0)
			return -1;
	}
	return 0;
}
