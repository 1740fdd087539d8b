/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "write.h"

static void put_any(struct vtune__json_writer *w, struct json_object *object,
		    const struct vtune__hostdev_spec *wish)
{
	struct json_object *any = vtune__json_new_object(w), *ids;

	vtune__json_put(w, object, "any", any);
	vtune__spec_put_text(w, any, "pf", wish->pf);
	vtune__spec_put_text(w, any, "class", wish->class);
	vtune__spec_put_text(w, any, "vendor", wish->vendor);
	vtune__spec_put_text(w, any, "product", wish->product);
	if (wish->ids) {
		ids = vtune__json_new_array(w);
		vtune__json_put(w, any, "ids", ids);
		for (unsigned int i = 0; i < wish->nids; i++)
			vtune__json_append_string(w, ids, wish->ids[i]);
	}
	if (wish->count != 1)
		vtune__json_put_uint(w, object, "count", wish->count);
}

void vtune__spec_write_device_wish(struct vtune__json_writer *w, struct json_object *object,
				   const struct vtune__hostdev_spec *wish)
{
	if (wish->id)
		vtune__json_put_string(w, object, "id", wish->id);
	else
		put_any(w, object, wish);
	vtune__spec_put_word(w, object, "affinity", vtune__affinity_names, wish->affinity);
	if (wish->unmanaged)
		vtune__json_put_bool(w, object, "managed", false);
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
