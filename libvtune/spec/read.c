/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "read.h"

#include <string.h>

int vtune__spec_read_word(const struct vtune__json *object, const char *key,
			  const char *const *words, int *out, struct vtune_error **err)
{
	struct vtune__json at;

	if (!vtune__json_get(object, key, &at))
		return 0;
	return vtune__json_enum(&at, words, out, err);
}

int vtune__spec_read_number(const struct vtune__json *object, const char *key, unsigned int min,
			    unsigned int max, unsigned int *out, struct vtune_error **err)
{
	struct vtune__json at;

	return vtune__json_get(object, key, &at) ? vtune__json_uint32(&at, min, max, out, err) : 0;
}

int vtune__spec_read_bool(const struct vtune__json *object, const char *key, bool *out,
			  struct vtune_error **err)
{
	struct vtune__json at;

	return vtune__json_get(object, key, &at) ? vtune__json_bool(&at, out, err) : 0;
}

bool vtune__spec_is_auto(const struct vtune__json *at)
{
	const char *text;

	return vtune__json_is_string(at) && vtune__json_string(at, &text, NULL) == 0 &&
	       strcmp(text, "auto") == 0;
}

int vtune__spec_read_vcpus(const struct vtune__json *at, const struct vtune_spec *spec,
			   struct vtune__set *out, struct vtune_error **err)
{
	int beyond;

	if (vtune__json_set(at, VTUNE__MAX_VCPUS - 1, out, err) < 0)
		return -1;
	if (vtune__set_is_empty(out))
		return vtune__json_fail(at, err, "Here must be at least one vCPU, like \"0\"");
	beyond = vtune__set_next(out, spec->vcpus);
	if (beyond >= 0)
		return vtune__json_fail(at, err,
					"There is no vCPU %d: the VM has %u, numbered from 0",
					beyond, spec->vcpus);
	return 0;
}

int vtune__spec_read_list(const struct vtune__json *root, const char *key, struct vtune__json *list,
			  unsigned int *length, struct vtune_error **err)
{
	*length = 0;
	if (!vtune__json_get(root, key, list))
		return 0;
	if (vtune__json_array(list, length, err) < 0)
		return -1;
	if (*length > VTUNE__MAX_DEVICES)
		return vtune__json_fail(list, err,
					"There are %u entries here, and at most %u may be", *length,
					VTUNE__MAX_DEVICES);
	return 0;
}

static int read_name(const struct vtune__json *root, struct vtune_spec *spec,
		     struct vtune_error **err)
{
	const char *name = "vm";
	struct vtune__json at;

	if (vtune__json_get(root, "name", &at)) {
		if (vtune__json_string(&at, &name, err) < 0)
			return -1;
		if (!vtune__is_vm_name(name))
			return vtune__json_fail(
				&at, err, "A name must have at least one character, and no \"/\"");
	}
	spec->name = vtune__strdup(name, err);
	return spec->name ? 0 : -1;
}

static int read_size(const struct vtune__json *root, struct vtune_spec *spec,
		     struct vtune_error **err)
{
	struct vtune__json at;

	if (vtune__json_need(root, "vcpus", &at, err) < 0 ||
	    vtune__json_uint32(&at, 1, VTUNE__MAX_VCPUS, &spec->vcpus, err) < 0 ||
	    vtune__json_need(root, "memory", &at, err) < 0 ||
	    vtune__json_size(&at, &spec->memory_kib, err) < 0)
		return -1;
	if (spec->memory_kib == 0)
		return vtune__json_fail(&at, err, "A VM must have memory, such as \"8GiB\"");
	return 0;
}

/* x86, Arm, POWER, RISC-V: every huge page of every processor is 2^n bytes. */
static int read_page_size(const struct vtune__json *at, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	if (vtune__json_size(at, &spec->page_kib, err) < 0)
		return -1;
	if (spec->page_kib == 0 || (spec->page_kib & (spec->page_kib - 1)) != 0)
		return vtune__json_fail(at, err,
					"The size of a huge page is a power of two, like "
					"\"2MiB\" or \"1GiB\" (\"2MB\" is 2000000 bytes)");
	spec->hugepages = VTUNE__PAGES_SIZE;
	return 0;
}

static int read_hugepages(const struct vtune__json *root, struct vtune_spec *spec,
			  struct vtune_error **err)
{
	static const char *const words[] = { "auto", "none", "any", NULL };
	struct vtune__json at;
	const char *text;

	if (!vtune__json_get(root, "hugepages", &at))
		return 0;
	if (!vtune__json_is_string(&at))
		return read_page_size(&at, spec, err);
	if (vtune__json_string(&at, &text, err) < 0)
		return -1;
	/* A size begins with a digit, so all else is meant as a word. */
	if (text[0] >= '0' && text[0] <= '9')
		return read_page_size(&at, spec, err);
	for (unsigned int i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			spec->hugepages = (enum vtune__hugepages)i;
			return 0;
		}
	}
	return vtune__json_fail(&at, err,
				"\"%s\" is not known; it must be \"auto\", \"none\", "
				"\"any\" or a size, like \"2MiB\"",
				text);
}

static int read_emulator(const struct vtune__json *root, struct vtune_spec *spec,
			 struct vtune_error **err)
{
	static const char *const keys[] = { "policy", NULL };
	int policy = VTUNE__EMULATOR_SHARE;
	struct vtune__json at;

	if (!vtune__json_get(root, "emulator", &at))
		return 0;
	if (vtune__json_object(&at, keys, err) < 0 ||
	    vtune__spec_read_word(&at, "policy", vtune__emulator_names, &policy, err) < 0)
		return -1;
	spec->emulator = (enum vtune__emulator)policy;
	return 0;
}

static int read_spec(const struct vtune__json *root, struct vtune_spec *spec,
		     struct vtune_error **err)
{
	static const char *const keys[] = {
		"version",   "name",	       "vcpus",	    "memory",	"cpu",
		"machine",   "numa",	       "hugepages", "emulator", "iothreads",
		"disks",     "interfaces",     "hostdevs",  "pcie",	"realtime",
		"bandwidth", "memory_backing", "hotplug",   "memtune",	"strategy",
		NULL,
	};
	int strategy = VTUNE__PACK;

	if (vtune__json_object(root, keys, err) < 0 || vtune__json_version(root, err) < 0 ||
	    read_name(root, spec, err) < 0 || read_size(root, spec, err) < 0 ||
	    vtune__spec_read_cpu(root, spec, err) < 0 ||
	    vtune__spec_read_numa(root, spec, err) < 0 || read_hugepages(root, spec, err) < 0 ||
	    read_emulator(root, spec, err) < 0 || vtune__spec_read_disks(root, spec, err) < 0 ||
	    vtune__spec_read_hostdevs(root, spec, err) < 0 ||
	    vtune__spec_read_word(root, "strategy", vtune__strategy_names, &strategy, err) < 0)
		return -1;
	spec->strategy = (enum vtune__strategy)strategy;
	if (vtune__spec_read_interfaces(root, spec, err) < 0 ||
	    vtune__spec_read_pcie(root, spec, err) < 0 ||
	    vtune__spec_read_schedule(root, spec, err) < 0)
		return -1;
	return vtune__spec_read_backing(root, spec, err);
}

VTUNE_EXPORT struct vtune_spec *vtune_spec_from_json(const char *json, struct vtune_error **err)
{
	struct vtune_spec *spec;
	struct vtune__json root;

	if (!json) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (vtune__json_open(json, &root, err) < 0)
		return NULL;
	spec = vtune__alloc(1, sizeof(*spec), err);
	if (spec && read_spec(&root, spec, err) < 0) {
		vtune_spec_free(spec);
		spec = NULL;
	}
	vtune__json_close(&root);
	return spec;
}
