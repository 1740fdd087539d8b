/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which single change would make a VM fit. A change is solved before it is named.
 * Only what bears on the reasons is tried: with all else as it is, the constraints
 * in conflict stay in conflict. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/json.h"
#include "../spec/write.h"
#include "solve.h"

/* Of each of some dozens of searches: the whole call stays bounded. */
#define WORK_LIMIT 10000

struct advice {
	struct vtune_plan *plan;
	const struct vtune__scene *scene;
	const struct vtune_spec *spec;
	struct vtune_error **err;
};

static bool has_reason(const struct advice *a, const char *code)
{
	for (unsigned int i = 0; i < a->plan->nreasons; i++)
		if (strcmp(a->plan->reasons[i].code, code) == 0)
			return true;
	return false;
}

/* 1 when the changed spec fits, 0 when not (or not known), -1 when out of memory. */
static int try_spec(const struct advice *a, const struct vtune_spec *changed, unsigned int *ncells)
{
	struct vtune__arena arena = { 0 };
	struct vtune_error *error = NULL;
	struct vtune__answer answer = { 0 };
	struct vtune__scene scene;
	int result = 0;

	if (vtune__scene_for(&scene, a->scene, changed, &arena) < 0)
		result = -1;
	else if (vtune__answer_find(&answer, &scene, WORK_LIMIT, VTUNE__VERDICT, &error) < 0)
		result = vtune_error_get_code(error) == VTUNE_ERR_LIMIT ? 0 : -1;
	else
		result = answer.fits;
	if (result > 0 && ncells)
		*ncells = answer.trial.ncells;
	vtune_error_free(error);
	vtune__arena_free(&arena);
	return result < 0 ? vtune__fail_memory(a->err) : result;
}

/* Name a change when it helps. */
static int suggest(const struct advice *a, const struct vtune_spec *changed, const char *patch,
		   const char *text)
{
	int fits = try_spec(a, changed, NULL);

	return fits <= 0 ? fits : vtune__plan_add_change(a->plan, a->err, patch, text);
}

static int VTUNE__PRINTF(3, 4)
	name_change(const struct advice *a, struct vtune__text *patch, const char *format, ...)
{
	struct vtune__text text = { 0 };
	va_list args;
	int result = -1;

	va_start(args, format);
	vtune__text_vaddf(&text, format, args);
	va_end(args);
	if (patch->failed || text.failed)
		vtune__fail_memory(a->err);
	else
		result = vtune__plan_add_change(a->plan, a->err, patch->data, text.data);
	vtune__text_free(&text);
	vtune__text_free(patch);
	return result;
}

/* ---- pages ---- */

/* Does a spec with such pages still make sense? 0: ordinary ones. */
static bool may_have_pages(const struct vtune_spec *spec, uint64_t page_kib)
{
	return page_kib == 0 || (spec->backing.max_memory_kib % page_kib == 0 &&
				 spec->backing.source != VTUNE__SOURCE_ANONYMOUS &&
				 spec->backing.allocation != VTUNE__ALLOCATION_ONDEMAND);
}

static int try_page_size(const struct advice *a, uint64_t page_kib)
{
	struct vtune_spec changed = *a->spec;
	struct vtune__text patch = { 0 }, words = { 0 };
	char size[32] = "none";
	int fits;

	if (!may_have_pages(a->spec, page_kib))
		return 0;
	changed.hugepages = page_kib ? VTUNE__PAGES_SIZE : VTUNE__PAGES_NONE;
	changed.page_kib = page_kib;
	fits = try_spec(a, &changed, NULL);
	if (fits <= 0)
		return fits;
	if (page_kib)
		vtune__size_print(page_kib, size);
	vtune__text_addf(&patch, "{\"hugepages\":\"%s\"}", size);
	if (!page_kib)
		return name_change(a, &patch, "with ordinary pages");
	vtune__text_add_size(&words, page_kib);
	fits = name_change(a, &patch, "with huge pages of %s", words.failed ? size : words.data);
	vtune__text_free(&words);
	return fits;
}

static int advise_pages(const struct advice *a)
{
	const struct vtune__topology *topology = a->scene->topology;
	enum vtune__hugepages wish = a->spec->hugepages;

	/* With huge pages an isolated emulator needs more CPUs. */
	if (wish == VTUNE__PAGES_AUTO ||
	    !(has_reason(a, "pages") || has_reason(a, "memory") || has_reason(a, "start") ||
	      a->spec->emulator == VTUNE__EMULATOR_ISOLATE))
		return 0;
	for (unsigned int i = topology->npage_sizes; i-- > 0;) {
		uint64_t size = topology->page_sizes[i];

		if (wish == VTUNE__PAGES_ANY ||
		    (wish == VTUNE__PAGES_SIZE && size == a->spec->page_kib))
			continue;
		if (try_page_size(a, size) < 0)
			return -1;
	}
	return wish == VTUNE__PAGES_NONE ? 0 : try_page_size(a, 0);
}

/* ---- cells, threads, helpers ---- */

static int advise_cells(const struct advice *a)
{
	struct vtune_spec changed = *a->spec;
	struct vtune__text patch = { 0 };
	unsigned int ncells;
	int fits;

	if (a->spec->cells_kind == VTUNE__CELLS_AUTO)
		return 0;
	changed.cells_kind = VTUNE__CELLS_AUTO;
	fits = try_spec(a, &changed, &ncells);
	if (fits <= 0)
		return fits;
	vtune__text_addf(&patch, "{\"numa\":{\"cells\":%u}}", ncells);
	return name_change(a, &patch, "with %u guest cell%s%s", ncells, ncells == 1 ? "" : "s",
			   ncells == a->spec->cell_count ? " of equal size" : "");
}

static int advise_threads(const struct advice *a)
{
	struct vtune_spec changed = *a->spec;

	if (!has_reason(a, "threads"))
		return 0;
	while (changed.threads != VTUNE__PREFER) {
		struct vtune__text patch = { 0 };
		const char *word;
		int fits;

		changed.threads = changed.threads == VTUNE__ISOLATE ? VTUNE__REQUIRE
								    : VTUNE__PREFER;
		fits = try_spec(a, &changed, NULL);
		if (fits < 0)
			return -1;
		if (fits == 0)
			continue;
		word = vtune__threads_names[changed.threads];
		vtune__text_addf(&patch, "{\"cpu\":{\"threads\":\"%s\"}}", word);
		return name_change(a, &patch, "with thread policy \"%s\"", word);
	}
	return 0;
}

static int advise_emulator(const struct advice *a)
{
	struct vtune_spec changed = *a->spec;

	/* Where all vCPUs are realtime ones it must be alone. */
	if (a->spec->emulator == VTUNE__EMULATOR_SHARE ||
	    vtune__set_count(&a->spec->schedule.realtime.vcpus) == a->spec->vcpus ||
	    !(has_reason(a, "helpers") || has_reason(a, "start")))
		return 0;
	changed.emulator = VTUNE__EMULATOR_SHARE;
	return suggest(a, &changed, "{\"emulator\":{\"policy\":\"share\"}}",
		       "with the emulator on shared CPUs");
}

static int advise_iothreads(const struct advice *a)
{
	struct vtune_spec changed = *a->spec;

	if (a->spec->iothreads == VTUNE__IOTHREADS_SHARE || !has_reason(a, "helpers"))
		return 0;
	changed.iothreads = VTUNE__IOTHREADS_SHARE;
	return suggest(a, &changed, "{\"iothreads\":{\"policy\":\"share\"}}",
		       "with the I/O threads on shared CPUs");
}

/* ---- devices ---- */

static int patch_devices(const struct advice *a, const struct vtune_spec *changed,
			 struct vtune__text *patch)
{
	struct vtune__json_writer w = { 0 };
	struct json_object *root = vtune__json_new_object(&w);
	char *text VTUNE__CLEANUP(vtune__free_string) = NULL;

	vtune__spec_write_hostdevs(&w, root, changed);
	text = vtune__json_write(&w, root, a->err);
	if (!text)
		return -1;
	vtune__text_add(patch, text);
	return 0;
}

/* The host devices of the spec, to be changed. */
static int copy_devices(const struct advice *a, struct vtune_spec *changed,
			struct vtune__arena *arena)
{
	size_t size = a->spec->nhostdevs * sizeof(*changed->hostdevs);

	*changed = *a->spec;
	changed->hostdevs = vtune__arena_take(arena, 1, size);
	if (!changed->hostdevs)
		return vtune__fail_memory(a->err);
	memcpy(changed->hostdevs, a->spec->hostdevs, size);
	return 0;
}

/* With one device that is preferred, not required; or (which < 0) with all. */
static int try_devices(const struct advice *a, int which)
{
	struct vtune__arena arena = { 0 };
	struct vtune__text patch = { 0 }, words = { 0 };
	struct vtune_spec changed;
	int fits = copy_devices(a, &changed, &arena);

	if (fits == 0) {
		for (unsigned int i = 0; i < changed.nhostdevs; i++)
			if ((which < 0 || i == (unsigned int)which) &&
			    changed.hostdevs[i].affinity == VTUNE__AFFINITY_REQUIRE)
				changed.hostdevs[i].affinity = VTUNE__AFFINITY_PREFER;
		fits = try_spec(a, &changed, NULL);
	}
	if (fits > 0 && which < 0)
		vtune__text_add(&words, "all devices");
	else if (fits > 0)
		vtune__spec_add_wish(&words, &changed.hostdevs[which]);
	if (fits > 0 && (patch_devices(a, &changed, &patch) < 0 ||
			 name_change(a, &patch, "with %s preferred, not required",
				     words.failed ? "devices" : words.data) < 0))
		fits = -1;
	vtune__text_free(&words);
	vtune__arena_free(&arena);
	return fits;
}

/* Fewer of those that are to be chosen. */
static int try_fewer(const struct advice *a, unsigned int which)
{
	struct vtune__arena arena = { 0 };
	struct vtune__text patch = { 0 }, words = { 0 };
	struct vtune_spec changed;
	int fits = copy_devices(a, &changed, &arena);

	while (fits == 0 && changed.hostdevs[which].count > 1) {
		changed.hostdevs[which].count--;
		fits = try_spec(a, &changed, NULL);
	}
	if (fits > 0) {
		vtune__spec_add_wish(&words, &changed.hostdevs[which]);
		if (patch_devices(a, &changed, &patch) < 0 ||
		    name_change(a, &patch, "with %u %s", changed.hostdevs[which].count,
				words.failed ? "devices" : words.data) < 0)
			fits = -1;
	}
	vtune__text_free(&words);
	vtune__arena_free(&arena);
	return fits;
}

static int advise_devices(const struct advice *a)
{
	bool any = false;
	unsigned int required = 0;

	if (!has_reason(a, "devices"))
		return 0;
	for (unsigned int i = 0; i < a->spec->nhostdevs; i++) {
		int fits = 0;

		if (a->spec->hostdevs[i].affinity != VTUNE__AFFINITY_REQUIRE)
			continue;
		required++;
		fits = try_devices(a, (int)i);
		if (fits < 0)
			return -1;
		any |= fits > 0;
	}
	if (required > 1 && !any && try_devices(a, -1) < 0)
		return -1;
	for (unsigned int i = 0; i < a->spec->nhostdevs; i++)
		if (a->spec->hostdevs[i].count > 1 && try_fewer(a, i) < 0)
			return -1;
	return 0;
}

/* ---- where ---- */

static int advise_nodes(const struct advice *a)
{
	struct vtune_spec changed = *a->spec;

	if (!a->spec->has_nodes)
		return 0;
	changed.has_nodes = false;
	return suggest(a, &changed, "{\"numa\":{\"nodes\":null}}", "on any nodes of the host");
}

/* The next distance above one that the host has; 0 when there is none. */
static unsigned int next_distance(const struct advice *a, unsigned int above)
{
	const struct vtune__topology *topology = a->scene->topology;
	unsigned int least = 0;

	for (unsigned int from = 0; from < topology->nnodes; from++)
		for (unsigned int to = 0; to < topology->nnodes; to++) {
			unsigned int distance = vtune__distance(topology, from, to);

			if (from != to && distance > above && (least == 0 || distance < least))
				least = distance;
		}
	return least;
}

static int advise_distance(const struct advice *a)
{
	struct vtune_spec changed = *a->spec;

	if (!has_reason(a, "max_distance"))
		return 0;
	while ((changed.max_distance = next_distance(a, changed.max_distance)) > 0) {
		struct vtune__text patch = { 0 };
		int fits = try_spec(a, &changed, NULL);

		if (fits < 0)
			return -1;
		if (fits == 0)
			continue;
		vtune__text_addf(&patch, "{\"numa\":{\"max_distance\":%u}}", changed.max_distance);
		return name_change(a, &patch, "with max_distance %u", changed.max_distance);
	}
	return 0;
}

/* ---- less of it ---- */

static int advise_memory(const struct advice *a)
{
	const struct vtune__topology *topology = a->scene->topology;
	struct vtune_spec changed = *a->spec;
	struct vtune__text patch = { 0 }, size = { 0 };
	uint64_t unit = 1024, low = 0, high;
	int result;

	if (!(has_reason(a, "memory") || has_reason(a, "pages")) ||
	    (a->spec->cells_kind == VTUNE__CELLS_EXPLICIT && a->spec->cells[0].memory_kib > 0))
		return 0;
	if (a->spec->hugepages == VTUNE__PAGES_SIZE)
		unit = a->spec->page_kib;
	else if (a->spec->hugepages == VTUNE__PAGES_ANY && topology->npage_sizes > 0)
		unit = topology->page_sizes[0];
	else if (unit % topology->page_kib != 0)
		unit = topology->page_kib;
	high = (a->spec->memory_kib + unit - 1) / unit; /* does not fit */
	while (low + 1 < high) {
		uint64_t middle = low + (high - low) / 2;
		int fits;

		changed.memory_kib = middle * unit;
		fits = try_spec(a, &changed, NULL);
		if (fits < 0)
			return -1;
		if (fits > 0)
			low = middle;
		else
			high = middle;
	}
	if (low == 0)
		return 0;
	vtune__text_addf(&patch, "{\"memory\":%" PRIu64 "}", low * unit);
	vtune__text_add_size(&size, low * unit);
	result = name_change(a, &patch, "with %s of memory", size.failed ? "less" : size.data);
	vtune__text_free(&size);
	return result;
}

/* Only where it is plain which vCPUs go. */
static int try_vcpus(const struct advice *a, unsigned int vcpus)
{
	struct vtune_spec changed = *a->spec;
	struct vtune__set fewer = { 0 };
	int fits;

	changed.vcpus = vcpus;
	if (changed.iothreads_auto)
		changed.iothread_count = vtune__spec_auto_iothreads(&changed);
	if (a->spec->policy == VTUNE__DEDICATED && vtune__set_add_range(&fewer, 0, vcpus - 1) < 0)
		return vtune__fail_memory(a->err);
	changed.dedicated = fewer;
	fits = try_spec(a, &changed, NULL);
	vtune__set_free(&fewer);
	return fits;
}

static int advise_vcpus(const struct advice *a)
{
	struct vtune__text patch = { 0 };
	unsigned int low = 0, high = a->spec->vcpus;

	/* Which vCPUs are of what kind is said of the number that there is. */
	if (a->spec->policy == VTUNE__MIXED || a->spec->cells_kind == VTUNE__CELLS_EXPLICIT ||
	    !vtune__set_is_empty(&a->spec->schedule.realtime.vcpus) ||
	    !(has_reason(a, "cpus") || has_reason(a, "threads") || has_reason(a, "shared") ||
	      has_reason(a, "helpers")))
		return 0;
	if (a->spec->cells_kind == VTUNE__CELLS_COUNT)
		low = a->spec->cell_count - 1; /* each cell has one */
	while (low + 1 < high) {
		unsigned int middle = low + (high - low) / 2;
		int fits = try_vcpus(a, middle);

		if (fits < 0)
			return -1;
		if (fits > 0)
			low = middle;
		else
			high = middle;
	}
	if (low == 0 || (a->spec->cells_kind == VTUNE__CELLS_COUNT && low < a->spec->cell_count))
		return 0;
	vtune__text_addf(&patch, "{\"vcpus\":%u}", low);
	return name_change(a, &patch, "with %u vCPU%s", low, low == 1 ? "" : "s");
}

int vtune__plan_add_advice(struct vtune_plan *plan, const struct vtune__scene *scene,
			   struct vtune_error **err)
{
	/* The least intrusive first: what the guest does not see, then what it sees of
	 * its topology, then where it may be, then less of it. */
	static int (*const all[])(const struct advice *) = {
		advise_pages,	advise_emulator, advise_iothreads, advise_threads, advise_cells,
		advise_devices, advise_nodes,	 advise_distance,  advise_memory,  advise_vcpus,
	};
	const struct advice advice = {
		.plan = plan, .scene = scene, .spec = scene->spec, .err = err
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(all); i++)
		if (all[i](&advice) < 0)
			return -1;
	return 0;
}
