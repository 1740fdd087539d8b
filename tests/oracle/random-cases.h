/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the generator share: a host in the making. */
#ifndef RANDOM_CASES_H
#define RANDOM_CASES_H

#include "oracle.h"

enum { RANDOM_CPUS = 48, RANDOM_NODES = 6, RANDOM_SIZES = 3, RANDOM_DEVICES = 8 };

struct random_cpu {
	unsigned int id, node, core;
	bool offline, reserved, isolated, shared, taken;
};

struct random_node {
	unsigned int id;
	bool no_cpus, no_memory;
	int64_t total[RANDOM_SIZES];	/* pages of each size */
	int64_t free[RANDOM_SIZES];
	int64_t slack[RANDOM_SIZES];	/* what allocations may still hold */
};

struct random_case {
	uint64_t state;
	const struct oracle_wishes *wishes;
	bool roomy;		/* a host on which most things fit */
	unsigned int team;	/* so many VMs are to share it; 0: one has it all */
	unsigned int nnodes, ncpus, ncores;
	struct random_node node[RANDOM_NODES];
	struct random_cpu cpu[RANDOM_CPUS];
	int64_t distance[RANDOM_NODES][RANDOM_NODES];
	bool has_distances;
	unsigned int nsizes;
	int64_t size_kib[RANDOM_SIZES];	/* [0]: the ordinary page */
	int64_t unit_kib;	/* the VM's memory is about "units" of these */
	int64_t units;
	bool has_shared, excluded;
	unsigned int ndevices;
	int device_node[RANDOM_DEVICES];
	bool device_taken[RANDOM_DEVICES];
	int device_pf[RANDOM_DEVICES];	/* the device that it is a virtual function of, or -1 */
	char device[RANDOM_DEVICES][ORACLE_NAME];
	char vm[ORACLE_NAME];
};

/* random-cases.c */
unsigned int random_below(struct random_case *r, unsigned int limit);
bool random_chance(struct random_case *r, unsigned int percent);
unsigned int random_weighted(struct random_case *r, const unsigned int *weights,
			     unsigned int count);
void random_add_int(struct json_object *to, const char *key, int64_t value);
void random_add_text(struct json_object *to, const char *key, const char *value);
const char *random_set_text(const bool *member, unsigned int count);

/* random-hosts.c, random-specs.c */
struct json_object *random_host(struct random_case *r);
struct json_object *random_spec(struct random_case *r);

#endif
