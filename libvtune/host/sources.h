/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host sources share among themselves: each fills a draft. */
#ifndef VTUNE_SOURCES_H
#define VTUNE_SOURCES_H

#include "host.h"

/* ---- hwloc.c ---- */

/* The machine as hwloc sees it. What hwloc takes for "this machine" can be
 * changed from outside (HWLOC_XMLFILE, HWLOC_FSROOT); *is_this_system tells. */
int vtune__hwloc_read_system(struct vtune__draft *draft, bool *is_this_system,
			     struct vtune_error **err);

/* ---- capabilities.c ---- */

/* The topology, with all memory free, from libvirt capabilities XML. */
int vtune__capabilities_read(struct vtune__draft *draft, const char *xml, struct vtune_error **err);

/* ---- capabilities-parts.c ---- */

struct _xmlNode;
/* The sockets, dies and clusters met so far; all zero at first. The caller frees the list. */
struct vtune__parts {
	struct vtune__part *list;
	unsigned int count;
};

/* Put a CPU into those of the draft that its element <cpu> names. */
int vtune__capabilities_read_parts(struct vtune__parts *parts, struct vtune__draft *draft,
				   struct _xmlNode *cpu, unsigned int id, struct vtune_error **err);
/* At the end: what is the same as the larger part that it is in tells nothing. */
void vtune__capabilities_drop_equal_parts(struct vtune__draft *draft);

/* ---- hwloc-xml.c, hwloc-synthetic.c: is it sound enough to be given to hwloc? ---- */

int vtune__hwloc_check_xml(const char *text, struct vtune_error **err);
int vtune__hwloc_check_synthetic(const char *text, struct vtune_error **err);

/* ---- pci-class.c ---- */

/* The class word of a PCI class code (base class in the high byte), or NULL for
 * functions that are part of the machine itself and that no VM is given. */
const char *vtune__pci_class(unsigned int code);

#endif
