/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A KubeVirt hook: a VM's threads and memory are placed within the CPUs of its pod.
 *
 *   onDefineDomain --vmi JSON --domain XML
 *
 * KubeVirt's sidecar-shim calls it with the domain that is about to be defined, and takes
 * what it prints in its place; when it fails, the VM does not start. See README.md.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvtune.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#define MAX_CPUS 4096

static int fail(const char *what, struct vtune_error *error)
{
	fprintf(stderr, "onDefineDomain: %s%s%s\n", what, error ? ": " : "",
		error ? vtune_error_get_message(error) : "");
	vtune_error_free(error);
	return 1;
}

/* ---- the CPUs of the pod: where KubeVirt pins the threads, it pins them there ---- */

/* "0-3,8"; KubeVirt writes no other forms. */
static int add_set(bool cpus[MAX_CPUS], const char *text)
{
	while (*text) {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (end == text)
			return -1;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last >= MAX_CPUS || first > last || (*end && *end != ','))
			return -1;
		for (; first <= last; first++)
			cpus[first] = true;
		text = *end ? end + 1 : end;
	}
	return 0;
}

static xmlNode *child(xmlNode *parent, const char *name)
{
	xmlNode *node = parent ? parent->children : NULL;

	while (node && (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, name)))
		node = node->next;
	return node;
}

/* of: the elements whose cpuset counts; returns how many there are, or -1. */
static int read_pins(xmlNode *cputune, const char *of, bool cpus[MAX_CPUS])
{
	xmlNode *node = cputune ? cputune->children : NULL;
	int count = 0;

	for (; node; node = node->next) {
		xmlChar *set;

		if (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, of) != 0)
			continue;
		set = xmlGetProp(node, (const xmlChar *)"cpuset");
		if (set && add_set(cpus, (const char *)set) == 0)
			count++;
		else
			count = MAX_CPUS;
		xmlFree(set);
		if (count >= MAX_CPUS)
			return -1;
	}
	return count;
}

/* All CPUs that the pod has to itself. Returns how many vCPUs are pinned; 0: the pod has
 * none, and other pods run where it does. */
static int read_pod(const char *xml, bool cpus[MAX_CPUS])
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL,
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNode *cputune = doc ? child(xmlDocGetRootElement(doc), "cputune") : NULL;
	int pins = doc ? read_pins(cputune, "vcpupin", cpus) : -1;

	if (pins > 0 && (read_pins(cputune, "emulatorpin", cpus) < 0 ||
			 read_pins(cputune, "iothreadpin", cpus) < 0))
		pins = -1;
	xmlFreeDoc(doc);
	return pins;
}

/* ---- placing ---- */

/* "3,4,5": NULL when out of memory. */
static char *write_set(const bool cpus[MAX_CPUS])
{
	size_t size = 6 * (size_t)MAX_CPUS, used = 0;
	char *set = malloc(size);

	if (!set)
		return NULL;
	set[0] = '\0';
	for (int i = 0; i < MAX_CPUS; i++) {
		if (cpus[i])
			used += (size_t)snprintf(set + used, size - used, "%s%d", used ? "," : "",
						 i);
	}
	return set;
}

static int place_on(const struct vtune_host *host, const char *xml)
{
	struct vtune_error *error = NULL;
	struct vtune_spec *spec = vtune_spec_for_migration(xml, &error);
	struct vtune_plan *plan = spec ? vtune_place(host, spec, NULL, &error) : NULL;
	char *out = NULL;
	int status = 1;

	if (plan && vtune_plan_fits(plan)) {
		out = vtune_plan_to_migration_xml(plan, xml, &error);
		status = out ? fputs(out, stdout) < 0 || fflush(stdout) != 0 : 1;
	} else if (plan) {
		out = vtune_plan_to_text(plan, host, 0, &error);
		fputs(out ? out : "", stderr);
	}
	if (status)
		fail("the VM has no place within the CPUs of its pod", error);
	free(out);
	vtune_plan_free(plan);
	vtune_spec_free(spec);
	return status;
}

static int place(const char *xml, const bool cpus[MAX_CPUS])
{
	struct vtune_error *error = NULL;
	struct vtune_host *host = vtune_host_from_system(&error), *pod = NULL;
	char *set = write_set(cpus);
	int status;

	if (host && set)
		pod = vtune_host_within(host, set, &error);
	status = pod ? place_on(pod, xml) : fail("the host", error);
	vtune_host_free(pod);
	vtune_host_free(host);
	free(set);
	return status;
}

/* The VMI says nothing that the domain does not say, too. */
static const char *read_options(int argc, char **argv)
{
	static const struct option known[] = { { "vmi", required_argument, NULL, 'v' },
					       { "domain", required_argument, NULL, 'd' },
					       { 0 } };
	const char *xml = NULL;
	int id;

	while ((id = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (id == 'd')
			xml = optarg;
		else if (id != 'v')
			return NULL;
	}
	return optind == argc ? xml : NULL;
}

int main(int argc, char **argv)
{
	const char *xml = read_options(argc, argv);
	bool cpus[MAX_CPUS] = { false };
	int pins;

	if (!xml)
		return fail("usage: onDefineDomain --vmi JSON --domain XML", NULL);
	pins = read_pod(xml, cpus);
	if (pins < 0)
		return fail("the pins of the domain cannot be read", NULL);
	/* Without CPUs of its own there is nothing to place it on. */
	if (pins == 0)
		return fputs(xml, stdout) < 0 || fflush(stdout) != 0;
	/* hwloc: the CPUs of the pod are not those of this container, a sidecar in it. */
	setenv("HWLOC_ALLOW", "all", 1);
	return place(xml, cpus);
}
