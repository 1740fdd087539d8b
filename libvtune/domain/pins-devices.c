/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI devices that a domain has to itself. */
#include "domain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../base/xml.h"
#include "../spec/spec.h"

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* As C writes numbers, which is what libvirt takes: 0x41, 65, 0101. */
static bool read_part(struct _xmlNode *address, const char *name, unsigned int max,
		      unsigned int *out)
{
	const char *text = vtune__xml_peek(address, name);
	unsigned int base = 10, value = 0;

	*out = 0;
	if (!text)
		return true;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	} else if (text[0] == '0' && text[1]) {
		base = 8;
		text++;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned int digit = (unsigned int)digit_of(*text);

		if (digit >= base)
			return false;
		value = value * base + digit;
		if (value > max)
			return false;
	}
	*out = value;
	return true;
}

bool vtune__domain_pci_address(struct _xmlNode *address, char out[16])
{
	unsigned int domain, bus, slot, function;

	/* Domains above 16 bits are those behind a VMD controller. */
	if (!read_part(address, "domain", 0xfffffff, &domain) ||
	    !read_part(address, "bus", 0xff, &bus) || !read_part(address, "slot", 0x1f, &slot) ||
	    !read_part(address, "function", 7, &function))
		return false;
	snprintf(out, 16, "%04x:%02x:%02x.%x", domain & 0xfffffff, bus & 0xff, slot & 0x1f,
		 function & 7);
	return true;
}

bool vtune__domain_is_at(struct _xmlNode *address, const char *id)
{
	char there[16];

	return vtune__domain_pci_address(address, there) && strcasecmp(there, id) == 0;
}

int vtune__domain_set_pci_address(struct _xmlNode *address, const char *id,
				  struct vtune_error **err)
{
	static const char *const names[] = { "domain", "bus", "slot", "function" };
	unsigned int parts[4];
	char text[4][16];

	/* The same in another form stays. */
	if (vtune__xml_peek(address, "bus") && vtune__domain_is_at(address, id))
		return 0;
	if (sscanf(id, "%8x:%2x:%2x.%1x", &parts[0], &parts[1], &parts[2], &parts[3]) != 4)
		return vtune__fail(err, VTUNE_ERR_INVALID, "/devices", "\"%s\" is no PCI address",
				   id);
	snprintf(text[0], sizeof(text[0]), "0x%04x", parts[0]);
	snprintf(text[1], sizeof(text[1]), "0x%02x", parts[1]);
	snprintf(text[2], sizeof(text[2]), "0x%02x", parts[2]);
	snprintf(text[3], sizeof(text[3]), "0x%x", parts[3]);
	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++)
		if (vtune__xml_set(address, names[i], text[i], err) < 0)
			return -1;
	return 0;
}

struct _xmlNode *vtune__domain_passed_through(struct _xmlNode *device)
{
	struct _xmlNode *source = vtune__xml_child(device, "source");
	struct _xmlNode *address = source ? vtune__xml_child(source, "address") : NULL;
	const char *name = vtune__xml_name(device);

	if (!address)
		return NULL;
	if (strcmp(name, "hostdev") == 0)
		return vtune__xml_is(device, "type", "pci") ? address : NULL;
	/* NVMe disks are whole PCI devices to QEMU. */
	if (strcmp(name, "disk") == 0)
		return vtune__xml_is(device, "type", "nvme") ? address : NULL;
	/* A virtual function as an interface; the type of its address may also be "usb". */
	if (strcmp(name, "interface") == 0 && vtune__xml_is(device, "type", "hostdev") &&
	    (!vtune__xml_peek(address, "type") || vtune__xml_is(address, "type", "pci")))
		return address;
	return NULL;
}

static bool is_known(const struct vtune__pins *pins, const char *id)
{
	for (unsigned int i = 0; i < pins->ndevices; i++) {
		if (strcmp(pins->devices[i], id) == 0)
			return true;
	}
	return false;
}

static int add_device(struct vtune__pins *pins, struct _xmlNode *address, struct vtune_error **err)
{
	char **added, *copy, id[16];

	if (!vtune__domain_pci_address(address, id))
		return vtune__xml_fail(address, err, VTUNE_ERR_DOCUMENT,
				       "This <address> must be that of a PCI device, with domain, "
				       "bus (0-0xff), slot (0-0x1f) and function (0-7)");
	if (is_known(pins, id))
		return 0;
	if (pins->ndevices == VTUNE__MAX_DEVICES)
		return vtune__xml_fail(address, err, VTUNE_ERR_DOCUMENT,
				       "More than %u PCI devices are passed through",
				       VTUNE__MAX_DEVICES);
	copy = vtune__strdup(id, err);
	if (!copy)
		return -1;
	added = vtune__grow((void **)&pins->devices, &pins->ndevices, sizeof(*added), err);
	if (!added) {
		vtune__free_string(&copy);
		return -1;
	}
	*added = copy;
	return 0;
}

int vtune__pins_read_devices(struct vtune__pins *pins, struct _xmlNode *domain,
			     struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *device = devices ? vtune__xml_child(devices, NULL) : NULL;

	for (; device; device = vtune__xml_next(device, NULL)) {
		struct _xmlNode *address = vtune__domain_passed_through(device);

		if (address && add_device(pins, address, err) < 0)
			return -1;
	}
	return 0;
}
