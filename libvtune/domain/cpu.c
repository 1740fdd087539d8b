/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

/* What belongs to the mode that was there before, and is ignored or refused with
 * another one. Features stay. */
static void clear_mode(struct _xmlNode *cpu)
{
	static const char *const attributes[] = { "match", "check", "migratable" };
	static const char *const elements[] = { "model", "vendor" };

	for (size_t i = 0; i < VTUNE__COUNT(attributes); i++)
		vtune__xml_unset(cpu, attributes[i]);
	for (size_t i = 0; i < VTUNE__COUNT(elements); i++) {
		struct _xmlNode *element = vtune__xml_child(cpu, elements[i]);

		if (element)
			vtune__xml_remove(element);
	}
}

/* libvirt lets through the host's caches only where the CPU is the host's too. */
static void clear_cache(struct _xmlNode *cpu)
{
	struct _xmlNode *cache = vtune__xml_child(cpu, "cache");
	const char *mode = cache ? vtune__xml_peek(cache, "mode") : NULL;

	if (mode && strcmp(mode, "passthrough") == 0)
		vtune__xml_remove(cache);
}

static int lay_mode(struct _xmlNode *cpu, const char *mode, struct vtune_error **err)
{
	const char *now = vtune__xml_peek(cpu, "mode");

	if (now && strcmp(now, mode) == 0)
		return 0;
	clear_mode(cpu);
	if (strcmp(mode, "host-model") == 0)
		clear_cache(cpu);
	return vtune__xml_set(cpu, "mode", mode, err);
}

/* The default needs KVM: software emulation does not start with the host's CPU. */
static const char *default_mode(struct _xmlNode *domain)
{
	const char *type = vtune__xml_peek(domain, "type");

	return type && strcmp(type, "kvm") == 0 ? "host-passthrough" : NULL;
}

static int lay_topology(struct _xmlNode *cpu, const struct vtune_plan *plan,
			struct vtune_error **err)
{
	static const char *const order[] = { "model", "vendor", "topology", NULL };
	struct _xmlNode *topology = vtune__xml_ensure(cpu, "topology", order, err);

	if (!topology || vtune__xml_set_uint(topology, "sockets", plan->guest.sockets, err) < 0 ||
	    vtune__xml_set_uint(topology, "dies", plan->guest.dies, err) < 0)
		return -1;
	/* libvirt has it since 10.1; the plan's numbers multiply out without. */
	if (vtune__xml_peek(topology, "clusters") &&
	    vtune__xml_set_uint(topology, "clusters", 1, err) < 0)
		return -1;
	if (vtune__xml_set_uint(topology, "cores", plan->guest.cores, err) < 0)
		return -1;
	return vtune__xml_set_uint(topology, "threads", plan->guest.threads, err);
}

int vtune__domain_lay_cpu(struct _xmlNode *domain, const struct vtune_plan *plan,
			  struct vtune_error **err)
{
	struct _xmlNode *before = vtune__xml_child(domain, "cpu");
	struct _xmlNode *cpu = vtune__domain_ensure(domain, "cpu", err);
	const char *mode = before ? NULL : default_mode(domain);

	if (plan->has_cpu_mode)
		mode = vtune__cpu_mode_names[plan->cpu_mode];
	if (!cpu || (mode && lay_mode(cpu, mode, err) < 0) || lay_topology(cpu, plan, err) < 0)
		return -1;
	return vtune__domain_lay_cells(cpu, plan, err);
}
