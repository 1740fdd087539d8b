/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arch.h"

#include <limits.h>
#include <string.h>

#include "base.h"

/* From QEMU's machines and from what libvirt's QEMU driver refuses: dies are those of pc
 * and q35, clusters those of Arm's virt; s390-ccw-virtio has no NUMA and, from its version
 * 7.2 on, one thread to a core; pseries has a power of two of threads, and blocks of memory. */
static const struct vtune__arch archs[] = {
	{ "x86_64", "q35", true, true, true, false, UINT_MAX, false, true, 0 },
	{ "i686", "q35", true, true, true, false, UINT_MAX, false, true, 0 },
	{ "aarch64", "virt", true, false, false, true, UINT_MAX, false, false, 0 },
	{ "armv7l", "virt", true, false, false, true, UINT_MAX, false, false, 0 },
	{ "ppc64le", "pseries", true, false, false, false, 8, true, false, 262144 },
	{ "ppc64", "pseries", true, false, false, false, 8, true, false, 262144 },
	{ "s390x", "s390-ccw-virtio", false, false, false, false, 1, false, false, 0 },
	{ "riscv64", "virt", true, false, false, false, UINT_MAX, false, false, 0 },
	{ "loongarch64", "virt", true, false, false, false, UINT_MAX, false, false, 0 },
};

const struct vtune__arch *vtune__arch_find(const char *name)
{
	for (unsigned int i = 0; name && i < VTUNE__COUNT(archs); i++)
		if (strcmp(archs[i].name, name) == 0)
			return &archs[i];
	return NULL;
}
