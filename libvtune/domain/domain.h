/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plan as libvirt domain XML: each function lays one part of the plan into the
 * tree of a domain, whether that is new or somebody's own. What is there already
 * and right is left alone. */
#ifndef VTUNE_DOMAIN_H
#define VTUNE_DOMAIN_H

#include "../base/base.h"
#include "../plan/plan.h"

struct _xmlNode;

/* ---- lay.c ---- */

/* All that a plan governs. */
int vtune__domain_lay(struct _xmlNode *domain, const struct vtune_plan *plan,
		      struct vtune_error **err);
/* The element of the domain of that name, made at its place when it is missing. */
struct _xmlNode *vtune__domain_ensure(struct _xmlNode *domain, const char *name,
				      struct vtune_error **err);
/* The set 0 .. count - 1. */
int vtune__domain_first(struct vtune__set *set, unsigned int count, struct vtune_error **err);

/* ---- size.c ---- */

/* A size in libvirt's form: a number in an attribute, or with NULL in the text,
 * with the unit in the attribute "unit", KiB by default. false: it is none. */
bool vtune__domain_size(struct _xmlNode *node, const char *attribute, uint64_t *kib);
/* Makes it so many KiB, unless it says as much already. */
int vtune__domain_set_size(struct _xmlNode *node, const char *attribute, uint64_t kib,
			   struct vtune_error **err);
/* The text as a number; false: it is none. */
bool vtune__domain_number(struct _xmlNode *node, uint64_t *number);
int vtune__domain_set_number(struct _xmlNode *node, uint64_t number, struct vtune_error **err);

/* ---- memory.c: memory, currentMemory, memoryBacking ---- */

int vtune__domain_lay_memory(struct _xmlNode *domain, const struct vtune_plan *plan,
			     struct vtune_error **err);

/* ---- vcpus.c: vcpu, vcpus ---- */

int vtune__domain_lay_vcpus(struct _xmlNode *domain, const struct vtune_plan *plan,
			    struct vtune_error **err);

/* ---- iothreads.c: iothreads, iothreadids ---- */

/* ids becomes all that the domain has then: the plan's, and those beyond that
 * its disks and controllers use. */
int vtune__domain_lay_iothreads(struct _xmlNode *domain, const struct vtune_plan *plan,
				struct vtune__set *ids, struct vtune_error **err);

/* ---- cputune.c ---- */

int vtune__domain_lay_cputune(struct _xmlNode *domain, const struct vtune_plan *plan,
			      const struct vtune__set *iothreads, struct vtune_error **err);

/* ---- narrow.c: what names vCPUs or I/O threads that are gone ---- */

/* A set in libvirt's form: blanks and "^" are allowed. Returns -1 with *err when
 * out of memory, 1 when it is a set, 0 when it is none. */
int vtune__domain_parse_set(const char *text, struct vtune__set *set, struct vtune_error **err);
/* Leave in cputune only what is in these. */
int vtune__domain_narrow(struct _xmlNode *cputune, const struct vtune__set *vcpus,
			 const struct vtune__set *iothreads, struct vtune_error **err);

/* ---- numatune.c ---- */

int vtune__domain_lay_numatune(struct _xmlNode *domain, const struct vtune_plan *plan,
			       struct vtune_error **err);

/* ---- cpu.c: cpu and the topology in it ---- */

int vtune__domain_lay_cpu(struct _xmlNode *domain, const struct vtune_plan *plan,
			  struct vtune_error **err);

/* ---- cells.c: the guest's NUMA cells ---- */

int vtune__domain_lay_cells(struct _xmlNode *cpu, const struct vtune_plan *plan,
			    struct vtune_error **err);

#endif
