/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bounds of CPU time, and realtime threads: the rest of cputune. */
#include "domain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/xml.h"

/* ---- bandwidth ---- */

/* For each enum vtune__bandwidth_of. */
static const char *const periods[] = { "period", "emulator_period", "iothread_period",
				       "global_period" };
static const char *const quotas[] = { "quota", "emulator_quota", "iothread_quota", "global_quota" };

static bool read_number(struct _xmlNode *node, int64_t *number)
{
	char *copy VTUNE__CLEANUP(vtune__free_string) = NULL;
	const char *text = vtune__xml_peek_text(node);
	int used = 0;

	if (!text)
		text = copy = vtune__xml_text(node);
	text = text ? text + strspn(text, " \t\r\n") : "";
	return sscanf(text, "%19" SCNd64 "%n", number, &used) == 1 &&
	       text[used + (int)strspn(text + used, " \t\r\n")] == '\0';
}

void vtune__domain_read_bandwidth(struct _xmlNode *cputune,
				  struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS])
{
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		struct _xmlNode *period = vtune__xml_child(cputune, periods[i]);
		struct _xmlNode *quota = vtune__xml_child(cputune, quotas[i]);
		int64_t number;

		bandwidth[i] = (struct vtune__bandwidth){ 0 };
		if (period && read_number(period, &number) && number >= VTUNE__MIN_PERIOD &&
		    number <= VTUNE__MAX_PERIOD)
			bandwidth[i].period = (uint64_t)number;
		if (quota && read_number(quota, &number) && vtune__is_quota(number))
			bandwidth[i].quota = number;
	}
}

static int lay_number(struct _xmlNode *cputune, const char *name, int64_t number,
		      struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_ensure(cputune, name, vtune__cputune_order, err);
	char text[24];
	int64_t now;

	if (!node)
		return -1;
	if (read_number(node, &now) && now == number)
		return 0;
	snprintf(text, sizeof(text), "%" PRId64, number);
	return vtune__xml_set_text(node, text, err);
}

static int lay_bandwidth(struct _xmlNode *cputune, const struct vtune_plan *plan,
			 struct vtune_error **err)
{
	const struct vtune__bandwidth *bandwidth = plan->schedule.bandwidth;

	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		if (bandwidth[i].period &&
		    lay_number(cputune, periods[i], (int64_t)bandwidth[i].period, err) < 0)
			return -1;
		if (bandwidth[i].quota &&
		    lay_number(cputune, quotas[i], bandwidth[i].quota, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- realtime ---- */

static int set_scheduler(struct _xmlNode *node, const struct vtune__realtime *realtime,
			 unsigned int priority, struct vtune_error **err)
{
	if (vtune__xml_set(node, "scheduler", vtune__scheduler_names[realtime->scheduler], err) < 0)
		return -1;
	return vtune__xml_set_uint(node, "priority", priority, err);
}

static bool is_realtime(struct _xmlNode *node)
{
	return vtune__find_word(vtune__scheduler_names, vtune__xml_peek(node, "scheduler")) >= 0;
}

/* Libvirt's form of a set allows more than ours, so that the same may look different. */
static int set_threads(struct _xmlNode *node, const char *attribute, const struct vtune__set *set,
		       struct vtune_error **err)
{
	struct vtune__set now VTUNE__CLEANUP(vtune__set_free) = { 0 };
	const char *text = vtune__xml_peek(node, attribute);
	int result = text ? vtune__domain_parse_set(text, &now, err) : 0;

	if (result < 0)
		return -1;
	if (result > 0 && vtune__set_equal(&now, set))
		return 0;
	return vtune__xml_set_of(node, attribute, set, err);
}

/* One element for all threads of the set: the first realtime one that there is, or a new
 * one. Other threads are ordinary ones then, or keep schedulers that are not realtime. */
static int lay_threads(struct _xmlNode *cputune, const char *name, const char *attribute,
		       const struct vtune__realtime *realtime, unsigned int priority,
		       const struct vtune__set *set, struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(cputune, name), *next, *ours = NULL;

	for (; node; node = next) {
		next = vtune__xml_next(node, name);
		if (!is_realtime(node)) {
			if (vtune__domain_take_out(node, attribute, set, err) < 0)
				return -1;
			continue;
		}
		if (ours)
			vtune__xml_remove(node);
		else
			ours = node;
	}
	if (!ours)
		ours = vtune__xml_append(cputune, name, vtune__cputune_order, err);
	if (!ours || set_threads(ours, attribute, set, err) < 0)
		return -1;
	return set_scheduler(ours, realtime, priority, err);
}

static int lay_emulator(struct _xmlNode *cputune, const struct vtune__realtime *realtime,
			struct vtune_error **err)
{
	struct _xmlNode *node;

	if (!realtime->emulator)
		return 0;
	node = vtune__xml_ensure(cputune, "emulatorsched", vtune__cputune_order, err);
	return node ? set_scheduler(node, realtime, realtime->emulator, err) : -1;
}

/* Those that are there for a device alone are as the plan's. */
static int lay_iothreads(struct _xmlNode *domain, struct _xmlNode *cputune,
			 const struct vtune__realtime *realtime, struct vtune_error **err)
{
	struct vtune__set ids VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *thread = vtune__xml_path(domain, "iothreadids/iothread");
	uint64_t id;

	if (!realtime->iothreads)
		return 0;
	for (; thread; thread = vtune__xml_next(thread, "iothread"))
		if (vtune__xml_peek_uint(thread, "id", &id) && id <= UINT16_MAX &&
		    vtune__set_add(&ids, (unsigned int)id) < 0)
			return vtune__fail_memory(err);
	if (vtune__set_is_empty(&ids))
		return 0;
	return lay_threads(cputune, "iothreadsched", "iothreads", realtime, realtime->iothreads,
			   &ids, err);
}

int vtune__domain_lay_schedule(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err)
{
	const struct vtune__realtime *realtime = &plan->schedule.realtime;
	struct _xmlNode *cputune = vtune__domain_ensure(domain, "cputune", err);

	if (!cputune || lay_bandwidth(cputune, plan, err) < 0)
		return -1;
	if (vtune__set_is_empty(&realtime->vcpus))
		return 0;
	if (lay_emulator(cputune, realtime, err) < 0 ||
	    lay_threads(cputune, "vcpusched", "vcpus", realtime, realtime->priority,
			&realtime->vcpus, err) < 0)
		return -1;
	return lay_iothreads(domain, cputune, realtime, err);
}
