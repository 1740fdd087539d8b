/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bus numbers as firmware will give them out: an expander bus has its own, and what is behind
 * it those that follow; the root complex has those from 0. All of them are 8 bits. */
#include "pcie.h"

#include <string.h>

#include "../base/xml.h"

#define NUMBERS 256
/* What is plugged in later may have buses behind it. */
#define ROOM 16
#define ROOT_ROOM 32

struct numbers {
	bool taken[NUMBERS];
};

/* How many an expander bus, or with 0 the root complex, needs. */
static unsigned int need_of(const struct vtune__pci_tree *tree, unsigned int expander)
{
	unsigned int need = 0;

	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++)
		if (tree->at[i].node && vtune__pci_expander(tree, i) == expander)
			need++;
	return expander ? need : need + 1;
}

static bool is_free(const struct numbers *numbers, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		if (i >= NUMBERS || numbers->taken[i])
			return false;
	return true;
}

static void take(struct numbers *numbers, unsigned int first, unsigned int count)
{
	for (unsigned int i = first; i < first + count && i < NUMBERS; i++)
		numbers->taken[i] = true;
}

/* The highest place; 0: there is none. */
static unsigned int find_place(const struct numbers *numbers, unsigned int count)
{
	for (unsigned int first = NUMBERS; first-- > 1;)
		if (is_free(numbers, first, count))
			return first;
	return 0;
}

static bool number_of(const struct vtune__pci_controller *expander, unsigned int *number)
{
	struct _xmlNode *target = vtune__xml_child(expander->node, "target");
	uint64_t value;

	if (!target || !vtune__xml_peek_uint(target, "busNr", &value) || value == 0 ||
	    value >= NUMBERS)
		return false;
	*number = (unsigned int)value;
	return true;
}

/* Take those that stand: a domain's own whatever they are, ours where they are right. */
static void take_standing(const struct vtune__pci_tree *tree, bool ours, struct numbers *numbers,
			  bool *stands)
{
	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++) {
		const struct vtune__pci_controller *it = &tree->at[i];
		unsigned int number, need;

		if (!it->node || it->model != VTUNE__PCI_EXPANDER || it->ours != ours ||
		    !number_of(it, &number))
			continue;
		need = need_of(tree, i);
		if (ours && !is_free(numbers, number, need))
			continue;
		take(numbers, number, need);
		stands[i] = true;
	}
}

static int number_it(const struct vtune__pci_tree *tree, unsigned int index,
		     struct numbers *numbers, struct vtune_error **err)
{
	static const char *const order[] = { "model", "target", NULL };
	struct _xmlNode *target = vtune__xml_ensure(tree->at[index].node, "target", order, err);
	unsigned int need = need_of(tree, index);
	unsigned int number = find_place(numbers, (need / ROOM + 1) * ROOM);

	if (!target)
		return -1;
	if (number == 0)
		number = find_place(numbers, need);
	if (number == 0)
		return vtune__xml_fail(
			tree->at[index].node, err, VTUNE_ERR_DOCUMENT,
			"No %u bus numbers are left for this bus; a spec can ask for "
			"less spare ports, or for no expander buses",
			need);
	take(numbers, number, need);
	return vtune__xml_set_uint(target, "busNr", number, err);
}

int vtune__pci_number(struct vtune__pci_tree *tree, struct vtune_error **err)
{
	bool stands[VTUNE__PCI_INDEXES] = { false };
	struct numbers numbers = { { false } };
	unsigned int root = need_of(tree, 0);

	take(&numbers, 0, root > ROOT_ROOM ? root : ROOT_ROOM);
	take_standing(tree, false, &numbers, stands);
	take_standing(tree, true, &numbers, stands);
	for (unsigned int i = 1; i < VTUNE__PCI_INDEXES; i++) {
		const struct vtune__pci_controller *it = &tree->at[i];

		if (it->node && it->ours && it->model == VTUNE__PCI_EXPANDER && !stands[i] &&
		    number_it(tree, i, &numbers, err) < 0)
			return -1;
	}
	return 0;
}
