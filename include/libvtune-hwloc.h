/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file libvtune-hwloc.h
 * @brief For callers that already hold an hwloc topology.
 */
#ifndef LIBVTUNE_HWLOC_H
#define LIBVTUNE_HWLOC_H

#include <hwloc.h>

#include <libvtune.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief A host from a loaded hwloc topology.
 *
 * All that is needed is copied; the topology stays the caller's. Load it with
 * HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED and with I/O objects kept
 * (hwloc_topology_set_io_types_filter) for a full picture. Like
 * vtune_host_from_hwloc_xml() this takes all memory to be free.
 */
struct vtune_host *vtune_host_from_hwloc_topology(hwloc_topology_t topology,
						  struct vtune_error **err);

#ifdef __cplusplus
}
#endif

#endif
