/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a spec asks: disks and I/O threads. A plan says of each disk the same, with what
 * was left to the library filled in. */
#ifndef VTUNE_SPEC_DISKS_H
#define VTUNE_SPEC_DISKS_H

#include "../base/base.h"

struct vtune_spec;

/* In each enum the first value is the default, and no word of libvirt where it is AUTO. */
enum vtune__disk_device {
	VTUNE__DEVICE_DISK,
	VTUNE__DEVICE_LUN,
	VTUNE__DEVICE_CDROM,
	VTUNE__DEVICE_FLOPPY,
};
enum vtune__disk_cache {
	VTUNE__CACHE_AUTO,
	VTUNE__CACHE_NONE,
	VTUNE__CACHE_DIRECTSYNC,
	VTUNE__CACHE_WRITETHROUGH,
	VTUNE__CACHE_WRITEBACK,
	VTUNE__CACHE_UNSAFE,
};
enum vtune__disk_io { VTUNE__IO_AUTO, VTUNE__IO_NATIVE, VTUNE__IO_THREADS, VTUNE__IO_URING };
enum vtune__disk_discard { VTUNE__DISCARD_AUTO, VTUNE__DISCARD_UNMAP, VTUNE__DISCARD_IGNORE };
enum vtune__disk_zeroes {
	VTUNE__ZEROES_AUTO,
	VTUNE__ZEROES_OFF,
	VTUNE__ZEROES_ON,
	VTUNE__ZEROES_UNMAP,
};

/* What a domain said of a disk and a spec cannot, because it is wrong there. */
enum vtune__disk_mend {
	VTUNE__MEND_IO = 1,	       /* native, with a cache of the host */
	VTUNE__MEND_IOTHREAD = 1 << 1, /* where there can be none */
	VTUNE__MEND_QUEUES = 1 << 2,   /* likewise */
};

struct vtune__disk_spec {
	char *target; /* vda */
	char *bus;    /* virtio, scsi, ... */
	char *type;   /* block, file, ...; "" unknown */
	char *source; /* "" unknown */
	char *format; /* raw, qcow2, ...; "" unknown */
	enum vtune__disk_device device;
	enum vtune__disk_cache cache;
	enum vtune__disk_io io;
	enum vtune__disk_discard discard;
	enum vtune__disk_zeroes zeroes;
	unsigned int queues;	 /* 0: auto */
	unsigned int queue_size; /* 0: not said */
	/* Ids of I/O threads; empty: any. Those of a scsi disk are its controller's, and
	 * so are its queues. */
	struct vtune__set iothread;
	unsigned int iothreads; /* how many, where iothread says none; 0: it has none */
	unsigned int controller;
	bool rawio, readonly;
	unsigned int mended; /* enum vtune__disk_mend */
};

/* Settings of an I/O thread: how long it polls before it sleeps, in nanoseconds, and how
 * many threads it has for what would make it wait. */
enum vtune__iothread_setting {
	VTUNE__POLL_MAX,
	VTUNE__POLL_GROW,
	VTUNE__POLL_SHRINK,
	VTUNE__POOL_MIN,
	VTUNE__POOL_MAX,
	VTUNE__IOTHREAD_SETTINGS,
};
struct vtune__iothread_tuning {
	unsigned int said; /* a bit for each setting */
	int64_t value[VTUNE__IOTHREAD_SETTINGS];
};
#define VTUNE__POLL_SETTINGS \
	(1u << VTUNE__POLL_MAX | 1u << VTUNE__POLL_GROW | 1u << VTUNE__POLL_SHRINK)
#define VTUNE__POOL_SETTINGS (1u << VTUNE__POOL_MIN | 1u << VTUNE__POOL_MAX)

/* libvirt's own words, NULL at the end; for AUTO there is none or "auto". */
extern const char *const vtune__disk_buses[];
extern const char *const vtune__disk_types[];
extern const char *const vtune__disk_formats[];
extern const char *const vtune__disk_devices[];
extern const char *const vtune__disk_caches[];
extern const char *const vtune__disk_ios[];
extern const char *const vtune__disk_discards[];
extern const char *const vtune__zeroes_words[];

/* VIRTIO_QUEUE_MAX of QEMU; virtio-scsi has two queues besides. */
#define VTUNE__MAX_QUEUES 1024
#define VTUNE__MAX_SCSI_QUEUES 1022
/* Of a virtio-blk queue, in QEMU: powers of two. */
#define VTUNE__MIN_QUEUE_SIZE 4
#define VTUNE__MAX_QUEUE_SIZE 1024
#define VTUNE__MAX_IOTHREADS 1024
#define VTUNE__MAX_IOTHREAD_ID UINT16_MAX
/* More SCSI controllers than any guest has slots for. */
#define VTUNE__MAX_CONTROLLER 255

/* ---- disks.c ---- */

/* The bus that libvirt takes for a target that says none; NULL: it is no target. */
const char *vtune__spec_bus_of_target(const char *target);
/* The SCSI controller that libvirt puts it on where nothing says one. */
unsigned int vtune__spec_controller_of_target(const char *target);
bool vtune__disk_is_on(const struct vtune__disk_spec *disk, const char *bus);
/* A disk, not a drive for CDs or floppies. */
bool vtune__disk_is_fixed(const struct vtune__disk_spec *disk);
/* Can it, or its controller, have an I/O thread? */
bool vtune__disk_takes_iothread(const struct vtune__disk_spec *disk);
/* Does the cache have the host's page cache in it, so that there is no O_DIRECT? */
bool vtune__disk_cache_is_host(enum vtune__disk_cache cache);
/* What is wrong with it on its own, as static text, and the key that is to blame; NULL:
 * nothing. */
const char *vtune__disk_fault(const struct vtune__disk_spec *disk, const char **key);
/* The first disk before it that is on the same SCSI controller, or itself. */
unsigned int vtune__spec_controller_first(const struct vtune_spec *spec, unsigned int disk);
/* The id of I/O thread i (0, 1, ...), ascending. */
unsigned int vtune__spec_iothread_id(const struct vtune_spec *spec, unsigned int i);
/* What the count "auto" is for these disks, ids and vCPUs. */
unsigned int vtune__spec_auto_iothreads(const struct vtune_spec *spec);
/* Have iothread_ids hold those that disks name, too. */
int vtune__spec_note_iothreads(struct vtune_spec *spec, struct vtune_error **err);
/* Is the least of its thread pool not more than the most? */
bool vtune__iothread_tuning_holds(const struct vtune__iothread_tuning *tuning);
int vtune__disk_copy(struct vtune__disk_spec *to, const struct vtune__disk_spec *from,
		     struct vtune_error **err);
void vtune__disk_free(struct vtune__disk_spec *disk); /* the contents */

#endif
