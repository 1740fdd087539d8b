/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "live.h"

const struct vtune__calls vtune__libvirt_calls = {
#define VTUNE__CALL(name) .name = name,
#include "calls.h"
#undef VTUNE__CALL
};
