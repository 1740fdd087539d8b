/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which kind of memory a node is made of. */
#include <string.h>

#include "hwloc-reading.h"

/* ACPI's CXL root device: the memory behind it is on CXL expanders. */
#define CXL_ROOT "ACPI0017"

struct kind_word {
	const char *word;
	enum vtune__memory_kind kind;
};

/* What hwloc names memory tiers. The first that occurs counts: GPU memory may be
 * reached over CXL, and MCDRAM has DRAM in it. */
static const struct kind_word subtypes[] = {
	{ "GPU", VTUNE__GPU }, { "CXL", VTUNE__CXL }, { "MCDRAM", VTUNE__HBM },
	{ "HBM", VTUNE__HBM }, { "NVM", VTUNE__NVM }, { "PMEM", VTUNE__NVM },
};

static bool is_info(hwloc_obj_t object, const char *name, const char *part)
{
	const char *value = object ? hwloc_obj_get_info_by_name(object, name) : NULL;

	return value && strstr(value, part);
}

enum vtune__memory_kind vtune__hwloc_kind(hwloc_obj_t node)
{
	unsigned int i;

	for (i = 0; node->subtype && i < VTUNE__COUNT(subtypes); i++)
		if (strstr(node->subtype, subtypes[i].word))
			return subtypes[i].kind;
	if (is_info(node, "DAXParent", CXL_ROOT))
		return VTUNE__CXL;
	if (is_info(node, "DAXType", "NVM"))
		return VTUNE__NVM;
	/* Specific-purpose memory that is not behind CXL is high-bandwidth memory. */
	if (is_info(node, "DAXType", "SPM") || (node->subtype && strcmp(node->subtype, "SPM") == 0))
		return VTUNE__HBM;
	return VTUNE__DRAM;
}

static bool is_model(const struct vtune__reading *reading, const char *part)
{
	return is_info(hwloc_get_obj_by_type(reading->topology, HWLOC_OBJ_PACKAGE, 0), "CPUModel",
		       part);
}

/* The node with CPUs, and memory, to which the same CPUs are local. */
static const struct vtune__draft_node *neighbour(const struct vtune__reading *reading,
						 unsigned int node)
{
	hwloc_const_cpuset_t locality = vtune__hwloc_node(reading, node)->complete_cpuset;
	unsigned int i;

	for (i = 0; i < reading->draft->nnodes; i++) {
		const struct vtune__draft_node *other = &reading->draft->nodes[i];

		if (other->memory_kib && !vtune__set_is_empty(&other->cpus) &&
		    hwloc_bitmap_isequal(vtune__hwloc_node(reading, i)->complete_cpuset, locality))
			return other;
	}
	return NULL;
}

/* Memory of its own beside CPUs that have some already is of another kind. On
 * Xeon Phi it can only be MCDRAM. Elsewhere, if it is larger than the DRAM, it is
 * the large and slow kind: persistent memory (hwloc versions that meet CXL name
 * it). If it is not larger it may be anything, and stays DRAM. */
static enum vtune__memory_kind infer_kind(const struct vtune__reading *reading, unsigned int node)
{
	const struct vtune__draft_node *self = &reading->draft->nodes[node];
	const struct vtune__draft_node *other = neighbour(reading, node);

	/* Linux numbers the GPU memory of POWER9 from 255 downwards. */
	if (self->id > 240 && is_model(reading, "POWER9"))
		return VTUNE__GPU;
	if (other && is_model(reading, "Xeon Phi"))
		return VTUNE__HBM;
	if (other && self->memory_kib > other->memory_kib)
		return VTUNE__NVM;
	return VTUNE__DRAM;
}

void vtune__hwloc_infer_kinds(struct vtune__reading *reading)
{
	unsigned int i;

	/* The CPUs whose node is unknown may be those that a node seems to lack. */
	if (reading->has_lost_cpus)
		return;
	for (i = 0; i < reading->draft->nnodes; i++) {
		struct vtune__draft_node *node = &reading->draft->nodes[i];

		if (node->kind == VTUNE__DRAM && vtune__set_is_empty(&node->cpus) &&
		    !vtune__hwloc_node(reading, i)->subtype)
			node->kind = infer_kind(reading, i);
	}
}
