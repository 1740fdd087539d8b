/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's CPU and machine: what the spec says, and what its topology and the host's
 * processor ask for besides. */
#include "guest.h"

#include <inttypes.h>
#include <string.h>

#include "../base/arch.h"

static int copy_features(struct vtune__plan_cpu *cpu, const struct vtune__cpu_features *from,
			 struct vtune_error **err)
{
	for (unsigned int i = 0; i < from->count; i++)
		if (vtune__cpu_features_add(&cpu->features, from->list[i].name,
					    from->list[i].policy, err) < 0)
			return -1;
	return 0;
}

/* With the host's CPU, the guest is told of the host's caches, and its scheduler of who
 * shares them; else QEMU makes some up. */
static int choose_cache(struct vtune_plan *plan, const struct vtune_spec *spec,
			const struct vtune__arch *arch, struct vtune_error **err)
{
	bool is_host = !plan->has_cpu_mode || plan->cpu_mode == VTUNE__HOST_PASSTHROUGH;

	plan->cpu.cache = spec->cpu.cache;
	if (!arch)
		return 0;
	if (plan->cpu.cache == VTUNE__CPU_CACHE_AUTO && arch->has_cache && is_host)
		plan->cpu.cache = VTUNE__CPU_CACHE_PASSTHROUGH;
	if (plan->cpu.cache == VTUNE__CPU_CACHE_AUTO || arch->has_cache)
		return 0;
	plan->cpu.cache = VTUNE__CPU_CACHE_AUTO;
	return vtune__plan_warn(
		plan, err, "cpu",
		"a guest of the architecture %s is told of its caches by QEMU alone: "
		"the cache mode \"%s\" is left out",
		arch->name, vtune__cpu_cache_names[spec->cpu.cache]);
}

/* ---- threads on AMD ---- */

static bool is_amd(const struct vtune__processor *processor)
{
	return processor->vendor &&
	       (strcmp(processor->vendor, "AMD") == 0 || strcmp(processor->vendor, "Hygon") == 0);
}

/* A guest on AMD counts the threads of a core only with topoext, which QEMU leaves out of
 * the host's CPU; libvirt puts it into a host-model by itself. */
static int choose_topoext(struct vtune_plan *plan, const struct vtune_host *host,
			  struct vtune_error **err)
{
	const struct vtune__cpu_feature *there =
		vtune__cpu_features_find(&plan->cpu.features, "topoext");

	if (plan->guest.threads < 2 || !is_amd(&host->topology->processor))
		return 0;
	if (there &&
	    (there->policy == VTUNE__FEATURE_DISABLE || there->policy == VTUNE__FEATURE_FORBID))
		return vtune__plan_warn(plan, err, "cpu",
					"the spec turns off topoext, without which a guest on AMD "
					"takes the %u threads of a core for cores",
					plan->guest.threads);
	if (there || (plan->has_cpu_mode && plan->cpu_mode != VTUNE__HOST_PASSTHROUGH &&
		      !(plan->cpu.model && vtune__cpu_is_amd_model(plan->cpu.model))))
		return 0;
	return vtune__cpu_features_add(&plan->cpu.features, "topoext", VTUNE__FEATURE_REQUIRE, err);
}

/* ---- what other architectures lack ---- */

static bool has_online_siblings(const struct vtune__topology *topology)
{
	for (unsigned int i = 0; i < topology->ncores; i++) {
		unsigned int online = 0;

		VTUNE__SET_FOREACH(cpu, &topology->cores[i])
			online += !vtune__set_has(&topology->offline, (unsigned int)cpu);
		if (online > 1)
			return true;
	}
	return false;
}

/* Up to POWER8 all threads of a core are in one partition: KVM runs a guest's virtual core
 * from the first thread, and only while the others are offline. */
static int warn_of_smt(struct vtune_plan *plan, const struct vtune__topology *topology,
		       const struct vtune__arch *arch, struct vtune_error **err)
{
	const char *model = topology->processor.model;

	if (strncmp(arch->name, "ppc64", 5) != 0 || !model ||
	    (!strstr(model, "POWER8") && !strstr(model, "POWER7")) ||
	    !has_online_siblings(topology))
		return 0;
	return vtune__plan_warn(
		plan, err, "smt",
		"KVM on %.60s needs SMT to be off on the host, and cores of it have "
		"several threads online; \"ppc64_cpu --smt=off\" turns it off, and a "
		"dedicated vCPU then has a core of its own",
		model);
}

static int warn_of_cells(struct vtune_plan *plan, const struct vtune__arch *arch,
			 struct vtune_error **err)
{
	if (arch->has_numa || plan->ncells < 2)
		return 0;
	return vtune__plan_warn(plan, err, "cpu",
				"a guest of the architecture %s has no NUMA cells: it sees none of "
				"the %u, and its memory is bound to their nodes together",
				arch->name, plan->ncells);
}

/* Memory of pseries comes in blocks, and libvirt starts no domain with less than whole ones
 * in a cell: it gives more than the plan has. */
static int warn_of_blocks(struct vtune_plan *plan, const struct vtune__arch *arch,
			  struct vtune_error **err)
{
	uint64_t more = 0;

	if (arch->memory_block_kib == 0)
		return 0;
	for (unsigned int g = 0; g < plan->ncells; g++) {
		uint64_t rest = plan->cells[g].memory_kib % arch->memory_block_kib;

		more += rest ? arch->memory_block_kib - rest : 0;
	}
	if (more == 0)
		return 0;
	return vtune__plan_warn(plan, err, "memory_blocks",
				"libvirt rounds the memory of each guest cell up to whole blocks of "
				"%u KiB on %s, which is %" PRIu64 " KiB more than the plan has",
				arch->memory_block_kib, arch->name, more);
}

int vtune__guest_cpu(struct vtune_plan *plan, const struct vtune_host *host,
		     const struct vtune_spec *spec, struct vtune_error **err)
{
	const struct vtune__topology *topology = host->topology;
	const struct vtune__arch *arch = vtune__arch_find(topology->processor.arch);
	const char *machine = spec->cpu.machine;

	if (!machine && arch)
		machine = arch->machine;
	if (vtune__set_string(&plan->cpu.arch, arch ? arch->name : NULL, err) < 0 ||
	    vtune__set_string(&plan->cpu.machine, machine, err) < 0 ||
	    vtune__set_string(&plan->cpu.model, spec->cpu.model, err) < 0 ||
	    copy_features(&plan->cpu, &spec->cpu.features, err) < 0 ||
	    choose_cache(plan, spec, arch, err) < 0 || choose_topoext(plan, host, err) < 0)
		return -1;
	if (!arch)
		return 0;
	if (warn_of_smt(plan, topology, arch, err) < 0 || warn_of_blocks(plan, arch, err) < 0)
		return -1;
	return warn_of_cells(plan, arch, err);
}
