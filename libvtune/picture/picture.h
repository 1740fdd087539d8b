/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture of a host, with or without a VM on it: worked out once, and drawn
 * as text and as SVG. It borrows from the host and the plan that it shows. */
#ifndef VTUNE_PICTURE_H
#define VTUNE_PICTURE_H

#include "../host/host.h"
#include "../plan/plan.h"

/* What one CPU is. */
enum vtune__look {
	VTUNE__LOOK_VCPU,     /* a vCPU of this VM has it to itself; numbered by vCPU */
	VTUNE__LOOK_EMULATOR, /* isolated for this VM's emulator */
	VTUNE__LOOK_IOTHREAD, /* isolated for an I/O thread of this VM; numbered by it */
	VTUNE__LOOK_IDLE,     /* held by this VM and left idle */
	VTUNE__LOOK_FLOAT,    /* shared vCPUs of this VM run here */
	VTUNE__LOOK_OTHER,    /* held by another VM; numbered by place in others */
	VTUNE__LOOK_RESERVED,
	VTUNE__LOOK_SHARED, /* in the shared pool, and for nothing else */
	VTUNE__LOOK_FREE,
	VTUNE__LOOK_ISOLATED, /* free, and kept from the kernel's scheduler */
	VTUNE__LOOK_OFFLINE,
	VTUNE__LOOKS
};

extern const char *const vtune__look_names[VTUNE__LOOKS]; /* for people */
/* The letter of a CPU that is this; number counts for other VMs alone. */
char vtune__look_letter(enum vtune__look look, unsigned int number);
/* Only so many other VMs have a letter or a colour of their own. */
#define VTUNE__OTHER_LETTERS 23
#define VTUNE__OTHER_COLOURS 6

struct vtune__picture_cpu {
	enum vtune__look look;
	unsigned int number;
};

/* What memory is taken by, in the order in which it is drawn. */
enum vtune__part {
	VTUNE__PART_VM,
	VTUNE__PART_OTHERS,
	VTUNE__PART_USED, /* by what is not a VM that is known here */
	VTUNE__PART_FREE,
	VTUNE__PARTS
};

extern const char *const vtune__part_names[VTUNE__PARTS];

/* The ordinary memory of a node, or its pool of huge pages of one size. */
struct vtune__picture_memory {
	uint64_t page_kib;
	bool huge;
	uint64_t total_kib;
	uint64_t sum_kib; /* of the parts: what a bar stands for; never 0 */
	uint64_t part_kib[VTUNE__PARTS];
};

struct vtune__picture_group {
	unsigned int level; /* of the cache; 0 where none is known */
	unsigned int first_core, ncores;
};

struct vtune__picture_device {
	const struct vtune__device *device;
	bool own; /* the VM has it */
};

/* Groups, memory and devices are runs in the arrays of the picture; so are the
 * cores of a group. */
struct vtune__picture_node {
	const struct vtune__node *node;
	unsigned int first_group, ngroups;
	unsigned int first_memory, nmemory;
	unsigned int first_device, ndevices;
	unsigned int looks[VTUNE__LOOKS]; /* how many of its CPUs are what */
	/* Shared vCPUs that run here, and the CPUs they run on. */
	unsigned int own_shared, others_shared, shared_cpus;
	bool used; /* by cells, memory or isolated helpers of the VM */
};

struct vtune__picture {
	const struct vtune_host *host;
	const struct vtune__topology *topology;
	const struct vtune_plan *plan; /* NULL when the host alone is shown */
	bool placed;		       /* there is a plan, and it fits */
	struct vtune__room room;       /* what there is for the VM, before it is placed */

	struct vtune__picture_cpu *cpus;     /* by CPU number; only those of the topology */
	unsigned int *cores;		     /* indexes into the topology's */
	struct vtune__picture_group *groups; /* those of a node in it alone */
	unsigned int ngroups;
	struct vtune__picture_memory *memory;
	unsigned int nmemory;
	struct vtune__picture_device *devices;
	unsigned int homeless_first, nhomeless; /* devices whose node is not known */
	bool has_own_devices;
	struct vtune__picture_node *nodes; /* by index, as in the topology */
	const char **others;		   /* names of the VMs that hold CPUs */
	unsigned int nothers;

	unsigned int looks[VTUNE__LOOKS];
	bool parts[VTUNE__PARTS]; /* which of them there are */
	unsigned int ncpus;	  /* how many there are; their highest number is another */
	unsigned int threads;	  /* most threads of a core */
	uint64_t memory_kib;
};

/* ---- picture.c ---- */

/* plan may be NULL. A plan that names a CPU, node or page size which the host
 * lacks was made on another host: VTUNE_ERR_NOT_VALID. */
struct vtune__picture *vtune__picture_new(const struct vtune_host *host,
					  const struct vtune_plan *plan, struct vtune_error **err);
void vtune__picture_free(struct vtune__picture **picture); /* for VTUNE__CLEANUP */

/* ---- picture-memory.c: memory and devices of the picture ---- */

int vtune__picture_add_memory(struct vtune__picture *picture, struct vtune_error **err);
int vtune__picture_add_devices(struct vtune__picture *picture, struct vtune_error **err);
/* Share a bar of this width out among the parts. What is there at all is seen,
 * as far as the width allows, and the widths add up. */
void vtune__picture_bar(const struct vtune__picture_memory *memory, unsigned int width,
			unsigned int out[VTUNE__PARTS]);

/* "57.3 of 64 GiB free". */
void vtune__picture_add_free(struct vtune__text *text, const struct vtune__picture_memory *memory);

/* ---- picture-distances.c ---- */

/* A larger table says less than it takes. */
#define VTUNE__MOST_DISTANCES 16

/* The nodes whose distances are shown in a table; none where words do. */
struct vtune__distances {
	unsigned int nodes[VTUNE__MOST_DISTANCES], count;			     /* indexes */
	unsigned int values[VTUNE__MOST_DISTANCES * VTUNE__MOST_DISTANCES], nvalues; /* ascending */
	struct vtune__text words; /* empty with a table, and with a single node */
};

void vtune__picture_distances(const struct vtune__picture *picture, struct vtune__distances *out);
void vtune__distances_free(struct vtune__distances *distances); /* the contents */

/* ---- lines.c: lists of lines ---- */

/* All zeroes is the empty list. A failed allocation is remembered, as in a
 * vtune__text. */
struct vtune__lines {
	char **line;
	unsigned int count;
	bool failed;
};

void vtune__lines_add(struct vtune__lines *lines, const char *line);
/* Takes the text over, as one line, and leaves it empty. */
void vtune__lines_take(struct vtune__lines *lines, struct vtune__text *text);
/* Break text at blanks, and where that is not enough after commas, into lines of
 * at most width characters. The first begins with first, all others with rest. */
void vtune__lines_wrap(struct vtune__lines *lines, const char *text, const char *first,
		       const char *rest, unsigned int width);
void vtune__lines_free(struct vtune__lines *lines);
/* The number of characters (not bytes) of UTF-8 text. */
unsigned int vtune__text_width(const char *text);
/* A text to read, and then to free; *failed is set when it is not whole. */
const char *vtune__text_peek(const struct vtune__text *text);
void vtune__text_drop(struct vtune__text *text, bool *failed);
/* Text that others chose: what would upset a terminal becomes "?". */
void vtune__text_add_plain(struct vtune__text *text, const char *more);

#endif
