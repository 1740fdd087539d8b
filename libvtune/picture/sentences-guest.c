/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guest is given besides its place. */
#include <inttypes.h>

#include "../guest/guest.h"
#include "sentences.h"

/* ---- devices, and the topology that the guest sees ---- */

/* The guest cell that an expander bus tells of it, or -1: also where nobody knows whether
 * the machine has such buses. */
static int seen_on(const struct vtune_plan *plan, unsigned int device)
{
	if (!plan->cpu.machine)
		return -1;
	for (unsigned int i = 0; i < plan->pcie.nexpanders; i++) {
		const struct vtune__plan_expander *it = &plan->pcie.expanders[i];

		for (unsigned int k = 0; k < it->ndevices; k++)
			if (it->devices[k] == device)
				return (int)it->cell;
	}
	return -1;
}

static void say_device(const struct vtune__picture *p, unsigned int number,
		       struct vtune__sentences *out)
{
	const struct vtune__plan_device *device = &p->plan->devices[number];
	int seen = seen_on(p->plan, number);
	struct vtune__text text = { 0 };

	vtune__text_add(&text, "Device ");
	vtune__text_add_plain(&text, device->id);
	if (device->is_interface)
		vtune__text_addf(&text, ", of interface %u,", device->interface);
	if (device->node < 0) {
		vtune__text_add(&text, " is on a node that is not known.");
	} else {
		vtune__text_addf(&text, " is on node %d", device->node);
		if (device->cell >= 0 && (unsigned int)device->cell < p->plan->ncells) {
			unsigned int node = p->plan->cells[device->cell].node;

			if (node == (unsigned int)device->node)
				vtune__text_add(&text, ", as are the vCPUs");
			else
				vtune__text_addf(&text,
						 ", at distance %u from the nearest vCPUs (node "
						 "%u)",
						 device->distance, node);
			if (p->plan->ncells > 1)
				vtune__text_addf(&text, " of guest cell %d", device->cell);
		}
		if (seen >= 0)
			vtune__text_addf(&text, "; the guest sees it on its node %d", seen);
		vtune__text_add(&text, ".");
	}
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_guest(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	if (plan->guest.sockets == 0)
		return;
	vtune__text_add(&text, "The guest sees ");
	vtune__text_add_count(&text, plan->guest.sockets, "socket");
	if (plan->guest.dies > 1) {
		vtune__text_add(&text, " of ");
		vtune__text_add_count(&text, plan->guest.dies, "die");
	}
	if (plan->guest.clusters > 1) {
		vtune__text_add(&text, " of ");
		vtune__text_add_count(&text, plan->guest.clusters, "cluster");
	}
	vtune__text_add(&text, " of ");
	vtune__text_add_count(&text, plan->guest.cores, "core");
	vtune__text_add(&text, " of ");
	vtune__text_add_count(&text, plan->guest.threads, "thread");
	vtune__text_add(&text, plan->ncells > 1 ? ", and its cells as NUMA nodes." : ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_ports(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };
	unsigned int behind = 0;

	for (unsigned int i = 0; i < plan->pcie.nexpanders; i++)
		behind += plan->pcie.expanders[i].spare_ports;
	if (plan->pcie.spare_ports > 0)
		vtune__text_add_count(vtune__parts_next(&parts), plan->pcie.spare_ports,
				      "PCI Express port");
	if (behind > 0)
		vtune__parts_add(&parts, "%u behind the expander bus%s of its nodes", behind,
				 plan->pcie.nexpanders == 1 ? "" : "es");
	if (parts.count == 0)
		return;
	vtune__text_add(&text, "For devices that are plugged in later, the guest has ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, plan->cpu.machine ? "." : ", if its machine has PCI Express.");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

/* ---- CPU ---- */

static const char *const modes[] = {
	[VTUNE__HOST_PASSTHROUGH] = "is the host's own (host-passthrough)",
	[VTUNE__HOST_MODEL] = "is like the host's (host-model)",
	[VTUNE__MAXIMUM] = "has all that the hypervisor can give (maximum)",
};
static const char *const caches[] = {
	[VTUNE__CPU_CACHE_PASSTHROUGH] = "the host's caches",
	[VTUNE__CPU_CACHE_EMULATE] = "caches as QEMU makes them up",
	[VTUNE__CPU_CACHE_DISABLE] = "no caches to see",
};
static const char *const policies[] = {
	[VTUNE__FEATURE_REQUIRE] = "",
	[VTUNE__FEATURE_DISABLE] = "no ",
	[VTUNE__FEATURE_FORCE] = "in any case ",
	[VTUNE__FEATURE_OPTIONAL] = "if possible ",
	[VTUNE__FEATURE_FORBID] = "on no account ",
};
/* Longer lists are counted. */
#define MOST_FEATURES 8

static void add_features(const struct vtune__cpu_features *features, struct vtune__parts *parts)
{
	if (features->count > MOST_FEATURES) {
		vtune__parts_add(parts, "%u features as the plan says", features->count);
		return;
	}
	for (unsigned int i = 0; i < features->count; i++) {
		struct vtune__text *part = vtune__parts_next(parts);

		vtune__text_add(part, policies[features->list[i].policy]);
		vtune__text_add_plain(part, features->list[i].name);
	}
}

/* The host's caches go without saying with the host's CPU. */
static void say_cpu(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	const struct vtune__plan_cpu *cpu = &plan->cpu;
	bool own_cache = cpu->cache == VTUNE__CPU_CACHE_EMULATE ||
			 cpu->cache == VTUNE__CPU_CACHE_DISABLE ||
			 (cpu->cache == VTUNE__CPU_CACHE_PASSTHROUGH && plan->has_cpu_mode);
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };

	if (own_cache)
		vtune__parts_add(&parts, "%s", caches[cpu->cache]);
	add_features(&cpu->features, &parts);
	if (!plan->has_cpu_mode && parts.count == 0)
		return;
	vtune__text_add(&text, "Its CPU ");
	if (plan->has_cpu_mode && cpu->model) {
		vtune__text_add(&text, "is the model ");
		vtune__text_add_plain(&text, cpu->model);
	} else if (plan->has_cpu_mode) {
		vtune__text_add(&text, modes[plan->cpu_mode]);
	}
	if (parts.count > 0)
		vtune__text_add(&text, plan->has_cpu_mode ? ", with " : "has ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

/* ---- time ---- */

static void say_realtime(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	const struct vtune__realtime *realtime = &plan->schedule.realtime;
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 }, *vcpus;

	if (vtune__set_is_empty(&realtime->vcpus))
		return;
	vcpus = vtune__parts_next(&parts);
	vtune__text_add_set_of(vcpus, "vCPU", &realtime->vcpus);
	vtune__text_addf(vcpus, " with the priority %u (%s)", realtime->priority,
			 vtune__scheduler_names[realtime->scheduler]);
	if (realtime->emulator > 0)
		vtune__parts_add(&parts, "the emulator with %u", realtime->emulator);
	if (realtime->iothreads > 0 && plan->niothreads > 0)
		vtune__parts_add(&parts, "the I/O threads with %u", realtime->iothreads);
	vtune__text_add(&text, "Realtime: ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_bandwidth(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	static const char *const whose[VTUNE__BANDWIDTHS] = { "each vCPU", "the emulator",
							      "each I/O thread", "the whole VM" };
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };

	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		const struct vtune__bandwidth *it = &plan->schedule.bandwidth[i];

		if (it->quota == -1)
			vtune__parts_add(&parts, "%s as much as it likes", whose[i]);
		else if (it->quota > 0 && it->period > 0)
			vtune__parts_add(&parts, "%s %" PRId64 " of each %" PRIu64 " us", whose[i],
					 it->quota, it->period);
		else if (it->quota > 0)
			vtune__parts_add(&parts, "%s %" PRId64 " us of each period", whose[i],
					 it->quota);
	}
	if (parts.count == 0)
		return;
	vtune__text_add(&text, "Bounds of CPU time: ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

/* ---- memory ---- */

static void add_allocation(const struct vtune__plan_backing *backing, struct vtune__parts *parts)
{
	struct vtune__text *part;

	if (!backing->allocation && !backing->allocation_threads)
		return;
	part = vtune__parts_next(parts);
	vtune__text_add(part, backing->allocation == VTUNE__ALLOCATION_ONDEMAND
				      ? "allocated on demand"
				      : "allocated at the start");
	if (backing->allocation_threads > 0) {
		vtune__text_add(part, " by ");
		vtune__text_add_count(part, backing->allocation_threads, "thread");
	}
}

static void say_backing(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	const struct vtune__plan_backing *backing = &plan->backing;
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };

	if (backing->locked == VTUNE__YES)
		vtune__parts_add(&parts, "locked");
	if (backing->nosharepages == VTUNE__YES)
		vtune__parts_add(&parts, "not merged with that of others");
	if (vtune__guest_needs_shared_memory(plan))
		vtune__parts_add(&parts, "shared with other processes");
	if (backing->source)
		vtune__parts_add(&parts, "of the source %s",
				 vtune__memory_source_names[backing->source]);
	add_allocation(backing, &parts);
	if (parts.count == 0)
		return;
	vtune__text_add(&text, "Its memory is ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_hotplug(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	if (!plan->backing.max_memory_kib)
		return;
	vtune__text_add(&text, "Memory can be plugged in up to ");
	vtune__text_add_size(&text, plan->backing.max_memory_kib);
	vtune__text_add(&text, ", in ");
	vtune__text_add_count(&text, plan->backing.slots, "slot");
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_limits(const struct vtune_plan *plan, struct vtune__sentences *out)
{
	const struct vtune__memory_limits *limits = &plan->backing.limits;
	const struct {
		uint64_t kib;
		const char *what;
	} all[] = {
		{ limits->hard_kib, " (hard limit)" },
		{ limits->soft_kib, " when memory is short (soft limit)" },
		{ limits->swap_hard_kib, " with what is swapped" },
	};
	struct vtune__parts parts = { 0 };
	struct vtune__text text = { 0 };

	for (unsigned int i = 0; i < VTUNE__COUNT(all); i++) {
		struct vtune__text *part;

		if (all[i].kib == 0)
			continue;
		part = vtune__parts_next(&parts);
		vtune__text_add_size(part, all[i].kib);
		vtune__text_add(part, all[i].what);
	}
	if (parts.count == 0)
		return;
	vtune__text_add(&text, "QEMU and the guest together may take ");
	vtune__parts_join(&parts, &text);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

void vtune__sentences_add_guest(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_plan *plan = p->plan;

	vtune__sentences_add_disks(plan, out);
	vtune__sentences_add_interfaces(plan, out);
	for (unsigned int i = 0; i < plan->ndevices; i++)
		say_device(p, i, out);
	say_guest(plan, out);
	say_cpu(plan, out);
	say_ports(plan, out);
	say_realtime(plan, out);
	say_bandwidth(plan, out);
	say_backing(plan, out);
	say_hotplug(plan, out);
	say_limits(plan, out);
}
