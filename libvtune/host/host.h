/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host: a draft that every source fills, and the checked, immutable host
 * that is built from it. */
#ifndef VTUNE_HOST_H
#define VTUNE_HOST_H

#include "../base/base.h"

struct vtune_plan;
struct vtune_spec;

enum vtune__memory_kind {
	VTUNE__DRAM,
	VTUNE__HBM,
	VTUNE__CXL,
	VTUNE__NVM,
	VTUNE__GPU,
};
extern const char *const vtune__memory_kind_names[]; /* NULL at the end */

/* ---- draft.c: what a source fills; in any order, not yet checked ---- */

struct vtune__draft_pages {
	uint64_t size_kib, total, free;
	bool has_free;
};

struct vtune__draft_distance {
	unsigned int to; /* node id */
	unsigned int value;
};

struct vtune__draft_node {
	unsigned int id;
	struct vtune__set cpus;
	uint64_t memory_kib; /* all of it, huge page pools included */
	uint64_t free_kib;   /* outside the pools */
	bool has_free;
	enum vtune__memory_kind kind;
	struct vtune__draft_pages *pages;
	unsigned int npages;
	struct vtune__draft_distance *distances;
	unsigned int ndistances;
};

struct vtune__cache {
	unsigned int level;
	struct vtune__set cpus;
};

struct vtune__device {
	char *id;     /* PCI address as 0000:41:00.0 */
	char *class;  /* network, display, storage, ...; "" where unknown */
	int node;     /* in a draft: node id (-1 in a new one); in a host: node index; -1 unknown */
	char **names; /* what the system calls it: eth0, nvme0n1, mlx5_0 */
	unsigned int nnames;
	/* NULL where unknown: four hex digits, in lower case. */
	char *vendor, *product;
	char *pf;	 /* of a virtual function: the id of its physical one; else NULL */
	char *root;	 /* the bus at the top of its tree, as 0000:40; NULL unknown */
	int iommu_group; /* -1 unknown */
	bool has_vfs;	 /* in a host: some other device has it as its pf */
};

struct vtune__memory_held {
	unsigned int node; /* in a draft: node id; in a host: node index */
	uint64_t size_kib, page_kib;
};

struct vtune__shared_held {
	unsigned int node; /* likewise */
	unsigned int vcpus;
};

struct vtune__allocation {
	/* How many hosts share the contents, atomic; NULL in a draft: they are its own. */
	unsigned int *references;
	char *vm;
	struct vtune__set cpus;
	struct vtune__shared_held *shared;
	unsigned int nshared;
	char **devices;
	unsigned int ndevices;
	struct vtune__memory_held *memory;
	unsigned int nmemory;
};

/* What runs the VMs, as libvirt tells it; a version is as libvirt counts it,
 * major * 1000000 + minor * 1000 + micro, and 0 where it is not known. */
struct vtune__hypervisor {
	char *type; /* QEMU, ...; NULL: not known */
	uint32_t version, libvirt;
};

/* What its processors are: the architecture in libvirt's words, and what the source calls
 * vendor and model. NULL: not known. */
struct vtune__processor {
	char *arch;   /* x86_64, aarch64, ppc64le, s390x, ... */
	char *vendor; /* Intel, AMD, ... */
	char *model;
};

/* What the host's owner should know of it. */
struct vtune__host_warning {
	char *code; /* clash, offline, missing, plan, ...: see vtune-host(5) */
	char *text;
	char **vms; /* that it is about */
	unsigned int nvms;
	struct vtune__set cpus; /* likewise; the host may lack them */
};

struct vtune__draft {
	char *name;
	struct vtune__hypervisor hypervisor;
	struct vtune__processor processor;
	uint64_t page_kib; /* 0: 4 */
	struct vtune__draft_node *nodes;
	unsigned int nnodes;
	struct vtune__set *cores;
	unsigned int ncores;
	struct vtune__cache *caches;
	unsigned int ncaches;
	struct vtune__set *packages;
	unsigned int npackages;
	struct vtune__set *dies, *clusters; /* packages may be of several, and dies of these */
	unsigned int ndies, nclusters;
	/* What the sets of CPUs above lie in, and then cannot grow; NULL: each has memory of
	 * its own. */
	uint64_t *words;
	struct vtune__device *devices;
	unsigned int ndevices;
	struct vtune__set reserved, shared, isolated, offline;
	bool has_shared;		/* shared is explicit */
	double overcommit;		/* 0: VTUNE__OVERCOMMIT */
	bool free_includes_allocations; /* "free_excludes_allocations": false */
	struct vtune__allocation *allocations;
	unsigned int nallocations;
	struct vtune__host_warning *warnings;
	unsigned int nwarnings;
};

/* Processors have up to four levels; firmware writes distances up to 254. */
#define VTUNE__MAX_CACHE_LEVEL 16
#define VTUNE__MAX_DISTANCE 65535
/* More than can run on any host; keeps sums of them small. */
#define VTUNE__MAX_SHARED_VCPUS (1u << 20)
/* The largest major version, so that a version fits 32 bits. */
#define VTUNE__MAX_MAJOR 4293
/* What the document leaves out; the ratio that OpenStack starts with. */
#define VTUNE__OVERCOMMIT 4.0

void vtune__draft_free(struct vtune__draft *draft);		   /* the contents, not *draft */
void vtune__allocation_free(struct vtune__allocation *allocation); /* the contents */
/* New, zeroed elements at the end of the draft's arrays (NULL: out of memory). */
struct vtune__draft_node *vtune__draft_add_node(struct vtune__draft *draft,
						struct vtune_error **err);
struct vtune__set *vtune__draft_add_core(struct vtune__draft *draft, struct vtune_error **err);
struct vtune__cache *vtune__draft_add_cache(struct vtune__draft *draft, struct vtune_error **err);
struct vtune__set *vtune__draft_add_package(struct vtune__draft *draft, struct vtune_error **err);
struct vtune__set *vtune__draft_add_die(struct vtune__draft *draft, struct vtune_error **err);
struct vtune__set *vtune__draft_add_cluster(struct vtune__draft *draft, struct vtune_error **err);
struct vtune__device *vtune__draft_add_device(struct vtune__draft *draft, struct vtune_error **err);
struct vtune__allocation *vtune__draft_add_allocation(struct vtune__draft *draft,
						      struct vtune_error **err);
void vtune__device_free(struct vtune__device *device); /* the contents */
/* Four hex digits. */
bool vtune__is_pci_number(const char *text);
void vtune__processor_free(struct vtune__processor *processor); /* the contents */
/* An error of VTUNE_ERR_DOCUMENT at /list/index, followed by rest. */
int vtune__draft_fail(struct vtune_error **err, const char *list, unsigned int index,
		      const char *rest, const char *format, ...) VTUNE__PRINTF(5, 6);

/* ---- host.c: the checked host ---- */

struct vtune__node {
	unsigned int id;
	enum vtune__memory_kind kind;
	struct vtune__set cpus; /* all, the offline ones included */
	uint64_t memory_kib;
};

/* The way between two nodes, by the lesser of both distances. */
struct vtune__neighbour {
	uint16_t to, length;
};

/* What never changes with the VMs on the host; shared between hosts that differ
 * in that alone. */
struct vtune__topology {
	unsigned int references; /* atomic */
	char *name;
	struct vtune__hypervisor hypervisor;
	struct vtune__processor processor;
	unsigned int page_kib;
	struct vtune__node *nodes; /* by id, ascending; the place is the index */
	unsigned int nnodes;
	unsigned int *distances;	     /* [from * nnodes + to], by index */
	struct vtune__neighbour *neighbours; /* [from * nnodes + nth], the shortest first */
	/* The huge page sizes of any node, ascending. */
	uint64_t *page_sizes;
	unsigned int npage_sizes;
	uint64_t *pool_total; /* pages: [node * npage_sizes + size] */

	unsigned int ncpus; /* one more than the highest CPU number */
	int *node_of_cpu;   /* by CPU number: node index, -1 where there is none */
	int *core_of_cpu;   /* core index, -1 */
	int *group_of_cpu;  /* cache group index, -1; numbered by their lowest CPU */
	/* Cores by their lowest thread, every CPU in exactly one (one of its own
	 * where the source names none). Offline threads are in them too. */
	struct vtune__set *cores;
	unsigned int ncores;
	unsigned int ngroups;
	struct vtune__cache *caches; /* as the source gave them */
	unsigned int ncaches;
	struct vtune__set *packages;
	unsigned int npackages;
	struct vtune__set *dies, *clusters; /* for what a guest sees of them, never for its place */
	unsigned int ndies, nclusters;
	struct vtune__device *devices; /* .node is an index; sorted by id */
	unsigned int ndevices;
	/* What the sets of CPUs above lie in: they never grow. */
	uint64_t *words;
	size_t nwords;			     /* given out so far */
	struct vtune__set cpus;		     /* all of them */
	struct vtune__set isolated, offline; /* subsets of cpus */
};

/* What the VMs leave: what a placement reads. */
struct vtune__room {
	struct vtune__set dedicated; /* dedicated-capable CPUs */
	struct vtune__set shared;    /* the shared pool */
	struct vtune__set held;	     /* by VMs, on allocations */
	uint64_t *free_kib;	     /* ordinary pages, by node index */
	uint64_t *free_pages;	     /* [node * npage_sizes + size] */
	unsigned int *shared_vcpus;  /* of allocations, by node index */
};

struct vtune_host {
	struct vtune__topology *topology;
	struct vtune__set reserved;
	struct vtune__set shared; /* when has_shared */
	bool has_shared;
	double overcommit;
	/* Free figures as given; free_includes says what they mean. */
	uint64_t *free_kib;   /* by node index */
	uint64_t *free_pages; /* [node * npage_sizes + size] */
	bool free_includes_allocations;
	struct vtune__allocation *allocations; /* .node are indexes */
	unsigned int nallocations;
	struct vtune__warnings *warnings; /* NULL: none */
	struct vtune__room room;	  /* for a VM that has no allocation here yet */
};

/* Check the draft and make the host of it: a CPU on two nodes, a core across
 * nodes, an id twice, ... are errors of VTUNE_ERR_DOCUMENT whose place is the
 * path in a host document. Does not take what the draft holds. */
struct vtune_host *vtune__host_build(const struct vtune__draft *draft, struct vtune_error **err);
int vtune__host_take_overcommit(struct vtune_host *host, double overcommit,
				struct vtune_error **err);
/* Have the host hold the allocations of the draft, in place of those it has. */
int vtune__host_take_allocations(struct vtune_host *host, const struct vtune__draft *draft,
				 struct vtune_error **err);

/* ---- warnings.c ---- */

/* The warnings of a host; shared between hosts that have the same. */
struct vtune__warnings {
	unsigned int references; /* atomic */
	struct vtune__host_warning *list;
	unsigned int count;
};

/* CPUs that several VMs hold. The first one of them that has an allocation has them
 * in it; of all others they are held as well. */
#define VTUNE__WARNING_CLASH "clash"
/* CPUs that a VM holds and the host keeps for itself. */
#define VTUNE__WARNING_RESERVED "reserved"

void vtune__host_warning_free(struct vtune__host_warning *warning); /* the contents */
void vtune__warnings_free(struct vtune__warnings *warnings);	    /* gives up a reference */
/* A new warning at the end of the draft's; NULL: out of memory. */
struct vtune__host_warning *vtune__draft_warn(struct vtune__draft *draft, struct vtune_error **err,
					      const char *code, const char *format, ...)
	VTUNE__PRINTF(4, 5);
int vtune__host_warning_add_vm(struct vtune__host_warning *warning, const char *vm,
			       struct vtune_error **err);
/* CPUs that these VMs, two at least, hold at once. */
int vtune__draft_warn_clash(struct vtune__draft *draft, char *const *vms, unsigned int nvms,
			    const struct vtune__set *cpus, struct vtune_error **err);
/* Have the host give the warnings of the draft, in place of those it has. */
int vtune__host_take_warnings(struct vtune_host *host, const struct vtune__draft *draft,
			      struct vtune_error **err);
/* Have it give those of another host, without the VM (NULL: all): a clash is then one
 * of those that are left, and one that is left alone gets the CPUs. The allocations
 * must be there. */
int vtune__host_copy_warnings(struct vtune_host *host, const struct vtune_host *from,
			      const char *without, struct vtune_error **err);
/* Once it has other reserved CPUs or, unless same_vms, other allocations: warn anew of
 * reserved CPUs that VMs hold, and no more of VMs that are not the same. */
int vtune__host_renew_warnings(struct vtune_host *host, bool same_vms, struct vtune_error **err);
/* Add the CPUs of clashes that a VM other than this one has a part in. */
int vtune__host_add_clashes(const struct vtune_host *host, const char *vm, struct vtune__set *held);

/* ---- topology.c, topology-cpus.c and topology-distances.c ---- */

struct vtune__topology *vtune__topology_build(const struct vtune__draft *draft,
					      struct vtune_error **err);
/* Give up one reference. */
void vtune__topology_free(struct vtune__topology *topology);
/* Cores, caches, packages, dies and clusters, once the nodes are there. */
int vtune__topology_add_cpus(struct vtune__topology *topology, const struct vtune__draft *draft,
			     struct vtune_error **err);
/* Distances, once the nodes are there. */
int vtune__topology_add_distances(struct vtune__topology *topology,
				  const struct vtune__draft *draft, struct vtune_error **err);
/* Copy a set of CPUs, all of which some node must have; where is its JSON path. */
int vtune__topology_copy_cpus(const struct vtune__topology *topology, struct vtune__set *to,
			      const struct vtune__set *from, const char *where,
			      struct vtune_error **err);
/* Index of a node id, or -1. */
int vtune__topology_node(const struct vtune__topology *topology, unsigned int id);
/* Index of a huge page size, or -1. */
int vtune__topology_page_size(const struct vtune__topology *topology, uint64_t size_kib);
/* d(from, to) by index. */
static inline unsigned int vtune__distance(const struct vtune__topology *topology,
					   unsigned int from, unsigned int to)
{
	return topology->distances[from * topology->nnodes + to];
}
/* The device of that id, or whose system name or /dev/name it is; or NULL. */
const struct vtune__device *vtune__topology_device(const struct vtune__topology *topology,
						   const char *id);

/* ---- room.c ---- */

/* What there is for the VM of that name: what it holds itself counts as free.
 * NULL: for a VM that holds nothing. */
int vtune__room_for(const struct vtune_host *host, const char *vm, struct vtune__room *room,
		    struct vtune_error **err);
/* Work out host->room, once all else of the host is there. */
int vtune__host_make_room(struct vtune_host *host, struct vtune_error **err);
void vtune__room_free(struct vtune__room *room); /* the contents */
/* Give what the allocation holds back to the free figures, or take it from them:
 * not above what there is, and not below 0. */
void vtune__allocation_move_memory(const struct vtune__allocation *allocation,
				   const struct vtune__topology *topology, bool give,
				   uint64_t *free_kib, uint64_t *free_pages);
bool vtune__host_has_allocation(const struct vtune_host *host, const char *vm);
/* Are at most overcommit times cpus shared vCPUs asked for? */
bool vtune__overcommit_holds(double overcommit, unsigned int vcpus, unsigned int cpus);

/* ---- plan-holds.c ---- */

/* What a plan that fits holds, in the name of vm; nodes are given by their ids. */
int vtune__allocation_of_plan(struct vtune__allocation *allocation, const struct vtune_plan *plan,
			      const char *vm, struct vtune_error **err);

/* ---- state.c: a copy of a host with other VMs on it ---- */

/* Shares the topology; everything else is copied, without the allocations of
 * the VM "without" (may be NULL), whose memory is free again. */
struct vtune_host *vtune__host_copy(const struct vtune_host *host, const char *without,
				    struct vtune_error **err);

/* ---- document-read.c: the host document, and the part of it that state.c reads ---- */

/* The caller frees what is in the draft, also when it fails. */
int vtune__host_read_draft(const char *json, struct vtune__draft *draft, struct vtune_error **err);
/* The keys reserved_cpus, shared_cpus, overcommit and allocations. */
struct vtune__json;
int vtune__host_read_state(const struct vtune__json *root, struct vtune__draft *draft,
			   struct vtune_error **err);

/* ---- document-read-system.c ---- */

/* The keys arch, cpu and hypervisor. */
int vtune__host_read_system(const struct vtune__json *root, struct vtune__draft *draft,
			    struct vtune_error **err);

/* ---- pools.c: the host as it would be with other huge page pools ---- */

/* With all of its free memory, as far as it goes, in free huge pages of that size. */
struct vtune_host *vtune__host_with_all_in_pages(const struct vtune_host *host, uint64_t size_kib,
						 struct vtune_error **err);
/* With as many more huge pages as a plan needs and its nodes do not have free. */
struct vtune_host *vtune__host_with_pages_for(const struct vtune_host *host,
					      const struct vtune_plan *plan,
					      struct vtune_error **err);

/* ---- hwloc.c: the only door to hwloc ---- */

/* ---- system-free.c: /sys of a machine; root is "" for this one ---- */

/* Fill in what is free now and the pools of each node (memory whose has_free is
 * set already is not ours: nothing of it is free), which CPUs are on it, what
 * vtune__system_read_devices() reads, and the isolated and offline CPUs. */
int vtune__system_read_free(struct vtune__draft *draft, const char *root, struct vtune_error **err);

/* ---- system-devices.c: likewise ---- */

/* Of the draft's devices: the node and the root bus of those that have none, the physical
 * function of virtual ones, and the IOMMU group. */
int vtune__system_read_devices(struct vtune__draft *draft, const char *root,
			       struct vtune_error **err);

/* ---- system-blocks.c: likewise, once the nodes of the devices are known ---- */

/* Give PCI devices the names of all block devices that lie on them. */
int vtune__system_name_blocks(struct vtune__draft *draft, const char *root,
			      struct vtune_error **err);

#endif
