/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <string.h>

#include "../base/arch.h"
#include "../base/xml.h"

int vtune__plan_check_fits(const struct vtune_plan *plan, struct vtune_error **err)
{
	if (plan->fits)
		return 0;
	return vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			   "The plan of \"%s\" says that it does not fit, so there is no XML of it",
			   plan->vm);
}

/* Where the plan does not know them, libvirt takes the host's own architecture, and its
 * default for the machine. */
static int add_machine(struct _xmlNode *type, const struct vtune__plan_cpu *cpu,
		       struct vtune_error **err)
{
	if (cpu->arch && vtune__xml_set(type, "arch", cpu->arch, err) < 0)
		return -1;
	if (cpu->machine && vtune__xml_set(type, "machine", cpu->machine, err) < 0)
		return -1;
	return vtune__xml_set_text(type, "hvm", err);
}

/* By ACPI tables alone a guest of x86 sees its cells and their distances, which of them an
 * expander bus is on, and what is plugged in. Other architectures have them without, or as
 * Arm's need a firmware with it. */
static int add_features(struct _xmlNode *domain, const struct vtune__plan_cpu *cpu,
			struct vtune_error **err)
{
	static const char *const order[] = { "acpi", NULL };
	const struct vtune__arch *arch = vtune__arch_find(cpu->arch);
	struct _xmlNode *features;

	if (arch ? !arch->has_acpi : !cpu->machine || !strstr(cpu->machine, "q35"))
		return 0;
	features = vtune__domain_ensure(domain, "features", err);
	return features && vtune__xml_ensure(features, "acpi", order, err) ? 0 : -1;
}

/* The least beside the plan that libvirt defines a domain with. */
static int add_frame(struct _xmlNode *domain, const struct vtune_plan *plan, const char *type,
		     struct vtune_error **err)
{
	static const char *const order[] = { "type", NULL };
	struct _xmlNode *node = vtune__domain_ensure(domain, "name", err);

	if (!node || vtune__xml_set_text(node, plan->vm, err) < 0 ||
	    vtune__xml_set(domain, "type", type, err) < 0)
		return -1;
	node = vtune__domain_ensure(domain, "os", err);
	node = node ? vtune__xml_ensure(node, "type", order, err) : NULL;
	if (!node || add_machine(node, &plan->cpu, err) < 0)
		return -1;
	return add_features(domain, &plan->cpu, err);
}

VTUNE_EXPORT char *vtune_plan_to_xml(const struct vtune_plan *plan,
				     const struct vtune_options *options, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = NULL;
	struct _xmlNode *domain;

	if (!plan) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__plan_check_fits(plan, err) < 0)
		return NULL;
	doc = vtune__xml_new("domain", err);
	if (!doc)
		return NULL;
	domain = vtune__xml_root(doc);
	if (add_frame(domain, plan, options ? options->domain_type : "kvm", err) < 0 ||
	    vtune__domain_lay(domain, plan, err) < 0)
		return NULL;
	return vtune__xml_print(doc, NULL, err);
}

VTUNE_EXPORT char *vtune_plan_patch_domain_xml(const struct vtune_plan *plan,
					       const char *domain_xml, struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = NULL;

	if (!plan || !domain_xml) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__plan_check_fits(plan, err) < 0)
		return NULL;
	doc = vtune__xml_parse(domain_xml, "domain", err);
	if (!doc)
		return NULL;
	vtune__xml_follow(doc, domain_xml);
	if (vtune__domain_lay(vtune__xml_root(doc), plan, err) < 0)
		return NULL;
	return vtune__xml_print(doc, domain_xml, err);
}
