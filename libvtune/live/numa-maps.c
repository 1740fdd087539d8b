/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/PID/numa_maps says where the pages of each mapping lie, /proc/PID/maps how long
 * it is. */
#include "process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void free_area(struct vtune__area *area)
{
	free(area->file);
	free(area->nodes);
	vtune__set_free(&area->bound);
}

void vtune__areas_free(struct vtune__areas *areas)
{
	for (unsigned int i = 0; i < areas->count; i++)
		free_area(&areas->items[i]);
	free(areas->items);
	memset(areas, 0, sizeof(*areas));
}

uint64_t vtune__area_kib(const struct vtune__area *area)
{
	return (area->end - area->start) / 1024;
}

uint64_t vtune__area_on(const struct vtune__area *area, unsigned int node)
{
	for (unsigned int i = 0; i < area->nnodes; i++) {
		if (area->nodes[i].node == node)
			return area->nodes[i].kib;
	}
	return 0;
}

/* ---- a line of numa_maps ---- */

/* "default", "bind:0-1", "bind=static:1", "prefer (many):0", "weighted interleave:0".
 * What is no set leaves the area without nodes. */
static int take_policy(struct vtune__area *area, const char *word, struct vtune_error **err)
{
	const char *nodes = strrchr(word, ':'), *why;

	if (!nodes || vtune__set_parse(&area->bound, nodes + 1, VTUNE__MAX_NODE, &why) || why)
		return 0;
	return vtune__fail_memory(err);
}

static int add_pages(struct vtune__area *area, unsigned int node, uint64_t pages,
		     struct vtune_error **err)
{
	struct vtune__area_node *added;

	if (node > VTUNE__MAX_NODE)
		return 0;
	added = vtune__grow((void **)&area->nodes, &area->nnodes, sizeof(*added), err);
	if (!added)
		return -1;
	added->node = node;
	added->kib = pages;
	return 0;
}

static int take_word(struct vtune__area *area, const char *word, struct vtune_error **err)
{
	uint64_t number;
	unsigned int node;

	if (sscanf(word, "N%u=%" SCNu64, &node, &number) == 2)
		return add_pages(area, node, number, err);
	if (sscanf(word, "kernelpagesize_kB=%" SCNu64, &number) == 1)
		area->page_kib = number;
	else if (strncmp(word, "file=", 5) == 0 && !area->file) {
		area->file = vtune__strdup(word + 5, err);
		return area->file ? 0 : -1;
	} else if (word[0] == '(' || strncmp(word, "interleave:", 11) == 0) {
		return take_policy(area, word, err);
	}
	return 0;
}

/* The counts are of pages whose size comes last in the line. */
static void count_kib(struct vtune__area *area)
{
	for (unsigned int i = 0; i < area->nnodes; i++) {
		if (__builtin_mul_overflow(area->nodes[i].kib, area->page_kib, &area->nodes[i].kib))
			area->nodes[i].kib = 0;
	}
}

/* Takes the line apart. A mapping without any pages has no page size. */
static int take_line(struct vtune__area *area, char *line, struct vtune_error **err)
{
	char *rest = line, *word = strsep(&rest, " ");
	unsigned int words = 0;

	if (sscanf(word, "%" SCNx64, &area->start) != 1)
		return 1;
	while ((word = strsep(&rest, " "))) {
		if (*word == '\0')
			continue;
		if ((words++ == 0 ? take_policy : take_word)(area, word, err) < 0)
			return -1;
	}
	count_kib(area);
	return 0;
}

/* ---- both files ---- */

struct mapping {
	uint64_t start, end;
	bool is_writable;
};

/* The next line of maps at or behind start. */
static bool find_mapping(const char **maps, uint64_t start, struct mapping *mapping)
{
	char permissions[8];

	while (**maps) {
		const char *line = *maps;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &mapping->start, &mapping->end,
			   permissions) == 3 &&
		    mapping->start >= start) {
			mapping->is_writable = permissions[1] == 'w';
			return mapping->start == start && mapping->end > start;
		}
		line = strchr(line, '\n');
		*maps = line ? line + 1 : *maps + strlen(*maps);
	}
	return false;
}

/* A mapping that came or went between the two reads is left out. */
static int add_area(struct vtune__areas *areas, char *line, const char **maps,
		    struct vtune_error **err)
{
	struct vtune__area area = { 0 }, *added;
	struct mapping mapping;
	int result = take_line(&area, line, err);

	if (result != 0 || !find_mapping(maps, area.start, &mapping)) {
		free_area(&area);
		return result < 0 ? -1 : 0;
	}
	added = vtune__grow((void **)&areas->items, &areas->count, sizeof(*added), err);
	if (!added) {
		free_area(&area);
		return -1;
	}
	area.end = mapping.end;
	area.is_writable = mapping.is_writable;
	*added = area;
	return 0;
}

int vtune__areas_parse(struct vtune__areas *areas, const char *numa_maps, const char *maps,
		       const char *where, struct vtune_error **err)
{
	char *copy VTUNE__CLEANUP(vtune__free_string) = vtune__strdup(numa_maps, err);
	char *rest = copy, *line;

	if (!copy)
		return -1;
	while ((line = strsep(&rest, "\n"))) {
		if (*line && add_area(areas, line, &maps, err) < 0)
			return -1;
	}
	if (areas->count == 0)
		return vtune__fail(err, VTUNE_ERR_SYSTEM, where, "%s names no memory", where);
	return 0;
}

int vtune__areas_read(struct vtune__areas *areas, const char *root, int pid,
		      struct vtune_error **err)
{
	char *numa_maps VTUNE__CLEANUP(vtune__free_string) = NULL;
	char *maps VTUNE__CLEANUP(vtune__free_string) = NULL;
	char path[4200], maps_path[4200];

	snprintf(path, sizeof(path), "%s/proc/%d/numa_maps", root, pid);
	snprintf(maps_path, sizeof(maps_path), "%s/proc/%d/maps", root, pid);
	numa_maps = vtune__file_read(path, err);
	if (!numa_maps)
		return -1;
	maps = vtune__file_read(maps_path, err);
	if (!maps)
		return -1;
	return vtune__areas_parse(areas, numa_maps, maps, path, err);
}
