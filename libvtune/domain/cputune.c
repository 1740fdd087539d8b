/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include "../base/xml.h"

const char *const vtune__cputune_order[] = {
	"shares",	  "period",	     "quota",
	"global_period",  "global_quota",    "emulator_period",
	"emulator_quota", "iothread_period", "iothread_quota",
	"vcpupin",	  "emulatorpin",     "iothreadpin",
	"emulatorsched",  "vcpusched",	     "iothreadsched",
	"cachetune",	  "memorytune",	     NULL,
};

static int lay_shares(struct _xmlNode *cputune, const struct vtune_plan *plan,
		      struct vtune_error **err)
{
	struct _xmlNode *shares;

	if (plan->shares == 0)
		return 0;
	shares = vtune__xml_ensure(cputune, "shares", vtune__cputune_order, err);
	return shares ? vtune__domain_set_number(shares, plan->shares, err) : -1;
}

static int lay_vcpus(struct _xmlNode *cputune, const struct vtune_plan *plan,
		     const struct vtune__set *vcpus, struct vtune_error **err)
{
	struct vtune__xml_list pins VTUNE__CLEANUP(vtune__xml_list_free) = {
		.parent = cputune, .name = "vcpupin", .key = "vcpu", .order = vtune__cputune_order
	};

	if (vtune__xml_list_keep(&pins, vcpus, err) < 0)
		return -1;
	for (unsigned int i = 0; i < plan->nvcpus; i++) {
		struct _xmlNode *pin = vtune__xml_list_at(&pins, i, err);

		if (!pin || vtune__xml_set_of(pin, "cpuset", &plan->vcpus[i].cpus, err) < 0)
			return -1;
	}
	return 0;
}

static int lay_emulator(struct _xmlNode *cputune, const struct vtune_plan *plan,
			struct vtune_error **err)
{
	struct _xmlNode *pin = vtune__xml_ensure(cputune, "emulatorpin", vtune__cputune_order, err);

	return pin ? vtune__xml_set_of(pin, "cpuset", &plan->emulator, err) : -1;
}

/* The plan does not know those I/O threads that are there for a device alone:
 * they float where the emulator does. */
static const struct vtune__set *cpus_of(const struct vtune_plan *plan, unsigned int id)
{
	for (unsigned int i = 0; i < plan->niothreads; i++) {
		if (plan->iothreads[i].id == id)
			return &plan->iothreads[i].cpus;
	}
	return &plan->emulator;
}

static int lay_iothreads(struct _xmlNode *cputune, const struct vtune_plan *plan,
			 const struct vtune__set *ids, struct vtune_error **err)
{
	struct vtune__xml_list pins VTUNE__CLEANUP(
		vtune__xml_list_free) = { .parent = cputune,
					  .name = "iothreadpin",
					  .key = "iothread",
					  .order = vtune__cputune_order };

	if (vtune__xml_list_keep(&pins, ids, err) < 0)
		return -1;
	VTUNE__SET_FOREACH(id, ids) {
		struct _xmlNode *pin = vtune__xml_list_at(&pins, (unsigned int)id, err);

		if (!pin ||
		    vtune__xml_set_of(pin, "cpuset", cpus_of(plan, (unsigned int)id), err) < 0)
			return -1;
	}
	return 0;
}

int vtune__domain_lay_cputune(struct _xmlNode *domain, const struct vtune_plan *plan,
			      const struct vtune__set *iothreads, struct vtune_error **err)
{
	struct vtune__set vcpus VTUNE__CLEANUP(vtune__set_free) = { 0 };
	struct _xmlNode *cputune = vtune__domain_ensure(domain, "cputune", err);

	if (!cputune || vtune__domain_first(&vcpus, plan->nvcpus, err) < 0 ||
	    lay_shares(cputune, plan, err) < 0 || lay_vcpus(cputune, plan, &vcpus, err) < 0 ||
	    lay_emulator(cputune, plan, err) < 0 ||
	    lay_iothreads(cputune, plan, iothreads, err) < 0)
		return -1;
	return vtune__domain_narrow(cputune, &vcpus, iothreads, err);
}
