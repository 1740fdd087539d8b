/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

static void free_spec(struct vtune_spec **spec)
{
	vtune_spec_free(*spec);
}

static void free_plan(struct vtune_plan **plan)
{
	vtune_plan_free(*plan);
}

/* Placing the domain anew is what mends a plan that cannot be read. */
static int read_plan(const char *xml, struct vtune_plan **plan, struct vtune_error **err)
{
	struct vtune_error *unsound = NULL;

	*plan = vtune__metadata_plan(xml, &unsound);
	if (vtune__metadata_forgive(unsound, err) < 0)
		return -1;
	if (*plan && !(*plan)->fits) {
		vtune_plan_free(*plan);
		*plan = NULL;
	}
	return 0;
}

static int take_name(struct vtune_spec *spec, const struct vtune__pins *pins,
		     struct _xmlNode *domain, struct vtune_error **err)
{
	if (!vtune__is_vm_name(pins->name))
		return vtune__xml_fail(domain, err, VTUNE_ERR_DOCUMENT,
				       "The <name> of the domain must have at least one character, "
				       "and no \"/\"");
	spec->name = vtune__strdup(pins->name, err);
	return spec->name ? 0 : -1;
}

static void take_shares(struct vtune_spec *spec, const struct vtune__pins *pins)
{
	if (pins->has_shares && pins->shares >= VTUNE__MIN_SHARES &&
	    pins->shares <= VTUNE__MAX_SHARES)
		spec->shares = (unsigned int)pins->shares;
}

/* What the VM has already must not become a reason to refuse it. */
static int take_hostdevs(struct vtune_spec *spec, const struct vtune__pins *pins,
			 struct vtune_error **err)
{
	spec->hostdevs = vtune__alloc(pins->ndevices, sizeof(*spec->hostdevs), err);
	if (!spec->hostdevs)
		return -1;
	for (unsigned int i = 0; i < pins->ndevices; i++) {
		struct vtune__hostdev_spec *it = &spec->hostdevs[spec->nhostdevs];

		if (vtune__spec_is_of_interface(spec, pins->devices[i]))
			continue;
		it->affinity = VTUNE__AFFINITY_PREFER;
		it->count = 1;
		it->id = vtune__strdup(pins->devices[i], err);
		if (!it->id)
			return -1;
		spec->nhostdevs++;
	}
	return 0;
}

static int fill(struct vtune_spec *spec, const struct vtune__pins *pins,
		const struct vtune_plan *plan, struct _xmlNode *domain, struct vtune_error **err)
{
	spec->vcpus = pins->nvcpus;
	take_shares(spec, pins);
	if (take_name(spec, pins, domain, err) < 0 || vtune__spec_of_memory(spec, pins, err) < 0 ||
	    vtune__spec_of_disks(spec, domain, plan, err) < 0 ||
	    vtune__spec_of_interfaces(spec, domain, plan, err) < 0 ||
	    take_hostdevs(spec, pins, err) < 0 || vtune__spec_of_cpu(spec, domain, plan, err) < 0)
		return -1;
	vtune__spec_of_backing(spec, domain);
	vtune__spec_of_pcie(spec, domain);
	vtune__spec_of_advice(spec, domain);
	if (vtune__spec_of_iothreads(spec, pins, plan, domain, err) < 0)
		return -1;
	/* Which vCPUs can be realtime ones depends on which are dedicated. */
	if (vtune__spec_of_policy(spec, pins, plan, err) < 0)
		return -1;
	return vtune__spec_of_schedule(spec, domain, plan, err);
}

VTUNE_EXPORT struct vtune_spec *vtune_spec_from_domain_xml(const char *xml,
							   struct vtune_error **err)
{
	struct vtune__pins pins VTUNE__CLEANUP(vtune__pins_free) = { 0 };
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = NULL;
	struct vtune_spec *spec VTUNE__CLEANUP(free_spec) = NULL;
	struct vtune_plan *plan VTUNE__CLEANUP(free_plan) = NULL;
	struct vtune_spec *whole;

	if (!xml) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__pins_read(&pins, xml, NULL, err) < 0 || read_plan(xml, &plan, err) < 0)
		return NULL;
	doc = vtune__xml_parse(xml, "domain", err);
	spec = doc ? vtune__alloc(1, sizeof(*spec), err) : NULL;
	if (!spec || fill(spec, &pins, plan, vtune__xml_root(doc), err) < 0)
		return NULL;
	whole = spec;
	spec = NULL;
	return whole;
}
