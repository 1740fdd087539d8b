/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

void vtune__spec_write_device_wish(struct vtune__json_writer *w, struct json_object *object,
				   const struct vtune__hostdev_spec *wish)
{
	vtune__json_put_string(w, object, "id", wish->id);
	vtune__spec_put_word(w, object, "affinity", vtune__affinity_names, wish->affinity);
}

void vtune__spec_write_hostdevs(struct vtune__json_writer *w, struct json_object *root,
				const struct vtune_spec *spec)
{
	struct json_object *hostdevs;

	if (!spec->nhostdevs)
		return;
	hostdevs = vtune__json_new_array(w);
	vtune__json_put(w, root, "hostdevs", hostdevs);
	for (unsigned int i = 0; i < spec->nhostdevs; i++) {
		struct json_object *object = vtune__json_new_object(w);

		vtune__json_append(w, hostdevs, object);
		vtune__spec_write_device_wish(w, object, &spec->hostdevs[i]);
	}
}
