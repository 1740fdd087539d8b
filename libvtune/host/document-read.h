/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the host document, between the files document-read*.c. */
#ifndef VTUNE_HOST_DOCUMENT_READ_H
#define VTUNE_HOST_DOCUMENT_READ_H

#include "../base/json.h"
#include "host.h"

/* ---- document-read-devices.c ---- */

/* A string that must be there and not be empty. */
int vtune__host_read_name(const struct vtune__json *at, const char *name, char **out,
			  struct vtune_error **err);
/* An array of strings, at the end of those that there are. */
int vtune__host_read_strings(const struct vtune__json *at, char ***strings, unsigned int *count,
			     struct vtune_error **err);
int vtune__host_read_device(const struct vtune__json *at, struct vtune__draft *draft,
			    struct vtune_error **err);

#endif
