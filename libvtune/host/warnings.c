/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the owner of a host should know of it. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

/* As many VMs are named in a text. */
#define MOST_VMS 8

void vtune__host_warning_free(struct vtune__host_warning *warning)
{
	free(warning->code);
	free(warning->text);
	for (unsigned int i = 0; i < warning->nvms; i++)
		free(warning->vms[i]);
	free(warning->vms);
	vtune__set_free(&warning->cpus);
}

void vtune__warnings_free(struct vtune__warnings *warnings)
{
	if (!warnings || __atomic_sub_fetch(&warnings->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (unsigned int i = 0; i < warnings->count; i++)
		vtune__host_warning_free(&warnings->list[i]);
	free(warnings->list);
	free(warnings);
}

/* ---- in a draft ---- */

struct vtune__host_warning *vtune__draft_warn(struct vtune__draft *draft, struct vtune_error **err,
					      const char *code, const char *format, ...)
{
	struct vtune__host_warning *warning;
	struct vtune__text text = { 0 };
	va_list args;

	warning = vtune__grow((void **)&draft->warnings, &draft->nwarnings, sizeof(*warning), err);
	if (!warning)
		return NULL;
	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	warning->text = vtune__text_take(&text, err);
	warning->code = vtune__strdup(code, err);
	if (!warning->text || !warning->code)
		return NULL;
	/* Reasons of libvirt and its drivers may run over several lines. */
	for (char *p = warning->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return warning;
}

int vtune__host_warning_add_vm(struct vtune__host_warning *warning, const char *vm,
			       struct vtune_error **err)
{
	char *copy = vtune__strdup(vm, err), **place;

	if (!copy)
		return -1;
	place = vtune__grow((void **)&warning->vms, &warning->nvms, sizeof(*place), err);
	if (!place) {
		free(copy);
		return -1;
	}
	*place = copy;
	return 0;
}

static struct vtune__host_warning *copy_warning(struct vtune__draft *draft,
						const struct vtune__host_warning *from,
						struct vtune_error **err)
{
	struct vtune__host_warning *copy =
		vtune__draft_warn(draft, err, from->code, "%s", from->text);

	if (!copy)
		return NULL;
	for (unsigned int i = 0; i < from->nvms; i++)
		if (vtune__host_warning_add_vm(copy, from->vms[i], err) < 0)
			return NULL;
	if (vtune__set_copy(&copy->cpus, &from->cpus) < 0) {
		vtune__fail_memory(err);
		return NULL;
	}
	return copy;
}

int vtune__draft_warn_clash(struct vtune__draft *draft, char *const *vms, unsigned int nvms,
			    const struct vtune__set *cpus, struct vtune_error **err)
{
	struct vtune__text names VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text set VTUNE__CLEANUP(vtune__text_free) = { 0 };
	bool one = vtune__set_count(cpus) == 1;
	struct vtune__host_warning *warning;

	for (unsigned int i = 0; i < nvms && i < MOST_VMS; i++)
		vtune__text_addf(&names, "%s\"%s\"",
				 i == 0		 ? ""
				 : i + 1 == nvms ? " and "
						 : ", ",
				 vms[i]);
	if (nvms > MOST_VMS)
		vtune__text_addf(&names, " and %u more", nvms - MOST_VMS);
	vtune__text_add_set(&set, cpus);
	if (names.failed || set.failed)
		return vtune__fail_memory(err);
	warning = vtune__draft_warn(draft, err, VTUNE__WARNING_CLASH,
				    "%s %s %s held by several VMs at once, %s: the first one "
				    "counts as the one that has %s",
				    one ? "CPU" : "CPUs", set.data, one ? "is" : "are", names.data,
				    one ? "it" : "them");
	if (!warning)
		return -1;
	for (unsigned int i = 0; i < nvms; i++)
		if (vtune__host_warning_add_vm(warning, vms[i], err) < 0)
			return -1;
	return vtune__set_copy(&warning->cpus, cpus) < 0 ? vtune__fail_memory(err) : 0;
}

/* ---- in a host ---- */

int vtune__host_take_warnings(struct vtune_host *host, const struct vtune__draft *draft,
			      struct vtune_error **err)
{
	struct vtune__draft copy VTUNE__CLEANUP(vtune__draft_free) = { 0 };
	struct vtune__warnings *warnings = NULL;

	for (unsigned int i = 0; i < draft->nwarnings; i++)
		if (!copy_warning(&copy, &draft->warnings[i], err))
			return -1;
	if (copy.nwarnings > 0) {
		warnings = vtune__alloc(1, sizeof(*warnings), err);
		if (!warnings)
			return -1;
		warnings->references = 1;
		warnings->list = copy.warnings;
		warnings->count = copy.nwarnings;
		copy.warnings = NULL;
		copy.nwarnings = 0;
	}
	vtune__warnings_free(host->warnings);
	host->warnings = warnings;
	return 0;
}

static int find_vm(const struct vtune__host_warning *warning, const char *vm)
{
	for (unsigned int i = 0; i < warning->nvms; i++)
		if (strcmp(warning->vms[i], vm) == 0)
			return (int)i;
	return -1;
}

static bool is_clash(const struct vtune__host_warning *warning)
{
	return strcmp(warning->code, VTUNE__WARNING_CLASH) == 0;
}

/* Contents are shared with other hosts, so that CPUs are added to a copy. */
static int add_cpus(struct vtune__allocation *allocation, const struct vtune__set *cpus,
		    struct vtune_error **err)
{
	struct vtune__allocation copy = { .nshared = allocation->nshared,
					  .nmemory = allocation->nmemory };

	copy.vm = vtune__strdup(allocation->vm, err);
	copy.references = vtune__alloc(1, sizeof(*copy.references), err);
	copy.shared = vtune__alloc(copy.nshared, sizeof(*copy.shared), err);
	copy.memory = vtune__alloc(copy.nmemory, sizeof(*copy.memory), err);
	copy.devices = vtune__alloc(allocation->ndevices, sizeof(*copy.devices), err);
	if (copy.references)
		*copy.references = 1;
	if (!copy.vm || !copy.references || !copy.shared || !copy.memory || !copy.devices)
		goto fail;
	memcpy(copy.shared, allocation->shared, copy.nshared * sizeof(*copy.shared));
	memcpy(copy.memory, allocation->memory, copy.nmemory * sizeof(*copy.memory));
	for (; copy.ndevices < allocation->ndevices; copy.ndevices++) {
		copy.devices[copy.ndevices] =
			vtune__strdup(allocation->devices[copy.ndevices], err);
		if (!copy.devices[copy.ndevices])
			goto fail;
	}
	if (vtune__set_copy(&copy.cpus, &allocation->cpus) < 0 ||
	    vtune__set_or(&copy.cpus, cpus) < 0) {
		vtune__fail_memory(err);
		goto fail;
	}
	vtune__allocation_free(allocation);
	*allocation = copy;
	return 0;

fail:
	vtune__allocation_free(&copy);
	return -1;
}

/* CPUs of a clash that no allocation has any more go to the first VM that is left. */
static int hand_on(struct vtune_host *host, char *const *vms, unsigned int nvms,
		   const struct vtune__set *cpus, struct vtune_error **err)
{
	struct vtune__set rest VTUNE__CLEANUP(vtune__set_free) = { 0 };

	if (vtune__set_copy(&rest, cpus) < 0)
		return vtune__fail_memory(err);
	vtune__set_and(&rest, &host->topology->cpus);
	for (unsigned int i = 0; i < host->nallocations; i++)
		vtune__set_andnot(&rest, &host->allocations[i].cpus);
	if (vtune__set_is_empty(&rest))
		return 0;
	for (unsigned int i = 0; i < nvms; i++)
		for (unsigned int j = 0; j < host->nallocations; j++)
			if (strcmp(host->allocations[j].vm, vms[i]) == 0)
				return add_cpus(&host->allocations[j], &rest, err);
	return 0;
}

static int copy_without(struct vtune_host *host, struct vtune__draft *draft,
			const struct vtune__host_warning *warning, const char *without,
			struct vtune_error **err)
{
	int place = without ? find_vm(warning, without) : -1;
	unsigned int left = warning->nvms - 1;
	char **vms;
	int rc = 0;

	if (place < 0)
		return copy_warning(draft, warning, err) ? 0 : -1;
	if (!is_clash(warning))
		return 0;
	vms = vtune__alloc(left, sizeof(*vms), err);
	if (!vms)
		return -1;
	for (unsigned int i = 0; i < left; i++)
		vms[i] = warning->vms[i < (unsigned int)place ? i : i + 1];
	if (hand_on(host, vms, left, &warning->cpus, err) < 0 ||
	    (left > 1 && vtune__draft_warn_clash(draft, vms, left, &warning->cpus, err) < 0))
		rc = -1;
	free(vms);
	return rc;
}

int vtune__host_copy_warnings(struct vtune_host *host, const struct vtune_host *from,
			      const char *without, struct vtune_error **err)
{
	struct vtune__draft draft VTUNE__CLEANUP(vtune__draft_free) = { 0 };
	struct vtune__warnings *warnings = from->warnings;
	bool is_same = true;

	if (!warnings)
		return 0;
	for (unsigned int i = 0; i < warnings->count && without; i++)
		is_same = is_same && find_vm(&warnings->list[i], without) < 0;
	if (is_same) {
		__atomic_add_fetch(&warnings->references, 1, __ATOMIC_RELAXED);
		host->warnings = warnings;
		return 0;
	}
	for (unsigned int i = 0; i < warnings->count; i++)
		if (copy_without(host, &draft, &warnings->list[i], without, err) < 0)
			return -1;
	return vtune__host_take_warnings(host, &draft, err);
}

static int warn_reserved(struct vtune__draft *draft, const struct vtune_host *host,
			 const struct vtune__allocation *allocation, struct vtune_error **err)
{
	struct vtune__set cpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__host_warning *warning;

	if (!vtune__set_intersects(&allocation->cpus, &host->reserved))
		return 0;
	if (vtune__set_copy(&cpus, &allocation->cpus) < 0)
		return vtune__fail_memory(err);
	vtune__set_and(&cpus, &host->reserved);
	vtune__text_add_set(&text, &cpus);
	if (text.failed)
		return vtune__fail_memory(err);
	warning = vtune__draft_warn(draft, err, VTUNE__WARNING_RESERVED,
				    "The VM \"%s\" holds %s %s, which the host keeps for itself",
				    allocation->vm, vtune__set_count(&cpus) == 1 ? "CPU" : "CPUs",
				    text.data);
	if (!warning || vtune__host_warning_add_vm(warning, allocation->vm, err) < 0)
		return -1;
	return vtune__set_copy(&warning->cpus, &cpus) < 0 ? vtune__fail_memory(err) : 0;
}

int vtune__host_renew_warnings(struct vtune_host *host, bool same_vms, struct vtune_error **err)
{
	struct vtune__draft draft VTUNE__CLEANUP(vtune__draft_free) = { 0 };

	for (unsigned int i = 0; host->warnings && i < host->warnings->count; i++) {
		const struct vtune__host_warning *warning = &host->warnings->list[i];

		if (strcmp(warning->code, VTUNE__WARNING_RESERVED) != 0 &&
		    (same_vms || warning->nvms == 0) && !copy_warning(&draft, warning, err))
			return -1;
	}
	for (unsigned int i = 0; i < host->nallocations; i++)
		if (warn_reserved(&draft, host, &host->allocations[i], err) < 0)
			return -1;
	return vtune__host_take_warnings(host, &draft, err);
}

int vtune__host_add_clashes(const struct vtune_host *host, const char *vm, struct vtune__set *held)
{
	for (unsigned int i = 0; host->warnings && i < host->warnings->count; i++) {
		const struct vtune__host_warning *warning = &host->warnings->list[i];
		bool others = false;

		for (unsigned int j = 0; j < warning->nvms; j++)
			others = others || !vm || strcmp(warning->vms[j], vm) != 0;
		if (others && is_clash(warning) && vtune__set_or(held, &warning->cpus) < 0)
			return -1;
	}
	vtune__set_and(held, &host->topology->cpus);
	return 0;
}
