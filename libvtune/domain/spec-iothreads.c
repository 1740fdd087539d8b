/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The spec of the I/O threads that a domain has: their ids and settings. */
#include <string.h>

#include "../base/xml.h"
#include "domain.h"

static void read(struct vtune__iothread_tuning *tuning, enum vtune__iothread_setting setting,
		 struct _xmlNode *node, const char *attribute, uint64_t min, uint64_t max)
{
	uint64_t number;

	if (!node || !vtune__xml_peek_uint(node, attribute, &number) || number < min ||
	    number > max)
		return;
	tuning->said |= 1u << setting;
	tuning->value[setting] = (int64_t)number;
}

static void read_tuning(struct vtune__iothread_tuning *tuning, struct _xmlNode *thread)
{
	struct _xmlNode *poll = vtune__xml_child(thread, "poll");

	memset(tuning, 0, sizeof(*tuning));
	read(tuning, VTUNE__POLL_MAX, poll, "max", 0, INT64_MAX);
	read(tuning, VTUNE__POLL_GROW, poll, "grow", 0, INT64_MAX);
	read(tuning, VTUNE__POLL_SHRINK, poll, "shrink", 0, INT64_MAX);
	read(tuning, VTUNE__POOL_MIN, thread, "thread_pool_min", 0, INT32_MAX);
	read(tuning, VTUNE__POOL_MAX, thread, "thread_pool_max", 1, INT32_MAX);
}

static bool is_same(const struct vtune__iothread_tuning *a, const struct vtune__iothread_tuning *b)
{
	return a->said == b->said && memcmp(a->value, b->value, sizeof(a->value)) == 0;
}

/* Only what is the same of all; where they differ the domain keeps what it has. */
static void take_tuning(struct vtune_spec *spec, struct _xmlNode *domain, unsigned int count)
{
	struct _xmlNode *thread = vtune__xml_path(domain, "iothreadids/iothread");
	struct vtune__iothread_tuning first, other;
	unsigned int found = 0;

	for (; thread; thread = vtune__xml_next(thread, "iothread")) {
		read_tuning(found ? &other : &first, thread);
		if (found++ && !is_same(&first, &other))
			return;
	}
	if (found && found == count && vtune__iothread_tuning_holds(&first))
		spec->iothread_tuning = first;
}

int vtune__spec_of_iothreads(struct vtune_spec *spec, const struct vtune__pins *pins,
			     const struct vtune_plan *plan, struct _xmlNode *domain,
			     struct vtune_error **err)
{
	unsigned int count = plan ? plan->niothreads : pins->niothreads;

	take_tuning(spec, domain, pins->niothreads);
	/* Beyond those of the plan are others that devices of the domain name. */
	for (unsigned int i = 0; i < count; i++) {
		unsigned int id = plan ? plan->iothreads[i].id : pins->iothreads[i].id;

		if (vtune__set_add(&spec->iothread_ids, id) < 0)
			return vtune__fail_memory(err);
	}
	if (vtune__spec_note_iothreads(spec, err) < 0)
		return -1;
	spec->iothread_count = vtune__set_count(&spec->iothread_ids);
	if (spec->iothread_count <= VTUNE__MAX_IOTHREADS)
		return 0;
	return vtune__xml_fail(domain, err, VTUNE_ERR_DOCUMENT,
			       "The disks name more than %u I/O threads", VTUNE__MAX_IOTHREADS);
}
