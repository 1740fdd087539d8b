/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file libvtune-libvirt.h
 * @brief For callers that already hold a connection to libvirt.
 */
#ifndef LIBVTUNE_LIBVIRT_H
#define LIBVTUNE_LIBVIRT_H

#include <libvirt/libvirt.h>

#include <libvtune.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief A connection that is the caller's own.
 *
 * It takes a reference of its own to @p connection and changes nothing of it. libvirt
 * prints errors to standard error unless an error function is set: see
 * virConnSetErrorFunc() and virSetErrorFunc().
 */
struct vtune_connection *vtune_connection_from_libvirt(virConnectPtr connection,
						       struct vtune_error **err);

#ifdef __cplusplus
}
#endif

#endif
