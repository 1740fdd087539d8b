/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CPU that guests of several hosts can have. */
#include <stdlib.h>
#include <string.h>

#include "../base/json.h"
#include "../base/xml.h"
#include "live.h"

struct hosts {
	struct vtune_connection *const *connections;
	unsigned int count;
	const char *type; /* of the guests: kvm, qemu */
	char *arch;
	char **cpus; /* one of each host */
};

static void free_hosts(struct hosts *hosts)
{
	for (unsigned int i = 0; hosts->cpus && i < hosts->count; i++)
		free(hosts->cpus[i]);
	free(hosts->cpus);
	free(hosts->arch);
}

/* ---- what each host offers ---- */

static int take_arch(struct hosts *hosts, const char *uri, struct _xmlNode *capabilities,
		     struct vtune_error **err)
{
	struct _xmlNode *node = vtune__xml_child(capabilities, "arch");
	char *arch VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!node)
		return vtune__fail(err, VTUNE_ERR_UNSUPPORTED, uri,
				   "libvirt does not say for which architecture its guests are");
	arch = vtune__xml_text(node);
	if (!arch)
		return vtune__fail_memory(err);
	if (!hosts->arch) {
		hosts->arch = arch;
		arch = NULL;
		return 0;
	}
	if (strcmp(arch, hosts->arch) == 0)
		return 0;
	return vtune__fail(err, VTUNE_ERR_UNSUPPORTED, uri,
			   "Guests are for %s here, and for %s on %s; no CPU is both", arch,
			   hosts->arch, hosts->connections[0]->uri);
}

static struct _xmlNode *find_model(struct _xmlNode *capabilities)
{
	struct _xmlNode *cpu = vtune__xml_child(capabilities, "cpu");
	struct _xmlNode *mode = cpu ? vtune__xml_child(cpu, "mode") : NULL;

	for (; mode; mode = vtune__xml_next(mode, "mode")) {
		const char *name = vtune__xml_peek(mode, "name");

		if (name && strcmp(name, "host-model") == 0 && vtune__xml_child(mode, "model"))
			return mode;
	}
	return NULL;
}

/* libvirt takes the element <cpu>, in which the same stands. */
static int take_model(struct hosts *hosts, unsigned int i, struct _xmlNode *capabilities,
		      struct vtune_error **err)
{
	struct _xmlNode *mode = find_model(capabilities);
	struct _xmlDoc *doc;

	if (!mode)
		return vtune__fail(err, VTUNE_ERR_UNSUPPORTED, hosts->connections[i]->uri,
				   "libvirt offers %s guests no CPU of the mode host-model here",
				   hosts->type);
	doc = vtune__xml_copy_as(mode, "cpu", err);
	if (!doc)
		return -1;
	hosts->cpus[i] = vtune__xml_print(doc, NULL, err);
	vtune__xml_free(&doc);
	return hosts->cpus[i] ? 0 : -1;
}

static int read_host(struct hosts *hosts, unsigned int i, struct vtune_error **err)
{
	const struct vtune_connection *connection = hosts->connections[i];
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = NULL;
	char *xml VTUNE__CLEANUP(vtune__free_string) =
		connection->calls->virConnectGetDomainCapabilities(connection->connection, NULL,
								   NULL, NULL, hosts->type, 0);

	if (!xml)
		return vtune__fail_libvirt(connection, err, connection->uri,
					   "Asking what %s guests can have", hosts->type);
	doc = vtune__xml_parse(xml, "domainCapabilities", err);
	if (!doc || take_arch(hosts, connection->uri, vtune__xml_root(doc), err) < 0)
		return -1;
	return take_model(hosts, i, vtune__xml_root(doc), err);
}

/* ---- what they have in common ---- */

static char *compute(const struct hosts *hosts, struct vtune_error **err)
{
	const struct vtune_connection *first = hosts->connections[0];
	char *xml = first->calls->virConnectBaselineHypervisorCPU(
		first->connection, NULL, hosts->arch, NULL, hosts->type, (const char **)hosts->cpus,
		hosts->count, VIR_CONNECT_BASELINE_CPU_MIGRATABLE);

	if (!xml)
		vtune__fail_libvirt(first, err, first->uri,
				    "Computing the CPU that %u host%s in common", hosts->count,
				    hosts->count == 1 ? " has" : "s have");
	return xml;
}

static char *model_of(struct _xmlNode *cpu, struct vtune_error **err)
{
	struct _xmlNode *model = vtune__xml_child(cpu, "model");
	char *name;

	if (!model) {
		vtune__xml_fail(cpu, err, VTUNE_ERR_LIBVIRT, "libvirt names no <model>");
		return NULL;
	}
	name = vtune__xml_text(model);
	if (!name)
		vtune__fail_memory(err);
	return name;
}

static const char *policy_of(struct _xmlNode *feature)
{
	const char *policy = vtune__xml_peek(feature, "policy");

	return policy ? policy : "require";
}

static char *write_spec(struct _xmlNode *cpu, const char *model, struct vtune_error **err)
{
	struct vtune__json_writer w = { 0 };
	struct json_object *root = vtune__json_new_object(&w), *key = vtune__json_new_object(&w);
	struct json_object *features = vtune__json_new_object(&w);
	struct _xmlNode *feature = vtune__xml_child(cpu, "feature");

	vtune__json_put(&w, root, "cpu", key);
	vtune__json_put_string(&w, key, "mode", "custom");
	vtune__json_put_string(&w, key, "model", model);
	vtune__json_put(&w, key, "features", features);
	for (; feature; feature = vtune__xml_next(feature, "feature")) {
		const char *name = vtune__xml_peek(feature, "name");

		if (name)
			vtune__json_put_string(&w, features, name, policy_of(feature));
	}
	return vtune__json_write(&w, root, err);
}

static void add_features(struct vtune__text *text, struct _xmlNode *cpu, bool disabled,
			 const char *before)
{
	struct _xmlNode *feature = vtune__xml_child(cpu, "feature");
	const char *between = before;

	for (; feature; feature = vtune__xml_next(feature, "feature")) {
		const char *name = vtune__xml_peek(feature, "name");

		if (!name || (strcmp(policy_of(feature), "disable") == 0) != disabled)
			continue;
		vtune__text_addf(text, "%s%s", between, name);
		between = ", ";
	}
	if (between != before)
		vtune__text_add(text, "\n");
}

static char *write_text(const struct hosts *hosts, struct _xmlNode *cpu, const char *model,
			struct vtune_error **err)
{
	struct vtune__text text = { 0 };

	vtune__text_addf(&text, "%s guests can have the CPU %s on %s\n", hosts->type, model,
			 hosts->count == 1 ? "this host" : "all of these hosts");
	add_features(&text, cpu, false, "  with ");
	add_features(&text, cpu, true, "  without ");
	return vtune__text_take(&text, err);
}

static char *write(const struct hosts *hosts, const char *xml, enum vtune_baseline form,
		   struct vtune_error **err)
{
	struct _xmlDoc *doc VTUNE__CLEANUP(vtune__xml_free) = vtune__xml_parse(xml, "cpu", err);
	char *model VTUNE__CLEANUP(vtune__free_string) = NULL;

	if (!doc)
		return NULL;
	model = model_of(vtune__xml_root(doc), err);
	if (!model)
		return NULL;
	if (form == VTUNE_BASELINE_SPEC)
		return write_spec(vtune__xml_root(doc), model, err);
	return write_text(hosts, vtune__xml_root(doc), model, err);
}

static char *baseline(struct hosts *hosts, enum vtune_baseline form, struct vtune_error **err)
{
	char *xml VTUNE__CLEANUP(vtune__free_string) = NULL, *result;

	hosts->cpus = vtune__alloc(hosts->count, sizeof(*hosts->cpus), err);
	if (!hosts->cpus)
		return NULL;
	for (unsigned int i = 0; i < hosts->count; i++) {
		if (read_host(hosts, i, err) < 0)
			return NULL;
	}
	xml = compute(hosts, err);
	if (!xml || form != VTUNE_BASELINE_XML)
		return xml ? write(hosts, xml, form, err) : NULL;
	result = xml;
	xml = NULL;
	return result;
}

VTUNE_EXPORT char *vtune_baseline_cpu(struct vtune_connection *const *connections,
				      unsigned int count, enum vtune_baseline form,
				      const struct vtune_options *options, struct vtune_error **err)
{
	struct hosts hosts VTUNE__CLEANUP(free_hosts) = {
		.connections = connections,
		.count = count,
		.type = options ? options->domain_type : "kvm",
	};

	if (!connections || count == 0) {
		vtune__fail_null(err, __func__);
		return NULL;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (connections[i])
			continue;
		vtune__fail_null(err, __func__);
		return NULL;
	}
	if (form > VTUNE_BASELINE_TEXT) {
		vtune__fail(err, VTUNE_ERR_INVALID, NULL, "%s() does not know the form %d",
			    __func__, (int)form);
		return NULL;
	}
	return baseline(&hosts, form, err);
}
