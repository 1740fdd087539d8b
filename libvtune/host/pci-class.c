/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words for the PCI classes of devices that a VM can be given. */
#include "sources.h"

struct pci_class {
	unsigned int code, mask;
	const char *word;
};

/* Class codes as in the PCI Code and ID Assignment Specification; the first
 * entry that matches counts. What is not here (bridges, performance counters,
 * interrupt and memory controllers) stays with the host. */
static const struct pci_class classes[] = {
	{ 0x0502, 0xffff, "memory" }, /* CXL memory expander */
	{ 0x0c03, 0xffff, "usb" },
	{ 0x0c04, 0xffff, "storage" }, /* Fibre Channel */
	{ 0x0c06, 0xffff, "network" }, /* InfiniBand, the older code */
	{ 0x0100, 0xff00, "storage" },
	{ 0x0200, 0xff00, "network" }, /* 0x0207 is InfiniBand */
	{ 0x0300, 0xff00, "display" },
	{ 0x0400, 0xff00, "multimedia" },
	{ 0x0700, 0xff00, "communication" },
	{ 0x0b00, 0xff00, "processor" },
	{ 0x0d00, 0xff00, "wireless" },
	{ 0x1000, 0xff00, "encryption" },
	{ 0x1200, 0xff00, "accelerator" },
};

const char *vtune__pci_class(unsigned int code)
{
	unsigned int i;

	for (i = 0; i < VTUNE__COUNT(classes); i++)
		if ((code & classes[i].mask) == classes[i].code)
			return classes[i].word;
	return NULL;
}
