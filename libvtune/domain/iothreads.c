/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../base/xml.h"

static int note(struct _xmlNode *node, const char *attribute, struct vtune__set *ids,
		struct vtune_error **err)
{
	uint64_t id;

	if (!vtune__xml_peek_uint(node, attribute, &id))
		return 0;
	if (id == 0 || id > UINT16_MAX)
		return vtune__xml_fail(node, err, VTUNE_ERR_DOCUMENT,
				       "There is no I/O thread %llu; they are numbered from 1",
				       (unsigned long long)id);
	return vtune__set_add(ids, (unsigned int)id) < 0 ? vtune__fail_memory(err) : 0;
}

/* <driver iothread="1"/>, or with a list, which libvirt has since 10.0. */
static int note_used(struct _xmlNode *device, struct vtune__set *ids, struct vtune_error **err)
{
	struct _xmlNode *driver = vtune__xml_child(device, "driver");
	struct _xmlNode *list = vtune__xml_path(device, "driver/iothreads");
	struct _xmlNode *entry = list ? vtune__xml_child(list, "iothread") : NULL;

	if (driver && note(driver, "iothread", ids, err) < 0)
		return -1;
	for (; entry; entry = vtune__xml_next(entry, "iothread")) {
		if (note(entry, "id", ids, err) < 0)
			return -1;
	}
	return 0;
}

static int collect(struct _xmlNode *domain, const struct vtune_plan *plan, struct vtune__set *ids,
		   struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *device = devices ? vtune__xml_child(devices, NULL) : NULL;

	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (vtune__set_add(ids, plan->iothreads[i].id) < 0)
			return vtune__fail_memory(err);
	}
	for (; device; device = vtune__xml_next(device, NULL)) {
		if (note_used(device, ids, err) < 0)
			return -1;
	}
	return 0;
}

static int tune(struct _xmlNode *node, const struct vtune__iothread_tuning *tuning,
		struct vtune_error **err)
{
	static const char *const names[] = { "max", "grow", "shrink", "thread_pool_min",
					     "thread_pool_max" };
	static const char *const order[] = { "poll", NULL };

	for (unsigned int i = 0; i < VTUNE__IOTHREAD_SETTINGS; i++) {
		struct _xmlNode *at = node;

		if (!(tuning->said & 1u << i))
			continue;
		if (1u << i & VTUNE__POLL_SETTINGS)
			at = vtune__xml_ensure(node, "poll", order, err);
		if (!at || vtune__xml_set_uint(at, names[i], (uint64_t)tuning->value[i], err) < 0)
			return -1;
	}
	return 0;
}

static int lay_ids(struct _xmlNode *parent, const struct vtune_plan *plan,
		   const struct vtune__set *ids, struct vtune_error **err)
{
	static const char *const order[] = { "iothread", NULL };
	struct vtune__xml_list list VTUNE__CLEANUP(vtune__xml_list_free) = {
		.parent = parent, .name = "iothread", .key = "id", .order = order
	};

	if (vtune__xml_list_keep(&list, ids, err) < 0)
		return -1;
	VTUNE__SET_FOREACH(id, ids) {
		struct _xmlNode *node = vtune__xml_list_at(&list, (unsigned int)id, err);

		if (!node)
			return -1;
		for (unsigned int i = 0; i < plan->niothreads; i++) {
			if (plan->iothreads[i].id == (unsigned int)id &&
			    tune(node, &plan->iothreads[i].tuning, err) < 0)
				return -1;
		}
	}
	return 0;
}

int vtune__domain_lay_iothreads(struct _xmlNode *domain, const struct vtune_plan *plan,
				struct vtune__set *ids, struct vtune_error **err)
{
	struct _xmlNode *count = vtune__xml_child(domain, "iothreads");
	struct _xmlNode *list = vtune__xml_child(domain, "iothreadids");

	if (collect(domain, plan, ids, err) < 0)
		return -1;
	if (vtune__set_is_empty(ids)) {
		if (count)
			vtune__xml_remove(count);
		if (list)
			vtune__xml_remove(list);
		return 0;
	}
	count = vtune__domain_ensure(domain, "iothreads", err);
	if (!count || vtune__domain_set_number(count, vtune__set_count(ids), err) < 0)
		return -1;
	list = vtune__domain_ensure(domain, "iothreadids", err);
	return list ? lay_ids(list, plan, ids, err) : -1;
}
