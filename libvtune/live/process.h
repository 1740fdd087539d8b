/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A QEMU process as /proc and the cgroups show it. root is "", or the folder of a
 * test that has a proc/ and a sys/ of its own. */
#ifndef VTUNE_PROCESS_H
#define VTUNE_PROCESS_H

#include "live.h"

/* ---- process.c ---- */

/* runtime: the folder of a user's own libvirt, NULL: none. 0 where it cannot be told. */
int vtune__process_find(const char *root, const char *runtime, const char *name, const char *uuid);

/* ---- threads.c ---- */

enum vtune__thread_kind {
	VTUNE__THREAD_MAIN, /* the emulator's own */
	VTUNE__THREAD_VCPU,
	VTUNE__THREAD_IOTHREAD,
	VTUNE__THREAD_OTHER, /* workers of the emulator, or of an I/O thread */
};

struct vtune__thread {
	int tid;
	enum vtune__thread_kind kind;
	unsigned int id; /* of a vCPU or I/O thread */
	char name[32];
	struct vtune__set cpus; /* where the kernel lets it run */
	char *cgroup;		/* the folder under /sys/fs/cgroup with its cpuset; NULL: none */
};

struct vtune__thread_list {
	struct vtune__thread *items;
	unsigned int count;
};

/* Those that end meanwhile are left out. VTUNE_ERR_SYSTEM with ENOENT when the whole
 * process is gone. */
int vtune__threads_read(struct vtune__thread_list *threads, const char *root, int pid,
			struct vtune_error **err);
void vtune__threads_free(struct vtune__thread_list *threads); /* the contents */
/* Is its cgroup its own, and not that of all the process? */
bool vtune__thread_has_folder(const struct vtune__thread *thread);

/* ---- cgroup.c ---- */

/* What a cpuset folder says: all that is effective. false: it says nothing. */
int vtune__cgroup_read(const char *root, const char *folder, const char *what,
		       struct vtune__set *set, struct vtune_error **err);
/* The folder that holds the cpuset of what a /proc/.../cgroup file says; NULL without
 * *err: none. */
char *vtune__cgroup_folder(const char *root, const char *text, struct vtune_error **err);

/* ---- cgroup-memory.c ---- */

/* The folders of a process that bind its memory to some nodes only. */
struct vtune__folder {
	char *path;
	struct vtune__set nodes; /* as it was */
};

struct vtune__folders {
	struct vtune__folder *items;
	unsigned int count;
};

/* Let the memory of the process onto more nodes. Nothing is changed, and folders is empty,
 * where they are allowed already, or where libvirt made no folders. */
int vtune__folders_widen(struct vtune__folders *folders, int pid, const struct vtune__set *nodes,
			 struct vtune_error **err);
/* Once the memory is there: let it be nowhere else. The kernel binds the mappings anew. */
int vtune__folders_narrow(const struct vtune__folders *folders, const struct vtune__set *nodes,
			  struct vtune_error **err);
/* As they were, or all of them as any was. The kernel moves memory back with that. */
void vtune__folders_restore(const struct vtune__folders *folders);
void vtune__folders_free(struct vtune__folders *folders); /* the contents */

/* ---- numa-maps.c ---- */

struct vtune__area_node {
	unsigned int node;
	uint64_t kib;
};

/* One mapping of the process. */
struct vtune__area {
	uint64_t start, end;
	uint64_t page_kib;
	bool is_writable;
	char *file;		 /* NULL: anonymous */
	struct vtune__set bound; /* the nodes that its policy names; empty: none */
	struct vtune__area_node *nodes;
	unsigned int nnodes;
};

struct vtune__areas {
	struct vtune__area *items; /* by address, ascending */
	unsigned int count;
};

/* From the texts of /proc/PID/numa_maps and /proc/PID/maps; where names the first. */
int vtune__areas_parse(struct vtune__areas *areas, const char *numa_maps, const char *maps,
		       const char *where, struct vtune_error **err);
int vtune__areas_read(struct vtune__areas *areas, const char *root, int pid,
		      struct vtune_error **err);
void vtune__areas_free(struct vtune__areas *areas); /* the contents */
uint64_t vtune__area_kib(const struct vtune__area *area);
/* What of it lies on a node. */
uint64_t vtune__area_on(const struct vtune__area *area, unsigned int node);

/* ---- guest-memory.c: which mappings are the guest's ---- */

struct vtune__guest_memory {
	struct vtune__areas areas;
	int *cell_of;		   /* by area; -1: not the guest's */
	struct vtune__set found;   /* the cells whose memory was found */
	struct vtune__set guessed; /* those of them that may be each other's */
};

/* old: what the running domain was started with. */
int vtune__guest_memory_read(struct vtune__guest_memory *memory, const char *root, int pid,
			     const struct vtune_plan *plan, const struct vtune__pins *old,
			     struct vtune_error **err);
/* Where the same mappings lie by now. */
int vtune__guest_memory_again(struct vtune__guest_memory *memory, const char *root, int pid,
			      struct vtune_error **err);
void vtune__guest_memory_free(struct vtune__guest_memory *memory); /* the contents */
/* What of a cell lies on a node, and what the plan gives it there. */
uint64_t vtune__guest_memory_on(const struct vtune__guest_memory *memory, unsigned int cell,
				unsigned int node);
uint64_t vtune__plan_memory_on(const struct vtune__plan_cell *cell, unsigned int node);
/* All nodes that the areas of a cell lie on. */
int vtune__guest_memory_nodes(const struct vtune__guest_memory *memory, unsigned int cell,
			      struct vtune__set *nodes, struct vtune_error **err);

#endif
