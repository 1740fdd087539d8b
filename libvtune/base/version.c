/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base.h"

VTUNE_EXPORT const char *vtune_version(void)
{
	return VTUNE_VERSION;
}
