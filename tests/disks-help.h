/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of disks share. Include it behind xml-help.h. */
#ifndef VTUNE_TESTS_DISKS_HELP_H
#define VTUNE_TESTS_DISKS_HELP_H

#include "host-help.h"
#include "spec-help.h"

/* Two nodes; disks n0, p0 are on the first, n1, p1 on the other, x somewhere. */
static inline struct vtune_host *disks_host(const char *versions)
{
	struct vtune__text text = { 0 };
	struct vtune_host *host;
	char *json;

	vtune__text_addf(
		&text,
		"{ 'version': 1,%s 'reserved_cpus': '0', 'nodes': ["
		"  { 'id': 0, 'cpus': '0-7', 'memory_kib': 16777216 },"
		"  { 'id': 1, 'cpus': '8-15', 'memory_kib': 16777216 } ],"
		"  'devices': [ { 'id': '0000:01:00.0', 'node': 0, 'names': [ 'n0', 'p0' ] },"
		"    { 'id': '0000:81:00.0', 'node': 1, 'names': [ 'n1', 'p1' ] },"
		"    { 'id': '0000:c1:00.0', 'names': [ 'x' ] } ] }",
		versions ? versions : "");
	json = quoted(text.data);
	host = host_from(json);
	free(json);
	vtune__text_free(&text);
	return host;
}

static const char new_versions[] =
	" 'hypervisor': { 'type': 'QEMU', 'version': '10.0.0', 'libvirt': '11.2.0' },";
static const char old_versions[] =
	" 'hypervisor': { 'type': 'QEMU', 'version': '7.0.0', 'libvirt': '8.4.0' },";

static inline struct vtune_plan *disks_place(const struct vtune_host *host,
					     const struct vtune_spec *spec)
{
	struct vtune_error *err = NULL;
	struct vtune_plan *plan = vtune_place(host, spec, NULL, &err);

	if (!plan || !vtune_plan_fits(plan))
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	if (vtune_plan_validate(plan, host, spec, &err) < 0)
		fail_msg("%s: %s", vtune_error_get_where(err), vtune_error_get_message(err));
	return plan;
}

/* keys: of a spec, with ' for ". */
static inline struct vtune_plan *disks_plan(const char *versions, unsigned int vcpus,
					    const char *keys)
{
	struct vtune_host *host = disks_host(versions);
	struct vtune__text text = { 0 };
	struct vtune_spec *spec;
	struct vtune_plan *plan;
	char *json;

	vtune__text_addf(&text, "{ 'version': 1, 'vcpus': %u, 'memory': '64MiB', %s }", vcpus,
			 keys);
	json = quoted(text.data);
	spec = help_spec(json);
	help_spec_is_sound(spec);
	plan = disks_place(host, spec);
	free(json);
	vtune__text_free(&text);
	vtune_spec_free(spec);
	vtune_host_free(host);
	return plan;
}

static inline bool disks_warned(const struct vtune_plan *plan, const char *code, const char *part)
{
	for (unsigned int i = 0; i < plan->nwarnings; i++)
		if (strcmp(plan->warnings[i].code, code) == 0 &&
		    strstr(plan->warnings[i].text, part))
			return true;
	return false;
}

/* How many warnings are about disks and their threads? */
static inline unsigned int disks_warnings(const struct vtune_plan *plan)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < plan->nwarnings; i++)
		count += strcmp(plan->warnings[i].code, "disk") == 0 ||
			 strcmp(plan->warnings[i].code, "iothreads") == 0;
	return count;
}

#endif
