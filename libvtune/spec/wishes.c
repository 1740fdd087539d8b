/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec.h"

unsigned int vtune__spec_wish_count(const struct vtune_spec *spec)
{
	unsigned int count = spec->nhostdevs;

	for (unsigned int i = 0; i < spec->ninterfaces; i++)
		count += spec->interfaces[i].has_device;
	return count;
}

/* Those of interfaces come behind the host devices. */
int vtune__spec_wish_interface(const struct vtune_spec *spec, unsigned int which)
{
	unsigned int left = which - spec->nhostdevs;

	if (which < spec->nhostdevs)
		return -1;
	for (unsigned int i = 0; i < spec->ninterfaces; i++)
		if (spec->interfaces[i].has_device && left-- == 0)
			return (int)i;
	return -1;
}

const struct vtune__hostdev_spec *vtune__spec_wish(const struct vtune_spec *spec,
						   unsigned int which)
{
	if (which < spec->nhostdevs)
		return &spec->hostdevs[which];
	return &spec->interfaces[vtune__spec_wish_interface(spec, which)].device;
}

unsigned int vtune__spec_devices_wished(const struct vtune_spec *spec)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < vtune__spec_wish_count(spec); i++)
		sum += vtune__spec_wish(spec, i)->count;
	return sum;
}

static void add_part(struct vtune__text *text, const char *what, const char *value, bool *first)
{
	if (!value)
		return;
	vtune__text_addf(text, "%s%s %s", *first ? "" : ", ", what, value);
	*first = false;
}

void vtune__spec_add_wish(struct vtune__text *text, const struct vtune__hostdev_spec *wish)
{
	const char *plural = wish->count == 1 ? "" : "s";
	bool first = true;

	if (wish->id) {
		vtune__text_addf(text, "device %s", wish->id);
		return;
	}
	if (wish->pf)
		vtune__text_addf(text, "virtual function%s of %s", plural, wish->pf);
	else
		vtune__text_addf(text, "device%s", plural);
	if (wish->class || wish->vendor || wish->product)
		vtune__text_add(text, " of ");
	add_part(text, "class", wish->class, &first);
	add_part(text, "vendor", wish->vendor, &first);
	add_part(text, "product", wish->product, &first);
	if (wish->nids == 1)
		vtune__text_addf(text, " that is %s", wish->ids[0]);
	else if (wish->nids > 1)
		vtune__text_addf(text, " of the %u from %s to %s", wish->nids, wish->ids[0],
				 wish->ids[wish->nids - 1]);
}
