/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PCI devices of a host, as libvirt's node devices tell them. */
#include "host-reading.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"

/* What lies between a PCI device and its disk: SCSI host, target, unit. */
#define MAX_DEPTH 16
/* What can lie above a PCI device: there are no more buses. */
#define MAX_BRIDGES 256

/* One node device. Every kind is in the list, for the way from a disk up to its PCI
 * device. */
struct entry {
	char *name, *parent;
	char **labels; /* eth0, sda, disk/by-id/ata-SSD */
	unsigned int nlabels;
	int device; /* index in the draft; -1: it is no PCI device that a VM can have */
	bool is_pci;
	unsigned int domain, bus; /* then */
};

struct entries {
	struct entry *list;
	unsigned int count;
};

static void free_entries(struct entries *entries)
{
	for (unsigned int i = 0; i < entries->count; i++) {
		free(entries->list[i].name);
		free(entries->list[i].parent);
		for (unsigned int j = 0; j < entries->list[i].nlabels; j++)
			free(entries->list[i].labels[j]);
		free(entries->list[i].labels);
	}
	free(entries->list);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* ---- one device ---- */

static char *print(struct vtune_error **err, const char *format, ...) VTUNE__PRINTF(2, 3);

static char *print(struct vtune_error **err, const char *format, ...)
{
	struct vtune__text text = { 0 };
	va_list args;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	return vtune__text_take(&text, err);
}

/* A number in C's notation. */
static bool parse_number(const char *text, unsigned long max, unsigned long *number)
{
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return false;
	*number = strtoul(text, &end, 0);
	return *end == '\0' && *number <= max;
}

static bool peek_number(const struct _xmlNode *node, const char *attribute, unsigned long max,
			unsigned long *number)
{
	return parse_number(vtune__xml_peek(node, attribute), max, number);
}

/* The text of a child element. */
static bool read_number(struct _xmlNode *parent, const char *child, unsigned long max,
			unsigned long *number)
{
	struct _xmlNode *node = vtune__xml_child(parent, child);
	VTUNE__CLEANUP(vtune__free_string) char *text = node ? vtune__xml_text(node) : NULL;

	return parse_number(text, max, number);
}

static bool has_node(const struct vtune__draft *draft, uint64_t id)
{
	for (unsigned int i = 0; i < draft->nnodes; i++)
		if (draft->nodes[i].id == id)
			return true;
	return false;
}

/* <vendor id='0x8086'>; 0000 and ffff are none. */
static int read_numbers(struct vtune__device *device, struct _xmlNode *capability,
			struct vtune_error **err)
{
	struct _xmlNode *vendor = vtune__xml_child(capability, "vendor");
	struct _xmlNode *product = vtune__xml_child(capability, "product");
	unsigned long numbers[2];

	if (!vendor || !product || !peek_number(vendor, "id", 0xffff, &numbers[0]) ||
	    !peek_number(product, "id", 0xffff, &numbers[1]) || numbers[0] == 0 ||
	    numbers[0] == 0xffff)
		return 0;
	device->vendor = print(err, "%04lx", numbers[0]);
	device->product = print(err, "%04lx", numbers[1]);
	return device->vendor && device->product ? 0 : -1;
}

/* What a virtual function is one of. */
static int read_physical(struct vtune__device *device, struct _xmlNode *capability,
			 struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(capability, "capability"), *address;
	unsigned long domain, bus, slot, function;

	while (node && (!vtune__xml_peek(node, "type") ||
			strcmp(vtune__xml_peek(node, "type"), "phys_function") != 0))
		node = vtune__xml_next(node, "capability");
	address = node ? vtune__xml_child(node, "address") : NULL;
	if (!address || !peek_number(address, "domain", UINT32_MAX, &domain) ||
	    !peek_number(address, "bus", 0xff, &bus) ||
	    !peek_number(address, "slot", 0x1f, &slot) ||
	    !peek_number(address, "function", 7, &function))
		return 0;
	device->pf = print(err, "%04lx:%02lx:%02lx.%lx", domain, bus, slot, function);
	return device->pf ? 0 : -1;
}

static void read_group(struct vtune__device *device, struct _xmlNode *capability)
{
	struct _xmlNode *group = vtune__xml_child(capability, "iommuGroup");
	unsigned long number;

	if (group && peek_number(group, "number", INT_MAX, &number))
		device->iommu_group = (int)number;
}

/* entry->device stays -1 for what a VM cannot be given. */
static int read_pci(struct vtune__draft *draft, struct _xmlNode *capability, struct entry *entry,
		    struct vtune_error **err)
{
	struct _xmlNode *numa = vtune__xml_child(capability, "numa");
	unsigned long class, domain, bus, slot, function;
	struct vtune__device *device;
	uint64_t node;

	if (!read_number(capability, "domain", UINT32_MAX, &domain) ||
	    !read_number(capability, "bus", 0xff, &bus) ||
	    !read_number(capability, "slot", 0x1f, &slot) ||
	    !read_number(capability, "function", 7, &function))
		return 0;
	entry->is_pci = true;
	entry->domain = (unsigned int)domain;
	entry->bus = (unsigned int)bus;
	if (!read_number(capability, "class", 0xffffff, &class) ||
	    !vtune__pci_class((unsigned int)(class >> 8)))
		return 0;
	device = vtune__draft_add_device(draft, err);
	if (!device)
		return -1;
	device->id = print(err, "%04lx:%02lx:%02lx.%lx", domain, bus, slot, function);
	device->class = vtune__strdup(vtune__pci_class((unsigned int)(class >> 8)), err);
	if (!device->id || !device->class || read_numbers(device, capability, err) < 0 ||
	    read_physical(device, capability, err) < 0)
		return -1;
	read_group(device, capability);
	if (numa && vtune__xml_peek_uint(numa, "node", &node) && has_node(draft, node))
		device->node = (int)node;
	entry->device = (int)draft->ndevices - 1;
	return 0;
}

static int copy_text(struct _xmlNode *parent, const char *child, char **out,
		     struct vtune_error **err)
{
	struct _xmlNode *node = parent ? vtune__xml_child(parent, child) : NULL;

	if (!node)
		return 0;
	*out = vtune__xml_text(node);
	return *out ? 0 : vtune__fail_memory(err);
}

/* Takes the text, in which "/dev/" does not count. */
static int add_label(struct entry *entry, char *text, struct vtune_error **err)
{
	static const char folder[] = "/dev/";
	char **place;

	if (strncmp(text, folder, strlen(folder)) == 0)
		memmove(text, text + strlen(folder), strlen(text) - strlen(folder) + 1);
	place = text[0] ? vtune__grow((void **)&entry->labels, &entry->nlabels, sizeof(*place), err)
			: NULL;
	if (!place) {
		bool empty = !text[0];

		free(text);
		return empty ? 0 : -1;
	}
	*place = text;
	return 0;
}

static int read_label(struct entry *entry, struct _xmlNode *capability, const char *child,
		      struct vtune_error **err)
{
	char *label = NULL;

	if (copy_text(capability, child, &label, err) < 0)
		return -1;
	return label ? add_label(entry, label, err) : 0;
}

/* <devnode type='link'>/dev/disk/by-id/ata-SSD</devnode>; of the other folders only the
 * system itself has use. */
static int read_links(struct entry *entry, struct _xmlNode *root, struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(root, "devnode");

	for (; node; node = vtune__xml_next(node, "devnode")) {
		const char *type = vtune__xml_peek(node, "type");
		char *link;

		if (!type || strcmp(type, "link") != 0)
			continue;
		link = vtune__xml_text(node);
		if (!link)
			return vtune__fail_memory(err);
		if (strncmp(link, "/dev/disk/by-id/", 16) != 0 &&
		    strncmp(link, "/dev/disk/by-path/", 18) != 0)
			free(link);
		else if (add_label(entry, link, err) < 0)
			return -1;
	}
	return 0;
}

static int read_labels(struct entry *entry, struct _xmlNode *root, struct _xmlNode *capability,
		       const char *type, struct vtune_error **err)
{
	if (strcmp(type, "net") == 0)
		return read_label(entry, capability, "interface", err);
	if (strcmp(type, "storage") != 0)
		return 0;
	return read_label(entry, capability, "block", err) < 0 ? -1 : read_links(entry, root, err);
}

static int read_entry(struct vtune__draft *draft, struct entries *entries, const char *xml,
		      struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__xml_free)
	struct _xmlDoc *document = vtune__xml_parse(xml, "device", err);
	struct _xmlNode *root, *capability;
	const char *type;
	struct entry *entry;

	if (!document)
		return -1;
	entry = vtune__grow((void **)&entries->list, &entries->count, sizeof(*entry), err);
	if (!entry)
		return -1;
	entry->device = -1;
	root = vtune__xml_root(document);
	capability = vtune__xml_child(root, "capability");
	type = capability ? vtune__xml_peek(capability, "type") : NULL;
	if (copy_text(root, "name", &entry->name, err) < 0 ||
	    copy_text(root, "parent", &entry->parent, err) < 0)
		return -1;
	if (!entry->name) {
		entry->name = vtune__strdup("", err);
		return entry->name ? 0 : -1;
	}
	if (type && strcmp(type, "pci") == 0)
		return read_pci(draft, capability, entry, err);
	return type ? read_labels(entry, root, capability, type, err) : 0;
}

/* ---- names ---- */

static int add_name(struct vtune__device *device, const char *label, struct vtune_error **err)
{
	char *copy = vtune__strdup(label, err), **place;

	if (!copy)
		return -1;
	place = vtune__grow((void **)&device->names, &device->nnames, sizeof(*place), err);
	if (!place) {
		free(copy);
		return -1;
	}
	*place = copy;
	return 0;
}

static int add_names(struct vtune__device *device, const struct entry *entry,
		     struct vtune_error **err)
{
	for (unsigned int i = 0; i < entry->nlabels; i++)
		if (add_name(device, entry->labels[i], err) < 0)
			return -1;
	return 0;
}

/* The nearest PCI device above it gets the names. */
static int name_device(struct vtune__draft *draft, const struct entries *entries,
		       const struct entry *from, struct vtune_error **err)
{
	const struct entry *entry = from;

	for (unsigned int depth = 0; entry && entry->parent && depth < MAX_DEPTH; depth++) {
		const struct entry key = { .name = entry->parent };

		entry = bsearch(&key, entries->list, entries->count, sizeof(key), compare_entries);
		if (entry && entry->device >= 0)
			return add_names(&draft->devices[entry->device], from, err);
	}
	return 0;
}

static int name_devices(struct vtune__draft *draft, const struct entries *entries,
			struct vtune_error **err)
{
	for (unsigned int i = 0; i < entries->count; i++)
		if (entries->list[i].nlabels > 0 &&
		    name_device(draft, entries, &entries->list[i], err) < 0)
			return -1;
	return 0;
}

/* ---- root buses ---- */

/* The bus of the topmost device of the same domain above it. */
static int find_root(struct vtune__draft *draft, const struct entries *entries,
		     const struct entry *from, struct vtune_error **err)
{
	struct vtune__device *device = &draft->devices[from->device];
	const struct entry *top = from;

	for (unsigned int depth = 0; top->parent && depth < MAX_BRIDGES; depth++) {
		const struct entry key = { .name = top->parent };
		const struct entry *above =
			bsearch(&key, entries->list, entries->count, sizeof(key), compare_entries);

		if (!above || !above->is_pci || above->domain != top->domain)
			break;
		top = above;
	}
	device->root = print(err, "%04x:%02x", top->domain, top->bus);
	return device->root ? 0 : -1;
}

static int find_roots(struct vtune__draft *draft, const struct entries *entries,
		      struct vtune_error **err)
{
	for (unsigned int i = 0; i < entries->count; i++)
		if (entries->list[i].device >= 0 &&
		    find_root(draft, entries, &entries->list[i], err) < 0)
			return -1;
	return 0;
}

/* ---- all ---- */

/* A host can do without its devices, but its owner should know. */
static int warn(struct vtune__draft *draft, struct vtune_error **err)
{
	const char *reason = virGetLastErrorMessage();

	return vtune__draft_warn(draft, err, "devices",
				 "libvirt does not tell all devices of the host: %s",
				 reason ? reason : "it gives no reason")
		       ? 0
		       : -1;
}

static int read_all(const struct vtune_connection *connection, struct vtune__draft *draft,
		    virNodeDevicePtr *devices, int count, struct vtune_error **err)
{
	VTUNE__CLEANUP(free_entries) struct entries entries = { 0 };

	for (int i = 0; i < count; i++) {
		VTUNE__CLEANUP(vtune__free_string)
		char *xml = connection->calls->virNodeDeviceGetXMLDesc(devices[i], 0);

		/* One that is gone by now is as one that was not there. */
		if (!xml && virGetLastErrorCode() == VIR_ERR_NO_NODE_DEVICE)
			continue;
		if (!xml)
			return warn(draft, err);
		if (read_entry(draft, &entries, xml, err) < 0)
			return -1;
	}
	if (entries.count > 0)
		qsort(entries.list, entries.count, sizeof(*entries.list), compare_entries);
	return find_roots(draft, &entries, err) < 0 ? -1 : name_devices(draft, &entries, err);
}

int vtune__host_read_devices(const struct vtune_connection *connection, struct vtune__draft *draft,
			     struct vtune_error **err)
{
	const unsigned int kinds = VIR_CONNECT_LIST_NODE_DEVICES_CAP_PCI_DEV |
				   VIR_CONNECT_LIST_NODE_DEVICES_CAP_NET |
				   VIR_CONNECT_LIST_NODE_DEVICES_CAP_STORAGE |
				   VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_HOST |
				   VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI_TARGET |
				   VIR_CONNECT_LIST_NODE_DEVICES_CAP_SCSI;
	const struct vtune__calls *calls = connection->calls;
	virNodeDevicePtr *devices = NULL;
	int count, rc;

	count = calls->virConnectListAllNodeDevices(connection->connection, &devices, kinds);
	if (count < 0)
		return virGetLastErrorCode() == VIR_ERR_NO_SUPPORT ? 0 : warn(draft, err);
	rc = read_all(connection, draft, devices, count, err);
	for (int i = 0; i < count; i++)
		calls->virNodeDeviceFree(devices[i]);
	free(devices);
	return rc;
}
