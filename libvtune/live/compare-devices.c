/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "../base/xml.h"
#include "../domain/pcie.h"
#include "compare.h"

struct comparing {
	const struct vtune__pair *pair;
	struct vtune__pci_tree have, want;
	vtune__difference_fn *tell;
	void *data;
	struct vtune_error **err;
};

/* ---- two forms of a device ---- */

/* libvirt gives a port of Open vSwitch its parameters. */
static bool is_same_port(struct _xmlNode *have, struct _xmlNode *want, const char *const *added)
{
	const char *a = vtune__xml_peek(have, "type"), *b = vtune__xml_peek(want, "type");

	if (vtune__xml_child(want, NULL))
		return vtune__xml_same(want, have, added);
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same_part(struct _xmlNode *have, struct _xmlNode *want, const char *name,
			 const char *const *added)
{
	have = vtune__xml_child(have, name);
	want = vtune__xml_child(want, name);
	if (!have || !want)
		return !want && (!have || vtune__xml_says_only(have, added));
	if (strcmp(name, "virtualport") == 0)
		return is_same_port(have, want, added);
	return vtune__xml_same(want, have, added);
}

static bool is_added(const struct vtune__device_kind *kind, const char *attribute)
{
	char way[64];

	snprintf(way, sizeof(way), "%s/%s", kind->element, attribute);
	for (const char *const *added = kind->added; *added; added++)
		if (strcmp(*added, way) == 0)
			return true;
	return false;
}

static bool is_same_attribute(struct _xmlNode *have, struct _xmlNode *want, const char *name)
{
	const char *a = vtune__xml_peek(have, name), *b = vtune__xml_peek(want, name);

	if (a && b)
		return strcmp(a, b) == 0;
	return !b && (!a || is_added(vtune__device_kind(want), name));
}

static bool is_same_device(struct _xmlNode *have, struct _xmlNode *want)
{
	const struct vtune__device_kind *kind = vtune__device_kind(want);

	for (const char *const *name = kind->attributes; *name; name++)
		if (!is_same_attribute(have, want, *name))
			return false;
	for (const char *const *name = kind->parts; *name; name++)
		if (!is_same_part(have, want, *name, kind->added))
			return false;
	return true;
}

static bool is_on_ours(const struct vtune__pci_tree *tree, const struct vtune__pci_place *place)
{
	return vtune__pci_is_on_ours(tree, place->bus);
}

/* Where else a device is, is not the plan's. */
static bool is_moved(const struct comparing *c, struct _xmlNode *have, struct _xmlNode *want)
{
	struct vtune__pci_place a, b;

	if (!vtune__domain_passed_through(want) || !vtune__pci_place(want, &b))
		return false;
	if (!vtune__pci_place(have, &a))
		return is_on_ours(&c->want, &b);
	return (is_on_ours(&c->have, &a) || is_on_ours(&c->want, &b)) &&
	       (a.bus != b.bus || a.slot != b.slot || a.function != b.function);
}

/* ---- reports ---- */

/* Without a name it is told by its number among those of its kind. */
static void name_it(struct vtune__text *text, struct _xmlNode *device)
{
	const struct vtune__device_kind *kind = vtune__device_kind(device);
	struct _xmlNode *address = vtune__domain_passed_through(device);
	struct _xmlNode *node = device;
	char buffer[32];
	const char *name = kind->name(device, buffer);
	unsigned int number = 0;

	vtune__text_addf(text, "%s ", kind->what);
	if (!name && address && vtune__domain_pci_address(address, buffer))
		name = buffer;
	if (name) {
		vtune__text_add(text, name);
		return;
	}
	while ((node = vtune__xml_prev(node, kind->element)))
		number += vtune__device_kind(node) == kind;
	vtune__text_addf(text, "%u", number);
}

static const char *model_of(struct _xmlNode *device)
{
	const char *model = vtune__xml_peek(device, "model");

	return model ? model : "";
}

/* A port, or one that has no name yet. */
static bool is_any(struct _xmlNode *device)
{
	char buffer[32];

	return !vtune__device_kind(device)->name(device, buffer) ||
	       strcmp(model_of(device), "pcie-root-port") == 0;
}

/* One number of a bus that has room is as good as another. */
static bool is_bus_nearby(struct _xmlNode *have, struct _xmlNode *want)
{
	struct _xmlNode *a = vtune__xml_path(have, "target/node");
	struct _xmlNode *b = vtune__xml_path(want, "target/node");
	static const char *const none[] = { NULL };

	return strcmp(model_of(want), "pcie-expander-bus") == 0 &&
	       strcmp(model_of(have), "pcie-expander-bus") == 0 &&
	       (a && b ? vtune__xml_same(a, b, none) : !a && !b);
}

struct said {
	enum vtune__difference_kind change;
	bool is_any;
	const char *what;     /* what follows the name */
	const char *due_head; /* what comes before it and behind it of what is due; NULL: what */
	const char *due;
};

static int tell_of(const struct comparing *c, struct _xmlNode *device, const char *code,
		   const struct said *said)
{
	struct vtune__text name VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text text VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__text due VTUNE__CLEANUP(vtune__text_free) = { 0 };
	struct vtune__difference difference = { .code = code,
						.element = vtune__xml_name(device),
						.change = said->change,
						.is_any = said->is_any || is_any(device) };

	name_it(&name, device);
	if (name.failed)
		return vtune__fail_memory(c->err);
	vtune__text_addf(&text, "The %s %s", name.data, said->what);
	if (said->due)
		vtune__text_addf(&due, "%s %s %s", said->due_head, name.data, said->due);
	else
		vtune__text_addf(&due, "Now the %s %s; the next start changes that", name.data,
				 said->what);
	if (text.failed || due.failed)
		return vtune__fail_memory(c->err);
	difference.text = text.data;
	difference.due = due.data;
	return c->tell(c->data, &difference);
}

/* ---- all of them ---- */

/* A device without a name, of which there are none from libvirt, is compared to the one that
 * stands where it does among those of its kind. */
static struct _xmlNode *nth_of(struct _xmlNode *domain, struct _xmlNode *device)
{
	const struct vtune__device_kind *kind = vtune__device_kind(device);
	struct _xmlNode *other = vtune__device_first(domain), *node = device;
	unsigned int number = 0;
	char buffer[32];

	while ((node = vtune__xml_prev(node, kind->element)))
		number += vtune__device_kind(node) == kind;
	for (; other; other = vtune__xml_next(other, NULL))
		if (vtune__device_kind(other) == kind && number-- == 0)
			return kind->name(other, buffer) ? NULL : other;
	return NULL;
}

static struct _xmlNode *find(struct _xmlNode *domain, struct _xmlNode *device)
{
	char buffer[32];

	if (vtune__device_kind(device)->name(device, buffer))
		return vtune__device_find(domain, device);
	return nth_of(domain, device);
}

static int compare_device(const struct comparing *c, struct _xmlNode *want)
{
	static const struct said missing = { VTUNE__MISSING, false, "is not there", NULL, NULL };
	static const struct said moved = { VTUNE__CHANGED, false, "is on another bus than planned",
					   "The guest sees the",
					   "on another bus from the next start on" };
	const struct vtune__device_kind *kind = vtune__device_kind(want);
	struct said differs = { VTUNE__CHANGED, false, kind->differs, NULL, NULL };
	struct _xmlNode *have = find(c->pair->have, want);

	if (!have)
		return tell_of(c, want, kind->code, &missing);
	differs.is_any = is_bus_nearby(have, want);
	if (!is_same_device(have, want) && tell_of(c, want, kind->code, &differs) < 0)
		return -1;
	return is_moved(c, have, want) ? tell_of(c, want, "device_address", &moved) : 0;
}

int vtune__compare_devices(const struct vtune__pair *pair, vtune__difference_fn *tell, void *data,
			   struct vtune_error **err)
{
	static const struct said over = { VTUNE__OVER, true, "is not part of the plan", "The",
					  "is gone at the next start" };
	struct comparing c = { .pair = pair, .tell = tell, .data = data, .err = err };
	struct _xmlNode *node = vtune__device_first(pair->want);

	vtune__pci_read_tree(&c.have, pair->have);
	vtune__pci_read_tree(&c.want, pair->want);
	for (; node; node = vtune__xml_next(node, NULL))
		if (vtune__device_kind(node) && compare_device(&c, node) < 0)
			return -1;
	for (node = vtune__device_first(pair->have); node; node = vtune__xml_next(node, NULL)) {
		const struct vtune__device_kind *kind = vtune__device_kind(node);

		if (kind && !find(pair->want, node) && tell_of(&c, node, kind->code, &over) < 0)
			return -1;
	}
	return 0;
}
