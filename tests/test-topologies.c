/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Real machines. They lie beside the project, in the folder that VTUNE_SHARED names:
 * topologies/INDEX.md says what each has, topologies/synthetic.txt holds synthetic
 * strings, sysfs the /sys of some, domains capabilities. What is expected comes from
 * the index, from hwloc itself, and from counting elements.
 */
#define _GNU_SOURCE /* nftw */
#include <ftw.h>
#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <hwloc.h>

#include "host-help.h"

#define MAX_ROWS 64

/* A line of the index. */
struct row {
	char *file, *distances, *pci, *offline, *features;
	unsigned int packages, nodes, cpuless, cores, pus, l3;
	double gib;
};

static const char *shared;
static char *index_text;
static struct row rows[MAX_ROWS];
static unsigned int nrows;

static char *path_of(const char *folder, const char *file)
{
	struct vtune__text path = { 0 };

	vtune__text_addf(&path, "%s/%s/%s", shared, folder, file);
	assert_non_null(path.data);
	return path.data;
}

/* ---- the index ---- */

/* The next cell of a table's line, without the blanks around it. */
static char *next_cell(char **line)
{
	char *cell = strsep(line, "|"), *end;

	if (!cell)
		return NULL;
	cell += strspn(cell, " ");
	for (end = cell + strlen(cell); end > cell && end[-1] == ' '; end--)
		;
	*end = '\0';
	return cell;
}

static void add_row(char *line)
{
	struct row *row = &rows[nrows];
	char *cells[14];

	next_cell(&line);
	for (size_t i = 0; i < VTUNE__COUNT(cells); i++)
		if (!(cells[i] = next_cell(&line)))
			return;
	if (!strstr(cells[0], ".xml") || nrows == MAX_ROWS)
		return;
	row->file = cells[0];
	row->packages = (unsigned int)atoi(cells[3]);
	row->nodes = (unsigned int)atoi(cells[4]);
	row->cpuless = (unsigned int)atoi(cells[5]);
	row->cores = (unsigned int)atoi(cells[6]);
	row->pus = (unsigned int)atoi(cells[7]);
	row->l3 = (unsigned int)atoi(cells[8]);
	row->distances = cells[9];
	row->gib = atof(cells[10]);
	row->pci = cells[11];
	row->offline = cells[12];
	row->features = cells[13];
	nrows++;
}

static int read_index(void **state)
{
	char *path, *rest;

	(void)state;
	shared = getenv("VTUNE_SHARED");
	if (!shared || access(shared, R_OK) < 0) {
		shared = NULL;
		return 0;
	}
	path = path_of("topologies", "INDEX.md");
	index_text = vtune__file_read(path, NULL);
	free(path);
	for (rest = index_text; rest;)
		add_row(strsep(&rest, "\n"));
	return 0;
}

static int free_index(void **state)
{
	(void)state;
	free(index_text);
	return 0;
}

static void need_data(void)
{
	if (!shared)
		skip();
	assert_true(nrows > 0);
}

/* ---- one machine ---- */

static void check_distances(const struct row *row, const struct vtune__topology *t)
{
	unsigned int min = 10, max = t->nnodes > 1 ? 20 : 10, found_min = ~0u, found_max = 0;

	/* "no": the defaults. */
	sscanf(row->distances, "%u..%u", &min, &max);
	for (unsigned int i = 0; i < t->nnodes * t->nnodes; i++) {
		found_min = t->distances[i] < found_min ? t->distances[i] : found_min;
		found_max = t->distances[i] > found_max ? t->distances[i] : found_max;
	}
	assert_int_equal(found_min, min);
	assert_int_equal(found_max, max);
}

static void check_nodes(const struct row *row, const struct vtune_host *host)
{
	const struct vtune__topology *t = host->topology;
	unsigned int cpuless = 0, not_ours = 0, disallowed_cpus = 0, disallowed_nodes = 0;
	uint64_t kib = 0;

	for (unsigned int i = 0; i < t->nnodes; i++) {
		bool is_cpuless = vtune__set_is_empty(&t->nodes[i].cpus);

		kib += t->nodes[i].memory_kib;
		cpuless += is_cpuless;
		not_ours += host->free_kib[i] == 0;
		if (!is_cpuless)
			assert_int_equal(t->nodes[i].kind, VTUNE__DRAM);
		else if (strstr(row->features, "MCDRAM"))
			assert_int_equal(t->nodes[i].kind, VTUNE__HBM);
		else if (strstr(row->file, "pmem"))
			assert_int_equal(t->nodes[i].kind, VTUNE__NVM);
		else if (strstr(row->file, "power9"))
			assert_int_equal(t->nodes[i].kind, VTUNE__GPU);
		else
			assert_int_equal(t->nodes[i].kind, VTUNE__DRAM);
	}
	assert_int_equal(t->nnodes, row->nodes);
	assert_int_equal(cpuless, row->cpuless);
	assert_true(fabs((double)kib / (1 << 20) - row->gib) <= 0.05 + 1e-9);
	/* CPUs that are off stand in these files without node or core: left out. */
	sscanf(row->offline, "disallowed %u PUs; disallowed %u nodes", &disallowed_cpus,
	       &disallowed_nodes);
	assert_int_equal(vtune__set_count(&t->offline), disallowed_cpus);
	assert_int_equal(not_ours, disallowed_nodes);
}

static void check_host(const struct row *row, const struct vtune_host *host)
{
	const struct vtune__topology *t = host->topology;
	unsigned int l3 = 0, on_nodes = 0;

	print_message("%s\n", row->file);
	check_nodes(row, host);
	check_distances(row, t);
	assert_int_equal(t->npackages, row->packages);
	assert_int_equal(t->ncores, row->cores);
	assert_int_equal(vtune__set_count(&t->cpus), row->pus);
	for (unsigned int i = 0; i < t->nnodes; i++)
		on_nodes += vtune__set_count(&t->nodes[i].cpus);
	assert_int_equal(on_nodes, row->pus);
	for (unsigned int i = 0; i < t->ncaches; i++)
		l3 += t->caches[i].level == 3;
	assert_int_equal(l3, row->l3);
	if (l3 > 0)
		assert_int_equal(t->ngroups, l3);
}

static hwloc_topology_t load(const char *path, const char *synthetic)
{
	hwloc_topology_t topology;

	assert_int_equal(hwloc_topology_init(&topology), 0);
	if (path)
		assert_int_equal(hwloc_topology_set_xml(topology, path), 0);
	else
		assert_int_equal(hwloc_topology_set_synthetic(topology, synthetic), 0);
	assert_int_equal(hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED),
			 0);
	assert_int_equal(hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_ALL),
			 0);
	assert_int_equal(hwloc_topology_load(topology), 0);
	return topology;
}

static void check_device(const struct vtune_host *host, hwloc_topology_t topology, hwloc_obj_t pci)
{
	const struct hwloc_pcidev_attr_s *attr = &pci->attr->pcidev;
	hwloc_obj_t near = hwloc_get_non_io_ancestor_obj(topology, pci);
	const struct vtune__device *device;
	char id[32];

	snprintf(id, sizeof(id), "%04x:%02x:%02x.%x", attr->domain, attr->bus, attr->dev,
		 attr->func);
	device = vtune__topology_device(host->topology, id);
	assert_non_null(device);
	assert_true(device->class[0] != '\0');
	if (hwloc_bitmap_weight(near->nodeset) == 1)
		assert_int_equal(host->topology->nodes[device->node].id,
				 hwloc_bitmap_first(near->nodeset));
	for (hwloc_obj_t child = pci->io_first_child; child; child = child->next_sibling)
		if (child->attr->osdev.type == HWLOC_OBJ_OSDEV_NETWORK)
			assert_ptr_equal(vtune__topology_device(host->topology, child->name),
					 device);
}

static void check_devices(const struct row *row, const struct vtune_host *host, const char *path)
{
	hwloc_topology_t topology = load(path, NULL);
	hwloc_obj_t pci = NULL;
	unsigned int expected = 0, found = 0;

	sscanf(row->pci, "yes: %u devs", &expected);
	assert_int_equal(host->topology->ndevices, expected);
	while ((pci = hwloc_get_next_pcidev(topology, pci))) {
		check_device(host, topology, pci);
		found++;
	}
	assert_int_equal(found, expected);
	hwloc_topology_destroy(topology);
}

static void test_xml(void **state)
{
	(void)state;
	need_data();
	for (unsigned int i = 0; i < nrows; i++) {
		char *path = path_of("topologies", rows[i].file);
		struct vtune_error *err = NULL;
		struct vtune_host *host = vtune_host_from_hwloc_file(path, &err);

		if (!host)
			fail_msg("%s", vtune_error_get_message(err));
		check_host(&rows[i], host);
		check_devices(&rows[i], host, path);
		vtune_host_free(host);
		free(path);
	}
}

/* ---- synthetic strings ---- */

static void check_synthetic(const char *text)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host = vtune_host_from_synthetic(text, &err);
	hwloc_topology_t topology = load(NULL, text);
	const struct vtune__topology *t;
	uint64_t kib = 0;

	if (!host)
		fail_msg("%s: %s", text, vtune_error_get_message(err));
	t = host->topology;
	assert_int_equal(t->nnodes, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE));
	assert_int_equal(t->ncores, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE));
	assert_int_equal(t->npackages, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PACKAGE));
	assert_int_equal(t->ngroups, hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_L3CACHE));
	assert_int_equal(vtune__set_count(&t->cpus),
			 hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_PU));
	for (unsigned int i = 0; i < t->nnodes; i++)
		kib += t->nodes[i].memory_kib;
	assert_int_equal(kib, hwloc_get_root_obj(topology)->total_memory >> 10);
	hwloc_topology_destroy(topology);
	vtune_host_free(host);
}

static void test_synthetic(void **state)
{
	char *path, *text, *rest, *line;
	unsigned int count = 0;

	(void)state;
	need_data();
	path = path_of("topologies", "synthetic.txt");
	text = vtune__file_read(path, NULL);
	assert_non_null(text);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		char *string = strchr(line, '|');

		if (!string)
			continue;
		check_synthetic(string + 1);
		count++;
	}
	assert_true(count > 0);
	free(text);
	free(path);
}

/* ---- /sys ---- */

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

static void check_tree(const struct row *row, const char *root)
{
	struct vtune_error *err = NULL;
	struct vtune_host *host;

	setenv("HWLOC_COMPONENTS", "linux,stop", 1);
	setenv("HWLOC_FSROOT", root, 1);
	host = vtune_host_from_system(&err);
	unsetenv("HWLOC_FSROOT");
	unsetenv("HWLOC_COMPONENTS");
	if (!host)
		fail_msg("%s: %s", row->file, vtune_error_get_message(err));
	check_host(row, host);
	for (unsigned int i = 0; i < host->topology->nnodes; i++)
		assert_true(host->free_kib[i] < host->topology->nodes[i].memory_kib);
	vtune_host_free(host);
}

static void test_sysfs(void **state)
{
	unsigned int count = 0;

	(void)state;
	need_data();
	for (unsigned int i = 0; i < nrows; i++) {
		char folder[] = "test-topologies-XXXXXX";
		struct vtune__text text = { 0 };
		glob_t found = { 0 };

		vtune__text_addf(&text, "%s/sysfs/%.*s.tar.*", shared,
				 (int)(strlen(rows[i].file) - strlen(".xml")), rows[i].file);
		if (glob(text.data, 0, NULL, &found) == 0) {
			char *command = NULL;
			glob_t root = { 0 };

			assert_non_null(mkdtemp(folder));
			assert_true(asprintf(&command,
					     "tar -C '%s' -xf '%s' && "
					     "chmod -R u+w '%s'",
					     folder, found.gl_pathv[0], folder) > 0);
			assert_int_equal(system(command), 0);
			free(command);
			assert_true(asprintf(&command, "%s/*/sys/..", folder) > 0);
			assert_int_equal(glob(command, 0, NULL, &root), 0);
			check_tree(&rows[i], root.gl_pathv[0]);
			globfree(&root);
			free(command);
			nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
			count++;
		}
		globfree(&found);
		vtune__text_free(&text);
	}
	assert_true(count > 0);
}

/* ---- capabilities ---- */

static unsigned int count_of(const char *text, const char *part)
{
	unsigned int count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* The threads that are the first of their siblings. */
static unsigned int count_cores(const char *text)
{
	unsigned int count = 0, id, first;

	for (; (text = strstr(text, "<cpu id='")); text++) {
		const char *siblings = strstr(text, "siblings='");

		if (siblings && sscanf(text, "<cpu id='%u'", &id) == 1 &&
		    sscanf(siblings, "siblings='%u", &first) == 1)
			count += id == first;
	}
	return count;
}

static void test_capabilities(void **state)
{
	glob_t found = { 0 };
	char *pattern;

	(void)state;
	need_data();
	pattern = path_of("domains", "vircaps*.xml");
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *text = vtune__file_read(found.gl_pathv[i], NULL);
		unsigned int l3 = count_of(text, "level='3' type='both'");
		unsigned int cells = count_of(text, "<cell id='");
		struct vtune_error *err = NULL;
		struct vtune_host *host = vtune_host_from_capabilities(text, &err);

		if (!host)
			fail_msg("%s: %s", found.gl_pathv[i], vtune_error_get_message(err));
		assert_int_equal(host->topology->nnodes, cells);
		assert_int_equal(vtune__set_count(&host->topology->cpus),
				 count_of(text, "<cpu id='"));
		assert_int_equal(host->topology->ncores, count_cores(text));
		assert_int_equal(host->topology->ngroups, l3 ? l3 : cells);
		vtune_host_free(host);
		free(text);
	}
	globfree(&found);
	free(pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_synthetic),
		cmocka_unit_test(test_sysfs),
		cmocka_unit_test(test_capabilities),
	};

	return cmocka_run_group_tests(tests, read_index, free_index);
}
