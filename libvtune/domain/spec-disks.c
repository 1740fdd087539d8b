/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain.h"

#include <stdlib.h>
#include <string.h>

#include "../base/xml.h"
#include "../spec/spec.h"

/* The path, or the PCI address, that the host may know as a device; "" for others. */
static const char *source_of(struct _xmlNode *disk, const char *type, char address[16])
{
	struct _xmlNode *source = vtune__xml_child(disk, "source");
	struct _xmlNode *place = source ? vtune__xml_child(source, "address") : NULL;
	const char *text = NULL;

	if (source && strcmp(type, "file") == 0)
		text = vtune__xml_peek(source, "file");
	else if (source && (strcmp(type, "block") == 0 || strcmp(type, "vhostvdpa") == 0))
		text = vtune__xml_peek(source, "dev");
	else if (source && strcmp(type, "dir") == 0)
		text = vtune__xml_peek(source, "dir");
	else if (place && strcmp(type, "nvme") == 0 && vtune__domain_pci_address(place, address))
		text = address;
	return text && vtune__is_plain(text) ? text : "";
}

static bool is_there(const struct vtune_spec *spec, const char *target)
{
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		if (strcmp(spec->disks[i].target, target) == 0)
			return true;
	}
	return false;
}

/* The word as the list has it, or NULL. */
static const char *known(const char *const *words, const char *word)
{
	int place = vtune__find_word(words, word);

	return place < 0 ? NULL : words[place];
}

/* The place of the attribute's word; 0, which is the default, where it has none of them. */
static int word_of(struct _xmlNode *node, const char *attribute, const char *const *words)
{
	int word = vtune__find_word(words, node ? vtune__xml_peek(node, attribute) : NULL);

	return word < 0 ? 0 : word;
}

static unsigned int number_of(struct _xmlNode *node, const char *attribute, unsigned int min,
			      unsigned int max)
{
	uint64_t number;

	if (!node || !vtune__xml_peek_uint(node, attribute, &number) || number < min ||
	    number > max)
		return 0;
	return (unsigned int)number;
}

/* ---- I/O threads ---- */

static int add_id(struct vtune__set *ids, struct _xmlNode *node, const char *attribute,
		  struct vtune_error **err)
{
	unsigned int id = number_of(node, attribute, 1, VTUNE__MAX_IOTHREAD_ID);

	return id > 0 && vtune__set_add(ids, id) < 0 ? vtune__fail_memory(err) : 0;
}

static int take_ids(struct vtune__set *ids, struct _xmlNode *driver, struct vtune_error **err)
{
	struct _xmlNode *list = driver ? vtune__xml_child(driver, "iothreads") : NULL;
	struct _xmlNode *thread = list ? vtune__xml_child(list, "iothread") : NULL;

	for (; thread; thread = vtune__xml_next(thread, "iothread")) {
		if (add_id(ids, thread, "id", err) < 0)
			return -1;
	}
	return add_id(ids, driver, "iothread", err);
}

/* Of those that other models have nothing is governed. */
static int take_controller(struct vtune__disk_spec *it, struct _xmlNode *disk,
			   struct _xmlNode *devices, struct vtune_error **err)
{
	struct _xmlNode *controller, *driver;

	it->controller = vtune__domain_controller_of(disk, it->target);
	controller = vtune__domain_find_controller(devices, it->controller);
	if (!controller)
		return 0;
	if (!vtune__domain_is_virtio_scsi(controller)) {
		it->iothreads = 0;
		return 0;
	}
	if (!vtune__disk_takes_iothread(it))
		return 0;
	driver = vtune__xml_child(controller, "driver");
	it->queues = number_of(driver, "queues", 1, VTUNE__MAX_SCSI_QUEUES);
	return take_ids(&it->iothread, driver, err);
}

/* ---- one disk ---- */

static int take_texts(struct vtune__disk_spec *it, struct _xmlNode *disk, const char *target,
		      const char *bus, struct vtune_error **err)
{
	const char *type = known(vtune__disk_types, vtune__xml_peek(disk, "type"));
	struct _xmlNode *driver = vtune__xml_child(disk, "driver");
	const char *format = driver ? vtune__xml_peek(driver, "type") : NULL;
	char address[16];

	if (!type)
		type = "";
	format = known(vtune__disk_formats, format);
	it->target = vtune__strdup(target, err);
	it->bus = it->target ? vtune__strdup(bus, err) : NULL;
	it->type = it->bus ? vtune__strdup(type, err) : NULL;
	it->source = it->type ? vtune__strdup(source_of(disk, type, address), err) : NULL;
	it->format = it->source ? vtune__strdup(format ? format : "", err) : NULL;
	return it->format ? 0 : -1;
}

static int take_driver(struct vtune__disk_spec *it, struct _xmlNode *driver,
		       struct vtune_error **err)
{
	unsigned int size =
		number_of(driver, "queue_size", VTUNE__MIN_QUEUE_SIZE, VTUNE__MAX_QUEUE_SIZE);

	it->cache = (enum vtune__disk_cache)word_of(driver, "cache", vtune__disk_caches);
	it->io = (enum vtune__disk_io)word_of(driver, "io", vtune__disk_ios);
	it->discard = (enum vtune__disk_discard)word_of(driver, "discard", vtune__disk_discards);
	it->zeroes = (enum vtune__disk_zeroes)word_of(driver, "detect_zeroes", vtune__zeroes_words);
	it->queues = number_of(driver, "queues", 1, VTUNE__MAX_QUEUES);
	it->queue_size = (size & (size - 1)) == 0 ? size : 0;
	return take_ids(&it->iothread, driver, err);
}

static bool is_at_mmio(struct _xmlNode *disk)
{
	struct _xmlNode *address = vtune__xml_child(disk, "address");
	const char *type = address ? vtune__xml_peek(address, "type") : NULL;

	return type && strcmp(type, "virtio-mmio") == 0;
}

/* libvirt would refuse these; the plan takes them out, and warns. */
static void mend(struct vtune__disk_spec *it)
{
	bool has_queues = vtune__disk_is_on(it, "virtio");

	if (!vtune__set_is_empty(&it->iothread) &&
	    (!has_queues || !vtune__disk_takes_iothread(it) || it->iothreads == 0)) {
		vtune__set_clear(&it->iothread);
		it->mended |= VTUNE__MEND_IOTHREAD;
	}
	if (it->queues > 0 && !has_queues) {
		it->queues = 0;
		it->mended |= VTUNE__MEND_QUEUES;
	}
	if (!has_queues)
		it->queue_size = 0;
	if (it->io == VTUNE__IO_NATIVE && vtune__disk_cache_is_host(it->cache)) {
		it->io = VTUNE__IO_AUTO;
		it->mended |= VTUNE__MEND_IO;
	}
}

/* What no rule has an answer for stays in the domain as it stands, and out of the spec. */
static void leave_out(struct vtune__disk_spec *it)
{
	const char *key;

	while (vtune__disk_fault(it, &key)) {
		if (strcmp(key, "rawio") == 0) {
			it->rawio = false;
		} else if (strcmp(key, "detect_zeroes") == 0) {
			it->zeroes = VTUNE__ZEROES_AUTO;
		} else if (strcmp(key, "device") == 0) {
			it->device = VTUNE__DEVICE_DISK;
		} else {
			it->cache = VTUNE__CACHE_AUTO;
			it->io = VTUNE__IO_AUTO;
			it->discard = VTUNE__DISCARD_AUTO;
			it->zeroes = VTUNE__ZEROES_AUTO;
		}
	}
}

static int add(struct vtune_spec *spec, struct _xmlNode *disk, const char *target, const char *bus,
	       struct _xmlNode *devices, struct vtune_error **err)
{
	const char *rawio = vtune__xml_peek(disk, "rawio");
	struct vtune__disk_spec *it;

	it = vtune__grow((void **)&spec->disks, &spec->ndisks, sizeof(*it), err);
	if (!it)
		return -1;
	it->iothreads = 1;
	it->controller = vtune__spec_controller_of_target(target);
	it->device = (enum vtune__disk_device)word_of(disk, "device", vtune__disk_devices);
	it->rawio = rawio && strcmp(rawio, "yes") == 0;
	it->readonly = vtune__xml_child(disk, "readonly") != NULL;
	if (take_texts(it, disk, target, bus, err) < 0 ||
	    take_driver(it, vtune__xml_child(disk, "driver"), err) < 0)
		return -1;
	/* libvirt has I/O threads for PCI and CCW only. */
	if (is_at_mmio(disk))
		it->iothreads = 0;
	mend(it);
	if (vtune__disk_is_on(it, "scsi") && take_controller(it, disk, devices, err) < 0)
		return -1;
	leave_out(it);
	return 0;
}

/* A spec has no words for some disks; these stay as they are. */
static int add_disk(struct vtune_spec *spec, struct _xmlNode *disk, struct _xmlNode *devices,
		    struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(disk, "target");
	const char *target = node ? vtune__xml_peek(node, "dev") : NULL;
	const char *bus = node ? vtune__xml_peek(node, "bus") : NULL;
	const char *default_bus = target ? vtune__spec_bus_of_target(target) : NULL;

	bus = bus ? known(vtune__disk_buses, bus) : default_bus;
	if (!default_bus || !bus || is_there(spec, target))
		return 0;
	if (spec->ndisks == VTUNE__MAX_DEVICES)
		return vtune__xml_fail(disk, err, VTUNE_ERR_DOCUMENT,
				       "There are more than %u disks", VTUNE__MAX_DEVICES);
	return add(spec, disk, target, bus, devices, err);
}

/* Neither is there what every scsi disk of several vCPUs has that may have it. */
static bool has_nothing(const struct vtune__disk_spec *disk, const struct vtune_plan *plan)
{
	if (!vtune__set_is_empty(&disk->iothread) || !vtune__disk_takes_iothread(disk))
		return false;
	return plan->niothreads > 0 ||
	       (vtune__disk_is_on(disk, "scsi") && disk->queues == 0 && plan->nvcpus > 1);
}

/* A disk that was to have no I/O thread gets none now, nor what its controller has with one. */
static void take_planned(struct vtune_spec *spec, const struct vtune_plan *plan)
{
	for (unsigned int i = 0; i < spec->ndisks; i++) {
		struct vtune__disk_spec *it = &spec->disks[i];

		for (unsigned int j = 0; j < plan->ndisks; j++)
			if (strcmp(plan->disks[j].target, it->target) == 0 &&
			    has_nothing(&plan->disks[j], plan) && has_nothing(it, plan))
				it->iothreads = 0;
	}
}

int vtune__spec_of_disks(struct vtune_spec *spec, struct _xmlNode *domain,
			 const struct vtune_plan *plan, struct vtune_error **err)
{
	struct _xmlNode *devices = vtune__xml_child(domain, "devices");
	struct _xmlNode *disk = devices ? vtune__xml_child(devices, "disk") : NULL;

	for (; disk; disk = vtune__xml_next(disk, "disk")) {
		if (add_disk(spec, disk, devices, err) < 0)
			return -1;
	}
	if (plan)
		take_planned(spec, plan);
	return 0;
}
