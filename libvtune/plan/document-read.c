/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document-read.h"

#include <string.h>

int vtune__plan_need_number(const struct vtune__json *object, const char *key, unsigned int min,
			    unsigned int max, unsigned int *out, struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(object, key, &at, err) < 0)
		return -1;
	return vtune__json_uint32(&at, min, max, out, err);
}

int vtune__plan_need_size(const struct vtune__json *object, const char *key, uint64_t *kib,
			  struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(object, key, &at, err) < 0)
		return -1;
	return vtune__json_uint(&at, 1, VTUNE__MAX_KIB, kib, err);
}

int vtune__plan_need_bool(const struct vtune__json *object, const char *key, bool *out,
			  struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(object, key, &at, err) < 0)
		return -1;
	return vtune__json_bool(&at, out, err);
}

int vtune__plan_need_string(const struct vtune__json *object, const char *key, const char **out,
			    struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(object, key, &at, err) < 0 || vtune__json_string(&at, out, err) < 0)
		return -1;
	if ((*out)[0] == '\0')
		return vtune__json_fail(&at, err, "This string must not be empty");
	return 0;
}

int vtune__plan_need_set(const struct vtune__json *object, const char *key, unsigned int max,
			 struct vtune__set *out, struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(object, key, &at, err) < 0 || vtune__json_set(&at, max, out, err) < 0)
		return -1;
	if (vtune__set_is_empty(out))
		return vtune__json_fail(&at, err, "This set must have at least one member");
	return 0;
}

void *vtune__plan_need_list(const struct vtune__json *object, const char *key, unsigned int min,
			    unsigned int max, size_t size, struct vtune__json *list,
			    unsigned int *count, struct vtune_error **err)
{
	unsigned int length;
	void *room;

	if (vtune__json_need(object, key, list, err) < 0 ||
	    vtune__json_array(list, &length, err) < 0)
		return NULL;
	if (length < min || length > max) {
		vtune__json_fail(list, err, "Here must be at %s %u entries, and there are %u",
				 length < min ? "least" : "most", length < min ? min : max, length);
		return NULL;
	}
	room = vtune__alloc(length, size, err);
	if (room)
		*count = length;
	return room;
}

/* ---- a plan that does not fit ---- */

static int read_optional(const struct vtune__json *object, const char *key, unsigned int max,
			 int *out, struct vtune_error **err)
{
	struct vtune__json at;
	unsigned int value;

	*out = -1;
	if (!vtune__json_get(object, key, &at))
		return 0;
	if (vtune__json_uint32(&at, 0, max, &value, err) < 0)
		return -1;
	*out = (int)value;
	return 0;
}

/* "memory" counts KiB and all else things; the names of the keys say so. */
static int read_amounts(const struct vtune__json *at, bool is_memory, uint64_t *need,
			uint64_t *have, struct vtune_error **err)
{
	static const char *const sizes[] = { "code",	 "cell", "node", "need_kib",
					     "have_kib", "text", NULL };
	static const char *const counts[] = { "code", "cell", "node", "need", "have", "text", NULL };
	struct vtune__json child;

	if (vtune__json_object(at, is_memory ? sizes : counts, err) < 0 ||
	    vtune__json_need(at, is_memory ? "need_kib" : "need", &child, err) < 0 ||
	    vtune__json_uint(&child, 0, INT64_MAX, need, err) < 0 ||
	    vtune__json_need(at, is_memory ? "have_kib" : "have", &child, err) < 0)
		return -1;
	return vtune__json_uint(&child, 0, INT64_MAX, have, err);
}

static int read_reason(const struct vtune__json *at, struct vtune_plan *plan,
		       struct vtune_error **err)
{
	static const char *const codes[] = { "cpus",	"threads", "shared",  "memory",
					     "pages",	"nodes",   "devices", "max_distance",
					     "helpers", "start",   NULL };
	struct vtune__json child;
	uint64_t need, have;
	int code, cell, node;
	const char *text;

	if (vtune__json_map(at, err) < 0 || vtune__json_need(at, "code", &child, err) < 0 ||
	    vtune__json_enum(&child, codes, &code, err) < 0 ||
	    read_amounts(at, strcmp(codes[code], "memory") == 0, &need, &have, err) < 0 ||
	    read_optional(at, "cell", VTUNE__MAX_VCPUS - 1, &cell, err) < 0 ||
	    read_optional(at, "node", VTUNE__MAX_NODE, &node, err) < 0 ||
	    vtune__plan_need_string(at, "text", &text, err) < 0)
		return -1;
	return vtune__plan_add_reason(plan, err, codes[code], cell, node, need, have, "%s", text);
}

static int read_change(const struct vtune__json *at, struct vtune_plan *plan,
		       struct vtune_error **err)
{
	static const char *const keys[] = { "change", "text", NULL };
	char *patch VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune__json change;
	const char *text;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__json_need(at, "change", &change, err) < 0 || vtune__json_map(&change, err) < 0 ||
	    vtune__plan_need_string(at, "text", &text, err) < 0)
		return -1;
	patch = vtune__json_text(&change, err);
	return patch ? vtune__plan_add_change(plan, err, patch, text) : -1;
}

/* "would_fit" may be missing. */
static int read_would_fit(const struct vtune__json *root, struct vtune_plan *plan,
			  struct vtune_error **err)
{
	struct vtune__json list, at;
	unsigned int length;

	if (!vtune__json_get(root, "would_fit", &list))
		return 0;
	if (vtune__json_array(&list, &length, err) < 0)
		return -1;
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (read_change(&at, plan, err) < 0)
			return -1;
	}
	return 0;
}

static int read_reasons(const struct vtune__json *root, struct vtune_plan *plan,
			struct vtune_error **err)
{
	static const char *const keys[] = { "version", "vm", "fits", "reasons", "would_fit", NULL };
	struct vtune__json list, at;
	unsigned int length;

	if (vtune__json_object(root, keys, err) < 0 ||
	    vtune__json_need(root, "reasons", &list, err) < 0 ||
	    vtune__json_array(&list, &length, err) < 0)
		return -1;
	if (length == 0)
		return vtune__json_fail(&list, err, "A plan that does not fit must have a reason");
	for (unsigned int i = 0; i < length; i++) {
		vtune__json_element(&list, i, &at);
		if (read_reason(&at, plan, err) < 0)
			return -1;
	}
	return read_would_fit(root, plan, err);
}

/* ---- a plan that fits ---- */

static int read_placement(const struct vtune__json *root, struct vtune_plan *plan,
			  struct vtune_error **err)
{
	static const char *const keys[] = {
		"version",	  "vm",
		"fits",		  "optimal",
		"cells",	  "vcpus",
		"emulator",	  "iothreads",
		"held_cpus",	  "guest_topology",
		"devices",	  "domain",
		"cost",		  "bound",
		"warnings",	  "cpu",
		"memory_backing", "hotplug",
		"bandwidth",	  "realtime",
		"disks",	  "interfaces",
		"pcie",		  "memtune",
		NULL,
	};
	struct vtune__json held;

	if (vtune__json_object(root, keys, err) < 0 ||
	    vtune__plan_need_bool(root, "optimal", &plan->optimal, err) < 0 ||
	    vtune__json_need(root, "held_cpus", &held, err) < 0 ||
	    vtune__json_set(&held, VTUNE__MAX_CPU, &plan->held, err) < 0 ||
	    vtune__plan_read_cells(root, plan, err) < 0)
		return -1;
	if (vtune__plan_read_guest(root, plan, err) < 0 ||
	    vtune__plan_read_cpu(root, plan, err) < 0 ||
	    vtune__plan_read_backing(root, plan, err) < 0 ||
	    vtune__plan_read_schedule(root, plan, err) < 0 ||
	    vtune__plan_read_disks(root, plan, err) < 0 ||
	    vtune__plan_read_interfaces(root, plan, err) < 0)
		return -1;
	return vtune__plan_read_pcie(root, plan, err);
}

static int read_plan(const struct vtune__json *root, struct vtune_plan *plan,
		     struct vtune_error **err)
{
	struct vtune__json vm;
	const char *name;

	if (vtune__json_map(root, err) < 0 || vtune__json_version(root, err) < 0 ||
	    vtune__json_need(root, "vm", &vm, err) < 0 || vtune__json_string(&vm, &name, err) < 0)
		return -1;
	if (!vtune__is_vm_name(name))
		return vtune__json_fail(&vm, err,
					"A name must have at least one character, and no \"/\"");
	plan->vm = vtune__strdup(name, err);
	if (!plan->vm || vtune__plan_need_bool(root, "fits", &plan->fits, err) < 0)
		return -1;
	return plan->fits ? read_placement(root, plan, err) : read_reasons(root, plan, err);
}

VTUNE_EXPORT struct vtune_plan *vtune_plan_from_json(const char *json, struct vtune_error **err)
{
	struct vtune_plan *plan;
	struct vtune__json root;

	if (!json) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__json_open(json, &root, err) < 0)
		return NULL;
	plan = vtune__alloc(1, sizeof(*plan), err);
	if (plan && read_plan(&root, plan, err) < 0) {
		vtune_plan_free(plan);
		plan = NULL;
	}
	vtune__json_close(&root);
	return plan;
}
