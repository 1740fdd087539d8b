/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the spec document, between the files read*.c. */
#ifndef VTUNE_SPEC_READ_H
#define VTUNE_SPEC_READ_H

#include "../base/json.h"
#include "spec.h"

/* ---- read.c ---- */

/* One of the words, if the key is there; *out stays as it is otherwise. */
int vtune__spec_read_word(const struct vtune__json *object, const char *key,
			  const char *const *words, int *out, struct vtune_error **err);
/* Is it the string "auto"? */
bool vtune__spec_is_auto(const struct vtune__json *at);
/* A set of this VM's vCPUs, not empty. */
int vtune__spec_read_vcpus(const struct vtune__json *at, const struct vtune_spec *spec,
			   struct vtune__set *out, struct vtune_error **err);

/* The array of that key, at most VTUNE__MAX_DEVICES long; of length 0 where it is missing. */
int vtune__spec_read_list(const struct vtune__json *root, const char *key, struct vtune__json *list,
			  unsigned int *length, struct vtune_error **err);

/* A number, if the key is there. */
int vtune__spec_read_number(const struct vtune__json *object, const char *key, unsigned int min,
			    unsigned int max, unsigned int *out, struct vtune_error **err);
int vtune__spec_read_bool(const struct vtune__json *object, const char *key, bool *out,
			  struct vtune_error **err);

/* ---- read-cpu.c: needs spec->vcpus ---- */

/* The name of a model or of a machine; *out stays NULL where the key is missing. */
int vtune__spec_read_cpu_name(const struct vtune__json *object, const char *key, char **out,
			      struct vtune_error **err);
/* The key "features", which may be missing. */
int vtune__spec_read_features(const struct vtune__json *cpu, struct vtune__cpu_features *features,
			      struct vtune_error **err);

int vtune__spec_read_cpu(const struct vtune__json *root, struct vtune_spec *spec,
			 struct vtune_error **err);

/* ---- read-numa.c: needs spec->vcpus and spec->memory_kib ---- */

int vtune__spec_read_numa(const struct vtune__json *root, struct vtune_spec *spec,
			  struct vtune_error **err);

/* ---- read-disks.c ---- */

/* The array "disks", which may be missing; both outputs are the caller's to free, also
 * when it fails. */
int vtune__spec_read_disk_list(const struct vtune__json *root, struct vtune__disk_spec **disks,
			       unsigned int *ndisks, struct vtune_error **err);

/* ---- read-iothreads.c ---- */

/* A set of ids of I/O threads, not empty. */
int vtune__spec_read_ids(const struct vtune__json *at, struct vtune__set *ids,
			 struct vtune_error **err);
/* The keys poll and thread_pool of an object, which may be missing. */
int vtune__spec_read_tuning(const struct vtune__json *object, struct vtune__iothread_tuning *tuning,
			    struct vtune_error **err);
/* Disks and I/O threads; needs spec->vcpus. */
int vtune__spec_read_disks(const struct vtune__json *root, struct vtune_spec *spec,
			   struct vtune_error **err);

/* ---- read-hostdevs.c ---- */

/* An object that tells which device of the host is wished for. The extra keys (NULL at the
 * end; NULL: none) may be in it, too: of these "count" and "managed" are read here. What
 * is in *wish is to be freed. */
int vtune__spec_read_device_wish(const struct vtune__json *at, const char *const *extra_keys,
				 struct vtune__hostdev_spec *wish, struct vtune_error **err);
/* Once all wishes that stand so far are there, the last ones at this place. */
int vtune__spec_check_wishes(const struct vtune_spec *spec, const struct vtune__json *at,
			     struct vtune_error **err);
int vtune__spec_read_hostdevs(const struct vtune__json *root, struct vtune_spec *spec,
			      struct vtune_error **err);

/* ---- read-interfaces.c: needs the host devices ---- */

int vtune__spec_read_interfaces(const struct vtune__json *root, struct vtune_spec *spec,
				struct vtune_error **err);

/* ---- read-pcie.c ---- */

int vtune__spec_read_pcie(const struct vtune__json *root, struct vtune_spec *spec,
			  struct vtune_error **err);

/* ---- read-schedule.c: needs spec->dedicated and spec->emulator ---- */

/* The key "bandwidth", which may be missing. */
int vtune__spec_read_bandwidth(const struct vtune__json *root,
			       struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS],
			       struct vtune_error **err);

int vtune__spec_read_schedule(const struct vtune__json *root, struct vtune_spec *spec,
			      struct vtune_error **err);

/* ---- read-backing.c: needs all that is above, and spec->hugepages ---- */

int vtune__spec_read_backing(const struct vtune__json *root, struct vtune_spec *spec,
			     struct vtune_error **err);

#endif
