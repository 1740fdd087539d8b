/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the spec document, between the files document-write.c and write-*.c: what a
 * spec says other than the default. */
#ifndef VTUNE_SPEC_WRITE_H
#define VTUNE_SPEC_WRITE_H

#include "../base/json.h"
#include "spec.h"

/* ---- document-write.c ---- */

void vtune__spec_put_size(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  uint64_t kib);
/* In each list of words the first is the default, which is not written. */
void vtune__spec_put_word(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  const char *const *words, int word);

/* Only what is said: a number that is not 0, a text that is neither NULL nor empty. */
void vtune__spec_put_number(struct vtune__json_writer *w, struct json_object *object,
			    const char *key, uint64_t number);
void vtune__spec_put_text(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  const char *text);
void vtune__spec_put_said(struct vtune__json_writer *w, struct json_object *object, const char *key,
			  enum vtune__said said);

/* ---- write-*.c; the plan document has features and bandwidth in the same form ---- */

void vtune__spec_write_features(struct vtune__json_writer *w, struct json_object *cpu,
				const struct vtune__cpu_features *features);
void vtune__spec_write_bandwidth(struct vtune__json_writer *w, struct json_object *root,
				 const struct vtune__bandwidth bandwidth[VTUNE__BANDWIDTHS]);

void vtune__spec_write_cpu(struct vtune__json_writer *w, struct json_object *root,
			   const struct vtune_spec *spec);
void vtune__spec_write_disks(struct vtune__json_writer *w, struct json_object *root,
			     const struct vtune_spec *spec);
/* One disk, at the end of the array; poll and thread_pool, into the object. */
void vtune__spec_write_disk(struct vtune__json_writer *w, struct json_object *array,
			    const struct vtune__disk_spec *disk);
void vtune__spec_write_tuning(struct vtune__json_writer *w, struct json_object *object,
			      const struct vtune__iothread_tuning *tuning);
void vtune__spec_write_interfaces(struct vtune__json_writer *w, struct json_object *root,
				  const struct vtune_spec *spec);
/* The keys of vtune__spec_read_device_wish(). */
void vtune__spec_write_device_wish(struct vtune__json_writer *w, struct json_object *object,
				   const struct vtune__hostdev_spec *wish);
void vtune__spec_write_hostdevs(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_spec *spec);
void vtune__spec_write_pcie(struct vtune__json_writer *w, struct json_object *root,
			    const struct vtune_spec *spec);
void vtune__spec_write_schedule(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_spec *spec);
void vtune__spec_write_backing(struct vtune__json_writer *w, struct json_object *root,
			       const struct vtune_spec *spec);

#endif
