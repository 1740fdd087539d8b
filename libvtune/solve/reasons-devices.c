/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices that there are not, or not where they are required. */
#include <string.h>

#include "devices.h"
#include "reasons.h"

static bool is_held_by_other(const struct vtune__inquiry *q, const struct vtune__device *device)
{
	const struct vtune_host *host = q->scene->host;

	for (unsigned int i = 0; i < host->nallocations; i++)
		for (unsigned int j = 0; j < host->allocations[i].ndevices; j++)
			if (strcmp(host->allocations[i].vm, q->spec->name) != 0 &&
			    vtune__topology_device(q->scene->topology,
						   host->allocations[i].devices[j]) == device)
				return true;
	return false;
}

/* A wish before that one is for the same device, by another name. */
static bool is_wished_before(const struct vtune__inquiry *q,
			     const struct vtune__hostdev_spec *asked,
			     const struct vtune__device *device)
{
	for (unsigned int i = 0; vtune__spec_wish(q->spec, i) != asked; i++) {
		const struct vtune__hostdev_spec *other = vtune__spec_wish(q->spec, i);

		if (other->id && vtune__topology_device(q->scene->topology, other->id) == device)
			return true;
	}
	return false;
}

static int add_device(const struct vtune__inquiry *q, const struct vtune__hostdev_spec *asked)
{
	const struct vtune__device *device = vtune__topology_device(q->scene->topology, asked->id);
	const char *what = "could not be near enough: its node has no room for a cell of the VM";
	int node = -1;

	if (!device)
		what = "is not a device of this host";
	else if (is_held_by_other(q, device))
		what = "is given to another VM";
	else if (is_wished_before(q, asked, device))
		what = "is asked for twice";
	else if (device->node < 0)
		what = "has no known node, and affinity \"require\" needs one";
	else
		node = (int)q->scene->topology->nodes[device->node].id;
	return vtune__plan_add_reason(q->plan, q->err, "devices", -1, node, 1, 0, "device %s %s",
				      asked->id, what);
}

static bool is_at_fault(const struct vtune__inquiry *q, const struct vtune__hostdev_spec *asked)
{
	const struct vtune__device *device = vtune__topology_device(q->scene->topology, asked->id);

	return !device || is_held_by_other(q, device) || is_wished_before(q, asked, device) ||
	       (device->node < 0 && q->scene->nnodes > 1 &&
		asked->affinity == VTUNE__AFFINITY_REQUIRE);
}

/* Devices of the host that are to be chosen: too few, or not where they should be. */
static int add_choice(const struct vtune__inquiry *q, unsigned int pool, bool *added)
{
	const struct vtune__hostdev_spec *wish =
		vtune__spec_wish(q->spec, q->scene->pools->list[pool].wish);
	struct vtune__text text = { 0 };
	unsigned int free = vtune__pools_free(q->scene, pool);

	if (free >= wish->count)
		return 0;
	*added = true;
	vtune__text_addf(&text, "%u ", wish->count);
	vtune__spec_add_wish(&text, wish);
	vtune__text_addf(&text, " %s needed, %u %s free", wish->count == 1 ? "is" : "are", free,
			 free == 1 ? "is" : "are");
	if (wish->affinity == VTUNE__AFFINITY_REQUIRE && q->scene->nnodes > 1)
		vtune__text_add(&text, " on a known node");
	return vtune__reason_text(q, "devices", -1, -1, wish->count, free, &text);
}

static int add_near(const struct vtune__inquiry *q, const struct vtune__hostdev_spec *wish,
		    unsigned int pool)
{
	unsigned int ncells = q->trial->ncells;
	unsigned int most = vtune__pools_most(q->scene, pool, ncells);
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "%u ", wish->count);
	vtune__spec_add_wish(&text, wish);
	vtune__text_addf(&text, " must be on the node%s of the %u cell%s of the VM",
			 ncells == 1 ? "" : "s", ncells, ncells == 1 ? "" : "s");
	if (most < wish->count) {
		vtune__text_addf(&text, "; %u node%s of the host %s at most %u free", ncells,
				 ncells == 1 ? "" : "s", ncells == 1 ? "has" : "have", most);
		return vtune__reason_text(q, "devices", -1, -1, wish->count, most, &text);
	}
	vtune__text_add(&text, ", and no nodes with room for these have so many");
	return vtune__reason_text(q, "devices", -1, -1, wish->count, wish->count - 1, &text);
}

/* No pool alone is too small. */
static int add_choices(const struct vtune__inquiry *q)
{
	const struct vtune__hostdev_spec *wish = NULL;
	unsigned int last = 0, given, wanted;

	vtune__pools_most_given(q->scene, &given, &wanted);
	if (given < wanted)
		return vtune__plan_add_reason(q->plan, q->err, "devices", -1, -1, wanted, given,
					      "%u devices are to be chosen, and so few different "
					      "ones match that there are only %u",
					      wanted, given);
	for (unsigned int p = 0; p < q->scene->pools->count; p++) {
		const struct vtune__hostdev_spec *it =
			vtune__spec_wish(q->spec, q->scene->pools->list[p].wish);

		if (it->affinity != VTUNE__AFFINITY_REQUIRE)
			continue;
		if (vtune__pools_most(q->scene, p, q->trial->ncells) < it->count)
			return add_near(q, it, p);
		wish = it;
		last = p;
	}
	return wish ? add_near(q, wish, last) : 0;
}

int vtune__reason_devices(const struct vtune__inquiry *q)
{
	unsigned int npools = q->scene->pools ? q->scene->pools->count : 0;
	const struct vtune__hostdev_spec *last = NULL;
	bool added = false;

	for (unsigned int i = 0; i < vtune__spec_wish_count(q->spec); i++) {
		const struct vtune__hostdev_spec *asked = vtune__spec_wish(q->spec, i);

		if (asked->id && is_at_fault(q, asked))
			return add_device(q, asked);
		if (asked->id && asked->affinity == VTUNE__AFFINITY_REQUIRE)
			last = asked;
	}
	for (unsigned int p = 0; p < npools && !added; p++)
		if (add_choice(q, p, &added) < 0)
			return -1;
	if (added)
		return 0;
	if (q->scene->nrequired > q->trial->ncells)
		return vtune__plan_add_reason(
			q->plan, q->err, "devices", -1, -1, q->scene->nrequired, q->trial->ncells,
			"the required devices are on %u nodes, and the VM has "
			"%u cells",
			q->scene->nrequired, q->trial->ncells);
	if (npools > 0 && (q->scene->devices_missing || q->scene->pools->required))
		return add_choices(q);
	return last ? add_device(q, last) : 0;
}
