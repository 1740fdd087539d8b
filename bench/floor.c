/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include <hwloc.h>
#include <json-c/json.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

struct bench_floor {
	const char *spec_json;
	xmlDoc *domain;
};

struct bench_floor *bench_floor_new(const char *spec_json, const char *plan_xml)
{
	struct bench_floor *floor = calloc(1, sizeof(*floor));

	if (!floor)
		return NULL;
	floor->spec_json = spec_json;
	floor->domain = xmlReadMemory(plan_xml, (int)strlen(plan_xml), NULL, NULL, XML_PARSE_NONET);
	if (!floor->domain) {
		free(floor);
		return NULL;
	}
	return floor;
}

void bench_floor_free(struct bench_floor *floor)
{
	if (!floor)
		return;
	xmlFreeDoc(floor->domain);
	free(floor);
}

bool bench_floor_text(void *data)
{
	struct bench_floor *floor = data;
	struct json_object *spec = json_tokener_parse(floor->spec_json);
	/* A copy makes every node of the document anew, as a writer must. */
	xmlDoc *domain = xmlCopyDoc(floor->domain, 1);
	xmlChar *text = NULL;
	int length = 0;

	if (domain)
		xmlDocDumpFormatMemory(domain, &text, &length, 0);
	xmlFree(text);
	xmlFreeDoc(domain);
	return json_object_put(spec) == 1 && length > 0;
}

bool bench_floor_hwloc(void *unused)
{
	hwloc_topology_t topology;
	bool loaded;

	(void)unused;
	if (hwloc_topology_init(&topology) != 0)
		return false;
	loaded = hwloc_topology_set_synthetic(topology, bench_synthetic()) == 0 &&
		 hwloc_topology_load(topology) == 0;
	hwloc_topology_destroy(topology);
	return loaded;
}
