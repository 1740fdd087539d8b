/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "sentences.h"

/* As many VMs are told of one by one. */
#define MOST_VMS 8
/* As many warnings are given one by one. */
#define MOST_WARNINGS 16

void vtune__text_add_extent(struct vtune__text *text, const struct vtune__picture *p)
{
	if (p->topology->npackages > 1) {
		vtune__text_add_count(text, p->topology->npackages, "package");
		vtune__text_add(text, ", ");
	}
	vtune__text_add_count(text, p->topology->nnodes, "node");
	vtune__text_add(text, ", ");
	vtune__text_add_count(text, p->ncpus, "CPU");
	if (p->threads > 1) {
		vtune__text_add(text, " on ");
		vtune__text_add_count(text, p->topology->ncores, "core");
	}
	vtune__text_add(text, ", ");
	vtune__text_add_size(text, p->memory_kib);
}

static void add_cpus(struct vtune__text *text, const struct vtune__set *set)
{
	vtune__text_add_count(text, vtune__set_count(set), "CPU");
	vtune__text_add(text, " (");
	vtune__text_add_set(text, set);
	vtune__text_add(text, ")");
}

static void say_cpus(const struct vtune__set *set, const char *what, struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	if (vtune__set_is_empty(set))
		return;
	vtune__text_addf(&text, "%s: ", what);
	add_cpus(&text, set);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_shared(const struct vtune__picture *p, struct vtune__sentences *out)
{
	/* Rounded here, because printf() asks the locale for the point. */
	uint64_t hundredths = (uint64_t)(p->host->overcommit * 100 + 0.5);
	struct vtune__text text = { 0 };

	if (vtune__set_is_empty(&p->room.shared))
		return;
	vtune__text_add(&text, "For shared vCPUs: ");
	if (vtune__set_equal(&p->room.shared, &p->room.dedicated))
		vtune__text_add(&text, "the same CPUs");
	else
		add_cpus(&text, &p->room.shared);
	vtune__text_addf(&text, ", up to %" PRIu64, hundredths / 100);
	if (hundredths % 10)
		vtune__text_addf(&text, ".%02u", (unsigned int)(hundredths % 100));
	else if (hundredths % 100)
		vtune__text_addf(&text, ".%u", (unsigned int)(hundredths % 100 / 10));
	vtune__text_add(&text, " for each.");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_vm(const struct vtune__picture *p, const struct vtune__allocation *vm,
		   struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };
	unsigned int shared = 0;
	const char *before = " holds ";

	vtune__text_add(&text, "VM ");
	vtune__text_add_plain(&text, vm->vm);
	for (unsigned int i = 0; i < vm->nshared; i++)
		shared += vm->shared[i].vcpus;
	if (!vtune__set_is_empty(&vm->cpus)) {
		vtune__text_add(&text, before);
		vtune__text_add_set_of(&text, "CPU", &vm->cpus);
		before = "; ";
	}
	if (shared > 0) {
		vtune__text_add(&text, before);
		vtune__text_add_count(&text, shared, "shared vCPU");
		before = "; ";
	}
	for (unsigned int i = 0; i < vm->nmemory; i++) {
		const struct vtune__memory_held *memory = &vm->memory[i];

		vtune__text_add(&text, before);
		vtune__text_add_size(&text, memory->size_kib);
		vtune__text_addf(&text, " of node %u in ", p->topology->nodes[memory->node].id);
		vtune__text_add_pages(&text, memory->page_kib);
		before = "; ";
	}
	for (unsigned int i = 0; i < vm->ndevices; i++) {
		vtune__text_addf(&text, "%sdevice ", before);
		vtune__text_add_plain(&text, vm->devices[i]);
		before = "; ";
	}
	vtune__text_add(&text, *before == ';' ? "." : " holds nothing.");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void add_version(struct vtune__text *text, const char *what, uint32_t version)
{
	vtune__text_add_plain(text, what);
	if (version > 0)
		vtune__text_addf(text, " %u.%u.%u", version / 1000000, version / 1000 % 1000,
				 version % 1000);
}

static void say_hypervisor(const struct vtune__hypervisor *hypervisor, struct vtune__sentences *out)
{
	struct vtune__text text = { 0 };

	if (!hypervisor->type && !hypervisor->version && !hypervisor->libvirt)
		return;
	vtune__text_add(&text, "VMs run on ");
	add_version(&text, hypervisor->type ? hypervisor->type : "hypervisor", hypervisor->version);
	if (hypervisor->libvirt > 0)
		add_version(&text, ", libvirt", hypervisor->libvirt);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
}

static void say_warnings(const struct vtune__warnings *warnings, struct vtune__sentences *out)
{
	unsigned int count = warnings ? warnings->count : 0;
	struct vtune__text text = { 0 };

	for (unsigned int i = 0; i < count && i < MOST_WARNINGS; i++) {
		vtune__text_add_sentence(&text, warnings->list[i].text);
		vtune__sentences_take(out, VTUNE__SAYS_WARNING, &text);
	}
	if (count > MOST_WARNINGS) {
		vtune__text_add(&text, "The host document has ");
		vtune__text_add_count(&text, count - MOST_WARNINGS, "more warning");
		vtune__text_add(&text, ".");
		vtune__sentences_take(out, VTUNE__SAYS_WARNING, &text);
	}
}

void vtune__sentences_add_host(const struct vtune__picture *p, struct vtune__sentences *out)
{
	const struct vtune_host *host = p->host;
	struct vtune__text text = { 0 };

	vtune__text_add_host(&text, p);
	vtune__text_add(&text, ": ");
	vtune__text_add_extent(&text, p);
	vtune__text_add(&text, ".");
	vtune__sentences_take(out, VTUNE__SAYS_VERDICT, &text);

	say_cpus(&p->room.dedicated, "Free for dedicated vCPUs", out);
	say_shared(p, out);
	say_cpus(&host->reserved, "Reserved for the host", out);
	say_cpus(&p->topology->isolated, "Isolated from the kernel's scheduler", out);
	say_cpus(&p->topology->offline, "Offline", out);
	for (unsigned int i = 0; i < host->nallocations && i < MOST_VMS; i++)
		say_vm(p, &host->allocations[i], out);
	if (host->nallocations > MOST_VMS) {
		vtune__text_add_count(&text, host->nallocations - MOST_VMS, "more VM");
		vtune__text_add(&text,
				host->nallocations - MOST_VMS == 1 ? " is here." : " are here.");
		vtune__sentences_take(out, VTUNE__SAYS_PLACE, &text);
	}
	say_hypervisor(&p->topology->hypervisor, out);
	say_warnings(host->warnings, out);
}
