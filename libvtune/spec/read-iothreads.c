/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

int vtune__spec_read_ids(const struct vtune__json *at, struct vtune__set *ids,
			 struct vtune_error **err)
{
	if (vtune__json_set(at, VTUNE__MAX_IOTHREAD_ID, ids, err) < 0)
		return -1;
	if (vtune__set_is_empty(ids) || vtune__set_has(ids, 0))
		return vtune__json_fail(at, err, "I/O threads are numbered from 1, like \"1-2\"");
	if (vtune__set_count(ids) > VTUNE__MAX_IOTHREADS)
		return vtune__json_fail(at, err, "There can be at most %u I/O threads",
					VTUNE__MAX_IOTHREADS);
	return 0;
}

static int read_count(const struct vtune__json *at, struct vtune_spec *spec,
		      struct vtune_error **err)
{
	unsigned int asked = vtune__set_count(&spec->iothread_ids);

	spec->iothreads_auto = !vtune__json_is_number(at);
	if (!spec->iothreads_auto) {
		if (vtune__json_uint32(at, 0, VTUNE__MAX_IOTHREADS, &spec->iothread_count, err) < 0)
			return -1;
		if (spec->iothread_count < asked)
			return vtune__json_fail(at, err,
						"I/O threads are named by their ids or by "
						"disks, so that there are at least %u",
						asked);
		return 0;
	}
	if (!vtune__spec_is_auto(at))
		return vtune__json_fail(at, err, "Here must be \"auto\" or a number from 0 to %u",
					VTUNE__MAX_IOTHREADS);
	return 0;
}

static int read_setting(const struct vtune__json *object, const char *key,
			struct vtune__iothread_tuning *tuning, enum vtune__iothread_setting setting,
			struct vtune_error **err)
{
	bool pool = 1u << setting & VTUNE__POOL_SETTINGS;
	struct vtune__json at;

	if (!vtune__json_get(object, key, &at))
		return 0;
	tuning->said |= 1u << setting;
	return vtune__json_int(&at, setting == VTUNE__POOL_MAX, pool ? INT32_MAX : INT64_MAX,
			       &tuning->value[setting], err);
}

static int read_poll(const struct vtune__json *object, struct vtune__iothread_tuning *tuning,
		     struct vtune_error **err)
{
	static const char *const keys[] = { "max", "grow", "shrink", NULL };
	struct vtune__json at;

	if (!vtune__json_get(object, "poll", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    read_setting(&at, "max", tuning, VTUNE__POLL_MAX, err) < 0 ||
	    read_setting(&at, "grow", tuning, VTUNE__POLL_GROW, err) < 0)
		return -1;
	return read_setting(&at, "shrink", tuning, VTUNE__POLL_SHRINK, err);
}

static int read_pool(const struct vtune__json *object, struct vtune__iothread_tuning *tuning,
		     struct vtune_error **err)
{
	static const char *const keys[] = { "min", "max", NULL };
	struct vtune__json at;

	if (!vtune__json_get(object, "thread_pool", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    read_setting(&at, "min", tuning, VTUNE__POOL_MIN, err) < 0 ||
	    read_setting(&at, "max", tuning, VTUNE__POOL_MAX, err) < 0)
		return -1;
	if (vtune__iothread_tuning_holds(tuning))
		return 0;
	return vtune__json_fail(&at, err, "\"min\" is more than \"max\"");
}

int vtune__spec_read_tuning(const struct vtune__json *object, struct vtune__iothread_tuning *tuning,
			    struct vtune_error **err)
{
	return read_poll(object, tuning, err) < 0 ? -1 : read_pool(object, tuning, err);
}

static int read_iothreads(const struct vtune__json *at, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	static const char *const keys[] = { "count", "policy", "ids", "poll", "thread_pool", NULL };
	int policy = VTUNE__IOTHREADS_SHARE;
	struct vtune__json ids;

	if (vtune__json_object(at, keys, err) < 0 ||
	    vtune__spec_read_word(at, "policy", vtune__iothreads_names, &policy, err) < 0)
		return -1;
	spec->iothreads = (enum vtune__iothreads)policy;
	if (vtune__json_get(at, "ids", &ids) &&
	    vtune__spec_read_ids(&ids, &spec->iothread_ids, err) < 0)
		return -1;
	return vtune__spec_read_tuning(at, &spec->iothread_tuning, err);
}

static int check_ids(const struct vtune__json *root, const struct vtune_spec *spec,
		     struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__set_count(&spec->iothread_ids) <= VTUNE__MAX_IOTHREADS)
		return 0;
	return vtune__json_fail(vtune__json_get(root, "disks", &at) ? &at : root, err,
				"The disks name more than %u I/O threads", VTUNE__MAX_IOTHREADS);
}

int vtune__spec_read_disks(const struct vtune__json *root, struct vtune_spec *spec,
			   struct vtune_error **err)
{
	struct vtune__json iothreads, count;
	bool says;

	if (vtune__spec_read_disk_list(root, &spec->disks, &spec->ndisks, err) < 0)
		return -1;
	says = vtune__json_get(root, "iothreads", &iothreads);
	if (says && read_iothreads(&iothreads, spec, err) < 0)
		return -1;
	if (vtune__spec_note_iothreads(spec, err) < 0 || check_ids(root, spec, err) < 0)
		return -1;
	spec->iothread_count = vtune__spec_auto_iothreads(spec);
	spec->iothreads_auto = true;
	if (says && vtune__json_get(&iothreads, "count", &count))
		return read_count(&count, spec, err);
	return 0;
}
