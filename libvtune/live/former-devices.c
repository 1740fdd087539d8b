/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain remembers of its devices from before it was placed, and how that is put back. */
#include <string.h>

#include "../base/xml.h"
#include "compare.h"

/* ---- what is kept ---- */

static bool is_in(const char *const *list, const char *name)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

static void keep_parts(struct _xmlNode *device, const struct vtune__device_kind *kind)
{
	bool is_moved = vtune__domain_passed_through(device);
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(device, NULL); node; node = next) {
		const char *name = vtune__xml_name(node);

		next = vtune__xml_next(node, NULL);
		if (!is_in(kind->keys, name) && !is_in(kind->parts, name) &&
		    !(is_moved && strcmp(name, "address") == 0))
			vtune__xml_remove(node);
	}
}

void vtune__former_keep_devices(struct _xmlNode *devices)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(devices, NULL); node; node = next) {
		const struct vtune__device_kind *kind = vtune__device_kind(node);
		const char *type = vtune__xml_peek(node, "type");

		next = vtune__xml_next(node, NULL);
		if (kind && !kind->is_whole)
			keep_parts(node, kind);
		else if (!kind && type && strcmp(type, "pci") == 0 &&
			 strcmp(vtune__xml_name(node), "controller") == 0)
			vtune__former_keep_controller(node);
		else if (!kind)
			vtune__xml_remove(node);
	}
	vtune__xml_remove_empty(devices);
}

/* ---- a device that is there ---- */

static int put_part(struct _xmlNode *device, struct _xmlNode *former, const char *name,
		    const char *const *order, struct vtune_error **err)
{
	struct _xmlNode *now = vtune__xml_child(device, name);
	struct _xmlNode *then = vtune__xml_child(former, name);

	if (!then) {
		if (now)
			vtune__xml_remove(now);
		return 0;
	}
	if (now && vtune__xml_same(now, then, (const char *const[]){ NULL }))
		return 0;
	now = vtune__xml_ensure(device, name, order, err);
	return now ? vtune__xml_replace(now, then, err) : -1;
}

static int put_parts(struct _xmlNode *device, struct _xmlNode *former, struct vtune_error **err)
{
	const struct vtune__device_kind *kind = vtune__device_kind(device);

	for (const char *const *name = kind->attributes; *name; name++) {
		const char *value = vtune__xml_peek(former, *name);

		if (!value)
			vtune__xml_unset(device, *name);
		else if (vtune__xml_set(device, *name, value, err) < 0)
			return -1;
	}
	for (const char *const *name = kind->parts; *name; name++)
		if (put_part(device, former, *name, kind->order, err) < 0)
			return -1;
	return 0;
}

/* Where they are numbered from 1, libvirt does not list them. */
static bool has_iothread(struct _xmlNode *domain, uint64_t id)
{
	struct _xmlNode *thread = vtune__xml_path(domain, "iothreadids/iothread");
	struct _xmlNode *all = vtune__xml_child(domain, "iothreads");
	uint64_t number;

	if (!thread)
		return all && vtune__domain_number(all, &number) && id <= number;
	for (; thread; thread = vtune__xml_next(thread, "iothread"))
		if (vtune__xml_peek_uint(thread, "id", &number) && number == id)
			return true;
	return false;
}

/* One that came since keeps what it has, but for an I/O thread that is no more. */
static void drop_iothread(struct _xmlNode *domain, struct _xmlNode *device)
{
	struct _xmlNode *driver = vtune__xml_child(device, "driver");
	struct _xmlNode *list = driver ? vtune__xml_child(driver, "iothreads") : NULL;
	uint64_t id;

	if (list)
		vtune__xml_remove(list);
	if (driver && vtune__xml_peek_uint(driver, "iothread", &id) && !has_iothread(domain, id))
		vtune__xml_unset(driver, "iothread");
}

static int put_device(struct _xmlNode *domain, struct _xmlNode *device, struct _xmlNode *former,
		      const struct vtune_plan *plan, struct vtune_error **err)
{
	const struct vtune__device_kind *kind = vtune__device_kind(device);
	struct _xmlNode *then = vtune__device_find(former, device);

	if (then)
		return put_parts(device, then, err);
	if (plan && kind->is_made && kind->is_made(device, plan))
		vtune__xml_remove(device);
	else
		drop_iothread(domain, device);
	return 0;
}

/* ---- a device that is gone ---- */

/* One that the plan gave in its place; NULL: none. */
static struct _xmlNode *find_instead(struct _xmlNode *domain, struct _xmlNode *former,
				     const struct vtune__device_kind *kind,
				     const struct vtune_plan *plan)
{
	struct _xmlNode *node = vtune__device_first(domain);

	for (; node && kind->is_made; node = vtune__xml_next(node, NULL))
		if (vtune__device_kind(node) == kind && kind->is_made(node, plan) &&
		    !vtune__device_find(former, node))
			return node;
	return NULL;
}

static int put_gone(struct _xmlNode *domain, struct _xmlNode *former, struct _xmlNode *then,
		    const struct vtune_plan *plan, struct vtune_error **err)
{
	const struct vtune__device_kind *kind = vtune__device_kind(then);
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *now = find_instead(domain, former, kind, plan);

	if (!now && devices)
		now = vtune__xml_append(devices, kind->element, vtune__device_order, err);
	if (!now)
		return devices ? -1 : 0;
	return vtune__xml_replace(now, then, err);
}

/* One that cannot be read is as none. */
static int read_before(struct _xmlNode *former, struct vtune_plan **before,
		       struct vtune_error **err)
{
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *older VTUNE__CLEANUP(vtune__free_string) = NULL;
	struct vtune_error *unsound = NULL;
	int code;

	if (vtune__metadata_read(former, &text, &older, err) < 0)
		return -1;
	*before = vtune__metadata_plan_of(text, &unsound);
	code = vtune_error_get_code(unsound);
	vtune_error_free(unsound);
	return code == VTUNE_ERR_NO_MEMORY ? vtune__fail_memory(err) : 0;
}

/* What the plan before had made, the one that came then may have taken away; other devices
 * that are gone were taken away by others. */
static int put_all_gone(struct _xmlNode *domain, struct _xmlNode *former,
			const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *node = vtune__device_first(former);
	struct vtune_plan *before = NULL;
	int result = read_before(former, &before, err);

	for (; node && before && result == 0; node = vtune__xml_next(node, NULL)) {
		const struct vtune__device_kind *kind = vtune__device_kind(node);

		if (kind && kind->is_whole && (!kind->is_made || kind->is_made(node, before)) &&
		    !vtune__device_find(domain, node))
			result = put_gone(domain, former, node, plan, err);
	}
	vtune_plan_free(before);
	return result;
}

int vtune__former_put_devices(struct _xmlNode *domain, struct _xmlNode *former,
			      const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *node, *next;

	if (plan && put_all_gone(domain, former, plan, err) < 0)
		return -1;
	for (node = vtune__device_first(domain); node; node = next) {
		next = vtune__xml_next(node, NULL);
		if (vtune__device_kind(node) && put_device(domain, node, former, plan, err) < 0)
			return -1;
	}
	if (!plan)
		return 0;
	if (vtune__former_put_addresses(domain, former, err) < 0)
		return -1;
	vtune__former_drop_controllers(domain, former);
	return 0;
}
