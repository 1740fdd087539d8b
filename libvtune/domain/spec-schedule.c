/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"

struct scheduler {
	int policy; /* -1: none yet */
	unsigned int priority;
};

/* Has it a realtime scheduler? */
static bool read_scheduler(struct _xmlNode *node, struct scheduler *out)
{
	int policy = vtune__find_word(vtune__scheduler_names, vtune__xml_peek(node, "scheduler"));
	uint64_t priority;

	if (policy < 0 || !vtune__xml_peek_uint(node, "priority", &priority) || priority == 0 ||
	    priority > VTUNE__MAX_PRIORITY)
		return false;
	*out = (struct scheduler){ policy, (unsigned int)priority };
	return true;
}

/* All realtime threads of a kind, when they all have one scheduler and priority: more a
 * spec cannot say. 1; 0 else; -1 with *err. */
static int read_threads(struct _xmlNode *cputune, const char *name, const char *attribute,
			struct scheduler *all, struct vtune__set *ids, struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(cputune, name);

	all->policy = -1;
	for (; node; node = vtune__xml_next(node, name)) {
		struct vtune__set set VTUNE__CLEANUP(vtune__set_free) = { 0 };
		const char *text = vtune__xml_peek(node, attribute);
		struct scheduler its;
		int result;

		if (!read_scheduler(node, &its))
			continue;
		if (all->policy >= 0 &&
		    (its.policy != all->policy || its.priority != all->priority))
			return 0;
		result = text ? vtune__domain_parse_set(text, &set, err) : 0;
		if (result < 1)
			return result;
		*all = its;
		if (vtune__set_or(ids, &set) < 0)
			return vtune__fail_memory(err);
	}
	return all->policy >= 0;
}

static bool can_be_said(const struct vtune_spec *spec, const struct vtune__set *vcpus)
{
	if (vtune__set_is_empty(vcpus) || !vtune__set_is_subset(vcpus, &spec->dedicated))
		return false;
	return vtune__set_count(vcpus) < spec->vcpus || spec->emulator == VTUNE__EMULATOR_ISOLATE;
}

static int take_helpers(struct vtune_spec *spec, struct _xmlNode *cputune, struct vtune_error **err)
{
	struct vtune__realtime *realtime = &spec->schedule.realtime;
	struct _xmlNode *emulator = vtune__xml_child(cputune, "emulatorsched");
	struct vtune__set ids VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct scheduler its;
	int result = read_threads(cputune, "iothreadsched", "iothreads", &its, &ids, err);

	if (result < 0)
		return -1;
	if (result > 0 && its.policy == (int)realtime->scheduler &&
	    vtune__set_count(&ids) >= spec->iothread_count)
		realtime->iothreads = its.priority;
	if (emulator && read_scheduler(emulator, &its) && its.policy == (int)realtime->scheduler)
		realtime->emulator = its.priority;
	return 0;
}

/* Realtime vCPUs that a spec has no words for keep what the domain gives them. */
static int take_realtime(struct vtune_spec *spec, struct _xmlNode *cputune,
			 struct vtune_error **err)
{
	struct vtune__realtime *realtime = &spec->schedule.realtime;
	struct vtune__set vcpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct scheduler all;
	int result = read_threads(cputune, "vcpusched", "vcpus", &all, &vcpus, err);

	if (result < 0)
		return -1;
	if (result == 0 || !can_be_said(spec, &vcpus))
		return 0;
	if (vtune__set_copy(&realtime->vcpus, &vcpus) < 0)
		return vtune__fail_memory(err);
	realtime->scheduler = (enum vtune__scheduler)all.policy;
	realtime->priority = all.priority;
	return take_helpers(spec, cputune, err);
}

/* What was planned; the XML of a running domain tells what somebody has set since. */
static void take_planned(struct vtune_spec *spec, const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < VTUNE__BANDWIDTHS; i++) {
		const struct vtune__bandwidth *planned = &plan->schedule.bandwidth[i];
		struct vtune__bandwidth *to = &spec->schedule.bandwidth[i];

		if (planned->period)
			to->period = planned->period;
		if (planned->quota)
			to->quota = planned->quota;
	}
	if (plan->shares)
		spec->shares = plan->shares;
}

/* Realtime vCPUs whose memory is not locked were planned so on purpose. */
static void take_unlocked(struct vtune_spec *spec, const struct vtune_plan *plan)
{
	spec->schedule.unlocked = plan && !vtune__set_is_empty(&plan->schedule.realtime.vcpus) &&
				  plan->backing.locked != VTUNE__YES &&
				  spec->backing.locked != VTUNE__YES &&
				  !vtune__set_is_empty(&spec->schedule.realtime.vcpus);
}

int vtune__spec_of_schedule(struct vtune_spec *spec, struct _xmlNode *domain,
			    const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *cputune = vtune__xml_child(domain, "cputune");

	if (cputune)
		vtune__domain_read_bandwidth(cputune, spec->schedule.bandwidth);
	if (plan)
		take_planned(spec, plan);
	if (cputune && take_realtime(spec, cputune, err) < 0)
		return -1;
	take_unlocked(spec, plan);
	return 0;
}
