/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain remembers of its devices from before it was placed. Of disks and SCSI
 * controllers: the settings of their drivers, and by what it knows them. */
#include <string.h>

#include "../base/xml.h"
#include "apply.h"

static bool is_scsi(struct _xmlNode *node)
{
	const char *type = vtune__xml_peek(node, "type");

	return strcmp(vtune__xml_name(node), "controller") == 0 && type &&
	       strcmp(type, "scsi") == 0;
}

static bool is_disk(struct _xmlNode *node)
{
	return strcmp(vtune__xml_name(node), "disk") == 0;
}

static void keep_driver(struct _xmlNode *device)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(device, NULL); node; node = next) {
		const char *name = vtune__xml_name(node);

		next = vtune__xml_next(node, NULL);
		if (strcmp(name, "driver") != 0 && strcmp(name, "target") != 0)
			vtune__xml_remove(node);
	}
}

void vtune__former_keep_devices(struct _xmlNode *devices)
{
	struct _xmlNode *node, *next;

	for (node = vtune__xml_child(devices, NULL); node; node = next) {
		next = vtune__xml_next(node, NULL);
		if (is_disk(node) || is_scsi(node))
			keep_driver(node);
		else if (strcmp(vtune__xml_name(node), "interface") == 0)
			vtune__former_keep_interface(node);
		else if (strcmp(vtune__xml_name(node), "hostdev") == 0)
			vtune__former_keep_hostdev(node);
		else
			vtune__xml_remove(node);
	}
	vtune__xml_remove_empty(devices);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The same disk by its target, or the same controller by its index. */
static bool is_same(struct _xmlNode *a, struct _xmlNode *b)
{
	struct _xmlNode *x, *y;

	if (strcmp(vtune__xml_name(a), vtune__xml_name(b)) != 0)
		return false;
	if (!is_disk(a))
		return is_scsi(a) && is_scsi(b) &&
		       same_text(vtune__xml_peek(a, "index"), vtune__xml_peek(b, "index"));
	x = vtune__xml_child(a, "target");
	y = vtune__xml_child(b, "target");
	return x && y && same_text(vtune__xml_peek(x, "dev"), vtune__xml_peek(y, "dev"));
}

static struct _xmlNode *find(struct _xmlNode *domain, struct _xmlNode *device)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *node = devices ? vtune__xml_child(devices, NULL) : NULL;

	while (node && !is_same(node, device))
		node = vtune__xml_next(node, NULL);
	return node;
}

static int put_driver_back(struct _xmlNode *device, struct _xmlNode *former,
			   struct vtune_error **err)
{
	static const char *const order[] = { "driver", NULL };
	struct _xmlNode *now = vtune__xml_child(device, "driver");
	struct _xmlNode *then = vtune__xml_child(former, "driver");

	if (!then) {
		if (now)
			vtune__xml_remove(now);
		return 0;
	}
	if (now && vtune__xml_same(now, then, (const char *const[]){ NULL }))
		return 0;
	now = vtune__xml_ensure(device, "driver", order, err);
	return now ? vtune__xml_replace(now, then, err) : -1;
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

static bool is_made_disk(struct _xmlNode *disk, const struct vtune_plan *plan)
{
	struct _xmlNode *target = vtune__xml_child(disk, "target");
	struct _xmlNode *source = vtune__xml_child(disk, "source");
	const char *dev = target ? vtune__xml_peek(target, "dev") : NULL;
	const char *file = source ? vtune__xml_peek(source, "file") : NULL;
	const char *block = source ? vtune__xml_peek(source, "dev") : NULL;

	for (unsigned int i = 0; dev && i < plan->ndisks; i++) {
		const struct vtune__disk_spec *it = &plan->disks[i];

		if (strcmp(it->target, dev) == 0)
			return it->source[0] ? same_text(file ? file : block, it->source)
					     : !file && !block;
	}
	return false;
}

static bool is_made_controller(struct _xmlNode *controller, const struct vtune_plan *plan)
{
	uint64_t index;

	if (!vtune__xml_peek_uint(controller, "index", &index) ||
	    !vtune__domain_is_virtio_scsi(controller))
		return false;
	for (unsigned int i = 0; i < plan->ndisks; i++)
		if (vtune__disk_is_on(&plan->disks[i], "scsi") &&
		    plan->disks[i].controller == index)
			return true;
	return false;
}

/* One that was not there before and is as the plan would make it was made by the plan. */
static int put_back(struct _xmlNode *node, struct _xmlNode *domain, struct _xmlNode *former,
		    const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *then = find(former, node);

	if (then)
		return put_driver_back(node, then, err);
	if (plan && (is_disk(node) ? is_made_disk(node, plan) : is_made_controller(node, plan)))
		vtune__xml_remove(node);
	else
		drop_iothread(domain, node);
	return 0;
}

int vtune__former_put_devices(struct _xmlNode *domain, struct _xmlNode *former,
			      const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *node = devices ? vtune__xml_child(devices, NULL) : NULL, *next;

	for (; node; node = next) {
		next = vtune__xml_next(node, NULL);
		if ((is_disk(node) || is_scsi(node)) &&
		    put_back(node, domain, former, plan, err) < 0)
			return -1;
	}
	return 0;
}

bool vtune__former_devices_differ(struct _xmlNode *ours, struct _xmlNode *theirs)
{
	/* What libvirt adds by itself. */
	static const char *const added[] = { "driver/name", "driver/type", NULL };
	struct _xmlNode *devices = vtune__xml_child(ours, "devices");
	struct _xmlNode *node = devices ? vtune__xml_child(devices, NULL) : NULL;

	for (; node; node = vtune__xml_next(node, NULL)) {
		struct _xmlNode *other, *want, *have;

		if (!is_disk(node) && !is_scsi(node))
			continue;
		other = find(theirs, node);
		want = vtune__xml_child(node, "driver");
		have = other ? vtune__xml_child(other, "driver") : NULL;
		if (!other || (want && (!have || !vtune__xml_same(want, have, added))))
			return true;
	}
	return false;
}
