/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's functions with faults: all go to libvirt's own test driver, but one of them,
 * counted from 1, may be made to fail. */
#ifndef VTUNE_TEST_FAKE_LIBVIRT_H
#define VTUNE_TEST_FAKE_LIBVIRT_H

#include "live/live.h"

enum fake_fault {
	FAKE_NONE,
	FAKE_FAIL,	   /* it is not done */
	FAKE_FAIL_LATE,	   /* it is done, and fails all the same */
	FAKE_PRETEND,	   /* it is not done, and does not tell; calls that set something only */
	FAKE_FAIL_SETTING, /* as FAKE_FAIL, with only those calls counted that set something */
	FAKE_DROP,	   /* from there on all fail: the connection is gone */
	FAKE_STOP,	   /* the domain is destroyed before it */
};

struct fake {
	enum fake_fault fault;
	unsigned int at;
	/* Counted since the fault was set. */
	unsigned int calls, settings;
	bool hit;
	virDomainPtr victim; /* of FAKE_STOP */
	/* May look at the state before each call that sets something. */
	void (*watch)(void *data);
	void *watch_data;
};

/* libvirt's test driver has no scheduler parameters of this kind: these are what every
 * running domain has, and shows in its XML once they were set. */
enum { FAKE_SCHEDULERS = 9 };
struct fake_scheduler {
	const char *name, *element;
	long long value;
	bool is_set;
};

extern struct fake fake;
extern struct fake_scheduler fake_schedulers[FAKE_SCHEDULERS];
/* The connection's calls to read and set them are those of the fake from then on. */
void fake_schedule(struct vtune_connection *connection);
const struct vtune__calls *fake_calls(void);

void fake_set(enum fake_fault fault, unsigned int at);

#endif
