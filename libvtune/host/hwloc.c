/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Load a topology with hwloc, and make a host of it. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "libvtune-hwloc.h"

#include "hwloc-reading.h"
#include "sources.h"

static void destroy_topology(hwloc_topology_t *topology)
{
	if (*topology)
		hwloc_topology_destroy(*topology);
}

static int read_name(struct vtune__reading *reading)
{
	const char *name =
		hwloc_obj_get_info_by_name(hwloc_get_root_obj(reading->topology), "HostName");

	if (!name)
		return 0;
	reading->draft->name = vtune__strdup(name, reading->err);
	return reading->draft->name ? 0 : -1;
}

/* Some systems do not call it as Linux does. */
static const char *arch_name(const char *arch)
{
	static const char *const names[][2] = {
		{ "amd64", "x86_64" }, { "arm64", "aarch64" }, { "i386", "i686" },
		{ "i486", "i686" },    { "i586", "i686" },
	};

	for (unsigned int i = 0; i < VTUNE__COUNT(names); i++)
		if (strcmp(names[i][0], arch) == 0)
			return names[i][1];
	return arch;
}

/* What hwloc knows of a package, or else of the machine, without blanks at its end. */
static int read_info(const struct vtune__reading *reading, const char *name, char **to)
{
	hwloc_obj_t package = hwloc_get_obj_by_type(reading->topology, HWLOC_OBJ_PACKAGE, 0);
	const char *text = package ? hwloc_obj_get_info_by_name(package, name) : NULL;
	size_t length;

	if (!text)
		text = hwloc_obj_get_info_by_name(hwloc_get_root_obj(reading->topology), name);
	length = text ? strlen(text) : 0;
	while (length > 0 && text[length - 1] == ' ')
		length--;
	if (length == 0)
		return 0;
	*to = vtune__strdup(text, reading->err);
	if (!*to)
		return -1;
	(*to)[length] = '\0';
	return 0;
}

static int read_processor(const struct vtune__reading *reading)
{
	struct vtune__processor *processor = &reading->draft->processor;
	const char *arch = hwloc_obj_get_info_by_name(hwloc_get_root_obj(reading->topology),
						      "Architecture");

	if (arch && arch[0]) {
		processor->arch = vtune__strdup(arch_name(arch), reading->err);
		if (!processor->arch)
			return -1;
	}
	if (read_info(reading, "CPUVendor", &processor->vendor) < 0)
		return -1;
	return read_info(reading, "CPUModel", &processor->model);
}

static int read_topology(hwloc_topology_t topology, struct vtune__draft *draft,
			 struct vtune_error **err)
{
	struct vtune__reading reading = { .topology = topology, .draft = draft, .err = err };
	int rc = -1;

	if (read_name(&reading) == 0 && read_processor(&reading) == 0 &&
	    vtune__hwloc_read_nodes(&reading) == 0 &&
	    vtune__hwloc_read_cpus(&reading) == 0 && vtune__hwloc_read_parts(&reading) == 0 &&
	    vtune__hwloc_read_devices(&reading) == 0) {
		vtune__hwloc_infer_kinds(&reading);
		rc = 0;
	}
	free(reading.node_of_cpu);
	vtune__set_free(&reading.placed);
	return rc;
}

/* What a saved topology says of bandwidths and of efficient cores is not needed; on
 * a live one it helps hwloc to tell kinds of memory. */
#if HWLOC_API_VERSION >= 0x00020800
#define SAVED_FLAGS (HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS | HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS)
#else
#define SAVED_FLAGS 0
#endif

static int new_topology(hwloc_topology_t *topology, unsigned long flags, struct vtune_error **err)
{
	if (hwloc_topology_init(topology) < 0)
		return vtune__fail_memory(err);
	if (hwloc_topology_set_flags(*topology, flags | HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) <
		    0 ||
	    hwloc_topology_set_type_filter(*topology, HWLOC_OBJ_PCI_DEVICE,
					   HWLOC_TYPE_FILTER_KEEP_ALL) < 0 ||
	    /* For the root buses; this also keeps bridges with devices behind them. */
	    hwloc_topology_set_type_filter(*topology, HWLOC_OBJ_BRIDGE,
					   HWLOC_TYPE_FILTER_KEEP_IMPORTANT) < 0 ||
	    hwloc_topology_set_type_filter(*topology, HWLOC_OBJ_OS_DEVICE,
					   HWLOC_TYPE_FILTER_KEEP_IMPORTANT) < 0 ||
	    hwloc_topology_set_type_filter(*topology, HWLOC_OBJ_L1CACHE,
					   HWLOC_TYPE_FILTER_KEEP_NONE) < 0)
		return vtune__fail_errno(err, errno, NULL, "Cannot set up hwloc");
	return 0;
}

static struct vtune_host *build(hwloc_topology_t topology, struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__draft_free) struct vtune__draft draft = { 0 };

	if (read_topology(topology, &draft, err) < 0)
		return NULL;
	/* A topology says nothing of what is in use: allocations are to be taken off. */
	draft.free_includes_allocations = true;
	return vtune__host_build(&draft, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_hwloc_topology(hwloc_topology_t topology,
							       struct vtune_error **err)
{
	if (!topology) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (hwloc_topology_abi_check(topology) < 0) {
		vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			    "the hwloc topology is from another version of hwloc than the %x "
			    "that libvtune uses",
			    hwloc_get_api_version());
		return NULL;
	}
	if (!hwloc_get_root_obj(topology)->cpuset) {
		vtune__fail(err, VTUNE_ERR_INVALID, NULL,
			    "the hwloc topology is not loaded; call hwloc_topology_load() first");
		return NULL;
	}
	return build(topology, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_hwloc_xml(const char *xml, struct vtune_error **err)
{
	VTUNE__CLEANUP(destroy_topology) hwloc_topology_t topology = NULL;
	size_t size;

	if (!xml) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__hwloc_check_xml(xml, err) < 0 || new_topology(&topology, SAVED_FLAGS, err) < 0)
		return NULL;
	size = strlen(xml) + 1;
	if (size > INT_MAX || hwloc_topology_set_xmlbuffer(topology, xml, (int)size) < 0 ||
	    hwloc_topology_load(topology) < 0) {
		vtune__fail(err, VTUNE_ERR_DOCUMENT, NULL,
			    "hwloc cannot load the XML; it must be as hwloc saved it (lstopo "
			    "FILE.xml), and not from a later major version of hwloc");
		return NULL;
	}
	return build(topology, err);
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_hwloc_file(const char *path,
							   struct vtune_error **err)
{
	VTUNE__CLEANUP(vtune__free_string) char *xml = NULL;
	struct vtune_host *host;

	if (!path) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	xml = vtune__file_read(path, err);
	if (!xml)
		return NULL;
	host = vtune_host_from_hwloc_xml(xml, err);
	if (!host)
		vtune__error_prefix(err, path);
	return host;
}

VTUNE_EXPORT struct vtune_host *vtune_host_from_synthetic(const char *description,
							  struct vtune_error **err)
{
	VTUNE__CLEANUP(destroy_topology) hwloc_topology_t topology = NULL;

	if (!description) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__hwloc_check_synthetic(description, err) < 0 ||
	    new_topology(&topology, SAVED_FLAGS, err) < 0)
		return NULL;
	if (hwloc_topology_set_synthetic(topology, description) < 0 ||
	    hwloc_topology_load(topology) < 0) {
		vtune__fail(
			err, VTUNE_ERR_DOCUMENT, NULL,
			"hwloc does not understand the synthetic description \"%s\"; it must be "
			"levels from the largest to PU, such as \"Package:2 "
			"[NUMANode(memory=64GiB)] L3Cache:2 Core:8 PU:2\"",
			description);
		return NULL;
	}
	return build(topology, err);
}

int vtune__hwloc_read_system(struct vtune__draft *draft, bool *is_this_system,
			     struct vtune_error **err)
{
	VTUNE__CLEANUP(destroy_topology) hwloc_topology_t topology = NULL;

	if (new_topology(&topology, 0, err) < 0)
		return -1;
	if (hwloc_topology_load(topology) < 0)
		return vtune__fail_errno(err, errno, NULL,
					 "hwloc cannot read the topology of this machine");
	*is_this_system = hwloc_topology_is_thissystem(topology);
	return read_topology(topology, draft, err);
}
