/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <string.h>

const char *const vtune__memory_source_names[] = { "auto", "memfd", "file", "anonymous", NULL };
const char *const vtune__allocation_mode_names[] = { "auto", "immediate", "ondemand", NULL };

bool vtune__spec_has_vhostuser(const struct vtune_spec *spec)
{
	for (unsigned int i = 0; i < spec->ninterfaces; i++)
		if (spec->interfaces[i].type == VTUNE__INTERFACE_VHOSTUSER)
			return true;
	for (unsigned int i = 0; i < spec->ndisks; i++)
		if (strcmp(spec->disks[i].type, "vhostuser") == 0)
			return true;
	return false;
}

/* ---- memory_backing ---- */

static int read_said(const struct vtune__json *object, const char *key, enum vtune__said *said,
		     struct vtune_error **err)
{
	struct vtune__json at;
	bool yes;

	if (!vtune__json_get(object, key, &at) || vtune__spec_is_auto(&at))
		return 0;
	if (vtune__json_bool(&at, &yes, err) < 0)
		return -1;
	*said = yes ? VTUNE__YES : VTUNE__NO;
	return 0;
}

static int read_threads(const struct vtune__json *object, unsigned int *threads,
			struct vtune_error **err)
{
	struct vtune__json at;

	if (!vtune__json_get(object, "allocation_threads", &at))
		return 0;
	return vtune__json_uint32(&at, 1, VTUNE__MAX_ALLOCATION_THREADS, threads, err);
}

/* Do huge pages come for certain? */
static bool wants_huge(const struct vtune_spec *spec)
{
	return spec->hugepages == VTUNE__PAGES_ANY || spec->hugepages == VTUNE__PAGES_SIZE;
}

/* The other end of a vhost-user socket reads and writes the guest's memory itself. */
static int check_sharing(const struct vtune__json *at, const struct vtune_spec *spec,
			 struct vtune_error **err)
{
	struct vtune__json child;
	const char *key = spec->backing.shared == VTUNE__NO		    ? "shared"
			  : spec->backing.source == VTUNE__SOURCE_ANONYMOUS ? "source"
									    : NULL;

	if (!key || !vtune__spec_has_vhostuser(spec) || !vtune__json_get(at, key, &child))
		return 0;
	return vtune__json_fail(&child, err,
				"An interface or a disk of the type \"vhostuser\" needs memory "
				"that is shared");
}

/* What libvirt refuses, or what would come to nothing. */
static int check_source(const struct vtune__json *at, const struct vtune_spec *spec,
			struct vtune_error **err)
{
	struct vtune__json child;

	if (spec->backing.source != VTUNE__SOURCE_ANONYMOUS ||
	    !vtune__json_get(at, "source", &child))
		return 0;
	if (wants_huge(spec))
		return vtune__json_fail(&child, err,
					"Huge pages cannot come from anonymous memory");
	if (spec->backing.shared == VTUNE__YES)
		return vtune__json_fail(&child, err,
					"Anonymous memory cannot be shared; \"memfd\" can");
	return 0;
}

static int check_allocation(const struct vtune__json *at, const struct vtune_spec *spec,
			    struct vtune_error **err)
{
	struct vtune__json child;

	if (spec->backing.allocation != VTUNE__ALLOCATION_ONDEMAND ||
	    !vtune__json_get(at, "allocation", &child))
		return 0;
	if (wants_huge(spec))
		return vtune__json_fail(&child, err,
					"Huge pages are always allocated at once, not on demand");
	if (spec->backing.locked == VTUNE__YES)
		return vtune__json_fail(&child, err,
					"Locked memory is allocated at once, not on demand");
	return 0;
}

/* "lock_memory" of "realtime" is an order only where the document says it. */
static int check_locked(const struct vtune__json *root, const struct vtune__json *at,
			const struct vtune_spec *spec, struct vtune_error **err)
{
	struct vtune__json realtime, lock, locked;

	if (spec->backing.locked == VTUNE__UNSAID || !vtune__json_get(at, "locked", &locked) ||
	    !vtune__json_get(root, "realtime", &realtime) ||
	    !vtune__json_get(&realtime, "lock_memory", &lock) ||
	    spec->schedule.unlocked == (spec->backing.locked == VTUNE__NO))
		return 0;
	return vtune__json_fail(&locked, err,
				"\"lock_memory\" of \"realtime\" says the contrary; leave out one "
				"of them");
}

static int read_backing(const struct vtune__json *root, struct vtune_spec *spec,
			struct vtune_error **err)
{
	static const char *const keys[] = { "locked",	  "nosharepages",	"shared", "source",
					    "allocation", "allocation_threads", NULL };
	struct vtune__backing_spec *backing = &spec->backing;
	int source = VTUNE__SOURCE_AUTO, allocation = VTUNE__ALLOCATION_AUTO;
	struct vtune__json at;

	if (!vtune__json_get(root, "memory_backing", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    read_said(&at, "locked", &backing->locked, err) < 0 ||
	    read_said(&at, "nosharepages", &backing->nosharepages, err) < 0 ||
	    read_said(&at, "shared", &backing->shared, err) < 0 ||
	    vtune__spec_read_word(&at, "source", vtune__memory_source_names, &source, err) < 0 ||
	    vtune__spec_read_word(&at, "allocation", vtune__allocation_mode_names, &allocation,
				  err) < 0 ||
	    read_threads(&at, &backing->allocation_threads, err) < 0)
		return -1;
	backing->source = (enum vtune__memory_source)source;
	backing->allocation = (enum vtune__allocation_mode)allocation;
	if (check_locked(root, &at, spec, err) < 0 || check_sharing(&at, spec, err) < 0 ||
	    check_source(&at, spec, err) < 0)
		return -1;
	return check_allocation(&at, spec, err);
}

/* ---- hotplug ---- */

static int check_maximum(const struct vtune__json *at, const struct vtune_spec *spec,
			 struct vtune_error **err)
{
	uint64_t kib = spec->backing.max_memory_kib;
	char memory[32], page[32];

	vtune__size_print(spec->memory_kib, memory);
	if (kib <= spec->memory_kib)
		return vtune__json_fail(at, err, "Here must be more than the VM's memory, %s",
					memory);
	vtune__size_print(spec->page_kib, page);
	if (spec->hugepages == VTUNE__PAGES_SIZE && kib % spec->page_kib != 0)
		return vtune__json_fail(at, err,
					"Here must be a multiple of the VM's huge pages, %s", page);
	return 0;
}

static int read_hotplug(const struct vtune__json *root, struct vtune_spec *spec,
			struct vtune_error **err)
{
	static const char *const keys[] = { "max_memory", "slots", NULL };
	struct vtune__backing_spec *backing = &spec->backing;
	struct vtune__json at, child;

	if (!vtune__json_get(root, "hotplug", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    vtune__json_need(&at, "max_memory", &child, err) < 0 ||
	    vtune__json_size(&child, &backing->max_memory_kib, err) < 0 ||
	    check_maximum(&child, spec, err) < 0)
		return -1;
	backing->slots = VTUNE__DEFAULT_SLOTS;
	if (vtune__json_get(&at, "slots", &child))
		return vtune__json_uint32(&child, 1, VTUNE__MAX_SLOTS, &backing->slots, err);
	return 0;
}

/* ---- memtune ---- */

static int read_limit(const struct vtune__json *object, const char *key, uint64_t *kib,
		      struct vtune_error **err)
{
	struct vtune__json at;

	if (!vtune__json_get(object, key, &at))
		return 0;
	if (vtune__json_size(&at, kib, err) < 0)
		return -1;
	return *kib ? 0 : vtune__json_fail(&at, err, "A limit must be above 0");
}

/* The limits are for QEMU as a whole: the guest's memory and what it needs itself. */
static int check_limits(const struct vtune__json *at, const struct vtune_spec *spec,
			struct vtune_error **err)
{
	const struct vtune__memory_limits *limits = &spec->backing.limits;
	struct vtune__json child = *at;
	char memory[32];

	vtune__size_print(spec->memory_kib, memory);
	if (limits->hard_kib && limits->hard_kib <= spec->memory_kib &&
	    vtune__json_get(at, "hard_limit", &child))
		return vtune__json_fail(&child, err,
					"Here must be more than the VM's memory, %s: the limit is "
					"for this and all that QEMU needs besides, and the host "
					"stops a VM that needs more",
					memory);
	if (limits->swap_hard_kib && limits->swap_hard_kib < limits->hard_kib &&
	    vtune__json_get(at, "swap_hard_limit", &child))
		return vtune__json_fail(&child, err,
					"Here must be at least \"hard_limit\": the limit is for "
					"memory and swap together");
	if (limits->hard_kib && limits->soft_kib > limits->hard_kib &&
	    vtune__json_get(at, "soft_limit", &child))
		return vtune__json_fail(&child, err, "Here must be at most \"hard_limit\"");
	return 0;
}

static int read_memtune(const struct vtune__json *root, struct vtune_spec *spec,
			struct vtune_error **err)
{
	static const char *const keys[] = { "hard_limit", "soft_limit", "swap_hard_limit", NULL };
	struct vtune__memory_limits *limits = &spec->backing.limits;
	struct vtune__json at;

	if (!vtune__json_get(root, "memtune", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    read_limit(&at, "hard_limit", &limits->hard_kib, err) < 0 ||
	    read_limit(&at, "soft_limit", &limits->soft_kib, err) < 0 ||
	    read_limit(&at, "swap_hard_limit", &limits->swap_hard_kib, err) < 0)
		return -1;
	return check_limits(&at, spec, err);
}

int vtune__spec_read_backing(const struct vtune__json *root, struct vtune_spec *spec,
			     struct vtune_error **err)
{
	if (read_backing(root, spec, err) < 0 || read_hotplug(root, spec, err) < 0)
		return -1;
	return read_memtune(root, spec, err);
}
