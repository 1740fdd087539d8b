/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second opinion for the tests: the best placement of a VM on a small host, by
 * exhaustive enumeration. It is written from the documents' description alone and
 * shares no code with the library. README.md beside this file says how it reads
 * the rules where they leave room.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum {
	ORACLE_CPUS = 64,
	ORACLE_NODES = 16,
	ORACLE_SIZES = 5,
	ORACLE_CELLS = 16,
	ORACLE_VCPUS = 64,
	ORACLE_THREADS = 16,
	ORACLE_DEVICES = 32,
	ORACLE_NAME = 64,
	ORACLE_VMS = 4
};

/* The eight costs, in the order of the plan's "cost" object. */
enum oracle_cost {
	ORACLE_REMOTE,
	ORACLE_SPREAD,
	ORACLE_DEVICE,
	ORACLE_HELPERS,
	ORACLE_CACHES,
	ORACLE_SPLIT_CORES,
	ORACLE_LEFTOVER,
	ORACLE_LEFTOVER_CACHES,
	ORACLE_COSTS
};

extern const char *const oracle_cost_name[ORACLE_COSTS];

struct oracle_node {
	unsigned int id;
	uint64_t cpus;		/* online */
	int64_t memory_kib;
	int64_t free_kib;	/* outside the huge page pools */
	int64_t total[ORACLE_SIZES];
	int64_t pages[ORACLE_SIZES];	/* free, by page size; [0]: ordinary */
	int64_t shared_vcpus;	/* of other VMs */
	bool dram;
};

/*
 * The host as one VM sees it: what the VM itself held counts as free. Nodes are
 * in the order of their ids, CPU n of a set is the n-th online CPU by id.
 */
struct oracle_host {
	unsigned int nnodes;
	struct oracle_node node[ORACLE_NODES];
	int64_t distance[ORACLE_NODES][ORACLE_NODES];
	unsigned int nsizes;
	int64_t size_kib[ORACLE_SIZES];	/* [0]: the ordinary page */
	unsigned int ncpus;
	unsigned int cpu_id[ORACLE_CPUS];
	unsigned int ncores;
	uint64_t core[ORACLE_CPUS];	/* online threads */
	unsigned int ngroups;
	uint64_t group[ORACLE_CPUS];
	uint64_t capable;	/* may be dedicated */
	uint64_t pool;		/* shared, before this VM takes any */
	uint64_t others;	/* held by other VMs */
	double overcommit;
	unsigned int ndevices;
	char device[ORACLE_DEVICES][ORACLE_NAME];
	int device_node[ORACLE_DEVICES];	/* -1: not known */
	char device_class[ORACLE_DEVICES][ORACLE_NAME];
	char vendor[ORACLE_DEVICES][ORACLE_NAME];
	char product[ORACLE_DEVICES][ORACLE_NAME];
	char pf[ORACLE_DEVICES][ORACLE_NAME];	/* of a virtual function; else empty */
	bool device_taken[ORACLE_DEVICES];	/* by another VM */
};

enum oracle_smt { ORACLE_PREFER, ORACLE_REQUIRE, ORACLE_ISOLATE };
enum oracle_mode { ORACLE_STRICT, ORACLE_RESTRICTIVE, ORACLE_PREFERRED, ORACLE_INTERLEAVE };
enum oracle_helper { ORACLE_SHARED, ORACLE_ISOLATED, ORACLE_FLOAT };
enum oracle_affinity { ORACLE_DEV_REQUIRE, ORACLE_DEV_PREFER, ORACLE_DEV_NONE };
enum oracle_pages { ORACLE_AUTO, ORACLE_NONE, ORACLE_ANY, ORACLE_SIZE };

struct oracle_iothread {
	int anchor;		/* node of its first located disk, -1: none */
	unsigned int ndisks;
	char disk[ORACLE_THREADS][ORACLE_NAME];
};

struct oracle_spec {
	char name[ORACLE_NAME];
	unsigned int vcpus;
	int64_t memory_kib;
	uint64_t dedicated;	/* vCPUs */
	enum oracle_smt smt;
	bool cells_auto;
	bool cells_listed;
	unsigned int ncells;
	uint64_t cell_vcpus[ORACLE_CELLS];
	int64_t cell_kib[ORACLE_CELLS];	/* -1: not stated */
	enum oracle_mode mode;
	bool has_nodes;
	uint32_t nodes;		/* allowed */
	int64_t max_distance;	/* -1: none */
	enum oracle_pages pages;
	int64_t page_kib;	/* with ORACLE_SIZE */
	enum oracle_helper emulator;
	enum oracle_helper iothreads;
	unsigned int nthreads;
	struct oracle_iothread thread[ORACLE_THREADS];
	unsigned int nhostdevs;	/* single devices */
	uint32_t may[ORACLE_DEVICES];	/* the host devices that it may be */
	bool again[ORACLE_DEVICES];	/* one more of what the one before it is of */
	enum oracle_affinity affinity[ORACLE_DEVICES];
	bool spread;
};

struct oracle_case {
	struct oracle_host host;
	struct oracle_spec spec;
};

/* The VM cut into cells, before any of them has a place. */
struct oracle_layout {
	unsigned int ncells;
	uint64_t vcpus[ORACLE_CELLS];
	unsigned int dedicated[ORACLE_CELLS];
	unsigned int shared[ORACLE_CELLS];
};

/* Where the cells' memory lies. */
struct oracle_memory {
	int64_t pages[ORACLE_CELLS][ORACLE_NODES];
	uint32_t nodes;		/* that hold any of it */
	int64_t remote;
};

struct oracle_answer {
	bool fits;
	int64_t page_kib;
	int64_t cost[ORACLE_COSTS];
	int64_t unasked;	/* devices not asked for on the cells' nodes */
	unsigned int ncells;
	unsigned int node[ORACLE_CELLS];
	struct oracle_memory memory;
};

/* A placement in every detail, as a plan document states it. */
struct oracle_plan {
	unsigned int ncells;
	unsigned int node[ORACLE_CELLS];
	unsigned int size;	/* index of the page size */
	int64_t pages[ORACLE_CELLS][ORACLE_NODES];
	uint64_t vcpu[ORACLE_VCPUS];
	uint64_t emulator;
	uint64_t thread[ORACLE_THREADS];
	uint64_t held;
};

/* oracle-util.c */
void oracle_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
struct json_object *oracle_get(struct json_object *object, const char *key);
int64_t oracle_int(struct json_object *object, const char *key, int64_t fallback);
const char *oracle_text(struct json_object *object, const char *key, const char *fallback);
unsigned int oracle_word(struct json_object *object, const char *key, const char *const *words);
unsigned int oracle_ids(const char *set, unsigned int *ids, unsigned int max);
int64_t oracle_kib(struct json_object *value);
void oracle_name(char *to, const char *from);

/* oracle-host.c, oracle-spec.c */
void oracle_read_host(struct oracle_host *host, struct json_object *document, const char *vm);
void oracle_read_spec(struct oracle_spec *spec, struct json_object *document,
		      const struct oracle_host *host);
void oracle_read(struct oracle_case *c, struct json_object *host, struct json_object *spec);

/* oracle-cells.c */
bool oracle_layout(const struct oracle_spec *spec, unsigned int ncells,
		   struct oracle_layout *layout);
bool oracle_size_allowed(const struct oracle_case *c, unsigned int size);
bool oracle_cell_pages(const struct oracle_case *c, const struct oracle_layout *layout,
		       unsigned int size, int64_t *pages);
bool oracle_may_give(const struct oracle_case *c, unsigned int node, unsigned int cell_node);
bool oracle_near(const struct oracle_case *c, uint32_t nodes);
int64_t oracle_helper_cost(const struct oracle_host *host, uint32_t nodes, uint32_t anchors);
uint32_t oracle_anchors(const struct oracle_spec *spec, unsigned int thread, uint32_t cell_nodes);
bool oracle_pool_ok(const struct oracle_host *host, unsigned int node, uint64_t held,
		    unsigned int shared);

/* oracle-devices.c */
bool oracle_devices_ok(const struct oracle_case *c, uint32_t cell_nodes);
int64_t oracle_device_cost(const struct oracle_case *c, uint32_t cell_nodes);
int64_t oracle_unasked(const struct oracle_case *c, uint32_t cell_nodes);
/* Every choice: what it costs, and which devices are taken. */
typedef void oracle_devices_fn(void *data, int64_t cost, uint32_t devices);
void oracle_each_devices(const struct oracle_case *c, uint32_t cell_nodes, oracle_devices_fn *each,
			 void *data);
bool oracle_devices_hold(const struct oracle_case *c, uint32_t cell_nodes,
			 const unsigned int *devices, int64_t *cost);
/* The devices that the VM is then given, ORACLE_DEVICES numbers. */
void oracle_devices(const struct oracle_case *c, uint32_t cell_nodes, unsigned int *devices);

/* oracle-memory.c */
typedef void oracle_memory_fn(void *data, const struct oracle_memory *memory);
void oracle_each_memory(const struct oracle_case *c, const struct oracle_layout *layout,
			const unsigned int *node, unsigned int size, int64_t max_remote,
			oracle_memory_fn *fn, void *data);

/* oracle-cpus.c */

/* What the rest of the VM demands of the shared pool of one node. */
enum oracle_want { ORACLE_ANY_POOL, ORACLE_SOME_POOL, ORACLE_NO_POOL };

/* The best ways to choose CPUs on one node: they differ only in the cache groups touched. */
struct oracle_choice {
	bool possible;
	int64_t caches, split, held;
	unsigned int ntouched;
	uint64_t *touched;	/* sets of groups */
};

struct oracle_cpus;
struct oracle_cpus *oracle_cpus_new(const struct oracle_case *c);
void oracle_cpus_free(struct oracle_cpus *cpus);
const struct oracle_choice *oracle_cpus_choose(struct oracle_cpus *cpus, unsigned int node,
					       unsigned int dedicated, unsigned int shared,
					       unsigned int helpers, enum oracle_want want);

/* oracle-solve.c */
void oracle_solve(const struct oracle_case *c, struct oracle_answer *answer);
struct json_object *oracle_answer_to_json(const struct oracle_case *c,
					  const struct oracle_answer *answer);

/* oracle-judge.c: NULL when the plan holds, else what is wrong; valid until the next call. */
const char *oracle_judge(const struct oracle_case *c, const struct oracle_plan *plan,
			 int64_t *cost);

/* oracle-plan.c: the same for a plan document, with its own figures checked. */
const char *oracle_check(const struct oracle_case *c, struct json_object *document,
			 int64_t *cost, int64_t *page_kib);

/* oracle-hold.c: a new host document, in which the plan is carried out. */
struct json_object *oracle_hold(const struct oracle_case *c, struct json_object *host,
				struct json_object *plan);

/* oracle-naive.c: false when the case is too large for it. */
bool oracle_naive(const struct oracle_case *c, struct oracle_answer *answer);

/* Every placement that holds, with up to "most" tries; false: that is too few. */
typedef void oracle_plan_fn(void *data, const struct oracle_case *c,
			    const struct oracle_plan *plan, const int64_t *cost);
bool oracle_each(const struct oracle_case *c, unsigned int most, oracle_plan_fn *fn, void *data);

/* Several VMs, each placed on what those before it leave: the sums. */
struct oracle_sum {
	int64_t cells;
	int64_t cost[ORACLE_COSTS];
	int64_t page_kib[ORACLE_VMS];	/* 0: ordinary pages, or not placed */
};

/*
 * oracle-together.c: the VMs that can be placed together, the first ones first, as
 * bits, and the least sum. False when the case is too large.
 */
bool oracle_together(const struct oracle_host *host, const struct oracle_spec *specs,
		     unsigned int count, unsigned int *placed, struct oracle_sum *best);
int oracle_compare_sums(const struct oracle_sum *a, const struct oracle_sum *b);

/* random-cases.c */
struct oracle_wishes {
	bool tiny;		/* small enough for oracle_naive() */
	bool one_cell;
	bool no_preferred;
	bool no_interleave;
	bool no_hugepages;
	bool no_helpers;
	bool no_devices;
	bool no_pools;		/* each device by its id */
	bool no_caches;
	bool dedicated_only;
};

/* Several VMs for one host. */
void oracle_random_team(uint64_t seed, uint64_t number, const struct oracle_wishes *wishes,
			unsigned int count, struct json_object **host,
			struct json_object **specs);
void oracle_random_case(uint64_t seed, uint64_t number, const struct oracle_wishes *wishes,
			struct json_object **host, struct json_object **spec);

#endif
