/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/arch.h"
#include "../base/xml.h"

const char *const vtune__cpu_order[] = {
	"model", "vendor", "topology", "cache", "maxphysaddr", "feature", NULL,
};

static bool is_kvm(struct _xmlNode *domain)
{
	const char *type = vtune__xml_peek(domain, "type");

	return type && strcmp(type, "kvm") == 0;
}

const struct vtune__arch *vtune__domain_arch(struct _xmlNode *domain, const struct vtune_plan *plan)
{
	struct _xmlNode *type = vtune__xml_path(domain, "os/type");
	const char *name = type ? vtune__xml_peek(type, "arch") : NULL;

	return vtune__arch_find(name ? name : plan->cpu.arch);
}

/* ---- mode and model ---- */

const char *vtune__domain_cpu_mode(struct _xmlNode *cpu)
{
	const char *mode = vtune__xml_peek(cpu, "mode");

	if (mode)
		return mode;
	return vtune__xml_child(cpu, "model") ? "custom" : NULL;
}

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

/* A named model is there exactly as named, or the domain does not start. The vendor and
 * the way to match of another model go with it. */
static int lay_model(struct _xmlNode *cpu, const char *name, struct vtune_error **err)
{
	struct _xmlNode *model = vtune__xml_child(cpu, "model");
	const char *now = model ? vtune__xml_peek_text(model) : NULL;

	if (now && strcmp(now, name) == 0)
		return 0;
	clear_mode(cpu);
	model = vtune__xml_ensure(cpu, "model", vtune__cpu_order, err);
	if (!model || vtune__xml_set(model, "fallback", "forbid", err) < 0 ||
	    vtune__xml_set_text(model, name, err) < 0)
		return -1;
	return vtune__xml_set(cpu, "match", "exact", err);
}

static int lay_mode(struct _xmlNode *cpu, const struct vtune_plan *plan, const char *mode,
		    struct vtune_error **err)
{
	const char *now = vtune__domain_cpu_mode(cpu);

	if (!now || strcmp(now, mode) != 0) {
		clear_mode(cpu);
		if (vtune__xml_set(cpu, "mode", mode, err) < 0)
			return -1;
	}
	return plan->cpu.model ? lay_model(cpu, plan->cpu.model, err) : 0;
}

/* The default needs KVM: software emulation does not start with the host's CPU. */
static const char *chosen_mode(struct _xmlNode *domain, const struct vtune_plan *plan,
			       bool was_there)
{
	if (plan->has_cpu_mode)
		return vtune__cpu_mode_names[plan->cpu_mode];
	return !was_there && is_kvm(domain) ? "host-passthrough" : NULL;
}

/* ---- topology ---- */

/* A domain may be of another architecture than the host, and TCG runs no threads on
 * POWER: what there is none of, becomes cores. */
static void fit_topology(struct _xmlNode *domain, const struct vtune__arch *arch,
			 struct vtune__guest_shape *guest)
{
	if (!arch)
		return;
	if (!arch->has_dies) {
		guest->cores *= guest->dies;
		guest->dies = 1;
	}
	if (!arch->has_clusters) {
		guest->cores *= guest->clusters;
		guest->clusters = 1;
	}
	if (guest->threads > arch->max_threads || (arch->even_threads && !is_kvm(domain))) {
		guest->cores *= guest->threads;
		guest->threads = 1;
	}
}

/* libvirt has these since later versions than the others: where the guest has none, they
 * are not needed. */
static int lay_optional(struct _xmlNode *topology, const char *name, unsigned int value,
			bool is_known, struct vtune_error **err)
{
	if (value == 1 && !is_known && !vtune__xml_peek(topology, name))
		return 0;
	return vtune__xml_set_uint(topology, name, value, err);
}

static int lay_topology(struct _xmlNode *domain, struct _xmlNode *cpu,
			const struct vtune_plan *plan, struct vtune_error **err)
{
	const struct vtune__arch *arch = vtune__domain_arch(domain, plan);
	struct _xmlNode *topology = vtune__xml_ensure(cpu, "topology", vtune__cpu_order, err);
	struct vtune__guest_shape guest = plan->guest;

	fit_topology(domain, arch, &guest);
	if (!topology || vtune__xml_set_uint(topology, "sockets", guest.sockets, err) < 0 ||
	    lay_optional(topology, "dies", guest.dies, !arch || arch->has_dies, err) < 0 ||
	    lay_optional(topology, "clusters", guest.clusters, false, err) < 0 ||
	    vtune__xml_set_uint(topology, "cores", guest.cores, err) < 0)
		return -1;
	return vtune__xml_set_uint(topology, "threads", guest.threads, err);
}

/* ---- all of it ---- */

int vtune__domain_lay_cpu(struct _xmlNode *domain, const struct vtune_plan *plan,
			  struct vtune_error **err)
{
	bool was_there = vtune__xml_child(domain, "cpu");
	struct _xmlNode *cpu = vtune__domain_ensure(domain, "cpu", err);
	const char *mode = chosen_mode(domain, plan, was_there);

	if (!cpu || (mode && lay_mode(cpu, plan, mode, err) < 0) ||
	    lay_topology(domain, cpu, plan, err) < 0 ||
	    vtune__domain_lay_cache(cpu, plan, vtune__domain_arch(domain, plan), is_kvm(domain),
				    err) < 0 ||
	    vtune__domain_lay_features(cpu, plan, is_kvm(domain), err) < 0)
		return -1;
	return vtune__domain_lay_cells(domain, cpu, plan, err);
}
