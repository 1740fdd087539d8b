/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a failing case small: drops one part after the other while it still fails. */
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "oracle.h"
#include "oracle-fuzz.h"

/*
 * Drops part number "at" of a document, counted in the order of a walk; at is
 * counted down to 0 on the way. Returns true when that part was found.
 */
static bool drop(struct json_object *in, unsigned int *at)
{
	size_t i;

	if (json_object_is_type(in, json_type_array)) {
		for (i = 0; i < json_object_array_length(in); i++) {
			if (!(*at)--) {
				json_object_array_del_idx(in, i, 1);
				return true;
			}
			if (drop(json_object_array_get_idx(in, i), at))
				return true;
		}
		return false;
	}
	if (!json_object_is_type(in, json_type_object))
		return false;
	json_object_object_foreach(in, key, value) {
		if (!(*at)--) {
			json_object_object_del(in, key);
			return true;
		}
		if (drop(value, at))
			return true;
	}
	return false;
}

static struct json_object *without(struct json_object *document, unsigned int at)
{
	struct json_object *copy = NULL;

	json_object_deep_copy(document, &copy, NULL);
	if (drop(copy, &at))
		return copy;
	json_object_put(copy);
	return NULL;
}

/* One pass over one of the two documents; true when it became smaller. */
static bool shrink_one(struct json_object **document, struct json_object **host,
		       struct json_object **spec, fuzz_still_fn *still, void *data)
{
	struct json_object *old, *smaller;
	unsigned int at = 0;
	bool progress = false;

	while ((smaller = without(*document, at)) != NULL) {
		old = *document;
		*document = smaller;
		if (still(*host, *spec, data)) {
			json_object_put(old);
			progress = true;
			continue;
		}
		*document = old;
		json_object_put(smaller);
		at++;
	}
	return progress;
}

void fuzz_shrink(struct json_object **host, struct json_object **spec, fuzz_still_fn *still,
		 void *data)
{
	bool progress = true;

	while (progress) {
		progress = shrink_one(spec, host, spec, still, data);
		progress = shrink_one(host, host, spec, still, data) || progress;
	}
}
