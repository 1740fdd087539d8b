/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plan governs of a domain besides its pins, in one table: what the domain remembers
 * of it, what is put back, and in what two forms of a domain differ. */
#ifndef VTUNE_COMPARE_H
#define VTUNE_COMPARE_H

#include "live.h"

/* ---- device-kinds.c ---- */

struct vtune__device_kind {
	const char *element;
	const char *code;    /* of reports */
	const char *what;    /* "disk" */
	const char *differs; /* "has other settings of its driver" */
	bool (*is)(struct _xmlNode *device);
	/* What tells it from others of its kind: owned by the document, or in the buffer.
	 * NULL: nothing. */
	const char *(*name)(struct _xmlNode *device, char buffer[32]);
	/* Did the plan make it? Asked of one that was not there before. NULL: no plan makes any. */
	bool (*is_made)(struct _xmlNode *device, const struct vtune_plan *plan);
	/* Child elements, NULL at the end: those that tell it, and those that a plan may change,
	 * besides <address>. */
	const char *const *keys, *const *parts;
	/* Attributes of its own that a plan may change, NULL at the end. */
	const char *const *attributes;
	const char *const *added; /* what libvirt adds by itself, as vtune__xml_same() has it */
	const char *const *order; /* as libvirt writes what is in it */
	bool is_typed;		  /* of another type it is another device */
	bool is_whole;		  /* plans take such a device away, so all of it is kept */
};

/* NULL: a plan governs nothing of the device. */
const struct vtune__device_kind *vtune__device_kind(struct _xmlNode *device);
/* The first <disk>, <controller>, ... of a domain, of any kind; NULL: there is none. */
struct _xmlNode *vtune__device_first(struct _xmlNode *domain);
/* The same device in another form of the domain; NULL: it is not there. */
struct _xmlNode *vtune__device_find(struct _xmlNode *domain, struct _xmlNode *device);

/* ---- device-made.c: is a device as a plan would make it? ---- */

bool vtune__device_made_disk(struct _xmlNode *disk, const struct vtune_plan *plan);
bool vtune__device_made_scsi(struct _xmlNode *controller, const struct vtune_plan *plan);
bool vtune__device_made_interface(struct _xmlNode *interface, const struct vtune_plan *plan);
bool vtune__device_made_hostdev(struct _xmlNode *hostdev, const struct vtune_plan *plan);

/* ---- former-devices.c ---- */

/* Have <devices> hold nothing but what a plan governs, and what tells devices apart. */
void vtune__former_keep_devices(struct _xmlNode *devices);
/* Put these back, once all else of the domain is as it was; take away what the plan made, and
 * put back what it took away. plan: NULL where there is none. */
int vtune__former_put_devices(struct _xmlNode *domain, struct _xmlNode *former,
			      const struct vtune_plan *plan, struct vtune_error **err);

/* ---- former-pcie.c: of them the controllers of PCI, and where devices are on these ---- */

/* Have a <controller> that is not ours hold nothing but which one it is. */
void vtune__former_keep_controller(struct _xmlNode *controller);
/* Move the devices back that a plan has moved. */
int vtune__former_put_addresses(struct _xmlNode *domain, struct _xmlNode *former,
				struct vtune_error **err);
/* Take away ports and buses that were not there, and have nothing on them. */
void vtune__former_drop_controllers(struct _xmlNode *domain, struct _xmlNode *former);

/* ---- compare.c ---- */

/* Two forms of a domain, each parsed once. */
struct vtune__pair {
	struct _xmlDoc *docs[2];
	struct _xmlNode *have, *want; /* the domains */
};

int vtune__pair_open(struct vtune__pair *pair, const char *have, const char *want,
		     struct vtune_error **err);
void vtune__pair_close(struct vtune__pair *pair); /* for VTUNE__CLEANUP */

enum vtune__difference_kind {
	VTUNE__CHANGED,
	VTUNE__MISSING, /* a device that want alone has */
	VTUNE__OVER,	/* one that have alone has */
};

struct vtune__difference {
	const char *code;    /* see vtune-report(5) */
	const char *element; /* where it is */
	const char *text;    /* a sentence of what have is, where want is as planned */
	const char *due;     /* a sentence of what the next start changes */
	enum vtune__difference_kind change;
	bool is_any; /* another device is as good, or it is that of others */
};
/* -1: it failed, and that ends it. */
typedef int vtune__difference_fn(void *data, const struct vtune__difference *difference);

/* Tell of each difference, of what only a start of the domain changes. What libvirt adds by
 * itself to have is none. */
int vtune__compare(const struct vtune__pair *pair, vtune__difference_fn *tell, void *data,
		   struct vtune_error **err);

/* ---- compare-devices.c ---- */

/* Of it the devices. */
int vtune__compare_devices(const struct vtune__pair *pair, vtune__difference_fn *tell, void *data,
			   struct vtune_error **err);

/* ---- compare-cpu.c ---- */

/* Has the guest the same mode, model, features and caches of its CPU; the same topology of it? */
bool vtune__compare_cpu_model(struct _xmlNode *have, struct _xmlNode *want);
bool vtune__compare_cpu_topology(struct _xmlNode *have, struct _xmlNode *want);

#endif
